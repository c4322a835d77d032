-- Arithmetic on numbers of every width, overflow and division.

-- name: add_each_width
SELECT id, b + b, s + s, i + i, l + l, f + f, d + d FROM nums

-- name: subtract_each_width
SELECT id, b - s, s - i, i - l, l - b, f - d, d - f FROM nums

-- name: multiply_each_width
SELECT id, b * b, s * s, i * i, l * l, f * f, d * d FROM nums

-- name: mixed_width_types
-- Integers widen to the wider one; any integer with float is float, with double double.
SELECT id, b + s, b + i, s + l, b + f, i + f, l + f, l + d, f + d, i * d FROM nums

-- name: overflow_wraps
SELECT 2147483647 + 1, -2147483648 - 1, 2147483647 * 2, 9223372036854775807 + 1, -9223372036854775808 - 1, 9223372036854775807 * 3, 127Y + 1Y, 32767S + 1S, -128Y - 1Y, 100Y * 100Y

-- name: negate_minimum
SELECT -(CAST(-128 AS TINYINT)), -(CAST(-32768 AS SMALLINT)), -(-2147483648), -(-9223372036854775808L), abs(-2147483648), abs(CAST(-128 AS TINYINT)), abs(-9223372036854775808L)

-- name: unary_minus_columns
SELECT id, -b, -s, -i, -l, -f, -d FROM nums

-- name: slash_is_double_division
SELECT id, b / s, s / i, i / l, l / b, f / d, d / f, i / 2, l / 2L FROM nums

-- name: division_by_zero_is_null
SELECT 1 / 0, 0 / 0, 1.5 / 0, 1D / 0, 0D / 0D, 1D / -0D, -1F / 0F, 1 DIV 0, 1 % 0, 1.5 % 0, 1D % 0D, mod(5, 0), 1L DIV 0L

-- name: divide_by_column_zero
SELECT id, 1 / i, 1 / d, 1 % i, 1 DIV i, d / d, d % d, i % i FROM nums

-- name: div_is_bigint
-- DIV truncates towards zero and always gives bigint.
SELECT 7 DIV 2, -7 DIV 2, 7 DIV -2, 7L DIV 2, 7Y DIV 2Y, 7.9 DIV 2, 7.5 DIV 0.5, -7.9 DIV 2.0

-- name: div_minimum_by_minus_one
SELECT -9223372036854775808L DIV -1L, -9223372036854775808L % -1L, -2147483648 DIV -1, -2147483648 % -1

-- name: div_columns
SELECT id, l DIV s, i DIV b, l DIV 10, s DIV -3 FROM nums

-- name: remainder_sign
-- The sign follows the dividend.
SELECT 7 % 3, -7 % 3, 7 % -3, -7 % -3, 7.5 % 2, -7.5 % 2, 7.5D % 2D, -7.5D % 2D, 5D % 0.3D, mod(-7, 3), -7L % 3Y

-- name: remainder_columns
SELECT id, l % 10, i % b, s % 7S, d % 3, f % 2, d % 0.1D FROM nums

-- name: remainder_special_doubles
SELECT id, x % 3D, 5D % x, x % 1D FROM doubles

-- name: double_specials
SELECT id, x + 1, x - x, x * 0, x * -1, x / 3, x + y, x - y, x * y, x / y FROM doubles

-- name: float_specials
SELECT id, x + 1F, x - x, x * 0F, x / 3F, x + y, x * y, x / y, x + 1D, x + 1 FROM floats

-- name: string_operands_become_double
SELECT '1' + 1, '1.5' + 1, '2' * '3', 'a' + 1, '' + 1, ' 7 ' - 1, '10' / 4, '10' % 4, '1e2' + 0, 1 - '2'

-- name: string_with_decimal
SELECT '1' + 1.5, '1.25' * 2.0, '3' / 1.5

-- name: string_with_each_width
SELECT id, str + b, str + i, str + l, str + f, str + d, str * 2 FROM nums

-- name: minus_string
SELECT -'5', -'1.5', -'abc', +'7', abs('-3'), abs('x')

-- name: null_operands
SELECT NULL + 1, 1 - NULL, NULL * NULL, NULL / 0, NULL % 2, -NULL, NULL DIV 1, CAST(NULL AS INT) + 1L

