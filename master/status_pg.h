/*
 * Pipeline status in PostgreSQL: the tables `pipelines` and `pipeline_stages`, written in order
 * by one connection that never blocks the loop. Updates wait in a bounded queue while the
 * database is away; each carries the time at which it happened. Applying one twice (when the
 * connection ends before its answer) does no harm.
 *
 *   AWAY ─put─▶ RESOLVING ─▶ CONNECTING ─▶ READY ◀─▶ BUSY
 *     ▲             └──────────┴──────┬──────┴─────────┘ lost, refused, silent
 *     └──────────── pause, doubled ◀──┘
 *
 * (After citus' ConnectionStateMachine: the socket is asked for anew after each PQconnectPoll.)
 * Thread rule: the loop's thread.
 */
#ifndef Q_MASTER_STATUS_PG_H
#define Q_MASTER_STATUS_PG_H

#include "common/base/err.h"

struct uv_loop_s;

typedef struct q_status_pg q_status_pg;

typedef enum q_stage_status { Q_STAGE_RUNNING, Q_STAGE_COMPLETED, Q_STAGE_FAILED } q_stage_status;

typedef struct q_status_update {
    int64_t pipeline_id;
    const char *stage; /* NULL: "Spark Processing" */
    q_stage_status status;
    const char *message;             /* NULL: none */
    int64_t started_us, finished_us; /* wall clock; finished: not of RUNNING */
    int64_t records;                 /* processed; -1: not known */
} q_status_update;

/* dsn NULL: DATABASE_HOST and its like; *out is NULL where there is none of them either. Connects
 * at the first update. Errors: INVALID_CONF_VALUE. */
q_code q_status_pg_new(const char *dsn, struct uv_loop_s *uv, q_status_pg **out, q_err *err);
/* Copies all. */
void q_status_pg_put(q_status_pg *s, const q_status_update *update);
uint32_t q_status_pg_pending(const q_status_pg *s);
/* done(ctx) once everything is delivered, or after wait_ms; what is pending then is said in a
 * warning. */
void q_status_pg_flush(q_status_pg *s, uint32_t wait_ms, void (*done)(void *ctx), void *ctx);
/* The loop must run once more. */
void q_status_pg_close(q_status_pg **s);

#endif
