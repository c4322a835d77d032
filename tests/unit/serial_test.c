/* Stage plans survive the wire: what is unpacked packs to the same bytes (once absent options have
 * become defaults), and damaged bytes are refused. */
#include "tests/unit/bind_support.h"

#include "common/plan/serial.h"

static const char *const queries[] = {
    "SELECT 1",
    "SELECT s, l + 1, CASE WHEN d > 0.5D THEN 'x' END FROM t WHERE i IN (1, 2, 3) AND s LIKE 'a%'",
    "SELECT s, count(*), sum(d) FILTER (WHERE bo), count(DISTINCT l, i) FROM t GROUP BY s",
    "SELECT *, avg(d) OVER (PARTITION BY s), percent_rank() OVER (PARTITION BY s ORDER BY d DESC), "
    "lag(l, 2, 0L) OVER (PARTITION BY s ORDER BY ts), "
    "sum(i) OVER (ORDER BY l ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM t",
    "SELECT l FROM t UNION ALL SELECT i FROM t ORDER BY 1 DESC NULLS LAST LIMIT 5 OFFSET 2",
    "SELECT * FROM VALUES (1, 'a', NULL, X'00ff', 1.50, DATE '2024-02-29'), (2, '', 3D, X'', 2.5, "
    "NULL)",
    "SELECT rank() OVER (ORDER BY n) FROM (SELECT s, count(*) AS n FROM t GROUP BY s)",
};

static void stages_of(world *w, const char *sql, q_stages *out)
{
    q_stmt st = {0};
    ck_assert_int_eq(q_sql_parse(&w->arena, sql, strlen(sql), &w->script, &w->err), Q_OK);
    q_binder_init(&w->binder, &w->catalog, w->script);
    ck_assert_msg(q_bind_statement(&w->binder, &w->script->statement[0], &st, &w->err) == Q_OK,
                  "%s: %s", sql, w->err.msg);
    ck_assert_int_eq(q_stages_cut(&w->arena, st.plan, NULL, out, &w->err), Q_OK);
}

static void cut_short(const q_buf *bytes, q_err *err)
{
    for (size_t n = 0; n < bytes->len; n += 1 + n / 16) {
        q_arena a;
        q_stage stage;
        q_unpack in;
        q_arena_init(&a, NULL);
        q_unpack_init(&in, bytes->data, n);
        ck_assert_int_ne(q_stage_unpack(&a, &in, &stage, err), Q_OK);
        q_arena_fini(&a);
    }
}

static void unpack_all(world *w, const q_buf *bytes, q_stage *out)
{
    q_unpack in;
    q_unpack_init(&in, bytes->data, bytes->len);
    ck_assert_msg(q_stage_unpack(&w->arena, &in, out, &w->err) == Q_OK, "%s", w->err.msg);
    ck_assert_ptr_eq(in.at, in.end);
}

START_TEST(test_serial_round_trip)
{
    world w;
    q_stages stages;
    world_init(&w);
    stages_of(&w, queries[_i], &stages);
    for (uint32_t i = 0; i < stages.n_stages; i++) {
        q_buf once, again, third;
        q_stage first, second;
        q_buf_init(&once);
        q_buf_init(&again);
        q_buf_init(&third);
        q_stage_pack(&once, &stages.stages[i]);
        unpack_all(&w, &once, &first);
        q_stage_pack(&again, &first);
        unpack_all(&w, &again, &second);
        q_stage_pack(&third, &second);
        ck_assert_uint_eq(third.len, again.len);
        ck_assert_mem_eq(third.data, again.data, again.len);
        cut_short(&once, &w.err);
        q_buf_fini(&once);
        q_buf_fini(&again);
        q_buf_fini(&third);
    }
    world_fini(&w);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("serial");
    TCase *t = tcase_create("stages");
    tcase_add_loop_test(t, test_serial_round_trip, 0, sizeof queries / sizeof queries[0]);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
