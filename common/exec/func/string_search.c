/* Strings: finding, counting and cutting at literal text. */
#include "common/column/utf8.h"
#include "common/exec/func/func.h"

#define NOT_FOUND SIZE_MAX

/* Byte offset of `needle` in s at or behind `from`; an empty needle is found at once. */
static size_t find(q_str s, q_str needle, size_t from)
{
    if (needle.len == 0)
        return from;
    if (from >= s.len)
        return NOT_FOUND;
    const char *p = q_func_find(s.ptr + from, s.len - from, needle.ptr, needle.len);
    return p ? (size_t)(p - s.ptr) : NOT_FOUND;
}

/* The last place that begins at or before `from`. */
static size_t find_back(q_str s, q_str needle, int64_t from)
{
    if (from > (int64_t)s.len - (int64_t)needle.len)
        from = (int64_t)s.len - (int64_t)needle.len;
    for (; from >= 0; from--) {
        if (memcmp(s.ptr + from, needle.ptr, needle.len) == 0)
            return (size_t)from;
    }
    return NOT_FOUND;
}

/* ---- predicates, on strings and on binary values ---- */

q_code q_k_startswith(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str *s = q_func_strs(args[0]), *n = q_func_strs(args[1]);
    Q_FUNC_EACH(i)
    {
        Q_VALUES(out, uint8_t)
        [i] = n[i].len <= s[i].len && (!n[i].len || !memcmp(s[i].ptr, n[i].ptr, n[i].len));
    }
    return Q_OK;
}

q_code q_k_endswith(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str *s = q_func_strs(args[0]), *n = q_func_strs(args[1]);
    Q_FUNC_EACH(i)
    {
        Q_VALUES(out, uint8_t)
        [i] = n[i].len <= s[i].len &&
              (!n[i].len || !memcmp(s[i].ptr + s[i].len - n[i].len, n[i].ptr, n[i].len));
    }
    return Q_OK;
}

q_code q_k_contains(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str *s = q_func_strs(args[0]), *n = q_func_strs(args[1]);
    Q_FUNC_EACH(i)
    {
        Q_VALUES(out, uint8_t)[i] = find(s[i], n[i], 0) != NOT_FOUND;
    }
    return Q_OK;
}

/* ---- positions ---- */

/* Character position from 1 of the needle, looked for from character `start` (from 0); 0 none.
 * An empty needle is at 1 wherever one starts, as in Spark. */
static int32_t position(q_str s, q_str needle, size_t start)
{
    if (needle.len == 0)
        return 1;
    size_t from = q_utf8_offset(s.ptr, s.len, start);
    size_t at = find(s, needle, from);
    return at == NOT_FOUND ? 0 : (int32_t)(start + q_utf8_count(s.ptr + from, at - from)) + 1;
}

q_code q_k_instr(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str *s = q_func_strs(args[0]), *n = q_func_strs(args[1]);
    Q_FUNC_EACH(i)
    {
        Q_VALUES(out, int32_t)[i] = position(s[i], n[i], 0);
    }
    return Q_OK;
}

/* locate(needle, text[, start]): 0 when the start is NULL, whatever the rest. */
q_code q_k_locate(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_str *n = q_func_strs(args[0]), *s = q_func_strs(args[1]);
    int32_t *r = Q_VALUES(out, int32_t);
    for (uint32_t i = 0; i < k->n_rows; i++) {
        int32_t start = 1;
        if (e->n_args > 2)
            start = q_column_is_null(args[2], i) ? 0 : q_func_ints(args[2])[i];
        bool no_start = e->n_args > 2 && q_column_is_null(args[2], i);
        if (!no_start && (q_column_is_null(args[0], i) || q_column_is_null(args[1], i)))
            Q_TRY(q_kernel_null(k, out, i));
        else
            r[i] = start < 1 ? 0 : position(s[i], n[i], (size_t)start - 1);
    }
    return Q_OK;
}

