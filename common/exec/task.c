/* A task's life: read, run segments, stop at barriers, end in a sink. */
#include "common/exec/task.h"

#include <stdlib.h>
#include <string.h>

#include "common/exec/program.h"
#include "common/exec/sink.h"
#include "common/exec/window_merge.h"
#include "common/exec/window_task.h"
#include "proto/batch.h"

/* One operator with its compiled expressions. */
typedef struct task_op {
    const q_op *op;
    q_program *program;
} task_op;

typedef struct task_segment {
    uint32_t n_ops;
    task_op *ops;
} task_segment;

struct q_task {
    const q_stage *stage;
    const q_session *session;
    q_task_input input;
    q_task_options options;
    q_budget *budget;
    q_arena arena;   /* kept rows and states: lives as long as the task */
    q_arena scratch; /* batches between operators: reset for each batch */
    uint32_t phase;
    bool full;                 /* the sink wants no more */
    task_segment segment;      /* of the current phase */
    q_window_task *window;     /* barrier the phase before ended in */
    q_window_task *collecting; /* barrier this phase ends in */
    q_task_sink *sink;
    q_reader *reader;
    q_task_metrics metrics;
};

/* ---- segments ---- */

static void segment_fini(task_segment *s)
{
    for (uint32_t i = 0; i < s->n_ops; i++)
        q_program_destroy(&s->ops[i].program);
    *s = (task_segment){0};
}

static q_code segment_init(q_task *t, const q_segment *segment, q_err *err)
{
    segment_fini(&t->segment);
    t->segment.ops = q_arena_array(&t->arena, task_op, segment->n_ops + 1);
    if (!t->segment.ops)
        return q_budget_error(t->budget, sizeof(task_op) * segment->n_ops, err);
    for (uint32_t i = 0; i < segment->n_ops; i++) {
        const q_op *op = &segment->ops[i];
        const q_expr *const *exprs = op->kind == Q_OP_FILTER ? (const q_expr *const *)&op->predicate
                                                             : (const q_expr *const *)op->exprs;
        uint32_t n = op->kind == Q_OP_FILTER ? 1 : op->n_exprs;
        t->segment.ops[i].op = op;
        t->segment.n_ops = i + 1;
        Q_TRY(q_program_new(exprs, n, t->session, t->budget, &t->segment.ops[i].program, err));
    }
    return Q_OK;
}

/* Rows that pass, in place; columns are gathered into scratch. */
static q_code filter_run(q_task *t, task_op *o, q_batch *b, q_err *err)
{
    Q_TRY(q_program_run(o->program, b, err));
    uint32_t *rows = q_arena_alloc(&t->scratch, sizeof *rows * b->n_rows + 1);
    if (!rows)
        return q_budget_error(t->budget, sizeof *rows * b->n_rows, err);
    uint32_t n = q_select_true(q_program_result(o->program, 0), rows);
    if (n == b->n_rows)
        return Q_OK;
    q_column *columns = q_arena_array(&t->scratch, q_column, b->n_columns + 1);
    if (!columns)
        return q_budget_error(t->budget, sizeof *columns * b->n_columns, err);
    for (uint32_t i = 0; i < b->n_columns; i++)
        Q_TRY(q_column_gather(&columns[i], &b->columns[i], rows, n, &t->scratch, err));
    int64_t *positions = NULL;
    if (b->positions) {
        positions = q_arena_alloc(&t->scratch, sizeof *positions * n + 1);
        if (!positions)
            return q_budget_error(t->budget, sizeof *positions * n, err);
        for (uint32_t i = 0; i < n; i++)
            positions[i] = b->positions[rows[i]];
    }
    *b = (q_batch){n, b->n_columns, columns, positions};
    return Q_OK;
}

static q_code project_run(q_task *t, task_op *o, q_batch *b, q_err *err)
{
    Q_TRY(q_program_run(o->program, b, err));
    q_column *columns = q_arena_array(&t->scratch, q_column, o->op->n_exprs + 1);
    if (!columns)
        return q_budget_error(t->budget, sizeof *columns * o->op->n_exprs, err);
    for (uint32_t i = 0; i < o->op->n_exprs; i++)
        columns[i] = *q_program_result(o->program, i);
    *b = (q_batch){b->n_rows, o->op->n_exprs, columns, b->positions};
    return Q_OK;
}

/* A batch through the segment, into the barrier or the sink. */
static q_code batch_run(q_task *t, q_batch *b, q_err *err)
{
    for (uint32_t i = 0; i < t->segment.n_ops && b->n_rows; i++) {
        task_op *o = &t->segment.ops[i];
        if (o->op->kind == Q_OP_FILTER)
            Q_TRY(filter_run(t, o, b, err));
        else
            Q_TRY(project_run(t, o, b, err));
    }
    if (!b->n_rows)
        return Q_OK;
    if (t->collecting)
        return q_window_task_add(t->collecting, b, err);
    t->metrics.rows_out += b->n_rows;
    return t->sink->ops->add(t->sink, b, &t->full, err);
}

