-- Hashes: murmur3 (`hash`, 32 bits, seed 42), xxhash64 (seed 42), and digests. NULLs leave the seed as it is.

-- name: hash_each_type
SELECT hash(1), hash(1L), hash(1Y), hash(1S), hash(1F), hash(1D), hash(true), hash('a'), hash(''), hash(X'61'), hash(NULL), hash(date'2024-01-31'), hash(timestamp'2024-01-31 12:00:00'), hash(1.5), hash(CAST(1.5 AS DECIMAL(38,2)))

-- name: xxhash64_each_type
SELECT xxhash64(1), xxhash64(1L), xxhash64(1Y), xxhash64(1S), xxhash64(1F), xxhash64(1D), xxhash64(true), xxhash64('a'), xxhash64(''), xxhash64(X'61'), xxhash64(NULL), xxhash64(date'2024-01-31'), xxhash64(timestamp'2024-01-31 12:00:00'), xxhash64(1.5), xxhash64(CAST(1.5 AS DECIMAL(38,2)))

-- name: hash_numbers
SELECT id, hash(b), hash(s), hash(i), hash(l), hash(f), hash(d), hash(ok), hash(str) FROM nums

-- name: xxhash64_numbers
SELECT id, xxhash64(b), xxhash64(s), xxhash64(i), xxhash64(l), xxhash64(f), xxhash64(d), xxhash64(ok), xxhash64(str) FROM nums

-- name: hash_doubles
-- -0.0 hashes as 0.0.
SELECT id, hash(x), xxhash64(x) FROM doubles

-- name: hash_floats
SELECT id, hash(x), xxhash64(x) FROM floats

-- name: hash_strings
SELECT id, hash(s), xxhash64(s) FROM strs

-- name: hash_lengths
SELECT n, hash(lpad('', n, 'ab')), xxhash64(lpad('', n, 'ab')), hash(lpad('', n, 'é')), xxhash64(lpad('', n, 'é')) FROM VALUES (0), (1), (2), (3), (4), (7), (8), (15), (16), (17), (31), (33), (100) AS t(n)

-- name: hash_long_strings
SELECT id, hash(s), xxhash64(s) FROM longs

-- name: hash_dates
SELECT id, hash(d), hash(ts), xxhash64(d), xxhash64(ts) FROM dates

-- name: hash_binary
SELECT id, hash(v), xxhash64(v) FROM bins

-- name: hash_decimals
SELECT id, hash(a), hash(b), hash(c), xxhash64(a), xxhash64(b), xxhash64(c) FROM decs

-- name: hash_several_columns
SELECT id, hash(i, str), hash(str, i), hash(i, NULL), hash(NULL, i), xxhash64(i, str, d), xxhash64(b, s, i, l, f, d, ok, str), hash(*) FROM nums

-- name: digests
SELECT md5('abc'), md5(''), md5(NULL), sha2('abc', 224), sha2('abc', 256), sha2('abc', 384), sha2('abc', 512), sha2('abc', 0), sha2('abc', 1), sha2(NULL, 256), sha2('abc', NULL), md5(X'00ff')

-- name: digests_of_strings
SELECT id, md5(s), sha2(s, 256) FROM strs

-- name: digests_of_others
SELECT md5(CAST(5 AS STRING)), md5('é😀'), sha2('é', 512), md5(CAST(1.5D AS STRING))

-- name: bucket_by_hash
SELECT hash(category) % 4 AS bucket, count(*) FROM items GROUP BY hash(category) % 4
