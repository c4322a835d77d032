/* The JSON reader: what Spark 3.5 makes of a record (answers recorded from PySpark 3.5.5 where
 * they are not our own documented ones). */
#include "tests/unit/io_help.h"

typedef struct example {
    const char *ddl, *data, *rows, *options;
} example;

static void check_example(const example *e, size_t n)
{
    fixture f;
    fixture_init(&f, Q_FORMAT_JSON, e->ddl, e->options ? e->options : "", e->data,
                 n ? n : strlen(e->data));
    q_code code = read_splits(&f, NULL, 0);
    ck_assert_msg(code == Q_OK, "%s: %s", e->data, f.err.msg);
    ck_assert_msg(strcmp(q_buf_cstr(&f.rows), e->rows) == 0, "%s\nas %s\ngives\n%sinstead of\n%s",
                  e->data, e->ddl, q_buf_cstr(&f.rows), e->rows);
    fixture_fini(&f);
}

/* A value in {"b":7,"a":VALUE,"c":8}: the value read, then "good", "bad" (other fields kept) or
 * "malformed". */
static const struct {
    const char *type, *value, *expected, *state;
} values[] = {
    {"bigint", "1.0", "NULL", "bad"},
    {"bigint", "1e2", "NULL", "bad"},
    {"bigint", "\"1\"", "NULL", "bad"},
    {"bigint", "9223372036854775808", "NULL", "bad"},
    {"bigint", "9223372036854775807", "9223372036854775807", "good"},
    {"bigint", "-9223372036854775808", "-9223372036854775808", "good"},
    {"bigint", "-0", "0", "good"},
    {"bigint", "true", "NULL", "bad"},
    {"bigint", "[1]", "NULL", "bad"},
    {"bigint", "{\"x\":1}", "NULL", "bad"},
    {"bigint", "\"\"", "NULL", "bad"},
    {"bigint", "01", "NULL", "malformed"},
    {"bigint", "+1", "NULL", "malformed"},
    {"bigint", "1.", "NULL", "malformed"},
    {"bigint", "NaN", "NULL", "bad"},
    {"bigint", "null", "NULL", "good"},
    {"bigint", "-", "NULL", "malformed"},
    {"bigint", "0x10", "NULL", "malformed"},
    {"bigint", "1E400", "NULL", "bad"},
    {"int", "2147483648", "NULL", "bad"},
    {"int", "-2147483648", "-2147483648", "good"},
    {"smallint", "32767", "32767", "good"},
    {"smallint", "32768", "NULL", "bad"},
    {"smallint", "65535", "NULL", "bad"},
    {"tinyint", "128", "-128", "good"},
    {"tinyint", "255", "-1", "good"},
    {"tinyint", "256", "NULL", "bad"},
    {"tinyint", "-128", "-128", "good"},
    {"tinyint", "-129", "NULL", "bad"},
    {"double", "1", "1.0", "good"},
    {"double", "\"1\"", "NULL", "bad"},
    {"double", "\"NaN\"", "NaN", "good"},
    {"double", "NaN", "NaN", "good"},
    {"double", "\"Infinity\"", "Infinity", "good"},
    {"double", "\"-Infinity\"", "-Infinity", "good"},
    {"double", "\"+Infinity\"", "Infinity", "good"},
    {"double", "\"INF\"", "NULL", "bad"},
    {"double", "\"-INF\"", "-Infinity", "good"},
    {"double", "\"+INF\"", "Infinity", "good"},
    {"double", "INF", "NULL", "malformed"},
    {"double", "-INF", "-Infinity", "good"},
    {"double", "+INF", "Infinity", "good"},
    {"double", "Infinity", "Infinity", "good"},
    {"double", "-Infinity", "-Infinity", "good"},
    {"double", "+Infinity", "Infinity", "good"},
    {"double", "\"nan\"", "NULL", "bad"},
    {"double", "\"\"", "NULL", "bad"},
    {"double", "1e400", "Infinity", "good"},
    {"double", "-1e400", "-Infinity", "good"},
    {"double", "1e-400", "0.0", "good"},
    {"double", ".5", "NULL", "malformed"},
    {"double", "1.5e", "NULL", "malformed"},
    {"double", "-0.0", "-0.0", "good"},
    {"double", "-0", "0.0", "good"},
    {"double", "123456789012345678901234567890", "1.2345678901234568E29", "good"},
    {"double", "[1]", "NULL", "bad"},
    {"double", "0.1e1", "1.0", "good"},
    {"double", "1e+5", "100000.0", "good"},
    {"double", "00.5", "NULL", "malformed"},
    {"double", "\"1.5\"", "NULL", "bad"},
    {"double", "- 1", "NULL", "malformed"},
    {"float", "1.1", "1.1", "good"},
    {"float", "1e39", "Infinity", "good"},
    {"float", "\"NaN\"", "NaN", "good"},
    {"float", "16777217", "1.6777216E7", "good"},
    {"decimal(5;2)", "1.005", "1.01", "good"},
    {"decimal(5;2)", "1.015", "1.02", "good"},
    {"decimal(5;2)", "12345", "NULL", "bad"},
    {"decimal(5;2)", "999.994", "999.99", "good"},
    {"decimal(5;2)", "999.995", "NULL", "bad"},
    {"decimal(5;2)", "\"1.5\"", "1.50", "good"},
    {"decimal(5;2)", "\"x\"", "NULL", "bad"},
    {"decimal(5;2)", "1e2", "100.00", "good"},
    {"decimal(5;2)", "1e-5", "0.00", "good"},
    {"decimal(5;2)", "true", "NULL", "bad"},
    {"boolean", "true", "true", "good"},
    {"boolean", "\"true\"", "NULL", "bad"},
    {"boolean", "1", "NULL", "bad"},
    {"boolean", "True", "NULL", "malformed"},
    {"boolean", "tru", "NULL", "malformed"},
    {"boolean", "falsee", "NULL", "malformed"},
    {"string", "1", "1", "good"},
    {"string", "1.50", "1.5", "good"},
    {"string", "1e5", "100000.0", "good"},
    {"string", "1E400", "\"Infinity\"", "good"},
    {"string", "-0", "0", "good"},
    {"string", "true", "true", "good"},
    {"string", "null", "NULL", "good"},
    {"string", "{\"a\": 1,  \"b\" : [1, 2.50, \"x\\u00e9\\n\\/\"]}",
     "{\"a\":1,\"b\":[1,2.5,\"x\xC3\xA9\\n/\"]}", "good"},
    {"string", "[ ]", "[]", "good"},
    {"string", "{ }", "{}", "good"},
    {"string", "[[1 , {\"x\":[ ]}] ,2]", "[[1,{\"x\":[]}],2]", "good"},
    {"string", "\"\\u0041\\ud83d\\ude00\"", "A\xF0\x9F\x98\x80", "good"},
    {"string", "\"\\ud800\"", "?", "good"},
    {"string", "\"\\udc00x\"", "?x", "good"},
    {"string", "\"\\x\"", "NULL", "malformed"},
    {"string", "'sq'", "sq", "good"},
    {"string", "\"tab\there\"", "NULL", "malformed"},
    {"string", "\"\\/\\b\\f\\r\\t\\\"\\\\\"", "/\b\f\r\t\"\\", "good"},
    {"string", "NaN", "\"NaN\"", "good"},
    {"string", "12345678901234567890123", "12345678901234567890123", "good"},
    {"string", "1.0e-7", "1.0E-7", "good"},
    {"string", "123456789.125", "1.23456789125E8", "good"},
    {"string", "{\"k\":NaN}", "{\"k\":\"NaN\"}", "good"},
    {"string", "{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}", "good"},
    {"string", "{'s':'q\"'}", "{\"s\":\"q\\\"\"}", "good"},
    {"string", "{\"x\":\"\\u0000\\u001f\\u007f\"}", "{\"x\":\"\\u0000\\u001F\x7f\"}", "good"},
    {"string", "\"x\xFFy\"", "NULL", "malformed"},
    {"string", "\"\xC3\"", "NULL", "malformed"},
    {"string", "\"ok\xC3\xA9\"", "ok\xC3\xA9", "good"},
    {"date", "\"2020-01-02\"", "2020-01-02", "good"},
    {"date", "\"2020-1-2\"", "2020-01-02", "good"},
    {"date", "\"2020-01-02T03:04:05\"", "2020-01-02", "good"},
    {"date", "\"2020\"", "2020-01-01", "good"},
    {"date", "\" 2020-01-02 \"", "2020-01-02", "good"},
    {"date", "\"x\"", "NULL", "bad"},
    {"date", "18000", "NULL", "bad"},
    {"date", "\"\"", "NULL", "bad"},
    {"date", "\"2020-13-01\"", "NULL", "bad"},
    {"timestamp", "\"2020-01-02T03:04:05\"", "2020-01-02 03:04:05", "good"},
    {"timestamp", "\"2020-01-02 03:04:05\"", "2020-01-02 03:04:05", "good"},
    {"timestamp", "\"2020-01-02\"", "2020-01-02 00:00:00", "good"},
    {"timestamp", "\"2020-01-02T03:04:05.123456789\"", "2020-01-02 03:04:05.123456", "good"},
    {"timestamp", "\"2020-01-02T03:04:05+02:00\"", "2020-01-02 01:04:05", "good"},
    {"timestamp", "1577934245", "2020-01-02 03:04:05", "good"},
    {"timestamp", "-5", "1969-12-31 23:59:55", "good"},
    {"timestamp", "1577934245.5", "NULL", "bad"},
    {"timestamp", "\"1577934245\"", "NULL", "bad"},
    {"timestamp", "true", "NULL", "bad"},
    {"timestamp_ntz", "\"2020-01-02T03:04:05\"", "2020-01-02 03:04:05", "good"},
    {"timestamp_ntz", "\"2020-01-02T03:04:05Z\"", "NULL", "bad"},
    {"timestamp_ntz", "1577934245", "NULL", "bad"},
    {"binary", "\"aGVsbG8=\"", "hello", "good"},
    {"binary", "\"aGVsbG8\"", "NULL", "bad"},
    {"binary", "\"!!\"", "NULL", "bad"},
    {"binary", "\"\"", "", "good"},
    {"binary", "\"aGk=\"", "hi", "good"},
    {"binary", "\"aGlo\"", "hih", "good"},
    {"binary", "\"aA==\"", "h", "good"},
    {"void", "\"x\"", "NULL", "good"},
    {"array<int>", "[1,2]", "[1,2]", "good"},
    {"array<int>", "[1,null]", "[1,NULL]", "good"},
    {"array<int>", "[1,\"x\"]", "NULL", "bad"},
    {"array<int>", "1", "NULL", "bad"},
    {"array<int>", "{}", "NULL", "bad"},
    {"array<int>", "[]", "[]", "good"},
    {"array<int>", "[[1]]", "NULL", "bad"},
    {"array<string>", "[\"a\",1,{\"b\": 2}]", "[a,1,{\"b\":2}]", "good"},
};

