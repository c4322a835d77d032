/* Routes, life and events of the master's HTTP port. */
#include "master/ui.h"

#include <stdlib.h>

#include "common/base/assert.h"
#include "common/base/log.h"
#include "common/http/files.h"
#include "master/ui_internal.h"

#define TICK_MS    500
#define MAX_TARGET 256
#define SAFE       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

/* ---- pages ---- */

static void page_index(void *ctx, q_http_request *r)
{
    (void)ctx;
    q_http_file_answer(r, "web/master/index.html");
}

static void page_job(void *ctx, q_http_request *r)
{
    (void)ctx;
    q_http_file_answer(r, "web/master/job.html");
}

static void page_static(void *ctx, q_http_request *r)
{
    static const char *const folders[] = {"web/master", "web/common", NULL};
    (void)ctx;
    q_http_file_answer_from(r, folders, q_http_param(r, 0));
}

/* Where "Application Detail UI" leads people. */
static void page_proxy(void *ctx, q_http_request *r)
{
    char to[MAX_TARGET];
    q_buf none;
    (void)ctx;
    q_buf_init(&none);
    snprintf(to, sizeof to, "/job/%s", q_http_param(r, 0));
    if (strspn(q_http_param(r, 0), SAFE) == strlen(q_http_param(r, 0)))
        q_http_add_header(r, "Location", to);
    q_http_answer(r, 302, "text/plain", &none);
}

/* ---- health ---- */

static void get_readyz(void *ctx, q_http_request *r)
{
    const q_ui *ui = ctx;
    if (ui->m->stopping)
        q_http_text(r, 503, "text/plain; charset=utf-8", "stopping\n");
    else
        q_http_text(r, 200, "text/plain; charset=utf-8", "ready\n");
}

/* ---- events ---- */

/* The time of day alone is no news. */
static void cluster_tell(q_ui *ui)
{
    q_buf b;
    uint64_t never = 0;
    json_t *value = ui_cluster(ui, false);
    json_t *now = json_incref(json_object_get(value, "now_us"));
    json_object_del(value, "now_us");
    q_buf_init(&b);
    q_json_print(&b, json_incref(value));
    bool news = q_http_is_news(q_buf_cstr(&b), &ui->cluster_hash);
    q_json_set(value, "now_us", now);
    if (news)
        q_http_publish_news(ui->http, "cluster", value, &never);
    else
        json_decref(value);
    q_buf_fini(&b);
}

/* A job that has ended is told once more, then left alone. */
#define TOLD_END 2u

static void jobs_tell(q_ui *ui)
{
    for (master_job *j = ui->m->jobs; j; j = j->next) {
        if (j->ui_hash == TOLD_END)
            continue;
        bool ended = j->ended;
        q_http_publish_news(ui->http, "job", ui_job(j), &j->ui_hash);
        if (ended)
            j->ui_hash = TOLD_END;
    }
}

static void workers_tell(q_ui *ui)
{
    for (master_worker *w = ui->m->workers; w; w = w->next)
        q_http_publish_news(ui->http, "worker", ui_worker(ui, w), &w->ui_hash);
}

static void on_tick(uv_timer_t *t)
{
    q_ui *ui = t->data;
    if (!q_http_has_listeners(ui->http)) {
        uv_timer_stop(t);
        return;
    }
    cluster_tell(ui);
    workers_tell(ui);
    jobs_tell(ui);
}

/* What went on while nobody listened is not told: a page asks for that itself. */
static void told_mark(q_ui *ui)
{
    for (master_job *j = ui->m->jobs; j; j = j->next) {
        if (j->ended)
            j->ui_hash = TOLD_END;
    }
}

static void get_events(void *ctx, q_http_request *r)
{
    q_ui *ui = ctx;
    if (!q_http_has_listeners(ui->http)) {
        told_mark(ui);
        uv_timer_start(ui->tick, on_tick, TICK_MS, TICK_MS);
    }
    q_http_events_json(r, "cluster", ui_cluster(ui, false));
}

/* ---- routes ---- */

