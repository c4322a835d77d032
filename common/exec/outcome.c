/* Outcomes of tasks as msgpack. */
#include "common/exec/outcome.h"

#include "proto/message.h"

static void report_pack(q_buf *out, const q_read_report *r)
{
    q_pack_array(out, 5);
    q_pack_uint(out, r->n_records);
    q_pack_uint(out, r->n_bad);
    q_pack_uint(out, r->n_bad_fields);
    q_pack_uint(out, r->n_kept);
    q_pack_array(out, (uint32_t)r->n_kept);
    for (uint64_t i = 0; i < r->n_kept; i++) {
        const q_bad_record *b = &r->first[i];
        q_pack_array(out, 4);
        q_pack_uint(out, b->byte);
        q_pack_uint(out, b->record);
        q_pack_cstr(out, b->reason);
        q_pack_cstr(out, b->excerpt);
    }
}

static void text_unpack(q_unpack *in, char *to, size_t room)
{
    size_t n;
    const char *s = q_unpack_str(in, &n);
    if (n >= room)
        n = room - 1;
    if (n)
        memcpy(to, s, n);
    to[n] = 0;
}

static void report_unpack(q_unpack *in, q_read_report *r)
{
    if (q_unpack_array(in) != 5)
        in->failed = true;
    r->n_records = q_unpack_uint(in);
    r->n_bad = q_unpack_uint(in);
    r->n_bad_fields = q_unpack_uint(in);
    r->n_kept = q_unpack_uint(in);
    uint32_t n = q_unpack_array(in);
    if (n != r->n_kept || n > Q_BAD_RECORDS_KEPT)
        in->failed = true;
    for (uint32_t i = 0; i < n && !in->failed; i++) {
        q_bad_record *b = &r->first[i];
        if (q_unpack_array(in) != 4)
            in->failed = true;
        b->byte = q_unpack_uint(in);
        b->record = q_unpack_uint(in);
        text_unpack(in, b->reason, sizeof b->reason);
        text_unpack(in, b->excerpt, sizeof b->excerpt);
    }
}

void q_outcome_pack(q_buf *out, const q_outcome *o)
{
    q_pack_array(out, 6);
    q_pack_uint(out, o->kind);
    q_pack_uint(out, o->first);
    q_pack_uint(out, o->next);
    if (o->kind == Q_OUTCOME_SCHEMA)
        q_schema_pack(out, &o->observed);
    else
        q_pack_nil(out);
    if (o->kind == Q_OUTCOME_ERROR)
        q_err_pack(out, o->err);
    else
        q_pack_nil(out);
    if (o->has_report)
        report_pack(out, &o->report);
    else
        q_pack_nil(out);
}

q_code q_outcome_unpack(q_arena *a, const void *data, size_t n, q_outcome *o, q_err *err)
{
    q_unpack in;
    q_unpack_init(&in, data, n);
    memset(o, 0, sizeof *o);
    if (q_unpack_array(&in) != 6)
        return q_err_set(err, Q_E_PROTOCOL, "malformed outcome of a task");
    o->kind = (uint8_t)q_unpack_uint(&in);
    o->first = q_unpack_uint(&in);
    o->next = q_unpack_uint(&in);
    if (!q_unpack_nil(&in))
        Q_TRY(q_schema_unpack(a, &in, &o->observed, err));
    if (!q_unpack_nil(&in)) {
        o->err = q_arena_new(a, q_err);
        q_err_unpack(&in, o->err);
    }
    if (!q_unpack_nil(&in)) {
        o->has_report = true;
        report_unpack(&in, &o->report);
    }
    if (!q_unpack_ok(&in) || o->kind > Q_OUTCOME_ERROR || (o->kind == Q_OUTCOME_ERROR && !o->err))
        return q_err_set(err, Q_E_PROTOCOL, "malformed outcome of a task");
    return Q_OK;
}
