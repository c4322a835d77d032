-- CAST between all types, with default (non-ANSI) rules: what cannot be read is NULL, integers wrap.

-- name: string_to_integers
SELECT id, CAST(s AS TINYINT), CAST(s AS SMALLINT), CAST(s AS INT), CAST(s AS BIGINT) FROM numstrs

-- name: string_to_floating
SELECT id, CAST(s AS FLOAT), CAST(s AS DOUBLE) FROM numstrs

-- name: string_to_decimal
SELECT id, CAST(s AS DECIMAL(10,2)), CAST(s AS DECIMAL(38,0)), CAST(s AS DECIMAL(5,5)) FROM numstrs

-- name: string_to_boolean
SELECT id, CAST(s AS BOOLEAN) FROM numstrs

-- name: string_to_date
SELECT id, CAST(s AS DATE) FROM datestrs

-- name: string_to_timestamp
SELECT id, CAST(s AS TIMESTAMP) FROM datestrs

-- name: string_to_binary
SELECT id, CAST(s AS BINARY) FROM strs

-- name: binary_to_string
SELECT CAST(X'414243' AS STRING), CAST(X'' AS STRING), CAST(X'C3A9' AS STRING), CAST(CAST('é😀' AS BINARY) AS STRING)

-- name: integers_to_integers
SELECT id, CAST(l AS TINYINT), CAST(l AS SMALLINT), CAST(l AS INT), CAST(i AS TINYINT), CAST(i AS SMALLINT), CAST(s AS TINYINT), CAST(b AS BIGINT) FROM nums

-- name: integers_to_floating
SELECT id, CAST(b AS FLOAT), CAST(i AS FLOAT), CAST(l AS FLOAT), CAST(l AS DOUBLE), CAST(i AS DOUBLE) FROM nums

-- name: doubles_to_integers
-- To int and bigint: truncated and saturated, NaN is 0. To tinyint and smallint: by way of int, then wrapped.
SELECT id, CAST(x AS TINYINT), CAST(x AS SMALLINT), CAST(x AS INT), CAST(x AS BIGINT) FROM doubles

-- name: floats_to_integers
SELECT id, CAST(x AS TINYINT), CAST(x AS SMALLINT), CAST(x AS INT), CAST(x AS BIGINT) FROM floats

-- name: doubles_to_float_and_back
SELECT id, CAST(x AS FLOAT), CAST(CAST(x AS FLOAT) AS DOUBLE) FROM doubles

-- name: floats_to_double
SELECT id, CAST(x AS DOUBLE) FROM floats

-- name: doubles_to_string
-- Java's notation: 1.0E7 from 10^7 on, 1.0E-4 below 10^-3, always a fraction digit.
-- Java before 19 does not always find the shortest text (1e23, 8.41e21); where it does not is not asked.
SELECT id, CAST(x AS STRING) FROM doubles WHERE NOT x <=> 1e23D

-- name: floats_to_string
SELECT id, CAST(x AS STRING) FROM floats WHERE id NOT IN (16, 20, 24)

-- name: double_texts
SELECT CAST(v AS STRING) FROM VALUES (100D), (1234567D), (9999999.999D), (10000000D), (12345678.9D), (0.001D), (0.0001D), (1e21D), (1e100D), (1.0E-5D), (123e-7D), (2e-323D), (4.9e-324D), (2.0E-3D), (9.007199254740993e15D), (5e-5D) AS t(v)

-- name: integers_to_string
SELECT id, CAST(b AS STRING), CAST(s AS STRING), CAST(i AS STRING), CAST(l AS STRING), CAST(ok AS STRING) FROM nums

-- name: numbers_to_boolean
SELECT id, CAST(b AS BOOLEAN), CAST(i AS BOOLEAN), CAST(l AS BOOLEAN), CAST(f AS BOOLEAN), CAST(d AS BOOLEAN) FROM nums

-- name: boolean_to_numbers
SELECT id, CAST(ok AS TINYINT), CAST(ok AS INT), CAST(ok AS BIGINT), CAST(ok AS FLOAT), CAST(ok AS DOUBLE), CAST(ok AS DECIMAL(3,1)) FROM nums

-- name: numbers_to_timestamp
-- Numbers count seconds; doubles keep microseconds, NaN and infinities are NULL.
SELECT CAST(0 AS TIMESTAMP), CAST(-1 AS TIMESTAMP), CAST(1706745600L AS TIMESTAMP), CAST(1.5D AS TIMESTAMP), CAST(-0.000001D AS TIMESTAMP), CAST(double('NaN') AS TIMESTAMP), CAST(double('Infinity') AS TIMESTAMP), CAST(1Y AS TIMESTAMP), CAST(1.25 AS TIMESTAMP), CAST(true AS TIMESTAMP), CAST(0.1F AS TIMESTAMP)

-- name: timestamp_to_numbers
-- Rounded down to whole seconds for integers.
SELECT id, CAST(ts AS BIGINT), CAST(ts AS INT), CAST(ts AS DOUBLE), CAST(ts AS FLOAT), CAST(ts AS SMALLINT), CAST(ts AS TINYINT) FROM dates

-- name: timestamp_to_decimal
SELECT id, CAST(ts AS DECIMAL(20,6)), CAST(ts AS DECIMAL(12,0)) FROM dates

-- name: timestamp_to_text_and_date
SELECT id, CAST(ts AS STRING), CAST(ts AS DATE), CAST(ts AS BOOLEAN) FROM dates

