/* Queries: WITH, set operations, LIMIT, and what stands in FROM. */
#include <stdio.h>
#include <strings.h>

#include "common/plan/bind_internal.h"

/* ---- relations ------------------------------------------------------------------ */

q_code bind_alias(bind *b, const q_sql_alias *alias, q_sql_span at, bind_relation *r)
{
    if (!alias->name.text && !alias->n_columns)
        return Q_OK;
    if (alias->n_columns && alias->n_columns != r->scope.n)
        return bind_error(
            b, at, Q_E_NUM_COLUMNS_MISMATCH, "`%s` gets %u column names, but has %u columns",
            alias->name.text ? alias->name.text : "the table", alias->n_columns, r->scope.n);
    bind_column *columns = q_arena_copy(b->a, r->scope.columns, sizeof *columns * r->scope.n);
    for (uint32_t i = 0; i < r->scope.n; i++) {
        if (alias->name.text)
            columns[i].qualifier = alias->name.text;
        if (alias->n_columns) {
            columns[i].name = alias->column[i].text;
            columns[i].origin = ++b->n_origins;
        }
    }
    if (alias->n_columns)
        r->scope.names = q_arena_new(b->a, q_index);
    r->scope.columns = columns;
    return Q_OK;
}

/* A sub-query or CTE: names from inside cannot be qualified any more, or with `name`. */
static void set_qualifier(bind *b, bind_relation *r, const char *name)
{
    r->scope.columns = q_arena_copy(b->a, r->scope.columns, sizeof *r->scope.columns * r->scope.n);
    for (uint32_t i = 0; i < r->scope.n; i++)
        r->scope.columns[i].qualifier = name;
}

static q_code unknown_table(bind *b, const q_sql_names *names, const bind_with *ctes)
{
    const char *name = names->part[names->n - 1].text, *views[2];
    q_nearest near;
    q_nearest_init(&near, name);
    for (; ctes; ctes = ctes->outer) {
        for (uint32_t i = ctes->ctes.n; i-- > 0;)
            q_nearest_offer(&near, ((bind_cte *)ctes->ctes.items[i])->name);
    }
    for (const q_view *v = b->catalog->views; v; v = v->next)
        q_nearest_offer(&near, v->name);
    bind_error(b, names->at, Q_E_TABLE_OR_VIEW_NOT_FOUND, "no table or view is named %s",
               bind_names_text(b, names));
    uint32_t n = 0;
    for (const q_view *v = b->catalog->views; v && n < 2; v = v->next)
        views[n++] = v->name;
    if (near.n)
        q_nearest_hint(&near, b->err);
    else if (n)
        q_err_hint(b->err, n == 1 ? "there is the view `%s`" : "there are views like `%s` and `%s`",
                   views[0], views[n - 1]);
    return Q_E_TABLE_OR_VIEW_NOT_FOUND;
}

/* NULL: none of this WITH has the name. */
static const bind_cte *find_cte(const bind_with *with, const char *name)
{
    q_index_cursor c = q_index_at(q_hash_nocase(0, name));
    for (uint32_t i; q_index_next(&with->names, &c, &i);) {
        const bind_cte *cte = with->ctes.items[i];
        if (strcasecmp(cte->name, name) == 0)
            return cte;
    }
    return NULL;
}

static q_code bind_table(bind *b, const q_sql_names *names, const bind_with *ctes,
                         bind_relation *out)
{
    const char *name = names->part[0].text;
    for (const bind_with *with = ctes; with && names->n == 1; with = with->outer) {
        const bind_cte *cte = find_cte(with, name);
        if (!cte)
            continue;
        *out = cte->relation;
        set_qualifier(b, out, cte->name);
        for (uint32_t i = 0; i < out->scope.n; i++)
            out->scope.columns[i].origin = ++b->n_origins;
        return Q_OK;
    }
    const q_view *view = names->n == 1 ? q_catalog_view(b->catalog, name) : NULL;
    if (!view)
        return unknown_table(b, names, ctes);
    out->plan = (q_plan *)(uintptr_t)view->plan; /* shared, never written */
    bind_scope_of(b, &view->plan->schema, view->name, &out->scope);
    return Q_OK;
}

