/* Connections and the loop. MHD has an epoll descriptor of its own, which the loop watches. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/http/internal.h"

#define SWEEP_MS      1000
#define KEEP_ALIVE_MS 15000
#define BACKLOG       256
#define HEADER_BYTES  ((size_t)32 << 10) /* request line, headers and MHD's own needs */

/* ---- the loop ---- */

static void timer_set(q_http *h);

static void mhd_run(q_http *h)
{
    if (h->running)
        return;
    uint32_t before = h->stats.connections;
    h->running = true;
    MHD_run(h->mhd);
    h->running = false;
    timer_set(h);
    /* MHD listens again, after it was full, only when it runs once more */
    if (h->stats.connections < before && before + 1 >= h->limit)
        http_run(h);
}

static void on_timer(uv_timer_t *t)
{
    mhd_run(t->data);
}

static void timer_set(q_http *h)
{
    MHD_UNSIGNED_LONG_LONG ms;
    if (MHD_get_timeout(h->mhd, &ms) == MHD_YES)
        uv_timer_start(h->timer, on_timer, ms, 0);
    else
        uv_timer_stop(h->timer);
}

void http_run(q_http *h)
{
    if (!h->running)
        uv_timer_start(h->timer, on_timer, 0, 0);
}

static void on_poll(uv_poll_t *p, int status, int events)
{
    (void)status;
    (void)events;
    mhd_run(p->data);
}

/* ---- connections ---- */

static int fd_of(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

http_peer *http_peer_of(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* MHD's epoll is edge-triggered: an end that comes together with bytes is not told again. */
static bool left(const http_peer *p)
{
    struct pollfd fd = {.fd = fd_of(p->connection), .events = POLLRDHUP};
    return !p->answering && poll(&fd, 1, 0) == 1;
}

/* Those that are gone, and those that take too long over a request or over its answer, a byte now
 * and then. */
static void on_sweep(uv_timer_t *t)
{
    q_http *h = t->data;
    uint64_t now = q_clock_mono_ms();
    for (http_peer *p = h->peers; p; p = p->next) {
        bool late = !p->streams && now - p->since_ms >= HTTP_REQUEST_MS;
        if (p->ended || (!late && !left(p)))
            continue;
        p->ended = true;
        h->stats.refused += late;
        if (p->streams)
            http_stream_end(h, p->connection);
        else
            shutdown(fd_of(p->connection), SHUT_RDWR);
    }
}

static void peer_add(q_http *h, struct MHD_Connection *c, void **context)
{
    http_peer *p = calloc(1, sizeof *p);
    Q_ASSERT(p);
    p->connection = c;
    p->since_ms = q_clock_mono_ms();
    p->next = h->peers;
    p->at = &h->peers;
    if (p->next)
        p->next->at = &p->next;
    else
        uv_timer_start(h->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    h->peers = p;
    *context = p;
    h->stats.connections++;
}

static void peer_remove(q_http *h, void **context)
{
    http_peer *p = *context;
    *p->at = p->next;
    if (p->next)
        p->next->at = p->at;
    free(p);
    *context = NULL;
    h->stats.connections--;
    if (!h->peers)
        uv_timer_stop(h->sweep);
}

static void on_connection(void *cls, struct MHD_Connection *c, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        peer_add(cls, c, context);
    else
        peer_remove(cls, context);
}

static void on_keepalive(uv_timer_t *t)
{
    http_streams_keepalive(t->data);
}

/* What MHD complains about is the client's doing: not for everybody's log. */
static void log_line(void *cls, const char *fmt, va_list ap)
{
    char text[256];
    (void)cls;
    if (!q_log_enabled(Q_LOG_DEBUG))
        return;
    vsnprintf(text, sizeof text, fmt, ap);
    text[strcspn(text, "\n")] = 0;
    q_debug("http: %s", text);
}

static size_t unescape(void *cls, struct MHD_Connection *c, char *s)
{
    (void)cls;
    (void)c;
    return q_http_unescape(s);
}

/* ---- listening ---- */

static q_code in_use(const q_http_config *c, int error, q_err *err)
{
    if (error != EADDRINUSE)
        return q_err_errno(err, error == EADDRNOTAVAIL ? Q_E_USAGE : Q_E_IO, error,
                           "cannot listen on %s port %u", c->host, c->port);
    q_err_set(err, Q_E_ADDRESS_IN_USE, "port %u is in use (the UI's, on %s)", c->port, c->host);
    q_err_hint(err, "%s takes another one; 0: any free one", c->option);
    return Q_E_ADDRESS_IN_USE;
}

static q_code listen_at(const q_http_config *c, const struct addrinfo *a, int *out, q_err *err)
{
    int on = 1, off = 0;
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return q_err_errno(err, Q_E_IO, errno, "cannot make a socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (a->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        int error = errno;
        close(fd);
        return in_use(c, error, err);
    }
    *out = fd;
    return Q_OK;
}

static bool everywhere(const char *host)
{
    return !host || strcmp(host, "*") == 0 || strcmp(host, "0.0.0.0") == 0;
}

static q_code listen_any(const q_http_config *c, int *out, q_err *err)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(c->port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(c->port)};
    struct addrinfo a6 = {
        .ai_family = AF_INET6, .ai_addr = (struct sockaddr *)&six, .ai_addrlen = sizeof six};
    struct addrinfo a4 = {
        .ai_family = AF_INET, .ai_addr = (struct sockaddr *)&four, .ai_addrlen = sizeof four};
    q_code code = listen_at(c, &a6, out, err);
    if (code == Q_OK || code == Q_E_ADDRESS_IN_USE)
        return code;
    return listen_at(c, &a4, out, err); /* a machine without IPv6 */
}

static q_code listen_socket(const q_http_config *c, int *out, q_err *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
    char port[8];
    if (everywhere(c->host))
        return listen_any(c, out, err);
    snprintf(port, sizeof port, "%u", c->port);
    int rc = getaddrinfo(c->host, port, &hints, &found);
    if (rc != 0)
        return q_err_set(err, Q_E_USAGE, "cannot listen on %s: %s", c->host, gai_strerror(rc));
    q_code code = listen_at(c, found, out, err);
    freeaddrinfo(found);
    return code;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage a;
    socklen_t n = sizeof a;
    if (getsockname(fd, (struct sockaddr *)&a, &n) != 0)
        return 0;
    return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
                                         : ((struct sockaddr_in *)&a)->sin_port);
}

/* Connections that leave descriptors for files and for the cluster. */
static unsigned connections_limit(void)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0)
        return 256;
    if (r.rlim_cur < r.rlim_max) {
        r.rlim_cur = r.rlim_max;
        setrlimit(RLIMIT_NOFILE, &r);
        getrlimit(RLIMIT_NOFILE, &r);
    }
    rlim_t half = r.rlim_cur / 2;
    return half < HTTP_MAX_CONNECTIONS ? (unsigned)half : HTTP_MAX_CONNECTIONS;
}

