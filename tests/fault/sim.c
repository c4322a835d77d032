/*
 * The scheduler in a simulated cluster under virtual time: workers that crash, freeze, lose their
 * connection, drain, do not see the files or have failing tasks; results that come late, twice or
 * from the dead; clocks that jump. After a time of trouble there is calm, and then has to hold:
 *
 *   - every phase of every task was counted exactly once (again only after a repeat), with its own
 * body
 *   - no worker ever had more tasks than cores, no job more than its limit; in the end no slot is
 * held
 *   - nothing is sent to a worker that is lost, nothing new to one that drains
 *   - every job came to an end: completed, unless it was cancelled or one of its tasks can never
 * work
 *
 *   sim [--seeds N] [--workers N] [--seed S] [--verbose]
 *
 * A failure prints the arguments that show it again.
 */
#include <stdio.h>

#include "tests/fault/sim_queue.h"

#define TROUBLE_MS 120000 /* afterwards nothing goes wrong any more */
#define HORIZON_MS 36000000
#define HUGE_TASKS 2000u

typedef struct held {
    q_task_ref ref; /* worker: the epoch under which it came */
    bool running;
} held;

typedef struct host {
    uint32_t process; /* number of the one that runs, 0 before the first */
    bool alive, frozen, cut, draining, blind, dawdles;
    uint32_t cores;
    uint64_t epoch; /* as this process knows it; 0: not registered */
    held *tasks;
    uint32_t n_tasks, tasks_cap;
    sim_event *waiting; /* what happens when it thaws */
    uint32_t n_waiting, waiting_cap;
    int64_t last_word_ms; /* of the master, arrives */
} host;

typedef enum job_end { JOB_OPEN, JOB_COMPLETED, JOB_FAILED, JOB_CANCELLED } job_end;

typedef struct job {
    uint64_t stage; /* 0: not yet or not any more */
    uint32_t n_tasks, n_phases, max_running, max_on_worker,
        poison; /* poison: a task that never works; n_tasks: none */
    uint32_t phases_done;
    uint32_t repeats; /* tasks to be repeated after phase 0 */
    uint32_t *counted;
    uint32_t *attempt; /* whose results count: this one's or a later one's */
    uint64_t sum;
    uint32_t running;
    job_end end;
    q_code why; /* FAILED */
} job;

typedef struct sim {
    uint64_t seed, random;
    bool verbose, brittle;   /* brittle: few failures end a job */
    int64_t now_ms, skew_ms; /* skew: how much the master's clock is ahead */
    int64_t next_tick_ms;
    q_sched *s;
    sim_queue queue;
    host *hosts;
    uint32_t n_hosts;
    uint32_t *host_of; /* by epoch */
    uint64_t n_epochs;
    job *jobs;
    uint32_t n_jobs, n_ended;
    uint64_t n_events, n_stale, n_duplicates, n_lost, n_launched;
} sim;

static uint32_t below(sim *m, uint32_t n)
{
    return (uint32_t)(sim_random(&m->random) % n);
}

static bool chance(sim *m, uint32_t per_mille)
{
    return below(m, 1000) < per_mille;
}

static void broken(const sim *m, const char *what, uint64_t a, uint64_t b)
{
    printf("sim: %s (%llu, %llu) at %lld ms\n  again: sim --seed %llu --workers %u --verbose\n",
           what, (unsigned long long)a, (unsigned long long)b, (long long)m->now_ms,
           (unsigned long long)m->seed, m->n_hosts);
    fflush(stdout);
    exit(1);
}

#define HOLDS(m, condition, what, a, b) \
    do {                                \
        if (!(condition))               \
            broken(m, what, a, b);      \
    } while (0)

static int64_t master_ms(const sim *m)
{
    return m->now_ms + m->skew_ms;
}

static bool troubled(const sim *m)
{
    return m->now_ms < TROUBLE_MS;
}

/* ---- the network ---- */

static int64_t latency(sim *m)
{
    if (troubled(m) && chance(m, 5))
        return 1 + below(m, 8000); /* a late word */
    return 1 + below(m, 20);
}

