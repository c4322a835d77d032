/*
 * Lines as Hadoop's and so Spark's text readers see them: ended by \n, \r\n or a lone
 * \r. Splits are cut at \n only; the lines that lone \r's make inside belong to the
 * split of their \n. Thread rule: pure functions.
 */
#ifndef Q_IO_LINES_H
#define Q_IO_LINES_H

#include "common/io/reader.h"

/* Offset of the first line (by \n) that starts at or after an offset; data_bytes at the end. */
uint64_t q_line_start(const q_split *s, uint64_t offset);
/* The split's lines: [*first, *next). */
void q_line_range(const q_split *s, uint64_t *first, uint64_t *next);
/* Takes the line at *at (< end): its text without the line's end; *at moves behind that. */
const char *q_take_line(const char **at, const char *end, size_t *n);
/* Nothing but bytes up to space? */
bool q_is_blank(const char *s, size_t n);
/* Behind a UTF-8 byte order mark, if there is one. */
const char *q_skip_bom(const char *data, uint64_t bytes);

#endif
