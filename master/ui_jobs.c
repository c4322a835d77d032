/* Jobs: those in memory, then those that only the store has. */
#include <time.h>

#include "common/base/clock.h"
#include "common/http/route.h"
#include "master/status_pg.h"
#include "master/store.h"
#include "master/ui_internal.h"

#define MAX_LIST         500
#define MAX_TASKS        5000 /* attempts in one answer */
#define MAX_WRONG_TOKENS 10
#define WRONG_TOKENS_MS  60000

const char *ui_state(const char *state)
{
    if (strcmp(state, "PLANNING") == 0 || strcmp(state, "COMMITTING") == 0)
        return "RUNNING";
    return state;
}

static json_t *error_brief(const q_err *e)
{
    if (!e || !e->code)
        return json_null();
    json_t *o = json_object();
    q_json_set_text(o, "class", q_code_name(e->code));
    q_json_set_text(o, "message", e->msg);
    return o;
}

static json_t *job_object(const q_rec_job_info *j, const q_rec_job_report *r)
{
    json_t *o = json_object();
    uint64_t bad = 0;
    for (uint32_t i = 0; i < r->reads.n; i++)
        bad += r->reads.items[i].n_bad;
    q_json_set_int(o, "id", (int64_t)j->job_id);
    q_json_set_text(o, "app_id", j->app_id);
    q_json_set_text(o, "name", j->name);
    q_json_set_text(o, "user", j->user);
    q_json_set_text(o, "state", ui_state(j->state));
    q_json_set_int(o, "submitted_us", j->submitted_us);
    q_json_set_known(o, "started_us", j->started_us);
    q_json_set_known(o, "finished_us", j->finished_us);
    q_json_set_int(o, "tasks_done", j->tasks_done);
    q_json_set_int(o, "tasks_total", j->tasks_total);
    q_json_set_int(o, "tasks_failed", r->retries);
    q_json_set_int(o, "rows_read", (int64_t)j->rows_in);
    q_json_set_int(o, "rows_written", (int64_t)j->rows_out);
    q_json_set_int(o, "bytes_read", (int64_t)r->bytes_in);
    q_json_set_int(o, "bad_records", (int64_t)bad);
    q_json_set_known(o, "pipeline_id", j->pipeline_id);
    q_json_set(o, "error", error_brief(j->error));
    return o;
}

/* The driver writes its reports until it ends. */
static void report_of(const master_job *j, q_arena *a, q_rec_job_report *out)
{
    if (j->ended) {
        questions_report(j, a, out);
        return;
    }
    q_job_progress p = q_job_progress_get(j->job);
    *out = (q_rec_job_report){.bytes_in = p.bytes_in, .retries = p.retries};
}

json_t *ui_job(const master_job *j)
{
    q_arena a;
    q_rec_job_info info;
    q_rec_job_report report;
    q_arena_init(&a, NULL);
    questions_info(j, &info);
    report_of(j, &a, &report);
    json_t *o = job_object(&info, &report);
    q_arena_fini(&a);
    q_job_record *record = &j->job->record;
    pthread_mutex_lock(&record->mutex);
    q_json_set_known(o, "statement", record->statement);
    q_json_set_known(o, "statements", record->n_statements);
    pthread_mutex_unlock(&record->mutex);
    return o;
}

/* ---- the list ---- */

typedef struct list_query {
    uint64_t limit, before;
    const char *state;
} list_query;

static bool wanted(const list_query *q, const q_rec_job_info *info)
{
    return (!q->before || info->job_id < q->before) &&
           (!q->state || strcmp(q->state, ui_state(info->state)) == 0);
}

/* Returns where the store goes on. */
static uint64_t list_memory(const q_ui *ui, const list_query *q, json_t *list)
{
    uint64_t below = q->before ? q->before : ui->m->next_job;
    for (const master_job *j = ui->m->jobs; j && json_array_size(list) < q->limit; j = j->next) {
        q_rec_job_info info;
        questions_info(j, &info);
        below = info.job_id < below ? info.job_id : below;
        if (wanted(q, &info))
            json_array_append_new(list, ui_job(j));
    }
    return below;
}

/* A stored job's line. The report is the part of its record that a line's other numbers are in; a
 * job that its master did not see end has none. */
static json_t *stored_object(const q_msg_job *job)
{
    static const q_rec_job_report none;
    return job_object(job->job, job->report ? job->report : &none);
}

static void list_stored(void *list, const q_msg_job *job)
{
    json_array_append_new(list, stored_object(job));
}

