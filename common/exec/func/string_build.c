/* Strings: joining, filling up, repeating, exchanging characters. */
#include "common/column/utf8.h"
#include "common/exec/func/func.h"

q_code q_k_concat(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    if (e->type.kind == Q_ARRAY)
        return q_func_concat_arrays(k, e, args, out);
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        uint32_t flags = Q_STR_PLAIN;
        for (uint32_t a = 0; a < e->n_args; a++) {
            q_str s = q_func_strs(args[a])[i];
            Q_TRY(q_func_text_put(&t, s.ptr, s.len));
            flags &= s.len ? s.flags : flags;
        }
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, flags);
    }
    return Q_OK;
}

struct join {
    q_func_text text;
    q_str separator;
    bool any;
    uint32_t flags;
};

static q_code join_piece(struct join *j, q_str s)
{
    if (j->any)
        Q_TRY(q_func_text_put(&j->text, j->separator.ptr, j->separator.len));
    j->any = true;
    j->flags &= s.len ? s.flags : j->flags;
    return q_func_text_put(&j->text, s.ptr, s.len);
}

static q_code join_argument(struct join *j, const q_column *c, uint32_t row)
{
    if (q_column_is_null(c, row))
        return Q_OK;
    if (c->type.kind != Q_ARRAY)
        return join_piece(j, q_func_strs(c)[row]);
    q_list l = Q_VALUES(c, q_list)[row];
    for (uint32_t i = l.start; i < l.start + l.len; i++) {
        if (!q_column_is_null(c->child, i))
            Q_TRY(join_piece(j, q_func_strs(c->child)[i]));
    }
    return Q_OK;
}

/* concat_ws(separator, string or array<string>, …): NULLs are skipped, but not the separator's. */
q_code q_k_concat_ws(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    struct join j;
    q_func_text_init(&j.text, k);
    for (uint32_t i = 0; i < k->n_rows; i++) {
        if (q_column_is_null(args[0], i)) {
            Q_TRY(q_kernel_null(k, out, i));
            continue;
        }
        j.separator = q_func_strs(args[0])[i];
        j.any = false;
        j.flags = j.separator.flags | (j.separator.len ? 0 : Q_STR_PLAIN);
        for (uint32_t a = 1; a < e->n_args; a++)
            Q_TRY(join_argument(&j, args[a], i));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&j.text, j.flags);
    }
    return Q_OK;
}

/* elt(n, a, b, …): the n-th of the others; NULL where there is none. */
q_code q_k_elt(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    for (uint32_t i = 0; i < k->n_rows; i++) {
        int64_t n = q_column_is_null(args[0], i) ? 0 : q_func_ints(args[0])[i];
        if (n < 1 || n >= e->n_args || q_column_is_null(args[n], i))
            Q_TRY(q_kernel_null(k, out, i));
        else
            Q_VALUES(out, q_str)[i] = q_func_strs(args[n])[i];
    }
    return Q_OK;
}

/* ---- filling up ---- */

static q_code fill(q_func_text *t, q_str pad, bool bytes, size_t chars)
{
    size_t pad_chars = bytes ? 0 : q_utf8_count(pad.ptr, pad.len);
    bytes = pad_chars == 0; /* also nothing but continuation bytes, each a character to Spark */
    pad_chars = bytes ? pad.len : pad_chars;
    Q_TRY(q_func_text_room(t, (uint64_t)(chars / pad_chars) * pad.len));
    q_func_text_times(t, pad, chars / pad_chars);
    chars %= pad_chars;
    return q_func_text_put(t, pad.ptr, bytes ? chars : q_utf8_offset(pad.ptr, pad.len, chars));
}

static q_code pad(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out, bool left)
{
    bool bytes = e->type.kind == Q_BINARY;
    const q_str *s = q_func_strs(args[0]);
    const int32_t *len = q_func_ints(args[1]);
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        q_str with = {bytes ? "" : " ", 1, bytes ? 0 : Q_STR_PLAIN};
        if (e->n_args > 2)
            with = q_func_strs(args[2])[i];
        size_t chars = bytes ? s[i].len : q_utf8_count(s[i].ptr, s[i].len);
        size_t want = len[i] > 0 ? (size_t)len[i] : 0;
        if (want <= chars || with.len == 0) {
            size_t n =
                bytes ? (want < chars ? want : chars) : q_utf8_offset(s[i].ptr, s[i].len, want);
            Q_VALUES(out, q_str)[i] = q_func_part(s[i], 0, n);
            continue;
        }
        if (!left)
            Q_TRY(q_func_text_put(&t, s[i].ptr, s[i].len));
        Q_TRY(fill(&t, with, bytes, want - chars));
        if (left)
            Q_TRY(q_func_text_put(&t, s[i].ptr, s[i].len));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, s[i].flags & with.flags);
    }
    return Q_OK;
}

