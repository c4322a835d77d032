/*
 * The master: workers, clients, jobs and the scheduler on one loop. The daemon
 * (master/main.c) gives it a loop of its own; local mode puts a worker and a client beside
 * it. This is a thin shell: what runs where is decided in sched.c, what a job does in
 * driver.c, on the job's own thread.
 * Thread rule: everything on the loop's thread.
 */
#ifndef Q_MASTER_MASTER_H
#define Q_MASTER_MASTER_H

#include "common/base/conf.h"
#include "common/net/net.h"
#include "master/sched.h"

typedef struct q_master q_master;

/* Where metrics go, as DogStatsD; strings may be NULL. */
typedef struct q_telemetry_config {
    const char *host; /* NULL: nowhere */
    uint16_t port;
    uint32_t interval_ms; /* of gauges */
    const char *entity, *service, *env, *version;
} q_telemetry_config;

typedef struct q_master_config {
    const char *endpoint; /* "tcp://HOST:PORT" (HOST may be an asterisk), "inproc://…" */
    q_sched_config sched;
    uint32_t heartbeat_ms;      /* asked of workers */
    uint32_t max_jobs;          /* drivers at once; more wait */
    size_t driver_memory_bytes; /* spark.driver.memory: the master's budget for one job */
    bool quiet;                 /* local mode: no log lines for ordinary life */
    const char *status_dsn;     /* pipeline status in PostgreSQL; NULL: as DATABASE_HOST… say */
    const char *store;          /* file of job records; NULL: in memory */
    q_telemetry_config telemetry;
} q_master_config;

/* From the settings (NULL: their defaults); strings are conf's. */
void q_master_config_init(q_master_config *c, const q_conf *conf);

q_code q_master_new(const q_master_config *config, struct uv_loop_s *uv, q_net_loop *loop,
                    q_net_context *net, q_master **out, q_err *err);
uint16_t q_master_port(const q_master *m);
uint32_t q_master_alive_cores(const q_master *m);
/* Take no more jobs, give those that run wait_ms to end, cancel the rest and call done(ctx) when
 * all drivers have ended. */
void q_master_stop(q_master *m, uint32_t wait_ms, void (*done)(void *ctx), void *ctx);
/* After q_master_stop's done. The loop must run once more. */
void q_master_close(q_master **m);

#endif