static q_code bind_file(bind *b, const q_sql_from *from, bind_relation *out)
{
    const q_catalog_hooks *hooks = &b->catalog->hooks;
    q_format format;
    q_source *source;
    if (!q_format_from_name(from->file.format.text, &format))
        return bind_error(b, from->file.format.at, Q_E_UNSUPPORTED_FEATURE,
                          "the format `%s` is not supported: json and csv are",
                          from->file.format.text);
    if (!hooks->resolve)
        return bind_unsupported(b, from->at, "reading files here");
    Q_TRY(bind_at(b,
                  hooks->resolve(hooks->ctx, b->a, from->file.path.text, format, NULL, 0, NULL,
                                 &source, b->err),
                  from->file.path.at));
    out->plan = q_catalog_scan(b->a, source);
    bind_scope_of(b, &source->schema, NULL, &out->scope);
    return Q_OK;
}

static q_code bind_join(bind *b, const q_sql_from *from)
{
    return bind_unsupported(b, from->join.op_at,
                            from->join.op == Q_SQL_JOIN_CROSS ? "a FROM clause with several tables"
                                                              : "JOIN");
}

/* ---- table functions --------------------------------------------------------------- */

#define RANGE_MAX_ROWS 1000000

static q_code range_arguments(bind *b, const q_sql_from *from, int64_t v[3])
{
    bind_ctx c = {.b = b, .clause = "a table function"};
    int64_t given[4] = {0};
    if (from->function.n_args < 1 || from->function.n_args > 4)
        return bind_error(b, from->at, Q_E_WRONG_NUM_ARGS,
                          "the table function `range` requires 1 to 4 arguments, but %u were given",
                          from->function.n_args);
    for (uint32_t i = 0; i < from->function.n_args; i++) {
        bind_value arg;
        Q_TRY(bind_expr(&c, from->function.arg[i], &arg));
        Q_TRY(bind_fold(b, &arg.x));
        if (!q_type_is_integer(arg.x->type) || !q_literal_int(arg.x, &given[i]))
            return bind_error(b, from->function.arg[i]->at, Q_E_DATATYPE_MISMATCH,
                              "the arguments of `range` must be constant integers");
    }
    bool one = from->function.n_args == 1;
    v[0] = one ? 0 : given[0];
    v[1] = one ? given[0] : given[1];
    v[2] = from->function.n_args > 2 ? given[2] : 1;
    return v[2] ? Q_OK
                : bind_error(b, from->function.arg[2]->at, Q_E_INVALID_PARAMETER_VALUE,
                             "the step of `range` must not be 0");
}

static q_code bind_range(bind *b, const q_sql_from *from, bind_relation *out)
{
    int64_t v[3] = {0};
    Q_TRY(range_arguments(b, from, v));
    q_int128 span = v[2] > 0 ? (q_int128)v[1] - v[0] : (q_int128)v[0] - v[1];
    q_int128 step = v[2] > 0 ? v[2] : -(q_int128)v[2], n = span > 0 ? (span + step - 1) / step : 0;
    if (n > RANGE_MAX_ROWS)
        return bind_error(b, from->at, Q_E_UNSUPPORTED_FEATURE,
                          "`range` with more than %d rows is not supported", RANGE_MAX_ROWS);
    q_plan *p = bind_plan_new(b, Q_PLAN_VALUES, NULL);
    q_column *column = q_arena_new(b->a, q_column);
    Q_TRY(q_column_init(column, Q_TYPE(Q_BIGINT), (uint32_t)n, b->a, b->err));
    for (uint32_t i = 0; i < n; i++)
        Q_VALUES(column, int64_t)[i] = (int64_t)(v[0] + (q_int128)i * v[2]);
    p->u.values.rows = q_arena_new(b->a, q_batch);
    *p->u.values.rows = (q_batch){(uint32_t)n, 1, column, NULL};
    p->schema = (q_schema){1, q_arena_array(b->a, q_field, 1)};
    p->schema.fields[0] = (q_field){"id", Q_TYPE(Q_BIGINT), false};
    out->plan = p;
    bind_scope_of(b, &p->schema, NULL, &out->scope);
    return Q_OK;
}

