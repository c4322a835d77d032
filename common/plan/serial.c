/*
 * Stages to msgpack and back. Every record is an array with a fixed count; readers
 * check counts, kinds, indices and depth before they use them.
 */
#include "common/plan/serial.h"

#include <string.h>

#include "common/io/options.h"
#include "common/sql/ast.h"

/* As deep and as long as the binder makes them: each level of the text may bring casts with it. */
#define MAX_EXPR_DEPTH (4 * Q_SQL_MAX_HEIGHT)
#define MAX_LIST       (1u << 20)

static const char *const function_names[] = {
#define F(id, ...) #id,
#define A(id, ...) #id,
#define W(id, ...) #id,
#include "common/plan/functions.def"
};

typedef struct ctx {
    q_arena *a;
    q_unpack *in;
    q_err *err;
} ctx;

static q_code bad(ctx *c, const char *what)
{
    c->in->failed = true;
    return q_err_set(c->err, Q_E_PROTOCOL, "malformed stage plan: %s", what);
}

/* An array of exactly n. */
static q_code want_array(ctx *c, uint32_t n, const char *what)
{
    uint32_t got = q_unpack_array(c->in);
    return q_unpack_ok(c->in) && got == n ? Q_OK : bad(c, what);
}

/* An array of any length up to the limit. */
static q_code want_list(ctx *c, uint32_t *n, const char *what)
{
    *n = q_unpack_array(c->in);
    return q_unpack_ok(c->in) && *n <= MAX_LIST ? Q_OK : bad(c, what);
}

static const char *get_cstr(ctx *c)
{
    size_t n;
    const char *s = q_unpack_str(c->in, &n);
    return s ? q_arena_strndup(c->a, s, n) : NULL;
}

static q_code done(ctx *c, const char *what)
{
    return q_unpack_ok(c->in) ? Q_OK : bad(c, what);
}

/* ---- types, schemas, sessions ---- */

static void type_pack(q_buf *out, q_type t)
{
    q_pack_uint(out, (uint32_t)t.kind | (uint32_t)t.element << 8 | (uint32_t)t.precision << 16 |
                         (uint32_t)(uint8_t)t.scale << 24);
}

static q_code type_unpack(ctx *c, q_type *t)
{
    uint64_t v = q_unpack_uint(c->in);
    *t = (q_type){.kind = (uint8_t)v,
                  .element = (uint8_t)(v >> 8),
                  .precision = (uint8_t)(v >> 16),
                  .scale = (int8_t)(v >> 24)};
    if (!q_unpack_ok(c->in) || v > UINT32_MAX || t->kind >= Q_N_KINDS || t->element >= Q_ARRAY ||
        t->precision > 38 || t->scale < 0 || t->scale > 38)
        return bad(c, "type");
    return Q_OK;
}

void q_schema_pack(q_buf *out, const q_schema *s)
{
    q_pack_array(out, s->n_fields);
    for (uint32_t i = 0; i < s->n_fields; i++) {
        q_pack_array(out, 3);
        q_pack_cstr(out, s->fields[i].name);
        type_pack(out, s->fields[i].type);
        q_pack_uint(out, s->fields[i].nullable);
    }
}

static q_code schema_unpack(ctx *c, q_schema *s)
{
    Q_TRY(want_list(c, &s->n_fields, "schema"));
    s->fields = q_arena_array(c->a, q_field, s->n_fields);
    for (uint32_t i = 0; i < s->n_fields; i++) {
        Q_TRY(want_array(c, 3, "field"));
        s->fields[i].name = get_cstr(c);
        if (!s->fields[i].name)
            return bad(c, "field name");
        Q_TRY(type_unpack(c, &s->fields[i].type));
        s->fields[i].nullable = (uint8_t)q_unpack_uint(c->in);
    }
    return done(c, "schema");
}

q_code q_schema_unpack(q_arena *a, q_unpack *in, q_schema *out, q_err *err)
{
    return schema_unpack(&(ctx){a, in, err}, out);
}

void q_session_pack(q_buf *out, const q_session *s)
{
    q_pack_array(out, 4);
    q_pack_cstr(out, s->time_zone);
    q_pack_int(out, s->now_us);
    q_pack_bool(out, s->ansi);
    q_pack_bool(out, s->case_sensitive);
}

