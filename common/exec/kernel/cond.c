/*
 * CASE, if, coalesce and their kin: each row takes the value of the first side whose
 * flag is set. Sides are laid over one another from the last to the first with masks,
 * no branches; all sides have been computed for all rows (kernels do not fail for
 * single values).
 */
#include "common/exec/kernel/compare.h"
#include "common/exec/kernel/rows.h"

typedef struct side {
    const uint8_t *flags;   /* NULL: every row that is left */
    const q_column *column; /* NULL: the value is NULL */
} side;

#define BLEND(utype)                       \
    do {                                   \
        const utype *restrict v = values;  \
        utype *restrict o = out;           \
        for (uint32_t i = 0; i < n; i++)   \
            o[i] = flags[i] ? v[i] : o[i]; \
        return;                            \
    } while (0)

static void blend(size_t width, void *restrict out, const void *restrict values,
                  const uint8_t *restrict flags, uint32_t n)
{
    switch (width) {
    case 1:
        BLEND(uint8_t);
    case 2:
        BLEND(uint16_t);
    case 4:
        BLEND(uint32_t);
    case 8:
        BLEND(uint64_t);
    default: { /* 16 */
        const uint64_t *restrict v = values;
        uint64_t *restrict o = out;
        for (uint32_t i = 0; i < n; i++) {
            uint64_t mask = -(uint64_t)flags[i];
            o[2 * i] ^= (o[2 * i] ^ v[2 * i]) & mask;
            o[2 * i + 1] ^= (o[2 * i + 1] ^ v[2 * i + 1]) & mask;
        }
    }
    }
}

static bool may_be_null(const side *s)
{
    return !s->column || s->column->type.kind == Q_VOID || s->column->validity;
}

static const void *side_values(const side *s)
{
    return s->column ? s->column->values : NULL;
}

/* Validity of the chosen sides; the last side takes every row. */
static q_code pick_validity(q_kernel_ctx *k, q_column *out, const side *sides, uint32_t n)
{
    bool nulls = false;
    for (uint32_t s = 0; s < n; s++)
        nulls |= may_be_null(&sides[s]);
    if (!nulls || out->type.kind == Q_VOID)
        return Q_OK;
    Q_TRY(q_column_need_validity(out, k->scratch, k->err));
    for (size_t w = 0; w < q_bit_words(k->n_rows); w++) {
        uint64_t bits = 0;
        for (uint32_t s = n; s-- > 0;) {
            const q_column *c = sides[s].column;
            uint64_t mask = sides[s].flags ? q_rows_pack64(sides[s].flags + 64 * w) : UINT64_MAX;
            uint64_t valid = !c || c->type.kind == Q_VOID ? 0
                             : c->validity                ? c->validity[w]
                                                          : UINT64_MAX;
            bits = (bits & ~mask) | (valid & mask);
        }
        out->validity[w] = bits;
    }
    return Q_OK;
}

/* Arrays: the sides' elements one behind the other, and each side's lists moved there. */
static q_code gather_children(q_kernel_ctx *k, q_column *out, side *sides, uint32_t n)
{
    const q_column **pieces = q_arena_array(k->scratch, const q_column *, n);
    q_column *moved = q_arena_array(k->scratch, q_column, n);
    q_column *child = q_arena_new(k->scratch, q_column);
    uint32_t n_pieces = 0, base = 0;
    if (!pieces || !moved || !child)
        return q_budget_error(k->scratch->budget, sizeof *moved * n, k->err);
    for (uint32_t s = 0; s < n; s++) {
        const q_column *c = sides[s].column;
        if (!c || c->type.kind == Q_VOID)
            continue;
        Q_TRY(q_column_init(&moved[s], c->type, k->n_rows, k->scratch, k->err));
        moved[s].validity = c->validity;
        moved[s].bytes_stable = c->bytes_stable;
        for (uint32_t i = 0; i < k->n_rows; i++) {
            q_list l = Q_VALUES(c, q_list)[i];
            Q_VALUES(&moved[s], q_list)[i] = (q_list){l.start + base, l.len};
        }
        sides[s].column = &moved[s];
        pieces[n_pieces++] = c->child;
        base += c->child->length;
    }
    if (n_pieces == 0)
        Q_TRY(q_column_init(child, q_type_element(out->type), 0, k->scratch, k->err));
    else
        Q_TRY(q_column_concat(child, pieces, n_pieces, k->scratch, k->err));
    out->child = child;
    return Q_OK;
}

/* The last side must take every row (flags NULL). */
static q_code pick(q_kernel_ctx *k, q_column *out, side *sides, uint32_t n)
{
    size_t width = q_type_width(out->type);
    bool stable = true;
    if (out->type.kind == Q_ARRAY)
        Q_TRY(gather_children(k, out, sides, n));
    for (uint32_t s = n; s-- > 0;) {
        const void *values = side_values(&sides[s]);
        if (values)
            stable &= sides[s].column->bytes_stable;
        if (s == n - 1 && values && k->n_rows)
            memcpy(out->values, values, width * k->n_rows);
        else if (s == n - 1 && width)
            memset(out->values, 0, width * k->n_rows);
        else if (values)
            blend(width, out->values, values, sides[s].flags, k->n_rows);
    }
    out->bytes_stable = stable;
    return pick_validity(k, out, sides, n);
}

