/* quern completion: bash completion for quern and the daemons, from the option tables. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "master/daemon.h"
#include "worker/daemon.h"

/* What may follow an option that takes a value. */
static void values_of(const q_option_row *r)
{
    if (!r->choices) {
        printf(" COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
        return;
    }
    printf(" COMPREPLY=($(compgen -W \"");
    for (const char *p = r->choices; *p; p++)
        putchar(*p == '|' ? ' ' : *p);
    printf("\" -- \"$word\")); return ;;\n");
}

/* Patterns of the words that an option has, each behind the prefix. */
static void option_patterns(const char *prefix, const q_option_row *r)
{
    printf("    %s%s", prefix, r->name);
    if (r->letter)
        printf("|%s%s", prefix, r->letter);
    printf(")");
}

static void value_cases(const char *prefix, const q_command *c)
{
    for (const q_option_row *r = c->options; r->name; r++) {
        if (!r->argument)
            continue;
        option_patterns(prefix, r);
        values_of(r);
    }
}

static void option_words(const q_command *c)
{
    printf("[ \"${word#-}\" != \"$word\" ] && COMPREPLY=($(compgen -W \"--help");
    for (const q_option_row *r = c->options; r->name; r++)
        printf(" %s", r->name);
    printf("\" -- \"$word\")) && return");
}

static void daemon_function(const q_command *c, const char *function)
{
    printf("%s()\n{\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    case $before in\n",
           function);
    value_cases("", c);
    printf("    esac\n    ");
    option_words(c);
    printf("\n    COMPREPLY=($(compgen -f -- \"$word\"))\n}\ncomplete -F %s %s\n", function,
           c->name);
}

static void quern_function(void)
{
    printf("_quern()\n{\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W \"help");
    for (uint32_t i = 0; q_command_at(i); i++)
        printf(" %s", q_command_at(i)->name);
    printf("\" -- \"$word\"))\n        return\n    fi\n    case ${COMP_WORDS[1]}:$before in\n");
    for (uint32_t i = 0; q_command_at(i); i++) {
        char prefix[64];
        snprintf(prefix, sizeof prefix, "%s:", q_command_at(i)->name);
        value_cases(prefix, q_command_at(i));
    }
    printf("    esac\n    case ${COMP_WORDS[1]} in\n");
    for (uint32_t i = 0; q_command_at(i); i++) {
        printf("    %s) ", q_command_at(i)->name);
        option_words(q_command_at(i));
        printf(" ;;\n");
    }
    printf("    esac\n    COMPREPLY=($(compgen -f -- \"$word\"))\n}\ncomplete -F _quern quern\n");
}

static int completion(const q_arguments *args)
{
    (void)args;
    printf("# bash completion for quern, made by `quern completion`\n");
    quern_function();
    daemon_function(&q_command_master, "_quern_master");
    daemon_function(&q_command_worker, "_quern_worker");
    return q_command_flush();
}

static const q_option_row no_options[] = {{0}};

const q_command q_command_completion = {.name = "completion",
                                        .options = no_options,
                                        .summary = "Print a completion script for bash.",
                                        .details = "In ~/.bashrc: source <(quern completion)",
                                        .run = completion};
