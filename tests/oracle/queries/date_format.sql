-- date_format and its pattern letters.

-- session:
-- By default Spark 3.5 refuses a date where its parser before 3.0 would have given another answer.
SET spark.sql.legacy.timeParserPolicy=CORRECTED;

-- name: common_patterns
SELECT id, date_format(ts, 'yyyy-MM-dd HH:mm:ss'), date_format(ts, 'dd.MM.yyyy'), date_format(ts, 'yyyyMMdd'), date_format(ts, 'HH:mm') FROM dates

-- name: of_dates
SELECT id, date_format(d, 'yyyy-MM-dd'), date_format(d, 'd/M/yy'), date_format(d, 'HH:mm:ss') FROM dates

-- name: years
SELECT date_format(t, 'y'), date_format(t, 'yy'), date_format(t, 'yyy'), date_format(t, 'yyyy'), date_format(t, 'yyyyy'), date_format(t, 'G') FROM VALUES (timestamp'2024-01-31 00:00:00'), (timestamp'0007-06-05 00:00:00') AS v(t)

-- name: months
SELECT date_format(t, 'M'), date_format(t, 'MM'), date_format(t, 'MMM'), date_format(t, 'MMMM'), date_format(t, 'L'), date_format(t, 'LLL'), date_format(t, 'LLLL') FROM VALUES (timestamp'2024-01-31 00:00:00'), (timestamp'2024-09-05 00:00:00'), (timestamp'2024-12-05 00:00:00') AS v(t)

-- name: days
SELECT date_format(t, 'd'), date_format(t, 'dd'), date_format(t, 'D'), date_format(t, 'DDD'), date_format(t, 'E'), date_format(t, 'EEE'), date_format(t, 'EEEE'), date_format(t, 'F') FROM VALUES (timestamp'2024-01-01 00:00:00'), (timestamp'2024-02-29 00:00:00'), (timestamp'2023-12-31 00:00:00') AS v(t)

-- name: quarters
SELECT date_format(t, 'Q'), date_format(t, 'QQ'), date_format(t, 'QQQ'), date_format(t, 'q') FROM VALUES (timestamp'2024-01-01 00:00:00'), (timestamp'2024-06-30 00:00:00'), (timestamp'2024-12-31 00:00:00') AS v(t)

-- name: hours
SELECT date_format(t, 'H'), date_format(t, 'HH'), date_format(t, 'h'), date_format(t, 'hh'), date_format(t, 'k'), date_format(t, 'kk'), date_format(t, 'K'), date_format(t, 'a') FROM VALUES (timestamp'2024-01-01 00:05:09'), (timestamp'2024-01-01 12:00:00'), (timestamp'2024-01-01 23:59:59') AS v(t)

-- name: minutes_seconds
SELECT date_format(t, 'm'), date_format(t, 'mm'), date_format(t, 's'), date_format(t, 'ss') FROM VALUES (timestamp'2024-01-01 00:05:09'), (timestamp'2024-01-01 12:50:59') AS v(t)

-- name: fractions
-- S cuts, it does not round.
SELECT date_format(t, 'S'), date_format(t, 'SS'), date_format(t, 'SSS'), date_format(t, 'SSSSSS'), date_format(t, 'ss.SSS') FROM VALUES (timestamp'2024-01-01 00:00:00'), (timestamp'2024-01-01 00:00:01.987654'), (timestamp'2024-01-01 00:00:01.05') AS v(t)

-- name: zones
SELECT date_format(t, 'z'), date_format(t, 'VV'), date_format(t, 'Z'), date_format(t, 'X'), date_format(t, 'XXX'), date_format(t, 'x'), date_format(t, 'xxx'), date_format(t, 'O') FROM (SELECT timestamp'2024-01-31 12:00:00' AS t)

-- name: quoted_text
SELECT date_format(t, "'day' d"), date_format(t, "yyyy-MM-dd'T'HH:mm:ss'Z'"), date_format(t, "''yyyy''"), date_format(t, "'it''s' yyyy"), date_format(t, 'yyyy/MM/dd, HH:mm'), date_format(t, '[yyyy]'), date_format(t, 'dd. MM.') FROM (SELECT timestamp'2024-01-31 12:00:00' AS t)

-- name: empty_and_null
SELECT date_format(timestamp'2024-01-31 12:00:00', ''), date_format(NULL, 'yyyy'), date_format(timestamp'2024-01-31 12:00:00', NULL)

-- name: of_strings
SELECT date_format('2024-01-31', 'dd.MM.yyyy'), date_format('2024-01-31 12:34:56', 'HH-mm'), date_format('x', 'yyyy'), date_format('2024', 'MM')

-- name: pattern_column
SELECT p, date_format(timestamp'2024-01-31 12:34:56', p) FROM VALUES ('yyyy'), ('MM/yy'), (NULL), ('HH') AS t(p)

-- name: round_trip
SELECT id, to_timestamp(date_format(ts, 'yyyy-MM-dd HH:mm:ss.SSSSSS'), 'yyyy-MM-dd HH:mm:ss.SSSSSS') = ts, to_date(date_format(d, 'dd/MM/yyyy'), 'dd/MM/yyyy') = d FROM dates

-- name: from_unixtime_patterns
SELECT from_unixtime(1706704496, 'yyyy-MM-dd HH:mm:ss'), from_unixtime(1706704496, 'EEE, d MMM yyyy'), from_unixtime(-86400, 'D'), from_unixtime(1706704496, 'h:mm a')

-- name: group_by_month
SELECT date_format(created_at, 'yyyy-MM') AS m, count(*) FROM items GROUP BY date_format(created_at, 'yyyy-MM')
