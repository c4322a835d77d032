/* The worker's HTTP port. */
#include "worker/ui.h"

#include <stdlib.h>
#include <strings.h>
#include <unistd.h>
#include <uv.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/version.h"
#include "common/http/events.h"
#include "common/http/files.h"
#include "common/http/json.h"
#include "worker/metrics.h"

#define TICK_MS   500
#define MAX_TASKS 500u /* that are shown */

struct q_worker_ui {
    q_http *http;
    uv_timer_t *tick;
    uint64_t told; /* q_http_publish_news */
    const q_worker *worker;
};

/* ---- the worker as JSON ---- */

static json_t *line(const q_tasks_line *l)
{
    json_t *o = json_object();
    q_json_set_int(o, "job", (int64_t)l->job_id);
    q_json_set_int(o, "stage", l->stage_id);
    q_json_set_int(o, "task", l->task_id);
    q_json_set_int(o, "attempt", l->attempt);
    q_json_set_int(o, "phase", l->phase);
    q_json_set_text(o, "state", l->state);
    q_json_set_int(o, "start_us", l->start_us);
    if (l->end_us)
        q_json_set_int(o, "run_us", l->end_us - l->start_us);
    return o;
}

static json_t *lines(const q_tasks_line *l, uint32_t n)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < n; i++)
        json_array_append_new(list, line(&l[i]));
    return list;
}

static json_t *worker_object(const q_worker_ui *ui)
{
    q_tasks_line now[MAX_TASKS], past[Q_TASKS_PAST];
    q_worker_status s;
    q_worker_status_get(ui->worker, &s);
    q_tasks_stats stats = q_tasks_stats_get(s.tasks);
    json_t *o = json_object();
    q_json_set_text(o, "version", Q_VERSION);
    q_json_set_text(o, "worker_id", s.worker_id);
    q_json_set_text(o, "host", s.host);
    q_json_set_text(o, "master_url", s.master_url);
    q_json_set_text(o, "state", s.state);
    q_json_set_int(o, "cores", s.cores);
    q_json_set_int(o, "cores_used", s.running < s.cores ? s.running : s.cores);
    q_json_set_int(o, "memory_bytes", (int64_t)s.memory_bytes);
    q_json_set_int(o, "memory_used_bytes", (int64_t)s.memory_used_bytes);
    q_json_set_known(o, "registered_us", s.registered_us);
    q_json_set_int(o, "kept_rows_bytes", (int64_t)s.memory_used_bytes);
    q_json_set(o, "tasks", lines(now, q_tasks_now(s.tasks, now, MAX_TASKS)));
    q_json_set_int(o, "done", (int64_t)stats.done);
    q_json_set_int(o, "failed", (int64_t)stats.failed);
    q_json_set(o, "recent", lines(past, q_tasks_past(s.tasks, past)));
    return o;
}

static void get_worker(void *ctx, q_http_request *r)
{
    json_t *o = worker_object(ctx);
    q_json_set_int(o, "now_us", q_clock_wall_us());
    q_http_json(r, 200, o);
}

/* ---- events ---- */

static void on_tick(uv_timer_t *t)
{
    q_worker_ui *ui = t->data;
    if (q_http_has_listeners(ui->http))
        q_http_publish_news(ui->http, "worker", worker_object(ui), &ui->told);
    else
        uv_timer_stop(t);
}

static void get_events(void *ctx, q_http_request *r)
{
    q_worker_ui *ui = ctx;
    if (!q_http_has_listeners(ui->http))
        uv_timer_start(ui->tick, on_tick, TICK_MS, TICK_MS);
    q_http_events_json(r, "worker", worker_object(ui));
}

/* ---- pages and health ---- */

static void page_index(void *ctx, q_http_request *r)
{
    (void)ctx;
    q_http_file_answer(r, "web/worker/index.html");
}

