/*
 * Column pruning: from the top down, what nobody needs is not computed, not carried
 * and not read. Operators that keep or send rows (windows, sorts, unions) get a
 * projection below them when their child would give more than they need.
 */
#include "common/plan/rules/rules.h"

#define GONE UINT32_MAX

/* A pruned operator: map[i] is where the old column i is now, GONE if nowhere. */
typedef struct pruned {
    q_plan *plan;
    uint32_t *map;
} pruned;

static pruned prune(q_optimiser *o, q_plan *p, const bool *need);

static bool *needs(q_optimiser *o, uint32_t n)
{
    return q_arena_array(o->a, bool, n + 1);
}

static uint32_t *new_map(q_optimiser *o, uint32_t n)
{
    uint32_t *map = q_arena_array(o->a, uint32_t, n + 1);
    for (uint32_t i = 0; i < n; i++)
        map[i] = GONE;
    return map;
}

static q_expr *moved(q_optimiser *o, q_expr *x, const uint32_t *map)
{
    return x ? q_expr_renumber(o->a, x, map) : NULL;
}

static bool is_identity(const uint32_t *map, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (map[i] != i)
            return false;
    }
    return true;
}

/* The fields of the old schema that are left, in the order of the new columns. */
static q_schema left_schema(q_optimiser *o, const q_schema *old, const uint32_t *map,
                            const q_schema *now)
{
    q_schema out = {now->n_fields,
                    q_arena_copy(o->a, now->fields, sizeof(q_field) * now->n_fields)};
    for (uint32_t i = 0; i < old->n_fields; i++) {
        if (map[i] != GONE)
            out.fields[map[i]] = old->fields[i];
    }
    return out;
}

/* ---- exactly these columns ---------------------------------------------------------- */

/* The child pruned and, if it gives other columns than the needed ones in their order, projected.
 */
static pruned prune_exactly(q_optimiser *o, q_plan *child, const bool *need)
{
    pruned c = prune(o, child, need);
    uint32_t n = 0, n_old = child->schema.n_fields;
    uint32_t *map = new_map(o, n_old);
    bool exact = true;
    for (uint32_t i = 0; i < n_old; i++) {
        if (!need[i])
            continue;
        exact &= c.map[i] == n;
        map[i] = n++;
    }
    if (exact && n == c.plan->schema.n_fields)
        return (pruned){c.plan, map};
    q_expr **exprs = q_arena_array(o->a, q_expr *, n);
    q_field *fields = q_arena_array(o->a, q_field, n);
    for (uint32_t i = 0; i < n_old; i++) {
        if (!need[i])
            continue;
        exprs[map[i]] = q_field_expr(o->a, &c.plan->schema, c.map[i]);
        fields[map[i]] = child->schema.fields[i];
    }
    return (pruned){q_plan_project(o->a, c.plan, n, exprs, fields), map};
}

/* ---- leaves --------------------------------------------------------------------------- */

/* Numbers what is needed; how many they are. */
static uint32_t map_needed(const bool *need, uint32_t n_old, uint32_t *map)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < n_old; i++) {
        if (need[i])
            map[i] = n++;
    }
    return n;
}

static pruned prune_scan(q_optimiser *o, q_plan *p, const bool *need)
{
    uint32_t n_old = p->schema.n_fields;
    pruned out = {p, new_map(o, n_old)};
    uint32_t n = map_needed(need, n_old, out.map);
    if (n == n_old)
        return out;
    out.plan = q_arena_copy(o->a, p, sizeof *p);
    out.plan->u.scan.n_columns = n;
    out.plan->u.scan.columns = q_arena_array(o->a, uint32_t, n);
    out.plan->schema = (q_schema){n, q_arena_array(o->a, q_field, n)};
    for (uint32_t i = 0; i < n_old; i++) {
        if (!need[i])
            continue;
        out.plan->u.scan.columns[out.map[i]] = p->u.scan.columns[i];
        out.plan->schema.fields[out.map[i]] = p->schema.fields[i];
    }
    return out;
}

