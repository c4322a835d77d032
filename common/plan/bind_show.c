/* Statements that answer at once: SHOW, DESCRIBE, EXPLAIN, SET without a value. */
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "common/plan/bind_internal.h"
#include "common/plan/print.h"

/* ---- tables of text ---------------------------------------------------------------- */

#define MAX_COLUMNS 3

/* Rows of strings being collected; NULL is an SQL NULL. */
typedef struct table {
    bind *b;
    uint32_t n_columns;
    const char *names[MAX_COLUMNS];
    uint8_t kinds[MAX_COLUMNS]; /* Q_STRING, or Q_BOOLEAN with "" for false */
    q_vec cells;                /* const char *, row by row */
} table;

static void add_row(table *t, const char *x, const char *y, const char *z)
{
    const char *cells[MAX_COLUMNS] = {x, y, z};
    for (uint32_t i = 0; i < t->n_columns; i++)
        q_vec_add(&t->cells, t->b->a, cells[i]);
}

static q_code fill_column(table *t, uint32_t i, uint32_t n_rows, q_column *out)
{
    q_arena *a = t->b->a;
    Q_TRY(q_column_init(out, Q_TYPE(t->kinds[i]), n_rows, a, t->b->err));
    out->bytes_stable = true;
    for (uint32_t r = 0; r < n_rows; r++) {
        const char *text = t->cells.items[r * t->n_columns + i];
        if (t->kinds[i] == Q_BOOLEAN) {
            Q_VALUES(out, uint8_t)[r] = text[0] != 0;
            continue;
        }
        Q_VALUES(out, q_str)[r] = text ? q_str_of(text) : (q_str){"", 0, 0};
        if (!text) {
            Q_TRY(q_column_need_validity(out, a, t->b->err));
            q_bit_clear(out->validity, r);
        }
    }
    return Q_OK;
}

static q_code finish(table *t, q_stmt *out)
{
    q_arena *a = t->b->a;
    uint32_t n_rows = t->cells.n / t->n_columns;
    q_batch *rows = q_arena_new(a, q_batch);
    *rows = (q_batch){n_rows, t->n_columns, q_arena_array(a, q_column, t->n_columns), NULL};
    out->kind = Q_STMT_RESULT;
    out->rows = rows;
    out->schema = (q_schema){t->n_columns, q_arena_array(a, q_field, t->n_columns)};
    for (uint32_t i = 0; i < t->n_columns; i++) {
        out->schema.fields[i] = (q_field){t->names[i], Q_TYPE(t->kinds[i]), true};
        Q_TRY(fill_column(t, i, n_rows, &rows->columns[i]));
    }
    return Q_OK;
}

/* ---- SHOW ---------------------------------------------------------------------------- */

/* Spark's patterns: `*` any text, `|` one of several, no letter case. */
static bool matches_one(const char *pattern, size_t n, const char *s)
{
    if (n == 0)
        return *s == 0;
    if (*pattern == '*')
        return matches_one(pattern + 1, n - 1, s) || (*s && matches_one(pattern, n, s + 1));
    return *s && tolower((unsigned char)*pattern) == tolower((unsigned char)*s) &&
           matches_one(pattern + 1, n - 1, s + 1);
}

/* A run of stars is one: matching stays polynomial for the short texts compared here. */
static bool matches(const char *pattern, const char *s)
{
    if (!pattern)
        return true;
    while (true) {
        size_t n = strcspn(pattern, "|");
        char part[256];
        size_t len = 0, stars = 0;
        for (size_t i = 0; i < n && len < sizeof part; i++) {
            bool star = pattern[i] == '*';
            stars += star;
            if (!(star && len && part[len - 1] == '*') && stars <= 8)
                part[len++] = pattern[i];
        }
        if (matches_one(part, len, s))
            return true;
        if (!pattern[n])
            return false;
        pattern += n + 1;
    }
}

static q_code show_functions(bind *b, const q_sql_statement *st, q_stmt *out)
{
    table t = {.b = b, .n_columns = 1, .names = {"function"}, .kinds = {Q_STRING}};
    for (uint32_t i = 0; i < q_function_n_names(); i++) {
        const char *name = q_function_name(i);
        bool again = i && strcasecmp(q_function_name(i - 1), name) == 0;
        if (!again && matches(st->show.pattern, name))
            add_row(&t, name, NULL, NULL);
    }
    return finish(&t, out);
}

static int by_view_name(const void *x, const void *y)
{
    return strcasecmp((*(const q_view *const *)x)->name, (*(const q_view *const *)y)->name);
}

