/* A job in detail. */
#include "master/detail.h"

#include "common/base/log.h"
#include "common/io/compress.h"
#include "master/status_pg.h"

#define MAX_SQL    ((size_t)100 << 10) /* bytes of the script that are shown */
#define MAX_DETAIL ((size_t)64 << 20)  /* bytes that a stored one may grow to */
#define CODEC      "zstd"

/* ---- parts ---- */

static bool secret(const char *name)
{
    static const char *const words[] = {"password", "secret", "token", "credential", "access.key"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasestr(name, words[i]))
            return true;
    }
    return false;
}

json_t *detail_setting(const char *name, const char *value)
{
    q_buf b;
    if (!value)
        return json_null();
    if (secret(name))
        return json_string("********");
    q_buf_init(&b);
    q_log_redact(&b, value, strlen(value));
    json_t *v = q_json_textn(b.data ? b.data : "", b.len);
    q_buf_fini(&b);
    return v;
}

json_t *detail_error(const q_err *e)
{
    char caret[sizeof e->excerpt + 1];
    if (!e || !e->code)
        return json_null();
    json_t *o = json_object();
    q_json_set_text(o, "class", q_code_name(e->code));
    q_json_set_text(o, "message", e->msg);
    q_json_set_text(o, "hint", *e->hint ? e->hint : NULL);
    q_json_set_known(o, "line", e->line);
    q_json_set_known(o, "column", e->column);
    q_json_set_text(o, "excerpt", *e->excerpt ? e->excerpt : NULL);
    if (e->column && e->column < sizeof caret - 1 && *e->excerpt) {
        memset(caret, ' ', e->column - 1);
        caret[e->column - 1] = '^';
        caret[e->column] = 0;
        q_json_set_text(o, "caret", caret);
    }
    q_json_set_text(o, "source", *e->source ? e->source : NULL);
    q_json_set_known(o, "record", (int64_t)e->record);
    return o;
}

static json_t *warnings(q_job *job)
{
    json_t *list = json_array();
    pthread_mutex_lock(&job->mutex);
    for (uint32_t i = 0; i < job->n_warnings; i++)
        json_array_append_new(list, q_json_text(job->warnings[i]));
    pthread_mutex_unlock(&job->mutex);
    return list;
}

static json_t *conf(const q_job *job)
{
    json_t *o = json_object();
    for (uint32_t i = 0; i < job->submit.conf.n; i++) {
        const q_pair *p = &job->submit.conf.items[i];
        json_t *value = detail_setting(p->key, p->value);
        json_t *key = q_json_text(p->key); /* of any bytes */
        q_json_set(o, json_string_value(key), value);
        json_decref(key);
    }
    return o;
}

/* Several statements' plans stand below one root. */
static json_t *plan(const q_job_record *r)
{
    json_t *root = json_object(), *children = json_array();
    for (uint32_t i = 0; i < r->n_plans; i++) {
        json_t *one = json_loads(r->plans[i].json, 0, NULL);
        if (one && r->n_statements > 1) {
            char name[32];
            json_t *statement = json_object(), *below = json_array();
            snprintf(name, sizeof name, "Statement %u", r->plans[i].statement + 1);
            q_json_set_text(statement, "name", name);
            q_json_set_text(statement, "detail", "");
            json_array_append_new(below, one);
            q_json_set(statement, "children", below);
            one = statement;
        }
        if (one)
            json_array_append_new(children, one);
    }
    if (json_array_size(children) == 1 || !r->n_plans) {
        json_t *only = r->n_plans ? json_incref(json_array_get(children, 0)) : json_null();
        json_decref(children);
        json_decref(root);
        return only;
    }
    q_json_set_text(root, "name", "Script");
    q_json_set_text(root, "detail", "");
    q_json_set(root, "children", children);
    return root;
}

