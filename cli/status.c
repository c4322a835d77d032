/* quern status, workers, cancel, logs: questions to a running master. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/commands.h"
#include "cli/request.h"
#include "cli/text_table.h"
#include "common/base/clock.h"

#define MASTER_OPTION                                                                  \
    {"--master", NULL, "URL",                                                          \
     false,      NULL, "spark://host:7077[,host:7077] (default: $SPARK_MASTER_URL)."}, \
        {"--conf", "-c", "KEY=VALUE", true, NULL, "A setting: docs/SETTINGS.md."},     \
    {                                                                                  \
        "--properties-file", NULL, "FILE", false, NULL,                                \
            "Settings, as spark-defaults.conf (default: that of $SPARK_CONF_DIR)."     \
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

static const char *const job_heads[] = {"JOB",    "ID",          "STATE", "SUBMITTED", ">SECONDS",
                                        ">TASKS", ">RECORDS IN", ">OUT",  "NAME",      NULL};

/* A job that still runs has run until now. */
static double seconds_of(const q_rec_job_info *j)
{
    int64_t end = j->finished_us ? j->finished_us : q_clock_wall_us();
    return end > j->submitted_us ? (double)(end - j->submitted_us) / 1e6 : 0;
}

static void job_row(q_text_table *t, const q_rec_job_info *j)
{
    char submitted[20];
    when(j->submitted_us, submitted);
    q_text_table_cell(t, "%llu", (unsigned long long)j->job_id);
    q_text_table_cell(t, "%s", j->app_id ? j->app_id : "");
    q_text_table_cell(t, "%s", j->state);
    q_text_table_cell(t, "%s", submitted);
    q_text_table_cell(t, "%.3f", seconds_of(j));
    q_text_table_cell(t, "%u/%u", j->tasks_done, j->tasks_total);
    q_text_table_cell(t, "%llu", (unsigned long long)j->rows_in);
    q_text_table_cell(t, "%llu", (unsigned long long)j->rows_out);
    q_text_table_cell(t, "%s", j->name ? j->name : "");
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
    q_text_table t;
    q_text_table_init(&t, job_heads);
    job_row(&t, j);
    q_text_table_end(&t, stdout);
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
    q_text_table t;
    q_text_table_init(&t, job_heads);
    for (uint32_t i = 0; i < m->u.jobs.jobs.n; i++)
        job_row(&t, &m->u.jobs.jobs.items[i]);
    q_text_table_end(&t, stdout);
    if (!m->u.jobs.jobs.n)
        fprintf(stderr, "no jobs yet\n");
}

static void workers_print(void *ctx, const q_message *m)
{
    (void)ctx;
    static const char *const heads[] = {"WORKER",  "STATE",      "HOST",    ">CORES",
                                        ">MEMORY", ">HEARTBEAT", "VERSION", NULL};
    q_text_table t;
    q_text_table_init(&t, heads);
    for (uint32_t i = 0; i < m->u.workers.workers.n; i++) {
        const q_rec_worker_info *w = &m->u.workers.workers.items[i];
        q_text_table_cell(&t, "%s", w->worker_id);
        q_text_table_cell(&t, "%s", w->state);
        q_text_table_cell(&t, "%s", w->host ? w->host : "");
        q_text_table_cell(&t, "%u/%u", w->cores_used, w->cores);
        q_text_table_cell(&t, "%llu MiB", (unsigned long long)(w->memory_bytes >> 20));
        q_text_table_cell(&t, "%.1f s ago", (double)w->heartbeat_age_ms / 1e3);
        q_text_table_cell(&t, "%s", w->version ? w->version : "");
    }
    q_text_table_end(&t, stdout);
    if (!m->u.workers.workers.n)
        fprintf(stderr, "no workers: start some with quern-worker URL\n");
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
    return q_command_flush();
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

/* The answer is the job as it is now: one that has ended cannot be stopped any more. */
static void cancelled_print(void *ctx, const q_message *m)
{
    const q_rec_job_info *j = m->u.job.job;
    job_print(ctx, m);
    if (strcmp(j->state, "COMPLETED") == 0 || strcmp(j->state, "FAILED") == 0)
        fprintf(stderr, "job %llu had ended before\n", (unsigned long long)j->job_id);
}

static int cancel(const q_arguments *args)
{
    q_message m;
    q_message_init(&m, Q_MSG_CANCEL);
    m.u.cancel.job = args->operands[0];
    return ask(args, &m, cancelled_print);
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

const q_command q_command_status = {
    .name = "status",
    .operands = "[JOB]",
    .max_operands = 1,
    .options = master_options,
    .summary = "List jobs, or show one with its report.",
    .details = "JOB is a number or an id of the list, as 3 or app-20260131120000-0003.",
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
