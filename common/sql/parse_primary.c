/* Operands: literals, names, parentheses, CASE, CAST, calls, and what is written behind them. */
#include "common/sql/parse_internal.h"

#include <string.h>

static q_code make_literal(q_sql_parser *p, uint32_t start, q_sql_literal literal,
                           const q_sql_expr **out)
{
    q_sql_expr *e = q_sql_open(p, Q_SQL_LITERAL, start);
    e->literal = literal;
    return q_sql_close(p, e, out);
}

/* number = ["-"] NUMBER */
static q_code parse_number(q_sql_parser *p, const q_sql_expr **out)
{
    uint32_t start = p->tok.offset;
    bool negative = q_sql_take(p, Q_TK_MINUS);
    q_sql_literal literal = {0};
    Q_TRY(q_sql_parse_number(p, start, negative, &literal));
    return make_literal(p, start, literal, out);
}

static q_code parse_string(q_sql_parser *p, const q_sql_expr **out)
{
    uint32_t start = p->tok.offset;
    q_sql_literal literal = {.kind = Q_SQL_LIT_STRING};
    Q_TRY(q_sql_parse_joined_strings(p, &literal.text.bytes, &literal.text.len));
    return make_literal(p, start, literal, out);
}

/* star = [names "."] "*" ["EXCEPT" "(" names {"," names} ")"], the names already taken */
static q_code parse_star(q_sql_parser *p, uint32_t start, q_sql_names qualifier,
                         const q_sql_expr **out)
{
    q_sql_advance(p);
    q_sql_list except = {0};
    if (q_sql_at_word(p, Q_KW_EXCEPT) && q_sql_peek(p, 1).kind == Q_TK_LPAREN &&
        !q_sql_is_word(q_sql_peek(p, 2), Q_KW_SELECT)) {
        q_sql_advance(p);
        q_sql_token open = p->tok;
        q_sql_advance(p);
        do {
            Q_TRY(q_sql_parse_names(p, q_sql_push(p, &except, q_sql_names), "a column's name"));
        } while (q_sql_take(p, Q_TK_COMMA));
        Q_TRY(q_sql_expect_close(p, open));
    }
    q_sql_expr *e = q_sql_open(p, Q_SQL_STAR, start);
    e->star.qualifier = qualifier;
    e->star.except = except.data;
    e->star.n_except = except.n;
    return q_sql_close(p, e, out);
}

/* parenthesised = "(" expression ")" */
static q_code parse_parenthesised(q_sql_parser *p, const q_sql_expr **out)
{
    q_sql_token open = p->tok;
    q_sql_advance(p);
    if (q_sql_at_query(p))
        return q_sql_unsupported(p, q_sql_token_span(open), "a sub-query in an expression");
    Q_TRY(q_sql_parse_expression(p, out));
    if (q_sql_at(p, Q_TK_COMMA) || q_sql_at_word(p, Q_KW_AS))
        return q_sql_unsupported(p, q_sql_token_span(open), "a row of several values (a, b)");
    return q_sql_expect_close(p, open);
}

/* when = "WHEN" expression "THEN" expression */
static q_code parse_when(q_sql_parser *p, q_sql_when *out)
{
    Q_TRY(q_sql_expect_word(p, Q_KW_WHEN));
    Q_TRY(q_sql_parse_expression(p, &out->when));
    Q_TRY(q_sql_expect_word(p, Q_KW_THEN));
    return q_sql_parse_expression(p, &out->then);
}

/* case = "CASE" [expression] when {when} ["ELSE" expression] "END" */
static q_code parse_case(q_sql_parser *p, const q_sql_expr **out)
{
    q_sql_token start = p->tok;
    q_sql_advance(p);
    p->case_depth++;
    const q_sql_expr *operand = NULL, *otherwise = NULL;
    if (!q_sql_at_word(p, Q_KW_WHEN))
        Q_TRY(q_sql_parse_expression(p, &operand));
    q_sql_list whens = {0};
    do {
        Q_TRY(parse_when(p, q_sql_push(p, &whens, q_sql_when)));
    } while (q_sql_at_word(p, Q_KW_WHEN));
    if (q_sql_take_word(p, Q_KW_ELSE))
        Q_TRY(q_sql_parse_expression(p, &otherwise));
    if (!q_sql_at_word(p, Q_KW_END))
        return q_sql_unexpected(p, otherwise ? "END" : "WHEN, ELSE or END");
    q_sql_advance(p);
    p->case_depth--;
    q_sql_expr *e = q_sql_open(p, Q_SQL_CASE, start.offset);
    e->cases.operand = operand;
    e->cases.when = whens.data;
    e->cases.n_whens = whens.n;
    e->cases.otherwise = otherwise;
    return q_sql_close(p, e, out);
}

