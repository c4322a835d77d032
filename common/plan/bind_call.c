/* Calls by name: scalar functions with their special forms, aggregates. */
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "common/plan/bind_internal.h"

/* ---- arguments -------------------------------------------------------------- */

q_code bind_args(bind_ctx *c, const q_sql_call *call, bind_value **args, uint32_t *n)
{
    q_arena *a = c->b->a;
    q_vec list = {0};
    for (uint32_t i = 0; i < call->n_args; i++) {
        if (call->arg[i]->kind != Q_SQL_STAR) {
            bind_value *v = q_arena_new(a, bind_value);
            Q_TRY(bind_expr(c, call->arg[i], v));
            q_vec_add(&list, a, v);
            continue;
        }
        uint32_t *columns, n_columns;
        Q_TRY(bind_star(c, call->arg[i], &columns, &n_columns));
        for (uint32_t k = 0; k < n_columns; k++) {
            const bind_column *column = &c->input->columns[columns[k]];
            bind_value *v = q_arena_new(a, bind_value);
            v->x = q_expr_column(a, column->index, column->type, column->nullable);
            v->label = q_label_text(a, column->name);
            v->n_nodes = 1;
            q_vec_add(&list, a, v);
        }
    }
    *n = list.n;
    *args = q_arena_array(a, bind_value, list.n + 1); /* + 1: forms may add a default */
    for (uint32_t i = 0; i < list.n; i++)
        (*args)[i] = *(bind_value *)list.items[i];
    return Q_OK;
}

q_code bind_filter(bind_ctx *c, const q_sql_call *call, bind_value *out, q_expr **filter)
{
    *filter = NULL;
    if (!call->filter)
        return Q_OK;
    bind_ctx inner = *c;
    inner.in_aggregate = true;
    inner.aggregates = inner.windows = false;
    inner.clause = "FILTER";
    bind_value v;
    Q_TRY(bind_expr(&inner, call->filter, &v));
    if (v.x->type.kind != Q_BOOLEAN)
        return q_err_set(c->b->err, Q_E_DATATYPE_MISMATCH,
                         "the condition of FILTER must be a BOOLEAN");
    *filter = v.x;
    const q_label *labels[2] = {out->label, v.label};
    out->label = q_label_make(c->b->a, "$1 FILTER (WHERE $2)", 2, labels);
    out->n_nodes += v.n_nodes;
    return Q_OK;
}

/* ---- special forms ----------------------------------------------------------- */

static const char *call_name(const q_sql_call *call)
{
    return call->name.part[call->name.n - 1].text;
}

/* builtin.f and system.builtin.f are f. */
static q_code check_qualifier(bind_ctx *c, const q_sql_call *call)
{
    const q_sql_names *name = &call->name;
    bool fine = name->n == 1 || (name->n == 2 && strcasecmp(name->part[0].text, "builtin") == 0) ||
                (name->n == 3 && strcasecmp(name->part[0].text, "system") == 0 &&
                 strcasecmp(name->part[1].text, "builtin") == 0);
    return fine ? Q_OK
                : bind_error(c->b, name->at, Q_E_UNRESOLVED_ROUTINE, "no function is named %s",
                             bind_names_text(c->b, name));
}

/* int(x), string(x): casts, written as their argument. */
static bool is_type_name(const char *name, q_type *to)
{
    static const struct {
        const char *name;
        uint8_t kind;
    } types[] = {
        {"boolean", Q_BOOLEAN}, {"tinyint", Q_TINYINT}, {"smallint", Q_SMALLINT},
        {"int", Q_INT},         {"bigint", Q_BIGINT},   {"float", Q_FLOAT},
        {"double", Q_DOUBLE},   {"string", Q_STRING},   {"binary", Q_BINARY},
        {"date", Q_DATE},       {"decimal", Q_DECIMAL}, {"timestamp", Q_TIMESTAMP},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcasecmp(types[i].name, name) == 0) {
            *to = types[i].kind == Q_DECIMAL ? Q_DECIMAL_OF(10, 0) : Q_TYPE(types[i].kind);
            return true;
        }
    }
    return false;
}

