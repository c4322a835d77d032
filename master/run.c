/* Running stages. */
#include "master/run.h"

#include <stdlib.h>

#include "common/base/assert.h"

q_run *q_run_new(struct q_job *job, uint32_t stage_index, uint32_t n_tasks, uint32_t n_phases,
                 q_budget *memory)
{
    q_run *r = calloc(1, sizeof *r);
    Q_ASSERT(r);
    r->job = job;
    r->stage_index = stage_index;
    r->n_tasks = n_tasks;
    r->n_phases = n_phases;
    r->memory = memory;
    r->tasks = calloc(n_tasks + 1, sizeof *r->tasks);
    Q_ASSERT(r->tasks);
    for (uint32_t i = 0; i < n_tasks; i++) {
        r->tasks[i].replies = calloc(n_phases, sizeof(q_shared *));
        Q_ASSERT(r->tasks[i].replies);
    }
    q_arena_init(&r->arena, NULL);
    pthread_mutex_init(&r->mutex, NULL);
    pthread_cond_init(&r->changed, NULL);
    return r;
}

void q_run_destroy(q_run **run)
{
    q_run *r = *run;
    if (!r)
        return;
    for (uint32_t i = 0; i < r->n_tasks; i++) {
        q_run_task *t = &r->tasks[i];
        q_shared_unref(&t->input);
        q_shared_unref(&t->body);
        for (uint32_t p = 0; p < r->n_phases; p++)
            q_shared_unref(&t->replies[p]);
        free(t->replies);
    }
    q_budget_give(r->memory, r->counted_bytes);
    q_shared_unref(&r->plan);
    q_shared_unref(&r->session);
    q_arena_fini(&r->arena);
    pthread_mutex_destroy(&r->mutex);
    pthread_cond_destroy(&r->changed);
    free(r->told);
    free(r->tasks);
    free(r);
    *run = NULL;
}

q_code q_run_count(q_run *r, size_t bytes, q_err *err)
{
    if (!q_budget_take(r->memory, bytes))
        return q_budget_error(r->memory, bytes, err);
    pthread_mutex_lock(&r->mutex);
    r->counted_bytes += bytes;
    pthread_mutex_unlock(&r->mutex);
    return Q_OK;
}

q_code q_run_wait(q_run *r, uint32_t phase, q_err *err)
{
    pthread_mutex_lock(&r->mutex);
    while (!r->failed && r->phases_done <= phase)
        pthread_cond_wait(&r->changed, &r->mutex);
    q_code code = r->failed ? r->err.code : Q_OK;
    if (code != Q_OK && err)
        *err = r->err;
    pthread_mutex_unlock(&r->mutex);
    return code;
}

/* With the mutex held. */
static void fail(q_run *r, const q_err *err)
{
    if (!r->failed) {
        r->failed = true;
        r->err = *err;
    }
    pthread_cond_broadcast(&r->changed);
}

/* In place of the body of the phase before, which nobody needs any more. */
static void body_put(q_run *r, q_run_task *t, q_frame *body)
{
    size_t bytes = body->len, old = t->body ? t->body->len : 0;
    q_shared_unref(&t->body);
    q_budget_give(r->memory, old);
    r->counted_bytes -= old;
    q_err err;
    if (!q_budget_take(r->memory, bytes)) {
        q_budget_error(r->memory, bytes, &err);
        fail(r, &err);
        q_frame_fini(body);
        return;
    }
    r->counted_bytes += bytes;
    t->body = q_shared_of_frame(body);
    if (!t->body) {
        q_budget_error(NULL, bytes, &err);
        fail(r, &err);
    }
}

void q_run_body(q_run *r, uint32_t task, q_frame *body, const q_outcome *outcome,
                const q_task_metrics *m)
{
    q_run_task *t = &r->tasks[task];
    pthread_mutex_lock(&r->mutex);
    body_put(r, t, body);
    t->outcome = *outcome;
    t->metrics.rows_in += m->rows_in;
    t->metrics.rows_out += m->rows_out;
    t->metrics.bytes_in += m->bytes_in;
    t->metrics.bytes_out += m->bytes_out;
    if (m->peak_memory_bytes > t->metrics.peak_memory_bytes)
        t->metrics.peak_memory_bytes = m->peak_memory_bytes;
    pthread_mutex_unlock(&r->mutex);
}

void q_run_phase_done(q_run *r, uint32_t phase)
{
    pthread_mutex_lock(&r->mutex);
    if (phase >= r->phases_done)
        r->phases_done = phase + 1;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->mutex);
}

void q_run_fail(q_run *r, const q_err *err)
{
    pthread_mutex_lock(&r->mutex);
    fail(r, err);
    pthread_mutex_unlock(&r->mutex);
}
