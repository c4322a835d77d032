/* quern-master. */
#include "master/daemon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/assert.h"
#include "common/base/log.h"
#include "common/base/version.h"
#include "master/master.h"
#include "master/ui.h"

/* Time that jobs have to end by themselves when the master is asked to stop. */
#define DRAIN_MS 5000

typedef struct daemon_master {
    q_daemon *daemon;
    q_master *master;
    q_ui *ui;
    char endpoint[300], url[320];
} daemon_master;

static const q_option_row options[] = {
    {"--host", NULL, "HOST", false, NULL,
     "Name or address to listen on and to be known by (default: every address; "
     "$SPARK_MASTER_HOST)."},
    {"--port", NULL, "PORT", false, NULL,
     "Port for workers and clients, 0: any free one (7077; $SPARK_MASTER_PORT)."},
    {"--webui-port", NULL, "PORT", false, NULL,
     "Port of the UI, 0: any free one (8080; $SPARK_MASTER_WEBUI_PORT)."},
    {"--status-dsn", NULL, "DSN", false, NULL,
     "PostgreSQL of the pipeline's status tables (default: $DATABASE_HOST, ...)."},
    {"--store", NULL, "PATH", false, NULL, "Keep the record of jobs in this SQLite file."},
    {"--allowed-keys", NULL, "PATH", false, NULL,
     "Public keys that are let in: a file or a directory of them."},
    Q_DAEMON_OPTIONS,
    {0}};

static const q_daemon_option settings[] = {
    {"--host", Q_SET_MASTER_HOST},
    {"--port", Q_SET_MASTER_PORT},
    {"--webui-port", Q_SET_MASTER_UI_PORT},
    {"--status-dsn", Q_SET_STATUS_DSN},
    {"--store", Q_SET_STORE},
    {"--allowed-keys", Q_SET_KEY_ALLOWED},
    {NULL, 0},
};

const q_command q_command_master = {
    .name = "quern-master",
    .options = options,
    .summary = "Schedule jobs over workers.",
    .details =
        "Ends in order at SIGTERM or SIGINT (a second one ends it at once) and opens its log\n"
        "file anew at SIGHUP."};

/* ---- life ---- */

/* By which workers and clients may reach it. */
static const char *known_host(const char *host, char *name, size_t size)
{
    if (strcmp(host, "0.0.0.0") != 0 && strcmp(host, "*") != 0)
        return host;
    if (gethostname(name, size) != 0)
        return "localhost";
    name[size - 1] = 0;
    return name;
}

static q_code start(q_daemon *d, q_err *err)
{
    char name[256];
    q_master_config config;
    const char *host = q_conf_str(d->conf, Q_SET_MASTER_HOST);
    daemon_master *m = calloc(1, sizeof *m);
    Q_ASSERT(m);
    d->ctx = m;
    m->daemon = d;
    q_master_config_init(&config, d->conf);
    snprintf(m->endpoint, sizeof m->endpoint, "tcp://%s:%u", host,
             (unsigned)q_conf_int(d->conf, Q_SET_MASTER_PORT, 7077));
    config.endpoint = m->endpoint;
    Q_TRY(q_master_new(&config, d->uv, d->loop, d->net, &m->master, err));
    host = known_host(host, name, sizeof name);
    snprintf(m->url, sizeof m->url, "spark://%s:%u", host, q_master_port(m->master));
    const q_ui_config ui = {.conf = d->conf, .master_url = m->url, .host = host};
    Q_TRY(q_ui_new(m->master, &ui, d->uv, &m->ui, err));
    q_log_with(Q_LOG_INFO, Q_LOG_FIELDS({"url", m->url}, {"version", Q_VERSION}), "listening on %s",
               m->url + strlen("spark://"));
    return Q_OK;
}

static void stopped(void *ctx)
{
    daemon_master *m = ctx;
    q_info("stopped");
    q_daemon_end(m->daemon, 0);
}

static void stop(q_daemon *d)
{
    daemon_master *m = d->ctx;
    q_master_stop(m->master, DRAIN_MS, stopped, m);
}

static void close_all(q_daemon *d)
{
    daemon_master *m = d->ctx;
    if (m) {
        q_ui_close(&m->ui);
        q_master_close(&m->master);
    }
    free(m);
}

const q_daemon_spec q_daemon_master = {.command = &q_command_master,
                                       .logger = "master",
                                       .options = settings,
                                       .start = start,
                                       .stop = stop,
                                       .close = close_all};
