/* What cgroups leave of the machine: trees of files as the kernel has them, of both versions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/machine.h"
#include "tests/unit/check.h"

static char root[] = "/tmp/quern-cgroup-XXXXXX";
static char self[80];

static void tree_make(void)
{
    strcpy(root + strlen(root) - 6, "XXXXXX");
    ck_assert(mkdtemp(root));
    snprintf(self, sizeof self, "%s/self", root);
}

static void tree_remove(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", root);
    ck_assert_int_eq(system(command), 0);
}

/* A file below the root, its directories made. */
static void put(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        mkdir(path, 0777);
        *slash = '/';
    }
    FILE *f = fopen(path, "w");
    ck_assert(f);
    fputs(text, f);
    fclose(f);
}

static void expect(uint32_t cores, uint64_t bytes)
{
    ck_assert_uint_eq(q_machine_cgroup_cores(root, self), cores);
    ck_assert_uint_eq(q_machine_cgroup_memory_bytes(root, self), bytes);
}

START_TEST(test_machine_none)
{
    expect(UINT32_MAX, UINT64_MAX); /* no such files at all */
    put("self", "");
    expect(UINT32_MAX, UINT64_MAX);
    put("self", "no colons here\n0:\n");
    expect(UINT32_MAX, UINT64_MAX);
}
END_TEST

START_TEST(test_machine_v2)
{
    put("self", "0::/system.slice/app.service\n");
    put("system.slice/app.service/cpu.max", "150000 100000\n");
    put("system.slice/app.service/memory.max", "536870912\n");
    expect(2, 536870912); /* one and a half cores are two tasks */
    put("system.slice/app.service/cpu.max", "50000 100000\n");
    expect(1, 536870912);
    put("system.slice/app.service/cpu.max", "max 100000\n");
    put("system.slice/app.service/memory.max", "max\n");
    expect(UINT32_MAX, UINT64_MAX);
}
END_TEST

/* A limit of a group above counts, the smallest wins. */
START_TEST(test_machine_v2_parents)
{
    put("self", "0::/a/b/c\n");
    put("a/cpu.max", "300000 100000\n");
    put("a/b/cpu.max", "400000 100000\n");
    put("a/b/c/cpu.max", "max 100000\n");
    put("a/memory.max", "2000000000\n");
    put("a/b/c/memory.max", "3000000000\n");
    expect(3, 2000000000);
}
END_TEST

/* In a container the path is the host's, and only the root is mounted. */
START_TEST(test_machine_v2_container)
{
    put("self", "0::/docker/0123456789abcdef\n");
    put("cpu.max", "200000 100000\n");
    put("memory.max", "1073741824\n");
    expect(2, 1073741824);
    put("self", "0::/\n");
    expect(2, 1073741824);
}
END_TEST

START_TEST(test_machine_v1)
{
    put("self", "12:pids:/x\n4:cpu,cpuacct:/docker/abc\n3:memory:/docker/abc\n1:name=systemd:/y\n");
    put("cpu/docker/abc/cpu.cfs_quota_us", "250000\n");
    put("cpu/docker/abc/cpu.cfs_period_us", "100000\n");
    put("memory/docker/abc/memory.limit_in_bytes", "268435456\n");
    expect(3, 268435456);
    put("cpu/docker/abc/cpu.cfs_quota_us", "-1\n");
    expect(UINT32_MAX, 268435456);
}
END_TEST

/* "cpu" is a word of the list, not a part of one. */
START_TEST(test_machine_v1_names)
{
    put("self", "2:cpuset:/wrong\n5:cpuacct,cpu:/right\n");
    put("cpu/wrong/cpu.cfs_quota_us", "100000\n");
    put("cpu/wrong/cpu.cfs_period_us", "100000\n");
    put("cpu/right/cpu.cfs_quota_us", "400000\n");
    put("cpu/right/cpu.cfs_period_us", "100000\n");
    expect(4, UINT64_MAX);
}
END_TEST

START_TEST(test_machine_nonsense)
{
    put("self", "0::/a\n");
    put("a/cpu.max", "many 100000\n");
    put("a/memory.max", "\n");
    expect(UINT32_MAX, UINT64_MAX);
    put("a/cpu.max", "100000 0\n");
    put("a/memory.max", "0\n");
    expect(UINT32_MAX, UINT64_MAX);
}
END_TEST

START_TEST(test_machine_itself)
{
    ck_assert_uint_ge(q_machine_cores(), 1);
    ck_assert_uint_gt(q_machine_memory_bytes(), 1 << 20);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("machine");
    TCase *t = tcase_create("machine");
    tcase_add_checked_fixture(t, tree_make, tree_remove);
    tcase_add_test(t, test_machine_none);
    tcase_add_test(t, test_machine_v2);
    tcase_add_test(t, test_machine_v2_parents);
    tcase_add_test(t, test_machine_v2_container);
    tcase_add_test(t, test_machine_v1);
    tcase_add_test(t, test_machine_v1_names);
    tcase_add_test(t, test_machine_nonsense);
    tcase_add_test(t, test_machine_itself);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
