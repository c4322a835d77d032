/* The driver: statements of one job, in order. */
#include "master/driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/exec/program.h"
#include "common/io/options.h"
#include "common/plan/bind.h"
#include "common/sql/lex.h"
#include "common/sql/script.h"
#include "master/block_rows.h"
#include "master/driver_stage.h"
#include "master/plan_json.h"
#include "master/stream_rows.h"

/* A schema that tasks found out, for the sources of that path. */
typedef struct learnt {
    const char *path;
    q_schema schema;
    struct learnt *next;
} learnt;

/* One statement to run, or why it could not be parsed (keep going). */
typedef struct unit {
    const q_sql_script *script;
    uint32_t index; /* in the script */
    q_err *err;
} unit;

/* A client's files once they are here; they stay over new plans. */
typedef struct streamed {
    bool here;
    q_source source; /* with its schema */
    q_rows rows;
} streamed;

typedef struct driver {
    q_job *job;
    const q_driver_port *port;
    q_arena arena; /* of the whole job: what survives a new plan */
    q_arena plan;  /* of the current plan */
    q_session session;
    q_catalog catalog;
    unit *units;
    uint32_t n_units;
    learnt *learnt;
    streamed *streamed; /* by input */
    q_rows **streamed_rows;
    q_source *empty; /* an input without any record: its columns are what the query names */
    const char *empty_view;
    uint32_t stages; /* numbered over all statements */
} driver;

/* ---- settings ---- */

static const char *conf(const driver *d, const char *key)
{
    const char *v = q_catalog_get(&d->catalog, key);
    return v ? v : q_job_conf(d->job, key);
}

/* ---- sources ---- */

static const q_schema *learnt_schema(const driver *d, const char *path)
{
    for (const learnt *l = d->learnt; l; l = l->next) {
        if (strcmp(l->path, path) == 0)
            return &l->schema;
    }
    return NULL;
}

static void learn(driver *d, const char *path, const q_schema *schema)
{
    learnt *l = q_arena_new(&d->arena, learnt);
    l->path = q_arena_strdup(&d->arena, path);
    q_schema_copy(&l->schema, schema, &d->arena);
    l->next = d->learnt;
    d->learnt = l;
}

/* A source's description before anybody looked at the files. */
static q_code source_ask(driver *d, const char *path, q_format format, const q_option *options,
                         uint32_t n_options, const q_schema *declared, q_arena *a, q_source *ask,
                         q_err *err)
{
    q_option_warnings warnings = {0};
    memset(ask, 0, sizeof *ask);
    ask->format = format;
    ask->name = q_arena_strdup(a, path);
    Q_TRY(q_read_options_parse(format, options, n_options, a, &ask->options, &warnings, err));
    for (uint32_t i = 0; i < warnings.n; i++)
        q_job_warn(d->job, "%s", warnings.texts[i]);
    const q_schema *known = learnt_schema(d, path);
    if (declared)
        Q_TRY(q_read_options_check(&ask->options, declared, err));
    if (declared)
        ask->schema = *declared;
    else if (known)
        ask->schema = *known;
    ask->inferred = !declared;
    return Q_OK;
}

/* A directory without any file has no columns, and is more likely a slip than no records. */
static q_code source_check(const q_source *s, const char *path, q_err *err)
{
    if (s->kind != Q_SOURCE_FILES || s->n_files || s->schema.n_fields)
        return Q_OK;
    q_err_set(err, Q_E_UNABLE_TO_INFER_SCHEMA, "there is no file in %s to take columns from", path);
    q_err_hint(err, "declare the columns, if an empty result is wanted");
    return Q_E_UNABLE_TO_INFER_SCHEMA;
}

static q_code resolve(void *ctx, q_arena *a, const char *path_or_view, q_format format,
                      const q_option *options, uint32_t n_options, const q_schema *declared,
                      q_source **out, q_err *err)
{
    driver *d = ctx;
    q_source ask;
    bool visible;
    const char *path = path_or_view;
    for (uint32_t i = 0; i < n_options; i++) {
        if (strcasecmp(options[i].key, "path") == 0)
            path = options[i].value;
    }
    Q_TRY(source_ask(d, path, format, options, n_options, declared, a, &ask, err));
    *out = q_arena_new(a, q_source);
    Q_TRY(d->port->probe(d->port->ctx, d->job, &ask, a, *out, &visible, err));
    if (!visible)
        return err->code ? err->code
                         : q_err_set(err, Q_E_PATH_NOT_FOUND, "no worker can read %s", path);
    return source_check(*out, path, err);
}

