/* quern submit, sql, explain: run a job and show its rows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/job_client.h"
#include "cli/output.h"
#include "cli/result.h"
#include "cli/settings.h"
#include "common/base/clock.h"
#include "common/io/files.h"

typedef struct job_run {
    const q_arguments *args;
    q_arena *a;
    q_conf *conf;
    q_msg_submit submit;
    q_cluster *cluster;
    q_job_client *client;
    q_result *result;
    q_client_output *output;
    q_result_style style;
    bool plain; /* shows a plan, unless --result says otherwise */
    bool progress, interrupted, any_failed, any_shown;
    bool to_output; /* the rows that come are the output's */
    uint64_t job_id;
    uv_signal_t interrupt, terminate;
} job_run;

/* ---- what is asked ---- */

static const char *absolute(q_arena *a, const char *path)
{
    char cwd[4096];
    if (path[0] == '/' || strncmp(path, "file:", 5) == 0 || !getcwd(cwd, sizeof cwd))
        return path;
    return q_arena_printf(a, "%s/%s", cwd, path);
}

/* "VIEW=REST" with an identifier before the sign; else view `input`. */
static const char *view_split(q_arena *a, const char *text, const char **rest)
{
    const char *equals = strchr(text, '=');
    *rest = text;
    if (!equals || equals == text)
        return "input";
    for (const char *p = text; p < equals; p++) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_' ||
                      (p > text && *p >= '0' && *p <= '9');
        if (!letter)
            return "input";
    }
    *rest = equals + 1;
    return q_arena_strndup(a, text, (size_t)(equals - text));
}

static q_code input_fill(job_run *j, const char *text, q_rec_input *in, q_err *err)
{
    const char *path;
    const q_file *files;
    uint32_t n;
    in->view = view_split(j->a, text, &path);
    if (strcmp(path, "-") == 0) {
        q_err_set(err, Q_E_USAGE, "an input cannot be read from standard input");
        q_err_hint(err, "put it into a file whose name ends in .json, .ndjson or .csv");
        return Q_E_USAGE;
    }
    in->path = absolute(j->a, path);
    q_code code = q_files_expand(in->path, j->a, &files, &n, err);
    if (code == Q_E_PATH_NOT_FOUND)
        return Q_OK; /* perhaps the workers have it; if not, the job fails and is on record */
    Q_TRY(code);
    in->files.n = n;
    in->files.items = q_arena_array(j->a, q_rec_file, n + 1);
    for (uint32_t i = 0; i < n; i++)
        in->files.items[i] = (q_rec_file){files[i].path, files[i].bytes, files[i].mtime_ns};
    in->stream = !j->submit.detach;
    return Q_OK;
}

static q_code inputs_fill(job_run *j, q_err *err)
{
    uint32_t n = 0;
    const char *text, *ddl;
    while (q_option_at(j->args, "--input", n))
        n++;
    j->submit.inputs.n = n;
    j->submit.inputs.items = q_arena_array(j->a, q_rec_input, n + 1);
    for (uint32_t i = 0; i < n; i++)
        Q_TRY(input_fill(j, q_option_at(j->args, "--input", i), &j->submit.inputs.items[i], err));
    for (uint32_t i = 0; (text = q_option_at(j->args, "--schema", i)); i++) {
        const char *view = view_split(j->a, text, &ddl);
        uint32_t k = 0;
        while (k < n && strcasecmp(j->submit.inputs.items[k].view, view) != 0)
            k++;
        if (k == n) {
            q_err_set(err, Q_E_USAGE, "--schema for %s, which no --input names", view);
            return Q_E_USAGE;
        }
        j->submit.inputs.items[k].schema = ddl;
    }
    return Q_OK;
}

static q_code pairs_fill(job_run *j, const char *option, q_pairs *out, q_err *err)
{
    uint32_t n = 0;
    const char *text;
    while (q_option_at(j->args, option, n))
        n++;
    out->items = q_arena_array(j->a, q_pair, n + 1);
    for (uint32_t i = 0; (text = q_option_at(j->args, option, i)); i++) {
        const char *equals = strchr(text, '=');
        if (!equals || equals == text)
            return q_err_set(err, Q_E_USAGE, "%s takes KEY=VALUE, not %s", option, text);
        out->items[out->n++] =
            (q_pair){q_arena_strndup(j->a, text, (size_t)(equals - text)), equals + 1};
    }
    return Q_OK;
}

