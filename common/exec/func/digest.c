/* Digests of bytes, as hexadecimal text: OpenSSL's libcrypto; crc32: zlib. */
#include <openssl/evp.h>
#include <stdio.h>
#include <zlib.h>

#include "common/exec/func/func.h"

/* Kept for the program: finding an algorithm costs several times a short digest. */
struct state {
    EVP_MD_CTX *context;
    EVP_MD *md;
    char name[12];
};

static void destroy(void *p)
{
    struct state *s = p;
    EVP_MD_CTX_free(s->context);
    EVP_MD_free(s->md);
}

static q_code get_state(q_kernel_ctx *k, const char *name, struct state **out)
{
    struct state *s = *k->state;
    if (!s) {
        s = q_arena_new(k->lifetime, struct state);
        if (!s)
            return q_budget_error(k->lifetime->budget, sizeof *s, k->err);
        Q_TRY(q_kernel_on_destroy(k, destroy, s));
        *k->state = s;
        s->context = EVP_MD_CTX_new();
    }
    *out = s;
    if (strcmp(s->name, name) == 0)
        return Q_OK;
    EVP_MD_free(s->md);
    s->md = EVP_MD_fetch(NULL, name, NULL);
    snprintf(s->name, sizeof s->name, "%s", s->md ? name : "");
    return s->md && s->context
               ? Q_OK
               : q_err_set(k->err, Q_E_INTERNAL, "libcrypto does not offer %s", name);
}

static q_code digest(q_kernel_ctx *k, const char *name, q_str s, q_func_text *t, q_str *out)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    struct state *state = NULL;
    Q_TRY(get_state(k, name, &state));
    if (!EVP_DigestInit_ex2(state->context, state->md, NULL) ||
        !EVP_DigestUpdate(state->context, s.len ? s.ptr : "", s.len) ||
        !EVP_DigestFinal_ex(state->context, bytes, &n))
        return q_err_set(k->err, Q_E_INTERNAL, "libcrypto cannot compute %s", name);
    Q_TRY(q_func_text_room(t, 2 * (size_t)n));
    for (unsigned i = 0; i < n; i++) {
        *t->at++ = hex[bytes[i] >> 4];
        *t->at++ = hex[bytes[i] & 15];
    }
    *out = q_func_text_end(t, Q_STR_PLAIN);
    return Q_OK;
}

static q_code digest_rows(q_kernel_ctx *k, const char *name, const q_column *arg, q_column *out)
{
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        Q_TRY(digest(k, name, q_func_strs(arg)[i], &t, &Q_VALUES(out, q_str)[i]));
    }
    return Q_OK;
}

q_code q_k_md5(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    return digest_rows(k, "MD5", args[0], out);
}

q_code q_k_sha1(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    return digest_rows(k, "SHA1", args[0], out);
}

static const char *sha2_of(int32_t bits)
{
    switch (bits) {
    case 224:
        return "SHA224";
    case 0:
    case 256:
        return "SHA256";
    case 384:
        return "SHA384";
    case 512:
        return "SHA512";
    default:
        return NULL;
    }
}

/* sha2(bytes, bits): NULL for a width that SHA-2 does not have. */
q_code q_k_sha2(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        const char *name = sha2_of(q_func_ints(args[1])[i]);
        if (name)
            Q_TRY(digest(k, name, q_func_strs(args[0])[i], &t, &Q_VALUES(out, q_str)[i]));
        else
            Q_TRY(q_kernel_null(k, out, i));
    }
    return Q_OK;
}

q_code q_k_crc32(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    Q_FUNC_EACH(i)
    {
        q_str s = q_func_strs(args[0])[i];
        Q_VALUES(out, int64_t)[i] = (int64_t)crc32_z(0, (const Bytef *)(s.len ? s.ptr : ""), s.len);
    }
    return Q_OK;
}
