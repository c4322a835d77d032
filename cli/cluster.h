/*
 * What --master means: a running cluster, or local[N]: the same master and worker in this
 * process, on this loop, over inproc. Thread rule: the loop's thread.
 */
#ifndef Q_CLI_CLUSTER_H
#define Q_CLI_CLUSTER_H

#include <uv.h>

#include "common/base/conf.h"
#include "common/net/net.h"

typedef struct q_cluster q_cluster;

typedef struct q_cluster_config {
    const char *url;    /* "local", "local[4]", "local[*]", "spark://…" */
    const q_conf *conf; /* keys; in local mode all that a master and a worker read */
} q_cluster_config;

/* Starts what local mode needs. Errors: USAGE (the URL). */
q_code q_cluster_new(const q_cluster_config *config, q_cluster **out, q_err *err);
uv_loop_t *q_cluster_loop(q_cluster *c);
q_net_context *q_cluster_net(q_cluster *c);
q_net_loop *q_cluster_net_loop(q_cluster *c);
/* URL that a client connects to. */
const char *q_cluster_url(const q_cluster *c);
bool q_cluster_is_local(const q_cluster *c);
/* Runs the loop until q_cluster_break. */
void q_cluster_run(q_cluster *c);
void q_cluster_break(q_cluster *c);
/* Ends everything; the loop is run until all is closed. */
void q_cluster_destroy(q_cluster **c);

#endif
