/*
 * What the files of the master's HTTP port share: ui.c (routes, life, events), ui_cluster.c,
 * ui_jobs.c. Not for others.
 */
#ifndef Q_MASTER_UI_INTERNAL_H
#define Q_MASTER_UI_INTERNAL_H

#include "common/http/events.h"
#include "common/http/http.h"
#include "common/http/json.h"
#include "master/detail.h"
#include "master/internal.h"
#include "master/numbers.h"
#include "master/ui.h"

struct q_ui {
    q_master *m;
    q_ui_config config;
    q_http *http;
    uv_timer_t *tick; /* looks for changes while somebody takes events */
    uint64_t cluster_hash;
    uint32_t wrong_tokens; /* since wrong_ms */
    uint64_t wrong_ms;
};

/* ui_cluster.c */
json_t *ui_cluster(const q_ui *ui, bool settings);
json_t *ui_worker(const q_ui *ui, const master_worker *w);
void ui_get_cluster(void *ctx, q_http_request *r);
/* ui_jobs.c */
json_t *ui_job(const master_job *j);
/* A job in memory or in the store, by number or application id: its line with its detail, but for
 * tasks. NULL: there is none. A detail that was not kept is missing. */
json_t *ui_job_whole(const q_ui *ui, const char *name);
void ui_get_jobs(void *ctx, q_http_request *r);
void ui_get_job(void *ctx, q_http_request *r);
void ui_get_tasks(void *ctx, q_http_request *r);
void ui_get_logs(void *ctx, q_http_request *r);
void ui_post_cancel(void *ctx, q_http_request *r);
/* The state that users see: the steps of a running job are one. */
const char *ui_state(const char *state);

/* ui_spark.c: the shapes of Spark's monitoring REST API, for a path's last parts */
void ui_spark_version(void *ctx, q_http_request *r);
void ui_spark_applications(void *ctx, q_http_request *r);
void ui_spark_application(void *ctx, q_http_request *r);
void ui_spark_jobs(void *ctx, q_http_request *r);
void ui_spark_stages(void *ctx, q_http_request *r);
void ui_spark_executors(void *ctx, q_http_request *r);
void ui_spark_all_executors(void *ctx, q_http_request *r);
void ui_spark_environment(void *ctx, q_http_request *r);
void ui_spark_rdds(void *ctx, q_http_request *r);
void ui_spark_streaming(void *ctx, q_http_request *r);
void ui_proxy_applications(void *ctx, q_http_request *r);
const char *ui_spark_state(const char *state); /* of a job, as Spark's standalone master says it */

/* metrics.c */
void ui_get_metrics(void *ctx, q_http_request *r);

/* ui_standalone.c: Spark's standalone master's own pages for machines */
void ui_standalone_json(void *ctx, q_http_request *r);
void ui_standalone_app(void *ctx, q_http_request *r);
void ui_metrics_json(void *ctx, q_http_request *r);

#endif
