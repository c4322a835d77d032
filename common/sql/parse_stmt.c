/* Statements. */
#include "common/sql/parse_internal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- options -------------------------------------------------------------- */

/* key = name {"." name} | string; the parts joined by dots */
static q_code parse_option_key(q_sql_parser *p, q_sql_option *out)
{
    uint32_t start = p->tok.offset;
    if (q_sql_is_string(p->tok)) {
        Q_TRY(q_sql_parse_text_string(p, &out->key));
    } else {
        q_sql_names names;
        Q_TRY(q_sql_parse_names(p, &names, "an option's name"));
        out->key = names.part[0].text;
        for (uint32_t i = 1; i < names.n; i++)
            out->key = q_arena_printf(p->arena, "%s.%s", out->key, names.part[i].text);
    }
    out->key_at = q_sql_span_from(p, start);
    return Q_OK;
}

/* value = ["-"] INTEGER | ["-"] DECIMAL | "TRUE" | "FALSE" | string */
static q_code parse_option_value(q_sql_parser *p, q_sql_option *out)
{
    uint32_t start = p->tok.offset;
    bool truth = q_sql_at_word(p, Q_KW_TRUE);
    if (q_sql_is_string(p->tok)) {
        Q_TRY(q_sql_parse_text_string(p, &out->value));
    } else if (truth || q_sql_at_word(p, Q_KW_FALSE)) {
        q_sql_advance(p);
        out->value = truth ? "true" : "false";
    } else {
        const char *sign = q_sql_take(p, Q_TK_MINUS) ? "-" : "";
        if (!q_sql_at(p, Q_TK_INTEGER) && !q_sql_at(p, Q_TK_DECIMAL)) {
            q_code code = q_sql_unexpected(p, "a string, a number, TRUE or FALSE");
            if (q_sql_at(p, Q_TK_WORD))
                q_err_hint(p->err, "text goes in quotes: '%.*s'",
                           p->tok.len > 60 ? 60 : (int)p->tok.len, p->sql + p->tok.offset);
            return code;
        }
        out->value =
            q_arena_printf(p->arena, "%s%.*s", sign, (int)p->tok.len, p->sql + p->tok.offset);
        q_sql_advance(p);
    }
    out->value_at = q_sql_span_from(p, start);
    return Q_OK;
}

/* options = "(" option {"," option} ")"; option = key ["="] value */
static q_code parse_options(q_sql_parser *p, q_sql_options *out)
{
    q_sql_token open = p->tok;
    Q_TRY(q_sql_expect(p, Q_TK_LPAREN, "'(' and options"));
    q_sql_list list = {0};
    do {
        q_sql_option option = {0};
        Q_TRY(parse_option_key(p, &option));
        if (!q_sql_take(p, Q_TK_EQ) && (q_sql_at(p, Q_TK_COMMA) || q_sql_at(p, Q_TK_RPAREN)))
            return q_sql_fail(p, option.key_at, Q_E_PARSE_SYNTAX_ERROR,
                              "the option `%s` has no value", option.key);
        Q_TRY(parse_option_value(p, &option));
        *q_sql_push(p, &list, q_sql_option) = option;
    } while (q_sql_take(p, Q_TK_COMMA));
    *out = (q_sql_options){list.data, list.n};
    return q_sql_expect_close(p, open);
}

/* using = "USING" names ["OPTIONS" options] */
static q_code parse_using(q_sql_parser *p, q_sql_names *provider, q_sql_options *options)
{
    Q_TRY(q_sql_expect_word(p, Q_KW_USING));
    Q_TRY(q_sql_parse_names(p, provider, "a format (json, csv)"));
    return q_sql_take_word(p, Q_KW_OPTIONS) ? parse_options(p, options) : Q_OK;
}

/* ---- CREATE and DROP ------------------------------------------------------ */

