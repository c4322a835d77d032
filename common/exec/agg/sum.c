/*
 * sum and avg. Integers and intervals: 128 bits (a bigint sum wraps around, an interval's is
 * an error, as in Spark); doubles: exact (agg/exact_sum.h); decimals: 128 bits plus the
 * carries out of them. avg is the correctly rounded quotient of the exact sum; of decimals
 * and intervals half up.
 */
#include "common/column/decimal.h"
#include "common/exec/agg/agg_util.h"
#include "common/exec/agg/exact_sum.h"

typedef struct int_state {
    q_int128 sum;
    int64_t n, unused; /* states are multiples of 16 bytes */
} int_state;

typedef struct double_state {
    q_exact_sum sum;
    int64_t n, unused;
} double_state;

typedef struct decimal_state {
    q_int128 sum;
    int64_t carry, n;
} decimal_state;

static q_type arg_type(const q_expr *call)
{
    return call->args[0]->type;
}

static bool is_exact(const q_expr *call)
{
    return arg_type(call).kind == Q_DOUBLE || arg_type(call).kind == Q_FLOAT;
}

static uint32_t state_bytes(const q_expr *call)
{
    if (is_exact(call))
        return sizeof(double_state);
    return arg_type(call).kind == Q_DECIMAL ? sizeof(decimal_state) : sizeof(int_state);
}

/* ---- update ---- */

static q_code update_doubles(q_agg_ctx *c, double_state *s, const uint32_t *groups, uint32_t n,
                             const q_column *v)
{
    bool single = v->type.kind == Q_FLOAT;
    for (uint32_t i = 0; i < n; i++) {
        if (v->validity && !q_bit_get(v->validity, i))
            continue;
        double_state *g = &s[groups[i]];
        double d = single ? (double)Q_VALUES(v, float)[i] : Q_VALUES(v, double)[i];
        if (!q_exact_add(&g->sum, d, c->arena))
            return q_agg_no_memory(c, sizeof(q_exact_big));
        g->n++;
    }
    return Q_OK;
}

static int64_t int_at(const q_column *v, uint32_t i)
{
    switch (v->type.kind) {
    case Q_TINYINT:
        return Q_VALUES(v, int8_t)[i];
    case Q_SMALLINT:
        return Q_VALUES(v, int16_t)[i];
    case Q_INT:
    case Q_INTERVAL_YM:
        return Q_VALUES(v, int32_t)[i];
    case Q_VOID:
        return 0;
    default:
        return Q_VALUES(v, int64_t)[i];
    }
}

static void update_ints(int_state *s, const uint32_t *groups, uint32_t n, const q_column *v)
{
    for (uint32_t i = 0; i < n; i++) {
        if (q_column_is_null(v, i))
            continue;
        int_state *g = &s[groups[i]];
        g->sum += int_at(v, i);
        g->n++;
    }
}

static void decimal_add(decimal_state *g, q_int128 v)
{
    q_int128 sum;
    if (__builtin_add_overflow(g->sum, v, &sum))
        g->carry += v < 0 ? -1 : 1;
    g->sum = sum; /* wrapped: true sum is carry * 2^128 + sum */
}

static q_code update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                     q_column *const *args)
{
    const q_column *v = args[0];
    if (is_exact(c->call))
        return update_doubles(c, states, groups, n, v);
    if (v->type.kind != Q_DECIMAL) {
        update_ints(states, groups, n, v);
        return Q_OK;
    }
    decimal_state *s = states;
    for (uint32_t i = 0; i < n; i++) {
        if (q_column_is_null(v, i))
            continue;
        decimal_add(&s[groups[i]], Q_VALUES(v, q_int128)[i]);
        s[groups[i]].n++;
    }
    return Q_OK;
}

/* ---- partial columns ---- */