static q_code sink_of(void *ctx, q_arena *a, const char *path, q_format format,
                      const q_option *options, uint32_t n_options, q_sink_spec **out, q_err *err)
{
    driver *d = ctx;
    q_option_warnings warnings = {0};
    q_sink_spec *s = q_arena_new(a, q_sink_spec);
    s->format = format;
    s->mode = Q_SAVE_OVERWRITE;
    s->path = q_arena_strdup(a, path);
    s->job = d->job->submit.token; /* so that the client's marker goes with the rest */
    Q_TRY(q_write_options_parse(format, options, n_options, a, &s->options, &warnings, err));
    for (uint32_t i = 0; i < warnings.n; i++)
        q_job_warn(d->job, "%s", warnings.texts[i]);
    *out = s;
    return Q_OK;
}

static q_code explain(void *ctx, unsigned mode, const q_plan *plan, q_buf *out, q_err *err)
{
    driver *d = ctx;
    q_stages stages;
    (void)mode;
    Q_TRY(q_stages_cut(&d->plan, plan, NULL, &stages, err));
    q_stages_print(&stages, out);
    return Q_OK;
}

static q_option *options_of(q_arena *a, const q_pairs *pairs)
{
    q_option *o = q_arena_array(a, q_option, pairs->n + 1);
    for (uint32_t i = 0; i < pairs->n; i++)
        o[i] = (q_option){pairs->items[i].key, pairs->items[i].value};
    return o;
}

static q_code declared_schema(driver *d, const q_rec_input *in, q_schema *out, q_err *err)
{
    q_sql_column_def *columns;
    uint32_t n;
    q_code code = q_sql_parse_schema(&d->plan, in->schema, strlen(in->schema), &columns, &n, err);
    if (code == Q_OK)
        code = q_bind_schema(&d->plan, columns, n, out, err);
    if (code != Q_OK) {
        char source[160];
        snprintf(source, sizeof source, "--schema %s", in->view);
        q_err_at_source(err, source);
    }
    return code;
}

static q_code input_format(const q_rec_input *in, q_format *out, q_err *err)
{
    if (in->format) {
        if (q_format_from_name(in->format, out))
            return Q_OK;
        return q_err_set(err, Q_E_INVALID_OPTION, "input %s has the unknown format %s", in->view,
                         in->format);
    }
    static const char *const others[] = {".parquet", ".orc", ".avro", ".arrow", ".xlsx", ".xml"};
    const char *compression;
    if (q_format_of_name(in->path, out, &compression))
        return Q_OK;
    size_t n = strlen(in->path);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        size_t k = strlen(others[i]);
        if (n > k && strcasecmp(in->path + n - k, others[i]) == 0) {
            q_err_set(err, Q_E_UNSUPPORTED_FEATURE, "files of the kind %s are not read: %s",
                      others[i] + 1, in->path);
            q_err_hint(err, "JSON and CSV are, also compressed by gzip or zstd");
            return Q_E_UNSUPPORTED_FEATURE;
        }
    }
    *out = Q_FORMAT_JSON;
    return Q_OK;
}

/* CSV inputs of the command line have a header and inferred types unless said otherwise. */
static void csv_defaults(q_source *s, const q_pairs *given, bool declared)
{
    if (s->format != Q_FORMAT_CSV)
        return;
    if (!q_pairs_get(given, "header"))
        s->options.header = true;
    if (!q_pairs_get(given, "inferSchema"))
        s->options.infer_schema = !declared;
}

static void stream_report(driver *d, const char *source, const q_read_report *r, uint64_t before)
{
    if (r->n_records)
        q_driver_report(d->job, source, r, before);
    pthread_mutex_lock(&d->job->mutex);
    d->job->progress.rows_in += r->n_records;
    pthread_mutex_unlock(&d->job->mutex);
}

