/*
 * The drivers' port: each function makes a call object, hands it to the loop and waits for
 * the answer. The loop's side follows behind, kind by kind.
 */
#include <stdlib.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "master/internal.h"

#define STREAM_CREDIT      8u
#define STREAM_PIECE_BYTES (1u << 20)
#define MAX_TRIED          (sizeof((call *)0)->tried / sizeof(uint64_t))
#define SAMPLE_BYTES       ((uint64_t)256 << 10) /* read for a schema; tasks verify it */

static int64_t now_ms(void)
{
    return (int64_t)q_clock_mono_ms();
}

/* ---- waiting and answering ---- */

void call_answer(call *c, q_code code)
{
    master_job *j = c->job;
    for (call **at = &j->calls; *at; at = &(*at)->next) {
        if (*at == c) {
            *at = c->next;
            break;
        }
    }
    pthread_mutex_lock(&c->mutex);
    c->code = code;
    c->done = true;
    pthread_cond_signal(&c->answered);
    pthread_mutex_unlock(&c->mutex);
}

static void cores_begin(call *c);
static void probe_begin(call *c);
static void fetch_begin(call *c);
static void rows_begin(call *c);
static void output_begin(call *c);

/* On the loop. */
static void call_begin(void *arg)
{
    call *c = arg;
    static void (*const begin[])(call *) = {cores_begin, probe_begin, fetch_begin, rows_begin,
                                            output_begin};
    q_master *m = c->job->master;
    c->id = m->next_call++;
    c->next = c->job->calls;
    c->job->calls = c;
    if (atomic_load(&c->job->job->cancelled) && c->kind != CALL_OUTPUT)
        call_answer(c, q_err_set(&c->err, Q_E_CANCELLED, "the job was cancelled"));
    else
        begin[c->kind](c);
    master_pump(m);
}

/* On the driver's thread. */
static q_code call_run(call *c, q_err *err)
{
    q_err_clear(&c->err);
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->answered, NULL);
    if (!q_net_post(c->job->master->loop, call_begin, c)) {
        c->done = true;
        c->code = q_err_set(&c->err, Q_E_CANCELLED, "the master stops");
    }
    pthread_mutex_lock(&c->mutex);
    while (!c->done)
        pthread_cond_wait(&c->answered, &c->mutex);
    pthread_mutex_unlock(&c->mutex);
    pthread_mutex_destroy(&c->mutex);
    pthread_cond_destroy(&c->answered);
    if (c->code != Q_OK && err)
        *err = c->err;
    return c->code;
}

static bool asked_remove(call *c, uint64_t worker)
{
    for (uint32_t i = 0; i < c->n_asked; i++) {
        if (c->asked[i] == worker) {
            c->asked[i] = c->asked[--c->n_asked];
            return true;
        }
    }
    return false;
}

/* ---- cores: wait for a first worker ---- */

static void cores_try(call *c)
{
    q_master *m = c->job->master;
    const master_limits *l = &c->job->limits;
    c->cores = q_sched_alive_cores(m->sched);
    if (c->cores) {
        master_job_requests(m, c->job);
        if (l->cores && l->cores < c->cores)
            c->cores = l->cores;
        call_answer(c, Q_OK);
        return;
    }
    if (!c->told) {
        c->told = true;
        c->deadline_ms = now_ms() + l->wait_ms;
        master_job_waits(m, c->job);
    }
    if (now_ms() < c->deadline_ms)
        return;
    q_err_set(&c->err, Q_E_NO_WORKERS, "no workers registered for %lld s",
              (long long)(l->wait_ms / 1000));
    q_err_hint(&c->err, "start quern-worker with this master's URL");
    call_answer(c, Q_E_NO_WORKERS);
}

static void cores_begin(call *c)
{
    cores_try(c);
}

static q_code port_cores(void *ctx, q_job *job, uint32_t *out, q_err *err)
{
    call c = {.kind = CALL_CORES, .job = ctx};
    (void)job;
    q_code code = call_run(&c, err);
    *out = c.cores;
    return code;
}

