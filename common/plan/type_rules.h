/*
 * The @rules of functions.def: signatures that a pattern cannot say. A rule checks
 * and casts the arguments of the call and makes the typed expression; it may choose
 * another function (a date plus an int is date_add). Thread rule: as signature.h.
 */
#ifndef Q_PLAN_TYPE_RULES_H
#define Q_PLAN_TYPE_RULES_H

#include "common/plan/signature.h"

typedef q_code q_type_rule_fn(q_typing *t, uint16_t function, q_call *c, q_expr **out);

typedef struct q_type_rule {
    const char *name; /* without the @ */
    q_type_rule_fn *fn;
    uint8_t min_args, max_args; /* 255: any number; not looked at when the signature has a list */
} q_type_rule;

/* NULL: no such rule. name ends at the first byte that is not of a name. */
const q_type_rule *q_type_rule_find(const char *name);

#endif
