/* The client's side of one job. */
#include "cli/job_client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/assert.h"
#include "common/plan/serial.h"
#include "proto/batch.h"

#define CREDIT 16u

/* A file on its way to the master. */
typedef struct upload {
    uint32_t input, file;
    int fd;
    uint64_t seq;
    uint32_t credit, piece_bytes;
    struct upload *next;
} upload;

struct q_job_client {
    q_cluster *cluster;
    q_net_client *net;
    q_msg_submit submit;
    q_job_events events;
    uint64_t job_id;
    uint64_t statements; /* result batches taken */
    bool cancel_wanted, ended, ever_connected;
    uv_timer_t *timer;
    uint32_t connect_ms;
    q_schema schema;
    q_arena schema_arena;
    upload *uploads;
    q_code code;
    q_err err;
};

static void end(q_job_client *j, q_code code)
{
    if (!j->ended) {
        j->ended = true;
        j->code = code;
    }
    uv_timer_stop(j->timer);
    q_cluster_break(j->cluster);
}

static void end_with(q_job_client *j, const q_err *err)
{
    if (!j->ended)
        j->err = *err;
    end(j, err->code);
}

static void message_send(q_job_client *j, const q_message *m, q_frames *payload)
{
    q_err err;
    q_frames none;
    q_frames_init(&none);
    q_code code = q_net_client_send(j->net, m, payload ? payload : &none, &err);
    if (code == Q_E_PROTOCOL_LIMIT) /* a lost session is told, but this was never sent */
        end_with(j, &err);
}

/* ---- files for the master ---- */

static void upload_end(q_job_client *j, upload *u)
{
    for (upload **at = &j->uploads; *at; at = &(*at)->next) {
        if (*at == u) {
            *at = u->next;
            break;
        }
    }
    if (u->fd >= 0)
        close(u->fd);
    free(u);
}

/* One piece; false when nothing more can or need be sent now. */
static bool upload_piece(q_job_client *j, upload *u)
{
    q_message m;
    q_frames payload;
    q_err err;
    const char *path = j->submit.inputs.items[u->input].files.items[u->file].path;
    if (!u->credit || !q_net_client_room(j->net))
        return false;
    char *data = malloc(u->piece_bytes);
    Q_ASSERT(data);
    ssize_t n = u->fd < 0 ? -1 : read(u->fd, data, u->piece_bytes);
    q_frames_init(&payload);
    q_message_init(&m, Q_MSG_STREAM_DATA);
    m.u.stream_data = (q_msg_stream_data){
        .job_id = j->job_id, .input = u->input, .file = u->file, .seq = u->seq++, .last = n <= 0};
    if (n < 0) {
        q_err_errno(&err, Q_E_IO, errno, "cannot read %s", path);
        m.u.stream_data.error = &err;
    }
    if (n > 0)
        q_frames_add_copy(&payload, data, (size_t)n);
    free(data);
    u->credit--;
    message_send(j, &m, &payload);
    if (n <= 0)
        upload_end(j, u);
    return n > 0;
}

static void upload_go_on(q_job_client *j, upload *u)
{
    while (upload_piece(j, u)) {
    }
}

static void upload_open(q_job_client *j, const q_msg_stream_open *m)
{
    if (m->input >= j->submit.inputs.n || m->file >= j->submit.inputs.items[m->input].files.n)
        return;
    upload *u = calloc(1, sizeof *u);
    Q_ASSERT(u);
    *u = (upload){.input = m->input,
                  .file = m->file,
                  .credit = m->credit,
                  .piece_bytes = m->piece_bytes ? m->piece_bytes : 1u << 20,
                  .next = j->uploads};
    u->fd = open(j->submit.inputs.items[m->input].files.items[m->file].path, O_RDONLY | O_CLOEXEC);
    j->uploads = u;
    upload_go_on(j, u);
}

static upload *upload_find(q_job_client *j, uint32_t input, uint32_t file)
{
    upload *u = j->uploads;
    while (u && (u->input != input || u->file != file))
        u = u->next;
    return u;
}

