/* A CSV value while it is scanned: a span of the input as long as that is possible, else a copy. */
#ifndef Q_IO_CSV_VALUE_H
#define Q_IO_CSV_VALUE_H

#include "common/io/csv_scan.h"

typedef struct q_csv_value {
    const char *span;
    char *bytes; /* NULL: span[0..n) is the value */
    size_t n, cap;
} q_csv_value;

/* False without memory (s->reason is NULL then). */
bool q_csv_put(q_csv_scan *s, q_csv_value *v, const char *p, size_t n);
/* The same with \r\n made \n if values may have line ends. */
bool q_csv_put_text(q_csv_scan *s, q_csv_value *v, const char *p, const char *end);
bool q_csv_add_token(q_csv_scan *s, const char *ptr, size_t n, q_csv_kind kind);
/* The separator or line end at or after p. */
const char *q_csv_find_stop(const q_csv_scan *s, const char *p);
/* s->at is at the opening quote of a value in which a quote is neither escaped nor the end. */
bool q_csv_odd_value(q_csv_scan *s);

static inline bool q_csv_at_separator(const q_csv_scan *s, const char *p)
{
    return *p == s->options->separator[0] &&
           (s->separator_bytes == 1 || ((size_t)(s->end - p) >= s->separator_bytes &&
                                        memcmp(p, s->options->separator, s->separator_bytes) == 0));
}
static inline bool q_csv_is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

#endif