q_code q_k_lpad(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return pad(k, e, args, out, true);
}

q_code q_k_rpad(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    return pad(k, e, args, out, false);
}

static q_code repeat(q_func_text *t, q_str s, int32_t n)
{
    if (n <= 0 || s.len == 0)
        return Q_OK;
    Q_TRY(q_func_text_room(t, (uint64_t)s.len * (uint64_t)n));
    q_func_text_times(t, s, (size_t)n);
    return Q_OK;
}

q_code q_k_repeat(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str *s = q_func_strs(args[0]);
    const int32_t *n = q_func_ints(args[1]);
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        Q_TRY(repeat(&t, s[i], n[i]));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, s[i].flags);
    }
    return Q_OK;
}

q_code q_k_space(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str space = {" ", 1, Q_STR_PLAIN};
    const int32_t *n = q_func_ints(args[0]);
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        Q_TRY(repeat(&t, space, n[i]));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, Q_STR_PLAIN);
    }
    return Q_OK;
}

/* ---- exchanging ---- */

q_code q_k_reverse(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    if (e->type.kind == Q_ARRAY)
        return q_func_reverse_arrays(k, e, args, out);
    const q_str *s = q_func_strs(args[0]);
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        Q_TRY(q_func_text_room(&t, s[i].len));
        char *end = t.at + s[i].len;
        for (size_t from = 0, n; from < s[i].len; from += n) {
            n = q_utf8_char_bytes(s[i].ptr + from, s[i].len - from);
            memcpy(end - from - n, s[i].ptr + from, n);
        }
        t.at = end;
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, s[i].flags);
    }
    return Q_OK;
}

/* overlay(text, by, position[, length]): by in place of `length` characters (as many as it has). */
q_code q_k_overlay(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    const q_str *s = q_func_strs(args[0]), *by = q_func_strs(args[1]);
    const int32_t *pos = q_func_ints(args[2]), *len = e->n_args > 3 ? q_func_ints(args[3]) : NULL;
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        int64_t n = len && len[i] >= 0 ? len[i] : (int64_t)q_utf8_count(by[i].ptr, by[i].len);
        int64_t rest = pos[i] + n; /* position of what follows, as substring takes it */
        size_t before = pos[i] > 1 ? q_utf8_offset(s[i].ptr, s[i].len, (size_t)pos[i] - 1) : 0;
        size_t from = rest > 0   ? q_utf8_offset(s[i].ptr, s[i].len, (size_t)rest - 1)
                      : rest < 0 ? q_utf8_offset_back(s[i].ptr, s[i].len, (size_t)-rest)
                                 : 0;
        Q_TRY(q_func_text_put(&t, s[i].ptr, before));
        Q_TRY(q_func_text_put(&t, by[i].ptr, by[i].len));
        Q_TRY(q_func_text_put(&t, s[i].ptr + from, s[i].len - from));
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, s[i].flags & by[i].flags);
    }
    return Q_OK;
}

/* The character of `to` at the place where `from` first has the one at c; false: not in `from`.
 * An empty result deletes. */
static bool translated(q_str from, q_str to, const char *c, size_t n, q_str *out)
{
    size_t i = 0, j = 0;
    while (i < from.len) {
        size_t bytes = q_utf8_char_bytes(from.ptr + i, from.len - i);
        size_t other = j < to.len ? q_utf8_char_bytes(to.ptr + j, to.len - j) : 0;
        if (bytes == n && memcmp(from.ptr + i, c, n) == 0) {
            *out = (q_str){to.ptr + j, (uint32_t)other, 0};
            return true;
        }
        i += bytes;
        j += other;
    }
    return false;
}

q_code q_k_translate(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out)
{
    (void)e;
    const q_str *s = q_func_strs(args[0]), *from = q_func_strs(args[1]), *to = q_func_strs(args[2]);
    q_func_text t;
    q_func_text_init(&t, k);
    Q_FUNC_EACH(i)
    {
        q_str by;
        for (size_t at = 0, n; at < s[i].len; at += n) {
            n = q_utf8_char_bytes(s[i].ptr + at, s[i].len - at);
            if (!translated(from[i], to[i], s[i].ptr + at, n, &by))
                by = (q_str){s[i].ptr + at, (uint32_t)n, 0};
            Q_TRY(q_func_text_put(&t, by.ptr, by.len));
        }
        Q_VALUES(out, q_str)[i] = q_func_text_end(&t, s[i].flags & to[i].flags);
    }
    return Q_OK;
}
