/*
 * Programs: value numbering turns the expressions into registers, each distinct
 * sub-expression once (arguments first, so that two calls are the same if function,
 * type and argument registers are); constant calls are folded on the way; the rest
 * becomes steps in order of their making.
 */
#include "common/exec/program.h"

#include <stdlib.h>

#include "common/base/assert.h"
#include "common/column/utf8.h"
#include "common/exec/program_internal.h"

static q_code no_memory(const q_program *p, size_t bytes, q_err *err)
{
    return q_budget_error(p->lifetime.budget, bytes, err);
}

/* ---- registers ---- */

static q_code reg_add(q_program *p, reg_kind kind, const q_expr *x, uint32_t *out, q_err *err)
{
    if (p->n_regs == p->room) {
        uint32_t room = p->room ? 2 * p->room : 16;
        reg **regs = q_arena_array(&p->lifetime, reg *, room);
        step *steps = q_arena_array(&p->lifetime, step, room);
        if (!regs || !steps)
            return no_memory(p, sizeof(step) * room, err);
        for (uint32_t i = 0; i < p->n_regs; i++)
            regs[i] = p->regs[i];
        for (uint32_t i = 0; i < p->n_steps; i++)
            steps[i] = p->steps[i];
        p->regs = regs;
        p->steps = steps;
        p->room = room;
    }
    reg *r = q_arena_new(&p->lifetime, reg);
    if (!r)
        return no_memory(p, sizeof *r, err);
    r->kind = kind;
    r->expr = x;
    r->column.type = x->type;
    *out = p->n_regs;
    p->regs[p->n_regs++] = r;
    return Q_OK;
}

static bool same_call(const reg *r, const q_expr *x, const uint32_t *arg)
{
    const q_expr *y = r->expr;
    return y->function == x->function && q_type_eq(y->type, x->type) && y->n_args == x->n_args &&
           (!x->n_args || !memcmp(r->arg, arg, sizeof *arg * x->n_args));
}

static uint64_t value_hash(const q_expr *x, const uint32_t *arg)
{
    if (x->kind != Q_X_CALL)
        return q_expr_hash(x);
    return q_hash_bytes(q_hash_number(x->function, x->type.kind), arg, sizeof *arg * x->n_args);
}

/* A register that holds the same value already; a folded call still knows its arguments. */
static bool find_reg(const q_program *p, const q_expr *x, const uint32_t *arg, uint32_t *out)
{
    q_index_cursor c = q_index_at(value_hash(x, arg));
    while (q_index_next(&p->values, &c, out)) {
        const reg *r = p->regs[*out];
        bool same = false;
        if (x->kind == Q_X_COLUMN)
            same = r->kind == REG_INPUT && r->expr->column == x->column;
        else if (x->kind == Q_X_LITERAL)
            same = r->kind == REG_CONSTANT && q_expr_equal(r->expr, x);
        else
            same = r->arg && same_call(r, x, arg);
        if (same)
            return true;
    }
    return false;
}

/* From now on the register is found by what x computes. */
static q_code note_reg(q_program *p, const q_expr *x, const uint32_t *arg, uint32_t r, q_err *err)
{
    bool noted = q_index_add(&p->values, &p->lifetime, value_hash(x, arg), r);
    return noted ? Q_OK : no_memory(p, sizeof(q_index_entry) * p->values.room, err);
}

/* A constant gets as many rows as a batch may have. */
static q_code expand(q_program *p, reg *r, q_err *err)
{
    if (r->kind != REG_CONSTANT || r->expanded)
        return Q_OK;
    q_column one = r->column;
    r->expanded = true;
    return q_column_repeat(&r->column, &one, 0, p->capacity, &p->lifetime, err);
}

/* ---- constants ---- */

