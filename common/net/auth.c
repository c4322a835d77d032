/*
 * Which keys may connect: answers the requests that libzmq makes for each handshake
 * (ZAP, rfc.zeromq.org/spec/27). One for each context, on the loop of its server.
 */
#include <stdlib.h>
#include <zmq.h>

#include "common/base/log.h"
#include "common/net/socket.h"

#define ZAP_FRAMES 7 /* version, request id, domain, address, identity, mechanism, key */

struct q_net_auth {
    q_net_context *ctx;
    void *zmq;
    q_net_watch watch;
};

typedef struct request {
    zmq_msg_t parts[ZAP_FRAMES];
    uint32_t n;
} request;

static bool receive(void *zmq, request *r)
{
    memset(r, 0, sizeof *r);
    for (bool more = true; more;) {
        zmq_msg_t m;
        zmq_msg_init(&m);
        if (zmq_msg_recv(&m, zmq, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&m);
            return false;
        }
        more = zmq_msg_more(&m);
        if (r->n < ZAP_FRAMES) {
            zmq_msg_init(&r->parts[r->n]);
            zmq_msg_move(&r->parts[r->n], &m);
        }
        r->n++;
        zmq_msg_close(&m);
    }
    return true;
}

static bool equals(zmq_msg_t *m, const char *text)
{
    return zmq_msg_size(m) == strlen(text) && memcmp(zmq_msg_data(m), text, strlen(text)) == 0;
}

static bool is_allowed(const q_net_auth *a, request *r)
{
    char key[Q_NET_KEY_TEXT];
    if (r->n != ZAP_FRAMES || !equals(&r->parts[0], "1.0") || !equals(&r->parts[5], "CURVE") ||
        zmq_msg_size(&r->parts[6]) != 32)
        return false;
    zmq_z85_encode(key, zmq_msg_data(&r->parts[6]), 32);
    bool ok = q_net_keys_allow(a->ctx->options.keys, key);
    if (!ok)
        q_warn("refused a connection from %.*s: its key %s is not allowed",
               (int)zmq_msg_size(&r->parts[3]), (char *)zmq_msg_data(&r->parts[3]), key);
    return ok;
}

static void reply(void *zmq, request *r, bool ok)
{
    static const char *const texts[2][2] = {{"400", "key not allowed"}, {"200", "OK"}};
    zmq_send(zmq, "1.0", 3, ZMQ_SNDMORE);
    zmq_send(zmq, r->n > 1 ? zmq_msg_data(&r->parts[1]) : "",
             r->n > 1 ? zmq_msg_size(&r->parts[1]) : 0, ZMQ_SNDMORE);
    zmq_send(zmq, texts[ok][0], 3, ZMQ_SNDMORE);
    zmq_send(zmq, texts[ok][1], strlen(texts[ok][1]), ZMQ_SNDMORE);
    zmq_send(zmq, "", 0, ZMQ_SNDMORE); /* user id */
    zmq_send(zmq, "", 0, 0);           /* metadata */
}

static bool answer_all(void *arg)
{
    q_net_auth *a = arg;
    request r;
    bool got;
    do {
        got = receive(a->zmq, &r);
        if (got)
            reply(a->zmq, &r, is_allowed(a, &r));
        for (uint32_t i = 0; i < r.n && i < ZAP_FRAMES; i++)
            zmq_msg_close(&r.parts[i]);
    } while (got);
    return false;
}

static void on_closed(void *arg)
{
    free(arg);
}

q_code q_net_auth_new(q_net_context *c, q_net_loop *l, q_net_auth **out, q_err *err)
{
    q_net_auth *a = calloc(1, sizeof *a);
    int linger = 0;
    if (!a)
        return q_budget_error(NULL, sizeof *a, err);
    a->ctx = c;
    a->zmq = zmq_socket(c->zmq, ZMQ_REP);
    if (!a->zmq || zmq_bind(a->zmq, "inproc://zeromq.zap.01") != 0) {
        q_err_set(err, Q_E_INTERNAL, "cannot check keys: %s", zmq_strerror(zmq_errno()));
        if (a->zmq)
            zmq_close(a->zmq);
        free(a);
        return Q_E_INTERNAL;
    }
    zmq_setsockopt(a->zmq, ZMQ_LINGER, &linger, sizeof linger);
    q_code code =
        q_net_watch_init(&a->watch, q_net_loop_uv(l), a->zmq, answer_all, a, on_closed, err);
    if (code != Q_OK) {
        zmq_close(a->zmq);
        free(a);
        return code;
    }
    *out = a;
    return Q_OK;
}

void q_net_auth_close(q_net_auth **ap)
{
    q_net_auth *a = *ap;
    if (!a)
        return;
    *ap = NULL;
    q_net_watch_close(&a->watch);
    zmq_close(a->zmq);
}
