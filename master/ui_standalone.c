/* What Spark's standalone master shows machines: /json/, /app/?appId=, /metrics/json. */
#include <time.h>

#include "common/base/clock.h"
#include "common/http/route.h"
#include "master/ui_internal.h"

#define MIB     (1024 * 1024)
#define MAX_OLD 200 /* ended jobs that are shown */

/* ---- /json/ ---- */

static json_t *worker(const q_ui *ui, const master_worker *w)
{
    static const char *const states[] = {"ALIVE", "DECOMMISSIONED", "DEAD"};
    q_sched_worker_info info = {0};
    char url[300];
    q_sched_worker_info_get(ui->m->sched, w->id, &info);
    bool lost = w->state == Q_WORKER_LOST;
    int64_t used = lost ? 0 : info.running, age = (int64_t)q_clock_mono_ms() - info.heard_ms;
    int64_t memory = (int64_t)(w->memory_bytes / MIB);
    int64_t memory_used = lost ? 0 : (int64_t)(w->memory_used_bytes / MIB);
    json_t *o = json_object();
    master_worker_name(w, url, sizeof url);
    char address[320];
    snprintf(address, sizeof address, "http://%s", url);
    q_json_set_text(o, "id", w->worker_id);
    q_json_set_text(o, "host", w->host);
    q_json_set_int(o, "port", 0); /* nobody connects to a worker */
    q_json_set_text(o, "webuiaddress", w->webui_port ? address : "");
    q_json_set_int(o, "cores", w->cores);
    q_json_set_int(o, "coresused", used);
    q_json_set_int(o, "coresfree", (int64_t)w->cores - used);
    q_json_set_int(o, "memory", memory);
    q_json_set_int(o, "memoryused", memory_used);
    q_json_set_int(o, "memoryfree", memory - memory_used);
    q_json_set(o, "resources", json_object());
    q_json_set(o, "resourcesused", json_object());
    q_json_set(o, "resourcesfree", json_object());
    q_json_set_text(o, "state", states[w->state]);
    q_json_set_int(o, "lastheartbeat", q_clock_wall_us() / 1000 - age);
    return o;
}

