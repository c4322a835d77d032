/*
 * Check, without a note of every assertion that holds. Check writes one to a file each time, to say
 * later where a test crashed: a system call for each of the millions of assertions here, which took
 * more time than the tests, and minutes where files are slow. A crash still names its test.
 */
#ifndef Q_TESTS_UNIT_CHECK_H
#define Q_TESTS_UNIT_CHECK_H

#include <check.h>

#define _mark_point(file, line) ((void)0)

#endif
