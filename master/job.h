/*
 * One job: what was submitted, where it stands, what it reports. Made by the loop when a
 * SUBMIT is accepted, worked on by its driver thread, read by the loop for answers.
 *
 *   WAITING ─▶ PLANNING ─▶ RUNNING ─▶ COMMITTING ─▶ COMPLETED
 *      └───────────┴──────────┴───────────┴─▶ FAILED | CANCELLED
 *
 * Fields under "fixed" are written before the driver starts; under "progress" with the
 * mutex held; the rest belongs to the driver until it ends.
 */
#ifndef Q_MASTER_JOB_H
#define Q_MASTER_JOB_H

#include <pthread.h>

#include "master/job_log.h"
#include "master/job_record.h"
#include "proto/message.h"

typedef enum q_job_state {
    Q_JOB_WAITING,
    Q_JOB_PLANNING,
    Q_JOB_RUNNING,
    Q_JOB_COMMITTING,
    Q_JOB_COMPLETED,
    Q_JOB_FAILED,
    Q_JOB_CANCELLED
} q_job_state;

/* "RUNNING"; also what the wire says. */
const char *q_job_state_name(q_job_state s);
static inline bool q_job_state_final(q_job_state s)
{
    return s >= Q_JOB_COMPLETED;
}
/* Whether a job may go from one state to the other. */
bool q_job_state_may(q_job_state from, q_job_state to);

typedef struct q_job_progress {
    q_job_state state;
    uint32_t stages_done, stages_total;
    uint32_t tasks_done, tasks_running, tasks_total;
    uint64_t rows_in, rows_out, bytes_in, bytes_out;
    uint32_t retries;
} q_job_progress;

#define Q_JOB_MAX_MOVES 16

typedef struct q_job {
    /* fixed */
    uint64_t id;
    char app_id[40]; /* app-20260131120000-0001 */
    q_arena arena;
    q_msg_submit submit; /* in the arena */
    int64_t submitted_us;
    void *owner; /* the master's loop data */

    /* progress */
    pthread_mutex_t mutex;
    q_job_progress progress;
    int64_t started_us, finished_us;
    uint32_t n_moves; /* between states; the last of many takes the last place */
    struct {
        q_job_state state;
        int64_t at_us;
    } moves[Q_JOB_MAX_MOVES];
    q_err error; /* FAILED, CANCELLED */
    uint32_t n_warnings;
    const char *warnings[64]; /* in the arena of warnings */
    q_arena warning_arena;

    q_budget memory; /* spark.driver.memory: what the job holds on the master; any thread */
    _Atomic bool cancelled;
    q_job_log log;
    q_job_record record;

    /* driver */
    uint32_t n_reads;
    struct q_job_read *reads; /* by source */
} q_job;

/* What reading one source met, over all its splits. */
typedef struct q_job_read {
    const char *source;
    uint64_t n_records, n_bad, n_bad_fields;
    uint32_t n_first;
    struct {
        uint64_t byte, record;
        char reason[120], excerpt[80];
    } first[5];
} q_job_read;

q_job *q_job_new(uint64_t id, const q_msg_submit *submit, int64_t now_us);
void q_job_destroy(q_job **job);
/* False (and nothing changes) when the transition is not allowed. */
bool q_job_set_state(q_job *job, q_job_state state, int64_t now_us);
void q_job_fail(q_job *job, const q_err *err, int64_t now_us);
/* Kept once each; printf-like. */
void q_job_warn(q_job *job, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
q_job_progress q_job_progress_get(q_job *job);
void q_job_times(q_job *job, int64_t *started_us, int64_t *finished_us); /* 0: not yet */
/* Setting of the submission, NULL if not given. */
const char *q_job_conf(const q_job *job, const char *key);

#endif
