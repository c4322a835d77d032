/*
 * Variance and standard deviation. The states are exact: the sums of x and of x * x (each
 * square as its rounded value and the error of rounding, both added to exact sums), so that
 * the order and the split of the rows do not matter; the variance is the correctly rounded
 *
 *     (n * sum(x * x) - sum(x) * sum(x)) / (n * (n - 1))     (population: n * n)
 *
 * computed in long integers, which no cancellation can hurt. One value: population 0, sample
 * NULL; with NaN or infinity among the values NaN, as Spark. Where a square overflows the
 * variance is infinity.
 */
#include <math.h>

#include "common/exec/agg/agg_util.h"
#include "common/exec/agg/exact_sum.h"

typedef struct moments {
    q_exact_sum sum, squares, errors; /* of x, of x * x rounded, of what the rounding lost */
    int64_t n, unused;                /* states are multiples of 16 bytes */
} moments;

static uint32_t state_bytes(const q_expr *call)
{
    (void)call;
    return sizeof(moments);
}

static q_code update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                     q_column *const *args)
{
    moments *s = states;
    const double *v = args[0]->values;
    for (uint32_t i = 0; i < n; i++) {
        if (q_column_is_null(args[0], i))
            continue;
        moments *g = &s[groups[i]];
        double square = v[i] * v[i], error = isinf(square) ? 0 : fma(v[i], v[i], -square);
        if (!q_exact_add(&g->sum, v[i], c->arena) || !q_exact_add(&g->squares, square, c->arena) ||
            !q_exact_add(&g->errors, error, c->arena))
            return q_agg_no_memory(c, sizeof(q_exact_big));
        g->n++;
    }
    return Q_OK;
}

static uint32_t partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS])
{
    (void)call;
    types[0] = Q_TYPE(Q_BIGINT); /* n */
    types[1] = Q_TYPE(Q_BINARY); /* the three sums */
    return 2;
}

static q_code save(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *columns)
{
    const moments *s = states;
    Q_TRY(q_column_init(&columns[0], Q_TYPE(Q_BIGINT), n, out, c->err));
    Q_TRY(q_column_init(&columns[1], Q_TYPE(Q_BINARY), n, out, c->err));
    for (uint32_t i = 0; i < n; i++) {
        char bytes[3 * Q_EXACT_MAX_BYTES], *end = q_exact_write(&s[i].sum, bytes);
        end = q_exact_write(&s[i].squares, end);
        end = q_exact_write(&s[i].errors, end);
        uint32_t len = (uint32_t)(end - bytes);
        char *copy = q_arena_bytes(out, len);
        if (!copy)
            return q_agg_no_memory(c, len);
        memcpy(copy, bytes, len);
        Q_VALUES(&columns[0], int64_t)[i] = s[i].n;
        Q_VALUES(&columns[1], q_str)[i] = (q_str){copy, len, 0};
    }
    return Q_OK;
}

static q_code merge_sum(q_agg_ctx *c, q_exact_sum *s, q_str *in)
{
    q_exact_sum other;
    q_exact_big big;
    if (!q_exact_read(in, &other, &big))
        return q_err_set(c->err, Q_E_PROTOCOL, "malformed state of a variance");
    return q_exact_merge(s, &other, c->arena) ? Q_OK : q_agg_no_memory(c, sizeof big);
}

static q_code merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                    const q_column *columns)
{
    moments *s = states;
    for (uint32_t i = 0; i < n; i++) {
        q_str in = Q_VALUES(&columns[1], q_str)[i];
        moments *g = &s[groups[i]];
        Q_TRY(merge_sum(c, &g->sum, &in));
        Q_TRY(merge_sum(c, &g->squares, &in));
        Q_TRY(merge_sum(c, &g->errors, &in));
        g->n += Q_VALUES(&columns[0], int64_t)[i];
    }
    return Q_OK;
}

/* ---- the variance: long integers of 32-bit digits, lowest first, modulo 2^(32 WIDE) ---- */

#define WIDE      (2 * Q_EXACT_CHUNKS + 4)
#define UNIT      (-2 * 1074) /* of sum(x) squared; sums of squares stand 1074 bits higher */
#define SUM_DIGIT (1074 / 32)
#define SUM_SHIFT (1074 % 32)

