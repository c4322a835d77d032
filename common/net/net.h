/*
 * Messages between processes and threads: ZeroMQ sockets on a libuv loop.
 *
 *   q_net_context   one in a process; master and workers of local mode share it (inproc://)
 *   q_net_loop      hands work from other threads over to a loop
 *   q_net_server    ROUTER: the master's one socket, for workers and clients
 *   q_net_client    DEALER: a connection to the first master of a list that answers
 *
 * A connection of a client is a session: its messages arrive in order, or the session
 * ends (on_disconnected) and what was not delivered is gone; the client connects again
 * by itself and the owner has to introduce itself anew. A server learns of a lost peer
 * at once when the connection ends (on_gone), otherwise by silence (keepalive_ms).
 *
 * Flow: sending never blocks. What the transport has not yet passed on is counted for
 * each peer. Bulk data asks *_room() first and goes on at on_room; small messages are
 * always taken. A peer whose queue passes the hard limit is dropped. A receiver that
 * does not return from on_message stops the sender by TCP's own flow control.
 *
 * Malformed messages are dropped and counted with a warning; after Q_NET_MAX_BAD of them
 * the peer is ignored (server) or left (client). A peer with another protocol version is
 * told so once (REFUSED, PROTOCOL_VERSION).
 *
 * Thread rule: everything on the loop's thread, except q_net_post and the free_fn of
 * frames that were sent, which runs in the transport's thread.
 */
#ifndef Q_NET_NET_H
#define Q_NET_NET_H

#include "common/net/keys.h"
#include "proto/message.h"

struct uv_loop_s;

#define Q_NET_MAX_BAD 8

/* ---- hand-over ---- */

typedef struct q_net_loop q_net_loop;

q_code q_net_loop_new(struct uv_loop_s *uv, q_net_loop **out, q_err *err);
/* What was posted before still runs now; later posts are dropped. The loop must run once more. */
void q_net_loop_close(q_net_loop **l);
/* Any thread: fn(arg) runs on the loop's thread, in the order of the calls of one thread. The
 * caller bounds how many are under way. False when the loop is closed (or there is no memory):
 * then fn does not run. */
bool q_net_post(q_net_loop *l, void (*fn)(void *arg), void *arg);
/* For threads that may outlive the close. */
q_net_loop *q_net_loop_ref(q_net_loop *l);
void q_net_loop_unref(q_net_loop *l);

/* ---- context ---- */

typedef struct q_net_context q_net_context;

typedef struct q_net_options {
    bool inproc_only;   /* no transport thread */
    uint32_t linger_ms; /* time that a close gives unsent messages; 0: 2000 */
    uint32_t
        keepalive_ms;    /* a connection silent for so long is lost (asked every third); 0: 15000 */
    uint32_t connect_ms; /* time for one attempt to connect; 0: 5000 */
    uint32_t retry_ms;   /* first pause after a failed attempt, doubled up to 5000; 0: 100 */
    size_t room_bytes;   /* a peer's queue that still counts as room; 0: 32 MiB */
    size_t hard_bytes;   /* a peer's queue that loses it the connection; 0: 1 GiB */
    uint32_t hard_messages; /* the same in messages; 0: 100000 */
    const q_net_keys *keys; /* CURVE; borrowed for the context's life; NULL: in clear */
} q_net_options;

/* options may be NULL. */
q_code q_net_context_new(const q_net_options *options, q_net_context **out, q_err *err);
/* All servers and clients must be closed. Waits for unsent messages, at most linger_ms. */
void q_net_context_destroy(q_net_context **c);

/* ---- server ---- */

typedef struct q_net_server q_net_server;

typedef struct q_net_server_handlers {
    void *arg;
    unsigned directions; /* accepted: Q_MSG_W2M | Q_MSG_C2M */
    /* m and its lists live until the return; bins of m and the payload (frames 1…) belong to
     * `frames`, which may be moved away (q_frames_move). May send, drop and close. */
    void (*on_message)(void *arg, uint64_t peer, const q_message *m, q_frames *frames);
    void (*on_gone)(void *arg, uint64_t peer); /* its number never comes back; may be NULL */
    void (*on_room)(void *arg, uint64_t peer); /* after q_net_server_room gave 0; may be NULL */
} q_net_server_handlers;

q_code q_net_server_new(q_net_context *c, q_net_loop *l, const q_net_server_handlers *h,
                        q_net_server **out, q_err *err);
/* "tcp://HOST:PORT" (HOST a name, an address or *; PORT 0: any free one) or "inproc://NAME".
 * Errors: ADDRESS_IN_USE, USAGE, IO. */
q_code q_net_server_bind(q_net_server *s, const char *endpoint, q_err *err);
/* Of the last tcp endpoint bound. */
uint16_t q_net_server_port(const q_net_server *s);
/* Takes payload's frames in any case (may be NULL). Frames without free_fn are copied.
 * Errors: NOT_FOUND (the peer is gone), PROTOCOL_LIMIT, OUT_OF_MEMORY. */
q_code q_net_server_send(q_net_server *s, uint64_t peer, const q_message *m, q_frames *payload,
                         q_err *err);
/* Bytes that may be sent to the peer now; 0: on_room will tell. */
size_t q_net_server_room(q_net_server *s, uint64_t peer);
/* Forget the peer: nothing of it is heard any more, no on_gone. */
void q_net_server_drop(q_net_server *s, uint64_t peer);
/* Unsent messages go out in the background (linger_ms). No handler is called any more. The loop
 * must run once more to free everything. */
void q_net_server_close(q_net_server **s);

/* ---- client ---- */

typedef struct q_net_client q_net_client;

typedef struct q_net_client_handlers {
    void *arg;
    unsigned directions; /* accepted: Q_MSG_M2W or Q_MSG_M2C */
    void (*on_connected)(void *arg, const char *endpoint);
    /* A session ended or an attempt failed (UNREACHABLE, PROTOCOL, PROTOCOL_VERSION, REJECTED for
     * keys); the next attempt follows by itself. connected: there had been a session. */
    void (*on_disconnected)(void *arg, bool connected, const q_err *err);
    /* As the server's. */
    void (*on_message)(void *arg, const q_message *m, q_frames *frames);
    void (*on_room)(void *arg); /* may be NULL */
} q_net_client_handlers;

/* url: "spark://HOST:PORT[,HOST:PORT…]", "tcp://HOST:PORT" or "inproc://NAME". Handlers are called
 * from the loop only. Errors: USAGE. */
q_code q_net_client_new(q_net_context *c, q_net_loop *l, const char *url,
                        const q_net_client_handlers *h, q_net_client **out, q_err *err);
/* Takes payload's frames in any case (may be NULL). Errors: UNREACHABLE (no session). */
q_code q_net_client_send(q_net_client *c, const q_message *m, q_frames *payload, q_err *err);
bool q_net_client_connected(const q_net_client *c);
size_t q_net_client_room(q_net_client *c);
/* End the session and connect anew after a pause. */
void q_net_client_reconnect(q_net_client *c);
void q_net_client_close(q_net_client **c);

#endif
