/* Dates: now, their fields, days and months added, truncation, construction. */
#include "common/exec/func/datetime.h"

#include <strings.h>

#include "common/column/decimal.h"

/* ---- now ---- */

q_code q_k_current_timestamp(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)args;
    int64_t now = k->session->now_us;
    if (e->type.kind == Q_TIMESTAMP_NTZ)
        now = q_tz_to_local(q_func_zone(k), now);
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_VALUES(out, int64_t)[i] = now;
    return Q_OK;
}

q_code q_k_current_date(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    (void)args;
    int64_t local = q_tz_to_local(q_func_zone(k), k->session->now_us);
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_VALUES(out, int32_t)[i] = (int32_t)q_floor_div(local, Q_US_PER_DAY);
    return Q_OK;
}

q_code q_k_current_timezone(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    (void)args;
    size_t n = strlen(k->session->time_zone);
    char *name = q_kernel_bytes(k, n + 1);
    if (!name)
        return Q_E_OUT_OF_MEMORY;
    memcpy(name, k->session->time_zone, n);
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_VALUES(out, q_str)[i] = (q_str){name, (uint32_t)n, 0};
    return Q_OK;
}

/* ---- fields of dates ---- */

#define DATE_FIELD(name, value)                                                               \
    q_code q_k_##name(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out) \
    {                                                                                         \
        (void)e;                                                                              \
        for (uint32_t i = 0; i < k->n_rows; i++) {                                            \
            int64_t d = q_func_ints(args[0])[i];                                              \
            Q_VALUES(out, int32_t)[i] = (int32_t)(value);                                     \
        }                                                                                     \
        return Q_OK;                                                                          \
    }

DATE_FIELD(year, q_civil_from_days(d).year)
DATE_FIELD(quarter, (q_civil_from_days(d).month - 1) / 3 + 1)
DATE_FIELD(month, q_civil_from_days(d).month)
DATE_FIELD(day, q_civil_from_days(d).day)
DATE_FIELD(dayofyear, q_day_of_year(d))
DATE_FIELD(weekday, q_weekday(d))
DATE_FIELD(dayofweek, (q_weekday(d) + 1) % 7 + 1)
DATE_FIELD(dayofweek_iso, q_weekday(d) + 1)
DATE_FIELD(weekofyear, q_iso_week(d))
DATE_FIELD(yearofweek, q_civil_from_days(d - q_weekday(d) + 3).year)
DATE_FIELD(unix_date, d)
DATE_FIELD(last_day, d + q_days_in_month(q_civil_from_days(d).year, q_civil_from_days(d).month) -
                         q_civil_from_days(d).day)

/* ---- arithmetic on dates: days wrap around ---- */

q_code q_k_date_add(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const int32_t *d = q_func_ints(args[0]), *n = q_func_ints(args[1]);
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_VALUES(out, int32_t)[i] = (int32_t)((uint32_t)d[i] + (uint32_t)n[i]);
    return Q_OK;
}

q_code q_k_date_sub(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const int32_t *d = q_func_ints(args[0]), *n = q_func_ints(args[1]);
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_VALUES(out, int32_t)[i] = (int32_t)((uint32_t)d[i] - (uint32_t)n[i]);
    return Q_OK;
}

q_code q_k_add_months(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const int32_t *d = q_func_ints(args[0]), *n = q_func_ints(args[1]);
    Q_FUNC_EACH(i)
    {
        int64_t days = q_days_add_months(d[i], n[i]);
        if (days != (int32_t)days)
            return q_func_datetime_overflow(k, "add_months");
        Q_VALUES(out, int32_t)[i] = (int32_t)days;
    }
    return Q_OK;
}

static int weekday_named(q_str s)
{
    static const char *const names[] = {"MONDAY", "TUESDAY",  "WEDNESDAY", "THURSDAY",
                                        "FRIDAY", "SATURDAY", "SUNDAY"};
    for (int i = 0; i < 7; i++) {
        bool whole = s.len == strlen(names[i]) || s.len == 2 || s.len == 3;
        if (whole && strncasecmp(names[i], s.ptr, s.len) == 0)
            return i;
    }
    return -1;
}

