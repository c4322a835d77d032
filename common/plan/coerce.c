/* Type coercion. */
#include "common/plan/coerce.h"

#include "common/column/decimal.h"

static int min(int a, int b)
{
    return a < b ? a : b;
}

/* ---- decimals ------------------------------------------------------------- */

q_type q_decimal_bounded(int precision, int scale)
{
    return Q_DECIMAL_OF(min(precision, 38), min(scale, 38));
}

/* ---- common types --------------------------------------------------------- */

static bool is_binary_float(q_type t)
{
    return t.kind == Q_FLOAT || t.kind == Q_DOUBLE;
}

static bool is_datetime(q_type t)
{
    return t.kind == Q_DATE || t.kind == Q_TIMESTAMP || t.kind == Q_TIMESTAMP_NTZ;
}

static bool tightest_number(q_type a, q_type b, q_type *out)
{
    if (a.kind == Q_DECIMAL || b.kind == Q_DECIMAL) {
        q_type decimal = a.kind == Q_DECIMAL ? a : b, other = a.kind == Q_DECIMAL ? b : a;
        q_type need = q_decimal_of_type(other);
        *out = decimal;
        return q_type_is_integer(other) && decimal.precision - decimal.scale >= need.precision;
    }
    *out = a.kind > b.kind ? a : b; /* tinyint < … < bigint < float < double */
    return true;
}

bool q_type_tightest(q_type a, q_type b, q_type *out)
{
    *out = a;
    if (q_type_eq(a, b))
        return true;
    if (a.kind == Q_VOID || b.kind == Q_VOID) {
        *out = a.kind == Q_VOID ? b : a;
        return true;
    }
    if (q_type_is_numeric(a) && q_type_is_numeric(b))
        return tightest_number(a, b, out);
    if (is_datetime(a) && is_datetime(b)) {
        bool zoned = a.kind == Q_TIMESTAMP || b.kind == Q_TIMESTAMP;
        *out = Q_TYPE(zoned ? Q_TIMESTAMP : Q_TIMESTAMP_NTZ);
        return true;
    }
    q_type element;
    if (a.kind == Q_ARRAY && b.kind == Q_ARRAY &&
        q_type_tightest(q_type_element(a), q_type_element(b), &element)) {
        *out = q_type_array_of(element);
        return true;
    }
    return false;
}

static bool wider_number(q_type a, q_type b, q_type *out)
{
    if (!q_type_is_numeric(a) || !q_type_is_numeric(b))
        return false;
    if (is_binary_float(a) || is_binary_float(b))
        *out = Q_TYPE(Q_DOUBLE);
    else
        *out = q_decimal_wider_type(q_decimal_of_type(a), q_decimal_of_type(b));
    return true;
}

/* A string and a value of this type are strings together. */
static bool joins_strings(q_type t)
{
    return t.kind != Q_BOOLEAN && t.kind != Q_BINARY && t.kind != Q_ARRAY;
}

bool q_type_common(q_type a, q_type b, bool strings, q_type *out)
{
    if (q_type_tightest(a, b, out) || wider_number(a, b, out))
        return true;
    if (strings &&
        ((a.kind == Q_STRING && joins_strings(b)) || (b.kind == Q_STRING && joins_strings(a)))) {
        *out = Q_TYPE(Q_STRING);
        return true;
    }
    q_type element;
    if (a.kind == Q_ARRAY && b.kind == Q_ARRAY &&
        q_type_common(q_type_element(a), q_type_element(b), strings, &element)) {
        *out = q_type_array_of(element);
        return true;
    }
    return false;
}

static bool compared_with_string(q_type other, q_type *out)
{
    if (other.kind == Q_VOID)
        *out = Q_TYPE(Q_STRING);
    else if (other.kind == Q_DECIMAL)
        *out = Q_TYPE(Q_DOUBLE); /* no decimal holds what a string may say */
    else
        *out = other;
    return other.kind != Q_ARRAY && !q_type_is_interval(other);
}

bool q_type_compared(q_type a, q_type b, q_type *out)
{
    if (a.kind == Q_STRING && b.kind != Q_STRING)
        return compared_with_string(b, out);
    if (b.kind == Q_STRING && a.kind != Q_STRING)
        return compared_with_string(a, out);
    return q_type_tightest(a, b, out) || wider_number(a, b, out);
}

