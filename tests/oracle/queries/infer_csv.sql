-- CSV: options, inference and reading. Without a header the columns are _c0, _c1 …;
-- without inference everything is a string; an empty field is NULL.

-- session:
-- By default Spark 3.5 refuses a date where its parser before 3.0 would have given another answer.
SET spark.sql.legacy.timeParserPolicy=CORRECTED;

-- name: bare
SELECT * FROM csv.`${data}/people.csv`

-- name: header
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/people.csv', header true);
SELECT * FROM c

-- name: header_and_inference
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/people.csv', header true, inferSchema true);
SELECT * FROM c

-- name: all_types_inferred
-- A column without any value is a string.
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/infer_types.csv', header true, inferSchema true);
SELECT * FROM c

-- name: all_types_as_strings
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/infer_types.csv', header true);
SELECT * FROM c

-- name: mixed_numbers_inferred
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/mixed_numbers.csv', header true, inferSchema true);
SELECT * FROM c

-- name: dates_inferred
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/date_or_time.csv', header true, inferSchema true);
SELECT * FROM c

-- name: dates_not_preferred
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/date_or_time.csv', header true, inferSchema true, preferDate false);
SELECT * FROM c

-- name: no_header_inferred
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/no_header.csv', inferSchema true);
SELECT * FROM c

-- name: schema_given
CREATE OR REPLACE TEMPORARY VIEW c (id BIGINT, name STRING, score DOUBLE) USING csv OPTIONS (path '${data}/people.csv', header true);
SELECT * FROM c

-- name: schema_with_other_names
-- Columns go by position, whatever the header says.
CREATE OR REPLACE TEMPORARY VIEW c (x INT, y STRING, z STRING) USING csv OPTIONS (path '${data}/people.csv', header 'true');
SELECT * FROM c

-- name: schema_without_header
CREATE OR REPLACE TEMPORARY VIEW c (a INT, b STRING, c BOOLEAN) USING csv OPTIONS (path '${data}/no_header.csv');
SELECT * FROM c

-- name: schema_types_that_do_not_fit
CREATE OR REPLACE TEMPORARY VIEW c (i INT, d DOUBLE, b BOOLEAN, t DATE) USING csv OPTIONS (path '${data}/bad_types.csv', header true);
SELECT * FROM c

-- name: infinities
CREATE OR REPLACE TEMPORARY VIEW c (d DOUBLE) USING csv OPTIONS (path '${data}/infinities.csv', header true);
SELECT * FROM c

-- name: infinities_inferred
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/infinities.csv', header true, inferSchema true);
SELECT * FROM c

-- name: nan_and_infinity_options
CREATE OR REPLACE TEMPORARY VIEW c (d DOUBLE) USING csv OPTIONS (path '${data}/infinities.csv', header true, nanValue 'nan', positiveInf 'Infinity', negativeInf '-Infinity');
SELECT * FROM c

-- name: quotes
-- The escape character is a backslash by default: "" inside quotes is kept as it is read.
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/quoted_simple.csv', header true);
SELECT * FROM c

-- name: quotes_multiline
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/quoted.csv', header true, multiLine true);
SELECT * FROM c

-- name: quotes_doubled
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/quoted.csv', header true, multiLine true, escape '"');
SELECT * FROM c

-- name: quotes_single
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/semicolon.csv', header true, sep ';', quote "'");
SELECT * FROM c

-- name: separator
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/semicolon.csv', header true, sep ';');
SELECT * FROM c

-- name: delimiter_tab
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/tab.tsv', header true, delimiter '\t');
SELECT * FROM c

-- name: comments
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/comments.csv', header true, comment '#');
SELECT * FROM c

-- name: null_value
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/nulls.csv', header true, nullValue 'NA');
SELECT * FROM c

-- name: null_and_empty_value
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/quoted_simple.csv', header true, nullValue 'x,y', emptyValue 'EMPTY');
SELECT * FROM c

-- name: white_space_kept
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/spaces.csv', header true);
SELECT * FROM c

-- name: white_space_ignored
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/spaces.csv', header true, ignoreLeadingWhiteSpace true, ignoreTrailingWhiteSpace true);
SELECT * FROM c

-- name: ragged_rows
-- Missing fields are NULL, extra ones are dropped.
CREATE OR REPLACE TEMPORARY VIEW c (a INT, b INT, c INT) USING csv OPTIONS (path '${data}/ragged.csv', header true);
SELECT * FROM c

-- name: ragged_rows_inferred
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/ragged.csv', header true, inferSchema true);
SELECT * FROM c

-- name: header_only
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/header_only.csv', header true, inferSchema true);
SELECT * FROM c

-- name: empty_file_with_schema
CREATE OR REPLACE TEMPORARY VIEW c (a INT, b STRING) USING csv OPTIONS (path '${data}/empty.csv', header true);
SELECT * FROM c

-- name: blank_lines
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/blank_lines.csv', header true);
SELECT * FROM c

-- name: crlf
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/crlf.csv', header true, inferSchema true);
SELECT * FROM c

-- name: no_final_newline
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/no_final_newline.csv', header true);
SELECT * FROM c

-- name: duplicate_header
-- Equal names get their position appended.
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/duplicate_header.csv', header true);
SELECT * FROM c

-- name: empty_header_name
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/empty_header.csv', header true);
SELECT * FROM c

-- name: byte_order_mark
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/bom.csv', header true);
SELECT * FROM c

-- name: latin1
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/latin1.csv', header true, encoding 'ISO-8859-1');
SELECT * FROM c

-- name: date_formats
CREATE OR REPLACE TEMPORARY VIEW c (d DATE, t TIMESTAMP) USING csv OPTIONS (path '${data}/german_dates.csv', header true, dateFormat 'dd.MM.yyyy', timestampFormat 'dd.MM.yyyy HH:mm');
SELECT * FROM c

-- name: wide
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/wide.csv', header true, inferSchema true);
SELECT c0, c20, c39 FROM c

-- name: columns_by_subset
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/infer_types.csv', header true, inferSchema true);
SELECT ts, i + 1 AS j FROM c WHERE b

-- name: count_star
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/ragged.csv', header true);
SELECT count(*) FROM c

-- name: describe
CREATE OR REPLACE TEMPORARY VIEW c USING csv OPTIONS (path '${data}/infer_types.csv', header true, inferSchema true);
DESCRIBE c
