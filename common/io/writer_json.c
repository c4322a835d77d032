/*
 * JSON's texts. Each field is written as `,"name":value`, the row's first comma then becomes the
 * opening brace (writer.c).
 */
#include <math.h>

#include "common/io/json_text.h"
#include "common/io/utf8_repair.h"
#include "common/io/writer_base.h"

static bool has_quotes(q_type t)
{
    return q_type_is_stringlike(t) || t.kind == Q_DATE || t.kind == Q_TIMESTAMP ||
           t.kind == Q_TIMESTAMP_NTZ;
}

void q_json_writer_init(q_writer *w)
{
    static const char null[32] = "null";
    w->null = (q_text){null, 4};
    for (uint32_t i = 0; i < w->n_columns; i++) {
        q_write_column *wc = &w->columns[i];
        const char *name = w->schema->fields[i].name;
        size_t n = strlen(name);
        uint32_t high = 0;
        char *key = q_arena_bytes(&w->arena, Q_JSON_ESCAPE_ROOM(n) + 64), *at = key;
        *at++ = ',';
        *at++ = '"';
        at = q_json_escape(at, name, n, &high);
        *at++ = '"';
        *at++ = ':';
        wc->key = key;
        wc->key_bytes = (uint32_t)(at - key);
        wc->quoted = has_quotes(wc->type);
        wc->padded = !q_type_is_stringlike(wc->type) && wc->type.kind != Q_ARRAY && !wc->format;
    }
}

/* ---- strings ---- */

static q_text escaped(q_writer *w, q_str s)
{
    uint32_t high = 0;
    char *text = q_arena_bytes(&w->scratch, Q_JSON_ESCAPE_ROOM(s.len));
    char *end = q_json_escape(text, s.ptr, s.len, &high);
    if (high && !q_utf8_valid(s.ptr, s.len)) {
        size_t n; /* never longer than what was reserved: three bytes for each malformed one */
        const char *repaired = q_utf8_repair(s.ptr, s.len, &w->scratch, &n);
        end = q_json_escape(text, repaired, n, &high);
    }
    return (q_text){text, (size_t)(end - text)};
}

/* An empty string may have no address. */
static void string_texts(q_writer *w, const q_str *v, uint32_t n, q_text *out)
{
    for (uint32_t i = 0; i < n; i++)
        out[i] = !v[i].len                  ? (q_text){"", 0}
                 : v[i].flags & Q_STR_PLAIN ? (q_text){v[i].ptr, v[i].len}
                                            : escaped(w, v[i]);
}

static q_text base64(q_writer *w, q_str s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *u = (const unsigned char *)s.ptr;
    char *text = q_arena_bytes(&w->scratch, (size_t)s.len / 3 * 4 + 4), *out = text;
    for (uint32_t i = 0; i < s.len; i += 3) {
        uint32_t left = s.len - i;
        uint32_t word = (uint32_t)u[i] << 16 | (left > 1 ? (uint32_t)u[i + 1] << 8 : 0) |
                        (left > 2 ? u[i + 2] : 0);
        *out++ = digits[word >> 18];
        *out++ = digits[word >> 12 & 63];
        *out++ = left > 1 ? digits[word >> 6 & 63] : '=';
        *out++ = left > 2 ? digits[word & 63] : '=';
    }
    return (q_text){text, (size_t)(out - text)};
}

/* ---- numbers that JSON has not, patterns with quotes and backslashes ---- */

static q_text between_quotes(q_writer *w, q_text t)
{
    char *text = q_arena_alloc(&w->scratch, Q_NUMBER_TEXT_ROOM);
    text[0] = '"';
    memcpy(text + 1, t.ptr, t.len);
    text[t.len + 1] = '"';
    return (q_text){text, t.len + 2};
}

#define QUOTE_SPECIALS(ctype)                                             \
    for (uint32_t i = 0; i < n; i++)                                      \
        if (__builtin_expect(!isfinite(Q_VALUES(c, ctype)[from + i]), 0)) \
            out[i] = between_quotes(w, out[i]);

static void escape_all(q_writer *w, uint32_t n, q_text *out)
{
    for (uint32_t i = 0; i < n; i++)
        if (out[i].ptr)
            out[i] = escaped(w, (q_str){out[i].ptr, (uint32_t)out[i].len, 0});
}

/* ---- lists ---- */

static char *put_element(const q_writer *w, char *at, q_text t, bool quoted)
{
    if (!t.ptr)
        return q_put_padded(at, w->null.ptr, w->null.len);
    *at = '"';
    at = q_put_bytes(at + quoted, t.ptr, t.len);
    *at = '"';
    return at + quoted;
}

static q_text list_text(q_writer *w, q_write_column *wc, const q_column *child, q_list l)
{
    bool quoted = has_quotes(child->type);
    q_text *texts = q_arena_alloc(&w->scratch, ((size_t)l.len + 1) * sizeof *texts);
    size_t room = 64;
    q_json_texts(w, wc, child, l.start, l.len, texts);
    for (uint32_t i = 0; i < l.len; i++)
        room += texts[i].len + 8;
    char *text = q_arena_bytes(&w->scratch, room), *at = text;
    *at++ = '[';
    for (uint32_t i = 0; i < l.len; i++) {
        at = put_element(w, at, texts[i], quoted);
        *at++ = ',';
    }
    at -= l.len > 0;
    *at++ = ']';
    return (q_text){text, (size_t)(at - text)};
}

/* ---- columns ---- */

void q_json_texts(q_writer *w, q_write_column *wc, const q_column *c, uint32_t from, uint32_t n,
                  q_text *out)
{
    switch ((q_kind)c->type.kind) {
    case Q_STRING:
        string_texts(w, Q_VALUES(c, q_str) + from, n, out);
        break;
    case Q_BINARY:
        for (uint32_t i = 0; i < n; i++)
            out[i] = base64(w, Q_VALUES(c, q_str)[from + i]);
        break;
    case Q_ARRAY:
        for (uint32_t i = 0; i < n; i++)
            if (!q_column_is_null(c, from + i))
                out[i] = list_text(w, wc, c->child, Q_VALUES(c, q_list)[from + i]);
        break;
    case Q_DOUBLE:
        q_value_texts(w, wc, c, from, n, out);
        QUOTE_SPECIALS(double)
        break;
    case Q_FLOAT:
        q_value_texts(w, wc, c, from, n, out);
        QUOTE_SPECIALS(float)
        break;
    default:
        q_value_texts(w, wc, c, from, n, out);
        if (wc->format)
            escape_all(w, n, out);
        break;
    }
    if (c->validity)
        for (uint32_t i = 0; i < n; i++)
            if (!q_bit_get(c->validity, from + i))
                out[i] = (q_text){0};
}
