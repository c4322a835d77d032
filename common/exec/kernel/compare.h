/* Comparisons of whole columns, NULLs not looked at: for = <=> IN greatest. (compare.c) */
#ifndef Q_EXEC_KERNEL_COMPARE_H
#define Q_EXEC_KERNEL_COMPARE_H

#include "common/exec/kernel.h"

/* flags[i] = x[i] = y[i], n rows of one type (decimals of any scale). */
void q_compare_eq(const q_column *x, const q_column *y, uint32_t n, uint8_t *flags);
/* x[i] < y[i] */
void q_compare_lt(const q_column *x, const q_column *y, uint32_t n, uint8_t *flags);
/* Equality with one string. */
void q_compare_eq_string(const q_column *x, q_str y, uint32_t n, uint8_t *flags);

#endif
