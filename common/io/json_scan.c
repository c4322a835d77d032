/* The JSON scanner. */
#include "common/io/json_scan.h"

#include <math.h>

#include "common/io/byte_scan.h"
#include "common/column/utf8.h"

const char q_json_cut_short[] = "the input ends inside a record";

static bool fail(q_json_scan *s, const char *reason)
{
    s->reason = s->at >= s->end ? q_json_cut_short : reason;
    return false;
}

/* At a slash. */
static bool skip_comment(q_json_scan *s)
{
    const char *p = s->at, *end = s->end;
    if (end - p < 2 || (p[1] != '*' && p[1] != '/'))
        return false;
    if (p[1] == '/') {
        while (p < end && *p != '\n' && *p != '\r')
            p++;
        s->at = p;
        return true;
    }
    const char *close = memmem(p + 2, (size_t)(end - p - 2), "*/", 2);
    if (close)
        s->at = close + 2;
    return close != NULL;
}

void q_json_skip_space(q_json_scan *s)
{
    for (; s->at < s->end; s->at++) {
        char c = *s->at;
        while (c == '/' && s->options->allow_comments && skip_comment(s))
            c = s->at < s->end ? *s->at : 'x';
        if (s->at >= s->end || (c != ' ' && c != '\n' && c != '\r' && c != '\t'))
            return;
    }
}

/* ---- strings ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* s->at is behind a backslash. */
static bool check_escape(q_json_scan *s)
{
    if (s->at >= s->end)
        return fail(s, "");
    char c = *s->at++;
    if (c == 'u') {
        for (int i = 0; i < 4; i++, s->at++)
            if (s->at >= s->end || hex_value(*s->at) < 0)
                return fail(s, "bad \\u escape in a string");
        return true;
    }
    if (strchr("\"\\/bfnrt", c) && c)
        return true;
    if (s->options->allow_backslash_any)
        return true;
    s->at--;
    return fail(s, "unknown escape in a string");
}

/* s->at is at the opening quote. */
static bool scan_string(q_json_scan *s, q_json_value *out)
{
    char quote = *s->at;
    const char *begin = ++s->at;
    uint32_t high = 0;
    bool control = false;
    out->kind = Q_JSON_STRING;
    out->escaped = false;
    for (;;) {
        s->at = q_scan_string(s->at, s->end, quote, &high);
        if (s->at >= s->end) {
            s->at = s->end;
            return fail(s, "");
        }
        char c = *s->at;
        if (c == quote)
            break;
        if (c == '\\') {
            s->at++;
            out->escaped = true;
            if (!check_escape(s))
                return false;
        } else if (s->options->allow_control_chars) {
            s->at++;
            control = true;
        } else {
            return fail(s, "control character in a string");
        }
    }
    out->ptr = begin;
    out->len = (size_t)(s->at - begin);
    if (high && !q_utf8_valid(begin, out->len)) {
        s->at = begin;
        return fail(s, "invalid UTF-8 in a string");
    }
    out->plain = !out->escaped && !control && (quote == '"' || !memchr(begin, '"', out->len));
    s->at++;
    return true;
}

static uint32_t hex4(const char *p)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++)
        v = v << 4 | (uint32_t)hex_value(p[i]);
    return v;
}

/* p is behind `\u`; *p moves behind the escape (or the pair of surrogates). */
static uint32_t unescape_unicode(const char **p, const char *end)
{
    uint32_t c = hex4(*p);
    *p += 4;
    if (c >= 0xD800 && c < 0xDC00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u') {
        uint32_t low = hex4(*p + 2);
        if (low >= 0xDC00 && low < 0xE000) {
            *p += 6;
            return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    return c;
}

/* A surrogate without its partner becomes '?', as Java encodes it. */
static size_t put_code_point(uint32_t c, char *out)
{
    return q_utf8_encode(c >= 0xD800 && c < 0xE000 ? '?' : c, out);
}

size_t q_json_unescape(const q_json_value *value, char *out)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *p = value->ptr, *end = p + value->len;
    char *at = out;
    while (p < end) {
        const char *stop = memchr(p, '\\', (size_t)(end - p));
        size_t n = (size_t)((stop ? stop : end) - p);
        memcpy(at, p, n);
        at += n;
        p += n;
        if (!stop)
            break;
        char c = p[1];
        p += 2;
        if (c == 'u') {
            at += put_code_point(unescape_unicode(&p, end), at);
        } else {
            const char *k = memchr(from, c, sizeof from - 1);
            *at++ = k ? to[k - from] : c;
        }
    }
    return (size_t)(at - out);
}

/* ---- scalars ---- */

static bool scan_word(q_json_scan *s, const char *word, q_json_kind kind, q_json_value *out)
{
    size_t n = strlen(word);
    if ((size_t)(s->end - s->at) < n || memcmp(s->at, word, n) != 0)
        return false;
    out->kind = (uint8_t)kind;
    out->ptr = s->at;
    out->len = n;
    s->at += n;
    return true;
}

static bool scan_special(q_json_scan *s, q_json_value *out)
{
    static const char *const words[] = {"NaN",       "Infinity", "-Infinity",
                                        "+Infinity", "-INF",     "+INF"};
    for (size_t i = 0; s->options->allow_non_numeric && i < sizeof words / sizeof *words; i++)
        if (scan_word(s, words[i], Q_JSON_WORD, out))
            return true;
    return fail(s, "not a JSON value");
}

bool q_json_special_double(const char *s, size_t n, double *out)
{
    static const struct {
        const char *text;
        double value;
    } words[] = {{"NaN", NAN},
                 {"Infinity", HUGE_VAL},
                 {"+Infinity", HUGE_VAL},
                 {"-Infinity", -HUGE_VAL},
                 {"+INF", HUGE_VAL},
                 {"-INF", -HUGE_VAL}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].text) == n && memcmp(words[i].text, s, n) == 0) {
            *out = words[i].value;
            return true;
        }
    }
    return false;
}

