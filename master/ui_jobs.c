/* Jobs: those in memory, then those that only the store has. */
#include "common/base/err.h"
#include "master/ui_internal.h"

#define MAX_LIST 500

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

static void list_store(const q_ui *ui, const list_query *q, uint64_t below, json_t *list)
{
    static const q_rec_job_report none;
    q_arena a;
    q_msg_jobs found = {0};
    const q_msg_list_jobs ask = {.limit = (uint32_t)(q->limit - json_array_size(list)),
                                 .state = q->state};
    q_arena_init(&a, NULL);
    history_list(ui->m, below, &ask, &a, &found);
    for (uint32_t i = 0; i < found.jobs.n; i++)
        json_array_append_new(list, job_object(&found.jobs.items[i], &none));
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

static void detail_add(json_t *o, const q_job *job)
{
    json_t *conf = json_object();
    q_json_set_text(o, "sql", job->submit.sql);
    for (uint32_t i = 0; i < job->submit.conf.n; i++)
        q_json_set_text(conf, job->submit.conf.items[i].key, job->submit.conf.items[i].value);
    q_json_set(o, "conf", conf);
}

void ui_get_job(void *ctx, q_http_request *r)
{
    const q_ui *ui = ctx;
    q_arena a;
    q_message msg;
    const master_job *j = master_job_find(ui->m, q_http_param(r, 0));
    q_arena_init(&a, NULL);
    if (j) {
        json_t *o = ui_job(j);
        detail_add(o, j->job);
        q_http_json(r, 200, o);
    } else if (history_find(ui->m, Q_MSG_JOB, q_http_param(r, 0), &a, &msg)) {
        static const q_rec_job_report none;
        q_http_json(r, 200, job_object(msg.u.job.job, msg.u.job.report ? msg.u.job.report : &none));
    } else {
        no_job(r);
    }
    q_arena_fini(&a);
}