/* "CREATE TABLE", … : a statement Spark knows and quern does not, by its first words. */
static q_code unsupported_statement(q_sql_parser *p, q_sql_token first, q_sql_token second)
{
    char name[96];
    const char *a = p->sql + first.offset, *b = p->sql + second.offset;
    int an = first.len > 40 ? 40 : (int)first.len, bn = second.len > 40 ? 40 : (int)second.len;
    bool two = second.kind == Q_TK_WORD && (second.keyword || first.keyword);
    snprintf(name, sizeof name, "%.*s%s%.*s", an, a, two ? " " : "", two ? bn : 0, b);
    for (char *c = name; *c; c++)
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
    return q_sql_unsupported(p, q_sql_token_span(first), name);
}

/* column_list = "(" column_def {"," column_def} ")"; types are left out before AS */
static q_code parse_view_columns(q_sql_parser *p, q_sql_statement *out)
{
    q_sql_token open = p->tok;
    if (!q_sql_take(p, Q_TK_LPAREN))
        return Q_OK;
    q_sql_list list = {0};
    do {
        Q_TRY(q_sql_parse_column_def(p, true, q_sql_push(p, &list, q_sql_column_def)));
    } while (q_sql_take(p, Q_TK_COMMA));
    out->create_view.column = list.data;
    out->create_view.n_columns = list.n;
    return q_sql_expect_close(p, open);
}

/* Columns have types exactly when the view reads files. */
static q_code check_view_columns(q_sql_parser *p, const q_sql_statement *st, bool typed)
{
    for (uint32_t i = 0; i < st->create_view.n_columns; i++) {
        const q_sql_column_def *c = &st->create_view.column[i];
        if ((c->type != NULL) == typed)
            continue;
        q_code code = q_sql_fail(p, c->at, Q_E_PARSE_SYNTAX_ERROR,
                                 typed ? "the column `%s` has no type"
                                       : "the column `%s` of a view AS query has a type",
                                 c->name.text);
        q_err_hint(p->err, typed ? "with USING, columns are written: name TYPE, …"
                                 : "the query decides the types: use CAST in it");
        return code;
    }
    return Q_OK;
}

/* view = name [column_list] ["COMMENT" string] ("AS" query | using) */
static q_code parse_view(q_sql_parser *p, q_sql_statement *out)
{
    Q_TRY(q_sql_parse_names(p, &out->create_view.name, "the view's name"));
    Q_TRY(parse_view_columns(p, out));
    if (q_sql_take_word(p, Q_KW_COMMENT))
        Q_TRY(q_sql_parse_text_string(p, &out->create_view.comment));
    if (q_sql_at_plain(p, "TBLPROPERTIES"))
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "TBLPROPERTIES of a view");
    if (q_sql_at_word(p, Q_KW_USING)) {
        out->kind = Q_SQL_ST_CREATE_VIEW_USING;
        Q_TRY(check_view_columns(p, out, true));
        return parse_using(p, &out->create_view.provider, &out->create_view.options);
    }
    out->kind = Q_SQL_ST_CREATE_VIEW_AS;
    if (!q_sql_take_word(p, Q_KW_AS))
        return q_sql_unexpected(p, "AS query, or USING json|csv");
    Q_TRY(check_view_columns(p, out, false));
    return q_sql_parse_query(p, &out->create_view.query);
}

/* "IF" ["NOT"] "EXISTS" */
static q_code take_if_exists(q_sql_parser *p, bool negated, bool *out)
{
    q_sql_token next = q_sql_peek(p, 1);
    if (!q_sql_at_word(p, Q_KW_IF) || !q_sql_is_word(next, negated ? Q_KW_NOT : Q_KW_EXISTS))
        return Q_OK;
    q_sql_advance(p);
    if (negated)
        q_sql_advance(p);
    *out = true;
    return q_sql_expect_word(p, Q_KW_EXISTS);
}

