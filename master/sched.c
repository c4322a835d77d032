/* The scheduler: see sched.h for the picture. */
#include "master/sched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"

#define KEEP_LOST 100 /* lost workers that are remembered, however short ago */

typedef struct sched_task {
    q_task_state state;
    uint32_t attempt; /* of the current or next run */
    uint32_t phase;   /* running, or next to run */
    uint32_t counted; /* phases that have a result */
    uint32_t failures;
    uint64_t worker;       /* RUNNING, HOLDING, READY */
    uint64_t avoid;        /* worker of the last failure, 0 none */
    int64_t not_before_ms; /* PENDING: backoff */
} sched_task;

typedef struct sched_stage {
    uint64_t id, job;
    uint32_t n_tasks, n_phases;
    uint32_t max_running, max_on_worker, max_failures;
    int64_t no_workers_wait_ms;
    uint32_t go_phase;   /* highest phase that tasks may run */
    uint32_t *n_counted; /* by phase: tasks with a result */
    uint32_t running, ready;
    uint32_t first_open; /* no task below is PENDING */
    uint32_t n_done, n_failures;
    bool failed, told_no_workers;
    uint64_t *without; /* workers that refused it */
    uint32_t n_without, without_cap;
    int64_t waiting_since_ms; /* without any worker; -1 */
    sched_task *tasks;
} sched_stage;

typedef struct sched_worker {
    uint64_t id;
    q_worker_state state;
    uint32_t cores, running, holding;
    int64_t heard_ms, lost_ms;
} sched_worker;

struct q_sched {
    q_sched_config config;
    uint64_t next_id;
    sched_worker *workers;
    uint32_t n_workers, workers_cap;
    sched_stage **stages; /* by job, then in order of arrival */
    uint32_t n_stages, stages_cap;
    q_sched_action *actions; /* ring */
    uint32_t actions_head, n_actions, actions_cap;
};

/* ---- plumbing ---- */

static void *grow(void *p, uint32_t *cap, size_t width)
{
    *cap = *cap ? *cap * 2 : 16;
    p = realloc(p, *cap * width);
    Q_ASSERT(p); /* a few bytes for each worker and stage */
    return p;
}

static void act(q_sched *s, q_sched_action_kind kind, q_task_ref ref, const q_err *err)
{
    if (s->n_actions == s->actions_cap) {
        uint32_t cap = s->actions_cap ? s->actions_cap * 2 : 64;
        q_sched_action *ring = malloc(sizeof *ring * cap);
        Q_ASSERT(ring);
        for (uint32_t i = 0; i < s->n_actions; i++)
            ring[i] = s->actions[(s->actions_head + i) % s->actions_cap];
        free(s->actions);
        s->actions = ring;
        s->actions_head = 0;
        s->actions_cap = cap;
    }
    q_sched_action *a = &s->actions[(s->actions_head + s->n_actions++) % s->actions_cap];
    a->kind = kind;
    a->ref = ref;
    if (err)
        a->err = *err;
    else
        q_err_clear(&a->err);
}

bool q_sched_next_action(q_sched *s, q_sched_action *out)
{
    if (!s->n_actions)
        return false;
    *out = s->actions[s->actions_head];
    s->actions_head = (s->actions_head + 1) % s->actions_cap;
    s->n_actions--;
    return true;
}

q_sched *q_sched_new(const q_sched_config *config)
{
    q_sched *s = calloc(1, sizeof *s);
    Q_ASSERT(s);
    s->config = *config;
    s->next_id = 1;
    return s;
}

static void stage_free(sched_stage *g)
{
    free(g->n_counted);
    free(g->without);
    free(g->tasks);
    free(g);
}

void q_sched_destroy(q_sched **sched)
{
    q_sched *s = *sched;
    if (!s)
        return;
    for (uint32_t i = 0; i < s->n_stages; i++)
        stage_free(s->stages[i]);
    free(s->stages);
    free(s->workers);
    free(s->actions);
    free(s);
    *sched = NULL;
}

