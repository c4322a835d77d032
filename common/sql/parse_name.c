/*
 * Names and aliases. In Spark (ANSI mode off) no word is reserved and the
 * grammar's full look-ahead decides; here a keyword is a name unless it begins
 * something else in that place, which one token of look-ahead tells.
 */
#include "common/sql/parse_internal.h"

#include <string.h>

/* A NUL-terminated name from a token. */
static q_code name_from(q_sql_parser *p, q_sql_token t, q_sql_name *out)
{
    const char *s = p->sql + t.offset;
    out->at = q_sql_token_span(t);
    if (t.kind == Q_TK_WORD) {
        out->text = q_arena_strndup(p->arena, s, t.len);
        return Q_OK;
    }
    char *text = q_arena_bytes(p->arena, t.len);
    size_t n = 0;
    for (uint32_t i = 1; i + 1 < t.len; i++) {
        text[n++] = s[i];
        i += s[i] == '`'; /* the second of two */
    }
    text[n] = 0;
    if (n == 0 || memchr(text, 0, n))
        return q_sql_fail(p, out->at, Q_E_PARSE_SYNTAX_ERROR,
                          n ? "a name holds a NUL byte" : "a name is empty");
    out->text = text;
    out->quoted = true;
    return Q_OK;
}

q_code q_sql_parse_name(q_sql_parser *p, q_sql_name *out, const char *what)
{
    if (!q_sql_at(p, Q_TK_WORD) && !q_sql_at(p, Q_TK_QUOTED))
        return q_sql_unexpected(p, what);
    Q_TRY(name_from(p, p->tok, out));
    q_sql_advance(p);
    return Q_OK;
}

q_code q_sql_parse_names(q_sql_parser *p, q_sql_names *out, const char *what)
{
    uint32_t start = p->tok.offset;
    q_sql_list list = {0};
    do {
        Q_TRY(q_sql_parse_name(p, q_sql_push(p, &list, q_sql_name), what));
    } while (q_sql_take(p, Q_TK_DOT));
    *out = (q_sql_names){.part = list.data, .n = list.n, .at = q_sql_span_from(p, start)};
    return Q_OK;
}

q_code q_sql_parse_name_list(q_sql_parser *p, const q_sql_name **out, uint32_t *n)
{
    q_sql_token open = p->tok;
    Q_TRY(q_sql_expect(p, Q_TK_LPAREN, "'('"));
    q_sql_list list = {0};
    do {
        Q_TRY(q_sql_parse_name(p, q_sql_push(p, &list, q_sql_name), "a name"));
    } while (q_sql_take(p, Q_TK_COMMA));
    *out = list.data;
    *n = list.n;
    return q_sql_expect_close(p, open);
}

/* Tokens that can come after a complete operand, so the word before was the operand. */
static bool follows_operand(const q_sql_parser *p, q_sql_token t)
{
    switch ((q_sql_token_kind)t.kind) {
    case Q_TK_COMMA:
    case Q_TK_RPAREN:
    case Q_TK_LBRACKET:
    case Q_TK_RBRACKET:
    case Q_TK_DOT:
    case Q_TK_CAST:
        return true;
    case Q_TK_WORD:
        switch ((q_sql_keyword)t.keyword) {
        case Q_KW_WHEN:
        case Q_KW_THEN:
        case Q_KW_ELSE:
        case Q_KW_END:
            return p->case_depth > 0;
        case Q_KW_BY:
        case Q_KW_NULLS:
        case Q_KW_NOT: /* WHERE NOT x */
        case Q_KW_SELECT:
        case Q_KW_ON:
            return false;
        default:
            return q_sql_keyword_flags((q_sql_keyword)t.keyword) & Q_KW_CLAUSE;
        }
    default:
        return t.kind >= Q_TK_EQ && t.kind <= Q_TK_HAT && t.kind != Q_TK_TILDE;
    }
}

