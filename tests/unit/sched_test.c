/*
 * The scheduler in virtual time: stories of one task, and a seeded simulation with workers that
 * come, fall silent and leave while stages of several phases run to their end.
 */
#include <stdlib.h>

#include "master/sched.h"
#include "tests/unit/check.h"

static const q_sched_config config = {.mode = Q_SCHED_FIFO,
                                      .max_failures = 4,
                                      .worker_timeout_ms = 1000,
                                      .worker_memory_ms = 15000,
                                      .no_workers_wait_ms = 5000,
                                      .backoff_ms = 10};

static uint64_t stage_add(q_sched *s, uint64_t job, uint32_t n_tasks, uint32_t n_phases)
{
    const q_sched_stage_spec spec = {
        .job = job, .n_tasks = n_tasks, .n_phases = n_phases, .no_workers_wait_ms = -1};
    return q_sched_stage_add(s, &spec);
}

/* The next action of this kind; all others before it are passed over. */
static bool action(q_sched *s, q_sched_action_kind kind, q_sched_action *out)
{
    while (q_sched_next_action(s, out)) {
        if (out->kind == kind)
            return true;
    }
    return false;
}

START_TEST(test_sched_lost_worker_is_forgotten)
{
    q_sched *s = q_sched_new(&config);
    q_sched_action a;
    q_sched_worker_info info;
    uint64_t silent = q_sched_worker_add(s, 1, 0), other = q_sched_worker_add(s, 1, 0);
    q_sched_worker_heard(s, other, 900);
    ck_assert_int_eq(q_sched_tick(s, 1000), 1900);
    ck_assert(action(s, Q_ACT_WORKER_LOST, &a));
    q_sched_worker_heard(s, other, 15900);
    ck_assert_int_eq(q_sched_tick(s, 15999), 16000);
    ck_assert(!q_sched_next_action(s, &a));
    ck_assert(q_sched_worker_info_get(s, silent, &info));
    q_sched_tick(s, 16000);
    ck_assert(action(s, Q_ACT_WORKER_FORGET, &a));
    ck_assert_uint_eq(a.ref.worker, silent);
    ck_assert(!q_sched_worker_info_get(s, silent, &info));
    ck_assert(q_sched_worker_info_get(s, other, &info));
    q_sched_destroy(&s);
}
END_TEST

/* However short ago it was: the last hundred. */
START_TEST(test_sched_many_lost_workers)
{
    q_sched *s = q_sched_new(&config);
    q_sched_action a;
    uint32_t forgotten = 0;
    uint64_t first = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t w = q_sched_worker_add(s, 1, i);
        first = i ? first : w;
        q_sched_worker_lost(s, w, i);
        while (q_sched_next_action(s, &a)) {
            if (a.kind == Q_ACT_WORKER_FORGET)
                ck_assert_uint_eq(a.ref.worker, first + forgotten++);
        }
    }
    ck_assert_uint_eq(forgotten, 899);
    q_sched_destroy(&s);
}
END_TEST

START_TEST(test_sched_lost_worker_costs_a_retry)
{
    q_sched *s = q_sched_new(&config);
    q_sched_action a, b;
    uint64_t w1 = q_sched_worker_add(s, 1, 0), stage = stage_add(s, 1, 1, 1);
    q_sched_tick(s, 0);
    ck_assert(action(s, Q_ACT_LAUNCH, &a));
    ck_assert_uint_eq(a.ref.worker, w1);
    uint64_t w2 = q_sched_worker_add(s, 1, 900);
    q_sched_tick(s, 1000); /* w1 has been silent for a second */
    ck_assert(action(s, Q_ACT_WORKER_LOST, &b));
    ck_assert_int_eq(q_sched_task_result(s, &a.ref), Q_RESULT_STALE);
    q_sched_tick(s, 1100);
    ck_assert(action(s, Q_ACT_LAUNCH, &b));
    ck_assert_uint_eq(b.ref.worker, w2);
    ck_assert_uint_eq(b.ref.attempt, a.ref.attempt + 1);
    ck_assert_int_eq(q_sched_task_result(s, &b.ref), Q_RESULT_COUNTS);
    ck_assert_int_eq(q_sched_task_result(s, &b.ref), Q_RESULT_STALE); /* said twice */
    ck_assert(action(s, Q_ACT_PHASE_DONE, &a));
    ck_assert_uint_eq(a.ref.stage, stage);
    q_sched_destroy(&s);
}
END_TEST

