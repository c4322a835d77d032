/* Aggregates of one GROUP BY or PARTITION BY, side by side. */
#include "common/exec/agg_set.h"

#include <stdlib.h>
#include <string.h>

#include "common/exec/agg.h"
#include "common/exec/groups.h"
#include "common/exec/program.h"
#include "proto/batch.h"

#define MAX_ARGS 16

typedef struct set_call {
    const q_agg_call *call;
    const q_agg_ops *ops;
    q_agg_ctx ctx;
    uint32_t state_bytes;
    uint32_t n_args;
    char *states;       /* n_states of them, plain calls only until finish */
    uint32_t n_states;  /* zeroed, ready */
    q_groups *distinct; /* DISTINCT: (group, args) seen; NULL for plain calls */
} set_call;

struct q_agg_set {
    q_arena *arena;
    uint32_t n_calls;
    set_call *calls;
};

static q_code no_memory(q_arena *a, size_t bytes, q_err *err)
{
    return q_budget_error(a->budget, bytes, err);
}

static q_code distinct_new(set_call *c, q_arena *arena, q_err *err)
{
    q_type types[MAX_ARGS + 1] = {Q_TYPE(Q_INT)};
    for (uint32_t i = 0; i < c->n_args; i++)
        types[i + 1] = c->call->call->args[i]->type;
    return q_groups_new(types, c->n_args + 1, arena, &c->distinct, err);
}

q_code q_agg_set_new(const q_agg_call *calls, uint32_t n_calls, const q_session *session,
                     q_arena *arena, q_agg_set **out, q_err *err)
{
    q_agg_set *s = calloc(1, sizeof *s + sizeof(set_call) * (n_calls + 1));
    if (!s)
        return no_memory(arena, sizeof *s, err);
    s->arena = arena;
    s->n_calls = n_calls;
    s->calls = (set_call *)(s + 1);
    for (uint32_t i = 0; i < n_calls; i++) {
        set_call *c = &s->calls[i];
        c->call = &calls[i];
        c->ops = q_agg_find(calls[i].call->function);
        c->n_args = calls[i].call->n_args;
        if (!c->ops || c->n_args > MAX_ARGS) {
            q_agg_set_destroy(&s);
            return q_err_set(err, Q_E_INTERNAL, "call %u is no aggregate", i);
        }
        c->ctx = (q_agg_ctx){.arena = arena, .session = session, .call = calls[i].call, .err = err};
        c->state_bytes = c->ops->state_bytes(calls[i].call);
        q_code code = calls[i].call->distinct ? distinct_new(c, arena, err) : Q_OK;
        if (code != Q_OK) {
            q_agg_set_destroy(&s);
            return code;
        }
    }
    *out = s;
    return Q_OK;
}

void q_agg_set_destroy(q_agg_set **s)
{
    if (!*s)
        return;
    for (uint32_t i = 0; i < (*s)->n_calls; i++)
        q_groups_destroy(&(*s)->calls[i].distinct);
    free(*s);
    *s = NULL;
}

/* States double, so that growing copies each only a few times. */
static q_code states_grow(q_agg_set *s, set_call *c, uint32_t n_groups, q_err *err)
{
    if (n_groups <= c->n_states)
        return Q_OK;
    uint32_t n = c->n_states ? c->n_states : 8;
    while (n < n_groups)
        n = n > UINT32_MAX / 2 ? n_groups : n * 2;
    size_t bytes = (size_t)n * c->state_bytes;
    char *states = q_arena_grow(s->arena, c->states, (size_t)c->n_states * c->state_bytes, bytes);
    if (!states)
        return no_memory(s->arena, bytes, err);
    c->states = states;
    c->n_states = n;
    return Q_OK;
}

