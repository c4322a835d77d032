/*
 * The kernel contract: one function evaluates one call over a batch of rows.
 *
 *   q_code q_k_upper(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out);
 *
 * - args[i] has k->n_rows rows and the type the signature promises (e->args[i]->type).
 *   Constants are expanded columns too; a kernel that wants to know (a pattern, a
 *   format) looks at e->args[i]->kind == Q_X_LITERAL and keeps what it prepared in
 *   *k->state (NULL at first; memory from k->lifetime, which lives as long as the
 *   program; k->on_destroy registers a clean-up for foreign memory).
 * - out has type e->type, n_rows and allocated values. NULLS STRICT: out->validity is
 *   already the AND of the arguments' (NULL if none has nulls); the kernel computes all
 *   rows, also under cleared bits (values there are readable garbage: do not trap on
 *   them, do not loop on them), and calls q_kernel_null(k, out, row) for more NULLs.
 *   CUSTOM: out->validity is NULL; the kernel sets it.
 * - String results: bytes from k->scratch (lives until the next batch), spans of an
 *   argument, or literals. out->bytes_stable is false before the call; set it only if
 *   all bytes outlive the task (arguments' bytes_stable, static text).
 * - Errors only for what Spark raises in non-ANSI mode; k->err, position is added by the caller.
 * - Reference twins: every kernel with a vector or fast path has an obvious scalar twin
 *   in tests.
 * Thread rule: a program (and its states) belongs to one thread; kernels keep no statics.
 */
#ifndef Q_EXEC_KERNEL_H
#define Q_EXEC_KERNEL_H

#include "common/base/session.h"
#include "common/plan/expr.h"

typedef struct q_kernel_ctx {
    uint32_t n_rows;
    q_arena *scratch;  /* for this batch */
    q_arena *lifetime; /* for the program */
    const q_session *session;
    void **state; /* this call's own slot */
    q_err *err;
    struct q_program *program; /* for q_kernel_on_destroy */
} q_kernel_ctx;

typedef q_code q_kernel(q_kernel_ctx *k, const q_expr *e, q_column *const *args, q_column *out);

/* Row becomes NULL. Allocates the bitmap at first use. */
q_code q_kernel_null(q_kernel_ctx *k, q_column *out, uint32_t row);
/* fn(state) is called when the program goes. */
q_code q_kernel_on_destroy(q_kernel_ctx *k, void (*fn)(void *), void *state);
/* Scratch bytes with the out-of-memory error set when there are none. */
char *q_kernel_bytes(q_kernel_ctx *k, size_t n);

#define F(id, name, sig, kernel, ...) q_kernel q_k_##kernel;
#include "common/plan/functions.def"

#endif
