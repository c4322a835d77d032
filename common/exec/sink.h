/*
 * The end of a task's pipeline: where its last segment's rows go. One file a kind
 * (sink_rows.c, sink_aggregate.c, sink_sort.c, sink_files.c), and for those whose
 * bodies need one, the master's merge (sink_merge.h) beside it.
 * Thread rule: one thread at a time.
 */
#ifndef Q_EXEC_SINK_H
#define Q_EXEC_SINK_H

#include "common/plan/stage.h"

typedef struct q_task_sink q_task_sink;

typedef struct q_task_sink_ops {
    /* *full: no more rows are wanted (LIMIT reached). The batch is valid during the call. */
    q_code (*add)(q_task_sink *s, const q_batch *batch, bool *full, q_err *err);
    /* Append the body for the merge. */
    q_code (*finish)(q_task_sink *s, q_buf *out, q_err *err);
    void (*destroy)(q_task_sink *s);
} q_task_sink_ops;

/* First member of every sink. */
struct q_task_sink {
    const q_task_sink_ops *ops;
};

/* What a sink is made from; borrowed. */
typedef struct q_sink_context {
    const q_stage *stage;
    const q_session *session;
    q_arena *arena;      /* the task's, budgeted */
    const char *attempt; /* unique name of this attempt: "job-stage-task-attempt" */
    uint32_t task;
    uint64_t expected_bytes; /* rough size of the output, 0 unknown: space is reserved */
} q_sink_context;

q_code q_sink_rows_new(const q_sink_context *c, q_task_sink **out, q_err *err);
q_code q_sink_aggregate_new(const q_sink_context *c, q_task_sink **out, q_err *err);
q_code q_sink_sort_new(const q_sink_context *c, q_task_sink **out, q_err *err);
q_code q_sink_files_new(const q_sink_context *c, q_task_sink **out, q_err *err);

#endif
