-- The shape of queries: subqueries, WITH, VALUES, UNION, stars, scopes.

-- name: select_without_from
SELECT 1 AS a, 'x' AS b

-- name: select_from_values
SELECT * FROM VALUES (1, 'a'), (2, 'b'), (3, NULL)

-- name: values_alone
VALUES (1, 'a', true), (2, NULL, false)

-- name: values_with_names
SELECT y, x FROM (VALUES (1, 'a'), (2, 'b')) AS t(x, y)

-- name: values_common_type
SELECT * FROM VALUES (1, 'a', NULL), (2.5, 'b', 1), (3L, NULL, 2D) AS t(a, b, c)

-- name: values_expressions
SELECT a + 1, b FROM VALUES (1 + 1, upper('x')), (abs(-5), concat('a', 'b')) AS t(a, b)

-- name: values_single_column
SELECT * FROM VALUES 1, 2, 3 AS t(v)

-- name: values_order
SELECT * FROM VALUES (3), (1), (2) AS t(v) ORDER BY v DESC

-- name: star
SELECT * FROM one

-- name: star_with_more
SELECT *, id + 1 AS next, * FROM one

-- name: qualified_star
SELECT o.*, o.id FROM one AS o

-- name: star_except
-- Spark has EXCEPT from version 4 on: the same columns are asked by name.
-- spark: SELECT id, v FROM one
SELECT * EXCEPT (g, ts) FROM one

-- name: star_except_more_columns
-- spark: SELECT id, name, category, quantity, value * 2 AS v2 FROM items WHERE id < 3
SELECT * EXCEPT (value, created_at, is_active), value * 2 AS v2 FROM items WHERE id < 3

-- name: qualified_star_except
-- spark: SELECT g, v, ts FROM one
SELECT t.* EXCEPT (id) FROM one t

-- name: subquery
SELECT a + 1 AS b FROM (SELECT id * 10 AS a FROM ten_items WHERE id > 8)

-- name: subquery_nested
SELECT c FROM (SELECT b * 2 AS c FROM (SELECT a + 1 AS b FROM (SELECT id AS a FROM ten_items) AS x) AS y) AS z WHERE c > 10

-- name: subquery_alias_columns
SELECT p, q FROM (SELECT id, name FROM ten_items) AS t(p, q) WHERE p < 3

-- name: table_alias_columns
SELECT a, b FROM one AS t(a, b, c, d)

-- name: with_clause
WITH big AS (SELECT * FROM items WHERE quantity > 90) SELECT category, count(*) FROM big GROUP BY category

-- name: with_several
WITH a AS (SELECT id, value FROM items WHERE id < 20), b AS (SELECT id, value * 2 AS v FROM a) SELECT sum(v) > 0, count(*) FROM b

-- name: with_column_names
WITH t(x, y) AS (SELECT id, g FROM one) SELECT y, x FROM t

-- name: with_used_twice
WITH t AS (SELECT id FROM ten_items WHERE id <= 2) SELECT id FROM t UNION ALL SELECT id + 100 FROM t

-- name: with_shadows_view
WITH one AS (SELECT 'shadow' AS s) SELECT * FROM one

-- name: with_nested
WITH t AS (WITH u AS (SELECT 5 AS n) SELECT n + 1 AS m FROM u) SELECT m * 2 FROM t

-- name: with_in_subquery
SELECT * FROM (WITH t AS (SELECT 1 AS a) SELECT a FROM t)

-- name: union_all
SELECT id, g FROM one UNION ALL SELECT 2, 'b' UNION ALL SELECT NULL, NULL

-- name: union_distinct
SELECT h FROM groups UNION SELECT 100 UNION SELECT NULL

-- name: union_distinct_keyword
SELECT 1 AS a UNION DISTINCT SELECT 1 UNION DISTINCT SELECT 2

-- name: union_mixed
SELECT 1 AS a UNION ALL SELECT 1 UNION SELECT 1

-- name: union_coercion_numbers
SELECT 1Y AS v UNION ALL SELECT 2L UNION ALL SELECT 3.5F

-- name: union_coercion_decimal
SELECT 1 AS v UNION ALL SELECT 2.55

-- name: union_coercion_string
SELECT 1 AS v UNION ALL SELECT 'x' UNION ALL SELECT 2.50

-- name: union_coercion_null
SELECT NULL AS v UNION ALL SELECT 1

-- name: union_coercion_dates
SELECT date'2024-01-31' AS v UNION ALL SELECT timestamp'2024-02-01 10:00:00'

-- name: union_coercion_double_string
SELECT 1.5D AS v UNION ALL SELECT '2'

-- name: union_names_from_first
SELECT 1 AS a, 2 AS b UNION ALL SELECT 3 AS c, 4 AS d

-- name: union_doubles
SELECT v FROM ties UNION SELECT 0D UNION SELECT -0D UNION SELECT double('NaN')

-- name: union_in_subquery
SELECT src, count(*) FROM (SELECT 'a' AS src, id FROM items UNION ALL SELECT 'b', id FROM ten_items) GROUP BY src

-- name: union_parenthesised
(SELECT 1 AS a) UNION ALL (SELECT 2 UNION ALL SELECT 3)

-- name: union_parenthesised_limit
(SELECT id FROM ten_items ORDER BY id LIMIT 2) UNION ALL (SELECT id FROM ten_items ORDER BY id DESC LIMIT 1)

-- name: case_insensitive
select ID, nAmE from TEN_ITEMS where QUANTITY = 3

-- name: backticks
SELECT `a b`, `c``d`, `select` FROM (SELECT 1 AS `a b`, 2 AS `c``d`, 3 AS `select`)

-- name: keywords_as_names
SELECT date, timestamp, year, first, value, type, count FROM (SELECT 1 AS date, 2 AS timestamp, 3 AS year, 4 AS first, 5 AS value, 6 AS type, 7 AS count)

-- name: qualified_columns
SELECT t.id, `t`.`g` FROM one t WHERE t.v > 1

-- name: comments
SELECT /* a comment */ 1 AS a, -- another
  /* over
     lines */ 2 AS b, '-- not a comment' AS c, "/* nor this */" AS d

-- name: lateral_column_alias
-- A select item may use the alias of an earlier one.
SELECT value * quantity AS total, total * 0.5D AS half, half + 1 AS more FROM ten_items

-- name: lateral_alias_loses_to_column
SELECT quantity + 100 AS value, value + 1 AS other FROM ten_items

-- name: where_complex
SELECT id FROM items WHERE (category = 'A' OR category = 'B') AND NOT is_active AND value BETWEEN 100 AND 900 AND name LIKE 'Item 1%'

-- name: where_on_missing_values
SELECT count(*) FROM items WHERE created_at IS NULL OR is_active IS NULL

-- name: filter_all
SELECT * FROM ten_items WHERE 1 = 0

-- name: filter_true
SELECT count(*) FROM ten_items WHERE true

-- name: empty_table
SELECT *, id + 1, upper(g) FROM empty

-- name: one_row_table
SELECT *, v * 2 FROM one

-- name: many_columns
SELECT 1 AS c1, 2 AS c2, 3 AS c3, 4 AS c4, 5 AS c5, 6 AS c6, 7 AS c7, 8 AS c8, 9 AS c9, 10 AS c10, 11 AS c11, 12 AS c12, 13 AS c13, 14 AS c14, 15 AS c15, 16 AS c16, 17 AS c17

-- name: deep_nesting
SELECT ((((((((((((((((((((1 + 1))))))))))))))))))))

-- name: semicolon_inside_string
SELECT ';' AS a, 'a;b' AS b