static void send(sim *m, sim_event e)
{
    e.at_ms = m->now_ms + latency(m);
    sim_put(&m->queue, e);
    if (troubled(m) && chance(m, 20)) { /* said twice */
        e.at_ms = m->now_ms + 1 + below(m, 2000);
        sim_put(&m->queue, e);
    }
}

/* In order, once: it is one connection, and a worker relies on that. (What workers say comes in any
 * order, late and twice: the scheduler relies on nothing.) */
static void to_worker(sim *m, uint32_t i, const q_sched_action *a)
{
    host *h = &m->hosts[i];
    int64_t at = m->now_ms + latency(m);
    h->last_word_ms = at > h->last_word_ms ? at : h->last_word_ms;
    sim_put(&m->queue, (sim_event){.at_ms = h->last_word_ms,
                                   .kind = EV_TO_WORKER,
                                   .host = i,
                                   .process = h->process,
                                   .action = a->kind,
                                   .ref = a->ref});
}

static void to_master(sim *m, uint32_t i, sim_event_kind kind, q_task_ref ref)
{
    const host *h = &m->hosts[i];
    if (!h->cut)
        send(m, (sim_event){.kind = kind, .host = i, .process = h->process, .ref = ref});
}

/* ---- a worker ---- */

static void host_forget(host *h)
{
    h->n_tasks = 0;
}

static held *held_find(host *h, const q_task_ref *ref)
{
    for (uint32_t k = 0; k < h->n_tasks; k++) {
        const q_task_ref *t = &h->tasks[k].ref;
        if (t->stage == ref->stage && t->task == ref->task && t->attempt == ref->attempt)
            return &h->tasks[k];
    }
    return NULL;
}

static void held_drop(host *h, held *t)
{
    *t = h->tasks[--h->n_tasks];
}

static void phase_begin(sim *m, uint32_t i, const q_task_ref *ref)
{
    int64_t takes = 1 + below(m, m->hosts[i].dawdles ? 5000 : 400);
    sim_put(&m->queue, (sim_event){.at_ms = m->now_ms + takes,
                                   .kind = EV_PHASE_END,
                                   .host = i,
                                   .process = m->hosts[i].process,
                                   .ref = *ref});
}

static void worker_launch(sim *m, uint32_t i, const q_task_ref *ref)
{
    host *h = &m->hosts[i];
    if (held_find(h, ref))
        return;
    if (h->n_tasks == h->tasks_cap) {
        h->tasks_cap = h->tasks_cap ? 2 * h->tasks_cap : 8;
        h->tasks = realloc(h->tasks, h->tasks_cap * sizeof *h->tasks);
        Q_ASSERT(h->tasks);
    }
    h->tasks[h->n_tasks++] = (held){*ref, true};
    phase_begin(m, i, ref);
}

static void worker_message(sim *m, uint32_t i, const sim_event *e)
{
    host *h = &m->hosts[i];
    held *t = held_find(h, &e->ref);
    if (e->ref.worker != h->epoch)
        return; /* for the session before */
    if (e->action == Q_ACT_LAUNCH) {
        worker_launch(m, i, &e->ref);
    } else if (e->action == Q_ACT_CONTINUE && t && !t->running && t->ref.phase == e->ref.phase) {
        t->running = true;
        phase_begin(m, i, &e->ref);
    } else if (e->action == Q_ACT_CANCEL && t) {
        held_drop(h, t);
    } else if (e->action == Q_ACT_RELEASE) {
        for (uint32_t k = h->n_tasks; k-- > 0;) {
            if (h->tasks[k].ref.stage == e->ref.stage)
                held_drop(h, &h->tasks[k]);
        }
    }
}

static job *job_of(sim *m, uint64_t stage)
{
    for (uint32_t k = 0; k < m->n_jobs; k++) {
        if (m->jobs[k].stage == stage)
            return &m->jobs[k];
    }
    return NULL;
}

