/* The tasks of a worker. */
#include "worker/tasks.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "common/base/conf.h"
#include "common/base/log.h"
#include "common/exec/outcome.h"
#include "common/exec/task.h"
#include "worker/task_bytes.h"
#include "worker/task_log.h"

/* What the tasks of one job hold here; lives as long as its stages. */
typedef struct job {
    uint64_t id;
    uint32_t n_stages;
    q_budget memory; /* spark.executor.memory, within the worker's */
    struct job *next;
} job;

/* A stage's plan; lives until it is released and its last task is gone. */
typedef struct stage {
    uint64_t job_id;
    job *job;
    uint32_t stage_id;
    q_arena arena;
    q_stage plan;
    q_session session;
    q_task_log log;
    uint32_t n_tasks;
    bool released;
    struct stage *next;
} stage;

typedef struct task {
    q_tasks *owner;
    stage *stage;
    uint32_t task_id, attempt, phase;
    uint64_t epoch;
    q_task_split split;
    q_task *task;
    q_task_bytes bytes;
    q_frames payload; /* of LAUNCH */
    q_frame reply;    /* of CONTINUE; lives as long as its phase */
    size_t counted;   /* the reply's bytes in the job's memory */
    char name[96];    /* of the attempt */
    int64_t start_us;
    _Atomic bool cancelled;
    bool busy;         /* queued or running: belongs to the pool */
    struct task *next; /* in the list of tasks */
    struct task *next_queued;

    /* result of the phase, from the thread to the loop */
    q_code code;
    q_err err;
    q_buf body;
    bool done;
    uint64_t queued_ns, queue_ns, run_ns, cpu_ns;
} task;

struct q_tasks {
    q_tasks_config config;
    q_budget budget; /* the worker's whole memory */
    job *jobs;
    stage *stages;
    task *tasks;
    uint32_t n_busy, n_waiting;
    q_tasks_stats stats;
    q_tasks_line past[Q_TASKS_PAST]; /* by number modulo Q_TASKS_PAST */
    uint64_t n_past;

    pthread_t *threads;
    uint32_t n_threads;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    task *queue, **queue_end;
    task *ended, **ended_end; /* phases that the loop has not heard of yet */
    uint32_t n_posts;         /* words to the loop under way: they hold the object */
    bool stop, closed;
};

/* ---- the pool ---- */

static void ended_take(void *arg);

static q_code phase_first(task *t)
{
    const q_stage *plan = &t->stage->plan;
    const q_source *source = plan->branches[t->split.branch].source;
    q_budget *memory = &t->stage->job->memory;
    q_task_input input = {.split = t->split};
    q_task_options options = {.attempt = t->name, .task = t->task_id, .cancelled = &t->cancelled};
    Q_TRY(q_task_bytes_open(&t->bytes, source, &input, &t->payload, memory, &t->err));
    options.expected_bytes = input.split.end - input.split.begin;
    Q_TRY(q_task_new(plan, &t->stage->session, &input, &options, memory, &t->task, &t->err));
    q_code code = q_task_run(t->task, &t->body, &t->done, &t->err);
    q_code changed = q_task_bytes_check(&t->bytes, &t->err);
    return changed != Q_OK ? changed : code;
}

static q_code phase_next(task *t)
{
    q_budget *memory = &t->stage->job->memory;
    if (!q_budget_take(memory, t->reply.len))
        return q_budget_error(memory, t->reply.len, &t->err);
    t->counted = t->reply.len;
    return q_task_continue(t->task, t->reply.data, t->reply.len, &t->body, &t->done, &t->err);
}

static void phase_run(task *t)
{
    uint64_t start = q_clock_mono_ns(), cpu = q_clock_thread_ns();
    t->queue_ns = start - t->queued_ns;
    q_err_clear(&t->err);
    t->code = t->phase == 0 ? phase_first(t) : phase_next(t);
    t->run_ns = q_clock_mono_ns() - start;
    t->cpu_ns = q_clock_thread_ns() - cpu;
}

static void *pool_thread(void *arg)
{
    q_tasks *p = arg;
    pthread_mutex_lock(&p->mutex);
    for (;;) {
        while (!p->queue && !p->stop)
            pthread_cond_wait(&p->wake, &p->mutex);
        if (p->stop)
            break;
        task *t = p->queue;
        p->queue = t->next_queued;
        if (!p->queue)
            p->queue_end = &p->queue;
        pthread_mutex_unlock(&p->mutex);
        q_task_log_bind(&t->stage->log, t->task_id, t->attempt);
        phase_run(t);
        q_task_log_unbind();
        pthread_mutex_lock(&p->mutex);
        t->next_queued = NULL;
        *p->ended_end = t;
        p->ended_end = &t->next_queued;
        p->n_posts++;
        if (!q_net_post(p->config.loop, ended_take, p))
            p->n_posts--;
    }
    pthread_mutex_unlock(&p->mutex);
    return NULL;
}

