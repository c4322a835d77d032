/* Rows found by bitmaps, vector and scalar, are those of the general path: on files drawn at
 * random. */
#include "common/io/csv_reader.h"
#include "tests/unit/io_help.h"

static uint32_t seed;

static uint32_t draw(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static const char *const odd[] = {
    "",
    "\"\"",
    "\"x\"",
    "\"a,b\"",
    "\"a\"\"b\"",
    "x\"y",
    "\\",
    "a\\b",
    " ",
    " 1",
    "1 ",
    "+1",
    "-0",
    "-0.0",
    "007",
    "1.",
    ".5",
    "1e5",
    "1d",
    "NaN",
    "Inf",
    "-Inf",
    "Infinity",
    "2147483648",
    "-2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "123456789012345678901234567890",
    "true",
    "TRUE",
    "tru",
    "falsey",
    "2020-01-02",
    "2020-1-2",
    "2020-01-02T03:04:05",
    "x\xC3\xA9",
    "x\xFF",
    "\x01",
    "\t",
    "NA",
    "\"NA\"",
    "#",
    "a very long value that fills more than one block of sixty-four bytes, no: it "};

static void put_random_token(q_buf *b, char kind)
{
    if (draw(25) == 0) {
        q_buf_puts(b, odd[draw(sizeof odd / sizeof *odd)]);
        return;
    }
    switch (kind) {
    case 'i':
        q_buf_printf(b, "%s%u", draw(9) ? "" : "-", draw(3) ? draw(100) : draw(1u << 24) * 250);
        break;
    case 'd':
        q_buf_printf(b, "%s%u.%02u", draw(9) ? "" : "-", draw(1000), draw(100));
        break;
    case 'b':
        q_buf_puts(b, draw(2) ? "true" : "False");
        break;
    case 't':
        q_buf_printf(b, "20%02u-0%u-1%u", draw(100), 1 + draw(9), draw(10));
        break;
    default:
        for (uint32_t n = draw(5) ? draw(10) : draw(80); n; n--)
            q_buf_putc(b, (char)('a' + draw(26)));
    }
}

static void put_random_file(q_buf *b, const char *kinds, const char *separator)
{
    const char *end = draw(3) ? "\n" : draw(3) ? "\r\n" : "\r";
    uint32_t n = 20 + draw(200);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; kinds[k]; k++) {
            if (k)
                q_buf_puts(b, separator);
            put_random_token(b, kinds[k]);
            if (draw(400) == 0)
                break;
        }
        if (draw(100) == 0)
            q_buf_puts(b, draw(2) ? separator : " ");
        q_buf_puts(b, draw(60) ? end : draw(2) ? "\n\n" : "\r");
    }
    if (draw(2))
        b->len -= strlen(end);
}

static q_code read_with(fixture *f, q_csv_match *match, q_buf *rows, q_read_report *report)
{
    q_split split = {.source = &f->source, .end = f->n, .data = f->data, .data_bytes = f->n};
    q_reader *r;
    q_batch batch;
    q_code code;
    ck_assert_int_eq(
        q_reader_new(&split, f->columns, f->n_columns, &session_utc, &f->arena, &r, &f->err), Q_OK);
    q_csv_reader *c = r->format;
    if (c->match)
        c->match = match;
    q_buf_clear(rows);
    do {
        code = q_reader_next(r, &batch, &f->err);
        if (code == Q_OK)
            put_rows(rows, &batch);
    } while (code == Q_OK && batch.n_rows);
    *report = *q_reader_report(r);
    if (code == Q_E_SCHEMA_CHANGED)
        for (uint32_t i = 0; i < q_reader_observed(r)->n_fields; i++)
            q_buf_printf(rows, " %d", q_reader_observed(r)->fields[i].type.kind);
    else if (code != Q_OK)
        q_buf_printf(rows, "%s at %llu", f->err.msg, (unsigned long long)f->err.byte);
    q_reader_destroy(&r);
    return code;
}

