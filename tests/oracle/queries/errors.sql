-- Statements that fail: the class of the error and where it is.

-- name: unknown_column
-- mentions: valeu
SELECT valeu FROM items

-- name: unknown_column_suggests
-- mentions: categorie, category
SELECT id,
       categorie
FROM items

-- name: unknown_column_in_where
-- mentions: nosuch
SELECT id FROM items WHERE nosuch > 1

-- name: unknown_column_in_group_by
SELECT count(*) FROM items GROUP BY nosuch

-- name: unknown_column_in_order_by
SELECT id FROM items ORDER BY nosuch

-- name: unknown_column_in_window
SELECT rank() OVER (PARTITION BY nosuch ORDER BY id) FROM items

-- name: unknown_column_of_subquery
SELECT a.name FROM (SELECT id FROM items) a

-- name: unknown_qualifier
SELECT x.id FROM items i

-- name: alias_not_visible_in_where
SELECT id + 1 AS next FROM items WHERE next > 3

-- name: unknown_function
-- mentions: no_such_function
SELECT no_such_function(id) FROM items

-- name: unknown_function_close_name
SELECT uper('a')

-- name: unknown_table
-- mentions: itemz
SELECT * FROM itemz

-- name: unknown_table_qualified
SELECT * FROM db.items

-- name: missing_file
SELECT * FROM json.`${data}/does_not_exist.json`

-- name: missing_file_of_view
CREATE OR REPLACE TEMPORARY VIEW e1 (a INT) USING csv OPTIONS (path '${data}/does_not_exist.csv');
SELECT * FROM e1

-- name: ambiguous_column
SELECT a FROM (SELECT 1 AS a, 2 AS a)

-- name: syntax_misspelt_select
SELEC 1

-- name: syntax_missing_expression
SELECT 1 +

-- name: syntax_double_comma
SELECT id,, name FROM items

-- name: syntax_unclosed_parenthesis
SELECT (1 + 2 FROM items

-- name: syntax_extra_parenthesis
SELECT 1)

-- name: syntax_order_of_clauses
SELECT id FROM items ORDER BY id WHERE id > 1

-- name: syntax_unclosed_string
-- position: no
SELECT 'abc

