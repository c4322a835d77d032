/* Batches to Arrow buffers: first the lengths (the descriptor), then the bytes. */
#include "common/base/assert.h"
#include "common/base/pack.h"
#include "proto/batch.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "buffers are written as they are");

enum how { COPY, BITS, BOOLS, STR_OFFSETS, STR_BYTES, LIST_OFFSETS };

/* One buffer to write. */
typedef struct part {
    enum how how;
    bool shared;
    const q_column *column;
    const void *data; /* COPY, BITS */
    size_t len;       /* bytes on the wire */
} part;

typedef struct encoder {
    q_buf descriptor;
    q_arena scratch;
    q_budget budget; /* none, but makes the arena return NULL */
    part *parts;
    uint32_t n_parts;
    const q_batch_share *share;
    q_err *err;
} encoder;

static q_code limit(encoder *e, const char *what, uint64_t have, uint64_t most)
{
    return q_err_set(e->err, Q_E_PROTOCOL_LIMIT, "a batch of %llu %s: at most %llu can be sent",
                     (unsigned long long)have, what, (unsigned long long)most);
}

static void add_part(encoder *e, enum how how, const q_column *c, const void *data, size_t len)
{
    bool shared = e->share && how == COPY && len >= Q_WIRE_SHARE_BYTES;
    e->parts[e->n_parts++] = (part){how, shared, c, data, len};
    q_pack_uint(&e->descriptor, (uint64_t)len * 2 + shared);
}

static size_t padded(size_t n)
{
    return (n + 7) & ~(size_t)7;
}

/* ---- lengths ------------------------------------------------------------ */

static uint64_t string_bytes(const q_column *c)
{
    const q_str *v = c->values;
    uint64_t total = 0;
    if (!c->validity) {
        for (uint32_t i = 0; i < c->length; i++)
            total += v[i].len;
        return total;
    }
    for (uint32_t i = 0; i < c->length; i++)
        total += q_bit_get(c->validity, i) ? v[i].len : 0;
    return total;
}

/* The children of an array column as its rows name them, one list behind the other. */
static q_code linear_child(encoder *e, const q_column *c, const q_column **child)
{
    const q_list *v = c->values;
    uint64_t total = 0;
    bool linear = true;
    for (uint32_t i = 0; i < c->length; i++) {
        if (q_column_is_null(c, i))
            continue;
        linear &= v[i].start == total;
        total += v[i].len;
    }
    if (total > Q_WIRE_MAX_ROWS)
        return limit(e, "array elements", total, Q_WIRE_MAX_ROWS);
    q_column *out = q_arena_new(&e->scratch, q_column);
    uint32_t *rows = linear ? NULL : q_arena_alloc(&e->scratch, total * sizeof *rows + 1);
    if (!out || (!linear && !rows))
        return q_budget_error(NULL, total * sizeof *rows, e->err);
    *child = out;
    if (linear) {
        *out = *c->child;
        out->length = (uint32_t)total;
        return Q_OK;
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->length; i++) {
        for (uint32_t j = 0; j < (q_column_is_null(c, i) ? 0 : v[i].len); j++)
            rows[n++] = v[i].start + j;
    }
    return q_column_gather(out, c->child, rows, n, &e->scratch, e->err);
}

static q_code add_column(encoder *e, const q_column *c);

static q_code add_values(encoder *e, const q_column *c)
{
    if (q_type_is_stringlike(c->type)) {
        uint64_t bytes = string_bytes(c);
        if (bytes > INT32_MAX)
            return limit(e, "bytes in one column", bytes, INT32_MAX);
        add_part(e, STR_OFFSETS, c, NULL, ((size_t)c->length + 1) * 4);
        add_part(e, STR_BYTES, c, NULL, (size_t)bytes);
    } else if (c->type.kind == Q_ARRAY) {
        const q_column *child = NULL;
        add_part(e, LIST_OFFSETS, c, NULL, ((size_t)c->length + 1) * 4);
        Q_TRY(linear_child(e, c, &child));
        q_pack_uint(&e->descriptor, child->length);
        Q_TRY(add_column(e, child));
    } else if (c->type.kind == Q_BOOLEAN) {
        add_part(e, BOOLS, c, NULL, ((size_t)c->length + 7) / 8);
    } else {
        add_part(e, COPY, c, c->values, q_type_width(c->type) * c->length);
    }
    return Q_OK;
}

