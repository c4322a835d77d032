/* Adapter of iconv. */
#include "common/io/recode.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#define ROOM ((size_t)64 << 10)

bool q_encoding_is_utf8(const char *encoding)
{
    return !encoding || strcasecmp(encoding, "utf-8") == 0 || strcasecmp(encoding, "utf8") == 0;
}

bool q_encoding_is_known(const char *encoding)
{
    if (q_encoding_is_utf8(encoding))
        return true;
    iconv_t it = strchr(encoding, '/') ? (iconv_t)-1 : iconv_open("UTF-8", encoding);
    if (it == (iconv_t)-1)
        return false;
    iconv_close(it);
    return true;
}

static bool starts_with(const char *s, const char *with)
{
    return strncasecmp(s, with, strlen(with)) == 0;
}

/* Bytes of the smallest character: what is skipped where something is wrong. */
static size_t unit_of(const char *encoding)
{
    return starts_with(encoding, "utf-16") ? 2 : starts_with(encoding, "utf-32") ? 4 : 1;
}

/* Without a mark Java reads them with the high byte first, iconv with the machine's. */
static const char *byte_order(const char *encoding, const char *data, uint64_t bytes)
{
    if (strcasecmp(encoding, "utf-16") == 0)
        return bytes >= 2 && (memcmp(data, "\xFE\xFF", 2) == 0 || memcmp(data, "\xFF\xFE", 2) == 0)
                   ? encoding
                   : "UTF-16BE";
    if (strcasecmp(encoding, "utf-32") == 0)
        return bytes >= 4 && (memcmp(data, "\0\0\xFE\xFF", 4) == 0 ||
                              memcmp(data, "\xFF\xFE\0\0", 4) == 0)
                   ? encoding
                   : "UTF-32BE";
    return encoding;
}

static void put_replacement(q_inflated *out)
{
    memcpy(out->data + out->bytes, "\xEF\xBF\xBD", 3);
    out->bytes += 3;
}

static q_code recode_all(iconv_t it, size_t unit, const char *data, uint64_t bytes, q_inflated *out,
                         q_err *err)
{
    char *in = (char *)data;
    size_t left = bytes;
    while (left) {
        Q_TRY(q_inflated_reserve(out, ROOM, err));
        char *to = out->data + out->bytes;
        size_t room = ROOM - 3;
        size_t got = iconv(it, &in, &left, &to, &room);
        out->bytes = (uint64_t)(to - out->data);
        if (got != (size_t)-1 || errno == E2BIG)
            continue;
        size_t bad = left < unit || errno == EINVAL ? left : unit;
        put_replacement(out);
        in += bad;
        left -= bad;
    }
    return Q_OK;
}

q_code q_recode(const char *encoding, const char *data, uint64_t bytes, q_budget *budget,
                q_inflated *out, q_err *err)
{
    *out = (q_inflated){.budget = budget};
    iconv_t it = iconv_open("UTF-8", byte_order(encoding, data, bytes));
    if (it == (iconv_t)-1)
        return q_err_set(err, Q_E_INVALID_OPTION, "the encoding %s is not known here", encoding);
    q_code code = q_inflated_reserve(out, bytes, err);
    if (code == Q_OK)
        code = recode_all(it, unit_of(encoding), data, bytes, out, err);
    iconv_close(it);
    if (code != Q_OK)
        q_inflated_fini(out);
    return code;
}
