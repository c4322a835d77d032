/*
 * Filters towards the sources: through projections, unions, sorts, group keys and
 * PARTITION BY keys, one conjunct at a time. A conjunct that would have to compute
 * again what a projection computes for itself stays above, unless that is cheap.
 */
#include "common/plan/rules/rules.h"
#include "common/plan/vec.h"

/* Nodes of an expression that may be computed twice, and of a conjunct after it is put in. */
#define CHEAP_NODES    8
#define CONJUNCT_NODES 256

static void split(q_arena *a, q_expr *x, q_vec *out)
{
    if (x->kind == Q_X_CALL && x->function == Q_FN_AND) {
        split(a, x->args[0], out);
        split(a, x->args[1], out);
    } else {
        q_vec_add(out, a, x);
    }
}

static bool column_is_dear(void *ctx, const q_expr *x)
{
    const uint64_t *sizes = ctx;
    return x->kind == Q_X_COLUMN && sizes[x->column] > CHEAP_NODES;
}

static bool column_is_forbidden(void *ctx, const q_expr *x)
{
    const bool *allowed = ctx;
    return x->kind == Q_X_COLUMN && !allowed[x->column];
}

/* Balanced, as the parser leaves it: trees of many conjuncts stay low. */
static q_expr *and_all(q_arena *a, void **x, uint32_t n)
{
    return n == 1 ? x[0] : q_and(a, and_all(a, x, n / 2), and_all(a, x + n / 2, n - n / 2));
}

/* A filter with the conjuncts over child, child itself for none. */
static q_plan *filter_all(q_optimiser *o, q_plan *child, const q_vec *conjuncts)
{
    if (!conjuncts->n)
        return child;
    return q_plan_filter(o->a, child, and_all(o->a, conjuncts->items, conjuncts->n));
}

/* ---- the ways down -------------------------------------------------------------- */

static q_plan *push(q_optimiser *o, q_plan *below, const q_vec *conjuncts);

static q_plan *through_project(q_optimiser *o, q_plan *below, const q_vec *conjuncts)
{
    q_expr **exprs = below->u.project.exprs;
    q_vec down = {0}, stay = {0};
    uint64_t *sizes = q_arena_array(o->a, uint64_t, below->schema.n_fields + 1);
    for (uint32_t i = 0; i < below->schema.n_fields; i++)
        sizes[i] = q_expr_size(exprs[i], NULL);
    for (uint32_t i = 0; i < conjuncts->n; i++) {
        q_expr *x = conjuncts->items[i];
        if (q_expr_any(x, column_is_dear, sizes) || q_expr_size(x, sizes) > CONJUNCT_NODES)
            q_vec_add(&stay, o->a, x);
        else
            q_vec_add(&down, o->a, q_expr_substitute(o->a, x, exprs));
    }
    if (down.n)
        below = q_plan_over(o->a, below, push(o, below->children[0], &down));
    return filter_all(o, below, &stay);
}

static q_plan *through_union(q_optimiser *o, q_plan *below, const q_vec *conjuncts)
{
    q_plan *to = q_arena_copy(o->a, below, sizeof *to);
    to->children = q_arena_array(o->a, q_plan *, to->n_children);
    for (uint32_t i = 0; i < to->n_children; i++)
        to->children[i] = push(o, below->children[i], conjuncts);
    return to;
}

/* Conjuncts over `allowed` columns only go below the operator, rewritten by `to` if there is one.
 */
static q_plan *through_some(q_optimiser *o, q_plan *below, const q_vec *conjuncts, bool *allowed,
                            q_expr *const *to)
{
    q_vec down = {0}, stay = {0};
    for (uint32_t i = 0; i < conjuncts->n; i++) {
        q_expr *x = conjuncts->items[i];
        if (q_expr_any(x, column_is_forbidden, allowed))
            q_vec_add(&stay, o->a, x);
        else
            q_vec_add(&down, o->a, to ? q_expr_substitute(o->a, x, to) : x);
    }
    if (down.n)
        below = q_plan_over(o->a, below, push(o, below->children[0], &down));
    return filter_all(o, below, &stay);
}

static q_plan *through_aggregate(q_optimiser *o, q_plan *below, const q_vec *conjuncts)
{
    uint32_t n_keys = below->u.aggregate.n_keys;
    bool *allowed = q_arena_array(o->a, bool, below->schema.n_fields);
    for (uint32_t i = 0; i < n_keys; i++)
        allowed[i] = true;
    /* without keys a global aggregate has its one row even from nothing */
    return n_keys ? through_some(o, below, conjuncts, allowed, below->u.aggregate.keys)
                  : filter_all(o, below, conjuncts);
}

/* Whole partitions come and go: only keys of every PARTITION BY. */
static q_plan *through_window(q_optimiser *o, q_plan *below, const q_vec *conjuncts)
{
    uint32_t n = below->schema.n_fields, n_specs = below->u.window.n_specs;
    bool *allowed = q_arena_array(o->a, bool, n);
    for (uint32_t column = 0; column < n; column++) {
        uint32_t in = 0;
        for (uint32_t i = 0; i < n_specs; i++) {
            const q_window_spec *s = &below->u.window.specs[i];
            bool found = false;
            for (uint32_t k = 0; k < s->n_partition; k++)
                found |= s->partition[k]->kind == Q_X_COLUMN && s->partition[k]->column == column;
            in += found;
        }
        allowed[column] = in == n_specs;
    }
    return through_some(o, below, conjuncts, allowed, NULL);
}

static q_plan *push(q_optimiser *o, q_plan *below, const q_vec *conjuncts)
{
    q_vec both = {0};
    switch (below->op) {
    case Q_PLAN_FILTER:
        split(o->a, below->u.filter.predicate, &both);
        for (uint32_t i = 0; i < conjuncts->n; i++)
            q_vec_add(&both, o->a, conjuncts->items[i]);
        return push(o, below->children[0], &both);
    case Q_PLAN_PROJECT:
        return through_project(o, below, conjuncts);
    case Q_PLAN_UNION:
        return through_union(o, below, conjuncts);
    case Q_PLAN_SORT:
        if (below->u.sort.limit >= 0)
            return filter_all(o, below, conjuncts);
        return q_plan_over(o->a, below, push(o, below->children[0], conjuncts));
    case Q_PLAN_AGGREGATE:
        return through_aggregate(o, below, conjuncts);
    case Q_PLAN_WINDOW:
        return through_window(o, below, conjuncts);
    default:
        return filter_all(o, below, conjuncts);
    }
}

/* Would a filter here move at all? Otherwise the plan must stay the same one. */
static bool same_filter(const q_plan *p, const q_plan *q)
{
    return q->op == Q_PLAN_FILTER && q->children[0] == p->children[0] &&
           q_expr_equal(q->u.filter.predicate, p->u.filter.predicate);
}

static q_code push_one(q_optimiser *o, q_plan *p, q_plan **out)
{
    *out = p;
    if (p->op != Q_PLAN_FILTER)
        return Q_OK;
    q_vec conjuncts = {0};
    split(o->a, p->u.filter.predicate, &conjuncts);
    q_plan *pushed = push(o, p->children[0], &conjuncts);
    if (!same_filter(p, pushed))
        *out = pushed;
    return Q_OK;
}

q_code q_rule_push_filter(q_optimiser *o, q_plan *in, q_plan **out)
{
    return q_plan_rewrite(o, in, push_one, out);
}
