/* Casts to string and binary. */
#include "common/column/datetime.h"
#include "common/column/number.h"
#include "common/exec/kernel/cast.h"

/* Text of all rows one behind the other in scratch: `put` writes at p and returns the end. All of
 * it is plain ASCII without characters that JSON escapes. */
#define TEXT_LOOP(in_type, room, put)                                    \
    do {                                                                 \
        const in_type *v = c->in->values;                                \
        q_str *o = c->out->values;                                       \
        char *p = q_kernel_bytes(c->k, (size_t)(room)*c->k->n_rows + 1); \
        if (!p)                                                          \
            return Q_E_OUT_OF_MEMORY;                                    \
        for (uint32_t i = 0; i < c->k->n_rows; i++) {                    \
            char *from = p;                                              \
            if (!q_column_is_null(c->out, i))                            \
                p = (put);                                               \
            o[i] = (q_str){from, (uint32_t)(p - from), Q_STR_PLAIN};     \
        }                                                                \
        return Q_OK;                                                     \
    } while (0)

static q_code booleans(cast_job *c)
{
    const uint8_t *v = c->in->values;
    q_str *o = c->out->values;
    for (uint32_t i = 0; i < c->k->n_rows; i++)
        o[i] = v[i] & 1 ? (q_str){"true", 4, Q_STR_PLAIN} : (q_str){"false", 5, Q_STR_PLAIN};
    c->out->bytes_stable = true;
    return Q_OK;
}

static uint32_t append(char *out, const char *text, size_t n)
{
    memcpy(out, text, n);
    return (uint32_t)n;
}

/* INTERVAL '1-2' YEAR TO MONTH */
static char *put_months(char *p, int32_t months)
{
    uint32_t m = months < 0 ? -(uint32_t)months : (uint32_t)months;
    p += append(p, "INTERVAL '", 10);
    if (months < 0)
        *p++ = '-';
    p = q_text_from_int64(p, m / 12);
    *p++ = '-';
    p = q_text_from_int64(p, m % 12);
    return p + append(p, "' YEAR TO MONTH", 15);
}

static char *put_two(char *p, uint64_t v)
{
    *p++ = (char)('0' + v / 10);
    *p++ = (char)('0' + v % 10);
    return p;
}

/* INTERVAL '1 02:03:04.5' DAY TO SECOND */
static char *put_micros(char *p, int64_t micros)
{
    uint64_t u = micros < 0 ? -(uint64_t)micros : (uint64_t)micros;
    uint64_t s = u / 1000000, fraction = u % 1000000;
    p += append(p, "INTERVAL '", 10);
    if (micros < 0)
        *p++ = '-';
    p = q_text_from_int64(p, (int64_t)(s / 86400));
    *p++ = ' ';
    p = put_two(p, s / 3600 % 24);
    *p++ = ':';
    p = put_two(p, s / 60 % 60);
    *p++ = ':';
    p = put_two(p, s % 60);
    if (fraction) {
        *p++ = '.';
        for (uint64_t unit = 100000; fraction; fraction %= unit, unit /= 10)
            *p++ = (char)('0' + fraction / unit);
    }
    return p + append(p, "' DAY TO SECOND", 15);
}

/* ---- arrays: [a, b, null] ---- */

static q_code array_text(cast_job *c, const q_column *text)
{
    const q_list *lists = c->in->values;
    q_str *o = c->out->values;
    for (uint32_t i = 0; i < c->k->n_rows; i++) {
        size_t bytes = 2;
        q_list l = q_column_is_null(c->out, i) ? (q_list){0, 0} : lists[i];
        for (uint32_t j = l.start; j < l.start + l.len; j++)
            bytes += 2 + (q_column_is_null(text, j) ? 4 : Q_VALUES(text, q_str)[j].len);
        char *p = bytes > UINT32_MAX ? NULL : q_kernel_bytes(c->k, bytes);
        if (!p)
            return q_budget_error(c->k->scratch->budget, bytes, c->k->err);
        o[i].ptr = p;
        *p++ = '[';
        for (uint32_t j = l.start; j < l.start + l.len; j++) {
            q_str s = q_column_is_null(text, j) ? q_str_of("null") : Q_VALUES(text, q_str)[j];
            if (j > l.start)
                p += append(p, ", ", 2);
            if (s.len)
                p += append(p, s.ptr, s.len);
        }
        *p++ = ']';
        o[i].len = (uint32_t)(p - o[i].ptr);
        o[i].flags = 0;
    }
    return Q_OK;
}