static q_code cancelled(const q_task *t, q_err *err)
{
    if (t->options.cancelled && atomic_load_explicit(t->options.cancelled, memory_order_relaxed))
        return q_err_set(err, Q_E_CANCELLED, "the task was cancelled");
    return Q_OK;
}

/* ---- phases ---- */

static q_code sink_new(q_task *t, q_err *err)
{
    const q_sink_context c = {.stage = t->stage,
                              .session = t->session,
                              .arena = &t->arena,
                              .attempt = t->options.attempt,
                              .task = t->options.task,
                              .expected_bytes = t->options.expected_bytes};
    switch (t->stage->sink.kind) {
    case Q_SINK_AGGREGATE:
        return q_sink_aggregate_new(&c, &t->sink, err);
    case Q_SINK_SORT:
        return q_sink_sort_new(&c, &t->sink, err);
    case Q_SINK_FILES:
        return q_sink_files_new(&c, &t->sink, err);
    default:
        return q_sink_rows_new(&c, &t->sink, err);
    }
}

/* Prepare what the phase runs through and ends in. */
static q_code phase_open(q_task *t, q_err *err)
{
    uint32_t p = t->phase;
    const q_stage *s = t->stage;
    const q_segment *segment =
        p == 0 ? &s->branches[t->input.split.branch].segment : &s->barriers[p - 1].after;
    Q_TRY(segment_init(t, segment, err));
    if (p < s->n_barriers)
        return q_window_task_new(&s->barriers[p], t->session, &t->arena, &t->collecting, err);
    return sink_new(t, err);
}

static q_code phase_close(q_task *t, q_buf *out, bool *done, q_err *err)
{
    q_window_task_destroy(&t->window);
    size_t before = out->len;
    *done = t->phase == t->stage->n_barriers;
    if (*done) {
        Q_TRY(t->sink->ops->finish(t->sink, out, err));
    } else {
        Q_TRY(q_window_task_finish(t->collecting, out, err));
        t->window = t->collecting;
        t->collecting = NULL;
        t->phase++;
    }
    if (out->failed)
        return q_budget_error(NULL, out->len, err);
    t->metrics.bytes_out += out->len - before;
    t->metrics.peak_memory_bytes = t->arena.used_bytes;
    return Q_OK;
}

/* ---- reading ---- */

static q_code text_run(q_task *t, q_err *err)
{
    const q_branch *branch = &t->stage->branches[t->input.split.branch];
    const q_task_split *s = &t->input.split;
    q_split split = {.source = branch->source,
                     .file = s->file,
                     .begin = s->begin,
                     .end = s->end,
                     .landed = s->exact,
                     .data = t->input.data,
                     .data_bytes = t->input.data_bytes};
    Q_TRY(q_reader_new(&split, branch->columns, branch->n_columns, t->session, &t->arena,
                       &t->reader, err));
    t->metrics.bytes_in = s->end - s->begin;
    for (;;) {
        q_batch b = {0};
        Q_TRY(cancelled(t, err));
        Q_TRY(q_reader_next(t->reader, &b, err));
        if (!b.n_rows)
            return Q_OK;
        t->metrics.rows_in += b.n_rows;
        if (!t->full)
            Q_TRY(batch_run(t, &b, err));
        else if (!branch->source->inferred)
            return Q_OK; /* else the rest is still read, to know that the schema holds */
        q_arena_reset(&t->scratch);
    }
}

/* A decoded block in pieces of at most Q_BATCH_ROWS. */
static q_code block_run(q_task *t, const q_batch *block, q_err *err)
{
    const q_branch *branch = &t->stage->branches[t->input.split.branch];
    for (uint32_t from = 0; from < block->n_rows && !t->full; from += Q_BATCH_ROWS) {
        uint32_t n = block->n_rows - from < Q_BATCH_ROWS ? block->n_rows - from : Q_BATCH_ROWS;
        q_column *columns = q_arena_array(&t->scratch, q_column, branch->n_columns + 1);
        if (!columns)
            return q_budget_error(t->budget, sizeof *columns * branch->n_columns, err);
        for (uint32_t i = 0; i < branch->n_columns; i++)
            Q_TRY(q_column_slice(&columns[i], &block->columns[branch->columns[i]], from, n,
                                 &t->scratch, err));
        const int64_t *positions = block->positions ? block->positions + from : NULL;
        Q_TRY(cancelled(t, err));
        Q_TRY(batch_run(t, &(q_batch){n, branch->n_columns, columns, positions}, err));
        q_arena_reset(&t->scratch);
    }
    return Q_OK;
}

/* Schema of the blocks: the source's, behind the positions where the split has them. */
static q_code rows_schema(q_task *t, q_schema *out, q_err *err)
{
    const q_schema *s = &t->stage->branches[t->input.split.branch].source->schema;
    if (!t->input.split.positioned) {
        *out = *s;
        return Q_OK;
    }
    out->n_fields = s->n_fields + 1;
    out->fields = q_arena_array(&t->arena, q_field, out->n_fields);
    if (!out->fields)
        return q_budget_error(t->budget, sizeof *out->fields * out->n_fields, err);
    out->fields[0] = (q_field){"", Q_TYPE(Q_BIGINT), false};
    memcpy(out->fields + 1, s->fields, sizeof *s->fields * s->n_fields);
    return Q_OK;
}

