/* The record of a job's stages and tasks. */
#include "master/job_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"

/* As Spark's adaptive execution has it: this many times the median, and not small. */
#define SKEW_FACTOR    5
#define SKEW_MIN_ROWS  1000
#define SKEW_MIN_BYTES ((uint64_t)1 << 20)

void q_job_record_init(q_job_record *r)
{
    memset(r, 0, sizeof *r);
    pthread_mutex_init(&r->mutex, NULL);
}

static void all_free(q_job_record *r)
{
    for (uint32_t i = 0; i < r->n_stages; i++)
        free(r->stages[i].latest);
    for (uint32_t i = 0; i < r->n_plans; i++)
        free(r->plans[i].json);
    free(r->stages);
    free(r->attempts);
    free(r->workers);
    free(r->partitions);
}

void q_job_record_empty(q_job_record *r)
{
    pthread_mutex_lock(&r->mutex);
    all_free(r);
    r->n_stages = r->cap_stages = r->n_attempts = r->cap_attempts = 0;
    r->n_workers = r->n_partitions = r->n_status = r->n_plans = 0;
    r->stages = NULL;
    r->attempts = NULL;
    r->workers = NULL;
    r->partitions = NULL;
    pthread_mutex_unlock(&r->mutex);
}

void q_job_record_fini(q_job_record *r)
{
    all_free(r);
    pthread_mutex_destroy(&r->mutex);
    memset(r, 0, sizeof *r);
}

/* ---- statements ---- */

void q_job_record_statement(q_job_record *r, uint32_t statement, uint32_t n_statements)
{
    pthread_mutex_lock(&r->mutex);
    r->statement = statement;
    r->n_statements = n_statements;
    pthread_mutex_unlock(&r->mutex);
}

void q_job_record_plan(q_job_record *r, uint32_t statement, const char *json, size_t len)
{
    uint32_t i = 0;
    if (r->off)
        return;
    char *copy = strndup(json, len);
    Q_ASSERT(copy);
    pthread_mutex_lock(&r->mutex);
    while (i < r->n_plans && r->plans[i].statement != statement)
        i++;
    if (i < Q_RECORD_PLANS) {
        r->n_plans = i < r->n_plans ? r->n_plans : i + 1;
        char *old = r->plans[i].json;
        r->plans[i].statement = statement;
        r->plans[i].json = copy;
        copy = old;
    }
    pthread_mutex_unlock(&r->mutex);
    free(copy);
}

/* ---- stages ---- */

static q_record_stage *stage_find(q_job_record *r, uint32_t stage)
{
    for (uint32_t i = r->n_stages; i--;) {
        if (r->stages[i].id == stage)
            return &r->stages[i];
    }
    return NULL;
}

static q_record_stage *stage_add(q_job_record *r)
{
    if (r->n_stages == Q_RECORD_STAGES)
        return NULL;
    if (r->n_stages == r->cap_stages) {
        r->cap_stages = r->cap_stages ? 2 * r->cap_stages : 8;
        r->stages = realloc(r->stages, sizeof *r->stages * r->cap_stages);
        Q_ASSERT(r->stages);
    }
    return &r->stages[r->n_stages++];
}

void q_job_record_stage(q_job_record *r, uint32_t stage, uint32_t n_tasks, const char *kind,
                        const char *name, int64_t now_us)
{
    if (r->off)
        return;
    pthread_mutex_lock(&r->mutex);
    q_record_stage *s = stage_add(r);
    if (s) {
        *s = (q_record_stage){.id = stage,
                              .statement = r->statement,
                              .n_tasks = n_tasks,
                              .kind = kind,
                              .state = 'R',
                              .submitted_us = now_us};
        snprintf(s->name, sizeof s->name, "%s", name);
        s->latest = calloc(n_tasks + 1, sizeof *s->latest);
        Q_ASSERT(s->latest);
    }
    pthread_mutex_unlock(&r->mutex);
}

static void attempt_end(q_record_attempt *a, char state, int64_t now_us)
{
    if (a->state != 'R')
        return;
    a->state = state;
    if (!a->run_us)
        a->run_us = now_us - a->start_us;
}

void q_job_record_stage_end(q_job_record *r, uint32_t stage, bool ok, int64_t now_us)
{
    if (r->off)
        return;
    pthread_mutex_lock(&r->mutex);
    q_record_stage *s = stage_find(r, stage);
    if (s) {
        s->state = ok ? 'D' : 'F';
        s->finished_us = now_us;
    }
    for (uint32_t i = 0; i < r->n_attempts; i++) {
        if (r->attempts[i].stage == stage)
            attempt_end(&r->attempts[i], 'C', now_us);
    }
    pthread_mutex_unlock(&r->mutex);
}

/* ---- attempts ---- */

static uint16_t worker_index(q_job_record *r, uint64_t id, const char *name)
{
    for (uint32_t i = r->n_workers; i--;) {
        if (r->workers[i].id == id)
            return (uint16_t)i;
    }
    if (r->n_workers == Q_RECORD_WORKERS)
        return (uint16_t)(r->n_workers - 1);    /* more than anybody looks at */
    if (!(r->n_workers & (r->n_workers - 1))) { /* at powers of two: double */
        r->workers =
            realloc(r->workers, sizeof *r->workers * (r->n_workers ? 2 * r->n_workers : 1));
        Q_ASSERT(r->workers);
    }
    r->workers[r->n_workers].id = id;
    snprintf(r->workers[r->n_workers].name, sizeof r->workers->name, "%s", name);
    return (uint16_t)r->n_workers++;
}