static q_code make_cast(q_sql_parser *p, uint32_t start, const q_sql_expr *operand,
                        const q_sql_type *type, bool try, const q_sql_expr **out)
{
    q_sql_expr *e = q_sql_open(p, Q_SQL_CAST, start);
    e->cast.operand = operand;
    e->cast.type = type;
    e->cast.try = try;
    return q_sql_close(p, e, out);
}

/* cast = ("CAST" | "TRY_CAST") "(" expression "AS" type ")" */
static q_code parse_cast(q_sql_parser *p, const q_sql_expr **out)
{
    q_sql_token start = p->tok;
    q_sql_advance(p);
    q_sql_token open = p->tok;
    q_sql_advance(p);
    const q_sql_expr *operand;
    const q_sql_type *type;
    Q_TRY(q_sql_parse_expression(p, &operand));
    if (!q_sql_at_word(p, Q_KW_AS))
        return q_sql_unexpected(p, "AS and a type");
    q_sql_advance(p);
    Q_TRY(q_sql_parse_type_at(p, &type));
    Q_TRY(q_sql_expect_close(p, open));
    return make_cast(p, start.offset, operand, type, q_sql_is_word(start, Q_KW_TRY_CAST), out);
}

/* current = "CURRENT_DATE" | "CURRENT_TIMESTAMP" | "CURRENT_USER" | "USER", without parentheses */
static bool at_current(const q_sql_parser *p)
{
    bool word = q_sql_at_word(p, Q_KW_CURRENT_DATE) || q_sql_at_word(p, Q_KW_CURRENT_TIMESTAMP) ||
                q_sql_at_word(p, Q_KW_CURRENT_USER) || q_sql_at_word(p, Q_KW_USER);
    q_sql_token next = word ? q_sql_peek(p, 1) : p->tok;
    return word && next.kind != Q_TK_LPAREN && next.kind != Q_TK_DOT;
}

static q_code parse_current(q_sql_parser *p, const q_sql_expr **out)
{
    uint32_t start = p->tok.offset;
    q_sql_names name;
    Q_TRY(q_sql_parse_names(p, &name, "a name"));
    q_sql_expr *e = q_sql_open(p, Q_SQL_CALL, start);
    e->call.name = name;
    e->call.form = Q_SQL_CALL_NO_PARENS;
    return q_sql_close(p, e, out);
}

/* named = name {"." name} ["." star | arguments of a call] */
static q_code parse_named(q_sql_parser *p, const q_sql_expr **out)
{
    uint32_t start = p->tok.offset;
    q_sql_list list = {0};
    for (;;) {
        Q_TRY(q_sql_parse_name(p, q_sql_push(p, &list, q_sql_name), "a name"));
        if (!q_sql_at(p, Q_TK_DOT))
            break;
        q_sql_advance(p);
        if (q_sql_at(p, Q_TK_STAR)) {
            q_sql_names qualifier = {list.data, list.n, q_sql_span_from(p, start)};
            return parse_star(p, start, qualifier, out);
        }
    }
    q_sql_names names = {list.data, list.n, q_sql_span_from(p, start)};
    if (q_sql_at(p, Q_TK_LPAREN))
        return q_sql_parse_call(p, start, &names, out);
    if (q_sql_at(p, Q_TK_ARROW))
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "a lambda function (x -> …)");
    q_sql_expr *e = q_sql_open(p, Q_SQL_COLUMN, start);
    e->column = names;
    return q_sql_close(p, e, out);
}