static q_code rows_run(q_task *t, q_err *err)
{
    q_schema schema;
    Q_TRY(rows_schema(t, &schema, err));
    q_batch_cursor in;
    q_batch_cursor_bytes(&in, t->input.data, t->input.data_bytes);
    t->metrics.bytes_in = t->input.data_bytes;
    while (q_batch_cursor_more(&in) && !t->full) {
        q_batch block;
        /* the columns live with the task: kept rows point into the input */
        Q_TRY(q_batch_decode(&in, &schema, true, &t->arena, &block, err));
        block.positions = NULL;
        if (t->input.split.positioned) {
            block.positions = block.columns->values;
            block.columns++;
        }
        t->metrics.rows_in += block.n_rows;
        Q_TRY(block_run(t, &block, err));
    }
    return Q_OK;
}

/* ---- interface ---- */

q_code q_task_new(const q_stage *stage, const q_session *session, const q_task_input *input,
                  const q_task_options *options, q_budget *budget, q_task **out, q_err *err)
{
    q_task *t = calloc(1, sizeof *t);
    if (!t)
        return q_budget_error(NULL, sizeof *t, err);
    t->stage = stage;
    t->session = session;
    t->input = *input;
    t->options = *options;
    t->budget = budget;
    q_arena_init(&t->arena, budget);
    q_arena_init(&t->scratch, budget);
    q_code code = phase_open(t, err);
    if (code != Q_OK)
        q_task_destroy(&t);
    *out = t;
    return code;
}

void q_task_destroy(q_task **task)
{
    q_task *t = *task;
    if (!t)
        return;
    segment_fini(&t->segment);
    q_window_task_destroy(&t->window);
    q_window_task_destroy(&t->collecting);
    if (t->sink)
        t->sink->ops->destroy(t->sink);
    q_reader_destroy(&t->reader);
    q_arena_fini(&t->scratch);
    q_arena_fini(&t->arena);
    free(t);
    *task = NULL;
}

/* A task that holds whole partitions merges for itself and goes on in the same round trip. */
static q_code barrier_pass(q_task *t, q_buf *out, bool *done, q_err *err)
{
    q_window_merge *m = NULL;
    q_buf reply;
    char *kept;
    q_buf_init(&reply);
    q_code code =
        q_window_merge_new(&t->stage->barriers[t->phase - 1], t->session, 1, t->budget, &m, err);
    if (code == Q_OK)
        code = q_window_merge_add(m, 0, out->data, out->len, err);
    if (code == Q_OK)
        code = q_window_merge_finish(m, err);
    if (code == Q_OK)
        code = q_window_merge_reply(m, 0, &reply, err);
    q_window_merge_destroy(&m);
    q_buf_clear(out);
    kept = code == Q_OK ? q_arena_alloc_vec(&t->arena, reply.len) : NULL;
    if (kept)
        memcpy(kept, reply.data, reply.len);
    size_t bytes = reply.len;
    q_buf_fini(&reply);
    if (code == Q_OK && !kept)
        return q_budget_error(t->budget, bytes, err);
    return code == Q_OK ? q_task_continue(t, kept, bytes, out, done, err) : code;
}

q_code q_task_run(q_task *t, q_buf *out, bool *done, q_err *err)
{
    const q_source *source = t->stage->branches[t->input.split.branch].source;
    if (source->kind == Q_SOURCE_ROWS)
        Q_TRY(rows_run(t, err));
    else
        Q_TRY(text_run(t, err));
    Q_TRY(phase_close(t, out, done, err));
    while (!*done && t->input.split.whole)
        Q_TRY(barrier_pass(t, out, done, err));
    return Q_OK;
}

q_code q_task_continue(q_task *t, const void *reply, size_t bytes, q_buf *out, bool *done,
                       q_err *err)
{
    if (!t->window)
        return q_err_set(err, Q_E_PROTOCOL, "a task without a barrier was told to go on");
    Q_TRY(q_window_task_attach(t->window, reply, bytes, err));
    Q_TRY(phase_open(t, err));
    uint32_t n = q_window_task_batches(t->window);
    for (uint32_t i = 0; i < n && !t->full; i++) {
        q_batch b = {0};
        Q_TRY(cancelled(t, err));
        Q_TRY(q_window_task_next(t->window, i, &t->scratch, &b, err));
        Q_TRY(batch_run(t, &b, err));
        q_arena_reset(&t->scratch);
    }
    return phase_close(t, out, done, err);
}

const q_task_metrics *q_task_metrics_of(const q_task *t)
{
    return &t->metrics;
}

const q_read_report *q_task_report(const q_task *t)
{
    return t->reader ? q_reader_report(t->reader) : NULL;
}

void q_task_landing(const q_task *t, uint64_t *first, uint64_t *next)
{
    *first = t->input.split.begin;
    *next = t->input.split.end;
    if (t->reader)
        q_reader_landing(t->reader, first, next);
}

const q_schema *q_task_observed(const q_task *t)
{
    return t->reader ? q_reader_observed(t->reader) : NULL;
}
