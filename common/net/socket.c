/* A ZeroMQ socket and its monitor on a libuv loop. */
#include "common/net/socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#define READ_BURST 256 /* messages */
/* A socket that is told not to reconnect (-1) lets go what it has received when its peer closes. */
#define NEVER_MS 86400000

struct q_net_socket {
    q_net_context *ctx;
    q_net_loop *loop; /* referenced */
    void *zmq, *mon;
    q_net_watch main, events;
    int open_watches;
    const q_net_socket_ops *ops;
    void *owner;
    bool router, closing;
};

/* ---- receiving ---------------------------------------------------------- */

static void close_received(void *data, void *hint)
{
    (void)data;
    zmq_msg_close(hint);
    free(hint);
}

/* The part as a frame that keeps libzmq's memory. */
static void add_part(q_frames *f, zmq_msg_t *m)
{
    zmq_msg_t *keep = malloc(sizeof *keep);
    if (!keep) {
        f->failed = true;
        return;
    }
    zmq_msg_init(keep);
    zmq_msg_move(keep, m);
    q_frames_add(f, (q_frame){zmq_msg_data(keep), zmq_msg_size(keep), close_received, keep});
}

/* Headers are copied: small, and an inproc sender counts a message until its header is let go;
 * a small tcp message would keep a whole receive buffer. */
static void add_header(q_frames *f, zmq_msg_t *m)
{
    q_frames_add_copy(f, zmq_msg_data(m), zmq_msg_size(m));
}

typedef struct received {
    uint8_t id[256];
    size_t id_len;
    int fd;
    q_frames frames; /* failed: too many parts, or no memory */
} received;

static int receive(q_net_socket *s, received *r)
{
    zmq_msg_t m;
    q_frames_init(&r->frames);
    r->id_len = 0;
    r->fd = -1;
    for (uint32_t part = 0;; part++) {
        zmq_msg_init(&m);
        if (zmq_msg_recv(&m, s->zmq, ZMQ_DONTWAIT) < 0) {
            int code = zmq_errno();
            zmq_msg_close(&m);
            return code;
        }
        bool more = zmq_msg_more(&m); /* before the part is moved away */
        if (part == 0)
            Q_NET_TAKE_OVER();
        if (s->router && part == 0) {
            r->id_len = zmq_msg_size(&m) < sizeof r->id ? zmq_msg_size(&m) : 0;
            memcpy(r->id, zmq_msg_data(&m), r->id_len);
            r->fd = zmq_msg_get(&m, ZMQ_SRCFD);
        } else if (r->frames.n == 0) {
            add_header(&r->frames, &m);
        } else if (r->frames.n <= Q_MSG_MAX_FRAMES) {
            add_part(&r->frames, &m);
        } else {
            r->frames.failed = true;
        }
        zmq_msg_close(&m);
        if (!more)
            return 0;
    }
}

static bool read_main(void *arg)
{
    q_net_socket *s = arg;
    for (int i = 0; i < READ_BURST; i++) {
        received r;
        int code = receive(s, &r);
        if (code == 0)
            s->ops->on_parts(s->owner, r.id, r.id_len, r.fd, &r.frames);
        q_frames_fini(&r.frames);
        if (s->closing)
            return false;
        if (code == EINTR)
            continue;
        if (code != 0) {
            s->ops->on_drained(s->owner);
            return false;
        }
    }
    return true;
}

/* ---- the monitor -------------------------------------------------------- */

static bool read_event(q_net_socket *s, uint32_t *event, uint32_t *value)
{
    zmq_msg_t m, address;
    uint16_t e = 0;
    zmq_msg_init(&m);
    if (zmq_msg_recv(&m, s->mon, ZMQ_DONTWAIT) < 0) {
        zmq_msg_close(&m);
        return false;
    }
    if (zmq_msg_size(&m) >= 6) {
        memcpy(&e, zmq_msg_data(&m), 2);
        memcpy(value, (char *)zmq_msg_data(&m) + 2, 4);
    }
    *event = e;
    zmq_msg_init(&address);
    if (zmq_msg_more(&m))
        zmq_msg_recv(&address, s->mon, 0);
    zmq_msg_close(&address);
    zmq_msg_close(&m);
    return true;
}

