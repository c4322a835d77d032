/* The structural comparison of expressions. */
#include "common/sql/ast.h"

#include <string.h>
#include <strings.h>

static bool equal_lists(const q_sql_expr *const *x, const q_sql_expr *const *y, uint32_t nx,
                        uint32_t ny)
{
    if (nx != ny)
        return false;
    for (uint32_t i = 0; i < nx; i++) {
        if (!q_sql_expr_equal(x[i], y[i]))
            return false;
    }
    return true;
}

static bool equal_text(const char *x, const char *y)
{
    return x == y || (x && y && strcasecmp(x, y) == 0);
}

static bool equal_names(const q_sql_names *x, const q_sql_names *y)
{
    if (x->n != y->n)
        return false;
    for (uint32_t i = 0; i < x->n; i++) {
        if (!equal_text(x->part[i].text, y->part[i].text))
            return false;
    }
    return true;
}

static bool equal_types(const q_sql_type *x, const q_sql_type *y)
{
    if (!x || !y)
        return x == y;
    return x->kind == y->kind && x->precision == y->precision && x->scale == y->scale &&
           x->length == y->length && equal_types(x->element, y->element);
}

/* What an interval means, however it was written. */
static bool equal_intervals(const q_sql_interval *x, const q_sql_interval *y)
{
    return x->year_month == y->year_month && x->from == y->from && x->to == y->to &&
           x->months == y->months && x->micros == y->micros;
}

static bool equal_literals(const q_sql_literal *x, const q_sql_literal *y)
{
    if (x->kind != y->kind)
        return false;
    switch (x->kind) {
    case Q_SQL_LIT_NULL:
        return true;
    case Q_SQL_LIT_BOOLEAN:
        return x->boolean == y->boolean;
    case Q_SQL_LIT_TINYINT:
    case Q_SQL_LIT_SMALLINT:
    case Q_SQL_LIT_INT:
    case Q_SQL_LIT_BIGINT:
        return x->integer == y->integer;
    case Q_SQL_LIT_DECIMAL:
        return x->decimal.precision == y->decimal.precision &&
               x->decimal.scale == y->decimal.scale &&
               strcmp(x->decimal.digits, y->decimal.digits) == 0;
    case Q_SQL_LIT_FLOAT:
    case Q_SQL_LIT_DOUBLE: /* by bits: -0.0 is not 0.0 here */
        return memcmp(&x->floating, &y->floating, sizeof x->floating) == 0;
    case Q_SQL_LIT_INTERVAL:
        return equal_intervals(x->interval, y->interval);
    default:
        return x->text.len == y->text.len && memcmp(x->text.bytes, y->text.bytes, x->text.len) == 0;
    }
}

static bool equal_orders(const q_sql_order *x, const q_sql_order *y, uint32_t nx, uint32_t ny)
{
    if (nx != ny)
        return false;
    for (uint32_t i = 0; i < nx; i++) {
        if (x[i].descending != y[i].descending || x[i].nulls_first != y[i].nulls_first ||
            !q_sql_expr_equal(x[i].expr, y[i].expr))
            return false;
    }
    return true;
}

static bool equal_bounds(const q_sql_bound *x, const q_sql_bound *y)
{
    return x->kind == y->kind && q_sql_expr_equal(x->expr, y->expr);
}

static bool equal_windows(const q_sql_window *x, const q_sql_window *y)
{
    if (!x || !y)
        return x == y;
    return equal_text(x->ref.text, y->ref.text) && x->frame == y->frame &&
           equal_lists(x->partition, y->partition, x->n_partition, y->n_partition) &&
           equal_orders(x->order, y->order, x->n_order, y->n_order) &&
           (!x->frame || (equal_bounds(&x->start, &y->start) && equal_bounds(&x->end, &y->end)));
}