/* A text that needs no escapes is written as it is by all who write it (Q_STR_PLAIN). */
static q_code constant_string(q_program *p, q_column *out, q_err *err)
{
    q_str *s = q_arena_alloc_vec(&p->lifetime, sizeof *s);
    if (!s)
        return no_memory(p, sizeof *s, err);
    *s = *Q_VALUES(out, q_str);
    for (uint32_t i = 0; i < s->len; i++) {
        unsigned char c = (unsigned char)s->ptr[i];
        if (c < ' ' || c == '"' || c == '\\')
            return Q_OK;
    }
    if (q_utf8_valid(s->ptr, s->len)) {
        s->flags |= Q_STR_PLAIN;
        out->values = s;
    }
    return Q_OK;
}

/* Null literals may come without values; kernels read under cleared bits. */
static q_code constant_of_literal(q_program *p, const q_expr *x, q_column *out, q_err *err)
{
    *out = *x->value;
    out->length = 1;
    if (out->type.kind == Q_VOID)
        return Q_OK;
    if (!q_column_is_null(out, 0))
        return out->type.kind == Q_STRING ? constant_string(p, out, err) : Q_OK;
    Q_TRY(q_column_init(out, x->type, 1, &p->lifetime, err));
    memset(out->values, 0, q_type_width(x->type));
    Q_TRY(q_column_need_validity(out, &p->lifetime, err));
    out->validity[0] = 0;
    out->bytes_stable = true;
    if (x->type.kind == Q_ARRAY) {
        out->child = q_arena_new(&p->lifetime, q_column);
        return out->child ? q_column_init(out->child, q_type_element(x->type), 0, &p->lifetime, err)
                          : no_memory(p, sizeof *out->child, err);
    }
    return Q_OK;
}

static q_code reg_of_literal(q_program *p, const q_expr *x, uint32_t *out, q_err *err)
{
    if (find_reg(p, x, NULL, out))
        return Q_OK;
    Q_TRY(reg_add(p, REG_CONSTANT, x, out, err));
    Q_TRY(note_reg(p, x, NULL, *out, err));
    return constant_of_literal(p, x, &p->regs[*out]->column, err);
}

/* ---- steps ---- */

static q_code run_step(q_program *p, step *s, uint32_t n_rows, q_err *err);

/* The arguments of a step, and its expression with folded arguments as literals in their place. */
static q_code bind_args(q_program *p, const q_expr *x, const uint32_t *arg, step *s, q_err *err)
{
    q_expr *copy = q_arena_copy(&p->lifetime, x, sizeof *x);
    s->args = q_arena_array(&p->lifetime, q_column *, x->n_args);
    if (!copy || !s->args)
        return no_memory(p, sizeof *copy, err);
    copy->args = q_arena_array(&p->lifetime, q_expr *, x->n_args);
    if (!copy->args)
        return no_memory(p, sizeof *copy->args * x->n_args, err);
    for (uint32_t i = 0; i < x->n_args; i++) {
        reg *r = p->regs[arg[i]];
        s->args[i] = &r->column;
        copy->args[i] = r->kind == REG_CONSTANT ? (q_expr *)r->expr : x->args[i];
    }
    s->expr = copy;
    s->kernel = q_kernel_table[x->function].fn;
    s->strict = q_kernel_table[x->function].strict;
    return Q_OK;
}

static q_code alloc_values(q_program *p, reg *r, uint32_t rows, bool strict, q_err *err)
{
    Q_TRY(q_column_init(&r->column, r->expr->type, rows, &p->lifetime, err));
    if (!strict)
        return Q_OK;
    r->validity = q_arena_alloc_vec(&p->lifetime, 8 * q_bit_words(rows));
    return r->validity ? Q_OK : no_memory(p, 8 * q_bit_words(rows), err);
}

/* Run a call of constants once and make its result a literal. False when the kernel fails: then
 * it fails again for the first row that needs it, as an ordinary step. */
static q_code fold(q_program *p, reg *r, step *s, bool *done, q_err *err)
{
    q_code code = run_step(p, s, 1, NULL);
    *done = code == Q_OK;
    if (!*done)
        return code == Q_E_OUT_OF_MEMORY ? no_memory(p, 0, err) : Q_OK;
    q_column *value = q_arena_new(&p->lifetime, q_column);
    q_expr *literal = q_arena_copy(&p->lifetime, s->expr, sizeof *literal);
    if (!value || !literal)
        return no_memory(p, sizeof *literal, err);
    const q_column *piece = &r->column;
    Q_TRY(q_column_concat(value, &piece, 1, &p->lifetime, err));
    value->bytes_stable = false;
    Q_TRY(q_column_stabilise(value, &p->lifetime, err));
    literal->kind = Q_X_LITERAL;
    literal->value = value;
    r->kind = REG_CONSTANT;
    r->expr = literal;
    return constant_of_literal(p, literal, &r->column, err);
}

