/* The ZeroMQ context of a process. */
#include <stdlib.h>
#include <zmq.h>

#include "common/base/assert.h"
#include "common/net/socket.h"

static void fill_defaults(q_net_options *o)
{
    o->linger_ms = o->linger_ms ? o->linger_ms : 2000;
    o->keepalive_ms = o->keepalive_ms ? o->keepalive_ms : 15000;
    o->connect_ms = o->connect_ms ? o->connect_ms : 5000;
    o->retry_ms = o->retry_ms ? o->retry_ms : 100;
    o->room_bytes = o->room_bytes ? o->room_bytes : (size_t)32 << 20;
    o->hard_bytes = o->hard_bytes ? o->hard_bytes : (size_t)1 << 30;
    o->hard_messages = o->hard_messages ? o->hard_messages : 100000;
}

q_code q_net_context_new(const q_net_options *options, q_net_context **out, q_err *err)
{
    q_net_context *c = calloc(1, sizeof *c);
    void *zmq = c ? zmq_ctx_new() : NULL;
    if (!zmq) {
        free(c);
        return q_err_set(err, Q_E_INTERNAL, "cannot start the transport: %s",
                         zmq_strerror(zmq_errno()));
    }
    if (options)
        c->options = *options;
    fill_defaults(&c->options);
    c->zmq = zmq;
    zmq_ctx_set(zmq, ZMQ_MAX_SOCKETS, 16384);
    zmq_ctx_set(zmq, ZMQ_IO_THREADS, c->options.inproc_only ? 0 : 1);
    *out = c;
    return Q_OK;
}

void q_net_context_destroy(q_net_context **cp)
{
    q_net_context *c = *cp;
    if (!c)
        return;
    Q_ASSERT(atomic_load(&c->n_sockets) == 0);
    while (zmq_ctx_term(c->zmq) != 0 && zmq_errno() == EINTR) {
    }
    free(c);
    *cp = NULL;
}