static bool is_blocks(const q_rec_input *in)
{
    return in->format && strcmp(in->format, "blocks") == 0;
}

static q_code stream_take(driver *d, uint32_t index, uint32_t file, q_read_report *report,
                          q_err *err)
{
    streamed *st = &d->streamed[index];
    q_shared *bytes;
    Q_TRY(d->port->fetch(d->port->ctx, d->job, index, file, &bytes, err));
    q_code code = is_blocks(&d->job->submit.inputs.items[index])
                      ? q_block_rows(&st->source.schema, bytes, &st->rows, &report->n_records, err)
                      : q_stream_rows(&st->source, file, bytes, &d->session, &d->arena, &st->rows,
                                      report, err);
    q_budget_give(&d->job->memory, bytes->len);
    q_shared_unref(&bytes);
    return code;
}

/* Files that only the client sees: their bytes come here once and become rows. */
static q_code stream_bind(driver *d, uint32_t index, const q_source *ask, q_source *source,
                          q_err *err)
{
    streamed *st = &d->streamed[index];
    uint64_t before = 0;
    if (!st->here) {
        st->source = *ask;
        st->source.name = q_arena_strdup(&d->arena, ask->name);
        q_rows_init(&st->rows, &d->job->memory);
        for (uint32_t i = 0; i < ask->n_files; i++) {
            q_read_report report = {0};
            Q_TRY(stream_take(d, index, i, &report, err));
            stream_report(d, ask->name, &report, before);
            before += report.n_records;
        }
        const q_schema schema = st->source.schema; /* what the plan's arena has goes with it */
        st->source = (q_source){
            .kind = Q_SOURCE_ROWS, .name = st->source.name, .rows_id = Q_ROWS_STREAMED | index};
        Q_TRY(q_schema_copy(&st->source.schema, &schema, &d->arena));
        st->here = true;
        d->streamed_rows[index] = &st->rows;
    }
    *source = st->source;
    return Q_OK;
}

/* Records in columns, which only the client has. */
static q_code blocks_bind(driver *d, uint32_t index, q_err *err)
{
    const q_rec_input *in = &d->job->submit.inputs.items[index];
    q_schema schema;
    if (!in->schema || !in->stream)
        return q_err_set(err, Q_E_PROTOCOL,
                         "input %s: blocks need their schema and a client that sends", in->view);
    Q_TRY(declared_schema(d, in, &schema, err));
    const q_source ask = {
        .kind = Q_SOURCE_ROWS, .name = in->view, .schema = schema, .n_files = in->files.n};
    q_source *source = q_arena_new(&d->plan, q_source);
    Q_TRY(stream_bind(d, index, &ask, source, err));
    q_catalog_add_source(&d->catalog, in->view, source);
    return Q_OK;
}

static q_code input_bind(driver *d, uint32_t index, q_err *err)
{
    const q_rec_input *in = &d->job->submit.inputs.items[index];
    if (is_blocks(in))
        return blocks_bind(d, index, err);
    if (!in->path)
        return q_err_set(err, Q_E_PROTOCOL, "input %s has no path", in->view);
    q_schema declared;
    q_format format;
    q_source ask, *source = q_arena_new(&d->plan, q_source);
    bool visible;
    if (in->schema)
        Q_TRY(declared_schema(d, in, &declared, err));
    Q_TRY(input_format(in, &format, err));
    Q_TRY(source_ask(d, in->path, format, options_of(&d->plan, &in->options), in->options.n,
                     in->schema ? &declared : NULL, &d->plan, &ask, err));
    csv_defaults(&ask, &in->options, in->schema != NULL);
    q_file *files = q_arena_array(&d->plan, q_file, in->files.n);
    for (uint32_t i = 0; i < in->files.n; i++)
        files[i] = (q_file){in->files.items[i].path, in->files.items[i].size_bytes,
                            in->files.items[i].mtime_ns};
    ask.files = files;
    ask.n_files = in->files.n;
    Q_TRY(d->port->probe(d->port->ctx, d->job, &ask, &d->plan, source, &visible, err));
    if (!visible && (!in->stream || !in->files.n))
        return err->code ? err->code /* the workers said why */
                         : q_err_set(err, Q_E_PATH_NOT_FOUND, "no worker can read %s", in->path);
    if (!visible)
        Q_TRY(stream_bind(d, index, &ask, source, err));
    Q_TRY(source_check(source, in->path, err));
    if (!source->schema.n_fields && ask.inferred) {
        d->empty = source;
        d->empty_view = in->view;
    }
    q_catalog_add_source(&d->catalog, in->view, source);
    return Q_OK;
}

