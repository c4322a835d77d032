/* Stages of one statement: splits, phases, landings, merges. */
#include "master/driver_stage.h"

#include <stdlib.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/exec/window_merge.h"
#include "common/io/split.h"
#include "master/category_cut.h"
#include "master/stage_record.h"

/* A split below this is not worth a task of its own (SPEED.md: threads, tables). */
#define MIN_SPLIT_BYTES ((uint64_t)4 << 20)
#define MIN_SPLIT_ROWS  65536u
#define MAX_TASKS       100000u

/* What one statement's stages leave for later ones. */
typedef struct statement {
    q_stage_run *r;
    q_stages stages;
    q_rows *rows; /* by rows_id */
    q_run **runs; /* by stage: their bodies hold the rows' bytes */
    uint32_t cores;
} statement;

/* ---- splits ---- */

typedef struct task_list {
    uint32_t n, cap;
    q_budget *memory;
    size_t counted_bytes; /* of inputs */
    q_run_task *items;    /* without replies */
} task_list;

static q_run_task *task_add(task_list *l)
{
    if (l->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 16;
        l->items = realloc(l->items, sizeof *l->items * l->cap);
        Q_ASSERT(l->items);
    }
    q_run_task *t = &l->items[l->n++];
    memset(t, 0, sizeof *t);
    return t;
}

static uint64_t number_of(const char *text, uint64_t fallback)
{
    char *end;
    if (!text)
        return fallback;
    unsigned long long v = strtoull(text, &end, 10);
    switch (*end) {
    case 'g':
    case 'G':
        return v << 30;
    case 'm':
    case 'M':
        return v << 20;
    case 'k':
    case 'K':
        return v << 10;
    default:
        return v ? v : fallback;
    }
}

/* Before the input's bytes are made. */
static q_code input_count(task_list *l, size_t bytes, q_err *err)
{
    if (!q_budget_take(l->memory, bytes))
        return q_budget_error(l->memory, bytes, err);
    l->counted_bytes += bytes;
    return Q_OK;
}

/* Every core gets a split, none is below the minimum or above the setting's maximum.
 * spark.default.parallelism fixes their number. */
static q_code files_split(statement *s, const q_source *source, uint32_t branch, task_list *l,
                          q_err *err)
{
    const q_split_range *ranges;
    uint32_t n;
    uint64_t total = 0, fixed = number_of(s->r->parallelism, 0);
    uint64_t most = number_of(s->r->max_partition_bytes, (uint64_t)128 << 20);
    for (uint32_t i = 0; i < source->n_files; i++)
        total += source->files[i].bytes;
    uint64_t wave = s->cores * most;
    uint64_t target = fixed ? fixed : s->cores * ((total + wave - 1) / wave);
    if (target > MAX_TASKS)
        return q_err_set(err, Q_E_INVALID_CONF_VALUE, "%llu tasks in one stage, at most %u",
                         (unsigned long long)target, MAX_TASKS);
    Q_TRY(q_split_files(source, target ? (uint32_t)target : 1, fixed ? 1 : MIN_SPLIT_BYTES,
                        s->r->arena, &ranges, &n, err));
    for (uint32_t i = 0; i < n; i++) {
        q_run_task *t = task_add(l);
        t->split = (q_task_split){branch,        ranges[i].file,       ranges[i].begin,
                                  ranges[i].end, ranges[i].begin == 0, false,
                                  false};
        t->file_bytes = source->files[ranges[i].file].bytes;
    }
    return Q_OK;
}

static const q_rows *rows_of(const statement *s, const q_source *source)
{
    if (source->rows_id & Q_ROWS_STREAMED)
        return s->r->streamed[source->rows_id & ~Q_ROWS_STREAMED];
    return &s->rows[source->rows_id];
}

static uint32_t rows_parts(const statement *s, const q_rows *rows)
{
    uint64_t fixed = number_of(s->r->parallelism, 0);
    uint64_t n = rows->n_rows / MIN_SPLIT_ROWS + 1;
    if (fixed)
        return fixed > MAX_TASKS ? MAX_TASKS : (uint32_t)fixed;
    return n > s->cores ? s->cores : (uint32_t)n;
}

