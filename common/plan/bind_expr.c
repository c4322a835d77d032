/* Expressions: operators, predicates, CASE, CAST. Calls are in bind_call.c. */
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "common/plan/bind_internal.h"

/* ---- errors ---------------------------------------------------------------- */

q_code bind_at(bind *b, q_code code, q_sql_span at)
{
    if (code)
        q_sql_err_at(b->err, b->binder->script, at);
    return code;
}

q_code bind_error(bind *b, q_sql_span at, q_code code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    q_err_vset(b->err, code, fmt, ap);
    va_end(ap);
    return bind_at(b, code, at);
}

q_code bind_unsupported(bind *b, q_sql_span at, const char *what)
{
    return bind_error(b, at, Q_E_UNSUPPORTED_FEATURE, "%s is not supported", what);
}

q_typing bind_typing(bind *b)
{
    return (q_typing){.arena = b->a,
                      .session = &b->catalog->session,
                      .fold = b->catalog->hooks.fold,
                      .err = b->err};
}

q_code bind_fold(bind *b, q_expr **x)
{
    return q_fold(b->catalog->hooks.fold, &b->catalog->session, b->a, x, b->err);
}

/* ---- finding what is there already ----------------------------------------- */

uint32_t bind_exprs_find(const bind_exprs *list, const q_expr *x)
{
    q_index_cursor c = q_index_at(q_expr_hash(x));
    for (uint32_t i; q_index_next(&list->index, &c, &i);) {
        if (q_expr_equal(list->exprs.items[i], x))
            return i;
    }
    return UINT32_MAX;
}

void bind_exprs_add(bind *b, bind_exprs *list, const q_expr *x)
{
    q_index_add(&list->index, b->a, q_expr_hash(x), list->exprs.n);
    q_vec_add(&list->exprs, b->a, x);
}

uint64_t bind_filtered_hash(const q_expr *call, const q_expr *filter)
{
    return q_hash_number(q_expr_hash(call), filter ? q_expr_hash(filter) : 0);
}

/* ---- calls ----------------------------------------------------------------- */

/* nullif(x, y) and x <=> true become expressions that have x twice. */
static q_code count_nodes(bind *b, const char *name, uint32_t n, const bind_value *args,
                          uint32_t *out)
{
    uint64_t sum = 1, times = strcasecmp(name, "nullif") == 0 || strcmp(name, "<=>") == 0 ? 2 : 1;
    for (uint32_t i = 0; i < n; i++)
        sum += times * args[i].n_nodes;
    *out = (uint32_t)sum;
    if (sum > BIND_MAX_NODES)
        return q_err_set(b->err, Q_E_RECURSION_LIMIT, "the expression is too large");
    return Q_OK;
}

static uint8_t day_intervals(uint32_t n, const bind_value *args)
{
    return n == 2 ? (uint8_t)(args[0].days | args[1].days << 1) : 0;
}

q_code bind_call_of(bind *b, const char *name, uint32_t n, bind_value *args, const q_label *label,
                    bind_value *out)
{
    q_typing t = bind_typing(b);
    const q_label **labels = q_arena_array(b->a, const q_label *, n);
    q_expr **exprs = q_arena_array(b->a, q_expr *, n);
    for (uint32_t i = 0; i < n; i++) {
        labels[i] = args[i].label;
        exprs[i] = args[i].x;
    }
    if (!label)
        label = q_label_call(b->a, name, false, n, labels);
    q_call call = {.name = name,
                   .n_args = n,
                   .args = exprs,
                   .label = label,
                   .labels = labels,
                   .day_intervals = day_intervals(n, args)};
    Q_TRY(count_nodes(b, name, n, args, &out->n_nodes));
    q_code code = q_call_bind(&t, &call, &out->x);

    out->days = false;
    out->label = call.new_label ? q_label_make(b->a, call.new_label, n, labels) : label;
    return code;
}

static q_code call1(bind *b, const char *name, bind_value *x, const char *format, bind_value *out)
{
    return bind_call_of(b, name, 1, x, q_label_make(b->a, format, 1, &x->label), out);
}

static q_code call2(bind *b, const char *name, const bind_value *x, const bind_value *y,
                    const char *format, bind_value *out)
{
    bind_value args[2] = {*x, *y};
    const q_label *labels[2] = {x->label, y->label};
    return bind_call_of(b, name, 2, args, q_label_make(b->a, format, 2, labels), out);
}

/* ---- operators ------------------------------------------------------------- */

typedef struct operator_row {
    const char *name, *format;
} operator_row;