static uint32_t partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS])
{
    types[0] = Q_TYPE(Q_BIGINT); /* n */
    if (is_exact(call)) {
        types[1] = Q_DECIMAL_OF(38, 0); /* acc: any 128 bits */
        types[2] = Q_TYPE(Q_INT);       /* exp << 8 | started << 3 | special */
        types[3] = Q_TYPE(Q_BINARY);    /* chunks of the large form, empty if none */
        return 4;
    }
    if (arg_type(call).kind == Q_DECIMAL) {
        types[1] = Q_DECIMAL_OF(38, 0);
        types[2] = Q_TYPE(Q_BIGINT); /* carry */
        return 3;
    }
    types[1] = Q_DECIMAL_OF(38, 0);
    return 2;
}

static void save_double(const double_state *s, q_column *columns, uint32_t i)
{
    Q_VALUES(&columns[0], int64_t)[i] = s->n;
    Q_VALUES(&columns[1], q_int128)[i] = s->sum.acc;
    Q_VALUES(&columns[2], int32_t)
    [i] = (int32_t)((uint32_t)(uint16_t)s->sum.exp << 8 | (uint32_t)s->sum.started << 3 |
                    s->sum.special);
    q_str big = {"", 0, 0};
    if (s->sum.big)
        big = (q_str){(const char *)s->sum.big, sizeof *s->sum.big, 0};
    Q_VALUES(&columns[3], q_str)[i] = big;
}

static q_code save(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *columns)
{
    q_type types[Q_AGG_MAX_PARTIALS];
    uint32_t n_columns = partials(c->call, types);
    for (uint32_t k = 0; k < n_columns; k++)
        Q_TRY(q_column_init(&columns[k], types[k], n, out, c->err));
    for (uint32_t i = 0; i < n; i++) {
        if (is_exact(c->call)) {
            save_double((const double_state *)states + i, columns, i);
        } else if (arg_type(c->call).kind == Q_DECIMAL) {
            const decimal_state *s = (const decimal_state *)states + i;
            Q_VALUES(&columns[0], int64_t)[i] = s->n;
            Q_VALUES(&columns[1], q_int128)[i] = s->sum;
            Q_VALUES(&columns[2], int64_t)[i] = s->carry;
        } else {
            const int_state *s = (const int_state *)states + i;
            Q_VALUES(&columns[0], int64_t)[i] = s->n;
            Q_VALUES(&columns[1], q_int128)[i] = s->sum;
        }
    }
    return Q_OK;
}

/* What comes from outside may overflow. */
static q_int128 wrapping_add(q_int128 a, q_int128 b)
{
    return (q_int128)((unsigned __int128)a + (unsigned __int128)b);
}

static q_code merge_double(q_agg_ctx *c, double_state *s, const q_column *columns, uint32_t i)
{
    int32_t bits = Q_VALUES(&columns[2], int32_t)[i];
    q_exact_sum o = {.acc = Q_VALUES(&columns[1], q_int128)[i],
                     .exp = (int16_t)(uint16_t)((uint32_t)bits >> 8),
                     .started = (bits >> 3) & 1,
                     .special = bits & 7};
    q_str big = Q_VALUES(&columns[3], q_str)[i];
    q_exact_big copy;
    if (big.len == sizeof copy) {
        memcpy(&copy, big.ptr, sizeof copy);
        o.big = &copy;
    } else if (big.len || !q_exact_exp_ok(o.exp)) {
        return q_err_set(c->err, Q_E_PROTOCOL, "malformed state of a sum");
    }
    s->n += Q_VALUES(&columns[0], int64_t)[i];
    return q_exact_merge(&s->sum, &o, c->arena) ? Q_OK : q_agg_no_memory(c, sizeof copy);
}

