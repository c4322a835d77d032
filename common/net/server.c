/*
 * The master's socket. A peer is a connection: libzmq numbers them (routing ids of five
 * bytes, zero and a number). ROUTER does not say when a peer leaves; the monitor does,
 * by the connection's descriptor, which every message carries too (ZMQ_SRCFD). So:
 *   - by_fd finds the peer of a descriptor. Before a new peer is entered, the monitor is
 *     read, so that a descriptor that is used again does not point to its old peer;
 *   - what a peer sent before it left may still be unread: it is told gone only when the
 *     socket has been read empty;
 *   - a connection that ended before its first message was read is remembered (orphans)
 *     until the socket has been read empty. The next new peer on its descriptor is taken
 *     for it; if that was wrong, the peer is told gone once and is new when it speaks again.
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include "common/base/log.h"
#include "common/net/endpoint.h"
#include "common/net/socket.h"

typedef struct peer {
    struct peer *next; /* in its bucket */
    uint32_t number;
    int fd;       /* -1: inproc, or no longer connected */
    uint32_t bad; /* malformed messages */
    bool inproc;
    bool known;   /* the owner has heard of it */
    bool ignored; /* nothing of it is passed on */
    bool connected;
    bool leaving; /* in s->leaving */
    q_net_flow *flow;
} peer;

struct q_net_server {
    q_net_context *ctx;
    q_net_loop *loop;
    q_net_socket *socket;
    q_net_auth *auth;
    q_net_server_handlers h;
    uint16_t port;
    bool closing; /* handlers are not called any more */
    bool warned;  /* of peers that name themselves */
    int busy;     /* inside a handler: freed afterwards */
    q_arena scratch;

    peer **buckets;
    uint32_t n_buckets, n_peers; /* buckets: a power of 2 */
    peer **by_fd;
    uint32_t n_fds;
    uint32_t *leaving; /* peer numbers */
    uint32_t n_leaving, cap_leaving;
    int *orphans; /* descriptors */
    uint32_t n_orphans, cap_orphans;
};

/* ---- peers -------------------------------------------------------------- */

static peer **slot_of(q_net_server *s, uint32_t number)
{
    peer **p = &s->buckets[number & (s->n_buckets - 1)];
    while (*p && (*p)->number != number)
        p = &(*p)->next;
    return p;
}

static peer *find(q_net_server *s, uint64_t number)
{
    return number <= UINT32_MAX ? *slot_of(s, (uint32_t)number) : NULL;
}

static void rehash(q_net_server *s)
{
    uint32_t n = s->n_buckets * 2;
    peer **buckets = calloc(n, sizeof *buckets);
    if (!buckets)
        return; /* longer chains, no harm */
    for (uint32_t i = 0; i < s->n_buckets; i++) {
        for (peer *p = s->buckets[i], *next; p; p = next) {
            next = p->next;
            p->next = buckets[p->number & (n - 1)];
            buckets[p->number & (n - 1)] = p;
        }
    }
    free(s->buckets);
    s->buckets = buckets;
    s->n_buckets = n;
}

/* An array with room for one more. */
static bool room_for(void **items, uint32_t n, uint32_t *cap, size_t bytes)
{
    if (n < *cap)
        return true;
    uint32_t more = *cap ? *cap * 2 : 16;
    void *p = realloc(*items, more * bytes);
    if (!p)
        return false;
    *items = p;
    *cap = more;
    return true;
}

static bool set_fd(q_net_server *s, uint32_t fd, peer *p)
{
    if (fd >= s->n_fds) {
        uint32_t n = fd + 64;
        peer **by_fd = realloc(s->by_fd, n * sizeof(peer *));
        if (!by_fd)
            return false;
        memset(by_fd + s->n_fds, 0, (n - s->n_fds) * sizeof(peer *));
        s->by_fd = by_fd;
        s->n_fds = n;
    }
    s->by_fd[fd] = p;
    return true;
}

static void tell_room(void *owner, uint64_t number)
{
    q_net_server *s = owner;
    if (find(s, number) && s->h.on_room)
        s->h.on_room(s->h.arg, number);
}

/* Tell the owner once the socket is read empty. */
static void leave(q_net_server *s, peer *p)
{
    if (p->leaving ||
        !room_for((void **)&s->leaving, s->n_leaving, &s->cap_leaving, sizeof(uint32_t)))
        return;
    p->leaving = true;
    s->leaving[s->n_leaving++] = p->number;
    q_net_socket_kick(s->socket);
}

