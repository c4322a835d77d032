/* Real sockets on loopback and inproc: order, flow, lost peers, strangers, keys. */
#include "common/net/net.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "tests/unit/check.h"

/* ---- a server and what it saw ---- */

typedef struct world world;

typedef struct host {
    world *w;
    q_net_server *server;
    uint64_t last_peer;
    int messages, gone, room;
    uint64_t next_seq, bytes;
    bool in_order;
    bool echo; /* WELCOME for HELLO */
    bool close_in_handler;
    bool flood; /* go on in on_room */
} host;

typedef struct guest {
    world *w;
    q_net_client *client;
    int connected, disconnected, messages, room;
    bool was_connected;
    bool hello; /* send HELLO when connected */
    bool close_in_handler;
    q_err why;
    char text[800]; /* of the last REFUSED */
    uint64_t next_seq;
    bool in_order;
} guest;

struct world {
    uv_loop_t uv;
    uv_timer_t tick; /* wakes the loop, so that RUN_UNTIL looks again */
    q_net_loop *loop;
    q_net_context *ctx;
    host host;
    guest guest[3];
    char url[64];
};

static uint64_t sum_payload(const q_frames *f)
{
    uint64_t bytes = 0;
    for (uint32_t i = 1; i < f->n; i++) {
        const uint8_t *p = f->items[i].data;
        bool right = true;
        for (size_t k = 0; k < f->items[i].len; k += 61)
            right &= p[k] == (uint8_t)(f->items[i].len + k);
        if (!right) /* Check writes a record for every assertion that holds */
            ck_abort_msg("payload of %zu bytes changed", f->items[i].len);
        bytes += f->items[i].len;
    }
    return bytes;
}

static void host_message(void *arg, uint64_t peer, const q_message *m, q_frames *frames)
{
    host *h = arg;
    h->last_peer = peer;
    h->messages++;
    if (m->type == Q_MSG_STREAM_DATA) {
        h->in_order &= m->u.stream_data.seq == h->next_seq;
        h->next_seq = m->u.stream_data.seq + 1;
        h->bytes += sum_payload(frames);
    }
    if (m->type == Q_MSG_HELLO && h->echo) {
        q_message r;
        q_message_init(&r, Q_MSG_WELCOME);
        r.u.welcome.version = "1.0";
        r.u.welcome.master_id = "m";
        r.u.welcome.req = m->u.hello.req;
        ck_assert_int_eq(q_net_server_send(h->server, peer, &r, NULL, NULL), Q_OK);
    }
    if (h->close_in_handler)
        q_net_server_close(&h->server);
}

static void host_gone(void *arg, uint64_t peer)
{
    host *h = arg;
    (void)peer;
    h->gone++;
}

static void host_room(void *arg, uint64_t peer)
{
    host *h = arg;
    (void)peer;
    h->room++;
}

static void send_hello(guest *g)
{
    q_message m;
    q_message_init(&m, Q_MSG_HELLO);
    m.u.hello.version = "1.0";
    m.u.hello.req = 42;
    ck_assert_int_eq(q_net_client_send(g->client, &m, NULL, NULL), Q_OK);
}

static void guest_connected(void *arg, const char *endpoint)
{
    guest *g = arg;
    (void)endpoint;
    g->connected++;
    if (g->hello)
        send_hello(g);
}

static void guest_disconnected(void *arg, bool connected, const q_err *err)
{
    guest *g = arg;
    g->disconnected++;
    g->was_connected = connected;
    g->why = *err;
    if (g->close_in_handler)
        q_net_client_close(&g->client);
}

static void guest_message(void *arg, const q_message *m, q_frames *frames)
{
    guest *g = arg;
    g->messages++;
    if (m->type == Q_MSG_REFUSED)
        strcpy(g->text, m->u.refused.error->msg);
    if (m->type == Q_MSG_RESULT_BATCH) {
        g->in_order &= m->u.result_batch.seq == g->next_seq;
        g->next_seq = m->u.result_batch.seq + 1;
        sum_payload(frames);
    }
    if (g->close_in_handler)
        q_net_client_close(&g->client);
}

static void guest_room(void *arg)
{
    ((guest *)arg)->room++;
}

static void open_server(world *w, const char *endpoint)
{
    q_net_server_handlers h = {&w->host, Q_MSG_C2M | Q_MSG_W2M, host_message, host_gone, host_room};
    q_err err;
    w->host.w = w;
    w->host.in_order = true;
    ck_assert_int_eq(q_net_server_new(w->ctx, w->loop, &h, &w->host.server, &err), Q_OK);
    ck_assert_msg(q_net_server_bind(w->host.server, endpoint, &err) == Q_OK, "%s", err.msg);
    if (strncmp(endpoint, "tcp", 3) == 0)
        snprintf(w->url, sizeof w->url, "spark://127.0.0.1:%u", q_net_server_port(w->host.server));
    else
        snprintf(w->url, sizeof w->url, "%s", endpoint);
}

