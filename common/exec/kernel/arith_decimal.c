/*
 * Arithmetic of decimals. Where the result's type has room for every result (Spark's
 * rules give it unless 38 digits are exceeded) sums and products are plain 128-bit
 * operations; everything else goes through common/column/decimal.h row by row.
 */
#include "common/column/decimal.h"
#include "common/exec/kernel/arith.h"
#include "common/exec/kernel/rows.h"

typedef bool row_fn(q_int128 a, int sa, q_int128 b, int sb, q_type result, q_int128 *out);

/* NULL rows are left alone: what stands under them need not be a decimal. */
static q_code by_rows(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out,
                      row_fn *fn)
{
    const q_int128 *a = args[0]->values, *b = args[1]->values;
    int sa = e->args[0]->type.scale, sb = e->args[1]->type.scale;
    q_int128 *o = out->values;
    for (uint32_t i = 0; i < k->n_rows; i++) {
        o[i] = 0;
        if (!q_column_is_null(out, i) && !fn(a[i], sa, b[i], sb, e->type, &o[i])) {
            o[i] = 0;
            Q_TRY(q_kernel_null(k, out, i));
        }
    }
    return Q_OK;
}

/* Is the result's type the one that holds every exact result? */
static bool exact(q_decimal_op op, const q_expr *e)
{
    q_type a = e->args[0]->type, b = e->args[1]->type;
    int scale = a.scale > b.scale ? a.scale : b.scale;
    int wa = a.precision - a.scale, wb = b.precision - b.scale;
    int whole = op == Q_DECIMAL_MUL ? wa + wb + 1 : (wa > wb ? wa : wb) + 1;
    if (op == Q_DECIMAL_MUL)
        scale = a.scale + b.scale;
    return e->type.scale == scale && e->type.precision - scale >= whole;
}

/* The scaled sides added or subtracted, unsigned: garbage under NULL may wrap around. */
#define EXACT_SUM(op)                                                                         \
    do {                                                                                      \
        const unsigned __int128 *restrict a = args[0]->values, *restrict b = args[1]->values; \
        unsigned __int128 *restrict o = out->values;                                          \
        unsigned __int128 ma =                                                                \
            (unsigned __int128)q_decimal_pow10(e->type.scale - e->args[0]->type.scale);       \
        unsigned __int128 mb =                                                                \
            (unsigned __int128)q_decimal_pow10(e->type.scale - e->args[1]->type.scale);       \
        for (uint32_t i = 0; i < k->n_rows; i++)                                              \
            o[i] = a[i] * ma op b[i] * mb;                                                    \
        return Q_OK;                                                                          \
    } while (0)

q_code q_arith_decimal_add(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    if (exact(Q_DECIMAL_ADD, e))
        EXACT_SUM(+);
    return by_rows(k, e, args, out, q_decimal_add);
}

static bool row_sub(q_int128 a, int sa, q_int128 b, int sb, q_type result, q_int128 *out)
{
    return q_decimal_add(a, sa, -b, sb, result, out);
}

q_code q_arith_decimal_sub(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    if (exact(Q_DECIMAL_SUB, e))
        EXACT_SUM(-);
    return by_rows(k, e, args, out, row_sub);
}

q_code q_arith_decimal_mul(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    if (!exact(Q_DECIMAL_MUL, e))
        return by_rows(k, e, args, out, q_decimal_mul);
    const unsigned __int128 *restrict a = args[0]->values, *restrict b = args[1]->values;
    unsigned __int128 *restrict o = out->values;
    for (uint32_t i = 0; i < k->n_rows; i++)
        o[i] = a[i] * b[i];
    return Q_OK;
}

q_code q_arith_decimal_div(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return by_rows(k, e, args, out, q_decimal_div);
}

q_code q_arith_decimal_mod(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return by_rows(k, e, args, out, q_decimal_mod);
}

/* (a % b + b) % b where a % b is negative. */
static bool row_pmod(q_int128 a, int sa, q_int128 b, int sb, q_type result, q_int128 *out)
{
    int scale = sa > sb ? sa : sb;
    q_type wide = Q_DECIMAL_OF(Q_DECIMAL_MAX_PRECISION, scale);
    q_int128 r;
    if (!q_decimal_mod(a, sa, b, sb, wide, &r))
        return false;
    if (r < 0 &&
        (!q_decimal_add(r, scale, b, sb, wide, &r) || !q_decimal_mod(r, scale, b, sb, wide, &r)))
        return false;
    return q_decimal_rescale(r, scale, result, out);
}

q_code q_arith_decimal_pmod(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return by_rows(k, e, args, out, row_pmod);
}

q_code q_arith_decimal_intdiv(q_kernel_ctx *k, const q_expr *e, q_column *const *args,
                              q_column *out)
{
    const q_int128 *a = args[0]->values, *b = args[1]->values;
    int64_t *o = out->values;
    for (uint32_t i = 0; i < k->n_rows; i++) {
        o[i] = 0;
        if (!q_column_is_null(out, i) &&
            !q_decimal_intdiv(a[i], e->args[0]->type.scale, b[i], e->args[1]->type.scale, &o[i]))
            Q_TRY(q_kernel_null(k, out, i));
    }
    return Q_OK;
}
