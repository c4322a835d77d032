-- Window functions. Where the order has ties, only functions that treat peers alike are asked,
-- or the order is made total with `id`.

-- name: row_number
SELECT id, row_number() OVER (PARTITION BY g ORDER BY id) AS r FROM ties

-- name: row_number_without_partition
SELECT id, row_number() OVER (ORDER BY id DESC) AS r FROM ties

-- name: row_number_null_keys
-- NULL partition keys are one partition.
SELECT id, g, row_number() OVER (PARTITION BY g ORDER BY k, id) AS r FROM ties

-- name: ranks_with_ties
SELECT id, rank() OVER w AS r, dense_rank() OVER w AS d, percent_rank() OVER w AS p, cume_dist() OVER w AS c FROM ties WINDOW w AS (PARTITION BY g ORDER BY k)

-- name: ranks_global
SELECT id, rank() OVER (ORDER BY k) AS r, dense_rank() OVER (ORDER BY k) AS d, percent_rank() OVER (ORDER BY k) AS p, cume_dist() OVER (ORDER BY k) AS c FROM ties

-- name: ranks_descending
SELECT id, rank() OVER (PARTITION BY g ORDER BY k DESC) AS r, dense_rank() OVER (PARTITION BY g ORDER BY k DESC) AS d, percent_rank() OVER (PARTITION BY g ORDER BY k DESC) AS p, cume_dist() OVER (PARTITION BY g ORDER BY k DESC) AS c FROM ties

-- name: ranks_nulls_last
SELECT id, rank() OVER (PARTITION BY g ORDER BY k NULLS LAST) AS r, percent_rank() OVER (PARTITION BY g ORDER BY k ASC NULLS LAST) AS p, dense_rank() OVER (ORDER BY k DESC NULLS FIRST) AS d FROM ties

-- name: ranks_of_doubles
-- NaN ranks last, after Infinity; 0.0 and -0.0 are peers.
SELECT id, v, rank() OVER (ORDER BY v) AS r, dense_rank() OVER (ORDER BY v) AS d, percent_rank() OVER (ORDER BY v) AS p, cume_dist() OVER (ORDER BY v) AS c FROM ties

-- name: ranks_of_doubles_descending
SELECT id, v, rank() OVER (ORDER BY v DESC) AS r, dense_rank() OVER (ORDER BY v DESC NULLS FIRST) AS d, percent_rank() OVER (PARTITION BY g ORDER BY v DESC) AS p FROM ties

-- name: ranks_of_strings
SELECT id, s, rank() OVER (ORDER BY s) AS r, percent_rank() OVER (ORDER BY s DESC) AS p FROM strs

-- name: ranks_of_dates
SELECT id, rank() OVER (ORDER BY d) AS r, rank() OVER (ORDER BY ts DESC) AS q FROM dates

-- name: ranks_of_booleans
SELECT id, rank() OVER (ORDER BY ok) AS r, cume_dist() OVER (ORDER BY ok DESC) AS c FROM nums

-- name: ranks_by_two_keys
SELECT id, rank() OVER (PARTITION BY g ORDER BY k DESC, v) AS r, dense_rank() OVER (PARTITION BY g ORDER BY k, v DESC NULLS FIRST) AS d, percent_rank() OVER (ORDER BY g, k NULLS LAST) AS p FROM ties

-- name: ranks_by_expression
SELECT id, rank() OVER (PARTITION BY k % 2 ORDER BY abs(v)) AS r, percent_rank() OVER (ORDER BY length(n), k) AS p FROM ties

-- name: rank_single_row_partition
SELECT id, rank() OVER (PARTITION BY id ORDER BY k) AS r, percent_rank() OVER (PARTITION BY id ORDER BY k) AS p, cume_dist() OVER (PARTITION BY id ORDER BY k) AS c, ntile(3) OVER (PARTITION BY id ORDER BY k) AS n FROM ties

-- name: rank_order_by_constant
SELECT id, rank() OVER (PARTITION BY g ORDER BY 1) AS r, percent_rank() OVER (PARTITION BY g ORDER BY NULL) AS p FROM ties

-- name: ntile
-- The first buckets get the extra rows.
SELECT id, ntile(4) OVER (PARTITION BY g ORDER BY id) AS a, ntile(1) OVER (ORDER BY id) AS b, ntile(100) OVER (ORDER BY id) AS c, ntile(7) OVER (ORDER BY id DESC) AS d FROM ties

