/*
 * UTF-8: validity, characters (code points), letter case.
 *
 * A character starts at every byte that is not a continuation byte (10xxxxxx). Functions
 * that count or find characters never read outside [s, s + n) and give some answer for
 * malformed text too.
 * Letter case is full Unicode mapping without a locale, as Java's toUpperCase and toLowerCase
 * (ß becomes SS, final sigma): libunistring; ASCII text has its own fast path.
 * Thread rule: none, no state.
 */
#ifndef Q_COLUMN_UTF8_H
#define Q_COLUMN_UTF8_H

#include "common/base/arena.h"
#include "common/column/column.h"

static inline bool q_utf8_is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* Only bytes below 0x80? */
bool q_utf8_ascii(const char *s, size_t n);
/* Well-formed: no overlong forms, surrogates or code points beyond U+10FFFF. */
bool q_utf8_valid(const char *s, size_t n);
/* Characters in the text. */
size_t q_utf8_count(const char *s, size_t n);
/* Byte offset of the character with this index (from 0); n when there are not so many. */
size_t q_utf8_offset(const char *s, size_t n, size_t character);
/* Byte offset of the character `back` characters before the end (0: n); 0 when not so many. */
size_t q_utf8_offset_back(const char *s, size_t n, size_t back);
/* Bytes of the character at s (n > 0): up to the next start, at most n. */
size_t q_utf8_char_bytes(const char *s, size_t n);
/* Decode the character at s; malformed bytes give U+FFFD. *bytes: how many it took. */
uint32_t q_utf8_decode(const char *s, size_t n, size_t *bytes);
/* Value of a decimal digit of any script in the Basic Multilingual Plane, as Java's
 * Character.digit(char, 10); -1: none. */
int q_utf8_digit(uint32_t c);
/* Encode; out has room for 4 bytes. Returns the bytes written. */
size_t q_utf8_encode(uint32_t c, char *out);

/* Letter case. Bytes from `a` or, where nothing changes, s itself. False: no memory. Malformed text
 * has only its ASCII letters changed. */
bool q_utf8_upper(q_str s, q_arena *a, q_str *out);
bool q_utf8_lower(q_str s, q_arena *a, q_str *out);
/* Lower case, and title case for the first character and those behind a space. */
bool q_utf8_initcap(q_str s, q_arena *a, q_str *out);

#endif
