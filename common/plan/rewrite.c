/* Rewriting expressions. */
#include "common/plan/rewrite.h"

q_expr *q_expr_rewrite(q_arena *a, q_expr *x, q_rewrite_fn *fn, void *ctx)
{
    q_expr *to = fn(ctx, x);
    if (to)
        return to;
    q_expr *copy = NULL;
    for (uint32_t i = 0; i < x->n_args; i++) {
        q_expr *arg = q_expr_rewrite(a, x->args[i], fn, ctx);
        if (arg == x->args[i])
            continue;
        if (!copy) {
            copy = q_arena_copy(a, x, sizeof *x);
            copy->args = q_arena_copy(a, x->args, sizeof *x->args * x->n_args);
        }
        copy->args[i] = arg;
    }
    return copy ? copy : x;
}

bool q_expr_any(const q_expr *x, q_test_fn *fn, void *ctx)
{
    if (fn(ctx, x))
        return true;
    for (uint32_t i = 0; i < x->n_args; i++) {
        if (q_expr_any(x->args[i], fn, ctx))
            return true;
    }
    return false;
}

static q_expr *substitute(void *ctx, q_expr *x)
{
    q_expr *const *to = ctx;
    return x->kind == Q_X_COLUMN ? to[x->column] : NULL;
}

q_expr *q_expr_substitute(q_arena *a, q_expr *x, q_expr *const *to)
{
    return q_expr_rewrite(a, x, substitute, (void *)(uintptr_t)to);
}

typedef struct renumbering {
    q_arena *a;
    const uint32_t *map;
} renumbering;

static q_expr *renumber(void *ctx, q_expr *x)
{
    const renumbering *r = ctx;
    if (x->kind != Q_X_COLUMN)
        return NULL;
    if (r->map[x->column] == x->column)
        return x;
    q_expr *copy = q_arena_copy(r->a, x, sizeof *x);
    copy->column = r->map[x->column];
    return copy;
}

q_expr *q_expr_renumber(q_arena *a, q_expr *x, const uint32_t *map)
{
    renumbering r = {a, map};
    return q_expr_rewrite(a, x, renumber, &r);
}