q_code q_k_find_in_set(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str comma = {",", 1, 0};
    const q_str *word = q_func_strs(args[0]), *set = q_func_strs(args[1]);
    Q_FUNC_EACH(i)
    {
        int32_t found = 0, n = 1;
        bool possible = find(word[i], comma, 0) == NOT_FOUND;
        for (size_t from = 0; possible && !found; n++) {
            size_t at = find(set[i], comma, from);
            size_t to = at == NOT_FOUND ? set[i].len : at;
            if (q_str_eq(q_func_part(set[i], from, to), word[i]))
                found = n;
            if (at == NOT_FOUND)
                break;
            from = at + 1;
        }
        Q_VALUES(out, int32_t)[i] = found;
    }
    return Q_OK;
}

/* ---- cutting ---- */

q_code q_k_replace(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_str *s = q_func_strs(args[0]), *old = q_func_strs(args[1]);
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        q_str by = e->n_args > 2 ? q_func_strs(args[2])[i] : (q_str){"", 0, Q_STR_PLAIN};
        size_t from = 0, at = old[i].len ? find(s[i], old[i], 0) : NOT_FOUND;
        if (at == NOT_FOUND) {
            Q_VALUES(out, q_str)[i] = s[i];
            continue;
        }
        for (; at != NOT_FOUND; at = find(s[i], old[i], from)) {
            Q_TRY(q_func_text_put(&t, s[i].ptr + from, at - from));
            Q_TRY(q_func_text_put(&t, by.ptr, by.len));
            from = at + old[i].len;
        }
        Q_TRY(q_func_text_put(&t, s[i].ptr + from, s[i].len - from));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, s[i].flags & by.flags);
    }
    return Q_OK;
}

/* Up to the count-th delimiter from the front, or behind the count-th from the back. Places may
 * overlap: the next is looked for one byte on, as in Spark. */
static q_str substring_index(q_str s, q_str delim, int32_t count)
{
    if (delim.len == 0 || count == 0)
        return q_func_part(s, 0, 0);
    if (count > 0) {
        size_t at = NOT_FOUND;
        for (; count > 0; count--) {
            at = find(s, delim, at == NOT_FOUND ? 0 : at + 1);
            if (at == NOT_FOUND)
                return s;
        }
        return q_func_part(s, 0, at);
    }
    int64_t at = (int64_t)s.len - (int64_t)delim.len + 1;
    for (; count < 0; count++) {
        size_t found = at > 0 ? find_back(s, delim, at - 1) : NOT_FOUND;
        if (found == NOT_FOUND)
            return s;
        at = (int64_t)found;
    }
    return q_func_part(s, (size_t)at + delim.len, s.len);
}

q_code q_k_substring_index(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str *s = q_func_strs(args[0]), *delim = q_func_strs(args[1]);
    const int32_t *count = q_func_ints(args[2]);
    Q_FUNC_EACH(i)
    {
        Q_VALUES(out, q_str)[i] = substring_index(s[i], delim[i], count[i]);
    }
    out->bytes_stable = args[0]->bytes_stable;
    return Q_OK;
}

static int64_t count_parts(q_str s, q_str delim)
{
    int64_t n = 1;
    for (size_t at = find(s, delim, 0); at != NOT_FOUND; at = find(s, delim, at + delim.len))
        n++;
    return n;
}

/* The part-th piece between delimiters, from 1 or from the end; "" outside. */
static q_str split_part(q_str s, q_str delim, int64_t part)
{
    if (delim.len == 0)
        return part == 1 || part == -1 ? s : q_func_part(s, 0, 0);
    if (part < 0)
        part += count_parts(s, delim) + 1;
    size_t from = 0;
    for (; part > 1; part--) {
        size_t at = find(s, delim, from);
        if (at == NOT_FOUND)
            return q_func_part(s, 0, 0);
        from = at + delim.len;
    }
    if (part < 1)
        return q_func_part(s, 0, 0);
    size_t at = find(s, delim, from);
    return q_func_part(s, from, at == NOT_FOUND ? s.len : at);
}

q_code q_k_split_part(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str *s = q_func_strs(args[0]), *delim = q_func_strs(args[1]);
    const int32_t *part = q_func_ints(args[2]);
    Q_FUNC_EACH(i)
    {
        if (part[i] == 0)
            return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE,
                             "split_part: the index 0 is invalid, parts count from 1 or, from the "
                             "end, from -1");
        Q_VALUES(out, q_str)[i] = split_part(s[i], delim[i], part[i]);
    }
    out->bytes_stable = args[0]->bytes_stable;
    return Q_OK;
}
