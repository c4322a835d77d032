/*
 * Names and types of result columns, as Spark 3.5 gives them: tests/sql/names.tsv
 * holds expression, name and type, recorded from PySpark over a view with a column
 * of every type (tests/sql/README.md says how).
 */
#include "bind_support.h"

#define FILE_NAME "tests/sql/names.tsv"

/* Spark's interval types say which fields they have, ours only which of the two kinds. */
static const char *plain_type(const char *type)
{
    if (strncmp(type, "interval ", 9) != 0)
        return type;
    bool months = strncmp(type + 9, "year", 4) == 0 || strncmp(type + 9, "month", 5) == 0;
    return months ? "interval year to month" : "interval day to second";
}

/* 1 if it differs; says how. */
static int check_line(char *line)
{
    char *rest = line, type[Q_TYPE_NAME_BYTES];
    const char *expr = strsep(&rest, "\t"), *name = strsep(&rest, "\t"),
               *wanted = strsep(&rest, "\t");
    ck_assert_msg(wanted != NULL, "bad line in " FILE_NAME ": %s", line);
    world w;
    q_stmt st;
    world_init(&w);
    q_code code = world_bind(&w, q_arena_printf(&w.arena, "SELECT %s FROM t", expr), &st);
    int wrong = 1;
    if (code) {
        fprintf(stderr, "%s: %s\n", expr, world_error(&w));
    } else if (st.plan->schema.n_fields != 1) {
        fprintf(stderr, "%s: %u columns\n", expr, st.plan->schema.n_fields);
    } else {
        const q_field *f = &st.plan->schema.fields[0];
        q_type_name(f->type, type);
        wrong = strcmp(f->name, name) != 0 || strcmp(type, plain_type(wanted)) != 0;
        if (wrong)
            fprintf(stderr, "%s: `%s` %s, in Spark `%s` %s\n", expr, f->name, type, name, wanted);
    }
    world_fini(&w);
    return wrong;
}

START_TEST(test_bind_names_are_sparks)
{
    FILE *f = fopen(FILE_NAME, "r");
    ck_assert_msg(f != NULL, "run from the top of the tree: no " FILE_NAME);
    char *line = NULL;
    size_t cap = 0;
    int wrong = 0, n = 0;
    for (ssize_t len; (len = getline(&line, &cap, f)) > 0; n++) {
        line[strcspn(line, "\n")] = 0;
        wrong += check_line(line);
    }
    free(line);
    fclose(f);
    ck_assert_msg(n > 300, "only %d lines", n);
    ck_assert_msg(wrong == 0, "%d of %d differ", wrong, n);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("bind_names");
    TCase *c = tcase_create("names");
    tcase_set_timeout(c, 0);
    tcase_add_test(c, test_bind_names_are_sparks);
    suite_add_tcase(s, c);
    return world_run(s);
}