/* With allow_leading_zeros: -0012 is -12. */
static const char *parse_zeros(const char *p, const char *end, q_json_number *out)
{
    bool negative = *p == '-';
    p += negative;
    while (end - p > 1 && *p == '0' && p[1] >= '0' && p[1] <= '9')
        p++;
    const char *stop = q_parse_json_number(p, end, out);
    if (negative && stop) {
        out->integer = -out->integer;
        out->value = -out->value;
    }
    return stop;
}

static bool scan_number(q_json_scan *s, q_json_value *out)
{
    const char *p = s->at, *end = s->end;
    const char *stop = q_parse_json_number(p, end, &out->number);
    if (!stop && s->options->allow_leading_zeros)
        stop = parse_zeros(p, end, &out->number);
    if (!stop)
        return scan_special(s, out);
    if (stop - p > Q_JSON_MAX_NUMBER)
        return fail(s, "a number of more than 1000 characters");
    out->kind = Q_JSON_NUMBER;
    out->ptr = p;
    out->len = (size_t)(stop - p);
    s->at = stop;
    return true;
}

static bool scan_scalar(q_json_scan *s, q_json_value *out)
{
    out->escaped = out->plain = false;
    switch (s->at < s->end ? *s->at : 0) {
    case '"':
        return scan_string(s, out);
    case '\'':
        return s->options->allow_single_quotes ? scan_string(s, out) : fail(s, "not a JSON value");
    case 't':
        return scan_word(s, "true", Q_JSON_TRUE, out) || fail(s, "not a JSON value");
    case 'f':
        return scan_word(s, "false", Q_JSON_FALSE, out) || fail(s, "not a JSON value");
    case 'n':
        return scan_word(s, "null", Q_JSON_NULL, out) || fail(s, "not a JSON value");
    case '-':
    case '0' ... '9':
        return scan_number(s, out);
    default:
        return scan_special(s, out);
    }
}

/* ---- names ---- */

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || c == '-' || c == '@' || c == '#' || c == '+' || c == '*' || (c & 0x80);
}

static bool scan_name(q_json_scan *s, q_json_value *out)
{
    char c = s->at < s->end ? *s->at : 0;
    if (c == '"' || (c == '\'' && s->options->allow_single_quotes))
        return scan_string(s, out);
    if (!s->options->allow_unquoted_names)
        return fail(s, "a field name in quotes is expected");
    out->ptr = s->at;
    while (s->at < s->end && is_name_byte(*s->at))
        s->at++;
    out->len = (size_t)(s->at - out->ptr);
    out->kind = Q_JSON_STRING;
    out->escaped = false;
    out->plain = q_utf8_valid(out->ptr, out->len);
    return (out->len && out->plain) || fail(s, "a field name is expected");
}

static bool scan_name_colon(q_json_scan *s, q_json_value *key)
{
    if (!scan_name(s, key))
        return false;
    q_json_skip_space(s);
    if (s->at >= s->end || *s->at != ':')
        return fail(s, "':' is expected after a field name");
    s->at++;
    q_json_skip_space(s);
    return true;
}

/* ---- containers ---- */

typedef struct nesting {
    uint64_t objects[Q_JSON_MAX_DEPTH / 64 + 1]; /* bit set: that level is an object */
    unsigned depth;
} nesting;