/* By category: whole window partitions together as far as they fit. */
static q_code category_split(statement *s, const q_source *source, const uint32_t *keys,
                             uint32_t n_keys, uint32_t branch, task_list *l, q_err *err)
{
    const q_rows *rows = rows_of(s, source);
    uint32_t n = rows_parts(s, rows);
    q_category_part *parts = calloc(n, sizeof *parts);
    bool whole;
    Q_ASSERT(parts);
    q_code code =
        q_category_cut(&source->schema, rows, keys, n_keys, n, s->r->budget, parts, &whole, err);
    for (uint32_t i = 0; i < n; i++) {
        if (!parts[i].blocks)
            continue;
        q_run_task *t = task_add(l);
        t->split =
            (q_task_split){.branch = branch, .exact = true, .positioned = true, .whole = whole};
        t->input = parts[i].blocks;
        if (code == Q_OK)
            code = input_count(l, t->input->len, err);
    }
    free(parts);
    return code;
}

/* By range: runs of blocks, together about the same number of rows for each task. */
static q_code range_split(statement *s, const q_source *source, uint32_t branch, task_list *l,
                          q_err *err)
{
    const q_rows *rows = rows_of(s, source);
    uint64_t per_task = rows->n_rows / rows_parts(s, rows) + 1;
    for (uint32_t i = 0; i < rows->n_runs;) {
        q_buf bytes;
        uint64_t taken = 0;
        q_buf_init(&bytes);
        for (; i < rows->n_runs && taken < per_task; i++) {
            q_code code = input_count(l, rows->runs[i].bytes, err);
            if (code != Q_OK) {
                q_buf_fini(&bytes);
                return code;
            }
            q_buf_append(&bytes, rows->runs[i].data, rows->runs[i].bytes);
            taken += rows->runs[i].n_rows;
        }
        q_run_task *t = task_add(l);
        t->split = (q_task_split){.branch = branch, .exact = true};
        t->input = q_shared_of_buf(&bytes);
        if (!t->input)
            return q_budget_error(NULL, 0, err);
    }
    return Q_OK;
}

static q_code rows_split(statement *s, const q_stage *stage, uint32_t branch, task_list *l,
                         q_err *err)
{
    const q_source *source = stage->branches[branch].source;
    uint32_t keys[16], n_keys;
    if (q_category_keys(stage, branch, keys, &n_keys) && rows_of(s, source)->n_rows)
        return category_split(s, source, keys, n_keys, branch, l, err);
    return range_split(s, source, branch, l, err);
}

static q_code stage_split(statement *s, const q_stage *stage, task_list *l, q_err *err)
{
    for (uint32_t b = 0; b < stage->n_branches; b++) {
        const q_source *source = stage->branches[b].source;
        if (source->kind == Q_SOURCE_FILES)
            Q_TRY(files_split(s, source, b, l, err));
        else
            Q_TRY(rows_split(s, stage, b, l, err));
    }
    return Q_OK;
}

/* ---- landings ---- */

static const q_source *source_of(const q_stage *stage, const q_run_task *t)
{
    return stage->branches[t->split.branch].source;
}

static bool same_file(const q_run_task *a, const q_run_task *b)
{
    return a->split.branch == b->split.branch && a->split.file == b->split.file;
}

/* Check every split's guess against its neighbour's end; those that guessed wrong are given
 * their right begin and listed in `again`. */
static uint32_t landings_check(const q_stage *stage, q_run *run, uint32_t *again)
{
    uint32_t n = 0;
    uint64_t expected = 0;
    for (uint32_t i = 0; i < run->n_tasks; i++) {
        q_run_task *t = &run->tasks[i];
        if (source_of(stage, t)->kind != Q_SOURCE_FILES)
            continue;
        if (!i || !same_file(t, t - 1)) {
            expected = t->outcome.next;
            continue;
        }
        q_split split = {.source = source_of(stage, t),
                         .file = t->split.file,
                         .begin = t->split.begin,
                         .end = t->split.end,
                         .landed = t->split.exact,
                         .data_bytes = t->file_bytes};
        uint64_t next = t->outcome.next;
        q_landing landing = q_landing_check(&split, expected, t->outcome.first, &next);
        if (landing == Q_LANDING_REREAD) {
            t->split.begin = expected;
            t->split.exact = true;
            again[n++] = i;
            return n; /* what follows depends on where this one ends */
        }
        if (landing == Q_LANDING_EMPTY && t->outcome.first != UINT64_MAX && !t->split.exact) {
            t->split.begin = t->split.end; /* it read rows that belong to its neighbour */
            t->split.exact = true;
            again[n++] = i;
        }
        expected = next;
    }
    return n;
}

