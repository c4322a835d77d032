/* Jobs in SQLite. */
#include "master/store.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"

#define VERSION 2 /* of the tables: PRAGMA user_version */

struct q_store {
    sqlite3 *db;
    char *path;
};

static const char tables[] =
    "CREATE TABLE jobs (id INTEGER PRIMARY KEY, app_id TEXT NOT NULL, name TEXT, state TEXT NOT"
    " NULL, stage TEXT, submitted_us INTEGER NOT NULL, finished_us INTEGER NOT NULL, pipeline_id"
    " INTEGER NOT NULL, record BLOB NOT NULL, logs BLOB, detail BLOB);"
    "CREATE INDEX jobs_app_id ON jobs (app_id);"
    "CREATE INDEX jobs_unfinished ON jobs (id) WHERE finished_us = 0;"
    "CREATE TABLE transitions (job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,"
    " n INTEGER NOT NULL, at_us INTEGER NOT NULL, state TEXT NOT NULL, PRIMARY KEY (job, n))"
    " WITHOUT ROWID;"
    "PRAGMA user_version = 2";

static const char from_1[] = "ALTER TABLE jobs ADD COLUMN detail BLOB; PRAGMA user_version = 2";

/* What to do about SQLite's words. */
static const char *remedy(int code)
{
    switch (code) {
    case SQLITE_BUSY:
        return "each master needs a store of its own: --store";
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return "put back a copy that is whole, or move the file away to begin with an empty store";
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return "--store names a file that the master may write, in a folder that is there";
    case SQLITE_FULL:
    case SQLITE_IOERR:
        return "is there room on the disk?";
    default:
        return NULL;
    }
}

static q_code failed(const q_store *s, q_err *err)
{
    int code = sqlite3_errcode(s->db);
    const char *hint = remedy(code);
    q_err_set(err, Q_E_STORE, "the job store %s: %s", s->path,
              code == SQLITE_BUSY ? "another process has it open" : sqlite3_errmsg(s->db));
    if (hint)
        q_err_hint(err, "%s", hint);
    return Q_E_STORE;
}

static q_code run(q_store *s, const char *sql, q_err *err)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? Q_OK : failed(s, err);
}

/* ---- statements ---- */

static q_code prepare(q_store *s, const char *sql, sqlite3_stmt **out, q_err *err)
{
    return sqlite3_prepare_v2(s->db, sql, -1, out, NULL) == SQLITE_OK ? Q_OK : failed(s, err);
}

/* One that gives no rows; ends it. */
static q_code finish(q_store *s, sqlite3_stmt *st, q_err *err)
{
    q_code code = sqlite3_step(st) == SQLITE_DONE ? Q_OK : failed(s, err);
    sqlite3_finalize(st);
    return code;
}

static void bind_text(sqlite3_stmt *st, int at, const char *text)
{
    if (text)
        sqlite3_bind_text(st, at, text, -1, SQLITE_STATIC);
}

static q_code number_of(q_store *s, const char *sql, int64_t *out, q_err *err)
{
    sqlite3_stmt *st;
    Q_TRY(prepare(s, sql, &st, err));
    q_code code = sqlite3_step(st) == SQLITE_ROW ? Q_OK : failed(s, err);
    *out = code == Q_OK ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    return code;
}

/* ---- opening ---- */

static q_code version_unknown(const q_store *s, int64_t version, q_err *err)
{
    q_err_set(err, Q_E_STORE, "the job store %s has version %lld, this program knows 1 to %d",
              s->path, (long long)version, VERSION);
    q_err_hint(err, "a newer quern-master wrote it: use that, or name another file with --store");
    return Q_E_STORE;
}

/* A file without a version is new; with tables it is somebody else's. */
static q_code tables_make(q_store *s, q_err *err)
{
    int64_t others;
    Q_TRY(number_of(s, "SELECT count(*) FROM sqlite_master", &others, err));
    if (!others)
        return run(s, tables, err);
    q_err_set(err, Q_E_STORE, "the job store %s: an SQLite file of another program", s->path);
    q_err_hint(err, "name another file with --store");
    return Q_E_STORE;
}