static void phase_end(sim *m, uint32_t i, const q_task_ref *ref)
{
    host *h = &m->hosts[i];
    held *t = held_find(h, ref);
    const job *j = job_of(m, ref->stage);
    if (!t || !t->running || t->ref.phase != ref->phase)
        return;
    bool poison = j && ref->task == j->poison;
    if (h->blind || poison || (troubled(m) && chance(m, 10))) {
        held_drop(h, t);
        to_master(m, i, EV_FAILED, *ref);
        return;
    }
    to_master(m, i, EV_RESULT, *ref);
    t->running = false;
    t->ref.phase++;
}

static void worker_register(sim *m, uint32_t i)
{
    m->hosts[i].epoch = 0;
    host_forget(&m->hosts[i]);
    to_master(m, i, EV_REGISTER, (q_task_ref){0});
}

static void beat(sim *m, uint32_t i)
{
    host *h = &m->hosts[i];
    if (h->epoch)
        to_master(m, i, EV_HEARTBEAT, (q_task_ref){.worker = h->epoch});
    else if (!h->cut)
        worker_register(m, i); /* it tries on */
    if (h->draining && (!h->epoch || !h->n_tasks)) {
        if (h->epoch)
            to_master(m, i, EV_LEFT, (q_task_ref){.worker = h->epoch});
        h->alive = false;
        sim_put(&m->queue, (sim_event){.at_ms = m->now_ms + 1000, .kind = EV_START, .host = i});
        return;
    }
    sim_put(
        &m->queue,
        (sim_event){.at_ms = m->now_ms + 1000, .kind = EV_BEAT, .host = i, .process = h->process});
}

static void start(sim *m, uint32_t i)
{
    host *h = &m->hosts[i];
    if (h->alive)
        return;
    h->alive = true;
    h->frozen = h->cut = h->draining = false;
    h->blind = troubled(m) && chance(m, 30);
    h->dawdles = chance(m, 50);
    h->process++;
    h->cores = 1 + below(m, 4);
    h->n_waiting = 0;
    worker_register(m, i);
    sim_put(&m->queue, (sim_event){.at_ms = m->now_ms + below(m, 1000),
                                   .kind = EV_BEAT,
                                   .host = i,
                                   .process = h->process});
}

/* The master sees the end of a connection soon, late, or (silence) not at all. */
static void connection_ends(sim *m, uint32_t i)
{
    const host *h = &m->hosts[i];
    if (h->epoch && chance(m, 700))
        sim_put(&m->queue, (sim_event){.at_ms = m->now_ms + below(m, 3000),
                                       .kind = EV_GONE,
                                       .host = i,
                                       .process = h->process,
                                       .ref.worker = h->epoch});
}

static void crash(sim *m, uint32_t i)
{
    host *h = &m->hosts[i];
    connection_ends(m, i);
    h->alive = false;
    h->epoch = 0;
    host_forget(h);
    sim_put(&m->queue,
            (sim_event){.at_ms = m->now_ms + below(m, 20000), .kind = EV_START, .host = i});
}

static void cut(sim *m, uint32_t i)
{
    host *h = &m->hosts[i];
    connection_ends(m, i);
    h->cut = true;
    h->epoch = 0; /* it notices, and forgets its tasks as the master does */
    host_forget(h);
    sim_put(&m->queue, (sim_event){.at_ms = m->now_ms + below(m, 10000),
                                   .kind = EV_CUT,
                                   .host = i,
                                   .process = h->process,
                                   .job = 1}); /* 1: it comes back */
}

static void wait_for_thaw(host *h, const sim_event *e)
{
    if (h->n_waiting == h->waiting_cap) {
        h->waiting_cap = h->waiting_cap ? 2 * h->waiting_cap : 8;
        h->waiting = realloc(h->waiting, h->waiting_cap * sizeof *h->waiting);
        Q_ASSERT(h->waiting);
    }
    h->waiting[h->n_waiting++] = *e;
}

static void thaw(sim *m, host *h)
{
    h->frozen = false;
    for (uint32_t k = 0; k < h->n_waiting; k++) {
        h->waiting[k].at_ms = m->now_ms;
        sim_put(&m->queue, h->waiting[k]);
    }
    h->n_waiting = 0;
}

