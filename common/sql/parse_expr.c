/*
 * Operators and predicates, in Spark's order of binding (loosest first):
 *   OR   AND   NOT   predicates (BETWEEN IN LIKE RLIKE IS)   = <=> <> < <= > >=
 *   |   ^   &   + - ||   * / % DIV   unary + - ~   postfix :: [] .
 * As in Spark's grammar a comparison is a value like a sum: `a = b IS NULL` is
 * `(a = b) IS NULL`, and at most one predicate follows a value.
 */
#include "common/sql/parse_internal.h"

#include <string.h>

/* ---- nodes ---------------------------------------------------------------- */

q_sql_expr *q_sql_open(q_sql_parser *p, q_sql_expr_kind kind, uint32_t start)
{
    q_sql_expr *e = q_arena_new(p->arena, q_sql_expr);
    e->kind = kind;
    e->at = q_sql_span_from(p, start);
    return e;
}

static void raise(uint32_t *height, const q_sql_expr *child)
{
    if (child && child->height > *height)
        *height = child->height;
}

static void raise_list(uint32_t *height, const q_sql_expr *const *child, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        raise(height, child[i]);
}

static void raise_order(uint32_t *height, const q_sql_order *order, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        raise(height, order[i].expr);
}

static uint32_t call_height(const q_sql_call *c)
{
    uint32_t h = 0;
    raise_list(&h, c->arg, c->n_args);
    raise_order(&h, c->within_group, c->within_group != NULL);
    raise(&h, c->filter);
    if (c->over) {
        raise_list(&h, c->over->partition, c->over->n_partition);
        raise_order(&h, c->over->order, c->over->n_order);
        raise(&h, c->over->start.expr);
        raise(&h, c->over->end.expr);
    }
    return h;
}

static uint32_t case_height(const q_sql_expr *e)
{
    uint32_t h = 0;
    raise(&h, e->cases.operand);
    raise(&h, e->cases.otherwise);
    for (uint32_t i = 0; i < e->cases.n_whens; i++) {
        raise(&h, e->cases.when[i].when);
        raise(&h, e->cases.when[i].then);
    }
    return h;
}

/* The height of the highest child. */
static uint32_t children_height(const q_sql_expr *e)
{
    uint32_t h = 0;
    switch (e->kind) {
    case Q_SQL_LITERAL:
    case Q_SQL_COLUMN:
    case Q_SQL_STAR:
        break;
    case Q_SQL_UNARY:
        raise(&h, e->unary.operand);
        break;
    case Q_SQL_BINARY:
        raise(&h, e->binary.left);
        raise(&h, e->binary.right);
        break;
    case Q_SQL_BETWEEN:
        raise(&h, e->between.operand);
        raise(&h, e->between.low);
        raise(&h, e->between.high);
        break;
    case Q_SQL_IN:
        raise(&h, e->in.operand);
        raise_list(&h, e->in.item, e->in.n_items);
        break;
    case Q_SQL_LIKE:
        raise(&h, e->like.operand);
        raise(&h, e->like.pattern);
        break;
    case Q_SQL_CASE:
        return case_height(e);
    case Q_SQL_CAST:
        raise(&h, e->cast.operand);
        break;
    case Q_SQL_CALL:
        return call_height(&e->call);
    case Q_SQL_INDEX:
        raise(&h, e->index.operand);
        raise(&h, e->index.index);
        break;
    case Q_SQL_FIELD:
        raise(&h, e->field.operand);
        break;
    }
    return h;
}

q_code q_sql_close(q_sql_parser *p, q_sql_expr *e, const q_sql_expr **out)
{
    uint32_t height = children_height(e) + 1;
    if (height > Q_SQL_MAX_HEIGHT) {
        q_code code = q_sql_fail(p, e->at, Q_E_RECURSION_LIMIT,
                                 "an expression of more than %d levels", Q_SQL_MAX_HEIGHT);
        q_err_hint(p->err, "split it: compute parts in a sub-query");
        return code;
    }
    e->height = (uint16_t)height;
    *out = e;
    return Q_OK;
}

