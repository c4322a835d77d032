/* FROM: views, files, sub-queries, VALUES, table functions and joins. */
#include "common/sql/parse_internal.h"

#include <string.h>
#include <strings.h>

/* ---- VALUES --------------------------------------------------------------- */

static bool ends_row(q_sql_token t)
{
    return t.kind == Q_TK_COMMA || t.kind == Q_TK_RPAREN || t.kind == Q_TK_SEMICOLON ||
           t.kind == Q_TK_END || t.kind == Q_TK_QUOTED ||
           (t.kind == Q_TK_WORD && t.keyword != Q_KW_DIV && t.keyword != Q_KW_AND &&
            t.keyword != Q_KW_OR && t.keyword != Q_KW_IS && t.keyword != Q_KW_IN &&
            t.keyword != Q_KW_BETWEEN && t.keyword != Q_KW_LIKE && t.keyword != Q_KW_NOT);
}

/* row = "(" expression {"," expression} ")" | expression */
static q_code parse_row(q_sql_parser *p, q_sql_row *out)
{
    q_sql_parser saved = *p;
    q_sql_token open = p->tok;
    if (q_sql_take(p, Q_TK_LPAREN)) {
        if (q_sql_at_query(p))
            return q_sql_unsupported(p, q_sql_token_span(open), "a sub-query in an expression");
        Q_TRY(q_sql_parse_expressions(p, &out->value, &out->n_values));
        Q_TRY(q_sql_expect_close(p, open));
        if (ends_row(p->tok)) {
            out->at = q_sql_span_from(p, open.offset);
            return Q_OK;
        }
        *p = saved; /* `(1) + 1`: the parenthesis was part of an expression */
    }
    const q_sql_expr **value = q_arena_new(p->arena, const q_sql_expr *);
    Q_TRY(q_sql_parse_expression(p, value));
    out->value = value;
    out->n_values = 1;
    out->at = q_sql_span_from(p, open.offset);
    return Q_OK;
}

/* values = "VALUES" row {"," row} */
q_code q_sql_parse_values(q_sql_parser *p, q_sql_values *out)
{
    q_sql_advance(p);
    q_sql_list list = {0};
    do {
        q_sql_row row = {0};
        Q_TRY(parse_row(p, &row));
        *q_sql_push(p, &list, q_sql_row) = row;
    } while (q_sql_take(p, Q_TK_COMMA));
    out->row = list.data;
    out->n_rows = list.n;
    return Q_OK;
}

/* ---- tables --------------------------------------------------------------- */

static bool is_file_format(const char *name)
{
    static const char *const formats[] = {"json", "csv",  "parquet",    "orc",
                                          "text", "avro", "binaryFile", "xml"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcasecmp(name, formats[i]) == 0)
            return true;
    }
    return false;
}

/* function = names "(" [expression {"," expression}] ")" */
static q_code parse_table_function(q_sql_parser *p, const q_sql_names *name, q_sql_from *out)
{
    q_sql_token open = p->tok;
    q_sql_advance(p);
    out->kind = Q_SQL_FROM_FUNCTION;
    out->function.name = *name;
    if (!q_sql_at(p, Q_TK_RPAREN))
        Q_TRY(q_sql_parse_expressions(p, &out->function.arg, &out->function.n_args));
    return q_sql_expect_close(p, open);
}

/* table = names | format "." path | function */
static q_code parse_table(q_sql_parser *p, q_sql_from *out)
{
    q_sql_names name;
    Q_TRY(q_sql_parse_names(p, &name, "a view's name, json.`path`, VALUES or '('"));
    if (q_sql_at(p, Q_TK_LPAREN))
        return parse_table_function(p, &name, out);
    if (name.n == 2 && !name.part[0].quoted && is_file_format(name.part[0].text)) {
        out->kind = Q_SQL_FROM_FILE;
        out->file.format = name.part[0];
        out->file.path = name.part[1];
    } else {
        out->kind = Q_SQL_FROM_TABLE;
        out->table = name;
    }
    return Q_OK;
}

static q_code parse_relation(q_sql_parser *p, q_sql_from **out);