static const operator_row operators[] = {
    [Q_SQL_OP_NOT] = {"not", "(NOT $1)"},
    [Q_SQL_OP_NEG] = {"negative", "(- $1)"},
    [Q_SQL_OP_POS] = {"positive", "(+ $1)"},
    [Q_SQL_OP_BITNOT] = {"~", "~$1"},
    [Q_SQL_OP_IS_NULL] = {"isnull", "($1 IS NULL)"},
    [Q_SQL_OP_IS_NOT_NULL] = {"isnotnull", "($1 IS NOT NULL)"},
    [Q_SQL_OP_IS_UNKNOWN] = {"isnull", "($1 IS NULL)"},
    [Q_SQL_OP_IS_NOT_UNKNOWN] = {"isnotnull", "($1 IS NOT NULL)"},
    [Q_SQL_OP_OR] = {"or", "($1 OR $2)"},
    [Q_SQL_OP_AND] = {"and", "($1 AND $2)"},
    [Q_SQL_OP_EQ] = {"=", "($1 = $2)"},
    [Q_SQL_OP_NSEQ] = {"<=>", "($1 <=> $2)"},
    [Q_SQL_OP_NEQ] = {"=", "($1 = $2)"},
    [Q_SQL_OP_LT] = {"<", "($1 < $2)"},
    [Q_SQL_OP_LE] = {"<=", "($1 <= $2)"},
    [Q_SQL_OP_GT] = {">", "($1 > $2)"},
    [Q_SQL_OP_GE] = {">=", "($1 >= $2)"},
    [Q_SQL_OP_BITOR] = {"|", "($1 | $2)"},
    [Q_SQL_OP_BITXOR] = {"^", "($1 ^ $2)"},
    [Q_SQL_OP_BITAND] = {"&", "($1 & $2)"},
    [Q_SQL_OP_ADD] = {"+", "($1 + $2)"},
    [Q_SQL_OP_SUB] = {"-", "($1 - $2)"},
    [Q_SQL_OP_CONCAT] = {"concat", "concat($1, $2)"},
    [Q_SQL_OP_MUL] = {"*", "($1 * $2)"},
    [Q_SQL_OP_DIV] = {"/", "($1 / $2)"},
    [Q_SQL_OP_MOD] = {"%", "($1 % $2)"},
    [Q_SQL_OP_INTDIV] = {"div", "($1 div $2)"},
};

static q_code negate(bind *b, bind_value *x, bind_value *out)
{
    return call1(b, "not", x, "(NOT $1)", out);
}

/* IS [NOT] TRUE | FALSE is <=> with the constant. */
static q_code bind_is_truth(bind *b, q_sql_op op, const bind_value *x, bind_value *out)
{
    bool truth = op == Q_SQL_OP_IS_TRUE || op == Q_SQL_OP_IS_NOT_TRUE;
    bind_value constant = {.x = q_expr_int(b->a, Q_TYPE(Q_BOOLEAN), truth),
                           .label = q_label_text(b->a, truth ? "true" : "false"),
                           .n_nodes = 1};
    bind_value is;
    Q_TRY(call2(b, "<=>", x, &constant, "($1 <=> $2)", &is));
    if (op == Q_SQL_OP_IS_NOT_TRUE || op == Q_SQL_OP_IS_NOT_FALSE)
        return negate(b, &is, out);
    *out = is;
    return Q_OK;
}

static q_code bind_unary(bind_ctx *c, const q_sql_expr *e, bind_value *out)
{
    bind_value x;
    Q_TRY(bind_expr(c, e->unary.operand, &x));
    q_sql_op op = e->unary.op;
    if (op >= Q_SQL_OP_IS_TRUE && op <= Q_SQL_OP_IS_NOT_FALSE)
        return bind_is_truth(c->b, op, &x, out);
    return call1(c->b, operators[op].name, &x, operators[op].format, out);
}

static q_code bind_binary(bind_ctx *c, const q_sql_expr *e, bind_value *out)
{
    bind_value x, y, equal;
    Q_TRY(bind_expr(c, e->binary.left, &x));
    Q_TRY(bind_expr(c, e->binary.right, &y));
    const operator_row *op = &operators[e->binary.op];
    if (e->binary.op != Q_SQL_OP_NEQ)
        return call2(c->b, op->name, &x, &y, op->format, out);
    Q_TRY(call2(c->b, op->name, &x, &y, op->format, &equal));
    return negate(c->b, &equal, out);
}

