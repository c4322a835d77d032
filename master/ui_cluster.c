/* The cluster at a glance, and its workers. */
#include "common/base/clock.h"
#include "common/base/version.h"
#include "master/ui_internal.h"

/* ---- workers ---- */

static void worker_url(const master_worker *w, char *out, size_t size)
{
    bool six = strchr(w->host, ':') != NULL;
    snprintf(out, size, six ? "http://[%s]:%u" : "http://%s:%u", w->host, w->webui_port);
}

json_t *ui_worker(const q_ui *ui, const master_worker *w)
{
    static const char *const states[] = {"ALIVE", "DRAINING", "LOST"};
    q_sched_worker_info info = {0};
    char url[300];
    q_sched_worker_info_get(ui->m->sched, w->id, &info);
    bool lost = w->state == Q_WORKER_LOST;
    json_t *o = json_object();
    worker_url(w, url, sizeof url);
    q_json_set_int(o, "id", (int64_t)w->id);
    q_json_set_text(o, "worker_id", w->worker_id);
    q_json_set_text(o, "host", w->host);
    q_json_set_text(o, "state", states[w->state]);
    q_json_set_int(o, "cores", w->cores);
    q_json_set_int(o, "cores_used", lost ? 0 : info.running);
    q_json_set_int(o, "memory_bytes", (int64_t)w->memory_bytes);
    q_json_set_int(o, "memory_used_bytes", lost ? 0 : (int64_t)w->memory_used_bytes);
    q_json_set_text(o, "webui_url", w->webui_port && !lost ? url : NULL);
    q_json_set_text(o, "version", w->version);
    q_json_set_int(o, "registered_us", w->registered_us);
    /* to the second: a heartbeat alone is not worth an event each time */
    int64_t age_ms = (int64_t)q_clock_mono_ms() - info.heard_ms;
    int64_t heard = q_clock_wall_us() - age_ms * 1000;
    q_json_set_known(o, "last_heard_us", heard - heard % 1000000);
    q_json_set_known(o, "lost_us", w->lost_us);
    q_json_set_int(o, "tasks_running", lost ? 0 : info.running);
    q_json_set_int(o, "tasks_done", (int64_t)w->tasks_done);
    q_json_set_int(o, "tasks_failed", (int64_t)w->tasks_failed);
    return o;
}

static json_t *workers(const q_ui *ui)
{
    json_t *list = json_array();
    for (const master_worker *w = ui->m->workers; w; w = w->next)
        json_array_append_new(list, ui_worker(ui, w));
    return list;
}

/* ---- settings ---- */

static json_t *setting(const q_conf *conf, const char *name, const char *value)
{
    static const char *const sources[] = {"default", "environment", "file", "argument"};
    json_t *o = json_object();
    q_json_set_text(o, "name", name);
    q_json_set(o, "value", detail_setting(name, value));
    q_json_set_text(o, "source", sources[q_conf_origin_of(conf, name)]);
    return o;
}

static json_t *settings(const q_conf *conf)
{
    json_t *list = json_array();
    const char *key, *value;
    for (int i = 0; i < Q_N_SETTINGS; i++) {
        const q_setting *s = q_setting_at((q_setting_id)i);
        if (!strstr(s->scope, "master") && !strstr(s->scope, "all") &&
            q_conf_origin_of(conf, s->name) == Q_CONF_DEFAULT)
            continue;
        json_array_append_new(list, setting(conf, s->name, q_conf_get(conf, s->name)));
    }
    for (uint32_t i = 0; q_conf_at(conf, i, &key, &value); i++) {
        bool listed = false;
        for (int k = 0; k < Q_N_SETTINGS && !listed; k++)
            listed = strcmp(q_setting_at((q_setting_id)k)->name, key) == 0;
        if (!listed)
            json_array_append_new(list, setting(conf, key, value));
    }
    return list;
}

/* ---- the whole ---- */

static json_t *jobs(const q_ui *ui)
{
    const master_numbers n = master_numbers_of(ui->m);
    json_t *o = json_object();
    q_json_set_int(o, "running", n.jobs_running);
    q_json_set_int(o, "waiting", n.jobs_waiting);
    q_json_set_int(o, "completed", (int64_t)ui->m->n_ended[0]);
    q_json_set_int(o, "failed", (int64_t)ui->m->n_ended[1]);
    q_json_set_int(o, "cancelled", (int64_t)ui->m->n_ended[2]);
    return o;
}

json_t *ui_cluster(const q_ui *ui, bool with_settings)
{
    const master_numbers t = master_numbers_of(ui->m);
    const q_conf *conf = ui->config.conf;
    bool token = q_conf_str(conf, Q_SET_UI_TOKEN) != NULL;
    json_t *o = json_object();
    q_json_set_text(o, "version", Q_VERSION);
    q_json_set_text(o, "master_url", ui->config.master_url);
    q_json_set_int(o, "started_us", ui->m->started_us);
    q_json_set_int(o, "now_us", q_clock_wall_us());
    q_json_set_text(o, "scheduler", q_conf_str(conf, Q_SET_SCHEDULER_MODE));
    q_json_set_bool(o, "token_required", true);
    q_json_set_bool(o, "cancel_enabled", token);
    q_json_set_int(o, "cores", t.cores);
    q_json_set_int(o, "cores_used", t.cores_used);
    q_json_set_int(o, "memory_bytes", (int64_t)t.memory_bytes);
    q_json_set_int(o, "memory_used_bytes", (int64_t)t.memory_used_bytes);
    q_json_set(o, "jobs", jobs(ui));
    q_json_set(o, "workers", workers(ui));
    if (with_settings)
        q_json_set(o, "settings", settings(conf));
    return o;
}

void ui_get_cluster(void *ctx, q_http_request *r)
{
    q_http_json(r, 200, ui_cluster(ctx, true));
}
