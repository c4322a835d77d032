/*
 * How Spark writes an expression: the names of result columns that have no alias
 * (`(a + 1)`, `sum(x)`, `CAST(x AS INT)`), and what error messages quote. A label
 * is a small tree built beside the expression and only printed when needed.
 * Arena memory, read-only, shared freely.
 */
#ifndef Q_PLAN_LABEL_H
#define Q_PLAN_LABEL_H

#include "common/base/arena.h"
#include "common/base/buf.h"

/*
 * format NULL: the arguments' texts one after the other. With n == 0 the format is the text itself.
 * Otherwise in the format $1 … $9 are arguments, $* all of them separated by ", ", and $+ all but
 * the first likewise.
 */
typedef struct q_label {
    const char *format;
    uint32_t n;
    const struct q_label *const *arg;
} q_label;

const q_label *q_label_text(q_arena *a, const char *text);           /* borrows text */
const q_label *q_label_copy(q_arena *a, const char *text, size_t n); /* copies it */
/* Borrows format; copies the array. */
const q_label *q_label_make(q_arena *a, const char *format, uint32_t n, const q_label *const *arg);
/* How Spark writes a call of this function, which is not always as it was called: round(x) is
 * round(x, 0). Names in common/plan/labels.def. */
const q_label *q_label_call(q_arena *a, const char *name, bool distinct, uint32_t n,
                            const q_label *const *arg);
void q_label_print(const q_label *l, q_buf *out);
/* As a string in the arena. */
const char *q_label_string(q_arena *a, const q_label *l);

#endif