static void check_same(fixture *f, const char *what)
{
    q_csv_match *const ways[] = {NULL, q_csv_match_scalar, q_csv_match_vector};
    q_buf rows[3];
    q_read_report reports[3];
    q_code codes[3];
    for (int w = 0; w < 3; w++) {
        q_buf_init(&rows[w]);
        codes[w] = read_with(f, ways[w], &rows[w], &reports[w]);
    }
    for (int w = 1; w < 3; w++) {
        const char *x = q_buf_cstr(&rows[0]), *y = q_buf_cstr(&rows[w]);
        size_t at = 0;
        while (x[at] && x[at] == y[at])
            at++;
        while (at && x[at - 1] != '\n')
            at--;
        ck_assert_int_eq(codes[w], codes[0]);
        ck_assert_msg(rows[w].len == rows[0].len && memcmp(x, y, rows[0].len) == 0,
                      "%s (way %d): general path\n%.200s\nbitmaps\n%.200s", what, w, x + at,
                      y + at);
        if (codes[0] == Q_OK)
            ck_assert_int_eq(memcmp(&reports[w], &reports[0], sizeof reports[0]), 0);
    }
    for (int w = 0; w < 3; w++)
        q_buf_fini(&rows[w]);
}

static const char *const options[] = {
    "mode=PERMISSIVE", "mode=DROPMALFORMED", "header=true", "nullValue=NA",
    "emptyValue=E",    "comment=#",          "sep=!",       "sep=\\t",
    "quote=",          "nanValue=7",         "escape=\"",   "sep= ",
    "mode=FAILFAST"};

START_TEST(test_csv_match_random)
{
    for (uint32_t k = 0; k < 60; k++) {
        static const char *const ddls[] = {"a int, b bigint, c double, d boolean, e string, f "
                                           "date, g string, _corrupt_record string",
                                           "e string, _corrupt_record string", "c double",
                                           "a int, e string",
                                           "a int, e string, x decimal(9;2), t timestamp"};
        static const char *const kinds[] = {"iidbsts", "s", "d", "is", "isdt"};
        fixture f;
        q_buf data;
        char what[64];
        seed = (uint32_t)_i * 1000 + k;
        snprintf(what, sizeof what, "seed %u", seed);
        uint32_t shape = draw(5), option = draw(sizeof options / sizeof *options);
        q_buf_init(&data);
        fixture_init(&f, Q_FORMAT_CSV, ddls[shape], options[option], "", 0);
        put_random_file(&data, kinds[shape], f.source.options.separator);
        fixture_fini(&f);
        fixture_init(&f, Q_FORMAT_CSV, ddls[shape], options[option], data.data, data.len);
        check_same(&f, what);
        uint32_t n = f.source.schema.n_fields;
        f.n_columns = draw(n);
        for (uint32_t i = 0; i < f.n_columns; i++)
            f.columns[i] = draw(n);
        check_same(&f, what);
        q_err err;
        f.source.options.infer_schema = true;
        ck_assert_int_eq(q_infer_schema(&f.source, f.data, draw(2) ? f.n : f.n / 4, false,
                                        &session_utc, &f.arena, &f.source.schema, &err),
                         Q_OK);
        f.source.inferred = true;
        f.n_columns = f.source.schema.n_fields < MAX_FIELDS ? f.source.schema.n_fields : MAX_FIELDS;
        for (uint32_t i = 0; i < f.n_columns; i++)
            f.columns[i] = i;
        check_same(&f, what);
        fixture_fini(&f);
        q_buf_fini(&data);
    }
}
END_TEST

START_TEST(test_csv_match_end_of_data)
{
    const char *text = "1,abc,2.5\n22,defghi,3.5\n333,x,4.5\n";
    size_t n = strlen(text);
    for (size_t cut = 10; cut <= n; cut++) {
        fixture f;
        fixture_init(&f, Q_FORMAT_CSV, "a int, b string, c double, _corrupt_record string", "",
                     text, cut);
        memcpy(f.data + cut, text + cut, n - cut < 64 ? n - cut : 64);
        check_same(&f, "cut");
        fixture_fini(&f);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("csv_match");
    TCase *t = tcase_create("csv_match");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, test_csv_match_random, 0, 10);
    tcase_add_test(t, test_csv_match_end_of_data);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
