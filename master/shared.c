/* Counted bytes. */
#include "master/shared.h"

#include <stdlib.h>

static q_shared *shared_new(void)
{
    q_shared *s = calloc(1, sizeof *s);
    if (s)
        atomic_init(&s->refs, 1);
    return s;
}

q_shared *q_shared_of_buf(q_buf *take)
{
    q_shared *s = take->failed ? NULL : shared_new();
    if (!s) {
        q_buf_fini(take);
        return NULL;
    }
    s->bytes = *take;
    q_buf_init(take);
    s->data = s->bytes.data;
    s->len = s->bytes.len;
    return s;
}

q_shared *q_shared_of_frame(q_frame *take)
{
    q_shared *s = shared_new();
    if (!s) {
        q_frame_fini(take);
        return NULL;
    }
    s->frame = *take;
    *take = (q_frame){0};
    s->data = s->frame.data;
    s->len = s->frame.len;
    return s;
}

q_shared *q_shared_ref(q_shared *s)
{
    atomic_fetch_add(&s->refs, 1);
    return s;
}

void q_shared_unref(q_shared **shared)
{
    q_shared *s = *shared;
    *shared = NULL;
    if (!s || atomic_fetch_sub(&s->refs, 1) > 1)
        return;
    q_buf_fini(&s->bytes);
    q_frame_fini(&s->frame);
    free(s);
}

static void sent(void *data, void *hint)
{
    q_shared *s = hint;
    (void)data;
    q_shared_unref(&s);
}

void q_shared_send(q_frames *out, q_shared *s)
{
    q_frames_add(out, (q_frame){s->data, s->len, sent, q_shared_ref(s)});
}
