/* Small helpers for directories. */
#include "common/io/paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

bool q_path_is_within(const char *path, const char *directory)
{
    struct stat above, st;
    char real[PATH_MAX];
    if (stat(directory, &above) != 0 || !realpath(path, real))
        return false;
    for (size_t n = strlen(real); n; n--) { /* the path itself, then what it is in */
        if (real[n] && real[n] != '/')
            continue;
        real[n] = 0;
        if (stat(real, &st) == 0 && st.st_dev == above.st_dev && st.st_ino == above.st_ino)
            return true;
    }
    return stat("/", &st) == 0 && st.st_dev == above.st_dev && st.st_ino == above.st_ino;
}
