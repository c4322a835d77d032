/* Escapes and compact copies of JSON values. */
#include "common/io/json_text.h"

#include <math.h>

#include "common/io/byte_scan.h"

static char *put_escape(char *out, unsigned char c)
{
    static const char hex[] = "0123456789ABCDEF";
    static const char shorts[33] = "........btn.fr..................";
    *out++ = '\\';
    if (c >= 0x20) {
        *out++ = (char)c;
    } else if (shorts[c] != '.') {
        *out++ = shorts[c];
    } else {
        memcpy(out, "u00", 3);
        out[3] = hex[c >> 4];
        out[4] = hex[c & 15];
        out += 5;
    }
    return out;
}

/* Copies a block of n <= 32 bytes, of which 32 can be read and written, up to the first byte that
 * needs an escape; *used tells how many bytes that were. */
static inline char *copy_block(char *out, const char *block, size_t n, size_t *used, uint32_t *high)
{
    const char *stop = q_scan_string(block, block + n, '"', high);
    *used = stop < block + n ? (size_t)(stop - block) : n;
    memcpy(out, block, 32);
    out += *used;
    if (*used < n)
        out = put_escape(out, (unsigned char)block[(*used)++]);
    return out;
}

char *q_json_escape(char *out, const char *s, size_t n, uint32_t *high)
{
    char tail[64];
    size_t used;
    while (n >= 32) {
        out = copy_block(out, s, 32, &used, high);
        s += used;
        n -= used;
    }
    memcpy(tail, s, n);
    memset(tail + n, 'a', sizeof tail - n);
    for (const char *at = tail; n; at += used, n -= used)
        out = copy_block(out, at, n, &used, high);
    return out;
}

typedef struct compact {
    q_buf *out, *scratch;
    bool comma; /* before the next item */
} compact;

static void put_string(compact *c, const q_json_value *v)
{
    q_buf *b = c->out;
    uint32_t high = 0;
    q_buf_putc(b, '"');
    if (v->plain) {
        q_buf_append(b, v->ptr, v->len);
    } else {
        q_buf_clear(c->scratch);
        if (q_buf_reserve(c->scratch, v->len)) {
            size_t n = q_json_unescape(v, c->scratch->data);
            if (q_buf_reserve(b, Q_JSON_ESCAPE_ROOM(n)))
                b->len =
                    (size_t)(q_json_escape(b->data + b->len, c->scratch->data, n, &high) - b->data);
        }
        b->failed |= c->scratch->failed;
    }
    q_buf_putc(b, '"');
}

static void put_double(q_buf *b, double v)
{
    bool quote = !isfinite(v);
    if (!q_buf_reserve(b, Q_NUMBER_TEXT_ROOM + 2))
        return;
    char *at = b->data + b->len;
    if (quote)
        *at++ = '"';
    at = q_text_from_double(at, v);
    if (quote)
        *at++ = '"';
    b->len = (size_t)(at - b->data);
}

static void put_number(q_buf *b, const q_json_value *v)
{
    const q_json_number *n = &v->number;
    if (n->fits_int64 && q_buf_reserve(b, Q_NUMBER_TEXT_ROOM))
        b->len = (size_t)(q_text_from_int64(b->data + b->len, n->integer) - b->data);
    else if (n->integral)
        q_buf_append(b, v->ptr, v->len);
    else
        put_double(b, n->value);
}

static void put_scalar(compact *c, const q_json_value *v)
{
    double special;
    if (v->kind == Q_JSON_NUMBER)
        put_number(c->out, v);
    else if (v->kind == Q_JSON_STRING)
        put_string(c, v);
    else if (v->kind == Q_JSON_WORD && q_json_special_double(v->ptr, v->len, &special))
        put_double(c->out, special);
    else
        q_buf_append(c->out, v->ptr, v->len);
}

static void compact_event(void *context, q_json_event event, const q_json_value *v)
{
    compact *c = context;
    if (c->comma && event != Q_JSON_CLOSE)
        q_buf_putc(c->out, ',');
    c->comma = event == Q_JSON_CLOSE || event == Q_JSON_SCALAR;
    switch (event) {
    case Q_JSON_OPEN:
        q_buf_putc(c->out, v->kind == Q_JSON_OBJECT ? '{' : '[');
        break;
    case Q_JSON_CLOSE:
        q_buf_putc(c->out, v->kind == Q_JSON_OBJECT ? '}' : ']');
        break;
    case Q_JSON_NAME:
        put_string(c, v);
        q_buf_putc(c->out, ':');
        break;
    case Q_JSON_SCALAR:
        put_scalar(c, v);
        break;
    }
}

void q_json_compact(q_buf *b, q_buf *scratch, const q_json_value *v, const q_read_options *options)
{
    compact c = {.out = b, .scratch = scratch};
    if (v->kind != Q_JSON_OBJECT && v->kind != Q_JSON_ARRAY) {
        put_scalar(&c, v);
        return;
    }
    q_json_scan s = {.at = v->ptr, .end = v->ptr + v->len, .options = options};
    q_json_walk(&s, 0, compact_event, &c);
}
