/* Query expressions: WITH, set operations, SELECT and what orders and limits them. */
#include "common/sql/parse_internal.h"

#include <string.h>

/* A token after which SELECT, VALUES, … at a query's place must have been a name. */
static bool ends_name(q_sql_token t)
{
    return t.kind == Q_TK_RPAREN || t.kind == Q_TK_COMMA || t.kind == Q_TK_DOT ||
           t.kind == Q_TK_CAST ||
           (t.kind >= Q_TK_EQ && t.kind <= Q_TK_HAT && t.kind != Q_TK_STAR &&
            t.kind != Q_TK_MINUS && t.kind != Q_TK_PLUS && t.kind != Q_TK_TILDE);
}

bool q_sql_at_query(const q_sql_parser *p)
{
    q_sql_token t = p->tok;
    for (int i = 0; i < Q_SQL_MAX_NESTING && t.kind == Q_TK_LPAREN; i++)
        t = q_sql_lex(p->sql, p->len, (size_t)t.offset + t.len);
    q_sql_token next = q_sql_lex(p->sql, p->len, (size_t)t.offset + t.len);
    bool name = next.kind == Q_TK_WORD || next.kind == Q_TK_QUOTED;
    switch (t.kind == Q_TK_WORD ? (q_sql_keyword)t.keyword : Q_KW_NONE) {
    case Q_KW_SELECT:
        return !ends_name(next);
    case Q_KW_WITH:
        return name;
    case Q_KW_TABLE:
        return name && !(q_sql_keyword_flags((q_sql_keyword)next.keyword) & Q_KW_CLAUSE);
    case Q_KW_VALUES:
        return name || next.kind == Q_TK_LPAREN || next.kind == Q_TK_MINUS ||
               q_sql_is_number(next) || q_sql_is_string(next);
    default:
        return false;
    }
}

static q_sql_query *new_query(q_sql_parser *p, q_sql_body_kind kind)
{
    q_sql_query *q = q_arena_new(p->arena, q_sql_query);
    q->kind = kind;
    q->height = 1;
    return q;
}

/* ---- SELECT --------------------------------------------------------------- */

/* item = expression [["AS"] name] */
static q_code parse_item(q_sql_parser *p, q_sql_item *out)
{
    uint32_t start = p->tok.offset;
    Q_TRY(q_sql_parse_expression(p, &out->expr));
    Q_TRY(q_sql_parse_item_alias(p, &out->alias));
    out->at = q_sql_span_from(p, start);
    return Q_OK;
}

/* items = ["ALL" | "DISTINCT"] item {"," item} */
static q_code parse_items(q_sql_parser *p, q_sql_select *s)
{
    bool quantified = q_sql_at_word(p, Q_KW_DISTINCT) || q_sql_at_word(p, Q_KW_ALL);
    q_sql_token next = q_sql_peek(p, 1);
    if (quantified && !ends_name(next) && next.kind != Q_TK_END &&
        !q_sql_is_word(next, Q_KW_FROM)) {
        s->distinct = q_sql_at_word(p, Q_KW_DISTINCT);
        q_sql_advance(p);
        if (s->distinct && q_sql_at_word(p, Q_KW_ON) && q_sql_peek(p, 1).kind == Q_TK_LPAREN)
            return q_sql_unsupported(p, q_sql_token_span(p->tok), "DISTINCT ON");
    }
    q_sql_list list = {0};
    do {
        q_sql_item item = {0};
        Q_TRY(parse_item(p, &item));
        *q_sql_push(p, &list, q_sql_item) = item;
    } while (q_sql_take(p, Q_TK_COMMA));
    s->item = list.data;
    s->n_items = list.n;
    return Q_OK;
}

/* Grouping sets in any of their forms are refused by name. */
static q_code refuse_grouping_sets(q_sql_parser *p)
{
    q_sql_span at = q_sql_token_span(p->tok);
    bool paren = q_sql_peek(p, 1).kind == Q_TK_LPAREN;
    if (q_sql_at_words(p, Q_KW_GROUPING, Q_KW_SETS))
        return q_sql_unsupported(p, at, "GROUPING SETS");
    if ((q_sql_at_word(p, Q_KW_ROLLUP) && paren) || q_sql_at_words(p, Q_KW_WITH, Q_KW_ROLLUP))
        return q_sql_unsupported(p, at, "ROLLUP");
    if ((q_sql_at_word(p, Q_KW_CUBE) && paren) || q_sql_at_words(p, Q_KW_WITH, Q_KW_CUBE))
        return q_sql_unsupported(p, at, "CUBE");
    return Q_OK;
}

