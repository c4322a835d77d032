/* Lists of byte spans. */
#include "proto/frames.h"

#include <stdlib.h>

static void free_data(void *data, void *hint)
{
    (void)hint;
    free(data);
}

void q_frames_init(q_frames *f)
{
    memset(f, 0, sizeof *f);
}

void q_frame_fini(q_frame *frame)
{
    if (frame->free_fn)
        frame->free_fn((void *)frame->data, frame->hint);
    memset(frame, 0, sizeof *frame);
}

void q_frames_fini(q_frames *f)
{
    for (uint32_t i = 0; i < f->n; i++)
        q_frame_fini(&f->items[i]);
    free(f->items);
    q_frames_init(f);
}

static bool grow(q_frames *f, uint32_t more)
{
    if (f->cap - f->n >= more)
        return true;
    uint32_t cap = f->cap ? f->cap : 4;
    while (cap - f->n < more)
        cap *= 2;
    q_frame *items = realloc(f->items, cap * sizeof *items);
    if (!items)
        return false;
    f->items = items;
    f->cap = cap;
    return true;
}

void q_frames_add(q_frames *f, q_frame frame)
{
    if (!grow(f, 1)) {
        f->failed = true;
        q_frame_fini(&frame);
        return;
    }
    f->items[f->n++] = frame;
}

void q_frames_add_buf(q_frames *f, q_buf *take)
{
    size_t len;
    char *data = q_buf_take(take, &len);
    if (!data) {
        f->failed = true;
        q_buf_fini(take);
        return;
    }
    q_frames_add(f, (q_frame){data, len, free_data, NULL});
}

void q_frames_add_copy(q_frames *f, const void *data, size_t len)
{
    void *copy = malloc(len ? len : 1);
    if (!copy) {
        f->failed = true;
        return;
    }
    if (len)
        memcpy(copy, data, len);
    q_frames_add(f, (q_frame){copy, len, free_data, NULL});
}

void q_frames_move(q_frames *dst, q_frames *src)
{
    dst->failed |= src->failed;
    if (dst->n == 0) {
        bool failed = dst->failed;
        free(dst->items);
        *dst = *src;
        dst->failed = failed;
        q_frames_init(src);
        return;
    }
    for (uint32_t i = 0; i < src->n; i++)
        q_frames_add(dst, src->items[i]);
    src->n = 0;
    q_frames_fini(src);
}

size_t q_frames_bytes(const q_frames *f)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < f->n; i++)
        bytes += f->items[i].len;
    return bytes;
}
