/*
 * Jobs as the driver runs them, with too little memory: at every limit of spark.driver.memory and
 * of the workers' memory a job either gives the rows that it gives without limits, or fails with
 * OUT_OF_MEMORY naming the setting; and it gives back all that it took.
 */
#include "tests/unit/driver_port.h"

#define N_RECORDS 400

static char folder[] = "/tmp/quern-driver-XXXXXX";
static char input_path[64];

static void records_write(void)
{
    ck_assert(mkdtemp(folder));
    snprintf(input_path, sizeof input_path, "%s/in.json", folder);
    FILE *f = fopen(input_path, "w");
    for (int i = 0; i < N_RECORDS; i++)
        fprintf(
            f, "{\"id\": %d, \"k\": \"category %d\", \"v\": %d.25, \"t\": \"a \\\"text\\\" %d\"}\n",
            i, i % 7, i * 37 % 101, i);
    fclose(f);
}

static void records_remove(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static const char *const queries[] = {
    "SELECT * FROM input",
    "SELECT id, upper(t) FROM input WHERE v > 20 LIMIT 30 OFFSET 3",
    "SELECT k, count(*), sum(v), min(t), collect_list(id), percentile(v, 0.5) FROM input GROUP BY "
    "k",
    "SELECT count(DISTINCT v), avg(v), max_by(t, v) FROM input",
    "SELECT * FROM input ORDER BY v DESC, id",
    "SELECT id, percent_rank() OVER (PARTITION BY k ORDER BY v) p, sum(v) OVER (PARTITION BY k) s "
    "FROM input",
    "SELECT id, lag(t, 2) OVER (PARTITION BY k ORDER BY id) l, avg(v) OVER (PARTITION BY k ORDER "
    "BY "
    "id ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) a FROM input",
    "SELECT k, max(r) FROM (SELECT k, row_number() OVER (PARTITION BY k ORDER BY t) r FROM input) "
    "GROUP BY k ORDER BY k",
    "SELECT id FROM input UNION ALL SELECT id + 1000 FROM input",
};
#define N_QUERIES ((int)(sizeof queries / sizeof *queries))

static q_job *job_of(const char *sql)
{
    q_rec_file file = {.path = input_path};
    struct stat st;
    ck_assert_int_eq(stat(input_path, &st), 0);
    file.size_bytes = (uint64_t)st.st_size;
    q_rec_input in = {.view = "input", .path = input_path, .stream = true, .files = {1, &file}};
    q_pair conf = {"spark.default.parallelism", "3"};
    const q_msg_submit s = {
        .token = "t", .sql = sql, .inputs = {1, &in}, .conf = {1, &conf}, .want_rows = true};
    return q_job_new(1, &s, 1700000000000000);
}

typedef struct ending {
    q_err err;
    uint64_t n_rows, checksum;
    size_t driver_peak, worker_peak;
} ending;

static ending run(const char *sql, size_t driver_bytes, size_t worker_bytes, bool hidden)
{
    dp_cluster c = {.cores = 2, .files_hidden = hidden};
    q_job *job = job_of(sql);
    const q_driver_port port = dp_port(&c);
    job->memory.limit_bytes = driver_bytes;
    q_budget_init(&c.memory, "spark.executor.memory", worker_bytes);
    q_driver_run(job, &port);
    ending e = {job->error, c.n_rows, c.checksum, job->memory.peak_bytes, c.memory.peak_bytes};
    bool completed = job->progress.state == Q_JOB_COMPLETED;
    ck_assert_msg(completed == (e.err.code == Q_OK), "%s: %s", sql, e.err.msg);
    ck_assert_uint_eq(job->memory.used_bytes, 0);
    ck_assert_uint_eq(c.memory.used_bytes, 0);
    q_job_destroy(&job);
    return e;
}

/* Limits between nothing and what the job takes; more of them where little is left. */
static void sweep(const char *sql, bool driver, bool hidden)
{
    const ending calm = run(sql, SIZE_MAX, SIZE_MAX, hidden);
    ck_assert_msg(calm.err.code == Q_OK, "%s: %s", sql, calm.err.msg);
    ck_assert_uint_gt(calm.n_rows, 0);
    size_t peak = driver ? calm.driver_peak : calm.worker_peak;
    const char *setting = driver ? "spark.driver.memory" : "spark.executor.memory";
    int failed = 0;
    for (size_t limit = 0; limit <= peak; limit += 1 + limit / 8) {
        const ending e = run(sql, driver ? limit : SIZE_MAX, driver ? SIZE_MAX : limit, hidden);
        if (e.err.code == Q_OK) {
            ck_assert_uint_eq(e.n_rows, calm.n_rows);
            ck_assert_uint_eq(e.checksum, calm.checksum);
            continue;
        }
        failed++;
        ck_assert_msg(e.err.code == Q_E_OUT_OF_MEMORY && strstr(e.err.hint, setting),
                      "%s with %zu bytes: %s (%s)", sql, limit, e.err.msg, e.err.hint);
    }
    ck_assert_msg(!peak || failed > 0, "%s took %zu bytes and never failed", sql, peak);
}

START_TEST(test_driver_memory)
{
    sweep(queries[_i], true, false);
}
END_TEST

START_TEST(test_driver_memory_streamed)
{
    sweep(queries[_i], true, true);
}
END_TEST

START_TEST(test_worker_memory)
{
    sweep(queries[_i], false, false);
}
END_TEST

START_TEST(test_worker_memory_of_rows)
{
    sweep(queries[_i], false, true);
}
END_TEST

/* What is kept for the client counts: its rows cannot be more than the limit. */
START_TEST(test_driver_counts_what_it_keeps)
{
    const ending rows = run("SELECT * FROM input", SIZE_MAX, SIZE_MAX, false);
    ck_assert_uint_gt(rows.driver_peak, N_RECORDS * 20);
    const ending few = run("SELECT * FROM input LIMIT 1", SIZE_MAX, SIZE_MAX, false);
    ck_assert_uint_lt(few.driver_peak, rows.driver_peak / 4);
    const ending streamed = run("SELECT count(*) FROM input", SIZE_MAX, SIZE_MAX, true);
    ck_assert_uint_gt(streamed.driver_peak, N_RECORDS * 60);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("driver");
    TCase *t = tcase_create("memory");
    tcase_set_timeout(t, 0);
    tcase_add_unchecked_fixture(t, records_write, records_remove);
    tcase_add_loop_test(t, test_driver_memory, 0, N_QUERIES);
    tcase_add_loop_test(t, test_driver_memory_streamed, 0, N_QUERIES);
    tcase_add_loop_test(t, test_worker_memory, 0, N_QUERIES);
    tcase_add_loop_test(t, test_worker_memory_of_rows, 0, N_QUERIES);
    tcase_add_test(t, test_driver_counts_what_it_keeps);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
