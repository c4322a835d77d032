/*
 * What this process may use of the machine: the smaller of what is there and what its cgroups
 * (v2, v1) and CPU affinity leave, so that a container's worker offers the container's share.
 * Thread rule: any thread.
 */
#ifndef Q_BASE_MACHINE_H
#define Q_BASE_MACHINE_H

#include <stdint.h>

/* At least 1; a fraction of a core counts as a whole one. */
uint32_t q_machine_cores(void);
uint64_t q_machine_memory_bytes(void);

/* The cgroups' part alone, of the tree mounted at `mount` ("/sys/fs/cgroup") for a process whose
 * membership `self` ("/proc/self/cgroup") tells. UINT32_MAX, UINT64_MAX: no limit. */
uint32_t q_machine_cgroup_cores(const char *mount, const char *self);
uint64_t q_machine_cgroup_memory_bytes(const char *mount, const char *self);

#endif
