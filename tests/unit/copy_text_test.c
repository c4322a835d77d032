/*
 * Values as COPY's text format has them: expected texts are written by PostgreSQL's documentation
 * of COPY and of its input formats, not by this program.
 */
#include "master/copy_text.h"

#include "tests/unit/exec_util.h"

static q_arena arena;

static void set_up(void)
{
    q_arena_init(&arena, NULL);
}

static void tear_down(void)
{
    q_arena_fini(&arena);
}

static q_column *column(q_type type, uint32_t n)
{
    q_column *c = q_arena_new(&arena, q_column);
    XU_OK(q_column_init(c, type, n, &arena, err));
    return c;
}

static q_code copy(q_column *c, const q_tz *zone, q_buf *out, q_err *err)
{
    q_field field = {"some column", c->type, true};
    const q_schema schema = {1, &field};
    uint32_t row = 0;
    q_buf_init(out);
    return q_copy_text(&(q_batch){c->length, 1, c, NULL}, &schema, zone, &row, SIZE_MAX, out, err);
}

static void expect(q_column *c, const char *zone, const char *text)
{
    q_buf out;
    const q_tz *z = q_tz_find(zone, strlen(zone));
    ck_assert(z);
    XU_OK(copy(c, z, &out, err));
    ck_assert_str_eq(q_buf_cstr(&out), text);
    q_buf_fini(&out);
}

static void expect_str(q_type type, const char *value, size_t n, const char *text)
{
    q_column *c = column(type, 1);
    Q_VALUES(c, q_str)[0] = (q_str){value, (uint32_t)n, 0};
    expect(c, "UTC", text);
}

