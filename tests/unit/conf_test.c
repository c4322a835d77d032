/* Settings: values, origins, files, warnings. */
#include "common/base/conf.h"
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

START_TEST(test_sizes)
{
    static const struct {
        const char *text;
        int64_t bytes; /* -1: refused */
    } cases[] = {
        {"1g", 1 << 30},
        {"1024m", 1 << 30},
        {"512K", 512 << 10},
        {"64MB", 64 << 20},
        {"7", 7},
        {" 7b ", 7},
        {"0", 0},
        {"2t", (int64_t)2 << 40},
        {"1.5g", -1},
        {"-1g", -1},
        {"g", -1},
        {"", -1},
        {"1 g x", -1},
        {"1gg", -1},
        {"99999999999p", -1},
        {"9223372036854775808", -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t v = -1;
        bool ok = q_parse_bytes(cases[i].text, 1, &v);
        ck_assert_msg(ok == (cases[i].bytes >= 0), "%s", cases[i].text);
        if (ok)
            ck_assert_int_eq(v, cases[i].bytes);
    }
}
END_TEST

START_TEST(test_times)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {{"120s", 120000}, {"100ms", 100},   {"2min", 120000},
                 {"1h", 3600000},  {"1d", 86400000}, {"3m", 180000},
                 {"5", 5000},      {"soon", -1},     {"1.5s", -1}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t v = -1;
        bool ok = q_parse_time(cases[i].text, 1000, &v);
        ck_assert_msg(ok == (cases[i].ms >= 0), "%s", cases[i].text);
        if (ok)
            ck_assert_int_eq(v, cases[i].ms);
    }
}
END_TEST

/* Every default passes its own check, names are unique and sorted into a family. */
START_TEST(test_the_table)
{
    for (int i = 0; i < Q_N_SETTINGS; i++) {
        const q_setting *s = q_setting_at((q_setting_id)i);
        q_err err;
        bool unknown;
        if (s->preset)
            ck_assert_msg(q_conf_check(s->name, s->preset, NULL, &unknown, &err) == Q_OK, "%s",
                          err.msg);
        ck_assert(strncmp(s->name, "spark.", 6) == 0 || strncmp(s->name, "quern.", 6) == 0);
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(s->name, q_setting_at((q_setting_id)j)->name);
    }
}
END_TEST

START_TEST(test_defaults)
{
    q_conf *c = q_conf_new();
    ck_assert_int_eq(q_conf_int(c, Q_SET_DRIVER_MEMORY, -1), 1 << 30);
    ck_assert_int_eq(q_conf_int(c, Q_SET_NETWORK_TIMEOUT, -1), 120000);
    ck_assert_int_eq(q_conf_int(c, Q_SET_HEARTBEAT_INTERVAL, -1), 10000);
    ck_assert_int_eq(q_conf_int(c, Q_SET_TASK_MAX_FAILURES, -1), 4);
    ck_assert_int_eq(q_conf_int(c, Q_SET_MAX_PARTITION_BYTES, -1), 128 << 20);
    ck_assert_int_eq(q_conf_int(c, Q_SET_CORES_MAX, -1), -1);
    ck_assert(!q_conf_bool(c, Q_SET_CASE_SENSITIVE));
    ck_assert(!q_conf_is_set(c, Q_SET_EXECUTOR_MEMORY));
    ck_assert_str_eq(q_conf_get(c, "spark.scheduler.mode"), "FIFO");
    ck_assert_ptr_null(q_conf_get(c, "spark.app.name"));
    q_conf_destroy(&c);
    ck_assert_ptr_null(c);
}
END_TEST

START_TEST(test_values)
{
    q_conf *c = q_conf_new();
    q_err err;
    ck_assert_int_eq(q_conf_set_pair(c, Q_CONF_ARGUMENT, "spark.executor.memory=512", &err), Q_OK);
    ck_assert_int_eq(q_conf_int(c, Q_SET_EXECUTOR_MEMORY, -1), 512 << 20); /* MiB, as Spark */
    ck_assert_int_eq(q_conf_set_pair(c, Q_CONF_ARGUMENT, "spark.scheduler.mode=fair", &err), Q_OK);
    ck_assert_int_eq(q_conf_int(c, Q_SET_SCHEDULER_MODE, -1), 1);
    ck_assert_int_eq(q_conf_set_pair(c, Q_CONF_ARGUMENT, "spark.app.name=a=b", &err), Q_OK);
    ck_assert_str_eq(q_conf_str(c, Q_SET_APP_NAME), "a=b");
    ck_assert_int_eq(q_conf_set_pair(c, Q_CONF_ARGUMENT, "spark.sql.caseSensitive=TRUE", &err),
                     Q_OK);
    ck_assert(q_conf_bool(c, Q_SET_CASE_SENSITIVE));
    q_conf_destroy(&c);
}
END_TEST

