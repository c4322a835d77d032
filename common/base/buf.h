/*
 * A growable byte buffer on the heap, for text and wire bytes. Out of memory
 * sets `failed` (sticky) and further appends do nothing: check once at the end.
 * data is not NUL-terminated unless q_buf_cstr() was the last call.
 * Ownership: the buffer owns data; q_buf_take hands it to the caller (free()).
 * Thread rule: one thread at a time.
 */
#ifndef Q_BASE_BUF_H
#define Q_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct q_buf {
    char *data;
    size_t len, cap; /* bytes */
    bool failed;
} q_buf;

void q_buf_init(q_buf *b);
void q_buf_fini(q_buf *b); /* frees; usable again */
static inline void q_buf_clear(q_buf *b)
{
    b->len = 0;
    b->failed = false;
}
bool q_buf_grow(q_buf *b, size_t more); /* room for `more` bytes + 64 of slack behind len */
static inline bool q_buf_reserve(q_buf *b, size_t more)
{
    return (b->cap >= b->len + more + 64 && !b->failed) || q_buf_grow(b, more);
}
static inline void q_buf_append(q_buf *b, const void *src, size_t n)
{
    if (n && q_buf_reserve(b, n)) {
        memcpy(b->data + b->len, src, n);
        b->len += n;
    }
}
static inline void q_buf_putc(q_buf *b, char c)
{
    if (q_buf_reserve(b, 1))
        b->data[b->len++] = c;
}
void q_buf_puts(q_buf *b, const char *s);
void q_buf_printf(q_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void q_buf_vprintf(q_buf *b, const char *fmt, va_list ap);
const char *q_buf_cstr(q_buf *b);        /* NUL-terminates; "" when failed */
char *q_buf_take(q_buf *b, size_t *len); /* NUL-terminated, caller frees; NULL when failed */

#endif
