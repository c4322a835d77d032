/* Memory of cells, and what JSON and CSV cells share. */
#include "common/io/cells.h"

static q_code check_type(q_type t, q_format format, const char *name, q_err *err)
{
    bool csv = format == Q_FORMAT_CSV;
    bool nested = t.kind == Q_ARRAY && (csv || t.element == Q_ARRAY);
    if (!nested && !(csv && t.kind == Q_BINARY))
        return Q_OK;
    char type[Q_TYPE_NAME_BYTES];
    return q_err_set(err, Q_E_UNSUPPORTED_DATATYPE, "the %s reader has no columns of type %s: `%s`",
                     csv ? "csv" : "json", q_type_sql(t, type), name);
}

static q_code column_init(q_cells *c, q_cell_column *col, q_type type, q_err *err)
{
    Q_TRY(q_column_init(&col->column, type, Q_BATCH_ROWS, &c->buffers, err));
    if (col->column.values)
        memset(col->column.values, 0, q_type_width(type) * Q_BATCH_ROWS);
    col->column.bytes_stable = q_type_is_stringlike(type);
    col->bits = q_arena_alloc_vec(&c->buffers, Q_BATCH_ROWS / 8);
    if (!col->bits)
        return q_budget_error(c->buffers.budget, Q_BATCH_ROWS / 8, err);
    if (type.kind == Q_ARRAY) {
        col->child = q_arena_new(c->lifetime, q_cell_column);
        if (!col->child)
            return q_budget_error(c->lifetime->budget, sizeof *col->child, err);
        col->child->column.type = q_type_element(type);
    }
    return Q_OK;
}

q_code q_cells_init(q_cells *c, const q_schema *schema, const uint32_t *fields, uint32_t n,
                    q_format format, const q_read_options *options, const q_session *session,
                    q_arena *lifetime, q_arena *task, q_err *err)
{
    *c =
        (q_cells){.n = n, .schema = schema, .options = options, .lifetime = lifetime, .task = task};
    q_arena_init(&c->lists, task->budget);
    q_arena_init(&c->buffers, task->budget);
    q_buf_init(&c->text);
    q_buf_init(&c->scratch);
    Q_TRY(q_time_reader_init(&c->times, options, session, lifetime, err));
    c->columns = q_arena_array(lifetime, q_cell_column, n);
    if (!c->columns)
        return q_budget_error(lifetime->budget, sizeof *c->columns * n, err);
    for (uint32_t i = 0; i < n; i++) {
        const q_field *f = &schema->fields[fields[i]];
        c->columns[i].field = fields[i];
        Q_TRY(check_type(f->type, format, f->name, err));
        Q_TRY(column_init(c, &c->columns[i], f->type, err));
    }
    return Q_OK;
}

void q_cells_fini(q_cells *c)
{
    if (!c->schema)
        return;
    q_arena_fini(&c->lists);
    q_arena_fini(&c->buffers);
    q_buf_fini(&c->text);
    q_buf_fini(&c->scratch);
}

void q_cells_begin(q_cells *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        q_cell_column *col = &c->columns[i];
        memset(col->bits, 0xFF, Q_BATCH_ROWS / 8);
        col->has_nulls = false;
        if (col->child) {
            *col->child = (q_cell_column){.column.type = col->child->column.type};
            q_arena_reset(&c->lists);
        }
    }
}

void q_cells_finish(q_cells *c, uint32_t i, uint32_t n_rows, q_column *out)
{
    q_cell_column *col = &c->columns[i];
    *out = col->column;
    out->length = n_rows;
    out->validity = col->has_nulls ? col->bits : NULL;
    if (col->child) {
        q_cell_column *child = col->child;
        child->column.validity = child->has_nulls ? child->bits : NULL;
        child->column.bytes_stable = q_type_is_stringlike(child->column.type);
        out->child = &child->column;
    }
}

void q_cell_null(q_cell_column *col, uint32_t row)
{
    col->has_nulls = true;
    q_bit_clear(col->bits, row);
    if (q_type_is_stringlike(col->column.type))
        Q_VALUES(&col->column, q_str)[row] = (q_str){"", 0, 0};
    else if (col->column.type.kind == Q_ARRAY)
        Q_VALUES(&col->column, q_list)[row] = (q_list){0, 0};
}

void q_cells_undo_row(q_cells *c, uint32_t row)
{
    for (uint32_t i = 0; i < c->n; i++)
        q_bit_set(c->columns[i].bits, row);
}
