/* The task's side of a window barrier. */
#include "common/exec/window_task.h"

#include <stdlib.h>
#include <string.h>

#include "common/exec/agg_set.h"
#include "common/exec/groups.h"
#include "common/exec/program.h"
#include "common/exec/ranks.h"
#include "proto/batch.h"

/* A kept batch and what was computed for its rows. */
typedef struct kept {
    q_batch batch;
    uint32_t first_row; /* in the task */
    uint32_t **parts;   /* by partition list: local partition of each row */
    q_column **values;  /* by group: RANKS byte keys or ROWS columns; NULL for STATES */
} kept;

typedef struct task_group {
    const q_window_group *g;
    uint32_t first_expr;     /* in the program: order keys, then per call: args, filter */
    uint32_t n_args;         /* of all calls */
    q_agg_set *states;       /* STATES */
    q_sortkey_spec spec;     /* RANKS */
    uint64_t *words, *valid; /* RANKS, word form: by row */
    uint32_t rows_cap;
    bool has_nulls;
    q_str *bytes; /* RANKS, byte form: by row */
    q_runs runs;
    q_ranks ranks;
    q_batch reply; /* STATES: by local partition; ROWS: by row */
} task_group;

struct q_window_task {
    const q_barrier *b;
    const q_session *session;
    q_arena *arena;
    q_program *program;
    q_groups **partitions;
    uint32_t *partition_expr; /* first expression of each partition's keys */
    task_group *groups;
    kept *kept;
    uint32_t n_kept, kept_cap, n_rows;
};

static q_code no_memory(q_arena *a, size_t bytes, q_err *err)
{
    return q_budget_error(a->budget, bytes, err);
}

/* ---- set-up ---- */

typedef struct expr_list {
    const q_expr **exprs;
    uint32_t n;
} expr_list;

static uint32_t exprs_count(const q_barrier *b)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->n_partitions; i++)
        n += b->partitions[i].n_keys;
    for (uint32_t i = 0; i < b->n_groups; i++) {
        n += b->groups[i].n_order;
        for (uint32_t c = 0; c < b->groups[i].n_calls; c++)
            n += b->groups[i].calls[c].call->n_args + 1;
    }
    return n;
}

/* Arguments of window-only functions that are constants (offsets, defaults) are evaluated
 * like any other. */
static void exprs_of_group(expr_list *l, task_group *t)
{
    const q_window_group *g = t->g;
    t->first_expr = l->n;
    for (uint32_t i = 0; i < g->n_order; i++)
        l->exprs[l->n++] = g->order[i].expr;
    for (uint32_t c = 0; c < g->n_calls; c++) {
        for (uint32_t i = 0; i < g->calls[c].call->n_args; i++)
            l->exprs[l->n++] = g->calls[c].call->args[i];
        t->n_args += g->calls[c].call->n_args;
    }
    for (uint32_t c = 0; c < g->n_calls; c++) {
        if (g->calls[c].filter)
            l->exprs[l->n++] = g->calls[c].filter;
    }
}

static q_code states_new(q_window_task *w, task_group *t, q_err *err)
{
    const q_window_group *g = t->g;
    q_agg_call *calls = q_arena_array(w->arena, q_agg_call, g->n_calls);
    if (!calls)
        return no_memory(w->arena, sizeof *calls * g->n_calls, err);
    for (uint32_t c = 0; c < g->n_calls; c++)
        calls[c] = (q_agg_call){g->calls[c].call, g->calls[c].filter};
    return q_agg_set_new(calls, g->n_calls, w->session, w->arena, &t->states, err);
}

