/* url_encode and url_decode: application/x-www-form-urlencoded in UTF-8, as java.net.URLEncoder and
 * URLDecoder read and write it. */
#include "common/column/utf8.h"
#include "common/exec/func/func.h"
#include "common/io/utf8_repair.h"

/* Malformed UTF-8 is U+FFFD to Java, which sees characters where a string has bytes. */
static q_code well_formed(q_kernel_ctx *k, q_str s, q_str *out)
{
    size_t n;
    *out = s;
    const char *p = q_utf8_repair(s.ptr, s.len, k->scratch, &n);
    if (!p || n > (size_t)Q_FUNC_MAX_STRING)
        return q_func_no_memory(k, s.len);
    *out = (q_str){p, (uint32_t)n, 0};
    return Q_OK;
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '*';
}

q_code q_k_url_encode(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    static const char digits[] = "0123456789ABCDEF";
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        q_str s;
        Q_TRY(well_formed(k, q_func_strs(args[0])[i], &s));
        Q_TRY(q_func_text_room(&t, 3 * (uint64_t)s.len));
        for (uint32_t j = 0; j < s.len; j++) {
            unsigned char c = (unsigned char)s.ptr[j];
            if (is_plain((char)c)) {
                *t.at++ = (char)c;
            } else if (c == ' ') {
                *t.at++ = '+';
            } else {
                *t.at++ = '%';
                *t.at++ = digits[c >> 4];
                *t.at++ = digits[c & 15];
            }
        }
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, 0);
    }
    return Q_OK;
}

/* ---- decoding ---- */

/* Value of a hexadecimal digit of any script, as Java's Character.digit(c, 16); -1: none. */
static int hex_digit(uint32_t c)
{
    uint32_t lower = c < 0x80 ? c | 0x20 : c;
    if (lower >= 'a' && lower <= 'f')
        return (int)(lower - 'a') + 10;
    if (c >= 0xFF21 && c <= 0xFF26) /* full-width A to F */
        return (int)(c - 0xFF21) + 10;
    if (c >= 0xFF41 && c <= 0xFF46)
        return (int)(c - 0xFF41) + 10;
    return q_utf8_digit(c);
}

/* The two characters behind a %, which Java reads as a number: one digit may be a sign, and -0 is
 * a number that is not negative. Bytes they take; 0: they are none. */
static size_t read_escape(const char *s, size_t n, int *value)
{
    size_t first_bytes, second_bytes;
    if (n == 0)
        return 0;
    uint32_t first = q_utf8_decode(s, n, &first_bytes);
    if (first_bytes == n)
        return 0;
    int low = hex_digit(q_utf8_decode(s + first_bytes, n - first_bytes, &second_bytes));
    int high = first == '+' || first == '-' ? 0 : hex_digit(first);
    if (low < 0 || high < 0 || (first == '-' && low > 0))
        return 0;
    *value = high * 16 + low;
    return first_bytes + second_bytes;
}

static q_code cannot_decode(q_kernel_ctx *k, q_str s)
{
    q_err_set(k->err, Q_E_CANNOT_DECODE_URL, "url_decode: a bad escape in '%.*s'",
              (int)(s.len < 100 ? s.len : 100), s.ptr);
    q_err_hint(k->err, "a %% is followed by two hexadecimal digits; a %% itself is %%25");
    return Q_E_CANNOT_DECODE_URL;
}

static q_code decode(q_kernel_ctx *k, q_str s, q_func_text *t)
{
    Q_TRY(q_func_text_room(t, s.len));
    for (uint32_t i = 0; i < s.len;) {
        char c = s.ptr[i++];
        int value = c == '+' ? ' ' : c;
        if (c == '%') {
            size_t bytes = read_escape(s.ptr + i, s.len - i, &value);
            if (!bytes)
                return cannot_decode(k, s);
            i += (uint32_t)bytes;
        }
        *t->at++ = (char)value;
    }
    return Q_OK;
}

q_code q_k_url_decode(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        q_str s;
        Q_TRY(well_formed(k, q_func_strs(args[0])[i], &s));
        Q_TRY(decode(k, s, &t));
        Q_TRY(well_formed(k, q_func_text_end(&t, 0), &Q_VALUES(out, q_str)[i]));
    }
    return Q_OK;
}
