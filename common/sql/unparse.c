/* Expressions to SQL text. */
#include "common/sql/unparse.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/sql/lex.h"

static void put_list(const q_sql_expr *const *e, uint32_t n, q_buf *out)
{
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            q_buf_puts(out, ", ");
        q_sql_unparse(e[i], out);
    }
}

/* ---- names and types ------------------------------------------------------ */

static bool is_plain(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    return n > 0 && !s[n] && !(s[0] >= '0' && s[0] <= '9');
}

static void put_quoted(const char *s, q_buf *out)
{
    q_buf_putc(out, '`');
    for (; *s; s++) {
        q_buf_putc(out, *s);
        if (*s == '`')
            q_buf_putc(out, '`');
    }
    q_buf_putc(out, '`');
}

void q_sql_unparse_name(const q_sql_name *name, q_buf *out)
{
    if (!name->quoted && is_plain(name->text) &&
        q_sql_keyword_find(name->text, strlen(name->text)) == Q_KW_NONE)
        q_buf_puts(out, name->text);
    else
        put_quoted(name->text, out);
}

static void put_names(const q_sql_names *names, q_buf *out)
{
    for (uint32_t i = 0; i < names->n; i++) {
        if (i)
            q_buf_putc(out, '.');
        q_sql_unparse_name(&names->part[i], out);
    }
}

void q_sql_unparse_type(const q_sql_type *t, q_buf *out)
{
    static const char *const names[] = {
        [Q_SQL_TYPE_VOID] = "VOID",
        [Q_SQL_TYPE_BOOLEAN] = "BOOLEAN",
        [Q_SQL_TYPE_TINYINT] = "TINYINT",
        [Q_SQL_TYPE_SMALLINT] = "SMALLINT",
        [Q_SQL_TYPE_INT] = "INT",
        [Q_SQL_TYPE_BIGINT] = "BIGINT",
        [Q_SQL_TYPE_FLOAT] = "FLOAT",
        [Q_SQL_TYPE_DOUBLE] = "DOUBLE",
        [Q_SQL_TYPE_DECIMAL] = "DECIMAL",
        [Q_SQL_TYPE_STRING] = "STRING",
        [Q_SQL_TYPE_VARCHAR] = "VARCHAR",
        [Q_SQL_TYPE_CHAR] = "CHAR",
        [Q_SQL_TYPE_BINARY] = "BINARY",
        [Q_SQL_TYPE_DATE] = "DATE",
        [Q_SQL_TYPE_TIMESTAMP] = "TIMESTAMP",
        [Q_SQL_TYPE_TIMESTAMP_NTZ] = "TIMESTAMP_NTZ",
        [Q_SQL_TYPE_ARRAY] = "ARRAY",
    };
    q_buf_puts(out, names[t->kind]);
    if (t->kind == Q_SQL_TYPE_DECIMAL)
        q_buf_printf(out, "(%u,%u)", t->precision, t->scale);
    if (t->kind == Q_SQL_TYPE_VARCHAR || t->kind == Q_SQL_TYPE_CHAR)
        q_buf_printf(out, "(%" PRIu32 ")", t->length);
    if (t->kind == Q_SQL_TYPE_ARRAY) {
        q_buf_putc(out, '<');
        q_sql_unparse_type(t->element, out);
        q_buf_putc(out, '>');
    }
}

/* ---- literals ------------------------------------------------------------- */

static void put_string(const char *s, uint32_t len, q_buf *out)
{
    q_buf_putc(out, '\'');
    for (uint32_t i = 0; i < len; i++) {
        if (s[i] == '\'' || s[i] == '\\')
            q_buf_putc(out, '\\');
        if (s[i] == '\n')
            q_buf_puts(out, "\\n");
        else if (s[i] == 0)
            q_buf_puts(out, "\\u0000");
        else
            q_buf_putc(out, s[i]);
    }
    q_buf_putc(out, '\'');
}

/* The shortest digits that read back as the same number. */
static void put_floating(double v, bool single, q_buf *out)
{
    char text[40];
    for (int digits = single ? 6 : 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (single ? strtof(text, NULL) == (float)v : strtod(text, NULL) == v)
            break;
    }
    const char *point = strpbrk(text, ".e") ? "" : ".0";
    q_buf_printf(out, "%s%s%c", text, point, single ? 'F' : 'D');
}

