/* Bound expressions: making, comparing, printing them. */
#include "common/plan/expr.h"

#include <stdio.h>

#include "common/base/index.h"
#include "common/column/datetime.h"
#include "common/column/number.h"

static const char *const function_names[Q_N_FUNCTIONS] = {
#define F(id, name, ...) [Q_FN_##id] = name,
#define A(id, name, ...) [Q_FN_##id] = name,
#define W(id, name, ...) [Q_FN_##id] = name,
#include "common/plan/functions.def"
};

/* ---- making ---- */

q_expr *q_expr_column(q_arena *a, uint32_t column, q_type type, bool nullable)
{
    q_expr *x = q_arena_new(a, q_expr);
    x->kind = Q_X_COLUMN;
    x->column = column;
    x->type = type;
    x->nullable = nullable;
    return x;
}

q_expr *q_expr_literal(q_arena *a, const q_column *one_row)
{
    q_expr *x = q_arena_new(a, q_expr);
    x->kind = Q_X_LITERAL;
    x->type = one_row->type;
    x->nullable = q_column_is_null(one_row, 0);
    x->value = one_row;
    return x;
}

/* One row of `type` whose value is zeros; stable. */
static q_column *one_row(q_arena *a, q_type type)
{
    q_column *c = q_arena_new(a, q_column);
    q_column_init(c, type, 1, a, NULL);
    c->bytes_stable = true;
    if (c->values)
        memset(c->values, 0, q_type_width(type));
    if (type.kind == Q_ARRAY) {
        c->child = q_arena_new(a, q_column);
        q_column_init(c->child, q_type_element(type), 0, a, NULL);
    }
    return c;
}

q_expr *q_expr_null(q_arena *a, q_type type)
{
    q_column *c = one_row(a, type);
    if (type.kind != Q_VOID)
        q_column_need_validity(c, a, NULL);
    if (c->validity)
        c->validity[0] = 0;
    return q_expr_literal(a, c);
}

q_expr *q_expr_int(q_arena *a, q_type type, int64_t v)
{
    q_column *c = one_row(a, type);
    switch (q_type_width(type)) {
    case 1:
        *Q_VALUES(c, int8_t) = (int8_t)v;
        break;
    case 2:
        *Q_VALUES(c, int16_t) = (int16_t)v;
        break;
    case 4:
        *Q_VALUES(c, int32_t) = (int32_t)v;
        break;
    default:
        *Q_VALUES(c, int64_t) = v;
        break;
    }
    return q_expr_literal(a, c);
}

q_expr *q_expr_double(q_arena *a, double v)
{
    q_column *c = one_row(a, Q_TYPE(Q_DOUBLE));
    *Q_VALUES(c, double) = v;
    return q_expr_literal(a, c);
}

q_expr *q_expr_string(q_arena *a, const char *s, size_t n)
{
    q_column *c = one_row(a, Q_TYPE(Q_STRING));
    *Q_VALUES(c, q_str) = (q_str){q_arena_strndup(a, s, n), (uint32_t)n, 0};
    return q_expr_literal(a, c);
}

q_expr *q_expr_call(q_arena *a, q_function_id f, q_type type, uint32_t n_args, q_expr *const *args)
{
    q_expr *x = q_arena_new(a, q_expr);
    x->kind = Q_X_CALL;
    x->function = (uint16_t)f;
    x->type = type;
    x->nullable = true;
    x->n_args = n_args;
    x->args = q_arena_array(a, q_expr *, n_args);
    for (uint32_t i = 0; i < n_args; i++)
        x->args[i] = args[i];
    return x;
}

/* ---- comparing ---- */

/* Same bits: -0.0 and 0.0 are two literals, a NaN is itself. */
static bool same_value(const q_column *x, uint32_t i, const q_column *y, uint32_t j)
{
    if (q_column_is_null(x, i) || q_column_is_null(y, j))
        return q_column_is_null(x, i) == q_column_is_null(y, j);
    if (q_type_is_stringlike(x->type))
        return q_str_eq(Q_VALUES(x, q_str)[i], Q_VALUES(y, q_str)[j]);
    if (x->type.kind == Q_ARRAY) {
        q_list a = Q_VALUES(x, q_list)[i], b = Q_VALUES(y, q_list)[j];
        bool same = a.len == b.len;
        for (uint32_t k = 0; same && k < a.len; k++)
            same = same_value(x->child, a.start + k, y->child, b.start + k);
        return same;
    }
    size_t width = q_type_width(x->type);
    return !memcmp((const char *)x->values + width * i, (const char *)y->values + width * j, width);
}

