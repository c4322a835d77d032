-- Statements other than SELECT, and what they leave behind.

-- name: view_as_select
CREATE OR REPLACE TEMPORARY VIEW v1 AS SELECT id, value * 2 AS twice FROM ten_items WHERE id > 7;
SELECT * FROM v1

-- name: view_with_column_names
CREATE OR REPLACE TEMPORARY VIEW v2 (a, b) AS SELECT id, name FROM ten_items;
SELECT b, a FROM v2 WHERE a = 3

-- name: view_replaced
CREATE OR REPLACE TEMPORARY VIEW v3 AS SELECT 1 AS a;
CREATE OR REPLACE TEMPORARY VIEW v3 AS SELECT 'x' AS b;
SELECT * FROM v3

-- name: view_over_view
CREATE OR REPLACE TEMPORARY VIEW v4 AS SELECT category, value FROM items;
CREATE OR REPLACE TEMPORARY VIEW v5 AS SELECT category, count(*) AS n FROM v4 GROUP BY category;
SELECT * FROM v5 WHERE n > 30

-- name: view_with_comment
CREATE OR REPLACE TEMPORARY VIEW v6 (a COMMENT 'the first', b) COMMENT 'a view' AS SELECT 1, 2;
SELECT a + b FROM v6

-- name: temp_view_short_form
CREATE OR REPLACE TEMP VIEW v7 AS VALUES (1, 'a'), (2, 'b');
SELECT * FROM v7

-- name: view_using_json
CREATE OR REPLACE TEMPORARY VIEW v8 (id BIGINT, name STRING, value DOUBLE) USING json OPTIONS (path '${data}/items.ndjson');
SELECT count(*), sum(id) FROM v8

-- name: view_option_spellings
CREATE OR REPLACE TEMPORARY VIEW v9 USING csv OPTIONS ('path' '${data}/people.csv', "header" "true", inferschema = true);
SELECT * FROM v9 WHERE id = 1

-- name: view_shadowed_by_with
CREATE OR REPLACE TEMPORARY VIEW v10 AS SELECT 'view' AS a;
WITH v10 AS (SELECT 'cte' AS a) SELECT a FROM v10

-- name: view_name_quoted
CREATE OR REPLACE TEMPORARY VIEW `a view` AS SELECT 1 AS `a column`;
SELECT `a column` FROM `a view`

-- name: drop_view
CREATE OR REPLACE TEMPORARY VIEW v11 AS SELECT 1 AS a;
DROP VIEW IF EXISTS v11;
DROP VIEW IF EXISTS v11;
SELECT 'gone' AS a

-- name: describe_query
DESCRIBE SELECT id, value * 2 AS v, count(*) OVER () AS c, 1.5 AS d FROM items

-- name: describe_query_keyword
DESCRIBE QUERY SELECT 1 AS a, 'x' AS b, current_date() AS c

-- name: describe_view
CREATE OR REPLACE TEMPORARY VIEW v12 AS SELECT id, name, value, CAST(1 AS TINYINT) AS t FROM items;
DESCRIBE v12

-- name: describe_table_keyword
DESC TABLE items

-- name: describe_all_types
DESCRIBE nums

-- name: set_value
SET spark.sql.shuffle.partitions=3;
SELECT count(DISTINCT category) FROM items

-- name: set_quoted
SET spark.sql.session.timeZone = UTC;
SELECT timestamp'2024-01-31 12:00:00'

-- name: variables
SET answer=42;
SELECT ${answer} AS a, '${answer}' AS b

-- name: variables_of_settings
SET my.table=ten_items;
SELECT count(*) FROM ${my.table}

-- name: show_functions_like
SHOW FUNCTIONS LIKE 'percent*'

-- name: show_functions_or
SHOW SYSTEM FUNCTIONS LIKE 'upper|lower'

-- name: write_json_and_read_back
INSERT OVERWRITE DIRECTORY '${data}/out_nums' USING json SELECT id, b, s, i, l, f, d, ok, str FROM nums;
SELECT * FROM json.`${data}/out_nums`