static q_code landings_settle(statement *s, const q_stage *stage, q_run *run, q_err *err)
{
    uint32_t *again = malloc(sizeof *again * (run->n_tasks + 1));
    Q_ASSERT(again);
    q_code code = Q_OK;
    for (;;) {
        uint32_t n = landings_check(stage, run, again);
        if (!n)
            break;
        q_debug("%u splits read again: their first record was guessed wrong", n);
        s->r->port->repeat(s->r->port->ctx, run, again, n);
        code = q_run_wait(run, 0, err);
        if (code != Q_OK)
            break;
    }
    free(again);
    return code;
}

/* ---- outcomes ---- */

void q_driver_report(q_job *job, const char *source, const q_read_report *r, uint64_t before)
{
    q_job_read *to = NULL;
    for (uint32_t i = 0; i < job->n_reads && !to; i++) {
        if (strcmp(job->reads[i].source, source) == 0)
            to = &job->reads[i];
    }
    if (!to) {
        job->reads = realloc(job->reads, sizeof *job->reads * (job->n_reads + 1));
        Q_ASSERT(job->reads);
        to = &job->reads[job->n_reads++];
        memset(to, 0, sizeof *to);
        to->source = q_arena_strdup(&job->arena, source);
    }
    to->n_records += r->n_records;
    to->n_bad += r->n_bad;
    to->n_bad_fields += r->n_bad_fields;
    for (uint64_t i = 0; i < r->n_kept && to->n_first < 5; i++) {
        to->first[to->n_first].byte = r->first[i].byte;
        to->first[to->n_first].record = r->first[i].record + before;
        memcpy(to->first[to->n_first].reason, r->first[i].reason, sizeof to->first[0].reason);
        memcpy(to->first[to->n_first].excerpt, r->first[i].excerpt, sizeof to->first[0].excerpt);
        to->n_first++;
    }
}

/* The first error in input order is the job's. */
static q_code errors_check(const q_stage *stage, q_run *run, q_err *err)
{
    uint64_t records = 0;
    for (uint32_t i = 0; i < run->n_tasks; i++) {
        q_run_task *t = &run->tasks[i];
        if (i && !same_file(t, t - 1))
            records = 0;
        if (t->outcome.kind == Q_OUTCOME_ERROR) {
            *err = *t->outcome.err;
            if (err->record)
                err->record += records;
            const q_source *source = source_of(stage, t);
            if (t->split.file < source->n_files)
                q_err_at_source(err, source->files[t->split.file].path);
            return err->code;
        }
        records += t->outcome.report.n_records;
    }
    return Q_OK;
}

/* All schemas that tasks saw for the first source that changed, merged. */
static q_code schemas_check(statement *s, const q_stage *stage, q_run *run, q_err *err)
{
    q_stage_run *r = s->r;
    for (uint32_t i = 0; i < run->n_tasks; i++) {
        const q_run_task *t = &run->tasks[i];
        const q_source *source = source_of(stage, t);
        if (t->outcome.kind != Q_OUTCOME_SCHEMA || (r->changed && r->changed != source))
            continue;
        if (!r->changed)
            r->changed_schema = source->schema;
        r->changed = source;
        q_schema merged;
        Q_TRY(q_schema_merge(source, &r->changed_schema, &t->outcome.observed, r->arena, &merged,
                             err));
        r->changed_schema = merged;
    }
    if (r->changed)
        return q_err_set(err, Q_E_SCHEMA_CHANGED, "%s has more than its sample showed",
                         r->changed->name);
    return Q_OK;
}