static void drain(sim *m, uint32_t i)
{
    host *h = &m->hosts[i];
    if (h->epoch && !h->draining) {
        h->draining = true;
        to_master(m, i, EV_DRAINING, (q_task_ref){.worker = h->epoch});
    }
}

static void worker_event(sim *m, const sim_event *e)
{
    host *h = &m->hosts[e->host];
    if (e->kind == EV_START) {
        start(m, e->host);
        return;
    }
    if (!h->alive || e->process != h->process)
        return;
    if (h->frozen && e->kind != EV_THAW && e->kind != EV_CRASH) {
        wait_for_thaw(h, e);
        return;
    }
    switch (e->kind) {
    case EV_TO_WORKER:
        if (!h->cut)
            worker_message(m, e->host, e);
        break;
    case EV_PHASE_END:
        phase_end(m, e->host, &e->ref);
        break;
    case EV_BEAT:
        beat(m, e->host);
        break;
    case EV_CRASH:
        crash(m, e->host);
        break;
    case EV_FREEZE:
        h->frozen = true;
        sim_put(&m->queue, (sim_event){.at_ms = m->now_ms + below(m, 30000),
                                       .kind = EV_THAW,
                                       .host = e->host,
                                       .process = h->process});
        break;
    case EV_THAW:
        thaw(m, h);
        break;
    case EV_CUT:
        if (e->job)
            h->cut = false; /* the next beat registers */
        else if (!h->cut)
            cut(m, e->host);
        break;
    default:
        drain(m, e->host);
        break;
    }
}

/* ---- the master ---- */

static uint64_t body_of(const job *j, uint32_t index, uint32_t task, uint32_t phase)
{
    uint64_t state =
        ((uint64_t)index << 40) ^ ((uint64_t)task << 8) ^ phase ^ (uint64_t)j->n_tasks << 20;
    return sim_random(&state);
}

static void job_ends(sim *m, job *j, job_end end)
{
    HOLDS(m, j->end == JOB_OPEN, "a job ended twice", (uint64_t)(j - m->jobs), end);
    if (m->verbose)
        printf("%8lld job %d ends: %d\n", (long long)m->now_ms, (int)(j - m->jobs), end);
    j->end = end;
    q_sched_stage_remove(m->s, j->stage);
    j->stage = 0;
    m->n_ended++;
}

static void job_submit(sim *m, uint32_t index)
{
    job *j = &m->jobs[index];
    const q_sched_stage_spec spec = {.job = index + 1,
                                     .n_tasks = j->n_tasks,
                                     .n_phases = j->n_phases,
                                     .max_running = j->max_running,
                                     .max_on_worker = j->max_on_worker,
                                     .max_failures = m->brittle ? 4 : 100000,
                                     .no_workers_wait_ms = m->brittle ? 20000 : HORIZON_MS};
    j->stage = q_sched_stage_add(m->s, &spec);
}

static void register_worker(sim *m, const sim_event *e)
{
    host *h = &m->hosts[e->host];
    if (!h->alive || h->process != e->process || h->cut || h->draining)
        return;
    if (h->epoch) /* the same name again: what ran under the old registration is lost */
        q_sched_worker_lost(m->s, h->epoch, master_ms(m));
    uint64_t id = q_sched_worker_add(m->s, h->cores, master_ms(m));
    if (id >= m->n_epochs) {
        uint64_t n = 2 * id + 1024;
        m->host_of = realloc(m->host_of, n * sizeof *m->host_of);
        Q_ASSERT(m->host_of);
        m->n_epochs = n;
    }
    m->host_of[id] = e->host;
    host_forget(h);
    h->epoch = id; /* REGISTERED comes before anything else on that connection */
}

static void heartbeat(sim *m, const sim_event *e)
{
    host *h = &m->hosts[e->host];
    bool known = q_sched_worker_heard(m->s, e->ref.worker, master_ms(m));
    if (!known && h->alive && h->process == e->process && h->epoch == e->ref.worker)
        worker_register(m, e->host); /* the answer tells it */
}

