/* collect_list: all values that are not NULL, in input order. */
#include "common/exec/agg/list.h"

static uint32_t state_bytes(const q_expr *call)
{
    (void)call;
    return sizeof(q_agg_list);
}

static q_code update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                     q_column *const *args)
{
    return q_agg_lists_add(c, states, groups, n, args[0]);
}

static uint32_t partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS])
{
    types[0] = q_type_array_of(call->args[0]->type);
    return 1;
}

static q_code merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                    const q_column *columns)
{
    return q_agg_lists_merge(c, states, groups, n, &columns[0]);
}

static q_code finish(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *result)
{
    return q_agg_lists_save(c, states, n, c->call->args[0]->type, out, result);
}

const q_agg_ops q_agg_collect_list = {state_bytes, update, partials, finish, merge, finish};
