/*
 * What became of a task's phase besides its body: TASK_RESULT's opaque part. The worker
 * packs it, the master's driver acts on it. A reader's errors and schema changes are
 * provisional until the landings of neighbouring splits agree (io/reader.h), so they
 * travel as outcomes, not as failures.
 */
#ifndef Q_EXEC_OUTCOME_H
#define Q_EXEC_OUTCOME_H

#include "common/io/reader.h"
#include "common/plan/serial.h"

typedef enum q_outcome_kind {
    Q_OUTCOME_OK,
    Q_OUTCOME_SCHEMA, /* the data has another schema: `observed` */
    Q_OUTCOME_ERROR   /* counts only if the split began where it should: io/reader.h */
} q_outcome_kind;

typedef struct q_outcome {
    uint8_t kind;
    uint64_t first, next; /* landing */
    q_schema observed;    /* in the arena given to unpack */
    q_err *err;           /* ERROR */
    q_read_report report;
    bool has_report;
} q_outcome;

/* Schema and error are copied into `a`. Errors: PROTOCOL. */
void q_outcome_pack(q_buf *out, const q_outcome *o);
q_code q_outcome_unpack(q_arena *a, const void *data, size_t n, q_outcome *out, q_err *err);

#endif
