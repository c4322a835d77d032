/* quern status, workers, cancel, logs: questions to a running master. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/commands.h"
#include "cli/request.h"

#define MASTER_OPTION                                                                  \
    {"--master", NULL, "URL",                                                          \
     false,      NULL, "spark://host:7077[,host:7077] (default: $SPARK_MASTER_URL)."}, \
        {"--conf", "-c", "KEY=VALUE", true, NULL, "A setting."},                       \
    {                                                                                  \
        "--properties-file", NULL, "FILE", false, NULL, "Settings."                    \
    }

/* ---- tables of text ---- */

static void when(int64_t us, char out[20])
{
    time_t seconds = (time_t)(us / 1000000);
    struct tm tm;
    if (!us) {
        strcpy(out, "-");
        return;
    }
    localtime_r(&seconds, &tm);
    strftime(out, 20, "%Y-%m-%d %H:%M:%S", &tm);
}

static void job_line(const q_rec_job_info *j)
{
    char submitted[20];
    when(j->submitted_us, submitted);
    int64_t end = j->finished_us ? j->finished_us : j->submitted_us;
    printf("%-6llu %-26s %-10s %-19s %8.3f %7u/%-6u %12llu %12llu  %s\n",
           (unsigned long long)j->job_id, j->app_id ? j->app_id : "-", j->state, submitted,
           (double)(end - j->submitted_us) / 1e6, j->tasks_done, j->tasks_total,
           (unsigned long long)j->rows_in, (unsigned long long)j->rows_out,
           j->name ? j->name : "-");
}

static void job_head(void)
{
    printf("%-6s %-26s %-10s %-19s %8s %14s %12s %12s  %s\n", "JOB", "ID", "STATE", "SUBMITTED",
           "SECONDS", "TASKS", "RECORDS IN", "OUT", "NAME");
}

static void report_lines(const q_rec_job_report *r)
{
    printf("retries: %u\n", r->retries);
    for (uint32_t i = 0; i < r->warnings.n; i++)
        printf("warning: %s\n", r->warnings.items[i]);
    for (uint32_t i = 0; i < r->reads.n; i++) {
        const q_rec_read_report *s = &r->reads.items[i];
        printf("read %s: %llu records, %llu malformed, %llu bad fields\n", s->source,
               (unsigned long long)s->n_records, (unsigned long long)s->n_bad,
               (unsigned long long)s->n_bad_fields);
        for (uint32_t k = 0; k < s->first.n; k++)
            printf("  record %llu (byte %llu): %s\n", (unsigned long long)s->first.items[k].record,
                   (unsigned long long)s->first.items[k].byte, s->first.items[k].reason);
    }
}

static void job_print(void *ctx, const q_message *m)
{
    (void)ctx;
    const q_rec_job_info *j = m->u.job.job;
    job_head();
    job_line(j);
    if (j->error) {
        char text[2048];
        q_err_format(j->error, text, sizeof text);
        printf("%s\n", text);
    }
    if (m->u.job.report)
        report_lines(m->u.job.report);
}

static void jobs_print(void *ctx, const q_message *m)
{
    (void)ctx;
    job_head();
    for (uint32_t i = 0; i < m->u.jobs.jobs.n; i++)
        job_line(&m->u.jobs.jobs.items[i]);
}

static void workers_print(void *ctx, const q_message *m)
{
    (void)ctx;
    printf("%-44s %-9s %-20s %7s %12s %10s  %s\n", "WORKER", "STATE", "HOST", "CORES", "MEMORY",
           "HEARTBEAT", "VERSION");
    for (uint32_t i = 0; i < m->u.workers.workers.n; i++) {
        const q_rec_worker_info *w = &m->u.workers.workers.items[i];
        printf("%-44s %-9s %-20s %3u/%-3u %8llu MiB %7.1f s  %s\n", w->worker_id, w->state,
               w->host ? w->host : "-", w->cores_used, w->cores,
               (unsigned long long)(w->memory_bytes >> 20), (double)w->heartbeat_age_ms / 1e3,
               w->version ? w->version : "-");
    }
}

static void logs_print(void *ctx, const q_message *m)
{
    (void)ctx;
    for (uint32_t i = 0; i < m->u.logs.lines.n; i++)
        printf("%s\n", m->u.logs.lines.items[i]);
}

/* ---- commands ---- */

static int ask(const q_arguments *args, const q_message *m,
               void (*print)(void *ctx, const q_message *reply))
{
    q_err err;
    if (q_request(args, m, print, NULL, &err) != Q_OK)
        return q_command_failed(&err);
    return fflush(stdout) == 0 ? 0 : 1;
}

static int status(const q_arguments *args)
{
    q_message m;
    if (args->n_operands) {
        q_message_init(&m, Q_MSG_GET_JOB);
        m.u.get_job.job = args->operands[0];
        return ask(args, &m, job_print);
    }
    q_message_init(&m, Q_MSG_LIST_JOBS);
    return ask(args, &m, jobs_print);
}

static int workers(const q_arguments *args)
{
    q_message m;
    q_message_init(&m, Q_MSG_LIST_WORKERS);
    return ask(args, &m, workers_print);
}

static int cancel(const q_arguments *args)
{
    q_message m;
    q_message_init(&m, Q_MSG_CANCEL);
    m.u.cancel.job = args->operands[0];
    return ask(args, &m, job_print);
}

static int logs(const q_arguments *args)
{
    const char *lines = q_option_get(args, "--lines");
    char *end = NULL;
    long n = lines ? strtol(lines, &end, 10) : 0;
    q_message m;
    if (lines && (*end || n <= 0 || n > 100000)) {
        q_err err;
        q_err_set(&err, Q_E_USAGE, "--lines takes a number from 1 to 100000, not %s", lines);
        return q_command_failed(&err);
    }
    q_message_init(&m, Q_MSG_GET_LOGS);
    m.u.get_logs.job = args->operands[0];
    m.u.get_logs.limit = (uint32_t)n;
    return ask(args, &m, logs_print);
}

static const q_option_row master_options[] = {MASTER_OPTION, {0}};
static const q_option_row logs_options[] = {
    MASTER_OPTION, {"--lines", "-n", "N", false, NULL, "Only the last N lines."}, {0}};

const q_command q_command_status = {.name = "status",
                                    .operands = "[JOB]",
                                    .max_operands = 1,
                                    .options = master_options,
                                    .summary = "List jobs, or show one with its report.",
                                    .run = status};
const q_command q_command_workers = {.name = "workers",
                                     .options = master_options,
                                     .summary = "List the workers and their state.",
                                     .run = workers};
const q_command q_command_cancel = {.name = "cancel",
                                    .operands = "JOB",
                                    .min_operands = 1,
                                    .max_operands = 1,
                                    .options = master_options,
                                    .summary = "Stop a job.",
                                    .run = cancel};
const q_command q_command_logs = {.name = "logs",
                                  .operands = "JOB",
                                  .min_operands = 1,
                                  .max_operands = 1,
                                  .options = logs_options,
                                  .summary = "Show what the master logged about a job.",
                                  .run = logs};