static q_code set_up(q_window_task *w, q_err *err)
{
    const q_barrier *b = w->b;
    expr_list l = {q_arena_array(w->arena, const q_expr *, exprs_count(b) + 1), 0};
    w->partitions = q_arena_array(w->arena, q_groups *, b->n_partitions);
    w->partition_expr = q_arena_array(w->arena, uint32_t, b->n_partitions);
    w->groups = q_arena_array(w->arena, task_group, b->n_groups);
    if (!l.exprs || !w->partitions || !w->partition_expr || !w->groups)
        return no_memory(w->arena, sizeof *w->groups * b->n_groups, err);
    for (uint32_t i = 0; i < b->n_partitions; i++) {
        const q_partition *p = &b->partitions[i];
        q_type *types = q_arena_array(w->arena, q_type, p->n_keys);
        w->partition_expr[i] = l.n;
        for (uint32_t k = 0; k < p->n_keys; k++) {
            types[k] = p->keys[k]->type;
            l.exprs[l.n++] = p->keys[k];
        }
        Q_TRY(q_groups_new(types, p->n_keys, w->arena, &w->partitions[i], err));
    }
    for (uint32_t i = 0; i < b->n_groups; i++) {
        task_group *t = &w->groups[i];
        t->g = &b->groups[i];
        t->spec = q_sortkey_of(t->g->order, t->g->n_order);
        exprs_of_group(&l, t);
        if (t->g->window_class == Q_WINDOW_STATES)
            Q_TRY(states_new(w, t, err));
    }
    return q_program_new(l.exprs, l.n, w->session, w->arena->budget, &w->program, err);
}

q_code q_window_task_new(const q_barrier *b, const q_session *session, q_arena *arena,
                         q_window_task **out, q_err *err)
{
    q_window_task *w = calloc(1, sizeof *w);
    if (!w)
        return no_memory(arena, sizeof *w, err);
    w->b = b;
    w->session = session;
    w->arena = arena;
    q_code code = set_up(w, err);
    if (code != Q_OK)
        q_window_task_destroy(&w);
    *out = w;
    return code;
}

void q_window_task_destroy(q_window_task **t)
{
    q_window_task *w = *t;
    if (!w)
        return;
    q_program_destroy(&w->program);
    for (uint32_t i = 0; w->partitions && i < w->b->n_partitions; i++)
        q_groups_destroy(&w->partitions[i]);
    for (uint32_t i = 0; w->groups && i < w->b->n_groups; i++)
        q_agg_set_destroy(&w->groups[i].states);
    free(w->kept);
    free(w);
    *t = NULL;
}

/* ---- adding rows ---- */

static q_code batch_keep(q_window_task *w, const q_batch *b, kept **out, q_err *err)
{
    if (w->n_kept == w->kept_cap) {
        uint32_t cap = w->kept_cap ? 2 * w->kept_cap : 64;
        kept *p = realloc(w->kept, sizeof *p * cap);
        if (!p)
            return no_memory(w->arena, sizeof *p * cap, err);
        w->kept = p;
        w->kept_cap = cap;
    }
    if ((uint64_t)w->n_rows + b->n_rows > INT32_MAX)
        return q_err_set(err, Q_E_OUT_OF_MEMORY, "more than %d rows in one task", INT32_MAX);
    kept *k = &w->kept[w->n_kept];
    memset(k, 0, sizeof *k);
    k->first_row = w->n_rows;
    k->batch.n_rows = b->n_rows;
    k->batch.n_columns = b->n_columns;
    k->batch.columns = q_arena_array(w->arena, q_column, b->n_columns);
    k->parts = q_arena_array(w->arena, uint32_t *, w->b->n_partitions);
    k->values = q_arena_array(w->arena, q_column *, w->b->n_groups);
    if (!k->batch.columns || !k->parts || !k->values)
        return no_memory(w->arena, sizeof(q_column) * b->n_columns, err);
    for (uint32_t i = 0; i < b->n_columns; i++)
        Q_TRY(q_column_keep(&k->batch.columns[i], &b->columns[i], w->arena, err));
    if (b->positions) {
        k->batch.positions = q_arena_copy(w->arena, b->positions, sizeof(int64_t) * b->n_rows);
        if (!k->batch.positions)
            return no_memory(w->arena, sizeof(int64_t) * b->n_rows, err);
    }
    w->n_kept++;
    w->n_rows += b->n_rows;
    *out = k;
    return Q_OK;
}

static q_code parts_add(q_window_task *w, kept *k, q_err *err)
{
    for (uint32_t i = 0; i < w->b->n_partitions; i++) {
        uint32_t n_keys = w->b->partitions[i].n_keys;
        q_column **keys = q_arena_array(q_program_scratch(w->program), q_column *, n_keys);
        k->parts[i] = q_arena_alloc_vec(w->arena, sizeof(uint32_t) * k->batch.n_rows);
        if (!k->parts[i] || !keys)
            return no_memory(w->arena, sizeof(uint32_t) * k->batch.n_rows, err);
        for (uint32_t j = 0; j < n_keys; j++)
            keys[j] = q_program_result(w->program, w->partition_expr[i] + j);
        Q_TRY(q_groups_add(w->partitions[i], keys, k->batch.n_rows, k->parts[i], err));
    }
    return Q_OK;
}