static q_code distinct_add(set_call *c, const uint32_t *groups, uint32_t n, q_column *const *args,
                           q_arena *scratch, q_err *err)
{
    q_column *keys[MAX_ARGS + 1], group = {.type = Q_TYPE(Q_INT), .length = n};
    group.values = (void *)groups;
    keys[0] = &group;
    memcpy(keys + 1, args, sizeof *keys * c->n_args);
    uint32_t *numbers = q_arena_alloc(scratch, sizeof *numbers * (size_t)n + 1);
    if (!numbers)
        return no_memory(scratch, sizeof *numbers * (size_t)n, err);
    return q_groups_add(c->distinct, keys, n, numbers, err);
}

static q_code fold(q_agg_set *s, set_call *c, const uint32_t *groups, uint32_t n_groups, uint32_t n,
                   q_column *const *args, q_arena *scratch, q_err *err)
{
    if (c->distinct)
        return distinct_add(c, groups, n, args, scratch, err);
    Q_TRY(states_grow(s, c, n_groups, err));
    c->ctx.err = err;
    return c->ops->update(&c->ctx, c->states, groups, n, args);
}

/* The rows that pass the call's FILTER, compacted. */
static q_code fold_filtered(q_agg_set *s, set_call *c, const uint32_t *groups, uint32_t n_groups,
                            q_column *const *args, const q_column *filter, q_arena *scratch,
                            q_err *err)
{
    uint32_t *rows = q_arena_alloc(scratch, sizeof *rows * 2 * ((size_t)filter->length + 1));
    if (!rows)
        return no_memory(scratch, sizeof *rows * 2 * (size_t)filter->length, err);
    uint32_t n = q_select_true(filter, rows), *kept_groups = rows + filter->length;
    q_column kept[MAX_ARGS], *kept_args[MAX_ARGS];
    for (uint32_t i = 0; i < n; i++)
        kept_groups[i] = groups[rows[i]];
    for (uint32_t i = 0; i < c->n_args; i++) {
        Q_TRY(q_column_gather(&kept[i], args[i], rows, n, scratch, err));
        kept_args[i] = &kept[i];
    }
    return fold(s, c, kept_groups, n_groups, n, kept_args, scratch, err);
}

q_code q_agg_set_update(q_agg_set *s, const uint32_t *groups, uint32_t n_groups, uint32_t n_rows,
                        q_column *const *args, q_column *const *filters, q_arena *scratch,
                        q_err *err)
{
    for (uint32_t i = 0; i < s->n_calls; i++) {
        set_call *c = &s->calls[i];
        if (filters && filters[i])
            Q_TRY(fold_filtered(s, c, groups, n_groups, args, filters[i], scratch, err));
        else
            Q_TRY(fold(s, c, groups, n_groups, n_rows, args, scratch, err));
        args += c->n_args;
    }
    return Q_OK;
}

static q_code save_distinct(set_call *c, q_arena *tmp, q_buf *out, q_err *err)
{
    q_column columns[MAX_ARGS + 1];
    Q_TRY(q_groups_keys(c->distinct, tmp, columns, err));
    q_batch b = {q_groups_count(c->distinct), c->n_args + 1, columns, NULL};
    return q_batch_encode(out, &b, err);
}

static q_code save_states(q_agg_set *s, set_call *c, uint32_t n_groups, q_arena *tmp, q_buf *out,
                          q_err *err)
{
    q_type types[Q_AGG_MAX_PARTIALS];
    q_column columns[Q_AGG_MAX_PARTIALS];
    memset(columns, 0, sizeof columns);
    Q_TRY(states_grow(s, c, n_groups, err));
    c->ctx.err = err;
    uint32_t n = c->ops->partials(c->call->call, types);
    Q_TRY(c->ops->save(&c->ctx, c->states, n_groups, tmp, columns));
    q_batch b = {n_groups, n, columns, NULL};
    return q_batch_encode(out, &b, err);
}

q_code q_agg_set_save(q_agg_set *s, uint32_t n_groups, q_buf *out, q_err *err)
{
    q_arena tmp;
    q_arena_init(&tmp, s->arena->budget);
    q_code code = Q_OK;
    for (uint32_t i = 0; i < s->n_calls && code == Q_OK; i++) {
        set_call *c = &s->calls[i];
        code = c->distinct ? save_distinct(c, &tmp, out, err)
                           : save_states(s, c, n_groups, &tmp, out, err);
    }
    q_arena_fini(&tmp);
    return code;
}

