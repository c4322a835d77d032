/* DogStatsD over UDP. */
#include "common/net/statsd.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "common/base/log.h"

#define LOOKUP_EVERY_MS 60000 /* an address that is known */
#define LOOKUP_PAUSE_MS 5000  /* after a failure */
#define WARN_EVERY_MS   600000

/* One look-up; its thread owns it until the loop gets it. */
typedef struct lookup {
    q_net_loop *loop;
    q_statsd *owner; /* the loop's only; NULL: closed in the meantime */
    char host[256], port[8];
    int rc;
    struct sockaddr_storage address;
    socklen_t n_address;
} lookup;

struct q_statsd {
    q_net_loop *loop;
    uv_timer_t *timer; /* end of the turn */
    char host[256], port[8];
    q_buf constant; /* tags of every line */
    q_buf now;      /* the datagram that is being filled */
    q_buf waiting[Q_STATSD_WAITING];
    uint32_t n_waiting;
    q_statsd_counts counts;
    lookup *asked; /* under way */
    uint64_t asked_ms, warned_ms;
    struct sockaddr_storage address;
    socklen_t n_address; /* 0: not known */
    bool literal;        /* the host is an address */
    int fd;              /* of the address's family; -1: none */
};

/* ---- the agent's address ---- */

static void lookup_free(lookup *l)
{
    q_net_loop_unref(l->loop);
    free(l);
}

static void warn(q_statsd *s, const char *why)
{
    uint64_t now = q_clock_mono_ms();
    if (s->warned_ms && now - s->warned_ms < WARN_EVERY_MS)
        return;
    s->warned_ms = now;
    q_warn("metrics are not sent: the agent's host %s cannot be found: %s", s->host, why);
}

static void waiting_send(q_statsd *s);

/* The socket belongs to the address's family; it is made anew only if that changes. */
static void address_take(q_statsd *s, const lookup *l)
{
    if (s->fd >= 0 && s->address.ss_family != l->address.ss_family) {
        close(s->fd);
        s->fd = -1;
    }
    if (s->fd < 0)
        s->fd = socket(l->address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    s->address = l->address;
    s->n_address = s->fd < 0 ? 0 : l->n_address;
}

static void looked_up(void *arg)
{
    lookup *l = arg;
    q_statsd *s = l->owner;
    if (s) {
        s->asked = NULL;
        if (l->rc == 0)
            address_take(s, l);
        else if (!s->n_address)
            warn(s, gai_strerror(l->rc));
        waiting_send(s);
    }
    lookup_free(l);
}

static void *lookup_thread(void *arg)
{
    lookup *l = arg;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    l->rc = getaddrinfo(l->host, l->port, &hints, &found);
    if (l->rc == 0) {
        memcpy(&l->address, found->ai_addr, found->ai_addrlen);
        l->n_address = found->ai_addrlen;
        freeaddrinfo(found);
    }
    if (!q_net_post(l->loop, looked_up, l))
        lookup_free(l);
    return NULL;
}

/* Detached: a name server that hangs must not keep the process from ending. */
static bool lookup_start(lookup *l)
{
    pthread_t thread;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    int rc = pthread_create(&thread, &attr, lookup_thread, l);
    pthread_attr_destroy(&attr);
    return rc == 0;
}

static void look_up(q_statsd *s)
{
    uint64_t now = q_clock_mono_ms(), pause = s->n_address ? LOOKUP_EVERY_MS : LOOKUP_PAUSE_MS;
    if (s->literal || s->asked || (s->asked_ms && now - s->asked_ms < pause))
        return;
    lookup *l = calloc(1, sizeof *l);
    if (!l)
        return;
    l->owner = s;
    l->loop = q_net_loop_ref(s->loop);
    snprintf(l->host, sizeof l->host, "%s", s->host);
    snprintf(l->port, sizeof l->port, "%s", s->port);
    s->asked_ms = now;
    s->asked = l;
    if (!lookup_start(l)) {
        s->asked = NULL;
        lookup_free(l);
    }
}

/* An address in digits needs no look-up. */
static void literal_take(q_statsd *s)
{
    lookup l = {0};
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST};
    struct addrinfo *found = NULL;
    if (getaddrinfo(s->host, s->port, &hints, &found) != 0)
        return;
    memcpy(&l.address, found->ai_addr, found->ai_addrlen);
    l.n_address = found->ai_addrlen;
    freeaddrinfo(found);
    address_take(s, &l);
    s->literal = true;
}

