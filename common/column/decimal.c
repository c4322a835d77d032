/* Decimal arithmetic: magnitudes of 256 bits between, 128 at the ends. */
#include "common/column/decimal.h"

#include "common/column/number.h"

#define E18 (q_int128)1000000000000000000
const q_int128 q_decimal_powers[Q_DECIMAL_MAX_PRECISION + 1] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
    E18 * 10,
    E18 * 100,
    E18 * 1000,
    E18 * 10000,
    E18 * 100000,
    E18 * 1000000,
    E18 * 10000000,
    E18 * 100000000,
    E18 * 1000000000,
    E18 * 10000000000,
    E18 * 100000000000,
    E18 * 1000000000000,
    E18 * 10000000000000,
    E18 * 100000000000000,
    E18 * 1000000000000000,
    E18 * 10000000000000000,
    E18 * 100000000000000000,
    E18 * 1000000000000000000,
    E18 * 1000000000000000000 * 10,
    E18 * 1000000000000000000 * 100,
};

typedef unsigned __int128 u128;

/* A magnitude of 256 bits: any product of two decimals, any dividend that can have a result. */
typedef struct wide {
    u128 hi, lo;
} wide;

static inline u128 magnitude(q_int128 v)
{
    return v < 0 ? -(u128)v : (u128)v;
}

/* ---- types ---- */

static int max_int(int a, int b)
{
    return a > b ? a : b;
}

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

/* Spark's adjustPrecisionScale: digits before the point win, six behind it are kept. */
static q_type adjusted(int precision, int scale)
{
    if (precision <= Q_DECIMAL_MAX_PRECISION)
        return Q_DECIMAL_OF(precision, scale);
    int whole = precision - scale;
    int kept = max_int(Q_DECIMAL_MAX_PRECISION - whole, min_int(scale, 6));
    return Q_DECIMAL_OF(Q_DECIMAL_MAX_PRECISION, kept);
}

q_type q_decimal_result_type(q_decimal_op op, q_type a, q_type b)
{
    int wa = a.precision - a.scale, wb = b.precision - b.scale;
    int scale = max_int(a.scale, b.scale);
    switch (op) {
    case Q_DECIMAL_ADD:
    case Q_DECIMAL_SUB:
        return adjusted(max_int(wa, wb) + scale + 1, scale);
    case Q_DECIMAL_MUL:
        return adjusted(a.precision + b.precision + 1, a.scale + b.scale);
    case Q_DECIMAL_DIV:
        scale = max_int(6, a.scale + b.precision + 1);
        return adjusted(wa + b.scale + scale, scale);
    case Q_DECIMAL_MOD:
        return adjusted(min_int(wa, wb) + scale, scale);
    case Q_DECIMAL_INTDIV:
        break;
    }
    return Q_DECIMAL_OF(min_int(Q_DECIMAL_MAX_PRECISION, max_int(1, wa + b.scale)), 0);
}

q_type q_decimal_wider_type(q_type a, q_type b)
{
    int scale = max_int(a.scale, b.scale);
    int whole = max_int(a.precision - a.scale, b.precision - b.scale);
    return Q_DECIMAL_OF(min_int(whole + scale, Q_DECIMAL_MAX_PRECISION),
                        min_int(scale, Q_DECIMAL_MAX_PRECISION));
}

q_type q_decimal_of_type(q_type number)
{
    switch (number.kind) {
    case Q_TINYINT:
        return Q_DECIMAL_OF(3, 0);
    case Q_SMALLINT:
        return Q_DECIMAL_OF(5, 0);
    case Q_INT:
        return Q_DECIMAL_OF(10, 0);
    case Q_BIGINT:
        return Q_DECIMAL_OF(20, 0);
    case Q_FLOAT:
        return Q_DECIMAL_OF(14, 7);
    case Q_DOUBLE:
        return Q_DECIMAL_OF(30, 15);
    default:
        return number;
    }
}

/* ---- 256 bits ---- */

static wide wide_mul(u128 a, u128 b)
{
    uint64_t al = (uint64_t)a, ah = (uint64_t)(a >> 64), bl = (uint64_t)b, bh = (uint64_t)(b >> 64);
    u128 ll = (u128)al * bl, lh = (u128)al * bh, hl = (u128)ah * bl, hh = (u128)ah * bh;
    u128 middle = (ll >> 64) + (uint64_t)lh + (uint64_t)hl;
    return (wide){.hi = hh + (lh >> 64) + (hl >> 64) + (middle >> 64),
                  .lo = middle << 64 | (uint64_t)ll};
}

static wide wide_add(wide a, wide b)
{
    u128 lo = a.lo + b.lo;
    return (wide){.hi = a.hi + b.hi + (lo < a.lo), .lo = lo};
}

static wide wide_sub(wide a, wide b)
{
    return (wide){.hi = a.hi - b.hi - (a.lo < b.lo), .lo = a.lo - b.lo};
}

