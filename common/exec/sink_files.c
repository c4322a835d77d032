/*
 * Rows to a part file. The body: msgpack [part name, bytes, rows]; no rows, no part:
 * an empty body, except for a stage's first task, so that a result always has a file.
 */
#include <stdlib.h>

#include "common/base/pack.h"
#include "common/exec/sink.h"
#include "common/io/output.h"
#include "common/io/writer.h"

typedef struct files_sink {
    q_task_sink base;
    q_sink_context c;
    q_part *part;
    q_writer *writer;
    uint64_t n_rows;
} files_sink;

static q_code part_open(files_sink *s, q_err *err)
{
    const q_sink_spec *spec = s->c.stage->sink.files;
    const char *attempt = q_arena_printf(s->c.arena, "%s-%s", spec->job, s->c.attempt);
    if (!attempt)
        return q_budget_error(s->c.arena->budget, 0, err);
    Q_TRY(q_part_open(spec, attempt, s->c.task, s->c.expected_bytes, &s->part, err));
    return q_writer_begin(s->writer, q_part_buffer(s->part), err);
}

static q_code add(q_task_sink *base, const q_batch *batch, bool *full, q_err *err)
{
    files_sink *s = (files_sink *)base;
    *full = false;
    if (!s->part)
        Q_TRY(part_open(s, err));
    s->n_rows += batch->n_rows;
    Q_TRY(q_writer_append(s->writer, batch, q_part_buffer(s->part), err));
    return q_part_flush(s->part, err);
}

static q_code finish(q_task_sink *base, q_buf *out, q_err *err)
{
    files_sink *s = (files_sink *)base;
    const char *name;
    uint64_t bytes;
    if (!s->part && s->c.task > 0)
        return Q_OK;
    if (!s->part)
        Q_TRY(part_open(s, err));
    Q_TRY(q_writer_end(s->writer, q_part_buffer(s->part), err));
    Q_TRY(q_part_commit(&s->part, s->c.arena, &name, &bytes, err));
    q_pack_array(out, 3);
    q_pack_cstr(out, name);
    q_pack_uint(out, bytes);
    q_pack_uint(out, s->n_rows);
    return Q_OK;
}

static void destroy(q_task_sink *base)
{
    files_sink *s = (files_sink *)base;
    q_part_abort(&s->part);
    q_writer_destroy(&s->writer);
    free(s);
}

q_code q_sink_files_new(const q_sink_context *c, q_task_sink **out, q_err *err)
{
    static const q_task_sink_ops ops = {add, finish, destroy};
    const q_sink_spec *spec = c->stage->sink.files;
    files_sink *s = malloc(sizeof *s);
    if (!s)
        return q_budget_error(NULL, sizeof *s, err);

    *s = (files_sink){.base.ops = &ops, .c = *c};
    q_code code = q_writer_new(&c->stage->output, spec->format, &spec->options, Q_WRITE_RECORDS,
                               c->session, &s->writer, err);
    if (code != Q_OK)
        destroy(&s->base);
    else
        *out = &s->base;
    return code;
}
