/* Strings: code points, sounds, distances, base 64. */
#include "common/column/utf8.h"
#include "common/exec/func/func.h"

q_code q_k_ascii(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str *s = q_func_strs(args[0]);
    size_t bytes;
    Q_FUNC_EACH(i)
    {
        Q_VALUES(out, int32_t)
        [i] = s[i].len ? (int32_t)q_utf8_decode(s[i].ptr, s[i].len, &bytes) : 0;
    }
    return Q_OK;
}

/* The character of the number modulo 256; "" for negative numbers. */
q_code q_k_chr(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const int64_t *n = q_func_longs(args[0]);
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        Q_TRY(q_func_text_room(&t, 4));
        if (n[i] >= 0)
            t.at += q_utf8_encode((uint32_t)(n[i] & 0xFF), t.at);
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, 0);
    }
    return Q_OK;
}

/* ---- soundex ---- */

/* Codes of A to Z; 7: silent, does not part equal codes. */
static const char sounds[] = "01230127022455012623017202";

static char sound_of(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 32);
    return c >= 'A' && c <= 'Z' ? sounds[c - 'A'] : 0;
}

static q_str soundex(q_str s, char code[4])
{
    char last = s.len ? sound_of(s.ptr[0]) : 0;
    if (!last)
        return s; /* does not begin with a letter */
    memset(code, '0', 4);
    code[0] = (char)(s.ptr[0] & ~0x20);
    for (uint32_t i = 1, n = 1; i < s.len && n < 4; i++) {
        char c = sound_of(s.ptr[i]);
        if (c == '7')
            continue;
        if (c && c != '0' && c != last)
            code[n++] = c;
        last = c ? c : '0';
    }
    return (q_str){code, 4, Q_STR_PLAIN};
}

q_code q_k_soundex(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    char *codes = q_kernel_bytes(k, 4 * (size_t)k->n_rows + 4);
    if (!codes)
        return Q_E_OUT_OF_MEMORY;
    Q_FUNC_EACH(i)
    {
        Q_VALUES(out, q_str)[i] = soundex(q_func_strs(args[0])[i], codes + 4 * (size_t)i);
    }
    return Q_OK;
}

/* ---- Levenshtein distance ---- */

static q_code decode_all(q_kernel_ctx *k, q_str s, uint32_t **chars, uint32_t *n)
{
    *n = 0;
    *chars = q_arena_alloc(k->scratch, sizeof **chars * ((size_t)s.len + 1));
    if (!*chars)
        return q_func_no_memory(k, sizeof **chars * s.len);
    for (size_t i = 0, bytes; i < s.len; i += bytes)
        (*chars)[(*n)++] = q_utf8_decode(s.ptr + i, s.len - i, &bytes);
    return Q_OK;
}

/* Wagner and Fischer, one row of the table at a time. */
static q_code levenshtein(q_kernel_ctx *k, q_str a, q_str b, int32_t *distance)
{
    uint32_t *x, *y, n, m;
    Q_TRY(decode_all(k, a, &x, &n));
    Q_TRY(decode_all(k, b, &y, &m));
    uint32_t *row = q_arena_alloc(k->scratch, sizeof *row * ((size_t)m + 1));
    if (!row)
        return q_func_no_memory(k, sizeof *row * m);
    for (uint32_t j = 0; j <= m; j++)
        row[j] = j;
    for (uint32_t i = 1; i <= n; i++) {
        uint32_t diagonal = row[0];
        row[0] = i;
        for (uint32_t j = 1; j <= m; j++) {
            uint32_t change = diagonal + (x[i - 1] != y[j - 1]);
            uint32_t insert = row[j - 1] + 1, remove = row[j] + 1;
            diagonal = row[j];
            row[j] = change < insert ? change : insert;
            row[j] = row[j] < remove ? row[j] : remove;
        }
    }
    *distance = (int32_t)row[m];
    return Q_OK;
}

