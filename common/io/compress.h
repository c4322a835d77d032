/*
 * gzip (zlib) and zstd: whole files in, streams out. Codec names are "gzip" and "zstd".
 * Thread rule: one thread at a time per object.
 */
#ifndef Q_IO_COMPRESS_H
#define Q_IO_COMPRESS_H

#include "common/base/arena.h"
#include "common/base/buf.h"

/* Decompressed bytes in memory of their own, 64 zero bytes behind them; counted in the budget. */
typedef struct q_inflated {
    char *data;
    uint64_t bytes;
    size_t mapped; /* of memory */
    q_budget *budget;
} q_inflated;

/* All members or frames of data[0..bytes). `name` is for messages. Errors: MALFORMED_RECORD (not of
 * the codec, damaged, cut off), OUT_OF_MEMORY, INVALID_OPTION (no such codec). */
q_code q_inflate(const char *codec, const char *name, const char *data, uint64_t bytes,
                 q_budget *budget, q_inflated *out, q_err *err);
/* Room for `more` bytes behind what is there. The first call makes the memory. */
q_code q_inflated_reserve(q_inflated *i, size_t more, q_err *err);
void q_inflated_fini(q_inflated *i);

typedef struct q_compressor q_compressor;
q_code q_compressor_new(const char *codec, q_compressor **out, q_err *err);
void q_compressor_destroy(q_compressor **c);
/* Appends what is ready to *out. */
q_code q_compressor_add(q_compressor *c, const void *data, size_t n, q_buf *out, q_err *err);
/* The rest; nothing may be added afterwards. */
q_code q_compressor_finish(q_compressor *c, q_buf *out, q_err *err);

#endif
