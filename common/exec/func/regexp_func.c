/* Functions of regular expressions. */
#include "common/column/utf8.h"
#include "common/exec/func/regexp.h"

q_code q_k_rlike(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    q_regexp *r;
    bool found;
    Q_FUNC_EACH(i)
    {
        Q_TRY(q_regexp_get(k, "rlike", q_func_strs(args[1])[i], &r));
        Q_TRY(q_regexp_find(k, r, q_func_strs(args[0])[i], 0, &found));
        Q_VALUES(out, uint8_t)[i] = found;
    }
    return Q_OK;
}

static q_code check_group(q_kernel_ctx *k, const char *function, const q_regexp *r, int32_t group)
{
    if (group >= 0 && (uint32_t)group <= q_regexp_groups(r))
        return Q_OK;
    return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE,
                     "%s: the group index must be between 0 and %u, but it is %d", function,
                     q_regexp_groups(r), group);
}

static q_str group_of(const q_regexp *r, q_str s, uint32_t group)
{
    size_t from, to;
    if (!q_regexp_group(r, group, &from, &to))
        return (q_str){"", 0, Q_STR_PLAIN};
    return q_func_part(s, from, to);
}

q_code q_k_regexp_extract(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_regexp *r;
    bool found;
    Q_FUNC_EACH(i)
    {
        q_str s = q_func_strs(args[0])[i];
        int32_t group = e->n_args > 2 ? q_func_ints(args[2])[i] : 1;
        Q_TRY(q_regexp_get(k, "regexp_extract", q_func_strs(args[1])[i], &r));
        Q_TRY(q_regexp_find(k, r, s, 0, &found));
        Q_VALUES(out, q_str)[i] = (q_str){"", 0, Q_STR_PLAIN};
        if (found) {
            Q_TRY(check_group(k, "regexp_extract", r, group));
            Q_VALUES(out, q_str)[i] = group_of(r, s, (uint32_t)group);
        }
    }
    out->bytes_stable = args[0]->bytes_stable;
    return Q_OK;
}

/* NULL where nothing, or the empty string, is found. */
q_code q_k_regexp_substr(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    q_regexp *r;
    bool found;
    Q_FUNC_EACH(i)
    {
        q_str s = q_func_strs(args[0])[i], part = {0};
        Q_TRY(q_regexp_get(k, "regexp_substr", q_func_strs(args[1])[i], &r));
        Q_TRY(q_regexp_find(k, r, s, 0, &found));
        if (found)
            part = group_of(r, s, 0);
        if (part.len == 0)
            Q_TRY(q_kernel_null(k, out, i));
        Q_VALUES(out, q_str)[i] = part;
    }
    out->bytes_stable = args[0]->bytes_stable;
    return Q_OK;
}

q_code q_k_regexp_instr(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    q_regexp *r;
    bool found;
    size_t from, to;
    Q_FUNC_EACH(i)
    {
        q_str s = q_func_strs(args[0])[i];
        Q_TRY(q_regexp_get(k, "regexp_instr", q_func_strs(args[1])[i], &r));
        Q_TRY(q_regexp_find(k, r, s, 0, &found));
        found = found && q_regexp_group(r, 0, &from, &to);
        Q_VALUES(out, int32_t)[i] = found ? (int32_t)q_utf8_count(s.ptr, from) + 1 : 0;
    }
    return Q_OK;
}

q_code q_k_regexp_count(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    q_regexp *r;
    Q_FUNC_EACH(i)
    {
        q_str s = q_func_strs(args[0])[i];
        int32_t n = 0;
        Q_TRY(q_regexp_get(k, "regexp_count", q_func_strs(args[1])[i], &r));
        for (size_t from = 0; from != SIZE_MAX; n++) {
            bool found;
            Q_TRY(q_regexp_find(k, r, s, from, &found));
            if (!found)
                break;
            from = q_regexp_next(r, s);
        }
        Q_VALUES(out, int32_t)[i] = n;
    }
    return Q_OK;
}

static q_code add_string(q_func_list *l, q_str s)
{
    uint32_t at;
    Q_TRY(q_func_list_add(l, &at));
    Q_VALUES(&l->child, q_str)[at] = s;
    return Q_OK;
}

