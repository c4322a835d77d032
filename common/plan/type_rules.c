/* The @rules of functions.def: operators, conditionals and others on scalars. Aggregates' and
 * windows' rules are in type_rules_agg.c, those of dates in type_rules_date.c. */
#include "common/plan/type_rules.h"

#include <ctype.h>
#include <string.h>

#include "common/column/decimal.h"
#include "common/plan/coerce.h"
#include "common/plan/type_rules_internal.h"

/* The two operands do not go together. */
static q_code operands_differ(q_typing *t, q_call *c)
{
    char x[Q_TYPE_NAME_BYTES], y[Q_TYPE_NAME_BYTES];
    q_type a = c->args[0]->type, b = c->args[1]->type;
    if (q_type_eq(a, b))
        return q_call_mismatch(t, c, "the operator does not take \"%s\"", q_type_sql(a, x));
    return q_call_mismatch(
        t, c, "the operands of the operator have incompatible types (\"%s\" and \"%s\")",
        q_type_sql(a, x), q_type_sql(b, y));
}

static void cast_both(q_typing *t, q_call *c, q_type to)
{
    c->args[0] = q_expr_cast(t->arena, c->args[0], to);
    c->args[1] = q_expr_cast(t->arena, c->args[1], to);
}

/* ---- arithmetic ----------------------------------------------------------- */

static bool literal_integer(const q_expr *x, int64_t *v)
{
    return q_type_is_integer(x->type) && q_literal_int(x, v);
}

/* An integer that meets a decimal: a literal needs no more digits than it has (but for tinyint,
 * which Spark forgets). */
static void make_decimal(q_typing *t, q_expr **x)
{
    int64_t v;
    q_type to = q_decimal_of_type((*x)->type);
    if ((*x)->type.kind != Q_TINYINT && literal_integer(*x, &v)) {
        uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
        int digits = 1;
        while (rest >= 10) {
            rest /= 10;
            digits++;
        }
        to = Q_DECIMAL_OF(digits, 0);
    }
    *x = q_expr_cast(t->arena, *x, to);
}

static bool takes_decimals(const q_call *c)
{
    q_type a = c->args[0]->type, b = c->args[1]->type;
    return (a.kind == Q_DECIMAL && (b.kind == Q_DECIMAL || q_type_is_integer(b))) ||
           (b.kind == Q_DECIMAL && q_type_is_integer(a));
}

/* try_add has the types of +, and so on. */
static uint16_t operator_of(uint16_t f)
{
    switch (f) {
    case Q_FN_TRY_ADD:
        return Q_FN_ADD;
    case Q_FN_TRY_SUBTRACT:
        return Q_FN_SUB;
    case Q_FN_TRY_MULTIPLY:
        return Q_FN_MUL;
    case Q_FN_TRY_DIVIDE:
        return Q_FN_DIV;
    default:
        return f;
    }
}

static q_decimal_op decimal_op(uint16_t f)
{
    switch (operator_of(f)) {
    case Q_FN_ADD:
        return Q_DECIMAL_ADD;
    case Q_FN_SUB:
        return Q_DECIMAL_SUB;
    case Q_FN_MUL:
        return Q_DECIMAL_MUL;
    case Q_FN_DIV:
        return Q_DECIMAL_DIV;
    case Q_FN_INTDIV:
        return Q_DECIMAL_INTDIV;
    default:
        return Q_DECIMAL_MOD;
    }
}

static q_code arith_decimals(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    make_decimal(t, &c->args[0]);
    make_decimal(t, &c->args[1]);
    q_type type = q_decimal_result_type(decimal_op(f), c->args[0]->type, c->args[1]->type);
    if (f == Q_FN_INTDIV)
        type = Q_TYPE(Q_BIGINT);
    *out = q_call_make(t, f, type, true, c);
    return Q_OK;
}

static q_code arith_numbers(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    for (int i = 0; i < 2; i++) { /* NULL takes the other's type, two of them are doubles */
        q_type other = c->args[1 - i]->type;
        if (c->args[i]->type.kind == Q_VOID)
            c->args[i] = q_expr_cast(t->arena, c->args[i],
                                     q_type_is_numeric(other) ? other : Q_TYPE(Q_DOUBLE));
    }
    if (takes_decimals(c))
        return arith_decimals(t, f, c, out);
    q_type type;
    uint16_t op = operator_of(f);
    if (op == Q_FN_DIV)
        type = Q_TYPE(Q_DOUBLE);
    else if (op == Q_FN_INTDIV)
        type = Q_TYPE(Q_BIGINT);
    else if (!q_type_tightest(c->args[0]->type, c->args[1]->type, &type))
        type = Q_TYPE(Q_DOUBLE); /* a decimal with a float or double */
    cast_both(t, c, type);
    bool fails =
        op != f || op == Q_FN_DIV || op == Q_FN_INTDIV || op == Q_FN_MOD || op == Q_FN_PMOD;
    *out = q_call_make(t, f, type, fails || q_call_any_nullable(c), c);
    return Q_OK;
}

