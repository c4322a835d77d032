/*
 * Messages: every one round-trips, and its bytes are those of tests/unit/proto_golden.txt.
 * After a wanted change of the protocol: Q_GOLDEN_UPDATE=1 build/tests/unit/proto_message_test
 */
#include "proto/message.h"
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>

#define GOLDEN     "tests/unit/proto_golden.txt"
#define ALL        (Q_MSG_W2M | Q_MSG_M2W | Q_MSG_C2M | Q_MSG_M2C)
#define COUNT(a)   (sizeof(a) / sizeof(a)[0])
#define PUT(at, v) memcpy((at), &(v), sizeof(v))

/* ---- messages with a value in every field, made from the tables ---- */

static void fill(const q_msg_layout *l, void *obj, bool full, q_arena *a);

static void fill_list(const q_msg_field *f, void *at, bool full, q_arena *a)
{
    struct {
        uint32_t n;
        void *items;
    } v = {2, q_arena_zalloc(a, f->record()->bytes * 2)};
    for (uint32_t i = 0; i < 2; i++)
        fill(f->record(), (char *)v.items + f->record()->bytes * i, full, a);
    PUT(at, v);
}

static void fill_error(void *at, q_arena *a)
{
    q_err *e = q_arena_new(a, q_err);
    q_err_set(e, Q_E_UNRESOLVED_COLUMN, "no column `valeu`");
    q_err_at_sql(e, "SELECT\n  valeu", 14, 9);
    q_err_at_source(e, "job.sql");
    q_err_at_record(e, 17);
    q_err_hint(e, "did you mean `value`?");
    strcpy(e->column_name, "value");
    PUT(at, e);
}

static void fill_field(const q_msg_field *f, uint32_t i, void *at, bool full, q_arena *a)
{
    uint64_t u = f->type == Q_FT_U64 ? (uint64_t)1 << 40 : 300;
    u = (f->limit && u > f->limit ? f->limit : u) + i - (f->limit ? i : 0);
    uint32_t u32 = (uint32_t)u;
    int64_t i64 = -1000 - (int64_t)i;
    bool yes = true;
    double f64 = 0.5;
    q_bytes bin = {"\x93\x01\x02\x03", 4};
    q_strings strs = {2, q_arena_array(a, const char *, 2)};
    q_pairs map = {1, q_arena_new(a, q_pair)};
    strs.items[0] = "one";
    strs.items[1] = "zw\xc3\xb6lf";
    map.items[0] = (q_pair){"spark.executor.memory", "1g"};
    switch (f->type) {
    case Q_FT_U32:
        PUT(at, u32);
        break;
    case Q_FT_U64:
        PUT(at, u);
        break;
    case Q_FT_I64:
        PUT(at, i64);
        break;
    case Q_FT_BOOL:
        PUT(at, yes);
        break;
    case Q_FT_F64:
        PUT(at, f64);
        break;
    case Q_FT_STR:
        PUT(at, f->name);
        break;
    case Q_FT_BIN:
        PUT(at, bin);
        break;
    case Q_FT_STRS:
        PUT(at, strs);
        break;
    case Q_FT_MAP:
        PUT(at, map);
        break;
    case Q_FT_ERR:
        fill_error(at, a);
        break;
    case Q_FT_LIST:
        fill_list(f, at, full, a);
        break;
    case Q_FT_OBJ: {
        void *v = q_arena_zalloc(a, f->record()->bytes);
        fill(f->record(), v, full, a);
        PUT(at, v);
        break;
    }
    }
}

static void fill(const q_msg_layout *l, void *obj, bool full, q_arena *a)
{
    for (uint32_t i = 0; i < l->n_fields; i++) {
        if (full || l->fields[i].required)
            fill_field(&l->fields[i], i, (char *)obj + l->fields[i].offset, full, a);
    }
}

/* ---- deep equality, by the tables ---- */

static void same(const q_msg_layout *l, const void *x, const void *y);

