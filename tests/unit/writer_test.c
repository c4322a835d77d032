/* Writers: the bytes that PySpark 3.5.5 wrote for the same values. */
#include <math.h>

#include "common/io/writer.h"
#include "tests/unit/io_help.h"

/* The batch a row at a time: no two rows share anything then. */
static void append_rows(q_writer *w, const q_batch *batch, q_buf *out)
{
    q_arena a;
    q_err err;
    q_arena_init(&a, NULL);
    for (uint32_t row = 0; row < batch->n_rows; row++) {
        q_batch one = {1, batch->n_columns, q_arena_array(&a, q_column, batch->n_columns), NULL};
        for (uint32_t i = 0; i < batch->n_columns; i++)
            ck_assert_int_eq(q_column_slice(&one.columns[i], &batch->columns[i], row, 1, &a, &err),
                             Q_OK);
        ck_assert_int_eq(q_writer_append(w, &one, out, &err), Q_OK);
        q_arena_reset(&a);
    }
    q_arena_fini(&a);
}

/* Rows come through the JSON reader, which has tests of its own. They are written a batch and a row
 * at a time, with the same bytes. */
static char *written(const char *ddl, const char *records, q_format format, const char *options,
                     q_write_style style)
{
    fixture f;
    q_arena a;
    q_err err;
    q_option pairs[8];
    uint32_t n = 0;
    q_write_options o;
    q_writer *w, *by_row;
    q_reader *r;
    q_batch batch;
    q_buf out, rows;
    fixture_init(&f, Q_FORMAT_JSON, ddl, "mode=FAILFAST", records, strlen(records));
    q_arena_init(&a, NULL);
    char *copy = strdup(options), *save = NULL;
    for (char *p = strtok_r(copy, " ", &save); p; p = strtok_r(NULL, " ", &save)) {
        char *eq = strchr(p, '=');
        *eq = 0;
        pairs[n++] = (q_option){p, eq + 1};
    }
    ck_assert_int_eq(q_write_options_parse(format, pairs, n, &a, &o, NULL, &err), Q_OK);
    q_code code = q_writer_new(&f.source.schema, format, &o, style, &session_utc, &w, &err);
    ck_assert_msg(code == Q_OK, "%s", err.msg);
    q_writer_new(&f.source.schema, format, &o, style, &session_utc, &by_row, &err);
    q_split split = {.source = &f.source, .end = f.n, .data = f.data, .data_bytes = f.n};
    ck_assert_int_eq(
        q_reader_new(&split, f.columns, f.n_columns, &session_utc, &f.arena, &r, &f.err), Q_OK);
    q_buf_init(&out);
    q_buf_init(&rows);
    ck_assert_int_eq(q_writer_begin(w, &out, &err), Q_OK);
    ck_assert_int_eq(q_writer_begin(by_row, &rows, &err), Q_OK);
    do {
        code = q_reader_next(r, &batch, &err);
        ck_assert_msg(code == Q_OK, "%s", err.msg);
        ck_assert_int_eq(q_writer_append(w, &batch, &out, &err), Q_OK);
        append_rows(by_row, &batch, &rows);
    } while (batch.n_rows);
    ck_assert_int_eq(q_writer_end(w, &out, &err), Q_OK);
    ck_assert_int_eq(q_writer_end(by_row, &rows, &err), Q_OK);
    ck_assert_msg(strcmp(q_buf_cstr(&out), q_buf_cstr(&rows)) == 0,
                  "%s %s: rows by themselves are written in another way", ddl, options);
    q_buf_fini(&rows);
    q_reader_destroy(&r);
    q_writer_destroy(&w);
    q_writer_destroy(&by_row);
    q_arena_fini(&a);
    fixture_fini(&f);
    free(copy);
    return q_buf_take(&out, NULL);
}

static void check_written(const char *ddl, const char *records, q_format format,
                          const char *options, const char *expected)
{
    char *text = written(ddl, records, format, options, Q_WRITE_RECORDS);
    ck_assert_msg(strcmp(text, expected) == 0, "%s\nas %s %s gives\n%s\ninstead of\n%s", records,
                  ddl, options, text, expected);
    free(text);
}

