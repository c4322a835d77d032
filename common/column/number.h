/*
 * Text to numbers and back: the one home for readers, writers, casts and clients.
 *
 * To text: `p = q_text_from_…(p, v)` writes at p and returns the end; nothing is
 * terminated. The caller has Q_NUMBER_TEXT_ROOM bytes free behind p (bytes behind the
 * returned end, within that room, may be overwritten). Doubles and floats look as Java
 * and Spark print them (100.0, 1.0E10, 1.0E-4, NaN, -Infinity: plain notation from 1e-3
 * up to, not including, 1e7), always with the fewest digits that read back to the same
 * value, as Java 19 and later do (older ones sometimes print a digit more: 2.0E-3 is
 * 0.002 in both, but 2.2250738585072014E-308 or 1.1E23 differ in rare cases).
 * Up to four decimals are found by one multiplication and division (all doubles of at
 * most 15 digits are told apart by them), the rest by Dragonbox (Junekey Jeon).
 *
 * From text: spans [s, s + n), nothing is read outside of them, nothing is allocated,
 * no locale. They return false when the text is not of the form; the rules are those of
 * Spark 3.5's casts (q_parse_…), of Java's parse functions, which Spark's CSV reader
 * uses (q_parse_java_…), or of JSON. Doubles are correctly rounded: up to 2^53 with a
 * small power of ten at once (Clinger's fast path), else by fast_float (Daniel Lemire).
 * Thread rule: pure functions.
 */
#ifndef Q_COLUMN_NUMBER_H
#define Q_COLUMN_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/column/column.h"

/* Room for any number but decimals; and for decimals. */
#define Q_NUMBER_TEXT_ROOM  32
#define Q_DECIMAL_TEXT_ROOM 64

char *q_text_from_int64(char *out, int64_t v);
char *q_text_from_double(char *out, double v);
char *q_text_from_float(char *out, float v);
/* v / 10^scale as Java's BigDecimal.toString and so CAST, JSON and CSV output print it: 12.50,
 * but 1E-7 and 0E-18 (scientific when the first digit is behind the sixth decimal). */
char *q_text_from_decimal(char *out, q_int128 v, int scale);
/* Always 0.0000001: tables on a terminal. */
char *q_text_from_decimal_plain(char *out, q_int128 v, int scale);

/* CAST(string AS BIGINT): white space and control bytes around are ignored, one sign, `1.9` is 1,
 * `1e3` is not accepted, overflow is false. Narrower integers: check the range of the result. */
bool q_parse_int64(const char *s, size_t n, int64_t *out);
/* CAST(string AS DOUBLE|FLOAT): q_parse_java_double, and in any letter case inf, infinity, nan. */
bool q_parse_double(const char *s, size_t n, double *out);
bool q_parse_float(const char *s, size_t n, float *out);
/* CAST(string AS DECIMAL(precision, scale)): exponents and the digits of all scripts are accepted,
 * rounded half up; false also when the value does not fit. */
bool q_parse_decimal(const char *s, size_t n, int precision, int scale, q_int128 *out);
/* CAST(string AS BOOLEAN): t true y yes 1, f false n no 0, any letter case, trimmed. */
bool q_parse_boolean(const char *s, size_t n, bool *out);

/* Long.parseLong: [+-]digits and nothing else. */
bool q_parse_java_long(const char *s, size_t n, int64_t *out);
/* Double.parseDouble: trimmed (bytes up to space), `.5`, `1.`, `1e3`, one of dDfF behind it, signed
 * NaN and Infinity in exactly this case, hexadecimal 0x1.8p3. */
bool q_parse_java_double(const char *s, size_t n, double *out);
bool q_parse_java_float(const char *s, size_t n, float *out);

typedef struct q_json_number {
    bool integral;   /* neither point nor exponent */
    bool fits_int64; /* integral, and `integer` holds it */
    int64_t integer;
    double value; /* always; integral numbers rounded to nearest, -0 is 0.0, 1e999 is Infinity */
} q_json_number;

/* A number of the JSON grammar at s, not behind end: the byte after it, or NULL when there is none.
 * The caller checks what follows. Fast where more than 16 bytes are left before end. */
const char *q_parse_json_number(const char *s, const char *end, q_json_number *out);

/* Java's String.trim: bytes up to space, both ends. */
void q_trim_java(const char **s, size_t *n);
/* Spark's trimAll: ASCII control bytes and space, both ends. */
void q_trim_all(const char **s, size_t *n);

#endif