static void enqueue(task *t)
{
    q_tasks *p = t->owner;
    t->busy = true;
    p->n_busy++;
    t->queued_ns = q_clock_mono_ns();
    t->next_queued = NULL;
    pthread_mutex_lock(&p->mutex);
    *p->queue_end = t;
    p->queue_end = &t->next_queued;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->mutex);
}

/* ---- lists ---- */

static stage *stage_find(q_tasks *p, uint64_t job_id, uint32_t stage_id)
{
    for (stage *s = p->stages; s; s = s->next) {
        if (s->job_id == job_id && s->stage_id == stage_id && !s->released)
            return s;
    }
    return NULL;
}

/* The job's memory, made with its first stage. */
static job *job_take(q_tasks *p, const q_msg_stage *m)
{
    int64_t limit;
    job *j = p->jobs;
    while (j && j->id != m->job_id)
        j = j->next;
    if (!j) {
        j = calloc(1, sizeof *j);
        Q_ASSERT(j);
        const char *asked = q_pairs_get(&m->conf, "spark.executor.memory");
        bool limited = asked && q_parse_bytes(asked, 1 << 20, &limit);
        j->id = m->job_id;
        q_budget_init_within(&j->memory, &p->budget, "spark.executor.memory",
                             limited ? (size_t)limit : SIZE_MAX);
        j->next = p->jobs;
        p->jobs = j;
    }
    j->n_stages++;
    return j;
}

static void job_drop(q_tasks *p, job *j)
{
    if (--j->n_stages)
        return;
    job **at = &p->jobs;
    while (*at != j)
        at = &(*at)->next;
    *at = j->next;
    free(j);
}

static void stage_drop(q_tasks *p, stage *s)
{
    if (!s->released || s->n_tasks)
        return;
    for (stage **at = &p->stages; *at; at = &(*at)->next) {
        if (*at == s) {
            *at = s->next;
            break;
        }
    }
    q_arena_fini(&s->arena);
    job_drop(p, s->job);
    free(s);
}

static task *task_find(q_tasks *p, uint64_t job_id, uint32_t stage_id, uint32_t task_id,
                       uint32_t attempt)
{
    for (task *t = p->tasks; t; t = t->next) {
        if (t->stage->job_id == job_id && t->stage->stage_id == stage_id && t->task_id == task_id &&
            t->attempt == attempt)
            return t;
    }
    return NULL;
}

static void reply_drop(task *t)
{
    q_frame_fini(&t->reply);
    q_budget_give(&t->stage->job->memory, t->counted);
    t->counted = 0;
}

/* Not busy: nobody else holds it. */
static void task_destroy(q_tasks *p, task *t)
{
    for (task **at = &p->tasks; *at; at = &(*at)->next) {
        if (*at == t) {
            *at = t->next;
            break;
        }
    }
    stage *s = t->stage;
    q_task_destroy(&t->task);
    q_task_bytes_close(&t->bytes);
    q_frames_fini(&t->payload);
    reply_drop(t);
    q_buf_fini(&t->body);
    free(t);
    s->n_tasks--;
    stage_drop(p, s);
}

/* ---- results ---- */

static void failed_send(task *t)
{
    q_message m;
    q_frames none;
    q_frames_init(&none);
    q_message_init(&m, Q_MSG_TASK_FAILED);
    m.u.task_failed = (q_msg_task_failed){.epoch = t->epoch,
                                          .job_id = t->stage->job_id,
                                          .stage_id = t->stage->stage_id,
                                          .task_id = t->task_id,
                                          .attempt = t->attempt,
                                          .phase = t->phase,
                                          .error = &t->err};
    t->owner->config.send(t->owner->config.ctx, &m, &none);
}

/* Reading is over: where it landed, what it met, what it found wrong. */
static void outcome_of(task *t, q_outcome *o)
{
    memset(o, 0, sizeof *o);
    if (t->phase || !t->task)
        return;
    q_task_landing(t->task, &o->first, &o->next);
    const q_read_report *report = q_task_report(t->task);
    if (report) {
        o->has_report = true;
        o->report = *report;
    }
    if (t->code == Q_E_SCHEMA_CHANGED && q_task_observed(t->task)) {
        o->kind = Q_OUTCOME_SCHEMA;
        o->observed = *q_task_observed(t->task);
    } else if (t->code != Q_OK) {
        o->kind = Q_OUTCOME_ERROR;
        o->err = &t->err;
    }
}

