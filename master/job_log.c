/* Lines of a job's log. */
#include "master/job_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void q_job_log_init(q_job_log *l, uint64_t job_id)
{
    memset(l, 0, sizeof *l);
    pthread_mutex_init(&l->mutex, NULL);
    snprintf(l->id, sizeof l->id, "%" PRIu64, job_id);
}

void q_job_log_fini(q_job_log *l)
{
    for (uint32_t i = 0; i < Q_JOB_LOG_LINES; i++)
        free(l->lines[i]);
    pthread_mutex_destroy(&l->mutex);
}

static void line_keep(q_job_log *l, q_log_level level, const q_buf *text)
{
    static const char *const names[] = {"OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"};
    time_t now = time(NULL);
    struct tm tm;
    char stamp[32];
    q_buf line;
    localtime_r(&now, &tm);
    strftime(stamp, sizeof stamp, "%y/%m/%d %H:%M:%S", &tm);
    q_buf_init(&line);
    q_buf_printf(&line, "%s %s ", stamp, names[level]);
    q_log_redact(&line, text->data, text->len);
    char *copy = line.failed ? NULL : strndup(line.data, line.len);
    q_buf_fini(&line);
    if (!copy)
        return; /* a line less must not stop the job */
    pthread_mutex_lock(&l->mutex);
    char **at = &l->lines[l->n++ % Q_JOB_LOG_LINES];
    free(*at);
    *at = copy;
    pthread_mutex_unlock(&l->mutex);
}

static const char *said(const char *s)
{
    return *s ? s : NULL;
}

void q_job_log_bind(const q_job_log *l)
{
    q_log_bind("job", l ? l->id : NULL);
    q_log_bind("dd.trace_id", l ? said(l->trace.trace_id) : NULL);
    q_log_bind("dd.span_id", l ? said(l->trace.span_id) : NULL);
}

void q_job_log_add(q_job_log *l, q_log_level level, const char *fmt, ...)
{
    q_buf text;
    va_list ap;
    q_buf_init(&text);
    va_start(ap, fmt);
    q_buf_vprintf(&text, fmt, ap);
    va_end(ap);
    if (text.len && !text.failed) {
        line_keep(l, level, &text);
        if (!l->quiet)
            q_log_with(level,
                       Q_LOG_FIELDS({"job", l->id}, {"dd.trace_id", said(l->trace.trace_id)},
                                    {"dd.span_id", said(l->trace.span_id)}),
                       "%.*s", (int)text.len, text.data);
    }
    q_buf_fini(&text);
}

void q_job_log_get(q_job_log *l, uint32_t limit, q_arena *a, q_strings *out)
{
    pthread_mutex_lock(&l->mutex);
    uint64_t n = l->n < Q_JOB_LOG_LINES ? l->n : Q_JOB_LOG_LINES;
    if (limit && n > limit)
        n = limit;
    const char **items = q_arena_array(a, const char *, n + 1);
    for (uint64_t i = 0; i < n; i++)
        items[i] = q_arena_strdup(a, l->lines[(l->n - n + i) % Q_JOB_LOG_LINES]);
    pthread_mutex_unlock(&l->mutex);
    *out = (q_strings){.n = (uint32_t)n, .items = items};
}
