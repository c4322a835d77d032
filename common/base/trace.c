/* Trace ids. A traceparent is VERSION-TRACE-SPAN-FLAGS in lower-case hex (W3C Trace Context). */
#include "common/base/trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRACE_DIGITS 32u
#define SPAN_DIGITS  16u

static bool given(const char *s)
{
    return s && *s;
}

static bool all_in(const char *s, size_t n, const char *set)
{
    return strlen(s) >= n && strspn(s, set) >= n;
}

static bool is_hex(const char *s, size_t n)
{
    return all_in(s, n, "0123456789abcdefABCDEF");
}

static uint64_t from_hex(const char *s)
{
    char digits[SPAN_DIGITS + 1] = "";
    memcpy(digits, s, SPAN_DIGITS);
    return strtoull(digits, NULL, 16);
}

static bool is_decimal(const char *s)
{
    size_t n = strlen(s);
    if (!n || n > 20 || !all_in(s, n, "0123456789"))
        return false;
    errno = 0;
    return strtoull(s, NULL, 10) != 0 && errno == 0;
}

/* 64 bits in decimal; false: none of the forms, or zero. */
static bool put_64(const char *s, size_t hex_digits, char *out, size_t size)
{
    if (hex_digits != SPAN_DIGITS && is_decimal(s)) {
        snprintf(out, size, "%llu", strtoull(s, NULL, 10));
        return true;
    }
    if (hex_digits != SPAN_DIGITS || !is_hex(s, SPAN_DIGITS) || !from_hex(s))
        return false;
    snprintf(out, size, "%llu", (unsigned long long)from_hex(s));
    return true;
}

static bool put_trace(const char *s, size_t hex_digits, q_trace *out)
{
    if (hex_digits != TRACE_DIGITS)
        return put_64(s, hex_digits, out->trace_id, sizeof out->trace_id);
    if (!is_hex(s, TRACE_DIGITS))
        return false;
    if (!from_hex(s)) /* the upper half is empty: an id of 64 bits */
        return put_64(s + SPAN_DIGITS, SPAN_DIGITS, out->trace_id, sizeof out->trace_id);
    for (unsigned i = 0; i < TRACE_DIGITS; i++)
        out->trace_id[i] = (char)(s[i] >= 'A' && s[i] <= 'F' ? s[i] + 'a' - 'A' : s[i]);
    out->trace_id[TRACE_DIGITS] = 0;
    return true;
}

/* 00-<32 hex>-<16 hex>-<2 hex>; later versions may go on behind a further dash. */
static bool put_parent(const char *s, q_trace *out)
{
    bool form = strlen(s) >= 55 && is_hex(s, 2) && s[2] == '-' && is_hex(s + 3, TRACE_DIGITS) &&
                s[35] == '-' && is_hex(s + 36, SPAN_DIGITS) && s[52] == '-' && is_hex(s + 53, 2) &&
                strncmp(s, "ff", 2) != 0;
    form = form && (!s[55] || (s[55] == '-' && strncmp(s, "00", 2) != 0));
    return form && put_trace(s + 3, TRACE_DIGITS, out) &&
           put_64(s + 36, SPAN_DIGITS, out->span_id, sizeof out->span_id);
}

static q_code refuse(const char *what, const char *value, const char *form, q_trace *out,
                     q_err *err)
{
    memset(out, 0, sizeof *out);
    q_err_set(err, Q_E_INVALID_CONF_VALUE, "%s=%.80s: %s is expected", what, value, form);
    return Q_E_INVALID_CONF_VALUE;
}

q_code q_trace_from(const char *trace_id, const char *span_id, const char *traceparent,
                    q_trace *out, q_err *err)
{
    static const char *const id_form = "a decimal number of 64 bits, or 16 or 32 hex digits";
    memset(out, 0, sizeof *out);
    if (given(traceparent) && !given(trace_id) && !put_parent(traceparent, out))
        return refuse("quern.traceparent", traceparent, "a W3C traceparent (00-TRACE-SPAN-FLAGS)",
                      out, err);
    if (given(trace_id)) {
        size_t n = strlen(trace_id);
        bool hex = (n == TRACE_DIGITS || n == SPAN_DIGITS) && is_hex(trace_id, n);
        /* 16 digits without a letter may be either: decimal, as Datadog's tracers write it */
        if (hex && n == SPAN_DIGITS && is_decimal(trace_id))
            hex = false;
        if (!put_trace(trace_id, hex ? n : 0, out))
            return refuse("quern.dd.traceId", trace_id, id_form, out, err);
    }
    if (given(span_id)) {
        bool hex = strlen(span_id) == SPAN_DIGITS && !is_decimal(span_id);
        if (!put_64(span_id, hex ? SPAN_DIGITS : 0, out->span_id, sizeof out->span_id))
            return refuse("quern.dd.spanId", span_id, id_form, out, err);
    }
    return Q_OK;
}