bool q_expr_equal(const q_expr *x, const q_expr *y)
{
    if (x == y)
        return true;
    if (!x || !y || x->kind != y->kind || !q_type_eq(x->type, y->type))
        return false;
    if (x->kind == Q_X_COLUMN)
        return x->column == y->column;
    if (x->kind == Q_X_LITERAL)
        return same_value(x->value, 0, y->value, 0);
    bool same = x->function == y->function && x->n_args == y->n_args &&
                x->distinct == y->distinct && x->ignore_nulls == y->ignore_nulls;
    for (uint32_t i = 0; same && i < x->n_args; i++)
        same = q_expr_equal(x->args[i], y->args[i]);
    return same;
}

/* Of what same_value compares. */
static uint64_t value_hash(uint64_t seed, const q_column *c, uint32_t i)
{
    if (q_column_is_null(c, i))
        return q_hash_number(seed, UINT64_MAX);
    if (q_type_is_stringlike(c->type))
        return q_hash_bytes(seed, Q_VALUES(c, q_str)[i].ptr, Q_VALUES(c, q_str)[i].len);
    if (c->type.kind == Q_ARRAY) {
        q_list l = Q_VALUES(c, q_list)[i];
        seed = q_hash_number(seed, l.len);
        for (uint32_t k = 0; k < l.len; k++)
            seed = value_hash(seed, c->child, l.start + k);
        return seed;
    }
    size_t width = q_type_width(c->type);
    return q_hash_bytes(seed, (const char *)c->values + width * i, width);
}

uint64_t q_expr_hash(const q_expr *x)
{
    uint64_t h = q_hash_number(x->kind, x->type.kind);
    if (x->kind == Q_X_COLUMN)
        return q_hash_number(h, x->column);
    if (x->kind == Q_X_LITERAL)
        return value_hash(h, x->value, 0);
    h = q_hash_number(h, x->function | (uint64_t)x->n_args << 32);
    for (uint32_t i = 0; i < x->n_args; i++)
        h = q_hash_number(h, q_expr_hash(x->args[i]));
    return h;
}

/* ---- printing ---- */

static void print_quoted(q_str s, q_buf *out)
{
    q_buf_putc(out, '\'');
    for (uint32_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\'' || s.ptr[i] == '\\')
            q_buf_putc(out, '\\');
        q_buf_putc(out, s.ptr[i]);
    }
    q_buf_putc(out, '\'');
}

static void print_hex(q_str s, q_buf *out)
{
    q_buf_puts(out, "X'");
    for (uint32_t i = 0; i < s.len; i++)
        q_buf_printf(out, "%02X", (unsigned char)s.ptr[i]);
    q_buf_putc(out, '\'');
}

static int64_t integer_value(const q_column *c, uint32_t i)
{
    switch (q_type_width(c->type)) {
    case 1:
        return Q_VALUES(c, int8_t)[i];
    case 2:
        return Q_VALUES(c, int16_t)[i];
    case 4:
        return Q_VALUES(c, int32_t)[i];
    default:
        return Q_VALUES(c, int64_t)[i];
    }
}

static void print_number(const q_column *c, uint32_t i, q_buf *out)
{
    char text[Q_DECIMAL_TEXT_ROOM];
    char *end = text;
    if (c->type.kind == Q_DOUBLE)
        end = q_text_from_double(text, Q_VALUES(c, double)[i]);
    else if (c->type.kind == Q_FLOAT)
        end = q_text_from_float(text, Q_VALUES(c, float)[i]);
    else if (c->type.kind == Q_DECIMAL)
        end = q_text_from_decimal_plain(text, Q_VALUES(c, q_int128)[i], c->type.scale);
    else
        end = q_text_from_int64(text, integer_value(c, i));
    q_buf_append(out, text, (size_t)(end - text));
}

static void print_time(const q_column *c, uint32_t i, q_buf *out)
{
    char text[Q_TIMESTAMP_TEXT_MAX];
    size_t n = c->type.kind == Q_DATE ? q_date_text(Q_VALUES(c, int32_t)[i], text)
                                      : q_timestamp_text(Q_VALUES(c, int64_t)[i], &q_tz_utc, text);
    q_buf_puts(out, c->type.kind == Q_DATE ? "DATE '" : "TIMESTAMP '");
    q_buf_append(out, text, n);
    q_buf_puts(out, c->type.kind == Q_TIMESTAMP ? " UTC'" : "'");
}

