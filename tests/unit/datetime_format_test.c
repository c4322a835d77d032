/* Date and time patterns. The tables' answers are those of PySpark 3.5 (policy CORRECTED). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/column/datetime_format.h"
#include "tests/unit/check.h"

static const q_tz *zone(const char *name)
{
    const q_tz *z = q_tz_find(name, strlen(name));
    ck_assert_msg(z != NULL, "no zone %s", name);
    return z;
}

#define BAD "(refused)"

static const struct {
    const char *text, *pattern, *expected; /* NULL: NULL, BAD: the pattern is refused */
} reads[] = {
    {"2024-01-31", "yyyy-MM-dd", "2024-01-31 00:00:00"},
    {"2024-1-31", "yyyy-MM-dd", NULL},
    {"2024-01-31 ", "yyyy-MM-dd", NULL},
    {"20240131", "yyyyMMdd", "2024-01-31 00:00:00"},
    {"20240131123456", "yyyyMMddHHmmss", "2024-01-31 12:34:56"},
    {"20240131123456789", "yyyyMMddHHmmssSSS", NULL},
    {"202401311234567", "yyyyMMddHHmmssS", "2024-01-31 12:34:56.7"},
    {"2024013112345612", "yyyyMMddHHmmssSSS", NULL},
    {"31/01/24", "dd/MM/yy", "2024-01-31 00:00:00"},
    {"31/01/1924", "dd/MM/yy", NULL},
    {"31-Jan-2024", "dd-MMM-yyyy", "2024-01-31 00:00:00"},
    {"31-jan-2024", "dd-MMM-yyyy", "2024-01-31 00:00:00"},
    {"31-JANUARY-2024", "dd-MMMM-yyyy", "2024-01-31 00:00:00"},
    {"31-January-2024", "dd-MMM-yyyy", NULL},
    {"3 5 2024", "d M y", "2024-05-03 00:00:00"},
    {"03 05 2024", "d M y", "2024-05-03 00:00:00"},
    {"+12345-01-01", "yyyy-MM-dd", "+12345-01-01 00:00:00"},
    {"12345-01-01", "yyyy-MM-dd", NULL},
    {"-2024-01-01", "yyyy-MM-dd", "-2024-01-01 00:00:00"},
    {"-0001-01-01", "yyyy-MM-dd", "-0001-01-01 00:00:00"},
    {"-0000-01-01", "yyyy-MM-dd", NULL},
    {"+2024-01-01", "yyyy-MM-dd", NULL},
    {"12345", "y", "+12345-01-01 00:00:00"},
    {"+12345", "y", NULL},
    {"12:34", "HH:mm", "1970-01-01 12:34:00"},
    {"12:34 PM", "hh:mm a", "1970-01-01 12:34:00"},
    {"12:34 am", "hh:mm a", "1970-01-01 00:34:00"},
    {"00:34 am", "hh:mm a", NULL},
    {"13:34 am", "hh:mm a", NULL},
    {"03:34", "hh:mm", "1970-01-01 03:34:00"},
    {"12:34", "hh:mm", "1970-01-01 00:34:00"},
    {"PM", "a", "1970-01-01 12:00:00"},
    {"24:00", "kk:mm", "1970-01-01 00:00:00"},
    {"0:00", "k:mm", NULL},
    {"11:00 PM", "KK:mm a", "1970-01-01 23:00:00"},
    {"12:00 PM", "KK:mm a", NULL},
    {"23 11 PM", "HH hh a", "1970-01-01 23:00:00"},
    {"23 10 PM", "HH hh a", NULL},
    {"2024-01-31 24:00:00", "yyyy-MM-dd HH:mm:ss", NULL},
    {"2024-01-31 12:60:00", "yyyy-MM-dd HH:mm:ss", NULL},
    {"2024-02-30", "yyyy-MM-dd", NULL},
    {"2024-13-01", "yyyy-MM-dd", NULL},
    {"2024-01-31T12:00:00.5", "yyyy-MM-dd'T'HH:mm:ss.SSS", "2024-01-31 12:00:00.5"},
    {"2024-01-31T12:00:00.", "yyyy-MM-dd'T'HH:mm:ss.SSS", NULL},
    {"2024-01-31T12:00:00.1234", "yyyy-MM-dd'T'HH:mm:ss.SSS", NULL},
    {"2024-01-31T12:00:00.123456789", "yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS",
     "2024-01-31 12:00:00.123456"},
    {"2024-01-31T12:00:00.5Z", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]", "2024-01-31 12:00:00.5"},
    {"2024-01-31T12:00:00+02:00", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]", "2024-01-31 10:00:00"},
    {"2024-01-31T12:00:00", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]", "2024-01-31 12:00:00"},
    {"2024-01-31T12:00:00+0200", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]", NULL},
    {"2024-01-31T12:00:00z", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]", "2024-01-31 12:00:00"},
    {"2024-01-31t12:00:00Z", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]", "2024-01-31 12:00:00"},
    {"2024-01-31 12 +02", "yyyy-MM-dd HH X", "2024-01-31 10:00:00"},
    {"2024-01-31 12 +0230", "yyyy-MM-dd HH X", "2024-01-31 09:30:00"},
    {"2024-01-31 12 +02:30", "yyyy-MM-dd HH X", NULL},
    {"2024-01-31 12 Z", "yyyy-MM-dd HH X", "2024-01-31 12:00:00"},
    {"2024-01-31 12 Z", "yyyy-MM-dd HH x", NULL},
    {"2024-01-31 12 +00", "yyyy-MM-dd HH x", "2024-01-31 12:00:00"},
    {"2024-01-31 12 +0230", "yyyy-MM-dd HH XX", "2024-01-31 09:30:00"},
    {"2024-01-31 12 +02", "yyyy-MM-dd HH XX", NULL},
    {"2024-01-31 12 +023015", "yyyy-MM-dd HH XXXX", "2024-01-31 09:29:45"},
    {"2024-01-31 12 +0230", "yyyy-MM-dd HH XXXX", "2024-01-31 09:30:00"},
    {"2024-01-31 12 +02:30:15", "yyyy-MM-dd HH XXXXX", "2024-01-31 09:29:45"},
    {"2024-01-31 12 +02:30", "yyyy-MM-dd HH XXXXX", "2024-01-31 09:30:00"},
    {"2024-01-31 12 +0230", "yyyy-MM-dd HH Z", "2024-01-31 09:30:00"},
    {"2024-01-31 12 Z", "yyyy-MM-dd HH Z", NULL},
    {"2024-01-31 12 GMT+02:30", "yyyy-MM-dd HH ZZZZ", "2024-01-31 09:30:00"},
    {"2024-01-31 12 +02:30", "yyyy-MM-dd HH ZZZZZ", "2024-01-31 09:30:00"},
    {"2024-01-31 12 Z", "yyyy-MM-dd HH ZZZZZ", "2024-01-31 12:00:00"},
    {"2024-01-31 12 GMT+2", "yyyy-MM-dd HH O", "2024-01-31 10:00:00"},
    {"2024-01-31 12 GMT", "yyyy-MM-dd HH O", "2024-01-31 12:00:00"},
    {"2024-01-31 12 GMT+02:00", "yyyy-MM-dd HH O", "2024-01-31 10:00:00"},
    {"2024-01-31 12 GMT+2", "yyyy-MM-dd HH OOOO", NULL},
    {"2024-01-31 12 GMT+02:00", "yyyy-MM-dd HH OOOO", "2024-01-31 10:00:00"},
    {"2024-01-31 12 UTC+2", "yyyy-MM-dd HH O", NULL},
    {"2024-01-31 12 Europe/Berlin", "yyyy-MM-dd HH VV", "2024-01-31 11:00:00"},
    {"2024-01-31 12 europe/berlin", "yyyy-MM-dd HH VV", "2024-01-31 11:00:00"},
    {"2024-01-31 12 +02:00", "yyyy-MM-dd HH VV", "2024-01-31 10:00:00"},
    {"2024-01-31 12 UTC", "yyyy-MM-dd HH VV", "2024-01-31 12:00:00"},
    {"2024-01-31 12 Z", "yyyy-MM-dd HH VV", "2024-01-31 12:00:00"},
    {"2024-01-31 12 GMT+2", "yyyy-MM-dd HH VV", NULL},
    {"2024-01-31 12 UTC+02:00", "yyyy-MM-dd HH VV", "2024-01-31 10:00:00"},
    {"2024-01-31 12 PST", "yyyy-MM-dd HH VV", NULL},
    {"2024-01-31 12 PST", "yyyy-MM-dd HH z", "2024-01-31 20:00:00"},
    {"2024-01-31 12 EST", "yyyy-MM-dd HH z", "2024-01-31 17:00:00"},
    {"2024-01-31 12 CET", "yyyy-MM-dd HH z", "2024-01-31 11:00:00"},
    {"2024-01-31 12 PDT", "yyyy-MM-dd HH z", "2024-01-31 20:00:00"},
    {"2024-01-31 12 UTC", "yyyy-MM-dd HH z", "2024-01-31 12:00:00"},
    {"2024-01-31 12 Pacific Standard Time", "yyyy-MM-dd HH zzzz", BAD},
    {"2024-01-31 12 Europe/Berlin", "yyyy-MM-dd HH z", "2024-01-31 11:00:00"},
    {"2024-01-31 12 +02:00", "yyyy-MM-dd HH z", "2024-01-31 10:00:00"},
    {"2024-01-31 12 IST", "yyyy-MM-dd HH z", "2024-01-31 12:00:00"},
    {"2024-01-31 12 JST", "yyyy-MM-dd HH z", "2024-01-31 03:00:00"},
    {"2024-01-31 12 BST", "yyyy-MM-dd HH z", "2024-01-31 01:00:00"},
    {"2024-01-31 12 CST", "yyyy-MM-dd HH z", "2024-01-31 18:00:00"},
    {"2024-01-31 12 AST", "yyyy-MM-dd HH z", "2024-01-31 16:00:00"},
    {"2024-01-31 12 MST", "yyyy-MM-dd HH z", "2024-01-31 19:00:00"},
    {"2024-01-31 12 HST", "yyyy-MM-dd HH z", "2024-01-31 22:00:00"},
    {"2024-01-31 12 GMT", "yyyy-MM-dd HH z", "2024-01-31 12:00:00"},
    {"2024-01-31 12 CEST", "yyyy-MM-dd HH z", "2024-01-31 11:00:00"},
    {"2024 060", "yyyy DDD", "2024-02-29 00:00:00"},
    {"2024 60", "yyyy D", "2024-02-29 00:00:00"},
    {"2023 366", "yyyy DDD", NULL},
    {"060", "DDD", "1970-03-01 00:00:00"},
    {"2024-02-29 060", "yyyy-MM-dd DDD", "2024-02-29 00:00:00"},
    {"2024-02-29 061", "yyyy-MM-dd DDD", NULL},
    {"2024 02", "yyyy MM", "2024-02-01 00:00:00"},
    {"02", "MM", "1970-02-01 00:00:00"},
    {"31", "dd", "1970-01-31 00:00:00"},
    {"02-30", "MM-dd", NULL},
    {"02-29", "MM-dd", NULL},
    {"2024 AD", "yyyy G", "2024-01-01 00:00:00"},
    {"0044 BC", "yyyy G", "-0043-01-01 00:00:00"},
    {"44 bc", "y G", "-0043-01-01 00:00:00"},
    {"2024 Q1", "yyyy 'Q1'", "2024-01-01 00:00:00"},
    {"Fri", "E", BAD},
    {"1", "q", BAD},
    {"1", "F", BAD},
    {"2024", "u", BAD},
    {"2024 1", "yyyy w", BAD},
    {"2024-01-31 2025", "yyyy-MM-dd yyyy", NULL},
    {"2024-01-31 2024", "yyyy-MM-dd yyyy", "2024-01-31 00:00:00"},
    {"2024-01-31x", "yyyy-MM-dd", NULL},
    {"2024年01月31日", "yyyy年MM月dd日", "2024-01-31 00:00:00"},
    {"", "yyyy", NULL},
    {"2024", "yyyy[-MM]", "2024-01-01 00:00:00"},
    {"2024-02", "yyyy[-MM]", "2024-02-01 00:00:00"},
    {"2024-02-03", "yyyy[-MM[-dd]]", "2024-02-03 00:00:00"},
    {"2024-02-", "yyyy[-MM[-dd]]", NULL},
    {"1234", "Hmm", "1970-01-01 12:34:00"},
    {"123", "Hmm", "1970-01-01 01:23:00"},
    {"12345", "Hmmss", "1970-01-01 01:23:45"},
    {"1", "HHmm", NULL},
    {"9", "s", "1970-01-01 00:00:09"},
    {"59", "s", "1970-01-01 00:00:59"},
    {"60", "s", NULL},
    {"099", "ss", NULL},
    {"000000000000000005", "s", "1970-01-01 00:00:05"},
    {"20241", "yyyyM", NULL},
    {"202412", "yyyyM", NULL},
    {"2024121", "yyyyMd", NULL},
    {"12:34:56.999999999", "HH:mm:ss.SSSSSSSSS", "1970-01-01 12:34:56.999999"},
    {"5", "S", "1970-01-01 00:00:00.5"},
    {"55", "S", NULL},
    {"1 Jan 2024 PM 3", "d MMM yyyy a h", "2024-01-01 15:00:00"},
    {"Sept 2024", "MMM yyyy", NULL},
    {"May 2024", "MMM yyyy", "2024-05-01 00:00:00"},
    {"May 2024", "MMMM yyyy", "2024-05-01 00:00:00"},
    {"may 2024", "LLL yyyy", "2024-05-01 00:00:00"},
    {"may 2024", "LLLL yyyy", "2024-05-01 00:00:00"},
};

