/* Arithmetic of dates, timestamps and intervals: which function an operator becomes
 * (Spark's analysis of BinaryArithmetic in DateTimeOperations and TypeCoercion). */
#include "common/plan/coerce.h"
#include "common/plan/type_rules_internal.h"

static bool is_timestamp(q_type t)
{
    return t.kind == Q_TIMESTAMP || t.kind == Q_TIMESTAMP_NTZ;
}

static bool is_temporal(q_type t)
{
    return q_type_is_interval(t) || is_timestamp(t) || t.kind == Q_DATE;
}

bool q_arith_is_temporal(q_type a, q_type b)
{
    return is_temporal(a) || is_temporal(b);
}

/* The call again as one of `name` with these arguments. */
static q_code become(q_typing *t, q_call *c, const char *name, q_expr *x, q_expr *y,
                     const char *label, q_expr **out)
{
    q_expr *args[2] = {x, y};
    q_call call = *c;
    call.name = name;
    call.args = args;
    call.n_args = 2;
    call.labels = NULL;
    if (q_function_find(name) < 0)
        return q_err_set(t->err, Q_E_UNSUPPORTED_FEATURE, "\"%.200s\" is not supported: no `%s`",
                         q_call_text(t, c), name);
    q_code code = q_call_bind(t, &call, out);

    c->new_label = label;
    return code;
}

static q_code not_defined(q_typing *t, q_call *c)
{
    char x[Q_TYPE_NAME_BYTES], y[Q_TYPE_NAME_BYTES];
    return q_call_mismatch(
        t, c, "the operands of the operator have incompatible types (\"%s\" and \"%s\")",
        q_type_sql(c->args[0]->type, x), q_type_sql(c->args[1]->type, y));
}

static q_code negated(q_typing *t, q_expr **x)
{
    q_call c = {.name = "negative", .n_args = 1, .args = x};
    q_expr *out;
    Q_TRY(q_call_bind(t, &c, &out));
    *x = out;
    return Q_OK;
}

/* An interval that was written in days only: a date stays a date with it. */
static bool is_whole_days(const q_call *c, bool second, int64_t *days)
{
    int64_t us;
    if (!(c->day_intervals & (second ? 2 : 1)) || !q_literal_int(c->args[second], &us))
        return false;
    *days = us / (INT64_C(86400) * 1000000);
    return true;
}

/* date or timestamp + or - interval */
static q_code shift_by(q_typing *t, q_call *c, q_expr *when, q_expr *interval, bool minus,
                       q_expr **out)
{
    bool swapped = when == c->args[1];
    const char *label = minus ? "$1 - $2" : swapped ? "$2 + $1" : "$1 + $2";
    int64_t days;
    if (when->type.kind == Q_DATE && is_whole_days(c, !swapped, &days)) {
        q_expr *n = q_expr_int(t->arena, Q_TYPE(Q_INT), days);
        label = minus     ? "date_add($1, (- extractansiintervaldays($2)))"
                : swapped ? "date_add($2, extractansiintervaldays($1))"
                          : "date_add($1, extractansiintervaldays($2))";
        return become(t, c, minus ? "date_sub" : "date_add", when, n, label, out);
    }
    if (minus)
        Q_TRY(negated(t, &interval));
    if (interval->type.kind == Q_INTERVAL_YM)
        return become(t, c, when->type.kind == Q_DATE ? "date_add_ym" : "timestamp_add_ym", when,
                      interval, label, out);
    if (when->type.kind == Q_DATE)
        when = q_expr_cast(t->arena, when, Q_TYPE(Q_TIMESTAMP));
    return become(t, c, "timestamp_add_dt", when, interval, label, out);
}

static bool is_day_count(q_type t)
{
    return t.kind == Q_INT || t.kind == Q_SMALLINT || t.kind == Q_TINYINT || t.kind == Q_VOID;
}

static q_code add_days(q_typing *t, q_call *c, int date_at, const char *name, q_expr **out)
{
    q_expr *days = c->args[1 - date_at];
    if (!is_day_count(days->type))
        return q_call_wrong_type(t, c, (uint32_t)(1 - date_at),
                                 "(\"INT\" or \"SMALLINT\" or \"TINYINT\")");
    const char *label = name[5] == 's' ? "date_sub($1, $2)"
                        : date_at      ? "date_add($2, $1)"
                                       : "date_add($1, $2)";
    return become(t, c, name, c->args[date_at], days, label, out);
}

