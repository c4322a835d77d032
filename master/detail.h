/*
 * A job in detail as JSON: what docs/openapi.json calls JobDetail and Tasks. Of a running job it is
 * made when somebody asks; when the job ends it is made once, compressed, kept with the job and
 * stored beside its record, and the record it was made of is given back.
 * Thread rule: the loop's thread.
 */
#ifndef Q_MASTER_DETAIL_H
#define Q_MASTER_DETAIL_H

#include "common/http/json.h"
#include "master/internal.h"

/* Without the part that lists of jobs have, and without tasks. */
json_t *detail_object(const q_master *m, const master_job *j);
/* stage UINT32_MAX: of all. At most max attempts. */
json_t *detail_tasks(const q_job *job, uint32_t stage, uint32_t max);
/* The same of what detail_keep has made, which stays as it is. */
json_t *detail_tasks_of(const json_t *tasks, uint32_t stage, uint32_t max);
/* The job has ended: fills j->detail and empties the record. Nothing without a record. */
void detail_keep(const q_master *m, master_job *j);
/* What detail_keep made: detail_object's members and "tasks"; NULL: there is none. */
json_t *detail_unpack(const void *data, size_t n);
/* A setting's value, secrets masked. */
json_t *detail_setting(const char *name, const char *value);
/* {"class", "message", "hint", "line", "column", "excerpt", "caret"}, or null. */
json_t *detail_error(const q_err *e);

#endif
