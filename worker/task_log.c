/* The worker's words about its tasks. */
#include "worker/task_log.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/base/log.h"

static const char *said(const char *s)
{
    return *s ? s : NULL;
}

static void bind(const q_task_log *l, const char *task)
{
    q_log_bind("job", l->job);
    q_log_bind("stage", l->stage);
    q_log_bind("task", task);
    q_log_bind("dd.trace_id", said(l->trace.trace_id));
    q_log_bind("dd.span_id", said(l->trace.span_id));
}

void q_task_log_bind(const q_task_log *l, uint32_t task, uint32_t attempt)
{
    char name[32];
    snprintf(name, sizeof name, "%u.%u", task, attempt);
    bind(l, name);
}

void q_task_log_unbind(void)
{
    static const char *const keys[] = {"job", "stage", "task", "dd.trace_id", "dd.span_id"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        q_log_bind(keys[i], NULL);
}

void q_task_log_init(q_task_log *l, const q_msg_stage *m, bool quiet)
{
    *l = (q_task_log){.quiet = quiet};
    snprintf(l->job, sizeof l->job, "%" PRIu64, m->job_id);
    snprintf(l->stage, sizeof l->stage, "%u", m->stage_id);
    /* the master made them well-formed; a longer one is cut, not trusted */
    snprintf(l->trace.trace_id, sizeof l->trace.trace_id, "%s", m->trace_id ? m->trace_id : "");
    snprintf(l->trace.span_id, sizeof l->trace.span_id, "%s", m->span_id ? m->span_id : "");
    if (quiet)
        return;
    bind(l, NULL);
    q_info("stage %s of job %s (%s)", l->stage, l->job, m->job_name ? m->job_name : "unnamed");
    q_task_log_unbind();
}

void q_task_log_phase(const q_task_log *l, uint32_t task, uint32_t attempt, uint32_t phase,
                      uint64_t run_ns, const q_err *err)
{
    if (l->quiet || (!err && !q_log_enabled(Q_LOG_DEBUG)))
        return;
    q_task_log_bind(l, task, attempt);
    if (err)
        q_warn("task %u.%u failed in phase %u: [%s] %s", task, attempt, phase,
               q_code_name(err->code), err->msg);
    else
        q_debug("task %u.%u: phase %u took %.3f s", task, attempt, phase, (double)run_ns / 1e9);
    q_task_log_unbind();
}
