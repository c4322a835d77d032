/*
 * Rows to JSON. Each field is written as `,"name":value`, the row's first comma then
 * becomes the opening brace. The buffer's room is checked once a row.
 */
#include <math.h>

#include "common/io/json_text.h"
#include "common/io/utf8_repair.h"
#include "common/io/writer_base.h"

void q_json_writer_init(q_writer *w)
{
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
        wc->room += wc->key_bytes + 32;
    }
}

/* ---- values ---- */

/* Room of a string's text with its quotes, at most. */
static inline size_t string_room(q_str s)
{
    return s.flags & Q_STR_PLAIN ? s.len + 32 : Q_JSON_ESCAPE_ROOM(s.len);
}

static char *put_escaped(q_writer *w, char *out, q_str s)
{
    uint32_t high = 0;
    char *end = q_json_escape(out, s.ptr, s.len, &high);
    if (!high || q_utf8_valid(s.ptr, s.len))
        return end;
    size_t n; /* never longer than what was reserved: three bytes for each malformed one */
    const char *repaired = q_utf8_repair(s.ptr, s.len, &w->scratch, &n);
    end = q_json_escape(out, repaired, n, &high);
    q_arena_reset(&w->scratch);
    return end;
}

static inline char *put_string(q_writer *w, char *out, q_str s)
{
    *out++ = '"';
    out = s.flags & Q_STR_PLAIN ? q_put_bytes(out, s.ptr, s.len) : put_escaped(w, out, s);
    *out++ = '"';
    return out;
}

static char *put_base64(char *out, q_str s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *u = (const unsigned char *)s.ptr;
    *out++ = '"';
    for (uint32_t i = 0; i < s.len; i += 3) {
        uint32_t left = s.len - i;
        uint32_t word = (uint32_t)u[i] << 16 | (left > 1 ? (uint32_t)u[i + 1] << 8 : 0) |
                        (left > 2 ? u[i + 2] : 0);
        *out++ = digits[word >> 18];
        *out++ = digits[word >> 12 & 63];
        *out++ = left > 1 ? digits[word >> 6 & 63] : '=';
        *out++ = left > 2 ? digits[word & 63] : '=';
    }
    *out++ = '"';
    return out;
}

static inline char *put_double(q_write_column *wc, const q_column *c, uint32_t row, double v,
                               char *out)
{
    if (__builtin_expect(isfinite(v), 1))
        return q_value_text(wc, c, row, out);
    *out++ = '"';
    out = q_text_from_double(out, v);
    *out++ = '"';
    return out;
}

/* Patterns may hold quotes and backslashes. */
static char *put_time(q_writer *w, q_write_column *wc, const q_column *c, uint32_t row, char *out)
{
    if (!wc->format) {
        *out++ = '"';
        out = q_value_text(wc, c, row, out);
        *out++ = '"';
        return out;
    }
    char *text = q_arena_bytes(&w->scratch, wc->room);
    size_t n = (size_t)(q_value_text(wc, c, row, text) - text);
    out = put_string(w, out, (q_str){text, (uint32_t)n, 0});
    q_arena_reset(&w->scratch);
    return out;
}

static char *put_list(q_writer *w, q_write_column *wc, const q_column *c, uint32_t row, char *out);

static inline char *put_value(q_writer *w, q_write_column *wc, const q_column *c, uint32_t row,
                              char *out)
{
    switch ((q_kind)c->type.kind) {
    case Q_STRING:
        return put_string(w, out, Q_VALUES(c, q_str)[row]);
    case Q_DOUBLE:
        return put_double(wc, c, row, Q_VALUES(c, double)[row], out);
    case Q_FLOAT:
        return put_double(wc, c, row, Q_VALUES(c, float)[row], out);
    case Q_DATE:
    case Q_TIMESTAMP:
    case Q_TIMESTAMP_NTZ:
        return put_time(w, wc, c, row, out);
    case Q_BINARY:
        return put_base64(out, Q_VALUES(c, q_str)[row]);
    case Q_ARRAY:
        return put_list(w, wc, c, row, out);
    default:
        return q_value_text(wc, c, row, out);
    }
}

static char *put_list(q_writer *w, q_write_column *wc, const q_column *c, uint32_t row, char *out)
{
    q_list l = Q_VALUES(c, q_list)[row];
    *out++ = '[';
    for (uint32_t i = l.start; i < l.start + l.len; i++) {
        if (q_column_is_null(c->child, i))
            out = q_put_bytes(out, "null", 4);
        else
            out = put_value(w, wc, c->child, i, out);
        *out++ = ',';
    }
    out -= l.len > 0;
    *out++ = ']';
    return out;
}

/* ---- rows ---- */

static size_t value_room(const q_write_column *wc, const q_column *c, uint32_t row)
{
    if (q_column_is_null(c, row))
        return 0;
    if (q_type_is_stringlike(c->type))
        return string_room(Q_VALUES(c, q_str)[row]);
    if (c->type.kind != Q_ARRAY)
        return 0;
    q_list l = Q_VALUES(c, q_list)[row];
    size_t room = 0;
    for (uint32_t i = l.start; i < l.start + l.len; i++)
        room += wc->room + value_room(wc, c->child, i);
    return room;
}

static inline char *put_row(q_writer *w, const q_batch *b, uint32_t row, char *out)
{
    char *start = out;
    bool skip_nulls = w->options->ignore_null_fields;
    for (uint32_t i = 0; i < b->n_columns; i++) {
        const q_column *c = &b->columns[i];
        q_write_column *wc = &w->columns[i];
        if (__builtin_expect(q_column_is_null(c, row), 0)) {
            if (!skip_nulls) {
                out = q_put_padded(out, wc->key, wc->key_bytes);
                out = q_put_bytes(out, "null", 4);
            }
            continue;
        }
        out = q_put_padded(out, wc->key, wc->key_bytes);
        out = put_value(w, wc, c, row, out);
    }
    *start = '{';
    out += out == start;
    *out++ = '}';
    return out;
}

q_code q_json_append(q_writer *w, const q_batch *b, q_buf *out, q_err *err)
{
    for (uint32_t row = 0; row < b->n_rows; row++) {
        size_t room = w->row_room;
        for (uint32_t i = 0; i < b->n_columns; i++) {
            q_kind kind = (q_kind)b->columns[i].type.kind;
            if (kind == Q_STRING || kind == Q_BINARY || kind == Q_ARRAY)
                room += value_room(&w->columns[i], &b->columns[i], row);
        }
        if (!q_buf_reserve(out, room))
            return q_budget_error(NULL, room, err);
        char *at = out->data + out->len;
        if (w->style == Q_WRITE_ARRAY)
            at = w->n_rows ? q_put_bytes(at, ",\n", 2) : q_put_bytes(at, "\n", 1);
        at = put_row(w, b, row, at);
        if (w->style == Q_WRITE_RECORDS)
            at = q_put_bytes(at, w->line_sep, w->line_sep_bytes);
        out->len = (size_t)(at - out->data);
        w->n_rows++;
    }
    return Q_OK;
}
