/*
 * Cutting a source's files into splits for tasks. The cuts are plain byte offsets:
 * where records start is the readers' affair (io/reader.h).
 */
#ifndef Q_IO_SPLIT_H
#define Q_IO_SPLIT_H

#include "common/io/source.h"

typedef struct q_split_range {
    uint32_t file;
    uint64_t begin, end; /* a compressed file is one split: 0, UINT64_MAX */
} q_split_range;

/* About `target` splits over all files, of equal size and at least min_bytes (but for files that
 * are smaller). In order of file and offset; files without bytes give none. Memory in `a`. */
q_code q_split_files(const q_source *source, uint32_t target, uint64_t min_bytes, q_arena *a,
                     const q_split_range **ranges, uint32_t *n, q_err *err);

#endif
