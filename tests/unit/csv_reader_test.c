/* The CSV reader: what Spark 3.5 makes of a record (answers recorded from PySpark 3.5.5). */
#include "common/io/csv_scan.h"
#include "tests/unit/io_help.h"

typedef struct example {
    const char *ddl, *data, *rows, *options;
} example;

#define S    "a int, b string, c double, _corrupt_record string"
#define BOTH "ignoreLeadingWhiteSpace=true;ignoreTrailingWhiteSpace=true"

static const example examples[] = {
    {S, "1,x,2.5", "1|x|2.5|NULL\n", NULL},
    {S, "1,x", "1|x|NULL|1,x\n", NULL},
    {S, "1", "1|NULL|NULL|1\n", NULL},
    {S, "1,x,2.5,9", "1|x|2.5|1,x,2.5,9\n", NULL},
    {S, "", "", NULL},
    {S, "1,,", "1|NULL|NULL|NULL\n", NULL},
    {S, "1,\"x\",2", "1|x|2.0|NULL\n", NULL},
    {S, "1,\"x\"\"y\",2", "1|\"x\"\"y\"|2.0|NULL\n", NULL},
    {S, "1,\"x\\\"y\",2", "1|x\"y|2.0|NULL\n", NULL},
    {S, "1,\"x\\\\\",2", "1|x\\|2.0|NULL\n", NULL},
    {S, "1,x\"y,2", "1|x\"y|2.0|NULL\n", NULL},
    {S, "1,\"x\"y,2", "1|\"x\"y|2.0|NULL\n", NULL},
    {S, "1,\"x\" ,2", "1|x|2.0|NULL\n", NULL},
    {S, "1, \"x\",2", "1| \"x\"|2.0|NULL\n", NULL},
    {S, "1,\" x \",2", "1| x |2.0|NULL\n", NULL},
    {S, " 1,x,2", "NULL|x|2.0| 1,x,2\n", NULL},
    {S, "1 ,x,2", "NULL|x|2.0|1 ,x,2\n", NULL},
    {S, "y,x,2", "NULL|x|2.0|y,x,2\n", NULL},
    {S, "1,x,y", "1|x|NULL|1,x,y\n", NULL},
    {S, "1.0,x,2", "NULL|x|2.0|1.0,x,2\n", NULL},
    {S, "1,\"x", "1|x|NULL|1,\"x\n", NULL},
    {S, "1,\"x,2", "1|x,2|NULL|1,\"x,2\n", NULL},
    {S, "\"1\",x,\"2.5\"", "1|x|2.5|NULL\n", NULL},
    {S, "1,\"\",2", "1|NULL|2.0|NULL\n", NULL},
    {S, ",,", "NULL|NULL|NULL|NULL\n", NULL},
    {S, "\"\",,\"\"", "NULL|NULL|NULL|NULL\n", NULL},
    {S, "1,x,NaN", "1|x|NaN|NULL\n", NULL},
    {S, "1,x,Inf", "1|x|Infinity|NULL\n", NULL},
    {S, "1,x,-Inf", "1|x|-Infinity|NULL\n", NULL},
    {S, "1,x,Infinity", "1|x|Infinity|NULL\n", NULL},
    {S, "1,x,1e5", "1|x|100000.0|NULL\n", NULL},
    {S, "1,x,1d", "1|x|1.0|NULL\n", NULL},
    {S, "1,x,0x10", "1|x|NULL|1,x,0x10\n", NULL},
    {S, "1,x,-", "1|x|NULL|1,x,-\n", NULL},
    {S, "1,x,1.", "1|x|1.0|NULL\n", NULL},
    {S, "1,x,.5", "1|x|0.5|NULL\n", NULL},
    {S, "+1,x,+2", "1|x|2.0|NULL\n", NULL},
    {S, "1,x,2,", "1|x|2.0|1,x,2,\n", NULL},
    {S, "\xC3\xA9,x,1", "NULL|x|1.0|\xC3\xA9,x,1\n", NULL},
    {S, "1,\xC3\xA9,1", "1|\xC3\xA9|1.0|NULL\n", NULL},
    {S, "1,a\\,b,2", "1|a\\|NULL|1,a\\,b,2\n", NULL},
    {S, "1,\"a\\nb\",2", "1|a\\nb|2.0|NULL\n", NULL},
    {S, "1,a\tb,2", "1|a\tb|2.0|NULL\n", NULL},
    {S, "1,\"a,b\",2", "1|a,b|2.0|NULL\n", NULL},
    {S, "   ", "", NULL},
    {S, "1,\"x\"\",\"y\",2", "1|x\"|NULL|1,\"x\"\",\"y\",2\n", NULL},
    {S, "1,\"x\\\",2", "1|x\",2|NULL|1,\"x\\\",2\n", NULL},
    {S, "1,'x',2", "1|'x'|2.0|NULL\n", NULL},
    {S, "2147483648,x,1", "NULL|x|1.0|2147483648,x,1\n", NULL},
    {S, "1,\"a\"b\"c\",2", "1|\"a\"b\"c\"|2.0|NULL\n", NULL},
    {S, "1,\"\"x\"\",2", "1|\"\"x\"\"|2.0|NULL\n", NULL},
    {S, "\"1\",\"x\\\"\"y\",2", "1|\"x\"\"y\"|2.0|NULL\n", NULL},
    {S, "1,\"\\\\\"\"x\",2", "1|\"\\\"\"x\"|2.0|NULL\n", NULL},
    {S, "1,x\xFFy,2\n1,\xED\xA0\x80,2", "1|x\xEF\xBF\xBDy|2.0|NULL\n1|\xEF\xBF\xBD|2.0|NULL\n",
     NULL},
    /* odd quotes, drawn at random */
    {"a string, b string, c string", "\"\\, ,,,,a\"", "\\, ,,,,a|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\"\"\\b,,\\", "\"\\b,|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\" \"ab ", "\" \"ab |NULL|NULL\n", NULL},
    {"a string, b string, c string", "\"\\\"\\a", "\"\\a|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\" a\\,\" a", "\" a\\,\" a|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\" , \\a\",,b,", " , \\a|NULL|b\n", NULL},
    {"a string, b string, c string", "\"a\\ba,\" a\\", "\"a\\ba,\" a\\|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\" \\,\"b\\a", "\" \\,\"b\\a|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\"aaa,\",,\\,", "aaa,|NULL|\\\n", NULL},
    {"a string, b string, c string", "\" \"\\,\"a", "\" \"\\\"a|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\",ba \"a a", "\",ba \"a a|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\",\\\\\"\\\\\\\"", ",\\\"\\\\|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\"a,a\"b\\\\,\"b,", "\"a,a\"b\\\\|b,|NULL\n", NULL},
    {"a string, b string, c string", "\"abb\",bb", "abb|bb|NULL\n", NULL},
    {"a string, b string, c string", "\"\\\"\\a\\\\", "\"\\a\\|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\"a \"b\"\\ ", "\"a \"b\"\\ |NULL|NULL\n", NULL},
    {"a string, b string, c string", "\"\"\\\"\\b", "\"\\\"\\b|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\"\"\\bb ", "\"\\bb |NULL|NULL\n", NULL},
    {"a string, b string, c string", "\",\\\",\"ab\"b\"", "\",\",\"ab\"b\"|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\"bb,b\"b", "\"bb,b\"b|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\"bb,\\\"b\\aa", "bb,\"b\\aa|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\" ,a \"bb, \\,", "\" ,a \"bb| \\|NULL\n", NULL},
    {"a string, b string, c string", "\",baa\"a ", "\",baa\"a |NULL|NULL\n", NULL},
    {"a string, b string, c string", "\"a\\\"", "a\"|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\" bb  \",a", " bb  |a|NULL\n", NULL},
    {"a string, b string, c string", "\"\\,\"\\\",,\\b", "\\,\"\\,\\b|NULL|NULL\n", NULL},
    {"a string, b string, c string", "\"\\ b,\"\",\"\\", "\"\\ b,\",\"\\|NULL|NULL\n", "escape=\""},
    {"a string, b string, c string", "\"\\ aa\"\\", "\"\\ aa\"\\|NULL|NULL\n", "escape=\""},
    {"a string, b string, c string", "\"\"bba", "\"\"bba|NULL|NULL\n", "escape=\""},
    {"a string, b string, c string", "\"\"ba \"\\\",, a", "\"\"ba \"\\\"|NULL| a\n", "escape=\""},
    {"a string, b string, c string", "\"aa\" , \",\\", "aa| \"|\\\n", "escape=\""},
    {"a string, b string, c string", "\"a\\,\"\"b", "a\\,\"b|NULL|NULL\n", "escape=\""},
    {"a string, b string, c string", "\"a , ,b\"b", "\"a , ,b\"b|NULL|NULL\n", "escape=\""},
    {"a string, b string, c string", "\"b\\,\"b,   ,\"", "\"b\\,\"b|   |\"\n", "escape=\""},
    {"a string, b string, c string", "\"\"b\\", "\"\"b\\|NULL|NULL\n", "escape=\""},
    {"a string, b string, c string", "\"\",ba,\\", "NULL|ba|\\\n", "escape=\""},
    {"a string, b string, c string", "\",,\\\"", ",,\\|NULL|NULL\n", "escape=\""},
    {"a string, b string, c string", "\"\" a \\a\"", "\"\" a \\a\"|NULL|NULL\n", "escape=\""},
    {"a string, b string, c string", "\",a\" \"", "\",a\" \"|NULL|NULL\n",
     "ignoreLeadingWhiteSpace=true;ignoreTrailingWhiteSpace=true"},
    {"a string, b string, c string", "\"a\\\\aa\",", "a\\aa|NULL|NULL\n",
     "ignoreLeadingWhiteSpace=true;ignoreTrailingWhiteSpace=true"},
    {"a string, b string, c string", "\"\"\"a\\\" , ", "\"\"\"a\\\"|NULL|NULL\n",
     "ignoreLeadingWhiteSpace=true;ignoreTrailingWhiteSpace=true"},
    {"a string, b string, c string", "\"a\"\\\\ ", "a\"\\ |NULL|NULL\n",
     "ignoreLeadingWhiteSpace=true;ignoreTrailingWhiteSpace=true"},
    {"a string, b string, c string", "\",,\"a\",", "\",,\"a\"|NULL|NULL\n",
     "ignoreLeadingWhiteSpace=true;ignoreTrailingWhiteSpace=true"},
    {"a string, b string, c string", "\"\"\\,\\ a", "\"\\\\ a|NULL|NULL\n",
     "ignoreLeadingWhiteSpace=true;ignoreTrailingWhiteSpace=true"},
    {"a string, b string, c string", "\",,\\,,\"", ",,\\,,|NULL|NULL\n",
     "ignoreLeadingWhiteSpace=true;ignoreTrailingWhiteSpace=true"},
    {"a string, b string, c string", "\",\"\" ", ",\"|NULL|NULL\n",
     "ignoreLeadingWhiteSpace=true;ignoreTrailingWhiteSpace=true"},
    {"a string, b string, c string", "\"\\,aaa\\a\"", "\\,aaa\\a|NULL|NULL\n",
     "ignoreLeadingWhiteSpace=true;ignoreTrailingWhiteSpace=true"},
    {"a string, b string, c string", "\"a\",\"\"a", "a|\"\"a|NULL\n",
     "ignoreLeadingWhiteSpace=true;ignoreTrailingWhiteSpace=true"},
    {"a string, b string, c string", "\"\",\"a,\"\\,\" \"", "NULL|\"a,\"\\\" \"|NULL\n",
     "ignoreLeadingWhiteSpace=true;ignoreTrailingWhiteSpace=true"},
    {"a string, b string, c string", "\"\\aa\",,", "\\aa|NULL|NULL\n",
     "ignoreLeadingWhiteSpace=true;ignoreTrailingWhiteSpace=true"},
    /* modes */
    {S, "1,x,2\n1,x\n\n2,y,3,4\nz,x,1\n", "1|x|2.0|NULL\n", "mode=DROPMALFORMED"},
    {"a int, b string, c double", "1,x,2\n1,x\n\n2,y,3,4\nz,x,1\n",
     "1|x|2.0\n1|x|NULL\n2|y|3.0\nNULL|x|1.0\n", NULL},
    {"a int, b string", "1,x,2\n2,y,3", "1|x\n2|y\n", NULL},
    {"a int, _corrupt_record string", "1,x,2\n2,y,3", "1|1,x,2\n2|2,y,3\n", NULL},
    /* lines */
    {S, "1,\"x\ny\",2\n3,z,4", "1|x|NULL|1,\"x\nNULL|2|NULL|y\",2\n3|z|4.0|NULL\n", NULL},
    {S, "1,x,2\r\n3,z,4\r\n", "1|x|2.0|NULL\n3|z|4.0|NULL\n", NULL},
    {S, "1,x,2\r3,z,4", "1|x|2.0|NULL\n3|z|4.0|NULL\n", NULL},
    {S, "1,\"x\ny\",2\n3,z,4", "1|x\ny|2.0|NULL\n3|z|4.0|NULL\n", "multiLine=true"},
    {S, "1,\"x\r\ny\",2\r\n3,z,4\r\n", "1|x\ny|2.0|NULL\n3|z|4.0|NULL\n", "multiLine=true"},
    {S, "1,x,2\r3,z,4", "1|x|2.0|NULL\n3|z|4.0|NULL\n", "multiLine=true"},
    {S, "\n\n1,x,2\n\n\n3,\"z,4\n", "1|x|2.0|NULL\n3|z,4\n|NULL|3,\"z,4\n", "multiLine=true"},
    /* header, byte order mark, comments */
    {S,
     "\xEF\xBB\xBF"
     "1,x,2\n",
     "1|x|2.0|NULL\n", NULL},
    {S,
     "\xEF\xBB\xBF"
     "a,b,c\n1,x,2\n",
     "1|x|2.0|NULL\n", "header=true"},
    {S, "c,b,a\n1,x,2\n", "1|x|2.0|NULL\n", "header=true"},
    {S, "A,b,c\n1,x,2\n", "1|x|2.0|NULL\n", "header=true;enforceSchema=false"},
    {S, "\n\na,b,c\n1,x,2\n", "1|x|2.0|NULL\n", "header=true"},
    {S, "#q\na,b,c\n#1\n1,x,2\n", "1|x|2.0|NULL\n", "header=true;comment=#"},
    {S, "1,x,2\n #1,x,2\n\"#3\",x,1", "1|x|2.0|NULL\nNULL|x|2.0| #1,x,2\nNULL|x|1.0|\"#3\",x,1\n",
     "comment=#"},
    {S, "#1\n1,x,2\n#2\n", "1|x|2.0|NULL\n", "comment=#;multiLine=true"},
    /* values that mean something else */
    {S, "1,NA,2\nNA,\"NA\",NA", "1|NULL|2.0|NULL\nNULL|NULL|NULL|NULL\n", "nullValue=NA"},
    {S, "1,\"\",2\n1,,2", "1|E|2.0|NULL\n1|NULL|2.0|NULL\n", "emptyValue=E"},
    {S, "1,-,nn\n1,x,pp\n1,x,mm", "1|-|NaN|NULL\n1|x|Infinity|NULL\n1|x|-Infinity|NULL\n",
     "nanValue=nn;positiveInf=pp;negativeInf=mm"},
    {"c double", "-1\n-2\n", "NaN\n-2.0\n", "nanValue=-1"},
    {S, "1, x ,2\n \" 1\" , \" x \" ,\" 2\" ",
     "1| x |2.0|NULL\nNULL| \" x \" |2.0| \" 1\" , \" x \" ,\" 2\" \n", NULL},
    {S, "1, x ,2\n\"1\" , \" x \" ,\"2\" ", "1|x|2.0|NULL\n1| x |2.0|NULL\n", BOTH},
    {S, " 1 , x , 2 ", "1|x|2.0|NULL\n", BOTH},
    /* separators, quotes, escapes */
    {S, "1||x|y||2", "1|x|y|2.0|NULL\n", "sep=||"},
    {S, "1\tx\t2", "1|x|2.0|NULL\n", "sep=\\t"},
    {S, "1\t\"x\"\t2", "1|x|2.0|NULL\n", "sep=\\t"},
    {S, "1,'x,y',2", "1|x,y|2.0|NULL\n", "quote='"},
    {S, "1,\"x,y\",2", "1|\"x|NULL|1,\"x,y\",2\n", "quote="},
    {S, "1,\"x\"\"y\",2", "1|x\"y|2.0|NULL\n", "escape=\""},
    {S, "1,\"x\\\"y\",2", "1|\"x\\\"y\"|2.0|NULL\n", "escape=\""},
    {S, "1,\"a\"\"b,c\",2", "1|a\"b,c|2.0|NULL\n", "escape=\""},
    /* types */
    {"c boolean, _corrupt_record string", "True\n1\nt\nfalse\n true",
     "true|NULL\nNULL|1\nNULL|t\nfalse|NULL\nNULL| true\n", NULL},
    {"c date, _corrupt_record string", "2020-01-02\n2020-1-2\n2020-01-02T03:04:05\nx\n2020\n18000",
     "2020-01-02|NULL\n2020-01-02|NULL\n2020-01-02|NULL\nNULL|x\n2020-01-01|NULL\n+18000-01-01|"
     "NULL\n",
     NULL},
    {"c timestamp, _corrupt_record string", "2020-01-02\n2020-01-02 03:04:05\nx\n2020",
     "2020-01-02 00:00:00|NULL\n2020-01-02 03:04:05|NULL\nNULL|x\n2020-01-01 00:00:00|NULL\n",
     NULL},
    {"c decimal(5;2), _corrupt_record string", "1.005\n1.015\n999.995\n1e2\n1,000\n-1.5\n$1",
     "1.01|NULL\n1.02|NULL\nNULL|999.995\n100.00|NULL\nNULL|1,000\n-1.50|NULL\nNULL|$1\n",
     "sep=;;"},
    {"c tinyint, _corrupt_record string", "128\n-129\n1.0\n1e1\n-128",
     "NULL|128\nNULL|-129\nNULL|1.0\nNULL|1e1\n-128|NULL\n", NULL},
    {"c date", "03/02/2020\n2020-02-03", "2020-02-03\nNULL\n", "dateFormat=dd/MM/yyyy"},
};

