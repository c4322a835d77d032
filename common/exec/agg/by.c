/*
 * min_by(x, y), max_by(x, y): x of the row with the smallest or greatest y; rows where y is
 * NULL do not count. Of equal y the last row wins, as in Spark (and of -0.0 and 0.0, which
 * are equal). With one argument x is y as well: min and max of arrays.
 */
#include "common/exec/agg/value.h"

typedef struct by_state {
    q_agg_slot value, order;
} by_state;

static uint32_t state_bytes(const q_expr *call)
{
    (void)call;
    return sizeof(by_state);
}

static uint32_t partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS])
{
    types[0] = q_agg_stored_type(call->args[0]->type);
    types[1] = q_agg_stored_type(call->args[call->n_args - 1]->type); /* NULL: no row yet */
    return 2;
}

/* Both columns in stored form; sign: -1 smallest, 1 greatest. */
static q_code fold(q_agg_ctx *c, by_state *s, const uint32_t *groups, uint32_t n,
                   const q_column *value, const q_column *order, int sign)
{
    for (uint32_t i = 0; i < n; i++) {
        if (q_column_is_null(order, i))
            continue;
        q_agg_value y;
        by_state *g = &s[groups[i]];
        q_agg_load(order, i, &y);
        if (g->order.has && q_agg_cmp(order->type, &y, &g->order.v) * sign < 0)
            continue;
        Q_TRY(q_agg_slot_set(c, &g->order, order, i));
        Q_TRY(q_agg_slot_set(c, &g->value, value, i));
    }
    return Q_OK;
}

static q_code update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                     q_column *const *args, int sign)
{
    q_arena tmp;
    q_column packed, keys, *order;
    const q_column *value;
    q_arena_init(&tmp, c->arena->budget);
    q_code code = q_agg_pack(c, args[0], &tmp, &packed, &value);
    if (code == Q_OK)
        code = q_agg_order_column(c, args[c->call->n_args - 1], &tmp, &keys, &order);
    if (code == Q_OK)
        code = fold(c, states, groups, n, value, order, sign);
    q_arena_fini(&tmp);
    return code;
}

static q_code min_update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                         q_column *const *args)
{
    return update(c, states, groups, n, args, -1);
}

static q_code max_update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                         q_column *const *args)
{
    return update(c, states, groups, n, args, 1);
}

static q_code min_merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                        const q_column *columns)
{
    return fold(c, states, groups, n, &columns[0], &columns[1], -1);
}

static q_code max_merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                        const q_column *columns)
{
    return fold(c, states, groups, n, &columns[0], &columns[1], 1);
}

static q_code save(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *columns)
{
    const by_state *s = states;
    q_type types[Q_AGG_MAX_PARTIALS];
    partials(c->call, types);
    Q_TRY(q_column_init(&columns[0], types[0], n, out, c->err));
    Q_TRY(q_column_init(&columns[1], types[1], n, out, c->err));
    for (uint32_t i = 0; i < n; i++) {
        Q_TRY(q_agg_slot_put(c, &s[i].value, &columns[0], i, out));
        Q_TRY(q_agg_slot_put(c, &s[i].order, &columns[1], i, out));
    }
    return Q_OK;
}

static q_code finish(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *result)
{
    const by_state *s = states;
    q_type type = c->call->args[0]->type;
    q_column stored;
    Q_TRY(q_column_init(&stored, q_agg_stored_type(type), n, out, c->err));
    for (uint32_t i = 0; i < n; i++)
        Q_TRY(q_agg_slot_put(c, &s[i].value, &stored, i, out));
    return q_agg_unpack(c, &stored, type, out, result);
}

const q_agg_ops q_agg_min_by = {state_bytes, min_update, partials, save, min_merge, finish};
const q_agg_ops q_agg_max_by = {state_bytes, max_update, partials, save, max_merge, finish};