static bool equal_calls(const q_sql_call *x, const q_sql_call *y)
{
    return equal_names(&x->name, &y->name) && x->form == y->form && x->unit == y->unit &&
           x->distinct == y->distinct && x->nulls == y->nulls &&
           equal_lists(x->arg, y->arg, x->n_args, y->n_args) &&
           equal_orders(x->within_group, y->within_group, x->within_group != NULL,
                        y->within_group != NULL) &&
           q_sql_expr_equal(x->filter, y->filter) && equal_windows(x->over, y->over);
}

static bool equal_cases(const q_sql_expr *x, const q_sql_expr *y)
{
    if (x->cases.n_whens != y->cases.n_whens ||
        !q_sql_expr_equal(x->cases.operand, y->cases.operand) ||
        !q_sql_expr_equal(x->cases.otherwise, y->cases.otherwise))
        return false;
    for (uint32_t i = 0; i < x->cases.n_whens; i++) {
        if (!q_sql_expr_equal(x->cases.when[i].when, y->cases.when[i].when) ||
            !q_sql_expr_equal(x->cases.when[i].then, y->cases.when[i].then))
            return false;
    }
    return true;
}

static bool equal_stars(const q_sql_expr *x, const q_sql_expr *y)
{
    if (!equal_names(&x->star.qualifier, &y->star.qualifier) ||
        x->star.n_except != y->star.n_except)
        return false;
    for (uint32_t i = 0; i < x->star.n_except; i++) {
        if (!equal_names(&x->star.except[i], &y->star.except[i]))
            return false;
    }
    return true;
}

bool q_sql_expr_equal(const q_sql_expr *x, const q_sql_expr *y)
{
    if (!x || !y || x == y)
        return x == y;
    if (x->kind != y->kind || x->height != y->height)
        return false;
    switch (x->kind) {
    case Q_SQL_LITERAL:
        return equal_literals(&x->literal, &y->literal);
    case Q_SQL_COLUMN:
        return equal_names(&x->column, &y->column);
    case Q_SQL_STAR:
        return equal_stars(x, y);
    case Q_SQL_UNARY:
        return x->unary.op == y->unary.op && q_sql_expr_equal(x->unary.operand, y->unary.operand);
    case Q_SQL_BINARY:
        return x->binary.op == y->binary.op && q_sql_expr_equal(x->binary.left, y->binary.left) &&
               q_sql_expr_equal(x->binary.right, y->binary.right);
    case Q_SQL_BETWEEN:
        return x->between.negated == y->between.negated &&
               q_sql_expr_equal(x->between.operand, y->between.operand) &&
               q_sql_expr_equal(x->between.low, y->between.low) &&
               q_sql_expr_equal(x->between.high, y->between.high);
    case Q_SQL_IN:
        return x->in.negated == y->in.negated && q_sql_expr_equal(x->in.operand, y->in.operand) &&
               equal_lists(x->in.item, y->in.item, x->in.n_items, y->in.n_items);
    case Q_SQL_LIKE:
        return x->like.op == y->like.op && x->like.negated == y->like.negated &&
               x->like.escape == y->like.escape &&
               q_sql_expr_equal(x->like.operand, y->like.operand) &&
               q_sql_expr_equal(x->like.pattern, y->like.pattern);
    case Q_SQL_CASE:
        return equal_cases(x, y);
    case Q_SQL_CAST:
        return x->cast.try == y->cast.try && equal_types(x->cast.type, y->cast.type) &&
               q_sql_expr_equal(x->cast.operand, y->cast.operand);
    case Q_SQL_CALL:
        return equal_calls(&x->call, &y->call);
    case Q_SQL_INDEX:
        return q_sql_expr_equal(x->index.operand, y->index.operand) &&
               q_sql_expr_equal(x->index.index, y->index.index);
    case Q_SQL_FIELD:
        return equal_text(x->field.name.text, y->field.name.text) &&
               q_sql_expr_equal(x->field.operand, y->field.operand);
    }
    return false;
}
