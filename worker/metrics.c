/* The worker's metrics: a row and a function each. */
#include "worker/metrics.h"

#include "common/base/version.h"

static q_worker_status status_of(const void *ctx)
{
    q_worker_status s;
    q_worker_status_get(ctx, &s);
    return s;
}

static q_tasks_stats stats_of(const void *ctx)
{
    return q_tasks_stats_get(status_of(ctx).tasks);
}

static void build(const void *ctx, q_metric_out *out)
{
    (void)ctx;
    q_metric_add(out, "version", Q_VERSION, 1);
}

static void registered(const void *ctx, q_metric_out *out)
{
    q_metric_add(out, NULL, NULL, status_of(ctx).registered_us != 0);
}

static void tasks(const void *ctx, q_metric_out *out)
{
    q_metric_add(out, "state", "running", status_of(ctx).running);
    q_metric_add(out, "state", "holding", status_of(ctx).holding);
}

static void tasks_ended(const void *ctx, q_metric_out *out)
{
    q_metric_add(out, "state", "done", (double)stats_of(ctx).done);
    q_metric_add(out, "state", "failed", (double)stats_of(ctx).failed);
}

static void run_seconds(const void *ctx, q_metric_out *out)
{
    q_metric_add(out, NULL, NULL, (double)stats_of(ctx).run_ns / 1e9);
}

static void read_rows(const void *ctx, q_metric_out *out)
{
    q_metric_add(out, NULL, NULL, (double)stats_of(ctx).rows_in);
}

static void written_rows(const void *ctx, q_metric_out *out)
{
    q_metric_add(out, NULL, NULL, (double)stats_of(ctx).rows_out);
}

static void read_bytes(const void *ctx, q_metric_out *out)
{
    q_metric_add(out, NULL, NULL, (double)stats_of(ctx).bytes_in);
}

static void cores(const void *ctx, q_metric_out *out)
{
    q_metric_add(out, NULL, NULL, status_of(ctx).cores);
}

static void memory(const void *ctx, q_metric_out *out)
{
    q_metric_add(out, NULL, NULL, (double)status_of(ctx).memory_bytes);
}

static void memory_used(const void *ctx, q_metric_out *out)
{
    q_metric_add(out, NULL, NULL, (double)status_of(ctx).memory_used_bytes);
}

#define GAUGE   Q_METRIC_GAUGE
#define COUNTER Q_METRIC_COUNTER
const q_metric q_metrics_worker[] = {
    {"quern_build_info", GAUGE, NULL, "The program's version.", build},
    {"quern_worker_registered", GAUGE, NULL, "Whether its master knows it.", registered},
    {"quern_worker_tasks", GAUGE, NULL, "Tasks that run (or wait for a thread) or hold rows.",
     tasks},
    {"quern_worker_tasks_ended", COUNTER, NULL, "Tasks that have ended.", tasks_ended},
    {"quern_worker_task_seconds", COUNTER, "seconds", "Time of task threads.", run_seconds},
    {"quern_worker_read_rows", COUNTER, "rows", "Records read.", read_rows},
    {"quern_worker_written_rows", COUNTER, "rows", "Rows written or returned.", written_rows},
    {"quern_worker_read_bytes", COUNTER, "bytes", "Bytes read.", read_bytes},
    {"quern_worker_cores", GAUGE, NULL, "Tasks that can run at once.", cores},
    {"quern_worker_memory_bytes", GAUGE, "bytes", "Memory for tasks.", memory},
    {"quern_worker_memory_used_bytes", GAUGE, "bytes", "Memory that tasks hold.", memory_used},
    {0}};
