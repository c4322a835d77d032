/*
 * Writers: batches to the bytes of JSON or CSV, as Spark 3.5's writers have them.
 *
 * A writer appends whole rows to the caller's buffer, which may be emptied between
 * calls; it keeps nothing of the batches. Strings flagged Q_STR_PLAIN are copied as
 * they are, all others are escaped (invalid UTF-8 becomes U+FFFD).
 * Thread rule: one thread at a time.
 */
#ifndef Q_IO_WRITER_H
#define Q_IO_WRITER_H

#include "common/base/session.h"
#include "common/io/source.h"

typedef struct q_writer q_writer;

typedef enum q_write_style {
    Q_WRITE_RECORDS, /* files: JSON records by line, CSV */
    Q_WRITE_ARRAY    /* JSON only: one array, a record a line */
} q_write_style;

/* The schema's names and the options are borrowed. Errors: UNSUPPORTED_DATATYPE (arrays and
 * binaries in CSV), INVALID_OPTION (patterns, time zone), INVALID_PARAMETER_VALUE. */
q_code q_writer_new(const q_schema *schema, q_format format, const q_write_options *options,
                    q_write_style style, const q_session *session, q_writer **out, q_err *err);
void q_writer_destroy(q_writer **w);
/* What comes before the first row (CSV header, bracket); call once per file. */
q_code q_writer_begin(q_writer *w, q_buf *out, q_err *err);
/* Errors: OUT_OF_MEMORY when the buffer cannot grow. */
q_code q_writer_append(q_writer *w, const q_batch *batch, q_buf *out, q_err *err);
/* What comes after the last row. */
q_code q_writer_end(q_writer *w, q_buf *out, q_err *err);

#endif
