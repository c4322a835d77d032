/* Rows on stdout. */
#include "cli/result.h"

#include <errno.h>
#include <stdlib.h>

#include "common/base/assert.h"
#include "common/column/number.h"
#include "common/exec/program.h"
#include "common/io/options.h"
#include "common/io/writer.h"

/* Rows of a table are kept to find the widths; more than this and the rest is only counted. */
#define TABLE_ROWS 1000u
#define TABLE_CELL 200u

struct q_result {
    q_result_style style;
    FILE *to;
    q_session session; /* of the statement */
    q_schema schema;
    q_arena arena;    /* of the statement */
    q_writer *writer; /* JSON, NDJSON, CSV */
    q_program *texts; /* TABLE, TYPED: every column cast to string */
    q_buf out;
    char ***cells; /* TABLE: rows of cells */
    uint32_t n_cells;
    uint64_t n_rows;
    bool reader_gone;
};

q_code q_result_new(q_result_style style, FILE *to, q_result **out, q_err *err)
{
    q_result *r = calloc(1, sizeof *r);
    if (!r)
        return q_budget_error(NULL, sizeof *r, err);
    r->style = style;
    r->to = to;
    q_arena_init(&r->arena, NULL);
    *out = r;
    return Q_OK;
}

static void statement_fini(q_result *r)
{
    q_writer_destroy(&r->writer);
    q_program_destroy(&r->texts);
    q_arena_fini(&r->arena);
    q_buf_fini(&r->out);
    free(r->cells);
    r->cells = NULL;
    r->n_cells = 0;
    r->n_rows = 0;
}

void q_result_destroy(q_result **r)
{
    if (!*r)
        return;
    statement_fini(*r);
    free(*r);
    *r = NULL;
}

static q_code write_failed(q_result *r, q_err *err)
{
    r->reader_gone = errno == EPIPE;
    return q_err_errno(err, Q_E_IO, errno, "cannot write the result");
}

bool q_result_reader_gone(const q_result *r)
{
    return r && r->reader_gone;
}

static q_code flush(q_result *r, q_err *err)
{
    if (r->out.failed)
        return q_budget_error(NULL, r->out.len, err);
    if (r->out.len && fwrite(r->out.data, 1, r->out.len, r->to) != r->out.len)
        return write_failed(r, err);
    q_buf_clear(&r->out);
    return Q_OK;
}

/* ---- text of values ---- */

/* CAST(column AS STRING) of every column; arrays of the typed form are written one by one. */
static q_code texts_new(q_result *r, q_err *err)
{
    uint32_t n = r->schema.n_fields;
    const q_expr **exprs = q_arena_array(&r->arena, const q_expr *, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        q_expr *column = q_expr_column(&r->arena, i, r->schema.fields[i].type, true);
        bool text =
            r->schema.fields[i].type.kind == Q_STRING || r->schema.fields[i].type.kind == Q_BINARY;
        exprs[i] = text ? column : q_expr_call(&r->arena, Q_FN_CAST, Q_TYPE(Q_STRING), 1, &column);
    }
    return q_program_new(exprs, n, &r->session, NULL, &r->texts, err);
}

static void json_text(q_buf *out, q_str s)
{
    q_buf_putc(out, '"');
    for (uint32_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"' || c == '\\')
            q_buf_printf(out, "\\%c", c);
        else if (c < 0x20)
            q_buf_printf(out, "\\u%04x", c);
        else
            q_buf_putc(out, (char)c);
    }
    q_buf_putc(out, '"');
}

static void hex_text(q_buf *out, q_str s)
{
    q_buf_putc(out, '"');
    for (uint32_t i = 0; i < s.len; i++)
        q_buf_printf(out, "%02x", (unsigned char)s.ptr[i]);
    q_buf_putc(out, '"');
}

