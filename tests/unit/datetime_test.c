/* The calendar, time zones, and the text of dates and timestamps (expected: Spark 3.5). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/column/datetime.h"
#include "tests/unit/check.h"

#define BERLIN  "Europe/Berlin"
#define NEWYORK "America/New_York"

static const q_tz *zone(const char *name)
{
    const q_tz *z = q_tz_find(name, strlen(name));
    ck_assert_msg(z != NULL, "no zone %s", name);
    return z;
}

START_TEST(test_datetime_calendar_round_trip)
{
    for (int64_t d = -5000000; d <= 5000000; d += 97) {
        q_civil c = q_civil_from_days(d);
        ck_assert(q_civil_valid(c.year, c.month, c.day));
        ck_assert_int_eq(q_days_from_civil(c.year, c.month, c.day), d);
    }
    ck_assert_int_eq(q_days_from_civil(1970, 1, 1), 0);
    ck_assert_int_eq(q_days_from_civil(2024, 2, 29), 19782);
    ck_assert_int_eq(q_days_from_civil(1, 1, 1), -719162);
    ck_assert_int_eq(q_days_from_civil(0, 3, 1), -719468);
    /* every day of 800 years in turn */
    int64_t day = q_days_from_civil(1600, 1, 1);
    for (int64_t y = 1600; y < 2400; y++) {
        for (int m = 1; m <= 12; m++) {
            for (int d = 1; d <= q_days_in_month(y, m); d++, day++)
                ck_assert_int_eq(q_days_from_civil(y, m, d), day);
        }
    }
}
END_TEST

START_TEST(test_datetime_weeks)
{
    ck_assert_int_eq(q_weekday(0), 3); /* a Thursday */
    ck_assert_int_eq(q_weekday(-1), 2);
    ck_assert_int_eq(q_weekday(q_days_from_civil(2024, 1, 1)), 0);
    ck_assert_int_eq(q_iso_week(q_days_from_civil(2024, 12, 30)), 1);
    ck_assert_int_eq(q_iso_week(q_days_from_civil(2021, 1, 3)), 53);
    ck_assert_int_eq(q_iso_week(q_days_from_civil(2008, 2, 20)), 8);
    ck_assert_int_eq(q_iso_week(q_days_from_civil(2010, 1, 1)), 53);
    ck_assert_int_eq(q_day_of_year(q_days_from_civil(2024, 12, 31)), 366);
    ck_assert_int_eq(q_days_add_months(q_days_from_civil(2024, 1, 31), 1),
                     q_days_from_civil(2024, 2, 29));
    ck_assert_int_eq(q_days_add_months(q_days_from_civil(2024, 1, 31), -14),
                     q_days_from_civil(2022, 11, 30));
}
END_TEST

static const struct {
    const char *text, *date; /* NULL: NULL */
} dates[] = {
    {"2024-01-31", "2024-01-31"},
    {"2024", "2024-01-01"},
    {"2024-2", "2024-02-01"},
    {"2024-2-3", "2024-02-03"},
    {"  2024-01-31\t\n", "2024-01-31"},
    {"2024-01-31T", "2024-01-31"},
    {"2024-01-31 what?", "2024-01-31"},
    {"2024-01-31x", NULL},
    {"2024-02-30", NULL},
    {"2023-02-29", NULL},
    {"2024-02-29", "2024-02-29"},
    {"2024-13-01", NULL},
    {"2024-00-01", NULL},
    {"24-01-01", NULL},
    {"", NULL},
    {"   ", NULL},
    {"2024-", NULL},
    {"2024-01-", NULL},
    {"-2024-01-01", "-2024-01-01"},
    {"+2024-01-01", "2024-01-01"},
    {"12345-01-01", "+12345-01-01"},
    {"1234567-01-01", "+1234567-01-01"},
    {"12345678-01-01", NULL},
    {"2024-001-01", NULL},
    {"2024/01/01", NULL},
    {"0000-01-01", "0000-01-01"},
    {"2024T", NULL},
    {"20240131", NULL},
    {"2024-01-31-01", NULL},
    {"abc", NULL},
    {"-", NULL},
    {"2024-01 ", "2024-01-01"},
};

