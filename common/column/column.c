/* Columns: allocation and the row-moving primitives. */
#include "common/column/column.h"

#include <strings.h>

static q_code no_memory(q_arena *a, size_t bytes, q_err *err)
{
    return q_budget_error(a->budget, bytes, err);
}

int q_str_cmp(q_str a, q_str b)
{
    uint32_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

q_code q_column_init(q_column *c, q_type type, uint32_t length, q_arena *a, q_err *err)
{
    memset(c, 0, sizeof *c);
    c->type = type;
    c->length = length;
    size_t bytes = q_type_width(type) * (size_t)length;
    if (type.kind == Q_VOID)
        return Q_OK;
    c->values = q_arena_alloc_vec(a, bytes);
    if (!c->values)
        return no_memory(a, bytes, err);
    if (type.kind != Q_ARRAY)
        return Q_OK;
    c->child = q_arena_new(a, q_column); /* also of columns without rows */
    return c->child ? q_column_init(c->child, q_type_element(type), 0, a, err)
                    : no_memory(a, sizeof *c->child, err);
}

static q_code validity_alloc(q_column *c, q_arena *a, int fill, q_err *err)
{
    size_t bytes = q_bit_words(c->length) * 8;
    c->validity = q_arena_alloc_vec(a, bytes);
    if (!c->validity)
        return no_memory(a, bytes, err);
    memset(c->validity, fill, bytes);
    return Q_OK;
}

q_code q_column_need_validity(q_column *c, q_arena *a, q_err *err)
{
    return c->validity ? Q_OK : validity_alloc(c, a, 0xFF, err);
}

bool q_column_integer(const q_column *c, uint32_t i, int64_t *v)
{
    switch ((q_kind)c->type.kind) {
    case Q_TINYINT:
        *v = Q_VALUES(c, int8_t)[i];
        return true;
    case Q_SMALLINT:
        *v = Q_VALUES(c, int16_t)[i];
        return true;
    case Q_INT:
    case Q_DATE:
    case Q_INTERVAL_YM:
        *v = Q_VALUES(c, int32_t)[i];
        return true;
    case Q_BIGINT:
    case Q_TIMESTAMP:
    case Q_TIMESTAMP_NTZ:
    case Q_INTERVAL_DT:
        *v = Q_VALUES(c, int64_t)[i];
        return true;
    default:
        return false;
    }
}

uint32_t q_column_null_count(const q_column *c)
{
    if (c->type.kind == Q_VOID)
        return c->length;
    if (!c->validity)
        return 0;
    uint32_t valid = 0;
    size_t full = c->length / 64, rest = c->length % 64;
    for (size_t i = 0; i < full; i++)
        valid += (uint32_t)__builtin_popcountll(c->validity[i]);
    if (rest)
        valid += (uint32_t)__builtin_popcountll(c->validity[full] & (((uint64_t)1 << rest) - 1));
    return c->length - valid;
}

static void gather_values(void *dst, const void *src, size_t width, const uint32_t *rows,
                          uint32_t n)
{
#define GATHER(ctype)                                      \
    for (uint32_t i = 0; i < n; i++)                       \
        ((ctype *)dst)[i] = ((const ctype *)src)[rows[i]]; \
    break
    switch (width) {
    case 1:
        GATHER(uint8_t);
    case 2:
        GATHER(uint16_t);
    case 4:
        GATHER(uint32_t);
    case 8:
        GATHER(uint64_t);
    case 16:
        GATHER(q_int128);
    default:
        break;
    }
#undef GATHER
}

q_code q_column_gather(q_column *dst, const q_column *src, const uint32_t *rows, uint32_t n,
                       q_arena *a, q_err *err)
{
    q_column out;
    Q_TRY(q_column_init(&out, src->type, n, a, err));
    out.bytes_stable = src->bytes_stable;
    out.child = src->child;
    if (src->type.kind != Q_VOID)
        gather_values(out.values, src->values, q_type_width(src->type), rows, n);
    if (src->validity) {
        Q_TRY(validity_alloc(&out, a, 0, err));
        for (uint32_t i = 0; i < n; i++)
            out.validity[i >> 6] |= (uint64_t)q_bit_get(src->validity, rows[i]) << (i & 63);
    }
    *dst = out;
    return Q_OK;
}

/* Only the n bits change: the rest of the last word belongs to the rows behind. */
static void copy_bits(uint64_t *dst, size_t dst_from, const uint64_t *src, size_t src_from,
                      size_t n)
{
    for (size_t i = 0, step; i < n; i += step) {
        size_t to = (dst_from + i) & 63, from = (src_from + i) & 63;
        const uint64_t *word = src + (src_from + i) / 64;
        uint64_t *out = dst + (dst_from + i) / 64;
        step = n - i < 64 - to ? n - i : 64 - to; /* to the end of dst's word */
        uint64_t bits = *word >> from;
        if (from + step > 64)
            bits |= word[1] << (64 - from);
        uint64_t mask = UINT64_MAX >> (64 - step) << to;
        *out = (*out & ~mask) | ((bits << to) & mask);
    }
}

q_code q_column_slice(q_column *dst, const q_column *src, uint32_t from, uint32_t n, q_arena *a,
                      q_err *err)
{
    q_column out = *src;
    out.length = n;
    if (src->values)
        out.values = (char *)src->values + q_type_width(src->type) * (size_t)from;
    if (src->validity) {
        if (from % 64 == 0) {
            out.validity = src->validity + from / 64;
        } else {
            Q_TRY(validity_alloc(&out, a, 0, err));
            copy_bits(out.validity, 0, src->validity, from, n);
        }
    }
    *dst = out;
    return Q_OK;
}

static q_code stabilise_strings(q_column *c, q_arena *a, q_err *err)
{
    q_str *v = c->values;
    size_t total = 0;
    for (uint32_t i = 0; i < c->length; i++) {
        if (q_column_is_null(c, i))
            v[i] = (q_str){"", 0, 0};
        total += v[i].len;
    }
    char *bytes = q_arena_bytes(a, total + 64);
    if (!bytes)
        return no_memory(a, total, err);
    for (uint32_t i = 0; i < c->length; i++) {
        if (v[i].len)
            memcpy(bytes, v[i].ptr, v[i].len);
        v[i].ptr = bytes;
        bytes += v[i].len;
    }
    return Q_OK;
}

/* Views are rewritten in place, so the values must belong to the caller. */
q_code q_column_stabilise(q_column *c, q_arena *a, q_err *err)
{
    if (c->bytes_stable)
        return Q_OK;
    if (q_type_is_stringlike(c->type))
        Q_TRY(stabilise_strings(c, a, err));
    if (c->type.kind == Q_ARRAY) {
        q_column *child = q_arena_new(a, q_column);
        if (!child)
            return no_memory(a, sizeof *child, err);
        const q_column *pieces[1] = {c->child};
        Q_TRY(q_column_concat(child, pieces, 1, a, err));
        child->bytes_stable = false;
        Q_TRY(q_column_stabilise(child, a, err));
        c->child = child;
    }
    c->bytes_stable = true;
    return Q_OK;
}

static q_code concat_children(q_column *out, const q_column *const *pieces, uint32_t n, q_arena *a,
                              q_err *err)
{
    const q_column **children = q_arena_array(a, const q_column *, n);
    q_column *child = q_arena_new(a, q_column);
    if (!children || !child)
        return no_memory(a, sizeof *child, err);
    q_list *lists = out->values;
    uint32_t row = 0, base = 0;
    for (uint32_t p = 0; p < n; p++) {
        children[p] = pieces[p]->child;
        for (uint32_t i = 0; i < pieces[p]->length; i++)
            lists[row++].start += base;
        base += children[p]->length;
    }
    Q_TRY(q_column_concat(child, children, n, a, err));
    out->child = child;
    return Q_OK;
}

q_code q_column_concat(q_column *dst, const q_column *const *pieces, uint32_t n, q_arena *a,
                       q_err *err)
{
    uint64_t length = 0;
    bool nulls = false, stable = true;
    for (uint32_t p = 0; p < n; p++) {
        length += pieces[p]->length;
        nulls |= pieces[p]->validity != NULL;
        stable &= pieces[p]->bytes_stable;
    }
    if (length > UINT32_MAX)
        return q_err_set(err, Q_E_OUT_OF_MEMORY, "%llu rows in one column, at most %u",
                         (unsigned long long)length, UINT32_MAX);
    q_column out;
    Q_TRY(q_column_init(&out, pieces[0]->type, (uint32_t)length, a, err));
    out.bytes_stable = stable;
    if (nulls)
        Q_TRY(validity_alloc(&out, a, 0xFF, err));
    size_t width = q_type_width(out.type);
    uint32_t at = 0;
    for (uint32_t p = 0; p < n; p++) {
        const q_column *c = pieces[p];
        if (c->length && width)
            memcpy((char *)out.values + width * at, c->values, width * c->length);
        if (c->validity)
            copy_bits(out.validity, at, c->validity, 0, c->length);
        at += c->length;
    }
    if (out.type.kind == Q_ARRAY)
        Q_TRY(concat_children(&out, pieces, n, a, err));
    *dst = out;
    return Q_OK;
}

q_code q_column_keep(q_column *dst, const q_column *src, q_arena *a, q_err *err)
{
    const q_column *one[1] = {src};
    Q_TRY(q_column_concat(dst, one, 1, a, err));
    return q_column_stabilise(dst, a, err);
}

q_code q_column_repeat(q_column *dst, const q_column *src, uint32_t row, uint32_t length,
                       q_arena *a, q_err *err)
{
    uint32_t *rows = q_arena_alloc(a, sizeof *rows * (size_t)length + 1);
    if (!rows)
        return no_memory(a, sizeof *rows * (size_t)length, err);
    for (uint32_t i = 0; i < length; i++)
        rows[i] = row;
    return q_column_gather(dst, src, rows, length, a, err);
}

q_code q_schema_copy(q_schema *dst, const q_schema *src, q_arena *a)
{
    dst->n_fields = src->n_fields;
    dst->fields = q_arena_array(a, q_field, src->n_fields);
    for (uint32_t i = 0; i < src->n_fields; i++) {
        dst->fields[i] = src->fields[i];
        dst->fields[i].name = q_arena_strdup(a, src->fields[i].name);
    }
    return Q_OK;
}

int q_schema_find(const q_schema *s, const char *name)
{
    int found = -1;
    for (uint32_t i = 0; i < s->n_fields; i++) {
        if (strcasecmp(s->fields[i].name, name) == 0) {
            if (found >= 0)
                return -2;
            found = (int)i;
        }
    }
    return found;
}
