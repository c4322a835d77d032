/* Growable byte buffers. */
#include "common/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Fresh 4 KiB pages cost four times as much as huge ones; worth asking from here on. */
#define HUGE_FROM ((size_t)4 << 20)
#define PAGE      ((uintptr_t)4096)

void q_buf_init(q_buf *b)
{
    memset(b, 0, sizeof *b);
}

void q_buf_fini(q_buf *b)
{
    free(b->data);
    q_buf_init(b);
}

static void ask_huge_pages(char *p, size_t n)
{
    uintptr_t from = ((uintptr_t)p + PAGE - 1) & ~(PAGE - 1);
    uintptr_t to = ((uintptr_t)p + n) & ~(PAGE - 1);
    madvise((void *)from, to - from, MADV_HUGEPAGE); /* a hint: failing is fine */
}

bool q_buf_grow(q_buf *b, size_t more)
{
    if (b->failed || more > SIZE_MAX / 4 || b->len > SIZE_MAX / 4) {
        b->failed = true;
        return false;
    }
    size_t need = b->len + more + 64;
    size_t cap = b->cap ? b->cap : 256;
    while (cap < need)
        cap *= 2;
    char *p = realloc(b->data, cap);
    if (!p) {
        b->failed = true;
        return false;
    }
    if (cap >= HUGE_FROM)
        ask_huge_pages(p, cap);
    b->data = p;
    b->cap = cap;
    return true;
}

void q_buf_puts(q_buf *b, const char *s)
{
    q_buf_append(b, s, strlen(s));
}

void q_buf_vprintf(q_buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    if (n > 0 && q_buf_reserve(b, (size_t)n + 1)) {
        vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void q_buf_printf(q_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    q_buf_vprintf(b, fmt, ap);
    va_end(ap);
}

const char *q_buf_cstr(q_buf *b)
{
    if (!q_buf_reserve(b, 1))
        return "";
    b->data[b->len] = 0;
    return b->data;
}

char *q_buf_take(q_buf *b, size_t *len)
{
    if (!q_buf_reserve(b, 1))
        return NULL;
    char *p = b->data;
    p[b->len] = 0;
    if (len)
        *len = b->len;
    q_buf_init(b);
    return p;
}
