/* Timestamps: zones and local clocks, fields of the time, sums and differences. */
#include <math.h>
#include <strings.h>

#include "common/column/decimal.h"
#include "common/exec/func/datetime.h"

const q_tz *q_func_zone(const q_kernel_ctx *k)
{
    const char *name = k->session->time_zone;
    const q_tz *zone = name ? q_tz_find(name, strlen(name)) : NULL;
    return zone ? zone : &q_tz_utc;
}

q_code q_func_zone_named(q_kernel_ctx *k, const char *function, q_str name, const q_tz **out)
{
    *out = q_tz_find(name.ptr, name.len);
    if (*out)
        return Q_OK;
    return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE, "%s: unknown time zone '%.*s'", function,
                     (int)(name.len < 100 ? name.len : 100), name.ptr);
}

q_code q_func_datetime_overflow(q_kernel_ctx *k, const char *function)
{
    return q_err_set(k->err, Q_E_ARITHMETIC_OVERFLOW,
                     "%s: the result is beyond the range of its type", function);
}

bool q_func_resolve_local(const q_tz *zone, __int128 local_us, int32_t offset_s, int64_t *us)
{
    __int128 utc = local_us - offset_s * Q_US_PER_SECOND;
    if (local_us != (int64_t)local_us || utc != (int64_t)utc)
        return false;
    *us = (int64_t)utc;
    if (q_tz_offset_at(zone, q_floor_div(*us, Q_US_PER_SECOND)) == offset_s)
        return true;
    return q_tz_to_utc_checked(zone, (int64_t)local_us, us);
}

/* A local clock: days, the rest, and the offset it had. */
struct local {
    int64_t days, us; /* us: of the day */
    int32_t offset_s;
};

static struct local local_of(const q_tz *zone, int64_t us)
{
    struct local l;
    int64_t s = q_floor_div(us, Q_US_PER_SECOND);
    l.offset_s = q_tz_offset_at(zone, s);
    l.days = q_floor_div(s + l.offset_s, 86400);
    l.us = (s + l.offset_s - l.days * 86400) * Q_US_PER_SECOND + q_floor_mod(us, Q_US_PER_SECOND);
    return l;
}

static __int128 local_us(const struct local *l)
{
    return (__int128)l->days * Q_US_PER_DAY + l->us;
}

bool q_func_add_months(const q_tz *zone, int64_t us, int64_t months, int64_t *out)
{
    struct local l = local_of(zone, us);
    l.days = q_days_add_months(l.days, months);
    return q_func_resolve_local(zone, local_us(&l), l.offset_s, out);
}

bool q_func_add_days(const q_tz *zone, int64_t us, int64_t days, int64_t rest_us, int64_t *out)
{
    if (days) {
        struct local l = local_of(zone, us);
        l.days += days;
        if (!q_func_resolve_local(zone, local_us(&l), l.offset_s, &us))
            return false;
    }
    return !__builtin_add_overflow(us, rest_us, out);
}

/* ---- fields of the time ---- */

#define TIME_FIELD(name, value)                                                               \
    q_code q_k_##name(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out) \
    {                                                                                         \
        const q_tz *zone = q_func_zone_of(k, e->args[0]->type);                               \
        Q_FUNC_EACH(i)                                                                        \
        {                                                                                     \
            int64_t us = local_of(zone, q_func_longs(args[0])[i]).us;                         \
            Q_VALUES(out, int32_t)[i] = (int32_t)(value);                                     \
        }                                                                                     \
        return Q_OK;                                                                          \
    }

TIME_FIELD(hour, us / (3600 * Q_US_PER_SECOND))
TIME_FIELD(minute, us / (60 * Q_US_PER_SECOND) % 60)
TIME_FIELD(second, us / Q_US_PER_SECOND % 60)

/* EXTRACT(SECOND …): a decimal(8,6). */
q_code q_k_second_fraction(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_tz *zone = q_func_zone_of(k, e->args[0]->type);
    Q_FUNC_EACH(i)
    {
        int64_t us = local_of(zone, q_func_longs(args[0])[i]).us;
        Q_VALUES(out, q_int128)[i] = us % (60 * Q_US_PER_SECOND);
    }
    return Q_OK;
}

/* ---- other zones' clocks ---- */