static json_t *stage(const q_record_stage *s)
{
    json_t *o = json_object();
    q_json_set_int(o, "id", s->id);
    q_json_set_int(o, "statement", s->statement);
    q_json_set_text(o, "name", s->name);
    q_json_set_text(o, "state",
                    s->state == 'R'   ? "RUNNING"
                    : s->state == 'D' ? "COMPLETED"
                                      : "FAILED");
    q_json_set_text(o, "kind", s->kind);
    q_json_set_int(o, "tasks_total", s->n_tasks);
    q_json_set_int(o, "tasks_done", s->done < s->n_tasks ? s->done : s->n_tasks);
    q_json_set_int(o, "tasks_failed", s->failed);
    q_json_set_int(o, "submitted_us", s->submitted_us);
    q_json_set_known(o, "finished_us", s->finished_us);
    q_json_set_int(o, "rows_read", (int64_t)s->rows_in);
    q_json_set_int(o, "rows_out", (int64_t)s->rows_out);
    q_json_set_int(o, "bytes_read", (int64_t)s->bytes_in);
    q_json_set_int(o, "run_us", (int64_t)s->run_us);
    q_json_set_int(o, "cpu_us", (int64_t)s->cpu_us);
    return o;
}

static json_t *stages(const q_job_record *r)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < r->n_stages; i++)
        json_array_append_new(list, stage(&r->stages[i]));
    return list;
}

