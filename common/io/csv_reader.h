/*
 * Inside of the CSV reader. Without multiLine a record is a line (csv_reader.c); with it,
 * quoted values may hold line ends, and where a split's first record starts is a guess
 * (csv_multi.c). csv_row.c turns a record's tokens into a row.
 */
#ifndef Q_IO_CSV_READER_H
#define Q_IO_CSV_READER_H

#include "common/io/csv_scan.h"
#include "common/io/infer.h"
#include "common/io/reader_base.h"

/* How a value without quotes is read (csv_match.c). */
typedef enum q_csv_op {
    Q_CSV_SKIP,
    Q_CSV_STRING,
    Q_CSV_INT32,
    Q_CSV_INT64,
    Q_CSV_DOUBLE,
    Q_CSV_BOOLEAN,
    Q_CSV_ANY /* the general conversion */
} q_csv_op;

typedef struct q_csv_slot {
    uint8_t op;            /* q_csv_op */
    q_cell_column *column; /* NULL when skipped */
    void *values;
} q_csv_slot;

typedef struct q_csv_chars {
    char separator, quote;
} q_csv_chars;

/* Rows without quotes from the line at p on, up to a full batch; returns the line where the general
 * path has to go on (or `stop` or beyond). */
typedef const char *q_csv_match(q_reader *r, const char *p, const char *stop);
q_csv_match q_csv_match_vector; /* the scalar one where there is no AVX2 */
q_csv_match q_csv_match_scalar;
void q_csv_match_init(q_reader *r);

typedef struct q_csv_reader {
    q_csv_scan scan;
    const char *at, *end; /* next record; end of the file */
    const char *stop;     /* lines: end of the split's */
    q_csv_match *match;   /* NULL: the options need the general path */
    q_csv_slot *slots;    /* one a token */
    q_csv_chars chars;
    bool blank_first;   /* a line that begins with a blank may be a blank line */
    bool header;        /* the next record is the header */
    uint32_t n_fields;  /* of the data: the schema's without the corrupt record */
    int32_t *cell_of;   /* token -> cell, -1: not wanted */
    uint32_t *field_of; /* token -> schema field */
    bool check_count;   /* another number of tokens makes a record bad */
    const char *record; /* text of the record last scanned, without its line end */
    size_t record_bytes;
    size_t null_bytes, empty_bytes;
    char reason[160];
    q_infer *types;   /* inferred schemas: what the records really hold; else NULL */
    bool inferring;   /* records go into types, not into rows */
    bool sample;      /* the last record may be cut off */
    bool set_columns; /* inferring: the first record decides how many there are */
} q_csv_reader;

/* Scan the next record that is neither blank nor a comment; *found false at the split's end (then
 * r->done and the landing are set). */
q_code q_csv_next_record(q_reader *r, bool *found, q_err *err);
/* Scan one record at `at`. MALFORMED_RECORD in any mode when a limit is exceeded. */
q_code q_csv_scan_next(q_reader *r, const char *at, const char *end, q_err *err);
q_code q_csv_next_line(q_reader *r, bool *found, q_err *err);
q_code q_csv_next_multi(q_reader *r, bool *found, q_err *err);
void q_csv_start_multi(q_reader *r);
/* Check the header against the schema if the options ask for it. */
q_code q_csv_check_header(q_reader *r, q_err *err);
/* The tokens as row r->row. */
q_code q_csv_row(q_reader *r, q_err *err);
/* Is the text of a type that the inferred column holds? */
bool q_csv_fits(const q_reader *r, const q_cell_column *col, q_cell_result result, const char *s,
                size_t n);
/* Inferring: the tokens' types. */
void q_csv_infer_row(q_reader *r);
void q_csv_infer_from_here(q_reader *r);
q_code q_csv_observe(q_reader *r, q_schema *out, q_err *err);

/* The text a token stands for; NULL: it is NULL. */
static inline const char *q_csv_text(const q_reader *r, const q_csv_reader *c, const q_csv_token *t,
                                     size_t *n)
{
    const char *s = t->ptr;
    *n = t->n;
    if (t->kind == Q_CSV_EMPTY)
        return NULL;
    if (t->kind == Q_CSV_QUOTED && !t->n) {
        s = r->options->empty_value;
        *n = c->empty_bytes;
    }
    return *n == c->null_bytes && memcmp(s, r->options->null_value, *n) == 0 ? NULL : s;
}

#endif