void calls_workers_changed(q_master *m)
{
    for (master_job *j = m->jobs; j; j = j->next) {
        for (call *c = j->calls, *next; c; c = next) {
            next = c->next;
            if (c->kind == CALL_CORES)
                cores_try(c);
        }
    }
}

int64_t calls_tick(q_master *m, int64_t now)
{
    int64_t due = INT64_MAX;
    for (master_job *j = m->jobs; j; j = j->next) {
        for (call *c = j->calls, *next; c; c = next) {
            next = c->next;
            if (c->kind != CALL_CORES)
                continue;
            if (c->deadline_ms <= now)
                cores_try(c);
            else if (c->deadline_ms < due)
                due = c->deadline_ms;
        }
    }
    return due;
}

/* ---- probe: do all workers see the same files? ---- */

static void probe_end(call *c)
{
    *c->visible = c->n_answered > 0 && c->code == Q_OK;
    if (*c->visible) {
        call_answer(c, Q_OK);
        return;
    }
    /* not there, or other files there: the client may have them */
    bool absent = c->err.code == Q_E_PATH_NOT_FOUND || c->err.code == Q_E_INPUT_CHANGED ||
                  c->err.code == Q_E_IO || !c->n_answered;
    call_answer(c, absent ? Q_OK : c->err.code);
}

static void probe_begin(call *c)
{
    q_master *m = c->job->master;
    q_buf body;
    q_buf_init(&body);
    q_source_pack(&body, c->ask);
    q_message msg;
    q_message_init(&msg, Q_MSG_PROBE);
    msg.u.probe = (q_msg_probe){.probe_id = c->id,
                                .job_id = c->job->job->id,
                                .body = {body.data, body.len},
                                .sample_bytes = SAMPLE_BYTES};
    for (master_worker *w = m->workers; w && c->n_asked < 256; w = w->next) {
        if (w->state != Q_WORKER_ALIVE)
            continue;
        c->asked[c->n_asked++] = w->id;
        master_send(m, w->peer, &msg, NULL);
    }
    q_buf_fini(&body);
    if (!c->n_asked) {
        q_err_set(&c->err, Q_E_WORKER_LOST, "no worker is there to look at %s", c->ask->name);
        call_answer(c, Q_E_WORKER_LOST);
    }
}

void calls_probed(q_master *m, uint64_t worker, const q_msg_probed *p)
{
    master_job *j = master_job_by_id(m, p->job_id);
    call *c = j ? j->calls : NULL;
    while (c && (c->kind != CALL_PROBE || c->id != p->probe_id))
        c = c->next;
    if (!c || !asked_remove(c, worker))
        return;
    q_unpack in;
    q_unpack_init(&in, p->body.data, p->body.len);
    c->n_answered++;
    if (p->error) {
        c->err = *p->error;
        c->code = p->error->code;
    } else if (c->code == Q_OK && !c->source->name) {
        c->code = q_source_unpack(c->arena, &in, c->source, &c->err);
    }
    if (!c->n_asked)
        probe_end(c);
}

static q_code port_probe(void *ctx, q_job *job, const q_source *ask, q_arena *a, q_source *out,
                         bool *visible, q_err *err)
{
    uint32_t cores;
    *visible = false;
    memset(out, 0, sizeof *out);
    Q_TRY(port_cores(ctx, job, &cores, err));
    call c = {
        .kind = CALL_PROBE, .job = ctx, .ask = ask, .arena = a, .source = out, .visible = visible};
    q_code code = call_run(&c, err);
    if (code == Q_OK && !*visible)
        *err = c.err; /* why */
    return code;
}

/* ---- fetch: a client's file ---- */

static void fetch_begin(call *c)
{
    master_job *j = c->job;
    q_message msg;
    if (!j->client) {
        q_err_set(&c->err, Q_E_PATH_NOT_FOUND, "the client that has the input is gone");
        call_answer(c, Q_E_PATH_NOT_FOUND);
        return;
    }
    j->stream = &c->stream;
    c->stream.call = c;
    q_message_init(&msg, Q_MSG_STREAM_OPEN);
    msg.u.stream_open = (q_msg_stream_open){.job_id = j->job->id,
                                            .input = c->stream.input,
                                            .file = c->stream.file,
                                            .credit = STREAM_CREDIT,
                                            .piece_bytes = STREAM_PIECE_BYTES};
    master_send(j->master, j->client, &msg, NULL);
}

