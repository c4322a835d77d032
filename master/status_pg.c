/* Status rows, asynchronously. */
#include "master/status_pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/io/utf8_repair.h"
#include "master/pg.h"

#define MAX_PENDING    10000
#define ANSWER_MS      15000 /* silence after which a connection is given up */
#define PAUSE_MS       100   /* before the second attempt; doubled */
#define MAX_PAUSE_MS   5000
#define SAY_EVERY_MS   60000
#define MAX_REFUSALS   20
#define STAGE          "Spark Processing"
#define MAX_STAGE_NAME 255

enum { P_PIPELINE, P_STAGE, P_STATUS, P_MESSAGE, P_STARTED, P_FINISHED, P_SECONDS, P_RECORDS, N_P };

/* One update: the statement's parameters, in one allocation. */
typedef struct update {
    struct update *next;
    int64_t pipeline_id;
    uint32_t refusals; /* by the server, for reasons that may pass */
    bool tables_made;  /* for this one */
    const char *params[N_P];
    char text[];
} update;

typedef enum pg_state { AWAY, RESOLVING, CONNECTING, READY, BUSY, PAUSE } pg_state;

struct q_status_pg {
    q_arena arena;
    q_pg_params params;
    const char *where; /* for messages */
    const char *host;  /* a name to look up, NULL: libpq has nothing to look up */
    uv_loop_t *uv;
    uv_poll_t *poll;   /* of the connection's socket */
    uv_timer_t *timer; /* deadline of the state, or end of a pause */
    uv_timer_t *flush_timer;
    uv_getaddrinfo_t *lookup;
    char *addresses, *names; /* of the last look-up */
    PGconn *conn;
    pg_state state;
    update *first, **last;
    uint32_t n_pending, n_dropped;
    uint32_t failures; /* in a row */
    bool creating;     /* BUSY: the tables */
    uint64_t said_ms;  /* that the database is away; 0: not yet */
    PGresult *result;  /* of the statement under way: the first error, or the last result */
    void (*flushed)(void *ctx);
    void *flushed_ctx;
};

static const char create_tables[] =
    "CREATE TABLE IF NOT EXISTS pipelines (id serial PRIMARY KEY, name varchar(255) NOT NULL,"
    " description text, status varchar(20) DEFAULT 'pending', created_at timestamp DEFAULT"
    " localtimestamp, updated_at timestamp DEFAULT localtimestamp, input_file varchar(255),"
    " output_file varchar(255), prefect_flow_run_id varchar(255), records_processed integer"
    " DEFAULT 0, error_message text);"
    "CREATE TABLE IF NOT EXISTS pipeline_stages (id serial PRIMARY KEY, pipeline_id integer NOT"
    " NULL REFERENCES pipelines (id), name varchar(255) NOT NULL, description text, status"
    " varchar(20) DEFAULT 'pending', started_at timestamp, completed_at timestamp,"
    " execution_time_seconds double precision, error_message text)";

/* One statement, so that it is one transaction. Zoneless columns get the session's local time. */
static const char update_rows[] =
    "WITH p AS (UPDATE pipelines SET updated_at = localtimestamp,"
    "  status = CASE WHEN $3 = 'completed' THEN status ELSE $3 END,"
    "  error_message = CASE $3 WHEN 'failed' THEN $4 WHEN 'running' THEN NULL"
    "   ELSE error_message END,"
    "  records_processed = coalesce(least($8::bigint, 2147483647)::integer, records_processed)"
    "  WHERE id = $1::bigint RETURNING id),"
    " s AS (UPDATE pipeline_stages SET status = $3, error_message = $4,"
    "  started_at = to_timestamp($5::double precision)::timestamp,"
    "  completed_at = to_timestamp($6::double precision)::timestamp,"
    "  execution_time_seconds = $7::double precision"
    "  WHERE id = (SELECT max(id) FROM pipeline_stages WHERE pipeline_id = $1::bigint"
    "   AND name = $2) RETURNING id),"
    " i AS (INSERT INTO pipeline_stages (pipeline_id, name, status, error_message, started_at,"
    "  completed_at, execution_time_seconds)"
    "  SELECT id, $2, $3, $4, to_timestamp($5::double precision)::timestamp,"
    "  to_timestamp($6::double precision)::timestamp, $7::double precision"
    "  FROM p WHERE NOT EXISTS (SELECT 1 FROM s) RETURNING id)"
    " SELECT count(*) FROM p";

