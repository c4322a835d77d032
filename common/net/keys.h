/*
 * CURVE keys, in files as czmq's zcert writes them: NAME holds the public key,
 * NAME_secret both. (Security model: libzmq's "ironhouse" when keys are listed.)
 * Thread rule: read-only once loaded.
 */
#ifndef Q_NET_KEYS_H
#define Q_NET_KEYS_H

#include "common/base/err.h"

#define Q_NET_KEY_TEXT 41 /* 40 characters of Z85 and a zero */

typedef struct q_net_keys {
    char own_public[Q_NET_KEY_TEXT], own_secret[Q_NET_KEY_TEXT];
    char server[Q_NET_KEY_TEXT]; /* a master's public key; "" on a master */
    uint32_t n_allowed;          /* public keys that a master lets in; 0: all that know its own */
    char (*allowed)[Q_NET_KEY_TEXT];
} q_net_keys;

/* Writes PATH and PATH_secret. Errors: PATH_ALREADY_EXISTS, IO. */
q_code q_net_keys_generate(const char *path, q_err *err);
/* own: a …_secret file. server, allowed: may be NULL; allowed: a public key file or a directory of
 * them. Errors: PATH_NOT_FOUND, INVALID_CONF_VALUE. */
q_code q_net_keys_load(const char *own, const char *server, const char *allowed, q_net_keys *out,
                       q_err *err);
void q_net_keys_fini(q_net_keys *k); /* wipes the secret */
bool q_net_keys_allow(const q_net_keys *k, const char *public_key);

#endif
