/* Group tables against a comparison of every row with every earlier one. */
#include "common/exec/groups.h"

#include "tests/unit/exec_util.h"

/* Rows i and k have the same keys, as GROUP BY sees it. */
static bool same_group(q_column *const *keys, uint32_t n_keys, uint32_t i, uint32_t k)
{
    for (uint32_t j = 0; j < n_keys; j++) {
        bool ni = q_column_is_null(keys[j], i), nk = q_column_is_null(keys[j], k);
        if (ni != nk || (!ni && xu_cmp(keys[j], i, keys[j], k) != 0))
            return false;
    }
    return true;
}

/* The stored key is the first one seen, with one NaN and no -0.0. */
static void check_key(const q_column *stored, uint32_t group, const q_column *c, uint32_t row)
{
    bool null = q_column_is_null(c, row);
    ck_assert_int_eq(q_column_is_null(stored, group), null);
    if (null)
        return;
    ck_assert_int_eq(xu_cmp(stored, group, c, row), 0);
    if (c->type.kind == Q_DOUBLE && Q_VALUES(c, double)[row] == 0)
        ck_assert(!signbit(Q_VALUES(stored, double)[group]));
    if (c->type.kind == Q_FLOAT && Q_VALUES(c, float)[row] == 0)
        ck_assert(!signbit(Q_VALUES(stored, float)[group]));
}

static void check_groups(q_column *const *keys, uint32_t n_keys, uint32_t n_rows,
                         uint32_t n_batches)
{
    q_arena a, kept;
    q_arena_init(&a, NULL);
    q_arena_init(&kept, NULL);
    q_type types[4];
    q_groups *g = NULL;
    for (uint32_t k = 0; k < n_keys; k++)
        types[k] = keys[k]->type;
    XU_OK(q_groups_new(types, n_keys, &kept, &g, err));
    uint32_t *numbers = q_arena_alloc(&a, 4 * (n_rows + 1)), *cuts = xu_cuts(&a, n_rows, n_batches);
    for (uint32_t b = 0; b < n_batches; b++) {
        q_arena batch; /* keys must be copied: the batch goes */
        q_arena_init(&batch, NULL);
        q_column *part[4];
        for (uint32_t k = 0; k < n_keys; k++) {
            part[k] = xu_part(&batch, keys[k], cuts[b], cuts[b + 1]);
            part[k]->bytes_stable = false;
            XU_OK(q_column_stabilise(part[k], &batch, err));
        }
        XU_OK(q_groups_add(g, part, cuts[b + 1] - cuts[b], numbers + cuts[b], err));
        q_arena_fini(&batch);
    }
    uint32_t n = 0, *first = q_arena_alloc(&a, 4 * (n_rows + 1));
    for (uint32_t i = 0; i < n_rows; i++) {
        uint32_t k = 0;
        while (k < n && !same_group(keys, n_keys, i, first[k]))
            k++;
        if (k == n)
            first[n++] = i;
        ck_assert_uint_eq(numbers[i], k);
    }
    ck_assert_uint_eq(q_groups_count(g), n_keys ? n : 1);
    q_column stored[4];
    XU_OK(q_groups_keys(g, &a, stored, err));
    for (uint32_t k = 0; k < n_keys; k++) {
        ck_assert_uint_eq(stored[k].length, n);
        for (uint32_t i = 0; i < n; i++)
            check_key(&stored[k], i, keys[k], first[i]);
    }
    q_groups_destroy(&g);
    q_arena_fini(&kept);
    q_arena_fini(&a);
}

START_TEST(one_key_of_every_type)
{
    q_arena a;
    q_arena_init(&a, NULL);
    for (uint32_t nulls = 0; nulls < 9; nulls += 4) {
        q_column *c = xu_column(&a, xu_types[_i], 1500, nulls);
        check_groups(&c, 1, 1500, 4);
    }
    q_arena_fini(&a);
}
END_TEST

START_TEST(several_keys)
{
    q_arena a;
    q_arena_init(&a, NULL);
    for (int round = 0; round < 40; round++) {
        q_column *c[4];
        uint32_t n = 2 + xu_below(3), rows = xu_below(300);
        for (uint32_t k = 0; k < n; k++)
            c[k] = xu_column(&a, xu_types[xu_below(XU_N_TYPES)], rows, xu_below(4));
        check_groups(c, n, rows, 3);
        q_arena_reset(&a);
    }
    q_arena_fini(&a);
}
END_TEST

static q_column *strings(q_arena *a, const q_str *s, uint32_t n)
{
    q_column *c = q_arena_new(a, q_column);
    XU_OK(q_column_init(c, Q_TYPE(Q_STRING), n, a, err));
    memcpy(c->values, s, sizeof *s * n);
    return c;
}