static void page_static(void *ctx, q_http_request *r)
{
    static const char *const folders[] = {"web/worker", "web/common", NULL};
    (void)ctx;
    q_http_file_answer_from(r, folders, q_http_param(r, 0));
}

static void get_readyz(void *ctx, q_http_request *r)
{
    const q_worker_ui *ui = ctx;
    q_worker_status s;
    q_worker_status_get(ui->worker, &s);
    if (strcmp(s.state, "ALIVE") == 0)
        q_http_text(r, 200, "text/plain; charset=utf-8", "ready\n");
    else
        q_http_text(r, 503, "text/plain; charset=utf-8",
                    s.registered_us ? "draining\n" : "not registered with the master\n");
}

static void get_metrics(void *ctx, q_http_request *r)
{
    const q_worker_ui *ui = ctx;
    const q_metric_table tables[] = {
        {q_metrics_worker, ui->worker}, {q_metrics_process, NULL}, {q_metrics_http, ui->http}};
    q_metrics_answer(r, tables, 3);
}

static const q_http_route routes[] = {
    {"GET", "/", page_index, "The worker's page"},
    {"GET", "/worker", page_index, "The worker's page"},
    {"GET", "/static/*", page_static, "Files of the pages"},
    {"GET", "/healthz", q_http_get_healthz, "Whether the process lives"},
    {"GET", "/readyz", get_readyz, "Whether it is registered and takes tasks"},
    {"GET", "/metrics", get_metrics, "Metrics for Prometheus"},
    {"GET", "/api/quern/worker", get_worker, "The worker and its tasks"},
    {"GET", "/api/quern/events", get_events, "Changes as server-sent events"},
    {"GET", "/api/quern/openapi.json", q_http_get_openapi, "This API's description"},
    {0}};

/* ---- life ---- */

/* A worker that is known by a loopback address alone shows itself there alone. */
static const char *listen_host(const q_conf *conf, const char *host)
{
    const char *set = q_conf_str(conf, Q_SET_UI_HOST);
    if (set)
        return set;
    if (host && (strncmp(host, "127.", 4) == 0 || strcmp(host, "localhost") == 0 ||
                 strcmp(host, "::1") == 0))
        return host;
    return "*";
}

static void known_host(const char *host, char *out, size_t size)
{
    if (host)
        snprintf(out, size, "%s", host);
    else if (gethostname(out, size) != 0)
        snprintf(out, size, "localhost");
    out[size - 1] = 0;
}

q_code q_worker_ui_new(const q_conf *conf, const char *host, struct uv_loop_s *uv,
                       q_worker_ui **out, q_err *err)
{
    char name[256];
    q_worker_ui *ui = calloc(1, sizeof *ui);
    Q_ASSERT(ui);
    *out = ui;
    const q_http_config http = {.host = listen_host(conf, host),
                                .port = (uint16_t)q_conf_int(conf, Q_SET_WORKER_UI_PORT, 8081),
                                .routes = routes,
                                .ctx = ui,
                                .option = "--webui-port"};
    Q_TRY(q_http_new(&http, uv, &ui->http, err));
    ui->tick = malloc(sizeof *ui->tick);
    Q_ASSERT(ui->tick);
    uv_timer_init(uv, ui->tick);
    ui->tick->data = ui;
    known_host(host, name, sizeof name);
    q_info("UI at http://%s:%u", name, q_http_port(ui->http));
    return Q_OK;
}

uint16_t q_worker_ui_port(const q_worker_ui *ui)
{
    return q_http_port(ui->http);
}

void q_worker_ui_show(q_worker_ui *ui, const q_worker *w)
{
    ui->worker = w;
}

static void timer_closed(uv_handle_t *handle)
{
    free(handle);
}

void q_worker_ui_close(q_worker_ui **at)
{
    q_worker_ui *ui = *at;
    if (!ui)
        return;
    q_http_close(&ui->http);
    if (ui->tick)
        uv_close((uv_handle_t *)ui->tick, timer_closed);
    free(ui);
    *at = NULL;
}
