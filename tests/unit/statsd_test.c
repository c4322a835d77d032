/* DogStatsD: the form of a line, and datagrams that a real socket gets. */
#include "common/net/statsd.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "common/base/log.h"
#include "tests/unit/check.h"

/* ---- lines ---- */

static void line_is(const char *wanted, q_statsd_type type, double value, const q_statsd_tag *tags,
                    size_t n, const char *constant)
{
    q_buf b;
    q_buf_init(&b);
    q_statsd_put_line(&b, type, "m", value, tags, n, constant);
    ck_assert_str_eq(q_buf_cstr(&b), wanted);
    q_buf_fini(&b);
}

START_TEST(test_lines)
{
    const q_statsd_tag two[] = {{"stage", "Spark Processing"}, {"status", "completed"}};
    const q_statsd_tag none[] = {{"a", NULL}, {"b", ""}};
    line_is("m:3|g", Q_STATSD_GAUGE, 3, NULL, 0, NULL);
    line_is("m:1|c|#env:x", Q_STATSD_COUNT, 1, NULL, 0, "env:x");
    line_is("m:0.25|d|#stage:Spark Processing,status:completed,env:x", Q_STATSD_DISTRIBUTION, 0.25,
            two, 2, "env:x");
    line_is("m:-7|g", Q_STATSD_GAUGE, -7, none, 2, "");
    line_is("m:12345678901|c", Q_STATSD_COUNT, 12345678901.0, NULL, 0, NULL);
    line_is("m:0.000084|d", Q_STATSD_DISTRIBUTION, 8.4e-05, NULL, 0, NULL);
    line_is("m:0|d", Q_STATSD_DISTRIBUTION, 0, NULL, 0, NULL);
    line_is("m:9007199254740992|g", Q_STATSD_GAUGE, 9007199254740992.0, NULL, 0, NULL);
    line_is("", Q_STATSD_GAUGE, 0.0 / 0.0, NULL, 0, NULL);
    line_is("", Q_STATSD_GAUGE, 1.0 / 0.0, NULL, 0, NULL);
}
END_TEST

/* A value cannot end its tag, its line or the datagram. */
START_TEST(test_tags_are_made_harmless)
{
    char longest[400];
    const q_statsd_tag tag[] = {{"t", "a,b|c\nd\te\x7f#f@g:h"}}, big[] = {{"t", longest}};
    line_is("m:1|g|#t:a_b_c_d_e_#f@g:h", Q_STATSD_GAUGE, 1, tag, 1, NULL);
    memset(longest, 'x', 399);
    memcpy(longest + 199, "\xc3\xa9", 2); /* é over the limit: left out whole */
    longest[399] = 0;
    q_buf b;
    q_buf_init(&b);
    q_statsd_put_line(&b, Q_STATSD_GAUGE, "m", 1, big, 1, NULL);
    ck_assert_uint_eq(b.len, strlen("m:1|g|#t:") + 199);
    q_buf_fini(&b);
}
END_TEST

/* ---- datagrams ---- */

typedef struct world {
    uv_loop_t uv;
    q_net_loop *loop;
    q_statsd *statsd;
    int fd; /* the agent's socket */
    uint16_t port;
} world;

static void open_world(world *w, const char *host)
{
    struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT};
    socklen_t n = sizeof a;
    w->fd = socket(AF_INET6, SOCK_DGRAM, 0); /* hears IPv4 too */
    ck_assert_int_eq(bind(w->fd, (struct sockaddr *)&a, n), 0);
    ck_assert_int_eq(getsockname(w->fd, (struct sockaddr *)&a, &n), 0);
    w->port = ntohs(a.sin6_port);
    uv_loop_init(&w->uv);
    ck_assert_int_eq(q_net_loop_new(&w->uv, &w->loop, NULL), Q_OK);
    const q_statsd_tag tags[] = {{"env", "test"}, {"service", NULL}};
    const q_statsd_config config = {host, w->port, tags, 2};
    w->statsd = q_statsd_new(&config, &w->uv, w->loop);
}