static void step(q_status_pg *s);
static void give_up(q_status_pg *s, const q_err *err);

/* ---- the queue ---- */

/* Text for a parameter behind the update: well-formed UTF-8 without NUL, at most `most`
 * characters. */
static const char *clean(q_arena *a, const char *text, size_t most)
{
    size_t n, len = strlen(text);
    text = q_utf8_repair(text, len, a, &n);
    return q_arena_strndup(a, text, q_utf8_offset(text, n, most));
}

static const char *seconds_text(q_arena *a, int64_t us)
{
    return q_arena_printf(a, "%lld.%06lld", (long long)(us / 1000000), (long long)(us % 1000000));
}

static void params_fill(const q_status_update *u, q_arena *a, const char **p)
{
    static const char *const names[] = {"running", "completed", "failed"};
    bool ended = u->status != Q_STAGE_RUNNING;
    p[P_PIPELINE] = q_arena_printf(a, "%lld", (long long)u->pipeline_id);
    p[P_STAGE] = clean(a, u->stage && *u->stage ? u->stage : STAGE, MAX_STAGE_NAME);
    p[P_STATUS] = names[u->status];
    p[P_MESSAGE] = u->message ? clean(a, u->message, SIZE_MAX) : NULL;
    p[P_STARTED] = seconds_text(a, u->started_us);
    p[P_FINISHED] = ended ? seconds_text(a, u->finished_us) : NULL;
    int64_t took_us = u->finished_us > u->started_us ? u->finished_us - u->started_us : 0;
    p[P_SECONDS] = ended ? seconds_text(a, took_us) : NULL;
    p[P_RECORDS] = u->records >= 0 ? q_arena_printf(a, "%lld", (long long)u->records) : NULL;
}

static update *update_new(const q_status_update *u)
{
    q_arena a;
    const char *params[N_P];
    size_t bytes = 0;
    q_arena_init(&a, NULL);
    params_fill(u, &a, params);
    for (int i = 0; i < N_P; i++)
        bytes += params[i] ? strlen(params[i]) + 1 : 0;
    update *out = malloc(sizeof *out + bytes);
    Q_ASSERT(out);
    *out = (update){.pipeline_id = u->pipeline_id};
    char *at = out->text;
    for (int i = 0; i < N_P; i++) {
        out->params[i] = params[i] ? at : NULL;
        if (params[i])
            at = stpcpy(at, params[i]) + 1;
    }
    q_arena_fini(&a);
    return out;
}

static void first_remove(q_status_pg *s)
{
    update *u = s->first;
    s->first = u->next;
    if (!s->first)
        s->last = &s->first;
    s->n_pending--;
    free(u);
}

/* Full: the oldest that is not under way goes. */
static void room_make(q_status_pg *s)
{
    if (s->n_pending < MAX_PENDING)
        return;
    update **at = s->state == BUSY ? &s->first->next : &s->first, *u = *at;
    *at = u->next;
    if (!u->next)
        s->last = at;
    free(u);
    s->n_pending--;
    if (!s->n_dropped++)
        q_warn("database %s: more than %d status updates wait; the oldest are dropped", s->where,
               MAX_PENDING);
}

void q_status_pg_put(q_status_pg *s, const q_status_update *what)
{
    room_make(s);
    *s->last = update_new(what);
    s->last = &(*s->last)->next;
    s->n_pending++;
    if (s->state == AWAY || s->state == READY)
        step(s);
}

uint32_t q_status_pg_pending(const q_status_pg *s)
{
    return s->n_pending;
}

/* ---- handles ---- */

static void handle_free(uv_handle_t *handle)
{
    free(handle);
}

static uv_timer_t *timer_new(q_status_pg *s)
{
    uv_timer_t *t = malloc(sizeof *t);
    Q_ASSERT(t);
    uv_timer_init(s->uv, t);
    t->data = s;
    return t;
}

static void poll_drop(q_status_pg *s)
{
    if (!s->poll)
        return;
    uv_poll_stop(s->poll);
    uv_close((uv_handle_t *)s->poll, handle_free);
    s->poll = NULL;
}

static void on_poll(uv_poll_t *poll, int status, int events);

