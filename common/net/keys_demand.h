/*
 * The keys that the settings name (quern.key.*). spark.authenticate, spark.network.crypto.enabled
 * and spark.ssl.enabled, which the environment of Spark images sets as SPARK_…_ENABLED, are
 * promises about the connections: where keys for them are missing, nothing starts.
 * Thread rule: one thread at a time.
 */
#ifndef Q_NET_KEYS_DEMAND_H
#define Q_NET_KEYS_DEMAND_H

#include "common/base/conf.h"
#include "common/net/keys.h"

/* connects: a worker or client, which needs the master's public key too. *has: whether out was
 * filled (q_net_keys_fini). Errors: USAGE naming what is missing, those of q_net_keys_load. */
q_code q_net_keys_demand(const q_conf *conf, bool connects, q_net_keys *out, bool *has, q_err *err);

#endif