START_TEST(test_datetime_format_read)
{
    const char *text = reads[_i].text, *pattern = reads[_i].pattern, *expected = reads[_i].expected;
    q_arena a;
    q_arena_init(&a, NULL);
    q_err err;
    const q_datetime_format *f;
    q_code code =
        q_datetime_format_new(pattern, strlen(pattern), Q_DATETIME_READ, Q_TIMESTAMP, &a, &f, &err);
    if (expected && strcmp(expected, BAD) == 0) {
        ck_assert_msg(code == Q_E_INVALID_PARAMETER_VALUE, "pattern '%s'", pattern);
    } else {
        ck_assert_msg(code == Q_OK, "pattern '%s'", pattern);
        int64_t us;
        bool ok = q_datetime_format_read(f, text, strlen(text), &q_tz_utc, &us);
        ck_assert_msg(ok == (expected != NULL), "'%s' as '%s'", text, pattern);
        char out[Q_TIMESTAMP_TEXT_MAX + 1] = "";
        if (ok) {
            out[q_timestamp_text(us, &q_tz_utc, out)] = 0;
            ck_assert_msg(strcmp(out, expected) == 0, "'%s' as '%s' gave %s", text, pattern, out);
        }
    }
    q_arena_fini(&a);
}
END_TEST

static const struct {
    const char *timestamp, *zone, *pattern, *expected;
} writes[] = {
    {"2024-07-05 15:04:09.123456", "UTC", "z", "UTC"},
    {"2024-07-05 15:04:09.123456", "UTC", "zz", "UTC"},
    {"2024-07-05 15:04:09.123456", "UTC", "zzz", "UTC"},
    {"2024-07-05 15:04:09.123456", "UTC", "zzzz", BAD},
    {"2024-07-05 15:04:09.123456", "UTC", "zzzzz", BAD},
    {"2024-07-05 15:04:09.123456", "UTC", "V", BAD},
    {"2024-07-05 15:04:09.123456", "UTC", "VV", "UTC"},
    {"2024-07-05 15:04:09.123456", "UTC", "VVV", BAD},
    {"2024-07-05 15:04:09.123456", "UTC", "Z", "+0000"},
    {"2024-07-05 15:04:09.123456", "UTC", "ZZ", "+0000"},
    {"2024-07-05 15:04:09.123456", "UTC", "ZZZ", "+0000"},
    {"2024-07-05 15:04:09.123456", "UTC", "ZZZZ", "GMT"},
    {"2024-07-05 15:04:09.123456", "UTC", "ZZZZZ", "Z"},
    {"2024-07-05 15:04:09.123456", "UTC", "ZZZZZZ", BAD},
    {"2024-07-05 15:04:09.123456", "UTC", "O", "GMT"},
    {"2024-07-05 15:04:09.123456", "UTC", "OO", BAD},
    {"2024-07-05 15:04:09.123456", "UTC", "OOOO", "GMT"},
    {"2024-07-05 15:04:09.123456", "UTC", "X", "Z"},
    {"2024-07-05 15:04:09.123456", "UTC", "XX", "Z"},
    {"2024-07-05 15:04:09.123456", "UTC", "XXX", "Z"},
    {"2024-07-05 15:04:09.123456", "UTC", "XXXX", "Z"},
    {"2024-07-05 15:04:09.123456", "UTC", "XXXXX", "Z"},
    {"2024-07-05 15:04:09.123456", "UTC", "XXXXXX", BAD},
    {"2024-07-05 15:04:09.123456", "UTC", "x", "+00"},
    {"2024-07-05 15:04:09.123456", "UTC", "xx", "+0000"},
    {"2024-07-05 15:04:09.123456", "UTC", "xxx", "+00:00"},
    {"2024-07-05 15:04:09.123456", "UTC", "xxxx", "+0000"},
    {"2024-07-05 15:04:09.123456", "UTC", "xxxxx", "+00:00"},
    {"2024-07-05 15:04:09.123456", "UTC", "v", BAD},
    {"2024-07-05 15:04:09.123456", "UTC", "vvvv", BAD},
    {"2024-07-05 15:04:09.123456", "UTC", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]",
     "2024-07-05T15:04:09.123Z"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "y", "2024"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "yy", "24"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "yyy", "2024"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "yyyy", "2024"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "yyyyy", "02024"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "yyyyyy", "002024"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "yyyyyyy", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "M", "7"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "MM", "07"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "MMM", "Jul"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "MMMM", "July"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "MMMMM", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "L", "7"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "LL", "07"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "LLL", "Jul"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "LLLL", "July"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "d", "5"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "dd", "05"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "ddd", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "D", "187"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "DD", "187"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "DDD", "187"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "DDDD", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "E", "Fri"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "EE", "Fri"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "EEE", "Fri"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "EEEE", "Friday"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "EEEEE", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "a", "PM"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "aa", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "G", "AD"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "GG", "AD"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "GGG", "AD"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "GGGG", "Anno Domini"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "yyyy G", "2024 AD"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "F", "5"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "FF", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "Q", "3"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "QQ", "03"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "QQQ", "Q3"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "QQQQ", "3rd quarter"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "q", "3"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "qq", "03"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "qqq", "Q3"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "qqqq", "3rd quarter"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "h", "3"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "hh", "03"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "hhh", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "H", "15"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "HH", "15"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "k", "15"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "kk", "15"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "K", "3"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "KK", "03"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "m", "4"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "mm", "04"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "s", "9"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "ss", "09"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "sss", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "S", "1"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "SS", "12"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "SSS", "123"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "SSSSSS", "123456"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "SSSSSSSSS", "123456000"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "SSSSSSSSSS", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "z", "PDT"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "zz", "PDT"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "zzz", "PDT"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "VV", "America/Los_Angeles"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "Z", "-0700"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "ZZ", "-0700"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "ZZZ", "-0700"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "ZZZZ", "GMT-07:00"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "ZZZZZ", "-07:00"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "O", "GMT-7"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "OOOO", "GMT-07:00"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "X", "-07"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "XX", "-0700"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "XXX", "-07:00"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "XXXX", "-0700"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "XXXXX", "-07:00"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "x", "-07"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "xx", "-0700"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "xxx", "-07:00"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "xxxx", "-0700"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "xxxxx", "-07:00"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "u", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "w", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "W", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "Y", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "A", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "B", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "c", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "e", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "n", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "N", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "p", BAD},
    {"2024-07-05 15:04:09.123456", "UTC", "g", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "r", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "t", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "T", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "'it''s' yyyy", "it's 2024"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "''", "'"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "'abc", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "[yyyy]", "2024"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "[yyyy", "2024"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "yyyy]", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "{", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "#", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "yyyy-MM-dd''HH", "2024-07-05'15"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "%^&*()é 年", "%^&*()é 年"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "", ""},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]",
     "2024-07-05T15:04:09.123-07:00"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "l", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "b", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "i", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "j", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "f", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "o", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "C", BAD},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "D D", "187 187"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "hh:mm a", "03:04 PM"},
    {"2024-07-05 15:04:09.123456", "America/Los_Angeles", "EEEE, MMMM d, yyyy",
     "Friday, July 5, 2024"},
    {"2024-07-05 15:04:09.123456", "+02:00", "z", "+02:00"},
    {"2024-07-05 15:04:09.123456", "+02:00", "zz", "+02:00"},
    {"2024-07-05 15:04:09.123456", "+02:00", "zzz", "+02:00"},
    {"2024-07-05 15:04:09.123456", "+02:00", "VV", "+02:00"},
    {"2024-07-05 15:04:09.123456", "+02:00", "Z", "+0200"},
    {"2024-07-05 15:04:09.123456", "+02:00", "ZZ", "+0200"},
    {"2024-07-05 15:04:09.123456", "+02:00", "ZZZ", "+0200"},
    {"2024-07-05 15:04:09.123456", "+02:00", "ZZZZ", "GMT+02:00"},
    {"2024-07-05 15:04:09.123456", "+02:00", "ZZZZZ", "+02:00"},
    {"2024-07-05 15:04:09.123456", "+02:00", "O", "GMT+2"},
    {"2024-07-05 15:04:09.123456", "+02:00", "OOOO", "GMT+02:00"},
    {"2024-07-05 15:04:09.123456", "+02:00", "X", "+02"},
    {"2024-07-05 15:04:09.123456", "+02:00", "XX", "+0200"},
    {"2024-07-05 15:04:09.123456", "+02:00", "XXX", "+02:00"},
    {"2024-07-05 15:04:09.123456", "+02:00", "XXXX", "+0200"},
    {"2024-07-05 15:04:09.123456", "+02:00", "XXXXX", "+02:00"},
    {"2024-07-05 15:04:09.123456", "+02:00", "x", "+02"},
    {"2024-07-05 15:04:09.123456", "+02:00", "xx", "+0200"},
    {"2024-07-05 15:04:09.123456", "+02:00", "xxx", "+02:00"},
    {"2024-07-05 15:04:09.123456", "+02:00", "xxxx", "+0200"},
    {"2024-07-05 15:04:09.123456", "+02:00", "xxxxx", "+02:00"},
    {"2024-07-05 15:04:09.123456", "+02:00", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]",
     "2024-07-05T15:04:09.123+02:00"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "z", "IST"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "zz", "IST"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "zzz", "IST"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "VV", "Asia/Kolkata"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "Z", "+0530"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "ZZ", "+0530"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "ZZZ", "+0530"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "ZZZZ", "GMT+05:30"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "ZZZZZ", "+05:30"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "O", "GMT+5:30"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "OOOO", "GMT+05:30"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "X", "+0530"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "XX", "+0530"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "XXX", "+05:30"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "XXXX", "+0530"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "XXXXX", "+05:30"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "x", "+0530"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "xx", "+0530"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "xxx", "+05:30"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "xxxx", "+0530"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "xxxxx", "+05:30"},
    {"2024-07-05 15:04:09.123456", "Asia/Kolkata", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]",
     "2024-07-05T15:04:09.123+05:30"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "z", "GMT+03:00"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "zz", "GMT+03:00"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "zzz", "GMT+03:00"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "VV", "GMT+03:00"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "Z", "+0300"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "ZZ", "+0300"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "ZZZ", "+0300"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "ZZZZ", "GMT+03:00"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "ZZZZZ", "+03:00"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "O", "GMT+3"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "OOOO", "GMT+03:00"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "X", "+03"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "XX", "+0300"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "XXX", "+03:00"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "XXXX", "+0300"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "XXXXX", "+03:00"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "x", "+03"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "xx", "+0300"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "xxx", "+03:00"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "xxxx", "+0300"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "xxxxx", "+03:00"},
    {"2024-07-05 15:04:09.123456", "GMT+3", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]",
     "2024-07-05T15:04:09.123+03:00"},
    {"-0044-03-15 00:00:00", "UTC", "y", "-44"},
    {"+12345-12-31 12:30:00", "UTC", "y", "12345"},
    {"0005-01-01 23:59:59", "UTC", "y", "5"},
    {"2024-02-29 00:00:00", "UTC", "y", "2024"},
    {"-0044-03-15 00:00:00", "UTC", "yy", "44"},
    {"+12345-12-31 12:30:00", "UTC", "yy", "45"},
    {"0005-01-01 23:59:59", "UTC", "yy", "05"},
    {"2024-02-29 00:00:00", "UTC", "yy", "24"},
    {"-0044-03-15 00:00:00", "UTC", "yyy", "-044"},
    {"+12345-12-31 12:30:00", "UTC", "yyy", "12345"},
    {"0005-01-01 23:59:59", "UTC", "yyy", "005"},
    {"2024-02-29 00:00:00", "UTC", "yyy", "2024"},
    {"-0044-03-15 00:00:00", "UTC", "yyyy", "-0044"},
    {"+12345-12-31 12:30:00", "UTC", "yyyy", "+12345"},
    {"0005-01-01 23:59:59", "UTC", "yyyy", "0005"},
    {"2024-02-29 00:00:00", "UTC", "yyyy", "2024"},
    {"-0044-03-15 00:00:00", "UTC", "yyyyyy", "-000044"},
    {"+12345-12-31 12:30:00", "UTC", "yyyyyy", "012345"},
    {"0005-01-01 23:59:59", "UTC", "yyyyyy", "000005"},
    {"2024-02-29 00:00:00", "UTC", "yyyyyy", "002024"},
    {"-0044-03-15 00:00:00", "UTC", "yyyy G", "0045 BC"},
    {"+12345-12-31 12:30:00", "UTC", "yyyy G", "+12345 AD"},
    {"0005-01-01 23:59:59", "UTC", "yyyy G", "0005 AD"},
    {"2024-02-29 00:00:00", "UTC", "yyyy G", "2024 AD"},
    {"-0044-03-15 00:00:00", "UTC", "yy G", "45 BC"},
    {"+12345-12-31 12:30:00", "UTC", "yy G", "45 AD"},
    {"0005-01-01 23:59:59", "UTC", "yy G", "05 AD"},
    {"2024-02-29 00:00:00", "UTC", "yy G", "24 AD"},
    {"-0044-03-15 00:00:00", "UTC", "D", "75"},
    {"+12345-12-31 12:30:00", "UTC", "D", "365"},
    {"0005-01-01 23:59:59", "UTC", "D", "1"},
    {"2024-02-29 00:00:00", "UTC", "D", "60"},
    {"-0044-03-15 00:00:00", "UTC", "F", "1"},
    {"+12345-12-31 12:30:00", "UTC", "F", "3"},
    {"0005-01-01 23:59:59", "UTC", "F", "1"},
    {"2024-02-29 00:00:00", "UTC", "F", "1"},
    {"-0044-03-15 00:00:00", "UTC", "a h K k H", "AM 12 0 24 0"},
    {"+12345-12-31 12:30:00", "UTC", "a h K k H", "PM 12 0 12 12"},
    {"0005-01-01 23:59:59", "UTC", "a h K k H", "PM 11 11 23 23"},
    {"2024-02-29 00:00:00", "UTC", "a h K k H", "AM 12 0 24 0"},
    {"1850-01-01 00:00:00", "America/Los_Angeles",
     "x X xx xxx xxxx xxxxx XXXXX Z ZZZZ ZZZZZ O OOOO",
     "-0752 -0752 -0752 -07:52 -075258 -07:52:58 -07:52:58 -0752 GMT-07:52:58 -07:52:58 "
     "GMT-7:52:58 GMT-07:52:58"},
    {"2024-12-25 00:00:00", "America/Los_Angeles", "z", "PST"},
};

