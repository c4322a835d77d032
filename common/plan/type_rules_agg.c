/*
 * Rules of aggregates and window functions. What their ops see:
 *   count       no argument (all rows), or any number of them as they are
 *   sum, avg    bigint for all integers, double for float, double and string, decimal, intervals
 *   percentile  double; the share a literal double or array<double>; a frequency: bigint
 *   percentile_approx  the value's own type (a string: double), the share likewise
 */
#include "common/plan/coerce.h"
#include "common/plan/type_rules_internal.h"

/* count(1) is count(*): without a NULL there is nothing to look at. */
q_code q_rule_count(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    if (c->n_args == 1 && c->args[0]->kind == Q_X_LITERAL && !q_literal_is_null(c->args[0]))
        c->n_args = 0;
    *out = q_call_make(t, f, Q_TYPE(Q_BIGINT), false, c);
    return Q_OK;
}

/* The argument as the sums take it. */
static q_code summand(q_typing *t, q_call *c)
{
    q_type type = c->args[0]->type;
    if (q_type_is_integer(type))
        type = Q_TYPE(Q_BIGINT);
    else if (type.kind == Q_FLOAT || type.kind == Q_STRING || type.kind == Q_VOID)
        type = Q_TYPE(Q_DOUBLE);
    if (!q_type_is_numeric(type) && !q_type_is_interval(type))
        return q_call_wrong_type(t, c, 0, "\"NUMERIC\" or \"INTERVAL\"");
    c->args[0] = q_expr_cast(t->arena, c->args[0], type);
    return Q_OK;
}

q_code q_rule_sum(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    Q_TRY(summand(t, c));
    q_type type = c->args[0]->type;
    if (type.kind == Q_DECIMAL)
        type = q_decimal_bounded(type.precision + 10, type.scale);
    *out = q_call_make(t, f, type, true, c);
    return Q_OK;
}

q_code q_rule_avg(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    Q_TRY(summand(t, c));
    q_type type = c->args[0]->type;
    if (type.kind == Q_DECIMAL)
        type = q_decimal_bounded(type.precision + 4, type.scale + 4);
    else if (!q_type_is_interval(type))
        type = Q_TYPE(Q_DOUBLE);
    *out = q_call_make(t, f, type, true, c);
    return Q_OK;
}

static q_code check_share(q_typing *t, q_call *c, double share)
{
    if (share >= 0 && share <= 1)
        return Q_OK;
    return q_call_mismatch(t, c, "the percentage must be between [0.0, 1.0] (it is %g)", share);
}

/* Argument 1: one share or an array of them, constant, each in [0, 1]. */
static q_code shares(q_typing *t, q_call *c, bool *many)
{
    q_type one = Q_TYPE(Q_DOUBLE);
    *many = c->args[1]->type.kind == Q_ARRAY;
    Q_TRY(q_call_constant(t, c, 1, *many ? q_type_array_of(one) : one, "the percentage"));
    const q_column *value = c->args[1]->value;
    if (q_column_is_null(value, 0))
        return q_call_mismatch(t, c, "the percentage must not be NULL");
    if (!*many)
        return check_share(t, c, Q_VALUES(value, double)[0]);
    q_list list = Q_VALUES(value, q_list)[0];
    for (uint32_t i = list.start; i < list.start + list.len; i++) {
        if (q_column_is_null(value->child, i))
            return q_call_mismatch(t, c, "the percentage must not be NULL");
        Q_TRY(check_share(t, c, Q_VALUES(value->child, double)[i]));
    }
    return Q_OK;
}

/* Argument 2 as a bigint; a frequency of 1 says nothing and is left out. */
static q_code frequency(q_typing *t, q_call *c)
{
    int64_t times;
    if (!q_type_is_integer(c->args[2]->type) && c->args[2]->type.kind != Q_VOID)
        return q_call_wrong_type(t, c, 2, "\"INTEGRAL\"");
    if (q_literal_int(c->args[2], &times) && times == 1)
        c->n_args = 2;
    else
        c->args[2] = q_expr_cast(t->arena, c->args[2], Q_TYPE(Q_BIGINT));
    return Q_OK;
}

