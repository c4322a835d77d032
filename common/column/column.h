/*
 * Columns and batches: the in-memory form every operator works on.
 *
 * Layout is Arrow's (validity bitmap, least significant bit first, 1 = valid;
 * contiguous values) with two deviations that measure faster in kernels and are
 * undone on the wire (proto/batch.h writes Arrow's offsets and bitmaps):
 *   - strings and binaries are q_str views (16 bytes), as Arrow's BinaryView /
 *     Velox / DuckDB do, so that a value read from a file is a span of the input;
 *   - booleans take one byte each.
 * Values under a cleared validity bit are unspecified but readable (strings: a
 * valid {ptr,len}, so len 0 is the rule; numbers: any bits).
 *
 * Memory: a column borrows everything it points to. Values, validity and string
 * bytes live in an arena (of the batch, the task or the statement) or in a
 * mapped input; `bytes_stable` says that string bytes live at least as long as
 * the task. Every values array has >= 64 readable bytes of slack behind it
 * (q_arena_alloc_vec). Kernels may read, never write past length.
 * Thread rule: read-only after being filled; may then be read by any thread.
 */
#ifndef Q_COLUMN_COLUMN_H
#define Q_COLUMN_COLUMN_H

#include <stdint.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/column/type.h"

/* Rows of a full batch: a few columns of this length stay inside L2. */
#define Q_BATCH_ROWS  2048
#define Q_MAX_COLUMNS 10000u /* of a query's result: what a batch on the wire may have */

typedef __int128 q_int128;

typedef struct q_str {
    const char *ptr;
    uint32_t len;   /* bytes */
    uint32_t flags; /* Q_STR_PLAIN or 0 */
} q_str;
/* Known to be valid UTF-8 without control characters, quote and backslash: may be
 * put between JSON quotes as it is. Absent means "not known". */
#define Q_STR_PLAIN 1u

typedef struct q_list {
    uint32_t start, len; /* in the column's `child` */
} q_list;

typedef struct q_column {
    q_type type;
    bool bytes_stable;  /* string bytes (and list children) outlive the task's batches */
    uint32_t length;    /* rows */
    uint64_t *validity; /* NULL: no nulls; else (length+63)/64 words, bits past length undefined */
    void *values;       /* length * q_type_width(type) bytes; NULL for VOID (all null) */
    struct q_column *child; /* arrays: the elements */
} q_column;

/* nullable is true or false; or, under schema inference, that no value was met yet: the type is
 * STRING for want of a better one, and any value decides it anew (io/infer.h). */
#define Q_ONLY_NULLS 2
typedef struct q_field {
    const char *name;
    q_type type;
    uint8_t nullable;
} q_field;

typedef struct q_schema {
    uint32_t n_fields;
    q_field *fields;
} q_schema;

typedef struct q_batch {
    uint32_t n_rows;
    uint32_t n_columns;
    q_column *columns;
    const int64_t *positions; /* of each row in the whole input; NULL: rows are in input order */
} q_batch;

/* Typed views: Q_VALUES(col, double)[i] */
#define Q_VALUES(col, ctype) ((ctype *)(col)->values)

static inline bool q_bit_get(const uint64_t *bits, size_t i)
{
    return (bits[i >> 6] >> (i & 63)) & 1;
}
static inline void q_bit_set(uint64_t *bits, size_t i)
{
    bits[i >> 6] |= (uint64_t)1 << (i & 63);
}
static inline void q_bit_clear(uint64_t *bits, size_t i)
{
    bits[i >> 6] &= ~((uint64_t)1 << (i & 63));
}
static inline size_t q_bit_words(size_t n)
{
    return (n + 63) / 64;
}
static inline bool q_column_is_null(const q_column *c, size_t i)
{
    return c->type.kind == Q_VOID || (c->validity && !q_bit_get(c->validity, i));
}
/* Row i as 64 bits: integers, dates (days), timestamps (microseconds), intervals. False: another
 * type. The row is not NULL. */
bool q_column_integer(const q_column *c, uint32_t i, int64_t *v);
static inline q_str q_str_of(const char *s)
{
    return (q_str){s, (uint32_t)strlen(s), 0};
}
static inline bool q_str_eq(q_str a, q_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
/* Byte order, which is UTF-8's code point order and Spark's. */
int q_str_cmp(q_str a, q_str b);

/* Allocate values (uninitialised, with slack), no validity and, of arrays, no elements.
 * NULL-budget arenas never fail; otherwise Q_E_OUT_OF_MEMORY. */
q_code q_column_init(q_column *c, q_type type, uint32_t length, q_arena *a, q_err *err);
/* Give the column a validity bitmap of all-valid bits if it has none. */
q_code q_column_need_validity(q_column *c, q_arena *a, q_err *err);
/* Nulls in the column. */
uint32_t q_column_null_count(const q_column *c);
/* dst = rows `rows[0..n)` of src (gather); string bytes are shared, not copied. */
q_code q_column_gather(q_column *dst, const q_column *src, const uint32_t *rows, uint32_t n,
                       q_arena *a, q_err *err);
/* dst = src[from, from+n), sharing values where the layout allows, else copying. */
q_code q_column_slice(q_column *dst, const q_column *src, uint32_t from, uint32_t n, q_arena *a,
                      q_err *err);
/* Copy string bytes (and list children) that are not stable into `a` and mark the column stable. */
q_code q_column_stabilise(q_column *c, q_arena *a, q_err *err);
/* dst = a copy of src whose values, validity and string bytes live in `a`. */
q_code q_column_keep(q_column *dst, const q_column *src, q_arena *a, q_err *err);
/* Concatenate pieces of the same type, in order; string bytes are shared. */
q_code q_column_concat(q_column *dst, const q_column *const *pieces, uint32_t n, q_arena *a,
                       q_err *err);
/* A column of `length` times the row `row` of src (constants). */
q_code q_column_repeat(q_column *dst, const q_column *src, uint32_t row, uint32_t length,
                       q_arena *a, q_err *err);

q_code q_schema_copy(q_schema *dst, const q_schema *src, q_arena *a);
/* Index of the field with this name, as Spark resolves it (case-insensitive); -1 none, -2 several.
 */
int q_schema_find(const q_schema *s, const char *name);

#endif
