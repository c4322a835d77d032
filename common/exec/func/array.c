/* Arrays. NULL elements are elements; comparisons are those of SQL's ORDER BY (NaN greatest). */
#include <stdlib.h>

#include "common/exec/func/func.h"
#include "common/exec/kernel/rows.h"

static q_list list_at(const q_column *c, uint32_t row)
{
    return Q_VALUES(c, q_list)[row];
}

static q_code copy_elements(q_func_list *l, const q_column *array, q_list from)
{
    for (uint32_t i = 0; i < from.len; i++)
        Q_TRY(q_func_list_copy(l, array->child, from.start + i));
    return Q_OK;
}

q_code q_func_concat_arrays(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    Q_FUNC_EACH(i)
    {
        uint32_t start = l.child.length;
        for (uint32_t a = 0; a < e->n_args; a++)
            Q_TRY(copy_elements(&l, args[a], list_at(args[a], i)));
        Q_VALUES(out, q_list)[i] = (q_list){start, l.child.length - start};
    }
    return q_func_list_finish(&l, out);
}

/* array(a, b, …): never NULL itself. */
q_code q_k_array(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    for (uint32_t i = 0; i < k->n_rows; i++) {
        for (uint32_t a = 0; a < e->n_args; a++)
            Q_TRY(q_func_list_copy(&l, args[a], i));
        Q_VALUES(out, q_list)[i] = (q_list){i * e->n_args, e->n_args};
    }
    return q_func_list_finish(&l, out);
}

/* size(NULL) is -1, as Spark's default spark.sql.legacy.sizeOfNull has it. */
q_code q_k_size(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_VALUES(out, int32_t)
    [i] = q_column_is_null(args[0], i) ? -1 : (int32_t)list_at(args[0], i).len;
    return Q_OK;
}

q_code q_k_array_size(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    Q_FUNC_EACH(i)
    {
        Q_VALUES(out, int32_t)[i] = (int32_t)list_at(args[0], i).len;
    }
    return Q_OK;
}

/* ---- looking for a value ---- */

/* Index in the list of the first element equal to the value, -1 none; *nulls: elements are NULL. */
static int64_t find(const q_column *array, q_list l, const q_column *value, uint32_t row,
                    bool *nulls)
{
    *nulls = false;
    for (uint32_t i = 0; i < l.len; i++) {
        if (q_column_is_null(array->child, l.start + i))
            *nulls = true;
        else if (q_rows_cmp(array->child, l.start + i, value, row) == 0)
            return i;
    }
    return -1;
}

q_code q_k_array_contains(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    Q_FUNC_EACH(i)
    {
        bool nulls, found = find(args[0], list_at(args[0], i), args[1], i, &nulls) >= 0;
        Q_VALUES(out, uint8_t)[i] = found;
        if (!found && nulls)
            Q_TRY(q_kernel_null(k, out, i));
    }
    return Q_OK;
}

q_code q_k_array_position(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    bool nulls;
    Q_FUNC_EACH(i)
    {
        Q_VALUES(out, int64_t)[i] = find(args[0], list_at(args[0], i), args[1], i, &nulls) + 1;
    }
    return Q_OK;
}

q_code q_k_array_remove(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    Q_FUNC_EACH(i)
    {
        uint32_t start = l.child.length;
        q_list from = list_at(args[0], i);
        for (uint32_t j = from.start; j < from.start + from.len; j++) {
            if (q_column_is_null(args[0]->child, j) || q_rows_cmp(args[0]->child, j, args[1], i))
                Q_TRY(q_func_list_copy(&l, args[0]->child, j));
        }
        Q_VALUES(out, q_list)[i] = (q_list){start, l.child.length - start};
    }
    return q_func_list_finish(&l, out);
}

/* ---- single elements ---- */

static q_code put_element(q_kernel_ctx *k, const q_column *array, int64_t index, uint32_t row,
                          q_column *out)
{
    q_list l = list_at(array, row);
    size_t width = q_type_width(out->type);
    if (index < 0 || index >= l.len || q_column_is_null(array->child, l.start + index))
        return q_kernel_null(k, out, row);
    memcpy((char *)out->values + width * row,
           (const char *)array->child->values + width * (l.start + (size_t)index), width);
    return Q_OK;
}

/* array[i], from 0. */
q_code q_k_array_get(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    Q_FUNC_EACH(i)
    {
        Q_TRY(put_element(k, args[0], q_func_ints(args[1])[i], i, out));
    }
    out->bytes_stable = args[0]->bytes_stable;
    return Q_OK;
}

