/* The merge's side of a window barrier. */
#include "common/exec/window_merge.h"

#include <stdlib.h>
#include <string.h>

#include "common/exec/agg_set.h"
#include "common/exec/groups.h"
#include "common/exec/ranks.h"
#include "common/exec/window.h"
#include "common/plan/functions.h"
#include "proto/batch.h"

typedef struct merge_group {
    const q_window_group *g;
    q_agg_set *states;    /* STATES */
    q_column *results;    /* STATES: by global partition; ROWS: by row of all tasks */
    q_ranks_merge *ranks; /* RANKS */
    q_batch *rows;        /* ROWS: by task */
    q_type *row_types;    /* ROWS: partition, order keys, arguments, filters */
    uint32_t n_row_types;
} merge_group;

/* A task's partitions: local number → global. */
typedef struct task_map {
    uint32_t *map;
    uint32_t n;
} task_map;

struct q_window_merge {
    const q_barrier *b;
    const q_session *session;
    uint32_t n_tasks;
    q_arena arena;
    q_groups **partitions;
    merge_group *groups;
    task_map *maps; /* task × partition list */
};

static q_code no_memory(q_window_merge *m, size_t bytes, q_err *err)
{
    return q_budget_error(m->arena.budget, bytes, err);
}

static void row_type_add(merge_group *k, q_type t)
{
    k->row_types[k->n_row_types++] = t;
}

static void row_types_fill(q_window_merge *m, merge_group *k)
{
    const q_window_group *g = k->g;
    uint32_t n = 1 + g->n_order + g->n_calls;
    for (uint32_t c = 0; c < g->n_calls; c++)
        n += g->calls[c].call->n_args;
    k->row_types = q_arena_array(&m->arena, q_type, n);
    if (!k->row_types)
        return;
    row_type_add(k, Q_TYPE(Q_INT));
    for (uint32_t i = 0; i < g->n_order; i++)
        row_type_add(k, g->order[i].expr->type);
    for (uint32_t c = 0; c < g->n_calls; c++) {
        for (uint32_t i = 0; i < g->calls[c].call->n_args; i++)
            row_type_add(k, g->calls[c].call->args[i]->type);
    }
    for (uint32_t c = 0; c < g->n_calls; c++) {
        if (g->calls[c].filter)
            row_type_add(k, Q_TYPE(Q_BOOLEAN));
    }
}

static q_code group_new(q_window_merge *m, merge_group *k, const q_window_group *g, q_err *err)
{
    k->g = g;
    if (g->window_class == Q_WINDOW_RANKS)
        return q_ranks_merge_new(g, m->n_tasks, &m->arena, &k->ranks, err);
    k->results = q_arena_array(&m->arena, q_column, g->n_calls);
    if (!k->results)
        return no_memory(m, sizeof *k->results * g->n_calls, err);
    if (g->window_class == Q_WINDOW_ROWS) {
        k->rows = q_arena_array(&m->arena, q_batch, m->n_tasks);
        row_types_fill(m, k);
        return k->rows && k->row_types ? Q_OK : no_memory(m, sizeof(q_batch) * m->n_tasks, err);
    }
    q_agg_call *calls = q_arena_array(&m->arena, q_agg_call, g->n_calls);
    if (!calls)
        return no_memory(m, sizeof *calls * g->n_calls, err);
    for (uint32_t c = 0; c < g->n_calls; c++)
        calls[c] = (q_agg_call){g->calls[c].call, g->calls[c].filter};
    return q_agg_set_new(calls, g->n_calls, m->session, &m->arena, &k->states, err);
}

