/*
 * first, last: a value by position in the input, NULL or not (IGNORE NULLS: not), so merges
 * must come in input order. Partial columns: is there a row; its value.
 */
#include "common/exec/agg/value.h"

static uint32_t state_bytes(const q_expr *call)
{
    (void)call;
    return sizeof(q_agg_slot);
}

static uint32_t partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS])
{
    types[0] = Q_TYPE(Q_BOOLEAN);
    types[1] = q_agg_stored_type(call->args[0]->type);
    return 2;
}

/* has: which rows there are (NULL: all of them). */
static q_code fold_first(q_agg_ctx *c, q_agg_slot *s, const uint32_t *groups, uint32_t n,
                         const uint8_t *has, const q_column *v)
{
    for (uint32_t i = 0; i < n; i++) {
        q_agg_slot *g = &s[groups[i]];
        if (g->has || (has && !has[i]) || (c->call->ignore_nulls && q_column_is_null(v, i)))
            continue;
        Q_TRY(q_agg_slot_set(c, g, v, i));
    }
    return Q_OK;
}

/* From the last row to the first, so that each group takes one value a batch, whose mark
 * is taken off again afterwards. */
static q_code fold_last(q_agg_ctx *c, q_agg_slot *s, const uint32_t *groups, uint32_t n,
                        const uint8_t *has, const q_column *v)
{
    for (uint32_t i = n; i-- > 0;) {
        q_agg_slot *g = &s[groups[i]];
        if (g->mark || (has && !has[i]) || (c->call->ignore_nulls && q_column_is_null(v, i)))
            continue;
        Q_TRY(q_agg_slot_set(c, g, v, i));
        g->mark = 1;
    }
    for (uint32_t i = 0; i < n; i++)
        s[groups[i]].mark = 0;
    return Q_OK;
}

typedef q_code fold_fn(q_agg_ctx *c, q_agg_slot *s, const uint32_t *groups, uint32_t n,
                       const uint8_t *has, const q_column *v);

static q_code update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                     q_column *const *args, fold_fn *fold)
{
    q_arena tmp;
    q_column packed;
    const q_column *value;
    q_arena_init(&tmp, c->arena->budget);
    q_code code = q_agg_pack(c, args[0], &tmp, &packed, &value);
    if (code == Q_OK)
        code = fold(c, states, groups, n, NULL, value);
    q_arena_fini(&tmp);
    return code;
}

static q_code first_update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                           q_column *const *args)
{
    return update(c, states, groups, n, args, fold_first);
}

static q_code last_update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                          q_column *const *args)
{
    return update(c, states, groups, n, args, fold_last);
}

static q_code first_merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                          const q_column *columns)
{
    return fold_first(c, states, groups, n, columns[0].values, &columns[1]);
}

static q_code last_merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                         const q_column *columns)
{
    return fold_last(c, states, groups, n, columns[0].values, &columns[1]);
}

static q_code put_all(q_agg_ctx *c, const q_agg_slot *s, uint32_t n, q_arena *out, q_column *v)
{
    Q_TRY(q_column_init(v, q_agg_stored_type(c->call->args[0]->type), n, out, c->err));
    for (uint32_t i = 0; i < n; i++)
        Q_TRY(q_agg_slot_put(c, &s[i], v, i, out));
    return Q_OK;
}

static q_code save(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *columns)
{
    const q_agg_slot *s = states;
    Q_TRY(q_column_init(&columns[0], Q_TYPE(Q_BOOLEAN), n, out, c->err));
    for (uint32_t i = 0; i < n; i++)
        Q_VALUES(&columns[0], uint8_t)[i] = s[i].has;
    return put_all(c, s, n, out, &columns[1]);
}

static q_code finish(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *result)
{
    q_column stored;
    Q_TRY(put_all(c, states, n, out, &stored));
    return q_agg_unpack(c, &stored, c->call->args[0]->type, out, result);
}

const q_agg_ops q_agg_first = {state_bytes, first_update, partials, save, first_merge, finish};
const q_agg_ops q_agg_last = {state_bytes, last_update, partials, save, last_merge, finish};
