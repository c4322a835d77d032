/*
 * From a function's name and its arguments to a typed call: picks the row of
 * functions.def, casts the arguments by Spark's implicit rules, gives the result
 * its type and nullability. Knows nothing of SQL text: other front ends use it too.
 *
 * Errors, in Spark's words: UNRESOLVED_ROUTINE (nearest names as hint, or that Spark has it),
 * WRONG_NUM_ARGS, DATATYPE_MISMATCH, UNSUPPORTED_FEATURE.
 * The signatures are parsed once per process; a malformed one is a programming
 * error. Thread rule: any thread, one q_typing each.
 */
#ifndef Q_PLAN_SIGNATURE_H
#define Q_PLAN_SIGNATURE_H

#include "common/plan/fold.h"
#include "common/plan/functions.h"
#include "common/plan/label.h"

typedef struct q_typing {
    q_arena *arena;
    const q_session *session;
    q_fold_fn *fold; /* NULL: constants stay as they are */
    q_err *err;
} q_typing;

/* A call being bound. */
typedef struct q_call {
    const char *name; /* as called */
    uint32_t n_args;
    q_expr **args;                /* the array is rewritten with the casted arguments */
    const q_label *label;         /* how the call is written, for messages; NULL: as printed */
    const q_label *const *labels; /* of the arguments; NULL: as printed */
    uint8_t day_intervals;        /* bit 0, 1: that argument was written as INTERVAL … DAY */
    /* Results beside the expression: */
    const char *new_label; /* format over `labels` when Spark writes the typed call in another
                              way (date_add for a date plus an int); NULL */
} q_call;

/* Any function of that name. */
q_code q_call_bind(q_typing *t, q_call *c, q_expr **out);
/* A row by its id (its overloads are not looked at). */
q_code q_call_bind_row(q_typing *t, uint16_t function, q_call *c, q_expr **out);

/* For rules (type_rules.c) and the binder: the call as an expression, nothing checked. */
q_expr *q_call_make(q_typing *t, uint16_t function, q_type type, bool nullable, const q_call *c);
/* Texts for messages, in the arena. */
const char *q_call_text(q_typing *t, const q_call *c);
const char *q_call_arg_text(q_typing *t, const q_call *c, uint32_t i);
/* DATATYPE_MISMATCH `Cannot resolve "call" due to data type mismatch: …`. */
q_code q_call_mismatch(q_typing *t, q_call *c, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* …: Parameter i+1 requires the `wanted` type, however … */
q_code q_call_wrong_type(q_typing *t, q_call *c, uint32_t i, const char *wanted);
/* …: input to `name` should all be the same type, but it is […] */
q_code q_call_types_differ(q_typing *t, q_call *c, const char *name);
/* Argument i must be a constant: folded to a literal of type `to`; what says what it is. */
q_code q_call_constant(q_typing *t, q_call *c, uint32_t i, q_type to, const char *what);
bool q_call_any_nullable(const q_call *c);
/* Cast argument i to a type, where an implicit cast exists; else q_call_wrong_type. */
q_code q_call_coerce(q_typing *t, q_call *c, uint32_t i, q_type to);

#endif