-- name: bit_operators
SELECT id, b & 6Y, i & s, i | 255, l ^ i, ~b, ~s, ~i, ~l FROM nums

-- name: precedence
SELECT 2 + 3 * 4, (2 + 3) * 4, 2 * 3 % 4, 10 - 4 - 3, 100 / 10 / 2, 2 + 3 = 5 AND NOT 1 > 2, 1 + 2 || '3', 5 & 3 | 8, 5 ^ 3 & 1, -2 * -3, 7 % 4 * 2, 1 | 2 = 3

-- name: associativity_of_doubles
SELECT 0.1D + 0.2D + 0.3D, 0.1D + (0.2D + 0.3D), 1e16D + 1D - 1e16D, 0.1D * 3, 1e308D * 10, -1e308D * 10

-- name: negative_zero
SELECT 0D * -1, -0D, -(0D), 0D - 0D, -0D + 0D, -0D - 0D, 0D = -0D, -0D < 0D, CAST(-0D AS STRING), CAST(-0D AS INT)

-- name: float_arithmetic_rounds_to_float
SELECT 0.1F + 0.2F, 16777216F + 1F, 1F / 3F, 0.1F = 0.1D, CAST(0.1F AS DOUBLE), 3.4e38F * 10F, 1e-45F / 2F

-- name: bigint_to_double_loses
SELECT 9007199254740993L + 0D, 9223372036854775807L * 1D, 9223372036854775807L + 0F, 9007199254740993L = 9007199254740992D

-- name: large_expression
SELECT id, (i + 1) * (s - 2) + b * 3 - l % 7 + CAST(ok AS INT) AS r FROM nums

-- name: try_each_width
SELECT id, try_add(b, b), try_add(s, s), try_add(i, i), try_add(l, l), try_subtract(b, 100Y), try_subtract(s, 32000S), try_subtract(i, 2147483647), try_subtract(l, 9223372036854775807), try_multiply(b, b), try_multiply(s, s), try_multiply(i, i), try_multiply(l, l) FROM nums

-- name: try_mixed_and_floating
SELECT id, try_add(f, f), try_add(d, d), try_subtract(i, d), try_multiply(d, d), try_add(b, l), try_multiply(s, f), try_add(str, 1), try_multiply(str, str), try_divide(i, s), try_divide(d, d), try_divide(f, 0), try_divide(l, b) FROM nums

-- name: try_limits
SELECT try_add(2147483647, 1), try_add(-2147483648, -1), try_add(127Y, 1Y), try_add(32767S, 1S), try_add(9223372036854775807, 1), try_add(2147483647, 1L), try_subtract(-128Y, 1Y), try_subtract(-9223372036854775808, 1), try_subtract(0, -2147483648), try_multiply(-9223372036854775808, -1), try_multiply(3037000500, 3037000500), try_multiply(3037000499, 3037000499), try_multiply(-2147483648, -1), try_divide(-9223372036854775808, -1), try_divide(0, 0), try_divide(1D, 0D), try_divide(1, 3)

-- name: try_decimals
-- A decimal beyond 38 digits is NULL with and without try_.
SELECT try_add(1.5, 2), try_add(99999999999999999999999999999999999999, 1), try_add(1.25, 1D), try_subtract(1.5, 0.25), try_subtract(-99999999999999999999999999999999999999, 1.5), try_multiply(1.5, 1.5), try_multiply(99999999999999999999999999999999999999, 10), try_divide(1.5, 0), try_divide(1, 3.0), try_divide(2.50, 0.00), try_add(CAST(1 AS DECIMAL(5,2)), 2Y)

-- name: try_nulls
SELECT try_add(NULL, 1), try_add(1L, NULL), try_add(NULL, NULL), try_subtract(NULL, 1.5), try_multiply(CAST(NULL AS INT), 2147483647), try_divide(NULL, 2), try_divide(NULL, NULL), try_multiply('a', 2), try_add('1', '2')

-- name: try_nested
SELECT id, coalesce(try_add(i, 2147483647), -1), try_add(try_multiply(l, 2), try_subtract(b, s)), sum(try_add(i, i)) OVER () FROM nums