START_TEST(test_datetime_cast_date)
{
    int32_t days;
    bool ok = q_date_parse(dates[_i].text, strlen(dates[_i].text), &days);
    ck_assert_msg(ok == (dates[_i].date != NULL), "'%s'", dates[_i].text);
    if (ok) {
        char out[Q_DATE_TEXT_MAX + 1];
        out[q_date_text(days, out)] = 0;
        ck_assert_str_eq(out, dates[_i].date);
    }
}
END_TEST

#define NOW INT64_C(1706704496123456) /* 2024-01-31 12:34:56.123456 UTC */

static const struct {
    const char *text, *zone, *utc; /* NULL: NULL */
} timestamps[] = {
    {"2024-01-31 12:34:56", "UTC", "2024-01-31 12:34:56"},
    {"2024-01-31T12:34:56.123456", "UTC", "2024-01-31 12:34:56.123456"},
    {"2024-01-31T12:34:56.123456789", "UTC", "2024-01-31 12:34:56.123456"},
    {"2024-01-31T12:34:56.5", BERLIN, "2024-01-31 11:34:56.5"},
    {"2024-01-31T12:34:56.5Z", BERLIN, "2024-01-31 12:34:56.5"},
    {"2024-01-31 12:34:56.123456789+02:00", "UTC", "2024-01-31 10:34:56.123456"},
    {"2024-01-31 12:34:56 +02:00", "UTC", "2024-01-31 10:34:56"},
    {"2024-01-31 12:34:56+2", "UTC", "2024-01-31 10:34:56"},
    {"2024-01-31 12:34:56+0230", "UTC", "2024-01-31 10:04:56"},
    {"2024-01-31 12:34:56+2:30", "UTC", "2024-01-31 10:04:56"},
    {"2024-01-31 12:34:56-18:00", "UTC", "2024-02-01 06:34:56"},
    {"2024-01-31 12:34:56-18:01", "UTC", NULL},
    {"2024-01-31 12:34:56 America/New_York", "UTC", "2024-01-31 17:34:56"},
    {"2024-07-31 12:34:56America/New_York", "UTC", "2024-07-31 16:34:56"},
    {"2024-01-31 12:34:56 PST", "UTC", "2024-01-31 20:34:56"},
    {"2024-01-31 12:34:56 GMT+2", "UTC", "2024-01-31 10:34:56"},
    {"2024-01-31 12:34:56 UTC", BERLIN, "2024-01-31 12:34:56"},
    {"2024-01-31 12:34:56 america/new_york", "UTC", NULL},
    {"2024-01-31 12:34:56 Nowhere", "UTC", NULL},
    {"2024-01-31 12:34:56 /etc/localtime", "UTC", NULL},
    {"2024-01-31 12:34:56 localtime", "UTC", NULL},
    {"2024-01-31 12:34", "UTC", "2024-01-31 12:34:00"},
    {"2024-01-31 12:34Z", "UTC", NULL},
    {"2024-01-31 12", "UTC", "2024-01-31 12:00:00"},
    {"2024-01-31 ", "UTC", "2024-01-31 00:00:00"},
    {"2024-01-31T", "UTC", NULL},
    {"2024-01-31", BERLIN, "2024-01-30 23:00:00"},
    {"2024-01", "UTC", "2024-01-01 00:00:00"},
    {"2024", "UTC", "2024-01-01 00:00:00"},
    {"2024-1-3 1:2:3", "UTC", "2024-01-03 01:02:03"},
    {"2024-1-3 1:2:3.", "UTC", "2024-01-03 01:02:03"},
    {"2024-01-31 24:00:00", "UTC", NULL},
    {"2024-01-31 23:60:00", "UTC", NULL},
    {"2024-01-31 23:59:60", "UTC", NULL},
    {"2024-02-30 00:00:00", "UTC", NULL},
    {"2024-01-31x12:00:00", "UTC", NULL},
    {"2024-01-31  12:00:00", "UTC", NULL},
    {" 2024-01-31 12:34:56 ", "UTC", "2024-01-31 12:34:56"},
    {"12:34:56", "UTC", "2024-01-31 12:34:56"},
    {"T12:34", "Asia/Tokyo", "2024-01-31 03:34:00"},
    {"T23:34+1", "UTC", NULL},
    {"T23:34:00-18", "UTC", "2024-01-31 17:34:00"},
    {"+12345-01-01 00:00:00", "UTC", "+12345-01-01 00:00:00"},
    {"-0044-03-15 12:00:00", "UTC", "-0044-03-15 12:00:00"},
    {"294247-01-10 04:00:54.775807", "UTC", "+294247-01-10 04:00:54.775807"},
    {"294247-01-10 04:00:54.775808", "UTC", NULL},
    {"294247-01-10 04:00:54-01:00", "UTC", NULL},
    {"-290308-12-21 19:59:05.224192", "UTC", "-290308-12-21 19:59:05.224192"},
    {"-290308-12-21 19:59:05.224191", "UTC", NULL},
    {"1234567-01-01", "UTC", NULL},
    /* gap: one hour on; overlap: the earlier */
    {"2024-03-31 02:30:00", BERLIN, "2024-03-31 01:30:00"},
    {"2024-10-27 02:30:00", BERLIN, "2024-10-27 00:30:00"},
    {"2024-03-10 02:30:00", NEWYORK, "2024-03-10 07:30:00"},
    {"2024-11-03 01:30:00", NEWYORK, "2024-11-03 05:30:00"},
    /* a day that was left out: 2011-12-30 in Samoa */
    {"2011-12-30 12:00:00", "Pacific/Apia", "2011-12-30 22:00:00"},
    {"1883-11-18 11:00:00", NEWYORK, "1883-11-18 15:56:02"},
    {"2500-07-01 00:00:00", BERLIN, "2500-06-30 22:00:00"},
    {"9999-12-31 23:59:59.999999", NEWYORK, "+10000-01-01 04:59:59.999999"},
    {"", "UTC", NULL},
    {"T", "UTC", NULL},
    {":", "UTC", NULL},
    {"+12:00:00", "UTC", NULL},
};

