/* Casts to boolean and to numbers. */
#include "common/column/decimal.h"
#include "common/column/datetime.h"
#include "common/column/number.h"
#include "common/exec/kernel/cast.h"

/* Java's (int) and (long) of a floating value: NaN is 0, else cut off and saturated. */
static inline int32_t saturate32(double v)
{
    v = v == v ? v : 0;
    v = v < -2147483648.0 ? -2147483648.0 : v;
    return (int32_t)(v > 2147483647.0 ? 2147483647.0 : v);
}

static inline int64_t saturate64(double v)
{
    v = v == v ? v : 0;
    if (v >= 0x1p63)
        return INT64_MAX;
    return v < -0x1p63 ? INT64_MIN : (int64_t)v;
}

/* ---- boolean ---- */

static bool boolean_of_text(q_str s, uint8_t *out)
{
    bool b;
    if (!q_parse_boolean(s.ptr, s.len, &b))
        return false;
    *out = b;
    return true;
}

q_code q_cast_to_boolean(cast_job *c)
{
    switch (c->in->type.kind) {
    case Q_TINYINT:
        CAST_LOOP(int8_t, uint8_t, v[i] != 0);
    case Q_SMALLINT:
        CAST_LOOP(int16_t, uint8_t, v[i] != 0);
    case Q_INT:
        CAST_LOOP(int32_t, uint8_t, v[i] != 0);
    case Q_BIGINT:
    case Q_TIMESTAMP:
        CAST_LOOP(int64_t, uint8_t, v[i] != 0);
    case Q_FLOAT:
        CAST_LOOP(float, uint8_t, v[i] != 0);
    case Q_DOUBLE:
        CAST_LOOP(double, uint8_t, v[i] != 0);
    case Q_DECIMAL:
        CAST_LOOP(q_int128, uint8_t, v[i] != 0);
    case Q_STRING:
        CAST_ROWS(q_str, uint8_t, boolean_of_text(v[i], &o[i]));
    case Q_DATE: /* Spark, as Hive, gives NULL */
        return q_rows_all_null(c->k, c->out);
    default:
        return q_cast_impossible(c);
    }
}

/* ---- integers ---- */

typedef struct range {
    int64_t min, max;
} range;

static range range_of(q_type t)
{
    int bits = (int)(8 * q_type_width(t));
    int64_t max = (int64_t)(UINT64_MAX >> (65 - bits));
    return (range){-max - 1, max};
}

/* ANSI: values outside of the type are NULL. Flags first, the wrapping loop runs after it. */
#define FLAG_OUTSIDE(in_type, test)                 \
    do {                                            \
        const in_type *restrict v = c->in->values;  \
        for (uint32_t i = 0; i < c->k->n_rows; i++) \
            flags[i] = (test);                      \
    } while (0)

static q_code null_outside(cast_job *c)
{
    range r = range_of(c->out->type);
    double least = (double)r.min, most = (double)r.max;
    int scale = c->in->type.scale;
    uint8_t *restrict flags = q_rows_flags(c->k);
    if (!flags)
        return Q_E_OUT_OF_MEMORY;
    memset(flags, 0, c->k->n_rows);
    switch (c->in->type.kind) {
    case Q_SMALLINT:
        FLAG_OUTSIDE(int16_t, v[i] < r.min || v[i] > r.max);
        break;
    case Q_INT:
        FLAG_OUTSIDE(int32_t, v[i] < r.min || v[i] > r.max);
        break;
    case Q_BIGINT:
        FLAG_OUTSIDE(int64_t, v[i] < r.min || v[i] > r.max);
        break;
    case Q_TIMESTAMP:
        FLAG_OUTSIDE(int64_t, q_floor_div(v[i], Q_US_PER_SECOND) < r.min ||
                                  q_floor_div(v[i], Q_US_PER_SECOND) > r.max);
        break;
    case Q_FLOAT:
        FLAG_OUTSIDE(float, !(floor((double)v[i]) <= most && ceil((double)v[i]) >= least));
        break;
    case Q_DOUBLE:
        FLAG_OUTSIDE(double, !(floor(v[i]) <= most && ceil(v[i]) >= least));
        break;
    case Q_DECIMAL:
        FLAG_OUTSIDE(q_int128, v[i] / q_decimal_pow10(scale) < r.min ||
                                   v[i] / q_decimal_pow10(scale) > r.max);
        break;
    default:
        break;
    }
    return q_rows_null_where(c->k, c->out, flags);
}

static bool integer_of_text(const cast_job *c, q_str s, range r, int64_t *out)
{
    if (c->ansi) {
        const char *p = s.ptr;
        size_t n = s.len;
        q_trim_all(&p, &n);
        if (!q_parse_java_long(p, n, out))
            return false;
    } else if (!q_parse_int64(s.ptr, s.len, out)) {
        return false;
    }
    return *out >= r.min && *out <= r.max;
}

/* The sources of an integer type: wrapping from integers, through int (Java's (byte)(int)) or long
 * from floating values. */