static void reports_add(const q_stage *stage, q_run *run, q_job *job)
{
    uint64_t records = 0;
    for (uint32_t i = 0; i < run->n_tasks; i++) {
        const q_run_task *t = &run->tasks[i];
        if (i && !same_file(t, t - 1))
            records = 0;
        if (t->outcome.has_report)
            q_driver_report(job, source_of(stage, t)->name, &t->outcome.report, records);
        records += t->outcome.report.n_records;
    }
}

static q_code reading_check(statement *s, const q_stage *stage, q_run *run, q_err *err)
{
    Q_TRY(landings_settle(s, stage, run, err));
    Q_TRY(errors_check(stage, run, err));
    Q_TRY(schemas_check(s, stage, run, err));
    reports_add(stage, run, s->r->job);
    return Q_OK;
}

/* ---- phases ---- */

static q_code barrier_merge(statement *s, const q_stage *stage, q_run *run, uint32_t phase,
                            q_err *err)
{
    q_window_merge *m = NULL;
    q_code code = q_window_merge_new(&stage->barriers[phase], s->r->session, run->n_tasks,
                                     s->r->budget, &m, err);
    for (uint32_t i = 0; i < run->n_tasks && code == Q_OK; i++)
        code = q_window_merge_add(m, i, run->tasks[i].body->data, run->tasks[i].body->len, err);
    if (code == Q_OK)
        code = q_window_merge_finish(m, err);
    if (code == Q_OK)
        stage_record_merged(s->r->job, stage, phase, m, s->r->session, run);
    for (uint32_t i = 0; i < run->n_tasks && code == Q_OK; i++) {
        q_buf reply;
        q_buf_init(&reply);
        code = q_window_merge_reply(m, i, &reply, err);
        if (code == Q_OK)
            code = q_run_count(run, reply.len, err);
        run->tasks[i].replies[phase] = code == Q_OK ? q_shared_of_buf(&reply) : NULL;
        if (code == Q_OK && !run->tasks[i].replies[phase])
            code = q_budget_error(NULL, 0, err);
        q_buf_fini(&reply);
    }
    q_window_merge_destroy(&m);
    return code;
}

static void bodies_of(const q_run *run, q_body *bodies)
{
    for (uint32_t i = 0; i < run->n_tasks; i++)
        bodies[i] = (q_body){run->tasks[i].body->data, run->tasks[i].body->len};
}

static q_code sink_finish(statement *s, const q_stage *stage, q_run *run, q_err *err)
{
    q_body *bodies = malloc(sizeof *bodies * (run->n_tasks + 1));
    Q_ASSERT(bodies);
    bodies_of(run, bodies);
    q_code code;
    if (stage->sink.kind == Q_SINK_FILES) {
        q_job_set_state(s->r->job, Q_JOB_COMMITTING, q_clock_wall_us());
        const q_output_ask ask = {.op = Q_OUTPUT_COMMIT,
                                  .sink = stage->sink.files,
                                  .bodies = bodies,
                                  .n_bodies = run->n_tasks};
        code = s->r->port->output(s->r->port->ctx, s->r->job, &ask, NULL, err);
    } else if (run->n_tasks && run->tasks[0].split.positioned) { /* of all or of none */
        code = q_sink_merge_positions(stage, bodies, run->n_tasks, &s->rows[stage->rows_id], err);
    } else {
        code =
            q_sink_merge(stage, s->r->session, bodies, run->n_tasks, &s->rows[stage->rows_id], err);
    }
    free(bodies);
    return code;
}

static q_code phases_run(statement *s, const q_stage *stage, q_run *run, q_err *err)
{
    for (uint32_t p = 0; p < run->n_phases; p++) {
        Q_TRY(q_run_wait(run, p, err));
        if (p == 0)
            Q_TRY(reading_check(s, stage, run, err));
        if (p + 1 == run->n_phases)
            return sink_finish(s, stage, run, err);
        Q_TRY(barrier_merge(s, stage, run, p, err));
        s->r->port->go_on(s->r->port->ctx, run, p + 1);
    }
    return q_err_set(err, Q_E_INTERNAL, "a stage without phases");
}