/* create = "CREATE" ["OR" "REPLACE"] "TEMPORARY" "VIEW" ["IF" "NOT" "EXISTS"] view */
static q_code parse_create(q_sql_parser *p, q_sql_statement *out)
{
    q_sql_token create = p->tok;
    q_sql_advance(p);
    if (q_sql_take_word(p, Q_KW_OR)) {
        Q_TRY(q_sql_expect_word(p, Q_KW_REPLACE));
        out->create_view.or_replace = true;
    }
    q_sql_token what = p->tok;
    if (what.kind != Q_TK_WORD)
        return q_sql_unexpected(p, "TEMPORARY VIEW");
    if (!q_sql_take_word(p, Q_KW_TEMPORARY) && !q_sql_take_word(p, Q_KW_TEMP)) {
        q_code code = unsupported_statement(p, create, what);
        if (q_sql_at_word(p, Q_KW_VIEW) || q_sql_at_word(p, Q_KW_GLOBAL))
            q_err_hint(p->err, "write CREATE TEMPORARY VIEW");
        return code;
    }
    if (!q_sql_at_word(p, Q_KW_VIEW))
        return q_sql_at(p, Q_TK_WORD) ? unsupported_statement(p, what, p->tok)
                                      : q_sql_unexpected(p, "VIEW");
    q_sql_advance(p);
    Q_TRY(take_if_exists(p, true, &out->create_view.if_not_exists));
    return parse_view(p, out);
}

/* drop = "DROP" "VIEW" ["IF" "EXISTS"] names */
static q_code parse_drop(q_sql_parser *p, q_sql_statement *out)
{
    q_sql_token drop = p->tok;
    q_sql_advance(p);
    if (!q_sql_at_word(p, Q_KW_VIEW))
        return q_sql_at(p, Q_TK_WORD) ? unsupported_statement(p, drop, p->tok)
                                      : q_sql_unexpected(p, "VIEW");
    q_sql_advance(p);
    out->kind = Q_SQL_ST_DROP_VIEW;
    Q_TRY(take_if_exists(p, false, &out->drop_view.if_exists));
    return q_sql_parse_names(p, &out->drop_view.name, "the view's name");
}

/* ---- INSERT --------------------------------------------------------------- */

/* A WITH in front of INSERT goes around the query behind it. */
static void wrap_query(q_sql_parser *p, q_sql_statement *st, const q_sql_cte *cte, uint32_t n_ctes)
{
    q_sql_query *q = q_arena_copy(p->arena, st->insert.query, sizeof *q);
    if (q->n_ctes) {
        q = q_arena_new(p->arena, q_sql_query);
        q->kind = Q_SQL_BODY_QUERY;
        q->height = 1;
        q->query = st->insert.query;
        q->at = st->insert.query->at;
    }
    q->cte = cte;
    q->n_ctes = n_ctes;
    st->insert.query = q;
}

/* The directory's path stands behind DIRECTORY or in the options, once. */
static q_code check_path(q_sql_parser *p, q_sql_token insert, const q_sql_statement *st)
{
    int n = st->insert.path != NULL;
    q_sql_span at = q_sql_token_span(insert);
    for (uint32_t i = 0; i < st->insert.options.n; i++) {
        if (strcasecmp(st->insert.options.option[i].key, "path") == 0) {
            at = st->insert.options.option[i].key_at;
            n++;
        }
    }
    if (n == 1)
        return Q_OK;
    return q_sql_fail(p, at, Q_E_PARSE_SYNTAX_ERROR,
                      n ? "the directory's path is given twice"
                        : "INSERT OVERWRITE DIRECTORY needs a path: DIRECTORY 'path'");
}

/* insert = "INSERT" "OVERWRITE" ["LOCAL"] "DIRECTORY" [string] using query */
static q_code parse_insert(q_sql_parser *p, q_sql_statement *out)
{
    q_sql_token insert = p->tok;
    q_sql_advance(p);
    bool local = q_sql_at_words(p, Q_KW_OVERWRITE, Q_KW_LOCAL);
    if (!local && !q_sql_at_words(p, Q_KW_OVERWRITE, Q_KW_DIRECTORY)) {
        if (!q_sql_at(p, Q_TK_WORD))
            return q_sql_unexpected(p, "OVERWRITE DIRECTORY 'path' USING format");
        q_code code = unsupported_statement(p, insert, p->tok);
        q_err_hint(p->err, "write INSERT OVERWRITE DIRECTORY 'path' USING json SELECT …");
        return code;
    }
    q_sql_advance(p);
    q_sql_advance(p);
    if (local)
        Q_TRY(q_sql_expect_word(p, Q_KW_DIRECTORY));
    out->kind = Q_SQL_ST_INSERT_DIRECTORY;
    out->insert.local = local;
    if (q_sql_is_string(p->tok)) {
        out->insert.path_at = q_sql_token_span(p->tok);
        Q_TRY(q_sql_parse_text_string(p, &out->insert.path));
    }
    if (q_sql_at_plain(p, "STORED") || q_sql_at_words(p, Q_KW_ROW, Q_KW_NONE))
        return q_sql_unsupported(p, q_sql_token_span(p->tok),
                                 "STORED AS or ROW FORMAT (write USING json or USING csv)");
    if (!q_sql_at_word(p, Q_KW_USING))
        return q_sql_unexpected(p, out->insert.path ? "USING and a format (json, csv)"
                                                    : "a path in quotes, or USING and a format");
    Q_TRY(parse_using(p, &out->insert.provider, &out->insert.options));
    Q_TRY(check_path(p, insert, out));
    return q_sql_parse_query(p, &out->insert.query);
}

