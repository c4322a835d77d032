/*
 * One file of a source as readers want it: mapped, or decompressed and made UTF-8 in memory.
 * Thread rule: open and close anywhere; one input may be read by many threads.
 */
#ifndef Q_IO_INPUT_H
#define Q_IO_INPUT_H

#include "common/io/compress.h"
#include "common/io/source.h"

typedef struct q_input q_input;

/* budget: for bytes in memory. Errors as q_mapped_open, q_inflate and q_recode. */
q_code q_input_open(const q_source *source, uint32_t file, q_budget *budget, q_input **out,
                    q_err *err);
void q_input_close(q_input **in);
/* The whole file, decompressed and in UTF-8; >= 64 readable bytes behind it. */
const char *q_input_data(const q_input *in);
uint64_t q_input_bytes(const q_input *in);
/* Bring a range into memory ahead of use; a hint. */
void q_input_prefetch(const q_input *in, uint64_t begin, uint64_t end);
/* Must the file be read as a whole, because its bytes are compressed or not UTF-8? */
bool q_input_is_whole(const q_source *source, uint32_t file);
/* The text that a file's bytes stand for, when q_input_is_whole. */
q_code q_input_text(const q_source *source, uint32_t file, const char *data, uint64_t bytes,
                    q_budget *budget, q_inflated *out, q_err *err);
/* After reading, before results count: INPUT_CHANGED when the file was cut off or written. */
q_code q_input_check(const q_input *in, q_err *err);

#endif
