/*
 * LIKE and ILIKE. A pattern is compiled once when it is constant: to a literal with or
 * without % at its ends, which is a comparison, or to a list of codes for the matcher,
 * which goes back to the last % only (enough for LIKE: an earlier % never has to take
 * more than it did).
 */
#include "common/column/utf8.h"
#include "common/exec/func/func.h"

enum { LIKE_ONE = 256, LIKE_ANY = 257 }; /* below: a byte */

typedef struct like_pattern {
    bool simple; /* [%]literal[%] */
    bool open_front, open_back;
    q_str literal;
    const uint16_t *codes;
    uint32_t n_codes;
} like_pattern;

static q_code bad_escape(q_kernel_ctx *k, q_str pattern, const char *why)
{
    return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE, "LIKE pattern '%.*s': %s",
                     (int)(pattern.len < 200 ? pattern.len : 200), pattern.ptr, why);
}

/* The escape character is one character; patterns go by bytes but for it. */
static q_code compile_codes(q_kernel_ctx *k, q_str p, q_str escape, uint16_t *codes, uint32_t *n)
{
    *n = 0;
    for (uint32_t i = 0; i < p.len; i++) {
        if (escape.len && p.len - i >= escape.len && !memcmp(p.ptr + i, escape.ptr, escape.len)) {
            i += escape.len;
            if (i >= p.len)
                return bad_escape(k, p, "the escape character must not be the last");
            bool twice = p.len - i >= escape.len && !memcmp(p.ptr + i, escape.ptr, escape.len);
            if (p.ptr[i] != '_' && p.ptr[i] != '%' && !twice)
                return bad_escape(k, p,
                                  "the escape character may only stand before %, _ or "
                                  "itself");
            for (uint32_t j = twice ? escape.len : 1; j > 0; j--)
                codes[(*n)++] = (unsigned char)p.ptr[i++];
            i--;
        } else if (p.ptr[i] == '%') {
            if (!*n || codes[*n - 1] != LIKE_ANY)
                codes[(*n)++] = LIKE_ANY;
        } else {
            codes[(*n)++] = p.ptr[i] == '_' ? LIKE_ONE : (unsigned char)p.ptr[i];
        }
    }
    return Q_OK;
}

/* Only bytes between the ends? Then they are the literal. */
static void simplify(like_pattern *p, char *literal)
{
    uint32_t from = p->n_codes && p->codes[0] == LIKE_ANY, to = p->n_codes;
    p->open_front = from;
    p->open_back = to > from && p->codes[to - 1] == LIKE_ANY;
    to -= p->open_back;
    for (uint32_t i = from; i < to; i++) {
        if (p->codes[i] > 255)
            return;
        literal[i - from] = (char)p->codes[i];
    }
    p->open_back |= p->open_front && p->n_codes == 1;
    p->literal = (q_str){literal, to - from, 0};
    p->simple = true;
}

static q_code compile(q_kernel_ctx *k, q_arena *a, q_str pattern, q_str escape, like_pattern *out)
{
    size_t bytes = (sizeof(uint16_t) + 1) * ((size_t)pattern.len + 1);
    uint16_t *codes = q_arena_alloc(a, bytes);
    if (!codes)
        return q_budget_error(a->budget, bytes, k->err);
    *out = (like_pattern){.codes = codes};
    Q_TRY(compile_codes(k, pattern, escape, codes, &out->n_codes));
    simplify(out, (char *)(codes + pattern.len + 1));
    return Q_OK;
}

static bool match_simple(const like_pattern *p, q_str s)
{
    q_str l = p->literal;
    if (l.len > s.len)
        return false;
    if (l.len == 0)
        return p->open_front || p->open_back || s.len == 0;
    if (p->open_front && p->open_back)
        return q_func_find(s.ptr, s.len, l.ptr, l.len) != NULL;
    if (!p->open_front && !p->open_back && l.len != s.len)
        return false;
    return memcmp(p->open_front ? s.ptr + s.len - l.len : s.ptr, l.ptr, l.len) == 0;
}

static bool match_codes(const like_pattern *p, q_str s)
{
    uint32_t i = 0, c = 0, retry_c = UINT32_MAX, retry_i = 0;
    while (i < s.len) {
        uint16_t code = c < p->n_codes ? p->codes[c] : UINT16_MAX;
        if (code == LIKE_ANY) {
            retry_c = ++c;
            retry_i = i;
        } else if (code == LIKE_ONE) {
            i += (uint32_t)q_utf8_char_bytes(s.ptr + i, s.len - i);
            c++;
        } else if (code == (unsigned char)s.ptr[i]) {
            i++;
            c++;
        } else if (retry_c != UINT32_MAX) { /* let the last % take one character more */
            retry_i += (uint32_t)q_utf8_char_bytes(s.ptr + retry_i, s.len - retry_i);
            i = retry_i;
            c = retry_c;
        } else {
            return false;
        }
    }
    while (c < p->n_codes && p->codes[c] == LIKE_ANY)
        c++;
    return c == p->n_codes;
}

static bool match(const like_pattern *p, q_str s)
{
    return p->simple ? match_simple(p, s) : match_codes(p, s);
}

static q_code lower(q_kernel_ctx *k, q_arena *a, q_str *s)
{
    return q_utf8_lower(*s, a, s) ? Q_OK : q_budget_error(a->budget, s->len, k->err);
}

static q_code compile_row(q_kernel_ctx *k, const q_expr *e, q_column *const *args, uint32_t i,
                          bool any_case, q_arena *a, like_pattern *out)
{
    q_str pattern = q_func_strs(args[1])[i];
    q_str escape = e->n_args > 2 ? q_func_strs(args[2])[i] : (q_str){"\\", 1, 0};
    if (q_utf8_count(escape.ptr, escape.len) != 1)
        return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE,
                         "LIKE: the escape must be one character, not '%.*s'",
                         (int)(escape.len < 100 ? escape.len : 100), escape.ptr);
    if (any_case)
        Q_TRY(lower(k, a, &pattern));
    return compile(k, a, pattern, escape, out);
}

static q_code like(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out,
                   bool any_case)
{
    bool constant = q_func_constant(e, 1) && (e->n_args < 3 || q_func_constant(e, 2));
    const q_str *s = q_func_strs(args[0]);
    like_pattern row, *p = constant ? *k->state : NULL;
    Q_FUNC_EACH(i)
    {
        if (!p || !constant) {
            Q_TRY(compile_row(k, e, args, i, any_case, constant ? k->lifetime : k->scratch, &row));
            p = &row;
            if (constant) {
                p = *k->state = q_arena_copy(k->lifetime, &row, sizeof row);
                if (!p)
                    return q_budget_error(k->lifetime->budget, sizeof row, k->err);
            }
        }
        q_str v = s[i];
        if (any_case)
            Q_TRY(lower(k, k->scratch, &v));
        Q_VALUES(out, uint8_t)[i] = match(p, v);
    }
    return Q_OK;
}

q_code q_k_like(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return like(k, e, args, out, false);
}

q_code q_k_ilike(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return like(k, e, args, out, true);
}
