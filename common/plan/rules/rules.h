/*
 * The optimiser's rules and what they share. A rule never writes to a plan: it
 * copies the operators it changes. See optimise.h.
 */
#ifndef Q_PLAN_RULES_RULES_H
#define Q_PLAN_RULES_RULES_H

#include "common/plan/optimise.h"
#include "common/plan/rewrite.h"

typedef q_code q_rule_fn(q_optimiser *o, q_plan *in, q_plan **out);

q_rule_fn q_rule_fold, q_rule_simplify, q_rule_empty, q_rule_push_filter, q_rule_prune,
    q_rule_merge_projects, q_rule_drop_projects, q_rule_push_limit, q_rule_drop_sorts,
    q_rule_merge_unions, q_rule_late;

/* ---- tree.c ------------------------------------------------------------------ */

/* Called for an operator whose children are done; *out == p: nothing to do. */
typedef q_code q_plan_fn(q_optimiser *o, q_plan *p, q_plan **out);
/* fn on every operator, children first. */
q_code q_plan_rewrite(q_optimiser *o, q_plan *p, q_plan_fn *fn, q_plan **out);
/* p with another only child. */
q_plan *q_plan_over(q_arena *a, q_plan *p, q_plan *child);

/* Every expression of the operator by fn (which returns its argument when nothing changes). */
typedef q_expr *q_plan_expr_fn(q_optimiser *o, q_expr *x, const void *ctx);
q_plan *q_plan_map_exprs(q_optimiser *o, q_plan *p, q_plan_expr_fn *fn, const void *ctx);

q_plan *q_plan_filter(q_arena *a, q_plan *child, q_expr *predicate);
/* fields: names and so on of the n expressions' results. */
q_plan *q_plan_project(q_arena *a, q_plan *child, uint32_t n, q_expr **exprs,
                       const q_field *fields);
/* No rows of that schema. */
q_plan *q_plan_empty(q_arena *a, const q_schema *schema);
bool q_plan_is_empty(const q_plan *p);
/* Columns of x: used[column] = true. */
void q_expr_mark(const q_expr *x, bool *used);
/* Nodes of x as a tree; with `columns`, column i counts columns[i]. */
uint64_t q_expr_size(const q_expr *x, const uint64_t *columns);
q_expr *q_field_expr(q_arena *a, const q_schema *schema, uint32_t column);
q_expr *q_and(q_arena *a, q_expr *x, q_expr *y); /* either may be NULL */

#endif