static guest *open_client(world *w, int i, const char *url, bool hello)
{
    guest *g = &w->guest[i];
    q_net_client_handlers h = {
        g, Q_MSG_M2C | Q_MSG_M2W, guest_connected, guest_disconnected, guest_message, guest_room};
    memset(g, 0, sizeof *g);
    g->w = w;
    g->hello = hello;
    g->in_order = true;
    ck_assert_int_eq(q_net_client_new(w->ctx, w->loop, url, &h, &g->client, NULL), Q_OK);
    return g;
}

static void on_tick(uv_timer_t *t)
{
    (void)t;
}

static void open_loop(world *w)
{
    memset(w, 0, sizeof *w);
    uv_loop_init(&w->uv);
    uv_timer_init(&w->uv, &w->tick);
    uv_timer_start(&w->tick, on_tick, 1, 1);
    ck_assert_int_eq(q_net_loop_new(&w->uv, &w->loop, NULL), Q_OK);
}

static void close_loop(world *w)
{
    q_net_loop_close(&w->loop);
    uv_close((uv_handle_t *)&w->tick, NULL);
    uv_run(&w->uv, UV_RUN_DEFAULT);
    ck_assert_int_eq(uv_loop_close(&w->uv), 0);
}

static void open_world(world *w, const q_net_options *o)
{
    open_loop(w);
    ck_assert_int_eq(q_net_context_new(o, &w->ctx, NULL), Q_OK);
}

static void close_world(world *w)
{
    for (size_t i = 0; i < 3; i++)
        q_net_client_close(&w->guest[i].client);
    q_net_server_close(&w->host.server);
    close_loop(w);
    q_net_context_destroy(&w->ctx);
}

#define RUN_UNTIL(w, cond) \
    while (!(cond))        \
    uv_run(&(w)->uv, UV_RUN_ONCE)

/* The loop runs for so long: only to see that nothing happens. */
static void stop_loop(uv_timer_t *t)
{
    uv_stop(t->loop);
}
static void run_for(world *w, uint64_t ms)
{
    uv_timer_t *t = malloc(sizeof *t);
    uv_timer_init(&w->uv, t);
    uv_timer_start(t, stop_loop, ms, 0);
    uv_run(&w->uv, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)t, (uv_close_cb)free);
}

/* ---- payload that counts itself ---- */

static _Atomic int alive;
static void free_payload(void *data, void *hint)
{
    (void)hint;
    alive--;
    free(data);
}

static void add_payload(q_frames *f, size_t n)
{
    uint8_t *p = malloc(n ? n : 1);
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(n + i);
    alive++;
    q_frames_add(f, (q_frame){p, n, free_payload, NULL});
}

static q_code send_data(q_net_client *c, uint64_t seq, size_t payload, uint32_t n)
{
    q_message m;
    q_frames f;
    q_frames_init(&f);
    q_message_init(&m, Q_MSG_STREAM_DATA);
    m.u.stream_data.seq = seq;
    for (uint32_t i = 0; i < n; i++)
        add_payload(&f, payload);
    q_code code = q_net_client_send(c, &m, &f, NULL);
    ck_assert_uint_eq(f.n, 0);
    return code;
}

static q_code send_batch(q_net_server *s, uint64_t peer, uint64_t seq, size_t payload)
{
    q_message m;
    q_frames f;
    q_frames_init(&f);
    q_message_init(&m, Q_MSG_RESULT_BATCH);
    m.u.result_batch.seq = seq;
    add_payload(&f, payload);
    return q_net_server_send(s, peer, &m, &f, NULL);
}

/* ---- tests ---- */

static const char *const transports[] = {"tcp://127.0.0.1:0", "inproc://net-test"};

START_TEST(test_hello)
{
    world w;
    open_world(&w, NULL);
    w.host.echo = true;
    open_server(&w, transports[_i]);
    guest *g = open_client(&w, 0, w.url, true);
    RUN_UNTIL(&w, g->messages == 1);
    ck_assert_int_eq(g->connected, 1);
    ck_assert_int_eq(w.host.messages, 1);
    close_world(&w);
    ck_assert_int_eq(g->disconnected, 0);
}
END_TEST

START_TEST(test_inproc_connects_before_bind)
{
    world w;
    q_net_options o = {.inproc_only = true};
    open_world(&w, &o);
    w.host.echo = true;
    guest *g = open_client(&w, 0, "inproc://later", true);
    RUN_UNTIL(&w, g->connected);
    open_server(&w, "inproc://later");
    RUN_UNTIL(&w, g->messages == 1);
    close_world(&w);
}
END_TEST

