/* Batches over the wire: what goes in comes out, and nothing else is believed. */
#include "proto/batch.h"
#include "tests/unit/check.h"

#include <stdatomic.h>
#include <stdlib.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const q_type types[] = {
    {.kind = Q_VOID},
    {.kind = Q_BOOLEAN},
    {.kind = Q_TINYINT},
    {.kind = Q_SMALLINT},
    {.kind = Q_INT},
    {.kind = Q_BIGINT},
    {.kind = Q_FLOAT},
    {.kind = Q_DOUBLE},
    {.kind = Q_DECIMAL, .precision = 38, .scale = 10},
    {.kind = Q_STRING},
    {.kind = Q_BINARY},
    {.kind = Q_DATE},
    {.kind = Q_TIMESTAMP},
    {.kind = Q_TIMESTAMP_NTZ},
    {.kind = Q_INTERVAL_DT},
    {.kind = Q_INTERVAL_YM},
    {.kind = Q_ARRAY, .element = Q_BIGINT},
    {.kind = Q_ARRAY, .element = Q_STRING},
    {.kind = Q_ARRAY, .element = Q_BOOLEAN},
    {.kind = Q_ARRAY, .element = Q_VOID},
    {.kind = Q_ARRAY, .element = Q_DECIMAL, .precision = 12, .scale = 2},
};

typedef enum nulls { NONE, SOME, ALL, BITMAP_BUT_NONE, N_NULLS } nulls;

static void set_nulls(q_column *c, nulls how, q_arena *a, unsigned *seed)
{
    if (how == NONE || c->type.kind == Q_VOID)
        return;
    q_column_need_validity(c, a, NULL);
    for (uint32_t i = 0; i < c->length; i++) {
        if (how == ALL || (how == SOME && rand_r(seed) % 3 == 0))
            q_bit_clear(c->validity, i);
    }
}

static q_column random_column(q_type t, uint32_t n, nulls how, q_arena *a, unsigned *seed)
{
    q_column c;
    ck_assert_int_eq(q_column_init(&c, t, n, a, NULL), Q_OK);
    set_nulls(&c, how, a, seed);
    if (t.kind == Q_ARRAY) {
        uint32_t pool = 50;
        c.child = q_arena_new(a, q_column);
        *c.child = random_column(q_type_element(t), pool, SOME, a, seed);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t start = (uint32_t)rand_r(seed) % pool;
            Q_VALUES(&c, q_list)[i] = (q_list){start, (uint32_t)rand_r(seed) % (pool - start)};
        }
    } else if (q_type_is_stringlike(t)) {
        char *pool = q_arena_bytes(a, 1000);
        for (int i = 0; i < 1000; i++)
            pool[i] = (char)rand_r(seed);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t len = (uint32_t)rand_r(seed) % (rand_r(seed) % 4 ? 20 : 400);
            Q_VALUES(&c, q_str)[i] = (q_str){pool + rand_r(seed) % (1000 - (int)len), len, 0};
        }
    } else if (t.kind == Q_BOOLEAN) {
        for (uint32_t i = 0; i < n; i++)
            Q_VALUES(&c, uint8_t)[i] = rand_r(seed) & 1;
    } else if (c.values) {
        for (size_t i = 0; i < q_type_width(t) * n; i++)
            ((uint8_t *)c.values)[i] = (uint8_t)rand_r(seed);
    }
    return c;
}

static void same_value(const q_column *x, uint32_t i, const q_column *y, uint32_t j);

static void same_list(const q_column *x, q_list p, const q_column *y, q_list q)
{
    ck_assert_uint_eq(p.len, q.len);
    for (uint32_t k = 0; k < p.len; k++)
        same_value(x->child, p.start + k, y->child, q.start + k);
}

static void same_value(const q_column *x, uint32_t i, const q_column *y, uint32_t j)
{
    size_t w = q_type_width(x->type);
    ck_assert_int_eq(q_column_is_null(x, i), q_column_is_null(y, j));
    if (q_column_is_null(x, i))
        return;
    if (q_type_is_stringlike(x->type))
        ck_assert(q_str_eq(Q_VALUES(x, q_str)[i], Q_VALUES(y, q_str)[j]));
    else if (x->type.kind == Q_ARRAY)
        same_list(x, Q_VALUES(x, q_list)[i], y, Q_VALUES(y, q_list)[j]);
    else
        ck_assert_mem_eq((char *)x->values + w * i, (char *)y->values + w * j, w);
}

