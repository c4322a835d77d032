/* The function table and its index by name. */
#include "common/plan/functions.h"

#include <pthread.h>
#include <stdlib.h>
#include <strings.h>

#include "common/base/assert.h"

#define STRICT true
#define CUSTOM false
static const q_function functions[] = {
#define F(id, name, signature, kernel, nulls, what, example, expected) \
    {name, signature, what, example, expected, Q_FUNCTION_SCALAR, nulls},
#define A(id, name, signature, ops, what, example, expected) \
    {name, signature, what, example, expected, Q_FUNCTION_AGGREGATE, false},
#define W(id, name, signature, ops, what, example, expected) \
    {name, signature, what, example, expected, Q_FUNCTION_WINDOW, false},
#include "common/plan/functions.def"
};
#undef STRICT
#undef CUSTOM

typedef struct named {
    const char *name;
    uint16_t id;
} named;

/* Sorted at first use: rows of the same name keep the table's order. */
static named names[] = {
#define F(id, name, ...) {name, Q_FN_##id},
#define A(id, name, ...) {name, Q_FN_##id},
#define W(id, name, ...) {name, Q_FN_##id},
#define ALIAS(name, id)  {name, Q_FN_##id},
#include "common/plan/functions.def"
};

#define N_NAMES (sizeof names / sizeof names[0])

static int by_name(const void *x, const void *y)
{
    const named *a = x, *b = y;
    int c = strcasecmp(a->name, b->name);
    return c ? c : (a->id > b->id) - (a->id < b->id);
}

static void sort_names(void)
{
    qsort(names, N_NAMES, sizeof names[0], by_name);
}

static const named *index_of_names(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, sort_names);
    return names;
}

const q_function *q_function_get(uint16_t id)
{
    Q_ASSERT(id < Q_N_FUNCTIONS);
    return &functions[id];
}

int32_t q_function_find(const char *name)
{
    const named *index = index_of_names();
    size_t low = 0, high = N_NAMES;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (strcasecmp(index[mid].name, name) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < N_NAMES && strcasecmp(index[low].name, name) == 0 ? index[low].id : -1;
}

int32_t q_function_next(uint16_t id)
{
    const named *index = index_of_names();
    for (size_t i = 0; i + 1 < N_NAMES; i++) {
        if (index[i].id == id && strcasecmp(index[i].name, functions[id].name) == 0)
            return strcasecmp(index[i + 1].name, functions[id].name) == 0 ? index[i + 1].id : -1;
    }
    return -1;
}

uint32_t q_function_n_names(void)
{
    return (uint32_t)N_NAMES;
}

const char *q_function_name(uint32_t i)
{
    return index_of_names()[i].name;
}

uint16_t q_function_name_id(uint32_t i)
{
    return index_of_names()[i].id;
}
