/*
 * The driver's part for one statement: stages in order, each stage's splits, phases,
 * landings and merges. Thread rule: the driver's thread.
 */
#ifndef Q_MASTER_DRIVER_STAGE_H
#define Q_MASTER_DRIVER_STAGE_H

#include "master/driver.h"
#include "master/output_pg.h"

typedef struct q_stage_run {
    q_job *job;
    const q_driver_port *port;
    const q_session *session;
    q_budget *budget;                /* of the job at the master */
    q_arena *arena;                  /* the plan's */
    const char *parallelism;         /* setting, NULL: by cores and size */
    const char *max_partition_bytes; /* setting, NULL: 128m */
    q_output_pg *table;              /* where rows go that have no sink; NULL: to the client */
    uint32_t *next_stage;
    q_rows *const *streamed; /* by input: rows of clients' files, NULL: not streamed */
    uint32_t statement;
    const char *marker; /* in the client's output directory; NULL: workers write in any case */

    /* after SCHEMA_CHANGED */
    const q_source *changed;
    q_schema changed_schema;
} q_stage_run;

/* Run the plan and deliver its rows: to files (sink) or to the client. */
q_code q_driver_statement(q_stage_run *r, const q_plan *plan, const q_sink_spec *sink, q_err *err);

/* Add what reading a split (or a stream) met to the job's report; before: records of the source
 * that come before it. */
void q_driver_report(q_job *job, const char *source, const q_read_report *r, uint64_t before);

#endif
