/*
 * The operators of a SELECT, from below, each kind of placeholder replaced by the
 * column in which the operator below delivers it:
 *
 *   FROM → WHERE → aggregate → HAVING → windows, one operator a level of nesting
 *   → a projection for each level of lateral aliases → the select list and what
 *   ORDER BY needs beside it → DISTINCT → sort → without the extra columns
 */
#include "common/plan/bind_internal.h"

/* ---- from placeholders to columns ---------------------------------------------------- */

/* Calls fn on every expression that is evaluated above the aggregate. */
static void map_windows(bind_select *s, q_rewrite_fn *fn, void *ctx)
{
    q_arena *a = s->b->a;
    for (uint32_t i = 0; i < s->windows.n; i++) {
        bind_window *w = s->windows.items[i];
        for (uint32_t k = 0; k < w->call->n_args; k++)
            w->call->args[k] = q_expr_rewrite(a, w->call->args[k], fn, ctx);
        if (w->filter)
            w->filter = q_expr_rewrite(a, w->filter, fn, ctx);
        for (uint32_t k = 0; k < w->n_partition; k++)
            w->partition[k] = q_expr_rewrite(a, w->partition[k], fn, ctx);
        for (uint32_t k = 0; k < w->n_order; k++)
            w->order[k].expr = q_expr_rewrite(a, w->order[k].expr, fn, ctx);
    }
}

static void map_all(bind_select *s, uint32_t n_order, q_order_key *order, q_rewrite_fn *fn,
                    void *ctx)
{
    map_windows(s, fn, ctx);
    for (uint32_t i = 0; i < s->items.n; i++) {
        bind_item *item = s->items.items[i];
        item->x = q_expr_rewrite(s->b->a, item->x, fn, ctx);
    }
    for (uint32_t i = 0; i < n_order; i++)
        order[i].expr = q_expr_rewrite(s->b->a, order[i].expr, fn, ctx);
}

typedef struct grouping {
    bind_select *s;
    const q_plan *aggregate;
    const q_expr *missing; /* a column that is neither grouped nor aggregated */
} grouping;

static q_expr *to_group(void *ctx, q_expr *x)
{
    grouping *g = ctx;
    uint32_t n_keys = g->s->keys.exprs.n, column = bind_exprs_find(&g->s->keys, x);
    if (column == UINT32_MAX) {
        if (x->kind != Q_X_COLUMN)
            return NULL;
        if (x->column & BIND_AGG) {
            column = n_keys + (x->column - BIND_AGG);
        } else {
            if (x->column < BIND_ITEM && !g->missing)
                g->missing = x;
            return x;
        }
    }
    q_expr *to = bind_column_expr(g->s->b, g->aggregate, column);
    to->offset = x->offset;
    to->len = x->len;
    return to;
}

/* In HAVING and ORDER BY the name cannot be resolved at all, as Spark says it. */
static q_code missing_aggregation(bind_select *s, const q_expr *x, q_code code)
{
    const char *name = "?";
    for (uint32_t i = 0; i < s->input.n; i++) {
        if (s->input.columns[i].index == x->column)
            name = s->input.columns[i].name;
    }
    q_err_set(s->b->err, code, "the column `%s` is neither grouped nor aggregated", name);
    if (s->ast->group == Q_SQL_GROUP_NONE)
        q_err_hint(s->b->err,
                   "the query aggregates all rows: add GROUP BY, or OVER (…) to the "
                   "aggregate, or any_value(`%s`)",
                   name);
    else
        q_err_hint(s->b->err, "add it to GROUP BY, or use any_value(`%s`) if any row's will do",
                   name);
    return bind_at(s->b, code, (q_sql_span){x->offset, x->len});
}

