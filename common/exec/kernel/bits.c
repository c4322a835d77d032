/* ~ & | ^ and shifts of integers. */
#include "common/exec/kernel/rows.h"

#define BITS_LOOP(utype, expression)                                                          \
    do {                                                                                      \
        const utype *restrict a = args[0]->values, *restrict b = args[e->n_args - 1]->values; \
        utype *restrict o = out->values;                                                      \
        (void)b;                                                                              \
        for (uint32_t i = 0; i < k->n_rows; i++)                                              \
            o[i] = (utype)(expression);                                                       \
        return Q_OK;                                                                          \
    } while (0)

#define BITS_KERNEL(name, expression)                                                         \
    q_code q_k_##name(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out) \
    {                                                                                         \
        switch (e->type.kind) {                                                               \
        case Q_TINYINT:                                                                       \
            BITS_LOOP(uint8_t, expression);                                                   \
        case Q_SMALLINT:                                                                      \
            BITS_LOOP(uint16_t, expression);                                                  \
        case Q_INT:                                                                           \
            BITS_LOOP(uint32_t, expression);                                                  \
        default:                                                                              \
            BITS_LOOP(uint64_t, expression);                                                  \
        }                                                                                     \
    }

BITS_KERNEL(bitnot, ~a[i])
BITS_KERNEL(bitand, a[i] & b[i])
BITS_KERNEL(bitor, a[i] | b[i])
BITS_KERNEL(bitxor, a[i] ^ b[i])

/* As Java: the count modulo the width, right shifts of signed values keep the sign. */
#define SHIFT_LOOP(ctype, mask, op)                  \
    do {                                             \
        const ctype *restrict a = args[0]->values;   \
        const int32_t *restrict n = args[1]->values; \
        ctype *restrict o = out->values;             \
        for (uint32_t i = 0; i < k->n_rows; i++)     \
            o[i] = a[i] op(n[i] & mask);             \
        return Q_OK;                                 \
    } while (0)

#define SHIFT_KERNEL(name, int_type, long_type, op)                                           \
    q_code q_k_##name(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out) \
    {                                                                                         \
        if (e->type.kind == Q_BIGINT)                                                         \
            SHIFT_LOOP(long_type, 63, op);                                                    \
        SHIFT_LOOP(int_type, 31, op);                                                         \
    }

SHIFT_KERNEL(shiftleft, uint32_t, uint64_t, <<)
SHIFT_KERNEL(shiftright, int32_t, int64_t, >>)
SHIFT_KERNEL(shiftrightunsigned, uint32_t, uint64_t, >>)
