-- Stage 3 of the pipeline over the view `input`: its columns, then the eleven derived ones.
--   quern submit jobs/stage3.sql --input items.json --output out
SELECT *,
       CASE WHEN value_percentile > 0.9D THEN 'premium'
            WHEN value_percentile > 0.7D THEN 'high'
            WHEN value_percentile > 0.4D THEN 'medium'
            ELSE 'standard' END AS tier
FROM (
    SELECT *,
           total_value * discount_factor AS discounted_value,
           avg(value) OVER (PARTITION BY category) AS category_avg_value,
           max(value) OVER (PARTITION BY category) AS category_max_value,
           min(value) OVER (PARTITION BY category) AS category_min_value,
           count(*) OVER (PARTITION BY category) AS category_count,
           percent_rank() OVER (PARTITION BY category ORDER BY value) AS value_percentile
    FROM (
        SELECT *,
               value * quantity AS total_value,
               'spark' AS processed_by,
               current_timestamp() AS processed_at,
               CASE category WHEN 'A' THEN 0.9D
                             WHEN 'B' THEN 0.85D
                             WHEN 'C' THEN 0.8D
                             ELSE 0.95D END AS discount_factor
        FROM input))