/* ---- planning ---- */

static const char *lookup(void *ctx, const char *name)
{
    const driver *d = ctx;
    return q_pairs_get(&d->job->submit.params, name);
}

static bool keep_going(const driver *d)
{
    const char *v = q_job_conf(d->job, "quern.script.keepGoing");
    return v && strcasecmp(v, "true") == 0;
}

static void unit_add(driver *d, unit u)
{
    if (!(d->n_units & (d->n_units - 1))) { /* at powers of two: double */
        unit *grown = q_arena_array(&d->plan, unit, d->n_units ? 2 * d->n_units : 1);
        if (d->n_units)
            memcpy(grown, d->units, sizeof u * d->n_units);
        d->units = grown;
    }
    d->units[d->n_units++] = u;
}

/* One statement's text with everything around it blank, so that places stay right. */
static void unit_parse(driver *d, const char *sql, size_t len, size_t begin, size_t end)
{
    char *alone = q_arena_strndup(&d->plan, sql, len);
    for (size_t i = 0; i < len; i++) {
        if ((i < begin || i >= end) && alone[i] != '\n')
            alone[i] = ' ';
    }
    q_sql_text *text;
    q_sql_script *script;
    q_err err;
    q_code code = q_sql_substitute(&d->plan, alone, len, lookup, d, &text, &err);
    if (code == Q_OK)
        code = q_sql_parse_text(&d->plan, text, &script, &err);
    if (code != Q_OK) {
        unit_add(d, (unit){.err = q_arena_copy(&d->plan, &err, sizeof err)});
        return;
    }
    for (uint32_t i = 0; i < script->n_statements; i++)
        unit_add(d, (unit){script, i, NULL});
}

/* Each statement by itself, so that a syntax error is its own. */
static void units_split(driver *d, const char *sql, size_t len)
{
    for (size_t begin = 0, at = 0;;) {
        q_sql_token t = q_sql_lex(sql, len, at);
        bool over = t.kind == Q_TK_END;
        at = t.offset + (t.len ? t.len : 1);
        if (over || t.kind == Q_TK_SEMICOLON)
            unit_parse(d, sql, len, begin, over ? len : t.offset);
        if (over)
            return;
        if (t.kind == Q_TK_SEMICOLON)
            begin = at;
    }
}

static q_code units_parse(driver *d, q_err *err)
{
    const q_msg_submit *s = &d->job->submit;
    q_sql_text *text;
    q_sql_script *script;
    size_t len = strlen(s->sql);
    d->n_units = 0;
    q_code code = q_sql_substitute(&d->plan, s->sql, len, lookup, d, &text, err);
    if (code == Q_OK)
        code = q_sql_parse_text(&d->plan, text, &script, err);
    if (code != Q_OK) {
        if (keep_going(d))
            units_split(d, s->sql, len);
        return keep_going(d) ? Q_OK : code;
    }
    for (uint32_t i = 0; i < script->n_statements; i++)
        unit_add(d, (unit){script, i, NULL});
    return Q_OK;
}

static q_code plan_open(driver *d, q_err *err)
{
    const q_msg_submit *s = &d->job->submit;
    const q_catalog_hooks hooks = {
        .ctx = d, .resolve = resolve, .sink = sink_of, .fold = q_expr_fold, .explain = explain};
    q_arena_reset(&d->plan);
    d->empty = NULL;
    Q_TRY(units_parse(d, err));
    q_catalog_init(&d->catalog, &d->plan, &d->session, &hooks);
    for (uint32_t i = 0; i < s->conf.n; i++)
        Q_TRY(q_catalog_preset(&d->catalog, s->conf.items[i].key, s->conf.items[i].value, err));
    for (uint32_t i = 0; i < s->inputs.n; i++)
        Q_TRY(input_bind(d, i, err));
    return Q_OK;
}

