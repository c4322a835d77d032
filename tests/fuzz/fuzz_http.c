/* What common/http reads of requests by itself: paths, numbers, lists of a header, tokens, hosts.
 */
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/http/json.h"
#include "common/http/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void paths_try(const char *text)
{
    static const char *const patterns[] = {"/", "/job/{id}", "/static/*", "/a/{x}/b/{y}/c/{z}",
                                           "/api/quern/jobs/{id}/tasks"};
    q_http_params params;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        if (!q_http_route_match(patterns[i], text, &params))
            continue;
        Q_ASSERT(params.n <= Q_HTTP_MAX_PARAMS);
        for (uint32_t k = 0; k < params.n; k++) {
            Q_ASSERT(strlen(params.items[k]) < Q_HTTP_MAX_PARAM);
            Q_ASSERT(i == 2 || !strchr(params.items[k], '/'));
            Q_ASSERT(strncmp(params.items[k], "../", 3) != 0 && !strstr(params.items[k], "/../"));
        }
    }
}

static void lists_try(const char *text)
{
    uint64_t number;
    if (q_http_number(text, 500, &number))
        Q_ASSERT(number <= 500);
    if (q_http_number(text, UINT64_MAX, &number))
        Q_ASSERT(strspn(text, "0123456789") == strlen(text));
    q_http_accepts(text, "application/openmetrics-text");
    q_http_etag_match(text, "\"0123456789abcdef\"");
    Q_ASSERT(!q_http_token_match(text, ""));
    if (q_http_token_match(text, "secret"))
        Q_ASSERT(strstr(text, "secret"));
    if (q_http_host_valid(text))
        Q_ASSERT(!strpbrk(text, "<>\"'& /\\"));
}

static void texts_try(const uint8_t *data, size_t n, const char *text)
{
    q_buf b;
    q_buf_init(&b);
    q_http_html(&b, text);
    Q_ASSERT(!strpbrk(q_buf_cstr(&b), "<>\"'"));
    q_buf_clear(&b);
    json_t *value = q_json_textn((const char *)data, n);
    Q_ASSERT(value);
    q_json_print(&b, value);
    json_t *again = json_loadb(b.data, b.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    Q_ASSERT(again); /* whatever the bytes were, what comes out is JSON */
    json_decref(again);
    q_buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *text = malloc(n + 1);
    Q_ASSERT(text);
    memcpy(text, data, n);
    text[n] = 0;
    paths_try(text);
    lists_try(text);
    texts_try(data, n, text);
    size_t len = q_http_unescape(text);
    Q_ASSERT(len == strlen(text) && len <= n);
    paths_try(text);
    free(text);
    return 0;
}
