/*
 * The bytes a task reads: a file that the worker opens (io/input.h), or what came with
 * LAUNCH: blocks (ROWS). Thread rule: the task's thread.
 */
#ifndef Q_WORKER_TASK_BYTES_H
#define Q_WORKER_TASK_BYTES_H

#include "common/exec/task.h"
#include "common/io/input.h"
#include "proto/frames.h"

typedef struct q_task_bytes {
    q_input *input; /* FILES */
    char *copy;     /* ROWS: aligned */
    size_t counted; /* the copy's bytes in the budget */
    q_budget *budget;
} q_task_bytes;

/* Fills in->data, in->data_bytes and the end of an open-ended split. payload must outlive it. */
q_code q_task_bytes_open(q_task_bytes *b, const q_source *source, q_task_input *in,
                         const q_frames *payload, q_budget *budget, q_err *err);
/* After reading: INPUT_CHANGED if the file was changed meanwhile. */
q_code q_task_bytes_check(const q_task_bytes *b, q_err *err);
void q_task_bytes_close(q_task_bytes *b);

#endif