static q_code bind_table_function(bind *b, const q_sql_from *from, bind_relation *out)
{
    const q_sql_names *name = &from->function.name;
    if (name->n == 1 && strcasecmp(name->part[0].text, "range") == 0)
        return bind_range(b, from, out);
    bind_error(b, name->at, Q_E_UNRESOLVED_ROUTINE, "no table function is named %s",
               bind_names_text(b, name));
    q_function_missing_hint(name->part[name->n - 1].text, b->err);
    return Q_E_UNRESOLVED_ROUTINE;
}

q_code bind_from(bind *b, const q_sql_from *from, const bind_with *ctes, bind_relation *out)
{
    switch (from->kind) {
    case Q_SQL_FROM_TABLE:
        Q_TRY(bind_table(b, &from->table, ctes, out));
        break;
    case Q_SQL_FROM_FILE:
        Q_TRY(bind_file(b, from, out));
        break;
    case Q_SQL_FROM_QUERY:
        Q_TRY(bind_query(b, from->query, ctes, out));
        set_qualifier(b, out, NULL);
        break;
    case Q_SQL_FROM_VALUES:
        Q_TRY(bind_values(b, &from->values, from->at, out));
        break;
    case Q_SQL_FROM_FUNCTION:
        Q_TRY(bind_table_function(b, from, out));
        break;
    case Q_SQL_FROM_JOIN:
        return bind_join(b, from);
    }
    return bind_alias(b, &from->alias, from->at, out);
}

/* ---- VALUES -------------------------------------------------------------------------- */

typedef struct value_grid {
    uint32_t n_rows, n_columns;
    q_expr **x; /* row by row */
} value_grid;

static q_code bind_grid(bind *b, const q_sql_values *values, q_sql_span at, value_grid *g)
{
    bind_ctx c = {.b = b, .clause = "VALUES"};
    g->n_rows = values->n_rows;
    g->n_columns = values->row[0].n_values;
    g->x = q_arena_array(b->a, q_expr *, (size_t)g->n_rows * g->n_columns);
    for (uint32_t r = 0; r < g->n_rows; r++) {
        const q_sql_row *row = &values->row[r];
        if (row->n_values != g->n_columns)
            return bind_error(b, at, Q_E_NUM_COLUMNS_MISMATCH,
                              "row %u of VALUES has %u values, the first has %u", r + 1,
                              row->n_values, g->n_columns);
        for (uint32_t i = 0; i < g->n_columns; i++) {
            bind_value v;
            Q_TRY(bind_expr(&c, row->value[i], &v));
            g->x[r * g->n_columns + i] = v.x;
        }
    }
    return Q_OK;
}

static q_code unify_column(bind *b, const q_sql_values *values, q_sql_span at, value_grid *g,
                           uint32_t i, q_type *type)
{
    char x[Q_TYPE_NAME_BYTES], y[Q_TYPE_NAME_BYTES];
    *type = Q_TYPE(Q_VOID);
    for (uint32_t r = 0; r < g->n_rows; r++) {
        q_type next = g->x[r * g->n_columns + i]->type;
        if (!q_type_common(*type, next, false, type))
            return bind_error(b, at, Q_E_DATATYPE_MISMATCH,
                              "column %u of VALUES has incompatible types: \"%s\" and \"%s\"",
                              i + 1, q_type_sql(*type, x), q_type_sql(next, y));
    }
    for (uint32_t r = 0; r < g->n_rows; r++) {
        q_expr **value = &g->x[r * g->n_columns + i];
        *value = q_expr_cast(b->a, *value, *type);
        Q_TRY(bind_at(b, bind_fold(b, value), values->row[r].value[i]->at));
        if ((*value)->kind != Q_X_LITERAL)
            return bind_unsupported(b, values->row[r].value[i]->at,
                                    "an expression in VALUES that is not a constant");
    }
    return Q_OK;
}

