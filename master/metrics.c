/* The master's metrics: a row and a function each. */
#include "common/http/metrics.h"

#include "common/base/clock.h"
#include "common/base/version.h"
#include "master/status_pg.h"
#include "master/ui_internal.h"

/* ---- jobs that ended ---- */

static const double bounds[MASTER_N_BOUNDS] = {0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300};

void metrics_job_done(q_master *m, const q_job *job)
{
    master_totals *t = &m->totals;
    q_job_progress p = q_job_progress_get((q_job *)job);
    double seconds = (double)(job->finished_us - job->submitted_us) / 1e6;
    uint32_t i = 0;
    while (i < MASTER_N_BOUNDS && seconds > bounds[i])
        i++;
    t->durations[i]++;
    t->seconds += seconds > 0 ? seconds : 0;
    t->rows_in += p.rows_in;
    t->rows_out += p.rows_out;
    t->bytes_in += p.bytes_in;
    t->retries += p.retries;
    for (uint32_t k = 0; k < job->n_reads; k++)
        t->bad_records += job->reads[k].n_bad;
}

/* ---- rows ---- */

#define TOTAL(name)                                                \
    static void name(const void *ctx, q_metric_out *out)           \
    {                                                              \
        const q_ui *ui = ctx;                                      \
        q_metric_add(out, NULL, NULL, (double)ui->m->totals.name); \
    }
TOTAL(rows_in)
TOTAL(rows_out)
TOTAL(bytes_in)
TOTAL(bad_records)
TOTAL(retries)

static void durations(const void *ctx, q_metric_out *out)
{
    const q_ui *ui = ctx;
    q_metric_histogram(out, bounds, ui->m->totals.durations, MASTER_N_BOUNDS,
                       ui->m->totals.seconds);
}

static void build(const void *ctx, q_metric_out *out)
{
    (void)ctx;
    q_metric_add(out, "version", Q_VERSION, 1);
}

static void start_time(const void *ctx, q_metric_out *out)
{
    const q_ui *ui = ctx;
    q_metric_add(out, NULL, NULL, (double)ui->m->started_us / 1e6);
}

static master_numbers numbers(const void *ctx)
{
    const q_ui *ui = ctx;
    return master_numbers_of(ui->m);
}

static void jobs(const void *ctx, q_metric_out *out)
{
    const master_numbers n = numbers(ctx);
    q_metric_add(out, "state", "waiting", n.jobs_waiting);
    q_metric_add(out, "state", "running", n.jobs_running);
}

static void jobs_ended(const void *ctx, q_metric_out *out)
{
    static const char *const states[] = {"completed", "failed", "cancelled"};
    const q_ui *ui = ctx;
    for (int i = 0; i < 3; i++)
        q_metric_add(out, "state", states[i], (double)ui->m->n_ended[i]);
}

static void tasks(const void *ctx, q_metric_out *out)
{
    const master_numbers n = numbers(ctx);
    q_metric_add(out, "state", "pending", n.tasks_pending);
    q_metric_add(out, "state", "running", n.tasks_running);
    q_metric_add(out, "state", "holding", n.tasks_holding);
}

static void tasks_ended(const void *ctx, q_metric_out *out)
{
    const q_ui *ui = ctx;
    q_metric_add(out, "state", "done", (double)ui->m->totals.tasks_done);
    q_metric_add(out, "state", "failed", (double)ui->m->totals.tasks_failed);
}

static void workers(const void *ctx, q_metric_out *out)
{
    static const char *const states[] = {"alive", "draining", "lost"};
    const master_numbers n = numbers(ctx);
    for (int i = 0; i < 3; i++)
        q_metric_add(out, "state", states[i], n.workers[i]);
}