static void result_send(task *t)
{
    q_message m;
    q_frames payload;
    q_outcome outcome;
    q_buf packed;
    const q_task_metrics *got = q_task_metrics_of(t->task);
    q_rec_metrics metrics = {.rows_in = t->phase ? 0 : got->rows_in,
                             .rows_out = t->done ? got->rows_out : 0,
                             .bytes_in = t->phase ? 0 : got->bytes_in,
                             .bytes_out = t->body.len,
                             .run_ns = t->run_ns,
                             .cpu_ns = t->cpu_ns,
                             .queue_ns = t->queue_ns,
                             .peak_memory_bytes = got->peak_memory_bytes};
    q_buf_init(&packed);
    outcome_of(t, &outcome);
    q_outcome_pack(&packed, &outcome);
    q_frames_init(&payload);
    q_frames_add_buf(&payload, &t->body);
    q_message_init(&m, Q_MSG_TASK_RESULT);
    m.u.task_result = (q_msg_task_result){.epoch = t->epoch,
                                          .job_id = t->stage->job_id,
                                          .stage_id = t->stage->stage_id,
                                          .task_id = t->task_id,
                                          .attempt = t->attempt,
                                          .phase = t->phase,
                                          .last = t->done,
                                          .metrics = &metrics,
                                          .body = {packed.data, packed.len}};
    t->owner->config.send(t->owner->config.ctx, &m, &payload);
    q_buf_fini(&packed);
}

/* Errors of the data go as outcomes: they count only if the split began at a record. */
static bool provisional(const task *t)
{
    return t->phase == 0 && t->task &&
           (t->code == Q_E_SCHEMA_CHANGED || t->code == Q_E_MALFORMED_RECORD);
}

static q_tasks_line line_of(const task *t, const char *state, int64_t end_us)
{
    return (q_tasks_line){t->stage->job_id, t->stage->stage_id,
                          t->task_id,       t->attempt,
                          t->phase,         state,
                          t->start_us,      end_us};
}

static void past_add(q_tasks *p, const task *t, const char *state)
{
    p->past[p->n_past++ % Q_TASKS_PAST] = line_of(t, state, q_clock_wall_us());
}

static void stats_add(q_tasks *p, const task *t)
{
    const q_task_metrics *m = q_task_metrics_of(t->task);
    p->stats.done += t->done;
    p->stats.rows_in += t->phase ? 0 : m->rows_in;
    p->stats.bytes_in += t->phase ? 0 : m->bytes_in;
    p->stats.rows_out += t->done ? m->rows_out : 0;
    if (t->done)
        past_add(p, t, "DONE");
}

static void phase_done(q_tasks *p, task *t)
{
    t->busy = false;
    p->n_busy--;
    p->stats.run_ns += t->run_ns;
    reply_drop(t);
    if (atomic_load(&t->cancelled) || t->stage->released) {
        past_add(p, t, "CANCELLED");
        task_destroy(p, t);
        return;
    }
    bool failed = t->code != Q_OK && !provisional(t);
    q_task_log_phase(&t->stage->log, t->task_id, t->attempt, t->phase, t->run_ns,
                     failed ? &t->err : NULL);
    if (failed) {
        p->stats.failed++;
        past_add(p, t, "FAILED");
        failed_send(t);
        task_destroy(p, t);
        return;
    }
    result_send(t);
    stats_add(p, t);
    if (t->done || t->code != Q_OK) {
        task_destroy(p, t);
        return;
    }
    t->phase++;
    p->n_waiting++;
}

static void tasks_free(q_tasks *p)
{
    pthread_mutex_destroy(&p->mutex);
    pthread_cond_destroy(&p->wake);
    free(p->threads);
    free(p);
}

/* On the loop; after a close only the last word's object is left. */
static void ended_take(void *arg)
{
    q_tasks *p = arg;
    pthread_mutex_lock(&p->mutex);
    task *ended = p->ended;
    p->ended = NULL;
    p->ended_end = &p->ended;
    bool over = --p->n_posts == 0 && p->closed;
    pthread_mutex_unlock(&p->mutex);
    if (over)
        tasks_free(p);
    for (task *t = ended, *next; t; t = next) {
        next = t->next_queued;
        phase_done(p, t);
    }
}

/* ---- interface ---- */