static q_code bind_type_call(bind_ctx *c, const char *name, q_type to, uint32_t n,
                             const bind_value *args, bind_value *out)
{
    if (n != 1)
        return q_err_set(c->b->err, Q_E_WRONG_NUM_ARGS,
                         "the function `%s` requires 1 argument, but %u were given", name, n);
    return bind_cast(c->b, &args[0], to, false, args[0].label, out);
}

/* The field of EXTRACT and date_part: its function. */
static const char *field_function(const char *field, size_t n)
{
    static const struct {
        const char *words, *function;
    } fields[] = {
        {" year y years yr yrs ", "year"},
        {" yearofweek ", "yearofweek"},
        {" quarter qtr ", "quarter"},
        {" month mon mons months ", "month"},
        {" week w weeks ", "weekofyear"},
        {" day d days ", "day"},
        {" dayofweek dow ", "dayofweek"},
        {" dayofweek_iso dow_iso ", "dayofweek_iso"},
        {" doy ", "dayofyear"},
        {" hour h hours hr hrs ", "hour"},
        {" minute m min mins minutes ", "minute"},
        {" second s sec seconds secs ", "second_with_fraction"},
    };
    char word[24];
    if (n + 3 > sizeof word)
        return NULL;
    word[0] = ' ';
    for (size_t i = 0; i < n; i++)
        word[i + 1] = (char)tolower((unsigned char)field[i]);
    memcpy(word + n + 1, " ", 2);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strstr(fields[i].words, word))
            return fields[i].function;
    }
    return NULL;
}

static q_code bind_extract(bind_ctx *c, const char *name, bind_value *args, bind_value *out)
{
    q_str field;
    if (!q_literal_string(args[0].x, &field))
        return q_err_set(c->b->err, Q_E_DATATYPE_MISMATCH,
                         "the field of `%s` must be a constant string", name);
    const char *function = field_function(field.ptr, field.len);
    if (!function)
        return q_err_set(c->b->err, Q_E_INVALID_PARAMETER_VALUE,
                         "cannot extract `%.*s` from \"%s\"", (int)field.len, field.ptr,
                         q_label_string(c->b->a, args[1].label));
    const q_label *labels[2] = {args[0].label, args[1].label};
    bool plain = strcasecmp(name, "date_part") == 0;
    const q_label *label = q_label_make(c->b->a,
                                        plain                               ? "date_part($1, $2)"
                                        : strcasecmp(name, "datepart") == 0 ? "datepart($1 FROM $2)"
                                                                            : "extract($1 FROM $2)",
                                        2, labels);
    return bind_call_of(c->b, function, 1, &args[1], label, out);
}

static void swap_args(bind_value *args)
{
    bind_value first = args[0];
    args[0] = args[1];
    args[1] = first;
}

/* trim(what, from) when called plainly, but what FROM from was turned round by the parser; with
 * two arguments it is written TRIM(BOTH what FROM from). */
static bool bind_trim(bind_ctx *c, const q_sql_call *call, const char *name, uint32_t n,
                      bind_value *args, q_code *code, bind_value *out)
{
    static const char *const sides[][2] = {{"trim", "TRIM(BOTH $2 FROM $1)"},
                                           {"ltrim", "TRIM(LEADING $2 FROM $1)"},
                                           {"rtrim", "TRIM(TRAILING $2 FROM $1)"}};
    for (int i = 0; i < 3 && n == 2; i++) {
        if (strcasecmp(name, sides[i][0]) != 0)
            continue;
        if (call->form != Q_SQL_CALL_TRIM)
            swap_args(args);
        const q_label *labels[2] = {args[0].label, args[1].label};
        *code =
            bind_call_of(c->b, name, 2, args, q_label_make(c->b->a, sides[i][1], 2, labels), out);
        return true;
    }
    return false;
}

