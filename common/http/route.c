/* Reading the texts of requests. */
#include "common/http/route.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/base/buf.h"

/* ---- paths ---- */

static size_t segment_len(const char *s)
{
    return strcspn(s, "/");
}

/* Takes part in no walk through folders. */
static bool rest_plain(const char *s)
{
    while (*s) {
        size_t n = segment_len(s);
        if ((n == 1 && s[0] == '.') || (n == 2 && s[0] == '.' && s[1] == '.'))
            return false;
        s += n;
        s += *s == '/';
    }
    return true;
}

static bool param_take(q_http_params *out, const char *s, size_t n)
{
    if (out->n == Q_HTTP_MAX_PARAMS || n >= Q_HTTP_MAX_PARAM)
        return false;
    memcpy(out->items[out->n], s, n);
    out->items[out->n++][n] = 0;
    return true;
}

bool q_http_route_match(const char *pattern, const char *path, q_http_params *out)
{
    out->n = 0;
    if (*path != '/')
        return false;
    while (*pattern == '/' && *path == '/') {
        pattern++;
        path++;
        size_t np = segment_len(pattern), n = segment_len(path);
        if (np == 1 && *pattern == '*')
            return rest_plain(path) && param_take(out, path, strlen(path));
        if (np && *pattern == '{') {
            if (!n || !param_take(out, path, n))
                return false;
        } else if (np != n || memcmp(pattern, path, n) != 0) {
            return false;
        }
        pattern += np;
        path += n;
    }
    if (*path == '/' && !path[1])
        path++;
    if (*pattern == '/' && !pattern[1])
        pattern++;
    return !*pattern && !*path;
}

/* ---- values ---- */

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

size_t q_http_unescape(char *s)
{
    char *to = s;
    for (const char *at = s; *at;) {
        int high = *at == '%' ? hex(at[1]) : -1, low = high >= 0 ? hex(at[2]) : -1;
        if (low >= 0 && (high || low)) {
            *to++ = (char)(high << 4 | low);
            at += 3;
        } else {
            *to++ = *at++;
        }
    }
    *to = 0;
    return (size_t)(to - s);
}

bool q_http_number(const char *text, uint64_t max, uint64_t *out)
{
    uint64_t n = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (n > (max - digit) / 10 || digit > max)
            return false;
        n = n * 10 + digit;
    }
    *out = n;
    return n <= max;
}

/* One entry's q, 0 only when it says so. */
static bool refused(const char *s, size_t n)
{
    for (size_t i = 0; i + 3 < n; i++) {
        if (s[i] != ';')
            continue;
        size_t k = i + 1;
        while (k < n && s[k] == ' ')
            k++;
        if (k + 2 < n && (s[k] == 'q' || s[k] == 'Q') && s[k + 1] == '=' && s[k + 2] == '0') {
            k += 3;
            while (k < n && (s[k] == '.' || s[k] == '0'))
                k++;
            return k == n || s[k] == ' ' || s[k] == ';';
        }
    }
    return false;
}

bool q_http_accepts(const char *accept, const char *type)
{
    size_t len = strlen(type);
    while (accept && *accept) {
        while (*accept == ' ' || *accept == '\t' || *accept == ',')
            accept++;
        size_t n = strcspn(accept, ",");
        if (n >= len && strncasecmp(accept, type, len) == 0 &&
            (n == len || accept[len] == ';' || accept[len] == ' ') && !refused(accept, n))
            return true;
        accept += n;
    }
    return false;
}

bool q_http_etag_match(const char *list, const char *tag)
{
    size_t len = strlen(tag);
    while (list && *list) {
        while (*list == ' ' || *list == '\t' || *list == ',')
            list++;
        if (*list == '*')
            return true;
        if (strncmp(list, "W/", 2) == 0)
            list += 2;
        if (strncmp(list, tag, len) == 0)
            return true;
        list += strcspn(list, ",");
    }
    return false;
}

bool q_http_token_match(const char *authorization, const char *token)
{
    unsigned char differ = 0;
    if (!authorization || strncasecmp(authorization, "Bearer ", 7) != 0)
        return false;
    authorization += 7;
    while (*authorization == ' ')
        authorization++;
    size_t n = strlen(authorization), wanted = strlen(token);
    for (size_t i = 0; i < n; i++)
        differ |= (unsigned char)(authorization[i] ^ token[wanted ? i % wanted : 0]);
    return wanted && n == wanted && !differ;
}

bool q_http_host_valid(const char *host)
{
    size_t n = strlen(host);
    if (!n || n > 255)
        return false;
    for (const char *s = host; *s; s++) {
        if (!isalnum((unsigned char)*s) && !strchr(".-_:[]", *s))
            return false;
    }
    return true;
}

void q_http_html(q_buf *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            q_buf_puts(out, "&amp;");
            break;
        case '<':
            q_buf_puts(out, "&lt;");
            break;
        case '>':
            q_buf_puts(out, "&gt;");
            break;
        case '"':
            q_buf_puts(out, "&quot;");
            break;
        case '\'':
            q_buf_puts(out, "&#39;");
            break;
        default:
            q_buf_putc(out, *text);
        }
    }
}
