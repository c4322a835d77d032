/* The calendar, and the text of dates and timestamps as CAST reads and writes it. */
#include "common/column/datetime.h"

#include <string.h>

int64_t q_days_from_civil(int64_t y, int32_t m, int32_t d)
{
    y -= m <= 2;
    int64_t era = q_floor_div(y, 400);
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

q_civil q_civil_from_days(int64_t days)
{
    days += 719468;
    int64_t era = q_floor_div(days, 146097);
    uint32_t doe = (uint32_t)(days - era * 146097);
    uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    uint32_t mp = (5 * doy + 2) / 153;
    int32_t month = (int32_t)(mp < 10 ? mp + 3 : mp - 9);
    return (q_civil){.year = (int64_t)yoe + era * 400 + (month <= 2),
                     .month = month,
                     .day = (int32_t)(doy - (153 * mp + 2) / 5 + 1)};
}

int32_t q_days_in_month(int64_t year, int32_t month)
{
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && q_is_leap_year(year));
}

bool q_civil_valid(int64_t year, int32_t month, int32_t day)
{
    return month >= 1 && month <= 12 && day >= 1 &&
           (day <= 28 || day <= q_days_in_month(year, month));
}

int32_t q_day_of_year(int64_t days)
{
    return (int32_t)(days - q_days_from_civil(q_civil_from_days(days).year, 1, 1)) + 1;
}

int32_t q_iso_week(int64_t days)
{
    int64_t thursday = days - q_weekday(days) + 3; /* of the same week: it names the year */
    return (q_day_of_year(thursday) - 1) / 7 + 1;
}

int64_t q_days_add_months(int64_t days, int64_t months)
{
    q_civil c = q_civil_from_days(days);
    int64_t month = c.year * 12 + (c.month - 1) + months;
    int64_t year = q_floor_div(month, 12);
    int32_t m = (int32_t)(month - year * 12) + 1;
    int32_t last = q_days_in_month(year, m);
    return q_days_from_civil(year, m, c.day < last ? c.day : last);
}

/* ---- reading ---- */

/* Spark trims white space and control characters, in ASCII only. */
static bool is_blank(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7F;
}

