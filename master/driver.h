/*
 * A job from its text to its end, as one thread reads it: parse, bind, cut into stages, run
 * each stage's phases, merge, hand rows on or commit files. What needs the cluster goes
 * through the port, whose calls block this thread and no other.
 *
 * Schemas that came from a sample are verified by the tasks; when a task saw other data, the
 * job is planned anew with the merged schema (statements already done are not run again).
 * Thread rule: one driver a job; the port's functions are called from its thread.
 */
#ifndef Q_MASTER_DRIVER_H
#define Q_MASTER_DRIVER_H

#include "common/exec/sink_merge.h"
#include "master/job.h"
#include "master/run.h"

typedef enum q_output_op {
    Q_OUTPUT_PREPARE, /* check the save mode, make DIR/_temporary */
    Q_OUTPUT_COMMIT,  /* rename the parts, _SUCCESS last */
    Q_OUTPUT_ABORT    /* remove _temporary */
} q_output_op;

typedef struct q_output_ask {
    q_output_op op;
    const q_sink_spec *sink;
    const char *marker; /* PREPARE: PATH_NOT_FOUND unless all workers see it and can write there;
                         * NULL: the directory is made where it is missing */
    const char *const *reads; /* PREPARE: files that must not be below the output */
    uint32_t n_reads;
    const q_body *bodies; /* COMMIT */
    uint32_t n_bodies;
} q_output_ask;

typedef struct q_driver_port {
    void *ctx;
    /* Slots of alive workers; waits for a first one. Errors: NO_WORKERS, CANCELLED. */
    q_code (*cores)(void *ctx, q_job *job, uint32_t *out, q_err *err);
    /* Ask the workers about ask->name (path) or ask->files: files as they see them and, if
     * ask->schema is empty, a schema inferred from a sample. *visible: all workers see the same; if
     * not, err (with a result of OK) says why. */
    q_code (*probe)(void *ctx, q_job *job, const q_source *ask, q_arena *a, q_source *out,
                    bool *visible, q_err *err);
    /* A client's file, whole. input: index in the submission. Its bytes are counted in job->memory
     * and the caller's to give back. */
    q_code (*fetch)(void *ctx, q_job *job, uint32_t input, uint32_t file, q_shared **out,
                    q_err *err);
    void (*start)(void *ctx, q_run *run);
    void (*go_on)(void *ctx, q_run *run, uint32_t phase);
    void (*repeat)(void *ctx, q_run *run, const uint32_t *tasks, uint32_t n);
    void (*finish)(void *ctx, q_run *run); /* returns when the loop has forgotten the run */
    /* Rows of a statement for the client, with the session that they are to be shown in; returns
     * when they are sent (or not wanted). output: they belong in the submission's output, which
     * the client writes. */
    q_code (*rows)(void *ctx, q_job *job, uint32_t statement, const q_schema *schema,
                   const q_session *session, const q_rows *rows, bool output, q_err *err);
    /* A statement failed but the script goes on (quern.script.keepGoing). */
    void (*statement_failed)(void *ctx, q_job *job, uint32_t statement, const q_err *why);
    /* skip (PREPARE; may be NULL otherwise): the save mode wants nothing written. */
    q_code (*output)(void *ctx, q_job *job, const q_output_ask *ask, bool *skip, q_err *err);
} q_driver_port;

/* Runs the job to a final state (sets it, with error and report). */
void q_driver_run(q_job *job, const q_driver_port *port);

#endif