/* Decimals have all digits of their scale, as Spark shows them: CAST would give 0E-8. */
static q_str text_of(const q_column *c, const q_column *text, uint32_t i,
                     char room[Q_DECIMAL_TEXT_ROOM])
{
    if (c->type.kind != Q_DECIMAL)
        return Q_VALUES(text, q_str)[i];
    q_int128 v = Q_VALUES(c, q_int128)[i];
    char *end = q_text_from_decimal_plain(room, v, c->type.scale);
    return (q_str){room, (uint32_t)(end - room), 0};
}

/* ---- typed lines ---- */

static void typed_schema(q_result *r)
{
    char name[Q_TYPE_NAME_BYTES];
    q_buf_puts(&r->out, "{\"schema\":[");
    for (uint32_t i = 0; i < r->schema.n_fields; i++) {
        q_buf_puts(&r->out, i ? ",[" : "[");
        json_text(&r->out, q_str_of(r->schema.fields[i].name));
        q_buf_printf(&r->out, ",\"%s\"]", q_type_name(r->schema.fields[i].type, name));
    }
    q_buf_puts(&r->out, "]}\n");
}

static q_code typed_value(q_result *r, const q_column *c, const q_column *text, uint32_t i,
                          q_err *err);

static q_code typed_array(q_result *r, const q_column *c, uint32_t i, q_err *err)
{
    q_list l = Q_VALUES(c, q_list)[i];
    q_column *element = c->child;
    q_arena a;
    q_arena_init(&a, NULL);
    q_buf_putc(&r->out, '[');
    for (uint32_t k = 0; k < l.len; k++) {
        q_column one, text;
        if (k)
            q_buf_putc(&r->out, ',');
        Q_TRY(q_column_slice(&one, element, l.start + k, 1, &a, err));
        q_expr *value = q_expr_literal(&a, &one);
        q_expr *cast = one.type.kind == Q_STRING || one.type.kind == Q_BINARY
                           ? value
                           : q_expr_call(&a, Q_FN_CAST, Q_TYPE(Q_STRING), 1, &value);
        Q_TRY(q_expr_fold(cast, &r->session, &a, &text, err));
        Q_TRY(typed_value(r, &one, &text, 0, err));
    }
    q_buf_putc(&r->out, ']');
    q_arena_fini(&a);
    return Q_OK;
}

static q_code typed_value(q_result *r, const q_column *c, const q_column *text, uint32_t i,
                          q_err *err)
{
    if (q_column_is_null(c, i)) {
        q_buf_puts(&r->out, "null");
        return Q_OK;
    }
    if (c->type.kind == Q_ARRAY)
        return typed_array(r, c, i, err);
    char room[Q_DECIMAL_TEXT_ROOM];
    q_str s = text_of(c, text, i, room);
    if (c->type.kind == Q_BINARY)
        hex_text(&r->out, s);
    else if (c->type.kind == Q_BOOLEAN || q_type_is_integer(c->type))
        q_buf_append(&r->out, s.ptr, s.len);
    else
        json_text(&r->out, s);
    return Q_OK;
}

static q_code typed_rows(q_result *r, const q_batch *b, q_err *err)
{
    for (uint32_t i = 0; i < b->n_rows; i++) {
        q_buf_putc(&r->out, '[');
        for (uint32_t c = 0; c < b->n_columns; c++) {
            if (c)
                q_buf_putc(&r->out, ',');
            Q_TRY(typed_value(r, &b->columns[c], q_program_result(r->texts, c), i, err));
        }
        q_buf_puts(&r->out, "]\n");
    }
    return Q_OK;
}

void q_result_error(q_result *r, const q_err *e)
{
    q_buf out;
    q_buf_init(&out);
    q_buf_printf(&out, "{\"error\":{\"class\":\"%s\",\"message\":", q_code_name(e->code));
    json_text(&out, q_str_of(e->msg));
    if (e->hint[0]) {
        q_buf_puts(&out, ",\"hint\":");
        json_text(&out, q_str_of(e->hint));
    }
    q_buf_printf(&out, ",\"line\":%u,\"column\":%u}}\n", e->line, e->column);
    fwrite(out.data, 1, out.len, r->to);
    fflush(r->to);
    q_buf_fini(&out);
}

