/*
 * One task: a split of a stage run to its sink, phase by phase.
 *
 *   q_task_new → q_task_run (phase 0) ─┬─ done: body is the sink's
 *                                      └─ barrier: body goes to the merge, its reply to
 *                                         q_task_continue (phase 1) … until done
 *
 * Between phases the task keeps its rows in memory and needs no thread. The same input
 * gives the same bodies on any machine: a lost task is run again from phase 0.
 * Ownership: stage, session and input data are borrowed and must outlive the task; replies
 * must live until the next phase ended. Thread rule: one thread at a time.
 */
#ifndef Q_EXEC_TASK_H
#define Q_EXEC_TASK_H

#include <stdatomic.h>

#include "common/io/reader.h"
#include "common/plan/serial.h"
#include "common/plan/stage.h"

typedef struct q_task q_task;

/* What a task reads. FILES: bytes [begin, end) of data; ROWS: blocks (proto/batch.h). */
typedef struct q_task_input {
    q_task_split split; /* from the plan */
    const char *data;   /* the whole file (FILES) or blocks (ROWS) */
    uint64_t data_bytes;
} q_task_input;

typedef struct q_task_options {
    const char *attempt;           /* unique name of this attempt, for part files */
    uint32_t task;                 /* index in the stage */
    const _Atomic bool *cancelled; /* looked at between batches; may be NULL */
    uint64_t expected_bytes;       /* of output, 0 unknown */
} q_task_options;

typedef struct q_task_metrics {
    uint64_t rows_in, rows_out, bytes_in, bytes_out;
    uint64_t peak_memory_bytes;
} q_task_metrics;

q_code q_task_new(const q_stage *stage, const q_session *session, const q_task_input *input,
                  const q_task_options *options, q_budget *budget, q_task **out, q_err *err);
void q_task_destroy(q_task **t);
/* Appends the phase's body to *out; *done tells whether it is the sink's. SCHEMA_CHANGED:
 * q_task_observed has the schema. CANCELLED when the flag was set. */
q_code q_task_run(q_task *t, q_buf *out, bool *done, q_err *err);
q_code q_task_continue(q_task *t, const void *reply, size_t bytes, q_buf *out, bool *done,
                       q_err *err);
const q_task_metrics *q_task_metrics_of(const q_task *t);
/* What reading met; NULL for ROWS. Valid after phase 0. */
const q_read_report *q_task_report(const q_task *t);
/* First record and the one after the last (exec checks neighbours: io/reader.h). */
void q_task_landing(const q_task *t, uint64_t *first, uint64_t *next);
const q_schema *q_task_observed(const q_task *t);

#endif
