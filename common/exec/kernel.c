/* The kernel table, and what kernels may ask of their program. */
#include "common/exec/kernel.h"

#include "common/exec/program_internal.h"

#define STRICT 1
#define CUSTOM 0
const kernel_entry q_kernel_table[Q_N_FUNCTIONS] = {
#define F(id, name, sig, kernel, nulls, ...) [Q_FN_##id] = {q_k_##kernel, nulls},
#include "common/plan/functions.def"
};

q_code q_kernel_null(q_kernel_ctx *k, q_column *out, uint32_t row)
{
    if (!out->validity)
        Q_TRY(q_column_need_validity(out, k->scratch, k->err));
    q_bit_clear(out->validity, row);
    return Q_OK;
}

q_code q_kernel_on_destroy(q_kernel_ctx *k, void (*fn)(void *), void *state)
{
    clean_up *c = q_arena_new(k->lifetime, clean_up);
    if (!c)
        return q_budget_error(k->lifetime->budget, sizeof *c, k->err);
    *c = (clean_up){k->program->clean_ups, fn, state};
    k->program->clean_ups = c;
    return Q_OK;
}

char *q_kernel_bytes(q_kernel_ctx *k, size_t n)
{
    char *p = q_arena_bytes(k->scratch, n);
    if (!p)
        q_budget_error(k->scratch->budget, n, k->err);
    return p;
}