/* ---- predicates ------------------------------------------------------------ */

/* x >= low AND x <= high; x is shared. */
static q_code bind_between(bind_ctx *c, const q_sql_expr *e, bind_value *out)
{
    bind_value x, low, high, ge, le, both;
    Q_TRY(bind_expr(c, e->between.operand, &x));
    Q_TRY(bind_expr(c, e->between.low, &low));
    Q_TRY(bind_expr(c, e->between.high, &high));
    Q_TRY(call2(c->b, ">=", &x, &low, "($1 >= $2)", &ge));
    Q_TRY(call2(c->b, "<=", &x, &high, "($1 <= $2)", &le));
    Q_TRY(call2(c->b, "and", &ge, &le, "($1 AND $2)", &both));
    if (e->between.negated)
        return negate(c->b, &both, out);
    *out = both;
    return Q_OK;
}

static q_code bind_in(bind_ctx *c, const q_sql_expr *e, bind_value *out)
{
    bind *b = c->b;
    uint32_t n = e->in.n_items + 1;
    bind_value *args = q_arena_array(b->a, bind_value, n), in;
    const q_label **labels = q_arena_array(b->a, const q_label *, n);
    Q_TRY(bind_expr(c, e->in.operand, &args[0]));
    for (uint32_t i = 1; i < n; i++)
        Q_TRY(bind_expr(c, e->in.item[i - 1], &args[i]));
    for (uint32_t i = 0; i < n; i++)
        labels[i] = args[i].label;
    Q_TRY(bind_call_of(b, "in", n, args, q_label_make(b->a, "($1 IN ($+))", n, labels), &in));
    if (e->in.negated)
        return negate(b, &in, out);
    *out = in;
    return Q_OK;
}

static size_t utf8_put(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    out[0] = (char)((0xF00 >> n) | c);
    return n;
}

static q_code bind_like(bind_ctx *c, const q_sql_expr *e, bind_value *out)
{
    static const char *const names[] = {"like", "ilike", "rlike"};
    static const char *const formats[] = {"$1 LIKE $2", "ilike($1, $2)", "RLIKE($1, $2)"};
    bind *b = c->b;
    bind_value args[3], like;
    Q_TRY(bind_expr(c, e->like.operand, &args[0]));
    Q_TRY(bind_expr(c, e->like.pattern, &args[1]));
    const q_label *labels[2] = {args[0].label, args[1].label};
    uint32_t n = 2;
    if (e->like.op != Q_SQL_LIKE_RLIKE) {
        char escape[4];
        size_t len = utf8_put(e->like.escape, escape);
        args[2] = (bind_value){.x = q_expr_string(b->a, escape, len),
                               .label = q_label_copy(b->a, escape, len),
                               .n_nodes = 1};
        n = 3;
    }
    Q_TRY(bind_call_of(b, names[e->like.op], n, args,
                       q_label_make(b->a, formats[e->like.op], 2, labels), &like));
    if (e->like.negated)
        return negate(b, &like, out);
    *out = like;
    return Q_OK;
}

/* ---- CASE ------------------------------------------------------------------ */

/* CASE x WHEN y is CASE WHEN x = y. */
static q_code bind_when(bind_ctx *c, const q_sql_expr *e, const bind_value *operand, uint32_t i,
                        bind_value *out)
{
    const q_sql_expr *when = e->cases.when[i].when;
    bind_value y;
    if (!operand)
        return bind_expr(c, when, out);
    Q_TRY(bind_expr(c, when, &y));
    q_code code = call2(c->b, "=", operand, &y, "($1 = $2)", out);
    if (!code)
        out->x->offset = when->at.offset, out->x->len = when->at.len;
    return bind_at(c->b, code, when->at);
}

static const q_label *case_label(bind *b, uint32_t n, const bind_value *args)
{
    q_vec pieces = {0};
    q_vec_add(&pieces, b->a, q_label_text(b->a, "CASE"));
    for (uint32_t i = 0; i < n; i++) {
        bool is_when = i % 2 == 0 && i + 1 < n;
        const char *word = is_when ? " WHEN " : i % 2 ? " THEN " : " ELSE ";
        q_vec_add(&pieces, b->a, q_label_text(b->a, word));
        q_vec_add(&pieces, b->a, args[i].label);
    }
    q_vec_add(&pieces, b->a, q_label_text(b->a, " END"));
    return q_label_make(b->a, NULL, pieces.n, (const q_label *const *)pieces.items);
}

