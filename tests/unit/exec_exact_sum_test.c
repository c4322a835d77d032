/* Exact sums against integers of 2^-1074: every result is the nearest double, ties to even. */
#include "common/exec/agg/exact_sum.h"

#include "tests/unit/exec_util.h"

/* A signed integer: 32-bit digits, lowest first, of any sign until normalised. */
#define DIGITS 80
typedef struct big {
    int64_t d[DIGITS];
} big;

static void big_normalise(big *b)
{
    for (int i = 0; i + 1 < DIGITS; i++) {
        int64_t low = b->d[i] & 0xFFFFFFFF;
        b->d[i + 1] += (b->d[i] - low) / 4294967296;
        b->d[i] = low;
    }
}

/* b += v * times, v finite, or 2^1024 for infinity. */
static void big_add(big *b, double v, int64_t times)
{
    int e;
    double f = isinf(v) ? copysign(0.5, v) : frexp(v, &e);
    if (isinf(v))
        e = 1025;
    if (f == 0)
        return;
    int64_t m = (int64_t)ldexp(fabs(f), 53);
    int pos = e - 53 + 1074;
    for (; pos < 0; pos++)
        m /= 2; /* exact: subnormal */
    for (int bit = 0; bit < 53; bit++) {
        if (m >> bit & 1) {
            int at = pos + bit;
            int64_t sign = (f < 0) != (times < 0) ? -1 : 1;
            uint64_t t = (uint64_t)(times < 0 ? -times : times);
            unsigned __int128 shifted = (unsigned __int128)t << (at % 32);
            for (int k = 0; k < 3; k++)
                b->d[at / 32 + k] += sign * (int64_t)(uint32_t)(shifted >> (32 * k));
        }
    }
    big_normalise(b);
}

static int big_sign(const big *b)
{
    if (b->d[DIGITS - 1] < 0)
        return -1;
    for (int i = 0; i < DIGITS; i++) {
        if (b->d[i])
            return 1;
    }
    return 0;
}

/* sign of |x| - |y| */
static int big_cmp_abs(big x, big y)
{
    if (big_sign(&x) < 0) {
        for (int i = 0; i < DIGITS; i++)
            x.d[i] = -x.d[i];
        big_normalise(&x);
    }
    if (big_sign(&y) < 0) {
        for (int i = 0; i < DIGITS; i++)
            y.d[i] = -y.d[i];
        big_normalise(&y);
    }
    for (int i = 0; i < DIGITS; i++)
        x.d[i] -= y.d[i];
    big_normalise(&x);
    return big_sign(&x);
}

static bool is_even(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return isinf(v) || !(bits & 1);
}

/* Is r the double nearest to sum / n? */
static void check_nearest(const big *sum, uint64_t n, double r)
{
    big off = *sum;
    big_add(&off, r, -(int64_t)n);
    for (int side = 0; side < 2; side++) {
        if (isinf(r) && (r > 0) == (side == 0))
            continue;
        double other = nextafter(r, side == 0 ? INFINITY : -INFINITY);
        big other_off = *sum;
        big_add(&other_off, other, -(int64_t)n);
        int c = big_cmp_abs(off, other_off);
        ck_assert_msg(c < 0 || (c == 0 && is_even(r)), "%a of n=%llu: %a is nearer", r,
                      (unsigned long long)n, other);
    }
}

typedef double value_fn(void);

static double any_double(void)
{
    double d;
    do {
        uint64_t bits = xu_random() ^ xu_random() << 32;
        memcpy(&d, &bits, sizeof d);
    } while (!isfinite(d));
    return d;
}

static double in_window(void)
{
    return ldexp((double)(int64_t)(xu_random() >> 11) - 0x1p52, (int)xu_below(10) - 60);
}

static double around_window(void) /* 90 binary orders of magnitude */
{
    return ldexp((double)(int64_t)(xu_random() >> 11) - 0x1p52, (int)xu_below(90) - 100);
}

static double subnormal(void)
{
    return ldexp((double)xu_below(64) - 32, -1074);
}

static double near_subnormal(void)
{
    return ldexp((double)(int64_t)(xu_random() >> 20) - 0x1p43, -1074 - (int)xu_below(3) + 1);
}

