/* Allowed directories: what lies within, through links and dots. */
#include "common/io/roots.h"
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[] = "/tmp/quern-roots-test-XXXXXX";

static const char *at(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", base, name);
    return path;
}

static void setup(void)
{
    char link_to[64];
    strcpy(base, "/tmp/quern-roots-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(base));
    mkdir(at("in"), 0755);
    mkdir(at("in-too"), 0755);
    mkdir(at("out"), 0755);
    fclose(fopen(at("in/file"), "w"));
    fclose(fopen(at("in-too/file"), "w"));
    snprintf(link_to, sizeof link_to, "%s/in-too", base);
    ck_assert_int_eq(symlink(link_to, at("in/link")), 0);
    char inputs[128], outputs[128];
    snprintf(inputs, sizeof inputs, ":%s/missing:%s/in", base, base);
    snprintf(outputs, sizeof outputs, "%s/out", base);
    q_roots_set(inputs, outputs);
}

static void teardown(void)
{
    char command[64];
    q_roots_set(NULL, NULL);
    snprintf(command, sizeof command, "rm -r %s", base);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(test_inputs)
{
    q_err err;
    ck_assert_int_eq(q_roots_check_input(at("in/file"), &err), Q_OK);
    ck_assert_int_eq(q_roots_check_input(at("in"), &err), Q_OK);
    ck_assert_int_eq(q_roots_check_input(at("out/../in/file"), &err), Q_OK);
    static const char *const refused[] = {"in-too/file", "in/link/file", "in/../in-too/file", ".",
                                          "out"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        ck_assert_int_eq(q_roots_check_input(at(refused[i]), &err), Q_E_PATH_NOT_ALLOWED);
    ck_assert_int_eq(q_roots_check_input("/etc/passwd", &err), Q_E_PATH_NOT_ALLOWED);
}
END_TEST

START_TEST(test_outputs)
{
    q_err err;
    ck_assert_int_eq(q_roots_check_output(at("out"), &err), Q_OK);
    ck_assert_int_eq(q_roots_check_output(at("out/new/newer"), &err), Q_OK);
    static const char *const refused[] = {"new", "in/new", "out/new/../../in/new", "out/../new"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        ck_assert_int_eq(q_roots_check_output(at(refused[i]), &err), Q_E_PATH_NOT_ALLOWED);
}
END_TEST

START_TEST(test_no_roots)
{
    q_err err;
    q_roots_set("", NULL);
    ck_assert_int_eq(q_roots_check_input("/etc/passwd", &err), Q_OK);
    ck_assert_int_eq(q_roots_check_output("/nowhere/../x", &err), Q_OK);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("roots");
    TCase *tc = tcase_create("roots");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, test_inputs);
    tcase_add_test(tc, test_outputs);
    tcase_add_test(tc, test_no_roots);
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