START_TEST(test_sched_gives_up_after_max_failures)
{
    q_sched *s = q_sched_new(&config);
    q_sched_action a;
    q_err err;
    q_err_set(&err, Q_E_IO, "the disk is full");
    q_sched_worker_add(s, 1, 0);
    stage_add(s, 1, 1, 1);
    for (uint32_t i = 0; i < config.max_failures; i++) {
        q_sched_tick(s, (int64_t)i * 100);
        ck_assert(action(s, Q_ACT_LAUNCH, &a));
        q_sched_task_failed(s, &a.ref, &err, true, (int64_t)i * 100);
    }
    ck_assert(action(s, Q_ACT_STAGE_FAILED, &a));
    ck_assert_int_eq(a.err.code, Q_E_IO);
    q_sched_destroy(&s);
}
END_TEST

/* A worker that does not see the files is done without; its refusals are no failures. */
/* spark.executor.cores: a job's tasks on one worker, over its stages; the rest is for others. */
START_TEST(test_sched_cores_of_a_worker)
{
    q_sched *s = q_sched_new(&config);
    q_sched_action a;
    q_sched_stage_spec spec = {
        .job = 1, .n_tasks = 6, .n_phases = 2, .max_on_worker = 2, .no_workers_wait_ms = -1};
    uint64_t workers[] = {q_sched_worker_add(s, 8, 0), q_sched_worker_add(s, 3, 0)};
    uint32_t on[2] = {0}, of_other = 0;
    uint64_t stage = q_sched_stage_add(s, &spec);
    q_sched_stage_add(s, &spec);
    stage_add(s, 2, 20, 1);
    q_sched_tick(s, 0);
    while (action(s, Q_ACT_LAUNCH, &a)) {
        if (a.ref.stage > stage + 1)
            of_other++;
        else
            on[a.ref.worker == workers[1]]++;
    }
    ck_assert_uint_eq(on[0], 2);
    ck_assert_uint_eq(on[1], 2);
    ck_assert_uint_eq(of_other, 8 + 3 - 4);
    q_sched_destroy(&s);
}
END_TEST

/* The only worker drains and keeps rows, but tasks are left that nobody may begin: it is let go,
 * and the stage goes on with the next one. */
START_TEST(test_sched_draining_alone)
{
    q_sched *s = q_sched_new(&config);
    q_sched_action a;
    q_sched_worker_info info;
    uint64_t w = q_sched_worker_add(s, 1, 0), stage = stage_add(s, 1, 2, 2);
    q_sched_tick(s, 0);
    ck_assert(action(s, Q_ACT_LAUNCH, &a));
    q_sched_worker_drain(s, w);
    q_sched_tick(s, 10);
    ck_assert(!action(s, Q_ACT_CANCEL, &a)); /* what runs may end */
    a.ref = (q_task_ref){stage, 0, 0, 0, w};
    ck_assert_int_eq(q_sched_task_result(s, &a.ref), Q_RESULT_COUNTS);
    q_sched_tick(s, 20);
    ck_assert(action(s, Q_ACT_CANCEL, &a));
    ck_assert_uint_eq(a.ref.worker, w);
    ck_assert(action(s, Q_ACT_NO_WORKERS, &a));
    ck_assert(q_sched_worker_info_get(s, w, &info));
    ck_assert_uint_eq(info.running + info.holding, 0);
    q_sched_worker_lost(s, w, 30);
    w = q_sched_worker_add(s, 1, 40);
    q_sched_tick(s, 40);
    ck_assert(action(s, Q_ACT_LAUNCH, &a));
    ck_assert_int_eq(q_sched_task_result(s, &a.ref), Q_RESULT_DUPLICATE); /* it had counted */
    q_sched_tick(s, 50);
    ck_assert(action(s, Q_ACT_LAUNCH, &a));
    ck_assert_int_eq(q_sched_task_result(s, &a.ref), Q_RESULT_COUNTS);
    ck_assert(action(s, Q_ACT_PHASE_DONE, &a));
    q_sched_destroy(&s);
}
END_TEST

