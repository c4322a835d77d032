/* What the rules share: walking plans, making operators. */
#include "common/plan/rules/rules.h"

static q_plan *copy(q_arena *a, const q_plan *p)
{
    return q_arena_copy(a, p, sizeof *p);
}

q_code q_plan_rewrite(q_optimiser *o, q_plan *p, q_plan_fn *fn, q_plan **out)
{
    q_plan **children = NULL;
    for (uint32_t i = 0; i < p->n_children; i++) {
        q_plan *child;
        Q_TRY(q_plan_rewrite(o, p->children[i], fn, &child));
        if (child == p->children[i] && !children)
            continue;
        if (!children)
            children = q_arena_copy(o->a, p->children, sizeof *children * p->n_children);
        children[i] = child;
    }
    if (children) {
        p = copy(o->a, p);
        p->children = children;
    }
    return fn(o, p, out);
}

q_plan *q_plan_over(q_arena *a, q_plan *p, q_plan *child)
{
    if (p->children[0] == child)
        return p;
    p = copy(a, p);
    p->children = q_arena_array(a, q_plan *, 1);
    p->children[0] = child;
    return p;
}

/* ---- expressions ------------------------------------------------------------- */

/* The array itself, or a copy with what changed. */
static q_expr **map_array(q_optimiser *o, q_expr **x, uint32_t n, q_plan_expr_fn *fn,
                          const void *ctx)
{
    q_expr **to = x;
    for (uint32_t i = 0; i < n; i++) {
        q_expr *y = fn(o, x[i], ctx);
        if (y == x[i])
            continue;
        if (to == x)
            to = q_arena_copy(o->a, x, sizeof *x * n);
        to[i] = y;
    }
    return to;
}

static q_order_key *map_keys(q_optimiser *o, q_order_key *keys, uint32_t n, q_plan_expr_fn *fn,
                             const void *ctx)
{
    q_order_key *to = keys;
    for (uint32_t i = 0; i < n; i++) {
        q_expr *y = fn(o, keys[i].expr, ctx);
        if (y == keys[i].expr)
            continue;
        if (to == keys)
            to = q_arena_copy(o->a, keys, sizeof *keys * n);
        to[i].expr = y;
    }
    return to;
}

/* Arguments only: the call itself is no expression that could be computed. */
static q_expr *map_call(q_optimiser *o, q_expr *call, q_plan_expr_fn *fn, const void *ctx)
{
    q_expr **args = map_array(o, call->args, call->n_args, fn, ctx);
    if (args == call->args)
        return call;
    call = q_arena_copy(o->a, call, sizeof *call);
    call->args = args;
    return call;
}

static q_plan *map_aggregate(q_optimiser *o, q_plan *p, q_plan_expr_fn *fn, const void *ctx)
{
    q_expr **keys = map_array(o, p->u.aggregate.keys, p->u.aggregate.n_keys, fn, ctx);
    bool changed = keys != p->u.aggregate.keys;
    uint32_t n = p->u.aggregate.n_aggs;
    q_agg_call *aggs = q_arena_array(o->a, q_agg_call, n);
    for (uint32_t i = 0; i < n; i++) {
        const q_agg_call *agg = &p->u.aggregate.aggs[i];
        aggs[i].call = map_call(o, agg->call, fn, ctx);
        aggs[i].filter = agg->filter ? fn(o, agg->filter, ctx) : NULL;
        changed |= aggs[i].call != agg->call || aggs[i].filter != agg->filter;
    }
    if (!changed)
        return p;
    p = copy(o->a, p);
    p->u.aggregate.keys = keys;
    p->u.aggregate.aggs = aggs;
    return p;
}

static bool map_spec(q_optimiser *o, const q_window_spec *in, q_window_spec *out,
                     q_plan_expr_fn *fn, const void *ctx)
{
    *out = *in;
    out->partition = map_array(o, in->partition, in->n_partition, fn, ctx);
    out->order = map_keys(o, in->order, in->n_order, fn, ctx);
    out->calls = q_arena_copy(o->a, in->calls, sizeof *in->calls * in->n_calls);
    bool changed = out->partition != in->partition || out->order != in->order;
    for (uint32_t i = 0; i < in->n_calls; i++) {
        q_window_call *w = &out->calls[i];
        w->call = map_call(o, w->call, fn, ctx);
        w->filter = w->filter ? fn(o, w->filter, ctx) : NULL;
        changed |= w->call != in->calls[i].call || w->filter != in->calls[i].filter;
    }
    return changed;
}

