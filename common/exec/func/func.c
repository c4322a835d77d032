/* Strings and arrays under construction. */
#include "common/exec/func/func.h"

#define FIRST_ROOM   ((size_t)4096)
#define SHORT_TEXT   ((size_t)200)
#define MAX_SPARE    ((size_t)1 << 20)
#define MAX_ELEMENTS (UINT32_C(1) << 28) /* of one batch */

q_code q_func_no_memory(q_kernel_ctx *k, size_t bytes)
{
    return q_budget_error(k->scratch->budget, bytes, k->err);
}

const char *q_func_find(const char *s, size_t n, const char *needle, size_t needle_len)
{
    if (needle_len > n)
        return NULL;
    if (n > SHORT_TEXT && needle_len > 1)
        return memmem(s, n, needle, needle_len);
    const char *end = s + n - needle_len;
    for (const char *p = s; p <= end; p++) {
        p = memchr(p, needle[0], (size_t)(end - p) + 1);
        if (!p || memcmp(p, needle, needle_len) == 0)
            return p;
    }
    return NULL;
}

q_code q_func_text_grow(q_func_text *t, uint64_t n)
{
    size_t used = (size_t)(t->at - t->row);
    if (n > (size_t)Q_FUNC_MAX_STRING - used)
        return q_err_set(t->k->err, Q_E_INVALID_PARAMETER_VALUE,
                         "the result would be a string of %llu bytes: at most %d are possible",
                         (unsigned long long)(used + n), Q_FUNC_MAX_STRING);
    size_t spare = used + n < FIRST_ROOM ? FIRST_ROOM : used + n;
    spare = spare < MAX_SPARE ? spare : MAX_SPARE;
    size_t room = used + n + (spare > used ? spare : used); /* a long string doubles */
    char *p = q_arena_bytes(t->k->scratch, room);
    if (!p)
        return q_func_no_memory(t->k, room);
    if (used)
        memcpy(p, t->row, used);
    t->row = p;
    t->at = p + used;
    t->end = p + room;
    return Q_OK;
}

void q_func_text_times(q_func_text *t, q_str s, size_t n)
{
    if (!n || !s.len)
        return;
    char *to = t->at, *end = to + s.len * n;
    memcpy(to, s.ptr, s.len);
    for (size_t done = s.len; to + done < end;) { /* what is there again: twice as much each time */
        size_t rest = (size_t)(end - to) - done, more = done < rest ? done : rest;
        memcpy(to + done, to, more);
        done += more;
    }
    t->at = end;
}

q_code q_func_list_room(q_func_list *l, uint64_t n)
{
    uint32_t room = l->room ? l->room : Q_BATCH_ROWS;
    if (n > MAX_ELEMENTS - l->child.length)
        return q_err_set(l->k->err, Q_E_INVALID_PARAMETER_VALUE,
                         "%llu more elements do not fit: the arrays of one batch have at most %u",
                         (unsigned long long)n, MAX_ELEMENTS);
    while (room < l->child.length + n)
        room *= 2;
    if (room == l->room)
        return Q_OK;
    q_column wider;
    Q_TRY(q_column_init(&wider, l->child.type, room, l->k->scratch, l->k->err));
    if (l->child.length)
        memcpy(wider.values, l->child.values, q_type_width(wider.type) * l->child.length);
    if (l->child.validity) {
        Q_TRY(q_column_need_validity(&wider, l->k->scratch, l->k->err));
        memcpy(wider.validity, l->child.validity, 8 * q_bit_words(l->child.length));
        if (l->child.length % 64)
            wider.validity[l->child.length / 64] |= ~UINT64_C(0) << (l->child.length % 64);
    }
    wider.length = l->child.length;
    l->child = wider;
    l->room = room;
    return Q_OK;
}

q_code q_func_list_init(q_func_list *l, q_kernel_ctx *k, q_type element)
{
    *l = (q_func_list){.k = k, .child = {.type = element}};
    return q_func_list_room(l, 0);
}

q_code q_func_list_add(q_func_list *l, uint32_t *at)
{
    if (l->child.length == l->room)
        Q_TRY(q_func_list_room(l, 1));
    *at = l->child.length++;
    return Q_OK;
}

static q_code list_null(q_func_list *l, uint32_t at)
{
    if (!l->child.validity) {
        uint32_t length = l->child.length;
        l->child.length = l->room; /* a bit for every element there is room for */
        Q_TRY(q_column_need_validity(&l->child, l->k->scratch, l->k->err));
        l->child.length = length;
    }
    q_bit_clear(l->child.validity, at);
    memset((char *)l->child.values + q_type_width(l->child.type) * at, 0,
           q_type_width(l->child.type));
    return Q_OK;
}

q_code q_func_list_copy(q_func_list *l, const q_column *src, uint32_t i)
{
    uint32_t at;
    size_t width = q_type_width(l->child.type);
    Q_TRY(q_func_list_add(l, &at));
    if (q_column_is_null(src, i))
        return list_null(l, at);
    memcpy((char *)l->child.values + width * at, (const char *)src->values + width * i, width);
    return Q_OK;
}

q_code q_func_list_finish(q_func_list *l, q_column *out)
{
    out->child = q_arena_new(l->k->scratch, q_column);
    if (!out->child)
        return q_func_no_memory(l->k, sizeof *out->child);
    *out->child = l->child;
    return Q_OK;
}