static void put_binary(const char *s, uint32_t len, q_buf *out)
{
    q_buf_puts(out, "X'");
    for (uint32_t i = 0; i < len; i++)
        q_buf_printf(out, "%02X", (unsigned char)s[i]);
    q_buf_putc(out, '\'');
}

static const char *unit_name(q_sql_unit unit)
{
    static const char *const names[] = {
        [Q_SQL_UNIT_YEAR] = "YEAR", [Q_SQL_UNIT_MONTH] = "MONTH",   [Q_SQL_UNIT_DAY] = "DAY",
        [Q_SQL_UNIT_HOUR] = "HOUR", [Q_SQL_UNIT_MINUTE] = "MINUTE", [Q_SQL_UNIT_SECOND] = "SECOND",
    };
    return names[unit];
}

static void put_months(const q_sql_interval *v, q_buf *out)
{
    uint32_t months = v->months < 0 ? 0u - (uint32_t)v->months : (uint32_t)v->months;
    if (v->months < 0)
        q_buf_putc(out, '-');
    if (v->from == Q_SQL_UNIT_MONTH)
        q_buf_printf(out, "%" PRIu32, months);
    else
        q_buf_printf(out, "%" PRIu32, months / 12);
    if (v->from != v->to)
        q_buf_printf(out, "-%" PRIu32, months % 12);
}

/* The fields from v->from to v->to, the first holding all that is greater. */
static void put_micros(const q_sql_interval *v, q_buf *out)
{
    static const struct {
        q_sql_unit unit;
        uint64_t micros;
        const char *before;
    } fields[] = {
        {Q_SQL_UNIT_DAY, 86400000000u, ""},
        {Q_SQL_UNIT_HOUR, 3600000000u, " "},
        {Q_SQL_UNIT_MINUTE, 60000000u, ":"},
        {Q_SQL_UNIT_SECOND, 1000000u, ":"},
    };
    uint64_t rest = v->micros < 0 ? 0u - (uint64_t)v->micros : (uint64_t)v->micros;
    if (v->micros < 0)
        q_buf_putc(out, '-');
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (fields[i].unit < v->from || fields[i].unit > v->to)
            continue;
        bool first = fields[i].unit == v->from;
        q_buf_printf(out, "%s%0*" PRIu64, first ? "" : fields[i].before, first ? 1 : 2,
                     rest / fields[i].micros);
        rest %= fields[i].micros;
    }
    if (rest)
        q_buf_printf(out, ".%06" PRIu64, rest);
}

static void put_interval(const q_sql_interval *v, q_buf *out)
{
    q_buf_puts(out, "INTERVAL '");
    if (v->year_month)
        put_months(v, out);
    else
        put_micros(v, out);
    q_buf_printf(out, "' %s", unit_name(v->from));
    if (v->from != v->to)
        q_buf_printf(out, " TO %s", unit_name(v->to));
}

static void put_literal(const q_sql_literal *v, q_buf *out)
{
    static const char *const suffix[] = {[Q_SQL_LIT_TINYINT] = "Y",
                                         [Q_SQL_LIT_SMALLINT] = "S",
                                         [Q_SQL_LIT_INT] = "",
                                         [Q_SQL_LIT_BIGINT] = "L"};
    switch (v->kind) {
    case Q_SQL_LIT_NULL:
        q_buf_puts(out, "NULL");
        return;
    case Q_SQL_LIT_BOOLEAN:
        q_buf_puts(out, v->boolean ? "true" : "false");
        return;
    case Q_SQL_LIT_TINYINT:
    case Q_SQL_LIT_SMALLINT:
    case Q_SQL_LIT_INT:
    case Q_SQL_LIT_BIGINT:
        q_buf_printf(out, "%" PRId64 "%s", v->integer, suffix[v->kind]);
        return;
    case Q_SQL_LIT_DECIMAL:
        q_buf_printf(out, "%sBD", v->decimal.digits);
        return;
    case Q_SQL_LIT_FLOAT:
    case Q_SQL_LIT_DOUBLE:
        put_floating(v->floating, v->kind == Q_SQL_LIT_FLOAT, out);
        return;
    case Q_SQL_LIT_INTERVAL:
        put_interval(v->interval, out);
        return;
    case Q_SQL_LIT_BINARY:
        put_binary(v->text.bytes, v->text.len, out);
        return;
    case Q_SQL_LIT_DATE:
        q_buf_puts(out, "DATE ");
        break;
    case Q_SQL_LIT_TIMESTAMP:
        q_buf_puts(out, "TIMESTAMP ");
        break;
    case Q_SQL_LIT_TIMESTAMP_NTZ:
        q_buf_puts(out, "TIMESTAMP_NTZ ");
        break;
    case Q_SQL_LIT_STRING:
        break;
    }
    put_string(v->text.bytes, v->text.len, out);
}

