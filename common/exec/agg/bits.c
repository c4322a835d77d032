/* bit_and, bit_or, bit_xor of integers: NULL without a value that is not NULL. The partial form is
 * the result. */
#include "common/exec/agg/agg_util.h"
#include "common/exec/agg/value.h"

/* All three are folds of AND, OR and XOR; sign-extended values give the bits of every width. */
typedef struct bits_state {
    int64_t v;
    uint64_t has;
} bits_state;

static uint32_t state_bytes(const q_expr *call)
{
    (void)call;
    return sizeof(bits_state);
}

static uint32_t partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS])
{
    types[0] = call->args[0]->type;
    return 1;
}

static q_code save(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *result)
{
    const bits_state *s = states;
    Q_TRY(q_column_init(result, c->call->args[0]->type, n, out, c->err));
    for (uint32_t i = 0; i < n; i++) {
        if (!s[i].has)
            Q_TRY(q_agg_null(c, result, i, out));
        q_agg_store(result, i, &(q_agg_value){.i = s[i].v});
    }
    return Q_OK;
}

/* A merge folds the results of partitions as an update folds values. */
#define BITS_AGGREGATE(name, op)                                                                \
    static void fold_##name(bits_state *s, const uint32_t *groups, uint32_t n,                  \
                            const q_column *column)                                             \
    {                                                                                           \
        for (uint32_t i = 0; i < n; i++) {                                                      \
            int64_t v;                                                                          \
            if (q_column_is_null(column, i) || !q_column_integer(column, i, &v))                \
                continue;                                                                       \
            bits_state *g = &s[groups[i]];                                                      \
            g->v = g->has ? g->v op v : v;                                                      \
            g->has = 1;                                                                         \
        }                                                                                       \
    }                                                                                           \
    static q_code update_##name(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n, \
                                q_column *const *args)                                          \
    {                                                                                           \
        (void)c;                                                                                \
        fold_##name(states, groups, n, args[0]);                                                \
        return Q_OK;                                                                            \
    }                                                                                           \
    static q_code merge_##name(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,  \
                               const q_column *columns)                                         \
    {                                                                                           \
        (void)c;                                                                                \
        fold_##name(states, groups, n, &columns[0]);                                            \
        return Q_OK;                                                                            \
    }                                                                                           \
    const q_agg_ops q_agg_bit_##name = {state_bytes, update_##name, partials,                   \
                                        save,        merge_##name,  save};

BITS_AGGREGATE(and, &)
BITS_AGGREGATE(or, |)
BITS_AGGREGATE(xor, ^)