/* with = ctes (insert | query); the query is read from the WITH on */
static q_code parse_with(q_sql_parser *p, q_sql_statement *out)
{
    q_sql_parser saved = *p;
    const q_sql_cte *cte;
    uint32_t n;
    Q_TRY(q_sql_parse_ctes(p, &cte, &n));
    if (q_sql_at_word(p, Q_KW_INSERT)) {
        Q_TRY(parse_insert(p, out));
        wrap_query(p, out, cte, n);
        return Q_OK;
    }
    *p = saved;
    out->kind = Q_SQL_ST_QUERY;
    return q_sql_parse_query(p, &out->query);
}

/* ---- DESCRIBE, SHOW, EXPLAIN ---------------------------------------------- */

/* The word k with something behind it that it can belong to; alone, it is a name. */
static bool at_prefix(const q_sql_parser *p, q_sql_keyword k)
{
    q_sql_token next = q_sql_peek(p, 1);
    return q_sql_at_word(p, k) && next.kind != Q_TK_END && next.kind != Q_TK_SEMICOLON &&
           next.kind != Q_TK_DOT;
}

/* function_name = names | string | an operator's sign */
static q_code parse_function_name(q_sql_parser *p, q_sql_names *out)
{
    if (q_sql_at(p, Q_TK_WORD) || q_sql_at(p, Q_TK_QUOTED))
        return q_sql_parse_names(p, out, "a function's name");
    q_sql_name *name = q_arena_new(p->arena, q_sql_name);
    name->at = q_sql_token_span(p->tok);
    if (q_sql_is_string(p->tok)) {
        Q_TRY(q_sql_parse_text_string(p, &name->text));
    } else if (p->tok.kind >= Q_TK_BANG) {
        name->text = q_arena_strndup(p->arena, p->sql + p->tok.offset, p->tok.len);
        q_sql_advance(p);
    } else {
        return q_sql_unexpected(p, "a function's name");
    }
    *out = (q_sql_names){name, 1, name->at};
    return Q_OK;
}

/* describe_table = ["TABLE"] ["EXTENDED" | "FORMATTED"] names */
static q_code parse_describe_table(q_sql_parser *p, q_sql_statement *out)
{
    out->kind = Q_SQL_ST_DESCRIBE_TABLE;
    if (at_prefix(p, Q_KW_TABLE))
        q_sql_advance(p);
    if (at_prefix(p, Q_KW_EXTENDED) || at_prefix(p, Q_KW_FORMATTED)) {
        out->describe.extended = true;
        q_sql_advance(p);
    }
    Q_TRY(q_sql_parse_names(p, &out->describe.name, "a view's name, FUNCTION or a query"));
    if (q_sql_at(p, Q_TK_WORD) || q_sql_at(p, Q_TK_QUOTED))
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "DESCRIBE of one column");
    return Q_OK;
}

/*
 * describe = ("DESCRIBE" | "DESC") ("FUNCTION" ["EXTENDED"] function_name | ["QUERY"] query
 *            | describe_table)
 */
