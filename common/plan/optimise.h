/*
 * The optimiser: a list of rules (plan/rules/, one a file) that each take a plan and
 * give an equivalent one. Plans are read-only and may be shared; rules copy what
 * they change. Rules named in the setting quern.optimizer.disabledRules (separated
 * by commas) are left out. The list is run until nothing changes, a bounded number
 * of times. Thread rule: one thread at a time.
 */
#ifndef Q_PLAN_OPTIMISE_H
#define Q_PLAN_OPTIMISE_H

#include "common/plan/fold.h"
#include "common/plan/logical.h"

typedef struct q_optimiser {
    q_arena *a;
    const q_session *session;
    q_fold_fn *fold;      /* NULL: no constants are folded */
    const char *disabled; /* names of rules, NULL: none */
    q_err *err;
} q_optimiser;

typedef struct q_rule {
    const char *name;
    const char *what;                                          /* one sentence */
    q_code (*apply)(q_optimiser *o, q_plan *in, q_plan **out); /* *out == in: nothing to do */
} q_rule;

q_code q_optimise(q_optimiser *o, q_plan *in, q_plan **out);
/* The i-th rule in the order of application; NULL behind the last. */
const q_rule *q_optimiser_rule(uint32_t i);

#endif
