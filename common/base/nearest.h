/*
 * The few candidates nearest to a misspelt name, for hints. Case-insensitive
 * edit distance (Levenshtein); names further away than a third of the length of
 * the wanted one, at least 1, are not offered. Borrows names. Thread rule: own.
 */
#ifndef Q_BASE_NEAREST_H
#define Q_BASE_NEAREST_H

#include <stdint.h>

#include "common/base/err.h"

#define Q_NEAREST_MAX 5

typedef struct q_nearest {
    const char *wanted;
    uint32_t n; /* names kept, nearest first */
    const char *name[Q_NEAREST_MAX];
    uint32_t distance[Q_NEAREST_MAX];
} q_nearest;

void q_nearest_init(q_nearest *near, const char *wanted);
void q_nearest_offer(q_nearest *near, const char *name); /* the same text twice counts once */
/* "did you mean `a` or `b`?" as hint of err, the nearest only; nothing when none is near. */
void q_nearest_hint(const q_nearest *near, q_err *err);

#endif