q_code q_tasks_new(const q_tasks_config *config, q_tasks **out, q_err *err)
{
    q_tasks *p = calloc(1, sizeof *p);
    if (!p)
        return q_budget_error(NULL, sizeof *p, err);
    p->config = *config;
    p->queue_end = &p->queue;
    p->ended_end = &p->ended;
    q_budget_init(&p->budget, "quern.worker.memory", config->memory_bytes);
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->wake, NULL);
    p->threads = calloc(config->cores, sizeof *p->threads);
    for (; p->threads && p->n_threads < config->cores; p->n_threads++) {
        int rc = pthread_create(&p->threads[p->n_threads], NULL, pool_thread, p);
        if (rc) {
            q_err_errno(err, Q_E_INTERNAL, rc, "cannot start task thread %u", p->n_threads);
            q_tasks_destroy(&p);
            return Q_E_INTERNAL;
        }
    }
    *out = p;
    return Q_OK;
}

void q_tasks_destroy(q_tasks **tasks)
{
    q_tasks *p = *tasks;
    if (!p)
        return;
    for (task *t = p->tasks; t; t = t->next)
        atomic_store(&t->cancelled, true);
    pthread_mutex_lock(&p->mutex);
    p->stop = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->mutex);
    for (uint32_t i = 0; i < p->n_threads; i++)
        pthread_join(p->threads[i], NULL);
    p->ended = NULL;
    p->ended_end = &p->ended;
    while (p->tasks)
        task_destroy(p, p->tasks);
    while (p->stages) {
        p->stages->released = true;
        stage_drop(p, p->stages);
    }
    p->closed = true; /* the threads are gone: what is under way frees it */
    if (!p->n_posts)
        tasks_free(p);
    *tasks = NULL;
}

void q_tasks_stage(q_tasks *p, const q_msg_stage *m)
{
    if (stage_find(p, m->job_id, m->stage_id))
        return;
    stage *s = calloc(1, sizeof *s);
    Q_ASSERT(s);
    s->job_id = m->job_id;
    s->stage_id = m->stage_id;
    q_task_log_init(&s->log, m, p->config.quiet);
    q_arena_init(&s->arena, NULL);
    q_unpack plan, session;
    q_err err;
    q_unpack_init(&plan, m->plan.data, m->plan.len);
    q_unpack_init(&session, m->session.data, m->session.len);
    if (q_stage_unpack(&s->arena, &plan, &s->plan, &err) != Q_OK ||
        q_session_unpack(&s->arena, &session, &s->session, &err) != Q_OK) {
        q_error("stage %u of job %llu: %s", m->stage_id, (unsigned long long)m->job_id, err.msg);
        q_arena_fini(&s->arena);
        free(s);
        return; /* its tasks are refused one by one */
    }
    s->job = job_take(p, m);
    s->next = p->stages;
    p->stages = s;
}

static void refuse(q_tasks *p, uint64_t epoch, const q_msg_launch *m, uint32_t i, const q_err *err)
{
    q_message out;
    q_frames none;
    q_frames_init(&none);
    q_message_init(&out, Q_MSG_TASK_FAILED);
    out.u.task_failed = (q_msg_task_failed){.epoch = epoch,
                                            .job_id = m->job_id,
                                            .stage_id = m->stage_id,
                                            .task_id = m->tasks.items[i].task_id,
                                            .attempt = m->tasks.items[i].attempt,
                                            .error = err};
    p->config.send(p->config.ctx, &out, &none);
}

static task *task_new(q_tasks *p, stage *s, uint64_t epoch, const q_rec_launch *l)
{
    task *t = calloc(1, sizeof *t);
    Q_ASSERT(t);
    t->owner = p;
    t->stage = s;
    t->task_id = l->task_id;
    t->attempt = l->attempt;
    t->epoch = epoch;
    t->start_us = q_clock_wall_us();
    q_frames_init(&t->payload);
    q_buf_init(&t->body);
    snprintf(t->name, sizeof t->name, "%llu-%u-%u-%u", (unsigned long long)s->job_id, s->stage_id,
             l->task_id, l->attempt);
    t->next = p->tasks;
    p->tasks = t;
    s->n_tasks++;
    return t;
}

