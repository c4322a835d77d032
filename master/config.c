/* The master's part of the settings, and a job's own. */
#include <strings.h>

#include "master/internal.h"

void q_master_config_init(q_master_config *c, const q_conf *conf)
{
    q_conf *defaults = NULL;
    if (!conf)
        conf = defaults = q_conf_new();
    const char *mode = q_conf_str(conf, Q_SET_SCHEDULER_MODE);
    *c = (q_master_config){
        .endpoint = "tcp://*:7077",
        .sched = {.mode = strcasecmp(mode, "FAIR") == 0 ? Q_SCHED_FAIR : Q_SCHED_FIFO,
                  .max_failures = (uint32_t)q_conf_int(conf, Q_SET_TASK_MAX_FAILURES, 4),
                  .worker_timeout_ms = q_conf_int(conf, Q_SET_WORKER_TIMEOUT, 60000),
                  .worker_memory_ms = q_conf_int(conf, Q_SET_WORKER_TIMEOUT, 60000) *
                                      q_conf_int(conf, Q_SET_DEAD_WORKER, 15),
                  .no_workers_wait_ms = q_conf_int(conf, Q_SET_WAIT_WORKERS, 60000),
                  .backoff_ms = 50},
        .heartbeat_ms = (uint32_t)q_conf_int(conf, Q_SET_HEARTBEAT_INTERVAL, 10000),
        .max_jobs = (uint32_t)q_conf_int(conf, Q_SET_MAX_JOBS, 64),
        .driver_memory_bytes = (size_t)q_conf_int(conf, Q_SET_DRIVER_MEMORY, (int64_t)1 << 30)};
    if (!defaults) {
        c->status_dsn = q_conf_str(conf, Q_SET_STATUS_DSN);
        c->store = q_conf_str(conf, Q_SET_STORE);
        c->telemetry = (q_telemetry_config){
            .host = q_conf_str(conf, Q_SET_DD_HOST),
            .port = (uint16_t)q_conf_int(conf, Q_SET_DD_PORT, 8125),
            .interval_ms = (uint32_t)q_conf_int(conf, Q_SET_DD_INTERVAL, 10000),
            .entity = q_conf_str(conf, Q_SET_DD_ENTITY),
            .service = q_conf_str(conf, Q_SET_DD_SERVICE),
            .env = q_conf_str(conf, Q_SET_DD_ENV),
            .version = q_conf_str(conf, Q_SET_DD_VERSION)};
    }
    q_conf_destroy(&defaults);
}

/* What the job may use at once in the whole cluster, 0: all. */
static uint32_t cores_asked(const q_conf *conf)
{
    int64_t max = q_conf_int(conf, Q_SET_CORES_MAX, 0);
    int64_t cores = q_conf_int(conf, Q_SET_EXECUTOR_CORES, 0);
    int64_t all = cores * q_conf_int(conf, Q_SET_EXECUTOR_INSTANCES, 0);
    if (all > UINT32_MAX)
        all = 0;
    return (uint32_t)(max && (!all || max < all) ? max : all);
}

/* Its ids come with the submission, as fields or as settings. Malformed ones cost a warning. */
static void trace_take(q_job *job, const q_conf *conf)
{
    const q_msg_submit *s = &job->submit;
    const char *trace = s->trace_id ? s->trace_id : q_conf_str(conf, Q_SET_DD_TRACE_ID);
    const char *span = s->span_id ? s->span_id : q_conf_str(conf, Q_SET_DD_SPAN_ID);
    q_err err;
    if (q_trace_from(trace, span, q_conf_str(conf, Q_SET_TRACEPARENT), &job->log.trace, &err) !=
        Q_OK)
        q_job_warn(job, "%s: the job's log has no trace ids", err.msg);
}

q_code master_job_settings(q_master *m, master_job *j, q_err *err)
{
    const q_pairs *given = &j->job->submit.conf;
    const char *warning;
    q_conf *conf = q_conf_new();
    q_code code = Q_OK;
    for (uint32_t i = 0; i < given->n && code == Q_OK; i++)
        code = q_conf_set(conf, Q_CONF_ARGUMENT, given->items[i].key, given->items[i].value, err);
    if (code == Q_OK)
        trace_take(j->job, conf);
    for (uint32_t i = 0; (warning = q_conf_warning(conf, i)); i++)
        q_job_warn(j->job, "%s", warning);
    j->limits =
        (master_limits){.cores = cores_asked(conf),
                        .executor_cores = (uint32_t)q_conf_int(conf, Q_SET_EXECUTOR_CORES, 0),
                        .executor_bytes = q_conf_is_set(conf, Q_SET_EXECUTOR_MEMORY)
                                              ? (uint64_t)q_conf_int(conf, Q_SET_EXECUTOR_MEMORY, 0)
                                              : 0,
                        .max_failures = q_conf_is_set(conf, Q_SET_TASK_MAX_FAILURES)
                                            ? (uint32_t)q_conf_int(conf, Q_SET_TASK_MAX_FAILURES, 4)
                                            : m->config.sched.max_failures,
                        .wait_ms = q_conf_is_set(conf, Q_SET_WAIT_WORKERS)
                                       ? q_conf_int(conf, Q_SET_WAIT_WORKERS, 60000)
                                       : m->config.sched.no_workers_wait_ms};
    j->job->memory.limit_bytes = q_conf_is_set(conf, Q_SET_DRIVER_MEMORY)
                                     ? (size_t)q_conf_int(conf, Q_SET_DRIVER_MEMORY, 0)
                                     : m->config.driver_memory_bytes;
    q_conf_destroy(&conf);
    return code;
}

void master_job_requests(q_master *m, master_job *j)
{
    const master_limits *l = &j->limits;
    uint32_t cores = q_sched_alive_cores(m->sched), most_cores = 0;
    uint64_t most_bytes = 0;
    for (const master_worker *w = m->workers; w; w = w->next) {
        if (w->state != Q_WORKER_ALIVE)
            continue;
        most_cores = w->cores > most_cores ? w->cores : most_cores;
        most_bytes = w->memory_bytes > most_bytes ? w->memory_bytes : most_bytes;
    }
    if (l->cores <= cores && l->executor_cores <= most_cores && l->executor_bytes <= most_bytes)
        return;
    q_job_warn(j->job,
               "the job asks for more than the cluster has and runs on what there is: %u cores, "
               "at most %u cores and %llu MiB on a worker",
               cores, most_cores, (unsigned long long)(most_bytes >> 20));
}
