/* Tokens of Spark SQL. */
#include "common/sql/lex.h"

#include <string.h>

static const struct {
    const char *word;
    uint8_t len, flags;
} keywords[] = {
    [Q_KW_NONE] = {"", 0, 0},
#define CLAUSE         Q_KW_CLAUSE
#define NOALIAS        Q_KW_NOALIAS
#define K(word, flags) [Q_KW_##word] = {#word, sizeof #word - 1, flags},
#include "common/sql/keywords.def"
#undef K
#undef CLAUSE
#undef NOALIAS
};

/* memcmp order of the upper-case word, which is keywords.def's order. */
static int compare_word(const char *word, size_t len, q_sql_keyword k)
{
    for (size_t i = 0; i < len && i < keywords[k].len; i++) {
        char c = word[i] >= 'a' && word[i] <= 'z' ? (char)(word[i] - 32) : word[i];
        if (c != keywords[k].word[i])
            return (unsigned char)c - (unsigned char)keywords[k].word[i];
    }
    return (int)len - (int)keywords[k].len;
}

q_sql_keyword q_sql_keyword_find(const char *word, size_t len)
{
    if (len > 32)
        return Q_KW_NONE;
    int lo = 1, hi = Q_N_KEYWORDS - 1;
    while (lo <= hi) {
        int mid = (lo + hi) / 2;
        int d = compare_word(word, len, (q_sql_keyword)mid);
        if (d == 0)
            return (q_sql_keyword)mid;
        if (d < 0)
            hi = mid - 1;
        else
            lo = mid + 1;
    }
    return Q_KW_NONE;
}

const char *q_sql_keyword_name(q_sql_keyword k)
{
    return keywords[k].word;
}

