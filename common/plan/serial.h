/*
 * Stages as msgpack, for the STAGE message: a worker runs what it unpacks and plans
 * nothing. Functions travel by id name, so that two builds with different tables
 * either agree or refuse. Unpacking trusts nothing: depths, counts, column indices
 * and types are checked (PROTOCOL). Memory of the result is in `a`; strings are copied.
 */
#ifndef Q_PLAN_SERIAL_H
#define Q_PLAN_SERIAL_H

#include "common/base/pack.h"
#include "common/plan/stage.h"

/* What one task reads: LAUNCH's descriptor. */
typedef struct q_task_split {
    uint32_t branch;     /* of the stage */
    uint32_t file;       /* FILES: index in the source's files */
    uint64_t begin, end; /* bytes of the file */
    bool exact;          /* begin is known to be the start of a record */
    bool positioned;     /* ROWS: cut by category; a first column has the rows' positions */
    bool whole;          /* ROWS: every window partition of the split is whole: no barrier */
} q_task_split;

void q_task_split_pack(q_buf *out, const q_task_split *s);
q_code q_task_split_unpack(const q_stage *stage, q_unpack *in, q_task_split *out, q_err *err);

void q_stage_pack(q_buf *out, const q_stage *stage);
q_code q_stage_unpack(q_arena *a, q_unpack *in, q_stage *out, q_err *err);
void q_session_pack(q_buf *out, const q_session *s);
q_code q_session_unpack(q_arena *a, q_unpack *in, q_session *out, q_err *err);
void q_source_pack(q_buf *out, const q_source *s);
q_code q_source_unpack(q_arena *a, q_unpack *in, q_source *out, q_err *err);
void q_sink_spec_pack(q_buf *out, const q_sink_spec *s);
q_code q_sink_spec_unpack(q_arena *a, q_unpack *in, q_sink_spec *out, q_err *err);
void q_schema_pack(q_buf *out, const q_schema *s);
q_code q_schema_unpack(q_arena *a, q_unpack *in, q_schema *out, q_err *err);

#endif
