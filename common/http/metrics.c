/* The text of metrics. */
#include "common/http/metrics.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/http/route.h"

struct q_metric_out {
    q_buf *text;
    const q_metric *row;
    bool open; /* OpenMetrics */
};

static void number_print(q_buf *out, double v)
{
    if (isinf(v))
        q_buf_puts(out, v > 0 ? "+Inf" : "-Inf");
    else if (v == floor(v) && fabs(v) < 9007199254740992.0)
        q_buf_printf(out, "%.0f", v);
    else
        q_buf_printf(out, "%.17g", v);
}

static void escaped(q_buf *out, const char *s)
{
    for (; s && *s; s++) {
        if (*s == '\\' || *s == '"')
            q_buf_putc(out, '\\');
        if (*s == '\n')
            q_buf_puts(out, "\\n");
        else
            q_buf_putc(out, *s);
    }
}

void q_metric_add(q_metric_out *out, const char *label, const char *value, double number)
{
    q_buf_puts(out->text, out->row->name);
    if (out->row->kind == Q_METRIC_COUNTER)
        q_buf_puts(out->text, "_total");
    if (label) {
        q_buf_printf(out->text, "{%s=\"", label);
        escaped(out->text, value);
        q_buf_puts(out->text, "\"}");
    }
    q_buf_putc(out->text, ' ');
    number_print(out->text, number);
    q_buf_putc(out->text, '\n');
}

void q_metric_histogram(q_metric_out *out, const double *bounds, const uint64_t *counts, uint32_t n,
                        double sum)
{
    uint64_t all = 0;
    for (uint32_t i = 0; i <= n; i++) {
        all += counts[i];
        q_buf_printf(out->text, "%s_bucket{le=\"", out->row->name);
        if (i < n)
            q_buf_printf(out->text, bounds[i] == floor(bounds[i]) ? "%.1f" : "%g", bounds[i]);
        else
            q_buf_puts(out->text, "+Inf");
        q_buf_printf(out->text, "\"} %llu\n", (unsigned long long)all);
    }
    q_buf_printf(out->text, "%s_sum ", out->row->name);
    number_print(out->text, sum);
    q_buf_printf(out->text, "\n%s_count %llu\n", out->row->name, (unsigned long long)all);
}

static void row_print(q_metric_out *out, const void *ctx)
{
    static const char *const kinds[] = {"gauge", "counter", "histogram"};
    const q_metric *m = out->row;
    const char *total = m->kind == Q_METRIC_COUNTER && !out->open ? "_total" : "";
    q_buf_printf(out->text, "# TYPE %s%s %s\n", m->name, total, kinds[m->kind]);
    if (m->unit && out->open)
        q_buf_printf(out->text, "# UNIT %s %s\n", m->name, m->unit);
    q_buf_printf(out->text, "# HELP %s%s %s\n", m->name, total, m->help);
    m->samples(ctx, out);
}

void q_metrics_print(q_buf *text, const q_metric_table *tables, uint32_t n, bool open_metrics)
{
    q_metric_out out = {.text = text, .open = open_metrics};
    for (uint32_t i = 0; i < n; i++) {
        for (out.row = tables[i].rows; out.row->name; out.row++)
            row_print(&out, tables[i].ctx);
    }
    if (open_metrics)
        q_buf_puts(text, "# EOF\n");
}

void q_metrics_answer(q_http_request *r, const q_metric_table *tables, uint32_t n)
{
    q_buf b;
    bool open = q_http_accepts(q_http_header(r, "Accept"), "application/openmetrics-text");
    q_buf_init(&b);
    q_metrics_print(&b, tables, n, open);
    q_http_add_header(r, "Vary", "Accept");
    q_http_answer(r, 200,
                  open ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                       : "text/plain; version=0.0.4; charset=utf-8",
                  &b);
}

/* ---- the process ---- */

static void resident_bytes(const void *ctx, q_metric_out *out)
{
    unsigned long all, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    (void)ctx;
    if (f && fscanf(f, "%lu %lu", &all, &resident) != 2)
        resident = 0;
    if (f)
        fclose(f);
    q_metric_add(out, NULL, NULL, (double)resident * (double)sysconf(_SC_PAGESIZE));
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void cpu_seconds(const void *ctx, q_metric_out *out)
{
    struct rusage u;
    (void)ctx;
    getrusage(RUSAGE_SELF, &u);
    q_metric_add(out, NULL, NULL, seconds_of(u.ru_utime) + seconds_of(u.ru_stime));
}

static void open_fds(const void *ctx, q_metric_out *out)
{
    int n = -3; /* dot, two dots, and the folder itself */
    DIR *d = opendir("/proc/self/fd");
    (void)ctx;
    while (d && readdir(d))
        n++;
    if (d)
        closedir(d);
    q_metric_add(out, NULL, NULL, n > 0 ? n : 0);
}

static void max_fds(const void *ctx, q_metric_out *out)
{
    struct rlimit r = {0};
    (void)ctx;
    getrlimit(RLIMIT_NOFILE, &r);
    q_metric_add(out, NULL, NULL, (double)r.rlim_cur);
}

const q_metric q_metrics_process[] = {
    {"process_resident_memory_bytes", Q_METRIC_GAUGE, "bytes", "Memory in use.", resident_bytes},
    {"process_cpu_seconds", Q_METRIC_COUNTER, "seconds", "CPU time used.", cpu_seconds},
    {"process_open_fds", Q_METRIC_GAUGE, NULL, "Open file descriptors.", open_fds},
    {"process_max_fds", Q_METRIC_GAUGE, NULL, "File descriptors that may be open.", max_fds},
    {0}};

/* ---- the HTTP server ---- */

#define STAT(name)                                                         \
    static void http_##name(const void *ctx, q_metric_out *out)            \
    {                                                                      \
        q_metric_add(out, NULL, NULL, (double)q_http_stats_get(ctx).name); \
    }
STAT(requests)
STAT(refused)
STAT(connections)
STAT(event_clients)
STAT(events_dropped)
STAT(answer_bytes)
#undef STAT

const q_metric q_metrics_http[] = {
    {"quern_http_requests", Q_METRIC_COUNTER, NULL, "Requests to this port.", http_requests},
    {"quern_http_refused", Q_METRIC_COUNTER, NULL,
     "Requests answered with an error, and connections that took too long.", http_refused},
    {"quern_http_connections", Q_METRIC_GAUGE, NULL, "Open connections.", http_connections},
    {"quern_http_event_clients", Q_METRIC_GAUGE, NULL, "Clients that take events.",
     http_event_clients},
    {"quern_http_event_clients_dropped", Q_METRIC_COUNTER, NULL,
     "Clients of events that did not read.", http_events_dropped},
    {"quern_http_answer_bytes", Q_METRIC_GAUGE, "bytes", "Answers that no client has taken yet.",
     http_answer_bytes},
    {0}};