static void trim(const char **s, size_t *n)
{
    while (*n && is_blank(**s)) {
        ++*s;
        --*n;
    }
    while (*n && is_blank((*s)[*n - 1]))
        --*n;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits at *p: how many (the value is cut after `keep`). */
static int read_digits(const char **p, const char *end, int keep, int64_t *value)
{
    int n = 0;
    *value = 0;
    for (; *p < end && is_digit(**p); ++*p, n++) {
        if (n < keep)
            *value = *value * 10 + (**p - '0');
    }
    return n;
}

static bool read_year(const char **p, const char *end, int max_digits, int64_t *year)
{
    bool negative = false;
    if (*p < end && (**p == '-' || **p == '+'))
        negative = *(*p)++ == '-';
    int n = read_digits(p, end, max_digits, year);
    if (negative)
        *year = -*year;
    return n >= 4 && n <= max_digits;
}

static bool read_1_or_2(const char **p, const char *end, int32_t *value)
{
    int64_t v;
    int n = read_digits(p, end, 2, &v);
    *value = (int32_t)v;
    return n == 1 || n == 2;
}

/* [+-]yyyy*[-[m]m[-[d]d]], fields that are missing stay 1. *parts: how many there are. */
static bool read_date(const char **p, const char *end, int max_digits, q_civil *c, int *parts)
{
    *c = (q_civil){1, 1, 1};
    *parts = 1;
    if (!read_year(p, end, max_digits, &c->year))
        return false;
    if (*p == end || **p != '-')
        return true;
    ++*p;
    *parts = 2;
    if (!read_1_or_2(p, end, &c->month))
        return false;
    if (*p == end || **p != '-')
        return true;
    ++*p;
    *parts = 3;
    return read_1_or_2(p, end, &c->day);
}

static bool civil_days(q_civil c, int64_t *days)
{
    if (!q_civil_valid(c.year, c.month, c.day))
        return false;
    *days = q_days_from_civil(c.year, c.month, c.day);
    return true;
}

bool q_date_parse(const char *s, size_t n, int32_t *days)
{
    trim(&s, &n);
    const char *end = s + n;
    q_civil c;
    int parts;
    int64_t d;
    if (!read_date(&s, end, 7, &c, &parts))
        return false;
    if (s != end && (parts < 3 || (*s != ' ' && *s != 'T')))
        return false;
    if (!civil_days(c, &d))
        return false;
    *days = (int32_t)d;
    return true;
}

/* The parts of a timestamp's text. */
struct parts {
    bool just_time;
    int64_t days;
    int32_t hour, minute, second;
    int64_t us;
    const char *zone; /* NULL: none */
    size_t zone_len;
};

/* Fraction digits after the dot: microseconds, further digits are dropped. */
static int64_t read_fraction(const char **p, const char *end)
{
    int64_t v;
    int n = read_digits(p, end, 6, &v);
    for (; n < 6; n++)
        v *= 10;
    return v;
}

/* [h]h[:[m]m[:[s]s[.f*][zone]]] up to the end of the text. */
static bool read_time(const char *p, const char *end, struct parts *t)
{
    if (!read_1_or_2(&p, end, &t->hour))
        return false;
    if (p == end)
        return true;
    if (*p++ != ':' || !read_1_or_2(&p, end, &t->minute))
        return false;
    if (p == end)
        return true;
    if (*p++ != ':' || !read_1_or_2(&p, end, &t->second))
        return false;
    if (p < end && *p == '.') {
        p++;
        t->us = read_fraction(&p, end);
    }
    if (p < end) {
        t->zone = p;
        t->zone_len = (size_t)(end - p);
        trim(&t->zone, &t->zone_len);
    }
    return true;
}

static bool starts_with_time(const char *p, const char *end)
{
    int64_t v;
    read_digits(&p, end, 2, &v);
    return p < end && *p == ':';
}

static bool read_parts(const char *s, size_t n, struct parts *t)
{
    bool time_marker = n && *s == 'T';
    trim(&s, &n);
    const char *end = s + n;
    memset(t, 0, sizeof *t);
    if (n == 0)
        return false;
    if (time_marker || starts_with_time(s, end)) {
        t->just_time = true;
        return read_time(s + time_marker, end, t);
    }
    q_civil c;
    int count;
    if (!read_date(&s, end, 6, &c, &count) || !civil_days(c, &t->days))
        return false;
    if (s == end)
        return true;
    return count == 3 && (*s == ' ' || *s == 'T') && read_time(s + 1, end, t);
}

static bool local_us(const struct parts *t, int64_t *us)
{
    if (t->hour > 23 || t->minute > 59 || t->second > 59)
        return false;
    int64_t time = ((t->hour * 60 + t->minute) * 60 + t->second) * Q_US_PER_SECOND + t->us;
    /* days * 86400e6 alone may be just below the range while the sum is in it */
    __int128 sum = (__int128)t->days * Q_US_PER_DAY + time;
    *us = (int64_t)sum;
    return sum == *us;
}

static bool find_zone(const struct parts *t, const q_tz *session, q_tz *fixed, const q_tz **out)
{
    *out = session;
    if (!t->zone)
        return true;
    if (t->zone_len == 1 && *t->zone == 'Z') {
        *out = &q_tz_utc;
        return true;
    }
    fixed->fixed = true;
    *out = q_tz_parse_offset(t->zone, t->zone_len, &fixed->offset_s)
               ? fixed
               : q_tz_find(t->zone, t->zone_len);
    return *out != NULL;
}

/*
 * The shape almost all files have: YYYY-MM-DD[ T]HH:MM:SS with an optional fraction and optional
 * Z, nothing else. Anything that is not so, also a wrong date, is left to the general way.
 */
static uint32_t fast_2(const char *s, uint32_t *bad)
{
    uint32_t a = (uint32_t)(uint8_t)s[0] - '0', b = (uint32_t)(uint8_t)s[1] - '0';
    *bad |= (a > 9) | (b > 9);
    return a * 10 + b;
}

static bool fast_parts(const char *s, size_t n, int64_t *local, bool *z)
{
    if (n < 19)
        return false;
    uint32_t bad = (uint32_t)((s[4] ^ '-') | (s[7] ^ '-') | (s[13] ^ ':') | (s[16] ^ ':'));
    bad |= (s[10] != ' ') & (s[10] != 'T');
    int64_t year = fast_2(s, &bad) * 100 + fast_2(s + 2, &bad);
    int32_t month = (int32_t)fast_2(s + 5, &bad), day = (int32_t)fast_2(s + 8, &bad);
    uint32_t hour = fast_2(s + 11, &bad), minute = fast_2(s + 14, &bad);
    uint32_t second = fast_2(s + 17, &bad);
    if (bad || hour > 23 || minute > 59 || second > 59 || !q_civil_valid(year, month, day))
        return false;
    const char *p = s + 19, *end = s + n;
    int64_t us = 0;
    if (p < end && *p == '.') {
        p++;
        us = read_fraction(&p, end);
    }
    *z = p < end && *p == 'Z';
    if (p + *z != end)
        return false;
    *local = q_days_from_civil(year, month, day) * Q_US_PER_DAY +
             ((hour * 60 + minute) * 60 + second) * Q_US_PER_SECOND + us;
    return true;
}

bool q_timestamp_parse(const char *s, size_t n, const q_tz *zone, int64_t now_us, int64_t *us)
{
    int64_t local;
    bool z;
    if (fast_parts(s, n, &local, &z)) {
        *us = q_tz_to_utc(z ? &q_tz_utc : zone, local);
        return true;
    }
    struct parts t;
    q_tz fixed;
    const q_tz *used;
    if (!read_parts(s, n, &t) || !find_zone(&t, zone, &fixed, &used))
        return false;
    if (t.just_time)
        t.days = q_floor_div(q_tz_to_local(used, now_us), Q_US_PER_DAY);
    return local_us(&t, &local) && q_tz_to_utc_checked(used, local, us);
}

bool q_timestamp_ntz_parse(const char *s, size_t n, bool allow_zone, int64_t *us)
{
    struct parts t;
    q_tz fixed;
    const q_tz *used;
    bool z;
    if (fast_parts(s, n, us, &z) && !z)
        return true;
    if (!read_parts(s, n, &t) || t.just_time || (t.zone && !allow_zone))
        return false;
    return find_zone(&t, &q_tz_utc, &fixed, &used) && local_us(&t, us);
}

/* ---- writing ---- */

static char *put_2(char *out, uint32_t v)
{
    out[0] = (char)('0' + v / 10);
    out[1] = (char)('0' + v % 10);
    return out + 2;
}

static char *put_digits(char *out, uint64_t v, int width)
{
    for (int i = width - 1; i >= 0; i--, v /= 10)
        out[i] = (char)('0' + v % 10);
    return out + width;
}

/* At least four digits; a sign where there are more or the year is negative. */
static char *put_year(char *out, int64_t year)
{
    uint64_t a = year < 0 ? (uint64_t)-year : (uint64_t)year;
    if (year < 0)
        *out++ = '-';
    else if (year > 9999)
        *out++ = '+';
    int width = 4;
    for (uint64_t rest = a / 10000; rest; rest /= 10)
        width++;
    return put_digits(out, a, width);
}

static char *put_date(char *out, int64_t days)
{
    q_civil c = q_civil_from_days(days);
    out = put_year(out, c.year);
    *out++ = '-';
    out = put_2(out, (uint32_t)c.month);
    *out++ = '-';
    return put_2(out, (uint32_t)c.day);
}

static char *put_time(char *out, uint32_t s)
{
    out = put_2(out, s / 3600);
    *out++ = ':';
    out = put_2(out, s / 60 % 60);
    *out++ = ':';
    return put_2(out, s % 60);
}

size_t q_date_text(int32_t days, char out[Q_DATE_TEXT_MAX])
{
    return (size_t)(put_date(out, days) - out);
}

/* Local days, second of the day and microsecond; the offset is added to
 * seconds, so nothing wraps around. */
static void split_local(int64_t us, int64_t offset_s, int64_t *days, uint32_t *second,
                        uint32_t *frac)
{
    int64_t s = q_floor_div(us, Q_US_PER_SECOND);
    *frac = (uint32_t)q_floor_mod(us, Q_US_PER_SECOND);
    s += offset_s;
    *days = q_floor_div(s, 86400);
    *second = (uint32_t)(s - *days * 86400);
}

size_t q_timestamp_text(int64_t us, const q_tz *zone, char out[Q_TIMESTAMP_TEXT_MAX])
{
    int64_t days;
    uint32_t second, frac;
    split_local(us, q_tz_offset_at(zone, q_floor_div(us, Q_US_PER_SECOND)), &days, &second, &frac);
    char *p = put_date(out, days);
    *p++ = ' ';
    p = put_time(p, second);
    if (frac) {
        *p++ = '.';
        p = put_digits(p, frac, 6);
        while (p[-1] == '0')
            p--;
    }
    return (size_t)(p - out);
}

/* XXX: +hh:mm (seconds are not shown), Z for zero. */
static char *put_offset(char *out, int32_t s)
{
    if (s == 0) {
        *out++ = 'Z';
        return out;
    }
    uint32_t a = s < 0 ? (uint32_t)-s : (uint32_t)s;
    *out++ = s < 0 ? '-' : '+';
    out = put_2(out, a / 3600);
    *out++ = ':';
    return put_2(out, a / 60 % 60);
}

size_t q_timestamp_text_iso(int64_t us, const q_tz *zone, char out[Q_TIMESTAMP_TEXT_MAX])
{
    int64_t days;
    uint32_t second, frac;
    int32_t offset = zone ? q_tz_offset_at(zone, q_floor_div(us, Q_US_PER_SECOND)) : 0;
    split_local(us, offset, &days, &second, &frac);
    char *p = put_date(out, days);
    *p++ = 'T';
    p = put_time(p, second);
    *p++ = '.';
    p = put_digits(p, frac / 1000, 3);
    if (zone)
        p = put_offset(p, offset);
    return (size_t)(p - out);
}