/* The operands that begin with a keyword of their own; *out stays NULL if there is none here. */
static q_code parse_keyword_operand(q_sql_parser *p, const q_sql_expr **out)
{
    uint32_t start = p->tok.offset;
    bool paren = q_sql_peek(p, 1).kind == Q_TK_LPAREN;
    q_sql_literal literal = {0};
    bool typed;
    Q_TRY(q_sql_parse_typed_literal(p, &typed, &literal));
    if (typed)
        return make_literal(p, start, literal, out);
    switch ((q_sql_keyword)p->tok.keyword) {
    case Q_KW_NULL:
        q_sql_advance(p);
        return make_literal(p, start, literal, out);
    case Q_KW_TRUE:
    case Q_KW_FALSE:
        literal.kind = Q_SQL_LIT_BOOLEAN;
        literal.boolean = q_sql_at_word(p, Q_KW_TRUE);
        q_sql_advance(p);
        return make_literal(p, start, literal, out);
    case Q_KW_CASE:
        return parse_case(p, out);
    case Q_KW_CAST:
    case Q_KW_TRY_CAST:
        return paren ? parse_cast(p, out) : Q_OK;
    default:
        if (at_current(p))
            return parse_current(p, out);
        return paren ? q_sql_parse_special(p, out) : Q_OK;
    }
}

/* operand = number | string | typed literal | star | parenthesised | case | cast | special | named
 */
static q_code parse_operand(q_sql_parser *p, const q_sql_expr **out)
{
    *out = NULL;
    if (q_sql_is_number(p->tok) || q_sql_at(p, Q_TK_MINUS))
        return parse_number(p, out);
    if (q_sql_is_string(p->tok))
        return parse_string(p, out);
    if (q_sql_at(p, Q_TK_LPAREN))
        return parse_parenthesised(p, out);
    if (q_sql_at(p, Q_TK_STAR))
        return parse_star(p, p->tok.offset, (q_sql_names){0}, out);
    if (q_sql_at(p, Q_TK_QUESTION) || q_sql_at(p, Q_TK_COLON))
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "a parameter marker");
    if (q_sql_at(p, Q_TK_WORD)) {
        Q_TRY(parse_keyword_operand(p, out));
        if (*out)
            return Q_OK;
    }
    if (!q_sql_at_operand_name(p))
        return q_sql_unexpected(p, "an expression");
    return parse_named(p, out);
}

/* `operand.name`: one more part of a column's name, else a field. */
static q_code parse_field(q_sql_parser *p, uint32_t start, const q_sql_expr *operand,
                          const q_sql_expr **out)
{
    q_sql_advance(p);
    q_sql_name name = {0};
    Q_TRY(q_sql_parse_name(p, &name, "the name of a field"));
    bool column = operand->kind == Q_SQL_COLUMN;
    q_sql_expr *e = q_sql_open(p, column ? Q_SQL_COLUMN : Q_SQL_FIELD, start);
    if (column) {
        uint32_t n = operand->column.n;
        q_sql_name *part = q_arena_array(p->arena, q_sql_name, n + 1);
        memcpy(part, operand->column.part, n * sizeof *part);
        part[n] = name;
        e->column = (q_sql_names){part, n + 1, e->at};
    } else {
        e->field.operand = operand;
        e->field.name = name;
    }
    return q_sql_close(p, e, out);
}

/* `operand[index]` */
static q_code parse_index(q_sql_parser *p, uint32_t start, const q_sql_expr *operand,
                          const q_sql_expr **out)
{
    q_sql_advance(p);
    const q_sql_expr *index;
    Q_TRY(q_sql_enter(p));
    Q_TRY(q_sql_parse_value(p, &index));
    q_sql_leave(p);
    Q_TRY(q_sql_expect(p, Q_TK_RBRACKET, "']'"));
    q_sql_expr *e = q_sql_open(p, Q_SQL_INDEX, start);
    e->index.operand = operand;
    e->index.index = index;
    return q_sql_close(p, e, out);
}

/* primary = operand {"::" type | "[" value "]" | "." name} */
q_code q_sql_parse_primary(q_sql_parser *p, const q_sql_expr **out)
{
    uint32_t start = p->tok.offset;
    Q_TRY(parse_operand(p, out));
    for (;;) {
        if (q_sql_take(p, Q_TK_CAST)) {
            const q_sql_type *type;
            Q_TRY(q_sql_parse_type_at(p, &type));
            Q_TRY(make_cast(p, start, *out, type, false, out));
        } else if (q_sql_at(p, Q_TK_LBRACKET)) {
            Q_TRY(parse_index(p, start, *out, out));
        } else if (q_sql_at(p, Q_TK_DOT)) {
            Q_TRY(parse_field(p, start, *out, out));
        } else {
            return Q_OK;
        }
    }
}