static const struct {
    const char *ddl, *records, *options, *expected;
} jsons[] = {
    {"a tinyint, b int, c bigint, d float, e double, f decimal(3;2), g boolean, h date, i "
     "timestamp, "
     "j string, k binary, l array<int>, m void, n timestamp_ntz",
     "{\"a\":1,\"b\":2,\"c\":3,\"d\":1.5,\"e\":2.5,\"f\":1.10,\"g\":true,\"h\":\"2020-01-02\","
     "\"i\":\"2020-01-02 03:04:05.123456\",\"j\":\"x\",\"k\":\"QUI=\",\"l\":[1,null,3],"
     "\"n\":\"2020-01-02 03:04:05.123456\"}",
     "",
     "{\"a\":1,\"b\":2,\"c\":3,\"d\":1.5,\"e\":2.5,\"f\":1.10,\"g\":true,\"h\":\"2020-01-02\","
     "\"i\":\"2020-01-02T03:04:05.123Z\",\"j\":\"x\",\"k\":\"QUI=\",\"l\":[1,null,3],"
     "\"n\":\"2020-01-02T03:04:05.123\"}\n"},
    {"a tinyint, b void, c bigint, d string, e array<string>, f array<void>",
     "{\"a\":1,\"c\":3,\"d\":\"\",\"e\":[],\"f\":[null]}", "ignoreNullFields=false",
     "{\"a\":1,\"b\":null,\"c\":3,\"d\":\"\",\"e\":[],\"f\":[null]}\n"},
    {"a double, b double, c double, d float, e double, f double, g double, h double, i double, "
     "j double, k decimal(10;7), l decimal(10;10), m decimal(38;18), n decimal(38;18)",
     "{\"a\":NaN,\"b\":Infinity,\"c\":-Infinity,\"d\":NaN,\"e\":1e10,\"f\":1e-4,\"g\":-0.0,\"h\":"
     "1e7,"
     "\"i\":0.001,\"j\":123456789.125,\"k\":1e-7,\"l\":0,\"m\":1,\"n\":0}",
     "",
     "{\"a\":\"NaN\",\"b\":\"Infinity\",\"c\":\"-Infinity\",\"d\":\"NaN\",\"e\":1.0E10,"
     "\"f\":1.0E-4,\"g\":-0.0,\"h\":1.0E7,\"i\":0.001,\"j\":1.23456789125E8,\"k\":1E-7,\"l\":0E-10,"
     "\"m\":1.000000000000000000,\"n\":0E-18}\n"},
    {"a string, b string, c string, d string",
     "{\"a\":\"a\\\"b\\\\c\\/d\\b\\n\\r\\t\",\"b\":\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\","
     "\"c\":\"x\\u0000\\u001f\\u007f\",\"d\":\"<>&\"}",
     "",
     "{\"a\":\"a\\\"b\\\\c/d\\b\\n\\r\\t\",\"b\":\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\","
     "\"c\":\"x\\u0000\\u001F\x7f\",\"d\":\"<>&\"}\n"},
    {"a date, b date, d timestamp, e timestamp",
     "{\"a\":\"0001-01-01\",\"b\":\"10000-01-01\",\"d\":\"0001-01-01 00:00:00\","
     "\"e\":\"2020-01-02 03:04:05.000001\"}",
     "",
     "{\"a\":\"0001-01-01\",\"b\":\"+10000-01-01\",\"d\":\"0001-01-01T00:00:00.000Z\","
     "\"e\":\"2020-01-02T03:04:05.000Z\"}\n"},
    {"a timestamp, c timestamp, b date",
     "{\"a\":\"2020-07-02 03:04:05\",\"c\":\"1880-07-02 03:04:05\",\"b\":\"2020-01-02\"}",
     "timeZone=America/New_York timestampFormat=yyyy/MM/dd'T'HH:mm:ss_XXX dateFormat=dd.MM.yy",
     "{\"a\":\"2020/07/01T23:04:05_-04:00\",\"c\":\"1880/07/"
     "01T22:08:03_-04:56\",\"b\":\"02.01.20\"}\n"},
    {"a array<date>, b array<double>, c array<string>, d array<boolean>, e array<binary>",
     "{\"a\":[\"2020-01-01\",null],\"b\":[1.5,NaN],\"c\":[\"x\\\"\",null],\"d\":[true],\"e\":[\"QQ="
     "=\"]}",
     "",
     "{\"a\":[\"2020-01-01\",null],\"b\":[1.5,\"NaN\"],\"c\":[\"x\\\"\",null],\"d\":[true],"
     "\"e\":[\"QQ==\"]}\n"},
    {"a int", "{\"a\":1}\n{\"a\":2}", "lineSep=|", "{\"a\":1}|{\"a\":2}|"},
    {"a int", "{}\n{\"a\":2}", "", "{}\n{\"a\":2}\n"},
    {"a int, b int", "{\"b\":1}\n{\"a\":2}", "", "{\"b\":1}\n{\"a\":2}\n"},
    {"a int", "", "", ""},
    {"a timestamp", "{\"a\":\"2020-07-02 03:04:05\"}", "timeZone=America/New_York",
     "{\"a\":\"2020-07-01T23:04:05.000-04:00\"}\n"},
    {"a date", "{\"a\":\"2020-07-02\"}", "dateFormat=yyyy\"MM\\dd",
     "{\"a\":\"2020\\\"07\\\\02\"}\n"},
};