static void same_batch(const q_batch *x, const q_batch *y)
{
    ck_assert_uint_eq(x->n_rows, y->n_rows);
    ck_assert_uint_eq(x->n_columns, y->n_columns);
    for (uint32_t c = 0; c < x->n_columns; c++) {
        ck_assert(q_type_eq(x->columns[c].type, y->columns[c].type));
        ck_assert_uint_eq(x->columns[c].length, y->columns[c].length);
        for (uint32_t i = 0; i < x->n_rows; i++)
            same_value(&x->columns[c], i, &y->columns[c], i);
    }
}

/* Decoded from a heap copy of exactly the bytes (shifted by `skew`), so that the address
 * sanitizer sees every read outside of them. */
static void check_round_trip(const q_batch *b, size_t skew)
{
    q_buf buf;
    q_err err;
    q_buf_init(&buf);
    ck_assert_int_eq(q_batch_encode(&buf, b, &err), Q_OK);
    ck_assert_uint_eq(buf.len % 8, 0);
    char *bytes = malloc(buf.len + skew);
    memcpy(bytes + skew, buf.data, buf.len);
    q_arena a;
    q_arena_init(&a, NULL);
    q_batch_cursor c;
    q_batch got;
    q_batch_cursor_bytes(&c, bytes + skew, buf.len);
    ck_assert_int_eq(q_batch_decode(&c, NULL, true, &a, &got, &err), Q_OK);
    ck_assert(!q_batch_cursor_more(&c));
    same_batch(b, &got);
    for (uint32_t i = 0; i < got.n_columns; i++) {
        const q_column *col = &got.columns[i];
        volatile char sum = 0; /* the promised slack can be read */
        for (size_t k = 0; col->values && k < 64; k++)
            sum += ((char *)col->values)[q_type_width(col->type) * col->length + k] & 0;
        ck_assert_int_eq(sum, 0);
        ck_assert(col->bytes_stable);
    }
    q_arena_fini(&a);
    free(bytes);
    q_buf_fini(&buf);
}

START_TEST(test_round_trip_every_type)
{
    static const uint32_t lengths[] = {0, 1, 7, 8, 9, 63, 64, 65, 1000, 2048};
    unsigned seed = 1;
    q_type t = types[_i];
    for (size_t l = 0; l < COUNT(lengths); l++) {
        for (int how = 0; how < N_NULLS; how++) {
            q_arena a;
            q_arena_init(&a, NULL);
            q_column c = random_column(t, lengths[l], (nulls)how, &a, &seed);
            q_batch b = {lengths[l], 1, &c, NULL};
            check_round_trip(&b, 0);
            check_round_trip(&b, 3);
            q_arena_fini(&a);
        }
    }
}
END_TEST

START_TEST(test_round_trip_random_batches)
{
    for (unsigned s = 1; s <= 200; s++) {
        unsigned seed = s;
        q_arena a;
        q_arena_init(&a, NULL);
        uint32_t n = (uint32_t)rand_r(&seed) % 300, n_columns = (uint32_t)rand_r(&seed) % 12;
        q_batch b = {n, n_columns, q_arena_array(&a, q_column, n_columns + 1), NULL};
        for (uint32_t i = 0; i < n_columns; i++)
            b.columns[i] = random_column(types[(size_t)rand_r(&seed) % COUNT(types)], n,
                                         (nulls)(rand_r(&seed) % N_NULLS), &a, &seed);
        check_round_trip(&b, s % 8);
        q_arena_fini(&a);
    }
}
END_TEST