static q_code extract_all(q_kernel_ctx *k, q_regexp *r, q_str s, int32_t group, q_func_list *l)
{
    for (size_t from = 0; from != SIZE_MAX;) {
        bool found;
        Q_TRY(q_regexp_find(k, r, s, from, &found));
        if (!found)
            break;
        Q_TRY(check_group(k, "regexp_extract_all", r, group));
        Q_TRY(add_string(l, group_of(r, s, (uint32_t)group)));
        from = q_regexp_next(r, s);
    }
    return Q_OK;
}

q_code q_k_regexp_extract_all(q_kernel_ctx *k, const q_expr *e, q_column *const *args,
                              q_column *out)
{
    q_regexp *r;
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, Q_TYPE(Q_STRING)));
    Q_FUNC_EACH(i)
    {
        int32_t group = e->n_args > 2 ? q_func_ints(args[2])[i] : 1;
        uint32_t start = l.child.length;
        Q_TRY(q_regexp_get(k, "regexp_extract_all", q_func_strs(args[1])[i], &r));
        Q_TRY(extract_all(k, r, q_func_strs(args[0])[i], group, &l));
        Q_VALUES(out, q_list)[i] = (q_list){start, l.child.length - start};
    }
    return q_func_list_finish(&l, out);
}

/* ---- split ---- */

/* No pattern: characters, at most `limit` of them (the rest is dropped, as in Spark). */
static q_code split_characters(q_str s, int32_t limit, q_func_list *l)
{
    int64_t left = limit > 0 ? limit : INT64_MAX;
    for (size_t at = 0, n; at < s.len && left > 0; at += n, left--) {
        n = q_utf8_char_bytes(s.ptr + at, s.len - at);
        Q_TRY(add_string(l, q_func_part(s, at, at + n)));
    }
    return Q_OK;
}

/* String.split: an empty match at the very beginning does not count. */
static q_code split(q_kernel_ctx *k, q_regexp *r, q_str s, int32_t limit, q_func_list *l)
{
    size_t begin = 0, from, to;
    int32_t n = 1;
    for (size_t at = 0; at != SIZE_MAX && (limit <= 0 || n < limit);) {
        bool found;
        Q_TRY(q_regexp_find(k, r, s, at, &found));
        if (!found || !q_regexp_group(r, 0, &from, &to))
            break;
        at = q_regexp_next(r, s);
        if (to == 0)
            continue;
        Q_TRY(add_string(l, q_func_part(s, begin, from)));
        begin = to;
        n++;
    }
    return add_string(l, q_func_part(s, begin, s.len));
}

q_code q_k_split(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_regexp *r;
    q_func_list l;
    Q_TRY(q_func_list_init(&l, k, Q_TYPE(Q_STRING)));
    l.child.bytes_stable = out->bytes_stable = args[0]->bytes_stable;
    Q_FUNC_EACH(i)
    {
        q_str s = q_func_strs(args[0])[i], pattern = q_func_strs(args[1])[i];
        int32_t limit = e->n_args > 2 ? q_func_ints(args[2])[i] : -1;
        uint32_t start = l.child.length;
        if (pattern.len == 0 && s.len > 0) {
            Q_TRY(split_characters(s, limit, &l));
        } else {
            Q_TRY(q_regexp_get(k, "split", pattern, &r));
            Q_TRY(split(k, r, s, limit, &l));
        }
        Q_VALUES(out, q_list)[i] = (q_list){start, l.child.length - start};
    }
    return q_func_list_finish(&l, out);
}

/* ---- replacing ---- */

static q_code bad_replacement(q_kernel_ctx *k, q_str by, const char *why)
{
    return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE, "regexp_replace: replacement '%.*s': %s",
                     (int)(by.len < 200 ? by.len : 200), by.ptr, why);
}

