/*
 * Logging: one line a record, as text in Spark's layout
 *     26/01/31 12:00:00 INFO master: worker registered worker=w-1 cores=2
 * or as JSON with the names that Datadog's pipeline for JSON logs reads by itself (timestamp,
 * level, logger.name, message, dd.trace_id, dd.span_id, dd.service, …) and the record's fields.
 * Times are local in text, UTC in JSON. Passwords in URLs and `password=` settings are masked
 * everywhere.
 *
 * Thread rule: every function from any thread; a record is one write(2), so lines
 * of threads and processes that share a file do not mix. Before q_log_open, records
 * go to stderr as text at level INFO.
 */
#ifndef Q_BASE_LOG_H
#define Q_BASE_LOG_H

#include "common/base/buf.h"
#include "common/base/err.h"

typedef enum q_log_level {
    Q_LOG_OFF,
    Q_LOG_ERROR,
    Q_LOG_WARN,
    Q_LOG_INFO,
    Q_LOG_DEBUG,
    Q_LOG_TRACE
} q_log_level;

typedef struct q_log_options {
    q_log_level level;
    bool json;
    const char *logger; /* name of the program: "master" */
    const char *file;   /* appended to; NULL: stderr */
    bool console;       /* with a file: on stderr too */
    /* what JSON records say about the deployment; NULL: nothing */
    const char *service, *env, *version;
} q_log_options;

typedef struct q_log_field {
    const char *key, *value; /* a NULL value leaves the field out */
} q_log_field;

/* Strings are copied. Errors: IO (the file cannot be opened; logging stays as it was). */
q_code q_log_open(const q_log_options *o, q_err *err);
/* Open the file anew, after somebody moved it (SIGHUP). */
void q_log_reopen(void);
void q_log_close(void); /* back to the state before q_log_open */
void q_log_set_level(q_log_level level);
bool q_log_enabled(q_log_level level);
/* "INFO", "warn", Spark's FATAL and ALL too; false if it is none. */
bool q_log_level_parse(const char *name, q_log_level *out);

/* Fields that every record of this thread carries from now on (job, stage, task, worker);
 * NULL value: no more. At most 8; key is borrowed (a literal), the value copied (63 bytes). */
void q_log_bind(const char *key, const char *value);

void q_log_write(q_log_level level, const q_log_field *fields, size_t n_fields, const char *fmt,
                 ...) __attribute__((format(printf, 4, 5)));

#define q_log(level, ...)                               \
    do {                                                \
        if (q_log_enabled(level))                       \
            q_log_write((level), NULL, 0, __VA_ARGS__); \
    } while (0)
/* q_log_with(Q_LOG_INFO, Q_LOG_FIELDS({"job", id}, {"stage", s}), "done in %d ms", ms) */
#define Q_LOG_FIELDS(...)                 \
    ((const q_log_field[]){__VA_ARGS__}), \
        (sizeof((q_log_field[]){__VA_ARGS__}) / sizeof(q_log_field))
#define q_log_with(level, ...)                 \
    do {                                       \
        if (q_log_enabled(level))              \
            q_log_write((level), __VA_ARGS__); \
    } while (0)
#define q_error(...) q_log(Q_LOG_ERROR, __VA_ARGS__)
#define q_warn(...)  q_log(Q_LOG_WARN, __VA_ARGS__)
#define q_info(...)  q_log(Q_LOG_INFO, __VA_ARGS__)
#define q_debug(...) q_log(Q_LOG_DEBUG, __VA_ARGS__)

/* Append `s` with passwords masked: scheme://user:SECRET@host, password=SECRET. */
void q_log_redact(q_buf *out, const char *s, size_t n);

#endif
