-- Bad records: PERMISSIVE, DROPMALFORMED, FAILFAST (its failures are in errors.sql) and
-- columnNameOfCorruptRecord.

-- session:
-- By default Spark 3.5 refuses a date where its parser before 3.0 would have given another answer.
SET spark.sql.legacy.timeParserPolicy=CORRECTED;

-- name: json_permissive
CREATE OR REPLACE TEMPORARY VIEW j (a INT, b STRING) USING json OPTIONS (path '${data}/bad.json', mode 'PERMISSIVE');
SELECT * FROM j

-- name: json_permissive_corrupt_column
-- The corrupt column holds the whole record, also where only one field did not fit.
CREATE OR REPLACE TEMPORARY VIEW j (a INT, b STRING, _corrupt_record STRING) USING json OPTIONS (path '${data}/bad.json');
SELECT * FROM j

-- name: json_named_corrupt_column
CREATE OR REPLACE TEMPORARY VIEW j (a INT, bad STRING, b STRING) USING json OPTIONS (path '${data}/bad.json', columnNameOfCorruptRecord 'bad');
SELECT * FROM j

-- name: json_only_bad_records
CREATE OR REPLACE TEMPORARY VIEW j (a INT, b STRING, _corrupt_record STRING) USING json OPTIONS (path '${data}/bad.json');
SELECT _corrupt_record, a FROM j WHERE _corrupt_record IS NOT NULL

-- name: json_drop_malformed
CREATE OR REPLACE TEMPORARY VIEW j (a INT, b STRING) USING json OPTIONS (path '${data}/bad.json', mode 'DROPMALFORMED');
SELECT * FROM j

-- name: json_drop_malformed_lower_case
CREATE OR REPLACE TEMPORARY VIEW j (a INT, b STRING) USING json OPTIONS (path '${data}/bad.json', mode 'dropmalformed');
SELECT a, b FROM j WHERE a > 1

-- name: json_failfast_without_bad_records
CREATE OR REPLACE TEMPORARY VIEW j (a BIGINT, b INT) USING json OPTIONS (path '${data}/infer_ints.json', mode 'FAILFAST');
SELECT * FROM j

-- name: json_inferred_corrupt_column
-- Inference adds _corrupt_record where a line is no record.
CREATE OR REPLACE TEMPORARY VIEW j USING json OPTIONS (path '${data}/bad.json');
SELECT * FROM j

-- name: json_inferred_named_corrupt_column
CREATE OR REPLACE TEMPORARY VIEW j USING json OPTIONS (path '${data}/bad.json', columnNameOfCorruptRecord '_bad');
SELECT a, b, _bad FROM j

-- name: json_inferred_drop_malformed
CREATE OR REPLACE TEMPORARY VIEW j USING json OPTIONS (path '${data}/bad.json', mode 'DROPMALFORMED');
SELECT * FROM j

-- name: json_types_corrupt_column
CREATE OR REPLACE TEMPORARY VIEW j (i INT, d DOUBLE, o BOOLEAN, t DATE, _corrupt_record STRING) USING json OPTIONS (path '${data}/bad_types.json');
SELECT * FROM j

-- name: json_unused_bad_column
-- Only the columns a query needs are read: a record whose bad field is not asked for is not bad.
CREATE OR REPLACE TEMPORARY VIEW j (i INT, d DOUBLE, o BOOLEAN) USING json OPTIONS (path '${data}/bad_types.json', mode 'DROPMALFORMED');
SELECT o FROM j

-- name: json_count_with_drop
CREATE OR REPLACE TEMPORARY VIEW j (a INT, b STRING) USING json OPTIONS (path '${data}/bad.json', mode 'DROPMALFORMED');
SELECT count(a), count(b) FROM j

-- name: json_unknown_mode_is_permissive
CREATE OR REPLACE TEMPORARY VIEW j (a INT, b STRING) USING json OPTIONS (path '${data}/bad.json', mode 'whatever');
SELECT * FROM j

-- name: csv_permissive
CREATE OR REPLACE TEMPORARY VIEW c (a INT, b INT, c INT) USING csv OPTIONS (path '${data}/ragged.csv', header true, mode 'PERMISSIVE');
SELECT * FROM c

-- name: csv_corrupt_column
-- A row with too few or too many fields is kept and counts as bad.
CREATE OR REPLACE TEMPORARY VIEW c (a INT, b INT, c INT, _corrupt_record STRING) USING csv OPTIONS (path '${data}/ragged.csv', header true);
SELECT * FROM c

-- name: csv_named_corrupt_column
CREATE OR REPLACE TEMPORARY VIEW c (a INT, b STRING, oops STRING) USING csv OPTIONS (path '${data}/malformed.csv', header true, columnNameOfCorruptRecord 'oops');
SELECT * FROM c

-- name: csv_drop_malformed
CREATE OR REPLACE TEMPORARY VIEW c (a INT, b INT, c INT) USING csv OPTIONS (path '${data}/ragged.csv', header true, mode 'DROPMALFORMED');
SELECT * FROM c

-- name: csv_drop_wrong_types
CREATE OR REPLACE TEMPORARY VIEW c (i INT, d DOUBLE, b BOOLEAN, t DATE) USING csv OPTIONS (path '${data}/bad_types.csv', header true, mode 'DROPMALFORMED');
SELECT * FROM c

-- name: csv_wrong_types_corrupt_column
CREATE OR REPLACE TEMPORARY VIEW c (i INT, d DOUBLE, b BOOLEAN, t DATE, _corrupt_record STRING) USING csv OPTIONS (path '${data}/bad_types.csv', header true);
SELECT * FROM c

-- name: csv_failfast_without_bad_records
CREATE OR REPLACE TEMPORARY VIEW c (id INT, name STRING, score DOUBLE) USING csv OPTIONS (path '${data}/people.csv', header true, mode 'FAILFAST');
SELECT * FROM c

-- name: csv_two_columns_of_three
CREATE OR REPLACE TEMPORARY VIEW c (a INT, b INT, c INT) USING csv OPTIONS (path '${data}/ragged.csv', header true, mode 'DROPMALFORMED');
SELECT a, c FROM c
