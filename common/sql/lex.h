/*
 * Tokens of Spark SQL 3.5 (rules of SqlBaseLexer.g4, read for behaviour). The
 * lexer holds no state but the text, so a token is found again from its offset
 * and looking ahead costs nothing to undo.
 *
 * A bad character or an unclosed quote or comment is a token too (Q_TK_BAD): it
 * fits no rule of the grammar, so the parser stops there and asks
 * q_sql_lex_error for the message.
 */
#ifndef Q_SQL_LEX_H
#define Q_SQL_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/err.h"

typedef enum q_sql_token_kind {
    Q_TK_END,
    Q_TK_BAD,
    Q_TK_WORD,       /* name or keyword, unquoted; may begin with a digit (1a) */
    Q_TK_QUOTED,     /* `name` */
    Q_TK_STRING,     /* '…' or "…" */
    Q_TK_RAW_STRING, /* r'…' or r"…" */
    Q_TK_INTEGER,    /* 12 */
    Q_TK_DECIMAL,    /* 1.5 .5 1. */
    Q_TK_EXPONENT,   /* 1e3 1.5E-3 */
    Q_TK_TINYINT,    /* 1Y */
    Q_TK_SMALLINT,   /* 1S */
    Q_TK_BIGINT,     /* 1L */
    Q_TK_FLOAT,      /* 1F 1.5F 1e3F */
    Q_TK_DOUBLE,     /* 1D … */
    Q_TK_BIGDECIMAL, /* 1BD … */
    /* punctuation */
    Q_TK_LPAREN,
    Q_TK_RPAREN,
    Q_TK_LBRACKET,
    Q_TK_RBRACKET,
    Q_TK_COMMA,
    Q_TK_DOT,
    Q_TK_SEMICOLON,
    Q_TK_COLON,
    Q_TK_CAST,     /* :: */
    Q_TK_ARROW,    /* -> */
    Q_TK_FATARROW, /* => */
    Q_TK_QUESTION,
    Q_TK_BANG, /* ! */
    Q_TK_EQ,   /* = == */
    Q_TK_NSEQ, /* <=> */
    Q_TK_NEQ,  /* <> != */
    Q_TK_LT,
    Q_TK_LE, /* <= !> */
    Q_TK_GT,
    Q_TK_GE, /* >= !< */
    Q_TK_PLUS,
    Q_TK_MINUS,
    Q_TK_STAR,
    Q_TK_SLASH,
    Q_TK_PERCENT,
    Q_TK_TILDE,
    Q_TK_AMP,
    Q_TK_PIPE,
    Q_TK_CONCAT, /* || */
    Q_TK_HAT,
} q_sql_token_kind;

typedef enum q_sql_keyword {
    Q_KW_NONE,
#define K(word, flags) Q_KW_##word,
#include "common/sql/keywords.def"
#undef K
    Q_N_KEYWORDS
} q_sql_keyword;

enum { Q_KW_CLAUSE = 1, Q_KW_NOALIAS = 2 };

typedef struct q_sql_token {
    uint8_t kind;    /* q_sql_token_kind */
    uint8_t keyword; /* q_sql_keyword, words only */
    uint32_t offset, len;
} q_sql_token;

/* The first token at or after `offset` (white space and comments skipped). */
q_sql_token q_sql_lex(const char *sql, size_t len, size_t offset);

/* Fill err (PARSE_SYNTAX_ERROR, message and hint, no place) for a Q_TK_BAD token. */
q_code q_sql_lex_error(const char *sql, size_t len, q_sql_token bad, q_err *err);

/* Past white space and comments; an unclosed comment stops it at the comment. */
size_t q_sql_skip_space(const char *sql, size_t len, size_t offset);

q_sql_keyword q_sql_keyword_find(const char *word, size_t len); /* any case; NONE if unknown */
const char *q_sql_keyword_name(q_sql_keyword k);
unsigned q_sql_keyword_flags(q_sql_keyword k);

#endif