/* ---- calls ---------------------------------------------------------------- */

static void put_orders(const q_sql_order *order, uint32_t n, q_buf *out)
{
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            q_buf_puts(out, ", ");
        q_sql_unparse(order[i].expr, out);
        q_buf_puts(out, order[i].descending ? " DESC" : " ASC");
        q_buf_puts(out, order[i].nulls_first ? " NULLS FIRST" : " NULLS LAST");
    }
}

static void put_bound(const q_sql_bound *b, q_buf *out)
{
    static const char *const words[] = {
        [Q_SQL_BOUND_UNBOUNDED_PRECEDING] = "UNBOUNDED PRECEDING",
        [Q_SQL_BOUND_PRECEDING] = " PRECEDING",
        [Q_SQL_BOUND_CURRENT_ROW] = "CURRENT ROW",
        [Q_SQL_BOUND_FOLLOWING] = " FOLLOWING",
        [Q_SQL_BOUND_UNBOUNDED_FOLLOWING] = "UNBOUNDED FOLLOWING",
    };
    if (b->expr)
        q_sql_unparse(b->expr, out);
    q_buf_puts(out, words[b->kind]);
}

static void put_window(const q_sql_window *w, q_buf *out)
{
    if (w->ref.text) {
        q_sql_unparse_name(&w->ref, out);
        return;
    }
    const char *sep = "";
    q_buf_putc(out, '(');
    if (w->n_partition) {
        q_buf_puts(out, "PARTITION BY ");
        put_list(w->partition, w->n_partition, out);
        sep = " ";
    }
    if (w->n_order) {
        q_buf_printf(out, "%sORDER BY ", sep);
        put_orders(w->order, w->n_order, out);
        sep = " ";
    }
    if (w->frame) {
        q_buf_printf(out, "%s%s BETWEEN ", sep, w->frame == Q_SQL_FRAME_ROWS ? "ROWS" : "RANGE");
        put_bound(&w->start, out);
        q_buf_puts(out, " AND ");
        put_bound(&w->end, out);
    }
    q_buf_putc(out, ')');
}

/* Keywords that cannot stand before a parenthesis as a function's name. */
static bool is_no_function(q_sql_keyword k)
{
    switch (k) {
    case Q_KW_LEFT:
    case Q_KW_RIGHT:
    case Q_KW_LIKE:
    case Q_KW_ILIKE:
    case Q_KW_RLIKE:
    case Q_KW_REGEXP:
        return false;
    case Q_KW_ALL:
    case Q_KW_ANY:
    case Q_KW_BOTH:
    case Q_KW_CASE:
    case Q_KW_CAST:
    case Q_KW_DISTINCT:
    case Q_KW_EXTRACT:
    case Q_KW_FALSE:
    case Q_KW_LEADING:
    case Q_KW_NULL:
    case Q_KW_SOME:
    case Q_KW_TRAILING:
    case Q_KW_TRUE:
    case Q_KW_TRY_CAST:
    case Q_KW_VALUES:
        return true;
    default:
        return q_sql_keyword_flags(k) & Q_KW_CLAUSE;
    }
}