static bool take_orphan(q_net_server *s, int fd)
{
    for (uint32_t i = 0; i < s->n_orphans; i++) {
        if (s->orphans[i] == fd) {
            s->orphans[i] = s->orphans[--s->n_orphans];
            return true;
        }
    }
    return false;
}

static peer *enter(q_net_server *s, uint32_t number, int fd)
{
    q_net_socket_events(s->socket);
    peer *p = calloc(1, sizeof *p);
    if (p)
        p->flow = q_net_flow_new(s->loop, s->ctx->options.room_bytes, tell_room, s, number);
    if (!p || !p->flow || (fd >= 0 && !set_fd(s, (uint32_t)fd, p))) {
        if (p)
            q_net_flow_leave(&p->flow);
        free(p);
        return NULL;
    }
    if (++s->n_peers > s->n_buckets)
        rehash(s);
    p->number = number;
    p->fd = fd;
    p->inproc = fd < 0;
    p->connected = true;
    *slot_of(s, number) = p;
    if (fd >= 0 && take_orphan(s, fd)) {
        s->by_fd[fd] = NULL;
        p->connected = false;
        leave(s, p);
    }
    return p;
}

static void forget(q_net_server *s, peer *p)
{
    peer **slot = slot_of(s, p->number);
    *slot = p->next;
    s->n_peers--;
    if (p->fd >= 0 && s->by_fd[p->fd] == p)
        s->by_fd[p->fd] = NULL;
    q_net_flow_leave(&p->flow);
    free(p);
}

/* ---- handlers ----------------------------------------------------------- */

static void free_server(q_net_server *s)
{
    q_arena_fini(&s->scratch);
    q_net_loop_unref(s->loop);
    free(s);
}

/* Around every call of a handler: it may close the server. False: it did. */
static void enter_handler(q_net_server *s)
{
    s->busy++;
}

static bool leave_handler(q_net_server *s)
{
    s->busy--;
    if (!s->closing)
        return true;
    if (s->busy == 0)
        free_server(s);
    return false;
}

static bool tell_gone(q_net_server *s, peer *p)
{
    bool tell = p->known && s->h.on_gone;
    uint32_t number = p->number;
    p->known = false;
    p->leaving = false;
    if (p->connected)
        p->ignored = true; /* dropped for its fault: forgotten when the connection ends */
    else
        forget(s, p);
    if (!tell)
        return true;
    enter_handler(s);
    s->h.on_gone(s->h.arg, number);
    return leave_handler(s);
}

static void on_drained(void *owner)
{
    q_net_server *s = owner;
    s->n_orphans = 0;
    while (s->n_leaving) {
        peer *p = find(s, s->leaving[--s->n_leaving]);
        if (p && !tell_gone(s, p))
            return;
    }
}

static void refuse_version(q_net_server *s, peer *p, const q_err *err)
{
    q_message m;
    q_message_init(&m, Q_MSG_REFUSED);
    m.u.refused.error = err;
    q_net_server_send(s, p->number, &m, NULL, NULL);
}

static void on_bad(q_net_server *s, peer *p, const q_err *err)
{
    char text[1024];
    char number[16];
    snprintf(number, sizeof number, "%u", p->number);
    q_err_format(err, text, sizeof text);
    bool version = err->code == Q_E_PROTOCOL_VERSION;
    bool enough = ++p->bad >= Q_NET_MAX_BAD || version;
    q_log_with(Q_LOG_WARN, Q_LOG_FIELDS({"peer", number}), "dropped a message: %s%s", text,
               enough ? "; this peer is ignored from now on" : "");
    if (version)
        refuse_version(s, p, err);
    if (enough) {
        p->ignored = true;
        leave(s, p);
    }
}

static void on_message(q_net_server *s, peer *p, q_frames *frames)
{
    q_message m;
    q_err err;
    q_arena_reset(&s->scratch);
    q_code code = frames->failed ? q_err_set(&err, Q_E_PROTOCOL_LIMIT,
                                             "a message of more than %u frames", Q_MSG_MAX_FRAMES)
                                 : q_message_decode(frames->items, frames->n, s->h.directions,
                                                    &s->scratch, &m, &err);
    if (code != Q_OK) {
        on_bad(s, p, &err);
        return;
    }
    p->known = true;
    enter_handler(s);
    s->h.on_message(s->h.arg, p->number, &m, frames);
    leave_handler(s);
}

