/*
 * The merge's side of a window barrier: takes every task's body, gives every task its
 * reply. The same code runs in the master and in a task that holds whole partitions.
 * Bodies must live until the merge goes. Bodies are outside input: errors are PROTOCOL.
 * One thread at a time.
 */
#ifndef Q_EXEC_WINDOW_MERGE_H
#define Q_EXEC_WINDOW_MERGE_H

#include "common/plan/stage.h"

typedef struct q_window_merge q_window_merge;

/* n_in: columns of the rows before the barrier. */
q_code q_window_merge_new(const q_barrier *b, const q_session *session, uint32_t n_tasks,
                          q_budget *budget, q_window_merge **out, q_err *err);
void q_window_merge_destroy(q_window_merge **m);
/* In task order, each task once. */
q_code q_window_merge_add(q_window_merge *m, uint32_t task, const void *body, size_t bytes,
                          q_err *err);
q_code q_window_merge_finish(q_window_merge *m, q_err *err);
/* Partitions of the i-th list of keys, after finish: how many, their keys (in `a`) and how many
 * rows each has. NULL rows: no function of the barrier tells. */
q_code q_window_merge_sizes(const q_window_merge *m, uint32_t i, q_arena *a, uint32_t *n,
                            q_column **keys, const int64_t **rows, q_err *err);
q_code q_window_merge_reply(q_window_merge *m, uint32_t task, q_buf *out, q_err *err);

#endif
