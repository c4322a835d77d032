/*
 * The worker's HTTP port: its page, its tasks as JSON, health and metrics. It only reads.
 * Thread rule: the loop's thread.
 */
#ifndef Q_WORKER_UI_H
#define Q_WORKER_UI_H

#include "common/base/conf.h"
#include "worker/worker.h"

typedef struct q_worker_ui q_worker_ui;

/* Listens, so that the port is known when the worker registers. host: by which the worker is known,
 * may be NULL. Strings and settings are borrowed. Errors: ADDRESS_IN_USE, USAGE, IO. */
q_code q_worker_ui_new(const q_conf *conf, const char *host, struct uv_loop_s *uv,
                       q_worker_ui **out, q_err *err);
uint16_t q_worker_ui_port(const q_worker_ui *ui);
/* Whose state it shows from now on; borrowed. Before the loop runs. */
void q_worker_ui_show(q_worker_ui *ui, const q_worker *w);
/* Before the worker is closed. The loop must run once more. */
void q_worker_ui_close(q_worker_ui **ui);

#endif
