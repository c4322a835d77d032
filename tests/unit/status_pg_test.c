/* The queue of status updates while there is no database: it is bounded, an ending master does not
 * wait for it longer than it may, and what is left over frees itself. */
#include <stdlib.h>
#include <uv.h>

#include "master/status_pg.h"
#include "tests/unit/check.h"

#define DSN "postgres://nobody@127.0.0.1:1/none?connect_timeout=1" /* nobody listens on port 1 */

static uv_loop_t loop;
static uint32_t n_done;

static void set_up(void)
{
    uv_loop_init(&loop);
    n_done = 0;
}

static void tear_down(void)
{
    uv_run(&loop, UV_RUN_DEFAULT); /* ends: nothing holds the loop any more */
    ck_assert_int_eq(uv_loop_close(&loop), 0);
}

static void done(void *ctx)
{
    ++*(uint32_t *)ctx;
    uv_stop(&loop);
}

static q_status_pg *status_new(const char *dsn)
{
    q_status_pg *s;
    q_err err;
    ck_assert_msg(q_status_pg_new(dsn, &loop, &s, &err) == Q_OK, "%s", err.msg);
    return s;
}

static void put(q_status_pg *s, int64_t pipeline, q_stage_status status)
{
    const q_status_update u = {.pipeline_id = pipeline,
                               .status = status,
                               .message = "m",
                               .started_us = 1,
                               .finished_us = 2,
                               .records = -1};
    q_status_pg_put(s, &u);
}

START_TEST(test_status_nobody_wants_to_know)
{
    static const char *const names[] = {"DATABASE_URL",  "DATABASE_HOST",     "DATABASE_PORT",
                                        "DATABASE_NAME", "DATABASE_USERNAME", "DATABASE_PASSWORD"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    ck_assert_ptr_null(status_new(NULL));
}
END_TEST

START_TEST(test_status_bad_dsn)
{
    q_status_pg *s;
    q_err err;
    ck_assert_int_eq(q_status_pg_new("postgres://h/d?no_such_word=1", &loop, &s, &err),
                     Q_E_INVALID_CONF_VALUE);
}
END_TEST

START_TEST(test_status_waits_for_its_database)
{
    q_status_pg *s = status_new(DSN);
    ck_assert_uint_eq(q_status_pg_pending(s), 0);
    put(s, 1, Q_STAGE_RUNNING);
    put(s, 1, Q_STAGE_COMPLETED);
    put(s, 2, Q_STAGE_FAILED);
    ck_assert_uint_eq(q_status_pg_pending(s), 3);
    q_status_pg_flush(s, 300, done, &n_done);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_uint_eq(n_done, 1);
    ck_assert_uint_eq(q_status_pg_pending(s), 3); /* tried, and still there */
    q_status_pg_close(&s);
    ck_assert_ptr_null(s);
}
END_TEST

START_TEST(test_status_with_nothing_to_say_ends_at_once)
{
    q_status_pg *s = status_new(DSN);
    q_status_pg_flush(s, 1000000000, done, &n_done);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_uint_eq(n_done, 1);
    q_status_pg_close(&s);
}
END_TEST

START_TEST(test_status_queue_is_bounded)
{
    q_status_pg *s = status_new(DSN);
    for (int i = 0; i < 10050; i++)
        put(s, i, Q_STAGE_COMPLETED);
    ck_assert_uint_eq(q_status_pg_pending(s), 10000);
    q_status_pg_close(&s);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("status_pg");
    TCase *t = tcase_create("status_pg");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 0);
    tcase_add_test(t, test_status_nobody_wants_to_know);
    tcase_add_test(t, test_status_bad_dsn);
    tcase_add_test(t, test_status_waits_for_its_database);
    tcase_add_test(t, test_status_with_nothing_to_say_ends_at_once);
    tcase_add_test(t, test_status_queue_is_bounded);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