static q_code show_views(bind *b, const q_sql_statement *st, q_stmt *out)
{
    bool tables = st->kind == Q_SQL_ST_SHOW_TABLES;
    table t = {.b = b,
               .n_columns = 3,
               .names = {"namespace", tables ? "tableName" : "viewName", "isTemporary"},
               .kinds = {Q_STRING, Q_STRING, Q_BOOLEAN}};
    q_vec views = {0};
    for (const q_view *v = b->catalog->views; v; v = v->next) {
        if (matches(st->show.pattern, v->name))
            q_vec_add(&views, b->a, v);
    }
    if (views.n)
        qsort(views.items, views.n, sizeof *views.items, by_view_name);
    for (uint32_t i = 0; i < views.n; i++)
        add_row(&t, "", ((const q_view *)views.items[i])->name, "true");
    return finish(&t, out);
}

/* ---- DESCRIBE ------------------------------------------------------------------------- */

static q_code describe_schema(bind *b, const q_schema *schema, const char *const *comments,
                              q_stmt *out)
{
    table t = {.b = b,
               .n_columns = 3,
               .names = {"col_name", "data_type", "comment"},
               .kinds = {Q_STRING, Q_STRING, Q_STRING}};
    for (uint32_t i = 0; i < schema->n_fields; i++) {
        char name[Q_TYPE_NAME_BYTES];
        add_row(&t, schema->fields[i].name,
                q_arena_strdup(b->a, q_type_name(schema->fields[i].type, name)),
                comments ? comments[i] : NULL);
    }
    return finish(&t, out);
}

static q_code describe_table(bind *b, const q_sql_statement *st, q_stmt *out)
{
    const q_sql_names *name = &st->describe.name;
    const q_view *view = name->n == 1 ? q_catalog_view(b->catalog, name->part[0].text) : NULL;
    if (view)
        return describe_schema(b, &view->plan->schema, view->column_comments, out);
    bind_error(b, name->at, Q_E_TABLE_OR_VIEW_NOT_FOUND, "no table or view is named %s",
               bind_names_text(b, name));
    q_nearest near;
    q_nearest_init(&near, name->part[name->n - 1].text);
    for (const q_view *v = b->catalog->views; v; v = v->next)
        q_nearest_offer(&near, v->name);
    q_nearest_hint(&near, b->err);
    return Q_E_TABLE_OR_VIEW_NOT_FOUND;
}

static q_code describe_query(bind *b, const q_sql_statement *st, q_stmt *out)
{
    q_plan *plan;
    Q_TRY(q_bind_query(b->binder, st->describe.query, &plan, b->err));
    return describe_schema(b, &plan->schema, NULL, out);
}

static q_code describe_function(bind *b, const q_sql_statement *st, q_stmt *out)
{
    const char *name = st->describe.name.part[st->describe.name.n - 1].text;
    int32_t id = q_function_find(name);
    table t = {.b = b, .n_columns = 1, .names = {"function_desc"}, .kinds = {Q_STRING}};
    if (id < 0) {
        q_nearest near;
        bind_error(b, st->describe.name.at, Q_E_UNRESOLVED_ROUTINE, "no function is named `%s`",
                   name);
        if (q_function_missing_hint(name, b->err))
            return Q_E_UNRESOLVED_ROUTINE;
        q_nearest_init(&near, name);
        for (uint32_t i = 0; i < q_function_n_names(); i++)
            q_nearest_offer(&near, q_function_name(i));
        q_nearest_hint(&near, b->err);
        return Q_E_UNRESOLVED_ROUTINE;
    }
    static const char *const kinds[] = {"scalar function", "aggregate function", "window function"};
    for (; id >= 0; id = q_function_next((uint16_t)id)) {
        const q_function *f = q_function_get((uint16_t)id);
        add_row(&t, q_arena_printf(b->a, "Function: %s", name), NULL, NULL);
        add_row(&t, q_arena_printf(b->a, "Kind: %s", kinds[f->kind]), NULL, NULL);
        if (f->signature[0] == '(')
            add_row(&t, q_arena_printf(b->a, "Signature: %s%s", f->name, f->signature), NULL, NULL);
        add_row(&t, q_arena_printf(b->a, "Usage: %s", f->what), NULL, NULL);
        if (f->example[0])
            add_row(&t, q_arena_printf(b->a, "Example: %s is %s", f->example, f->expected), NULL,
                    NULL);
    }
    return finish(&t, out);
}

/* ---- SET -------------------------------------------------------------------------------- */