static q_code parse_describe(q_sql_parser *p, q_sql_statement *out)
{
    q_sql_token first = p->tok;
    q_sql_advance(p);
    if (at_prefix(p, Q_KW_FUNCTION)) {
        q_sql_advance(p);
        out->kind = Q_SQL_ST_DESCRIBE_FUNCTION;
        out->describe.extended = at_prefix(p, Q_KW_EXTENDED) && q_sql_take_word(p, Q_KW_EXTENDED);
        return parse_function_name(p, &out->describe.name);
    }
    bool query = at_prefix(p, Q_KW_QUERY) && q_sql_take_word(p, Q_KW_QUERY);
    if (query || (q_sql_at_query(p) && !q_sql_at_word(p, Q_KW_TABLE))) {
        out->kind = Q_SQL_ST_DESCRIBE_QUERY;
        return q_sql_parse_query(p, &out->describe.query);
    }
    if ((q_sql_at_plain(p, "DATABASE") || q_sql_at_plain(p, "SCHEMA") ||
         q_sql_at_plain(p, "NAMESPACE")) &&
        at_prefix(p, Q_KW_NONE))
        return unsupported_statement(p, first, p->tok);
    return parse_describe_table(p, out);
}

/* show = "SHOW" (["USER" | "SYSTEM" | "ALL"] "FUNCTIONS" | "TABLES" | "VIEWS")
 *        [("FROM" | "IN") names] [["LIKE"] (string | names)] */
static q_code parse_show(q_sql_parser *p, q_sql_statement *out)
{
    q_sql_token show = p->tok;
    q_sql_advance(p);
    if (q_sql_is_word(q_sql_peek(p, 1), Q_KW_FUNCTIONS) &&
        (q_sql_at_word(p, Q_KW_USER) || q_sql_at_word(p, Q_KW_ALL) || q_sql_at_plain(p, "SYSTEM")))
        q_sql_advance(p);
    if (q_sql_at_word(p, Q_KW_FUNCTIONS))
        out->kind = Q_SQL_ST_SHOW_FUNCTIONS;
    else if (q_sql_at_word(p, Q_KW_TABLES))
        out->kind = Q_SQL_ST_SHOW_TABLES;
    else if (q_sql_at_word(p, Q_KW_VIEWS))
        out->kind = Q_SQL_ST_SHOW_VIEWS;
    else
        return q_sql_at(p, Q_TK_WORD) ? unsupported_statement(p, show, p->tok)
                                      : q_sql_unexpected(p, "FUNCTIONS, TABLES or VIEWS");
    q_sql_advance(p);
    if (q_sql_at_word(p, Q_KW_FROM) || q_sql_at_word(p, Q_KW_IN))
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "SHOW … FROM a database");
    bool like = q_sql_take_word(p, Q_KW_LIKE);
    out->show.pattern_at = q_sql_token_span(p->tok);
    if (q_sql_is_string(p->tok))
        return q_sql_parse_text_string(p, &out->show.pattern);
    if (!like && !q_sql_at(p, Q_TK_WORD) && !q_sql_at(p, Q_TK_QUOTED))
        return Q_OK;
    q_sql_name name;
    Q_TRY(q_sql_parse_name(p, &name, "a pattern in quotes"));
    out->show.pattern = name.text;
    return Q_OK;
}

static unsigned explain_mode(q_sql_token t)
{
    switch (t.kind == Q_TK_WORD ? (q_sql_keyword)t.keyword : Q_KW_NONE) {
    case Q_KW_EXTENDED:
        return Q_SQL_EXPLAIN_EXTENDED;
    case Q_KW_FORMATTED:
        return Q_SQL_EXPLAIN_FORMATTED;
    case Q_KW_CODEGEN:
        return Q_SQL_EXPLAIN_CODEGEN;
    case Q_KW_COST:
        return Q_SQL_EXPLAIN_COST;
    case Q_KW_LOGICAL:
        return Q_SQL_EXPLAIN_LOGICAL;
    case Q_KW_OPTIMIZED:
        return Q_SQL_EXPLAIN_OPTIMIZED;
    case Q_KW_STAGES:
        return Q_SQL_EXPLAIN_STAGES;
    case Q_KW_PHYSICAL:
        return Q_SQL_EXPLAIN_PHYSICAL;
    default:
        return 0;
    }
}