static bool all_constant(const q_program *p, const uint32_t *arg, uint32_t from, uint32_t n)
{
    for (uint32_t i = from; i < n; i++)
        if (p->regs[arg[i]]->kind != REG_CONSTANT)
            return false;
    return true;
}

static q_code reg_of_call(q_program *p, const q_expr *x, const uint32_t *arg, uint32_t *out,
                          q_err *err)
{
    step s = {0};
    bool folded = false;
    Q_TRY(reg_add(p, REG_COMPUTED, x, out, err));
    reg *r = p->regs[*out];
    Q_TRY(bind_args(p, x, arg, &s, err));
    Q_ASSERT(s.kernel);
    s.out = *out;
    r->expr = s.expr;
    r->arg = (uint32_t *)arg;
    Q_TRY(note_reg(p, x, arg, *out, err));
    if (all_constant(p, arg, 0, x->n_args)) {
        Q_TRY(alloc_values(p, r, 1, s.strict, err));
        Q_TRY(fold(p, r, &s, &folded, err));
    }
    if (folded)
        return note_reg(p, r->expr, NULL, *out, err);
    /* a list of constants is read as such: no need of a column for each */
    bool bare = x->function == Q_FN_IN && all_constant(p, arg, 1, x->n_args);
    for (uint32_t i = 0; i < (bare ? 1 : x->n_args); i++)
        Q_TRY(expand(p, p->regs[arg[i]], err));
    Q_TRY(alloc_values(p, r, p->capacity, s.strict, err));
    p->steps[p->n_steps++] = s;
    return Q_OK;
}

static size_t node_slot(const node_map *m, const q_expr *x)
{
    size_t i = ((uintptr_t)x >> 4) * 0x9E3779B97F4A7C15u >> 32 & (m->room - 1);
    while (m->node[i] && m->node[i] != x)
        i = (i + 1) & (m->room - 1);
    return i;
}

static q_code node_add(q_program *p, const q_expr *x, uint32_t r, q_err *err)
{
    node_map *m = &p->nodes;
    if (2 * m->n >= m->room) {
        node_map old = *m;
        m->room = old.room ? 2 * old.room : 32;
        m->node = q_arena_array(&p->lifetime, const q_expr *, m->room);
        m->reg = q_arena_array(&p->lifetime, uint32_t, m->room);
        if (!m->node || !m->reg)
            return no_memory(p, sizeof *m->node * m->room, err);
        for (uint32_t i = 0; i < old.room; i++)
            if (old.node[i]) {
                size_t slot = node_slot(m, old.node[i]);
                m->node[slot] = old.node[i];
                m->reg[slot] = old.reg[i];
            }
    }
    size_t slot = node_slot(m, x);
    m->node[slot] = x;
    m->reg[slot] = r;
    m->n++;
    return Q_OK;
}

static q_code reg_of_column(q_program *p, const q_expr *x, uint32_t *out, q_err *err)
{
    Q_TRY(reg_add(p, REG_INPUT, x, out, err));
    return note_reg(p, x, NULL, *out, err);
}

static q_code compile(q_program *p, const q_expr *x, uint32_t *out, q_err *err);

static q_code compile_call(q_program *p, const q_expr *x, uint32_t *out, q_err *err)
{
    uint32_t *arg = q_arena_array(&p->lifetime, uint32_t, x->n_args);
    if (!arg)
        return no_memory(p, sizeof *arg * x->n_args, err);
    for (uint32_t i = 0; i < x->n_args; i++)
        Q_TRY(compile(p, x->args[i], &arg[i], err));
    return find_reg(p, x, arg, out) ? Q_OK : reg_of_call(p, x, arg, out, err);
}

