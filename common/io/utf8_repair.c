/* Repair of malformed UTF-8. */
#include "common/io/utf8_repair.h"

/* Bytes that a lead byte announces, 0 for bytes that lead nothing; and the range of the second. */
static size_t announced(unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    *high = lead == 0xF4 ? 0x8F : 0xBF;
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* A surrogate in three bytes is one malformed piece. */
static bool is_surrogate(const unsigned char *s, size_t n)
{
    return n == 3 && s[0] == 0xED && s[1] >= 0xA0;
}

/* Length of the well-formed sequence at s, 0 when there is none: *bad bytes are then one piece. */
static size_t sequence(const unsigned char *s, size_t n, size_t *bad)
{
    unsigned char low, high;
    size_t want = announced(s[0], &low, &high);
    *bad = 1;
    for (size_t i = 1; i < want; i++, low = 0x80, high = 0xBF) {
        if (i >= n || s[i] < low || s[i] > high) {
            *bad = i;
            return 0;
        }
    }
    if (!is_surrogate(s, want))
        return want;
    *bad = 3;
    return 0;
}

const char *q_utf8_repair(const char *s, size_t n, q_arena *a, size_t *out_n)
{
    *out_n = n;
    if (q_utf8_valid(s, n))
        return s;
    char *out = q_arena_bytes(a, 3 * n), *to = out;
    if (!out)
        return NULL;
    for (size_t i = 0; i < n;) {
        size_t bad, good = sequence((const unsigned char *)s + i, n - i, &bad);
        memcpy(to, good ? s + i : "\xEF\xBF\xBD", good ? good : 3);
        to += good ? good : 3;
        i += good ? good : bad;
    }
    *out_n = (size_t)(to - out);
    return out;
}