/* modes = mode | "(" mode {"," mode} ")" */
static q_code parse_explain_modes(q_sql_parser *p, unsigned *out)
{
    *out = explain_mode(p->tok);
    if (*out) {
        q_sql_advance(p);
        return Q_OK;
    }
    q_sql_token open = p->tok;
    if (open.kind != Q_TK_LPAREN || q_sql_at_query(p)) {
        *out = Q_SQL_EXPLAIN_SIMPLE;
        return Q_OK;
    }
    q_sql_advance(p);
    do {
        unsigned mode = explain_mode(p->tok);
        if (!mode)
            return q_sql_unexpected(p, "LOGICAL, OPTIMIZED, STAGES, PHYSICAL, EXTENDED, FORMATTED, "
                                       "CODEGEN or COST");
        *out |= mode;
        q_sql_advance(p);
    } while (q_sql_take(p, Q_TK_COMMA));
    return q_sql_expect_close(p, open);
}

/* explain = "EXPLAIN" [modes] statement */
static q_code parse_explain(q_sql_parser *p, q_sql_statement *out)
{
    q_sql_advance(p);
    out->kind = Q_SQL_ST_EXPLAIN;
    Q_TRY(parse_explain_modes(p, &out->explain.modes));
    q_sql_statement *inner = q_arena_new(p->arena, q_sql_statement);
    Q_TRY(q_sql_enter(p));
    Q_TRY(q_sql_parse_statement(p, inner));
    q_sql_leave(p);
    out->explain.statement = inner;
    return Q_OK;
}

/* ---- the statement -------------------------------------------------------- */

static const struct {
    q_sql_keyword word;
    q_code (*parse)(q_sql_parser *, q_sql_statement *);
} statements[] = {
    {Q_KW_WITH, parse_with},       {Q_KW_CREATE, parse_create},   {Q_KW_DROP, parse_drop},
    {Q_KW_INSERT, parse_insert},   {Q_KW_DESC, parse_describe},   {Q_KW_DESCRIBE, parse_describe},
    {Q_KW_SHOW, parse_show},       {Q_KW_EXPLAIN, parse_explain}, {Q_KW_SET, q_sql_parse_set},
    {Q_KW_RESET, q_sql_parse_set},
};

/* First words of Spark's other statements. */
static const char *const foreign[] = {
    "ADD",      "ALTER",   "ANALYZE",  "CACHE",   "CALL",    "CLEAR",  "COMMENT", "COMMIT",
    "DELETE",   "DECLARE", "DFS",      "EXECUTE", "EXPORT",  "GRANT",  "IMPORT",  "LIST",
    "LOAD",     "LOCK",    "MERGE",    "MSCK",    "REFRESH", "REPAIR", "REPLACE", "REVOKE",
    "ROLLBACK", "START",   "TRUNCATE", "UNCACHE", "UNLOCK",  "UPDATE", "USE",     "BEGIN",
};

static q_code parse_other(q_sql_parser *p, q_sql_statement *out)
{
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        if (q_sql_at_plain(p, foreign[i]))
            return unsupported_statement(p, p->tok, q_sql_peek(p, 1));
    }
    bool query = q_sql_at_query(p) || q_sql_at_word(p, Q_KW_SELECT) ||
                 q_sql_at_word(p, Q_KW_VALUES) || q_sql_at_word(p, Q_KW_TABLE) ||
                 q_sql_at_word(p, Q_KW_FROM) || q_sql_at(p, Q_TK_LPAREN);
    if (!query)
        return q_sql_unexpected(p, "a statement (SELECT, WITH, CREATE TEMPORARY VIEW, INSERT "
                                   "OVERWRITE DIRECTORY, SET, …)");
    out->kind = Q_SQL_ST_QUERY;
    return q_sql_parse_query(p, &out->query);
}

/* statement = query | create | drop | insert | describe | show | explain | set */
q_code q_sql_parse_statement(q_sql_parser *p, q_sql_statement *out)
{
    uint32_t start = p->tok.offset;
    size_t i = 0, n = sizeof statements / sizeof statements[0];
    while (i < n && !q_sql_at_word(p, statements[i].word))
        i++;
    Q_TRY(i < n ? statements[i].parse(p, out) : parse_other(p, out));
    out->at = q_sql_span_from(p, start);
    return Q_OK;
}
