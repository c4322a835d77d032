/*
 * One question to a running master and its answer. Thread rule: one thread.
 */
#ifndef Q_CLI_REQUEST_H
#define Q_CLI_REQUEST_H

#include "common/base/options.h"
#include "proto/message.h"

/* Sends m to --master (or $SPARK_MASTER_URL) and calls answer(ctx, reply) with what comes back;
 * REFUSED is an error. Errors: USAGE (no cluster named), UNREACHABLE. */
q_code q_request(const q_arguments *args, const q_message *m,
                 void (*answer)(void *ctx, const q_message *reply), void *ctx, q_err *err);

#endif
