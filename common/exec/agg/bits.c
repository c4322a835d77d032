/* bit_and, bit_or, bit_xor of integers: NULL without a value that is not NULL. The partial form is
 * the result. */
#include "common/exec/agg/agg_util.h"

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

#define FOLD_LOOP(ctype, op)                                       \
    do {                                                           \
        const ctype *v = column->values;                           \
        for (uint32_t i = 0; i < n; i++) {                         \
            if (q_column_is_null(column, i))                       \
                continue;                                          \
            bits_state *g = &s[groups[i]];                         \
            g->v = g->has ? g->v op(int64_t) v[i] : (int64_t)v[i]; \
            g->has = 1;                                            \
        }                                                          \
        return Q_OK;                                               \
    } while (0)

static q_code save(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *result)
{
    const bits_state *s = states;
    q_type type = c->call->args[0]->type;
    Q_TRY(q_column_init(result, type, n, out, c->err));
    for (uint32_t i = 0; i < n; i++) {
        if (!s[i].has)
            Q_TRY(q_agg_null(c, result, i, out));
        if (type.kind == Q_TINYINT)
            Q_VALUES(result, int8_t)[i] = (int8_t)s[i].v;
        else if (type.kind == Q_SMALLINT)
            Q_VALUES(result, int16_t)[i] = (int16_t)s[i].v;
        else if (type.kind == Q_INT)
            Q_VALUES(result, int32_t)[i] = (int32_t)s[i].v;
        else
            Q_VALUES(result, int64_t)[i] = s[i].v;
    }
    return Q_OK;
}

#define BITS_AGGREGATE(name, op)                                                                \
    static q_code fold_##name(bits_state *s, const uint32_t *groups, uint32_t n,                \
                              const q_column *column)                                           \
    {                                                                                           \
        switch (column->type.kind) {                                                            \
        case Q_TINYINT:                                                                         \
            FOLD_LOOP(int8_t, op);                                                              \
        case Q_SMALLINT:                                                                        \
            FOLD_LOOP(int16_t, op);                                                             \
        case Q_INT:                                                                             \
            FOLD_LOOP(int32_t, op);                                                             \
        default:                                                                                \
            FOLD_LOOP(int64_t, op);                                                             \
        }                                                                                       \
    }                                                                                           \
    static q_code update_##name(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n, \
                                q_column *const *args)                                          \
    {                                                                                           \
        (void)c;                                                                                \
        return fold_##name(states, groups, n, args[0]);                                         \
    }                                                                                           \
    static q_code merge_##name(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,  \
                               const q_column *columns)                                         \
    {                                                                                           \
        (void)c;                                                                                \
        return fold_##name(states, groups, n, &columns[0]);                                     \
    }                                                                                           \
    const q_agg_ops q_agg_bit_##name = {state_bytes, update_##name, partials,                   \
                                        save,        merge_##name,  save};

BITS_AGGREGATE(and, &)
BITS_AGGREGATE(or, |)
BITS_AGGREGATE(xor, ^)
