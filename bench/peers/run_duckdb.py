"""Stage 3 in DuckDB: python run_duckdb.py INPUT OUTPUT"""
import sys

import duckdb

source, output = sys.argv[1:]
columns = ("{id: 'BIGINT', name: 'VARCHAR', category: 'VARCHAR', value: 'DOUBLE', "
           "quantity: 'BIGINT', is_active: 'BOOLEAN', created_at: 'VARCHAR'}")
if source.endswith(".csv"):
    reader = f"read_csv('{source}', columns = {columns}, header = true)"
else:
    form = "newline_delimited" if source.endswith(".ndjson") else "array"
    reader = f"read_json('{source}', columns = {columns}, format = '{form}')"

# One file a thread and no given order are the fastest that COPY offers.
connection = duckdb.connect()
connection.execute("SET preserve_insertion_order = false")
connection.execute(f"""
COPY (
    SELECT *, CASE WHEN value_percentile > 0.9 THEN 'premium'
                   WHEN value_percentile > 0.7 THEN 'high'
                   WHEN value_percentile > 0.4 THEN 'medium'
                   ELSE 'standard' END AS tier
    FROM (
        SELECT *, total_value * discount_factor AS discounted_value,
               avg(value) OVER category_rows AS category_avg_value,
               max(value) OVER category_rows AS category_max_value,
               min(value) OVER category_rows AS category_min_value,
               count(*) OVER category_rows AS category_count,
               percent_rank() OVER (PARTITION BY category ORDER BY value) AS value_percentile
        FROM (
            SELECT *, value * quantity AS total_value, 'spark' AS processed_by,
                   strftime(now(), '%Y-%m-%dT%H:%M:%S.%gZ') AS processed_at,
                   CASE category WHEN 'A' THEN 0.9::DOUBLE WHEN 'B' THEN 0.85::DOUBLE
                                 WHEN 'C' THEN 0.8::DOUBLE ELSE 0.95::DOUBLE END AS discount_factor
            FROM {reader})
        WINDOW category_rows AS (PARTITION BY category))
) TO '{output}' (FORMAT json, PER_THREAD_OUTPUT true)""")
