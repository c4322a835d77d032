/*
 * A program: a list of expressions compiled once per task into steps over
 * registers (common sub-expressions share one), run for each batch.
 *
 * q_program_run leaves the results in p->results[i]: columns of n_rows rows that
 * are valid until the next run (registers are reused) and may alias the input's
 * columns. Input batches have at most Q_BATCH_ROWS rows.
 * Ownership: the program borrows expressions and session, owns registers and
 * kernel states. Thread rule: one thread at a time.
 */
#ifndef Q_EXEC_PROGRAM_H
#define Q_EXEC_PROGRAM_H

#include "common/exec/kernel.h"

typedef struct q_program q_program;

q_code q_program_new(const q_expr *const *exprs, uint32_t n_exprs, const q_session *session,
                     q_budget *budget, q_program **out, q_err *err);
void q_program_destroy(q_program **p);
q_code q_program_run(q_program *p, const q_batch *input, q_err *err);
/* The i-th expression's column after a run. */
q_column *q_program_result(q_program *p, uint32_t i);
/* Scratch arena of the current batch, reset by the next run. */
q_arena *q_program_scratch(q_program *p);
/* Rows where boolean column c is true: fills rows[], returns how many. */
uint32_t q_select_true(const q_column *c, uint32_t *rows);
/* Evaluate one expression without columns (constant folding): a one-row column in `a`. Errors:
 * those of its kernels; OUT_OF_MEMORY for a constant too large for a plan. */
q_code q_expr_fold(const q_expr *x, const q_session *session, q_arena *a, q_column *out,
                   q_err *err);

#endif
