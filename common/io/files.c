/* Paths to files. */
#include "common/io/files.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io/options.h"

typedef struct found {
    q_arena *a;
    q_file *files;
    uint32_t n, cap;
} found;

static void add_file(found *f, const char *path, const struct stat *st)
{
    if (f->n == f->cap) {
        q_file *more = q_arena_array(f->a, q_file, f->cap ? 2 * f->cap : 16);
        if (f->n)
            memcpy(more, f->files, f->n * sizeof *more);
        f->files = more;
        f->cap = f->cap ? 2 * f->cap : 16;
    }
    f->files[f->n++] =
        (q_file){.path = q_arena_strdup(f->a, path),
                 .bytes = (uint64_t)st->st_size,
                 .mtime_ns = st->st_mtim.tv_sec * INT64_C(1000000000) + st->st_mtim.tv_nsec};
}

static q_code no_such_path(const char *path, int error, q_err *err)
{
    if (error != ENOENT && error != ENOTDIR)
        return q_err_errno(err, Q_E_IO, error, "cannot read %s", path);
    q_err_set(err, Q_E_PATH_NOT_FOUND, "path does not exist: %s", path);
    if (path[0] == '/')
        q_err_hint(err, "check the spelling and whether the file is on this machine");
    else
        q_err_hint(err, "a relative path is looked up in the directory the command runs in");
    return Q_E_PATH_NOT_FOUND;
}

/* Files of a directory; those that vanish while it is read are left out. */
static q_code add_directory(found *f, const char *path, q_err *err)
{
    DIR *dir = opendir(path);
    if (!dir)
        return no_such_path(path, errno, err);
    for (struct dirent *e; (e = readdir(dir));) {
        char full[PATH_MAX];
        struct stat st;
        if (e->d_name[0] == '_' || e->d_name[0] == '.')
            continue;
        if ((size_t)snprintf(full, sizeof full, "%s/%s", path, e->d_name) >= sizeof full)
            continue;
        if (stat(full, &st) == 0 && S_ISREG(st.st_mode))
            add_file(f, full, &st);
    }
    closedir(dir);
    return Q_OK;
}

static q_code add_path(found *f, const char *path, q_err *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return no_such_path(path, errno, err);
    if (S_ISDIR(st.st_mode))
        return add_directory(f, path, err);
    if (!S_ISREG(st.st_mode))
        return q_err_set(err, Q_E_IO, "%s is neither a file nor a directory", path);
    if (access(path, R_OK) != 0)
        return q_err_errno(err, Q_E_IO, errno, "cannot read %s", path);
    add_file(f, path, &st);
    return Q_OK;
}

static q_code add_pattern(found *f, const char *pattern, q_err *err)
{
    glob_t g;
    int result = glob(pattern, GLOB_BRACE | GLOB_NOSORT, NULL, &g);
    q_code code = Q_OK;
    if (result == GLOB_NOMATCH) {
        code = no_such_path(pattern, ENOENT, err);
    } else if (result != 0) {
        code = q_err_set(err, Q_E_IO, "cannot expand the pattern %s", pattern);
    } else {
        for (size_t i = 0; i < g.gl_pathc && code == Q_OK; i++) {
            const char *name = strrchr(g.gl_pathv[i], '/');
            name = name ? name + 1 : g.gl_pathv[i];
            if (*name != '_' && *name != '.')
                code = add_path(f, g.gl_pathv[i], err);
        }
    }
    globfree(&g);
    return code;
}

static int by_path(const void *x, const void *y)
{
    return strcmp(((const q_file *)x)->path, ((const q_file *)y)->path);
}

static void sort_unique(found *f)
{
    uint32_t n = 0;
    if (f->n)
        qsort(f->files, f->n, sizeof *f->files, by_path);
    for (uint32_t i = 0; i < f->n; i++)
        if (!n || strcmp(f->files[n - 1].path, f->files[i].path) != 0)
            f->files[n++] = f->files[i];
    f->n = n;
}

static const char *absolute(const char *path, q_arena *a)
{
    char here[PATH_MAX];
    if (strncmp(path, "file://", 7) == 0)
        path += 7;
    else if (strncmp(path, "file:", 5) == 0)
        path += 5;
    if (path[0] == '/' || !getcwd(here, sizeof here))
        return path;
    return q_arena_printf(a, "%s/%s", here, path);
}

q_code q_files_expand(const char *path, q_arena *a, const q_file **files, uint32_t *n, q_err *err)
{
    found f = {.a = a};
    struct stat st;
    *files = NULL;
    *n = 0;
    if (!*path)
        return q_err_set(err, Q_E_PATH_NOT_FOUND, "the path is empty");
    const char *full = absolute(path, a);
    /* a file may have a name that looks like a pattern */
    if (strpbrk(full, "*?[{") && stat(full, &st) != 0)
        Q_TRY(add_pattern(&f, full, err));
    else
        Q_TRY(add_path(&f, full, err));
    sort_unique(&f);
    *files = f.files;
    *n = f.n;
    return Q_OK;
}

const char *q_file_compression(const q_source *source, uint32_t file)
{
    q_format format;
    const char *by_name = NULL;
    if (source->options.compression)
        return source->options.compression;
    q_format_of_name(source->files[file].path, &format, &by_name);
    return by_name ? by_name : "none";
}
