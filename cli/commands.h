/* The sub-commands: one file each, one row in commands.c. */
#ifndef Q_CLI_COMMANDS_H
#define Q_CLI_COMMANDS_H

#include "common/base/options.h"

extern const q_command q_command_submit, q_command_sql, q_command_explain, q_command_status,
    q_command_workers, q_command_cancel, q_command_logs, q_command_keygen, q_command_completion,
    q_command_man;

/* All of them, NULL behind the last. */
const q_command *q_command_at(uint32_t i);
const q_command *q_command_find(const char *name);
/* Print an error as users see it and give the exit status. */
int q_command_failed(const q_err *err);

/* What shells report for a program that SIGPIPE ended: the reader of stdout had enough. */
#define Q_STATUS_READER_GONE 141
/* Stdout is written out. 0; READER_GONE, silently; or an error that is printed, and its status. */
int q_command_flush(void);

#endif