START_TEST(test_thousands_both_ways)
{
    static const size_t sizes[] = {0, 1, 100, 513, 5000, 70000};
    enum { N = 5000 };
    world w;
    open_world(&w, NULL);
    open_server(&w, transports[_i]);
    guest *g = open_client(&w, 0, w.url, true);
    RUN_UNTIL(&w, w.host.messages == 1);
    uint64_t bytes = 0, from_host = 0, from_guest = 0;
    while (from_host < N || from_guest < N) {
        while (from_guest < N && q_net_client_room(g->client)) {
            size_t n = sizes[from_guest % 6];
            bytes += n * (from_guest % 3);
            ck_assert_int_eq(send_data(g->client, from_guest, n, from_guest % 3), Q_OK);
            from_guest++;
        }
        while (from_host < N && q_net_server_room(w.host.server, w.host.last_peer)) {
            ck_assert_int_eq(
                send_batch(w.host.server, w.host.last_peer, from_host, sizes[from_host % 6]), Q_OK);
            from_host++;
        }
        uv_run(&w.uv, UV_RUN_ONCE);
    }
    RUN_UNTIL(&w, w.host.next_seq == N && g->next_seq == N);
    ck_assert(w.host.in_order && g->in_order);
    ck_assert_uint_eq(w.host.bytes, bytes);
    close_world(&w);
    ck_assert_int_eq(alive, 0);
}
END_TEST

static void *raw_dealer(world *w, void **ctx)
{
    char address[64];
    int hwm = 4, none = 0;
    snprintf(address, sizeof address, "tcp://127.0.0.1:%u", q_net_server_port(w->host.server));
    *ctx = zmq_ctx_new();
    void *s = zmq_socket(*ctx, ZMQ_DEALER);
    zmq_setsockopt(s, ZMQ_RCVHWM, &hwm, sizeof hwm);
    zmq_setsockopt(s, ZMQ_LINGER, &none, sizeof none);
    ck_assert_int_eq(zmq_connect(s, address), 0);
    return s;
}

static void raw_send(void *s, const q_message *m)
{
    q_buf b;
    q_buf_init(&b);
    ck_assert_int_eq(q_message_pack(&b, m, NULL), Q_OK);
    ck_assert_int_eq(zmq_send(s, b.data, b.len, 0), (int)b.len);
    q_buf_fini(&b);
}

static void raw_hello(void *s)
{
    q_message m;
    q_message_init(&m, Q_MSG_HELLO);
    m.u.hello.version = "raw";
    raw_send(s, &m);
}

START_TEST(test_slow_receiver_stays_bounded)
{
    world w;
    q_net_options o = {.room_bytes = 4 << 20};
    void *ctx, *raw;
    open_world(&w, &o);
    open_server(&w, "tcp://127.0.0.1:0");
    raw = raw_dealer(&w, &ctx);
    raw_hello(raw);
    RUN_UNTIL(&w, w.host.messages == 1);
    uint64_t sent = 0, peer = w.host.last_peer;
    enum { PIECE = 256 << 10, TOTAL = 400 };
    /* Kernel buffers take some, then there is no room; nobody holds more than the limit. */
    int idle_rounds = 0;
    while (idle_rounds < 20) {
        idle_rounds++;
        while (q_net_server_room(w.host.server, peer)) {
            ck_assert_int_eq(send_batch(w.host.server, peer, sent++, PIECE), Q_OK);
            idle_rounds = 0;
            ck_assert_int_le(alive, (4 << 20) / PIECE + 1);
        }
        run_for(&w, 5);
    }
    ck_assert_uint_lt(sent, TOTAL);
    /* It reads again: on_room lets the rest go. */
    uint64_t got = 0;
    while (got < TOTAL) {
        char part[16];
        int more = 1;
        size_t n = sizeof more;
        while (more && zmq_recv(raw, part, sizeof part, ZMQ_DONTWAIT) >= 0) {
            zmq_getsockopt(raw, ZMQ_RCVMORE, &more, &n);
            got += !more;
        }
        uv_run(&w.uv, UV_RUN_NOWAIT);
        if (sent < TOTAL && w.host.room && q_net_server_room(w.host.server, peer)) {
            send_batch(w.host.server, peer, sent++, PIECE);
            ck_assert_int_le(alive, (4 << 20) / PIECE + 1);
        }
    }
    ck_assert_int_ge(w.host.room, 1);
    zmq_close(raw);
    zmq_ctx_term(ctx);
    close_world(&w);
    ck_assert_int_eq(alive, 0);
}
END_TEST

