/*
 * SET and RESET. What stands behind them is raw text, not SQL: a value keeps its
 * quotes and its words, up to the semicolon, as in Spark.
 */
#include "common/sql/parse_internal.h"

#include <string.h>
#include <strings.h>

/* To the next token of raw text. After a quote that is never closed none of the same kind is, so
 * the text is not searched for its end once more (`open`: such quotes). */
static void advance_raw(q_sql_parser *p, char open[256])
{
    unsigned char first = (unsigned char)p->sql[p->tok.offset];
    if (q_sql_at(p, Q_TK_BAD)) {
        if (first == '\'' || first == '"')
            open[first] = 1;
        p->tok.len = 1;
    }
    size_t next = q_sql_skip_space(p->sql, p->len, (size_t)p->tok.offset + p->tok.len);
    if (next >= p->len || !open[(unsigned char)p->sql[next]]) {
        q_sql_advance(p);
        return;
    }
    p->prev = p->tok;
    p->prev_end = p->tok.offset + p->tok.len;
    p->tok = (q_sql_token){.kind = Q_TK_BAD, .offset = (uint32_t)next, .len = 1};
}

/*
 * The raw text from the cursor to the end of the statement, the cursor moved behind it. Quotes and
 * comments count as in SQL, but a quote that is never closed is only a character here. A comment
 * that is never closed is an error of the statement: the cursor stays at it.
 */
static q_sql_span take_raw(q_sql_parser *p)
{
    uint32_t start = p->tok.offset;
    char open[256] = {0};
    while (!q_sql_at(p, Q_TK_SEMICOLON) && !q_sql_at(p, Q_TK_END)) {
        bool comment = q_sql_at(p, Q_TK_BAD) && p->sql[p->tok.offset] == '/';
        if (comment)
            break;
        advance_raw(p, open);
    }
    return q_sql_span_from(p, p->prev_end > start ? start : p->prev_end);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static q_sql_span trim(const q_sql_parser *p, q_sql_span at)
{
    while (at.len && is_space(p->sql[at.offset])) {
        at.offset++;
        at.len--;
    }
    while (at.len && is_space(p->sql[at.offset + at.len - 1]))
        at.len--;
    return at;
}

/* The text of a span; backticks around the whole are removed. */
static const char *raw_text(q_sql_parser *p, q_sql_span at)
{
    const char *s = p->sql + at.offset;
    bool quoted = at.len > 2 && s[0] == '`' && memchr(s + 1, '`', at.len - 1) == s + at.len - 1;
    return quoted ? q_arena_strndup(p->arena, s + 1, at.len - 2)
                  : q_arena_strndup(p->arena, s, at.len);
}

/* key = letters, digits, "_" "." ":" "\" "-", or anything in backticks */
static q_code check_key(q_sql_parser *p, q_sql_span at)
{
    const char *s = p->sql + at.offset;
    for (uint32_t i = 0; s[0] != '`' && i < at.len; i++) {
        char c = s[i];
        bool ok = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
                  memchr("_.:\\-", c, 5);
        if (!ok) {
            q_code code = q_sql_fail(p, (q_sql_span){at.offset + i, 1}, Q_E_PARSE_SYNTAX_ERROR,
                                     "a setting's name holds other characters than letters, "
                                     "digits, _ . : -");
            q_err_hint(p->err, "write SET key = value, or the key in backticks");
            return code;
        }
    }
    if (memchr(s, 0, at.len))
        return q_sql_fail(p, at, Q_E_PARSE_SYNTAX_ERROR, "a setting's name holds a NUL byte");
    return Q_OK;
}

/* time_zone = "TIME" "ZONE" (string | "LOCAL") */
static q_code parse_time_zone(q_sql_parser *p, q_sql_statement *out)
{
    uint32_t start = p->tok.offset;
    q_sql_advance(p);
    q_sql_advance(p);
    out->set.key = "spark.sql.session.timeZone";
    out->set.key_at = q_sql_span_from(p, start);
    out->set.value_at = q_sql_token_span(p->tok);
    if (q_sql_take_word(p, Q_KW_LOCAL)) {
        out->set.value = "LOCAL";
        return Q_OK;
    }
    if (q_sql_at_word(p, Q_KW_INTERVAL))
        return q_sql_unsupported(p, out->set.value_at, "SET TIME ZONE INTERVAL");
    return q_sql_parse_text_string(p, &out->set.value);
}

/* set = ("SET" | "RESET") [key ["=" value]] | "SET" time_zone */
q_code q_sql_parse_set(q_sql_parser *p, q_sql_statement *out)
{
    bool reset = q_sql_at_word(p, Q_KW_RESET);
    out->kind = reset ? Q_SQL_ST_RESET : Q_SQL_ST_SET;
    q_sql_advance(p);
    if (!reset && q_sql_at_plain(p, "TIME") && q_sql_token_is_plain(p, q_sql_peek(p, 1), "ZONE"))
        return parse_time_zone(p, out);
    if (!reset && q_sql_at_plain(p, "ROLE"))
        return q_sql_unsupported(p, q_sql_token_span(p->tok), "SET ROLE");
    q_sql_span raw = trim(p, take_raw(p));
    const char *s = p->sql + raw.offset, *eq = reset ? NULL : memchr(s, '=', raw.len);
    q_sql_span key = {raw.offset, eq ? (uint32_t)(eq - s) : raw.len};
    key = trim(p, key);
    if (key.len == 0) {
        return eq ? q_sql_fail(p, raw, Q_E_PARSE_SYNTAX_ERROR, "a setting's name is missing")
                  : Q_OK;
    }
    Q_TRY(check_key(p, key));
    out->set.key = raw_text(p, key);
    out->set.key_at = key;
    if (eq) {
        uint32_t at = (uint32_t)(eq - p->sql) + 1;
        out->set.value_at = trim(p, (q_sql_span){at, raw.offset + raw.len - at});
        if (memchr(p->sql + out->set.value_at.offset, 0, out->set.value_at.len))
            return q_sql_fail(p, out->set.value_at, Q_E_PARSE_SYNTAX_ERROR,
                              "a setting's value holds a NUL byte");
        out->set.value = raw_text(p, out->set.value_at);
    }
    return Q_OK;
}
