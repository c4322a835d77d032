-- Three-valued logic and conditional functions.

-- name: and_or_not_table
SELECT a, b, a AND b, a OR b, NOT a, a = b, a <=> b FROM VALUES (true, true), (true, false), (true, NULL), (false, false), (false, NULL), (NULL, NULL), (false, true), (NULL, true), (NULL, false) AS t(a, b)

-- name: logic_on_columns
SELECT id, ok AND i > 0, ok OR i > 0, NOT (ok AND i > 0), NOT ok OR NULL FROM nums

-- name: short_circuit_with_null
SELECT NULL AND false, NULL OR true, NULL AND true, NULL OR false, NOT NULL, false AND NULL, true OR NULL

-- name: case_searched
SELECT id, CASE WHEN i > 100 THEN 'big' WHEN i > 0 THEN 'small' WHEN i IS NULL THEN 'none' ELSE 'neg' END FROM nums

-- name: case_without_else
SELECT id, CASE WHEN i > 0 THEN i END AS r FROM nums

-- name: case_simple
SELECT id, CASE b WHEN 1 THEN 'one' WHEN 2 THEN 'two' WHEN NULL THEN 'never' ELSE 'other' END AS r FROM nums

-- name: case_type_is_common_type
SELECT CASE WHEN true THEN 1 ELSE 2.5 END, CASE WHEN true THEN 1 ELSE 2L END, CASE WHEN false THEN 1 ELSE 'x' END, CASE WHEN true THEN NULL ELSE 1 END, CASE WHEN true THEN 1Y ELSE 1D END, CASE WHEN true THEN date'2024-01-01' ELSE timestamp'2024-01-01 10:00:00' END

-- name: case_with_nan
SELECT id, CASE x WHEN double('NaN') THEN 'nan' WHEN 0D THEN 'zero' ELSE 'else' END AS r FROM doubles WHERE id < 10

-- name: case_nested
SELECT id, CASE WHEN ok THEN CASE WHEN i > 0 THEN 1 ELSE 2 END ELSE CASE WHEN l < 0 THEN 3 END END AS r FROM nums

-- name: case_first_match_wins
SELECT CASE WHEN CAST(NULL AS BOOLEAN) THEN 'a' WHEN false THEN 'b' WHEN true THEN 'c' WHEN true THEN 'd' END

-- name: case_mixed_string_and_number
SELECT id, CASE WHEN i > 0 THEN i ELSE str END AS r FROM nums

-- name: if_function
SELECT if(true, 1, 2), if(false, 1, 2), if(NULL, 1, 2), if(1 > 0, 'a', NULL), if(true, 1, 2.5), if(true, 1, 'x')

-- name: if_columns
SELECT id, if(ok, i, l) AS r, if(i > 5, 'hi', 'lo') FROM nums

-- name: coalesce
SELECT coalesce(NULL, NULL, 3), coalesce(1, 2), coalesce(NULL, 'a', 1), coalesce(NULL), coalesce(CAST(NULL AS INT), 2.5), coalesce(NULL, 1, 2L)

-- name: coalesce_columns
SELECT id, coalesce(b, s, i), coalesce(i, l), coalesce(f, d, 0), coalesce(str, 'none') FROM nums

-- name: nvl_family
SELECT nvl(NULL, 1), nvl(2, 1), nullif(1, 1), nullif(1, 2), nullif(NULL, 1), nullif(1, NULL), nvl(NULL, NULL)

-- name: nullif_coercion
SELECT nullif(1, 1.0), nullif('1', 1), nullif(0D, -0D), nullif(double('NaN'), double('NaN')), nullif('a', 'A')

-- name: nullif_columns
SELECT id, nullif(x, y), nullif(y, x), nullif(x, 0D), coalesce(x, y), nvl(x, y) FROM pairs

-- name: boolean_results_as_values
SELECT id, i > 0 AS p, (i > 0) = ok AS q, CAST(i > 0 AS INT) + 1 AS r FROM nums

-- name: conditions_protect_division
SELECT id, CASE WHEN i <> 0 THEN 100 / i ELSE -1 END AS r, if(i = 0, NULL, 100 DIV i) AS q FROM nums