void q_tasks_launch(q_tasks *p, uint64_t epoch, const q_msg_launch *m, q_frames *frames)
{
    stage *s = stage_find(p, m->job_id, m->stage_id);
    uint32_t frame = 1;
    for (uint32_t i = 0; i < m->tasks.n; i++) {
        const q_rec_launch *l = &m->tasks.items[i];
        q_task_split split;
        q_unpack in;
        q_err err;
        q_unpack_init(&in, l->descriptor.data, l->descriptor.len);
        q_code code = Q_OK;
        if (!s)
            code = q_err_set(&err, Q_E_PROTOCOL, "task %u of an unknown stage", l->task_id);
        else
            code = q_task_split_unpack(&s->plan, &in, &split, &err);
        if (code == Q_OK && l->n_frames > frames->n - frame)
            code = q_err_set(&err, Q_E_PROTOCOL, "task %u has no payload", l->task_id);
        if (code != Q_OK) {
            refuse(p, epoch, m, i, &err);
            continue;
        }
        task *t = task_new(p, s, epoch, l);
        t->split = split;
        for (uint32_t k = 0; k < l->n_frames; k++, frame++) {
            q_frames_add(&t->payload, frames->items[frame]);
            frames->items[frame] = (q_frame){0};
        }
        enqueue(t);
    }
}

void q_tasks_continue(q_tasks *p, uint64_t epoch, const q_msg_cont *m, q_frames *frames)
{
    task *t = task_find(p, m->job_id, m->stage_id, m->task_id, m->attempt);
    if (!t || t->busy || t->phase != m->phase || frames->n < 2) {
        q_warn("no task %u.%u of stage %u waits for phase %u", m->task_id, m->attempt, m->stage_id,
               m->phase);
        return;
    }
    t->epoch = epoch;
    reply_drop(t);
    t->reply = frames->items[1];
    frames->items[1] = (q_frame){0};
    p->n_waiting--;
    enqueue(t);
}

static void task_stop(q_tasks *p, task *t)
{
    atomic_store(&t->cancelled, true);
    if (t->busy)
        return; /* goes when its phase returns */
    p->n_waiting--;
    task_destroy(p, t);
}

static bool cancel_names(const q_msg_cancel_tasks *m, const task *t)
{
    if (t->stage->job_id != m->job_id)
        return false;
    for (uint32_t i = 0; i < m->tasks.n; i++) {
        const q_rec_attempt *a = &m->tasks.items[i];
        if (a->stage_id == t->stage->stage_id && a->task_id == t->task_id &&
            a->attempt == t->attempt)
            return true;
    }
    return m->tasks.n == 0;
}

void q_tasks_cancel(q_tasks *p, const q_msg_cancel_tasks *m)
{
    for (task *t = p->tasks, *next; t; t = next) {
        next = t->next;
        if (cancel_names(m, t))
            task_stop(p, t);
    }
}

void q_tasks_release(q_tasks *p, uint64_t job_id, uint32_t stage_id, bool whole_job)
{
    for (task *t = p->tasks, *next; t; t = next) {
        next = t->next;
        if (t->stage->job_id == job_id && (whole_job || t->stage->stage_id == stage_id))
            task_stop(p, t);
    }
    for (stage *s = p->stages, *next; s; s = next) {
        next = s->next;
        if (s->job_id == job_id && (whole_job || s->stage_id == stage_id)) {
            s->released = true;
            stage_drop(p, s);
        }
    }
}

void q_tasks_forget(q_tasks *p)
{
    for (task *t = p->tasks, *next; t; t = next) {
        next = t->next;
        task_stop(p, t);
    }
    for (stage *s = p->stages, *next; s; s = next) {
        next = s->next;
        s->released = true;
        stage_drop(p, s);
    }
}

uint32_t q_tasks_running(const q_tasks *p)
{
    return p->n_busy;
}

uint32_t q_tasks_waiting(const q_tasks *p)
{
    return p->n_waiting;
}

size_t q_tasks_memory_bytes(const q_tasks *p)
{
    return atomic_load(&p->budget.used_bytes);
}

q_tasks_stats q_tasks_stats_get(const q_tasks *p)
{
    return p->stats;
}

uint32_t q_tasks_now(const q_tasks *p, q_tasks_line *out, uint32_t max)
{
    uint32_t n = 0;
    for (const task *t = p->tasks; t && n < max; t = t->next)
        out[n++] = line_of(t, t->busy ? "RUNNING" : "HOLDING", 0);
    return n;
}

uint32_t q_tasks_past(const q_tasks *p, q_tasks_line out[Q_TASKS_PAST])
{
    uint32_t n = p->n_past < Q_TASKS_PAST ? (uint32_t)p->n_past : Q_TASKS_PAST;
    for (uint32_t i = 0; i < n; i++)
        out[i] = p->past[(p->n_past - 1 - i) % Q_TASKS_PAST];
    return n;
}