START_TEST(test_datetime_cast_timestamp)
{
    int64_t us;
    const char *text = timestamps[_i].text;
    bool ok = q_timestamp_parse(text, strlen(text), zone(timestamps[_i].zone), NOW, &us);
    ck_assert_msg(ok == (timestamps[_i].utc != NULL), "'%s'", text);
    if (ok) {
        char out[Q_TIMESTAMP_TEXT_MAX + 1];
        out[q_timestamp_text(us, &q_tz_utc, out)] = 0;
        ck_assert_msg(strcmp(out, timestamps[_i].utc) == 0, "'%s' gave %s", text, out);
    }
}
END_TEST

START_TEST(test_datetime_cast_ntz)
{
    int64_t us;
    ck_assert(q_timestamp_ntz_parse("2024-01-31 12:34:56", 19, false, &us));
    ck_assert_int_eq(us, NOW - 123456);
    ck_assert(!q_timestamp_ntz_parse("2024-01-31 12:34:56Z", 20, false, &us));
    ck_assert(q_timestamp_ntz_parse("2024-01-31 12:34:56+05:00", 25, true, &us));
    ck_assert_int_eq(us, NOW - 123456);
    ck_assert(!q_timestamp_ntz_parse("2024-01-31 12:34:56 Mars", 24, true, &us));
    ck_assert(!q_timestamp_ntz_parse("12:34:56", 8, true, &us));
}
END_TEST

START_TEST(test_datetime_text)
{
    char out[Q_TIMESTAMP_TEXT_MAX + 1];
    out[q_timestamp_text(NOW, zone(BERLIN), out)] = 0;
    ck_assert_str_eq(out, "2024-01-31 13:34:56.123456");
    out[q_timestamp_text(-1, &q_tz_utc, out)] = 0;
    ck_assert_str_eq(out, "1969-12-31 23:59:59.999999");
    out[q_timestamp_text_iso(NOW, &q_tz_utc, out)] = 0;
    ck_assert_str_eq(out, "2024-01-31T12:34:56.123Z");
    out[q_timestamp_text_iso(NOW, zone("Asia/Kolkata"), out)] = 0;
    ck_assert_str_eq(out, "2024-01-31T18:04:56.123+05:30");
    out[q_timestamp_text_iso(0, zone("-03:30"), out)] = 0;
    ck_assert_str_eq(out, "1969-12-31T20:30:00.000-03:30");
    out[q_timestamp_text_iso(0, NULL, out)] = 0;
    ck_assert_str_eq(out, "1970-01-01T00:00:00.000");
    out[q_timestamp_text(INT64_MAX, zone("Asia/Tokyo"), out)] = 0;
    ck_assert_str_eq(out, "+294247-01-10 13:00:54.775807");
    out[q_timestamp_text(INT64_MIN, zone(NEWYORK), out)] = 0;
    ck_assert_str_eq(out, "-290308-12-21 15:03:03.224192");
}
END_TEST