static q_code set_up(q_window_merge *m, q_err *err)
{
    const q_barrier *b = m->b;
    m->partitions = q_arena_array(&m->arena, q_groups *, b->n_partitions);
    m->groups = q_arena_array(&m->arena, merge_group, b->n_groups);
    m->maps = q_arena_array(&m->arena, task_map, (size_t)m->n_tasks * b->n_partitions);
    if (!m->partitions || !m->groups || !m->maps)
        return no_memory(m, sizeof *m->maps * m->n_tasks, err);
    for (uint32_t i = 0; i < b->n_partitions; i++) {
        const q_partition *p = &b->partitions[i];
        q_type *types = q_arena_array(&m->arena, q_type, p->n_keys + 1);
        if (!types)
            return no_memory(m, sizeof *types * p->n_keys, err);
        for (uint32_t k = 0; k < p->n_keys; k++)
            types[k] = p->keys[k]->type;
        Q_TRY(q_groups_new(types, p->n_keys, &m->arena, &m->partitions[i], err));
    }
    for (uint32_t i = 0; i < b->n_groups; i++)
        Q_TRY(group_new(m, &m->groups[i], &b->groups[i], err));
    return Q_OK;
}

q_code q_window_merge_new(const q_barrier *b, const q_session *session, uint32_t n_tasks,
                          q_budget *budget, q_window_merge **out, q_err *err)
{
    q_window_merge *m = calloc(1, sizeof *m);
    if (!m)
        return q_budget_error(budget, sizeof *m, err);
    q_arena_init(&m->arena, budget);
    m->b = b;
    m->session = session;
    m->n_tasks = n_tasks;
    q_code code = set_up(m, err);
    if (code != Q_OK)
        q_window_merge_destroy(&m);
    *out = m;
    return code;
}

void q_window_merge_destroy(q_window_merge **merge)
{
    q_window_merge *m = *merge;
    if (!m)
        return;
    for (uint32_t i = 0; m->partitions && i < m->b->n_partitions; i++)
        q_groups_destroy(&m->partitions[i]);
    for (uint32_t i = 0; m->groups && i < m->b->n_groups; i++)
        q_agg_set_destroy(&m->groups[i].states);
    q_arena_fini(&m->arena);
    free(m);
    *merge = NULL;
}

static task_map *map_of(q_window_merge *m, uint32_t task, uint32_t partition)
{
    return &m->maps[(size_t)task * m->b->n_partitions + partition];
}

static q_code keys_add(q_window_merge *m, uint32_t task, uint32_t partition, q_batch_cursor *in,
                       q_err *err)
{
    const q_partition *p = &m->b->partitions[partition];
    q_field *fields = q_arena_array(&m->arena, q_field, p->n_keys);
    q_column **columns = q_arena_array(&m->arena, q_column *, p->n_keys);
    if (!fields || !columns)
        return no_memory(m, sizeof *fields * p->n_keys, err);
    for (uint32_t i = 0; i < p->n_keys; i++)
        fields[i] = (q_field){"", p->keys[i]->type, true};
    q_batch b;
    Q_TRY(q_batch_decode(in, &(q_schema){p->n_keys, fields}, true, &m->arena, &b, err));
    for (uint32_t i = 0; i < p->n_keys; i++)
        columns[i] = &b.columns[i];
    task_map *t = map_of(m, task, partition);
    t->n = b.n_rows;
    t->map = q_arena_alloc_vec(&m->arena, sizeof *t->map * (size_t)b.n_rows);
    if (!t->map)
        return no_memory(m, sizeof *t->map * (size_t)b.n_rows, err);
    return q_groups_add(m->partitions[partition], columns, b.n_rows, t->map, err);
}

static q_code rows_add(q_window_merge *m, merge_group *k, uint32_t task, q_batch_cursor *in,
                       q_err *err)
{
    q_batch *b = &k->rows[task];
    Q_TRY(q_batch_decode_types(in, k->row_types, k->n_row_types, true, &m->arena, b, err));
    /* local partitions become global ones, in a copy: the body is not ours to write */
    const task_map *t = map_of(m, task, k->g->partition);
    const uint32_t *local = b->columns[0].values;
    uint32_t *global = q_arena_alloc_vec(&m->arena, sizeof *global * (size_t)b->n_rows);
    if (!global)
        return no_memory(m, sizeof *global * (size_t)b->n_rows, err);
    for (uint32_t i = 0; i < b->n_rows; i++) {
        if (local[i] >= t->n)
            return q_err_set(err, Q_E_PROTOCOL, "partition %u of %u in a window's rows", local[i],
                             t->n);
        global[i] = t->map[local[i]];
    }
    b->columns[0].values = global;
    return Q_OK;
}

