/* Templates, vector and scalar, give what the general path gives: on records drawn at random, on
 * each kind of oddity, at the end of the data. */
#include "common/io/json_reader.h"
#include "common/io/reader_base.h"
#include "tests/unit/io_help.h"

static uint32_t seed;

static uint32_t draw(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static const char *pick(const char *const *texts, uint32_t n)
{
    return texts[draw(n)];
}
#define PICK(...)                            \
    pick((const char *const[]){__VA_ARGS__}, \
         sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void put_random_string(q_buf *b)
{
    uint32_t n = draw(4) ? draw(12) : draw(90);
    q_buf_putc(b, '"');
    for (uint32_t i = 0; i < n; i++) {
        if (draw(40) == 0)
            q_buf_puts(b, PICK("\\n", "\\u00e9", "\\\"", "\\\\", "\\ud83d\\ude00", "\xC3\xA9",
                               "\xE2\x82\xAC", "{", "}", ",", ":", "]", "/"));
        else
            q_buf_putc(b, (char)('a' + draw(26)));
    }
    if (draw(300) == 0)
        q_buf_puts(b, PICK("\\x", "\x01", "\xFF", "\t", "\\u12"));
    q_buf_putc(b, '"');
}

static void put_random_number(q_buf *b, bool integer)
{
    if (draw(30) == 0) {
        q_buf_puts(b,
                   PICK("0", "-0", "1e5", "1.5e-3", "01", "-", "1.", ".5", "12abc", "90.4e5",
                        "-0.0", "9223372036854775807", "9223372036854775808", "1e400", "NaN",
                        "-INF", "123456789012345678901234567890", "0.1234567890123456789", "null"));
        return;
    }
    q_buf_printf(b, "%s%u", draw(8) ? "" : "-", draw(3) ? draw(1000) : draw(1u << 24) * 200);
    if (!integer && draw(8))
        q_buf_printf(b, ".%0*u", (int)draw(5) + 1, draw(10));
}

static void put_random_value(q_buf *b, char type)
{
    if (draw(60) == 0)
        type = "ifsbdn"[draw(6)];
    switch (type) {
    case 'i':
        put_random_number(b, true);
        break;
    case 'f':
        put_random_number(b, false);
        break;
    case 's':
        put_random_string(b);
        break;
    case 'b':
        q_buf_puts(b, draw(50) ? PICK("true", "false") : PICK("tru", "True", "falsey", "\"true\""));
        break;
    case 'd':
        q_buf_puts(b, PICK("\"2020-01-02\"", "\"2021-12-31\"", "\"x\"", "5", "\"\""));
        break;
    default:
        q_buf_puts(b, PICK("{\"x\": 1}", "[1, {}]", "null", "[]", "{\"a\":\"}\"}"));
    }
}

/* Names and kinds of the members, in the order of one of a few shapes. */
static const struct {
    const char *name;
    char kind;
} members[] = {{"id", 'i'},        {"name", 's'},
               {"value", 'f'},     {"active", 'b'},
               {"when", 'd'},      {"nested", 'n'},
               {"extra", 's'},     {"small", 'i'},
               {"num_extra", 'f'}, {"a_long_name_that_fills_more_than_one_vector_register", 's'}};
static const char *const shapes[] = {"0123456789", "0123",  "3210", "0123456",
                                     "98765",      "01239", "0",    ""};

static void put_random_record(q_buf *b, uint32_t shape, const char *spacing)
{
    const char *order = shapes[shape];
    q_buf_putc(b, '{');
    for (uint32_t i = 0; order[i]; i++) {
        uint32_t m = (uint32_t)(order[i] - '0');
        if (draw(200) == 0)
            continue;
        if (b->data[b->len - 1] != '{')
            q_buf_putc(b, ',');
        if (i)
            q_buf_puts(b, spacing);
        if (draw(150) == 0)
            m = draw(10);
        q_buf_printf(b, draw(400) ? "\"%s\":%s" : "\"%s\" :%s", members[m].name, spacing);
        put_random_value(b, members[m].kind);
    }
    q_buf_puts(b, draw(300) ? "}" : PICK("", "} x", "}}", ",}", "} "));
}

static void put_random_file(q_buf *b, bool array)
{
    uint32_t shape = draw(8), n = 50 + draw(300), change = 1 + draw(60);
    const char *spacing = PICK("", " ", "  ");
    const char *between = array ? PICK(",", ", ", ",\n", ",\n  ") : PICK("\n", "\n", "\r\n");
    q_buf_puts(b, array ? PICK("[", "[\n  ") : "");
    for (uint32_t i = 0; i < n; i++) {
        if (draw(change) == 0)
            shape = draw(8);
        if (i)
            q_buf_puts(b, between);
        put_random_record(b, shape, spacing);
    }
    q_buf_puts(b, array ? PICK("]", "\n]\n", "") : PICK("", "\n", "\n\n"));
}

/* All of a split with one way of matching. */
static q_code read_with(fixture *f, q_json_match *match, q_buf *rows, q_read_report *report)
{
    q_split split = {.source = &f->source, .end = f->n, .data = f->data, .data_bytes = f->n};
    q_reader *r;
    q_batch batch;
    q_code code;
    ck_assert_int_eq(
        q_reader_new(&split, f->columns, f->n_columns, &session_utc, &f->arena, &r, &f->err), Q_OK);
    ((q_json_reader *)r->format)->match = match;
    q_buf_clear(rows);
    do {
        code = q_reader_next(r, &batch, &f->err);
        if (code == Q_OK)
            put_rows(rows, &batch);
    } while (code == Q_OK && batch.n_rows);
    *report = *q_reader_report(r);
    if (code == Q_E_SCHEMA_CHANGED) {
        q_buf_puts(rows, "changed:");
        for (uint32_t i = 0; i < q_reader_observed(r)->n_fields; i++)
            q_buf_printf(rows, " %s %d", q_reader_observed(r)->fields[i].name,
                         q_reader_observed(r)->fields[i].type.kind);
    } else if (code != Q_OK) {
        q_buf_printf(rows, "%s at %llu", f->err.msg, (unsigned long long)f->err.byte);
    }
    q_reader_destroy(&r);
    return code;
}

static void check_same(fixture *f, const char *what)
{
    q_json_match *const ways[] = {NULL, q_json_match_scalar, q_json_match_vector};
    q_buf rows[3];
    q_read_report reports[3];
    q_code codes[3];
    for (int w = 0; w < 3; w++) {
        q_buf_init(&rows[w]);
        codes[w] = read_with(f, ways[w], &rows[w], &reports[w]);
    }
    for (int w = 1; w < 3; w++) {
        ck_assert_int_eq(codes[w], codes[0]);
        const char *x = q_buf_cstr(&rows[0]), *y = q_buf_cstr(&rows[w]);
        size_t at = 0;
        while (x[at] && x[at] == y[at])
            at++;
        while (at && x[at - 1] != '\n')
            at--;
        ck_assert_msg(rows[w].len == rows[0].len && memcmp(x, y, rows[0].len) == 0,
                      "%s (way %d): general path\n%.300s\ntemplates\n%.300s", what, w, x + at,
                      y + at);
        if (codes[0] == Q_OK)
            ck_assert_int_eq(memcmp(&reports[w], &reports[0], sizeof reports[0]), 0);
    }
    for (int w = 0; w < 3; w++)
        q_buf_fini(&rows[w]);
}

#define DDL                                                                                       \
    "id bigint, name string, value double, active boolean, when date, nested string, small int, " \
    "a_long_name_that_fills_more_than_one_vector_register string, _corrupt_record string"

START_TEST(test_template_random)
{
    for (uint32_t k = 0; k < 40; k++) {
        fixture f;
        q_buf data;
        char what[64];
        seed = (uint32_t)_i * 1000 + k;
        snprintf(what, sizeof what, "seed %u", seed);
        q_buf_init(&data);
        put_random_file(&data, draw(2));
        fixture_init(&f, Q_FORMAT_JSON, DDL,
                     PICK("mode=PERMISSIVE", "mode=DROPMALFORMED", "mode=FAILFAST"), data.data,
                     data.len);
        check_same(&f, what);
        f.n_columns = draw(8);
        for (uint32_t i = 0; i < f.n_columns; i++)
            f.columns[i] = draw(8);
        check_same(&f, what);
        /* an inferred schema: of all the data, or of its beginning */
        q_err err;
        q_code code = q_infer_schema(&f.source, f.data, draw(2) ? f.n : f.n / 8, false,
                                     &session_utc, &f.arena, &f.source.schema, &err);
        if (code == Q_OK) {
            f.source.inferred = true;
            f.n_columns = f.source.schema.n_fields ? draw(f.source.schema.n_fields) : 0;
            for (uint32_t i = 0; i < f.n_columns; i++)
                f.columns[i] = draw(f.source.schema.n_fields);
            check_same(&f, what);
        }
        fixture_fini(&f);
        q_buf_fini(&data);
    }
}
END_TEST

/* After a clean record, each odd one in turn: a value that ends too early, goes on, is of another
 * kind; gaps that differ in one byte. */
START_TEST(test_template_oddities)
{
    static const char *const odd[] = {
        "{\"i\": 12abc, \"d\": 1.5, \"s\": \"x\", \"b\": true}",
        "{\"i\": 01, \"d\": 1.5, \"s\": \"x\", \"b\": true}",
        "{\"i\": -, \"d\": 1.5, \"s\": \"x\", \"b\": true}",
        "{\"i\": 1.0, \"d\": 1.5, \"s\": \"x\", \"b\": true}",
        "{\"i\": 1e1, \"d\": 1.5, \"s\": \"x\", \"b\": true}",
        "{\"i\": 9223372036854775808, \"d\": 1.5, \"s\": \"x\", \"b\": true}",
        "{\"i\": -9223372036854775808, \"d\": 1.5, \"s\": \"x\", \"b\": true}",
        "{\"i\": -0, \"d\": -0, \"s\": \"x\", \"b\": true}",
        "{\"i\": 1, \"d\": 1., \"s\": \"x\", \"b\": true}",
        "{\"i\": 1, \"d\": .5, \"s\": \"x\", \"b\": true}",
        "{\"i\": 1, \"d\": 90.4e5, \"s\": \"x\", \"b\": true}",
        "{\"i\": 1, \"d\": 90.4e, \"s\": \"x\", \"b\": true}",
        "{\"i\": 1, \"d\": \"NaN\", \"s\": \"x\", \"b\": true}",
        "{\"i\": 1, \"d\": NaN, \"s\": \"x\", \"b\": true}",
        "{\"i\": 1, \"d\": 2, \"s\": \"x\\\"y\", \"b\": true}",
        "{\"i\": 1, \"d\": 2, \"s\": \"x\\qy\", \"b\": true}",
        "{\"i\": 1, \"d\": 2, \"s\": \"x\x02y\", \"b\": true}",
        "{\"i\": 1, \"d\": 2, \"s\": \"x\xFFy\", \"b\": true}",
        "{\"i\": 1, \"d\": 2, \"s\": \"\xC3\xA9\", \"b\": true}",
        "{\"i\": 1, \"d\": 2, \"s\": 5, \"b\": true}",
        "{\"i\": 1, \"d\": 2, \"s\": null, \"b\": true}",
        "{\"i\": null, \"d\": null, \"s\": null, \"b\": null}",
        "{\"i\": 1, \"d\": 2, \"s\": \"x\", \"b\": truex}",
        "{\"i\": 1, \"d\": 2, \"s\": \"x\", \"b\": fals}",
        "{\"i\": 1, \"d\": 2, \"s\": \"x\", \"b\": true }",
        "{\"i\": 1, \"d\": 2, \"s\": \"x\", \"b\": true",
        "{\"i\": 1, \"d\": 2, \"s\": \"x\", \"b\": true}}",
        "{\"i\":1, \"d\": 2, \"s\": \"x\", \"b\": true}",
        "{\"I\": 1, \"d\": 2, \"s\": \"x\", \"b\": true}",
        "{\"i\": 1, \"d\": 2, \"s\": \"x\", \"b\": true, \"i\": 7}",
        "{\"i\": 1, \"i\": 2, \"d\": 2, \"s\": \"x\", \"b\": true}",
        "{\"d\": 2, \"i\": 1, \"b\": true, \"s\": \"x\"}",
        "{\"i\": 1, \"\\u0064\": 2, \"s\": \"x\", \"b\": true}",
        "{\"i\": 1, \"d\": 2, \"s\": 'x', \"b\": true}",
        "{'i': 1, 'd': 2, 's': 'x', 'b': true}",
        "  {\"i\": 1, \"d\": 2, \"s\": \"x\", \"b\": true}",
        "",
        "[{\"i\": 1, \"d\": 2, \"s\": \"x\", \"b\": true}]",
        "{\"i\": 1, \"d\": 123456789012345.678, \"s\": \"x\", \"b\": true}",
        "{\"i\": 1, \"d\": 0.1234567890123456789, \"s\": \"x\", \"b\": true}",
        "{\"i\": 1, \"d\": 1e-320, \"s\": \"x\", \"b\": true}",
    };
    const char *clean = "{\"i\": 5, \"d\": 1.5, \"s\": \"abc\", \"b\": false}";
    const char *end = _i ? "\r\n" : "\n";
    q_buf data;
    q_buf_init(&data);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        q_buf_printf(&data, "%s%s%s%s%s%s", clean, end, clean, end, odd[i], end);
    q_buf_printf(&data, "%s", clean);
    for (int inferred = 0; inferred < 2; inferred++) {
        fixture f;
        fixture_init(&f, Q_FORMAT_JSON,
                     "i bigint, d double, s string, b boolean, _corrupt_record string", "",
                     data.data, data.len);
        f.source.inferred = inferred;
        check_same(&f, "oddities");
        f.n_columns = 2;
        check_same(&f, "oddities, two columns");
        fixture_fini(&f);
    }
    q_buf_fini(&data);
}
END_TEST

/* What stands behind the data does not complete a record, even if it looks like it. */
START_TEST(test_template_end_of_data)
{
    const char *text =
        "{\"s\":\"abcdef\",\"i\":12}\n{\"s\":\"abcdef\",\"i\":12}\n{\"s\":\"abcdef\",\"i\":12}\n";
    size_t n = strlen(text);
    for (size_t cut = 23; cut <= n; cut++) {
        fixture f;
        fixture_init(&f, Q_FORMAT_JSON, "s string, i bigint, _corrupt_record string", "", text,
                     cut);
        memcpy(f.data + cut, text + cut, n - cut < 64 ? n - cut : 64);
        check_same(&f, "cut");
        fixture_fini(&f);
    }
}
END_TEST

/* A text between values that is longer than what is readable behind the data: no byte beyond is
 * looked at (the address sanitizer sees it). */
START_TEST(test_template_long_gap_at_end)
{
    char text[512], key[201];
    memset(key, 'k', 200);
    key[200] = 0;
    int n = snprintf(text, sizeof text, "{\"%s\":1,\"s\":\"x\"}\n", key);
    memcpy(text + n, text, (size_t)n);
    for (int cut = n + 1; cut <= 2 * n; cut++) {
        fixture f;
        fixture_init(&f, Q_FORMAT_JSON, "s string, _corrupt_record string", "", text, (size_t)cut);
        memcpy(f.data + cut, text + cut % n, cut % n + 64 < n ? 64 : 0);
        check_same(&f, "cut in a long gap");
        fixture_fini(&f);
    }
}
END_TEST

/* The main path is taken: a test that could not tell would not notice if it were not. */
START_TEST(test_template_used)
{
    q_buf data;
    fixture f;
    q_reader *r;
    q_batch batch;
    q_buf_init(&data);
    for (int i = 0; i < 3000; i++) /* two shapes in turns */
        q_buf_printf(&data, i % 2 ? "{\"a\":%d,\"b\":\"x\"}\n" : "{\"b\":\"%d\",\"c\":{\"d\":1}}\n",
                     i);
    fixture_init(&f, Q_FORMAT_JSON, "a bigint, b string", "", data.data, data.len);
    q_split split = {.source = &f.source, .end = f.n, .data = f.data, .data_bytes = f.n};
    ck_assert_int_eq(q_reader_new(&split, f.columns, 2, &session_utc, &f.arena, &r, &f.err), Q_OK);
    do {
        ck_assert_int_eq(q_reader_next(r, &batch, &f.err), Q_OK);
    } while (batch.n_rows);
    ck_assert_uint_eq(((q_json_reader *)r->format)->n_matched, 2998);
    q_reader_destroy(&r);
    fixture_fini(&f);
    q_buf_fini(&data);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("json_template");
    TCase *t = tcase_create("json_template");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, test_template_random, 0, 10);
    tcase_add_loop_test(t, test_template_oddities, 0, 2);
    tcase_add_test(t, test_template_end_of_data);
    tcase_add_test(t, test_template_long_gap_at_end);
    tcase_add_test(t, test_template_used);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