START_TEST(test_datetime_format_write)
{
    const char *pattern = writes[_i].pattern, *expected = writes[_i].expected;
    const char *text = writes[_i].timestamp;
    const q_tz *z = zone(writes[_i].zone);
    q_arena a;
    q_arena_init(&a, NULL);
    q_err err;
    const q_datetime_format *f;
    q_code code = q_datetime_format_new(pattern, strlen(pattern), Q_DATETIME_WRITE, Q_TIMESTAMP, &a,
                                        &f, &err);
    if (strcmp(expected, BAD) == 0) {
        ck_assert_msg(code == Q_E_INVALID_PARAMETER_VALUE, "pattern '%s'", pattern);
    } else {
        ck_assert_msg(code == Q_OK, "pattern '%s'", pattern);
        int64_t us;
        ck_assert(q_timestamp_parse(text, strlen(text), z, 0, &us));
        char *out = malloc(q_datetime_format_max_bytes(f) + 1);
        out[q_datetime_format_write(f, us, z, out)] = 0;
        ck_assert_msg(strcmp(out, expected) == 0, "'%s' gave %s", pattern, out);
        free(out);
    }
    q_arena_fini(&a);
}
END_TEST

static void check_write(q_kind kind, const char *pattern, int64_t value, const char *expected)
{
    q_arena a;
    q_arena_init(&a, NULL);
    q_err err;
    const q_datetime_format *f;
    q_code code =
        q_datetime_format_new(pattern, strlen(pattern), Q_DATETIME_WRITE, kind, &a, &f, &err);
    if (!expected) {
        ck_assert_int_eq(code, Q_E_INVALID_PARAMETER_VALUE);
    } else {
        ck_assert_int_eq(code, Q_OK);
        char out[200];
        out[q_datetime_format_write(f, value, zone("Asia/Tokyo"), out)] = 0;
        ck_assert_str_eq(out, expected);
    }
    q_arena_fini(&a);
}