START_TEST(test_json_values)
{
    char ddl[128], data[512], rows[1024];
    snprintf(ddl, sizeof ddl, "a %s, b int, c int, _corrupt_record string", values[_i].type);
    snprintf(data, sizeof data, "{\"b\":7,\"a\":%s,\"c\":8}", values[_i].value);
    const char *state = values[_i].state;
    /* corrupt text has U+FFFD for malformed bytes: compare only what is valid */
    bool invalid_text = strstr(data, "\xFF") || strstr(data, "\xC3\"");
    if (strcmp(state, "good") == 0)
        snprintf(rows, sizeof rows, "%s|7|8|NULL\n", values[_i].expected);
    else if (strcmp(state, "bad") == 0)
        snprintf(rows, sizeof rows, "NULL|7|8|%s\n", data);
    else if (!invalid_text)
        snprintf(rows, sizeof rows, "NULL|NULL|NULL|%s\n", data);
    else
        snprintf(rows, sizeof rows, "NULL|NULL|NULL|{\"b\":7,\"a\":\"%s\xEF\xBF\xBD%s\",\"c\":8}\n",
                 strstr(data, "\xFF") ? "x" : "", strstr(data, "\xFF") ? "y" : "");
    check_example(&(example){ddl, data, rows, NULL}, 0);
}
END_TEST