/* wide += digit * 2^(32 at), or minus. */
static void wide_add(uint32_t *wide, unsigned at, uint64_t digit, bool minus)
{
    for (; digit && at < WIDE; at++) {
        uint64_t low = digit & 0xFFFFFFFF, old = wide[at];
        wide[at] = (uint32_t)(minus ? old - low : old + low);
        digit = (digit >> 32) + (minus ? old < low : (old + low) >> 32);
    }
}

static void wide_add_sum(uint32_t *wide, const q_exact_sum *s, uint64_t n)
{
    uint32_t digits[Q_EXACT_CHUNKS];
    bool minus = q_exact_digits(s, digits);
    for (unsigned i = 0; i < Q_EXACT_CHUNKS; i++) {
        if (!digits[i])
            continue;
        unsigned __int128 v = (unsigned __int128)n * ((uint64_t)digits[i] << SUM_SHIFT);
        wide_add(wide, SUM_DIGIT + i, (uint64_t)v, minus);
        wide_add(wide, SUM_DIGIT + i + 2, (uint64_t)(v >> 64), minus);
    }
}

static void wide_subtract_square(uint32_t *wide, const q_exact_sum *s)
{
    uint32_t digits[Q_EXACT_CHUNKS];
    q_exact_digits(s, digits);
    for (unsigned i = 0; i < Q_EXACT_CHUNKS; i++) {
        for (unsigned k = 0; digits[i] && k < Q_EXACT_CHUNKS; k++) {
            if (digits[k])
                wide_add(wide, i + k, (uint64_t)digits[i] * digits[k], true);
        }
    }
}

static double variance(const moments *s, int64_t lost)
{
    uint64_t n = (uint64_t)s->n;
    uint32_t wide[WIDE] = {0};
    if (s->sum.special)
        return NAN;
    if (s->squares.special)
        return INFINITY;
    wide_add_sum(wide, &s->squares, n);
    wide_add_sum(wide, &s->errors, n);
    wide_subtract_square(wide, &s->sum);
    if (wide[WIDE - 1] >> 31) /* below 0: squares too small for a double were lost */
        return 0.0;
    return q_exact_quotient(wide, WIDE, UNIT, n, n - (uint64_t)lost);
}

/* lost: degrees of freedom, 1 for a sample. */
static q_code finish(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *result,
                     int64_t lost, bool root)
{
    const moments *s = states;
    Q_TRY(q_column_init(result, Q_TYPE(Q_DOUBLE), n, out, c->err));
    for (uint32_t i = 0; i < n; i++) {
        Q_VALUES(result, double)[i] = 0;
        if (s[i].n <= lost) {
            Q_TRY(q_agg_null(c, result, i, out));
            continue;
        }
        double v = variance(&s[i], lost);
        Q_VALUES(result, double)[i] = root ? sqrt(v) : v;
    }
    return Q_OK;
}

static q_code finish_var_samp(q_agg_ctx *c, const void *s, uint32_t n, q_arena *out, q_column *r)
{
    return finish(c, s, n, out, r, 1, false);
}

static q_code finish_var_pop(q_agg_ctx *c, const void *s, uint32_t n, q_arena *out, q_column *r)
{
    return finish(c, s, n, out, r, 0, false);
}

static q_code finish_stddev_samp(q_agg_ctx *c, const void *s, uint32_t n, q_arena *out, q_column *r)
{
    return finish(c, s, n, out, r, 1, true);
}

static q_code finish_stddev_pop(q_agg_ctx *c, const void *s, uint32_t n, q_arena *out, q_column *r)
{
    return finish(c, s, n, out, r, 0, true);
}

const q_agg_ops q_agg_var_samp = {state_bytes, update, partials, save, merge, finish_var_samp};
const q_agg_ops q_agg_var_pop = {state_bytes, update, partials, save, merge, finish_var_pop};
const q_agg_ops q_agg_stddev_samp = {state_bytes, update, partials,
                                     save,        merge,  finish_stddev_samp};
const q_agg_ops q_agg_stddev_pop = {state_bytes, update, partials, save, merge, finish_stddev_pop};
