/* What the functions of dates and times share: zones, local clocks, errors. */
#ifndef Q_EXEC_FUNC_DATETIME_H
#define Q_EXEC_FUNC_DATETIME_H

#include "common/column/datetime.h"
#include "common/exec/func/func.h"

/* The session's zone; UTC if there is none of its name. */
const q_tz *q_func_zone(const q_kernel_ctx *k);
/* The zone to read or write values of this type in: UTC for those without one. */
static inline const q_tz *q_func_zone_of(const q_kernel_ctx *k, q_type type)
{
    return type.kind == Q_TIMESTAMP_NTZ ? &q_tz_utc : q_func_zone(k);
}
/* A zone from an argument; INVALID_PARAMETER_VALUE for an unknown one. */
q_code q_func_zone_named(q_kernel_ctx *k, const char *function, q_str name, const q_tz **out);

/* Local to UTC like java's ZonedDateTime after a change: of two instants the one with the offset
 * it had before. *us false: leaves int64. */
bool q_func_resolve_local(const q_tz *zone, __int128 local_us, int32_t offset_s, int64_t *us);
q_code q_func_datetime_overflow(q_kernel_ctx *k, const char *function);

/* Add months (day cut to the month's last) or days and microseconds, on the zone's clock. */
bool q_func_add_months(const q_tz *zone, int64_t us, int64_t months, int64_t *out);
bool q_func_add_days(const q_tz *zone, int64_t us, int64_t days, int64_t rest_us, int64_t *out);

#endif
