/* Finding by hash: order of equal hashes, growth, wrapping round, budgets. */
#include <check.h>
#include <string.h>

#include "common/base/index.h"

static q_arena arena;

static void setup(void)
{
    q_arena_init(&arena, NULL);
}

static void teardown(void)
{
    q_arena_fini(&arena);
}

START_TEST(test_an_empty_index_has_nothing)
{
    q_index index = {0};
    q_index_cursor c = q_index_at(7);
    uint32_t i;
    ck_assert(!q_index_next(&index, &c, &i));
}
END_TEST

/* All ones: they lie at the end of the table and behind its beginning, also while it grows. */
START_TEST(test_equal_hashes_come_in_order)
{
    static const uint64_t hashes[] = {0, UINT64_MAX, UINT64_C(1) << 63 | 15};
    q_index index = {0};
    for (uint32_t i = 0; i < 300; i++)
        ck_assert(q_index_add(&index, &arena, hashes[i % 3], i));
    for (uint32_t h = 0; h < 3; h++) {
        q_index_cursor c = q_index_at(hashes[h]);
        uint32_t n = h, i;
        for (; q_index_next(&index, &c, &i); n += 3)
            ck_assert_uint_eq(i, n);
        ck_assert_uint_eq(n, 300 + h);
    }
}
END_TEST

START_TEST(test_many_are_found)
{
    q_index index = {0};
    for (uint32_t i = 0; i < 100000; i++)
        ck_assert(q_index_add(&index, &arena, q_hash_number(1, i), i));
    for (uint32_t k = 0; k < 100000; k++) {
        q_index_cursor c = q_index_at(q_hash_number(1, k));
        uint32_t i = 0;
        bool found = false;
        while (!found && q_index_next(&index, &c, &i))
            found = i == k;
        ck_assert(found);
    }
}
END_TEST

START_TEST(test_a_budget_is_kept)
{
    q_budget budget;
    q_arena small;
    q_index index = {0};
    uint32_t n = 0;
    q_budget_init(&budget, "a test", 64 << 10);
    q_arena_init(&small, &budget);
    while (n < 100000 && q_index_add(&index, &small, n, n))
        n++;
    ck_assert_uint_lt(n, 100000);
    q_arena_fini(&small);
}
END_TEST

START_TEST(test_texts_without_case)
{
    char lower[200], upper[200];
    memset(lower, 'x', sizeof lower);
    memset(upper, 'X', sizeof upper);
    for (size_t n = 0; n < sizeof lower; n++) { /* also at the seams of its pieces */
        lower[n] = upper[n] = 0;
        ck_assert_uint_eq(q_hash_nocase(3, lower), q_hash_nocase(3, upper));
        lower[n] = 'x', upper[n] = 'X';
    }
    ck_assert_uint_ne(q_hash_nocase(0, "a"), q_hash_nocase(0, "b"));
    ck_assert_uint_ne(q_hash_nocase(0, "["), q_hash_nocase(0, "{"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("index");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_an_empty_index_has_nothing);
    tcase_add_test(t, test_equal_hashes_come_in_order);
    tcase_add_test(t, test_many_are_found);
    tcase_add_test(t, test_a_budget_is_kept);
    tcase_add_test(t, test_texts_without_case);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