static q_code states_add(q_window_task *w, task_group *t, const kept *k, q_err *err)
{
    q_arena *scratch = q_program_scratch(w->program);
    q_column **args = q_arena_array(scratch, q_column *, t->n_args + 1);
    q_column **filters = q_arena_array(scratch, q_column *, t->g->n_calls + 1);
    if (!args || !filters)
        return no_memory(scratch, sizeof *args * t->n_args, err);
    uint32_t at = t->first_expr + t->g->n_order;
    for (uint32_t i = 0; i < t->n_args; i++)
        args[i] = q_program_result(w->program, at++);
    for (uint32_t c = 0; c < t->g->n_calls; c++) {
        if (t->g->calls[c].filter)
            filters[c] = q_program_result(w->program, at++);
    }
    return q_agg_set_update(t->states, k->parts[t->g->partition],
                            q_groups_count(w->partitions[t->g->partition]), k->batch.n_rows, args,
                            filters, scratch, err);
}

/* Arrays by row of the whole task, doubled as it grows. */
static q_code rows_grow(q_window_task *w, task_group *t, q_err *err)
{
    if (w->n_rows <= t->rows_cap)
        return Q_OK;
    uint32_t cap = t->rows_cap ? t->rows_cap * 2 : 4 * Q_BATCH_ROWS;
    while (cap < w->n_rows)
        cap *= 2;
    size_t width = t->spec.words ? sizeof(uint64_t) : sizeof(q_str);
    size_t had = q_bit_words(t->rows_cap) * 8, has = q_bit_words(cap) * 8;
    void *old = t->spec.words ? (void *)t->words : (void *)t->bytes;
    void *values = q_arena_grow(w->arena, old, width * t->rows_cap, width * cap);
    uint64_t *valid = q_arena_grow(w->arena, t->valid, had, has);
    if (!values || !valid)
        return no_memory(w->arena, width * cap, err);
    memset((char *)valid + had, 0xFF, has - had);
    if (t->spec.words)
        t->words = values;
    else
        t->bytes = values;
    t->valid = valid;
    t->rows_cap = cap;
    return Q_OK;
}

static q_code ranks_add(q_window_task *w, task_group *t, const kept *k, q_err *err)
{
    Q_TRY(rows_grow(w, t, err));
    if (!t->spec.words) {
        q_column **values = q_arena_array(q_program_scratch(w->program), q_column *, t->g->n_order);
        for (uint32_t i = 0; i < t->g->n_order; i++)
            values[i] = q_program_result(w->program, t->first_expr + i);
        return q_sortkey_bytes(t->g->order, t->g->n_order, values, k->batch.n_rows, w->arena,
                               t->bytes + k->first_row, err);
    }
    const q_column *c = q_program_result(w->program, t->first_expr);
    q_sortkey_words(&t->g->order[0], c, t->words + k->first_row);
    if (c->validity) {
        t->has_nulls = true;
        for (uint32_t i = 0; i < k->batch.n_rows; i++) {
            if (!q_bit_get(c->validity, i))
                q_bit_clear(t->valid, k->first_row + i);
        }
    }
    return Q_OK;
}

/* Columns that travel for a ROWS group: order keys, arguments, filters. */
static uint32_t rows_width(const task_group *t)
{
    uint32_t n = t->g->n_order + t->n_args;
    for (uint32_t c = 0; c < t->g->n_calls; c++)
        n += t->g->calls[c].filter != NULL;
    return n;
}

static q_code rows_add(q_window_task *w, uint32_t group, kept *k, q_err *err)
{
    task_group *t = &w->groups[group];
    uint32_t n = rows_width(t);
    k->values[group] = q_arena_array(w->arena, q_column, n + 1);
    if (!k->values[group])
        return no_memory(w->arena, sizeof(q_column) * n, err);
    for (uint32_t i = 0; i < n; i++)
        Q_TRY(q_column_keep(&k->values[group][i], q_program_result(w->program, t->first_expr + i),
                            w->arena, err));
    return Q_OK;
}

