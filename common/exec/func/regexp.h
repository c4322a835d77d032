/*
 * Regular expressions: java.util.regex's syntax on PCRE2 (JIT).
 *
 * A pattern is translated first (regexp_java.c): nested classes and intersections, \uXXXX,
 * \0nn, POSIX and java properties, flag letters; what PCRE2 alone would accept is refused.
 * Differences from Java that are left: (?i) folds all Unicode letters in classes, Java
 * only ASCII ones without (?u); a lookbehind must have a fixed length in each alternative; `.` and
 * `$` also treat vertical tab and form feed as line ends; no \N{…}, no Unicode blocks
 * (\p{InGreek}).
 *
 * Thread rule: as kernels, one thread.
 */
#ifndef Q_EXEC_FUNC_REGEXP_H
#define Q_EXEC_FUNC_REGEXP_H

#include "common/exec/func/func.h"

/* Java's syntax to PCRE2's, appended to out. INVALID_PARAMETER_VALUE with the reason. */
q_code q_regexp_translate(const char *pattern, size_t n, q_buf *out, bool *unicode_classes,
                          q_err *err);

typedef struct q_regexp q_regexp;

/* The compiled pattern for row `row` of args[arg], kept in the call's state: compiled again only
 * when the pattern differs from the row before. function is named in errors. */
q_code q_regexp_get(q_kernel_ctx *k, const char *function, q_str pattern, q_regexp **out);

/* Groups of the pattern, without the whole match. */
uint32_t q_regexp_groups(const q_regexp *r);
/* Number of a named group, 0: none. */
uint32_t q_regexp_group_named(const q_regexp *r, const char *name);
/* Look for a match in s at byte `from` or behind; from 0 first for each string. *found false: none,
 * or s is not UTF-8. Errors: a pattern that needs too many steps. */
q_code q_regexp_find(q_kernel_ctx *k, q_regexp *r, q_str s, size_t from, bool *found);
/* Where to look for the next match after a found one (behind it, or a character further when it was
 * empty), SIZE_MAX: nowhere. */
size_t q_regexp_next(const q_regexp *r, q_str s);
/* A group of the last match (0: all); false: it took no part. */
bool q_regexp_group(const q_regexp *r, uint32_t group, size_t *from, size_t *to);

#endif
