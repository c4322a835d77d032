-- Records for trying stage 3: as many as the parameter `count` says, always the same ones.
--   quern submit jobs/sample_records.sql --param count=1000 --output items
SELECT id,
       concat('Item ', id) AS name,
       element_at(array('A', 'B', 'C', 'D'), CAST(1 + id % 4 AS INT)) AS category,
       round(10 + (id * 7919 % 99001) / 100, 2) AS value,
       1 + id * 31 % 100 AS quantity,
       id % 5 <> 0 AS is_active,
       concat('2025-01-', lpad(CAST(1 + id % 28 AS STRING), 2, '0'), 'T12:00:00.000000') AS created_at
FROM range(${count})
