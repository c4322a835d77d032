/*
 * Bound expressions: names resolved, types known, casts explicit. Everything that
 * is not a column or a constant is a call of a function in sql/functions.def,
 * operators, CASE and CAST included, so a kernel is found in one way.
 *
 * Trees live in the statement's arena and are read-only after planning; sub-trees
 * may be shared. Serialised for tasks by plan/serial.h. Thread rule: read-only.
 */
#ifndef Q_PLAN_EXPR_H
#define Q_PLAN_EXPR_H

#include "common/base/buf.h"
#include "common/column/column.h"

/* Index into the function table: Q_FN_<id> for each row of functions.def. */
typedef enum q_function_id {
#define F(id, ...) Q_FN_##id,
#define A(id, ...) Q_FN_##id,
#define W(id, ...) Q_FN_##id,
#include "common/plan/functions.def"
    Q_N_FUNCTIONS
} q_function_id;

typedef enum q_expr_kind { Q_X_COLUMN, Q_X_LITERAL, Q_X_CALL } q_expr_kind;

typedef struct q_expr {
    uint8_t kind;         /* q_expr_kind */
    bool nullable;        /* may be NULL (conservative) */
    bool ignore_nulls;    /* calls: IGNORE NULLS, of window and first/last functions */
    bool distinct;        /* calls: aggregates only */
    q_type type;          /* of the result */
    uint16_t function;    /* calls: q_function_id */
    uint32_t column;      /* columns: index in the operator's input */
    uint32_t offset, len; /* place in the SQL text, for errors (0,0 unknown) */
    uint32_t n_args;      /* calls */
    struct q_expr **args;
    const q_column *value; /* literals: one row */
} q_expr;

q_expr *q_expr_column(q_arena *a, uint32_t column, q_type type, bool nullable);
q_expr *q_expr_literal(q_arena *a, const q_column *one_row);
q_expr *q_expr_null(q_arena *a, q_type type);
q_expr *q_expr_int(q_arena *a, q_type type,
                   int64_t v); /* any integer, date, timestamp kind; boolean */
q_expr *q_expr_double(q_arena *a, double v);
q_expr *q_expr_string(q_arena *a, const char *s, size_t n); /* copies */
q_expr *q_expr_call(q_arena *a, q_function_id f, q_type type, uint32_t n_args, q_expr *const *args);
bool q_expr_equal(const q_expr *x, const q_expr *y); /* structure, types, values; not places */
uint64_t q_expr_hash(const q_expr *x);               /* the same for equal ones */
/* Debug and EXPLAIN text: `(value#3 * cast(quantity#4 as double))`. names may be NULL. */
void q_expr_print(const q_expr *x, const q_schema *names, q_buf *out);

#endif
