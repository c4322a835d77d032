/* Logging. */
#include "common/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"

#define MAX_BOUND 8
#define TAG_BYTES 128

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER; /* of what follows, but level */
static _Atomic int level_now = Q_LOG_INFO;
static bool json;
static char logger[64] = "quern";
static char *file_name;
static int fd = STDERR_FILENO;
static bool console;                  /* fd is a file, and stderr gets the records too */
static char deployment[3][TAG_BYTES]; /* by deployment_keys; empty: not said */
static const char *const deployment_keys[3] = {"dd.service", "dd.env", "dd.version"};

typedef struct bound {
    const char *key;
    char value[64];
} bound;
static _Thread_local bound bounds[MAX_BOUND];

static const char *const names[] = {"OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"};

bool q_log_level_parse(const char *name, q_log_level *out)
{
    static const struct {
        const char *name;
        q_log_level level;
    } others[] = {{"FATAL", Q_LOG_ERROR}, {"ALL", Q_LOG_TRACE}, {"WARNING", Q_LOG_WARN}};
    for (int i = 0; i <= Q_LOG_TRACE; i++) {
        if (strcasecmp(name, names[i]) == 0) {
            *out = (q_log_level)i;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strcasecmp(name, others[i].name) == 0) {
            *out = others[i].level;
            return true;
        }
    }
    return false;
}

static int open_file(const char *path)
{
    /* as Spark has it: agents that tail it are other users. A umask narrows it. */
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

/* With the lock held for writing. */
static void use(int new_fd, char *new_name)
{
    if (fd != STDERR_FILENO)
        close(fd);
    free(file_name);
    fd = new_fd;
    file_name = new_name;
}

q_code q_log_open(const q_log_options *o, q_err *err)
{
    int new_fd = o->file ? open_file(o->file) : STDERR_FILENO;
    if (new_fd < 0)
        return q_err_errno(err, Q_E_IO, errno, "cannot open the log file %s", o->file);
    pthread_rwlock_wrlock(&lock);
    use(new_fd, o->file ? strdup(o->file) : NULL);
    json = o->json;
    console = o->file && o->console;
    snprintf(logger, sizeof logger, "%s", o->logger ? o->logger : "quern");
    const char *const said[] = {o->service, o->env, o->version};
    for (int i = 0; i < 3; i++)
        snprintf(deployment[i], sizeof deployment[i], "%s", said[i] ? said[i] : "");
    pthread_rwlock_unlock(&lock);
    q_log_set_level(o->level);
    return Q_OK;
}

void q_log_reopen(void)
{
    pthread_rwlock_wrlock(&lock);
    int new_fd = file_name ? open_file(file_name) : -1;
    if (new_fd >= 0) {
        close(fd);
        fd = new_fd;
    }
    pthread_rwlock_unlock(&lock);
}

void q_log_close(void)
{
    pthread_rwlock_wrlock(&lock);
    use(STDERR_FILENO, NULL);
    json = console = false;
    strcpy(logger, "quern");
    memset(deployment, 0, sizeof deployment);
    pthread_rwlock_unlock(&lock);
    q_log_set_level(Q_LOG_INFO);
}

void q_log_set_level(q_log_level level)
{
    atomic_store_explicit(&level_now, (int)level, memory_order_relaxed);
}

bool q_log_enabled(q_log_level level)
{
    return (int)level <= atomic_load_explicit(&level_now, memory_order_relaxed);
}

void q_log_bind(const char *key, const char *value)
{
    bound *b = NULL;
    for (int i = 0; i < MAX_BOUND; i++) {
        if (bounds[i].key && strcmp(bounds[i].key, key) == 0) {
            b = &bounds[i];
            break;
        }
        if (!bounds[i].key && !b)
            b = &bounds[i];
    }
    if (!b)
        return;
    b->key = value ? key : NULL;
    snprintf(b->value, sizeof b->value, "%s", value ? value : "");
}

/* ---- secrets ------------------------------------------------------------ */

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool ends_value(char c)
{
    return (unsigned char)c <= ' ' || c == '&' || c == ';' || c == ',' || c == '"' || c == '\'' ||
           c == ')' || c == '}';
}

/* Bytes of the secret that starts at s[i] behind `scheme://user:`, 0 if there is none. It ends at
 * the last '@' before the host's end, for passwords may hold one. */
static size_t url_secret(const char *s, size_t n, size_t i)
{
    size_t user = i;
    while (user > 0 && !ends_value(s[user - 1]) && s[user - 1] != '/' && s[user - 1] != '@')
        user--;
    if (i < 2 || s[i - 1] != ':' || user < 3 || memcmp(s + user - 3, "://", 3) != 0)
        return 0;
    size_t at = 0;
    for (size_t k = i; k < n && (unsigned char)s[k] > ' ' && s[k] != '/' && s[k] != '"'; k++) {
        if (s[k] == '@')
            at = k;
    }
    return at > i ? at - i : 0;
}

/* Bytes of the secret that starts at s[i] behind `password=`, 'password: ' or the like. */
static size_t key_secret(const char *s, size_t n, size_t i)
{
    static const char *const keys[] = {"password", "passwd", "pwd", "secret", "token"};
    size_t k = i;
    if (k == 0 || s[--k] != '=')
        return 0;
    bool found = false;
    for (size_t j = 0; j < sizeof keys / sizeof keys[0] && !found; j++) {
        size_t len = strlen(keys[j]);
        found = k >= len && strncasecmp(s + k - len, keys[j], len) == 0;
    }
    if (!found)
        return 0;
    size_t end = i;
    if (i < n && (s[i] == '\'' || s[i] == '"')) {
        for (end = i + 1; end < n && s[end] != s[i]; end++)
            end += s[end] == '\\' && end + 1 < n;
        return (end < n ? end + 1 : n) - i;
    }
    while (end < n && !ends_value(s[end]))
        end++;
    return end - i;
}

void q_log_redact(q_buf *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t secret = 0;
        if (i > 0 && s[i - 1] == ':')
            secret = url_secret(s, n, i);
        else if (i > 0 && s[i - 1] == '=')
            secret = key_secret(s, n, i);
        if (secret) {
            q_buf_puts(out, "***");
            i += secret;
        } else {
            q_buf_putc(out, s[i++]);
        }
    }
}

