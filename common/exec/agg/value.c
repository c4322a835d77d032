/* Values of any type in aggregate states. */
#include "common/exec/agg/value.h"

#include "common/exec/sortkey.h"

void q_agg_load(const q_column *c, uint32_t i, q_agg_value *out)
{
    memset(out, 0, sizeof *out);
    switch (c->type.kind) {
    case Q_BOOLEAN:
        out->i = Q_VALUES(c, uint8_t)[i];
        break;
    case Q_TINYINT:
        out->i = Q_VALUES(c, int8_t)[i];
        break;
    case Q_SMALLINT:
        out->i = Q_VALUES(c, int16_t)[i];
        break;
    case Q_INT:
    case Q_DATE:
    case Q_INTERVAL_YM:
        out->i = Q_VALUES(c, int32_t)[i];
        break;
    case Q_FLOAT:
        out->d = (double)Q_VALUES(c, float)[i];
        break;
    case Q_DOUBLE:
        out->d = Q_VALUES(c, double)[i];
        break;
    case Q_DECIMAL:
        out->dec = Q_VALUES(c, q_int128)[i];
        break;
    case Q_STRING:
    case Q_BINARY:
        out->s = Q_VALUES(c, q_str)[i];
        break;
    default:
        out->i = Q_VALUES(c, int64_t)[i];
        break;
    }
}

void q_agg_store(q_column *c, uint32_t i, const q_agg_value *v)
{
    switch (c->type.kind) {
    case Q_BOOLEAN:
    case Q_TINYINT:
        Q_VALUES(c, int8_t)[i] = (int8_t)v->i;
        break;
    case Q_SMALLINT:
        Q_VALUES(c, int16_t)[i] = (int16_t)v->i;
        break;
    case Q_INT:
    case Q_DATE:
    case Q_INTERVAL_YM:
        Q_VALUES(c, int32_t)[i] = (int32_t)v->i;
        break;
    case Q_FLOAT:
        Q_VALUES(c, float)[i] = (float)v->d;
        break;
    case Q_DOUBLE:
        Q_VALUES(c, double)[i] = v->d;
        break;
    case Q_DECIMAL:
        Q_VALUES(c, q_int128)[i] = v->dec;
        break;
    case Q_STRING:
    case Q_BINARY:
        Q_VALUES(c, q_str)[i] = v->s;
        break;
    default:
        Q_VALUES(c, int64_t)[i] = v->i;
        break;
    }
}

static int double_cmp(double a, double b)
{
    bool an = a != a, bn = b != b;
    if (an || bn)
        return an - bn;
    return (a > b) - (a < b);
}

int q_agg_cmp(q_type stored, const q_agg_value *a, const q_agg_value *b)
{
    switch (stored.kind) {
    case Q_FLOAT:
    case Q_DOUBLE:
        return double_cmp(a->d, b->d);
    case Q_DECIMAL:
        return (a->dec > b->dec) - (a->dec < b->dec);
    case Q_STRING:
    case Q_BINARY:
        return q_str_cmp(a->s, b->s);
    default:
        return (a->i > b->i) - (a->i < b->i);
    }
}

/* Room grows in steps, so that a slot that changes often does not eat memory each time. */
static q_code slot_keep(q_agg_ctx *c, q_agg_slot *slot, q_str s)
{
    const char *own = slot->v.s.ptr;
    if (s.len > slot->room) {
        uint32_t room = s.len < 1u << 30 ? s.len + s.len / 2 + 16 : s.len;
        own = q_arena_bytes(c->arena, room);
        if (!own)
            return q_agg_no_memory(c, room);
        slot->room = room;
    }
    if (s.len)
        memcpy((char *)(uintptr_t)own, s.ptr, s.len);
    slot->v.s = (q_str){s.len ? own : (slot->room ? own : ""), s.len, s.flags};
    return Q_OK;
}

q_code q_agg_slot_set(q_agg_ctx *c, q_agg_slot *slot, const q_column *column, uint32_t row)
{
    slot->has = true;
    slot->null = q_column_is_null(column, row);
    if (slot->null)
        return Q_OK;
    if (!q_type_is_stringlike(column->type)) {
        q_agg_load(column, row, &slot->v);
        return Q_OK;
    }
    q_str s = Q_VALUES(column, q_str)[row];
    if (!column->bytes_stable)
        return slot_keep(c, slot, s);
    slot->v.s = s;
    slot->room = 0;
    return Q_OK;
}

q_code q_agg_slot_put(const q_agg_ctx *c, const q_agg_slot *slot, q_column *column, uint32_t row,
                      q_arena *a)
{
    if (column->type.kind == Q_VOID)
        return Q_OK;
    if (slot->has && !slot->null) {
        q_agg_store(column, row, &slot->v);
        return Q_OK;
    }
    const q_agg_value none = {.s = {"", 0, 0}}, zero = {0};
    q_agg_store(column, row, q_type_is_stringlike(column->type) ? &none : &zero);
    return q_agg_null(c, column, row, a);
}

/* ---- arrays ---- */

/*
 * Packed array: u32 elements, one byte an element (1: NULL), then the others' values, each
 * of the type's width or, of strings, u32 length and bytes.
 */
static size_t packed_bytes(const q_column *e, q_list l)
{
    size_t width = q_type_width(e->type), n = 4 + l.len;
    for (uint32_t k = l.start; k < l.start + l.len; k++) {
        if (!q_column_is_null(e, k))
            n += q_type_is_stringlike(e->type) ? 4 + Q_VALUES(e, q_str)[k].len : width;
    }
    return n;
}

