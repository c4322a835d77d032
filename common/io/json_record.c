/* One JSON object to a row: the general path. */
#include <stdio.h>

#include "common/base/assert.h"
#include "common/io/json_reader.h"

int32_t q_json_field_of(q_reader *r, uint32_t position, const q_json_value *key)
{
    q_json_reader *j = r->format;
    const char *s = key->ptr;
    size_t n = key->len;
    if (key->escaped) {
        q_buf_clear(&r->cells.scratch);
        if (!q_buf_reserve(&r->cells.scratch, n))
            return -1;
        n = q_json_unescape(key, r->cells.scratch.data);
        s = r->cells.scratch.data;
    }
    if (position >= j->order_cap)
        return q_names_find(&j->names, s, n);
    int32_t guess = j->order[position];
    if (guess < 0 || !q_names_is(&j->names, guess, s, n))
        j->order[position] = guess = q_names_find(&j->names, s, n);
    return guess;
}

static void describe_bad_field(q_reader *r, const q_cell_column *col, const q_json_value *v)
{
    q_json_reader *j = r->format;
    char type[Q_TYPE_NAME_BYTES];
    int shown = v->len < 40 ? (int)v->len : 40;
    snprintf(j->reason, sizeof j->reason, "column `%.40s` of type %s cannot hold %s%.*s%s",
             r->cells.schema->fields[col->field].name, q_type_sql(col->column.type, type),
             v->kind == Q_JSON_STRING ? "\"" : "", shown, v->ptr,
             v->len > 40                ? "..."
             : v->kind == Q_JSON_STRING ? "\""
                                        : "");
}

/* A name that came before: the last value that fits counts, as in Spark. */
static q_cell_result store_again(q_reader *r, q_cell_column *col, const q_json_value *v)
{
    size_t width = q_type_width(col->column.type);
    char before[16], *value = (char *)col->column.values + width * r->row;
    bool had_value = q_bit_get(col->bits, r->row);
    Q_ASSERT(width <= sizeof before);
    if (had_value)
        memcpy(before, value, width);
    q_cell_result result = q_cell_from_json(&r->cells, col, r->row, v);
    if (result == Q_CELL_BAD && had_value) {
        memcpy(value, before, width);
        q_bit_set(col->bits, r->row);
    }
    return result;
}

static q_json_outcome store(q_reader *r, int32_t cell, const q_json_value *v, q_json_outcome so_far)
{
    q_json_reader *j = r->format;
    q_cell_column *col = &r->cells.columns[cell];
    uint64_t *seen = &j->seen[cell >> 6], bit = (uint64_t)1 << (cell & 63);
    q_cell_result result =
        *seen & bit ? store_again(r, col, v) : q_cell_from_json(&r->cells, col, r->row, v);
    *seen |= bit;
    if (result == Q_CELL_NO_MEMORY)
        return Q_JSON_NO_MEMORY;
    if (result == Q_CELL_OK)
        return so_far;
    r->report.n_bad_fields++;
    if (so_far == Q_JSON_ROW)
        describe_bad_field(r, col, v);
    return Q_JSON_BAD_FIELDS;
}

static void null_the_unseen(q_reader *r)
{
    q_json_reader *j = r->format;
    for (uint32_t w = 0; w < j->seen_words; w++) {
        uint32_t left = r->cells.n - 64 * w;
        uint64_t all = left >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << left) - 1;
        for (uint64_t missing = all & ~j->seen[w]; missing; missing &= missing - 1)
            q_cell_null(&r->cells.columns[64 * w + (uint32_t)__builtin_ctzll(missing)], r->row);
    }
}

q_json_outcome q_json_record(q_reader *r, q_json_scan *scan)
{
    q_json_reader *j = r->format;
    q_json_outcome outcome = Q_JSON_ROW;
    q_json_value key, value;
    const char *begin = scan->at;
    bool first = true, fits = true;
    if (j->inferring)
        return q_json_infer_record(r, scan);
    memset(j->seen, 0, j->seen_words * sizeof *j->seen);
    for (uint32_t i = 0; q_json_next_member(scan, &first, 1, &key, &value); i++) {
        int32_t field = q_json_field_of(r, i, &key);
        int32_t cell = field < 0 ? -1 : j->cell_of[field];
        if (cell >= 0)
            outcome = store(r, cell, &value, outcome);
        if (outcome == Q_JSON_NO_MEMORY)
            return outcome;
        if (j->types && fits)
            fits = q_json_fits(r, field, &key, &value);
    }
    if (scan->reason)
        return Q_JSON_MALFORMED;
    if (!fits) {
        q_json_infer_from_here(r);
        scan->at = begin;
        return q_json_infer_record(r, scan);
    }
    null_the_unseen(r);
    return outcome;
}

