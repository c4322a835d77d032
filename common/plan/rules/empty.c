/* Filters that keep all rows or none, and what follows from having no rows. */
#include "common/plan/rules/rules.h"

static q_plan *reduce_filter(q_optimiser *o, q_plan *p)
{
    const q_expr *predicate = p->u.filter.predicate;
    bool truth;
    if (q_literal_is_null(predicate))
        return q_plan_empty(o->a, &p->schema);
    if (q_literal_boolean(predicate, &truth))
        return truth ? p->children[0] : q_plan_empty(o->a, &p->schema);
    return p;
}

/* Without the sides that have no rows. Names are those of the first side, which may be gone. */
static q_plan *reduce_union(q_optimiser *o, q_plan *p)
{
    q_plan **children = q_arena_array(o->a, q_plan *, p->n_children);
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n_children; i++) {
        if (!q_plan_is_empty(p->children[i]))
            children[n++] = p->children[i];
    }
    if (n == p->n_children)
        return p;
    if (n == 0)
        return q_plan_empty(o->a, &p->schema);
    q_plan *to = q_arena_copy(o->a, n == 1 ? children[0] : p, sizeof *to);
    to->schema = p->schema;
    if (n > 1) {
        to->n_children = n;
        to->children = children;
    }
    return to;
}

static q_code reduce(q_optimiser *o, q_plan *p, q_plan **out)
{
    *out = p;
    if (p->op == Q_PLAN_UNION) {
        *out = reduce_union(o, p);
        return Q_OK;
    }
    if (!p->n_children)
        return Q_OK;
    bool keeps = p->op != Q_PLAN_AGGREGATE || p->u.aggregate.n_keys > 0;
    if ((q_plan_is_empty(p->children[0]) && keeps) ||
        (p->op == Q_PLAN_LIMIT && p->u.limit.limit == 0))
        *out = q_plan_empty(o->a, &p->schema);
    else if (p->op == Q_PLAN_FILTER)
        *out = reduce_filter(o, p);
    return Q_OK;
}

q_code q_rule_empty(q_optimiser *o, q_plan *in, q_plan **out)
{
    return q_plan_rewrite(o, in, reduce, out);
}