static q_code bind_case(bind_ctx *c, const q_sql_expr *e, bind_value *out)
{
    uint32_t n = 2 * e->cases.n_whens + (e->cases.otherwise != NULL);
    bind_value *args = q_arena_array(c->b->a, bind_value, n), operand;
    if (e->cases.operand)
        Q_TRY(bind_expr(c, e->cases.operand, &operand));
    for (uint32_t i = 0; i < e->cases.n_whens; i++) {
        Q_TRY(bind_when(c, e, e->cases.operand ? &operand : NULL, i, &args[2 * i]));
        Q_TRY(bind_expr(c, e->cases.when[i].then, &args[2 * i + 1]));
    }
    if (e->cases.otherwise)
        Q_TRY(bind_expr(c, e->cases.otherwise, &args[n - 1]));
    return bind_call_of(c->b, "case", n, args, case_label(c->b, n, args), out);
}

/* ---- CAST ------------------------------------------------------------------ */

static q_type type_of_kind(const q_sql_type *type)
{
    static const uint8_t kinds[] = {
        [Q_SQL_TYPE_VOID] = Q_VOID,
        [Q_SQL_TYPE_BOOLEAN] = Q_BOOLEAN,
        [Q_SQL_TYPE_TINYINT] = Q_TINYINT,
        [Q_SQL_TYPE_SMALLINT] = Q_SMALLINT,
        [Q_SQL_TYPE_INT] = Q_INT,
        [Q_SQL_TYPE_BIGINT] = Q_BIGINT,
        [Q_SQL_TYPE_FLOAT] = Q_FLOAT,
        [Q_SQL_TYPE_DOUBLE] = Q_DOUBLE,
        [Q_SQL_TYPE_DECIMAL] = Q_DECIMAL,
        [Q_SQL_TYPE_STRING] = Q_STRING,
        [Q_SQL_TYPE_VARCHAR] = Q_STRING, /* as Spark's casts do: the length is not looked at */
        [Q_SQL_TYPE_CHAR] = Q_STRING,
        [Q_SQL_TYPE_BINARY] = Q_BINARY,
        [Q_SQL_TYPE_DATE] = Q_DATE,
        [Q_SQL_TYPE_TIMESTAMP] = Q_TIMESTAMP,
        [Q_SQL_TYPE_TIMESTAMP_NTZ] = Q_TIMESTAMP_NTZ,
    };
    if (type->kind == Q_SQL_TYPE_DECIMAL)
        return Q_DECIMAL_OF(type->precision, type->scale);
    return Q_TYPE(kinds[type->kind]);
}

q_code q_bind_type(const q_sql_type *type, q_type *out, q_err *err)
{
    if (type->kind != Q_SQL_TYPE_ARRAY) {
        *out = type_of_kind(type);
        return Q_OK;
    }
    if (type->element->kind == Q_SQL_TYPE_ARRAY)
        return q_err_set(err, Q_E_UNSUPPORTED_FEATURE, "an array of arrays is not supported");
    *out = q_type_array_of(type_of_kind(type->element));
    return Q_OK;
}

q_code bind_cast(bind *b, const bind_value *operand, q_type to, bool try, const q_label *label,
                 bind_value *out)
{
    char x[Q_TYPE_NAME_BYTES], y[Q_TYPE_NAME_BYTES];
    q_type from = operand->x->type;
    *out = (bind_value){.x = operand->x, .label = label, .n_nodes = operand->n_nodes + 1};
    if (!q_type_castable(from, to))
        return q_err_set(b->err, Q_E_DATATYPE_MISMATCH,
                         "cannot resolve \"%.200s\" due to data type mismatch: cannot cast "
                         "\"%s\" to \"%s\"",
                         q_label_string(b->a, label), q_type_sql(from, x), q_type_sql(to, y));
    if (q_type_eq(from, to))
        return Q_OK;
    out->x = q_expr_cast(b->a, operand->x, to);
    if (try && out->x->kind == Q_X_CALL) {
        out->x->function = Q_FN_TRY_CAST;
        out->x->nullable = true;
    }
    return Q_OK;
}

static q_code bind_cast_expr(bind_ctx *c, const q_sql_expr *e, bind_value *out)
{
    char name[Q_TYPE_NAME_BYTES];
    bind_value x;
    q_type to;
    Q_TRY(bind_expr(c, e->cast.operand, &x));
    Q_TRY(bind_at(c->b, q_bind_type(e->cast.type, &to, c->b->err), e->cast.type->at));
    const char *format = q_arena_printf(c->b->a, "%s($1 AS %s)", e->cast.try ? "TRY_CAST" : "CAST",
                                        q_type_sql(to, name));
    return bind_cast(c->b, &x, to, e->cast.try, q_label_make(c->b->a, format, 1, &x.label), out);
}

