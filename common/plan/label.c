/* Texts of expressions as Spark writes them. */
#include "common/plan/label.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const q_label *q_label_text(q_arena *a, const char *text)
{
    q_label *l = q_arena_new(a, q_label);
    l->format = text;
    return l;
}

const q_label *q_label_copy(q_arena *a, const char *text, size_t n)
{
    return q_label_text(a, q_arena_strndup(a, text, n));
}

const q_label *q_label_make(q_arena *a, const char *format, uint32_t n, const q_label *const *arg)
{
    q_label *l = q_arena_new(a, q_label);
    l->format = format;
    l->n = n;
    l->arg = n ? q_arena_copy(a, arg, sizeof *arg * n) : NULL;
    return l;
}

static const struct {
    const char *name;
    uint32_t n;
    const char *format;
} labels[] = {
#define LABEL(name, n, format) {name, n, format},
#include "common/plan/labels.def"
#undef LABEL
};

static const char *listed(const char *name, uint32_t n)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        if (labels[i].n == n && strcasecmp(labels[i].name, name) == 0)
            return labels[i].format;
    }
    return NULL;
}

const q_label *q_label_call(q_arena *a, const char *name, bool distinct, uint32_t n,
                            const q_label *const *arg)
{
    const char *format = listed(name, n);
    if (!format) {
        char *text = q_arena_printf(a, "%s(%s)", name, n ? "$*" : "");
        for (char *p = text; *p && *p != '('; p++)
            *p = (char)tolower((unsigned char)*p);
        format = text;
    }
    const char *open = strchr(format, '(');
    if (distinct && open)
        format = q_arena_printf(a, "%.*s(DISTINCT %s", (int)(open - format), format, open + 1);
    return q_label_make(a, format, n, arg);
}

static void print_list(const q_label *l, uint32_t from, q_buf *out)
{
    for (uint32_t i = from; i < l->n; i++) {
        if (i > from)
            q_buf_puts(out, ", ");
        q_label_print(l->arg[i], out);
    }
}

static void print_format(const q_label *l, q_buf *out)
{
    for (const char *p = l->format; *p; p++) {
        if (*p != '$') {
            q_buf_putc(out, *p);
            continue;
        }
        p++;
        if (*p == '*')
            print_list(l, 0, out);
        else if (*p == '+')
            print_list(l, 1, out);
        else if (*p >= '1' && *p <= '9' && (uint32_t)(*p - '1') < l->n)
            q_label_print(l->arg[*p - '1'], out);
    }
}

void q_label_print(const q_label *l, q_buf *out)
{
    if (!l->format) {
        for (uint32_t i = 0; i < l->n; i++)
            q_label_print(l->arg[i], out);
    } else if (l->n == 0) {
        q_buf_puts(out, l->format);
    } else {
        print_format(l, out);
    }
}

const char *q_label_string(q_arena *a, const q_label *l)
{
    if (l->format && l->n == 0)
        return l->format;
    q_buf b;
    q_buf_init(&b);
    q_label_print(l, &b);
    const char *text = q_arena_strndup(a, b.data ? b.data : "", b.len);
    q_buf_fini(&b);
    return text;
}