-- name: ntile_default
SELECT id, ntile() OVER (ORDER BY id) AS n FROM ties

-- name: lag_lead
SELECT id, lag(k) OVER w AS l1, lead(k) OVER w AS f1, lag(k, 2) OVER w AS l2, lead(n, 3) OVER w AS f3, lag(k, 1, -1) OVER w AS ld, lead(n, 1, 'none') OVER w AS fd FROM ties WINDOW w AS (PARTITION BY g ORDER BY id)

-- name: lag_lead_offsets
SELECT id, lag(k, 0) OVER (ORDER BY id) AS z, lag(k, -1) OVER (ORDER BY id) AS neg, lead(k, -2) OVER (ORDER BY id) AS neg2, lag(k, 1000) OVER (ORDER BY id) AS far, lead(k, 1000, 7) OVER (ORDER BY id) AS fard FROM ties

-- name: lag_lead_ignore_nulls
SELECT id, lag(k, 1) IGNORE NULLS OVER (ORDER BY id) AS a, lead(n, 2) IGNORE NULLS OVER (PARTITION BY g ORDER BY id) AS b, lag(v) RESPECT NULLS OVER (ORDER BY id) AS c FROM ties

-- name: lag_default_coercion
SELECT id, lag(k, 1, 2.5) OVER (ORDER BY id) AS a, lag(v, 1, 0) OVER (ORDER BY id) AS b, lead(k, 1, id) OVER (ORDER BY id) AS c FROM ties

-- name: lag_of_expression
SELECT id, k - lag(k) OVER (PARTITION BY g ORDER BY id) AS diff, lag(upper(n) || '!') OVER (ORDER BY id) AS e FROM ties

-- name: first_last_nth
SELECT id, first_value(k) OVER w AS f, last_value(k) OVER w AS l, nth_value(k, 2) OVER w AS n2, nth_value(n, 5) OVER w AS n5 FROM ties WINDOW w AS (PARTITION BY g ORDER BY id)

-- name: first_last_whole_partition
SELECT id, first_value(n) OVER w AS f, last_value(n) OVER w AS l, nth_value(n, 3) OVER w AS n3 FROM ties WINDOW w AS (PARTITION BY g ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)

-- name: first_last_ignore_nulls
SELECT id, first_value(k, true) OVER w AS f, last_value(k) IGNORE NULLS OVER w AS l, nth_value(n, 2) IGNORE NULLS OVER w AS n2, first(v, true) OVER w AS fv, any_value(n) IGNORE NULLS OVER w AS av FROM ties WINDOW w AS (PARTITION BY g ORDER BY id)

-- name: last_value_with_peers
-- The default frame ends with the last peer: last_value(k) is the row's own k.
SELECT id, last_value(k) OVER (PARTITION BY g ORDER BY k) AS l, count(*) OVER (PARTITION BY g ORDER BY k) AS c FROM ties

-- name: aggregates_over_partition
-- zeros: same
SELECT id, count(*) OVER p AS c, count(k) OVER p AS ck, sum(k) OVER p AS s, avg(k) OVER p AS a, min(k) OVER p AS lo, max(k) OVER p AS hi, min(n) OVER p AS ln, max(v) OVER p AS hv FROM ties WINDOW p AS (PARTITION BY g)

-- name: aggregates_over_everything
-- zeros: same
SELECT id, count(*) OVER () AS c, sum(k) OVER () AS s, avg(k) OVER () AS a, min(n) OVER () AS m, max(v) OVER () AS x FROM ties

-- name: aggregates_running
-- The default frame with ORDER BY runs to the current row and its peers.
SELECT id, k, count(*) OVER w AS c, sum(k) OVER w AS s, avg(k) OVER w AS a, min(k) OVER w AS lo, max(n) OVER w AS hi FROM ties WINDOW w AS (PARTITION BY g ORDER BY k)

-- name: aggregates_running_total_order
-- zeros: same
SELECT id, sum(k) OVER (ORDER BY id) AS s, count(n) OVER (ORDER BY id) AS c, max(v) OVER (ORDER BY id) AS m, min(v) OVER (ORDER BY id DESC) AS lo FROM ties

