-- Aggregates. The column `x` of `groups` holds quarters, so that its sums are exact in any order.

-- name: count_forms
SELECT count(*), count(1), count(i), count(DISTINCT i), count(DISTINCT i, s), count(NULL), count(i, s), count(x), count(DISTINCT g), count(ok) FROM groups

-- name: sum_types
-- Integers sum as bigint, floats as double.
SELECT sum(b), sum(s), sum(i), sum(id), sum(CAST(f AS INT)), sum(id * 1L) FROM nums

-- name: sum_wraps_as_bigint
SELECT g, sum(l), sum(i) FROM specials GROUP BY g

-- name: sum_avg_special_doubles
-- zeros: same
SELECT g, sum(v), avg(v), min(v), max(v) FROM specials WHERE g <> 'big' GROUP BY g

-- name: sum_overflows_to_infinity
SELECT sum(v), avg(v) FROM specials WHERE g = 'big'

-- name: avg_types
SELECT avg(i), avg(l), avg(x), avg(h), mean(i), avg(CAST(i AS TINYINT)), avg(CAST(x AS FLOAT)) FROM groups

-- name: avg_of_large_bigint
-- avg of bigint sums as double.
SELECT avg(l) FROM VALUES (9223372036854775807L), (9223372036854775807L), (2L) AS t(l)

-- name: min_max_types
SELECT min(b), max(b), min(l), max(l), min(f), max(f), min(d), max(d), min(ok), max(ok), min(str), max(str) FROM nums

-- name: min_max_dates
SELECT min(d), max(d), min(ts), max(ts), count(d) FROM dates

-- name: min_max_strings
SELECT min(s), max(s), min(length(s)), max(length(s)) FROM strs

-- name: min_max_nan
SELECT min(x), max(x), min(-x), max(-x) FROM doubles

-- name: min_max_signed_zero
SELECT min(v) = 0, max(v) = 0 FROM specials WHERE g = 'zero'

-- name: group_all
SELECT g, count(*), count(i), sum(i), avg(i), min(i), max(i), sum(l), sum(x), avg(x), min(s), max(s), min(d), max(d), min(ok), max(ok) FROM groups GROUP BY g

-- name: group_two_keys
SELECT g, h, count(*), sum(i), max(x) FROM groups GROUP BY g, h

-- name: all_null_group
SELECT g, count(*), count(i), sum(i), avg(x), min(s), max(d), stddev(x), var_pop(x), first(i), collect_list(i), count_if(ok), median(x), percentile(x, 0.5), any_value(s) FROM groups WHERE g = 'null' GROUP BY g

-- name: single_row_group
-- The sample forms of one row are NULL, the population forms 0.
SELECT g, count(*), stddev(x), stddev_samp(x), stddev_pop(x), variance(x), var_samp(x), var_pop(x), median(x), first(s), collect_list(s) FROM groups WHERE g = 'one' GROUP BY g

-- name: empty_input_global
SELECT count(*), count(v), sum(id), sum(v), avg(v), min(g), max(v), stddev(v), first(g), any_value(g), collect_list(g), count_if(v > 0), median(v), percentile_approx(v, 0.5), max_by(g, v), count(DISTINCT g) FROM empty

-- name: empty_input_grouped
SELECT g, count(*), sum(v) FROM empty GROUP BY g

-- name: filtered_to_empty
SELECT count(*), sum(i), max(g) FROM groups WHERE id < 0

-- name: empty_group_by_constant
SELECT 1 AS k, count(*) FROM empty GROUP BY 1

-- name: one_row_table
SELECT count(*), sum(v), avg(v), min(ts), max(g), stddev_pop(v) FROM one

-- name: count_if
SELECT g, count_if(i > 0), count_if(ok), count_if(NOT ok), count_if(i IS NULL), count_if(NULL) FROM groups GROUP BY g

-- name: variance_stddev
-- float: rel 1e-12
SELECT g, stddev(x), stddev_samp(x), stddev_pop(x), variance(x), var_samp(x), var_pop(x), std(i), variance(l) FROM groups GROUP BY g

-- name: variance_special
SELECT g, variance(v), var_pop(v), stddev(v) FROM specials WHERE g <> 'big' GROUP BY g

-- name: first_last
-- By input order; a NULL counts unless it is ignored.
SELECT g, first(i), last(i), first(i, true), last(i, true), first_value(s), last_value(s), any_value(i), any_value(i, true), first(i) IGNORE NULLS, last(s) IGNORE NULLS FROM groups GROUP BY g