static q_plan *aggregate_plan(bind_select *s)
{
    bind *b = s->b;
    q_plan *p = bind_plan_new(b, Q_PLAN_AGGREGATE, s->plan);
    uint32_t n_keys = s->keys.exprs.n, n = n_keys + s->aggs.n;
    p->u.aggregate.n_keys = n_keys;
    p->u.aggregate.keys = (q_expr **)s->keys.exprs.items;
    p->u.aggregate.n_aggs = s->aggs.n;
    p->u.aggregate.aggs = q_arena_array(b->a, q_agg_call, s->aggs.n);
    p->schema = (q_schema){n, q_arena_array(b->a, q_field, n)};
    for (uint32_t i = 0; i < n_keys; i++) {
        const q_expr *key = s->keys.exprs.items[i];
        const char *name = key->kind == Q_X_COLUMN ? s->plan->schema.fields[key->column].name
                                                   : q_arena_printf(b->a, "_key%u", i);
        p->schema.fields[i] = (q_field){name, key->type, key->nullable};
    }
    for (uint32_t i = 0; i < s->aggs.n; i++) {
        const bind_agg *agg = s->aggs.items[i];
        p->u.aggregate.aggs[i] = (q_agg_call){agg->call, agg->filter};
        p->schema.fields[n_keys + i] =
            (q_field){q_arena_printf(b->a, "_agg%u", i), agg->call->type, agg->call->nullable};
    }
    return p;
}

static q_code build_aggregate(bind_select *s, q_expr *having, uint32_t n_order, q_order_key *order)
{
    if (!s->grouped)
        return Q_OK;
    q_plan *p = aggregate_plan(s);
    grouping g = {.s = s, .aggregate = p};
    map_all(s, 0, NULL, to_group, &g);
    if (g.missing)
        return missing_aggregation(s, g.missing, Q_E_MISSING_AGGREGATION);
    if (having)
        having = q_expr_rewrite(s->b->a, having, to_group, &g);
    for (uint32_t i = 0; i < n_order; i++)
        order[i].expr = q_expr_rewrite(s->b->a, order[i].expr, to_group, &g);
    if (g.missing)
        return missing_aggregation(s, g.missing, Q_E_UNRESOLVED_COLUMN);
    s->plan = having ? bind_filter_plan(s->b, p, having) : p;
    return Q_OK;
}

/* ---- windows ------------------------------------------------------------------------- */

static bool same_spec(const q_window_spec *spec, const bind_window *w)
{
    bool same = spec->n_partition == w->n_partition && spec->n_order == w->n_order;
    for (uint32_t i = 0; same && i < w->n_partition; i++)
        same = q_expr_equal(spec->partition[i], w->partition[i]);
    for (uint32_t i = 0; same && i < w->n_order; i++)
        same = q_expr_equal(spec->order[i].expr, w->order[i].expr) &&
               spec->order[i].descending == w->order[i].descending &&
               spec->order[i].nulls_first == w->order[i].nulls_first;
    return same;
}

/* spec_of[i]: spec of window i, for those of the level. Returns the number of specs. */
static uint32_t group_specs(bind_select *s, uint32_t level, q_window_spec *specs, uint32_t *spec_of)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->windows.n; i++) {
        const bind_window *w = s->windows.items[i];
        if (w->level != level)
            continue;
        uint32_t k = 0;
        while (k < n && !same_spec(&specs[k], w))
            k++;
        if (k == n)
            specs[n++] = (q_window_spec){.n_partition = w->n_partition,
                                         .n_order = w->n_order,
                                         .partition = w->partition,
                                         .order = w->order};
        spec_of[i] = k;
        specs[k].n_calls++;
    }
    for (uint32_t k = 0; k < n; k++) {
        specs[k].calls = q_arena_array(s->b->a, q_window_call, specs[k].n_calls);
        specs[k].n_calls = 0;
    }
    return n;
}

typedef struct window_columns {
    bind_select *s;
    const uint32_t *column; /* of each window; UINT32_MAX: not yet computed */
} window_columns;

static q_expr *to_window_column(void *ctx, q_expr *x)
{
    const window_columns *w = ctx;
    if (x->kind != Q_X_COLUMN || !(x->column & BIND_WINDOW) || (x->column & BIND_AGG))
        return NULL;
    uint32_t column = w->column[x->column - BIND_WINDOW];
    return column == UINT32_MAX ? x : q_expr_column(w->s->b->a, column, x->type, x->nullable);
}

