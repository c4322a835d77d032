/*
 * Rows to CSV, as Spark's writer (univocity) has them: values are trimmed, put between
 * quotes when they hold the separator, a quote or a line end (or the first of a row
 * begins with `#`), and inside quotes both the quote and the escape character are
 * escaped. A row of one empty value leaves no line at all.
 */
#include "common/io/utf8_repair.h"
#include "common/io/writer_base.h"

void q_csv_writer_init(q_writer *w)
{
    const q_write_options *o = w->options;
    w->triggers['\n'] = w->triggers['\r'] = true;
    w->triggers[(unsigned char)o->separator[0]] = true;
    if (o->escape_quotes)
        w->triggers[(unsigned char)o->quote] = true;
    for (const char *c = "0123456789+-.:EINTZaefilnrstuy"; *c; c++)
        w->check_all |= w->triggers[(unsigned char)*c];
    for (uint32_t i = 0; i < w->n_columns; i++)
        w->columns[i].room +=
            32 + (uint32_t)(strlen(o->separator) + strlen(o->null_value) + strlen(o->empty_value));
}

/* ---- text ---- */

static bool needs_quotes(const q_writer *w, const char *s, size_t n, bool first)
{
    const q_write_options *o = w->options;
    if (o->quote_all || (n && s[0] == o->quote) || (first && n && s[0] == '#'))
        return true;
    size_t sep = strlen(o->separator);
    for (size_t i = 0; i < n; i++) {
        if (!w->triggers[(unsigned char)s[i]])
            continue;
        if (s[i] != o->separator[0] || sep == 1 ||
            (n - i >= sep && memcmp(s + i, o->separator, sep) == 0))
            return true;
    }
    return false;
}

static void trim(const q_write_options *o, const char **s, size_t *n)
{
    while (o->ignore_leading_space && *n && (unsigned char)**s <= ' ')
        ++*s, --*n;
    while (o->ignore_trailing_space && *n && (unsigned char)(*s)[*n - 1] <= ' ')
        --*n;
}

/* Room: 2 n + 2, or the empty value's. */
static char *put_text(const q_writer *w, char *out, const char *s, size_t n, bool first)
{
    const q_write_options *o = w->options;
    bool quotes = needs_quotes(w, s, n, first);
    trim(o, &s, &n);
    if (!n && !o->quote_all)
        return q_put_bytes(out, o->empty_value, strlen(o->empty_value));
    if (!quotes)
        return q_put_bytes(out, s, n);
    *out++ = o->quote;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == o->quote || s[i] == o->escape)
            *out++ = o->escape;
        *out++ = s[i];
    }
    *out++ = o->quote;
    return out;
}

static char *put_string(q_writer *w, char *out, q_str s, bool first)
{
    size_t n = s.len;
    const char *text = s.ptr;
    if (!(s.flags & Q_STR_PLAIN))
        text = q_utf8_repair(text, n, &w->scratch, &n);
    out = put_text(w, out, text, n, first);
    if (text != s.ptr)
        q_arena_reset(&w->scratch);
    return out;
}

static char *put_null(const q_writer *w, char *out)
{
    const q_write_options *o = w->options;
    if (!o->quote_all)
        return q_put_bytes(out, o->null_value, strlen(o->null_value));
    return put_text(w, out, o->null_value, strlen(o->null_value), false);
}

static char *put_number(q_writer *w, q_write_column *wc, const q_column *c, uint32_t row, char *out,
                        bool first)
{
    if (!w->check_all && !w->options->quote_all && !wc->format)
        return q_value_text(wc, c, row, out);
    char *text = q_arena_bytes(&w->scratch, wc->room);
    size_t n = (size_t)(q_value_text(wc, c, row, text) - text);
    out = put_text(w, out, text, n, first);
    q_arena_reset(&w->scratch);
    return out;
}

/* ---- rows ---- */

static char *put_row(q_writer *w, const q_batch *b, uint32_t row, char *out)
{
    const char *sep = w->options->separator;
    size_t sep_bytes = strlen(sep);
    char *start = out;
    for (uint32_t i = 0; i < b->n_columns; i++) {
        const q_column *c = &b->columns[i];
        if (i)
            out = q_put_bytes(out, sep, sep_bytes);
        if (q_column_is_null(c, row))
            out = put_null(w, out);
        else if (c->type.kind == Q_STRING)
            out = put_string(w, out, Q_VALUES(c, q_str)[row], i == 0);
        else
            out = put_number(w, &w->columns[i], c, row, out, i == 0);
    }
    return out == start ? out : q_put_bytes(out, w->line_sep, w->line_sep_bytes);
}

q_code q_csv_append(q_writer *w, const q_batch *b, q_buf *out, q_err *err)
{
    for (uint32_t row = 0; row < b->n_rows; row++) {
        size_t room = w->row_room;
        for (uint32_t i = 0; i < b->n_columns; i++) {
            const q_column *c = &b->columns[i];
            if (c->type.kind == Q_STRING && !q_column_is_null(c, row))
                room += 6 * (size_t)Q_VALUES(c, q_str)[row].len + 64;
        }
        if (!q_buf_reserve(out, room))
            return q_budget_error(NULL, room, err);
        out->len = (size_t)(put_row(w, b, row, out->data + out->len) - out->data);
    }
    w->n_rows += b->n_rows;
    return Q_OK;
}

q_code q_csv_header(q_writer *w, q_buf *out, q_err *err)
{
    for (uint32_t i = 0; i < w->n_columns; i++) {
        q_str name = q_str_of(w->schema->fields[i].name);
        if (i)
            q_buf_puts(out, w->options->separator);
        size_t room = 6 * (size_t)name.len + 64 + w->row_room;
        if (!q_buf_reserve(out, room))
            return q_budget_error(NULL, room, err);
        out->len = (size_t)(put_string(w, out->data + out->len, name, i == 0) - out->data);
    }
    q_buf_puts(out, w->line_sep);
    return out->failed ? q_budget_error(NULL, out->len, err) : Q_OK;
}