START_TEST(test_copy_escapes)
{
    static const struct {
        const char *value, *text;
    } cases[] = {{"plain", "plain\n"},
                 {"", "\n"},
                 {"tab\there", "tab\\there\n"},
                 {"two\nlines\r", "two\\nlines\\r\n"},
                 {"\b\f\v", "\\b\\f\\v\n"},
                 {"back\\slash", "back\\\\slash\n"},
                 {"\\N", "\\\\N\n"}, /* a text, not a NULL */
                 {"\\.", "\\\\.\n"}, /* nor the end of the data */
                 {"NULL", "NULL\n"},
                 {"\x01\x1f\x7f", "\x01\x1f\x7f\n"},
                 {"gr\xC3\xBC\xC3\x9F \"quoted\" {a,b}", "gr\xC3\xBC\xC3\x9F \"quoted\" {a,b}\n"},
                 {"bad \xFF byte", "bad \xEF\xBF\xBD byte\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_str(Q_TYPE(Q_STRING), cases[i].value, strlen(cases[i].value), cases[i].text);
    expect_str(Q_TYPE(Q_BINARY), "\0\xff\\", 3, "\\\\x00ff5c\n");
    expect_str(Q_TYPE(Q_BINARY), "", 0, "\\\\x\n");
}
END_TEST

START_TEST(test_copy_refuses_nul)
{
    q_column *c = column(Q_TYPE(Q_STRING), 1);
    q_buf out;
    q_err err;
    q_err_clear(&err);
    Q_VALUES(c, q_str)[0] = (q_str){"a\0b", 3, 0};
    ck_assert_int_eq(copy(c, &q_tz_utc, &out, &err), Q_E_DATABASE);
    ck_assert_str_eq(err.column_name, "some column");
    q_buf_fini(&out);
}
END_TEST

START_TEST(test_copy_nulls_and_rows)
{
    q_column *columns = q_arena_array(&arena, q_column, 2);
    XU_OK(q_column_init(&columns[0], Q_TYPE(Q_INT), 3, &arena, err));
    XU_OK(q_column_init(&columns[1], Q_TYPE(Q_BOOLEAN), 3, &arena, err));
    for (int i = 0; i < 3; i++) {
        Q_VALUES(&columns[0], int32_t)[i] = i - 1;
        Q_VALUES(&columns[1], uint8_t)[i] = (uint8_t)(i == 1);
    }
    XU_OK(q_column_need_validity(&columns[0], &arena, err));
    q_bit_clear(columns[0].validity, 2);
    const q_batch b = {3, 2, columns, NULL};
    q_field fields[] = {{"a", Q_TYPE(Q_INT), true}, {"b", Q_TYPE(Q_BOOLEAN), true}};
    const q_schema schema = {2, fields};
    q_buf out;
    uint32_t row = 0;
    q_buf_init(&out);
    XU_OK(q_copy_text(&b, &schema, &q_tz_utc, &row, 1, &out, err)); /* enough after one row */
    ck_assert_uint_eq(row, 1);
    ck_assert_str_eq(q_buf_cstr(&out), "-1\tf\n");
    XU_OK(q_copy_text(&b, &schema, &q_tz_utc, &row, SIZE_MAX, &out, err));
    ck_assert_uint_eq(row, 3);
    ck_assert_str_eq(q_buf_cstr(&out), "-1\tf\n0\tt\n\\N\tf\n");
    q_buf_fini(&out);
}
END_TEST

START_TEST(test_copy_numbers)
{
    q_column *d = column(Q_TYPE(Q_DOUBLE), 6);
    const double values[] = {0.1, -0.0, NAN, INFINITY, -INFINITY, 1e22};
    memcpy(d->values, values, sizeof values);
    q_buf out;
    XU_OK(copy(d, &q_tz_utc, &out, err));
    char *save, *line = strtok_r((char *)q_buf_cstr(&out), "\n", &save);
    for (int i = 0; i < 6; i++, line = strtok_r(NULL, "\n", &save)) {
        double back = strtod(line, NULL); /* the texts PostgreSQL reads: NaN, Infinity, 1E22 */
        ck_assert(memcmp(&back, &values[i], 8) == 0 || (isnan(back) && isnan(values[i])));
    }
    q_buf_fini(&out);
    q_column *m = column(Q_DECIMAL_OF(38, 2), 2);
    Q_VALUES(m, q_int128)[0] = -5;
    Q_VALUES(m, q_int128)[1] = (q_int128)INT64_MAX * 1000;
    expect(m, "UTC", "-0.05\n92233720368547758070.00\n");
    q_column *i = column(Q_TYPE(Q_BIGINT), 1);
    Q_VALUES(i, int64_t)[0] = INT64_MIN;
    expect(i, "UTC", "-9223372036854775808\n");
}
END_TEST

START_TEST(test_copy_times)
{
    q_column *d = column(Q_TYPE(Q_DATE), 4);
    const int32_t days[] = {0, -719529, -719528, 2932897}; /* -719528: 1 January of year 0, 1 BC */
    memcpy(d->values, days, sizeof days);
    expect(d, "UTC", "1970-01-01\n0002-12-31 BC\n0001-01-01 BC\n10000-01-01\n");
    q_column *t = column(Q_TYPE(Q_TIMESTAMP), 3);
    const int64_t us[] = {0, -1, INT64_C(1719792000000000)}; /* 2024-07-01 00:00 UTC */
    memcpy(t->values, us, sizeof us);
    expect(t, "UTC",
           "1970-01-01 00:00:00+00:00:00\n1969-12-31 23:59:59.999999+00:00:00\n"
           "2024-07-01 00:00:00+00:00:00\n");
    expect(t, "America/New_York",
           "1969-12-31 19:00:00-05:00:00\n1969-12-31 18:59:59.999999-05:00:00\n"
           "2024-06-30 20:00:00-04:00:00\n");
    q_column *n = column(Q_TYPE(Q_TIMESTAMP_NTZ), 1);
    Q_VALUES(n, int64_t)[0] = 1500000;
    expect(n, "America/New_York", "1970-01-01 00:00:01.500000\n");
}
END_TEST

START_TEST(test_copy_arrays)
{
    q_column *c = column(q_type_array_of(Q_TYPE(Q_STRING)), 2);
    c->child = column(Q_TYPE(Q_STRING), 4);
    q_str *s = Q_VALUES(c->child, q_str);
    s[0] = q_str_of("a,b");
    s[1] = q_str_of("say \"x\"");
    s[2] = q_str_of("back\\slash\t");
    s[3] = (q_str){"", 0, 0};
    XU_OK(q_column_need_validity(c->child, &arena, err));
    q_bit_clear(c->child->validity, 3);
    Q_VALUES(c, q_list)[0] = (q_list){0, 4};
    Q_VALUES(c, q_list)[1] = (q_list){4, 0};
    /* COPY takes one layer of backslashes off, the array's reader the other */
    expect(c, "UTC", "{\"a,b\",\"say \\\\\"x\\\\\"\",\"back\\\\\\\\slash\\t\",NULL}\n{}\n");
}
END_TEST

START_TEST(test_copy_type_names)
{
    static const struct {
        q_type type;
        const char *name;
    } cases[] = {{{.kind = Q_TINYINT}, "smallint"},
                 {{.kind = Q_DOUBLE}, "double precision"},
                 {{.kind = Q_DECIMAL, .precision = 10, .scale = 2}, "numeric(10,2)"},
                 {{.kind = Q_STRING}, "text"},
                 {{.kind = Q_VOID}, "text"},
                 {{.kind = Q_TIMESTAMP}, "timestamp"},
                 {{.kind = Q_ARRAY, .element = Q_BIGINT}, "bigint[]"}};
    char name[Q_COPY_TYPE_BYTES];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(q_copy_type(cases[i].type, name), cases[i].name);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("copy_text");
    TCase *t = tcase_create("copy_text");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_copy_escapes);
    tcase_add_test(t, test_copy_refuses_nul);
    tcase_add_test(t, test_copy_nulls_and_rows);
    tcase_add_test(t, test_copy_numbers);
    tcase_add_test(t, test_copy_times);
    tcase_add_test(t, test_copy_arrays);
    tcase_add_test(t, test_copy_type_names);
    suite_add_tcase(s, t);
    return xu_main(s);
}