/* element_at(array, i), from 1 or, from the end, from -1. */
q_code q_k_element_at(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    Q_FUNC_EACH(i)
    {
        int64_t at = q_func_ints(args[1])[i];
        if (at == 0)
            return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE,
                             "element_at: the index 0 is invalid, elements count from 1 or, from "
                             "the end, from -1");
        at = at > 0 ? at - 1 : at + list_at(args[0], i).len;
        Q_TRY(put_element(k, args[0], at, i, out));
    }
    out->bytes_stable = args[0]->bytes_stable;
    return Q_OK;
}

static q_code extreme(q_kernel_ctx *k, q_column *const *args, q_column *out, int sign)
{
    const q_column *child = args[0]->child;
    Q_FUNC_EACH(i)
    {
        q_list l = list_at(args[0], i);
        int64_t best = -1;
        for (uint32_t j = 0; j < l.len; j++) {
            if (!q_column_is_null(child, l.start + j) &&
                (best < 0 ||
                 sign * q_rows_cmp(child, l.start + j, child, l.start + (uint32_t)best) > 0))
                best = j;
        }
        Q_TRY(put_element(k, args[0], best, i, out));
    }
    out->bytes_stable = args[0]->bytes_stable;
    return Q_OK;
}

q_code q_k_array_min(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    return extreme(k, args, out, -1);
}

q_code q_k_array_max(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    return extreme(k, args, out, 1);
}

/* ---- other orders and parts ---- */

q_code q_func_reverse_arrays(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    Q_FUNC_EACH(i)
    {
        q_list from = list_at(args[0], i);
        uint32_t start = l.child.length;
        for (uint32_t j = from.len; j > 0; j--)
            Q_TRY(q_func_list_copy(&l, args[0]->child, from.start + j - 1));
        Q_VALUES(out, q_list)[i] = (q_list){start, from.len};
    }
    return q_func_list_finish(&l, out);
}

/* slice(array, start, length): start from 1 or, from the end, from -1. */
q_code q_k_slice(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    Q_FUNC_EACH(i)
    {
        q_list from = list_at(args[0], i);
        int64_t start = q_func_ints(args[1])[i], n = q_func_ints(args[2])[i];
        if (start == 0 || n < 0)
            return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE,
                             "slice: the start must not be 0 and the length not negative, but they "
                             "are %lld and %lld",
                             (long long)start, (long long)n);
        start = start > 0 ? start - 1 : start + from.len;
        uint32_t at = l.child.length;
        if (start >= 0 && start < from.len) {
            n = n < from.len - start ? n : from.len - start;
            Q_TRY(copy_elements(&l, args[0], (q_list){from.start + (uint32_t)start, (uint32_t)n}));
        }
        Q_VALUES(out, q_list)[i] = (q_list){at, l.child.length - at};
    }
    return q_func_list_finish(&l, out);
}

struct order {
    const q_column *values;
    int sign; /* -1: descending */
    bool nulls_last;
};

static int compare_elements(const void *x, const void *y, void *context)
{
    const struct order *o = context;
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    bool null_a = q_column_is_null(o->values, a), null_b = q_column_is_null(o->values, b);
    if (null_a || null_b)
        return null_a == null_b ? (a > b) - (a < b) : (null_a - null_b) * (o->nulls_last ? 1 : -1);
    int c = q_rows_cmp(o->values, a, o->values, b);
    return c ? o->sign * c : (a > b) - (a < b); /* equal ones stay in order */
}

static q_code sort_list(q_kernel_ctx *k, const struct order *o, q_list from, q_func_list *l)
{
    uint32_t *at = q_arena_alloc(k->scratch, sizeof *at * ((size_t)from.len + 1));
    if (!at)
        return q_func_no_memory(k, sizeof *at * from.len);
    for (uint32_t j = 0; j < from.len; j++)
        at[j] = from.start + j;
    qsort_r(at, from.len, sizeof *at, compare_elements, (void *)o);
    for (uint32_t j = 0; j < from.len; j++)
        Q_TRY(q_func_list_copy(l, o->values, at[j]));
    return Q_OK;
}

/* sort_array(array[, ascending]): NULLs first ascending, last descending. */
q_code q_k_sort_array(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    Q_FUNC_EACH(i)
    {
        bool up = e->n_args < 2 || Q_VALUES(args[1], uint8_t)[i];
        struct order o = {args[0]->child, up ? 1 : -1, !up};
        uint32_t start = l.child.length;
        Q_TRY(sort_list(k, &o, list_at(args[0], i), &l));
        Q_VALUES(out, q_list)[i] = (q_list){start, l.child.length - start};
    }
    return q_func_list_finish(&l, out);
}

/* array_sort(array): ascending, NULLs last. */
q_code q_k_array_sort(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    Q_FUNC_EACH(i)
    {
        struct order o = {args[0]->child, 1, true};
        uint32_t start = l.child.length;
        Q_TRY(sort_list(k, &o, list_at(args[0], i), &l));
        Q_VALUES(out, q_list)[i] = (q_list){start, l.child.length - start};
    }
    return q_func_list_finish(&l, out);
}

