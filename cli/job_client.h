/*
 * The client's side of one job: submits it, answers the master's wish for the client's
 * files, takes rows, sees it to its end. Thread rule: the loop's thread.
 */
#ifndef Q_CLI_JOB_CLIENT_H
#define Q_CLI_JOB_CLIENT_H

#include "cli/cluster.h"
#include "common/column/column.h"

typedef struct q_job_events {
    void *ctx;
    void (*accepted)(void *ctx, const q_msg_accepted *m);
    void (*status)(void *ctx, const q_msg_job_status *m);
    /* Rows of a statement follow; output: for the submission's output, not for display. Errors end
     * the job's display, not the job. */
    q_code (*schema)(void *ctx, uint32_t statement, const q_schema *schema, const char *time_zone,
                     bool output, q_err *err);
    q_code (*rows)(void *ctx, const q_batch *batch, q_err *err);
    q_code (*rows_end)(void *ctx, q_err *err);
    /* The statement failed, the next one follows. */
    void (*statement_failed)(void *ctx, const q_err *error);
    void (*done)(void *ctx, const q_msg_job_done *m);
} q_job_events;

typedef struct q_job_client q_job_client;

/* submit is borrowed until done. connect_ms: how long to wait for the master. */
q_code q_job_client_new(q_cluster *c, const q_msg_submit *submit, uint32_t connect_ms,
                        const q_job_events *events, q_job_client **out, q_err *err);
/* Runs the loop until the job has ended (or was handed over, detached). The job's error, or what
 * kept us from it. */
q_code q_job_client_run(q_job_client *j, q_err *err);
/* From a signal watcher on the loop. */
void q_job_client_cancel(q_job_client *j);
void q_job_client_destroy(q_job_client **j);

#endif
