/* Numbers to text and back: against printf/strtod searches, and the rules of Java, Spark and JSON.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/column/number.h"
#include "tests/unit/check.h"

static uint64_t seed = 88172645463325252u;
static uint64_t random64(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

static double double_of_bits(uint64_t bits)
{
    double d;
    memcpy(&d, &bits, 8);
    return d;
}

static float float_of_bits(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, 4);
    return f;
}

/* ---- an independent shortest printer: digits and exponent by search with printf and strtod ----
 */

typedef struct shortest {
    char digits[24]; /* at least two, no other trailing zeros */
    int exponent;    /* of the first digit */
} shortest;

static bool reads_back(const char *digits, int exponent, double v, bool is_float)
{
    char text[48];
    snprintf(text, sizeof text, "%se%d", digits, exponent - (int)strlen(digits) + 1);
    return is_float ? strtof(text, NULL) == (float)v : strtod(text, NULL) == v;
}

/* The decimal of n digits next to v, or a neighbour of it that reads back (at powers of two the
 * nearest may not while the one above does). */
static bool search(double v, int n, bool is_float, shortest *out)
{
    char text[48], d[24];
    snprintf(text, sizeof text, "%.*e", n - 1, v);
    out->exponent = atoi(strchr(text, 'e') + 1);
    snprintf(d, sizeof d, "%c%.*s", text[0], n - 1, text + 2);
    long long middle = atoll(d);
    for (int k = 0; k < 3; k++) {
        snprintf(out->digits, sizeof out->digits, "%lld", middle + (k == 1) - (k == 2));
        if ((int)strlen(out->digits) == n && reads_back(out->digits, out->exponent, v, is_float))
            return true;
    }
    return false;
}

static void strip(shortest *s)
{
    for (size_t n = strlen(s->digits); n > 2 && s->digits[n - 1] == '0';)
        s->digits[--n] = 0;
}

static shortest find_shortest(double v, bool is_float)
{
    shortest s;
    bool ordinary = is_float ? v > 1e-37 : v > 1e-307;
    int n = ordinary ? (is_float ? 6 : 15) : 2; /* so many digits are always told apart */
    while (!search(v, n, is_float, &s))
        n++;
    strip(&s);
    return s;
}

static void expected_text(double v, bool is_float, char *out)
{
    double a = fabs(v);
    *out = '-';
    out += v < 0;
    shortest s = find_shortest(a, is_float);
    int n = (int)strlen(s.digits);
    bool one = n == 2 && s.digits[1] == '0';
    if (s.exponent < -3 || s.exponent >= 7)
        sprintf(out, "%c.%sE%d", s.digits[0], s.digits + 1, s.exponent);
    else if (s.exponent < 0)
        sprintf(out, "0.%.*s%.*s", -s.exponent - 1, "000", one ? 1 : n, s.digits);
    else if (s.exponent + 1 >= n)
        sprintf(out, "%s%.*s.0", s.digits, s.exponent + 1 - n, "0000000");
    else
        sprintf(out, "%.*s.%s", s.exponent + 1, s.digits, s.digits + s.exponent + 1);
}

static const char *text_of(double v)
{
    static char out[Q_NUMBER_TEXT_ROOM + 1];
    *q_text_from_double(out, v) = 0;
    return out;
}

static void check_double(double v)
{
    if (v != v || isinf(v) || v == 0)
        return;
    char want[64];
    expected_text(v, false, want);
    ck_assert_msg(!strcmp(text_of(v), want), "%a: got %s, want %s", v, text_of(v), want);
    double back;
    ck_assert(q_parse_double(want, strlen(want), &back) && back == v);
    q_json_number j;
    ck_assert(q_parse_json_number(want, want + strlen(want), &j) == want + strlen(want));
    ck_assert(j.value == v && !j.integral);
}

