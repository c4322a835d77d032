/* Text of dates and timestamps, zones and patterns: no input may crash; what is read in the
 * writers' own form must come back the same. */
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/column/datetime_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void round_trip(int64_t us, const q_tz *zone)
{
    char out[Q_TIMESTAMP_TEXT_MAX];
    int64_t again;
    size_t len = q_timestamp_text(us, zone, out);
    Q_ASSERT(len <= sizeof out);
    Q_ASSERT(q_timestamp_text_iso(us, zone, out) <= sizeof out);
    len = q_timestamp_text(us, &q_tz_utc, out);
    Q_ASSERT(q_timestamp_parse(out, len, &q_tz_utc, 0, &again) && again == us);
}

static void run_pattern(const char *pattern, size_t n, const char *s, size_t len, q_kind kind,
                        int64_t value, const q_tz *zone)
{
    q_arena a;
    q_err err;
    const q_datetime_format *f;
    int64_t v;
    q_arena_init(&a, NULL);
    if (!q_datetime_format_new(pattern, n, Q_DATETIME_READ, kind, &a, &f, &err))
        q_datetime_format_read(f, s, len, zone, &v);
    if (!q_datetime_format_new(pattern, n, Q_DATETIME_WRITE, kind, &a, &f, &err)) {
        char *out = malloc(q_datetime_format_max_bytes(f));
        Q_ASSERT(q_datetime_format_write(f, value, zone, out) <= q_datetime_format_max_bytes(f));
        free(out);
    }
    q_arena_fini(&a);
}

/* Input: a byte that picks zone and kind, a byte of the pattern's length, pattern, text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const names[] = {"UTC", "Europe/Berlin", "-03:30", "Pacific/Apia"};
    if (n < 2)
        return 0;
    const char *name = names[data[0] & 3];
    const q_tz *zone = q_tz_find(name, strlen(name));
    q_kind kind = (data[0] >> 2) % 3 == 0   ? Q_DATE
                  : (data[0] >> 2) % 3 == 1 ? Q_TIMESTAMP
                                            : Q_TIMESTAMP_NTZ;
    size_t pattern = data[1] <= n - 2 ? data[1] : n - 2;
    const char *p = (const char *)data + 2, *s = p + pattern;
    size_t len = n - 2 - pattern;
    if (!zone)
        return 0;
    int32_t days = 0;
    int64_t us = 0;
    if (q_date_parse(s, len, &days)) {
        char out[Q_DATE_TEXT_MAX];
        int32_t again;
        Q_ASSERT(q_date_parse(out, q_date_text(days, out), &again) && again == days);
    }
    if (q_timestamp_parse(s, len, zone, 0, &us))
        round_trip(us, zone);
    q_timestamp_ntz_parse(s, len, data[0] >> 7, &us);
    q_tz_find(s, len);
    run_pattern(p, pattern, s, len, kind, kind == Q_DATE ? days : us, zone);
    return 0;
}