static void result(sim *m, const sim_event *e)
{
    q_sched_worker_info info;
    bool lost = !q_sched_worker_info_get(m->s, e->ref.worker, &info) || info.state == Q_WORKER_LOST;
    q_result_verdict verdict = q_sched_task_result(m->s, &e->ref);
    job *j = job_of(m, e->ref.stage);
    m->n_stale += verdict == Q_RESULT_STALE;
    m->n_duplicates += verdict == Q_RESULT_DUPLICATE;
    HOLDS(m, verdict == Q_RESULT_STALE || j, "a result of no job is taken", e->ref.stage, 0);
    HOLDS(m, verdict == Q_RESULT_STALE || !lost, "a lost worker's word is taken", e->ref.worker, 0);
    if (verdict == Q_RESULT_DUPLICATE)
        HOLDS(m, e->ref.phase < j->counted[e->ref.task], "called a duplicate, never counted",
              e->ref.task, e->ref.phase);
    if (verdict != Q_RESULT_COUNTS)
        return;
    HOLDS(m, e->ref.phase == j->counted[e->ref.task], "counted twice, or out of order", e->ref.task,
          e->ref.phase);
    HOLDS(m, e->ref.attempt >= j->attempt[e->ref.task], "a result from before the repeat is taken",
          e->ref.task, e->ref.attempt);
    j->attempt[e->ref.task] = e->ref.attempt;
    j->counted[e->ref.task]++;
    j->sum += body_of(j, (uint32_t)(j - m->jobs), e->ref.task, e->ref.phase);
}

static void failure(sim *m, const sim_event *e)
{
    q_err err;
    const host *h = &m->hosts[e->host];
    if (h->blind && h->process == e->process) {
        q_err_set(&err, Q_E_PATH_NOT_FOUND, "not here");
        q_sched_task_refused(m->s, &e->ref, &err, master_ms(m));
        return;
    }
    q_err_set(&err, Q_E_IO, "a task's error");
    q_sched_task_failed(m->s, &e->ref, &err, true, master_ms(m));
}

/* The driver: some tasks again (landing corrections), or on to the next phase, or the end. */
static void merged(sim *m, const sim_event *e)
{
    job *j = &m->jobs[e->job];
    if (j->end != JOB_OPEN)
        return;
    for (uint32_t t = 0; t < j->n_tasks; t++)
        HOLDS(m, j->counted[t] == j->phases_done, "a phase is done without a task's result", t,
              j->counted[t]);
    if (j->phases_done == 1 && j->repeats) {
        j->phases_done = 0;
        for (; j->repeats; j->repeats--) {
            uint32_t t = below(m, j->n_tasks);
            if (!j->counted[t])
                continue;
            j->counted[t] = 0;
            j->attempt[t]++;
            j->sum -= body_of(j, e->job, t, 0);
            q_sched_task_repeat(m->s, j->stage, t, master_ms(m));
        }
    } else if (j->phases_done == j->n_phases) {
        job_ends(m, j, JOB_COMPLETED);
    } else {
        q_sched_stage_go_on(m->s, j->stage, j->phases_done);
    }
}

static void master_event(sim *m, const sim_event *e)
{
    switch (e->kind) {
    case EV_REGISTER:
        register_worker(m, e);
        break;
    case EV_HEARTBEAT:
        heartbeat(m, e);
        break;
    case EV_RESULT:
        result(m, e);
        break;
    case EV_FAILED:
        failure(m, e);
        break;
    case EV_GONE:
    case EV_LEFT:
        q_sched_worker_lost(m->s, e->ref.worker, master_ms(m));
        break;
    case EV_DRAINING:
        q_sched_worker_drain(m->s, e->ref.worker);
        break;
    case EV_SUBMIT:
        job_submit(m, e->job);
        break;
    case EV_CANCEL:
        if (m->jobs[e->job].end == JOB_OPEN && m->jobs[e->job].stage)
            job_ends(m, &m->jobs[e->job], JOB_CANCELLED);
        break;
    case EV_MERGED:
        merged(m, e);
        break;
    default:
        break;
    }
}

