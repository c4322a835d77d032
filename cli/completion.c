/* quern completion, quern man: bash completion and man pages, from the option tables. */
#include <ctype.h>
#include <string.h>

#include "cli/commands.h"
#include "master/daemon.h"
#include "worker/daemon.h"
#include "common/base/version.h"

static int completion(const q_arguments *args)
{
    (void)args;
    printf("# bash completion for quern, made by `quern completion`\n_quern()\n{\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W \"");
    for (uint32_t i = 0; q_command_at(i); i++)
        printf("%s%s", i ? " " : "", q_command_at(i)->name);
    printf("\" -- \"$word\"))\n        return\n    fi\n    case ${COMP_WORDS[1]}:$before in\n");
    for (uint32_t i = 0; q_command_at(i); i++) {
        for (const q_option_row *r = q_command_at(i)->options; r->name; r++) {
            if (!r->argument)
                continue;
            printf("    %s:%s)", q_command_at(i)->name, r->name);
            if (r->choices) {
                printf(" COMPREPLY=($(compgen -W \"");
                for (const char *p = r->choices; *p; p++)
                    putchar(*p == '|' ? ' ' : *p);
                printf("\" -- \"$word\")); return ;;\n");
            } else {
                printf(" COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
            }
        }
    }
    printf("    esac\n    case ${COMP_WORDS[1]} in\n");
    for (uint32_t i = 0; q_command_at(i); i++) {
        printf("    %s) [ \"${word#-}\" != \"$word\" ] && COMPREPLY=($(compgen -W \"--help",
               q_command_at(i)->name);
        for (const q_option_row *r = q_command_at(i)->options; r->name; r++)
            printf(" %s", r->name);
        printf("\" -- \"$word\")) && return ;;\n");
    }
    printf("    esac\n    COMPREPLY=($(compgen -f -- \"$word\"))\n}\ncomplete -F _quern quern\n");
    return 0;
}

/* Text for troff: a leading dot or quote and backslashes are escaped. */
static void troff(const char *s)
{
    if (*s == '.' || *s == '\'')
        printf("\\&");
    for (; *s; s++) {
        if (*s == '\\')
            printf("\\e");
        else if (*s == '-')
            printf("\\-");
        else
            putchar(*s);
    }
}

static void man_options(const q_command *c)
{
    for (const q_option_row *r = c->options; r->name; r++) {
        printf(".TP\n\\fB");
        troff(r->name);
        printf("\\fR");
        if (r->argument) {
            printf(" \\fI");
            troff(r->argument);
            printf("\\fR");
        }
        printf("\n");
        troff(r->help);
        printf("%s\n", r->many ? " May be given several times." : "");
    }
}

static void man_title(const char *name, const char *summary)
{
    printf(".TH ");
    for (const char *p = name; *p; p++)
        putchar(toupper((unsigned char)*p));
    printf(" 1 \"\" \"quern %s\" \"User Commands\"\n.SH NAME\n%s \\- %s\n.SH SYNOPSIS\n.B %s\n",
           Q_VERSION, name, summary, name);
}

static void man_client(void)
{
    man_title("quern", "run Spark SQL jobs on JSON and CSV, locally or on a cluster");
    printf("\\fICOMMAND\\fR [\\fIOPTION\\fR]...\n.SH COMMANDS\n");
    for (uint32_t i = 0; q_command_at(i); i++) {
        const q_command *c = q_command_at(i);
        printf(".SS \"quern %s %s\"\n", c->name, c->operands ? c->operands : "");
        troff(c->summary);
        printf("\n");
        man_options(c);
    }
    printf(".SH EXIT STATUS\n0 done, 1 the job failed, 2 wrong usage, 3 the cluster cannot be "
           "reached, 130 cancelled.\n");
}

static void man_daemon(const q_command *c)
{
    man_title(c->name, c->summary);
    printf("[\\fIOPTION\\fR]... %s\n.SH OPTIONS\n", c->operands ? c->operands : "");
    man_options(c);
    printf(".SH DESCRIPTION\n");
    troff(c->details);
    printf("\n.SH EXIT STATUS\n0 ended in order, 1 failed, 2 wrong usage or setting, 130 ended at "
           "once by a second signal.\n.SH SEE ALSO\n.BR quern (1)\n");
}

static int man(const q_arguments *args)
{
    const char *name = args->n_operands ? args->operands[0] : "quern";
    if (strcmp(name, "quern") == 0)
        man_client();
    else if (strcmp(name, q_command_master.name) == 0)
        man_daemon(&q_command_master);
    else if (strcmp(name, q_command_worker.name) == 0)
        man_daemon(&q_command_worker);
    else {
        q_err err;
        q_err_set(&err, Q_E_USAGE, "there is no manual page of %.100s", name);
        q_err_hint(&err, "quern, quern-master or quern-worker");
        return q_command_failed(&err);
    }
    return 0;
}

static const q_option_row no_options[] = {{0}};

const q_command q_command_completion = {.name = "completion",
                                        .options = no_options,
                                        .summary = "Print a completion script for bash.",
                                        .run = completion};
const q_command q_command_man = {
    .name = "man",
    .operands = "[PROGRAM]",
    .max_operands = 1,
    .options = no_options,
    .summary = "Print the manual page (troff) of quern, quern-master or quern-worker.",
    .run = man};
