-- LIKE and RLIKE.

-- name: like_basics
SELECT 'abc' LIKE 'abc', 'abc' LIKE 'a%', 'abc' LIKE '%c', 'abc' LIKE '%b%', 'abc' LIKE '_b_', 'abc' LIKE 'a_', 'abc' LIKE '', '' LIKE '', '' LIKE '%', 'abc' LIKE '%', 'abc' LIKE 'ABC', 'abc' NOT LIKE 'a%'

-- name: like_null
SELECT NULL LIKE 'a', 'a' LIKE NULL, NULL NOT LIKE 'a', NULL LIKE NULL

-- name: like_escapes
SELECT '100%' LIKE '100\%', '100x' LIKE '100\%', 'a_b' LIKE 'a\_b', 'axb' LIKE 'a\_b', 'a\\b' LIKE 'a\\\\b', '50%' LIKE '50#%' ESCAPE '#', '50x' LIKE '50#%' ESCAPE '#', 'a/b' LIKE 'a//b' ESCAPE '/'

-- name: like_regex_characters
SELECT 'a.c' LIKE 'a.c', 'abc' LIKE 'a.c', 'a+c' LIKE 'a+c', '(x)' LIKE '(x)', '[a]' LIKE '[a]', 'a^$' LIKE 'a^$', 'a{2}' LIKE 'a{2}', 'a|b' LIKE 'a|b', 'a*' LIKE 'a*', 'aa' LIKE 'a*'

-- name: like_unicode_and_newline
SELECT 'é' LIKE '_', '😀' LIKE '_', 'a\nb' LIKE 'a_b', 'a\nb' LIKE 'a%', 'a\nb' LIKE '%b', '日本語' LIKE '日__', 'e\u0301' LIKE '_'

-- name: like_columns
SELECT id, s LIKE 'a%', s LIKE '%b', s LIKE '%a%b%', s LIKE '_', s LIKE '__', s LIKE '%\\\\%', s LIKE '%\_%' FROM strs

-- name: like_many_wildcards
SELECT 'aaaaaaaaab' LIKE '%a%a%a%a%b', 'abababab' LIKE '%ab%ab%', 'abababab' LIKE '_b%_b', 'mississippi' LIKE '%iss%pi', 'mississippi' LIKE '%iss%is%is%', 'abc' LIKE '%%%', 'abc' LIKE '_%_%_', 'ab' LIKE '_%_%_'

-- name: like_coercion
SELECT 123 LIKE '1%', 1.5 LIKE '1._', true LIKE 't%', date'2024-01-31' LIKE '2024%'

-- name: like_from_column
SELECT id, 'abc' LIKE s FROM strs WHERE s IN ('abc', '100%', 'under_score', 'a', ',') OR s IS NULL

-- name: rlike_basics
SELECT 'abc' RLIKE 'b', 'abc' RLIKE '^b', 'abc' RLIKE 'c$', 'abc' RLIKE '^abc$', '' RLIKE '', 'abc' RLIKE '', 'abc' NOT RLIKE 'z', 'abc' REGEXP 'a.c', 'Abc' RLIKE '(?i)^ABC'

-- name: rlike_null
SELECT NULL RLIKE 'a', 'a' RLIKE NULL, NOT NULL RLIKE 'a'

-- name: rlike_classes
-- In a plain literal a backslash must be doubled.
SELECT 'a1' RLIKE '\\d', 'a1' RLIKE '^\\w+$', 'a b' RLIKE '\\s', 'é' RLIKE '\\w', 'é' RLIKE '^.$', '😀' RLIKE '^.$', 'aa' RLIKE '^(a)\\1$', 'a-b' RLIKE '[-x]', 'ab' RLIKE 'a(?=b)', 'tab\there' RLIKE '\t', 'x' RLIKE '\\p{L}', '1' RLIKE '\\p{Alpha}', 'a\nb' RLIKE 'a.b', 'a\nb' RLIKE '(?s)a.b', 'b\na' RLIKE '^a', 'b\na' RLIKE '(?m)^a', 'a\n' RLIKE 'a$'

-- name: rlike_raw_literal
SELECT 'a1' RLIKE r'\d', 'a.b' RLIKE r'a\.b', 'axb' RLIKE r'a\.b', '\\' RLIKE r'\\'

-- name: rlike_columns
SELECT id, s RLIKE '^[a-c]+$', s RLIKE '[A-Z]', s RLIKE '\\d', s RLIKE '^\\s', s RLIKE 'a*' FROM strs