static void task_sent(sim *m, const q_sched_action *a)
{
    q_sched_worker_info info;
    bool known = q_sched_worker_info_get(m->s, a->ref.worker, &info);
    HOLDS(m, known && info.state != Q_WORKER_LOST, "a task for a lost worker", a->ref.worker, 0);
    HOLDS(m, a->kind != Q_ACT_LAUNCH || info.state == Q_WORKER_ALIVE,
          "a task for a draining worker", a->ref.worker, 0);
    HOLDS(m, info.running <= info.cores, "more tasks than cores", info.running, info.cores);
    m->n_launched += a->kind == Q_ACT_LAUNCH;
}

static void phase_done(sim *m, const q_sched_action *a)
{
    job *j = job_of(m, a->ref.stage);
    if (!j)
        return;
    HOLDS(m, a->ref.phase == j->phases_done, "phases out of order", a->ref.phase, j->phases_done);
    j->phases_done++;
    sim_put(&m->queue, (sim_event){.at_ms = m->now_ms + 1 + below(m, 200),
                                   .kind = EV_MERGED,
                                   .job = (uint32_t)(j - m->jobs)});
}

static void carry_out(sim *m, const q_sched_action *a)
{
    job *j;
    switch (a->kind) {
    case Q_ACT_LAUNCH:
    case Q_ACT_CONTINUE:
        task_sent(m, a);
        /* fallthrough */
    case Q_ACT_CANCEL:
    case Q_ACT_RELEASE: {
        uint32_t i = m->host_of[a->ref.worker];
        if (m->hosts[i].epoch == a->ref.worker) /* else the words go with the connection */
            to_worker(m, i, a);
        break;
    }
    case Q_ACT_PHASE_DONE:
        phase_done(m, a);
        break;
    case Q_ACT_STAGE_FAILED:
        j = job_of(m, a->ref.stage);
        if (j && j->end == JOB_OPEN) {
            j->why = a->err.code;
            job_ends(m, j, JOB_FAILED);
        }
        break;
    case Q_ACT_WORKER_LOST:
        m->n_lost++;
        break;
    default:
        break;
    }
}

static void pump(sim *m)
{
    q_sched_action a;
    int64_t due;
    do {
        due = q_sched_tick(m->s, master_ms(m));
        if (!q_sched_next_action(m->s, &a))
            break;
        do {
            carry_out(m, &a);
        } while (q_sched_next_action(m->s, &a));
    } while (true);
    if (due == INT64_MAX)
        return;
    int64_t at = due - m->skew_ms;
    at = at > m->now_ms ? at : m->now_ms + 1;
    if (m->next_tick_ms <= m->now_ms || at < m->next_tick_ms) {
        m->next_tick_ms = at;
        sim_put(&m->queue, (sim_event){.at_ms = at, .kind = EV_TICK});
    }
}

/* ---- invariants over everything ---- */

static void slots_check(sim *m)
{
    q_sched_worker_info info;
    uint64_t at_workers = 0, of_jobs = 0;
    for (uint64_t id = 1; id < m->n_epochs; id++) {
        if (q_sched_worker_info_get(m->s, id, &info) && info.state != Q_WORKER_LOST) {
            HOLDS(m, info.running <= info.cores, "more tasks than cores", info.running, info.cores);
            at_workers += info.running;
        }
    }
    for (uint32_t k = 0; k < m->n_jobs; k++) {
        q_sched_stage_info stage;
        if (!m->jobs[k].stage || !q_sched_stage_info_get(m->s, m->jobs[k].stage, &stage))
            continue;
        HOLDS(m, !m->jobs[k].max_running || stage.running <= m->jobs[k].max_running,
              "more tasks than the job may run", stage.running, m->jobs[k].max_running);
        of_jobs += stage.running;
    }
    HOLDS(m, at_workers == of_jobs, "slots and running tasks differ", at_workers, of_jobs);
}