START_TEST(test_datetime_format_kinds)
{
    check_write(Q_DATE, "yyyy-MM-dd", 19753, "2024-01-31");
    check_write(Q_DATE, "yyyy-MM-dd['T'HH:mm]", 19753, "2024-01-31");
    check_write(Q_DATE, "yyyy-MM-dd HH", 19753, NULL);
    check_write(Q_TIMESTAMP_NTZ, "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]", 1706704496123456,
                "2024-01-31T12:34:56.123");
    check_write(Q_TIMESTAMP_NTZ, "yyyy XXX", 0, NULL);
    check_write(Q_TIMESTAMP, "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]", 1706704496123456,
                "2024-01-31T21:34:56.123+09:00");
    check_write(Q_TIMESTAMP, "[[[[[[[[[[[[[[[[[yyyy", 0, NULL); /* nested too deeply */
}
END_TEST

START_TEST(test_datetime_format_read_date)
{
    q_arena a;
    q_arena_init(&a, NULL);
    const q_datetime_format *f;
    q_err err;
    int64_t days;
    ck_assert_int_eq(
        q_datetime_format_new("dd.MM.yyyy HH XX", 16, Q_DATETIME_READ, Q_DATE, &a, &f, &err), Q_OK);
    ck_assert(
        q_datetime_format_read(f, "31.01.2024 01 +0900", 19, zone("America/New_York"), &days));
    ck_assert_int_eq(days, 19753);
    ck_assert(!q_datetime_format_read(f, "31.01.2024 25 +0900", 19, zone("UTC"), &days));
    q_arena_fini(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("datetime_format");
    TCase *t = tcase_create("datetime_format");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, test_datetime_format_read, 0, sizeof reads / sizeof *reads);
    tcase_add_loop_test(t, test_datetime_format_write, 0, sizeof writes / sizeof *writes);
    tcase_add_test(t, test_datetime_format_kinds);
    tcase_add_test(t, test_datetime_format_read_date);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