/* array_append and array_prepend: NULL only where the array is. */
static q_code add_element(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out,
                          bool front)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    for (uint32_t i = 0; i < k->n_rows; i++) {
        if (q_column_is_null(args[0], i)) {
            Q_TRY(q_kernel_null(k, out, i));
            continue;
        }
        uint32_t start = l.child.length;
        if (front)
            Q_TRY(q_func_list_copy(&l, args[1], i));
        Q_TRY(copy_elements(&l, args[0], list_at(args[0], i)));
        if (!front)
            Q_TRY(q_func_list_copy(&l, args[1], i));
        Q_VALUES(out, q_list)[i] = (q_list){start, l.child.length - start};
    }
    return q_func_list_finish(&l, out);
}

q_code q_k_array_append(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return add_element(k, e, args, out, false);
}

q_code q_k_array_prepend(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return add_element(k, e, args, out, true);
}

q_code q_k_array_compact(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    Q_FUNC_EACH(i)
    {
        q_list from = list_at(args[0], i);
        uint32_t start = l.child.length;
        for (uint32_t j = from.start; j < from.start + from.len; j++) {
            if (!q_column_is_null(args[0]->child, j))
                Q_TRY(q_func_list_copy(&l, args[0]->child, j));
        }
        Q_VALUES(out, q_list)[i] = (q_list){start, l.child.length - start};
    }
    return q_func_list_finish(&l, out);
}

/* array_repeat(element, n): the element may be NULL, n not. */
q_code q_k_array_repeat(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    for (uint32_t i = 0; i < k->n_rows; i++) {
        uint32_t start = l.child.length;
        if (q_column_is_null(args[1], i)) {
            Q_TRY(q_kernel_null(k, out, i));
            continue;
        }
        int32_t n = q_func_ints(args[1])[i];
        Q_TRY(q_func_list_room(&l, n > 0 ? (uint64_t)n : 0));
        for (; n > 0; n--)
            Q_TRY(q_func_list_copy(&l, args[0], i));
        Q_VALUES(out, q_list)[i] = (q_list){start, l.child.length - start};
    }
    return q_func_list_finish(&l, out);
}

/* sequence(first, last[, step]) of bigint or int, both ends included. */
static q_code sequence(q_kernel_ctx *k, int64_t first, int64_t last, int64_t step, q_func_list *l)
{
    if (step == 0 ? first != last : step > 0 ? first > last : first < last)
        return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE,
                         "sequence: %lld to %lld by %lld never ends", (long long)first,
                         (long long)last, (long long)step);
    uint64_t between =
        step < 0 ? (uint64_t)first - (uint64_t)last : (uint64_t)last - (uint64_t)first;
    uint64_t by = step < 0 ? 0 - (uint64_t)step : step ? (uint64_t)step : 1;
    Q_TRY(q_func_list_room(l, between / by < UINT64_MAX ? between / by + 1 : UINT64_MAX));
    for (__int128 v = first; step >= 0 ? v <= last : v >= last; v += step ? step : 1) {
        uint32_t at;
        Q_TRY(q_func_list_add(l, &at));
        if (l->child.type.kind == Q_INT)
            Q_VALUES(&l->child, int32_t)[at] = (int32_t)v;
        else
            Q_VALUES(&l->child, int64_t)[at] = (int64_t)v;
    }
    return Q_OK;
}

static int64_t whole_at(const q_column *c, uint32_t i)
{
    return c->type.kind == Q_INT ? q_func_ints(c)[i] : q_func_longs(c)[i];
}

q_code q_k_sequence(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    Q_FUNC_EACH(i)
    {
        int64_t first = whole_at(args[0], i), last = whole_at(args[1], i);
        int64_t step = e->n_args > 2 ? whole_at(args[2], i) : first <= last ? 1 : -1;
        uint32_t start = l.child.length;
        Q_TRY(sequence(k, first, last, step, &l));
        Q_VALUES(out, q_list)[i] = (q_list){start, l.child.length - start};
    }
    return q_func_list_finish(&l, out);
}

/* array_join(array<string>, separator[, instead of NULL]). */
q_code q_k_array_join(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        q_list l = list_at(args[0], i);
        q_str separator = q_func_strs(args[1])[i];
        bool any = false;
        for (uint32_t j = l.start; j < l.start + l.len; j++) {
            bool null = q_column_is_null(args[0]->child, j);
            if (null && e->n_args < 3)
                continue;
            q_str s = null ? q_func_strs(args[2])[i] : q_func_strs(args[0]->child)[j];
            if (any)
                Q_TRY(q_func_text_put(&t, separator.ptr, separator.len));
            Q_TRY(q_func_text_put(&t, s.ptr, s.len));
            any = true;
        }
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, 0);
    }
    return Q_OK;
}
