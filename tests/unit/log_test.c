/* Log records: layout, fields, levels, secrets, threads. */
#include "common/base/log.h"
#include "tests/unit/check.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/quern-log-test-XXXXXX";

static void start(bool json, q_log_level level)
{
    strcpy(path, "/tmp/quern-log-test-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    q_log_options o = {.level = level, .json = json, .logger = "master", .file = path};
    ck_assert_int_eq(q_log_open(&o, NULL), Q_OK);
}

/* What was logged since start(). */
static char *finish(void)
{
    static char text[1 << 20];
    q_log_close();
    FILE *f = fopen(path, "r");
    size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = 0;
    fclose(f);
    unlink(path);
    return text;
}

/* The record without its time. */
static const char *record(void)
{
    char *text = finish();
    ck_assert_uint_gt(strlen(text), 18);
    ck_assert_int_eq(text[2], '/');
    ck_assert_int_eq(text[8], ' ');
    return text + 18;
}

START_TEST(test_text)
{
    start(false, Q_LOG_INFO);
    q_debug("not this");
    q_log_with(Q_LOG_INFO, Q_LOG_FIELDS({"worker", "w-1"}, {"why", "two words"}, {"no", NULL}),
               "worker %s", "registered");
    ck_assert_str_eq(record(), "INFO master: worker registered worker=w-1 why=\"two words\"\n");
}
END_TEST

START_TEST(test_bound_fields)
{
    start(false, Q_LOG_DEBUG);
    q_log_bind("job", "17");
    q_log_bind("task", "3");
    q_log_bind("task", "4");
    q_debug("x");
    q_log_bind("job", NULL);
    q_log_bind("task", NULL);
    q_warn("y");
    char *text = finish();
    ck_assert_ptr_nonnull(strstr(text, "DEBUG master: x job=17 task=4\n"));
    ck_assert_ptr_nonnull(strstr(text, "WARN master: y\n"));
}
END_TEST

START_TEST(test_no_forged_records)
{
    start(false, Q_LOG_INFO);
    q_info("a\n26/01/01 00:00:00 INFO master: b\r\x1b[0m");
    ck_assert_str_eq(record(),
                     "INFO master: a\n    26/01/01 00:00:00 INFO master: b\\x0d\\x1b[0m\n");
}
END_TEST

START_TEST(test_json)
{
    start(true, Q_LOG_INFO);
    q_log_with(Q_LOG_ERROR, Q_LOG_FIELDS({"job", "a\"b"}), "line\nbreak \\ \x01");
    char *text = finish();
    ck_assert_int_eq(strncmp(text, "{\"timestamp\": \"2", 16), 0);
    ck_assert_ptr_nonnull(
        strstr(text, "Z\", \"level\": \"ERROR\", \"logger.name\": \"master\", \"message\": "
                     "\"line\\nbreak \\\\ \\u0001\", \"job\": \"a\\\"b\"}\n"));
}
END_TEST

/* What the deployment is called, and the trace that a thread works for. */
START_TEST(test_json_of_a_deployment)
{
    strcpy(path, "/tmp/quern-log-test-XXXXXX");
    close(mkstemp(path));
    q_log_options o = {.level = Q_LOG_INFO,
                       .json = true,
                       .logger = "worker",
                       .file = path,
                       .service = "etl",
                       .env = "prod",
                       .version = "1.2"};
    ck_assert_int_eq(q_log_open(&o, NULL), Q_OK);
    q_log_bind("dd.trace_id", "17");
    q_info("x");
    q_log_bind("dd.trace_id", NULL);
    q_info("y");
    char *text = finish();
    ck_assert_ptr_nonnull(strstr(text,
                                 "\"message\": \"x\", \"dd.trace_id\": \"17\", \"dd.service\": "
                                 "\"etl\", \"dd.env\": \"prod\", \"dd.version\": \"1.2\"}\n"));
    ck_assert_ptr_nonnull(strstr(text, "\"message\": \"y\", \"dd.service\": \"etl\""));
}
END_TEST

/* With a file and the console both get each record. */
START_TEST(test_file_and_console)
{
    strcpy(path, "/tmp/quern-log-test-XXXXXX");
    close(mkstemp(path));
    int pipes[2], kept = dup(STDERR_FILENO);
    ck_assert_int_eq(pipe(pipes), 0);
    dup2(pipes[1], STDERR_FILENO);
    q_log_options o = {.level = Q_LOG_INFO, .logger = "m", .file = path, .console = true};
    q_code code = q_log_open(&o, NULL);
    q_info("both");
    char *text = finish(), seen[256] = "";
    dup2(kept, STDERR_FILENO);
    ssize_t n = read(pipes[0], seen, sizeof seen - 1);
    ck_assert_int_eq(code, Q_OK);
    ck_assert_int_gt(n, 0);
    ck_assert_str_eq(seen, text);
    ck_assert_ptr_nonnull(strstr(text, "both\n"));
    close(pipes[0]);
    close(pipes[1]);
    close(kept);
}
END_TEST

START_TEST(test_secrets)
{
    static const char *const cases[][2] = {
        {"postgres://app:s3cret@db:5432/x", "postgres://app:***@db:5432/x"},
        {"postgres://app:p@ss@db/x tcp://a:1", "postgres://app:***@db/x tcp://a:1"},
        {"host=db password=s3cret user=x", "host=db password=*** user=x"},
        {"password='a \\' b' user=x", "password=*** user=x"},
        {"DATABASE_PASSWORD=abc", "DATABASE_PASSWORD=***"},
        {"spark://h:7077 at 10:30", "spark://h:7077 at 10:30"},
        {"see http://h:80/a@b", "see http://h:80/a@b"},
        {"k=v:w@x", "k=v:w@x"},
        {"", ""},
        {"password=", "password="},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        q_buf b;
        q_buf_init(&b);
        q_log_redact(&b, cases[i][0], strlen(cases[i][0]));
        ck_assert_str_eq(q_buf_cstr(&b), cases[i][1]);
        q_buf_fini(&b);
    }
    start(false, Q_LOG_INFO);
    q_log_with(Q_LOG_INFO, Q_LOG_FIELDS({"dsn", "postgres://u:geheim@h/d"}), "to %s",
               "postgres://u:geheim@h/d");
    ck_assert_ptr_null(strstr(finish(), "geheim"));
}
END_TEST

START_TEST(test_levels)
{
    q_log_level l;
    ck_assert(q_log_level_parse("warn", &l) && l == Q_LOG_WARN);
    ck_assert(q_log_level_parse("FATAL", &l) && l == Q_LOG_ERROR);
    ck_assert(q_log_level_parse("ALL", &l) && l == Q_LOG_TRACE);
    ck_assert(!q_log_level_parse("loud", &l));
    start(false, Q_LOG_OFF);
    q_error("nothing");
    ck_assert_str_eq(finish(), "");
}
END_TEST

START_TEST(test_reopen_and_bad_file)
{
    start(false, Q_LOG_INFO);
    char moved[64];
    snprintf(moved, sizeof moved, "%s.1", path);
    q_info("one");
    rename(path, moved);
    q_info("two");
    q_log_reopen();
    q_info("three");
    ck_assert_str_eq(record(), "INFO master: three\n");
    unlink(moved);
    q_err err;
    q_log_options o = {.level = Q_LOG_INFO, .logger = "x", .file = "/nonexistent/dir/log"};
    ck_assert_int_eq(q_log_open(&o, &err), Q_E_IO);
}
END_TEST

static void *chatter(void *arg)
{
    q_log_bind("thread", arg);
    for (int i = 0; i < 200; i++)
        q_info("some words to fill the line %d", i);
    return NULL;
}

START_TEST(test_threads)
{
    start(false, Q_LOG_INFO);
    pthread_t t[4];
    static char names[4][2] = {"0", "1", "2", "3"};
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, chatter, names[i]);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    int lines = 0;
    for (char *p = strtok(finish(), "\n"); p; p = strtok(NULL, "\n")) {
        ck_assert_int_eq(strncmp(p + 18, "INFO master: some words", 23), 0);
        ck_assert_ptr_nonnull(strstr(p, " thread="));
        lines++;
    }
    ck_assert_int_eq(lines, 800);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("log");
    TCase *tc = tcase_create("log");
    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, test_text);
    tcase_add_test(tc, test_bound_fields);
    tcase_add_test(tc, test_no_forged_records);
    tcase_add_test(tc, test_json);
    tcase_add_test(tc, test_json_of_a_deployment);
    tcase_add_test(tc, test_file_and_console);
    tcase_add_test(tc, test_secrets);
    tcase_add_test(tc, test_levels);
    tcase_add_test(tc, test_reopen_and_bad_file);
    tcase_add_test(tc, test_threads);
    suite_add_tcase(s, tc);
    SRunner *sr = srunner_create(s);
    srunner_run_all(sr, CK_NORMAL);
    int failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? 1 : 0;
}
