/* From sink bodies to a stage's rows: one function a sink kind. */
#include "common/exec/sink_merge.h"

#include <stdlib.h>
#include <string.h>

#include "common/exec/agg_set.h"
#include "common/exec/groups.h"
#include "common/exec/sortkey.h"
#include "proto/batch.h"

#define BLOCK_ROWS 65536u

void q_rows_init(q_rows *r, q_budget *budget)
{
    memset(r, 0, sizeof *r);
    q_arena_init(&r->arena, budget);
}

void q_rows_fini(q_rows *r)
{
    free(r->runs);
    q_arena_fini(&r->arena);
    r->runs = NULL;
    r->n_runs = 0;
    r->n_rows = 0;
}

q_code q_rows_add(q_rows *r, const void *data, size_t bytes, uint64_t n_rows, q_err *err)
{
    if (!(r->n_runs & (r->n_runs - 1))) { /* at powers of two: double */
        uint32_t cap = r->n_runs ? 2 * r->n_runs : 1;
        q_block_run *p = realloc(r->runs, sizeof *p * cap);
        if (!p)
            return q_budget_error(NULL, sizeof *p * cap, err);
        r->runs = p;
    }
    r->runs[r->n_runs++] = (q_block_run){data, bytes, n_rows};
    r->n_rows += n_rows;
    return Q_OK;
}

/* Append one block of rows [from, to) of a batch, in the rows' own memory. */
static q_code block_add(q_rows *r, const q_batch *b, uint32_t from, uint32_t to, q_err *err)
{
    q_arena tmp;
    q_buf buf;
    q_arena_init(&tmp, r->arena.budget);
    q_buf_init(&buf);
    q_column *columns = q_arena_array(&tmp, q_column, b->n_columns + 1);
    q_code code = columns ? Q_OK : q_budget_error(tmp.budget, sizeof *columns, err);
    for (uint32_t c = 0; c < b->n_columns && code == Q_OK; c++)
        code = q_column_slice(&columns[c], &b->columns[c], from, to - from, &tmp, err);
    if (code == Q_OK)
        code = q_batch_encode(&buf, &(q_batch){to - from, b->n_columns, columns, NULL}, err);
    char *kept = code == Q_OK ? q_arena_alloc_vec(&r->arena, buf.len) : NULL;
    if (kept) {
        memcpy(kept, buf.data, buf.len);
        code = q_rows_add(r, kept, buf.len, to - from, err);
    } else if (code == Q_OK) {
        code = q_budget_error(r->arena.budget, buf.len, err);
    }
    q_buf_fini(&buf);
    q_arena_fini(&tmp);
    return code;
}

static q_code blocks_add(q_rows *r, const q_batch *b, uint32_t from, uint32_t to, q_err *err)
{
    for (; from < to; from += BLOCK_ROWS)
        Q_TRY(block_add(r, b, from, to - from < BLOCK_ROWS ? to : from + BLOCK_ROWS, err));
    return Q_OK;
}

q_code q_rows_of_batch(const q_batch *batch, q_rows *out, q_err *err)
{
    return blocks_add(out, batch, 0, batch->n_rows, err);
}

/* ---- rows ---- */

/* What LIMIT and OFFSET still take. */
typedef struct window {
    uint64_t skip, wanted;
} window;

static window window_of(const q_sink *s)
{
    return (window){s->offset > 0 ? (uint64_t)s->offset : 0,
                    s->limit < 0 ? UINT64_MAX : (uint64_t)s->limit};
}

/* The rows [*from, *to) of the next n that fall into the window. */
static void window_take(window *w, uint32_t n, uint32_t *from, uint32_t *to)
{
    *from = n < w->skip ? n : (uint32_t)w->skip;
    w->skip -= *from;
    *to = n - *from > w->wanted ? *from + (uint32_t)w->wanted : n;
    if (w->wanted != UINT64_MAX)
        w->wanted -= *to - *from;
}

