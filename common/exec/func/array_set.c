/* Arrays as sets: distinct elements, union, intersection, difference. */
#include <math.h>

#include "common/exec/func/func.h"
#include "common/exec/kernel/rows.h"

static q_list list_at(const q_column *c, uint32_t row)
{
    return Q_VALUES(c, q_list)[row];
}

/* Equal as a set sees it: also NULL to NULL, but not -0.0 to 0.0 (as in Spark). */
static bool same_element(const q_column *x, uint32_t i, const q_column *y, uint32_t j)
{
    bool null_x = q_column_is_null(x, i), null_y = q_column_is_null(y, j);
    if (null_x || null_y)
        return null_x == null_y;
    if (x->type.kind == Q_DOUBLE &&
        signbit(Q_VALUES(x, double)[i]) != signbit(Q_VALUES(y, double)[j]))
        return isnan(Q_VALUES(x, double)[i]) && isnan(Q_VALUES(y, double)[j]);
    if (x->type.kind == Q_FLOAT && signbit(Q_VALUES(x, float)[i]) != signbit(Q_VALUES(y, float)[j]))
        return isnan(Q_VALUES(x, float)[i]) && isnan(Q_VALUES(y, float)[j]);
    return q_rows_cmp(x, i, y, j) == 0;
}

/* Is the element among those of l from `start` on? */
static bool known(const q_func_list *l, uint32_t start, const q_column *c, uint32_t i)
{
    for (uint32_t j = start; j < l->child.length; j++) {
        if (same_element(&l->child, j, c, i))
            return true;
    }
    return false;
}

static q_code add_distinct(q_func_list *l, uint32_t start, const q_column *array, q_list from)
{
    for (uint32_t j = from.start; j < from.start + from.len; j++) {
        if (!known(l, start, array->child, j))
            Q_TRY(q_func_list_copy(l, array->child, j));
    }
    return Q_OK;
}

/* array_distinct(array), array_union(array, array): the first of equal elements stays. */
q_code q_k_array_distinct(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    Q_FUNC_EACH(i)
    {
        uint32_t start = l.child.length;
        for (uint32_t a = 0; a < e->n_args; a++)
            Q_TRY(add_distinct(&l, start, args[a], list_at(args[a], i)));
        Q_VALUES(out, q_list)[i] = (q_list){start, l.child.length - start};
    }
    return q_func_list_finish(&l, out);
}

static bool in_list(const q_column *array, q_list l, const q_column *c, uint32_t i)
{
    for (uint32_t j = l.start; j < l.start + l.len; j++) {
        if (same_element(array->child, j, c, i))
            return true;
    }
    return false;
}

/* The distinct elements of the first that the second has (or has not). */
static q_code choose_elements(q_kernel_ctx *k, const q_expr *e, q_column *const *args,
                              q_column *out, bool in_second)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    Q_FUNC_EACH(i)
    {
        uint32_t start = l.child.length;
        q_list from = list_at(args[0], i), other = list_at(args[1], i);
        for (uint32_t j = from.start; j < from.start + from.len; j++) {
            if (in_list(args[1], other, args[0]->child, j) == in_second &&
                !known(&l, start, args[0]->child, j))
                Q_TRY(q_func_list_copy(&l, args[0]->child, j));
        }
        Q_VALUES(out, q_list)[i] = (q_list){start, l.child.length - start};
    }
    return q_func_list_finish(&l, out);
}

q_code q_k_array_intersect(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return choose_elements(k, e, args, out, true);
}

q_code q_k_array_except(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return choose_elements(k, e, args, out, false);
}

static bool has_null(const q_column *array, q_list l)
{
    for (uint32_t j = l.start; j < l.start + l.len; j++) {
        if (q_column_is_null(array->child, j))
            return true;
    }
    return false;
}

/* NULL when only NULL elements could make it true. */
q_code q_k_arrays_overlap(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    Q_FUNC_EACH(i)
    {
        q_list a = list_at(args[0], i), b = list_at(args[1], i);
        bool found = false;
        for (uint32_t j = a.start; j < a.start + a.len && !found; j++)
            found = !q_column_is_null(args[0]->child, j) && in_list(args[1], b, args[0]->child, j);
        Q_VALUES(out, uint8_t)[i] = found;
        if (!found && a.len && b.len && (has_null(args[0], a) || has_null(args[1], b)))
            Q_TRY(q_kernel_null(k, out, i));
    }
    return Q_OK;
}