static double huge(void)
{
    return (xu_below(2) ? 1 : -1) * ldexp(1 + (double)xu_below(1000) / 1024, 1023);
}

static double money(void)
{
    return (double)xu_below(100000) / 100;
}

static double whole(void)
{
    return (double)xu_below(16) - 8;
}

/* Sums where the result lies half-way between doubles, or a bit beside. */
static double half_way(void)
{
    static const double v[] = {0x1p53, 1, 0x1p53, -1, 3, 0x1p-30, -0x1p-30, 0x1p53, 0x1p-1074, -2};
    return v[xu_below(10)];
}

static value_fn *const kinds[] = {any_double, in_window, around_window, subnormal, near_subnormal,
                                  huge,       money,     whole,         half_way};
#define N_KINDS (sizeof kinds / sizeof *kinds)

static void add(q_exact_sum *s, q_arena *a, const double *v, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        ck_assert(q_exact_add(s, v[i], a));
}

static uint64_t bits_of(double d)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return bits;
}

/* Every divisor's result is nearest; so is what parts give, merged in this way or that. */
static void check_values(const double *v, uint32_t n, q_arena *a)
{
    big exact = {0};
    q_exact_sum all = {0}, merged = {0}, wire = {0};
    for (uint32_t i = 0; i < n; i++)
        big_add(&exact, v[i], 1);
    add(&all, a, v, n);
    uint32_t parts = 1 + xu_below(5), *cuts = xu_cuts(a, n, parts);
    for (uint32_t p = 0; p < parts; p++) {
        q_exact_sum s = {0}, read;
        q_exact_big chunks;
        char bytes[Q_EXACT_MAX_BYTES];
        add(&s, a, v + cuts[p], cuts[p + 1] - cuts[p]);
        ck_assert(q_exact_merge(&merged, &s, a));
        q_str in = {bytes, (uint32_t)(q_exact_write(&s, bytes) - bytes), 0};
        ck_assert(q_exact_read(&in, &read, &chunks) && in.len == 0);
        ck_assert(q_exact_merge(&wire, &read, a));
    }
    uint64_t divisors[] = {
        1, 2, 3, n ? n : 1, 7, 1000003, UINT32_MAX, INT64_C(1) << 40, INT64_MAX / 2};
    for (size_t k = 0; k < sizeof divisors / sizeof *divisors; k++) {
        double r = q_exact_round(&all, divisors[k]);
        check_nearest(&exact, divisors[k], r);
        ck_assert_uint_eq(bits_of(r), bits_of(q_exact_round(&merged, divisors[k])));
        ck_assert_uint_eq(bits_of(r), bits_of(q_exact_round(&wire, divisors[k])));
    }
}

START_TEST(random_sums)
{
    q_arena a;
    q_arena_init(&a, NULL);
    double v[200];
    for (int round = 0; round < 60; round++) {
        uint32_t n = xu_below(3) ? xu_below(8) : xu_below(200);
        for (uint32_t i = 0; i < n; i++)
            v[i] = kinds[(unsigned)_i]();
        check_values(v, n, &a);
        q_arena_reset(&a);
    }
    q_arena_fini(&a);
}
END_TEST

START_TEST(mixed_kinds_and_cancellation)
{
    q_arena a;
    q_arena_init(&a, NULL);
    double v[128];
    for (int round = 0; round < 300; round++) {
        uint32_t n = 1 + xu_below(60);
        for (uint32_t i = 0; i < n; i++)
            v[i] = kinds[xu_below(N_KINDS)]();
        for (uint32_t i = 0; i < n; i++) /* the same with the other sign, mostly */
            v[n + i] = xu_below(8) ? -v[i] : v[i];
        for (uint32_t i = 2 * n - 1; i > 0; i--) {
            uint32_t k = xu_below(i + 1);
            double t = v[i];
            v[i] = v[k];
            v[k] = t;
        }
        check_values(v, 2 * n, &a);
        q_arena_reset(&a);
    }
    q_arena_fini(&a);
}
END_TEST

