/*
 * Golden files of the planner: tests/sql/explain (optimised plans), tests/sql/bind
 * (result columns, rows of SHOW and the like, errors with place and hint). A file is
 * a list of cases: a script, a line `----`, what comes out, an empty line. Q_UPDATE=1
 * rewrites the files with what comes out.
 */
#include "bind_support.h"

#include <glob.h>

static void put_cell(const q_column *c, uint32_t row, q_buf *out)
{
    if (q_column_is_null(c, row))
        q_buf_puts(out, "NULL");
    else if (c->type.kind == Q_BOOLEAN)
        q_buf_puts(out, Q_VALUES(c, uint8_t)[row] ? "true" : "false");
    else
        q_buf_append(out, Q_VALUES(c, q_str)[row].ptr, Q_VALUES(c, q_str)[row].len);
}

static void put_rows(const q_stmt *st, q_buf *out)
{
    for (uint32_t i = 0; i < st->schema.n_fields; i++)
        q_buf_printf(out, "%s%s", i ? " | " : "", st->schema.fields[i].name);
    q_buf_putc(out, '\n');
    for (uint32_t r = 0; r < st->rows->n_rows; r++) {
        for (uint32_t i = 0; i < st->rows->n_columns; i++) {
            q_buf_puts(out, i ? " | " : "");
            put_cell(&st->rows->columns[i], r, out);
        }
        if (out->data[out->len - 1] != '\n')
            q_buf_putc(out, '\n');
    }
}

static void put_schema(const q_schema *s, q_buf *out)
{
    char type[Q_TYPE_NAME_BYTES];
    for (uint32_t i = 0; i < s->n_fields; i++)
        q_buf_printf(out, "%s%s %s", i ? ", " : "", s->fields[i].name,
                     q_type_name(s->fields[i].type, type));
    q_buf_puts(out, s->n_fields ? "\n" : "no columns\n");
}

static void put_outcome(const char *sql, bool plans, q_buf *out)
{
    char text[4096];
    world w;
    q_stmt st = {.kind = Q_STMT_NOTHING};
    world_init(&w);
    if (world_bind(&w, sql, &st)) {
        q_err_format(&w.err, text, sizeof text);
        q_buf_printf(out, "%s\n", text);
    } else if (st.kind == Q_STMT_RESULT) {
        put_rows(&st, out);
    } else if (st.kind == Q_STMT_NOTHING) {
        q_buf_puts(out, "done\n");
    } else {
        if (st.kind == Q_STMT_INSERT_DIR)
            q_buf_printf(out, "to %s: ", st.sink->path);
        if (!plans || st.kind == Q_STMT_INSERT_DIR)
            put_schema(&st.plan->schema, out);
        if (plans)
            q_plan_print(st.plan, out);
    }
    world_fini(&w);
}

/* Lines up to the one that is `end` (or the end of the file); *p behind it. */
static char *take_until(char **p, const char *end)
{
    char *start = *p, *line = *p;
    while (*line) {
        size_t n = strcspn(line, "\n");
        char *next = line + n + (line[n] != 0);
        if (n == strlen(end) && strncmp(line, end, n) == 0) {
            *line = 0;
            *p = next;
            return start;
        }
        line = next;
    }
    *p = line;
    return start;
}

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "r");
    ck_assert_msg(f != NULL, "cannot open %s", path);
    q_buf b;
    q_buf_init(&b);
    char piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        q_buf_append(&b, piece, n);
    fclose(f);
    return q_buf_take(&b, NULL);
}

static int check_file(const char *path, int *n_cases)
{
    int wrong = 0;
    bool plans = strstr(path, "/explain/") != NULL;
    char *text = read_file(path), *p = text;
    q_buf now, out;
    q_buf_init(&now);
    q_buf_init(&out);
    while (*p) {
        char *sql = take_until(&p, "----"), *wanted = take_until(&p, "");
        q_buf_clear(&out);
        put_outcome(sql, plans, &out);
        q_buf_printf(&now, "%s%s----\n%s", now.len ? "\n" : "", sql, q_buf_cstr(&out));
        if (strcmp(wanted, q_buf_cstr(&out)) != 0) {
            wrong++;
            fprintf(stderr, "%s:\n%s---- wanted\n%s---- got\n%s\n", path, sql, wanted,
                    q_buf_cstr(&out));
        }
        (*n_cases)++;
    }
    if (wrong && getenv("Q_UPDATE")) {
        FILE *f = fopen(path, "w");
        fwrite(now.data, 1, now.len, f);
        fclose(f);
    }
    q_buf_fini(&now);
    q_buf_fini(&out);
    free(text);
    return wrong;
}

static void check_folder(const char *pattern, int least)
{
    glob_t g;
    ck_assert_msg(glob(pattern, 0, NULL, &g) == 0, "run from the top of the tree: no %s", pattern);
    int wrong = 0, n = 0;
    for (size_t i = 0; i < g.gl_pathc; i++)
        wrong += check_file(g.gl_pathv[i], &n);
    globfree(&g);
    ck_assert_msg(n >= least, "only %d cases", n);
    ck_assert_msg(wrong == 0, "%d of %d cases differ", wrong, n);
}

START_TEST(test_plan_explain_is_golden)
{
    check_folder("tests/sql/explain/*.txt", 30);
}
END_TEST

START_TEST(test_bind_outcomes_are_golden)
{
    check_folder("tests/sql/bind/*.txt", 80);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("plan_golden");
    TCase *c = tcase_create("golden");
    tcase_set_timeout(c, 0);
    tcase_add_test(c, test_plan_explain_is_golden);
    tcase_add_test(c, test_bind_outcomes_are_golden);
    suite_add_tcase(s, c);
    return world_run(s);
}