static void check_example(const example *e)
{
    fixture f;
    const char *options = e->options ? e->options : "";
    if (strcmp(options, "sep=;;") == 0)
        options = ""; /* the list of options is cut at semicolons */
    fixture_init(&f, Q_FORMAT_CSV, e->ddl, options, e->data, strlen(e->data));
    if (e->options && strcmp(e->options, "sep=;;") == 0)
        f.source.options.separator = ";";
    q_code code = read_splits(&f, NULL, 0);
    ck_assert_msg(code == Q_OK, "%s: %s", e->data, f.err.msg);
    ck_assert_msg(strcmp(q_buf_cstr(&f.rows), e->rows) == 0,
                  "%s\nas %s %s\ngives\n%sinstead of\n%s", e->data, e->ddl, options,
                  q_buf_cstr(&f.rows), e->rows);
    fixture_fini(&f);
}

START_TEST(test_csv_examples)
{
    check_example(&examples[_i]);
}
END_TEST

START_TEST(test_csv_errors)
{
    static const struct {
        const char *data, *options, *message;
    } cases[] = {
        {"1,x,2\n1,x\n", "mode=FAILFAST", "malformed record: 2 values, the schema has 3 columns"},
        {"1,x,2\n1,x,z\n", "mode=FAILFAST",
         "malformed record: column `c` of type DOUBLE cannot hold \"z\""},
        {"c,b,a\n1,x,2\n", "header=true;enforceSchema=false",
         "column 1 of the CSV header is `c`, the schema has `a` there (enforceSchema is false)"},
        {"a,b\n1,x\n", "header=true;enforceSchema=false",
         "the CSV header has 2 columns, the schema 3 (enforceSchema is false)"},
        {"1,xxxxxx,2\n", "maxCharsPerColumn=5",
         "malformed record: a value is longer than maxCharsPerColumn allows"},
        {"1,x,2,4,5\n", "maxColumns=4", "malformed record: more columns than maxColumns allows"},
        {"1,x,2,4,5\n", "maxColumns=4;multiLine=true",
         "malformed record: more columns than maxColumns allows"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture f;
        fixture_init(&f, Q_FORMAT_CSV, "a int, b string, c double", cases[i].options, cases[i].data,
                     strlen(cases[i].data));
        ck_assert_int_eq(read_splits(&f, NULL, 0), Q_E_MALFORMED_RECORD);
        ck_assert_str_eq(f.err.msg, cases[i].message);
        fixture_fini(&f);
    }
    fixture f;
    fixture_init(&f, Q_FORMAT_CSV, "a binary", "", "x", 1);
    ck_assert_int_eq(read_splits(&f, NULL, 0), Q_E_UNSUPPORTED_DATATYPE);
    fixture_fini(&f);
}
END_TEST

START_TEST(test_csv_projection)
{
    fixture f;
    const char *data = "1,x,2\n2,y\nz,z,z,z\n";
    fixture_init(&f, Q_FORMAT_CSV, "a int, b string, c double", "mode=FAILFAST", data,
                 strlen(data));
    f.n_columns = 1;
    f.columns[0] = 1;
    ck_assert_int_eq(read_splits(&f, NULL, 0), Q_OK);
    ck_assert_str_eq(q_buf_cstr(&f.rows), "x\ny\nz\n");
    f.n_columns = 0;
    ck_assert_int_eq(read_splits(&f, NULL, 0), Q_OK);
    ck_assert_str_eq(q_buf_cstr(&f.rows), "\n\n\n");
    fixture_fini(&f);
}
END_TEST

static void check_cuts(const char *ddl, const char *options, const char *data)
{
    fixture f;
    uint64_t n = strlen(data);
    fixture_init(&f, Q_FORMAT_CSV, ddl, options, data, n);
    ck_assert_int_eq(read_splits(&f, NULL, 0), Q_OK);
    char *whole = strdup(q_buf_cstr(&f.rows));
    for (uint64_t i = 0; i <= n; i++)
        for (uint64_t k = i; k <= n; k++) {
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

START_TEST(test_csv_cuts)
{
    const char *multi = "header=true;multiLine=true";
    check_cuts(S, "header=true", "a,b,c\r\n1,x,2\r\n\r\n2,\"y,z\",3\n3,\r4,\"q\n5,\"a\\\"\",1\n");
    check_cuts(S, "",
               "\xEF\xBB\xBF"
               "1,x,2\n2,y,3\n");
    check_cuts(S, multi,
               "a,b,c\n1,\"x\n2,y,3\n4,y,5\",2\n2,y,3\n\n\n3,\"z\r\n\",4\r\n5,\"\n\",6\n");
    check_cuts(S, multi, "a,b,c\n1,\"x,\"\"\n\",2\n2,\"\"\"\n,\n\",3\n9,\"never closed\n1,x,2\n");
    check_cuts(S, "multiLine=true", "1,\"\n1,x,2\n1,x,2\n1,x,2\n1,x,2\n1,x,2\n\",3\n1,y,2\n");
    check_cuts(S, "multiLine=true;comment=#", "#c\n1,x,2\n#\"\n2,\"\n#\n\",3\n");
    /* the header is beyond the first split */
    check_cuts(S, "header=true;comment=#", "# one\n\n# two\na,b,c\n1,x,2\n# three\n2,y,3\n");
    check_cuts(S, "header=true;comment=#;multiLine=true", "# one\n\n# two\na,b,c\n1,\"x\n#\",2\n");
}
END_TEST

START_TEST(test_csv_random_cuts)
{
    static const char *const pieces[] = {"1,x,2",   "2,\"y\"", ",3",     "\n",        "\n",
                                         "\r\n",    "\r",      "\"",     "\"\"",      "\\\"",
                                         "#",       ",",       "4,,",    "# 1,x,2\n", " ",
                                         "a,b,c\n", "5,\"#\n", "\",6\n", "\n\n",      "7,z,8\n"};
    uint32_t n = sizeof pieces / sizeof *pieces;
    check_random_cuts(Q_FORMAT_CSV, S, "header=true", pieces, n, 1);
    check_random_cuts(Q_FORMAT_CSV, S, "header=true;comment=#", pieces, n, 2);
    check_random_cuts(Q_FORMAT_CSV, S, "multiLine=true", pieces, n, 3);
    check_random_cuts(Q_FORMAT_CSV, S, "header=true;comment=#;multiLine=true", pieces, n, 4);
    check_random_cuts(Q_FORMAT_CSV, "a int, b string, c int", "mode=DROPMALFORMED;multiLine=true",
                      pieces, n, 5);
}
END_TEST

START_TEST(test_csv_many_rows)
{
    q_buf data;
    q_buf_init(&data);
    q_buf_puts(&data, "a,b\n");
    uint32_t n = 3 * Q_BATCH_ROWS + 17;
    for (uint32_t i = 0; i < n; i++)
        q_buf_printf(&data, "%u,\"n %u\"\n", i, i);
    for (int multi = 0; multi < 2; multi++) {
        fixture f;
        fixture_init(&f, Q_FORMAT_CSV, "a bigint, b string",
                     multi ? "header=true;multiLine=true" : "header=true", data.data, data.len);
        uint64_t cuts[3] = {data.len / 3, data.len / 2, data.len - 5};
        ck_assert_int_eq(read_splits(&f, cuts, 3), Q_OK);
        ck_assert_uint_eq(f.report.n_records, n);
        ck_assert_int_eq(strncmp(q_buf_cstr(&f.rows), "0|n 0\n1|n 1\n", 12), 0);
        ck_assert_str_eq(f.rows.data + f.rows.len - 12, "6160|n 6160\n");
        fixture_fini(&f);
    }
    q_buf_fini(&data);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("csv_reader");
    TCase *t = tcase_create("csv_reader");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, test_csv_examples, 0, sizeof examples / sizeof *examples);
    tcase_add_test(t, test_csv_errors);
    tcase_add_test(t, test_csv_projection);
    tcase_add_test(t, test_csv_cuts);
    tcase_add_test(t, test_csv_random_cuts);
    tcase_add_test(t, test_csv_many_rows);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