/* Whole blocks are passed on as they are, those at the limits are cut. */
static q_code rows_of_body(const q_stage *stage, const q_body *body, window *w, q_rows *out,
                           q_err *err)
{
    q_batch_cursor in;
    q_batch_cursor_bytes(&in, body->data, body->bytes);
    q_arena tmp;
    q_arena_init(&tmp, out->arena.budget);
    q_code code = Q_OK;
    while (code == Q_OK && q_batch_cursor_more(&in) && w->wanted) {
        size_t at = in.at;
        q_batch b;
        uint32_t from = 0, to = 0;
        code = q_batch_decode(&in, &stage->output, true, &tmp, &b, err);
        if (code == Q_OK)
            window_take(w, b.n_rows, &from, &to);
        if (code == Q_OK && from == 0 && to && to == b.n_rows)
            code = q_rows_add(out, (const char *)body->data + at,
                              (in.frame ? body->bytes : in.at) - at, to, err);
        else if (code == Q_OK)
            code = blocks_add(out, &b, from, to, err);
        q_arena_reset(&tmp);
    }
    q_arena_fini(&tmp);
    return code;
}

/* ---- aggregates ---- */

typedef struct aggregate_merge {
    const q_sink *sink;
    q_arena arena;
    q_groups *groups;
    q_agg_set *set;
} aggregate_merge;

static q_code aggregate_body(aggregate_merge *m, const q_body *body, const q_schema *keys,
                             q_err *err)
{
    q_batch_cursor in;
    q_batch b;
    q_batch_cursor_bytes(&in, body->data, body->bytes);
    Q_TRY(q_batch_decode(&in, keys, true, &m->arena, &b, err));
    uint32_t *map = q_arena_alloc_vec(&m->arena, sizeof *map * (size_t)b.n_rows);
    q_column **columns = q_arena_array(&m->arena, q_column *, b.n_columns + 1);
    if (!map || !columns)
        return q_budget_error(m->arena.budget, sizeof *map * (size_t)b.n_rows, err);
    for (uint32_t i = 0; i < b.n_columns; i++)
        columns[i] = &b.columns[i];
    Q_TRY(q_groups_add(m->groups, columns, b.n_rows, map, err));
    return q_agg_set_load(m->set, &in, map, b.n_rows, q_groups_count(m->groups), err);
}

static q_code aggregate_run(aggregate_merge *m, const q_session *session, const q_body *bodies,
                            uint32_t n_tasks, q_rows *out, q_err *err)
{
    const q_sink *s = m->sink;
    uint32_t n_columns = s->n_keys + s->n_aggs;
    q_type *types = q_arena_array(&m->arena, q_type, n_columns + 1);
    q_field *fields = q_arena_array(&m->arena, q_field, n_columns + 1);
    q_column *columns = q_arena_array(&m->arena, q_column, n_columns + 1);
    if (!types || !fields || !columns)
        return q_budget_error(m->arena.budget, sizeof *columns * n_columns, err);
    for (uint32_t i = 0; i < s->n_keys; i++) {
        types[i] = s->keys[i]->type;
        fields[i] = (q_field){"", types[i], true};
    }
    Q_TRY(q_groups_new(types, s->n_keys, &m->arena, &m->groups, err));
    Q_TRY(q_agg_set_new(s->aggs, s->n_aggs, session, &m->arena, &m->set, err));
    for (uint32_t i = 0; i < n_tasks; i++)
        Q_TRY(aggregate_body(m, &bodies[i], &(q_schema){s->n_keys, fields}, err));
    uint32_t n = q_groups_count(m->groups);
    Q_TRY(q_groups_keys(m->groups, &m->arena, columns, err));
    Q_TRY(q_agg_set_finish(m->set, n, &m->arena, columns + s->n_keys, err));
    return blocks_add(out, &(q_batch){n, n_columns, columns, NULL}, 0, n, err);
}

static q_code aggregate(const q_stage *stage, const q_session *session, const q_body *bodies,
                        uint32_t n_tasks, q_rows *out, q_err *err)
{
    aggregate_merge m = {.sink = &stage->sink};
    q_arena_init(&m.arena, out->arena.budget);
    q_code code = aggregate_run(&m, session, bodies, n_tasks, out, err);
    q_agg_set_destroy(&m.set);
    q_groups_destroy(&m.groups);
    q_arena_fini(&m.arena);
    return code;
}

