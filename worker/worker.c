/* A worker's session with its master. */
#include "worker/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/version.h"
#include "worker/files.h"
#include "worker/tasks.h"

struct q_worker {
    q_worker_config config;
    char id[128], host[256];
    uv_loop_t *uv;
    q_net_loop *loop;
    q_net_client *net;
    q_tasks *tasks;
    uv_timer_t *beat;
    uint64_t epoch; /* 0: not registered */
    int64_t registered_us;
    uint64_t beats;
    uint32_t heartbeat_ms;
    char unreachable[256]; /* last said, so as not to repeat it with each attempt */
    uint64_t unreachable_ms;
    bool draining;
    void (*drained)(void *ctx);
    void *drained_ctx;
};

/* ---- sending ---- */

static void message_send(q_worker *w, const q_message *m, q_frames *payload)
{
    q_err err;
    q_frames none;
    q_frames_init(&none);
    if (!w->net) {
        if (payload)
            q_frames_fini(payload);
        return;
    }
    q_code code = q_net_client_send(w->net, m, payload ? payload : &none, &err);
    if (code != Q_OK && code != Q_E_UNREACHABLE)
        q_error("cannot send %s: %s", q_message_name(m->type), err.msg);
}

static void drain_check(q_worker *w);

static void task_send(void *ctx, const q_message *m, q_frames *payload)
{
    q_worker *w = ctx;
    message_send(w, m, payload);
    drain_check(w);
}

static void register_send(q_worker *w)
{
    q_message m;
    q_message_init(&m, Q_MSG_REGISTER);
    m.u.reg = (q_msg_reg){.worker_id = w->id,
                          .host = w->host,
                          .cores = w->config.cores,
                          .memory_bytes = w->config.memory_bytes,
                          .version = Q_VERSION,
                          .pid = (uint64_t)getpid(),
                          .webui_port = w->config.webui_port};
    message_send(w, &m, NULL);
}

static void heartbeat_send(uv_timer_t *timer)
{
    q_worker *w = timer->data;
    q_message m;
    if (!w->epoch)
        return;
    q_message_init(&m, Q_MSG_HEARTBEAT);
    m.u.heartbeat = (q_msg_heartbeat){.epoch = w->epoch,
                                      .seq = ++w->beats,
                                      .tasks_running = q_tasks_running(w->tasks),
                                      .memory_used_bytes = q_tasks_memory_bytes(w->tasks)};
    message_send(w, &m, NULL);
    drain_check(w); /* a cancelled task ends without a word */
}

/* ---- draining ---- */

static void deregister_send(q_worker *w, bool at_once)
{
    q_message m;
    q_message_init(&m, Q_MSG_DEREGISTER);
    m.u.deregister =
        (q_msg_deregister){.epoch = w->epoch, .reason = "asked to stop", .at_once = at_once};
    message_send(w, &m, NULL);
}

static void drain_check(q_worker *w)
{
    if (!w->draining || !w->drained)
        return;
    if (w->epoch && (q_tasks_running(w->tasks) || q_tasks_waiting(w->tasks)))
        return;
    if (w->epoch)
        deregister_send(w, true);
    void (*done)(void *) = w->drained;
    w->drained = NULL;
    done(w->drained_ctx);
}

void q_worker_drain(q_worker *w, void (*done)(void *ctx), void *ctx)
{
    w->drained = done;
    w->drained_ctx = ctx;
    if (!w->draining) {
        w->draining = true;
        q_info("draining: %u tasks run, %u hold rows", q_tasks_running(w->tasks),
               q_tasks_waiting(w->tasks));
        if (w->epoch)
            deregister_send(w, false);
    }
    drain_check(w);
}

/* ---- messages ---- */

static void registered(q_worker *w, const q_msg_registered *m)
{
    w->epoch = m->epoch;
    w->registered_us = q_clock_wall_us();
    w->heartbeat_ms = m->heartbeat_ms ? m->heartbeat_ms : 10000;
    uv_timer_start(w->beat, heartbeat_send, w->heartbeat_ms, w->heartbeat_ms);
    if (!w->config.quiet)
        q_info("registered with master %s as %s", m->master_id, w->id);
    if (w->draining)
        deregister_send(w, false);
}

static void files_answer(q_worker *w, const q_message *m)
{
    q_message answer;
    q_arena a;
    q_arena_init(&a, NULL);
    if (m->type == Q_MSG_PROBE)
        q_files_probe(&m->u.probe, &a, &answer);
    else
        q_files_output(m, &a, &answer);
    message_send(w, &answer, NULL);
    q_arena_fini(&a);
}