/* ---- rows ---- */

static void schema_take(q_job_client *j, const q_msg_result_schema *m)
{
    q_unpack in;
    q_err err;
    if (m->error) {
        j->events.statement_failed(j->events.ctx, m->error);
        return;
    }
    q_arena_reset(&j->schema_arena);
    q_unpack_init(&in, m->schema.data, m->schema.len);
    if (q_schema_unpack(&j->schema_arena, &in, &j->schema, &err) != Q_OK ||
        j->events.schema(j->events.ctx, m->statement, &j->schema,
                         m->time_zone ? m->time_zone : "UTC", m->output, &err) != Q_OK)
        end_with(j, &err);
}

static q_code batches_take(q_job_client *j, const q_frames *frames, q_err *err)
{
    for (uint32_t i = 1; i < frames->n; i++) {
        q_batch_cursor in;
        q_arena a;
        q_code code = Q_OK;
        q_arena_init(&a, NULL);
        q_batch_cursor_bytes(&in, frames->items[i].data, frames->items[i].len);
        while (code == Q_OK && q_batch_cursor_more(&in)) {
            q_batch b;
            code = q_batch_decode(&in, &j->schema, true, &a, &b, err);
            if (code == Q_OK)
                code = j->events.rows(j->events.ctx, &b, err);
            q_arena_reset(&a);
        }
        q_arena_fini(&a);
        Q_TRY(code);
    }
    return Q_OK;
}

static void batch_take(q_job_client *j, const q_msg_result_batch *m, const q_frames *frames)
{
    q_err err;
    q_code code = batches_take(j, frames, &err);
    if (code == Q_OK && m->last)
        code = j->events.rows_end(j->events.ctx, &err);
    if (code != Q_OK) {
        q_job_client_cancel(j);
        end_with(j, &err);
        return;
    }
    q_message credit;
    q_message_init(&credit, Q_MSG_RESULT_CREDIT);
    credit.u.result_credit = (q_msg_result_credit){j->job_id, 1};
    message_send(j, &credit, NULL);
}

/* ---- the conversation ---- */

static void cancel_send(q_job_client *j)
{
    char job[24];
    q_message m;
    snprintf(job, sizeof job, "%llu", (unsigned long long)j->job_id);
    q_message_init(&m, Q_MSG_CANCEL);
    m.u.cancel.job = job;
    message_send(j, &m, NULL);
}

void q_job_client_cancel(q_job_client *j)
{
    j->cancel_wanted = true;
    if (j->job_id) {
        cancel_send(j);
    } else {
        q_err err;
        q_err_set(&err, Q_E_CANCELLED, "cancelled before the master took the job");
        end_with(j, &err);
    }
}

static void job_done(q_job_client *j, const q_msg_job_done *m)
{
    if (m->job_id != j->job_id)
        return;
    if (!j->ended)
        j->events.done(j->events.ctx, m);
    if (m->error)
        end_with(j, m->error);
    else
        end(j, Q_OK);
}

static void accepted(q_job_client *j, const q_msg_accepted *m)
{
    j->job_id = m->job_id;
    j->events.accepted(j->events.ctx, m);
    if (j->cancel_wanted)
        cancel_send(j);
    if (j->submit.detach)
        end(j, Q_OK);
}

static void on_message(void *arg, const q_message *m, q_frames *frames)
{
    q_job_client *j = arg;
    upload *u;
    switch (m->type) {
    case Q_MSG_REFUSED:
        end_with(j, m->u.refused.error);
        break;
    case Q_MSG_ACCEPTED:
        accepted(j, &m->u.accepted);
        break;
    case Q_MSG_JOB_STATUS:
        j->events.status(j->events.ctx, &m->u.job_status);
        break;
    case Q_MSG_STREAM_OPEN:
        upload_open(j, &m->u.stream_open);
        break;
    case Q_MSG_STREAM_CREDIT:
        u = upload_find(j, m->u.stream_credit.input, m->u.stream_credit.file);
        if (u) {
            u->credit += m->u.stream_credit.n;
            upload_go_on(j, u);
        }
        break;
    case Q_MSG_STREAM_CLOSE:
        u = upload_find(j, m->u.stream_close.input, m->u.stream_close.file);
        if (u)
            upload_end(j, u);
        break;
    case Q_MSG_RESULT_SCHEMA:
        schema_take(j, &m->u.result_schema);
        break;
    case Q_MSG_RESULT_BATCH:
        if (!j->ended)
            batch_take(j, &m->u.result_batch, frames);
        break;
    case Q_MSG_JOB_DONE:
        job_done(j, &m->u.job_done);
        break;
    default:
        break;
    }
}