/* What Spark tells of one application, below the address of its driver's UI and of the master's. */
#define SPARK_APPLICATION(base)                                                             \
    {"GET", base, ui_spark_application, "One application"},                                 \
        {"GET", base "/jobs", ui_spark_jobs, "Its statements, as Spark's jobs"},            \
        {"GET", base "/stages", ui_spark_stages, "Its stages"},                             \
        {"GET", base "/executors", ui_spark_executors, "Workers that live"},                \
        {"GET", base "/allexecutors", ui_spark_all_executors, "Workers, lost ones too"},    \
        {"GET", base "/environment", ui_spark_environment, "Its settings"},                 \
        {"GET", base "/storage/rdd", ui_spark_rdds, "Always empty: nothing is cached"},     \
    {                                                                                       \
        "GET", base "/streaming/statistics", ui_spark_streaming, "Always empty: no streams" \
    }

static const q_http_route routes[] = {
    {"GET", "/", page_index, "The cluster's page"},
    {"GET", "/job/{id}", page_job, "A job's page"},
    {"GET", "/static/*", page_static, "Files of the pages"},
    {"GET", "/healthz", q_http_get_healthz, "Whether the process lives"},
    {"GET", "/readyz", get_readyz, "Whether it takes jobs"},
    {"GET", "/api/quern/cluster", ui_get_cluster, "The cluster at a glance"},
    {"GET", "/api/quern/jobs", ui_get_jobs, "Jobs, the newest first"},
    {"GET", "/api/quern/jobs/{id}", ui_get_job, "A job in detail"},
    {"GET", "/api/quern/jobs/{id}/tasks", ui_get_tasks, "Attempts of its tasks, by column"},
    {"GET", "/api/quern/jobs/{id}/logs", ui_get_logs, "Its log"},
    {"POST", "/api/quern/jobs/{id}/cancel", ui_post_cancel, "Cancel it; needs the token"},
    {"GET", "/api/quern/events", get_events, "Changes as server-sent events"},
    {"GET", "/api/quern/openapi.json", q_http_get_openapi, "This API's description"},
    {"GET", "/json", ui_standalone_json, "The cluster as Spark's standalone master tells it"},
    {"GET", "/app", ui_standalone_app,
     "A job's link to its monitoring API, as Spark's page has it"},
    {"GET", "/metrics/json", ui_metrics_json, "Gauges as Spark's metrics servlet tells them"},
    {"GET", "/metrics", ui_get_metrics, "Metrics for Prometheus"},
    {"GET", "/api/v1/version", ui_spark_version, "Spark's version that this is like"},
    {"GET", "/api/v1/applications", ui_spark_applications, "Jobs as Spark applications"},
    {"GET", "/proxy/{app}", page_proxy, "Leads to the job's page"},
    {"GET", "/proxy/{app}/metrics/json", ui_metrics_json, "As /metrics/json"},
    {"GET", "/proxy/{app}/api/v1/version", ui_spark_version, "As /api/v1/version"},
    {"GET", "/proxy/{app}/api/v1/applications", ui_proxy_applications, "That application alone"},
    SPARK_APPLICATION("/api/v1/applications/{app}"),
    SPARK_APPLICATION("/proxy/{proxy}/api/v1/applications/{app}"),
    {0}};

/* ---- life ---- */

q_code q_ui_new(q_master *m, const q_ui_config *config, struct uv_loop_s *uv, q_ui **out,
                q_err *err)
{
    const char *host = q_conf_str(config->conf, Q_SET_UI_HOST);
    q_ui *ui = calloc(1, sizeof *ui);
    Q_ASSERT(ui);
    *out = ui;
    ui->m = m;
    ui->config = *config;
    const q_http_config http = {.host = host ? host : q_conf_str(config->conf, Q_SET_MASTER_HOST),
                                .port =
                                    (uint16_t)q_conf_int(config->conf, Q_SET_MASTER_UI_PORT, 8080),
                                .routes = routes,
                                .ctx = ui,
                                .option = "--webui-port"};
    Q_TRY(q_http_new(&http, uv, &ui->http, err));
    ui->tick = malloc(sizeof *ui->tick);
    Q_ASSERT(ui->tick);
    uv_timer_init(uv, ui->tick);
    ui->tick->data = ui;
    q_info("UI at http://%s:%u", config->host, q_http_port(ui->http));
    return Q_OK;
}

static void timer_closed(uv_handle_t *handle)
{
    free(handle);
}

void q_ui_close(q_ui **at)
{
    q_ui *ui = *at;
    if (!ui)
        return;
    q_http_close(&ui->http);
    if (ui->tick)
        uv_close((uv_handle_t *)ui->tick, timer_closed);
    free(ui);
    *at = NULL;
}
