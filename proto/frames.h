/*
 * The parts of one message as a list of byte spans, each with its way of being
 * freed, so that bytes travel between modules and threads without copies.
 *
 * Ownership: q_frames owns its frames; q_frames_fini calls each frame's free_fn.
 * A frame handed to common/net is freed when the transport has sent it, IN
 * ANOTHER THREAD: free_fn must allow that (free(), an atomic count; not an arena).
 * Out of memory sets `failed` (sticky): the frame concerned is freed, check once.
 * Thread rule: one thread at a time.
 */
#ifndef Q_PROTO_FRAMES_H
#define Q_PROTO_FRAMES_H

#include "common/base/buf.h"

typedef void q_frame_free_fn(void *data, void *hint);

typedef struct q_frame {
    const void *data;
    size_t len;               /* bytes */
    q_frame_free_fn *free_fn; /* NULL: borrowed, the owner outlives the frame */
    void *hint;               /* for free_fn */
} q_frame;

typedef struct q_frames {
    uint32_t n, cap;
    q_frame *items;
    bool failed;
} q_frames;

void q_frames_init(q_frames *f);
void q_frames_fini(q_frames *f); /* frees all; usable again */
/* Takes the frame. */
void q_frames_add(q_frames *f, q_frame frame);
/* Takes the buffer's bytes; `take` is empty afterwards. A failed buffer fails the list. */
void q_frames_add_buf(q_frames *f, q_buf *take);
void q_frames_add_copy(q_frames *f, const void *data, size_t len);
/* Append src's frames to dst; src is left empty. */
void q_frames_move(q_frames *dst, q_frames *src);
size_t q_frames_bytes(const q_frames *f);
/* Drop one frame's bytes (calls free_fn); the frame becomes empty. */
void q_frame_fini(q_frame *frame);

#endif
