/*
 * What the parser's files share: the cursor over the tokens, errors with place,
 * growing lists, and the grammar's functions that other files call. Every parse
 * function is entered with p->tok on its first token and leaves it on the first
 * token after what it took; it returns Q_OK or has filled p->err.
 */
#ifndef Q_SQL_PARSE_INTERNAL_H
#define Q_SQL_PARSE_INTERNAL_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/sql/ast.h"
#include "common/sql/lex.h"

typedef struct q_sql_parser {
    q_arena *arena;
    const char *sql;
    size_t len;
    q_err *err;
    q_sql_token tok;     /* the current token */
    q_sql_token prev;    /* the token before it */
    uint32_t prev_end;   /* its end, for spans */
    uint32_t nesting;    /* open parse functions that recurse; Q_SQL_MAX_NESTING */
    uint32_t case_depth; /* open CASEs: there WHEN, THEN, ELSE and END are no names */
    uint32_t no_in;      /* nesting at which IN is not a predicate: POSITION(a IN b) */
} q_sql_parser;

/* ---- cursor (parse.c) ----------------------------------------------------- */

q_code q_sql_parser_init(q_sql_parser *p, q_arena *a, const char *sql, size_t len, q_err *err);
void q_sql_advance(q_sql_parser *p);
/* The n-th token after the current one (1: the next). */
q_sql_token q_sql_peek(const q_sql_parser *p, int n);

static inline bool q_sql_at(const q_sql_parser *p, q_sql_token_kind kind)
{
    return p->tok.kind == kind;
}
static inline bool q_sql_is_word(q_sql_token t, q_sql_keyword k)
{
    return t.kind == Q_TK_WORD && t.keyword == k;
}
static inline bool q_sql_at_word(const q_sql_parser *p, q_sql_keyword k)
{
    return q_sql_is_word(p->tok, k);
}
/* Is the current token this word, of those that are no keywords? `word` in upper case. */
bool q_sql_at_plain(const q_sql_parser *p, const char *word);
bool q_sql_token_is_plain(const q_sql_parser *p, q_sql_token t, const char *word);
/* The current token is k and the next one is `next`. */
bool q_sql_at_words(const q_sql_parser *p, q_sql_keyword k, q_sql_keyword next);

/* Take the current token if it fits. */
bool q_sql_take(q_sql_parser *p, q_sql_token_kind kind);
bool q_sql_take_word(q_sql_parser *p, q_sql_keyword k);
/* The same, or a syntax error. */
q_code q_sql_expect(q_sql_parser *p, q_sql_token_kind kind, const char *what);
q_code q_sql_expect_word(q_sql_parser *p, q_sql_keyword k);
/* `)`; the error says where the parenthesis was opened. */
q_code q_sql_expect_close(q_sql_parser *p, q_sql_token open);

/* Count one more level of nesting, or RECURSION_LIMIT. */
q_code q_sql_enter(q_sql_parser *p);
static inline void q_sql_leave(q_sql_parser *p)
{
    p->nesting--;
}

/* From `start` to the end of the last token taken. */
q_sql_span q_sql_span_from(const q_sql_parser *p, uint32_t start);
q_sql_span q_sql_token_span(q_sql_token t);

/* ---- errors (parse.c) ----------------------------------------------------- */

