/* Jobs that ended, here or before the master was started: which are known, and the store's part. */
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "master/internal.h"
#include "master/store.h"

/* Jobs that stay in memory after their end; the store, if there is one, has more. */
#define KEEP_ENDED   1000
#define SAY_EVERY_MS 60000

static q_bytes packed(const q_message *m, q_arena *a)
{
    q_buf b;
    q_err err;
    q_bytes out = {0};
    q_buf_init(&b);
    if (q_message_pack(&b, m, &err) == Q_OK && !b.failed)
        out = (q_bytes){q_arena_copy(a, b.data, b.len), b.len};
    q_buf_fini(&b);
    return out;
}

static bool unpacked(q_bytes b, q_arena *a, q_message *out)
{
    const q_frame f = {.data = b.data, .len = b.len};
    q_err err;
    return b.len && q_message_decode(&f, 1, Q_MSG_M2C, a, out, &err) == Q_OK;
}

/* A store that fails costs no job. */
static void store_failed(q_master *m, const q_err *err)
{
    int64_t now = (int64_t)q_clock_mono_ms();
    if (m->store_said_ms && now - m->store_said_ms < SAY_EVERY_MS)
        return;
    m->store_said_ms = now;
    q_warn("%s", err->msg);
}

void history_put(q_master *m, const master_job *j)
{
    q_job *job = j->job;
    q_store_transition t[Q_JOB_MAX_MOVES];
    q_arena a;
    q_message msg;
    q_err err;
    if (!m->store)
        return;
    q_arena_init(&a, NULL);
    pthread_mutex_lock(&job->mutex);
    uint32_t n = job->n_moves;
    for (uint32_t i = 0; i < n; i++)
        t[i] = (q_store_transition){job->moves[i].at_us, q_job_state_name(job->moves[i].state)};
    pthread_mutex_unlock(&job->mutex);
    questions_job(j, &a, &msg);
    const q_rec_job_info *info = msg.u.job.job;
    q_store_job record = {.id = job->id,
                          .app_id = job->app_id,
                          .name = job->submit.name,
                          .state = info->state,
                          .stage = job->submit.stage_name,
                          .submitted_us = job->submitted_us,
                          .finished_us = j->ended ? info->finished_us : 0,
                          .pipeline_id = job->submit.pipeline_id,
                          .record = packed(&msg, &a)};
    if (j->ended) {
        questions_logs(j, 0, &a, &msg);
        record.logs = packed(&msg, &a);
        record.detail = (q_bytes){j->detail.data, j->detail.len};
    }
    if (q_store_put(m->store, &record, t, n, &err) != Q_OK)
        store_failed(m, &err);
    q_arena_fini(&a);
}

void history_forget(q_master *m)
{
    uint32_t n = 0;
    for (master_job **at = &m->jobs; *at;) {
        master_job *j = *at;
        n += j->ended;
        if (!j->ended || n <= KEEP_ENDED) {
            at = &j->next;
            continue;
        }
        *at = j->next;
        q_job_destroy(&j->job);
        q_buf_fini(&j->detail);
        free(j);
    }
}

/* ---- questions ---- */

bool history_find(q_master *m, q_msg_type type, const char *job, q_arena *a, q_message *out)
{
    q_store_job record;
    q_err err;
    bool found;
    if (!m->store)
        return false;
    if (q_store_find(m->store, job, a, &record, &found, &err) != Q_OK)
        store_failed(m, &err);
    if (!found)
        return false;
    if (unpacked(type == Q_MSG_JOB ? record.record : record.logs, a, out))
        return true;
    q_message_init(out, type);
    return type == Q_MSG_LOGS; /* none were kept */
}

q_bytes history_detail(q_master *m, const char *job, q_arena *a)
{
    q_store_job record;
    q_err err;
    bool found;
    if (!m->store)
        return (q_bytes){0};
    if (q_store_find(m->store, job, a, &record, &found, &err) != Q_OK)
        store_failed(m, &err);
    return found ? record.detail : (q_bytes){0};
}

typedef struct listing {
    q_arena *a;
    void (*each)(void *ctx, const q_msg_job *job);
    void *ctx;
} listing;

static void listing_one(void *ctx, const q_store_job *job)
{
    const listing *l = ctx;
    q_message msg;
    q_bytes own = {q_arena_copy(l->a, job->record.data, job->record.len), job->record.len};
    if (unpacked(own, l->a, &msg) && msg.type == Q_MSG_JOB)
        l->each(l->ctx, &msg.u.job);
}

void history_list(q_master *m, const q_store_query *query, q_arena *a,
                  void (*each)(void *ctx, const q_msg_job *job), void *ctx)
{
    q_err err;
    if (!m->store)
        return;
    listing l = {a, each, ctx};
    if (q_store_list(m->store, query, listing_one, &l, &err) != Q_OK)
        store_failed(m, &err);
}

/* ---- opening ---- */

typedef struct left_over {
    q_arena *a;
    q_store_job *items;
    uint32_t n, cap;
} left_over;

static void left_over_add(void *ctx, const q_store_job *job)
{
    left_over *l = ctx;
    if (l->n == l->cap) {
        uint32_t cap = 2 * l->cap + 16;
        l->items = q_arena_grow(l->a, l->items, sizeof *l->items * l->cap, sizeof *l->items * cap);
        l->cap = cap;
    }
    q_store_job *to = &l->items[l->n++];
    *to = *job;
    to->app_id = q_arena_strdup(l->a, job->app_id);
    to->name = job->name ? q_arena_strdup(l->a, job->name) : NULL;
    to->stage = job->stage ? q_arena_strdup(l->a, job->stage) : NULL;
    to->record.data = q_arena_copy(l->a, job->record.data, job->record.len);
}

/* A job that the last master left in the middle. */
static q_code lost_put(q_master *m, q_store_job *job, q_arena *a, q_err *err)
{
    q_err why;
    q_message msg;
    q_err_set(&why, Q_E_CANCELLED, "the master ended while the job ran");
    job->state = q_job_state_name(Q_JOB_FAILED);
    job->finished_us = q_clock_wall_us();
    if (unpacked(job->record, a, &msg) && msg.type == Q_MSG_JOB) {
        q_rec_job_info *info = msg.u.job.job;
        info->state = job->state;
        info->finished_us = job->finished_us;
        info->error = &why;
        job->record = packed(&msg, a);
    }
    status_lost(m, job, &why);
    q_warn("job %llu did not end before the master did", (unsigned long long)job->id);
    return q_store_put(m->store, job, NULL, 0, err);
}

q_code history_open(q_master *m, const char *path, q_err *err)
{
    q_arena a;
    if (!path)
        return Q_OK;
    Q_TRY(q_store_open(path, &m->store, err));
    uint64_t last;
    Q_TRY(q_store_last_id(m->store, &last, err));
    m->next_job = last + 1;
    q_arena_init(&a, NULL);
    left_over l = {.a = &a};
    const q_store_query unfinished = {.unfinished = true};
    q_code code = q_store_list(m->store, &unfinished, left_over_add, &l, err);
    for (uint32_t i = 0; i < l.n && code == Q_OK; i++)
        code = lost_put(m, &l.items[i], &a, err);
    q_arena_fini(&a);
    return code;
}