static q_code load_distinct(q_agg_set *s, set_call *c, q_batch_cursor *in, const uint32_t *map,
                            uint32_t n_map, q_err *err)
{
    q_type types[MAX_ARGS + 1] = {Q_TYPE(Q_INT)};
    for (uint32_t i = 0; i < c->n_args; i++)
        types[i + 1] = c->call->call->args[i]->type;
    q_batch b;
    Q_TRY(q_batch_decode_types(in, types, c->n_args + 1, true, s->arena, &b, err));
    const uint32_t *from = b.columns[0].values;
    uint32_t *groups = q_arena_alloc(s->arena, sizeof *groups * (size_t)b.n_rows + 1);
    if (!groups)
        return no_memory(s->arena, sizeof *groups * (size_t)b.n_rows, err);
    for (uint32_t i = 0; i < b.n_rows; i++) {
        if (from[i] >= n_map)
            return q_err_set(err, Q_E_PROTOCOL, "group %u of %u in partial aggregates", from[i],
                             n_map);
        groups[i] = map[from[i]];
    }
    q_column *args[MAX_ARGS];
    for (uint32_t i = 0; i < c->n_args; i++)
        args[i] = &b.columns[i + 1];
    return distinct_add(c, groups, b.n_rows, args, s->arena, err);
}

static q_code load_states(q_agg_set *s, set_call *c, q_batch_cursor *in, const uint32_t *map,
                          uint32_t n_map, uint32_t n_groups, q_err *err)
{
    q_type types[Q_AGG_MAX_PARTIALS];
    q_batch b;
    uint32_t n = c->ops->partials(c->call->call, types);
    Q_TRY(q_batch_decode_types(in, types, n, true, s->arena, &b, err));
    if (b.n_rows != n_map)
        return q_err_set(err, Q_E_PROTOCOL, "%u partial states for %u groups", b.n_rows, n_map);
    Q_TRY(states_grow(s, c, n_groups, err));
    c->ctx.err = err;
    return c->ops->merge(&c->ctx, c->states, map, n_map, b.columns);
}

q_code q_agg_set_load(q_agg_set *s, q_batch_cursor *in, const uint32_t *map, uint32_t n_map,
                      uint32_t n_groups, q_err *err)
{
    for (uint32_t i = 0; i < s->n_calls; i++) {
        set_call *c = &s->calls[i];
        if (c->distinct)
            Q_TRY(load_distinct(s, c, in, map, n_map, err));
        else
            Q_TRY(load_states(s, c, in, map, n_map, n_groups, err));
    }
    return Q_OK;
}

/* Rows with a NULL argument never count as a distinct value: the ops skip them. */
static q_code fold_distinct(q_agg_set *s, set_call *c, uint32_t n_groups, q_err *err)
{
    q_column columns[MAX_ARGS + 1], *args[MAX_ARGS];
    Q_TRY(q_groups_keys(c->distinct, s->arena, columns, err));
    for (uint32_t i = 0; i < c->n_args; i++)
        args[i] = &columns[i + 1];
    Q_TRY(states_grow(s, c, n_groups, err));
    c->ctx.err = err;
    return c->ops->update(&c->ctx, c->states, columns[0].values, q_groups_count(c->distinct), args);
}

q_code q_agg_set_finish(q_agg_set *s, uint32_t n_groups, q_arena *a, q_column *out, q_err *err)
{
    for (uint32_t i = 0; i < s->n_calls; i++) {
        set_call *c = &s->calls[i];
        memset(&out[i], 0, sizeof out[i]);
        if (c->distinct)
            Q_TRY(fold_distinct(s, c, n_groups, err));
        Q_TRY(states_grow(s, c, n_groups, err));
        c->ctx.err = err;
        Q_TRY(c->ops->finish(&c->ctx, c->states, n_groups, a, &out[i]));
        out[i].bytes_stable = true;
    }
    return Q_OK;
}
