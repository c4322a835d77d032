/* encode and decode: strings in other character sets. What a set does not have becomes '?', what is
 * malformed U+FFFD, as in Java. */
#include <strings.h>

#include "common/column/utf8.h"
#include "common/exec/func/func.h"
#include "common/io/utf8_repair.h"

typedef enum charset { UTF_8, US_ASCII, ISO_8859_1, UTF_16, UTF_16BE, UTF_16LE } charset;

static q_code find_charset(q_kernel_ctx *k, const char *function, q_str name, charset *out)
{
    static const struct {
        const char *name;
        charset set;
    } sets[] = {
        {"UTF-8", UTF_8},           {"UTF8", UTF_8},
        {"US-ASCII", US_ASCII},     {"ASCII", US_ASCII},
        {"ISO-8859-1", ISO_8859_1}, {"ISO8859_1", ISO_8859_1},
        {"LATIN1", ISO_8859_1},     {"UTF-16", UTF_16},
        {"UTF16", UTF_16},          {"UTF-16BE", UTF_16BE},
        {"UTF-16LE", UTF_16LE},
    };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        *out = sets[i].set;
        if (strlen(sets[i].name) == name.len && strncasecmp(sets[i].name, name.ptr, name.len) == 0)
            return Q_OK;
    }
    return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE, "%s: unknown character set '%.*s'",
                     function, (int)(name.len < 100 ? name.len : 100), name.ptr);
}

static void put_16(q_func_text *t, uint32_t unit, bool little)
{
    t->at[little] = (char)(unit >> 8);
    t->at[!little] = (char)unit;
    t->at += 2;
}

static void put_utf16(q_func_text *t, uint32_t c, bool little)
{
    if (c < 0x10000) {
        put_16(t, c, little);
        return;
    }
    put_16(t, 0xD800 + ((c - 0x10000) >> 10), little);
    put_16(t, 0xDC00 + (c & 0x3FF), little);
}

static q_code encode(q_str s, charset set, q_func_text *t)
{
    uint32_t top = set == US_ASCII ? 0x7F : 0xFF;
    Q_TRY(q_func_text_room(t, 2 * (size_t)s.len + 2));
    if (set == UTF_16 && s.len)
        put_16(t, 0xFEFF, false);
    for (size_t i = 0, bytes; i < s.len; i += bytes) {
        uint32_t c = q_utf8_decode(s.ptr + i, s.len - i, &bytes);
        if (set >= UTF_16)
            put_utf16(t, c, set == UTF_16LE);
        else
            *t->at++ = (char)(c <= top ? c : '?');
    }
    return Q_OK;
}

q_code q_k_encode(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    q_func_text t;
    charset set;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        q_str s = q_func_strs(args[0])[i];
        Q_TRY(find_charset(k, "encode", q_func_strs(args[1])[i], &set));
        if (set == UTF_8) {
            Q_VALUES(out, q_str)[i] = (q_str){s.ptr, s.len, 0};
            continue;
        }
        Q_TRY(encode(s, set, &t));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, 0);
    }
    return Q_OK;
}

static uint32_t unit_at(q_str s, uint32_t i, bool little)
{
    const unsigned char *p = (const unsigned char *)s.ptr + i;
    return (uint32_t)p[little] << 8 | p[!little];
}

static q_code decode_utf16(q_str s, charset set, q_func_text *t)
{
    bool little = set == UTF_16LE;
    uint32_t i = 0;
    Q_TRY(q_func_text_room(t, 2 * (size_t)s.len + 3));
    if (set == UTF_16 && s.len >= 2 &&
        (unit_at(s, 0, false) == 0xFEFF || unit_at(s, 0, true) == 0xFEFF)) {
        little = unit_at(s, 0, true) == 0xFEFF;
        i = 2;
    }
    while (i + 1 < s.len) {
        uint32_t c = unit_at(s, i, little), low;
        i += 2;
        if (c >= 0xD800 && c < 0xDC00 && i + 1 < s.len && (low = unit_at(s, i, little)) >= 0xDC00 &&
            low < 0xE000) {
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
            i += 2;
        } else if (c >= 0xD800 && c < 0xE000) {
            c = 0xFFFD;
        }
        t->at += q_utf8_encode(c, t->at);
    }
    if (i < s.len)
        t->at += q_utf8_encode(0xFFFD, t->at);
    return Q_OK;
}

static q_code decode_bytes(q_str s, charset set, q_func_text *t)
{
    Q_TRY(q_func_text_room(t, 3 * (size_t)s.len));
    for (uint32_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        t->at += q_utf8_encode(set == US_ASCII && c > 0x7F ? 0xFFFD : c, t->at);
    }
    return Q_OK;
}

q_code q_k_decode(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    q_func_text t;
    charset set;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        q_str s = q_func_strs(args[0])[i], *r = &Q_VALUES(out, q_str)[i];
        Q_TRY(find_charset(k, "decode", q_func_strs(args[1])[i], &set));
        if (set == UTF_8) {
            size_t n;
            const char *p = q_utf8_repair(s.ptr, s.len, k->scratch, &n);
            if (!p || n > (size_t)Q_FUNC_MAX_STRING)
                return q_func_no_memory(k, s.len);
            *r = (q_str){p, (uint32_t)n, 0};
            continue;
        }
        Q_TRY(set >= UTF_16 ? decode_utf16(s, set, &t) : decode_bytes(s, set, &t));
        *r = q_func_text_end(&t, 0);
    }
    return Q_OK;
}