static q_record_attempt *attempt_add(q_job_record *r)
{
    if (r->n_attempts == Q_RECORD_ATTEMPTS)
        return NULL;
    if (r->n_attempts == r->cap_attempts) {
        r->cap_attempts = r->cap_attempts ? 2 * r->cap_attempts : 64;
        r->attempts = realloc(r->attempts, sizeof *r->attempts * r->cap_attempts);
        Q_ASSERT(r->attempts);
    }
    return &r->attempts[r->n_attempts++];
}

void q_job_record_launch(q_job_record *r, uint32_t stage, uint32_t task, uint32_t attempt,
                         uint64_t worker, const char *worker_name, int64_t now_us)
{
    if (r->off)
        return;
    pthread_mutex_lock(&r->mutex);
    q_record_stage *s = stage_find(r, stage);
    q_record_attempt *a = s && task < s->n_tasks ? attempt_add(r) : NULL;
    if (a) {
        uint32_t before = s->latest[task];
        if (before) /* what is started again is not wanted any more */
            attempt_end(&r->attempts[before - 1], 'C', now_us);
        s->latest[task] = r->n_attempts;
        *a = (q_record_attempt){.stage = stage,
                                .task = task,
                                .attempt = attempt,
                                .worker = worker_index(r, worker, worker_name),
                                .state = 'R',
                                .start_us = now_us};
    } else {
        r->left_out++;
    }
    pthread_mutex_unlock(&r->mutex);
}

static q_record_attempt *attempt_find(q_job_record *r, q_record_stage *s, uint32_t task,
                                      uint32_t attempt)
{
    uint32_t at = s && task < s->n_tasks ? s->latest[task] : 0;
    return at && r->attempts[at - 1].attempt == attempt ? &r->attempts[at - 1] : NULL;
}

void q_job_record_result(q_job_record *r, uint32_t stage, uint32_t task, uint32_t attempt,
                         const q_task_metrics *m, uint64_t run_ns, uint64_t cpu_ns, bool last)
{
    if (r->off)
        return;
    pthread_mutex_lock(&r->mutex);
    q_record_stage *s = stage_find(r, stage);
    q_record_attempt *a = attempt_find(r, s, task, attempt);
    if (s) {
        s->done += last;
        s->rows_in += m->rows_in;
        s->rows_out += m->rows_out;
        s->bytes_in += m->bytes_in;
        s->run_us += run_ns / 1000;
        s->cpu_us += cpu_ns / 1000;
    }
    if (a) {
        a->run_us += (int64_t)(run_ns / 1000);
        a->rows += m->rows_in;
        a->bytes += m->bytes_in;
        a->state = last ? 'D' : a->state;
    }
    pthread_mutex_unlock(&r->mutex);
}

void q_job_record_ended(q_job_record *r, uint32_t stage, uint32_t task, uint32_t attempt,
                        char state, int64_t now_us)
{
    if (r->off)
        return;
    pthread_mutex_lock(&r->mutex);
    q_record_stage *s = stage_find(r, stage);
    q_record_attempt *a = attempt_find(r, s, task, attempt);
    if (s && state == 'F')
        s->failed++;
    if (a)
        attempt_end(a, state, now_us);
    pthread_mutex_unlock(&r->mutex);
}

void q_job_record_lost(q_job_record *r, uint64_t worker, int64_t now_us)
{
    if (r->off)
        return;
    pthread_mutex_lock(&r->mutex);
    for (uint32_t i = 0; i < r->n_attempts; i++) {
        q_record_attempt *a = &r->attempts[i];
        if (a->state != 'R' || r->workers[a->worker].id != worker)
            continue;
        attempt_end(a, 'L', now_us);
        q_record_stage *s = stage_find(r, a->stage);
        if (s)
            s->failed++;
    }
    pthread_mutex_unlock(&r->mutex);
}

/* ---- partitions ---- */

static int larger(const void *a, const void *b)
{
    const q_record_partition *x = a, *y = b;
    if (x->rows != y->rows)
        return x->rows < y->rows ? 1 : -1;
    return x->bytes < y->bytes ? 1 : x->bytes > y->bytes ? -1 : 0;
}

void q_job_record_partitions(q_job_record *r, q_record_partition *p, uint32_t n,
                             uint64_t median_rows, uint64_t median_bytes)
{
    if (r->off || !n)
        return;
    for (uint32_t i = 0; i < n; i++)
        p[i].skewed = (p[i].rows > SKEW_FACTOR * median_rows && p[i].rows >= SKEW_MIN_ROWS) ||
                      (p[i].bytes > SKEW_FACTOR * median_bytes && p[i].bytes >= SKEW_MIN_BYTES);
    pthread_mutex_lock(&r->mutex);
    uint32_t all = r->n_partitions + n;
    r->partitions = realloc(r->partitions, sizeof *p * all);
    Q_ASSERT(r->partitions);
    memcpy(r->partitions + r->n_partitions, p, sizeof *p * n);
    qsort(r->partitions, all, sizeof *p, larger);
    r->n_partitions = all < Q_RECORD_PARTITIONS ? all : Q_RECORD_PARTITIONS;
    pthread_mutex_unlock(&r->mutex);
}

/* ---- status ---- */

void q_job_record_status(q_job_record *r, int64_t at_us, const char *status, const char *message,
                         uint64_t number)
{
    if (r->off)
        return;
    pthread_mutex_lock(&r->mutex);
    if (r->n_status == Q_RECORD_STATUS) { /* the latest say how it stands */
        r->n_status--;
        memmove(r->status, r->status + 1, sizeof *r->status * r->n_status);
    }
    q_record_status *s = &r->status[r->n_status++];
    *s = (q_record_status){.at_us = at_us, .status = status, .number = number};
    snprintf(s->message, sizeof s->message, "%s", message ? message : "");
    pthread_mutex_unlock(&r->mutex);
}
