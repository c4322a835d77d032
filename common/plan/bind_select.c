/*
 * SELECT: everything is bound first, over the columns of FROM and with placeholders
 * (bind_internal.h); bind_build.c then makes the operators.
 */

#include "common/plan/bind_internal.h"

/* ---- the select list ------------------------------------------------------------ */

static bool is_item(const q_expr *x)
{
    return x->kind == Q_X_COLUMN && x->column >= BIND_ITEM && x->column < BIND_WINDOW;
}

/* More nodes than can be counted are as many as can be. */
static void add_nodes(uint64_t *sum, uint64_t n)
{
    *sum = n > UINT64_MAX / 2 - *sum ? UINT64_MAX / 2 : *sum + n;
}

static bool note_item(void *ctx, const q_expr *x)
{
    const bind_select *s = ((void **)ctx)[0];
    bind_item *item = ((void **)ctx)[1];
    const bind_item *other = is_item(x) ? s->items.items[x->column - BIND_ITEM] : NULL;
    if (other && other->level >= item->level)
        item->level = other->level + 1;
    add_nodes(&item->n_nodes, other ? other->n_nodes : 1);
    return false;
}

static void add_item(bind_select *s, bind_item item)
{
    void *ctx[2] = {s, &item};
    q_expr_any(item.x, note_item, ctx);
    q_index_add(&s->item_index, s->b->a, q_hash_nocase(0, item.name), s->items.n);
    q_vec_add(&s->items, s->b->a, q_arena_copy(s->b->a, &item, sizeof item));
}

static void add_star_column(bind_select *s, uint32_t i, const q_sql_item *ast)
{
    const bind_column *column = &s->input.columns[i];
    q_expr *x = q_expr_column(s->b->a, column->index, column->type, column->nullable);
    x->offset = ast->at.offset;
    x->len = ast->at.len;
    add_item(s, (bind_item){.name = column->name,
                            .x = x,
                            .origin = column->origin,
                            .qualifier = column->qualifier,
                            .at = ast->at});
}

/* A column passed on keeps its identity and qualifier. */
static const bind_column *passed_on(const bind_select *s, const q_sql_item *ast, const q_expr *x)
{
    if (ast->alias.text || ast->expr->kind != Q_SQL_COLUMN || x->kind != Q_X_COLUMN)
        return NULL;
    for (uint32_t i = 0; i < s->input.n; i++) {
        if (s->input.columns[i].index == x->column)
            return &s->input.columns[i];
    }
    return NULL;
}

/* Spark names a cast of a column after the column. */
static const char *item_name(bind_select *s, const q_sql_item *ast, const q_label *label)
{
    const q_sql_expr *e = ast->expr;
    if (ast->alias.text)
        return ast->alias.text;
    if (e->kind == Q_SQL_CAST && e->cast.operand->kind == Q_SQL_COLUMN) {
        const q_sql_names *names = &e->cast.operand->column;
        return names->part[names->n - 1].text;
    }
    return q_label_string(s->b->a, label);
}

static q_code bind_item_expr(bind_select *s, bind_ctx *c, const q_sql_item *ast)
{
    bind_value v;
    Q_TRY(bind_expr(c, ast->expr, &v));
    const bind_column *column = passed_on(s, ast, v.x);
    add_item(s, (bind_item){.name = item_name(s, ast, v.label),
                            .aliased = ast->alias.text != NULL,
                            .x = v.x,
                            .origin = column ? column->origin : ++s->b->n_origins,
                            .qualifier = column ? column->qualifier : NULL,
                            .ast = ast->expr,
                            .at = ast->at});
    return Q_OK;
}

q_code bind_width(bind *b, uint64_t n_columns, q_sql_span at)
{
    if (n_columns <= Q_MAX_COLUMNS)
        return Q_OK;
    bind_error(b, at, Q_E_PROTOCOL_LIMIT, "a result of %llu columns: at most %u are possible",
               (unsigned long long)n_columns, Q_MAX_COLUMNS);
    q_err_hint(b->err, "name fewer columns, or gather some in array(…)");
    return Q_E_PROTOCOL_LIMIT;
}

