// Dragonbox behind C functions.
#include "common/column/number_cxx.h"

#include <dragonbox/dragonbox.h>

uint64_t q_dragonbox_double(double v, int *exponent)
{
    auto d = jkj::dragonbox::to_decimal(v, jkj::dragonbox::policy::sign::ignore);
    *exponent = d.exponent;
    return d.significand;
}

uint32_t q_dragonbox_float(float v, int *exponent)
{
    auto d = jkj::dragonbox::to_decimal(v, jkj::dragonbox::policy::sign::ignore);
    *exponent = d.exponent;
    return d.significand;
}
