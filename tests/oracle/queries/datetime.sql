-- Date and time functions, session time zone UTC.

-- name: fields_of_dates
SELECT id, year(d), month(d), day(d), hour(d), minute(d), second(d) FROM dates

-- name: fields_of_timestamps
SELECT id, year(ts), month(ts), day(ts), hour(ts), minute(ts), second(ts) FROM dates

-- name: fields_of_strings
SELECT year('2024-02-29'), month('2024-02-29 10:00:00'), day('x'), hour('2024-01-31 12:34:56'), minute('2024-01-31T12:34:56'), second('2024-01-31 12:34:56.789'), hour('2024-01-31'), year(''), year(NULL), year('2024'), month('10000-05-01')

-- name: date_add_days
SELECT id, date_add(d, 1), date_add(d, -1), date_add(d, 31), date_add(d, 365), date_add(ts, 1), date_add(d, NULL) FROM dates WHERE NOT d <=> date'9999-12-31'

-- name: date_add_arguments
SELECT date_add('2024-02-28', 1), date_add('2024-02-28 23:00:00', 1), date_add('x', 1), date_add(date'2024-01-31', 1S), date_add(date'2024-01-31', 1Y), date_add(date'2024-01-31', '2'), date_add(NULL, 1), date_add(date'1970-01-01', -719162), date_add(date'9999-12-31', 1), date_add(date'0001-01-01', -1)

-- name: date_plus_integer
SELECT date'2024-02-28' + 1, date'2024-03-01' - 1, 1 + date'2024-12-31', d + 1, d - 365 FROM dates WHERE id = 5

-- name: datediff
SELECT id, datediff(d, date'2024-01-01'), datediff(ts, d), datediff(date'1970-01-01', d) FROM dates

-- name: datediff_arguments
SELECT datediff('2024-03-01', '2024-02-28'), datediff('2023-03-01', '2023-02-28'), datediff(date'2024-01-01', timestamp'2023-12-31 23:59:59'), datediff('x', '2024-01-01'), datediff(NULL, '2024-01-01'), datediff('9999-12-31', '0001-01-01')

-- name: date_trunc_timestamps
SELECT id, date_trunc('YEAR', ts), date_trunc('QUARTER', ts), date_trunc('MONTH', ts), date_trunc('WEEK', ts), date_trunc('DAY', ts), date_trunc('HOUR', ts), date_trunc('MINUTE', ts), date_trunc('SECOND', ts), date_trunc('MILLISECOND', ts), date_trunc('MICROSECOND', ts) FROM dates

-- name: date_trunc_unit_names
SELECT date_trunc('year', t), date_trunc('yyyy', t), date_trunc('YY', t), date_trunc('mon', t), date_trunc('MM', t), date_trunc('dd', t), date_trunc('Day', t), date_trunc('hours', t), date_trunc('x', t), date_trunc('', t), date_trunc(NULL, t) FROM (SELECT timestamp'2024-05-17 13:14:15.678' AS t)

-- name: date_trunc_arguments
SELECT date_trunc('MONTH', '2024-05-17'), date_trunc('MONTH', date'2024-05-17'), date_trunc('MONTH', 'x'), date_trunc('MONTH', NULL), date_trunc('week', '2024-05-19 23:00:00'), date_trunc('week', '2024-05-20')

-- name: date_trunc_unit_column
SELECT u, date_trunc(u, timestamp'2024-05-17 13:14:15') FROM VALUES ('YEAR'), ('month'), ('nope'), (NULL) AS t(u)

-- name: to_date_plain
SELECT id, to_date(s) FROM datestrs

-- name: to_timestamp_plain
SELECT id, to_timestamp(s) FROM datestrs

-- name: to_date_formats
SELECT to_date('31.01.2024', 'dd.MM.yyyy'), to_date('2024/01/31', 'yyyy/MM/dd'), to_date('20240131', 'yyyyMMdd'), to_date('Jan 31, 2024', 'MMM d, yyyy'), to_date('31 January 2024', 'd MMMM yyyy'), to_date('2024-031', 'yyyy-DDD'), to_date('5/7/2024', 'M/d/yyyy'), to_date('2024-01', 'yyyy-MM'), to_date('24-01-31', 'yy-MM-dd'), to_date(NULL, 'yyyy'), to_date('2024-01-31', NULL), to_date('2024-01-31 10:00:00', 'yyyy-MM-dd HH:mm:ss')

-- name: to_date_mismatches
SELECT to_date('31.13.2024', 'dd.MM.yyyy'), to_date('x', 'yyyy-MM-dd'), to_date('', 'yyyy-MM-dd'), to_date('30.02.2024', 'dd.MM.yyyy')

