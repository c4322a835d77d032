/* Java's regular expressions in PCRE2's syntax. */
#include <string.h>

#include "common/column/utf8.h"
#include "common/exec/func/regexp.h"

#define MAX_NESTING 50

struct translator {
    const char *at, *end;
    const char *pattern;
    size_t n;
    bool comments;       /* (?x) was seen */
    bool any_case;       /* (?i) was seen */
    bool unicode_case;   /* (?u) was seen: (?i) is for all letters, not only ASCII's */
    bool *unicode_class; /* (?U) was seen */
    int depth;           /* of classes in classes */
    q_err *err;
};

static q_code fail(struct translator *t, const char *why)
{
    return q_err_set(t->err, Q_E_INVALID_PARAMETER_VALUE, "regular expression '%.*s': %s",
                     (int)(t->n < 200 ? t->n : 200), t->pattern, why);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool more(const struct translator *t, size_t n)
{
    return (size_t)(t->end - t->at) >= n;
}

static bool looking_at(const struct translator *t, const char *s)
{
    return more(t, strlen(s)) && memcmp(t->at, s, strlen(s)) == 0;
}

static void put_code(q_buf *out, uint32_t c)
{
    q_buf_printf(out, "\\x{%X}", c);
}

static int hex(char c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* n hexadecimal digits at the cursor. */
static bool read_hex(struct translator *t, int n, uint32_t *v)
{
    *v = 0;
    for (int i = 0; i < n; i++) {
        if (!more(t, 1) || hex(*t->at) < 0)
            return false;
        *v = *v * 16 + (uint32_t)hex(*t->at++);
    }
    return true;
}

/* \uXXXX, also two surrogates: the cursor is behind the u. */
static q_code unicode_escape(struct translator *t, q_buf *out)
{
    uint32_t c, low;
    if (!read_hex(t, 4, &c))
        return fail(t, "\\u needs four hexadecimal digits");
    if (c >= 0xD800 && c < 0xDC00 && looking_at(t, "\\u")) {
        t->at += 2;
        if (!read_hex(t, 4, &low) || low < 0xDC00 || low > 0xDFFF)
            return fail(t, "half of a surrogate pair");
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    if (c >= 0xD800 && c < 0xE000)
        return fail(t, "half of a surrogate pair");
    put_code(out, c);
    return Q_OK;
}

static q_code hex_escape(struct translator *t, q_buf *out)
{
    uint32_t c = 0;
    if (!looking_at(t, "{")) {
        if (!read_hex(t, 2, &c))
            return fail(t, "\\x needs two hexadecimal digits");
        put_code(out, c);
        return Q_OK;
    }
    t->at++;
    int digits = 0;
    while (more(t, 1) && hex(*t->at) >= 0 && c < 0x110000) {
        c = c * 16 + (uint32_t)hex(*t->at++);
        digits++;
    }
    if (!digits || !looking_at(t, "}") || c >= 0x110000)
        return fail(t, "\\x{…} is not a code point");
    t->at++;
    put_code(out, c);
    return Q_OK;
}

static q_code octal_escape(struct translator *t, q_buf *out)
{
    uint32_t c = 0;
    int digits = 0;
    while (digits < 3 && more(t, 1) && *t->at >= '0' && *t->at <= '7' && c * 8 + 7 <= 0777) {
        if (c * 8 + (uint32_t)(*t->at - '0') > 0377)
            break;
        c = c * 8 + (uint32_t)(*t->at++ - '0');
        digits++;
    }
    if (!digits)
        return fail(t, "\\0 needs octal digits");
    put_code(out, c);
    return Q_OK;
}

/* ---- properties ---- */

/* Names whose set PCRE2 has under no name of its own: what stands between brackets. */
static const struct {
    const char *name, *items;
} properties[] = {
    {"Lower", "a-z"},
    {"Upper", "A-Z"},
    {"ASCII", "\\x00-\\x7F"},
    {"Alpha", "a-zA-Z"},
    {"Digit", "0-9"},
    {"Alnum", "a-zA-Z0-9"},
    {"Punct", "!-\\/:-@\\[-`{-~"},
    {"Graph", "!-~"},
    {"Print", "\\x20-~"},
    {"Blank", "\\x20\\t"},
    {"Cntrl", "\\x00-\\x1F\\x7F"},
    {"XDigit", "0-9a-fA-F"},
    {"Space", "\\x20\\t\\n\\x0B\\f\\r"},
    {"L1", "\\x00-\\xFF"},
    {"javaLowerCase", "\\p{Ll}"},
    {"javaUpperCase", "\\p{Lu}"},
    {"javaTitleCase", "\\p{Lt}"},
    {"javaLetter", "\\p{L}"},
    {"javaDigit", "\\p{Nd}"},
    {"javaLetterOrDigit", "\\p{L}\\p{Nd}"},
    {"javaAlphabetic", "\\p{Alphabetic}"},
    {"javaWhitespace", "\\s\\p{Zl}\\p{Zp}\\p{Zs}"},
    {"IsLetter", "\\p{L}"},
    {"IsDigit", "\\p{Nd}"},
    {"IsAlnum", "\\p{Alphabetic}\\p{Nd}"},
    {"IsPunctuation", "\\p{P}"},
    {"IsControl", "\\p{Cc}"},
};

/* \p{name}, \pL: the items for a class, and whether it is negated; the cursor is behind the p. */
static q_code property_items(struct translator *t, bool negated, q_buf *items)
{
    const char *name = t->at;
    size_t n = 1;
    if (looking_at(t, "{")) {
        name++;
        const char *close = memchr(t->at, '}', (size_t)(t->end - t->at));
        if (!close)
            return fail(t, "\\p{ is not closed");
        n = (size_t)(close - name);
        t->at = close + 1;
    } else if (more(t, 1)) {
        t->at++;
    } else {
        n = 0;
    }
    const char *equals = memchr(name, '=', n);
    if (equals) {
        n -= (size_t)(equals + 1 - name);
        name = equals + 1;
    }
    if (n == 0 || n > 60)
        return fail(t, "a property without name");
    for (size_t i = 0; !equals && i < sizeof properties / sizeof *properties; i++) {
        if (strlen(properties[i].name) == n && !memcmp(properties[i].name, name, n)) {
            q_buf_puts(items, negated ? "^" : "");
            q_buf_puts(items, properties[i].items);
            return Q_OK;
        }
    }
    if (n > 2 && !memcmp(name, "Is", 2)) {
        name += 2;
        n -= 2;
    }
    q_buf_printf(items, "\\%c{%.*s}", negated ? 'P' : 'p', (int)n, name);
    return Q_OK;
}

/* ---- classes ---- */

/* An operand of &&: what can stand between brackets, and single-character alternatives. */
struct operand {
    q_buf items, others;
};

static void add_other(struct operand *o, const char *s, size_t n)
{
    if (o->others.len)
        q_buf_putc(&o->others, '|');
    q_buf_append(&o->others, s, n);
}

static void put_operand(q_buf *out, const struct operand *o)
{
    q_buf_puts(out, "(?:");
    if (o->items.len) {
        q_buf_putc(out, '[');
        q_buf_append(out, o->items.data, o->items.len);
        q_buf_puts(out, o->others.len ? "]|" : "]");
    }
    q_buf_append(out, o->others.data, o->others.len);
    q_buf_putc(out, ')');
}

static q_code class_property(struct translator *t, bool negated, struct operand *o)
{
    q_buf items;
    q_buf_init(&items);
    q_code code = property_items(t, negated, &items);
    if (!code && items.len && items.data[0] == '^') {
        q_buf other;
        q_buf_init(&other);
        q_buf_putc(&other, '[');
        q_buf_append(&other, items.data, items.len);
        q_buf_putc(&other, ']');
        add_other(o, other.data, other.len);
        q_buf_fini(&other);
    } else if (!code) {
        q_buf_append(&o->items, items.data, items.len);
    }
    q_buf_fini(&items);
    return code;
}

/* Characters up to \E, each as itself. */
static void quoted(struct translator *t, q_buf *out)
{
    while (more(t, 1) && !looking_at(t, "\\E")) {
        size_t bytes;
        put_code(out, q_utf8_decode(t->at, (size_t)(t->end - t->at), &bytes));
        t->at += bytes;
    }
    if (more(t, 2))
        t->at += 2;
}

/* An escape that means the same in and outside of classes; the cursor is at the letter. *done
 * false: it is another. */
static q_code common_escape(struct translator *t, q_buf *out, bool *done)
{
    char c = *t->at;
    *done = true;
    t->at++;
    switch (c) {
    case 'u':
        return unicode_escape(t, out);
    case 'x':
        return hex_escape(t, out);
    case '0':
        return octal_escape(t, out);
    case 'Q':
        quoted(t, out);
        return Q_OK;
    case 'c':
        if (!more(t, 1))
            return fail(t, "\\c at the end");
        put_code(out, (uint32_t)(unsigned char)*t->at++ ^ 64);
        return Q_OK;
    default:
        break;
    }
    t->at--;
    *done = false;
    return Q_OK;
}

static q_code class_escape(struct translator *t, struct operand *o)
{
    bool done;
    if (!more(t, 1))
        return fail(t, "a class is not closed");
    char c = *t->at;
    Q_TRY(common_escape(t, &o->items, &done));
    if (done)
        return Q_OK;
    t->at++;
    if (c == 'p' || c == 'P')
        return class_property(t, c == 'P', o);
    if ((is_letter(c) && !strchr("dDhHsSvVwWtnrfae", c)) || is_digit(c))
        return fail(t, "an escape that classes do not know");
    q_buf_putc(&o->items, '\\');
    q_buf_putc(&o->items, c);
    return Q_OK;
}

static q_code translate_class(struct translator *t, q_buf *out);

static q_code class_nested(struct translator *t, struct operand *o)
{
    q_buf inner;
    q_buf_init(&inner);
    q_code code = translate_class(t, &inner);
    if (!code)
        add_other(o, inner.data, inner.len);
    q_buf_fini(&inner);
    return code;
}

static bool operand_empty(const struct operand *o)
{
    return !o->items.len && !o->others.len;
}

/* The operand so far becomes a condition on the character to come. */
static void intersect(struct operand *o, q_buf *before)
{
    if (!operand_empty(o)) {
        q_buf_puts(before, "(?=");
        put_operand(before, o);
        q_buf_putc(before, ')');
    }
    q_buf_clear(&o->items);
    q_buf_clear(&o->others);
}

static q_code class_parts(struct translator *t, struct operand *o, q_buf *before)
{
    bool first = true;
    for (; more(t, 1); first = false) {
        if (*t->at == ']' && !first) {
            t->at++;
            return Q_OK;
        }
        if (looking_at(t, "&&")) {
            t->at += 2;
            intersect(o, before);
        } else if (*t->at == '[') {
            t->at++;
            Q_TRY(class_nested(t, o));
        } else if (*t->at == '\\') {
            t->at++;
            Q_TRY(class_escape(t, o));
        } else {
            if (strchr("]:.=", *t->at)) /* no [: of PCRE2's named classes comes about */
                q_buf_putc(&o->items, '\\');
            q_buf_putc(&o->items, *t->at++);
        }
    }
    return fail(t, "a class is not closed");
}

static void put_class(q_buf *out, bool negated, const struct operand *o, const q_buf *before)
{
    if (!before->len && !o->others.len) {
        q_buf_puts(out, negated ? "[^" : "[");
        q_buf_append(out, o->items.data, o->items.len);
        q_buf_putc(out, ']');
        return;
    }
    q_buf_puts(out, negated ? "(?:(?!" : "(?:");
    q_buf_append(out, before->data, before->len);
    if (operand_empty(o))
        q_buf_puts(out, "(?s:.)");
    else
        put_operand(out, o);
    q_buf_puts(out, negated ? ")(?s:.))" : ")");
}

/* The cursor is behind '['. Classes with classes or && in them become groups of one character. */
static q_code translate_class(struct translator *t, q_buf *out)
{
    struct operand o;
    q_buf before;
    if (++t->depth > MAX_NESTING)
        return fail(t, "classes are nested too deeply");
    bool negated = looking_at(t, "^");
    t->at += negated;
    q_buf_init(&o.items);
    q_buf_init(&o.others);
    q_buf_init(&before);
    q_code code = class_parts(t, &o, &before);
    if (!code)
        put_class(out, negated, &o, &before);
    q_buf_fini(&o.items);
    q_buf_fini(&o.others);
    q_buf_fini(&before);
    t->depth--;
    return code;
}

/* ---- outside classes ---- */

static q_code translate_property(struct translator *t, bool negated, q_buf *out)
{
    q_buf_putc(out, '[');
    Q_TRY(property_items(t, negated, out));
    q_buf_putc(out, ']');
    return Q_OK;
}

static q_code translate_escape(struct translator *t, q_buf *out)
{
    bool done;
    if (!more(t, 1))
        return fail(t, "a backslash at the end");
    char c = *t->at;
    Q_TRY(common_escape(t, out, &done));
    if (done)
        return Q_OK;
    t->at++;
    if (c == 'p' || c == 'P')
        return translate_property(t, c == 'P', out);
    if (is_letter(c) && !strchr("ABDEGHRSVWXZabdefhknrstvwz", c))
        return fail(t, "an escape that does not exist or is not supported");
    if (c == 'E') /* closes nothing */
        return Q_OK;
    q_buf_putc(out, '\\');
    q_buf_putc(out, c);
    return Q_OK;
}

/* (?flags) and (?flags:…): d and u go, U is an option of the whole. */
static q_code translate_flags(struct translator *t, q_buf *out)
{
    bool off = false;
    q_buf_puts(out, "(?");
    for (; more(t, 1); t->at++) {
        char c = *t->at;
        if (c == ')' || c == ':') {
            q_buf_putc(out, *t->at++);
            return Q_OK;
        }
        if (!strchr("idmsuxU-", c))
            return fail(t, "an unknown kind of group");
        off |= c == '-';
        t->comments |= c == 'x' && !off;
        t->any_case |= c == 'i' && !off;
        t->unicode_case |= (c == 'u' || c == 'U') && !off;
        *t->unicode_class |= c == 'U' && !off;
        if (strchr("imsx-", c))
            q_buf_putc(out, c);
    }
    return fail(t, "a group is not closed");
}

static q_code translate_group(struct translator *t, q_buf *out)
{
    static const char *const kinds[] = {"(?:", "(?=", "(?!", "(?>", "(?<=", "(?<!"};
    if (looking_at(t, "(*"))
        return fail(t, "* has nothing to repeat");
    if (!looking_at(t, "(?")) {
        q_buf_putc(out, *t->at++);
        return Q_OK;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (looking_at(t, kinds[i])) {
            q_buf_puts(out, kinds[i]);
            t->at += strlen(kinds[i]);
            return Q_OK;
        }
    }
    t->at += 2;
    if (!looking_at(t, "<"))
        return translate_flags(t, out);
    q_buf_puts(out, "(?<");
    t->at++;
    if (!more(t, 1) || !is_letter(*t->at))
        return fail(t, "a group's name must begin with a letter");
    return Q_OK;
}

/* {n}, {n,}, {n,m}: anything else is an error in Java, while PCRE2 takes it literally. */
static q_code translate_braces(struct translator *t, q_buf *out)
{
    const char *p = t->at + 1, *digits = p;
    while (p < t->end && is_digit(*p))
        p++;
    bool ok = p > digits;
    if (ok && p < t->end && *p == ',') {
        for (p++; p < t->end && is_digit(*p); p++) {
        }
    }
    if (!ok || p == t->end || *p != '}')
        return fail(t, "illegal repetition");
    q_buf_append(out, t->at, (size_t)(p + 1 - t->at));
    t->at = p + 1;
    return Q_OK;
}

/* A character that stands for itself. */
static void translate_literal(struct translator *t, q_buf *out)
{
    size_t n = q_utf8_char_bytes(t->at, (size_t)(t->end - t->at));
    bool exact = n > 1 && t->any_case && !t->unicode_case;
    q_buf_puts(out, exact ? "(?-i:" : "");
    q_buf_append(out, t->at, n);
    q_buf_puts(out, exact ? ")" : "");
    t->at += n;
}

static q_code translate_one(struct translator *t, q_buf *out)
{
    switch (*t->at) {
    case '\\':
        t->at++;
        return translate_escape(t, out);
    case '[':
        t->at++;
        return translate_class(t, out);
    case '(':
        return translate_group(t, out);
    case '{':
        return translate_braces(t, out);
    case '#':
        if (t->comments) {
            while (more(t, 1) && *t->at != '\n')
                t->at++;
            return Q_OK;
        }
        break;
    default:
        break;
    }
    translate_literal(t, out);
    return Q_OK;
}

q_code q_regexp_translate(const char *pattern, size_t n, q_buf *out, bool *unicode_classes,
                          q_err *err)
{
    struct translator t = {.at = pattern,
                           .end = pattern + n,
                           .pattern = pattern,
                           .n = n,
                           .unicode_class = unicode_classes,
                           .err = err};
    *unicode_classes = false;
    while (t.at < t.end)
        Q_TRY(translate_one(&t, out));
    if (out->failed)
        return q_err_set(err, Q_E_OUT_OF_MEMORY, "no memory for a regular expression");
    return Q_OK;
}
