/*
 * Bytes shared between threads: bodies and replies that the driver, the loop and the
 * transport hold at the same time. Counted; the last holder frees them.
 * Thread rule: ref and unref from any thread; the bytes are read-only once shared.
 */
#ifndef Q_MASTER_SHARED_H
#define Q_MASTER_SHARED_H

#include <stdatomic.h>

#include "common/base/buf.h"
#include "proto/frames.h"

typedef struct q_shared {
    _Atomic unsigned refs;
    q_buf bytes;   /* owned; or */
    q_frame frame; /* a received frame, owned */
    const void *data;
    size_t len;
} q_shared;

/* Takes the buffer's bytes (NULL when it failed or memory is out). */
q_shared *q_shared_of_buf(q_buf *take);
/* Takes the frame. */
q_shared *q_shared_of_frame(q_frame *take);
q_shared *q_shared_ref(q_shared *s);
void q_shared_unref(q_shared **s); /* NULL inside is fine */
/* Append to a message without copying; holds a reference until it is sent. */
void q_shared_send(q_frames *out, q_shared *s);

#endif
