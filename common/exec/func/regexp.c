/* Regular expressions: compiling, keeping, matching. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "common/exec/func/regexp.h"

#include <pcre2.h>
#include <stdlib.h>

#include "common/column/utf8.h"

#define JIT_STACK_FIRST ((size_t)32 << 10)
#define JIT_STACK_MAX   ((size_t)8 << 20)
#define MATCH_LIMIT     100000000

struct q_regexp {
    q_buf pattern; /* as given */
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    uint32_t groups;
    bool subject_valid; /* the string looked at is UTF-8 */
};

static void forget(q_regexp *r)
{
    pcre2_code_free(r->code);
    pcre2_match_data_free(r->match);
    r->code = NULL;
    r->match = NULL;
}

static void destroy(void *state)
{
    q_regexp *r = state;
    forget(r);
    pcre2_match_context_free(r->context);
    pcre2_jit_stack_free(r->stack);
    q_buf_fini(&r->pattern);
    free(r);
}

static q_code new_regexp(q_kernel_ctx *k, q_regexp **out)
{
    q_regexp *r = calloc(1, sizeof *r);
    if (!r)
        return q_func_no_memory(k, sizeof *r);
    q_buf_init(&r->pattern);
    q_code code = q_kernel_on_destroy(k, destroy, r);
    if (code) {
        destroy(r);
        return code;
    }
    r->context = pcre2_match_context_create(NULL);
    r->stack = pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MAX, NULL);
    if (!r->context || !r->stack)
        return q_func_no_memory(k, JIT_STACK_FIRST);
    pcre2_jit_stack_assign(r->context, NULL, r->stack);
    pcre2_set_match_limit(r->context, MATCH_LIMIT);
    *k->state = *out = r;
    return Q_OK;
}

static q_code compile_error(q_kernel_ctx *k, const char *function, q_str pattern, int error)
{
    unsigned char why[160];
    pcre2_get_error_message(error, why, sizeof why);
    return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE, "%s: regular expression '%.*s': %s",
                     function, (int)(pattern.len < 200 ? pattern.len : 200), pattern.ptr,
                     (char *)why);
}

static q_code compile_translated(q_kernel_ctx *k, const char *function, q_regexp *r, q_str pattern,
                                 const q_buf *java, bool unicode_classes)
{
    int error;
    size_t at;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (!context)
        return q_func_no_memory(k, 0);
    pcre2_set_newline(context, PCRE2_NEWLINE_ANY);
    pcre2_set_bsr(context, PCRE2_BSR_UNICODE);
    /* not PCRE2_MATCH_INVALID_UTF: with it the JIT of 10.42 takes no é for \S, \W or \D */
    r->code = pcre2_compile((PCRE2_SPTR)(java->len ? java->data : ""), java->len,
                            PCRE2_UTF | (unicode_classes ? PCRE2_UCP : 0), &error, &at, context);
    pcre2_compile_context_free(context);
    if (!r->code)
        return compile_error(k, function, pattern, error);
    pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE); /* if it cannot, the interpreter is used */
    r->match = pcre2_match_data_create_from_pattern(r->code, NULL);
    if (!r->match)
        return q_func_no_memory(k, 0);
    pcre2_pattern_info(r->code, PCRE2_INFO_CAPTURECOUNT, &r->groups);
    return Q_OK;
}

static q_code compile(q_kernel_ctx *k, const char *function, q_regexp *r, q_str pattern)
{
    q_buf java;
    bool unicode_classes;
    forget(r);
    q_buf_clear(&r->pattern);
    if (!q_utf8_valid(pattern.ptr, pattern.len))
        return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE,
                         "%s: the regular expression is not valid UTF-8", function);
    q_buf_init(&java);
    q_code code = q_regexp_translate(pattern.ptr, pattern.len, &java, &unicode_classes, k->err);
    if (!code)
        code = compile_translated(k, function, r, pattern, &java, unicode_classes);
    q_buf_fini(&java);
    if (code)
        forget(r);
    else
        q_buf_append(&r->pattern, pattern.ptr, pattern.len);
    return code;
}

q_code q_regexp_get(q_kernel_ctx *k, const char *function, q_str pattern, q_regexp **out)
{
    q_regexp *r = *k->state;
    if (!r)
        Q_TRY(new_regexp(k, &r));
    *out = r;
    if (r->code && r->pattern.len == pattern.len &&
        (!pattern.len || !memcmp(r->pattern.data, pattern.ptr, pattern.len)))
        return Q_OK;
    return compile(k, function, r, pattern);
}

uint32_t q_regexp_groups(const q_regexp *r)
{
    return r->groups;
}

uint32_t q_regexp_group_named(const q_regexp *r, const char *name)
{
    int n = pcre2_substring_number_from_name(r->code, (PCRE2_SPTR)name);
    return n > 0 ? (uint32_t)n : 0;
}

q_code q_regexp_find(q_kernel_ctx *k, q_regexp *r, q_str s, size_t from, bool *found)
{
    *found = false;
    if (from == 0)
        r->subject_valid = q_utf8_valid(s.ptr, s.len);
    if (!r->subject_valid)
        return Q_OK;
    int n = pcre2_match(r->code, (PCRE2_SPTR)(s.len ? s.ptr : ""), s.len, from, PCRE2_NO_UTF_CHECK,
                        r->match, r->context);
    *found = n > 0;
    if (n > 0 || n == PCRE2_ERROR_NOMATCH)
        return Q_OK;
    unsigned char why[160];
    pcre2_get_error_message(n, why, sizeof why);
    return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE,
                     "regular expression '%.*s' on a string of %u bytes: %s",
                     (int)(r->pattern.len < 200 ? r->pattern.len : 200), r->pattern.data, s.len,
                     (char *)why);
}

size_t q_regexp_next(const q_regexp *r, q_str s)
{
    const size_t *bounds = pcre2_get_ovector_pointer(r->match);
    if (bounds[1] > bounds[0])
        return bounds[1];
    if (bounds[1] >= s.len)
        return SIZE_MAX;
    return bounds[1] + q_utf8_char_bytes(s.ptr + bounds[1], s.len - bounds[1]);
}

bool q_regexp_group(const q_regexp *r, uint32_t group, size_t *from, size_t *to)
{
    const size_t *bounds = pcre2_get_ovector_pointer(r->match);
    if (group >= pcre2_get_ovector_count(r->match) || bounds[2 * group] == PCRE2_UNSET)
        return false;
    *from = bounds[2 * group];
    *to = bounds[2 * group + 1];
    return *to >= *from; /* \K could make it otherwise */
}