/* Columns behind the child's, specs × calls. */
static void fill_window(bind_select *s, q_plan *p, uint32_t level, const uint32_t *spec_of,
                        uint32_t *column)
{
    q_arena *a = s->b->a;
    const q_schema *in = &p->children[0]->schema;
    uint32_t n_calls = 0, at = in->n_fields;
    for (uint32_t i = 0; i < s->windows.n; i++)
        n_calls += ((bind_window *)s->windows.items[i])->level == level;
    p->schema =
        (q_schema){in->n_fields + n_calls, q_arena_array(a, q_field, in->n_fields + n_calls)};
    memcpy(p->schema.fields, in->fields, sizeof *in->fields * in->n_fields);
    for (uint32_t k = 0; k < p->u.window.n_specs; k++) {
        q_window_spec *spec = &p->u.window.specs[k];
        for (uint32_t i = 0; i < s->windows.n; i++) {
            const bind_window *w = s->windows.items[i];
            if (w->level != level || spec_of[i] != k)
                continue;
            spec->calls[spec->n_calls++] = (q_window_call){w->call, w->filter, w->frame};
            p->schema.fields[at] =
                (q_field){q_arena_printf(a, "_win%u", i), w->call->type, w->call->nullable};
            column[i] = at++;
        }
    }
}

static void build_windows(bind_select *s, uint32_t n_order, q_order_key *order)
{
    q_arena *a = s->b->a;
    uint32_t n = s->windows.n, levels = 0;
    uint32_t *spec_of = q_arena_array(a, uint32_t, n), *column = q_arena_array(a, uint32_t, n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t level = ((bind_window *)s->windows.items[i])->level;
        levels = level >= levels ? level + 1 : levels;
        column[i] = UINT32_MAX;
    }
    for (uint32_t level = 0; level < levels; level++) {
        q_plan *p = bind_plan_new(s->b, Q_PLAN_WINDOW, s->plan);
        p->u.window.specs = q_arena_array(a, q_window_spec, n);
        p->u.window.n_specs = group_specs(s, level, p->u.window.specs, spec_of);
        fill_window(s, p, level, spec_of, column);
        s->plan = p;
        window_columns w = {s, column};
        map_all(s, n_order, order, to_window_column, &w);
    }
}

/* ---- projections ------------------------------------------------------------------------ */

typedef struct item_columns {
    bind_select *s;
    const uint32_t *column; /* of each item, UINT32_MAX: not computed yet */
} item_columns;

static q_expr *to_item_column(void *ctx, q_expr *x)
{
    const item_columns *c = ctx;
    if (x->kind != Q_X_COLUMN || x->column < BIND_ITEM || x->column >= BIND_WINDOW)
        return NULL;
    return q_expr_column(c->s->b->a, c->column[x->column - BIND_ITEM], x->type, x->nullable);
}

static uint32_t item_levels(const bind_select *s)
{
    uint32_t levels = 0;
    for (uint32_t i = 0; i < s->items.n; i++) {
        uint32_t level = ((bind_item *)s->items.items[i])->level;
        levels = level > levels ? level : levels;
    }
    return levels;
}

/* Items that others refer to laterally become columns behind the plan's own. */
static void build_lateral(bind_select *s, uint32_t level, uint32_t *column)
{
    bind *b = s->b;
    uint32_t n_in = s->plan->schema.n_fields, n = n_in;
    q_expr **exprs = q_arena_array(b->a, q_expr *, n_in + s->items.n);
    const char **names = q_arena_array(b->a, const char *, n_in + s->items.n);
    for (uint32_t i = 0; i < n_in; i++) {
        exprs[i] = bind_column_expr(b, s->plan, i);
        names[i] = s->plan->schema.fields[i].name;
    }
    item_columns c = {s, column};
    for (uint32_t i = 0; i < s->items.n; i++) {
        bind_item *item = s->items.items[i];
        if (item->level != level)
            continue;
        exprs[n] = q_expr_rewrite(b->a, item->x, to_item_column, &c);
        names[n] = item->name;
        column[i] = n++;
    }
    s->plan = bind_project_plan(b, s->plan, n, exprs, names);
}

typedef struct sort_columns {
    bind_select *s;
    bind_exprs items, extra; /* extra: columns of the plan below that ORDER BY needs */
} sort_columns;

static q_expr *to_sort_column(void *ctx, q_expr *x)
{
    sort_columns *c = ctx;
    bind *b = c->s->b;
    if (x->kind != Q_X_COLUMN)
        return NULL;
    if (x->column >= BIND_ITEM)
        return q_expr_column(b->a, x->column - BIND_ITEM, x->type, x->nullable);
    uint32_t i = bind_exprs_find(&c->items, x);
    if (i != UINT32_MAX)
        return q_expr_column(b->a, i, x->type, x->nullable);
    uint32_t k = bind_exprs_find(&c->extra, x);
    if (k == UINT32_MAX) {
        k = c->extra.exprs.n;
        bind_exprs_add(b, &c->extra, x);
    }
    return q_expr_column(b->a, c->s->items.n + k, x->type, x->nullable);
}

