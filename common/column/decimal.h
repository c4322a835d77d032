/*
 * Decimals: a signed 128-bit integer with a scale that the type knows, at most 38
 * digits, as Spark 3.5's Decimal (decimalOperations.allowPrecisionLoss = true).
 * Everything here works on the integers. A function that returns bool says false when
 * there is no result (division by zero, more digits than the type has): SQL's NULL.
 * Rounding is half up, that is away from zero. Thread rule: pure functions.
 */
#ifndef Q_COLUMN_DECIMAL_H
#define Q_COLUMN_DECIMAL_H

#include "common/column/column.h"

#define Q_DECIMAL_MAX_PRECISION 38

/* 10^k, 0 <= k <= 38. */
extern const q_int128 q_decimal_powers[Q_DECIMAL_MAX_PRECISION + 1];
static inline q_int128 q_decimal_pow10(int k)
{
    return q_decimal_powers[k];
}
static inline bool q_decimal_fits(q_int128 v, int precision)
{
    return v < q_decimal_powers[precision] && v > -q_decimal_powers[precision];
}

typedef enum q_decimal_op {
    Q_DECIMAL_ADD,
    Q_DECIMAL_SUB,
    Q_DECIMAL_MUL,
    Q_DECIMAL_DIV,
    Q_DECIMAL_MOD, /* also pmod */
    Q_DECIMAL_INTDIV
} q_decimal_op;

/* The decimal type of `a op b` (both decimals): precision and scale as Spark derives them, cut to
 * 38 digits at the expense of the scale. INTDIV: the decimal behind the bigint that SQL sees. */
q_type q_decimal_result_type(q_decimal_op op, q_type a, q_type b);
/* The decimal that holds every value of both: their common type in CASE, UNION, comparisons. */
q_type q_decimal_wider_type(q_type a, q_type b);
/* The decimal a number becomes when it meets a decimal: int (10,0), bigint (20,0), double (30,15),
 * decimals themselves. */
q_type q_decimal_of_type(q_type number);

/* a op b, of scales sa and sb, as a value of type result. */
bool q_decimal_add(q_int128 a, int sa, q_int128 b, int sb, q_type result, q_int128 *out);
bool q_decimal_mul(q_int128 a, int sa, q_int128 b, int sb, q_type result, q_int128 *out);
bool q_decimal_div(q_int128 a, int sa, q_int128 b, int sb, q_type result, q_int128 *out);
/* Remainder with the sign of a. */
bool q_decimal_mod(q_int128 a, int sa, q_int128 b, int sb, q_type result, q_int128 *out);
/* The quotient without its fraction, its lowest 64 bits. */
bool q_decimal_intdiv(q_int128 a, int sa, q_int128 b, int sb, int64_t *out);

/* -1, 0, 1 */
int q_decimal_cmp(q_int128 a, int sa, q_int128 b, int sb);
bool q_decimal_rescale(q_int128 v, int scale, q_type to, q_int128 *out);
bool q_decimal_from_int64(int64_t v, q_type to, q_int128 *out);
/* By the shortest text of the double, as Spark does: 0.1 is 0.1. False for NaN and infinity. */
bool q_decimal_from_double(double v, q_type to, q_int128 *out);
double q_decimal_to_double(q_int128 v, int scale); /* correctly rounded */
float q_decimal_to_float(q_int128 v, int scale);
/* Without the fraction, lowest 64 bits (Java's longValue). */
int64_t q_decimal_to_int64(q_int128 v, int scale);

#endif
