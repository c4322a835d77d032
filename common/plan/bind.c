/* Statements: what a script's statements do, one after the other. */
#include "common/plan/bind.h"

#include <stdio.h>
#include <strings.h>

#include "common/plan/bind_internal.h"
#include "common/plan/optimise.h"

/* Operators of a query after its views and CTEs are put in, each use counted. */
#define MAX_OPERATORS 100000

void q_binder_init(q_binder *b, q_catalog *catalog, const q_sql_script *script)
{
    *b = (q_binder){catalog, catalog->arena, script};
}

bool q_format_from_name(const char *provider, q_format *out)
{
    static const struct {
        const char *name;
        q_format format;
    } names[] = {
        {"json", Q_FORMAT_JSON},
        {"csv", Q_FORMAT_CSV},
        {"org.apache.spark.sql.json", Q_FORMAT_JSON},
        {"org.apache.spark.sql.execution.datasources.json", Q_FORMAT_JSON},
        {"org.apache.spark.sql.execution.datasources.csv", Q_FORMAT_CSV},
        {"com.databricks.spark.csv", Q_FORMAT_CSV},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(names[i].name, provider) == 0) {
            *out = names[i].format;
            return true;
        }
    }
    return false;
}

q_code q_bind_schema(q_arena *a, const q_sql_column_def *columns, uint32_t n, q_schema *out,
                     q_err *err)
{
    q_index names = {0};
    *out = (q_schema){n, q_arena_array(a, q_field, n)};
    for (uint32_t i = 0; i < n; i++) {
        q_field *f = &out->fields[i];
        f->name = q_arena_strdup(a, columns[i].name.text);
        f->nullable = true; /* as Spark's sources: NOT NULL is not checked */
        Q_TRY(q_bind_type(columns[i].type, &f->type, err));
        uint64_t hash = q_hash_nocase(0, f->name);
        q_index_cursor c = q_index_at(hash);
        for (uint32_t k; q_index_next(&names, &c, &k);) {
            if (strcasecmp(out->fields[k].name, f->name) == 0)
                return q_err_set(err, Q_E_DUPLICATE_COLUMN, "the column `%s` is there twice",
                                 f->name);
        }
        q_index_add(&names, a, hash, i);
    }
    return Q_OK;
}

/* ---- queries ----------------------------------------------------------------------- */

static void count_operators(const q_plan *p, uint32_t *n)
{
    if (++*n > MAX_OPERATORS)
        return;
    for (uint32_t i = 0; i < p->n_children && *n <= MAX_OPERATORS; i++)
        count_operators(p->children[i], n);
}

/* The relation's plan with the names of its scope. */
static q_plan *named_plan(bind *b, const bind_relation *r)
{
    bool same = true;
    for (uint32_t i = 0; i < r->scope.n; i++)
        same &= strcmp(r->scope.columns[i].name, r->plan->schema.fields[i].name) == 0;
    if (same)
        return r->plan;
    q_plan *p = q_arena_copy(b->a, r->plan, sizeof *p);
    p->schema.fields = q_arena_copy(b->a, p->schema.fields, sizeof(q_field) * p->schema.n_fields);
    for (uint32_t i = 0; i < r->scope.n; i++)
        p->schema.fields[i].name = r->scope.columns[i].name;
    return p;
}

static q_code bind_top(bind *b, const q_sql_query *query, q_plan **out)
{
    bind_relation r;
    Q_TRY(bind_query(b, query, NULL, &r));
    uint32_t n = 0;
    count_operators(r.plan, &n);
    if (n > MAX_OPERATORS)
        return bind_error(b, query->at, Q_E_RECURSION_LIMIT,
                          "the query has more than %d operators with its views put in",
                          MAX_OPERATORS);
    *out = named_plan(b, &r);
    return Q_OK;
}

q_code q_bind_query(q_binder *binder, const q_sql_query *query, q_plan **out, q_err *err)
{
    q_err own;
    bind b = {binder, binder->catalog, binder->arena, err ? err : &own, 0};
    return bind_top(&b, query, out);
}

q_code bind_optimise(bind *b, q_plan *in, q_plan **out)
{
    q_optimiser o = {.a = b->a,
                     .session = &b->catalog->session,
                     .fold = b->catalog->hooks.fold,
                     .disabled = q_catalog_get(b->catalog, "quern.optimizer.disabledRules"),
                     .err = b->err};
    return q_optimise(&o, in, out);
}

q_code bind_optimised(bind *b, const q_sql_query *query, q_plan **out)
{
    q_plan *plan;
    Q_TRY(bind_top(b, query, &plan));
    return bind_optimise(b, plan, out);
}

static q_code bind_query_statement(bind *b, const q_sql_statement *st, q_stmt *out)
{
    out->kind = Q_STMT_QUERY;
    return bind_optimised(b, st->query, &out->plan);
}

/* ---- views -------------------------------------------------------------------------- */

