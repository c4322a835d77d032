/* Names to columns. */
#include "common/plan/bind_internal.h"

#include <stdio.h>
#include <strings.h>

bool bind_same_name(const bind *b, const char *x, const char *y)
{
    return b->catalog->session.case_sensitive ? strcmp(x, y) == 0 : strcasecmp(x, y) == 0;
}

bind_column *bind_scope_new(bind *b, uint32_t n, bind_scope *out)
{
    out->n = n;
    out->names = q_arena_new(b->a, q_index);
    return out->columns = q_arena_array(b->a, bind_column, n);
}

q_index_cursor bind_scope_named(bind *b, const bind_scope *scope, const char *name)
{
    for (uint32_t i = scope->names->n; i < scope->n; i++)
        q_index_add(scope->names, b->a, q_hash_nocase(0, scope->columns[i].name), i);
    return q_index_at(q_hash_nocase(0, name));
}

void bind_scope_of(bind *b, const q_schema *schema, const char *qualifier, bind_scope *out)
{
    bind_column *columns = bind_scope_new(b, schema->n_fields, out);
    for (uint32_t i = 0; i < schema->n_fields; i++)
        columns[i] = (bind_column){.name = schema->fields[i].name,
                                   .qualifier = qualifier,
                                   .index = i,
                                   .origin = ++b->n_origins,
                                   .type = schema->fields[i].type,
                                   .nullable = schema->fields[i].nullable};
}

const char *bind_names_text(bind *b, const q_sql_names *names)
{
    q_buf text;
    q_buf_init(&text);
    for (uint32_t i = 0; i < names->n; i++)
        q_buf_printf(&text, "%s`%s`", i ? "." : "", names->part[i].text);
    char *out = q_arena_strndup(b->a, text.data ? text.data : "", text.len);
    q_buf_fini(&text);
    return out;
}

/* ---- finding -------------------------------------------------------------- */

static bool is_named(const bind *b, const q_sql_names *names, const char *qualifier,
                     const char *name)
{
    if (!bind_same_name(b, names->part[names->n - 1].text, name))
        return false;
    return names->n == 1 ||
           (names->n == 2 && qualifier && bind_same_name(b, names->part[0].text, qualifier));
}

static q_code ambiguous(bind *b, const q_sql_names *names)
{
    const char *text = bind_names_text(b, names);
    q_err_set(b->err, Q_E_AMBIGUOUS_REFERENCE, "the name %s is ambiguous: several columns have it",
              text);
    q_err_hint(b->err, "name the columns apart with AS in the sub-query, or qualify the name");
    return bind_at(b, Q_E_AMBIGUOUS_REFERENCE, names->at);
}

/* Index of the column, -1: none. Columns of one identity are one. */
static q_code find_input(bind_ctx *c, const q_sql_names *names, int64_t *found)
{
    *found = -1;
    if (!c->input || !c->input->n)
        return Q_OK;
    q_index_cursor named = bind_scope_named(c->b, c->input, names->part[names->n - 1].text);
    for (uint32_t i; q_index_next(c->input->names, &named, &i);) {
        const bind_column *column = &c->input->columns[i];
        if (!is_named(c->b, names, column->qualifier, column->name))
            continue;
        if (*found >= 0 && c->input->columns[*found].origin != column->origin)
            return ambiguous(c->b, names);
        if (*found < 0)
            *found = i;
    }
    return Q_OK;
}

static q_code find_item(bind_ctx *c, const q_sql_names *names, int64_t *found)
{
    *found = -1;
    const q_vec *items = &c->select->items;
    q_index_cursor named = q_index_at(q_hash_nocase(0, names->part[names->n - 1].text));
    for (uint32_t i; q_index_next(&c->select->item_index, &named, &i);) {
        const bind_item *item = items->items[i];
        bool in_sight = c->items_first || item->aliased; /* lateral names are aliases only */
        if (!in_sight || !is_named(c->b, names, item->qualifier, item->name))
            continue;
        if (*found >= 0 && !q_expr_equal(((bind_item *)items->items[*found])->x, item->x))
            return ambiguous(c->b, names);
        if (*found < 0)
            *found = i;
    }
    return Q_OK;
}

