/*
 * The binder and the optimiser on arbitrary scripts: no crash, every failure has a
 * text and a place inside the script, every plan can be printed and the optimiser
 * keeps the number and types of its columns. Constants are folded by exec.
 */
#include "common/base/assert.h"
#include "common/exec/program.h"
#include "common/plan/bind.h"
#include "common/plan/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static q_code resolve(void *ctx, q_arena *a, const char *path, q_format format,
                      const q_option *options, uint32_t n, const q_schema *declared, q_source **out,
                      q_err *err)
{
    (void)ctx, (void)options, (void)n;
    if (!declared)
        return q_err_set(err, Q_E_PATH_NOT_FOUND, "no file '%s'", path);
    *out = q_arena_new(a, q_source);
    (*out)->name = path;
    (*out)->format = (uint8_t)format;
    (*out)->schema = *declared;
    return Q_OK;
}

static q_code sink(void *ctx, q_arena *a, const char *path, q_format format,
                   const q_option *options, uint32_t n, q_sink_spec **out, q_err *err)
{
    (void)ctx, (void)options, (void)n, (void)err;
    *out = q_arena_new(a, q_sink_spec);
    (*out)->path = path;
    (*out)->format = (uint8_t)format;
    return Q_OK;
}

static void add_view(q_catalog *c, const char *name, const char *ddl)
{
    q_sql_column_def *columns;
    uint32_t n;
    q_source *source = q_arena_new(c->arena, q_source);
    source->name = name;
    Q_ASSERT(q_sql_parse_schema(c->arena, ddl, strlen(ddl), &columns, &n, NULL) == Q_OK);
    Q_ASSERT(q_bind_schema(c->arena, columns, n, &source->schema, NULL) == Q_OK);
    q_catalog_add_source(c, name, source);
}

static void check_statement(q_binder *b, const q_sql_statement *st, q_err *err)
{
    char text[4096];
    q_stmt out;
    if (q_bind_statement(b, st, &out, err)) {
        Q_ASSERT(err->code != Q_OK && err->msg[0]);
        q_err_format(err, text, sizeof text);
        return;
    }
    if (!out.plan)
        return;
    q_buf plan;
    q_buf_init(&plan);
    q_plan_print(out.plan, &plan);
    q_buf_fini(&plan);
    if (st->kind != Q_SQL_ST_QUERY)
        return;
    q_plan *bound;
    Q_ASSERT(q_bind_query(b, st->query, &bound, err) == Q_OK);
    Q_ASSERT(bound->schema.n_fields == out.plan->schema.n_fields);
    for (uint32_t i = 0; i < bound->schema.n_fields; i++)
        Q_ASSERT(q_type_eq(bound->schema.fields[i].type, out.plan->schema.fields[i].type));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    q_arena a;
    q_err err;
    q_sql_script *script;
    q_arena_init(&a, NULL);
    char *sql = q_arena_strndup(&a, (const char *)data, size);
    q_session session = {.time_zone = "UTC", .now_us = INT64_C(1700000000000000)};
    q_catalog_hooks hooks = {.resolve = resolve, .sink = sink, .fold = q_expr_fold};
    q_catalog c;
    q_catalog_init(&c, &a, &session, &hooks);
    add_view(&c, "t",
             "i int, l bigint, d double, dc decimal(5,2), s string, b binary, o boolean, "
             "dt date, ts timestamp, a array<int>");
    add_view(&c, "u", "i smallint, s string, f float, n timestamp_ntz, x tinyint");
    if (q_sql_parse(&a, sql, size, &script, &err) == Q_OK) {
        q_binder b;
        q_binder_init(&b, &c, script);
        for (uint32_t i = 0; i < script->n_statements; i++)
            check_statement(&b, &script->statement[i], &err);
    }
    q_arena_fini(&a);
    return 0;
}
