/* Output directories. */
#include "common/io/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io/paths.h"

#define TEMPORARY "_temporary"

/* ---- small helpers ---- */

static bool is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Removes a tree as far as it can. */
static void remove_tree(const char *path)
{
    struct stat st;
    char child[PATH_MAX];
    if (lstat(path, &st) != 0)
        return;
    DIR *dir = S_ISDIR(st.st_mode) ? opendir(path) : NULL;
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (!is_dot(e->d_name) && q_path_join(child, path, e->d_name, NULL) == Q_OK)
            remove_tree(child);
    if (dir)
        closedir(dir);
    remove(path);
}

/* ---- beginning ---- */

/* Does the directory hold anything but our temporary files? */
static q_code has_content(const char *path, bool *content, q_err *err)
{
    DIR *dir = opendir(path);
    *content = false;
    if (!dir && errno == ENOENT)
        return Q_OK;
    if (!dir && errno == ENOTDIR)
        return q_err_set(err, Q_E_PATH_ALREADY_EXISTS, "the output %s is a file, not a directory",
                         path);
    if (!dir)
        return q_err_errno(err, Q_E_IO, errno, "cannot read the output directory %s", path);
    for (struct dirent *e; (e = readdir(dir));)
        *content |= !is_dot(e->d_name) && strcmp(e->d_name, TEMPORARY) != 0;
    closedir(dir);
    return Q_OK;
}

q_code q_output_begin(const q_sink_spec *spec, bool *skip, q_err *err)
{
    bool content;
    char temporary[PATH_MAX];
    *skip = false;
    Q_TRY(has_content(spec->path, &content, err));
    if (content && spec->mode == Q_SAVE_ERROR_IF_EXISTS) {
        q_err_set(err, Q_E_PATH_ALREADY_EXISTS, "the output %s already exists", spec->path);
        q_err_hint(err, "write elsewhere, or overwrite it (--overwrite, INSERT OVERWRITE)");
        return Q_E_PATH_ALREADY_EXISTS;
    }
    *skip = content && spec->mode == Q_SAVE_IGNORE;
    if (*skip)
        return Q_OK;
    q_output_remove_stale(spec);
    Q_TRY(q_path_join(temporary, spec->path, TEMPORARY, err));
    Q_TRY(q_make_directories(temporary, err));
    if (access(temporary, W_OK | X_OK) != 0)
        return q_err_errno(err, Q_E_IO, errno, "cannot write to the output %s", spec->path);
    return Q_OK;
}

/* ---- commit ---- */

static const char *file_of(const char *part)
{
    const char *slash = strrchr(part, '/');
    return slash ? slash + 1 : part;
}

