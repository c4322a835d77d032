-- Functions beyond the first set. Not run unless --later is given.

-- name: bool_aggregates
SELECT g, bool_and(ok), bool_or(ok), every(ok), some(ok), any(ok) FROM groups GROUP BY g

-- name: bit_aggregates
SELECT g, bit_and(i), bit_or(i), bit_xor(i) FROM groups GROUP BY g

-- name: skewness_kurtosis
-- float: rel 1e-10
SELECT g, skewness(x), kurtosis(x) FROM groups GROUP BY g

-- name: covariance_correlation
-- float: rel 1e-10
SELECT g, covar_pop(x, i), covar_samp(x, i), corr(x, i), regr_count(x, i), regr_slope(x, i) FROM groups WHERE g IS NOT NULL GROUP BY g

-- name: array_agg
SELECT array_agg(x), size(collect_list(x)) FROM doubles

-- name: collect_set_sorted
SELECT g, sort_array(collect_set(i)), sort_array(collect_set(s)), size(collect_set(h)) FROM groups GROUP BY g

-- name: collect_list_distinct
SELECT g, sort_array(collect_list(DISTINCT h)) FROM groups GROUP BY g

-- name: percentile_array
SELECT g, percentile(x, array(0, 0.25, 0.5, 0.75, 1)) FROM groups GROUP BY g

-- name: percentile_cont_disc
SELECT g, percentile_cont(0.5) WITHIN GROUP (ORDER BY x), percentile_disc(0.5) WITHIN GROUP (ORDER BY x), percentile_cont(0.25) WITHIN GROUP (ORDER BY x DESC), percentile_disc(0.25) WITHIN GROUP (ORDER BY x DESC) FROM groups GROUP BY g

-- name: percentile_approx_array
SELECT g, percentile_approx(x, array(0.1, 0.5, 0.9)), percentile_approx(i, array(0.5), 100) FROM groups GROUP BY g

-- name: approx_count_distinct
SELECT approx_count_distinct(h), approx_count_distinct(g) FROM groups

-- name: try_sum_avg
SELECT try_sum(l), try_avg(l) FROM VALUES (9223372036854775807L), (1L) AS t(l)

-- name: mode_of_values
SELECT mode(v), mode(s) FROM VALUES (1, 'a'), (2, 'b'), (2, 'b'), (NULL, NULL), (NULL, NULL), (NULL, NULL) AS t(v, s)

-- name: histogram_free_group_concat
SELECT g, concat_ws(',', collect_list(s)), array_join(sort_array(collect_list(i)), '-') FROM groups WHERE id < 50 GROUP BY g

-- name: pmod
SELECT pmod(7, 3), pmod(-7, 3), pmod(7, -3), pmod(-7, -3), pmod(-7.5D, 2D), pmod(-7L, 3), pmod(-0.5, 0.3)

-- name: shifts
SELECT shiftleft(1, 4), shiftleft(1, 33), shiftright(-8, 1), shiftright(-8L, 1), shiftrightunsigned(-8, 28), shiftleft(1L, 40), shiftleft(2147483647, 1)

-- name: try_arithmetic
SELECT try_add(1, 2), try_add(2147483647, 1), try_subtract(-2147483648, 1), try_multiply(2147483647, 2), try_divide(1, 0), try_divide(6, 4), try_add(9223372036854775807L, 1L)

-- name: hash_arrays
SELECT hash(split('a,b', ',')), xxhash64(split('a,b', ',')), hash(array(1, NULL, 2)), xxhash64(array(1L, 2L))

-- name: decode_function
SELECT decode(1, 1, 'a', 2, 'b', 'z'), decode(3, 1, 'a', 2, 'b', 'z'), decode(3, 1, 'a'), decode(NULL, NULL, 'n', 'z')