START_TEST(test_bad_values_say_what_is_accepted)
{
    static const char *const cases[][2] = {
        {"spark.executor.memory=-1g",
         "spark.executor.memory=-1g: a size like 512m or 1g of at least 16m is expected"},
        {"spark.executor.memory=1k",
         "spark.executor.memory=1k: a size like 512m or 1g of at least 16m is expected"},
        {"spark.task.maxFailures=0",
         "spark.task.maxFailures=0: a whole number from 1 to 1000 is expected"},
        {"spark.sql.shuffle.partitions=many",
         "spark.sql.shuffle.partitions=many: a whole number from 1 to 100000 is expected"},
        {"spark.scheduler.mode=LIFO", "spark.scheduler.mode=LIFO: one of FIFO|FAIR is expected"},
        {"spark.scheduler.mode=", "spark.scheduler.mode=: one of FIFO|FAIR is expected"},
        {"spark.network.timeout=5ms",
         "spark.network.timeout=5ms: a time like 500ms, 120s or 2min from 1s to 1d is expected"},
        {"spark.speculation=yes", "spark.speculation=yes: true or false is expected"},
        {"quern.worker.coers=2", "there is no setting quern.worker.coers"},
    };
    q_conf *c = q_conf_new();
    for (size_t i = 0; i < COUNT(cases); i++) {
        q_err err;
        ck_assert_int_eq(q_conf_set_pair(c, Q_CONF_ARGUMENT, cases[i][0], &err),
                         Q_E_INVALID_CONF_VALUE);
        ck_assert_str_eq(err.msg, cases[i][1]);
        if (i == COUNT(cases) - 1)
            ck_assert_str_eq(err.hint, "did you mean `quern.worker.cores`?");
    }
    q_err err;
    ck_assert_int_eq(q_conf_set_pair(c, Q_CONF_ARGUMENT, "nonsense", &err), Q_E_USAGE);
    ck_assert_ptr_nonnull(strstr(err.msg, "nonsense"));
    q_conf_destroy(&c);
}
END_TEST

START_TEST(test_unknown_keys_warn_once)
{
    q_conf *c = q_conf_new();
    q_err err;
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(q_conf_set(c, Q_CONF_FILE, "spark.ui.fancy", "true", &err), Q_OK);
    ck_assert_int_eq(q_conf_set(c, Q_CONF_FILE, "spark.excutor.memory", "1g", &err), Q_OK);
    ck_assert_str_eq(q_conf_warning(c, 0), "unknown setting spark.ui.fancy is ignored");
    ck_assert_str_eq(q_conf_warning(c, 1), "unknown setting spark.excutor.memory is ignored (did "
                                           "you mean spark.executor.memory?)");
    ck_assert_int_eq(q_conf_set(c, Q_CONF_FILE, "spark.sql.adaptive.enabled", "x", &err), Q_OK);
    ck_assert_str_eq(q_conf_warning(c, 2), "unknown setting spark.sql.adaptive.enabled is ignored");
    ck_assert_ptr_null(q_conf_warning(c, 3));
    ck_assert_str_eq(q_conf_get(c, "spark.ui.fancy"), "true");
    const char *key, *value;
    ck_assert(q_conf_at(c, 1, &key, &value));
    ck_assert_str_eq(key, "spark.excutor.memory");
    ck_assert(!q_conf_at(c, 3, &key, &value));
    q_conf_destroy(&c);
}
END_TEST

