/*
 * Malformed UTF-8 made well formed as Java's decoder does it: each longest beginning of
 * a well-formed sequence, or else each byte, becomes one U+FFFD.
 */
#ifndef Q_IO_UTF8_REPAIR_H
#define Q_IO_UTF8_REPAIR_H

#include "common/column/utf8.h"

/* A repaired copy in `a`; s itself when it is well formed. NULL when the arena's budget is
 * exceeded. */
const char *q_utf8_repair(const char *s, size_t n, q_arena *a, size_t *out_n);

#endif
