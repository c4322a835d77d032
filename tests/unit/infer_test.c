/* Inference: the schemas PySpark 3.5.5 found (nested values apart, which are STRING here), joins,
 * and that readers notice records which an inferred schema does not hold. */
#include "common/io/infer.h"
#include "tests/unit/io_help.h"

/* "a bigint, b string?" (?: only nulls) */
static const char *text_of(const q_schema *s)
{
    static char text[4096];
    char name[Q_TYPE_NAME_BYTES];
    text[0] = 0;
    for (uint32_t i = 0; i < s->n_fields; i++)
        sprintf(text + strlen(text), "%s%s %s%s", i ? ", " : "", s->fields[i].name,
                q_type_name(s->fields[i].type, name),
                s->fields[i].nullable == Q_ONLY_NULLS ? "?" : "");
    return text;
}

static const char *inferred(q_format format, const char *options, const char *data, size_t n,
                            bool whole)
{
    static char error[1200];
    fixture f;
    q_schema s;
    q_err err;
    fixture_init(&f, format, "", options ? options : "", data, n);
    q_code code = q_infer_schema(&f.source, f.data, f.n, whole, &session_utc, &f.arena, &s, &err);
    snprintf(error, sizeof error, "%s", code ? err.msg : "");
    const char *text = code ? error : text_of(&s);
    fixture_fini(&f);
    return text;
}

