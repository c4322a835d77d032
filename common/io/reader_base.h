/*
 * The part of a reader that formats share: output columns, bad records by mode,
 * the report, the landing. Formats fill `ops` and the cells.
 */
#ifndef Q_IO_READER_BASE_H
#define Q_IO_READER_BASE_H

#include "common/io/bad_log.h"
#include "common/io/cells.h"
#include "common/io/reader.h"

typedef struct q_reader_ops {
    /* Fill rows r->row .. up to Q_BATCH_ROWS; sets r->done after the last. */
    q_code (*fill)(q_reader *r, q_err *err);
    void (*fini)(q_reader *r);
    /* After the last record of a split that the schema does not hold: the schema that does. */
    q_code (*observe)(q_reader *r, q_schema *out, q_err *err);
} q_reader_ops;

struct q_reader {
    const q_reader_ops *ops;
    void *format; /* the format's own state */
    q_split split;
    const q_read_options *options;
    q_session session;
    q_arena *arena; /* the task's */
    q_arena own;    /* as long as the reader */
    q_cells cells;
    uint32_t n_out;
    uint32_t *out_cell; /* output column -> cell column */
    q_column *out;
    q_cell_column *corrupt; /* NULL: not asked for */
    uint32_t row;           /* rows of the batch so far */
    bool done;
    bool changed; /* the schema does not hold the data */
    q_schema observed;
    uint64_t first, next; /* landing */
    q_read_report report;
    q_bad_log *bad_log; /* badRecordsPath */
};

/* A record that is to be reported: its text and what is wrong. */
typedef struct q_bad {
    const char *text;
    size_t n;
    const char *reason;
    bool partial; /* row r->row holds the fields that were good */
} q_bad;

/* By mode: an error (FAILFAST), or *keep says whether row r->row is one of the result (then it is
 * complete, the corrupt-record column included). */
q_code q_reader_bad(q_reader *r, const q_bad *bad, bool *keep, q_err *err);
/* The schema's field that holds the text of malformed records; -1: none. A CSV file's header never
 * names it: such a column is data like the others (Spark shifts the values to its right by one). */
int32_t q_reader_corrupt_field(const q_source *source);
/* All cells of row r->row NULL. */
void q_reader_null_row(q_reader *r);
/* The error for memory that the task's budget does not have. */
q_code q_reader_no_memory(q_reader *r, size_t bytes, q_err *err);
/* Byte offset in the file. */
static inline uint64_t q_reader_offset(const q_reader *r, const char *p)
{
    return (uint64_t)(p - r->split.data);
}

/* Formats: set r->ops and r->format. r->cells is ready. */
q_code q_json_reader_init(q_reader *r, q_err *err);
q_code q_csv_reader_init(q_reader *r, q_err *err);
/* q_infer_schema's parts. */
q_code q_json_infer_schema(const q_source *source, const char *data, uint64_t bytes,
                           bool whole_file, const q_session *session, q_arena *a, q_schema *out,
                           q_err *err);
q_code q_csv_infer_schema(const q_source *source, const char *data, uint64_t bytes, bool whole_file,
                          const q_session *session, q_arena *a, q_schema *out, q_err *err);

#endif
