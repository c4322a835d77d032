/* Settings of a command. */
#include "cli/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *option;
    q_setting_id setting;
} shorthands[] = {
    {"--master", Q_SET_MASTER},
    {"--name", Q_SET_APP_NAME},
    {"--executor-memory", Q_SET_EXECUTOR_MEMORY},
    {"--driver-memory", Q_SET_DRIVER_MEMORY},
    {"--total-executor-cores", Q_SET_CORES_MAX},
    {"--stage-name", Q_SET_PIPELINE_STAGE},
    {"--status-dsn", Q_SET_STATUS_DSN},
};

static q_code properties_read(const q_arguments *args, q_conf *c, q_err *err)
{
    const char *file = q_option_get(args, "--properties-file"), *dir = getenv("SPARK_CONF_DIR");
    char path[4096];
    if (file)
        return q_conf_load(c, file, err);
    if (!dir || !*dir)
        return Q_OK;
    snprintf(path, sizeof path, "%s/spark-defaults.conf", dir);
    return access(path, R_OK) == 0 ? q_conf_load(c, path, err) : Q_OK;
}

static q_code all_read(const q_arguments *args, q_conf *c, q_err *err)
{
    const char *text;
    Q_TRY(q_conf_load_environment(c, err));
    Q_TRY(properties_read(args, c, err));
    for (uint32_t i = 0; (text = q_option_at(args, "--conf", i)); i++)
        Q_TRY(q_conf_set_pair(c, Q_CONF_ARGUMENT, text, err));
    for (size_t i = 0; i < sizeof shorthands / sizeof shorthands[0]; i++) {
        text = q_option_get(args, shorthands[i].option);
        const char *name = q_setting_at(shorthands[i].setting)->name;
        if (text && q_conf_set(c, Q_CONF_ARGUMENT, name, text, err) != Q_OK) {
            q_err_at_source(err, shorthands[i].option);
            return err->code;
        }
    }
    if (q_option_given(args, "--keep-going"))
        Q_TRY(q_conf_set(c, Q_CONF_ARGUMENT, q_setting_at(Q_SET_KEEP_GOING)->name, "true", err));
    return Q_OK;
}

q_code q_settings_read(const q_arguments *args, q_conf **out, q_err *err)
{
    *out = q_conf_new();
    q_code code = all_read(args, *out, err);
    if (code != Q_OK)
        q_conf_destroy(out);
    return code;
}

static bool goes_with_jobs(const char *key)
{
    for (int i = 0; i < Q_N_SETTINGS; i++) {
        const q_setting *s = q_setting_at((q_setting_id)i);
        if (strcmp(s->name, key) == 0)
            return strncmp(s->scope, "job", 3) == 0;
    }
    return true;
}

void q_settings_of_job(const q_conf *conf, q_arena *a, q_pairs *out)
{
    const char *key, *value;
    uint32_t n = 0;
    while (q_conf_at(conf, n, &key, &value))
        n++;
    out->n = 0;
    out->items = q_arena_array(a, q_pair, n + 1);
    for (uint32_t i = 0; q_conf_at(conf, i, &key, &value); i++) {
        if (goes_with_jobs(key))
            out->items[out->n++] = (q_pair){key, value};
    }
}