START_TEST(test_double_shapes)
{
    static const struct {
        double v;
        const char *text;
    } rows[] = {{0, "0.0"},
                {-0.0, "-0.0"},
                {1, "1.0"},
                {-1, "-1.0"},
                {100, "100.0"},
                {123.45, "123.45"},
                {0.5, "0.5"},
                {0.001, "0.001"},
                {0.0011, "0.0011"},
                {0.00123456, "0.00123456"},
                {9.999e-4, "9.999E-4"},
                {1e-4, "1.0E-4"},
                {9999999, "9999999.0"},
                {9999999.9999, "9999999.9999"},
                {1e7, "1.0E7"},
                {12345678.9, "1.23456789E7"},
                {1e10, "1.0E10"},
                {1e21, "1.0E21"},
                {1.7976931348623157e308, "1.7976931348623157E308"},
                {2.2250738585072014e-308, "2.2250738585072014E-308"},
                {4.9e-324, "4.9E-324"},
                {1e-323, "9.9E-324"},
                {2e-323, "2.0E-323"},
                {0.1 + 0.2, "0.30000000000000004"},
                {1.0 / 3, "0.3333333333333333"},
                {2.0e-3, "0.002"},
                {(double)NAN, "NaN"},
                {HUGE_VAL, "Infinity"},
                {-HUGE_VAL, "-Infinity"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_str_eq(text_of(rows[i].v), rows[i].text);
}
END_TEST

START_TEST(test_double_random)
{
    for (int i = 0; i < 150000; i++) {
        double few = (double)(random64() % 100000000) / 100;
        check_double(double_of_bits(random64()));
        check_double(few);
        check_double(-(double)(random64() % 2000000000) / 10000);
        check_double(nextafter(few, i % 2 ? 0 : 1e300));
        check_double((double)(random64() % 1000) / (double)(1 + random64() % 1000000));
        check_double((double)(int64_t)random64());
    }
    for (int e = -1074; e < 1024; e++) {
        check_double(ldexp(1, e));
        check_double(nextafter(ldexp(1, e), 0));
        check_double(nextafter(ldexp(1, e), HUGE_VAL));
    }
    for (uint64_t bits = 1; bits < 3000; bits++)
        check_double(double_of_bits(bits));
    for (int e = -320; e < 308; e++)
        check_double(pow(10, e));
}
END_TEST

static void check_float(float v)
{
    if (v != v || isinf(v) || v == 0)
        return;
    char want[64], got[Q_NUMBER_TEXT_ROOM + 1];
    expected_text((double)v, true, want);
    *q_text_from_float(got, v) = 0;
    ck_assert_msg(!strcmp(got, want), "%a: got %s, want %s", (double)v, got, want);
    float back;
    ck_assert(q_parse_float(want, strlen(want), &back) && back == v);
}

START_TEST(test_float)
{
    char got[Q_NUMBER_TEXT_ROOM + 1];
    *q_text_from_float(got, 0.1f) = 0;
    ck_assert_str_eq(got, "0.1");
    *q_text_from_float(got, 1.4e-45f) = 0;
    ck_assert_str_eq(got, "1.4E-45");
    *q_text_from_float(got, -0.0f) = 0;
    ck_assert_str_eq(got, "-0.0");
    *q_text_from_float(got, -HUGE_VALF) = 0;
    ck_assert_str_eq(got, "-Infinity");
    for (int i = 0; i < 200000; i++) {
        check_float(float_of_bits((uint32_t)random64()));
        check_float((float)(random64() % 1000000) / 100);
    }
    for (uint32_t bits = 1; bits < 3000; bits++)
        check_float(float_of_bits(bits));
    for (int e = -149; e < 128; e++)
        check_float(ldexpf(1, e));
}
END_TEST

START_TEST(test_int64)
{
    char got[Q_NUMBER_TEXT_ROOM + 1], want[32];
    for (int i = 0; i < 400000; i++) {
        int64_t v = (int64_t)random64() >> (i % 64);
        if (i < 200)
            v = i % 2 ? INT64_MAX - i / 2 : INT64_MIN + i / 2;
        else if (i < 400)
            v = i - 300;
        else if (i < 460)
            v = (int64_t)pow(10, (i - 400) % 19) - (i % 3);
        *q_text_from_int64(got, v) = 0;
        snprintf(want, sizeof want, "%lld", (long long)v);
        ck_assert_str_eq(got, want);
        int64_t back;
        ck_assert(q_parse_int64(got, strlen(got), &back) && back == v);
        ck_assert(q_parse_java_long(got, strlen(got), &back) && back == v);
        q_json_number j;
        ck_assert(q_parse_json_number(got, got + strlen(got), &j) == got + strlen(got));
        ck_assert(j.integral && j.fits_int64 && j.integer == v && j.value == (double)v);
    }
}
END_TEST

START_TEST(test_parse_int64_as_spark_casts)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t v;
    } rows[] = {{"12", true, 12},
                {" \t-12\n\x7f", true, -12},
                {"+7", true, 7},
                {"1.9", true, 1},
                {"-1.9", true, -1},
                {"1.", true, 1},
                {".9", true, 0},
                {".", true, 0},
                {"007", true, 7},
                {"00000000000000000000000000001", true, 1},
                {"9223372036854775807", true, INT64_MAX},
                {"-9223372036854775808", true, INT64_MIN},
                {"9223372036854775808", false, 0},
                {"-9223372036854775809", false, 0},
                {"9223372036854775807.9", true, INT64_MAX},
                {"99999999999999999999999", false, 0},
                {"", false, 0},
                {" ", false, 0},
                {"-", false, 0},
                {"+-1", false, 0},
                {"1e3", false, 0},
                {"1.5x", false, 0},
                {"1.5.", false, 0},
                {"1 2", false, 0},
                {"0x10", false, 0},
                {"\xc2\xa0"
                 "1",
                 false, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t v = 0;
        ck_assert_msg(q_parse_int64(rows[i].text, strlen(rows[i].text), &v) == rows[i].ok, "%s",
                      rows[i].text);
        if (rows[i].ok)
            ck_assert_int_eq(v, rows[i].v);
    }
    int64_t v;
    ck_assert(!q_parse_java_long(" 1", 2, &v));
    ck_assert(!q_parse_java_long("1.0", 3, &v));
    ck_assert(!q_parse_java_long("+", 1, &v));
    ck_assert(q_parse_java_long("+1", 2, &v) && v == 1);
}
END_TEST

START_TEST(test_parse_double_as_spark_casts)
{
    static const struct {
        const char *text;
        bool java, spark;
        double v;
    } rows[] = {{"1.5", true, true, 1.5},
                {" 1.5 ", true, true, 1.5},
                {"1.5d", true, true, 1.5},
                {"1.5F", true, true, 1.5},
                {"1e3", true, true, 1000},
                {"-1.E-3", true, true, -0.001},
                {"+.5", true, true, 0.5},
                {"1e400", true, true, HUGE_VAL},
                {"-1e-400", true, true, -0.0},
                {"1e99999999999999999999", true, true, HUGE_VAL},
                {"0e99999999999999999999", true, true, 0},
                {"0.00000000000000000000000000012345678901234567", true, true,
                 0.00000000000000000000000000012345678901234567},
                {"123456789012345678901234567890", true, true, 123456789012345678901234567890.0},
                {"Infinity", true, true, HUGE_VAL},
                {"-Infinity", true, true, -HUGE_VAL},
                {"infinity", false, true, HUGE_VAL},
                {"-INF", false, true, -HUGE_VAL},
                {"+inf ", false, true, HUGE_VAL},
                {"9007199254740993", true, true, 9007199254740992.0},
                {"9007199254740993.00000000000000000000000000001", true, true, 9007199254740994.0},
                {".", false, false, 0},
                {"", false, false, 0},
                {" ", false, false, 0},
                {"e5", false, false, 0},
                {"1e", false, false, 0},
                {"1e+", false, false, 0},
                {"1dd", false, false, 0},
                {"1.5 d", false, false, 0},
                {"--1", false, false, 0},
                {"1,5", false, false, 0},
                {"in", false, false, 0},
                {"infx", false, false, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = strlen(rows[i].text);
        double v = 0;
        float f = 0;
        ck_assert_msg(q_parse_double(rows[i].text, n, &v) == rows[i].spark, "%s", rows[i].text);
        if (rows[i].spark)
            ck_assert_msg(v == rows[i].v && !signbit(v) == !signbit(rows[i].v), "%s", rows[i].text);
        ck_assert_msg(q_parse_java_double(rows[i].text, n, &v) == rows[i].java, "%s", rows[i].text);
        ck_assert(q_parse_float(rows[i].text, n, &f) == rows[i].spark);
        ck_assert(q_parse_java_float(rows[i].text, n, &f) == rows[i].java);
    }
    double v;
    ck_assert(q_parse_double("nAn", 3, &v) && v != v);
    ck_assert(q_parse_double("-NaN", 4, &v) && v != v);
    ck_assert(!q_parse_double("-nan", 4, &v));
    ck_assert(!q_parse_double("1\0", 3, &v) || v == 1); /* trailing bytes up to space are trimmed */
    float f; /* would be another float if rounded to double first */
    ck_assert(q_parse_float("1.00000017881393432617187499", 28, &f) && f == 1.00000011920929f);
}
END_TEST

START_TEST(test_hexadecimal)
{
    static const char *const bad[] = {"0x",     "0x1",   "0x1p",     "0xp3",  "0x.p1",  "x1p3",
                                      "0x1p3q", "0x1p+", "0x1.8.p3", "0xgp1", "0x1p3ff"};
    double v;
    float f;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!q_parse_double(bad[i], strlen(bad[i]), &v), "%s", bad[i]);
    ck_assert(q_parse_java_double(" -0X1.8P+3d ", 12, &v) && v == -12);
    for (int i = 0; i < 300000; i++) {
        char text[64];
        int n =
            sprintf(text, "%s0x%llx", i % 3 ? "" : "-", (unsigned long long)random64() >> i % 64);
        if (i % 2)
            n += sprintf(text + n, ".%llx%llx", (unsigned long long)random64(),
                         (unsigned long long)random64() >> i % 61);
        int e = (int)(random64() % 2400) - 1250;
        n += sprintf(text + n, "p%d", i % 5 ? e : e / 8);
        ck_assert_msg(q_parse_double(text, (size_t)n, &v) && v == strtod(text, NULL), "%s", text);
        ck_assert_msg(q_parse_float(text, (size_t)n, &f) && f == strtof(text, NULL), "%s", text);
    }
}
END_TEST

START_TEST(test_json_number)
{
    static const char *const bad[] = {"",    "-",  "01",  "-01", ".5", "1.", "1.e3", "1e",
                                      "1e+", "+1", "NaN", "abc", "-a", "00", "-.5",  "e1"};
    q_json_number j;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!q_parse_json_number(bad[i], bad[i] + strlen(bad[i]), &j), "%s", bad[i]);
    const char *s = "12abc";
    ck_assert(q_parse_json_number(s, s + 5, &j) == s + 2 && j.integer == 12);
    s = "0123";
    ck_assert(!q_parse_json_number(s, s + 4, &j));
    s = "1234";
    ck_assert(q_parse_json_number(s, s + 2, &j) == s + 2 && j.integer == 12);
    s = "-0";
    ck_assert(q_parse_json_number(s, s + 2, &j) && j.integral && j.integer == 0 &&
              !signbit(j.value));
    s = "-0.0";
    ck_assert(q_parse_json_number(s, s + 4, &j) && !j.integral && j.value == 0 && signbit(j.value));
    s = "9223372036854775808";
    ck_assert(q_parse_json_number(s, s + 19, &j) && j.integral && !j.fits_int64);
    ck_assert(j.value == 9223372036854775808.0);
    s = "99999999999999999999999999";
    ck_assert(q_parse_json_number(s, s + 26, &j) && !j.fits_int64 && j.value == 1e26);
    s = "1E+2";
    ck_assert(q_parse_json_number(s, s + 4, &j) && !j.integral && j.value == 100);
}
END_TEST