#define A "a bigint, _corrupt_record string"
static const example records[] = {
    {A, "", "", NULL},
    {A, "  ", "", NULL},
    {A, "\n\n \r\n", "", NULL},
    {A, "{\"a\":2} trailing", "2|NULL\n", NULL},
    {A, "{\"a\":3}{\"a\":4}", "3|NULL\n", NULL},
    {A, "1", "NULL|1\n", NULL},
    {A, "\"str\"", "NULL|\"str\"\n", NULL},
    {A, "null", "NULL|null\n", NULL},
    {A, "{}", "NULL|NULL\n", NULL},
    {A, "{\"A\":7}", "NULL|NULL\n", NULL},
    {A, "{\"a\":1,\"a\":2}", "2|NULL\n", NULL},
    {A, "{\"a\":1,\"a\":null}", "NULL|NULL\n", NULL},
    {A, "{\"a\":null,\"a\":1}", "1|NULL\n", NULL},
    {A, "{\"a\":1,\"a\":\"x\"}", "1|{\"a\":1,\"a\":\"x\"}\n", NULL},
    {A, "{\"a\":1,\"a\":2,\"a\":[]}", "2|{\"a\":1,\"a\":2,\"a\":[]}\n", NULL},
    {A, "{\"a\":\"x\",\"a\":3}", "3|{\"a\":\"x\",\"a\":3}\n", NULL},
    {A, "{\"a\":\"x\",\"a\":\"y\"}", "NULL|{\"a\":\"x\",\"a\":\"y\"}\n", NULL},
    {A, "{\"a\":null,\"a\":\"y\"}", "NULL|{\"a\":null,\"a\":\"y\"}\n", NULL},
    {"a array<int>, _corrupt_record string", "{\"a\":[1,2],\"a\":[3,\"x\"]}\n{\"a\":[4]}",
     "[1,2]|{\"a\":[1,2],\"a\":[3,\"x\"]}\n[4]|NULL\n", NULL},
    {A, "{\"a\":8", "NULL|{\"a\":8\n", NULL},
    {A, "{\"a\":9,}", "NULL|{\"a\":9,}\n", NULL},
    {A, "{\"a\":10 \"b\":1}", "NULL|{\"a\":10 \"b\":1}\n", NULL},
    {A, "{a:11}", "NULL|{a:11}\n", NULL},
    {A, "{'a':12}", "12|NULL\n", NULL},
    {A, "{'a':12}", "NULL|{'a':12}\n", "allowSingleQuotes=false"},
    {A, "{\"a\":13,\"\\u0061\":14}", "14|NULL\n", NULL},
    {A, "{\"a\":15}\r", "15|NULL\n", NULL},
    {A, "/*c*/{\"a\":16}", "NULL|/*c*/{\"a\":16}\n", NULL},
    {A, "/*x*/{'a':12}// foo\n# x", "12|NULL\nNULL|# x\n", "allowComments=true"},
    {A, "{\"a\":17,/*c*/\"b\":1}", "17|NULL\n", "allowComments=true"},
    {A, " {\"a\":18}\t", "18|NULL\n", NULL},
    {A, "{\"a\":19,\"b\":{\"c\":[}}", "NULL|{\"a\":19,\"b\":{\"c\":[}}\n", NULL},
    {A, "{\"a\":20,\"b\":\"un", "NULL|{\"a\":20,\"b\":\"un\n", NULL},
    {A, "{\"\":1,\"a\":21}", "21|NULL\n", NULL},
    {A, "{,\"a\":22}", "NULL|{,\"a\":22}\n", NULL},
    {A, "{\"a\":23}]", "23|NULL\n", NULL},
    {A, "\xC2\xA0{\"a\":27}", "NULL|\xC2\xA0{\"a\":27}\n", NULL},
    {A, "{\"a\":28,\"b\":tru}", "NULL|{\"a\":28,\"b\":tru}\n", NULL},
    {A, "{\"b\":tru,\"a\":29}", "NULL|{\"b\":tru,\"a\":29}\n", NULL},
    {A, "{\"a\":38,\"b\":\"\\q\"}", "NULL|{\"a\":38,\"b\":\"\\q\"}\n", NULL},
    {A, "{\"a\":39,\"b\":\"\x01\"}", "NULL|{\"a\":39,\"b\":\"\x01\"}\n", NULL},
    {A, "{\"a\":1,\"b\xFF\":3}", "NULL|{\"a\":1,\"b\xEF\xBF\xBD\":3}\n", NULL},
    {A, "{a:12}", "12|NULL\n", "allowUnquotedFieldNames=true"},
    {A, "{a :1}\n{a.b:1}", "1|NULL\nNULL|{a.b:1}\n", "allowUnquotedFieldNames=true"},
    {A, "{\"a\":012}\n{\"a\":00}\n{\"a\":-01}", "12|NULL\n0|NULL\n-1|NULL\n",
     "allowNumericLeadingZeros=true"},
    {"a string", "{\"a\":\"\\q\\'\"}\n{\"a\":\"\\'\"}", "q'\n'\n",
     "allowBackslashEscapingAnyCharacter=true"},
    {"a string", "{\"a\":\"x\ty\"}\n{\"a\":\"\x01\"}", "x\ty\n\x01\n",
     "allowUnquotedControlChars=true"},
    {"a double", "{\"a\":NaN}\n{\"a\":\"NaN\"}\n{\"a\":1}", "NULL\nNULL\n1.0\n",
     "allowNonNumericNumbers=false"},
    {"x string, b int, _corrupt_record string", "{\"a\":1.0,\"b\":3}", "NULL|3|NULL\n", NULL},
    {"a double, _corrupt_record string", "{\"a\":1.5,\"_corrupt_record\":\"zz\"}", "1.5|NULL\n",
     NULL},
    {"a double, _corrupt_record string", "{\"a\":\"x\",\"_corrupt_record\":\"zz\"}",
     "NULL|{\"a\":\"x\",\"_corrupt_record\":\"zz\"}\n", NULL},
    {"a int, bad string", "{\"a\":1}\n{\"a\":x}", "1|NULL\nNULL|{\"a\":x}\n",
     "columnNameOfCorruptRecord=bad"},
    /* line ends, byte order mark */
    {A, "{\"a\":1}\r\n{\"a\":2\r\n{\"a\":3}\r\n", "1|NULL\nNULL|{\"a\":2\n3|NULL\n", NULL},
    {A, "\xEF\xBB\xBF{\"a\":1}\r\n{\"a\":2}\r{\"a\":3}\n\n{\"a\":4}",
     "1|NULL\n2|NULL\n3|NULL\n4|NULL\n", NULL},
    {A, "   {\"a\":1\n \n", "NULL|   {\"a\":1\n", NULL},
    /* an array in a line; the first line decides about the file */
    {A, "{\"a\":4}\n[{\"a\":5},{\"a\":6}]\n[]\n", "4|NULL\n5|NULL\n6|NULL\n", NULL},
    {A, "{}\n[1,2]\n", "NULL|NULL\nNULL|[1,2]\n", NULL},
    {A, "{}\n[{\"a\":25},{\"a\":26]\n", "NULL|NULL\nNULL|[{\"a\":25},{\"a\":26]\n", NULL},
    {A, "{}\n[{\"a\":35},]\n", "NULL|NULL\nNULL|[{\"a\":35},]\n", NULL},
    {A, "{}\n[{\"a\":37}] x\n", "NULL|NULL\n37|NULL\n", NULL},
    {A, "{}\n[null,{\"a\":34}]\n", "NULL|NULL\nNULL|[null,{\"a\":34}]\n", NULL},
    /* modes */
    {"a bigint", "{\"a\":1}\n{\"a\":\"x\"}\n{\"a\":2\n{\"a\":3}", "1\nNULL\nNULL\n3\n", NULL},
    {"a bigint", "{\"a\":1}\n{\"a\":\"x\"}\n{\"a\":2\n{\"b\":3}\n{\"a\":4}", "1\nNULL\n4\n",
     "mode=DROPMALFORMED"},
    /* array files; a bad element costs itself (Spark: the whole file) */
    {A, "[{\"a\":1},{\"a\":2}]", "1|NULL\n2|NULL\n", NULL},
    {A, " [ ]", "", NULL},
    {A, "\xEF\xBB\xBF[\n  {\n    \"a\": 1\n  },\n  {\n    \"a\": 2\n  }\n]\n", "1|NULL\n2|NULL\n",
     NULL},
    {A, "[{\"a\":1},{\"a\":\"x\"},{\"a\":3}]", "1|NULL\nNULL|{\"a\":\"x\"}\n3|NULL\n", NULL},
    {A, "[{\"a\":1},{\"a\":tru},{\"a\":3}]", "1|NULL\nNULL|{\"a\":tru}\n3|NULL\n", NULL},
    {A, "[{\"a\":1},\n{\"a\":2]", "1|NULL\nNULL|{\"a\":2]\n", NULL},
    {A, "[{\"a\":1}\n{\"a\":2}]", "1|NULL\nNULL|{\"a\":2}]\n", NULL},
    {A, "[{\"a\":1},]", "1|NULL\nNULL|]\n", NULL},
    {A, "[1, null,{\"a\":2}]", "NULL|1\nNULL|null\n2|NULL\n", NULL},
    {A, "[{\"a\":1}] x", "1|NULL\nNULL|x\n", NULL},
    {A, "[{\"a\":1}", "1|NULL\nNULL|\n", NULL},
    {A, "[{\"a\":1},{\"a\":", "1|NULL\nNULL|{\"a\":\n", NULL},
    {A, "[{\"a\":1},{\"a\":2},{\"a\":", "1\n2\n", "mode=DROPMALFORMED"},
    {A, "[{\"a\":1}][{\"a\":2}]", "1|NULL\n2|NULL\n", NULL},
    /* multiLine: objects over any lines (Spark reads the first only) */
    {A, "{\n\"a\":1\n}", "1|NULL\n", "multiLine=true"},
    {A, "{\"a\":1}\n{\"a\":\n2}{\"a\":3} {\"a\":4}", "1|NULL\n2|NULL\n3|NULL\n4|NULL\n",
     "multiLine=true"},
    {A, "{\"a\":1}\n{\"a\":tru}\n{\"a\":3}", "1|NULL\nNULL|{\"a\":tru}\n3|NULL\n",
     "multiLine=true"},
    {A, "", "", "multiLine=true"},
    {A, "null", "NULL|null\n", "multiLine=true"},
    {A, "x", "NULL|x\n", "multiLine=true"},
};

