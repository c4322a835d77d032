/* UTF-8: validity against libunistring, characters, letter case as Java has it. */
#include <stdlib.h>
#include <unistr.h>

#include "common/column/utf8.h"
#include "tests/unit/check.h"

START_TEST(test_utf8_validity_agrees_with_libunistring)
{
    uint64_t seed = 7;
    for (int round = 0; round < 300000; round++) {
        char s[40];
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t n = (seed >> 33) % sizeof s, at = 0;
        while (at < n) { /* well-formed text, then one byte of it changed or none */
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            uint32_t c = (uint32_t)(seed >> 40) >> (seed >> 58 & 15);
            c %= 0x110000;
            char one[4];
            size_t len =
                c >= 0xD800 && c < 0xE000 ? q_utf8_encode('x', one) : q_utf8_encode(c, one);
            if (at + len > n)
                break;
            memcpy(s + at, one, len);
            at += len;
        }
        n = at;
        ck_assert(q_utf8_valid(s, n));
        if (n && seed >> 63)
            s[(seed >> 20) % n] = (char)(seed >> 12);
        ck_assert_int_eq(q_utf8_valid(s, n), u8_check((uint8_t *)s, n) == NULL);
    }
}
END_TEST

START_TEST(test_utf8_ascii)
{
    char s[64];
    for (size_t n = 0; n < sizeof s; n++) {
        memset(s, 'x', sizeof s);
        ck_assert(q_utf8_ascii(s, n));
        for (size_t i = 0; i < n; i++) {
            s[i] = (char)0x80;
            ck_assert(!q_utf8_ascii(s, n));
            s[i] = 'x';
        }
    }
}
END_TEST

START_TEST(test_utf8_characters)
{
    const char *s = "aé年😀z0123456789ü";
    size_t n = strlen(s);
    ck_assert_uint_eq(q_utf8_count(s, n), 16);
    ck_assert_uint_eq(q_utf8_offset(s, n, 0), 0);
    ck_assert_uint_eq(q_utf8_offset(s, n, 2), 3);
    ck_assert_uint_eq(q_utf8_offset(s, n, 3), 6);
    ck_assert_uint_eq(q_utf8_offset(s, n, 4), 10);
    ck_assert_uint_eq(q_utf8_offset(s, n, 15), 21);
    ck_assert_uint_eq(q_utf8_offset(s, n, 16), n);
    ck_assert_uint_eq(q_utf8_offset(s, n, 1000), n);
    ck_assert_uint_eq(q_utf8_offset_back(s, n, 0), n);
    ck_assert_uint_eq(q_utf8_offset_back(s, n, 1), 21);
    ck_assert_uint_eq(q_utf8_offset_back(s, n, 16), 0);
    ck_assert_uint_eq(q_utf8_offset_back(s, n, 999), 0);
    for (size_t i = 0; i <= 16; i++)
        ck_assert_uint_eq(q_utf8_offset(s, n, i), q_utf8_offset_back(s, n, 16 - i));
    const char *ascii = "0123456789012345678901234567890123456789";
    for (size_t i = 0; i <= 40; i++)
        ck_assert_uint_eq(q_utf8_offset(ascii, 40, i), i);
    /* é in front of and behind the 8 byte steps */
    const char *mixed = "01234567é01234567é";
    ck_assert_uint_eq(q_utf8_offset(mixed, strlen(mixed), 8), 8);
    ck_assert_uint_eq(q_utf8_offset(mixed, strlen(mixed), 9), 10);
    ck_assert_uint_eq(q_utf8_offset(mixed, strlen(mixed), 17), 18);
    ck_assert_uint_eq(q_utf8_offset(mixed, strlen(mixed), 18), 20);
}
END_TEST