/* With room behind it a number is read by vectors, without by the general scanner: the same. */
START_TEST(test_json_number_with_room)
{
    static const char alphabet[] = "0123456789012345678900..-eE+, x";
    for (int i = 0; i < 2000000; i++) {
        char text[64];
        int n = 1 + (int)(random64() % 16);
        size_t letters = i % 4 ? 24 : sizeof alphabet - 1; /* mostly digits and points */
        memset(text, ",}] \n"[i % 6], sizeof text);
        for (int k = 0; k < n; k++)
            text[k] = alphabet[random64() % letters];
        if (i % 3 == 0)
            text[0] = '-';
        q_json_number fast = {0}, slow = {0};
        const char *a = q_parse_json_number(text, text + sizeof text, &fast);
        const char *b = q_parse_json_number(text, text + n, &slow);
        ck_assert_msg(a == b, "%.*s", n, text);
        double d;
        ck_assert(q_parse_java_double(text, (size_t)n, &d) || b != text + n);
        if (!a)
            continue;
        ck_assert(b != text + n || d == slow.value);
        ck_assert(fast.integral == slow.integral && fast.fits_int64 == slow.fits_int64);
        ck_assert(fast.integer == slow.integer && !memcmp(&fast.value, &slow.value, 8));
    }
}
END_TEST

