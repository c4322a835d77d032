/* Hexadecimal floating point text; for number_parse.c only. */
#ifndef Q_COLUMN_NUMBER_HEX_H
#define Q_COLUMN_NUMBER_HEX_H

#include "common/column/number.h"

/* [p, end) is 0x…p…, perhaps with d or f behind it (no sign). precision: bits of the mantissa (53,
 * 24); least: exponent of the smallest value (-1074, -149). */
bool q_parse_hex(const char *p, const char *end, int precision, int least, double *out);

#endif
