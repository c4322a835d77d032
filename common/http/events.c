/* Streams of server-sent events. A stream with nothing to send is suspended. */
#include "common/http/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "common/base/assert.h"
#include "common/http/internal.h"
#include "common/http/json.h"

struct http_stream {
    q_http *server;
    struct MHD_Connection *connection;
    q_buf waiting;
    size_t sent; /* of waiting */
    bool suspended, ended;
    struct http_stream *next, **at;
};

static void wake(http_stream *s)
{
    if (!s->suspended)
        return;
    s->suspended = false;
    MHD_resume_connection(s->connection);
    http_run(s->server);
}

static void end(http_stream *s)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(s->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    s->ended = true;
    q_buf_fini(&s->waiting);
    s->sent = 0;
    if (info)
        shutdown(info->connect_fd, SHUT_RDWR);
    wake(s);
}

static void add(http_stream *s, const char *text, size_t n)
{
    if (s->ended)
        return;
    if (s->waiting.len - s->sent + n > Q_HTTP_EVENT_QUEUE) {
        s->server->stats.events_dropped++;
        end(s);
        return;
    }
    q_buf_append(&s->waiting, text, n);
    wake(s);
}

/* MHD wants bytes: as many as there are. */
static ssize_t stream_read(void *cls, uint64_t pos, char *to, size_t max)
{
    http_stream *s = cls;
    (void)pos;
    if (s->ended || s->waiting.failed)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t n = s->waiting.len - s->sent;
    if (!n) {
        s->suspended = true;
        MHD_suspend_connection(s->connection);
        return 0;
    }
    n = n < max ? n : max;
    memcpy(to, s->waiting.data + s->sent, n);
    s->sent += n;
    if (s->sent == s->waiting.len) {
        q_buf_fini(&s->waiting); /* a big one does not stay */
        s->sent = 0;
    }
    return (ssize_t)n;
}

static void stream_free(void *cls)
{
    http_stream *s = cls;
    *s->at = s->next;
    if (s->next)
        s->next->at = s->at;
    s->server->stats.event_clients--;
    q_buf_fini(&s->waiting);
    free(s);
}

static void event_print(q_buf *b, uint64_t id, const char *event, const char *data)
{
    q_buf_printf(b, "id: %llu\nevent: %s\ndata: ", (unsigned long long)id, event);
    q_buf_puts(b, data);
    q_buf_puts(b, "\n\n");
}

static http_stream *stream_new(q_http_request *r)
{
    q_http *h = r->server;
    http_stream *s = calloc(1, sizeof *s);
    Q_ASSERT(s);
    s->server = h;
    s->connection = r->connection;
    q_buf_init(&s->waiting);
    s->next = h->streams;
    s->at = &h->streams;
    if (s->next)
        s->next->at = &s->next;
    h->streams = s;
    h->stats.event_clients++;
    return s;
}

void q_http_events(q_http_request *r, const char *first_event, const char *first_data)
{
    q_http *h = r->server;
    http_peer *p = http_peer_of(r->connection);
    if (strcmp(r->method, "HEAD") == 0) {
        q_http_text(r, MHD_HTTP_OK, "text/event-stream", "");
        return;
    }
    if (h->stats.event_clients >= Q_HTTP_EVENT_CLIENTS) {
        q_http_add_header(r, "Retry-After", "5");
        q_http_error(r, MHD_HTTP_SERVICE_UNAVAILABLE, "BUSY", "too many clients take events", NULL);
        return;
    }
    http_stream *s = stream_new(r);
    if (p) {
        p->streams = true;
        p->answering = false; /* it goes on for ever */
    }
    q_buf_puts(&s->waiting, "retry: 2000\n\n");
    if (first_data)
        event_print(&s->waiting, ++h->next_event, first_event, first_data);
    q_http_add_header(r, "X-Accel-Buffering", "no");
    http_queue(
        r, MHD_HTTP_OK, "text/event-stream",
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16384, stream_read, s, stream_free));
}

bool q_http_has_listeners(const q_http *h)
{
    return h->streams;
}

void q_http_publish(q_http *h, const char *event, const char *data)
{
    q_buf b;
    if (!h->streams)
        return;
    q_buf_init(&b);
    event_print(&b, ++h->next_event, event, data);
    for (http_stream *s = h->streams, *next; s; s = next) {
        next = s->next;
        add(s, b.data, b.len);
    }
    q_buf_fini(&b);
}

bool q_http_is_news(const char *data, uint64_t *told)
{
    uint64_t hash = http_hash(data, strlen(data));
    bool news = hash != *told;
    *told = hash;
    return news;
}

void q_http_publish_news(q_http *h, const char *event, json_t *value, uint64_t *told)
{
    q_buf b;
    q_buf_init(&b);
    q_json_print(&b, value);
    if (q_http_is_news(q_buf_cstr(&b), told))
        q_http_publish(h, event, q_buf_cstr(&b));
    q_buf_fini(&b);
}

void q_http_events_json(q_http_request *r, const char *first_event, json_t *value)
{
    q_buf b;
    q_buf_init(&b);
    q_json_print(&b, value);
    q_http_events(r, first_event, q_buf_cstr(&b));
    q_buf_fini(&b);
}

void http_streams_keepalive(q_http *h)
{
    for (http_stream *s = h->streams, *next; s; s = next) {
        next = s->next;
        add(s, ": alive\n\n", 9);
    }
}

void http_stream_end(q_http *h, const struct MHD_Connection *c)
{
    for (http_stream *s = h->streams; s; s = s->next) {
        if (s->connection == c && !s->ended)
            end(s);
    }
}

/* All are resumed, which MHD wants before it is stopped. */
void http_streams_close(q_http *h)
{
    for (http_stream *s = h->streams, *next; s; s = next) {
        next = s->next;
        end(s);
    }
    MHD_run(h->mhd);
}
