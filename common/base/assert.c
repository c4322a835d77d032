/* The last words of a broken invariant. */
#include "common/base/assert.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void q_panic(const char *file, int line, const char *what)
{
    fprintf(stderr, "quern: panic at %s:%d: %s\n", file, line, what);
    abort();
}