static double sum_of(const double *v, uint32_t n)
{
    q_arena a;
    q_arena_init(&a, NULL);
    q_exact_sum s = {0};
    add(&s, &a, v, n);
    double r = q_exact_round(&s, 1);
    q_arena_fini(&a);
    return r;
}
#define SUM(...) sum_of((const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / 8)

START_TEST(known_sums)
{
    ck_assert(SUM(0.0) == 0 && !signbit(SUM(-0.0, -0.0)));
    ck_assert(SUM(0.1, 0.2, -0.1, -0.2) == 0);
    ck_assert(SUM(0x1p53, 1) == 0x1p53);                /* a tie goes to even */
    ck_assert(SUM(0x1p53, 1, 0x1p-1074) == 0x1p53 + 2); /* a bit more than a tie */
    ck_assert(SUM(0x1p53, 2, 1) == 0x1p53 + 4);
    ck_assert(SUM(1e308, 1e308, -1e308) == 1e308); /* no overflow on the way */
    ck_assert(SUM(1.7976931348623157e308, 0x1p969) == 1.7976931348623157e308);
    ck_assert(isinf(SUM(1.7976931348623157e308, 0x1p970)));
    ck_assert(SUM(1.7976931348623157e308, 0x1p970, -0x1p-1074) == 1.7976931348623157e308);
    ck_assert(isinf(SUM(-1.7976931348623157e308, -1.7976931348623157e308)));
    ck_assert(isnan(SUM(INFINITY, -INFINITY)) && isnan(SUM(1, NAN)));
    ck_assert(SUM(INFINITY, 1, -1e308) == INFINITY && SUM(-INFINITY, 1e308, 1e308) == -INFINITY);
    ck_assert(SUM(4.9e-324, 4.9e-324) == 1e-323);
}
END_TEST

/* Many additions to a large form: the carries are propagated in time. */
START_TEST(many_additions)
{
    q_arena a;
    q_arena_init(&a, NULL);
    q_exact_sum s = {0};
    for (uint32_t i = 0; i < 3000000; i++)
        ck_assert(q_exact_add(&s, i & 1 ? 1e300 : 4.9e-324, &a));
    big exact = {0};
    big_add(&exact, 1e300, 1500000);
    big_add(&exact, 4.9e-324, 1500000);
    check_nearest(&exact, 1, q_exact_round(&s, 1));
    check_nearest(&exact, 3000000, q_exact_round(&s, 3000000));
    q_arena_fini(&a);
}
END_TEST

START_TEST(no_memory_is_said)
{
    q_budget b;
    q_budget_init(&b, "spark.executor.memory", 16);
    q_arena a;
    q_arena_init(&a, &b);
    q_exact_sum s = {0};
    ck_assert(q_exact_add(&s, 1, &a));
    ck_assert(!q_exact_add(&s, 1e300, &a)); /* needs the large form */
    q_arena_fini(&a);
}
END_TEST

START_TEST(malformed_bytes)
{
    char bytes[Q_EXACT_MAX_BYTES];
    q_exact_sum s = {.acc = 5, .exp = 3, .started = true};
    q_exact_big chunks;
    uint32_t len = (uint32_t)(q_exact_write(&s, bytes) - bytes);
    for (uint32_t n = 0; n < len; n++) {
        q_str in = {bytes, n, 0};
        ck_assert(!q_exact_read(&in, &s, &chunks));
    }
    bytes[20] = 1; /* a large form that is not there */
    q_str in = {bytes, len, 0};
    ck_assert(!q_exact_read(&in, &s, &chunks));
    bytes[20] = 0;
    bytes[17] = 0x7F; /* a unit beyond all doubles */
    in = (q_str){bytes, len, 0};
    ck_assert(!q_exact_read(&in, &s, &chunks));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("exec exact_sum");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, random_sums, 0, N_KINDS);
    tcase_add_test(t, mixed_kinds_and_cancellation);
    tcase_add_test(t, known_sums);
    tcase_add_test(t, many_additions);
    tcase_add_test(t, no_memory_is_said);
    tcase_add_test(t, malformed_bytes);
    suite_add_tcase(s, t);
    return xu_main(s);
}