q_code q_session_unpack(q_arena *a, q_unpack *in, q_session *out, q_err *err)
{
    ctx c = {a, in, err};
    Q_TRY(want_array(&c, 4, "session"));
    out->time_zone = get_cstr(&c);
    out->now_us = q_unpack_int(in);
    out->ansi = q_unpack_bool(in);
    out->case_sensitive = q_unpack_bool(in);
    return out->time_zone ? done(&c, "session") : bad(&c, "time zone");
}

/* ---- sources and sinks ---- */

void q_source_pack(q_buf *out, const q_source *s)
{
    q_pack_array(out, 8);
    q_pack_uint(out, s->kind);
    q_pack_uint(out, s->format);
    q_pack_cstr(out, s->name);
    q_pack_bool(out, s->inferred);
    q_pack_uint(out, s->rows_id);
    q_pack_array(out, s->n_files);
    for (uint32_t i = 0; i < s->n_files; i++) {
        q_pack_array(out, 3);
        q_pack_cstr(out, s->files[i].path);
        q_pack_uint(out, s->files[i].bytes);
        q_pack_int(out, s->files[i].mtime_ns);
    }
    q_schema_pack(out, &s->schema);
    q_read_options_pack(out, &s->options);
}

static q_code files_unpack(ctx *c, q_source *s)
{
    Q_TRY(want_list(c, &s->n_files, "files"));
    q_file *files = q_arena_array(c->a, q_file, s->n_files);
    s->files = files;
    for (uint32_t i = 0; i < s->n_files; i++) {
        Q_TRY(want_array(c, 3, "file"));
        files[i].path = get_cstr(c);
        files[i].bytes = q_unpack_uint(c->in);
        files[i].mtime_ns = q_unpack_int(c->in);
        if (!files[i].path)
            return bad(c, "file path");
    }
    return Q_OK;
}

static q_code source_unpack(ctx *c, q_source *s)
{
    Q_TRY(want_array(c, 8, "source"));
    s->kind = (uint8_t)q_unpack_uint(c->in);
    s->format = (uint8_t)q_unpack_uint(c->in);
    s->name = get_cstr(c);
    s->inferred = q_unpack_bool(c->in);
    s->rows_id = (uint32_t)q_unpack_uint(c->in);
    Q_TRY(files_unpack(c, s));
    Q_TRY(schema_unpack(c, &s->schema));
    if (!q_read_options_unpack(c->in, c->a, &s->options))
        return bad(c, "reader options");
    if (!s->name || s->kind > Q_SOURCE_ROWS || s->format > Q_FORMAT_CSV)
        return bad(c, "source");
    return Q_OK;
}

q_code q_source_unpack(q_arena *a, q_unpack *in, q_source *out, q_err *err)
{
    return source_unpack(&(ctx){a, in, err}, out);
}

void q_sink_spec_pack(q_buf *out, const q_sink_spec *s)
{
    q_pack_array(out, 5);
    q_pack_uint(out, s->format);
    q_pack_uint(out, s->mode);
    q_pack_cstr(out, s->path);
    q_pack_cstr(out, s->job);
    q_write_options_pack(out, &s->options);
}

static q_code sink_spec_unpack(ctx *c, q_sink_spec *s)
{
    Q_TRY(want_array(c, 5, "files sink"));
    s->format = (uint8_t)q_unpack_uint(c->in);
    s->mode = (uint8_t)q_unpack_uint(c->in);
    s->path = get_cstr(c);
    s->job = get_cstr(c);
    if (!q_write_options_unpack(c->in, c->a, &s->options) || !s->path || !s->job ||
        s->format > Q_FORMAT_CSV || s->mode > Q_SAVE_APPEND)
        return bad(c, "files sink");
    return done(c, "files sink");
}

q_code q_sink_spec_unpack(q_arena *a, q_unpack *in, q_sink_spec *out, q_err *err)
{
    return sink_spec_unpack(&(ctx){a, in, err}, out);
}

static q_code files_sink_unpack(ctx *c, const q_sink_spec **out)
{
    if (q_unpack_nil(c->in))
        return Q_OK;
    q_sink_spec *s = q_arena_new(c->a, q_sink_spec);
    *out = s;
    return sink_spec_unpack(c, s);
}

