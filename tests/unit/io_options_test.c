/* Reader options that change what is read: modes, encodings, the corrupt-record column. */

#include "common/io/input.h"
#include "common/io/recode.h"
#include "tests/unit/io_help.h"
#include "tests/unit/check.h"

static q_arena arena;
static q_err err;

static void setup(void)
{
    q_arena_init(&arena, NULL);
    q_err_clear(&err);
}

static void teardown(void)
{
    q_arena_fini(&arena);
}

static q_code parse(const char *key, const char *value, q_read_options *o, q_option_warnings *w)
{
    q_option option = {key, value};
    return q_read_options_parse(Q_FORMAT_CSV, &option, 1, &arena, o, w, &err);
}

START_TEST(test_modes)
{
    q_read_options o;
    q_option_warnings w;
    ck_assert_int_eq(parse("MODE", "failFast", &o, &w), Q_OK);
    ck_assert_int_eq(o.mode, Q_MODE_FAILFAST);
    ck_assert_uint_eq(w.n, 0);
    ck_assert_int_eq(parse("mode", "fast", &o, &w), Q_OK);
    ck_assert_int_eq(o.mode, Q_MODE_PERMISSIVE);
    ck_assert_uint_eq(w.n, 1);
    ck_assert_ptr_nonnull(strstr(w.texts[0], "mode fast is not known"));
}
END_TEST

START_TEST(test_encodings)
{
    q_read_options o, copy;
    q_buf wire;
    q_unpack in;
    ck_assert_int_eq(parse("encoding", "Utf-8", &o, NULL), Q_OK);
    ck_assert_ptr_null(o.encoding);
    ck_assert_int_eq(parse("charset", "no-such", &o, NULL), Q_E_INVALID_OPTION);
    ck_assert_int_eq(parse("charset", "ISO-8859-1//TRANSLIT", &o, NULL), Q_E_INVALID_OPTION);
    ck_assert_int_eq(parse("charset", "ISO-8859-1", &o, NULL), Q_OK);
    q_buf_init(&wire);
    q_read_options_pack(&wire, &o);
    q_unpack_init(&in, wire.data, wire.len);
    ck_assert(q_read_options_unpack(&in, &arena, &copy));
    ck_assert_str_eq(copy.encoding, "ISO-8859-1");
    q_buf_fini(&wire);
}
END_TEST

static void check_recode(const char *encoding, const char *data, size_t n, const char *utf8)
{
    q_inflated out;
    q_budget budget;
    q_budget_init(&budget, "spark.executor.memory", 64 << 20);
    ck_assert_int_eq(q_recode(encoding, data, n, &budget, &out, &err), Q_OK);
    ck_assert_msg(out.bytes == strlen(utf8) && memcmp(out.data, utf8, out.bytes) == 0, "%s: %.*s",
                  encoding, (int)out.bytes, out.data);
    for (int i = 0; i < 64; i++)
        ck_assert_int_eq(out.data[out.bytes + (uint64_t)i], 0);
    q_inflated_fini(&out);
    ck_assert_uint_eq(budget.used_bytes, 0);
}

START_TEST(test_recode)
{
    check_recode("ISO-8859-1", "", 0, "");
    check_recode("ISO-8859-1", "a\xE9\xFF", 3, "aéÿ");
    check_recode("windows-1252", "\x80", 1, "€");
    check_recode("US-ASCII", "a\xE9z", 3, "a\uFFFDz");
    check_recode("UTF-16", "\0a\0b", 4, "ab");
    check_recode("UTF-16",
                 "\xFF\xFE"
                 "a\0b\0",
                 6, "ab");
    check_recode("UTF-16LE", "a\0\x3D\xD8\0\xDE", 6, "a😀");
    /* a lone surrogate, half a character at the end */
    check_recode("UTF-16BE", "\xDC\0\0b", 4, "\uFFFDb");
    check_recode("UTF-16BE", "\0a\0", 3, "a\uFFFD");
}
END_TEST

/* More than one round, each byte to two. */
START_TEST(test_recode_large)
{
    size_t n = (3 << 20) + 17;
    char *text = malloc(n);
    q_inflated out;
    memset(text, 0xE9, n);
    ck_assert_int_eq(q_recode("ISO-8859-1", text, n, NULL, &out, &err), Q_OK);
    ck_assert_uint_eq(out.bytes, 2 * n);
    for (size_t i = 0; i < n; i++)
        ck_assert(memcmp(out.data + 2 * i, "é", 2) == 0);
    q_inflated_fini(&out);
    q_budget small;
    q_budget_init(&small, "spark.executor.memory", 1 << 20);
    ck_assert_int_eq(q_recode("ISO-8859-1", text, n, &small, &out, &err), Q_E_OUT_OF_MEMORY);
    ck_assert_uint_eq(small.used_bytes, 0);
    free(text);
}
END_TEST

START_TEST(test_corrupt_column)
{
    q_read_options o;
    q_schema s = schema_of(&arena, "a int, _corrupt_record string");
    ck_assert_int_eq(parse("mode", "PERMISSIVE", &o, NULL), Q_OK);
    ck_assert_int_eq(q_read_options_check(&o, &s, &err), Q_OK);
    s = schema_of(&arena, "a int, _corrupt_record int");
    ck_assert_int_eq(q_read_options_check(&o, &s, &err), Q_E_INVALID_OPTION);
    ck_assert_ptr_nonnull(strstr(err.msg, "`_corrupt_record`"));
    ck_assert_int_eq(parse("columnNameOfCorruptRecord", "bad", &o, NULL), Q_OK);
    ck_assert_int_eq(q_read_options_check(&o, &s, &err), Q_OK);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("io_options");
    TCase *t = tcase_create("options");
    tcase_set_timeout(t, 0);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_modes);
    tcase_add_test(t, test_encodings);
    tcase_add_test(t, test_recode);
    tcase_add_test(t, test_recode_large);
    tcase_add_test(t, test_corrupt_column);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