START_TEST(test_peer_that_never_reads_is_dropped)
{
    world w;
    q_net_options o = {.room_bytes = 1 << 20, .hard_bytes = 8 << 20};
    void *ctx, *raw;
    open_world(&w, &o);
    open_server(&w, "tcp://127.0.0.1:0");
    raw = raw_dealer(&w, &ctx);
    raw_hello(raw);
    RUN_UNTIL(&w, w.host.messages == 1);
    q_code code = Q_OK;
    uint64_t peer = w.host.last_peer;
    for (uint64_t i = 0; code == Q_OK; i++) {
        code = send_batch(w.host.server, peer, i, 256 << 10);
        ck_assert_int_le(alive, 8 * 4 + 2);
        uv_run(&w.uv, UV_RUN_NOWAIT);
    }
    ck_assert_int_eq(code, Q_E_PROTOCOL_LIMIT);
    RUN_UNTIL(&w, w.host.gone == 1);
    ck_assert_int_eq(send_batch(w.host.server, peer, 0, 1), Q_E_NOT_FOUND);
    raw_hello(raw); /* not heard any more */
    run_for(&w, 20);
    ck_assert_int_eq(w.host.messages, 1);
    zmq_close(raw);
    zmq_ctx_term(ctx);
    q_net_server_close(&w.host.server);
    close_world(&w);
}
END_TEST

START_TEST(test_garbage)
{
    world w;
    void *ctx, *raw;
    open_world(&w, NULL);
    open_server(&w, "tcp://127.0.0.1:0");
    guest *g = open_client(&w, 0, w.url, true);
    RUN_UNTIL(&w, w.host.messages == 1);
    raw = raw_dealer(&w, &ctx);
    raw_hello(raw);
    RUN_UNTIL(&w, w.host.messages == 2);
    unsigned seed = 5;
    for (int i = 0; i < Q_NET_MAX_BAD; i++) {
        char bytes[300];
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (char)rand_r(&seed);
        zmq_send(raw, bytes, (size_t)i * 40, i % 2 ? ZMQ_SNDMORE : 0);
        if (i % 2)
            zmq_send(raw, bytes, 10, 0);
    }
    RUN_UNTIL(&w, w.host.gone == 1);
    raw_hello(raw); /* correct, but too late */
    send_hello(g);
    RUN_UNTIL(&w, w.host.messages == 3);
    run_for(&w, 20);
    ck_assert_int_eq(w.host.messages, 3);
    zmq_close(raw);
    zmq_ctx_term(ctx);
    close_world(&w);
}
END_TEST

START_TEST(test_peer_that_names_itself)
{
    world w;
    void *ctx, *raw;
    char address[64];
    open_world(&w, NULL);
    open_server(&w, "tcp://127.0.0.1:0");
    snprintf(address, sizeof address, "tcp://127.0.0.1:%u", q_net_server_port(w.host.server));
    ctx = zmq_ctx_new();
    raw = zmq_socket(ctx, ZMQ_DEALER);
    zmq_setsockopt(raw, ZMQ_ROUTING_ID, "worker-1", 8);
    zmq_connect(raw, address);
    raw_hello(raw);
    open_client(&w, 0, w.url, true);
    RUN_UNTIL(&w, w.host.messages == 1);
    run_for(&w, 20);
    ck_assert_int_eq(w.host.messages, 1);
    zmq_close(raw);
    zmq_ctx_term(ctx);
    close_world(&w);
}
END_TEST

START_TEST(test_other_version_is_told)
{
    world w;
    void *ctx, *raw;
    char bytes[2000];
    open_world(&w, NULL);
    open_server(&w, "tcp://127.0.0.1:0");
    raw = raw_dealer(&w, &ctx);
    zmq_send(raw, "\x82\xa1v\x09\xa1t\x01", 7, 0);
    int n;
    while ((n = zmq_recv(raw, bytes, sizeof bytes, ZMQ_DONTWAIT)) < 0)
        uv_run(&w.uv, UV_RUN_NOWAIT);
    q_frame f = {bytes, (size_t)n, NULL, NULL};
    q_arena a;
    q_message m;
    q_arena_init(&a, NULL);
    ck_assert_int_eq(q_message_decode(&f, 1, Q_MSG_M2C, &a, &m, NULL), Q_OK);
    ck_assert_int_eq(m.type, Q_MSG_REFUSED);
    ck_assert_int_eq(m.u.refused.error->code, Q_E_PROTOCOL_VERSION);
    ck_assert_str_eq(m.u.refused.error->msg,
                     "the peer speaks protocol version 9, this program version 1");
    q_arena_fini(&a);
    raw_hello(raw);
    run_for(&w, 20);
    ck_assert_int_eq(w.host.messages, 0);
    zmq_close(raw);
    zmq_ctx_term(ctx);
    close_world(&w);
}
END_TEST