static pruned prune_values(q_optimiser *o, q_plan *p, const bool *need)
{
    uint32_t n_old = p->schema.n_fields;
    pruned out = {p, new_map(o, n_old)};
    uint32_t n = map_needed(need, n_old, out.map);
    if (n == n_old)
        return out;
    const q_batch *rows = p->u.values.rows;
    out.plan = q_arena_copy(o->a, p, sizeof *p);
    out.plan->u.values.rows = q_arena_new(o->a, q_batch);
    *out.plan->u.values.rows = (q_batch){rows->n_rows, n, q_arena_array(o->a, q_column, n), NULL};
    out.plan->schema = (q_schema){n, q_arena_array(o->a, q_field, n)};
    for (uint32_t i = 0; i < n_old; i++) {
        if (!need[i])
            continue;
        out.plan->u.values.rows->columns[out.map[i]] = rows->columns[i];
        out.plan->schema.fields[out.map[i]] = p->schema.fields[i];
    }
    return out;
}

/* ---- operators that pass their child's columns on ------------------------------------------ */

static pruned prune_filter(q_optimiser *o, q_plan *p, const bool *need)
{
    uint32_t n = p->schema.n_fields;
    bool *below = q_arena_copy(o->a, need, sizeof *below * (n + 1));
    q_expr_mark(p->u.filter.predicate, below);
    pruned c = prune(o, p->children[0], below);
    if (c.plan == p->children[0] && is_identity(c.map, n))
        return (pruned){p, c.map};
    q_plan *to = q_plan_filter(o->a, c.plan, moved(o, p->u.filter.predicate, c.map));
    to->schema = left_schema(o, &p->schema, c.map, &c.plan->schema);
    return (pruned){to, c.map};
}

static pruned prune_sort(q_optimiser *o, q_plan *p, const bool *need)
{
    uint32_t n = p->schema.n_fields, n_keys = p->u.sort.n_keys;
    bool *below = q_arena_copy(o->a, need, sizeof *below * (n + 1));
    for (uint32_t i = 0; i < n_keys; i++)
        q_expr_mark(p->u.sort.keys[i].expr, below);
    pruned c = prune_exactly(o, p->children[0], below);
    if (c.plan == p->children[0] && is_identity(c.map, n))
        return (pruned){p, c.map};
    q_plan *to = q_plan_over(o->a, p, c.plan);
    to->schema = left_schema(o, &p->schema, c.map, &c.plan->schema);
    to->u.sort.keys = q_arena_copy(o->a, p->u.sort.keys, sizeof(q_order_key) * n_keys);
    for (uint32_t i = 0; i < n_keys; i++)
        to->u.sort.keys[i].expr = moved(o, p->u.sort.keys[i].expr, c.map);
    return (pruned){to, c.map};
}

static pruned prune_limit(q_optimiser *o, q_plan *p, const bool *need)
{
    pruned c = prune(o, p->children[0], need);
    if (c.plan == p->children[0] && is_identity(c.map, p->schema.n_fields))
        return (pruned){p, c.map};
    q_plan *to = q_plan_over(o->a, p, c.plan);
    to->schema = left_schema(o, &p->schema, c.map, &c.plan->schema);
    return (pruned){to, c.map};
}

static pruned prune_union(q_optimiser *o, q_plan *p, const bool *need)
{
    pruned out = {NULL, NULL};
    q_plan **children = q_arena_array(o->a, q_plan *, p->n_children);
    bool changed = false;
    for (uint32_t i = 0; i < p->n_children; i++) {
        pruned c = prune_exactly(o, p->children[i], need);
        children[i] = c.plan;
        changed |= c.plan != p->children[i];
        out.map = c.map; /* the same for all */
    }
    out.plan = p;
    if (changed) {
        out.plan = q_arena_copy(o->a, p, sizeof *p);
        out.plan->children = children;
        out.plan->schema = left_schema(o, &p->schema, out.map, &children[0]->schema);
    }
    return out;
}

/* ---- operators that make columns ------------------------------------------------------------ */