/* An input without any record has no columns to infer: those the query names exist, as
 * strings without a row. */
static q_code bind_statement(driver *d, uint32_t i, q_stmt *out, q_err *err)
{
    const unit *u = &d->units[i];
    q_binder binder;
    if (u->err) {
        *err = *u->err;
        return err->code;
    }
    q_binder_init(&binder, &d->catalog, u->script);
    for (;;) {
        q_code code = q_bind_statement(&binder, &u->script->statement[u->index], out, err);
        if (code != Q_E_UNRESOLVED_COLUMN || !d->empty || !err->column_name[0])
            return code;
        q_schema *s = &d->empty->schema;
        if (s->n_fields >= 10000 || q_schema_find(s, err->column_name) != -1)
            return code;
        q_field *fields = q_arena_array(&d->plan, q_field, s->n_fields + 1);
        memcpy(fields, s->fields, sizeof *fields * s->n_fields);
        fields[s->n_fields++] =
            (q_field){q_arena_strdup(&d->plan, err->column_name), Q_TYPE(Q_STRING), true};
        s->fields = fields;
        q_catalog_add_source(&d->catalog, d->empty_view, d->empty);
    }
}

/* ---- running ---- */

/* Files that the submission's --output names for the script's query. */
static q_code output_sink(driver *d, const q_sink_spec **out, q_err *err)
{
    const q_rec_output *o = d->job->submit.output;
    static const char *const modes[] = {"error", "overwrite", "ignore", "append"};
    q_sink_spec *s;
    q_format format = Q_FORMAT_JSON;
    *out = NULL;
    if (!o || strcmp(o->kind, "directory") != 0)
        return Q_OK;
    if (o->error) {
        *err = *o->error;
        return err->code;
    }
    if (o->format && !q_format_from_name(o->format, &format))
        return q_err_set(err, Q_E_INVALID_OPTION, "unknown output format %s", o->format);
    Q_TRY(sink_of(d, &d->plan, o->path, format, options_of(&d->plan, &o->options), o->options.n, &s,
                  err));
    s->mode = Q_SAVE_ERROR_IF_EXISTS;
    for (uint8_t m = 0; o->mode && m < 4; m++) {
        if (strcmp(o->mode, modes[m]) == 0)
            s->mode = m;
    }
    *out = s;
    return Q_OK;
}

static uint32_t queries(const driver *d)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->n_units; i++)
        n += !d->units[i].err &&
             d->units[i].script->statement[d->units[i].index].kind == Q_SQL_ST_QUERY;
    return n;
}

static q_code known_rows(driver *d, uint32_t statement, const q_stmt *st, q_err *err)
{
    q_rows rows;
    q_rows_init(&rows, &d->job->memory);
    q_code code = q_rows_of_batch(st->rows, &rows, err);
    if (code == Q_OK)
        code = d->port->rows(d->port->ctx, d->job, statement, &st->schema, &d->catalog.session,
                             &rows, false, err);
    q_rows_fini(&rows);
    return code;
}

static q_code statement_run(driver *d, uint32_t i, const q_stmt *st, q_err *err)
{
    const q_sink_spec *sink = st->sink;
    if (st->kind == Q_STMT_RESULT)
        return known_rows(d, i, st, err);
    if (st->kind == Q_STMT_NOTHING)
        return Q_OK;
    if (st->kind == Q_STMT_QUERY)
        Q_TRY(output_sink(d, &sink, err));
    q_stage_run r = {.job = d->job,
                     .port = d->port,
                     .session = &d->catalog.session,
                     .budget = &d->job->memory,
                     .arena = &d->plan,
                     .parallelism = conf(d, "spark.default.parallelism"),
                     .max_partition_bytes = conf(d, "spark.sql.files.maxPartitionBytes"),
                     .next_stage = &d->stages,
                     .streamed = d->streamed_rows,
                     .statement = i};
    if (sink && sink != st->sink)
        r.marker = d->job->submit.output->marker;
    const q_rec_output *o = d->job->submit.output;
    if (st->kind == Q_STMT_QUERY && o && strcmp(o->kind, "table") == 0)
        Q_TRY(q_output_pg_open(o->path, &d->job->cancelled, &r.table, err));
    q_code code = q_driver_statement(&r, st->plan, sink, err);
    q_output_pg_close(&r.table);
    if (code == Q_E_SCHEMA_CHANGED)
        learn(d, r.changed->name, &r.changed_schema);
    return code;
}