static void same_items(const q_msg_field *f, const void *x, const void *y)
{
    struct {
        uint32_t n;
        void *items;
    } p, q;
    memcpy(&p, x, sizeof p);
    memcpy(&q, y, sizeof q);
    ck_assert_uint_eq(p.n, q.n);
    for (uint32_t i = 0; i < p.n; i++) {
        if (f->type == Q_FT_LIST) {
            size_t w = f->record()->bytes;
            same(f->record(), (char *)p.items + w * i, (char *)q.items + w * i);
        } else if (f->type == Q_FT_STRS) {
            ck_assert_str_eq(((const char **)p.items)[i], ((const char **)q.items)[i]);
        } else {
            ck_assert_str_eq(((q_pair *)p.items)[i].key, ((q_pair *)q.items)[i].key);
            ck_assert_str_eq(((q_pair *)p.items)[i].value, ((q_pair *)q.items)[i].value);
        }
    }
}

static void same_field(const q_msg_field *f, const void *x, const void *y)
{
    const void *p, *q;
    q_bytes bx, by;
    switch (f->type) {
    case Q_FT_U32:
        ck_assert_mem_eq(x, y, 4);
        break;
    case Q_FT_U64:
    case Q_FT_I64:
    case Q_FT_F64:
        ck_assert_mem_eq(x, y, 8);
        break;
    case Q_FT_BOOL:
        ck_assert_mem_eq(x, y, sizeof(bool));
        break;
    case Q_FT_BIN:
        memcpy(&bx, x, sizeof bx);
        memcpy(&by, y, sizeof by);
        ck_assert_uint_eq(bx.len, by.len);
        ck_assert(bx.len == 0 || memcmp(bx.data, by.data, bx.len) == 0);
        break;
    case Q_FT_STRS:
    case Q_FT_MAP:
    case Q_FT_LIST:
        same_items(f, x, y);
        break;
    case Q_FT_STR:
    case Q_FT_ERR:
    case Q_FT_OBJ:
        memcpy(&p, x, sizeof p);
        memcpy(&q, y, sizeof q);
        ck_assert_int_eq(p != NULL, q != NULL);
        if (p && f->type == Q_FT_STR)
            ck_assert_str_eq(p, q);
        else if (p && f->type == Q_FT_ERR)
            ck_assert_mem_eq(p, q, sizeof(q_err));
        else if (p)
            same(f->record(), p, q);
        break;
    }
}

static void same(const q_msg_layout *l, const void *x, const void *y)
{
    for (uint32_t i = 0; i < l->n_fields; i++)
        same_field(&l->fields[i], (const char *)x + l->fields[i].offset,
                   (const char *)y + l->fields[i].offset);
}

/* ---- tests ---- */

static void check_round_trip(const q_msg_layout *l, bool full, q_buf *bytes)
{
    q_arena a;
    q_message m, got;
    q_err err;
    q_arena_init(&a, NULL);
    q_message_init(&m, (q_msg_type)l->number);
    fill(l, &m.u, full, &a);
    ck_assert_msg(q_message_pack(bytes, &m, &err) == Q_OK, "%s: %s", l->name, err.msg);
    q_frame f = {bytes->data, bytes->len, NULL, NULL};
    ck_assert_msg(q_message_decode(&f, 1, l->directions, &a, &got, &err) == Q_OK, "%s: %s", l->name,
                  err.msg);
    ck_assert_uint_eq(got.type, l->number);
    same(l, &m.u, &got.u);
    q_arena_fini(&a);
}

static void print_hex(FILE *to, const q_msg_layout *l, bool full, const q_buf *b)
{
    fprintf(to, "%s %s ", l->name, full ? "full" : "min");
    for (size_t i = 0; i < b->len; i++)
        fprintf(to, "%02x", (unsigned char)b->data[i]);
    fputc('\n', to);
}

