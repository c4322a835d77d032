/*
 * A connection to a master: one socket a session. An attempt is RESOLVING (its name),
 * CONNECTING (tcp and handshake), then CONNECTED; whatever goes wrong ends in PAUSED,
 * and the timer starts the next attempt at the next endpoint.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include "common/base/log.h"
#include "common/net/endpoint.h"
#include "common/net/socket.h"

#define MAX_PAUSE_MS 5000
#define MAX_CUT      3 /* handshakes cut off in a row: it will not have us */

typedef enum state { PAUSED, RESOLVING, CONNECTING, CONNECTED } state;

struct q_net_client {
    q_net_context *ctx;
    q_net_loop *loop;
    q_net_client_handlers h;
    q_net_endpoints endpoints;
    uint32_t current; /* endpoint of this attempt */
    state state;
    uint32_t pause_ms; /* before the next round */
    uint32_t bad;      /* malformed messages of this session */
    uint32_t cut;      /* handshakes in a row that were cut off */
    bool ending;       /* the session ends when the socket is read empty, for `why` */
    q_err why;
    q_net_socket *socket;
    q_net_flow *flow;
    uv_timer_t *timer;        /* frees itself */
    uv_getaddrinfo_t *lookup; /* frees itself */
    q_arena scratch;
    bool closing;
    int busy; /* inside a handler: freed afterwards */
};

static void start_attempt(uv_timer_t *t);

static const q_net_endpoint *endpoint(const q_net_client *c)
{
    return &c->endpoints.items[c->current];
}

static const char *endpoint_text(const q_net_client *c, char out[Q_NET_ENDPOINT_TEXT])
{
    q_net_endpoint_format(endpoint(c), "spark", out);
    return out;
}

static void free_client(q_net_client *c)
{
    q_arena_fini(&c->scratch);
    q_net_loop_unref(c->loop);
    free(c);
}

/* Around every call of a handler: it may close the client. False: it did. */
static void enter_handler(q_net_client *c)
{
    c->busy++;
}

static bool leave_handler(q_net_client *c)
{
    c->busy--;
    if (!c->closing)
        return true;
    if (c->busy == 0)
        free_client(c);
    return false;
}

/* ---- sessions ----------------------------------------------------------- */

static void drop_socket(q_net_client *c, bool keep_unsent)
{
    int none = 0;
    if (c->socket && !keep_unsent)
        zmq_setsockopt(q_net_socket_zmq(c->socket), ZMQ_LINGER, &none, sizeof none);
    q_net_socket_close(&c->socket);
    q_net_flow_leave(&c->flow);
    if (c->lookup) {
        uv_cancel((uv_req_t *)c->lookup);
        c->lookup->data = NULL; /* its callback frees it */
        c->lookup = NULL;
    }
}

/* Hosts of a list are tried one after the other; then there is a pause. */
static uint64_t next_pause(q_net_client *c, bool was_connected)
{
    if (was_connected) {
        c->pause_ms = c->ctx->options.retry_ms;
        return c->pause_ms;
    }
    c->current = (c->current + 1) % c->endpoints.n;
    if (c->current != 0)
        return 0;
    uint32_t pause = c->pause_ms;
    c->pause_ms = pause * 2 < MAX_PAUSE_MS ? pause * 2 : MAX_PAUSE_MS;
    return pause;
}

static void end_session(q_net_client *c, const q_err *why)
{
    q_err err = *why;
    bool was_connected = c->state == CONNECTED;
    drop_socket(c, false);
    c->state = PAUSED;
    c->ending = false;
    uv_timer_start(c->timer, start_attempt, next_pause(c, was_connected), 0);
    enter_handler(c);
    c->h.on_disconnected(c->h.arg, was_connected, &err);
    leave_handler(c);
}

/* From the loop, once what the master said before is read. */
static void end_soon(q_net_client *c)
{
    c->ending = true;
    q_net_socket_kick(c->socket);
}

