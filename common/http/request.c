/* One request: its route, its answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "common/http/internal.h"
#include "common/http/json.h"

#define CONTENT_POLICY                                                                             \
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors " \
    "'none'"

/* ---- asking ---- */

const char *q_http_method(const q_http_request *r)
{
    return r->method;
}

const char *q_http_path(const q_http_request *r)
{
    return r->path;
}

const char *q_http_param(const q_http_request *r, uint32_t i)
{
    return i < r->params.n ? r->params.items[i] : "";
}

const char *q_http_query(const q_http_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *q_http_header(const q_http_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

bool q_http_query_number(q_http_request *r, const char *name, uint64_t preset, uint64_t max,
                         uint64_t *out)
{
    char text[200];
    const char *value = q_http_query(r, name);
    *out = preset;
    if (!value || q_http_number(value, max, out))
        return true;
    snprintf(text, sizeof text, "%s has to be a whole number up to %llu", name,
             (unsigned long long)max);
    q_http_error(r, MHD_HTTP_BAD_REQUEST, "BAD_REQUEST", text, NULL);
    return false;
}

/* ---- answering ---- */

void q_http_add_header(q_http_request *r, const char *name, const char *value)
{
    Q_ASSERT(r->n_headers < sizeof r->headers / sizeof r->headers[0]);
    r->headers[r->n_headers].name = name;
    r->headers[r->n_headers++].value = value;
}

static void headers_add(const q_http_request *r, struct MHD_Response *response, const char *type)
{
    static const char *const always[][2] = {{"Content-Security-Policy", CONTENT_POLICY},
                                            {"X-Content-Type-Options", "nosniff"},
                                            {"X-Frame-Options", "DENY"},
                                            {"Referrer-Policy", "no-referrer"},
                                            {"Cross-Origin-Resource-Policy", "same-origin"},
                                            {"Cross-Origin-Opener-Policy", "same-origin"}};
    bool cached = false;
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        MHD_add_response_header(response, always[i][0], always[i][1]);
    if (type)
        MHD_add_response_header(response, "Content-Type", type);
    for (uint32_t i = 0; i < r->n_headers; i++) {
        MHD_add_response_header(response, r->headers[i].name, r->headers[i].value);
        cached |= strcasecmp(r->headers[i].name, "Cache-Control") == 0;
    }
    if (!cached)
        MHD_add_response_header(response, "Cache-Control", "no-store");
}

enum MHD_Result http_queue(q_http_request *r, unsigned status, const char *type,
                           struct MHD_Response *response)
{
    Q_ASSERT(!r->answered);
    headers_add(r, response, type);
    r->answered = true;
    r->queued = MHD_queue_response(r->connection, status, response);
    MHD_destroy_response(response);
    if (status >= 400 && status != 404)
        r->server->stats.refused++;
    return r->queued;
}

/* An answer's bytes, counted while a client has not taken them. */
typedef struct answer {
    q_http *server;
    size_t len;
    char *data;
} answer;

static void answer_free(void *cls)
{
    answer *a = cls;
    a->server->stats.answer_bytes -= a->len;
    free(a->data);
    free(a);
}

static void no_room(q_http_request *r)
{
    static char text[] = "{\"error\":\"BUSY\",\"message\":\"too many answers wait to be taken\"}";
    q_http_add_header(r, "Retry-After", "1");
    http_queue(r, MHD_HTTP_SERVICE_UNAVAILABLE, "application/json",
               MHD_create_response_from_buffer(sizeof text - 1, text, MHD_RESPMEM_PERSISTENT));
}

void q_http_answer(q_http_request *r, unsigned status, const char *type, q_buf *body)
{
    answer *a = malloc(sizeof *a);
    if (!a || body->failed || r->server->stats.answer_bytes + body->len > HTTP_MAX_ANSWERS) {
        free(a);
        q_buf_fini(body);
        no_room(r);
        return;
    }
    *a = (answer){.server = r->server};
    a->data = q_buf_take(body, &a->len);
    a->server->stats.answer_bytes += a->len;
    http_queue(
        r, status, type,
        MHD_create_response_from_buffer_with_free_callback_cls(a->len, a->data, answer_free, a));
}

void q_http_text(q_http_request *r, unsigned status, const char *type, const char *text)
{
    q_buf b;
    q_buf_init(&b);
    q_buf_puts(&b, text);
    q_http_answer(r, status, type, &b);
}

void q_http_get_healthz(void *ctx, q_http_request *r)
{
    (void)ctx;
    q_http_text(r, 200, "text/plain; charset=utf-8", "ok\n");
}

uint64_t http_hash(const void *data, size_t n)
{
    const unsigned char *s = data;
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < n; i++)
        h = (h ^ s[i]) * 1099511628211u;
    return h ? h : 1;
}

void q_http_bytes(q_http_request *r, const char *type, const void *data, size_t len)
{
    char tag[24];
    snprintf(tag, sizeof tag, "\"%016llx\"", (unsigned long long)http_hash(data, len));
    q_http_add_header(r, "ETag", tag);
    q_http_add_header(r, "Cache-Control", "no-cache");
    bool same = q_http_etag_match(q_http_header(r, "If-None-Match"), tag);
    http_queue(
        r, same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, type,
        MHD_create_response_from_buffer(same ? 0 : len, (void *)data, MHD_RESPMEM_PERSISTENT));
}

void q_http_json(q_http_request *r, unsigned status, struct json_t *value)
{
    q_buf b;
    q_buf_init(&b);
    q_json_print(&b, value);
    q_http_answer(r, status, "application/json", &b);
}

void q_http_error(q_http_request *r, unsigned status, const char *error, const char *message,
                  const char *hint)
{
    json_t *o = json_object();
    q_json_set_text(o, "error", error);
    q_json_set_text(o, "message", message);
    if (hint && *hint)
        q_json_set_text(o, "hint", hint);
    q_http_json(r, status, o);
}

void q_http_fail(q_http_request *r, unsigned status, const q_err *err)
{
    q_http_error(r, status, q_code_name(err->code), err->msg, err->hint);
}

/* ---- routing ---- */

static bool method_fits(const q_http_route *route, const char *method)
{
    return strcmp(route->method, method) == 0 ||
           (strcmp(route->method, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

static void not_allowed(q_http_request *r, const q_http_route *known)
{
    bool get = strcmp(known->method, "GET") == 0;
    q_http_add_header(r, "Allow", get ? "GET, HEAD" : known->method);
    q_http_error(r, MHD_HTTP_METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED",
                 "this address does not know that method", NULL);
}

static void dispatch(q_http_request *r)
{
    const q_http_route *known = NULL;
    for (const q_http_route *route = r->server->config.routes; route->method; route++) {
        if (!q_http_route_match(route->pattern, r->path, &r->params))
            continue;
        if (method_fits(route, r->method)) {
            r->route = route;
            route->handler(r->server->config.ctx, r);
            return;
        }
        known = known ? known : route;
    }
    if (known)
        not_allowed(r, known);
    else
        q_http_error(r, MHD_HTTP_NOT_FOUND, "NOT_FOUND", "there is nothing at this address", NULL);
}

static q_http_request *request_new(q_http *h, struct MHD_Connection *c, const char *url,
                                   const char *method)
{
    q_http_request *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->server = h;
    r->connection = c;
    r->path = url; /* MHD's, as long as the request */
    r->method = method;
    r->queued = MHD_YES;
    h->stats.requests++;
    return r;
}

/* MHD calls this when the headers are there, then for each piece of the body, then for the end. */
enum MHD_Result http_handle(void *cls, struct MHD_Connection *c, const char *url,
                            const char *method, const char *version, const char *upload,
                            size_t *upload_len, void **con_cls)
{
    q_http_request *r = *con_cls;
    http_peer *p = http_peer_of(c);
    (void)version;
    (void)upload; /* no address takes a body so far: it is read and forgotten */
    if (!r) {
        *con_cls = r = request_new(cls, c, url, method);
        return r ? MHD_YES : MHD_NO;
    }
    if (*upload_len) {
        r->body_bytes += *upload_len;
        *upload_len = 0;
        return r->body_bytes <= HTTP_MAX_BODY ? MHD_YES : MHD_NO;
    }
    if (p) {
        p->since_ms = q_clock_mono_ms();
        p->answering = true;
    }
    dispatch(r);
    Q_ASSERT(r->answered);
    return r->queued;
}

void http_completed(void *cls, struct MHD_Connection *c, void **con_cls,
                    enum MHD_RequestTerminationCode code)
{
    http_peer *p = http_peer_of(c);
    (void)cls;
    (void)code;
    if (p) {
        p->since_ms = q_clock_mono_ms();
        p->answering = false;
    }
    free(*con_cls);
    *con_cls = NULL;
}