/* group_by = "GROUP" "BY" ("ALL" | expression {"," expression}) */
static q_code parse_group_by(q_sql_parser *p, q_sql_select *s)
{
    uint32_t start = p->tok.offset;
    q_sql_advance(p);
    Q_TRY(q_sql_expect_word(p, Q_KW_BY));
    q_sql_token next = q_sql_peek(p, 1);
    if (q_sql_at_word(p, Q_KW_ALL) && next.kind != Q_TK_COMMA && next.kind != Q_TK_DOT &&
        next.kind != Q_TK_LPAREN && !(next.kind >= Q_TK_EQ && next.kind <= Q_TK_HAT)) {
        q_sql_advance(p);
        s->group = Q_SQL_GROUP_ALL;
        s->group_at = q_sql_span_from(p, start);
        return refuse_grouping_sets(p);
    }
    s->group = Q_SQL_GROUP_EXPRS;
    q_sql_list list = {0};
    do {
        Q_TRY(refuse_grouping_sets(p));
        const q_sql_expr *e;
        Q_TRY(q_sql_parse_expression(p, &e));
        *q_sql_push(p, &list, const q_sql_expr *) = e;
    } while (q_sql_take(p, Q_TK_COMMA));
    s->group_expr = list.data;
    s->n_group_exprs = list.n;
    s->group_at = q_sql_span_from(p, start);
    return refuse_grouping_sets(p);
}

/* select = "SELECT" items ["FROM" from] ["WHERE" e] [group_by] ["HAVING" e] [window_clause] */
static q_code parse_select(q_sql_parser *p, q_sql_query **out)
{
    q_sql_query *q = *out = new_query(p, Q_SQL_BODY_SELECT);
    q_sql_select *s = &q->select;
    q_sql_advance(p);
    if (q_sql_at_word(p, Q_KW_TRANSFORM) && q_sql_peek(p, 1).kind == Q_TK_LPAREN)
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "SELECT TRANSFORM");
    Q_TRY(parse_items(p, s));
    if (q_sql_take_word(p, Q_KW_FROM))
        Q_TRY(q_sql_parse_from(p, &s->from));
    if (q_sql_at_words(p, Q_KW_LATERAL, Q_KW_VIEW))
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "LATERAL VIEW");
    if (q_sql_take_word(p, Q_KW_WHERE))
        Q_TRY(q_sql_parse_expression(p, &s->where));
    if (q_sql_at_word(p, Q_KW_GROUP))
        Q_TRY(parse_group_by(p, s));
    if (q_sql_take_word(p, Q_KW_HAVING))
        Q_TRY(q_sql_parse_expression(p, &s->having));
    if (q_sql_at_plain(p, "QUALIFY"))
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "QUALIFY");
    if (q_sql_at_word(p, Q_KW_WINDOW))
        Q_TRY(q_sql_parse_window_clause(p, &s->window, &s->n_windows));
    return Q_OK;
}

/* ---- set operations ------------------------------------------------------- */

/* body = select | values [table_alias] | "TABLE" names | "(" query ")" */
static q_code parse_body(q_sql_parser *p, q_sql_query **out)
{
    q_sql_token first = p->tok;
    if (q_sql_at_word(p, Q_KW_SELECT)) {
        Q_TRY(parse_select(p, out));
    } else if (q_sql_at_word(p, Q_KW_VALUES)) {
        *out = new_query(p, Q_SQL_BODY_VALUES);
        Q_TRY(q_sql_parse_values(p, &(*out)->values.rows));
        Q_TRY(q_sql_parse_table_alias(p, &(*out)->values.alias));
    } else if (q_sql_at_word(p, Q_KW_TABLE)) {
        *out = new_query(p, Q_SQL_BODY_TABLE);
        q_sql_advance(p);
        Q_TRY(q_sql_parse_names(p, &(*out)->table, "a view's name"));
    } else if (q_sql_at(p, Q_TK_LPAREN)) {
        *out = new_query(p, Q_SQL_BODY_QUERY);
        q_sql_advance(p);
        Q_TRY(q_sql_parse_query(p, &(*out)->query));
        Q_TRY(q_sql_expect_close(p, first));
    } else if (q_sql_at_word(p, Q_KW_FROM)) {
        return q_sql_unsupported(p, q_sql_token_span(first), "a query that begins with FROM");
    } else {
        return q_sql_unexpected(p, "SELECT, VALUES, TABLE or '('");
    }
    (*out)->at = q_sql_span_from(p, first.offset);
    return Q_OK;
}

