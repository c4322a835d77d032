/*
 * = <=> < <= > >=. Results are bytes 0 or 1 computed without branches for all fixed
 * width types; > and >= are < and <= with the sides exchanged. Strings against a short
 * constant (CASE category WHEN 'A') compare as integers of the constant's length.
 */
#include "common/exec/kernel/compare.h"

#include "common/column/decimal.h"
#include "common/exec/kernel/rows.h"

#define PLAIN_EQ(a, b) ((a) == (b))
#define PLAIN_LT(a, b) ((a) < (b))
#define PLAIN_LE(a, b) ((a) <= (b))
/* NaN is the greatest and equals itself. */
#define FLOAT_EQ(a, b) (((a) == (b)) | (((a) != (a)) & ((b) != (b))))
#define FLOAT_LT(a, b) (((a) < (b)) | (((a) == (a)) & ((b) != (b))))
#define FLOAT_LE(a, b) (((a) <= (b)) | ((b) != (b)))

#define COMPARE_LOOP(ctype, OP)                                       \
    do {                                                              \
        const ctype *restrict a = x->values, *restrict b = y->values; \
        for (uint32_t i = 0; i < n; i++)                              \
            flags[i] = (uint8_t)OP(a[i], b[i]);                       \
        return;                                                       \
    } while (0)

/* Types without a loop of their own, a value at a time; test is on q_rows_cmp's result. */
#define COMPARE_ROWS(test)                            \
    do {                                              \
        for (uint32_t i = 0; i < n; i++)              \
            flags[i] = q_rows_cmp(x, i, y, i) test 0; \
    } while (0)

