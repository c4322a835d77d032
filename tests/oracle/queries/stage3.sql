-- The pipeline's stage 3 and its parts. Sums and averages of two-decimal values depend on
-- Spark's order of addition; quern rounds the exact quotient once.

-- name: whole_stage
-- float: rel 1e-13
SELECT id, name, category, value, quantity, is_active, created_at, total_value, processed_by, discount_factor, total_value * discount_factor AS discounted_value,
  category_avg_value, category_max_value, category_min_value, category_count, value_percentile,
  CASE WHEN value_percentile > 0.9 THEN 'premium' WHEN value_percentile > 0.7 THEN 'high' WHEN value_percentile > 0.4 THEN 'medium' ELSE 'standard' END AS tier
FROM (SELECT *, value * quantity AS total_value, 'spark' AS processed_by, current_timestamp() AS processed_at,
    CASE category WHEN 'A' THEN 0.9D WHEN 'B' THEN 0.85D WHEN 'C' THEN 0.8D ELSE 0.95D END AS discount_factor,
    avg(value) OVER (PARTITION BY category) AS category_avg_value, max(value) OVER (PARTITION BY category) AS category_max_value,
    min(value) OVER (PARTITION BY category) AS category_min_value, count(*) OVER (PARTITION BY category) AS category_count,
    percent_rank() OVER (PARTITION BY category ORDER BY value) AS value_percentile FROM items)

-- name: ten_items
SELECT *, CASE WHEN value_percentile > 0.9 THEN 'premium' WHEN value_percentile > 0.7 THEN 'high' WHEN value_percentile > 0.4 THEN 'medium' ELSE 'standard' END AS tier
FROM (SELECT *, value * quantity AS total_value, 'spark' AS processed_by,
    CASE WHEN category = 'A' THEN 0.9 WHEN category = 'B' THEN 0.85 WHEN category = 'C' THEN 0.8 ELSE 0.95 END AS discount_factor,
    avg(value) OVER (PARTITION BY category) AS category_avg_value, count(*) OVER (PARTITION BY category) AS category_count,
    percent_rank() OVER (PARTITION BY category ORDER BY value) AS value_percentile FROM ten_items)

-- name: decimal_discount_literals
-- 0.9 is a decimal: the CASE is decimal(2,2), its product with a double is a double.
SELECT id, CASE WHEN category = 'A' THEN 0.9 WHEN category = 'B' THEN 0.85 ELSE 0.95 END AS discount_factor, value * quantity * CASE WHEN category = 'A' THEN 0.9 WHEN category = 'B' THEN 0.85 ELSE 0.95 END AS discounted FROM items

-- name: with_lateral_aliases
SELECT id, value * quantity AS total_value, total_value * 0.95D AS discounted_value FROM ten_items

-- name: inferred_from_file
-- float: rel 1e-13
SELECT category, id, value * quantity AS total, avg(value) OVER (PARTITION BY category) AS a, percent_rank() OVER (PARTITION BY category ORDER BY value) AS p FROM json.`${data}/items.ndjson`

-- name: processed_at_type
DESCRIBE SELECT id, current_timestamp() AS processed_at, 'spark' AS processed_by FROM items

-- name: empty_input
SELECT id, v * 2 AS total_value, percent_rank() OVER (PARTITION BY g ORDER BY v) AS p, avg(v) OVER (PARTITION BY g) AS a FROM empty

-- name: one_record
SELECT id, v * 2 AS total_value, percent_rank() OVER (PARTITION BY g ORDER BY v) AS p, avg(v) OVER (PARTITION BY g) AS a, CASE WHEN percent_rank() OVER (PARTITION BY g ORDER BY v) > 0.4 THEN 'medium' ELSE 'standard' END AS tier FROM one

-- name: absent_categories_and_values
SELECT id, v, percent_rank() OVER (PARTITION BY g ORDER BY v) AS p, max(v) OVER (PARTITION BY g) AS m, count(*) OVER (PARTITION BY g) AS c, CASE WHEN percent_rank() OVER (PARTITION BY g ORDER BY v) > 0.9 THEN 'premium' ELSE 'other' END AS tier FROM ties

-- name: summary
-- float: rel 1e-13
SELECT count(*) AS n, round(avg(value * quantity), 2) AS average, sum(value * quantity) AS total FROM items

-- name: marts
-- float: rel 1e-13
SELECT category, count(*) AS items, sum(quantity) AS quantity, min(value) AS lo, max(value) AS hi, avg(value) AS average, count_if(is_active) AS active, percentile(value, 0.5) AS median FROM items GROUP BY category ORDER BY category

-- name: script_writes_and_reads_back
INSERT OVERWRITE DIRECTORY '${data}/out_items' USING json SELECT id, category, value * quantity AS total FROM items;
SELECT id, category, total FROM json.`${data}/out_items`