static const struct {
    const char *data, *schema, *options;
} jsons[] = {
    {"{\"a\":1}", "a bigint", NULL},
    {"{\"a\":1}\n{\"a\":1.5}", "a double", NULL},
    {"{\"a\":1}\n{\"a\":\"x\"}", "a string", NULL},
    {"{\"a\":1}\n{\"a\":true}", "a string", NULL},
    {"{\"a\":9223372036854775808}", "a decimal(19,0)", NULL},
    {"{\"a\":9223372036854775808}\n{\"a\":1}", "a decimal(20,0)", NULL},
    {"{\"a\":9223372036854775808}\n{\"a\":1.5}", "a double", NULL},
    {"{\"a\":99999999999999999999999999999999999999}", "a decimal(38,0)", NULL},
    {"{\"a\":999999999999999999999999999999999999999}", "a double", NULL},
    {"{\"a\":999999999999999999999999999999}\n{\"a\":12345678901234567890}", "a decimal(30,0)",
     NULL},
    {"{\"a\":null}", "a string?", NULL},
    {"{\"a\":null}\n{\"a\":1}", "a bigint", NULL},
    {"{\"a\":\"\"}", "a string?", NULL},
    {"{\"a\":\"\"}\n{\"a\":1}", "a bigint", NULL},
    {"{\"a\":\"\"}\n{\"a\":\"x\"}", "a string", NULL},
    {"{\"b\":1,\"a\":2,\"C\":3,\"_z\":4}", "C bigint, _z bigint, a bigint, b bigint", NULL},
    {"{\"a\":1}\n{\"a\":x}", "_corrupt_record string, a bigint", NULL},
    {"{\"a\":1}\n{\"b\":2,\"c\":x}", "_corrupt_record string, a bigint", NULL},
    {"{\"a\":1}\n[]\n5", "_corrupt_record string, a bigint", NULL},
    {"{\"a\":[1]}", "a array<bigint>", NULL},
    {"{\"a\":[1]}\n{\"a\":[null,2.5]}\n{\"a\":[]}\n{\"a\":null}", "a array<double>", NULL},
    {"{\"a\":[1,true]}", "a array<string>", NULL},
    {"{\"a\":[1]}\n{\"a\":1}", "a string", NULL},
    {"{\"a\":[]}", "a array<string>?", NULL},
    {"{\"a\":[null,\"\"]}\n{\"a\":null}", "a array<string>?", NULL},
    {"{\"a\":[],\"b\":[1]}", "b array<bigint>", "dropFieldIfAllNull=true"},
    {"{\"a\":[1]}", "a array<string>", "primitivesAsString=true"},
    {"{\"a\":[{}]}\n{\"a\":[1]}", "a string", NULL},
    {"{\"a\":[[1]]}\n{\"a\":[]}", "a string", NULL},
    {"{\"a\":{\"b\":1}}\n{\"a\":1}", "a string", NULL},
    {"{\"a\":\"2020-01-02T03:04:05\"}", "a string", NULL},
    {"{\"a\":\"NaN\"}", "a string", NULL},
    {"{\"a\":NaN}", "a double", NULL},
    {"{\"a\":NaN}\n{\"a\":1}", "a double", NULL},
    {"{\"a\":1e400}", "a double", NULL},
    {"{\"a\":-0}", "a bigint", NULL},
    {"", "", NULL},
    {"{}", "", NULL},
    {"{}\n{\"a\":1}", "a bigint", NULL},
    {"[{\"a\":1},{\"b\":2}]", "a bigint, b bigint", NULL},
    {"null\n{\"a\":1}", "_corrupt_record string, a bigint", NULL}, /* Spark forgets about null */
    {"{\"a\":1} x", "a bigint", NULL},
    {"{\"a\":1,\"\":2}", "a bigint", NULL},
    {"{\"a\\u0000\":1,\"b\":2}", "b bigint", NULL},
    {"{\"\\u0061\":1}\n{\"a\":1.5}", "a double", NULL},
    {"{\"a\":true}\n{\"a\":null}", "a boolean", NULL},
    {"x", "_corrupt_record string", NULL},
    {"x", "", "mode=DROPMALFORMED"},
    {"x", "", "badRecordsPath=/nowhere"},
    {"{\"\xC3\xA9\":1,\"z\":2,\"\xF0\x90\x80\x80\":3,\"\xEF\xBF\xAE\":4}",
     "z bigint, \xC3\xA9 bigint, \xF0\x90\x80\x80 bigint, \xEF\xBF\xAE bigint", NULL},
    {"{\"a\":1}\n{\"a\":x}", "a bigint", "mode=DROPMALFORMED"},
    {"{\"a\":1}\n{\"a\":x}", "malformed record: not a JSON value", "mode=FAILFAST"},
    {"{\"a\":1}\n{\"a\":x}", "a bigint, bad string", "columnNameOfCorruptRecord=bad"},
    {"{\"a\":1.5,\"b\":0.001,\"c\":12.345}\n{\"a\":10,\"b\":1,\"c\":0.1}",
     "a decimal(21,1), b decimal(23,3), c decimal(5,3)", "prefersDecimal=true"},
    {"{\"c\":123456789012345678901234567890.123456789}\n{\"c\":1}", "c double",
     "prefersDecimal=true"},
    {"{\"c\":1e-5}", "c decimal(5,5)", "prefersDecimal=true"},
    {"{\"c\":1e5}", "c decimal(6,0)", "prefersDecimal=true"}, /* Spark: internal error */
    {"{\"a\":\"2020-01-02T03:04:05\",\"b\":\"2020-01-02\",\"c\":\"x\"}",
     "a timestamp, b timestamp, c string", "inferTimestamp=true"},
    {"{\"a\":null,\"b\":1}", "b bigint", "dropFieldIfAllNull=true"},
    {"{\"a\":1,\"b\":true}", "a string, b string", "primitivesAsString=true"},
    {"[{\"a\":1},{\"b\":2]", "_corrupt_record string, a bigint", NULL},
    {"{\"a\":1}\n{\"b\":2}", "a bigint, b bigint",
     "multiLine=true"}, /* Spark reads the first only */
    {"{\"a\":1,\"A\":2}", "the data has the columns `A` and `a`, which differ only in letter case",
     NULL},
    {"{\"a\":1,\"a\":\"x\"}", "a string", NULL}, /* Spark: an error */
};

