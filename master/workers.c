/* What workers say. */
#include <stdio.h>
#include <stdlib.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "master/internal.h"

static int64_t now_ms(void)
{
    return (int64_t)q_clock_mono_ms();
}

static void worker_remove(q_master *m, master_worker *w)
{
    w->state = Q_WORKER_LOST;
    w->peer = 0;
    w->lost_us = q_clock_wall_us();
    for (master_job *j = m->jobs; j; j = j->next) {
        if (!j->ended)
            q_job_record_lost(&j->job->record, w->id, w->lost_us);
    }
    calls_worker_gone(m, w->id);
    telemetry_workers_changed(m);
}

/* A worker that comes back under the same name is a new registration: what the old one ran
 * is lost. */
static void registration_end(q_master *m, const char *worker_id)
{
    for (master_worker *w = m->workers; w; w = w->next) {
        if (w->state != Q_WORKER_LOST && strcmp(w->worker_id, worker_id) == 0)
            q_sched_worker_lost(m->sched, w->id, now_ms());
    }
}

static void worker_register(q_master *m, uint64_t peer, const q_msg_reg *r)
{
    registration_end(m, r->worker_id);
    master_pump(m);
    master_worker *w = calloc(1, sizeof *w);
    Q_ASSERT(w);
    w->id = q_sched_worker_add(m->sched, r->cores, now_ms());
    w->peer = peer;
    w->cores = r->cores;
    w->webui_port = r->webui_port;
    w->memory_bytes = r->memory_bytes;
    w->registered_us = q_clock_wall_us();
    snprintf(w->worker_id, sizeof w->worker_id, "%s", r->worker_id);
    snprintf(w->host, sizeof w->host, "%s", r->host);
    snprintf(w->version, sizeof w->version, "%s", r->version);
    w->next = m->workers;
    m->workers = w;
    if (!m->config.quiet)
        q_info("worker %s registered: host %s, %u cores, %llu MiB", w->worker_id, w->host, w->cores,
               (unsigned long long)(w->memory_bytes >> 20));
    q_message answer;
    q_message_init(&answer, Q_MSG_REGISTERED);
    answer.u.registered =
        (q_msg_registered){.epoch = w->id,
                           .master_id = m->id,
                           .heartbeat_ms = m->config.heartbeat_ms,
                           .timeout_ms = (uint32_t)m->config.sched.worker_timeout_ms};
    master_send(m, peer, &answer, NULL);
    calls_workers_changed(m);
    telemetry_workers_changed(m);
}

static void heartbeat(q_master *m, uint64_t peer, const q_msg_heartbeat *h)
{
    master_worker *w = master_worker_of_peer(m, peer);
    bool known = w && w->id == h->epoch && q_sched_worker_heard(m->sched, w->id, now_ms());
    if (known)
        w->memory_used_bytes = h->memory_used_bytes;
    q_message answer;
    q_message_init(&answer, Q_MSG_HEARTBEAT_ACK);
    answer.u.heartbeat_ack = (q_msg_heartbeat_ack){known ? h->epoch : 0, h->seq};
    master_send(m, peer, &answer, NULL);
}

static void deregister(q_master *m, uint64_t peer, const q_msg_deregister *d)
{
    master_worker *w = master_worker_of_peer(m, peer);
    if (!w || w->id != d->epoch)
        return;
    q_sched_worker_drain(m->sched, w->id);
    if (w->state == Q_WORKER_ALIVE)
        q_info("worker %s is draining", w->worker_id);
    w->state = Q_WORKER_DRAINING;
    telemetry_workers_changed(m);
    if (d->at_once)
        q_sched_worker_lost(m->sched, w->id, now_ms());
}

/* ---- results ---- */

static q_task_ref ref_of(const master_run *r, const master_worker *w, uint32_t task,
                         uint32_t attempt, uint32_t phase)
{
    return (q_task_ref){r->run->sched_stage, task, attempt, phase, w->id};
}

static void progress_update(q_master *m, master_run *r, bool done)
{
    q_job *job = r->job->job;
    q_sched_stage_info info;
    if (!q_sched_stage_info_get(m->sched, r->run->sched_stage, &info))
        return;
    pthread_mutex_lock(&job->mutex);
    job->progress.tasks_running = info.running;
    job->progress.tasks_done += done;
    pthread_mutex_unlock(&job->mutex);
    master_job_tell(m, r->job, false);
}

