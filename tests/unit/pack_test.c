/* msgpack writing and reading, cross-checked with msgpack-c's own unpacker. */
#include "common/base/pack.h"
#include "tests/unit/check.h"

#include <math.h>
#include <msgpack/unpack.h>
#include <msgpack/object.h>
#include <stdlib.h>

static const int64_t ints[] = {
    0,  1,   127, 128,  255,  256,    65535,  65536,     4294967295,  4294967296, INT64_MAX,
    -1, -32, -33, -128, -129, -32768, -32769, INT32_MIN, -2147483649, INT64_MIN};
static const size_t lengths[] = {0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536, 70000};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

START_TEST(test_integers_round_trip)
{
    for (size_t i = 0; i < COUNT(ints); i++) {
        q_buf b;
        q_buf_init(&b);
        q_pack_int(&b, ints[i]);
        q_unpack u;
        q_unpack_init(&u, b.data, b.len);
        ck_assert_int_eq(q_unpack_peek(&u), Q_PACK_INT);
        ck_assert_int_eq(q_unpack_int(&u), ints[i]);
        ck_assert(q_unpack_ok(&u));
        ck_assert_int_eq(q_unpack_peek(&u), Q_PACK_END);
        q_buf_fini(&b);
    }
}
END_TEST

START_TEST(test_uint_above_int64)
{
    q_buf b;
    q_buf_init(&b);
    q_pack_uint(&b, UINT64_MAX);
    q_pack_int(&b, -1);
    q_unpack u;
    q_unpack_init(&u, b.data, b.len);
    ck_assert_int_eq(q_unpack_peek(&u), Q_PACK_UINT);
    q_unpack as_int = u;
    q_unpack_int(&as_int);
    ck_assert(!q_unpack_ok(&as_int));
    ck_assert_uint_eq(q_unpack_uint(&u), UINT64_MAX);
    ck_assert(q_unpack_ok(&u));
    q_unpack_uint(&u);
    ck_assert_msg(!q_unpack_ok(&u), "a negative number is no uint");
    q_buf_fini(&b);
}
END_TEST

START_TEST(test_doubles_keep_their_bits)
{
    const double values[] = {0.0, -0.0, 1.5, INFINITY, -INFINITY, 5e-324, 1.7976931348623157e308,
                             NAN};
    for (size_t i = 0; i < COUNT(values); i++) {
        q_buf b;
        q_buf_init(&b);
        q_pack_double(&b, values[i]);
        q_unpack u;
        q_unpack_init(&u, b.data, b.len);
        double d = q_unpack_double(&u);
        ck_assert(q_unpack_ok(&u) && memcmp(&d, &values[i], sizeof d) == 0);
        q_buf_fini(&b);
    }
    q_unpack u;
    q_unpack_init(&u, "\xca\x3f\xc0\x00\x00\x05\xff", 7); /* float32 1.5, then 5 and -1 */
    ck_assert(q_unpack_double(&u) == 1.5);
    ck_assert(q_unpack_double(&u) == 5.0);
    ck_assert(q_unpack_double(&u) == -1.0);
    ck_assert(q_unpack_ok(&u));
}
END_TEST

START_TEST(test_spans_of_every_length)
{
    char *bytes = malloc(70000);
    for (size_t i = 0; i < 70000; i++)
        bytes[i] = (char)(i * 31);
    for (size_t i = 0; i < COUNT(lengths); i++) {
        q_buf b;
        q_buf_init(&b);
        q_pack_str(&b, bytes, lengths[i]);
        q_pack_bin(&b, bytes, lengths[i]);
        q_unpack u;
        q_unpack_init(&u, b.data, b.len);
        size_t n;
        const char *s = q_unpack_str(&u, &n);
        ck_assert_uint_eq(n, lengths[i]);
        ck_assert(s && memcmp(s, bytes, n) == 0);
        const void *p = q_unpack_bin(&u, &n);
        ck_assert_uint_eq(n, lengths[i]);
        ck_assert(p && memcmp(p, bytes, n) == 0);
        ck_assert(q_unpack_ok(&u) && u.at == u.end);
        /* Every truncation is noticed. */
        size_t step = b.len > 1000 ? 977 : 1;
        for (size_t cut = 0; cut < b.len; cut += step) {
            q_unpack_init(&u, b.data, cut);
            q_unpack_str(&u, &n);
            q_unpack_bin(&u, &n);
            ck_assert(!q_unpack_ok(&u));
        }
        q_buf_fini(&b);
    }
    free(bytes);
}
END_TEST