START_TEST(test_same_batch_same_bytes)
{
    /* Garbage under nulls, unused bits and an empty bitmap leave no trace. */
    uint8_t x[] = {1, 0, 1}, y[] = {1, 77, 1};
    uint64_t v = 5, w = 5 | ~(uint64_t)7, full = 7;
    q_str sx[] = {{"a", 1, 0}, {"zz", 2, 0}, {"b", 1, 0}},
          sy[] = {{"a", 1, 0}, {"", 0, 0}, {"b", 1, 0}};
    q_column cx[] = {{.type = Q_TYPE(Q_BOOLEAN), .length = 3, .validity = &v, .values = x},
                     {.type = Q_TYPE(Q_STRING), .length = 3, .validity = &v, .values = sx},
                     {.type = Q_TYPE(Q_TINYINT), .length = 3, .validity = &full, .values = x}};
    q_column cy[] = {{.type = Q_TYPE(Q_BOOLEAN), .length = 3, .validity = &w, .values = y},
                     {.type = Q_TYPE(Q_STRING), .length = 3, .validity = &w, .values = sy},
                     {.type = Q_TYPE(Q_TINYINT), .length = 3, .values = x}};
    q_buf bx, by;
    q_buf_init(&bx);
    q_buf_init(&by);
    y[1] = 76; /* an even byte: still "any bits" */
    ck_assert_int_eq(q_batch_encode(&bx, &(q_batch){3, 3, cx, NULL}, NULL), Q_OK);
    ck_assert_int_eq(q_batch_encode(&by, &(q_batch){3, 3, cy, NULL}, NULL), Q_OK);
    ck_assert_uint_eq(bx.len, by.len);
    ck_assert_mem_eq(bx.data, by.data, bx.len);
    q_buf_fini(&bx);
    q_buf_fini(&by);
}
END_TEST

static _Atomic int shares;
static void share_ref(void *hint)
{
    (void)hint;
    shares++;
}
static void share_free(void *data, void *hint)
{
    (void)data;
    (void)hint;
    shares--;
}

START_TEST(test_many_blocks_and_shared_frames)
{
    unsigned seed = 7;
    q_arena a;
    q_arena_init(&a, NULL);
    q_frames frames;
    q_frames_init(&frames);
    q_batch_share share = {share_ref, share_free, NULL};
    q_batch sent[6];
    for (uint32_t i = 0; i < COUNT(sent); i++) {
        uint32_t n = i % 2 ? 20000 : 100;
        sent[i] = (q_batch){n, 3, q_arena_array(&a, q_column, 3), NULL};
        sent[i].columns[0] = random_column(Q_TYPE(Q_DOUBLE), n, SOME, &a, &seed);
        sent[i].columns[1] = random_column(Q_TYPE(Q_STRING), n, NONE, &a, &seed);
        sent[i].columns[2] = random_column(Q_TYPE(Q_BIGINT), n, NONE, &a, &seed);
        memset((char *)sent[i].columns[0].values + 8 * (size_t)n, 0, 64);
        memset((char *)sent[i].columns[2].values + 8 * (size_t)n, 0, 64);
        ck_assert_int_eq(q_batch_encode_frames(&frames, &sent[i], &share, NULL), Q_OK);
    }
    q_buf two; /* two blocks in one frame */
    q_buf_init(&two);
    ck_assert_int_eq(q_batch_encode(&two, &sent[0], NULL), Q_OK);
    ck_assert_int_eq(q_batch_encode(&two, &sent[1], NULL), Q_OK);
    q_frames_add_buf(&frames, &two);
    ck_assert_uint_eq(frames.n, 6 + 3 * 2 + 1);
    ck_assert_int_eq(shares, 6);

    q_batch_cursor c;
    q_batch_cursor_init(&c, frames.items, frames.n);
    for (uint32_t i = 0; i < COUNT(sent) + 2; i++) {
        q_batch got;
        ck_assert(q_batch_cursor_more(&c));
        ck_assert_int_eq(q_batch_decode(&c, NULL, false, &a, &got, NULL), Q_OK);
        const q_batch *want = &sent[i < 6 ? i : i - 6];
        same_batch(want, &got);
        if (i == 1)
            ck_assert_ptr_eq(got.columns[2].values, want->columns[2].values);
        ck_assert(!got.columns[1].bytes_stable);
    }
    ck_assert(!q_batch_cursor_more(&c));
    q_frames_fini(&frames);
    ck_assert_int_eq(shares, 0);
    q_arena_fini(&a);
}
END_TEST