static void fail(q_net_client *c, q_code code, const char *what)
{
    char text[Q_NET_ENDPOINT_TEXT];
    q_err err;
    q_err_set(&err, code, "no connection to %s: %s", endpoint_text(c, text), what);
    end_session(c, &err);
}

static void on_connected(q_net_client *c)
{
    char text[Q_NET_ENDPOINT_TEXT];
    c->state = CONNECTED;
    c->bad = c->cut = 0;
    uv_timer_stop(c->timer);
    enter_handler(c);
    c->h.on_connected(c->h.arg, endpoint_text(c, text));
    leave_handler(c);
}

/* ---- what the socket says ----------------------------------------------- */

static void on_message(q_net_client *c, q_frames *frames)
{
    q_message m;
    q_err err;
    char text[1024];
    q_arena_reset(&c->scratch);
    q_code code = frames->failed ? q_err_set(&err, Q_E_PROTOCOL_LIMIT,
                                             "a message of more than %u frames", Q_MSG_MAX_FRAMES)
                                 : q_message_decode(frames->items, frames->n, c->h.directions,
                                                    &c->scratch, &m, &err);
    if (code == Q_OK) {
        enter_handler(c);
        c->h.on_message(c->h.arg, &m, frames);
        leave_handler(c);
        return;
    }
    q_err_format(&err, text, sizeof text);
    q_warn("dropped a message of the master: %s", text);
    if (++c->bad >= Q_NET_MAX_BAD || code == Q_E_PROTOCOL_VERSION) {
        c->why = err;
        end_soon(c);
    }
}

static void on_parts(void *owner, const uint8_t *id, size_t id_len, int fd, q_frames *frames)
{
    q_net_client *c = owner;
    (void)id;
    (void)id_len;
    (void)fd;
    if (c->state == CONNECTED && !(c->ending && c->bad >= Q_NET_MAX_BAD))
        on_message(c, frames);
}

static void set_why(q_net_client *c, q_code code, const char *what)
{
    char text[Q_NET_ENDPOINT_TEXT];
    if (c->ending)
        return; /* the first reason is the best */
    q_err_set(&c->why, code, "%s %s: %s",
              c->state == CONNECTED ? "lost the connection to" : "no connection to",
              endpoint_text(c, text), what);
    end_soon(c);
}

static const char *other_keys(bool keys)
{
    return keys ? "the handshake failed: is the server key right, and does the master use keys?"
                : "the handshake failed: the master wants keys, or it is no quern master";
}

/* Where one side has keys and the other has none, the first that sees it closes; when that was the
   master we see no more than a cut, as from a master that is ending. That one goes away, though. */
static void set_why_cut(q_net_client *c, bool keys)
{
    if (!c->ending && ++c->cut >= MAX_CUT)
        set_why(c, Q_E_REJECTED, other_keys(keys));
    else
        set_why(c, Q_E_UNREACHABLE, "closed in the handshake");
}

static void on_event(void *owner, uint32_t event, uint32_t value)
{
    q_net_client *c = owner;
    bool keys = c->ctx->options.keys != NULL;
    (void)value;
    switch (event) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        if (c->state == CONNECTING)
            on_connected(c);
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        set_why(c, Q_E_REJECTED, "the master does not accept this key");
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        set_why(c, Q_E_REJECTED, other_keys(keys));
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        set_why_cut(c, keys);
        break;
    case ZMQ_EVENT_CLOSED:
        if (c->state != CONNECTING)
            break;
        if (!c->ending)
            c->cut = 0;
        set_why(c, Q_E_UNREACHABLE, "connection refused, or no way there");
        break;
    case ZMQ_EVENT_DISCONNECTED:
        set_why(c, Q_E_UNREACHABLE, "closed by the other side");
        break;
    default:
        break;
    }
}