/* ---- datagrams ---- */

static void datagram_send(q_statsd *s, const q_buf *b)
{
    ssize_t n = sendto(s->fd, b->data, b->len, MSG_DONTWAIT | MSG_NOSIGNAL,
                       (const struct sockaddr *)&s->address, s->n_address);
    if (n == (ssize_t)b->len)
        s->counts.sent++;
    else
        s->counts.dropped++; /* no route, a full buffer: the next ones may pass */
}

static void waiting_send(q_statsd *s)
{
    if (!s->n_address)
        return;
    for (uint32_t i = 0; i < s->n_waiting; i++) {
        datagram_send(s, &s->waiting[i]);
        q_buf_fini(&s->waiting[i]);
    }
    s->n_waiting = 0;
}

/* The filled datagram goes out, or waits for the address. */
static void datagram_end(q_statsd *s)
{
    if (!s->now.len)
        return;
    if (s->n_address) {
        datagram_send(s, &s->now);
        q_buf_clear(&s->now);
    } else if (s->n_waiting < Q_STATSD_WAITING) {
        s->waiting[s->n_waiting++] = s->now;
        q_buf_init(&s->now);
    } else {
        s->counts.dropped++;
        q_buf_clear(&s->now);
    }
}

static void on_turn_end(uv_timer_t *timer)
{
    q_statsd *s = timer->data;
    look_up(s);
    datagram_end(s);
}

void q_statsd_send(q_statsd *s, q_statsd_type type, const char *name, double value,
                   const q_statsd_tag *tags, size_t n_tags)
{
    q_buf line;
    if (!s)
        return;
    q_buf_init(&line);
    q_statsd_put_line(&line, type, name, value, tags, n_tags,
                      s->constant.len ? q_buf_cstr(&s->constant) : NULL);
    if (line.failed || line.len > Q_STATSD_DATAGRAM) {
        s->counts.dropped++;
    } else if (line.len) {
        if (s->now.len + line.len + 1 > Q_STATSD_DATAGRAM)
            datagram_end(s);
        if (s->now.len)
            q_buf_putc(&s->now, '\n');
        q_buf_append(&s->now, line.data, line.len);
        uv_timer_start(s->timer, on_turn_end, 0, 0);
    }
    q_buf_fini(&line);
}

/* ---- life ---- */

q_statsd *q_statsd_new(const q_statsd_config *config, struct uv_loop_s *uv, q_net_loop *loop)
{
    q_statsd *s = calloc(1, sizeof *s);
    Q_ASSERT(s);
    s->fd = -1;
    s->loop = loop;
    snprintf(s->host, sizeof s->host, "%s", config->host);
    snprintf(s->port, sizeof s->port, "%u", config->port);
    q_buf_init(&s->constant);
    q_buf_init(&s->now);
    for (size_t i = 0; i < config->n_tags; i++)
        q_statsd_put_tag(&s->constant, 0, &config->tags[i]);
    s->timer = malloc(sizeof *s->timer);
    Q_ASSERT(s->timer);
    uv_timer_init(uv, s->timer);
    s->timer->data = s;
    literal_take(s);
    look_up(s);
    return s;
}

static void timer_closed(uv_handle_t *handle)
{
    free(handle);
}

void q_statsd_close(q_statsd **sender)
{
    q_statsd *s = *sender;
    if (!s)
        return;
    datagram_end(s);
    if (s->asked)
        s->asked->owner = NULL;
    uv_timer_stop(s->timer);
    uv_close((uv_handle_t *)s->timer, timer_closed);
    for (uint32_t i = 0; i < s->n_waiting; i++)
        q_buf_fini(&s->waiting[i]);
    q_buf_fini(&s->now);
    q_buf_fini(&s->constant);
    if (s->fd >= 0)
        close(s->fd);
    free(s);
    *sender = NULL;
}

q_statsd_counts q_statsd_counts_get(const q_statsd *s)
{
    return s ? s->counts : (q_statsd_counts){0};
}
