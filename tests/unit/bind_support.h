/*
 * A job's surroundings for binder tests: a view `t` with a column of every type, a
 * resolver that takes declared schemas and knows the "files" people.json and
 * sales.csv, a sink that takes any directory, constants folded by exec.
 */
#ifndef Q_TESTS_BIND_SUPPORT_H
#define Q_TESTS_BIND_SUPPORT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/exec/program.h"
#include "common/plan/bind.h"
#include "common/plan/print.h"
#include "tests/unit/check.h"

typedef struct world {
    q_arena arena;
    q_err err;
    q_session session;
    q_catalog catalog;
    q_sql_script *script;
    q_binder binder;
} world;

static const struct {
    const char *name;
    q_type type;
} every_type[] = {
    {"ti", {.kind = Q_TINYINT}},
    {"si", {.kind = Q_SMALLINT}},
    {"i", {.kind = Q_INT}},
    {"l", {.kind = Q_BIGINT}},
    {"f", {.kind = Q_FLOAT}},
    {"d", {.kind = Q_DOUBLE}},
    {"dc", {.kind = Q_DECIMAL, .precision = 3, .scale = 2}},
    {"dd", {.kind = Q_DECIMAL, .precision = 20, .scale = 4}},
    {"s", {.kind = Q_STRING}},
    {"b", {.kind = Q_BINARY}},
    {"bo", {.kind = Q_BOOLEAN}},
    {"dt", {.kind = Q_DATE}},
    {"ts", {.kind = Q_TIMESTAMP}},
    {"tn", {.kind = Q_TIMESTAMP_NTZ}},
    {"ai", {.kind = Q_ARRAY, .element = Q_INT}},
    {"as_", {.kind = Q_ARRAY, .element = Q_STRING}},
    {"idt", {.kind = Q_INTERVAL_DT}},
    {"iym", {.kind = Q_INTERVAL_YM}},
    {"v", {.kind = Q_VOID}},
};
#define N_TYPES (sizeof every_type / sizeof every_type[0])

static inline q_source *world_source(q_arena *a, const char *name, uint32_t n)
{
    q_source *s = q_arena_new(a, q_source);
    s->name = q_arena_strdup(a, name);
    s->schema = (q_schema){n, q_arena_array(a, q_field, n)};
    return s;
}

static inline q_code world_resolve(void *ctx, q_arena *a, const char *path, q_format format,
                                   const q_option *options, uint32_t n, const q_schema *declared,
                                   q_source **out, q_err *err)
{
    (void)ctx, (void)options, (void)n;
    bool people = strcmp(path, "people.json") == 0, sales = strcmp(path, "sales.csv") == 0;
    if (!declared && !people && !sales)
        return q_err_set(err, Q_E_PATH_NOT_FOUND, "no file '%s'", path);
    *out = world_source(a, path, declared ? declared->n_fields : 3);
    (*out)->format = (uint8_t)format;
    if (declared)
        return q_schema_copy(&(*out)->schema, declared, a);
    q_field *f = (*out)->schema.fields;
    f[0] = (q_field){"id", Q_TYPE(Q_BIGINT), true};
    f[1] = (q_field){people ? "name" : "item", Q_TYPE(Q_STRING), true};
    f[2] = (q_field){people ? "age" : "price", Q_TYPE(people ? Q_BIGINT : Q_DOUBLE), true};
    return Q_OK;
}

static inline q_code world_sink(void *ctx, q_arena *a, const char *path, q_format format,
                                const q_option *options, uint32_t n, q_sink_spec **out, q_err *err)
{
    (void)ctx, (void)options, (void)n, (void)err;
    *out = q_arena_new(a, q_sink_spec);
    (*out)->path = q_arena_strdup(a, path);
    (*out)->format = (uint8_t)format;
    (*out)->mode = Q_SAVE_OVERWRITE;
    return Q_OK;
}

static inline void world_init(world *w)
{
    memset(w, 0, sizeof *w);
    q_arena_init(&w->arena, NULL);
    q_err_clear(&w->err);
    w->session = (q_session){.time_zone = "UTC", .now_us = INT64_C(1700000000000000)};
    q_catalog_hooks hooks = {.resolve = world_resolve, .sink = world_sink, .fold = q_expr_fold};
    q_catalog_init(&w->catalog, &w->arena, &w->session, &hooks);
    q_source *t = world_source(&w->arena, "t", N_TYPES);
    for (uint32_t i = 0; i < N_TYPES; i++)
        t->schema.fields[i] = (q_field){every_type[i].name, every_type[i].type, true};
    q_catalog_add_source(&w->catalog, "t", t);
    q_source *items = world_source(&w->arena, "items", 5);
    static const q_field fields[] = {{"id", {.kind = Q_BIGINT}, true},
                                     {"name", {.kind = Q_STRING}, true},
                                     {"category", {.kind = Q_STRING}, true},
                                     {"value", {.kind = Q_DOUBLE}, true},
                                     {"quantity", {.kind = Q_BIGINT}, true}};
    memcpy(items->schema.fields, fields, sizeof fields);
    q_catalog_add_source(&w->catalog, "items", items);
}

static inline void world_fini(world *w)
{
    q_arena_fini(&w->arena);
}

/* Bind all statements; *out is the last one's. */
static inline q_code world_bind(world *w, const char *sql, q_stmt *out)
{
    char *text = q_arena_strdup(&w->arena, sql);
    Q_TRY(q_sql_parse(&w->arena, text, strlen(text), &w->script, &w->err));
    q_binder_init(&w->binder, &w->catalog, w->script);
    for (uint32_t i = 0; i < w->script->n_statements; i++)
        Q_TRY(q_bind_statement(&w->binder, &w->script->statement[i], out, &w->err));
    return Q_OK;
}

/* "line:column [CODE] message | hint" of the error. */
static inline const char *world_error(world *w)
{
    return q_arena_printf(&w->arena, "%u:%u [%s] %s%s%s", w->err.line, w->err.column,
                          q_code_name(w->err.code), w->err.msg, w->err.hint[0] ? " | " : "",
                          w->err.hint);
}

static inline int world_run(Suite *s)
{
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}

#endif