static q_code make_set(q_sql_parser *p, uint32_t start, q_sql_setop op, bool all, q_sql_span op_at,
                       q_sql_query *right, q_sql_query **left)
{
    q_sql_query *q = new_query(p, Q_SQL_BODY_SETOP);
    q->set.op = op;
    q->set.all = all;
    q->set.op_at = op_at;
    q->set.left = *left;
    q->set.right = right;
    q->at = q_sql_span_from(p, start);
    uint32_t height = (*left)->height > right->height ? (*left)->height : right->height;
    if (++height > Q_SQL_MAX_HEIGHT)
        return q_sql_fail(p, op_at, Q_E_RECURSION_LIMIT, "more than %d set operations in a row",
                          Q_SQL_MAX_HEIGHT);
    q->height = (uint16_t)height;
    *left = q;
    return Q_OK;
}

/* quantifier = ["ALL" | "DISTINCT"] behind a set operator */
static bool take_all(q_sql_parser *p)
{
    bool all = q_sql_take_word(p, Q_KW_ALL);
    if (!all)
        q_sql_take_word(p, Q_KW_DISTINCT);
    return all;
}

/* intersection = body {"INTERSECT" ["ALL" | "DISTINCT"] body} */
static q_code parse_intersection(q_sql_parser *p, q_sql_query **out)
{
    uint32_t start = p->tok.offset;
    Q_TRY(parse_body(p, out));
    while (q_sql_at_word(p, Q_KW_INTERSECT)) {
        q_sql_span op_at = q_sql_token_span(p->tok);
        q_sql_advance(p);
        bool all = take_all(p);
        q_sql_query *right;
        Q_TRY(parse_body(p, &right));
        Q_TRY(make_set(p, start, Q_SQL_INTERSECT, all, op_at, right, out));
    }
    return Q_OK;
}

/* term = intersection {("UNION" | "EXCEPT" | "MINUS") ["ALL" | "DISTINCT"] intersection} */
static q_code parse_term(q_sql_parser *p, q_sql_query **out)
{
    uint32_t start = p->tok.offset;
    Q_TRY(parse_intersection(p, out));
    for (;;) {
        bool is_union = q_sql_at_word(p, Q_KW_UNION);
        if (!is_union && !q_sql_at_word(p, Q_KW_EXCEPT) && !q_sql_at_word(p, Q_KW_MINUS))
            return Q_OK;
        q_sql_span op_at = q_sql_token_span(p->tok);
        q_sql_advance(p);
        bool all = take_all(p);
        q_sql_query *right;
        Q_TRY(parse_intersection(p, &right));
        Q_TRY(make_set(p, start, is_union ? Q_SQL_UNION : Q_SQL_EXCEPT, all, op_at, right, out));
    }
}

/* ---- the whole query ------------------------------------------------------ */

/* cte = name [name_list] ["AS"] "(" query ")" */
static q_code parse_cte(q_sql_parser *p, q_sql_cte *out)
{
    uint32_t start = p->tok.offset;
    Q_TRY(q_sql_parse_name(p, &out->name, "the name of the sub-query"));
    if (q_sql_at(p, Q_TK_LPAREN) && !q_sql_is_word(q_sql_peek(p, 1), Q_KW_SELECT))
        Q_TRY(q_sql_parse_name_list(p, &out->column, &out->n_columns));
    q_sql_take_word(p, Q_KW_AS);
    q_sql_token open = p->tok;
    Q_TRY(q_sql_expect(p, Q_TK_LPAREN, "AS (query)"));
    Q_TRY(q_sql_parse_query(p, &out->query));
    Q_TRY(q_sql_expect_close(p, open));
    out->at = q_sql_span_from(p, start);
    return Q_OK;
}

