/* Exact sums of doubles. */
#include "common/exec/agg/exact_sum.h"

#include <math.h>

typedef unsigned __int128 uint128;

#define MIN_EXP (-1074)

/* ---- the large form ---- */

/* Wrapping: chunks may come from outside. */
static int64_t add_wrapping(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static void big_carry(q_exact_big *b)
{
    for (int i = 0; i + 1 < Q_EXACT_CHUNKS; i++) {
        int64_t low = b->chunks[i] & 0xFFFFFFFF;
        b->chunks[i + 1] = add_wrapping(b->chunks[i + 1], b->chunks[i] >> 32); /* rounds down */
        b->chunks[i] = low;
    }
    b->pending = 0;
}

/* Add sign * m * 2^(MIN_EXP + pos); m of any width, 32 bits at a time. */
static void big_add(q_exact_big *b, uint128 m, bool negative, unsigned pos)
{
    unsigned chunk = pos / 32, shift = pos % 32;
    uint64_t carry_in = 0;
    for (; (m || carry_in) && chunk < Q_EXACT_CHUNKS; chunk++) {
        uint64_t part = ((uint64_t)(uint32_t)m << shift) + carry_in;
        m >>= 32;
        int64_t digit = (int64_t)(part & 0xFFFFFFFF);
        carry_in = part >> 32;
        b->chunks[chunk] = add_wrapping(b->chunks[chunk], negative ? -digit : digit);
    }
    if (++b->pending == 1u << 30)
        big_carry(b);
}

static void big_add_small(q_exact_big *b, const q_exact_sum *s)
{
    bool negative = s->acc < 0;
    uint128 m = negative ? -(uint128)s->acc : (uint128)s->acc;
    int exp = s->exp;
    if (exp < MIN_EXP) { /* the window may reach below: those bits are zero */
        m >>= MIN_EXP - exp;
        exp = MIN_EXP;
    }
    big_add(b, m, negative, (unsigned)(exp - MIN_EXP));
}

static bool to_big(q_exact_sum *s, q_arena *a)
{
    if (s->big)
        return true;
    s->big = q_arena_zalloc(a, sizeof *s->big);
    if (!s->big)
        return false;
    big_add_small(s->big, s);
    s->acc = 0;
    return true;
}

bool q_exact_add_slow(q_exact_sum *s, double v, q_arena *a)
{
    if (v == 0)
        return true;
    if (v != v || isinf(v)) {
        s->special |= v != v ? Q_EXACT_NAN : v > 0 ? Q_EXACT_POS_INF : Q_EXACT_NEG_INF;
        return true;
    }
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    int e = (int)((bits >> 52) & 0x7FF);
    int64_t m = (int64_t)(bits & 0xFFFFFFFFFFFFFu);
    if (e)
        m |= INT64_C(1) << 52;
    e = e ? e - 1075 : MIN_EXP;
    if (!s->started) {
        s->started = true;
        s->exp = (int16_t)(e - 20);
    }
    int shift = e - s->exp;
    if (!s->big && shift >= 0 && shift <= Q_EXACT_SPAN) {
        q_int128 sum;
        if (!__builtin_add_overflow(s->acc, q_exact_shift(v < 0 ? -m : m, shift), &sum)) {
            s->acc = sum;
            return true;
        }
    }
    if (!to_big(s, a))
        return false;
    big_add(s->big, (uint128)m, v < 0, (unsigned)(e - MIN_EXP));
    return true;
}

bool q_exact_merge(q_exact_sum *s, const q_exact_sum *o, q_arena *a)
{
    s->special |= o->special;
    if (!o->started)
        return true;
    if (!s->started) {
        s->started = true;
        s->exp = o->exp;
    }
    if (!s->big && !o->big) {
        /* bring both to the lower unit if the sum still fits */
        int down = s->exp - o->exp;
        const q_int128 limit = (q_int128)1 << 126;
        q_int128 x = s->acc, y = o->acc;
        int sx = down > 0 ? down : 0, sy = down < 0 ? -down : 0;
        bool fits_x = sx < 126 && x < limit >> sx && x > -(limit >> sx);
        bool fits_y = sy < 126 && y < limit >> sy && y > -(limit >> sy);
        if (fits_x && fits_y) {
            s->acc = x * ((q_int128)1 << sx) + y * ((q_int128)1 << sy);
            s->exp = s->exp < o->exp ? s->exp : o->exp;
            return true;
        }
    }
    if (!to_big(s, a))
        return false;
    if (o->big) {
        q_exact_big other = *o->big;
        big_carry(&other);
        big_carry(s->big);
        for (int i = 0; i < Q_EXACT_CHUNKS; i++)
            s->big->chunks[i] = add_wrapping(s->big->chunks[i], other.chunks[i]);
        s->big->pending = 1;
        return true;
    }
    big_add_small(s->big, o);
    return true;
}

/* ---- rounding ---- */

static int bit_length(uint128 v)
{
    uint64_t high = (uint64_t)(v >> 64);
    if (high)
        return 128 - __builtin_clzll(high);
    return (uint64_t)v ? 64 - __builtin_clzll((uint64_t)v) : 0;
}

/* q * 2^exp (+ a bit more if sticky) to the nearest double, half to even, once: also where
 * the result is subnormal. */
static double round_once(uint128 q, int exp, bool sticky)
{
    int length = bit_length(q);
    int lowest = exp + length - 53 > MIN_EXP ? exp + length - 53 : MIN_EXP;
    int shift = lowest - exp;
    if (!length)
        return 0.0;
    if (shift <= 0)
        return ldexp((double)(uint64_t)q, exp);
    if (shift > 128)
        return 0.0;
    uint128 kept = shift < 128 ? q >> shift : 0, rest = q - (shift < 128 ? kept << shift : 0);
    uint128 half = (uint128)1 << (shift - 1);
    if (rest > half || (rest == half && (sticky || (kept & 1))))
        kept++;
    return ldexp((double)(uint64_t)kept, lowest);
}

static double small_round(const q_exact_sum *s, uint64_t n)
{
    bool negative = s->acc < 0;
    uint128 m = negative ? -(uint128)s->acc : (uint128)s->acc;
    int up = m ? 128 - bit_length(m) : 0;
    m <<= up;
    double r =
        n == 1 ? round_once(m, s->exp - up, false) : round_once(m / n, s->exp - up, m % n != 0);
    return negative ? -r : r;
}

bool q_exact_digits(const q_exact_sum *s, uint32_t digits[Q_EXACT_CHUNKS])
{
    q_exact_big b = {0};
    if (s->big)
        b = *s->big;
    else
        big_add_small(&b, s);
    big_carry(&b);
    bool negative = b.chunks[Q_EXACT_CHUNKS - 1] < 0;
    if (negative) {
        for (int i = 0; i < Q_EXACT_CHUNKS; i++)
            b.chunks[i] = add_wrapping(0, -b.chunks[i]);
        big_carry(&b);
    }
    for (int i = 0; i < Q_EXACT_CHUNKS; i++)
        digits[i] = (uint32_t)b.chunks[i];
    return negative;
}

/* digits / n in place; the remainder. */
static uint64_t divide(uint32_t *digits, int n_digits, uint64_t n)
{
    uint128 rest = 0;
    if (n == 1)
        return 0;
    for (int i = n_digits - 1; i >= 0; i--) {
        rest = rest << 32 | digits[i];
        digits[i] = (uint32_t)(rest / n);
        rest %= n;
    }
    return (uint64_t)rest;
}

#define MORE_DIGITS 8 /* behind the point: the quotient by m * n < 2^128 keeps 64 bits or more */

double q_exact_quotient(const uint32_t *digits, int n_digits, int exp, uint64_t m, uint64_t n)
{
    int top = n_digits - 1, low = 0;
    while (top >= 0 && !digits[top])
        top--;
    if (top < 0)
        return 0.0;
    while (!digits[low])
        low++;
    uint32_t d[Q_EXACT_MAX_DIGITS + MORE_DIGITS];
    int count = top - low + 1 + MORE_DIGITS;
    memset(d, 0, sizeof *d * MORE_DIGITS);
    memcpy(d + MORE_DIGITS, digits + low, sizeof *d * (size_t)(top - low + 1));
    bool sticky = divide(d, count, m) != 0;
    sticky |= divide(d, count, n) != 0;
    while (!d[count - 1])
        count--;
    uint128 q = 0;
    int taken = count < 4 ? count : 4;
    for (int i = 0; i < taken; i++)
        q = q << 32 | d[count - 1 - i];
    for (int i = 0; i < count - taken; i++)
        sticky |= d[i] != 0;
    return round_once(q, exp + 32 * (low - MORE_DIGITS + count - taken), sticky);
}

static double big_round(const q_exact_sum *s, uint64_t n)
{
    uint32_t digits[Q_EXACT_CHUNKS];
    bool negative = q_exact_digits(s, digits);
    double r = q_exact_quotient(digits, Q_EXACT_CHUNKS, MIN_EXP, 1, n);
    return negative ? -r : r;
}

double q_exact_round(const q_exact_sum *s, uint64_t n)
{
    bool both = (s->special & Q_EXACT_POS_INF) && (s->special & Q_EXACT_NEG_INF);
    if ((s->special & Q_EXACT_NAN) || both)
        return NAN;
    if (s->special)
        return s->special & Q_EXACT_POS_INF ? INFINITY : -INFINITY;
    return s->big ? big_round(s, n) : small_round(s, n);
}

/* ---- the wire ---- */

char *q_exact_write(const q_exact_sum *s, char *to)
{
    memcpy(to, &s->acc, 16);
    memcpy(to + 16, &s->exp, 2);
    to[18] = s->started;
    to[19] = (char)s->special;
    to[20] = s->big != NULL;
    to += 21;
    if (!s->big)
        return to;
    memcpy(to, s->big->chunks, sizeof s->big->chunks);
    return to + sizeof s->big->chunks;
}

bool q_exact_read(q_str *in, q_exact_sum *s, q_exact_big *big)
{
    if (in->len < 21)
        return false;
    uint32_t bytes = in->ptr[20] ? 21 + sizeof big->chunks : 21;
    *s = (q_exact_sum){0};
    memcpy(&s->acc, in->ptr, 16);
    memcpy(&s->exp, in->ptr + 16, 2);
    s->started = in->ptr[18] != 0;
    s->special = in->ptr[19] & 7;
    if (in->len < bytes || !q_exact_exp_ok(s->exp))
        return false;
    if (bytes > 21) {
        memcpy(big->chunks, in->ptr + 21, sizeof big->chunks);
        big->pending = 1;
        s->big = big;
    }
    in->ptr += bytes;
    in->len -= bytes;
    return true;
}