/* Under inference: a malformed record only makes the corrupt-record column appear. */
static q_code settle_inferred(q_reader *r, q_json_outcome outcome, const char *text, size_t n,
                              const char *reason, q_err *err)
{
    q_json_reader *j = r->format;
    bool keep;
    bool cut = j->sample && (reason == q_json_cut_short || text == j->end);
    if (outcome != Q_JSON_MALFORMED || cut)
        return Q_OK;
    j->types->malformed = true;
    if (r->options->mode != Q_MODE_FAILFAST || r->bad_log)
        return Q_OK;
    return q_reader_bad(r, &(q_bad){text, n, reason, false}, &keep, err);
}

q_code q_json_settle(q_reader *r, q_json_outcome outcome, const char *text, size_t n,
                     const char *reason, q_err *err)
{
    q_json_reader *j = r->format;
    bool keep = true;
    r->report.n_records++;
    if (j->types && outcome == Q_JSON_MALFORMED && !q_json_fits_malformed(r))
        q_json_infer_from_here(r);
    if (j->inferring)
        return settle_inferred(r, outcome, text, n, reason, err);
    if (outcome == Q_JSON_NO_MEMORY)
        return q_reader_no_memory(r, n, err);
    if (outcome != Q_JSON_ROW) {
        bool partial = outcome == Q_JSON_BAD_FIELDS;
        q_bad bad = {text, n, partial ? j->reason : reason, partial};
        Q_TRY(q_reader_bad(r, &bad, &keep, err));
    }
    if (keep)
        r->row++;
    else
        q_cells_undo_row(&r->cells, r->row);
    return Q_OK;
}

/* ---- templates ---- */

/* (A NULL that a slot stored before a mismatch does no harm: the value at that place is NULL for
 * whoever reads the record in the end.) */
static const char *match_any(q_reader *r, const char *p)
{
    q_json_reader *j = r->format;
    for (uint32_t i = 0; i < Q_TEMPLATES; i++) {
        uint32_t k = (j->newest + i) % Q_TEMPLATES;
        const q_json_template *t = &j->templates[k];
        const char *next = t->n_slots ? j->match(r, t, p, j->end, r->row) : NULL;
        if (next) {
            j->newest = k;
            return next;
        }
    }
    return NULL;
}

const char *q_json_match_rows(q_reader *r, const char *p, const char *stop)
{
    q_json_reader *j = r->format;
    uint32_t row = r->row;
    if (!j->match || j->inferring)
        return p;
    while (r->row < Q_BATCH_ROWS && p < stop) {
        const q_json_template *t = &j->templates[j->newest];
        const char *next = t->n_slots ? j->match(r, t, p, j->end, r->row) : NULL;
        if (__builtin_expect(!next, 0)) {
            next = match_any(r, p);
            t = &j->templates[j->newest];
            if (!next)
                break;
        }
        for (uint32_t i = 0; i < t->n_missing; i++)
            q_cell_null(t->missing[i], r->row);
        r->row++;
        p = next;
    }
    j->n_matched += r->row - row;
    r->report.n_records += r->row - row;
    return p;
}

void q_json_remember(q_reader *r, const char *begin, const char *end, const char *next)
{
    q_json_reader *j = r->format;
    if (!j->match || j->inferring || (size_t)(next - begin) > 1 << 20)
        return;
    /* data without a shape: learning costs as much as reading, so only now and then */
    j->n_missed++;
    if (j->n_learnt > 16 && j->n_matched < 4 * j->n_learnt && j->n_missed % 64)
        return;
    uint32_t k = (j->newest + Q_TEMPLATES - 1) % Q_TEMPLATES;
    if (q_json_learn(r, &j->templates[k], begin, end, next)) {
        j->newest = k;
        j->n_learnt++;
    }
}
