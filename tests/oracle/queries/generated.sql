-- Random queries, made by generate.py: change that, not this file.

-- name: projection_000
SELECT id, ((contains(str, str) OR (date'1969-12-31' NOT IN (date'2024-02-29', CAST(NULL AS DATE)))) <=> (startswith(str, '5') OR (s IN (id, s)))), abs((l DIV b)), abs((- s)) FROM nums

-- name: projection_001
SELECT id, lpad(coalesce(trim(' 1'), if(ok, str, str)), 4, '*'), CAST(((l * s) & (- 2S)) AS BIGINT), substring(greatest(lower(str), upper(str), str), -1, 2) FROM nums

-- name: projection_002
SELECT id, CASE WHEN (s LIKE '_') THEN (l * i) WHEN coalesce(ok, true) THEN (l + l) END, substring(substring(s, 0, 2), i), CAST((abs(l) | mod(h, -300S)) AS INT) FROM groups

-- name: filtered_003
SELECT id, CAST(replace(g, s, 'x') AS SMALLINT) AS v FROM groups WHERE contains(concat_ws('-', ' 1', g), g)

-- name: grouped_004
SELECT i % 4, percentile(h, 0.7), first(g, true), count(DISTINCT d) FROM groups GROUP BY ALL

-- name: grouped_005
SELECT coalesce(g, s), percentile_approx(x, 0.7), min(i % 7), count(s) FROM groups WHERE (d NOT IN (d, d)) GROUP BY 1

-- name: windowed_006
SELECT id, first_value(i % 7) OVER (PARTITION BY ok ORDER BY s, id DESC ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) AS w0, percent_rank() OVER (PARTITION BY ok ORDER BY s) AS w1, first_value(x * 2) OVER (PARTITION BY ok ORDER BY i, id ROWS BETWEEN 3 PRECEDING AND UNBOUNDED FOLLOWING) AS w2 FROM groups

