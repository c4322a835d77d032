/*
 * A file's bytes in memory, for reading: mapped, with a page of zeros behind the end
 * (vector loads may run past it). A file that somebody cuts off while it is mapped does
 * not kill the process: a process-wide SIGBUS handler puts zeros under the hole and
 * marks the mapping, which q_mapped_check then reports (INPUT_CHANGED). Faults outside
 * of our mappings go to whatever handler was there before.
 * Thread rule: open and close anywhere; one mapping may be read by many threads.
 */
#ifndef Q_IO_MAPPED_H
#define Q_IO_MAPPED_H

#include "common/io/source.h"

typedef struct q_mapped q_mapped;

/* Opens and maps. A size or time other than file's (mtime_ns 0: not compared) is INPUT_CHANGED. */
q_code q_mapped_open(const q_file *file, q_mapped **out, q_err *err);
void q_mapped_close(q_mapped **m);
const char *q_mapped_data(const q_mapped *m);
uint64_t q_mapped_bytes(const q_mapped *m);
/* Bring [begin, end) into memory ahead of use; a hint. */
void q_mapped_prefetch(const q_mapped *m, uint64_t begin, uint64_t end);
/* After reading: was the file cut off, or changed since it was opened? */
q_code q_mapped_check(const q_mapped *m, q_err *err);

#endif