START_TEST(test_every_message_and_its_golden_bytes)
{
    char *text = NULL;
    size_t n = 0;
    FILE *now = open_memstream(&text, &n);
    for (uint32_t i = 0; q_message_layout(i); i++) {
        for (int full = 1; full >= 0; full--) {
            q_buf b;
            q_buf_init(&b);
            check_round_trip(q_message_layout(i), full, &b);
            print_hex(now, q_message_layout(i), full, &b);
            q_buf_fini(&b);
        }
    }
    fclose(now);
    if (getenv("Q_GOLDEN_UPDATE")) {
        FILE *f = fopen(GOLDEN, "w");
        ck_assert_ptr_nonnull(f);
        fwrite(text, 1, n, f);
        fclose(f);
    }
    FILE *f = fopen(GOLDEN, "r");
    ck_assert_msg(f != NULL, "run from the root of the repository: %s", GOLDEN);
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    const char *at = text;
    while ((len = getline(&line, &cap, f)) > 0) {
        ck_assert_msg(strncmp(at, line, (size_t)len) == 0,
                      "bytes changed: golden %.40s… now %.40s…", line, at);
        at += len;
    }
    ck_assert_msg(*at == 0, "not in " GOLDEN ": %.60s", at);
    fclose(f);
    free(line);
    free(text);
}
END_TEST

/* Numbers and keys are unique; headers keep "v" and "t" for themselves. */
START_TEST(test_the_table)
{
    for (uint32_t i = 0; q_message_layout(i); i++) {
        const q_msg_layout *l = q_message_layout(i);
        for (uint32_t j = 0; j < i; j++)
            ck_assert_uint_ne(l->number, q_message_layout(j)->number);
        for (uint32_t k = 0; k < l->n_fields; k++) {
            ck_assert_str_ne(l->fields[k].key, "v");
            ck_assert_str_ne(l->fields[k].key, "t");
        }
    }
    for (int records = 0; records < 2; records++) {
        for (uint32_t i = 0;; i++) {
            const q_msg_layout *l = records ? q_record_layout(i) : q_message_layout(i);
            if (!l)
                break;
            for (uint32_t k = 0; k < l->n_fields; k++) {
                for (uint32_t j = 0; j < k; j++)
                    ck_assert_msg(strcmp(l->fields[k].key, l->fields[j].key) != 0, "%s: %s",
                                  l->name, l->fields[k].key);
            }
        }
    }
    ck_assert_str_eq(q_message_name(Q_MSG_CONTINUE), "CONTINUE");
    ck_assert_str_eq(q_message_name((q_msg_type)999), "UNKNOWN");
}
END_TEST

static q_code decode(const q_buf *b, unsigned directions, q_err *err)
{
    q_arena a;
    q_message m;
    q_arena_init(&a, NULL);
    q_frame f = {b->data, b->len, NULL, NULL};
    q_code code = q_message_decode(&f, 1, directions, &a, &m, err);
    q_arena_fini(&a);
    return code;
}

/* A header by hand: version, number, then what `more` appends. */
static void header(q_buf *b, uint32_t pairs, uint64_t version, uint64_t number)
{
    q_buf_clear(b);
    q_pack_map(b, pairs + 2);
    q_pack_cstr(b, "v");
    q_pack_uint(b, version);
    q_pack_cstr(b, "t");
    q_pack_uint(b, number);
}

static void expect(const q_buf *b, unsigned directions, q_code code, const char *text)
{
    q_err err;
    q_err_clear(&err);
    ck_assert_int_eq(decode(b, directions, &err), code);
    ck_assert_msg(strstr(err.msg, text) != NULL, "%s", err.msg);
}

START_TEST(test_other_version_is_named)
{
    q_buf b;
    q_buf_init(&b);
    header(&b, 0, 7, 9999);
    expect(&b, ALL, Q_E_PROTOCOL_VERSION, "version 7, this program version 1");
    header(&b, 0, 1, 9999);
    expect(&b, ALL, Q_E_PROTOCOL, "unknown message number 9999");
    q_buf_fini(&b);
}
END_TEST