START_TEST(test_json_records)
{
    example e = records[_i];
    if (e.options && strcmp(e.options, "mode=DROPMALFORMED") == 0)
        e.ddl = "a bigint";
    check_example(&e, 0);
}
END_TEST

START_TEST(test_json_nul_bytes)
{
    static const char data[] =
        "{\"a\":30}\0\n{\"a\"\0:31}\n{\"a\":32,\"b\":\"x\0y\"}\n{\"a\":33,\"b\":\"\\u0000\"}";
    check_example(
        &(example){"a bigint, b string", data, "30|NULL\nNULL|NULL\nNULL|NULL\n33|", NULL},
        sizeof data - 1);
}
END_TEST

START_TEST(test_json_depth)
{
    for (int levels = 998; levels <= 1001; levels++) {
        char *data = calloc(1, 4096), *p = data;
        p += sprintf(p, "{\"x\":");
        memset(p, '[', (size_t)levels);
        p += levels;
        *p++ = '1';
        memset(p, ']', (size_t)levels);
        p += levels;
        sprintf(p, ",\"b\":3}");
        check_example(&(example){"b int", data, levels < 1000 ? "3\n" : "NULL\n", NULL}, 0);
        free(data);
    }
}
END_TEST

START_TEST(test_json_long_number)
{
    for (int digits = 1000; digits <= 1001; digits++) {
        char *data = calloc(1, 2048);
        sprintf(data, "{\"x\":%0*d,\"b\":3}", digits, 1);
        memset(data + 5, '1', (size_t)digits);
        check_example(&(example){"b int", data, digits == 1000 ? "3\n" : "NULL\n", NULL}, 0);
        free(data);
    }
}
END_TEST