/* ---- records ------------------------------------------------------------ */

/* A continued line is indented, so that no text can pose as a record of its own. */
static void put_text(q_buf *b, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '\n')
            q_buf_puts(b, "\n    ");
        else if ((c < 0x20 && c != '\t') || c == 0x7F)
            q_buf_printf(b, "\\x%02x", c);
        else
            q_buf_putc(b, (char)c);
    }
}

static void put_json(q_buf *b, const char *s, size_t n)
{
    q_buf_putc(b, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '"' || c == '\\')
            q_buf_putc(b, '\\');
        if (c == '\n')
            q_buf_puts(b, "\\n");
        else if (c < 0x20 || c == 0x7F)
            q_buf_printf(b, "\\u%04x", c);
        else
            q_buf_putc(b, (char)c);
    }
    q_buf_putc(b, '"');
}

static void put_field(q_buf *b, const char *key, const char *value)
{
    q_buf v;
    if (!value)
        return;
    q_buf_init(&v);
    q_log_redact(&v, value, strlen(value));
    if (json) {
        q_buf_puts(b, ", ");
        put_json(b, key, strlen(key));
        q_buf_puts(b, ": ");
        put_json(b, v.data, v.len);
    } else {
        bool plain = v.len > 0;
        for (size_t i = 0; i < v.len; i++)
            plain &= is_word(v.data[i]) || strchr("-.:/@*+,[]", v.data[i]) != NULL;
        q_buf_printf(b, " %s=", key);
        if (plain)
            q_buf_append(b, v.data, v.len);
        else
            put_json(b, v.data, v.len);
    }
    q_buf_fini(&v);
}

static void put_start(q_buf *b, q_log_level level)
{
    int64_t us = q_clock_wall_us();
    time_t seconds = (time_t)(us / 1000000);
    struct tm tm;
    char text[32];
    if (json) {
        gmtime_r(&seconds, &tm);
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
        q_buf_printf(b,
                     "{\"timestamp\": \"%s.%06dZ\", \"level\": \"%s\", \"logger.name\": \"%s\", ",
                     text, (int)(us % 1000000), names[level], logger);
        q_buf_puts(b, "\"message\": ");
    } else {
        localtime_r(&seconds, &tm);
        strftime(text, sizeof text, "%y/%m/%d %H:%M:%S", &tm);
        q_buf_printf(b, "%s %s %s: ", text, names[level], logger);
    }
}

/* The record's own field wins over one that its thread carries. */
static bool has_field(const q_log_field *fields, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++) {
        if (fields[i].value && strcmp(fields[i].key, key) == 0)
            return true;
    }
    return false;
}

static void put_record(q_buf *b, q_log_level level, const q_log_field *fields, size_t n,
                       const q_buf *message)
{
    put_start(b, level);
    if (json)
        put_json(b, message->data, message->len);
    else
        put_text(b, message->data, message->len);
    for (int i = 0; i < MAX_BOUND; i++) {
        if (bounds[i].key && !has_field(fields, n, bounds[i].key))
            put_field(b, bounds[i].key, bounds[i].value);
    }
    for (size_t i = 0; i < n; i++)
        put_field(b, fields[i].key, fields[i].value);
    for (int i = 0; json && i < 3; i++)
        put_field(b, deployment_keys[i], *deployment[i] ? deployment[i] : NULL);
    q_buf_puts(b, json ? "}\n" : "\n");
}

static void write_all(int to, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = write(to, p, n);
        if (k < 0 && errno != EINTR)
            return; /* a full disk must not stop the program */
        if (k > 0) {
            p += k;
            n -= (size_t)k;
        }
    }
}

void q_log_write(q_log_level level, const q_log_field *fields, size_t n_fields, const char *fmt,
                 ...)
{
    int saved = errno;
    q_buf raw, message, line;
    q_buf_init(&raw);
    q_buf_init(&message);
    q_buf_init(&line);
    va_list ap;
    va_start(ap, fmt);
    q_buf_vprintf(&raw, fmt, ap);
    va_end(ap);
    q_log_redact(&message, raw.data, raw.len);
    pthread_rwlock_rdlock(&lock);
    put_record(&line, level, fields, n_fields, &message);
    if (!line.failed)
        write_all(fd, line.data, line.len);
    if (!line.failed && console)
        write_all(STDERR_FILENO, line.data, line.len);
    pthread_rwlock_unlock(&lock);
    q_buf_fini(&raw);
    q_buf_fini(&message);
    q_buf_fini(&line);
    errno = saved;
}
