-- Mathematical functions. Where a function has no exact result, one unit in the last place is
-- allowed: Java's library and C's round differently there.

-- name: abs_each_type
SELECT id, abs(b), abs(s), abs(i), abs(l), abs(f), abs(d) FROM nums

-- name: ceil_floor_doubles
-- ceil and floor of a double are bigint: NaN gives 0, infinities saturate.
SELECT id, ceil(x), floor(x) FROM doubles

-- name: ceil_floor_each_type
SELECT id, ceil(b), floor(s), ceil(i), floor(l), ceil(f), floor(f) FROM nums

-- name: ceil_floor_decimal
SELECT ceil(1.5), floor(1.5), ceil(-1.5), floor(-1.5), ceil(12.00), floor(0.9999999999), ceil(1.234, 2), floor(1.239, 2), ceil(1234, -2), floor(-1234, -2)

-- name: round_doubles
-- HALF_UP on the decimal text of the double, not on its binary value.
SELECT id, round(x), round(x, 1), round(x, 2), round(x, -2), round(x, 20) FROM doubles

-- name: bround_doubles
SELECT id, bround(x), bround(x, 1), bround(x, 2), bround(x, -2) FROM doubles

-- name: round_halves
SELECT round(0.5D), round(1.5D), round(2.5D), round(-0.5D), round(-2.5D), bround(0.5D), bround(1.5D), bround(2.5D), bround(-2.5D), round(2.675D, 2), bround(2.665D, 2), round(1.005D, 2), round(-1.005D, 2)

-- name: round_floats
SELECT id, round(x), round(x, 2), bround(x, 1), round(x, -1) FROM floats

-- name: round_integers
SELECT round(15, -1), round(25, -1), round(-15, -1), bround(15, -1), bround(25, -1), round(127Y, -1), round(32767S, -2), round(2147483647, -1), round(1249L, -2), round(5, 2), round(2147483647, -10)

-- name: round_decimals
SELECT round(2.5), round(3.45, 1), round(-3.45, 1), round(12.345, 2), round(12.345, -1), bround(2.5), bround(3.45, 1), round(99.99, 1), round(1.10, 5)

-- name: round_string
SELECT round('2.5'), round('2.567', 2), ceil('1.2'), floor('x'), round(NULL), round(2.5D, NULL)

-- name: sqrt
SELECT id, sqrt(x) FROM doubles

-- name: pow
-- float: ulp 1
SELECT pow(2, 10), pow(2, 0.5), pow(-8, 1/3D), pow(0, 0), pow(2, -1), pow(0, -1), pow(-2, 3), pow(2, 1024), pow('2', '3'), pow(NULL, 1), pow(1, NULL)

-- name: pow_specials
-- float: ulp 1
SELECT id, pow(x, 2), pow(x, 0), pow(2D, x), pow(x, -1), pow(x, 0.5D), pow(1D, x), pow(-1D, x) FROM doubles

-- name: exp
-- float: ulp 1
SELECT id, exp(x) FROM doubles WHERE abs(x) < 800 OR isnan(x) OR x IS NULL

-- name: logarithms
-- Zero and negative arguments give NULL, not -Infinity or NaN.
-- float: ulp 1
SELECT id, ln(x), log10(x) FROM doubles

-- name: sign
SELECT id, sign(x), sign(y) FROM doubles

-- name: sign_each_type
SELECT sign(-5), sign(0), sign(3L), sign(-2.5), sign(0.00), sign('-7'), sign(NULL), sign(-0D)

-- name: mod_function
SELECT mod(7, 3), mod(-7, 3), mod(7.5D, 2), mod(7, 0), mod('7', 3), mod(NULL, 3), mod(3, NULL), mod(9223372036854775807L, 10)

-- name: greatest_least
-- NULLs are skipped; NaN is greater than everything.
SELECT greatest(1, 2, 3), least(1, 2, 3), greatest(1, NULL, 3), least(NULL, NULL, 2), greatest(CAST(NULL AS INT), NULL), greatest(1, 2.5), least(1, 2L), greatest('a', 'B', 'b'), least(true, false), greatest(1D, double('NaN')), least(double('NaN'), 1D), greatest(date'2024-01-01', date'2023-01-01')

-- name: greatest_least_columns
SELECT id, greatest(x, y), least(x, y), greatest(x, 0D), least(x, 0D) FROM doubles

-- name: greatest_least_mixed_columns
SELECT id, greatest(b, s, i, l), least(b, s, i, l), greatest(f, d), least(i, d) FROM nums

-- name: isnan
SELECT id, isnan(x), isnan(y) FROM doubles

-- name: isnan_other_types
SELECT isnan(1), isnan(NULL), isnan('NaN'), isnan('x'), isnan(1.5), isnan(float('NaN'))

-- name: integer_functions_on_strings
SELECT sqrt('16'), exp('0'), ln('1'), log10('100'), abs('-5.5'), ceil('2.1'), floor('2.9')
