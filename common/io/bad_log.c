/* Files of bad records. */
#include "common/io/bad_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/io/json_text.h"
#include "common/io/paths.h"
#include "common/io/roots.h"

struct q_bad_log {
    char directory[PATH_MAX];
    int fd; /* -1: no record yet */
    q_buf line;
};

q_code q_bad_log_new(const char *directory, q_bad_log **out, q_err *err)
{
    q_bad_log *log = calloc(1, sizeof *log);
    *out = NULL;
    if (!log || (size_t)snprintf(log->directory, sizeof log->directory, "%s", directory) >=
                    sizeof log->directory - 64) {
        free(log);
        return q_err_set(err, Q_E_INVALID_OPTION, "badRecordsPath is too long");
    }
    log->fd = -1;
    *out = log;
    return Q_OK;
}

void q_bad_log_destroy(q_bad_log **log)
{
    if (!*log)
        return;
    if ((*log)->fd >= 0)
        close((*log)->fd);
    q_buf_fini(&(*log)->line);
    free(*log);
    *log = NULL;
}

static q_code open_file(q_bad_log *log, q_err *err)
{
    char path[PATH_MAX + 64];
    uint64_t random[2];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        return q_err_errno(err, Q_E_IO, errno, "no random name for a file of bad records");
    Q_TRY(q_roots_check_output(log->directory, err));
    snprintf(path, sizeof path, "%s/bad_records", log->directory);
    Q_TRY(q_make_directories(path, err));
    snprintf(path, sizeof path, "%s/bad_records/part-%016llx%016llx.json", log->directory,
             (unsigned long long)random[0], (unsigned long long)random[1]);
    log->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (log->fd < 0)
        return q_err_errno(err, Q_E_IO, errno, "cannot write bad records to %s", path);
    return Q_OK;
}

static void append_member(q_buf *b, const char *before, const char *s, size_t n)
{
    uint32_t high = 0;
    q_buf_puts(b, before);
    if (q_buf_reserve(b, Q_JSON_ESCAPE_ROOM(n)))
        b->len = (size_t)(q_json_escape(b->data + b->len, s, n, &high) - b->data);
}

q_code q_bad_log_write(q_bad_log *log, const char *path, const char *record, size_t n,
                       const char *reason, q_err *err)
{
    if (log->fd < 0)
        Q_TRY(open_file(log, err));
    q_buf *b = &log->line;
    q_buf_clear(b);
    append_member(b, "{\"path\":\"", path, strlen(path));
    append_member(b, "\",\"record\":\"", record, n);
    append_member(b, "\",\"reason\":\"", reason, strlen(reason));
    q_buf_puts(b, "\"}\n");
    if (b->failed)
        return q_err_set(err, Q_E_OUT_OF_MEMORY, "no memory for a bad record of %zu bytes", n);
    for (size_t at = 0; at < b->len;) {
        ssize_t wrote = write(log->fd, b->data + at, b->len - at);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return q_err_errno(err, Q_E_IO, errno, "cannot write bad records to %s",
                               log->directory);
        at += (size_t)wrote;
    }
    return Q_OK;
}