static q_code sql_read(job_run *j, const char *path, q_err *err)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    q_buf text;
    char piece[65536];
    size_t n;
    if (!f)
        return q_err_errno(err, errno == ENOENT ? Q_E_PATH_NOT_FOUND : Q_E_IO, errno,
                           "cannot read the job file %s", path);
    q_buf_init(&text);
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        q_buf_append(&text, piece, n);
    bool failed = ferror(f);
    int why = errno;
    if (f != stdin)
        fclose(f);
    if (failed) {
        q_buf_fini(&text);
        return q_err_errno(err, Q_E_IO, why, "cannot read the job file %s", path);
    }
    if (text.len && memchr(text.data, 0, text.len)) {
        q_buf_fini(&text);
        return q_err_set(err, Q_E_PARSE_SYNTAX_ERROR, "%s is no SQL text: it has a NUL byte", path);
    }
    size_t mark = text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    j->submit.sql = q_arena_strndup(j->a, text.len ? text.data + mark : "", text.len - mark);
    q_buf_fini(&text);
    j->submit.source = path;
    return Q_OK;
}

static void output_fill(job_run *j)
{
    const char *path = q_option_get(j->args, "--output");
    if (!path)
        return;
    q_rec_output *o = q_arena_new(j->a, q_rec_output);
    bool table = strncmp(path, "postgres://", 11) == 0 || strncmp(path, "postgresql://", 13) == 0;
    o->kind = table ? "table" : "directory";
    o->path = table ? path : absolute(j->a, path);
    o->format = q_option_get(j->args, "--format");
    o->mode = q_option_given(j->args, "--overwrite") ? "overwrite" : "error";
    j->submit.output = o;
}

