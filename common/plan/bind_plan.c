/* Making operators of the logical plan. */
#include "common/plan/bind_internal.h"

q_plan *bind_plan_new(bind *b, q_plan_op op, q_plan *child)
{
    q_plan *p = q_arena_new(b->a, q_plan);
    p->op = op;
    if (child) {
        p->n_children = 1;
        p->children = q_arena_array(b->a, q_plan *, 1);
        p->children[0] = child;
        p->schema = child->schema;
    }
    return p;
}

q_plan *bind_filter_plan(bind *b, q_plan *child, q_expr *predicate)
{
    q_plan *p = bind_plan_new(b, Q_PLAN_FILTER, child);
    p->u.filter.predicate = predicate;
    return p;
}

q_plan *bind_project_plan(bind *b, q_plan *child, uint32_t n, q_expr **exprs,
                          const char *const *names)
{
    q_plan *p = bind_plan_new(b, Q_PLAN_PROJECT, child);
    p->u.project.exprs = exprs;
    p->schema.n_fields = n;
    p->schema.fields = q_arena_array(b->a, q_field, n);
    for (uint32_t i = 0; i < n; i++)
        p->schema.fields[i] = (q_field){names[i], exprs[i]->type, exprs[i]->nullable};
    return p;
}

q_expr *bind_column_expr(bind *b, const q_plan *plan, uint32_t column)
{
    const q_field *f = &plan->schema.fields[column];
    return q_expr_column(b->a, column, f->type, f->nullable);
}

/* Groups by all columns. */
q_plan *bind_distinct_plan(bind *b, q_plan *child)
{
    q_plan *p = bind_plan_new(b, Q_PLAN_AGGREGATE, child);
    uint32_t n = child->schema.n_fields;
    p->u.aggregate.n_keys = n;
    p->u.aggregate.keys = q_arena_array(b->a, q_expr *, n);
    for (uint32_t i = 0; i < n; i++)
        p->u.aggregate.keys[i] = bind_column_expr(b, child, i);
    return p;
}

q_plan *bind_sort_plan(bind *b, q_plan *child, uint32_t n, q_order_key *keys)
{
    q_plan *p = bind_plan_new(b, Q_PLAN_SORT, child);
    p->u.sort.n_keys = n;
    p->u.sort.keys = keys;
    p->u.sort.limit = -1;
    return p;
}

q_plan *bind_one_row(bind *b)
{
    q_plan *p = bind_plan_new(b, Q_PLAN_VALUES, NULL);
    p->u.values.rows = q_arena_new(b->a, q_batch);
    p->u.values.rows->n_rows = 1;
    p->schema.fields = q_arena_array(b->a, q_field, 1); /* none, but there */
    return p;
}
