-- ORDER BY, LIMIT, OFFSET. Every order here is total, so that rows compare in order.

-- name: ascending_nulls_first
SELECT id, i FROM nums ORDER BY i, id

-- name: descending_nulls_last
SELECT id, i FROM nums ORDER BY i DESC, id

-- name: ascending_nulls_last
SELECT id, i FROM nums ORDER BY i ASC NULLS LAST, id DESC

-- name: descending_nulls_first
SELECT id, i FROM nums ORDER BY i DESC NULLS FIRST, id

-- name: nan_is_largest
SELECT id, x FROM doubles ORDER BY x, id

-- name: nan_descending
SELECT id, x FROM doubles ORDER BY x DESC, id DESC

-- name: zeros_tie
SELECT id, v FROM specials WHERE g IN ('zero', 'negzero') ORDER BY v, id DESC

-- name: floats
SELECT id, x FROM floats ORDER BY x NULLS LAST, id

-- name: strings_by_bytes
SELECT id, s FROM strs ORDER BY s DESC, id

-- name: booleans
SELECT id, ok FROM nums ORDER BY ok, id

-- name: dates
SELECT id, d FROM dates ORDER BY d DESC, id

-- name: timestamps
SELECT id, ts FROM dates ORDER BY ts NULLS LAST, id

-- name: binary
SELECT id, v FROM bins ORDER BY v, id

-- name: several_keys
SELECT g, h, i, id FROM groups ORDER BY g DESC NULLS FIRST, h NULLS LAST, i DESC, id LIMIT 60

-- name: by_ordinal
SELECT g, id FROM ties ORDER BY 1 DESC, 2

-- name: by_alias
SELECT id, -i AS neg FROM nums ORDER BY neg, id

-- name: alias_shadows_column
-- The alias wins over the input column of the same name.
SELECT id, -i AS i FROM nums ORDER BY i, id

-- name: by_expression
SELECT id FROM nums ORDER BY abs(i) + 1 DESC, id

-- name: by_column_not_selected
SELECT g FROM ties ORDER BY id DESC

-- name: by_expression_of_alias
SELECT id AS z, v FROM ties ORDER BY z + 1 DESC

-- name: by_case
SELECT id, g FROM ties ORDER BY CASE WHEN g = 'b' THEN 0 ELSE 1 END, id

-- name: limit
SELECT id FROM items ORDER BY id LIMIT 3

-- name: limit_zero
SELECT id FROM items ORDER BY id LIMIT 0

-- name: limit_more_than_rows
SELECT id FROM ten_items ORDER BY id LIMIT 1000

-- name: limit_all
SELECT id FROM ten_items ORDER BY id LIMIT ALL

-- name: limit_expression
SELECT id FROM ten_items ORDER BY id LIMIT 1 + 2

-- name: offset
SELECT id FROM ten_items ORDER BY id OFFSET 7

-- name: limit_offset
SELECT id FROM items ORDER BY value DESC, id LIMIT 5 OFFSET 10

-- name: offset_past_end
SELECT id FROM ten_items ORDER BY id LIMIT 5 OFFSET 100

-- name: limit_without_order
SELECT count(*) FROM (SELECT id FROM items LIMIT 17)

-- name: limit_in_subquery
SELECT sum(id) FROM (SELECT id FROM items ORDER BY value, id LIMIT 10)

-- name: order_in_subquery
SELECT id FROM (SELECT id, value FROM items ORDER BY value LIMIT 20) ORDER BY id

-- name: order_by_aggregate
SELECT category, avg(quantity) FROM items GROUP BY category ORDER BY avg(quantity) DESC, category

-- name: order_by_window
SELECT id, row_number() OVER (ORDER BY value DESC, id) AS r FROM items ORDER BY r LIMIT 10

-- name: order_empty
SELECT * FROM empty ORDER BY id

-- name: input_order_without_order_by
-- ordered: yes
SELECT id FROM items WHERE quantity > 50

-- name: union_order
SELECT id, 'a' AS src FROM ten_items UNION ALL SELECT id, 'b' FROM ten_items ORDER BY id DESC, src LIMIT 7

-- name: order_by_mixed_case
SELECT id, CAST(id AS STRING) AS t FROM items ORDER BY t LIMIT 12

-- name: top_one_per_direction
SELECT id, value FROM items ORDER BY value DESC NULLS LAST, id ASC LIMIT 1
