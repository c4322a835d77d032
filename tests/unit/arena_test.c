/* Vectors that grow in an arena: content, zeros behind it, the budget. */

#include "common/base/arena.h"
#include "tests/unit/check.h"

#define MIB ((size_t)1 << 20)

static void fill(uint64_t *v, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        v[i] = i * 0x9E3779B97F4A7C15u + 1;
}

static void expect(const uint64_t *v, size_t filled, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++)
        wrong += v[i] != (i < filled ? i * 0x9E3779B97F4A7C15u + 1 : 0);
    ck_assert_uint_eq(wrong, 0);
}

START_TEST(test_arena_grow_keeps_what_was_there)
{
    q_arena a;
    q_arena_init(&a, NULL);
    uint64_t *x = NULL, *y = NULL;
    size_t had = 0;
    for (size_t n = 100; n * 8 < 24 * MIB; n = n * 5 / 2) {
        x = q_arena_grow(&a, x, had * 8, n * 8);
        y = q_arena_grow(&a, y, had * 8, n * 8);
        memset(q_arena_alloc(&a, n), 0xAB, n); /* something between them */
        ck_assert_uint_eq((uintptr_t)x % 64, 0);
        expect(x, had, n);
        expect(y, had, n);
        fill(x, had, n);
        fill(y, had, n);
        had = n;
    }
    q_arena_fini(&a);
    ck_assert_uint_eq(a.used_bytes, 0);
}
END_TEST

START_TEST(test_arena_grow_draws_on_the_budget)
{
    q_budget b;
    q_arena a;
    q_budget_init(&b, "spark.executor.memory", 20 * MIB);
    q_arena_init(&a, &b);
    uint64_t *v = q_arena_grow(&a, NULL, 0, 6 * MIB);
    fill(v, 0, 6 * MIB / 8);
    v = q_arena_grow(&a, v, 6 * MIB, 12 * MIB);
    ck_assert_ptr_nonnull(v);
    ck_assert_uint_le(atomic_load(&b.used_bytes), 16 * MIB); /* the old place costs nothing */
    ck_assert_ptr_null(q_arena_grow(&a, v, 12 * MIB, 24 * MIB));
    expect(v, 6 * MIB / 8, 12 * MIB / 8);
    ck_assert_uint_eq(atomic_load(&b.used_bytes), a.used_bytes);
    q_arena_reset(&a);
    ck_assert_ptr_nonnull(q_arena_alloc(&a, 1000));
    q_arena_fini(&a);
    ck_assert_uint_eq(atomic_load(&b.used_bytes), 0);
}
END_TEST

START_TEST(test_arena_large_pieces_leave_the_chunk_in_use)
{
    q_arena a;
    q_arena_init(&a, NULL);
    char *before = q_arena_bytes(&a, 10);
    ck_assert_ptr_nonnull(q_arena_alloc(&a, 64 * MIB));
    ck_assert_ptr_eq(q_arena_bytes(&a, 10), before + 10);
    q_arena_fini(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("arena");
    TCase *t = tcase_create("arena");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, test_arena_grow_keeps_what_was_there);
    tcase_add_test(t, test_arena_grow_draws_on_the_budget);
    tcase_add_test(t, test_arena_large_pieces_leave_the_chunk_in_use);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
