/*
 * --output postgres://…?table=NAME: a query's rows replace those of a table, in one transaction
 * (TRUNCATE and COPY), so that others see the old rows or the new. The table is made where it is
 * missing, columns that it lacks are added, nothing is dropped: views on it stay. Writers of one
 * table wait for each other.
 * Thread rule: the driver's thread; calls block, and come back soon after *cancelled is set.
 */
#ifndef Q_MASTER_OUTPUT_PG_H
#define Q_MASTER_OUTPUT_PG_H

#include <stdatomic.h>

#include "common/base/session.h"
#include "common/exec/sink_merge.h"

typedef struct q_output_pg q_output_pg;

/* Connects. Errors: USAGE (no table named), INVALID_CONF_VALUE, DATABASE, CANCELLED. */
q_code q_output_pg_open(const char *dsn, const _Atomic bool *cancelled, q_output_pg **out,
                        q_err *err);
/* All or nothing. Errors: DATABASE, DUPLICATE_COLUMN, UNSUPPORTED_FEATURE (no columns),
 * OUT_OF_MEMORY, CANCELLED. */
q_code q_output_pg_write(q_output_pg *o, const q_schema *schema, const q_session *session,
                         const q_rows *rows, q_err *err);
void q_output_pg_close(q_output_pg **o);

#endif