/* $n or ${name} at by.ptr[*i], behind the $: as many digits as there are groups for. */
static q_code group_reference(q_kernel_ctx *k, const q_regexp *r, q_str by, uint32_t *i,
                              uint32_t *group)
{
    char name[64];
    if (*i < by.len && by.ptr[*i] == '{') {
        const char *from = by.ptr + *i + 1;
        const char *close = memchr(from, '}', by.len - *i - 1);
        if (!close || (size_t)(close - from) >= sizeof name)
            return bad_replacement(k, by, "${ is not closed");
        memcpy(name, from, (size_t)(close - from));
        name[close - from] = 0;
        *group = q_regexp_group_named(r, name);
        *i = (uint32_t)(close + 1 - by.ptr);
        return *group ? Q_OK : bad_replacement(k, by, "there is no group of that name");
    }
    if (*i == by.len || by.ptr[*i] < '0' || by.ptr[*i] > '9')
        return bad_replacement(k, by, "$ must be followed by a group's number");
    *group = (uint32_t)(by.ptr[(*i)++] - '0');
    if (*group > q_regexp_groups(r))
        return bad_replacement(k, by, "the pattern has no such group");
    for (; *i < by.len && by.ptr[*i] >= '0' && by.ptr[*i] <= '9'; ++*i) {
        uint32_t longer = *group * 10 + (uint32_t)(by.ptr[*i] - '0');
        if (longer > q_regexp_groups(r))
            break;
        *group = longer;
    }
    return Q_OK;
}

static q_code put_replacement(q_kernel_ctx *k, const q_regexp *r, q_str s, q_str by, q_func_text *t)
{
    for (uint32_t i = 0; i < by.len;) {
        if (by.ptr[i] == '\\') {
            if (++i == by.len)
                return bad_replacement(k, by, "a backslash at the end");
            Q_TRY(q_func_text_put(t, by.ptr + i++, 1));
        } else if (by.ptr[i] == '$') {
            uint32_t group = 0;
            i++;
            Q_TRY(group_reference(k, r, by, &i, &group));
            q_str v = group_of(r, s, group);
            Q_TRY(q_func_text_put(t, v.ptr, v.len));
        } else {
            uint32_t from = i;
            while (i < by.len && by.ptr[i] != '\\' && by.ptr[i] != '$')
                i++;
            Q_TRY(q_func_text_put(t, by.ptr + from, i - from));
        }
    }
    return Q_OK;
}

static q_code replace(q_kernel_ctx *k, q_regexp *r, q_str s, q_str by, q_func_text *t, bool *any)
{
    size_t copied = 0, from, to;
    *any = false;
    for (size_t at = 0; at != SIZE_MAX;) {
        bool found;
        Q_TRY(q_regexp_find(k, r, s, at, &found));
        if (!found || !q_regexp_group(r, 0, &from, &to))
            break;
        Q_TRY(q_func_text_put(t, s.ptr + copied, from - copied));
        Q_TRY(put_replacement(k, r, s, by, t));
        copied = to;
        *any = true;
        at = q_regexp_next(r, s);
    }
    return *any ? q_func_text_put(t, s.ptr + copied, s.len - copied) : Q_OK;
}

/* regexp_replace(text, pattern, by[, position]): what is before the position is neither changed nor
 * seen by the pattern. */
q_code q_k_regexp_replace(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    q_regexp *r;
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        q_str s = q_func_strs(args[0])[i], by = q_func_strs(args[2])[i];
        int32_t position = e->n_args > 3 ? q_func_ints(args[3])[i] : 1;
        if (position < 1)
            return q_err_set(k->err, Q_E_INVALID_PARAMETER_VALUE,
                             "regexp_replace: the position must be at least 1, but it is %d",
                             position);
        size_t skip = q_utf8_offset(s.ptr, s.len, (size_t)position - 1);
        bool any = false;
        Q_TRY(q_regexp_get(k, "regexp_replace", q_func_strs(args[1])[i], &r));
        Q_TRY(q_func_text_put(&t, s.ptr, skip));
        if (position == 1 || skip < s.len)
            Q_TRY(replace(k, r, q_func_part(s, skip, s.len), by, &t, &any));
        if (!any)
            t.at = t.row;
        Q_VALUES(out, q_str)[i] = any ? q_func_text_end(&t, s.flags & by.flags) : s;
    }
    return Q_OK;
}
