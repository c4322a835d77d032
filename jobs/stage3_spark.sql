-- Stage 3 as a script that needs nothing around it and runs unmodified on Spark 3.5 too:
--   quern submit jobs/stage3_spark.sql --param input=items.json --param output=out
--   spark-sql -d input=items.json -d output=out -f jobs/stage3_spark.sql
-- The input is one JSON array (multiLine); Spark would read only the first of several lines.
CREATE TEMPORARY VIEW input (
    id BIGINT,
    name STRING,
    category STRING,
    value DOUBLE,
    quantity BIGINT,
    is_active BOOLEAN,
    created_at STRING
) USING json OPTIONS (path '${input}', multiLine true);

INSERT OVERWRITE DIRECTORY '${output}' USING json
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
        FROM input));