static void task_result(q_master *m, uint64_t peer, const q_msg_task_result *t, q_frames *frames)
{
    master_worker *w = master_worker_of_peer(m, peer);
    master_run *r = master_run_find(m, t->job_id, t->stage_id);
    if (!w || !r || w->id != t->epoch)
        return;
    q_outcome outcome = {0};
    q_err err;
    q_task_ref ref = ref_of(r, w, t->task_id, t->attempt, t->phase);
    if (q_outcome_unpack(&r->run->arena, t->body.data, t->body.len, &outcome, &err) != Q_OK ||
        t->task_id >= r->run->n_tasks) {
        q_sched_task_failed(m->sched, &ref, &err, true, now_ms());
        return;
    }
    if (q_sched_task_result(m->sched, &ref) != Q_RESULT_COUNTS)
        return;
    q_frame none = {0};
    q_task_metrics metrics = {0};
    if (t->metrics)
        metrics = (q_task_metrics){t->metrics->rows_in, t->metrics->rows_out, t->metrics->bytes_in,
                                   t->metrics->bytes_out, t->metrics->peak_memory_bytes};
    q_run_body(r->run, t->task_id, frames->n > 1 ? &frames->items[1] : &none, &outcome, &metrics);
    if (t->metrics)
        q_job_record_result(&r->run->job->record, t->stage_id, t->task_id, t->attempt, &metrics,
                            t->metrics->run_ns, t->metrics->cpu_ns,
                            t->phase + 1 == r->run->n_phases);
    w->tasks_done += t->phase + 1 == r->run->n_phases;
    m->totals.tasks_done += t->phase + 1 == r->run->n_phases;
    progress_update(m, r, t->phase + 1 == r->run->n_phases);
}

static void task_failed(q_master *m, uint64_t peer, const q_msg_task_failed *t)
{
    master_worker *w = master_worker_of_peer(m, peer);
    master_run *r = master_run_find(m, t->job_id, t->stage_id);
    if (!w || !r || w->id != t->epoch)
        return;
    q_task_ref ref = ref_of(r, w, t->task_id, t->attempt, t->phase);
    bool retry = q_code_retryable(t->error->code);
    w->tasks_failed++;
    m->totals.tasks_failed++;
    q_job_record_ended(&r->run->job->record, t->stage_id, t->task_id, t->attempt, 'F',
                       q_clock_wall_us());
    q_job_log_add(&r->run->job->log, Q_LOG_WARN, "task %u.%u of stage %u failed on %s: %s",
                  t->task_id, t->attempt, t->stage_id, w->worker_id, t->error->msg);
    if (t->error->code == Q_E_PATH_NOT_FOUND)
        q_sched_task_refused(m->sched, &ref, t->error, now_ms());
    else
        q_sched_task_failed(m->sched, &ref, t->error, retry, now_ms());
}

void workers_message(q_master *m, uint64_t peer, const q_message *msg, q_frames *frames)
{
    master_worker *w = master_worker_of_peer(m, peer);
    if (w)
        q_sched_worker_heard(m->sched, w->id, now_ms());
    switch (msg->type) {
    case Q_MSG_REGISTER:
        worker_register(m, peer, &msg->u.reg);
        break;
    case Q_MSG_HEARTBEAT:
        heartbeat(m, peer, &msg->u.heartbeat);
        break;
    case Q_MSG_DEREGISTER:
        deregister(m, peer, &msg->u.deregister);
        break;
    case Q_MSG_TASK_RESULT:
        task_result(m, peer, &msg->u.task_result, frames);
        break;
    case Q_MSG_TASK_FAILED:
        task_failed(m, peer, &msg->u.task_failed);
        break;
    case Q_MSG_PROBED:
        if (w)
            calls_probed(m, w->id, &msg->u.probed);
        break;
    case Q_MSG_COMMITTED:
        if (w)
            calls_committed(m, w->id, &msg->u.committed);
        break;
    default:
        break;
    }
}

void workers_gone(q_master *m, uint64_t peer)
{
    master_worker *w = master_worker_of_peer(m, peer);
    if (w)
        q_sched_worker_lost(m->sched, w->id, now_ms());
}

void workers_lost(q_master *m, uint64_t id)
{
    master_worker *w = master_worker_find(m, id);
    if (!w)
        return;
    if (w->state == Q_WORKER_DRAINING)
        q_info("worker %s left", w->worker_id);
    else if (!m->stopping)
        q_warn("worker %s is lost", w->worker_id);
    worker_remove(m, w);
}

void workers_forget(q_master *m, uint64_t id)
{
    for (master_worker **at = &m->workers; *at; at = &(*at)->next) {
        master_worker *w = *at;
        if (w->id != id)
            continue;
        *at = w->next;
        free(w);
        telemetry_workers_changed(m);
        return;
    }
}
