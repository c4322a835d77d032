/*
 * Dates and timestamps: the calendar, and the text that CAST reads and writes.
 *
 * Dates are days since 1970-01-01, timestamps microseconds since 1970-01-01
 * 00:00:00 (UTC, or local for TIMESTAMP_NTZ), both in the proleptic Gregorian
 * calendar. Text rules are those of Spark 3.5's CAST (also the readers' default):
 * partial dates ("2024", "2024-1"), `T` or space before the time, any number of
 * fraction digits (cut after six), a zone after the seconds, spaces around.
 * Patterns ("yyyy-MM-dd") are in common/column/datetime_format.h.
 * Calendar arithmetic after H. Hinnant, "chrono-compatible low-level date algorithms".
 * Thread rule: none, no state.
 */
#ifndef Q_COLUMN_DATETIME_H
#define Q_COLUMN_DATETIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/column/tz.h"

#define Q_US_PER_SECOND INT64_C(1000000)
#define Q_US_PER_DAY    (86400 * Q_US_PER_SECOND)

typedef struct q_civil {
    int64_t year;       /* 0 is 1 BC */
    int32_t month, day; /* from 1 */
} q_civil;

/* Month and day must be in range. */
int64_t q_days_from_civil(int64_t year, int32_t month, int32_t day);
q_civil q_civil_from_days(int64_t days);
static inline bool q_is_leap_year(int64_t y)
{
    return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}
int32_t q_days_in_month(int64_t year, int32_t month);
bool q_civil_valid(int64_t year, int32_t month, int32_t day);
/* Weekday, Monday 0 … Sunday 6. */
static inline int32_t q_weekday(int64_t days)
{
    int64_t w = (days + 3) % 7;
    return (int32_t)(w < 0 ? w + 7 : w);
}
/* Day of the year from 1. */
int32_t q_day_of_year(int64_t days);
/* ISO 8601 week (1-53). */
int32_t q_iso_week(int64_t days);
/* date + months, the day cut to the month's last. */
int64_t q_days_add_months(int64_t days, int64_t months);

/* CAST(text AS DATE): false means NULL. */
bool q_date_parse(const char *s, size_t n, int32_t *days);
/* CAST(text AS TIMESTAMP): false means NULL. zone is the session's, for text without one; now_us
 * (UTC) gives the date of text that is only a time. */
bool q_timestamp_parse(const char *s, size_t n, const q_tz *zone, int64_t now_us, int64_t *us);
/* CAST(text AS TIMESTAMP_NTZ): a zone in the text is ignored if allow_zone, else an error. */
bool q_timestamp_ntz_parse(const char *s, size_t n, bool allow_zone, int64_t *us);

/* Longest text of the functions below, without NUL (none is written). */
#define Q_DATE_TEXT_MAX      16
#define Q_TIMESTAMP_TEXT_MAX 48
/* CAST(date AS STRING): "2024-01-31"; years beyond 9999 as "+10000-01-01". Returns the length. */
size_t q_date_text(int32_t days, char out[Q_DATE_TEXT_MAX]);
/* CAST(timestamp AS STRING): "2024-01-31 12:00:00.5". For TIMESTAMP_NTZ pass &q_tz_utc. */
size_t q_timestamp_text(int64_t us, const q_tz *zone, char out[Q_TIMESTAMP_TEXT_MAX]);
/* What the JSON and CSV writers write by default: "2024-01-31T12:00:00.500Z", that is the pattern
 * yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]; zone NULL (TIMESTAMP_NTZ) leaves the offset out. */
size_t q_timestamp_text_iso(int64_t us, const q_tz *zone, char out[Q_TIMESTAMP_TEXT_MAX]);

#endif
