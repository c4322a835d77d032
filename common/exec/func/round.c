/*
 * Rounding. Doubles are rounded as the decimal numbers they are written as (1.005 to two
 * places is 1.01, as in Spark, which goes through Java's BigDecimal).
 */
#include <math.h>
#include <stdio.h>

#include "common/column/decimal.h"
#include "common/column/number.h"
#include "common/exec/func/digits.h"
#include "common/exec/func/func.h"

typedef enum rounding { HALF_UP, HALF_EVEN, CEILING, FLOOR } rounding;

/* ---- integers ---- */

/* v to a multiple of unit, as a quotient. */
static q_int128 divide(q_int128 v, q_int128 unit, rounding mode)
{
    q_int128 q = v / unit, rest = v % unit;
    if (rest == 0)
        return q;
    if (mode == CEILING)
        return q + (rest > 0);
    if (mode == FLOOR)
        return q - (rest < 0);
    q_int128 size = rest < 0 ? -rest : rest, left = unit - size;
    bool away = mode == HALF_EVEN && size == left ? q & 1 : size >= left;
    return away ? q + (rest > 0 ? 1 : -1) : q;
}

/* 10^digits; 0 where it is larger than any value. */
static q_int128 unit_of(int64_t digits)
{
    return digits > Q_DECIMAL_MAX_PRECISION ? 0 : q_decimal_pow10((int)digits);
}

/* v to a multiple of 10^digits, as a quotient. */
static q_int128 drop_digits(q_int128 v, int64_t digits, rounding mode)
{
    q_int128 unit = unit_of(digits);
    if (unit)
        return divide(v, unit, mode);
    return mode == CEILING ? v > 0 : mode == FLOOR ? -(v < 0) : 0;
}

/* The product wraps around as Java's narrowing does. */
static q_int128 round_integer(q_int128 v, int32_t scale, rounding mode)
{
    if (scale >= 0)
        return v;
    int64_t digits = -(int64_t)scale;
    return (q_int128)((unsigned __int128)drop_digits(v, digits, mode) *
                      (unsigned __int128)unit_of(digits));
}

#define ROUND_LOOP(ctype)                                                                  \
    for (uint32_t i = 0; i < k->n_rows; i++)                                               \
        Q_VALUES(out, ctype)                                                               \
    [i] = (ctype)round_integer(Q_VALUES(args[0], ctype)[i], scales ? scales[i] : 0, mode); \
    return Q_OK

/* ---- doubles ---- */

static double round_slowly(double x, int32_t scale, rounding mode)
{
    q_digits d;
    char text[80];
    q_digits_of_double(x, &d);
    int64_t keep = (int64_t)d.exponent + scale;
    if (keep >= d.n)
        return x;
    q_digits_round(&d, keep < -1 ? -1 : (int)keep,
                   mode == HALF_EVEN ? Q_DIGITS_HALF_EVEN : Q_DIGITS_HALF_UP);
    if (d.n == 0)
        return 0;
    memcpy(text, d.d, (size_t)d.n);
    int n = d.n + snprintf(text + d.n, sizeof text - (size_t)d.n, "E%d", d.exponent - d.n);
    double v = 0;
    q_parse_double(text, (size_t)n, &v);
    return x < 0 ? -v : v;
}

/*
 * Where x * 10^scale is small and not near a half, the decimal text rounds as the product does, and
 * the quotient of the two exact numbers is the correctly rounded result.
 */
static double round_double(double x, int32_t scale, rounding mode)
{
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    if (x == 0)
        return 0;
    if (scale >= 0 && scale < 10) {
        double r = x * powers[scale], rest = r - floor(r);
        if (fabs(r) < 1e9 && fabs(rest - 0.5) > 1e-5)
            return rint(r) / powers[scale] + 0.0;
    }
    return isfinite(x) ? round_slowly(x, scale, mode) : x;
}

/* ---- decimals: the scale of the result is in its type ---- */

static q_code round_decimals(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out,
                             const int32_t *scales, rounding mode)
{
    int from = e->args[0]->type.scale, to = e->type.scale;
    Q_FUNC_EACH(i)
    {
        int64_t scale = scales && scales[i] < from ? scales[i] : scales ? from : 0;
        q_int128 v = drop_digits(Q_VALUES(args[0], q_int128)[i], from - scale, mode);
        q_int128 unit = to > scale ? unit_of(to - scale) : 1;
        bool wide = v && (!unit || __builtin_mul_overflow(v, unit, &v));
        if (wide || !q_decimal_fits(v, e->type.precision))
            Q_TRY(q_kernel_null(k, out, i));
        else
            Q_VALUES(out, q_int128)[i] = v;
    }
    return Q_OK;
}

static q_code round_doubles(q_kernel_ctx *k, const q_column *arg, q_column *out,
                            const int32_t *scales, rounding mode)
{
    Q_FUNC_EACH(i)
    {
        int32_t scale = scales ? scales[i] : 0;
        if (arg->type.kind == Q_FLOAT)
            Q_VALUES(out, float)[i] = (float)round_double(Q_VALUES(arg, float)[i], scale, mode);
        else
            Q_VALUES(out, double)[i] = round_double(Q_VALUES(arg, double)[i], scale, mode);
    }
    return Q_OK;
}

static q_code round_any(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out,
                        rounding mode)
{
    const int32_t *scales = e->n_args > 1 ? q_func_ints(args[1]) : NULL;
    switch ((q_kind)e->type.kind) {
    case Q_TINYINT:
        ROUND_LOOP(int8_t);
    case Q_SMALLINT:
        ROUND_LOOP(int16_t);
    case Q_INT:
        ROUND_LOOP(int32_t);
    case Q_BIGINT:
        ROUND_LOOP(int64_t);
    case Q_DECIMAL:
        return round_decimals(k, e, args, out, scales, mode);
    default:
        return round_doubles(k, args[0], out, scales, mode);
    }
}

q_code q_k_round(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return round_any(k, e, args, out, HALF_UP);
}

q_code q_k_bround(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return round_any(k, e, args, out, HALF_EVEN);
}

/* ---- ceil and floor ---- */

/* As Java's cast: the range's ends, and 0 for NaN. */
static int64_t to_bigint(double v)
{
    if (v != v)
        return 0;
    return v >= 0x1p63 ? INT64_MAX : v < -0x1p63 ? INT64_MIN : (int64_t)v;
}

static q_code to_whole(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out,
                       rounding mode)
{
    const q_column *arg = args[0];
    if (arg->type.kind == Q_DECIMAL)
        return round_decimals(k, e, args, out, e->n_args > 1 ? q_func_ints(args[1]) : NULL, mode);
    for (uint32_t i = 0; i < k->n_rows; i++) {
        if (arg->type.kind == Q_BIGINT) {
            Q_VALUES(out, int64_t)[i] = Q_VALUES(arg, int64_t)[i];
        } else {
            double v = Q_VALUES(arg, double)[i];
            Q_VALUES(out, int64_t)[i] = to_bigint(mode == CEILING ? ceil(v) : floor(v));
        }
    }
    return Q_OK;
}

q_code q_k_ceil(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return to_whole(k, e, args, out, CEILING);
}

q_code q_k_floor(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return to_whole(k, e, args, out, FLOOR);
}
