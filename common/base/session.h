/*
 * What is fixed for one job and every task must agree on. Part of each task's
 * plan on the wire. A plain value; strings are borrowed from the plan's arena.
 */
#ifndef Q_BASE_SESSION_H
#define Q_BASE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

typedef struct q_session {
    const char *time_zone; /* spark.sql.session.timeZone: "UTC", "America/New_York", "+02:00" */
    int64_t now_us;        /* current_timestamp(): microseconds since the epoch, fixed per job */
    bool ansi;             /* spark.sql.ansi.enabled; only false is supported now */
    bool case_sensitive;   /* spark.sql.caseSensitive */
} q_session;

#endif