START_TEST(test_bad_fields_are_named)
{
    q_buf b;
    q_buf_init(&b);
    header(&b, 0, 1, Q_MSG_CANCEL);
    expect(&b, ALL, Q_E_PROTOCOL, "malformed CANCEL: field `job` is missing");
    header(&b, 1, 1, Q_MSG_CANCEL);
    q_pack_cstr(&b, "jn");
    q_pack_uint(&b, 5);
    expect(&b, ALL, Q_E_PROTOCOL, "malformed CANCEL: field `job` has the wrong type");
    header(&b, 1, 1, Q_MSG_CANCEL);
    q_pack_cstr(&b, "jn");
    q_pack_nil(&b);
    expect(&b, ALL, Q_E_PROTOCOL, "`job` has the wrong type");
    header(&b, 1, 1, Q_MSG_CANCEL);
    q_pack_cstr(&b, "jn");
    q_pack_str(&b, "a\0b", 3);
    expect(&b, ALL, Q_E_PROTOCOL, "`job` has a zero byte");
    header(&b, 2, 1, Q_MSG_PING);
    q_pack_cstr(&b, "q");
    q_pack_uint(&b, 5);
    q_pack_cstr(&b, "q");
    q_pack_uint(&b, 5);
    expect(&b, ALL, Q_E_PROTOCOL, "`req` is there twice");
    header(&b, 1, 1, Q_MSG_RESULT_CREDIT);
    q_pack_cstr(&b, "n");
    q_pack_uint(&b, (uint64_t)1 << 33);
    expect(&b, ALL, Q_E_PROTOCOL, "`n` is above 32 bits");
    header(&b, 0, 1, Q_MSG_PING);
    q_pack_nil(&b);
    expect(&b, ALL, Q_E_PROTOCOL, "bytes behind its header");
    expect(&b, Q_MSG_M2W, Q_E_PROTOCOL, "PING is not sent from a master");
    q_buf_fini(&b);
}
END_TEST

START_TEST(test_limits)
{
    q_buf b;
    q_err err;
    q_message m;
    q_buf_init(&b);
    char *text = calloc(1, 10000);
    memset(text, 'x', 9999);
    q_message_init(&m, Q_MSG_CANCEL);
    m.u.cancel.job = text;
    ck_assert_int_eq(q_message_pack(&b, &m, &err), Q_E_PROTOCOL_LIMIT);
    ck_assert_str_eq(err.msg, "CANCEL: field `job` is 9999, at most 128 is allowed");
    header(&b, 1, 1, Q_MSG_CANCEL);
    q_pack_cstr(&b, "jn");
    q_pack_cstr(&b, text);
    expect(&b, ALL, Q_E_PROTOCOL_LIMIT, "a text of 9999 bytes in `job`, at most 128");
    header(&b, 1, 1, Q_MSG_RESULT_CREDIT);
    q_pack_cstr(&b, "n");
    q_pack_uint(&b, 1000001);
    expect(&b, ALL, Q_E_PROTOCOL_LIMIT, "at most 1000000");
    free(text);
    q_buf_fini(&b);
}
END_TEST

START_TEST(test_unknown_keys_are_skipped)
{
    q_buf b;
    q_buf_init(&b);
    header(&b, 3, 1, Q_MSG_CANCEL);
    q_pack_cstr(&b, "future");
    q_pack_map(&b, 1);
    q_pack_cstr(&b, "x");
    q_pack_array(&b, 0);
    q_pack_cstr(&b, "jn");
    q_pack_cstr(&b, "17");
    q_pack_cstr(&b, "q");
    q_pack_nil(&b); /* an optional field may be nil */
    ck_assert_int_eq(decode(&b, ALL, NULL), Q_OK);
    q_buf_fini(&b);
}
END_TEST

START_TEST(test_payload)
{
    q_message m;
    q_arena a;
    q_err err;
    q_arena_init(&a, NULL);
    for (int i = 0; i < 2; i++) {
        q_frames f;
        q_frames_init(&f);
        q_message_init(&m, i ? Q_MSG_PING : Q_MSG_RESULT_BATCH);
        ck_assert_int_eq(q_message_encode(&f, &m, &err), Q_OK);
        q_frames_add_copy(&f, "abc", 3);
        q_code code = q_message_decode(f.items, f.n, ALL, &a, &m, &err);
        ck_assert_int_eq(code, i ? Q_E_PROTOCOL : Q_OK);
        if (i)
            ck_assert_str_eq(err.msg, "PING takes no payload, but has 1 frames");
        q_frames_fini(&f);
    }
    q_arena_fini(&a);
}
END_TEST

