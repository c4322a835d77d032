/*
 * A worker: its session with the master and its tasks, on the caller's loop. The daemon
 * (worker/main.c) has a loop for it alone; local mode puts it beside the master.
 *
 * It registers, beats, runs what it is told and reports. When the master is gone it
 * forgets all tasks and registers again by itself. Draining: no new tasks, what runs and
 * what holds rows ends, then it says good-bye.
 * Thread rule: everything on the loop's thread.
 */
#ifndef Q_WORKER_WORKER_H
#define Q_WORKER_WORKER_H

#include "common/net/net.h"
#include "worker/tasks.h"

typedef struct q_worker q_worker;

typedef struct q_worker_config {
    const char *master_url;
    const char *worker_id; /* NULL: made from host, pid and time */
    const char *host;      /* NULL: the machine's name */
    uint32_t cores;
    size_t memory_bytes;
    uint32_t webui_port; /* 0: none */
    bool quiet;          /* local mode: no log lines for ordinary life */
} q_worker_config;

q_code q_worker_new(const q_worker_config *config, struct uv_loop_s *uv, q_net_loop *loop,
                    q_net_context *net, q_worker **out, q_err *err);
/* done(ctx) once everything has ended. */
void q_worker_drain(q_worker *w, void (*done)(void *ctx), void *ctx);
/* At once; running phases are cancelled and waited for. The loop must run once more. */
void q_worker_close(q_worker **w);
bool q_worker_registered(const q_worker *w);

typedef struct q_worker_status {
    const char *worker_id, *host, *master_url; /* as long as the worker */
    const char *state;                         /* UNREGISTERED, ALIVE, DRAINING */
    uint32_t cores, running, holding;
    uint64_t memory_bytes, memory_used_bytes;
    int64_t registered_us; /* 0: not registered */
    const q_tasks *tasks;
} q_worker_status;
void q_worker_status_get(const q_worker *w, q_worker_status *out);

#endif