static void put_function_name(const q_sql_names *names, q_buf *out)
{
    const q_sql_name *first = &names->part[0];
    bool plain = names->n == 1 && !first->quoted && is_plain(first->text);
    if (plain && !is_no_function(q_sql_keyword_find(first->text, strlen(first->text))))
        q_buf_puts(out, first->text);
    else
        put_names(names, out);
}

/* A word kept as a string argument: EXTRACT's field, a unit. */
static void put_word(const q_sql_expr *e, q_buf *out)
{
    q_sql_name name = {.text = e->literal.text.bytes};
    if (is_plain(name.text))
        q_buf_puts(out, name.text);
    else
        put_quoted(name.text, out);
}

/* Arguments with words between them. */
static void put_with_words(const q_sql_call *c, const char *const *words, q_buf *out)
{
    for (uint32_t i = 0; i < c->n_args; i++) {
        if (i)
            q_buf_puts(out, words[i - 1]);
        q_sql_unparse(c->arg[i], out);
    }
}

static void put_trim(const q_sql_call *c, q_buf *out)
{
    char side = c->name.part[0].text[0];
    q_buf_puts(out, side == 'l' ? "LEADING " : side == 'r' ? "TRAILING " : "BOTH ");
    if (c->n_args > 1) {
        q_sql_unparse(c->arg[1], out);
        q_buf_putc(out, ' ');
    }
    q_buf_puts(out, "FROM ");
    q_sql_unparse(c->arg[0], out);
}

static void put_arguments(const q_sql_call *c, q_buf *out)
{
    switch (c->form) {
    case Q_SQL_CALL_EXTRACT:
        put_word(c->arg[0], out);
        q_buf_puts(out, " FROM ");
        q_sql_unparse(c->arg[1], out);
        break;
    case Q_SQL_CALL_SUBSTRING:
        put_with_words(c, (const char *const[]){" FROM ", " FOR "}, out);
        break;
    case Q_SQL_CALL_OVERLAY:
        put_with_words(c, (const char *const[]){" PLACING ", " FROM ", " FOR "}, out);
        break;
    case Q_SQL_CALL_POSITION:
        put_with_words(c, (const char *const[]){" IN "}, out);
        break;
    case Q_SQL_CALL_TRIM:
        put_trim(c, out);
        break;
    case Q_SQL_CALL_TIMESTAMPADD:
    case Q_SQL_CALL_TIMESTAMPDIFF:
        put_word(c->arg[0], out);
        q_buf_puts(out, ", ");
        put_list(c->arg + 1, c->n_args - 1, out);
        break;
    default:
        q_buf_puts(out, c->distinct ? "DISTINCT " : "");
        put_list(c->arg, c->n_args, out);
    }
}

static void put_call(const q_sql_call *c, q_buf *out)
{
    if (c->form == Q_SQL_CALL_NO_PARENS) {
        q_buf_puts(out, c->name.part[0].text);
        return;
    }
    if (c->form != Q_SQL_CALL_PLAIN)
        q_buf_puts(out, c->form == Q_SQL_CALL_TRIM ? "trim" : c->name.part[0].text);
    else
        put_function_name(&c->name, out);
    q_buf_putc(out, '(');
    put_arguments(c, out);
    q_buf_putc(out, ')');
    if (c->within_group) {
        q_buf_puts(out, " WITHIN GROUP (ORDER BY ");
        put_orders(c->within_group, 1, out);
        q_buf_putc(out, ')');
    }
    if (c->filter) {
        q_buf_puts(out, " FILTER (WHERE ");
        q_sql_unparse(c->filter, out);
        q_buf_putc(out, ')');
    }
    if (c->nulls)
        q_buf_puts(out, c->nulls == Q_SQL_NULLS_IGNORE ? " IGNORE NULLS" : " RESPECT NULLS");
    if (c->over) {
        q_buf_puts(out, " OVER ");
        put_window(c->over, out);
    }
}

/* ---- operators ------------------------------------------------------------ */