/* like(x, p) has the default escape. */
static uint32_t add_escape(bind *b, const char *name, uint32_t n, bind_value *args)
{
    if (n != 2 || (strcasecmp(name, "like") != 0 && strcasecmp(name, "ilike") != 0))
        return n;
    args[2] = (bind_value){
        .x = q_expr_string(b->a, "\\", 1), .label = q_label_text(b->a, "\\"), .n_nodes = 1};
    return 3;
}

static q_code bind_scalar(bind_ctx *c, const q_sql_call *call, const char *name, uint32_t n,
                          bind_value *args, bind_value *out)
{
    bind *b = c->b;
    q_type to;
    q_code code;
    if (is_type_name(name, &to))
        return bind_type_call(c, name, to, n, args, out);
    bool extract = call->form == Q_SQL_CALL_EXTRACT || strcasecmp(name, "date_part") == 0 ||
                   strcasecmp(name, "datepart") == 0;
    if (extract && n == 2)
        return bind_extract(c, name, args, out);
    if (bind_trim(c, call, name, n, args, &code, out))
        return code;
    const q_label **labels = q_arena_array(b->a, const q_label *, n);
    for (uint32_t i = 0; i < n; i++)
        labels[i] = args[i].label;
    const char *shown = call->form == Q_SQL_CALL_POSITION ? "locate" : name;
    const q_label *label = q_label_call(b->a, shown, false, n, labels);
    return bind_call_of(b, name, add_escape(b, name, n, args), args, label, out);
}

/* ---- aggregate and window functions ------------------------------------------- */

static bool takes_nulls_option(uint16_t function)
{
    switch (function) {
    case Q_FN_FIRST:
    case Q_FN_LAST:
    case Q_FN_ANY_VALUE:
    case Q_FN_LAG:
    case Q_FN_LEAD:
    case Q_FN_NTH_VALUE:
        return true;
    default:
        return false;
    }
}

/* first(x, true) is first(x) IGNORE NULLS. */
static q_code nulls_argument(bind *b, uint16_t function, uint32_t *n, bind_value *args,
                             bool *ignore)
{
    bool has = function == Q_FN_FIRST || function == Q_FN_LAST || function == Q_FN_ANY_VALUE;
    if (!has || *n != 2)
        return Q_OK;
    Q_TRY(bind_fold(b, &args[1].x));
    if (!q_literal_boolean(args[1].x, ignore))
        return q_err_set(b->err, Q_E_DATATYPE_MISMATCH,
                         "the second argument of `%s` must be a boolean constant",
                         q_function_get(function)->name);
    *n = 1;
    return Q_OK;
}

/* Written as the function that the parser of Spark makes of it. */
static const char *shown_name(const q_sql_call *call, uint16_t function)
{
    bool ignore = call->nulls == Q_SQL_NULLS_IGNORE;
    if (ignore && (function == Q_FN_FIRST || function == Q_FN_LAST))
        return q_function_get(function)->name;
    return call_name(call);
}

/* percentile_cont(p) WITHIN GROUP (ORDER BY x): percentile(x, p), from the other end when DESC. */
static q_code within_group(bind_ctx *c, const q_sql_call *call, bind_value *args, uint32_t *n,
                           const q_label **label)
{
    bind *b = c->b;
    bind_value value,
        one = {.x = q_expr_double(b->a, 1), .label = q_label_text(b->a, "1"), .n_nodes = 1};
    Q_TRY(bind_expr(c, call->within_group->expr, &value));
    const q_label *name = q_label_text(b->a, call_name(call));
    const q_label *labels[3] = {name, args[0].label, value.label};
    *label = q_label_make(b->a,
                          call->within_group->descending ? "$1($2) WITHIN GROUP (ORDER BY $3 DESC)"
                                                         : "$1($2) WITHIN GROUP (ORDER BY $3)",
                          3, labels);
    if (*n != 1)
        return q_err_set(b->err, Q_E_WRONG_NUM_ARGS,
                         "the function `%s` requires 1 argument, but %u were given",
                         call_name(call), *n);
    if (call->within_group->descending) {
        bind_value both[2] = {one, args[0]}, rest;
        if (args[0].x->type.kind == Q_ARRAY)
            return bind_unsupported(b, call->within_group->at,
                                    "several percentages in descending order");
        Q_TRY(bind_call_of(b, "-", 2, both, NULL, &rest));
        args[0].x = rest.x;
    }
    if (strcasecmp(call_name(call), "percentile_disc") == 0)
        Q_TRY(bind_cast(b, &value, Q_TYPE(Q_DOUBLE), false, value.label, &value));
    args[1] = args[0];
    args[0] = value;
    *n = 2;
    return Q_OK;
}