-- name: sum_of_quarters_running
SELECT id, sum(x) OVER (PARTITION BY g ORDER BY id) AS s, avg(x) OVER (PARTITION BY g ORDER BY id) AS a, sum(l) OVER (ORDER BY id) AS t FROM groups

-- name: variance_over
-- float: rel 1e-10
SELECT id, stddev(x) OVER (PARTITION BY g) AS a, var_pop(x) OVER (PARTITION BY g) AS b, variance(i) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) AS c, stddev_pop(x) OVER (PARTITION BY g ORDER BY id) AS d FROM groups

-- name: nan_and_infinity_over
-- zeros: same
SELECT id, g, sum(v) OVER (PARTITION BY g) AS s, avg(v) OVER (PARTITION BY g) AS a, max(v) OVER (PARTITION BY g) AS m, min(v) OVER (PARTITION BY g) AS n FROM specials WHERE g <> 'big'

-- name: sum_wraps_over
SELECT id, sum(l) OVER (PARTITION BY g) AS s FROM specials

-- name: percentiles_over
SELECT id, percentile(x, 0.5) OVER (PARTITION BY g) AS p, median(i) OVER (PARTITION BY g) AS m, percentile_approx(x, 0.5) OVER (PARTITION BY g) AS q FROM groups

-- name: min_by_max_by_over
SELECT id, max_by(id, l) OVER (PARTITION BY g) AS m, min_by(s, l) OVER (PARTITION BY g) AS n, count_if(ok) OVER (PARTITION BY g) AS c FROM groups