static const char *token_make(q_arena *a)
{
    unsigned char bytes[16] = {0};
    FILE *f = fopen("/dev/urandom", "rb");
    if (!f || fread(bytes, 1, sizeof bytes, f) != sizeof bytes)
        memcpy(bytes, &(int64_t){q_clock_wall_us()}, 8);
    if (f)
        fclose(f);
    char *out = q_arena_bytes(a, 33);
    for (int i = 0; i < 16; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return out;
}

#define NAME_BYTES 60

/* A statement's beginning, in one line. */
static const char *name_of_sql(const job_run *j)
{
    const char *sql = j->submit.sql + strspn(j->submit.sql, " \t\r\n");
    size_t n = strlen(sql), kept = n < NAME_BYTES ? n : NAME_BYTES;
    while (kept < n && kept && ((unsigned char)sql[kept] & 0xC0) == 0x80)
        kept--;
    char *name = q_arena_printf(j->a, "%.*s%s", (int)kept, sql, kept < n ? "..." : "");
    for (char *p = name; *p; p++) {
        if ((unsigned char)*p < 0x20)
            *p = ' ';
    }
    return name;
}

/* spark.app.name, else the script's file name without its ending, else the statement. */
static const char *name_of(const job_run *j)
{
    const char *name = q_conf_str(j->conf, Q_SET_APP_NAME), *file = j->submit.source;
    if (name)
        return name;
    if (!file || strcmp(file, "-") == 0)
        return name_of_sql(j);
    const char *slash = strrchr(file, '/');
    file = slash ? slash + 1 : file;
    const char *dot = strrchr(file, '.');
    return q_arena_strndup(j->a, file, dot && dot > file ? (size_t)(dot - file) : strlen(file));
}

static q_code submit_fill(job_run *j, q_err *err)
{
    j->submit.token = token_make(j->a);
    j->submit.detach = q_option_given(j->args, "--detach");
    j->submit.want_rows = !j->submit.detach;
    q_settings_of_job(j->conf, j->a, &j->submit.conf);
    Q_TRY(pairs_fill(j, "--param", &j->submit.params, err));
    Q_TRY(inputs_fill(j, err));
    output_fill(j);
    j->submit.name = name_of(j);
    j->submit.stage_name = q_conf_str(j->conf, Q_SET_PIPELINE_STAGE);
    j->submit.user = getenv("USER");
    return Q_OK;
}

/* ---- what happens ---- */

static void progress_clear(job_run *j)
{
    if (j->progress)
        fprintf(stderr, "\r\033[K");
}

static void on_accepted(void *ctx, const q_msg_accepted *m)
{
    job_run *j = ctx;
    j->job_id = m->job_id;
    if (j->submit.detach)
        printf("%s\n", m->app_id);
    else if (j->progress) /* until the first task ends there is nothing else to say */
        fprintf(stderr, "\r\033[Kjob %llu: accepted", (unsigned long long)m->job_id);
}

static void on_status(void *ctx, const q_msg_job_status *m)
{
    job_run *j = ctx;
    if (!j->progress)
        return;
    fprintf(stderr, "\r\033[K%s: stage %u of %u, %u of %u tasks", m->state,
            m->stages_done < m->stages_total ? m->stages_done + 1 : m->stages_total,
            m->stages_total, m->tasks_done, m->tasks_total);
    if (m->message)
        fprintf(stderr, " (%s)", m->message);
    fflush(stderr);
}

static q_code on_schema(void *ctx, uint32_t statement, const q_schema *schema,
                        const char *time_zone, bool output, q_err *err)
{
    job_run *j = ctx;
    (void)statement;
    j->to_output = output && j->output;
    if (j->to_output)
        return q_client_output_schema(j->output, schema, time_zone, err);
    progress_clear(j);
    j->any_shown = true;
    return q_result_schema(j->result, schema, time_zone, err);
}

static q_code on_rows(void *ctx, const q_batch *batch, q_err *err)
{
    job_run *j = ctx;
    return j->to_output ? q_client_output_rows(j->output, batch, err)
                        : q_result_rows(j->result, batch, err);
}

static q_code on_rows_end(void *ctx, q_err *err)
{
    job_run *j = ctx;
    return j->to_output ? q_client_output_end(j->output, err) : q_result_end(j->result, err);
}

static void on_statement_failed(void *ctx, const q_err *error)
{
    job_run *j = ctx;
    j->any_failed = true;
    if (j->style == Q_RESULT_TYPED)
        q_result_error(j->result, error);
    else
        q_command_failed(error);
}

/* A database's URL may hold a password. */
static const char *place_of(const q_rec_output *o)
{
    return strcmp(o->kind, "directory") == 0 ? o->path : "the table";
}

static void report_print(job_run *j, const q_msg_job_done *m)
{
    const q_rec_job_report *r = m->report;
    for (uint32_t i = 0; i < r->warnings.n; i++)
        fprintf(stderr, "quern: warning: %s\n", r->warnings.items[i]);
    for (uint32_t i = 0; i < r->reads.n; i++) {
        const q_rec_read_report *read = &r->reads.items[i];
        if (!read->n_bad)
            continue;
        fprintf(stderr, "quern: warning: %s: %llu of %llu records are malformed\n", read->source,
                (unsigned long long)read->n_bad, (unsigned long long)read->n_records);
        for (uint32_t k = 0; k < read->first.n; k++)
            fprintf(stderr, "  record %llu (byte %llu): %s: %s\n",
                    (unsigned long long)read->first.items[k].record,
                    (unsigned long long)read->first.items[k].byte, read->first.items[k].reason,
                    read->first.items[k].excerpt);
    }
    if (!m->error && !j->any_shown)
        fprintf(stderr, "%llu records in, %llu records written%s%s in %.3f s\n",
                (unsigned long long)r->rows_in, (unsigned long long)r->rows_out,
                j->submit.output ? " to " : "", j->submit.output ? place_of(j->submit.output) : "",
                (double)r->run_us / 1e6);
}

static void on_done(void *ctx, const q_msg_job_done *m)
{
    job_run *j = ctx;
    progress_clear(j);
    if (m->report)
        report_print(j, m);
}

static void on_signal(uv_signal_t *handle, int signum)
{
    job_run *j = handle->data;
    (void)signum;
    progress_clear(j);
    if (j->interrupted) { /* asked twice: go at once */
        _exit(130);
    }
    j->interrupted = true;
    if (j->progress)
        fprintf(stderr, "cancelling; once more ends at once");
    q_job_client_cancel(j->client);
}

static void signals_init(job_run *j)
{
    uv_signal_init(q_cluster_loop(j->cluster), &j->interrupt);
    uv_signal_init(q_cluster_loop(j->cluster), &j->terminate);
    j->interrupt.data = j->terminate.data = j;
    uv_signal_start(&j->interrupt, on_signal, SIGINT);
    uv_signal_start(&j->terminate, on_signal, SIGTERM);
}

static q_code job_run_all(job_run *j, q_err *err)
{
    static const q_job_events events = {.accepted = on_accepted,
                                        .status = on_status,
                                        .schema = on_schema,
                                        .rows = on_rows,
                                        .rows_end = on_rows_end,
                                        .statement_failed = on_statement_failed,
                                        .done = on_done};
    q_job_events e = events;
    e.ctx = j;
    const q_cluster_config config = {.url = q_conf_str(j->conf, Q_SET_MASTER), .conf = j->conf};
    Q_TRY(q_cluster_new(&config, &j->cluster, err));
    if (j->submit.detach && q_cluster_is_local(j->cluster))
        return q_err_set(err, Q_E_USAGE, "--detach needs a cluster: a local job ends with quern");
    if (j->submit.output && strcmp(j->submit.output->kind, "directory") == 0 && !j->submit.detach)
        Q_TRY(q_client_output_new(j->submit.output, j->submit.token, j->a, &j->output, err));
    Q_TRY(q_result_new(j->style, stdout, &j->result, err));
    Q_TRY(q_job_client_new(j->cluster, &j->submit, 10000, &e, &j->client, err));
    signals_init(j);
    q_code code = q_job_client_run(j->client, err);
    uv_close((uv_handle_t *)&j->interrupt, NULL);
    uv_close((uv_handle_t *)&j->terminate, NULL);
    return code;
}

static q_result_style style_of(const q_arguments *args)
{
    static const char *const names[] = {"table", "json", "ndjson", "csv", "typed"};
    const char *v = q_option_get(args, "--result");
    for (int i = 0; v && i < 5; i++) {
        if (strcmp(v, names[i]) == 0)
            return (q_result_style)i;
    }
    return isatty(STDOUT_FILENO) ? Q_RESULT_TABLE : Q_RESULT_NDJSON;
}

/* What can be wrong without looking at anything else. */
static q_code job_open(job_run *j, q_err *err)
{
    const char *pipeline = q_option_get(j->args, "--pipeline-id");
    char *end;
    if (pipeline) {
        j->submit.pipeline_id = strtoll(pipeline, &end, 10);
        if (*end || j->submit.pipeline_id <= 0)
            return q_err_set(err, Q_E_USAGE, "--pipeline-id takes a positive number, not %s",
                             pipeline);
    }
    return q_settings_read(j->args, &j->conf, err);
}

static int job_close(job_run *j, q_code code, const q_err *err)
{
    q_job_client_destroy(&j->client);
    q_cluster_destroy(&j->cluster);
    bool reader_gone = q_result_reader_gone(j->result);
    if (code != Q_OK && j->style == Q_RESULT_TYPED && j->result && !reader_gone)
        q_result_error(j->result, err);
    q_result_destroy(&j->result);
    q_client_output_destroy(&j->output);
    q_conf_destroy(&j->conf);
    if (reader_gone)
        return Q_STATUS_READER_GONE; /* as `| head` expects it */
    if (code != Q_OK)
        return q_command_failed(err);
    return j->any_failed ? 1 : 0;
}

static q_code run_sql(job_run *j, q_err *err)
{
    const char *progress = q_option_get(j->args, "--progress"), *term = getenv("TERM");
    j->progress = isatty(STDERR_FILENO) && !(progress && strcmp(progress, "never") == 0) && term &&
                  strcmp(term, "dumb") != 0; /* a line that is written over */
    if (!j->plain || q_option_given(j->args, "--result"))
        j->style = style_of(j->args);
    else
        j->style = Q_RESULT_PLAIN;
    Q_TRY(submit_fill(j, err));
    return job_run_all(j, err);
}

static q_code submit_run(job_run *j, q_err *err)
{
    Q_TRY(job_open(j, err));
    Q_TRY(sql_read(j, j->args->operands[0], err));
    return run_sql(j, err);
}

static q_code sql_run(job_run *j, q_err *err)
{
    const char *file = q_option_get(j->args, "--file");
    Q_TRY(job_open(j, err));
    if (!file && !j->args->n_operands && !isatty(STDIN_FILENO))
        file = "-";
    if (file)
        Q_TRY(sql_read(j, file, err));
    else if (j->args->n_operands)
        j->submit.sql = j->args->operands[0];
    if (!j->submit.sql || !j->submit.sql[strspn(j->submit.sql, " \t\r\n")])
        return q_err_set(err, Q_E_USAGE, "sql needs statements: as operand, by --file or on stdin");
    return run_sql(j, err);
}

static q_code explain_run(job_run *j, q_err *err)
{
    const char *mode = q_option_get(j->args, "--mode");
    j->plain = true;
    Q_TRY(job_open(j, err));
    Q_TRY(sql_read(j, j->args->operands[0], err));
    j->submit.sql = q_arena_printf(j->a, "EXPLAIN %s %s", mode ? mode : "EXTENDED", j->submit.sql);
    return run_sql(j, err);
}

static int command_run(const q_arguments *args, q_code (*run)(job_run *j, q_err *err))
{
    job_run j = {.args = args, .a = args->arena};
    q_err err;
    q_err_clear(&err);
    q_code code = run(&j, &err);
    return job_close(&j, code, &err);
}

static int submit(const q_arguments *args)
{
    return command_run(args, submit_run);
}

static int sql(const q_arguments *args)
{
    return command_run(args, sql_run);
}

static int explain(const q_arguments *args)
{
    return command_run(args, explain_run);
}

#define INPUT_OPTIONS                                                                              \
    {"--master",                                                                                   \
     NULL,                                                                                         \
     "URL",                                                                                        \
     false,                                                                                        \
     NULL,                                                                                         \
     "spark://host:7077, or local[N], local[*] (default: $SPARK_MASTER_URL, else local[*])."},     \
        {"--input",                                                                                \
         "-i",                                                                                     \
         "[VIEW=]PATH",                                                                            \
         true,                                                                                     \
         NULL,                                                                                     \
         "Bind a JSON or CSV file, directory or pattern to a view (default: input)."},             \
        {"--schema", NULL, "[VIEW=]DDL",                                                           \
         true,       NULL, "Columns of a view, as 'id BIGINT, name STRING' (default: inferred)."}, \
        {"--conf", "-c", "KEY=VALUE", true, NULL, "A setting: docs/SETTINGS.md."},                 \
        {"--properties-file",                                                                      \
         NULL,                                                                                     \
         "FILE",                                                                                   \
         false,                                                                                    \
         NULL,                                                                                     \
         "Settings, as spark-defaults.conf (default: that of $SPARK_CONF_DIR)."},                  \
        {"--param", "-p", "NAME=VALUE", true, NULL, "Value of ${NAME} in the script."},            \
    {                                                                                              \
        "--result", NULL, "STYLE", false, "table|json|ndjson|csv|typed",                           \
            "How rows are printed (default: table on a terminal, else ndjson; a plan as text)."    \
    }

#define JOB_OPTIONS                                                                                  \
    {"--output",                                                                                     \
     "-o",                                                                                           \
     "DIR|postgres://...?table=T",                                                                   \
     false,                                                                                          \
     NULL,                                                                                           \
     "Write the query's rows into a new directory, or a PostgreSQL table, instead of printing "      \
     "them."},                                                                                       \
        {"--overwrite",                                                                              \
         NULL,                                                                                       \
         NULL,                                                                                       \
         false,                                                                                      \
         NULL,                                                                                       \
         "Replace what is in the output directory (default: an output that exists is an error)."},   \
        {"--format", NULL, "FORMAT", false, "json|csv", "Format of the output (default: json)."},    \
        {"--name", NULL, "NAME", false, NULL, "Name of the job (default: the script's file name)."}, \
        {"--pipeline-id", NULL, "N", false, NULL, "Write status rows of this pipeline."},            \
        {"--stage-name", NULL, "NAME",                                                               \
         false,          NULL, "Its stage's name (default: Spark Processing)."},                     \
        {"--executor-memory",                                                                        \
         NULL,                                                                                       \
         "SIZE",                                                                                     \
         false,                                                                                      \
         NULL,                                                                                       \
         "Memory of the job's tasks on one worker, as 1g (spark.executor.memory)."},                 \
        {"--driver-memory",                                                                          \
         NULL,                                                                                       \
         "SIZE",                                                                                     \
         false,                                                                                      \
         NULL,                                                                                       \
         "Memory of the job on the master, as 1g (spark.driver.memory)."},                           \
        {"--total-executor-cores",                                                                   \
         NULL,                                                                                       \
         "N",                                                                                        \
         false,                                                                                      \
         NULL,                                                                                       \
         "Cores that the job may use at once (spark.cores.max)."},                                   \
        {"--detach", NULL,                                                                           \
         NULL,       false,                                                                          \
         NULL,       "Print the job's id and leave it running: quern status ID, quern logs ID."},    \
    {                                                                                                \
        "--progress", NULL, "WHEN", false, "auto|never",                                             \
            "Whether to show a progress line (default: auto, on a terminal)."                        \
    }

static const q_option_row submit_options[] = {INPUT_OPTIONS, JOB_OPTIONS, {0}};
static const q_option_row sql_options[] = {
    {"--file", "-f", "FILE", false, NULL, "Read the statements from a file (- for stdin)."},
    {"--keep-going", NULL, NULL, false, NULL, "Go on with the next statement after an error."},
    INPUT_OPTIONS,
    JOB_OPTIONS,
    {0}};
static const q_option_row explain_options[] = {
    {"--mode", NULL, "MODE", false, "LOGICAL|OPTIMIZED|STAGES|PHYSICAL|EXTENDED|FORMATTED",
     "Which plan (default: EXTENDED)."},
    INPUT_OPTIONS,
    {0}};

const q_command q_command_submit = {
    .name = "submit",
    .operands = "JOB.sql",
    .min_operands = 1,
    .max_operands = 1,
    .options = submit_options,
    .summary = "Run a job: a script of Spark SQL statements.",
    .details =
        "The rows of the script's last query are printed, or written with --output. Examples:\n\n"
        "  quern submit job.sql --input items.json --output out\n"
        "  quern submit job.sql --master spark://host:7077 --input 'day=data/*.csv' --param "
        "min=3\n\n"
        "Exit status: 0 done, 1 the job failed, 2 wrong usage, 3 cluster unreachable, 130 "
        "cancelled.",
    .run = submit};
const q_command q_command_sql = {
    .name = "sql",
    .operands = "[STATEMENTS]",
    .max_operands = 1,
    .options = sql_options,
    .summary = "Run statements: an operand, a file, or stdin.",
    .details =
        "Examples:\n\n"
        "  quern sql 'SELECT category, count(*) FROM input GROUP BY category' --input items.json\n"
        "  quern sql 'SELECT * FROM a UNION ALL SELECT * FROM b' -i a=1.json -i b=2.csv --result "
        "csv\n"
        "  quern sql < script.sql",
    .run = sql};
const q_command q_command_explain = {.name = "explain",
                                     .operands = "JOB.sql",
                                     .min_operands = 1,
                                     .max_operands = 1,
                                     .options = explain_options,
                                     .summary = "Show how a job would run.",
                                     .run = explain};