START_TEST(test_writer_json)
{
    check_written(jsons[_i].ddl, jsons[_i].records, Q_FORMAT_JSON, jsons[_i].options,
                  jsons[_i].expected);
}
END_TEST

START_TEST(test_writer_json_names)
{
    fixture f;
    q_writer *w;
    q_write_options o;
    q_buf out;
    q_err err;
    q_arena a;
    q_arena_init(&a, NULL);
    q_buf_init(&out);
    fixture_init(&f, Q_FORMAT_JSON, "a int", "", "", 0);
    f.source.schema.fields[0].name = "a\"b";
    int32_t value[32] = {7};
    q_column c = {.type = Q_TYPE(Q_INT), .length = 1, .values = value};
    q_batch batch = {1, 1, &c, NULL};
    ck_assert_int_eq(q_write_options_parse(Q_FORMAT_JSON, NULL, 0, &a, &o, NULL, &err), Q_OK);
    ck_assert_int_eq(
        q_writer_new(&f.source.schema, Q_FORMAT_JSON, &o, Q_WRITE_RECORDS, &session_utc, &w, &err),
        Q_OK);
    ck_assert_int_eq(q_writer_append(w, &batch, &out, &err), Q_OK);
    ck_assert_str_eq(q_buf_cstr(&out), "{\"a\\\"b\":7}\n");
    q_writer_destroy(&w);
    q_buf_fini(&out);
    q_arena_fini(&a);
    fixture_fini(&f);
}
END_TEST

START_TEST(test_writer_array)
{
    static const char *const expected[] = {"[]\n", "[\n{\"a\":1}\n]\n",
                                           "[\n{\"a\":1},\n{\"a\":2}\n]\n"};
    static const char *const records[] = {"", "{\"a\":1}", "{\"a\":1}\n{\"a\":2}"};
    char *text = written("a int", records[_i], Q_FORMAT_JSON, "", Q_WRITE_ARRAY);
    ck_assert_str_eq(text, expected[_i]);
    free(text);
}
END_TEST

