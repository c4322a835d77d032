/*
 * format_number: digits in groups of three and a number of decimals, or a pattern of
 * java.text.DecimalFormat (#, 0, comma, point, %, and text around). Rounded half to even by the
 * exact value, as Java does.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/exec/func/digits.h"
#include "common/exec/func/func.h"

#define MAX_DECIMALS 340 /* DecimalFormat has no more for doubles */

/* How to write a number. */
typedef struct layout {
    int min_whole, group; /* digits before the point at least; digits of a group, 0: none */
    int min_decimals, max_decimals;
    bool percent;
    q_str prefix, suffix;
} layout;

typedef struct number {
    bool negative, nan, infinite;
    double value; /* doubles: for exact rounding */
    bool binary;
    q_digits digits;
} number;

static void take(const q_column *c, uint32_t i, number *out)
{
    q_int128 v;
    *out = (number){0};
    switch ((q_kind)c->type.kind) {
    case Q_FLOAT:
    case Q_DOUBLE:
        out->value =
            c->type.kind == Q_FLOAT ? (double)Q_VALUES(c, float)[i] : Q_VALUES(c, double)[i];
        out->binary = true;
        out->negative = signbit(out->value) && !isnan(out->value);
        out->nan = isnan(out->value);
        out->infinite = isinf(out->value);
        if (isfinite(out->value))
            q_digits_of_double(out->value, &out->digits);
        return;
    case Q_DECIMAL:
        v = Q_VALUES(c, q_int128)[i];
        break;
    case Q_TINYINT:
        v = Q_VALUES(c, int8_t)[i];
        break;
    case Q_SMALLINT:
        v = Q_VALUES(c, int16_t)[i];
        break;
    case Q_INT:
        v = Q_VALUES(c, int32_t)[i];
        break;
    default:
        v = Q_VALUES(c, int64_t)[i];
        break;
    }
    out->negative = v < 0;
    q_digits_of_integer(v, c->type.kind == Q_DECIMAL ? c->type.scale : 0, &out->digits);
}

/* The exact value decides a tie of the shortest digits. */
static void round_number(number *n, int decimals)
{
    int keep = n->digits.exponent + decimals;
    bool tie = keep >= 0 && keep + 1 == n->digits.n && n->digits.d[keep] == '5';
    if (!tie || !n->binary) {
        q_digits_round(&n->digits, keep, Q_DIGITS_HALF_EVEN);
        return;
    }
    char exact[1100]; /* 310 digits before the point, at most 340 behind */
    int len = snprintf(exact, sizeof exact, "%.*f", decimals, fabs(n->value)), at = 0;
    n->digits.n = n->digits.exponent = 0;
    for (int i = 0; i < len && exact[i] != '.'; i++)
        n->digits.exponent += n->digits.exponent || exact[i] != '0';
    for (int i = 0; i < len && at < (int)sizeof n->digits.d; i++) {
        if (exact[i] == '.')
            continue;
        if (at || exact[i] != '0')
            n->digits.d[at++] = exact[i];
        else if (i > 1)
            n->digits.exponent--;
    }
    n->digits.n = at;
    if (at == 0)
        n->digits.exponent = 0;
}

static char *put_whole(char *p, const number *n, const layout *l)
{
    int whole = n->digits.exponent > 0 ? n->digits.exponent : 0;
    int first = n->digits.exponent - (whole > l->min_whole ? whole : l->min_whole);
    for (int i = first; i < n->digits.exponent; i++) {
        int left = n->digits.exponent - i;
        if (i > first && l->group && left % l->group == 0)
            *p++ = ',';
        *p++ = q_digits_at(&n->digits, i);
    }
    return p;
}

static char *put_decimals(char *p, const number *n, const layout *l)
{
    int have = n->digits.n - n->digits.exponent;
    int decimals = have > l->max_decimals ? l->max_decimals : have;
    if (decimals < l->min_decimals)
        decimals = l->min_decimals;
    if (decimals > 0)
        *p++ = '.';
    for (int i = 0; i < decimals; i++)
        *p++ = q_digits_at(&n->digits, n->digits.exponent + i);
    return p;
}

static q_code write_number(const q_column *c, uint32_t i, const layout *l, q_func_text *t)
{
    number n;
    take(c, i, &n);
    if (n.nan)
        return q_func_text_put(t, "NaN", 3);
    if (n.digits.n && l->percent) {
        n.digits.exponent += 2;
        n.value *= 100;
    }
    round_number(&n, l->max_decimals);
    if (n.negative)
        Q_TRY(q_func_text_put(t, "-", 1));
    Q_TRY(q_func_text_put(t, l->prefix.ptr, l->prefix.len));
    if (n.infinite) {
        Q_TRY(q_func_text_put(t, "\u221e", 3));
    } else {
        Q_TRY(q_func_text_room(t, 800 + (size_t)l->min_whole * 2 + (size_t)l->min_decimals));
        char *start = t->at;
        t->at = put_whole(t->at, &n, l);
        t->at = put_decimals(t->at, &n, l);
        if (t->at == start) /* "#" of 0 */
            *t->at++ = '0';
    }
    return q_func_text_put(t, l->suffix.ptr, l->suffix.len);
}