/* Every number the scanner takes equals strtod's. */
START_TEST(test_parse_random_text)
{
    for (int i = 0; i < 300000; i++) {
        char text[80];
        int n = 0;
        if (random64() % 4 == 0)
            text[n++] = '-';
        int whole = 1 + (int)(random64() % 22), frac = (int)(random64() % 22);
        for (int k = 0; k < whole; k++)
            text[n++] = (char)('0' + random64() % 10);
        if (frac)
            text[n++] = '.';
        for (int k = 0; k < frac; k++)
            text[n++] = (char)('0' + (random64() % 3 ? random64() % 10 : 0));
        if (random64() % 3 == 0)
            n += sprintf(text + n, "e%d", (int)(random64() % 700) - 350);
        text[n] = 0;
        double v;
        ck_assert_msg(q_parse_double(text, (size_t)n, &v) && v == strtod(text, NULL), "%s", text);
        float f;
        ck_assert_msg(q_parse_float(text, (size_t)n, &f) && f == strtof(text, NULL), "%s", text);
    }
}
END_TEST

START_TEST(test_boolean)
{
    static const char *const yes[] = {"t", "TRUE", "y", "Yes", "1", " true\n"};
    static const char *const no[] = {"f", "False", "n", "NO", "0"};
    static const char *const bad[] = {"", "tr", "2", "on", "truee", "1.0"};
    bool b;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        ck_assert(q_parse_boolean(yes[i], strlen(yes[i]), &b) && b);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        ck_assert(q_parse_boolean(no[i], strlen(no[i]), &b) && !b);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert(!q_parse_boolean(bad[i], strlen(bad[i]), &b));
}
END_TEST