/* They stand in the order of their numbers. */
static sched_worker *worker_find(const q_sched *s, uint64_t id)
{
    uint32_t low = 0, high = s->n_workers;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (s->workers[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->n_workers && s->workers[low].id == id ? &s->workers[low] : NULL;
}

static sched_stage *stage_find(const q_sched *s, uint64_t id)
{
    for (uint32_t i = 0; i < s->n_stages; i++) {
        if (s->stages[i]->id == id)
            return s->stages[i];
    }
    return NULL;
}

/* ---- task transitions ---- */

static q_task_ref ref_of(const sched_stage *g, uint32_t task)
{
    const sched_task *t = &g->tasks[task];
    return (q_task_ref){g->id, task, t->attempt, t->phase, t->worker};
}

/* Leave the worker: RUNNING and the keeping states give back what they hold there. */
static void task_detach(q_sched *s, sched_stage *g, sched_task *t)
{
    sched_worker *w = worker_find(s, t->worker);
    if (t->state == Q_TASK_RUNNING) {
        g->running--;
        if (w)
            w->running--;
    } else if (t->state == Q_TASK_HOLDING || t->state == Q_TASK_READY) {
        g->ready -= t->state == Q_TASK_READY;
        if (w)
            w->holding--;
    }
}

static void task_back_to_pending(q_sched *s, sched_stage *g, uint32_t task, int64_t not_before_ms)
{
    sched_task *t = &g->tasks[task];
    task_detach(s, g, t);
    t->state = Q_TASK_PENDING;
    t->attempt++;
    t->phase = 0;
    t->worker = 0;
    t->not_before_ms = not_before_ms;
    if (task < g->first_open)
        g->first_open = task;
}

static void task_start(q_sched *s, sched_stage *g, uint32_t task, sched_worker *w)
{
    sched_task *t = &g->tasks[task];
    bool launch = t->state == Q_TASK_PENDING;
    if (!launch) {
        w->holding--;
        g->ready--;
    }
    t->state = Q_TASK_RUNNING;
    t->worker = w->id;
    w->running++;
    g->running++;
    act(s, launch ? Q_ACT_LAUNCH : Q_ACT_CONTINUE, ref_of(g, task), NULL);
}

static int64_t backoff(const q_sched *s, uint32_t failures)
{
    uint32_t doublings = failures > 6 ? 6 : failures ? failures - 1 : 0;
    return s->config.backoff_ms << doublings;
}

static void stage_fail(q_sched *s, sched_stage *g, const q_err *err)
{
    if (g->failed)
        return;
    g->failed = true;
    act(s, Q_ACT_STAGE_FAILED, (q_task_ref){.stage = g->id}, err);
}

/* One more failure of a task: again later, or the stage fails. */
static void task_fail(q_sched *s, sched_stage *g, uint32_t task, const q_err *err, bool retry,
                      int64_t now_ms)
{
    sched_task *t = &g->tasks[task];
    t->avoid = t->worker;
    t->failures++;
    g->n_failures++;
    task_back_to_pending(s, g, task, now_ms + backoff(s, t->failures));
    if (retry && t->failures < g->max_failures)
        return;
    q_err e = *err;
    if (retry && t->failures > 1) {
        size_t n = strlen(e.msg);
        snprintf(e.msg + n, sizeof e.msg - n, " (task %u failed %u times: spark.task.maxFailures)",
                 task, t->failures);
    }
    stage_fail(s, g, &e);
}

/* ---- workers ---- */

/* No task refers to a lost worker. */
static void worker_forget(q_sched *s, uint32_t i)
{
    act(s, Q_ACT_WORKER_FORGET, (q_task_ref){.worker = s->workers[i].id}, NULL);
    s->n_workers--;
    memmove(&s->workers[i], &s->workers[i + 1], sizeof *s->workers * (s->n_workers - i));
}

/* Workers that come and go all the time: the last ones lost are enough. */
static void oldest_forget(q_sched *s)
{
    uint32_t n = 0, oldest = 0;
    for (uint32_t i = s->n_workers; i-- > 0;) {
        if (s->workers[i].state == Q_WORKER_LOST) {
            n++;
            oldest = i;
        }
    }
    if (n > KEEP_LOST)
        worker_forget(s, oldest);
}

uint64_t q_sched_worker_add(q_sched *s, uint32_t cores, int64_t now_ms)
{
    oldest_forget(s);
    if (s->n_workers == s->workers_cap)
        s->workers = grow(s->workers, &s->workers_cap, sizeof *s->workers);
    sched_worker *w = &s->workers[s->n_workers++];
    *w = (sched_worker){.id = s->next_id++,
                        .state = Q_WORKER_ALIVE,
                        .cores = cores ? cores : 1,
                        .heard_ms = now_ms};
    for (uint32_t i = 0; i < s->n_stages; i++)
        s->stages[i]->waiting_since_ms = -1;
    return w->id;
}

bool q_sched_worker_heard(q_sched *s, uint64_t worker, int64_t now_ms)
{
    sched_worker *w = worker_find(s, worker);
    if (!w || w->state == Q_WORKER_LOST)
        return false;
    w->heard_ms = now_ms;
    return true;
}

void q_sched_worker_drain(q_sched *s, uint64_t worker)
{
    sched_worker *w = worker_find(s, worker);
    if (w && w->state == Q_WORKER_ALIVE)
        w->state = Q_WORKER_DRAINING;
}

void q_sched_worker_lost(q_sched *s, uint64_t worker, int64_t now_ms)
{
    sched_worker *w = worker_find(s, worker);
    if (!w || w->state == Q_WORKER_LOST)
        return;
    bool drained = w->state == Q_WORKER_DRAINING;
    w->state = Q_WORKER_LOST;
    w->lost_ms = now_ms;
    act(s, Q_ACT_WORKER_LOST, (q_task_ref){.worker = worker}, NULL);
    q_err err;
    q_err_set(&err, Q_E_WORKER_LOST, "the worker running the task was lost");
    for (uint32_t i = 0; i < s->n_stages; i++) {
        sched_stage *g = s->stages[i];
        for (uint32_t k = 0; k < g->n_tasks; k++) {
            sched_task *t = &g->tasks[k];
            if (t->worker != worker || t->state == Q_TASK_PENDING || t->state == Q_TASK_DONE)
                continue;
            /* only what was running can be guilty of the loss; leaving in order is no failure */
            if (t->state == Q_TASK_RUNNING && !drained)
                task_fail(s, g, k, &err, true, now_ms);
            else
                task_back_to_pending(s, g, k, now_ms);
        }
    }
}

bool q_sched_worker_info_get(const q_sched *s, uint64_t worker, q_sched_worker_info *out)
{
    const sched_worker *w = worker_find(s, worker);
    if (!w)
        return false;
    *out = (q_sched_worker_info){w->state, w->cores, w->running, w->holding, w->heard_ms};
    return true;
}

uint32_t q_sched_alive_cores(const q_sched *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_workers; i++)
        n += s->workers[i].state == Q_WORKER_ALIVE ? s->workers[i].cores : 0;
    return n;
}

/* ---- stages ---- */

/* Behind the stages of the same and older jobs. */
static void stage_insert(q_sched *s, sched_stage *g)
{
    if (s->n_stages == s->stages_cap)
        s->stages = grow(s->stages, &s->stages_cap, sizeof *s->stages);
    uint32_t at = s->n_stages++;
    for (; at > 0 && s->stages[at - 1]->job > g->job; at--)
        s->stages[at] = s->stages[at - 1];
    s->stages[at] = g;
}

uint64_t q_sched_stage_add(q_sched *s, const q_sched_stage_spec *spec)
{
    sched_stage *g = calloc(1, sizeof *g);
    Q_ASSERT(g);
    *g = (sched_stage){
        .id = s->next_id++,
        .job = spec->job,
        .n_tasks = spec->n_tasks,
        .n_phases = spec->n_phases,
        .max_running = spec->max_running ? spec->max_running : UINT32_MAX,
        .max_on_worker = spec->max_on_worker,
        .max_failures = spec->max_failures ? spec->max_failures : s->config.max_failures,
        .no_workers_wait_ms =
            spec->no_workers_wait_ms >= 0 ? spec->no_workers_wait_ms : s->config.no_workers_wait_ms,
        .waiting_since_ms = -1};
    g->n_counted = calloc(g->n_phases, sizeof *g->n_counted);
    g->tasks = calloc(g->n_tasks ? g->n_tasks : 1, sizeof *g->tasks);
    Q_ASSERT(g->n_counted && g->tasks);
    stage_insert(s, g);
    for (uint32_t p = 0; !g->n_tasks && p < g->n_phases; p++)
        act(s, Q_ACT_PHASE_DONE, (q_task_ref){.stage = g->id, .phase = p}, NULL);
    return g->id;
}

void q_sched_stage_go_on(q_sched *s, uint64_t stage, uint32_t phase)
{
    sched_stage *g = stage_find(s, stage);
    if (!g || phase <= g->go_phase)
        return;
    g->go_phase = phase;
    for (uint32_t k = 0; k < g->n_tasks; k++) {
        sched_task *t = &g->tasks[k];
        if (t->state == Q_TASK_HOLDING && t->phase <= phase) {
            t->state = Q_TASK_READY;
            g->ready++;
        }
    }
}

void q_sched_stage_remove(q_sched *s, uint64_t stage)
{
    for (uint32_t i = 0; i < s->n_stages; i++) {
        sched_stage *g = s->stages[i];
        if (g->id != stage)
            continue;
        for (uint32_t k = 0; k < g->n_tasks; k++) {
            if (g->tasks[k].state == Q_TASK_RUNNING)
                act(s, Q_ACT_CANCEL, ref_of(g, k), NULL);
            task_detach(s, g, &g->tasks[k]);
        }
        for (uint32_t w = 0; w < s->n_workers; w++) {
            if (s->workers[w].state != Q_WORKER_LOST)
                act(s, Q_ACT_RELEASE, (q_task_ref){.stage = stage, .worker = s->workers[w].id},
                    NULL);
        }
        memmove(&s->stages[i], &s->stages[i + 1], sizeof *s->stages * (s->n_stages - i - 1));
        s->n_stages--;
        stage_free(g);
        return;
    }
}

bool q_sched_stage_info_get(const q_sched *s, uint64_t stage, q_sched_stage_info *out)
{
    const sched_stage *g = stage_find(s, stage);
    if (!g)
        return false;
    memset(out, 0, sizeof *out);
    out->n_tasks = g->n_tasks;
    out->failures = g->n_failures;
    for (uint32_t k = 0; k < g->n_tasks; k++) {
        switch (g->tasks[k].state) {
        case Q_TASK_PENDING:
            out->pending++;
            break;
        case Q_TASK_RUNNING:
            out->running++;
            break;
        case Q_TASK_DONE:
            out->done++;
            break;
        default:
            out->holding++;
            break;
        }
    }
    return true;
}

/* ---- results ---- */

/* The task that ref speaks of, if its attempt is the running one. */
static sched_task *task_running(const q_sched *s, const q_task_ref *ref, sched_stage **stage)
{
    sched_stage *g = stage_find(s, ref->stage);
    if (!g || ref->task >= g->n_tasks)
        return NULL;
    sched_task *t = &g->tasks[ref->task];
    if (t->state != Q_TASK_RUNNING || t->attempt != ref->attempt || t->phase != ref->phase ||
        t->worker != ref->worker)
        return NULL;
    *stage = g;
    return t;
}

q_result_verdict q_sched_task_result(q_sched *s, const q_task_ref *ref)
{
    sched_stage *g;
    sched_task *t = task_running(s, ref, &g);
    if (!t)
        return Q_RESULT_STALE;
    task_detach(s, g, t);
    bool counts = t->counted == t->phase;
    if (t->phase + 1 == g->n_phases) {
        t->state = Q_TASK_DONE;
        g->n_done++;
    } else {
        t->phase++;
        t->state = t->phase <= g->go_phase ? Q_TASK_READY : Q_TASK_HOLDING;
        g->ready += t->state == Q_TASK_READY;
        worker_find(s, t->worker)->holding++;
    }
    if (!counts)
        return Q_RESULT_DUPLICATE;
    t->counted++;
    if (++g->n_counted[ref->phase] == g->n_tasks)
        act(s, Q_ACT_PHASE_DONE, (q_task_ref){.stage = g->id, .phase = ref->phase}, NULL);
    return Q_RESULT_COUNTS;
}

void q_sched_task_failed(q_sched *s, const q_task_ref *ref, const q_err *err, bool retry,
                         int64_t now_ms)
{
    sched_stage *g;
    if (task_running(s, ref, &g))
        task_fail(s, g, ref->task, err, retry, now_ms);
}

static bool stage_without(const sched_stage *g, uint64_t worker)
{
    for (uint32_t i = 0; i < g->n_without; i++) {
        if (g->without[i] == worker)
            return true;
    }
    return false;
}

static bool stage_has_worker(const q_sched *s, const sched_stage *g)
{
    for (uint32_t i = 0; i < s->n_workers; i++) {
        if (s->workers[i].state == Q_WORKER_ALIVE && !stage_without(g, s->workers[i].id))
            return true;
    }
    return false;
}

void q_sched_task_refused(q_sched *s, const q_task_ref *ref, const q_err *err, int64_t now_ms)
{
    sched_stage *g;
    if (!task_running(s, ref, &g))
        return;
    if (!stage_without(g, ref->worker)) {
        if (g->n_without == g->without_cap)
            g->without = grow(g->without, &g->without_cap, sizeof *g->without);
        g->without[g->n_without++] = ref->worker;
    }
    task_back_to_pending(s, g, ref->task, now_ms);
    if (!stage_has_worker(s, g))
        stage_fail(s, g, err);
}

void q_sched_task_repeat(q_sched *s, uint64_t stage, uint32_t task, int64_t now_ms)
{
    sched_stage *g = stage_find(s, stage);
    if (!g || task >= g->n_tasks)
        return;
    sched_task *t = &g->tasks[task];
    if (t->state == Q_TASK_RUNNING)
        act(s, Q_ACT_CANCEL, ref_of(g, task), NULL);
    if (t->state == Q_TASK_DONE)
        g->n_done--;
    for (uint32_t p = 0; p < t->counted; p++)
        g->n_counted[p]--;
    t->counted = 0;
    task_back_to_pending(s, g, task, now_ms);
}

/* ---- placement ---- */

static bool worker_free(const sched_worker *w)
{
    return w->state != Q_WORKER_LOST && w->running < w->cores;
}

/* The job has as many tasks there as it may. Counted only for jobs that ask for it. */
static bool job_full_on(const sched_worker *w, const q_sched *s, const sched_stage *g)
{
    uint32_t n = 0;
    if (!g->max_on_worker || w->running < g->max_on_worker)
        return false;
    for (uint32_t i = 0; i < s->n_stages; i++) {
        const sched_stage *of = s->stages[i];
        for (uint32_t k = 0; of->job == g->job && of->running && k < of->n_tasks; k++)
            n += of->tasks[k].state == Q_TASK_RUNNING && of->tasks[k].worker == w->id;
    }
    return n >= g->max_on_worker;
}

static bool placed_better(const sched_worker *w, const sched_worker *best, uint64_t avoid)
{
    if (!best)
        return true;
    if ((w->id == avoid) != (best->id == avoid))
        return best->id == avoid;
    uint32_t room = w->cores - w->running, best_room = best->cores - best->running;
    return room > best_room || (room == best_room && w->holding < best->holding);
}

/* The alive worker with most room; `avoid` only if there is no other. */
static sched_worker *place(q_sched *s, const sched_stage *g, uint64_t avoid)
{
    sched_worker *best = NULL;
    for (uint32_t i = 0; i < s->n_workers; i++) {
        sched_worker *w = &s->workers[i];
        if (w->state == Q_WORKER_ALIVE && worker_free(w) && !stage_without(g, w->id) &&
            placed_better(w, best, avoid) && !job_full_on(w, s, g))
            best = w;
    }
    return best;
}

/* A task that waits for a slot where its rows are. */
static bool ready_start(q_sched *s, sched_stage *g)
{
    for (uint32_t k = 0; k < g->n_tasks; k++) {
        sched_task *t = &g->tasks[k];
        sched_worker *w = t->state == Q_TASK_READY ? worker_find(s, t->worker) : NULL;
        if (w && worker_free(w) && !job_full_on(w, s, g)) {
            task_start(s, g, k, w);
            return true;
        }
    }
    return false;
}

static bool pending_start(q_sched *s, sched_stage *g, int64_t now_ms)
{
    while (g->first_open < g->n_tasks && g->tasks[g->first_open].state != Q_TASK_PENDING)
        g->first_open++;
    for (uint32_t k = g->first_open; k < g->n_tasks; k++) {
        sched_task *t = &g->tasks[k];
        if (t->state != Q_TASK_PENDING || t->not_before_ms > now_ms)
            continue;
        sched_worker *w = place(s, g, t->avoid);
        if (w)
            task_start(s, g, k, w);
        return w != NULL;
    }
    return false;
}

static uint32_t job_running(const q_sched *s, uint64_t job)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_stages; i++)
        n += s->stages[i]->job == job ? s->stages[i]->running : 0;
    return n;
}