START_TEST(test_infer_json)
{
    ck_assert_str_eq(
        inferred(Q_FORMAT_JSON, jsons[_i].options, jsons[_i].data, strlen(jsons[_i].data), true),
        jsons[_i].schema);
}
END_TEST

/* A sample that ends in the middle of a record. */
START_TEST(test_infer_sample)
{
    ck_assert_str_eq(inferred(Q_FORMAT_JSON, NULL, "{\"a\":1}\n{\"b\":12", 15, false), "a bigint");
    ck_assert_str_eq(inferred(Q_FORMAT_JSON, NULL, "{\"a\":1}\n{\"b\":12", 15, true),
                     "_corrupt_record string, a bigint");
    ck_assert_str_eq(inferred(Q_FORMAT_JSON, NULL, "{\"a\":1", 6, false), "");
    ck_assert_str_eq(inferred(Q_FORMAT_JSON, NULL, "[{\"a\":1},{\"b\":1", 15, false), "a bigint");
    ck_assert_str_eq(inferred(Q_FORMAT_JSON, NULL, "[{\"a\":1},{\"b\":x},{", 19, false),
                     "_corrupt_record string, a bigint");
    ck_assert_str_eq(inferred(Q_FORMAT_JSON, NULL, "[{\"a\":1},", 9, false), "a bigint");
}
END_TEST

static const struct {
    const char *data, *schema, *options; /* options: besides inferSchema; NULL: that alone */
} csvs[] = {
    {"1", "_c0 int", NULL},
    {"2147483648", "_c0 bigint", NULL},
    {"9223372036854775808", "_c0 decimal(19,0)", NULL},
    {"1.5", "_c0 double", NULL},
    {"1\n1.5", "_c0 double", NULL},
    {"1\n2147483648", "_c0 bigint", NULL},
    {"1\nx", "_c0 string", NULL},
    {"true", "_c0 boolean", NULL},
    {"true\n1", "_c0 string", NULL},
    {"True\nfalse", "_c0 boolean", NULL},
    {"2020-01-01", "_c0 date", NULL},
    {"2020-01-01\n2020-01-01 01:02:03", "_c0 timestamp", NULL},
    {"2020-01-01T01:02:03", "_c0 timestamp", NULL},
    {"2020-01-01T01:02:03Z", "_c0 timestamp", NULL},
    {"2020-01-01\n5", "_c0 string", NULL},
    {"x", "_c0 string", NULL},
    {"", "", NULL},
    {"1\n\"\"", "_c0 int", NULL},
    {"\"\"", "_c0 string?", NULL},
    {"NaN\n1", "_c0 double", NULL},
    {"-Inf", "_c0 double", NULL},
    {"1e5", "_c0 double", NULL},
    {"1d", "_c0 double", NULL},
    {"0x1", "_c0 string", NULL},
    {"1.\n.5", "_c0 double", NULL},
    {"+1", "_c0 int", NULL},
    {"-0", "_c0 int", NULL},
    {"01", "_c0 int", NULL},
    {" 1", "_c0 double", NULL},
    {"9223372036854775808\n1.5", "_c0 double", NULL},
    {"9223372036854775808\n1", "_c0 decimal(19,0)", NULL},
    {"12345678901234567890123456789012345678", "_c0 decimal(38,0)", NULL},
    {"123456789012345678901234567890123456789", "_c0 double", NULL},
    {"1.5\n2020-01-01", "_c0 string", NULL},
    {"2020-1-1", "_c0 timestamp", NULL},
    {"01:02:03", "_c0 timestamp", NULL},
    {"2020", "_c0 int", NULL},
    {"2020-01", "_c0 timestamp", NULL},
    {"1\n2020-01-01T00:00:00", "_c0 string", NULL},
    {"1.5\ntrue", "_c0 string", NULL},
    {"Infinity", "_c0 double", NULL},
    {"1L", "_c0 string", NULL},
    {"1,", "_c0 int, _c1 string?", NULL},
    {"1E400", "_c0 double", NULL},
    {"2020-01-01 01:02", "_c0 timestamp", NULL},
    {"null\n1", "_c0 string", NULL},
    {"a,b,c\n1,x,\n2,,\n", "a int, b string, c string?", "header=true"},
    {"NA\n1", "_c0 int", "nullValue=NA"},
    {"a,b\n1,2\n3\n4,5,6\n", "a int, b int", "header=true"},
    {"1,2\n3,4,5\n", "_c0 int, _c1 int", NULL},
    {"1,2,3\n3,4\n", "_c0 int, _c1 int, _c2 int", NULL},
    {"a\n01/02/2020\n", "a date", "header=true;dateFormat=dd/MM/yyyy"},
    {"2020-01-01", "_c0 timestamp", "preferDate=false"},
    {"#1\n2", "_c0 int", "comment=#"},
    {"a,b\n", "a string?, b string?", "header=true"},
    {"a,b\n\"1\n\",2\n", "a double, b int", "header=true;multiLine=true"},
    {"a,b,a\n1,2,3\n", "a0 string, b string, a2 string", "header=true;inferSchema=false"},
    {"a,,c\n1,2,3\n", "a string, _c1 string, c string", "header=true;inferSchema=false"},
    {"1,2,3\n", "_c0 string, _c1 string, _c2 string", "inferSchema=false"},
    {"a,A,b\n1,2,3\n", "a0 string, A1 string, b string", "header=true;inferSchema=false"},
    {"", "", "header=true;inferSchema=false"},
    {"a,\"b c\", d \n1,2,3\n", "a string, b c string,  d  string", "header=true;inferSchema=false"},
};