static void end_check(sim *m)
{
    q_sched_worker_info info;
    HOLDS(m, m->n_ended == m->n_jobs, "jobs without an end", m->n_ended, m->n_jobs);
    for (uint64_t id = 1; id < m->n_epochs; id++) {
        if (q_sched_worker_info_get(m->s, id, &info) && info.state != Q_WORKER_LOST)
            HOLDS(m, !info.running && !info.holding, "a slot is held in the end", info.running,
                  info.holding);
    }
    for (uint32_t k = 0; k < m->n_jobs; k++) {
        const job *j = &m->jobs[k];
        uint64_t sum = 0;
        /* refused by all who are there, or (brittle) tried often enough */
        HOLDS(m, j->end != JOB_FAILED || m->brittle || j->why == Q_E_PATH_NOT_FOUND,
              "a job failed for no reason", k, j->why);
        HOLDS(m, j->end != JOB_COMPLETED || j->poison >= j->n_tasks,
              "a job completed without a task", k, j->poison);
        if (j->end != JOB_COMPLETED)
            continue;
        for (uint32_t t = 0; t < j->n_tasks; t++) {
            HOLDS(m, j->counted[t] == j->n_phases, "a task has not all its phases", t,
                  j->counted[t]);
            for (uint32_t p = 0; p < j->n_phases; p++)
                sum += body_of(j, k, t, p);
        }
        HOLDS(m, sum == j->sum, "the result is not the calm one's", sum, j->sum);
    }
}

/* ---- a run ---- */

static void jobs_make(sim *m)
{
    m->n_jobs = 2 + below(m, 8);
    m->jobs = calloc(m->n_jobs, sizeof *m->jobs);
    Q_ASSERT(m->jobs);
    for (uint32_t k = 0; k < m->n_jobs; k++) {
        job *j = &m->jobs[k];
        uint32_t most = 4 * m->n_hosts < HUGE_TASKS ? 4 * m->n_hosts : HUGE_TASKS;
        j->n_tasks = chance(m, 50) ? 0 : 1 + below(m, most + 20);
        j->n_phases = 1 + below(m, 4);
        j->max_running = chance(m, 300) ? 1 + below(m, 5) : 0;
        j->max_on_worker = chance(m, 200) ? 1 + below(m, 2) : 0;
        j->repeats = j->n_tasks && chance(m, 300) ? 1 + below(m, 20) : 0;
        j->counted = calloc(j->n_tasks + 1, sizeof *j->counted);
        j->attempt = calloc(j->n_tasks + 1, sizeof *j->attempt);
        Q_ASSERT(j->counted && j->attempt);
        j->poison = m->brittle && j->n_tasks && chance(m, 200) ? below(m, j->n_tasks) : j->n_tasks;
        sim_put(&m->queue, (sim_event){.at_ms = below(m, 60000), .kind = EV_SUBMIT, .job = k});
        if (chance(m, 100))
            sim_put(&m->queue,
                    (sim_event){.at_ms = 60000 + below(m, 60000), .kind = EV_CANCEL, .job = k});
    }
}

static void trouble_make(sim *m)
{
    static const sim_event_kind kinds[] = {EV_CRASH, EV_CRASH, EV_FREEZE, EV_CUT, EV_DRAIN};
    uint32_t n = m->n_hosts * (1 + below(m, 6));
    for (uint32_t k = 0; k < n; k++)
        sim_put(&m->queue, (sim_event){.at_ms = below(m, TROUBLE_MS),
                                       .kind = kinds[below(m, 5)],
                                       .host = below(m, m->n_hosts),
                                       .process = UINT32_MAX});
    for (uint32_t i = 0; i < m->n_hosts; i++)
        sim_put(&m->queue, (sim_event){.at_ms = below(m, 5000), .kind = EV_START, .host = i});
}