static void list_store(const q_ui *ui, const list_query *q, uint64_t below, json_t *list)
{
    q_arena a;
    const q_store_query past = {
        .below = below, .state = q->state, .limit = (uint32_t)(q->limit - json_array_size(list))};
    q_arena_init(&a, NULL);
    history_list(ui->m, &past, &a, list_stored, list);
    q_arena_fini(&a);
}

static bool state_known(const char *state)
{
    static const char *const states[] = {"WAITING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (strcmp(state, states[i]) == 0)
            return true;
    }
    return false;
}

void ui_get_jobs(void *ctx, q_http_request *r)
{
    const q_ui *ui = ctx;
    list_query q = {.state = q_http_query(r, "state")};
    if (!q_http_query_number(r, "limit", 50, MAX_LIST, &q.limit) ||
        !q_http_query_number(r, "before", 0, INT64_MAX, &q.before))
        return;
    if (q.state && !*q.state)
        q.state = NULL;
    if (q.state && !state_known(q.state)) {
        q_http_error(r, 400, "BAD_REQUEST", "there is no such state",
                     "WAITING, RUNNING, COMPLETED, FAILED or CANCELLED");
        return;
    }
    json_t *list = json_array(), *o = json_object();
    uint64_t below = list_memory(ui, &q, list);
    if (json_array_size(list) < q.limit)
        list_store(ui, &q, below, list);
    size_t n = json_array_size(list);
    json_t *last = n ? json_object_get(json_array_get(list, n - 1), "id") : NULL;
    q_json_set(o, "next_before", last && n == q.limit ? json_incref(last) : json_null());
    q_json_set(o, "jobs", list);
    q_http_json(r, 200, o);
}

/* ---- one ---- */

static void no_job(q_http_request *r)
{
    char text[300];
    snprintf(text, sizeof text, "no job %s is known here", q_http_param(r, 0));
    q_http_error(r, 404, "NOT_FOUND", text, "/api/quern/jobs lists the jobs");
}

/* A job with what is known beyond its line in the list; NULL: there is no such job. */
typedef struct found_job {
    const master_job *live; /* in memory; NULL: in the store */
    json_t *brief, *detail; /* detail of one that has ended, NULL: none was kept */
} found_job;

static void found_drop(found_job *f)
{
    json_decref(f->brief);
    json_decref(f->detail);
}

static bool found_in_store(q_master *m, const char *name, found_job *out)
{
    q_arena a;
    q_message msg;
    q_arena_init(&a, NULL);
    bool found = history_find(m, Q_MSG_JOB, name, &a, &msg);
    if (found) {
        q_bytes detail = history_detail(m, name, &a);
        out->brief = stored_object(&msg.u.job);
        out->detail = detail_unpack(detail.data, detail.len);
    }
    q_arena_fini(&a);
    return found;
}

static bool job_find(const q_ui *ui, const char *name, found_job *out)
{
    *out = (found_job){.live = master_job_find(ui->m, name)};
    if (out->live) {
        out->brief = ui_job(out->live);
        if (out->live->detail.len)
            out->detail = detail_unpack(out->live->detail.data, out->live->detail.len);
        return true;
    }
    return found_in_store(ui->m, name, out);
}

/* Answers when there is none. */
static bool job_asked(const q_ui *ui, q_http_request *r, found_job *out)
{
    bool found = job_find(ui, q_http_param(r, 0), out);
    if (!found)
        no_job(r);
    return found;
}

/* What was handed over later than it was written down is known as long as this master lives. */
static void sent_fill(const q_ui *ui, const found_job *f, json_t *detail)
{
    size_t i;
    json_t *row;
    uint64_t pending = ui->m->status ? q_status_pg_pending(ui->m->status) : 0;
    json_array_foreach(json_object_get(detail, "status_rows"), i, row)
    {
        json_int_t number = json_integer_value(json_object_get(row, "number"));
        if (f->live)
            q_json_set_bool(row, "sent", (uint64_t)number + pending <= ui->m->n_status);
        json_object_del(row, "number");
    }
}

static json_t *whole(const q_ui *ui, found_job *f)
{
    if (f->live && !f->detail)
        f->detail = detail_object(ui->m, f->live);
    if (f->detail) {
        sent_fill(ui, f, f->detail);
        json_object_del(f->detail, "tasks");
        json_object_update(f->brief, f->detail);
    }
    json_t *o = json_incref(f->brief);
    found_drop(f);
    return o;
}

json_t *ui_job_whole(const q_ui *ui, const char *name)
{
    found_job f;
    return job_find(ui, name, &f) ? whole(ui, &f) : NULL;
}

