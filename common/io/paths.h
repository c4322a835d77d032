/* Small helpers for directories. Thread rule: functions of the file system. */
#ifndef Q_IO_PATHS_H
#define Q_IO_PATHS_H

#include <limits.h>
#include <stdbool.h>

#include "common/base/err.h"

/* path and all above it that are missing. */
q_code q_make_directories(const char *path, q_err *err);
/* Whether path is directory or lies below it, by device and inode: however both are written,
 * through links too. False where one of them does not exist. */
bool q_path_is_within(const char *path, const char *directory);
/* "directory/name"; IO when it does not fit. */
q_code q_path_join(char out[PATH_MAX], const char *directory, const char *name, q_err *err);

#endif
