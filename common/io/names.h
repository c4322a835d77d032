/*
 * Names to numbers: an open-addressing table of a schema's field names, compared by
 * exact bytes (as Spark's JSON reader does). Borrows the names. Thread rule: read-only
 * after being made.
 */
#ifndef Q_IO_NAMES_H
#define Q_IO_NAMES_H

#include "common/column/column.h"

typedef struct q_names {
    const q_schema *schema;
    uint32_t mask;
    int32_t *slots;    /* field, -1: empty */
    uint32_t *lengths; /* of the fields' names */
} q_names;

/* Memory from an arena without a budget. Of equal names the last is found. */
void q_names_init(q_names *t, const q_schema *schema, q_arena *a);
/* The field's index or -1. */
int32_t q_names_find(const q_names *t, const char *s, size_t n);
static inline bool q_names_is(const q_names *t, int32_t field, const char *s, size_t n)
{
    return t->lengths[field] == n && memcmp(t->schema->fields[field].name, s, n) == 0;
}

#endif
