/* quern: the command line. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "common/base/nearest.h"
#include "common/base/version.h"

static void usage(FILE *to)
{
    fprintf(to, "Usage: quern COMMAND [OPTION]...\n\nCommands:\n");
    for (uint32_t i = 0; q_command_at(i); i++)
        fprintf(to, "  %-12s %s\n", q_command_at(i)->name, q_command_at(i)->summary);
    fprintf(to, "  %-12s %s\n", "help", "Print this text, or that of a command.");
    fprintf(to, "\nquern COMMAND --help tells more; quern --version tells the version.\n");
}

static int wrong_command(const char *name)
{
    q_err err;
    q_nearest near;
    q_err_set(&err, Q_E_USAGE, "unknown command %.100s", name);
    q_nearest_init(&near, name);
    for (uint32_t i = 0; q_command_at(i); i++)
        q_nearest_offer(&near, q_command_at(i)->name);
    if (near.n)
        q_nearest_hint(&near, &err);
    else
        q_err_hint(&err, "quern --help lists the commands");
    return q_command_failed(&err);
}

/* quern help [COMMAND] */
static int help_on(const char *name)
{
    const q_command *command = name ? q_command_find(name) : NULL;
    if (name && !command)
        return wrong_command(name);
    if (command)
        q_options_help("quern", command, stdout);
    else
        usage(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is an error of the write */
#ifdef __x86_64__
    if (!__builtin_cpu_supports("avx2")) {
        fprintf(stderr,
                "quern: this build needs a processor with AVX2; build with ARCH= for others\n");
        return 1;
    }
#endif
    if (argc < 2) {
        usage(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return help_on(argv[2]);
    if (strcmp(argv[1], "--version") == 0) {
        printf("quern %s (Spark SQL %s)\n", Q_VERSION, Q_SPARK_VERSION);
        return 0;
    }
    const q_command *command = q_command_find(argv[1]);
    if (!command)
        return wrong_command(argv[1]);
    q_arena arena;
    q_arguments args;
    q_err err;
    bool help;
    int status = 0;
    q_arena_init(&arena, NULL);
    if (q_options_parse(command, argc - 2, argv + 2, &arena, &args, &help, &err) != Q_OK)
        status = q_command_failed(&err);
    else if (help)
        q_options_help("quern", command, stdout);
    else
        status = command->run(&args);
    q_arena_fini(&arena);
    return status;
}