q_code bind_values(bind *b, const q_sql_values *values, q_sql_span at, bind_relation *out)
{
    value_grid g;
    Q_TRY(bind_width(b, values->n_rows ? values->row[0].n_values : 0, at));
    Q_TRY(bind_grid(b, values, at, &g));
    q_plan *p = bind_plan_new(b, Q_PLAN_VALUES, NULL);
    q_batch *rows = p->u.values.rows = q_arena_new(b->a, q_batch);
    *rows = (q_batch){g.n_rows, g.n_columns, q_arena_array(b->a, q_column, g.n_columns), NULL};
    p->schema = (q_schema){g.n_columns, q_arena_array(b->a, q_field, g.n_columns)};
    const q_column **pieces = q_arena_array(b->a, const q_column *, g.n_rows);
    for (uint32_t i = 0; i < g.n_columns; i++) {
        q_type type;
        Q_TRY(unify_column(b, values, at, &g, i, &type));
        for (uint32_t r = 0; r < g.n_rows; r++)
            pieces[r] = g.x[r * g.n_columns + i]->value;
        Q_TRY(q_column_concat(&rows->columns[i], pieces, g.n_rows, b->a, b->err));
        p->schema.fields[i] = (q_field){q_arena_printf(b->a, "col%u", i + 1), type,
                                        q_column_null_count(&rows->columns[i]) > 0};
    }
    out->plan = p;
    bind_scope_of(b, &p->schema, NULL, &out->scope);
    return Q_OK;
}

/* ---- set operations ----------------------------------------------------------------- */

static bool is_plain(const q_sql_query *q)
{
    return !q->n_ctes && !q->n_order && !q->limit && !q->offset;
}

/* The sides of a chain of the same UNION. */
static q_code collect_sides(bind *b, const q_sql_query *q, const q_sql_query *of,
                            const bind_with *ctes, q_vec *sides)
{
    bool same = q->kind == Q_SQL_BODY_SETOP && q->set.op == of->set.op &&
                q->set.all == of->set.all && (q == of || is_plain(q));
    if (same) {
        Q_TRY(collect_sides(b, q->set.left, of, ctes, sides));
        return collect_sides(b, q->set.right, of, ctes, sides);
    }
    bind_relation *side = q_arena_new(b->a, bind_relation);
    Q_TRY(bind_query(b, q, ctes, side));
    const bind_relation *first = sides->n ? sides->items[0] : side;
    if (side->scope.n != first->scope.n)
        return bind_error(b, q->at, Q_E_NUM_COLUMNS_MISMATCH,
                          "UNION needs inputs with the same number of columns: the first has %u, "
                          "this one %u",
                          first->scope.n, side->scope.n);
    q_vec_add(sides, b->a, side);
    return Q_OK;
}

static q_code union_types(bind *b, const q_sql_query *q, const q_vec *sides, q_field *fields)
{
    char x[Q_TYPE_NAME_BYTES], y[Q_TYPE_NAME_BYTES];
    const bind_relation *first = sides->items[0];
    for (uint32_t i = 0; i < first->scope.n; i++) {
        const bind_column *column = &first->scope.columns[i];
        fields[i] = (q_field){column->name, column->type, column->nullable};
        for (uint32_t s = 1; s < sides->n; s++) {
            const bind_column *other = &((bind_relation *)sides->items[s])->scope.columns[i];
            q_type before = fields[i].type;
            if (!q_type_common(before, other->type, true, &fields[i].type))
                return bind_error(b, q->set.op_at, Q_E_DATATYPE_MISMATCH,
                                  "UNION has incompatible types in column %u (`%s`): \"%s\" and "
                                  "\"%s\"",
                                  i + 1, column->name, q_type_sql(before, x),
                                  q_type_sql(other->type, y));
            fields[i].nullable |= other->nullable;
        }
    }
    return Q_OK;
}

