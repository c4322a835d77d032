/*
 * Mathematics on doubles and integers. Spark computes with Java's StrictMath (fdlibm), quern with
 * the system's library, which is closer to the exact value: results of exp, log, pow, sin, … may
 * differ in the last digit.
 */
#include <math.h>

#include "common/exec/func/func.h"

/* ---- functions of doubles ---- */

#define UNARY(name, value)                                                                    \
    q_code q_k_##name(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out) \
    {                                                                                         \
        (void)e;                                                                              \
        for (uint32_t i = 0; i < k->n_rows; i++) {                                            \
            double x = Q_VALUES(args[0], double)[i];                                          \
            Q_VALUES(out, double)[i] = (value);                                               \
        }                                                                                     \
        return Q_OK;                                                                          \
    }
#define BINARY(name, value)                                                                   \
    q_code q_k_##name(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out) \
    {                                                                                         \
        (void)e;                                                                              \
        for (uint32_t i = 0; i < k->n_rows; i++) {                                            \
            double x = Q_VALUES(args[0], double)[i], y = Q_VALUES(args[1], double)[i];        \
            Q_VALUES(out, double)[i] = (value);                                               \
        }                                                                                     \
        return Q_OK;                                                                          \
    }
/* NULL where the argument is not above the limit (NaN is). */
#define LOGARITHM(name, limit, value)                                                         \
    q_code q_k_##name(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out) \
    {                                                                                         \
        (void)e;                                                                              \
        Q_FUNC_EACH(i)                                                                        \
        {                                                                                     \
            double x = Q_VALUES(args[0], double)[i];                                          \
            Q_VALUES(out, double)[i] = (value);                                               \
            if (x <= (limit))                                                                 \
                Q_TRY(q_kernel_null(k, out, i));                                              \
        }                                                                                     \
        return Q_OK;                                                                          \
    }

/* C has 1 for 1 to any power and for -1 to an infinite one. */
static double java_pow(double x, double y)
{
    return isnan(y) || (fabs(x) == 1 && isinf(y)) ? NAN : pow(x, y);
}

UNARY(sqrt, sqrt(x))
UNARY(cbrt, (double)cbrtl(x)) /* glibc's cbrt(27) is not 3 */
UNARY(exp, exp(x))
UNARY(expm1, expm1(x))
UNARY(sin, sin(x))
UNARY(cos, cos(x))
UNARY(tan, tan(x))
UNARY(cot, 1 / tan(x))
UNARY(sec, 1 / cos(x))
UNARY(csc, 1 / sin(x))
UNARY(asin, asin(x))
UNARY(acos, acos(x))
UNARY(atan, atan(x))
UNARY(sinh, sinh(x))
UNARY(cosh, cosh(x))
UNARY(tanh, tanh(x))
UNARY(asinh, asinh(x))
UNARY(acosh, acosh(x))
UNARY(atanh, atanh(x))
UNARY(degrees, x *(180 / M_PI))
UNARY(radians, x *(M_PI / 180))
UNARY(rint, rint(x))
UNARY(sign, x > 0 ? 1 : x < 0 ? -1 : x)
BINARY(pow, java_pow(x, y))
BINARY(atan2, atan2(x + 0.0, y + 0.0))
BINARY(hypot, hypot(x, y))
LOGARITHM(ln, 0, log(x))
LOGARITHM(log10, 0, log10(x))
LOGARITHM(log2, 0, log(x) / M_LN2)
LOGARITHM(log1p, -1, log1p(x))

/* log(base, x) */
q_code q_k_log_base(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    Q_FUNC_EACH(i)
    {
        double base = Q_VALUES(args[0], double)[i], x = Q_VALUES(args[1], double)[i];
        Q_VALUES(out, double)[i] = log(x) / log(base);
        if (x <= 0 || base <= 0)
            Q_TRY(q_kernel_null(k, out, i));
    }
    return Q_OK;
}

static q_code constant(q_kernel_ctx *k, q_column *out, double v)
{
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_VALUES(out, double)[i] = v;
    return Q_OK;
}

