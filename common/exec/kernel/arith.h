/* The decimal halves of the arithmetic kernels (arith_decimal.c), called by arith.c. */
#ifndef Q_EXEC_KERNEL_ARITH_H
#define Q_EXEC_KERNEL_ARITH_H

#include "common/exec/kernel.h"

q_kernel q_arith_decimal_add;
q_kernel q_arith_decimal_sub;
q_kernel q_arith_decimal_mul;
q_kernel q_arith_decimal_div;
q_kernel q_arith_decimal_mod;
q_kernel q_arith_decimal_pmod;
q_kernel q_arith_decimal_intdiv;

#endif