/* NULL for what is not a weekday. */
q_code q_k_next_day(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    Q_FUNC_EACH(i)
    {
        int32_t d = q_func_ints(args[0])[i];
        int want = weekday_named(q_func_strs(args[1])[i]);
        int ahead = (want - q_weekday(d) + 6) % 7 + 1;
        Q_VALUES(out, int32_t)[i] = (int32_t)((uint32_t)d + (uint32_t)ahead);
        if (want < 0)
            Q_TRY(q_kernel_null(k, out, i));
    }
    return Q_OK;
}

/* Difference of two dates in microseconds (an interval). */
q_code q_k_subtract_dates(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    for (uint32_t i = 0; i < k->n_rows; i++) {
        int64_t days = (int64_t)q_func_ints(args[0])[i] - q_func_ints(args[1])[i];
        Q_VALUES(out, int64_t)[i] = days * Q_US_PER_DAY;
    }
    return Q_OK;
}

/* ---- truncation ---- */

/* Steps of trunc and date_trunc, in order of length. */
typedef enum unit_kind {
    UNIT_NONE, /* not a unit */
    UNIT_MICROSECOND,
    UNIT_MILLISECOND,
    UNIT_SECOND,
    UNIT_MINUTE,
    UNIT_HOUR,
    UNIT_DAY,
    UNIT_WEEK,
    UNIT_MONTH,
    UNIT_QUARTER,
    UNIT_YEAR
} unit_kind;

static unit_kind unit_named(q_str s)
{
    static const struct {
        const char *name;
        unit_kind unit;
    } units[] = {
        {"MICROSECOND", UNIT_MICROSECOND},
        {"MILLISECOND", UNIT_MILLISECOND},
        {"SECOND", UNIT_SECOND},
        {"MINUTE", UNIT_MINUTE},
        {"HOUR", UNIT_HOUR},
        {"DAY", UNIT_DAY},
        {"DD", UNIT_DAY},
        {"WEEK", UNIT_WEEK},
        {"MON", UNIT_MONTH},
        {"MONTH", UNIT_MONTH},
        {"MM", UNIT_MONTH},
        {"QUARTER", UNIT_QUARTER},
        {"YEAR", UNIT_YEAR},
        {"YYYY", UNIT_YEAR},
        {"YY", UNIT_YEAR},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strlen(units[i].name) == s.len && strncasecmp(units[i].name, s.ptr, s.len) == 0)
            return units[i].unit;
    }
    return UNIT_NONE;
}

static int64_t trunc_days(int64_t d, unit_kind unit)
{
    q_civil c = q_civil_from_days(d);
    switch (unit) {
    case UNIT_WEEK:
        return d - q_weekday(d);
    case UNIT_MONTH:
        return d - c.day + 1;
    case UNIT_QUARTER:
        return q_days_from_civil(c.year, (c.month - 1) / 3 * 3 + 1, 1);
    case UNIT_YEAR:
        return q_days_from_civil(c.year, 1, 1);
    default:
        return d;
    }
}

q_code q_k_trunc(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    Q_FUNC_EACH(i)
    {
        unit_kind unit = unit_named(q_func_strs(args[1])[i]);
        if (unit < UNIT_WEEK)
            Q_TRY(q_kernel_null(k, out, i));
        else
            Q_VALUES(out, int32_t)[i] = (int32_t)trunc_days(q_func_ints(args[0])[i], unit);
    }
    return Q_OK;
}

static int64_t unit_us(unit_kind unit)
{
    switch (unit) {
    case UNIT_MICROSECOND:
        return 1;
    case UNIT_MILLISECOND:
        return 1000;
    case UNIT_SECOND:
        return Q_US_PER_SECOND;
    case UNIT_MINUTE:
        return 60 * Q_US_PER_SECOND;
    case UNIT_HOUR:
        return 3600 * Q_US_PER_SECOND;
    default:
        return Q_US_PER_DAY;
    }
}

