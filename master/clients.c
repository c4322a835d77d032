/* What clients say, and what they are told. */
#include <stdlib.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/version.h"
#include "master/detail.h"
#include "master/internal.h"

#define STATUS_EVERY_MS 100
#define PIECE_BYTES     ((size_t)4 << 20)

/* ---- submission ---- */

static void accepted_send(q_master *m, uint64_t peer, const master_job *j, const q_msg_submit *s)
{
    q_message msg;
    q_message_init(&msg, Q_MSG_ACCEPTED);
    msg.u.accepted = (q_msg_accepted){
        .token = s->token, .job_id = j->job->id, .app_id = j->job->app_id, .req = s->req};
    master_send(m, peer, &msg, NULL);
}

static master_job *job_of_token(q_master *m, const char *token)
{
    for (master_job *j = m->jobs; j; j = j->next) {
        if (strcmp(j->job->submit.token, token) == 0)
            return j;
    }
    return NULL;
}

static master_job *job_new(q_master *m, uint64_t peer, const q_msg_submit *s)
{
    master_job *j = calloc(1, sizeof *j);
    Q_ASSERT(j);
    j->master = m;
    j->job = q_job_new(m->next_job++, s, q_clock_wall_us());
    j->job->owner = j;
    j->job->log.quiet = m->config.quiet;
    j->job->record.off = m->config.quiet;
    j->client = s->detach ? 0 : peer;
    j->credit = s->credit;
    return j;
}

/* Tokens become names of files. */
static bool token_good(const char *token)
{
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t n = strlen(token);
    return n > 0 && n <= 64 && strspn(token, good) == n;
}

static void submit(q_master *m, uint64_t peer, const q_msg_submit *s)
{
    master_job *j = job_of_token(m, s->token);
    if (j) { /* the client asks again after a lost answer */
        j->client = peer;
        accepted_send(m, peer, j, s);
        return;
    }
    q_err err;
    if (!token_good(s->token)) {
        q_err_set(&err, Q_E_PROTOCOL, "a token of letters, digits, _ and - is expected");
        master_refuse(m, peer, s->token, s->req, &err);
        return;
    }
    if (m->stopping) {
        q_err_set(&err, Q_E_REJECTED, "the master is stopping");
        master_refuse(m, peer, s->token, s->req, &err);
        return;
    }
    history_forget(m);
    j = job_new(m, peer, s);
    if (master_job_settings(m, j, &err) != Q_OK) {
        master_refuse(m, peer, s->token, s->req, &err);
        status_refused(m, j->job, &err);
        q_job_fail(j->job, &err, q_clock_wall_us());
        telemetry_job_done(m, j->job);
        q_job_destroy(&j->job);
        free(j);
        return;
    }
    j->next = m->jobs;
    m->jobs = j;
    q_job_log_add(&j->job->log, Q_LOG_INFO, "accepted: %s, %s", s->name ? s->name : "unnamed",
                  j->job->app_id);
    if (j->job->log.trace.trace_id[0]) /* the job's log is text: once is enough there */
        q_job_log_add(&j->job->log, Q_LOG_INFO, "trace %s, span %s", j->job->log.trace.trace_id,
                      j->job->log.trace.span_id[0] ? j->job->log.trace.span_id : "-");
    accepted_send(m, peer, j, s);
    status_accepted(m, j);
    history_put(m, j);
    master_job_start(m, j);
}

/* ---- results ---- */

/* Send while the client gave credit and its queue has room; at the end wake the driver. */
void clients_result_go_on(q_master *m, master_job *j)
{
    master_result *r = j->result;
    while (r && j->credit && q_net_server_room(m->net, j->client)) {
        q_frames payload;
        q_message msg;
        size_t bytes = 0;
        q_frames_init(&payload);
        while (r->run < r->rows->n_runs && bytes < PIECE_BYTES) {
            const q_block_run *run = &r->rows->runs[r->run++];
            q_frames_add(&payload, (q_frame){run->data, run->bytes, NULL, NULL});
            bytes += run->bytes;
        }
        bool last = r->run == r->rows->n_runs;
        q_message_init(&msg, Q_MSG_RESULT_BATCH);
        msg.u.result_batch = (q_msg_result_batch){
            .job_id = j->job->id, .statement = r->statement, .seq = r->seq++, .last = last};
        j->credit--;
        master_send(m, j->client, &msg, &payload);
        if (last) {
            j->result = NULL;
            call_answer(r->call, Q_OK);
            return;
        }
    }
}

void clients_room(q_master *m, uint64_t peer)
{
    for (master_job *j = m->jobs; j; j = j->next) {
        if (j->client == peer && j->result)
            clients_result_go_on(m, j);
    }
}

static void result_credit(q_master *m, uint64_t peer, const q_msg_result_credit *c)
{
    master_job *j = master_job_by_id(m, c->job_id);
    if (!j || j->client != peer)
        return;
    j->credit += c->n;
    clients_result_go_on(m, j);
}

/* ---- telling ---- */

