/*
 * HTTP on the daemon's own loop: libmicrohttpd reads and writes, routes are rows of a table,
 * handlers run on the loop's thread and so may read the daemon's state as it is.
 *
 *   q_http_new(config with routes) … handler(ctx, request) → q_http_json | q_http_text | …
 *
 * Nothing here blocks: sockets are non-blocking, answers are made whole in memory and sent as the
 * client takes them. What a client can cost is bounded: connections, bytes of headers and body,
 * bytes of answers not yet taken, time for a request and for taking its answer.
 * A client of server-sent events (events.h) that does not read is dropped.
 *
 * Every answer carries headers that forbid other sites to embed it or scripts from elsewhere.
 * Thread rule: everything on the loop's thread.
 */
#ifndef Q_HTTP_HTTP_H
#define Q_HTTP_HTTP_H

#include "common/base/buf.h"
#include "common/base/err.h"

struct uv_loop_s;
struct json_t;

typedef struct q_http q_http;
typedef struct q_http_request q_http_request;

/* One address. GET rows answer HEAD too. `pattern`: segments are literal or {name}; a literal "*"
 * as the last one takes the rest. The handler answers before it returns. */
typedef struct q_http_route {
    const char *method, *pattern;
    void (*handler)(void *ctx, q_http_request *r);
    const char *doc;
} q_http_route;

typedef struct q_http_config {
    const char *host;           /* name, address, or an asterisk: all */
    uint16_t port;              /* 0: any free one */
    const q_http_route *routes; /* ends with a NULL method */
    void *ctx;                  /* the handlers' */
    const char *option;         /* what sets the port, for the error's hint */
} q_http_config;

/* Strings of config are borrowed. Errors: ADDRESS_IN_USE, USAGE (host), IO. */
q_code q_http_new(const q_http_config *config, struct uv_loop_s *uv, q_http **out, q_err *err);
uint16_t q_http_port(const q_http *h);
/* All connections end. The loop must run once more. */
void q_http_close(q_http **h);

typedef struct q_http_stats {
    uint64_t requests, refused; /* refused: malformed, too large, out of room */
    uint32_t connections, event_clients;
    uint64_t events_dropped; /* clients of events that did not read */
    size_t answer_bytes;     /* not yet taken */
} q_http_stats;
q_http_stats q_http_stats_get(const q_http *h);

/* ---- asking ---- */

const char *q_http_method(const q_http_request *r);
const char *q_http_path(const q_http_request *r);
const char *q_http_param(const q_http_request *r, uint32_t i);        /* i-th {name}, or rest */
const char *q_http_query(const q_http_request *r, const char *name);  /* NULL: absent */
const char *q_http_header(const q_http_request *r, const char *name); /* NULL: absent */
/* A number of the query; preset when absent. False, and the request is answered with 400, when it
 * is none or above max. */
bool q_http_query_number(q_http_request *r, const char *name, uint64_t preset, uint64_t max,
                         uint64_t *out);

/* ---- answering: exactly one of these for a request ---- */

/* Before the answer; both are literals or live until the answer. */
void q_http_add_header(q_http_request *r, const char *name, const char *value);
/* Takes the bytes of body. type: "text/plain; charset=utf-8". */
void q_http_answer(q_http_request *r, unsigned status, const char *type, q_buf *body);
void q_http_text(q_http_request *r, unsigned status, const char *type, const char *text);
/* Bytes that live as long as the program; ETag and 304. */
void q_http_bytes(q_http_request *r, const char *type, const void *data, size_t len);
/* The handler of /healthz: a process that answers lives. */
void q_http_get_healthz(void *ctx, q_http_request *r);
/* Takes value (jansson). */
void q_http_json(q_http_request *r, unsigned status, struct json_t *value);
/* {"error": CLASS, "message": …, "hint": …}. */
void q_http_error(q_http_request *r, unsigned status, const char *error, const char *message,
                  const char *hint);
void q_http_fail(q_http_request *r, unsigned status, const q_err *err);
/* From now on a client of the server's events; `first` (may be NULL) is sent at once. */
void q_http_events(q_http_request *r, const char *first_event, const char *first_data);

#endif