q_code q_sql_fail(q_sql_parser *p, q_sql_span at, q_code code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Syntax error at the current token; `expected` may be NULL. Finds hints for common slips. */
q_code q_sql_unexpected(q_sql_parser *p, const char *expected);
q_code q_sql_unsupported(q_sql_parser *p, q_sql_span at, const char *feature);

/* ---- lists ---------------------------------------------------------------- */

/* An array that grows in the arena. Elements move when it grows. */
typedef struct q_sql_list {
    void *data;
    uint32_t n, cap;
} q_sql_list;

void *q_sql_list_grow(q_sql_parser *p, q_sql_list *l, size_t size);
/* A new zeroed last element of the given type. */
#define q_sql_push(p, list, type) ((type *)q_sql_list_grow((p), (list), sizeof(type)))

/* ---- names (parse_name.c) ------------------------------------------------- */

/* Can the current word stand for a name where an expression begins? */
bool q_sql_at_operand_name(const q_sql_parser *p);
/* name = WORD | QUOTED; any word, keywords too */
q_code q_sql_parse_name(q_sql_parser *p, q_sql_name *out, const char *what);
/* names = name {"." name} */
q_code q_sql_parse_names(q_sql_parser *p, q_sql_names *out, const char *what);
/* name_list = "(" name {"," name} ")" */
q_code q_sql_parse_name_list(q_sql_parser *p, const q_sql_name **out, uint32_t *n);
/* [["AS"] name] of a select item. */
q_code q_sql_parse_item_alias(q_sql_parser *p, q_sql_name *out);
/* [["AS"] name [name_list]] of a table expression. */
q_code q_sql_parse_table_alias(q_sql_parser *p, q_sql_alias *out);

/* ---- literals (parse_literal.c) ------------------------------------------- */

bool q_sql_is_number(q_sql_token t);
bool q_sql_is_string(q_sql_token t);
/* number, with the sign already taken; `start` is the sign's or the number's offset */
q_code q_sql_parse_number(q_sql_parser *p, uint32_t start, bool negative, q_sql_literal *out);
/* string = STRING, decoded. *bytes is NUL-terminated. */
q_code q_sql_parse_string(q_sql_parser *p, const char **bytes, uint32_t *len);
/* strings = STRING {STRING}: decoded and joined, as in expressions; the first is at the cursor */
q_code q_sql_parse_joined_strings(q_sql_parser *p, const char **bytes, uint32_t *len);
/* string, where the text is a C string: NUL within is an error. */
q_code q_sql_parse_text_string(q_sql_parser *p, const char **out);
/* The date, timestamp, binary or interval literal at the cursor, if it is one. */
q_code q_sql_parse_typed_literal(q_sql_parser *p, bool *found, q_sql_literal *out);
/* The unit named by a word (plural too when `plural`). */
bool q_sql_unit_find(const q_sql_parser *p, q_sql_token t, bool plural, q_sql_unit *out);
/* interval (parse_interval.c); the cursor is behind INTERVAL, `start` at it */
q_code q_sql_parse_interval(q_sql_parser *p, uint32_t start, q_sql_interval *out);

/* ---- types (parse_type.c) ------------------------------------------------- */

q_code q_sql_parse_type_at(q_sql_parser *p, const q_sql_type **out);
/* column_def = name [":"] type ["NOT" "NULL"] ["COMMENT" string]; the type may be left out if
 * `type_optional`. */
q_code q_sql_parse_column_def(q_sql_parser *p, bool type_optional, q_sql_column_def *out);

/* ---- expressions (parse_expr.c, parse_primary.c, parse_call.c) ------------ */

q_code q_sql_parse_expression(q_sql_parser *p, const q_sql_expr **out);
/* value: an expression without AND, OR, NOT and predicates at its top */
q_code q_sql_parse_value(q_sql_parser *p, const q_sql_expr **out);
q_code q_sql_parse_primary(q_sql_parser *p, const q_sql_expr **out);
/* expression {"," expression} */
q_code q_sql_parse_expressions(q_sql_parser *p, const q_sql_expr *const **out, uint32_t *n);
q_code q_sql_parse_call(q_sql_parser *p, uint32_t start, const q_sql_names *name,
                        const q_sql_expr **out);
/* The call-like form at the cursor (EXTRACT, TRIM, …); *out stays NULL if it is none. */
q_code q_sql_parse_special(q_sql_parser *p, const q_sql_expr **out);
/* window = name | "(" … ")" (parse_window.c) */
q_code q_sql_parse_window(q_sql_parser *p, const q_sql_window **out);
/* order_list = order_item {"," order_item} */
q_code q_sql_parse_order_list(q_sql_parser *p, const q_sql_order **out, uint32_t *n);
/* "WINDOW" name "AS" window {"," name "AS" window} */
q_code q_sql_parse_window_clause(q_sql_parser *p, const q_sql_named_window **out, uint32_t *n);

/* A new node from `start` to the last token taken; the caller fills it and then calls q_sql_close.
 */
q_sql_expr *q_sql_open(q_sql_parser *p, q_sql_expr_kind kind, uint32_t start);
/* Compute the node's height from its children, or RECURSION_LIMIT. */
q_code q_sql_close(q_sql_parser *p, q_sql_expr *e, const q_sql_expr **out);

/* ---- queries (parse_query.c, parse_from.c) -------------------------------- */

bool q_sql_at_query(const q_sql_parser *p); /* could a query begin here? */
q_code q_sql_parse_query(q_sql_parser *p, const q_sql_query **out);
q_code q_sql_parse_from(q_sql_parser *p, const q_sql_from **out);
q_code q_sql_parse_values(q_sql_parser *p, q_sql_values *out);
q_code q_sql_parse_ctes(q_sql_parser *p, const q_sql_cte **out, uint32_t *n);

/* ---- statements (parse_stmt.c, parse_set.c) ------------------------------- */

q_code q_sql_parse_statement(q_sql_parser *p, q_sql_statement *out);
q_code q_sql_parse_set(q_sql_parser *p, q_sql_statement *out); /* SET and RESET */

#endif
