/* Files as a worker sees them. */
#include "worker/files.h"

#include <string.h>

#include "common/io/files.h"
#include "common/io/input.h"
#include "common/io/output.h"
#include "common/io/paths.h"
#include "common/io/reader.h"
#include "common/plan/serial.h"
#include "common/io/roots.h"

/* ---- probe ---- */

/* The client's list of files must be what is seen here. */
static q_code files_same(const q_source *asked, const q_file *seen, uint32_t n, q_err *err)
{
    if (asked->n_files != n)
        return q_err_set(err, Q_E_PATH_NOT_FOUND, "%s has %u files here, %u at the client",
                         asked->name, n, asked->n_files);
    for (uint32_t i = 0; i < n; i++) {
        const q_file *f = &asked->files[i];
        if (strcmp(f->path, seen[i].path) != 0 || f->bytes != seen[i].bytes)
            return q_err_set(err, Q_E_INPUT_CHANGED, "%s is another file here", f->path);
    }
    return Q_OK;
}

/* From the first file that has bytes; a file read whole needs no verification by the tasks. */
static q_code schema_sample(q_source *s, uint64_t sample_bytes, q_arena *a, q_err *err)
{
    const q_session session = {.time_zone = "UTC"};
    for (uint32_t i = 0; i < s->n_files; i++) {
        q_input *in = NULL;
        Q_TRY(q_input_open(s, i, NULL, &in, err));
        uint64_t bytes = q_input_bytes(in);
        bool whole;
        q_schema schema = {0};
        q_code code = Q_OK;
        for (uint64_t n = sample_bytes; code == Q_OK; n *= 4) { /* until it has a whole record */
            whole = bytes <= n;
            code = q_infer_schema(s, q_input_data(in), whole ? bytes : n, whole, &session, a,
                                  &schema, err);
            if (whole || schema.n_fields)
                break;
        }
        q_input_close(&in);
        if (code != Q_OK)
            return code;
        s->schema = schema;
        if (schema.n_fields)
            return Q_OK;
    }
    return Q_OK;
}

static q_code probe(const q_msg_probe *m, q_arena *a, q_source *s, q_err *err)
{
    q_unpack in;
    q_unpack_init(&in, m->body.data, m->body.len);
    Q_TRY(q_source_unpack(a, &in, s, err));
    const q_file *seen;
    uint32_t n;
    Q_TRY(q_files_expand(s->name, a, &seen, &n, err));
    for (uint32_t i = 0; i < n; i++)
        Q_TRY(q_roots_check_input(seen[i].path, err));
    if (s->n_files)
        Q_TRY(files_same(s, seen, n, err));
    s->files = seen;
    s->n_files = n;
    s->kind = Q_SOURCE_FILES;
    if (s->schema.n_fields || !m->sample_bytes)
        return Q_OK;
    return schema_sample(s, m->sample_bytes, a, err);
}

void q_files_probe(const q_msg_probe *m, q_arena *a, q_message *answer)
{
    q_source source;
    q_err *err = q_arena_new(a, q_err);
    q_buf body;
    q_buf_init(&body);
    q_err_clear(err);
    q_message_init(answer, Q_MSG_PROBED);
    q_msg_probed *p = &answer->u.probed;
    p->probe_id = m->probe_id;
    p->job_id = m->job_id;
    if (probe(m, a, &source, err) != Q_OK) {
        q_err_at_source(err, source.name ? source.name : "");
        p->error = err;
        return;
    }
    q_source_pack(&body, &source);
    p->body.len = body.len;
    p->body.data = q_arena_copy(a, body.data, body.len);
    q_buf_fini(&body);
}

/* ---- output ---- */

static q_code parts_commit(q_unpack *in, const q_sink_spec *spec, q_arena *a, q_err *err)
{
    uint32_t n = q_unpack_array(in);
    const char **parts = q_arena_array(a, const char *, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        size_t len;
        const char *s = q_unpack_str(in, &len);
        parts[i] = q_arena_strndup(a, s ? s : "", len);
    }
    if (!q_unpack_ok(in))
        return q_err_set(err, Q_E_PROTOCOL, "malformed commit");
    return q_output_commit(spec, spec->job, parts, n, err);
}

/* The client made this directory; without its marker here, it is another one. One that cannot be
 * written here is the client's to write, too. */
static q_code prepare_marked(const q_sink_spec *spec, const char *marker, bool *skip, q_err *err)
{
    if (!q_output_is_marked(spec, marker))
        return q_err_set(err, Q_E_PATH_NOT_FOUND, "%s is not the client's directory here",
                         spec->path);
    q_code code = q_output_begin(spec, skip, err);
    if (code == Q_E_IO)
        err->code = code = Q_E_PATH_NOT_FOUND;
    return code;
}

/* Behind what is to be prepared: the files that are read. What is read is not overwritten. */
static q_code reads_check(q_unpack *in, const q_sink_spec *spec, q_arena *a, q_err *err)
{
    uint32_t n = q_unpack_array(in);
    for (uint32_t i = 0; i < n; i++) {
        size_t len;
        const char *s = q_unpack_str(in, &len);
        const char *path = s ? q_arena_strndup(a, s, len) : "";
        if (spec->mode == Q_SAVE_OVERWRITE && q_path_is_within(path, spec->path))
            return q_err_set(err, Q_E_UNSUPPORTED_FEATURE,
                             "cannot overwrite %s, of which %s is read", spec->path, path);
    }
    return q_unpack_ok(in) ? Q_OK : q_err_set(err, Q_E_PROTOCOL, "malformed commit");
}

static q_code prepare(q_unpack *in, const q_sink_spec *spec, q_arena *a, bool *skip, q_err *err)
{
    size_t len;
    const char *marker = q_unpack_nil(in) ? NULL : q_unpack_str(in, &len);
    Q_TRY(reads_check(in, spec, a, err));
    if (!marker)
        return q_output_begin(spec, skip, err);
    return prepare_marked(spec, q_arena_strndup(a, marker, len), skip, err);
}

/* COMMIT's body: [sink, nil or marker, [path…]] to prepare, [sink, [part…]] to commit. */
static q_code output(const q_message *m, q_arena *a, bool *skip, q_err *err)
{
    const q_bytes *body = m->type == Q_MSG_COMMIT ? &m->u.commit.body : &m->u.abort_output.body;
    q_unpack in;
    q_sink_spec spec;
    q_unpack_init(&in, body->data, body->len);
    uint32_t n = q_unpack_array(&in);
    if (n != 2 && n != 3)
        return q_err_set(err, Q_E_PROTOCOL, "malformed commit");
    Q_TRY(q_sink_spec_unpack(a, &in, &spec, err));
    if (m->type == Q_MSG_ABORT) {
        q_output_abort(&spec, spec.job);
        return Q_OK;
    }
    Q_TRY(q_roots_check_output(spec.path, err));
    return n == 3 ? prepare(&in, &spec, a, skip, err) : parts_commit(&in, &spec, a, err);
}

void q_files_output(const q_message *m, q_arena *a, q_message *answer)
{
    q_err *err = q_arena_new(a, q_err);
    bool skip = false, commit = m->type == Q_MSG_COMMIT;
    q_err_clear(err);
    q_message_init(answer, Q_MSG_COMMITTED);
    q_msg_committed *c = &answer->u.committed;
    c->job_id = commit ? m->u.commit.job_id : m->u.abort_output.job_id;
    c->stage_id = commit ? m->u.commit.stage_id : m->u.abort_output.stage_id;
    if (output(m, a, &skip, err) != Q_OK)
        c->error = err;
    c->skip = skip;
}
