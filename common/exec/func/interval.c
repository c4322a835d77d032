/* Intervals: made from parts, multiplied and divided by numbers. */
#include <math.h>

#include "common/column/decimal.h"
#include "common/exec/func/datetime.h"

static q_code put(q_kernel_ctx *k, q_column *out, uint32_t i, __int128 v, const char *function)
{
    if (out->type.kind == Q_INTERVAL_YM ? v != (int32_t)v : v != (int64_t)v)
        return q_func_datetime_overflow(k, function);
    if (out->type.kind == Q_INTERVAL_YM)
        Q_VALUES(out, int32_t)[i] = (int32_t)v;
    else
        Q_VALUES(out, int64_t)[i] = (int64_t)v;
    return Q_OK;
}

static int64_t interval_at(const q_column *c, uint32_t i)
{
    return c->type.kind == Q_INTERVAL_YM ? q_func_ints(c)[i] : q_func_longs(c)[i];
}

/* v / d, halves away from zero. */
static __int128 divide_half_up(__int128 v, __int128 d)
{
    if (d < 0) {
        v = -v;
        d = -d;
    }
    __int128 q = v / d, rest = v % d;
    return q + (2 * rest >= d) - (2 * rest <= -d);
}

static q_code put_rounded(q_kernel_ctx *k, q_column *out, uint32_t i, double v,
                          const char *function)
{
    if (!isfinite(v))
        return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE, "%s: by infinity or NaN", function);
    v = round(v);
    if (fabs(v) >= 0x1p63)
        return q_func_datetime_overflow(k, function);
    return put(k, out, i, (int64_t)v, function);
}

static q_code multiply(q_kernel_ctx *k, const q_column *n, uint32_t i, int64_t v, q_column *out)
{
    static const char function[] = "interval * number";
    if (n->type.kind == Q_DOUBLE)
        return put_rounded(k, out, i, (double)v * Q_VALUES(n, double)[i], function);
    if (n->type.kind == Q_BIGINT)
        return put(k, out, i, (__int128)v * q_func_longs(n)[i], function);
    __int128 product;
    if (__builtin_mul_overflow((__int128)v, Q_VALUES(n, q_int128)[i], &product))
        return q_func_datetime_overflow(k, function);
    return put(k, out, i, divide_half_up(product, q_decimal_pow10(n->type.scale)), function);
}

q_code q_k_multiply_interval(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    Q_FUNC_EACH(i)
    {
        Q_TRY(multiply(k, args[1], i, interval_at(args[0], i), out));
    }
    return Q_OK;
}

static q_code divide(q_kernel_ctx *k, const q_column *n, uint32_t i, int64_t v, q_column *out)
{
    static const char function[] = "interval / number";
    bool zero = n->type.kind == Q_DOUBLE   ? Q_VALUES(n, double)[i] == 0
                : n->type.kind == Q_BIGINT ? q_func_longs(n)[i] == 0
                                           : Q_VALUES(n, q_int128)[i] == 0;
    if (zero)
        return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE, "%s: division by zero", function);
    if (n->type.kind == Q_DOUBLE)
        return put_rounded(k, out, i, (double)v / Q_VALUES(n, double)[i], function);
    if (n->type.kind == Q_BIGINT)
        return put(k, out, i, divide_half_up(v, q_func_longs(n)[i]), function);
    __int128 scaled;
    if (__builtin_mul_overflow((__int128)v, q_decimal_pow10(n->type.scale), &scaled))
        return q_func_datetime_overflow(k, function);
    return put(k, out, i, divide_half_up(scaled, Q_VALUES(n, q_int128)[i]), function);
}

q_code q_k_divide_interval(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    Q_FUNC_EACH(i)
    {
        Q_TRY(divide(k, args[1], i, interval_at(args[0], i), out));
    }
    return Q_OK;
}

/* make_ym_interval([years[, months]]) */
q_code q_k_make_ym_interval(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    Q_FUNC_EACH(i)
    {
        int64_t months = e->n_args > 0 ? (int64_t)q_func_ints(args[0])[i] * 12 : 0;
        months += e->n_args > 1 ? q_func_ints(args[1])[i] : 0;
        Q_TRY(put(k, out, i, months, "make_ym_interval"));
    }
    return Q_OK;
}

/* make_dt_interval([days[, hours[, minutes[, seconds]]]]) */
q_code q_k_make_dt_interval(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    static const int64_t unit[] = {Q_US_PER_DAY, 3600 * Q_US_PER_SECOND, 60 * Q_US_PER_SECOND};
    Q_FUNC_EACH(i)
    {
        __int128 us = 0;
        for (uint32_t a = 0; a < e->n_args && a < 3; a++)
            us += (__int128)q_func_ints(args[a])[i] * unit[a];
        if (e->n_args > 3) {
            int scale = args[3]->type.scale;
            q_int128 s = Q_VALUES(args[3], q_int128)[i];
            if (scale < 6 && __builtin_mul_overflow(s, q_decimal_pow10(6 - scale), &s))
                return q_func_datetime_overflow(k, "make_dt_interval");
            us += scale > 6 ? divide_half_up(s, q_decimal_pow10(scale - 6)) : s;
        }
        Q_TRY(put(k, out, i, us, "make_dt_interval"));
    }
    return Q_OK;
}

/* ---- fields; all have the interval's sign ---- */

#define INTERVAL_FIELD(name, from, to, value)                                           \
    q_code q_k_interval_##name(q_kernel_ctx *k, const q_expr *e, q_column *const *args, \
                               q_column *out)                                           \
    {                                                                                   \
        (void)e;                                                                        \
        for (uint32_t i = 0; i < k->n_rows; i++) {                                      \
            from v = Q_VALUES(args[0], from)[i];                                        \
            Q_VALUES(out, to)[i] = (to)(value);                                         \
        }                                                                               \
        return Q_OK;                                                                    \
    }

INTERVAL_FIELD(year, int32_t, int32_t, v / 12)
INTERVAL_FIELD(month, int32_t, int8_t, v % 12)
INTERVAL_FIELD(day, int64_t, int32_t, v / Q_US_PER_DAY)
INTERVAL_FIELD(hour, int64_t, int8_t, v % Q_US_PER_DAY / (3600 * Q_US_PER_SECOND))
INTERVAL_FIELD(minute, int64_t, int8_t, v / (60 * Q_US_PER_SECOND) % 60)
INTERVAL_FIELD(second, int64_t, q_int128, v % (60 * Q_US_PER_SECOND))
