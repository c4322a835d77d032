/*
 * The aggregate contract: mergeable states, one a group, in columns of fixed width.
 *
 *   update   a task folds rows in             (task, vectorised)
 *   save     states → partial columns          (task, for the wire)
 *   merge    partial columns → states          (master's merge, or a task holding whole keys)
 *   finish   states → the result column        (merge)
 *
 * States merge exactly: whatever the split of the rows, the result has the same bits
 * (integer sums in 128 bits; double sums exact, rounded once in finish; see
 * agg/exact_sum.h). Position-dependent aggregates (first, last, collect_list, mode's
 * ties) rely on merges being called in input order: the caller merges tasks in task order.
 *
 * A state is `state_bytes` bytes, all zero when empty. It may point to memory in
 * ctx->arena; nothing is freed before the arena. DISTINCT and FILTER are handled by the
 * caller (exec/agg_set.h), ops never see them.
 * Thread rule: one thread at a time per ctx.
 */
#ifndef Q_EXEC_AGG_H
#define Q_EXEC_AGG_H

#include "common/base/session.h"
#include "common/plan/expr.h"

#define Q_AGG_MAX_PARTIALS 8

typedef struct q_agg_ctx {
    q_arena *arena; /* states' memory (budgeted): lives as long as the states */
    const q_session *session;
    const q_expr *call; /* args' types, constants (percentages), ignore_nulls */
    q_err *err;
} q_agg_ctx;

typedef struct q_agg_ops {
    uint32_t (*state_bytes)(const q_expr *call); /* multiple of 16 */
    /* Fold rows 0..n-1 in: row i goes to state groups[i]. args[j]: n rows. */
    q_code (*update)(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                     q_column *const *args);
    /* Types of the partial columns; returns how many (<= Q_AGG_MAX_PARTIALS). */
    uint32_t (*partials)(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS]);
    /* States 0..n-1 → n rows of each partial column (allocated by the callee in `out`). */
    q_code (*save)(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *columns);
    /* Row i of the partial columns goes into state groups[i]. */
    q_code (*merge)(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                    const q_column *columns);
    /* States 0..n-1 → result column of type call->type (allocated by the callee in `out`). */
    q_code (*finish)(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out, q_column *result);
} q_agg_ops;

#define A(id, name, sig, ops, ...) extern const q_agg_ops q_agg_##ops;
#include "common/plan/functions.def"

/* Ops of an aggregate's function id; NULL if it is not an aggregate. */
const q_agg_ops *q_agg_find(uint16_t function);

#endif