/* Strings that differ only by zero bytes at the end have the same word, not the same key. */
START_TEST(short_strings)
{
    static const char bytes[] = "abcdefghi\0\0\0\0\0\0\0\0\0";
    q_arena a;
    q_arena_init(&a, NULL);
    q_str s[220];
    uint32_t n = 0;
    for (int round = 0; round < 2; round++) {
        for (uint32_t from = 0; from < 10; from++) {
            for (uint32_t len = 0; len < 10; len++)
                s[n++] = (q_str){bytes + from, len, 0};
        }
    }
    q_column *c = strings(&a, s, n);
    check_groups(&c, 1, n, 1);
    check_groups(&c, 1, n, 7);
    q_arena_fini(&a);
}
END_TEST

/* A string may end where its memory ends: nothing behind it is read. */
START_TEST(strings_at_the_end_of_memory)
{
    q_str s[10];
    char *p[10];
    for (uint32_t len = 0; len < 10; len++) {
        p[len] = malloc(len ? len : 1);
        memset(p[len], 'x', len);
        s[len] = (q_str){p[len], len, 0};
    }
    q_arena a;
    q_arena_init(&a, NULL);
    q_column *c = strings(&a, s, 10);
    check_groups(&c, 1, 10, 1);
    q_arena_fini(&a);
    for (uint32_t len = 0; len < 10; len++)
        free(p[len]);
}
END_TEST

/* Many groups: numbers go up by one, and stay what they were while the table grows. */
START_TEST(many_groups)
{
    enum { ROWS = 200000 };
    q_arena a;
    q_arena_init(&a, NULL);
    q_column number, text, *both[2] = {&number, &text};
    XU_OK(q_column_init(&number, Q_TYPE(Q_BIGINT), ROWS, &a, err));
    XU_OK(q_column_init(&text, Q_TYPE(Q_STRING), ROWS, &a, err));
    for (uint32_t i = 0; i < ROWS; i++) {
        Q_VALUES(&number, int64_t)[i] = (int64_t)i << (_i * 8); /* differ in high bits only */
        char *s = q_arena_printf(&a, _i & 1 ? "%u" : "a rather long string %u", i);
        Q_VALUES(&text, q_str)[i] = q_str_of(s);
    }
    uint32_t *numbers = q_arena_alloc(&a, 4 * ROWS);
    for (uint32_t form = 0; form < 3; form++) {
        q_groups *g = NULL;
        q_type types[2] = {both[form == 1]->type, text.type};
        XU_OK(q_groups_new(types, form == 2 ? 2 : 1, &a, &g, err));
        for (int round = 0; round < 2; round++) {
            XU_OK(q_groups_add(g, both + (form == 1), ROWS, numbers, err));
            for (uint32_t i = 0; i < ROWS; i++)
                ck_assert_uint_eq(numbers[i], i);
        }
        ck_assert_uint_eq(q_groups_count(g), ROWS);
        q_groups_destroy(&g);
    }
    q_arena_fini(&a);
}
END_TEST

START_TEST(no_keys)
{
    uint32_t numbers[3] = {7, 7, 7};
    q_arena a;
    q_arena_init(&a, NULL);
    q_groups *g = NULL;
    XU_OK(q_groups_new(NULL, 0, &a, &g, err));
    ck_assert_uint_eq(q_groups_count(g), 1);
    XU_OK(q_groups_add(g, NULL, 3, numbers, err));
    ck_assert(numbers[0] == 0 && numbers[1] == 0 && numbers[2] == 0);
    q_groups_destroy(&g);
    q_arena_fini(&a);
}
END_TEST

START_TEST(budget_exceeded)
{
    q_budget b;
    q_budget_init(&b, "spark.executor.memory", 300000);
    q_arena a, data;
    q_arena_init(&a, &b);
    q_arena_init(&data, NULL);
    q_column *c = xu_column(&data, Q_TYPE(Q_BIGINT), 100000, 0);
    for (uint32_t i = 0; i < c->length; i++)
        Q_VALUES(c, int64_t)[i] = i;
    uint32_t *numbers = q_arena_alloc(&data, 4 * c->length);
    q_groups *g = NULL;
    q_err full = {0};
    XU_OK(q_groups_new(&c->type, 1, &a, &g, err));
    ck_assert_int_eq(q_groups_add(g, &c, c->length, numbers, &full), Q_E_OUT_OF_MEMORY);
    ck_assert(strstr(full.hint, "spark.executor.memory") ||
              strstr(full.msg, "spark.executor.memory"));
    q_groups_destroy(&g);
    q_arena_fini(&data);
    q_arena_fini(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("exec groups");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, one_key_of_every_type, 0, XU_N_TYPES);
    tcase_add_test(t, several_keys);
    tcase_add_test(t, short_strings);
    tcase_add_test(t, strings_at_the_end_of_memory);
    tcase_add_loop_test(t, many_groups, 0, 6);
    tcase_add_test(t, no_keys);
    tcase_add_test(t, budget_exceeded);
    suite_add_tcase(s, t);
    return xu_main(s);
}
