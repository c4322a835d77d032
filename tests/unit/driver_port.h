/*
 * A cluster in one thread for tests of the driver: a port that runs the tasks of a stage where it
 * is asked to, with a budget for the workers. Rows for the client are folded into a checksum.
 */
#ifndef TESTS_UNIT_DRIVER_PORT_H
#define TESTS_UNIT_DRIVER_PORT_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "common/base/assert.h"
#include "common/io/output.h"
#include "common/plan/serial.h"
#include "master/driver.h"
#include "worker/files.h"
#include "worker/task_bytes.h"
#include "tests/unit/check.h"

typedef struct dp_cluster {
    q_budget memory; /* of the workers */
    uint32_t cores;
    bool files_hidden; /* only the client sees the files */
    uint64_t n_rows, checksum;
} dp_cluster;

/* A stage's tasks; the run's handle. */
typedef struct dp_stage {
    q_arena arena;
    q_stage plan;
    q_session session;
    q_task **tasks;
    q_task_bytes *bytes;
    q_frames *payloads;
} dp_stage;

static inline q_code dp_cores(void *ctx, q_job *job, uint32_t *out, q_err *err)
{
    (void)job;
    (void)err;
    *out = ((dp_cluster *)ctx)->cores;
    return Q_OK;
}

static inline q_code dp_probe(void *ctx, q_job *job, const q_source *ask, q_arena *a, q_source *out,
                              bool *visible, q_err *err)
{
    q_buf body;
    q_message answer;
    q_buf_init(&body);
    q_source_pack(&body, ask);
    const q_msg_probe probe = {
        .job_id = job->id, .sample_bytes = 4096, .body = {body.data, body.len}};
    q_files_probe(&probe, a, &answer);
    q_buf_fini(&body);
    *visible = !((dp_cluster *)ctx)->files_hidden;
    if (answer.u.probed.error)
        return *err = *answer.u.probed.error, err->code;
    q_unpack in;
    q_unpack_init(&in, answer.u.probed.body.data, answer.u.probed.body.len);
    return q_source_unpack(a, &in, out, err);
}

static inline q_code dp_fetch(void *ctx, q_job *job, uint32_t input, uint32_t file, q_shared **out,
                              q_err *err)
{
    (void)ctx;
    q_buf b;
    q_buf_init(&b);
    FILE *f = fopen(job->submit.inputs.items[input].files.items[file].path, "rb");
    ck_assert(f);
    for (int c; (c = getc(f)) != EOF;)
        q_buf_putc(&b, (char)c);
    fclose(f);
    if (!q_budget_take(&job->memory, b.len)) {
        q_budget_error(&job->memory, b.len, err);
        q_buf_fini(&b);
        return Q_E_OUT_OF_MEMORY;
    }
    *out = q_shared_of_buf(&b);
    return Q_OK;
}

/* ---- tasks ---- */

static inline void dp_body_free(void *data, void *hint)
{
    (void)hint;
    free(data);
}

static inline q_code dp_first(dp_cluster *c, q_run *run, uint32_t i, q_buf *body, q_err *err)
{
    dp_stage *s = run->handle;
    q_run_task *t = &run->tasks[i];
    char name[64];
    snprintf(name, sizeof name, "1-%u-%u-0", run->stage_index, i);
    q_task_destroy(&s->tasks[i]);
    q_task_bytes_close(&s->bytes[i]);
    q_frames_fini(&s->payloads[i]);
    if (t->input)
        q_frames_add_copy(&s->payloads[i], t->input->data, t->input->len);
    q_task_input in = {.split = t->split};
    const q_task_options options = {.attempt = q_arena_strdup(&s->arena, name), .task = i};
    const q_source *source = s->plan.branches[t->split.branch].source;
    bool done;
    Q_TRY(q_task_bytes_open(&s->bytes[i], source, &in, &s->payloads[i], &c->memory, err));
    Q_TRY(q_task_new(&s->plan, &s->session, &in, &options, &c->memory, &s->tasks[i], err));
    return q_task_run(s->tasks[i], body, &done, err);
}

static inline q_code dp_next(q_run *run, uint32_t i, uint32_t phase, q_buf *body, q_err *err)
{
    dp_stage *s = run->handle;
    const q_shared *reply = run->tasks[i].replies[phase - 1];
    bool done;
    return q_task_continue(s->tasks[i], reply->data, reply->len, body, &done, err);
}