static json_t *partitions(const q_job_record *r)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < r->n_partitions; i++) {
        const q_record_partition *p = &r->partitions[i];
        json_t *o = json_object();
        q_json_set_int(o, "stage", p->stage);
        q_json_set_text(o, "key", p->key);
        q_json_set_int(o, "rows", (int64_t)p->rows);
        q_json_set_known(o, "bytes", (int64_t)p->bytes);
        q_json_set_bool(o, "skewed", p->skewed);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *status_rows(const q_master *m, const q_job_record *r)
{
    json_t *list = json_array();
    uint64_t pending = m->status ? q_status_pg_pending(m->status) : 0;
    for (uint32_t i = 0; i < r->n_status; i++) {
        const q_record_status *s = &r->status[i];
        json_t *o = json_object();
        q_json_set_int(o, "at_us", s->at_us);
        q_json_set_text(o, "table", "pipeline_stages");
        q_json_set_text(o, "status", s->status);
        q_json_set_text(o, "message", s->message);
        q_json_set_bool(o, "sent", s->number + pending <= m->n_status);
        q_json_set_int(o, "number", (int64_t)s->number);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *bad_record(const q_job_read *read, uint32_t i)
{
    json_t *o = json_object();
    q_json_set_text(o, "file", read->source);
    q_json_set_known(o, "record", (int64_t)read->first[i].record);
    q_json_set_int(o, "byte", (int64_t)read->first[i].byte);
    q_json_set(o, "line", json_null());
    q_json_set(o, "column", json_null());
    q_json_set_text(o, "reason", read->first[i].reason);
    q_json_set_text(o, "excerpt", read->first[i].excerpt);
    return o;
}

/* The driver writes its reads until it ends. */
static json_t *bad_records(const master_job *j)
{
    json_t *o = json_object(), *first = json_array();
    uint64_t n = 0, fields = 0;
    for (uint32_t i = 0; j->ended && i < j->job->n_reads; i++) {
        const q_job_read *read = &j->job->reads[i];
        n += read->n_bad;
        fields += read->n_bad_fields;
        for (uint32_t k = 0; k < read->n_first; k++)
            json_array_append_new(first, bad_record(read, k));
    }
    q_json_set_int(o, "count", (int64_t)n);
    q_json_set_int(o, "fields", (int64_t)fields);
    q_json_set(o, "first", first);
    return o;
}

json_t *detail_object(const q_master *m, const master_job *j)
{
    q_job *job = j->job;
    q_job_record *r = &job->record;
    size_t sql = strlen(job->submit.sql);
    json_t *o = json_object();
    q_json_set(o, "sql", q_json_textn(job->submit.sql, sql < MAX_SQL ? sql : MAX_SQL));
    q_json_set(o, "warnings", warnings(job));
    q_json_set(o, "conf", conf(job));
    q_json_set(o, "error", j->ended ? detail_error(&job->error) : json_null());
    q_json_set(o, "bad_records_report", bad_records(j));
    pthread_mutex_lock(&r->mutex);
    q_json_set_int(o, "statement", r->statement);
    q_json_set_int(o, "statements", r->n_statements);
    q_json_set(o, "plan", plan(r));
    q_json_set(o, "stages", stages(r));
    q_json_set(o, "partitions", partitions(r));
    q_json_set(o, "status_rows", status_rows(m, r));
    pthread_mutex_unlock(&r->mutex);
    return o;
}

/* ---- tasks ---- */

static const char *const columns[] = {"stage",  "task",  "attempt", "worker", "start_us",
                                      "run_us", "state", "rows",    "bytes"};
#define N_COLUMNS (sizeof columns / sizeof columns[0])

static json_t *state_text(char state)
{
    return json_stringn(&state, 1);
}

static void attempt_add(json_t *out[N_COLUMNS], const q_record_attempt *a, int64_t since_us)
{
    q_json_append_int(out[0], a->stage);
    q_json_append_int(out[1], a->task);
    q_json_append_int(out[2], a->attempt);
    q_json_append_int(out[3], a->worker);
    q_json_append_int(out[4], a->start_us - since_us);
    q_json_append_int(out[5], a->run_us);
    json_array_append_new(out[6], state_text(a->state));
    q_json_append_int(out[7], (int64_t)a->rows);
    q_json_append_int(out[8], (int64_t)a->bytes);
}

static json_t *tasks_object(json_t *workers, json_t *out[N_COLUMNS], bool truncated)
{
    json_t *o = json_object();
    q_json_set(o, "workers", workers);
    q_json_set_int(o, "n", (int64_t)json_array_size(out[0]));
    q_json_set_bool(o, "truncated", truncated);
    for (size_t c = 0; c < N_COLUMNS; c++)
        q_json_set(o, columns[c], out[c]);
    return o;
}

json_t *detail_tasks(const q_job *job, uint32_t stage_id, uint32_t max)
{
    q_job_record *r = (q_job_record *)&job->record;
    json_t *out[N_COLUMNS], *workers = json_array();
    uint32_t n = 0;
    bool more = false;
    for (size_t c = 0; c < N_COLUMNS; c++)
        out[c] = json_array();
    pthread_mutex_lock(&r->mutex);
    for (uint32_t i = 0; i < r->n_workers; i++)
        json_array_append_new(workers, q_json_text(r->workers[i].name));
    for (uint32_t i = 0; i < r->n_attempts && !more; i++) {
        if (stage_id != UINT32_MAX && r->attempts[i].stage != stage_id)
            continue;
        more = n == max;
        if (n++ < max)
            attempt_add(out, &r->attempts[i], job->submitted_us);
    }
    more |= r->left_out > 0;
    pthread_mutex_unlock(&r->mutex);
    return tasks_object(workers, out, more);
}

json_t *detail_tasks_of(const json_t *tasks, uint32_t stage_id, uint32_t max)
{
    json_t *out[N_COLUMNS];
    const json_t *in[N_COLUMNS];
    bool more = json_is_true(json_object_get(tasks, "truncated"));
    for (size_t c = 0; c < N_COLUMNS; c++) {
        out[c] = json_array();
        in[c] = json_object_get(tasks, columns[c]);
    }
    for (size_t i = 0; i < json_array_size(in[0]); i++) {
        if (stage_id != UINT32_MAX &&
            json_integer_value(json_array_get(in[0], i)) != (json_int_t)stage_id)
            continue;
        if (json_array_size(out[0]) == max) {
            more = true;
            break;
        }
        for (size_t c = 0; c < N_COLUMNS; c++)
            json_array_append(out[c], json_array_get(in[c], i));
    }
    json_t *workers = json_object_get(tasks, "workers");
    return tasks_object(workers ? json_incref(workers) : json_array(), out, more);
}

/* ---- keeping ---- */

void detail_keep(const q_master *m, master_job *j)
{
    q_buf text;
    q_compressor *c = NULL;
    if (j->job->record.off)
        return;
    json_t *o = detail_object(m, j);
    q_json_set(o, "tasks", detail_tasks(j->job, UINT32_MAX, UINT32_MAX));
    q_buf_init(&text);
    q_json_print(&text, o);
    q_buf_clear(&j->detail);
    if (q_compressor_new(CODEC, &c, NULL) == Q_OK && !text.failed &&
        q_compressor_add(c, text.data, text.len, &j->detail, NULL) == Q_OK)
        q_compressor_finish(c, &j->detail, NULL);
    q_compressor_destroy(&c);
    q_buf_fini(&text);
    q_job_record_empty(&j->job->record);
}

json_t *detail_unpack(const void *data, size_t n)
{
    q_budget budget;
    q_inflated text;
    if (!n)
        return NULL;
    q_budget_init(&budget, "the job store", MAX_DETAIL);
    if (q_inflate(CODEC, "a job's detail", data, n, &budget, &text, NULL) != Q_OK)
        return NULL;
    json_t *o = json_loadb(text.data, text.bytes, 0, NULL);
    q_inflated_fini(&text);
    return o;
}