static void fetch_end(master_job *j, q_code code)
{
    call *c = j->stream->call;
    j->stream = NULL;
    if (code == Q_OK) {
        *c->shared = q_shared_of_buf(&c->stream.bytes);
        if (!*c->shared)
            code = q_budget_error(NULL, 0, &c->err);
    }
    call_answer(c, code);
}

static size_t frames_bytes(const q_frames *frames)
{
    size_t n = 0;
    for (uint32_t i = 1; i < frames->n; i++)
        n += frames->items[i].len;
    return n;
}

/* False when memory is out: the job's or the system's. */
static bool stream_append(master_job *j, master_stream *s, const q_frames *frames)
{
    if (!q_budget_take(&j->job->memory, frames_bytes(frames)))
        return false;
    for (uint32_t i = 1; i < frames->n; i++)
        q_buf_append(&s->bytes, frames->items[i].data, frames->items[i].len);
    s->counted += frames_bytes(frames);
    return !s->bytes.failed;
}

void calls_streamed(q_master *m, master_job *j, const q_msg_stream_data *d, q_frames *frames)
{
    master_stream *s = j->stream;
    if (!s || s->input != d->input || s->file != d->file || s->seq != d->seq)
        return;
    s->seq++;
    if (d->error) {
        s->call->err = *d->error;
        fetch_end(j, d->error->code);
    } else if (!stream_append(j, s, frames)) {
        q_budget_error(&j->job->memory, frames_bytes(frames), &s->call->err);
        q_err_hint(&s->call->err,
                   "put the file where the workers can open it, or raise spark.driver.memory");
        fetch_end(j, Q_E_OUT_OF_MEMORY);
    } else if (d->last) {
        fetch_end(j, Q_OK);
    } else {
        q_message msg;
        q_message_init(&msg, Q_MSG_STREAM_CREDIT);
        msg.u.stream_credit =
            (q_msg_stream_credit){.job_id = j->job->id, .input = s->input, .file = s->file, .n = 1};
        master_send(m, j->client, &msg, NULL);
    }
}

static q_code port_fetch(void *ctx, q_job *job, uint32_t input, uint32_t file, q_shared **out,
                         q_err *err)
{
    call c = {.kind = CALL_FETCH, .job = ctx, .shared = out};
    *out = NULL;
    c.stream.input = input;
    c.stream.file = file;
    q_code code = call_run(&c, err);
    q_buf_fini(&c.stream.bytes);
    if (code != Q_OK)
        q_budget_give(&job->memory, c.stream.counted);
    return code;
}

/* ---- rows for the client ---- */

static void rows_begin(call *c)
{
    master_job *j = c->job;
    q_message msg;
    q_buf schema;
    if (!j->client || !j->job->submit.want_rows) {
        call_answer(c, Q_OK);
        return;
    }
    q_buf_init(&schema);
    q_message_init(&msg, Q_MSG_RESULT_SCHEMA);
    if (!c->schema) {
        msg.u.result_schema = (q_msg_result_schema){
            .job_id = j->job->id, .statement = c->result.statement, .error = c->failed};
        master_send(j->master, j->client, &msg, NULL);
        call_answer(c, Q_OK);
        return;
    }
    q_schema_pack(&schema, c->schema);
    msg.u.result_schema = (q_msg_result_schema){.job_id = j->job->id,
                                                .statement = c->result.statement,
                                                .schema = {schema.data, schema.len},
                                                .time_zone = (char *)c->session->time_zone,
                                                .output = c->result.output};
    master_send(j->master, j->client, &msg, NULL);
    q_buf_fini(&schema);
    c->result.call = c;
    j->result = &c->result;
    clients_result_go_on(j->master, j);
}

