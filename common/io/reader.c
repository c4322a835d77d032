/* What all readers share. */
#include "common/io/reader_base.h"

#include <stdlib.h>

#include "common/io/utf8_repair.h"

static const char *file_name(const q_reader *r)
{
    const q_source *s = r->split.source;
    return r->split.file < s->n_files ? s->files[r->split.file].path : s->name;
}

/* ---- which columns ---- */

int32_t q_reader_corrupt_field(const q_source *source)
{
    if (source->format == Q_FORMAT_CSV && source->inferred)
        return -1;
    for (uint32_t i = 0; i < source->schema.n_fields; i++) {
        const q_field *f = &source->schema.fields[i];
        if (f->type.kind == Q_STRING && strcmp(f->name, source->options.corrupt_column) == 0)
            return (int32_t)i;
    }
    return -1;
}

/* Cells: the distinct output columns; all fields when the corrupt record is among them. */
static uint32_t choose_fields(q_reader *r, const uint32_t *columns, uint32_t n, uint32_t *fields)
{
    const q_source *source = r->split.source;
    const q_schema *schema = &source->schema;
    int32_t corrupt = q_reader_corrupt_field(source);
    int32_t *cell = q_arena_array(&r->own, int32_t, schema->n_fields);
    uint32_t n_fields = 0;
    /* an inferred schema is verified in all columns */
    bool all = source->inferred && source->format == Q_FORMAT_CSV && source->options.infer_schema;
    for (uint32_t i = 0; i < n; i++)
        all |= (int32_t)columns[i] == corrupt;
    for (uint32_t f = 0; f < schema->n_fields; f++) {
        bool wanted = all;
        for (uint32_t i = 0; i < n && !wanted; i++)
            wanted = columns[i] == f;
        cell[f] = wanted ? (int32_t)n_fields : -1;
        if (wanted)
            fields[n_fields++] = f;
    }
    for (uint32_t i = 0; i < n; i++)
        r->out_cell[i] = (uint32_t)cell[columns[i]];
    return n_fields;
}

static q_code init_columns(q_reader *r, const uint32_t *columns, uint32_t n, q_err *err)
{
    const q_source *source = r->split.source;
    uint32_t *fields = q_arena_array(&r->own, uint32_t, source->schema.n_fields + 1);
    r->n_out = n;
    r->out_cell = q_arena_array(&r->own, uint32_t, n + 1);
    r->out = q_arena_array(&r->own, q_column, n + 1);
    for (uint32_t i = 0; i < n; i++)
        if (columns[i] >= source->schema.n_fields)
            return q_err_set(err, Q_E_INTERNAL, "column %u of a schema of %u", columns[i],
                             source->schema.n_fields);
    uint32_t n_fields = choose_fields(r, columns, n, fields);
    Q_TRY(q_cells_init(&r->cells, &source->schema, fields, n_fields, source->format, r->options,
                       &r->session, &r->own, r->arena, err));
    int32_t corrupt = q_reader_corrupt_field(source);
    for (uint32_t i = 0; i < n_fields; i++)
        if ((int32_t)fields[i] == corrupt)
            r->corrupt = &r->cells.columns[i];
    return Q_OK;
}

/* ---- life ---- */

static q_code reader_init(q_reader *r, const q_split *split, const uint32_t *columns, uint32_t n,
                          q_err *err)
{
    Q_TRY(init_columns(r, columns, n, err));
    if (r->options->bad_records_path)
        Q_TRY(q_bad_log_new(r->options->bad_records_path, &r->bad_log, err));
    return split->source->format == Q_FORMAT_JSON ? q_json_reader_init(r, err)
                                                  : q_csv_reader_init(r, err);
}

q_code q_reader_new(const q_split *split, const uint32_t *columns, uint32_t n_columns,
                    const q_session *session, q_arena *arena, q_reader **out, q_err *err)
{
    q_reader *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return q_budget_error(NULL, sizeof *r, err);
    r->split = *split;
    r->options = &split->source->options;
    r->session = *session;
    r->arena = arena;
    r->first = r->next = UINT64_MAX;
    q_arena_init(&r->own, NULL);
    q_code code = reader_init(r, split, columns, n_columns, err);
    if (code != Q_OK)
        q_reader_destroy(&r);
    *out = r;
    return code;
}

void q_reader_destroy(q_reader **r)
{
    if (!*r)
        return;
    if ((*r)->ops)
        (*r)->ops->fini(*r);
    q_bad_log_destroy(&(*r)->bad_log);
    q_cells_fini(&(*r)->cells);
    q_arena_fini(&(*r)->own);
    free(*r);
    *r = NULL;
}

static q_code schema_changed(q_reader *r, q_err *err)
{
    Q_TRY(r->ops->observe(r, &r->observed, err));
    q_err_set(err, Q_E_SCHEMA_CHANGED, "%s has records that the schema of its sample does not hold",
              r->split.source->name);
    q_err_at_source(err, file_name(r));
    return Q_E_SCHEMA_CHANGED;
}