static const struct {
    const char *name, *id; /* NULL: unknown */
} zones[] = {
    {"UTC", "UTC"},
    {"Z", "Z"},
    {"GMT", "GMT"},
    {"+02:00", "+02:00"},
    {"+2", "+02:00"},
    {"+2:30", "+02:30"},
    {"-0730", "-07:30"},
    {"+01:02:03", "+01:02:03"},
    {"+00:00", "Z"},
    {"GMT+2", "GMT+02:00"},
    {"UTC-3:30", "UTC-03:30"},
    {"UT", "UT"},
    {"PST", "America/Los_Angeles"},
    {"EST", "-05:00"},
    {BERLIN, BERLIN},
    {"US/Pacific", "US/Pacific"},
    {"EST5EDT", "EST5EDT"},
    {"+19:00", NULL},
    {"+18:01", NULL},
    {"+1:2:3", NULL},
    {"+", NULL},
    {"2", NULL},
    {"", NULL},
    {"Mars/Base", NULL},
    {"../../etc/passwd", NULL},
    {"/usr/share/zoneinfo/UTC", NULL},
    {"Fixed/UTC+01:00:00", NULL},
    {"posix/Europe/Berlin", NULL},
    {"europe/berlin", NULL},
    {"GMT+25", NULL},
    {"+02:60", NULL},
    {"+123", NULL},
    {"Europe", NULL},
    {"z", NULL},
};

START_TEST(test_datetime_zone_names)
{
    const q_tz *z = q_tz_find(zones[_i].name, strlen(zones[_i].name));
    ck_assert_msg((z != NULL) == (zones[_i].id != NULL), "'%s'", zones[_i].name);
    if (z)
        ck_assert_str_eq(z->name, zones[_i].id);
}
END_TEST

/* The offset that is remembered between questions must never be the wrong one. */
START_TEST(test_datetime_zone_cache_agrees)
{
    const char *names[] = {BERLIN, NEWYORK, "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca"};
    uint64_t seed = 1;
    for (int i = 0; i < 200000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        int64_t s = (int64_t)(seed >> 24) % INT64_C(4000000000) - INT64_C(1500000000);
        const q_tz *tz = zone(names[(seed >> 20) % 5]);
        int32_t offset = q_tz_offset_at(tz, s);
        q_tz_offset_at(tz, s + INT64_C(3000000000)); /* forget */
        ck_assert_int_eq(q_tz_offset_at(tz, s), offset);
        int64_t local = (s + offset) * Q_US_PER_SECOND;
        int64_t utc = q_tz_to_utc(tz, local);
        q_tz_offset_at(tz, s + INT64_C(3000000000));
        ck_assert_int_eq(q_tz_to_utc(tz, local), utc);
        ck_assert_int_le(utc, s * Q_US_PER_SECOND); /* itself, or the earlier of an overlap */
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("datetime");
    TCase *t = tcase_create("datetime");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, test_datetime_calendar_round_trip);
    tcase_add_test(t, test_datetime_weeks);
    tcase_add_loop_test(t, test_datetime_cast_date, 0, sizeof dates / sizeof *dates);
    tcase_add_loop_test(t, test_datetime_cast_timestamp, 0, sizeof timestamps / sizeof *timestamps);
    tcase_add_test(t, test_datetime_cast_ntz);
    tcase_add_test(t, test_datetime_text);
    tcase_add_loop_test(t, test_datetime_zone_names, 0, sizeof zones / sizeof *zones);
    tcase_add_test(t, test_datetime_zone_cache_agrees);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
