/* quern man: manual pages in troff, from the option tables and the settings. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "common/base/conf.h"
#include "common/base/version.h"
#include "master/daemon.h"
#include "worker/daemon.h"

#define EXIT_STATUS                                                                               \
    ".SH EXIT STATUS\n0 done, 1 the job failed, 2 wrong usage, 3 the cluster cannot be reached, " \
    "130 cancelled.\n"

/* n bytes for troff: a leading dot or quote and backslashes are escaped. */
static void troff_n(const char *s, size_t n)
{
    if (n && (*s == '.' || *s == '\''))
        printf("\\&");
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\\')
            printf("\\e");
        else if (s[i] == '-')
            printf("\\-");
        else if (s[i] != '`')
            putchar(s[i]);
    }
}

static void troff(const char *s)
{
    troff_n(s, strlen(s));
}

static void bold(const char *s)
{
    printf("\\fB");
    troff(s);
    printf("\\fR");
}

static void option(const q_option_row *r)
{
    printf(".TP\n");
    if (r->letter) {
        bold(r->letter);
        printf(", ");
    }
    bold(r->name);
    if (r->argument) {
        printf(" \\fI");
        troff(r->choices ? r->choices : r->argument);
        printf("\\fR");
    }
    printf("\n");
    troff(r->help);
    printf("%s\n", r->many ? " May be given several times." : "");
}

/* Paragraphs as they stand: the lines of an example keep theirs. */
static void details(const char *text)
{
    if (!text)
        return;
    printf(".PP\n.nf\n");
    for (const char *line = text; *line;) {
        size_t n = strcspn(line, "\n");
        troff_n(line, n);
        printf("\n");
        line += n + (line[n] == '\n');
    }
    printf(".fi\n");
}

/* Settings that the program reads from its environment. */
static void environment(const char *scope, const char *other)
{
    printf(".SH ENVIRONMENT\n");
    for (int i = 0; i < Q_N_SETTINGS; i++) {
        const q_setting *s = q_setting_at((q_setting_id)i);
        if (!s->environment ||
            (!strstr(s->scope, scope) && !strstr(s->scope, other) && strcmp(s->scope, "all") != 0))
            continue;
        printf(".TP\n");
        bold(s->environment);
        printf("\n");
        troff(s->doc);
        printf(" (");
        troff(s->name);
        if (s->preset) {
            printf(", default ");
            troff(s->preset);
        }
        printf(")\n");
    }
}

static void head(const char *name, int section, const char *what, const char *synopsis)
{
    printf(".TH ");
    for (const char *p = name; *p; p++)
        putchar(toupper((unsigned char)*p));
    printf(" %d \"\" \"quern %s\" \"%s\"\n.SH NAME\n%s \\- ", section, Q_VERSION,
           section == 8 ? "System Administration" : "User Commands", name);
    troff(what);
    printf("\n.SH SYNOPSIS\n.B %s\n", name);
    printf("%s\n", synopsis);
}

static void command_page(const q_command *c)
{
    printf(".SS \"quern %s %s\"\n", c->name, c->operands ? c->operands : "");
    troff(c->summary);
    printf("\n");
    for (const q_option_row *r = c->options; r->name; r++)
        option(r);
    details(c->details);
}

static void page_of_quern(void)
{
    head("quern", 1, "run Spark SQL jobs on JSON and CSV, locally or on a cluster",
         "\\fICOMMAND\\fR [\\fIOPTION\\fR]...");
    printf(".SH COMMANDS\n");
    for (uint32_t i = 0; q_command_at(i); i++)
        command_page(q_command_at(i));
    environment("job", "client");
    printf(EXIT_STATUS ".SH SEE ALSO\n.BR quern\\-master (8),\n.BR quern\\-worker (8)\n");
}

static void page_of_daemon(const q_command *c, const char *scope, const char *other)
{
    char synopsis[128], what[128];
    snprintf(synopsis, sizeof synopsis, "[\\fIOPTION\\fR]... %s", c->operands ? c->operands : "");
    size_t n = strcspn(c->summary, ".(");
    while (n && c->summary[n - 1] == ' ')
        n--;
    snprintf(what, sizeof what, "%c%.*s", tolower((unsigned char)c->summary[0]), (int)n - 1,
             c->summary + 1);
    head(c->name, 8, what, synopsis);
    printf(".SH OPTIONS\n");
    for (const q_option_row *r = c->options; r->name; r++)
        option(r);
    details(c->details);
    environment(scope, scope);
    printf(".SH FILES\n.TP\n.I $SPARK_CONF_DIR/spark\\-defaults.conf\nSettings, a line each: "
           "KEY VALUE.\n.SH EXIT STATUS\n0 ended in order, 1 failed, 2 wrong usage, 130 told twice "
           "to end.\n.SH SEE ALSO\n.BR quern (1),\n.BR %s (8)\n",
           other);
}

static int man(const q_arguments *args)
{
    const char *page = args->n_operands ? args->operands[0] : "quern";
    q_err err;
    if (strcmp(page, "quern") == 0) {
        page_of_quern();
    } else if (strcmp(page, "quern-master") == 0) {
        page_of_daemon(&q_command_master, "master", "quern\\-worker");
    } else if (strcmp(page, "quern-worker") == 0) {
        page_of_daemon(&q_command_worker, "worker", "quern\\-master");
    } else {
        q_err_set(&err, Q_E_USAGE, "there is no page %.100s", page);
        q_err_hint(&err, "quern, quern-master, quern-worker");
        return q_command_failed(&err);
    }
    return q_command_flush();
}

static const q_option_row no_options[] = {{0}};

const q_command q_command_man = {
    .name = "man",
    .operands = "[PAGE]",
    .max_operands = 1,
    .options = no_options,
    .summary = "Print a manual page (troff).",
    .details = "PAGE is quern, quern-master or quern-worker. To read one: quern man | man -l -",
    .run = man};