-- name: syntax_unclosed_backtick
-- position: no
SELECT `abc FROM items

-- name: syntax_unclosed_comment
-- position: no
-- error: any
SELECT 1 /* never closed

-- name: syntax_case_without_when
-- position: no
-- Spark takes CASE for a column and ELSE for its alias, and gives up at the 1; quern at the ELSE.
SELECT CASE ELSE 1 END

-- name: syntax_case_without_end
SELECT CASE WHEN true THEN 1 FROM items

-- name: syntax_window_without_parenthesis
SELECT rank() OVER ORDER BY id FROM items

-- name: syntax_on_third_line
SELECT id,
       name,
       value value2 value3
FROM items

-- name: syntax_after_unicode
-- Columns count characters, not bytes.
SELECT 'äöü😀', 1 + ) FROM items

-- name: syntax_stray_character
SELECT 1 ? 2

-- name: empty_in_list
SELECT 1 IN ()

-- name: reserved_punctuation
SELECT * FROM items WHERE id = = 1

-- name: unknown_type
SELECT CAST(1 AS foo)

-- name: unknown_type_parameters
SELECT CAST(1 AS INT(5))

-- name: decimal_too_wide
SELECT CAST(1 AS DECIMAL(39, 0))

-- name: decimal_scale_larger_than_precision
-- error: any
SELECT CAST(1 AS DECIMAL(3, 5))

-- name: bad_date_literal
SELECT DATE '2024-13-01'

-- name: bad_timestamp_literal
SELECT TIMESTAMP 'nonsense'

-- name: bad_binary_literal
SELECT X'0G'

-- name: literal_out_of_range
SELECT 300Y

-- name: bigint_literal_out_of_range
SELECT 9223372036854775808L

-- name: decimal_literal_too_long
SELECT 123456789012345678901234567890123456789.5

-- name: wrong_type_of_operands
SELECT true + 1

-- name: wrong_type_date_times_int
SELECT date'2024-01-31' * 2

-- name: wrong_type_not
SELECT NOT 5

-- name: wrong_type_and
SELECT id AND true FROM items

-- name: wrong_type_where
SELECT id FROM items WHERE id

-- name: wrong_type_where_string
SELECT id FROM items WHERE name

-- name: wrong_type_case_condition
SELECT CASE WHEN 1 THEN 2 END

-- name: wrong_type_case_branches
SELECT CASE WHEN true THEN 1 ELSE true END

-- name: wrong_type_if
SELECT if(1, 2, 3)

-- name: wrong_type_in
SELECT 1 IN (true, date'2024-01-31')

-- name: wrong_type_compare
SELECT date'2024-01-31' = 1

-- name: wrong_type_coalesce
SELECT coalesce(1, true)

-- name: wrong_type_cast_binary
SELECT CAST(1.5D AS BINARY)

-- name: wrong_type_boolean_to_date
SELECT CAST(true AS DATE)

-- name: wrong_type_sum
SELECT sum(is_active) FROM items

-- name: wrong_type_avg_of_date
SELECT avg(d) FROM dates

-- name: wrong_type_sqrt
SELECT sqrt(date'2024-01-31')

-- name: wrong_type_count_if
SELECT count_if(id) FROM items

-- name: wrong_type_filter_clause
-- error: DATATYPE_MISMATCH
SELECT count(*) FILTER (WHERE id) FROM items

-- name: wrong_number_of_arguments
SELECT upper('a', 'b')

-- name: no_arguments
SELECT abs()

-- name: too_few_arguments
SELECT date_add('2024-01-31')

-- name: too_few_arguments_variadic
SELECT greatest(1)

-- name: too_many_arguments_aggregate
SELECT sum(id, value) FROM items

-- name: count_without_argument
SELECT count() FROM items

-- name: rank_with_argument_missing_over
SELECT rank() FROM items

-- name: row_number_without_order
-- error: any
SELECT row_number() OVER (PARTITION BY category) FROM items

-- name: lag_without_order
-- error: any
SELECT lag(value) OVER (PARTITION BY category) FROM items

-- name: ranking_with_frame
-- error: any
SELECT rank() OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM items

-- name: over_on_scalar_function
SELECT upper(name) OVER (PARTITION BY category) FROM items

-- name: distinct_in_window
SELECT count(DISTINCT category) OVER (PARTITION BY is_active) FROM items

-- name: ntile_zero
SELECT ntile(0) OVER (ORDER BY id) FROM items

-- name: nth_value_zero
SELECT nth_value(id, 0) OVER (ORDER BY id) FROM items

-- name: lag_offset_not_constant
-- error: any
SELECT lag(value, id) OVER (ORDER BY id) FROM items

-- name: undefined_window_name
-- error: any
SELECT sum(value) OVER w FROM items

-- name: frame_backwards
SELECT sum(id) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 1 PRECEDING) FROM items

-- name: frame_range_two_keys
SELECT sum(id) OVER (ORDER BY id, value RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM items

-- name: frame_range_without_order
SELECT sum(id) OVER (RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM items

-- name: frame_range_on_string
SELECT sum(id) OVER (ORDER BY name RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM items

-- name: aggregate_in_where
SELECT id FROM items WHERE sum(value) > 1

-- name: aggregate_in_group_by
SELECT count(*) FROM items GROUP BY sum(value)

-- name: nested_aggregate
SELECT sum(count(*)) FROM items

-- name: window_in_where
-- error: MISPLACED_AGGREGATE
SELECT id FROM items WHERE row_number() OVER (ORDER BY id) = 1

-- name: window_in_group_by
SELECT count(*) FROM items GROUP BY row_number() OVER (ORDER BY id)

-- name: window_in_aggregate
-- error: MISPLACED_AGGREGATE
SELECT sum(rank() OVER (ORDER BY id)) FROM items

-- name: window_in_having
-- error: MISPLACED_AGGREGATE
SELECT category FROM items GROUP BY category HAVING rank() OVER (ORDER BY category) = 1

-- name: column_not_grouped
-- mentions: name
SELECT category, name, count(*) FROM items GROUP BY category

-- name: column_without_group_by
SELECT name, count(*) FROM items

-- name: star_with_group_by
SELECT *, count(*) FROM ten_items GROUP BY id

-- name: having_column_not_grouped
SELECT category FROM items GROUP BY category HAVING name = 'x'

-- name: order_by_column_not_grouped
SELECT category FROM items GROUP BY category ORDER BY name

-- name: group_by_position_too_large
SELECT category, count(*) FROM items GROUP BY 3

-- name: group_by_position_zero
SELECT category, count(*) FROM items GROUP BY 0

-- name: group_by_position_of_aggregate
SELECT category, count(*) FROM items GROUP BY 2

-- name: order_by_position_too_large
SELECT id FROM items ORDER BY 2

-- name: order_by_position_negative
SELECT id FROM items ORDER BY -1, 0

-- name: limit_negative
SELECT id FROM items LIMIT -1

-- name: limit_not_constant
-- position: no
SELECT id FROM items LIMIT id

-- name: limit_of_wrong_type
SELECT id FROM items LIMIT 'x'

-- name: offset_negative
SELECT id FROM items OFFSET -2

-- name: union_of_different_widths
SELECT 1, 2 UNION ALL SELECT 3

-- name: union_of_incompatible_types
SELECT date'2024-01-31' UNION ALL SELECT true

-- name: values_of_different_widths
SELECT * FROM VALUES (1, 2), (3) AS t(a, b)

-- name: values_of_incompatible_types
SELECT * FROM VALUES (1), (date'2024-01-31'), (true) AS t(a)

-- name: values_with_column
SELECT * FROM VALUES (id) AS t(a)

-- name: too_few_alias_columns
-- error: any
SELECT * FROM (SELECT 1, 2) AS t(a)

-- name: star_in_function
-- position: no
-- error: any
SELECT upper(*) FROM items

-- name: unknown_star_qualifier
SELECT x.* FROM items i

-- name: view_exists
CREATE OR REPLACE TEMPORARY VIEW e2 AS SELECT 1 AS a;
CREATE TEMPORARY VIEW e2 AS SELECT 2 AS a

-- name: view_columns_do_not_match
CREATE OR REPLACE TEMPORARY VIEW e3 (a, b) AS SELECT 1

-- name: view_of_itself
CREATE OR REPLACE TEMPORARY VIEW e4 AS SELECT * FROM e4

-- name: view_duplicate_columns
CREATE OR REPLACE TEMPORARY VIEW e5 (a INT, A STRING) USING json OPTIONS (path '${data}/infer_ints.json')

-- name: view_of_unknown_format
-- position: no
CREATE OR REPLACE TEMPORARY VIEW e6 USING nosuchformat OPTIONS (path '${data}/infer_ints.json')

-- name: with_defined_twice
-- error: any
WITH t AS (SELECT 1), t AS (SELECT 2) SELECT * FROM t

-- name: setting_of_wrong_type
-- error: any
SET spark.sql.shuffle.partitions=many

-- name: failfast_json
CREATE OR REPLACE TEMPORARY VIEW e7 (a INT, b STRING) USING json OPTIONS (path '${data}/bad.json', mode 'FAILFAST');
SELECT * FROM e7

-- name: failfast_json_types
CREATE OR REPLACE TEMPORARY VIEW e8 (a INT) USING json OPTIONS (path '${data}/infer_mixed_types.json', mode 'FAILFAST');
SELECT * FROM e8

-- name: failfast_json_inference
-- error: any
CREATE OR REPLACE TEMPORARY VIEW e9 USING json OPTIONS (path '${data}/bad.json', mode 'FAILFAST')

-- name: failfast_csv
CREATE OR REPLACE TEMPORARY VIEW e10 (a INT, b INT, c INT) USING csv OPTIONS (path '${data}/ragged.csv', header true, mode 'FAILFAST');
SELECT * FROM e10

-- name: corrupt_column_of_wrong_type
-- error: any
CREATE OR REPLACE TEMPORARY VIEW e12 (a INT, _corrupt_record INT) USING json OPTIONS (path '${data}/bad.json');
SELECT * FROM e12

-- name: duplicate_keys_differing_in_case
CREATE OR REPLACE TEMPORARY VIEW e13 (a INT, b INT) USING json OPTIONS (path '${data}/infer_ints.json');
SELECT c FROM e13

-- name: bad_regexp
SELECT 'a' RLIKE '('

-- name: bad_regexp_replace
SELECT regexp_replace(name, '[', 'x') FROM items

-- name: regexp_group_out_of_range
SELECT regexp_extract('a', '(a)', 2)

-- name: like_bad_escape
SELECT 'a' LIKE 'a#b' ESCAPE '#'

-- name: bad_date_pattern
-- error: any
SELECT date_format(ts, 'bbbb') FROM dates

-- name: percentile_out_of_range
SELECT percentile(value, 1.5) FROM items

-- name: percentile_not_constant
SELECT percentile(value, value) FROM items

-- name: percentile_approx_bad_accuracy
SELECT percentile_approx(value, 0.5, -1) FROM items

-- name: split_part_zero
SELECT split_part('a.b', '.', 0)

-- name: write_duplicate_columns
INSERT OVERWRITE DIRECTORY '${data}/out_duplicate' USING json SELECT 1 AS a, 2 AS a

-- name: write_unknown_column
INSERT OVERWRITE DIRECTORY '${data}/out_never' USING json
SELECT nosuch FROM items

-- name: describe_unknown
DESCRIBE nosuch

-- name: two_statements_without_semicolon
SELECT 1 SELECT 2

-- name: position_in_view_statement
CREATE OR REPLACE TEMPORARY VIEW e14 AS
  SELECT id,
         nosuch
  FROM items

-- name: try_add_of_arrays
SELECT try_add(array(1), array(2))

-- name: try_add_of_booleans
SELECT try_add(true, 1)

-- name: try_divide_one_argument
SELECT try_divide(1)

-- name: bit_and_of_string
SELECT bit_and('a')

-- name: bit_or_of_double
SELECT bit_or(d) FROM VALUES (1D) AS t(d)

-- name: bit_xor_two_arguments
SELECT bit_xor(1, 2)

-- name: url_decode_incomplete
SELECT url_decode('abc%4')

-- name: url_decode_no_digits
SELECT url_decode('http%3A%2F%2spark.apache.org')

-- name: url_decode_negative
SELECT url_decode('%-1')

-- name: url_encode_of_array
SELECT url_encode(array('a'))

-- name: try_element_at_of_number
SELECT try_element_at(1, 1)

-- name: try_element_at_null_index
SELECT try_element_at(array(1, 2), NULL)

-- name: try_element_at_bigint_index
SELECT try_element_at(array(1, 2), 1L)

-- name: element_at_string_index
SELECT element_at(array(1, 2), '1')

-- name: try_element_at_of_null
SELECT try_element_at(NULL, 1)