static void on_drained(void *owner)
{
    q_net_client *c = owner;
    if (c->ending)
        end_session(c, &c->why);
}

static void tell_room(void *owner, uint64_t peer)
{
    q_net_client *c = owner;
    (void)peer;
    if (c->h.on_room)
        c->h.on_room(c->h.arg);
}

static const q_net_socket_ops ops = {on_parts, on_event, on_drained};

/* ---- attempts ----------------------------------------------------------- */

static void on_timeout(uv_timer_t *t)
{
    q_net_client *c = t->data;
    if (c)
        fail(c, Q_E_UNREACHABLE,
             c->state == RESOLVING ? "the host name has no answer" : "no answer");
}

/* address: tcp://ADDRESS:PORT or inproc://NAME */
static void connect_to(q_net_client *c, const char *address, bool v6)
{
    q_err err;
    int on = v6;
    c->flow = q_net_flow_new(c->loop, c->ctx->options.room_bytes, tell_room, c, 0);
    q_code code = c->flow ? q_net_socket_new(c->ctx, c->loop, ZMQ_DEALER, &ops, c, &c->socket, &err)
                          : q_budget_error(NULL, sizeof *c->flow, &err);
    if (code != Q_OK) {
        end_session(c, &err);
        return;
    }
    void *zmq = q_net_socket_zmq(c->socket);
    zmq_setsockopt(zmq, ZMQ_IPV6, &on, sizeof on);
    c->state = CONNECTING;
    if (zmq_connect(zmq, address) != 0)
        fail(c, Q_E_UNREACHABLE, zmq_strerror(zmq_errno()));
    else if (endpoint(c)->inproc)
        on_connected(c);
    else
        uv_timer_start(c->timer, on_timeout, c->ctx->options.connect_ms, 0);
}

static void connect_address(q_net_client *c, const char *host)
{
    char text[Q_NET_ENDPOINT_TEXT];
    q_net_endpoint e = *endpoint(c);
    snprintf(e.host, sizeof e.host, "%s", host);
    q_net_endpoint_format(&e, "tcp", text);
    connect_to(c, text, strchr(host, ':') != NULL);
}

/* A name may have several addresses: IPv4 first, as servers bind to it by default. */
static void on_lookup(uv_getaddrinfo_t *req, int status, struct addrinfo *found)
{
    q_net_client *c = req->data;
    char host[64] = "";
    const struct addrinfo *use = found;
    while (use && use->ai_next && use->ai_family != AF_INET)
        use = use->ai_next;
    if (use && use->ai_family == AF_INET)
        uv_ip4_name((struct sockaddr_in *)use->ai_addr, host, sizeof host);
    else if (found && found->ai_family == AF_INET6)
        uv_ip6_name((struct sockaddr_in6 *)found->ai_addr, host, sizeof host);
    if (found)
        uv_freeaddrinfo(found);
    free(req);
    if (!c)
        return; /* closed, or timed out */
    c->lookup = NULL;
    if (status != 0 || !host[0])
        fail(c, Q_E_UNREACHABLE, "the host name is unknown");
    else
        connect_address(c, host);
}

static void look_up(q_net_client *c)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    c->lookup = calloc(1, sizeof *c->lookup);
    if (c->lookup)
        c->lookup->data = c;
    c->state = RESOLVING;
    int rc = c->lookup ? uv_getaddrinfo(q_net_loop_uv(c->loop), c->lookup, on_lookup,
                                        endpoint(c)->host, NULL, &hints)
                       : UV_ENOMEM;
    if (rc == 0) {
        uv_timer_start(c->timer, on_timeout, c->ctx->options.connect_ms, 0);
        return;
    }
    free(c->lookup);
    c->lookup = NULL;
    fail(c, Q_E_UNREACHABLE, uv_strerror(rc));
}

