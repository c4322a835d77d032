/* Rows into a table. */
#include "master/output_pg.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <strings.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "master/copy_text.h"
#include "master/pg.h"
#include "proto/batch.h"

#define CANCEL_POLL_MS 100
#define CONNECT_MS     10000
#define PIECE_BYTES    ((size_t)1 << 20)
#define MAX_NAME_BYTES 63 /* PostgreSQL cuts longer ones */

struct q_output_pg {
    q_arena arena;
    q_pg_params params;
    const char *where, *table; /* table: quoted, with its schema */
    const _Atomic bool *cancelled;
    PGconn *conn;
};

/* ---- waiting ---- */

static q_code failed(const q_output_pg *o, PGresult *result, q_err *err)
{
    q_pg_error(o->conn, result, o->where, err);
    PQclear(result);
    return Q_E_DATABASE;
}

/* Until the socket is ready, the job is cancelled, or the time is over. */
static q_code ready_wait(const q_output_pg *o, short events, uint64_t until_ms, q_err *err)
{
    for (;;) {
        struct pollfd p = {.fd = PQsocket(o->conn), .events = events};
        if (atomic_load(o->cancelled))
            return q_err_set(err, Q_E_CANCELLED, "the job was cancelled");
        if (q_clock_mono_ms() >= until_ms)
            return q_err_set(err, Q_E_DATABASE, "database %s: no answer for %d s", o->where,
                             CONNECT_MS / 1000);
        int n = poll(&p, 1, CANCEL_POLL_MS);
        if (n > 0 || (n < 0 && errno != EINTR))
            return Q_OK; /* libpq meets the error itself */
    }
}

static q_code connect_to(q_output_pg *o, q_err *err)
{
    uint64_t until = q_clock_mono_ms() + CONNECT_MS;
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;
    o->conn = PQconnectStartParams(o->params.keywords, o->params.values, 0);
    Q_ASSERT(o->conn);
    while (PQstatus(o->conn) != CONNECTION_BAD && step != PGRES_POLLING_OK) {
        Q_TRY(ready_wait(o, step == PGRES_POLLING_READING ? POLLIN : POLLOUT, until, err));
        step = PQconnectPoll(o->conn);
        if (step == PGRES_POLLING_FAILED)
            break;
    }
    if (PQstatus(o->conn) != CONNECTION_OK)
        return failed(o, NULL, err);
    PQsetnonblocking(o->conn, 1);
    return Q_OK;
}

/* Sends what is queued. */
static q_code flush(const q_output_pg *o, q_err *err)
{
    int left;
    while ((left = PQflush(o->conn)) > 0) {
        Q_TRY(ready_wait(o, POLLIN | POLLOUT, UINT64_MAX, err));
        if (!PQconsumeInput(o->conn))
            return failed(o, NULL, err);
    }
    return left < 0 ? failed(o, NULL, err) : Q_OK;
}

/* The next result of what was sent; NULL at the end. */
static q_code result_next(const q_output_pg *o, PGresult **out, q_err *err)
{
    *out = NULL;
    Q_TRY(flush(o, err));
    while (PQisBusy(o->conn)) {
        Q_TRY(ready_wait(o, POLLIN, UINT64_MAX, err));
        if (!PQconsumeInput(o->conn))
            return failed(o, NULL, err);
    }
    *out = PQgetResult(o->conn);
    return Q_OK;
}

static bool result_ok(const PGresult *r)
{
    ExecStatusType s = PQresultStatus(r);
    return s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK || s == PGRES_COPY_IN;
}

/* Takes results to the end, or to the beginning of COPY. *out (may be NULL): the last one. */
static q_code results_take(const q_output_pg *o, PGresult **out, q_err *err)
{
    PGresult *last = NULL, *r;
    for (;;) {
        q_code code = result_next(o, &r, err);
        if (code != Q_OK || !r) {
            if (code != Q_OK || !out)
                PQclear(last);
            else
                *out = last;
            return code;
        }
        PQclear(last);
        last = r;
        if (!result_ok(r))
            return failed(o, r, err);
        if (PQresultStatus(r) == PGRES_COPY_IN) {
            PQclear(r);
            return Q_OK;
        }
    }
}