START_TEST(test_infer_csv)
{
    char options[128];
    const char *more = csvs[_i].options;
    snprintf(options, sizeof options, "%s%s%s",
             more && strstr(more, "inferSchema") ? "" : "inferSchema=true",
             more && !strstr(more, "inferSchema") ? ";" : "", more ? more : "");
    ck_assert_str_eq(inferred(Q_FORMAT_CSV, options, csvs[_i].data, strlen(csvs[_i].data), true),
                     csvs[_i].schema);
}
END_TEST

static const q_type types[] = {{.kind = Q_VOID},
                               {.kind = Q_BOOLEAN},
                               {.kind = Q_INT},
                               {.kind = Q_BIGINT},
                               {.kind = Q_DOUBLE},
                               {.kind = Q_STRING},
                               {.kind = Q_DATE},
                               {.kind = Q_TIMESTAMP},
                               {.kind = Q_DECIMAL, .precision = 19},
                               {.kind = Q_DECIMAL, .precision = 38},
                               {.kind = Q_DECIMAL, .precision = 5, .scale = 3},
                               {.kind = Q_ARRAY, .element = Q_VOID},
                               {.kind = Q_ARRAY, .element = Q_BIGINT},
                               {.kind = Q_ARRAY, .element = Q_STRING},
                               {.kind = Q_ARRAY, .element = Q_DECIMAL, .precision = 19}};
#define N_TYPES (int)(sizeof types / sizeof *types)

START_TEST(test_infer_join_laws)
{
    q_type a = types[_i];
    ck_assert(q_type_eq(q_infer_join(a, a), a));
    for (int b = 0; b < N_TYPES; b++) {
        ck_assert(q_type_eq(q_infer_join(a, types[b]), q_infer_join(types[b], a)));
        for (int c = 0; c < N_TYPES; c++)
            ck_assert_msg(q_type_eq(q_infer_join(q_infer_join(a, types[b]), types[c]),
                                    q_infer_join(a, q_infer_join(types[b], types[c]))),
                          "%d %d %d", _i, b, c);
    }
}
END_TEST