START_TEST(test_sched_refusing_worker)
{
    q_sched *s = q_sched_new(&config);
    q_sched_action a;
    q_sched_stage_info info;
    q_err err;
    q_err_set(&err, Q_E_PATH_NOT_FOUND, "not here");
    uint64_t blind = q_sched_worker_add(s, 8, 0), good = 0;
    uint64_t stage = stage_add(s, 1, 20, 1);
    q_sched_tick(s, 0);
    good = q_sched_worker_add(s, 2, 0);
    uint32_t refused = 0, counted = 0;
    for (int64_t now = 0; counted < 20; now++) {
        ck_assert_int_lt(now, 100);
        q_sched_tick(s, now);
        while (action(s, Q_ACT_LAUNCH, &a)) {
            if (a.ref.worker == good) {
                counted += q_sched_task_result(s, &a.ref) == Q_RESULT_COUNTS;
            } else {
                q_sched_task_refused(s, &a.ref, &err, now);
                refused++;
            }
        }
    }
    ck_assert_uint_eq(refused, 8); /* what it had already; nothing more */
    ck_assert(q_sched_stage_info_get(s, stage, &info));
    ck_assert_uint_eq(info.failures, 0);
    q_sched_stage_remove(s, stage);
    stage = stage_add(s, 2, 1, 1); /* another stage is tried there again */
    q_sched_worker_lost(s, good, 200);
    q_sched_tick(s, 200);
    ck_assert(action(s, Q_ACT_LAUNCH, &a));
    ck_assert_uint_eq(a.ref.worker, blind);
    q_sched_task_refused(s, &a.ref, &err, 200);
    ck_assert(action(s, Q_ACT_STAGE_FAILED, &a)); /* nobody is left who has not refused */
    ck_assert_int_eq(a.err.code, Q_E_PATH_NOT_FOUND);
    q_sched_destroy(&s);
}
END_TEST

/* The only one that does not refuse is lost: the stage waits for workers, visibly. */
START_TEST(test_sched_only_refusing_workers_left)
{
    q_sched *s = q_sched_new(&config);
    q_sched_action a;
    q_err err;
    q_err_set(&err, Q_E_PATH_NOT_FOUND, "not here");
    uint64_t blind = q_sched_worker_add(s, 1, 0), good = q_sched_worker_add(s, 1, 0);
    stage_add(s, 1, 2, 1);
    q_sched_tick(s, 0);
    for (int i = 0; i < 2; i++) {
        ck_assert(action(s, Q_ACT_LAUNCH, &a));
        if (a.ref.worker == blind)
            q_sched_task_refused(s, &a.ref, &err, 0);
    }
    q_sched_worker_lost(s, good, 10);
    for (int64_t now = 10; now < 900; now += 10) {
        q_sched_worker_heard(s, blind, now);
        q_sched_tick(s, now);
    }
    ck_assert(action(s, Q_ACT_NO_WORKERS, &a));
    q_sched_worker_add(s, 1, 900);
    q_sched_tick(s, 900);
    ck_assert(action(s, Q_ACT_LAUNCH, &a));
    q_sched_destroy(&s);
}
END_TEST

START_TEST(test_sched_waits_for_a_worker_then_fails)
{
    q_sched *s = q_sched_new(&config);
    q_sched_action a;
    stage_add(s, 1, 1, 1);
    ck_assert_int_eq(q_sched_tick(s, 100), 100 + config.no_workers_wait_ms);
    ck_assert(action(s, Q_ACT_NO_WORKERS, &a));
    q_sched_tick(s, 100 + config.no_workers_wait_ms);
    ck_assert(action(s, Q_ACT_STAGE_FAILED, &a));
    ck_assert_int_eq(a.err.code, Q_E_NO_WORKERS);
    q_sched_destroy(&s);
}
END_TEST

START_TEST(test_sched_fifo_goes_by_job)
{
    q_sched *s = q_sched_new(&config);
    q_sched_action a;
    uint64_t later = stage_add(s, 2, 1, 1), older = stage_add(s, 1, 1, 1);
    q_sched_worker_add(s, 1, 0);
    q_sched_tick(s, 0);
    ck_assert(action(s, Q_ACT_LAUNCH, &a));
    ck_assert_uint_eq(a.ref.stage, older);
    ck_assert_uint_ne(a.ref.stage, later);
    q_sched_destroy(&s);
}
END_TEST

/* ---- simulation ---- */

#define SIM_WORKERS 6
#define SIM_TASKS   40
#define SIM_PHASES  3

