/* Addresses as users write them. */
#include "common/net/endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static q_code bad(q_err *err, const char *url, const char *what)
{
    q_err_set(err, Q_E_USAGE, "bad address `%s`: %s", url, what);
    q_err_hint(err, "write spark://HOST:PORT, several as spark://HOST:PORT,HOST:PORT");
    return Q_E_USAGE;
}

static bool parse_port(const char *s, size_t n, uint16_t *port)
{
    uint32_t v = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9' || v > 65535)
            return false;
        v = v * 10 + (uint32_t)(s[i] - '0');
    }
    *port = (uint16_t)v;
    return n > 0 && v <= 65535;
}

/* HOST, HOST:PORT, [V6] or [V6]:PORT in s[0..n). */
static q_code parse_host(const char *url, const char *s, size_t n, q_net_endpoint *e, q_err *err)
{
    const char *end = s + n, *host = s, *rest;
    if (n && *s == '[') {
        host = s + 1;
        rest = memchr(s, ']', n);
        if (!rest)
            return bad(err, url, "`[` without `]`");
    } else {
        rest = memchr(s, ':', n);
        if (!rest)
            rest = end;
    }
    size_t len = (size_t)(rest - host);
    if (len == 0 || len >= sizeof e->host)
        return bad(err, url, "no host name");
    memcpy(e->host, host, len);
    e->host[len] = 0;
    if (strpbrk(e->host, "/?#@ "))
        return bad(err, url, "a host name and a port are expected");
    rest += rest < end && *rest == ']';
    e->port = Q_NET_DEFAULT_PORT;
    if (rest < end && (*rest != ':' || !parse_port(rest + 1, (size_t)(end - rest - 1), &e->port)))
        return bad(err, url, "the port is a number up to 65535");
    return Q_OK;
}

static q_code parse_inproc(const char *url, const char *name, q_net_endpoints *out, q_err *err)
{
    q_net_endpoint *e = &out->items[0];
    if (!*name || strlen(name) >= sizeof e->host)
        return bad(err, url, "no name");
    strcpy(e->host, name);
    e->inproc = true;
    out->n = 1;
    return Q_OK;
}

q_code q_net_endpoints_parse(const char *url, q_net_endpoints *out, q_err *err)
{
    static const char *const schemes[] = {"spark://", "quern://", "tcp://"};
    const char *s = url;
    memset(out, 0, sizeof *out);
    if (strncmp(s, "inproc://", 9) == 0)
        return parse_inproc(url, s + 9, out, err);
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (strncmp(s, schemes[i], strlen(schemes[i])) == 0) {
            s += strlen(schemes[i]);
            break;
        }
    }
    for (;;) {
        size_t n = strcspn(s, ",");
        if (out->n == Q_NET_MAX_ENDPOINTS)
            return bad(err, url, "too many hosts");
        Q_TRY(parse_host(url, s, n, &out->items[out->n], err));
        out->n++;
        if (!s[n])
            return Q_OK;
        s += n + 1;
    }
}

void q_net_endpoint_format(const q_net_endpoint *e, const char *scheme,
                           char out[Q_NET_ENDPOINT_TEXT])
{
    bool v6 = strchr(e->host, ':') != NULL;
    if (e->inproc)
        snprintf(out, Q_NET_ENDPOINT_TEXT, "inproc://%s", e->host);
    else
        snprintf(out, Q_NET_ENDPOINT_TEXT, "%s://%s%s%s:%u", scheme, v6 ? "[" : "", e->host,
                 v6 ? "]" : "", e->port);
}
