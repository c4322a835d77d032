/* The shell of a daemon. */
#include "common/net/daemon.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>
#include <uv.h>

#include "common/base/log.h"
#include "common/base/version.h"
#include "common/net/leash.h"
#include "common/net/keys_demand.h"
#include "common/net/notify.h"

#define STATUS_INTERRUPTED 130

/* What q_daemon_main keeps beside the public part. */
typedef struct daemon_main {
    q_daemon d;
    uv_loop_t uv;
    uv_signal_t signals[3]; /* SIGTERM, SIGINT, SIGHUP */
    q_conf *conf;
    q_net_keys keys;
    q_leash leash;
    bool has_keys, stopping, started, leashed, ended;
    int status;
} daemon_main;

/* ---- settings ---- */

static const q_daemon_option common_options[] = {
    {"--key", Q_SET_KEY_FILE},
    {"--log-format", Q_SET_LOG_FORMAT},
    {"--log-level", Q_SET_LOG_LEVEL},
    {"--log-file", Q_SET_LOG_FILE},
    {NULL, 0},
};

static q_code options_take(daemon_main *m, const q_daemon_option *o, q_err *err)
{
    for (; o->option; o++) {
        const char *value = q_option_get(m->d.args, o->option);
        if (value && q_conf_set(m->conf, Q_CONF_ARGUMENT, q_setting_at(o->setting)->name, value,
                                err) != Q_OK) {
            q_err_at_source(err, o->option);
            return err->code;
        }
    }
    return Q_OK;
}

static q_code properties_take(daemon_main *m, q_err *err)
{
    const char *file = q_option_get(m->d.args, "--properties-file"),
               *dir = getenv("SPARK_CONF_DIR");
    char path[4096];
    if (file)
        return q_conf_load(m->conf, file, err);
    if (!dir || !*dir)
        return Q_OK;
    snprintf(path, sizeof path, "%s/spark-defaults.conf", dir);
    return access(path, R_OK) == 0 ? q_conf_load(m->conf, path, err) : Q_OK;
}

static q_code settings_take(daemon_main *m, q_err *err)
{
    const char *pair;
    Q_TRY(q_conf_load_environment(m->conf, err));
    Q_TRY(properties_take(m, err));
    for (uint32_t i = 0; (pair = q_option_at(m->d.args, "--conf", i)); i++)
        Q_TRY(q_conf_set_pair(m->conf, Q_CONF_ARGUMENT, pair, err));
    Q_TRY(options_take(m, common_options, err));
    return options_take(m, m->d.spec->options, err);
}

/* ---- signals ---- */

static void on_signal(uv_signal_t *handle, int number)
{
    daemon_main *m = handle->data;
    if (number == SIGHUP) {
        q_log_reopen();
        q_info("the log is open anew");
        return;
    }
    if (m->ended)
        return;
    if (m->stopping) {
        q_warn("%s again: ending at once", number == SIGTERM ? "SIGTERM" : "SIGINT");
        _exit(STATUS_INTERRUPTED);
    }
    m->stopping = true;
    q_info("%s: ending in order; once more ends at once", number == SIGTERM ? "SIGTERM" : "SIGINT");
    q_notify("STOPPING=1");
    m->d.spec->stop(&m->d);
}

static void on_leash_cut(void *ctx)
{
    daemon_main *m = ctx;
    if (m->stopping)
        return;
    m->stopping = true;
    q_info("standard input has ended: ending in order");
    m->d.spec->stop(&m->d);
}

static q_code leash_take(daemon_main *m, q_err *err)
{
    m->leashed = q_option_given(m->d.args, "--exit-with-stdin");
    return m->leashed ? q_leash_init(&m->leash, &m->uv, on_leash_cut, m, err) : Q_OK;
}

static void signals_open(daemon_main *m)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is an error of the write */
    if (getpid() == 1)
        signal(SIGCHLD, SIG_IGN); /* first of a container: whom it inherits leaves no zombie */
    for (int i = 0; i < 3; i++) {
        uv_signal_init(&m->uv, &m->signals[i]);
        m->signals[i].data = m;
        uv_signal_start(&m->signals[i], on_signal, numbers[i]);
    }
}

/* From here a signal has nothing to say any more. libuv gives each its default action back with its
   handle, by which one that comes late would end a daemon that has ended well: ignored, and masked
   until it is. */
static void signals_close(daemon_main *m)
{
    sigset_t late;
    sigemptyset(&late);
    sigaddset(&late, SIGTERM);
    sigaddset(&late, SIGINT);
    sigaddset(&late, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &late, NULL);
    for (int i = 0; i < 3; i++) {
        int number = m->signals[i].signum;
        uv_close((uv_handle_t *)&m->signals[i], NULL);
        signal(number, SIG_IGN);
    }
}

/* ---- life ---- */

