/*
 * Text to syntax tree: scripts, schemas (DDL), types and single expressions of
 * Spark SQL 3.5 by recursive descent. Results live in the arena, borrow `sql`
 * (which must live as long as they are used together) and are read-only.
 *
 * Errors carry line, column and excerpt: PARSE_SYNTAX_ERROR, UNSUPPORTED_FEATURE
 * and UNSUPPORTED_DATATYPE (known Spark syntax that is not supported, by name),
 * INVALID_LITERAL, RECURSION_LIMIT (nesting or size). Thread rule: none shared.
 */
#ifndef Q_SQL_PARSE_H
#define Q_SQL_PARSE_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/sql/ast.h"

/* Any number of statements separated by semicolons; empty ones are left out. */
q_code q_sql_parse(q_arena *a, const char *sql, size_t len, q_sql_script **out, q_err *err);

/* `id BIGINT, name: STRING NOT NULL COMMENT 'x', …`; an empty text gives no columns. */
q_code q_sql_parse_schema(q_arena *a, const char *ddl, size_t len, q_sql_column_def **out,
                          uint32_t *n, q_err *err);

/* `decimal(10,2)`, `array<int>`, … */
q_code q_sql_parse_type(q_arena *a, const char *text, size_t len, q_sql_type **out, q_err *err);

/* One expression (no alias). */
q_code q_sql_parse_expr(q_arena *a, const char *sql, size_t len, q_sql_expr **out, q_err *err);

/*
 * Set the place of `err` to a node of the script, as the user wrote it: use this
 * rather than q_err_at_sql, since substituted variables move offsets. No effect
 * when the place is already known.
 */
void q_sql_err_at(q_err *err, const q_sql_script *script, q_sql_span at);

#endif
