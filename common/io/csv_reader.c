/* The CSV reader: life, lines, header. */
#include "common/io/csv_reader.h"

#include <stdio.h>
#include <strings.h>

#include "common/io/lines.h"

/* ---- records ---- */

/* A record that cannot be scanned at all (a limit): as a malformed one, whatever the mode. */
static q_code cannot_scan(q_reader *r, q_err *err)
{
    const q_csv_reader *c = r->format;
    if (!c->scan.reason)
        return q_reader_no_memory(r, c->record_bytes, err);
    q_err_set(err, Q_E_MALFORMED_RECORD, "malformed record: %s", c->scan.reason);
    q_err_hint(err, "raise the option it names, or check separator and quotes");
    if (err)
        err->byte = q_reader_offset(r, c->record);
    q_err_at_record(err, r->report.n_records + 1);
    return Q_E_MALFORMED_RECORD;
}

q_code q_csv_scan_next(q_reader *r, const char *at, const char *end, q_err *err)
{
    q_csv_reader *c = r->format;
    c->scan.at = at;
    c->scan.end = end;
    return q_csv_scan_record(&c->scan) ? Q_OK : cannot_scan(r, err);
}

q_code q_csv_next_line(q_reader *r, bool *found, q_err *err)
{
    q_csv_reader *c = r->format;
    char comment = r->options->comment;
    *found = false;
    while (!*found) {
        /* the header is the first split's even if comments before it fill the split */
        if (c->at >= (c->header ? c->end : c->stop)) {
            r->done = true;
            return Q_OK;
        }
        c->record = q_take_line(&c->at, c->end, &c->record_bytes);
        *found = !q_is_blank(c->record, c->record_bytes) && (!comment || *c->record != comment);
    }
    if (c->at > c->stop) {
        c->stop = c->at;
        r->next = q_reader_offset(r, c->at);
    }
    return q_csv_scan_next(r, c->record, c->record + c->record_bytes, err);
}

q_code q_csv_next_record(q_reader *r, bool *found, q_err *err)
{
    return r->options->multi_line ? q_csv_next_multi(r, found, err)
                                  : q_csv_next_line(r, found, err);
}

static bool same_name(const q_reader *r, const char *name, const char *s, size_t n)
{
    return strlen(name) == n &&
           (r->session.case_sensitive ? memcmp(name, s, n) : strncasecmp(name, s, n)) == 0;
}

q_code q_csv_check_header(q_reader *r, q_err *err)
{
    q_csv_reader *c = r->format;
    if (r->options->enforce_schema || c->inferring)
        return Q_OK;
    if (c->scan.n_tokens != c->n_fields)
        q_err_set(err, Q_E_MALFORMED_RECORD,
                  "the CSV header has %u columns, the schema %u (enforceSchema is false)",
                  c->scan.n_tokens, c->n_fields);
    for (uint32_t i = 0; i < c->n_fields && c->scan.n_tokens == c->n_fields; i++) {
        const q_csv_token *t = &c->scan.tokens[i];
        const char *name = r->split.source->schema.fields[c->field_of[i]].name;
        if (same_name(r, name, t->ptr, t->n))
            continue;
        q_err_set(err, Q_E_MALFORMED_RECORD,
                  "column %u of the CSV header is `%.*s`, the schema has `%.60s` there "
                  "(enforceSchema is false)",
                  i + 1, (int)(t->n < 60 ? t->n : 60), t->ptr, name);
        return Q_E_MALFORMED_RECORD;
    }
    return c->scan.n_tokens == c->n_fields ? Q_OK : Q_E_MALFORMED_RECORD;
}

static q_code fill(q_reader *r, q_err *err)
{
    q_csv_reader *c = r->format;
    while (r->row < Q_BATCH_ROWS) {
        bool found;
        if (c->match && !c->header && !c->inferring)
            c->at = c->match(r, c->at, c->stop);
        if (r->row == Q_BATCH_ROWS)
            break;
        Q_TRY(q_csv_next_record(r, &found, err));
        if (!found)
            return Q_OK;
        if (c->header) {
            c->header = false;
            Q_TRY(q_csv_check_header(r, err));
        } else {
            Q_TRY(q_csv_row(r, err));
        }
    }
    return Q_OK;
}

/* ---- life ---- */

static void reader_fini(q_reader *r)
{
    q_csv_reader *c = r->format;
    q_csv_scan_fini(&c->scan);
}

static const q_reader_ops ops = {fill, reader_fini, q_csv_observe};

/* Tokens stand for the schema's fields in order, the corrupt record left out. */
static void init_fields(q_reader *r, q_csv_reader *c)
{
    const q_schema *s = &r->split.source->schema;
    int32_t corrupt = q_reader_corrupt_field(r->split.source);
    uint32_t wanted = 0;
    c->cell_of = q_arena_array(&r->own, int32_t, s->n_fields + 1);
    c->field_of = q_arena_array(&r->own, uint32_t, s->n_fields + 1);
    for (uint32_t f = 0; f < s->n_fields; f++) {
        if ((int32_t)f == corrupt)
            continue;
        uint32_t token = c->n_fields++;
        c->field_of[token] = f;
        c->cell_of[token] = -1;
        for (uint32_t i = 0; i < r->cells.n; i++)
            if (r->cells.columns[i].field == f)
                c->cell_of[token] = (int32_t)i;
        wanted += c->cell_of[token] >= 0;
    }
    /* as in Spark, where a record is only cut into the columns that are asked for */
    c->check_count = wanted == c->n_fields;
}

q_code q_csv_reader_init(q_reader *r, q_err *err)
{
    (void)err;
    q_csv_reader *c = q_arena_new(&r->own, q_csv_reader);
    r->format = c;
    r->ops = &ops;
    c->at = q_skip_bom(r->split.data, r->split.data_bytes);
    c->end = r->split.data + r->split.data_bytes;
    c->header = r->options->header && r->split.begin == 0;
    c->null_bytes = strlen(r->options->null_value);
    c->empty_bytes = strlen(r->options->empty_value);
    q_csv_scan_init(&c->scan, r->options, r->arena);
    init_fields(r, c);
    if (r->split.source->inferred && r->options->infer_schema) {
        c->types = q_arena_new(&r->own, q_infer);
        q_infer_init(c->types, Q_FORMAT_CSV, r->options, &r->cells.times, &r->own);
    }
    if (r->options->multi_line) {
        q_csv_start_multi(r);
        return Q_OK;
    }
    q_line_range(&r->split, &r->first, &r->next);
    if (r->split.data + r->first > c->at) /* not so before a byte order mark */
        c->at = r->split.data + r->first;
    c->stop = r->split.data + r->next;
    q_csv_match_init(r);
    return Q_OK;
}