/* ctes = "WITH" cte {"," cte} */
q_code q_sql_parse_ctes(q_sql_parser *p, const q_sql_cte **out, uint32_t *n)
{
    q_sql_advance(p);
    q_sql_token next = q_sql_peek(p, 1);
    if (q_sql_at_word(p, Q_KW_RECURSIVE) && next.kind == Q_TK_WORD && !q_sql_is_word(next, Q_KW_AS))
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "WITH RECURSIVE");
    q_sql_list list = {0};
    do {
        q_sql_cte cte = {0};
        Q_TRY(parse_cte(p, &cte));
        *q_sql_push(p, &list, q_sql_cte) = cte;
    } while (q_sql_take(p, Q_TK_COMMA));
    *out = list.data;
    *n = list.n;
    return Q_OK;
}

static bool is_order_all(const q_sql_order *order, uint32_t n)
{
    const q_sql_expr *e = order->expr;
    return n == 1 && e->kind == Q_SQL_COLUMN && e->column.n == 1 && !e->column.part[0].quoted &&
           q_sql_keyword_find(e->column.part[0].text, strlen(e->column.part[0].text)) == Q_KW_ALL;
}

/* order_by = "ORDER" "BY" order_list; the other ways to order are refused by name */
static q_code parse_order_by(q_sql_parser *p, q_sql_query *q)
{
    if (q_sql_take_word(p, Q_KW_ORDER)) {
        Q_TRY(q_sql_expect_word(p, Q_KW_BY));
        Q_TRY(q_sql_parse_order_list(p, &q->order, &q->n_order));
        q->order_all = is_order_all(q->order, q->n_order);
    }
    q_sql_span at = q_sql_token_span(p->tok);
    if (q_sql_at_word(p, Q_KW_SORT))
        return q_sql_unsupported(p, at, "SORT BY");
    if (q_sql_at_word(p, Q_KW_CLUSTER))
        return q_sql_unsupported(p, at, "CLUSTER BY");
    if (q_sql_at_word(p, Q_KW_DISTRIBUTE))
        return q_sql_unsupported(p, at, "DISTRIBUTE BY");
    return Q_OK;
}

/* A WINDOW clause behind ORDER BY belongs to the SELECT before it. */
static q_code parse_late_windows(q_sql_parser *p, q_sql_query *q)
{
    if (!q_sql_at_word(p, Q_KW_WINDOW))
        return Q_OK;
    if (q->kind != Q_SQL_BODY_SELECT || q->select.n_windows)
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "WINDOW at this place");
    return q_sql_parse_window_clause(p, &q->select.window, &q->select.n_windows);
}

/* limit = ["LIMIT" ("ALL" | expression)] ["OFFSET" expression] */
static q_code parse_limit(q_sql_parser *p, q_sql_query *q)
{
    if (q_sql_take_word(p, Q_KW_LIMIT)) {
        if (!q_sql_take_word(p, Q_KW_ALL))
            Q_TRY(q_sql_parse_expression(p, &q->limit));
        if (q_sql_at(p, Q_TK_COMMA)) {
            q_code code = q_sql_unexpected(p, NULL);
            q_err_hint(p->err, "write LIMIT rows OFFSET skipped");
            return code;
        }
    }
    if (q_sql_take_word(p, Q_KW_OFFSET)) {
        Q_TRY(q_sql_parse_expression(p, &q->offset));
        if (q_sql_at_word(p, Q_KW_LIMIT)) {
            q_code code = q_sql_unexpected(p, NULL);
            q_err_hint(p->err, "LIMIT is written before OFFSET");
            return code;
        }
    }
    return Q_OK;
}

/* query = [ctes] term [order_by] [window_clause] [limit] */
q_code q_sql_parse_query(q_sql_parser *p, const q_sql_query **out)
{
    uint32_t start = p->tok.offset;
    const q_sql_cte *cte = NULL;
    uint32_t n_ctes = 0;
    q_sql_query *q;
    Q_TRY(q_sql_enter(p));
    if (q_sql_at_word(p, Q_KW_WITH))
        Q_TRY(q_sql_parse_ctes(p, &cte, &n_ctes));
    Q_TRY(parse_term(p, &q));
    q->cte = cte;
    q->n_ctes = n_ctes;
    Q_TRY(parse_order_by(p, q));
    Q_TRY(parse_late_windows(p, q));
    Q_TRY(parse_limit(p, q));
    q->at = q_sql_span_from(p, start);
    q_sql_leave(p);
    *out = q;
    return Q_OK;
}