static int wide_cmp(wide a, wide b)
{
    if (a.hi != b.hi)
        return a.hi < b.hi ? -1 : 1;
    return (a.lo > b.lo) - (a.lo < b.lo);
}

/* v * 10^k; false when it needs more than 256 bits. 0 <= k <= 76 */
static bool wide_scale(u128 v, int k, wide *out)
{
    int first = min_int(k, Q_DECIMAL_MAX_PRECISION);
    *out = wide_mul(v, (u128)q_decimal_powers[first]);
    if (k == first)
        return true;
    u128 rest = (u128)q_decimal_powers[k - first];
    wide upper = wide_mul(out->hi, rest);
    *out = wide_mul(out->lo, rest);
    out->hi += upper.lo;
    return !upper.hi && out->hi >= upper.lo;
}

/* Schoolbook by 64-bit limbs. */
static wide wide_div_small(wide v, uint64_t d, uint64_t *remainder)
{
    uint64_t limbs[4] = {(uint64_t)(v.hi >> 64), (uint64_t)v.hi, (uint64_t)(v.lo >> 64),
                         (uint64_t)v.lo};
    uint64_t q[4], r = 0;
    for (int i = 0; i < 4; i++) {
        u128 part = (u128)r << 64 | limbs[i];
        q[i] = (uint64_t)(part / d);
        r = (uint64_t)(part % d);
    }
    *remainder = r;
    return (wide){.hi = (u128)q[0] << 64 | q[1], .lo = (u128)q[2] << 64 | q[3]};
}

/* v / d, d > 0. Bit by bit where the divisor is long: rare. */
static wide wide_div(wide v, u128 d, u128 *remainder)
{
    if (!v.hi) {
        *remainder = v.lo % d;
        return (wide){.hi = 0, .lo = v.lo / d};
    }
    if (d <= UINT64_MAX) {
        uint64_t r;
        wide q = wide_div_small(v, (uint64_t)d, &r);
        *remainder = r;
        return q;
    }
    wide q = {.hi = v.hi / d, .lo = 0};
    u128 r = v.hi % d;
    for (int i = 127; i >= 0; i--) {
        bool carry = r >> 127;
        r = r << 1 | (v.lo >> i & 1);
        if (carry || r >= d) {
            r -= d;
            q.lo |= (u128)1 << i;
        }
    }
    *remainder = r;
    return q;
}

/* v / 10^k rounded half up; k may be beyond 38. */
static wide wide_round(wide v, int k)
{
    if (k <= 0)
        return v;
    if (k > Q_DECIMAL_MAX_PRECISION) { /* what is cut off first cannot decide a tie upwards */
        u128 r;
        v = wide_div(v, (u128)q_decimal_powers[Q_DECIMAL_MAX_PRECISION], &r);
        k -= Q_DECIMAL_MAX_PRECISION;
    }
    u128 d = (u128)q_decimal_powers[k], r;
    v = wide_div(v, d, &r);
    return r >= d - r ? wide_add(v, (wide){.hi = 0, .lo = 1}) : v;
}

/* v of one scale at another; false when it needs more than 256 bits. */
static bool wide_rescale(wide v, int from, int to, wide *out)
{
    *out = wide_round(v, from - to);
    return to <= from || (!v.hi && wide_scale(v.lo, to - from, out));
}

/* The signed result when it has at most `precision` digits. */
static bool wide_result(wide v, bool negative, int precision, q_int128 *out)
{
    if (v.hi || v.lo >= (u128)q_decimal_powers[precision])
        return false;
    *out = negative ? -(q_int128)v.lo : (q_int128)v.lo;
    return true;
}

/* ---- arithmetic ---- */

/* Two magnitudes at their greater scale. */
static void align(q_int128 a, int sa, q_int128 b, int sb, wide *wa, wide *wb)
{
    int scale = max_int(sa, sb);
    *wa = wide_mul(magnitude(a), (u128)q_decimal_powers[scale - sa]);
    *wb = wide_mul(magnitude(b), (u128)q_decimal_powers[scale - sb]);
}

bool q_decimal_add(q_int128 a, int sa, q_int128 b, int sb, q_type result, q_int128 *out)
{
    wide wa, wb, sum;
    align(a, sa, b, sb, &wa, &wb);
    bool negative = a < 0;
    if ((a < 0) == (b < 0)) {
        sum = wide_add(wa, wb);
    } else {
        bool swap = wide_cmp(wa, wb) < 0;
        sum = swap ? wide_sub(wb, wa) : wide_sub(wa, wb);
        negative ^= swap;
    }
    return wide_rescale(sum, max_int(sa, sb), result.scale, &sum) &&
           wide_result(sum, negative, result.precision, out);
}