/* ---- casts ---------------------------------------------------------------- */

bool q_type_implicit(q_type from, q_type to)
{
    if (q_type_eq(from, to) || from.kind == Q_VOID)
        return true;
    if (from.kind == Q_ARRAY || to.kind == Q_ARRAY)
        return from.kind == to.kind && q_type_implicit(q_type_element(from), q_type_element(to));
    if (to.kind == Q_STRING)
        return true;
    if (from.kind == Q_STRING)
        return q_type_is_numeric(to) || is_datetime(to) || to.kind == Q_BINARY;
    if (q_type_is_numeric(from) && q_type_is_numeric(to))
        return true;
    return is_datetime(from) && is_datetime(to);
}

static bool castable_to_number(q_type from, q_type to)
{
    if (q_type_is_interval(from))
        return to.kind != Q_FLOAT && to.kind != Q_DOUBLE;
    return q_type_is_numeric(from) || from.kind == Q_STRING || from.kind == Q_BOOLEAN ||
           from.kind == Q_DATE || from.kind == Q_TIMESTAMP;
}

bool q_type_castable(q_type from, q_type to)
{
    if (q_type_eq(from, to) || from.kind == Q_VOID || to.kind == Q_STRING)
        return true;
    if (from.kind == Q_ARRAY || to.kind == Q_ARRAY)
        return from.kind == to.kind && q_type_castable(q_type_element(from), q_type_element(to));
    switch (to.kind) {
    case Q_BOOLEAN:
        return q_type_is_numeric(from) || from.kind == Q_STRING || from.kind == Q_DATE ||
               from.kind == Q_TIMESTAMP;
    case Q_BINARY:
        return from.kind == Q_STRING || q_type_is_integer(from);
    case Q_DATE:
        return from.kind == Q_STRING || is_datetime(from);
    case Q_TIMESTAMP:
        return from.kind == Q_STRING || is_datetime(from) || from.kind == Q_BOOLEAN ||
               q_type_is_numeric(from);
    case Q_TIMESTAMP_NTZ:
        return from.kind == Q_STRING || is_datetime(from);
    case Q_INTERVAL_DT:
    case Q_INTERVAL_YM:
        return from.kind == Q_STRING || q_type_is_integer(from) || from.kind == Q_DECIMAL;
    default:
        return q_type_is_numeric(to) && castable_to_number(from, to);
    }
}

static bool decimal_loses(q_type from, q_type to)
{
    q_type need = q_decimal_of_type(from);
    return need.kind != Q_DECIMAL || to.precision - to.scale < need.precision - need.scale;
}

bool q_cast_loses(q_type from, q_type to)
{
    if (from.kind == Q_ARRAY && to.kind == Q_ARRAY)
        return false; /* elements may become NULL, the array does not */
    switch (to.kind) {
    case Q_STRING:
        return false;
    case Q_BINARY:
        return from.kind == Q_VOID;
    case Q_DECIMAL:
        return decimal_loses(from, to);
    case Q_TIMESTAMP:
        return !(q_type_is_integer(from) || from.kind == Q_BOOLEAN || is_datetime(from));
    case Q_TIMESTAMP_NTZ:
    case Q_DATE:
        return !is_datetime(from);
    default:
        return !(q_type_is_numeric(from) || from.kind == Q_BOOLEAN || from.kind == Q_TIMESTAMP);
    }
}

static bool is_null_literal(const q_expr *x)
{
    return x->kind == Q_X_LITERAL && q_column_is_null(x->value, 0);
}

q_expr *q_expr_cast(q_arena *a, q_expr *x, q_type to)
{
    if (q_type_eq(x->type, to))
        return x;
    q_expr *out;
    if (is_null_literal(x)) {
        out = q_expr_null(a, to);
    } else {
        out = q_expr_call(a, Q_FN_CAST, to, 1, &x);
        out->nullable = x->nullable || q_cast_loses(x->type, to);
    }
    out->offset = x->offset;
    out->len = x->len;
    return out;
}