/* One string value through the CSV writer as a row of its own. */
static const struct {
    const char *json, *options, *expected;
} csvs[] = {
    {"x", "", "x\n"},
    {"", "", "\"\"\n"},
    {"a,b", "", "\"a,b\"\n"},
    {"a\\\"b", "", "\"a\\\"b\"\n"},
    {"\\\"a\\\"", "", "\"\\\"a\\\"\"\n"},
    {"\\\"", "", "\"\\\"\"\n"},
    {"a\\nb", "", "\"a\nb\"\n"},
    {"a\\r\\nb", "", "\"a\r\nb\"\n"},
    {" x ", "", "x\n"},
    {" ", "", "\"\"\n"},
    {"\\tx", "", "x\n"},
    {"a\\\\b", "", "a\\b\n"},
    {"a\\\\\\\"b", "", "\"a\\\\\\\"b\"\n"},
    {"#x", "", "\"#x\"\n"},
    {"x#", "", "x#\n"},
    {"\\\\", "", "\\\n"},
    {"\\u0000", "", "\"\"\n"},
    {"  a,b  ", "", "\"a,b\"\n"},
    {"\xC2\xA0"
     "a",
     "",
     "\xC2\xA0"
     "a\n"},
    {"\\u001fa\\u001f", "", "a\n"},
    {"a\\n", "", "\"a\"\n"},
    {" \\n ", "", "\"\"\n"},
    {"x", "quoteAll=true", "\"x\"\n"},
    {"", "quoteAll=true", "\"\"\n"},
    {"a\\\\b", "quoteAll=true", "\"a\\\\b\"\n"},
    {"\\\\", "quoteAll=true", "\"\\\\\"\n"},
    {" x ", "quoteAll=true", "\"x\"\n"},
    {"a\\\"b", "escapeQuotes=false", "a\"b\n"},
    {"\\\"a\\\"", "escapeQuotes=false", "\"\\\"a\\\"\"\n"},
    {"a\\\\\\\"b", "escapeQuotes=false", "a\\\"b\n"},
    {"a\\\"b", "escape=\"", "\"a\"\"b\"\n"},
    {"a\\\\\\\"b", "escape=\"", "\"a\\\"\"b\"\n"},
    {" x ", "ignoreLeadingWhiteSpace=false ignoreTrailingWhiteSpace=false", " x \n"},
    {"a\\n", "ignoreLeadingWhiteSpace=false ignoreTrailingWhiteSpace=false", "\"a\n\"\n"},
    {"a;b", "sep=;", "\"a;b\"\n"},
    {"a,b", "sep=;", "a,b\n"},
    {"a,b", "sep=||", "a,b\n"},
    {"a|b", "sep=||", "a|b\n"},
    {"\\tx", "sep=\\t", "\"x\"\n"},
    {"a,b", "quote='", "'a,b'\n"},
    {"a\\\"b", "quote='", "a\"b\n"},
    {"'", "quote='", "'\\''\n"},
    {"", "emptyValue=E", "E\n"},
    {" ", "emptyValue=E", "E\n"},
    {"", "emptyValue=", ""},
};

START_TEST(test_writer_csv_strings)
{
    char record[128];
    snprintf(record, sizeof record, "{\"a\":\"%s\"}", csvs[_i].json);
    check_written("a string", record, Q_FORMAT_CSV, csvs[_i].options, csvs[_i].expected);
}
END_TEST

static const struct {
    const char *ddl, *records, *options, *expected;
} tables[] = {
    {"a tinyint, b int, c bigint, d float, e double, f decimal(3;2), g boolean, h date, i "
     "timestamp, "
     "j string, m string, n timestamp_ntz, k decimal(10;7), o double, p double, q double",
     "{\"a\":1,\"b\":2,\"c\":3,\"d\":1.5,\"e\":2.5,\"f\":1.10,\"g\":true,\"h\":\"2020-01-02\","
     "\"i\":\"2020-01-02 03:04:05.123456\",\"j\":\"x\",\"n\":\"2020-01-02 03:04:05.123456\","
     "\"k\":1e-7,\"o\":NaN,\"p\":Infinity,\"q\":1e10}",
     "header=true",
     "a,b,c,d,e,f,g,h,i,j,m,n,k,o,p,q\n1,2,3,1.5,2.5,1.10,true,2020-01-02,2020-01-02T03:04:05.123Z,"
     "x,,2020-01-02T03:04:05.123,1E-7,NaN,Infinity,1.0E10\n"},
    {"a string, b int", "{}", "", ",\n"},
    {"a string", "{}\n{\"a\":\"x\"}", "", "x\n"},
    {"a string, b string", "{\"b\":\"\"}", "nullValue=NA emptyValue=EE", "NA,EE\n"},
    {"a int, b string, c string", "{\"a\":1,\"c\":\"x\"}", "quoteAll=true", "\"1\",\"\",\"x\"\n"},
    {"a string, b string", "{\"a\":\"#x\",\"b\":\"#x\"}", "", "\"#x\",#x\n"},
    {"a int", "", "header=true", "a\n"},
    {"a int", "", "", ""},
    {"a double, b double", "{\"a\":1.5,\"b\":2}", "sep=.", "\"1.5\".\"2.0\"\n"},
};