unsigned q_sql_keyword_flags(q_sql_keyword k)
{
    return keywords[k].flags;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* ---- white space and comments -------------------------------------------- */

/* comment = "--" to the end of the line (a backslash before the line end continues it) */
static size_t skip_line_comment(const char *s, size_t len, size_t i)
{
    while (i < len && s[i] != '\n' && s[i] != '\r')
        i += s[i] == '\\' && i + 1 < len && s[i + 1] == '\n' ? 2 : 1;
    return i;
}

/* comment = slash star, nested, star slash. Returns the offset itself when unclosed. */
static size_t skip_block_comment(const char *s, size_t len, size_t start)
{
    size_t depth = 0;
    for (size_t i = start; i + 1 < len;) {
        if (s[i] == '/' && s[i + 1] == '*') {
            depth++;
            i += 2;
        } else if (s[i] == '*' && s[i + 1] == '/') {
            i += 2;
            if (--depth == 0)
                return i;
        } else {
            i++;
        }
    }
    return start;
}

size_t q_sql_skip_space(const char *s, size_t len, size_t i)
{
    while (i < len) {
        if (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r') {
            i++;
        } else if (i + 1 < len && s[i] == '-' && s[i + 1] == '-') {
            i = skip_line_comment(s, len, i);
        } else if (i + 1 < len && s[i] == '/' && s[i + 1] == '*') {
            size_t next = skip_block_comment(s, len, i);
            if (next == i)
                return i;
            i = next;
        } else {
            return i;
        }
    }
    return i;
}

/* ---- tokens --------------------------------------------------------------- */

static q_sql_token token(q_sql_token_kind kind, size_t start, size_t end)
{
    return (q_sql_token){
        .kind = (uint8_t)kind, .offset = (uint32_t)start, .len = (uint32_t)(end - start)};
}

static q_sql_token lex_word(const char *s, size_t len, size_t start, size_t i)
{
    while (i < len && is_word(s[i]))
        i++;
    q_sql_token t = token(Q_TK_WORD, start, i);
    t.keyword = (uint8_t)q_sql_keyword_find(s + start, i - start);
    return t;
}

static size_t skip_digits(const char *s, size_t len, size_t i)
{
    while (i < len && is_digit(s[i]))
        i++;
    return i;
}

/* exponent = ("e" | "E") ["+" | "-"] digit {digit}; the offset itself when there is none. */
static size_t skip_exponent(const char *s, size_t len, size_t start)
{
    size_t i = start;
    if (i >= len || (s[i] | 32) != 'e')
        return start;
    i++;
    if (i < len && (s[i] == '+' || s[i] == '-'))
        i++;
    size_t end = skip_digits(s, len, i);
    return end == i ? start : end;
}

/* The suffix L S Y F D BD at s[*i], moved past; `kind` if there is none. */
static q_sql_token_kind lex_suffix(const char *s, size_t len, size_t *i, q_sql_token_kind kind)
{
    char c = *i < len ? (char)(s[*i] | 32) : 0;
    if (c == 'b' && *i + 1 < len && (s[*i + 1] | 32) == 'd') {
        *i += 2;
        return Q_TK_BIGDECIMAL;
    }
    q_sql_token_kind suffixed = c == 'f'               ? Q_TK_FLOAT
                                : c == 'd'             ? Q_TK_DOUBLE
                                : kind != Q_TK_INTEGER ? kind
                                : c == 'l'             ? Q_TK_BIGINT
                                : c == 's'             ? Q_TK_SMALLINT
                                : c == 'y'             ? Q_TK_TINYINT
                                                       : kind;
    if (suffixed != kind)
        (*i)++;
    return suffixed;
}

/*
 * number = digits ["." [digits]] [exponent] [suffix] | "." digits [exponent] [suffix]
 * Letters and digits that go on without a point make a word instead (1a, 2nd).
 */
static q_sql_token lex_number(const char *s, size_t len, size_t start)
{
    q_sql_token_kind kind = Q_TK_INTEGER;
    size_t i = skip_digits(s, len, start);
    if (i < len && s[i] == '.') {
        kind = Q_TK_DECIMAL;
        i = skip_digits(s, len, i + 1);
    }
    size_t e = skip_exponent(s, len, i);
    if (e != i) {
        kind = Q_TK_EXPONENT;
        i = e;
    }
    kind = lex_suffix(s, len, &i, kind);
    if (i >= len || !is_word(s[i]))
        return token(kind, start, i);
    if (s[start] == '.')
        return token(Q_TK_DOT, start, start + 1);
    q_sql_token word = lex_word(s, len, start, start);
    if (word.offset + word.len >= i)
        return word;
    while (i < len && is_word(s[i]))
        i++;
    return token(Q_TK_BAD, start, i);
}

/* string = quote {character | "\" character} quote; raw: without escapes */
static q_sql_token lex_string(const char *s, size_t len, size_t start, size_t open, bool raw)
{
    char quote = s[open];
    for (size_t i = open + 1; i < len; i++) {
        if (s[i] == '\\' && !raw)
            i++;
        else if (s[i] == quote)
            return token(raw ? Q_TK_RAW_STRING : Q_TK_STRING, start, i + 1);
    }
    return token(Q_TK_BAD, start, len);
}

/* name = "`" {character except "`" | "``"} "`" */
static q_sql_token lex_quoted(const char *s, size_t len, size_t start)
{
    for (size_t i = start + 1; i < len; i++) {
        if (s[i] != '`')
            continue;
        if (i + 1 < len && s[i + 1] == '`')
            i++;
        else
            return token(Q_TK_QUOTED, start, i + 1);
    }
    return token(Q_TK_BAD, start, len);
}

static q_sql_token lex_punctuation(const char *s, size_t len, size_t start)
{
    static const struct {
        char text[4];
        uint8_t kind;
    } marks[] = {
        /* the longer first */
        {"<=>", Q_TK_NSEQ},   {"==", Q_TK_EQ},     {"<>", Q_TK_NEQ},      {"!=", Q_TK_NEQ},
        {"<=", Q_TK_LE},      {"!>", Q_TK_LE},     {">=", Q_TK_GE},       {"!<", Q_TK_GE},
        {"||", Q_TK_CONCAT},  {"::", Q_TK_CAST},   {"->", Q_TK_ARROW},    {"=>", Q_TK_FATARROW},
        {"(", Q_TK_LPAREN},   {")", Q_TK_RPAREN},  {"[", Q_TK_LBRACKET},  {"]", Q_TK_RBRACKET},
        {",", Q_TK_COMMA},    {".", Q_TK_DOT},     {";", Q_TK_SEMICOLON}, {":", Q_TK_COLON},
        {"?", Q_TK_QUESTION}, {"!", Q_TK_BANG},    {"=", Q_TK_EQ},        {"<", Q_TK_LT},
        {">", Q_TK_GT},       {"+", Q_TK_PLUS},    {"-", Q_TK_MINUS},     {"*", Q_TK_STAR},
        {"/", Q_TK_SLASH},    {"%", Q_TK_PERCENT}, {"~", Q_TK_TILDE},     {"&", Q_TK_AMP},
        {"|", Q_TK_PIPE},     {"^", Q_TK_HAT},
    };
    for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++) {
        size_t n = strlen(marks[k].text);
        if (n <= len - start && memcmp(s + start, marks[k].text, n) == 0)
            return token((q_sql_token_kind)marks[k].kind, start, start + n);
    }
    size_t end = start + 1; /* the whole UTF-8 character */
    while (end < len && end < start + 4 && (s[end] & 0xC0) == 0x80 && (s[start] & 0x80))
        end++;
    return token(Q_TK_BAD, start, end);
}

