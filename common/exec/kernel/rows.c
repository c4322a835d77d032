/* Flags, validity bits, and the order of single values. */
#include "common/exec/kernel/rows.h"

#include "common/column/decimal.h"

uint8_t *q_rows_flags(q_kernel_ctx *k)
{
    size_t bytes = 64 * q_bit_words(k->n_rows) + 64;
    uint8_t *flags = q_arena_alloc_vec(k->scratch, bytes);
    if (!flags) {
        q_budget_error(k->scratch->budget, bytes, k->err);
        return NULL;
    }
    memset(flags + k->n_rows, 0, bytes - k->n_rows);
    return flags;
}

static bool any_flag(const uint8_t *flags, uint32_t n)
{
    for (uint32_t i = 0; i < n; i += 64) {
        uint64_t any = 0, w[8];
        memcpy(w, flags + i, 64);
        for (int j = 0; j < 8; j++)
            any |= w[j];
        if (any)
            return true;
    }
    return false;
}

q_code q_rows_null_where(q_kernel_ctx *k, q_column *out, const uint8_t *flags)
{
    if (!any_flag(flags, k->n_rows))
        return Q_OK;
    if (!out->validity)
        Q_TRY(q_column_need_validity(out, k->scratch, k->err));
    for (size_t w = 0; w < q_bit_words(k->n_rows); w++)
        out->validity[w] &= ~q_rows_pack64(flags + 64 * w);
    return Q_OK;
}

void q_rows_from_bits(const uint64_t *bits, uint32_t n_rows, uint8_t *flags)
{
    if (!bits) {
        memset(flags, 1, n_rows);
        return;
    }
    for (uint32_t i = 0; i < n_rows; i += 8) {
        uint64_t eight = bits[i >> 6] >> (i & 63) & 0xff;
        uint64_t spread = eight * 0x0101010101010101u & 0x8040201008040201u;
        spread = (spread + 0x7f7f7f7f7f7f7f7fu) >> 7 & 0x0101010101010101u;
        memcpy(flags + i, &spread, 8);
    }
}

void q_rows_true(const q_column *c, uint32_t n_rows, uint8_t *flags)
{
    const uint8_t *restrict v = c->values;
    if (c->type.kind == Q_VOID) {
        memset(flags, 0, n_rows);
        return;
    }
    if (!c->validity) {
        memcpy(flags, v, n_rows);
        return;
    }
    q_rows_from_bits(c->validity, n_rows, flags);
    for (uint32_t i = 0; i < n_rows; i++)
        flags[i] &= v[i];
    memset(flags + n_rows, 0, (8 - n_rows % 8) % 8);
}

q_code q_rows_all_null(q_kernel_ctx *k, q_column *out)
{
    if (out->type.kind == Q_VOID)
        return Q_OK;
    Q_TRY(q_column_need_validity(out, k->scratch, k->err));
    memset(out->validity, 0, 8 * q_bit_words(k->n_rows));
    return Q_OK;
}

static int cmp_arrays(const q_column *x, q_list a, const q_column *y, q_list b)
{
    uint32_t n = a.len < b.len ? a.len : b.len;
    for (uint32_t k = 0; k < n; k++) {
        bool null_a = q_column_is_null(x, a.start + k), null_b = q_column_is_null(y, b.start + k);
        if (null_a != null_b)
            return null_a ? -1 : 1;
        int c = null_a ? 0 : q_rows_cmp(x, a.start + k, y, b.start + k);
        if (c)
            return c;
    }
    return (a.len > b.len) - (a.len < b.len);
}

#define CMP(ctype)                                                  \
    do {                                                            \
        ctype a = Q_VALUES(x, ctype)[i], b = Q_VALUES(y, ctype)[j]; \
        return (a > b) - (a < b);                                   \
    } while (0)
#define CMP_FLOATING(ctype)                                                          \
    do {                                                                             \
        double a = (double)Q_VALUES(x, ctype)[i], b = (double)Q_VALUES(y, ctype)[j]; \
        return q_double_lt(b, a) - q_double_lt(a, b);                                \
    } while (0)

int q_rows_cmp(const q_column *x, uint32_t i, const q_column *y, uint32_t j)
{
    switch ((q_kind)x->type.kind) {
    case Q_BOOLEAN:
        CMP(uint8_t);
    case Q_TINYINT:
        CMP(int8_t);
    case Q_SMALLINT:
        CMP(int16_t);
    case Q_INT:
    case Q_DATE:
    case Q_INTERVAL_YM:
        CMP(int32_t);
    case Q_BIGINT:
    case Q_TIMESTAMP:
    case Q_TIMESTAMP_NTZ:
    case Q_INTERVAL_DT:
        CMP(int64_t);
    case Q_FLOAT:
        CMP_FLOATING(float);
    case Q_DOUBLE:
        CMP_FLOATING(double);
    case Q_DECIMAL:
        return q_decimal_cmp(Q_VALUES(x, q_int128)[i], x->type.scale, Q_VALUES(y, q_int128)[j],
                             y->type.scale);
    case Q_STRING:
    case Q_BINARY:
        return q_str_cmp(Q_VALUES(x, q_str)[i], Q_VALUES(y, q_str)[j]);
    case Q_ARRAY:
        return cmp_arrays(x->child, Q_VALUES(x, q_list)[i], y->child, Q_VALUES(y, q_list)[j]);
    case Q_VOID:
    case Q_N_KINDS:
        break;
    }
    return 0;
}