static side *new_sides(q_kernel_ctx *k, uint32_t n)
{
    side *s = q_arena_array(k->scratch, side, n);
    if (!s)
        q_budget_error(k->scratch->budget, sizeof *s * n, k->err);
    return s;
}

/* ---- kernels ---- */

q_code q_k_case(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    uint32_t n = e->n_args / 2;
    side *sides = new_sides(k, n + 1);
    if (!sides)
        return Q_E_OUT_OF_MEMORY;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t *flags = q_rows_flags(k);
        if (!flags)
            return Q_E_OUT_OF_MEMORY;
        q_rows_true(args[2 * i], k->n_rows, flags);
        sides[i] = (side){flags, args[2 * i + 1]};
    }
    sides[n].column = e->n_args % 2 ? args[e->n_args - 1] : NULL;
    return pick(k, out, sides, n + 1);
}

/* Flags of rows that are not NULL; NULL flags where none is. */
static q_code valid_side(q_kernel_ctx *k, const q_column *c, side *s)
{
    if (c->type.kind != Q_VOID && !c->validity)
        return Q_OK;
    uint8_t *flags = q_rows_flags(k);
    if (!flags)
        return Q_E_OUT_OF_MEMORY;
    if (c->type.kind == Q_VOID)
        memset(flags, 0, k->n_rows);
    else
        q_rows_from_bits(c->validity, k->n_rows, flags);
    s->flags = flags;
    return Q_OK;
}

q_code q_k_coalesce(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    side *sides = new_sides(k, e->n_args);
    if (!sides)
        return Q_E_OUT_OF_MEMORY;
    uint32_t n = 0;
    while (n < e->n_args) {
        Q_TRY(valid_side(k, args[n], &sides[n]));
        sides[n].column = args[n];
        if (!sides[n++].flags)
            break; /* never NULL: nothing behind it counts */
    }
    sides[n - 1].flags = NULL;
    return pick(k, out, sides, n);
}

q_code q_k_nvl2(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    side sides[2] = {{NULL, args[1]}, {NULL, args[2]}};
    Q_TRY(valid_side(k, args[0], &sides[0]));
    return pick(k, out, sides, sides[0].flags ? 2 : 1);
}

q_code q_k_nullif(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    uint8_t *equal = q_rows_flags(k);
    if (!equal)
        return Q_E_OUT_OF_MEMORY;
    q_rows_true(args[0], k->n_rows, equal);
    side sides[2] = {{equal, NULL}, {NULL, args[1]}};
    return pick(k, out, sides, 2);
}

static bool is_nan(const q_column *c, uint32_t i)
{
    if (c->type.kind == Q_FLOAT)
        return isnan(Q_VALUES(c, float)[i]);
    return isnan(Q_VALUES(c, double)[i]);
}

q_code q_k_nanvl(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    uint8_t *nan = q_rows_flags(k);
    if (!nan)
        return Q_E_OUT_OF_MEMORY;
    for (uint32_t i = 0; i < k->n_rows; i++)
        nan[i] = !q_column_is_null(args[0], i) && is_nan(args[0], i);
    side sides[2] = {{nan, args[1]}, {NULL, args[0]}};
    return pick(k, out, sides, 2);
}

/* out becomes args[i] where that is not NULL and out is NULL or worse. */
static q_code improve(q_kernel_ctx *k, q_column *out, const q_column *c, bool greatest)
{
    uint32_t n = k->n_rows;
    uint8_t *better = q_rows_flags(k);
    if (!better)
        return Q_E_OUT_OF_MEMORY;
    q_compare_lt(greatest ? out : c, greatest ? c : out, n, better);
    if (out->validity || c->validity)
        for (uint32_t i = 0; i < n; i++) {
            better[i] |= q_column_is_null(out, i);
            better[i] &= !q_column_is_null(c, i);
        }
    blend(q_type_width(out->type), out->values, c->values, better, n);
    for (size_t w = 0; out->validity && w < q_bit_words(n); w++)
        out->validity[w] |= c->validity ? c->validity[w] : UINT64_MAX;
    return Q_OK;
}

static q_code extreme(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out,
                      bool greatest)
{
    bool stable = true;
    if (e->type.kind == Q_ARRAY)
        return q_err_set(k->err, Q_E_UNSUPPORTED_FEATURE, "greatest and least of arrays");
    Q_TRY(q_rows_all_null(k, out));
    for (uint32_t i = 0; i < e->n_args; i++) {
        if (args[i]->type.kind == Q_VOID)
            continue;
        Q_TRY(improve(k, out, args[i], greatest));
        stable &= args[i]->bytes_stable;
    }
    out->bytes_stable = stable;
    return Q_OK;
}

q_code q_k_greatest(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return extreme(k, e, args, out, true);
}

q_code q_k_least(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return extreme(k, e, args, out, false);
}
