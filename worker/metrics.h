/*
 * The worker's metrics (common/http/metrics.h); ctx: the q_worker.
 * Thread rule: the loop's thread.
 */
#ifndef Q_WORKER_METRICS_H
#define Q_WORKER_METRICS_H

#include "common/http/metrics.h"
#include "worker/worker.h"

extern const q_metric q_metrics_worker[];

#endif
