/*
 * What quern-master and quern-worker share: command line and environment, logs, the loop, signals.
 *
 *   q_daemon_main: parse ─▶ open the log ─▶ start() ─▶ loop … ─▶ q_daemon_end ─▶ close() ─▶ exit
 *
 * The first SIGTERM or SIGINT calls stop(), which ends what runs in order and then calls
 * q_daemon_end; the second ends the process at once (130). SIGHUP opens the log file anew.
 * Thread rule: the loop's thread, which is the process's first.
 */
#ifndef Q_NET_DAEMON_H
#define Q_NET_DAEMON_H

#include "common/base/conf.h"
#include "common/base/options.h"
#include "common/net/net.h"

/* An option that sets a setting. Settings come, the later winning, from defaults, the
 * environment, the properties file, --conf, options. */
typedef struct q_daemon_option {
    const char *option; /* "--port" */
    q_setting_id setting;
} q_daemon_option;

typedef struct q_daemon q_daemon;

typedef struct q_daemon_spec {
    const q_command *command;
    const char *logger;             /* "master" */
    const q_daemon_option *options; /* beside Q_DAEMON_OPTIONS; ends with a NULL option */
    q_code (*start)(q_daemon *d, q_err *err);
    void (*stop)(q_daemon *d);
    void (*close)(q_daemon *d); /* also after a failed start */
} q_daemon_spec;

struct q_daemon {
    const q_daemon_spec *spec;
    const q_arguments *args;
    const q_conf *conf;
    struct uv_loop_s *uv;
    q_net_loop *loop;
    q_net_context *net;
    void *ctx; /* the program's */
};

/* Options that both have, for their tables. */
#define Q_DAEMON_OPTIONS                                                                           \
    {"--properties-file",                                                                          \
     NULL,                                                                                         \
     "FILE",                                                                                       \
     false,                                                                                        \
     NULL,                                                                                         \
     "Read settings from FILE (default: $SPARK_CONF_DIR/spark-defaults.conf)."},                   \
        {"--conf", "-c", "KEY=VALUE", true, NULL, "A setting: docs/SETTINGS.md."},                 \
        {"--key", NULL, "FILE", false, NULL, "Own CURVE key, a ..._secret file of quern keygen."}, \
        {"--log-format", NULL, "FORMAT", false, "text|json", "Form of log lines (text)."},         \
        {"--log-level", NULL, "LEVEL", false, NULL, "error, warn, info, debug or trace (info)."},  \
        {"--log-file", NULL, "FILE", false, NULL, "Append log lines to FILE, not to stderr."},     \
        {"--exit-with-stdin",                                                                      \
         NULL,                                                                                     \
         NULL,                                                                                     \
         false,                                                                                    \
         NULL,                                                                                     \
         "End when standard input does: with the program that holds its other end."},              \
    {                                                                                              \
        "--version", NULL, NULL, false, NULL, "Print the version."                                 \
    }

/* main() of a daemon; returns its exit status. */
int q_daemon_main(const q_daemon_spec *spec, int argc, char **argv);
/* End the loop; status is what the process returns. */
void q_daemon_end(q_daemon *d, int status);

#endif