START_TEST(test_nil_is_an_absent_span)
{
    q_buf b;
    q_buf_init(&b);
    q_pack_cstr(&b, NULL);
    q_pack_nil(&b);
    q_pack_cstr(&b, "");
    q_unpack u;
    q_unpack_init(&u, b.data, b.len);
    size_t n = 7;
    ck_assert_ptr_null(q_unpack_str(&u, &n));
    ck_assert_uint_eq(n, 0);
    ck_assert(q_unpack_nil(&u));
    ck_assert(!q_unpack_nil(&u));
    ck_assert_ptr_nonnull(q_unpack_str(&u, &n));
    ck_assert(q_unpack_ok(&u));
    q_buf_fini(&b);
}
END_TEST

START_TEST(test_counts_are_checked_against_the_bytes)
{
    const char array[] = "\xdd\xff\xff\xff\xff\x01\x02", map[] = "\x82\x01\x02\x03";
    q_unpack u;
    q_unpack_init(&u, array, sizeof array - 1);
    ck_assert_uint_eq(q_unpack_array(&u), 0);
    ck_assert(!q_unpack_ok(&u));
    q_unpack_init(&u, map, sizeof map - 1);
    ck_assert_uint_eq(q_unpack_map(&u), 0);
    ck_assert(!q_unpack_ok(&u));
}
END_TEST

START_TEST(test_failure_is_sticky_and_zero)
{
    q_unpack u;
    size_t n;
    q_unpack_init(&u, "\xc3\x05\xa1x", 4);
    ck_assert_int_eq(q_unpack_int(&u), 0); /* a boolean */
    ck_assert(!q_unpack_ok(&u));
    ck_assert(!q_unpack_bool(&u));
    ck_assert_uint_eq(q_unpack_uint(&u), 0);
    ck_assert(q_unpack_double(&u) == 0);
    ck_assert_ptr_null(q_unpack_str(&u, &n));
    ck_assert_uint_eq(q_unpack_array(&u), 0);
    ck_assert(!q_unpack_nil(&u));
    ck_assert_int_eq(q_unpack_peek(&u), Q_PACK_END);
    ck_assert(!q_unpack_ok(&u));
}
END_TEST

START_TEST(test_skip_depth)
{
    for (int depth = 60; depth <= 70; depth++) {
        q_buf b;
        q_buf_init(&b);
        for (int i = 0; i < depth; i++)
            q_pack_array(&b, 1);
        q_pack_nil(&b);
        q_pack_int(&b, 42);
        q_unpack u;
        q_unpack_init(&u, b.data, b.len);
        q_unpack_skip(&u);
        if (depth <= 64)
            ck_assert_int_eq(q_unpack_int(&u), 42);
        ck_assert_int_eq(q_unpack_ok(&u), depth <= 64);
        q_buf_fini(&b);
    }
}
END_TEST

START_TEST(test_skip_extension)
{
    const char ext[] = "\xd6\x05"
                       "abcd"
                       "\xc7\x03\x01"
                       "xyz"
                       "\x07";
    q_unpack u;
    q_unpack_init(&u, ext, sizeof ext - 1);
    ck_assert_int_eq(q_unpack_peek(&u), Q_PACK_END);
    q_unpack_skip(&u);
    q_unpack_skip(&u);
    ck_assert_int_eq(q_unpack_int(&u), 7);
    ck_assert(q_unpack_ok(&u));
}
END_TEST

/* Writes a random value; the same seed writes the same one. */
static void pack_random(q_buf *b, unsigned *seed, int depth)
{
    switch (rand_r(seed) % (depth > 4 ? 6 : 8)) {
    case 0:
        q_pack_nil(b);
        break;
    case 1:
        q_pack_bool(b, rand_r(seed) & 1);
        break;
    case 2:
        q_pack_int(b, (int64_t)((uint64_t)ints[(size_t)rand_r(seed) % COUNT(ints)] +
                                (uint64_t)rand_r(seed)));
        break;
    case 3:
        q_pack_uint(b, UINT64_MAX - (uint64_t)rand_r(seed));
        break;
    case 4:
        q_pack_double(b, (double)rand_r(seed) / 3);
        break;
    case 5: {
        char text[300];
        size_t n = (size_t)rand_r(seed) % sizeof text;
        memset(text, 'a' + rand_r(seed) % 26, sizeof text);
        if (rand_r(seed) & 1)
            q_pack_str(b, text, n);
        else
            q_pack_bin(b, text, n);
        break;
    }
    case 6: {
        uint32_t n = (uint32_t)rand_r(seed) % 20;
        q_pack_array(b, n);
        while (n--)
            pack_random(b, seed, depth + 1);
        break;
    }
    default: {
        uint32_t n = (uint32_t)rand_r(seed) % 20;
        q_pack_map(b, n);
        for (n *= 2; n--;)
            pack_random(b, seed, depth + 1);
        break;
    }
    }
}

