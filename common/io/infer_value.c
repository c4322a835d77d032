/* Types of single values, as Spark 3.5's JsonInferSchema and CSVInferSchema see them. */
#include <strings.h>

#include "common/io/infer.h"

/* ---- JSON ---- */

/* Digits and scale of a JSON number as java's BigDecimal has them. */
static q_type decimal_of(const char *s, size_t n)
{
    int64_t digits = 0, scale = 0, exponent = 0;
    bool point = false, significant = false;
    size_t i = 0;
    for (; i < n && (s[i] | 0x20) != 'e'; i++) {
        if (s[i] == '.') {
            point = true;
        } else if (s[i] >= '0' && s[i] <= '9') {
            significant |= s[i] != '0';
            digits += significant;
            scale += point;
        }
    }
    if (i < n) {
        bool negative = s[++i] == '-';
        for (i += s[i] == '-' || s[i] == '+'; i < n && exponent < 1000000; i++)
            exponent = exponent * 10 + (s[i] - '0');
        scale -= negative ? -exponent : exponent;
    }
    if (digits == 0)
        digits = 1;
    if (scale < 0) { /* 1e5: Spark refuses negative scales */
        digits -= scale;
        scale = 0;
    }
    int64_t precision = digits > scale ? digits : scale;
    return precision <= 38 ? Q_DECIMAL_OF(precision, scale) : Q_TYPE(Q_DOUBLE);
}

static q_type number_type(const q_infer *f, const q_json_value *v)
{
    if (f->options->primitives_as_string)
        return Q_TYPE(Q_STRING);
    if (v->number.fits_int64)
        return Q_TYPE(Q_BIGINT);
    if (v->number.integral || f->options->prefers_decimal)
        return decimal_of(v->ptr, v->len);
    return Q_TYPE(Q_DOUBLE);
}

static q_type string_type(const q_infer *f, const q_json_value *v)
{
    int64_t us;
    q_int128 decimal;
    if (v->len == 0) /* writers that know no null */
        return Q_TYPE(Q_VOID);
    if (f->options->prefers_decimal && !v->escaped && v->ptr[0] > ' ' && v->ptr[v->len - 1] > ' ' &&
        q_parse_decimal(v->ptr, v->len, 38, 0, &decimal))
        return decimal_of(v->ptr, v->len);
    if (f->options->infer_timestamp && !v->escaped &&
        q_time_read(f->times, Q_TIMESTAMP, v->ptr, v->len, &us))
        return Q_TYPE(Q_TIMESTAMP);
    return Q_TYPE(Q_STRING);
}

/* Elements that are containers make the whole a text: columns hold arrays of scalars only. */
static q_type array_type(const q_infer *f, const q_json_value *v)
{
    q_json_scan scan = {.at = v->ptr, .end = v->ptr + v->len, .options = f->options};
    q_json_value e;
    bool first = true;
    q_type t = Q_TYPE(Q_VOID);
    while (q_json_next_element(&scan, &first, 1, &e)) {
        if (e.kind == Q_JSON_ARRAY || e.kind == Q_JSON_OBJECT)
            return Q_TYPE(Q_STRING);
        t = q_infer_join(t, q_infer_json(f, &e));
    }
    return q_type_array_of(t);
}

q_type q_infer_json(const q_infer *f, const q_json_value *v)
{
    switch ((q_json_kind)v->kind) {
    case Q_JSON_NULL:
        return Q_TYPE(Q_VOID);
    case Q_JSON_FALSE:
    case Q_JSON_TRUE:
        return Q_TYPE(f->options->primitives_as_string ? Q_STRING : Q_BOOLEAN);
    case Q_JSON_NUMBER:
        return number_type(f, v);
    case Q_JSON_WORD:
        return Q_TYPE(f->options->primitives_as_string ? Q_STRING : Q_DOUBLE);
    case Q_JSON_STRING:
        return string_type(f, v);
    case Q_JSON_ARRAY:
        return array_type(f, v);
    default:
        return Q_TYPE(Q_STRING);
    }
}

/* ---- CSV ---- */

static bool is_text(const char *s, size_t n, const char *text)
{
    return n == strlen(text) && memcmp(s, text, n) == 0;
}

/* Integers beyond 64 bits. */
static bool big_integer(const char *s, size_t n, q_type *out)
{
    size_t i = n && (s[0] == '-' || s[0] == '+'), digits = 0;
    if (i == n)
        return false;
    for (; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        digits += digits || s[i] != '0';
    }
    *out = Q_DECIMAL_OF(digits, 0);
    return digits <= 38;
}

static bool is_double(const q_read_options *o, const char *s, size_t n)
{
    double d;
    return q_parse_java_double(s, n, &d) || is_text(s, n, o->nan_value) ||
           is_text(s, n, o->positive_inf) || is_text(s, n, o->negative_inf);
}

/* By the pattern, yyyy-MM-dd if there is none: stricter than what a DATE column takes. */
static bool is_date(const q_infer *f, const char *s, size_t n)
{
    int64_t days;
    if (!f->times->date) {
        if (n != 10 || s[4] != '-' || s[7] != '-')
            return false;
        for (size_t i = 0; i < n; i++)
            if (i != 4 && i != 7 && (s[i] < '0' || s[i] > '9'))
                return false;
    }
    return q_time_read(f->times, Q_DATE, s, n, &days);
}

q_type q_infer_text(const q_infer *f, const char *s, size_t n)
{
    int64_t i;
    q_type t;
    if (q_parse_java_long(s, n, &i))
        return Q_TYPE(i == (int32_t)i ? Q_INT : Q_BIGINT);
    if (big_integer(s, n, &t))
        return t;
    if (is_double(f->options, s, n))
        return Q_TYPE(Q_DOUBLE);
    if (f->options->prefer_date && is_date(f, s, n))
        return Q_TYPE(Q_DATE);
    if (q_time_read(f->times, Q_TIMESTAMP, s, n, &i))
        return Q_TYPE(Q_TIMESTAMP);
    if ((n == 4 && strncasecmp(s, "true", 4) == 0) || (n == 5 && strncasecmp(s, "false", 5) == 0))
        return Q_TYPE(Q_BOOLEAN);
    return Q_TYPE(Q_STRING);
}
