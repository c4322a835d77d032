/*
 * The master's HTTP port: pages, our API (docs/openapi.json), Spark's monitoring API, health and
 * metrics. It reads the master's state on the loop's thread and changes nothing but a job that a
 * holder of the token cancels.
 * Thread rule: the loop's thread.
 */
#ifndef Q_MASTER_UI_H
#define Q_MASTER_UI_H

#include "master/master.h"

typedef struct q_ui q_ui;

typedef struct q_ui_config {
    const q_conf *conf;
    const char *master_url; /* spark://HOST:PORT, as others reach it */
    const char *host;       /* by which others know it */
} q_ui_config;

/* Strings and settings are borrowed. Errors: ADDRESS_IN_USE, USAGE, IO. */
q_code q_ui_new(q_master *m, const q_ui_config *config, struct uv_loop_s *uv, q_ui **out,
                q_err *err);
/* Before the master is closed. The loop must run once more. */
void q_ui_close(q_ui **ui);

#endif
