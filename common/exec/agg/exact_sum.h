/*
 * Exact sums of doubles: the result does not depend on the order of additions or on how
 * they were split, and is rounded to a double once (also the quotient of a mean).
 *
 * Small form: a 128-bit integer in units of 2^exp, for values whose exponents lie in a
 * window around the first one seen. Values outside move the sum to the large form: a
 * superaccumulator over the whole range of doubles, 64-bit chunks 32 bits apart.
 * (R. M. Neal, "Fast Exact Summation Using Small and Large Superaccumulators", 2015.)
 * All zero bytes are the empty sum. Thread rule: one thread at a time.
 */
#ifndef Q_EXEC_AGG_EXACT_SUM_H
#define Q_EXEC_AGG_EXACT_SUM_H

#include "common/column/column.h"

#define Q_EXACT_CHUNKS 70

typedef struct q_exact_big {
    int64_t chunks[Q_EXACT_CHUNKS]; /* chunk i counts 2^(32 i - 1074) */
    uint32_t pending;               /* additions since carries were propagated */
} q_exact_big;

#define Q_EXACT_NAN     1u
#define Q_EXACT_POS_INF 2u
#define Q_EXACT_NEG_INF 4u

typedef struct q_exact_sum {
    q_int128 acc;
    q_exact_big *big; /* NULL: small form */
    int16_t exp;      /* of acc's unit */
    bool started;     /* exp is set */
    uint8_t special;  /* Q_EXACT_* */
} q_exact_sum;

/* False when the arena has no memory for the large form. */
bool q_exact_add_slow(q_exact_sum *s, double v, q_arena *a);
bool q_exact_merge(q_exact_sum *s, const q_exact_sum *other, q_arena *a);

/* Exponents above the window's base that the small form takes. */
#define Q_EXACT_SPAN 44

/* v * 2^n, with the bits of a shift also for negative numbers. */
static inline q_int128 q_exact_shift(int64_t v, int n)
{
    return (q_int128)((unsigned __int128)(q_int128)v << n);
}

static inline bool q_exact_add(q_exact_sum *s, double v, q_arena *a)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    int e = (int)((bits >> 52) & 0x7FF);
    int shift = e - 1075 - s->exp;
    if (__builtin_expect(
            !s->started || s->big || (unsigned)shift > Q_EXACT_SPAN || e == 0x7FF || e == 0, 0))
        return q_exact_add_slow(s, v, a);
    int64_t m = (int64_t)((bits & 0xFFFFFFFFFFFFFu) | 0x10000000000000u);
    q_int128 add = q_exact_shift(bits >> 63 ? -m : m, shift);
    q_int128 sum;
    if (__builtin_expect(__builtin_add_overflow(s->acc, add, &sum), 0))
        return q_exact_add_slow(s, v, a);
    s->acc = sum;
    return true;
}

/* The sum divided by n, correctly rounded (half to even). n >= 1. */
double q_exact_round(const q_exact_sum *s, uint64_t n);

/* |sum| as digits of 32 bits in units of 2^-1074, lowest first; true if the sum is negative.
 * Not for sums with `special` set. */
bool q_exact_digits(const q_exact_sum *s, uint32_t digits[Q_EXACT_CHUNKS]);
/* digits * 2^exp / (m * n), correctly rounded. At most Q_EXACT_MAX_DIGITS digits. */
#define Q_EXACT_MAX_DIGITS 192
double q_exact_quotient(const uint32_t *digits, int n_digits, int exp, uint64_t m, uint64_t n);

/* A sum as bytes, for the wire. */
#define Q_EXACT_MAX_BYTES (21 + Q_EXACT_CHUNKS * 8)
char *q_exact_write(const q_exact_sum *s, char *to); /* returns the end */
/* Takes a sum off the front of `in`; its large form goes to *big. False: malformed. */
bool q_exact_read(q_str *in, q_exact_sum *s, q_exact_big *big);
/* May a sum from outside have this unit? */
static inline bool q_exact_exp_ok(int exp)
{
    return exp >= -1074 - 20 && exp <= 971;
}

#endif