START_TEST(test_schema_merge)
{
    static const struct {
        const char *x, *y, *both;
    } cases[] = {{"{\"a\":null}", "{\"a\":1}", "a bigint"},
                 {"{\"a\":null}", "{\"a\":null}", "a string?"},
                 {"{\"a\":1,\"b\":2}", "{\"c\":1.5,\"b\":0.5}", "a bigint, b double, c double"},
                 {"x", "{\"a\":1}", "_corrupt_record string, a bigint"},
                 {"{\"a\":[]}", "{\"a\":[1]}", "a array<bigint>"},
                 {"{\"a\":[null]}", "{\"a\":null}", "a array<string>?"},
                 {"{\"a\":[1]}", "{\"a\":{}}", "a string"},
                 {"{\"a\":1}", "", "a bigint"}};
    fixture f;
    fixture_init(&f, Q_FORMAT_JSON, "", "", "", 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        q_schema s[2], both;
        q_err err;
        for (int k = 0; k < 2; k++) {
            const char *data = k ? cases[i].y : cases[i].x;
            char *copy = q_arena_zalloc(&f.arena, strlen(data) + 64);
            strcpy(copy, data);
            ck_assert_int_eq(q_infer_schema(&f.source, copy, strlen(data), true, &session_utc,
                                            &f.arena, &s[k], &err),
                             Q_OK);
        }
        ck_assert_int_eq(q_schema_merge(&f.source, &s[0], &s[1], &f.arena, &both, &err), Q_OK);
        ck_assert_str_eq(text_of(&both), cases[i].both);
        ck_assert_int_eq(q_schema_merge(&f.source, &s[1], &s[0], &f.arena, &both, &err), Q_OK);
        ck_assert_str_eq(text_of(&both), cases[i].both);
    }
    fixture_fini(&f);
}
END_TEST

/* Read `data` with the schema inferred from `sample`: the observed schema, "" if it held. */
static const char *verified(q_format format, const char *options, const char *sample,
                            const char *data)
{
    static char text[4096];
    fixture f;
    q_reader *r;
    q_batch batch;
    q_err err;
    text[0] = 0;
    fixture_init(&f, format, "", options ? options : "", data, strlen(data));
    char *copy = q_arena_zalloc(&f.arena, strlen(sample) + 64);
    strcpy(copy, sample);
    ck_assert_int_eq(q_infer_schema(&f.source, copy, strlen(sample), false, &session_utc, &f.arena,
                                    &f.source.schema, &err),
                     Q_OK);
    f.source.inferred = true;
    for (uint32_t n = 0; n <= f.source.schema.n_fields; n++) { /* any projection sees it */
        q_split split = {.source = &f.source, .end = f.n, .data = f.data, .data_bytes = f.n};
        for (uint32_t i = 0; i < n; i++)
            f.columns[i] = i;
        ck_assert_int_eq(q_reader_new(&split, f.columns, n, &session_utc, &f.arena, &r, &err),
                         Q_OK);
        q_code code;
        do {
            code = q_reader_next(r, &batch, &err);
        } while (code == Q_OK && batch.n_rows);
        const char *seen = "";
        if (code == Q_E_SCHEMA_CHANGED)
            seen = text_of(q_reader_observed(r));
        else
            ck_assert_msg(code == Q_OK, "%s", err.msg);
        ck_assert_msg(n == 0 || strcmp(seen, text) == 0, "%s: %s, %s", data, text, seen);
        strcpy(text, seen);
        q_reader_destroy(&r);
    }
    fixture_fini(&f);
    return text;
}

