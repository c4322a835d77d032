/* What number_*.c take from C++ libraries; private to them. */
#ifndef Q_COLUMN_NUMBER_CXX_H
#define Q_COLUMN_NUMBER_CXX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Shortest decimal of a finite v > 0: returns the digits without trailing zeros, value = digits *
 * 10^exponent. (number_dragonbox.cc) */
uint64_t q_dragonbox_double(double v, int *exponent);
uint32_t q_dragonbox_float(float v, int *exponent);

/* Correctly rounded value of [digits][.digits][e[+-]digits], which the caller has checked; too
 * large is infinity. (number_fast_float.cc) */
double q_fast_float_double(const char *begin, const char *end);
float q_fast_float_float(const char *begin, const char *end);

#ifdef __cplusplus
}
#endif

#endif
