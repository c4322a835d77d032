/* Shared by program.c and kernel.c only. */
#ifndef Q_EXEC_PROGRAM_INTERNAL_H
#define Q_EXEC_PROGRAM_INTERNAL_H

#include "common/base/index.h"
#include "common/exec/program.h"

/* Where a register's values come from. */
typedef enum reg_kind { REG_INPUT, REG_CONSTANT, REG_COMPUTED } reg_kind;

typedef struct reg {
    reg_kind kind;
    q_column column;    /* as kernels and callers see it during a run */
    const q_expr *expr; /* what it computes; constants: the literal */
    uint32_t *arg;      /* COMPUTED: registers of the arguments */
    bool expanded;      /* CONSTANT: has a row for each row of a batch, not only one */
    uint64_t *validity; /* COMPUTED, STRICT: room for a full batch */
} reg;

/* One kernel call of a run. */
typedef struct step {
    uint32_t out;       /* register */
    const q_expr *expr; /* with folded arguments as literals */
    q_column **args;
    q_kernel *kernel;
    bool strict;
    void *state;
} step;

/* Which register holds a node: shared sub-trees are compiled once. Open addressing. */
typedef struct node_map {
    const q_expr **node;
    uint32_t *reg;
    uint32_t n, room; /* room: 0 or a power of two */
} node_map;

typedef struct clean_up {
    struct clean_up *next;
    void (*fn)(void *);
    void *state;
} clean_up;

struct q_program {
    q_arena lifetime, scratch;
    const q_session *session;
    uint32_t capacity; /* most rows of a batch */
    uint32_t n_regs, n_steps, n_results, room;
    reg **regs; /* each allocated once: columns' addresses stay */
    step *steps;
    uint32_t *results; /* registers */
    node_map nodes;
    q_index values; /* registers by what they compute */
    clean_up *clean_ups;
};

typedef struct kernel_entry {
    q_kernel *fn; /* NULL: an aggregate or window function */
    bool strict;
} kernel_entry;

/* Rows of functions.def in order. */
extern const kernel_entry q_kernel_table[Q_N_FUNCTIONS];

#endif
