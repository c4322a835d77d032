/*
 * A running stage, shared by two threads: the job's driver, which makes it and merges its
 * phases, and the master's loop, which launches its tasks and collects their bodies.
 *
 *   driver: q_run_new, fill tasks ─ q_run_start ─▶ loop
 *   loop:   launches, collects; last body of a phase ─▶ wakes the driver
 *   driver: q_run_wait(phase), takes bodies, merges, puts replies ─ q_run_go_on ─▶ loop …
 *   driver: q_run_finish (loop forgets it), q_run_destroy
 *
 * What the driver writes (plan, splits, inputs, replies) it writes before handing over; what
 * the loop writes (bodies, outcomes) it writes under the mutex.
 */
#ifndef Q_MASTER_RUN_H
#define Q_MASTER_RUN_H

#include <pthread.h>

#include "common/exec/outcome.h"
#include "common/exec/task.h"
#include "master/shared.h"

struct q_job;

typedef struct q_run_task {
    q_task_split split;
    uint64_t file_bytes; /* size of the split's file */
    q_shared *input;     /* payload of LAUNCH (ROWS), NULL: FILES */
    q_shared *body;      /* of the phase done last */
    q_outcome outcome;
    q_task_metrics metrics; /* summed over phases */
    q_shared **replies;     /* by phase - 1 */
} q_run_task;

typedef struct q_run {
    struct q_job *job;
    uint32_t stage_index; /* within the job: unique, grows over statements */
    q_shared *plan, *session;
    q_budget *memory;     /* the job's: inputs, bodies and replies count in it; borrowed */
    size_t counted_bytes; /* with the mutex held */
    uint32_t n_tasks, n_phases;
    q_run_task *tasks;
    q_arena arena; /* outcomes */

    pthread_mutex_t mutex;
    pthread_cond_t changed;
    uint32_t phases_done; /* bodies of phases below are complete */
    bool failed;
    q_err err;

    /* loop only */
    void *handle; /* the loop's entry for the run */
    uint64_t sched_stage;
    uint64_t *told; /* workers that have the plan */
    uint32_t n_told, told_cap;
} q_run;

/* memory may be NULL: nothing is counted. */
q_run *q_run_new(struct q_job *job, uint32_t stage_index, uint32_t n_tasks, uint32_t n_phases,
                 q_budget *memory);
void q_run_destroy(q_run **run);

/* Driver: count bytes that the run holds until it is destroyed. Errors: OUT_OF_MEMORY. */
q_code q_run_count(q_run *run, size_t bytes, q_err *err);

/* Driver: block until the phase is complete. Errors: the stage's failure, CANCELLED. */
q_code q_run_wait(q_run *run, uint32_t phase, q_err *err);

/* Loop: a body came; the frame is taken. The run fails when the job's memory has no room for it. */
void q_run_body(q_run *run, uint32_t task, q_frame *body, const q_outcome *outcome,
                const q_task_metrics *metrics);
void q_run_phase_done(q_run *run, uint32_t phase);
void q_run_fail(q_run *run, const q_err *err);

#endif
