-- Schema inference and reading of JSON files: ``json.`path` `` and USING json without columns.
-- Inferred columns come in alphabetical order.

-- session:
-- By default Spark 3.5 refuses a date where its parser before 3.0 would have given another answer.
SET spark.sql.legacy.timeParserPolicy=CORRECTED;

-- name: integers
-- Integers are bigint.
SELECT * FROM json.`${data}/infer_ints.json`

-- name: integers_and_fractions
SELECT * FROM json.`${data}/infer_mixed_numbers.json`

-- name: mixed_types_become_string
-- An integer stays the text of the file, a fraction becomes what Java prints for the double (see times_stay_strings).
SELECT * FROM json.`${data}/infer_mixed_types.json`

-- name: missing_keys
SELECT * FROM json.`${data}/infer_missing.json`

-- name: all_null_column_is_string
SELECT * FROM json.`${data}/infer_nulls.json`

-- name: columns_are_sorted
-- By code units: capitals before small letters.
SELECT * FROM json.`${data}/infer_order.json`

-- name: integers_beyond_bigint
SELECT * FROM json.`${data}/infer_big.json`

-- name: strings_stay_strings
SELECT * FROM json.`${data}/infer_strings.json`

-- name: empty_strings
SELECT * FROM json.`${data}/infer_empty_strings.json`

-- name: blank_lines
SELECT * FROM json.`${data}/infer_empty_lines.json`

-- name: crlf
SELECT * FROM json.`${data}/infer_crlf.json`

-- name: no_final_newline
SELECT * FROM json.`${data}/no_final_newline.json`

-- name: arrays
SELECT * FROM json.`${data}/infer_arrays.json`

-- name: number_texts
SELECT * FROM json.`${data}/numbers_text.json`

-- name: string_escapes
SELECT * FROM json.`${data}/escapes.json`

-- name: times_stay_strings
SELECT * FROM json.`${data}/times.json` WHERE t IS NOT NULL

-- name: items_inferred
SELECT * FROM json.`${data}/items.ndjson` WHERE id < 30

-- name: items_inferred_types
DESCRIBE SELECT * FROM json.`${data}/items.ndjson`

-- name: byte_order_mark
SELECT * FROM json.`${data}/bom.json`

-- name: directory
-- All files but those that start with _ or a dot.
SELECT * FROM json.`${data}/dir.json`

-- name: array_line
-- An array on a line is as many records.
SELECT * FROM json.`${data}/array_lines.json`

-- name: multiline_array
CREATE OR REPLACE TEMPORARY VIEW m USING json OPTIONS (path '${data}/infer_array_doc.json', multiLine true);
SELECT * FROM m

-- name: multiline_pretty
CREATE OR REPLACE TEMPORARY VIEW m USING json OPTIONS (path '${data}/infer_pretty.json', multiLine true);
SELECT * FROM m

-- name: multiline_one_object
CREATE OR REPLACE TEMPORARY VIEW m USING json OPTIONS (path '${data}/single_pretty.json', multiLine true);
SELECT * FROM m

-- name: schema_given
CREATE OR REPLACE TEMPORARY VIEW j (a INT, b STRING, missing DOUBLE) USING json OPTIONS (path '${data}/infer_mixed_types.json');
SELECT * FROM j

-- name: schema_given_narrower
-- A value that does not fit the type is NULL, the record's other fields stay.
CREATE OR REPLACE TEMPORARY VIEW j (a TINYINT, b FLOAT) USING json OPTIONS (path '${data}/infer_ints.json');
SELECT * FROM j

-- name: schema_given_all_types
CREATE OR REPLACE TEMPORARY VIEW j (i INT, d DOUBLE, s STRING, o BOOLEAN, t DATE) USING json OPTIONS (path '${data}/bad_types.json');
SELECT * FROM j

-- name: strings_of_any_value
-- Read as string, any value is the text that Spark's parser writes for it.
CREATE OR REPLACE TEMPORARY VIEW j (i STRING, d STRING, s STRING, o STRING, t STRING) USING json OPTIONS (path '${data}/bad_types.json');
SELECT * FROM j

-- name: schema_bigint_and_decimal
CREATE OR REPLACE TEMPORARY VIEW j (a BIGINT, b DECIMAL(20,2)) USING json OPTIONS (path '${data}/infer_big.json');
SELECT * FROM j

-- name: schema_timestamps
CREATE OR REPLACE TEMPORARY VIEW j (t TIMESTAMP) USING json OPTIONS (path '${data}/times.json');
SELECT * FROM j

-- name: schema_dates
CREATE OR REPLACE TEMPORARY VIEW j (b DATE) USING json OPTIONS (path '${data}/infer_strings.json');
SELECT * FROM j

-- name: date_format_option
CREATE OR REPLACE TEMPORARY VIEW j (t DATE, u TIMESTAMP) USING json OPTIONS (path '${data}/german_dates.json', dateFormat 'dd.MM.yyyy', timestampFormat 'dd.MM.yyyy HH:mm');
SELECT * FROM j

-- name: infer_timestamps
CREATE OR REPLACE TEMPORARY VIEW j USING json OPTIONS (path '${data}/infer_strings.json', inferTimestamp true);
SELECT * FROM j

-- name: primitives_as_string
CREATE OR REPLACE TEMPORARY VIEW j USING json OPTIONS (path '${data}/infer_mixed_numbers.json', primitivesAsString true);
SELECT * FROM j

-- name: drop_all_null_fields
CREATE OR REPLACE TEMPORARY VIEW j USING json OPTIONS (path '${data}/infer_nulls.json', dropFieldIfAllNull true);
SELECT * FROM j

-- name: relaxed_defaults
-- Single quotes are allowed by default; comments, bare names, leading zeros are not.
CREATE OR REPLACE TEMPORARY VIEW j (a DOUBLE, b STRING) USING json OPTIONS (path '${data}/relaxed.json');
SELECT * FROM j

-- name: relaxed_options
CREATE OR REPLACE TEMPORARY VIEW j (a DOUBLE, b STRING) USING json OPTIONS (path '${data}/relaxed.json', allowComments true, allowUnquotedFieldNames true, allowNumericLeadingZeros true);
SELECT * FROM j

-- name: single_quotes_refused
CREATE OR REPLACE TEMPORARY VIEW j (a DOUBLE, b STRING) USING json OPTIONS (path '${data}/relaxed.json', allowSingleQuotes false);
SELECT * FROM j

-- name: duplicate_keys
-- The last one counts.
CREATE OR REPLACE TEMPORARY VIEW j (a INT) USING json OPTIONS (path '${data}/duplicate_keys.json');
SELECT * FROM j

-- name: text_after_the_record
CREATE OR REPLACE TEMPORARY VIEW j (a INT) USING json OPTIONS (path '${data}/trailing.json');
SELECT * FROM j

-- name: empty_file_with_schema
CREATE OR REPLACE TEMPORARY VIEW j (a INT, b STRING) USING json OPTIONS (path '${data}/empty.json');
SELECT * FROM j

-- name: count_without_columns
SELECT count(*) FROM json.`${data}/infer_missing.json`

-- name: aggregate_over_file
SELECT category, count(*), max(value) FROM json.`${data}/items.ndjson` GROUP BY category

-- name: describe_inferred
DESCRIBE SELECT * FROM json.`${data}/infer_mixed_types.json`