/* ---- sorted runs ---- */

typedef struct sorted_run {
    uint32_t at, end; /* rows of the concatenated columns */
} sorted_run;

typedef struct sort_merge {
    const q_sink *sink;
    q_sortkey_spec spec;
    q_arena arena;
    uint32_t n_columns;
    q_column *all; /* key first */
    sorted_run *runs;
    uint32_t *heap, n_heap; /* runs, smallest head first; ties: the earlier task */
} sort_merge;

static int key_cmp(const sort_merge *m, uint32_t x, uint32_t y)
{
    const q_column *key = &m->all[0];
    if (!m->spec.words)
        return q_str_cmp(Q_VALUES(key, q_str)[x], Q_VALUES(key, q_str)[y]);
    int xn = q_column_is_null(key, x), yn = q_column_is_null(key, y);
    if (xn || yn)
        return m->spec.nulls_first ? yn - xn : xn - yn;
    uint64_t a = Q_VALUES(key, uint64_t)[x], b = Q_VALUES(key, uint64_t)[y];
    return (a > b) - (a < b);
}

static bool run_before(const sort_merge *m, uint32_t x, uint32_t y)
{
    int c = key_cmp(m, m->runs[x].at, m->runs[y].at);
    return c < 0 || (c == 0 && x < y);
}

static void sift_down(sort_merge *m, uint32_t i)
{
    for (;;) {
        uint32_t least = i, l = 2 * i + 1;
        for (uint32_t k = l; k < l + 2 && k < m->n_heap; k++) {
            if (run_before(m, m->heap[k], m->heap[least]))
                least = k;
        }
        if (least == i)
            return;
        uint32_t t = m->heap[i];
        m->heap[i] = m->heap[least];
        m->heap[least] = t;
        i = least;
    }
}

/* Blocks of all bodies as one batch; runs[t] is the range of task t. */
static q_code runs_load(sort_merge *m, const q_stage *stage, const q_body *bodies, uint32_t n_tasks,
                        q_err *err)
{
    m->n_columns = stage->output.n_fields + 1;
    q_field *fields = q_arena_array(&m->arena, q_field, m->n_columns);
    m->all = q_arena_array(&m->arena, q_column, m->n_columns);
    m->runs = q_arena_array(&m->arena, sorted_run, n_tasks);
    m->heap = q_arena_array(&m->arena, uint32_t, n_tasks);
    if (!fields || !m->all || !m->runs || !m->heap)
        return q_budget_error(m->arena.budget, sizeof(q_column) * m->n_columns, err);
    fields[0] = (q_field){"", Q_TYPE(m->spec.words ? Q_BIGINT : Q_BINARY), true};
    memcpy(fields + 1, stage->output.fields, sizeof *fields * stage->output.n_fields);
    q_batch *blocks = NULL;
    uint32_t n = 0, cap = 0;
    uint64_t rows = 0;
    for (uint32_t t = 0; t < n_tasks; t++) {
        q_batch_cursor in;
        q_batch_cursor_bytes(&in, bodies[t].data, bodies[t].bytes);
        m->runs[t].at = (uint32_t)rows;
        while (q_batch_cursor_more(&in)) {
            if (n == cap) {
                q_batch *p = q_arena_array(&m->arena, q_batch, cap = cap ? 2 * cap : 16);
                if (!p)
                    return q_budget_error(m->arena.budget, sizeof *p * cap, err);
                if (n)
                    memcpy(p, blocks, sizeof *p * n);
                blocks = p;
            }
            Q_TRY(q_batch_decode(&in, &(q_schema){m->n_columns, fields}, true, &m->arena,
                                 &blocks[n], err));
            rows += blocks[n++].n_rows;
        }
        m->runs[t].end = (uint32_t)rows;
        if (rows > INT32_MAX)
            return q_err_set(err, Q_E_OUT_OF_MEMORY, "more than %d rows to sort", INT32_MAX);
        if (m->runs[t].end > m->runs[t].at)
            m->heap[m->n_heap++] = t;
    }
    const q_column **pieces = q_arena_array(&m->arena, const q_column *, n + 1);
    if (!pieces)
        return q_budget_error(m->arena.budget, sizeof *pieces * n, err);
    for (uint32_t c = 0; c < m->n_columns && n; c++) {
        for (uint32_t i = 0; i < n; i++)
            pieces[i] = &blocks[i].columns[c];
        Q_TRY(q_column_concat(&m->all[c], pieces, n, &m->arena, err));
    }
    return Q_OK;
}

