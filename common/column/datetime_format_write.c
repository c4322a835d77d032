/* Date and time patterns: writing. */
#include "common/column/datetime_op.h"

#include <string.h>

/* A value taken apart, as far as the pattern may ask. */
struct moment {
    q_civil date;
    int64_t days;
    int32_t second; /* of the day */
    int32_t us;
    int32_t offset_s;
    int64_t utc_s;
    const q_tz *zone;
};

static void take_apart(const q_datetime_format *f, int64_t value, const q_tz *zone,
                       struct moment *m)
{
    memset(m, 0, sizeof *m);
    m->zone = f->kind == Q_TIMESTAMP ? zone : &q_tz_utc;
    m->days = value;
    if (f->kind != Q_DATE) {
        m->utc_s = q_floor_div(value, Q_US_PER_SECOND);
        m->us = (int32_t)q_floor_mod(value, Q_US_PER_SECOND);
        m->offset_s = q_tz_offset_at(m->zone, m->utc_s);
        int64_t local = m->utc_s + m->offset_s;
        m->days = q_floor_div(local, 86400);
        m->second = (int32_t)(local - m->days * 86400);
    }
    m->date = q_civil_from_days(m->days);
}

static int64_t date_field(const struct moment *m, uint8_t field)
{
    switch (field) {
    case Q_FIELD_YEAR:
        return m->date.year;
    case Q_FIELD_YEAR_OF_ERA:
        return m->date.year > 0 ? m->date.year : 1 - m->date.year;
    case Q_FIELD_ERA:
        return m->date.year > 0;
    case Q_FIELD_QUARTER:
        return (m->date.month - 1) / 3 + 1;
    case Q_FIELD_MONTH:
        return m->date.month;
    case Q_FIELD_DAY:
        return m->date.day;
    case Q_FIELD_DAY_OF_YEAR:
        return q_day_of_year(m->days);
    case Q_FIELD_WEEKDAY:
        return q_weekday(m->days);
    default: /* Q_FIELD_ALIGNED_DAY */
        return (m->date.day - 1) % 7 + 1;
    }
}

static int64_t field_value(const struct moment *m, uint8_t field)
{
    int32_t hour = m->second / 3600;
    switch (field) {
    case Q_FIELD_HOUR:
        return hour;
    case Q_FIELD_CLOCK_HOUR:
        return hour ? hour : 24;
    case Q_FIELD_HOUR_AMPM:
        return hour % 12;
    case Q_FIELD_CLOCK_AMPM:
        return hour % 12 ? hour % 12 : 12;
    case Q_FIELD_AMPM:
        return hour / 12;
    case Q_FIELD_MINUTE:
        return m->second / 60 % 60;
    case Q_FIELD_SECOND:
        return m->second % 60;
    case Q_FIELD_NANO:
        return (int64_t)m->us * 1000;
    default:
        return date_field(m, field);
    }
}

static char *put_padded(char *out, uint64_t v, int width)
{
    char digits[20];
    int n = 0;
    for (; v || n == 0; v /= 10)
        digits[n++] = (char)('0' + v % 10);
    for (int i = n; i < width; i++)
        *out++ = '0';
    while (n)
        *out++ = digits[--n];
    return out;
}

static char *put_number(char *out, const q_datetime_op *op, int64_t v)
{
    static const int64_t exceeds[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    if (v < 0)
        *out++ = '-';
    else if (op->sign == Q_SIGN_EXCEEDS_PAD && v >= exceeds[op->min_width])
        *out++ = '+';
    return put_padded(out, (uint64_t)(v < 0 ? -v : v), op->min_width);
}

static char *put_fraction(char *out, const q_datetime_op *op, int64_t nano)
{
    char digits[9];
    put_padded(digits, (uint64_t)nano, 9);
    memcpy(out, digits, op->max_width);
    return out + op->max_width;
}

static char *put_bytes(char *out, const char *s, size_t n)
{
    memcpy(out, s, n);
    return out + n;
}

/* Styles: 1 +HHmm, 3 +HHMM, 4 +HH:MM, 5 +HHMMss, 6 +HH:MM:ss; small letters only where not zero. */
static char *put_offset(char *out, const q_datetime_op *op, int32_t offset)
{
    uint32_t a = (uint32_t)(offset < 0 ? -offset : offset);
    uint32_t h = a / 3600, m = a / 60 % 60, s = a % 60;
    bool colon = op->offset_style == 4 || op->offset_style == 6;
    bool minutes = op->offset_style >= 3 || m > 0, seconds = op->offset_style >= 5 && s > 0;
    if (h + (minutes ? m : 0) + (seconds ? s : 0) == 0)
        return put_bytes(out, op->text, op->len);
    *out++ = offset < 0 ? '-' : '+';
    out = put_padded(out, h, 2);
    if (minutes && colon)
        *out++ = ':';
    if (minutes)
        out = put_padded(out, m, 2);
    if (seconds && colon)
        *out++ = ':';
    return seconds ? put_padded(out, s, 2) : out;
}

static char *put_gmt_offset(char *out, const q_datetime_op *op, int32_t offset)
{
    uint32_t a = (uint32_t)(offset < 0 ? -offset : offset);
    out = put_bytes(out, "GMT", 3);
    if (a == 0)
        return out;
    *out++ = offset < 0 ? '-' : '+';
    out = put_padded(out, a / 3600, op->full ? 2 : 1);
    if (op->full || a % 3600) {
        *out++ = ':';
        out = put_padded(out, a / 60 % 60, 2);
    }
    if (a % 60) {
        *out++ = ':';
        out = put_padded(out, a % 60, 2);
    }
    return out;
}

static char *put_zone(char *out, const q_datetime_op *op, const struct moment *m)
{
    char name[16];
    if (op->kind == Q_OP_ZONE_ID || m->zone->fixed)
        return put_bytes(out, m->zone->name, strlen(m->zone->name));
    return put_bytes(out, name, q_tz_abbreviation(m->zone, m->utc_s, name));
}

static char *put_op(char *out, const q_datetime_op *op, const struct moment *m)
{
    switch (op->kind) {
    case Q_OP_LITERAL:
        return put_bytes(out, op->text, op->len);
    case Q_OP_NUMBER:
        return put_number(out, op, field_value(m, op->field));
    case Q_OP_TWO_DIGIT_YEAR: {
        int64_t v = field_value(m, op->field) % 100;
        return put_padded(out, (uint64_t)(v < 0 ? -v : v), 2);
    }
    case Q_OP_FRACTION:
        return put_fraction(out, op, field_value(m, op->field));
    case Q_OP_TEXT: {
        const char *name = op->names[field_value(m, op->field) - op->first_name];
        return put_bytes(out, name, strlen(name));
    }
    case Q_OP_OFFSET:
        return put_offset(out, op, m->offset_s);
    case Q_OP_GMT_OFFSET:
        return put_gmt_offset(out, op, m->offset_s);
    default:
        return put_zone(out, op, m);
    }
}

size_t q_datetime_format_write(const q_datetime_format *f, int64_t value, const q_tz *zone,
                               char *out)
{
    struct moment m;
    take_apart(f, value, zone, &m);
    char *p = out;
    for (uint32_t i = 0; i < f->n_ops; i++)
        p = put_op(p, &f->ops[i], &m);
    return (size_t)(p - out);
}
