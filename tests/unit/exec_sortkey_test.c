/* Sort keys compare as values do, for every type, direction and place of NULLs. */
#include "common/exec/sortkey.h"

#include "tests/unit/exec_util.h"

/* The order ORDER BY asks for, computed from the values. */
static int order_cmp(const q_order_key *order, uint32_t n_order, q_column *const *values,
                     uint32_t i, uint32_t k)
{
    for (uint32_t j = 0; j < n_order; j++) {
        bool ni = q_column_is_null(values[j], i), nk = q_column_is_null(values[j], k);
        int c = 0;
        if (ni || nk)
            c = order[j].nulls_first ? nk - ni : ni - nk;
        else
            c = xu_cmp(values[j], i, values[j], k) * (order[j].descending ? -1 : 1);
        if (c)
            return c < 0 ? -1 : 1;
    }
    return 0;
}

static int sign(int64_t v)
{
    return (v > 0) - (v < 0);
}

static void check_bytes(const q_order_key *order, uint32_t n_order, q_column *const *values,
                        uint32_t n, q_arena *a)
{
    q_str *keys = q_arena_alloc(a, sizeof *keys * (n + 1));
    XU_OK(q_sortkey_bytes(order, n_order, values, n, a, keys, err));
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < n; k++)
            ck_assert_int_eq(sign(q_str_cmp(keys[i], keys[k])),
                             order_cmp(order, n_order, values, i, k));
    }
}

static void check_words(const q_order_key *order, const q_column *c, q_arena *a)
{
    uint64_t *w = q_arena_alloc(a, sizeof *w * (c->length + 1));
    q_sortkey_words(order, c, w);
    for (uint32_t i = 0; i < c->length; i++) {
        for (uint32_t k = 0; k < c->length; k++) {
            if (q_column_is_null(c, i))
                ck_assert_uint_eq(w[i], 0);
            else if (!q_column_is_null(c, k))
                ck_assert_int_eq((w[i] > w[k]) - (w[i] < w[k]),
                                 order_cmp(order, 1, (q_column *const[]){(q_column *)c}, i, k));
        }
    }
}

START_TEST(one_key_of_every_type)
{
    q_arena a;
    q_arena_init(&a, NULL);
    for (int how = 0; how < 8; how++) {
        q_column *c = xu_column(&a, xu_types[_i], 150, how & 4 ? 2 : 0);
        q_order_key key = {q_expr_column(&a, 0, c->type, true), how & 1, how & 2};
        q_sortkey_spec spec = q_sortkey_of(&key, 1);
        size_t width = q_type_width(c->type);
        ck_assert_int_eq(spec.words, width >= 1 && width <= 8 && c->type.kind != Q_ARRAY);
        check_bytes(&key, 1, &c, c->length, &a);
        if (spec.words) {
            ck_assert_int_eq(spec.nulls_first, key.nulls_first);
            check_words(&key, c, &a);
        }
    }
    q_arena_fini(&a);
}
END_TEST

START_TEST(several_keys)
{
    q_arena a;
    q_arena_init(&a, NULL);
    for (int round = 0; round < 60; round++) {
        q_column *c[3];
        q_order_key order[3];
        uint32_t n = 2 + xu_below(2);
        for (uint32_t k = 0; k < n; k++) {
            c[k] = xu_column(&a, xu_types[xu_below(XU_N_TYPES)], 60, xu_below(4));
            order[k] =
                (q_order_key){q_expr_column(&a, k, c[k]->type, true), xu_below(2), xu_below(2)};
        }
        ck_assert(!q_sortkey_of(order, n).words);
        check_bytes(order, n, c, 60, &a);
        q_arena_reset(&a);
    }
    q_arena_fini(&a);
}
END_TEST

/* ---- sorts ---- */

static uint64_t random_word(int kind)
{
    switch (kind) {
    case 0:
        return xu_random();
    case 1:
        return xu_below(5);
    case 2:
        return (uint64_t)xu_below(100) << 56;
    case 3:
        return xu_below(2) ? 42 : UINT64_MAX; /* all digits alike but for two values */
    default:
        return 7;
    }
}

static const uint32_t lengths[] = {0, 1, 2, 3, 47, 48, 49, 255, 256, 257, 5000, 70000};

START_TEST(words_are_sorted_and_stable)
{
    q_arena a;
    q_arena_init(&a, NULL);
    uint32_t n = lengths[_i];
    for (int kind = 0; kind < 5; kind++) {
        uint64_t *w = q_arena_alloc(&a, sizeof *w * (n + 1)), *pairs;
        uint32_t *order = q_arena_alloc(&a, sizeof *order * (n + 1));
        uint8_t *seen = q_arena_zalloc(&a, n + 1);
        for (uint32_t i = 0; i < n; i++)
            w[i] = random_word(kind);
        pairs = q_arena_copy(&a, w, sizeof *w * n);
        XU_OK(q_sort_words(w, n, order, &a, err));
        for (uint32_t i = 0; i < n; i++) {
            ck_assert(!seen[order[i]]);
            seen[order[i]] = 1;
            ck_assert(!i || w[order[i - 1]] < w[order[i]] ||
                      (w[order[i - 1]] == w[order[i]] && order[i - 1] < order[i]));
        }
        uint32_t *rows = q_arena_alloc(&a, sizeof *rows * (n + 1));
        for (uint32_t i = 0; i < n; i++)
            rows[i] = i;
        XU_OK(q_sort_word_pairs(pairs, rows, n, &a, err));
        ck_assert(!n || memcmp(rows, order, sizeof *rows * n) == 0);
        for (uint32_t i = 0; i < n; i++)
            ck_assert_uint_eq(pairs[i], w[order[i]]);
    }
    q_arena_fini(&a);
}
END_TEST

START_TEST(bytes_are_sorted_and_stable)
{
    q_arena a;
    q_arena_init(&a, NULL);
    uint32_t n = lengths[_i];
    q_str *keys = q_arena_alloc(&a, sizeof *keys * (n + 1));
    uint32_t *order = q_arena_alloc(&a, sizeof *order * (n + 1));
    for (uint32_t i = 0; i < n; i++)
        keys[i] = xu_str(&a, false);
    XU_OK(q_sort_bytes(keys, n, order, &a, err));
    for (uint32_t i = 1; i < n; i++) {
        int c = q_str_cmp(keys[order[i - 1]], keys[order[i]]);
        ck_assert(c < 0 || (c == 0 && order[i - 1] < order[i]));
    }
    q_arena_fini(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("exec sortkey");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, one_key_of_every_type, 0, XU_N_TYPES);
    tcase_add_test(t, several_keys);
    tcase_add_loop_test(t, words_are_sorted_and_stable, 0, sizeof lengths / sizeof *lengths);
    tcase_add_loop_test(t, bytes_are_sorted_and_stable, 0, sizeof lengths / sizeof *lengths);
    suite_add_tcase(s, t);
    return xu_main(s);
}
