/*
 * + - * / % div pmod and signs. Integers wrap around (computed unsigned), a zero
 * divisor makes NULL, floats are computed as floats. The loops have no branches in
 * them; nulls are joined before by the engine, so one body serves both.
 */
#include "common/exec/kernel/arith.h"

#include "common/exec/kernel/rows.h"

#define WRAP_LOOP(utype, wide, op)                                                \
    do {                                                                          \
        const utype *restrict a = args[0]->values, *restrict b = args[1]->values; \
        utype *restrict o = out->values;                                          \
        for (uint32_t i = 0; i < k->n_rows; i++)                                  \
            o[i] = (utype)((wide)a[i] op(wide) b[i]);                             \
        return Q_OK;                                                              \
    } while (0)

#define WRAPPING_KERNEL(name, op, others)                                                     \
    q_code q_k_##name(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out) \
    {                                                                                         \
        switch (e->type.kind) {                                                               \
        case Q_TINYINT:                                                                       \
            WRAP_LOOP(uint8_t, unsigned, op);                                                 \
        case Q_SMALLINT:                                                                      \
            WRAP_LOOP(uint16_t, unsigned, op);                                                \
        case Q_INT:                                                                           \
            WRAP_LOOP(uint32_t, uint32_t, op);                                                \
        case Q_BIGINT:                                                                        \
            WRAP_LOOP(uint64_t, uint64_t, op);                                                \
        case Q_FLOAT:                                                                         \
            WRAP_LOOP(float, float, op);                                                      \
        case Q_DOUBLE:                                                                        \
            WRAP_LOOP(double, double, op);                                                    \
        case Q_DECIMAL:                                                                       \
            return q_arith_decimal_##name(k, e, args, out);                                   \
        default:                                                                              \
            return others(k, e, args, out);                                                   \
        }                                                                                     \
    }

/* Intervals overflow into an error, as in Spark; under NULL nothing is looked at. */
#define INTERVAL_LOOP(ctype, checked)                                                   \
    do {                                                                                \
        const ctype *a = args[0]->values, *b = args[1]->values;                         \
        ctype *o = out->values;                                                         \
        for (uint32_t i = 0; i < k->n_rows; i++)                                        \
            if (checked(a[i], b[i], &o[i]) && !q_column_is_null(out, i))                \
                return q_err_set(k->err, Q_E_ARITHMETIC_OVERFLOW, "interval overflow"); \
        return Q_OK;                                                                    \
    } while (0)

#define INTERVAL_KERNEL(name, checked)                                                     \
    static q_code interval_##name(q_kernel_ctx *k, const q_expr *e, q_column *const *args, \
                                  q_column *out)                                           \
    {                                                                                      \
        if (e->type.kind == Q_INTERVAL_YM)                                                 \
            INTERVAL_LOOP(int32_t, checked);                                               \
        INTERVAL_LOOP(int64_t, checked);                                                   \
    }

static q_code no_such_type(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    char name[Q_TYPE_NAME_BYTES];
    (void)args, (void)out;
    return q_err_set(k->err, Q_E_INTERNAL, "no kernel for %s", q_type_name(e->type, name));
}

INTERVAL_KERNEL(add, __builtin_add_overflow)
INTERVAL_KERNEL(sub, __builtin_sub_overflow)
WRAPPING_KERNEL(add, +, interval_add)
WRAPPING_KERNEL(sub, -, interval_sub)
WRAPPING_KERNEL(mul, *, no_such_type)

/* ---- try_add, try_subtract, try_multiply: as + - *, but integers that overflow are NULL ---- */

/* Like the other loops all rows are computed: garbage under NULL may overflow, NULL it stays. */
#define CHECKED_LOOP(ctype, checked)                                              \
    do {                                                                          \
        const ctype *restrict a = args[0]->values, *restrict b = args[1]->values; \
        ctype *restrict o = out->values;                                          \
        uint8_t *restrict over = q_rows_flags(k);                                 \
        if (!over)                                                                \
            return Q_E_OUT_OF_MEMORY;                                             \
        for (uint32_t i = 0; i < k->n_rows; i++)                                  \
            over[i] = checked(a[i], b[i], &o[i]);                                 \
        return q_rows_null_where(k, out, over);                                   \
    } while (0)

#define TRY_KERNEL(name, plain, checked)                                                      \
    q_code q_k_##name(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out) \
    {                                                                                         \
        switch (e->type.kind) {                                                               \
        case Q_TINYINT:                                                                       \
            CHECKED_LOOP(int8_t, checked);                                                    \
        case Q_SMALLINT:                                                                      \
            CHECKED_LOOP(int16_t, checked);                                                   \
        case Q_INT:                                                                           \
            CHECKED_LOOP(int32_t, checked);                                                   \
        case Q_BIGINT:                                                                        \
            CHECKED_LOOP(int64_t, checked);                                                   \
        default:                                                                              \
            return q_k_##plain(k, e, args, out);                                              \
        }                                                                                     \
    }
TRY_KERNEL(try_add, add, __builtin_add_overflow)
TRY_KERNEL(try_subtract, sub, __builtin_sub_overflow)
TRY_KERNEL(try_multiply, mul, __builtin_mul_overflow)