typedef struct sim {
    q_sched *s;
    uint64_t workers[SIM_WORKERS]; /* 0: gone */
    q_task_ref attempts[1024];
    uint32_t n_attempts;
    uint32_t counted[SIM_TASKS];
    uint32_t phases_done;
    bool failed;
    uint64_t stage;
} sim;

static void sim_actions(sim *m)
{
    q_sched_action a;
    while (q_sched_next_action(m->s, &a)) {
        if (a.kind == Q_ACT_LAUNCH || a.kind == Q_ACT_CONTINUE) {
            ck_assert_uint_lt(m->n_attempts, 1024);
            m->attempts[m->n_attempts++] = a.ref;
        } else if (a.kind == Q_ACT_PHASE_DONE) {
            ck_assert_uint_eq(a.ref.phase, m->phases_done);
            m->phases_done++;
            q_sched_stage_go_on(m->s, m->stage, m->phases_done);
        } else if (a.kind == Q_ACT_STAGE_FAILED) {
            m->failed = true;
        }
    }
}

static void sim_slots_check(const sim *m)
{
    for (uint32_t i = 0; i < SIM_WORKERS; i++) {
        q_sched_worker_info info;
        if (m->workers[i] && q_sched_worker_info_get(m->s, m->workers[i], &info))
            ck_assert_uint_le(info.running, info.cores);
    }
}

/* One random thing: a result, or a worker that goes and another that comes. */
static void sim_step(sim *m, int64_t now)
{
    uint32_t dice = (uint32_t)rand() % 100;
    if (dice < 92 && m->n_attempts) {
        uint32_t i = (uint32_t)rand() % m->n_attempts;
        q_task_ref ref = m->attempts[i];
        m->attempts[i] = m->attempts[--m->n_attempts];
        if (q_sched_task_result(m->s, &ref) == Q_RESULT_COUNTS) {
            ck_assert_uint_eq(ref.phase, m->counted[ref.task]); /* once each, in order */
            m->counted[ref.task]++;
        }
    } else if (dice >= 98) {
        uint32_t i = (uint32_t)rand() % SIM_WORKERS;
        if (m->workers[i])
            q_sched_worker_lost(m->s, m->workers[i], now);
        m->workers[i] = q_sched_worker_add(m->s, 1 + (uint32_t)rand() % 3, now);
    }
    for (uint32_t i = 0; i < SIM_WORKERS; i++)
        q_sched_worker_heard(m->s, m->workers[i], now);
}

START_TEST(test_sched_simulation)
{
    sim m = {0};
    q_sched_config patient = config;
    patient.max_failures = 1000;
    srand((unsigned)_i + 1);
    m.s = q_sched_new(&patient);
    m.stage = stage_add(m.s, 1, SIM_TASKS, SIM_PHASES);
    m.workers[0] = q_sched_worker_add(m.s, 2, 0);
    for (int64_t now = 0; m.phases_done < SIM_PHASES; now += 5) {
        ck_assert_int_lt(now, 1000000); /* it comes to an end */
        q_sched_tick(m.s, now);
        sim_actions(&m);
        sim_slots_check(&m);
        sim_step(&m, now);
        sim_actions(&m);
    }
    ck_assert(!m.failed);
    for (uint32_t i = 0; i < SIM_TASKS; i++)
        ck_assert_uint_eq(m.counted[i], SIM_PHASES);
    q_sched_stage_remove(m.s, m.stage);
    q_sched_destroy(&m.s);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sched");
    TCase *t = tcase_create("sched");
    tcase_add_test(t, test_sched_lost_worker_is_forgotten);
    tcase_add_test(t, test_sched_many_lost_workers);
    tcase_add_test(t, test_sched_lost_worker_costs_a_retry);
    tcase_add_test(t, test_sched_gives_up_after_max_failures);
    tcase_add_test(t, test_sched_cores_of_a_worker);
    tcase_add_test(t, test_sched_draining_alone);
    tcase_add_test(t, test_sched_refusing_worker);
    tcase_add_test(t, test_sched_only_refusing_workers_left);
    tcase_add_test(t, test_sched_waits_for_a_worker_then_fails);
    tcase_add_test(t, test_sched_fifo_goes_by_job);
    tcase_add_loop_test(t, test_sched_simulation, 0, 200);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