static const char *const operators[] = {
    [Q_SQL_OP_NOT] = "NOT ",
    [Q_SQL_OP_NEG] = "- ",
    [Q_SQL_OP_POS] = "+ ",
    [Q_SQL_OP_BITNOT] = "~ ",
    [Q_SQL_OP_IS_NULL] = " IS NULL",
    [Q_SQL_OP_IS_NOT_NULL] = " IS NOT NULL",
    [Q_SQL_OP_IS_TRUE] = " IS TRUE",
    [Q_SQL_OP_IS_NOT_TRUE] = " IS NOT TRUE",
    [Q_SQL_OP_IS_FALSE] = " IS FALSE",
    [Q_SQL_OP_IS_NOT_FALSE] = " IS NOT FALSE",
    [Q_SQL_OP_IS_UNKNOWN] = " IS UNKNOWN",
    [Q_SQL_OP_IS_NOT_UNKNOWN] = " IS NOT UNKNOWN",
    [Q_SQL_OP_OR] = " OR ",
    [Q_SQL_OP_AND] = " AND ",
    [Q_SQL_OP_EQ] = " = ",
    [Q_SQL_OP_NSEQ] = " <=> ",
    [Q_SQL_OP_NEQ] = " <> ",
    [Q_SQL_OP_LT] = " < ",
    [Q_SQL_OP_LE] = " <= ",
    [Q_SQL_OP_GT] = " > ",
    [Q_SQL_OP_GE] = " >= ",
    [Q_SQL_OP_BITOR] = " | ",
    [Q_SQL_OP_BITXOR] = " ^ ",
    [Q_SQL_OP_BITAND] = " & ",
    [Q_SQL_OP_ADD] = " + ",
    [Q_SQL_OP_SUB] = " - ",
    [Q_SQL_OP_CONCAT] = " || ",
    [Q_SQL_OP_MUL] = " * ",
    [Q_SQL_OP_DIV] = " / ",
    [Q_SQL_OP_MOD] = " % ",
    [Q_SQL_OP_INTDIV] = " DIV ",
};

/* A number without a sign: a minus right before it would become a part of it. */
static bool is_unsigned(const q_sql_expr *e)
{
    if (e->kind != Q_SQL_LITERAL)
        return false;
    switch (e->literal.kind) {
    case Q_SQL_LIT_TINYINT:
    case Q_SQL_LIT_SMALLINT:
    case Q_SQL_LIT_INT:
    case Q_SQL_LIT_BIGINT:
        return e->literal.integer >= 0;
    case Q_SQL_LIT_DECIMAL:
        return e->literal.decimal.digits[0] != '-';
    case Q_SQL_LIT_FLOAT:
    case Q_SQL_LIT_DOUBLE:
        return !signbit(e->literal.floating);
    default:
        return false;
    }
}

static void put_unary(const q_sql_expr *e, q_buf *out)
{
    bool prefix = e->unary.op <= Q_SQL_OP_BITNOT;
    bool wrap = e->unary.op == Q_SQL_OP_NEG && is_unsigned(e->unary.operand);
    q_buf_putc(out, '(');
    if (prefix)
        q_buf_puts(out, operators[e->unary.op]);
    if (wrap)
        q_buf_putc(out, '(');
    q_sql_unparse(e->unary.operand, out);
    if (wrap)
        q_buf_putc(out, ')');
    if (!prefix)
        q_buf_puts(out, operators[e->unary.op]);
    q_buf_putc(out, ')');
}

static void put_escape(uint32_t c, q_buf *out)
{
    if (c == '\\')
        return;
    if (c == '\'')
        q_buf_puts(out, " ESCAPE '\\''");
    else
        q_buf_printf(out, " ESCAPE '\\U%08" PRIX32 "'", c);
}

static void put_like(const q_sql_expr *e, q_buf *out)
{
    static const char *const words[] = {" LIKE ", " ILIKE ", " RLIKE "};
    q_buf_putc(out, '(');
    q_sql_unparse(e->like.operand, out);
    q_buf_puts(out, e->like.negated ? " NOT" : "");
    q_buf_puts(out, words[e->like.op]);
    q_sql_unparse(e->like.pattern, out);
    put_escape(e->like.escape, out);
    q_buf_putc(out, ')');
}

