/* Constants. */
#include "common/plan/fold.h"

#include "common/plan/functions.h"

bool q_expr_is_constant(const q_expr *x)
{
    if (x->kind != Q_X_CALL)
        return x->kind == Q_X_LITERAL;
    if (q_function_get(x->function)->kind != Q_FUNCTION_SCALAR)
        return false;
    for (uint32_t i = 0; i < x->n_args; i++) {
        if (!q_expr_is_constant(x->args[i]))
            return false;
    }
    return true;
}

q_code q_fold(q_fold_fn *fold, const q_session *session, q_arena *a, q_expr **x, q_err *err)
{
    if (!fold || (*x)->kind == Q_X_LITERAL || !q_expr_is_constant(*x))
        return Q_OK;
    q_column *value = q_arena_new(a, q_column);
    Q_TRY(fold(*x, session, a, value, err));
    q_expr *literal = q_expr_literal(a, value);
    literal->offset = (*x)->offset;
    literal->len = (*x)->len;
    *x = literal;
    return Q_OK;
}

bool q_literal_is_null(const q_expr *x)
{
    return x->kind == Q_X_LITERAL && q_column_is_null(x->value, 0);
}

static bool is_value(const q_expr *x)
{
    return x->kind == Q_X_LITERAL && !q_column_is_null(x->value, 0);
}

bool q_literal_int(const q_expr *x, int64_t *v)
{
    return is_value(x) && q_column_integer(x->value, 0, v);
}

bool q_literal_double(const q_expr *x, double *v)
{
    if (!is_value(x) || (x->type.kind != Q_DOUBLE && x->type.kind != Q_FLOAT))
        return false;
    *v = x->type.kind == Q_DOUBLE ? Q_VALUES(x->value, double)[0] : Q_VALUES(x->value, float)[0];
    return true;
}

bool q_literal_boolean(const q_expr *x, bool *v)
{
    if (!is_value(x) || x->type.kind != Q_BOOLEAN)
        return false;
    *v = Q_VALUES(x->value, uint8_t)[0];
    return true;
}

bool q_literal_string(const q_expr *x, q_str *v)
{
    if (!is_value(x) || x->type.kind != Q_STRING)
        return false;
    *v = Q_VALUES(x->value, q_str)[0];
    return true;
}
