/* Date and time patterns: reading. */
#include "common/column/datetime_op.h"

#include <string.h>

/* What has been read so far. */
struct reading {
    uint32_t set; /* bit per field */
    int64_t field[Q_N_FIELDS];
    const q_tz *zone;
    q_tz fixed; /* for zone, when it is an offset */
};

struct text {
    const char *at, *end;
};

static bool has(const struct reading *r, q_datetime_field field)
{
    return r->set >> field & 1;
}

/* A field that is read twice must have the same value. */
static bool put(struct reading *r, q_datetime_field field, int64_t v)
{
    if (has(r, field) && r->field[field] != v)
        return false;
    r->set |= 1u << field;
    r->field[field] = v;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* ASCII letters match in either case. */
static bool read_text(struct text *t, const char *s, size_t n)
{
    if ((size_t)(t->end - t->at) < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (lower(t->at[i]) != lower(s[i]))
            return false;
    }
    t->at += n;
    return true;
}

static int count_digits(struct text t, int max)
{
    int n = 0;
    while (n < max && t.at + n < t.end && is_digit(t.at[n]))
        n++;
    return n;
}

static int64_t digits_value(const char *s, int n)
{
    int64_t v = 0;
    for (int i = 0; i < n; i++)
        v = v * 10 + (s[i] - '0');
    return v;
}

static bool read_number(struct text *t, const q_datetime_op *op, struct reading *r)
{
    bool minus = t->at < t->end && *t->at == '-', plus = t->at < t->end && *t->at == '+';
    if ((minus && op->sign == Q_SIGN_NONE) || (plus && op->sign != Q_SIGN_EXCEEDS_PAD))
        return false;
    t->at += minus || plus;
    int n = count_digits(*t, op->max_width + op->reserved);
    if (n < op->min_width)
        return false;
    if (op->reserved)
        n = n - op->reserved > op->min_width ? n - op->reserved : op->min_width;
    if (n > 18 || (op->sign == Q_SIGN_EXCEEDS_PAD && !minus && plus != (n > op->min_width)))
        return false;
    int64_t v = digits_value(t->at, n);
    t->at += n;
    if (minus && v == 0)
        return false;
    if (op->kind == Q_OP_TWO_DIGIT_YEAR)
        v += 2000;
    return put(r, op->field, minus ? -v : v);
}

static bool read_fraction(struct text *t, const q_datetime_op *op, struct reading *r)
{
    int n = count_digits(*t, op->max_width);
    if (n < op->min_width)
        return false;
    int64_t v = digits_value(t->at, n);
    t->at += n;
    for (; n < 9; n++)
        v *= 10;
    return put(r, Q_FIELD_NANO, v);
}

static bool read_name(struct text *t, const q_datetime_op *op, struct reading *r)
{
    for (uint8_t i = 0; i < op->n_names; i++) {
        if (read_text(t, op->names[i], strlen(op->names[i])))
            return put(r, op->field, i + op->first_name);
    }
    return false;
}

/* Two digits up to 59, behind a colon if there must be one. */
static bool read_sixty(struct text *t, bool colon, int32_t *v)
{
    struct text u = *t;
    if (colon && (u.at == u.end || *u.at++ != ':'))
        return false;
    if (count_digits(u, 2) < 2)
        return false;
    *v = (int32_t)digits_value(u.at, 2);
    u.at += 2;
    *t = u;
    return *v <= 59;
}

/* Styles: 1 +HHmm, 3 +HHMM, 4 +HH:MM, 5 +HHMMss, 6 +HH:MM:ss; small letters may be absent. */
static bool read_signed_offset(struct text *t, int style, int32_t *offset)
{
    int32_t h, m = 0, s = 0;
    if (t->at == t->end || (*t->at != '+' && *t->at != '-'))
        return false;
    bool negative = *t->at++ == '-';
    bool colon = style == 4 || style == 6;
    if (!read_sixty(t, false, &h))
        return false;
    if (!read_sixty(t, colon, &m) && style != 1)
        return false;
    if (style >= 5)
        read_sixty(t, colon, &s);
    if (h > 23 || m > 59 || s > 59)
        return false;
    *offset = (h * 3600 + m * 60 + s) * (negative ? -1 : 1);
    return true;
}

static bool read_offset(struct text *t, const q_datetime_op *op, struct reading *r)
{
    int32_t offset = 0;
    if (!read_text(t, op->text, op->len) && !read_signed_offset(t, op->offset_style, &offset))
        return false;
    return put(r, Q_FIELD_OFFSET, offset);
}

static bool read_gmt_offset(struct text *t, const q_datetime_op *op, struct reading *r)
{
    if (!read_text(t, "GMT", 3))
        return false;
    if (t->at == t->end || (*t->at != '+' && *t->at != '-'))
        return put(r, Q_FIELD_OFFSET, 0);
    bool negative = *t->at++ == '-';
    int n = count_digits(*t, 2);
    int32_t h, m = 0, s = 0;
    if (n < (op->full ? 2 : 1))
        return false;
    h = (int32_t)digits_value(t->at, n);
    t->at += n;
    bool minutes = read_sixty(t, true, &m);
    if (op->full && !minutes)
        return false;
    if (minutes)
        read_sixty(t, true, &s);
    return put(r, Q_FIELD_OFFSET, (h * 3600 + m * 60 + s) * (negative ? -1 : 1));
}

/* "UTC", "GMT", "UT" and nothing, with an offset behind that may be absent. */
static bool read_prefixed_offset(struct text *t, struct reading *r)
{
    static const char *const prefixes[] = {"UTC", "GMT", "UT"};
    bool prefixed = false;
    for (size_t i = 0; i < 3 && !prefixed; i++)
        prefixed = read_text(t, prefixes[i], strlen(prefixes[i]));
    struct text u = *t;
    int32_t offset = 0;
    if (!read_signed_offset(&u, 6, &offset)) {
        if (!prefixed)
            return false;
        offset = 0;
    } else {
        *t = u;
    }
    if (offset > 18 * 3600 || offset < -18 * 3600)
        return false;
    r->fixed = q_tz_utc;
    r->fixed.offset_s = offset;
    r->zone = NULL; /* stands for `fixed` */
    return put(r, Q_FIELD_ZONE, 0);
}

static bool is_zone_char(char c)
{
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || strchr("/_+-", c) != NULL;
}

/* Regions are written with a capital after each separator; text may have any case. */
static void capitalise(char *s, size_t n)
{
    bool start = true;
    for (size_t i = 0; i < n; i++) {
        if (start && s[i] >= 'a' && s[i] <= 'z')
            s[i] = (char)(s[i] - 32);
        else if (!start)
            s[i] = lower(s[i]);
        start = s[i] == '/' || s[i] == '_' || s[i] == '-';
    }
}

static const q_tz *find_region(const char *s, size_t n)
{
    char name[64];
    memcpy(name, s, n);
    const q_tz *zone = q_tz_find(name, n);
    if (!zone) {
        capitalise(name, n);
        zone = q_tz_find(name, n);
    }
    return zone && !zone->fixed ? zone : NULL;
}

/* The longest prefix of the text that names a region. */
static bool read_region(struct text *t, struct reading *r)
{
    size_t n = 0;
    while (t->at + n < t->end && n < 63 && t->at[n] && is_zone_char(t->at[n]))
        n++;
    for (; n > 3; n--) {
        const q_tz *zone = find_region(t->at, n);
        if (zone) {
            t->at += n;
            r->zone = zone;
            return put(r, Q_FIELD_ZONE, (int64_t)(intptr_t)zone);
        }
    }
    return false;
}

static bool read_zone_id(struct text *t, struct reading *r)
{
    struct text u = *t;
    if (read_prefixed_offset(&u, r)) {
        *t = u;
        return true;
    }
    if (read_region(t, r))
        return true;
    if (!read_text(t, "Z", 1))
        return false;
    r->fixed = q_tz_utc;
    r->zone = NULL;
    return put(r, Q_FIELD_ZONE, 0);
}

/* Abbreviations and the region that Java takes them for. */
static const struct {
    const char *name, *region;
} abbreviations[] = {
    {"AKDT", "America/Anchorage"},   {"AKST", "America/Anchorage"},  {"ACDT", "Australia/Adelaide"},
    {"ACST", "Australia/Adelaide"},  {"AEDT", "Australia/Sydney"},   {"AEST", "Australia/Sydney"},
    {"AWST", "Australia/Perth"},     {"ADT", "America/Halifax"},     {"AST", "America/Halifax"},
    {"BST", "Pacific/Bougainville"}, {"CAT", "Africa/Harare"},       {"CDT", "America/Chicago"},
    {"CEST", "Europe/Paris"},        {"CET", "Europe/Paris"},        {"CST", "America/Chicago"},
    {"EAT", "Africa/Nairobi"},       {"EDT", "America/New_York"},    {"EEST", "Europe/Bucharest"},
    {"EET", "Europe/Bucharest"},     {"EST", "America/New_York"},    {"HKT", "Asia/Hong_Kong"},
    {"HST", "Pacific/Honolulu"},     {"IST", "Europe/Dublin"},       {"JST", "Asia/Tokyo"},
    {"KST", "Asia/Seoul"},           {"MDT", "America/Denver"},      {"MSK", "Europe/Moscow"},
    {"MST", "America/Denver"},       {"NZDT", "Pacific/Auckland"},   {"NZST", "Pacific/Auckland"},
    {"PDT", "America/Los_Angeles"},  {"PST", "America/Los_Angeles"}, {"WEST", "Europe/Lisbon"},
    {"WET", "Europe/Lisbon"},
};

static bool read_zone_name(struct text *t, struct reading *r)
{
    size_t n = 0;
    while (t->at + n < t->end && n < 63 && t->at[n] && is_zone_char(t->at[n]))
        n++;
    for (size_t i = 0; i < sizeof abbreviations / sizeof *abbreviations; i++) {
        const char *name = abbreviations[i].name;
        if (strlen(name) != n || !read_text(t, name, n))
            continue;
        r->zone = q_tz_find(abbreviations[i].region, strlen(abbreviations[i].region));
        return r->zone && put(r, Q_FIELD_ZONE, (int64_t)(intptr_t)r->zone);
    }
    return read_zone_id(t, r);
}

static bool read_op(struct text *t, const q_datetime_op *op, struct reading *r)
{
    switch (op->kind) {
    case Q_OP_LITERAL:
        return read_text(t, op->text, op->len);
    case Q_OP_NUMBER:
    case Q_OP_TWO_DIGIT_YEAR:
        return read_number(t, op, r);
    case Q_OP_FRACTION:
        return read_fraction(t, op, r);
    case Q_OP_TEXT:
        return read_name(t, op, r);
    case Q_OP_OFFSET:
        return read_offset(t, op, r);
    case Q_OP_GMT_OFFSET:
        return read_gmt_offset(t, op, r);
    case Q_OP_ZONE_ID:
        return read_zone_id(t, r);
    default:
        return read_zone_name(t, r);
    }
}

static bool read_ops(const q_datetime_format *f, uint32_t from, uint32_t to, struct text *t,
                     struct reading *r)
{
    for (uint32_t i = from; i < to; i++) {
        const q_datetime_op *op = &f->ops[i];
        if (op->kind == Q_OP_OPTIONAL) {
            struct text before = *t;
            struct reading saved = *r;
            if (!read_ops(f, i + 1, op->close, t, r)) {
                *t = before;
                *r = saved;
            }
            i = op->close;
        } else if (!read_op(t, op, r)) {
            return false;
        }
    }
    return true;
}

static int64_t get(const struct reading *r, q_datetime_field field, int64_t otherwise)
{
    return has(r, field) ? r->field[field] : otherwise;
}

static bool in_range(int64_t v, int64_t min, int64_t max)
{
    return v >= min && v <= max;
}

static bool resolve_year(const struct reading *r, int64_t *year)
{
    *year = get(r, Q_FIELD_YEAR, 1970);
    if (has(r, Q_FIELD_YEAR_OF_ERA)) {
        int64_t of_era = r->field[Q_FIELD_YEAR_OF_ERA];
        if (of_era < 1)
            return false;
        *year = get(r, Q_FIELD_ERA, 1) ? of_era : 1 - of_era;
    }
    return in_range(*year, -999999999, 999999999);
}

static bool resolve_date(const struct reading *r, int64_t *days)
{
    int64_t year, month = get(r, Q_FIELD_MONTH, 1), day = get(r, Q_FIELD_DAY, 1);
    int64_t of_year = get(r, Q_FIELD_DAY_OF_YEAR, 1);
    if (!resolve_year(r, &year) || !in_range(month, 1, 12) || !in_range(day, 1, 31) ||
        !in_range(of_year, 1, 365 + q_is_leap_year(year)))
        return false;
    if (has(r, Q_FIELD_DAY_OF_YEAR) && !has(r, Q_FIELD_MONTH) && !has(r, Q_FIELD_DAY)) {
        *days = q_days_from_civil(year, 1, 1) + of_year - 1;
        return true;
    }
    if (!q_civil_valid(year, (int32_t)month, (int32_t)day))
        return false;
    *days = q_days_from_civil(year, (int32_t)month, (int32_t)day);
    return !has(r, Q_FIELD_DAY_OF_YEAR) || q_day_of_year(*days) == of_year;
}

/* Two fields that say the same thing must agree; *v is where the first of them went. */
static bool agree(bool *known, int64_t *v, int64_t other)
{
    if (*known && *v != other)
        return false;
    *known = true;
    *v = other;
    return true;
}

static bool resolve_hour(const struct reading *r, int64_t *hour)
{
    bool known = false, half_known = false;
    int64_t half = 0;
    *hour = 0;
    if (!in_range(get(r, Q_FIELD_HOUR, 0), 0, 23) ||
        !in_range(get(r, Q_FIELD_CLOCK_HOUR, 1), 1, 24) ||
        !in_range(get(r, Q_FIELD_HOUR_AMPM, 0), 0, 11) ||
        !in_range(get(r, Q_FIELD_CLOCK_AMPM, 1), 1, 12))
        return false;
    if (has(r, Q_FIELD_HOUR))
        agree(&known, hour, r->field[Q_FIELD_HOUR]);
    if (has(r, Q_FIELD_CLOCK_HOUR) && !agree(&known, hour, r->field[Q_FIELD_CLOCK_HOUR] % 24))
        return false;
    if (has(r, Q_FIELD_HOUR_AMPM))
        agree(&half_known, &half, r->field[Q_FIELD_HOUR_AMPM]);
    if (has(r, Q_FIELD_CLOCK_AMPM) && !agree(&half_known, &half, r->field[Q_FIELD_CLOCK_AMPM] % 12))
        return false;
    int64_t pm = get(r, Q_FIELD_AMPM, 0) * 12;
    if (known) /* what else is there must be the same hour */
        return (!half_known || *hour % 12 == half) &&
               (!has(r, Q_FIELD_AMPM) || *hour / 12 * 12 == pm);
    *hour = half + pm;
    return true;
}

static bool resolve_time(const struct reading *r, int64_t *us)
{
    int64_t hour, minute = get(r, Q_FIELD_MINUTE, 0), second = get(r, Q_FIELD_SECOND, 0);
    if (!resolve_hour(r, &hour) || !in_range(minute, 0, 59) || !in_range(second, 0, 59))
        return false;
    *us = ((hour * 60 + minute) * 60 + second) * Q_US_PER_SECOND + get(r, Q_FIELD_NANO, 0) / 1000;
    return true;
}

static const q_tz *resolve_zone(struct reading *r, const q_tz *session)
{
    if (has(r, Q_FIELD_ZONE))
        return r->zone ? r->zone : &r->fixed;
    if (!has(r, Q_FIELD_OFFSET))
        return session;
    r->fixed = q_tz_utc;
    r->fixed.offset_s = (int32_t)r->field[Q_FIELD_OFFSET];
    return in_range(r->fixed.offset_s, -18 * 3600, 18 * 3600) ? &r->fixed : NULL;
}

bool q_datetime_format_read(const q_datetime_format *f, const char *s, size_t n, const q_tz *zone,
                            int64_t *value)
{
    struct reading r = {0};
    struct text t = {s, s + n};
    int64_t days, time;
    if (!read_ops(f, 0, f->n_ops, &t, &r) || t.at != t.end)
        return false;
    const q_tz *used = resolve_zone(&r, zone);
    if (!used || !resolve_date(&r, &days) || !resolve_time(&r, &time))
        return false;
    if (f->kind == Q_DATE) {
        *value = days;
        return days == (int32_t)days;
    }
    __int128 local = (__int128)days * Q_US_PER_DAY + time;
    *value = (int64_t)local;
    if (*value != local)
        return false;
    return f->kind != Q_TIMESTAMP || q_tz_to_utc_checked(used, (int64_t)local, value);
}
