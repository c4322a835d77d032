/* Substitution of variables in scripts, with a map of places. */
#include "common/sql/script.h"

#include <string.h>
#include <strings.h>

#include "common/base/index.h"
#include "common/sql/parse.h"
#include "common/sql/parse_internal.h"

enum { MAX_VARIABLE_BYTES = 256 };

typedef struct variable {
    const char *name, *value;
} variable;

typedef struct scan {
    q_sql_parser p;    /* for its lists and errors; its text is the user's */
    q_sql_list pieces; /* q_sql_piece */
    q_sql_list set;    /* variable: set by the script so far */
    q_index set_names; /* of set */
    q_sql_list bytes;  /* char: the new text */
    size_t statement;  /* start of the current statement in the new text */
    q_sql_lookup lookup;
    void *ctx;
} scan;

static void add_piece(scan *s, size_t origin, bool value)
{
    *q_sql_push(&s->p, &s->pieces, q_sql_piece) =
        (q_sql_piece){.at = s->bytes.n, .origin = origin, .value = value};
}

static q_code add_bytes(scan *s, const char *text, size_t n)
{
    q_sql_list *b = &s->bytes;
    if (n > Q_SQL_MAX_BYTES - b->n)
        return q_err_set(s->p.err, Q_E_RECURSION_LIMIT,
                         "the SQL text has more than %u bytes with its variables", Q_SQL_MAX_BYTES);
    if (b->n + n > b->cap) {
        uint32_t cap = (uint32_t)(b->n + n) * 2 + 64;
        char *data = q_arena_bytes(s->p.arena, cap);
        if (b->n)
            memcpy(data, b->data, b->n);
        b->data = data;
        b->cap = cap;
    }
    memcpy((char *)b->data + b->n, text, n);
    b->n += (uint32_t)n;
    return Q_OK;
}

/* ---- values --------------------------------------------------------------- */

/* NULL: the script has not set it. */
static variable *find_set(const scan *s, const char *name)
{
    variable *set = s->set.data;
    q_index_cursor c = q_index_at(q_hash_bytes(0, name, strlen(name)));
    for (uint32_t i; q_index_next(&s->set_names, &c, &i);) {
        if (strcmp(set[i].name, name) == 0)
            return &set[i];
    }
    return NULL;
}

static const char *find_value(const scan *s, const char *name)
{
    const variable *set = find_set(s, name);
    return set ? set->value : s->lookup ? s->lookup(s->ctx, name) : NULL;
}

/* variable = "${" ["hiveconf:" | "hivevar:"] name [":-" default] "}"; i is at the "$" */
static q_code put_variable(scan *s, size_t *i)
{
    const char *sql = s->p.sql, *start = sql + *i + 2;
    size_t rest = s->p.len - *i - 2;
    const char *close = memchr(start, '}', rest);
    q_sql_span at = {(uint32_t)*i, 2};
    if (!close)
        return q_sql_fail(&s->p, at, Q_E_PARSE_SYNTAX_ERROR,
                          "a variable that is never closed: ${…}");
    size_t n = (size_t)(close - start);
    const char *fallback = memmem(start, n, ":-", 2);
    size_t name_len = fallback ? (size_t)(fallback - start) : n;
    if (name_len > 9 && strncasecmp(start, "hiveconf:", 9) == 0) {
        start += 9;
        name_len -= 9;
    } else if (name_len > 8 && strncasecmp(start, "hivevar:", 8) == 0) {
        start += 8;
        name_len -= 8;
    }
    if (name_len == 0 || name_len > MAX_VARIABLE_BYTES || memchr(start, 0, name_len))
        return q_sql_fail(&s->p, at, Q_E_PARSE_SYNTAX_ERROR, "a bad name of a variable in ${…}");
    const char *name = q_arena_strndup(s->p.arena, start, name_len);
    const char *value = find_value(s, name);
    size_t value_len = value ? strlen(value) : 0;
    if (!value && fallback) {
        value = fallback + 2;
        value_len = (size_t)(close - value);
    }
    if (!value) {
        q_sql_fail(&s->p, at, Q_E_UNRESOLVED_VARIABLE, "no value for the variable ${%s}", name);
        q_err_hint(s->p.err,
                   "give it with --param %s=VALUE, or write SET %s = …; or ${%s:-default}", name,
                   name, name);
        return Q_E_UNRESOLVED_VARIABLE;
    }
    add_piece(s, *i, true);
    Q_TRY(add_bytes(s, value, value_len));
    *i = (size_t)(close - sql) + 1;
    add_piece(s, *i, false);
    return Q_OK;
}