#define COMPARE_TYPES(OP)                  \
    case Q_BOOLEAN:                        \
        COMPARE_LOOP(uint8_t, PLAIN_##OP); \
    case Q_TINYINT:                        \
        COMPARE_LOOP(int8_t, PLAIN_##OP);  \
    case Q_SMALLINT:                       \
        COMPARE_LOOP(int16_t, PLAIN_##OP); \
    case Q_INT:                            \
    case Q_DATE:                           \
    case Q_INTERVAL_YM:                    \
        COMPARE_LOOP(int32_t, PLAIN_##OP); \
    case Q_BIGINT:                         \
    case Q_TIMESTAMP:                      \
    case Q_TIMESTAMP_NTZ:                  \
    case Q_INTERVAL_DT:                    \
        COMPARE_LOOP(int64_t, PLAIN_##OP); \
    case Q_FLOAT:                          \
        COMPARE_LOOP(float, FLOAT_##OP);   \
    case Q_DOUBLE:                         \
        COMPARE_LOOP(double, FLOAT_##OP)

static void eq_strings(const q_column *x, const q_column *y, uint32_t n, uint8_t *restrict flags)
{
    const q_str *a = x->values, *b = y->values;
    for (uint32_t i = 0; i < n; i++)
        flags[i] = q_str_eq(a[i], b[i]);
}

void q_compare_eq(const q_column *x, const q_column *y, uint32_t n, uint8_t *restrict flags)
{
    if (x->type.kind == Q_VOID || y->type.kind == Q_VOID) {
        memset(flags, 0, n);
        return;
    }
    switch (x->type.kind) {
        COMPARE_TYPES(EQ);
    case Q_STRING:
    case Q_BINARY:
        eq_strings(x, y, n, flags);
        return;
    case Q_DECIMAL:
        if (x->type.scale == y->type.scale)
            COMPARE_LOOP(q_int128, PLAIN_EQ);
        COMPARE_ROWS(==);
        return;
    default:
        COMPARE_ROWS(==);
    }
}

void q_compare_lt(const q_column *x, const q_column *y, uint32_t n, uint8_t *restrict flags)
{
    switch (x->type.kind) {
        COMPARE_TYPES(LT);
    case Q_DECIMAL:
        if (x->type.scale == y->type.scale)
            COMPARE_LOOP(q_int128, PLAIN_LT);
        COMPARE_ROWS(<);
        return;
    default:
        COMPARE_ROWS(<);
    }
}

static void compare_le(const q_column *x, const q_column *y, uint32_t n, uint8_t *restrict flags)
{
    switch (x->type.kind) {
        COMPARE_TYPES(LE);
    case Q_DECIMAL:
        if (x->type.scale == y->type.scale)
            COMPARE_LOOP(q_int128, PLAIN_LE);
        COMPARE_ROWS(<=);
        return;
    default:
        COMPARE_ROWS(<=);
    }
}

/* ---- strings against a constant ---- */

/* The first n bytes at p, 1 <= n <= 8, as one number: two overlapping loads, nothing outside. */
static inline uint64_t load_short(const char *p, uint32_t n)
{
    uint64_t eight;
    uint32_t a, b;
    uint16_t c, d;
    if (n == 8) {
        memcpy(&eight, p, 8);
        return eight;
    }
    if (n >= 4) {
        memcpy(&a, p, 4);
        memcpy(&b, p + n - 4, 4);
        return a | (uint64_t)b << 32;
    }
    if (n >= 2) {
        memcpy(&c, p, 2);
        memcpy(&d, p + n - 2, 2);
        return c | (uint64_t)d << 16;
    }
    return (unsigned char)*p;
}

__attribute__((always_inline)) static inline void
eq_short(const q_str *restrict a, q_str y, uint32_t n, uint8_t *restrict flags, uint32_t len)
{
    uint64_t want = load_short(y.ptr, len);
    for (uint32_t i = 0; i < n; i++) {
        bool same = a[i].len == len;
        const char *p = same ? a[i].ptr : y.ptr; /* always something readable, no branch */
        flags[i] = same & (load_short(p, len) == want);
    }
}

void q_compare_eq_string(const q_column *x, q_str y, uint32_t n, uint8_t *flags)
{
    const q_str *a = x->values;
    switch (y.len) { /* the length as a constant: one or two loads, no branches in the loop */
    case 0:
        for (uint32_t i = 0; i < n; i++)
            flags[i] = a[i].len == 0;
        return;
#define SHORT(len)                     \
    case len:                          \
        eq_short(a, y, n, flags, len); \
        return
        SHORT(1);
        SHORT(2);
        SHORT(3);
        SHORT(4);
        SHORT(5);
        SHORT(6);
        SHORT(7);
        SHORT(8);
#undef SHORT
    default:
        for (uint32_t i = 0; i < n; i++)
            flags[i] = q_str_eq(a[i], y);
    }
}

/* ---- kernels ---- */

static bool is_string_literal(const q_expr *x)
{
    return x->kind == Q_X_LITERAL && q_type_is_stringlike(x->type) &&
           !q_column_is_null(x->value, 0);
}

static void eq_flags(const q_kernel_ctx *k, const q_expr *e, q_column *const *args, uint8_t *flags)
{
    for (int side = 0; side < 2; side++)
        if (is_string_literal(e->args[side])) {
            q_str y = Q_VALUES(e->args[side]->value, q_str)[0];
            q_compare_eq_string(args[1 - side], y, k->n_rows, flags);
            return;
        }
    q_compare_eq(args[0], args[1], k->n_rows, flags);
}

q_code q_k_eq(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    eq_flags(k, e, args, out->values);
    return Q_OK;
}

q_code q_k_nseq(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    uint8_t *o = out->values;
    uint32_t n = k->n_rows;
    eq_flags(k, e, args, o);
    if (args[0]->type.kind != Q_VOID && !args[0]->validity && args[1]->type.kind != Q_VOID &&
        !args[1]->validity)
        return Q_OK;
    for (uint32_t i = 0; i < n; i++) {
        bool x = q_column_is_null(args[0], i), y = q_column_is_null(args[1], i);
        o[i] = (x & y) | (!x & !y & o[i]);
    }
    return Q_OK;
}

q_code q_k_lt(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    q_compare_lt(args[0], args[1], k->n_rows, out->values);
    return Q_OK;
}

q_code q_k_le(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    compare_le(args[0], args[1], k->n_rows, out->values);
    return Q_OK;
}

q_code q_k_gt(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    q_compare_lt(args[1], args[0], k->n_rows, out->values);
    return Q_OK;
}

q_code q_k_ge(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    compare_le(args[1], args[0], k->n_rows, out->values);
    return Q_OK;
}
