/*
 * The master's end of a stage: the bodies of all tasks' sinks become the stage's rows.
 *
 * Rows are kept as wire blocks (proto/batch.h) in order: they go to the client, or into the
 * splits of a later stage, without being decoded. Bodies are outside input (PROTOCOL).
 * Thread rule: one thread at a time.
 */
#ifndef Q_EXEC_SINK_MERGE_H
#define Q_EXEC_SINK_MERGE_H

#include "common/plan/stage.h"

/* One run of blocks. */
typedef struct q_block_run {
    const char *data; /* 8-byte aligned blocks */
    size_t bytes;
    uint64_t n_rows;
} q_block_run;

/* A data set in order. Bytes belong to the bodies or, where the merge made them, to the arena. */
typedef struct q_rows {
    uint32_t n_runs;
    q_block_run *runs; /* heap */
    uint64_t n_rows;
    q_arena arena;
} q_rows;

void q_rows_init(q_rows *r, q_budget *budget);
void q_rows_fini(q_rows *r);
/* Append blocks that live as long as the rows. */
q_code q_rows_add(q_rows *r, const void *data, size_t bytes, uint64_t n_rows, q_err *err);
/* Append the rows of a batch (VALUES). */
q_code q_rows_of_batch(const q_batch *batch, q_rows *out, q_err *err);

typedef struct q_body {
    const void *data;
    size_t bytes;
} q_body;

/* bodies[i]: task i's; they must outlive the rows. out: initialised, with the job's budget. */
q_code q_sink_merge(const q_stage *stage, const q_session *session, const q_body *bodies,
                    uint32_t n_tasks, q_rows *out, q_err *err);
/* ROWS of splits that were cut by category: rows go back to the order of their positions. */
q_code q_sink_merge_positions(const q_stage *stage, const q_body *bodies, uint32_t n_tasks,
                              q_rows *out, q_err *err);

#endif
