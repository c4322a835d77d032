/* bool_and, bool_or: NULL without a value that is not NULL. The partial form is the result. */
#include "common/exec/agg/agg_util.h"

typedef struct bool_state {
    uint64_t n_true, n_false;
} bool_state;

static uint32_t state_bytes(const q_expr *call)
{
    (void)call;
    return sizeof(bool_state);
}

static uint32_t partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS])
{
    (void)call;
    types[0] = Q_TYPE(Q_BOOLEAN);
    return 1;
}

static q_code merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                    const q_column *columns)
{
    bool_state *s = states;
    (void)c;
    for (uint32_t i = 0; i < n; i++) {
        if (q_column_is_null(&columns[0], i))
            continue;
        bool v = Q_VALUES(&columns[0], uint8_t)[i] != 0;
        s[groups[i]].n_true += v;
        s[groups[i]].n_false += !v;
    }
    return Q_OK;
}

static q_code update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                     q_column *const *args)
{
    return merge(c, states, groups, n, args[0]);
}

static q_code finish(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *result,
                     bool all)
{
    const bool_state *s = states;
    Q_TRY(q_column_init(result, Q_TYPE(Q_BOOLEAN), n, out, c->err));
    for (uint32_t i = 0; i < n; i++) {
        Q_VALUES(result, uint8_t)[i] = all ? !s[i].n_false : s[i].n_true > 0;
        if (!s[i].n_true && !s[i].n_false)
            Q_TRY(q_agg_null(c, result, i, out));
    }
    return Q_OK;
}

static q_code finish_and(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out,
                         q_column *result)
{
    return finish(c, states, n, out, result, true);
}

static q_code finish_or(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out,
                        q_column *result)
{
    return finish(c, states, n, out, result, false);
}

const q_agg_ops q_agg_bool_and = {state_bytes, update, partials, finish_and, merge, finish_and};
const q_agg_ops q_agg_bool_or = {state_bytes, update, partials, finish_or, merge, finish_or};
