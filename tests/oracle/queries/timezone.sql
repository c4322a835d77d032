-- A session time zone with daylight saving: timestamps are shown, cut and built in it.
-- 2024-03-10 02:00 does not exist there, 2024-11-03 01:00 to 02:00 exists twice.

-- session:
SET spark.sql.session.timeZone=America/New_York;

-- name: timestamps_as_text
SELECT id, CAST(ts AS STRING), ts FROM dates

-- name: text_as_timestamp
SELECT id, CAST(s AS TIMESTAMP), CAST(s AS DATE) FROM datestrs

-- name: date_as_timestamp
SELECT id, CAST(d AS TIMESTAMP), CAST(CAST(d AS TIMESTAMP) AS BIGINT) FROM dates

-- name: timestamp_as_date
SELECT CAST(timestamp'2024-01-31 04:59:59Z' AS DATE), CAST(timestamp'2024-01-31 05:00:00Z' AS DATE), to_date(timestamp'2024-07-01 03:59:59Z')

-- name: fields
SELECT id, year(ts), month(ts), day(ts), hour(ts), minute(ts), second(ts) FROM dates

-- name: truncate
SELECT id, date_trunc('DAY', ts), date_trunc('MONTH', ts), date_trunc('HOUR', ts), date_trunc('WEEK', ts) FROM dates

-- name: truncate_on_change_days
SELECT date_trunc('DAY', t), date_trunc('HOUR', t), t FROM VALUES (timestamp'2024-03-10 06:59:59Z'), (timestamp'2024-03-10 07:00:00Z'), (timestamp'2024-11-03 05:30:00Z'), (timestamp'2024-11-03 06:30:00Z'), (timestamp'2024-11-04 04:30:00Z') AS v(t)

-- name: gap_and_overlap
-- In the gap the clock goes on by the lost hour, in the overlap the earlier offset holds.
SELECT CAST(timestamp'2024-03-10 02:30:00' AS BIGINT), timestamp'2024-03-10 02:30:00', CAST(timestamp'2024-11-03 01:30:00' AS BIGINT), CAST(CAST('2024-11-03 01:30:00' AS TIMESTAMP) AS BIGINT), CAST(date'2024-03-10' AS TIMESTAMP)

-- name: numbers_as_timestamp
SELECT CAST(0 AS TIMESTAMP), CAST(1706704496 AS TIMESTAMP), from_unixtime(0), from_unixtime(1720000000, 'yyyy-MM-dd HH:mm z')

-- name: unix_timestamps
SELECT unix_timestamp('1970-01-01 00:00:00'), unix_timestamp('2024-07-01', 'yyyy-MM-dd'), unix_timestamp(date'2024-01-31'), to_timestamp('2024-01-31 12:00', 'yyyy-MM-dd HH:mm'), to_timestamp('2024-01-31T12:00Z', "yyyy-MM-dd'T'HH:mmX")

-- name: zone_patterns
SELECT date_format(t, 'z'), date_format(t, 'VV'), date_format(t, 'Z'), date_format(t, 'XXX'), date_format(t, 'O') FROM VALUES (timestamp'2024-01-31 12:00:00'), (timestamp'2024-07-31 12:00:00') AS v(t)

-- name: old_local_time
-- Before 1883 the zone is local mean time, -4:56:02.
SELECT CAST(timestamp'1800-01-01 00:00:00' AS BIGINT), timestamp'1883-11-18 12:00:00', CAST(timestamp'0001-01-01 00:00:00' AS BIGINT), date_format(timestamp'1800-01-01 00:00:00', 'xxxxx')

-- name: datediff_uses_local_dates
SELECT datediff(timestamp'2024-01-31 04:00:00Z', date'2024-01-30'), date_add(timestamp'2024-01-31 04:00:00Z', 1)

-- name: compare_with_text
SELECT id FROM dates WHERE ts >= '2024-01-31 05:20:30' AND ts < '2025-01-01'

-- name: group_by_local_day
SELECT to_date(ts) AS day, count(*) FROM dates GROUP BY to_date(ts)

-- name: other_zone_in_session
SET spark.sql.session.timeZone=+05:30;
SELECT timestamp'1970-01-01 00:00:00Z', CAST(date'2024-01-31' AS TIMESTAMP), hour(timestamp'2024-01-31 00:00:00Z');

-- name: back_to_utc
SET TIME ZONE 'UTC';
SELECT timestamp'1970-01-01 00:00:00Z', hour(timestamp'2024-01-31 00:00:00Z')
