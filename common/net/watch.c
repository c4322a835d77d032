/* Readiness of a zmq socket on a libuv loop. */
#include <zmq.h>

#include "common/net/socket.h"

static void on_idle(uv_idle_t *h)
{
    q_net_watch_run(h->data);
}

void q_net_watch_kick(q_net_watch *w)
{
    if (!w->closing)
        uv_idle_start(&w->idle, on_idle);
}

void q_net_watch_run(q_net_watch *w)
{
    if (w->closing)
        return;
    w->touched = false;
    uv_idle_stop(&w->idle); /* before reading, which may kick */
    if (w->read(w->arg))
        q_net_watch_kick(w);
}

void q_net_watch_touch(q_net_watch *w)
{
    w->touched = true;
}

static void on_poll(uv_poll_t *h, int status, int events)
{
    (void)status;
    (void)events;
    q_net_watch_run(h->data);
}

static void on_prepare(uv_prepare_t *h)
{
    q_net_watch *w = h->data;
    int events = 0;
    size_t n = sizeof events;
    if (!w->touched || w->closing)
        return;
    w->touched = false;
    if (zmq_getsockopt(w->zmq, ZMQ_EVENTS, &events, &n) == 0 && (events & ZMQ_POLLIN))
        q_net_watch_run(w);
}

q_code q_net_watch_init(q_net_watch *w, uv_loop_t *uv, void *zmq, bool (*read)(void *), void *arg,
                        void (*on_closed)(void *), q_err *err)
{
    int fd;
    size_t n = sizeof fd;
    memset(w, 0, sizeof *w);
    w->zmq = zmq;
    w->read = read;
    w->arg = arg;
    w->on_closed = on_closed;
    int rc = zmq_getsockopt(zmq, ZMQ_FD, &fd, &n) == 0 ? uv_poll_init(uv, &w->poll, fd) : UV_EBADF;
    if (rc != 0)
        return q_err_set(err, Q_E_INTERNAL, "cannot watch a socket: %s", uv_strerror(rc));
    uv_prepare_init(uv, &w->prepare);
    uv_idle_init(uv, &w->idle);
    w->poll.data = w->prepare.data = w->idle.data = w;
    w->open_handles = 3;
    uv_prepare_start(&w->prepare, on_prepare);
    uv_poll_start(&w->poll, UV_READABLE, on_poll);
    w->touched = true; /* what came before the watch began */
    return Q_OK;
}

static void on_handle_closed(uv_handle_t *h)
{
    q_net_watch *w = h->data;
    if (--w->open_handles == 0)
        w->on_closed(w->arg);
}

void q_net_watch_close(q_net_watch *w)
{
    w->closing = true;
    uv_close((uv_handle_t *)&w->poll, on_handle_closed);
    uv_close((uv_handle_t *)&w->prepare, on_handle_closed);
    uv_close((uv_handle_t *)&w->idle, on_handle_closed);
}
