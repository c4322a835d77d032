/* Error values: filling, naming, printing. */
#include "common/base/err.h"

#include <stdio.h>
#include <string.h>

static const struct {
    q_code code;
    const char *name;
    bool retryable;
    int exit_status;
} codes[] = {
#define Q_ERR(name, number, retryable, exit_status, text) \
    {Q_E_##name, #name, retryable, exit_status},
#include "common/base/errors.def"
#undef Q_ERR
};

#define N_CODES (sizeof codes / sizeof codes[0])

q_code q_err_vset(q_err *err, q_code code, const char *fmt, va_list ap)
{
    if (!err)
        return code;
    q_err_clear(err);
    err->code = code;
    vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    return code;
}

q_code q_err_set(q_err *err, q_code code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    q_err_vset(err, code, fmt, ap);
    va_end(ap);
    return code;
}

q_code q_err_errno(q_err *err, q_code code, int errno_value, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    q_err_vset(err, code, fmt, ap);
    va_end(ap);
    if (err) {
        size_t n = strlen(err->msg);
        snprintf(err->msg + n, sizeof err->msg - n, ": %s", strerror(errno_value));
    }
    return code;
}

void q_err_hint(q_err *err, const char *fmt, ...)
{
    if (!err)
        return;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->hint, sizeof err->hint, fmt, ap);
    va_end(ap);
}

void q_err_at_source(q_err *err, const char *source)
{
    if (err && err->code && !err->source[0])
        snprintf(err->source, sizeof err->source, "%s", source);
}

void q_err_at_record(q_err *err, uint64_t record)
{
    if (err && err->code && !err->record)
        err->record = record;
}

void q_err_at_sql(q_err *err, const char *sql, size_t sql_len, size_t offset)
{
    if (!err || !err->code || err->line)
        return;
    if (offset > sql_len)
        offset = sql_len;
    uint32_t line = 1;
    size_t start = 0;
    for (size_t i = 0; i < offset; i++) {
        if (sql[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    uint32_t column = 1;
    for (size_t i = start; i < offset; i++)
        column += (sql[i] & 0xC0) != 0x80;
    size_t end = start;
    while (end < sql_len && sql[end] != '\n' && sql[end] != '\r')
        end++;
    err->line = line;
    err->column = column;
    err->byte = offset;
    size_t n = end - start < sizeof err->excerpt - 1 ? end - start : sizeof err->excerpt - 1;
    while (n > 0 && n < end - start && (sql[start + n] & 0xC0) == 0x80)
        n--; /* do not cut a character */
    memcpy(err->excerpt, sql + start, n);
    err->excerpt[n] = 0;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)err->excerpt[i] < 0x20)
            err->excerpt[i] = ' ';
    }
}

void q_err_clear(q_err *err)
{
    if (!err)
        return;
    err->code = Q_OK;
    err->msg[0] = err->hint[0] = err->source[0] = err->column_name[0] = err->excerpt[0] = 0;
    err->record = 0;
    err->byte = UINT64_MAX;
    err->line = err->column = 0;
}

static int code_index(q_code code)
{
    for (size_t i = 0; i < N_CODES; i++) {
        if (codes[i].code == code)
            return (int)i;
    }
    return -1;
}

const char *q_code_name(q_code code)
{
    int i = code_index(code);
    return i < 0 ? "UNKNOWN" : codes[i].name;
}

bool q_code_retryable(q_code code)
{
    int i = code_index(code);
    return i >= 0 && codes[i].retryable;
}

int q_code_exit_status(q_code code)
{
    int i = code_index(code);
    return i < 0 ? 1 : codes[i].exit_status;
}

q_code q_code_from_name(const char *name)
{
    for (size_t i = 0; i < N_CODES; i++) {
        if (strcmp(codes[i].name, name) == 0)
            return codes[i].code;
    }
    return Q_E_INTERNAL;
}

/* snprintf that appends at *n and keeps counting past the end. */
__attribute__((format(printf, 4, 5))) static void append(char *out, size_t size, size_t *n,
                                                         const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int k = vsnprintf(*n < size ? out + *n : NULL, *n < size ? size - *n : 0, fmt, ap);
    va_end(ap);
    if (k > 0)
        *n += (size_t)k;
}

static void append_place(const q_err *err, char *out, size_t size, size_t *n)
{
    const char *sep = " (";
    bool placed = err->record || err->line || err->byte != UINT64_MAX;
    if (err->source[0] && (placed || !strstr(err->msg, err->source))) {
        append(out, size, n, "%s%s", sep, err->source);
        sep = ", ";
    }
    if (err->record) {
        append(out, size, n, "%srecord %llu", sep, (unsigned long long)err->record);
        sep = ", ";
    }
    if (err->column_name[0] && !err->line) { /* a place in SQL shows the name itself */
        append(out, size, n, "%scolumn `%s`", sep, err->column_name);
        sep = ", ";
    }
    if (err->line) {
        append(out, size, n, "%sline %u", sep, err->line);
        sep = ", ";
    }
    if (err->line && err->column) {
        append(out, size, n, "%scolumn %u", sep, err->column);
    } else if (!err->line && err->byte != UINT64_MAX && err->source[0]) {
        append(out, size, n, "%sbyte %llu", sep, (unsigned long long)err->byte);
        sep = ", ";
    }
    if (sep[0] == ',')
        append(out, size, n, ")");
}

size_t q_err_format(const q_err *err, char *out, size_t size)
{
    size_t n = 0;
    if (size)
        out[0] = 0;
    append(out, size, &n, "[%s] %s", q_code_name(err->code), err->msg);
    append_place(err, out, size, &n);
    if (err->excerpt[0]) {
        append(out, size, &n, "\n  %s", err->excerpt);
        if (err->line && err->column && err->column <= sizeof err->excerpt)
            append(out, size, &n, "\n  %*s^", (int)err->column - 1, "");
    }
    if (err->hint[0])
        append(out, size, &n, "\n  hint: %s", err->hint);
    return n;
}
