/* Allowed directories. */
#include "common/io/roots.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/io/paths.h"

static char *input_roots, *output_roots; /* NULL: all */

static void set(char **to, const char *list)
{
    free(*to);
    *to = list && *list ? strdup(list) : NULL;
}

void q_roots_set(const char *inputs, const char *outputs)
{
    set(&input_roots, inputs);
    set(&output_roots, outputs);
}

/* A part that would lead out of a directory that is yet to be made. */
static bool has_dots(const char *path)
{
    for (const char *p = path; (p = strstr(p, "..")); p += 2) {
        if ((p == path || p[-1] == '/') && (!p[2] || p[2] == '/'))
            return true;
    }
    return false;
}

/* The path, or the lowest directory above it that exists. False if there are dots on the way. */
static bool existing(const char *path, char out[PATH_MAX])
{
    struct stat st;
    if ((size_t)snprintf(out, PATH_MAX, "%s", path) >= PATH_MAX)
        return false;
    if (stat(out, &st) == 0)
        return true;
    if (has_dots(path))
        return false;
    for (char *slash; stat(out, &st) != 0; *slash = 0) {
        slash = strrchr(out, '/');
        if (!slash || slash == out) {
            snprintf(out, PATH_MAX, slash ? "/" : ".");
            return true;
        }
    }
    return true;
}

static bool within(const char *path, const char *list)
{
    char root[PATH_MAX];
    for (const char *at = list; *at;) {
        size_t n = strcspn(at, ":");
        if (n && n < sizeof root) {
            memcpy(root, at, n);
            root[n] = 0;
            if (q_path_is_within(path, root))
                return true;
        }
        at += n + (at[n] == ':');
    }
    return false;
}

static q_code check(const char *path, const char *list, const char *what, const char *setting,
                    q_err *err)
{
    char there[PATH_MAX];
    if (!list || (existing(path, there) && within(there, list)))
        return Q_OK;
    q_err_set(err, Q_E_PATH_NOT_ALLOWED, "%s lies outside what jobs may %s here", path, what);
    q_err_hint(err, "the worker's %s names the directories", setting);
    return Q_E_PATH_NOT_ALLOWED;
}

q_code q_roots_check_input(const char *path, q_err *err)
{
    return check(path, input_roots, "read", "quern.input.allowedRoots", err);
}

q_code q_roots_check_output(const char *path, q_err *err)
{
    return check(path, output_roots, "write", "quern.output.allowedRoots", err);
}