static pruned prune_project(q_optimiser *o, q_plan *p, const bool *need)
{
    uint32_t n = 0, n_old = p->schema.n_fields;
    bool *below = needs(o, p->children[0]->schema.n_fields);
    pruned out = {p, new_map(o, n_old)};
    for (uint32_t i = 0; i < n_old; i++) {
        if (!need[i])
            continue;
        q_expr_mark(p->u.project.exprs[i], below);
        out.map[i] = n++;
    }
    pruned c = prune(o, p->children[0], below);
    if (n == n_old && c.plan == p->children[0])
        return out;
    q_expr **exprs = q_arena_array(o->a, q_expr *, n);
    q_field *fields = q_arena_array(o->a, q_field, n);
    for (uint32_t i = 0; i < n_old; i++) {
        if (!need[i])
            continue;
        exprs[out.map[i]] = moved(o, p->u.project.exprs[i], c.map);
        fields[out.map[i]] = p->schema.fields[i];
    }
    out.plan = q_plan_project(o->a, c.plan, n, exprs, fields);
    return out;
}

static void mark_call(const q_expr *call, const q_expr *filter, bool *below)
{
    q_expr_mark(call, below);
    if (filter)
        q_expr_mark(filter, below);
}

static pruned prune_aggregate(q_optimiser *o, q_plan *p, const bool *need)
{
    uint32_t n_keys = p->u.aggregate.n_keys, n_aggs = 0, n_old = p->schema.n_fields;
    bool *below = needs(o, p->children[0]->schema.n_fields);
    pruned out = {p, new_map(o, n_old)};
    for (uint32_t i = 0; i < n_keys; i++) {
        q_expr_mark(p->u.aggregate.keys[i], below);
        out.map[i] = i;
    }
    for (uint32_t i = 0; i < p->u.aggregate.n_aggs; i++) {
        const q_agg_call *agg = &p->u.aggregate.aggs[i];
        if (!need[n_keys + i])
            continue;
        mark_call(agg->call, agg->filter, below);
        out.map[n_keys + i] = n_keys + n_aggs++;
    }
    pruned c = prune(o, p->children[0], below);
    if (n_aggs == p->u.aggregate.n_aggs && c.plan == p->children[0])
        return out;
    out.plan = q_plan_over(o->a, p, c.plan);
    out.plan = out.plan == p ? q_arena_copy(o->a, p, sizeof *p) : out.plan;
    out.plan->u.aggregate.keys = q_arena_array(o->a, q_expr *, n_keys);
    out.plan->u.aggregate.aggs = q_arena_array(o->a, q_agg_call, n_aggs);
    out.plan->u.aggregate.n_aggs = n_aggs;
    out.plan->schema = (q_schema){n_keys + n_aggs, q_arena_array(o->a, q_field, n_keys + n_aggs)};
    for (uint32_t i = 0; i < n_keys; i++)
        out.plan->u.aggregate.keys[i] = moved(o, p->u.aggregate.keys[i], c.map);
    for (uint32_t i = 0; i < p->u.aggregate.n_aggs; i++) {
        const q_agg_call *agg = &p->u.aggregate.aggs[i];
        if (need[n_keys + i])
            out.plan->u.aggregate.aggs[out.map[n_keys + i] - n_keys] =
                (q_agg_call){moved(o, agg->call, c.map), moved(o, agg->filter, c.map)};
    }
    for (uint32_t i = 0; i < n_old; i++) {
        if (out.map[i] != GONE)
            out.plan->schema.fields[out.map[i]] = p->schema.fields[i];
    }
    return out;
}

/* Calls nobody needs go, specs without calls too. */
static void mark_spec(const q_window_spec *s, uint32_t first, const bool *need, bool *below)
{
    bool any = false;
    for (uint32_t i = 0; i < s->n_calls; i++) {
        if (!need[first + i])
            continue;
        any = true;
        mark_call(s->calls[i].call, s->calls[i].filter, below);
    }
    for (uint32_t i = 0; any && i < s->n_partition; i++)
        q_expr_mark(s->partition[i], below);
    for (uint32_t i = 0; any && i < s->n_order; i++)
        q_expr_mark(s->order[i].expr, below);
}

