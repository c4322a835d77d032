/*
 * A plan as a tree of {"name", "detail", "children"}, for the job's page.
 * Thread rule: any thread.
 */
#ifndef Q_MASTER_PLAN_JSON_H
#define Q_MASTER_PLAN_JSON_H

#include "common/plan/logical.h"

void q_plan_json(const q_plan *p, q_buf *out);

#endif