q_code q_k_pi(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    (void)args;
    return constant(k, out, M_PI);
}

q_code q_k_e(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    (void)args;
    return constant(k, out, M_E);
}

/* ---- abs: the smallest integer stays itself, as in Java ---- */

#define ABS_LOOP(ctype, utype)                                       \
    for (uint32_t i = 0; i < k->n_rows; i++) {                       \
        ctype v = Q_VALUES(args[0], ctype)[i];                       \
        Q_VALUES(out, ctype)[i] = v < 0 ? (ctype)(0 - (utype)v) : v; \
    }                                                                \
    break

q_code q_k_abs(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    switch ((q_kind)e->type.kind) {
    case Q_TINYINT:
        ABS_LOOP(int8_t, uint8_t);
    case Q_SMALLINT:
        ABS_LOOP(int16_t, uint16_t);
    case Q_INT:
    case Q_INTERVAL_YM:
        ABS_LOOP(int32_t, uint32_t);
    case Q_BIGINT:
    case Q_INTERVAL_DT:
        ABS_LOOP(int64_t, uint64_t);
    case Q_DECIMAL:
        ABS_LOOP(q_int128, unsigned __int128);
    case Q_FLOAT:
        for (uint32_t i = 0; i < k->n_rows; i++)
            Q_VALUES(out, float)[i] = fabsf(Q_VALUES(args[0], float)[i]);
        break;
    default:
        for (uint32_t i = 0; i < k->n_rows; i++)
            Q_VALUES(out, double)[i] = fabs(Q_VALUES(args[0], double)[i]);
        break;
    }
    return Q_OK;
}

/* ---- integers ---- */

q_code q_k_factorial(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    Q_FUNC_EACH(i)
    {
        int32_t n = q_func_ints(args[0])[i];
        int64_t v = 1;
        if (n < 0 || n > 20) {
            Q_TRY(q_kernel_null(k, out, i));
            continue;
        }
        for (int32_t j = 2; j <= n; j++)
            v *= j;
        Q_VALUES(out, int64_t)[i] = v;
    }
    return Q_OK;
}

q_code q_k_bit_count(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_VALUES(out, int32_t)
    [i] = __builtin_popcountll((unsigned long long)q_func_longs(args[0])[i]);
    return Q_OK;
}

/* bit_get(number, position): positions up to the width of the number's own type. */
q_code q_k_bit_get(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    size_t width = q_type_width(e->args[0]->type);
    int32_t bits = (int32_t)width * 8;
    Q_FUNC_EACH(i)
    {
        int32_t at = q_func_ints(args[1])[i];
        if (at < 0 || at >= bits)
            return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE,
                             "bit_get: the position %d is not between 0 and %d", at, bits - 1);
        const uint8_t *v = (const uint8_t *)args[0]->values + width * i;
        Q_VALUES(out, int8_t)[i] = v[at / 8] >> (at % 8) & 1;
    }
    return Q_OK;
}

/* ---- width_bucket(value, min, max, buckets) ---- */

static bool bucket(double v, double min, double max, int64_t n, int64_t *out)
{
    if (n <= 0 || n == INT64_MAX || isnan(v) || min == max || !isfinite(min) || !isfinite(max))
        return false;
    double lower = min < max ? min : max, upper = min < max ? max : min;
    double done = min < max ? v - lower : upper - v;
    if (done < 0)
        *out = 0;
    else if (min < max ? v >= upper : v <= lower)
        *out = n + 1;
    else
        *out = (int64_t)((double)n * done / (upper - lower)) + 1;
    return true;
}

q_code q_k_width_bucket(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    Q_FUNC_EACH(i)
    {
        if (!bucket(Q_VALUES(args[0], double)[i], Q_VALUES(args[1], double)[i],
                    Q_VALUES(args[2], double)[i], q_func_longs(args[3])[i],
                    &Q_VALUES(out, int64_t)[i]))
            Q_TRY(q_kernel_null(k, out, i));
    }
    return Q_OK;
}
