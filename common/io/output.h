/*
 * Output directories: part files by tasks, one commit by whoever decides about the job.
 *
 *   DIR/_temporary/<attempt>/part-NNNNN-<uuid>-c000.json   while a task writes
 *   DIR/part-NNNNN-<uuid>-c000.json, DIR/_SUCCESS          after the commit
 *
 * An attempt's name is `<job>-…` and unique. The commit renames the parts it is told into
 * DIR and writes _SUCCESS last; with overwrite, what was in DIR before is moved aside at
 * this point and removed at the very end. It may be called again after a crash. A job
 * that fails leaves what was there before.
 * Thread rule: a part belongs to one thread; the rest are functions of the file system.
 */
#ifndef Q_IO_OUTPUT_H
#define Q_IO_OUTPUT_H

#include "common/base/buf.h"
#include "common/io/source.h"

/* ---- whoever decides ---- */

/* Before the job runs: is DIR as the save mode wants it, and can it be written? Makes it and
 * DIR/_temporary. *skip: nothing is to be done (IGNORE, and DIR has something in it). An empty
 * directory does not count as existing output. Errors: PATH_ALREADY_EXISTS, IO. */
q_code q_output_begin(const q_sink_spec *spec, bool *skip, q_err *err);
/* parts: names as q_part_commit gave them; only these count. Errors: PATH_NOT_FOUND (nothing was
 * changed: the parts are not in the directory that is seen here), IO. */
q_code q_output_commit(const q_sink_spec *spec, const char *job, const char *const *parts,
                       uint32_t n_parts, q_err *err);
/* Removes what the job's attempts left (and DIR, if nothing else is in it). */
void q_output_abort(const q_sink_spec *spec, const char *job);

/* The job's entries of DIR/_temporary. */
void q_output_remove_job(const char *path, const char *job);

/* ---- markers (output_mark.c) ---- */

/* A file that tells who looks at DIR whether it is the same directory that we see. *marker (in
 * `a`): its name; *lock: to be kept open for as long as the job may write. The job's abort and
 * commit remove it. Errors: IO. */
q_code q_output_mark(const q_sink_spec *spec, int *lock, const char **marker, q_arena *a,
                     q_err *err);
bool q_output_is_marked(const q_sink_spec *spec, const char *marker);
/* What jobs of processes that were killed left in DIR/_temporary. q_output_begin does it. */
void q_output_remove_stale(const q_sink_spec *spec);

/* ---- tasks ---- */

typedef struct q_part q_part;

/* Space for expected_bytes is reserved ahead (0: unknown). Errors: PATH_NOT_FOUND (what
 * q_output_begin made is not seen or not writable here), IO. */
q_code q_part_open(const q_sink_spec *spec, const char *attempt, uint32_t task,
                   uint64_t expected_bytes, q_part **out, q_err *err);
/* Where a writer appends to; q_part_flush sends it on once it is half a mebibyte. */
q_buf *q_part_buffer(q_part *p);
q_code q_part_flush(q_part *p, q_err *err);
/* Completes and closes the file, gives its name for the commit (in `a`) and size. *p is NULL
 * afterwards, also on error. */
q_code q_part_commit(q_part **p, q_arena *a, const char **name, uint64_t *bytes, q_err *err);
/* Closes and removes the file. */
void q_part_abort(q_part **p);

#endif
