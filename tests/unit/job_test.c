/* A job's life: which states follow which, what is kept of its moves, its error, its warnings; that
 * it owns what was submitted; a run's share of its memory. */
#include <stdio.h>
#include <stdlib.h>

#include "master/job.h"
#include "master/run.h"
#include "tests/unit/check.h"

static q_job *job_of(q_msg_submit s)
{
    if (!s.token)
        s.token = "token";
    if (!s.sql)
        s.sql = "SELECT 1";
    return q_job_new(7, &s, 1700000000000000);
}

START_TEST(test_job_states)
{
    /* WAITING PLANNING RUNNING COMMITTING COMPLETED FAILED CANCELLED */
    static const char *const may[] = {".xxxxxx", "..xxxxx", ".xxxxxx", ".xxxxxx",
                                      ".......", ".......", "......."};
    for (int from = Q_JOB_WAITING; from <= Q_JOB_CANCELLED; from++) {
        for (int to = Q_JOB_WAITING; to <= Q_JOB_CANCELLED; to++)
            ck_assert_msg(q_job_state_may(from, to) == (may[from][to] == 'x'), "%s to %s",
                          q_job_state_name(from), q_job_state_name(to));
    }
}
END_TEST

START_TEST(test_job_moves)
{
    q_job *j = job_of((q_msg_submit){0});
    int64_t started, finished;
    q_job_times(j, &started, &finished);
    ck_assert(started == 0 && finished == 0);
    ck_assert(q_job_set_state(j, Q_JOB_PLANNING, 10));
    ck_assert(!q_job_set_state(j, Q_JOB_WAITING, 11));
    for (int i = 0; i < 40; i++) { /* a script with many statements */
        ck_assert(q_job_set_state(j, Q_JOB_RUNNING, 20 + i));
        ck_assert(q_job_set_state(j, Q_JOB_PLANNING, 20 + i));
    }
    ck_assert(q_job_set_state(j, Q_JOB_RUNNING, 90));
    ck_assert(q_job_set_state(j, Q_JOB_COMPLETED, 100));
    ck_assert(!q_job_set_state(j, Q_JOB_FAILED, 101));
    q_job_times(j, &started, &finished);
    ck_assert(started == 10 && finished == 100);
    ck_assert_uint_eq(j->n_moves, Q_JOB_MAX_MOVES);
    ck_assert_int_eq(j->moves[0].state, Q_JOB_WAITING);
    ck_assert_int_eq(j->moves[Q_JOB_MAX_MOVES - 1].state, Q_JOB_COMPLETED);
    ck_assert_int_eq(j->moves[Q_JOB_MAX_MOVES - 1].at_us, 100);
    q_job_destroy(&j);
    ck_assert_ptr_null(j);
    q_job_destroy(&j);
}
END_TEST

/* The first end stays: a cancelled job does not fail, a failed one keeps its reason. */
START_TEST(test_job_fails_once)
{
    q_err first, second;
    q_err_set(&first, Q_E_IO, "the disk");
    q_err_set(&second, Q_E_CANCELLED, "too late");
    q_job *j = job_of((q_msg_submit){0});
    q_job_fail(j, &first, 5);
    q_job_fail(j, &second, 6);
    ck_assert_int_eq(q_job_progress_get(j).state, Q_JOB_FAILED);
    ck_assert_str_eq(j->error.msg, "the disk");
    q_job_destroy(&j);
    j = job_of((q_msg_submit){0});
    q_job_fail(j, &second, 5);
    q_job_fail(j, &first, 6);
    ck_assert_int_eq(q_job_progress_get(j).state, Q_JOB_CANCELLED);
    ck_assert_int_eq(j->error.code, Q_E_CANCELLED);
    q_job_destroy(&j);
}
END_TEST

START_TEST(test_job_warnings)
{
    q_job *j = job_of((q_msg_submit){0});
    char name[32];
    j->log.quiet = true;
    for (int i = 0; i < 3; i++)
        q_job_warn(j, "the same %d", 1);
    ck_assert_uint_eq(j->n_warnings, 1);
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "warning %d", i);
        q_job_warn(j, "%s", name);
    }
    ck_assert_uint_eq(j->n_warnings, 64);
    ck_assert_str_eq(j->warnings[0], "the same 1");
    ck_assert_str_eq(j->warnings[63], "warning 62");
    q_job_destroy(&j);
}
END_TEST