START_TEST(test_json_big_string)
{
    size_t n = 10 << 20;
    char *data = malloc(n + 32);
    size_t at = (size_t)sprintf(data, "{\"a\":\"");
    memset(data + at, 'x', n);
    at += n;
    at += (size_t)sprintf(data + at, "\"}\n");
    fixture f;
    fixture_init(&f, Q_FORMAT_JSON, "a string", "", data, at);
    ck_assert_int_eq(read_splits(&f, NULL, 0), Q_OK);
    ck_assert_uint_eq(f.rows.len, n + 1);
    fixture_fini(&f);
    free(data);
}
END_TEST

START_TEST(test_json_failfast)
{
    fixture f;
    const char *data = "{\"a\":1}\n\n{\"a\":\"x\"}\n";
    fixture_init(&f, Q_FORMAT_JSON, "a bigint", "mode=FAILFAST", data, strlen(data));
    ck_assert_int_eq(read_splits(&f, NULL, 0), Q_E_MALFORMED_RECORD);
    ck_assert_str_eq(f.err.msg, "malformed record: column `a` of type BIGINT cannot hold \"x\"");
    ck_assert_str_eq(f.err.source, "/in/data");
    ck_assert_uint_eq(f.err.record, 2);
    ck_assert_uint_eq(f.err.byte, 9);
    ck_assert_str_eq(f.err.excerpt, "{\"a\":\"x\"}");
    fixture_fini(&f);
}
END_TEST

