/* Lines. */
#include "common/io/lines.h"

uint64_t q_line_start(const q_split *s, uint64_t offset)
{
    if (offset == 0 || offset >= s->data_bytes)
        return offset ? s->data_bytes : 0;
    const char *newline = memchr(s->data + offset - 1, '\n', s->data_bytes - offset + 1);
    return newline ? (uint64_t)(newline + 1 - s->data) : s->data_bytes;
}

void q_line_range(const q_split *s, uint64_t *first, uint64_t *next)
{
    *first = s->landed ? s->begin : q_line_start(s, s->begin);
    *next = q_line_start(s, s->end);
    if (*next < *first || s->begin == s->end) /* no line starts in it */
        *next = *first;
}

const char *q_take_line(const char **at, const char *end, size_t *n)
{
    const char *line = *at;
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop)
        stop = end;
    const char *cr = memchr(line, '\r', (size_t)(stop - line));
    if (cr)
        stop = cr;
    *n = (size_t)(stop - line);
    *at = stop + (stop < end);
    if (cr && *at < end && **at == '\n')
        ++*at;
    return line;
}

bool q_is_blank(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] > ' ')
            return false;
    return true;
}

const char *q_skip_bom(const char *data, uint64_t bytes)
{
    return data + (bytes >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0);
}
