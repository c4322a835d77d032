/* What a peer's queue holds, counted where libzmq lets frames go (in its own thread). */
#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

#include "common/net/socket.h"

#define COPY_BYTES 512 /* up to here a copy is cheaper than keeping track */

#ifdef Q_NET_TSAN
_Atomic unsigned q_net_fence;

/* libzmq and what it calls are not instrumented; Q_NET_HAND_OVER stands for its locks. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "called_from_lib:libzmq.so\ncalled_from_lib:libstdc++.so\n"
           "called_from_lib:libsodium.so\n";
}
#endif

q_net_flow *q_net_flow_new(q_net_loop *l, size_t room_bytes, void (*on_room)(void *, uint64_t),
                           void *owner, uint64_t peer)
{
    q_net_flow *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    atomic_init(&f->refs, 1);
    f->room_bytes = room_bytes;
    f->loop = q_net_loop_ref(l);
    f->on_room = on_room;
    f->owner = owner;
    f->peer = peer;
    return f;
}

static void unref(q_net_flow *f)
{
    if (atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) != 1)
        return;
    q_net_loop_unref(f->loop);
    free(f);
}

void q_net_flow_leave(q_net_flow **fp)
{
    q_net_flow *f = *fp;
    if (!f)
        return;
    *fp = NULL;
    f->owner = NULL;
    unref(f);
}

static size_t room(q_net_flow *f)
{
    size_t bytes = atomic_load(&f->bytes);
    return bytes < f->room_bytes ? f->room_bytes - bytes : 0;
}

size_t q_net_flow_room(q_net_flow *f)
{
    size_t n = room(f);
    if (n)
        return n;
    atomic_store(&f->waiting, true);
    n = room(f); /* the last frame may have gone before `waiting` was seen */
    if (n)
        atomic_store(&f->waiting, false);
    return n;
}

static void tell_room(void *arg)
{
    q_net_flow *f = arg;
    if (f->owner && f->on_room)
        f->on_room(f->owner, f->peer);
    unref(f);
}

static void flow_sub(q_net_flow *f, size_t bytes)
{
    atomic_fetch_sub(&f->messages, 1);
    size_t left = atomic_fetch_sub(&f->bytes, bytes) - bytes;
    if (left <= f->room_bytes / 2 && atomic_exchange(&f->waiting, false)) {
        if (q_net_post(f->loop, tell_room, f))
            return; /* with our reference */
    }
    unref(f);
}

static void flow_add(q_net_flow *f, size_t bytes)
{
    atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
    atomic_fetch_add(&f->messages, 1);
    atomic_fetch_add(&f->bytes, bytes);
}

/* ---- frames in libzmq's hands ------------------------------------------- */

typedef struct sent {
    q_frame frame;
    q_net_flow *flow; /* the message ends here, NULL if not */
    size_t bytes;     /* of the whole message */
} sent;

static void free_sent(void *data, void *hint)
{
    sent *s = hint;
    (void)data;
    Q_NET_TAKE_OVER();
    q_frame_fini(&s->frame);
    if (s->flow)
        flow_sub(s->flow, s->bytes);
    free(s);
}

/* The frame as a zmq message; the frame is empty afterwards. Without memory the message stays
 * empty: the receiver takes it for malformed. */
static void wrap(zmq_msg_t *m, q_frame *f, q_net_flow *flow, size_t bytes)
{
    bool copy = !f->free_fn || (f->len <= COPY_BYTES && !flow);
    q_frame frame = *f;
    memset(f, 0, sizeof *f);
    if (copy) {
        if (zmq_msg_init_size(m, frame.len) != 0)
            zmq_msg_init(m);
        else if (frame.len)
            memcpy(zmq_msg_data(m), frame.data, frame.len);
        q_frame_fini(&frame);
        if (flow)
            flow_sub(flow, bytes);
        return;
    }
    sent *s = malloc(sizeof *s);
    if (s)
        *s = (sent){frame, flow, bytes};
    if (s && zmq_msg_init_data(m, (void *)frame.data, frame.len, free_sent, s) == 0)
        return;
    zmq_msg_init(m);
    free(s);
    q_frame_fini(&frame);
    if (flow)
        flow_sub(flow, bytes);
}

static int send_part(void *zmq, zmq_msg_t *m, bool more)
{
    Q_NET_HAND_OVER();
    int rc = zmq_msg_send(m, zmq, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0));
    int code = rc < 0 ? zmq_errno() : 0;
    if (rc < 0)
        zmq_msg_close(m);
    return code;
}

int q_net_send_parts(void *zmq, const uint8_t *id, size_t id_len, q_frames *frames,
                     q_net_flow *flow, bool inproc)
{
    int code = 0;
    size_t bytes = q_frames_bytes(frames);
    uint32_t counted = inproc ? 0 : frames->n - 1; /* this frame stands for the message */
    if (id && zmq_send(zmq, id, id_len, ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0)
        code = zmq_errno();
    for (uint32_t i = 0; i < frames->n && code == 0; i++) {
        zmq_msg_t m;
        bool count = flow && i == counted;
        if (count)
            flow_add(flow, bytes);
        wrap(&m, &frames->items[i], count ? flow : NULL, bytes);
        code = send_part(zmq, &m, i + 1 < frames->n);
    }
    q_frames_fini(frames);
    return code;
}