static q_code view_name(bind *b, const q_sql_names *names, const char **out)
{
    *out = names->part[names->n - 1].text;
    if (names->n > 1)
        return bind_unsupported(b, names->at, "a view's name with a database or catalog");
    return Q_OK;
}

/* True: there is one and the statement says to leave it. */
static q_code check_existing(bind *b, const q_sql_statement *st, const char *name, bool *leave)
{
    *leave = false;
    if (!q_catalog_view(b->catalog, name) || st->create_view.or_replace)
        return Q_OK;
    *leave = st->create_view.if_not_exists;
    if (*leave)
        return Q_OK;
    bind_error(b, st->create_view.name.at, Q_E_TABLE_OR_VIEW_ALREADY_EXISTS,
               "there is already a temporary view `%s`", name);
    q_err_hint(b->err, "CREATE OR REPLACE TEMPORARY VIEW replaces it");
    return Q_E_TABLE_OR_VIEW_ALREADY_EXISTS;
}

static q_code unique_names(bind *b, const q_schema *schema, q_sql_span at, const char *what)
{
    q_index names = {0};
    for (uint32_t i = 0; i < schema->n_fields; i++) {
        uint64_t hash = q_hash_nocase(0, schema->fields[i].name);
        q_index_cursor c = q_index_at(hash);
        for (uint32_t k; q_index_next(&names, &c, &k);) {
            if (bind_same_name(b, schema->fields[i].name, schema->fields[k].name))
                return bind_error(b, at, Q_E_DUPLICATE_COLUMN, "%s has the column `%s` twice", what,
                                  schema->fields[i].name);
        }
        q_index_add(&names, b->a, hash, i);
    }
    return Q_OK;
}

static void set_comments(bind *b, const q_sql_statement *st, q_view *view)
{
    view->comment = st->create_view.comment;
    if (!st->create_view.n_columns)
        return;
    view->column_comments = q_arena_array(b->a, const char *, st->create_view.n_columns);
    for (uint32_t i = 0; i < st->create_view.n_columns; i++)
        view->column_comments[i] = st->create_view.column[i].comment;
}

static q_code create_view_as(bind *b, const q_sql_statement *st, const char *name)
{
    bind_relation r;
    Q_TRY(bind_query(b, st->create_view.query, NULL, &r));
    uint32_t n = st->create_view.n_columns;
    q_sql_name *names = q_arena_array(b->a, q_sql_name, n);
    for (uint32_t i = 0; i < n; i++)
        names[i] = st->create_view.column[i].name;
    q_sql_alias alias = {{.text = name}, names, n};
    Q_TRY(bind_alias(b, &alias, st->create_view.name.at, &r));
    q_view *view = q_arena_new(b->a, q_view);
    view->name = name;
    view->plan = named_plan(b, &r);
    Q_TRY(unique_names(b, &view->plan->schema, st->create_view.name.at, "the view"));
    set_comments(b, st, view);
    q_catalog_put_view(b->catalog, view);
    return Q_OK;
}

static const q_option *options_of(bind *b, const q_sql_options *options)
{
    q_option *out = q_arena_array(b->a, q_option, options->n);
    for (uint32_t i = 0; i < options->n; i++)
        out[i] = (q_option){options->option[i].key, options->option[i].value};
    return out;
}

static const q_sql_option *find_option(const q_sql_options *options, const char *key)
{
    for (uint32_t i = 0; i < options->n; i++) {
        if (strcasecmp(options->option[i].key, key) == 0)
            return &options->option[i];
    }
    return NULL;
}

static q_code provider_format(bind *b, const q_sql_names *provider, q_format *out)
{
    q_buf name;
    q_buf_init(&name);
    for (uint32_t i = 0; i < provider->n; i++)
        q_buf_printf(&name, "%s%s", i ? "." : "", provider->part[i].text);
    bool known = q_format_from_name(q_buf_cstr(&name), out);
    if (!known)
        bind_error(b, provider->at, Q_E_UNSUPPORTED_FEATURE,
                   "the format `%s` is not supported: json and csv are", q_buf_cstr(&name));
    q_buf_fini(&name);
    return known ? Q_OK : Q_E_UNSUPPORTED_FEATURE;
}

static q_code create_view_using(bind *b, const q_sql_statement *st, const char *name)
{
    const q_catalog_hooks *hooks = &b->catalog->hooks;
    const q_sql_options *options = &st->create_view.options;
    q_schema declared, *given = st->create_view.n_columns ? &declared : NULL;
    q_format format;
    q_source *source;
    Q_TRY(provider_format(b, &st->create_view.provider, &format));
    if (given)
        Q_TRY(bind_at(
            b,
            q_bind_schema(b->a, st->create_view.column, st->create_view.n_columns, given, b->err),
            st->create_view.column[0].at));
    if (!hooks->resolve)
        return bind_unsupported(b, st->at, "reading files here");
    const q_sql_option *path = find_option(options, "path");
    q_code code = hooks->resolve(hooks->ctx, b->a, path ? path->value : name, format,
                                 options_of(b, options), options->n, given, &source, b->err);
    Q_TRY(bind_at(b, code, path ? path->value_at : st->create_view.name.at));
    q_view *view = q_arena_new(b->a, q_view);
    view->name = name;
    view->source = source;
    view->plan = q_catalog_scan(b->a, source);
    set_comments(b, st, view);
    q_catalog_put_view(b->catalog, view);
    return Q_OK;
}