void q_net_socket_events(q_net_socket *s)
{
    uint32_t event, value = 0;
    while (!s->closing && read_event(s, &event, &value))
        s->ops->on_event(s->owner, event, value);
}

/* An event may end a connection whose last messages are still to be read. */
static bool read_events(void *arg)
{
    q_net_socket *s = arg;
    q_net_socket_events(s);
    if (!s->closing)
        q_net_watch_run(&s->main);
    return false;
}

/* ---- life --------------------------------------------------------------- */

static void free_socket(q_net_socket *s)
{
    atomic_fetch_sub(&s->ctx->n_sockets, 1);
    q_net_loop_unref(s->loop);
    free(s);
}

static void on_watch_closed(void *arg)
{
    q_net_socket *s = arg;
    if (--s->open_watches == 0)
        free_socket(s);
}

static void set_int(void *zmq, int option, int value)
{
    zmq_setsockopt(zmq, option, &value, sizeof value);
}

static void set_options(q_net_socket *s, int type)
{
    const q_net_options *o = &s->ctx->options;
    int64_t most = Q_MSG_MAX_FRAME_BYTES;
    set_int(s->zmq, ZMQ_LINGER, (int)o->linger_ms);
    set_int(s->zmq, ZMQ_SNDHWM, 0); /* counted in bytes: q_net_flow */
    set_int(s->zmq, ZMQ_RCVHWM, 16);
    set_int(s->zmq, ZMQ_HEARTBEAT_IVL, (int)(o->keepalive_ms / 3));
    set_int(s->zmq, ZMQ_HEARTBEAT_TIMEOUT, (int)o->keepalive_ms);
    set_int(s->zmq, ZMQ_BACKLOG, 1024);
    set_int(s->zmq, ZMQ_RECONNECT_IVL, NEVER_MS);
    set_int(s->zmq, ZMQ_CONNECT_TIMEOUT, (int)o->connect_ms);
    set_int(s->zmq, ZMQ_HANDSHAKE_IVL, (int)o->connect_ms);
    zmq_setsockopt(s->zmq, ZMQ_MAXMSGSIZE, &most, sizeof most);
    if (type == ZMQ_ROUTER)
        set_int(s->zmq, ZMQ_ROUTER_MANDATORY, 1);
}

static bool set_keys(q_net_socket *s, int type)
{
    const q_net_keys *k = s->ctx->options.keys;
    if (!k)
        return true;
    bool ok = zmq_setsockopt(s->zmq, ZMQ_CURVE_SECRETKEY, k->own_secret, Q_NET_KEY_TEXT) == 0 &&
              zmq_setsockopt(s->zmq, ZMQ_CURVE_PUBLICKEY, k->own_public, Q_NET_KEY_TEXT) == 0;
    if (type == ZMQ_ROUTER) {
        set_int(s->zmq, ZMQ_CURVE_SERVER, 1);
        return ok && zmq_setsockopt(s->zmq, ZMQ_ZAP_DOMAIN, "quern", 5) == 0;
    }
    return ok && zmq_setsockopt(s->zmq, ZMQ_CURVE_SERVERKEY, k->server, Q_NET_KEY_TEXT) == 0;
}

static bool open_monitor(q_net_socket *s)
{
    char name[64];
    snprintf(name, sizeof name, "inproc://quern-monitor-%llu",
             (unsigned long long)s->ctx->next_name++);
    s->mon = zmq_socket(s->ctx->zmq, ZMQ_PAIR);
    if (!s->mon)
        return false;
    set_int(s->mon, ZMQ_LINGER, 0);
    set_int(s->mon, ZMQ_RCVHWM, 0);
    return zmq_socket_monitor(s->zmq, name, ZMQ_EVENT_ALL) == 0 && zmq_connect(s->mon, name) == 0;
}

