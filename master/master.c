/* The master's life, and the scheduler's actions carried out. */
#include "master/master.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "master/internal.h"
#include "master/status_pg.h"
#include "master/store.h"

/* How long an ending master waits for the status database. */
#define STATUS_WAIT_MS 5000

static int64_t now_ms(void)
{
    return (int64_t)q_clock_mono_ms();
}

/* ---- finding ---- */

master_worker *master_worker_of_peer(q_master *m, uint64_t peer)
{
    for (master_worker *w = m->workers; w; w = w->next) {
        if (w->peer == peer && w->state != Q_WORKER_LOST)
            return w;
    }
    return NULL;
}

master_worker *master_worker_find(q_master *m, uint64_t id)
{
    for (master_worker *w = m->workers; w; w = w->next) {
        if (w->id == id)
            return w;
    }
    return NULL;
}

void master_worker_name(const master_worker *w, char *out, size_t size)
{
    snprintf(out, size, strchr(w->host, ':') ? "[%s]:%u" : "%s:%u", w->host,
             w->webui_port ? w->webui_port : (unsigned)w->id);
}

master_job *master_job_by_id(q_master *m, uint64_t id)
{
    for (master_job *j = m->jobs; j; j = j->next) {
        if (j->job->id == id)
            return j;
    }
    return NULL;
}

master_job *master_job_find(q_master *m, const char *name)
{
    for (master_job *j = m->jobs; j; j = j->next) {
        char number[24];
        snprintf(number, sizeof number, "%llu", (unsigned long long)j->job->id);
        if (strcmp(j->job->app_id, name) == 0 || strcmp(number, name) == 0)
            return j;
    }
    return NULL;
}

master_run *master_run_find(q_master *m, uint64_t job_id, uint32_t stage_id)
{
    for (master_run *r = m->runs; r; r = r->next) {
        if (r->job->job->id == job_id && r->run->stage_index == stage_id)
            return r;
    }
    return NULL;
}

void master_send(q_master *m, uint64_t peer, const q_message *msg, q_frames *payload)
{
    q_err err;
    q_frames none;
    q_frames_init(&none);
    q_code code = q_net_server_send(m->net, peer, msg, payload ? payload : &none, &err);
    if (code != Q_OK && code != Q_E_NOT_FOUND)
        q_error("cannot send %s: %s", q_message_name(msg->type), err.msg);
}

void master_job_waits(q_master *m, master_job *j)
{
    long long seconds = (long long)(j->limits.wait_ms / 1000);
    q_job_warn(j->job, "no workers registered; waiting %lld s", seconds);
    master_job_tell(m, j, true);
}

void master_refuse(q_master *m, uint64_t peer, const char *token, uint64_t req, const q_err *err)
{
    q_message msg;
    q_message_init(&msg, Q_MSG_REFUSED);
    msg.u.refused = (q_msg_refused){.error = err, .token = token, .req = req};
    master_send(m, peer, &msg, NULL);
}

/* ---- actions ---- */

static master_run *run_of(q_master *m, uint64_t sched_stage)
{
    for (master_run *r = m->runs; r; r = r->next) {
        if (r->run->sched_stage == sched_stage)
            return r;
    }
    return NULL;
}

static bool was_told(const q_run *run, uint64_t worker)
{
    for (uint32_t i = 0; i < run->n_told; i++) {
        if (run->told[i] == worker)
            return true;
    }
    return false;
}

