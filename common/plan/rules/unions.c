/* A union's side that is a union itself gives its own sides. */
#include "common/plan/rules/rules.h"
#include "common/plan/vec.h"

static q_code merge(q_optimiser *o, q_plan *p, q_plan **out)
{
    *out = p;
    if (p->op != Q_PLAN_UNION)
        return Q_OK;
    q_vec children = {0};
    for (uint32_t i = 0; i < p->n_children; i++) {
        q_plan *child = p->children[i];
        if (child->op != Q_PLAN_UNION) {
            q_vec_add(&children, o->a, child);
            continue;
        }
        for (uint32_t k = 0; k < child->n_children; k++)
            q_vec_add(&children, o->a, child->children[k]);
    }
    if (children.n == p->n_children)
        return Q_OK;
    *out = q_arena_copy(o->a, p, sizeof *p);
    (*out)->n_children = children.n;
    (*out)->children = (q_plan **)children.items;
    return Q_OK;
}

q_code q_rule_merge_unions(q_optimiser *o, q_plan *in, q_plan **out)
{
    return q_plan_rewrite(o, in, merge, out);
}
