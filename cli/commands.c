/* The table of sub-commands. */
#include "cli/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const q_command *const commands[] = {
    &q_command_submit,
    &q_command_sql,
    &q_command_explain,
    &q_command_status,
    &q_command_workers,
    &q_command_cancel,
    &q_command_logs,
    &q_command_keygen,
    &q_command_completion,
    &q_command_man,
    NULL,
};

const q_command *q_command_at(uint32_t i)
{
    return i < sizeof commands / sizeof commands[0] ? commands[i] : NULL;
}

const q_command *q_command_find(const char *name)
{
    for (uint32_t i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

int q_command_failed(const q_err *err)
{
    char text[2048];
    q_err_format(err, text, sizeof text);
    fprintf(stderr, "quern: %s\n", text);
    return q_code_exit_status(err->code);
}

int q_command_flush(void)
{
    q_err err;
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    if (errno == EPIPE)
        return Q_STATUS_READER_GONE;
    q_err_errno(&err, Q_E_IO, errno, "cannot write to standard output");
    return q_command_failed(&err);
}
