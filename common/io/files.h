/*
 * Paths to files, as Spark expands them: a file, a directory (its files, not those
 * below it in turn; names that start with `_` or `.` are left out), or a pattern
 * (* ? [..] {a,b}) that matches files and directories. Files come in order of their
 * names, each once. "file:" and "file://" in front are taken off.
 * Thread rule: pure functions of the file system.
 */
#ifndef Q_IO_FILES_H
#define Q_IO_FILES_H

#include "common/io/source.h"

/* Memory in `a`. Errors: PATH_NOT_FOUND, IO (no permission, neither file nor directory). A
 * directory without files gives none. */
q_code q_files_expand(const char *path, q_arena *a, const q_file **files, uint32_t *n, q_err *err);
/* "none", "gzip" or "zstd": as the options say, or by the name's ending. */
const char *q_file_compression(const q_source *source, uint32_t file);

#endif
