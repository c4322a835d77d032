/* quern-worker. */
#include "worker/daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/assert.h"
#include "common/base/log.h"
#include "common/base/machine.h"
#include "common/io/paths.h"
#include "common/io/roots.h"
#include "worker/ui.h"
#include "worker/worker.h"

typedef struct daemon_worker {
    q_worker *worker;
    q_worker_ui *ui;
} daemon_worker;

static const q_option_row options[] = {
    {"--cores", NULL, "N", false, NULL,
     "Tasks at once (default: the machine's or container's; $SPARK_WORKER_CORES)."},
    {"--memory", "-m", "SIZE", false, NULL,
     "Memory of tasks, as 1g (default: the machine's less 1g; $SPARK_WORKER_MEMORY)."},
    {"--host", NULL, "HOST", false, NULL, "Name to be known by (default: the machine's)."},
    {"--webui-port", NULL, "PORT", false, NULL,
     "Port of the UI, 0: any free one (8081; $SPARK_WORKER_WEBUI_PORT)."},
    {"--work-dir", "-d", "DIR", false, NULL,
     "Directory for rows that do not fit into memory; made if it is missing, must be writable. "
     "(Spilling "
     "is to come: nothing is written there yet; $SPARK_WORKER_DIR.)"},
    {"--master-key", NULL, "FILE", false, NULL, "The master's public CURVE key."},
    Q_DAEMON_OPTIONS,
    {0}};

static const q_daemon_option settings[] = {
    {"--cores", Q_SET_WORKER_CORES},        {"--memory", Q_SET_WORKER_MEMORY},
    {"--webui-port", Q_SET_WORKER_UI_PORT}, {"--work-dir", Q_SET_WORKER_DIR},
    {"--master-key", Q_SET_KEY_SERVER},     {NULL, 0},
};

const q_command q_command_worker = {
    .name = "quern-worker",
    .operands = "[spark://HOST:PORT[,HOST:PORT...]]",
    .max_operands = 1,
    .options = options,
    .summary = "Run the tasks of a master (default: $SPARK_MASTER_URL).",
    .details =
        "At SIGTERM or SIGINT it finishes its tasks and leaves (a second one ends it at once).\n"
        "SIGHUP opens its log file anew."};

/* The machine's memory less a gigabyte, as Spark has it, but no less than half. */
static uint64_t default_memory(void)
{
    uint64_t there = q_machine_memory_bytes(), gib = (uint64_t)1 << 30;
    return there > 2 * gib ? there - gib : there / 2;
}

static q_code url_of(const q_daemon *d, const char **out, q_err *err)
{
    const char *set =
        q_conf_is_set(d->conf, Q_SET_MASTER) ? q_conf_str(d->conf, Q_SET_MASTER) : NULL;
    *out = d->args->n_operands ? d->args->operands[0] : set;
    if (*out && (strncmp(*out, "spark://", 8) == 0 || strncmp(*out, "tcp://", 6) == 0))
        return Q_OK;
    if (*out && **out)
        q_err_set(err, Q_E_USAGE, "%s is no master URL", *out);
    else
        q_err_set(err, Q_E_USAGE, "which master? spark://HOST:PORT is missing");
    q_err_hint(
        err, "quern-worker spark://HOST:7077, SPARK_MASTER_URL in the environment, or spark.master "
             "in a properties file");
    return Q_E_USAGE;
}

/* Said at the start, not when it is first needed. */
static q_code work_dir_check(const q_daemon *d, q_err *err)
{
    const char *dir = q_conf_str(d->conf, Q_SET_WORKER_DIR);
    if (!dir)
        return Q_OK;
    q_code code = q_make_directories(dir, err);
    if (code == Q_OK && access(dir, W_OK | X_OK) != 0)
        code = q_err_errno(err, Q_E_IO, errno, "cannot write to %s", dir);
    if (code != Q_OK)
        q_err_hint(err,
                   "--work-dir (quern.worker.dir) must be a directory that this user can write");
    return code;
}

static q_code start(q_daemon *d, q_err *err)
{
    const char *host = q_option_get(d->args, "--host");
    q_worker_config config = {.host = host ? host : getenv("SPARK_WORKER_HOST")};
    Q_TRY(url_of(d, &config.master_url, err));
    Q_TRY(work_dir_check(d, err));
    config.cores = (uint32_t)q_conf_int(d->conf, Q_SET_WORKER_CORES, q_machine_cores());
    config.memory_bytes =
        (size_t)q_conf_int(d->conf, Q_SET_WORKER_MEMORY, (int64_t)default_memory());
    q_roots_set(q_conf_str(d->conf, Q_SET_INPUT_ROOTS), q_conf_str(d->conf, Q_SET_OUTPUT_ROOTS));
    daemon_worker *w = calloc(1, sizeof *w);
    Q_ASSERT(w);
    d->ctx = w;
    Q_TRY(q_worker_ui_new(d->conf, config.host, d->uv, &w->ui, err));
    config.webui_port = q_worker_ui_port(w->ui);
    Q_TRY(q_worker_new(&config, d->uv, d->loop, d->net, &w->worker, err));
    q_worker_ui_show(w->ui, w->worker);
    q_info("%u cores, %zu MiB of memory, master %s", config.cores, config.memory_bytes >> 20,
           config.master_url);
    return Q_OK;
}

static void drained(void *ctx)
{
    q_info("stopped");
    q_daemon_end(ctx, 0);
}

static void stop(q_daemon *d)
{
    const daemon_worker *w = d->ctx;
    q_worker_drain(w->worker, drained, d);
}

static void close_all(q_daemon *d)
{
    daemon_worker *w = d->ctx;
    if (!w)
        return;
    q_worker_ui_close(&w->ui);
    q_worker_close(&w->worker);
    free(w);
}

const q_daemon_spec q_daemon_worker = {.command = &q_command_worker,
                                       .logger = "worker",
                                       .options = settings,
                                       .start = start,
                                       .stop = stop,
                                       .close = close_all};
