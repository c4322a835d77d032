/*
 * A task's side of a window barrier: keeps the rows, gathers what the merge needs
 * (keys, states, runs, or whole rows: by group's class), and adds the merged result as
 * columns when the rows go on.
 *
 *   add…add  →  finish (body for the merge)  →  attach (its reply)  →  next…next
 *
 * Rows are kept in batches in the task's arena, in input order. One thread at a time.
 */
#ifndef Q_EXEC_WINDOW_TASK_H
#define Q_EXEC_WINDOW_TASK_H

#include "common/plan/stage.h"

typedef struct q_window_task q_window_task;

/* arena: the task's (budgeted); must outlive it. */
q_code q_window_task_new(const q_barrier *b, const q_session *session, q_arena *arena,
                         q_window_task **out, q_err *err);
void q_window_task_destroy(q_window_task **t);
/* Keeps a copy of the batch. */
q_code q_window_task_add(q_window_task *t, const q_batch *batch, q_err *err);
/* Appends the body for the merge. */
q_code q_window_task_finish(q_window_task *t, q_buf *out, q_err *err);
/* The reply must live until the last q_window_task_next. */
q_code q_window_task_attach(q_window_task *t, const void *reply, size_t bytes, q_err *err);
uint32_t q_window_task_batches(const q_window_task *t);
/* The i-th kept batch with the barrier's columns behind its own; memory from scratch. */
q_code q_window_task_next(q_window_task *t, uint32_t i, q_arena *scratch, q_batch *out, q_err *err);

#endif
