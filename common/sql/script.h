/*
 * Variables in scripts: `${name}` and `${name:-default}` are replaced in the text
 * before it is parsed, as spark-sql does. A map from the new text to the user's
 * own goes along, so that errors point into what the user wrote.
 *
 * A variable's value comes from a `SET name = value` earlier in the same script,
 * else from the caller's look-up, else from the default; without any of them the
 * script fails with UNRESOLVED_VARIABLE. The prefixes `hiveconf:` and `hivevar:`
 * are accepted. Comments are left alone. Values are inserted as they are and not
 * searched for variables again.
 *
 * The result lives in the arena and borrows the user's text.
 */
#ifndef Q_SQL_SCRIPT_H
#define Q_SQL_SCRIPT_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/sql/ast.h"

/* Bytes of the new text that came from somewhere: text copied, or a value for a `${…}`. */
typedef struct q_sql_piece {
    size_t at;     /* offset in the new text */
    size_t origin; /* offset in the user's text */
    bool value;    /* all of it stands for the variable at `origin` */
} q_sql_piece;

typedef struct q_sql_text {
    const char *sql; /* after substitution, NUL-terminated */
    size_t len;
    const char *origin; /* the user's text */
    size_t origin_len;
    const q_sql_piece *piece; /* ascending by `at`, the first at 0 */
    uint32_t n_pieces;
} q_sql_text;

/* The value of a variable, NULL if there is none; the result must live until substitution ends. */
typedef const char *(*q_sql_lookup)(void *ctx, const char *name);

/* lookup may be NULL. */
q_code q_sql_substitute(q_arena *a, const char *sql, size_t len, q_sql_lookup lookup, void *ctx,
                        q_sql_text **out, q_err *err);

/* q_sql_parse of the new text; errors point into the user's. */
q_code q_sql_parse_text(q_arena *a, const q_sql_text *text, q_sql_script **out, q_err *err);

/* The offset in the user's text of an offset in the new one. */
size_t q_sql_text_origin(const q_sql_text *text, size_t offset);

/* q_err_at_sql for an offset in the new text. */
void q_sql_text_err_at(q_err *err, const q_sql_text *text, size_t offset);

#endif
