/*
 * Part files. Space is reserved ahead of the writes (fallocate that keeps the size), the
 * rest cut off at the end: on two cores that halved the time of writing. Buffers of half a
 * mebibyte to one are written at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io/compress.h"
#include "common/io/output.h"
#include "common/io/paths.h"
#include "common/io/roots.h"

#define FLUSH_BYTES   ((size_t)512 << 10)
#define FIRST_RESERVE ((uint64_t)4 << 20)

struct q_part {
    char path[PATH_MAX];
    size_t name_at; /* of `<attempt>/part-…` in path */
    int fd;
    uint64_t written, reserved;
    q_buf buffer, packed;
    q_compressor *compressor; /* NULL: none */
};

static void random_uuid(char out[37])
{
    unsigned char b[16] = {0};
    (void)!getrandom(b, sizeof b, 0);
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    for (int i = 0, at = 0; i < 16; i++) {
        at += sprintf(out + at, "%02x", b[i]);
        if (i == 3 || i == 5 || i == 7 || i == 9)
            out[at++] = '-';
    }
    out[36] = 0;
}

/* Only below what q_output_begin made: where that is not seen, the output is another directory, and
 * making one would hide it. */
static q_code make_attempt(const char *path, const char *output, q_err *err)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return Q_OK;
    bool elsewhere = errno == ENOENT || errno == EACCES || errno == EROFS;
    return q_err_errno(err, elsewhere ? Q_E_PATH_NOT_FOUND : Q_E_IO, errno,
                       "the output %s cannot be written here", output);
}

static q_code name_part(q_part *p, const q_sink_spec *spec, const char *attempt, uint32_t task,
                        q_err *err)
{
    char uuid[37];
    const char *codec = spec->options.compression ? spec->options.compression : "none";
    const char *ending = strcmp(codec, "gzip") == 0   ? ".gz"
                         : strcmp(codec, "zstd") == 0 ? ".zst"
                                                      : "";
    int n = snprintf(p->path, sizeof p->path, "%s/_temporary/", spec->path);
    p->name_at = (size_t)n;
    if (n < 0 || p->name_at + strlen(attempt) + 80 >= sizeof p->path)
        return q_err_set(err, Q_E_IO, "the path of the output is too long: %.200s", spec->path);
    strcpy(p->path + n, attempt);
    Q_TRY(make_attempt(p->path, spec->path, err));
    random_uuid(uuid);
    size_t at = strlen(p->path);
    snprintf(p->path + at, sizeof p->path - at, "/part-%05u-%s-c000.%s%s", task, uuid,
             spec->format == Q_FORMAT_JSON ? "json" : "csv", ending);
    return Q_OK;
}

static void reserve(q_part *p, uint64_t bytes)
{
    if (bytes <= p->reserved)
        return;
    /* a help only: if there is no room, the write says so */
    if (fallocate(p->fd, FALLOC_FL_KEEP_SIZE, (off_t)p->reserved, (off_t)(bytes - p->reserved)) ==
        0)
        p->reserved = bytes;
    else
        p->reserved = UINT64_MAX; /* not here, or not now: do not ask again */
}

