/*
 * Spark 3.5's type coercion (non-ANSI): which type two values have in common, what
 * is cast without being asked, which casts exist, the precision of decimal results.
 * Rules read from Spark's TypeCoercion.scala, DecimalPrecision.scala and Cast.scala
 * and checked against PySpark; written anew. Pure functions, any thread.
 */
#ifndef Q_PLAN_COERCE_H
#define Q_PLAN_COERCE_H

#include "common/plan/expr.h"

static inline bool q_type_is_interval(q_type t)
{
    return t.kind == Q_INTERVAL_DT || t.kind == Q_INTERVAL_YM;
}

/* The type both can become without loss (numbers, NULL, date and timestamp); false: none. */
bool q_type_tightest(q_type a, q_type b, q_type *out);
/* Their least common type, as CASE, COALESCE, UNION, IN have it; with strings a string and any
 * other atomic type but boolean and binary are strings together (not in GREATEST, VALUES). */
bool q_type_common(q_type a, q_type b, bool strings, q_type *out);
/* The type both sides of a comparison are cast to. */
bool q_type_compared(q_type a, q_type b, q_type *out);
/* May an argument of type `from` be passed where `to` is declared? */
bool q_type_implicit(q_type from, q_type to);
/* Is there a CAST of `from` to `to`? */
bool q_type_castable(q_type from, q_type to);
/* May a cast give NULL for a value that is not NULL? */
bool q_cast_loses(q_type from, q_type to);

/* Precision and scale capped at 38. */
q_type q_decimal_bounded(int precision, int scale);

/* x as type `to`: x itself when it is that, a typed NULL when x is the NULL literal, a call of
 * `cast` otherwise. The place is x's. */
q_expr *q_expr_cast(q_arena *a, q_expr *x, q_type to);

#endif