/* What of a phase is not provisional fails the run: there is nobody to try again. */
static inline void dp_task(dp_cluster *c, q_run *run, uint32_t i, uint32_t phase)
{
    dp_stage *s = run->handle;
    q_err err;
    q_buf body;
    q_outcome o = {0};
    q_buf_init(&body);
    q_err_clear(&err);
    q_code code = phase ? dp_next(run, i, phase, &body, &err) : dp_first(c, run, i, &body, &err);
    if (s->tasks[i] && !phase)
        q_task_landing(s->tasks[i], &o.first, &o.next);
    if (code == Q_E_SCHEMA_CHANGED) {
        o.kind = Q_OUTCOME_SCHEMA;
        q_schema_copy(&o.observed, q_task_observed(s->tasks[i]), &run->arena);
    } else if (code != Q_OK) {
        q_run_fail(run, &err);
    }
    q_frame frame = {body.data, body.len, body.data ? dp_body_free : NULL, NULL};
    q_run_body(run, i, &frame, &o, &(q_task_metrics){0});
}

static inline void dp_phase(void *c, q_run *run, uint32_t phase)
{
    for (uint32_t i = 0; i < run->n_tasks && !run->failed; i++)
        dp_task(c, run, i, phase);
    q_run_phase_done(run, phase);
}

static inline void dp_start(void *ctx, q_run *run)
{
    dp_stage *s = calloc(1, sizeof *s);
    q_unpack plan, session;
    run->handle = s;
    q_arena_init(&s->arena, NULL);
    q_unpack_init(&plan, run->plan->data, run->plan->len);
    q_unpack_init(&session, run->session->data, run->session->len);
    ck_assert_int_eq(q_stage_unpack(&s->arena, &plan, &s->plan, NULL), Q_OK);
    ck_assert_int_eq(q_session_unpack(&s->arena, &session, &s->session, NULL), Q_OK);
    s->tasks = q_arena_array(&s->arena, q_task *, run->n_tasks + 1);
    s->bytes = q_arena_array(&s->arena, q_task_bytes, run->n_tasks + 1);
    s->payloads = q_arena_array(&s->arena, q_frames, run->n_tasks + 1);
    dp_phase(ctx, run, 0);
}

static inline void dp_repeat(void *ctx, q_run *run, const uint32_t *tasks, uint32_t n)
{
    for (uint32_t i = 0; i < n && !run->failed; i++)
        dp_task(ctx, run, tasks[i], 0);
}

static inline void dp_finish(void *ctx, q_run *run)
{
    (void)ctx;
    dp_stage *s = run->handle;
    for (uint32_t i = 0; i < run->n_tasks; i++) {
        q_task_destroy(&s->tasks[i]);
        q_task_bytes_close(&s->bytes[i]);
        q_frames_fini(&s->payloads[i]);
    }
    q_arena_fini(&s->arena);
    free(s);
}

/* ---- results ---- */

static inline q_code dp_rows(void *ctx, q_job *job, uint32_t statement, const q_schema *schema,
                             const q_session *session, const q_rows *rows, bool output, q_err *err)
{
    dp_cluster *c = ctx;
    (void)job, (void)statement, (void)schema, (void)session, (void)output, (void)err;
    c->n_rows += rows->n_rows;
    for (uint32_t i = 0; i < rows->n_runs; i++)
        c->checksum = XXH3_64bits_withSeed(rows->runs[i].data, rows->runs[i].bytes, c->checksum);
    return Q_OK;
}

static inline void dp_statement_failed(void *ctx, q_job *job, uint32_t statement, const q_err *why)
{
    (void)ctx, (void)job, (void)statement, (void)why;
}

static inline q_code dp_commit(const q_sink_spec *sink, const q_body *bodies, uint32_t n,
                               q_err *err)
{
    const char *parts[256];
    uint32_t n_parts = 0;
    q_arena a;
    q_arena_init(&a, NULL);
    for (uint32_t i = 0; i < n; i++) {
        q_unpack in;
        size_t len;
        q_unpack_init(&in, bodies[i].data, bodies[i].bytes);
        q_unpack_array(&in);
        const char *name = q_unpack_str(&in, &len);
        if (name)
            parts[n_parts++] = q_arena_strndup(&a, name, len);
    }
    q_code code = q_output_commit(sink, sink->job, parts, n_parts, err);
    q_arena_fini(&a);
    return code;
}

static inline q_code dp_output(void *ctx, q_job *job, const q_output_ask *ask, bool *skip,
                               q_err *err)
{
    (void)ctx, (void)job;
    if (ask->op == Q_OUTPUT_PREPARE)
        return q_output_begin(ask->sink, skip, err);
    if (ask->op == Q_OUTPUT_COMMIT)
        return dp_commit(ask->sink, ask->bodies, ask->n_bodies, err);
    q_output_abort(ask->sink, ask->sink->job);
    return Q_OK;
}

static inline q_driver_port dp_port(dp_cluster *c)
{
    return (q_driver_port){.ctx = c,
                           .cores = dp_cores,
                           .probe = dp_probe,
                           .fetch = dp_fetch,
                           .start = dp_start,
                           .go_on = dp_phase,
                           .repeat = dp_repeat,
                           .finish = dp_finish,
                           .rows = dp_rows,
                           .statement_failed = dp_statement_failed,
                           .output = dp_output};
}

#endif
