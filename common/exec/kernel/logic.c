/* AND OR NOT with three truth values, and the tests for NULL and NaN. */
#include "common/exec/kernel/rows.h"

/* A boolean column as two flag arrays: known to be true, known to be false. */
typedef struct truth {
    uint8_t *yes, *no;
} truth;

static q_code truth_of(q_kernel_ctx *k, const q_column *c, truth *t)
{
    t->yes = q_rows_flags(k);
    t->no = q_rows_flags(k);
    if (!t->yes || !t->no)
        return Q_E_OUT_OF_MEMORY;
    q_rows_true(c, k->n_rows, t->yes);
    if (c->type.kind == Q_VOID)
        memset(t->no, 0, k->n_rows);
    else
        q_rows_from_bits(c->validity, k->n_rows, t->no);
    uint8_t *restrict no = t->no;
    const uint8_t *restrict yes = t->yes;
    for (uint32_t i = 0; i < k->n_rows; i++)
        no[i] &= yes[i] ^ 1;
    return Q_OK;
}

static bool no_nulls(q_column *const *args)
{
    return args[0]->type.kind == Q_BOOLEAN && args[1]->type.kind == Q_BOOLEAN &&
           !args[0]->validity && !args[1]->validity;
}

/* Rows known to be neither become NULL. */
static q_code null_unknown(q_kernel_ctx *k, q_column *out, const uint8_t *restrict yes,
                           const uint8_t *restrict no)
{
    uint8_t *restrict unknown = q_rows_flags(k);
    if (!unknown)
        return Q_E_OUT_OF_MEMORY;
    for (uint32_t i = 0; i < k->n_rows; i++)
        unknown[i] = (yes[i] | no[i]) ^ 1;
    return q_rows_null_where(k, out, unknown);
}

q_code q_k_and(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    uint8_t *restrict o = out->values;
    if (no_nulls(args)) {
        const uint8_t *restrict a = args[0]->values, *restrict b = args[1]->values;
        for (uint32_t i = 0; i < k->n_rows; i++)
            o[i] = a[i] & b[i];
        return Q_OK;
    }
    truth x, y;
    Q_TRY(truth_of(k, args[0], &x));
    Q_TRY(truth_of(k, args[1], &y));
    for (uint32_t i = 0; i < k->n_rows; i++) {
        o[i] = x.yes[i] & y.yes[i];
        x.no[i] |= y.no[i];
    }
    return null_unknown(k, out, o, x.no);
}

q_code q_k_or(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    uint8_t *restrict o = out->values;
    if (no_nulls(args)) {
        const uint8_t *restrict a = args[0]->values, *restrict b = args[1]->values;
        for (uint32_t i = 0; i < k->n_rows; i++)
            o[i] = a[i] | b[i];
        return Q_OK;
    }
    truth x, y;
    Q_TRY(truth_of(k, args[0], &x));
    Q_TRY(truth_of(k, args[1], &y));
    for (uint32_t i = 0; i < k->n_rows; i++) {
        o[i] = x.yes[i] | y.yes[i];
        x.no[i] &= y.no[i];
    }
    return null_unknown(k, out, o, x.no);
}

q_code q_k_not(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    uint8_t *restrict o = out->values;
    const uint8_t *restrict a = args[0]->values;
    for (uint32_t i = 0; i < k->n_rows; i++)
        o[i] = a[i] ^ 1;
    return Q_OK;
}

static void not_null_flags(const q_column *c, uint32_t n, uint8_t *flags)
{
    if (c->type.kind == Q_VOID)
        memset(flags, 0, n);
    else if (!c->validity)
        memset(flags, 1, n);
    else
        for (uint32_t i = 0; i < n; i++)
            flags[i] = q_bit_get(c->validity, i);
}

q_code q_k_isnotnull(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    not_null_flags(args[0], k->n_rows, out->values);
    return Q_OK;
}

q_code q_k_isnull(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    uint8_t *o = out->values;
    not_null_flags(args[0], k->n_rows, o);
    for (uint32_t i = 0; i < k->n_rows; i++)
        o[i] ^= 1;
    return Q_OK;
}

q_code q_k_isnan(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    uint8_t *restrict o = out->values;
    const double *restrict a = args[0]->values;
    not_null_flags(args[0], k->n_rows, o);
    if (a)
        for (uint32_t i = 0; i < k->n_rows; i++)
            o[i] &= a[i] != a[i];
    return Q_OK;
}