static q_plan *cast_side(bind *b, const bind_relation *side, const q_schema *schema)
{
    uint32_t n = schema->n_fields;
    bool same = n == side->plan->schema.n_fields;
    q_expr **exprs = q_arena_array(b->a, q_expr *, n);
    const char **names = q_arena_array(b->a, const char *, n);
    for (uint32_t i = 0; i < n; i++) {
        q_expr *x = bind_column_expr(b, side->plan, i);
        exprs[i] = q_expr_cast(b->a, x, schema->fields[i].type);
        names[i] = schema->fields[i].name;
        same &= exprs[i] == x;
    }
    return same ? side->plan : bind_project_plan(b, side->plan, n, exprs, names);
}

static q_code bind_setop(bind *b, const q_sql_query *q, const bind_with *ctes, bind_relation *out)
{
    if (q->set.op != Q_SQL_UNION)
        return bind_unsupported(b, q->set.op_at,
                                q->set.op == Q_SQL_INTERSECT ? "INTERSECT" : "EXCEPT");
    q_vec sides = {0};
    Q_TRY(collect_sides(b, q, q, ctes, &sides));
    const bind_relation *first = sides.items[0];
    q_plan *p = bind_plan_new(b, Q_PLAN_UNION, NULL);
    p->schema = (q_schema){first->scope.n, q_arena_array(b->a, q_field, first->scope.n)};
    Q_TRY(union_types(b, q, &sides, p->schema.fields));
    p->n_children = sides.n;
    p->children = q_arena_array(b->a, q_plan *, sides.n);
    for (uint32_t i = 0; i < sides.n; i++)
        p->children[i] = cast_side(b, sides.items[i], &p->schema);
    out->plan = q->set.all ? p : bind_distinct_plan(b, p);
    bind_scope_of(b, &p->schema, NULL, &out->scope);
    return Q_OK;
}

/* ---- ORDER BY and LIMIT of any body ---------------------------------------------------- */

static q_code order_key(bind_ctx *c, const q_sql_order *o, const bind_relation *r, q_order_key *key)
{
    bind_value v;
    *key = (q_order_key){NULL, o->descending, o->nulls_first};
    if (o->expr->kind == Q_SQL_LITERAL && o->expr->literal.kind == Q_SQL_LIT_INT) {
        int64_t position = o->expr->literal.integer;
        if (position < 1 || position > r->scope.n)
            return bind_error(c->b, o->expr->at, Q_E_ORDER_BY_POS_OUT_OF_RANGE,
                              "ORDER BY position %lld is not in the result, which has 1 to %u",
                              (long long)position, r->scope.n);
        key->expr = bind_column_expr(c->b, r->plan, (uint32_t)position - 1);
        return Q_OK;
    }
    Q_TRY(bind_expr(c, o->expr, &v));
    key->expr = v.x;
    return Q_OK;
}

static q_code bind_result_order(bind *b, const q_sql_query *q, bind_relation *r)
{
    if (!q->n_order || q->kind == Q_SQL_BODY_SELECT)
        return Q_OK;
    bind_ctx c = {.b = b, .input = &r->scope, .clause = "ORDER BY"};
    uint32_t n = q->order_all ? r->scope.n : q->n_order;
    q_order_key *keys = q_arena_array(b->a, q_order_key, n);
    for (uint32_t i = 0; i < n; i++) {
        if (q->order_all)
            keys[i] = (q_order_key){bind_column_expr(b, r->plan, i), q->order[0].descending,
                                    q->order[0].nulls_first};
        else
            Q_TRY(order_key(&c, &q->order[i], r, &keys[i]));
    }
    r->plan = bind_sort_plan(b, r->plan, n, keys);
    return Q_OK;
}