static q_code make_unary(q_sql_parser *p, q_sql_op op, uint32_t start, const q_sql_expr *operand,
                         const q_sql_expr **out)
{
    q_sql_expr *e = q_sql_open(p, Q_SQL_UNARY, start);
    e->unary.op = op;
    e->unary.operand = operand;
    return q_sql_close(p, e, out);
}

static q_code make_binary(q_sql_parser *p, q_sql_op op, q_sql_span op_at, uint32_t start,
                          const q_sql_expr *left, const q_sql_expr *right, const q_sql_expr **out)
{
    q_sql_expr *e = q_sql_open(p, Q_SQL_BINARY, start);
    e->binary.op = op;
    e->binary.op_at = op_at;
    e->binary.left = left;
    e->binary.right = right;
    return q_sql_close(p, e, out);
}

/* ---- values --------------------------------------------------------------- */

/* The binary operator at the cursor and how tightly it binds, 0 if there is none. */
static int binary_operator(const q_sql_parser *p, q_sql_op *op)
{
    static const struct {
        uint8_t kind, op, precedence;
    } table[] = {
        {Q_TK_EQ, Q_SQL_OP_EQ, 1},         {Q_TK_NSEQ, Q_SQL_OP_NSEQ, 1},
        {Q_TK_NEQ, Q_SQL_OP_NEQ, 1},       {Q_TK_LT, Q_SQL_OP_LT, 1},
        {Q_TK_LE, Q_SQL_OP_LE, 1},         {Q_TK_GT, Q_SQL_OP_GT, 1},
        {Q_TK_GE, Q_SQL_OP_GE, 1},         {Q_TK_PIPE, Q_SQL_OP_BITOR, 2},
        {Q_TK_HAT, Q_SQL_OP_BITXOR, 3},    {Q_TK_AMP, Q_SQL_OP_BITAND, 4},
        {Q_TK_PLUS, Q_SQL_OP_ADD, 5},      {Q_TK_MINUS, Q_SQL_OP_SUB, 5},
        {Q_TK_CONCAT, Q_SQL_OP_CONCAT, 5}, {Q_TK_STAR, Q_SQL_OP_MUL, 6},
        {Q_TK_SLASH, Q_SQL_OP_DIV, 6},     {Q_TK_PERCENT, Q_SQL_OP_MOD, 6},
    };
    if (q_sql_at_word(p, Q_KW_DIV)) {
        *op = Q_SQL_OP_INTDIV;
        return 6;
    }
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].kind == p->tok.kind) {
            *op = (q_sql_op)table[i].op;
            return table[i].precedence;
        }
    }
    return 0;
}

/* unary = ("-" | "+" | "~") unary | primary; a minus before a number belongs to the number */
static q_code parse_unary(q_sql_parser *p, const q_sql_expr **out)
{
    q_sql_op op;
    uint32_t start = p->tok.offset;
    if (q_sql_at(p, Q_TK_MINUS) && !q_sql_is_number(q_sql_peek(p, 1)))
        op = Q_SQL_OP_NEG;
    else if (q_sql_at(p, Q_TK_PLUS))
        op = Q_SQL_OP_POS;
    else if (q_sql_at(p, Q_TK_TILDE))
        op = Q_SQL_OP_BITNOT;
    else
        return q_sql_parse_primary(p, out);
    q_sql_advance(p);
    const q_sql_expr *operand;
    Q_TRY(q_sql_enter(p));
    Q_TRY(parse_unary(p, &operand));
    q_sql_leave(p);
    return make_unary(p, op, start, operand, out);
}

/* binary(k) = binary(k + 1) {operator of level k, binary(k + 1)}; all operators bind to the left */
static q_code parse_binary(q_sql_parser *p, int level, const q_sql_expr **out)
{
    uint32_t start = p->tok.offset;
    Q_TRY(parse_unary(p, out));
    q_sql_op op;
    for (int found; (found = binary_operator(p, &op)) >= level && found > 0;) {
        q_sql_span op_at = q_sql_token_span(p->tok);
        q_sql_advance(p);
        const q_sql_expr *right;
        Q_TRY(parse_binary(p, found + 1, &right));
        Q_TRY(make_binary(p, op, op_at, start, *out, right, out));
    }
    return Q_OK;
}