static q_code tables_check(q_store *s, q_err *err)
{
    int64_t version;
    Q_TRY(number_of(s, "PRAGMA user_version", &version, err));
    switch (version) {
    case 0:
        return tables_make(s, err);
    case 1:
        return run(s, from_1, err);
    case VERSION:
        return Q_OK;
    default:
        return version_unknown(s, version, err);
    }
}

static q_code open_all(q_store *s, q_err *err)
{
    if (sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
        SQLITE_OK)
        return failed(s, err);
    /* write-ahead: a commit waits for no disk; what a crash of the machine can lose is the last
     * moments' jobs, not the file. The lock lasts as long as the connection. */
    Q_TRY(run(s, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;", err));
    Q_TRY(run(s, "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; BEGIN IMMEDIATE", err));
    Q_TRY(tables_check(s, err));
    return run(s, "COMMIT", err);
}

q_code q_store_open(const char *path, q_store **out, q_err *err)
{
    *out = NULL;
    if (strncmp(path, "postgres", 8) == 0 && strstr(path, "://"))
        return q_err_set(err, Q_E_UNSUPPORTED_FEATURE,
                         "the job store can only be a file so far, not PostgreSQL");
    q_store *s = calloc(1, sizeof *s);
    Q_ASSERT(s);
    s->path = strdup(path);
    Q_ASSERT(s->path);
    q_code code = open_all(s, err);
    if (code != Q_OK)
        q_store_close(&s);
    *out = s;
    return code;
}

void q_store_close(q_store **store)
{
    q_store *s = *store;
    if (!s)
        return;
    sqlite3_close(s->db);
    free(s->path);
    free(s);
    *store = NULL;
}

q_code q_store_last_id(q_store *s, uint64_t *out, q_err *err)
{
    int64_t id = 0;
    q_code code = number_of(s, "SELECT max(id) FROM jobs", &id, err);
    *out = (uint64_t)id;
    return code;
}

/* ---- writing ---- */

static q_code job_put(q_store *s, const q_store_job *j, q_err *err)
{
    sqlite3_stmt *st;
    Q_TRY(prepare(s,
                  "INSERT INTO jobs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
                  " ON CONFLICT (id) DO UPDATE SET state = ?4, finished_us = ?7, record = ?9,"
                  " logs = ?10, detail = ?11",
                  &st, err));
    sqlite3_bind_int64(st, 1, (int64_t)j->id);
    bind_text(st, 2, j->app_id);
    bind_text(st, 3, j->name);
    bind_text(st, 4, j->state);
    bind_text(st, 5, j->stage);
    sqlite3_bind_int64(st, 6, j->submitted_us);
    sqlite3_bind_int64(st, 7, j->finished_us);
    sqlite3_bind_int64(st, 8, j->pipeline_id);
    sqlite3_bind_blob64(st, 9, j->record.data, j->record.len, SQLITE_STATIC);
    if (j->logs.len)
        sqlite3_bind_blob64(st, 10, j->logs.data, j->logs.len, SQLITE_STATIC);
    if (j->detail.len)
        sqlite3_bind_blob64(st, 11, j->detail.data, j->detail.len, SQLITE_STATIC);
    return finish(s, st, err);
}

static q_code transition_put(q_store *s, uint64_t job, uint32_t n, const q_store_transition *t,
                             q_err *err)
{
    sqlite3_stmt *st;
    Q_TRY(prepare(s, "INSERT OR REPLACE INTO transitions VALUES (?, ?, ?, ?)", &st, err));
    sqlite3_bind_int64(st, 1, (int64_t)job);
    sqlite3_bind_int64(st, 2, n);
    sqlite3_bind_int64(st, 3, t->at_us);
    bind_text(st, 4, t->state);
    return finish(s, st, err);
}

static q_code old_remove(q_store *s, uint64_t newest, q_err *err)
{
    sqlite3_stmt *st;
    if (newest <= Q_STORE_KEEP)
        return Q_OK;
    Q_TRY(prepare(s, "DELETE FROM jobs WHERE id <= ?", &st, err));
    sqlite3_bind_int64(st, 1, (int64_t)(newest - Q_STORE_KEEP));
    return finish(s, st, err);
}

static q_code put_all(q_store *s, const q_store_job *j, const q_store_transition *t, uint32_t n,
                      q_err *err)
{
    Q_TRY(job_put(s, j, err));
    for (uint32_t i = 0; i < n; i++)
        Q_TRY(transition_put(s, j->id, i, &t[i], err));
    Q_TRY(old_remove(s, j->id, err));
    return run(s, "COMMIT", err);
}

q_code q_store_put(q_store *s, const q_store_job *job, const q_store_transition *transitions,
                   uint32_t n_transitions, q_err *err)
{
    Q_TRY(run(s, "BEGIN IMMEDIATE", err));
    q_code code = put_all(s, job, transitions, n_transitions, err);
    if (code != Q_OK)
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

/* ---- reading ---- */

#define COLUMNS                                                                                    \
    "SELECT id, app_id, name, state, stage, submitted_us, finished_us, pipeline_id, record, logs," \
    " detail"

static q_bytes bytes_at(sqlite3_stmt *st, int column)
{
    return (q_bytes){sqlite3_column_blob(st, column), (size_t)sqlite3_column_bytes(st, column)};
}

static q_store_job row_of(sqlite3_stmt *st)
{
    return (q_store_job){.id = (uint64_t)sqlite3_column_int64(st, 0),
                         .app_id = (const char *)sqlite3_column_text(st, 1),
                         .name = (const char *)sqlite3_column_text(st, 2),
                         .state = (const char *)sqlite3_column_text(st, 3),
                         .stage = (const char *)sqlite3_column_text(st, 4),
                         .submitted_us = sqlite3_column_int64(st, 5),
                         .finished_us = sqlite3_column_int64(st, 6),
                         .pipeline_id = sqlite3_column_int64(st, 7),
                         .record = bytes_at(st, 8),
                         .logs = bytes_at(st, 9),
                         .detail = bytes_at(st, 10)};
}

static const char *text_copy(q_arena *a, const char *text)
{
    return text ? q_arena_strdup(a, text) : NULL;
}

static q_bytes bytes_copy(q_arena *a, q_bytes b)
{
    return (q_bytes){q_arena_copy(a, b.data, b.len), b.len};
}

static void job_copy(q_store_job *j, q_arena *a)
{
    j->app_id = text_copy(a, j->app_id);
    j->name = text_copy(a, j->name);
    j->state = text_copy(a, j->state);
    j->stage = text_copy(a, j->stage);
    j->record = bytes_copy(a, j->record);
    j->logs = bytes_copy(a, j->logs);
    j->detail = bytes_copy(a, j->detail);
}

q_code q_store_find(q_store *s, const char *job, q_arena *a, q_store_job *out, bool *found,
                    q_err *err)
{
    sqlite3_stmt *st;
    *found = false;
    Q_TRY(prepare(s,
                  COLUMNS " FROM jobs WHERE (id = CAST(?1 AS INTEGER) AND CAST(id AS TEXT) = ?1)"
                          " OR app_id = ?1",
                  &st, err));
    bind_text(st, 1, job);
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        *found = true;
        *out = row_of(st);
        job_copy(out, a);
    }
    q_code code = rc == SQLITE_ROW || rc == SQLITE_DONE ? Q_OK : failed(s, err);
    sqlite3_finalize(st);
    return code;
}

q_code q_store_list(q_store *s, const q_store_query *q,
                    void (*each)(void *ctx, const q_store_job *job), void *ctx, q_err *err)
{
    sqlite3_stmt *st;
    int rc;
    Q_TRY(prepare(s,
                  COLUMNS " FROM jobs WHERE (?1 = 0 OR id < ?1) AND (?2 IS NULL OR state = ?2)"
                          " AND (NOT ?3 OR finished_us = 0) ORDER BY id DESC LIMIT ?4",
                  &st, err));
    sqlite3_bind_int64(st, 1, (int64_t)q->below);
    bind_text(st, 2, q->state);
    sqlite3_bind_int(st, 3, q->unfinished);
    sqlite3_bind_int64(st, 4, q->limit ? (int64_t)q->limit : -1);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        q_store_job job = row_of(st);
        each(ctx, &job);
    }
    q_code code = rc == SQLITE_DONE ? Q_OK : failed(s, err);
    sqlite3_finalize(st);
    return code;
}
