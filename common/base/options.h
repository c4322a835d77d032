/*
 * Command-line options from one table a command: parsing, --help, completion and man pages
 * read the same rows. Thread rule: one thread.
 */
#ifndef Q_BASE_OPTIONS_H
#define Q_BASE_OPTIONS_H

#include <stdio.h>

#include "common/base/arena.h"

/* One option. A repeated one (many) collects its values; a flag has no argument. */
typedef struct q_option_row {
    const char *name;     /* "--input" */
    const char *letter;   /* "-e", NULL: none */
    const char *argument; /* "[VIEW=]PATH"; NULL: a flag */
    bool many;
    const char *choices; /* "json|csv" for completion and checks; NULL: any */
    const char *help;
} q_option_row;

struct q_arguments;

typedef struct q_command {
    const char *name;     /* "submit" */
    const char *operands; /* "JOB.sql" */
    uint32_t min_operands, max_operands;
    const q_option_row *options; /* ends with a NULL name */
    const char *summary;
    const char *details; /* paragraphs for --help and the man page; NULL: none */
    int (*run)(const struct q_arguments *args);
} q_command;

typedef struct q_arguments {
    const q_command *command;
    q_arena *arena;
    uint32_t n_operands;
    const char **operands;
    uint32_t n_values;
    struct q_option_value {
        const q_option_row *row;
        const char *value; /* "" for flags */
    } * values;
} q_arguments;

/* argv without the program's and the command's name. Errors: USAGE with a hint. *help is set when
 * --help was among them. */
q_code q_options_parse(const q_command *command, int argc, char **argv, q_arena *a,
                       q_arguments *out, bool *help, q_err *err);
/* The (last) value, NULL if not given. */
const char *q_option_get(const q_arguments *args, const char *name);
static inline bool q_option_given(const q_arguments *args, const char *name)
{
    return q_option_get(args, name) != NULL;
}
/* The i-th value of a repeated option, NULL behind the last. */
const char *q_option_at(const q_arguments *args, const char *name, uint32_t i);
/* The text of --help. program: "quern", or NULL for daemons (their name is the command's). */
void q_options_help(const char *program, const q_command *command, FILE *to);

#endif