/* ---- not found ------------------------------------------------------------ */

static bool is_alias(bind_ctx *c, const q_sql_names *names)
{
    if (!c->select || names->n != 1)
        return false;
    const q_sql_select *ast = c->select->ast;
    for (uint32_t i = 0; i < ast->n_items; i++) {
        if (ast->item[i].alias.text &&
            bind_same_name(c->b, ast->item[i].alias.text, names->part[0].text))
            return true;
    }
    return false;
}

/* x.a where only t.a is there. */
static bool hint_qualifier(bind_ctx *c, const q_sql_names *names)
{
    q_sql_names last = {.part = &names->part[names->n - 1], .n = 1};
    for (uint32_t i = 0; names->n > 1 && c->input && i < c->input->n; i++) {
        const bind_column *column = &c->input->columns[i];
        if (!is_named(c->b, &last, NULL, column->name))
            continue;
        if (column->qualifier)
            q_err_hint(c->b->err, "did you mean `%s`.`%s`?", column->qualifier, column->name);
        else
            q_err_hint(c->b->err, "did you mean `%s`?", column->name);
        return true;
    }
    return false;
}

static void hint_columns(bind_ctx *c, const q_sql_names *names)
{
    if (hint_qualifier(c, names))
        return;
    q_nearest near;
    q_nearest_init(&near, names->part[names->n - 1].text);
    for (uint32_t i = 0; c->input && i < c->input->n; i++)
        q_nearest_offer(&near, c->input->columns[i].name);
    for (uint32_t i = 0; c->select && c->items_first && i < c->select->items.n; i++)
        q_nearest_offer(&near, ((bind_item *)c->select->items.items[i])->name);
    if (near.n) {
        q_nearest_hint(&near, c->b->err);
        return;
    }
    char list[200] = "";
    size_t n = 0;
    for (uint32_t i = 0; c->input && i < c->input->n && n < sizeof list - 40; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s`%.30s`", i ? ", " : "",
                              c->input->columns[i].name);
    if (n)
        q_err_hint(c->b->err, "columns here are %s%s", list, n >= sizeof list - 40 ? ", …" : "");
}

static q_code unknown_column(bind_ctx *c, const q_sql_names *names)
{
    bind *b = c->b;
    bool count = strcmp(c->clause, "LIMIT") == 0 || strcmp(c->clause, "OFFSET") == 0;
    if (!c->input)
        return bind_error(b, names->at, count ? Q_E_INVALID_PARAMETER_VALUE : Q_E_UNRESOLVED_COLUMN,
                          "%s must be constant: there is no column %s here", c->clause,
                          bind_names_text(b, names));
    q_err_set(b->err, Q_E_UNRESOLVED_COLUMN, "no column is named %s", bind_names_text(b, names));
    snprintf(b->err->column_name, sizeof b->err->column_name, "%s", names->part[names->n - 1].text);
    if (is_alias(c, names))
        q_err_hint(b->err,
                   "`%s` is an alias of the select list, which %s cannot use: repeat the "
                   "expression, or select from a sub-query",
                   names->part[0].text, c->clause);
    else
        hint_columns(c, names);
    return bind_at(b, Q_E_UNRESOLVED_COLUMN, names->at);
}

/* a.b where a is a column: a field of something that has none. */
static q_code field_of_column(bind_ctx *c, const q_sql_names *names)
{
    q_sql_names first = {.part = names->part, .n = 1, .at = names->part[0].at};
    int64_t found;
    Q_TRY(find_input(c, &first, &found));
    if (found < 0)
        return unknown_column(c, names);
    char type[Q_TYPE_NAME_BYTES];
    return bind_error(c->b, names->at, Q_E_DATATYPE_MISMATCH,
                      "`%s` has no fields to take `%s` from: its type is \"%s\"",
                      names->part[0].text, names->part[1].text,
                      q_type_sql(c->input->columns[found].type, type));
}