/* ---- division ---- */

static inline double guarded_div_double(double a, double b)
{
    return a / b;
}

/* Java's %: C's, and no trap for the least integer by -1. */
static inline int64_t guarded_div_int64_t(int64_t a, int64_t b)
{
    return b == -1 ? (int64_t)(0 - (uint64_t)a) : a / (b == 0 ? 1 : b);
}

#define GUARDED_INTEGER(ctype)                                                         \
    static inline ctype guarded_mod_##ctype(ctype a, ctype b)                          \
    {                                                                                  \
        return b == -1 || b == 0 ? 0 : (ctype)(a % b);                                 \
    }                                                                                  \
    static inline ctype guarded_pmod_##ctype(ctype a, ctype b)                         \
    {                                                                                  \
        ctype r = guarded_mod_##ctype(a, b);                                           \
        return r < 0 ? guarded_mod_##ctype((ctype)((uint64_t)r + (uint64_t)b), b) : r; \
    }
GUARDED_INTEGER(int8_t)
GUARDED_INTEGER(int16_t)
GUARDED_INTEGER(int32_t)
GUARDED_INTEGER(int64_t)

static inline double guarded_mod_double(double a, double b)
{
    return fmod(a, b);
}

static inline double guarded_pmod_double(double a, double b)
{
    double r = fmod(a, b);
    return r < 0 ? fmod(r + b, b) : r;
}

static inline float guarded_mod_float(float a, float b)
{
    return fmodf(a, b);
}

static inline float guarded_pmod_float(float a, float b)
{
    float r = fmodf(a, b);
    return r < 0 ? fmodf(r + b, b) : r;
}

#define GUARDED_LOOP(name, ctype)                                                 \
    do {                                                                          \
        const ctype *restrict a = args[0]->values, *restrict b = args[1]->values; \
        ctype *restrict o = out->values;                                          \
        uint8_t *restrict zero = q_rows_flags(k);                                 \
        if (!zero)                                                                \
            return Q_E_OUT_OF_MEMORY;                                             \
        for (uint32_t i = 0; i < k->n_rows; i++)                                  \
            zero[i] = b[i] == 0;                                                  \
        for (uint32_t i = 0; i < k->n_rows; i++)                                  \
            o[i] = guarded_##name##_##ctype(a[i], b[i]);                          \
        return q_rows_null_where(k, out, zero);                                   \
    } while (0)

q_code q_k_div(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    if (e->type.kind == Q_DECIMAL)
        return q_arith_decimal_div(k, e, args, out);
    GUARDED_LOOP(div, double);
}

q_code q_k_intdiv(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    if (e->args[0]->type.kind == Q_DECIMAL)
        return q_arith_decimal_intdiv(k, e, args, out);
    GUARDED_LOOP(div, int64_t);
}

#define REMAINDER_KERNEL(name, decimal_fn)                                                    \
    q_code q_k_##name(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out) \
    {                                                                                         \
        switch (e->type.kind) {                                                               \
        case Q_TINYINT:                                                                       \
            GUARDED_LOOP(name, int8_t);                                                       \
        case Q_SMALLINT:                                                                      \
            GUARDED_LOOP(name, int16_t);                                                      \
        case Q_INT:                                                                           \
            GUARDED_LOOP(name, int32_t);                                                      \
        case Q_BIGINT:                                                                        \
            GUARDED_LOOP(name, int64_t);                                                      \
        case Q_FLOAT:                                                                         \
            GUARDED_LOOP(name, float);                                                        \
        case Q_DECIMAL:                                                                       \
            return decimal_fn(k, e, args, out);                                               \
        default:                                                                              \
            GUARDED_LOOP(name, double);                                                       \
        }                                                                                     \
    }
REMAINDER_KERNEL(mod, q_arith_decimal_mod)
REMAINDER_KERNEL(pmod, q_arith_decimal_pmod)

/* ---- signs ---- */

#define NEGATE_LOOP(utype, expression)             \
    do {                                           \
        const utype *restrict a = args[0]->values; \
        utype *restrict o = out->values;           \
        for (uint32_t i = 0; i < k->n_rows; i++)   \
            o[i] = (utype)(expression);            \
        return Q_OK;                               \
    } while (0)

q_code q_k_negative(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    switch (e->type.kind) {
    case Q_TINYINT:
        NEGATE_LOOP(uint8_t, 0 - a[i]);
    case Q_SMALLINT:
        NEGATE_LOOP(uint16_t, 0 - a[i]);
    case Q_INT:
    case Q_INTERVAL_YM:
        NEGATE_LOOP(uint32_t, 0 - a[i]);
    case Q_FLOAT:
        NEGATE_LOOP(float, -a[i]);
    case Q_DOUBLE:
        NEGATE_LOOP(double, -a[i]);
    case Q_DECIMAL:
        NEGATE_LOOP(unsigned __int128, 0 - a[i]);
    default:
        NEGATE_LOOP(uint64_t, 0 - a[i]);
    }
}

q_code q_k_positive(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    if (k->n_rows)
        memcpy(out->values, args[0]->values, q_type_width(e->type) * k->n_rows);
    return Q_OK;
}
