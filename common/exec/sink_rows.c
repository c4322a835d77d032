/* Rows as they come: each batch is one block of the body, behind their positions if they have
 * them (splits cut by category: the merge restores input order). */
#include <stdlib.h>
#include <string.h>

#include "common/exec/sink.h"
#include "proto/batch.h"

typedef struct rows_sink {
    q_task_sink base;
    q_arena *arena;
    int64_t wanted; /* rows still wanted, -1: all */
    q_buf body;
    size_t counted; /* of the body in the budget */
} rows_sink;

static q_code positions_put(rows_sink *s, q_batch *b, q_err *err)
{
    q_column *columns = q_arena_array(s->arena, q_column, b->n_columns + 1);
    if (!columns)
        return q_budget_error(s->arena->budget, sizeof *columns * b->n_columns, err);
    columns[0] =
        (q_column){.type = Q_TYPE(Q_BIGINT), .length = b->n_rows, .values = (void *)b->positions};
    memcpy(columns + 1, b->columns, sizeof *columns * b->n_columns);
    *b = (q_batch){b->n_rows, b->n_columns + 1, columns, NULL};
    return Q_OK;
}

static q_code add(q_task_sink *base, const q_batch *batch, bool *full, q_err *err)
{
    rows_sink *s = (rows_sink *)base;
    q_batch b = *batch;
    if (s->wanted >= 0 && b.n_rows > s->wanted) {
        b.n_rows = (uint32_t)s->wanted;
        b.columns = q_arena_array(s->arena, q_column, b.n_columns);
        if (!b.columns)
            return q_budget_error(s->arena->budget, sizeof *b.columns * b.n_columns, err);
        for (uint32_t i = 0; i < b.n_columns; i++)
            Q_TRY(q_column_slice(&b.columns[i], &batch->columns[i], 0, b.n_rows, s->arena, err));
    }
    if (s->wanted >= 0)
        s->wanted -= b.n_rows;
    *full = s->wanted == 0;
    if (!b.n_rows)
        return Q_OK;
    if (b.positions)
        Q_TRY(positions_put(s, &b, err));
    Q_TRY(q_batch_encode(&s->body, &b, err));
    size_t more = s->body.cap - s->counted;
    if (!q_budget_take(s->arena->budget, more))
        return q_budget_error(s->arena->budget, more, err);
    s->counted = s->body.cap;
    return Q_OK;
}

static q_code finish(q_task_sink *base, q_buf *out, q_err *err)
{
    rows_sink *s = (rows_sink *)base;
    (void)err;
    if (!out->len) { /* hand the bytes over */
        q_buf_fini(out);
        *out = s->body;
        q_budget_give(s->arena->budget, s->counted);
        s->counted = 0;
        q_buf_init(&s->body);
        return Q_OK;
    }
    q_buf_append(out, s->body.data, s->body.len);
    return out->failed ? q_budget_error(NULL, s->body.len, err) : Q_OK;
}

static void destroy(q_task_sink *base)
{
    rows_sink *s = (rows_sink *)base;
    q_budget_give(s->arena->budget, s->counted);
    q_buf_fini(&s->body);
    free(s);
}

q_code q_sink_rows_new(const q_sink_context *c, q_task_sink **out, q_err *err)
{
    static const q_task_sink_ops ops = {add, finish, destroy};
    rows_sink *s = calloc(1, sizeof *s);
    if (!s)
        return q_budget_error(NULL, sizeof *s, err);
    const q_sink *sink = &c->stage->sink;
    s->base.ops = &ops;
    s->arena = c->arena;
    s->wanted = sink->limit < 0 ? -1 : sink->limit + sink->offset;
    if (s->wanted < 0)
        s->wanted = -1;
    *out = &s->base;
    return Q_OK;
}