/* libpq may change its socket at any step of connecting: a handle for the one it has now. */
static void poll_for(q_status_pg *s, int events)
{
    int fd = PQsocket(s->conn);
    uv_os_fd_t have = -1;
    if (s->poll && (uv_fileno((uv_handle_t *)s->poll, &have) != 0 || have != fd))
        poll_drop(s);
    if (!s->poll) {
        s->poll = malloc(sizeof *s->poll);
        Q_ASSERT(s->poll);
        s->poll->data = s;
        if (uv_poll_init(s->uv, s->poll, fd) != 0) {
            free(s->poll);
            s->poll = NULL; /* the deadline ends it */
            return;
        }
    }
    uv_poll_start(s->poll, events, on_poll);
}

static void connection_drop(q_status_pg *s)
{
    poll_drop(s);
    PQclear(s->result);
    s->result = NULL;
    PQfinish(s->conn);
    s->conn = NULL;
    s->creating = false;
}

static void on_deadline(uv_timer_t *timer)
{
    q_status_pg *s = timer->data;
    q_err err;
    if (s->state == PAUSE) {
        s->state = AWAY;
        step(s);
        return;
    }
    q_err_set(&err, Q_E_DATABASE, "database %s: no answer for %d s", s->where, ANSWER_MS / 1000);
    give_up(s, &err);
}

static void deadline_set(q_status_pg *s)
{
    uv_timer_start(s->timer, on_deadline, ANSWER_MS, 0);
}

/* ---- trouble ---- */

/* The connection did not work: again after a pause. */
static void give_up(q_status_pg *s, const q_err *err)
{
    uint64_t now = q_clock_mono_ms(), pause = PAUSE_MS;
    connection_drop(s);
    for (uint32_t i = 0; i < s->failures && pause < MAX_PAUSE_MS; i++)
        pause *= 2;
    s->failures++;
    if (s->n_pending && (!s->said_ms || now - s->said_ms >= SAY_EVERY_MS)) {
        s->said_ms = now;
        q_warn("%s; %u status updates wait", err->msg, s->n_pending);
    }
    s->state = PAUSE;
    uv_timer_start(s->timer, on_deadline, pause < MAX_PAUSE_MS ? pause : MAX_PAUSE_MS, 0);
}

static void connection_failed(q_status_pg *s)
{
    q_err err;
    q_pg_error(s->conn, NULL, s->where, &err);
    give_up(s, &err);
}

/* Will the same statement succeed later? Not when it or the row is at fault. */
static bool passes(const char *state)
{
    static const char *const classes[] = {"08", "25", "40", "53", "55", "57", "58", "XX"};
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (strncmp(state, classes[i], 2) == 0)
            return true;
    }
    return !*state;
}

/* ---- statements ---- */

static void statement_send(q_status_pg *s, bool create)
{
    s->creating = create;
    s->state = BUSY;
    PQclear(s->result);
    s->result = NULL;
    int sent = create ? PQsendQuery(s->conn, create_tables)
                      : PQsendQueryParams(s->conn, update_rows, N_P, NULL, s->first->params, NULL,
                                          NULL, 0);
    int left = sent ? PQflush(s->conn) : -1;
    if (left < 0) {
        connection_failed(s);
        return;
    }
    deadline_set(s);
    poll_for(s, UV_READABLE | (left ? UV_WRITABLE : 0));
}

static void flush_check(q_status_pg *s)
{
    if (s->n_pending || !s->flushed)
        return;
    void (*done)(void *) = s->flushed;
    s->flushed = NULL;
    uv_timer_stop(s->flush_timer);
    done(s->flushed_ctx);
}

static void update_done(q_status_pg *s)
{
    if (PQntuples(s->result) == 1 && strcmp(PQgetvalue(s->result, 0, 0), "0") == 0)
        q_warn("database %s has no pipeline %lld: its status is not written", s->where,
               (long long)s->first->pipeline_id);
    if (s->said_ms)
        q_info("database %s is there again", s->where);
    s->said_ms = 0;
    s->failures = 0;
    first_remove(s);
}

static void update_give_up(q_status_pg *s)
{
    q_err err;
    q_pg_error(s->conn, s->result, s->where, &err);
    q_warn("the status of pipeline %lld cannot be written: %s", (long long)s->first->pipeline_id,
           err.msg);
    first_remove(s);
}

