/*
 * msgpack writing and reading for plans, states and message headers: a thin
 * adapter over msgpack-c's packer, and a pull reader that never allocates and
 * never trusts a length. (Wire format: msgpack specification, revision of 2017.)
 *
 * Writer: appends to a q_buf (its sticky `failed` tells of missing memory).
 * Reader: borrows the bytes; strings and binaries returned are spans of them
 * (not NUL-terminated). After the first error `failed` is set, every further
 * read returns zero values: check q_unpack_ok() once at the end of a record.
 * Array and map counts are checked against the bytes that are left.
 * Thread rule: one thread at a time.
 */
#ifndef Q_BASE_PACK_H
#define Q_BASE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/buf.h"

void q_pack_nil(q_buf *b);
void q_pack_bool(q_buf *b, bool v);
void q_pack_uint(q_buf *b, uint64_t v);
void q_pack_int(q_buf *b, int64_t v);
void q_pack_double(q_buf *b, double v);
void q_pack_str(q_buf *b, const char *s, size_t n);
void q_pack_cstr(q_buf *b, const char *s); /* NULL packs nil */
void q_pack_bin(q_buf *b, const void *p, size_t n);
void q_pack_array(q_buf *b, uint32_t n);
void q_pack_map(q_buf *b, uint32_t n);

typedef enum q_pack_type {
    Q_PACK_NIL,
    Q_PACK_BOOL,
    Q_PACK_INT,  /* fits int64 */
    Q_PACK_UINT, /* above INT64_MAX */
    Q_PACK_DOUBLE,
    Q_PACK_STR,
    Q_PACK_BIN,
    Q_PACK_ARRAY,
    Q_PACK_MAP,
    Q_PACK_END /* nothing left, or malformed */
} q_pack_type;

typedef struct q_unpack {
    const uint8_t *at, *end;
    bool failed;
} q_unpack;

void q_unpack_init(q_unpack *u, const void *data, size_t n);
q_pack_type q_unpack_peek(const q_unpack *u);
bool q_unpack_bool(q_unpack *u);
uint64_t q_unpack_uint(q_unpack *u); /* fails on negatives */
int64_t q_unpack_int(q_unpack *u);   /* fails above INT64_MAX */
double q_unpack_double(q_unpack *u); /* also takes integers */
/* A span; NULL with *n 0 for nil. */
const char *q_unpack_str(q_unpack *u, size_t *n);
const void *q_unpack_bin(q_unpack *u, size_t *n);
uint32_t q_unpack_array(q_unpack *u); /* element count */
uint32_t q_unpack_map(q_unpack *u);   /* pair count */
bool q_unpack_nil(q_unpack *u);       /* consumes a nil if there is one */
void q_unpack_skip(q_unpack *u);      /* one value of any kind, at most 64 levels deep */
static inline bool q_unpack_ok(const q_unpack *u)
{
    return !u->failed;
}

#endif