q_code q_window_task_add(q_window_task *w, const q_batch *batch, q_err *err)
{
    kept *k = NULL;
    if (!batch->n_rows)
        return Q_OK;
    Q_TRY(batch_keep(w, batch, &k, err));
    Q_TRY(q_program_run(w->program, &k->batch, err));
    Q_TRY(parts_add(w, k, err));
    for (uint32_t i = 0; i < w->b->n_groups; i++) {
        task_group *t = &w->groups[i];
        if (t->g->window_class == Q_WINDOW_STATES)
            Q_TRY(states_add(w, t, k, err));
        else if (t->g->window_class == Q_WINDOW_RANKS)
            Q_TRY(ranks_add(w, t, k, err));
        else
            Q_TRY(rows_add(w, i, k, err));
    }
    return Q_OK;
}

/* ---- the body ---- */

static q_code part_of_rows(q_window_task *w, uint32_t partition, uint32_t **out, q_err *err)
{
    uint32_t *parts = q_arena_alloc_vec(w->arena, sizeof *parts * (size_t)w->n_rows);
    if (!parts)
        return no_memory(w->arena, sizeof *parts * (size_t)w->n_rows, err);
    for (uint32_t i = 0; i < w->n_kept; i++)
        memcpy(parts + w->kept[i].first_row, w->kept[i].parts[partition],
               sizeof *parts * w->kept[i].batch.n_rows);
    *out = parts;
    return Q_OK;
}

static q_code ranks_finish(q_window_task *w, task_group *t, q_buf *out, q_err *err)
{
    uint32_t *parts;
    Q_TRY(part_of_rows(w, t->g->partition, &parts, err));
    q_run_keys keys = {t->spec, t->words, t->has_nulls ? t->valid : NULL, t->bytes};
    Q_TRY(q_runs_build(&keys, w->n_rows, parts, q_groups_count(w->partitions[t->g->partition]),
                       w->arena, &t->runs, err));
    return q_runs_encode(&t->runs, out, err);
}

static q_type rows_type(const task_group *t, uint32_t i)
{
    uint32_t n = t->g->n_order;
    if (i < n)
        return t->g->order[i].expr->type;
    for (uint32_t c = 0; c < t->g->n_calls; c++) {
        const q_expr *call = t->g->calls[c].call;
        if (i < n + call->n_args)
            return call->args[i - n]->type;
        n += call->n_args;
    }
    return Q_TYPE(Q_BOOLEAN);
}

static q_code rows_finish(q_window_task *w, uint32_t group, q_buf *out, q_err *err)
{
    task_group *t = &w->groups[group];
    uint32_t n = rows_width(t), *parts;
    q_column *columns = q_arena_array(w->arena, q_column, n + 1);
    const q_column **pieces = q_arena_array(w->arena, const q_column *, w->n_kept + 1);
    if (!columns || !pieces)
        return no_memory(w->arena, sizeof *columns * n, err);
    Q_TRY(part_of_rows(w, t->g->partition, &parts, err));
    columns[0] = (q_column){.type = Q_TYPE(Q_INT), .length = w->n_rows, .values = parts};
    for (uint32_t c = 0; c < n; c++) {
        for (uint32_t i = 0; i < w->n_kept; i++)
            pieces[i] = &w->kept[i].values[group][c];
        if (w->n_kept)
            Q_TRY(q_column_concat(&columns[c + 1], pieces, w->n_kept, w->arena, err));
        else
            Q_TRY(q_column_init(&columns[c + 1], rows_type(t, c), 0, w->arena, err));
    }
    return q_batch_encode(out, &(q_batch){w->n_rows, n + 1, columns, NULL}, err);
}