static void on_parts(void *owner, const uint8_t *id, size_t id_len, int fd, q_frames *frames)
{
    q_net_server *s = owner;
    if (id_len != 5 || id[0] != 0) {
        if (!s->warned)
            q_warn("dropped a message of a peer that names itself (said once)");
        s->warned = true;
        return;
    }
    uint32_t number = (uint32_t)id[1] << 24 | (uint32_t)id[2] << 16 | (uint32_t)id[3] << 8 | id[4];
    peer *p = find(s, number);
    if (!p)
        p = enter(s, number, fd);
    if (p && !p->ignored)
        on_message(s, p, frames);
}

static void on_disconnected(q_net_server *s, int fd)
{
    peer *p = (uint32_t)fd < s->n_fds ? s->by_fd[fd] : NULL;
    if (p) {
        s->by_fd[fd] = NULL;
        p->fd = -1;
        p->connected = false;
        leave(s, p);
    } else if (room_for((void **)&s->orphans, s->n_orphans, &s->cap_orphans, sizeof(int))) {
        s->orphans[s->n_orphans++] = fd;
    }
}

static void on_event(void *owner, uint32_t event, uint32_t value)
{
    q_net_server *s = owner;
    switch (event) {
    case ZMQ_EVENT_DISCONNECTED:
        on_disconnected(s, (int)value);
        break;
    case ZMQ_EVENT_ACCEPT_FAILED:
        q_warn("cannot accept a connection: %s", strerror((int)value));
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        q_log(Q_LOG_DEBUG, "a connection failed in its handshake");
        break;
    default:
        break;
    }
}

static const q_net_socket_ops ops = {on_parts, on_event, on_drained};

/* ---- life --------------------------------------------------------------- */

q_code q_net_server_new(q_net_context *c, q_net_loop *l, const q_net_server_handlers *h,
                        q_net_server **out, q_err *err)
{
    q_net_server *s = calloc(1, sizeof *s);
    if (!s)
        return q_budget_error(NULL, sizeof *s, err);
    s->ctx = c;
    s->loop = q_net_loop_ref(l);
    s->h = *h;
    s->n_buckets = 64;
    s->buckets = calloc(s->n_buckets, sizeof *s->buckets);
    q_arena_init(&s->scratch, NULL);
    q_code code = s->buckets ? Q_OK : q_budget_error(NULL, 64 * sizeof(void *), err);
    if (code == Q_OK && c->options.keys)
        code = q_net_auth_new(c, l, &s->auth, err);
    if (code == Q_OK)
        code = q_net_socket_new(c, l, ZMQ_ROUTER, &ops, s, &s->socket, err);
    if (code != Q_OK) {
        q_net_server_close(&s);
        return code;
    }
    *out = s;
    return Q_OK;
}

/* ZeroMQ binds to addresses only, so names are looked up here. */
static q_code resolve(q_net_endpoint *e, q_err *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
    char name[sizeof e->host];
    if (strcmp(e->host, "*") == 0 || strcmp(e->host, "0.0.0.0") == 0)
        return Q_OK;
    int rc = getaddrinfo(e->host, NULL, &hints, &found);
    if (rc != 0)
        return q_err_set(err, Q_E_USAGE, "cannot listen on %s: %s", e->host, gai_strerror(rc));
    const struct addrinfo *use = found;
    while (use->ai_next && use->ai_family != AF_INET)
        use = use->ai_next;
    if (use->ai_family != AF_INET)
        use = found;
    rc = getnameinfo(use->ai_addr, use->ai_addrlen, name, sizeof name, NULL, 0, NI_NUMERICHOST);
    freeaddrinfo(found);
    if (rc != 0)
        return q_err_set(err, Q_E_USAGE, "cannot listen on %s: %s", e->host, gai_strerror(rc));
    strcpy(e->host, name);
    return Q_OK;
}

static q_code bind_error(const char *endpoint, const q_net_endpoint *e, int code, q_err *err)
{
    if (code == EADDRINUSE) {
        q_err_set(err, Q_E_ADDRESS_IN_USE, "port %u is in use (listening on %s)", e->port,
                  endpoint);
        q_err_hint(err, "choose another with --port, or 0 for any free one");
        return Q_E_ADDRESS_IN_USE;
    }
    if (code == EADDRNOTAVAIL || code == ENODEV)
        return q_err_set(err, Q_E_USAGE, "cannot listen on %s: %s is no address of this machine",
                         endpoint, e->host);
    return q_err_set(err, Q_E_IO, "cannot listen on %s: %s", endpoint, zmq_strerror(code));
}

