/*
 * Simplification of expressions: truth values in AND, OR, NOT and CASE, NULL
 * arguments of strict functions, casts that change nothing.
 */
#include "common/plan/functions.h"
#include "common/plan/rules/rules.h"

static bool is_call(const q_expr *x, q_function_id f)
{
    return x->kind == Q_X_CALL && x->function == f;
}

/* x AND y, x OR y: `absorbing` decides alone, its opposite says nothing. */
static q_expr *simplify_logic(q_expr *x, bool absorbing)
{
    for (int i = 0; i < 2; i++) {
        bool truth;
        if (!q_literal_boolean(x->args[i], &truth))
            continue;
        return truth == absorbing ? x->args[i] : x->args[1 - i];
    }
    return q_expr_equal(x->args[0], x->args[1]) ? x->args[0] : x;
}

static q_expr *simplify_not(q_optimiser *o, q_expr *x)
{
    bool truth;
    if (is_call(x->args[0], Q_FN_NOT))
        return x->args[0]->args[0];
    if (q_literal_boolean(x->args[0], &truth))
        return q_expr_int(o->a, Q_TYPE(Q_BOOLEAN), !truth);
    return x;
}

/* Whens that are never true go; one that always is ends the list. */
static q_expr *simplify_case(q_optimiser *o, q_expr *x)
{
    q_expr **args = q_arena_array(o->a, q_expr *, x->n_args + 1);
    uint32_t n = 0;
    bool truth, ended = false;
    for (uint32_t i = 0; i + 1 < x->n_args && !ended; i += 2) {
        if (q_literal_is_null(x->args[i]) || (q_literal_boolean(x->args[i], &truth) && !truth))
            continue;
        if (q_literal_boolean(x->args[i], &truth)) {
            args[n++] = x->args[i + 1];
            ended = true;
            continue;
        }
        args[n++] = x->args[i];
        args[n++] = x->args[i + 1];
    }
    if (!ended && x->n_args % 2)
        args[n++] = x->args[x->n_args - 1];
    if (n == x->n_args)
        return x;
    if (n <= 1)
        return n ? args[0] : q_expr_null(o->a, x->type);
    q_expr *y = q_expr_call(o->a, x->function, x->type, n, args);
    y->nullable = x->nullable;
    return y;
}

static bool holds_all(q_type wide, q_type narrow)
{
    return q_type_is_integer(wide) && q_type_is_integer(narrow) && wide.kind > narrow.kind;
}

/* To a wider integer and back. */
static q_expr *simplify_cast(q_expr *x)
{
    q_expr *inner = x->args[0];
    if (q_type_eq(inner->type, x->type))
        return inner;
    if (is_call(inner, Q_FN_CAST) && q_type_eq(inner->args[0]->type, x->type) &&
        holds_all(inner->type, x->type))
        return inner->args[0];
    return x;
}

/* Arguments behind one that is never NULL are never looked at. */
static q_expr *simplify_coalesce(q_optimiser *o, q_expr *x)
{
    q_expr **args = q_arena_array(o->a, q_expr *, x->n_args);
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->n_args; i++) {
        if (q_literal_is_null(x->args[i]))
            continue;
        args[n++] = x->args[i];
        if (!x->args[i]->nullable)
            break;
    }
    if (n == x->n_args)
        return x;
    if (n <= 1)
        return n ? args[0] : q_expr_null(o->a, x->type);
    q_expr *y = q_expr_call(o->a, x->function, x->type, n, args);
    y->nullable = x->nullable;
    return y;
}

static bool has_null_argument(const q_expr *x)
{
    for (uint32_t i = 0; i < x->n_args; i++) {
        if (q_literal_is_null(x->args[i]))
            return true;
    }
    return false;
}

/* x <=> true is x where x is never NULL, and x = y where neither is. */
static q_expr *simplify_null_safe(q_optimiser *o, q_expr *x)
{
    bool truth;
    if (x->args[0]->nullable || x->args[1]->nullable)
        return x;
    if (q_literal_boolean(x->args[1], &truth) && truth)
        return x->args[0];
    q_expr *y = q_expr_call(o->a, Q_FN_EQ, x->type, 2, x->args);
    y->nullable = false;
    return y;
}

static q_expr *simplify_call(q_optimiser *o, q_expr *x)
{
    const q_function *f = q_function_get(x->function);
    if (f->kind == Q_FUNCTION_SCALAR && f->strict && has_null_argument(x))
        return q_expr_null(o->a, x->type);
    switch (x->function) {
    case Q_FN_AND:
        return simplify_logic(x, false);
    case Q_FN_OR:
        return simplify_logic(x, true);
    case Q_FN_NOT:
        return simplify_not(o, x);
    case Q_FN_CASE:
    case Q_FN_IF:
        return simplify_case(o, x);
    case Q_FN_CAST:
        return simplify_cast(x);
    case Q_FN_COALESCE:
    case Q_FN_NVL:
        return simplify_coalesce(o, x);
    case Q_FN_NSEQ:
        return simplify_null_safe(o, x);
    case Q_FN_POSITIVE:
        return x->args[0];
    case Q_FN_ISNULL:
        return x->args[0]->nullable ? x : q_expr_int(o->a, x->type, 0);
    case Q_FN_ISNOTNULL:
        return x->args[0]->nullable ? x : q_expr_int(o->a, x->type, 1);
    default:
        return x;
    }
}

static q_expr *simplify(q_optimiser *o, q_expr *x, const void *ctx)
{
    if (x->kind != Q_X_CALL)
        return x;
    q_expr **args = NULL;
    for (uint32_t i = 0; i < x->n_args; i++) {
        q_expr *arg = simplify(o, x->args[i], ctx);
        if (arg == x->args[i] && !args)
            continue;
        if (!args)
            args = q_arena_copy(o->a, x->args, sizeof *args * x->n_args);
        args[i] = arg;
    }
    if (args) {
        x = q_arena_copy(o->a, x, sizeof *x);
        x->args = args;
    }
    return simplify_call(o, x);
}

static q_code simplify_plan(q_optimiser *o, q_plan *p, q_plan **out)
{
    *out = q_plan_map_exprs(o, p, simplify, NULL);
    return Q_OK;
}

q_code q_rule_simplify(q_optimiser *o, q_plan *in, q_plan **out)
{
    return q_plan_rewrite(o, in, simplify_plan, out);
}
