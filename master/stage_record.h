/*
 * What the driver tells a job's record about a stage (master/job_record.h).
 * Thread rule: the driver's thread.
 */
#ifndef Q_MASTER_STAGE_RECORD_H
#define Q_MASTER_STAGE_RECORD_H

#include "common/exec/window_merge.h"
#include "master/job.h"
#include "master/run.h"

void stage_record_begin(q_job *job, const q_stage *stage, const q_run *run);
/* After the merge of a barrier: how many rows each partition of its windows has. */
void stage_record_merged(q_job *job, const q_stage *stage, uint32_t barrier,
                         const q_window_merge *m, const q_session *session, const q_run *run);
/* Without windows that tell, a stage's partitions are its splits. */
void stage_record_end(q_job *job, const q_stage *stage, const q_run *run, bool ok);

#endif
