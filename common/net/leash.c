/* Standard input's end is the daemon's. */
#include "common/net/leash.h"

#include <unistd.h>

#define LIMIT_MS 10000

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
    q_leash *leash = handle->data;
    (void)wanted;
    *out = uv_buf_init(leash->ignored, sizeof leash->ignored);
}

static void on_limit(uv_timer_t *timer)
{
    (void)timer;
    _exit(130);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    q_leash *leash = stream->data;
    (void)buf;
    if (n >= 0)
        return;
    uv_read_stop(stream);
    uv_timer_start(&leash->limit, on_limit, LIMIT_MS, 0);
    uv_unref((uv_handle_t *)&leash->limit);
    leash->cut(leash->ctx);
}

q_code q_leash_init(q_leash *leash, uv_loop_t *loop, void (*cut)(void *ctx), void *ctx, q_err *err)
{
    leash->cut = cut;
    leash->ctx = ctx;
    uv_timer_init(loop, &leash->limit);
    uv_pipe_init(loop, &leash->in, 0);
    leash->in.data = leash;
    int rc = uv_guess_handle(STDIN_FILENO) == UV_NAMED_PIPE
                 ? uv_pipe_open(&leash->in, STDIN_FILENO)
                 : UV_EINVAL; /* libuv would abort later */
    if (rc == 0)
        rc = uv_read_start((uv_stream_t *)&leash->in, on_room, on_read);
    if (rc == 0)
        return Q_OK;
    q_err_set(err, Q_E_USAGE, "--exit-with-stdin: standard input is no pipe: %s", uv_strerror(rc));
    return Q_E_USAGE;
}

void q_leash_close(q_leash *leash)
{
    uv_close((uv_handle_t *)&leash->limit, NULL);
    uv_close((uv_handle_t *)&leash->in, NULL);
}