/* levenshtein(a, b[, threshold]): -1 when it is more. */
q_code q_k_levenshtein(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_str *a = q_func_strs(args[0]), *b = q_func_strs(args[1]);
    int32_t *r = Q_VALUES(out, int32_t);
    Q_FUNC_EACH(i)
    {
        Q_TRY(levenshtein(k, a[i], b[i], &r[i]));
        if (e->n_args > 2 && r[i] > q_func_ints(args[2])[i])
            r[i] = -1;
    }
    return Q_OK;
}

/* ---- base 64, with MIME's lines of 76 characters as Spark writes them ---- */

#define LINE 76

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static char *encode_group(char *p, const unsigned char *s, size_t n)
{
    uint32_t v = (uint32_t)s[0] << 16 | (n > 1 ? (uint32_t)s[1] << 8 : 0) | (n > 2 ? s[2] : 0);
    *p++ = digits64[v >> 18];
    *p++ = digits64[v >> 12 & 63];
    *p++ = n > 1 ? digits64[v >> 6 & 63] : '=';
    *p++ = n > 2 ? digits64[v & 63] : '=';
    return p;
}

q_code q_k_base64(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str *s = q_func_strs(args[0]);
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        size_t groups = ((size_t)s[i].len + 2) / 3;
        Q_TRY(q_func_text_room(&t, groups * 4 + groups * 4 / LINE * 2));
        for (size_t g = 0; g < groups; g++) {
            if (g && g % (LINE / 4) == 0) {
                *t.at++ = '\r';
                *t.at++ = '\n';
            }
            size_t left = s[i].len - 3 * g;
            t.at = encode_group(t.at, (const unsigned char *)s[i].ptr + 3 * g, left < 3 ? left : 3);
        }
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, groups <= LINE / 4 ? Q_STR_PLAIN : 0);
    }
    return Q_OK;
}

static int digit64(char c)
{
    const char *p = c ? memchr(digits64, c, 64) : NULL;
    return p ? (int)(p - digits64) : -1;
}

static q_code bad_base64(q_kernel_ctx *k, q_str s, const char *why)
{
    return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE, "unbase64: %s in '%.*s'", why,
                     (int)(s.len < 100 ? s.len : 100), s.ptr);
}

/* Behind the first '=': one more where two digits came before, then only bytes that are ignored. */
static q_code check_padding(q_kernel_ctx *k, q_str s, uint32_t i, int digits)
{
    if (digits < 2)
        return bad_base64(k, s, "'=' where there must be digits");
    if (digits == 2) {
        while (i < s.len && s.ptr[i] != '=' && digit64(s.ptr[i]) < 0)
            i++;
        if (i == s.len || s.ptr[i++] != '=')
            return bad_base64(k, s, "a missing '='");
    }
    for (; i < s.len; i++) {
        if (digit64(s.ptr[i]) >= 0)
            return bad_base64(k, s, "digits behind '='");
    }
    return Q_OK;
}

/* MIME: bytes that are no digits are ignored; the padding may be absent. */
static q_code decode64(q_kernel_ctx *k, q_str s, q_func_text *t)
{
    uint32_t v = 0;
    int digits = 0;
    Q_TRY(q_func_text_room(t, (size_t)s.len / 4 * 3 + 3));
    for (uint32_t i = 0; i < s.len; i++) {
        int d = digit64(s.ptr[i]);
        if (s.ptr[i] == '=') {
            Q_TRY(check_padding(k, s, i + 1, digits));
            break;
        }
        if (d < 0)
            continue;
        v = v << 6 | (uint32_t)d;
        if (++digits == 4) {
            *t->at++ = (char)(v >> 16);
            *t->at++ = (char)(v >> 8);
            *t->at++ = (char)v;
            digits = 0;
        }
    }
    if (digits == 1)
        return bad_base64(k, s, "a last digit that is too few");
    if (digits >= 2)
        *t->at++ = (char)(v >> (digits == 2 ? 4 : 10));
    if (digits == 3)
        *t->at++ = (char)(v >> 2);
    return Q_OK;
}

q_code q_k_unbase64(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        Q_TRY(decode64(k, q_func_strs(args[0])[i], &t));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, 0);
    }
    return Q_OK;
}