/* On the zone's clock: offsets have whole seconds, so shorter units need no zone. */
static int64_t trunc_timestamp(const q_tz *zone, int64_t us, unit_kind unit)
{
    int64_t step = unit_us(unit), out;
    if (unit <= UNIT_SECOND)
        return (int64_t)((uint64_t)us - (uint64_t)q_floor_mod(us, step));
    int32_t offset = q_tz_offset_at(zone, q_floor_div(us, Q_US_PER_SECOND));
    __int128 local = (__int128)us + offset * Q_US_PER_SECOND;
    int64_t steps = (int64_t)(local / step - (local % step < 0));
    if (unit > UNIT_DAY)
        steps = trunc_days(steps, unit);
    if (unit >= UNIT_DAY)
        return q_tz_to_utc(zone, (int64_t)((uint64_t)steps * (uint64_t)step));
    return q_func_resolve_local(zone, (__int128)steps * step, offset, &out) ? out : us;
}

q_code q_k_date_trunc(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_tz *zone = q_func_zone(k);
    Q_FUNC_EACH(i)
    {
        unit_kind unit = unit_named(q_func_strs(args[0])[i]);
        if (unit == UNIT_NONE)
            Q_TRY(q_kernel_null(k, out, i));
        else
            Q_VALUES(out, int64_t)[i] = trunc_timestamp(zone, q_func_longs(args[1])[i], unit);
    }
    return Q_OK;
}

/* ---- construction: NULL for what does not exist ---- */

static bool make_days(int32_t year, int32_t month, int32_t day, int64_t *days)
{
    if (!q_civil_valid(year, month, day))
        return false;
    *days = q_days_from_civil(year, month, day);
    return *days == (int32_t)*days;
}

q_code q_k_make_date(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    Q_FUNC_EACH(i)
    {
        int64_t days;
        if (make_days(q_func_ints(args[0])[i], q_func_ints(args[1])[i], q_func_ints(args[2])[i],
                      &days))
            Q_VALUES(out, int32_t)[i] = (int32_t)days;
        else
            Q_TRY(q_kernel_null(k, out, i));
    }
    return Q_OK;
}

/* Seconds as decimal(16,6); 60 is the next minute. */
static bool seconds_us(q_int128 v, int scale, int64_t *us)
{
    if (scale < 6) {
        if (v > INT64_MAX || v < INT64_MIN)
            return false;
        v *= q_decimal_pow10(6 - scale);
    } else if (scale > 6) {
        q_int128 unit = q_decimal_pow10(scale - 6), rest = v % unit;
        v = v / unit + (2 * rest >= unit) - (2 * rest <= -unit);
    }
    *us = (int64_t)v;
    return v >= 0 && v <= 60 * Q_US_PER_SECOND;
}

static bool make_local(q_column *const *args, uint32_t i, q_int128 *local)
{
    const q_column *seconds = args[5];
    int32_t hour = q_func_ints(args[3])[i], minute = q_func_ints(args[4])[i];
    int64_t days, us;
    if (!q_civil_valid(q_func_ints(args[0])[i], q_func_ints(args[1])[i], q_func_ints(args[2])[i]) ||
        hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        !seconds_us(Q_VALUES(seconds, q_int128)[i], seconds->type.scale, &us))
        return false;
    days = q_days_from_civil(q_func_ints(args[0])[i], q_func_ints(args[1])[i],
                             q_func_ints(args[2])[i]);
    *local = (q_int128)days * Q_US_PER_DAY + (hour * 60 + minute) * 60 * Q_US_PER_SECOND + us;
    return true;
}

/* make_timestamp(year, month, day, hour, minute, seconds[, zone]) */
q_code q_k_make_timestamp(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_tz *zone = q_func_zone_of(k, e->type);
    Q_FUNC_EACH(i)
    {
        q_int128 local;
        if (e->n_args > 6)
            Q_TRY(q_func_zone_named(k, "make_timestamp", q_func_strs(args[6])[i], &zone));
        if (!make_local(args, i, &local))
            Q_TRY(q_kernel_null(k, out, i));
        else if (local != (int64_t)local ||
                 !q_tz_to_utc_checked(zone, (int64_t)local, &Q_VALUES(out, int64_t)[i]))
            return q_func_datetime_overflow(k, "make_timestamp");
    }
    return Q_OK;
}
