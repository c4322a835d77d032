/* Streamed files to rows. */
#include "master/stream_rows.h"

#include <stdlib.h>
#include <string.h>

#include "common/io/input.h"

/* The bytes as a reader wants them: decompressed, UTF-8, with slack behind. */
typedef struct text {
    char *copy;
    q_budget *budget; /* that counts the copy */
    q_inflated inflated;
    const char *data;
    uint64_t bytes;
} text;

#define SLACK 64

static q_code text_open(text *t, const q_source *source, uint32_t file, const q_shared *bytes,
                        q_budget *budget, q_err *err)
{
    if (q_input_is_whole(source, file)) {
        Q_TRY(q_input_text(source, file, bytes->data, bytes->len, budget, &t->inflated, err));
        t->data = t->inflated.data;
        t->bytes = t->inflated.bytes;
        return Q_OK;
    }
    if (!q_budget_take(budget, bytes->len))
        return q_budget_error(budget, bytes->len, err);
    t->budget = budget;
    t->bytes = bytes->len;
    t->copy = malloc(bytes->len + SLACK);
    if (!t->copy)
        return q_budget_error(NULL, bytes->len, err);
    if (bytes->len)
        memcpy(t->copy, bytes->data, bytes->len);
    memset(t->copy + bytes->len, 0, SLACK);
    t->data = t->copy;
    return Q_OK;
}

static void text_close(text *t)
{
    free(t->copy);
    q_budget_give(t->budget, t->bytes);
    if (t->inflated.data)
        q_inflated_fini(&t->inflated);
}

static q_code rows_read(const q_source *source, uint32_t file, const text *t,
                        const q_session *session, q_rows *out, q_read_report *report, q_err *err)
{
    const q_split split = {.source = source,
                           .file = file,
                           .end = t->bytes,
                           .landed = true,
                           .data = t->data,
                           .data_bytes = t->bytes};
    uint32_t n = source->schema.n_fields;
    q_arena a; /* texts that are not as in the file; the rows have copies */
    q_arena_init(&a, out->arena.budget);
    uint32_t *columns = q_arena_array(&a, uint32_t, n + 1);
    q_reader *reader = NULL;
    if (!columns)
        return q_budget_error(out->arena.budget, sizeof *columns * n, err);
    for (uint32_t i = 0; i < n; i++)
        columns[i] = i;
    q_code code = q_reader_new(&split, columns, n, session, &a, &reader, err);
    while (code == Q_OK) {
        q_batch b = {0};
        code = q_reader_next(reader, &b, err);
        if (!b.n_rows)
            break;
        if (code == Q_OK)
            code = q_rows_of_batch(&b, out, err);
    }
    if (reader)
        *report = *q_reader_report(reader);
    q_reader_destroy(&reader);
    q_arena_fini(&a);
    return code;
}

q_code q_stream_rows(q_source *source, uint32_t file, const q_shared *bytes,
                     const q_session *session, q_arena *a, q_rows *out, q_read_report *report,
                     q_err *err)
{
    text t = {0};
    q_code code = text_open(&t, source, file, bytes, out->arena.budget, err);
    if (code == Q_OK && !source->schema.n_fields)
        code = q_infer_schema(source, t.data, t.bytes, true, session, a, &source->schema, err);
    if (code == Q_OK && source->schema.n_fields)
        code = rows_read(source, file, &t, session, out, report, err);
    text_close(&t);
    if (code != Q_OK)
        q_err_at_source(err, source->files[file].path);
    return code;
}