static q_code bind_items(bind_select *s)
{
    bind_ctx c = {.b = s->b,
                  .input = &s->input,
                  .select = s,
                  .clause = "the select list",
                  .aggregates = true,
                  .windows = true,
                  .items_after = true};
    for (uint32_t i = 0; i < s->ast->n_items; i++) {
        const q_sql_item *ast = &s->ast->item[i];
        if (ast->expr->kind != Q_SQL_STAR) {
            Q_TRY(bind_item_expr(s, &c, ast));
            continue;
        }
        uint32_t *columns, n;
        Q_TRY(bind_star(&c, ast->expr, &columns, &n));
        Q_TRY(bind_width(s->b, (uint64_t)s->items.n + n, ast->at));
        for (uint32_t k = 0; k < n; k++)
            add_star_column(s, columns[k], ast);
    }
    return s->items.n ? bind_width(s->b, s->items.n, s->ast->item[0].at) : Q_OK;
}

/* ---- GROUP BY -------------------------------------------------------------------- */

static q_expr *inline_item(void *ctx, q_expr *x)
{
    bind_select *s = ctx;
    if (!is_item(x))
        return NULL;
    const bind_item *item = s->items.items[x->column - BIND_ITEM];
    return q_expr_rewrite(s->b->a, item->x, inline_item, s);
}

/* *x with references to other items replaced by what these are. Items that use others twice are
 * soon larger than any memory. */
static q_code inline_items(bind_select *s, q_expr **x, q_sql_span at)
{
    bind_item whole = {0};
    void *ctx[2] = {s, &whole};
    q_expr_any(*x, note_item, ctx);
    if (whole.n_nodes > BIND_MAX_NODES)
        return bind_error(s->b, at, Q_E_RECURSION_LIMIT,
                          "the expression is too large with the aliases of the select list put in");
    *x = q_expr_rewrite(s->b->a, *x, inline_item, s);
    return Q_OK;
}

static bool is_placeholder(void *ctx, const q_expr *x)
{
    uint32_t bit = *(uint32_t *)ctx;
    return x->kind == Q_X_COLUMN && (x->column & bit);
}

static bool has_aggregate(const q_expr *x)
{
    uint32_t bit = BIND_AGG;
    return q_expr_any(x, is_placeholder, &bit);
}

static bool has_window(const q_expr *x)
{
    uint32_t bit = BIND_WINDOW;
    return q_expr_any(x, is_placeholder, &bit);
}

static void add_key(bind_select *s, q_expr *x)
{
    if (bind_exprs_find(&s->keys, x) == UINT32_MAX)
        bind_exprs_add(s->b, &s->keys, x);
}

static bool is_ordinal(const q_sql_expr *e, int64_t *position)
{
    if (e->kind != Q_SQL_LITERAL || e->literal.kind != Q_SQL_LIT_INT)
        return false;
    *position = e->literal.integer;
    return true;
}

static q_code bind_group_key(bind_select *s, bind_ctx *c, const q_sql_expr *e)
{
    bind_value v;
    int64_t position;
    if (is_ordinal(e, &position)) {
        if (position < 1 || position > s->items.n)
            return bind_error(s->b, e->at, Q_E_GROUP_BY_POS_OUT_OF_RANGE,
                              "GROUP BY position %lld is not in the select list, which has 1 to %u",
                              (long long)position, s->items.n);
        v.x = ((bind_item *)s->items.items[position - 1])->x;
    } else {
        Q_TRY(bind_expr(c, e, &v));
    }
    q_expr *key = v.x;
    Q_TRY(inline_items(s, &key, e->at));
    if (has_aggregate(key) || has_window(key))
        return bind_error(s->b, e->at, Q_E_MISPLACED_AGGREGATE,
                          "GROUP BY refers to an expression with an aggregate or window function");
    add_key(s, key);
    return Q_OK;
}

static q_code bind_group(bind_select *s)
{
    bind_ctx c = {
        .b = s->b, .input = &s->input, .select = s, .clause = "GROUP BY", .items_after = true};
    if (s->ast->group == Q_SQL_GROUP_ALL) {
        for (uint32_t i = 0; i < s->items.n; i++) {
            const bind_item *item = s->items.items[i];
            q_expr *x = item->x;
            Q_TRY(inline_items(s, &x, item->at));
            if (!has_aggregate(x) && !has_window(x))
                add_key(s, x);
        }
    }
    for (uint32_t i = 0; s->ast->group == Q_SQL_GROUP_EXPRS && i < s->ast->n_group_exprs; i++)
        Q_TRY(bind_group_key(s, &c, s->ast->group_expr[i]));
    return Q_OK;
}

/* ---- HAVING, ORDER BY -------------------------------------------------------------- */

