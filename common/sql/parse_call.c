/* Function calls, and the forms of SQL that are calls with words between the arguments. */
#include "common/sql/parse_internal.h"

#include <string.h>
#include <strings.h>

/* ---- arguments ------------------------------------------------------------ */

static bool starts_operand(q_sql_token t)
{
    return t.kind == Q_TK_WORD || t.kind == Q_TK_QUOTED || t.kind == Q_TK_LPAREN ||
           t.kind == Q_TK_STAR || t.kind == Q_TK_MINUS || q_sql_is_number(t) || q_sql_is_string(t);
}

/* ("IGNORE" | "RESPECT") "NULLS" */
static bool take_nulls(q_sql_parser *p, q_sql_nulls *out)
{
    bool ignore = q_sql_at_words(p, Q_KW_IGNORE, Q_KW_NULLS);
    if (!ignore && !q_sql_at_words(p, Q_KW_RESPECT, Q_KW_NULLS))
        return false;
    q_sql_advance(p);
    q_sql_advance(p);
    *out = ignore ? Q_SQL_NULLS_IGNORE : Q_SQL_NULLS_RESPECT;
    return true;
}

static q_code parse_argument(q_sql_parser *p, q_sql_list *list)
{
    if (q_sql_at(p, Q_TK_WORD) && q_sql_peek(p, 1).kind == Q_TK_FATARROW)
        return q_sql_unsupported(p, q_sql_token_span(p->tok),
                                 "an argument by name (name => value)");
    const q_sql_expr *e;
    Q_TRY(q_sql_parse_expression(p, &e));
    if (q_sql_at_word(p, Q_KW_AS))
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "an alias within an argument list");
    *q_sql_push(p, list, const q_sql_expr *) = e;
    return Q_OK;
}

/* arguments = "(" [["DISTINCT" | "ALL"] expression {"," expression} [nulls]] ")" */
static q_code parse_arguments(q_sql_parser *p, q_sql_call *call)
{
    q_sql_token open = p->tok;
    q_sql_advance(p);
    q_sql_list list = {0};
    if (!q_sql_at(p, Q_TK_RPAREN)) {
        bool distinct = q_sql_at_word(p, Q_KW_DISTINCT);
        if ((distinct || q_sql_at_word(p, Q_KW_ALL)) && starts_operand(q_sql_peek(p, 1))) {
            call->distinct = distinct;
            q_sql_advance(p);
        }
        do {
            Q_TRY(parse_argument(p, &list));
        } while (q_sql_take(p, Q_TK_COMMA));
        take_nulls(p, &call->nulls);
    }
    call->arg = list.data;
    call->n_args = list.n;
    return q_sql_expect_close(p, open);
}

/* ---- behind the arguments ------------------------------------------------- */

/* within = "WITHIN" "GROUP" "(" "ORDER" "BY" order_item ")" */
static q_code parse_within_group(q_sql_parser *p, q_sql_call *call)
{
    if (!q_sql_at_words(p, Q_KW_WITHIN, Q_KW_GROUP))
        return Q_OK;
    q_sql_advance(p);
    q_sql_advance(p);
    q_sql_token open = p->tok;
    Q_TRY(q_sql_expect(p, Q_TK_LPAREN, "'('"));
    Q_TRY(q_sql_expect_word(p, Q_KW_ORDER));
    Q_TRY(q_sql_expect_word(p, Q_KW_BY));
    uint32_t n;
    Q_TRY(q_sql_parse_order_list(p, &call->within_group, &n));
    if (n > 1)
        return q_sql_unsupported(p, call->within_group[1].at,
                                 "WITHIN GROUP with more than one order key");
    return q_sql_expect_close(p, open);
}

/* filter = "FILTER" "(" "WHERE" expression ")" */
static q_code parse_filter(q_sql_parser *p, q_sql_call *call)
{
    if (!q_sql_at_word(p, Q_KW_FILTER) || q_sql_peek(p, 1).kind != Q_TK_LPAREN)
        return Q_OK;
    q_sql_advance(p);
    q_sql_token open = p->tok;
    q_sql_advance(p);
    Q_TRY(q_sql_expect_word(p, Q_KW_WHERE));
    Q_TRY(q_sql_parse_expression(p, &call->filter));
    return q_sql_expect_close(p, open);
}

static bool at_over(const q_sql_parser *p)
{
    if (!q_sql_at_word(p, Q_KW_OVER))
        return false;
    q_sql_token next = q_sql_peek(p, 1);
    return next.kind == Q_TK_LPAREN || next.kind == Q_TK_QUOTED ||
           (next.kind == Q_TK_WORD &&
            !(q_sql_keyword_flags((q_sql_keyword)next.keyword) & Q_KW_CLAUSE));
}

