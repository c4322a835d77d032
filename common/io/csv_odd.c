/*
 * Quoted values that are not well formed, read exactly as univocity 2.9 (Spark 3.5) does
 * with its handling STOP_AT_DELIMITER; observed from its answers and written anew as one
 * walk over the bytes with the byte before in `prev` (0: used up, stands for itself).
 *   - a quote followed by an ordinary byte makes the value raw from there to the next
 *     separator, and the opening quote comes back: "x"y is "x"y
 *   - a quote followed by another is one quote, and the second is looked at again
 *   - a quote followed by the escape character is literal; what follows it up to the next
 *     separator is read with escapes, then that separator is lost and the quotes go on
 */
#include "common/io/byte_scan.h"
#include "common/io/csv_value.h"

typedef struct walk {
    q_csv_scan *s;
    const char *p; /* the byte that `ch` is */
    char quote, escape, escape_of_escape;
    char prev, ch;
    bool eof;       /* p is the end; ch is still the byte before it */
    bool raw;       /* the opening quote belongs to the value */
    bool unescaped; /* because of a quote with an ordinary byte behind it */
    bool failed;    /* no memory */
    q_csv_value value;
} walk;

static void put(walk *w, char c)
{
    w->failed |= !q_csv_put(w->s, &w->value, &c, 1);
}

static void next(walk *w)
{
    if (++w->p < w->s->end)
        w->ch = *w->p;
    else
        w->eof = true;
}

static bool at_stop(const walk *w)
{
    return q_csv_is_line_end(*w->p) || q_csv_at_separator(w->s, w->p);
}

/* [w->p, to) goes into the value; ch stays what it was if that is the end. */
static void put_run(walk *w, const char *to)
{
    w->failed |= !q_csv_put_text(w->s, &w->value, w->p, to);
    w->p = to;
    if (to >= w->s->end)
        w->eof = true;
    else
        w->ch = *to;
}

static void rest_is_raw(walk *w)
{
    w->raw = true;
    w->prev = w->ch;
    next(w);
    if (!w->eof)
        put_run(w, q_csv_find_stop(w->s, w->p));
}

/* What a quote or escape character means after `prev`; true: it is an escape character behind a
 * quote, see above. */
static bool take_special(walk *w)
{
    if (w->ch == w->escape && w->prev == w->escape_of_escape && w->escape_of_escape) {
        put(w, w->escape);
        w->ch = 0;
    } else if (w->prev == w->escape) {
        put(w, w->ch == w->quote ? w->quote : w->prev);
        if (w->ch == w->quote)
            w->ch = 0;
    } else if (w->ch == w->quote && w->prev == w->quote) {
        put(w, w->quote);
    } else if (w->prev == w->quote) {
        put(w, w->quote);
        w->prev = w->ch;
        return true;
    }
    return false;
}

/* Behind a literal quote: up to the separator. Each further such quote adds a separator to lose. */
static void read_with_escapes(walk *w)
{
    for (uint64_t levels = 0;;) {
        if (at_stop(w)) {
            if (levels-- == 0)
                return;
        } else if (w->ch == w->quote || w->ch == w->escape) {
            if (take_special(w)) {
                levels++;
                continue;
            }
        } else if (w->prev == w->quote) {
            put(w, w->quote);
            w->prev = w->ch;
            continue;
        } else {
            put(w, w->ch);
        }
        w->prev = w->ch;
        next(w);
        if (w->eof || w->failed)
            return;
    }
}

/* Behind the closing quote and a blank: nothing but blanks, or the value is raw. */
static void read_blanks(walk *w)
{
    const char *from = w->p;
    do {
        next(w);
        if (w->eof || q_csv_is_line_end(w->ch))
            return;
    } while ((unsigned char)w->ch <= ' ' && !q_csv_at_separator(w->s, w->p));
    if (q_csv_at_separator(w->s, w->p))
        return;
    put(w, w->quote);
    w->failed |= !q_csv_put(w->s, &w->value, from, (size_t)(w->p + 1 - from));
    rest_is_raw(w);
}

/* One step inside quotes; true when the value is complete. */
static bool step(walk *w)
{
    if (w->prev == w->quote && ((unsigned char)w->ch <= ' ' || at_stop(w))) {
        if (!at_stop(w))
            read_blanks(w);
        return true;
    }
    if (w->ch == w->quote || w->ch == w->escape) {
        if (take_special(w))
            read_with_escapes(w);
    } else if (w->prev == w->quote) {
        put(w, w->quote);
        put(w, w->ch);
        w->unescaped = true;
        rest_is_raw(w);
        return true;
    } else {
        if (w->prev == w->escape && w->escape)
            put(w, w->escape);
        put_run(w, q_scan_any4(w->p, w->s->end, w->quote, w->escape ? w->escape : w->quote,
                               w->escape_of_escape ? w->escape_of_escape : w->quote, w->quote));
    }
    if (!w->eof) {
        w->prev = w->ch;
        next(w);
    }
    return false;
}

bool q_csv_odd_value(q_csv_scan *s)
{
    const q_read_options *o = s->options;
    walk w = {.s = s,
              .p = s->at,
              .quote = o->quote,
              .escape = o->escape,
              .escape_of_escape = s->escape_of_escape,
              .ch = o->quote};
    q_csv_value raw;
    w.value.span = s->at + 1;
    next(&w);
    bool complete = false;
    while (!w.eof && !w.failed && !complete)
        complete = step(&w);
    if (w.eof && !w.unescaped && w.ch == w.quote && w.prev != w.quote)
        put(&w, w.quote);
    const char *text = w.value.bytes ? w.value.bytes : w.value.span;
    size_t n = w.value.n;
    if (w.raw) {
        raw = (q_csv_value){.span = ""};
        w.failed |= !q_csv_put(s, &raw, &w.quote, 1) || !q_csv_put(s, &raw, text, n);
        text = raw.bytes;
        n = raw.n;
        while (o->ignore_trailing_space && n && (unsigned char)text[n - 1] <= ' ')
            n--;
    }
    s->at = w.p < s->end ? w.p : s->end;
    if (w.failed)
        s->reason = NULL;
    return !w.failed && q_csv_add_token(s, text, n, Q_CSV_QUOTED);
}
