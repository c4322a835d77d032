/*
 * What happened to a job, in words: its last lines are kept for `quern logs`, and all of them
 * go to the program's log with the job's number and trace.
 * Thread rule: every function from any thread, but init and fini.
 */
#ifndef Q_MASTER_JOB_LOG_H
#define Q_MASTER_JOB_LOG_H

#include <pthread.h>

#include "common/base/log.h"
#include "common/base/trace.h"
#include "proto/message.h"

#define Q_JOB_LOG_LINES 1000u

typedef struct q_job_log {
    pthread_mutex_t mutex;
    char id[24];
    bool quiet;                   /* kept only; set before anything is added */
    q_trace trace;                /* of the job; also set before */
    uint64_t n;                   /* lines so far; the last Q_JOB_LOG_LINES are there */
    char *lines[Q_JOB_LOG_LINES]; /* heap; by number modulo Q_JOB_LOG_LINES */
} q_job_log;

void q_job_log_init(q_job_log *l, uint64_t job_id);
void q_job_log_fini(q_job_log *l);
/* Every record of this thread is about the job from now on; NULL: no longer. */
void q_job_log_bind(const q_job_log *l);
/* Secrets are masked. */
void q_job_log_add(q_job_log *l, q_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The last `limit` lines (0: all there are), oldest first; copies in a. */
void q_job_log_get(q_job_log *l, uint32_t limit, q_arena *a, q_strings *out);

#endif
