/* Limits of the machine and of cgroups. */
#include "common/base/machine.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOUNT "/sys/fs/cgroup"
#define SELF  "/proc/self/cgroup"

static bool read_line(const char *path, char *out, size_t size)
{
    FILE *f = fopen(path, "re");
    bool ok = f && fgets(out, (int)size, f);
    if (f)
        fclose(f);
    if (ok)
        out[strcspn(out, "\n")] = 0;
    return ok;
}

static bool word_in(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += n) {
        if ((at == list || at[-1] == ',') && (!at[n] || at[n] == ','))
            return true;
    }
    return false;
}

/* The group of a v1 controller, or of v2 (controller ""), from lines "ID:CONTROLLERS:PATH". */
static bool group_of(const char *self, const char *controller, char *out, size_t size)
{
    char line[4096];
    bool found = false;
    FILE *f = fopen(self, "re");
    while (f && !found && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = 0;
        char *list = strchr(line, ':'), *path = list ? strchr(list + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = 0;
        list++;
        found = *controller ? word_in(list, controller) : !*list;
        if (found)
            snprintf(out, size, "%s", path);
    }
    if (f)
        fclose(f);
    return found;
}

/* Calls limit(dir) for the group's directory and those above it. In a container the path is often
 * that of the host, which is not mounted here: then only the root counts. */
static void walk(const char *mount, const char *self, const char *controller,
                 void (*limit)(const char *dir, void *ctx), void *ctx)
{
    char group[4096], dir[8300];
    if (!group_of(self, controller, group, sizeof group))
        return;
    for (;;) {
        snprintf(dir, sizeof dir, "%s%s%s%s", mount, *controller ? "/" : "", controller,
                 strcmp(group, "/") == 0 ? "" : group);
        limit(dir, ctx);
        char *slash = strrchr(group, '/');
        if (!slash)
            return;
        *slash = 0;
    }
}

static bool file_in(const char *dir, const char *name, char *out, size_t size)
{
    char path[8400];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return read_line(path, out, size);
}

static void cores_take(double quota, double period, uint32_t *least)
{
    if (quota <= 0 || period <= 0)
        return;
    double cores = quota / period;
    uint32_t n = cores <= 1 ? 1 : (uint32_t)cores + (cores > (uint32_t)cores);
    if (n < *least)
        *least = n;
}

static void cores_v2(const char *dir, void *ctx)
{
    char text[128];
    double quota, period;
    if (file_in(dir, "cpu.max", text, sizeof text) && sscanf(text, "%lf %lf", &quota, &period) == 2)
        cores_take(quota, period, ctx);
}

static void cores_v1(const char *dir, void *ctx)
{
    char quota[64], period[64];
    if (file_in(dir, "cpu.cfs_quota_us", quota, sizeof quota) &&
        file_in(dir, "cpu.cfs_period_us", period, sizeof period))
        cores_take(atof(quota), atof(period), ctx);
}

static void memory_file(const char *dir, const char *name, uint64_t *least)
{
    char text[64], *end;
    if (!file_in(dir, name, text, sizeof text))
        return;
    uint64_t bytes = strtoull(text, &end, 10); /* "max": no digits */
    if (end > text && bytes && bytes < *least)
        *least = bytes;
}

static void memory_v2(const char *dir, void *ctx)
{
    memory_file(dir, "memory.max", ctx);
}

static void memory_v1(const char *dir, void *ctx)
{
    memory_file(dir, "memory.limit_in_bytes", ctx);
}

uint32_t q_machine_cgroup_cores(const char *mount, const char *self)
{
    uint32_t least = UINT32_MAX;
    walk(mount, self, "", cores_v2, &least);
    walk(mount, self, "cpu", cores_v1, &least);
    return least;
}

uint64_t q_machine_cgroup_memory_bytes(const char *mount, const char *self)
{
    uint64_t least = UINT64_MAX;
    walk(mount, self, "", memory_v2, &least);
    walk(mount, self, "memory", memory_v1, &least);
    return least;
}

uint32_t q_machine_cores(void)
{
    cpu_set_t set;
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t n = online > 0 ? (uint32_t)online : 1;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && (uint32_t)CPU_COUNT(&set) < n)
        n = (uint32_t)CPU_COUNT(&set);
    uint32_t limit = q_machine_cgroup_cores(MOUNT, SELF);
    n = limit < n ? limit : n;
    return n ? n : 1;
}

uint64_t q_machine_memory_bytes(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    uint64_t there = pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : UINT64_MAX;
    uint64_t limit = q_machine_cgroup_memory_bytes(MOUNT, SELF);
    return limit < there ? limit : there;
}