static void print_value(const q_column *c, uint32_t i, q_buf *out)
{
    static const char *const suffix[Q_N_KINDS] = {[Q_TINYINT] = "Y",
                                                  [Q_SMALLINT] = "S",
                                                  [Q_BIGINT] = "L",
                                                  [Q_FLOAT] = "F",
                                                  [Q_DOUBLE] = "D",
                                                  [Q_DECIMAL] = "BD",
                                                  [Q_INTERVAL_DT] = " microseconds",
                                                  [Q_INTERVAL_YM] = " months"};
    if (q_column_is_null(c, i)) {
        q_buf_puts(out, "NULL");
        return;
    }
    switch (c->type.kind) {
    case Q_BOOLEAN:
        q_buf_puts(out, Q_VALUES(c, uint8_t)[i] ? "true" : "false");
        return;
    case Q_STRING:
        print_quoted(Q_VALUES(c, q_str)[i], out);
        return;
    case Q_BINARY:
        print_hex(Q_VALUES(c, q_str)[i], out);
        return;
    case Q_DATE:
    case Q_TIMESTAMP:
    case Q_TIMESTAMP_NTZ:
        print_time(c, i, out);
        return;
    case Q_ARRAY: {
        q_list l = Q_VALUES(c, q_list)[i];
        q_buf_putc(out, '[');
        for (uint32_t k = 0; k < l.len; k++) {
            q_buf_puts(out, k ? ", " : "");
            print_value(c->child, l.start + k, out);
        }
        q_buf_putc(out, ']');
        return;
    }
    default:
        print_number(c, i, out);
        if (suffix[c->type.kind])
            q_buf_puts(out, suffix[c->type.kind]);
    }
}

static bool is_infix(const q_expr *x)
{
    const char *name = function_names[x->function];
    return x->n_args == 2 &&
           (!((name[0] | 32) >= 'a' && (name[0] | 32) <= 'z') || x->function == Q_FN_AND ||
            x->function == Q_FN_OR || x->function == Q_FN_INTDIV);
}

static void print_args(const q_expr *x, uint32_t from, const char *separator, const q_schema *names,
                       q_buf *out)
{
    for (uint32_t i = from; i < x->n_args; i++) {
        if (i > from)
            q_buf_puts(out, separator);
        q_expr_print(x->args[i], names, out);
    }
}

static void print_case(const q_expr *x, const q_schema *names, q_buf *out)
{
    q_buf_puts(out, "CASE");
    for (uint32_t i = 0; i < x->n_args; i++) {
        bool last = i + 1 == x->n_args;
        q_buf_puts(out, i % 2 ? " THEN " : last ? " ELSE " : " WHEN ");
        q_expr_print(x->args[i], names, out);
    }
    q_buf_puts(out, " END");
}

static void print_call(const q_expr *x, const q_schema *names, q_buf *out)
{
    char type[Q_TYPE_NAME_BYTES];
    const char *name = function_names[x->function];
    if (x->function == Q_FN_CASE) {
        print_case(x, names, out);
        return;
    }
    if (is_infix(x)) {
        char separator[32];
        snprintf(separator, sizeof separator, " %s ", name);
        q_buf_putc(out, '(');
        print_args(x, 0, separator, names, out);
        q_buf_putc(out, ')');
        return;
    }
    if (x->function == Q_FN_IN) {
        q_buf_putc(out, '(');
        q_expr_print(x->args[0], names, out);
        q_buf_puts(out, " in (");
        print_args(x, 1, ", ", names, out);
        q_buf_puts(out, "))");
        return;
    }
    q_buf_puts(out, name);
    q_buf_puts(out, x->distinct ? "(distinct " : "(");
    print_args(x, 0, ", ", names, out);
    if (x->function == Q_FN_CAST || x->function == Q_FN_TRY_CAST)
        q_buf_printf(out, " as %s", q_type_name(x->type, type));
    q_buf_putc(out, ')');
    if (x->ignore_nulls)
        q_buf_puts(out, " ignore nulls");
}

void q_expr_print(const q_expr *x, const q_schema *names, q_buf *out)
{
    if (x->kind == Q_X_LITERAL)
        print_value(x->value, 0, out);
    else if (x->kind == Q_X_CALL)
        print_call(x, names, out);
    else if (names && x->column < names->n_fields)
        q_buf_printf(out, "%s#%u", names->fields[x->column].name, x->column);
    else
        q_buf_printf(out, "#%u", x->column);
}