static void step(sim *m, sim_event *e)
{
    m->now_ms = e->at_ms;
    m->n_events++;
    if (troubled(m) && chance(m, 1) && chance(m, 50))
        m->skew_ms += below(m, 90000); /* the master's machine slept */
    if (e->process == UINT32_MAX)      /* of whoever runs there now */
        e->process = m->hosts[e->host].process;
    if (e->kind <= EV_START)
        worker_event(m, e);
    else
        master_event(m, e);
    if (e->kind > EV_START && e->kind != EV_HEARTBEAT)
        pump(m);
    if (m->n_events % 1024 == 0)
        slots_check(m);
}

/* After the trouble those that cannot do their work are replaced. */
static void calm(sim *m)
{
    for (uint32_t i = 0; i < m->n_hosts; i++) {
        host *h = &m->hosts[i];
        if (h->alive && (h->blind || h->frozen || h->cut))
            crash(m, i);
    }
}

static void sim_fini(sim *m)
{
    for (uint32_t i = 0; i < m->n_hosts; i++) {
        free(m->hosts[i].tasks);
        free(m->hosts[i].waiting);
    }
    for (uint32_t k = 0; k < m->n_jobs; k++) {
        free(m->jobs[k].counted);
        free(m->jobs[k].attempt);
    }
    free(m->hosts);
    free(m->jobs);
    free(m->host_of);
    free(m->queue.items);
    q_sched_destroy(&m->s);
}

static void sim_run(uint64_t seed, uint32_t n_workers, bool verbose)
{
    sim m = {.seed = seed, .random = seed, .verbose = verbose};
    sim_event e;
    bool calmed = false;
    m.n_hosts = 1 + below(&m, 40);
    m.n_hosts = n_workers ? n_workers : m.n_hosts;
    m.brittle = chance(&m, 400);
    m.s = q_sched_new(&(q_sched_config){.mode = chance(&m, 500) ? Q_SCHED_FAIR : Q_SCHED_FIFO,
                                        .max_failures = 4,
                                        .worker_timeout_ms = 5000,
                                        .worker_memory_ms = 75000,
                                        .no_workers_wait_ms = 20000,
                                        .backoff_ms = 50});
    m.hosts = calloc(m.n_hosts, sizeof *m.hosts);
    Q_ASSERT(m.hosts);
    jobs_make(&m);
    trouble_make(&m);
    while (m.n_ended < m.n_jobs && sim_take(&m.queue, &e)) {
        HOLDS(&m, e.at_ms < HORIZON_MS, "no end", m.n_ended, m.n_jobs);
        step(&m, &e);
        if (!calmed && !troubled(&m)) {
            calmed = true;
            calm(&m);
        }
    }
    end_check(&m);
    if (verbose)
        printf("seed %llu: %u workers, %u jobs, %llu events, %llu launches, %llu workers lost, "
               "%llu stale words, %llu duplicates, %lld s\n",
               (unsigned long long)seed, m.n_hosts, m.n_jobs, (unsigned long long)m.n_events,
               (unsigned long long)m.n_launched, (unsigned long long)m.n_lost,
               (unsigned long long)m.n_stale, (unsigned long long)m.n_duplicates,
               (long long)m.now_ms / 1000);
    sim_fini(&m);
}

int main(int argc, char **argv)
{
    uint64_t seeds = 300, one = 0;
    uint32_t workers = 0;
    bool verbose = false;
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "0";
        if (strcmp(argv[i], "--verbose") == 0)
            verbose = true;
        else if (strcmp(argv[i], "--seeds") == 0)
            seeds = strtoull(value, NULL, 10), i++;
        else if (strcmp(argv[i], "--seed") == 0)
            one = strtoull(value, NULL, 10), i++;
        else if (strcmp(argv[i], "--workers") == 0)
            workers = (uint32_t)strtoul(value, NULL, 10), i++;
        else
            return fprintf(stderr, "sim [--seeds N] [--workers N] [--seed S] [--verbose]\n"), 2;
    }
    for (uint64_t seed = one ? one : 1; seed <= (one ? one : seeds); seed++)
        sim_run(seed, workers, verbose);
    printf("sim: %llu seeds: all held\n", (unsigned long long)(one ? 1 : seeds));
    return 0;
}