/* The message goes away with its frame; the job has copies of everything. */
START_TEST(test_job_owns_its_submission)
{
    char token[] = "tok", sql[] = "SELECT 2", view[] = "v", file[] = "/in.json", key[] = "k",
         value[] = "val", path[] = "/out";
    q_pair pair = {key, value};
    q_rec_file f = {.path = file, .size_bytes = 9};
    q_rec_input in = {.view = view, .path = file, .options = {1, &pair}, .files = {1, &f}};
    q_rec_output out = {.kind = path, .path = path, .mode = path};
    q_job *j = job_of((q_msg_submit){.token = token,
                                     .sql = sql,
                                     .conf = {1, &pair},
                                     .params = {1, &pair},
                                     .inputs = {1, &in},
                                     .output = &out});
    char *const texts[] = {token, sql, view, file, key, value, path};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        memset(texts[i], '#', strlen(texts[i]));
    memset(&in, 0, sizeof in);
    memset(&f, 0, sizeof f);
    memset(&out, 0, sizeof out);
    pair = (q_pair){"", ""};
    ck_assert_str_eq(j->submit.token, "tok");
    ck_assert_str_eq(j->submit.sql, "SELECT 2");
    ck_assert_str_eq(q_job_conf(j, "k"), "val");
    ck_assert_ptr_null(q_job_conf(j, "other"));
    ck_assert_str_eq(j->submit.inputs.items[0].view, "v");
    ck_assert_str_eq(j->submit.inputs.items[0].options.items[0].value, "val");
    ck_assert_str_eq(j->submit.inputs.items[0].files.items[0].path, "/in.json");
    ck_assert_uint_eq(j->submit.inputs.items[0].files.items[0].size_bytes, 9);
    ck_assert_str_eq(j->submit.output->path, "/out");
    ck_assert_int_eq(strncmp(j->app_id, "app-2023111", 11), 0);
    ck_assert_str_eq(j->app_id + strlen(j->app_id) - 5, "-0007");
    q_job_destroy(&j);
}
END_TEST

static void frame_free(void *data, void *hint)
{
    (void)hint;
    free(data);
}

static void body(q_run *r, uint32_t task, size_t bytes)
{
    q_frame f = {malloc(bytes + 1), bytes, frame_free, NULL};
    q_outcome o = {0};
    ck_assert(f.data);
    q_run_body(r, task, &f, &o, &(q_task_metrics){0});
}

/* Bodies count until the next phase's replace them, replies until the end; one too many fails the
 * run, not the program. */
START_TEST(test_run_counts_memory)
{
    q_job *j = job_of((q_msg_submit){0});
    q_err err;
    j->memory.limit_bytes = 1000;
    q_run *r = q_run_new(j, 0, 2, 3, &j->memory);
    body(r, 0, 300);
    body(r, 1, 200);
    ck_assert_uint_eq(j->memory.used_bytes, 500);
    q_run_phase_done(r, 0);
    ck_assert_int_eq(q_run_wait(r, 0, &err), Q_OK);
    ck_assert_int_eq(q_run_count(r, 100, &err), Q_OK);
    ck_assert_int_eq(q_run_count(r, 401, &err), Q_E_OUT_OF_MEMORY);
    ck_assert_uint_eq(j->memory.used_bytes, 600);
    body(r, 0, 50);
    ck_assert_uint_eq(j->memory.used_bytes, 350);
    body(r, 1, 851);
    ck_assert_int_eq(q_run_wait(r, 1, &err), Q_E_OUT_OF_MEMORY);
    ck_assert_ptr_nonnull(strstr(err.hint, "spark.driver.memory"));
    q_run_phase_done(r, 1); /* comes too late */
    ck_assert_int_eq(q_run_wait(r, 1, &err), Q_E_OUT_OF_MEMORY);
    q_run_destroy(&r);
    ck_assert_uint_eq(j->memory.used_bytes, 0);
    q_job_destroy(&j);
}
END_TEST

/* A part of a budget: both have room or neither counts; the error names the one without. */
START_TEST(test_budget_within)
{
    q_budget all, part, other;
    q_err err;
    q_budget_init(&all, "quern.worker.memory", 1000);
    q_budget_init_within(&part, &all, "spark.executor.memory", 400);
    q_budget_init_within(&other, &all, "spark.executor.memory", SIZE_MAX);
    ck_assert(q_budget_take(&part, 400));
    ck_assert(!q_budget_take(&part, 1));
    q_budget_error(&part, 1, &err);
    ck_assert_str_eq(err.hint, "raise spark.executor.memory");
    ck_assert(q_budget_take(&other, 600));
    ck_assert(!q_budget_take(&other, 1));
    q_budget_error(&other, 1, &err);
    ck_assert_str_eq(err.hint, "raise quern.worker.memory");
    ck_assert_uint_eq(other.used_bytes, 600);
    ck_assert_uint_eq(all.used_bytes, 1000);
    q_budget_give(&part, 400);
    ck_assert(q_budget_take(&other, 400));
    q_budget_give(&other, 1000);
    ck_assert_uint_eq(all.used_bytes, 0);
    ck_assert_uint_eq(all.peak_bytes, 1000);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("job");
    TCase *t = tcase_create("job");
    tcase_add_test(t, test_job_states);
    tcase_add_test(t, test_job_moves);
    tcase_add_test(t, test_job_fails_once);
    tcase_add_test(t, test_job_warnings);
    tcase_add_test(t, test_job_owns_its_submission);
    tcase_add_test(t, test_run_counts_memory);
    tcase_add_test(t, test_budget_within);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
