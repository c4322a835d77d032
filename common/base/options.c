/* Command lines. */
#include "common/base/options.h"

#include <string.h>

#include "common/base/nearest.h"

static const q_option_row *row_find(const q_command *c, const char *word, size_t n)
{
    for (const q_option_row *r = c->options; r->name; r++) {
        if (strlen(r->name) == n && memcmp(r->name, word, n) == 0)
            return r;
        if (r->letter && strlen(r->letter) == n && memcmp(r->letter, word, n) == 0)
            return r;
    }
    return NULL;
}

static q_code unknown(const q_command *c, const char *word, size_t n, q_err *err)
{
    char given[64];
    q_nearest near;
    snprintf(given, sizeof given, "%.*s", (int)n, word);
    q_err_set(err, Q_E_USAGE, "unknown option %s", given);
    q_nearest_init(&near, given);
    for (const q_option_row *r = c->options; r->name; r++)
        q_nearest_offer(&near, r->name);
    if (near.n)
        q_nearest_hint(&near, err);
    else
        q_err_hint(err, "%s --help lists the options", c->name);
    return Q_E_USAGE;
}

static bool choice_ok(const char *choices, const char *value)
{
    size_t n = strlen(value);
    for (const char *at = choices; at; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, value, n) == 0 && (at[n] == '|' || !at[n]))
            return true;
    }
    return false;
}

static q_code value_add(q_arguments *out, const q_option_row *r, const char *value, q_err *err)
{
    if (r->choices && r->argument && !choice_ok(r->choices, value))
        return q_err_set(err, Q_E_USAGE, "%s takes %s, not %s", r->name, r->choices, value);
    out->values[out->n_values].row = r;
    out->values[out->n_values++].value = value;
    return Q_OK;
}

static q_code option_parse(const q_command *c, int argc, char **argv, int *i, q_arguments *out,
                           q_err *err)
{
    const char *word = argv[*i], *equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
    size_t n = equals ? (size_t)(equals - word) : strlen(word);
    const q_option_row *r = row_find(c, word, n);
    if (!r)
        return unknown(c, word, n, err);
    if (!r->argument) {
        if (equals)
            return q_err_set(err, Q_E_USAGE, "%s takes no value", r->name);
        return value_add(out, r, "", err);
    }
    if (equals)
        return value_add(out, r, equals + 1, err);
    if (*i + 1 >= argc)
        return q_err_set(err, Q_E_USAGE, "%s needs a value: %s", r->name, r->argument);
    return value_add(out, r, argv[++*i], err);
}

q_code q_options_parse(const q_command *c, int argc, char **argv, q_arena *a, q_arguments *out,
                       bool *help, q_err *err)
{
    bool only_operands = false;
    memset(out, 0, sizeof *out);
    *help = false;
    out->command = c;
    out->arena = a;
    out->operands = q_arena_array(a, const char *, argc + 1);
    out->values = q_arena_array(a, struct q_option_value, argc + 1);
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (!only_operands && strcmp(word, "--") == 0)
            only_operands = true;
        else if (!only_operands && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0))
            *help = true;
        else if (!only_operands && word[0] == '-' && word[1])
            Q_TRY(option_parse(c, argc, argv, &i, out, err));
        else
            out->operands[out->n_operands++] = word;
    }
    if (*help)
        return Q_OK;
    if (out->n_operands < c->min_operands)
        return q_err_set(err, Q_E_USAGE, "%s needs %s", c->name, c->operands);
    if (out->n_operands > c->max_operands)
        return q_err_set(err, Q_E_USAGE, "%s takes %s, not also %s", c->name,
                         c->max_operands ? c->operands : "no operand",
                         out->operands[c->max_operands]);
    return Q_OK;
}

const char *q_option_at(const q_arguments *args, const char *name, uint32_t i)
{
    for (uint32_t k = 0; k < args->n_values; k++) {
        if (strcmp(args->values[k].row->name, name) == 0 && !i--)
            return args->values[k].value;
    }
    return NULL;
}

const char *q_option_get(const q_arguments *args, const char *name)
{
    const char *value = NULL;
    for (uint32_t i = 0; q_option_at(args, name, i); i++)
        value = q_option_at(args, name, i);
    return value;
}

#define HELP_INDENT 33
#define HELP_WIDTH  96

/* Words in lines of HELP_WIDTH, the first at HELP_INDENT already. */
static void help_text(const char *text, FILE *to)
{
    size_t column = HELP_INDENT;
    while (*text) {
        size_t n = strcspn(text, " ");
        if (column > HELP_INDENT && column + n >= HELP_WIDTH) {
            fprintf(to, "\n%*s", HELP_INDENT, "");
            column = HELP_INDENT;
        } else if (column > HELP_INDENT) {
            fputc(' ', to);
            column++;
        }
        fprintf(to, "%.*s", (int)n, text);
        column += n;
        text += n + strspn(text + n, " ");
    }
    fputc('\n', to);
}

static void help_row(const q_option_row *r, FILE *to)
{
    char left[80], right[512];
    const char *argument = r->argument && r->choices ? r->choices : r->argument;
    snprintf(left, sizeof left, "%s%s%s%s%s", r->letter ? r->letter : "", r->letter ? ", " : "",
             r->name, argument ? " " : "", argument ? argument : "");
    snprintf(right, sizeof right, "%s%s", r->help, r->many ? " (may be given several times)" : "");
    fprintf(to, "  %-*s", HELP_INDENT - 3, left);
    if (strlen(left) > HELP_INDENT - 3)
        fprintf(to, "\n%*s", HELP_INDENT, "");
    else
        fputc(' ', to);
    help_text(right, to);
}

void q_options_help(const char *program, const q_command *c, FILE *to)
{
    static const q_option_row help = {"--help", "-h", NULL, false, NULL, "Print this text."};
    fprintf(to, "Usage: %s%s%s [OPTION]...%s%s\n%s\n\n", program ? program : "", program ? " " : "",
            c->name, c->operands ? " " : "", c->operands ? c->operands : "", c->summary);
    for (const q_option_row *r = c->options; r->name; r++)
        help_row(r, to);
    help_row(&help, to);
    if (c->details)
        fprintf(to, "\n%s\n", c->details);
}