static q_window_spec moved_spec(q_optimiser *o, const q_window_spec *s, uint32_t first,
                                const bool *need, const uint32_t *map)
{
    q_window_spec to = *s;
    to.n_calls = 0;
    to.calls = q_arena_array(o->a, q_window_call, s->n_calls);
    to.partition = q_arena_array(o->a, q_expr *, s->n_partition);
    to.order = q_arena_array(o->a, q_order_key, s->n_order);
    for (uint32_t i = 0; i < s->n_calls; i++) {
        if (!need[first + i])
            continue;
        q_window_call *w = &to.calls[to.n_calls++];
        *w = s->calls[i];
        w->call = moved(o, w->call, map);
        w->filter = moved(o, w->filter, map);
    }
    for (uint32_t i = 0; to.n_calls && i < s->n_partition; i++)
        to.partition[i] = moved(o, s->partition[i], map);
    for (uint32_t i = 0; to.n_calls && i < s->n_order; i++) {
        to.order[i] = s->order[i];
        to.order[i].expr = moved(o, s->order[i].expr, map);
    }
    return to;
}

static pruned prune_window(q_optimiser *o, q_plan *p, const bool *need)
{
    uint32_t n_in = p->children[0]->schema.n_fields, n_old = p->schema.n_fields, column = n_in;
    bool *below = needs(o, n_in), all = true;
    memcpy(below, need, sizeof *below * n_in);
    for (uint32_t i = 0; i < p->u.window.n_specs; i++) {
        mark_spec(&p->u.window.specs[i], column, need, below);
        column += p->u.window.specs[i].n_calls;
    }
    for (uint32_t i = n_in; i < n_old; i++)
        all &= need[i];
    pruned c = prune_exactly(o, p->children[0], below);
    uint32_t *map = new_map(o, n_old), at = c.plan->schema.n_fields;
    memcpy(map, c.map, sizeof *map * n_in);
    for (uint32_t i = n_in; i < n_old; i++)
        map[i] = need[i] ? at++ : GONE;
    if (all && c.plan == p->children[0])
        return (pruned){p, map};
    if (at == c.plan->schema.n_fields)
        return (pruned){c.plan, map};
    q_plan *to = q_arena_copy(o->a, q_plan_over(o->a, p, c.plan), sizeof *to);
    to->u.window.specs = q_arena_array(o->a, q_window_spec, p->u.window.n_specs);
    to->u.window.n_specs = 0;
    column = n_in;
    for (uint32_t i = 0; i < p->u.window.n_specs; i++) {
        const q_window_spec *s = &p->u.window.specs[i];
        q_window_spec left = moved_spec(o, s, column, need, c.map);
        if (left.n_calls)
            to->u.window.specs[to->u.window.n_specs++] = left;
        column += s->n_calls;
    }
    to->schema = (q_schema){at, q_arena_array(o->a, q_field, at)};
    for (uint32_t i = 0; i < n_old; i++) {
        if (map[i] != GONE)
            to->schema.fields[map[i]] = p->schema.fields[i];
    }
    return (pruned){to, map};
}

static pruned prune(q_optimiser *o, q_plan *p, const bool *need)
{
    switch (p->op) {
    case Q_PLAN_SCAN:
        return prune_scan(o, p, need);
    case Q_PLAN_VALUES:
        return prune_values(o, p, need);
    case Q_PLAN_FILTER:
        return prune_filter(o, p, need);
    case Q_PLAN_PROJECT:
        return prune_project(o, p, need);
    case Q_PLAN_WINDOW:
        return prune_window(o, p, need);
    case Q_PLAN_AGGREGATE:
        return prune_aggregate(o, p, need);
    case Q_PLAN_SORT:
        return prune_sort(o, p, need);
    case Q_PLAN_LIMIT:
        return prune_limit(o, p, need);
    default:
        return prune_union(o, p, need);
    }
}

q_code q_rule_prune(q_optimiser *o, q_plan *in, q_plan **out)
{
    uint32_t n = in->schema.n_fields;
    bool *need = needs(o, n);
    memset(need, true, n);
    *out = prune_exactly(o, in, need).plan;
    return Q_OK;
}