START_TEST(test_decimal_text)
{
    static const struct {
        const char *digits;
        int scale;
        const char *text, *plain;
    } rows[] = {
        {"0", 0, "0", "0"},
        {"0", 2, "0.00", "0.00"},
        {"0", 18, "0E-18", "0.000000000000000000"},
        {"1", 6, "0.000001", "0.000001"},
        {"1", 7, "1E-7", "0.0000001"},
        {"-15", 8, "-1.5E-7", "-0.00000015"},
        {"-1250", 2, "-12.50", "-12.50"},
        {"5", 1, "0.5", "0.5"},
        {"99999999999999999999999999999999999999", 0, "99999999999999999999999999999999999999",
         "99999999999999999999999999999999999999"},
        {"-99999999999999999999999999999999999999", 38, "-0.99999999999999999999999999999999999999",
         "-0.99999999999999999999999999999999999999"},
        {"10000000000000000000000000000000000000", 19, "1000000000000000000.0000000000000000000",
         "1000000000000000000.0000000000000000000"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        q_int128 v;
        char got[Q_DECIMAL_TEXT_ROOM + 1];
        ck_assert(q_parse_decimal(rows[i].digits, strlen(rows[i].digits), 38, 0, &v));
        *q_text_from_decimal(got, v, rows[i].scale) = 0;
        ck_assert_str_eq(got, rows[i].text);
        *q_text_from_decimal_plain(got, v, rows[i].scale) = 0;
        ck_assert_str_eq(got, rows[i].plain);
        q_int128 back;
        ck_assert(q_parse_decimal(rows[i].text, strlen(rows[i].text), 38, rows[i].scale, &back));
        ck_assert(back == v);
    }
}
END_TEST

START_TEST(test_parse_decimal)
{
    static const struct {
        const char *text;
        int precision, scale;
        const char *want; /* NULL: no value */
    } rows[] = {{" 1.005 ", 10, 2, "1.01"},
                {"-1.005", 10, 2, "-1.01"},
                {"1.00499999", 10, 2, "1.00"},
                {"1e3", 10, 2, "1000.00"},
                {"1.5E-1", 10, 2, "0.15"},
                {"99.995", 4, 2, NULL},
                {"99.994", 4, 2, "99.99"},
                {"0.004", 10, 2, "0.00"},
                {"0.005", 10, 2, "0.01"},
                {"0.0005", 10, 2, "0.00"},
                {"1e-40", 10, 2, "0.00"},
                {"1e40", 38, 0, NULL},
                {"1e37", 38, 0, "10000000000000000000000000000000000000"},
                {"1e38", 38, 0, NULL},
                {"0000000000000000000000000000000000000000000000001", 2, 0, "1"},
                {"123456789012345678901234567890123456789", 38, 0, NULL},
                {"1e99999999999", 38, 0, NULL},
                {"1e-99999999999", 38, 0, NULL},
                {"0e37", 38, 0, "0"},
                {"0e38", 38, 0, NULL},
                {"+5", 1, 0, "5"},
                {"\xd9\xa1\xd9\xa2", 4, 2, "12.00"}, /* Arabic-Indic */
                {"-\xef\xbc\x91.5e1", 4, 0, "-15"},  /* full width */
                {"\xc2\xb2", 4, 0, NULL},            /* superscript two is no decimal digit */
                {"\xf0\x9d\x9f\x8f", 4, 0, NULL},    /* a digit beyond the BMP */
                {".", 5, 0, NULL},
                {"", 5, 0, NULL},
                {"1d", 5, 0, NULL},
                {"NaN", 5, 0, NULL},
                {"1 2", 5, 0, NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        q_int128 v;
        char got[Q_DECIMAL_TEXT_ROOM + 1];
        bool ok = q_parse_decimal(rows[i].text, strlen(rows[i].text), rows[i].precision,
                                  rows[i].scale, &v);
        ck_assert_msg(ok == (rows[i].want != NULL), "%s", rows[i].text);
        if (!ok)
            continue;
        *q_text_from_decimal(got, v, rows[i].scale) = 0;
        ck_assert_str_eq(got, rows[i].want);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("number");
    TCase *t = tcase_create("number");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, test_double_shapes);
    tcase_add_test(t, test_double_random);
    tcase_add_test(t, test_float);
    tcase_add_test(t, test_int64);
    tcase_add_test(t, test_parse_int64_as_spark_casts);
    tcase_add_test(t, test_parse_double_as_spark_casts);
    tcase_add_test(t, test_hexadecimal);
    tcase_add_test(t, test_json_number);
    tcase_add_test(t, test_json_number_with_room);
    tcase_add_test(t, test_parse_random_text);
    tcase_add_test(t, test_boolean);
    tcase_add_test(t, test_decimal_text);
    tcase_add_test(t, test_parse_decimal);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