/* parenthesised = "(" query ")" | "(" relation ")" */
static q_code parse_parenthesised(q_sql_parser *p, q_sql_from **out)
{
    q_sql_token open = p->tok;
    q_sql_from *from = *out;
    if (q_sql_at_query(p)) {
        q_sql_advance(p);
        from->kind = Q_SQL_FROM_QUERY;
        Q_TRY(q_sql_parse_query(p, &from->query));
        return q_sql_expect_close(p, open);
    }
    q_sql_advance(p);
    Q_TRY(q_sql_enter(p));
    Q_TRY(parse_relation(p, out));
    q_sql_leave(p);
    return q_sql_expect_close(p, open);
}

static bool at_values(const q_sql_parser *p)
{
    return q_sql_at_word(p, Q_KW_VALUES) && q_sql_at_query(p);
}

/* What may stand behind a table in Spark and does not here. */
static q_code refuse_table_clauses(q_sql_parser *p)
{
    q_sql_span at = q_sql_token_span(p->tok);
    q_sql_token next = q_sql_peek(p, 1);
    if (q_sql_at_word(p, Q_KW_TABLESAMPLE))
        return q_sql_unsupported(p, at, "TABLESAMPLE");
    if (q_sql_at_word(p, Q_KW_PIVOT) && next.kind == Q_TK_LPAREN)
        return q_sql_unsupported(p, at, "PIVOT");
    if (q_sql_at_word(p, Q_KW_UNPIVOT))
        return q_sql_unsupported(p, at, "UNPIVOT");
    if (q_sql_at_words(p, Q_KW_LATERAL, Q_KW_VIEW))
        return q_sql_unsupported(p, at, "LATERAL VIEW");
    if ((q_sql_at_plain(p, "VERSION") || q_sql_at_word(p, Q_KW_TIMESTAMP)) &&
        q_sql_is_word(next, Q_KW_AS) && q_sql_token_is_plain(p, q_sql_peek(p, 2), "OF"))
        return q_sql_unsupported(p, at, "AS OF (time travel)");
    return Q_OK;
}

/* primary = (table | values | parenthesised) [table_alias] */
static q_code parse_from_primary(q_sql_parser *p, q_sql_from **out)
{
    uint32_t start = p->tok.offset;
    q_sql_from *from = *out = q_arena_new(p->arena, q_sql_from);
    if (q_sql_at_word(p, Q_KW_LATERAL))
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "a LATERAL sub-query");
    if (q_sql_at(p, Q_TK_LPAREN)) {
        Q_TRY(parse_parenthesised(p, out));
    } else if (at_values(p)) {
        from->kind = Q_SQL_FROM_VALUES;
        Q_TRY(q_sql_parse_values(p, &from->values));
    } else if (q_sql_is_string(p->tok)) {
        q_code code = q_sql_unexpected(p, "a view's name");
        q_err_hint(p->err, "a file is written json.`path` or csv.`path`");
        return code;
    } else if (q_sql_at(p, Q_TK_WORD) && !q_sql_at_operand_name(p) &&
               q_sql_peek(p, 1).kind != Q_TK_LPAREN) {
        return q_sql_unexpected(p, "a view's name, json.`path`, VALUES or '('");
    } else {
        Q_TRY(parse_table(p, from));
    }
    from = *out;
    if (from->height == 0)
        from->height = 1;
    Q_TRY(refuse_table_clauses(p));
    q_sql_token next = q_sql_peek(p, 1);
    bool qualify = q_sql_at_plain(p, "QUALIFY") &&
                   (next.kind == Q_TK_WORD || next.kind == Q_TK_LPAREN || next.kind == Q_TK_QUOTED);
    if (!qualify)
        Q_TRY(q_sql_parse_table_alias(p, &from->alias));
    from->at = q_sql_span_from(p, start);
    return refuse_table_clauses(p);
}

/* ---- joins ---------------------------------------------------------------- */

/*
 * join_kind = ["NATURAL"] ["INNER" | "CROSS" | ("LEFT" | "RIGHT" | "FULL") ["OUTER"]
 *             | ["LEFT"] ("SEMI" | "ANTI")] "JOIN"
 */