/* "Sat Jan 31 12:00:00 UTC 2026" */
static json_t *java_date(int64_t us)
{
    char text[40];
    time_t seconds = (time_t)(us / 1000000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%a %b %d %H:%M:%S UTC %Y", &tm);
    return json_string(text);
}

static json_t *application(const q_ui *ui, const master_job *j)
{
    q_rec_job_info info;
    json_t *o = json_object();
    questions_info(j, &info);
    int64_t end = j->ended ? info.finished_us : q_clock_wall_us();
    int64_t memory =
        (int64_t)((j->limits.executor_bytes ? j->limits.executor_bytes : (uint64_t)1 << 30) / MIB);
    uint32_t cores = j->ended ? 0 : q_job_progress_get(j->job).tasks_running;
    (void)ui;
    q_json_set_text(o, "id", info.app_id);
    q_json_set_int(o, "starttime", info.submitted_us / 1000);
    q_json_set_text(o, "name", info.name ? info.name : info.app_id);
    q_json_set_int(o, "cores", cores);
    q_json_set_text(o, "user", info.user ? info.user : "");
    q_json_set_int(o, "memoryperexecutor", memory);
    q_json_set_int(o, "memoryperslave", memory);
    q_json_set(o, "resourcesperexecutor", json_array());
    q_json_set(o, "resourcesperslave", json_array());
    q_json_set(o, "submitdate", java_date(info.submitted_us));
    q_json_set_text(o, "state", ui_spark_state(ui_state(info.state)));
    q_json_set_int(o, "duration", (end - info.submitted_us) / 1000);
    return o;
}

static void applications(const q_ui *ui, json_t *active, json_t *ended)
{
    for (const master_job *j = ui->m->jobs; j; j = j->next) {
        if (!j->ended)
            json_array_append_new(active, application(ui, j));
        else if (json_array_size(ended) < MAX_OLD)
            json_array_append_new(ended, application(ui, j));
    }
}

void ui_standalone_json(void *ctx, q_http_request *r)
{
    const q_ui *ui = ctx;
    static const char *const empty[] = {"resources", "resourcesused", "activedrivers",
                                        "completeddrivers", NULL};
    const master_numbers t = master_numbers_of(ui->m);
    json_t *o = json_object(), *workers = json_array();
    json_t *active = json_array(), *ended = json_array();
    uint32_t lost = 0;
    for (const master_worker *w = ui->m->workers; w; w = w->next) {
        if (w->state != Q_WORKER_LOST || lost++ < MAX_OLD)
            json_array_append_new(workers, worker(ui, w));
    }
    applications(ui, active, ended);
    q_json_set_text(o, "url", ui->config.master_url);
    q_json_set(o, "workers", workers);
    q_json_set_int(o, "aliveworkers", t.workers[Q_WORKER_ALIVE]);
    q_json_set_int(o, "cores", t.cores);
    q_json_set_int(o, "coresused", t.cores_used);
    q_json_set_int(o, "memory", (int64_t)(t.memory_bytes / MIB));
    q_json_set_int(o, "memoryused", (int64_t)(t.memory_used_bytes / MIB));
    for (const char *const *name = empty; *name; name++)
        q_json_set(o, *name, json_array());
    q_json_set(o, "activeapps", active);
    q_json_set(o, "completedapps", ended);
    q_json_set_text(o, "status", "ALIVE");
    q_http_json(r, 200, o);
}

/* ---- /app/ ---- */

/* Where the asker has reached this master: only that address is sure to lead there again. */
static void own_address(const q_ui *ui, const q_http_request *r, char *out, size_t size)
{
    const char *host = q_http_header(r, "Host");
    if (host && q_http_host_valid(host))
        snprintf(out, size, "%s", host);
    else
        snprintf(out, size, "%s:%u", ui->config.host, q_http_port(ui->http));
}

void ui_standalone_app(void *ctx, q_http_request *r)
{
    const q_ui *ui = ctx;
    char address[320];
    const char *id = q_http_query(r, "appId");
    const master_job *j = id ? master_job_find(ui->m, id) : NULL;
    q_buf b;
    if (!j) {
        q_http_error(r, 404, "NOT_FOUND", "there is no such application", "/app/?appId=ID");
        return;
    }
    own_address(ui, r, address, sizeof address);
    q_buf_init(&b);
    q_buf_puts(
        &b,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Application: ");
    q_http_html(&b, j->job->submit.name ? j->job->submit.name : j->job->app_id);
    q_buf_printf(&b,
                 "</title></head>\n<body><h1>Application</h1><ul><li><strong>ID:</strong> %s</li>",
                 j->job->app_id);
    q_buf_printf(&b, "<li><strong>State:</strong> %s</li></ul>\n",
                 ui_spark_state(ui_state(q_job_state_name(q_job_progress_get(j->job).state))));
    q_buf_printf(&b,
                 "<p><a href=\"http://%s/proxy/%s\">Application Detail UI</a></p></body></html>\n",
                 address, j->job->app_id);
    q_http_answer(r, 200, "text/html; charset=utf-8", &b);
}

/* ---- /metrics/json ---- */

static void gauge(json_t *gauges, const char *name, int64_t value)
{
    json_t *o = json_object();
    q_json_set_int(o, "value", value);
    q_json_set(gauges, name, o);
}

void ui_metrics_json(void *ctx, q_http_request *r)
{
    const q_ui *ui = ctx;
    static const char *const empty[] = {"counters", "histograms", "meters", "timers", NULL};
    const master_numbers t = master_numbers_of(ui->m);
    json_t *o = json_object(), *gauges = json_object();
    gauge(gauges, "master.aliveWorkers", t.workers[Q_WORKER_ALIVE]);
    gauge(gauges, "master.apps", t.jobs_waiting + t.jobs_running);
    gauge(gauges, "master.waitingApps", t.jobs_waiting);
    gauge(gauges, "master.workers", t.workers[Q_WORKER_ALIVE] + t.workers[Q_WORKER_DRAINING]);
    q_json_set_text(o, "version", "4.0.0"); /* of the format */
    q_json_set(o, "gauges", gauges);
    for (const char *const *name = empty; *name; name++)
        q_json_set(o, *name, json_object());
    q_http_json(r, 200, o);
}
