-- regexp_replace, regexp_extract and their relatives.

-- name: regexp_replace_basics
SELECT regexp_replace('100-200', '(\\d+)', 'num'), regexp_replace('abc', 'b', ''), regexp_replace('abc', 'x', 'y'), regexp_replace('aaa', 'a', 'b'), regexp_replace('', 'a', 'b'), regexp_replace('', '', 'x'), regexp_replace('abc', '', '-'), regexp_replace('hello world', 'o', '0')

-- name: regexp_replace_groups
SELECT regexp_replace('john smith', '(\\w+) (\\w+)', '$2 $1'), regexp_replace('abc', '(b)', '[$1]'), regexp_replace('abc', 'b', '[$0]'), regexp_replace('a1b2', '([a-z])([0-9])', '$2$1'), regexp_replace('abc', '(?<x>b)', '<${x}>'), regexp_replace('abc', 'b', '\\$'), regexp_replace('abc', 'b', '\\\\')

-- name: regexp_replace_position
SELECT regexp_replace('aaaa', 'a', 'b', 1), regexp_replace('aaaa', 'a', 'b', 3), regexp_replace('aaaa', 'a', 'b', 9)

-- name: regexp_replace_null
SELECT regexp_replace(NULL, 'a', 'b'), regexp_replace('a', NULL, 'b'), regexp_replace('a', 'a', NULL)

-- name: regexp_replace_columns
SELECT id, regexp_replace(s, '[aeiou]', '*'), regexp_replace(s, '\\s+', ' '), regexp_replace(s, '^(.)(.*)$', '$2$1') FROM strs

-- name: regexp_extract_basics
SELECT regexp_extract('100-200', '(\\d+)-(\\d+)', 1), regexp_extract('100-200', '(\\d+)-(\\d+)', 2), regexp_extract('100-200', '(\\d+)-(\\d+)', 0), regexp_extract('100-200', '(\\d+)-(\\d+)'), regexp_extract('foo', '(\\d+)', 1), regexp_extract('', '(a)', 1), regexp_extract('ab', '(a)|(b)', 2), regexp_extract('b', '(a)?b', 1)

-- name: regexp_extract_null
SELECT regexp_extract(NULL, '(a)', 1), regexp_extract('a', NULL, 1), regexp_extract('a', '(a)', NULL)

-- name: regexp_extract_columns
SELECT id, regexp_extract(s, '([a-z]+)', 1), regexp_extract(s, '(.)(.)', 2), regexp_extract(s, '(\\d+)$', 1), regexp_extract(s, '^\\s*(\\S*)', 1) FROM strs

-- name: regexp_lazy_and_greedy
SELECT regexp_extract('<a><b>', '<(.+)>', 1), regexp_extract('<a><b>', '<(.+?)>', 1), regexp_replace('aaa', 'a{2}', 'X'), regexp_replace('aabbcc', '(a|b)+', 'X'), regexp_replace('foobar', 'o+(?=b)', '_')

-- name: regexp_unicode
SELECT regexp_replace('日本語', '本', '_'), regexp_replace('a😀b', '.', 'x'), regexp_extract('naïve', '(\\w+)', 1), regexp_replace('ÀÉ', '(?iu)é', 'e'), regexp_extract('é1', '(\\p{L})(\\d)', 2), regexp_replace('a\u00a0b', '\\s', '_')
