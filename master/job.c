/* Jobs. */
#include "master/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/assert.h"

const char *q_job_state_name(q_job_state s)
{
    static const char *const names[] = {"WAITING",   "PLANNING", "RUNNING",  "COMMITTING",
                                        "COMPLETED", "FAILED",   "CANCELLED"};
    return names[s];
}

bool q_job_state_may(q_job_state from, q_job_state to)
{
    if (q_job_state_final(from))
        return false;
    if (to == Q_JOB_FAILED || to == Q_JOB_CANCELLED)
        return true;
    /* a script's next statement plans and runs again */
    if (from == Q_JOB_COMMITTING || from == Q_JOB_RUNNING)
        return to >= Q_JOB_PLANNING && to <= Q_JOB_COMPLETED;
    return to > from;
}

/* ---- copying the submission ---- */

static const char *copy_text(q_arena *a, const char *s)
{
    return s ? q_arena_strdup(a, s) : NULL;
}

static q_pairs copy_pairs(q_arena *a, const q_pairs *p)
{
    q_pairs out = {p->n, q_arena_array(a, q_pair, p->n)};
    for (uint32_t i = 0; i < p->n; i++)
        out.items[i] = (q_pair){copy_text(a, p->items[i].key), copy_text(a, p->items[i].value)};
    return out;
}

static void copy_input(q_arena *a, q_rec_input *in)
{
    in->view = copy_text(a, in->view);
    in->path = copy_text(a, in->path);
    in->format = copy_text(a, in->format);
    in->schema = copy_text(a, in->schema);
    in->options = copy_pairs(a, &in->options);
    q_rec_file *files = q_arena_array(a, q_rec_file, in->files.n);
    for (uint32_t i = 0; i < in->files.n; i++) {
        files[i] = in->files.items[i];
        files[i].path = copy_text(a, files[i].path);
    }
    in->files.items = files;
}

static void copy_output(q_arena *a, q_rec_output *out)
{
    out->kind = copy_text(a, out->kind);
    out->path = copy_text(a, out->path);
    out->format = copy_text(a, out->format);
    out->mode = copy_text(a, out->mode);
    out->options = copy_pairs(a, &out->options);
    out->marker = copy_text(a, out->marker);
    if (out->error)
        out->error = q_arena_copy(a, out->error, sizeof *out->error);
}

static void copy_submit(q_arena *a, q_msg_submit *to, const q_msg_submit *from)
{
    *to = *from;
    to->token = copy_text(a, from->token);
    to->sql = copy_text(a, from->sql);
    to->name = copy_text(a, from->name);
    to->source = copy_text(a, from->source);
    to->user = copy_text(a, from->user);
    to->stage_name = copy_text(a, from->stage_name);
    to->trace_id = copy_text(a, from->trace_id);
    to->span_id = copy_text(a, from->span_id);
    to->conf = copy_pairs(a, &from->conf);
    to->params = copy_pairs(a, &from->params);
    to->inputs.items = q_arena_array(a, q_rec_input, from->inputs.n);
    for (uint32_t i = 0; i < from->inputs.n; i++) {
        to->inputs.items[i] = from->inputs.items[i];
        copy_input(a, &to->inputs.items[i]);
    }
    if (from->output) {
        to->output = q_arena_copy(a, from->output, sizeof *from->output);
        copy_output(a, to->output);
    }
}

q_job *q_job_new(uint64_t id, const q_msg_submit *submit, int64_t now_us)
{
    q_job *job = calloc(1, sizeof *job);
    Q_ASSERT(job);
    job->id = id;
    job->submitted_us = now_us;
    job->n_moves = 1; /* WAITING */
    job->moves[0].at_us = now_us;
    time_t seconds = (time_t)(now_us / 1000000);
    struct tm tm;
    localtime_r(&seconds, &tm);
    char stamp[20];
    strftime(stamp, sizeof stamp, "%Y%m%d%H%M%S", &tm);
    snprintf(job->app_id, sizeof job->app_id, "app-%s-%04llu", stamp, (unsigned long long)id);
    q_arena_init(&job->arena, NULL);
    q_arena_init(&job->warning_arena, NULL);
    copy_submit(&job->arena, &job->submit, submit);
    pthread_mutex_init(&job->mutex, NULL);
    q_budget_init(&job->memory, "spark.driver.memory", SIZE_MAX);
    atomic_init(&job->cancelled, false);
    q_job_log_init(&job->log, id);
    q_job_record_init(&job->record);
    return job;
}

void q_job_destroy(q_job **job)
{
    if (!*job)
        return;
    q_arena_fini(&(*job)->arena);
    q_arena_fini(&(*job)->warning_arena);
    pthread_mutex_destroy(&(*job)->mutex);
    q_job_log_fini(&(*job)->log);
    q_job_record_fini(&(*job)->record);
    free((*job)->reads);
    free(*job);
    *job = NULL;
}

static void move_keep(q_job *job, q_job_state state, int64_t now_us)
{
    if (job->n_moves < Q_JOB_MAX_MOVES)
        job->n_moves++;
    job->moves[job->n_moves - 1].state = state;
    job->moves[job->n_moves - 1].at_us = now_us;
}

bool q_job_set_state(q_job *job, q_job_state state, int64_t now_us)
{
    pthread_mutex_lock(&job->mutex);
    bool ok = q_job_state_may(job->progress.state, state);
    if (ok) {
        move_keep(job, state, now_us);
        job->progress.state = state;
        if (!job->started_us)
            job->started_us = now_us;
        if (q_job_state_final(state))
            job->finished_us = now_us;
    }
    pthread_mutex_unlock(&job->mutex);
    if (ok && !q_job_state_final(state))
        q_job_log_add(&job->log, Q_LOG_DEBUG, "state %s", q_job_state_name(state));
    return ok;
}

void q_job_fail(q_job *job, const q_err *err, int64_t now_us)
{
    pthread_mutex_lock(&job->mutex);
    if (!q_job_state_final(job->progress.state))
        job->error = *err;
    pthread_mutex_unlock(&job->mutex);
    q_job_set_state(job, err->code == Q_E_CANCELLED ? Q_JOB_CANCELLED : Q_JOB_FAILED, now_us);
}

void q_job_warn(q_job *job, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    pthread_mutex_lock(&job->mutex);
    uint32_t i = 0;
    while (i < job->n_warnings && strcmp(job->warnings[i], text) != 0)
        i++;
    bool added = i == job->n_warnings && i < sizeof job->warnings / sizeof job->warnings[0];
    if (added)
        job->warnings[job->n_warnings++] = q_arena_strdup(&job->warning_arena, text);
    pthread_mutex_unlock(&job->mutex);
    if (added)
        q_job_log_add(&job->log, Q_LOG_WARN, "%s", text);
}

q_job_progress q_job_progress_get(q_job *job)
{
    pthread_mutex_lock(&job->mutex);
    q_job_progress p = job->progress;
    pthread_mutex_unlock(&job->mutex);
    return p;
}

void q_job_times(q_job *job, int64_t *started_us, int64_t *finished_us)
{
    pthread_mutex_lock(&job->mutex);
    *started_us = job->started_us;
    *finished_us = job->finished_us;
    pthread_mutex_unlock(&job->mutex);
}

const char *q_job_conf(const q_job *job, const char *key)
{
    return q_pairs_get(&job->submit.conf, key);
}