static void write_file(char path[32], const char *text)
{
    strcpy(path, "/tmp/quern-conf-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

START_TEST(test_properties_file)
{
    char path[32];
    q_conf *c = q_conf_new();
    q_err err;
    write_file(path, "# comment\n"
                     "  ! too\n"
                     "\n"
                     "spark.executor.memory   2g\r\n"
                     "spark.cores.max=3\n"
                     "spark.app.name : a name with = and :  \n"
                     "spark.sql.session.timeZone=Europe/\\\n"
                     "    Berlin\n"
                     "spark.local.dir=C:\\\\x\\ty\n"
                     "spark.scheduler.mode FAIR");
    ck_assert_msg(q_conf_load(c, path, &err) == Q_OK, "%s", err.msg);
    unlink(path);
    ck_assert_int_eq(q_conf_int(c, Q_SET_EXECUTOR_MEMORY, -1), (int64_t)2 << 30);
    ck_assert_int_eq(q_conf_int(c, Q_SET_CORES_MAX, -1), 3);
    ck_assert_str_eq(q_conf_str(c, Q_SET_APP_NAME), "a name with = and :");
    ck_assert_str_eq(q_conf_str(c, Q_SET_SESSION_TIME_ZONE), "Europe/Berlin");
    ck_assert_str_eq(q_conf_str(c, Q_SET_LOCAL_DIR), "C:\\x\ty");
    ck_assert_int_eq(q_conf_int(c, Q_SET_SCHEDULER_MODE, -1), 1);
    q_conf_destroy(&c);
}
END_TEST

START_TEST(test_bad_file)
{
    char path[32];
    q_conf *c = q_conf_new();
    q_err err;
    write_file(path, "spark.cores.max 3\n\nspark.task.maxFailures none\n");
    ck_assert_int_eq(q_conf_load(c, path, &err), Q_E_INVALID_CONF_VALUE);
    ck_assert_str_eq(err.source, path);
    ck_assert_uint_eq(err.line, 3);
    unlink(path);
    ck_assert_int_eq(q_conf_load(c, path, &err), Q_E_PATH_NOT_FOUND);
    q_conf_destroy(&c);
}
END_TEST

START_TEST(test_later_origins_win)
{
    char path[32];
    q_conf *c = q_conf_new();
    q_err err;
    setenv("SPARK_MASTER_PORT", "1000", 1);
    setenv("SPARK_WORKER_CORES", "2", 1);
    setenv("SPARK_WORKER_MEMORY", "1G", 1);
    setenv("SPARK_MASTER_HOST", "", 1);
    write_file(path, "quern.master.port 2000\nquern.worker.cores 3\n");
    ck_assert_int_eq(q_conf_set_pair(c, Q_CONF_ARGUMENT, "quern.master.port=3000", &err), Q_OK);
    ck_assert_int_eq(q_conf_load(c, path, &err), Q_OK);
    ck_assert_int_eq(q_conf_load_environment(c, &err), Q_OK);
    unlink(path);
    ck_assert_int_eq(q_conf_int(c, Q_SET_MASTER_PORT, -1), 3000);
    ck_assert_int_eq(q_conf_int(c, Q_SET_WORKER_CORES, -1), 3);
    ck_assert_int_eq(q_conf_int(c, Q_SET_WORKER_MEMORY, -1), 1 << 30);
    ck_assert_str_eq(q_conf_str(c, Q_SET_MASTER_HOST), "*");
    setenv("SPARK_MASTER_WEBUI_PORT", "tcp://10.0.0.7:8080", 1); /* Kubernetes' doing */
    ck_assert_int_eq(q_conf_load_environment(c, &err), Q_OK);
    ck_assert_int_eq(q_conf_int(c, Q_SET_MASTER_UI_PORT, -1), 8080);
    setenv("SPARK_SSL_ENABLED", "yes", 1); /* as the images write it; files say true and false */
    setenv("SPARK_RPC_ENCRYPTION_ENABLED", "No", 1);
    ck_assert_int_eq(q_conf_load_environment(c, &err), Q_OK);
    ck_assert(q_conf_bool(c, Q_SET_SSL));
    ck_assert(q_conf_is_set(c, Q_SET_NETWORK_CRYPTO) && !q_conf_bool(c, Q_SET_NETWORK_CRYPTO));
    ck_assert_int_eq(q_conf_set(c, Q_CONF_ARGUMENT, "spark.ssl.enabled", "yes", &err),
                     Q_E_INVALID_CONF_VALUE);
    setenv("SPARK_WORKER_CORES", "two", 1);
    ck_assert_int_eq(q_conf_load_environment(c, &err), Q_E_INVALID_CONF_VALUE);
    ck_assert_str_eq(err.source, "environment variable SPARK_WORKER_CORES");
    q_conf_destroy(&c);
}
END_TEST

START_TEST(test_no_secret_in_errors)
{
    q_conf *c = q_conf_new();
    q_err err;
    ck_assert_int_eq(q_conf_set(c, Q_CONF_FILE, "spark.cores.max", "postgres://u:geheim@h/d", &err),
                     Q_E_INVALID_CONF_VALUE);
    ck_assert_ptr_null(strstr(err.msg, "geheim"));
    q_conf_destroy(&c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("conf");
    TCase *tc = tcase_create("conf");
    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, test_sizes);
    tcase_add_test(tc, test_times);
    tcase_add_test(tc, test_the_table);
    tcase_add_test(tc, test_defaults);
    tcase_add_test(tc, test_values);
    tcase_add_test(tc, test_bad_values_say_what_is_accepted);
    tcase_add_test(tc, test_unknown_keys_warn_once);
    tcase_add_test(tc, test_properties_file);
    tcase_add_test(tc, test_bad_file);
    tcase_add_test(tc, test_later_origins_win);
    tcase_add_test(tc, test_no_secret_in_errors);
    suite_add_tcase(s, tc);
    SRunner *sr = srunner_create(s);
    srunner_run_all(sr, CK_NORMAL);
    int failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? 1 : 0;
}
