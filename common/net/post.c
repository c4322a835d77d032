/* Work handed to a loop by other threads: a list under a mutex and one uv_async. */
#include <stdatomic.h>
#include <stdlib.h>
#include <uv.h>

#include "common/net/net.h"
#include "common/net/socket.h"

typedef struct item {
    struct item *next;
    void (*fn)(void *arg);
    void *arg;
} item;

struct q_net_loop {
    _Atomic uint32_t refs;
    uv_mutex_t mutex; /* of first, last, closed */
    item *first, **last;
    bool closed;
    uv_loop_t *uv;
    uv_async_t *async; /* frees itself */
};

static void run_all(q_net_loop *l)
{
    uv_mutex_lock(&l->mutex);
    item *i = l->first;
    l->first = NULL;
    l->last = &l->first;
    uv_mutex_unlock(&l->mutex);
    while (i) {
        item *next = i->next;
        i->fn(i->arg);
        free(i);
        i = next;
    }
}

static void on_async(uv_async_t *async)
{
    q_net_loop *l = async->data;
    q_net_loop_ref(l); /* an item may close it */
    run_all(l);
    q_net_loop_unref(l);
}

q_code q_net_loop_new(struct uv_loop_s *uv, q_net_loop **out, q_err *err)
{
    q_net_loop *l = calloc(1, sizeof *l);
    uv_async_t *async = calloc(1, sizeof *async);
    int rc = l && async ? uv_mutex_init(&l->mutex) : UV_ENOMEM;
    if (rc == 0) {
        rc = uv_async_init(uv, async, on_async);
        if (rc != 0)
            uv_mutex_destroy(&l->mutex);
    }
    if (rc != 0) {
        free(l);
        free(async);
        return q_err_set(err, Q_E_INTERNAL, "cannot watch the event loop: %s", uv_strerror(rc));
    }
    atomic_init(&l->refs, 1);
    l->last = &l->first;
    l->uv = uv;
    l->async = async;
    async->data = l;
    *out = l;
    return Q_OK;
}

q_net_loop *q_net_loop_ref(q_net_loop *l)
{
    atomic_fetch_add_explicit(&l->refs, 1, memory_order_relaxed);
    return l;
}

void q_net_loop_unref(q_net_loop *l)
{
    if (!l || atomic_fetch_sub_explicit(&l->refs, 1, memory_order_acq_rel) != 1)
        return;
    uv_mutex_destroy(&l->mutex);
    free(l);
}

static void free_async(uv_handle_t *h)
{
    free(h);
}

void q_net_loop_close(q_net_loop **lp)
{
    q_net_loop *l = *lp;
    if (!l)
        return;
    *lp = NULL;
    run_all(l);
    uv_mutex_lock(&l->mutex);
    l->closed = true;
    uv_mutex_unlock(&l->mutex);
    run_all(l); /* posted meanwhile */
    uv_close((uv_handle_t *)l->async, free_async);
    q_net_loop_unref(l);
}

bool q_net_post(q_net_loop *l, void (*fn)(void *arg), void *arg)
{
    item *i = malloc(sizeof *i);
    if (!i)
        return false;
    *i = (item){NULL, fn, arg};
    uv_mutex_lock(&l->mutex);
    bool open = !l->closed;
    if (open) {
        *l->last = i;
        l->last = &i->next;
        uv_async_send(l->async);
    }
    uv_mutex_unlock(&l->mutex);
    if (!open)
        free(i);
    return open;
}

uv_loop_t *q_net_loop_uv(q_net_loop *l)
{
    return l->uv;
}