q_code q_rule_percentile(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    bool many;
    if (c->n_args == 3)
        Q_TRY(frequency(t, c));
    if (c->n_args == 3)
        f = Q_FN_PERCENTILE_FREQUENCY;
    if (c->args[0]->type.kind != Q_STRING && c->args[0]->type.kind != Q_VOID &&
        !q_type_is_numeric(c->args[0]->type))
        return q_call_wrong_type(t, c, 0, "\"NUMERIC\"");
    Q_TRY(q_call_coerce(t, c, 0, Q_TYPE(Q_DOUBLE)));
    Q_TRY(shares(t, c, &many));
    q_type type = Q_TYPE(Q_DOUBLE);
    *out = q_call_make(t, f, many ? q_type_array_of(type) : type, true, c);
    return Q_OK;
}

q_code q_rule_percentile_approx(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    bool many;
    q_type type = c->args[0]->type;
    if (type.kind == Q_STRING || type.kind == Q_VOID)
        type = Q_TYPE(Q_DOUBLE);
    if (!q_type_is_numeric(type) && !q_type_is_interval(type) && type.kind != Q_DATE &&
        type.kind != Q_TIMESTAMP && type.kind != Q_TIMESTAMP_NTZ)
        return q_call_wrong_type(t, c, 0,
                                 "(\"NUMERIC\" or \"DATE\" or \"TIMESTAMP\" or \"INTERVAL\")");
    c->args[0] = q_expr_cast(t->arena, c->args[0], type);
    if (c->n_args == 3) { /* the accuracy: results are exact, whatever it says */
        int64_t accuracy;
        Q_TRY(q_call_constant(t, c, 2, Q_TYPE(Q_BIGINT), "the accuracy"));
        if (!q_literal_int(c->args[2], &accuracy) || accuracy <= 0 || accuracy > INT32_MAX)
            return q_call_mismatch(t, c, "the accuracy must be between (0, 2147483647]");
        c->n_args = 2;
    }
    Q_TRY(shares(t, c, &many));
    *out = q_call_make(t, f, many ? q_type_array_of(type) : type, true, c);
    return Q_OK;
}

q_code q_rule_collect(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    if (c->args[0]->type.kind == Q_ARRAY)
        return q_err_set(t->err, Q_E_UNSUPPORTED_FEATURE, "`%s` of arrays is not supported",
                         c->name);
    *out = q_call_make(t, f, q_type_array_of(c->args[0]->type), false, c);
    return Q_OK;
}

/* lag(value, offset = 1, default = NULL): always all three, the offset a literal int. */
q_code q_rule_lag(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    q_expr *given = c->n_args == 3 ? c->args[2] : NULL;
    q_type type = c->args[0]->type;
    if (type.kind == Q_VOID && given)
        type = given->type;
    if (c->n_args > 1) {
        Q_TRY(q_call_constant(t, c, 1, Q_TYPE(Q_INT), "the offset"));
        if (q_literal_is_null(c->args[1]))
            return q_call_mismatch(t, c, "the offset must not be NULL");
    }
    if (given)
        Q_TRY(q_call_coerce(t, c, 2, type));
    q_expr *args[3] = {q_expr_cast(t->arena, c->args[0], type),
                       c->n_args > 1 ? c->args[1] : q_expr_int(t->arena, Q_TYPE(Q_INT), 1),
                       given ? c->args[2] : q_expr_null(t->arena, type)};
    *out = q_expr_call(t->arena, f, type, 3, args);
    (*out)->nullable = args[0]->nullable || args[2]->nullable;
    return Q_OK;
}

static q_code check_positive(q_typing *t, q_call *c, uint32_t i, const char *what)
{
    int64_t v;
    Q_TRY(q_call_constant(t, c, i, Q_TYPE(Q_INT), what));
    if (q_literal_int(c->args[i], &v) && v > 0)
        return Q_OK;
    return q_call_mismatch(t, c, "%s must be greater than 0", what);
}

q_code q_rule_ntile(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    q_expr *one = q_expr_int(t->arena, Q_TYPE(Q_INT), 1);
    q_type type = Q_TYPE(Q_INT);
    if (c->n_args)
        Q_TRY(check_positive(t, c, 0, "the number of buckets"));
    *out = q_expr_call(t->arena, f, type, 1, c->n_args ? c->args : &one);
    (*out)->nullable = false;
    return Q_OK;
}

q_code q_rule_nth_value(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    Q_TRY(check_positive(t, c, 1, "the offset"));
    *out = q_call_make(t, f, c->args[0]->type, true, c);
    return Q_OK;
}
