/*
 * Time zones: the IANA rules through cctz (system tzdata), names and gap/overlap
 * rules as java.time and so Spark 3.5 have them.
 *
 * A q_tz is immutable, never freed and may be used by any thread. Times are
 * seconds or microseconds since 1970-01-01 00:00:00, UTC unless called local.
 */
#ifndef Q_COLUMN_TZ_H
#define Q_COLUMN_TZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct q_tz {
    const char *name;  /* as java's ZoneId prints it: "Europe/Berlin", "+02:00", "UTC" */
    bool fixed;        /* one offset for ever */
    int32_t offset_s;  /* of fixed zones, seconds east */
    const void *rules; /* of the others */
} q_tz;

/* The zone of a name: a region ("Europe/Berlin", case matters), "UTC", "GMT", "Z", an offset
 * ("+2", "+02:00", "-0730", "+01:02:03"), "GMT+2", "UTC-03:30", or one of Java's short names
 * ("PST", "JST", …). NULL: no such zone, or no tzdata on the machine. */
const q_tz *q_tz_find(const char *name, size_t n);
extern const q_tz q_tz_utc;
/* "Z", "+h", "+hh", "+hh:mm", "+hhmm", "+hh:mm:ss", "+hhmmss" and Spark's "+h:mm", "+hh:m";
 * at most 18 hours. */
bool q_tz_parse_offset(const char *s, size_t n, int32_t *offset_s);

int32_t q_tz_rules_offset_at(const q_tz *tz, int64_t utc_s);
int64_t q_tz_rules_to_utc(const q_tz *tz, int64_t local_us);

/* Seconds east of UTC at an instant. */
static inline int32_t q_tz_offset_at(const q_tz *tz, int64_t utc_s)
{
    return tz->fixed ? tz->offset_s : q_tz_rules_offset_at(tz, utc_s);
}
/* Local wall clock to UTC, microseconds. In a gap the clock moves on by the gap's length, in an
 * overlap the earlier instant is taken (ZonedDateTime.of). Wraps around at the ends of int64. */
static inline int64_t q_tz_to_utc(const q_tz *tz, int64_t local_us)
{
    if (tz->fixed)
        return (int64_t)((uint64_t)local_us - (uint64_t)(tz->offset_s * INT64_C(1000000)));
    return q_tz_rules_to_utc(tz, local_us);
}
static inline int64_t q_floor_div(int64_t a, int64_t b) /* b > 0 */
{
    return a / b - (a % b < 0);
}
/* The same, false where the result leaves int64. */
static inline bool q_tz_to_utc_checked(const q_tz *tz, int64_t local_us, int64_t *us)
{
    const int64_t two_days = INT64_C(172800000000);
    *us = q_tz_to_utc(tz, local_us);
    return !(local_us > two_days && *us < 0) && !(local_us<-two_days && * us> 0);
}
static inline int64_t q_floor_mod(int64_t a, int64_t b) /* b > 0 */
{
    return a % b + (a % b < 0 ? b : 0);
}
/* UTC to the local wall clock, microseconds. Wraps around as above. */
static inline int64_t q_tz_to_local(const q_tz *tz, int64_t utc_us)
{
    int64_t offset =
        tz->fixed ? tz->offset_s : q_tz_rules_offset_at(tz, q_floor_div(utc_us, 1000000));
    return (int64_t)((uint64_t)utc_us + (uint64_t)(offset * 1000000));
}
/* "CET", "CEST"; the name of fixed zones. Returns the length, at most 15, NUL-terminated. */
size_t q_tz_abbreviation(const q_tz *tz, int64_t utc_s, char out[16]);

#ifdef __cplusplus
}
#endif

#endif
