/* What the status tables are told about jobs of pipelines. */
#include <string.h>

#include "common/base/clock.h"
#include "master/internal.h"
#include "master/status_pg.h"
#include "master/store.h"

/* A job that takes longer to read its input is shown as running before the count is known. */
#define COUNT_WAIT_MS 1000

/* Errors as one line: class, text and place, without the lines that point at the place. */
static const char *error_line(const q_err *e, char *out, size_t size)
{
    q_err_format(e, out, size);
    out[strcspn(out, "\n")] = 0;
    return out;
}

static bool watched(const q_master *m, const q_job *job)
{
    return m->status && job->submit.pipeline_id > 0;
}

static void put(q_master *m, const q_job *job, q_stage_status status, const char *message,
                int64_t records)
{
    static const char *const names[] = {"running", "completed", "failed"};
    const q_status_update u = {.pipeline_id = job->submit.pipeline_id,
                               .stage = job->submit.stage_name,
                               .status = status,
                               .message = message,
                               .started_us = job->submitted_us,
                               .finished_us = q_clock_wall_us(),
                               .records = records};
    q_status_pg_put(m->status, &u);
    q_job_record_status((q_job_record *)&job->record, u.finished_us, names[status], message,
                        ++m->n_status);
}

static void put_count(q_master *m, master_job *j, q_stage_status status, const char *what,
                      uint64_t records)
{
    char text[80];
    snprintf(text, sizeof text, "%s %llu records", what, (unsigned long long)records);
    j->status_due_ms = 0;
    put(m, j->job, status, text, (int64_t)records);
}

void status_accepted(q_master *m, master_job *j)
{
    if (watched(m, j->job))
        j->status_due_ms = (int64_t)q_clock_mono_ms() + COUNT_WAIT_MS;
}

void status_refused(q_master *m, const q_job *job, const q_err *why)
{
    char text[1024];
    if (watched(m, job))
        put(m, job, Q_STAGE_FAILED, error_line(why, text, sizeof text), -1);
}

void status_lost(q_master *m, const q_store_job *job, const q_err *why)
{
    char text[1024];
    const q_status_update u = {.pipeline_id = job->pipeline_id,
                               .stage = job->stage,
                               .status = Q_STAGE_FAILED,
                               .message = error_line(why, text, sizeof text),
                               .started_us = job->submitted_us,
                               .finished_us = job->finished_us,
                               .records = -1};
    if (m->status && job->pipeline_id > 0)
        q_status_pg_put(m->status, &u);
}

void status_read(q_master *m, const master_run *r)
{
    master_job *j = r->job;
    q_run *run = r->run;
    if (!watched(m, j->job) || j->status_counted)
        return;
    uint64_t n = q_job_progress_get(j->job).rows_in;
    pthread_mutex_lock(&run->mutex);
    for (uint32_t i = 0; i < run->n_tasks; i++)
        n += run->tasks[i].input ? 0 : run->tasks[i].metrics.rows_in;
    pthread_mutex_unlock(&run->mutex);
    j->status_counted = true;
    put_count(m, j, Q_STAGE_RUNNING, "Processing", n);
}

void status_done(q_master *m, master_job *j)
{
    q_job *job = j->job;
    char text[1024];
    if (!watched(m, job))
        return;
    q_job_progress p = q_job_progress_get(job);
    if (p.state == Q_JOB_COMPLETED) {
        if (j->status_due_ms)
            put_count(m, j, Q_STAGE_RUNNING, "Processing", p.rows_in);
        put_count(m, j, Q_STAGE_COMPLETED, "Successfully processed", p.rows_in);
    } else {
        j->status_due_ms = 0;
        put(m, job, Q_STAGE_FAILED, error_line(&job->error, text, sizeof text), -1);
    }
}

int64_t status_tick(q_master *m, int64_t now_ms)
{
    int64_t due = INT64_MAX;
    for (master_job *j = m->jobs; j && m->status; j = j->next) {
        if (!j->status_due_ms)
            continue;
        if (j->status_due_ms <= now_ms) {
            j->status_due_ms = 0;
            put(m, j->job, Q_STAGE_RUNNING, "Processing records", -1);
        } else if (j->status_due_ms < due) {
            due = j->status_due_ms;
        }
    }
    return due;
}
