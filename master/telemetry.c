/*
 * What the master tells a DogStatsD agent. Gauges are read off the master's state when they are
 * due; counts are a job's own, sent once when it ends: nothing is kept here.
 *
 * spark.job.duration is a distribution, not a gauge: a gauge keeps one value of the agent's ten
 * seconds and drops the other jobs', a histogram would arrive under other names (….avg, ….max). A
 * distribution keeps the name, counts every job, and avg, max and percentiles work on a dashboard.
 */
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/net/statsd.h"
#include "master/internal.h"
#include "master/numbers.h"

#define DEFAULT_STAGE "Spark Processing"

/* ---- gauges ---- */

static void on_gauges(uv_timer_t *timer)
{
    const q_master *m = timer->data;
    const master_numbers n = master_numbers_of(m);
    const struct {
        const char *name;
        double value;
    } gauges[] = {
        {"spark.executors", n.workers[Q_WORKER_ALIVE]},
        {"spark.executors.draining", n.workers[Q_WORKER_DRAINING]},
        {"spark.jobs.running", n.jobs_running},
        {"spark.jobs.waiting", n.jobs_waiting},
        {"spark.tasks.running", n.tasks_running},
        {"spark.tasks.pending", n.tasks_pending},
        {"spark.cores.used", n.cores_used},
        {"spark.cores.total", n.cores},
        {"spark.memory.used", (double)n.memory_used_bytes},
        {"spark.memory.total", (double)n.memory_bytes},
    };
    for (size_t i = 0; i < sizeof gauges / sizeof gauges[0]; i++)
        q_statsd_send(m->statsd, Q_STATSD_GAUGE, gauges[i].name, gauges[i].value, NULL, 0);
}

void telemetry_workers_changed(q_master *m)
{
    if (m->gauges)
        uv_timer_start(m->gauges, on_gauges, 0, m->config.telemetry.interval_ms);
}

/* ---- jobs ---- */

static const char *status_name(q_job_state state)
{
    return state == Q_JOB_COMPLETED ? "completed" : state == Q_JOB_FAILED ? "failed" : "cancelled";
}

static uint64_t bad_records(const q_job *job)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < job->n_reads; i++)
        n += job->reads[i].n_bad;
    return n;
}

void telemetry_job_done(q_master *m, const q_job *job)
{
    char pipeline[24] = "";
    const q_job_progress p = q_job_progress_get((q_job *)job);
    if (!m->statsd)
        return;
    if (job->submit.pipeline_id > 0)
        snprintf(pipeline, sizeof pipeline, "%lld", (long long)job->submit.pipeline_id);
    const char *stage = job->submit.stage_name ? job->submit.stage_name : DEFAULT_STAGE;
    const q_statsd_tag tags[] = {
        {"pipeline_id", pipeline}, {"stage", stage}, {"status", status_name(p.state)}};
    q_statsd_send(m->statsd, Q_STATSD_DISTRIBUTION, "spark.job.duration",
                  (double)(job->finished_us - job->submitted_us) / 1e6, tags, 3);
    /* counts go by stage and status only: a time series for each pipeline would cost the user */
    const struct {
        const char *name;
        uint64_t n;
    } counts[] = {{"spark.jobs", 1},
                  {"spark.tasks", p.tasks_done},
                  {"spark.task.retries", p.retries},
                  {"spark.records.read", p.rows_in},
                  {"spark.records.written", p.rows_out},
                  {"spark.records.bad", bad_records(job)}};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        q_statsd_send(m->statsd, Q_STATSD_COUNT, counts[i].name, (double)counts[i].n, tags + 1, 2);
}

/* ---- life ---- */

void telemetry_open(q_master *m)
{
    const q_telemetry_config *c = &m->config.telemetry;
    if (!c->host || !*c->host)
        return;
    const q_statsd_tag tags[] = {{"env", c->env},
                                 {"service", c->service},
                                 {"version", c->version},
                                 {"dd.internal.entity_id", c->entity}};
    const q_statsd_config config = {c->host, c->port, tags, sizeof tags / sizeof tags[0]};
    m->statsd = q_statsd_new(&config, m->uv, m->loop);
    if (m->config.quiet) /* one process's own master: its jobs count, its one worker does not */
        return;
    m->gauges = malloc(sizeof *m->gauges);
    Q_ASSERT(m->gauges);
    uv_timer_init(m->uv, m->gauges);
    m->gauges->data = m;
    telemetry_workers_changed(m);
}

static void timer_closed(uv_handle_t *handle)
{
    free(handle);
}

void telemetry_close(q_master *m)
{
    q_statsd_close(&m->statsd);
    if (!m->gauges)
        return;
    uv_timer_stop(m->gauges);
    uv_close((uv_handle_t *)m->gauges, timer_closed);
    m->gauges = NULL;
}
