/*
 * The only places that ask the system for the time; state machines are given it.
 * Thread rule: any thread.
 */
#ifndef Q_BASE_CLOCK_H
#define Q_BASE_CLOCK_H

#include <stdint.h>

uint64_t q_clock_mono_ms(void); /* since some start, never back: deadlines, intervals */
uint64_t q_clock_mono_ns(void);
int64_t q_clock_wall_us(void);    /* since 1970-01-01 UTC: timestamps */
uint64_t q_clock_thread_ns(void); /* CPU time of the calling thread */

#endif
