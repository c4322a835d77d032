/* CURVE keys in files. */
#include "common/net/keys.h"

#include <czmq.h>
#include <dirent.h>
#include <sys/stat.h>

q_code q_net_keys_generate(const char *path, q_err *err)
{
    char secret[4096];
    snprintf(secret, sizeof secret, "%s_secret", path);
    if (access(path, F_OK) == 0 || access(secret, F_OK) == 0)
        return q_err_set(err, Q_E_PATH_ALREADY_EXISTS, "%s exists already", path);
    mode_t mask = umask(077);
    zcert_t *cert = zcert_new();
    int rc = cert ? zcert_save(cert, path) : -1;
    zcert_destroy(&cert);
    umask(mask);
    if (rc != 0)
        return q_err_errno(err, Q_E_IO, errno, "cannot write the keys %s and %s", path, secret);
    chmod(path, 0644);
    return Q_OK;
}

static q_code load(const char *path, bool want_secret, char public_key[Q_NET_KEY_TEXT],
                   char secret_key[Q_NET_KEY_TEXT], q_err *err)
{
    static const char none[] = "0000000000000000000000000000000000000000";
    if (access(path, R_OK) != 0)
        return q_err_errno(err, Q_E_PATH_NOT_FOUND, errno, "cannot read the key file %s", path);
    zcert_t *cert = zcert_load(path);
    if (!cert)
        return q_err_set(err, Q_E_INVALID_CONF_VALUE, "%s holds no key", path);
    memcpy(public_key, zcert_public_txt(cert), Q_NET_KEY_TEXT);
    bool secret = zcert_secret_txt(cert) && strcmp(zcert_secret_txt(cert), none) != 0;
    if (secret && want_secret)
        memcpy(secret_key, zcert_secret_txt(cert), Q_NET_KEY_TEXT);
    zcert_destroy(&cert);
    if (want_secret && !secret) {
        q_err_set(err, Q_E_INVALID_CONF_VALUE, "%s holds only a public key", path);
        q_err_hint(err, "name the file that ends in _secret");
        return Q_E_INVALID_CONF_VALUE;
    }
    return Q_OK;
}

static q_code allow(q_net_keys *k, const char *path, q_err *err)
{
    char(*more)[Q_NET_KEY_TEXT] = realloc(k->allowed, (k->n_allowed + 1) * sizeof *more);
    if (!more)
        return q_err_set(err, Q_E_OUT_OF_MEMORY, "no memory for the key %s", path);
    k->allowed = more;
    Q_TRY(load(path, false, more[k->n_allowed], NULL, err));
    k->n_allowed++;
    return Q_OK;
}

/* Every file of the directory that is no secret. */
static q_code allow_all(q_net_keys *k, const char *path, q_err *err)
{
    DIR *dir = opendir(path);
    if (!dir)
        return q_err_errno(err, Q_E_PATH_NOT_FOUND, errno, "cannot read the keys in %s", path);
    q_code code = Q_OK;
    for (struct dirent *e; code == Q_OK && (e = readdir(dir));) {
        char file[4096];
        struct stat st;
        size_t n = strlen(e->d_name);
        snprintf(file, sizeof file, "%s/%s", path, e->d_name);
        bool secret = n > 7 && strcmp(e->d_name + n - 7, "_secret") == 0;
        if (e->d_name[0] == '.' || secret || stat(file, &st) != 0 || !S_ISREG(st.st_mode))
            continue;
        code = allow(k, file, err);
    }
    closedir(dir);
    if (code == Q_OK && k->n_allowed == 0)
        code = q_err_set(err, Q_E_INVALID_CONF_VALUE, "no public key in %s: nobody could connect",
                         path);
    return code;
}

q_code q_net_keys_load(const char *own, const char *server, const char *allowed, q_net_keys *out,
                       q_err *err)
{
    struct stat st;
    memset(out, 0, sizeof *out);
    q_code code = load(own, true, out->own_public, out->own_secret, err);
    if (code == Q_OK && server)
        code = load(server, false, out->server, NULL, err);
    if (code == Q_OK && allowed) {
        bool dir = stat(allowed, &st) == 0 && S_ISDIR(st.st_mode);
        code = dir ? allow_all(out, allowed, err) : allow(out, allowed, err);
    }
    if (code != Q_OK)
        q_net_keys_fini(out);
    return code;
}

void q_net_keys_fini(q_net_keys *k)
{
    free(k->allowed);
    explicit_bzero(k, sizeof *k);
}

bool q_net_keys_allow(const q_net_keys *k, const char *public_key)
{
    for (uint32_t i = 0; i < k->n_allowed; i++) {
        if (strcmp(k->allowed[i], public_key) == 0)
            return true;
    }
    return k->n_allowed == 0;
}