static void on_connected(void *arg, const char *endpoint)
{
    q_job_client *j = arg;
    q_message m;
    (void)endpoint;
    j->ever_connected = true;
    uv_timer_stop(j->timer);
    q_message_init(&m, Q_MSG_SUBMIT);
    m.u.submit = j->submit;
    message_send(j, &m, NULL);
}

static void on_disconnected(void *arg, bool connected, const q_err *err)
{
    q_job_client *j = arg;
    if (!connected) {
        j->err = *err; /* why, when the time is over */
        if (err->code != Q_E_UNREACHABLE)
            end_with(j, err);
        return;
    }
    q_err lost;
    q_err_set(&lost, Q_E_UNREACHABLE, "the connection to the master was lost: %.300s", err->msg);
    end_with(j, &lost);
}

static void on_room(void *arg)
{
    q_job_client *j = arg;
    for (upload *u = j->uploads, *next; u; u = next) {
        next = u->next;
        upload_go_on(j, u);
    }
}

static void on_timeout(uv_timer_t *timer)
{
    q_job_client *j = timer->data;
    q_err err;
    q_err_set(&err, Q_E_UNREACHABLE, "cannot reach the master at %s: %.300s",
              q_cluster_url(j->cluster), j->err.code ? j->err.msg : "no answer");
    q_err_hint(&err, "is quern-master running there, and the port open? --master local[*] runs "
                     "without a cluster");
    end_with(j, &err);
}

q_code q_job_client_new(q_cluster *c, const q_msg_submit *submit, uint32_t connect_ms,
                        const q_job_events *events, q_job_client **out, q_err *err)
{
    q_job_client *j = calloc(1, sizeof *j);
    Q_ASSERT(j);
    j->cluster = c;
    j->submit = *submit;
    j->submit.credit = CREDIT;
    j->events = *events;
    j->connect_ms = connect_ms;
    q_arena_init(&j->schema_arena, NULL);
    j->timer = malloc(sizeof *j->timer);
    Q_ASSERT(j->timer);
    uv_timer_init(q_cluster_loop(c), j->timer);
    j->timer->data = j;
    uv_timer_start(j->timer, on_timeout, connect_ms, 0);
    const q_net_client_handlers handlers = {.arg = j,
                                            .directions = Q_MSG_M2C,
                                            .on_connected = on_connected,
                                            .on_disconnected = on_disconnected,
                                            .on_message = on_message,
                                            .on_room = on_room};
    q_code code = q_net_client_new(q_cluster_net(c), q_cluster_net_loop(c), q_cluster_url(c),
                                   &handlers, &j->net, err);
    if (code != Q_OK)
        q_job_client_destroy(&j);
    *out = j;
    return code;
}

q_code q_job_client_run(q_job_client *j, q_err *err)
{
    while (!j->ended)
        q_cluster_run(j->cluster);
    if (j->code != Q_OK)
        *err = j->err;
    return j->code;
}

static void timer_closed(uv_handle_t *handle)
{
    free(handle);
}

void q_job_client_destroy(q_job_client **client)
{
    q_job_client *j = *client;
    if (!j)
        return;
    while (j->uploads)
        upload_end(j, j->uploads);
    if (j->net)
        q_net_client_close(&j->net);
    uv_timer_stop(j->timer);
    uv_close((uv_handle_t *)j->timer, timer_closed);
    q_arena_fini(&j->schema_arena);
    free(j);
    *client = NULL;
}