bool q_sql_at_operand_name(const q_sql_parser *p)
{
    if (q_sql_at(p, Q_TK_QUOTED))
        return true;
    if (!q_sql_at(p, Q_TK_WORD))
        return false;
    q_sql_keyword k = (q_sql_keyword)p->tok.keyword;
    if (!(q_sql_keyword_flags(k) & Q_KW_CLAUSE))
        return true;
    bool in_case = k == Q_KW_WHEN || k == Q_KW_THEN || k == Q_KW_ELSE || k == Q_KW_END;
    q_sql_token next = q_sql_peek(p, 1);
    if (in_case && p->case_depth == 0)
        return true;
    if (next.kind == Q_TK_LPAREN)
        return k == Q_KW_LEFT || k == Q_KW_RIGHT || k == Q_KW_LIKE || k == Q_KW_ILIKE ||
               k == Q_KW_RLIKE || k == Q_KW_REGEXP; /* functions have these names */
    if (next.kind == Q_TK_END || next.kind == Q_TK_SEMICOLON)
        return k != Q_KW_SELECT && k != Q_KW_FROM && k != Q_KW_WHERE && k != Q_KW_HAVING;
    return follows_operand(p, next);
}

/*
 * Is the current word an alias without AS, rather than the start of a clause?
 * `SELECT a limit, b order FROM t` has aliases, `SELECT a LIMIT 1` has none.
 */
static bool at_item_alias(const q_sql_parser *p)
{
    if (q_sql_at(p, Q_TK_QUOTED))
        return true;
    if (!q_sql_at(p, Q_TK_WORD))
        return false;
    if (!(q_sql_keyword_flags((q_sql_keyword)p->tok.keyword) & Q_KW_CLAUSE))
        return true;
    q_sql_token next = q_sql_peek(p, 1);
    return !q_sql_at_word(p, Q_KW_FROM) && !q_sql_at_word(p, Q_KW_AS) &&
           (next.kind == Q_TK_COMMA || q_sql_is_word(next, Q_KW_FROM));
}

q_code q_sql_parse_item_alias(q_sql_parser *p, q_sql_name *out)
{
    q_sql_token as = p->tok;
    if (q_sql_at_word(p, Q_KW_AS)) {
        q_sql_advance(p);
        if (q_sql_at(p, Q_TK_LPAREN))
            return q_sql_unsupported(p, q_sql_token_span(as), "an alias of several names");
        q_sql_token next = q_sql_peek(p, 1);
        if (q_sql_at_word(p, Q_KW_FROM) && next.kind != Q_TK_COMMA && next.kind != Q_TK_END &&
            !q_sql_is_word(next, Q_KW_FROM))
            return q_sql_unexpected(p, "an alias after AS");
        if (!q_sql_is_string(p->tok))
            return q_sql_parse_name(p, out, "an alias after AS");
    } else if (at_item_alias(p)) {
        Q_TRY(q_sql_parse_name(p, out, "an alias"));
    }
    if (q_sql_is_string(p->tok)) {
        q_code code = q_sql_unexpected(p, NULL);
        q_err_hint(p->err, "an alias is written without quotes or in backticks: `name`");
        return code;
    }
    return Q_OK;
}

q_code q_sql_parse_table_alias(q_sql_parser *p, q_sql_alias *out)
{
    if (q_sql_take_word(p, Q_KW_AS)) {
        Q_TRY(q_sql_parse_name(p, &out->name, "an alias after AS"));
    } else {
        bool word = q_sql_at(p, Q_TK_WORD) &&
                    !(q_sql_keyword_flags((q_sql_keyword)p->tok.keyword) & Q_KW_NOALIAS);
        if (!word && !q_sql_at(p, Q_TK_QUOTED))
            return Q_OK;
        Q_TRY(q_sql_parse_name(p, &out->name, "an alias"));
    }
    return q_sql_at(p, Q_TK_LPAREN) ? q_sql_parse_name_list(p, &out->column, &out->n_columns)
                                    : Q_OK;
}
