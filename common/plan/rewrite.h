/*
 * Walking and rewriting bound expressions. Trees are read-only: a rewrite copies
 * the path from what changed to the root and shares the rest.
 */
#ifndef Q_PLAN_REWRITE_H
#define Q_PLAN_REWRITE_H

#include "common/plan/expr.h"

/* Called for a node before its arguments: a replacement (not walked further), or NULL to go on. */
typedef q_expr *q_rewrite_fn(void *ctx, q_expr *x);
/* x itself when nothing changed. */
q_expr *q_expr_rewrite(q_arena *a, q_expr *x, q_rewrite_fn *fn, void *ctx);

/* True as soon as `fn` is for one node, before or after which no order is promised. */
typedef bool q_test_fn(void *ctx, const q_expr *x);
bool q_expr_any(const q_expr *x, q_test_fn *fn, void *ctx);

/* Every column i becomes to[i] (an expression, shared). */
q_expr *q_expr_substitute(q_arena *a, q_expr *x, q_expr *const *to);
/* Every column i becomes column map[i] of the same type. */
q_expr *q_expr_renumber(q_arena *a, q_expr *x, const uint32_t *map);

#endif
