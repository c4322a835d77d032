/*
 * Limits: over a sort they make it a top-N, over another limit they become one. They
 * pass projections only to get there: a limit ends a stage, and a projection is
 * better computed by the tasks before that than in a stage of its own.
 */
#include "common/plan/rules/rules.h"

static q_plan *limited(q_arena *a, q_plan *child, int64_t limit, int64_t offset)
{
    q_plan *p = q_arena_new(a, q_plan);
    p->op = Q_PLAN_LIMIT;
    p->n_children = 1;
    p->children = q_arena_array(a, q_plan *, 1);
    p->children[0] = child;
    p->schema = child->schema;
    p->u.limit.limit = limit;
    p->u.limit.offset = offset;
    return p;
}

/* Rows of the child that can matter: limit + offset, -1 for all. */
static int64_t reach(const q_plan *p)
{
    int64_t sum;
    if (p->u.limit.limit < 0 || __builtin_add_overflow(p->u.limit.limit, p->u.limit.offset, &sum))
        return -1;
    return sum;
}

/* LIMIT l OFFSET o over LIMIT k OFFSET q: rows q+o … of at most k-o. */
static q_plan *over_limit(q_optimiser *o, q_plan *p, q_plan *below)
{
    int64_t offset, limit = p->u.limit.limit, left = below->u.limit.limit;
    if (__builtin_add_overflow(p->u.limit.offset, below->u.limit.offset, &offset))
        return p;
    if (left >= 0) {
        left = left > p->u.limit.offset ? left - p->u.limit.offset : 0;
        limit = limit < 0 || left < limit ? left : limit;
    }
    return limited(o->a, below->children[0], limit, offset);
}

static q_plan *over_sort(q_optimiser *o, q_plan *p, q_plan *below)
{
    int64_t n = reach(p);
    if (n < 0 || (below->u.sort.limit >= 0 && below->u.sort.limit <= n))
        return p;
    below = q_arena_copy(o->a, below, sizeof *below);
    below->u.sort.limit = n;
    return q_plan_over(o->a, p, below);
}

static bool leads_to_order(const q_plan *p)
{
    while (p->op == Q_PLAN_PROJECT)
        p = p->children[0];
    return p->op == Q_PLAN_SORT || p->op == Q_PLAN_LIMIT;
}

static q_code push_limit(q_optimiser *o, q_plan *p, q_plan **out)
{
    *out = p;
    if (p->op != Q_PLAN_LIMIT)
        return Q_OK;
    q_plan *below = p->children[0];
    if (p->u.limit.limit < 0 && p->u.limit.offset == 0)
        *out = below;
    else if (below->op == Q_PLAN_LIMIT)
        *out = over_limit(o, p, below);
    else if (below->op == Q_PLAN_SORT)
        *out = over_sort(o, p, below);
    else if (below->op == Q_PLAN_PROJECT && leads_to_order(below))
        *out = q_plan_over(o->a, below,
                           limited(o->a, below->children[0], p->u.limit.limit, p->u.limit.offset));
    return Q_OK;
}

q_code q_rule_push_limit(q_optimiser *o, q_plan *in, q_plan **out)
{
    return q_plan_rewrite(o, in, push_limit, out);
}
