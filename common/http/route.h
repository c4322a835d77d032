/*
 * What is read of a request's text by code of ours: paths against patterns, numbers, lists of
 * media types, entity tags, tokens, host names. Pure functions over text; each has its share of
 * tests/fuzz/fuzz_http.c.
 */
#ifndef Q_HTTP_ROUTE_H
#define Q_HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/buf.h"

#define Q_HTTP_MAX_PARAMS 3
#define Q_HTTP_MAX_PARAM  200 /* bytes of one, its NUL included */

typedef struct q_http_params {
    uint32_t n;
    char items[Q_HTTP_MAX_PARAMS][Q_HTTP_MAX_PARAM];
} q_http_params;

/* Whether the path fits; a slash at its end does not matter. {name} takes one segment that is not
 * empty, a last "*" the rest, which may be empty and has no "." or ".." segments. */
bool q_http_route_match(const char *pattern, const char *path, q_http_params *out);
/* Undo %XX in place; returns the new length. %00 and what is no such pair stay as they are. */
size_t q_http_unescape(char *s);
/* Decimal digits only, at most max. */
bool q_http_number(const char *text, uint64_t max, uint64_t *out);
/* Whether a list of media types (Accept) names the type itself (wildcards do not count), with a q
 * above 0. */
bool q_http_accepts(const char *accept, const char *type);
/* Whether If-None-Match names the tag (with its quotes). */
bool q_http_etag_match(const char *list, const char *tag);
/* "Bearer TOKEN", compared in a time that does not depend on where they differ. */
bool q_http_token_match(const char *authorization, const char *token);
/* NAME, NAME:PORT, [ADDRESS]:PORT in the characters that those have. */
bool q_http_host_valid(const char *host);
/* Appends text with the characters that mean something in HTML escaped. */
void q_http_html(q_buf *out, const char *text);

#endif
