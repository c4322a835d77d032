/* Connection parameters and errors of PostgreSQL. */
#include "master/pg.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- parameters ---- */

const char *q_pg_params_get(const q_pg_params *p, const char *keyword)
{
    for (uint32_t i = 0; i < p->n; i++) {
        if (strcmp(p->keywords[i], keyword) == 0)
            return p->values[i];
    }
    return NULL;
}

void q_pg_params_set(q_pg_params *p, const char *keyword, const char *value)
{
    for (uint32_t i = 0; i < p->n; i++) {
        if (strcmp(p->keywords[i], keyword) == 0) {
            p->values[i] = value;
            return;
        }
    }
    if (p->n == Q_PG_MAX_PARAMS)
        return;
    p->keywords[p->n] = keyword;
    p->values[p->n++] = value;
}

static void presets(q_pg_params *p)
{
    static const char *const pairs[][2] = {{"application_name", "quern"},
                                           {"client_encoding", "UTF8"},
                                           {"gssencmode", "disable"},
                                           {"connect_timeout", "10"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (!q_pg_params_get(p, pairs[i][0]))
            q_pg_params_set(p, pairs[i][0], pairs[i][1]);
    }
}

static int hex(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

static const char *percent_decode(q_arena *a, const char *s, size_t n)
{
    char *out = q_arena_bytes(a, n + 1), *at = out;
    for (size_t i = 0; i < n; i++) {
        bool code = s[i] == '%' && i + 2 < n && isxdigit((unsigned char)s[i + 1]) &&
                    isxdigit((unsigned char)s[i + 2]);
        *at++ = code ? (char)(hex(s[i + 1]) * 16 + hex(s[i + 2])) : s[i];
        i += code ? 2 : 0;
    }
    *at = 0;
    return out;
}

/* Take "table=…" out of a URL's query, since libpq refuses words that it does not know. */
static const char *table_take(const char *dsn, q_arena *a, const char **table)
{
    const char *query = strchr(dsn, '?');
    *table = NULL;
    if (!query || (strncmp(dsn, "postgres://", 11) != 0 && strncmp(dsn, "postgresql://", 13) != 0))
        return dsn;
    const char *rest = "";
    for (const char *at = query + 1; *at;) {
        size_t n = strcspn(at, "&");
        if (strncmp(at, "table=", 6) == 0)
            *table = percent_decode(a, at + 6, n - 6);
        else if (n)
            rest = q_arena_printf(a, "%s%c%.*s", rest, *rest ? '&' : '?', (int)n, at);
        at += n + (at[n] == '&');
    }
    return q_arena_printf(a, "%.*s%s", (int)(query - dsn), dsn, rest);
}

q_code q_pg_params_parse(const char *dsn, q_arena *a, q_pg_params *out, q_err *err)
{
    char *why = NULL;
    memset(out, 0, sizeof *out);
    const char *plain = table_take(dsn, a, &out->table);
    PQconninfoOption *options = PQconninfoParse(plain, &why);
    if (!options) {
        /* libpq's text may quote the DSN with its password */
        PQfreemem(why);
        q_err_set(err, Q_E_INVALID_CONF_VALUE, "the database's DSN is malformed");
        q_err_hint(err, "postgres://user:password@host:port/database, special characters as %%40");
        return Q_E_INVALID_CONF_VALUE;
    }
    for (PQconninfoOption *o = options; o->keyword; o++) {
        if (o->val && *o->val)
            q_pg_params_set(out, q_arena_strdup(a, o->keyword), q_arena_strdup(a, o->val));
    }
    PQconninfoFree(options);
    presets(out);
    return Q_OK;
}

bool q_pg_params_environment(q_arena *a, q_pg_params *out)
{
    static const char *const names[][2] = {{"DATABASE_HOST", "host"},
                                           {"DATABASE_PORT", "port"},
                                           {"DATABASE_NAME", "dbname"},
                                           {"DATABASE_USERNAME", "user"},
                                           {"DATABASE_PASSWORD", "password"}};
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i][0]);
        if (value && *value)
            q_pg_params_set(out, names[i][1], q_arena_strdup(a, value));
    }
    presets(out);
    return q_pg_params_get(out, "host") != NULL;
}

const char *q_pg_params_where(const q_pg_params *p, q_arena *a)
{
    const char *host = q_pg_params_get(p, "host"), *port = q_pg_params_get(p, "port"),
               *name = q_pg_params_get(p, "dbname");
    if (!host)
        host = q_pg_params_get(p, "hostaddr");
    return q_arena_printf(a, "%s:%s/%s", host ? host : "localhost", port ? port : "5432",
                          name ? name : "");
}

/* ---- errors ---- */

const char *q_pg_state(const PGresult *result)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    return state ? state : "";
}

q_code q_pg_error(const PGconn *conn, const PGresult *result, const char *where, q_err *err)
{
    const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    char line[512];
    size_t n = 0;
    if (!text)
        text = PQerrorMessage(conn);
    for (; *text && n < sizeof line - 1; text++) {
        bool space = isspace((unsigned char)*text);
        if (!space || (n && line[n - 1] != ' '))
            line[n++] = space ? ' ' : *text;
    }
    while (n && line[n - 1] == ' ')
        n--;
    line[n] = 0;
    const char *at = result ? PQresultErrorField(result, PG_DIAG_CONTEXT) : NULL;
    q_err_set(err, Q_E_DATABASE, "database %s: %s%s%.*s%s", where,
              n ? line : "the connection was lost", at ? " (" : "", at ? (int)strcspn(at, "\n") : 0,
              at ? at : "", at ? ")" : "");
    const char *hint = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_HINT) : NULL;
    if (hint)
        q_err_hint(err, "%s", hint);
    return Q_E_DATABASE;
}
