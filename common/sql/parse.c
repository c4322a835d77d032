/* Entry points of the parser, its cursor and its errors. */
#include "common/sql/parse.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/sql/parse_internal.h"
#include "common/sql/script.h"

/* ---- cursor --------------------------------------------------------------- */

q_code q_sql_parser_init(q_sql_parser *p, q_arena *a, const char *sql, size_t len, q_err *err)
{
    *p = (q_sql_parser){.arena = a, .sql = sql, .len = len, .err = err};
    if (len > Q_SQL_MAX_BYTES) {
        q_err_set(err, Q_E_RECURSION_LIMIT, "the SQL text has %zu bytes, the limit is %u", len,
                  Q_SQL_MAX_BYTES);
        q_err_hint(err, "put data into a file and read it with FROM json.`path` or a view");
        return Q_E_RECURSION_LIMIT;
    }
    p->tok = q_sql_lex(sql, len, 0);
    return Q_OK;
}

void q_sql_advance(q_sql_parser *p)
{
    p->prev = p->tok;
    p->prev_end = p->tok.offset + p->tok.len;
    p->tok = q_sql_lex(p->sql, p->len, p->prev_end);
}

q_sql_token q_sql_peek(const q_sql_parser *p, int n)
{
    q_sql_token t = p->tok;
    while (n-- > 0)
        t = q_sql_lex(p->sql, p->len, (size_t)t.offset + t.len);
    return t;
}

bool q_sql_token_is_plain(const q_sql_parser *p, q_sql_token t, const char *word)
{
    return t.kind == Q_TK_WORD && strlen(word) == t.len &&
           strncasecmp(p->sql + t.offset, word, t.len) == 0;
}

bool q_sql_at_plain(const q_sql_parser *p, const char *word)
{
    return q_sql_token_is_plain(p, p->tok, word);
}

bool q_sql_at_words(const q_sql_parser *p, q_sql_keyword k, q_sql_keyword next)
{
    return q_sql_at_word(p, k) && q_sql_is_word(q_sql_peek(p, 1), next);
}

bool q_sql_take(q_sql_parser *p, q_sql_token_kind kind)
{
    if (!q_sql_at(p, kind))
        return false;
    q_sql_advance(p);
    return true;
}

bool q_sql_take_word(q_sql_parser *p, q_sql_keyword k)
{
    if (!q_sql_at_word(p, k))
        return false;
    q_sql_advance(p);
    return true;
}

q_code q_sql_expect(q_sql_parser *p, q_sql_token_kind kind, const char *what)
{
    return q_sql_take(p, kind) ? Q_OK : q_sql_unexpected(p, what);
}

q_code q_sql_expect_word(q_sql_parser *p, q_sql_keyword k)
{
    return q_sql_take_word(p, k) ? Q_OK : q_sql_unexpected(p, q_sql_keyword_name(k));
}

q_code q_sql_expect_close(q_sql_parser *p, q_sql_token open)
{
    if (q_sql_take(p, Q_TK_RPAREN))
        return Q_OK;
    q_code code = q_sql_unexpected(p, "')'");
    if (p->err && p->tok.kind != Q_TK_BAD && !p->err->hint[0]) {
        q_err at = {.code = Q_E_PARSE_SYNTAX_ERROR};
        q_err_at_sql(&at, p->sql, p->len, open.offset);
        q_err_hint(p->err, "the '(' of line %u, column %u is still open", at.line, at.column);
    }
    return code;
}

q_code q_sql_enter(q_sql_parser *p)
{
    if (p->nesting < Q_SQL_MAX_NESTING) {
        p->nesting++;
        return Q_OK;
    }
    return q_sql_fail(p, q_sql_token_span(p->tok), Q_E_RECURSION_LIMIT,
                      "nested more than %d levels deep", Q_SQL_MAX_NESTING);
}

q_sql_span q_sql_span_from(const q_sql_parser *p, uint32_t start)
{
    return (q_sql_span){start, p->prev_end > start ? p->prev_end - start : 0};
}

q_sql_span q_sql_token_span(q_sql_token t)
{
    return (q_sql_span){t.offset, t.len};
}

