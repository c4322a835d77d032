/*
 * A client's files as rows that the master holds: parsed here, since the bytes come through
 * here, then cut by category (master/category_cut.h) like any other data set.
 * Thread rule: the driver's thread.
 */
#ifndef Q_MASTER_STREAM_ROWS_H
#define Q_MASTER_STREAM_ROWS_H

#include "common/exec/sink_merge.h"
#include "common/io/reader.h"
#include "master/shared.h"

/* Append one file's rows. bytes: the whole file as the client has it (perhaps compressed). If
 * the source has no schema yet it is inferred from all of the bytes (in `a`). report: what
 * reading met. Errors as the readers'. */
q_code q_stream_rows(q_source *source, uint32_t file, const q_shared *bytes,
                     const q_session *session, q_arena *a, q_rows *out, q_read_report *report,
                     q_err *err);

#endif
