/*
 * The scheduler: which task runs where, as a pure state machine. No socket, no thread, no
 * clock: events and a time go in, actions come out, the shell (master/master.c) carries
 * them out. Tests drive it in virtual time.
 *
 * A stage is a set of tasks that go through the same phases. A task's phase 0 may run
 * anywhere; it keeps its rows there, so later phases run on the same worker, or, when
 * that is lost, from phase 0 again elsewhere. Results of a phase count once: a repeated
 * attempt's results for phases already counted only move the attempt forward.
 *
 *   task:  PENDING ─launch─▶ RUNNING ─result─▶ HOLDING ─replies─▶ READY ─slot─▶ RUNNING … ▶ DONE
 *             ▲                 │ failed, worker lost (from any state but DONE)
 *             └──── backoff ────┘
 *
 * Every registration of a worker has an epoch; words from an older one are stale and
 * change nothing. Time is milliseconds of a monotonic clock. Thread rule: one thread.
 */
#ifndef Q_MASTER_SCHED_H
#define Q_MASTER_SCHED_H

#include "common/base/err.h"

typedef struct q_sched q_sched;

typedef enum q_sched_mode { Q_SCHED_FIFO, Q_SCHED_FAIR } q_sched_mode;

typedef struct q_sched_config {
    q_sched_mode mode;
    uint32_t max_failures;      /* spark.task.maxFailures */
    int64_t worker_timeout_ms;  /* silence after which a worker is lost */
    int64_t worker_memory_ms;   /* how long a lost one is remembered */
    int64_t no_workers_wait_ms; /* how long stages wait when there is no worker at all */
    int64_t backoff_ms;         /* before the first repetition; doubles */
} q_sched_config;

typedef enum q_worker_state {
    Q_WORKER_ALIVE,
    Q_WORKER_DRAINING, /* finishes what it has, gets nothing new */
    Q_WORKER_LOST
} q_worker_state;

typedef enum q_task_state {
    Q_TASK_PENDING,
    Q_TASK_RUNNING,
    Q_TASK_HOLDING, /* a phase is done, its rows are kept, the merge is not done yet */
    Q_TASK_READY,   /* the merge's reply is there, a slot is not */
    Q_TASK_DONE
} q_task_state;

/* Stages and workers are named by numbers the scheduler gives; never reused. */
typedef struct q_task_ref {
    uint64_t stage;
    uint32_t task, attempt, phase;
    uint64_t worker;
} q_task_ref;

typedef enum q_sched_action_kind {
    Q_ACT_LAUNCH,        /* ref: start the attempt (phase 0) on ref.worker */
    Q_ACT_CONTINUE,      /* ref: send the reply of phase - 1's merge to ref.worker */
    Q_ACT_CANCEL,        /* ref: the attempt is not wanted any more */
    Q_ACT_RELEASE,       /* ref.stage, ref.worker: forget the stage's kept rows */
    Q_ACT_PHASE_DONE,    /* ref.stage, ref.phase: all tasks have a result of this phase */
    Q_ACT_STAGE_FAILED,  /* ref.stage: err says why */
    Q_ACT_WORKER_LOST,   /* ref.worker fell silent or left */
    Q_ACT_WORKER_FORGET, /* ref.worker was lost long ago: nothing knows it any more */
    Q_ACT_NO_WORKERS     /* ref.stage waits because there is no worker (said once) */
} q_sched_action_kind;

typedef struct q_sched_action {
    q_sched_action_kind kind;
    q_task_ref ref;
    q_err err;
} q_sched_action;

q_sched *q_sched_new(const q_sched_config *config);
void q_sched_destroy(q_sched **s);

/* Take the oldest action not yet taken; false when there is none. */
bool q_sched_next_action(q_sched *s, q_sched_action *out);

/* ---- workers ---- */

/* Registers; the returned number is also the registration's epoch. */
uint64_t q_sched_worker_add(q_sched *s, uint32_t cores, int64_t now_ms);
/* False: unknown or lost (the worker must register again). */
bool q_sched_worker_heard(q_sched *s, uint64_t worker, int64_t now_ms);
void q_sched_worker_drain(q_sched *s, uint64_t worker);
/* Left, disconnected or declared lost: its tasks run again elsewhere. */
void q_sched_worker_lost(q_sched *s, uint64_t worker, int64_t now_ms);

typedef struct q_sched_worker_info {
    q_worker_state state;
    uint32_t cores, running, holding; /* slots; tasks in a phase; tasks that keep rows */
    int64_t heard_ms;
} q_sched_worker_info;
/* Lost ones are known too, until they are forgotten. */
bool q_sched_worker_info_get(const q_sched *s, uint64_t worker, q_sched_worker_info *out);
uint32_t q_sched_alive_cores(const q_sched *s);

/* ---- stages ---- */

typedef struct q_sched_stage_spec {
    uint64_t job;               /* FIFO goes by its number, FAIR shares by it */
    uint32_t n_tasks, n_phases; /* n_phases >= 1 */
    uint32_t max_running;       /* of all stages of the job at once; 0: no limit */
    uint32_t max_on_worker;     /* of these on one worker; 0: no limit */
    uint32_t max_failures;      /* 0: the scheduler's */
    int64_t no_workers_wait_ms; /* negative: the scheduler's */
} q_sched_stage_spec;

uint64_t q_sched_stage_add(q_sched *s, const q_sched_stage_spec *spec);
/* The merge of phase - 1 is done: tasks may go on with `phase`. */
void q_sched_stage_go_on(q_sched *s, uint64_t stage, uint32_t phase);
/* Finished, failed or cancelled: everything of it is forgotten, running attempts are cancelled. */
void q_sched_stage_remove(q_sched *s, uint64_t stage);

typedef struct q_sched_stage_info {
    uint32_t n_tasks, pending, running, holding, done, failures;
} q_sched_stage_info;
bool q_sched_stage_info_get(const q_sched *s, uint64_t stage, q_sched_stage_info *out);

/* ---- tasks ---- */

typedef enum q_result_verdict {
    Q_RESULT_COUNTS,    /* keep its body */
    Q_RESULT_DUPLICATE, /* the phase has a result already; the attempt goes on */
    Q_RESULT_STALE      /* from a lost attempt: drop it */
} q_result_verdict;

q_result_verdict q_sched_task_result(q_sched *s, const q_task_ref *ref);
/* retry false: the error is the data's or the query's, repeating cannot help. */
void q_sched_task_failed(q_sched *s, const q_task_ref *ref, const q_err *err, bool retry,
                         int64_t now_ms);
/* The worker cannot run the stage's tasks at all (it does not see their files): the stage does
 * without it from now on. Not counted as a failure; with no other worker alive the stage fails with
 * err. */
void q_sched_task_refused(q_sched *s, const q_task_ref *ref, const q_err *err, int64_t now_ms);
/* Run a task again from phase 0 with what its split has become (landing corrections). Its
 * results are forgotten. Not counted as a failure. Only before the first go_on. */
void q_sched_task_repeat(q_sched *s, uint64_t stage, uint32_t task, int64_t now_ms);

/* Everything due by now: timeouts, backoffs, placements. Returns the time of the next tick
 * wanted, INT64_MAX for none. */
int64_t q_sched_tick(q_sched *s, int64_t now_ms);

#endif