static q_code rule_arith(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    if (q_arith_is_temporal(c->args[0]->type, c->args[1]->type)) {
        if (operator_of(f) != f)
            return q_err_set(t->err, Q_E_UNSUPPORTED_FEATURE,
                             "`%s` of dates, timestamps and intervals is not supported", c->name);
        return q_arith_temporal(t, f, c, out);
    }
    for (int i = 0; i < 2; i++) {
        if (c->args[i]->type.kind == Q_STRING)
            c->args[i] = q_expr_cast(t->arena, c->args[i], Q_TYPE(Q_DOUBLE));
        q_type type = c->args[i]->type;
        if (!q_type_is_numeric(type) && type.kind != Q_VOID)
            return operands_differ(t, c);
    }
    return arith_numbers(t, f, c, out);
}

static q_code rule_negate(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    q_type type = c->args[0]->type;
    if (type.kind == Q_STRING || type.kind == Q_VOID)
        type = Q_TYPE(Q_DOUBLE);
    if (!q_type_is_numeric(type) && !q_type_is_interval(type))
        return q_call_wrong_type(t, c, 0, "(\"NUMERIC\" or \"INTERVAL\")");
    c->args[0] = q_expr_cast(t->arena, c->args[0], type);
    *out = q_call_make(t, f, type, c->args[0]->nullable, c);
    return Q_OK;
}

static q_code rule_bits(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    q_type type = Q_TYPE(Q_VOID);
    for (uint32_t i = 0; i < c->n_args; i++) {
        q_type arg = c->args[i]->type;
        if (!q_type_is_integer(arg) && arg.kind != Q_VOID)
            return c->n_args == 2 ? operands_differ(t, c)
                                  : q_call_wrong_type(t, c, i, "\"INTEGRAL\"");
        q_type_tightest(type, arg, &type);
    }
    if (type.kind == Q_VOID)
        type = Q_TYPE(Q_INT);
    for (uint32_t i = 0; i < c->n_args; i++)
        c->args[i] = q_expr_cast(t->arena, c->args[i], type);
    *out = q_call_make(t, f, type, q_call_any_nullable(c), c);
    return Q_OK;
}

static q_code rule_shift(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    q_type type = Q_TYPE(c->args[0]->type.kind == Q_BIGINT ? Q_BIGINT : Q_INT);
    Q_TRY(q_call_coerce(t, c, 0, type));
    Q_TRY(q_call_coerce(t, c, 1, Q_TYPE(Q_INT)));
    *out = q_call_make(t, f, type, q_call_any_nullable(c), c);
    return Q_OK;
}

/* ---- comparison ----------------------------------------------------------- */

static q_expr *call_of(q_typing *t, uint16_t f, q_type type, bool nullable, uint32_t n,
                       q_expr *const *args)
{
    q_expr *x = q_expr_call(t->arena, f, type, n, args);
    x->nullable = nullable;
    return x;
}

/* flag = 1 is the flag itself, flag = 0 its opposite (Spark's BooleanEquality); <=> also says
 * that it is not NULL. */
static q_expr *flag_equals(q_typing *t, uint16_t f, q_call *c, int flag_at, bool yes)
{
    q_type boolean = Q_TYPE(Q_BOOLEAN);
    q_expr *flag = c->args[flag_at], *is = flag;
    if (!yes)
        is = call_of(t, Q_FN_NOT, boolean, flag->nullable, 1, &flag);
    if (f != Q_FN_NSEQ) {
        c->new_label = yes ? flag_at ? "$2" : "$1" : flag_at ? "(NOT $2)" : "(NOT $1)";
        return is;
    }
    q_expr *both[2] = {call_of(t, Q_FN_ISNOTNULL, boolean, false, 1, &flag), is};
    return call_of(t, Q_FN_AND, boolean, flag->nullable, 2, both);
}

static bool literal_is(const q_expr *x, int64_t v)
{
    int64_t is;
    if (x->kind == Q_X_LITERAL && x->type.kind == Q_DECIMAL && !q_literal_is_null(x))
        return Q_VALUES(x->value, q_int128)[0] == v * q_decimal_pow10(x->type.scale);
    return literal_integer(x, &is) && is == v;
}

