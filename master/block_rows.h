/*
 * A client's blocks (proto/batch.h) as rows that the master holds: records in memory travel in
 * columns, so nothing is parsed here, only checked. Thread rule: the driver's thread.
 */
#ifndef Q_MASTER_BLOCK_ROWS_H
#define Q_MASTER_BLOCK_ROWS_H

#include "common/exec/sink_merge.h"
#include "master/shared.h"

/* Append the rows of a sequence of blocks, copied, with the columns of `schema`; *n_rows: how many.
 * Errors: PROTOCOL and PROTOCOL_LIMIT (no such blocks), OUT_OF_MEMORY (out's budget). */
q_code q_block_rows(const q_schema *schema, const q_shared *bytes, q_rows *out, uint64_t *n_rows,
                    q_err *err);

#endif
