/*
 * What kernels share: flags (a byte a row, 0 or 1) between values and validity bits,
 * and comparisons of single values for the kernels that go row by row.
 * Flag arrays come from q_rows_flags: padded to whole words of 64 rows.
 */
#ifndef Q_EXEC_KERNEL_ROWS_H
#define Q_EXEC_KERNEL_ROWS_H

#include <math.h>

#include "common/base/assert.h"
#include "common/exec/kernel.h"

/* Flags for k's rows in scratch, uninitialised but for the padding; NULL with k->err set. */
uint8_t *q_rows_flags(q_kernel_ctx *k);
/* Rows with a flag become NULL. */
q_code q_rows_null_where(q_kernel_ctx *k, q_column *out, const uint8_t *flags);
/* The other way round: validity (may be NULL: all ones) as flags; n_rows of them. */
void q_rows_from_bits(const uint64_t *bits, uint32_t n_rows, uint8_t *flags);
/* 64 flags as bits. */
static inline uint64_t q_rows_pack64(const uint8_t *flags)
{
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t w;
        memcpy(&w, flags + 8 * i, 8);
        bits |= (w * 0x0102040810204080u >> 56) << (8 * i);
    }
    return bits;
}
/* flags[i] = row i of the boolean column is true (and not NULL). */
void q_rows_true(const q_column *c, uint32_t n_rows, uint8_t *flags);

/* out becomes NULL everywhere. */
q_code q_rows_all_null(q_kernel_ctx *k, q_column *out);

/* Order of two doubles as Spark has it: NaN greatest and equal to itself, zeros equal. */
static inline bool q_double_eq(double a, double b)
{
    return (a == b) | ((a != a) & (b != b));
}
static inline bool q_double_lt(double a, double b)
{
    return (a < b) | ((a == a) & (b != b));
}
static inline bool q_double_le(double a, double b)
{
    return (a <= b) | (b != b);
}

/* Order of value i of x and value j of y, of one type, neither NULL; arrays element by element,
 * NULL elements first. */
int q_rows_cmp(const q_column *x, uint32_t i, const q_column *y, uint32_t j);

#endif