static q_code compile(q_program *p, const q_expr *x, uint32_t *out, q_err *err)
{
    if (p->nodes.room) {
        size_t slot = node_slot(&p->nodes, x);
        *out = p->nodes.reg[slot];
        if (p->nodes.node[slot])
            return Q_OK;
    }
    if (x->kind == Q_X_LITERAL)
        Q_TRY(reg_of_literal(p, x, out, err));
    else if (x->kind == Q_X_CALL)
        Q_TRY(compile_call(p, x, out, err));
    else if (!find_reg(p, x, NULL, out))
        Q_TRY(reg_of_column(p, x, out, err));
    return node_add(p, x, *out, err);
}

/* ---- life ---- */

static q_code program_new(const q_expr *const *exprs, uint32_t n_exprs, const q_session *session,
                          q_budget *budget, uint32_t capacity, q_program **out, q_err *err)
{
    q_program *p = calloc(1, sizeof *p);
    if (!p)
        return q_budget_error(budget, sizeof *p, err);
    *out = p;
    q_arena_init(&p->lifetime, budget);
    q_arena_init(&p->scratch, budget);
    p->session = session;
    p->capacity = capacity;
    p->n_results = n_exprs;
    p->results = q_arena_array(&p->lifetime, uint32_t, n_exprs);
    if (!p->results)
        return no_memory(p, sizeof *p->results * n_exprs, err);
    for (uint32_t i = 0; i < n_exprs; i++) {
        Q_TRY(compile(p, exprs[i], &p->results[i], err));
        Q_TRY(expand(p, p->regs[p->results[i]], err));
    }
    return Q_OK;
}

q_code q_program_new(const q_expr *const *exprs, uint32_t n_exprs, const q_session *session,
                     q_budget *budget, q_program **out, q_err *err)
{
    *out = NULL;
    q_code code = program_new(exprs, n_exprs, session, budget, Q_BATCH_ROWS, out, err);
    if (code != Q_OK)
        q_program_destroy(out);
    return code;
}

void q_program_destroy(q_program **p)
{
    if (!*p)
        return;
    for (clean_up *c = (*p)->clean_ups; c; c = c->next)
        c->fn(c->state);
    q_arena_fini(&(*p)->lifetime);
    q_arena_fini(&(*p)->scratch);
    free(*p);
    *p = NULL;
}

/* ---- running ---- */

/* Validity of a STRICT call: valid where all arguments are. */
static void join_validity(reg *r, const step *s, uint32_t n_rows)
{
    size_t words = q_bit_words(n_rows);
    uint64_t *v = r->validity;
    bool any = false;
    for (uint32_t i = 0; i < s->expr->n_args; i++) {
        const q_column *a = s->args[i];
        if (a->type.kind == Q_VOID)
            memset(v, 0, 8 * words);
        else if (!a->validity)
            continue;
        else if (!any)
            memcpy(v, a->validity, 8 * words);
        else
            for (size_t w = 0; w < words; w++)
                v[w] &= a->validity[w];
        any = true;
    }
    r->column.validity = any ? v : NULL;
}

static bool takes_void(const step *s)
{
    for (uint32_t i = 0; i < s->expr->n_args; i++)
        if (s->args[i]->type.kind == Q_VOID)
            return true;
    return false;
}

/* A STRICT call of an untyped NULL: there are no values to show to the kernel. */
static q_code all_null(q_program *p, reg *r, uint32_t n_rows, q_err *err)
{
    q_column *c = &r->column;
    if (c->type.kind == Q_VOID)
        return Q_OK;
    memset(c->values, 0, q_type_width(c->type) * n_rows);
    c->bytes_stable = true;
    if (c->type.kind != Q_ARRAY)
        return Q_OK;
    c->child = q_arena_new(&p->scratch, q_column);
    return c->child ? q_column_init(c->child, q_type_element(c->type), 0, &p->scratch, err)
                    : no_memory(p, sizeof *c->child, err);
}