/* Makes the missing tables, comes back later, or leaves the update out. */
static void statement_failed(q_status_pg *s)
{
    q_err err;
    const char *state = q_pg_state(s->result);
    bool lost = PQstatus(s->conn) != CONNECTION_OK;
    if (strcmp(state, "42P01") == 0 && !s->first->tables_made) {
        s->first->tables_made = true;
        statement_send(s, true);
    } else if (lost || (passes(state) && s->first->refusals++ < MAX_REFUSALS)) {
        q_pg_error(s->conn, s->result, s->where, &err);
        give_up(s, &err);
    } else {
        update_give_up(s);
        step(s);
    }
}

/* Somebody else made the tables in the same moment. */
static bool exists_now(const q_status_pg *s)
{
    const char *state = q_pg_state(s->result);
    return s->creating && (strcmp(state, "42P07") == 0 || strcmp(state, "23505") == 0);
}

/* The answer is complete. */
static void statement_done(q_status_pg *s)
{
    s->state = READY;
    if (!s->result || (PQresultStatus(s->result) == PGRES_FATAL_ERROR && !exists_now(s))) {
        statement_failed(s);
        return;
    }
    if (!s->creating)
        update_done(s);
    step(s);
}

static void result_keep(q_status_pg *s, PGresult *r)
{
    bool failed = s->result && PQresultStatus(s->result) == PGRES_FATAL_ERROR;
    PQclear(failed ? r : s->result);
    if (!failed)
        s->result = r;
}

static void busy_step(q_status_pg *s)
{
    int left = PQflush(s->conn);
    if (left < 0 || !PQconsumeInput(s->conn)) {
        connection_failed(s);
        return;
    }
    poll_for(s, UV_READABLE | (left ? UV_WRITABLE : 0));
    while (!PQisBusy(s->conn)) {
        PGresult *r = PQgetResult(s->conn);
        if (!r) {
            statement_done(s);
            return;
        }
        result_keep(s, r);
    }
}

/* Nothing is under way: only the end of the connection can be heard. */
static void ready_step(q_status_pg *s)
{
    if (PQconsumeInput(s->conn) && PQstatus(s->conn) == CONNECTION_OK)
        return;
    connection_drop(s);
    s->state = AWAY;
}

/* ---- connecting ---- */

static void connect_step(q_status_pg *s)
{
    if (s->poll)
        uv_poll_stop(s->poll); /* the socket may be closed and another have its number */
    switch (PQconnectPoll(s->conn)) {
    case PGRES_POLLING_READING:
        poll_for(s, UV_READABLE);
        break;
    case PGRES_POLLING_WRITING:
        poll_for(s, UV_WRITABLE);
        break;
    case PGRES_POLLING_OK:
        s->state = READY;
        uv_timer_stop(s->timer);
        PQsetnonblocking(s->conn, 1);
        poll_for(s, UV_READABLE);
        step(s);
        break;
    default:
        connection_failed(s);
        break;
    }
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    q_status_pg *s = poll->data;
    (void)status; /* libpq meets the error itself */
    (void)events;
    if (s->state == CONNECTING)
        connect_step(s);
    else if (s->state == BUSY)
        busy_step(s);
    else if (s->state == READY)
        ready_step(s);
}

static void connect_begin(q_status_pg *s)
{
    s->state = CONNECTING;
    deadline_set(s);
    s->conn = PQconnectStartParams(s->params.keywords, s->params.values, 0);
    Q_ASSERT(s->conn);
    if (PQstatus(s->conn) == CONNECTION_BAD)
        connection_failed(s);
    else
        poll_for(s, UV_WRITABLE);
}

/* "ADDRESS,…" for hostaddr and "NAME,…" as often for host. */
static void addresses_take(q_status_pg *s, const struct addrinfo *list)
{
    q_buf addresses, names;
    q_buf_init(&addresses);
    q_buf_init(&names);
    for (const struct addrinfo *a = list; a; a = a->ai_next) {
        char text[64];
        if (a->ai_family == AF_INET6)
            uv_ip6_name((const struct sockaddr_in6 *)(const void *)a->ai_addr, text, sizeof text);
        else
            uv_ip4_name((const struct sockaddr_in *)(const void *)a->ai_addr, text, sizeof text);
        q_buf_printf(&addresses, "%s%s", addresses.len ? "," : "", text);
        q_buf_printf(&names, "%s%s", names.len ? "," : "", s->host);
    }
    free(s->addresses);
    free(s->names);
    s->addresses = q_buf_take(&addresses, NULL);
    s->names = q_buf_take(&names, NULL);
    Q_ASSERT(s->addresses && s->names);
    q_pg_params_set(&s->params, "hostaddr", s->addresses);
    q_pg_params_set(&s->params, "host", s->names);
}

