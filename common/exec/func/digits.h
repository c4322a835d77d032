/*
 * Numbers as decimal digits, for rounding and formatting: value = 0.d1d2… * 10^exponent,
 * without zeros in front; no digits is 0. Doubles have their shortest digits (as they are
 * printed), so what is rounded is what is seen.
 */
#ifndef Q_EXEC_FUNC_DIGITS_H
#define Q_EXEC_FUNC_DIGITS_H

#include <stdbool.h>

#include "common/column/column.h"

typedef struct q_digits {
    char d[48];
    int n, exponent;
} q_digits;

typedef enum q_digits_rounding { Q_DIGITS_HALF_UP, Q_DIGITS_HALF_EVEN } q_digits_rounding;

/* |v|; v must be finite. */
void q_digits_of_double(double v, q_digits *out);
/* |v| / 10^scale */
void q_digits_of_integer(q_int128 v, int scale, q_digits *out);
/* Keep so many digits in front (negative: none, and none can come about). */
void q_digits_round(q_digits *d, int keep, q_digits_rounding mode);
/* The i-th digit before (i < exponent) or behind the point as a character, '0' outside. */
static inline char q_digits_at(const q_digits *d, int i)
{
    return i >= 0 && i < d->n ? d->d[i] : '0';
}

#endif