static q_code run_step(q_program *p, step *s, uint32_t n_rows, q_err *err)
{
    reg *r = p->regs[s->out];
    q_kernel_ctx k = {.n_rows = n_rows,
                      .scratch = &p->scratch,
                      .lifetime = &p->lifetime,
                      .session = p->session,
                      .state = &s->state,
                      .err = err,
                      .program = p};
    r->column.length = n_rows;
    r->column.validity = NULL;
    r->column.bytes_stable = false;
    r->column.child = NULL;
    if (q_type_is_stringlike(r->column.type)) /* no view of an earlier batch's bytes survives */
        memset(r->column.values, 0, sizeof(q_str) * n_rows);
    if (s->strict)
        join_validity(r, s, n_rows);
    if (s->strict && takes_void(s))
        return all_null(p, r, n_rows, err);
    q_code code = s->kernel(&k, s->expr, s->args, &r->column);
    if (code != Q_OK && err && s->expr->len && err->byte == UINT64_MAX)
        err->byte = s->expr->offset;
    return code;
}

static void bind_inputs(q_program *p, const q_batch *input)
{
    for (uint32_t i = 0; i < p->n_regs; i++) {
        reg *r = p->regs[i];
        if (r->kind == REG_INPUT) {
            Q_ASSERT(r->expr->column < input->n_columns);
            r->column = input->columns[r->expr->column];
            Q_DCHECK(q_type_eq(r->column.type, r->expr->type));
        } else if (r->expanded) {
            r->column.length = input->n_rows;
        }
    }
}

q_code q_program_run(q_program *p, const q_batch *input, q_err *err)
{
    Q_ASSERT(input->n_rows <= p->capacity);
    q_arena_reset(&p->scratch);
    bind_inputs(p, input);
    for (uint32_t i = 0; i < p->n_steps; i++)
        Q_TRY(run_step(p, &p->steps[i], input->n_rows, err));
    return Q_OK;
}

q_column *q_program_result(q_program *p, uint32_t i)
{
    return &p->regs[p->results[i]]->column;
}

q_arena *q_program_scratch(q_program *p)
{
    return &p->scratch;
}

uint32_t q_select_true(const q_column *c, uint32_t *rows)
{
    const uint8_t *v = c->values;
    uint32_t n = 0;
    if (c->type.kind == Q_VOID)
        return 0;
    if (!c->validity) {
        for (uint32_t i = 0; i < c->length; i++) {
            rows[n] = i;
            n += v[i] != 0;
        }
        return n;
    }
    for (uint32_t i = 0; i < c->length; i++) {
        rows[n] = i;
        n += (v[i] != 0) & q_bit_get(c->validity, i);
    }
    return n;
}

/* Plans have no budget: `repeat('x', 2000000000)` must not take the master's memory. */
#define FOLD_BYTES ((size_t)16 << 20)  /* for computing one constant */
#define PLAN_BYTES ((size_t)256 << 20) /* constants make no plan larger */

static q_code too_large(q_err *err)
{
    q_err_set(err, Q_E_OUT_OF_MEMORY,
              "a constant takes more than %zu bytes, or those of a "
              "statement more than %zu",
              FOLD_BYTES, PLAN_BYTES);
    q_err_hint(err, "compute it from a column");
    return Q_E_OUT_OF_MEMORY;
}

q_code q_expr_fold(const q_expr *x, const q_session *session, q_arena *a, q_column *out, q_err *err)
{
    q_program *p = NULL;
    q_batch one_row = {.n_rows = 1};
    q_budget limit;
    if (a->used_bytes > PLAN_BYTES)
        return too_large(err);
    q_budget_init(&limit, "a constant", FOLD_BYTES);
    q_code code = program_new(&x, 1, session, &limit, 1, &p, err);
    if (code == Q_OK)
        code = q_program_run(p, &one_row, err);
    if (code == Q_OK) {
        const q_column *piece = q_program_result(p, 0);
        code = q_column_concat(out, &piece, 1, a, err);
    }
    if (code == Q_OK) {
        out->bytes_stable = false;
        code = q_column_stabilise(out, a, err);
    }
    q_program_destroy(&p);
    return code == Q_E_OUT_OF_MEMORY ? too_large(err) : code;
}