static void metrics_add(const q_stage *stage, q_run *run, q_job *job, bool last)
{
    pthread_mutex_lock(&job->mutex);
    for (uint32_t i = 0; i < run->n_tasks; i++) {
        const q_run_task *t = &run->tasks[i];
        if (source_of(stage, t)->kind != Q_SOURCE_ROWS) {
            job->progress.rows_in += t->metrics.rows_in;
            job->progress.bytes_in += t->metrics.bytes_in;
        }
        if (last && stage->sink.kind == Q_SINK_FILES)
            job->progress.rows_out += t->metrics.rows_out;
    }
    job->progress.stages_done++;
    pthread_mutex_unlock(&job->mutex);
}

static q_code run_new(statement *s, const q_stage *stage, q_run **out, q_err *err)
{
    task_list l = {.memory = s->r->budget};
    q_code code = stage_split(s, stage, &l, err);
    bool whole = l.n && l.items[0].split.whole; /* of all or of none */
    q_run *run = q_run_new(s->r->job, (*s->r->next_stage)++, l.n, whole ? 1 : stage->n_barriers + 1,
                           l.memory);
    run->counted_bytes = l.counted_bytes;
    for (uint32_t i = 0; i < l.n; i++) {
        q_shared **replies = run->tasks[i].replies;
        run->tasks[i] = l.items[i];
        run->tasks[i].replies = replies;
    }
    free(l.items);
    q_buf plan, session;
    q_buf_init(&plan);
    q_buf_init(&session);
    q_stage_pack(&plan, stage);
    q_session_pack(&session, s->r->session);
    run->plan = q_shared_of_buf(&plan);
    run->session = q_shared_of_buf(&session);
    if (code == Q_OK && (!run->plan || !run->session))
        code = q_budget_error(NULL, 0, err);
    if (code != Q_OK)
        q_run_destroy(&run);
    *out = run;
    return code;
}

static q_code stage_run(statement *s, uint32_t index, q_err *err)
{
    const q_stage *stage = &s->stages.stages[index];
    const q_driver_port *port = s->r->port;
    q_run *run = NULL;
    Q_TRY(run_new(s, stage, &run, err));
    s->runs[index] = run;
    q_job_log_add(&s->r->job->log, Q_LOG_DEBUG, "stage %u: %u tasks, %u phases", run->stage_index,
                  run->n_tasks, run->n_phases);
    stage_record_begin(s->r->job, stage, run);
    port->start(port->ctx, run);
    q_code code = phases_run(s, stage, run, err);
    port->finish(port->ctx, run);
    stage_record_end(s->r->job, stage, run, code == Q_OK);
    if (code == Q_OK)
        metrics_add(stage, run, s->r->job, index + 1 == s->stages.n_stages);
    return code;
}

static q_code stages_run(statement *s, q_err *err)
{
    for (uint32_t i = 0; i < s->stages.n_constants; i++)
        Q_TRY(q_rows_of_batch(s->stages.constants[i], &s->rows[i], err));
    for (uint32_t i = 0; i < s->stages.n_stages; i++)
        Q_TRY(stage_run(s, i, err));
    return Q_OK;
}

static q_code table_write(statement *s, const q_schema *schema, const q_rows *rows, q_err *err)
{
    q_job *job = s->r->job;
    q_job_set_state(job, Q_JOB_COMMITTING, q_clock_wall_us());
    Q_TRY(q_output_pg_write(s->r->table, schema, s->r->session, rows, err));
    pthread_mutex_lock(&job->mutex);
    job->progress.rows_out += rows->n_rows;
    pthread_mutex_unlock(&job->mutex);
    return Q_OK;
}

static q_code deliver(statement *s, bool files, bool output, const q_schema *schema, q_err *err)
{
    const q_stage *last = &s->stages.stages[s->stages.n_stages - 1];
    Q_TRY(stages_run(s, err));
    if (files)
        return Q_OK;
    if (s->r->table)
        return table_write(s, schema, &s->rows[last->rows_id], err);
    return s->r->port->rows(s->r->port->ctx, s->r->job, s->r->statement, schema, s->r->session,
                            &s->rows[last->rows_id], output, err);
}