static q_code run(const q_output_pg *o, const char *sql, q_err *err)
{
    if (!PQsendQuery(o->conn, sql))
        return failed(o, NULL, err);
    return results_take(o, NULL, err);
}

static q_code ask(const q_output_pg *o, const char *sql, PGresult **out, q_err *err)
{
    *out = NULL;
    if (!PQsendQueryParams(o->conn, sql, 1, NULL, &o->table, NULL, NULL, 0))
        return failed(o, NULL, err);
    return results_take(o, out, err);
}

/* ---- the table ---- */

static const char *quoted(q_arena *a, const char *name, size_t n)
{
    char *out = q_arena_bytes(a, 2 * n + 3), *at = out;
    *at++ = '"';
    for (size_t i = 0; i < n; i++) {
        if (name[i] == '"')
            *at++ = '"';
        *at++ = name[i];
    }
    *at++ = '"';
    *at = 0;
    return out;
}

/* "table" or "schema.table". */
static const char *table_quoted(q_arena *a, const char *name)
{
    const char *dot = strchr(name, '.');
    if (!dot)
        return quoted(a, name, strlen(name));
    return q_arena_printf(a, "%s.%s", quoted(a, name, (size_t)(dot - name)),
                          quoted(a, dot + 1, strlen(dot + 1)));
}

static q_code names_check(const q_schema *schema, q_err *err)
{
    if (!schema->n_fields)
        return q_err_set(err, Q_E_UNSUPPORTED_FEATURE, "a result without columns has no table");
    for (uint32_t i = 0; i < schema->n_fields; i++) {
        const char *name = schema->fields[i].name;
        if (strlen(name) > MAX_NAME_BYTES || !*name) {
            q_err_set(err, Q_E_DATABASE,
                      "PostgreSQL has no column named `%.100s`: names have 1 "
                      "to %d bytes",
                      name, MAX_NAME_BYTES);
            q_err_hint(err, "give the column a name with AS");
            return Q_E_DATABASE;
        }
        for (uint32_t k = 0; k < i; k++) {
            if (strcasecmp(schema->fields[k].name, name) == 0)
                return q_err_set(err, Q_E_DUPLICATE_COLUMN, "column `%s` appears twice", name);
        }
    }
    return Q_OK;
}

static void column_define(q_buf *sql, q_arena *a, const q_field *f)
{
    char type[Q_COPY_TYPE_BYTES];
    q_buf_printf(sql, "%s %s", quoted(a, f->name, strlen(f->name)), q_copy_type(f->type, type));
}

static q_code table_make(q_output_pg *o, const q_schema *schema, q_err *err)
{
    q_buf sql;
    q_buf_init(&sql);
    q_buf_printf(&sql, "CREATE TABLE %s (", o->table);
    for (uint32_t i = 0; i < schema->n_fields; i++) {
        if (i)
            q_buf_puts(&sql, ", ");
        column_define(&sql, &o->arena, &schema->fields[i]);
    }
    q_buf_putc(&sql, ')');
    q_code code = run(o, q_buf_cstr(&sql), err);
    q_buf_fini(&sql);
    return code;
}

/* The table's column for a field: of the same name, else of the same but for case; -1: none. */
static int column_find(const PGresult *columns, const char *name)
{
    int found = -1;
    for (int i = 0; i < PQntuples(columns); i++) {
        const char *have = PQgetvalue(columns, i, 0);
        if (strcmp(have, name) == 0)
            return i;
        if (strcasecmp(have, name) == 0)
            found = i;
    }
    return found;
}