-- name: log_with_base
-- float: ulp 1
SELECT log(2, 8), log(10, 1000), log(1, 5), log(0, 5), log(2, 0), log(-2, 8), log(2.5D, 0.5D), log(NULL, 1), log1p(0), log1p(-1), log1p(1e-10D), expm1(1e-10D)

-- name: trigonometry
-- float: ulp 2
SELECT sin(1), cos(1), tan(1), asin(1), acos(0), atan(1), atan2(1, 2), sinh(1), cosh(1), tanh(1), cbrt(27), degrees(pi()), radians(180), hypot(3, 4), asin(2)

-- name: constants
SELECT pi(), e(), factorial(5), factorial(20), factorial(21), factorial(-1), cbrt(-8D), rint(2.5D), rint(-0.4D)

-- name: bin_hex_conv
SELECT bin(13), bin(-1), hex(255), hex(-1), hex('abc'), hex(X'00ff'), unhex('414243'), unhex('4'), unhex('zz'), conv('ff', 16, 10), conv('-10', 10, 16), conv('zz', 36, 10), conv(NULL, 10, 2)

-- name: width_bucket
SELECT width_bucket(5.3D, 0.2D, 10.6D, 5), width_bucket(-2.1D, 1.3D, 3.4D, 3), width_bucket(8.1D, 0.0D, 5.7D, 4), width_bucket(-0.9D, 5.2D, 0.5D, 2)

-- name: regexp_extract_all
SELECT regexp_extract_all('100-200, 300-400', '(\\d+)-(\\d+)', 1), regexp_extract_all('a1b2', '[a-z]\\d', 0), regexp_extract_all('x', '(\\d)'), regexp_extract_all(NULL, 'a', 0)

-- name: regexp_count_substr_instr
SELECT regexp_count('Steven Jones and Stephen Smith', 'Ste(v|ph)en'), regexp_count('abc', 'x'), regexp_substr('Steven Jones and Stephen', 'Ste(v|ph)en'), regexp_substr('abc', 'x'), regexp_instr('a1b2', '\\d'), regexp_instr('abc', '\\d'), regexp_count(NULL, 'a')

-- name: split_with_regex
SELECT split('one  two', ' +'), split('aXbYc', '[XY]'), split('2024-01-31', '-'), split('abc', '(?=b)'), split('a\tb\nc', '\\s')

-- name: initcap
SELECT initcap('hello wORLD'), initcap(' two  spaces'), initcap('éa-ab x'), initcap(''), initcap(NULL)

-- name: substring_index
SELECT substring_index('a.b.c', '.', 1), substring_index('a.b.c', '.', 2), substring_index('a.b.c', '.', -1), substring_index('a.b.c', '.', -2), substring_index('a.b.c', '.', 0), substring_index('a.b.c', '.', 9), substring_index('a.b.c', '', 1), substring_index('aXXbXXc', 'XX', -1), substring_index(NULL, '.', 1)

-- name: translate
SELECT translate('abcabc', 'abc', 'xyz'), translate('abcabc', 'abc', 'x'), translate('abc', '', 'x'), translate('aab', 'aa', 'xy'), translate('日本', '本', '木'), translate(NULL, 'a', 'b'), translate('a😀b', '😀', 'x')

-- name: split
-- The delimiter is a regular expression; a limit keeps the rest in the last element.
SELECT split('a,b,c', ','), split('a1b22c', '[0-9]+'), split('a,b,c', ',', 2), split('a,b,c', ',', -1), split('a,b,,', ','), split('', ','), split(NULL, ','), split('abc', ''), split('a.b', '\\.'), split('a b', ' ', 0), split('ab', 'x'), split(',a', ',')

-- name: split_columns
SELECT id, split(s, '[, ]') FROM strs

-- name: split_element
SELECT split('a,b,c', ',')[0], split('a,b,c', ',')[2], split('a,b,c', ',')[3], split('a,b,c', ',')[-1], element_at(split('a,b,c', ','), 1), element_at(split('a,b,c', ','), -1), size(split('a,b,c', ',')), array_contains(split('a,b', ','), 'b')

