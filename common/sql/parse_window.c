/* Windows, their frames, and order lists. */
#include "common/sql/parse_internal.h"

/* order_item = expression ["ASC" | "DESC"] ["NULLS" ("FIRST" | "LAST")] */
static q_code parse_order_item(q_sql_parser *p, q_sql_order *out)
{
    uint32_t start = p->tok.offset;
    Q_TRY(q_sql_parse_expression(p, &out->expr));
    out->descending = q_sql_take_word(p, Q_KW_DESC);
    if (!out->descending)
        q_sql_take_word(p, Q_KW_ASC);
    out->nulls_first = !out->descending;
    if (q_sql_take_word(p, Q_KW_NULLS)) {
        out->nulls_first = q_sql_at_word(p, Q_KW_FIRST);
        if (!out->nulls_first && !q_sql_at_word(p, Q_KW_LAST))
            return q_sql_unexpected(p, "FIRST or LAST");
        q_sql_advance(p);
    }
    out->at = q_sql_span_from(p, start);
    return Q_OK;
}

q_code q_sql_parse_order_list(q_sql_parser *p, const q_sql_order **out, uint32_t *n)
{
    q_sql_list list = {0};
    do {
        q_sql_order order = {0};
        Q_TRY(parse_order_item(p, &order));
        *q_sql_push(p, &list, q_sql_order) = order;
    } while (q_sql_take(p, Q_TK_COMMA));
    *out = list.data;
    *n = list.n;
    return Q_OK;
}

static bool at_direction(q_sql_token t)
{
    return q_sql_is_word(t, Q_KW_PRECEDING) || q_sql_is_word(t, Q_KW_FOLLOWING);
}

/* bound = "CURRENT" "ROW" | ("UNBOUNDED" | expression) ("PRECEDING" | "FOLLOWING") */
static q_code parse_bound(q_sql_parser *p, q_sql_bound *out)
{
    uint32_t start = p->tok.offset;
    if (q_sql_at_words(p, Q_KW_CURRENT, Q_KW_ROW)) {
        q_sql_advance(p);
        out->kind = Q_SQL_BOUND_CURRENT_ROW;
    } else {
        if (q_sql_at_word(p, Q_KW_UNBOUNDED) && at_direction(q_sql_peek(p, 1)))
            q_sql_advance(p);
        else
            Q_TRY(q_sql_parse_expression(p, &out->expr));
        if (!at_direction(p->tok))
            return q_sql_unexpected(p, "PRECEDING or FOLLOWING");
        bool preceding = q_sql_at_word(p, Q_KW_PRECEDING);
        out->kind = out->expr   ? (preceding ? Q_SQL_BOUND_PRECEDING : Q_SQL_BOUND_FOLLOWING)
                    : preceding ? Q_SQL_BOUND_UNBOUNDED_PRECEDING
                                : Q_SQL_BOUND_UNBOUNDED_FOLLOWING;
    }
    q_sql_advance(p);
    out->at = q_sql_span_from(p, start);
    return Q_OK;
}

/* frame = ("ROWS" | "RANGE") (bound | "BETWEEN" bound "AND" bound) */
static q_code parse_frame(q_sql_parser *p, q_sql_window *w)
{
    if (!q_sql_at_word(p, Q_KW_ROWS) && !q_sql_at_word(p, Q_KW_RANGE))
        return Q_OK;
    w->frame = q_sql_at_word(p, Q_KW_ROWS) ? Q_SQL_FRAME_ROWS : Q_SQL_FRAME_RANGE;
    q_sql_advance(p);
    if (q_sql_take_word(p, Q_KW_BETWEEN)) {
        Q_TRY(parse_bound(p, &w->start));
        Q_TRY(q_sql_expect_word(p, Q_KW_AND));
        return parse_bound(p, &w->end);
    }
    Q_TRY(parse_bound(p, &w->start));
    w->end = (q_sql_bound){.kind = Q_SQL_BOUND_CURRENT_ROW, .at = w->start.at};
    return Q_OK;
}

static bool at_by(const q_sql_parser *p, q_sql_keyword k, q_sql_keyword synonym)
{
    return q_sql_at_words(p, k, Q_KW_BY) || q_sql_at_words(p, synonym, Q_KW_BY);
}

/*
 * window_body = [("PARTITION" | "DISTRIBUTE") "BY" expression {"," expression}]
 *               [("ORDER" | "SORT") "BY" order_list] [frame]
 */
static q_code parse_window_body(q_sql_parser *p, q_sql_window *w)
{
    if (q_sql_at_words(p, Q_KW_CLUSTER, Q_KW_BY))
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "CLUSTER BY");
    if (at_by(p, Q_KW_PARTITION, Q_KW_DISTRIBUTE)) {
        q_sql_advance(p);
        q_sql_advance(p);
        Q_TRY(q_sql_parse_expressions(p, &w->partition, &w->n_partition));
    }
    if (at_by(p, Q_KW_ORDER, Q_KW_SORT)) {
        q_sql_advance(p);
        q_sql_advance(p);
        Q_TRY(q_sql_parse_order_list(p, &w->order, &w->n_order));
    }
    return parse_frame(p, w);
}

/* window = name | "(" (name | window_body) ")" */
q_code q_sql_parse_window(q_sql_parser *p, const q_sql_window **out)
{
    q_sql_window *w = q_arena_new(p->arena, q_sql_window);
    q_sql_token open = p->tok;
    if (q_sql_take(p, Q_TK_LPAREN)) {
        bool word = q_sql_at(p, Q_TK_WORD) || q_sql_at(p, Q_TK_QUOTED);
        if (word && q_sql_peek(p, 1).kind == Q_TK_RPAREN)
            Q_TRY(q_sql_parse_name(p, &w->ref, "a window's name"));
        else
            Q_TRY(parse_window_body(p, w));
        bool empty = !w->ref.text && !w->n_partition && !w->n_order && !w->frame;
        if (empty && !q_sql_at(p, Q_TK_RPAREN))
            return q_sql_unexpected(p, "PARTITION BY, ORDER BY, ROWS, RANGE or ')'");
        Q_TRY(q_sql_expect_close(p, open));
    } else {
        Q_TRY(q_sql_parse_name(p, &w->ref, "a window's name or '('"));
    }
    w->at = q_sql_span_from(p, open.offset);
    *out = w;
    return Q_OK;
}

q_code q_sql_parse_window_clause(q_sql_parser *p, const q_sql_named_window **out, uint32_t *n)
{
    q_sql_list list = {0};
    q_sql_advance(p);
    do {
        q_sql_named_window named = {0};
        Q_TRY(q_sql_parse_name(p, &named.name, "a window's name"));
        Q_TRY(q_sql_expect_word(p, Q_KW_AS));
        Q_TRY(q_sql_parse_window(p, &named.window));
        *q_sql_push(p, &list, q_sql_named_window) = named;
    } while (q_sql_take(p, Q_TK_COMMA));
    *out = list.data;
    *n = list.n;
    return Q_OK;
}
