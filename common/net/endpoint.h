/*
 * Addresses as users write them. Thread rule: no state.
 */
#ifndef Q_NET_ENDPOINT_H
#define Q_NET_ENDPOINT_H

#include "common/base/err.h"

#define Q_NET_DEFAULT_PORT  7077
#define Q_NET_MAX_ENDPOINTS 16

typedef struct q_net_endpoint {
    bool inproc;
    char host[256]; /* without brackets; inproc: the name */
    uint16_t port;
} q_net_endpoint;

typedef struct q_net_endpoints {
    uint32_t n;
    q_net_endpoint items[Q_NET_MAX_ENDPOINTS];
} q_net_endpoints;

/* "spark://a:7077,b:7077", "tcp://a:7077", "a:7077", "inproc://x". Errors: USAGE. */
q_code q_net_endpoints_parse(const char *url, q_net_endpoints *out, q_err *err);
/* "tcp://a:7077", "tcp://[::1]:7077", "inproc://x". */
#define Q_NET_ENDPOINT_TEXT 300
void q_net_endpoint_format(const q_net_endpoint *e, const char *scheme,
                           char out[Q_NET_ENDPOINT_TEXT]);

#endif
