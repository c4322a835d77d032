/*
 * badRecordsPath: the records that a task could not read, as JSON lines
 * {"path","record","reason"} in a file of its own below the directory.
 * The file is made at the first bad record under a name no other attempt uses
 * (bad_records/part-<random>.json); a task that runs again writes another one.
 * Thread rule: one thread at a time.
 */
#ifndef Q_IO_BAD_LOG_H
#define Q_IO_BAD_LOG_H

#include "common/base/err.h"

typedef struct q_bad_log q_bad_log;

q_code q_bad_log_new(const char *directory, q_bad_log **out, q_err *err);
/* Closes the file; a log that was never written to leaves nothing behind. */
void q_bad_log_destroy(q_bad_log **log);
q_code q_bad_log_write(q_bad_log *log, const char *path, const char *record, size_t n,
                       const char *reason, q_err *err);

#endif