static void plan_record(q_job *job, uint32_t statement, const q_plan *plan)
{
    q_buf json;
    if (job->record.off)
        return;
    q_buf_init(&json);
    q_plan_json(plan, &json);
    q_job_record_plan(&job->record, statement, json.data, json.len);
    q_buf_fini(&json);
}

/* Bind and, unless it ran before a schema changed, run. */
static q_code unit_run(driver *d, uint32_t i, bool run, q_err *err)
{
    q_stmt st = {0};
    q_job_set_state(d->job, Q_JOB_PLANNING, q_clock_wall_us());
    Q_TRY(bind_statement(d, i, &st, err));
    if (!run)
        return Q_OK;
    q_job_record_statement(&d->job->record, i + 1, d->n_units);
    if (st.plan)
        plan_record(d->job, i, st.plan);
    q_job_set_state(d->job, Q_JOB_RUNNING, q_clock_wall_us());
    return statement_run(d, i, &st, err);
}

static q_code run_from(driver *d, uint32_t *done, q_err *err)
{
    q_job_set_state(d->job, Q_JOB_PLANNING, q_clock_wall_us());
    Q_TRY(plan_open(d, err));
    if (!d->n_units)
        return q_err_set(err, Q_E_PARSE_SYNTAX_ERROR, "the script has no statement");
    uint32_t n = d->job->submit.output ? queries(d) : 1;
    if (n > 1 || (!n && !keep_going(d)))
        return q_err_set(err, Q_E_USAGE, "with an output the script must have one query, it has %u",
                         n);
    for (uint32_t i = 0; i < d->n_units; i++) {
        if (atomic_load(&d->job->cancelled))
            return q_err_set(err, Q_E_CANCELLED, "the job was cancelled");
        q_code code = unit_run(d, i, i >= *done, err);
        if (code == Q_E_SCHEMA_CHANGED || code == Q_E_CANCELLED)
            return code;
        if (code != Q_OK && !keep_going(d))
            return code;
        if (code != Q_OK && i >= *done)
            d->port->statement_failed(d->port->ctx, d->job, i, err);
        *done = i + 1 > *done ? i + 1 : *done;
    }
    return Q_OK;
}

static q_code session_init(driver *d, q_err *err)
{
    const char *zone = q_job_conf(d->job, "spark.sql.session.timeZone");
    d->session = (q_session){.time_zone = zone ? zone : "UTC", .now_us = q_clock_wall_us()};
    (void)err;
    return Q_OK;
}

/* New plans only ever widen schemas, so this ends; the bound is for a changing file. */
#define MAX_PLANS 8

void q_driver_run(q_job *job, const q_driver_port *port)
{
    driver d = {.job = job, .port = port};
    q_err err;
    uint32_t done = 0;
    q_err_clear(&err);
    q_arena_init(&d.arena, NULL);
    q_arena_init(&d.plan, NULL);
    d.streamed = q_arena_array(&d.arena, streamed, job->submit.inputs.n + 1);
    d.streamed_rows = q_arena_array(&d.arena, q_rows *, job->submit.inputs.n + 1);
    q_code code = session_init(&d, &err);
    for (int plans = 0; code == Q_OK; plans++) {
        code = run_from(&d, &done, &err);
        if (code != Q_E_SCHEMA_CHANGED || plans == MAX_PLANS)
            break;
        code = Q_OK;
    }
    if (code == Q_OK)
        q_job_set_state(job, Q_JOB_COMPLETED, q_clock_wall_us());
    else
        q_job_fail(job, &err, q_clock_wall_us());
    for (uint32_t i = 0; i < job->submit.inputs.n; i++) {
        if (d.streamed[i].source.name)
            q_rows_fini(&d.streamed[i].rows);
    }
    q_arena_fini(&d.plan);
    q_arena_fini(&d.arena);
}
