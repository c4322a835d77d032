/*
 * The SQL parser on arbitrary bytes. The first byte chooses the entry point.
 * What parses as an expression must also survive the way to text and back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/buf.h"
#include "common/sql/parse.h"
#include "common/sql/script.h"
#include "common/sql/unparse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *lookup(void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "a") == 0 ? "x, 'y" : NULL;
}

static void check_place(const q_err *err, size_t len)
{
    char text[4096];
    Q_ASSERT(err->code != Q_OK && err->msg[0]);
    if (err->line)
        Q_ASSERT(err->byte <= len);
    q_err_format(err, text, sizeof text);
}

static void check_round_trip(q_arena *a, const q_sql_expr *e)
{
    q_buf text;
    q_buf_init(&text);
    q_sql_unparse(e, &text);
    q_sql_expr *again = NULL;
    q_err err;
    q_code code = q_sql_parse_expr(a, text.data, text.len, &again, &err);
    if (code == Q_OK ? !q_sql_expr_equal(e, again) : code != Q_E_RECURSION_LIMIT) {
        fprintf(stderr, "not the same again: %s\n", q_buf_cstr(&text));
        abort();
    }
    q_buf_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const char *sql = (const char *)data + 1;
    size_t len = size - 1;
    q_arena a;
    q_arena_init(&a, NULL);
    q_err err;
    q_err_clear(&err);
    q_sql_script *script;
    q_sql_expr *expr;
    q_sql_text *text;
    q_sql_column_def *columns;
    uint32_t n;
    q_code code;
    switch (data[0] % 4) {
    case 0:
        code = q_sql_parse_schema(&a, sql, len, &columns, &n, &err);
        break;
    case 1:
        code = q_sql_parse_expr(&a, sql, len, &expr, &err);
        if (code == Q_OK)
            check_round_trip(&a, expr);
        break;
    case 2:
        code = q_sql_parse(&a, sql, len, &script, &err);
        break;
    default:
        code = q_sql_substitute(&a, sql, len, lookup, NULL, &text, &err);
        if (code == Q_OK)
            code = q_sql_parse_text(&a, text, &script, &err);
    }
    if (code != Q_OK)
        check_place(&err, len);
    q_arena_fini(&a);
    return 0;
}