-- name: locate_position
SELECT locate('l', 'hello'), locate('l', 'hello', 4), locate('l', 'hello', 0), locate('', 'hello', 3), locate('h', 'hello', -1), position('lo' IN 'hello'), position('l', 'hello', 4)

-- name: reverse_repeat_space
SELECT reverse('abc'), reverse('é😀'), reverse(''), reverse(NULL), repeat('ab', 3), repeat('ab', 0), repeat('ab', -1), repeat('', 5), repeat(NULL, 2), repeat('a', NULL), space(3), space(0), space(-1), reverse(123)

-- name: ascii_chr
SELECT ascii('A'), ascii(''), ascii('é'), ascii('😀'), ascii(NULL), chr(65), chr(0), chr(256), chr(-1), char(97), chr(233), ascii(5)

-- name: levenshtein_soundex
SELECT levenshtein('kitten', 'sitting'), levenshtein('', 'abc'), levenshtein(NULL, 'a'), levenshtein('é', 'e'), soundex('Miller'), soundex(''), soundex('123')

-- name: overlay_function
SELECT overlay('Spark SQL' PLACING '_' FROM 6), overlay('Spark SQL' PLACING 'CORE' FROM 7), overlay('Spark SQL' PLACING 'ANSI ' FROM 7 FOR 0), overlay('Spark SQL', 'tructured', 2, 4)

-- name: base64_and_encode
SELECT base64('abc'), base64(''), unbase64('YWJj'), base64(NULL), encode('é', 'UTF-8'), decode(X'C3A9', 'UTF-8'), encode('é', 'UTF-16BE'), decode(encode('é', 'ISO-8859-1'), 'ISO-8859-1')

-- name: format_functions
SELECT format_number(1234567.891D, 2), format_number(0.5D, 0), format_number(-1234, 1), format_string('%d %s', 1, 'a'), printf('%05d|%.2f|%x', 42, 3.14159D, 255), format_number(NULL, 2), format_number(1234567, 0)

-- name: find_in_set_and_elt
SELECT find_in_set('b', 'a,b,c'), find_in_set('x', 'a,b'), find_in_set('a,b', 'a,b'), elt(1, 'a', 'b'), elt(2, 'a', 'b'), elt(3, 'a', 'b'), elt(NULL, 'a')

-- name: ilike
SELECT 'ABC' ILIKE 'abc', 'abc' ILIKE 'A%', 'É' ILIKE 'é', 'abc' NOT ILIKE 'B%', NULL ILIKE 'a'

-- name: like_any_all
SELECT 'foo' LIKE ANY ('f%', 'b%'), 'foo' LIKE ALL ('f%', '%o'), 'foo' LIKE ALL ('f%', 'x%'), 'foo' NOT LIKE ANY ('f%', 'b%'), 'foo' LIKE SOME ('x', NULL), 'foo' NOT LIKE ALL ('x', 'y')

-- name: synonyms
SELECT ceiling(1.5D), power(2, 3), signum(-2), ifnull(NULL, 1), nvl2(NULL, 1, 2), nvl2(5, 1, 2), substr('abc', 2), char_length('é'), character_length('ab'), octet_length('é'), bit_length('é'), ucase('a'), lcase('A'), now() = current_timestamp(), nanvl(double('NaN'), 5D), len('abc'), btrim('xxbxx', 'x'), left('abc', 2), right('abc', 2), left('abc', 0), right('abc', -1), sha('abc'), sha1('abc'), crc32('abc'), regexp_like('abc', 'a'), log2(8), log(5D) = ln(5D)

-- name: array_and_map_values
SELECT array(1, 2, NULL), array(), array('a', 1), map('k', 1), named_struct('a', 1, 'b', 'x'), array(1, 2)[1], size(array(1)), explode_free FROM (SELECT 1 AS explode_free)