/* ---- tables ---- */

static uint32_t width_of(const char *s)
{
    uint32_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

/* One cell: no line breaks, not too long. */
static char *cell(q_result *r, const q_column *c, const q_column *text, uint32_t i)
{
    if (q_column_is_null(c, i))
        return (char *)"NULL";
    q_buf b;
    q_buf_init(&b);
    char room[Q_DECIMAL_TEXT_ROOM];
    q_str s = text_of(c, text, i, room);
    uint32_t n = s.len < TABLE_CELL ? s.len : TABLE_CELL;
    while (n && n < s.len && ((unsigned char)s.ptr[n] & 0xC0) == 0x80)
        n--;
    if (c->type.kind == Q_BINARY) {
        hex_text(&b, (q_str){s.ptr, n, 0});
    } else {
        for (uint32_t k = 0; k < n; k++)
            q_buf_putc(&b, (unsigned char)s.ptr[k] < 0x20 ? ' ' : s.ptr[k]);
    }
    if (n < s.len)
        q_buf_puts(&b, "...");
    char *out = q_arena_strndup(&r->arena, b.data ? b.data : "", b.len);
    q_buf_fini(&b);
    return out;
}

static void table_rows(q_result *r, const q_batch *b)
{
    for (uint32_t i = 0; i < b->n_rows && r->n_cells < TABLE_ROWS; i++) {
        if (!r->cells)
            r->cells = calloc(TABLE_ROWS, sizeof *r->cells);
        Q_ASSERT(r->cells);
        char **row = q_arena_array(&r->arena, char *, b->n_columns + 1);
        for (uint32_t c = 0; c < b->n_columns; c++)
            row[c] = cell(r, &b->columns[c], q_program_result(r->texts, c), i);
        r->cells[r->n_cells++] = row;
    }
}

static void table_line(q_result *r, const uint32_t *widths)
{
    for (uint32_t c = 0; c < r->schema.n_fields; c++) {
        q_buf_putc(&r->out, '+');
        for (uint32_t i = 0; i < widths[c] + 2; i++)
            q_buf_putc(&r->out, '-');
    }
    q_buf_puts(&r->out, "+\n");
}

static void table_row(q_result *r, const uint32_t *widths, char *const *cells, bool head)
{
    for (uint32_t c = 0; c < r->schema.n_fields; c++) {
        uint32_t pad = widths[c] - width_of(cells[c]);
        bool right = !head && q_type_is_numeric(r->schema.fields[c].type);
        q_buf_printf(&r->out, "| %*s%s%*s ", right ? (int)pad : 0, "", cells[c],
                     right ? 0 : (int)pad, "");
    }
    q_buf_puts(&r->out, "|\n");
}

static void table_end(q_result *r)
{
    uint32_t n = r->schema.n_fields;
    uint32_t *widths = q_arena_array(&r->arena, uint32_t, n + 1);
    char **names = q_arena_array(&r->arena, char *, n + 1);
    for (uint32_t c = 0; c < n; c++) {
        names[c] = (char *)r->schema.fields[c].name;
        widths[c] = width_of(names[c]);
        for (uint32_t i = 0; i < r->n_cells; i++) {
            uint32_t w = width_of(r->cells[i][c]);
            widths[c] = w > widths[c] ? w : widths[c];
        }
    }
    table_line(r, widths);
    table_row(r, widths, names, true);
    table_line(r, widths);
    for (uint32_t i = 0; i < r->n_cells; i++)
        table_row(r, widths, r->cells[i], false);
    table_line(r, widths);
    if (r->n_rows > r->n_cells)
        q_buf_printf(&r->out, "%u of %llu rows\n", r->n_cells, (unsigned long long)r->n_rows);
}

/* ---- plans ---- */

/* EXPLAIN's answer has lines of its own: no cell for a table. */
static bool is_plan(const q_result *r)
{
    return r->style == Q_RESULT_TABLE && r->schema.n_fields == 1 &&
           r->schema.fields[0].type.kind == Q_STRING &&
           strcmp(r->schema.fields[0].name, "plan") == 0;
}

static void plain_rows(q_result *r, const q_batch *b)
{
    for (uint32_t i = 0; i < b->n_rows; i++) {
        char room[Q_DECIMAL_TEXT_ROOM];
        if (q_column_is_null(&b->columns[0], i))
            continue;
        q_str s = text_of(&b->columns[0], q_program_result(r->texts, 0), i, room);
        q_buf_append(&r->out, s.ptr, s.len);
        if (!s.len || s.ptr[s.len - 1] != '\n')
            q_buf_putc(&r->out, '\n');
    }
}

/* ---- interface ---- */

static q_code writer_new(q_result *r, q_err *err)
{
    /* the writer borrows them */
    q_write_options *options = q_arena_alloc(&r->arena, sizeof *options);
    q_format format = r->style == Q_RESULT_CSV ? Q_FORMAT_CSV : Q_FORMAT_JSON;
    Q_TRY(q_write_options_parse(format, NULL, 0, &r->arena, options, NULL, err));
    options->header = true;
    options->ignore_null_fields = false;
    Q_TRY(q_writer_new(&r->schema, format, options,
                       r->style == Q_RESULT_JSON ? Q_WRITE_ARRAY : Q_WRITE_RECORDS, &r->session,
                       &r->writer, err));
    return q_writer_begin(r->writer, &r->out, err);
}

q_code q_result_schema(q_result *r, const q_schema *schema, const char *time_zone, q_err *err)
{
    statement_fini(r);
    q_arena_init(&r->arena, NULL);
    r->session = (q_session){.time_zone = q_arena_strdup(&r->arena, time_zone)};
    q_schema_copy(&r->schema, schema, &r->arena);
    if (r->style == Q_RESULT_TYPED)
        typed_schema(r);
    if (r->style == Q_RESULT_TYPED || r->style == Q_RESULT_TABLE || r->style == Q_RESULT_PLAIN)
        return texts_new(r, err);
    return writer_new(r, err);
}

static q_code rows_piece(q_result *r, const q_batch *b, q_err *err)
{
    if (r->texts)
        Q_TRY(q_program_run(r->texts, b, err));
    r->n_rows += b->n_rows;
    if (r->style == Q_RESULT_PLAIN || is_plan(r))
        plain_rows(r, b);
    else if (r->style == Q_RESULT_TABLE)
        table_rows(r, b);
    else if (r->style == Q_RESULT_TYPED)
        Q_TRY(typed_rows(r, b, err));
    else
        Q_TRY(q_writer_append(r->writer, b, &r->out, err));
    return r->out.len > (1u << 19) ? flush(r, err) : Q_OK;
}

q_code q_result_rows(q_result *r, const q_batch *b, q_err *err)
{
    q_arena a;
    q_code code = Q_OK;
    q_arena_init(&a, NULL);
    for (uint32_t from = 0; from < b->n_rows && code == Q_OK; from += Q_BATCH_ROWS) {
        uint32_t n = b->n_rows - from < Q_BATCH_ROWS ? b->n_rows - from : Q_BATCH_ROWS;
        q_column *columns = q_arena_array(&a, q_column, b->n_columns + 1);
        for (uint32_t c = 0; c < b->n_columns && code == Q_OK; c++)
            code = q_column_slice(&columns[c], &b->columns[c], from, n, &a, err);
        if (code == Q_OK)
            code = rows_piece(r, &(q_batch){n, b->n_columns, columns, NULL}, err);
        q_arena_reset(&a);
    }
    q_arena_fini(&a);
    return code;
}

q_code q_result_end(q_result *r, q_err *err)
{
    if (r->style == Q_RESULT_TABLE && !is_plan(r))
        table_end(r);
    else if (r->writer)
        Q_TRY(q_writer_end(r->writer, &r->out, err));
    Q_TRY(flush(r, err));
    return fflush(r->to) == 0 ? Q_OK : write_failed(r, err);
}