static void status_send(q_master *m, const master_job *j, uint64_t peer)
{
    q_job_progress p = q_job_progress_get(j->job);
    q_message msg;
    q_message_init(&msg, Q_MSG_JOB_STATUS);
    pthread_mutex_lock(&j->job->mutex);
    const char *warning = j->job->n_warnings ? j->job->warnings[j->job->n_warnings - 1] : NULL;
    pthread_mutex_unlock(&j->job->mutex);
    msg.u.job_status = (q_msg_job_status){.job_id = j->job->id,
                                          .state = q_job_state_name(p.state),
                                          .stages_done = p.stages_done,
                                          .stages_total = p.stages_total,
                                          .tasks_done = p.tasks_done,
                                          .tasks_running = p.tasks_running,
                                          .tasks_total = p.tasks_total,
                                          .rows_in = p.rows_in,
                                          .message = warning};
    master_send(m, peer, &msg, NULL);
}

void master_job_tell(q_master *m, master_job *j, bool now)
{
    int64_t t = (int64_t)q_clock_mono_ms();
    if (!now && t - j->told_ms < STATUS_EVERY_MS)
        return;
    j->told_ms = t;
    if (j->client)
        status_send(m, j, j->client);
    for (size_t i = 0; i < sizeof j->watchers / sizeof j->watchers[0]; i++) {
        if (j->watchers[i])
            status_send(m, j, j->watchers[i]);
    }
}

void clients_job_done(q_master *m, master_job *j)
{
    q_arena a;
    q_message msg;
    q_rec_job_report report;
    q_job_progress p = q_job_progress_get(j->job);
    q_arena_init(&a, NULL);
    questions_report(j, &a, &report);
    q_message_init(&msg, Q_MSG_JOB_DONE);
    msg.u.job_done = (q_msg_job_done){.job_id = j->job->id,
                                      .state = q_job_state_name(p.state),
                                      .error = j->job->error.code ? &j->job->error : NULL,
                                      .report = &report};
    if (j->client)
        master_send(m, j->client, &msg, NULL);
    for (size_t i = 0; i < sizeof j->watchers / sizeof j->watchers[0]; i++) {
        if (j->watchers[i])
            master_send(m, j->watchers[i], &msg, NULL);
    }
    q_arena_fini(&a);
    status_done(m, j);
    telemetry_job_done(m, j->job);
    m->n_ended[p.state - Q_JOB_COMPLETED]++;
    metrics_job_done(m, j->job);
    if (p.state == Q_JOB_COMPLETED)
        q_job_log_add(&j->job->log, Q_LOG_INFO, "completed: %llu records in, %llu out",
                      (unsigned long long)p.rows_in, (unsigned long long)p.rows_out);
    else
        q_job_log_add(&j->job->log, Q_LOG_WARN, "%s: [%s] %s", q_job_state_name(p.state),
                      q_code_name(j->job->error.code), j->job->error.msg);
    detail_keep(m, j);
    history_put(m, j);
}

/* ---- messages ---- */

static void hello(q_master *m, uint64_t peer, const q_msg_hello *h)
{
    q_message msg;
    q_message_init(&msg, Q_MSG_WELCOME);
    msg.u.welcome = (q_msg_welcome){.version = Q_VERSION, .master_id = m->id, .req = h->req};
    master_send(m, peer, &msg, NULL);
}

static void pong(q_master *m, uint64_t peer, uint64_t req)
{
    q_message msg;
    q_message_init(&msg, Q_MSG_PONG);
    msg.u.pong.req = req;
    master_send(m, peer, &msg, NULL);
}

void clients_message(q_master *m, uint64_t peer, const q_message *msg, q_frames *frames)
{
    master_job *j;
    switch (msg->type) {
    case Q_MSG_HELLO:
        hello(m, peer, &msg->u.hello);
        break;
    case Q_MSG_SUBMIT:
        submit(m, peer, &msg->u.submit);
        break;
    case Q_MSG_STREAM_DATA:
        j = master_job_by_id(m, msg->u.stream_data.job_id);
        if (j && j->client == peer)
            calls_streamed(m, j, &msg->u.stream_data, frames);
        break;
    case Q_MSG_RESULT_CREDIT:
        result_credit(m, peer, &msg->u.result_credit);
        break;
    case Q_MSG_PING:
        pong(m, peer, msg->u.ping.req);
        break;
    case Q_MSG_BYE:
        clients_gone(m, peer);
        break;
    default:
        questions_message(m, peer, msg);
        break;
    }
}

/* Jobs that a client did not detach end with it. */
void clients_gone(q_master *m, uint64_t peer)
{
    for (master_job *j = m->jobs; j; j = j->next) {
        for (size_t i = 0; i < sizeof j->watchers / sizeof j->watchers[0]; i++) {
            if (j->watchers[i] == peer)
                j->watchers[i] = 0;
        }
        if (j->client != peer)
            continue;
        j->client = 0;
        if (!j->ended)
            master_job_cancel(m, j, "its client is gone");
    }
}