const char *bind_function_name(const q_sql_call *call)
{
    const char *name = call_name(call);
    if (!call->within_group)
        return name;
    if (strcasecmp(name, "percentile_cont") == 0)
        return "percentile";
    return strcasecmp(name, "percentile_disc") == 0 ? "percentile_approx" : name;
}

static q_code check_options(bind_ctx *c, const q_sql_expr *e, uint16_t function)
{
    const q_sql_call *call = &e->call;
    const char *option = NULL;
    if (call->nulls != Q_SQL_NULLS_UNSAID && !takes_nulls_option(function))
        option = "IGNORE NULLS or RESPECT NULLS";
    bool ordered = function == Q_FN_PERCENTILE || function == Q_FN_PERCENTILE_APPROX;
    if (call->within_group && !ordered)
        option = "WITHIN GROUP";
    bool aggregate = q_function_get(function)->kind == Q_FUNCTION_AGGREGATE;
    if (call->distinct && !aggregate)
        option = "DISTINCT";
    if (call->filter && !aggregate)
        option = "FILTER";
    if (!option)
        return Q_OK;
    return bind_error(c->b, e->at, Q_E_UNSUPPORTED_FEATURE, "the function `%s` does not support %s",
                      call_name(call), option);
}

static bool distinct_matters(uint16_t function)
{
    switch (function) {
    case Q_FN_MIN:
    case Q_FN_MAX:
    case Q_FN_BOOL_AND:
    case Q_FN_BOOL_OR:
    case Q_FN_BIT_AND:
    case Q_FN_BIT_OR:
    case Q_FN_COLLECT_SET:
    case Q_FN_APPROX_COUNT_DISTINCT:
        return false;
    default:
        return true;
    }
}

q_code bind_function(bind_ctx *c, const q_sql_expr *e, uint32_t n, bind_value *args,
                     bind_value *out)
{
    bind *b = c->b;
    const q_sql_call *call = &e->call;
    const char *name = bind_function_name(call);
    uint16_t function = (uint16_t)q_function_find(name);
    bool ignore = call->nulls == Q_SQL_NULLS_IGNORE;
    const q_label *label = NULL;
    Q_TRY(check_options(c, e, function));
    Q_TRY(nulls_argument(b, function, &n, args, &ignore));
    if (call->within_group)
        Q_TRY(within_group(c, call, args, &n, &label));
    const q_label **labels = q_arena_array(b->a, const q_label *, n);
    for (uint32_t i = 0; i < n; i++)
        labels[i] = args[i].label;
    if (!label)
        label = q_label_call(b->a, shown_name(call, function), call->distinct, n, labels);
    Q_TRY(bind_call_of(b, name, n, args, label, out));
    out->x->ignore_nulls = ignore;
    out->x->distinct = call->distinct && distinct_matters(function);
    return Q_OK;
}

/* count(*) has no argument; Spark writes it count(1). */
static bool is_count_star(const q_sql_call *call)
{
    return strcasecmp(call_name(call), "count") == 0 && call->n_args == 1 && !call->distinct &&
           call->arg[0]->kind == Q_SQL_STAR && call->arg[0]->star.qualifier.n == 0 &&
           call->arg[0]->star.n_except == 0;
}