START_TEST(test_expected_types)
{
    int64_t v[3] = {1, 2, 3};
    q_column c = {.type = Q_TYPE(Q_BIGINT), .length = 3, .values = v};
    q_field good = {"x", Q_TYPE(Q_BIGINT), true}, wrong = {"x", Q_TYPE(Q_DOUBLE), true};
    q_schema schemas[] = {{1, &good}, {1, &wrong}, {0, NULL}};
    q_buf b;
    q_buf_init(&b);
    q_arena a;
    q_arena_init(&a, NULL);
    ck_assert_int_eq(q_batch_encode(&b, &(q_batch){3, 1, &c, NULL}, NULL), Q_OK);
    for (size_t i = 0; i < COUNT(schemas); i++) {
        q_batch_cursor cur;
        q_batch got;
        q_err err;
        q_batch_cursor_bytes(&cur, b.data, b.len);
        q_code code = q_batch_decode(&cur, &schemas[i], false, &a, &got, &err);
        ck_assert_int_eq(code, i == 0 ? Q_OK : Q_E_PROTOCOL);
        if (i == 1)
            ck_assert_str_eq(err.msg, "a batch's column `x` is bigint where double is expected");
    }
    q_arena_fini(&a);
    q_buf_fini(&b);
}
END_TEST

/* Change any byte, or cut anywhere: refused or another batch, never a wild read. */
START_TEST(test_damaged_bytes)
{
    unsigned seed = 3;
    q_arena a;
    q_arena_init(&a, NULL);
    q_column columns[COUNT(types)];
    for (size_t i = 0; i < COUNT(types); i++)
        columns[i] = random_column(types[i], 11, SOME, &a, &seed);
    q_batch b = {11, COUNT(types), columns, NULL};
    q_buf buf;
    q_buf_init(&buf);
    ck_assert_int_eq(q_batch_encode(&buf, &b, NULL), Q_OK);
    int refused = 0;
    for (size_t i = 0; i < 2 * buf.len; i++) {
        size_t n = i < buf.len ? buf.len : i - buf.len;
        char *bytes = malloc(n ? n : 1);
        memcpy(bytes, buf.data, n);
        if (i < n)
            bytes[i] = (char)(bytes[i] ^ (1 << rand_r(&seed) % 8));
        q_arena scratch;
        q_arena_init(&scratch, NULL);
        q_batch_cursor c;
        q_batch got;
        q_batch_cursor_bytes(&c, bytes, n);
        q_code code = q_batch_cursor_more(&c)
                          ? q_batch_decode(&c, NULL, false, &scratch, &got, NULL)
                          : Q_E_PROTOCOL;
        refused += code != Q_OK;
        if (code == Q_OK)
            same_batch(&got, &got);
        else
            ck_assert(code == Q_E_PROTOCOL || code == Q_E_PROTOCOL_LIMIT);
        q_arena_fini(&scratch);
        free(bytes);
    }
    ck_assert_int_ge(refused, (int)buf.len); /* every cut at least */
    q_arena_fini(&a);
    q_buf_fini(&buf);
}
END_TEST

START_TEST(test_budget_is_kept)
{
    unsigned seed = 5;
    q_arena a, small;
    q_budget budget;
    q_err err;
    q_arena_init(&a, NULL);
    q_budget_init(&budget, "spark.executor.memory", 64 << 10);
    q_arena_init(&small, &budget);
    q_column c = random_column(Q_TYPE(Q_STRING), 10000, NONE, &a, &seed);
    q_buf buf;
    q_buf_init(&buf);
    ck_assert_int_eq(q_batch_encode(&buf, &(q_batch){10000, 1, &c, NULL}, &err), Q_OK);
    q_batch_cursor cur;
    q_batch got;
    q_batch_cursor_bytes(&cur, buf.data, buf.len);
    ck_assert_int_eq(q_batch_decode(&cur, NULL, false, &small, &got, &err), Q_E_OUT_OF_MEMORY);
    ck_assert_ptr_nonnull(strstr(err.hint, "spark.executor.memory"));
    q_arena_fini(&small);
    q_arena_fini(&a);
    q_buf_fini(&buf);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("proto_batch");
    TCase *tc = tcase_create("proto_batch");
    tcase_set_timeout(tc, 0);
    tcase_add_loop_test(tc, test_round_trip_every_type, 0, COUNT(types));
    tcase_add_test(tc, test_round_trip_random_batches);
    tcase_add_test(tc, test_same_batch_same_bytes);
    tcase_add_test(tc, test_many_blocks_and_shared_frames);
    tcase_add_test(tc, test_expected_types);
    tcase_add_test(tc, test_damaged_bytes);
    tcase_add_test(tc, test_budget_is_kept);
    suite_add_tcase(s, tc);
    SRunner *sr = srunner_create(s);
    srunner_run_all(sr, CK_NORMAL);
    int failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? 1 : 0;
}