START_TEST(test_json_report)
{
    fixture f;
    const char *data = "{\"a\":1}\n{\"a\":\"x\",\"b\":true}\n{\"a\":2,\n{\"a\":3}\n";
    fixture_init(&f, Q_FORMAT_JSON, "a bigint, b bigint", "", data, strlen(data));
    ck_assert_int_eq(read_splits(&f, NULL, 0), Q_OK);
    ck_assert_uint_eq(f.report.n_records, 4);
    ck_assert_uint_eq(f.report.n_bad, 2);
    ck_assert_uint_eq(f.report.n_bad_fields, 2);
    ck_assert_uint_eq(f.report.first[0].byte, 8);
    ck_assert_uint_eq(f.report.first[0].record, 2);
    fixture_fini(&f);
}
END_TEST

START_TEST(test_json_projection)
{
    fixture f;
    const char *data = "{\"a\":\"bad\",\"b\":1,\"c\":\"x\"}\n{\"c\":\"y\",\"a\":2}\n";
    fixture_init(&f, Q_FORMAT_JSON, "a bigint, b int, c string", "mode=FAILFAST", data,
                 strlen(data));
    f.n_columns = 3;
    f.columns[0] = 2;
    f.columns[1] = 1;
    f.columns[2] = 2;
    ck_assert_int_eq(read_splits(&f, NULL, 0), Q_OK);
    ck_assert_str_eq(q_buf_cstr(&f.rows), "x|1|x\ny|NULL|y\n");
    f.n_columns = 0;
    ck_assert_int_eq(read_splits(&f, NULL, 0), Q_OK);
    ck_assert_str_eq(q_buf_cstr(&f.rows), "\n\n");
    fixture_fini(&f);
}
END_TEST