/* ---- expressions ---- */

static void literal_pack(q_buf *out, const q_column *v)
{
    if (q_column_is_null(v, 0)) {
        q_pack_nil(out);
    } else if (q_type_is_stringlike(v->type)) {
        q_pack_bin(out, Q_VALUES(v, q_str)->ptr, Q_VALUES(v, q_str)->len);
    } else if (v->type.kind == Q_ARRAY) {
        q_list l = *Q_VALUES(v, q_list);
        q_pack_array(out, l.len);
        for (uint32_t i = 0; i < l.len; i++) {
            q_column one;
            q_err err;
            q_arena a;
            q_arena_init(&a, NULL);
            if (q_column_slice(&one, v->child, l.start + i, 1, &a, &err) == Q_OK)
                literal_pack(out, &one);
            q_arena_fini(&a);
        }
    } else {
        q_pack_bin(out, v->values, q_type_width(v->type));
    }
}

static q_code literal_unpack(ctx *c, q_type type, q_column *v);

static q_code array_literal_unpack(ctx *c, q_column *v)
{
    uint32_t n;
    Q_TRY(want_list(c, &n, "array literal"));
    q_column **pieces = q_arena_array(c->a, q_column *, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        pieces[i] = q_arena_new(c->a, q_column);
        Q_TRY(literal_unpack(c, q_type_element(v->type), pieces[i]));
    }
    v->child = q_arena_new(c->a, q_column);
    *Q_VALUES(v, q_list) = (q_list){0, n};
    if (!n)
        return q_column_init(v->child, q_type_element(v->type), 0, c->a, c->err);
    return q_column_concat(v->child, (const q_column *const *)pieces, n, c->a, c->err);
}

static q_code literal_unpack(ctx *c, q_type type, q_column *v)
{
    Q_TRY(q_column_init(v, type, 1, c->a, c->err));
    v->bytes_stable = true;
    if (v->values)
        memset(v->values, 0, q_type_width(type));
    if (q_unpack_nil(c->in)) {
        Q_TRY(q_column_need_validity(v, c->a, c->err));
        q_bit_clear(v->validity, 0);
        if (type.kind == Q_ARRAY) {
            v->child = q_arena_new(c->a, q_column);
            Q_TRY(q_column_init(v->child, q_type_element(type), 0, c->a, c->err));
        }
        if (q_type_is_stringlike(type))
            *Q_VALUES(v, q_str) = (q_str){"", 0, 0};
        return Q_OK;
    }
    if (type.kind == Q_ARRAY)
        return array_literal_unpack(c, v);
    size_t n;
    const void *bytes = q_unpack_bin(c->in, &n);
    if (!q_unpack_ok(c->in) || n > UINT32_MAX)
        return bad(c, "literal");
    if (q_type_is_stringlike(type)) {
        char *copy = q_arena_strndup(c->a, n ? bytes : "", n);
        *Q_VALUES(v, q_str) = (q_str){copy, (uint32_t)n, 0};
        return Q_OK;
    }
    if (n != q_type_width(type))
        return bad(c, "literal width");
    if (n)
        memcpy(v->values, bytes, n);
    return Q_OK;
}

static void expr_pack(q_buf *out, const q_expr *x)
{
    q_pack_array(out, 7);
    q_pack_uint(out, (uint64_t)x->kind | (uint64_t)x->nullable << 2 |
                         (uint64_t)x->ignore_nulls << 3 | (uint64_t)x->distinct << 4);
    type_pack(out, x->type);
    q_pack_uint(out, x->offset);
    q_pack_uint(out, x->len);
    if (x->kind == Q_X_COLUMN)
        q_pack_uint(out, x->column);
    else
        q_pack_cstr(out, x->kind == Q_X_CALL ? function_names[x->function] : NULL);
    if (x->kind == Q_X_LITERAL)
        literal_pack(out, x->value);
    else
        q_pack_nil(out);
    q_pack_array(out, x->n_args);
    for (uint32_t i = 0; i < x->n_args; i++)
        expr_pack(out, x->args[i]);
}