q_code q_reader_next(q_reader *r, q_batch *out, q_err *err)
{
    *out = (q_batch){0, r->n_out, r->out, NULL};
    r->row = 0;
    q_cells_begin(&r->cells);
    while (!r->done && r->row < Q_BATCH_ROWS)
        Q_TRY(r->ops->fill(r, err));
    if (r->changed)
        return schema_changed(r, err);
    for (uint32_t i = 0; i < r->n_out; i++)
        q_cells_finish(&r->cells, r->out_cell[i], r->row, &r->out[i]);
    out->n_rows = r->row;
    return Q_OK;
}

const q_read_report *q_reader_report(const q_reader *r)
{
    return &r->report;
}

void q_reader_landing(const q_reader *r, uint64_t *first, uint64_t *next)
{
    *first = r->first;
    *next = r->next;
}

const q_schema *q_reader_observed(const q_reader *r)
{
    return r->changed ? &r->observed : NULL;
}

q_landing q_landing_check(const q_split *split, uint64_t expected, uint64_t first, uint64_t *next)
{
    if (split->begin == 0 || first == expected)
        return Q_LANDING_GOOD;
    if (expected < split->end)
        return Q_LANDING_REREAD;
    *next = expected;
    return Q_LANDING_EMPTY;
}

/* ---- bad records ---- */

q_code q_reader_no_memory(q_reader *r, size_t bytes, q_err *err)
{
    return q_budget_error(r->arena->budget, bytes, err);
}

void q_reader_null_row(q_reader *r)
{
    for (uint32_t i = 0; i < r->cells.n; i++)
        q_cell_null(&r->cells.columns[i], r->row);
}

/* The beginning of the record for a message: valid UTF-8, no line ends. */
static void excerpt_of(const q_bad *bad, char *out, size_t size)
{
    size_t n = bad->n < size - 4 ? bad->n : size - 4, k = 0;
    while (n && n < bad->n && ((unsigned char)bad->text[n] & 0xC0) == 0x80)
        n--;
    bool valid = q_utf8_valid(bad->text, n);
    for (; k < n; k++) {
        unsigned char c = (unsigned char)bad->text[k];
        out[k] = c < 0x20 || c == 0x7F || (!valid && c >= 0x80) ? '?' : (char)c;
    }
    memcpy(out + k, n < bad->n ? "..." : "", n < bad->n ? 4 : 1);
}

static void report_bad(q_reader *r, const q_bad *bad)
{
    q_read_report *report = &r->report;
    report->n_bad++;
    if (report->n_kept == Q_BAD_RECORDS_KEPT)
        return;
    q_bad_record *b = &report->first[report->n_kept++];
    b->byte = q_reader_offset(r, bad->text);
    b->record = report->n_records;
    size_t n = strnlen(bad->reason, sizeof b->reason - 1);
    memcpy(b->reason, bad->reason, n);
    b->reason[n] = 0;
    excerpt_of(bad, b->excerpt, sizeof b->excerpt);
}

static q_code fail_fast(q_reader *r, const q_bad *bad, q_err *err)
{
    q_err_set(err, Q_E_MALFORMED_RECORD, "malformed record: %s", bad->reason);
    q_err_hint(err, "mode PERMISSIVE reads it as NULLs, DROPMALFORMED leaves it out");
    if (err) {
        q_err_at_source(err, file_name(r));
        q_err_at_record(err, r->report.n_records);
        err->byte = q_reader_offset(r, bad->text);
        excerpt_of(bad, err->excerpt, sizeof err->excerpt);
    }
    return Q_E_MALFORMED_RECORD;
}

static q_code keep_corrupt(q_reader *r, const q_bad *bad, q_err *err)
{
    size_t n;
    const char *text = q_utf8_repair(bad->text, bad->n, r->arena, &n);
    if (!text)
        return q_reader_no_memory(r, 3 * bad->n, err);
    q_bit_set(r->corrupt->bits, r->row);
    if (n > UINT32_MAX)
        n = UINT32_MAX;
    Q_VALUES(&r->corrupt->column, q_str)[r->row] = (q_str){text, (uint32_t)n, 0};
    return Q_OK;
}

q_code q_reader_bad(q_reader *r, const q_bad *bad, bool *keep, q_err *err)
{
    report_bad(r, bad);
    *keep = false;
    if (r->bad_log)
        return q_bad_log_write(r->bad_log, file_name(r), bad->text, bad->n, bad->reason, err);
    if (r->options->mode == Q_MODE_FAILFAST)
        return fail_fast(r, bad, err);
    if (r->options->mode == Q_MODE_DROPMALFORMED)
        return Q_OK;
    *keep = true;
    if (!bad->partial)
        q_reader_null_row(r);
    return r->corrupt ? keep_corrupt(r, bad, err) : Q_OK;
}

q_code q_infer_schema(const q_source *source, const char *data, uint64_t bytes, bool whole_file,
                      const q_session *session, q_arena *a, q_schema *out, q_err *err)
{
    return source->format == Q_FORMAT_JSON
               ? q_json_infer_schema(source, data, bytes, whole_file, session, a, out, err)
               : q_csv_infer_schema(source, data, bytes, whole_file, session, a, out, err);
}
