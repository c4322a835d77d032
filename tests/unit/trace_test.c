/* Trace ids: the forms that submitters give, and the one that logs carry. */
#include "common/base/trace.h"
#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>

typedef struct trace_case {
    const char *trace, *span, *parent; /* given */
    const char *trace_id, *span_id;    /* NULL: refused */
} trace_case;

static const trace_case cases[] = {
    {NULL, NULL, NULL, "", ""},
    {"", "", "", "", ""},
    {"1234567890123456789", "42", NULL, "1234567890123456789", "42"},
    {"18446744073709551615", "00042", NULL, "18446744073709551615", "42"},
    {"18446744073709551616", NULL, NULL, NULL, NULL},
    {"0", NULL, NULL, NULL, NULL},
    {"-1", NULL, NULL, NULL, NULL},
    {"12 ", NULL, NULL, NULL, NULL},
    {"x", NULL, NULL, NULL, NULL},
    {"4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", NULL,
     "4bf92f3577b34da6a3ce929d0e0e4736", "67667974448284343"},
    {"4BF92F3577B34DA6A3CE929D0E0E4736", NULL, NULL, "4bf92f3577b34da6a3ce929d0e0e4736", ""},
    {"0000000000000000a3ce929d0e0e4736", NULL, NULL, "11803532876627986230", ""},
    {"a3ce929d0e0e4736", NULL, NULL, "11803532876627986230", ""},
    {"1234567890123456", NULL, NULL, "1234567890123456", ""},
    {"00000000000000000000000000000000", NULL, NULL, NULL, NULL},
    {"1", "nonsense", NULL, NULL, NULL},
    {NULL, NULL, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
     "4bf92f3577b34da6a3ce929d0e0e4736", "67667974448284343"},
    {NULL, "7", "00-0000000000000000a3ce929d0e0e4736-00f067aa0ba902b7-00", "11803532876627986230",
     "7"},
    {"5", "6", "rubbish", "5", "6"},
    {NULL, NULL, "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
     "4bf92f3577b34da6a3ce929d0e0e4736", "67667974448284343"},
    {NULL, NULL, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", NULL, NULL},
    {NULL, NULL, "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", NULL, NULL},
    {NULL, NULL, "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", NULL, NULL},
    {NULL, NULL, "00-4bf92f3577b34da6a3ce929d0e0e473", NULL, NULL},
    {NULL, NULL, "rubbish", NULL, NULL},
};

START_TEST(test_forms)
{
    const trace_case *c = &cases[_i];
    q_trace t;
    q_err err;
    q_code code = q_trace_from(c->trace, c->span, c->parent, &t, &err);
    if (!c->trace_id) {
        ck_assert_int_eq(code, Q_E_INVALID_CONF_VALUE);
        ck_assert_str_eq(t.trace_id, "");
        ck_assert_str_eq(t.span_id, "");
        return;
    }
    ck_assert_int_eq(code, Q_OK);
    ck_assert_str_eq(t.trace_id, c->trace_id);
    ck_assert_str_eq(t.span_id, c->span_id);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("trace");
    TCase *tc = tcase_create("trace");
    tcase_add_loop_test(tc, test_forms, 0, (int)(sizeof cases / sizeof cases[0]));
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
