/*
 * Metrics for Prometheus: tables of rows, each with a function that reads its values when they are
 * asked for. The text is OpenMetrics 1.0 for those who accept it, else Prometheus' own (0.0.4).
 *
 * A row's name carries its unit ("quern_memory_used_bytes"); counters get "_total" behind it.
 * Thread rule: the thread of what the functions read.
 */
#ifndef Q_HTTP_METRICS_H
#define Q_HTTP_METRICS_H

#include "common/http/http.h"

typedef enum q_metric_kind { Q_METRIC_GAUGE, Q_METRIC_COUNTER, Q_METRIC_HISTOGRAM } q_metric_kind;

typedef struct q_metric_out q_metric_out;

typedef struct q_metric {
    const char *name;
    q_metric_kind kind;
    const char *unit; /* the name's last word, NULL: none */
    const char *help;
    void (*samples)(const void *ctx, q_metric_out *out);
} q_metric;

/* A sample; label NULL: none. The label's value may be any text. */
void q_metric_add(q_metric_out *out, const char *label, const char *value, double number);
/* counts[i]: observations up to bounds[i] and above bounds[i - 1]; counts[n]: the rest. */
void q_metric_histogram(q_metric_out *out, const double *bounds, const uint64_t *counts, uint32_t n,
                        double sum);

typedef struct q_metric_table {
    const q_metric *rows; /* ends with a NULL name */
    const void *ctx;      /* for its functions */
} q_metric_table;

/* Of this process; ctx unused. */
extern const q_metric q_metrics_process[];
/* Of an HTTP server; ctx: its q_http. */
extern const q_metric q_metrics_http[];

void q_metrics_print(q_buf *out, const q_metric_table *tables, uint32_t n, bool open_metrics);
void q_metrics_answer(q_http_request *r, const q_metric_table *tables, uint32_t n);

#endif