START_TEST(test_truncated_and_damaged)
{
    unsigned seed = 11;
    for (uint32_t i = 0; q_message_layout(i); i++) {
        q_buf b;
        q_buf_init(&b);
        check_round_trip(q_message_layout(i), true, &b);
        for (size_t n = 0; n < b.len; n++) {
            char *copy = malloc(n ? n : 1);
            memcpy(copy, b.data, n);
            ck_assert_int_ne(decode(&(q_buf){.data = copy, .len = n}, ALL, NULL), Q_OK);
            free(copy);
        }
        for (int k = 0; k < 200; k++) {
            char *copy = malloc(b.len);
            memcpy(copy, b.data, b.len);
            copy[(size_t)rand_r(&seed) % b.len] ^= (char)(1 << rand_r(&seed) % 8);
            decode(&(q_buf){.data = copy, .len = b.len}, ALL, NULL);
            free(copy);
        }
        q_buf_fini(&b);
    }
}
END_TEST

START_TEST(test_errors_travel_whole)
{
    q_err e, got;
    q_buf b;
    q_unpack u;
    q_buf_init(&b);
    q_err_set(&e, Q_E_MALFORMED_RECORD, "%s", "truncated object");
    memset(e.msg, 'm', sizeof e.msg - 1);
    memset(e.hint, 'h', sizeof e.hint - 1);
    memset(e.excerpt, 'x', sizeof e.excerpt - 1);
    e.msg[sizeof e.msg - 1] = e.hint[sizeof e.hint - 1] = e.excerpt[sizeof e.excerpt - 1] = 0;
    strcpy(e.source, "/data/input.json");
    strcpy(e.column_name, "value");
    e.record = UINT64_MAX;
    e.byte = 0;
    e.line = UINT32_MAX;
    e.column = 3;
    q_err_pack(&b, &e);
    q_unpack_init(&u, b.data, b.len);
    memset(&got, 0x55, sizeof got);
    q_err_unpack(&u, &got);
    ck_assert(q_unpack_ok(&u) && u.at == u.end);
    char x[4096], y[4096];
    q_err_format(&e, x, sizeof x);
    q_err_format(&got, y, sizeof y);
    ck_assert_str_eq(x, y);
    ck_assert_str_eq(e.source, got.source);
    ck_assert_uint_eq(got.byte, 0);
    ck_assert_uint_eq(got.record, UINT64_MAX);
    q_buf_fini(&b);
}
END_TEST

START_TEST(test_errors_from_strangers)
{
    q_buf b;
    q_unpack u;
    q_err e;
    q_buf_init(&b);
    q_pack_map(&b, 3);
    q_pack_cstr(&b, "c");
    q_pack_uint(&b, 0);
    q_pack_cstr(&b, "new");
    q_pack_array(&b, 0);
    q_pack_cstr(&b, "m");
    char text[2000];
    for (size_t i = 0; i < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xb6", 2);
    q_pack_str(&b, text, sizeof text);
    q_unpack_init(&u, b.data, b.len);
    q_err_unpack(&u, &e);
    ck_assert(q_unpack_ok(&u));
    ck_assert_int_eq(e.code, Q_E_INTERNAL);
    ck_assert_uint_eq(strlen(e.msg), sizeof e.msg - 2); /* 767 would cut a character */
    ck_assert_uint_eq(e.byte, UINT64_MAX);
    q_buf_fini(&b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("proto_message");
    TCase *tc = tcase_create("proto_message");
    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, test_every_message_and_its_golden_bytes);
    tcase_add_test(tc, test_the_table);
    tcase_add_test(tc, test_other_version_is_named);
    tcase_add_test(tc, test_bad_fields_are_named);
    tcase_add_test(tc, test_limits);
    tcase_add_test(tc, test_unknown_keys_are_skipped);
    tcase_add_test(tc, test_payload);
    tcase_add_test(tc, test_truncated_and_damaged);
    tcase_add_test(tc, test_errors_travel_whole);
    tcase_add_test(tc, test_errors_from_strangers);
    suite_add_tcase(s, tc);
    SRunner *sr = srunner_create(s);
    srunner_run_all(sr, CK_NORMAL);
    int failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? 1 : 0;
}