static void on_resolved(uv_getaddrinfo_t *lookup, int status, struct addrinfo *list)
{
    q_status_pg *s = lookup->data; /* NULL: closed meanwhile */
    q_err err;
    if (s) {
        s->lookup = NULL;
        if (status == 0) {
            addresses_take(s, list);
            connect_begin(s);
        } else {
            q_err_set(&err, Q_E_DATABASE, "database %s: %s", s->where, uv_strerror(status));
            give_up(s, &err);
        }
    }
    uv_freeaddrinfo(list);
    free(lookup);
}

/* Names are looked up here, since libpq would block the loop for it. */
static bool resolve_begin(q_status_pg *s)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    if (!s->host)
        return false;
    s->lookup = malloc(sizeof *s->lookup);
    Q_ASSERT(s->lookup);
    s->lookup->data = s;
    if (uv_getaddrinfo(s->uv, s->lookup, on_resolved, s->host, NULL, &hints) != 0) {
        free(s->lookup);
        s->lookup = NULL;
        return false;
    }
    s->state = RESOLVING;
    return true;
}

static const char *name_of(const q_pg_params *p)
{
    const char *host = q_pg_params_get(p, "host");
    bool name = host && host[0] != '/' && host[0] != '@' && !strchr(host, ',') &&
                !q_pg_params_get(p, "hostaddr");
    return name ? host : NULL;
}

/* Whatever comes next, if there is something to do. */
static void step(q_status_pg *s)
{
    if (s->state == READY)
        uv_timer_stop(s->timer);
    if (!s->n_pending)
        flush_check(s);
    else if (s->state == READY)
        statement_send(s, false);
    else if (s->state == AWAY && !resolve_begin(s))
        connect_begin(s);
}

/* ---- life ---- */

q_code q_status_pg_new(const char *dsn, struct uv_loop_s *uv, q_status_pg **out, q_err *err)
{
    q_arena arena;
    q_pg_params params;
    *out = NULL;
    q_arena_init(&arena, NULL);
    q_code code = Q_OK;
    bool given = true;
    if (dsn)
        code = q_pg_params_parse(dsn, &arena, &params, err);
    else
        given = q_pg_params_environment(&arena, &params);
    if (code != Q_OK || !given) {
        q_arena_fini(&arena);
        return code;
    }
    q_status_pg *s = calloc(1, sizeof *s);
    Q_ASSERT(s);
    s->arena = arena;
    s->params = params;
    s->where = q_pg_params_where(&params, &s->arena);
    s->host = name_of(&params);
    s->uv = uv;
    s->last = &s->first;
    s->timer = timer_new(s);
    s->flush_timer = timer_new(s);
    *out = s;
    return Q_OK;
}

static void on_flush_timer(uv_timer_t *timer)
{
    q_status_pg *s = timer->data;
    void (*done)(void *) = s->flushed;
    s->flushed = NULL;
    q_warn("database %s: %u status updates could not be delivered", s->where, s->n_pending);
    if (done)
        done(s->flushed_ctx);
}

void q_status_pg_flush(q_status_pg *s, uint32_t wait_ms, void (*done)(void *ctx), void *ctx)
{
    s->flushed = done;
    s->flushed_ctx = ctx;
    uv_timer_start(s->flush_timer, on_flush_timer, wait_ms, 0);
    flush_check(s);
}

void q_status_pg_close(q_status_pg **status)
{
    q_status_pg *s = *status;
    if (!s)
        return;
    if (s->lookup) {
        s->lookup->data = NULL;
        uv_cancel((uv_req_t *)s->lookup);
    }
    connection_drop(s);
    uv_close((uv_handle_t *)s->timer, handle_free);
    uv_close((uv_handle_t *)s->flush_timer, handle_free);
    while (s->first)
        first_remove(s);
    q_arena_fini(&s->arena);
    free(s->addresses);
    free(s->names);
    free(s);
    *status = NULL;
}