static q_code add_aggregate(bind_select *s, q_expr *call, q_expr *filter, bind_value *out)
{
    uint64_t hash = bind_filtered_hash(call, filter);
    q_index_cursor c = q_index_at(hash);
    uint32_t i;
    bool found = false;
    while (!found && q_index_next(&s->agg_index, &c, &i)) {
        const bind_agg *agg = s->aggs.items[i];
        bool same_filter = filter ? q_expr_equal(agg->filter, filter) : !agg->filter;
        found = same_filter && q_expr_equal(agg->call, call);
    }
    if (!found) {
        bind_agg *agg = q_arena_new(s->b->a, bind_agg);
        *agg = (bind_agg){call, filter};
        i = s->aggs.n;
        q_index_add(&s->agg_index, s->b->a, hash, i);
        q_vec_add(&s->aggs, s->b->a, agg);
    }
    out->x = q_expr_column(s->b->a, BIND_AGG + i, call->type, call->nullable);
    return Q_OK;
}

static q_code misplaced(bind_ctx *c, const q_sql_expr *e, const char *what)
{
    q_code code = Q_E_MISPLACED_AGGREGATE;
    const char *name = call_name(&e->call);
    if (c->in_aggregate && strcmp(c->clause, "FILTER") != 0) {
        q_err_set(c->b->err, code, "%s `%s` cannot be an argument of an aggregate function", what,
                  name);
        q_err_hint(c->b->err, "compute the inner function in a sub-query");
    } else {
        q_err_set(c->b->err, code, "%s `%s` cannot be used in %s", what, name, c->clause);
        if (strcmp(c->clause, "WHERE") == 0)
            q_err_hint(c->b->err, "filter in HAVING, or in a query around this one");
    }
    bool group = e->call.over && strcmp(c->clause, "GROUP BY") == 0 && !c->in_aggregate;
    return bind_at(c->b, code, group ? c->select->ast->group_at : e->at);
}

static q_code bind_aggregate(bind_ctx *c, const q_sql_expr *e, bind_value *out)
{
    const q_sql_call *call = &e->call;
    if (!c->aggregates || c->in_aggregate)
        return misplaced(c, e, "the aggregate function");
    bind_ctx inner = *c;
    inner.in_aggregate = true;
    bind_value *args;
    uint32_t n;
    q_expr *filter;
    if (is_count_star(call)) {
        Q_TRY(bind_function(c, e, 0, NULL, out));
        out->label = q_label_text(c->b->a, "count(1)");
    } else {
        Q_TRY(bind_args(&inner, call, &args, &n));
        if (n == 0 && strcasecmp(call_name(call), "count") == 0)
            return q_err_set(c->b->err, Q_E_WRONG_NUM_ARGS,
                             "the function `count` requires at least 1 argument, but 0 were given");
        Q_TRY(bind_function(&inner, e, n, args, out));
    }
    Q_TRY(bind_filter(c, call, out, &filter));
    return add_aggregate(c->select, out->x, filter, out);
}

q_code bind_call(bind_ctx *c, const q_sql_expr *e, bind_value *out)
{
    const q_sql_call *call = &e->call;
    Q_TRY(check_qualifier(c, call));
    int32_t id = q_function_find(bind_function_name(call));
    uint8_t kind = id < 0 ? Q_FUNCTION_SCALAR : q_function_get((uint16_t)id)->kind;
    if (call->over) {
        if (!c->windows || c->in_aggregate)
            return misplaced(c, e, "the window function");
        return bind_window_call(c, e, out);
    }
    if (kind == Q_FUNCTION_AGGREGATE)
        return bind_aggregate(c, e, out);
    if (kind == Q_FUNCTION_WINDOW)
        return bind_error(c->b, e->at, Q_E_MISPLACED_AGGREGATE,
                          "the window function `%s` requires an OVER clause", call_name(call));
    if (id >= 0)
        Q_TRY(check_options(c, e, (uint16_t)id));
    bind_value *args;
    uint32_t n;
    Q_TRY(bind_args(c, call, &args, &n));
    return bind_scalar(c, call, call_name(call), n, args, out);
}
