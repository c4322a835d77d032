/* Types and column definitions. */
#include "common/sql/parse_internal.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    q_sql_type_kind kind;
} simple_types[] = {
    {"boolean", Q_SQL_TYPE_BOOLEAN},
    {"tinyint", Q_SQL_TYPE_TINYINT},
    {"byte", Q_SQL_TYPE_TINYINT},
    {"smallint", Q_SQL_TYPE_SMALLINT},
    {"short", Q_SQL_TYPE_SMALLINT},
    {"int", Q_SQL_TYPE_INT},
    {"integer", Q_SQL_TYPE_INT},
    {"bigint", Q_SQL_TYPE_BIGINT},
    {"long", Q_SQL_TYPE_BIGINT},
    {"float", Q_SQL_TYPE_FLOAT},
    {"real", Q_SQL_TYPE_FLOAT},
    {"double", Q_SQL_TYPE_DOUBLE},
    {"decimal", Q_SQL_TYPE_DECIMAL},
    {"dec", Q_SQL_TYPE_DECIMAL},
    {"numeric", Q_SQL_TYPE_DECIMAL},
    {"string", Q_SQL_TYPE_STRING},
    {"varchar", Q_SQL_TYPE_VARCHAR},
    {"char", Q_SQL_TYPE_CHAR},
    {"character", Q_SQL_TYPE_CHAR},
    {"binary", Q_SQL_TYPE_BINARY},
    {"date", Q_SQL_TYPE_DATE},
    {"timestamp", Q_SQL_TYPE_TIMESTAMP},
    {"timestamp_ltz", Q_SQL_TYPE_TIMESTAMP},
    {"timestamp_ntz", Q_SQL_TYPE_TIMESTAMP_NTZ},
    {"void", Q_SQL_TYPE_VOID},
    {"array", Q_SQL_TYPE_ARRAY},
};

static q_code unsupported_type(q_sql_parser *p, q_sql_token t)
{
    static const struct {
        const char *foreign, *ours;
    } others[] = {
        {"text", "STRING"},
        {"varchar2", "STRING"},
        {"nvarchar", "STRING"},
        {"clob", "STRING"},
        {"bool", "BOOLEAN"},
        {"int8", "BIGINT"},
        {"int4", "INT"},
        {"int2", "SMALLINT"},
        {"float4", "FLOAT"},
        {"float8", "DOUBLE"},
        {"number", "DECIMAL"},
        {"datetime", "TIMESTAMP"},
        {"timestamptz", "TIMESTAMP"},
        {"blob", "BINARY"},
        {"bytea", "BINARY"},
        {"hugeint", "DECIMAL"},
        {"int64", "BIGINT"},
        {"int32", "INT"},
        {"float64", "DOUBLE"},
        {"str", "STRING"},
    };
    q_code code = q_sql_fail(p, q_sql_token_span(t), Q_E_UNSUPPORTED_DATATYPE,
                             "the type %.*s is not supported", t.len > 80 ? 80 : (int)t.len,
                             p->sql + t.offset);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strlen(others[i].foreign) == t.len &&
            strncasecmp(others[i].foreign, p->sql + t.offset, t.len) == 0)
            q_err_hint(p->err, "Spark SQL calls it %s", others[i].ours);
    }
    return code;
}

/* An integer of at most 9 digits within [lo, hi]. */
static q_code parse_size(q_sql_parser *p, const char *what, uint32_t lo, uint32_t hi, uint32_t *out)
{
    if (!q_sql_at(p, Q_TK_INTEGER))
        return q_sql_unexpected(p, what);
    uint64_t v = 0;
    for (uint32_t i = 0; i < p->tok.len && v <= UINT32_MAX; i++)
        v = v * 10 + (uint64_t)(p->sql[p->tok.offset + i] - '0');
    if (v < lo || v > hi)
        return q_sql_fail(p, q_sql_token_span(p->tok), Q_E_UNSUPPORTED_DATATYPE,
                          "%s must be from %u to %u", what, lo, hi);
    *out = (uint32_t)v;
    q_sql_advance(p);
    return Q_OK;
}