static q_code show_settings(bind *b, const q_sql_statement *st, q_stmt *out)
{
    table t = {.b = b, .n_columns = 2, .names = {"key", "value"}, .kinds = {Q_STRING, Q_STRING}};
    if (!st->set.key) {
        q_conf_entry **set;
        uint32_t n = q_catalog_settings(b->catalog, b->a, &set);
        for (uint32_t i = 0; i < n; i++)
            add_row(&t, set[i]->key, set[i]->value, NULL);
        return finish(&t, out);
    }
    const char *value = q_catalog_get(b->catalog, st->set.key);
    if (!value && strcmp(st->set.key, "spark.sql.session.timeZone") == 0)
        value = b->catalog->session.time_zone;
    add_row(&t, st->set.key, value ? value : "<undefined>", NULL);
    return finish(&t, out);
}

q_code bind_show(bind *b, const q_sql_statement *st, q_stmt *out)
{
    switch (st->kind) {
    case Q_SQL_ST_SHOW_FUNCTIONS:
        return show_functions(b, st, out);
    case Q_SQL_ST_SHOW_TABLES:
    case Q_SQL_ST_SHOW_VIEWS:
        return show_views(b, st, out);
    case Q_SQL_ST_DESCRIBE_TABLE:
        return describe_table(b, st, out);
    case Q_SQL_ST_DESCRIBE_QUERY:
        return describe_query(b, st, out);
    case Q_SQL_ST_DESCRIBE_FUNCTION:
        return describe_function(b, st, out);
    case Q_SQL_ST_SET:
        return show_settings(b, st, out);
    default:
        return bind_unsupported(b, st->at, "this statement");
    }
}

/* ---- EXPLAIN ------------------------------------------------------------------------------ */

static q_code explained_plan(bind *b, const q_sql_statement *st, q_plan **out)
{
    q_sink_spec *sink;
    if (st->kind == Q_SQL_ST_QUERY)
        return q_bind_query(b->binder, st->query, out, b->err);
    if (st->kind == Q_SQL_ST_INSERT_DIRECTORY)
        return bind_insert(b, st, out, &sink);
    return bind_unsupported(b, st->at, "EXPLAIN of this statement");
}

static q_code explain_below(bind *b, q_sql_span at, unsigned mode, const q_plan *plan, q_buf *text)
{
    const q_catalog_hooks *hooks = &b->catalog->hooks;
    if (!hooks->explain)
        return bind_unsupported(b, at, "EXPLAIN of stages here");
    return hooks->explain(hooks->ctx, mode, plan, text, b->err);
}

static q_code explain_text(bind *b, const q_sql_statement *st, q_buf *text)
{
    unsigned modes = st->explain.modes;
    q_plan *plan, *optimised;
    bool several = modes & Q_SQL_EXPLAIN_EXTENDED;
    Q_TRY(explained_plan(b, st->explain.statement, &plan));
    Q_TRY(bind_optimise(b, plan, &optimised));
    if (modes & (Q_SQL_EXPLAIN_LOGICAL | Q_SQL_EXPLAIN_EXTENDED)) {
        q_buf_puts(text, "== Analyzed Logical Plan ==\n");
        q_plan_print(plan, text);
    }
    if (several || (modes & (Q_SQL_EXPLAIN_OPTIMIZED | Q_SQL_EXPLAIN_COST)) ||
        ((modes & (Q_SQL_EXPLAIN_SIMPLE | Q_SQL_EXPLAIN_FORMATTED)) &&
         !b->catalog->hooks.explain)) {
        q_buf_puts(text, "== Optimized Logical Plan ==\n");
        q_plan_print(optimised, text);
    }
    if (modes & Q_SQL_EXPLAIN_STAGES) {
        q_buf_puts(text, "== Stages ==\n");
        Q_TRY(explain_below(b, st->at, Q_SQL_EXPLAIN_STAGES, optimised, text));
    }
    bool asked = modes & (Q_SQL_EXPLAIN_PHYSICAL | Q_SQL_EXPLAIN_CODEGEN);
    bool usual = modes & (Q_SQL_EXPLAIN_SIMPLE | Q_SQL_EXPLAIN_FORMATTED | Q_SQL_EXPLAIN_EXTENDED);
    if (asked || (usual && b->catalog->hooks.explain)) {
        q_buf_puts(text, "== Physical Plan ==\n");
        Q_TRY(explain_below(b, st->at, Q_SQL_EXPLAIN_PHYSICAL, optimised, text));
    }
    return Q_OK;
}

q_code bind_explain(bind *b, const q_sql_statement *st, q_stmt *out)
{
    q_buf text;
    q_buf_init(&text);
    q_code code = explain_text(b, st, &text);
    if (!code) {
        table t = {.b = b, .n_columns = 1, .names = {"plan"}, .kinds = {Q_STRING}};
        add_row(&t, q_arena_strndup(b->a, text.data ? text.data : "", text.len), NULL, NULL);
        code = finish(&t, out);
    }
    q_buf_fini(&text);
    return code;
}