/* ---- references ----------------------------------------------------------- */

static void use_input(bind_ctx *c, uint32_t i, const q_sql_names *names, bind_value *out)
{
    const bind_column *column = &c->input->columns[i];
    out->x = q_expr_column(c->b->a, column->index, column->type, column->nullable);
    out->label = q_label_text(c->b->a, names->part[names->n - 1].text);
}

static q_code use_item(bind_ctx *c, uint32_t i, const q_sql_names *names, bind_value *out)
{
    const bind_item *item = c->select->items.items[i];
    if (c->in_window && !c->items_first)
        return bind_unsupported(c->b, names->at, "a lateral column alias inside a window function");
    out->x = q_expr_column(c->b->a, BIND_ITEM + i, item->x->type, item->x->nullable);
    out->label = q_label_text(c->b->a, names->part[names->n - 1].text);
    return Q_OK;
}

q_code bind_name(bind_ctx *c, const q_sql_expr *e, bind_value *out)
{
    const q_sql_names *names = &e->column;
    bool items = c->select && !c->in_aggregate && (c->items_first || c->items_after);
    int64_t found;
    if (items && c->items_first) {
        Q_TRY(find_item(c, names, &found));
        if (found >= 0)
            return use_item(c, (uint32_t)found, names, out);
    }
    Q_TRY(find_input(c, names, &found));
    if (found >= 0) {
        use_input(c, (uint32_t)found, names, out);
        return Q_OK;
    }
    if (items && !c->items_first && names->n == 1) {
        Q_TRY(find_item(c, names, &found));
        if (found >= 0)
            return use_item(c, (uint32_t)found, names, out);
    }
    return names->n > 1 ? field_of_column(c, names) : unknown_column(c, names);
}

/* ---- stars ---------------------------------------------------------------- */

static q_code excluded(bind_ctx *c, const q_sql_expr *e, bool *out)
{
    for (uint32_t i = 0; i < e->star.n_except; i++) {
        bool any = false;
        const q_sql_names *names = &e->star.except[i];
        q_index_cursor named = bind_scope_named(c->b, c->input, names->part[names->n - 1].text);
        for (uint32_t k; q_index_next(c->input->names, &named, &k);) {
            const bind_column *column = &c->input->columns[k];
            if (is_named(c->b, names, column->qualifier, column->name))
                any = out[k] = true;
        }
        if (!any)
            return unknown_column(c, names);
    }
    return Q_OK;
}

q_code bind_star(bind_ctx *c, const q_sql_expr *e, uint32_t **columns, uint32_t *n)
{
    bind *b = c->b;
    const q_sql_names *of = &e->star.qualifier;
    uint32_t n_input = c->input ? c->input->n : 0;
    bool *except = q_arena_array(b->a, bool, n_input);
    *columns = q_arena_array(b->a, uint32_t, n_input);
    *n = 0;
    if (e->star.n_except)
        Q_TRY(excluded(c, e, except));
    bool any = of->n == 0;
    for (uint32_t i = 0; i < n_input; i++) {
        const char *qualifier = c->input->columns[i].qualifier;
        bool wanted = of->n == 0 ||
                      (of->n == 1 && qualifier && bind_same_name(b, of->part[0].text, qualifier));
        any |= wanted;
        if (wanted && !except[i])
            (*columns)[(*n)++] = i;
    }
    if (!any) {
        bind_error(b, e->at, Q_E_UNRESOLVED_COLUMN, "%s.* means no table of this FROM clause",
                   bind_names_text(b, of));
        q_nearest near;
        q_nearest_init(&near, of->part[of->n - 1].text);
        for (uint32_t i = 0; i < n_input; i++) {
            if (c->input->columns[i].qualifier)
                q_nearest_offer(&near, c->input->columns[i].qualifier);
        }
        q_nearest_hint(&near, b->err);
        return Q_E_UNRESOLVED_COLUMN;
    }
    return Q_OK;
}
