/* The bytes a task reads. */
#include "worker/task_bytes.h"

#include <stdlib.h>
#include <string.h>

#define SLACK 64

static q_code payload_copy(q_task_bytes *b, q_task_input *in, const q_frames *payload,
                           q_budget *budget, q_err *err)
{
    size_t n = q_frames_bytes(payload), at = 0;
    if (!q_budget_take(budget, n))
        return q_budget_error(budget, n, err);
    b->budget = budget;
    b->counted = n;
    b->copy = aligned_alloc(64, (n + SLACK + 63) & ~(size_t)63);
    if (!b->copy)
        return q_budget_error(NULL, n, err);
    for (uint32_t i = 0; i < payload->n; i++) {
        if (payload->items[i].len)
            memcpy(b->copy + at, payload->items[i].data, payload->items[i].len);
        at += payload->items[i].len;
    }
    memset(b->copy + n, 0, SLACK);
    in->data = b->copy;
    in->data_bytes = n;
    return Q_OK;
}

q_code q_task_bytes_open(q_task_bytes *b, const q_source *source, q_task_input *in,
                         const q_frames *payload, q_budget *budget, q_err *err)
{
    if (source->kind != Q_SOURCE_FILES) {
        Q_TRY(payload_copy(b, in, payload, budget, err));
    } else {
        Q_TRY(q_input_open(source, in->split.file, budget, &b->input, err));
        in->data = q_input_data(b->input);
        in->data_bytes = q_input_bytes(b->input);
    }
    if (in->split.end > in->data_bytes)
        in->split.end = in->data_bytes;
    if (in->split.begin > in->data_bytes)
        in->split.begin = in->data_bytes;
    if (b->input)
        q_input_prefetch(b->input, in->split.begin, in->split.end);
    return Q_OK;
}

q_code q_task_bytes_check(const q_task_bytes *b, q_err *err)
{
    return b->input ? q_input_check(b->input, err) : Q_OK;
}

void q_task_bytes_close(q_task_bytes *b)
{
    q_input_close(&b->input);
    free(b->copy);
    b->copy = NULL;
    q_budget_give(b->budget, b->counted);
    b->counted = 0;
}
