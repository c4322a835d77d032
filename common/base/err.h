/*
 * Error values with a position. A function that can fail takes `q_err *err` as
 * its last parameter and returns a q_code (0 is Q_OK). `err` may be NULL: then
 * only the code is returned. The callee fills `err` once, at the place where
 * the failure is understood; callers pass it up with Q_TRY and may add what
 * only they know (file, query) with the q_err_at_* functions, which set a part
 * of the position only where it is still unknown.
 *
 * q_err is a plain value: copy it freely, it owns nothing. Thread rule: none,
 * it is not shared.
 */
#ifndef Q_BASE_ERR_H
#define Q_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum q_code {
#define Q_ERR(name, number, retryable, exit_status, text) Q_E_##name = number,
#include "common/base/errors.def"
#undef Q_ERR
} q_code;
#define Q_OK Q_E_OK

typedef struct q_err {
    q_code code;
    char msg[768];         /* one sentence: what is wrong */
    char hint[256];        /* what to do, "" if nothing useful can be said */
    char source[256];      /* file, view or peer the error is about, "" if none */
    uint64_t record;       /* 1-based record of a data file, 0 unknown */
    uint64_t byte;         /* byte offset in the source, UINT64_MAX unknown */
    uint32_t line;         /* 1-based line in SQL or file, 0 unknown */
    uint32_t column;       /* 1-based column (characters), 0 unknown */
    char column_name[128]; /* data column, "" if none */
    char excerpt[160];     /* text at the place; SQL errors: the source line, caret is derived */
} q_err;

/* Fill *err (may be NULL) and return `code`. Clears any earlier content. */
q_code q_err_set(q_err *err, q_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
q_code q_err_vset(q_err *err, q_code code, const char *fmt, va_list ap);
/* Set the hint; returns err->code, so `return q_err_hint(err, ...)` works. NULL err: Q_E_INTERNAL.
 */
void q_err_hint(q_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Add position where still unknown. NULL or OK err: no effect. */
void q_err_at_source(q_err *err, const char *source);
void q_err_at_record(q_err *err, uint64_t record);
/* SQL position: derives line, column and excerpt from a byte offset into `sql`. */
void q_err_at_sql(q_err *err, const char *sql, size_t sql_len, size_t offset);
void q_err_clear(q_err *err);
/* q_err_set with strerror(errno_value) appended. */
q_code q_err_errno(q_err *err, q_code code, int errno_value, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

const char *q_code_name(q_code code); /* "UNRESOLVED_COLUMN"; "UNKNOWN" for a foreign number */
bool q_code_retryable(q_code code);
int q_code_exit_status(q_code code);       /* exit status of a command failing with this code */
q_code q_code_from_name(const char *name); /* Q_E_INTERNAL if unknown */

/*
 * The text a user sees, without trailing newline:
 *   [UNRESOLVED_COLUMN] no column `valeu` … (line 1, column 8)
 *     SELECT valeu FROM input
 *            ^
 *   hint: did you mean `value`?
 * Returns the length as snprintf does.
 */
size_t q_err_format(const q_err *err, char *out, size_t out_size);

#define Q_TRY(expr)                                   \
    do {                                              \
        q_code q_try_code_ = (expr);                  \
        if (__builtin_expect(q_try_code_ != Q_OK, 0)) \
            return q_try_code_;                       \
    } while (0)

#endif