/* The unit forms are calls of three arguments whose first is the bare word of a unit. */
static void recognise_unit_form(q_sql_parser *p, q_sql_call *call)
{
    static const struct {
        const char *name, *plain;
        q_sql_call_form form;
    } forms[] = {
        {"dateadd", "timestampadd", Q_SQL_CALL_TIMESTAMPADD},
        {"date_add", "timestampadd", Q_SQL_CALL_TIMESTAMPADD},
        {"timestampadd", "timestampadd", Q_SQL_CALL_TIMESTAMPADD},
        {"datediff", "timestampdiff", Q_SQL_CALL_TIMESTAMPDIFF},
        {"date_diff", "timestampdiff", Q_SQL_CALL_TIMESTAMPDIFF},
        {"timestampdiff", "timestampdiff", Q_SQL_CALL_TIMESTAMPDIFF},
    };
    const q_sql_expr *first = call->n_args == 3 ? call->arg[0] : NULL;
    if (!first || call->name.n != 1 || first->kind != Q_SQL_COLUMN || first->column.n != 1 ||
        first->column.part[0].quoted)
        return;
    q_sql_token word = q_sql_lex(p->sql, p->len, first->at.offset);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (strcasecmp(call->name.part[0].text, forms[i].name) != 0 ||
            !q_sql_unit_find(p, word, false, &call->unit))
            continue;
        q_sql_name *name = q_arena_copy(p->arena, call->name.part, sizeof *name);
        name->text = forms[i].plain;
        call->name.part = name;
        call->form = forms[i].form;
        q_sql_expr *unit = q_arena_copy(p->arena, first, sizeof *first);
        const char *text = first->column.part[0].text;
        unit->kind = Q_SQL_LITERAL;
        unit->literal = (q_sql_literal){.kind = Q_SQL_LIT_STRING};
        unit->literal.text.bytes = text;
        unit->literal.text.len = (uint32_t)strlen(text);
        const q_sql_expr **arg = q_arena_copy(p->arena, call->arg, 3 * sizeof *arg);
        arg[0] = unit;
        call->arg = arg;
        return;
    }
}

/* The rest of a call, its arguments being known: within, filter, nulls, OVER. */
static q_code finish_call(q_sql_parser *p, uint32_t start, q_sql_call *call, const q_sql_expr **out)
{
    Q_TRY(parse_within_group(p, call));
    Q_TRY(parse_filter(p, call));
    take_nulls(p, &call->nulls);
    if (at_over(p)) {
        q_sql_advance(p);
        Q_TRY(q_sql_parse_window(p, &call->over));
    }
    q_sql_expr *e = q_sql_open(p, Q_SQL_CALL, start);
    e->call = *call;
    return q_sql_close(p, e, out);
}

/* call = names arguments [within] [filter] [nulls] ["OVER" window]; the names already taken */
q_code q_sql_parse_call(q_sql_parser *p, uint32_t start, const q_sql_names *name,
                        const q_sql_expr **out)
{
    q_sql_call call = {.name = *name};
    Q_TRY(parse_arguments(p, &call));
    recognise_unit_form(p, &call);
    return finish_call(p, start, &call, out);
}

/* ---- special forms -------------------------------------------------------- */

/* A special form being read: its call, the arguments so far, the open parenthesis. */
typedef struct special {
    q_sql_call call;
    q_sql_list args;
    q_sql_token start, open;
} special;

static q_code special_argument(q_sql_parser *p, special *s)
{
    const q_sql_expr *e;
    Q_TRY(q_sql_parse_expression(p, &e));
    *q_sql_push(p, &s->args, const q_sql_expr *) = e;
    return Q_OK;
}

/* `)` and the call itself; with further plain arguments when no word of the form came. */
static q_code special_end(q_sql_parser *p, special *s, const q_sql_expr **out)
{
    while (s->call.form == Q_SQL_CALL_PLAIN && q_sql_take(p, Q_TK_COMMA))
        Q_TRY(special_argument(p, s));
    Q_TRY(q_sql_expect_close(p, s->open));
    s->call.arg = s->args.data;
    s->call.n_args = s->args.n;
    return finish_call(p, s->start.offset, &s->call, out);
}

/* extract = "EXTRACT" "(" name "FROM" expression ")" */
static q_code parse_extract(q_sql_parser *p, special *s, const q_sql_expr **out)
{
    q_sql_name field;
    uint32_t start = p->tok.offset;
    Q_TRY(q_sql_parse_name(p, &field, "a field (YEAR, MONTH, …)"));
    q_sql_expr *e = q_sql_open(p, Q_SQL_LITERAL, start);
    e->literal.kind = Q_SQL_LIT_STRING;
    e->literal.text.bytes = field.text;
    e->literal.text.len = (uint32_t)strlen(field.text);
    Q_TRY(q_sql_close(p, e, q_sql_push(p, &s->args, const q_sql_expr *)));
    Q_TRY(q_sql_expect_word(p, Q_KW_FROM));
    s->call.form = Q_SQL_CALL_EXTRACT;
    Q_TRY(special_argument(p, s));
    return special_end(p, s, out);
}

