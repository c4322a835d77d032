/*
 * ORDER BY on a task: rows are kept, sorted by normalised keys, cut to the limit, and
 * sent as a sorted run: blocks of [key, row columns…], the key BIGINT words (NULL where
 * the order key is) or BINARY.
 */
#include <stdlib.h>
#include <string.h>

#include "common/exec/program.h"
#include "common/exec/sink.h"
#include "common/exec/sortkey.h"
#include "proto/batch.h"

#define BLOCK_ROWS 65536u

typedef struct sort_sink {
    q_task_sink base;
    const q_sink *sink;
    q_arena *arena;
    q_program *program;
    q_sortkey_spec spec;
    q_batch *kept; /* first column: the key */
    uint32_t n_kept, cap;
    uint64_t n_rows;
} sort_sink;

static q_code no_memory(const sort_sink *s, size_t bytes, q_err *err)
{
    return q_budget_error(s->arena->budget, bytes, err);
}

static q_code key_column(sort_sink *s, uint32_t n_rows, q_column *out, q_err *err)
{
    q_type type = Q_TYPE(s->spec.words ? Q_BIGINT : Q_BINARY);
    Q_TRY(q_column_init(out, type, n_rows, s->arena, err));
    out->bytes_stable = true;
    if (!s->spec.words) {
        uint32_t n = s->sink->n_order;
        q_column **values = q_arena_array(q_program_scratch(s->program), q_column *, n);
        for (uint32_t i = 0; i < n; i++)
            values[i] = q_program_result(s->program, i);
        return q_sortkey_bytes(s->sink->order, n, values, n_rows, s->arena, out->values, err);
    }
    const q_column *c = q_program_result(s->program, 0);
    q_sortkey_words(&s->sink->order[0], c, out->values);
    if (c->validity) {
        Q_TRY(q_column_need_validity(out, s->arena, err));
        memcpy(out->validity, c->validity, q_bit_words(n_rows) * 8);
    }
    return Q_OK;
}

static q_code add(q_task_sink *base, const q_batch *batch, bool *full, q_err *err)
{
    sort_sink *s = (sort_sink *)base;
    *full = false;
    if (s->n_kept == s->cap) {
        uint32_t cap = s->cap ? 2 * s->cap : 64;
        q_batch *p = realloc(s->kept, sizeof *p * cap);
        if (!p)
            return no_memory(s, sizeof *p * cap, err);
        s->kept = p;
        s->cap = cap;
    }
    q_batch *k = &s->kept[s->n_kept];
    *k = (q_batch){batch->n_rows, batch->n_columns + 1, NULL, NULL};
    k->columns = q_arena_array(s->arena, q_column, k->n_columns);
    if (!k->columns)
        return no_memory(s, sizeof(q_column) * k->n_columns, err);
    Q_TRY(q_program_run(s->program, batch, err));
    Q_TRY(key_column(s, batch->n_rows, &k->columns[0], err));
    for (uint32_t i = 0; i < batch->n_columns; i++)
        Q_TRY(q_column_keep(&k->columns[i + 1], &batch->columns[i], s->arena, err));
    s->n_kept++;
    s->n_rows += batch->n_rows;
    if (s->n_rows > INT32_MAX)
        return q_err_set(err, Q_E_OUT_OF_MEMORY, "more than %d rows to sort in one task",
                         INT32_MAX);
    return Q_OK;
}

/* Column c of all kept batches in one piece. */
static q_code gathered(sort_sink *s, uint32_t c, q_arena *a, q_column *out, q_err *err)
{
    const q_column **pieces = q_arena_array(a, const q_column *, s->n_kept);
    if (!pieces)
        return no_memory(s, sizeof *pieces * s->n_kept, err);
    for (uint32_t i = 0; i < s->n_kept; i++)
        pieces[i] = &s->kept[i].columns[c];
    return q_column_concat(out, pieces, s->n_kept, a, err);
}