/* A boolean beside a number, for = and <=>: true is 1. */
static bool compare_flag(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    int flag_at = c->args[0]->type.kind == Q_BOOLEAN ? 0 : 1;
    q_expr *flag = c->args[flag_at], *number = c->args[1 - flag_at];
    if ((f != Q_FN_EQ && f != Q_FN_NSEQ) || flag->type.kind != Q_BOOLEAN ||
        !q_type_is_numeric(number->type))
        return false;
    if (literal_is(number, 1) || literal_is(number, 0)) {
        *out = flag_equals(t, f, c, flag_at, literal_is(number, 1));
        return true;
    }
    cast_both(t, c, number->type);
    return false;
}

/*
 * An integer and a decimal literal: the literal is rounded to an integer where that does not
 * change the answer (i > 2.5 is i > 2), as Spark does it; then no decimals are needed.
 */
static bool compare_rounded(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    int at = c->args[0]->type.kind == Q_DECIMAL ? 0 : 1;
    const q_expr *x = c->args[at];
    if (x->kind != Q_X_LITERAL || x->type.kind != Q_DECIMAL || q_literal_is_null(x) ||
        !q_type_is_integer(c->args[1 - at]->type) ||
        (f != Q_FN_LT && f != Q_FN_LE && f != Q_FN_GT && f != Q_FN_GE))
        return false;
    q_int128 power = q_decimal_pow10(x->type.scale), v = Q_VALUES(x->value, q_int128)[0];
    q_int128 floor = v / power - (v % power < 0), ceil = v / power + (v % power > 0);
    bool up = at == 1 ? f == Q_FN_GE || f == Q_FN_LT : f == Q_FN_LE || f == Q_FN_GT;
    q_int128 to = up ? ceil : floor;
    if (to > INT64_MAX || to < INT64_MIN)
        return false;
    const char *op = q_function_get(f)->name;
    c->new_label = at == 1 ? q_arena_printf(t->arena, "($1 %s %lld)", op, (long long)to)
                           : q_arena_printf(t->arena, "(%lld %s $2)", (long long)to, op);
    c->args[at] = q_expr_int(t->arena, Q_TYPE(Q_BIGINT), (int64_t)to);
    cast_both(t, c, Q_TYPE(Q_BIGINT));
    *out = q_call_make(t, f, Q_TYPE(Q_BOOLEAN), q_call_any_nullable(c), c);
    return true;
}

static q_code rule_compare(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    if (compare_flag(t, f, c, out) || compare_rounded(t, f, c, out))
        return Q_OK;
    if (takes_decimals(c)) {
        make_decimal(t, &c->args[0]);
        make_decimal(t, &c->args[1]);
    }
    q_type type;
    if (!q_type_compared(c->args[0]->type, c->args[1]->type, &type))
        return operands_differ(t, c);
    cast_both(t, c, type);
    *out = q_call_make(t, f, Q_TYPE(Q_BOOLEAN), f != Q_FN_NSEQ && q_call_any_nullable(c), c);
    return Q_OK;
}

static q_code rule_nullif(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    q_expr *value = c->args[0], *equal;
    Q_TRY(q_call_bind_row(t, Q_FN_EQ, c, &equal));
    q_expr *args[2] = {equal, value};
    *out = call_of(t, f, value->type, true, 2, args);
    return Q_OK;
}

/* ---- conditionals --------------------------------------------------------- */

/* As q_call_types_differ, of the results only. */
static q_code results_differ(q_typing *t, q_call *c)
{
    q_call results = *c;
    results.args = q_arena_array(t->arena, q_expr *, c->n_args);
    results.n_args = 0;
    for (uint32_t i = 0; i < c->n_args; i++) {
        if (i % 2 || i + 1 == c->n_args)
            results.args[results.n_args++] = c->args[i];
    }
    return q_call_types_differ(t, &results, "CASE");
}

static q_code rule_case(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    q_type type = Q_TYPE(Q_VOID), boolean = Q_TYPE(Q_BOOLEAN);
    bool otherwise = c->n_args % 2, nullable = !otherwise;
    for (uint32_t i = 0; i < c->n_args; i++) {
        bool is_when = i % 2 == 0 && i + 1 < c->n_args;
        q_expr *x = c->args[i];
        if (!is_when && !q_type_common(type, x->type, true, &type))
            return results_differ(t, c);
        if (is_when && x->type.kind != Q_BOOLEAN && x->type.kind != Q_VOID)
            return q_call_wrong_type(t, c, i, "\"BOOLEAN\"");
        nullable |= !is_when && x->nullable;
    }
    for (uint32_t i = 0; i < c->n_args; i++) {
        bool is_when = i % 2 == 0 && i + 1 < c->n_args;
        c->args[i] = q_expr_cast(t->arena, c->args[i], is_when ? boolean : type);
    }
    *out = q_call_make(t, f, type, nullable, c);
    return Q_OK;
}

