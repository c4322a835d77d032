/*
 * Cells: the columns that a reader fills, row by row, from JSON values or CSV text,
 * with Spark 3.5's rules of what fits which type.
 *
 * Values, bitmaps and list children belong to the reader and are used again for each
 * batch; string bytes are spans of the input or live in the task's arena.
 * Thread rule: one thread at a time.
 */
#ifndef Q_IO_CELLS_H
#define Q_IO_CELLS_H

#include "common/io/json_scan.h"
#include "common/io/time_reader.h"

typedef enum q_cell_result {
    Q_CELL_OK,       /* a value or NULL was stored */
    Q_CELL_BAD,      /* the value does not fit the type: NULL was stored */
    Q_CELL_NO_MEMORY /* the task's budget is exceeded */
} q_cell_result;

typedef struct q_cell_column {
    q_column column; /* values of Q_BATCH_ROWS rows; validity as given out */
    uint64_t *bits;  /* validity while filling; all set at the start of a batch */
    bool has_nulls;
    uint32_t field;     /* index in the schema */
    uint32_t child_cap; /* arrays: capacity of the child column */
    struct q_cell_column *child;
} q_cell_column;

typedef struct q_cells {
    uint32_t n;
    q_cell_column *columns;
    const q_schema *schema;
    const q_read_options *options;
    q_time_reader times;
    q_arena *lifetime; /* the reader's: as large as the schema */
    q_arena buffers;   /* of a batch's cells, in the task's budget */
    q_arena *task;     /* string bytes */
    q_arena lists;     /* children of this batch */
    q_buf text, scratch;
} q_cells;

/* One cell column for each of fields[0..n) (indexes into schema). Errors: UNSUPPORTED_DATATYPE,
 * INVALID_OPTION (unknown time zone), OUT_OF_MEMORY. */
q_code q_cells_init(q_cells *c, const q_schema *schema, const uint32_t *fields, uint32_t n,
                    q_format format, const q_read_options *options, const q_session *session,
                    q_arena *lifetime, q_arena *task, q_err *err);
void q_cells_fini(q_cells *c);
void q_cells_begin(q_cells *c); /* a new batch */
/* Give out column i of n_rows rows. */
void q_cells_finish(q_cells *c, uint32_t i, uint32_t n_rows, q_column *out);

void q_cell_null(q_cell_column *col, uint32_t row);
/* The row will be filled anew. */
void q_cells_undo_row(q_cells *c, uint32_t row);
q_cell_result q_cell_from_json(q_cells *c, q_cell_column *col, uint32_t row,
                               const q_json_value *value);
/* s must stay readable as long as the task; NULLs (nullValue) are the caller's. */
q_cell_result q_cell_from_text(q_cells *c, q_cell_column *col, uint32_t row, const char *s,
                               size_t n);

#endif
