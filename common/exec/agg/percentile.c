/*
 * percentile, median (exact, linear interpolation between neighbours, Spark's formula) and
 * percentile_approx (the smallest value that has at least the share of all values at or below
 * it; exact here). States hold all values; the partial column is an array of them.
 */
#include "common/exec/agg/percentile.h"

#include <stdlib.h>

#include "common/exec/sortkey.h"

/* ---- results ---- */

static q_agg_shares shares_of(const q_expr *call)
{
    static const double half = 0.5;
    if (call->n_args < 2)
        return (q_agg_shares){&half, 1, false};
    const q_column *v = call->args[1]->value;
    if (v->type.kind != Q_ARRAY)
        return (q_agg_shares){v->values, 1, false};
    q_list l = Q_VALUES(v, q_list)[0];
    return (q_agg_shares){Q_VALUES(v->child, double) + l.start, l.len, true};
}

static int decimal_cmp(const void *x, const void *y, void *ctx)
{
    const q_int128 *v = ctx;
    uint32_t i = *(const uint32_t *)x, k = *(const uint32_t *)y;
    if (v[i] != v[k])
        return v[i] < v[k] ? -1 : 1;
    return i < k ? -1 : i > k;
}

static q_code sort_list(q_agg_ctx *c, const q_agg_list *l, q_type type, q_arena *tmp,
                        q_agg_sorted *s)
{
    if (l->n > INT32_MAX)
        return q_err_set(c->err, Q_E_OUT_OF_MEMORY, "more than %d values in one percentile",
                         INT32_MAX);
    uint32_t n = (uint32_t)l->n;
    Q_TRY(q_column_init(&s->values, type, n, tmp, c->err));
    s->order = q_arena_alloc_vec(tmp, sizeof *s->order * (size_t)n);
    if (!s->order)
        return q_agg_no_memory(c, sizeof *s->order * (size_t)n);
    q_agg_list_copy(l, q_type_width(type), s->values.values);
    for (uint32_t i = 0; i < n; i++)
        s->order[i] = i;
    if (type.kind == Q_DECIMAL) {
        qsort_r(s->order, n, sizeof *s->order, decimal_cmp, s->values.values);
        return Q_OK;
    }
    const q_order_key ascending = {0};
    uint64_t *words = q_arena_alloc_vec(tmp, sizeof *words * (size_t)n);
    if (!words)
        return q_agg_no_memory(c, sizeof *words * (size_t)n);
    q_sortkey_words(&ascending, &s->values, words);
    return q_sort_word_pairs(words, s->order, n, tmp, c->err);
}

static double interpolated(const q_agg_sorted *s, double share)
{
    const double *v = s->values.values;
    double position = (double)(s->values.length - 1) * share;
    return q_agg_between(position, v[s->order[(uint32_t)floor(position)]],
                         v[s->order[(uint32_t)ceil(position)]]);
}

/* Which of the sorted values is the smallest with the share. */
static uint32_t nearest(const q_agg_sorted *s, double share)
{
    double rank = ceil((double)s->values.length * share);
    return s->order[rank < 1 ? 0 : (uint32_t)rank - 1];
}

static q_code put_interpolated(q_agg_ctx *c, const q_agg_list *list, const q_agg_sorted *s,
                               q_agg_shares want, q_arena *tmp, q_column *out, uint32_t at)
{
    (void)c, (void)list, (void)tmp;
    for (uint32_t k = 0; k < want.n; k++)
        Q_VALUES(out, double)[at + k] = interpolated(s, want.p[k]);
    return Q_OK;
}

static q_code put_nearest(q_agg_ctx *c, const q_agg_list *list, const q_agg_sorted *s,
                          q_agg_shares want, q_arena *tmp, q_column *out, uint32_t at)
{
    (void)c, (void)list, (void)tmp;
    size_t width = q_type_width(out->type);
    for (uint32_t k = 0; k < want.n; k++)
        memcpy((char *)out->values + width * (at + k),
               (const char *)s->values.values + width * nearest(s, want.p[k]), width);
    return Q_OK;
}

/* values: n * want.n of them, list by list; NULL in `result` without values or shares. */
static q_code put_all(q_agg_ctx *c, q_agg_percentiles how, uint32_t n, q_agg_shares want,
                      q_arena *out, q_column *values, q_column *result)
{
    q_arena tmp;
    q_arena_init(&tmp, c->arena->budget);
    q_code code = Q_OK;
    size_t width = q_type_width(values->type);
    for (uint32_t i = 0; i < n && code == Q_OK; i++) {
        q_agg_sorted s;
        const q_agg_list *list = &how.lists[(size_t)i * how.lists_each];
        if (!list->n || !want.n) {
            memset((char *)values->values + width * want.n * i, 0, width * want.n);
            code = q_agg_null(c, result, i, out);
            continue;
        }
        code = sort_list(c, list, c->call->args[0]->type, &tmp, &s);
        if (code == Q_OK)
            code = how.put(c, list, &s, want, &tmp, values, i * want.n);
        q_arena_reset(&tmp);
    }
    q_arena_fini(&tmp);
    return code;
}

q_code q_agg_percentiles_of(q_agg_ctx *c, q_agg_percentiles how, uint32_t n, q_arena *out,
                            q_column *result)
{
    q_agg_shares want = shares_of(c->call);
    Q_TRY(q_column_init(result, c->call->type, n, out, c->err));
    if (!want.many)
        return put_all(c, how, n, want, out, result, result);
    q_column *values = q_arena_new(out, q_column);
    if (!values || (uint64_t)n * want.n > UINT32_MAX)
        return q_agg_no_memory(c, sizeof(double) * n * want.n);
    Q_TRY(q_column_init(values, q_type_element(result->type), n * want.n, out, c->err));
    for (uint32_t i = 0; i < n; i++)
        Q_VALUES(result, q_list)[i] = (q_list){i * want.n, want.n};
    result->child = values;
    return put_all(c, how, n, want, out, values, result);
}

static q_code finish_exact(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out,
                           q_column *result)
{
    return q_agg_percentiles_of(c, (q_agg_percentiles){states, 1, put_interpolated}, n, out,
                                result);
}

static q_code finish_approx(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out,
                            q_column *result)
{
    return q_agg_percentiles_of(c, (q_agg_percentiles){states, 1, put_nearest}, n, out, result);
}

#define LIST_OPS(finish)                                                           \
    {                                                                              \
        q_agg_list_bytes, q_agg_list_update, q_agg_list_partials, q_agg_list_save, \
            q_agg_list_merge, finish                                               \
    }
const q_agg_ops q_agg_percentile = LIST_OPS(finish_exact);
const q_agg_ops q_agg_median = LIST_OPS(finish_exact);
const q_agg_ops q_agg_percentile_approx = LIST_OPS(finish_approx);