/* One more task of the stage, if one can run now. READY ones first: they free memory. */
static bool stage_place(q_sched *s, sched_stage *g, int64_t now_ms)
{
    if (g->failed || g->n_done == g->n_tasks ||
        (g->max_running < UINT32_MAX && job_running(s, g->job) >= g->max_running))
        return false;
    return (g->ready && ready_start(s, g)) || pending_start(s, g, now_ms);
}

/* FIFO: the oldest job first. */
static bool place_fifo(q_sched *s, int64_t now_ms)
{
    for (uint32_t i = 0; i < s->n_stages; i++) {
        if (stage_place(s, s->stages[i], now_ms))
            return true;
    }
    return false;
}

/* FAIR: the job with fewest running tasks first. */
static bool place_fair(q_sched *s, int64_t now_ms)
{
    for (uint32_t floor = 0; floor != UINT32_MAX;) {
        uint32_t next = UINT32_MAX;
        for (uint32_t i = 0; i < s->n_stages; i++) {
            uint32_t n = job_running(s, s->stages[i]->job);
            if (n == floor && stage_place(s, s->stages[i], now_ms))
                return true;
            if (n > floor && n < next)
                next = n;
        }
        floor = next;
    }
    return false;
}

/* ---- time ---- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t workers_tick(q_sched *s, int64_t now_ms)
{
    int64_t next = INT64_MAX;
    for (uint32_t i = s->n_workers; i-- > 0;) {
        const sched_worker *w = &s->workers[i];
        if (w->state != Q_WORKER_LOST && w->heard_ms + s->config.worker_timeout_ms <= now_ms)
            q_sched_worker_lost(s, w->id, now_ms);
        bool lost = w->state == Q_WORKER_LOST;
        int64_t due = lost ? w->lost_ms + s->config.worker_memory_ms
                           : w->heard_ms + s->config.worker_timeout_ms;
        if (due <= now_ms)
            worker_forget(s, i);
        else
            next = earlier(next, due);
    }
    return next;
}

/* Tasks are left that no worker may begin, and nothing that runs can change that. */
static bool stage_stuck(const sched_stage *g, const q_sched *s)
{
    if (g->failed || g->n_done == g->n_tasks || g->running || g->ready || stage_has_worker(s, g))
        return false;
    for (uint32_t k = g->first_open; k < g->n_tasks; k++) {
        if (g->tasks[k].state == Q_TASK_PENDING)
            return true;
    }
    return false;
}

