/* Arrow buffers to columns. Nothing received is believed before it is checked. */
#include "common/base/pack.h"
#include "proto/batch.h"

#define HEADER_BYTES 16

typedef struct decoder {
    q_unpack in; /* the descriptor */
    const uint8_t *body, *end;
    const q_frame *extra;
    uint32_t n_extra;
    bool stable;
    q_arena *a;
    q_err *err;
} decoder;

static q_code bad(q_err *err, const char *what)
{
    return q_err_set(err, Q_E_PROTOCOL, "malformed batch: %s", what);
}

static q_code no_memory(decoder *d, size_t bytes)
{
    return q_budget_error(d->a->budget, bytes, d->err);
}

void q_batch_cursor_init(q_batch_cursor *c, const q_frame *frames, uint32_t n_frames)
{
    memset(c, 0, sizeof *c);
    c->frames = frames;
    c->n_frames = n_frames;
    c->extra = 1;
}

void q_batch_cursor_bytes(q_batch_cursor *c, const void *data, size_t len)
{
    q_batch_cursor_init(c, NULL, len ? 1 : 0);
    c->one = (q_frame){data, len, NULL, NULL};
    c->frames = &c->one;
}

bool q_batch_cursor_more(const q_batch_cursor *c)
{
    return c->frame < c->n_frames;
}

/* ---- buffers ------------------------------------------------------------ */

/* Where the next buffer is, and how many readable bytes follow it. */
static q_code locate(decoder *d, uint64_t code, const uint8_t **at, size_t *len, size_t *behind)
{
    uint64_t n = code / 2;
    if (code & 1) {
        if (!d->n_extra)
            return bad(d->err, "a frame is missing");
        if (n > d->extra->len)
            return bad(d->err, "a buffer is longer than its frame");
        *at = d->extra->data;
        *behind = d->extra->len - (size_t)n;
        d->extra++;
        d->n_extra--;
    } else {
        size_t left = (size_t)(d->end - d->body);
        if (n > left)
            return bad(d->err, "a buffer is longer than its block");
        *at = d->body;
        *behind = left - (size_t)n;
        size_t step = ((size_t)n + 7) & ~(size_t)7;
        d->body += step < left ? step : left;
    }
    *len = (size_t)n;
    return Q_OK;
}

/* The next buffer, at `align`, with slack: in place if it is so, else copied. */
static q_code take_buffer(decoder *d, size_t align, const void **data, size_t *len)
{
    const uint8_t *at = NULL;
    size_t behind = 0;
    uint64_t code = q_unpack_uint(&d->in);
    if (!q_unpack_ok(&d->in))
        return bad(d->err, "a buffer's length");
    Q_TRY(locate(d, code, &at, len, &behind));
    if ((uintptr_t)at % align == 0 && behind >= Q_WIRE_SLACK) {
        *data = at;
        return Q_OK;
    }
    void *copy = q_arena_alloc_vec(d->a, *len);
    if (!copy)
        return no_memory(d, *len);
    if (*len)
        memcpy(copy, at, *len);
    *data = copy;
    return Q_OK;
}

static q_code take_exactly(decoder *d, size_t align, size_t want, const void **data)
{
    size_t len;
    Q_TRY(take_buffer(d, align, data, &len));
    return len == want ? Q_OK : bad(d->err, "a buffer's length does not fit its rows");
}

/* ---- values ------------------------------------------------------------- */

static q_code take_validity(decoder *d, q_column *c)
{
    if (q_unpack_nil(&d->in))
        return Q_OK;
    const void *bits;
    Q_TRY(take_exactly(d, 8, ((size_t)c->length + 7) / 8, &bits));
    c->validity = (uint64_t *)bits;
    return Q_OK;
}

static q_code take_fixed(decoder *d, q_column *c)
{
    size_t width = q_type_width(c->type);
    const void *values;
    Q_TRY(take_exactly(d, width, width * c->length, &values));
    c->values = (void *)values;
    return Q_OK;
}

static q_code take_booleans(decoder *d, q_column *c)
{
    const void *buffer;
    Q_TRY(take_exactly(d, 1, ((size_t)c->length + 7) / 8, &buffer));
    const uint8_t *bits = buffer;
    uint8_t *to = q_arena_alloc_vec(d->a, (size_t)c->length + 8);
    if (!to)
        return no_memory(d, c->length);
    c->values = to;
    for (size_t i = 0; i < ((size_t)c->length + 7) / 8; i++) {
        /* Byte k keeps bit k; adding 0x7f carries any bit to the top of its byte. */
        uint64_t w = (bits[i] * 0x0101010101010101u) & 0x8040201008040201u;
        w = ((w + 0x7f7f7f7f7f7f7f7fu) >> 7) & 0x0101010101010101u;
        memcpy(to + i * 8, &w, 8);
    }
    return Q_OK;
}