/* decimal_size = ["(" precision ["," scale] ")"] */
static q_code parse_decimal_size(q_sql_parser *p, q_sql_type *type)
{
    uint32_t precision = 10, scale = 0;
    q_sql_token open = p->tok;
    if (q_sql_take(p, Q_TK_LPAREN)) {
        Q_TRY(parse_size(p, "the precision of a DECIMAL", 1, 38, &precision));
        if (q_sql_take(p, Q_TK_COMMA))
            Q_TRY(parse_size(p, "the scale of a DECIMAL", 0, precision, &scale));
        Q_TRY(q_sql_expect_close(p, open));
    }
    type->precision = (uint8_t)precision;
    type->scale = (uint8_t)scale;
    return Q_OK;
}

/* length = "(" integer ")" */
static q_code parse_length(q_sql_parser *p, q_sql_type *type)
{
    q_sql_token open = p->tok;
    if (!q_sql_at(p, Q_TK_LPAREN)) {
        q_code code = q_sql_unexpected(p, "'(' and the number of characters");
        q_err_hint(p->err, "a text of any length is a STRING");
        return code;
    }
    q_sql_advance(p);
    Q_TRY(parse_size(p, "the length", 1, INT32_MAX, &type->length));
    return q_sql_expect_close(p, open);
}

/* element = "<" type ">" */
static q_code parse_element(q_sql_parser *p, q_sql_type *type)
{
    Q_TRY(q_sql_expect(p, Q_TK_LT, "'<' and the type of the elements"));
    Q_TRY(q_sql_enter(p));
    Q_TRY(q_sql_parse_type_at(p, &type->element));
    q_sql_leave(p);
    return q_sql_expect(p, Q_TK_GT, "'>'");
}

/* type = NAME [decimal_size | length | element] */
q_code q_sql_parse_type_at(q_sql_parser *p, const q_sql_type **out)
{
    q_sql_token t = p->tok;
    if (t.kind != Q_TK_WORD)
        return q_sql_unexpected(p, "a type");
    q_sql_type *type = q_arena_new(p->arena, q_sql_type);
    size_t i = 0, n = sizeof simple_types / sizeof simple_types[0];
    while (i < n && (strlen(simple_types[i].name) != t.len ||
                     strncasecmp(simple_types[i].name, p->sql + t.offset, t.len) != 0))
        i++;
    if (i == n)
        return unsupported_type(p, t);
    type->kind = simple_types[i].kind;
    q_sql_advance(p);
    if (type->kind == Q_SQL_TYPE_DECIMAL)
        Q_TRY(parse_decimal_size(p, type));
    else if (type->kind == Q_SQL_TYPE_VARCHAR || type->kind == Q_SQL_TYPE_CHAR)
        Q_TRY(parse_length(p, type));
    else if (type->kind == Q_SQL_TYPE_ARRAY)
        Q_TRY(parse_element(p, type));
    else if (q_sql_at(p, Q_TK_LPAREN))
        return q_sql_fail(p, q_sql_token_span(t), Q_E_UNSUPPORTED_DATATYPE,
                          "the type %.*s takes no size", (int)t.len, p->sql + t.offset);
    type->at = q_sql_span_from(p, t.offset);
    *out = type;
    return Q_OK;
}

q_code q_sql_parse_column_def(q_sql_parser *p, bool type_optional, q_sql_column_def *out)
{
    uint32_t start = p->tok.offset;
    Q_TRY(q_sql_parse_name(p, &out->name, "a column's name"));
    bool no_type = q_sql_at(p, Q_TK_COMMA) || q_sql_at(p, Q_TK_RPAREN) ||
                   (q_sql_at_word(p, Q_KW_COMMENT) && q_sql_is_string(q_sql_peek(p, 1)));
    if (!no_type || !type_optional) {
        q_sql_take(p, Q_TK_COLON);
        Q_TRY(q_sql_parse_type_at(p, &out->type));
        if (q_sql_take_word(p, Q_KW_NOT)) {
            Q_TRY(q_sql_expect_word(p, Q_KW_NULL));
            out->not_null = true;
        }
    }
    if (q_sql_take_word(p, Q_KW_COMMENT))
        Q_TRY(q_sql_parse_text_string(p, &out->comment));
    out->at = q_sql_span_from(p, start);
    return Q_OK;
}