/* Rows in order: NULL keys (word form) at their end, the others sorted. */
static q_code order_of(sort_sink *s, const q_column *key, q_arena *a, uint32_t *order, q_err *err)
{
    uint32_t n = key->length;
    if (!s->spec.words)
        return q_sort_bytes(key->values, n, order, a, err);
    uint64_t *words = q_arena_alloc_vec(a, sizeof *words * (size_t)n);
    if (!words)
        return no_memory(s, sizeof *words * (size_t)n, err);
    uint32_t n_nulls = q_column_null_count(key);
    uint32_t at = s->spec.nulls_first ? n_nulls : 0, first = at;
    uint32_t null_at = s->spec.nulls_first ? 0 : n - n_nulls;
    for (uint32_t i = 0; i < n; i++) {
        if (q_column_is_null(key, i)) {
            order[null_at++] = i;
        } else {
            words[at] = Q_VALUES(key, uint64_t)[i];
            order[at++] = i;
        }
    }
    return q_sort_word_pairs(words + first, order + first, n - n_nulls, a, err);
}

static q_code blocks_encode(sort_sink *s, const q_column *all, uint32_t n_columns,
                            const uint32_t *order, uint32_t n, q_buf *out, q_err *err)
{
    q_arena tmp;
    q_arena_init(&tmp, s->arena->budget);
    q_code code = Q_OK;
    for (uint32_t from = 0; from < n && code == Q_OK; from += BLOCK_ROWS) {
        uint32_t rows = n - from < BLOCK_ROWS ? n - from : BLOCK_ROWS;
        q_column *columns = q_arena_array(&tmp, q_column, n_columns);
        if (!columns)
            code = no_memory(s, sizeof *columns * n_columns, err);
        for (uint32_t c = 0; c < n_columns && code == Q_OK; c++)
            code = q_column_gather(&columns[c], &all[c], order + from, rows, &tmp, err);
        if (code == Q_OK)
            code = q_batch_encode(out, &(q_batch){rows, n_columns, columns, NULL}, err);
        q_arena_reset(&tmp);
    }
    q_arena_fini(&tmp);
    return code;
}

static q_code finish(q_task_sink *base, q_buf *out, q_err *err)
{
    sort_sink *s = (sort_sink *)base;
    if (!s->n_kept)
        return Q_OK;
    uint32_t n_columns = s->kept[0].n_columns;
    q_column *all = q_arena_array(s->arena, q_column, n_columns);
    uint32_t *order = q_arena_alloc_vec(s->arena, sizeof *order * s->n_rows);
    if (!all || !order)
        return no_memory(s, sizeof *order * s->n_rows, err);
    for (uint32_t c = 0; c < n_columns; c++)
        Q_TRY(gathered(s, c, s->arena, &all[c], err));
    Q_TRY(order_of(s, &all[0], s->arena, order, err));
    uint64_t n = s->n_rows;
    const q_sink *sink = s->sink;
    if (sink->limit >= 0 && (uint64_t)sink->limit + (uint64_t)sink->offset < n)
        n = (uint64_t)sink->limit + (uint64_t)sink->offset;
    return blocks_encode(s, all, n_columns, order, (uint32_t)n, out, err);
}

static void destroy(q_task_sink *base)
{
    sort_sink *s = (sort_sink *)base;
    q_program_destroy(&s->program);
    free(s->kept);
    free(s);
}

q_code q_sink_sort_new(const q_sink_context *c, q_task_sink **out, q_err *err)
{
    static const q_task_sink_ops ops = {add, finish, destroy};
    sort_sink *s = calloc(1, sizeof *s);
    if (!s)
        return q_budget_error(NULL, sizeof *s, err);
    s->base.ops = &ops;
    s->sink = &c->stage->sink;
    s->arena = c->arena;
    s->spec = q_sortkey_of(s->sink->order, s->sink->n_order);
    const q_expr **exprs = q_arena_array(s->arena, const q_expr *, s->sink->n_order + 1);
    q_code code = exprs ? Q_OK : no_memory(s, sizeof *exprs, err);
    for (uint32_t i = 0; code == Q_OK && i < s->sink->n_order; i++)
        exprs[i] = s->sink->order[i].expr;
    if (code == Q_OK)
        code =
            q_program_new(exprs, s->sink->n_order, c->session, s->arena->budget, &s->program, err);
    if (code != Q_OK)
        destroy(&s->base);
    else
        *out = &s->base;
    return code;
}