static int by_name(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* Moves what was in the directory before to `aside`. keep[0..n) is sorted. */
static q_code move_aside(const char *path, const char *aside, const char **keep, uint32_t n,
                         q_err *err)
{
    char from[PATH_MAX], to[PATH_MAX];
    q_code code = Q_OK;
    Q_TRY(q_make_directories(aside, err));
    DIR *dir = opendir(path);
    if (!dir)
        return q_err_errno(err, Q_E_IO, errno, "cannot read the output directory %s", path);
    for (struct dirent *e; code == Q_OK && (e = readdir(dir));) {
        const char *name = e->d_name;
        if (is_dot(name) || strcmp(name, TEMPORARY) == 0 ||
            bsearch(&name, keep, n, sizeof *keep, by_name))
            continue;
        code = q_path_join(from, path, name, err);
        if (code == Q_OK)
            code = q_path_join(to, aside, name, err);
        if (code == Q_OK && rename(from, to) != 0 && errno != ENOENT)
            code = q_err_errno(err, Q_E_IO, errno, "cannot replace %s", from);
    }
    closedir(dir);
    return code;
}

/* Names come from tasks: `<job>-…/part-…` and nothing else. */
static q_code check_part(const char *part, const char *job, q_err *err)
{
    size_t n = strlen(job);
    const char *slash = strchr(part, '/');
    if (strncmp(part, job, n) == 0 && part[n] == '-' && slash && strncmp(slash, "/part-", 6) == 0 &&
        !strchr(slash + 1, '/'))
        return Q_OK;
    return q_err_set(err, Q_E_PROTOCOL, "not a part of job %s: %.200s", job, part);
}

/* Before anything is touched: whoever does not see the parts sees another directory. */
static q_code parts_here(const char *path, const char *const *parts, uint32_t n, q_err *err)
{
    char temporary[PATH_MAX], from[PATH_MAX], to[PATH_MAX];
    Q_TRY(q_path_join(temporary, path, TEMPORARY, err));
    if (access(path, F_OK) != 0)
        return q_err_set(err, Q_E_PATH_NOT_FOUND, "the output %s is not here", path);
    for (uint32_t i = 0; i < n; i++) {
        Q_TRY(q_path_join(from, temporary, parts[i], err));
        Q_TRY(q_path_join(to, path, file_of(parts[i]), err));
        if (access(from, F_OK) != 0 && access(to, F_OK) != 0)
            return q_err_set(err, Q_E_PATH_NOT_FOUND, "the part %s is not here", from);
    }
    return Q_OK;
}

/* A part that is in its place already was moved by a commit that did not come to its end. */
static q_code move_part(const char *path, const char *part, q_err *err)
{
    char temporary[PATH_MAX], from[PATH_MAX], to[PATH_MAX];
    Q_TRY(q_path_join(temporary, path, TEMPORARY, err));
    Q_TRY(q_path_join(from, temporary, part, err));
    Q_TRY(q_path_join(to, path, file_of(part), err));
    if (rename(from, to) == 0 || (errno == ENOENT && access(to, F_OK) == 0))
        return Q_OK;
    return q_err_errno(err, Q_E_IO, errno, "cannot move %s to its place", from);
}

static q_code write_success(const char *path, q_err *err)
{
    char name[PATH_MAX];
    Q_TRY(q_path_join(name, path, "_SUCCESS", err));
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0 || close(fd) != 0)
        return q_err_errno(err, Q_E_IO, errno, "cannot write %s", name);
    return Q_OK;
}

void q_output_remove_job(const char *path, const char *job)
{
    char temporary[PATH_MAX], entry[PATH_MAX];
    size_t n = strlen(job);
    if (q_path_join(temporary, path, TEMPORARY, NULL) != Q_OK)
        return;
    DIR *dir = opendir(temporary);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (strncmp(e->d_name, job, n) == 0 && e->d_name[n] == '-' &&
            q_path_join(entry, temporary, e->d_name, NULL) == Q_OK)
            remove_tree(entry);
    if (dir)
        closedir(dir);
    rmdir(temporary); /* fails while other jobs are in it */
}

static q_code replace_old(const q_sink_spec *spec, const char *job, const char *const *parts,
                          uint32_t n_parts, q_err *err)
{
    char aside[PATH_MAX];
    if ((size_t)snprintf(aside, sizeof aside, "%s/%s/%s-replaced", spec->path, TEMPORARY, job) >=
        sizeof aside)
        return q_err_set(err, Q_E_IO, "the path of the output is too long: %.200s", spec->path);
    const char **keep = calloc(n_parts + 1, sizeof *keep);
    if (!keep)
        return q_budget_error(NULL, n_parts * sizeof *keep, err);
    for (uint32_t i = 0; i < n_parts; i++)
        keep[i] = file_of(parts[i]);
    qsort(keep, n_parts, sizeof *keep, by_name);
    q_code code = move_aside(spec->path, aside, keep, n_parts, err);
    free(keep);
    return code;
}

q_code q_output_commit(const q_sink_spec *spec, const char *job, const char *const *parts,
                       uint32_t n_parts, q_err *err)
{
    for (uint32_t i = 0; i < n_parts; i++)
        Q_TRY(check_part(parts[i], job, err));
    Q_TRY(parts_here(spec->path, parts, n_parts, err));
    if (spec->mode == Q_SAVE_OVERWRITE)
        Q_TRY(replace_old(spec, job, parts, n_parts, err));
    for (uint32_t i = 0; i < n_parts; i++)
        Q_TRY(move_part(spec->path, parts[i], err));
    Q_TRY(write_success(spec->path, err));
    q_output_remove_job(spec->path, job);
    return Q_OK;
}

void q_output_abort(const q_sink_spec *spec, const char *job)
{
    q_output_remove_job(spec->path, job);
    rmdir(spec->path); /* only when it is empty */
}