/* The plan goes once to each worker, before its first task of the stage. */
static void plan_send(q_master *m, master_run *r, const master_worker *w)
{
    q_run *run = r->run;
    if (was_told(run, w->id))
        return;
    if (run->n_told == run->told_cap) {
        run->told_cap = run->told_cap ? 2 * run->told_cap : 8;
        run->told = realloc(run->told, sizeof *run->told * run->told_cap);
        Q_ASSERT(run->told);
    }
    run->told[run->n_told++] = w->id;
    q_message msg;
    char bytes[32];
    q_pair memory = {"spark.executor.memory", bytes};
    snprintf(bytes, sizeof bytes, "%llub", (unsigned long long)r->job->limits.executor_bytes);
    q_message_init(&msg, Q_MSG_STAGE);
    msg.u.stage = (q_msg_stage){.job_id = r->job->job->id,
                                .stage_id = run->stage_index,
                                .plan = {run->plan->data, run->plan->len},
                                .session = {run->session->data, run->session->len},
                                .conf = {r->job->limits.executor_bytes ? 1 : 0, &memory},
                                .job_name = r->job->job->submit.name,
                                .trace_id = r->job->job->log.trace.trace_id,
                                .span_id = r->job->job->log.trace.span_id};
    master_send(m, w->peer, &msg, NULL);
}

static void launch(q_master *m, master_run *r, const master_worker *w, const q_task_ref *ref)
{
    const q_run_task *t = &r->run->tasks[ref->task];
    char name[128];
    q_buf split;
    q_frames payload;
    q_message msg;
    plan_send(m, r, w);
    q_buf_init(&split);
    q_frames_init(&payload);
    q_task_split_pack(&split, &t->split);
    if (t->input)
        q_shared_send(&payload, t->input);
    q_rec_launch l = {.task_id = ref->task,
                      .attempt = ref->attempt,
                      .descriptor = {split.data, split.len},
                      .n_frames = t->input != NULL};
    master_worker_name(w, name, sizeof name);
    q_job_record_launch(&r->job->job->record, r->run->stage_index, ref->task, ref->attempt, w->id,
                        name, q_clock_wall_us());
    q_message_init(&msg, Q_MSG_LAUNCH);
    msg.u.launch = (q_msg_launch){
        .job_id = r->job->job->id, .stage_id = r->run->stage_index, .tasks = {1, &l}};
    master_send(m, w->peer, &msg, &payload);
    q_buf_fini(&split);
}

static void go_on(q_master *m, master_run *r, const master_worker *w, const q_task_ref *ref)
{
    q_frames payload;
    q_message msg;
    q_frames_init(&payload);
    q_shared_send(&payload, r->run->tasks[ref->task].replies[ref->phase - 1]);
    q_message_init(&msg, Q_MSG_CONTINUE);
    msg.u.cont = (q_msg_cont){.job_id = r->job->job->id,
                              .stage_id = r->run->stage_index,
                              .task_id = ref->task,
                              .attempt = ref->attempt,
                              .phase = ref->phase};
    master_send(m, w->peer, &msg, &payload);
}

static void cancel(q_master *m, master_run *r, const master_worker *w, const q_task_ref *ref)
{
    q_rec_attempt a = {.job_id = r->job->job->id,
                       .stage_id = r->run->stage_index,
                       .task_id = ref->task,
                       .attempt = ref->attempt};
    q_message msg;
    q_job_record_ended(&r->job->job->record, a.stage_id, a.task_id, a.attempt, 'C',
                       q_clock_wall_us());
    q_message_init(&msg, Q_MSG_CANCEL_TASKS);
    msg.u.cancel_tasks = (q_msg_cancel_tasks){.job_id = a.job_id, .tasks = {1, &a}};
    master_send(m, w->peer, &msg, NULL);
}

static void release(q_master *m, master_run *r, const master_worker *w)
{
    if (!was_told(r->run, w->id))
        return;
    q_message msg;
    q_message_init(&msg, Q_MSG_RELEASE);
    msg.u.release = (q_msg_release){.job_id = r->job->job->id, .stage_id = r->run->stage_index};
    master_send(m, w->peer, &msg, NULL);
}