static q_code port_rows(void *ctx, q_job *job, uint32_t statement, const q_schema *schema,
                        const q_session *session, const q_rows *rows, bool output, q_err *err)
{
    call c = {.kind = CALL_ROWS, .job = ctx, .schema = schema, .session = session};
    c.result.statement = statement;
    c.result.rows = rows;
    c.result.output = output;
    pthread_mutex_lock(&job->mutex);
    job->progress.rows_out += rows->n_rows;
    pthread_mutex_unlock(&job->mutex);
    return call_run(&c, err);
}

static void port_statement_failed(void *ctx, q_job *job, uint32_t statement, const q_err *why)
{
    call c = {.kind = CALL_ROWS, .job = ctx};
    (void)job;
    c.result.statement = statement;
    c.failed = why;
    call_run(&c, NULL);
}

/* ---- output: prepare, commit, abort, on some worker ---- */

static void part_names_pack(const call *c, q_buf *body)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->output->n_bodies; i++)
        n += c->output->bodies[i].bytes > 0;
    q_pack_array(body, n);
    for (uint32_t i = 0; i < c->output->n_bodies; i++) {
        q_unpack in;
        size_t len;
        if (!c->output->bodies[i].bytes)
            continue;
        q_unpack_init(&in, c->output->bodies[i].data, c->output->bodies[i].bytes);
        q_unpack_array(&in);
        const char *name = q_unpack_str(&in, &len);
        q_pack_str(body, name ? name : "", len);
    }
}

static bool id_in(const uint64_t *ids, uint32_t n, uint64_t id)
{
    for (uint32_t i = 0; i < n; i++) {
        if (ids[i] == id)
            return true;
    }
    return false;
}

/* One that lives, rather than others one that prepared this job's output. */
static master_worker *output_worker(const call *c)
{
    const master_job *j = c->job;
    master_worker *any = NULL;
    for (master_worker *w = j->master->workers; w; w = w->next) {
        if (w->state == Q_WORKER_LOST || id_in(c->tried, c->n_tried, w->id))
            continue;
        any = w;
        if (id_in(j->prepared, j->n_prepared, w->id))
            break;
    }
    return any;
}

/* To look for a marker all of them, else one. */
static void output_ask(call *c, const q_message *msg)
{
    q_master *m = c->job->master;
    master_worker *one = c->output->marker ? NULL : output_worker(c);
    for (master_worker *w = m->workers; w && c->n_asked < 256; w = w->next) {
        if (w->state == Q_WORKER_LOST || (!c->output->marker && w != one))
            continue;
        c->asked[c->n_asked++] = w->id;
        master_send(m, w->peer, msg, NULL);
    }
}

static void output_body(const call *c, q_buf *body)
{
    const q_output_ask *ask = c->output;
    bool prepare = ask->op == Q_OUTPUT_PREPARE;
    q_pack_array(body, prepare ? 3 : 2);
    q_sink_spec_pack(body, ask->sink);
    if (ask->op == Q_OUTPUT_COMMIT)
        part_names_pack(c, body);
    else if (ask->marker)
        q_pack_cstr(body, ask->marker);
    else
        q_pack_nil(body);
    if (prepare)
        q_pack_array(body, ask->n_reads);
    for (uint32_t i = 0; prepare && i < ask->n_reads; i++)
        q_pack_cstr(body, ask->reads[i]);
}

static void output_begin(call *c)
{
    q_buf body;
    q_message msg;
    q_buf_init(&body);
    output_body(c, &body);
    q_message_init(&msg, c->output->op == Q_OUTPUT_ABORT ? Q_MSG_ABORT : Q_MSG_COMMIT);
    if (c->output->op == Q_OUTPUT_ABORT)
        msg.u.abort_output = (q_msg_abort_output){
            .job_id = c->job->job->id, .stage_id = (uint32_t)c->id, .body = {body.data, body.len}};
    else
        msg.u.commit = (q_msg_commit){
            .job_id = c->job->job->id, .stage_id = (uint32_t)c->id, .body = {body.data, body.len}};
    output_ask(c, &msg);
    q_buf_fini(&body);
    if (!c->n_asked) {
        if (!c->err.code)
            q_err_set(&c->err, Q_E_NO_WORKERS, "no worker is left to commit %s",
                      c->output->sink->path);
        call_answer(c, c->err.code);
    }
}

