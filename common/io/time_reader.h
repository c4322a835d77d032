/*
 * Dates and timestamps in the text of JSON and CSV: by the reader options' patterns, or
 * with Spark's default rules (those of CAST) where there is none.
 * Thread rule: read-only after being made.
 */
#ifndef Q_IO_TIME_READER_H
#define Q_IO_TIME_READER_H

#include "common/base/session.h"
#include "common/column/datetime_format.h"
#include "common/io/source.h"

typedef struct q_time_reader {
    const q_tz *zone;
    int64_t now_us;
    const q_datetime_format *date, *timestamp, *timestamp_ntz; /* NULL: default */
} q_time_reader;

/* Errors: INVALID_OPTION (zone or pattern). */
q_code q_time_reader_init(q_time_reader *t, const q_read_options *options, const q_session *session,
                          q_arena *a, q_err *err);
/* kind: Q_DATE (days), Q_TIMESTAMP, Q_TIMESTAMP_NTZ (microseconds). */
bool q_time_read(const q_time_reader *t, q_kind kind, const char *s, size_t n, int64_t *out);

#endif