-- name: first_last_global
SELECT first(id), last(id), first(s), last(s), first(s, true), last(s, true) FROM strs

-- name: min_by_max_by
-- Rows whose order key is NULL are skipped; the value may be NULL.
SELECT g, min_by(id, l), max_by(id, l), min_by(s, l), max_by(x, l), max_by(id, d) IS NULL FROM groups GROUP BY g

-- name: max_by_nan
SELECT max_by(id, x), min_by(id, x), max_by('a', NULL) FROM doubles WHERE id NOT IN (24)

-- name: collect_list
-- Input order; NULLs are left out.
SELECT g, collect_list(i), collect_list(s) FROM groups WHERE id <= 60 GROUP BY g

-- name: distinct_aggregates
SELECT g, count(DISTINCT i), sum(DISTINCT i), avg(DISTINCT h), min(DISTINCT i), max(DISTINCT s), count(DISTINCT ok) FROM groups GROUP BY g

-- name: distinct_special_doubles
-- Every NaN is one value, and so are 0.0 and -0.0.
SELECT count(DISTINCT v), count(DISTINCT v, g) FROM ties

-- name: distinct_several_columns
SELECT count(DISTINCT g, h), count(DISTINCT g, h, ok), count(DISTINCT i, NULL) FROM groups

-- name: filter_clause
SELECT g, count(*) FILTER (WHERE i > 0) AS p, sum(i) FILTER (WHERE ok) AS q, avg(x) FILTER (WHERE x > 0) AS r, count(DISTINCT h) FILTER (WHERE ok IS NOT NULL) AS t, max(s) FILTER (WHERE false) AS n, collect_list(i) FILTER (WHERE h = 1) AS c FROM groups GROUP BY g

-- name: filter_global
SELECT sum(i) FILTER (WHERE g = 'a'), count(*) FILTER (WHERE g IS NULL), min(x) FILTER (WHERE x IS NULL) FROM groups

-- name: percentile
-- Exact, interpolated.
SELECT g, percentile(x, 0.5), percentile(x, 0), percentile(x, 1), percentile(x, 0.25), percentile(i, 0.9), percentile(l, 0.1) FROM groups GROUP BY g

-- name: percentile_frequency
SELECT percentile(v, 0.5, w), percentile(v, 0.3, w) FROM VALUES (1, 1), (2, 3), (10, 5), (NULL, 2), (20, 0) AS t(v, w)

-- name: percentile_frequency_groups
-- Frequencies of 0 and NULL, values that come twice, several shares.
SELECT g, percentile(x, 0.5, abs(i)), percentile(l, array(0.0, 0.1, 0.5, 0.99, 1.0), abs(i)), percentile(i, 0.25, 3), percentile(x, 0.5, 0), percentile(x, 0.5, NULL), percentile(x, 0.5, 1) FROM groups GROUP BY g

-- name: percentile_frequency_large
-- No value may be stored as often as its frequency says.
SELECT percentile(v, 0.25, w), percentile(v, array(0.0, 0.5, 1.0), w) FROM VALUES (1.5, 1000000000000L), (2.5, 3000000000000L) AS t(v, w)

-- name: percentile_frequency_null_value
-- The frequency of a NULL is not looked at.
SELECT percentile(v, 0.5, w) FROM VALUES (CAST(NULL AS INT), -1), (2, 3) AS t(v, w)

-- name: percentile_frequency_filter_distinct_window
SELECT DISTINCT percentile(v, 0.5, w) FILTER (WHERE w > 1), percentile(DISTINCT v, 0.5, w) FROM VALUES (1, 1), (1, 1), (1, 2), (9, 3) AS t(v, w)

-- name: percentile_frequency_over
-- ordered: yes
SELECT v, percentile(v, 0.5, w) OVER (ORDER BY v), percentile(v, 0.3, w) OVER (PARTITION BY v % 2 ORDER BY v ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), percentile(v, 0.9, w) OVER () FROM VALUES (1, 1), (2, 3), (9, 3), (7, 0), (4, NULL), (3, 2) AS t(v, w) ORDER BY v

-- name: percentile_frequency_negative
-- error: INVALID_PARAMETER_VALUE
-- mentions: negative
-- position: no
SELECT percentile(v, 0.5, w) FROM VALUES (1, -1), (2, 3) AS t(v, w)

-- name: percentile_frequency_type
-- error: DATATYPE_MISMATCH
SELECT percentile(v, 0.5, 1.5) FROM VALUES (1), (2) AS t(v)