/* A master of another version, or something else that listens there. */
START_TEST(test_master_that_speaks_otherwise)
{
    static const struct {
        const char *bytes;
        size_t n;
        int times;
        q_code code;
    } cases[] = {{"\x82\xa1v\x09\xa1t\x3c", 7, 1, Q_E_PROTOCOL_VERSION},
                 {"garbage", 7, Q_NET_MAX_BAD, Q_E_PROTOCOL}};
    world w;
    char address[64], id[5];
    size_t n = sizeof address;
    open_world(&w, &(q_net_options){.retry_ms = 60000});
    void *ctx = zmq_ctx_new(), *raw = zmq_socket(ctx, ZMQ_ROUTER);
    zmq_bind(raw, "tcp://127.0.0.1:*");
    zmq_getsockopt(raw, ZMQ_LAST_ENDPOINT, address, &n);
    guest *g = open_client(&w, 0, address, true);
    while (zmq_recv(raw, id, sizeof id, ZMQ_DONTWAIT) < 0)
        uv_run(&w.uv, UV_RUN_NOWAIT);
    for (int i = 0; i < cases[_i].times; i++) {
        zmq_send(raw, id, sizeof id, ZMQ_SNDMORE);
        zmq_send(raw, cases[_i].bytes, cases[_i].n, 0);
    }
    RUN_UNTIL(&w, g->disconnected == 1);
    ck_assert_int_eq(g->why.code, cases[_i].code);
    ck_assert(g->was_connected);
    ck_assert_int_eq(g->messages, 0);
    zmq_close(raw);
    zmq_ctx_term(ctx);
    close_world(&w);
}
END_TEST

START_TEST(test_peers_that_leave_are_told)
{
    world w;
    open_world(&w, NULL);
    open_server(&w, "tcp://127.0.0.1:0");
    guest *g = open_client(&w, 0, w.url, true);
    RUN_UNTIL(&w, w.host.messages == 1);
    uint64_t first = w.host.last_peer;
    q_net_client_close(&g->client);
    RUN_UNTIL(&w, w.host.gone == 1);
    ck_assert_int_eq(send_batch(w.host.server, first, 0, 1), Q_E_NOT_FOUND);
    open_client(&w, 0, w.url, true);
    RUN_UNTIL(&w, w.host.messages == 2);
    ck_assert_uint_ne(w.host.last_peer, first);
    close_world(&w);
    ck_assert_int_eq(w.host.gone, 1); /* not for its own closing */
}
END_TEST

/* Peers that come, speak and go at once: each is heard, each is told gone, none twice. */
START_TEST(test_short_visits)
{
    enum { N = 300 };
    world w;
    open_world(&w, NULL);
    open_server(&w, "tcp://127.0.0.1:0");
    char address[64];
    snprintf(address, sizeof address, "tcp://127.0.0.1:%u", q_net_server_port(w.host.server));
    void *ctx = zmq_ctx_new();
    for (int i = 0; i < N; i++) {
        void *s = zmq_socket(ctx, ZMQ_DEALER);
        zmq_connect(s, address);
        raw_hello(s);
        zmq_close(s);
        if (i % 7 == 0)
            uv_run(&w.uv, UV_RUN_NOWAIT);
    }
    zmq_ctx_term(ctx); /* waits until all is sent */
    RUN_UNTIL(&w, w.host.messages == N && w.host.gone == N);
    run_for(&w, 20);
    ck_assert_int_eq(w.host.gone, N);
    close_world(&w);
}
END_TEST

/* A server that says some last words and closes: they are heard before the session ends. */
START_TEST(test_last_words)
{
    enum { WORDS = 100 };
    for (int round = 0; round < 100; round++) {
        world w, far;
        open_world(&w, NULL);
        open_server(&w, "tcp://127.0.0.1:0");
        open_world(&far, NULL);
        guest *g = open_client(&far, 0, w.url, true);
        while (!w.host.messages) {
            uv_run(&w.uv, UV_RUN_NOWAIT);
            uv_run(&far.uv, UV_RUN_NOWAIT);
        }
        for (uint64_t i = 0; i < WORDS; i++)
            ck_assert_int_eq(send_batch(w.host.server, w.host.last_peer, i, 100), Q_OK);
        close_world(&w); /* waits until all is sent */
        if (round % 2)
            usleep(2000); /* the client sleeps: words and the end come together */
        RUN_UNTIL(&far, g->disconnected);
        ck_assert_int_eq(g->messages, WORDS);
        ck_assert(g->in_order);
        close_world(&far);
    }
}
END_TEST