q_code q_k_from_utc_timestamp(q_kernel_ctx *k, const q_expr *e, q_column *const *args,
                              q_column *out)
{
    (void)e;
    const q_tz *zone;
    Q_FUNC_EACH(i)
    {
        Q_TRY(q_func_zone_named(k, "from_utc_timestamp", q_func_strs(args[1])[i], &zone));
        Q_VALUES(out, int64_t)[i] = q_tz_to_local(zone, q_func_longs(args[0])[i]);
    }
    return Q_OK;
}

q_code q_k_to_utc_timestamp(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_tz *zone;
    Q_FUNC_EACH(i)
    {
        Q_TRY(q_func_zone_named(k, "to_utc_timestamp", q_func_strs(args[1])[i], &zone));
        Q_VALUES(out, int64_t)[i] = q_tz_to_utc(zone, q_func_longs(args[0])[i]);
    }
    return Q_OK;
}

/* convert_timezone([from,] to, timestamp_ntz) */
q_code q_k_convert_timezone(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_tz *from = q_func_zone(k), *to;
    uint32_t last = e->n_args - 1;
    Q_FUNC_EACH(i)
    {
        if (last == 2)
            Q_TRY(q_func_zone_named(k, "convert_timezone", q_func_strs(args[0])[i], &from));
        Q_TRY(q_func_zone_named(k, "convert_timezone", q_func_strs(args[last - 1])[i], &to));
        Q_VALUES(out, int64_t)
        [i] = q_tz_to_local(to, q_tz_to_utc(from, q_func_longs(args[last])[i]));
    }
    return Q_OK;
}

/* ---- sums ---- */

q_code q_k_timestamp_add_ym(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_tz *zone = q_func_zone_of(k, e->type);
    Q_FUNC_EACH(i)
    {
        if (!q_func_add_months(zone, q_func_longs(args[0])[i], q_func_ints(args[1])[i],
                               &Q_VALUES(out, int64_t)[i]))
            return q_func_datetime_overflow(k, "timestamp + interval");
    }
    return Q_OK;
}

/* Whole days of the interval are days of the zone's clock. */
q_code q_k_timestamp_add_dt(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_tz *zone = q_func_zone_of(k, e->type);
    Q_FUNC_EACH(i)
    {
        int64_t n = q_func_longs(args[1])[i];
        if (!q_func_add_days(zone, q_func_longs(args[0])[i], n / Q_US_PER_DAY, n % Q_US_PER_DAY,
                             &Q_VALUES(out, int64_t)[i]))
            return q_func_datetime_overflow(k, "timestamp + interval");
    }
    return Q_OK;
}

/* Difference of the clocks, not of the instants. */
q_code q_k_subtract_timestamps(q_kernel_ctx *k, const q_expr *e, q_column *const *args,
                               q_column *out)
{
    const q_tz *zone = q_func_zone_of(k, e->args[0]->type);
    Q_FUNC_EACH(i)
    {
        struct local a = local_of(zone, q_func_longs(args[0])[i]);
        struct local b = local_of(zone, q_func_longs(args[1])[i]);
        __int128 us = local_us(&a) - local_us(&b);
        if (us != (int64_t)us)
            return q_func_datetime_overflow(k, "timestamp - timestamp");
        Q_VALUES(out, int64_t)[i] = (int64_t)us;
    }
    return Q_OK;
}

/* ---- timestampadd and timestampdiff: by units ---- */

static const struct unit {
    const char *name;
    int64_t us; /* 0: months */
    int64_t months;
} units[] = {
    {"MICROSECOND", 1, 0},
    {"MILLISECOND", 1000, 0},
    {"SECOND", Q_US_PER_SECOND, 0},
    {"MINUTE", 60 * Q_US_PER_SECOND, 0},
    {"HOUR", 3600 * Q_US_PER_SECOND, 0},
    {"DAY", Q_US_PER_DAY, 0},
    {"DAYOFYEAR", Q_US_PER_DAY, 0},
    {"WEEK", 7 * Q_US_PER_DAY, 0},
    {"MONTH", 0, 1},
    {"QUARTER", 0, 3},
    {"YEAR", 0, 12},
};

static q_code find_unit(q_kernel_ctx *k, const char *function, q_str name, const struct unit **out)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        *out = &units[i];
        if (strlen(units[i].name) == name.len &&
            strncasecmp(units[i].name, name.ptr, name.len) == 0)
            return Q_OK;
    }
    return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE, "%s: unknown unit '%.*s'", function,
                     (int)(name.len < 100 ? name.len : 100), name.ptr);
}

