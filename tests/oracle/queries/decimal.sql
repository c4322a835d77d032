-- Decimals: precision and scale of results, rounding, overflow to NULL.

-- name: add_types
SELECT 1.5 + 1.25, 1.5 - 0.25, 1.50 + 1, 1 + 1.5, 1L + 1.5, 1Y + 1.5, 0.1 + 0.2

-- name: multiply_types
SELECT 1.5 * 1.5, 1.50 * 2, 0.001 * 0.001, 12345678901234567890.5 * 2.5, 1.5 * 3L

-- name: divide_types
-- The scale is at least 6.
SELECT 1.0 / 3, 1.0 / 3.0, 10.50 / 2, 2 / 3.0, 1 / 0.3, 100.00 / 7.000, 1.5 / 1L

-- name: remainder_types
SELECT 5.5 % 2, 5.55 % 0.2, -5.5 % 2.0, 5 % 1.5, 10.123 % 3.3

-- name: with_doubles
SELECT 1.5 + 1D, 1.5 * 2.0F, 0.1 + 0.2D, 1.5 / 0.5D

-- name: columns_arithmetic
SELECT id, a + c, a - c, a * c, a / c, a % c FROM decs

-- name: columns_wide
SELECT id, b + a, b * 2, b / 3, b - 1, -b, abs(b) FROM decs

-- name: columns_with_integers
SELECT id, a + 1, a * 2L, a / 4, 10 - a, a DIV 2, c * 100Y FROM decs

-- name: overflow_is_null
SELECT 99999999999999999999999999999999999999 + 1, 99999999999999999999999999999999999999 * 10, CAST(99999999999999999999 AS DECIMAL(38,18)) * CAST(99999999999999999999 AS DECIMAL(38,18)), CAST('1e30' AS DECIMAL(38,2)) * 1e10BD

-- name: precision_loss_of_wide_products
SELECT CAST(1.123456789012345678 AS DECIMAL(38,18)) * CAST(2.5 AS DECIMAL(38,18)), CAST(1 AS DECIMAL(38,18)) / CAST(3 AS DECIMAL(38,18)), CAST(1 AS DECIMAL(38,0)) / CAST(3 AS DECIMAL(38,0)), CAST(1.5 AS DECIMAL(38,10)) + CAST(1 AS DECIMAL(38,2))

-- name: comparisons
SELECT id, a > c, a = c, a < b, a = 1.5, a >= 2, a = '1.50', a < 1D FROM decs

-- name: order_by_decimal
SELECT id, c FROM decs ORDER BY c DESC NULLS LAST, id

-- name: aggregates
-- float: ulp 1
SELECT sum(a), avg(a), min(a), max(a), count(a), sum(c), avg(c), count(DISTINCT c) FROM decs

-- name: sum_overflow
SELECT sum(b) FROM decs WHERE b > 0

-- name: sum_and_average_types
SELECT sum(x), avg(x) FROM VALUES (1.50), (2.25), (NULL), (0.05) AS t(x)

-- name: coalesce_and_case_types
SELECT coalesce(a, c), CASE WHEN id > 5 THEN a ELSE 1 END, if(id > 5, c, 1.5), greatest(a, c) FROM decs

-- name: functions
SELECT id, abs(a), -a, ceil(a), floor(a), round(a), round(a, 1), bround(a), sign(a), sqrt(abs(a)) FROM decs

-- name: casts_of_literals
SELECT CAST(1.5 AS INT), CAST(-1.5 AS INT), CAST(2.5 AS STRING), CAST(0.000001 AS STRING), CAST(1e-7BD AS STRING), CAST(123.456 AS DECIMAL(5,1)), CAST(999.96 AS DECIMAL(4,1)), CAST(99.96 AS DECIMAL(3,1))

-- name: union_types
SELECT 1.5 AS x UNION ALL SELECT 100 UNION ALL SELECT 0.125

-- name: in_and_between
SELECT 1.5 IN (1.50, 2), 1.5 BETWEEN 1 AND 1.55, 1.0 IN ('1'), 0.30 = 0.1 + 0.2, 1.10 <=> 1.1

-- name: group_by_decimal
SELECT c, count(*) FROM (SELECT c FROM decs UNION ALL SELECT 1.5) GROUP BY c

-- name: precision_38_literals
SELECT 12345678901234567890123456789012345678, 0.12345678901234567890123456789012345678, 1234567890.0123456789

-- name: decimal_windows
SELECT id, sum(a) OVER (ORDER BY id), avg(a) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), lag(c) OVER (ORDER BY id), rank() OVER (ORDER BY c) FROM decs