/* Offsets that start at 0 or above, never fall and end within `most`. */
static q_code take_offsets(decoder *d, uint32_t n, const int32_t **offsets)
{
    const void *buffer;
    Q_TRY(take_exactly(d, 4, ((size_t)n + 1) * 4, &buffer));
    const int32_t *o = buffer;
    bool falls = o[0] < 0;
    for (uint32_t i = 0; i < n; i++)
        falls |= o[i + 1] < o[i];
    *offsets = o;
    return falls ? bad(d->err, "offsets fall") : Q_OK;
}

static q_code take_strings(decoder *d, q_column *c)
{
    const int32_t *o;
    const void *buffer;
    size_t len;
    Q_TRY(take_offsets(d, c->length, &o));
    Q_TRY(take_buffer(d, 1, &buffer, &len));
    if ((size_t)o[c->length] > len)
        return bad(d->err, "offsets point behind the text");
    q_str *v = q_arena_alloc_vec(d->a, sizeof *v * (size_t)c->length);
    if (!v)
        return no_memory(d, sizeof *v * (size_t)c->length);
    const char *bytes = buffer;
    for (uint32_t i = 0; i < c->length; i++)
        v[i] = (q_str){bytes + o[i], (uint32_t)(o[i + 1] - o[i]), 0};
    c->values = v;
    return Q_OK;
}

static q_code take_column(decoder *d, uint32_t n_rows, q_column *c);

static q_code take_lists(decoder *d, q_column *c)
{
    const int32_t *o;
    Q_TRY(take_offsets(d, c->length, &o));
    uint64_t n = q_unpack_uint(&d->in);
    if (!q_unpack_ok(&d->in) || n > Q_WIRE_MAX_ROWS || (uint64_t)o[c->length] > n)
        return bad(d->err, "offsets point behind the elements");
    q_list *v = q_arena_alloc_vec(d->a, sizeof *v * (size_t)c->length);
    c->child = q_arena_new(d->a, q_column);
    if (!v || !c->child)
        return no_memory(d, sizeof *v * (size_t)c->length);
    for (uint32_t i = 0; i < c->length; i++)
        v[i] = (q_list){(uint32_t)o[i], (uint32_t)(o[i + 1] - o[i])};
    c->values = v;
    Q_TRY(take_column(d, (uint32_t)n, c->child));
    if (!q_type_eq(c->child->type, q_type_element(c->type)))
        return bad(d->err, "elements of another type than their array's");
    return Q_OK;
}

/* ---- columns and blocks ------------------------------------------------- */

static bool type_is_valid(q_type t)
{
    bool array = t.kind == Q_ARRAY;
    bool decimal = t.kind == Q_DECIMAL || (array && t.element == Q_DECIMAL);
    if (t.kind >= Q_N_KINDS || (array ? t.element >= Q_ARRAY : t.element != 0))
        return false;
    if (decimal)
        return t.precision >= 1 && t.precision <= 38 && t.scale >= 0 && t.scale <= t.precision;
    return t.precision == 0 && t.scale == 0;
}

static uint32_t fields_of(q_type t)
{
    if (t.kind == Q_VOID)
        return 1;
    if (t.kind == Q_ARRAY)
        return 5;
    return q_type_is_stringlike(t) ? 4 : 3;
}

/* Arrays hold no arrays (type_is_valid), so this nests twice at most. */
static q_code take_column(decoder *d, uint32_t n_rows, q_column *c)
{
    memset(c, 0, sizeof *c);
    uint32_t fields = q_unpack_array(&d->in);
    uint64_t t = q_unpack_uint(&d->in);
    c->type = (q_type){(uint8_t)t, (uint8_t)(t >> 8), (uint8_t)(t >> 16), (int8_t)(t >> 24)};
    c->length = n_rows;
    c->bytes_stable = d->stable;
    if (!q_unpack_ok(&d->in) || t > UINT32_MAX || !type_is_valid(c->type))
        return bad(d->err, "a column's type");
    if (fields != fields_of(c->type))
        return bad(d->err, "a column's buffers");
    if (c->type.kind == Q_VOID)
        return Q_OK;
    Q_TRY(take_validity(d, c));
    if (q_type_is_stringlike(c->type))
        return take_strings(d, c);
    if (c->type.kind == Q_ARRAY)
        return take_lists(d, c);
    return c->type.kind == Q_BOOLEAN ? take_booleans(d, c) : take_fixed(d, c);
}