static q_code arrays(cast_job *c)
{
    q_arena *a = c->k->scratch;
    const q_column *elements = c->in->child;
    q_column text;
    Q_TRY(q_column_init(&text, Q_TYPE(Q_STRING), elements->length, a, c->k->err));
    text.validity = elements->validity;
    q_kernel_ctx k = *c->k;
    k.n_rows = elements->length;
    cast_job job = {.k = &k, .in = elements, .out = &text, .ansi = c->ansi, .zone = c->zone};
    if (elements->type.kind == Q_VOID)
        Q_TRY(q_rows_all_null(&k, &text));
    else
        Q_TRY(q_cast_column(&job));
    return array_text(c, &text);
}

/* ---- */

static q_code same_bytes(cast_job *c)
{
    const q_str *v = c->in->values;
    q_str *o = c->out->values;
    for (uint32_t i = 0; i < c->k->n_rows; i++)
        o[i] = (q_str){v[i].ptr, v[i].len, 0};
    c->out->bytes_stable = c->in->bytes_stable;
    return Q_OK;
}

typedef char *decimal_text(char *out, q_int128 v, int scale);

q_code q_cast_to_string(cast_job *c)
{
    int scale = c->in->type.scale;
    decimal_text *put_decimal = c->ansi ? q_text_from_decimal_plain : q_text_from_decimal;
    switch ((q_kind)c->in->type.kind) {
    case Q_BOOLEAN:
        return booleans(c);
    case Q_TINYINT:
        TEXT_LOOP(int8_t, Q_NUMBER_TEXT_ROOM, q_text_from_int64(p, v[i]));
    case Q_SMALLINT:
        TEXT_LOOP(int16_t, Q_NUMBER_TEXT_ROOM, q_text_from_int64(p, v[i]));
    case Q_INT:
        TEXT_LOOP(int32_t, Q_NUMBER_TEXT_ROOM, q_text_from_int64(p, v[i]));
    case Q_BIGINT:
        TEXT_LOOP(int64_t, Q_NUMBER_TEXT_ROOM, q_text_from_int64(p, v[i]));
    case Q_FLOAT:
        TEXT_LOOP(float, Q_NUMBER_TEXT_ROOM, q_text_from_float(p, v[i]));
    case Q_DOUBLE:
        TEXT_LOOP(double, Q_NUMBER_TEXT_ROOM, q_text_from_double(p, v[i]));
    case Q_DECIMAL:
        TEXT_LOOP(q_int128, Q_DECIMAL_TEXT_ROOM, put_decimal(p, v[i], scale));
    case Q_BINARY:
        return same_bytes(c);
    case Q_DATE:
        TEXT_LOOP(int32_t, Q_DATE_TEXT_MAX, p + q_date_text(v[i], p));
    case Q_TIMESTAMP:
        TEXT_LOOP(int64_t, Q_TIMESTAMP_TEXT_MAX, p + q_timestamp_text(v[i], c->zone, p));
    case Q_TIMESTAMP_NTZ:
        TEXT_LOOP(int64_t, Q_TIMESTAMP_TEXT_MAX, p + q_timestamp_text(v[i], &q_tz_utc, p));
    case Q_INTERVAL_YM:
        TEXT_LOOP(int32_t, 2 * Q_NUMBER_TEXT_ROOM, put_months(p, v[i]));
    case Q_INTERVAL_DT:
        TEXT_LOOP(int64_t, 2 * Q_NUMBER_TEXT_ROOM, put_micros(p, v[i]));
    case Q_ARRAY:
        return arrays(c);
    case Q_VOID:
    case Q_STRING:
    case Q_N_KINDS:
        break;
    }
    return q_cast_impossible(c);
}

/* Integers big-endian, as many bytes as the type has. */
static q_code integer_bytes(cast_job *c)
{
    size_t width = q_type_width(c->in->type);
    const char *v = c->in->values;
    q_str *o = c->out->values;
    char *p = q_kernel_bytes(c->k, width * c->k->n_rows + 1);
    if (!p)
        return Q_E_OUT_OF_MEMORY;
    for (uint32_t i = 0; i < c->k->n_rows; i++, p += width) {
        for (size_t b = 0; b < width; b++)
            p[b] = v[width * i + width - 1 - b];
        o[i] = (q_str){p, (uint32_t)width, 0};
    }
    return Q_OK;
}

q_code q_cast_to_binary(cast_job *c)
{
    if (c->in->type.kind == Q_STRING)
        return same_bytes(c);
    return q_type_is_integer(c->in->type) ? integer_bytes(c) : q_cast_impossible(c);
}
