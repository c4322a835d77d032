/*
 * Rows as the text that PostgreSQL's COPY FROM STDIN reads, and the column types that hold them.
 * Text because the server then reads each value by the type that an existing column has.
 * Thread rule: no state.
 */
#ifndef Q_MASTER_COPY_TEXT_H
#define Q_MASTER_COPY_TEXT_H

#include "common/column/column.h"
#include "common/column/tz.h"

/* Appends rows from *row on, until the batch's end or until `out` has enough_bytes; *row is then
 * the next one. zone: the session's; timestamps carry their offset, so that columns with and
 * without time zone get the right time. Errors: DATABASE (a NUL in a text; the column is named),
 * OUT_OF_MEMORY. */
q_code q_copy_text(const q_batch *b, const q_schema *schema, const q_tz *zone, uint32_t *row,
                   size_t enough_bytes, q_buf *out, q_err *err);
/* "double precision", "numeric(10,2)", "bigint[]": as Spark's JDBC writer maps types. */
#define Q_COPY_TYPE_BYTES 48
const char *q_copy_type(q_type t, char out[Q_COPY_TYPE_BYTES]);

#endif
