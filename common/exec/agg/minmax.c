/* min and max of any type. Of equal values (-0.0 and 0.0) the first seen stays. */
#include "common/exec/agg/value.h"

static bool is_array(const q_expr *call)
{
    return call->args[0]->type.kind == Q_ARRAY;
}

/* Arrays are ordered by one thing and kept as another: min(x) is min_by(x, x), where ties do
 * not matter. */
static uint32_t state_bytes(const q_expr *call)
{
    return is_array(call) ? q_agg_min_by.state_bytes(call) : sizeof(q_agg_slot);
}

static uint32_t partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS])
{
    if (is_array(call))
        return q_agg_min_by.partials(call, types);
    types[0] = call->args[0]->type;
    return 1;
}

/* sign: -1 for min, 1 for max. */
static q_code fold(q_agg_ctx *c, q_agg_slot *s, const uint32_t *groups, uint32_t n,
                   const q_column *v, int sign)
{
    if (v->type.kind == Q_VOID)
        return Q_OK;
    for (uint32_t i = 0; i < n; i++) {
        if (v->validity && !q_bit_get(v->validity, i))
            continue;
        q_agg_value x;
        q_agg_slot *g = &s[groups[i]];
        q_agg_load(v, i, &x);
        if (!g->has || q_agg_cmp(v->type, &x, &g->v) * sign > 0)
            Q_TRY(q_agg_slot_set(c, g, v, i));
    }
    return Q_OK;
}

/* The common case without a branch on the type in the loop. */
static void fold_doubles(q_agg_slot *s, const uint32_t *groups, uint32_t n, const double *v,
                         int sign)
{
    for (uint32_t i = 0; i < n; i++) {
        q_agg_slot *g = &s[groups[i]];
        bool better = sign > 0 ? v[i] > g->v.d : v[i] < g->v.d;
        if (__builtin_expect(better || !g->has || v[i] != v[i] || g->v.d != g->v.d, 0)) {
            q_agg_value x = {.d = v[i]};
            if (!g->has || q_agg_cmp(Q_TYPE(Q_DOUBLE), &x, &g->v) * sign > 0)
                g->v.d = v[i];
            g->has = true;
        }
    }
}

static q_code update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                     const q_column *v, int sign)
{
    if (v->type.kind == Q_DOUBLE && !v->validity) {
        fold_doubles(states, groups, n, v->values, sign);
        return Q_OK;
    }
    return fold(c, states, groups, n, v, sign);
}

static q_code min_update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                         q_column *const *args)
{
    if (is_array(c->call))
        return q_agg_min_by.update(c, states, groups, n, args);
    return update(c, states, groups, n, args[0], -1);
}

static q_code max_update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                         q_column *const *args)
{
    if (is_array(c->call))
        return q_agg_max_by.update(c, states, groups, n, args);
    return update(c, states, groups, n, args[0], 1);
}

static q_code min_merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                        const q_column *columns)
{
    if (is_array(c->call))
        return q_agg_min_by.merge(c, states, groups, n, columns);
    return update(c, states, groups, n, &columns[0], -1);
}

static q_code max_merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                        const q_column *columns)
{
    if (is_array(c->call))
        return q_agg_max_by.merge(c, states, groups, n, columns);
    return update(c, states, groups, n, &columns[0], 1);
}

/* The partial form is the result: a value or NULL. */
static q_code put_all(q_agg_ctx *c, const q_agg_slot *s, uint32_t n, q_arena *out, q_column *result)
{
    Q_TRY(q_column_init(result, c->call->args[0]->type, n, out, c->err));
    for (uint32_t i = 0; i < n; i++)
        Q_TRY(q_agg_slot_put(c, &s[i], result, i, out));
    return Q_OK;
}

static q_code save(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *columns)
{
    if (is_array(c->call))
        return q_agg_min_by.save(c, states, n, out, columns);
    return put_all(c, states, n, out, columns);
}

static q_code finish(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *result)
{
    if (is_array(c->call))
        return q_agg_min_by.finish(c, states, n, out, result);
    return put_all(c, states, n, out, result);
}

const q_agg_ops q_agg_min = {state_bytes, min_update, partials, save, min_merge, finish};
const q_agg_ops q_agg_max = {state_bytes, max_update, partials, save, max_merge, finish};
