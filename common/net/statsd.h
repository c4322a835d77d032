/*
 * A sender of DogStatsD metrics over UDP, on a libuv loop. Lines of one turn of the loop travel
 * together, in datagrams of at most Q_STATSD_DATAGRAM bytes. Nothing here ever waits: the agent's
 * name is looked up in a thread of its own (again once a minute, for agents move), sockets do not
 * block, and what cannot go out is counted and dropped.
 * Thread rule: the loop's thread.
 */
#ifndef Q_NET_STATSD_H
#define Q_NET_STATSD_H

#include "common/base/err.h"
#include "common/net/net.h"
#include "common/net/statsd_line.h"

#define Q_STATSD_DATAGRAM 1432u /* fits an Ethernet frame, IPv6 and a tunnel's header included */
#define Q_STATSD_WAITING  32u   /* datagrams that wait for the agent's address */

typedef struct q_statsd q_statsd;

typedef struct q_statsd_config {
    const char *host; /* name or address; copied */
    uint16_t port;
    const q_statsd_tag *tags; /* on every line; copied */
    size_t n_tags;
} q_statsd_config;

q_statsd *q_statsd_new(const q_statsd_config *config, struct uv_loop_s *uv, q_net_loop *loop);
/* What is there is sent if the address is known. The loop must run once more. NULL inside: nothing.
 */
void q_statsd_close(q_statsd **s);

/* s may be NULL: nothing happens. */
void q_statsd_send(q_statsd *s, q_statsd_type type, const char *name, double value,
                   const q_statsd_tag *tags, size_t n_tags);

typedef struct q_statsd_counts {
    uint64_t sent, dropped; /* datagrams */
} q_statsd_counts;
q_statsd_counts q_statsd_counts_get(const q_statsd *s);

#endif