static void action_do(q_master *m, const q_sched_action *a)
{
    master_run *r = run_of(m, a->ref.stage);
    master_worker *w = master_worker_find(m, a->ref.worker);
    if (a->kind == Q_ACT_WORKER_LOST) {
        workers_lost(m, a->ref.worker);
        return;
    }
    if (a->kind == Q_ACT_WORKER_FORGET) {
        workers_forget(m, a->ref.worker);
        return;
    }
    if (!r)
        return;
    switch (a->kind) {
    case Q_ACT_LAUNCH:
        if (w)
            launch(m, r, w, &a->ref);
        break;
    case Q_ACT_CONTINUE:
        if (w)
            go_on(m, r, w, &a->ref);
        break;
    case Q_ACT_CANCEL:
        if (w)
            cancel(m, r, w, &a->ref);
        break;
    case Q_ACT_RELEASE:
        if (w)
            release(m, r, w);
        break;
    case Q_ACT_PHASE_DONE:
        if (!a->ref.phase)
            status_read(m, r);
        q_run_phase_done(r->run, a->ref.phase);
        break;
    case Q_ACT_STAGE_FAILED:
        q_run_fail(r->run, &a->err);
        break;
    case Q_ACT_NO_WORKERS:
        master_job_waits(m, r->job);
        break;
    default:
        break;
    }
}

static void on_timer(uv_timer_t *timer)
{
    master_pump(timer->data);
}

void master_pump(q_master *m)
{
    q_sched_action a;
    int64_t due, calls, status;
    do {
        due = q_sched_tick(m->sched, now_ms());
        calls = calls_tick(m, now_ms());
        status = status_tick(m, now_ms());
        if (!q_sched_next_action(m->sched, &a))
            break;
        do {
            action_do(m, &a);
        } while (q_sched_next_action(m->sched, &a));
    } while (true);
    due = calls < due ? calls : due;
    due = status < due ? status : due;
    if (due == INT64_MAX) {
        uv_timer_stop(m->timer);
        return;
    }
    int64_t in = due - now_ms();
    uv_timer_start(m->timer, on_timer, in > 0 ? (uint64_t)in : 0, 0);
}

/* ---- jobs ---- */

/* The last job has ended, or there is none: its status is delivered, then all is done. */
static void stop_check(q_master *m)
{
    if (!m->stopping || m->n_running || !m->stopped)
        return;
    void (*stopped)(void *) = m->stopped;
    m->stopped = NULL;
    if (m->status)
        q_status_pg_flush(m->status, STATUS_WAIT_MS, stopped, m->stopped_ctx);
    else
        stopped(m->stopped_ctx);
}

static void job_ended(void *arg)
{
    master_job *j = arg;
    q_master *m = j->master;
    pthread_join(j->thread, NULL);
    j->ended = true;
    m->n_running--;
    clients_job_done(m, j);
    for (master_job *next = m->jobs; next; next = next->next) {
        /* the oldest that waits: the list is newest first */
        bool older = false;
        for (master_job *k = next->next; k; k = k->next)
            older |= !k->started;
        if (!next->started && !older && !m->stopping)
            master_job_start(m, next);
    }
    stop_check(m);
}

static void *job_thread(void *arg)
{
    master_job *j = arg;
    q_driver_port port = master_port;
    port.ctx = j;
    q_job_log_bind(&j->job->log);
    q_driver_run(j->job, &port);
    q_net_post(j->master->loop, job_ended, j);
    return NULL;
}

void master_job_start(q_master *m, master_job *j)
{
    if (m->n_running >= m->config.max_jobs)
        return; /* when another ends */
    j->started = true;
    m->n_running++;
    int rc = pthread_create(&j->thread, NULL, job_thread, j);
    Q_ASSERT(!rc);
}

void master_job_cancel(q_master *m, master_job *j, const char *why)
{
    q_err err;
    if (j->ended || atomic_exchange(&j->job->cancelled, true))
        return;
    q_job_log_add(&j->job->log, Q_LOG_INFO, "to be cancelled: %s", why);
    q_err_set(&err, Q_E_CANCELLED, "the job was cancelled: %s", why);
    for (master_run *r = m->runs; r; r = r->next) {
        if (r->job == j)
            q_run_fail(r->run, &err);
    }
    calls_cancel(m, j);
    if (!j->started) {
        q_job_fail(j->job, &err, q_clock_wall_us());
        j->started = j->ended = true;
        clients_job_done(m, j);
    }
}

/* ---- life ---- */

