/* Numbers and bytes in other bases: bin, hex, unhex, conv. */
#include "common/exec/func/func.h"

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* v in a base, at the end of a buffer of 64; returns where it begins. */
static const char *put_base(uint64_t v, unsigned base, char buffer[64])
{
    char *p = buffer + 64;
    do {
        *--p = digits[v % base];
        v /= base;
    } while (v);
    return p;
}

static q_code number_in_base(q_kernel_ctx *k, const q_column *arg, q_column *out, unsigned base)
{
    q_func_text t;
    char buffer[64];
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        const char *p = put_base((uint64_t)q_func_longs(arg)[i], base, buffer);
        Q_TRY(q_func_text_put(&t, p, (size_t)(buffer + 64 - p)));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, Q_STR_PLAIN);
    }
    return Q_OK;
}

q_code q_k_bin(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    return number_in_base(k, args[0], out, 2);
}

q_code q_k_hex(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    if (e->args[0]->type.kind == Q_BIGINT)
        return number_in_base(k, args[0], out, 16);
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        q_str s = q_func_strs(args[0])[i];
        Q_TRY(q_func_text_room(&t, 2 * (size_t)s.len));
        for (uint32_t j = 0; j < s.len; j++) {
            *t.at++ = digits[(unsigned char)s.ptr[j] >> 4];
            *t.at++ = digits[s.ptr[j] & 15];
        }
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, Q_STR_PLAIN);
    }
    return Q_OK;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : 99;
}

/* An odd number of digits has a zero before it; NULL for anything else than digits. */
q_code q_k_unhex(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        q_str s = q_func_strs(args[0])[i];
        Q_TRY(q_func_text_room(&t, s.len / 2 + 1));
        bool ok = true;
        int high = 0;
        for (uint32_t j = 0; j < s.len && ok; j++) {
            int v = digit_value(s.ptr[j]);
            ok = v < 16;
            if ((s.len - j) % 2)
                *t.at++ = (char)(high << 4 | v);
            high = (s.len - j) % 2 ? 0 : v;
        }
        if (!ok) {
            t.at = t.row;
            Q_TRY(q_kernel_null(k, out, i));
        }
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, 0);
    }
    return Q_OK;
}

/* Digits up to the first that is none in the base; the largest number when it does not fit. */
static uint64_t read_base(const char *p, const char *end, unsigned base)
{
    uint64_t v = 0;
    for (; p < end && digit_value(*p) < (int)base; p++) {
        if (__builtin_mul_overflow(v, (uint64_t)base, &v) ||
            __builtin_add_overflow(v, (uint64_t)digit_value(*p), &v))
            return UINT64_MAX;
    }
    return v;
}

/* conv(text, from, to): a negative `to` makes the result signed. False: NULL. */
static bool convert(q_str s, int32_t from, int32_t to, char buffer[65], q_str *out)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    while (p < end && *p == ' ')
        p++;
    while (end > p && end[-1] == ' ')
        end--;
    if (p == end || from < 2 || from > 36 || to > 36 || to < -36 || (to > -2 && to < 2))
        return false;
    bool negative = *p == '-';
    uint64_t v = read_base(p + negative, end, (unsigned)from);
    if (negative && to > 0)
        v = v >> 63 ? UINT64_MAX : 0 - v;
    if (to < 0 && v >> 63) {
        v = 0 - v;
        negative = true;
    }
    char *at = (char *)put_base(v, (unsigned)(to < 0 ? -to : to), buffer + 1);
    if (negative && to < 0)
        *--at = '-';
    *out = (q_str){at, (uint32_t)(buffer + 65 - at), 0};
    return true;
}

q_code q_k_conv(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    q_func_text t;
    char buffer[65];
    q_str v;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        if (!convert(q_func_strs(args[0])[i], q_func_ints(args[1])[i], q_func_ints(args[2])[i],
                     buffer, &v)) {
            Q_TRY(q_kernel_null(k, out, i));
            continue;
        }
        Q_TRY(q_func_text_put(&t, v.ptr, v.len));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, Q_STR_PLAIN);
    }
    return Q_OK;
}
