/* Rules that live in files of their own; see type_rules.h. */
#ifndef Q_PLAN_TYPE_RULES_INTERNAL_H
#define Q_PLAN_TYPE_RULES_INTERNAL_H

#include "common/plan/type_rules.h"

/* type_rules_date.c: + - * / where a date, timestamp or interval takes part. */
bool q_arith_is_temporal(q_type a, q_type b);
q_type_rule_fn q_arith_temporal;

/* type_rules_agg.c */
q_type_rule_fn q_rule_count, q_rule_sum, q_rule_avg, q_rule_percentile, q_rule_percentile_approx,
    q_rule_collect, q_rule_lag, q_rule_ntile, q_rule_nth_value;

/* type_rules_func.c */
q_type_rule_fn q_rule_round, q_rule_whole, q_rule_seconds, q_rule_concat_ws, q_rule_reverse,
    q_rule_decode;

#endif
