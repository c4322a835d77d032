/*
 * The settings of a command: environment, properties file (--properties-file, else
 * $SPARK_CONF_DIR/spark-defaults.conf), --conf, and options that stand for one setting; the
 * later wins. Thread rule: one thread.
 */
#ifndef Q_CLI_SETTINGS_H
#define Q_CLI_SETTINGS_H

#include "common/base/conf.h"
#include "common/base/options.h"
#include "proto/message.h"

/* Errors: INVALID_CONF_VALUE, USAGE, PATH_NOT_FOUND. */
q_code q_settings_read(const q_arguments *args, q_conf **out, q_err *err);
/* What of them goes with a job: settings of jobs, and names that only the master may know. The
 * texts are conf's. */
void q_settings_of_job(const q_conf *conf, q_arena *a, q_pairs *out);

#endif
