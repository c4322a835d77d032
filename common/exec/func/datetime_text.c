/* Dates and times as text, and as numbers since 1970. */
#include <math.h>

#include "common/column/datetime_format.h"
#include "common/column/decimal.h"
#include "common/exec/func/datetime.h"

static const char default_pattern[] = "yyyy-MM-dd HH:mm:ss";

/* ---- patterns: compiled once while they stay the same ---- */

struct format_state {
    q_str pattern; /* bytes in the program's memory */
    const q_datetime_format *format;
};

static q_code get_format(q_kernel_ctx *k, q_str pattern, q_datetime_use use, q_kind kind,
                         const q_datetime_format **out)
{
    struct format_state *s = *k->state;
    if (!s)
        s = *k->state = q_arena_new(k->lifetime, struct format_state);
    if (!s)
        return q_budget_error(k->lifetime->budget, sizeof *s, k->err);
    if (!s->format || !q_str_eq(s->pattern, pattern)) {
        s->format = NULL;
        Q_TRY(q_datetime_format_new(pattern.ptr, pattern.len, use, kind, k->lifetime, &s->format,
                                    k->err));
        s->pattern.ptr = q_arena_strndup(k->lifetime, pattern.ptr, pattern.len);
        s->pattern.len = pattern.len;
        if (!s->pattern.ptr)
            return q_budget_error(k->lifetime->budget, pattern.len, k->err);
    }
    *out = s->format;
    return Q_OK;
}

static q_str pattern_at(q_column *const *args, const q_expr *e, uint32_t arg, uint32_t row)
{
    return e->n_args > arg ? q_func_strs(args[arg])[row] : q_str_of(default_pattern);
}

/* ---- reading ---- */

static q_code read_row(q_kernel_ctx *k, const q_expr *e, q_column *const *args, uint32_t i,
                       const q_tz *zone, int64_t *us, bool *ok)
{
    const q_datetime_format *f;
    q_str s = q_func_strs(args[0])[i];
    Q_TRY(get_format(k, pattern_at(args, e, 1, i), Q_DATETIME_READ, Q_TIMESTAMP, &f));
    *ok = q_datetime_format_read(f, s.ptr, s.len, zone, us);
    return Q_OK;
}

/* to_timestamp(text, pattern) */
q_code q_k_read_timestamp(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_tz *zone = q_func_zone(k);
    Q_FUNC_EACH(i)
    {
        bool ok;
        Q_TRY(read_row(k, e, args, i, zone, &Q_VALUES(out, int64_t)[i], &ok));
        if (!ok)
            Q_TRY(q_kernel_null(k, out, i));
    }
    return Q_OK;
}

/* to_date(text, pattern): the day of the instant in the session's zone. */
q_code q_k_read_date(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_tz *zone = q_func_zone(k);
    Q_FUNC_EACH(i)
    {
        bool ok;
        int64_t us = 0;
        Q_TRY(read_row(k, e, args, i, zone, &us, &ok));
        Q_VALUES(out, int32_t)[i] = (int32_t)q_floor_div(q_tz_to_local(zone, us), Q_US_PER_DAY);
        if (!ok)
            Q_TRY(q_kernel_null(k, out, i));
    }
    return Q_OK;
}

/* unix_timestamp(text[, pattern]): whole seconds, cut towards 1970. */
q_code q_k_read_unix(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_tz *zone = q_func_zone(k);
    Q_FUNC_EACH(i)
    {
        bool ok;
        int64_t us = 0;
        Q_TRY(read_row(k, e, args, i, zone, &us, &ok));
        Q_VALUES(out, int64_t)[i] = us / Q_US_PER_SECOND;
        if (!ok)
            Q_TRY(q_kernel_null(k, out, i));
    }
    return Q_OK;
}

/* A date or timestamp as it is: to_date(date), to_timestamp(timestamp, ignored). */
q_code q_k_same_date(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    if (k->n_rows)
        memcpy(out->values, args[0]->values, sizeof(int32_t) * k->n_rows);
    return Q_OK;
}

q_code q_k_same_timestamp(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    if (k->n_rows)
        memcpy(out->values, args[0]->values, sizeof(int64_t) * k->n_rows);
    return Q_OK;
}

/* ---- writing ---- */