static void nesting_set(nesting *n, bool object)
{
    uint64_t bit = (uint64_t)1 << (n->depth & 63);
    if (object)
        n->objects[n->depth >> 6] |= bit;
    else
        n->objects[n->depth >> 6] &= ~bit;
}

static bool in_object(const nesting *n)
{
    return n->objects[n->depth >> 6] >> (n->depth & 63) & 1;
}

typedef struct visitor {
    q_json_visit *visit; /* may be NULL */
    void *context;
} visitor;

static void tell(const visitor *v, q_json_event event, const q_json_value *value)
{
    if (v->visit)
        v->visit(v->context, event, value);
}

static void tell_container(const visitor *v, q_json_event event, bool object)
{
    if (v->visit)
        v->visit(v->context, event, &(q_json_value){.kind = object ? Q_JSON_OBJECT : Q_JSON_ARRAY});
}

/* After a value or an opening bracket: closes containers while they end; true when an element
 * follows, false at the end of the outermost (or on error). */
static bool next_in_nesting(q_json_scan *s, nesting *n, unsigned outermost, bool opened,
                            const visitor *v)
{
    for (;; opened = false) {
        q_json_skip_space(s);
        bool object = in_object(n);
        char c = s->at < s->end ? *s->at : 0;
        if (c == (object ? '}' : ']')) {
            s->at++;
            tell_container(v, Q_JSON_CLOSE, object);
            if (n->depth-- == outermost)
                return false;
            continue;
        }
        if (opened)
            return s->at < s->end || fail(s, "");
        if (c != ',')
            return fail(s, object ? "',' or '}' is expected" : "',' or ']' is expected");
        s->at++;
        q_json_skip_space(s);
        return true;
    }
}

static bool open_container(q_json_scan *s, nesting *n, const visitor *v)
{
    if (n->depth >= Q_JSON_MAX_DEPTH)
        return fail(s, "nested deeper than 1000 levels");
    bool object = *s->at++ == '{';
    nesting_set(n, object);
    tell_container(v, Q_JSON_OPEN, object);
    return true;
}

bool q_json_walk(q_json_scan *s, unsigned depth, q_json_visit *visit, void *context)
{
    nesting n = {.depth = depth};
    const visitor v = {visit, context};
    bool opened = true;
    q_json_value item;
    s->reason = NULL;
    if (!open_container(s, &n, &v))
        return false;
    while (next_in_nesting(s, &n, depth, opened, &v)) {
        if (in_object(&n)) {
            if (!scan_name_colon(s, &item))
                return false;
            tell(&v, Q_JSON_NAME, &item);
        }
        char c = s->at < s->end ? *s->at : 0;
        opened = c == '{' || c == '[';
        if (opened) {
            n.depth++;
            if (!open_container(s, &n, &v))
                return false;
        } else {
            if (!scan_scalar(s, &item))
                return false;
            tell(&v, Q_JSON_SCALAR, &item);
        }
    }
    return s->reason == NULL;
}

bool q_json_scan_value(q_json_scan *s, unsigned depth, q_json_value *out)
{
    char c = s->at < s->end ? *s->at : 0;
    if (c != '{' && c != '[')
        return scan_scalar(s, out);
    out->kind = c == '{' ? Q_JSON_OBJECT : Q_JSON_ARRAY;
    out->escaped = out->plain = false;
    out->ptr = s->at;
    if (!q_json_walk(s, depth, NULL, NULL))
        return false;
    out->len = (size_t)(s->at - out->ptr);
    return true;
}

/* Moves to the next element's start; false at the end (behind the bracket) or on error. */
static bool next_item(q_json_scan *s, bool *first, char close)
{
    s->reason = NULL;
    if (*first)
        s->at++;
    q_json_skip_space(s);
    char c = s->at < s->end ? *s->at : 0;
    if (c == close) {
        s->at++;
        return false;
    }
    if (!*first) {
        if (c != ',')
            return fail(s, close == '}' ? "',' or '}' is expected" : "',' or ']' is expected");
        s->at++;
        q_json_skip_space(s);
    }
    *first = false;
    return s->at < s->end || fail(s, "");
}

bool q_json_next_member(q_json_scan *s, bool *first, unsigned depth, q_json_value *key,
                        q_json_value *value)
{
    return next_item(s, first, '}') && scan_name_colon(s, key) &&
           q_json_scan_value(s, depth, value);
}

bool q_json_next_element(q_json_scan *s, bool *first, unsigned depth, q_json_value *value)
{
    return next_item(s, first, ']') && q_json_scan_value(s, depth, value);
}