START_TEST(test_master_restarts)
{
    world w;
    open_world(&w, &(q_net_options){.retry_ms = 5});
    open_server(&w, "tcp://127.0.0.1:0");
    uint16_t port = q_net_server_port(w.host.server);
    guest *g = open_client(&w, 0, w.url, true);
    RUN_UNTIL(&w, w.host.messages == 1);
    q_net_server_close(&w.host.server);
    RUN_UNTIL(&w, g->disconnected >= 1);
    ck_assert(g->was_connected);
    ck_assert_int_eq(g->why.code, Q_E_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(g->why.msg, "lost the connection to spark://127.0.0.1:"));
    RUN_UNTIL(&w, g->disconnected >= 3);
    ck_assert(!g->was_connected);
    ck_assert_ptr_nonnull(strstr(g->why.msg, "connection refused"));
    ck_assert_int_eq(send_data(g->client, 0, 10, 1), Q_E_UNREACHABLE);
    char again[64];
    snprintf(again, sizeof again, "tcp://127.0.0.1:%u", port);
    open_server(&w, again);
    RUN_UNTIL(&w, w.host.messages == 2);
    ck_assert_int_eq(g->connected, 2);
    close_world(&w);
}
END_TEST

START_TEST(test_first_master_that_answers)
{
    world w;
    char url[128];
    open_world(&w, &(q_net_options){.retry_ms = 5});
    open_server(&w, "tcp://127.0.0.1:0");
    /* A port that was just free, then the right one. */
    void *ctx = zmq_ctx_new(), *s = zmq_socket(ctx, ZMQ_ROUTER);
    char address[64];
    size_t n = sizeof address;
    zmq_bind(s, "tcp://127.0.0.1:*");
    zmq_getsockopt(s, ZMQ_LAST_ENDPOINT, address, &n);
    zmq_close(s);
    zmq_ctx_term(ctx);
    snprintf(url, sizeof url, "spark://%s,localhost:%u", address + 6,
             q_net_server_port(w.host.server));
    guest *g = open_client(&w, 0, url, true);
    RUN_UNTIL(&w, w.host.messages == 1);
    ck_assert_int_eq(g->disconnected, 1);
    close_world(&w);
}
END_TEST

START_TEST(test_unreachable)
{
    world w;
    open_world(&w, &(q_net_options){.retry_ms = 5});
    guest *g = open_client(&w, 0, "spark://no-such-host.invalid:7077", false);
    RUN_UNTIL(&w, g->disconnected == 1);
    ck_assert_str_eq(g->why.msg, "no connection to spark://no-such-host.invalid:7077: the host "
                                 "name is unknown");
    close_world(&w);
}
END_TEST

START_TEST(test_bind_errors)
{
    world w;
    q_err err;
    char taken[64];
    open_world(&w, NULL);
    open_server(&w, "tcp://localhost:0");
    snprintf(taken, sizeof taken, "tcp://127.0.0.1:%u", q_net_server_port(w.host.server));
    ck_assert_int_eq(q_net_server_bind(w.host.server, taken, &err), Q_E_ADDRESS_IN_USE);
    ck_assert_ptr_nonnull(strstr(err.msg, "is in use"));
    ck_assert_int_eq(q_net_server_bind(w.host.server, "tcp://203.0.113.9:0", &err), Q_E_USAGE);
    ck_assert_ptr_nonnull(strstr(err.msg, "is no address of this machine"));
    ck_assert_int_eq(q_net_server_bind(w.host.server, "tcp://no-such-host.invalid:0", &err),
                     Q_E_USAGE);
    ck_assert_int_eq(q_net_server_bind(w.host.server, "tcp://h:99999", &err), Q_E_USAGE);
    close_world(&w);
}
END_TEST

START_TEST(test_handlers_may_close)
{
    world w;
    open_world(&w, NULL);
    open_server(&w, transports[_i]);
    w.host.close_in_handler = true;
    guest *g = open_client(&w, 0, w.url, true);
    g->close_in_handler = true;
    RUN_UNTIL(&w, !w.host.server);
    if (_i == 0)
        RUN_UNTIL(&w, !g->client);
    ck_assert_int_eq(w.host.messages, 1);
    close_world(&w);
}
END_TEST

/* What was sent before the close arrives; the close itself does not wait. */
START_TEST(test_close_sends_the_rest)
{
    enum { N = 200, PIECE = 100000 };
    world w, far;
    open_world(&w, NULL);
    open_world(&far, &(q_net_options){.linger_ms = 60000});
    open_server(&w, "tcp://127.0.0.1:0");
    guest *g = open_client(&far, 0, w.url, true);
    RUN_UNTIL(&far, g->connected);
    for (uint64_t i = 0; i < N; i++)
        ck_assert_int_eq(send_data(g->client, i, PIECE, 1), Q_OK);
    q_net_client_close(&g->client);
    close_loop(&far);
    RUN_UNTIL(&w, w.host.next_seq == N);
    ck_assert(w.host.in_order);
    ck_assert_uint_eq(w.host.bytes, (uint64_t)N * PIECE);
    q_net_context_destroy(&far.ctx);
    ck_assert_int_eq(alive, 0);
    close_world(&w);
}
END_TEST