/* The key over the output: an item it equals, or an expression of items and extra columns. */
static q_expr *sort_key(sort_columns *c, q_expr *x)
{
    uint32_t i = bind_exprs_find(&c->items, x);
    return i != UINT32_MAX ? q_expr_column(c->s->b->a, i, x->type, x->nullable)
                           : q_expr_rewrite(c->s->b->a, x, to_sort_column, c);
}

/* Each level carries the columns of those below it on. */
static q_code check_levels(bind_select *s, uint32_t levels)
{
    uint64_t columns = (uint64_t)levels * (s->plan->schema.n_fields + s->items.n);
    if (columns <= BIND_MAX_NODES)
        return Q_OK;
    bind_error(s->b, ((bind_item *)s->items.items[0])->at, Q_E_RECURSION_LIMIT,
               "aliases of the select list that use each other are too many: %u columns on %u "
               "levels",
               s->items.n, levels);
    q_err_hint(s->b->err, "split it: compute parts in a sub-query");
    return Q_E_RECURSION_LIMIT;
}

static q_code build_items(bind_select *s, const q_vec *extra)
{
    bind *b = s->b;
    uint32_t n = s->items.n, levels = item_levels(s);
    Q_TRY(check_levels(s, levels));
    uint32_t *column = q_arena_array(b->a, uint32_t, n);
    for (uint32_t i = 0; i < n; i++)
        column[i] = UINT32_MAX;
    for (uint32_t level = 0; level < levels; level++)
        build_lateral(s, level, column);
    q_expr **exprs = q_arena_array(b->a, q_expr *, n + extra->n);
    const char **names = q_arena_array(b->a, const char *, n + extra->n);
    item_columns c = {s, column};
    for (uint32_t i = 0; i < n; i++) {
        bind_item *item = s->items.items[i];
        exprs[i] = column[i] == UINT32_MAX
                       ? q_expr_rewrite(b->a, item->x, to_item_column, &c)
                       : q_expr_column(b->a, column[i], item->x->type, item->x->nullable);
        names[i] = item->name;
    }
    for (uint32_t i = 0; i < extra->n; i++) {
        exprs[n + i] = extra->items[i];
        names[n + i] = q_arena_printf(b->a, "_sort%u", i);
    }
    s->plan = bind_project_plan(b, s->plan, n + extra->n, exprs, names);
    return Q_OK;
}

static void drop_extra(bind_select *s)
{
    uint32_t n = s->items.n;
    q_expr **exprs = q_arena_array(s->b->a, q_expr *, n);
    const char **names = q_arena_array(s->b->a, const char *, n);
    for (uint32_t i = 0; i < n; i++) {
        exprs[i] = bind_column_expr(s->b, s->plan, i);
        names[i] = s->plan->schema.fields[i].name;
    }
    s->plan = bind_project_plan(s->b, s->plan, n, exprs, names);
}

static q_code build_output(bind_select *s, const q_sql_query *q, uint32_t n_order,
                           q_order_key *order)
{
    sort_columns sort = {.s = s};
    for (uint32_t i = 0; n_order && i < s->items.n; i++)
        bind_exprs_add(s->b, &sort.items, ((bind_item *)s->items.items[i])->x);
    for (uint32_t i = 0; i < n_order; i++) {
        uint32_t before = sort.extra.exprs.n;
        order[i].expr = sort_key(&sort, order[i].expr);
        if (s->ast->distinct && sort.extra.exprs.n > before)
            return bind_error(s->b, q->order[i].at, Q_E_UNRESOLVED_COLUMN,
                              "ORDER BY of a SELECT DISTINCT can only use what the select list "
                              "gives");
    }
    Q_TRY(build_items(s, &sort.extra.exprs));
    if (s->ast->distinct)
        s->plan = bind_distinct_plan(s->b, s->plan);
    if (n_order)
        s->plan = bind_sort_plan(s->b, s->plan, n_order, order);
    if (sort.extra.exprs.n)
        drop_extra(s);
    return Q_OK;
}

q_code bind_build(bind_select *s, const q_sql_query *q, q_expr *having, uint32_t n_order,
                  q_order_key *order)
{
    Q_TRY(build_aggregate(s, having, n_order, order));
    build_windows(s, n_order, order);
    return build_output(s, q, n_order, order);
}
