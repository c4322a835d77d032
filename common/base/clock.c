/* Clocks. */
#include "common/base/clock.h"

#include <time.h>

static uint64_t ns_of(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t q_clock_mono_ms(void)
{
    return ns_of(CLOCK_MONOTONIC) / 1000000u;
}

uint64_t q_clock_mono_ns(void)
{
    return ns_of(CLOCK_MONOTONIC);
}

int64_t q_clock_wall_us(void)
{
    return (int64_t)(ns_of(CLOCK_REALTIME) / 1000u);
}

uint64_t q_clock_thread_ns(void)
{
    return ns_of(CLOCK_THREAD_CPUTIME_ID);
}
