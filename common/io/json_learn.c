/* Templates from records. */
#include "common/io/json_reader.h"
#include "common/io/json_template.h"

/* What a value that was of this kind is read by. A value that does not fit the op later on is a
 * miss, so only the usual case matters. */
static q_json_op op_of(const q_json_reader *j, const q_field *f, bool stored, const q_json_value *v)
{
    q_kind kind = (q_kind)f->type.kind;
    bool string = v->kind == Q_JSON_STRING, number = v->kind == Q_JSON_NUMBER;
    bool boolean = v->kind == Q_JSON_TRUE || v->kind == Q_JSON_FALSE;
    if (string && kind == Q_STRING && !(j->types && f->nullable == Q_ONLY_NULLS))
        return stored ? Q_OP_STRING : Q_OP_SKIP_STRING;
    if (number && kind == Q_BIGINT)
        return stored ? Q_OP_INT64 : Q_OP_SKIP_INT64;
    if (number && kind == Q_DOUBLE)
        return stored ? Q_OP_DOUBLE : Q_OP_SKIP_NUMBER;
    if (boolean && kind == Q_BOOLEAN)
        return stored ? Q_OP_BOOLEAN : Q_OP_SKIP_BOOLEAN;
    if (number && kind == Q_INT && stored)
        return Q_OP_INT32;
    return stored ? Q_OP_ANY : Q_OP_SKIP_ANY;
}

/* A value that nobody wants, in a schema that needs no check. */
static q_json_op skip_op_of(const q_json_value *v)
{
    switch ((q_json_kind)v->kind) {
    case Q_JSON_STRING:
        return Q_OP_SKIP_STRING;
    case Q_JSON_NUMBER:
        return Q_OP_SKIP_NUMBER;
    case Q_JSON_FALSE:
    case Q_JSON_TRUE:
        return Q_OP_SKIP_BOOLEAN;
    default:
        return Q_OP_SKIP_ANY;
    }
}

static void set_gap(q_json_template *t, q_json_slot *s, const char *from, const char *to)
{
    size_t n = (size_t)(to - from);
    s->gap_bytes = (uint32_t)n;
    s->need = n >= 32 ? UINT32_MAX : ((uint32_t)1 << n) - 1;
    memcpy(s->gap, from, n < 32 ? n : 32);
    if (n > 32)
        s->long_gap = q_arena_copy(&t->arena, from, n);
}

/* Of members: the values' places. A null has no value of its own: it is part of the gap. */
typedef struct learner {
    q_reader *r;
    q_json_template *t;
    const char *gap; /* begin of the next one */
} learner;

static void add_slot(learner *l, q_json_op op, const char *value, const char *value_end)
{
    q_json_slot *s = &l->t->slots[l->t->n_slots++];
    s->op = (uint8_t)op;
    set_gap(l->t, s, l->gap, value);
    l->gap = value_end;
}

/* Where a value's own bytes begin and end: strings without their quotes if the op reads them. */
static void value_range(q_json_op op, const q_json_value *v, const char **from, const char **to)
{
    bool quoted = v->kind == Q_JSON_STRING;
    bool bare = op == Q_OP_STRING || op == Q_OP_SKIP_STRING;
    *from = v->ptr - (quoted && !bare);
    *to = v->ptr + v->len + (quoted && !bare);
}

static bool learn_member(learner *l, int32_t field, const q_json_value *v)
{
    q_reader *r = l->r;
    const q_json_reader *j = r->format;
    int32_t cell = field < 0 ? -1 : j->cell_of[field];
    const char *from, *to;
    if (field < 0 && j->types)
        return false;
    if (cell >= 0) {
        if (j->seen[cell >> 6] >> (cell & 63) & 1)
            return false;
        j->seen[cell >> 6] |= (uint64_t)1 << (cell & 63);
    }
    if (v->kind == Q_JSON_NULL) {
        if (cell >= 0)
            l->t->missing[l->t->n_missing++] = &r->cells.columns[cell];
        return true;
    }
    q_json_op op = field < 0 || (cell < 0 && !j->types)
                       ? skip_op_of(v)
                       : op_of(j, &r->split.source->schema.fields[field], cell >= 0, v);
    bool bare = op == Q_OP_STRING || op == Q_OP_SKIP_STRING;
    if (v->kind == Q_JSON_STRING && bare && v->ptr[-1] != '"')
        return false; /* single quotes */
    value_range(op, v, &from, &to);
    add_slot(l, op, from, to);
    q_json_slot *s = &l->t->slots[l->t->n_slots - 1];
    s->field = field;
    s->column = cell >= 0 ? &r->cells.columns[cell] : NULL;
    s->values = cell >= 0 ? s->column->column.values : NULL;
    return true;
}

/* Columns that the record did not have. */
static void add_missing(q_reader *r, q_json_template *t)
{
    const q_json_reader *j = r->format;
    for (uint32_t i = 0; i < r->cells.n; i++)
        if (!(j->seen[i >> 6] >> (i & 63) & 1))
            t->missing[t->n_missing++] = &r->cells.columns[i];
}

bool q_json_learn(q_reader *r, q_json_template *t, const char *begin, const char *end,
                  const char *next)
{
    q_json_reader *j = r->format;
    const char *brace = memchr(begin, '{', (size_t)(end - begin));
    q_json_scan scan = {.at = brace, .end = end, .options = r->options};
    learner l = {r, t, begin};
    q_json_value key, value;
    bool first = true, ok = true;
    q_arena_reset(&t->arena);
    t->n_slots = t->n_missing = 0;
    t->slots = (q_json_slot *)(((uintptr_t)q_arena_zalloc(
                                    &t->arena, (Q_TEMPLATE_SLOTS + 1) * sizeof *t->slots + 32) +
                                31) &
                               ~(uintptr_t)31);
    t->missing = q_arena_array(&t->arena, q_cell_column *, r->cells.n + 1);
    memset(j->seen, 0, j->seen_words * sizeof *j->seen);
    for (uint32_t i = 0; ok && q_json_next_member(&scan, &first, 1, &key, &value); i++)
        ok = t->n_slots < Q_TEMPLATE_SLOTS && learn_member(&l, q_json_field_of(r, i, &key), &value);
    ok &= !scan.reason;
    add_missing(r, t);
    add_slot(&l, Q_OP_END, next, next);
    if (!ok)
        t->n_slots = 0;
    return ok;
}

void q_json_template_fini(q_json_template *t)
{
    q_arena_fini(&t->arena);
}
