/* The CSV scanner. */
#include "common/io/csv_scan.h"

#include <stdlib.h>

#include "common/io/byte_scan.h"
#include "common/io/csv_value.h"

void q_csv_scan_init(q_csv_scan *s, const q_read_options *o, q_arena *arena)
{
    *s = (q_csv_scan){.options = o,
                      .separator_bytes = strlen(o->separator),
                      .multi_line = o->multi_line,
                      .arena = arena};
    s->escape_of_escape = o->escape_of_escape     ? o->escape_of_escape
                          : o->escape == o->quote ? 0
                                                  : o->escape;
}

void q_csv_scan_fini(q_csv_scan *s)
{
    free(s->tokens);
    s->tokens = NULL;
}

static bool fail(q_csv_scan *s, const char *reason)
{
    s->reason = reason;
    return false;
}

bool q_csv_add_token(q_csv_scan *s, const char *ptr, size_t n, q_csv_kind kind)
{
    int64_t most = s->options->max_columns, longest = s->options->max_chars_per_column;
    if (most >= 0 && s->n_tokens >= most)
        return fail(s, "more columns than maxColumns allows");
    if (longest >= 0 && n > (uint64_t)longest)
        return fail(s, "a value is longer than maxCharsPerColumn allows");
    if (s->n_tokens == s->cap) {
        uint32_t cap = s->cap ? 2 * s->cap : 32;
        q_csv_token *more = realloc(s->tokens, cap * sizeof *more);
        if (!more)
            return fail(s, NULL);
        s->tokens = more;
        s->cap = cap;
    }
    s->tokens[s->n_tokens++] = (q_csv_token){ptr, n, (uint8_t)kind};
    return true;
}

const char *q_csv_find_stop(const q_csv_scan *s, const char *p)
{
    char sep = s->options->separator[0];
    for (;; p++) {
        p = q_scan_any4(p, s->end, sep, '\n', '\r', sep);
        if (p >= s->end || q_csv_is_line_end(*p) || q_csv_at_separator(s, p))
            return p;
    }
}

static void trim_end(const q_csv_scan *s, const char *from, const char **to)
{
    while (s->options->ignore_trailing_space && *to > from && (unsigned char)(*to)[-1] <= ' ')
        --*to;
}

static bool bare_value(q_csv_scan *s)
{
    const char *from = s->at;
    const char *to = s->at = q_csv_find_stop(s, from);
    trim_end(s, from, &to);
    return q_csv_add_token(s, from, (size_t)(to - from), to == from ? Q_CSV_EMPTY : Q_CSV_BARE);
}

/* ---- quoted values ---- */

static bool reserve(q_csv_scan *s, q_csv_value *v, size_t more)
{
    if (v->bytes && v->n + more <= v->cap)
        return true;
    size_t cap = 2 * (v->n + more) + 32;
    char *bytes = q_arena_bytes(s->arena, cap);
    if (!bytes)
        return fail(s, NULL);
    memcpy(bytes, v->bytes ? v->bytes : v->span, v->n);
    v->bytes = bytes;
    v->cap = cap;
    return true;
}

bool q_csv_put(q_csv_scan *s, q_csv_value *v, const char *p, size_t n)
{
    if (!v->bytes && p == v->span + v->n) {
        v->n += n;
        return true;
    }
    if (!reserve(s, v, n))
        return false;
    memcpy(v->bytes + v->n, p, n);
    v->n += n;
    return true;
}

bool q_csv_put_text(q_csv_scan *s, q_csv_value *v, const char *p, const char *end)
{
    while (s->multi_line && p < end) {
        const char *cr = memmem(p, (size_t)(end - p), "\r\n", 2);
        if (!cr)
            break;
        if (!q_csv_put(s, v, p, (size_t)(cr - p)) || !q_csv_put(s, v, "\n", 1))
            return false;
        p = cr + 2;
    }
    return q_csv_put(s, v, p, (size_t)(end - p));
}

/* Behind a quote that may close the value: blanks and then a separator, a line end or the end. */
static const char *closing(const q_csv_scan *s, const char *p)
{
    while (p < s->end && (unsigned char)*p <= ' ' && !q_csv_is_line_end(*p) &&
           !q_csv_at_separator(s, p))
        p++;
    return p >= s->end || q_csv_is_line_end(*p) || q_csv_at_separator(s, p) ? p : NULL;
}

/* The escape character at p: what it makes of the byte behind it goes into v. Returns the byte to
 * go on at, NULL when it is not that simple (or without memory). */
static const char *escaped(q_csv_scan *s, q_csv_value *v, const char *p)
{
    const q_read_options *o = s->options;
    char e = s->escape_of_escape;
    if (*p != o->escape || p + 1 >= s->end)
        return NULL;
    if (p[1] == o->quote || (p[1] == o->escape && e == o->escape))
        return q_csv_put(s, v, p + 1, 1) ? p + 2 : NULL;
    bool ordinary = o->escape != o->quote && p[1] != o->escape && p[1] != e;
    return ordinary && q_csv_put(s, v, p, 1) ? p + 1 : NULL;
}

/* s->at is at the opening quote. Whatever is not plainly well formed is read by q_csv_odd_value. */
static bool quoted_value(q_csv_scan *s)
{
    const q_read_options *o = s->options;
    const char *p = s->at + 1;
    char escape = o->escape ? o->escape : o->quote;
    q_csv_value v = {.span = p};
    if (p >= s->end)
        return q_csv_odd_value(s);
    for (;;) {
        const char *stop = q_scan_any4(p, s->end, o->quote, escape, escape, escape);
        if (!q_csv_put_text(s, &v, p, stop))
            return false;
        const char *end = stop >= s->end ? s->end : *stop == o->quote ? closing(s, stop + 1) : NULL;
        /* another character for escaping the escape is lost unless the end follows at once */
        bool kept = !s->escape_of_escape || s->escape_of_escape == o->escape || end == stop + 1;
        if (end && kept) {
            s->at = end;
            return q_csv_add_token(s, v.bytes ? v.bytes : v.span, v.n, Q_CSV_QUOTED);
        }
        p = escaped(s, &v, stop);
        if (!p)
            return q_csv_odd_value(s);
    }
}

bool q_csv_scan_record(q_csv_scan *s)
{
    const q_read_options *o = s->options;
    s->n_tokens = 0;
    s->reason = NULL;
    for (;;) {
        while (o->ignore_leading_space && s->at < s->end && (unsigned char)*s->at <= ' ' &&
               !q_csv_is_line_end(*s->at) && !q_csv_at_separator(s, s->at))
            s->at++;
        bool quoted = o->quote && s->at < s->end && *s->at == o->quote;
        if (!(quoted ? quoted_value(s) : bare_value(s)))
            return false;
        if (s->at >= s->end)
            return true;
        if (q_csv_is_line_end(*s->at)) {
            s->at += *s->at == '\r' && s->end - s->at > 1 && s->at[1] == '\n' ? 2 : 1;
            return true;
        }
        s->at += s->separator_bytes;
    }
}