static q_code part_init(q_part *p, const q_sink_spec *spec, const char *attempt, uint32_t task,
                        uint64_t expected_bytes, q_err *err)
{
    Q_TRY(q_roots_check_output(spec->path, err));
    Q_TRY(name_part(p, spec, attempt, task, err));
    if (spec->options.compression && strcmp(spec->options.compression, "none") != 0)
        Q_TRY(q_compressor_new(spec->options.compression, &p->compressor, err));
    p->fd = open(p->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (p->fd < 0)
        return q_err_errno(err, Q_E_IO, errno, "cannot write %s", p->path);
    if (expected_bytes > FLUSH_BYTES && !p->compressor)
        reserve(p, expected_bytes);
    return Q_OK;
}

q_code q_part_open(const q_sink_spec *spec, const char *attempt, uint32_t task,
                   uint64_t expected_bytes, q_part **out, q_err *err)
{
    q_part *p = calloc(1, sizeof *p);
    *out = NULL;
    if (!p)
        return q_budget_error(NULL, sizeof *p, err);
    p->fd = -1;
    q_buf_init(&p->buffer);
    q_buf_init(&p->packed);
    q_code code = part_init(p, spec, attempt, task, expected_bytes, err);
    if (code != Q_OK)
        q_part_abort(&p);
    *out = p;
    return code;
}

static void part_free(q_part **part)
{
    q_part *p = *part;
    if (p->fd >= 0)
        close(p->fd);
    q_compressor_destroy(&p->compressor);
    q_buf_fini(&p->buffer);
    q_buf_fini(&p->packed);
    free(p);
    *part = NULL;
}

void q_part_abort(q_part **p)
{
    if (!*p)
        return;
    if ((*p)->fd >= 0)
        unlink((*p)->path);
    part_free(p);
}

q_buf *q_part_buffer(q_part *p)
{
    return &p->buffer;
}

/* ---- writing ---- */

static q_code write_all(q_part *p, const char *data, size_t n, q_err *err)
{
    if (p->written + n > FIRST_RESERVE && p->reserved < UINT64_MAX / 2 &&
        p->written + n > p->reserved)
        reserve(p, 2 * (p->written + n));
    while (n) {
        ssize_t wrote = write(p->fd, data, n);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0) {
            q_err_errno(err, Q_E_IO, errno, "cannot write %s", p->path);
            if (errno == ENOSPC || errno == EDQUOT)
                q_err_hint(err,
                           "%llu bytes of this part were written; make room or write elsewhere",
                           (unsigned long long)p->written);
            return Q_E_IO;
        }
        data += wrote;
        n -= (size_t)wrote;
        p->written += (uint64_t)wrote;
    }
    return Q_OK;
}

static q_code send(q_part *p, q_buf *b, q_err *err)
{
    if (b->failed)
        return q_budget_error(NULL, b->len, err);
    q_code code = write_all(p, b->data, b->len, err);
    q_buf_clear(b);
    return code;
}

static q_code flush(q_part *p, q_err *err)
{
    if (!p->compressor)
        return send(p, &p->buffer, err);
    if (p->buffer.failed)
        return q_budget_error(NULL, p->buffer.len, err);
    Q_TRY(q_compressor_add(p->compressor, p->buffer.data, p->buffer.len, &p->packed, err));
    q_buf_clear(&p->buffer);
    return p->packed.len >= FLUSH_BYTES ? send(p, &p->packed, err) : Q_OK;
}

q_code q_part_flush(q_part *p, q_err *err)
{
    return p->buffer.len >= FLUSH_BYTES || p->buffer.failed ? flush(p, err) : Q_OK;
}

static q_code finish(q_part *p, q_err *err)
{
    Q_TRY(flush(p, err));
    if (p->compressor) {
        Q_TRY(q_compressor_finish(p->compressor, &p->packed, err));
        Q_TRY(send(p, &p->packed, err));
    }
    if (p->reserved && ftruncate(p->fd, (off_t)p->written) != 0)
        return q_err_errno(err, Q_E_IO, errno, "cannot complete %s", p->path);
    int fd = p->fd;
    p->fd = -1;
    if (close(fd) != 0) /* network file systems report late */
        return q_err_errno(err, Q_E_IO, errno, "cannot complete %s", p->path);
    return Q_OK;
}

q_code q_part_commit(q_part **part, q_arena *a, const char **name, uint64_t *bytes, q_err *err)
{
    q_part *p = *part;
    q_code code = finish(p, err);
    if (code == Q_OK) {
        *bytes = p->written;
        *name = q_arena_strdup(a, p->path + p->name_at);
        if (!*name)
            code = q_budget_error(a->budget, PATH_MAX, err);
    }
    if (code != Q_OK)
        unlink(p->path);
    part_free(part);
    return code;
}
