/*
 * PostgreSQL for the two that talk to it (status_pg.c on the loop, output_pg.c on a driver's
 * thread): connection parameters from a DSN, and errors. Passwords are in no message.
 * Thread rule: one thread.
 */
#ifndef Q_MASTER_PG_H
#define Q_MASTER_PG_H

#include <libpq-fe.h>

#include "common/base/arena.h"

#define Q_PG_MAX_PARAMS 64

/* What PQconnectStartParams takes, ending with NULLs. Texts are the arena's. */
typedef struct q_pg_params {
    const char *keywords[Q_PG_MAX_PARAMS + 1], *values[Q_PG_MAX_PARAMS + 1];
    uint32_t n;
    const char *table; /* "table" of a URL's query, which is ours; NULL: none */
} q_pg_params;

/* A DSN as libpq takes it, URL or key=value words. Errors: INVALID_CONF_VALUE. */
q_code q_pg_params_parse(const char *dsn, q_arena *a, q_pg_params *out, q_err *err);
/* DATABASE_HOST, _PORT, _NAME, _USERNAME and _PASSWORD; false without a DATABASE_HOST. */
bool q_pg_params_environment(q_arena *a, q_pg_params *out);
/* NULL: not given. */
const char *q_pg_params_get(const q_pg_params *p, const char *keyword);
/* Replaces what was given. */
void q_pg_params_set(q_pg_params *p, const char *keyword, const char *value);
/* "host:port/database", for messages. */
const char *q_pg_params_where(const q_pg_params *p, q_arena *a);

/* DATABASE with what the server or libpq said, in one line. result may be NULL. */
q_code q_pg_error(const PGconn *conn, const PGresult *result, const char *where, q_err *err);
/* "42P01"; "" when there is none. */
const char *q_pg_state(const PGresult *result);

#endif
