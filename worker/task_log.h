/*
 * What a worker's log says about stages and tasks, with the job's number and trace on each record.
 * Thread rule: a q_task_log is read-only after init; bindings are the thread's own.
 */
#ifndef Q_WORKER_TASK_LOG_H
#define Q_WORKER_TASK_LOG_H

#include "common/base/trace.h"
#include "proto/message.h"

typedef struct q_task_log {
    bool quiet; /* nothing is said */
    char job[24], stage[16];
    q_trace trace;
} q_task_log;

/* Of a stage that came; says so. */
void q_task_log_init(q_task_log *l, const q_msg_stage *m, bool quiet);
/* Every record of this thread is about that task from now on; name as "task.attempt". */
void q_task_log_bind(const q_task_log *l, uint32_t task, uint32_t attempt);
void q_task_log_unbind(void);
/* A phase ended, on the loop's thread: DEBUG, or WARN with the error. */
void q_task_log_phase(const q_task_log *l, uint32_t task, uint32_t attempt, uint32_t phase,
                      uint64_t run_ns, const q_err *err);

#endif