static void close_world(world *w)
{
    q_statsd_close(&w->statsd);
    q_net_loop_close(&w->loop);
    uv_run(&w->uv, UV_RUN_DEFAULT);
    ck_assert_int_eq(uv_loop_close(&w->uv), 0);
    close(w->fd);
}

START_TEST(test_lines_of_a_turn_travel_together)
{
    world w;
    char got[4096];
    open_world(&w, "127.0.0.1");
    q_statsd_send(w.statsd, Q_STATSD_GAUGE, "a", 1, NULL, 0);
    q_statsd_send(w.statsd, Q_STATSD_COUNT, "b", 2, NULL, 0);
    uv_run(&w.uv, UV_RUN_NOWAIT);
    ssize_t n = recv(w.fd, got, sizeof got - 1, 0);
    ck_assert_int_gt(n, 0);
    got[n] = 0;
    ck_assert_str_eq(got, "a:1|g|#env:test\nb:2|c|#env:test");
    ck_assert_uint_eq(q_statsd_counts_get(w.statsd).sent, 1);
    close_world(&w);
}
END_TEST

START_TEST(test_datagrams_stay_small)
{
    world w;
    char got[65536];
    uint32_t lines = 0;
    open_world(&w, "127.0.0.1");
    for (int i = 0; i < 500; i++)
        q_statsd_send(w.statsd, Q_STATSD_GAUGE, "spark.some.metric", i, NULL, 0);
    uv_run(&w.uv, UV_RUN_NOWAIT);
    while (lines < 500) {
        ssize_t n = recv(w.fd, got, sizeof got, 0);
        ck_assert_int_gt(n, 0);
        ck_assert_int_le(n, Q_STATSD_DATAGRAM);
        lines++;
        for (ssize_t i = 0; i < n; i++)
            lines += got[i] == '\n';
    }
    ck_assert_uint_eq(lines, 500);
    close_world(&w);
}
END_TEST

/* A name is looked up beside the loop; what was said before its address came is not lost. */
START_TEST(test_a_name)
{
    world w;
    char got[4096];
    open_world(&w, "localhost");
    q_statsd_send(w.statsd, Q_STATSD_GAUGE, "early", 1, NULL, 0);
    while (!q_statsd_counts_get(w.statsd).sent)
        uv_run(&w.uv, UV_RUN_ONCE);
    ck_assert_int_gt(recv(w.fd, got, sizeof got, 0), 0);
    ck_assert_int_eq(strncmp(got, "early:1|g", 9), 0);
    close_world(&w);
}
END_TEST

/* Nobody there: the queue is bounded, closing does not wait for the name server. */
START_TEST(test_no_agent)
{
    world w;
    open_world(&w, "no-such-agent.invalid");
    q_log_set_level(Q_LOG_OFF);
    for (int i = 0; i < 20000; i++)
        q_statsd_send(w.statsd, Q_STATSD_GAUGE, "spark.some.metric", i, NULL, 0);
    uv_run(&w.uv, UV_RUN_NOWAIT);
    q_statsd_counts c = q_statsd_counts_get(w.statsd);
    ck_assert_uint_eq(c.sent, 0);
    ck_assert_uint_gt(c.dropped, 0);
    close_world(&w);
}
END_TEST

/* A closed port answers with ICMP: later sends still go. */
START_TEST(test_an_agent_that_went_away)
{
    world w;
    open_world(&w, "127.0.0.1");
    close(w.fd);
    for (int i = 0; i < 5; i++) {
        q_statsd_send(w.statsd, Q_STATSD_GAUGE, "m", i, NULL, 0);
        uv_run(&w.uv, UV_RUN_NOWAIT);
    }
    q_statsd_counts c = q_statsd_counts_get(w.statsd);
    ck_assert_uint_eq(c.sent + c.dropped, 5);
    w.fd = dup(0);
    close_world(&w);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("statsd");
    TCase *tc = tcase_create("statsd");
    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, test_lines);
    tcase_add_test(tc, test_tags_are_made_harmless);
    tcase_add_test(tc, test_lines_of_a_turn_travel_together);
    tcase_add_test(tc, test_datagrams_stay_small);
    tcase_add_test(tc, test_a_name);
    tcase_add_test(tc, test_no_agent);
    tcase_add_test(tc, test_an_agent_that_went_away);
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