static q_code parse_join_kind(q_sql_parser *p, q_sql_from *join)
{
    join->join.natural = q_sql_take_word(p, Q_KW_NATURAL);
    bool left = q_sql_take_word(p, Q_KW_LEFT);
    join->join.op = left ? Q_SQL_JOIN_LEFT : Q_SQL_JOIN_INNER;
    if (q_sql_take_word(p, Q_KW_SEMI)) {
        join->join.op = Q_SQL_JOIN_LEFT_SEMI;
    } else if (q_sql_take_word(p, Q_KW_ANTI)) {
        join->join.op = Q_SQL_JOIN_LEFT_ANTI;
    } else if (!left && q_sql_take_word(p, Q_KW_CROSS)) {
        join->join.op = Q_SQL_JOIN_CROSS;
    } else if (left || !q_sql_take_word(p, Q_KW_INNER)) {
        if (!left && q_sql_at_word(p, Q_KW_RIGHT))
            join->join.op = Q_SQL_JOIN_RIGHT;
        else if (!left && q_sql_at_word(p, Q_KW_FULL))
            join->join.op = Q_SQL_JOIN_FULL;
        if (join->join.op == Q_SQL_JOIN_RIGHT || join->join.op == Q_SQL_JOIN_FULL)
            q_sql_advance(p);
        if (join->join.op != Q_SQL_JOIN_INNER)
            q_sql_take_word(p, Q_KW_OUTER);
    }
    return q_sql_expect_word(p, Q_KW_JOIN);
}

static bool at_join(const q_sql_parser *p)
{
    switch (p->tok.kind == Q_TK_WORD ? (q_sql_keyword)p->tok.keyword : Q_KW_NONE) {
    case Q_KW_JOIN:
    case Q_KW_INNER:
    case Q_KW_CROSS:
    case Q_KW_LEFT:
    case Q_KW_RIGHT:
    case Q_KW_FULL:
    case Q_KW_SEMI:
    case Q_KW_ANTI:
    case Q_KW_NATURAL:
        return true;
    default:
        return false;
    }
}

/* criteria = ["ON" expression | "USING" name_list] */
static q_code parse_criteria(q_sql_parser *p, q_sql_from *join)
{
    if (q_sql_take_word(p, Q_KW_ON))
        return q_sql_parse_expression(p, &join->join.on);
    if (q_sql_take_word(p, Q_KW_USING))
        return q_sql_parse_name_list(p, &join->join.using_column, &join->join.n_using);
    return Q_OK;
}

/* Make `join` of *left and the next table; the operator has been taken. */
static q_code finish_join(q_sql_parser *p, uint32_t start, q_sql_from *join, q_sql_from **left,
                          q_code (*parse_right)(q_sql_parser *, q_sql_from **))
{
    q_sql_from *right;
    join->kind = Q_SQL_FROM_JOIN;
    Q_TRY(parse_right(p, &right));
    join->join.left = *left;
    join->join.right = right;
    if (join->join.op != Q_SQL_JOIN_CROSS && !join->join.natural)
        Q_TRY(parse_criteria(p, join));
    uint32_t height = (*left)->height > right->height ? (*left)->height : right->height;
    if (++height > Q_SQL_MAX_HEIGHT)
        return q_sql_fail(p, join->join.op_at, Q_E_RECURSION_LIMIT, "more than %d tables in a row",
                          Q_SQL_MAX_HEIGHT);
    join->height = (uint16_t)height;
    join->at = q_sql_span_from(p, start);
    *left = join;
    return Q_OK;
}

/* relation = primary {join_kind primary [criteria]} */
static q_code parse_relation(q_sql_parser *p, q_sql_from **out)
{
    uint32_t start = p->tok.offset;
    Q_TRY(parse_from_primary(p, out));
    while (at_join(p)) {
        q_sql_from *join = q_arena_new(p->arena, q_sql_from);
        uint32_t op = p->tok.offset;
        Q_TRY(parse_join_kind(p, join));
        join->join.op_at = q_sql_span_from(p, op);
        Q_TRY(finish_join(p, start, join, out, parse_from_primary));
    }
    return Q_OK;
}

/* from = relation {"," relation} */
q_code q_sql_parse_from(q_sql_parser *p, const q_sql_from **out)
{
    uint32_t start = p->tok.offset;
    q_sql_from *from;
    Q_TRY(parse_relation(p, &from));
    while (q_sql_at(p, Q_TK_COMMA)) {
        q_sql_from *join = q_arena_new(p->arena, q_sql_from);
        join->join.op = Q_SQL_JOIN_CROSS;
        join->join.op_at = q_sql_token_span(p->tok);
        q_sql_advance(p);
        Q_TRY(finish_join(p, start, join, &from, parse_relation));
    }
    *out = from;
    return Q_OK;
}
