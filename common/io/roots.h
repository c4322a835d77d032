/*
 * Directories that this process may read inputs from and write outputs to, for the jobs of others.
 * Without roots everything is allowed. Paths are compared by what they lead to, through links; `..`
 * in a path that does not exist yet is refused. No guard against somebody who changes links in
 * between.
 * Thread rule: set once, before threads; the checks are functions of the file system.
 */
#ifndef Q_IO_ROOTS_H
#define Q_IO_ROOTS_H

#include "common/base/err.h"

/* Lists of directories separated by colons; NULL or empty: all. Copied. */
void q_roots_set(const char *inputs, const char *outputs);
/* Errors: PATH_NOT_ALLOWED. */
q_code q_roots_check_input(const char *path, q_err *err);
q_code q_roots_check_output(const char *path, q_err *err);

#endif
