// fast_float behind C functions.
#include "common/column/number_cxx.h"

#include <fast_float/fast_float.h>

double q_fast_float_double(const char *begin, const char *end)
{
    double v = 0;
    fast_float::from_chars(begin, end, v);
    return v;
}

float q_fast_float_float(const char *begin, const char *end)
{
    float v = 0;
    fast_float::from_chars(begin, end, v);
    return v;
}