/* value = binary(comparison) */
q_code q_sql_parse_value(q_sql_parser *p, const q_sql_expr **out)
{
    return parse_binary(p, 1, out);
}

/* ---- predicates ----------------------------------------------------------- */

/* between = value ["NOT"] "BETWEEN" value "AND" value */
static q_code parse_between(q_sql_parser *p, uint32_t start, const q_sql_expr *operand,
                            bool negated, const q_sql_expr **out)
{
    const q_sql_expr *low, *high;
    Q_TRY(q_sql_parse_value(p, &low));
    Q_TRY(q_sql_expect_word(p, Q_KW_AND));
    Q_TRY(q_sql_parse_value(p, &high));
    q_sql_expr *e = q_sql_open(p, Q_SQL_BETWEEN, start);
    e->between.operand = operand;
    e->between.low = low;
    e->between.high = high;
    e->between.negated = negated;
    return q_sql_close(p, e, out);
}

/* in = value ["NOT"] "IN" "(" expression {"," expression} ")" */
static q_code parse_in(q_sql_parser *p, uint32_t start, const q_sql_expr *operand, bool negated,
                       const q_sql_expr **out)
{
    q_sql_token open = p->tok;
    Q_TRY(q_sql_expect(p, Q_TK_LPAREN, "'(' and a list of values"));
    if (q_sql_at_query(p))
        return q_sql_unsupported(p, q_sql_token_span(open), "IN (sub-query)");
    const q_sql_expr *const *item;
    uint32_t n;
    Q_TRY(q_sql_parse_expressions(p, &item, &n));
    Q_TRY(q_sql_expect_close(p, open));
    q_sql_expr *e = q_sql_open(p, Q_SQL_IN, start);
    e->in.operand = operand;
    e->in.item = item;
    e->in.n_items = n;
    e->in.negated = negated;
    return q_sql_close(p, e, out);
}

/* The single character of ESCAPE 'c' as a code point. */
static q_code parse_escape(q_sql_parser *p, uint32_t *out)
{
    q_sql_span at = q_sql_token_span(p->tok);
    const char *text;
    uint32_t len;
    Q_TRY(q_sql_parse_string(p, &text, &len));
    unsigned char c = len ? (unsigned char)text[0] : 0;
    uint32_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (len != n || c == 0)
        return q_sql_fail(p, at, Q_E_PARSE_SYNTAX_ERROR, "ESCAPE takes one character");
    *out = n == 1 ? c : c & (0x7Fu >> n);
    for (uint32_t i = 1; i < n; i++)
        *out = *out << 6 | ((unsigned char)text[i] & 0x3F);
    return Q_OK;
}

/* like = value ["NOT"] ("LIKE" | "ILIKE") value ["ESCAPE" string] | value ["NOT"] "RLIKE" value */
static q_code parse_like(q_sql_parser *p, uint32_t start, const q_sql_expr *operand,
                         q_sql_like_kind op, bool negated, const q_sql_expr **out)
{
    bool quantified =
        q_sql_at_word(p, Q_KW_ANY) || q_sql_at_word(p, Q_KW_SOME) || q_sql_at_word(p, Q_KW_ALL);
    if (op != Q_SQL_LIKE_RLIKE && quantified && q_sql_peek(p, 1).kind == Q_TK_LPAREN)
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "LIKE ANY, SOME or ALL");
    const q_sql_expr *pattern;
    Q_TRY(q_sql_parse_value(p, &pattern));
    uint32_t escape = '\\';
    if (op != Q_SQL_LIKE_RLIKE && q_sql_take_word(p, Q_KW_ESCAPE))
        Q_TRY(parse_escape(p, &escape));
    q_sql_expr *e = q_sql_open(p, Q_SQL_LIKE, start);
    e->like.op = op;
    e->like.negated = negated;
    e->like.operand = operand;
    e->like.pattern = pattern;
    e->like.escape = escape;
    return q_sql_close(p, e, out);
}

