/*
 * format_string (printf): the conversions of java.util.Formatter that make sense for SQL
 * values: %s %S %d %x %X %o %f %e %E %g %c %b %B %n %%, with flags, width, precision and
 * argument numbers (%2$s). Dates and timestamps are their numbers in %s, as in Spark.
 */
#include <math.h>
#include <stdio.h>

#include "common/column/number.h"
#include "common/column/utf8.h"
#include "common/exec/func/digits.h"
#include "common/exec/func/func.h"

#define MAX_WIDTH     10000
#define MAX_PRECISION 1000

typedef struct spec {
    bool left, plus, space, zero, comma, parentheses, alternate;
    int width, precision; /* -1: not given */
    char conversion;
} spec;

typedef struct printer {
    q_kernel_ctx *k;
    q_str format;
    const q_expr *e;
    q_column *const *args;
    uint32_t row, next; /* next: argument of a conversion without number */
    q_func_text *text;
} printer;

static q_code fail(printer *p, const char *why, char conversion)
{
    return q_err_set(p->k->err, Q_E_INVALID_PARAMETER_VALUE, "format_string: '%.*s': %s '%%%c'",
                     (int)(p->format.len < 200 ? p->format.len : 200), p->format.ptr, why,
                     conversion);
}

static q_code fill(q_func_text *t, char c, size_t n)
{
    Q_TRY(q_func_text_room(t, n));
    for (size_t i = 0; i < n; i++)
        *t->at++ = c;
    return Q_OK;
}

/* body (without sign) filled up to the width; zeros go between sign and body. */
static q_code put_field(printer *p, const spec *s, const char *sign, q_str body, const char *behind)
{
    size_t used = strlen(sign) + q_utf8_count(body.ptr, body.len) + strlen(behind);
    size_t missing = s->width > 0 && (size_t)s->width > used ? (size_t)s->width - used : 0;
    q_func_text *t = p->text;
    Q_TRY(fill(t, ' ', s->left || s->zero ? 0 : missing));
    Q_TRY(q_func_text_put(t, sign, strlen(sign)));
    Q_TRY(fill(t, '0', s->zero && !s->left ? missing : 0));
    Q_TRY(q_func_text_put(t, body.ptr, body.len));
    Q_TRY(q_func_text_put(t, behind, strlen(behind)));
    return fill(t, ' ', s->left ? missing : 0);
}

static q_code put_signed(printer *p, const spec *s, bool negative, q_str body)
{
    const char *sign = negative ? s->parentheses ? "(" : "-" : s->plus ? "+" : s->space ? " " : "";
    return put_field(p, s, sign, body, negative && s->parentheses ? ")" : "");
}

static q_code put_text(printer *p, const spec *s, q_str v)
{
    spec plain = *s;
    plain.zero = false;
    if (s->precision >= 0)
        v.len = (uint32_t)q_utf8_offset(v.ptr, v.len, (size_t)s->precision);
    if (s->conversion >= 'A' && s->conversion <= 'Z' && !q_utf8_upper(v, p->k->scratch, &v))
        return q_func_no_memory(p->k, v.len);
    return put_field(p, &plain, "", v, "");
}

/* ---- integers ---- */

/* A number's digits with commas between threes; out has room for 4/3 of them. */
static uint32_t group_digits(const char *digits, int n, char *out)
{
    uint32_t at = 0;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    return at;
}

static q_code put_integer(printer *p, const spec *s, const q_column *c)
{
    int64_t v;
    char digits[32], grouped[48];
    if (!q_column_integer(c, p->row, &v))
        return fail(p, "not an integer for", s->conversion);
    unsigned long long size = v < 0 ? 0 - (unsigned long long)v : (unsigned long long)v;
    if (s->conversion == 'd') {
        int n = snprintf(digits, sizeof digits, "%llu", size);
        q_str body = {digits, (uint32_t)n, 0};
        if (s->comma)
            body = (q_str){grouped, group_digits(digits, n, grouped), 0};
        return put_signed(p, s, v < 0, body);
    }
    size_t width = q_type_width(c->type); /* negative numbers as they lie in memory */
    unsigned long long mask = width == 8 ? ~0ull : (1ull << (8 * width)) - 1;
    const char *format = s->conversion == 'x' ? "%llx" : s->conversion == 'X' ? "%llX" : "%llo";
    int n = snprintf(digits, sizeof digits, format, (unsigned long long)v & mask);
    const char *sign = !s->alternate          ? ""
                       : s->conversion == 'o' ? "0"
                       : s->conversion == 'x' ? "0x"
                                              : "0X";
    return put_field(p, s, sign, (q_str){digits, (uint32_t)n, 0}, "");
}