-- name: to_timestamp_formats
SELECT to_timestamp('31.01.2024 12:34', 'dd.MM.yyyy HH:mm'), to_timestamp('20240131123456', 'yyyyMMddHHmmss'), to_timestamp('2024-01-31 12:34:56.123', 'yyyy-MM-dd HH:mm:ss.SSS'), to_timestamp('2024-01-31T12:34:56', "yyyy-MM-dd'T'HH:mm:ss"), to_timestamp('01/31/2024 01:05 PM', 'MM/dd/yyyy hh:mm a'), to_timestamp('2024-01-31 12:34:56 +0200', 'yyyy-MM-dd HH:mm:ss Z'), to_timestamp('2024-01-31T12:34:56+02:00', "yyyy-MM-dd'T'HH:mm:ssXXX"), to_timestamp('2024', 'yyyy'), to_timestamp('x', 'yyyy'), to_timestamp('2024-01-31 12:34:56.123456', 'yyyy-MM-dd HH:mm:ss.SSSSSS')

-- name: to_timestamp_of_others
SELECT to_timestamp(date'2024-01-31'), to_timestamp(timestamp'2024-01-31 01:02:03.4'), to_timestamp(NULL), to_date(timestamp'2024-01-31 23:59:59'), to_date(date'2024-01-31'), to_date(NULL)

-- name: unix_timestamp
SELECT id, unix_timestamp(ts), unix_timestamp(d) FROM dates

-- name: unix_timestamp_strings
SELECT unix_timestamp('1970-01-01 00:00:00'), unix_timestamp('2024-01-31 12:34:56'), unix_timestamp('31.01.2024', 'dd.MM.yyyy'), unix_timestamp('x', 'yyyy'), unix_timestamp(NULL), unix_timestamp('1969-12-31 23:59:59'), unix_timestamp(date'2024-01-31', 'x'), unix_timestamp('20240131 120000', 'yyyyMMdd HHmmss')

-- name: from_unixtime
SELECT from_unixtime(0), from_unixtime(1706704496), from_unixtime(-1), from_unixtime(0, 'yyyy-MM-dd'), from_unixtime(1706704496, 'HH:mm'), from_unixtime(NULL), from_unixtime(0, NULL), from_unixtime('86400'), from_unixtime(1.9D), from_unixtime(253402300799L)

-- name: timestamps_and_epoch
-- Before the epoch CAST rounds down, unix_timestamp towards zero.
SELECT CAST(1706704496 AS TIMESTAMP), CAST(timestamp'2024-01-31 12:34:56' AS BIGINT), unix_timestamp(timestamp'2024-01-31 12:34:56.999'), unix_timestamp(timestamp'1969-12-31 23:59:59.5'), CAST(timestamp'1969-12-31 23:59:59.5' AS BIGINT)

-- name: comparisons
SELECT id, d > date'2000-01-01', ts > '2024-01-01', d = '2024-02-29', d BETWEEN '1970-01-01' AND '2024-01-31', ts >= d FROM dates

-- name: min_max_group
SELECT year(d) AS y, count(*), min(d), max(ts) FROM dates GROUP BY year(d)

-- name: current_is_fixed
-- One value for the whole query, whatever asks for it.
SELECT count(DISTINCT t), count(DISTINCT d), bool FROM (SELECT current_timestamp() AS t, current_date() AS d, current_timestamp() = current_timestamp() AS bool FROM items) GROUP BY bool

-- name: current_is_now
SELECT current_timestamp() > timestamp'2024-01-01', current_date() > date'2024-01-01', datediff(current_timestamp(), current_date()), to_date(current_timestamp()) = current_date(), unix_timestamp() > 1700000000, current_timestamp IS NOT NULL

-- name: iso_strings_of_items
SELECT id, CAST(created_at AS TIMESTAMP), to_date(created_at), hour(created_at), unix_timestamp(CAST(created_at AS TIMESTAMP)) FROM items WHERE id < 40

-- name: null_arguments
SELECT year(NULL), date_add(NULL, NULL), datediff(NULL, NULL), date_trunc('DAY', NULL), to_date(NULL), date_format(NULL, 'y'), from_unixtime(NULL, 'y'), hour(NULL)

-- name: year_boundaries
SELECT year(timestamp'2024-12-31 23:59:59.999999'), year(timestamp'2025-01-01 00:00:00'), day(date'2024-02-29'), month(date'0001-01-01'), year(date'-0001-12-31'), second(timestamp'1969-12-31 23:59:58.5'), hour(timestamp'1969-12-31 23:00:00'), day(timestamp'1582-10-05 00:00:00')