static q_plan *map_window(q_optimiser *o, q_plan *p, q_plan_expr_fn *fn, const void *ctx)
{
    uint32_t n = p->u.window.n_specs;
    q_window_spec *specs = q_arena_array(o->a, q_window_spec, n);
    bool changed = false;
    for (uint32_t i = 0; i < n; i++)
        changed |= map_spec(o, &p->u.window.specs[i], &specs[i], fn, ctx);
    if (!changed)
        return p;
    p = copy(o->a, p);
    p->u.window.specs = specs;
    return p;
}

static q_plan *map_project(q_optimiser *o, q_plan *p, q_plan_expr_fn *fn, const void *ctx)
{
    q_expr **exprs = map_array(o, p->u.project.exprs, p->schema.n_fields, fn, ctx);
    if (exprs == p->u.project.exprs)
        return p;
    p = copy(o->a, p);
    p->u.project.exprs = exprs;
    return p;
}

static q_plan *map_sort(q_optimiser *o, q_plan *p, q_plan_expr_fn *fn, const void *ctx)
{
    q_order_key *keys = map_keys(o, p->u.sort.keys, p->u.sort.n_keys, fn, ctx);
    if (keys == p->u.sort.keys)
        return p;
    p = copy(o->a, p);
    p->u.sort.keys = keys;
    return p;
}

q_plan *q_plan_map_exprs(q_optimiser *o, q_plan *p, q_plan_expr_fn *fn, const void *ctx)
{
    q_expr *predicate;
    switch (p->op) {
    case Q_PLAN_FILTER:
        predicate = fn(o, p->u.filter.predicate, ctx);
        return predicate == p->u.filter.predicate ? p
                                                  : q_plan_filter(o->a, p->children[0], predicate);
    case Q_PLAN_PROJECT:
        return map_project(o, p, fn, ctx);
    case Q_PLAN_WINDOW:
        return map_window(o, p, fn, ctx);
    case Q_PLAN_AGGREGATE:
        return map_aggregate(o, p, fn, ctx);
    case Q_PLAN_SORT:
        return map_sort(o, p, fn, ctx);
    default:
        return p;
    }
}

/* ---- making ------------------------------------------------------------------- */

static q_plan *over(q_arena *a, q_plan_op op, q_plan *child)
{
    q_plan *p = q_arena_new(a, q_plan);
    p->op = op;
    p->n_children = 1;
    p->children = q_arena_array(a, q_plan *, 1);
    p->children[0] = child;
    p->schema = child->schema;
    return p;
}

q_plan *q_plan_filter(q_arena *a, q_plan *child, q_expr *predicate)
{
    q_plan *p = over(a, Q_PLAN_FILTER, child);
    p->u.filter.predicate = predicate;
    return p;
}

q_plan *q_plan_project(q_arena *a, q_plan *child, uint32_t n, q_expr **exprs, const q_field *fields)
{
    q_plan *p = over(a, Q_PLAN_PROJECT, child);
    p->u.project.exprs = exprs;
    p->schema = (q_schema){n, q_arena_copy(a, fields, sizeof *fields * n)};
    return p;
}

q_plan *q_plan_empty(q_arena *a, const q_schema *schema)
{
    q_plan *p = q_arena_new(a, q_plan);
    p->op = Q_PLAN_VALUES;
    p->schema = *schema;
    q_batch *rows = q_arena_new(a, q_batch);
    *rows = (q_batch){0, schema->n_fields, q_arena_array(a, q_column, schema->n_fields), NULL};
    for (uint32_t i = 0; i < schema->n_fields; i++)
        q_column_init(&rows->columns[i], schema->fields[i].type, 0, a, NULL);
    p->u.values.rows = rows;
    return p;
}

bool q_plan_is_empty(const q_plan *p)
{
    return p->op == Q_PLAN_VALUES && p->u.values.rows->n_rows == 0;
}

void q_expr_mark(const q_expr *x, bool *used)
{
    if (x->kind == Q_X_COLUMN)
        used[x->column] = true;
    for (uint32_t i = 0; i < x->n_args; i++)
        q_expr_mark(x->args[i], used);
}

uint64_t q_expr_size(const q_expr *x, const uint64_t *columns)
{
    uint64_t sum = x->kind == Q_X_COLUMN && columns ? columns[x->column] : 1;
    for (uint32_t i = 0; i < x->n_args; i++)
        sum += q_expr_size(x->args[i], columns);
    return sum;
}

q_expr *q_field_expr(q_arena *a, const q_schema *schema, uint32_t column)
{
    return q_expr_column(a, column, schema->fields[column].type, schema->fields[column].nullable);
}

q_expr *q_and(q_arena *a, q_expr *x, q_expr *y)
{
    if (!x || !y)
        return x ? x : y;
    q_expr *args[2] = {x, y};
    q_expr *both = q_expr_call(a, Q_FN_AND, Q_TYPE(Q_BOOLEAN), 2, args);
    both->nullable = x->nullable || y->nullable;
    return both;
}