q_code q_window_merge_add(q_window_merge *m, uint32_t task, const void *body, size_t bytes,
                          q_err *err)
{
    q_batch_cursor in;
    q_batch_cursor_bytes(&in, body, bytes);
    for (uint32_t i = 0; i < m->b->n_partitions; i++)
        Q_TRY(keys_add(m, task, i, &in, err));
    for (uint32_t i = 0; i < m->b->n_groups; i++) {
        merge_group *k = &m->groups[i];
        const task_map *t = map_of(m, task, k->g->partition);
        uint32_t n_global = q_groups_count(m->partitions[k->g->partition]);
        if (k->g->window_class == Q_WINDOW_STATES)
            Q_TRY(q_agg_set_load(k->states, &in, t->map, t->n, n_global, err));
        else if (k->g->window_class == Q_WINDOW_RANKS)
            Q_TRY(q_ranks_merge_add(k->ranks, task, &in, t->map, t->n, err));
        else
            Q_TRY(rows_add(m, k, task, &in, err));
    }
    return Q_OK;
}

/* ---- finish ---- */

/* Column c of all tasks' rows. */
static q_code rows_concat(q_window_merge *m, merge_group *k, uint32_t c, q_column *out, q_err *err)
{
    const q_column **pieces = q_arena_array(&m->arena, const q_column *, m->n_tasks);
    if (!pieces)
        return no_memory(m, sizeof *pieces * m->n_tasks, err);
    for (uint32_t t = 0; t < m->n_tasks; t++)
        pieces[t] = &k->rows[t].columns[c];
    return q_column_concat(out, pieces, m->n_tasks, &m->arena, err);
}

static q_code rows_finish(q_window_merge *m, merge_group *k, q_err *err)
{
    const q_window_group *g = k->g;
    q_column *all = q_arena_array(&m->arena, q_column, k->n_row_types);
    q_column **pointers = q_arena_array(&m->arena, q_column *, k->n_row_types);
    q_column *const **args = q_arena_array(&m->arena, q_column *const *, g->n_calls);
    q_column **filters = q_arena_array(&m->arena, q_column *, g->n_calls);
    if (!all || !pointers || !args || !filters)
        return no_memory(m, sizeof *all * k->n_row_types, err);
    for (uint32_t i = 0; i < k->n_row_types; i++) {
        Q_TRY(rows_concat(m, k, i, &all[i], err));
        pointers[i] = &all[i];
    }
    uint32_t at = 1 + g->n_order;
    for (uint32_t c = 0; c < g->n_calls; c++) {
        args[c] = pointers + at;
        at += g->calls[c].call->n_args;
    }
    for (uint32_t c = 0; c < g->n_calls; c++) {
        if (g->calls[c].filter)
            filters[c] = pointers[at++];
    }
    q_window_input in = {.n_rows = all[0].length,
                         .n_partitions = q_groups_count(m->partitions[g->partition]),
                         .partition = all[0].values,
                         .order = pointers + 1,
                         .args = args,
                         .filters = filters};
    return q_window_evaluate(g, &in, m->session, &m->arena, k->results, err);
}

q_code q_window_merge_finish(q_window_merge *m, q_err *err)
{
    for (uint32_t i = 0; i < m->b->n_groups; i++) {
        merge_group *k = &m->groups[i];
        uint32_t n = q_groups_count(m->partitions[k->g->partition]);
        if (k->g->window_class == Q_WINDOW_STATES)
            Q_TRY(q_agg_set_finish(k->states, n, &m->arena, k->results, err));
        else if (k->g->window_class == Q_WINDOW_RANKS)
            Q_TRY(q_ranks_merge_finish(k->ranks, n, err));
        else if (m->n_tasks) /* without any, nobody waits for rows */
            Q_TRY(rows_finish(m, k, err));
    }
    return Q_OK;
}