static uint32_t wire_type(q_type t)
{
    return t.kind | (uint32_t)t.element << 8 | (uint32_t)t.precision << 16 |
           (uint32_t)(uint8_t)t.scale << 24;
}

static q_code add_column(encoder *e, const q_column *c)
{
    bool is_void = c->type.kind == Q_VOID;
    bool two = q_type_is_stringlike(c->type);
    q_pack_array(&e->descriptor, is_void ? 1 : c->type.kind == Q_ARRAY ? 5 : two ? 4 : 3);
    q_pack_uint(&e->descriptor, wire_type(c->type));
    if (is_void)
        return Q_OK;
    if (c->validity && q_column_null_count(c))
        add_part(e, BITS, c, c->validity, ((size_t)c->length + 7) / 8);
    else
        q_pack_nil(&e->descriptor);
    return add_values(e, c);
}

/* ---- bytes -------------------------------------------------------------- */

static void put_bits(uint8_t *to, const void *bits, uint32_t n)
{
    memcpy(to, bits, (n + 7) / 8);
    if (n % 8)
        to[n / 8] &= (uint8_t)((1u << n % 8) - 1);
}

/* Eight bytes of 0 or 1 to eight bits: the product moves byte i's bit to bit 56 + i. */
static void put_bools(uint8_t *to, const uint8_t *from, uint32_t n)
{
    uint32_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t w;
        memcpy(&w, from + i, 8);
        to[i / 8] = (uint8_t)(((w & 0x0101010101010101u) * 0x0102040810204080u) >> 56);
    }
    if (i < n)
        to[i / 8] = 0;
    for (; i < n; i++)
        to[i / 8] |= (uint8_t)((from[i] & 1) << i % 8);
}

static void put_str_offsets(int32_t *to, const q_column *c)
{
    const q_str *v = c->values;
    int32_t at = 0;
    to[0] = 0;
    for (uint32_t i = 0; i < c->length; i++) {
        if (!c->validity || q_bit_get(c->validity, i))
            at += (int32_t)v[i].len;
        to[i + 1] = at;
    }
}

static void put_list_offsets(int32_t *to, const q_column *c)
{
    const q_list *v = c->values;
    int32_t at = 0;
    to[0] = 0;
    for (uint32_t i = 0; i < c->length; i++) {
        at += q_column_is_null(c, i) ? 0 : (int32_t)v[i].len;
        to[i + 1] = at;
    }
}

/* Strings that lie one behind the other are copied together. */
static void put_str_bytes(char *to, const q_column *c)
{
    const q_str *v = c->values;
    const char *run = NULL;
    size_t n = 0;
    for (uint32_t i = 0; i < c->length; i++) {
        if (!v[i].len || (c->validity && !q_bit_get(c->validity, i)))
            continue;
        if (run && v[i].ptr == run + n) {
            n += v[i].len;
            continue;
        }
        if (n)
            memcpy(to, run, n);
        to += n;
        run = v[i].ptr;
        n = v[i].len;
    }
    if (n)
        memcpy(to, run, n);
}

static void put_part(char *to, const part *p)
{
    switch (p->how) {
    case COPY:
        if (p->len)
            memcpy(to, p->data, p->len);
        break;
    case BITS:
        put_bits((uint8_t *)to, p->data, p->column->length);
        break;
    case BOOLS:
        put_bools((uint8_t *)to, p->column->values, p->column->length);
        break;
    case STR_OFFSETS:
        put_str_offsets((int32_t *)to, p->column);
        break;
    case STR_BYTES:
        put_str_bytes(to, p->column);
        break;
    case LIST_OFFSETS:
        put_list_offsets((int32_t *)to, p->column);
        break;
    }
    memset(to + p->len, 0, padded(p->len) - p->len);
}