void q_daemon_end(q_daemon *d, int status)
{
    daemon_main *m = (daemon_main *)d;
    m->status = status;
    m->ended = true;
    uv_stop(d->uv);
}

/* A log file that cannot be written costs a warning, not the daemon. */
static void log_open(const daemon_main *m)
{
    const char *warning;
    q_err err;
    q_log_options o = {.json = strcasecmp(q_conf_str(m->conf, Q_SET_LOG_FORMAT), "json") == 0,
                       .logger = m->d.spec->logger,
                       .file = q_conf_str(m->conf, Q_SET_LOG_FILE),
                       .console = q_conf_bool(m->conf, Q_SET_LOG_CONSOLE),
                       .service = q_conf_str(m->conf, Q_SET_DD_SERVICE),
                       .env = q_conf_str(m->conf, Q_SET_DD_ENV),
                       .version = q_conf_str(m->conf, Q_SET_DD_VERSION)};
    q_log_level_parse(q_conf_str(m->conf, Q_SET_LOG_LEVEL), &o.level);
    q_code code = q_log_open(&o, &err);
    if (code != Q_OK) {
        o.file = NULL;
        (void)q_log_open(&o, NULL); /* stderr needs no opening */
        q_warn("%s; logging to standard error instead", err.msg);
    }
    for (uint32_t i = 0; (warning = q_conf_warning(m->conf, i)); i++)
        q_warn("%s", warning);
}

static bool is_option_of(const q_daemon_spec *spec, q_setting_id id)
{
    for (const q_daemon_option *o = spec->options; o->option; o++) {
        if (o->setting == id)
            return true;
    }
    return false;
}

static q_code keys_load(daemon_main *m, q_err *err)
{
    bool connects = is_option_of(m->d.spec, Q_SET_KEY_SERVER);
    return q_net_keys_demand(m->conf, connects, &m->keys, &m->has_keys, err);
}

static q_code open_all(daemon_main *m, q_err *err)
{
    Q_TRY(settings_take(m, err));
    log_open(m);
    Q_TRY(keys_load(m, err));
    Q_TRY(q_net_loop_new(&m->uv, &m->d.loop, err));
    q_net_options net = {.keys = m->has_keys ? &m->keys : NULL};
    if (q_conf_is_set(m->conf, Q_SET_NETWORK_TIMEOUT))
        net.keepalive_ms = (uint32_t)q_conf_int(m->conf, Q_SET_NETWORK_TIMEOUT, 0);
    Q_TRY(q_net_context_new(&net, &m->d.net, err));
    m->started = true;
    Q_TRY(m->d.spec->start(&m->d, err));
    return leash_take(m, err);
}

static void close_all(daemon_main *m)
{
    if (m->started)
        m->d.spec->close(&m->d);
    signals_close(m);
    if (m->leashed)
        q_leash_close(&m->leash);
    if (m->d.loop)
        q_net_loop_close(&m->d.loop);
    uv_run(&m->uv, UV_RUN_DEFAULT);
    if (m->d.net)
        q_net_context_destroy(&m->d.net);
    uv_loop_close(&m->uv);
    if (m->has_keys)
        q_net_keys_fini(&m->keys);
    q_conf_destroy(&m->conf);
}

static int failed(const q_daemon_spec *spec, const q_err *err)
{
    char text[2048];
    q_err_format(err, text, sizeof text);
    fprintf(stderr, "%s: %s\n", spec->command->name, text);
    return q_code_exit_status(err->code);
}

static int run(const q_daemon_spec *spec, const q_arguments *args)
{
    daemon_main m = {.d = {.spec = spec, .args = args, .uv = &m.uv}};
    q_err err;
    m.d.conf = m.conf = q_conf_new();
    uv_loop_init(&m.uv);
    signals_open(&m);
    q_code code = open_all(&m, &err);
    if (code == Q_OK) {
        q_notify("READY=1");
        uv_run(&m.uv, UV_RUN_DEFAULT);
    }
    if (code != Q_OK && q_conf_str(m.conf, Q_SET_LOG_FILE))
        q_error("%s", err.msg);
    close_all(&m);
    q_log_close();
    return code == Q_OK ? m.status : failed(spec, &err);
}

int q_daemon_main(const q_daemon_spec *spec, int argc, char **argv)
{
    const q_command *command = spec->command;
    q_arena arena;
    q_arguments args;
    q_err err;
    bool help;
    int status = 0;
    q_arena_init(&arena, NULL);
    if (q_options_parse(command, argc - 1, argv + 1, &arena, &args, &help, &err) != Q_OK)
        status = failed(spec, &err);
    else if (help)
        q_options_help(NULL, command, stdout);
    else if (q_option_given(&args, "--version"))
        printf("%s %s (Spark SQL %s)\n", command->name, Q_VERSION, Q_SPARK_VERSION);
    else
        status = run(spec, &args);
    q_arena_fini(&arena);
    return status;
}