START_TEST(test_writer_csv_tables)
{
    check_written(tables[_i].ddl, tables[_i].records, Q_FORMAT_CSV, tables[_i].options,
                  tables[_i].expected);
}
END_TEST

START_TEST(test_writer_refuses)
{
    fixture f;
    q_writer *w;
    q_write_options o;
    q_err err;
    fixture_init(&f, Q_FORMAT_JSON, "a int, b array<int>", "", "", 0);
    ck_assert_int_eq(q_write_options_parse(Q_FORMAT_CSV, NULL, 0, &f.arena, &o, NULL, &err), Q_OK);
    ck_assert_int_eq(
        q_writer_new(&f.source.schema, Q_FORMAT_CSV, &o, Q_WRITE_RECORDS, &session_utc, &w, &err),
        Q_E_UNSUPPORTED_DATATYPE);
    ck_assert_str_eq(err.msg, "the csv writer has no columns of type ARRAY<INT>: `b`");
    ck_assert_ptr_null(w);
    fixture_fini(&f);
}
END_TEST

/* Invalid UTF-8 (from a cast of binary, say) and strings of every length around vector sizes. */
START_TEST(test_writer_json_strings)
{
    q_arena a;
    q_err err;
    q_write_options o;
    q_field field = {"s", Q_TYPE(Q_STRING), true};
    q_schema schema = {1, &field};
    q_writer *w;
    q_buf out;
    q_arena_init(&a, NULL);
    q_buf_init(&out);
    ck_assert_int_eq(q_write_options_parse(Q_FORMAT_JSON, NULL, 0, &a, &o, NULL, &err), Q_OK);
    ck_assert_int_eq(
        q_writer_new(&schema, Q_FORMAT_JSON, &o, Q_WRITE_RECORDS, &session_utc, &w, &err), Q_OK);
    for (uint32_t n = 0; n < 140; n++) {
        for (uint32_t quote = 0; quote <= n; quote++) {
            char *s = malloc(n + 1),
                 *expected = calloc(1, 2 * n + 16); /* exact: ASan watches reads */
            memset(s, 'x', n);
            if (quote < n)
                s[quote] = '"';
            char *e = expected + sprintf(expected, "{\"s\":\"");
            for (uint32_t i = 0; i < n; i++) {
                if (i == quote)
                    *e++ = '\\';
                *e++ = s[i];
            }
            strcpy(e, "\"}\n");
            for (uint32_t plain = 0; plain <= (quote == n); plain++) {
                q_str value = {s, n, plain ? Q_STR_PLAIN : 0};
                q_column c = {.type = Q_TYPE(Q_STRING), .length = 1, .values = &value};
                q_batch batch = {1, 1, &c, NULL};
                q_buf_clear(&out);
                ck_assert_int_eq(q_writer_append(w, &batch, &out, &err), Q_OK);
                ck_assert_str_eq(q_buf_cstr(&out), expected);
            }
            free(s);
            free(expected);
        }
    }
    for (uint32_t flags = 0; flags <= Q_STR_PLAIN; flags++) { /* empty, nowhere; and NULL */
        q_str nothing[2] = {{NULL, 0, flags}, {NULL, 0, flags}};
        uint64_t valid = 1;
        q_column c = {.type = Q_TYPE(Q_STRING), .length = 2, .values = nothing, .validity = &valid};
        q_batch batch = {2, 1, &c, NULL};
        q_buf_clear(&out);
        ck_assert_int_eq(q_writer_append(w, &batch, &out, &err), Q_OK);
        ck_assert_str_eq(q_buf_cstr(&out), "{\"s\":\"\"}\n{}\n");
    }
    q_str bad = {"x\xFF\xE2\x82\xAC\xE2\x82", 7, 0};
    q_column c = {.type = Q_TYPE(Q_STRING), .length = 1, .values = &bad};
    q_batch batch = {1, 1, &c, NULL};
    q_buf_clear(&out);
    ck_assert_int_eq(q_writer_append(w, &batch, &out, &err), Q_OK);
    ck_assert_str_eq(q_buf_cstr(&out), "{\"s\":\"x\xEF\xBF\xBD\xE2\x82\xAC\xEF\xBF\xBD\"}\n");
    q_writer_destroy(&w);
    q_buf_fini(&out);
    q_arena_fini(&a);
}
END_TEST