static const struct {
    const char *sample, *data, *observed, *options;
} verifications[] = {
    {"{\"a\":1}\n", "{\"a\":1}\n{\"a\":2}", "", NULL},
    {"{\"a\":1}\n", "{\"a\":1}\n{\"a\":null}\n{}\n{\"a\":\"\"}", "", NULL},
    {"{\"a\":1}\n", "{\"a\":1}\n{\"a\":2.5}", "a double", NULL},
    {"{\"a\":1}\n", "{\"a\":1}\n{\"a\":\"x\"}\n{\"c\":true}", "a string, c boolean", NULL},
    {"{\"a\":1}\n", "{\"a\":1}\n{\"b\":null}", "a bigint, b string?", NULL},
    {"{\"a\":1}\n", "{\"a\":1}\n{\"b\":null}", "", "dropFieldIfAllNull=true"},
    {"{\"a\":1}\n", "{\"a\":1}\n{\"b\":\"\"}\n{\"b\":[]}\n{\"b\":[null,\"\"]}", "",
     "dropFieldIfAllNull=true"},
    {"{\"a\":1}\n", "{\"a\":1}\n{\"b\":1}", "a bigint, b bigint", "dropFieldIfAllNull=true"},
    {"{\"a\":1}\n", "{\"a\":1}\n{\"a\":x}\n{\"b\":1}", "_corrupt_record string, a bigint, b bigint",
     NULL},
    {"{\"a\":1}\n", "{\"a\":1}\n{\"a\":x}", "", "mode=DROPMALFORMED"},
    {"{\"a\":1}\nx\n", "{\"a\":1}\n{\"a\":x}", "", NULL},
    {"{\"a\":1.5}\n", "{\"a\":1}\n{\"a\":1e5}\n{\"a\":9223372036854775808}", "", NULL},
    {"{\"a\":1}\n", "{\"a\":9223372036854775808}", "a decimal(20,0)", NULL},
    {"{\"a\":\"x\"}\n", "{\"a\":1}\n{\"a\":[]}", "", NULL},
    {"{\"a\":[1]}\n", "{\"a\":[]}\n{\"a\":[null]}\n{\"a\":null}", "", NULL},
    {"{\"a\":[1]}\n", "{\"a\":[1]}\n{\"a\":[1.5]}", "a array<double>", NULL},
    {"{\"a\":[1]}\n", "{\"a\":[1]}\n{\"a\":2}", "a string", NULL},
    {"{\"a\":[]}\n", "{\"a\":[]}\n{\"a\":[1]}", "a array<bigint>", NULL},
    {"{\"a\":[]}\n", "{\"a\":[\"x\"]}\n{\"a\":[null]}", "", NULL},
    {"{\"a\":null}\n", "{\"a\":null}\n{\"a\":1}", "a bigint", NULL},
    {"{\"a\":null}\n", "{\"a\":\"x\"}\n{\"a\":null}", "", NULL},
    {"{\"a\":null}\n", "{\"a\":\"x\"}\n{\"a\":1}", "a bigint", NULL}, /* another task says string */
    {"{\"a\":1}\n", "{\"\":1}\n{\"\\u0000\":2}", "", NULL},
    {"[{\"a\":1},", "[{\"a\":1},{\"a\":1.5},{\"b\":2}]", "a double, b bigint", NULL},
    {"[{\"a\":1},", "[{\"a\":1},{\"a\":1},{\"a\":2}", "_corrupt_record string, a bigint", NULL},
};

START_TEST(test_verify_json)
{
    ck_assert_str_eq(verified(Q_FORMAT_JSON, verifications[_i].options, verifications[_i].sample,
                              verifications[_i].data),
                     verifications[_i].observed);
}
END_TEST

