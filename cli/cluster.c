/* A cluster, or one of our own. */
#include "cli/cluster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/machine.h"
#include "common/net/keys_demand.h"
#include "master/master.h"
#include "worker/worker.h"

#define LOCAL_ENDPOINT     "inproc://quern"
#define LOCAL_DRIVER_BYTES ((size_t)4 << 30)

struct q_cluster {
    uv_loop_t uv;
    q_net_loop *loop;
    q_net_context *net;
    q_master *master; /* local mode */
    q_worker *worker;
    char url[1024];
    bool local;
    q_net_keys keys;
};

/* 0: not a local URL; -1: a bad one. */
static int local_cores(const char *url)
{
    char *end;
    if (strcmp(url, "local") == 0)
        return 1;
    if (strncmp(url, "local[", 6) != 0)
        return strncmp(url, "local", 5) == 0 ? -1 : 0;
    if (strcmp(url, "local[*]") == 0)
        return (int)q_machine_cores();
    long n = strtol(url + 6, &end, 10);
    return n > 0 && n <= 1024 && strcmp(end, "]") == 0 ? (int)n : -1;
}

/* Nobody shares the process: no limit unless one is asked for. */
static size_t memory_of(const q_conf *conf)
{
    bool set = q_conf_is_set(conf, Q_SET_EXECUTOR_MEMORY);
    return set ? (size_t)q_conf_int(conf, Q_SET_EXECUTOR_MEMORY, 0) : SIZE_MAX;
}

static q_code local_start(q_cluster *c, const q_cluster_config *config, int cores, q_err *err)
{
    q_master_config master;
    q_master_config_init(&master, config->conf);
    master.endpoint = LOCAL_ENDPOINT;
    master.quiet = true;
    if (!q_conf_is_set(config->conf, Q_SET_DRIVER_MEMORY))
        master.driver_memory_bytes = LOCAL_DRIVER_BYTES;
    const q_worker_config worker = {.master_url = LOCAL_ENDPOINT,
                                    .worker_id = "local",
                                    .cores = (uint32_t)cores,
                                    .memory_bytes = memory_of(config->conf),
                                    .quiet = true};
    snprintf(c->url, sizeof c->url, "%s", LOCAL_ENDPOINT);
    c->local = true;
    Q_TRY(q_master_new(&master, &c->uv, c->loop, c->net, &c->master, err));
    return q_worker_new(&worker, &c->uv, c->loop, c->net, &c->worker, err);
}

static q_code context_new(q_cluster *c, const q_conf *conf, bool local, q_err *err)
{
    q_net_options options = {.inproc_only = local};
    bool has = false;
    if (!local)
        Q_TRY(q_net_keys_demand(conf, true, &c->keys, &has, err));
    options.keys = has ? &c->keys : NULL;
    return q_net_context_new(&options, &c->net, err);
}

q_code q_cluster_new(const q_cluster_config *config, q_cluster **out, q_err *err)
{
    int cores = local_cores(config->url);
    *out = NULL;
    if (cores < 0 || (!cores && strncmp(config->url, "spark://", 8) != 0)) {
        q_err_set(err, Q_E_USAGE, "%s is no master URL", config->url);
        q_err_hint(err, "local, local[4], local[*] or spark://host:7077");
        return Q_E_USAGE;
    }
    q_cluster *c = calloc(1, sizeof *c);
    Q_ASSERT(c);
    uv_loop_init(&c->uv);
    snprintf(c->url, sizeof c->url, "%s", config->url);
    q_code code = q_net_loop_new(&c->uv, &c->loop, err);
    if (code == Q_OK)
        code = context_new(c, config->conf, cores > 0, err);
    if (code == Q_OK && cores > 0)
        code = local_start(c, config, cores, err);
    if (code != Q_OK)
        q_cluster_destroy(&c);
    *out = c;
    return code;
}

uv_loop_t *q_cluster_loop(q_cluster *c)
{
    return &c->uv;
}

q_net_context *q_cluster_net(q_cluster *c)
{
    return c->net;
}

q_net_loop *q_cluster_net_loop(q_cluster *c)
{
    return c->loop;
}

const char *q_cluster_url(const q_cluster *c)
{
    return c->url;
}

bool q_cluster_is_local(const q_cluster *c)
{
    return c->local;
}

void q_cluster_run(q_cluster *c)
{
    uv_run(&c->uv, UV_RUN_DEFAULT);
}

void q_cluster_break(q_cluster *c)
{
    uv_stop(&c->uv);
}

static void stopped(void *ctx)
{
    uv_stop(ctx);
}

void q_cluster_destroy(q_cluster **cluster)
{
    q_cluster *c = *cluster;
    if (!c)
        return;
    if (c->master) {
        q_master_stop(c->master, 0, stopped, &c->uv);
        uv_run(&c->uv, UV_RUN_DEFAULT);
    }
    q_worker_close(&c->worker);
    q_master_close(&c->master);
    if (c->loop)
        q_net_loop_close(&c->loop);
    uv_run(&c->uv, UV_RUN_DEFAULT);
    if (c->net)
        q_net_context_destroy(&c->net);
    uv_loop_close(&c->uv);
    q_net_keys_fini(&c->keys);
    free(c);
    *cluster = NULL;
}
