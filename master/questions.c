/* What clients ask about jobs and workers. */
#include <stdlib.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "master/internal.h"
#include "master/store.h"

void questions_report(const master_job *j, q_arena *a, q_rec_job_report *r)
{
    const q_job *job = j->job;
    q_job_progress p = q_job_progress_get((q_job *)job);
    *r = (q_rec_job_report){.rows_in = p.rows_in,
                            .rows_out = p.rows_out,
                            .bytes_in = p.bytes_in,
                            .bytes_out = p.bytes_out,
                            .run_us = (uint64_t)(job->finished_us - job->submitted_us),
                            .retries = p.retries};
    r->warnings.n = job->n_warnings;
    r->warnings.items = q_arena_copy(a, job->warnings, sizeof *job->warnings * job->n_warnings);
    r->reads.n = job->n_reads;
    r->reads.items = q_arena_array(a, q_rec_read_report, job->n_reads);
    for (uint32_t i = 0; i < job->n_reads; i++) {
        const q_job_read *from = &job->reads[i];
        q_rec_read_report *to = &r->reads.items[i];
        *to = (q_rec_read_report){.source = from->source,
                                  .n_records = from->n_records,
                                  .n_bad = from->n_bad,
                                  .n_bad_fields = from->n_bad_fields};
        to->first.n = from->n_first;
        to->first.items = q_arena_array(a, q_rec_bad_record, from->n_first);
        for (uint32_t k = 0; k < from->n_first; k++)
            to->first.items[k] = (q_rec_bad_record){from->first[k].byte, from->first[k].record,
                                                    from->first[k].reason, from->first[k].excerpt};
    }
}

static q_rec_job_info info_of(const master_job *j)
{
    const q_job *job = j->job;
    q_job_progress p = q_job_progress_get((q_job *)job);
    int64_t started_us, finished_us;
    q_job_times((q_job *)job, &started_us, &finished_us);
    return (q_rec_job_info){.job_id = job->id,
                            .app_id = job->app_id,
                            .name = job->submit.name,
                            .state = q_job_state_name(p.state),
                            .user = job->submit.user,
                            .submitted_us = job->submitted_us,
                            .started_us = started_us,
                            .finished_us = finished_us,
                            .tasks_done = p.tasks_done,
                            .tasks_total = p.tasks_total,
                            .rows_in = p.rows_in,
                            .rows_out = p.rows_out,
                            .pipeline_id = job->submit.pipeline_id,
                            .error = j->ended && job->error.code ? &job->error : NULL};
}

typedef struct job_lines {
    q_arena *a;
    q_rec_job_info *items;
    uint32_t n, cap;
} job_lines;

static void job_lines_add(void *ctx, const q_msg_job *job)
{
    job_lines *l = ctx;
    if (l->n == l->cap) {
        uint32_t cap = 2 * l->cap + 16;
        l->items = q_arena_grow(l->a, l->items, sizeof *l->items * l->cap, sizeof *l->items * cap);
        l->cap = cap;
    }
    l->items[l->n++] = *job->job;
}

static void list_jobs(q_master *m, uint64_t peer, const q_msg_list_jobs *ask)
{
    q_arena a;
    q_message msg;
    uint64_t oldest = m->next_job;
    q_arena_init(&a, NULL);
    job_lines lines = {.a = &a};
    for (master_job *j = m->jobs; j && (!ask->limit || lines.n < ask->limit); j = j->next) {
        q_rec_job_info info = info_of(j);
        const q_msg_job line = {.job = &info};
        oldest = info.job_id;
        if (!ask->state || strcmp(ask->state, info.state) == 0)
            job_lines_add(&lines, &line);
    }
    const q_store_query past = {
        .below = oldest, .state = ask->state, .limit = ask->limit ? ask->limit - lines.n : 0};
    if (!ask->limit || lines.n < ask->limit)
        history_list(m, &past, &a, job_lines_add, &lines);
    q_message_init(&msg, Q_MSG_JOBS);
    msg.u.jobs.req = ask->req;
    msg.u.jobs.jobs.n = lines.n;
    msg.u.jobs.jobs.items = lines.items;
    master_send(m, peer, &msg, NULL);
    q_arena_fini(&a);
}

void questions_info(const master_job *j, q_rec_job_info *out)
{
    *out = info_of(j);
}

void questions_job(const master_job *j, q_arena *a, q_message *out)
{
    q_rec_job_info info = info_of(j);
    q_message_init(out, Q_MSG_JOB);
    out->u.job.job = q_arena_copy(a, &info, sizeof info);
    if (j->ended) {
        q_rec_job_report *report = q_arena_new(a, q_rec_job_report);
        questions_report(j, a, report);
        out->u.job.report = report;
    }
}

void questions_logs(const master_job *j, uint32_t limit, q_arena *a, q_message *out)
{
    q_message_init(out, Q_MSG_LOGS);
    q_job_log_get(&j->job->log, limit, a, &out->u.logs.lines);
}

