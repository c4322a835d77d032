-- String functions on every string of the table and with NULL, empty, negative and large arguments.
-- Lengths and positions count code points.

-- name: upper_lower
-- Full case mapping: ß becomes SS, final sigma keeps its form, İ lowers to two code points.
SELECT id, upper(s), lower(s) FROM strs

-- name: lengths
SELECT id, length(s) FROM strs

-- name: length_of_others
SELECT length(NULL), length(123), length(1.50), length(true), length(X'00ff'), length(date'2024-01-31'), length(1e10D)

-- name: trims
-- Only the space character is trimmed by default, not tabs or other white space.
SELECT id, trim(s), ltrim(s), rtrim(s) FROM strs

-- name: trim_forms
SELECT trim('  a  '), trim(BOTH FROM '  a  '), trim(LEADING FROM '  a  '), trim(TRAILING FROM '  a  '), trim(BOTH 'xy' FROM 'xyaxyx'), trim(LEADING 'x' FROM 'xxax'), trim(TRAILING 'x' FROM 'axx'), trim('xy' FROM 'xyayx'), ltrim('x', 'xxa'), rtrim('x', 'axx')

-- name: trim_edge_arguments
SELECT trim(''), trim('   '), trim(NULL), trim(BOTH '' FROM 'aba'), trim(BOTH NULL FROM 'a'), trim(BOTH 'é' FROM 'ééaé'), trim('\t a \n')

-- name: substring_positions
-- 1-based; 0 counts as 1; negative counts from the end, and may start before the text.
SELECT substring('hello', 1, 2), substring('hello', 0, 2), substring('hello', -3, 2), substring('hello', -10, 7), substring('hello', -10, 3), substring('hello', 6, 2), substring('hello', 5, 10), substring('hello', 2), substring('hello', 0), substring('hello', -2), substring('hello', 2, 0), substring('hello', 2, -1), substring('hello', 1, 2147483647), substring('hello', -2147483648, 3)

-- name: substring_columns
SELECT id, substring(s, 2, 3), substring(s, -2), substring(s, 0, 1), substring(s, 3) FROM strs

-- name: substring_null_and_coercion
SELECT substring(NULL, 1, 1), substring('abc', NULL, 1), substring('abc', 1, NULL), substring('abc', '2', '1'), substring('abc', 1.9, 1), substring(X'010203', 2, 1), substring('abc' FROM 2), substring('abc' FROM 2 FOR 1)

-- name: concat
SELECT concat('a', 'b', 'c'), concat('a'), concat('a', NULL), concat(), concat('', ''), concat(1, 2L, 1.50, 2.5D, true, NULL IS NULL), concat('é', '😀'), 'a' || 1 || NULL, 'x' || 2.5D || 'y', concat(X'01', X'02')

-- name: concat_columns
SELECT id, concat(str, '-', i), str || ok, concat(f, '|', d), concat(b, s, l) FROM nums WHERE NOT d <=> 5e-324D

-- name: concat_ws
-- NULL parts are skipped, a NULL separator makes the result NULL.
SELECT concat_ws('-', 'a', 'b', 'c'), concat_ws('-', 'a', NULL, 'c'), concat_ws('-', NULL, NULL), concat_ws(NULL, 'a', 'b'), concat_ws('-'), concat_ws('', 'a', 'b'), concat_ws(', ', 'a', '', 'b'), concat_ws('-', 1, 2.5, true), concat_ws('é', 'a', 'b')

-- name: concat_ws_columns
SELECT id, concat_ws('/', g, h, s) FROM groups WHERE id <= 40

-- name: replace
SELECT replace('abcabc', 'b', 'X'), replace('abcabc', 'bc'), replace('abc', '', 'X'), replace('', 'a', 'b'), replace('aaa', 'aa', 'b'), replace('abc', 'x', 'y'), replace(NULL, 'a', 'b'), replace('abc', NULL, 'x'), replace('abc', 'b', NULL), replace('ééé', 'é', 'e'), replace('a.b', '.', ''), replace(12321, 2, 0)

-- name: replace_columns
SELECT id, replace(s, 'a', 'ää'), replace(s, ' ', '_'), replace(s, 'b') FROM strs

-- name: split_part
-- 1-based; negative counts from the end; out of range is the empty string; the delimiter is plain text.
SELECT split_part('a.b.c', '.', 1), split_part('a.b.c', '.', 3), split_part('a.b.c', '.', 4), split_part('a.b.c', '.', -1), split_part('a.b.c', '.', -3), split_part('a.b.c', '.', -4), split_part('abc', 'x', 1), split_part('abc', 'x', 2), split_part('', '.', 1), split_part('a..c', '.', 2), split_part('abc', '', 1), split_part(NULL, '.', 1), split_part('a|b', '|', 2), split_part('aéébééc', 'éé', 2)