static void on_message(void *arg, uint64_t peer, const q_message *msg, q_frames *frames)
{
    q_master *m = arg;
    workers_message(m, peer, msg, frames);
    clients_message(m, peer, msg, frames);
    master_pump(m);
}

static void on_gone(void *arg, uint64_t peer)
{
    workers_gone(arg, peer);
    clients_gone(arg, peer);
    master_pump(arg);
}

static void on_room(void *arg, uint64_t peer)
{
    clients_room(arg, peer);
}

static uv_timer_t *timer_new(q_master *m)
{
    uv_timer_t *t = malloc(sizeof *t);
    Q_ASSERT(t);
    uv_timer_init(m->uv, t);
    t->data = m;
    return t;
}

q_code q_master_new(const q_master_config *config, struct uv_loop_s *uv, q_net_loop *loop,
                    q_net_context *net, q_master **out, q_err *err)
{
    q_master *m = calloc(1, sizeof *m);
    Q_ASSERT(m);
    m->config = *config;
    m->uv = uv;
    m->loop = loop;
    m->next_job = m->next_call = 1;
    m->started_us = q_clock_wall_us();
    m->sched = q_sched_new(&config->sched);
    snprintf(m->id, sizeof m->id, "master-%llx", (unsigned long long)q_clock_wall_us());
    m->timer = timer_new(m);
    m->stop_timer = timer_new(m);
    const q_net_server_handlers handlers = {.arg = m,
                                            .directions = Q_MSG_W2M | Q_MSG_C2M,
                                            .on_message = on_message,
                                            .on_gone = on_gone,
                                            .on_room = on_room};
    q_code code = q_net_server_new(net, loop, &handlers, &m->net, err);
    if (code == Q_OK)
        code = q_status_pg_new(config->status_dsn, uv, &m->status, err);
    if (code == Q_OK)
        code = history_open(m, config->store, err);
    if (code == Q_OK)
        code = q_net_server_bind(m->net, config->endpoint, err);
    if (code == Q_OK)
        telemetry_open(m);
    if (code != Q_OK)
        q_master_close(&m);
    *out = m;
    return code;
}

uint16_t q_master_port(const q_master *m)
{
    return q_net_server_port(m->net);
}

uint32_t q_master_alive_cores(const q_master *m)
{
    return q_sched_alive_cores(m->sched);
}

static void jobs_cancel(q_master *m, bool running)
{
    for (master_job *j = m->jobs; j; j = j->next) {
        if (running || !j->started)
            master_job_cancel(m, j, "the master stops");
    }
    master_pump(m);
}

static void on_stop_timer(uv_timer_t *timer)
{
    jobs_cancel(timer->data, true);
}

void q_master_stop(q_master *m, uint32_t wait_ms, void (*done)(void *ctx), void *ctx)
{
    m->stopping = true;
    m->stopped = done;
    m->stopped_ctx = ctx;
    jobs_cancel(m, !wait_ms);
    stop_check(m);
    if (m->n_running && wait_ms) {
        q_info("%u jobs run: they have %u ms to end", m->n_running, wait_ms);
        uv_timer_start(m->stop_timer, on_stop_timer, wait_ms, 0);
    }
}

static void timer_closed(uv_handle_t *handle)
{
    free(handle);
}

void q_master_close(q_master **master)
{
    q_master *m = *master;
    if (!m)
        return;
    if (m->net)
        q_net_server_close(&m->net);
    uv_close((uv_handle_t *)m->timer, timer_closed);
    uv_close((uv_handle_t *)m->stop_timer, timer_closed);
    while (m->jobs) {
        master_job *j = m->jobs;
        m->jobs = j->next;
        q_job_destroy(&j->job);
        q_buf_fini(&j->detail);
        free(j);
    }
    while (m->workers) {
        master_worker *w = m->workers;
        m->workers = w->next;
        free(w);
    }
    telemetry_close(m);
    q_status_pg_close(&m->status);
    q_store_close(&m->store);
    q_sched_destroy(&m->sched);
    free(m);
    *master = NULL;
}