/* Our reader sees what msgpack-c's unpacker sees. */
static void compare(q_unpack *u, const msgpack_object *o)
{
    size_t n;
    switch (o->type) {
    case MSGPACK_OBJECT_NIL:
        ck_assert(q_unpack_nil(u));
        break;
    case MSGPACK_OBJECT_BOOLEAN:
        ck_assert_int_eq(q_unpack_bool(u), o->via.boolean);
        break;
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
        ck_assert_uint_eq(q_unpack_uint(u), o->via.u64);
        break;
    case MSGPACK_OBJECT_NEGATIVE_INTEGER:
        ck_assert_int_eq(q_unpack_int(u), o->via.i64);
        break;
    case MSGPACK_OBJECT_FLOAT32:
    case MSGPACK_OBJECT_FLOAT64:
        ck_assert(q_unpack_double(u) == o->via.f64);
        break;
    case MSGPACK_OBJECT_STR: {
        const char *s = q_unpack_str(u, &n);
        ck_assert_uint_eq(n, o->via.str.size);
        ck_assert(memcmp(s, o->via.str.ptr, n) == 0);
        break;
    }
    case MSGPACK_OBJECT_BIN: {
        const void *p = q_unpack_bin(u, &n);
        ck_assert_uint_eq(n, o->via.bin.size);
        ck_assert(memcmp(p, o->via.bin.ptr, n) == 0);
        break;
    }
    case MSGPACK_OBJECT_ARRAY:
        ck_assert_uint_eq(q_unpack_array(u), o->via.array.size);
        for (uint32_t i = 0; i < o->via.array.size; i++)
            compare(u, &o->via.array.ptr[i]);
        break;
    case MSGPACK_OBJECT_MAP:
        ck_assert_uint_eq(q_unpack_map(u), o->via.map.size);
        for (uint32_t i = 0; i < o->via.map.size; i++) {
            compare(u, &o->via.map.ptr[i].key);
            compare(u, &o->via.map.ptr[i].val);
        }
        break;
    default:
        ck_abort_msg("unexpected type %d", (int)o->type);
    }
    ck_assert(q_unpack_ok(u));
}

START_TEST(test_same_as_msgpack_c)
{
    for (unsigned seed = 1; seed <= 500; seed++) {
        unsigned s = seed;
        q_buf b;
        q_buf_init(&b);
        pack_random(&b, &s, 0);
        msgpack_unpacked theirs;
        msgpack_unpacked_init(&theirs);
        size_t off = 0;
        ck_assert_int_eq(msgpack_unpack_next(&theirs, b.data, b.len, &off), MSGPACK_UNPACK_SUCCESS);
        ck_assert_uint_eq(off, b.len);
        q_unpack u;
        q_unpack_init(&u, b.data, b.len);
        q_unpack skipped = u;
        compare(&u, &theirs.data);
        ck_assert(u.at == u.end);
        q_unpack_skip(&skipped);
        ck_assert(q_unpack_ok(&skipped) && skipped.at == skipped.end);
        msgpack_unpacked_destroy(&theirs);
        q_buf_fini(&b);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pack");
    TCase *tc = tcase_create("pack");
    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, test_integers_round_trip);
    tcase_add_test(tc, test_uint_above_int64);
    tcase_add_test(tc, test_doubles_keep_their_bits);
    tcase_add_test(tc, test_spans_of_every_length);
    tcase_add_test(tc, test_nil_is_an_absent_span);
    tcase_add_test(tc, test_counts_are_checked_against_the_bytes);
    tcase_add_test(tc, test_failure_is_sticky_and_zero);
    tcase_add_test(tc, test_skip_depth);
    tcase_add_test(tc, test_skip_extension);
    tcase_add_test(tc, test_same_as_msgpack_c);
    suite_add_tcase(s, tc);
    SRunner *sr = srunner_create(s);
    srunner_run_all(sr, CK_NORMAL);
    int failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed ? 1 : 0;
}