static void close_zmq(q_net_socket *s)
{
    if (s->zmq)
        zmq_socket_monitor(s->zmq, NULL, 0);
    if (s->mon)
        zmq_close(s->mon);
    if (s->zmq)
        zmq_close(s->zmq);
    s->zmq = s->mon = NULL;
}

static q_code open_zmq(q_net_socket *s, int type, q_err *err)
{
    s->zmq = zmq_socket(s->ctx->zmq, type);
    if (!s->zmq || !open_monitor(s))
        return q_err_set(err, Q_E_INTERNAL, "cannot make a socket: %s", zmq_strerror(zmq_errno()));
    set_options(s, type);
    if (!set_keys(s, type))
        return q_err_set(err, Q_E_INVALID_CONF_VALUE, "bad keys: %s", zmq_strerror(zmq_errno()));
    return Q_OK;
}

q_code q_net_socket_new(q_net_context *c, q_net_loop *l, int type, const q_net_socket_ops *ops,
                        void *owner, q_net_socket **out, q_err *err)
{
    q_net_socket *s = calloc(1, sizeof *s);
    if (!s)
        return q_budget_error(NULL, sizeof *s, err);
    s->ctx = c;
    s->loop = q_net_loop_ref(l);
    s->ops = ops;
    s->owner = owner;
    s->router = type == ZMQ_ROUTER;
    atomic_fetch_add(&c->n_sockets, 1);
    uv_loop_t *uv = q_net_loop_uv(l);
    q_code code = open_zmq(s, type, err);
    if (code == Q_OK)
        code = q_net_watch_init(&s->main, uv, s->zmq, read_main, s, on_watch_closed, err);
    if (code != Q_OK) {
        close_zmq(s);
        free_socket(s);
        return code;
    }
    s->open_watches = 1;
    code = q_net_watch_init(&s->events, uv, s->mon, read_events, s, on_watch_closed, err);
    if (code != Q_OK) {
        q_net_socket_close(&s);
        return code;
    }
    s->open_watches = 2;
    *out = s;
    return Q_OK;
}

void *q_net_socket_zmq(q_net_socket *s)
{
    return s->zmq;
}

void q_net_socket_kick(q_net_socket *s)
{
    q_net_watch_kick(&s->main);
}

void q_net_socket_close(q_net_socket **sp)
{
    q_net_socket *s = *sp;
    if (!s)
        return;
    *sp = NULL;
    s->closing = true;
    q_net_watch_close(&s->main);
    if (s->open_watches == 2)
        q_net_watch_close(&s->events);
    close_zmq(s);
}

int q_net_socket_send(q_net_socket *s, const uint8_t *id, size_t id_len, q_frames *frames,
                      q_net_flow *flow, bool inproc)
{
    int code = q_net_send_parts(s->zmq, id, id_len, frames, flow, inproc);
    q_net_watch_touch(&s->main);
    return code;
}

q_code q_net_frames(const q_message *m, q_frames *payload, q_frames *out, q_err *err)
{
    q_frames_init(out);
    q_code code = q_message_encode(out, m, err);
    if (payload)
        q_frames_move(out, payload);
    if (code == Q_OK && out->failed)
        code = q_budget_error(NULL, sizeof(q_frame), err);
    if (code == Q_OK && out->n - 1 > Q_MSG_MAX_FRAMES)
        code = q_err_set(err, Q_E_PROTOCOL_LIMIT, "%s with %u frames, at most %u are allowed",
                         q_message_name(m->type), out->n - 1, Q_MSG_MAX_FRAMES);
    for (uint32_t i = 1; code == Q_OK && i < out->n; i++) {
        if (out->items[i].len > Q_MSG_MAX_FRAME_BYTES)
            code = q_err_set(err, Q_E_PROTOCOL_LIMIT,
                             "%s with a frame of %zu bytes, at most %u are allowed",
                             q_message_name(m->type), out->items[i].len, Q_MSG_MAX_FRAME_BYTES);
    }
    if (code != Q_OK)
        q_frames_fini(out);
    return code;
}
