/*
 * Text files in other encodings than UTF-8, by iconv: whole files in, UTF-8 out. Bytes that the
 * encoding does not have become U+FFFD, as Java's decoders make them.
 * Thread rule: one thread at a time per object.
 */
#ifndef Q_IO_RECODE_H
#define Q_IO_RECODE_H

#include "common/io/compress.h"

/* NULL counts as UTF-8. */
bool q_encoding_is_utf8(const char *encoding);
bool q_encoding_is_known(const char *encoding);
/* data[0..bytes) as UTF-8. Errors: OUT_OF_MEMORY, INVALID_OPTION (no such encoding here). */
q_code q_recode(const char *encoding, const char *data, uint64_t bytes, q_budget *budget,
                q_inflated *out, q_err *err);

#endif
