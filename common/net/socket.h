/*
 * Inside of common/net: one ZeroMQ socket with its monitor on a libuv loop.
 *
 * ZMQ_FD is edge-triggered: after it fired, and after every send (which may swallow the
 * edge), the socket is read until EAGAIN. Sends only mark it; a uv_prepare handle looks
 * before the loop sleeps. Reading stops after READ_BURST messages so that other handles get
 * their turn; an idle handle then keeps the loop awake.
 */
#ifndef Q_NET_SOCKET_H
#define Q_NET_SOCKET_H

#include <stdatomic.h>
#include <uv.h>

#include "common/net/net.h"

struct q_net_context {
    void *zmq;
    q_net_options options; /* defaults filled in */
    _Atomic uint32_t n_sockets;
    uint64_t next_name; /* of monitors */
};

uv_loop_t *q_net_loop_uv(q_net_loop *l);

/* ---- flow: bytes a peer's queue holds ---- */

typedef struct q_net_flow {
    _Atomic uint32_t refs;
    _Atomic uint32_t messages;
    _Atomic size_t bytes;
    _Atomic bool waiting; /* owner asked and got no room */
    size_t room_bytes;
    q_net_loop *loop; /* referenced */
    void (*on_room)(void *owner, uint64_t peer);
    void *owner; /* NULL after the owner left; the loop's thread only */
    uint64_t peer;
} q_net_flow;

q_net_flow *q_net_flow_new(q_net_loop *l, size_t room_bytes, void (*on_room)(void *, uint64_t),
                           void *owner, uint64_t peer); /* NULL: no memory */
/* The owner leaves. */
void q_net_flow_leave(q_net_flow **f);
/* Bytes until room_bytes; 0 arms on_room. */
size_t q_net_flow_room(q_net_flow *f);

/* ---- socket ---- */

typedef struct q_net_socket q_net_socket;

typedef struct q_net_socket_ops {
    /* One message. id: ROUTER's routing id. fd: of the connection, -1 inproc. Frames may be moved.
     */
    void (*on_parts)(void *owner, const uint8_t *id, size_t id_len, int fd, q_frames *frames);
    void (*on_event)(void *owner, uint32_t event, uint32_t value); /* ZMQ_EVENT_… */
    void (*on_drained)(void *owner);                               /* nothing left to read */
} q_net_socket_ops;

/* type: ZMQ_ROUTER or ZMQ_DEALER. */
q_code q_net_socket_new(q_net_context *c, q_net_loop *l, int type, const q_net_socket_ops *ops,
                        void *owner, q_net_socket **out, q_err *err);
void *q_net_socket_zmq(q_net_socket *s);
/* Take in the monitor's events now. */
void q_net_socket_events(q_net_socket *s);
/* Soon, from the loop: read what there is, then on_drained. */
void q_net_socket_kick(q_net_socket *s);
/* Frees itself once the loop has run; no op is called any more. */
void q_net_socket_close(q_net_socket **s);
/* Sends and empties `frames`. id may be NULL. inproc: the message counts in `flow` until it is
 * received, else until it is written. Returns 0 or an errno (EHOSTUNREACH: no such peer). */
int q_net_socket_send(q_net_socket *s, const uint8_t *id, size_t id_len, q_frames *frames,
                      q_net_flow *flow, bool inproc);

/* The sending itself (flow.c). */
int q_net_send_parts(void *zmq, const uint8_t *id, size_t id_len, q_frames *frames,
                     q_net_flow *flow, bool inproc);

/* Header and payload in one list, sent by the callers above. Empties payload. */
q_code q_net_frames(const q_message *m, q_frames *payload, q_frames *out, q_err *err);

/* A handle on a zmq socket's readiness; frees nothing, on_closed is called when it is done. */
typedef struct q_net_watch {
    uv_poll_t poll;
    uv_prepare_t prepare;
    uv_idle_t idle;
    void *zmq;
    bool (*read)(void *arg); /* reads a burst; true if there may be more */
    void *arg;
    void (*on_closed)(void *arg);
    bool touched, closing;
    int open_handles;
} q_net_watch;

q_code q_net_watch_init(q_net_watch *w, uv_loop_t *uv, void *zmq, bool (*read)(void *), void *arg,
                        void (*on_closed)(void *), q_err *err);
/* Something was sent: look at the socket before the loop sleeps. */
void q_net_watch_touch(q_net_watch *w);
void q_net_watch_run(q_net_watch *w);  /* read now */
void q_net_watch_kick(q_net_watch *w); /* read soon, from the loop, whether there is input or not */
/* Closes the handles; the zmq socket may be closed directly after. */
void q_net_watch_close(q_net_watch *w);

/* ---- keys: answers ZAP requests of the context's sockets ---- */

typedef struct q_net_auth q_net_auth;
q_code q_net_auth_new(q_net_context *c, q_net_loop *l, q_net_auth **out, q_err *err);
void q_net_auth_close(q_net_auth **a);

/* Happens-before for the thread sanitizer, which does not see into libzmq. */
#if defined(__SANITIZE_THREAD__)
#define Q_NET_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define Q_NET_TSAN 1
#endif
#endif
#ifdef Q_NET_TSAN
extern _Atomic unsigned q_net_fence;
#define Q_NET_HAND_OVER() atomic_fetch_add(&q_net_fence, 1)
#define Q_NET_TAKE_OVER() atomic_fetch_add(&q_net_fence, 1)
#else
#define Q_NET_HAND_OVER() ((void)0)
#define Q_NET_TAKE_OVER() ((void)0)
#endif

#endif