static q_code take_batch(decoder *d, q_batch *out)
{
    uint32_t two = q_unpack_array(&d->in);
    uint64_t n_rows = q_unpack_uint(&d->in);
    uint32_t n_columns = q_unpack_array(&d->in);
    if (!q_unpack_ok(&d->in) || two != 2)
        return bad(d->err, "its descriptor");
    if (n_rows > Q_WIRE_MAX_ROWS || n_columns > Q_WIRE_MAX_COLUMNS)
        return q_err_set(d->err, Q_E_PROTOCOL_LIMIT,
                         "a batch of %llu rows and %u columns: at most %u and %u are accepted",
                         (unsigned long long)n_rows, n_columns, Q_WIRE_MAX_ROWS,
                         Q_WIRE_MAX_COLUMNS);
    q_column *columns = q_arena_array(d->a, q_column, n_columns);
    if (!columns)
        return no_memory(d, sizeof *columns * n_columns);
    for (uint32_t i = 0; i < n_columns; i++)
        Q_TRY(take_column(d, (uint32_t)n_rows, &columns[i]));
    if (d->in.at != d->in.end)
        return bad(d->err, "bytes behind its descriptor");
    *out = (q_batch){(uint32_t)n_rows, n_columns, columns, NULL};
    return Q_OK;
}

static q_code check_types(const q_batch *b, const q_schema *s, q_err *err)
{
    if (b->n_columns != s->n_fields)
        return q_err_set(err, Q_E_PROTOCOL, "a batch of %u columns where %u are expected",
                         b->n_columns, s->n_fields);
    for (uint32_t i = 0; i < s->n_fields; i++) {
        char have[Q_TYPE_NAME_BYTES], want[Q_TYPE_NAME_BYTES];
        if (!q_type_eq(b->columns[i].type, s->fields[i].type))
            return q_err_set(err, Q_E_PROTOCOL, "a batch's column `%s` is %s where %s is expected",
                             s->fields[i].name, q_type_name(b->columns[i].type, have),
                             q_type_name(s->fields[i].type, want));
    }
    return Q_OK;
}

/* The block's span, and the cursor behind it. */
static q_code next_block(q_batch_cursor *c, decoder *d, q_err *err)
{
    if (!q_batch_cursor_more(c))
        return bad(err, "none left");
    const q_frame *f = &c->frames[c->frame];
    size_t left = f->len - c->at;
    uint32_t descriptor;
    uint64_t total;
    if (left < HEADER_BYTES)
        return bad(err, "no block header");
    const uint8_t *p = (const uint8_t *)f->data + c->at;
    if (memcmp(p, "qb1\n", 4) != 0)
        return bad(err, "no block header");
    memcpy(&descriptor, p + 4, 4);
    memcpy(&total, p + 8, 8);
    uint64_t body = ((uint64_t)HEADER_BYTES + descriptor + 7) & ~(uint64_t)7;
    if (total > left || total % 8 || body > total)
        return bad(err, "a block's length");
    q_unpack_init(&d->in, p + HEADER_BYTES, descriptor);
    d->body = p + body;
    d->end = p + total;
    d->extra = c->frames + c->extra;
    d->n_extra = c->n_frames - c->extra;
    c->at += (size_t)total;
    return Q_OK;
}

q_code q_batch_decode(q_batch_cursor *c, const q_schema *expect, bool stable, q_arena *a,
                      q_batch *out, q_err *err)
{
    decoder d = {.stable = stable, .a = a, .err = err};
    Q_TRY(next_block(c, &d, err));
    Q_TRY(take_batch(&d, out));
    if (expect)
        Q_TRY(check_types(out, expect, err));
    c->extra = c->n_frames - d.n_extra;
    if (c->at == c->frames[c->frame].len) {
        c->frame = c->extra;
        c->extra = c->frame + 1;
        c->at = 0;
    }
    return Q_OK;
}

q_code q_batch_decode_types(q_batch_cursor *c, const q_type *types, uint32_t n, bool stable,
                            q_arena *a, q_batch *out, q_err *err)
{
    q_field *fields = q_arena_array(a, q_field, (size_t)n + 1);
    if (!fields)
        return q_budget_error(a->budget, sizeof *fields * n, err);
    for (uint32_t i = 0; i < n; i++)
        fields[i] = (q_field){"", types[i], true};
    return q_batch_decode(c, &(q_schema){n, fields}, stable, a, out, err);
}