void *q_sql_list_grow(q_sql_parser *p, q_sql_list *l, size_t size)
{
    if (l->n == l->cap) {
        uint32_t cap = l->cap ? l->cap * 2 : 4;
        void *data = q_arena_alloc(p->arena, size * cap);
        if (l->n)
            memcpy(data, l->data, size * l->n);
        l->data = data;
        l->cap = cap;
    }
    return memset((char *)l->data + size * l->n++, 0, size);
}

/* ---- errors --------------------------------------------------------------- */

q_code q_sql_fail(q_sql_parser *p, q_sql_span at, q_code code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    q_err_vset(p->err, code, fmt, ap);
    va_end(ap);
    q_err_at_sql(p->err, p->sql, p->len, at.offset);
    return code;
}

q_code q_sql_unsupported(q_sql_parser *p, q_sql_span at, const char *feature)
{
    return q_sql_fail(p, at, Q_E_UNSUPPORTED_FEATURE, "%s is not supported", feature);
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

/* Is the word one slip away from k: two letters swapped, one wrong, missing or too many? */
static bool is_slip_of(const char *word, size_t len, const char *k)
{
    size_t n = strlen(k), i = 0;
    while (i < len && i < n && upper(word[i]) == k[i])
        i++;
    size_t w = len, e = n; /* the ends of what differs */
    while (w > i && e > i && upper(word[w - 1]) == k[e - 1]) {
        w--;
        e--;
    }
    size_t dw = w - i, de = e - i;
    bool swapped = dw == 2 && de == 2 && upper(word[i]) == k[i + 1] && upper(word[i + 1]) == k[i];
    return swapped || (dw <= 1 && de <= 1 && dw + de > 0);
}

/* The clause word that a misspelt word at the error, or right before it, was meant to be. */
static const char *misspelt(const q_sql_parser *p)
{
    static const char *const words[] = {"SELECT", "FROM",   "WHERE",    "GROUP",   "ORDER",
                                        "HAVING", "LIMIT",  "UNION",    "CREATE",  "INSERT",
                                        "JOIN",   "WINDOW", "DESCRIBE", "EXPLAIN", "VALUES"};
    q_sql_token tokens[] = {p->prev, p->tok};
    for (int t = 0; t < 2; t++) {
        bool word = tokens[t].kind == Q_TK_WORD && tokens[t].len >= 3 && tokens[t].keyword == 0;
        for (size_t i = 0; word && i < sizeof words / sizeof words[0]; i++) {
            if (is_slip_of(p->sql + tokens[t].offset, tokens[t].len, words[i]))
                return words[i];
        }
    }
    return NULL;
}

static bool starts_operand(q_sql_token t)
{
    unsigned flags = t.kind == Q_TK_WORD ? q_sql_keyword_flags((q_sql_keyword)t.keyword) : 0;
    return (t.kind == Q_TK_WORD && !(flags & Q_KW_CLAUSE)) || t.kind == Q_TK_QUOTED ||
           q_sql_is_number(t) || q_sql_is_string(t);
}

/* Is the error one that a comma right before it explains? */
static bool is_trailing_comma(const q_sql_parser *p)
{
    q_sql_token t = p->tok;
    return p->prev.kind == Q_TK_COMMA &&
           (t.kind == Q_TK_END || t.kind == Q_TK_SEMICOLON || t.kind == Q_TK_RPAREN ||
            (t.kind == Q_TK_WORD && q_sql_keyword_flags((q_sql_keyword)t.keyword) & Q_KW_CLAUSE));
}

/* A hint for a common slip. Words are guessed at only where nothing in particular was expected. */
static void hint_for(q_sql_parser *p, const char *expected)
{
    const char *meant = misspelt(p);
    bool open = !expected || strcmp(expected, "')'") == 0;
    if (is_trailing_comma(p))
        q_err_hint(p->err, "remove the comma before it");
    else if (meant)
        q_err_hint(p->err, "did you mean %s?", meant);
    else if (q_sql_at(p, Q_TK_AMP) && p->prev.kind == Q_TK_AMP)
        q_err_hint(p->err, "the logical operator is written AND");
    else if (!expected && q_sql_at_word(p, Q_KW_SELECT))
        q_err_hint(p->err, "is a ';' missing before this statement?");
    else if (open && starts_operand(p->tok) && p->prev.kind != Q_TK_LPAREN)
        q_err_hint(p->err, "is a comma or an operator missing before it?");
}

q_code q_sql_unexpected(q_sql_parser *p, const char *expected)
{
    q_sql_token t = p->tok;
    const char *sep = expected ? ": expected " : "";
    if (t.kind == Q_TK_BAD)
        q_sql_lex_error(p->sql, p->len, t, p->err);
    else if (t.kind == Q_TK_END)
        q_err_set(p->err, Q_E_PARSE_SYNTAX_ERROR, "syntax error at the end of the text%s%s", sep,
                  expected ? expected : "");
    else
        q_err_set(p->err, Q_E_PARSE_SYNTAX_ERROR, "syntax error near '%.*s%s'%s%s",
                  t.len > 60 ? 60 : (int)t.len, p->sql + t.offset, t.len > 60 ? "…" : "", sep,
                  expected ? expected : "");
    if (t.kind != Q_TK_BAD && p->err)
        hint_for(p, expected);
    /* what is missing at the end is missing behind the last word, not behind the blank lines */
    bool end = t.kind == Q_TK_END;
    q_err_at_sql(p->err, p->sql, p->len, end ? p->prev_end : t.offset);
    return Q_E_PARSE_SYNTAX_ERROR;
}

void q_sql_err_at(q_err *err, const q_sql_script *script, q_sql_span at)
{
    if (script->text)
        q_sql_text_err_at(err, script->text, at.offset);
    else
        q_err_at_sql(err, script->sql, script->sql_len, at.offset);
}

/* ---- entry points --------------------------------------------------------- */

/* The text must be used up. */
static q_code expect_end(q_sql_parser *p)
{
    return q_sql_at(p, Q_TK_END) ? Q_OK : q_sql_unexpected(p, "the end of the text");
}

/* script = [statement] {";" [statement]} */
q_code q_sql_parse(q_arena *a, const char *sql, size_t len, q_sql_script **out, q_err *err)
{
    q_sql_parser p;
    Q_TRY(q_sql_parser_init(&p, a, sql, len, err));
    q_sql_list list = {0};
    for (;;) {
        while (q_sql_take(&p, Q_TK_SEMICOLON))
            ;
        if (q_sql_at(&p, Q_TK_END))
            break;
        Q_TRY(q_sql_parse_statement(&p, q_sql_push(&p, &list, q_sql_statement)));
        if (!q_sql_at(&p, Q_TK_END) && !q_sql_at(&p, Q_TK_SEMICOLON))
            return q_sql_unexpected(&p, NULL);
    }
    q_sql_script *script = q_arena_new(a, q_sql_script);
    *script =
        (q_sql_script){.sql = sql, .sql_len = len, .statement = list.data, .n_statements = list.n};
    *out = script;
    return Q_OK;
}

/* schema = [column_def {"," column_def}] */
q_code q_sql_parse_schema(q_arena *a, const char *ddl, size_t len, q_sql_column_def **out,
                          uint32_t *n, q_err *err)
{
    q_sql_parser p;
    Q_TRY(q_sql_parser_init(&p, a, ddl, len, err));
    q_sql_list list = {0};
    if (!q_sql_at(&p, Q_TK_END)) {
        do {
            Q_TRY(q_sql_parse_column_def(&p, false, q_sql_push(&p, &list, q_sql_column_def)));
        } while (q_sql_take(&p, Q_TK_COMMA));
    }
    *out = list.data;
    *n = list.n;
    return q_sql_at(&p, Q_TK_END) ? Q_OK : q_sql_unexpected(&p, "',' or the end of the text");
}

q_code q_sql_parse_type(q_arena *a, const char *text, size_t len, q_sql_type **out, q_err *err)
{
    q_sql_parser p;
    Q_TRY(q_sql_parser_init(&p, a, text, len, err));
    const q_sql_type *type;
    Q_TRY(q_sql_parse_type_at(&p, &type));
    *out = q_arena_copy(a, type, sizeof *type);
    return expect_end(&p);
}

q_code q_sql_parse_expr(q_arena *a, const char *sql, size_t len, q_sql_expr **out, q_err *err)
{
    q_sql_parser p;
    Q_TRY(q_sql_parser_init(&p, a, sql, len, err));
    const q_sql_expr *e;
    Q_TRY(q_sql_parse_expression(&p, &e));
    *out = q_arena_copy(a, e, sizeof *e);
    return expect_end(&p);
}
