/*
 * Sorts whose order nobody sees: below another sort, below aggregates that do not
 * depend on the order; keys that are constant or there twice.
 */
#include "common/base/index.h"
#include "common/plan/rules/rules.h"

/* The operator under projections and filters, which keep an order. */
static q_plan *below_order(q_plan *p)
{
    while (p->op == Q_PLAN_PROJECT || p->op == Q_PLAN_FILTER)
        p = p->children[0];
    return p;
}

/* p without the sort that is somewhere under its projections and filters. */
static q_plan *without_sort(q_optimiser *o, q_plan *p)
{
    if (p->op == Q_PLAN_SORT)
        return p->children[0];
    return q_plan_over(o->a, p, without_sort(o, p->children[0]));
}

static bool depends_on_order(const q_plan *p)
{
    for (uint32_t i = 0; i < p->u.aggregate.n_aggs; i++) {
        switch (p->u.aggregate.aggs[i].call->function) {
        case Q_FN_COUNT:
        case Q_FN_COUNT_IF:
        case Q_FN_SUM:
        case Q_FN_AVG:
        case Q_FN_MIN:
        case Q_FN_MAX:
        case Q_FN_STDDEV_SAMP:
        case Q_FN_STDDEV_POP:
        case Q_FN_VAR_SAMP:
        case Q_FN_VAR_POP:
        case Q_FN_BOOL_AND:
        case Q_FN_BOOL_OR:
        case Q_FN_BIT_AND:
        case Q_FN_BIT_OR:
        case Q_FN_BIT_XOR:
        case Q_FN_APPROX_COUNT_DISTINCT:
        case Q_FN_PERCENTILE:
        case Q_FN_PERCENTILE_APPROX:
        case Q_FN_MEDIAN:
            break;
        default:
            return true;
        }
    }
    return p->u.aggregate.n_keys > 0; /* groups come in the order of their first rows */
}

static q_plan *fewer_keys(q_optimiser *o, q_plan *p)
{
    uint32_t n = 0;
    q_index index = {0};
    q_order_key *keys = q_arena_array(o->a, q_order_key, p->u.sort.n_keys);
    for (uint32_t i = 0; i < p->u.sort.n_keys; i++) {
        const q_expr *x = p->u.sort.keys[i].expr;
        uint64_t hash = q_expr_hash(x);
        bool again = x->kind == Q_X_LITERAL;
        q_index_cursor c = q_index_at(hash);
        for (uint32_t k; !again && q_index_next(&index, &c, &k);)
            again = q_expr_equal(keys[k].expr, x);
        if (again)
            continue;
        q_index_add(&index, o->a, hash, n);
        keys[n++] = p->u.sort.keys[i];
    }
    if (n == p->u.sort.n_keys)
        return p;
    if (n == 0)
        return p->children[0];
    p = q_arena_copy(o->a, p, sizeof *p);
    p->u.sort.keys = keys;
    p->u.sort.n_keys = n;
    return p;
}

static q_code drop(q_optimiser *o, q_plan *p, q_plan **out)
{
    *out = p;
    bool blind = p->op == Q_PLAN_SORT || (p->op == Q_PLAN_AGGREGATE && !depends_on_order(p));
    if (blind) {
        const q_plan *below = below_order(p->children[0]);
        if (below->op == Q_PLAN_SORT && below->u.sort.limit < 0)
            *out = q_plan_over(o->a, p, without_sort(o, p->children[0]));
    }
    if ((*out)->op == Q_PLAN_SORT && (*out)->u.sort.limit < 0)
        *out = fewer_keys(o, *out);
    return Q_OK;
}

q_code q_rule_drop_sorts(q_optimiser *o, q_plan *in, q_plan **out)
{
    return q_plan_rewrite(o, in, drop, out);
}