#define INTEGER_FROM(out_type, saturate)                                                    \
    switch (c->in->type.kind) {                                                             \
    case Q_BOOLEAN:                                                                         \
        CAST_LOOP(uint8_t, out_type, v[i]);                                                 \
    case Q_TINYINT:                                                                         \
        CAST_LOOP(int8_t, out_type, v[i]);                                                  \
    case Q_SMALLINT:                                                                        \
        CAST_LOOP(int16_t, out_type, v[i]);                                                 \
    case Q_INT:                                                                             \
        CAST_LOOP(int32_t, out_type, v[i]);                                                 \
    case Q_BIGINT:                                                                          \
        CAST_LOOP(int64_t, out_type, v[i]);                                                 \
    case Q_TIMESTAMP:                                                                       \
        CAST_LOOP(int64_t, out_type, q_floor_div(v[i], Q_US_PER_SECOND));                   \
    case Q_FLOAT:                                                                           \
        CAST_LOOP(float, out_type, saturate((double)v[i]));                                 \
    case Q_DOUBLE:                                                                          \
        CAST_LOOP(double, out_type, saturate(v[i]));                                        \
    case Q_DECIMAL:                                                                         \
        CAST_LOOP(q_int128, out_type, q_decimal_to_int64(v[i], scale));                     \
    case Q_STRING:                                                                          \
        CAST_ROWS(q_str, out_type,                                                          \
                  integer_of_text(c, v[i], r, &parsed) && (o[i] = (out_type)parsed, true)); \
    case Q_DATE:                                                                            \
        return q_rows_all_null(c->k, c->out);                                               \
    default:                                                                                \
        return q_cast_impossible(c);                                                        \
    }

q_code q_cast_to_integer(cast_job *c)
{
    int scale = c->in->type.scale;
    range r = range_of(c->out->type);
    int64_t parsed;
    if (c->ansi)
        Q_TRY(null_outside(c));
    switch (c->out->type.kind) {
    case Q_TINYINT:
        INTEGER_FROM(int8_t, saturate32);
    case Q_SMALLINT:
        INTEGER_FROM(int16_t, saturate32);
    case Q_INT:
        INTEGER_FROM(int32_t, saturate32);
    default:
        INTEGER_FROM(int64_t, saturate64);
    }
}

/* ---- floating ---- */

#define FLOATING_FROM(out_type, of_decimal, of_text)                           \
    switch (c->in->type.kind) {                                                \
    case Q_BOOLEAN:                                                            \
        CAST_LOOP(uint8_t, out_type, v[i]);                                    \
    case Q_TINYINT:                                                            \
        CAST_LOOP(int8_t, out_type, v[i]);                                     \
    case Q_SMALLINT:                                                           \
        CAST_LOOP(int16_t, out_type, v[i]);                                    \
    case Q_INT:                                                                \
        CAST_LOOP(int32_t, out_type, v[i]);                                    \
    case Q_BIGINT:                                                             \
        CAST_LOOP(int64_t, out_type, v[i]);                                    \
    case Q_FLOAT:                                                              \
        CAST_LOOP(float, out_type, v[i]);                                      \
    case Q_DOUBLE:                                                             \
        CAST_LOOP(double, out_type, v[i]);                                     \
    case Q_TIMESTAMP:                                                          \
        CAST_LOOP(int64_t, out_type, (double)v[i] / 1e6);                      \
    case Q_DECIMAL:                                                            \
        CAST_ROWS(q_int128, out_type, (o[i] = of_decimal(v[i], scale), true)); \
    case Q_STRING:                                                             \
        CAST_ROWS(q_str, out_type, of_text(v[i].ptr, v[i].len, &o[i]));        \
    case Q_DATE:                                                               \
        return q_rows_all_null(c->k, c->out);                                  \
    default:                                                                   \
        return q_cast_impossible(c);                                           \
    }

q_code q_cast_to_floating(cast_job *c)
{
    int scale = c->in->type.scale;
    if (c->out->type.kind == Q_FLOAT)
        FLOATING_FROM(float, q_decimal_to_float, q_parse_float);
    FLOATING_FROM(double, q_decimal_to_double, q_parse_double);
}

/* ---- decimals ---- */

q_code q_cast_to_decimal(cast_job *c)
{
    q_type to = c->out->type;
    switch (c->in->type.kind) {
    case Q_BOOLEAN:
        CAST_ROWS(uint8_t, q_int128, q_decimal_from_int64(v[i], to, &o[i]));
    case Q_TINYINT:
        CAST_ROWS(int8_t, q_int128, q_decimal_from_int64(v[i], to, &o[i]));
    case Q_SMALLINT:
        CAST_ROWS(int16_t, q_int128, q_decimal_from_int64(v[i], to, &o[i]));
    case Q_INT:
        CAST_ROWS(int32_t, q_int128, q_decimal_from_int64(v[i], to, &o[i]));
    case Q_BIGINT:
        CAST_ROWS(int64_t, q_int128, q_decimal_from_int64(v[i], to, &o[i]));
    case Q_FLOAT:
        CAST_ROWS(float, q_int128, q_decimal_from_double((double)v[i], to, &o[i]));
    case Q_DOUBLE:
        CAST_ROWS(double, q_int128, q_decimal_from_double(v[i], to, &o[i]));
    case Q_TIMESTAMP: /* by way of double, as Spark */
        CAST_ROWS(int64_t, q_int128, q_decimal_from_double((double)v[i] / 1e6, to, &o[i]));
    case Q_DECIMAL:
        CAST_ROWS(q_int128, q_int128, q_decimal_rescale(v[i], c->in->type.scale, to, &o[i]));
    case Q_STRING:
        CAST_ROWS(q_str, q_int128,
                  q_parse_decimal(v[i].ptr, v[i].len, to.precision, to.scale, &o[i]));
    case Q_DATE:
        return q_rows_all_null(c->k, c->out);
    default:
        return q_cast_impossible(c);
    }
}