q_code q_net_server_bind(q_net_server *s, const char *endpoint, q_err *err)
{
    q_net_endpoints parsed;
    char text[Q_NET_ENDPOINT_TEXT];
    void *zmq = q_net_socket_zmq(s->socket);
    Q_TRY(q_net_endpoints_parse(endpoint, &parsed, err));
    q_net_endpoint *e = &parsed.items[0];
    if (parsed.n != 1)
        return q_err_set(err, Q_E_USAGE, "cannot listen on `%s`: one host is expected", endpoint);
    if (!e->inproc)
        Q_TRY(resolve(e, err));
    int v6 = strchr(e->host, ':') != NULL;
    zmq_setsockopt(zmq, ZMQ_IPV6, &v6, sizeof v6);
    q_net_endpoint_format(e, "tcp", text);
    if (!e->inproc && e->port == 0)
        strcpy(strrchr(text, ':'), ":*");
    if (zmq_bind(zmq, text) != 0)
        return bind_error(endpoint, e, zmq_errno(), err);
    size_t n = sizeof text;
    if (!e->inproc && zmq_getsockopt(zmq, ZMQ_LAST_ENDPOINT, text, &n) == 0)
        s->port = (uint16_t)strtoul(strrchr(text, ':') + 1, NULL, 10);
    return Q_OK;
}

uint16_t q_net_server_port(const q_net_server *s)
{
    return s->port;
}

/* A peer that does not read what it is sent. */
static q_code too_slow(q_net_server *s, peer *p, q_err *err)
{
    q_warn("peer %u has %zu bytes in %u messages unread: it is dropped", p->number,
           atomic_load(&p->flow->bytes), atomic_load(&p->flow->messages));
    p->ignored = true;
    leave(s, p);
    return q_err_set(err, Q_E_PROTOCOL_LIMIT, "the peer does not read what it is sent");
}

q_code q_net_server_send(q_net_server *s, uint64_t number, const q_message *m, q_frames *payload,
                         q_err *err)
{
    q_frames frames;
    peer *p = find(s, number);
    q_code code = q_net_frames(m, payload, &frames, err);
    if (payload)
        q_frames_fini(payload);
    if (code != Q_OK)
        return code;
    if (!p || p->ignored) {
        q_frames_fini(&frames);
        return q_err_set(err, Q_E_NOT_FOUND, "peer %llu is gone", (unsigned long long)number);
    }
    if (atomic_load(&p->flow->bytes) > s->ctx->options.hard_bytes ||
        atomic_load(&p->flow->messages) > s->ctx->options.hard_messages) {
        q_frames_fini(&frames);
        return too_slow(s, p, err);
    }
    uint8_t id[5] = {0, (uint8_t)(p->number >> 24), (uint8_t)(p->number >> 16),
                     (uint8_t)(p->number >> 8), (uint8_t)p->number};
    int rc = q_net_socket_send(s->socket, id, sizeof id, &frames, p->flow, p->inproc);
    if (rc == 0)
        return Q_OK;
    p->connected = false;
    leave(s, p);
    return q_err_set(err, Q_E_NOT_FOUND, "peer %llu is gone: %s", (unsigned long long)number,
                     zmq_strerror(rc));
}

size_t q_net_server_room(q_net_server *s, uint64_t number)
{
    peer *p = find(s, number);
    return p && !p->ignored ? q_net_flow_room(p->flow) : 0;
}

void q_net_server_drop(q_net_server *s, uint64_t number)
{
    peer *p = find(s, number);
    if (!p)
        return;
    p->known = false;
    p->ignored = true;
    if (!p->connected)
        leave(s, p); /* else it is forgotten when the connection ends */
}

void q_net_server_close(q_net_server **sp)
{
    q_net_server *s = *sp;
    if (!s)
        return;
    *sp = NULL;
    s->closing = true;
    q_net_socket_close(&s->socket);
    q_net_auth_close(&s->auth);
    for (uint32_t i = 0; s->buckets && i < s->n_buckets; i++) {
        for (peer *p = s->buckets[i], *next; p; p = next) {
            next = p->next;
            q_net_flow_leave(&p->flow);
            free(p);
        }
    }
    free(s->buckets);
    free(s->by_fd);
    free(s->leaving);
    free(s->orphans);
    s->buckets = s->by_fd = NULL;
    if (s->busy == 0)
        free_server(s);
}
