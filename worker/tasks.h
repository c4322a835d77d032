/*
 * The tasks of a worker: plans by stage, tasks by attempt, and the threads that run their
 * phases. Between phases a task waits here with its rows and takes no thread.
 *
 *   LAUNCH ─▶ queue ─▶ thread: phase 0 ─▶ result (loop) ─▶ waits ─ CONTINUE ─▶ queue ─▶ …
 *
 * Thread rule: all functions on the loop's thread; phases run on the pool's threads and
 * hand their results back through the loop.
 */
#ifndef Q_WORKER_TASKS_H
#define Q_WORKER_TASKS_H

#include "common/net/net.h"

typedef struct q_tasks q_tasks;

/* Called on the loop's thread with a finished phase's message; payload is taken. */
typedef void q_tasks_send(void *ctx, const q_message *m, q_frames *payload);

typedef struct q_tasks_config {
    uint32_t cores;
    size_t memory_bytes; /* executor memory; SIZE_MAX: no limit */
    q_net_loop *loop;
    q_tasks_send *send;
    void *ctx;
    bool quiet; /* no log records about ordinary life */
} q_tasks_config;

q_code q_tasks_new(const q_tasks_config *config, q_tasks **out, q_err *err);
/* Cancels what runs and joins the threads. */
void q_tasks_destroy(q_tasks **t);

void q_tasks_stage(q_tasks *t, const q_msg_stage *m);
/* epoch goes into the results. frames: the message's, payload from [1]; taken where needed. */
void q_tasks_launch(q_tasks *t, uint64_t epoch, const q_msg_launch *m, q_frames *frames);
void q_tasks_continue(q_tasks *t, uint64_t epoch, const q_msg_cont *m, q_frames *frames);
void q_tasks_cancel(q_tasks *t, const q_msg_cancel_tasks *m);
void q_tasks_release(q_tasks *t, uint64_t job_id, uint32_t stage_id, bool whole_job);
/* Everything: the master that knew these tasks is gone. */
void q_tasks_forget(q_tasks *t);

uint32_t q_tasks_running(const q_tasks *t); /* queued ones included */
uint32_t q_tasks_waiting(const q_tasks *t); /* hold rows between phases */
size_t q_tasks_memory_bytes(const q_tasks *t);

/* ---- for the UI ---- */

typedef struct q_tasks_stats { /* since the start */
    uint64_t done, failed, rows_in, rows_out, bytes_in, run_ns;
} q_tasks_stats;
q_tasks_stats q_tasks_stats_get(const q_tasks *t);

typedef struct q_tasks_line {
    uint64_t job_id;
    uint32_t stage_id, task_id, attempt, phase;
    const char *state;        /* RUNNING (or about to), HOLDING, DONE, FAILED, CANCELLED */
    int64_t start_us, end_us; /* end: 0 before */
} q_tasks_line;
#define Q_TASKS_PAST 50u
/* Those that are here, and the last few that ended, the latest first. Returns how many. */
uint32_t q_tasks_now(const q_tasks *t, q_tasks_line *out, uint32_t max);
uint32_t q_tasks_past(const q_tasks *t, q_tasks_line out[Q_TASKS_PAST]);

#endif