static void output_note(call *c, uint64_t worker, bool good)
{
    master_job *j = c->job;
    const uint32_t most = sizeof j->prepared / sizeof *j->prepared;
    if (good && c->output->op == Q_OUTPUT_PREPARE && j->n_prepared < most &&
        !id_in(j->prepared, j->n_prepared, worker))
        j->prepared[j->n_prepared++] = worker;
    if (!good && c->n_tried < MAX_TRIED)
        c->tried[c->n_tried++] = worker;
}

void calls_committed(q_master *m, uint64_t worker, const q_msg_committed *d)
{
    master_job *j = master_job_by_id(m, d->job_id);
    call *c = j ? j->calls : NULL;
    while (c && (c->kind != CALL_OUTPUT || (uint32_t)c->id != d->stage_id))
        c = c->next;
    if (!c || !asked_remove(c, worker))
        return;
    c->skip |= d->skip;
    output_note(c, worker, !d->error);
    if (d->error && (!c->err.code || c->output->op == Q_OUTPUT_COMMIT))
        c->err = *d->error;
    bool elsewhere = d->error && d->error->code == Q_E_PATH_NOT_FOUND;
    if (elsewhere && c->output->op == Q_OUTPUT_COMMIT && c->n_tried < MAX_TRIED)
        output_begin(c); /* it sees another directory: the next one, or this error */
    else if (c->output->op == Q_OUTPUT_COMMIT)
        call_answer(c, d->error ? c->err.code : Q_OK);
    else if (!c->n_asked)
        call_answer(c, c->err.code);
}

static q_code port_output(void *ctx, q_job *job, const q_output_ask *ask, bool *skip, q_err *err)
{
    call c = {.kind = CALL_OUTPUT, .job = ctx, .output = ask};
    (void)job;
    q_code code = call_run(&c, err);
    if (skip)
        *skip = c.skip;
    return code;
}

/* ---- losses ---- */

void calls_worker_gone(q_master *m, uint64_t worker)
{
    for (master_job *j = m->jobs; j; j = j->next) {
        for (call *c = j->calls, *next; c; c = next) {
            next = c->next;
            if (!asked_remove(c, worker) || c->n_asked)
                continue;
            if (c->kind == CALL_PROBE)
                probe_end(c);
            else if (c->kind == CALL_OUTPUT)
                output_begin(c); /* another worker; committing twice is harmless */
        }
    }
}

/* The driver has to come back from whatever it waits for; commits are let finish. */
void calls_cancel(q_master *m, master_job *j)
{
    (void)m;
    for (call *c = j->calls, *next; c; c = next) {
        next = c->next;
        if (c->kind == CALL_OUTPUT)
            continue;
        if (c->kind == CALL_ROWS)
            j->result = NULL;
        if (c->kind == CALL_FETCH)
            j->stream = NULL;
        q_err_set(&c->err, Q_E_CANCELLED, "the job was cancelled");
        call_answer(c, Q_E_CANCELLED);
    }
}

/* ---- runs ---- */

static void run_begin(void *arg)
{
    master_run *r = arg;
    q_master *m = r->job->master;
    q_job *job = r->job->job;
    const master_limits *l = &r->job->limits;
    const q_sched_stage_spec spec = {.job = job->id,
                                     .n_tasks = r->run->n_tasks,
                                     .n_phases = r->run->n_phases,
                                     .max_running = l->cores,
                                     .max_on_worker = l->executor_cores,
                                     .max_failures = l->max_failures,
                                     .no_workers_wait_ms = l->wait_ms};
    r->run->sched_stage = q_sched_stage_add(m->sched, &spec);
    r->next = m->runs;
    m->runs = r;
    pthread_mutex_lock(&job->mutex);
    job->progress.tasks_total += r->run->n_tasks;
    pthread_mutex_unlock(&job->mutex);
    if (atomic_load(&job->cancelled)) {
        q_err err;
        q_err_set(&err, Q_E_CANCELLED, "the job was cancelled");
        q_run_fail(r->run, &err);
    }
    master_pump(m);
}

