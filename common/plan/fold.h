/*
 * Constant expressions to literals, by the function that exec provides
 * (q_expr_fold): the planner itself knows no kernels. Thread rule: none shared.
 */
#ifndef Q_PLAN_FOLD_H
#define Q_PLAN_FOLD_H

#include "common/base/session.h"
#include "common/plan/expr.h"

/* One-row column with the value of x, which has no columns; memory in `a`. */
typedef q_code q_fold_fn(const q_expr *x, const q_session *session, q_arena *a, q_column *out,
                         q_err *err);

/* No columns, no aggregates or window functions: it has the same value for every row. */
bool q_expr_is_constant(const q_expr *x);
/* Replace *x by its literal if it is constant; without `fold` only NULLs and literals are. The
 * type stays. */
q_code q_fold(q_fold_fn *fold, const q_session *session, q_arena *a, q_expr **x, q_err *err);

/* Values of literals; false: not a literal of such a type, or NULL. */
bool q_literal_is_null(const q_expr *x);
bool q_literal_int(const q_expr *x, int64_t *v);   /* integers, dates, timestamps, intervals */
bool q_literal_double(const q_expr *x, double *v); /* float and double */
bool q_literal_boolean(const q_expr *x, bool *v);
bool q_literal_string(const q_expr *x, q_str *v);

#endif
