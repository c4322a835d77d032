/* Projections over projections become one; projections that change nothing go. */
#include "common/plan/rules/rules.h"

/* Merged projections may have this many nodes, or as many as before. What is used several times
 * is there several times then, but a program computes equal expressions once. */
#define FREE_NODES 1024

static bool may_merge(q_optimiser *o, const q_plan *outer, const q_plan *inner)
{
    uint64_t *sizes = q_arena_array(o->a, uint64_t, inner->schema.n_fields + 1);
    uint64_t before = 0, merged = 0;
    for (uint32_t i = 0; i < inner->schema.n_fields; i++)
        before += sizes[i] = q_expr_size(inner->u.project.exprs[i], NULL);
    for (uint32_t i = 0; i < outer->schema.n_fields; i++) {
        before += q_expr_size(outer->u.project.exprs[i], NULL);
        merged += q_expr_size(outer->u.project.exprs[i], sizes);
    }
    return merged <= FREE_NODES || merged <= before;
}

static q_code merge(q_optimiser *o, q_plan *p, q_plan **out)
{
    *out = p;
    if (p->op != Q_PLAN_PROJECT || p->children[0]->op != Q_PLAN_PROJECT)
        return Q_OK;
    const q_plan *inner = p->children[0];
    if (!may_merge(o, p, inner))
        return Q_OK;
    uint32_t n = p->schema.n_fields;
    q_expr **exprs = q_arena_array(o->a, q_expr *, n);
    for (uint32_t i = 0; i < n; i++)
        exprs[i] = q_expr_substitute(o->a, p->u.project.exprs[i], inner->u.project.exprs);
    *out = q_plan_project(o->a, inner->children[0], n, exprs, p->schema.fields);
    return Q_OK;
}

q_code q_rule_merge_projects(q_optimiser *o, q_plan *in, q_plan **out)
{
    return q_plan_rewrite(o, in, merge, out);
}

/* All columns of the child, in order; names may differ. */
static bool passes_all(const q_plan *p)
{
    if (p->op != Q_PLAN_PROJECT || p->schema.n_fields != p->children[0]->schema.n_fields)
        return false;
    for (uint32_t i = 0; i < p->schema.n_fields; i++) {
        const q_expr *x = p->u.project.exprs[i];
        if (x->kind != Q_X_COLUMN || x->column != i)
            return false;
    }
    return true;
}

static q_code drop(q_optimiser *o, q_plan *p, q_plan **out)
{
    *out = p;
    if (!passes_all(p))
        return Q_OK;
    q_plan *child = p->children[0];
    bool same = true;
    for (uint32_t i = 0; i < p->schema.n_fields; i++)
        same &= strcmp(p->schema.fields[i].name, child->schema.fields[i].name) == 0;
    if (!same) {
        child = q_arena_copy(o->a, child, sizeof *child);
        child->schema = p->schema;
    }
    *out = child;
    return Q_OK;
}

q_code q_rule_drop_projects(q_optimiser *o, q_plan *in, q_plan **out)
{
    return q_plan_rewrite(o, in, drop, out);
}