/* ---- others ---------------------------------------------------------------- */

static q_code bind_index(bind_ctx *c, const q_sql_expr *e, bind_value *out)
{
    bind_value x, i;
    char name[Q_TYPE_NAME_BYTES];
    Q_TRY(bind_expr(c, e->index.operand, &x));
    Q_TRY(bind_expr(c, e->index.index, &i));
    if (x.x->type.kind != Q_ARRAY)
        return q_err_set(c->b->err, Q_E_DATATYPE_MISMATCH,
                         "cannot take an element of \"%.200s\": its type is \"%s\", not an array",
                         q_label_string(c->b->a, x.label), q_type_sql(x.x->type, name));
    return call2(c->b, "[]", &x, &i, "$1[$2]", out);
}

static q_code bind_field(bind_ctx *c, const q_sql_expr *e)
{
    bind_value x;
    char name[Q_TYPE_NAME_BYTES];
    Q_TRY(bind_expr(c, e->field.operand, &x));
    return q_err_set(c->b->err, Q_E_DATATYPE_MISMATCH,
                     "\"%.200s\" has no fields to take `%s` from: its type is \"%s\"",
                     q_label_string(c->b->a, x.label), e->field.name.text,
                     q_type_sql(x.x->type, name));
}

static q_code bind_kind(bind_ctx *c, const q_sql_expr *e, bind_value *out)
{
    switch (e->kind) {
    case Q_SQL_LITERAL:
        return bind_literal(c->b, &e->literal, out);
    case Q_SQL_COLUMN:
        return bind_name(c, e, out);
    case Q_SQL_STAR:
        return bind_unsupported(c->b, e->at, "`*` as a value");
    case Q_SQL_UNARY:
        return bind_unary(c, e, out);
    case Q_SQL_BINARY:
        return bind_binary(c, e, out);
    case Q_SQL_BETWEEN:
        return bind_between(c, e, out);
    case Q_SQL_IN:
        return bind_in(c, e, out);
    case Q_SQL_LIKE:
        return bind_like(c, e, out);
    case Q_SQL_CASE:
        return bind_case(c, e, out);
    case Q_SQL_CAST:
        return bind_cast_expr(c, e, out);
    case Q_SQL_CALL:
        return bind_call(c, e, out);
    case Q_SQL_INDEX:
        return bind_index(c, e, out);
    case Q_SQL_FIELD:
        return bind_field(c, e);
    }
    return bind_unsupported(c->b, e->at, "this expression");
}

/* Errors of a predicate point at its word, as Spark's do: x IN (…) at IN. */
static q_sql_span place_of(const bind *b, const q_sql_expr *e)
{
    const q_sql_expr *operand = e->kind == Q_SQL_IN        ? e->in.operand
                                : e->kind == Q_SQL_BETWEEN ? e->between.operand
                                : e->kind == Q_SQL_LIKE    ? e->like.operand
                                                           : NULL;
    if (!operand)
        return e->at;
    uint32_t from = operand->at.offset + operand->at.len, end = e->at.offset + e->at.len;
    const char *sql = b->binder->script->sql;
    while (from < end && (isspace((unsigned char)sql[from]) || sql[from] == ')'))
        from++;
    return from < end ? (q_sql_span){from, end - from} : e->at;
}

q_code bind_expr(bind_ctx *c, const q_sql_expr *e, bind_value *out)
{
    *out = (bind_value){.n_nodes = 1};
    Q_TRY(bind_at(c->b, bind_kind(c, e, out), place_of(c->b, e)));
    if (!out->x->len) {
        out->x->offset = e->at.offset;
        out->x->len = e->at.len;
    }
    return Q_OK;
}

q_code bind_condition(bind_ctx *c, const q_sql_expr *e, q_expr **out)
{
    bind_value v;
    char name[Q_TYPE_NAME_BYTES];
    Q_TRY(bind_expr(c, e, &v));
    *out = v.x;
    if (v.x->type.kind == Q_BOOLEAN)
        return Q_OK;
    return bind_error(c->b, e->at, Q_E_DATATYPE_MISMATCH,
                      "the condition of %s must be a BOOLEAN, but \"%.200s\" has the type \"%s\"",
                      c->clause, q_label_string(c->b->a, v.label), q_type_sql(v.x->type, name));
}