/* ---- sizes ---- */

/* count(*) over the whole partition: its rows. */
static const int64_t *count_of(const merge_group *k)
{
    for (uint32_t c = 0; c < k->g->n_calls; c++) {
        const q_window_call *call = &k->g->calls[c];
        if (k->g->window_class == Q_WINDOW_STATES && !call->filter && !call->call->n_args &&
            strcmp(q_function_get(call->call->function)->name, "count") == 0)
            return k->results[c].values;
    }
    return NULL;
}

q_code q_window_merge_sizes(const q_window_merge *m, uint32_t i, q_arena *a, uint32_t *n,
                            q_column **keys, const int64_t **rows, q_err *err)
{
    *n = q_groups_count(m->partitions[i]);
    *rows = NULL;
    *keys = q_arena_array(a, q_column, m->b->partitions[i].n_keys + 1);
    for (uint32_t g = 0; g < m->b->n_groups && !*rows; g++) {
        const merge_group *k = &m->groups[g];
        if (k->g->partition != i)
            continue;
        *rows = count_of(k);
        if (!*rows && k->g->window_class == Q_WINDOW_RANKS) {
            int64_t *sums = q_arena_array(a, int64_t, *n + 1);
            q_ranks_merge_rows(k->ranks, sums);
            *rows = sums;
        }
    }
    return q_groups_keys(m->partitions[i], a, *keys, err);
}

/* ---- replies ---- */

static q_code states_reply(q_window_merge *m, merge_group *k, uint32_t task, q_arena *tmp,
                           q_buf *out, q_err *err)
{
    const task_map *t = map_of(m, task, k->g->partition);
    q_column *columns = q_arena_array(tmp, q_column, k->g->n_calls);
    if (!columns)
        return no_memory(m, sizeof *columns * k->g->n_calls, err);
    for (uint32_t c = 0; c < k->g->n_calls; c++)
        Q_TRY(q_column_gather(&columns[c], &k->results[c], t->map, t->n, tmp, err));
    return q_batch_encode(out, &(q_batch){t->n, k->g->n_calls, columns, NULL}, err);
}

static q_code rows_reply(q_window_merge *m, merge_group *k, uint32_t task, q_arena *tmp, q_buf *out,
                         q_err *err)
{
    uint32_t from = 0, n = k->rows[task].n_rows;
    q_column *columns = q_arena_array(tmp, q_column, k->g->n_calls);
    if (!columns)
        return no_memory(m, sizeof *columns * k->g->n_calls, err);
    for (uint32_t t = 0; t < task; t++)
        from += k->rows[t].n_rows;
    for (uint32_t c = 0; c < k->g->n_calls; c++)
        Q_TRY(q_column_slice(&columns[c], &k->results[c], from, n, tmp, err));
    return q_batch_encode(out, &(q_batch){n, k->g->n_calls, columns, NULL}, err);
}

q_code q_window_merge_reply(q_window_merge *m, uint32_t task, q_buf *out, q_err *err)
{
    q_arena tmp;
    q_code code = Q_OK;
    q_arena_init(&tmp, m->arena.budget);
    for (uint32_t i = 0; i < m->b->n_groups && code == Q_OK; i++) {
        merge_group *k = &m->groups[i];
        if (k->g->window_class == Q_WINDOW_STATES)
            code = states_reply(m, k, task, &tmp, out, err);
        else if (k->g->window_class == Q_WINDOW_RANKS)
            code = q_ranks_merge_reply(k->ranks, task, out, err);
        else
            code = rows_reply(m, k, task, &tmp, out, err);
    }
    q_arena_fini(&tmp);
    if (code == Q_OK && out->failed)
        return no_memory(m, out->len, err);
    return code;
}
