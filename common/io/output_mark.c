/*
 * Markers of output directories. Whoever made one holds a lock on it for as long as it lives, so a
 * marker that can be locked was left by a process that was killed: it and what else its job left in
 * DIR/_temporary is removed by whoever begins there next.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/io/output.h"
#include "common/io/paths.h"

#define TEMPORARY "_temporary"
#define ENDING    "-marker"

static q_code marker_path(const q_sink_spec *spec, const char *marker, char out[PATH_MAX],
                          q_err *err)
{
    char temporary[PATH_MAX];
    if (strchr(marker, '/'))
        return q_err_set(err, Q_E_PROTOCOL, "not the name of a marker: %.200s", marker);
    Q_TRY(q_path_join(temporary, spec->path, TEMPORARY, err));
    return q_path_join(out, temporary, marker, err);
}

/* Under another name until it is locked: nobody may find it without its lock. */
static q_code make_locked(const char *path, int *lock, q_err *err)
{
    char fresh[PATH_MAX];
    if ((size_t)snprintf(fresh, sizeof fresh, "%s.new", path) >= sizeof fresh)
        return q_err_set(err, Q_E_IO, "the path is too long: %.200s...", path);
    int fd = open(fresh, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
        return q_err_errno(err, Q_E_IO, errno, "cannot write %s", path);
    (void)flock(fd, LOCK_EX | LOCK_NB); /* where there are no locks, nothing is ever stale */
    if (rename(fresh, path) != 0) {
        q_err_errno(err, Q_E_IO, errno, "cannot write %s", path);
        close(fd);
        unlink(fresh);
        return Q_E_IO;
    }
    *lock = fd;
    return Q_OK;
}

q_code q_output_mark(const q_sink_spec *spec, int *lock, const char **marker, q_arena *a,
                     q_err *err)
{
    char path[PATH_MAX];
    *lock = -1;
    *marker = q_arena_printf(a, "%s" ENDING, spec->job);
    Q_TRY(marker_path(spec, *marker, path, err));
    return make_locked(path, lock, err);
}

bool q_output_is_marked(const q_sink_spec *spec, const char *marker)
{
    char path[PATH_MAX];
    return marker_path(spec, marker, path, NULL) == Q_OK && access(path, F_OK) == 0;
}

/* ---- what dead jobs left ---- */

static bool is_stale(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool stale = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (fd >= 0)
        close(fd);
    return stale;
}

/* The job of an entry that is a marker: its name without the ending. */
static bool job_of(const char *name, char job[NAME_MAX + 1])
{
    size_t n = strlen(name), k = strlen(ENDING);
    if (n <= k || n > NAME_MAX || strcmp(name + n - k, ENDING) != 0)
        return false;
    memcpy(job, name, n - k);
    job[n - k] = 0;
    return true;
}

void q_output_remove_stale(const q_sink_spec *spec)
{
    char temporary[PATH_MAX], entry[PATH_MAX], job[NAME_MAX + 1];
    if (q_path_join(temporary, spec->path, TEMPORARY, NULL) != Q_OK)
        return;
    DIR *dir = opendir(temporary);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (job_of(e->d_name, job) && strcmp(job, spec->job) != 0 &&
            q_path_join(entry, temporary, e->d_name, NULL) == Q_OK && is_stale(entry))
            q_output_remove_job(spec->path, job);
    if (dir)
        closedir(dir);
}
