/*
 * Inside of the JSON reader. Three layouts of a file, told apart by its first byte that
 * is not white space and by multiLine:
 *   lines   a record ends with its line (json_lines.c); as in Spark, a line may also be
 *           an array of records, and what follows a record in its line is ignored
 *   array   one array of records                              } json_stream.c
 *   stream  objects one after the other, over any lines       }
 * json_record.c turns one object into a row.
 */
#ifndef Q_IO_JSON_READER_H
#define Q_IO_JSON_READER_H

#include "common/io/infer.h"
#include "common/io/json_template.h"
#include "common/io/names.h"
#include "common/io/reader_base.h"

typedef enum q_json_layout { Q_JSON_LINES, Q_JSON_ARRAY_FILE, Q_JSON_STREAM } q_json_layout;

/* Of arrays and streams: what was there before `at`. */
typedef enum q_json_place {
    Q_JSON_OUTSIDE,
    Q_JSON_OPENED,
    Q_JSON_COMMA,
    Q_JSON_ELEMENT
} q_json_place;

typedef struct q_json_reader {
    q_json_layout layout;
    q_json_place place;
    const char *at, *end;   /* next byte; end of the file */
    const char *stop;       /* lines: end of the split's lines */
    q_json_scan line_array; /* lines: elements of an array in one line, at == NULL: none */
    bool line_array_first;
    const char *line; /* its line */
    size_t line_bytes;
    const char *first_key; /* array: the first record's first name, quotes included */
    size_t first_key_bytes;
    q_names names;
    int32_t *cell_of; /* schema field -> cell, -1: not wanted */
    int32_t *order;   /* field of the i-th member of the record before */
    uint32_t order_cap;
    uint64_t *seen; /* bit per cell */
    uint32_t seen_words;
    char reason[160];
    q_json_match *match; /* NULL: no templates (tests) */
    q_json_template templates[Q_TEMPLATES];
    uint32_t newest; /* the template that matched or was learnt last */
    uint32_t n_learnt, n_missed;
    uint64_t n_matched;
    q_infer *types; /* inferred schemas: what the records really hold; else NULL */
    bool inferring; /* records go into types, not into rows */
    bool sample;    /* the data may end inside a record */
} q_json_reader;

typedef enum q_json_outcome {
    Q_JSON_ROW,        /* row r->row is complete */
    Q_JSON_BAD_FIELDS, /* complete, some values did not fit (j->reason) */
    Q_JSON_MALFORMED,  /* not a record (scan->reason) */
    Q_JSON_NO_MEMORY
} q_json_outcome;

/* The field of a record's member, -1 if the schema has none. Records usually have their members in
 * the order of the record before. */
int32_t q_json_field_of(q_reader *r, uint32_t position, const q_json_value *key);
/* Rows by template from p on, as many as match and start before `stop`, up to a full batch; returns
 * where the general path has to go on. */
const char *q_json_match_rows(q_reader *r, const char *p, const char *stop);
/* The general path read the record [begin, end) without complaint: make it a template if records
 * like it, followed by [end, next), are likely to come. */
void q_json_remember(q_reader *r, const char *begin, const char *end, const char *next);
/* scan->at is at `{`; it ends behind `}`. */
q_json_outcome q_json_record(q_reader *r, q_json_scan *scan);
/* Count the record text[0..n) and keep, report or drop row r->row by its outcome. */
q_code q_json_settle(q_reader *r, q_json_outcome outcome, const char *text, size_t n,
                     const char *reason, q_err *err);

q_code q_json_fill_lines(q_reader *r, q_err *err);
q_code q_json_fill_stream(q_reader *r, q_err *err);
void q_json_start_lines(q_reader *r);
void q_json_start_stream(q_reader *r);

/* From here on records only add to j->types. */
void q_json_infer_from_here(q_reader *r);
q_code q_json_observe(q_reader *r, q_schema *out, q_err *err);
/* scan->at is at `{`: its members' types are added to j->types. */
q_json_outcome q_json_infer_record(q_reader *r, q_json_scan *scan);
/* Does the inferred schema hold this member? field is -1 for an unknown name. */
bool q_json_fits(q_reader *r, int32_t field, const q_json_value *key, const q_json_value *v);
/* Does it hold a malformed record? */
bool q_json_fits_malformed(const q_reader *r);

static inline bool q_json_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

#endif