-- name: split_part_columns
SELECT id, split_part(s, ',', 2), split_part(s, 'a', 1), split_part(s, 'b', -1) FROM strs

-- name: lpad_rpad
SELECT lpad('hi', 5, '?'), rpad('hi', 5, '?'), lpad('hi', 5), rpad('hi', 5), lpad('hello', 3, 'x'), rpad('hello', 3, 'x'), lpad('hi', 5, ''), lpad('hi', 7, 'ab'), rpad('hi', 7, 'ab'), lpad('hi', 0, 'x'), lpad('hi', -1, 'x'), lpad(NULL, 3, 'x'), lpad('a', NULL, 'x'), lpad('a', 3, NULL), lpad('é', 3, '😀'), rpad('', 3, 'é'), lpad(7, 3, 0)

-- name: lpad_rpad_columns
SELECT id, lpad(s, 6, '*'), rpad(s, 6, '-é'), lpad(s, 2, 'x') FROM strs

-- name: instr
SELECT instr('hello', 'l'), instr('hello', 'x'), instr('hello', ''), instr('', 'a'), instr('', ''), instr(NULL, 'a'), instr('a', NULL), instr('aéb', 'b'), instr('😀b', 'b'), instr(12321, 3)

-- name: instr_columns
SELECT id, instr(s, 'a'), instr(s, 'b'), instr(s, ' ') FROM strs

-- name: starts_ends_contains
SELECT startswith('hello', 'he'), startswith('hello', ''), startswith('', 'a'), startswith(NULL, 'a'), startswith('a', NULL), endswith('hello', 'lo'), endswith('hello', ''), endswith('lo', 'hello'), contains('hello', 'ell'), contains('hello', ''), contains('', ''), contains('a%b', '%'), contains('hello', 'ELL'), contains(123, 2)

-- name: starts_ends_contains_columns
SELECT id, startswith(s, 'a'), endswith(s, 'b'), contains(s, 'b'), contains(s, 'é') FROM strs

-- name: long_strings
SELECT id, length(s), md5(s), length(upper(s)), md5(upper(s)), md5(replace(s, '0', 'oo')), length(trim(s)), substring(s, -3), instr(s, 'end'), md5(concat(s, s)), md5(lpad(s, 12000, 'ab')) FROM longs

-- name: predicates_on_long_strings
SELECT id, s LIKE '%end', s LIKE '%é%', s RLIKE '9end$', startswith(s, 'xxxx'), s = concat(s, ''), substring(s, 5000, 4) FROM longs

-- name: string_comparisons_and_order
SELECT id, s FROM strs ORDER BY s, id

-- name: sort_by_length
SELECT id, length(s) AS n FROM strs ORDER BY n DESC, id

-- name: group_by_string_case
SELECT lower(s) AS k, count(*) FROM strs GROUP BY lower(s)

-- name: unicode_combining
SELECT 'é' = 'e\u0301', length('e\u0301'), upper('e\u0301'), substring('e\u0301x', 1, 1) = 'e', lower('ΑΣ'), upper('ﬁ'), upper('ǆ'), lower('İ')

-- name: url_encoding
SELECT url_encode('https://spark.apache.org/a b?x=1&y=é😀#~'), url_encode(''), url_encode('AZaz09-_.*'), url_encode('!\'()~+%\t\n'), url_encode(NULL), url_encode(12.5), url_encode(DATE'2024-01-31')

-- name: url_encoding_of_columns
SELECT id, url_encode(s), url_decode(url_encode(s)) = s FROM strs

-- name: url_decoding
SELECT url_decode('https%3A%2F%2Fspark.apache.org%2Fa+b'), url_decode(''), url_decode('%c3%A9%F0%9F%98%80x+y%2B'), url_decode('é%C3%A9 é'), url_decode(NULL), url_decode('no escapes'), url_decode('+++'), url_decode(15)

-- name: url_decoding_of_malformed_bytes
SELECT url_decode('%C3'), url_decode('%C3x%A9'), url_decode('%E2%82'), url_decode('%E2%82%'||'AC'), url_decode('%FF%FE'), url_decode('%ED%A0%80'), url_decode('%F0%9F%98z')

-- name: url_decoding_as_java_reads_numbers
-- Java takes a sign for a digit, and digits of any script.
SELECT hex(url_decode('%+5')), hex(url_decode('%-0')), url_decode('%４１'), url_decode('%4Ａ'), url_decode('%٤١'), hex(url_decode('%00'))
