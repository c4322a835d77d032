/* Literals: numbers, strings, and the typed ones (DATE '…', X'…', INTERVAL …). */
#include "common/sql/parse_internal.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool q_sql_is_number(q_sql_token t)
{
    return t.kind >= Q_TK_INTEGER && t.kind <= Q_TK_BIGDECIMAL;
}

bool q_sql_is_string(q_sql_token t)
{
    return t.kind == Q_TK_STRING || t.kind == Q_TK_RAW_STRING;
}

/* ---- numbers -------------------------------------------------------------- */

static q_code out_of_range(q_sql_parser *p, q_sql_span at, const char *type)
{
    return q_sql_fail(p, at, Q_E_INVALID_LITERAL, "the number %.*s does not fit %s",
                      at.len > 60 ? 60 : (int)at.len, p->sql + at.offset, type);
}

/* Digits to a signed number; false when it does not fit 64 bits. */
static bool to_int64(const char *s, uint32_t len, bool negative, int64_t *out)
{
    uint64_t v = 0, limit = (uint64_t)INT64_MAX + negative;
    for (uint32_t i = 0; i < len; i++) {
        uint64_t digit = (uint64_t)(s[i] - '0');
        if (v > (limit - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    *out = negative ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

/*
 * A decimal number from its text: digits without sign, point and leading zeros,
 * the value being digits × 10^-scale.
 */
typedef struct decimal_text {
    char *digits;
    int64_t n, scale;
} decimal_text;

/* The exponent behind its E; beyond a million it stays there, which is too large for anything. */
static int64_t read_exponent(const char *s, const char *end)
{
    bool negative = *s == '-';
    int64_t v = 0;
    for (s += *s == '-' || *s == '+'; s < end && v < 1000000; s++)
        v = v * 10 + (*s - '0');
    return negative ? -v : v;
}

static decimal_text read_decimal(q_sql_parser *p, const char *s, uint32_t len)
{
    decimal_text d = {.digits = q_arena_bytes(p->arena, (size_t)len + 1)};
    bool point = false;
    uint32_t i = 0;
    for (; i < len && (s[i] | 32) != 'e'; i++) {
        if (s[i] == '.') {
            point = true;
            continue;
        }
        if (s[i] != '0' || d.n)
            d.digits[d.n++] = s[i];
        d.scale += point;
    }
    if (i < len)
        d.scale -= read_exponent(s + i + 1, s + len);
    if (d.n == 0 && d.scale < 0)
        d.scale = 0;
    return d;
}

/* Plain text with `scale` digits behind the point. precision <= 38 was checked. */
static char *decimal_plain(q_sql_parser *p, const decimal_text *d, bool negative)
{
    char digits[40];
    int n = 0;
    for (int64_t i = d->n; i <= d->scale; i++)
        digits[n++] = '0';
    memcpy(digits + n, d->digits, (size_t)d->n);
    n += (int)d->n;
    for (int64_t i = d->scale; i < 0 && d->n; i++)
        digits[n++] = '0';
    int whole = n - (int)(d->scale > 0 ? d->scale : 0);
    const char *sign = negative && d->n ? "-" : "";
    if (d->scale <= 0)
        return q_arena_printf(p->arena, "%s%.*s", sign, n, digits);
    return q_arena_printf(p->arena, "%s%.*s.%.*s", sign, whole, digits, n - whole, digits + whole);
}

static q_code parse_decimal(q_sql_parser *p, q_sql_span at, const char *s, uint32_t len,
                            bool negative, q_sql_literal *out)
{
    decimal_text d = read_decimal(p, s, len);
    int64_t scale = d.scale > 0 ? d.scale : 0;
    int64_t precision = d.n ? d.n + (d.scale < 0 ? -d.scale : 0) : 1;
    if (precision < scale)
        precision = scale;
    if (precision > 38)
        return out_of_range(p, at, "a DECIMAL of at most 38 digits");
    out->kind = Q_SQL_LIT_DECIMAL;
    out->decimal.digits = decimal_plain(p, &d, negative);
    out->decimal.precision = (uint8_t)precision;
    out->decimal.scale = (uint8_t)scale;
    return Q_OK;
}

static q_code parse_floating(q_sql_parser *p, q_sql_span at, const char *s, uint32_t len,
                             bool negative, bool single, q_sql_literal *out)
{
    char *text = q_arena_strndup(p->arena, s, len);
    double v = single ? (double)strtof(text, NULL) : strtod(text, NULL);
    if (!isfinite(v))
        return out_of_range(p, at, single ? "a FLOAT" : "a DOUBLE");
    out->kind = single ? Q_SQL_LIT_FLOAT : Q_SQL_LIT_DOUBLE;
    out->floating = negative ? -v : v;
    return Q_OK;
}

static q_code parse_integer(q_sql_parser *p, q_sql_span at, const char *s, uint32_t len,
                            bool negative, q_sql_literal *out)
{
    if (!to_int64(s, len, negative, &out->integer))
        return parse_decimal(p, at, s, len, negative, out);
    bool small = out->integer >= INT_MIN && out->integer <= INT_MAX;
    out->kind = small ? Q_SQL_LIT_INT : Q_SQL_LIT_BIGINT;
    return Q_OK;
}

/* 1Y 1S 1L */
static q_code parse_sized(q_sql_parser *p, q_sql_span at, const char *s, uint32_t len,
                          bool negative, q_sql_token_kind kind, q_sql_literal *out)
{
    int64_t max = kind == Q_TK_TINYINT ? 127 : kind == Q_TK_SMALLINT ? 32767 : INT64_MAX;
    if (!to_int64(s, len, negative, &out->integer) || out->integer > max || out->integer < -max - 1)
        return out_of_range(p, at,
                            kind == Q_TK_TINYINT    ? "a TINYINT (-128 to 127)"
                            : kind == Q_TK_SMALLINT ? "a SMALLINT (-32768 to 32767)"
                                                    : "a BIGINT (64 bits)");
    out->kind = kind == Q_TK_TINYINT    ? Q_SQL_LIT_TINYINT
                : kind == Q_TK_SMALLINT ? Q_SQL_LIT_SMALLINT
                                        : Q_SQL_LIT_BIGINT;
    return Q_OK;
}

q_code q_sql_parse_number(q_sql_parser *p, uint32_t start, bool negative, q_sql_literal *out)
{
    q_sql_token t = p->tok;
    const char *s = p->sql + t.offset;
    q_sql_advance(p);
    q_sql_span at = q_sql_span_from(p, start);
    switch ((q_sql_token_kind)t.kind) {
    case Q_TK_INTEGER:
        return parse_integer(p, at, s, t.len, negative, out);
    case Q_TK_DECIMAL:
        return parse_decimal(p, at, s, t.len, negative, out);
    case Q_TK_BIGDECIMAL:
        return parse_decimal(p, at, s, t.len - 2, negative, out);
    case Q_TK_EXPONENT:
        return parse_floating(p, at, s, t.len, negative, false, out);
    case Q_TK_DOUBLE:
    case Q_TK_FLOAT:
        return parse_floating(p, at, s, t.len - 1, negative, t.kind == Q_TK_FLOAT, out);
    default:
        return parse_sized(p, at, s, t.len - 1, negative, (q_sql_token_kind)t.kind, out);
    }
}

/* ---- strings -------------------------------------------------------------- */

typedef struct text_out {
    char *s;
    uint32_t n;
    uint32_t high; /* first half of a \u surrogate pair, 0 none */
} text_out;

static void put_utf8(text_out *o, uint32_t c)
{
    if (c < 0x80) {
        o->s[o->n++] = (char)c;
    } else if (c < 0x800) {
        o->s[o->n++] = (char)(0xC0 | c >> 6);
        o->s[o->n++] = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        o->s[o->n++] = (char)(0xE0 | c >> 12);
        o->s[o->n++] = (char)(0x80 | (c >> 6 & 63));
        o->s[o->n++] = (char)(0x80 | (c & 63));
    } else {
        o->s[o->n++] = (char)(0xF0 | c >> 18);
        o->s[o->n++] = (char)(0x80 | (c >> 12 & 63));
        o->s[o->n++] = (char)(0x80 | (c >> 6 & 63));
        o->s[o->n++] = (char)(0x80 | (c & 63));
    }
}

/* A surrogate without its partner becomes '?', as in Java's UTF-8. */
static void flush_high(text_out *o)
{
    if (o->high)
        o->s[o->n++] = '?';
    o->high = 0;
}

static void put_unit(text_out *o, uint32_t c)
{
    if (o->high && c >= 0xDC00 && c <= 0xDFFF) {
        put_utf8(o, 0x10000 + ((o->high - 0xD800) << 10) + (c - 0xDC00));
        o->high = 0;
        return;
    }
    flush_high(o);
    if (c >= 0xD800 && c <= 0xDBFF)
        o->high = c;
    else if ((c >= 0xDC00 && c <= 0xDFFF) || c > 0x10FFFF)
        o->s[o->n++] = '?';
    else
        put_utf8(o, c);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* n hexadecimal digits at s; false if there are not as many. */
static bool read_hex(const char *s, const char *end, int n, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < n; i++) {
        if (s + i >= end || hex_value(s[i]) < 0)
            return false;
        *out = *out << 4 | (uint32_t)hex_value(s[i]);
    }
    return true;
}

static bool is_octal(const char *s, const char *end)
{
    return end - s >= 3 && (s[0] == '0' || s[0] == '1') && s[1] >= '0' && s[1] <= '7' &&
           s[2] >= '0' && s[2] <= '7';
}

/* The escape after a backslash: s is on its first character; returns what follows it. */
static const char *put_escape(text_out *o, const char *s, const char *end)
{
    static const char from[] = "0bnrtZ", to[] = "\0\b\n\r\t\x1a";
    uint32_t c;
    if (*s == 'u' && read_hex(s + 1, end, 4, &c)) {
        put_unit(o, c);
        return s + 5;
    }
    flush_high(o);
    if (*s == 'U' && read_hex(s + 1, end, 8, &c)) {
        put_unit(o, c);
        return s + 9;
    }
    if (is_octal(s, end)) {
        put_utf8(o, (uint32_t)((s[0] - '0') << 6 | (s[1] - '0') << 3 | (s[2] - '0')));
        return s + 3;
    }
    const char *simple = memchr(from, *s, sizeof from - 1);
    if (*s == '%' || *s == '_')
        o->s[o->n++] = '\\'; /* kept for LIKE */
    o->s[o->n++] = simple ? to[simple - from] : *s;
    return s + 1;
}

static void decode_string(text_out *o, const char *s, const char *end)
{
    while (s < end) {
        if (*s == '\\' && s + 1 < end) {
            s = put_escape(o, s + 1, end);
        } else {
            flush_high(o);
            o->s[o->n++] = *s++;
        }
    }
    flush_high(o);
}

/* Decode the string token at the cursor and move past it. */
static void take_string(q_sql_parser *p, text_out *o)
{
    const char *s = p->sql + p->tok.offset, *end = s + p->tok.len - 1;
    if (p->tok.kind == Q_TK_RAW_STRING) {
        memcpy(o->s + o->n, s + 2, (size_t)(end - s) - 2);
        o->n += (uint32_t)(end - s) - 2;
    } else {
        decode_string(o, s + 1, end);
    }
    q_sql_advance(p);
}

q_code q_sql_parse_string(q_sql_parser *p, const char **bytes, uint32_t *len)
{
    if (!q_sql_is_string(p->tok))
        return q_sql_unexpected(p, "a string in quotes");
    /* an escape is never longer decoded than written */
    text_out o = {.s = q_arena_bytes(p->arena, (size_t)p->tok.len + 1)};
    take_string(p, &o);
    o.s[o.n] = 0;
    *bytes = o.s;
    *len = o.n;
    return Q_OK;
}

q_code q_sql_parse_joined_strings(q_sql_parser *p, const char **bytes, uint32_t *len)
{
    size_t room = 1;
    for (q_sql_token t = p->tok; q_sql_is_string(t);
         t = q_sql_lex(p->sql, p->len, (size_t)t.offset + t.len))
        room += t.len;
    text_out o = {.s = q_arena_bytes(p->arena, room)};
    while (q_sql_is_string(p->tok))
        take_string(p, &o);
    o.s[o.n] = 0;
    *bytes = o.s;
    *len = o.n;
    return Q_OK;
}

q_code q_sql_parse_text_string(q_sql_parser *p, const char **out)
{
    uint32_t len;
    q_sql_span at = q_sql_token_span(p->tok);
    Q_TRY(q_sql_parse_string(p, out, &len));
    if (strlen(*out) != len)
        return q_sql_fail(p, at, Q_E_INVALID_LITERAL, "a NUL character does not belong here");
    return Q_OK;
}

/* ---- typed literals ------------------------------------------------------- */

/* X 'hex' */
static q_code parse_binary(q_sql_parser *p, q_sql_literal *out)
{
    q_sql_span at = q_sql_token_span(p->tok);
    const char *hex;
    uint32_t n;
    Q_TRY(q_sql_parse_string(p, &hex, &n));
    char *bytes = q_arena_bytes(p->arena, (size_t)n / 2 + 2);
    uint32_t k = 0;
    int high = n % 2 ? 0 : -1; /* an odd number of digits has a zero in front, as in Spark */
    for (uint32_t i = 0; i < n; i++) {
        int v = hex_value(hex[i]);
        if (v < 0)
            return q_sql_fail(p, at, Q_E_INVALID_LITERAL, "X'…' takes hexadecimal digits only");
        if (high >= 0)
            bytes[k++] = (char)(high << 4 | v);
        high = high >= 0 ? -1 : v;
    }
    bytes[k] = 0;
    out->kind = Q_SQL_LIT_BINARY;
    out->text.bytes = bytes;
    out->text.len = k;
    return Q_OK;
}

static q_code parse_text_literal(q_sql_parser *p, q_sql_literal_kind kind, q_sql_literal *out)
{
    out->kind = kind;
    Q_TRY(q_sql_parse_text_string(p, &out->text.bytes));
    out->text.len = (uint32_t)strlen(out->text.bytes);
    return Q_OK;
}

/* Does `INTERVAL` at the cursor begin a literal? Else it is a name. */
static bool at_interval(const q_sql_parser *p)
{
    q_sql_token next = q_sql_peek(p, 1);
    if (next.kind != Q_TK_MINUS && next.kind != Q_TK_PLUS)
        return q_sql_is_string(next) || q_sql_is_number(next);
    next = q_sql_peek(p, 2);
    q_sql_unit unit;
    return (q_sql_is_string(next) || q_sql_is_number(next)) &&
           q_sql_unit_find(p, q_sql_peek(p, 3), true, &unit);
}

static q_code parse_interval_literal(q_sql_parser *p, q_sql_literal *out)
{
    uint32_t start = p->tok.offset;
    q_sql_advance(p);
    q_sql_interval *interval = q_arena_new(p->arena, q_sql_interval);
    out->kind = Q_SQL_LIT_INTERVAL;
    out->interval = interval;
    return q_sql_parse_interval(p, start, interval);
}

/*
 * typed_literal = ("DATE" | "TIMESTAMP" | "TIMESTAMP_LTZ" | "TIMESTAMP_NTZ" | "X") string
 *               | "INTERVAL" interval
 */
q_code q_sql_parse_typed_literal(q_sql_parser *p, bool *found, q_sql_literal *out)
{
    *found = true;
    if (q_sql_at_word(p, Q_KW_INTERVAL) && at_interval(p))
        return parse_interval_literal(p, out);
    *found = q_sql_at(p, Q_TK_WORD) && q_sql_is_string(q_sql_peek(p, 1));
    if (!*found)
        return Q_OK;
    q_sql_token type = p->tok;
    q_sql_advance(p);
    if (q_sql_is_word(type, Q_KW_DATE))
        return parse_text_literal(p, Q_SQL_LIT_DATE, out);
    if (q_sql_is_word(type, Q_KW_TIMESTAMP) || q_sql_is_word(type, Q_KW_TIMESTAMP_LTZ))
        return parse_text_literal(p, Q_SQL_LIT_TIMESTAMP, out);
    if (q_sql_is_word(type, Q_KW_TIMESTAMP_NTZ))
        return parse_text_literal(p, Q_SQL_LIT_TIMESTAMP_NTZ, out);
    if (q_sql_token_is_plain(p, type, "X"))
        return parse_binary(p, out);
    q_code code = q_sql_fail(p, q_sql_token_span(p->tok), Q_E_PARSE_SYNTAX_ERROR,
                             "a string cannot follow the name %.*s",
                             type.len > 60 ? 60 : (int)type.len, p->sql + type.offset);
    q_err_hint(p->err, "is a comma missing? An alias is written without quotes or in backticks");
    return code;
}