START_TEST(test_linger_is_bounded)
{
    world w;
    void *ctx, *raw;
    open_world(&w, &(q_net_options){.linger_ms = 50});
    open_server(&w, "tcp://127.0.0.1:0");
    raw = raw_dealer(&w, &ctx); /* never reads */
    raw_hello(raw);
    RUN_UNTIL(&w, w.host.messages == 1);
    for (uint64_t i = 0; i < 100; i++)
        send_batch(w.host.server, w.host.last_peer, i, 1 << 20);
    close_world(&w); /* ends, though the peer reads nothing */
    ck_assert_int_eq(alive, 0);
    zmq_close(raw);
    zmq_ctx_term(ctx);
}
END_TEST

/* ---- hand-over ---- */

enum { THREADS = 4, POSTS = 2000 };
typedef struct poster {
    q_net_loop *loop;
    int next; /* the loop's: what it should see next */
    int done; /* items that ran */
} poster;
typedef struct posted {
    poster *from;
    int i;
} posted;
static int run_posts;

static void on_post(void *arg)
{
    posted *p = arg;
    ck_assert_int_eq(p->i, p->from->next++);
    run_posts++;
    free(p);
}

static void *post_many(void *arg)
{
    poster *p = arg;
    for (int i = 0; i < POSTS; i++) {
        posted *x = malloc(sizeof *x);
        *x = (posted){p, i};
        ck_assert(q_net_post(p->loop, on_post, x));
    }
    return NULL;
}

START_TEST(test_post_from_threads)
{
    world w;
    poster p[THREADS];
    pthread_t t[THREADS];
    open_world(&w, NULL);
    run_posts = 0;
    for (int i = 0; i < THREADS; i++) {
        p[i] = (poster){w.loop, 0, 0};
        pthread_create(&t[i], NULL, post_many, &p[i]);
    }
    RUN_UNTIL(&w, run_posts == THREADS * POSTS);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    q_net_loop *loop = q_net_loop_ref(w.loop);
    close_world(&w);
    ck_assert(!q_net_post(loop, on_post, NULL));
    q_net_loop_unref(loop);
}
END_TEST

/* ---- two loops in two threads over inproc, as local mode has them ---- */

static void *worker_thread(void *arg)
{
    world *w = arg; /* its own loop, the shared context */
    guest *g = &w->guest[0];
    RUN_UNTIL(w, g->connected);
    for (uint64_t i = 0; i < 3000; i++) {
        while (!q_net_client_room(g->client))
            uv_run(&w->uv, UV_RUN_ONCE);
        ck_assert_int_eq(send_data(g->client, i, i % 3000, 1), Q_OK);
        uv_run(&w->uv, UV_RUN_NOWAIT);
    }
    RUN_UNTIL(w, g->next_seq == 3000);
    q_net_client_close(&g->client);
    close_loop(w);
    return NULL;
}

START_TEST(test_loops_in_threads)
{
    world w, worker;
    pthread_t t;
    open_world(&w, &(q_net_options){.inproc_only = _i == 1, .room_bytes = 1 << 20});
    open_server(&w, transports[_i]);
    open_loop(&worker);
    worker.ctx = w.ctx;
    guest *g = open_client(&worker, 0, w.url, true);
    pthread_create(&t, NULL, worker_thread, &worker);
    RUN_UNTIL(&w, w.host.messages >= 1);
    for (uint64_t i = 0; i < 3000; i++) {
        while (!q_net_server_room(w.host.server, w.host.last_peer))
            uv_run(&w.uv, UV_RUN_ONCE);
        ck_assert_int_eq(send_batch(w.host.server, w.host.last_peer, i, 2000), Q_OK);
        uv_run(&w.uv, UV_RUN_NOWAIT);
    }
    RUN_UNTIL(&w, w.host.next_seq == 3000);
    pthread_join(t, NULL);
    ck_assert(w.host.in_order && g->in_order);
    close_world(&w);
    ck_assert_int_eq(alive, 0);
}
END_TEST

/* ---- keys ---- */

typedef struct cluster_keys {
    char dir[64];
    q_net_keys master, worker, stranger;
} cluster_keys;