static bool is_numeric(const char *host)
{
    unsigned char address[16];
    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

static void start_attempt(uv_timer_t *t)
{
    q_net_client *c = t->data;
    char text[Q_NET_ENDPOINT_TEXT];
    if (!c)
        return;
    if (endpoint(c)->inproc) {
        q_net_endpoint_format(endpoint(c), "inproc", text);
        connect_to(c, text, false);
    } else if (is_numeric(endpoint(c)->host)) {
        connect_address(c, endpoint(c)->host);
    } else {
        look_up(c);
    }
}

/* ---- life --------------------------------------------------------------- */

static void free_timer(uv_handle_t *h)
{
    free(h);
}

q_code q_net_client_new(q_net_context *ctx, q_net_loop *l, const char *url,
                        const q_net_client_handlers *h, q_net_client **out, q_err *err)
{
    q_net_endpoints endpoints;
    Q_TRY(q_net_endpoints_parse(url, &endpoints, err));
    q_net_client *c = calloc(1, sizeof *c);
    uv_timer_t *timer = calloc(1, sizeof *timer);
    if (!c || !timer) {
        free(c);
        free(timer);
        return q_budget_error(NULL, sizeof *c, err);
    }
    c->ctx = ctx;
    c->loop = q_net_loop_ref(l);
    c->h = *h;
    c->endpoints = endpoints;
    c->pause_ms = ctx->options.retry_ms;
    q_arena_init(&c->scratch, NULL);
    c->timer = timer;
    uv_timer_init(q_net_loop_uv(l), timer);
    timer->data = c;
    uv_timer_start(timer, start_attempt, 0, 0);
    *out = c;
    return Q_OK;
}

static q_code too_slow(q_net_client *c, q_err *err)
{
    if (!c->ending) {
        q_err_set(&c->why, Q_E_UNREACHABLE, "the master does not read what it is sent");
        end_soon(c);
    }
    return q_err_set(err, Q_E_PROTOCOL_LIMIT, "the master does not read what it is sent");
}

q_code q_net_client_send(q_net_client *c, const q_message *m, q_frames *payload, q_err *err)
{
    q_frames frames;
    char text[Q_NET_ENDPOINT_TEXT];
    q_code code = q_net_frames(m, payload, &frames, err);
    if (payload)
        q_frames_fini(payload);
    if (code != Q_OK)
        return code;
    if (c->state != CONNECTED || c->ending) {
        q_frames_fini(&frames);
        return q_err_set(err, Q_E_UNREACHABLE, "no connection to %s", endpoint_text(c, text));
    }
    if (atomic_load(&c->flow->bytes) > c->ctx->options.hard_bytes ||
        atomic_load(&c->flow->messages) > c->ctx->options.hard_messages) {
        q_frames_fini(&frames);
        return too_slow(c, err);
    }
    int rc = q_net_socket_send(c->socket, NULL, 0, &frames, c->flow, endpoint(c)->inproc);
    if (rc == 0)
        return Q_OK;
    return q_err_set(err, Q_E_UNREACHABLE, "no connection to %s: %s", endpoint_text(c, text),
                     zmq_strerror(rc));
}

bool q_net_client_connected(const q_net_client *c)
{
    return c->state == CONNECTED && !c->ending;
}

size_t q_net_client_room(q_net_client *c)
{
    return q_net_client_connected(c) ? q_net_flow_room(c->flow) : 0;
}

void q_net_client_reconnect(q_net_client *c)
{
    if (c->state == CONNECTED)
        set_why(c, Q_E_UNREACHABLE, "closed from this side");
}

void q_net_client_close(q_net_client **cp)
{
    q_net_client *c = *cp;
    if (!c)
        return;
    *cp = NULL;
    c->closing = true;
    drop_socket(c, true);
    c->timer->data = NULL;
    uv_timer_stop(c->timer);
    uv_close((uv_handle_t *)c->timer, free_timer);
    c->timer = NULL;
    if (c->busy == 0)
        free_client(c);
}
