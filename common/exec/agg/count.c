/* count(*), count(x, …): rows where no argument is NULL; count_if. State: int64. */
#include "common/exec/agg/agg_util.h"

typedef struct count_state {
    int64_t n;
    int64_t unused; /* states are multiples of 16 bytes */
} count_state;

static uint32_t state_bytes(const q_expr *call)
{
    (void)call;
    return sizeof(count_state);
}

static q_code count_update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                           q_column *const *args)
{
    count_state *s = states;
    uint32_t n_args = c->call->n_args;
    bool nulls = false;
    for (uint32_t k = 0; k < n_args; k++)
        nulls |= args[k]->validity != NULL || args[k]->type.kind == Q_VOID;
    if (!nulls) {
        for (uint32_t i = 0; i < n; i++)
            s[groups[i]].n++;
        return Q_OK;
    }
    for (uint32_t i = 0; i < n; i++) {
        bool null = false;
        for (uint32_t k = 0; k < n_args; k++)
            null |= q_column_is_null(args[k], i);
        s[groups[i]].n += !null;
    }
    return Q_OK;
}

static q_code count_if_update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                              q_column *const *args)
{
    (void)c;
    count_state *s = states;
    for (uint32_t i = 0; i < n; i++)
        s[groups[i]].n += !q_column_is_null(args[0], i) && Q_VALUES(args[0], uint8_t)[i];
    return Q_OK;
}

static uint32_t partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS])
{
    (void)call;
    types[0] = Q_TYPE(Q_BIGINT);
    return 1;
}

static q_code finish(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *result)
{
    const count_state *s = states;
    Q_TRY(q_column_init(result, Q_TYPE(Q_BIGINT), n, out, c->err));
    for (uint32_t i = 0; i < n; i++)
        Q_VALUES(result, int64_t)[i] = s[i].n;
    return Q_OK;
}

static q_code merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                    const q_column *columns)
{
    (void)c;
    count_state *s = states;
    for (uint32_t i = 0; i < n; i++)
        s[groups[i]].n += Q_VALUES(&columns[0], int64_t)[i];
    return Q_OK;
}

const q_agg_ops q_agg_count = {state_bytes, count_update, partials, finish, merge, finish};
const q_agg_ops q_agg_count_if = {state_bytes, count_if_update, partials, finish, merge, finish};
