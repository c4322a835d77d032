-- Literals: their values, types and the column names Spark makes of them.

-- name: integers
-- An integer literal that does not fit int is bigint, one that does not fit bigint decimal.
SELECT 0, 1, -1, 2147483647, 2147483648, -2147483648, 9223372036854775807, 9223372036854775808

-- name: integer_suffixes
SELECT 1Y, 1S, 1L, -128Y, 127Y, -32768S, -9223372036854775808L

-- name: fractions_are_decimals
SELECT 1.5, 1.50, 0.1, .5, 5., -0.25, 123456789.123456789, 00.5

-- name: exponents_are_doubles
SELECT 1e0, 1.5e3, 1E-3, 2e+2, -1e0, 1e308, 5e-324

-- name: float_suffixes
SELECT 1.5D, 1.5F, 1D, 1F, 1.5BD, 1BD, 1e2BD, 3.14f

-- name: strings
-- A doubled quote does not escape: 'it''s' is two adjacent literals, which are one: its.
SELECT 'a', "b", '', 'it''s', 'say "hi"', "it's"

-- name: string_escapes
-- Unknown escapes lose the backslash, but \% and \_ keep it.
SELECT 'a\tb', 'a\nb', 'a\\b', 'a\'b', "a\"b", 'a\0b', 'a\qb', '\%', '\_', '\u00e9', '\U0001F600', '\101'

-- name: adjacent_strings
SELECT 'a' 'b', 'a' "b"

-- name: raw_strings
SELECT r'a\nb', R"a\\b", r'\d+'

-- name: booleans_and_null
SELECT true, FALSE, True, NULL, null

-- name: dates
SELECT date'2024-01-31', DATE '2024-02-29', date'2024-1-1', date'2024', date'0001-01-01', date'9999-12-31'

-- name: timestamps
SELECT timestamp'2024-01-31 12:34:56', TIMESTAMP '2024-01-31', timestamp'2024-01-31T12:34:56.123456', timestamp'2024-01-31 12:34:56.1'

-- name: timestamp_with_zone
SELECT timestamp'2024-01-31 12:00:00+02:00', timestamp'2024-01-31 12:00:00 Europe/Berlin', timestamp'2024-01-31 12:00:00Z'

-- name: binary_literal
SELECT X'', x'00ff', X'414243', X'abc'

-- name: typed_null_results
SELECT CAST(NULL AS INT) AS i, CAST(NULL AS STRING) AS s, NULL AS n, CAST(NULL AS DATE) AS d

-- name: negative_names
SELECT -5, - 5, -(5), +5, - - 5, -5.5, -1e0, -'5'

-- name: unary_on_columns
SELECT -id, +id, -(-id), ~id FROM one

-- name: names_of_operators
SELECT 1 + 2, 1+2*3, (1+2)*3, 7 - 2 - 1, 7 - (2 - 1), 4 / 2, 7 % 3, 7 DIV 2, 'a' || 'b', 1 & 3, 1 | 2, 1 ^ 3

-- name: names_of_comparisons
SELECT 1 = 1, 1 == 1, 1 <> 2, 1 != 2, 1 < 2, 1 <= 2, 1 > 2, 1 >= 2, 1 <=> NULL, NOT true, ! false

-- name: names_of_logic
SELECT true AND false OR true, true AND (false OR true), NOT (true AND false), 1 IN (1, 2), 1 NOT IN (1, 2), 1 BETWEEN 0 AND 2, 1 NOT BETWEEN 0 AND 2

-- name: names_of_null_tests
SELECT 1 IS NULL, 1 IS NOT NULL, true IS TRUE, true IS NOT FALSE, NULL IS UNKNOWN, 1 IS DISTINCT FROM 2, 1 IS NOT DISTINCT FROM 2

-- name: names_of_casts
SELECT CAST(1 AS STRING), CAST('1' AS INT), INT('5'), STRING(5), DOUBLE(1), BIGINT(1), TRY_CAST('x' AS INT), CAST(1 AS DECIMAL(5,2))

-- name: names_of_functions
SELECT UPPER('a'), Length('abc'), coalesce(NULL, 1), nvl(NULL, 'x'), if(true, 1, 2), abs(-1), substring('abc', 2), substring('abc', 2, 1), substring('abc' FROM 2 FOR 1), trim('  a '), trim(BOTH 'x' FROM 'xax')

-- name: names_of_case
SELECT CASE WHEN true THEN 1 ELSE 2 END, CASE 1 WHEN 1 THEN 'a' END, CASE WHEN id > 0 THEN g END FROM one

-- name: names_of_literals
SELECT 1.50, 'it''s', 1L, 1.5D, date'2024-01-31', timestamp'2024-01-31 01:02:03', X'0aff', true, 1e10, 1F, ''

-- name: names_of_aggregates
SELECT count(*), count(1), count(g), count(DISTINCT g), count(DISTINCT g, v), sum(v), avg(v), mean(v), max(id), min(id), sum(DISTINCT id), count(*) FILTER (WHERE id > 0), first(g), any_value(g), stddev(v), std(v), variance(v) FROM one

-- name: names_of_aggregate_expressions
SELECT sum(v) + 1, sum(v * 2), round(avg(v), 2), max(id) - min(id), count(*) > 1 FROM one

-- name: names_of_windows
SELECT row_number() OVER (ORDER BY id), sum(v) OVER (PARTITION BY g), rank() OVER (PARTITION BY g ORDER BY v DESC), lag(v) OVER (ORDER BY id), lead(v, 2, 0D) OVER (ORDER BY id NULLS LAST) FROM one

-- name: names_of_window_frames
SELECT sum(v) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), sum(v) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING), sum(v) OVER (ORDER BY id RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING), max(v) OVER () FROM one

-- name: names_keep_column_case
SELECT ID, G, one.V, `one`.`ts` FROM one

-- name: names_with_qualifiers
SELECT one.id + 1, one.g, `one`.id FROM one

-- name: aliases
SELECT 1 AS a, 2 b, 3 AS `c d`, 4 AS `e``f`, 5 AS A

-- name: duplicate_names
SELECT id, id, g AS id FROM one

-- name: current_functions_without_parentheses
SELECT current_date = current_date(), current_timestamp = current_timestamp()