bool q_decimal_mul(q_int128 a, int sa, q_int128 b, int sb, q_type result, q_int128 *out)
{
    wide product = wide_mul(magnitude(a), magnitude(b));
    return wide_rescale(product, sa + sb, result.scale, &product) &&
           wide_result(product, (a < 0) != (b < 0), result.precision, out);
}

/*
 * Spark divides to 39 decimals, rounds there, and rounds again to the result's scale. The two
 * roundings differ from one only if the digits cut off are 4999…, up to the 39th decimal, and the
 * rest rounds that up: find that out by long division.
 */
static bool rounds_up(u128 remainder, u128 d, int scale)
{
    if (remainder >= d - remainder)
        return true;
    for (int i = scale; i <= Q_DECIMAL_MAX_PRECISION; i++) {
        u128 r;
        wide next = wide_mul(remainder, 10);
        uint64_t digit = (uint64_t)wide_div(next, d, &r).lo;
        if (digit != (i == scale ? 4u : 9u))
            return false;
        remainder = r;
    }
    return remainder >= d - remainder;
}

bool q_decimal_div(q_int128 a, int sa, q_int128 b, int sb, q_type result, q_int128 *out)
{
    int k = result.scale - sa + sb; /* a * 10^k / b has the result's scale */
    u128 d = magnitude(b), r;
    wide n;
    if (!d)
        return false;
    if (k < 0) /* the result type of a division never asks for it */
        return false;
    if (!wide_scale(magnitude(a), k, &n))
        return false; /* 10^77 and more by less than 10^38 */
    wide q = wide_div(n, d, &r);
    if (rounds_up(r, d, result.scale))
        q = wide_add(q, (wide){.hi = 0, .lo = 1});
    return wide_result(q, (a < 0) != (b < 0), result.precision, out);
}

bool q_decimal_mod(q_int128 a, int sa, q_int128 b, int sb, q_type result, q_int128 *out)
{
    wide wa, wb;
    if (!b)
        return false;
    align(a, sa, b, sb, &wa, &wb);
    if (wide_cmp(wa, wb) >= 0) { /* then wb fits 128 bits: only one of them was scaled */
        u128 r;
        wide_div(wa, wb.lo, &r);
        wa = (wide){.hi = 0, .lo = r};
    }
    return wide_rescale(wa, max_int(sa, sb), result.scale, &wa) &&
           wide_result(wa, a < 0, result.precision, out);
}

bool q_decimal_intdiv(q_int128 a, int sa, q_int128 b, int sb, int64_t *out)
{
    wide wa, wb, q = {.hi = 0, .lo = 0};
    if (!b)
        return false;
    align(a, sa, b, sb, &wa, &wb);
    if (wide_cmp(wa, wb) >= 0) {
        u128 r;
        q = wide_div(wa, wb.lo, &r);
    }
    uint64_t low = (uint64_t)q.lo;
    *out = (int64_t)((a < 0) != (b < 0) ? -low : low);
    return true;
}

int q_decimal_cmp(q_int128 a, int sa, q_int128 b, int sb)
{
    wide wa, wb;
    if (sa == sb)
        return (a > b) - (a < b);
    if ((a < 0) != (b < 0))
        return a < 0 ? -1 : 1;
    align(a, sa, b, sb, &wa, &wb);
    return a < 0 ? wide_cmp(wb, wa) : wide_cmp(wa, wb);
}

/* ---- conversions ---- */

bool q_decimal_rescale(q_int128 v, int scale, q_type to, q_int128 *out)
{
    wide w = {.hi = 0, .lo = magnitude(v)};
    return wide_rescale(w, scale, to.scale, &w) && wide_result(w, v < 0, to.precision, out);
}

bool q_decimal_from_int64(int64_t v, q_type to, q_int128 *out)
{
    return q_decimal_rescale(v, 0, to, out);
}

bool q_decimal_from_double(double v, q_type to, q_int128 *out)
{
    char text[Q_NUMBER_TEXT_ROOM];
    char *end = q_text_from_double(text, v);
    return q_parse_decimal(text, (size_t)(end - text), to.precision, to.scale, out);
}

double q_decimal_to_double(q_int128 v, int scale)
{
    if (scale <= 15 && v <= (q_int128)1 << 53 && v >= -((q_int128)1 << 53))
        return (double)(int64_t)v / (double)(int64_t)q_decimal_powers[scale];
    char text[Q_DECIMAL_TEXT_ROOM];
    double out = 0;
    q_parse_double(text, (size_t)(q_text_from_decimal(text, v, scale) - text), &out);
    return out;
}

float q_decimal_to_float(q_int128 v, int scale)
{
    char text[Q_DECIMAL_TEXT_ROOM];
    float out = 0;
    q_parse_float(text, (size_t)(q_text_from_decimal(text, v, scale) - text), &out);
    return out;
}

int64_t q_decimal_to_int64(q_int128 v, int scale)
{
    return (int64_t)(v / q_decimal_powers[scale]);
}
