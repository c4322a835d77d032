/*
 * The binder: syntax trees (common/sql/ast.h) to logical plans with Spark 3.5's
 * non-ANSI semantics: names to columns, implicit casts made explicit, functions
 * chosen, result columns named as Spark names them; then the optimiser's rules.
 *
 *   q_catalog_init(&catalog, arena, &session, &hooks);
 *   q_catalog_add_source(&catalog, "input", source);
 *   q_sql_parse(arena, sql, len, &script, err);
 *   q_binder_init(&binder, &catalog, script);
 *   for each script->statement[i]: q_bind_statement(&binder, &script->statement[i], &stmt, err);
 *
 * Statements must be bound in order, each before the next: views and settings take
 * effect in the catalog at once. Plans live in the catalog's arena, are read-only
 * and may share sub-trees. Errors carry line, column and excerpt of the script and,
 * for names, the nearest candidates as hint. Thread rule: one thread at a time.
 */
#ifndef Q_PLAN_BIND_H
#define Q_PLAN_BIND_H

#include "common/plan/catalog.h"
#include "common/sql/parse.h"

typedef struct q_binder {
    q_catalog *catalog;
    q_arena *arena;             /* the catalog's */
    const q_sql_script *script; /* for the places of errors */
} q_binder;

void q_binder_init(q_binder *b, q_catalog *catalog, const q_sql_script *script);

/* Bind, optimise and, for statements that only change the catalog or answer at once, carry out.
 * *out is filled on success. */
q_code q_bind_statement(q_binder *b, const q_sql_statement *st, q_stmt *out, q_err *err);

/* Bind a query without optimising it (EXPLAIN LOGICAL, tests). */
q_code q_bind_query(q_binder *b, const q_sql_query *query, q_plan **out, q_err *err);

/* The format a provider's name means (json, csv, with or without Spark's class prefix);
 * false: unknown. */
bool q_format_from_name(const char *provider, q_format *out);

/* A type as written, to a column's type. Errors: UNSUPPORTED_FEATURE for nested arrays. */
q_code q_bind_type(const q_sql_type *type, q_type *out, q_err *err);
/* A parsed list of columns (--schema, CREATE VIEW … USING) as a schema. Errors: DUPLICATE_COLUMN.
 */
q_code q_bind_schema(q_arena *a, const q_sql_column_def *columns, uint32_t n, q_schema *out,
                     q_err *err);

#endif
