/* Inference over JSON records, and the check that an inferred schema holds them. */
#include "common/io/json_reader.h"

static bool is_corrupt_column(const q_reader *r, const char *name)
{
    return strcmp(name, r->options->corrupt_column) == 0;
}

/* The name's text; empty when no column can have it (it holds a NUL). */
static const char *name_of(q_reader *r, const q_json_value *key, size_t *n)
{
    const char *s = key->ptr;
    *n = key->len;
    if (key->escaped && q_buf_reserve(&r->cells.scratch, key->len)) {
        s = r->cells.scratch.data;
        *n = q_json_unescape(key, r->cells.scratch.data);
    }
    if (*n && memchr(s, 0, *n))
        *n = 0;
    return s;
}

bool q_json_fits(q_reader *r, int32_t field, const q_json_value *key, const q_json_value *v)
{
    const q_json_reader *j = r->format;
    size_t n;
    if (field < 0) {
        name_of(r, key, &n);
        bool dropped = r->options->drop_field_if_all_null;
        return n == 0 || (dropped && q_infer_no_value(q_infer_json(j->types, v)));
    }
    const q_field *f = &r->split.source->schema.fields[field];
    if (f->type.kind == Q_STRING && f->nullable != Q_ONLY_NULLS)
        return true; /* without a look into arrays */
    return is_corrupt_column(r, f->name) || q_infer_holds(f, q_infer_json(j->types, v));
}

bool q_json_fits_malformed(const q_reader *r)
{
    const q_schema *s = &r->split.source->schema;
    if (r->options->mode != Q_MODE_PERMISSIVE || r->options->bad_records_path)
        return true;
    for (uint32_t i = 0; i < s->n_fields; i++)
        if (is_corrupt_column(r, s->fields[i].name))
            return true;
    return false;
}

void q_json_infer_from_here(q_reader *r)
{
    q_json_reader *j = r->format;
    if (j->inferring)
        return;
    q_infer_add_schema(j->types, &r->split.source->schema);
    j->inferring = true;
    r->changed = true;
}

q_code q_json_observe(q_reader *r, q_schema *out, q_err *err)
{
    q_json_reader *j = r->format;
    return q_infer_schema_of(j->types, true, &r->own, out, err);
}

/* The field of a name; the order of the record before is tried first. */
static uint32_t field_of(q_reader *r, uint32_t position, const q_json_value *key)
{
    q_json_reader *j = r->format;
    size_t n;
    const char *s = name_of(r, key, &n);
    if (q_infer_is(j->types, position, s, n))
        return position;
    return q_infer_field_of(j->types, s, n);
}

q_json_outcome q_json_infer_record(q_reader *r, q_json_scan *scan)
{
    q_json_reader *j = r->format;
    q_json_value key, value;
    const char *begin = scan->at;
    bool first = true;
    /* twice: a record that turns out malformed has no fields */
    if (!q_json_walk(scan, 0, NULL, NULL))
        return Q_JSON_MALFORMED;
    scan->at = begin;
    for (uint32_t i = 0; q_json_next_member(scan, &first, 1, &key, &value); i++)
        q_infer_add(j->types, field_of(r, i, &key), q_infer_json(j->types, &value));
    return scan->reason ? Q_JSON_MALFORMED : Q_JSON_ROW;
}

/* Of lines, those that are complete. */
static uint64_t complete_lines(const char *data, uint64_t bytes)
{
    const char *end = bytes ? memrchr(data, '\n', bytes) : NULL;
    return end ? (uint64_t)(end + 1 - data) : 0;
}

static q_code infer(q_reader *r, bool whole_file, const q_session *session, q_arena *a,
                    q_schema *out, q_err *err)
{
    q_json_reader *j = r->format;
    q_batch none;
    j->inferring = true;
    j->sample = !whole_file && j->layout != Q_JSON_LINES; /* lines are complete */
    Q_TRY(q_reader_next(r, &none, err));
    return q_infer_schema_of(j->types, session->case_sensitive, a, out, err);
}

q_code q_json_infer_schema(const q_source *source, const char *data, uint64_t bytes,
                           bool whole_file, const q_session *session, q_arena *a, q_schema *out,
                           q_err *err)
{
    q_source empty = *source;
    q_arena task;
    q_reader *r;
    empty.schema = (q_schema){0, NULL};
    empty.inferred = true;
    q_split split = {.source = &empty, .end = bytes, .data = data, .data_bytes = bytes};
    q_arena_init(&task, NULL);
    q_code code = q_reader_new(&split, NULL, 0, session, &task, &r, err);
    if (code == Q_OK && !whole_file && ((q_json_reader *)r->format)->layout == Q_JSON_LINES) {
        q_reader_destroy(&r);
        split.end = split.data_bytes = complete_lines(data, bytes);
        code = q_reader_new(&split, NULL, 0, session, &task, &r, err);
    }
    if (code == Q_OK)
        code = infer(r, whole_file, session, a, out, err);
    q_reader_destroy(&r);
    q_arena_fini(&task);
    return code;
}
