/* Running the rules. */
#include "common/plan/optimise.h"

#include <strings.h>

#include "common/plan/rules/rules.h"

/* A bound, as two rules may undo each other's work. */
#define MAX_ROUNDS 8

static const q_rule rules[] = {
    {"foldConstants", "Expressions without columns become literals.", q_rule_fold},
    {"simplifyExpressions", "Truth values, NULLs and casts that decide an expression.",
     q_rule_simplify},
    {"mergeUnions", "A union of unions is one union.", q_rule_merge_unions},
    {"pushFilters", "Filters towards the sources.", q_rule_push_filter},
    {"pushLimits", "Sorts under a limit keep the top rows; limits over limits are one.",
     q_rule_push_limit},
    {"dropSorts", "Sorts and sort keys whose order nobody sees.", q_rule_drop_sorts},
    {"propagateEmpty", "What has no rows is not run.", q_rule_empty},
    {"pruneColumns", "Columns that nobody needs are not read, computed or kept.", q_rule_prune},
    {"lateProjects", "Columns that windows do not look at are computed behind them.", q_rule_late},
    {"mergeProjects", "A projection of a projection is one.", q_rule_merge_projects},
    {"dropProjects", "Projections that change nothing.", q_rule_drop_projects},
    {NULL, NULL, NULL},
};

const q_rule *q_optimiser_rule(uint32_t i)
{
    return i + 1 < sizeof rules / sizeof rules[0] ? &rules[i] : NULL;
}

static bool is_disabled(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = list; p && *p;) {
        while (*p == ' ' || *p == ',')
            p++;
        size_t len = strcspn(p, ", ");
        if (len == n && strncasecmp(p, name, n) == 0)
            return true;
        p += len;
    }
    return false;
}

q_code q_optimise(q_optimiser *o, q_plan *in, q_plan **out)
{
    bool changed = true;
    for (int round = 0; changed && round < MAX_ROUNDS; round++) {
        changed = false;
        for (uint32_t i = 0; q_optimiser_rule(i); i++) {
            const q_rule *rule = q_optimiser_rule(i);
            q_plan *next = in;
            if (is_disabled(o->disabled, rule->name))
                continue;
            Q_TRY(rule->apply(o, in, &next));
            changed |= next != in;
            in = next;
        }
    }
    *out = in;
    return Q_OK;
}
