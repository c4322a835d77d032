/* Strings: letter case, lengths, parts, trimming. Positions and lengths count characters; those of
 * binary values count bytes. */
#include "common/column/utf8.h"
#include "common/exec/func/func.h"

/* ---- letter case ---- */

typedef bool case_function(q_str s, q_arena *a, q_str *out);

static q_code map_case(q_kernel_ctx *k, const q_column *arg, q_column *out, case_function *f)
{
    const q_str *s = q_func_strs(arg);
    q_str *r = Q_VALUES(out, q_str);
    Q_FUNC_EACH(i)
    {
        if (!f(s[i], k->scratch, &r[i]))
            return q_func_no_memory(k, s[i].len);
    }
    return Q_OK;
}

q_code q_k_upper(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    return map_case(k, args[0], out, q_utf8_upper);
}

q_code q_k_lower(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    return map_case(k, args[0], out, q_utf8_lower);
}

q_code q_k_initcap(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    return map_case(k, args[0], out, q_utf8_initcap);
}

/* ---- lengths ---- */

q_code q_k_length(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_str *s = q_func_strs(args[0]);
    int32_t *r = Q_VALUES(out, int32_t);
    bool bytes = e->args[0]->type.kind == Q_BINARY;
    Q_FUNC_EACH(i)
    {
        r[i] = (int32_t)(bytes ? s[i].len : q_utf8_count(s[i].ptr, s[i].len));
    }
    return Q_OK;
}

q_code q_k_octet_length(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str *s = q_func_strs(args[0]);
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_VALUES(out, int32_t)[i] = (int32_t)s[i].len;
    return Q_OK;
}

q_code q_k_bit_length(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str *s = q_func_strs(args[0]);
    for (uint32_t i = 0; i < k->n_rows; i++)
        Q_VALUES(out, int32_t)[i] = (int32_t)(s[i].len * 8);
    return Q_OK;
}

/* ---- parts ---- */

/* SQL's substring: position from 1, negative from the end, 0 as 1; it may begin before the text,
 * which then takes away from its length. */
static q_str substring(q_str s, bool bytes, int64_t pos, int64_t len)
{
    int64_t chars = bytes || pos < 0 ? (int64_t)(bytes ? s.len : q_utf8_count(s.ptr, s.len)) : 0;
    int64_t start = pos > 0 ? pos - 1 : pos < 0 ? chars + pos : 0;
    int64_t end = start + len;
    if (start < 0)
        start = 0;
    if (end <= start)
        return q_func_part(s, 0, 0);
    if (bytes) {
        start = start < chars ? start : chars;
        end = end < chars ? end : chars;
        return q_func_part(s, (size_t)start, (size_t)end);
    }
    size_t from = q_utf8_offset(s.ptr, s.len, (size_t)start);
    size_t n = q_utf8_offset(s.ptr + from, s.len - from, (size_t)(end - start));
    return q_func_part(s, from, from + n);
}

q_code q_k_substring(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_str *s = q_func_strs(args[0]);
    const int32_t *pos = q_func_ints(args[1]);
    const int32_t *len = e->n_args > 2 ? q_func_ints(args[2]) : NULL;
    bool bytes = e->args[0]->type.kind == Q_BINARY;
    Q_FUNC_EACH(i)
    {
        Q_VALUES(out, q_str)[i] = substring(s[i], bytes, pos[i], len ? len[i] : INT32_MAX);
    }
    out->bytes_stable = args[0]->bytes_stable;
    return Q_OK;
}

q_code q_k_left(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_str *s = q_func_strs(args[0]);
    const int32_t *len = q_func_ints(args[1]);
    bool bytes = e->args[0]->type.kind == Q_BINARY;
    Q_FUNC_EACH(i)
    {
        Q_VALUES(out, q_str)[i] = substring(s[i], bytes, 1, len[i]);
    }
    out->bytes_stable = args[0]->bytes_stable;
    return Q_OK;
}

q_code q_k_right(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str *s = q_func_strs(args[0]);
    const int32_t *len = q_func_ints(args[1]);
    Q_FUNC_EACH(i)
    {
        size_t n = len[i] > 0 ? (size_t)len[i] : 0;
        size_t from = q_utf8_offset_back(s[i].ptr, s[i].len, n);
        Q_VALUES(out, q_str)[i] = q_func_part(s[i], from, s[i].len);
    }
    out->bytes_stable = args[0]->bytes_stable;
    return Q_OK;
}

/* ---- trimming: trim(text[, characters]) ---- */

/* Does the character at c (n bytes) occur in the set? */
static bool in_set(q_str set, const char *c, size_t n)
{
    for (size_t i = 0, bytes; i < set.len; i += bytes) {
        bytes = q_utf8_char_bytes(set.ptr + i, set.len - i);
        if (bytes == n && memcmp(set.ptr + i, c, n) == 0)
            return true;
    }
    return false;
}

static q_str trim_front(q_str s, q_str set)
{
    size_t i = 0;
    while (i < s.len) {
        size_t bytes = q_utf8_char_bytes(s.ptr + i, s.len - i);
        if (!in_set(set, s.ptr + i, bytes))
            break;
        i += bytes;
    }
    return q_func_part(s, i, s.len);
}

static q_str trim_back(q_str s, q_str set)
{
    size_t end = s.len;
    while (end > 0) {
        size_t start = q_utf8_offset_back(s.ptr, end, 1);
        if (!in_set(set, s.ptr + start, end - start))
            break;
        end = start;
    }
    return q_func_part(s, 0, end);
}

static q_str trim_spaces(q_str s, bool front, bool back)
{
    size_t from = 0, to = s.len;
    while (front && from < to && s.ptr[from] == ' ')
        from++;
    while (back && to > from && s.ptr[to - 1] == ' ')
        to--;
    return q_func_part(s, from, to);
}

static q_code trim(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out,
                   bool front, bool back)
{
    const q_str *s = q_func_strs(args[0]), *set = e->n_args > 1 ? q_func_strs(args[1]) : NULL;
    Q_FUNC_EACH(i)
    {
        q_str v = s[i];
        if (!set) {
            v = trim_spaces(v, front, back);
        } else {
            v = front ? trim_front(v, set[i]) : v;
            v = back ? trim_back(v, set[i]) : v;
        }
        Q_VALUES(out, q_str)[i] = v;
    }
    out->bytes_stable = args[0]->bytes_stable;
    return Q_OK;
}

q_code q_k_trim(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return trim(k, e, args, out, true, true);
}

q_code q_k_ltrim(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return trim(k, e, args, out, true, false);
}

q_code q_k_rtrim(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return trim(k, e, args, out, false, true);
}
