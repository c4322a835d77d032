/* One CSV record to a row. */
#include <stdio.h>

#include "common/io/csv_reader.h"

static void describe_bad_field(q_reader *r, const q_cell_column *col, const char *s, size_t n)
{
    q_csv_reader *c = r->format;
    char type[Q_TYPE_NAME_BYTES];
    snprintf(c->reason, sizeof c->reason, "column `%.40s` of type %s cannot hold \"%.*s\"%s",
             r->cells.schema->fields[col->field].name, q_type_sql(col->column.type, type),
             n < 40 ? (int)n : 40, s, n > 40 ? "..." : "");
}

/* Is the text of a type that the inferred column holds? A value that was read as a number or
 * boolean is. */
bool q_csv_fits(const q_reader *r, const q_cell_column *col, q_cell_result result, const char *s,
                size_t n)
{
    const q_csv_reader *c = r->format;
    const q_field *f = &r->split.source->schema.fields[col->field];
    q_kind kind = (q_kind)f->type.kind;
    if (kind == Q_STRING && f->nullable != Q_ONLY_NULLS)
        return true;
    if (result == Q_CELL_OK &&
        (kind == Q_INT || kind == Q_BIGINT || kind == Q_DOUBLE || kind == Q_BOOLEAN))
        return true;
    return q_infer_holds(f, q_infer_text(c->types, s, n));
}

/* One token into its cell; *bad when it did not fit, *misfit when an inferred schema is wrong. */
static bool store(q_reader *r, uint32_t token, bool *bad, bool *misfit)
{
    q_csv_reader *c = r->format;
    q_cell_column *col = &r->cells.columns[c->cell_of[token]];
    size_t n = 0;
    const char *s = token < c->scan.n_tokens ? q_csv_text(r, c, &c->scan.tokens[token], &n) : NULL;
    if (!s) {
        q_cell_null(col, r->row);
        return true;
    }
    q_cell_result result = q_cell_from_text(&r->cells, col, r->row, s, n);
    if (result == Q_CELL_NO_MEMORY)
        return false;
    if (c->types && !q_csv_fits(r, col, result, s, n))
        *misfit = true;
    if (result == Q_CELL_BAD) {
        r->report.n_bad_fields++;
        if (!*bad)
            describe_bad_field(r, col, s, n);
        *bad = true;
    }
    return true;
}

static q_code settle(q_reader *r, bool bad, q_err *err)
{
    q_csv_reader *c = r->format;
    bool keep = true;
    if (bad) {
        if (r->corrupt)
            q_cell_null(r->corrupt, r->row);
        q_bad b = {c->record, c->record_bytes, c->reason, true};
        Q_TRY(q_reader_bad(r, &b, &keep, err));
    } else if (r->corrupt) {
        q_cell_null(r->corrupt, r->row);
    }
    if (keep)
        r->row++;
    else
        q_cells_undo_row(&r->cells, r->row);
    return Q_OK;
}

q_code q_csv_row(q_reader *r, q_err *err)
{
    q_csv_reader *c = r->format;
    bool bad = false, misfit = false;
    r->report.n_records++;
    if (c->inferring) {
        q_csv_infer_row(r);
        return Q_OK;
    }
    for (uint32_t i = 0; i < c->n_fields; i++)
        if (c->cell_of[i] >= 0 && !store(r, i, &bad, &misfit))
            return q_reader_no_memory(r, c->record_bytes, err);
    if (misfit) {
        q_csv_infer_from_here(r);
        q_csv_infer_row(r);
        return Q_OK;
    }
    if (c->check_count && c->scan.n_tokens != c->n_fields && !bad) {
        snprintf(c->reason, sizeof c->reason, "%u values, the schema has %u columns",
                 c->scan.n_tokens, c->n_fields);
        bad = true;
    }
    return settle(r, bad, err);
}
