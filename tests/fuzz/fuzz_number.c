/* Number parsers on any bytes: no out-of-bounds reads, and what is read prints and reads the same.
 */
#include <math.h>

#include "common/base/assert.h"
#include "common/column/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(double v)
{
    char text[Q_NUMBER_TEXT_ROOM];
    char *end = q_text_from_double(text, v);
    double back = 0;
    Q_ASSERT(q_parse_double(text, (size_t)(end - text), &back));
    Q_ASSERT(back == v || (v != v && back != back));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *s = (const char *)data;
    int64_t i;
    double d;
    float f;
    bool b;
    q_int128 v;
    q_json_number j;
    q_parse_int64(s, size, &i);
    q_parse_java_long(s, size, &i);
    q_parse_boolean(s, size, &b);
    q_parse_float(s, size, &f);
    if (q_parse_decimal(s, size, 38, 10, &v)) {
        char text[Q_DECIMAL_TEXT_ROOM];
        q_int128 back = 0;
        char *end = q_text_from_decimal(text, v, 10);
        Q_ASSERT(q_parse_decimal(text, (size_t)(end - text), 38, 10, &back) && back == v);
    }
    if (q_parse_double(s, size, &d))
        round_trip(d);
    const char *end = q_parse_json_number(s, s + size, &j);
    if (end) {
        Q_ASSERT(end > s && end <= s + size);
        Q_ASSERT(q_parse_java_double(s, (size_t)(end - s), &d) && d == j.value);
    }
    return 0;
}
