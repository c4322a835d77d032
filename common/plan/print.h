/*
 * EXPLAIN text of a logical plan, an operator a line, children below:
 *
 *   Project [id#0, (value#1 * 2) AS twice]
 *   +- Filter (value#1 > 10.0)
 *      +- Scan json input [id, value]
 *
 * column#n is the n-th column (from 0) of the operator's child.
 */
#ifndef Q_PLAN_PRINT_H
#define Q_PLAN_PRINT_H

#include "common/plan/logical.h"

/* One operator, without its children and without a line break. */
void q_plan_print_operator(const q_plan *p, q_buf *out);
void q_plan_print(const q_plan *p, q_buf *out);

#endif