/* substring = ("SUBSTRING" | "SUBSTR") "(" expression "FROM" expression ["FOR" expression] ")" */
static q_code parse_substring(q_sql_parser *p, special *s, const q_sql_expr **out)
{
    Q_TRY(special_argument(p, s));
    if (q_sql_take_word(p, Q_KW_FROM)) {
        s->call.form = Q_SQL_CALL_SUBSTRING;
        Q_TRY(special_argument(p, s));
        if (q_sql_take_word(p, Q_KW_FOR))
            Q_TRY(special_argument(p, s));
    }
    return special_end(p, s, out);
}

/* position = "POSITION" "(" expression "IN" expression ")" */
static q_code parse_position(q_sql_parser *p, special *s, const q_sql_expr **out)
{
    uint32_t outer = p->no_in;
    p->no_in = p->nesting + 1;
    Q_TRY(special_argument(p, s));
    p->no_in = outer;
    if (q_sql_take_word(p, Q_KW_IN)) {
        s->call.form = Q_SQL_CALL_POSITION;
        Q_TRY(special_argument(p, s));
    }
    return special_end(p, s, out);
}

/*
 * overlay = "OVERLAY" "(" expression "PLACING" expression "FROM" expression ["FOR" expression] ")"
 */
static q_code parse_overlay(q_sql_parser *p, special *s, const q_sql_expr **out)
{
    Q_TRY(special_argument(p, s));
    if (q_sql_take_word(p, Q_KW_PLACING)) {
        s->call.form = Q_SQL_CALL_OVERLAY;
        Q_TRY(special_argument(p, s));
        Q_TRY(q_sql_expect_word(p, Q_KW_FROM));
        Q_TRY(special_argument(p, s));
        if (q_sql_take_word(p, Q_KW_FOR))
            Q_TRY(special_argument(p, s));
    }
    return special_end(p, s, out);
}

static void set_name(q_sql_parser *p, special *s, const char *text)
{
    q_sql_name *name = q_arena_copy(p->arena, s->call.name.part, sizeof *name);
    name->text = text;
    s->call.name.part = name;
}

/* trim = "TRIM" "(" ["BOTH" | "LEADING" | "TRAILING"] [expression] "FROM" expression ")" */
static q_code parse_trim(q_sql_parser *p, special *s, const q_sql_expr **out)
{
    q_sql_keyword side = Q_KW_NONE;
    if ((q_sql_at_word(p, Q_KW_BOTH) || q_sql_at_word(p, Q_KW_LEADING) ||
         q_sql_at_word(p, Q_KW_TRAILING)) &&
        starts_operand(q_sql_peek(p, 1)) && q_sql_peek(p, 1).kind != Q_TK_MINUS &&
        q_sql_peek(p, 1).kind != Q_TK_STAR) {
        side = (q_sql_keyword)p->tok.keyword;
        q_sql_advance(p);
        set_name(p, s, side == Q_KW_LEADING ? "ltrim" : side == Q_KW_TRAILING ? "rtrim" : "trim");
    }
    if (side == Q_KW_NONE || !q_sql_at_word(p, Q_KW_FROM))
        Q_TRY(special_argument(p, s));
    if (side == Q_KW_NONE && !q_sql_at_word(p, Q_KW_FROM))
        return special_end(p, s, out);
    Q_TRY(q_sql_expect_word(p, Q_KW_FROM));
    s->call.form = Q_SQL_CALL_TRIM;
    Q_TRY(special_argument(p, s));
    if (s->args.n == 2) { /* the source comes first */
        const q_sql_expr **arg = s->args.data, *characters = arg[0];
        arg[0] = arg[1];
        arg[1] = characters;
    }
    return special_end(p, s, out);
}

q_code q_sql_parse_special(q_sql_parser *p, const q_sql_expr **out)
{
    static const struct {
        q_sql_keyword word;
        q_code (*parse)(q_sql_parser *, special *, const q_sql_expr **);
    } forms[] = {
        {Q_KW_EXTRACT, parse_extract},  {Q_KW_SUBSTRING, parse_substring},
        {Q_KW_SUBSTR, parse_substring}, {Q_KW_POSITION, parse_position},
        {Q_KW_OVERLAY, parse_overlay},  {Q_KW_TRIM, parse_trim},
    };
    if (q_sql_peek(p, 2).kind == Q_TK_RPAREN)
        return Q_OK;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (!q_sql_at_word(p, forms[i].word))
            continue;
        special s = {.start = p->tok};
        q_sql_name *name = q_arena_new(p->arena, q_sql_name);
        Q_TRY(q_sql_parse_name(p, name, "a name"));
        s.call.name = (q_sql_names){name, 1, name->at};
        s.open = p->tok;
        q_sql_advance(p);
        return forms[i].parse(p, &s, out);
    }
    return Q_OK;
}