/* Adds what is missing; names: the quoted columns in the order of the fields. */
static q_code columns_fit(q_output_pg *o, const q_schema *schema, const PGresult *columns,
                          q_buf *names, q_err *err)
{
    q_code code = Q_OK;
    for (uint32_t i = 0; i < schema->n_fields && code == Q_OK; i++) {
        const char *name = schema->fields[i].name;
        int at = column_find(columns, name);
        if (at < 0) {
            q_buf sql;
            q_buf_init(&sql);
            q_buf_printf(&sql, "ALTER TABLE %s ADD COLUMN ", o->table);
            column_define(&sql, &o->arena, &schema->fields[i]);
            code = run(o, q_buf_cstr(&sql), err);
            q_buf_fini(&sql);
        } else {
            name = PQgetvalue(columns, at, 0);
        }
        q_buf_printf(names, "%s%s", i ? ", " : "", quoted(&o->arena, name, strlen(name)));
    }
    return code;
}

static const char exists_sql[] =
    "SELECT c.relkind FROM pg_class c WHERE c.oid = to_regclass($1::text)";
static const char columns_sql[] =
    "SELECT a.attname FROM pg_attribute a WHERE a.attrelid = to_regclass($1::text)"
    " AND a.attnum > 0 AND NOT a.attisdropped";

/* From here on nobody else writes the table through quern. */
static q_code lock(q_output_pg *o, q_err *err)
{
    PGresult *r;
    q_code code =
        ask(o, "SELECT pg_advisory_xact_lock(hashtext('quern output'), hashtext($1))", &r, err);
    PQclear(r);
    return code;
}

static q_code table_fit(q_output_pg *o, const q_schema *schema, q_buf *names, q_err *err)
{
    PGresult *r;
    Q_TRY(lock(o, err));
    Q_TRY(ask(o, exists_sql, &r, err));
    bool exists = PQntuples(r) == 1;
    char kind = exists ? PQgetvalue(r, 0, 0)[0] : 'r';
    PQclear(r);
    if (kind != 'r' && kind != 'p')
        return q_err_set(err, Q_E_DATABASE, "database %s: %s is not a table", o->where, o->table);
    if (!exists)
        Q_TRY(table_make(o, schema, err));
    Q_TRY(ask(o, columns_sql, &r, err));
    q_code code = columns_fit(o, schema, r, names, err);
    PQclear(r);
    return code;
}

/* ---- rows ---- */

static q_code piece_send(q_output_pg *o, q_buf *piece, q_err *err)
{
    for (size_t at = 0; at < piece->len;) {
        size_t n = piece->len - at < PIECE_BYTES ? piece->len - at : PIECE_BYTES;
        int sent = PQputCopyData(o->conn, piece->data + at, (int)n);
        if (sent < 0)
            return failed(o, NULL, err);
        at += sent ? n : 0;
        Q_TRY(flush(o, err)); /* keeps libpq's buffer small */
    }
    q_buf_clear(piece);
    return Q_OK;
}

static q_code batch_send(q_output_pg *o, const q_batch *b, const q_schema *schema, const q_tz *zone,
                         q_buf *piece, q_err *err)
{
    for (uint32_t row = 0; row < b->n_rows;) {
        Q_TRY(q_copy_text(b, schema, zone, &row, PIECE_BYTES, piece, err));
        if (piece->len >= PIECE_BYTES)
            Q_TRY(piece_send(o, piece, err));
    }
    return Q_OK;
}

static q_code run_send(q_output_pg *o, const q_block_run *run, const q_schema *schema,
                       const q_tz *zone, q_buf *piece, q_err *err)
{
    q_batch_cursor in;
    q_arena a;
    q_code code = Q_OK;
    q_arena_init(&a, NULL);
    q_batch_cursor_bytes(&in, run->data, run->bytes);
    while (code == Q_OK && q_batch_cursor_more(&in)) {
        q_batch b;
        code = q_batch_decode(&in, schema, true, &a, &b, err);
        if (code == Q_OK)
            code = batch_send(o, &b, schema, zone, piece, err);
        q_arena_reset(&a);
    }
    q_arena_fini(&a);
    return code;
}