static q_code sort_emit(sort_merge *m, uint64_t n, q_rows *out, q_err *err)
{
    window w = window_of(m->sink);
    uint32_t *order = q_arena_alloc_vec(&m->arena, sizeof *order * BLOCK_ROWS), filled = 0;
    if (!order)
        return q_budget_error(m->arena.budget, sizeof *order * BLOCK_ROWS, err);
    for (uint32_t i = m->n_heap; i-- > 0;)
        sift_down(m, i);
    q_arena tmp;
    q_arena_init(&tmp, out->arena.budget);
    q_code code = Q_OK;
    for (uint64_t i = 0; i < n && w.wanted && code == Q_OK; i++) {
        sorted_run *r = &m->runs[m->heap[0]];
        uint32_t from, to;
        window_take(&w, 1, &from, &to);
        if (from < to)
            order[filled++] = r->at;
        if (++r->at == r->end)
            m->heap[0] = m->heap[--m->n_heap];
        sift_down(m, 0);
        if (filled != BLOCK_ROWS && i + 1 < n && w.wanted)
            continue;
        q_column *columns = q_arena_array(&tmp, q_column, m->n_columns);
        if (!columns)
            code = q_budget_error(tmp.budget, sizeof *columns, err);
        for (uint32_t c = 1; c < m->n_columns && code == Q_OK; c++)
            code = q_column_gather(&columns[c - 1], &m->all[c], order, filled, &tmp, err);
        if (code == Q_OK)
            code = blocks_add(out, &(q_batch){filled, m->n_columns - 1, columns, NULL}, 0, filled,
                              err);
        filled = 0;
        q_arena_reset(&tmp);
    }
    q_arena_fini(&tmp);
    return code;
}

static q_code sort(const q_stage *stage, q_sortkey_spec spec, const q_body *bodies,
                   uint32_t n_tasks, q_rows *out, q_err *err)
{
    sort_merge m = {.sink = &stage->sink, .spec = spec};
    q_arena_init(&m.arena, out->arena.budget);
    q_code code = runs_load(&m, stage, bodies, n_tasks, err);
    if (code == Q_OK && m.n_heap)
        code = sort_emit(&m, m.all[0].length, out, err);
    q_arena_fini(&m.arena);
    return code;
}

q_code q_sink_merge(const q_stage *stage, const q_session *session, const q_body *bodies,
                    uint32_t n_tasks, q_rows *out, q_err *err)
{
    if (stage->sink.kind == Q_SINK_AGGREGATE)
        return aggregate(stage, session, bodies, n_tasks, out, err);
    if (stage->sink.kind == Q_SINK_SORT)
        return sort(stage, q_sortkey_of(stage->sink.order, stage->sink.n_order), bodies, n_tasks,
                    out, err);
    window w = window_of(&stage->sink);
    for (uint32_t i = 0; i < n_tasks; i++) {
        if (stage->sink.kind == Q_SINK_ROWS)
            Q_TRY(rows_of_body(stage, &bodies[i], &w, out, err));
    }
    return Q_OK;
}

/* Positions are words already: each task's rows are a run. */
q_code q_sink_merge_positions(const q_stage *stage, const q_body *bodies, uint32_t n_tasks,
                              q_rows *out, q_err *err)
{
    return sort(stage, (q_sortkey_spec){.words = true}, bodies, n_tasks, out, err);
}