/* ---- doubles: their shortest digits, rounded half up ---- */

static uint32_t write_plain(const q_digits *d, int decimals, bool comma, char *out)
{
    char whole[400];
    int n = d->exponent > 0 ? d->exponent : 1;
    for (int i = 0; i < n; i++)
        whole[i] = d->exponent > 0 ? q_digits_at(d, i) : '0';
    uint32_t at = (uint32_t)n;
    if (comma)
        at = group_digits(whole, n, out);
    else
        memcpy(out, whole, (size_t)n);
    if (decimals > 0)
        out[at++] = '.';
    for (int i = 0; i < decimals; i++)
        out[at++] = q_digits_at(d, d->exponent + i);
    return at;
}

static uint32_t write_scientific(const q_digits *d, int decimals, bool upper, char *out)
{
    uint32_t at = 0;
    int exponent = d->n ? d->exponent - 1 : 0;
    out[at++] = q_digits_at(d, 0);
    if (decimals > 0)
        out[at++] = '.';
    for (int i = 1; i <= decimals; i++)
        out[at++] = q_digits_at(d, i);
    return at + (uint32_t)sprintf(out + at, "%c%c%02d", upper ? 'E' : 'e', exponent < 0 ? '-' : '+',
                                  exponent < 0 ? -exponent : exponent);
}

static q_code put_double(printer *p, const spec *s, const q_column *c)
{
    char body[2000];
    q_digits d;
    uint32_t n;
    if (c->type.kind != Q_DOUBLE && c->type.kind != Q_FLOAT)
        return fail(p, "not a float or double for", s->conversion);
    double v =
        c->type.kind == Q_FLOAT ? (double)Q_VALUES(c, float)[p->row] : Q_VALUES(c, double)[p->row];
    if (!isfinite(v)) {
        spec plain = *s;
        plain.zero = false;
        return put_signed(p, &plain, v < 0, q_str_of(isnan(v) ? "NaN" : "Infinity"));
    }
    int precision = s->precision < 0 ? 6 : s->precision;
    bool plain = s->conversion == 'f', upper = s->conversion == 'E' || s->conversion == 'G';
    q_digits_of_double(v, &d);
    if ((s->conversion | 0x20) == 'g') {
        precision = precision ? precision : 1;
        q_digits_round(&d, precision, Q_DIGITS_HALF_UP);
        plain = d.n == 0 || (d.exponent > -4 && d.exponent <= precision);
        precision -= plain && d.n ? d.exponent : 1;
    } else {
        q_digits_round(&d, plain ? d.exponent + precision : precision + 1, Q_DIGITS_HALF_UP);
    }
    n = plain ? write_plain(&d, precision, s->comma, body)
              : write_scientific(&d, precision, upper, body);
    return put_signed(p, s, signbit(v), (q_str){body, n, 0});
}

/* ---- %s, %b, %c ---- */

static q_code put_any(printer *p, const spec *s, const q_column *c)
{
    char text[Q_DECIMAL_TEXT_ROOM], *end = text;
    int64_t v;
    switch ((q_kind)c->type.kind) {
    case Q_STRING:
        return put_text(p, s, q_func_strs(c)[p->row]);
    case Q_BOOLEAN:
        return put_text(p, s, q_str_of(Q_VALUES(c, uint8_t)[p->row] ? "true" : "false"));
    case Q_FLOAT:
        end = q_text_from_float(text, Q_VALUES(c, float)[p->row]);
        break;
    case Q_DOUBLE:
        end = q_text_from_double(text, Q_VALUES(c, double)[p->row]);
        break;
    case Q_DECIMAL:
        end = q_text_from_decimal(text, Q_VALUES(c, q_int128)[p->row], c->type.scale);
        break;
    default:
        if (!q_column_integer(c, p->row, &v))
            return fail(p, "arrays and binary values are not supported for", s->conversion);
        end = q_text_from_int64(text, v);
    }
    return put_text(p, s, (q_str){text, (uint32_t)(end - text), 0});
}