static q_code create_view(bind *b, const q_sql_statement *st, q_stmt *out)
{
    const char *name;
    bool leave;
    out->kind = Q_STMT_NOTHING;
    Q_TRY(view_name(b, &st->create_view.name, &name));
    Q_TRY(check_existing(b, st, name, &leave));
    if (leave)
        return Q_OK;
    return st->kind == Q_SQL_ST_CREATE_VIEW_AS ? create_view_as(b, st, name)
                                               : create_view_using(b, st, name);
}

static q_code drop_view(bind *b, const q_sql_statement *st, q_stmt *out)
{
    const char *name;
    out->kind = Q_STMT_NOTHING;
    Q_TRY(view_name(b, &st->drop_view.name, &name));
    q_nearest near;
    q_nearest_init(&near, name);
    for (const q_view *v = b->catalog->views; v; v = v->next)
        q_nearest_offer(&near, v->name);
    if (q_catalog_drop_view(b->catalog, name) || st->drop_view.if_exists)
        return Q_OK;
    bind_error(b, st->drop_view.name.at, Q_E_TABLE_OR_VIEW_NOT_FOUND, "no view is named `%s`",
               name);
    q_nearest_hint(&near, b->err);
    return Q_E_TABLE_OR_VIEW_NOT_FOUND;
}

/* ---- INSERT OVERWRITE DIRECTORY ------------------------------------------------------- */

q_code bind_insert(bind *b, const q_sql_statement *st, q_plan **plan, q_sink_spec **sink)
{
    const q_catalog_hooks *hooks = &b->catalog->hooks;
    const q_sql_options *options = &st->insert.options;
    const q_sql_option *path = find_option(options, "path");
    const char *directory = st->insert.path ? st->insert.path : path ? path->value : NULL;
    q_format format;
    Q_TRY(provider_format(b, &st->insert.provider, &format));
    if (!directory || !directory[0])
        return bind_error(b, st->at, Q_E_INVALID_OPTION, "the directory to write to is not given");
    if (!hooks->sink)
        return bind_unsupported(b, st->at, "writing files here");
    q_code code = hooks->sink(hooks->ctx, b->a, directory, format, options_of(b, options),
                              options->n, sink, b->err);
    Q_TRY(bind_at(b, code, st->insert.path ? st->insert.path_at : st->at));
    Q_TRY(bind_top(b, st->insert.query, plan));
    return unique_names(b, &(*plan)->schema, st->insert.query->at, "what is written");
}

static q_code bind_insert_statement(bind *b, const q_sql_statement *st, q_stmt *out)
{
    q_plan *plan;
    q_sink_spec *sink;
    out->kind = Q_STMT_INSERT_DIR;
    Q_TRY(bind_insert(b, st, &plan, &sink));
    out->sink = sink;
    return bind_optimise(b, plan, &out->plan);
}

/* ---- SET, RESET ------------------------------------------------------------------------- */

static q_code bind_set(bind *b, const q_sql_statement *st, q_stmt *out)
{
    if (!st->set.key || !st->set.value)
        return bind_show(b, st, out);
    out->kind = Q_STMT_NOTHING;
    return bind_at(b, q_catalog_set(b->catalog, st->set.key, st->set.value, b->err),
                   st->set.value_at);
}

static q_code bind_reset(bind *b, const q_sql_statement *st, q_stmt *out)
{
    out->kind = Q_STMT_NOTHING;
    q_catalog_reset(b->catalog, st->set.key);
    return Q_OK;
}

q_code q_bind_statement(q_binder *binder, const q_sql_statement *st, q_stmt *out, q_err *err)
{
    q_err own;
    bind b = {binder, binder->catalog, binder->arena, err ? err : &own, 0};
    *out = (q_stmt){.offset = st->at.offset, .len = st->at.len};
    switch (st->kind) {
    case Q_SQL_ST_QUERY:
        return bind_query_statement(&b, st, out);
    case Q_SQL_ST_CREATE_VIEW_AS:
    case Q_SQL_ST_CREATE_VIEW_USING:
        return create_view(&b, st, out);
    case Q_SQL_ST_DROP_VIEW:
        return drop_view(&b, st, out);
    case Q_SQL_ST_INSERT_DIRECTORY:
        return bind_insert_statement(&b, st, out);
    case Q_SQL_ST_SET:
        return bind_set(&b, st, out);
    case Q_SQL_ST_RESET:
        return bind_reset(&b, st, out);
    case Q_SQL_ST_EXPLAIN:
        return bind_explain(&b, st, out);
    default:
        return bind_show(&b, st, out);
    }
}