/* IS [NOT] DISTINCT FROM value, behind DISTINCT */
static q_code parse_distinct_from(q_sql_parser *p, uint32_t start, uint32_t is_at,
                                  const q_sql_expr *operand, bool negated, const q_sql_expr **out)
{
    Q_TRY(q_sql_expect_word(p, Q_KW_FROM));
    q_sql_span op_at = q_sql_span_from(p, is_at);
    const q_sql_expr *right;
    Q_TRY(q_sql_parse_value(p, &right));
    Q_TRY(make_binary(p, Q_SQL_OP_NSEQ, op_at, start, operand, right, out));
    return negated ? Q_OK : make_unary(p, Q_SQL_OP_NOT, start, *out, out);
}

/* is = value "IS" ["NOT"] ("NULL" | "TRUE" | "FALSE" | "UNKNOWN" | "DISTINCT" "FROM" value) */
static q_code parse_is(q_sql_parser *p, uint32_t start, const q_sql_expr *operand,
                       const q_sql_expr **out)
{
    uint32_t is_at = p->tok.offset;
    q_sql_advance(p);
    bool negated = q_sql_take_word(p, Q_KW_NOT) || q_sql_take(p, Q_TK_BANG);
    q_sql_op op;
    switch (p->tok.kind == Q_TK_WORD ? (q_sql_keyword)p->tok.keyword : Q_KW_NONE) {
    case Q_KW_NULL:
        op = Q_SQL_OP_IS_NULL;
        break;
    case Q_KW_TRUE:
        op = Q_SQL_OP_IS_TRUE;
        break;
    case Q_KW_FALSE:
        op = Q_SQL_OP_IS_FALSE;
        break;
    case Q_KW_UNKNOWN:
        op = Q_SQL_OP_IS_UNKNOWN;
        break;
    case Q_KW_DISTINCT:
        q_sql_advance(p);
        return parse_distinct_from(p, start, is_at, operand, negated, out);
    default:
        return q_sql_unexpected(p, "NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM");
    }
    q_sql_advance(p);
    return make_unary(p, negated ? op + 1 : op, start, operand, out);
}

static bool is_predicate(q_sql_token t)
{
    switch (t.kind == Q_TK_WORD ? (q_sql_keyword)t.keyword : Q_KW_NONE) {
    case Q_KW_BETWEEN:
    case Q_KW_IN:
    case Q_KW_LIKE:
    case Q_KW_ILIKE:
    case Q_KW_RLIKE:
    case Q_KW_REGEXP:
        return true;
    default:
        return false;
    }
}

/* predicated = value [between | in | like | is] */
static q_code parse_predicated(q_sql_parser *p, const q_sql_expr **out)
{
    uint32_t start = p->tok.offset;
    Q_TRY(q_sql_parse_value(p, out));
    if (q_sql_at_word(p, Q_KW_IS))
        return parse_is(p, start, *out, out);
    bool negated =
        (q_sql_at_word(p, Q_KW_NOT) || q_sql_at(p, Q_TK_BANG)) && is_predicate(q_sql_peek(p, 1));
    if (negated)
        q_sql_advance(p);
    q_sql_keyword k = is_predicate(p->tok) ? (q_sql_keyword)p->tok.keyword : Q_KW_NONE;
    if (k == Q_KW_NONE || (k == Q_KW_IN && p->no_in == p->nesting))
        return Q_OK;
    q_sql_advance(p);
    if (k == Q_KW_BETWEEN)
        return parse_between(p, start, *out, negated, out);
    if (k == Q_KW_IN)
        return parse_in(p, start, *out, negated, out);
    q_sql_like_kind like = k == Q_KW_LIKE    ? Q_SQL_LIKE_LIKE
                           : k == Q_KW_ILIKE ? Q_SQL_LIKE_ILIKE
                                             : Q_SQL_LIKE_RLIKE;
    return parse_like(p, start, *out, like, negated, out);
}

/* ---- NOT, AND, OR --------------------------------------------------------- */

