/* Constant folding: each greatest sub-expression without columns becomes a literal. */
#include "common/plan/functions.h"
#include "common/plan/rules/rules.h"

/* What cannot be computed now is left to the tasks, where it may never be evaluated. */
static q_expr *to_literal(q_optimiser *o, q_expr *x)
{
    q_err ignored;
    q_expr *y = x;
    return q_fold(o->fold, o->session, o->a, &y, &ignored) ? x : y;
}

static q_expr *fold(q_optimiser *o, q_expr *x, bool *constant);

/* The call with its constant arguments folded. */
static q_expr *fold_args(q_optimiser *o, q_expr *x, bool *constant)
{
    q_expr **args = q_arena_array(o->a, q_expr *, x->n_args);
    bool *is_constant = q_arena_array(o->a, bool, x->n_args), changed = false;
    *constant = q_function_get(x->function)->kind == Q_FUNCTION_SCALAR;
    for (uint32_t i = 0; i < x->n_args; i++) {
        args[i] = fold(o, x->args[i], &is_constant[i]);
        *constant &= is_constant[i];
    }
    for (uint32_t i = 0; i < x->n_args; i++) {
        if (!*constant && is_constant[i])
            args[i] = to_literal(o, args[i]);
        changed |= args[i] != x->args[i];
    }
    if (!changed)
        return x;
    x = q_arena_copy(o->a, x, sizeof *x);
    x->args = args;
    return x;
}

static q_expr *fold(q_optimiser *o, q_expr *x, bool *constant)
{
    *constant = x->kind == Q_X_LITERAL;
    return x->kind == Q_X_CALL ? fold_args(o, x, constant) : x;
}

static q_expr *fold_expr(q_optimiser *o, q_expr *x, const void *ctx)
{
    bool constant;
    (void)ctx;
    q_expr *y = fold(o, x, &constant);
    return constant ? to_literal(o, y) : y;
}

static q_code fold_plan(q_optimiser *o, q_plan *p, q_plan **out)
{
    *out = q_plan_map_exprs(o, p, fold_expr, NULL);
    return Q_OK;
}

q_code q_rule_fold(q_optimiser *o, q_plan *in, q_plan **out)
{
    *out = in;
    return o->fold ? q_plan_rewrite(o, in, fold_plan, out) : Q_OK;
}