static q_code put_character(printer *p, const spec *s, const q_column *c)
{
    char text[4];
    int64_t v;
    if (!q_column_integer(c, p->row, &v) || v < 0 || v > 0x10FFFF || (v >= 0xD800 && v < 0xE000))
        return fail(p, "not a code point for", s->conversion);
    return put_text(p, s, (q_str){text, (uint32_t)q_utf8_encode((uint32_t)v, text), 0});
}

static q_code put_value(printer *p, const spec *s, const q_column *c)
{
    bool null = q_column_is_null(c, p->row);
    if (s->conversion == 'b' || s->conversion == 'B') {
        bool yes = !null && (c->type.kind != Q_BOOLEAN || Q_VALUES(c, uint8_t)[p->row]);
        return put_text(p, s, q_str_of(yes ? "true" : "false"));
    }
    if (!strchr("sSdxXofeEgGc", s->conversion))
        return fail(p, "unknown conversion", s->conversion);
    if (null)
        return put_text(p, s, q_str_of("null"));
    switch (s->conversion) {
    case 's':
    case 'S':
        return put_any(p, s, c);
    case 'c':
        return put_character(p, s, c);
    case 'd':
    case 'x':
    case 'X':
    case 'o':
        return put_integer(p, s, c);
    default:
        return put_double(p, s, c);
    }
}

/* ---- the format ---- */

static int read_int(q_str f, uint32_t *i, int max)
{
    int v = -1;
    for (; *i < f.len && f.ptr[*i] >= '0' && f.ptr[*i] <= '9'; ++*i) {
        v = (v < 0 ? 0 : v) * 10 + (f.ptr[*i] - '0');
        v = v < max ? v : max;
    }
    return v;
}

static void read_flags(q_str f, uint32_t *i, spec *s)
{
    for (; *i < f.len && f.ptr[*i]; ++*i) {
        switch (f.ptr[*i]) {
        case '-':
            s->left = true;
            break;
        case '+':
            s->plus = true;
            break;
        case ' ':
            s->space = true;
            break;
        case '0':
            s->zero = true;
            break;
        case ',':
            s->comma = true;
            break;
        case '(':
            s->parentheses = true;
            break;
        case '#':
            s->alternate = true;
            break;
        default:
            return;
        }
    }
}

/* One conversion; *i is behind the %. */
static q_code conversion(printer *p, uint32_t *i)
{
    spec s = {.precision = -1};
    q_str f = p->format;
    uint32_t start = *i;
    int number = read_int(f, i, 1000000);
    if (number < 0 || *i == f.len || f.ptr[*i] != '$') { /* it was flags and width */
        *i = start;
        number = -1;
    } else {
        ++*i;
    }
    read_flags(f, i, &s);
    s.width = read_int(f, i, MAX_WIDTH);
    if (*i < f.len && f.ptr[*i] == '.') {
        ++*i;
        s.precision = read_int(f, i, MAX_PRECISION);
        if (s.precision < 0)
            return fail(p, "a point without precision in", '.');
    }
    s.conversion = *i < f.len ? f.ptr[(*i)++] : 0;
    if (s.conversion == 'n')
        return q_func_text_put(p->text, "\n", 1);
    if (s.conversion == '%')
        return put_text(p, &s, q_str_of("%"));
    if (s.conversion == 0)
        return fail(p, "nothing behind", ' ');
    int64_t arg = number >= 0 ? number : (int64_t)p->next++;
    if (arg < 1 || arg >= p->e->n_args)
        return fail(p, "no argument for", s.conversion);
    return put_value(p, &s, p->args[arg]);
}

static q_code print_row(printer *p)
{
    for (uint32_t i = 0; i < p->format.len;) {
        const char *from = p->format.ptr + i;
        const char *percent = memchr(from, '%', p->format.len - i);
        size_t n = percent ? (size_t)(percent - from) : p->format.len - i;
        Q_TRY(q_func_text_put(p->text, from, n));
        i += (uint32_t)n;
        if (percent) {
            i++;
            Q_TRY(conversion(p, &i));
        }
    }
    return Q_OK;
}

q_code q_k_format_string(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_func_text t;
    q_func_text_init(&t, k);
    for (uint32_t i = 0; i < k->n_rows; i++) {
        if (q_column_is_null(args[0], i)) {
            Q_TRY(q_kernel_null(k, out, i));
            continue;
        }
        printer p = {k, q_func_strs(args[0])[i], e, args, i, 1, &t};
        Q_TRY(print_row(&p));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, 0);
    }
    return Q_OK;
}