/* Any cut and any two cuts give the same rows. */
static void check_cuts(const char *ddl, const char *options, const char *data)
{
    fixture f;
    uint64_t n = strlen(data);
    fixture_init(&f, Q_FORMAT_JSON, ddl, options, data, n);
    ck_assert_int_eq(read_splits(&f, NULL, 0), Q_OK);
    char *whole = strdup(q_buf_cstr(&f.rows));
    for (uint64_t i = 0; i <= n; i++)
        for (uint64_t k = i; k <= n; k += 1 + (n > 300) * (k % 7)) {
            uint64_t cuts[2] = {i, k};
            ck_assert_int_eq(read_splits(&f, cuts, 2), Q_OK);
            ck_assert_msg(strcmp(q_buf_cstr(&f.rows), whole) == 0,
                          "cut at %llu and %llu of\n%s\ngives\n%sinstead of\n%s",
                          (unsigned long long)i, (unsigned long long)k, data, q_buf_cstr(&f.rows),
                          whole);
        }
    free(whole);
    fixture_fini(&f);
}

START_TEST(test_json_cuts)
{
    const char *ddl = "a bigint, b string, _corrupt_record string";
    check_cuts(ddl, "",
               "{\"a\":1,\"b\":\"x\"}\n\n{\"a\":2}\r\n{\"a\":3}\r{\"a\":4}\n[{\"a\":5},{\"a\":6}]"
               "\nzz\n{\"a\":7}");
    check_cuts(ddl, "", "\xEF\xBB\xBF\n{\"a\":1}\n{\"a\":2}\n");
    check_cuts(ddl, "",
               "[{\"a\":1,\"b\":\"{\"},{\"a\":2,\"b\":\"},{\"},{\"a\":3,\"b\":\"[,{\\\"a\\\":\"} , "
               "{\"a\":4}]");
    check_cuts(
        ddl, "",
        "\n[\n  {\n    \"a\": 1,\n    \"b\": \"x\"\n  },\n  {\n    \"a\": 2,\n    \"b\": null\n  "
        "},\n  {\n    \"b\": \"other order\",\n    \"a\": 3\n  },\n  {\n    \"a\": 4\n  }\n]\n");
    /* nested records that look like the outer ones */
    check_cuts(
        ddl, "",
        "[{\"a\":1,\"b\":[{\"a\":8},{\"a\":9}]},{\"a\":2,\"b\":[{\"a\":8},{\"a\":9}]},{\"a\":3}]");
    check_cuts(ddl, "", "[{\"a\":1},{\"a\":tru},{\"a\":3},{\"a\":\"x\"},5,{\"a\":4}");
    check_cuts(ddl, "multiLine=true",
               "{\"a\":1}\n{\"a\":2,\"b\":{\"a\":5}}{\"a\":3,\n\"b\":\"}{\"\n}\n\n{\"a\":[{},{}]}");
    check_cuts(ddl, "", "[]");
    check_cuts(ddl, "", "[{}, {}, {\"a\":1}]");
    /* several arrays and records in a file that begins with an array */
    check_cuts(ddl, "", "[{\"a\":1},{\"a\":2}]\n{\"a\":3}\n[]\n[{\"a\":4}]\n");
    /* records without a comma between them */
    check_cuts(ddl, "", "[{\"a\":1}{\"a\":2}\n{\"a\":3},{\"a\":4}]");
}
END_TEST

START_TEST(test_json_random_cuts)
{
    static const char *const pieces[] = {"[",
                                         "]",
                                         ",",
                                         "{\"a\":1}",
                                         "{\"a\":2},",
                                         "{\"b\":\"x\"}",
                                         "\n",
                                         "\r\n",
                                         "\"",
                                         "{\"",
                                         "{\"a",
                                         "'{\"a\":3}'",
                                         "\"\\\"{\\\"a\"",
                                         "null,",
                                         "5",
                                         "{",
                                         "[{\"a\":",
                                         "\"},{",
                                         "}",
                                         "{'a':4,\"b\":\"},{\"},",
                                         "{\"a\":[{\"a\":5},{\"a\":6}]},",
                                         " "};
    const char *ddl = "a bigint, b string, _corrupt_record string";
    uint32_t n = sizeof pieces / sizeof *pieces;
    check_random_cuts(Q_FORMAT_JSON, ddl, "", pieces, n, 1);
    check_random_cuts(Q_FORMAT_JSON, ddl, "multiLine=true", pieces, n, 2);
    check_random_cuts(Q_FORMAT_JSON, "a bigint, b string", "mode=DROPMALFORMED", pieces, n, 3);
    static const char *const commented[] = {"[",          "]\n",     "{\"a\":1}", ",{\"a\":2}",
                                            "{\"a\":3},", "/*",      "*/",        "// {\n",
                                            "/* [{ */",   "/* , */", "\n"};
    n = sizeof commented / sizeof *commented;
    check_random_cuts(Q_FORMAT_JSON, ddl, "allowComments=true", commented, n, 4);
    check_random_cuts(Q_FORMAT_JSON, ddl, "allowComments=true;multiLine=true", commented, n, 5);
}
END_TEST