-- name: windowed_007
SELECT id, sum(x) OVER (ORDER BY h) AS w0, max(x + i) OVER (PARTITION BY ok ORDER BY x) AS w1, sum(i * h) OVER (PARTITION BY g ORDER BY i NULLS LAST, id ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS w2 FROM groups

-- name: ordered_008
SELECT id, (s * -300S) AS v FROM groups ORDER BY d, CAST(ok AS SMALLINT) DESC, id LIMIT 37

-- name: projection_009
SELECT id, round((coalesce(d, 0.5D) / (32767S / id)), 2), CASE WHEN ((d * 0D) BETWEEN (l ^ s) AND d) THEN contains(substring(str, id), str) WHEN contains(trim(str), str) THEN ((s > d) AND (32767S BETWEEN 32767S AND s)) END, isnan(if((NOT ok), (d + d), (str * 10))) FROM nums

-- name: projection_010
SELECT id, month(d), CAST((ok IS DISTINCT FROM ok) AS SMALLINT), (- (- l)) FROM groups

-- name: projection_011
SELECT id, (if((str >= str), CASE WHEN ok THEN 0L ELSE l END, (- l)) % mod(CASE WHEN ok THEN s WHEN CAST(NULL AS BOOLEAN) THEN s END, CAST(l AS TINYINT))), mod(abs(-5L), CAST(str AS INT)), instr(substring(coalesce('5', str), i), str) FROM nums

-- name: filtered_012
SELECT id, CASE WHEN (s IN (l, s)) THEN date'2024-02-29' ELSE date'2024-02-29' END AS v FROM nums WHERE (abs(f) NOT IN (abs(f), 0.5F))

-- name: grouped_013
SELECT ok, last(s), last(s), min_by(id, CASE WHEN s = '' THEN x ELSE h END * 1000000 + id) FROM groups GROUP BY 1 HAVING count(*) > 3

-- name: grouped_014
SELECT g, min_by(id, length(s) * 1000000 + id), count(DISTINCT g), max_by(s, id) FROM groups GROUP BY 1 HAVING sum(i) IS NOT NULL

-- name: windowed_015
SELECT id, min(i) OVER (PARTITION BY ok ORDER BY h DESC NULLS FIRST, id ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING) AS w0, lag(d, 1) OVER (PARTITION BY ok ORDER BY s DESC, id) AS w1, rank() OVER (PARTITION BY ok ORDER BY i) AS w2 FROM groups

-- name: windowed_016
SELECT id, ntile(2) OVER (ORDER BY d, id DESC) AS w0, row_number() OVER (PARTITION BY g ORDER BY l, id DESC) AS w1, avg(x) OVER (PARTITION BY g ORDER BY x) AS w2 FROM groups

-- name: ordered_017
SELECT id, (g * l) AS v FROM groups ORDER BY least(h, i, i) ASC NULLS LAST, (l DIV id) DESC, id LIMIT 23

-- name: projection_018
SELECT id, greatest(CASE WHEN ok THEN i WHEN ok THEN i END, (h - i), 100), coalesce(mod(h, -300S), least(i, h, 2)), abs(length(upper(g))) FROM groups

-- name: projection_019
SELECT id, (xxhash64(coalesce(l, l), s) + CAST((g LIKE '%') AS SMALLINT)), (((l - l) | (l & -300S)) DIV CAST(abs(x) AS BIGINT)), (- round(x, 1)) FROM groups

-- name: projection_020
SELECT id, CAST(nullif(coalesce(ok, ok), startswith(' 1', s)) AS FLOAT), CAST((CAST(l AS INT) > instr(g, g)) AS INT), (to_date(concat('2024-0', '1', '-15')) <=> date_add(d, 400)) FROM groups

-- name: filtered_021
SELECT id, CAST(nullif(ok, ok) AS FLOAT) AS v FROM nums WHERE contains((str || str), ' 1')

-- name: grouped_022
SELECT coalesce(g, s), percentile_approx(l, 0.7), percentile(h, 0.2), avg(x) FROM groups GROUP BY coalesce(g, s) HAVING max(h) = 3 OR min(x) < 0

-- name: grouped_023
SELECT i % 4, count(d), sum(CASE WHEN s = '' THEN x ELSE h END), count(s) FROM groups GROUP BY ALL

-- name: windowed_024
SELECT id, ntile(4) OVER (ORDER BY i, id DESC) AS w0, last_value(i % 7) OVER (PARTITION BY i % 3 ORDER BY h, id DESC ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING) AS w1, ntile(7) OVER (PARTITION BY i % 3 ORDER BY l, id) AS w2 FROM groups

-- name: windowed_025
SELECT id, count(i % 7) OVER (PARTITION BY g, h) AS w0, min(h) OVER (PARTITION BY g ORDER BY i) AS w1, max(i) OVER (PARTITION BY g ORDER BY l) AS w2 FROM groups

-- name: ordered_026
SELECT id, abs(x) AS v FROM groups ORDER BY nullif(ok, ok) DESC, CASE WHEN ok THEN CAST('NaN' AS FLOAT) ELSE -1.5F END ASC NULLS LAST, id LIMIT 20

-- name: projection_027
SELECT id, coalesce((f * f), round(0.5F, 0)), (- least(f, f, f)), date_add(CAST(str AS DATE), -31) FROM nums

-- name: projection_028
SELECT id, CAST(nullif(ok, ok) AS FLOAT), xxhash64(mod(l, l), str), (mod(CAST(l AS SMALLINT), (s | 1Y)) & (- (- b))) FROM nums

-- name: projection_029
SELECT id, substring(CAST(d AS STRING), 3, 2), contains(replace(split_part(g, '.', 1), s, 'x'), s), if((d NOT IN (d, d)), CASE WHEN ok THEN 2S WHEN ok THEN -300S END, abs(2S)) FROM groups

-- name: filtered_030
SELECT id, (CAST(l AS INT) / 2147483647) AS v FROM groups WHERE ((s * id) NOT IN (hash(h, 32767S), x))

-- name: grouped_031
SELECT d IS NULL, g, count_if(i > 3), sum(CASE WHEN s = '' THEN x ELSE h END), median(l) FROM groups GROUP BY ALL

-- name: grouped_032
SELECT g, last(g), last(length(s)), count_if(l > 3) FROM groups WHERE (g RLIKE '^[0-9]+$') GROUP BY g HAVING sum(i) IS NOT NULL

-- name: windowed_033
SELECT id, cume_dist() OVER (ORDER BY h DESC NULLS FIRST) AS w0, dense_rank() OVER (PARTITION BY ok ORDER BY d) AS w1, first_value(x + i) OVER (PARTITION BY ok ORDER BY i, id DESC ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) AS w2 FROM groups WHERE (l NOT IN (i, l))

-- name: windowed_034
SELECT id, ntile(7) OVER (PARTITION BY g ORDER BY l, id) AS w0, ntile(2) OVER (PARTITION BY g ORDER BY s DESC, id) AS w1, count(x + i) OVER (PARTITION BY g, h) AS w2 FROM groups WHERE greatest(ok, ok, true)

-- name: ordered_035
SELECT id, (x / x) AS v FROM groups ORDER BY greatest(x, x, x) DESC, (x / x) DESC NULLS FIRST, id LIMIT 26

-- name: projection_036
SELECT id, CAST((s || s) AS SMALLINT), abs(length(s)), (datediff(date_add(date'2024-02-29', -31), d) * (CAST(g AS SMALLINT) ^ (2S % 32767S))) FROM groups

-- name: projection_037
SELECT id, concat(concat(greatest(s, g, s), lower(s)), concat(regexp_replace(s, '[0-9]+', '#'), trim(s))), CAST(regexp_extract(CAST(l AS STRING), '([a-z]+)', 1) AS DATE), (- if(startswith(g, ''), instr('é', g), (h ^ 127Y))) FROM groups

-- name: projection_038
SELECT id, CAST(abs(abs(x)) AS BIGINT), ((g * CAST('pq' AS INT)) / (g * length('pq'))), (floor(x) ^ (l DIV 3L)) FROM groups

-- name: filtered_039
SELECT id, md5(concat(l, str)) AS v FROM nums WHERE (abs(i) IS NULL)

-- name: grouped_040
SELECT coalesce(g, s), sum(i % 7) FILTER (WHERE h = 1), count_if(CASE WHEN s = '' THEN x ELSE h END > 3), count(s) FROM groups GROUP BY 1

-- name: grouped_041
SELECT g, h, avg(i % 7), count(ok), count(x) FROM groups GROUP BY ALL HAVING max(h) = 3 OR min(x) < 0

-- name: windowed_042
SELECT id, max(x * 2) OVER (PARTITION BY i % 3 ORDER BY h DESC NULLS FIRST) AS w0, avg(h) OVER (ORDER BY s) AS w1, max(length(s)) OVER (PARTITION BY ok) AS w2 FROM groups

-- name: windowed_043
SELECT id, sum(x) OVER (PARTITION BY i % 3 ORDER BY l, id DESC ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w0, avg(i * h) OVER (ORDER BY x, id ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) AS w1, ntile(5) OVER (PARTITION BY g, h ORDER BY h DESC NULLS FIRST, id DESC) AS w2 FROM groups

-- name: ordered_044
SELECT id, (1e10D * x) AS v FROM groups ORDER BY hash(id, d) DESC, (s || 'a') DESC NULLS FIRST, id LIMIT 27

-- name: projection_045
SELECT id, coalesce(date'2024-02-29', CAST(str AS DATE)), (if((f > 3L), (i / 2147483647), (s + d)) / if((false OR ok), round(d, 0), (0D % d))), (concat(to_date(concat('2024-0', '1', '-15')), coalesce(str, str)) || CAST((3L & b) AS STRING)) FROM nums

-- name: projection_046
SELECT id, ((-300S & 1Y) + sqrt(x)), CASE WHEN ((- id) NOT IN (mod(h, 32767S), 1)) THEN ((d < date'1969-12-31') IS NOT NULL) ELSE (datediff(d, d) BETWEEN (l + 3L) AND 1) END, d FROM groups

-- name: projection_047
SELECT id, (sqrt(x) * round(x, -1)), if(coalesce(ok, ok), mod(h, id), hash(100, -300S)), round(CAST(h AS FLOAT), 1) FROM groups

-- name: filtered_048
SELECT id, nullif((d IN (d, d)), (0L NOT IN (i, l))) AS v FROM groups WHERE (mod(l, l) NOT IN ((s * 32767S), l))

-- name: grouped_049
SELECT i % 4, sum(x) FILTER (WHERE h = 1), last(d), avg(i * h) FROM groups GROUP BY i % 4

-- name: grouped_050
SELECT ok, sum(i * h), count_if(i > 3), first(ok, true) FROM groups GROUP BY ALL

-- name: windowed_051
SELECT id, nth_value(x, 2) OVER (ORDER BY i NULLS LAST, id DESC ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS w0, max(i * h) OVER () AS w1, min(i * h) OVER (PARTITION BY ok ORDER BY i NULLS LAST) AS w2 FROM groups

-- name: windowed_052
SELECT id, ntile(4) OVER (PARTITION BY i % 3 ORDER BY i NULLS LAST, id DESC) AS w0, min(x + i) OVER (PARTITION BY i % 3) AS w1, count(i % 7) OVER (PARTITION BY g) AS w2 FROM groups WHERE (-5L > l)

-- name: ordered_053
SELECT id, (x * 1e10D) AS v FROM groups ORDER BY greatest(d, d, d) ASC NULLS LAST, coalesce(i, id) DESC NULLS FIRST, id LIMIT 24

-- name: projection_054
SELECT id, (round(round(f, 0), 2) - (- (- 0.5F))), (CAST(contains(str, ' 1') AS SMALLINT) & (- (b * b))), startswith(concat(ok, 'true'), str) FROM nums

-- name: projection_055
SELECT id, CAST((l & l) AS FLOAT), nullif(datediff(CAST(date_trunc('MONTH', date'2024-02-29') AS DATE), CAST(NULL AS DATE)), (year(d) ^ CAST(true AS TINYINT))), split_part(trim(g), '.', 1) FROM groups

-- name: projection_056
SELECT id, CAST((concat('', str) || concat_ws('-', str, '5')) AS DATE), regexp_replace(lpad(nullif(str, str), 4, '*'), '[0-9]+', '#'), (- abs(CAST(l AS BIGINT))) FROM nums

-- name: filtered_057
SELECT id, if((s NOT IN ('é', s)), (l DIV 0L), xxhash64(l, '5')) AS v FROM nums WHERE (NOT (f IS NULL))

-- name: grouped_058
SELECT coalesce(g, s), count_if(CASE WHEN s = '' THEN x ELSE h END > 3), sum(x), max(g) FROM groups GROUP BY ALL

-- name: grouped_059
SELECT g, h, max_by(s, id), min(ok), count(*) FROM groups GROUP BY 1, 2 HAVING sum(i) IS NOT NULL

-- name: windowed_060
SELECT id, min(i) OVER (PARTITION BY ok ORDER BY l) AS w0, row_number() OVER (PARTITION BY g, h ORDER BY s, id) AS w1, ntile(6) OVER (PARTITION BY g, h ORDER BY s, id DESC) AS w2 FROM groups WHERE (x BETWEEN l AND x)

-- name: windowed_061
SELECT id, max(x + i) OVER (ORDER BY s, id ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING) AS w0, row_number() OVER (PARTITION BY g, h ORDER BY h DESC NULLS FIRST, id) AS w1, row_number() OVER (ORDER BY h, id DESC) AS w2 FROM groups WHERE (l BETWEEN s AND l)

-- name: ordered_062
SELECT id, abs(x) AS v FROM groups ORDER BY xxhash64(1000000007L, g) DESC NULLS FIRST, greatest(l, l, l) DESC NULLS FIRST, id LIMIT 39

-- name: projection_063
SELECT id, CASE WHEN ('é' IS NOT NULL) THEN coalesce(str, str) WHEN least(ok, ok, ok) THEN trim(str) END, CASE WHEN (l NOT IN (str, 1000000007L)) THEN CAST(NULL AS DATE) ELSE CAST(date_trunc('MONTH', date'1969-12-31') AS DATE) END, ((- f) > (d / d)) FROM nums

-- name: projection_064
SELECT id, mod((mod(s, s) + (- b)), (- abs(b))), greatest(CAST(false AS FLOAT), CAST(str AS FLOAT), f), length(rpad(concat_ws('-', str, 'true'), 3, 'é')) FROM nums

-- name: projection_065
SELECT id, md5(split_part(g, '.', 1)), month(CAST(substring(s, id) AS DATE)), (instr(CASE WHEN ok THEN s ELSE s END, g) * CASE WHEN (l IN (7, 3L)) THEN coalesce(127Y, 1Y) WHEN (ok AND ok) THEN CAST(l AS TINYINT) END) FROM groups

-- name: filtered_066
SELECT id, (upper(g) RLIKE '^[0-9]+$') AS v FROM groups WHERE startswith(md5(g), s)

-- name: grouped_067
SELECT ok, min_by(id, x + i * 1000000 + id), last(g), percentile_approx(if(ok, i, NULL), 0.3) FROM groups WHERE (l IS DISTINCT FROM l) GROUP BY 1

-- name: grouped_068
SELECT g, count(ok), percentile(i, 0.3), max_by(s, id) FROM groups GROUP BY g HAVING sum(i) IS NOT NULL

-- name: windowed_069
SELECT id, ntile(5) OVER (PARTITION BY i % 3 ORDER BY i, id) AS w0, last_value(if(ok, i, NULL)) OVER (PARTITION BY g ORDER BY x, id DESC ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING) AS w1, row_number() OVER (ORDER BY s, id DESC) AS w2 FROM groups WHERE startswith('é', g)

-- name: windowed_070
SELECT id, ntile(2) OVER (ORDER BY x DESC, id) AS w0, sum(i) OVER (PARTITION BY i % 3 ORDER BY s DESC, id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING) AS w1, ntile(5) OVER (PARTITION BY g, h ORDER BY x DESC, id) AS w2 FROM groups WHERE isnan(x)

-- name: ordered_071
SELECT id, (0D % x) AS v FROM groups ORDER BY CAST(x AS SMALLINT) DESC NULLS FIRST, if(ok, id, i) ASC NULLS LAST, id LIMIT 38

-- name: projection_072
SELECT id, coalesce(date_add(d, -31), CAST(date_trunc('MONTH', CASE WHEN ok THEN d ELSE d END) AS DATE)), ((- (- -300S)) & CAST(nullif(ok, ok) AS TINYINT)), abs(CASE WHEN (-1.5F IS DISTINCT FROM s) THEN (-3Y + x) ELSE (32767S + x) END) FROM groups

-- name: projection_073
SELECT id, ((9223372036854775807L + -300S) - coalesce(l, l)), (abs(-300S) / h), abs(round((CAST('Infinity' AS DOUBLE) % x), 1)) FROM groups

-- name: projection_074
SELECT id, least(concat(CAST(NULL AS DATE), str), CASE WHEN CAST(NULL AS BOOLEAN) THEN str WHEN CAST(NULL AS BOOLEAN) THEN str END, str), ((abs(f) + round(0.5F, 0)) * (- CASE WHEN ok THEN f WHEN ok THEN f END)), CAST(regexp_extract(lpad(str, 4, '*'), '([a-z]+)', 1) AS INT) FROM nums

-- name: filtered_075
SELECT id, greatest(instr(str, str), datediff(CAST(NULL AS DATE), date'1969-12-31'), id) AS v FROM nums WHERE (isnan(d) IS NOT NULL)

-- name: grouped_076
SELECT ok, count(*), count(DISTINCT length(s)), last(if(ok, i, NULL)) FROM groups WHERE (x NOT IN (id, x)) GROUP BY 1 HAVING count(*) > 3

-- name: grouped_077
SELECT d IS NULL, g, sum(h) FILTER (WHERE h = 1), median(if(ok, i, NULL)), min_by(id, x * 1000000 + id) FROM groups GROUP BY d IS NULL, g HAVING sum(i) IS NOT NULL

-- name: windowed_078
SELECT id, count(x + i) OVER (PARTITION BY i % 3) AS w0, dense_rank() OVER (PARTITION BY g ORDER BY s DESC) AS w1, min(x) OVER (PARTITION BY g, h ORDER BY s) AS w2 FROM groups

-- name: windowed_079
SELECT id, avg(i % 7) OVER (PARTITION BY i % 3) AS w0, sum(x) OVER (PARTITION BY ok) AS w1, lead(s, 0) OVER (PARTITION BY i % 3 ORDER BY i NULLS LAST, id) AS w2 FROM groups WHERE contains(g, '')

-- name: ordered_080
SELECT id, (x % x) AS v FROM groups ORDER BY nullif(g, g) DESC, (x == x), id LIMIT 25

-- name: projection_081
SELECT id, isnan((abs(x) * sqrt(x))), floor(((-3Y + x) / (-3Y + x))), CAST(concat(g, g) AS DATE) FROM groups

-- name: projection_082
SELECT id, CASE WHEN contains(str, '5') THEN concat(str, str) ELSE split_part(str, '.', 1) END, nullif(length('true'), abs(i)), CAST((str IN (str, str)) AS FLOAT) FROM nums

-- name: projection_083
SELECT id, CASE WHEN if(true, ok, ok) THEN (- l) ELSE (9223372036854775807L + 127Y) END, round(CAST(str AS FLOAT), -1), CASE WHEN (replace(str, '-2.5', 'x') NOT IN (substring(str, i), str)) THEN date_add(date_add(date'2024-02-29', -31), 400) WHEN isnan(coalesce(d, d)) THEN CASE WHEN (true AND ok) THEN to_date(concat('2024-0', '1', '-15')) WHEN (NOT ok) THEN to_date(concat('2024-0', '1', '-15')) END END FROM nums

-- name: filtered_084
SELECT id, CASE WHEN (NOT ok) THEN (1Y / id) ELSE sqrt(CAST('Infinity' AS DOUBLE)) END AS v FROM groups WHERE ((ok AND ok) = (ok IS DISTINCT FROM ok))

-- name: grouped_085
SELECT upper(s), first(ok, true), percentile_approx(i, 0.5), sum(if(ok, i, NULL)) FROM groups GROUP BY upper(s)

-- name: grouped_086
SELECT coalesce(g, s), max_by(s, id), percentile_approx(if(ok, i, NULL), 0.5), max_by(s, id) FROM groups GROUP BY ALL HAVING sum(i) IS NOT NULL

-- name: windowed_087
SELECT id, lag(s, 0) OVER (PARTITION BY i % 3 ORDER BY s DESC, id) AS w0, row_number() OVER (PARTITION BY i % 3 ORDER BY s DESC, id) AS w1, last_value(l) OVER (PARTITION BY g, h ORDER BY h, id DESC ROWS BETWEEN 3 PRECEDING AND UNBOUNDED FOLLOWING) AS w2 FROM groups

-- name: windowed_088
SELECT id, avg(i * h) OVER (ORDER BY l, id ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS w0, last_value(CASE WHEN s = '' THEN x ELSE h END) OVER (ORDER BY i, id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w1, max(if(ok, i, NULL)) OVER (PARTITION BY g ORDER BY x, id ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING) AS w2 FROM groups

-- name: ordered_089
SELECT id, CASE WHEN ok THEN x WHEN ok THEN x END AS v FROM groups ORDER BY (ok OR ok) DESC, CASE WHEN ok THEN date'2024-02-29' ELSE CAST(NULL AS DATE) END DESC NULLS FIRST, id LIMIT 17

-- name: projection_090
SELECT id, (- (s - s)), CAST(regexp_extract(CASE WHEN CAST(NULL AS BOOLEAN) THEN str WHEN ok THEN str END, '([a-z]+)', 1) AS SMALLINT), greatest(round(round(f, 0), 0), coalesce((f - CAST('NaN' AS FLOAT)), (f * 0.5F)), f) FROM nums

-- name: projection_091
SELECT id, ((- abs(32767S)) - CAST(substring(s, 2, 2) AS TINYINT)), (mod((-300S | -3Y), least(32767S, 32767S, -300S)) % CAST(round(x, 0) AS TINYINT)), d FROM groups

-- name: projection_092
SELECT id, nullif(CAST(str AS DATE), coalesce(date'2024-02-29', date'1969-12-31')), (CAST((str RLIKE '^[0-9]+$') AS BIGINT) DIV (mod(s, b) & mod(s, s))), (CASE WHEN ok THEN str WHEN ok THEN '5' END LIKE 'a%') FROM nums

-- name: filtered_093
SELECT id, (CASE WHEN ok THEN s WHEN true THEN s END % CAST(0D AS TINYINT)) AS v FROM nums WHERE nullif((NOT ok), (str == ''))

-- name: grouped_094
SELECT h, percentile_approx(i % 7, 0.3), count_if(l > 3), count_if(h > 3) FROM groups WHERE (0.5F <= l) GROUP BY 1 HAVING sum(i) IS NOT NULL

-- name: grouped_095
SELECT d IS NULL, g, last(d), count(*), last(ok) FROM groups GROUP BY 1, 2 HAVING sum(i) IS NOT NULL

-- name: windowed_096
SELECT id, max(x) OVER (PARTITION BY g, h) AS w0, nth_value(i % 7, 2) OVER (PARTITION BY ok ORDER BY d, id DESC ROWS BETWEEN 3 PRECEDING AND UNBOUNDED FOLLOWING) AS w1, min(x * 2) OVER (PARTITION BY g) AS w2 FROM groups

-- name: windowed_097
SELECT id, last_value(i) OVER (PARTITION BY ok ORDER BY l, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS w0, cume_dist() OVER (PARTITION BY ok ORDER BY s DESC) AS w1, cume_dist() OVER (PARTITION BY i % 3 ORDER BY x) AS w2 FROM groups WHERE contains(g, s)

-- name: ordered_098
SELECT id, (h / -1) AS v FROM groups ORDER BY CAST(ok AS DOUBLE) DESC NULLS FIRST, (2 <> id) ASC NULLS LAST, id LIMIT 25

-- name: projection_099
SELECT id, (NOT (greatest(i, i, id) IS NOT NULL)), date_add(date_add(d, 1), 1), substring(concat_ws('-', '', g), 1, 2) FROM groups

-- name: projection_100
SELECT id, if(((-300S ^ -3Y) NOT IN (CAST(ok AS BIGINT), 32767S)), mod((- l), CAST(CAST(NULL AS BOOLEAN) AS SMALLINT)), (abs(3L) & (- 1Y))), startswith(substring(s, -1), '5'), abs(greatest(i, id, -1)) FROM groups

-- name: projection_101
SELECT id, (CAST(rpad(str, 3, 'é') AS FLOAT) + CAST(lower(str) AS FLOAT)), (nullif((- f), round(f, 0)) + round((- -1.5F), 0)), CAST(upper(CAST(i AS STRING)) AS FLOAT) FROM nums

-- name: filtered_102
SELECT id, instr(lower('5'), g) AS v FROM groups WHERE startswith(concat_ws('-', 'pq', s), 'pq')

-- name: grouped_103
SELECT i % 4, count(*), avg(CASE WHEN s = '' THEN x ELSE h END), count(DISTINCT g) FROM groups GROUP BY 1 HAVING count(*) > 3

-- name: grouped_104
SELECT d IS NULL, g, max_by(s, id), count(ok), percentile(length(s), 0.0) FROM groups WHERE (NOT ok) GROUP BY 1, 2

-- name: windowed_105
SELECT id, min(if(ok, i, NULL)) OVER (PARTITION BY g, h ORDER BY h DESC NULLS FIRST, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS w0, ntile(5) OVER (PARTITION BY ok ORDER BY x DESC, id) AS w1, rank() OVER (PARTITION BY ok ORDER BY h DESC NULLS FIRST) AS w2 FROM groups WHERE (l < l)

-- name: windowed_106
SELECT id, avg(x) OVER (PARTITION BY i % 3 ORDER BY d, id DESC ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS w0, lead(x, 0) OVER (PARTITION BY g, h ORDER BY i, id DESC) AS w1, min(CASE WHEN s = '' THEN x ELSE h END) OVER (PARTITION BY g, h ORDER BY i, id ROWS BETWEEN 3 PRECEDING AND UNBOUNDED FOLLOWING) AS w2 FROM groups

-- name: ordered_107
SELECT id, if(ok, x, -2.25D) AS v FROM groups ORDER BY (x - x) ASC NULLS LAST, CAST(s AS FLOAT) DESC NULLS FIRST, id LIMIT 14

-- name: projection_108
SELECT id, (NOT if(ok, ok, ok)), (CAST(l AS FLOAT) - (- f)), if(isnan((d * d)), year(CAST(date_trunc('MONTH', date'2024-02-29') AS DATE)), hash((i | b), s)) FROM nums

-- name: projection_109
SELECT id, (((s + b) & mod(s, b)) ^ nullif(mod(1Y, b), (b & b))), least(nullif(s, 32767S), (s * 1Y), 32767S), CAST(CASE WHEN (f IS DISTINCT FROM f) THEN if(CAST(NULL AS BOOLEAN), l, 3L) WHEN (i IS NOT NULL) THEN if(CAST(NULL AS BOOLEAN), l, -5L) END AS SMALLINT) FROM nums

-- name: projection_110
SELECT id, abs((l / id)), (nullif(l, l) % nullif(b, 127Y)), abs(abs((l DIV id))) FROM nums

-- name: filtered_111
SELECT id, regexp_extract(upper(g), '([a-z]+)', 1) AS v FROM groups WHERE (NOT (ok AND ok))

-- name: grouped_112
SELECT coalesce(g, s), median(CASE WHEN s = '' THEN x ELSE h END), min(g), percentile(h, 0.2) FROM groups GROUP BY coalesce(g, s)

-- name: grouped_113
SELECT i % 4, count_if(i > 3), count(d), avg(l) FROM groups GROUP BY 1 HAVING sum(i) IS NOT NULL

-- name: windowed_114
SELECT id, row_number() OVER (PARTITION BY g, h ORDER BY i, id DESC) AS w0, nth_value(h, 2) OVER (PARTITION BY ok ORDER BY x, id DESC ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS w1, sum(if(ok, i, NULL)) OVER (PARTITION BY i % 3 ORDER BY i) AS w2 FROM groups

-- name: windowed_115
SELECT id, avg(CASE WHEN s = '' THEN x ELSE h END) OVER (PARTITION BY ok ORDER BY h) AS w0, row_number() OVER (ORDER BY s, id DESC) AS w1, rank() OVER (PARTITION BY ok ORDER BY h) AS w2 FROM groups

-- name: ordered_116
SELECT id, (-3Y / id) AS v FROM groups ORDER BY if(true, ok, ok) DESC NULLS FIRST, nullif(l, 1000000007L), id LIMIT 23

-- name: projection_117
SELECT id, CAST((abs(l) - abs(l)) AS SMALLINT), concat(concat('a', '-2.5'), concat_ws('-', s, g)), xxhash64(mod(-5L, 0L), s) FROM groups

-- name: projection_118
SELECT id, regexp_extract(concat(s, g), '([a-z]+)', 1), nullif((- x), (x - x)), (mod(32767S, 32767S) + CASE WHEN ok THEN 32767S ELSE -300S END) FROM groups

-- name: projection_119
SELECT id, hash(abs(year(d)), g), abs(coalesce(CAST(i AS FLOAT), CAST(s AS FLOAT))), CAST((NOT CASE WHEN false THEN ok ELSE ok END) AS DOUBLE) FROM groups

-- name: filtered_120
SELECT id, CASE WHEN contains('5', '') THEN floor(-2.25D) ELSE least(l, l, l) END AS v FROM groups WHERE nullif((s NOT IN (l, g)), (g LIKE '%5%'))

-- name: grouped_121
SELECT i % 4, last(x), count(d), count(l) FROM groups WHERE (id BETWEEN '5' AND i) GROUP BY i % 4

-- name: grouped_122
SELECT h, percentile_approx(i, 0.2), median(x + i), sum(x) FILTER (WHERE h = 1) FROM groups GROUP BY h

-- name: windowed_123
SELECT id, row_number() OVER (PARTITION BY g ORDER BY h DESC NULLS FIRST, id DESC) AS w0, max(x * 2) OVER (PARTITION BY ok ORDER BY x DESC, id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 2 FOLLOWING) AS w1, percent_rank() OVER (ORDER BY d) AS w2 FROM groups

-- name: windowed_124
SELECT id, row_number() OVER (ORDER BY i NULLS LAST, id) AS w0, last_value(x + i) OVER (PARTITION BY g, h ORDER BY h, id ROWS BETWEEN UNBOUNDED PRECEDING AND 2 FOLLOWING) AS w1, ntile(4) OVER (PARTITION BY g ORDER BY i NULLS LAST, id) AS w2 FROM groups

-- name: ordered_125
SELECT id, round(x, -1) AS v FROM groups ORDER BY CAST(x AS SMALLINT) ASC NULLS LAST, CASE WHEN ok THEN -300S ELSE 2S END ASC NULLS LAST, id LIMIT 28

-- name: projection_126
SELECT id, (mod(l, h) | CAST(false AS TINYINT)), rpad((rpad(g, 3, 'é') || trim('')), 3, 'é'), startswith(replace(g, '5', 'x'), g) FROM groups

-- name: projection_127
SELECT id, (xxhash64(l, 'pq') NOT IN (CASE WHEN ok THEN l WHEN ok THEN l END, l)), (- nullif(f, f)), startswith(if(ok, str, str), str) FROM nums

-- name: projection_128
SELECT id, ((least(h, id, i) + coalesce(1Y, -3Y)) & coalesce(hash(id, d), CASE WHEN ok THEN i ELSE h END)), length(regexp_replace(CAST(l AS STRING), '[0-9]+', '#')), date_add(CAST(concat(g, s) AS DATE), 400) FROM groups

-- name: filtered_129
SELECT id, ((- l) DIV (NULL & 127Y)) AS v FROM groups WHERE ((s RLIKE '^[0-9]+$') OR (s RLIKE '^[0-9]+$'))

-- name: grouped_130
SELECT h, percentile(CASE WHEN s = '' THEN x ELSE h END, 0.6), first(s, true), sum(l) FROM groups GROUP BY 1

-- name: grouped_131
SELECT coalesce(g, s), last(l), count_if(i * h > 3), median(i * h) FROM groups GROUP BY ALL

-- name: windowed_132
SELECT id, nth_value(CASE WHEN s = '' THEN x ELSE h END, 2) OVER (PARTITION BY i % 3 ORDER BY l, id DESC ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS w0, ntile(2) OVER (PARTITION BY ok ORDER BY i NULLS LAST, id DESC) AS w1, last_value(CASE WHEN s = '' THEN x ELSE h END) OVER (PARTITION BY i % 3 ORDER BY i NULLS LAST, id DESC ROWS BETWEEN 3 PRECEDING AND UNBOUNDED FOLLOWING) AS w2 FROM groups

-- name: windowed_133
SELECT id, rank() OVER (PARTITION BY ok ORDER BY s DESC) AS w0, lead(length(s), 0) OVER (PARTITION BY ok ORDER BY s, id DESC) AS w1, count(i % 7) OVER (ORDER BY s DESC) AS w2 FROM groups

-- name: ordered_134
SELECT id, least(x, x, x) AS v FROM groups ORDER BY CASE WHEN ok THEN 2S ELSE -300S END ASC NULLS LAST, if(true, x, x) DESC NULLS FIRST, id LIMIT 37

-- name: projection_135
SELECT id, (CASE WHEN ok THEN id WHEN ok THEN id END / id), upper(CASE WHEN (-1.5F BETWEEN 0.5F AND -1.5F) THEN CAST(ok AS STRING) ELSE md5(s) END), (if(ok, CAST('NaN' AS FLOAT), 0.5F) * CAST(i AS FLOAT)) FROM groups

-- name: projection_136
SELECT id, (replace(' 1', g, 'x') || (s || ' 1')), ((l % l) IN (nullif(id, id), l)), hash(nullif(CASE WHEN ok THEN i ELSE i END, length('a')), d) FROM groups

-- name: projection_137
SELECT id, mod(nullif(datediff(date'2024-02-29', CAST(NULL AS DATE)), day(CAST(NULL AS DATE))), ((s & b) * (s + b))), CASE WHEN ((- d) IS DISTINCT FROM (l * l)) THEN CAST(date_trunc('MONTH', date'2024-02-29') AS DATE) ELSE CAST(NULL AS DATE) END, least(CAST(rpad(str, 3, 'é') AS BIGINT), mod((l % 3L), length(str)), l) FROM nums

-- name: filtered_138
SELECT id, ((s % s) IS NOT NULL) AS v FROM nums WHERE CASE WHEN (l IS NOT NULL) THEN (str IS DISTINCT FROM 'a') WHEN (str LIKE '_') THEN (l > 'pq') END

-- name: grouped_139
SELECT g, ok, median(x + i), count(s), max(x + i) FROM groups GROUP BY ALL

-- name: grouped_140
SELECT d IS NULL, g, sum(if(ok, i, NULL)) FILTER (WHERE h = 1), median(i), percentile_approx(i * h, 0.9) FROM groups WHERE (g RLIKE '^[0-9]+$') GROUP BY 1, 2

-- name: windowed_141
SELECT id, ntile(3) OVER (PARTITION BY g, h ORDER BY s DESC, id) AS w0, lag(d, 2) OVER (PARTITION BY ok ORDER BY s, id DESC) AS w1, lead(s, 2) OVER (PARTITION BY ok ORDER BY l DESC, id DESC) AS w2 FROM groups WHERE CASE WHEN ok THEN ok ELSE ok END

-- name: windowed_142
SELECT id, percent_rank() OVER (PARTITION BY ok ORDER BY i) AS w0, avg(h) OVER (PARTITION BY ok) AS w1, lead(s, 2) OVER (PARTITION BY ok ORDER BY h DESC NULLS FIRST, id DESC) AS w2 FROM groups

-- name: ordered_143
SELECT id, (x % x) AS v FROM groups ORDER BY CASE WHEN ok THEN 0.5F WHEN false THEN 0.5F END DESC NULLS FIRST, CAST(ok AS FLOAT), id LIMIT 19

-- name: projection_144
SELECT id, if((CAST(NULL AS DATE) IS NOT NULL), CAST(str AS DATE), CAST(str AS DATE)), CAST(((1000000007L DIV s) | (s & 32767S)) AS SMALLINT), concat_ws('-', concat(xxhash64(3L, 'true'), replace(str, str, 'x')), CASE WHEN isnan(d) THEN regexp_extract(' 1', '([a-z]+)', 1) WHEN (str > d) THEN CASE WHEN ok THEN str ELSE str END END) FROM nums

-- name: projection_145
SELECT id, nullif(least(f, f, f), abs(0.5F)), (mod((- s), CAST('true' AS TINYINT)) & mod(CASE WHEN ok THEN s WHEN ok THEN s END, (s % s))), (str * (l & 2S)) FROM nums

-- name: projection_146
SELECT id, coalesce(date'2024-02-29', CAST(str AS DATE)), (xxhash64(mod(l, l), str) DIV CAST((- l) AS BIGINT)), contains(substring(str, 2, 2), str) FROM nums

-- name: filtered_147
SELECT id, lower(coalesce('-2.5', s)) AS v FROM groups WHERE (lower(s) RLIKE '^[0-9]+$')

-- name: grouped_148
SELECT upper(s), count(DISTINCT ok), percentile_approx(i, 0.3), sum(length(s)) FROM groups WHERE (-300S = l) GROUP BY ALL

-- name: grouped_149
SELECT d IS NULL, g, count_if(length(s) > 3), last(g), last(ok) FROM groups WHERE (false AND ok) GROUP BY d IS NULL, g HAVING sum(i) IS NOT NULL

-- name: windowed_150
SELECT id, row_number() OVER (PARTITION BY g, h ORDER BY h, id) AS w0, cume_dist() OVER (PARTITION BY i % 3 ORDER BY x DESC) AS w1, sum(l) OVER (PARTITION BY ok ORDER BY x, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS w2 FROM groups WHERE (h = x)

-- name: windowed_151
SELECT id, ntile(3) OVER (PARTITION BY g, h ORDER BY i, id) AS w0, cume_dist() OVER (PARTITION BY ok ORDER BY x DESC) AS w1, lag(s, 0) OVER (PARTITION BY g ORDER BY s, id) AS w2 FROM groups WHERE (l IS NOT NULL)

-- name: ordered_152
SELECT id, (127Y + x) AS v FROM groups ORDER BY d ASC NULLS LAST, sqrt(x), id LIMIT 21

-- name: projection_153
SELECT id, CASE WHEN (hash(i, f) NOT IN (length(''), 7)) THEN regexp_replace(split_part(str, '.', 1), '[0-9]+', '#') WHEN startswith((str || str), str) THEN (regexp_replace(str, '[0-9]+', '#') || substring(str, -1)) END, trim(concat_ws('-', split_part(str, '.', 1), lpad(str, 4, '*'))), (round(sqrt(d), 0) % sqrt((s / 1))) FROM nums

-- name: projection_154
SELECT id, concat_ws('-', regexp_extract(str, '([a-z]+)', 1), rpad(str, 3, 'é')), coalesce((s * b), (s - s)), md5(split_part(str, '.', 1)) FROM nums

-- name: projection_155
SELECT id, ((- CAST(ok AS INT)) * year(to_date(concat('2024-0', 'x', '-15')))), date_add(nullif(date_add(CAST(NULL AS DATE), 400), CASE WHEN ok THEN d ELSE d END), -31), greatest(CASE WHEN (ok IS NULL) THEN CAST(i AS FLOAT) WHEN startswith(g, s) THEN (- CAST('NaN' AS FLOAT)) END, (- round(-1.5F, -1)), -1.5F) FROM groups

-- name: filtered_156
SELECT id, (- CAST(ok AS FLOAT)) AS v FROM nums WHERE least(CASE WHEN ok THEN ok ELSE ok END, isnan(d), ok)

-- name: grouped_157
SELECT g, ok, min_by(id, x * 2 * 1000000 + id), count_if(if(ok, i, NULL) > 3), last(s) FROM groups WHERE (2S IN (s, 32767S)) GROUP BY 1, 2

-- name: grouped_158
SELECT h, avg(i * h), first(s, true), count_if(CASE WHEN s = '' THEN x ELSE h END > 3) FROM groups GROUP BY h

-- name: windowed_159
SELECT id, nth_value(x + i, 2) OVER (ORDER BY i NULLS LAST, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING) AS w0, lag(d, 0) OVER (PARTITION BY g, h ORDER BY l DESC, id) AS w1, rank() OVER (PARTITION BY g, h ORDER BY h) AS w2 FROM groups

-- name: windowed_160
SELECT id, avg(if(ok, i, NULL)) OVER (PARTITION BY ok ORDER BY h) AS w0, row_number() OVER (PARTITION BY g, h ORDER BY l, id DESC) AS w1, cume_dist() OVER (PARTITION BY i % 3 ORDER BY h) AS w2 FROM groups

-- name: ordered_161
SELECT id, (x / x) AS v FROM groups ORDER BY concat('true', g) ASC NULLS LAST, mod(id, id), id LIMIT 10

-- name: projection_162
SELECT id, (CASE WHEN (d IS NULL) THEN mod(s, -3Y) WHEN (d > d) THEN (s % b) END % mod((b & 127Y), CAST(l AS TINYINT))), mod(mod(s, 32767S), (- 1Y)), (((l + 2S) DIV nullif(id, id)) ^ (- (1000000007L - i))) FROM nums

-- name: projection_163
SELECT id, (CAST(ok AS SMALLINT) ^ (- 1Y)), ((3L % l) IS DISTINCT FROM (l + x)), round(CAST(least(ok, CAST(NULL AS BOOLEAN), ok) AS FLOAT), 2) FROM groups

-- name: projection_164
SELECT id, (abs(32767S) % least(s, s, 2S)), xxhash64(if((str LIKE '%'), (l * i), (l & s)), str), substring(if(ok, str, str), 1, 2) FROM nums

-- name: filtered_165
SELECT id, (CASE WHEN ok THEN 32767S WHEN ok THEN -300S END | CASE WHEN ok THEN 1Y WHEN ok THEN -3Y END) AS v FROM groups WHERE greatest(CASE WHEN ok THEN ok WHEN ok THEN ok END, contains(g, g), true)

-- name: grouped_166
SELECT g, h, last(d), median(length(s)), count(l) FROM groups GROUP BY ALL HAVING sum(i) IS NOT NULL

-- name: grouped_167
SELECT h, count(*), max_by(s, id), sum(h) FILTER (WHERE ok) FROM groups WHERE (d BETWEEN d AND d) GROUP BY ALL HAVING count(*) > 3

-- name: windowed_168
SELECT id, sum(x * 2) OVER (PARTITION BY g, h) AS w0, lag(s, 0) OVER (PARTITION BY g ORDER BY l DESC, id) AS w1, ntile(3) OVER (PARTITION BY g ORDER BY l, id) AS w2 FROM groups WHERE (ok NOT IN (ok, true))

-- name: windowed_169
SELECT id, ntile(4) OVER (ORDER BY d, id) AS w0, row_number() OVER (PARTITION BY ok ORDER BY x DESC, id DESC) AS w1, last_value(x * 2) OVER (PARTITION BY g, h ORDER BY x, id DESC ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING) AS w2 FROM groups

-- name: ordered_170
SELECT id, sqrt(x) AS v FROM groups ORDER BY CASE WHEN ok THEN -1.5F ELSE CAST('NaN' AS FLOAT) END DESC, CAST(x AS INT) DESC NULLS FIRST, id LIMIT 13

-- name: projection_171
SELECT id, date_add(CAST(date_trunc('MONTH', d) AS DATE), -31), abs(greatest(i, id, h)), (abs((-1.5F * CAST('NaN' AS FLOAT))) - CAST((g || g) AS FLOAT)) FROM groups

-- name: projection_172
SELECT id, coalesce((l + 2), CASE WHEN false THEN 9223372036854775807L ELSE -5L END), CAST(concat_ws('-', str, str) AS DATE), (- CAST(l AS SMALLINT)) FROM nums

-- name: projection_173
SELECT id, nullif(xxhash64(CASE WHEN ok THEN -5L ELSE l END, 'pq'), (mod(l, b) + abs(l))), abs(CASE WHEN startswith(str, 'a') THEN nullif(id, id) WHEN (str BETWEEN str AND str) THEN CASE WHEN true THEN 1 WHEN ok THEN i END END), abs(coalesce(l, l)) FROM nums

-- name: filtered_174
SELECT id, ((g || s) || split_part(s, '.', 1)) AS v FROM groups WHERE (regexp_extract(g, '([a-z]+)', 1) LIKE '%5%')

-- name: grouped_175
SELECT h, median(i), max_by(s, id), count(s) FROM groups WHERE (ok IS NULL) GROUP BY h

-- name: grouped_176
SELECT g, count(d), last(d), median(x + i) FROM groups GROUP BY ALL HAVING sum(i) IS NOT NULL

-- name: windowed_177
SELECT id, min(i % 7) OVER (PARTITION BY g) AS w0, min(h) OVER (PARTITION BY g) AS w1, count(l) OVER (PARTITION BY i % 3 ORDER BY i, id DESC ROWS BETWEEN 3 PRECEDING AND 2 FOLLOWING) AS w2 FROM groups

-- name: windowed_178
SELECT id, cume_dist() OVER (PARTITION BY g, h ORDER BY s DESC) AS w0, lag(d, 3) OVER (PARTITION BY ok ORDER BY d, id) AS w1, lead(d, 1) OVER (PARTITION BY i % 3 ORDER BY i, id DESC) AS w2 FROM groups

-- name: ordered_179
SELECT id, (x % x) AS v FROM groups ORDER BY coalesce(l, l), xxhash64(l, s) DESC NULLS FIRST, id LIMIT 25