static q_code function_unpack(ctx *c, q_expr *x)
{
    size_t n;
    const char *name = q_unpack_str(c->in, &n);
    for (uint32_t i = 0; name && i < Q_N_FUNCTIONS; i++) {
        if (strlen(function_names[i]) == n && memcmp(function_names[i], name, n) == 0) {
            x->function = (uint16_t)i;
            return Q_OK;
        }
    }
    c->in->failed = true;
    return q_err_set(c->err, Q_E_PROTOCOL_VERSION,
                     "the stage plan uses function %.*s, unknown here", (int)n, name ? name : "");
}

static q_code expr_unpack(ctx *c, uint32_t n_columns, int depth, q_expr **out)
{
    if (depth > MAX_EXPR_DEPTH)
        return bad(c, "expression too deep");
    q_expr *x = q_arena_new(c->a, q_expr);
    Q_TRY(want_array(c, 7, "expression"));
    uint64_t bits = q_unpack_uint(c->in);
    x->kind = bits & 3;
    x->nullable = (bits >> 2) & 1;
    x->ignore_nulls = (bits >> 3) & 1;
    x->distinct = (bits >> 4) & 1;
    Q_TRY(type_unpack(c, &x->type));
    x->offset = (uint32_t)q_unpack_uint(c->in);
    x->len = (uint32_t)q_unpack_uint(c->in);
    if (x->kind == Q_X_COLUMN) {
        x->column = (uint32_t)q_unpack_uint(c->in);
        if (x->column >= n_columns)
            return bad(c, "column index");
    } else if (x->kind == Q_X_CALL) {
        Q_TRY(function_unpack(c, x));
    } else if (!q_unpack_nil(c->in)) {
        return bad(c, "expression kind");
    }
    if (x->kind == Q_X_LITERAL) {
        q_column *v = q_arena_new(c->a, q_column);
        Q_TRY(literal_unpack(c, x->type, v));
        x->value = v;
    } else if (!q_unpack_nil(c->in)) {
        return bad(c, "literal of a non-literal");
    }
    Q_TRY(want_list(c, &x->n_args, "arguments"));
    x->args = q_arena_array(c->a, q_expr *, x->n_args);
    for (uint32_t i = 0; i < x->n_args; i++)
        Q_TRY(expr_unpack(c, n_columns, depth + 1, &x->args[i]));
    *out = x;
    return done(c, "expression");
}

static void exprs_pack(q_buf *out, q_expr *const *exprs, uint32_t n)
{
    q_pack_array(out, n);
    for (uint32_t i = 0; i < n; i++)
        expr_pack(out, exprs[i]);
}

static q_code exprs_unpack(ctx *c, uint32_t n_columns, uint32_t *n, q_expr ***out)
{
    Q_TRY(want_list(c, n, "expressions"));
    *out = q_arena_array(c->a, q_expr *, *n);
    for (uint32_t i = 0; i < *n; i++)
        Q_TRY(expr_unpack(c, n_columns, 0, &(*out)[i]));
    return Q_OK;
}

static void maybe_expr_pack(q_buf *out, const q_expr *x)
{
    if (x)
        expr_pack(out, x);
    else
        q_pack_nil(out);
}

static q_code maybe_expr_unpack(ctx *c, uint32_t n_columns, q_expr **out)
{
    return q_unpack_nil(c->in) ? Q_OK : expr_unpack(c, n_columns, 0, out);
}

static void order_pack(q_buf *out, const q_order_key *keys, uint32_t n)
{
    q_pack_array(out, n);
    for (uint32_t i = 0; i < n; i++) {
        q_pack_array(out, 3);
        expr_pack(out, keys[i].expr);
        q_pack_bool(out, keys[i].descending);
        q_pack_bool(out, keys[i].nulls_first);
    }
}

static q_code order_unpack(ctx *c, uint32_t n_columns, uint32_t *n, q_order_key **out)
{
    Q_TRY(want_list(c, n, "order keys"));
    *out = q_arena_array(c->a, q_order_key, *n);
    for (uint32_t i = 0; i < *n; i++) {
        Q_TRY(want_array(c, 3, "order key"));
        Q_TRY(expr_unpack(c, n_columns, 0, &(*out)[i].expr));
        (*out)[i].descending = q_unpack_bool(c->in);
        (*out)[i].nulls_first = q_unpack_bool(c->in);
    }
    return Q_OK;
}

/* ---- segments, barriers, sinks ---- */

