/* The job store: what is put is found again by the next process; files that are none of ours are
 * refused; a second process too; old jobs go. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "master/store.h"
#include "tests/unit/check.h"

static char folder[] = "/tmp/quern-store-XXXXXX";
static char path[64];
static q_arena arena;
static q_err err;

static void folder_make(void)
{
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/jobs.db", folder);
    q_arena_init(&arena, NULL);
    q_err_clear(&err);
}

static void folder_remove(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    q_arena_fini(&arena);
}

static q_store *open_store(void)
{
    q_store *s;
    ck_assert_msg(q_store_open(path, &s, &err) == Q_OK, "%s", err.msg);
    return s;
}

static q_store_job job(uint64_t id, const char *state)
{
    return (q_store_job){.id = id,
                         .app_id = q_arena_printf(&arena, "app-%llu", (unsigned long long)id),
                         .state = state,
                         .submitted_us = (int64_t)id * 1000,
                         .finished_us = strcmp(state, "RUNNING") == 0 ? 0 : (int64_t)id * 1000 + 1,
                         .record = {"\x81\0record", 8}};
}

static void put(q_store *s, uint64_t id, const char *state)
{
    const q_store_transition moves[] = {{1, "WAITING"}, {2, state}};
    q_store_job j = job(id, state);
    ck_assert_msg(q_store_put(s, &j, moves, 2, &err) == Q_OK, "%s", err.msg);
}

static uint64_t last_id(q_store *s)
{
    uint64_t id;
    ck_assert_msg(q_store_last_id(s, &id, &err) == Q_OK, "%s", err.msg);
    return id;
}

static char listed[4096];

static void list_one(void *ctx, const q_store_job *j)
{
    (void)ctx;
    size_t n = strlen(listed);
    snprintf(listed + n, sizeof listed - n, "%llu:%s ", (unsigned long long)j->id, j->state);
}

static const char *list(q_store *s, q_store_query q)
{
    listed[0] = 0;
    ck_assert_int_eq(q_store_list(s, &q, list_one, NULL, &err), Q_OK);
    return listed;
}

START_TEST(test_store_keeps)
{
    q_store *s = open_store();
    q_store_job out;
    bool found;
    ck_assert_uint_eq(last_id(s), 0);
    put(s, 1, "COMPLETED");
    q_store_job two = job(2, "RUNNING");
    two.name = "it's a \"name\"";
    two.stage = "Spark Processing";
    two.pipeline_id = 77;
    two.logs = (q_bytes){"logs", 4};
    ck_assert_int_eq(q_store_put(s, &two, NULL, 0, &err), Q_OK);
    put(s, 3, "FAILED");
    q_store_close(&s);

    s = open_store();
    ck_assert_uint_eq(last_id(s), 3);
    ck_assert_int_eq(q_store_find(s, "2", &arena, &out, &found, &err), Q_OK);
    ck_assert(found);
    ck_assert_str_eq(out.name, two.name);
    ck_assert_str_eq(out.stage, two.stage);
    ck_assert_int_eq(out.pipeline_id, 77);
    ck_assert_int_eq(out.submitted_us, 2000);
    ck_assert_uint_eq(out.record.len, 8);
    ck_assert_int_eq(memcmp(out.record.data, "\x81\0record", 8), 0);
    ck_assert_int_eq(memcmp(out.logs.data, "logs", 4), 0);
    ck_assert_int_eq(q_store_find(s, "app-3", &arena, &out, &found, &err), Q_OK);
    ck_assert(found && out.id == 3 && !out.name && !out.logs.len);
    static const char *const unknown[] = {"4", "app-4", "", "2 ", "02", "2; DROP TABLE jobs", "-1"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        ck_assert_int_eq(q_store_find(s, unknown[i], &arena, &out, &found, &err), Q_OK);
        ck_assert_msg(!found, "found '%s'", unknown[i]);
    }
    q_store_close(&s);
}
END_TEST

START_TEST(test_store_replaces_and_lists)
{
    q_store *s = open_store();
    for (uint64_t id = 1; id <= 5; id++)
        put(s, id, id == 4 ? "RUNNING" : "COMPLETED");
    ck_assert_str_eq(list(s, (q_store_query){.unfinished = true}), "4:RUNNING ");
    put(s, 4, "FAILED");
    ck_assert_str_eq(list(s, (q_store_query){.unfinished = true}), "");
    ck_assert_str_eq(list(s, (q_store_query){0}),
                     "5:COMPLETED 4:FAILED 3:COMPLETED 2:COMPLETED 1:COMPLETED ");
    ck_assert_str_eq(list(s, (q_store_query){.below = 4, .limit = 2}), "3:COMPLETED 2:COMPLETED ");
    ck_assert_str_eq(list(s, (q_store_query){.state = "FAILED"}), "4:FAILED ");
    q_store_close(&s);
}
END_TEST

START_TEST(test_store_forgets_the_oldest)
{
    q_store *s = open_store();
    q_store_job out;
    bool found;
    put(s, 1, "COMPLETED");
    put(s, 2, "COMPLETED");
    put(s, Q_STORE_KEEP, "COMPLETED");
    ck_assert_int_eq(q_store_find(s, "1", &arena, &out, &found, &err), Q_OK);
    ck_assert(found);
    put(s, Q_STORE_KEEP + 1, "COMPLETED");
    ck_assert_int_eq(q_store_find(s, "1", &arena, &out, &found, &err), Q_OK);
    ck_assert(!found);
    ck_assert_int_eq(q_store_find(s, "2", &arena, &out, &found, &err), Q_OK);
    ck_assert(found);
    q_store_close(&s);
}
END_TEST

/* The lock is between processes. */
START_TEST(test_store_has_one_master)
{
    q_store *s = open_store();
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (!child) {
        q_store *other;
        q_code code = q_store_open(path, &other, &err);
        _exit(code == Q_E_STORE && !other && strstr(err.msg, path) && strstr(err.hint, "--store")
                  ? 0
                  : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    put(s, 1, "COMPLETED"); /* the first is not disturbed */
    q_store_close(&s);
    s = open_store();
    ck_assert_uint_eq(last_id(s), 1);
    q_store_close(&s);
}
END_TEST

static void file_put(size_t at, const char *bytes, size_t n)
{
    FILE *f = fopen(path, at ? "r+" : "w");
    ck_assert(f);
    fseek(f, (long)at, SEEK_SET);
    fwrite(bytes, 1, n, f);
    fclose(f);
}

START_TEST(test_store_refuses_other_files)
{
    char text[8192];
    q_store *s;
    memset(text, 'x', sizeof text);
    file_put(0, text, sizeof text);
    ck_assert_int_eq(q_store_open(path, &s, &err), Q_E_STORE);
    ck_assert_ptr_null(s);
    ck_assert(strstr(err.msg, path));
    ck_assert_int_eq(q_store_open(folder, &s, &err), Q_E_STORE);
    ck_assert_int_eq(q_store_open("/tmp/no/such/folder/jobs.db", &s, &err), Q_E_STORE);
    ck_assert_int_eq(q_store_open("postgres://u@h/d", &s, &err), Q_E_UNSUPPORTED_FEATURE);
}
END_TEST

/* Pages that a crash of the machine or a bad disk left wrong: errors, never a crash. */
START_TEST(test_store_damaged)
{
    q_store *s = open_store();
    for (uint64_t id = 1; id <= 200; id++)
        put(s, id, "COMPLETED");
    q_store_close(&s);
    char junk[2048];
    memset(junk, 0xA5, sizeof junk);
    file_put(100 + 4096 * (size_t)_i, junk, sizeof junk);
    if (q_store_open(path, &s, &err) == Q_OK) {
        const q_store_query all = {0};
        q_store_job out, j = job(201, "COMPLETED");
        bool found;
        uint64_t last;
        /* a number too small would have jobs overwritten */
        ck_assert(q_store_last_id(s, &last, &err) != Q_OK || last == 200);
        listed[0] = 0;
        (void)q_store_list(s, &all, list_one, NULL, &err);
        (void)q_store_find(s, "app-7", &arena, &out, &found, &err);
        (void)q_store_put(s, &j, NULL, 0, &err);
        q_store_close(&s);
    } else {
        ck_assert_int_eq(err.code, Q_E_STORE);
        ck_assert_ptr_null(s);
    }
}
END_TEST

START_TEST(test_store_of_a_newer_program)
{
    q_store *s = open_store();
    q_store_close(&s);
    file_put(60, "\0\0\0\x63", 4); /* the header's user_version */
    ck_assert_int_eq(q_store_open(path, &s, &err), Q_E_STORE);
    ck_assert_msg(strstr(err.msg, "version 99") && strstr(err.msg, path), "%s", err.msg);
    ck_assert_msg(strstr(err.hint, "--store"), "%s", err.hint);
}
END_TEST

/* Tables without a version: nothing is added to them. */
START_TEST(test_store_of_another_program)
{
    q_store *s = open_store();
    q_store_close(&s);
    file_put(60, "\0\0\0\0", 4);
    ck_assert_int_eq(q_store_open(path, &s, &err), Q_E_STORE);
    ck_assert_msg(strstr(err.msg, "another program") && strstr(err.msg, path), "%s", err.msg);
    ck_assert_msg(strstr(err.hint, "--store"), "%s", err.hint);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("store");
    TCase *t = tcase_create("store");
    tcase_add_checked_fixture(t, folder_make, folder_remove);
    tcase_set_timeout(t, 0);
    tcase_add_test(t, test_store_keeps);
    tcase_add_test(t, test_store_replaces_and_lists);
    tcase_add_test(t, test_store_forgets_the_oldest);
    tcase_add_test(t, test_store_has_one_master);
    tcase_add_test(t, test_store_refuses_other_files);
    tcase_add_loop_test(t, test_store_damaged, 0, 8);
    tcase_add_test(t, test_store_of_a_newer_program);
    tcase_add_test(t, test_store_of_another_program);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
