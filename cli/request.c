/* One question, one answer. */
#include "cli/request.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cluster.h"
#include "cli/settings.h"

#define ANSWER_MS 10000

typedef struct request {
    q_cluster *cluster;
    q_net_client *net;
    const q_message *m;
    void (*answer)(void *ctx, const q_message *reply);
    void *ctx;
    uv_timer_t timer;
    q_err err, why; /* why the last attempt to connect failed */
} request;

static void end(request *r, const q_err *err)
{
    if (err)
        r->err = *err;
    else
        q_err_clear(&r->err);
    q_cluster_break(r->cluster);
}

static void on_connected(void *arg, const char *endpoint)
{
    request *r = arg;
    q_err err;
    (void)endpoint;
    if (q_net_client_send(r->net, r->m, NULL, &err) != Q_OK)
        end(r, &err);
}

static void on_disconnected(void *arg, bool connected, const q_err *err)
{
    request *r = arg;
    r->why = *err;
    if (connected || err->code != Q_E_UNREACHABLE)
        end(r, err);
}

static void on_message(void *arg, const q_message *m, q_frames *frames)
{
    request *r = arg;
    (void)frames;
    if (m->type == Q_MSG_REFUSED) {
        end(r, m->u.refused.error);
        return;
    }
    r->answer(r->ctx, m);
    end(r, NULL);
}

static void on_timeout(uv_timer_t *timer)
{
    request *r = timer->data;
    q_err err;
    q_err_set(&err, Q_E_UNREACHABLE, "cannot reach the master at %s: %.300s",
              q_cluster_url(r->cluster), r->why.code ? r->why.msg : "no answer");
    q_err_hint(&err, "is quern-master running there, and the port open?");
    end(r, &err);
}

static q_code ask(request *r, q_err *err)
{
    const q_net_client_handlers handlers = {.arg = r,
                                            .directions = Q_MSG_M2C,
                                            .on_connected = on_connected,
                                            .on_disconnected = on_disconnected,
                                            .on_message = on_message};
    Q_TRY(q_net_client_new(q_cluster_net(r->cluster), q_cluster_net_loop(r->cluster),
                           q_cluster_url(r->cluster), &handlers, &r->net, err));
    uv_timer_init(q_cluster_loop(r->cluster), &r->timer);
    r->timer.data = r;
    uv_timer_start(&r->timer, on_timeout, ANSWER_MS, 0);
    q_cluster_run(r->cluster);
    uv_close((uv_handle_t *)&r->timer, NULL);
    q_net_client_close(&r->net);
    if (r->err.code)
        *err = r->err;
    return r->err.code;
}

static q_code request_run(request *r, const q_arguments *args, const q_conf *conf, q_err *err)
{
    const char *url = q_conf_str(conf, Q_SET_MASTER);
    if (strncmp(url, "local", 5) == 0) {
        q_err_set(err, Q_E_USAGE, "%s asks a running cluster, and none is named",
                  args->command->name);
        q_err_hint(err, "--master spark://host:7077, or set SPARK_MASTER_URL");
        return Q_E_USAGE;
    }
    const q_cluster_config config = {.url = url, .conf = conf};
    Q_TRY(q_cluster_new(&config, &r->cluster, err));
    q_code code = ask(r, err);
    q_cluster_destroy(&r->cluster);
    return code;
}

q_code q_request(const q_arguments *args, const q_message *m,
                 void (*answer)(void *ctx, const q_message *reply), void *ctx, q_err *err)
{
    q_conf *conf;
    request r = {.m = m, .answer = answer, .ctx = ctx};
    Q_TRY(q_settings_read(args, &conf, err));
    q_code code = request_run(&r, args, conf, err);
    q_conf_destroy(&conf);
    return code;
}