START_TEST(test_utf8_encode_decode)
{
    for (uint32_t c = 0; c < 0x110000; c++) {
        if (c >= 0xD800 && c < 0xE000)
            continue;
        char s[4];
        size_t bytes, n = q_utf8_encode(c, s);
        ck_assert_uint_eq(q_utf8_decode(s, n, &bytes), c);
        ck_assert_uint_eq(bytes, n);
        ck_assert_uint_eq(q_utf8_char_bytes(s, n), n);
    }
    size_t bytes;
    ck_assert_uint_eq(q_utf8_decode("\xC3(", 2, &bytes), 0xFFFD);
    ck_assert_uint_eq(bytes, 1);
    ck_assert_uint_eq(q_utf8_decode("\xE5\xB9", 2, &bytes), 0xFFFD);
    ck_assert_uint_eq(bytes, 2);
}
END_TEST

static const struct {
    const char *in, *upper, *lower, *initcap;
} cases[] = {
    {"", "", "", ""},
    {"hello wORLD", "HELLO WORLD", "hello world", "Hello World"},
    {"@[`{az AZ", "@[`{AZ AZ", "@[`{az az", "@[`{az Az"},
    {"Straße", "STRASSE", "straße", "Straße"},
    {"ÀÉîõü", "ÀÉÎÕÜ", "àéîõü", "Àéîõü"},
    {"ΟΔΥΣΣΕΥΣ", "ΟΔΥΣΣΕΥΣ", "οδυσσευς", "Οδυσσευς"},
    {"ǆ x ǆ", "Ǆ X Ǆ", "ǆ x ǆ", "ǅ X ǅ"},
    {"ﬁn", "FIN", "ﬁn", "ﬁn"},
    {"年 éa", "年 ÉA", "年 éa", "年 Éa"},
    {"a\tb", "A\tB", "a\tb", "A\tb"},
    {"İ", "İ", "i̇", "I\xCC\x87"},
    {"\xC3( a", "\xC3( A", "\xC3( a", "\xC3( A"}, /* malformed */
};

START_TEST(test_utf8_case)
{
    q_arena a;
    q_arena_init(&a, NULL);
    q_str in = q_str_of(cases[_i].in), out;
    ck_assert(q_utf8_upper(in, &a, &out));
    ck_assert_msg(q_str_eq(out, q_str_of(cases[_i].upper)), "%.*s", (int)out.len, out.ptr);
    ck_assert(q_utf8_lower(in, &a, &out));
    ck_assert_msg(q_str_eq(out, q_str_of(cases[_i].lower)), "%.*s", (int)out.len, out.ptr);
    ck_assert(q_utf8_initcap(in, &a, &out));
    ck_assert_msg(q_str_eq(out, q_str_of(cases[_i].initcap)), "%.*s", (int)out.len, out.ptr);
    q_arena_fini(&a);
}
END_TEST

START_TEST(test_utf8_case_grows)
{
    q_arena a;
    q_arena_init(&a, NULL);
    char s[3000];
    for (size_t i = 0; i < sizeof s; i += 2)
        memcpy(s + i, "ŉ", 2); /* becomes ʼN: 3 bytes */
    q_str out;
    ck_assert(q_utf8_upper((q_str){s, sizeof s, 0}, &a, &out));
    ck_assert_uint_eq(out.len, 4500);
    for (size_t i = 0; i < sizeof s; i += 2)
        memcpy(s + i, "ΐ", 2); /* becomes Ϊ́: 6 bytes */
    ck_assert(q_utf8_upper((q_str){s, sizeof s, 0}, &a, &out));
    ck_assert_uint_eq(out.len, 9000);
    q_arena_fini(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("utf8");
    TCase *t = tcase_create("utf8");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, test_utf8_validity_agrees_with_libunistring);
    tcase_add_test(t, test_utf8_ascii);
    tcase_add_test(t, test_utf8_characters);
    tcase_add_test(t, test_utf8_encode_decode);
    tcase_add_loop_test(t, test_utf8_case, 0, sizeof cases / sizeof *cases);
    tcase_add_test(t, test_utf8_case_grows);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
