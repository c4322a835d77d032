/* lag, lead, nth_value: a value of another row of the partition. */
#include "common/exec/window.h"

/* Row `to` of the result = row `from` of a column of its type. */
static void copy_value(q_column *out, uint32_t to, const q_column *c, uint32_t from)
{
    size_t width = q_type_width(out->type);
    if (q_column_is_null(c, from))
        q_bit_clear(out->validity, to);
    else
        memcpy((char *)out->values + width * to, (const char *)c->values + width * from, width);
}

/* Indices of the rows whose value is not NULL. */
typedef struct not_nulls {
    uint32_t *index;  /* of the k-th of them */
    uint32_t *before; /* by index: how many stand before it; n + 1 */
    uint32_t n;
} not_nulls;

static q_code not_nulls_make(const q_window_part *p, not_nulls *s)
{
    size_t bytes = sizeof(uint32_t) * ((size_t)p->n + 1);
    s->index = q_arena_alloc(p->arena, bytes);
    s->before = q_arena_alloc(p->arena, bytes);
    s->n = 0;
    if (!s->index || !s->before)
        return q_budget_error(p->arena->budget, bytes, p->err);
    for (uint32_t i = 0; i < p->n; i++) {
        s->before[i] = s->n;
        if (!q_column_is_null(p->args[0], p->rows[i]))
            s->index[s->n++] = i;
    }
    s->before[p->n] = s->n;
    return Q_OK;
}

/* Index of the row `by` rows after i (before: negative), or -1. */
static int64_t target(const q_window_part *p, const not_nulls *s, uint32_t i, int64_t by)
{
    if (!s || by == 0) {
        int64_t at = (int64_t)i + by;
        return at >= 0 && at < p->n ? at : -1;
    }
    bool own = by > 0 && s->before[i + 1] > s->before[i];
    int64_t at = by > 0 ? (int64_t)s->before[i] + own + by - 1 : (int64_t)s->before[i] + by;
    return at >= 0 && at < s->n ? (int64_t)s->index[at] : -1;
}

static q_code shift(q_window_part *p, int64_t by)
{
    not_nulls s;
    bool ignore = p->call->ignore_nulls;
    if (ignore)
        Q_TRY(not_nulls_make(p, &s));
    for (uint32_t i = 0; i < p->n; i++) {
        int64_t from = target(p, ignore ? &s : NULL, i, by);
        if (from >= 0)
            copy_value(p->out, p->rows[i], p->args[0], p->rows[from]);
        else
            copy_value(p->out, p->rows[i], p->args[2], p->rows[i]);
    }
    return Q_OK;
}

static int64_t constant(const q_window_part *p, uint32_t arg)
{
    return Q_VALUES(p->call->args[arg]->value, int32_t)[0];
}

static q_code lag(q_window_part *p)
{
    return shift(p, -constant(p, 1));
}

static q_code lead(q_window_part *p)
{
    return shift(p, constant(p, 1));
}

static q_code nth_value(q_window_part *p)
{
    not_nulls s;
    bool ignore = p->call->ignore_nulls;
    int64_t nth = constant(p, 1) - 1;
    if (ignore)
        Q_TRY(not_nulls_make(p, &s));
    for (uint32_t i = 0; i < p->n; i++) {
        int64_t at = p->frame_start[i] + nth;
        if (ignore) {
            at = s.before[p->frame_start[i]] + nth;
            at = at < s.n ? (int64_t)s.index[at] : (int64_t)p->n;
        }
        if (at < p->frame_end[i])
            copy_value(p->out, p->rows[i], p->args[0], p->rows[at]);
        else
            q_bit_clear(p->out->validity, p->rows[i]);
    }
    return Q_OK;
}

const q_window_ops q_win_lag = {false, lag};
const q_window_ops q_win_lead = {false, lead};
const q_window_ops q_win_nth_value = {false, nth_value};