/* ---- life ---- */

static uv_timer_t *timer_new(q_http *h)
{
    uv_timer_t *t = malloc(sizeof *t);
    Q_ASSERT(t);
    uv_timer_init(h->uv, t);
    t->data = h;
    return t;
}

static q_code mhd_start(q_http *h, int fd, q_err *err)
{
    h->mhd = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, http_handle, h,
        MHD_OPTION_EXTERNAL_LOGGER, log_line, h, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, h->limit, MHD_OPTION_CONNECTION_TIMEOUT, HTTP_IDLE_S,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADER_BYTES, MHD_OPTION_NOTIFY_COMPLETED,
        http_completed, h, MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (h->mhd)
        return Q_OK;
    close(fd);
    return q_err_set(err, Q_E_INTERNAL, "cannot start the HTTP server");
}

static q_code watch_start(q_http *h, q_err *err)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(h->mhd, MHD_DAEMON_INFO_EPOLL_FD);
    h->poll = malloc(sizeof *h->poll);
    Q_ASSERT(h->poll);
    int rc = info ? uv_poll_init(h->uv, h->poll, info->epoll_fd) : UV_ENOTSUP;
    if (rc != 0) {
        free(h->poll);
        h->poll = NULL;
        return q_err_set(err, Q_E_INTERNAL, "cannot watch the HTTP server: %s", uv_strerror(rc));
    }
    h->poll->data = h;
    uv_poll_start(h->poll, UV_READABLE, on_poll);
    return Q_OK;
}

q_code q_http_new(const q_http_config *config, struct uv_loop_s *uv, q_http **out, q_err *err)
{
    int fd;
    *out = NULL;
    Q_TRY(listen_socket(config, &fd, err));
    q_http *h = calloc(1, sizeof *h);
    Q_ASSERT(h);
    h->config = *config;
    h->uv = uv;
    h->port = port_of(fd);
    h->limit = connections_limit();
    h->timer = timer_new(h);
    h->sweep = timer_new(h);
    h->keepalive = timer_new(h);
    q_code code = mhd_start(h, fd, err);
    if (code == Q_OK)
        code = watch_start(h, err);
    if (code == Q_OK)
        uv_timer_start(h->keepalive, on_keepalive, KEEP_ALIVE_MS, KEEP_ALIVE_MS);
    else
        q_http_close(&h);
    *out = h;
    return code;
}

uint16_t q_http_port(const q_http *h)
{
    return h->port;
}

q_http_stats q_http_stats_get(const q_http *h)
{
    return h->stats;
}

static void handle_closed(uv_handle_t *handle)
{
    free(handle);
}

void q_http_close(q_http **http)
{
    q_http *h = *http;
    if (!h)
        return;
    if (h->mhd) {
        http_streams_close(h);
        h->running = true; /* nothing is started any more */
        if (h->poll)
            uv_poll_stop(h->poll);
        MHD_stop_daemon(h->mhd);
    }
    if (h->poll)
        uv_close((uv_handle_t *)h->poll, handle_closed);
    uv_close((uv_handle_t *)h->timer, handle_closed);
    uv_close((uv_handle_t *)h->sweep, handle_closed);
    uv_close((uv_handle_t *)h->keepalive, handle_closed);
    free(h);
    *http = NULL;
}