static q_code add(q_typing *t, q_call *c, q_expr **out)
{
    q_expr *x = c->args[0], *y = c->args[1];
    if (q_type_is_interval(y->type) && !q_type_is_interval(x->type))
        return shift_by(
            t, c, q_type_is_stringlike(x->type) ? q_expr_cast(t->arena, x, Q_TYPE(Q_TIMESTAMP)) : x,
            y, false, out);
    if (q_type_is_interval(x->type) && !q_type_is_interval(y->type))
        return shift_by(t, c, y, x, false, out);
    if (x->type.kind == Q_DATE)
        return add_days(t, c, 0, "date_add", out);
    if (y->type.kind == Q_DATE)
        return add_days(t, c, 1, "date_add", out);
    return not_defined(t, c);
}

static q_code subtract_instants(q_typing *t, q_call *c, q_expr **out)
{
    q_type type = Q_TYPE(Q_TIMESTAMP), x = c->args[0]->type, y = c->args[1]->type;
    if (x.kind != Q_TIMESTAMP && y.kind != Q_TIMESTAMP)
        type = Q_TYPE(Q_TIMESTAMP_NTZ);
    Q_TRY(q_call_coerce(t, c, 0, type));
    Q_TRY(q_call_coerce(t, c, 1, type));
    return become(t, c, "subtract_timestamps", c->args[0], c->args[1], "($1 - $2)", out);
}

static q_code subtract(q_typing *t, q_call *c, q_expr **out)
{
    q_expr *x = c->args[0], *y = c->args[1];
    if (q_type_is_interval(y->type) && !q_type_is_interval(x->type))
        return shift_by(t, c, x, y, true, out);
    if (is_timestamp(x->type) || is_timestamp(y->type))
        return subtract_instants(t, c, out);
    if (y->type.kind == Q_DATE) {
        Q_TRY(q_call_coerce(t, c, 0, Q_TYPE(Q_DATE)));
        return become(t, c, "subtract_dates", c->args[0], y, "($1 - $2)", out);
    }
    return x->type.kind == Q_DATE ? add_days(t, c, 0, "date_sub", out) : not_defined(t, c);
}

/* interval * number, number * interval, interval / number */
static q_code scale(q_typing *t, q_call *c, const char *name, q_expr **out)
{
    bool swapped = !q_type_is_interval(c->args[0]->type);
    q_expr *interval = c->args[swapped], *n = c->args[!swapped];
    bool divides = name[0] == 'd';
    if (!q_type_is_interval(interval->type) || q_type_is_interval(n->type) || (divides && swapped))
        return not_defined(t, c);
    if (q_type_is_integer(n->type))
        n = q_expr_cast(t->arena, n, Q_TYPE(Q_BIGINT));
    else if (n->type.kind != Q_DECIMAL)
        Q_TRY(q_type_implicit(n->type, Q_TYPE(Q_DOUBLE)) ? Q_OK : not_defined(t, c));
    if (n->type.kind != Q_BIGINT && n->type.kind != Q_DECIMAL)
        n = q_expr_cast(t->arena, n, Q_TYPE(Q_DOUBLE));
    return become(t, c, name, interval, n, NULL, out);
}

static bool is_void(const q_expr *x)
{
    return x->type.kind == Q_VOID;
}

q_code q_arith_temporal(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    q_type x = c->args[0]->type, y = c->args[1]->type;
    bool same = q_type_is_interval(x) && (x.kind == y.kind || is_void(c->args[1]));
    same |= q_type_is_interval(y) && is_void(c->args[0]);
    if ((f == Q_FN_ADD || f == Q_FN_SUB) && same) {
        q_type type = q_type_is_interval(x) ? x : y;
        c->args[0] = q_expr_cast(t->arena, c->args[0], type);
        c->args[1] = q_expr_cast(t->arena, c->args[1], type);
        *out = q_call_make(t, f, type, q_call_any_nullable(c), c);
        return Q_OK;
    }
    if (f == Q_FN_ADD)
        return add(t, c, out);
    if (f == Q_FN_SUB)
        return subtract(t, c, out);
    if (f == Q_FN_MUL)
        return scale(t, c, "multiply_interval", out);
    return f == Q_FN_DIV ? scale(t, c, "divide_interval", out) : not_defined(t, c);
}