static q_code write_row(q_kernel_ctx *k, const q_expr *e, q_column *const *args, uint32_t i,
                        q_kind kind, int64_t us, q_func_text *t)
{
    const q_datetime_format *f;
    Q_TRY(get_format(k, pattern_at(args, e, 1, i), Q_DATETIME_WRITE, kind, &f));
    Q_TRY(q_func_text_room(t, q_datetime_format_max_bytes(f)));
    t->at += q_datetime_format_write(f, us, q_func_zone(k), t->at);
    return Q_OK;
}

q_code q_k_date_format(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        Q_TRY(write_row(k, e, args, i, e->args[0]->type.kind, q_func_longs(args[0])[i], &t));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, 0);
    }
    return Q_OK;
}

/* from_unixtime(seconds[, pattern]): microseconds wrap around. */
q_code q_k_from_unixtime(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        int64_t us = (int64_t)((uint64_t)q_func_longs(args[0])[i] * Q_US_PER_SECOND);
        Q_TRY(write_row(k, e, args, i, Q_TIMESTAMP, us, &t));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, 0);
    }
    return Q_OK;
}

/* ---- numbers ---- */

q_code q_k_unix_now(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    (void)args;
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_VALUES(out, int64_t)[i] = k->session->now_us / Q_US_PER_SECOND;
    return Q_OK;
}

q_code q_k_unix_of_timestamp(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_VALUES(out, int64_t)[i] = q_func_longs(args[0])[i] / Q_US_PER_SECOND;
    return Q_OK;
}

q_code q_k_unix_of_date(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_tz *zone = q_func_zone(k);
    Q_FUNC_EACH(i)
    {
        int64_t local = (int64_t)((uint64_t)q_func_ints(args[0])[i] * Q_US_PER_DAY);
        Q_VALUES(out, int64_t)[i] = q_tz_to_utc(zone, local) / Q_US_PER_SECOND;
    }
    return Q_OK;
}

static q_code floor_by(q_kernel_ctx *k, const q_column *arg, q_column *out, int64_t unit)
{
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_VALUES(out, int64_t)[i] = q_floor_div(q_func_longs(arg)[i], unit);
    return Q_OK;
}

q_code q_k_unix_seconds(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    return floor_by(k, args[0], out, Q_US_PER_SECOND);
}

q_code q_k_unix_millis(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    return floor_by(k, args[0], out, 1000);
}

static q_code multiply_by(q_kernel_ctx *k, const q_column *arg, q_column *out, int64_t unit,
                          const char *function)
{
    Q_FUNC_EACH(i)
    {
        if (__builtin_mul_overflow(q_func_longs(arg)[i], unit, &Q_VALUES(out, int64_t)[i]))
            return q_func_datetime_overflow(k, function);
    }
    return Q_OK;
}

q_code q_k_timestamp_millis(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    return multiply_by(k, args[0], out, 1000, "timestamp_millis");
}

q_code q_k_timestamp_seconds(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    return multiply_by(k, args[0], out, Q_US_PER_SECOND, "timestamp_seconds");
}

/* NULL for NaN and infinities; beyond the range its end, as Java's cast has it. */
q_code q_k_timestamp_seconds_double(q_kernel_ctx *k, const q_expr *e, q_column *const *args,
                                    q_column *out)
{
    bool narrow = e->args[0]->type.kind == Q_FLOAT;
    Q_FUNC_EACH(i)
    {
        double v = narrow ? (double)Q_VALUES(args[0], float)[i] : Q_VALUES(args[0], double)[i];
        double us = v * (double)Q_US_PER_SECOND;
        if (!isfinite(v))
            Q_TRY(q_kernel_null(k, out, i));
        else
            Q_VALUES(out, int64_t)
        [i] = us >= 0x1p63 ? INT64_MAX : us < -0x1p63 ? INT64_MIN : (int64_t)us;
    }
    return Q_OK;
}

q_code q_k_timestamp_seconds_decimal(q_kernel_ctx *k, const q_expr *e, q_column *const *args,
                                     q_column *out)
{
    int scale = e->args[0]->type.scale;
    Q_FUNC_EACH(i)
    {
        q_int128 v = Q_VALUES(args[0], q_int128)[i];
        q_int128 unit = q_decimal_pow10(scale > 6 ? scale - 6 : 0);
        if (v % unit)
            return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE,
                             "timestamp_seconds: more than six decimals would have to be rounded");
        bool wide =
            __builtin_mul_overflow(v / unit, q_decimal_pow10(scale < 6 ? 6 - scale : 0), &v);
        if (wide || v != (int64_t)v)
            return q_func_datetime_overflow(k, "timestamp_seconds");
        Q_VALUES(out, int64_t)[i] = (int64_t)v;
    }
    return Q_OK;
}
