-- Query forms beyond the first set. Not run unless --later is given.

-- name: rollup
SELECT g, h, count(*), grouping(g), grouping_id() FROM groups GROUP BY ROLLUP (g, h)

-- name: cube
SELECT g, ok, count(*) FROM groups GROUP BY CUBE (g, ok)

-- name: grouping_sets
SELECT g, h, count(*) FROM groups GROUP BY GROUPING SETS ((g), (h), ())

-- name: scalar_subquery
SELECT id, (SELECT max(id) FROM ten_items) AS m FROM one

-- name: scalar_subquery_empty
SELECT (SELECT id FROM empty) AS n, 1 AS x

-- name: exists_subquery
SELECT id FROM one WHERE EXISTS (SELECT 1 FROM ten_items WHERE value > 100)

-- name: intersect_except
SELECT h FROM groups INTERSECT SELECT id FROM ten_items

-- name: except_set
SELECT id FROM ten_items EXCEPT SELECT id FROM items WHERE id > 5

-- name: range_function
SELECT id, id * id FROM range(5)

-- name: range_with_step
SELECT * FROM range(10, 0, -3)

-- name: trailing_from_first_syntax
FROM ten_items SELECT id WHERE id > 8

-- name: sort_by_single_partition
SELECT id FROM ten_items SORT BY id DESC

-- name: inner_join
SELECT a.id, b.name FROM ten_items a JOIN items b ON a.id = b.id WHERE a.quantity > 3

-- name: left_join
SELECT o.id, o.g, t.k FROM (SELECT id, g FROM ties WHERE id < 12) o LEFT JOIN (SELECT 'a' AS g, 7 AS k) t ON o.g = t.g

-- name: full_and_cross_join
SELECT x.a, y.b FROM (VALUES (1), (2)) AS x(a) FULL OUTER JOIN (VALUES (2), (3)) AS y(b) ON x.a = y.b

-- name: join_using
SELECT id, name, g FROM one JOIN ten_items USING (id)

-- name: semi_and_anti_join
SELECT id FROM ten_items LEFT ANTI JOIN one USING (id)

-- name: in_subquery
SELECT id FROM nums WHERE i IN (SELECT k FROM ties WHERE k IS NOT NULL)

-- name: case_sensitive_setting
SET spark.sql.caseSensitive=true;
SELECT a, A FROM (SELECT 1 AS a, 2 AS A);

-- name: case_insensitive_again
SET spark.sql.caseSensitive=false;
SELECT ID FROM one