q_sql_token q_sql_lex(const char *s, size_t len, size_t offset)
{
    size_t i = q_sql_skip_space(s, len, offset);
    if (i >= len)
        return token(Q_TK_END, len, len);
    char c = s[i], next = i + 1 < len ? s[i + 1] : 0;
    if ((c | 32) == 'r' && (next == '\'' || next == '"'))
        return lex_string(s, len, i, i + 1, true);
    if (is_digit(c) || (c == '.' && is_digit(next)))
        return lex_number(s, len, i);
    if (is_word(c))
        return lex_word(s, len, i, i);
    if (c == '\'' || c == '"')
        return lex_string(s, len, i, i, false);
    if (c == '`')
        return lex_quoted(s, len, i);
    if (c == '/' && next == '*')
        return token(Q_TK_BAD, i, len); /* q_sql_skip_space stops only at an unclosed one */
    return lex_punctuation(s, len, i);
}

/* ---- messages ------------------------------------------------------------- */

/* A character that looks like another one: what to write instead, NULL if none. */
static const char *lookalike(const char *c, size_t len)
{
    static const struct {
        const char *is, *meant;
    } table[] = {
        {"\u00a0", "a no-break space: write a plain space"},
        {"\u3000", "an ideographic space: write a plain space"},
        {"\u200b", "an invisible zero-width space: remove it"},
        {"\ufeff", "an invisible byte order mark: remove it"},
        {"\u2018", "a typographic quote: write '"},
        {"\u2019", "a typographic quote: write '"},
        {"\u201c", "a typographic quote: write \""},
        {"\u201d", "a typographic quote: write \""},
        {"\u2013", "a dash: write -"},
        {"\u2014", "a dash: write -"},
        {"\u2212", "a minus sign of another alphabet: write -"},
        {"\uff0c", "a full-width comma: write ,"},
        {"\uff08", "a full-width parenthesis: write ("},
        {"\uff09", "a full-width parenthesis: write )"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strlen(table[i].is) == len && memcmp(table[i].is, c, len) == 0)
            return table[i].meant;
    }
    return NULL;
}

static void bad_character(const char *s, size_t n, bool variable, q_err *err)
{
    unsigned char c = (unsigned char)s[0];
    const char *meant = lookalike(s, n);
    if (meant) {
        q_err_set(err, Q_E_PARSE_SYNTAX_ERROR, "a character that is not SQL: %s", meant);
    } else if (c < 0x20 || c == 0x7f || (c >= 0x80 && n == 1)) {
        q_err_set(err, Q_E_PARSE_SYNTAX_ERROR, "a byte that is not SQL text: 0x%02X", c);
    } else {
        q_err_set(err, Q_E_PARSE_SYNTAX_ERROR, "a character that is not SQL: '%.*s'", (int)n, s);
        if (c >= 0x80)
            q_err_hint(err, "names with characters other than letters, digits and _ need "
                            "backticks: `name`");
        else if (variable)
            q_err_hint(err, "variables are written ${name}");
    }
}

q_code q_sql_lex_error(const char *sql, size_t len, q_sql_token bad, q_err *err)
{
    const char *s = sql + bad.offset;
    char c = s[0];
    if (c == '/') {
        q_err_set(err, Q_E_PARSE_SYNTAX_ERROR, "a comment that is never closed");
        q_err_hint(err, "close it with */ (comments nest: each /* needs its own */)");
    } else if (c == '`') {
        q_err_set(err, Q_E_PARSE_SYNTAX_ERROR, "a quoted name that is never closed");
        q_err_hint(err, "close it with ` (a backtick within the name is written twice)");
    } else if (c == '\'' || c == '"' || (c | 32) == 'r') {
        char quote = (c | 32) == 'r' ? s[1] : c;
        q_err_set(err, Q_E_PARSE_SYNTAX_ERROR, "a string that is never closed");
        q_err_hint(err, "close it with %c (a %c within the string is written \\%c)", quote, quote,
                   quote);
    } else if (is_digit(c)) {
        q_err_set(err, Q_E_PARSE_SYNTAX_ERROR, "a malformed number: %.*s",
                  bad.len < 60 ? (int)bad.len : 60, s);
        q_err_hint(err, "is a space or a comma missing?");
    } else {
        bad_character(s, bad.len, c == '$' && bad.offset + 1 < len, err);
    }
    return Q_E_PARSE_SYNTAX_ERROR;
}
