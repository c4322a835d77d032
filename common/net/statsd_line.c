/* Lines of DogStatsD. */
#include "common/net/statsd_line.h"

#include <math.h>

#define MAX_VALUE_BYTES 200u

/* Bytes of s that are kept: whole UTF-8 characters only. */
static size_t cut(const char *s)
{
    size_t n = strlen(s);
    if (n <= MAX_VALUE_BYTES)
        return n;
    for (n = MAX_VALUE_BYTES; n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80; n--) {
    }
    return n;
}

void q_statsd_put_tag(q_buf *b, size_t from, const q_statsd_tag *tag)
{
    if (!tag->value || !*tag->value)
        return;
    if (b->len > from)
        q_buf_putc(b, ',');
    q_buf_puts(b, tag->key);
    q_buf_putc(b, ':');
    size_t n = cut(tag->value);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)tag->value[i];
        q_buf_putc(b, c < 0x20 || c == 0x7F || c == ',' || c == '|' ? '_' : (char)c);
    }
}

/* To the microsecond, never with an exponent: not every agent reads one. */
static void put_value(q_buf *b, double value)
{
    q_buf_printf(b, "%.6f", value);
    while (!b->failed && b->data[b->len - 1] == '0')
        b->len--;
    if (!b->failed && b->data[b->len - 1] == '.')
        b->len--;
}

void q_statsd_put_line(q_buf *b, q_statsd_type type, const char *name, double value,
                       const q_statsd_tag *tags, size_t n_tags, const char *constant)
{
    static const char *const types[] = {"g", "c", "d"};
    if (!isfinite(value))
        return;
    q_buf_printf(b, "%s:", name);
    put_value(b, value);
    q_buf_printf(b, "|%s", types[type]);
    size_t mark = b->len;
    q_buf_puts(b, "|#");
    size_t from = b->len;
    for (size_t i = 0; i < n_tags; i++)
        q_statsd_put_tag(b, from, &tags[i]);
    if (constant && *constant) {
        if (b->len > from)
            q_buf_putc(b, ',');
        q_buf_puts(b, constant);
    }
    if (b->len == from)
        b->len = mark; /* no tags, no section of tags */
}
