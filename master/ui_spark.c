/*
 * Spark 3.5's monitoring REST API: a job is an application, its statements are Spark's jobs. Names
 * and types of fields are Spark's (https://spark.apache.org/docs/3.5.0/monitoring.html#rest-api);
 * what has no meaning here is there with 0. Past applications are served from the store, as far as
 * it has them: Spark's history server and its master on one port.
 */
#include <time.h>

#include "common/base/clock.h"
#include "common/base/version.h"
#include "master/store.h"
#include "master/ui_internal.h"

#define MAX_APPLICATIONS 200

/* "2026-01-31T12:00:00.000GMT" */
static json_t *date(int64_t us)
{
    char text[40];
    time_t seconds = (time_t)(us / 1000000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + n, sizeof text - n, ".%03dGMT", (int)(us / 1000 % 1000));
    return json_string(text);
}

static void zeros(json_t *o, const char *const *names)
{
    for (; *names; names++)
        q_json_set_int(o, *names, 0);
}

static int64_t number(const json_t *o, const char *key)
{
    return (int64_t)json_integer_value(json_object_get(o, key));
}

static const char *text(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

const char *ui_spark_state(const char *state)
{
    return strcmp(state, "COMPLETED") == 0   ? "FINISHED"
           : strcmp(state, "CANCELLED") == 0 ? "KILLED"
                                             : state;
}

/* ---- finding ---- */

/* The last {app}. */
static const char *asked(const q_http_request *r)
{
    return q_http_param(r, *q_http_param(r, 1) ? 1 : 0);
}

static void unknown(q_http_request *r)
{
    char text[300];
    snprintf(text, sizeof text, "unknown app: %s", asked(r));
    q_http_error(r, 404, "NOT_FOUND", text, "/api/v1/applications lists them");
}

/* A past application's part that the store does not have. */
static void not_kept(q_http_request *r, const char *what)
{
    char text[300];
    snprintf(text, sizeof text, "the %s of app %s were not kept", what, asked(r));
    q_http_error(r, 404, "NOT_FOUND", text, NULL);
}

/* The whole of what was asked for, in memory or in the store, which has to have `part`; answers
 * when there is none. */
static json_t *whole_with(const q_ui *ui, q_http_request *r, const char *part, const char *what)
{
    json_t *whole = ui_job_whole(ui, asked(r));
    if (!whole) {
        unknown(r);
        return NULL;
    }
    if (!json_object_get(whole, part)) {
        not_kept(r, what);
        json_decref(whole);
        return NULL;
    }
    return whole;
}

/* ---- applications ---- */

static json_t *attempt(const q_rec_job_info *info, bool ended)
{
    int64_t now = q_clock_wall_us(), end = ended ? info->finished_us : -1000;
    int64_t last = ended ? end : now;
    json_t *o = json_object();
    q_json_set(o, "startTime", date(info->submitted_us));
    q_json_set(o, "endTime", ended ? date(end) : json_string("1969-12-31T23:59:59.999GMT"));
    q_json_set(o, "lastUpdated", date(last));
    q_json_set_int(o, "duration", (last - info->submitted_us) / 1000);
    q_json_set_text(o, "sparkUser", info->user ? info->user : "");
    q_json_set_bool(o, "completed", ended);
    q_json_set_text(o, "appSparkVersion", Q_SPARK_VERSION);
    q_json_set_int(o, "startTimeEpoch", info->submitted_us / 1000);
    q_json_set_int(o, "endTimeEpoch", end / 1000);
    q_json_set_int(o, "lastUpdatedEpoch", last / 1000);
    return o;
}

static json_t *application_object(const q_rec_job_info *info, bool ended)
{
    json_t *o = json_object(), *attempts = json_array();
    q_json_set_text(o, "id", info->app_id);
    q_json_set_text(o, "name", info->name ? info->name : info->app_id);
    json_array_append_new(attempts, attempt(info, ended));
    q_json_set(o, "attempts", attempts);
    return o;
}

static json_t *live_object(const master_job *j)
{
    q_rec_job_info info;
    questions_info(j, &info);
    return application_object(&info, j->ended);
}

static void stored_add(void *list, const q_msg_job *job)
{
    json_array_append_new(list, application_object(job->job, true));
}

/* In memory or in the store; NULL: there is none. */
static json_t *application(const q_ui *ui, const char *name)
{
    q_arena a;
    q_message msg;
    const master_job *j = master_job_find(ui->m, name);
    if (j)
        return live_object(j);
    q_arena_init(&a, NULL);
    bool found = history_find(ui->m, Q_MSG_JOB, name, &a, &msg);
    json_t *o = found ? application_object(msg.u.job.job, true) : NULL;
    q_arena_fini(&a);
    return o;
}

void ui_spark_version(void *ctx, q_http_request *r)
{
    json_t *o = json_object();
    (void)ctx;
    q_json_set_text(o, "spark", Q_SPARK_VERSION);
    q_http_json(r, 200, o);
}

static bool status_wanted(const char *status, bool ended)
{
    return !status || strcasecmp(status, ended ? "completed" : "running") == 0;
}

/* Those before number `below`. */
static void applications_stored(const q_ui *ui, uint64_t below, uint64_t limit, json_t *list)
{
    q_arena a;
    const q_store_query past = {.below = below, .limit = (uint32_t)limit};
    q_arena_init(&a, NULL);
    history_list(ui->m, &past, &a, stored_add, list);
    q_arena_fini(&a);
}

void ui_spark_applications(void *ctx, q_http_request *r)
{
    const q_ui *ui = ctx;
    uint64_t limit, below = ui->m->next_job;
    const char *status = q_http_query(r, "status");
    json_t *list = json_array();
    if (!q_http_query_number(r, "limit", MAX_APPLICATIONS, UINT32_MAX, &limit)) {
        json_decref(list);
        return;
    }
    limit = limit < MAX_APPLICATIONS ? limit : MAX_APPLICATIONS;
    for (const master_job *j = ui->m->jobs; j && json_array_size(list) < limit; j = j->next) {
        below = j->job->id;
        if (status_wanted(status, j->ended))
            json_array_append_new(list, live_object(j));
    }
    if (json_array_size(list) < limit && status_wanted(status, true))
        applications_stored(ui, below, limit - json_array_size(list), list);
    q_http_json(r, 200, list);
}

void ui_proxy_applications(void *ctx, q_http_request *r)
{
    json_t *list = json_array(), *o = application(ctx, q_http_param(r, 0));
    if (o)
        json_array_append_new(list, o);
    q_http_json(r, 200, list);
}

void ui_spark_application(void *ctx, q_http_request *r)
{
    json_t *o = application(ctx, asked(r));
    if (o)
        q_http_json(r, 200, o);
    else
        unknown(r);
}

/* ---- jobs ---- */

static const char *job_status(const json_t *whole, bool failed, bool active)
{
    const char *state = text(whole, "state");
    if (failed)
        return "FAILED";
    return active && strcmp(state, "RUNNING") == 0 ? "RUNNING" : "SUCCEEDED";
}

/* The statement's stages, summed. */
static json_t *job_object(const json_t *whole, int64_t statement)
{
    static const char *const none[] = {"numSkippedTasks", "numKilledTasks", "numSkippedStages",
                                       NULL};
    json_t *o = json_object(), *ids = json_array(), *s;
    int64_t begin = 0, end = 0, total = 0, done = 0, bad = 0, stages[3] = {0};
    size_t i;
    json_array_foreach(json_object_get(whole, "stages"), i, s)
    {
        if (number(s, "statement") != statement)
            continue;
        const char *state = text(s, "state");
        json_array_append(ids, json_object_get(s, "id"));
        begin = begin ? begin : number(s, "submitted_us");
        end = number(s, "finished_us") > end ? number(s, "finished_us") : end;
        total += number(s, "tasks_total");
        done += number(s, "tasks_done");
        bad += number(s, "tasks_failed");
        stages[*state == 'R' ? 0 : *state == 'C' ? 1 : 2]++;
    }
    const char *status = job_status(whole, stages[2] > 0, stages[0] > 0);
    bool running = strcmp(status, "RUNNING") == 0;
    q_json_set_int(o, "jobId", statement ? statement - 1 : 0);
    q_json_set_text(o, "name", *text(whole, "name") ? text(whole, "name") : text(whole, "app_id"));
    q_json_set(o, "submissionTime", date(begin));
    if (!running)
        q_json_set(o, "completionTime", date(end));
    q_json_set(o, "stageIds", ids);
    q_json_set_text(o, "status", status);
    q_json_set_int(o, "numTasks", total);
    q_json_set_int(o, "numActiveTasks", running ? total - done : 0);
    q_json_set_int(o, "numCompletedTasks", done);
    q_json_set_int(o, "numFailedTasks", bad);
    q_json_set_int(o, "numCompletedIndices", done);
    q_json_set_int(o, "numActiveStages", stages[0]);
    q_json_set_int(o, "numCompletedStages", stages[1]);
    q_json_set_int(o, "numFailedStages", stages[2]);
    zeros(o, none);
    q_json_set(o, "killedTasksSummary", json_object());
    return o;
}

void ui_spark_jobs(void *ctx, q_http_request *r)
{
    json_t *whole = whole_with(ctx, r, "stages", "jobs"), *list, *s;
    const char *status = q_http_query(r, "status");
    if (!whole)
        return;
    list = json_array();
    int64_t last = -1;
    size_t i;
    json_array_foreach(json_object_get(whole, "stages"), i, s)
    {
        if (number(s, "statement") == last)
            continue;
        last = number(s, "statement");
        json_t *job = job_object(whole, last);
        if (!status || strcasecmp(status, text(job, "status")) == 0)
            json_array_insert_new(list, 0, job); /* the latest first, as Spark has it */
        else
            json_decref(job);
    }
    json_decref(whole);
    q_http_json(r, 200, list);
}

/* ---- stages ---- */

static const char *stage_status(const json_t *s)
{
    const char *state = text(s, "state");
    return *state == 'R' ? "ACTIVE" : *state == 'C' ? "COMPLETE" : "FAILED";
}

static void stage_times(json_t *o, const json_t *s)
{
    q_json_set(o, "submissionTime", date(number(s, "submitted_us")));
    q_json_set(o, "firstTaskLaunchedTime", date(number(s, "submitted_us")));
    if (number(s, "finished_us"))
        q_json_set(o, "completionTime", date(number(s, "finished_us")));
}

static json_t *stage_object(const json_t *s)
{
    static const char *const none[] = {"attemptId",
                                       "numKilledTasks",
                                       "executorDeserializeTime",
                                       "executorDeserializeCpuTime",
                                       "resultSize",
                                       "jvmGcTime",
                                       "resultSerializationTime",
                                       "memoryBytesSpilled",
                                       "diskBytesSpilled",
                                       "peakExecutionMemory",
                                       "outputBytes",
                                       "shuffleRemoteBlocksFetched",
                                       "shuffleLocalBlocksFetched",
                                       "shuffleFetchWaitTime",
                                       "shuffleRemoteBytesRead",
                                       "shuffleRemoteBytesReadToDisk",
                                       "shuffleLocalBytesRead",
                                       "shuffleReadBytes",
                                       "shuffleReadRecords",
                                       "shuffleCorruptMergedBlockChunks",
                                       "shuffleMergedFetchFallbackCount",
                                       "shuffleMergedRemoteBlocksFetched",
                                       "shuffleMergedLocalBlocksFetched",
                                       "shuffleMergedRemoteChunksFetched",
                                       "shuffleMergedLocalChunksFetched",
                                       "shuffleMergedRemoteBytesRead",
                                       "shuffleMergedLocalBytesRead",
                                       "shuffleRemoteReqsDuration",
                                       "shuffleMergedRemoteReqsDuration",
                                       "shuffleWriteBytes",
                                       "shuffleWriteTime",
                                       "shuffleWriteRecords",
                                       "resourceProfileId",
                                       "shuffleMergersCount",
                                       NULL};
    json_t *o = json_object();
    const char *status = stage_status(s);
    int64_t left = number(s, "tasks_total") - number(s, "tasks_done");
    q_json_set_text(o, "status", status);
    q_json_set_int(o, "stageId", number(s, "id"));
    q_json_set_int(o, "numTasks", number(s, "tasks_total"));
    q_json_set_int(o, "numActiveTasks", *status == 'A' ? left : 0);
    q_json_set_int(o, "numCompleteTasks", number(s, "tasks_done"));
    q_json_set_int(o, "numFailedTasks", number(s, "tasks_failed"));
    q_json_set_int(o, "numCompletedIndices", number(s, "tasks_done"));
    stage_times(o, s);
    q_json_set_int(o, "executorRunTime", number(s, "run_us") / 1000);
    q_json_set_int(o, "executorCpuTime", number(s, "cpu_us") * 1000);
    q_json_set_int(o, "inputBytes", number(s, "bytes_read"));
    q_json_set_int(o, "inputRecords", number(s, "rows_read"));
    q_json_set_int(o, "outputRecords", number(s, "rows_out"));
    zeros(o, none);
    q_json_set_text(o, "name", text(s, "name"));
    q_json_set_text(o, "details", text(s, "kind"));
    q_json_set_text(o, "schedulingPool", "default");
    q_json_set(o, "rddIds", json_array());
    q_json_set(o, "accumulatorUpdates", json_array());
    q_json_set(o, "killedTasksSummary", json_object());
    q_json_set_bool(o, "isShufflePushEnabled", false);
    return o;
}

void ui_spark_stages(void *ctx, q_http_request *r)
{
    json_t *whole = whole_with(ctx, r, "stages", "stages"), *list, *s;
    const char *status = q_http_query(r, "status");
    if (!whole)
        return;
    list = json_array();
    size_t i;
    json_array_foreach(json_object_get(whole, "stages"), i, s)
    {
        if (!status || strcasecmp(status, stage_status(s)) == 0)
            json_array_insert_new(list, 0, stage_object(s));
    }
    json_decref(whole);
    q_http_json(r, 200, list);
}

/* ---- executors ---- */

typedef struct executor {
    const char *id, *host;
    bool active;
    uint32_t cores, running;
    uint64_t failed, done, memory_bytes, used_bytes;
    int64_t added_us;
} executor;

static json_t *executor_object(const executor *e)
{
    static const char *const none[] = {"rddBlocks",         "diskUsed",          "totalDuration",
                                       "totalGCTime",       "totalInputBytes",   "totalShuffleRead",
                                       "totalShuffleWrite", "resourceProfileId", NULL};
    static const char *const off_heap[] = {"usedOffHeapStorageMemory", "totalOffHeapStorageMemory",
                                           NULL};
    json_t *o = json_object(), *memory = json_object();
    q_json_set_text(o, "id", e->id);
    q_json_set_text(o, "hostPort", e->host);
    q_json_set_bool(o, "isActive", e->active);
    zeros(o, none);
    q_json_set_int(o, "memoryUsed", (int64_t)e->used_bytes);
    q_json_set_int(o, "totalCores", e->cores);
    q_json_set_int(o, "maxTasks", e->cores);
    q_json_set_int(o, "activeTasks", e->running);
    q_json_set_int(o, "failedTasks", (int64_t)e->failed);
    q_json_set_int(o, "completedTasks", (int64_t)e->done);
    q_json_set_int(o, "totalTasks", (int64_t)(e->done + e->failed + e->running));
    q_json_set_bool(o, "isBlacklisted", false);
    q_json_set_int(o, "maxMemory", (int64_t)e->memory_bytes);
    q_json_set(o, "addTime", date(e->added_us));
    q_json_set(o, "executorLogs", json_object());
    q_json_set_int(memory, "usedOnHeapStorageMemory", (int64_t)e->used_bytes);
    q_json_set_int(memory, "totalOnHeapStorageMemory", (int64_t)e->memory_bytes);
    zeros(memory, off_heap);
    q_json_set(o, "memoryMetrics", memory);
    q_json_set(o, "blacklistedInStages", json_array());
    q_json_set(o, "attributes", json_object());
    q_json_set(o, "resources", json_object());
    q_json_set_bool(o, "isExcluded", false);
    q_json_set(o, "excludedInStages", json_array());
    return o;
}

static json_t *executor_of(const q_ui *ui, const master_worker *w)
{
    char id[24], host[300];
    q_sched_worker_info info = {0};
    q_sched_worker_info_get(ui->m->sched, w->id, &info);
    snprintf(id, sizeof id, "%llu", (unsigned long long)w->id);
    master_worker_name(w, host, sizeof host);
    bool lost = w->state == Q_WORKER_LOST;
    const executor e = {.id = id,
                        .host = host,
                        .active = !lost,
                        .cores = w->cores,
                        .running = lost ? 0 : info.running,
                        .failed = w->tasks_failed,
                        .done = w->tasks_done,
                        .memory_bytes = w->memory_bytes,
                        .used_bytes = lost ? 0 : w->memory_used_bytes,
                        .added_us = w->registered_us};
    return executor_object(&e);
}

/* They are the workers of now, which need not be those of an application that only the store has.
 */
static bool executors_known(const q_ui *ui, q_http_request *r)
{
    if (master_job_find(ui->m, asked(r)))
        return true;
    json_t *o = application(ui, asked(r));
    if (o)
        not_kept(r, "executors");
    else
        unknown(r);
    json_decref(o);
    return false;
}

static void executors(const q_ui *ui, q_http_request *r, bool all)
{
    if (!executors_known(ui, r))
        return;
    json_t *list = json_array();
    const char *host = strstr(ui->config.master_url, "://");
    const executor driver = {.id = "driver",
                             .host = host ? host + 3 : ui->config.master_url,
                             .active = true,
                             .added_us = ui->m->started_us};
    json_array_append_new(list, executor_object(&driver));
    for (const master_worker *w = ui->m->workers; w; w = w->next) {
        if (all || w->state != Q_WORKER_LOST)
            json_array_append_new(list, executor_of(ui, w));
    }
    q_http_json(r, 200, list);
}

void ui_spark_executors(void *ctx, q_http_request *r)
{
    executors(ctx, r, false);
}

void ui_spark_all_executors(void *ctx, q_http_request *r)
{
    executors(ctx, r, true);
}

/* ---- the rest ---- */

static void pair_add(json_t *list, const char *key, json_t *value)
{
    json_t *pair = json_array();
    json_array_append_new(pair, q_json_text(key));
    json_array_append_new(pair, value);
    json_array_append_new(list, pair);
}

void ui_spark_environment(void *ctx, q_http_request *r)
{
    static const char *const empty[] = {"hadoopProperties", "systemProperties", "metricsProperties",
                                        "classpathEntries", "resourceProfiles", NULL};
    const q_ui *ui = ctx;
    const char *key;
    json_t *whole = whole_with(ui, r, "conf", "settings"), *value;
    if (!whole)
        return;
    json_t *o = json_object(), *runtime = json_object(), *list = json_array();
    q_json_set_text(runtime, "javaVersion", "none: quern " Q_VERSION);
    q_json_set_text(runtime, "javaHome", "");
    q_json_set_text(runtime, "scalaVersion", "");
    pair_add(list, "spark.app.id", json_incref(json_object_get(whole, "app_id")));
    pair_add(list, "spark.master", q_json_text(ui->config.master_url));
    if (*text(whole, "name"))
        pair_add(list, "spark.app.name", json_incref(json_object_get(whole, "name")));
    json_object_foreach(json_object_get(whole, "conf"), key, value)
    {
        pair_add(list, key, json_incref(value));
    }
    json_decref(whole);
    q_json_set(o, "runtime", runtime);
    q_json_set(o, "sparkProperties", list);
    for (const char *const *name = empty; *name; name++)
        q_json_set(o, *name, json_array());
    q_http_json(r, 200, o);
}

/* What no application has. */
static void answer_empty(const q_ui *ui, q_http_request *r, json_t *empty)
{
    json_t *o = application(ui, asked(r));
    if (o)
        q_http_json(r, 200, json_incref(empty));
    else
        unknown(r);
    json_decref(o);
    json_decref(empty);
}

void ui_spark_rdds(void *ctx, q_http_request *r)
{
    answer_empty(ctx, r, json_array());
}

/* Spark says 404 where there are no streams, which some clients report as a fault. */
void ui_spark_streaming(void *ctx, q_http_request *r)
{
    answer_empty(ctx, r, json_object());
}