static q_code rows_send(q_output_pg *o, const q_schema *schema, const q_tz *zone,
                        const q_rows *rows, q_err *err)
{
    q_buf piece;
    q_code code = Q_OK;
    q_buf_init(&piece);
    for (uint32_t i = 0; i < rows->n_runs && code == Q_OK; i++)
        code = run_send(o, &rows->runs[i], schema, zone, &piece, err);
    if (code == Q_OK && piece.len)
        code = piece_send(o, &piece, err);
    q_buf_fini(&piece);
    return code;
}

static q_code copy(q_output_pg *o, const q_schema *schema, const q_tz *zone, const q_rows *rows,
                   const char *names, q_err *err)
{
    int sent;
    Q_TRY(run(o, q_arena_printf(&o->arena, "COPY %s (%s) FROM STDIN", o->table, names), err));
    Q_TRY(rows_send(o, schema, zone, rows, err));
    while ((sent = PQputCopyEnd(o->conn, NULL)) == 0)
        Q_TRY(flush(o, err));
    if (sent < 0)
        return failed(o, NULL, err);
    return results_take(o, NULL, err);
}

static q_code write_all(q_output_pg *o, const q_schema *schema, const q_tz *zone,
                        const q_rows *rows, q_err *err)
{
    q_buf names;
    q_buf_init(&names);
    q_code code = run(o, "BEGIN", err);
    if (code == Q_OK)
        code = table_fit(o, schema, &names, err);
    if (code == Q_OK)
        code = run(o, q_arena_printf(&o->arena, "TRUNCATE %s", o->table), err);
    if (code == Q_OK)
        code = copy(o, schema, zone, rows, q_buf_cstr(&names), err);
    if (code == Q_OK)
        code = run(o, "COMMIT", err);
    q_buf_fini(&names);
    return code;
}

/* A server that waits for a lock does not notice that its client is gone. */
static void server_cancel(q_output_pg *o)
{
    char why[256];
    PGcancel *c = PQgetCancel(o->conn);
    if (c)
        PQcancel(c, why, sizeof why);
    PQfreeCancel(c);
}

q_code q_output_pg_write(q_output_pg *o, const q_schema *schema, const q_session *session,
                         const q_rows *rows, q_err *err)
{
    const q_tz *zone = q_tz_find(session->time_zone, strlen(session->time_zone));
    Q_TRY(names_check(schema, err));
    if (PQstatus(o->conn) != CONNECTION_OK) {
        PQfinish(o->conn);
        o->conn = NULL;
        Q_TRY(connect_to(o, err));
    }
    q_code code = write_all(o, schema, zone ? zone : &q_tz_utc, rows, err);
    if (code != Q_OK) { /* the server rolls back; no state of the connection is worth keeping */
        if (code == Q_E_CANCELLED)
            server_cancel(o);
        PQfinish(o->conn);
        o->conn = NULL;
    }
    return code;
}

/* ---- life ---- */

q_code q_output_pg_open(const char *dsn, const _Atomic bool *cancelled, q_output_pg **out,
                        q_err *err)
{
    q_output_pg *o = calloc(1, sizeof *o);
    Q_ASSERT(o);
    q_arena_init(&o->arena, NULL);
    o->cancelled = cancelled;
    q_code code = q_pg_params_parse(dsn, &o->arena, &o->params, err);
    if (code == Q_OK && (!o->params.table || !*o->params.table)) {
        code = q_err_set(err, Q_E_USAGE, "the output's URL names no table");
        q_err_hint(err, "postgres://user@host:port/database?table=NAME");
    }
    if (code == Q_OK) {
        o->where = q_pg_params_where(&o->params, &o->arena);
        o->table = table_quoted(&o->arena, o->params.table);
        code = connect_to(o, err);
    }
    if (code != Q_OK)
        q_output_pg_close(&o);
    *out = o;
    return code;
}

void q_output_pg_close(q_output_pg **output)
{
    q_output_pg *o = *output;
    if (!o)
        return;
    PQfinish(o->conn);
    q_arena_fini(&o->arena);
    free(o);
    *output = NULL;
}