static void make_keys(cluster_keys *k)
{
    char path[3][128], secret[3][160], allowed[128];
    static const char *const names[] = {"master", "worker", "stranger"};
    q_err err;
    strcpy(k->dir, "/tmp/quern-keys-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(k->dir));
    snprintf(allowed, sizeof allowed, "%s/allowed", k->dir);
    mkdir(allowed, 0700);
    for (int i = 0; i < 3; i++) {
        snprintf(path[i], sizeof path[i], "%s/%s%s", k->dir, i == 1 ? "allowed/" : "", names[i]);
        snprintf(secret[i], sizeof secret[i], "%s_secret", path[i]);
        ck_assert_msg(q_net_keys_generate(path[i], &err) == Q_OK, "%s", err.msg);
    }
    struct stat st;
    ck_assert_int_eq(stat(secret[0], &st), 0);
    ck_assert_int_eq(st.st_mode & 077, 0);
    ck_assert_int_eq(q_net_keys_generate(path[0], &err), Q_E_PATH_ALREADY_EXISTS);
    /* The public file alone: czmq would read the secret beside it. */
    char lonely[160];
    snprintf(lonely, sizeof lonely, "%s/lonely", k->dir);
    rename(path[2], lonely);
    ck_assert_int_eq(q_net_keys_load(lonely, NULL, NULL, &k->master, &err), Q_E_INVALID_CONF_VALUE);
    rename(lonely, path[2]);
    ck_assert_int_eq(q_net_keys_load("/none", NULL, NULL, &k->master, &err), Q_E_PATH_NOT_FOUND);
    ck_assert_int_eq(q_net_keys_load(secret[0], NULL, allowed, &k->master, &err), Q_OK);
    ck_assert_uint_eq(k->master.n_allowed, 1);
    ck_assert_int_eq(q_net_keys_load(secret[1], path[0], NULL, &k->worker, &err), Q_OK);
    ck_assert_int_eq(q_net_keys_load(secret[2], path[0], NULL, &k->stranger, &err), Q_OK);
    for (int i = 0; i < 3; i++) {
        unlink(path[i]);
        unlink(secret[i]);
    }
    rmdir(allowed);
    rmdir(k->dir);
}

START_TEST(test_keys)
{
    world w, far;
    cluster_keys k;
    make_keys(&k);
    open_world(&w, &(q_net_options){.keys = &k.master});
    w.host.echo = true;
    open_server(&w, "tcp://127.0.0.1:0");
    /* 0: the right key; 1: a key that is not listed; 2: in clear */
    const q_net_keys *theirs[] = {&k.worker, &k.stranger, NULL};
    open_world(&far, &(q_net_options){.keys = theirs[_i], .connect_ms = 500});
    guest *g = open_client(&far, 0, w.url, true);
    while (!g->messages && !g->disconnected) {
        uv_run(&w.uv, UV_RUN_NOWAIT);
        uv_run(&far.uv, UV_RUN_NOWAIT);
    }
    ck_assert_int_eq(w.host.messages, _i == 0);
    ck_assert_int_eq(g->messages, _i == 0);
    if (_i == 1)
        ck_assert_msg(strstr(g->why.msg, "does not accept this key") != NULL, "%s", g->why.msg);
    if (_i == 2)
        ck_assert_int_ne(g->why.code, Q_OK);
    close_world(&far);
    close_world(&w);
    q_net_keys_fini(&k.master);
    q_net_keys_fini(&k.worker);
    q_net_keys_fini(&k.stranger);
}
END_TEST

/* A case each, so that CK_RUN_CASE=test_keys runs one alone. */
static void add(Suite *s, const char *name, const TTest *test, int n)
{
    TCase *tc = tcase_create(name);
    tcase_set_timeout(tc, 0);
    tcase_add_loop_test(tc, test, 0, n);
    suite_add_tcase(s, tc);
}
#define ADD(test, n) add(s, #test, test, n)

int main(void)
{
    Suite *s = suite_create("net");
    q_log_set_level(getenv("Q_TEST_LOG") ? Q_LOG_DEBUG : Q_LOG_OFF);
    ADD(test_hello, 2);
    ADD(test_inproc_connects_before_bind, 1);
    ADD(test_thousands_both_ways, 2);
    ADD(test_slow_receiver_stays_bounded, 1);
    ADD(test_peer_that_never_reads_is_dropped, 1);
    ADD(test_garbage, 1);
    ADD(test_peer_that_names_itself, 1);
    ADD(test_other_version_is_told, 1);
    ADD(test_master_that_speaks_otherwise, 2);
    ADD(test_peers_that_leave_are_told, 1);
    ADD(test_short_visits, 1);
    ADD(test_last_words, 1);
    ADD(test_master_restarts, 1);
    ADD(test_first_master_that_answers, 1);
    ADD(test_unreachable, 1);
    ADD(test_bind_errors, 1);
    ADD(test_handlers_may_close, 2);
    ADD(test_close_sends_the_rest, 1);
    ADD(test_linger_is_bounded, 1);
    ADD(test_post_from_threads, 1);
    ADD(test_loops_in_threads, 2);
    ADD(test_keys, 3);
    SRunner *sr = srunner_create(s);
    srunner_run_all(sr, CK_NORMAL);
    int failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? 1 : 0;
}