static void segment_pack(q_buf *out, const q_segment *s)
{
    q_pack_array(out, s->n_ops);
    for (uint32_t i = 0; i < s->n_ops; i++) {
        q_pack_array(out, 2);
        maybe_expr_pack(out, s->ops[i].predicate);
        exprs_pack(out, s->ops[i].exprs, s->ops[i].n_exprs);
    }
}

static q_code segment_unpack(ctx *c, uint32_t *width, q_segment *s)
{
    Q_TRY(want_list(c, &s->n_ops, "segment"));
    s->ops = q_arena_array(c->a, q_op, s->n_ops);
    for (uint32_t i = 0; i < s->n_ops; i++) {
        q_op *op = &s->ops[i];
        Q_TRY(want_array(c, 2, "operator"));
        Q_TRY(maybe_expr_unpack(c, *width, &op->predicate));
        Q_TRY(exprs_unpack(c, *width, &op->n_exprs, &op->exprs));
        op->kind = op->predicate ? Q_OP_FILTER : Q_OP_PROJECT;
        if (op->kind == Q_OP_PROJECT)
            *width = op->n_exprs;
    }
    return Q_OK;
}

static void frame_pack(q_buf *out, const q_window_frame *f)
{
    q_pack_array(out, 5);
    q_pack_uint(out, f->unit);
    q_pack_uint(out, f->start);
    q_pack_uint(out, f->end);
    maybe_expr_pack(out, f->start_offset);
    maybe_expr_pack(out, f->end_offset);
}

static q_code frame_unpack(ctx *c, q_window_frame *f)
{
    Q_TRY(want_array(c, 5, "frame"));
    f->unit = (uint8_t)q_unpack_uint(c->in);
    f->start = (uint8_t)q_unpack_uint(c->in);
    f->end = (uint8_t)q_unpack_uint(c->in);
    Q_TRY(maybe_expr_unpack(c, 0, &f->start_offset));
    Q_TRY(maybe_expr_unpack(c, 0, &f->end_offset));
    bool needs_start = f->start == Q_BOUND_PRECEDING || f->start == Q_BOUND_FOLLOWING;
    bool needs_end = f->end == Q_BOUND_PRECEDING || f->end == Q_BOUND_FOLLOWING;
    if (f->unit > Q_FRAME_RANGE || f->start > Q_BOUND_UNBOUNDED_FOLLOWING ||
        f->end > Q_BOUND_UNBOUNDED_FOLLOWING || (needs_start && !f->start_offset) ||
        (needs_end && !f->end_offset))
        return bad(c, "frame");
    return Q_OK;
}

static void group_pack(q_buf *out, const q_window_group *g)
{
    q_pack_array(out, 4);
    q_pack_uint(out, g->window_class);
    q_pack_uint(out, g->partition);
    order_pack(out, g->order, g->n_order);
    q_pack_array(out, g->n_calls);
    for (uint32_t i = 0; i < g->n_calls; i++) {
        q_pack_array(out, 4);
        q_pack_uint(out, g->columns[i]);
        expr_pack(out, g->calls[i].call);
        maybe_expr_pack(out, g->calls[i].filter);
        frame_pack(out, &g->calls[i].frame);
    }
}

static q_code group_unpack(ctx *c, uint32_t width, const q_barrier *b, q_window_group *g)
{
    Q_TRY(want_array(c, 4, "window group"));
    g->window_class = (uint8_t)q_unpack_uint(c->in);
    g->partition = (uint32_t)q_unpack_uint(c->in);
    if (g->window_class > Q_WINDOW_ROWS || g->partition >= b->n_partitions)
        return bad(c, "window group");
    Q_TRY(order_unpack(c, width, &g->n_order, &g->order));
    Q_TRY(want_list(c, &g->n_calls, "window calls"));
    g->calls = q_arena_array(c->a, q_window_call, g->n_calls);
    g->columns = q_arena_array(c->a, uint32_t, g->n_calls);
    for (uint32_t i = 0; i < g->n_calls; i++) {
        Q_TRY(want_array(c, 4, "window call"));
        g->columns[i] = (uint32_t)q_unpack_uint(c->in);
        Q_TRY(expr_unpack(c, width, 0, &g->calls[i].call));
        Q_TRY(maybe_expr_unpack(c, width, &g->calls[i].filter));
        Q_TRY(frame_unpack(c, &g->calls[i].frame));
        if (g->columns[i] >= b->n_columns || g->calls[i].call->kind != Q_X_CALL)
            return bad(c, "window call");
    }
    return Q_OK;
}

