/*
 * What server.c (connections, the loop), request.c (one request) and events.c (streams) share.
 */
#ifndef Q_HTTP_INTERNAL_H
#define Q_HTTP_INTERNAL_H

#include <microhttpd.h>
#include <uv.h>

#include "common/http/events.h"
#include "common/http/http.h"
#include "common/http/route.h"

#define HTTP_MAX_CONNECTIONS 1024u
#define HTTP_MAX_BODY        ((size_t)64 << 10)
#define HTTP_MAX_ANSWERS     ((size_t)64 << 20) /* bytes that no client has taken yet */
#define HTTP_IDLE_S          30u
#define HTTP_REQUEST_MS      60000u /* to send a request, and to take its answer */

/* A connection; its request has the time since the last step was taken. */
typedef struct http_peer {
    struct http_peer *next, **at;
    struct MHD_Connection *connection;
    uint64_t since_ms;
    bool answering, streams, ended; /* answering: an answer is on its way */
} http_peer;

typedef struct http_stream http_stream; /* events.c */

struct q_http {
    q_http_config config;
    struct MHD_Daemon *mhd;
    uv_loop_t *uv;
    uv_poll_t *poll;
    uv_timer_t *timer, *sweep, *keepalive;
    uint16_t port;
    unsigned limit; /* of connections */
    bool running;   /* inside MHD_run: it need not be asked to run again */
    http_peer *peers;
    http_stream *streams;
    uint64_t next_event;
    q_http_stats stats;
};

struct q_http_request {
    q_http *server;
    struct MHD_Connection *connection;
    const char *method, *path;
    const q_http_route *route;
    q_http_params params;
    size_t body_bytes;
    bool too_large, answered;
    enum MHD_Result queued;
    uint32_t n_headers;
    struct {
        const char *name, *value;
    } headers[4];
};

/* server.c */
void http_run(q_http *h); /* let MHD go on; from a handler: when that has returned */
http_peer *http_peer_of(struct MHD_Connection *c);

/* request.c */
uint64_t http_hash(const void *data, size_t n); /* never 0 */
enum MHD_Result http_handle(void *cls, struct MHD_Connection *c, const char *url,
                            const char *method, const char *version, const char *upload,
                            size_t *upload_len, void **con_cls);
void http_completed(void *cls, struct MHD_Connection *c, void **con_cls,
                    enum MHD_RequestTerminationCode code);
enum MHD_Result http_queue(q_http_request *r, unsigned status, const char *type,
                           struct MHD_Response *response);

/* events.c */
void http_streams_keepalive(q_http *h);
/* The client of this connection is gone. */
void http_stream_end(q_http *h, const struct MHD_Connection *c);
void http_streams_close(q_http *h);

#endif