/* A draining worker waits for its kept rows, which wait for tasks that only another worker would
 * take: it is let go, so that one can come in its place. */
static void kept_rows_give_up(q_sched *s, sched_stage *g, int64_t now_ms)
{
    for (uint32_t k = 0; k < g->n_tasks; k++) {
        const sched_task *t = &g->tasks[k];
        const sched_worker *w = t->state == Q_TASK_HOLDING ? worker_find(s, t->worker) : NULL;
        if (!w || w->state != Q_WORKER_DRAINING)
            continue;
        act(s, Q_ACT_CANCEL, ref_of(g, k), NULL);
        task_back_to_pending(s, g, k, now_ms);
    }
}

/* A stage without any worker waits visibly, then fails with that reason. */
static int64_t stage_wait(q_sched *s, sched_stage *g, int64_t now_ms)
{
    if (g->waiting_since_ms < 0)
        g->waiting_since_ms = now_ms;
    if (!g->told_no_workers) {
        g->told_no_workers = true;
        act(s, Q_ACT_NO_WORKERS, (q_task_ref){.stage = g->id}, NULL);
    }
    int64_t due = g->waiting_since_ms + g->no_workers_wait_ms;
    if (due > now_ms)
        return due;
    q_err err;
    q_err_set(&err, Q_E_NO_WORKERS, "no workers registered for %lld s",
              (long long)(g->no_workers_wait_ms / 1000));
    q_err_hint(&err, "start quern-worker with this master's URL");
    stage_fail(s, g, &err);
    return INT64_MAX;
}

static int64_t waiting_tick(q_sched *s, int64_t now_ms)
{
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < s->n_stages; i++) {
        sched_stage *g = s->stages[i];
        if (!stage_stuck(g, s))
            continue;
        kept_rows_give_up(s, g, now_ms);
        next = earlier(next, stage_wait(s, g, now_ms));
    }
    return next;
}

static int64_t backoff_tick(const q_sched *s, int64_t now_ms)
{
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < s->n_stages; i++) {
        const sched_stage *g = s->stages[i];
        for (uint32_t k = g->first_open; k < g->n_tasks && !g->failed; k++) {
            if (g->tasks[k].state == Q_TASK_PENDING && g->tasks[k].not_before_ms > now_ms)
                next = earlier(next, g->tasks[k].not_before_ms);
        }
    }
    return next;
}

int64_t q_sched_tick(q_sched *s, int64_t now_ms)
{
    int64_t next = workers_tick(s, now_ms);
    while (s->config.mode == Q_SCHED_FIFO ? place_fifo(s, now_ms) : place_fair(s, now_ms)) {
    }
    next = earlier(next, waiting_tick(s, now_ms));
    return earlier(next, backoff_tick(s, now_ms));
}