static void put_case(const q_sql_expr *e, q_buf *out)
{
    q_buf_puts(out, "CASE");
    if (e->cases.operand) {
        q_buf_putc(out, ' ');
        q_sql_unparse(e->cases.operand, out);
    }
    for (uint32_t i = 0; i < e->cases.n_whens; i++) {
        q_buf_puts(out, " WHEN ");
        q_sql_unparse(e->cases.when[i].when, out);
        q_buf_puts(out, " THEN ");
        q_sql_unparse(e->cases.when[i].then, out);
    }
    if (e->cases.otherwise) {
        q_buf_puts(out, " ELSE ");
        q_sql_unparse(e->cases.otherwise, out);
    }
    q_buf_puts(out, " END");
}

static void put_star(const q_sql_expr *e, q_buf *out)
{
    put_names(&e->star.qualifier, out);
    q_buf_puts(out, e->star.qualifier.n ? ".*" : "*");
    for (uint32_t i = 0; i < e->star.n_except; i++) {
        q_buf_puts(out, i ? ", " : " EXCEPT (");
        put_names(&e->star.except[i], out);
    }
    q_buf_puts(out, e->star.n_except ? ")" : "");
}

/* What an index or a field can follow without parentheses. */
static void put_base(const q_sql_expr *e, q_buf *out)
{
    bool bare = e->kind == Q_SQL_COLUMN || e->kind == Q_SQL_INDEX || e->kind == Q_SQL_FIELD ||
                (e->kind == Q_SQL_CALL && !e->call.nulls && !e->call.over && !e->call.filter &&
                 e->call.form != Q_SQL_CALL_NO_PARENS);
    q_buf_puts(out, bare ? "" : "(");
    q_sql_unparse(e, out);
    q_buf_puts(out, bare ? "" : ")");
}

static void put_operator(const q_sql_expr *e, q_buf *out)
{
    q_buf_putc(out, '(');
    if (e->kind == Q_SQL_BINARY) {
        q_sql_unparse(e->binary.left, out);
        q_buf_puts(out, operators[e->binary.op]);
        q_sql_unparse(e->binary.right, out);
    } else if (e->kind == Q_SQL_BETWEEN) {
        q_sql_unparse(e->between.operand, out);
        q_buf_puts(out, e->between.negated ? " NOT BETWEEN " : " BETWEEN ");
        q_sql_unparse(e->between.low, out);
        q_buf_puts(out, " AND ");
        q_sql_unparse(e->between.high, out);
    } else {
        q_sql_unparse(e->in.operand, out);
        q_buf_puts(out, e->in.negated ? " NOT IN (" : " IN (");
        put_list(e->in.item, e->in.n_items, out);
        q_buf_putc(out, ')');
    }
    q_buf_putc(out, ')');
}

void q_sql_unparse(const q_sql_expr *e, q_buf *out)
{
    switch (e->kind) {
    case Q_SQL_LITERAL:
        put_literal(&e->literal, out);
        break;
    case Q_SQL_COLUMN:
        put_names(&e->column, out);
        break;
    case Q_SQL_STAR:
        put_star(e, out);
        break;
    case Q_SQL_UNARY:
        put_unary(e, out);
        break;
    case Q_SQL_BINARY:
    case Q_SQL_BETWEEN:
    case Q_SQL_IN:
        put_operator(e, out);
        break;
    case Q_SQL_LIKE:
        put_like(e, out);
        break;
    case Q_SQL_CASE:
        put_case(e, out);
        break;
    case Q_SQL_CAST:
        q_buf_puts(out, e->cast.try ? "TRY_CAST(" : "CAST(");
        q_sql_unparse(e->cast.operand, out);
        q_buf_puts(out, " AS ");
        q_sql_unparse_type(e->cast.type, out);
        q_buf_putc(out, ')');
        break;
    case Q_SQL_CALL:
        put_call(&e->call, out);
        break;
    case Q_SQL_INDEX:
        put_base(e->index.operand, out);
        q_buf_putc(out, '[');
        q_sql_unparse(e->index.index, out);
        q_buf_putc(out, ']');
        break;
    case Q_SQL_FIELD:
        put_base(e->field.operand, out);
        q_buf_putc(out, '.');
        q_sql_unparse_name(&e->field.name, out);
        break;
    }
}