static const struct {
    const char *sample, *data, *observed, *options;
} csv_verifications[] = {
    {"a\n1\n2\n", "a\n1\n2\n", "", "inferSchema=true;header=true"},
    {"a\n1\n2\n", "a\n1\n\n3,4\n2147483648\n", "a bigint", "inferSchema=true;header=true"},
    {"a\n1\n2\n", "a\n1.5\n2\n", "a double", "inferSchema=true;header=true"},
    {"a\n1\n2\n", "a\n1.5\nx\n", "a string", "inferSchema=true;header=true"},
    {"a\nx\n2\n", "a\n1.5\nx\n", "", "inferSchema=true;header=true"},
    {"a,b\n,1\n,2\n", "a,b\n,1\n5,2\n", "a int, b int", "inferSchema=true;header=true"},
    {"a,b\n,1\n,2\n", "a,b\n,1\nx,2\n", "", "inferSchema=true;header=true"},
    {"a\n2020-01-01\n2\n", "a\n2020-01-01\n", "", "inferSchema=true;header=true"},
    {"a\n2020-01-01\n2", "a\n2020-1-1\n", "a timestamp", "inferSchema=true;header=true"},
    {"a\n9223372036854775808\n2", "a\n1\n5.5\n", "a double", "inferSchema=true;header=true"},
    {"a\n1\n2\n", "a\n1.5\n2\n", "", "header=true"},
    {"1,2\n3,4\n", "1,2\n3,\"4\"\n5,\"\n6\"\n", "_c0 int, _c1 double",
     "inferSchema=true;multiLine=true"},
    {"a,_corrupt_record,d\nx,y,1\n\n", "a,_corrupt_record,d\nx,y,1\n,,2\n", "",
     "inferSchema=true;header=true"},
};

START_TEST(test_verify_csv)
{
    ck_assert_str_eq(verified(Q_FORMAT_CSV, csv_verifications[_i].options,
                              csv_verifications[_i].sample, csv_verifications[_i].data),
                     csv_verifications[_i].observed);
}
END_TEST

START_TEST(test_too_many_columns)
{
    q_buf b;
    q_buf_init(&b);
    for (uint32_t i = 0; i <= Q_INFER_MAX_FIELDS; i++)
        q_buf_printf(&b, "%s\"c%u\":1", i ? "," : "{", i);
    q_buf_puts(&b, "}");
    ck_assert_str_eq(inferred(Q_FORMAT_JSON, NULL, b.data, b.len, true),
                     "the data has 65537 columns, more than 65536");
    q_buf_fini(&b);
}
END_TEST

/* A CSV file may have a column of that name: it is one like the others. */
START_TEST(test_csv_corrupt_name_is_data)
{
    static const char data[] = "a,_corrupt_record,d\nx,y,1\nz,,2,3\n\"w\",v\n";
    fixture f;
    fixture_init(&f, Q_FORMAT_CSV, "", _i ? "inferSchema=true;header=true" : "header=true", data,
                 strlen(data));
    ck_assert_int_eq(q_infer_schema(&f.source, f.data, f.n, true, &session_utc, &f.arena,
                                    &f.source.schema, &f.err),
                     Q_OK);
    ck_assert_str_eq(text_of(&f.source.schema), _i ? "a string, _corrupt_record string, d int"
                                                   : "a string, _corrupt_record string, d string");
    f.source.inferred = true;
    for (f.n_columns = 0; f.n_columns < 3; f.n_columns++)
        f.columns[f.n_columns] = f.n_columns;
    ck_assert_int_eq(read_splits(&f, NULL, 0), Q_OK);
    ck_assert_str_eq(q_buf_cstr(&f.rows), "x|y|1\nz|NULL|2\nw|v|NULL\n");
    fixture_fini(&f);
}
END_TEST

#define COUNT(x) (int)(sizeof(x) / sizeof *(x))

int main(void)
{
    Suite *s = suite_create("infer");
    TCase *t = tcase_create("infer");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, test_infer_json, 0, COUNT(jsons));
    tcase_add_loop_test(t, test_infer_csv, 0, COUNT(csvs));
    tcase_add_loop_test(t, test_verify_csv, 0, COUNT(csv_verifications));
    tcase_add_test(t, test_infer_sample);
    tcase_add_loop_test(t, test_infer_join_laws, 0, N_TYPES);
    tcase_add_test(t, test_schema_merge);
    tcase_add_test(t, test_too_many_columns);
    tcase_add_loop_test(t, test_csv_corrupt_name_is_data, 0, 2);
    tcase_add_loop_test(t, test_verify_json, 0, COUNT(verifications));
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