static char *put(char *to, const void *from, size_t n)
{
    if (n)
        memcpy(to, from, n);
    return to + n;
}

static void pack_one(char *to, const q_column *e, q_list l)
{
    size_t width = q_type_width(e->type);
    to = put(to, &l.len, 4);
    for (uint32_t k = l.start; k < l.start + l.len; k++)
        *to++ = q_column_is_null(e, k);
    for (uint32_t k = l.start; k < l.start + l.len; k++) {
        if (q_column_is_null(e, k))
            continue;
        if (q_type_is_stringlike(e->type)) {
            q_str s = Q_VALUES(e, q_str)[k];
            to = put(to, &s.len, 4);
            to = put(to, s.ptr, s.len);
        } else {
            to = put(to, (const char *)e->values + width * k, width);
        }
    }
}

q_code q_agg_pack(q_agg_ctx *c, const q_column *column, q_arena *a, q_column *tmp,
                  const q_column **out)
{
    *out = column;
    if (column->type.kind != Q_ARRAY)
        return Q_OK;
    Q_TRY(q_column_init(tmp, Q_TYPE(Q_BINARY), column->length, a, c->err));
    tmp->validity = column->validity;
    for (uint32_t i = 0; i < column->length; i++) {
        q_str *s = &Q_VALUES(tmp, q_str)[i];
        *s = (q_str){"", 0, 0};
        if (q_column_is_null(column, i))
            continue;
        q_list l = Q_VALUES(column, q_list)[i];
        size_t n = packed_bytes(column->child, l);
        char *bytes = n <= UINT32_MAX ? q_arena_bytes(a, n) : NULL;
        if (!bytes)
            return q_agg_no_memory(c, n);
        pack_one(bytes, column->child, l);
        *s = (q_str){bytes, (uint32_t)n, 0};
    }
    *out = tmp;
    return Q_OK;
}

static q_code malformed(q_agg_ctx *c)
{
    return q_err_set(c->err, Q_E_PROTOCOL, "malformed array in the state of an aggregate");
}

static bool take(q_str *in, void *to, size_t n)
{
    if (in->len < n)
        return false;
    if (n)
        memcpy(to, in->ptr, n);
    in->ptr += n;
    in->len -= (uint32_t)n;
    return true;
}

/* Elements go to child rows l.start…; their validity is there. */
static bool unpack_one(q_str in, q_column *e, q_list l)
{
    size_t width = q_type_width(e->type);
    const char *nulls = in.ptr + 4;
    in = (q_str){in.ptr + 4 + l.len, in.len - 4 - l.len, 0};
    for (uint32_t k = 0; k < l.len; k++) {
        uint32_t row = l.start + k;
        char *value = (char *)e->values + width * row;
        if (nulls[k]) {
            q_bit_clear(e->validity, row);
            if (width)
                memset(value, 0, width);
            if (q_type_is_stringlike(e->type))
                Q_VALUES(e, q_str)[row] = (q_str){"", 0, 0};
            continue;
        }
        if (!q_type_is_stringlike(e->type)) {
            if (!take(&in, value, width))
                return false;
            continue;
        }
        q_str s = {NULL, 0, 0};
        if (!take(&in, &s.len, 4) || s.len > in.len)
            return false;
        s.ptr = in.ptr;
        Q_VALUES(e, q_str)[row] = s;
        in.ptr += s.len;
        in.len -= s.len;
    }
    return in.len == 0;
}

/* List lengths and the elements of all rows. */
static q_code unpack_lists(q_agg_ctx *c, const q_column *stored, q_column *out, uint64_t *total)
{
    *total = 0;
    for (uint32_t i = 0; i < stored->length; i++) {
        q_list *l = &Q_VALUES(out, q_list)[i];
        *l = (q_list){(uint32_t)*total, 0};
        if (q_column_is_null(stored, i))
            continue;
        q_str s = Q_VALUES(stored, q_str)[i];
        if (!take(&s, &l->len, 4) || l->len > s.len)
            return malformed(c);
        *total += l->len;
        if (*total > UINT32_MAX)
            return malformed(c);
    }
    return Q_OK;
}

q_code q_agg_unpack(q_agg_ctx *c, const q_column *stored, q_type type, q_arena *a, q_column *out)
{
    if (type.kind != Q_ARRAY) {
        *out = *stored;
        return Q_OK;
    }
    uint64_t total;
    q_column *e = q_arena_new(a, q_column);
    if (!e)
        return q_agg_no_memory(c, sizeof *e);
    Q_TRY(q_column_init(out, type, stored->length, a, c->err));
    out->validity = stored->validity;
    Q_TRY(unpack_lists(c, stored, out, &total));
    Q_TRY(q_column_init(e, q_type_element(type), (uint32_t)total, a, c->err));
    Q_TRY(q_column_need_validity(e, a, c->err));
    for (uint32_t i = 0; i < stored->length; i++) {
        if (!q_column_is_null(stored, i) &&
            !unpack_one(Q_VALUES(stored, q_str)[i], e, Q_VALUES(out, q_list)[i]))
            return malformed(c);
    }
    out->child = e;
    return Q_OK;
}

q_code q_agg_order_column(q_agg_ctx *c, q_column *column, q_arena *a, q_column *tmp, q_column **out)
{
    *out = column;
    if (column->type.kind != Q_ARRAY)
        return Q_OK;
    const q_order_key ascending = {0};
    Q_TRY(q_column_init(tmp, Q_TYPE(Q_BINARY), column->length, a, c->err));
    tmp->validity = column->validity;
    *out = tmp;
    return q_sortkey_bytes(&ascending, 1, &column, column->length, a, tmp->values, c->err);
}
