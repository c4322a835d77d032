/* Arrays as sets: distinct elements, union, intersection, difference. */
#include <math.h>

#include "common/base/index.h"
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

/* The same for elements that are the same. */
static uint64_t element_hash(const q_column *c, uint32_t i)
{
    size_t width = q_type_width(c->type);
    if (q_column_is_null(c, i) || (c->type.kind == Q_DOUBLE && isnan(Q_VALUES(c, double)[i])) ||
        (c->type.kind == Q_FLOAT && isnan(Q_VALUES(c, float)[i])))
        return 0;
    if (q_type_is_stringlike(c->type))
        return q_hash_bytes(0, q_func_strs(c)[i].ptr, q_func_strs(c)[i].len);
    return q_hash_bytes(0, (const char *)c->values + width * i, width);
}

#define FEW 16 /* up to here looking at all is quicker than an index */

/* Elements start … end - 1 of a column, to be found; there may come more. */
typedef struct element_set {
    q_kernel_ctx *k;
    const q_column *c;
    uint32_t start, end;
    q_index index;
} element_set;

static element_set set_of(q_kernel_ctx *k, const q_column *array, q_list l)
{
    return (element_set){.k = k, .c = array->child, .start = l.start, .end = l.start + l.len};
}

static q_code set_has(element_set *s, const q_column *c, uint32_t i, bool *found)
{
    *found = false;
    if (s->end - s->start <= FEW) {
        for (uint32_t j = s->start; j < s->end && !*found; j++)
            *found = same_element(s->c, j, c, i);
        return Q_OK;
    }
    for (uint32_t j = s->start + s->index.n; j < s->end; j++) {
        if (!q_index_add(&s->index, s->k->scratch, element_hash(s->c, j), j))
            return q_func_no_memory(s->k, sizeof(q_index_entry) * s->index.room);
    }
    q_index_cursor at = q_index_at(element_hash(c, i));
    for (uint32_t j; !*found && q_index_next(&s->index, &at, &j);)
        *found = same_element(s->c, j, c, i);
    return Q_OK;
}

/* The elements that a list has from now on. */
static element_set set_of_new(q_kernel_ctx *k, const q_func_list *l)
{
    return (element_set){.k = k, .c = &l->child, .start = l->child.length, .end = l->child.length};
}

/* The element, unless `known`, which is the end of l, has it. */
static q_code add_new(q_func_list *l, element_set *known, const q_column *array, uint32_t i)
{
    bool found;
    Q_TRY(set_has(known, array->child, i, &found));
    if (!found)
        Q_TRY(q_func_list_copy(l, array->child, i));
    known->end = l->child.length;
    return Q_OK;
}

static q_code add_distinct(q_func_list *l, element_set *known, const q_column *array, q_list from)
{
    for (uint32_t j = from.start; j < from.start + from.len; j++)
        Q_TRY(add_new(l, known, array, j));
    return Q_OK;
}

/* array_distinct(array), array_union(array, array): the first of equal elements stays. */
q_code q_k_array_distinct(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    Q_FUNC_EACH(i)
    {
        element_set known = set_of_new(k, &l);
        for (uint32_t a = 0; a < e->n_args; a++)
            Q_TRY(add_distinct(&l, &known, args[a], list_at(args[a], i)));
        Q_VALUES(out, q_list)[i] = (q_list){known.start, known.end - known.start};
    }
    return q_func_list_finish(&l, out);
}

/* The distinct elements of the first that the second has (or has not). */
static q_code choose_elements(q_kernel_ctx *k, const q_expr *e, q_column *const *args,
                              q_column *out, bool in_second)
{
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, q_type_element(e->type)));
    Q_FUNC_EACH(i)
    {
        element_set known = set_of_new(k, &l), second = set_of(k, args[1], list_at(args[1], i));
        q_list from = list_at(args[0], i);
        for (uint32_t j = from.start; j < from.start + from.len; j++) {
            bool found;
            Q_TRY(set_has(&second, args[0]->child, j, &found));
            if (found == in_second)
                Q_TRY(add_new(&l, &known, args[0], j));
        }
        Q_VALUES(out, q_list)[i] = (q_list){known.start, known.end - known.start};
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
        element_set second = set_of(k, args[1], b);
        bool found = false;
        for (uint32_t j = a.start; j < a.start + a.len && !found; j++) {
            if (!q_column_is_null(args[0]->child, j))
                Q_TRY(set_has(&second, args[0]->child, j, &found));
        }
        Q_VALUES(out, uint8_t)[i] = found;
        if (!found && a.len && b.len && (has_null(args[0], a) || has_null(args[1], b)))
            Q_TRY(q_kernel_null(k, out, i));
    }
    return Q_OK;
}