void ui_get_job(void *ctx, q_http_request *r)
{
    found_job f;
    if (job_asked(ctx, r, &f))
        q_http_json(r, 200, whole(ctx, &f));
}

void ui_get_tasks(void *ctx, q_http_request *r)
{
    uint64_t stage;
    found_job f;
    if (!q_http_query_number(r, "stage", UINT32_MAX, UINT32_MAX, &stage) || !job_asked(ctx, r, &f))
        return;
    if (f.live && !f.detail)
        q_http_json(r, 200, detail_tasks(f.live->job, (uint32_t)stage, MAX_TASKS));
    else
        q_http_json(
            r, 200,
            detail_tasks_of(json_object_get(f.detail, "tasks"), (uint32_t)stage, MAX_TASKS));
    found_drop(&f);
}

/* ---- logs ---- */

/* "26/01/31 12:00:00 INFO text" (job_log.c), local time. */
static json_t *log_line(const char *line)
{
    struct tm tm = {0};
    json_t *o = json_object();
    const char *level = strptime(line, "%y/%m/%d %H:%M:%S ", &tm);
    size_t n = level ? strcspn(level, " ") : 0;
    tm.tm_isdst = -1;
    q_json_set_known(o, "at_us", level ? (int64_t)mktime(&tm) * 1000000 : 0);
    q_json_set(o, "level", n ? q_json_textn(level, n) : json_null());
    q_json_set_text(o, "text", n && level[n] ? level + n + 1 : line);
    return o;
}

void ui_get_logs(void *ctx, q_http_request *r)
{
    const q_ui *ui = ctx;
    q_arena a;
    q_message msg;
    const char *name = q_http_param(r, 0);
    const master_job *j = master_job_find(ui->m, name);
    q_arena_init(&a, NULL);
    if (j)
        questions_logs(j, 0, &a, &msg);
    if (j || history_find(ui->m, Q_MSG_LOGS, name, &a, &msg)) {
        json_t *o = json_object(), *lines = json_array();
        for (uint32_t i = 0; i < msg.u.logs.lines.n; i++)
            json_array_append_new(lines, log_line(msg.u.logs.lines.items[i]));
        q_json_set(o, "lines", lines);
        q_http_json(r, 200, o);
    } else {
        no_job(r);
    }
    q_arena_fini(&a);
}

/* ---- cancel ---- */

/* Whoever tries tokens gets few answers. */
static bool tries_left(q_ui *ui)
{
    uint64_t now = q_clock_mono_ms();
    if (now - ui->wrong_ms > WRONG_TOKENS_MS) {
        ui->wrong_ms = now;
        ui->wrong_tokens = 0;
    }
    return ui->wrong_tokens < MAX_WRONG_TOKENS;
}

/* Answers when it is not. */
static bool allowed(q_ui *ui, q_http_request *r)
{
    const char *token = q_conf_str(ui->config.conf, Q_SET_UI_TOKEN);
    if (!token || !*token) {
        q_http_error(r, 403, "FORBIDDEN", "this master has no token: nothing can be cancelled here",
                     "start it with quern.ui.token or QUERN_UI_TOKEN, or use quern cancel");
        return false;
    }
    if (!tries_left(ui)) {
        q_http_add_header(r, "Retry-After", "60");
        q_http_error(r, 429, "TOO_MANY_REQUESTS", "too many wrong tokens; wait a minute", NULL);
        return false;
    }
    if (q_http_token_match(q_http_header(r, "Authorization"), token))
        return true;
    ui->wrong_tokens += q_http_header(r, "Authorization") != NULL;
    q_http_add_header(r, "WWW-Authenticate", "Bearer");
    q_http_error(r, 401, "UNAUTHORIZED", "cancelling needs the master's token",
                 "Authorization: Bearer TOKEN");
    return false;
}

void ui_post_cancel(void *ctx, q_http_request *r)
{
    q_ui *ui = ctx;
    if (!allowed(ui, r))
        return;
    master_job *j = master_job_find(ui->m, q_http_param(r, 0));
    if (!j) {
        no_job(r);
        return;
    }
    bool ended = j->ended;
    json_t *o = json_object();
    if (!ended)
        master_job_cancel(ui->m, j, "on request of the UI");
    else
        q_json_set_text(o, "error", "ALREADY_ENDED");
    q_json_set_text(o, "state", ui_state(q_job_state_name(q_job_progress_get(j->job).state)));
    q_json_set_text(o, "message",
                    ended ? "the job has ended already" : "the job is being cancelled");
    q_http_json(r, ended ? 409 : 202, o);
    master_pump(ui->m);
}