/* not = ("NOT" | "!") not | predicated */
static q_code parse_not(q_sql_parser *p, const q_sql_expr **out)
{
    uint32_t start = p->tok.offset;
    if (q_sql_at_word(p, Q_KW_EXISTS) && q_sql_peek(p, 1).kind == Q_TK_LPAREN) {
        q_sql_token first = q_sql_peek(p, 2);
        if (q_sql_is_word(first, Q_KW_SELECT) || q_sql_is_word(first, Q_KW_WITH))
            return q_sql_unsupported(p, q_sql_token_span(p->tok), "EXISTS (sub-query)");
    }
    if (!q_sql_at(p, Q_TK_BANG) && !q_sql_at_word(p, Q_KW_NOT))
        return parse_predicated(p, out);
    q_sql_advance(p);
    const q_sql_expr *operand;
    Q_TRY(q_sql_enter(p));
    Q_TRY(parse_not(p, &operand));
    q_sql_leave(p);
    return make_unary(p, Q_SQL_OP_NOT, start, operand, out);
}

/* One operand of an AND or OR chain and the operator before it. */
typedef struct chain_link {
    const q_sql_expr *expr;
    q_sql_span op_at;
} chain_link;

static uint32_t expr_end(const q_sql_expr *e)
{
    return e->at.offset + e->at.len;
}

/* A balanced tree over links lo..hi, split as Spark splits it. */
static q_code balance(q_sql_parser *p, q_sql_op op, const chain_link *link, uint32_t lo,
                      uint32_t hi, const q_sql_expr **out)
{
    if (lo == hi) {
        *out = link[lo].expr;
        return Q_OK;
    }
    uint32_t mid = lo + (hi - lo) / 2;
    const q_sql_expr *left, *right;
    Q_TRY(balance(p, op, link, lo, mid, &left));
    Q_TRY(balance(p, op, link, mid + 1, hi, &right));
    q_sql_expr *e = q_sql_open(p, Q_SQL_BINARY, left->at.offset);
    e->at.len = expr_end(right) - left->at.offset;
    e->binary.op = op;
    e->binary.op_at = link[mid + 1].op_at;
    e->binary.left = left;
    e->binary.right = right;
    return q_sql_close(p, e, out);
}

typedef q_code parse_fn(q_sql_parser *p, const q_sql_expr **out);

/* chain = operand {word operand} */
static q_code parse_chain(q_sql_parser *p, q_sql_keyword word, q_sql_op op, parse_fn *operand,
                          const q_sql_expr **out)
{
    Q_TRY(operand(p, out));
    if (!q_sql_at_word(p, word))
        return Q_OK;
    q_sql_list list = {0};
    q_sql_push(p, &list, chain_link)->expr = *out;
    while (q_sql_at_word(p, word)) {
        chain_link next = {.op_at = q_sql_token_span(p->tok)};
        q_sql_advance(p);
        Q_TRY(operand(p, &next.expr));
        *q_sql_push(p, &list, chain_link) = next;
    }
    return balance(p, op, list.data, 0, list.n - 1, out);
}

/* and = not {"AND" not} */
static q_code parse_and(q_sql_parser *p, const q_sql_expr **out)
{
    return parse_chain(p, Q_KW_AND, Q_SQL_OP_AND, parse_not, out);
}

/* expression = and {"OR" and} */
q_code q_sql_parse_expression(q_sql_parser *p, const q_sql_expr **out)
{
    Q_TRY(q_sql_enter(p));
    Q_TRY(parse_chain(p, Q_KW_OR, Q_SQL_OP_OR, parse_and, out));
    q_sql_leave(p);
    return Q_OK;
}

q_code q_sql_parse_expressions(q_sql_parser *p, const q_sql_expr *const **out, uint32_t *n)
{
    q_sql_list list = {0};
    do {
        const q_sql_expr *e;
        Q_TRY(q_sql_parse_expression(p, &e));
        *q_sql_push(p, &list, const q_sql_expr *) = e;
    } while (q_sql_take(p, Q_TK_COMMA));
    *out = list.data;
    *n = list.n;
    return Q_OK;
}
