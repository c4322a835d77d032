/* UTF-8: validity, characters, letter case. */
#include "common/column/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <unistr.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)

static uint64_t load8(const char *s)
{
    uint64_t w;
    memcpy(&w, s, 8);
    return w;
}

bool q_utf8_ascii(const char *s, size_t n)
{
    size_t i = 0;
    uint64_t high = 0;
    for (; i + 8 <= n; i += 8)
        high |= load8(s + i);
    for (; i < n; i++)
        high |= (uint64_t)(s[i] & 0x80);
    return !(high & HIGH_BITS);
}

/* Bytes of the well-formed character at s, 0 when there is none (Unicode standard, table 3-7). */
static size_t well_formed(const unsigned char *s, size_t n)
{
    unsigned char c = s[0];
    if (c < 0x80)
        return 1;
    if (c < 0xC2 || c > 0xF4)
        return 0;
    size_t len = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (n < len)
        return 0;
    unsigned char low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    unsigned char high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    if (s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    }
    return len;
}

bool q_utf8_valid(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n) {
        if (i + 8 <= n && !(load8(s + i) & HIGH_BITS)) {
            i += 8;
            continue;
        }
        size_t len = well_formed((const unsigned char *)s + i, n - i);
        if (!len)
            return false;
        i += len;
    }
    return true;
}

size_t q_utf8_count(const char *s, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += !q_utf8_is_continuation(s[i]);
    return count;
}

size_t q_utf8_offset(const char *s, size_t n, size_t character)
{
    if (character >= n) /* a character has a byte at least */
        return n;
    size_t i = 0;
    while (character >= 8 && i + 8 <= n && !(load8(s + i) & HIGH_BITS)) {
        i += 8;
        character -= 8;
    }
    /* now at the start of a character, or in front of continuation bytes to be skipped */
    for (; i < n; i++) {
        if (!q_utf8_is_continuation(s[i]) && character-- == 0)
            return i;
    }
    return n;
}

size_t q_utf8_offset_back(const char *s, size_t n, size_t back)
{
    if (back >= n)
        return back ? 0 : n;
    size_t i = n;
    while (back > 0 && i > 0)
        back -= !q_utf8_is_continuation(s[--i]);
    return i;
}

size_t q_utf8_char_bytes(const char *s, size_t n)
{
    size_t i = 1;
    while (i < n && q_utf8_is_continuation(s[i]))
        i++;
    return i;
}

uint32_t q_utf8_decode(const char *s, size_t n, size_t *bytes)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t len = well_formed(u, n);
    if (!len) {
        *bytes = q_utf8_char_bytes(s, n);
        return 0xFFFD;
    }
    *bytes = len;
    if (len == 1)
        return u[0];
    uint32_t c = u[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++)
        c = c << 6 | (u[i] & 0x3F);
    return c;
}

int q_utf8_digit(uint32_t c)
{
    if (c < 0x80)
        return c >= '0' && c <= '9' ? (int)c - '0' : -1;
    return c < 0x10000 ? uc_decimal_value(c) : -1;
}

size_t q_utf8_encode(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(c | (0xF00u >> len));
    return len;
}

/* ---- letter case ---- */

static char ascii_upper(char c)
{
    return (char)(c - (((unsigned char)(c - 'a') < 26) << 5));
}

static char ascii_lower(char c)
{
    return (char)(c + (((unsigned char)(c - 'A') < 26) << 5));
}

static bool ascii_map(q_str s, q_arena *a, bool upper, q_str *out)
{
    char *p = q_arena_bytes(a, s.len);
    if (!p)
        return false;
    if (upper) {
        for (uint32_t i = 0; i < s.len; i++)
            p[i] = ascii_upper(s.ptr[i]);
    } else {
        for (uint32_t i = 0; i < s.len; i++)
            p[i] = ascii_lower(s.ptr[i]);
    }
    *out = (q_str){p, s.len, s.flags};
    return true;
}

typedef uint8_t *case_function(const uint8_t *, size_t, const char *, uninorm_t, uint8_t *,
                               size_t *);

static bool map_case(q_str s, q_arena *a, bool upper, q_str *out)
{
    if (q_utf8_ascii(s.ptr, s.len) || !q_utf8_valid(s.ptr, s.len))
        return ascii_map(s, a, upper, out);
    case_function *f = upper ? u8_toupper : u8_tolower;
    size_t room = (size_t)s.len + s.len / 2 + 16, len = room;
    char *p = q_arena_bytes(a, room);
    if (!p)
        return false;
    uint8_t *result = f((const uint8_t *)s.ptr, s.len, NULL, NULL, (uint8_t *)p, &len);
    if (!result)
        return false;
    if ((char *)result != p) { /* did not fit */
        p = len <= UINT32_MAX ? q_arena_copy(a, result, len) : NULL;
        free(result);
        if (!p)
            return false;
    }
    *out = (q_str){p, (uint32_t)len, s.flags};
    return true;
}

bool q_utf8_upper(q_str s, q_arena *a, q_str *out)
{
    return map_case(s, a, true, out);
}

bool q_utf8_lower(q_str s, q_arena *a, q_str *out)
{
    return map_case(s, a, false, out);
}

/* Titles in the basic plane only: Java goes by UTF-16 units. */
static size_t put_title(const char *s, size_t bytes, uint32_t c, char *out)
{
    if (c == 0xFFFD || c > 0xFFFF) {
        memcpy(out, s, bytes);
        return bytes;
    }
    return q_utf8_encode(uc_totitle(c), out);
}

bool q_utf8_initcap(q_str s, q_arena *a, q_str *out)
{
    q_str low;
    if (!q_utf8_lower(s, a, &low))
        return false;
    /* a title-case letter may take a byte more than the lower-case one */
    char *p = q_arena_bytes(a, (size_t)low.len * 3 / 2 + 4), *start = p;
    if (!p)
        return false;
    bool title = true;
    for (size_t i = 0, bytes; i < low.len; i += bytes) {
        uint32_t c = q_utf8_decode(low.ptr + i, low.len - i, &bytes);
        if (title) {
            p += put_title(low.ptr + i, bytes, c, p);
        } else {
            memcpy(p, low.ptr + i, bytes);
            p += bytes;
        }
        title = c == ' ';
    }
    *out = (q_str){start, (uint32_t)(p - start), s.flags};
    return true;
}