static q_code bind_having(bind_select *s, q_expr **having)
{
    *having = NULL;
    if (!s->ast->having)
        return Q_OK;
    bind_ctx c = {.b = s->b,
                  .input = &s->input,
                  .select = s,
                  .clause = "HAVING",
                  .aggregates = true,
                  .items_first = true};
    Q_TRY(bind_condition(&c, s->ast->having, having));
    Q_TRY(inline_items(s, having, s->ast->having->at));
    if (has_window(*having))
        return bind_error(s->b, s->ast->having->at, Q_E_MISPLACED_AGGREGATE,
                          "HAVING refers to a window function");
    return Q_OK;
}

static q_code bind_order_item(bind_select *s, bind_ctx *c, const q_sql_order *o, q_order_key *key)
{
    int64_t position;
    *key = (q_order_key){NULL, o->descending, o->nulls_first};
    if (is_ordinal(o->expr, &position)) {
        if (position < 1 || position > s->items.n)
            return bind_error(s->b, o->expr->at, Q_E_ORDER_BY_POS_OUT_OF_RANGE,
                              "ORDER BY position %lld is not in the select list, which has 1 to %u",
                              (long long)position, s->items.n);
        const bind_item *item = s->items.items[position - 1];
        key->expr = q_expr_column(s->b->a, BIND_ITEM + (uint32_t)position - 1, item->x->type,
                                  item->x->nullable);
        return Q_OK;
    }
    bind_value v;
    Q_TRY(bind_expr(c, o->expr, &v));
    key->expr = v.x;
    return Q_OK;
}

static q_code bind_order(bind_select *s, const q_sql_query *q, uint32_t *n, q_order_key **keys)
{
    bind_ctx c = {.b = s->b,
                  .input = &s->input,
                  .select = s,
                  .clause = "ORDER BY",
                  .aggregates = true,
                  .windows = true,
                  .items_first = true};
    *n = q->order_all ? s->items.n : q->n_order;
    *keys = q_arena_array(s->b->a, q_order_key, *n);
    for (uint32_t i = 0; i < *n; i++) {
        if (!q->order_all) {
            Q_TRY(bind_order_item(s, &c, &q->order[i], &(*keys)[i]));
            continue;
        }
        const bind_item *item = s->items.items[i];
        (*keys)[i] =
            (q_order_key){q_expr_column(s->b->a, BIND_ITEM + i, item->x->type, item->x->nullable),
                          q->order[0].descending, q->order[0].nulls_first};
    }
    return Q_OK;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static q_code bind_where(bind_select *s)
{
    if (!s->ast->where)
        return Q_OK;
    bind_ctx c = {.b = s->b, .input = &s->input, .select = s, .clause = "WHERE"};
    q_expr *predicate;
    Q_TRY(bind_condition(&c, s->ast->where, &predicate));
    s->plan = bind_filter_plan(s->b, s->plan, predicate);
    return Q_OK;
}

static void scope_of_items(const bind_select *s, bind_scope *out)
{
    bind_column *columns = bind_scope_new(s->b, s->items.n, out);
    for (uint32_t i = 0; i < s->items.n; i++) {
        const bind_item *item = s->items.items[i];
        const q_field *field = &s->plan->schema.fields[i];
        columns[i] = (bind_column){item->name,   item->qualifier, i,
                                   item->origin, field->type,     field->nullable};
    }
}

static q_code bind_source(bind_select *s, const bind_with *ctes)
{
    bind_relation from;
    if (!s->ast->from) {
        s->plan = bind_one_row(s->b);
        return Q_OK;
    }
    Q_TRY(bind_from(s->b, s->ast->from, ctes, &from));
    s->plan = from.plan;
    s->input = from.scope;
    return Q_OK;
}

q_code bind_select_query(bind *b, const q_sql_query *q, const bind_with *ctes, bind_relation *out)
{
    bind_select *s = q_arena_new(b->a, bind_select);
    s->b = b;
    s->ast = &q->select;
    q_expr *having;
    uint32_t n_order;
    q_order_key *order;
    Q_TRY(bind_source(s, ctes));
    Q_TRY(bind_where(s));
    Q_TRY(bind_items(s));
    Q_TRY(bind_group(s));
    Q_TRY(bind_having(s, &having));
    Q_TRY(bind_order(s, q, &n_order, &order));
    s->grouped = s->ast->group != Q_SQL_GROUP_NONE || s->aggs.n || having;
    Q_TRY(bind_build(s, q, having, n_order, order));
    out->plan = s->plan;
    scope_of_items(s, &out->scope);
    return Q_OK;
}