q_code q_window_task_finish(q_window_task *w, q_buf *out, q_err *err)
{
    for (uint32_t i = 0; i < w->b->n_partitions; i++) {
        uint32_t n_keys = w->b->partitions[i].n_keys;
        q_column *columns = q_arena_array(w->arena, q_column, n_keys + 1);
        if (!columns)
            return no_memory(w->arena, sizeof *columns * n_keys, err);
        Q_TRY(q_groups_keys(w->partitions[i], w->arena, columns, err));
        q_batch keys = {q_groups_count(w->partitions[i]), n_keys, columns, NULL};
        Q_TRY(q_batch_encode(out, &keys, err));
    }
    for (uint32_t i = 0; i < w->b->n_groups; i++) {
        task_group *t = &w->groups[i];
        if (t->g->window_class == Q_WINDOW_STATES)
            Q_TRY(q_agg_set_save(t->states, q_groups_count(w->partitions[t->g->partition]), out,
                                 err));
        else if (t->g->window_class == Q_WINDOW_RANKS)
            Q_TRY(ranks_finish(w, t, out, err));
        else
            Q_TRY(rows_finish(w, i, out, err));
    }
    return out->failed ? no_memory(w->arena, out->len, err) : Q_OK;
}

/* ---- the reply ---- */

static q_code reply_decode(q_window_task *w, task_group *t, uint32_t n_rows, q_batch_cursor *in,
                           q_err *err)
{
    q_field *fields = q_arena_array(w->arena, q_field, t->g->n_calls);
    if (!fields)
        return no_memory(w->arena, sizeof *fields * t->g->n_calls, err);
    for (uint32_t c = 0; c < t->g->n_calls; c++)
        fields[c] = (q_field){"", t->g->calls[c].call->type, true};
    q_schema expect = {t->g->n_calls, fields};
    Q_TRY(q_batch_decode(in, &expect, true, w->arena, &t->reply, err));
    if (t->reply.n_rows != n_rows)
        return q_err_set(err, Q_E_PROTOCOL, "window result of %u rows for %u", t->reply.n_rows,
                         n_rows);
    return Q_OK;
}

q_code q_window_task_attach(q_window_task *w, const void *reply, size_t bytes, q_err *err)
{
    q_batch_cursor in;
    q_batch_cursor_bytes(&in, reply, bytes);
    for (uint32_t i = 0; i < w->b->n_groups; i++) {
        task_group *t = &w->groups[i];
        uint32_t n_parts = q_groups_count(w->partitions[t->g->partition]);
        if (t->g->window_class == Q_WINDOW_STATES)
            Q_TRY(reply_decode(w, t, n_parts, &in, err));
        else if (t->g->window_class == Q_WINDOW_RANKS)
            Q_TRY(q_ranks_decode(t->g, &t->runs, &in, w->arena, &t->ranks, err));
        else
            Q_TRY(reply_decode(w, t, w->n_rows, &in, err));
    }
    return Q_OK;
}

uint32_t q_window_task_batches(const q_window_task *w)
{
    return w->n_kept;
}

static q_code call_column(const task_group *t, uint32_t c, const kept *k, q_arena *scratch,
                          q_column *out, q_err *err)
{
    const uint32_t *parts = k->parts[t->g->partition];
    uint32_t n = k->batch.n_rows;
    switch (t->g->window_class) {
    case Q_WINDOW_STATES:
        return q_column_gather(out, &t->reply.columns[c], parts, n, scratch, err);
    case Q_WINDOW_RANKS:
        return q_ranks_attach(t->g, c, &t->runs, &t->ranks, parts, k->first_row, n, scratch, out,
                              err);
    default:
        return q_column_slice(out, &t->reply.columns[c], k->first_row, n, scratch, err);
    }
}

q_code q_window_task_next(q_window_task *w, uint32_t i, q_arena *scratch, q_batch *out, q_err *err)
{
    const kept *k = &w->kept[i];
    uint32_t n_in = k->batch.n_columns;
    out->n_rows = k->batch.n_rows;
    out->positions = k->batch.positions;
    out->n_columns = n_in + w->b->n_columns;
    out->columns = q_arena_array(scratch, q_column, out->n_columns + 1);
    if (!out->columns)
        return no_memory(scratch, sizeof(q_column) * out->n_columns, err);
    memcpy(out->columns, k->batch.columns, sizeof(q_column) * n_in);
    for (uint32_t g = 0; g < w->b->n_groups; g++) {
        const task_group *t = &w->groups[g];
        for (uint32_t c = 0; c < t->g->n_calls; c++)
            Q_TRY(call_column(t, c, k, scratch, &out->columns[n_in + t->g->columns[c]], err));
    }
    return Q_OK;
}