static void on_message(void *arg, const q_message *m, q_frames *frames)
{
    q_worker *w = arg;
    switch (m->type) {
    case Q_MSG_REGISTERED:
        registered(w, &m->u.registered);
        break;
    case Q_MSG_REFUSED:
        q_error("the master refused this worker: %s", m->u.refused.error->msg);
        break;
    case Q_MSG_HEARTBEAT_ACK:
        if (m->u.heartbeat_ack.epoch == w->epoch)
            break;
        q_warn("the master does not know this worker any more: registering again");
        w->epoch = 0;
        q_tasks_forget(w->tasks);
        register_send(w);
        break;
    case Q_MSG_DRAIN:
        if (!w->draining)
            q_worker_drain(w, w->drained, w->drained_ctx);
        break;
    case Q_MSG_STAGE:
        q_tasks_stage(w->tasks, &m->u.stage);
        break;
    case Q_MSG_LAUNCH:
        q_tasks_launch(w->tasks, w->epoch, &m->u.launch, frames);
        break;
    case Q_MSG_CONTINUE:
        q_tasks_continue(w->tasks, w->epoch, &m->u.cont, frames);
        break;
    case Q_MSG_CANCEL_TASKS:
        q_tasks_cancel(w->tasks, &m->u.cancel_tasks);
        drain_check(w);
        break;
    case Q_MSG_RELEASE:
        q_tasks_release(w->tasks, m->u.release.job_id, m->u.release.stage_id,
                        m->u.release.whole_job);
        drain_check(w);
        break;
    case Q_MSG_PROBE:
    case Q_MSG_COMMIT:
    case Q_MSG_ABORT:
        files_answer(w, m);
        break;
    default:
        break;
    }
}

static void on_connected(void *arg, const char *endpoint)
{
    q_worker *w = arg;
    w->unreachable[0] = 0;
    if (!w->config.quiet)
        q_info("connected to %s", endpoint);
    register_send(w);
}

/* An attempt failed. The reason is said once, then twice a minute. */
static void unreachable_say(q_worker *w, const q_err *err)
{
    uint64_t now = q_clock_mono_ms();
    if (strncmp(w->unreachable, err->msg, sizeof w->unreachable - 1) == 0 &&
        now - w->unreachable_ms < 30000)
        return;
    w->unreachable_ms = now;
    snprintf(w->unreachable, sizeof w->unreachable, "%.255s", err->msg);
    q_warn("cannot reach the master, trying on: %s", err->msg);
}

static void on_disconnected(void *arg, bool connected, const q_err *err)
{
    q_worker *w = arg;
    if (connected)
        q_warn("the connection to the master ended: %s", err->msg);
    else
        unreachable_say(w, err);
    w->epoch = 0;
    uv_timer_stop(w->beat);
    q_tasks_forget(w->tasks);
    drain_check(w);
}

/* ---- life ---- */

static void names_fill(q_worker *w)
{
    if (w->config.host)
        snprintf(w->host, sizeof w->host, "%s", w->config.host);
    else if (gethostname(w->host, sizeof w->host) != 0)
        snprintf(w->host, sizeof w->host, "localhost");
    w->host[sizeof w->host - 1] = 0;
    if (w->config.worker_id)
        snprintf(w->id, sizeof w->id, "%s", w->config.worker_id);
    else
        snprintf(w->id, sizeof w->id, "worker-%.60s-%d-%llx", w->host, (int)getpid(),
                 (unsigned long long)q_clock_wall_us());
}

q_code q_worker_new(const q_worker_config *config, struct uv_loop_s *uv, q_net_loop *loop,
                    q_net_context *net, q_worker **out, q_err *err)
{
    q_worker *w = calloc(1, sizeof *w);
    Q_ASSERT(w);
    w->config = *config;
    w->uv = uv;
    w->loop = loop;
    names_fill(w);
    w->beat = malloc(sizeof *w->beat);
    Q_ASSERT(w->beat);
    uv_timer_init(uv, w->beat);
    w->beat->data = w;
    const q_tasks_config tasks = {.cores = config->cores,
                                  .memory_bytes = config->memory_bytes,
                                  .loop = loop,
                                  .send = task_send,
                                  .ctx = w,
                                  .quiet = config->quiet};
    const q_net_client_handlers handlers = {.arg = w,
                                            .directions = Q_MSG_M2W,
                                            .on_connected = on_connected,
                                            .on_disconnected = on_disconnected,
                                            .on_message = on_message};
    q_code code = q_tasks_new(&tasks, &w->tasks, err);
    if (code == Q_OK)
        code = q_net_client_new(net, loop, config->master_url, &handlers, &w->net, err);
    if (code != Q_OK)
        q_worker_close(&w);
    *out = w;
    return code;
}

static void timer_closed(uv_handle_t *handle)
{
    free(handle);
}

void q_worker_close(q_worker **worker)
{
    q_worker *w = *worker;
    if (!w)
        return;
    if (w->net)
        q_net_client_close(&w->net);
    q_tasks_destroy(&w->tasks);
    uv_timer_stop(w->beat);
    uv_close((uv_handle_t *)w->beat, timer_closed);
    free(w);
    *worker = NULL;
}

bool q_worker_registered(const q_worker *w)
{
    return w->epoch != 0;
}

void q_worker_status_get(const q_worker *w, q_worker_status *out)
{
    *out = (q_worker_status){.worker_id = w->id,
                             .host = w->host,
                             .master_url = w->config.master_url,
                             .state = w->draining ? "DRAINING"
                                      : w->epoch  ? "ALIVE"
                                                  : "UNREGISTERED",
                             .cores = w->config.cores,
                             .running = q_tasks_running(w->tasks),
                             .holding = q_tasks_waiting(w->tasks),
                             .memory_bytes = w->config.memory_bytes,
                             .memory_used_bytes = q_tasks_memory_bytes(w->tasks),
                             .registered_us = w->epoch ? w->registered_us : 0,
                             .tasks = w->tasks};
}
