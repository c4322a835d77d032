/* Chunked value lists of aggregate states. */
#include "common/exec/agg/list.h"

#define FIRST_VALUES 4
#define MOST_VALUES  8192

/* A chunk with free room at the end of the list: as much as the list has, within limits. */
static q_code list_room(q_agg_ctx *c, q_agg_list *l, size_t width)
{
    if (l->last && l->last->n < l->last->cap)
        return Q_OK;
    uint32_t cap = l->n < FIRST_VALUES  ? FIRST_VALUES
                   : l->n > MOST_VALUES ? MOST_VALUES
                                        : (uint32_t)l->n;
    q_agg_chunk *k = q_arena_alloc(c->arena, sizeof *k + width * cap);
    if (!k)
        return q_agg_no_memory(c, sizeof *k + width * cap);
    k->next = NULL;
    k->n = 0;
    k->cap = cap;
    if (l->last)
        l->last->next = k;
    else
        l->first = k;
    l->last = k;
    return Q_OK;
}

static q_code add_one(q_agg_ctx *c, q_agg_list *l, size_t width, const q_column *v, uint32_t row,
                      bool keep)
{
    Q_TRY(list_room(c, l, width));
    void *to = l->last->values + width * l->last->n;
    if (keep)
        Q_TRY(q_agg_keep_str(c, Q_VALUES(v, q_str)[row], to));
    else
        memcpy(to, (const char *)v->values + width * row, width);
    l->last->n++;
    l->n++;
    return Q_OK;
}

q_code q_agg_lists_add(q_agg_ctx *c, q_agg_list *lists, const uint32_t *groups, uint32_t n,
                       const q_column *v)
{
    size_t width = q_type_width(v->type);
    bool keep = q_type_is_stringlike(v->type) && !v->bytes_stable;
    for (uint32_t i = 0; i < n; i++) {
        if (!q_column_is_null(v, i))
            Q_TRY(add_one(c, &lists[groups[i]], width, v, i, keep));
    }
    return Q_OK;
}

static q_code add_range(q_agg_ctx *c, q_agg_list *l, const q_column *e, q_list range)
{
    size_t width = q_type_width(e->type);
    bool keep = q_type_is_stringlike(e->type) && !e->bytes_stable;
    uint32_t at = range.start, end = range.start + range.len;
    if (e->type.kind == Q_VOID)
        return Q_OK;
    if (keep || e->validity) {
        for (; at < end; at++) {
            if (!q_column_is_null(e, at))
                Q_TRY(add_one(c, l, width, e, at, keep));
        }
        return Q_OK;
    }
    while (at < end) {
        Q_TRY(list_room(c, l, width));
        q_agg_chunk *k = l->last;
        uint32_t n = k->cap - k->n < end - at ? k->cap - k->n : end - at;
        memcpy(k->values + width * k->n, (const char *)e->values + width * at, width * n);
        k->n += n;
        l->n += n;
        at += n;
    }
    return Q_OK;
}

q_code q_agg_lists_merge(q_agg_ctx *c, q_agg_list *lists, const uint32_t *groups, uint32_t n,
                         const q_column *arrays)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!q_column_is_null(arrays, i))
            Q_TRY(add_range(c, &lists[groups[i]], arrays->child, Q_VALUES(arrays, q_list)[i]));
    }
    return Q_OK;
}

void q_agg_list_copy(const q_agg_list *list, size_t width, void *to)
{
    char *at = to;
    for (const q_agg_chunk *k = list->first; k; k = k->next) {
        memcpy(at, k->values, width * k->n);
        at += width * k->n;
    }
}

q_code q_agg_lists_save(q_agg_ctx *c, const q_agg_list *lists, uint32_t n, q_type element,
                        q_arena *out, q_column *arrays)
{
    uint64_t total = 0;
    q_column *e = q_arena_new(out, q_column);
    if (!e)
        return q_agg_no_memory(c, sizeof *e);
    Q_TRY(q_column_init(arrays, q_type_array_of(element), n, out, c->err));
    for (uint32_t i = 0; i < n; i++) {
        Q_VALUES(arrays, q_list)[i] = (q_list){(uint32_t)total, (uint32_t)lists[i].n};
        total += lists[i].n;
        if (total > UINT32_MAX)
            return q_err_set(c->err, Q_E_OUT_OF_MEMORY, "more than %u values in one aggregate",
                             UINT32_MAX);
    }
    Q_TRY(q_column_init(e, element, (uint32_t)total, out, c->err));
    size_t width = q_type_width(element);
    for (uint32_t i = 0; i < n && width; i++)
        q_agg_list_copy(&lists[i], width,
                        (char *)e->values + width * Q_VALUES(arrays, q_list)[i].start);
    arrays->child = e;
    return Q_OK;
}

/* ---- the ops of one list ---- */

uint32_t q_agg_list_bytes(const q_expr *call)
{
    (void)call;
    return sizeof(q_agg_list);
}

q_code q_agg_list_update(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                         q_column *const *args)
{
    return q_agg_lists_add(c, states, groups, n, args[0]);
}

uint32_t q_agg_list_partials(const q_expr *call, q_type types[Q_AGG_MAX_PARTIALS])
{
    types[0] = q_type_array_of(call->args[0]->type);
    return 1;
}

q_code q_agg_list_save(q_agg_ctx *c, const void *states, uint32_t n, q_arena *out,
                       q_column *columns)
{
    return q_agg_lists_save(c, states, n, c->call->args[0]->type, out, columns);
}

q_code q_agg_list_merge(q_agg_ctx *c, void *states, const uint32_t *groups, uint32_t n,
                        const q_column *columns)
{
    return q_agg_lists_merge(c, states, groups, n, columns);
}