/* The cache of double texts changes nothing. */
START_TEST(test_writer_doubles)
{
    q_buf records, expected;
    q_buf_init(&records);
    q_buf_init(&expected);
    uint64_t x = 88172645463325252u;
    for (int i = 0; i < 5000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        double v = i < 2000 ? (double)(x % 5) / 7 : i % 2 ? (double)(x % 7) / 3 : (double)x / 1e9;
        char text[32];
        *q_text_from_double(text, v) = 0;
        q_buf_printf(&records, "{\"a\":%s}\n", text);
        q_buf_printf(&expected, "{\"a\":%s}\n", text);
    }
    char *text = written("a double", q_buf_cstr(&records), Q_FORMAT_JSON, "", Q_WRITE_RECORDS);
    ck_assert_str_eq(text, q_buf_cstr(&expected));
    free(text);
    q_buf_fini(&records);
    q_buf_fini(&expected);
}
END_TEST

/* Columns of one value between others, NULLs among them, strings that differ much in length. */
static const struct {
    q_format format;
    const char *options;
    q_write_style style;
} manners[] = {
    {Q_FORMAT_JSON, "", Q_WRITE_RECORDS},
    {Q_FORMAT_JSON, "ignoreNullFields=false", Q_WRITE_RECORDS},
    {Q_FORMAT_JSON, "dateFormat=yyyy\"MM lineSep=||", Q_WRITE_RECORDS},
    {Q_FORMAT_JSON, "", Q_WRITE_ARRAY},
    {Q_FORMAT_CSV, "header=true", Q_WRITE_RECORDS},
    {Q_FORMAT_CSV, "quoteAll=true nullValue=none", Q_WRITE_RECORDS},
    {Q_FORMAT_CSV, "sep=. nullValue=-", Q_WRITE_RECORDS},
};

START_TEST(test_writer_many_rows)
{
    bool json = manners[_i].format == Q_FORMAT_JSON;
    q_buf records;
    q_buf_init(&records);
    for (int i = 0; i < 5000; i++) {
        q_buf_printf(&records, "{\"a\":7,\"b\":\"one \\\"value\\\" \u00e9 in each of the rows\"");
        if (i % 7)
            q_buf_printf(&records, ",\"c\":\"%*s%s\"", i % 911 ? i % 40 : 20 * i, "",
                         i % 5 ? "x" : "\\n\\\"");
        if (i < 3000 || i % 3)
            q_buf_printf(&records, ",\"d\":%d.%d", i % 11, i % 4);
        q_buf_printf(&records, ",\"e\":\"2020-01-02\",\"f\":\"2020-01-%02d\"", 1 + i / 200);
        if (json && i % 13)
            q_buf_printf(&records, ",\"g\":[\"%d\",null,\"\\\\\"]", i % 3);
        q_buf_puts(&records, ",\"h\":true,\"i\":-1}\n");
    }
    free(written(json ? "a int, b string, c string, d double, e date, f date, g array<string>, "
                        "h boolean, i bigint, j void"
                      : "a int, b string, c string, d double, e date, f date, h boolean, i bigint",
                 q_buf_cstr(&records), manners[_i].format, manners[_i].options, manners[_i].style));
    q_buf_fini(&records);
}
END_TEST

#define COUNT(x) (int)(sizeof(x) / sizeof *(x))

int main(void)
{
    Suite *s = suite_create("writer");
    TCase *t = tcase_create("writer");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, test_writer_json, 0, COUNT(jsons));
    tcase_add_test(t, test_writer_json_names);
    tcase_add_loop_test(t, test_writer_array, 0, 3);
    tcase_add_loop_test(t, test_writer_csv_strings, 0, COUNT(csvs));
    tcase_add_loop_test(t, test_writer_csv_tables, 0, COUNT(tables));
    tcase_add_test(t, test_writer_refuses);
    tcase_add_test(t, test_writer_json_strings);
    tcase_add_test(t, test_writer_doubles);
    tcase_add_loop_test(t, test_writer_many_rows, 0, COUNT(manners));
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