-- name: date_to_text_and_timestamp
SELECT id, CAST(d AS STRING), CAST(d AS TIMESTAMP) FROM dates

-- name: decimal_to_integers
SELECT id, CAST(a AS TINYINT), CAST(a AS INT), CAST(b AS INT), CAST(b AS BIGINT), CAST(c AS BIGINT) FROM decs

-- name: decimal_to_floating_and_text
SELECT id, CAST(a AS DOUBLE), CAST(b AS DOUBLE), CAST(c AS FLOAT), CAST(a AS STRING), CAST(b AS STRING), CAST(c AS STRING), CAST(a AS BOOLEAN) FROM decs

-- name: decimal_to_decimal
SELECT id, CAST(a AS DECIMAL(5,1)), CAST(c AS DECIMAL(10,3)), CAST(a AS DECIMAL(38,10)), CAST(b AS DECIMAL(10,0)) FROM decs

-- name: doubles_to_decimal
SELECT id, CAST(x AS DECIMAL(10,2)), CAST(x AS DECIMAL(38,18)), CAST(x AS DECIMAL(20,0)) FROM doubles

-- name: integers_to_decimal
SELECT id, CAST(b AS DECIMAL(3,0)), CAST(i AS DECIMAL(5,2)), CAST(l AS DECIMAL(19,0)), CAST(l AS DECIMAL(20,1)) FROM nums

-- name: default_decimal
SELECT CAST(1.5 AS DECIMAL), CAST('2.5' AS DECIMAL), CAST(2.5D AS DECIMAL), CAST('3.5' AS DEC), CAST('1.55' AS NUMERIC(4,1)), CAST(-2.5D AS DECIMAL(1))

-- name: binary_to_string_column
SELECT id, CAST(v AS STRING) FROM bins WHERE id NOT IN (5, 8, 10)

-- name: integer_to_binary
SELECT CAST(1Y AS BINARY), CAST(1S AS BINARY), CAST(1 AS BINARY), CAST(-1L AS BINARY), CAST(258 AS BINARY)

-- name: null_casts
SELECT CAST(NULL AS TINYINT), CAST(NULL AS DOUBLE), CAST(NULL AS BOOLEAN), CAST(NULL AS STRING), CAST(NULL AS DATE), CAST(NULL AS TIMESTAMP), CAST(NULL AS BINARY), CAST(NULL AS DECIMAL(5,2)), CAST(CAST(NULL AS STRING) AS INT)

-- name: try_cast
SELECT id, TRY_CAST(s AS INT), TRY_CAST(s AS DOUBLE), TRY_CAST(s AS BOOLEAN), TRY_CAST(s AS TINYINT) FROM numstrs

-- name: try_cast_overflow
-- Unlike CAST, TRY_CAST gives NULL where the number does not fit.
SELECT TRY_CAST(300 AS TINYINT), TRY_CAST(3000000000L AS INT), TRY_CAST(1e20D AS BIGINT), TRY_CAST(double('NaN') AS INT), TRY_CAST(2.9D AS INT), TRY_CAST(-1 AS TINYINT), TRY_CAST(40000 AS SMALLINT), TRY_CAST('2024-02-30' AS DATE), TRY_CAST(12345.678 AS DECIMAL(5,2))

-- name: type_name_functions
SELECT int('12'), bigint(1.9), double('1.5'), float(2), string(1.50), boolean('yes'), date('2024-01-31 10:00:00'), timestamp('2024-01-31'), tinyint(300), smallint('7'), binary('a'), decimal(1.5)

-- name: type_name_spellings
SELECT CAST(1 AS INTEGER), CAST(1 AS LONG), CAST(1 AS SHORT), CAST(1 AS BYTE), CAST(1 AS REAL), CAST(1 AS double), CAST(1 AS VARCHAR(5)), CAST('abcdef' AS CHAR(3)), CAST(1 AS Timestamp_LTZ)

-- name: implicit_cast_of_arguments
SELECT length(12345), upper(true), concat(1, 'a', 2.5, true, date'2024-01-31'), substring(12345, 2, 3), year('2024-01-31'), sqrt('4'), concat(1.0D, 1e10D, 1F)

-- name: chained
SELECT CAST(CAST(CAST('3.99' AS DOUBLE) AS INT) AS STRING), CAST(CAST(true AS STRING) AS BOOLEAN), CAST(CAST(date'2024-01-31' AS TIMESTAMP) AS DATE), CAST(CAST('128' AS SMALLINT) AS TINYINT)

-- name: double_colon
-- In Spark from version 4 on.
-- spark: SELECT CAST('12' AS INT) AS a, CAST(1.9 AS INT) AS b, CAST('2024-01-31' AS DATE) AS c, concat(CAST(5 AS STRING), 'x') AS d, CAST('1' AS BIGINT) + 1 AS e, CAST('abc' AS DOUBLE) AS f, CAST(CAST(3.7D AS INT) AS STRING) AS g
SELECT '12'::INT AS a, 1.9::INT AS b, '2024-01-31'::DATE AS c, 5::STRING || 'x' AS d, '1' :: BIGINT + 1 AS e, 'abc'::double AS f, 3.7D::INT::STRING AS g

-- name: date_to_numbers_is_null
SELECT CAST(date'2024-01-31' AS INT), CAST(date'2024-01-31' AS DOUBLE), CAST(date'2024-01-31' AS BOOLEAN), CAST(date'2024-01-31' AS DECIMAL(10,0)), CAST(date'1970-01-01' AS BIGINT)