-- name: collect_list_over
SELECT id, collect_list(h) OVER (PARTITION BY g ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS c FROM groups WHERE id <= 40

-- name: null_partition_and_all_null_keys
SELECT id, g, sum(k) OVER (PARTITION BY g) AS s, rank() OVER (PARTITION BY g ORDER BY k) AS r, lag(k) OVER (PARTITION BY g ORDER BY id) AS l FROM ties WHERE g IS NULL OR g = 'nulls'

-- name: partition_by_double
-- NaN is one partition, and so are 0.0 and -0.0.
SELECT id, v, count(*) OVER (PARTITION BY v) AS c, row_number() OVER (PARTITION BY v ORDER BY id) AS r FROM ties

-- name: partition_by_several
SELECT id, count(*) OVER (PARTITION BY g, k) AS c, rank() OVER (PARTITION BY g, n ORDER BY k) AS r FROM ties

-- name: partition_by_expression
SELECT id, count(*) OVER (PARTITION BY id % 5) AS c, sum(k) OVER (PARTITION BY upper(g), k IS NULL) AS s, max(id) OVER (PARTITION BY CASE WHEN k > 1 THEN 'hi' ELSE 'lo' END) AS m FROM ties

-- name: partition_by_unicode
SELECT id, count(*) OVER (PARTITION BY substring(s, 1, 1)) AS c, row_number() OVER (PARTITION BY lower(s) ORDER BY id) AS r FROM strs

-- name: partition_by_constant
SELECT id, row_number() OVER (PARTITION BY 1 ORDER BY id) AS r, count(*) OVER (PARTITION BY NULL) AS c FROM ten_items

-- name: several_windows
SELECT id, rank() OVER (PARTITION BY g ORDER BY k) AS a, rank() OVER (PARTITION BY n ORDER BY v) AS b, row_number() OVER (ORDER BY id) AS c, sum(k) OVER (PARTITION BY k) AS d, count(*) OVER () AS e FROM ties

-- name: expressions_of_windows
SELECT id, k - avg(k) OVER (PARTITION BY g) AS diff, rank() OVER (ORDER BY k) * 10 + 1 AS r, CASE WHEN percent_rank() OVER (ORDER BY k) > 0.5 THEN 'high' ELSE 'low' END AS tier, round(100 * cume_dist() OVER (ORDER BY k), 1) AS pct FROM ties

-- name: same_window_twice
SELECT id, sum(k) OVER (PARTITION BY g) AS a, sum(k) OVER (PARTITION BY g) + 1 AS b, sum(k) OVER (PARTITION BY g) / count(*) OVER (PARTITION BY g) AS c FROM ties

-- name: window_then_filter
SELECT id, r FROM (SELECT id, row_number() OVER (PARTITION BY g ORDER BY id) AS r FROM ties) WHERE r = 1

-- name: filter_then_window
SELECT id, count(*) OVER () AS c, rank() OVER (ORDER BY k) AS r FROM ties WHERE g = 'a'

-- name: window_of_window
SELECT id, sum(r) OVER (PARTITION BY g) AS s FROM (SELECT id, g, rank() OVER (PARTITION BY g ORDER BY k) AS r FROM ties)

-- name: window_over_aggregate
SELECT g, sum(i) AS s, rank() OVER (ORDER BY sum(i) DESC) AS r, sum(sum(i)) OVER () AS total, sum(i) / sum(sum(i)) OVER () AS share FROM groups WHERE g IS NOT NULL GROUP BY g

-- name: window_over_grouped_partition
SELECT g, h, count(*) AS n, row_number() OVER (PARTITION BY g ORDER BY count(*) DESC, h) AS r, max(count(*)) OVER (PARTITION BY g) AS m FROM groups GROUP BY g, h

-- name: window_over_having
SELECT g, count(*) AS n, sum(count(*)) OVER (ORDER BY g) AS run FROM groups GROUP BY g HAVING count(*) > 5

-- name: window_over_union
SELECT id, src, row_number() OVER (PARTITION BY src ORDER BY id) AS r FROM (SELECT id, 'a' AS src FROM one UNION ALL SELECT id, 'b' FROM ten_items)

-- name: window_over_limit
SELECT id, sum(id) OVER (ORDER BY id) AS s FROM (SELECT id FROM items ORDER BY id LIMIT 10)

-- name: window_on_empty
SELECT id, row_number() OVER (ORDER BY id) AS r, sum(v) OVER () AS s FROM empty

-- name: window_on_one_row
SELECT id, row_number() OVER (ORDER BY id) AS r, percent_rank() OVER (ORDER BY id) AS p, cume_dist() OVER (ORDER BY id) AS c, lag(id) OVER (ORDER BY id) AS l, ntile(4) OVER (ORDER BY id) AS n, stddev(v) OVER () AS s, avg(v) OVER () AS a FROM one

-- name: distinct_of_window
SELECT DISTINCT g, count(*) OVER (PARTITION BY g) AS c FROM ties

-- name: named_window_reused
SELECT id, sum(k) OVER w AS a, sum(k) OVER (w) AS b FROM ties WINDOW w AS (PARTITION BY g), w2 AS (ORDER BY id)

-- name: window_with_star
SELECT *, rank() OVER (PARTITION BY g ORDER BY k) AS r FROM ties

-- name: window_in_subquery_with_aggregate
SELECT g, avg(p), max(p) FROM (SELECT g, percent_rank() OVER (PARTITION BY g ORDER BY k) AS p FROM ties) GROUP BY g

-- name: top_n_per_group
SELECT category, id, value FROM (SELECT category, id, value, row_number() OVER (PARTITION BY category ORDER BY value DESC, id) AS r FROM items) WHERE r <= 3

-- name: share_of_category
-- float: rel 1e-12
SELECT id, value / sum(value) OVER (PARTITION BY category) AS share, avg(value) OVER (PARTITION BY category) AS a FROM items

-- name: window_types
SELECT row_number() OVER (ORDER BY id) AS a, rank() OVER (ORDER BY id) AS b, dense_rank() OVER (ORDER BY id) AS c, percent_rank() OVER (ORDER BY id) AS d, cume_dist() OVER (ORDER BY id) AS e, ntile(2) OVER (ORDER BY id) AS f, lag(b) OVER (ORDER BY id) AS g, first_value(f) OVER (ORDER BY id) AS h, sum(b) OVER () AS i, avg(i) OVER () AS j, count(*) OVER () AS k, max(str) OVER () AS l FROM nums

-- name: bit_aggregates_over_frames
SELECT v, bit_and(v) OVER (ORDER BY n), bit_or(v) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), bit_xor(v) OVER (ORDER BY n ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING), bit_xor(v) OVER () FROM VALUES (1, 7), (2, NULL), (3, 12), (4, -1), (5, -2147483648), (6, NULL) AS t(n, v)

-- name: bit_aggregates_over_groups
SELECT id, bit_and(i) OVER (PARTITION BY g), bit_xor(i) OVER (PARTITION BY g ORDER BY id), bit_or(i) OVER (PARTITION BY g ORDER BY id ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) FROM groups WHERE id < 60