/* format_number(number, decimals): NULL for a negative number of them. */
q_code q_k_format_number(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        int32_t decimals = q_func_ints(args[1])[i];
        if (decimals < 0) {
            Q_TRY(q_kernel_null(k, out, i));
            continue;
        }
        decimals = decimals < MAX_DECIMALS ? decimals : MAX_DECIMALS;
        layout l = {.min_whole = 1,
                    .group = 3,
                    .min_decimals = decimals,
                    .max_decimals = decimals,
                    .prefix = {"", 0, 0},
                    .suffix = {"", 0, 0}};
        Q_TRY(write_number(args[0], i, &l, &t));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, 0);
    }
    return Q_OK;
}

/* ---- patterns ---- */

static q_code bad_pattern(q_kernel_ctx *k, q_str p, const char *why)
{
    return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE, "format_number: pattern '%.*s': %s",
                     (int)(p.len < 200 ? p.len : 200), p.ptr, why);
}

static bool of_number(char c)
{
    return c == '#' || c == '0' || c == ',' || c == '.';
}

static q_code read_whole(q_kernel_ctx *k, q_str p, uint32_t *i, layout *l)
{
    bool grouped = false;
    for (; *i < p.len && (p.ptr[*i] == '#' || p.ptr[*i] == '0' || p.ptr[*i] == ','); ++*i) {
        if (p.ptr[*i] == ',') {
            grouped = true;
            l->group = 0;
            continue;
        }
        l->group += grouped;
        if (p.ptr[*i] == '#' && l->min_whole)
            return bad_pattern(k, p, "# behind 0");
        l->min_whole += p.ptr[*i] == '0';
    }
    return grouped && l->group == 0 ? bad_pattern(k, p, "a comma without digits behind") : Q_OK;
}

static q_code read_decimals(q_kernel_ctx *k, q_str p, uint32_t *i, layout *l)
{
    for (; *i < p.len && (p.ptr[*i] == '#' || p.ptr[*i] == '0'); ++*i) {
        if (p.ptr[*i] == '0' && l->max_decimals > l->min_decimals)
            return bad_pattern(k, p, "0 behind #");
        l->max_decimals++;
        l->min_decimals += p.ptr[*i] == '0';
    }
    return Q_OK;
}

static q_code check_text(q_kernel_ctx *k, q_str pattern, q_str text, layout *l)
{
    for (uint32_t i = 0; i < text.len; i++) {
        if (of_number(text.ptr[i]) || strchr("E;'", text.ptr[i]) ||
            (unsigned char)text.ptr[i] >= 0x80)
            return bad_pattern(k, pattern,
                               "only #, 0, comma, point, % and plain text are supported");
        l->percent |= text.ptr[i] == '%';
    }
    return Q_OK;
}

static q_code read_pattern(q_kernel_ctx *k, q_str p, layout *l)
{
    uint32_t i = 0;
    *l = (layout){0};
    if (p.len == 0)
        p = q_str_of("#,##0");
    if (p.len > MAX_DECIMALS)
        return bad_pattern(k, p, "too long");
    while (i < p.len && !of_number(p.ptr[i]))
        i++;
    l->prefix = q_func_part(p, 0, i);
    Q_TRY(read_whole(k, p, &i, l));
    bool whole = i > l->prefix.len;
    if (i < p.len && p.ptr[i] == '.') {
        i++;
        Q_TRY(read_decimals(k, p, &i, l));
        if (!l->min_whole && !l->min_decimals) { /* "#.##" is "0.##", ".##" is ".0#" */
            l->min_whole = whole;
            l->min_decimals = !whole && l->max_decimals;
        }
    }
    l->suffix = q_func_part(p, i, p.len);
    Q_TRY(check_text(k, p, l->prefix, l));
    return check_text(k, p, l->suffix, l);
}

q_code q_k_format_number_pattern(q_kernel_ctx *k, const q_expr *e, q_column *const *args,
                                 q_column *out)
{
    (void)e;
    q_func_text t;
    layout l;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        Q_TRY(read_pattern(k, q_func_strs(args[1])[i], &l));
        Q_TRY(write_number(args[0], i, &l, &t));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, 0);
    }
    return Q_OK;
}
