/* quern keygen: CURVE keys for masters, workers and clients. */
#include "cli/commands.h"
#include "common/net/keys.h"

static int keygen(const q_arguments *args)
{
    q_err err;
    if (q_net_keys_generate(args->operands[0], &err) != Q_OK)
        return q_command_failed(&err);
    printf("%s (public, to hand out) and %s_secret (keep it)\n", args->operands[0],
           args->operands[0]);
    return 0;
}

static const q_option_row no_options[] = {{0}};

const q_command q_command_keygen = {
    .name = "keygen",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .options = no_options,
    .summary = "Make a key pair for encrypted connections.",
    .details = "Writes FILE, the public key, and FILE_secret, which only its owner may read. The\n"
               "master takes its own with --key FILE_secret; workers and clients take theirs and\n"
               "the master's public one (quern-worker --master-key, --conf quern.key.master).",
    .run = keygen};