-- name: percentile_no_shares
SELECT percentile(v, array()), percentile(v, array(), v), percentile_approx(v, array()) FROM VALUES (1), (2) AS t(v)

-- name: percentile_small
SELECT percentile(v, 0.5), percentile(v, 0.1), percentile(v, 0.999), median(v) FROM VALUES (1), (2) AS t(v)

-- name: percentile_specials
SELECT g, percentile(v, 0.5), median(v) FROM specials WHERE g IN ('nan', 'inf', 'zero', 'null') GROUP BY g

-- name: percentile_filter_and_strings
SELECT percentile(i, 0.5) FILTER (WHERE g = 'a'), percentile(CAST(i AS STRING), 0.5), median(i), percentile(DISTINCT i, 0.5) FROM groups

-- name: percentile_approx
-- With few rows the approximation is exact: the smallest value with at least that share below or equal.
SELECT g, percentile_approx(x, 0.5), percentile_approx(i, 0.25), percentile_approx(l, 0.9), percentile_approx(x, 0.75, 1000), percentile_approx(x, 0), percentile_approx(x, 1) FROM groups GROUP BY g

-- name: percentile_approx_dates
SELECT g, percentile_approx(d, 0.5) FROM groups GROUP BY g

-- name: median
SELECT g, median(i), median(x), median(l) FROM groups GROUP BY g

-- name: aggregates_of_expressions
SELECT g, sum(i * 2 + 1), avg(x - 1), max(length(s)), min(upper(s)), sum(CASE WHEN ok THEN 1 ELSE 0 END), count(nullif(i, 0)), sum(i) / count(i), max(i) - min(i), round(avg(x), 1) FROM groups GROUP BY g

-- name: aggregates_in_expressions
SELECT g, if(count(*) > 20, 'many', 'few'), coalesce(sum(i), 0) + count(*), concat(g, ':', count(*)), -sum(i), sum(i) > 100 FROM groups GROUP BY g

-- name: same_aggregate_twice
SELECT sum(i), sum(i) + 1, sum(i), count(*) * 2, count(*) FROM groups

-- name: sum_strings
SELECT sum('5'), sum(s), avg(s), max(s), min(s) FROM VALUES ('1'), ('2.5'), ('x'), (NULL) AS t(s)

-- name: sum_null_literal
SELECT sum(NULL), avg(NULL), min(NULL), max(NULL), count(NULL), first(NULL) FROM groups

-- name: sum_float_column
SELECT sum(CAST(x AS FLOAT)), avg(CAST(x AS FLOAT)), min(CAST(x AS FLOAT)), max(CAST(x AS FLOAT)) FROM groups

-- name: sum_exactness
-- float: rel 1e-12
SELECT category, sum(value), avg(value), sum(value * quantity), stddev(value), variance(value) FROM items GROUP BY category

-- name: sum_cancels
-- The exact sum is 2; Spark adds in input order and gets 0. quern rounds the exact sum once.
-- float: rel 1
SELECT sum(v) >= 0 FROM VALUES (1D), (1e100D), (1D), (-1e100D) AS t(v)

-- name: product_like
SELECT count(*), sum(1), sum(-1), avg(1), max('x'), min(true) FROM groups

-- name: bits_each_width
SELECT bit_and(b), bit_or(b), bit_xor(b), bit_and(s), bit_or(s), bit_xor(s), bit_and(i), bit_or(i), bit_xor(i), bit_and(l), bit_or(l), bit_xor(l) FROM nums WHERE id > 6

-- name: bits_of_limits
SELECT bit_and(v), bit_or(v), bit_xor(v), bit_and(w), bit_xor(w) FROM VALUES (9223372036854775807, -128Y), (-9223372036854775808, 127Y), (NULL, NULL), (-1L, -1Y) AS t(v, w)

-- name: bits_by_group
SELECT g, bit_and(i), bit_or(i), bit_xor(i), bit_xor(DISTINCT i), bit_or(DISTINCT i), bit_and(i) FILTER (WHERE i > 5) FROM groups GROUP BY g

-- name: bits_of_nothing
SELECT bit_and(i), bit_or(i), bit_xor(i), bit_and(NULL), bit_xor(NULL) FROM nums WHERE id < 0

-- name: bits_of_null_groups
SELECT k, bit_and(v), bit_or(v), bit_xor(v) FROM VALUES (1, NULL), (1, NULL), (2, 6), (2, NULL), (2, 3) AS t(k, v) GROUP BY k