q_code q_k_timestampadd(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_tz *zone = q_func_zone_of(k, e->type);
    const struct unit *u;
    Q_FUNC_EACH(i)
    {
        int64_t n = q_func_ints(args[1])[i], us = q_func_longs(args[2])[i], total;
        int64_t *r = &Q_VALUES(out, int64_t)[i];
        Q_TRY(find_unit(k, "timestampadd", q_func_strs(args[0])[i], &u));
        bool ok = !__builtin_mul_overflow(n, u->us, &total);
        if (u->months)
            ok = q_func_add_months(zone, us, n * u->months, r);
        else if (u->us >= Q_US_PER_DAY) /* days of the clock */
            ok = ok && q_func_add_days(zone, us, total / Q_US_PER_DAY, 0, r);
        else
            ok = ok && q_func_add_days(zone, us, 0, total, r);
        if (!ok)
            return q_func_datetime_overflow(k, "timestampadd");
    }
    return Q_OK;
}

/* Whole months from a to b on their clocks, cut towards zero, as java.time counts them: a day that
 * is not complete is given back first, then months of 32 days are compared. */
static int64_t months_between(const struct local *a, const struct local *b)
{
    int64_t end = b->days;
    if (end > a->days && b->us < a->us)
        end--;
    else if (end < a->days && b->us > a->us)
        end++;
    q_civil x = q_civil_from_days(a->days), y = q_civil_from_days(end);
    return (((y.year - x.year) * 12 + y.month - x.month) * 32 + y.day - x.day) / 32;
}

q_code q_k_timestampdiff(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_tz *zone = q_func_zone_of(k, e->args[1]->type);
    const struct unit *u;
    Q_FUNC_EACH(i)
    {
        struct local a = local_of(zone, q_func_longs(args[1])[i]);
        struct local b = local_of(zone, q_func_longs(args[2])[i]);
        Q_TRY(find_unit(k, "timestampdiff", q_func_strs(args[0])[i], &u));
        __int128 n =
            u->months ? months_between(&a, &b) / u->months : (local_us(&b) - local_us(&a)) / u->us;
        if (n != (int64_t)n)
            return q_func_datetime_overflow(k, "timestampdiff");
        Q_VALUES(out, int64_t)[i] = (int64_t)n;
    }
    return Q_OK;
}

/* ---- months_between: months of 31 days, whole ones where the days agree ---- */

static bool is_last_day(q_civil c)
{
    return c.day == q_days_in_month(c.year, c.month);
}

/* Seconds since the day began, which is not what the clock says on days of a change. */
static int64_t second_of_day(const q_tz *zone, const struct local *l, int64_t us)
{
    uint64_t start = (uint64_t)q_tz_to_utc(zone, (int64_t)((uint64_t)l->days * Q_US_PER_DAY));
    return (int64_t)((uint64_t)us - start) / Q_US_PER_SECOND;
}

static double months_with_fraction(const q_tz *zone, int64_t a_us, int64_t b_us, bool round_off)
{
    struct local a = local_of(zone, a_us), b = local_of(zone, b_us);
    q_civil x = q_civil_from_days(a.days), y = q_civil_from_days(b.days);
    int64_t months = (x.year - y.year) * 12 + x.month - y.month;
    if (x.day == y.day || (is_last_day(x) && is_last_day(y)))
        return (double)months;
    int64_t seconds = (int64_t)(x.day - y.day) * 86400 + second_of_day(zone, &a, a_us) -
                      second_of_day(zone, &b, b_us);
    double diff = (double)months + (double)seconds / (31.0 * 86400);
    return round_off ? floor(diff * 1e8 + 0.5) / 1e8 : diff;
}

/* months_between(a, b[, round to eight decimals]) */
q_code q_k_months_between(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_tz *zone = q_func_zone(k);
    Q_FUNC_EACH(i)
    {
        bool round_off = e->n_args < 3 || Q_VALUES(args[2], uint8_t)[i];
        Q_VALUES(out, double)
        [i] = months_with_fraction(zone, q_func_longs(args[0])[i], q_func_longs(args[1])[i],
                                   round_off);
    }
    return Q_OK;
}
