/*
 * JSON text as Jackson writes it: escapes, and values copied in compact form
 * (what Spark puts into a STRING column for a number, object or array).
 * Thread rule: pure functions.
 */
#ifndef Q_IO_JSON_TEXT_H
#define Q_IO_JSON_TEXT_H

#include "common/base/buf.h"
#include "common/io/json_scan.h"

/* Room that q_json_escape needs for n bytes. */
#define Q_JSON_ESCAPE_ROOM(n) (6 * (size_t)(n) + 64)
/* The text between the quotes of a JSON string; invalid UTF-8 is copied as it is, *high gets bits
 * set when there are bytes >= 0x80. Reads only s[0..n). Returns the end. */
char *q_json_escape(char *out, const char *s, size_t n, uint32_t *high);
/* A valid value's text in compact form: no spaces, strings with Jackson's escapes, numbers as Java
 * prints them, NaN and infinities in quotes. `scratch` is a buffer to work in. */
void q_json_compact(q_buf *b, q_buf *scratch, const q_json_value *value,
                    const q_read_options *options);

#endif