/* More rows than a batch, also in one line. */
START_TEST(test_json_many_rows)
{
    q_buf lines, array;
    q_buf_init(&lines);
    q_buf_init(&array);
    q_buf_puts(&lines, "{\"a\":-1}\n[");
    q_buf_puts(&array, "[{\"a\":-1},");
    uint32_t n = 3 * Q_BATCH_ROWS + 17;
    for (uint32_t i = 0; i < n; i++) {
        q_buf_printf(&lines, "%s{\"a\":%u}", i ? "," : "", i);
        q_buf_printf(&array, "%s{\"a\":%u,\"b\":\"%u\"}", i ? ",\n" : "", i, i * 7);
    }
    q_buf_puts(&lines, "]\n{\"a\":-2}");
    q_buf_puts(&array, ",{\"a\":-2}]");
    for (int k = 0; k < 2; k++) {
        q_buf *b = k ? &array : &lines;
        fixture f;
        fixture_init(&f, Q_FORMAT_JSON, "a bigint", "", b->data, b->len);
        uint64_t cuts[3] = {b->len / 3, b->len / 2, b->len - 5};
        ck_assert_int_eq(read_splits(&f, cuts, 3), Q_OK);
        ck_assert_uint_eq(f.report.n_records, n + 2);
        ck_assert_str_eq(q_buf_cstr(&f.rows) + f.rows.len - 8, "\n6160\n-2\n" + 1);
        fixture_fini(&f);
    }
    q_buf_fini(&lines);
    q_buf_fini(&array);
}
END_TEST

START_TEST(test_json_options)
{
    q_arena a;
    q_arena_init(&a, NULL);
    q_read_options o, back;
    q_err err;
    q_option_warnings w;
    q_option bad = {"CODEC", "lzma"}, odd[2] = {{"multiline", "TRUE"}, {"fancy", "1"}};
    ck_assert_int_eq(q_read_options_parse(Q_FORMAT_JSON, &bad, 1, &a, &o, NULL, &err),
                     Q_E_INVALID_OPTION);
    ck_assert_str_eq(err.msg, "option compression cannot be 'lzma'");
    ck_assert_str_eq(err.hint, "accepted: none, gzip, zstd");
    ck_assert_int_eq(q_read_options_parse(Q_FORMAT_JSON, odd, 2, &a, &o, &w, &err), Q_OK);
    ck_assert(o.multi_line);
    ck_assert_uint_eq(w.n, 1);
    ck_assert_ptr_nonnull(strstr(w.texts[0], "fancy"));
    q_buf b;
    q_buf_init(&b);
    q_read_options_pack(&b, &o);
    q_unpack u;
    q_unpack_init(&u, b.data, b.len);
    ck_assert(q_read_options_unpack(&u, &a, &back));
    ck_assert(back.multi_line && back.allow_single_quotes && back.quote == '"');
    ck_assert_str_eq(back.corrupt_column, "_corrupt_record");
    q_buf_fini(&b);
    q_arena_fini(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("json_reader");
    TCase *t = tcase_create("json_reader");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, test_json_values, 0, sizeof values / sizeof *values);
    tcase_add_loop_test(t, test_json_records, 0, sizeof records / sizeof *records);
    tcase_add_test(t, test_json_nul_bytes);
    tcase_add_test(t, test_json_depth);
    tcase_add_test(t, test_json_long_number);
    tcase_add_test(t, test_json_big_string);
    tcase_add_test(t, test_json_failfast);
    tcase_add_test(t, test_json_report);
    tcase_add_test(t, test_json_projection);
    tcase_add_test(t, test_json_cuts);
    tcase_add_test(t, test_json_random_cuts);
    tcase_add_test(t, test_json_many_rows);
    tcase_add_test(t, test_json_options);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
