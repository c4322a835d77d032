/* Keys as the settings name them, and the settings that demand some. */
#include "common/net/keys_demand.h"

/* Spark's switches. Each is met by CURVE keys, but for that of local files. */
static const q_setting_id demands[] = {Q_SET_AUTHENTICATE, Q_SET_NETWORK_CRYPTO, Q_SET_SSL};

static const q_setting *demanding(const q_conf *conf)
{
    for (size_t i = 0; i < sizeof demands / sizeof demands[0]; i++) {
        if (q_conf_bool(conf, demands[i]))
            return q_setting_at(demands[i]);
    }
    return NULL;
}

static q_code missing(const q_setting *by, bool own, bool server, q_err *err)
{
    const q_setting *o = q_setting_at(Q_SET_KEY_FILE), *s = q_setting_at(Q_SET_KEY_SERVER);
    const char *both = own && server ? " and " : "";
    q_err_set(err, Q_E_USAGE, "%s is true (%s), but keys are missing: %s%s%s", by->name,
              by->environment, own ? "the own one" : "", both,
              server ? "the master's public one" : "");
    q_err_hint(err, "quern keygen makes keys; then set %s (%s)%s%s%s%s%s, or %s to no",
               own ? o->name : s->name, own ? o->environment : s->environment, both,
               *both ? s->name : "", *both ? " (" : "", *both ? s->environment : "",
               *both ? ")" : "", by->environment);
    return Q_E_USAGE;
}

static q_code files_unencrypted(q_err *err)
{
    const q_setting *s = q_setting_at(Q_SET_IO_ENCRYPTION);
    q_err_set(err, Q_E_USAGE, "%s is true (%s), but quern does not encrypt temporary files",
              s->name, s->environment);
    q_err_hint(err, "set it to no, and keep SPARK_WORKER_DIR on an encrypted disk or a tmpfs");
    return Q_E_USAGE;
}

q_code q_net_keys_demand(const q_conf *conf, bool connects, q_net_keys *out, bool *has, q_err *err)
{
    const q_setting *by = demanding(conf);
    const char *own = q_conf_str(conf, Q_SET_KEY_FILE),
               *server = q_conf_str(conf, Q_SET_KEY_SERVER);
    *has = false;
    if (q_conf_bool(conf, Q_SET_IO_ENCRYPTION))
        return files_unencrypted(err);
    if (by && (!own || (connects && !server)))
        return missing(by, !own, connects && !server, err);
    if (!own)
        return Q_OK;
    Q_TRY(q_net_keys_load(own, server, connects ? NULL : q_conf_str(conf, Q_SET_KEY_ALLOWED), out,
                          err));
    *has = true;
    return Q_OK;
}