/* Least common type of all, strings only among themselves: GREATEST, LEAST. */
static q_code rule_greatest(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    q_type type = Q_TYPE(Q_VOID);
    bool nullable = true;
    for (uint32_t i = 0; i < c->n_args; i++) {
        if (!q_type_common(type, c->args[i]->type, false, &type))
            return q_call_types_differ(t, c, c->name);
        nullable &= c->args[i]->nullable;
    }
    for (uint32_t i = 0; i < c->n_args; i++)
        c->args[i] = q_expr_cast(t->arena, c->args[i], type);
    *out = q_call_make(t, f, type, nullable, c);
    return Q_OK;
}

/* An array and an int that is no wider: no other type is converted. */
static q_code rule_element_at(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    if (c->args[0]->type.kind != Q_ARRAY)
        return q_call_wrong_type(t, c, 0, "\"ARRAY\"");
    if (!q_type_is_integer(c->args[1]->type) || c->args[1]->type.kind == Q_BIGINT)
        return q_call_wrong_type(t, c, 1, "\"INT\"");
    c->args[1] = q_expr_cast(t->arena, c->args[1], Q_TYPE(Q_INT));
    *out = q_call_make(t, f, q_type_element(c->args[0]->type), true, c);
    return Q_OK;
}

/* The binder makes casts itself, as it alone knows the target. */
static q_code rule_cast(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    (void)f;
    (void)out;
    q_err_set(t->err, Q_E_PARSE_SYNTAX_ERROR, "`%s` is not called like a function", c->name);
    q_err_hint(t->err, "write CAST(value AS TYPE)");
    return Q_E_PARSE_SYNTAX_ERROR;
}

/* ---- strings and arrays --------------------------------------------------- */

/* All binary, all arrays, else all strings. */
static q_code rule_concat(q_typing *t, uint16_t f, q_call *c, q_expr **out)
{
    bool binary = c->n_args > 0, arrays = false;
    q_type type = Q_TYPE(Q_VOID);
    for (uint32_t i = 0; i < c->n_args; i++) {
        q_type arg = c->args[i]->type;
        binary &= arg.kind == Q_BINARY;
        arrays |= arg.kind == Q_ARRAY;
    }
    for (uint32_t i = 0; arrays && i < c->n_args; i++) {
        if (!q_type_common(type, c->args[i]->type, true, &type))
            return q_call_types_differ(t, c, c->name);
    }
    if (!arrays)
        type = Q_TYPE(binary ? Q_BINARY : Q_STRING);
    for (uint32_t i = 0; i < c->n_args; i++)
        c->args[i] = q_expr_cast(t->arena, c->args[i], type);
    *out = q_call_make(t, f, type, q_call_any_nullable(c), c);
    return Q_OK;
}

/* ---- the table ------------------------------------------------------------ */

static const q_type_rule rules[] = {
    {"arith", rule_arith, 2, 2},
    {"negate", rule_negate, 1, 1},
    {"bits", rule_bits, 1, 2},
    {"shift", rule_shift, 2, 2},
    {"compare", rule_compare, 2, 2},
    {"nullif", rule_nullif, 2, 2},
    {"case", rule_case, 2, 255},
    {"greatest", rule_greatest, 2, 255},
    {"element_at", rule_element_at, 2, 2},
    {"cast", rule_cast, 0, 255},
    {"concat", rule_concat, 0, 255},
    {"concat_ws", q_rule_concat_ws, 1, 255},
    {"round", q_rule_round, 1, 2},
    {"whole", q_rule_whole, 1, 1},
    {"seconds", q_rule_seconds, 1, 1},
    {"reverse", q_rule_reverse, 1, 1},
    {"decode", q_rule_decode, 3, 255},
    {"count", q_rule_count, 0, 255},
    {"sum", q_rule_sum, 1, 1},
    {"avg", q_rule_avg, 1, 1},
    {"percentile", q_rule_percentile, 2, 3},
    {"percentile_approx", q_rule_percentile_approx, 2, 3},
    {"collect", q_rule_collect, 1, 1},
    {"lag", q_rule_lag, 1, 3},
    {"ntile", q_rule_ntile, 0, 1},
    {"nth_value", q_rule_nth_value, 2, 2},
};

const q_type_rule *q_type_rule_find(const char *name)
{
    size_t n = 0;
    while (isalnum((unsigned char)name[n]) || name[n] == '_')
        n++;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (strlen(rules[i].name) == n && memcmp(rules[i].name, name, n) == 0)
            return &rules[i];
    }
    return NULL;
}