static q_code bind_count(bind *b, const q_sql_expr *e, const char *clause, int64_t *out)
{
    bind_ctx c = {.b = b, .clause = clause};
    bind_value v;
    Q_TRY(bind_expr(&c, e, &v));
    Q_TRY(bind_fold(b, &v.x));
    if (!q_type_is_integer(v.x->type) || !q_literal_int(v.x, out))
        return bind_error(b, e->at, Q_E_DATATYPE_MISMATCH, "%s must be a constant integer", clause);
    if (*out < 0)
        return bind_error(b, e->at, Q_E_INVALID_PARAMETER_VALUE, "%s must not be negative", clause);
    return Q_OK;
}

static q_code bind_limit(bind *b, const q_sql_query *q, bind_relation *r)
{
    int64_t limit = -1, offset = 0;
    if (!q->limit && !q->offset)
        return Q_OK;
    if (q->limit)
        Q_TRY(bind_count(b, q->limit, "LIMIT", &limit));
    if (q->offset)
        Q_TRY(bind_count(b, q->offset, "OFFSET", &offset));
    r->plan = bind_plan_new(b, Q_PLAN_LIMIT, r->plan);
    r->plan->u.limit.limit = limit;
    r->plan->u.limit.offset = offset;
    return Q_OK;
}

/* ---- WITH --------------------------------------------------------------------------------- */

static q_code bind_ctes(bind *b, const q_sql_query *q, const bind_with **ctes)
{
    if (!q->n_ctes)
        return Q_OK;
    bind_with *with = q_arena_new(b->a, bind_with);
    with->outer = *ctes;
    for (uint32_t i = 0; i < q->n_ctes; i++) {
        const q_sql_cte *ast = &q->cte[i];
        if (find_cte(with, ast->name.text))
            return bind_error(b, ast->name.at, Q_E_TABLE_OR_VIEW_ALREADY_EXISTS,
                              "WITH defines `%s` twice", ast->name.text);
        bind_cte *cte = q_arena_new(b->a, bind_cte);
        cte->name = ast->name.text;
        Q_TRY(bind_query(b, ast->query, with, &cte->relation));
        q_sql_alias alias = {ast->name, ast->column, ast->n_columns};
        Q_TRY(bind_alias(b, &alias, ast->at, &cte->relation));
        q_index_add(&with->names, b->a, q_hash_nocase(0, cte->name), i);
        q_vec_add(&with->ctes, b->a, cte);
    }
    *ctes = with;
    return Q_OK;
}

static q_code bind_body(bind *b, const q_sql_query *q, const bind_with *ctes, bind_relation *out)
{
    switch (q->kind) {
    case Q_SQL_BODY_SELECT:
        return bind_select_query(b, q, ctes, out);
    case Q_SQL_BODY_VALUES:
        Q_TRY(bind_values(b, &q->values.rows, q->at, out));
        return bind_alias(b, &q->values.alias, q->at, out);
    case Q_SQL_BODY_TABLE:
        return bind_table(b, &q->table, ctes, out);
    case Q_SQL_BODY_SETOP:
        return bind_setop(b, q, ctes, out);
    case Q_SQL_BODY_QUERY:
        return bind_query(b, q->query, ctes, out);
    }
    return bind_unsupported(b, q->at, "this query");
}

q_code bind_query(bind *b, const q_sql_query *q, const bind_with *ctes, bind_relation *out)
{
    Q_TRY(bind_ctes(b, q, &ctes));
    Q_TRY(bind_body(b, q, ctes, out));
    Q_TRY(bind_result_order(b, q, out));
    return bind_limit(b, q, out);
}
