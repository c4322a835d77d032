/*
 * The rows of functions.def at run time: what SHOW FUNCTIONS, DESCRIBE FUNCTION,
 * documents and the binder read. Static data; any thread.
 */
#ifndef Q_PLAN_FUNCTIONS_H
#define Q_PLAN_FUNCTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/plan/expr.h"

typedef enum q_function_kind {
    Q_FUNCTION_SCALAR,
    Q_FUNCTION_AGGREGATE,
    Q_FUNCTION_WINDOW
} q_function_kind;

typedef struct q_function {
    const char *name;      /* lower case, or an operator's symbol */
    const char *signature; /* see functions.def */
    const char *what;      /* one sentence */
    const char *example, *expected;
    uint8_t kind; /* q_function_kind */
    bool strict;  /* NULL where any argument is (scalar functions) */
} q_function;

/* A row; id < Q_N_FUNCTIONS. */
const q_function *q_function_get(uint16_t id);

/* The first row of that name or alias, without letter case; -1: none. */
int32_t q_function_find(const char *name);
/* The next row of the same name (overloads), -1: no more. */
int32_t q_function_next(uint16_t id);

/* All names, aliases included, in order of the letters; operators that cannot be called by name
 * come first. q_function_name_id gives the row of the i-th name. */
uint32_t q_function_n_names(void);
const char *q_function_name(uint32_t i);
uint16_t q_function_name_id(uint32_t i);

/* Has Spark 3.5 a function of that name (without letter case) that is not here? */
bool q_function_missing(const char *name);
/* The i-th of these names, in order; NULL behind the last. */
const char *q_function_missing_name(uint32_t i);
/* If so, err gets a hint that says it. */
bool q_function_missing_hint(const char *name, q_err *err);

#endif
