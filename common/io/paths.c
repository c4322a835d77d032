/* Small helpers for directories. */
#include "common/io/paths.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

q_code q_make_directories(const char *path, q_err *err)
{
    char part[PATH_MAX];
    size_t n = strlen(path);
    if (n >= sizeof part)
        return q_err_set(err, Q_E_IO, "the path is too long: %.200s...", path);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] && path[i] != '/')
            continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return q_err_errno(err, Q_E_IO, errno, "cannot make the directory %s", part);
    }
    return Q_OK;
}

q_code q_path_join(char out[PATH_MAX], const char *directory, const char *name, q_err *err)
{
    if ((size_t)snprintf(out, PATH_MAX, "%s/%s", directory, name) >= PATH_MAX)
        return q_err_set(err, Q_E_IO, "the path is too long: %.200s/...", directory);
    return Q_OK;
}