static void barrier_pack(q_buf *out, const q_barrier *b)
{
    q_pack_array(out, 4);
    q_pack_array(out, b->n_columns);
    for (uint32_t i = 0; i < b->n_columns; i++)
        type_pack(out, b->types[i]);
    q_pack_array(out, b->n_partitions);
    for (uint32_t i = 0; i < b->n_partitions; i++)
        exprs_pack(out, b->partitions[i].keys, b->partitions[i].n_keys);
    q_pack_array(out, b->n_groups);
    for (uint32_t i = 0; i < b->n_groups; i++)
        group_pack(out, &b->groups[i]);
    segment_pack(out, &b->after);
}

static q_code barrier_unpack(ctx *c, uint32_t *width, q_barrier *b)
{
    Q_TRY(want_array(c, 4, "barrier"));
    Q_TRY(want_list(c, &b->n_columns, "barrier columns"));
    b->types = q_arena_array(c->a, q_type, b->n_columns);
    for (uint32_t i = 0; i < b->n_columns; i++)
        Q_TRY(type_unpack(c, &b->types[i]));
    Q_TRY(want_list(c, &b->n_partitions, "partitions"));
    b->partitions = q_arena_array(c->a, q_partition, b->n_partitions);
    for (uint32_t i = 0; i < b->n_partitions; i++)
        Q_TRY(exprs_unpack(c, *width, &b->partitions[i].n_keys, &b->partitions[i].keys));
    Q_TRY(want_list(c, &b->n_groups, "window groups"));
    b->groups = q_arena_array(c->a, q_window_group, b->n_groups);
    for (uint32_t i = 0; i < b->n_groups; i++)
        Q_TRY(group_unpack(c, *width, b, &b->groups[i]));
    *width += b->n_columns;
    return segment_unpack(c, width, &b->after);
}

static void sink_pack(q_buf *out, const q_sink *s)
{
    q_pack_array(out, 7);
    q_pack_uint(out, s->kind);
    q_pack_int(out, s->limit);
    q_pack_int(out, s->offset);
    exprs_pack(out, s->keys, s->n_keys);
    q_pack_array(out, s->n_aggs);
    for (uint32_t i = 0; i < s->n_aggs; i++) {
        q_pack_array(out, 2);
        expr_pack(out, s->aggs[i].call);
        maybe_expr_pack(out, s->aggs[i].filter);
    }
    order_pack(out, s->order, s->n_order);
    if (s->files)
        q_sink_spec_pack(out, s->files);
    else
        q_pack_nil(out);
}

static q_code sink_unpack(ctx *c, uint32_t width, q_sink *s)
{
    Q_TRY(want_array(c, 7, "sink"));
    s->kind = (uint8_t)q_unpack_uint(c->in);
    s->limit = q_unpack_int(c->in);
    s->offset = q_unpack_int(c->in);
    Q_TRY(exprs_unpack(c, width, &s->n_keys, &s->keys));
    Q_TRY(want_list(c, &s->n_aggs, "aggregates"));
    s->aggs = q_arena_array(c->a, q_agg_call, s->n_aggs);
    for (uint32_t i = 0; i < s->n_aggs; i++) {
        Q_TRY(want_array(c, 2, "aggregate"));
        Q_TRY(expr_unpack(c, width, 0, &s->aggs[i].call));
        Q_TRY(maybe_expr_unpack(c, width, &s->aggs[i].filter));
        if (s->aggs[i].call->kind != Q_X_CALL)
            return bad(c, "aggregate");
    }
    Q_TRY(order_unpack(c, width, &s->n_order, &s->order));
    Q_TRY(files_sink_unpack(c, &s->files));
    if (s->kind > Q_SINK_FILES || (s->kind == Q_SINK_FILES) != (s->files != NULL))
        return bad(c, "sink");
    return done(c, "sink");
}