static void heartbeat_age(const void *ctx, q_metric_out *out)
{
    const q_ui *ui = ctx;
    int64_t oldest = 0, now = (int64_t)q_clock_mono_ms();
    for (const master_worker *w = ui->m->workers; w; w = w->next) {
        q_sched_worker_info info;
        if (w->state != Q_WORKER_LOST && q_sched_worker_info_get(ui->m->sched, w->id, &info) &&
            now - info.heard_ms > oldest)
            oldest = now - info.heard_ms;
    }
    q_metric_add(out, NULL, NULL, (double)oldest / 1000);
}

static void cores(const void *ctx, q_metric_out *out)
{
    q_metric_add(out, NULL, NULL, numbers(ctx).cores);
}

static void cores_used(const void *ctx, q_metric_out *out)
{
    q_metric_add(out, NULL, NULL, numbers(ctx).cores_used);
}

static void memory(const void *ctx, q_metric_out *out)
{
    q_metric_add(out, NULL, NULL, (double)numbers(ctx).memory_bytes);
}

static void memory_used(const void *ctx, q_metric_out *out)
{
    q_metric_add(out, NULL, NULL, (double)numbers(ctx).memory_used_bytes);
}

static void status_updates(const void *ctx, q_metric_out *out)
{
    const q_ui *ui = ctx;
    q_metric_add(out, NULL, NULL, (double)ui->m->n_status);
}

static void status_pending(const void *ctx, q_metric_out *out)
{
    const q_ui *ui = ctx;
    q_metric_add(out, NULL, NULL, ui->m->status ? q_status_pg_pending(ui->m->status) : 0);
}

#define GAUGE   Q_METRIC_GAUGE
#define COUNTER Q_METRIC_COUNTER
static const q_metric rows[] = {
    {"quern_build_info", GAUGE, NULL, "The program's version.", build},
    {"process_start_time_seconds", GAUGE, "seconds", "When it was started, since 1970.",
     start_time},
    {"quern_jobs", GAUGE, NULL, "Jobs that have not ended.", jobs},
    {"quern_jobs_ended", COUNTER, NULL, "Jobs that have ended.", jobs_ended},
    {"quern_job_duration_seconds", Q_METRIC_HISTOGRAM, "seconds",
     "Time from submission to end of jobs that have ended.", durations},
    {"quern_job_read_rows", COUNTER, "rows", "Records read by jobs that have ended.", rows_in},
    {"quern_job_written_rows", COUNTER, "rows", "Rows written or returned by jobs that have ended.",
     rows_out},
    {"quern_job_read_bytes", COUNTER, "bytes", "Bytes read by jobs that have ended.", bytes_in},
    {"quern_job_bad_records", COUNTER, "records", "Malformed records of jobs that have ended.",
     bad_records},
    {"quern_job_retries", COUNTER, NULL, "Attempts repeated in jobs that have ended.", retries},
    {"quern_tasks", GAUGE, NULL, "Tasks of running stages.", tasks},
    {"quern_tasks_ended", COUNTER, NULL, "Attempts of tasks that have ended.", tasks_ended},
    {"quern_workers", GAUGE, NULL, "Workers; lost ones are those remembered.", workers},
    {"quern_worker_heartbeat_age_seconds", GAUGE, "seconds",
     "Longest silence of a worker that is not lost.", heartbeat_age},
    {"quern_cores", GAUGE, NULL, "Cores of the workers.", cores},
    {"quern_cores_used", GAUGE, NULL, "Cores with a task.", cores_used},
    {"quern_memory_bytes", GAUGE, "bytes", "Memory of the workers.", memory},
    {"quern_memory_used_bytes", GAUGE, "bytes", "Memory that tasks hold on the workers.",
     memory_used},
    {"quern_status_updates", COUNTER, NULL, "Updates of the pipeline's status tables.",
     status_updates},
    {"quern_status_pending", GAUGE, NULL, "Updates that the database does not have yet.",
     status_pending},
    {0}};

void ui_get_metrics(void *ctx, q_http_request *r)
{
    const q_ui *ui = ctx;
    const q_metric_table tables[] = {
        {rows, ui}, {q_metrics_process, NULL}, {q_metrics_http, ui->http}};
    q_metrics_answer(r, tables, 3);
}