static void job_answer(q_master *m, uint64_t peer, const master_job *j, uint64_t req)
{
    q_arena a;
    q_message msg;
    q_arena_init(&a, NULL);
    questions_job(j, &a, &msg);
    msg.u.job.req = req;
    master_send(m, peer, &msg, NULL);
    q_arena_fini(&a);
}

static void not_found(q_master *m, uint64_t peer, const char *what, uint64_t req)
{
    q_err err;
    q_err_set(&err, Q_E_NOT_FOUND, "no job %s is known here", what);
    q_err_hint(&err, "quern status lists the jobs");
    master_refuse(m, peer, NULL, req, &err);
}

static void past_answer(q_master *m, uint64_t peer, q_msg_type type, const char *job,
                        uint32_t limit, uint64_t req)
{
    q_arena a;
    q_message msg;
    q_arena_init(&a, NULL);
    if (!history_find(m, type, job, &a, &msg)) {
        not_found(m, peer, job, req);
    } else {
        if (type == Q_MSG_JOB)
            msg.u.job.req = req;
        else
            msg.u.logs.req = req;
        q_strings *lines = &msg.u.logs.lines;
        if (type == Q_MSG_LOGS && limit && lines->n > limit) {
            lines->items += lines->n - limit;
            lines->n = limit;
        }
        master_send(m, peer, &msg, NULL);
    }
    q_arena_fini(&a);
}

static void get_job(q_master *m, uint64_t peer, const q_msg_get_job *q)
{
    master_job *j = master_job_find(m, q->job);
    if (!j) {
        past_answer(m, peer, Q_MSG_JOB, q->job, 0, q->req);
        return;
    }
    for (size_t i = 0; q->watch && i < sizeof j->watchers / sizeof j->watchers[0]; i++) {
        if (!j->watchers[i]) {
            j->watchers[i] = peer;
            break;
        }
    }
    job_answer(m, peer, j, q->req);
}

static void get_logs(q_master *m, uint64_t peer, const q_msg_get_logs *q)
{
    q_arena a;
    q_message msg;
    master_job *j = master_job_find(m, q->job);
    if (!j) {
        past_answer(m, peer, Q_MSG_LOGS, q->job, q->limit, q->req);
        return;
    }
    q_arena_init(&a, NULL);
    questions_logs(j, q->limit, &a, &msg);
    msg.u.logs.req = q->req;
    master_send(m, peer, &msg, NULL);
    q_arena_fini(&a);
}

static void cancel(q_master *m, uint64_t peer, const q_msg_cancel *q)
{
    master_job *j = master_job_find(m, q->job);
    if (!j) {
        not_found(m, peer, q->job, q->req);
        return;
    }
    master_job_cancel(m, j, "on request");
    job_answer(m, peer, j, q->req);
}

static void list_workers(q_master *m, uint64_t peer, const q_msg_list_workers *q)
{
    static const char *const states[] = {"ALIVE", "DRAINING", "LOST"};
    uint32_t n = 0;
    for (master_worker *w = m->workers; w; w = w->next)
        n++;
    q_rec_worker_info *items = calloc(n + 1, sizeof *items);
    Q_ASSERT(items);
    n = 0;
    for (master_worker *w = m->workers; w; w = w->next) {
        q_sched_worker_info info = {0};
        q_sched_worker_info_get(m->sched, w->id, &info);
        items[n++] = (q_rec_worker_info){.worker_id = w->worker_id,
                                         .host = w->host,
                                         .state = states[w->state],
                                         .cores = w->cores,
                                         .cores_used = info.running,
                                         .memory_bytes = w->memory_bytes,
                                         .memory_used_bytes = w->memory_used_bytes,
                                         .tasks_running = info.running,
                                         .heartbeat_age_ms =
                                             (uint64_t)((int64_t)q_clock_mono_ms() - info.heard_ms),
                                         .registered_us = w->registered_us,
                                         .version = w->version,
                                         .webui_port = w->webui_port};
    }
    q_message msg;
    q_message_init(&msg, Q_MSG_WORKERS);
    msg.u.workers = (q_msg_workers){.workers = {n, items}, .req = q->req};
    master_send(m, peer, &msg, NULL);
    free(items);
}

void questions_message(q_master *m, uint64_t peer, const q_message *msg)
{
    switch (msg->type) {
    case Q_MSG_CANCEL:
        cancel(m, peer, &msg->u.cancel);
        break;
    case Q_MSG_LIST_JOBS:
        list_jobs(m, peer, &msg->u.list_jobs);
        break;
    case Q_MSG_GET_JOB:
        get_job(m, peer, &msg->u.get_job);
        break;
    case Q_MSG_GET_LOGS:
        get_logs(m, peer, &msg->u.get_logs);
        break;
    case Q_MSG_LIST_WORKERS:
        list_workers(m, peer, &msg->u.list_workers);
        break;
    default:
        break;
    }
}