void q_stage_pack(q_buf *out, const q_stage *s)
{
    q_pack_array(out, 7);
    q_pack_uint(out, s->id);
    q_pack_array(out, s->n_branches);
    for (uint32_t i = 0; i < s->n_branches; i++) {
        const q_branch *b = &s->branches[i];
        q_pack_array(out, 3);
        q_source_pack(out, b->source);
        q_pack_array(out, b->n_columns);
        for (uint32_t k = 0; k < b->n_columns; k++)
            q_pack_uint(out, b->columns[k]);
        segment_pack(out, &b->segment);
    }
    q_pack_array(out, s->n_barriers);
    for (uint32_t i = 0; i < s->n_barriers; i++)
        barrier_pack(out, &s->barriers[i]);
    sink_pack(out, &s->sink);
    q_schema_pack(out, &s->input);
    q_schema_pack(out, &s->output);
    q_pack_uint(out, s->rows_id);
}

static q_code branch_unpack(ctx *c, q_branch *b, uint32_t *width)
{
    Q_TRY(want_array(c, 3, "branch"));
    q_source *source = q_arena_new(c->a, q_source);
    Q_TRY(source_unpack(c, source));
    b->source = source;
    Q_TRY(want_list(c, &b->n_columns, "branch columns"));
    b->columns = q_arena_array(c->a, uint32_t, b->n_columns);
    for (uint32_t i = 0; i < b->n_columns; i++) {
        b->columns[i] = (uint32_t)q_unpack_uint(c->in);
        if (b->columns[i] >= source->schema.n_fields)
            return bad(c, "branch column");
    }
    *width = b->n_columns;
    return segment_unpack(c, width, &b->segment);
}

q_code q_stage_unpack(q_arena *a, q_unpack *in, q_stage *s, q_err *err)
{
    ctx ctx_ = {a, in, err}, *c = &ctx_;
    memset(s, 0, sizeof *s);
    Q_TRY(want_array(c, 7, "stage"));
    s->id = (uint32_t)q_unpack_uint(in);
    Q_TRY(want_list(c, &s->n_branches, "branches"));
    s->branches = q_arena_array(a, q_branch, s->n_branches);
    uint32_t width = 0;
    for (uint32_t i = 0; i < s->n_branches; i++) {
        uint32_t w;
        Q_TRY(branch_unpack(c, &s->branches[i], &w));
        if (i && w != width)
            return bad(c, "branches of different widths");
        width = w;
    }
    Q_TRY(want_list(c, &s->n_barriers, "barriers"));
    s->barriers = q_arena_array(a, q_barrier, s->n_barriers);
    uint32_t input_width = width;
    for (uint32_t i = 0; i < s->n_barriers; i++)
        Q_TRY(barrier_unpack(c, &width, &s->barriers[i]));
    Q_TRY(sink_unpack(c, width, &s->sink));
    Q_TRY(schema_unpack(c, &s->input));
    Q_TRY(schema_unpack(c, &s->output));
    s->rows_id = (uint32_t)q_unpack_uint(in);
    if (s->input.n_fields != input_width)
        return bad(c, "input schema");
    return done(c, "stage");
}

/* ---- splits ---- */

void q_task_split_pack(q_buf *out, const q_task_split *s)
{
    q_pack_array(out, 7);
    q_pack_uint(out, s->branch);
    q_pack_uint(out, s->file);
    q_pack_uint(out, s->begin);
    q_pack_uint(out, s->end);
    q_pack_bool(out, s->exact);
    q_pack_bool(out, s->positioned);
    q_pack_bool(out, s->whole);
}

q_code q_task_split_unpack(const q_stage *stage, q_unpack *in, q_task_split *out, q_err *err)
{
    ctx c = {NULL, in, err};
    Q_TRY(want_array(&c, 7, "split"));
    out->branch = (uint32_t)q_unpack_uint(in);
    out->file = (uint32_t)q_unpack_uint(in);
    out->begin = q_unpack_uint(in);
    out->end = q_unpack_uint(in);
    out->exact = q_unpack_bool(in);
    out->positioned = q_unpack_bool(in);
    out->whole = q_unpack_bool(in);
    Q_TRY(done(&c, "split"));
    if (out->branch >= stage->n_branches || out->begin > out->end)
        return bad(&c, "split");
    const q_source *s = stage->branches[out->branch].source;
    return s->kind != Q_SOURCE_ROWS && out->file >= s->n_files ? bad(&c, "split's file") : Q_OK;
}
