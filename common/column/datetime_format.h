/*
 * Date and time patterns ("yyyy-MM-dd HH:mm:ss[.SSS][XXX]"), as Spark 3.5 uses them in
 * to_timestamp, date_format, … and in reader and writer options: the letters of
 * java.time.format.DateTimeFormatter that Spark allows, in the en-US locale, resolved
 * strictly. A pattern is compiled once and then read-only.
 *
 *   y G    year (of the era with G)          h H k K  hour          a  AM/PM
 *   M L    month, number or name             m s      minute, second
 *   Q q    quarter (writing only)            S…       fraction (reading: 1 to that many digits)
 *   d D    day of month, of year             VV z     zone id, abbreviation
 *   E F    weekday, aligned day (writing)    X x Z O  offset
 *   'text', '' (a quote), [optional part], other characters stand for themselves
 *
 * Not there, with an error that says so: week-based letters (Y w W u e c: Spark has none
 * either), narrow text (five letters), zone names in full (zzzz, v).
 * Differences from Spark with its default timeParserPolicy: text that only Spark 2 would
 * have read is NULL here, where Spark raises an error (as with policy CORRECTED).
 * Syntax and parsing rules after the java.time documentation.
 * Thread rule: read-only after creation.
 */
#ifndef Q_COLUMN_DATETIME_FORMAT_H
#define Q_COLUMN_DATETIME_FORMAT_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/column/datetime.h"
#include "common/column/type.h"

typedef struct q_datetime_format q_datetime_format;
typedef enum q_datetime_use { Q_DATETIME_READ, Q_DATETIME_WRITE } q_datetime_use;

/* kind: Q_DATE, Q_TIMESTAMP or Q_TIMESTAMP_NTZ, what is read or written. The result lives in `a`.
 * INVALID_PARAMETER_VALUE: not a pattern, or one that this kind has no fields for. */
q_code q_datetime_format_new(const char *pattern, size_t n, q_datetime_use use, q_kind kind,
                             q_arena *a, const q_datetime_format **out, q_err *err);

/* Text to days (Q_DATE) or microseconds. Missing fields are those of 1970-01-01 00:00:00; zone is
 * the session's. false: NULL. */
bool q_datetime_format_read(const q_datetime_format *f, const char *s, size_t n, const q_tz *zone,
                            int64_t *value);

/* Bytes that _write needs at most. */
size_t q_datetime_format_max_bytes(const q_datetime_format *f);
/* Days or microseconds to text; returns its length. */
size_t q_datetime_format_write(const q_datetime_format *f, int64_t value, const q_tz *zone,
                               char *out);

#endif