/* ---- the text ------------------------------------------------------------- */

/* The end of a statement in the new text: if it is `SET key = value`, remember it. */
static void note_set(scan *s)
{
    q_sql_parser p;
    const char *sql = (const char *)s->bytes.data + s->statement;
    size_t len = s->bytes.n - s->statement;
    s->statement = s->bytes.n;
    if (len == 0 || q_sql_parser_init(&p, s->p.arena, sql, len, NULL) != Q_OK)
        return;
    while (q_sql_take(&p, Q_TK_SEMICOLON))
        ;
    q_sql_statement st = {0};
    if (!q_sql_at_word(&p, Q_KW_SET) || q_sql_parse_set(&p, &st) != Q_OK || !st.set.value)
        return;
    variable *known = find_set(s, st.set.key);
    if (known) {
        known->value = st.set.value;
        return;
    }
    uint64_t hash = q_hash_bytes(0, st.set.key, strlen(st.set.key));
    q_index_add(&s->set_names, s->p.arena, hash, s->set.n);
    *q_sql_push(&s->p, &s->set, variable) = (variable){st.set.key, st.set.value};
}

/*
 * Copy up to the next place that matters: a variable, a semicolon outside quotes, the end. `quote`
 * is the quote that is open, 0 outside.
 */
static q_code copy_text(scan *s)
{
    const char *sql = s->p.sql;
    size_t len = s->p.len;
    char quote = 0;
    add_piece(s, 0, false);
    for (size_t i = 0; i < len;) {
        char c = sql[i];
        size_t next = quote ? i : q_sql_skip_space(sql, len, i);
        bool unclosed = !quote && next + 1 < len && sql[next] == '/' && sql[next + 1] == '*';
        if (unclosed) /* the parser says so */
            next = len;
        if (next != i) { /* white space and comments, as they are */
            Q_TRY(add_bytes(s, sql + i, next - i));
            i = next;
            continue;
        }
        if (c == '$' && i + 1 < len && sql[i + 1] == '{') {
            Q_TRY(put_variable(s, &i));
            continue;
        }
        size_t n = quote && quote != '`' && c == '\\' && i + 1 < len && sql[i + 1] != '$' ? 2 : 1;
        Q_TRY(add_bytes(s, sql + i, n));
        i += n;
        if (!quote && c == ';')
            note_set(s);
        else if (!quote && (c == '\'' || c == '"' || c == '`'))
            quote = c;
        else if (c == quote && n == 1)
            quote = 0;
    }
    return Q_OK;
}

q_code q_sql_substitute(q_arena *a, const char *sql, size_t len, q_sql_lookup lookup, void *ctx,
                        q_sql_text **out, q_err *err)
{
    scan s = {.lookup = lookup, .ctx = ctx};
    Q_TRY(q_sql_parser_init(&s.p, a, sql, len, err));
    Q_TRY(copy_text(&s));
    *q_sql_push(&s.p, &s.bytes, char) = 0;
    q_sql_text *text = q_arena_new(a, q_sql_text);
    *text = (q_sql_text){.sql = s.bytes.data,
                         .len = s.bytes.n - 1,
                         .origin = sql,
                         .origin_len = len,
                         .piece = s.pieces.data,
                         .n_pieces = s.pieces.n};
    *out = text;
    return Q_OK;
}

/* ---- places --------------------------------------------------------------- */

size_t q_sql_text_origin(const q_sql_text *text, size_t offset)
{
    uint32_t lo = 0, hi = text->n_pieces;
    while (hi - lo > 1) { /* the last piece at or before the offset */
        uint32_t mid = lo + (hi - lo) / 2;
        if (text->piece[mid].at <= offset)
            lo = mid;
        else
            hi = mid;
    }
    const q_sql_piece *piece = &text->piece[lo];
    return piece->value ? piece->origin : piece->origin + (offset - piece->at);
}

void q_sql_text_err_at(q_err *err, const q_sql_text *text, size_t offset)
{
    q_err_at_sql(err, text->origin, text->origin_len, q_sql_text_origin(text, offset));
}

q_code q_sql_parse_text(q_arena *a, const q_sql_text *text, q_sql_script **out, q_err *err)
{
    q_code code = q_sql_parse(a, text->sql, text->len, out, err);
    if (code == Q_OK) {
        (*out)->text = text;
    } else if (err && err->line) { /* the place in the new text: find it again in the user's */
        err->line = 0;
        q_sql_text_err_at(err, text, (size_t)err->byte);
    }
    return code;
}