static q_code write_block(encoder *e, q_buf *out)
{
    size_t start = padded(out->len), descriptor = padded(16 + e->descriptor.len), body = 0;
    for (uint32_t i = 0; i < e->n_parts; i++)
        body += e->parts[i].shared ? 0 : padded(e->parts[i].len);
    size_t block = descriptor + (body ? body + Q_WIRE_SLACK : 0);
    if (e->descriptor.failed || !q_buf_reserve(out, start - out->len + block))
        return q_budget_error(NULL, block, e->err);
    memset(out->data + out->len, 0, start - out->len);
    char *p = out->data + start;
    uint32_t n = (uint32_t)e->descriptor.len;
    uint64_t total = block;
    memcpy(p, "qb1\n", 4);
    memcpy(p + 4, &n, 4);
    memcpy(p + 8, &total, 8);
    memcpy(p + 16, e->descriptor.data, n);
    memset(p + 16 + n, 0, descriptor - 16 - n);
    p += descriptor;
    for (uint32_t i = 0; i < e->n_parts; i++) {
        if (e->parts[i].shared)
            continue;
        put_part(p, &e->parts[i]);
        p += padded(e->parts[i].len);
    }
    if (body)
        memset(p, 0, Q_WIRE_SLACK);
    out->len = start + block;
    return Q_OK;
}

static q_code plan_batch(encoder *e, const q_batch *b)
{
    if (b->n_rows > Q_WIRE_MAX_ROWS)
        return limit(e, "rows", b->n_rows, Q_WIRE_MAX_ROWS);
    if (b->n_columns > Q_WIRE_MAX_COLUMNS)
        return limit(e, "columns", b->n_columns, Q_WIRE_MAX_COLUMNS);
    e->parts = q_arena_alloc(&e->scratch, ((size_t)b->n_columns * 5 + 1) * sizeof *e->parts);
    if (!e->parts)
        return q_budget_error(NULL, (size_t)b->n_columns * 5 * sizeof *e->parts, e->err);
    q_pack_array(&e->descriptor, 2);
    q_pack_uint(&e->descriptor, b->n_rows);
    q_pack_array(&e->descriptor, b->n_columns);
    for (uint32_t i = 0; i < b->n_columns; i++) {
        Q_DCHECK(b->columns[i].length == b->n_rows);
        Q_TRY(add_column(e, &b->columns[i]));
    }
    return Q_OK;
}

static void encoder_init(encoder *e, const q_batch_share *share, q_err *err)
{
    memset(e, 0, sizeof *e);
    q_buf_init(&e->descriptor);
    q_budget_init(&e->budget, "", SIZE_MAX);
    q_arena_init(&e->scratch, &e->budget);
    e->share = share;
    e->err = err;
}

static void encoder_fini(encoder *e)
{
    q_buf_fini(&e->descriptor);
    q_arena_fini(&e->scratch);
}

q_code q_batch_encode(q_buf *out, const q_batch *b, q_err *err)
{
    encoder e;
    encoder_init(&e, NULL, err);
    q_code code = plan_batch(&e, b);
    if (code == Q_OK)
        code = write_block(&e, out);
    encoder_fini(&e);
    return code;
}

static void add_shared(encoder *e, q_frames *out)
{
    for (uint32_t i = 0; i < e->n_parts; i++) {
        const part *p = &e->parts[i];
        if (!p->shared)
            continue;
        if (e->share->ref)
            e->share->ref(e->share->hint);
        q_frames_add(out,
                     (q_frame){p->data, p->len + Q_WIRE_SLACK, e->share->free_fn, e->share->hint});
    }
}

q_code q_batch_encode_frames(q_frames *out, const q_batch *b, const q_batch_share *share,
                             q_err *err)
{
    encoder e;
    q_buf block;
    encoder_init(&e, share, err);
    q_buf_init(&block);
    q_code code = plan_batch(&e, b);
    if (code == Q_OK)
        code = write_block(&e, &block);
    if (code == Q_OK) {
        q_frames_add_buf(out, &block);
        add_shared(&e, out);
        if (out->failed)
            code = q_budget_error(NULL, sizeof(q_frame), err);
    }
    q_buf_fini(&block);
    encoder_fini(&e);
    return code;
}