static q_code merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                    const q_column *columns)
{
    for (uint32_t i = 0; i < n; i++) {
        if (is_exact(c->call)) {
            Q_TRY(merge_double(c, (double_state *)states + groups[i], columns, i));
        } else if (arg_type(c->call).kind == Q_DECIMAL) {
            decimal_state *s = (decimal_state *)states + groups[i];
            decimal_add(s, Q_VALUES(&columns[1], q_int128)[i]);
            s->carry += Q_VALUES(&columns[2], int64_t)[i];
            s->n += Q_VALUES(&columns[0], int64_t)[i];
        } else {
            int_state *s = (int_state *)states + groups[i];
            s->sum = wrapping_add(s->sum, Q_VALUES(&columns[1], q_int128)[i]);
            s->n += Q_VALUES(&columns[0], int64_t)[i];
        }
    }
    return Q_OK;
}

/* ---- results ---- */

static bool finish_decimal(const q_agg_ctx *c, const decimal_state *s, bool mean, q_int128 *out)
{
    q_type type = c->call->type;
    *out = 0;
    if (!s->n || s->carry)
        return false;
    if (mean)
        return q_decimal_div(s->sum, arg_type(c->call).scale, s->n, 0, type, out);
    *out = s->sum;
    return q_decimal_fits(s->sum, type.precision);
}

/* Half away from zero. */
static q_int128 int_mean(q_int128 sum, int64_t n)
{
    q_int128 q = sum / n, rest = sum % n;
    if (2 * (rest < 0 ? -rest : rest) >= n)
        q += sum < 0 ? -1 : 1;
    return q;
}

static q_code finish_int(const q_agg_ctx *c, const int_state *s, bool mean, q_column *r, uint32_t i)
{
    if (r->type.kind == Q_DOUBLE) {
        q_exact_sum sum = {.acc = s->sum, .started = true};
        Q_VALUES(r, double)[i] = s->n ? q_exact_round(&sum, (uint64_t)s->n) : 0;
        return Q_OK;
    }
    q_int128 v = mean && s->n ? int_mean(s->sum, s->n) : s->sum;
    if (r->type.kind == Q_BIGINT) {
        Q_VALUES(r, int64_t)[i] = (int64_t)v;
        return Q_OK;
    }
    bool months = r->type.kind == Q_INTERVAL_YM;
    if (v != (months ? (q_int128)(int32_t)v : (q_int128)(int64_t)v))
        return q_err_set(c->err, Q_E_ARITHMETIC_OVERFLOW, "a sum of intervals overflows");
    if (months)
        Q_VALUES(r, int32_t)[i] = (int32_t)v;
    else
        Q_VALUES(r, int64_t)[i] = (int64_t)v;
    return Q_OK;
}

/* *null: there is no result. */
static q_code finish_one(const q_agg_ctx *c, const void *state, bool mean, q_column *r, uint32_t i,
                         bool *null)
{
    if (is_exact(c->call)) {
        const double_state *s = state;
        *null = s->n == 0;
        Q_VALUES(r, double)[i] = s->n ? q_exact_round(&s->sum, mean ? (uint64_t)s->n : 1) : 0;
        return Q_OK;
    }
    if (arg_type(c->call).kind == Q_DECIMAL) {
        *null = !finish_decimal(c, state, mean, &Q_VALUES(r, q_int128)[i]);
        return Q_OK;
    }
    *null = ((const int_state *)state)->n == 0;
    return finish_int(c, state, mean, r, i);
}

static q_code finish(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *result,
                     bool mean)
{
    uint32_t width = state_bytes(c->call);
    Q_TRY(q_column_init(result, c->call->type, n, out, c->err));
    for (uint32_t i = 0; i < n; i++) {
        bool null;
        Q_TRY(finish_one(c, (const char *)states + (size_t)width * i, mean, result, i, &null));
        if (null)
            Q_TRY(q_agg_null(c, result, i, out));
    }
    return Q_OK;
}

static q_code finish_sum(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out,
                         q_column *result)
{
    return finish(c, states, n, out, result, false);
}

static q_code finish_avg(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out,
                         q_column *result)
{
    return finish(c, states, n, out, result, true);
}

const q_agg_ops q_agg_sum = {state_bytes, update, partials, save, merge, finish_sum};
const q_agg_ops q_agg_avg = {state_bytes, update, partials, save, merge, finish_avg};
