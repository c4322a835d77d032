/* Columns: validity bits survive slicing, gathering and concatenation at any offset. */
#include "tests/unit/kernel_util.h"

static q_arena arena;

static void setup(void)
{
    q_arena_init(&arena, NULL);
}

static void teardown(void)
{
    q_arena_fini(&arena);
}

static q_column *random_column(uint32_t n, ku_nulls nulls)
{
    int64_t pool[64];
    for (int i = 0; i < 64; i++)
        pool[i] = (int64_t)ku_random();
    return ku_column(&arena, Q_TYPE(Q_BIGINT), pool, 64, n, nulls);
}

static void check_same(const q_column *x, uint32_t i, const q_column *y, uint32_t j)
{
    ck_assert_int_eq(q_column_is_null(x, i), q_column_is_null(y, j));
    ck_assert(Q_VALUES(x, int64_t)[i] == Q_VALUES(y, int64_t)[j]);
}

START_TEST(test_slice)
{
    for (int nulls = 0; nulls < KU_N_NULLS; nulls++) {
        q_column *c = random_column(300, (ku_nulls)nulls), s;
        for (uint32_t from = 0; from < 200; from++)
            for (uint32_t n = 0; n <= 100; n += 1 + n / 7) {
                ck_assert_int_eq(q_column_slice(&s, c, from, n, &arena, NULL), Q_OK);
                ck_assert_uint_eq(s.length, n);
                for (uint32_t i = 0; i < n; i++)
                    check_same(&s, i, c, from + i);
            }
    }
}
END_TEST

START_TEST(test_concat)
{
    for (int round = 0; round < 2000; round++) {
        const q_column *pieces[5];
        q_column out;
        for (int p = 0; p < 5; p++)
            pieces[p] = random_column((uint32_t)(ku_random() % 140), (ku_nulls)(ku_random() % 3));
        ck_assert_int_eq(q_column_concat(&out, pieces, 5, &arena, NULL), Q_OK);
        uint32_t at = 0, nulls = 0;
        for (int p = 0; p < 5; p++)
            for (uint32_t i = 0; i < pieces[p]->length; i++, at++) {
                check_same(&out, at, pieces[p], i);
                nulls += q_column_is_null(pieces[p], i);
            }
        ck_assert_uint_eq(out.length, at);
        ck_assert_uint_eq(q_column_null_count(&out), nulls);
        q_arena_reset(&arena);
    }
}
END_TEST

START_TEST(test_gather_and_repeat)
{
    for (int nulls = 0; nulls < KU_N_NULLS; nulls++) {
        q_column *c = random_column(200, (ku_nulls)nulls), g, r;
        uint32_t rows[150];
        for (int i = 0; i < 150; i++)
            rows[i] = (uint32_t)(ku_random() % 200);
        ck_assert_int_eq(q_column_gather(&g, c, rows, 150, &arena, NULL), Q_OK);
        ck_assert_int_eq(q_column_repeat(&r, c, 199, 130, &arena, NULL), Q_OK);
        for (uint32_t i = 0; i < 150; i++)
            check_same(&g, i, c, rows[i]);
        for (uint32_t i = 0; i < 130; i++)
            check_same(&r, i, c, 199);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("column");
    TCase *t = ku_case(s, "column");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_slice);
    tcase_add_test(t, test_concat);
    tcase_add_test(t, test_gather_and_repeat);
    return ku_main(s);
}
