/* Casts to date and timestamps. Numbers are seconds since 1970 in UTC, booleans (as in Spark)
 * microseconds. */
#include "common/column/datetime.h"
#include "common/column/decimal.h"
#include "common/exec/kernel/cast.h"

static q_code to_date(cast_job *c)
{
    switch (c->in->type.kind) {
    case Q_STRING:
        CAST_ROWS(q_str, int32_t, q_date_parse(v[i].ptr, v[i].len, &o[i]));
    case Q_TIMESTAMP:
        CAST_ROWS(int64_t, int32_t,
                  (o[i] = (int32_t)q_floor_div(q_tz_to_local(c->zone, v[i]), Q_US_PER_DAY), true));
    case Q_TIMESTAMP_NTZ:
        CAST_LOOP(int64_t, int32_t, q_floor_div(v[i], Q_US_PER_DAY));
    default:
        return q_cast_impossible(c);
    }
}

/* TimeUnit.SECONDS.toMicros */
static inline int64_t micros_of_seconds(int64_t s)
{
    int64_t us;
    if (!__builtin_mul_overflow(s, Q_US_PER_SECOND, &us))
        return us;
    return s < 0 ? INT64_MIN : INT64_MAX;
}

static bool micros_of_double(const cast_job *c, double s, int64_t *us)
{
    double v = s * 1e6;
    if (!isfinite(s) || (c->ansi && !(floor(v) <= 0x1p63 && ceil(v) >= -0x1p63)))
        return false;
    *us = v >= 0x1p63 ? INT64_MAX : v < -0x1p63 ? INT64_MIN : (int64_t)v;
    return true;
}

/* Spark multiplies in Scala's default precision: 34 digits, half to even. */
static q_int128 rounded_to_34(q_int128 v)
{
    q_int128 unit = 1;
    while (v / unit >= q_decimal_pow10(34) || v / unit <= -q_decimal_pow10(34))
        unit *= 10;
    q_int128 q = v / unit, rest = v % unit;
    q_int128 twice = 2 * (rest < 0 ? -rest : rest);
    if (twice > unit || (twice == unit && q % 2))
        q += v < 0 ? -1 : 1;
    return q * unit;
}

/* Cut off behind the microsecond, lowest 64 bits (BigDecimal.longValue). */
static bool micros_of_decimal(q_int128 v, int scale, int64_t *us)
{
    v = rounded_to_34(v);
    q_int128 unit = q_decimal_pow10(scale);
    uint64_t whole = (uint64_t)(v / unit) * (uint64_t)Q_US_PER_SECOND;
    q_int128 rest = v % unit;
    q_int128 micros =
        scale <= 32 ? rest * Q_US_PER_SECOND / unit : rest / q_decimal_pow10(scale - 6);
    *us = (int64_t)(whole + (uint64_t)(int64_t)micros);
    return true;
}

static int64_t start_of_day(const cast_job *c, int32_t days)
{
    return q_tz_to_utc(c->zone, (int64_t)((uint64_t)(int64_t)days * (uint64_t)Q_US_PER_DAY));
}

static q_code to_timestamp(cast_job *c)
{
    int scale = c->in->type.scale;
    switch (c->in->type.kind) {
    case Q_BOOLEAN:
        CAST_LOOP(uint8_t, int64_t, v[i]);
    case Q_TINYINT:
        CAST_LOOP(int8_t, int64_t, v[i] * Q_US_PER_SECOND);
    case Q_SMALLINT:
        CAST_LOOP(int16_t, int64_t, v[i] * Q_US_PER_SECOND);
    case Q_INT:
        CAST_LOOP(int32_t, int64_t, v[i] * Q_US_PER_SECOND);
    case Q_BIGINT:
        CAST_LOOP(int64_t, int64_t, micros_of_seconds(v[i]));
    case Q_FLOAT:
        CAST_ROWS(float, int64_t, micros_of_double(c, (double)v[i], &o[i]));
    case Q_DOUBLE:
        CAST_ROWS(double, int64_t, micros_of_double(c, v[i], &o[i]));
    case Q_DECIMAL:
        CAST_ROWS(q_int128, int64_t, micros_of_decimal(v[i], scale, &o[i]));
    case Q_STRING:
        CAST_ROWS(q_str, int64_t,
                  q_timestamp_parse(v[i].ptr, v[i].len, c->zone, c->k->session->now_us, &o[i]));
    case Q_DATE:
        CAST_ROWS(int32_t, int64_t, (o[i] = start_of_day(c, v[i]), true));
    case Q_TIMESTAMP_NTZ:
        CAST_ROWS(int64_t, int64_t, (o[i] = q_tz_to_utc(c->zone, v[i]), true));
    default:
        return q_cast_impossible(c);
    }
}

static q_code to_timestamp_ntz(cast_job *c)
{
    switch (c->in->type.kind) {
    case Q_STRING:
        CAST_ROWS(q_str, int64_t, q_timestamp_ntz_parse(v[i].ptr, v[i].len, true, &o[i]));
    case Q_DATE:
        CAST_LOOP(int32_t, int64_t, (uint64_t)(int64_t)v[i] * (uint64_t)Q_US_PER_DAY);
    case Q_TIMESTAMP:
        CAST_ROWS(int64_t, int64_t, (o[i] = q_tz_to_local(c->zone, v[i]), true));
    default:
        return q_cast_impossible(c);
    }
}

q_code q_cast_to_time(cast_job *c)
{
    if (c->out->type.kind == Q_DATE)
        return to_date(c);
    return c->out->type.kind == Q_TIMESTAMP ? to_timestamp(c) : to_timestamp_ntz(c);
}
