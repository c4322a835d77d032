-- Comparisons and the coercions they bring.

-- name: equal_numbers
SELECT 1 = 1.0, 1 = 1L, 1 = 1D, 0.1 = 0.1D, 0.1F = 0.1D, 1Y = 1S, 2147483648 > 2147483647, 0.1 + 0.2 = 0.3, 0.1D + 0.2D = 0.3D

-- name: nan_comparisons
-- NaN equals NaN and is greater than any other value.
SELECT double('NaN') = double('NaN'), double('NaN') > double('Infinity'), double('NaN') < 1, double('NaN') <> double('NaN'), double('NaN') >= double('NaN'), float('NaN') = double('NaN'), double('NaN') <=> double('NaN')

-- name: double_pairs
SELECT id, x = y, x < y, x <= y, x > y, x >= y, x <> y, x <=> y FROM doubles

-- name: double_cross
SELECT id, x = y, x < y, x <= y, x > y, x >= y, x <> y, x <=> y, x IN (y, 1), x BETWEEN y AND 1 FROM pairs

-- name: signed_zero
SELECT 0D = -0D, 0D < -0D, 0D <=> -0D, 0D > -0D, 0F = -0F, 0D IN (-0D)

-- name: string_with_int
-- The string is cast to the number's type: '1.5' and 'abc' become NULL as int.
SELECT '1' = 1, '1.0' = 1, '1.5' = 1, 'abc' = 1, '' = 0, ' 1 ' = 1, '01' = 1, '2' > 10, '99999999999' = 1, '99999999999' > 1, '+1' = 1

-- name: string_with_double
SELECT '1.0' = 1D, '1e0' = 1D, 'NaN' = double('NaN'), 'abc' < 1D, 'inf' = double('Infinity'), '0.1' = 0.1F, '0.1' = 0.1D

-- name: string_with_decimal
SELECT '1.0' = 1.0, '1.50' = 1.5, '1.55' = 1.5, 'x' = 1.5, '2' > 1.5

-- name: string_with_bigint
SELECT '9223372036854775807' = 9223372036854775807L, '9223372036854775808' = 9223372036854775807L, '1.9' = 1L, '3000000000' > 5

-- name: string_column_with_numbers
SELECT id, str = i, str < l, str = d, str > 1, str <=> 1 FROM nums

-- name: numeric_strings_against_int
SELECT id, s = 1, s > 100, s < 1.5, s = 1D FROM numstrs

-- name: string_with_boolean
SELECT 'true' = true, 't' = true, 'yes' = true, '1' = true, 'x' = true, 'FALSE' = false, '0' = false

-- name: number_with_boolean
SELECT 1 = true, 0 = false, 2 = true, 1.0 = true, 1L = true, 0.0 = false

-- name: string_with_date
SELECT '2024-01-31' = date'2024-01-31', '2024-1-31' = date'2024-01-31', 'x' = date'2024-01-31', date'2024-01-31' > '2024', '2024-01-31' = timestamp'2024-01-31 00:00:00', timestamp'2024-01-31 00:00:01' > '2024-01-31'

-- name: date_with_timestamp
SELECT date'2024-01-31' = timestamp'2024-01-31 00:00:00', date'2024-01-31' < timestamp'2024-01-31 00:00:00.000001', d = ts, d < ts FROM dates

-- name: strings_by_bytes
SELECT 'a' < 'b', 'B' < 'a', 'a' < 'aa', '' < 'a', 'Z' < 'é', '😀' > '\uffff', 'a ' = 'a', '10' < '9'

-- name: string_pairs
SELECT id, s < t, s <= t, s = t, s <=> t FROM strpairs

-- name: booleans
SELECT true > false, true = true, false < true, true <> false, true <=> NULL, true >= NULL

-- name: binary
SELECT X'00' < X'ff', X'' < X'00', X'61' = 'a', X'6162' = X'6162', X'7f' < X'80'

-- name: null_comparisons
SELECT NULL = NULL, NULL <> NULL, 1 = NULL, NULL < 1, NULL <=> NULL, 1 <=> NULL, NULL <=> 1, 1 <=> 1

-- name: null_safe_columns
SELECT id, i <=> s, f <=> d, str <=> NULL, ok <=> true FROM nums

-- name: is_distinct_from
SELECT 1 IS DISTINCT FROM 1, 1 IS DISTINCT FROM NULL, NULL IS DISTINCT FROM NULL, NULL IS NOT DISTINCT FROM NULL, 1 IS NOT DISTINCT FROM 2, 'a' IS DISTINCT FROM 'b'

-- name: is_null_tests
SELECT id, x IS NULL, x IS NOT NULL, isnull(x), isnotnull(x) FROM doubles WHERE id < 6

-- name: is_true_tests
SELECT id, ok IS TRUE, ok IS FALSE, ok IS UNKNOWN, ok IS NOT TRUE, ok IS NOT FALSE, ok IS NOT UNKNOWN FROM nums

-- name: in_lists
SELECT 1 IN (1, 2), 3 IN (1, 2), NULL IN (1), 1 IN (2, NULL), 1 IN (1, NULL), 1 NOT IN (2, NULL), 1 NOT IN (2, 3), NULL NOT IN (1)

-- name: in_coercion
-- All of the list and the value get one common type.
SELECT 1 IN ('1', 'x'), '1' IN (1, 2), 1 IN (1.0, 2.5), 1L IN (1, 2), '1.0' IN (1), 1.5 IN ('1.5'), date'2024-01-31' IN ('2024-01-31')

-- name: in_columns
SELECT id, i IN (s, 5, 0), str IN ('abc', '5'), d IN (f, 0.25), d IN (double('NaN')) FROM nums

-- name: in_many
SELECT id FROM items WHERE id IN (1, 5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49, 1000, -1) AND category NOT IN ('A', 'Z')

-- name: between
SELECT 2 BETWEEN 1 AND 3, 1 BETWEEN 1 AND 1, 0 BETWEEN 1 AND 3, 3 BETWEEN 3 AND 1, NULL BETWEEN 1 AND 2, 5 BETWEEN NULL AND 3, 5 BETWEEN 3 AND NULL, 'b' BETWEEN 'a' AND 'c', 2 NOT BETWEEN 1 AND 3, '2' BETWEEN 1 AND 3, 1.5 BETWEEN 1 AND 2

-- name: between_columns
SELECT id FROM nums WHERE d BETWEEN f AND 10 OR i NOT BETWEEN b AND l

-- name: where_keeps_only_true
SELECT id FROM nums WHERE ok

-- name: where_not
SELECT id FROM nums WHERE NOT ok

-- name: where_null
SELECT id FROM nums WHERE CAST(NULL AS BOOLEAN)

-- name: where_nan
SELECT id FROM doubles WHERE x > 1e308

-- name: where_string_as_boolean
SELECT id FROM numstrs WHERE CAST(s AS BOOLEAN)

-- name: compare_decimal_with_double
SELECT 0.1 = 0.1D, 0.10 = 0.1, 1.0 = 1, 100000000000000000000.5 > 1D, 1.1 < 1.11, 2.50 = 2.5

-- name: equality_operators
SELECT 1 == 1, 1 != 1, 1 <> 1, NOT 1 = 1, ! (1 = 1), 2 == 2.0