static void port_start(void *ctx, q_run *run)
{
    master_run *r = calloc(1, sizeof *r);
    Q_ASSERT(r);
    r->run = run;
    r->job = ctx;
    run->handle = r;
    if (!q_net_post(r->job->master->loop, run_begin, r)) {
        q_err err;
        q_err_set(&err, Q_E_CANCELLED, "the master stops");
        q_run_fail(run, &err);
    }
}

typedef struct go {
    master_run *r;
    uint32_t phase;
} go;

static void run_go_on(void *arg)
{
    go *g = arg;
    q_sched_stage_go_on(g->r->job->master->sched, g->r->run->sched_stage, g->phase);
    master_pump(g->r->job->master);
    free(g);
}

static void port_go_on(void *ctx, q_run *run, uint32_t phase)
{
    go *g = malloc(sizeof *g);
    Q_ASSERT(g);
    *g = (go){run->handle, phase};
    if (!q_net_post(((master_job *)ctx)->master->loop, run_go_on, g))
        free(g);
}

typedef struct again {
    master_run *r;
    uint32_t n;
    uint32_t tasks[];
} again;

static void run_repeat(void *arg)
{
    again *g = arg;
    q_master *m = g->r->job->master;
    for (uint32_t i = 0; i < g->n; i++)
        q_sched_task_repeat(m->sched, g->r->run->sched_stage, g->tasks[i], now_ms());
    master_pump(m);
    free(g);
}

static void port_repeat(void *ctx, q_run *run, const uint32_t *tasks, uint32_t n)
{
    again *g = malloc(sizeof *g + sizeof *tasks * n);
    Q_ASSERT(g);
    g->r = run->handle;
    g->n = n;
    memcpy(g->tasks, tasks, sizeof *tasks * n);
    pthread_mutex_lock(&run->mutex);
    run->phases_done = 0;
    pthread_mutex_unlock(&run->mutex);
    if (!q_net_post(((master_job *)ctx)->master->loop, run_repeat, g))
        free(g);
}

static void run_failures(q_master *m, const master_run *r)
{
    q_sched_stage_info info;
    if (!q_sched_stage_info_get(m->sched, r->run->sched_stage, &info))
        return;
    pthread_mutex_lock(&r->job->job->mutex);
    r->job->job->progress.retries += info.failures;
    pthread_mutex_unlock(&r->job->job->mutex);
}

/* The loop forgets the run: workers are told to release it. */
static void run_end(void *arg)
{
    call *c = arg;
    q_master *m = c->job->master;
    for (master_run **at = &m->runs; *at; at = &(*at)->next) {
        master_run *r = *at;
        if (r->run != c->run)
            continue;
        run_failures(m, r);
        q_sched_stage_remove(m->sched, r->run->sched_stage);
        master_pump(m); /* while the actions' run is still known */
        for (at = &m->runs; *at != r; at = &(*at)->next) {
        }
        *at = r->next;
        free(r);
        break;
    }
    c->next = c->job->calls;
    c->job->calls = c;
    call_answer(c, Q_OK);
}

static void port_finish(void *ctx, q_run *run)
{
    call c = {.job = ctx, .run = run};
    pthread_mutex_init(&c.mutex, NULL);
    pthread_cond_init(&c.answered, NULL);
    if (q_net_post(c.job->master->loop, run_end, &c)) {
        pthread_mutex_lock(&c.mutex);
        while (!c.done)
            pthread_cond_wait(&c.answered, &c.mutex);
        pthread_mutex_unlock(&c.mutex);
    }
    pthread_mutex_destroy(&c.mutex);
    pthread_cond_destroy(&c.answered);
}

const q_driver_port master_port = {.cores = port_cores,
                                   .probe = port_probe,
                                   .fetch = port_fetch,
                                   .start = port_start,
                                   .go_on = port_go_on,
                                   .repeat = port_repeat,
                                   .finish = port_finish,
                                   .rows = port_rows,
                                   .statement_failed = port_statement_failed,
                                   .output = port_output};
