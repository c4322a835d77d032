/*
 * Expressions back to SQL text, in Spark's canonical style: every operator in
 * parentheses, functions in lower case, order and frames written out. Parsing
 * the text gives an equal tree (q_sql_expr_equal) as long as it nests no deeper
 * than the parser allows. (The names of result columns follow other rules:
 * see plan/label.h.)
 */
#ifndef Q_SQL_UNPARSE_H
#define Q_SQL_UNPARSE_H

#include "common/base/buf.h"
#include "common/sql/ast.h"

void q_sql_unparse(const q_sql_expr *e, q_buf *out);
void q_sql_unparse_type(const q_sql_type *type, q_buf *out);

/* `name`, in backticks where the parser needs them. */
void q_sql_unparse_name(const q_sql_name *name, q_buf *out);

#endif
