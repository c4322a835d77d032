/* A directory that the client writes. */
#include "cli/output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/assert.h"
#include "common/base/session.h"
#include "common/io/options.h"
#include "common/plan/bind.h"
#include "common/io/output.h"
#include "common/io/writer.h"

struct q_client_output {
    q_sink_spec spec;
    q_arena arena;
    q_schema schema;
    q_session session;
    q_part *part;
    q_writer *writer;
    int lock; /* of the marker; -1: none */
};

static q_code spec_fill(q_client_output *c, const q_rec_output *o, const char *token, q_err *err)
{
    q_format format = Q_FORMAT_JSON;
    if (o->format && !q_format_from_name(o->format, &format))
        return q_err_set(err, Q_E_INVALID_OPTION, "unknown output format %s", o->format);
    c->spec.format = format;
    c->spec.mode = strcmp(o->mode, "overwrite") == 0 ? Q_SAVE_OVERWRITE : Q_SAVE_ERROR_IF_EXISTS;
    c->spec.path = o->path;
    c->spec.job = token;
    return q_write_options_parse(format, NULL, 0, &c->arena, &c->spec.options, NULL, err);
}

static void mark(q_client_output *c, q_rec_output *o, q_arena *a)
{
    q_err err;
    bool skip;
    const char *marker;
    q_code code = q_output_begin(&c->spec, &skip, &err);
    if (code == Q_E_PATH_ALREADY_EXISTS)
        o->error = q_arena_copy(a, &err, sizeof err);
    else if (code == Q_OK && q_output_mark(&c->spec, &c->lock, &marker, a, &err) == Q_OK)
        o->marker = (char *)marker;
}

q_code q_client_output_new(q_rec_output *o, const char *token, q_arena *a, q_client_output **out,
                           q_err *err)
{
    q_client_output *c = *out = calloc(1, sizeof *c);
    Q_ASSERT(c);
    c->lock = -1;
    q_arena_init(&c->arena, NULL);
    Q_TRY(spec_fill(c, o, token, err));
    mark(c, o, a);
    return Q_OK;
}

q_code q_client_output_schema(q_client_output *c, const q_schema *schema, const char *time_zone,
                              q_err *err)
{
    const char *attempt = q_arena_printf(&c->arena, "%s-client", c->spec.job);
    c->session = (q_session){.time_zone = q_arena_strdup(&c->arena, time_zone)};
    Q_TRY(q_schema_copy(&c->schema, schema, &c->arena));
    Q_TRY(q_part_open(&c->spec, attempt, 0, 0, &c->part, err));
    Q_TRY(q_writer_new(&c->schema, c->spec.format, &c->spec.options, Q_WRITE_RECORDS, &c->session,
                       &c->writer, err));
    return q_writer_begin(c->writer, q_part_buffer(c->part), err);
}

q_code q_client_output_rows(q_client_output *c, const q_batch *batch, q_err *err)
{
    Q_TRY(q_writer_append(c->writer, batch, q_part_buffer(c->part), err));
    return q_part_flush(c->part, err);
}

q_code q_client_output_end(q_client_output *c, q_err *err)
{
    const char *name;
    uint64_t bytes;
    Q_TRY(q_writer_end(c->writer, q_part_buffer(c->part), err));
    Q_TRY(q_part_commit(&c->part, &c->arena, &name, &bytes, err));
    return q_output_commit(&c->spec, c->spec.job, &name, 1, err);
}

void q_client_output_destroy(q_client_output **output)
{
    q_client_output *c = *output;
    if (!c)
        return;
    if (c->part)
        q_part_abort(&c->part);
    q_writer_destroy(&c->writer);
    if (c->spec.job)
        q_output_abort(&c->spec, c->spec.job);
    if (c->lock >= 0)
        close(c->lock);
    q_arena_fini(&c->arena);
    free(c);
    *output = NULL;
}
