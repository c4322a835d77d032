/* The names of functions: those that are here and those that only Spark has. */
#include "common/plan/functions.h"

#include <string.h>

#include "tests/unit/check.h"

/* A function that is added must leave the list. */
START_TEST(missing_ones_are_not_here)
{
    uint32_t n = 0;
    for (const char *last = "", *name; (name = q_function_missing_name(n)); last = name, n++) {
        ck_assert_msg(q_function_find(name) < 0, "%s is in functions.def", name);
        ck_assert_msg(strcmp(last, name) < 0, "%s is not in order", name);
        ck_assert(q_function_missing(name));
    }
    ck_assert(n > 0);
}
END_TEST

START_TEST(other_names_are_not_missing)
{
    ck_assert(q_function_missing("EXPLODE"));
    ck_assert(!q_function_missing("upper"));
    ck_assert(!q_function_missing("uper"));
    ck_assert(!q_function_missing(""));
    ck_assert(!q_function_missing("zzzz"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("functions");
    TCase *t = tcase_create("functions");
    tcase_add_test(t, missing_ones_are_not_here);
    tcase_add_test(t, other_names_are_not_missing);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