-- name: write_json_with_nulls_kept
INSERT OVERWRITE DIRECTORY '${data}/out_nulls' USING json OPTIONS (ignoreNullFields false) SELECT 1 AS a, CAST(NULL AS STRING) AS b;
CREATE OR REPLACE TEMPORARY VIEW lines (line STRING) USING csv OPTIONS (path '${data}/out_nulls', sep '\u0001', quote '');
SELECT * FROM lines

-- name: written_json_text
-- A line a record, NULL fields left out. Doubles that need an exponent are not asked: their text is Java's.
INSERT OVERWRITE DIRECTORY '${data}/out_text' USING json SELECT id, x, 'é"\\' AS s FROM doubles WHERE (abs(x) >= 0.001 AND abs(x) < 1e7) OR x = 0 OR abs(x) = double('Infinity') OR isnan(x) OR x IS NULL;
CREATE OR REPLACE TEMPORARY VIEW lines (line STRING) USING csv OPTIONS (path '${data}/out_text', sep '\u0001', quote '');
SELECT * FROM lines

-- name: written_json_times
INSERT OVERWRITE DIRECTORY '${data}/out_times' USING json SELECT id, d, ts FROM dates WHERE year(ts) BETWEEN 1900 AND 2100;
CREATE OR REPLACE TEMPORARY VIEW lines (line STRING) USING csv OPTIONS (path '${data}/out_times', sep '\u0001', quote '');
SELECT * FROM lines

-- name: written_csv_text
-- White space around a value is cut off, an empty string is "", quotes are escaped by a backslash.
-- Every file has the header: how many there are depends on the partitions.
INSERT OVERWRITE DIRECTORY '${data}/out_csv' USING csv OPTIONS (header true) SELECT id, s, length(s) AS n FROM strs WHERE s IS NULL OR (s NOT LIKE '%\n%' AND id <> 47);
CREATE OR REPLACE TEMPORARY VIEW lines (line STRING) USING csv OPTIONS (path '${data}/out_csv', sep '\u0001', quote '');
SELECT line FROM lines WHERE line <> 'id,s,n' UNION ALL SELECT DISTINCT line FROM lines WHERE line = 'id,s,n'

-- name: written_csv_values
INSERT OVERWRITE DIRECTORY '${data}/out_csv_values' USING csv SELECT id, b, l, f, d, ok FROM nums WHERE id NOT IN (4, 5, 10, 11, 18, 19);
CREATE OR REPLACE TEMPORARY VIEW lines (line STRING) USING csv OPTIONS (path '${data}/out_csv_values', sep '\u0001', quote '');
SELECT * FROM lines

-- name: write_csv_and_read_back
INSERT OVERWRITE DIRECTORY '${data}/out_items_csv' USING csv OPTIONS (header 'true') SELECT * FROM items;
CREATE OR REPLACE TEMPORARY VIEW back (id BIGINT, name STRING, category STRING, value DOUBLE, quantity BIGINT, is_active BOOLEAN, created_at STRING) USING csv OPTIONS (path '${data}/out_items_csv', header 'true');
SELECT * FROM back

-- name: write_twice_overwrites
INSERT OVERWRITE DIRECTORY '${data}/out_twice' USING json SELECT 1 AS a UNION ALL SELECT 2;
INSERT OVERWRITE DIRECTORY '${data}/out_twice' USING json SELECT 3 AS a;
SELECT * FROM json.`${data}/out_twice`

-- name: write_gzip
INSERT OVERWRITE DIRECTORY '${data}/out_gzip' USING json OPTIONS (compression 'gzip') SELECT id, name FROM ten_items;
SELECT * FROM json.`${data}/out_gzip`

-- name: comments_between_statements
-- a comment first
/* and a block; with a semicolon */
SET some.key=1;
-- another
SELECT 1 AS a
