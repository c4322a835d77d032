-- Grouping keys, HAVING and DISTINCT.

-- name: by_expression
SELECT i % 3, count(*) FROM groups GROUP BY i % 3

-- name: by_alias
SELECT coalesce(g, 'none') AS k, count(*) FROM groups GROUP BY k

-- name: by_ordinal
SELECT g, h, count(*) FROM groups GROUP BY 1, 2

-- name: by_ordinal_of_expression
SELECT upper(g), sum(i) FROM groups GROUP BY 1

-- name: by_all
SELECT g, h, sum(i), count(*) FROM groups GROUP BY ALL

-- name: by_all_without_aggregates
SELECT g, h FROM groups GROUP BY ALL

-- name: by_all_only_aggregates
SELECT count(*), max(i) FROM groups GROUP BY ALL

-- name: by_all_expression
SELECT g, i % 2 AS odd, length(s) + 1, count(*) FROM groups GROUP BY ALL

-- name: key_not_selected
SELECT count(*) FROM groups GROUP BY g

-- name: expression_of_key
SELECT upper(g), h + 1, h, count(*) FROM groups GROUP BY g, h

-- name: expression_matches_group_expression
SELECT i + 1, (i + 1) * 2, count(*) FROM groups GROUP BY i + 1

-- name: by_null_and_nan
-- NaN groups with NaN, -0.0 with 0.0 (shown as 0.0), NULL with NULL.
SELECT v, count(*) FROM ties GROUP BY v

-- name: by_special_floats
SELECT CAST(v AS FLOAT) AS f, count(*), min(id) FROM ties GROUP BY CAST(v AS FLOAT)

-- name: by_boolean_date_binary
SELECT ok, count(*), min(id) FROM groups GROUP BY ok

-- name: by_date
SELECT d, count(*) FROM groups GROUP BY d

-- name: by_timestamp
SELECT date_trunc('YEAR', ts) AS y, count(*) FROM dates GROUP BY date_trunc('YEAR', ts)

-- name: by_binary
SELECT v, count(*) FROM bins GROUP BY v

-- name: by_string
SELECT s, count(*) FROM groups GROUP BY s

-- name: by_unicode_strings
SELECT substring(s, 1, 1) AS c, count(*), min(id), max(id) FROM strs GROUP BY substring(s, 1, 1)

-- name: by_long_strings
SELECT length(s), count(*) FROM (SELECT s FROM longs UNION ALL SELECT s FROM longs) GROUP BY s

-- name: by_many_keys
SELECT g, h, ok, s, i IS NULL, count(*) FROM groups GROUP BY g, h, ok, s, i IS NULL

-- name: many_groups
SELECT id % 97 AS k, count(*), sum(quantity) FROM items GROUP BY id % 97

-- name: each_row_a_group
SELECT id, count(*), max(name) FROM items GROUP BY id

-- name: by_constant
SELECT count(*), sum(i) FROM groups GROUP BY 'x'

-- name: having
SELECT g, count(*) AS n FROM groups GROUP BY g HAVING count(*) > 25

-- name: having_alias
SELECT g, count(*) AS n FROM groups GROUP BY g HAVING n > 25 AND g IS NOT NULL

-- name: having_other_aggregate
SELECT g FROM groups GROUP BY g HAVING max(i) > 90 OR sum(x) IS NULL

-- name: having_on_key
SELECT g, sum(i) FROM groups GROUP BY g HAVING g IN ('a', 'b')

-- name: having_without_group_by
SELECT sum(i) FROM groups HAVING count(*) > 5

-- name: having_without_group_by_none
SELECT count(*) FROM groups HAVING count(*) > 100000

-- name: having_null_is_false
SELECT g FROM groups GROUP BY g HAVING max(i) > NULL

-- name: where_then_group
SELECT g, count(*) FROM groups WHERE i > 0 AND ok GROUP BY g

-- name: group_then_order_limit
SELECT g, count(*) AS n FROM groups GROUP BY g ORDER BY n DESC, g LIMIT 2

-- name: order_by_aggregate_not_selected
SELECT g FROM groups GROUP BY g ORDER BY sum(coalesce(i, 0)) DESC, g

-- name: distinct
SELECT DISTINCT g FROM groups

-- name: distinct_two
SELECT DISTINCT g, ok FROM groups

-- name: distinct_expression
SELECT DISTINCT i % 3 AS r, h IS NULL FROM groups

-- name: distinct_doubles
SELECT DISTINCT v FROM ties

-- name: distinct_star
SELECT DISTINCT * FROM (SELECT g, h FROM groups)

-- name: distinct_over_aggregate
SELECT DISTINCT count(*) > 20 FROM groups GROUP BY g

-- name: distinct_order_by
SELECT DISTINCT h FROM groups ORDER BY h DESC

-- name: select_all_keyword
SELECT ALL h FROM groups WHERE id < 5

-- name: group_of_group
SELECT n, count(*) FROM (SELECT g, h, count(*) AS n FROM groups GROUP BY g, h) GROUP BY n

-- name: aggregate_of_window
SELECT g, max(r) FROM (SELECT g, row_number() OVER (PARTITION BY g ORDER BY id) AS r FROM groups) GROUP BY g

-- name: case_insensitive_names
SELECT G, Count(*), SUM(I) FROM Groups GROUP BY g