static bool is_below(const char *path, const char *directory)
{
    size_t n = strlen(directory);
    while (n > 1 && directory[n - 1] == '/')
        n--;
    return strncmp(path, directory, n) == 0 && (path[n] == '/' || !path[n]);
}

static void reads_collect(const q_stages *stages, q_output_ask *ask, q_arena *a)
{
    uint32_t n = 0;
    for (uint32_t pass = 0; pass < 2; pass++) {
        const char **reads = pass ? q_arena_array(a, const char *, n + 1) : NULL;
        ask->reads = reads;
        ask->n_reads = n;
        n = 0;
        for (uint32_t i = 0; i < stages->n_stages; i++) {
            for (uint32_t b = 0; b < stages->stages[i].n_branches; b++) {
                const q_source *source = stages->stages[i].branches[b].source;
                for (uint32_t f = 0; source->kind == Q_SOURCE_FILES && f < source->n_files;
                     f++, n++) {
                    if (reads)
                        reads[n] = source->files[f].path;
                }
            }
        }
    }
}

/* As Spark: what is read is not overwritten. By name here, by what the names stand for where the
 * files are (PREPARE). */
static q_code overwrite_check(q_output_ask *ask, const q_plan *plan, q_arena *a, q_err *err)
{
    q_stages stages;
    Q_TRY(q_stages_cut(a, plan, ask->sink, &stages, err));
    reads_collect(&stages, ask, a);
    for (uint32_t i = 0; i < ask->n_reads; i++) {
        if (is_below(ask->reads[i], ask->sink->path))
            return q_err_set(err, Q_E_UNSUPPORTED_FEATURE,
                             "cannot overwrite %s, of which %s is read", ask->sink->path,
                             ask->reads[i]);
    }
    return Q_OK;
}

static q_code plan_run(statement *s, const q_plan *plan, const q_sink_spec *sink, bool output,
                       q_err *err)
{
    q_stage_run *r = s->r;
    Q_TRY(q_stages_cut(r->arena, plan, sink, &s->stages, err));
    s->rows = calloc(s->stages.n_rows_ids + 1, sizeof *s->rows);
    s->runs = calloc(s->stages.n_stages + 1, sizeof *s->runs);
    Q_ASSERT(s->rows && s->runs);
    for (uint32_t i = 0; i < s->stages.n_rows_ids; i++)
        q_rows_init(&s->rows[i], r->budget);
    pthread_mutex_lock(&r->job->mutex);
    r->job->progress.stages_total += s->stages.n_stages;
    pthread_mutex_unlock(&r->job->mutex);
    q_code code = deliver(s, sink != NULL, output, &plan->schema, err);
    for (uint32_t i = 0; i < s->stages.n_rows_ids; i++)
        q_rows_fini(&s->rows[i]);
    for (uint32_t i = 0; i < s->stages.n_stages; i++)
        q_run_destroy(&s->runs[i]);
    free(s->rows);
    free(s->runs);
    return code;
}

/* The directory is looked at before anything runs, and cleaned up if something fails. One that
 * only the client sees is written by the client, of rows. */
q_code q_driver_statement(q_stage_run *r, const q_plan *plan, const q_sink_spec *sink, q_err *err)
{
    statement s = {.r = r};
    const q_driver_port *port = r->port;
    bool skip = false;
    Q_TRY(port->cores(port->ctx, r->job, &s.cores, err));
    if (!sink)
        return plan_run(&s, plan, NULL, false, err);
    q_output_ask ask = {.op = Q_OUTPUT_PREPARE, .sink = sink, .marker = r->marker};
    if (sink->mode == Q_SAVE_OVERWRITE)
        Q_TRY(overwrite_check(&ask, plan, r->arena, err));
    q_code code = port->output(port->ctx, r->job, &ask, &skip, err);
    if (code == Q_E_PATH_NOT_FOUND && r->marker)
        return plan_run(&s, plan, NULL, true, err);
    if (code != Q_OK || skip)
        return code;
    code = plan_run(&s, plan, sink, false, err);
    ask = (q_output_ask){.op = Q_OUTPUT_ABORT, .sink = sink};
    if (code != Q_OK)
        port->output(port->ctx, r->job, &ask, NULL, NULL);
    return code;
}
