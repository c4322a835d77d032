/* Inference over CSV: names from the header, types from all tokens. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/io/csv_reader.h"
#include "common/io/lines.h"

void q_csv_infer_from_here(q_reader *r)
{
    q_csv_reader *c = r->format;
    if (c->inferring)
        return;
    q_infer_add_schema(c->types, &r->split.source->schema);
    c->inferring = true;
    r->changed = true;
}

q_code q_csv_observe(q_reader *r, q_schema *out, q_err *err)
{
    q_csv_reader *c = r->format;
    return q_infer_schema_of(c->types, true, &r->own, out, err);
}

/* Columns are the first record's: values beyond are left out, missing ones say nothing. */
void q_csv_infer_row(q_reader *r)
{
    q_csv_reader *c = r->format;
    for (uint32_t i = 0; i < c->scan.n_tokens && i < c->types->n; i++) {
        size_t n;
        const char *s = q_csv_text(r, c, &c->scan.tokens[i], &n);
        if (s && c->types->fields[i].type.kind != Q_STRING)
            q_infer_add(c->types, i, q_infer_text(c->types, s, n));
    }
}

/* ---- names ---- */

typedef struct header_name {
    const char *text;
    uint32_t at;
} header_name;

static int compare_exact(const void *x, const void *y)
{
    return strcmp(((const header_name *)x)->text, ((const header_name *)y)->text);
}

static int compare_folded(const void *x, const void *y)
{
    return strcasecmp(((const header_name *)x)->text, ((const header_name *)y)->text);
}

/* twice[i]: another column has the name, too. NULL names are no names. */
static bool *names_twice(q_arena *a, const char **names, uint32_t n, bool case_sensitive)
{
    int (*compare)(const void *, const void *) = case_sensitive ? compare_exact : compare_folded;
    header_name *sorted = q_arena_array(a, header_name, n + 1);
    bool *twice = q_arena_array(a, bool, n + 1);
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++)
        if (names[i])
            sorted[k++] = (header_name){names[i], i};
    qsort(sorted, k, sizeof *sorted, compare);
    for (uint32_t i = 1; i < k; i++)
        if (compare(&sorted[i - 1], &sorted[i]) == 0)
            twice[sorted[i - 1].at] = twice[sorted[i].at] = true;
    return twice;
}

/* Spark's names: _c0 for what is empty or NULL, a number behind names that come twice. */
static void make_names(q_reader *r, bool header, bool case_sensitive)
{
    q_csv_reader *c = r->format;
    uint32_t n = c->scan.n_tokens;
    const char **names = q_arena_array(&r->own, const char *, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        size_t len;
        const char *s = header ? q_csv_text(r, c, &c->scan.tokens[i], &len) : NULL;
        if (s && len && !memchr(s, 0, len))
            names[i] = q_arena_strndup(&r->own, s, len);
    }
    const bool *twice = names_twice(&r->own, names, n, case_sensitive);
    for (uint32_t i = 0; i < n; i++) {
        const char *name = !names[i]  ? q_arena_printf(&r->own, "_c%u", i)
                           : twice[i] ? q_arena_printf(&r->own, "%s%u", names[i], i)
                                      : names[i];
        q_infer_field_of(c->types, name, strlen(name));
    }
}

/* ---- q_infer_schema ---- */

static q_code all_strings(q_reader *r, q_arena *a, q_schema *out)
{
    q_csv_reader *c = r->format;
    *out = (q_schema){c->types->n, q_arena_array(a, q_field, c->types->n)};
    for (uint32_t i = 0; i < c->types->n; i++)
        out->fields[i] =
            (q_field){q_arena_strdup(a, c->types->fields[i].name), Q_TYPE(Q_STRING), true};
    return Q_OK;
}

static q_code infer(q_reader *r, const q_session *session, bool whole_file, q_arena *a,
                    q_schema *out, q_err *err)
{
    q_csv_reader *c = r->format;
    bool found;
    c->inferring = true;
    Q_TRY(q_csv_next_record(r, &found, err));
    if (!found) {
        *out = (q_schema){0, NULL};
        return Q_OK;
    }
    make_names(r, r->options->header, session->case_sensitive);
    if (!r->options->infer_schema)
        return all_strings(r, a, out);
    if (!r->options->header)
        q_csv_infer_row(r);
    for (;;) {
        Q_TRY(q_csv_next_record(r, &found, err));
        if (!found)
            break;
        if (whole_file || c->at < c->end) /* else it may be cut off */
            q_csv_infer_row(r);
    }
    return q_infer_schema_of(c->types, true, a, out, err);
}

q_code q_csv_infer_schema(const q_source *source, const char *data, uint64_t bytes, bool whole_file,
                          const q_session *session, q_arena *a, q_schema *out, q_err *err)
{
    q_source empty = *source;
    q_arena task;
    q_reader *r;
    empty.schema = (q_schema){0, NULL};
    empty.inferred = empty.options.infer_schema = true;
    q_split split = {.source = &empty, .end = bytes, .data = data, .data_bytes = bytes};
    q_arena_init(&task, NULL);
    q_code code = q_reader_new(&split, NULL, 0, session, &task, &r, err);
    if (code == Q_OK) {
        r->options = &source->options;
        code = infer(r, session, whole_file, a, out, err);
    }
    q_reader_destroy(&r);
    q_arena_fini(&task);
    return code;
}
