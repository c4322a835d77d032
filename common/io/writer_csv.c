/*
 * Rows to CSV, as Spark's writer (univocity) has them: values are trimmed, put between
 * quotes when they hold the separator, a quote or a line end (or the first of a row
 * begins with `#`), and inside quotes both the quote and the escape character are
 * escaped. A row of one empty value leaves no line at all.
 */
#include "common/io/utf8_repair.h"
#include "common/io/writer_base.h"

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

/* t as it stands in a row: itself, or a copy between quotes. */
static q_text field(q_writer *w, q_text t, bool first)
{
    const q_write_options *o = w->options;
    bool quotes = needs_quotes(w, t.ptr, t.len, first);
    trim(o, &t.ptr, &t.len);
    if (!t.len && !o->quote_all)
        return (q_text){o->empty_value, strlen(o->empty_value)};
    if (!quotes)
        return t;
    char *text = q_arena_bytes(&w->scratch, 2 * t.len + 2), *at = text;
    *at++ = o->quote;
    for (size_t i = 0; i < t.len; i++) {
        if (t.ptr[i] == o->quote || t.ptr[i] == o->escape)
            *at++ = o->escape;
        *at++ = t.ptr[i];
    }
    *at++ = o->quote;
    return (q_text){text, (size_t)(at - text)};
}

static q_text string_text(q_writer *w, q_str s, bool first)
{
    q_text t = {s.len ? s.ptr : "", s.len}; /* an empty string may have no address */
    if (s.len && !(s.flags & Q_STR_PLAIN))
        t.ptr = q_utf8_repair(s.ptr, s.len, &w->scratch, &t.len);
    return field(w, t, first);
}

void q_csv_texts(q_writer *w, q_write_column *wc, const q_column *c, uint32_t from, uint32_t n,
                 q_text *out)
{
    bool first = wc == w->columns;
    if (c->type.kind == Q_STRING) {
        for (uint32_t i = 0; i < n; i++)
            out[i] = string_text(w, Q_VALUES(c, q_str)[from + i], first);
    } else {
        q_value_texts(w, wc, c, from, n, out);
        if (!wc->padded) /* the separator, say, may be a point */
            for (uint32_t i = 0; i < n; i++)
                if (out[i].ptr)
                    out[i] = field(w, out[i], first);
    }
    if (!c->validity)
        return;
    for (uint32_t i = 0; i < n; i++)
        if (!q_bit_get(c->validity, from + i))
            out[i] = w->null;
}

void q_csv_writer_init(q_writer *w)
{
    const q_write_options *o = w->options;
    w->triggers['\n'] = w->triggers['\r'] = true;
    w->triggers[(unsigned char)o->separator[0]] = true;
    if (o->escape_quotes)
        w->triggers[(unsigned char)o->quote] = true;
    for (const char *c = "0123456789+-.:EINTZaefilnrstuy"; *c; c++)
        w->check_all |= w->triggers[(unsigned char)*c];
    q_text null = {o->null_value, strlen(o->null_value)};
    if (o->quote_all)
        null = field(w, null, false);
    w->null =
        (q_text){memcpy(q_arena_alloc(&w->arena, null.len + 32), null.ptr, null.len), null.len};
    for (uint32_t i = 0; i < w->n_columns; i++) {
        q_write_column *wc = &w->columns[i];
        size_t n = i ? strlen(o->separator) : 0;
        wc->key = q_arena_copy(&w->arena, o->separator, n);
        wc->key_bytes = (uint32_t)n;
        wc->room += (uint32_t)(w->null.len + strlen(o->empty_value));
        wc->padded = wc->type.kind != Q_STRING && !w->check_all && !o->quote_all && !wc->format;
    }
}

q_code q_csv_header(q_writer *w, q_buf *out, q_err *err)
{
    for (uint32_t i = 0; i < w->n_columns; i++) {
        if (i)
            q_buf_puts(out, w->options->separator);
        q_text t = string_text(w, q_str_of(w->schema->fields[i].name), i == 0);
        q_buf_append(out, t.ptr, t.len);
        q_arena_reset(&w->scratch);
    }
    q_buf_puts(out, w->line_sep);
    return out->failed ? q_budget_error(NULL, out->len, err) : Q_OK;
}
