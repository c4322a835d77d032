"""The tables that the oracle's queries read, generated the same way on every machine.

`write(directory)` writes one newline-JSON file a table plus the loose files of
`files.py`; `view_statements(directory)` gives the statements that bind them as views.
Nothing here depends on the Python version's random module: the seeded numbers
come from a small generator of our own (SplitMix64, Steele, Lea and Flood 2014).
"""
import base64
import hashlib
import json
import pathlib

import files

NAN, INF, NINF = "NaN", "Infinity", "-Infinity"
MIN8, MAX8 = -(2**7), 2**7 - 1
MIN16, MAX16 = -(2**15), 2**15 - 1
MIN32, MAX32 = -(2**31), 2**31 - 1
MIN64, MAX64 = -(2**63), 2**63 - 1
FLOAT_MAX, FLOAT_TINY = 3.4028234663852886e38, 1.401298464324817e-45
DOUBLE_MAX, DOUBLE_TINY = 1.7976931348623157e308, 5e-324


class Random:
    def __init__(self, seed):
        self.state = seed

    def bits(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) % 2**64
        z = self.state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        return z ^ (z >> 31)

    def below(self, n):
        return self.bits() % n

    def pick(self, values):
        return values[self.below(len(values))]


class Table:
    def __init__(self, name, ddl, rows):
        self.name, self.ddl, self.rows = name, ddl, rows
        self.columns = [c.split()[0] for c in ddl.split(", ")]

    def ndjson(self):
        lines = []
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.name}: {row}")
            lines.append(json.dumps(dict(zip(self.columns, row)), ensure_ascii=False) + "\n")
        return "".join(lines)


def numbered(rows):
    return [(i, *row) for i, row in enumerate(rows, 1)]


def nums():
    """One row a situation; every integer width at its limits."""
    rows = [
        (0, 0, 0, 0, 0.0, 0.0, True, "0"),
        (1, 1, 1, 1, 1.0, 1.0, True, "1"),
        (-1, -1, -1, -1, -1.0, -1.0, False, "-1"),
        (MAX8, MAX16, MAX32, MAX64, FLOAT_MAX, DOUBLE_MAX, True, str(MAX64)),
        (MIN8, MIN16, MIN32, MIN64, -FLOAT_MAX, -DOUBLE_MAX, False, str(MIN64)),
        (None, None, None, None, None, None, None, None),
        (2, 3, 5, 7, 0.5, 0.25, None, "abc"),
        (-2, -3, -5, -7, -0.5, -0.25, True, ""),
        (10, 100, 1000, 10000, 1.5, 2.5, False, "1.5"),
        (7, 77, 777, 7777777777, 3.25, 1e10, True, " 42 "),
        (-7, -77, -777, -7777777777, -3.25, -1e10, False, "-7.9"),
        (None, 5, None, 5, None, 5.0, True, "5"),
        (3, None, 3, None, 3.0, None, False, "3e2"),
        (12, 34, 56, 78, NAN, NAN, True, "NaN"),
        (1, 2, 3, 4, INF, INF, False, "Infinity"),
        (4, 3, 2, 1, NINF, NINF, True, "-inf"),
        (0, 0, 0, 0, -0.0, -0.0, False, "-0"),
        (9, 99, 999999, 2**53 + 1, 16777216.0, 9007199254740992.0, True, "9007199254740993"),
        (100, 30000, 2000000000, 9 * 10**18, FLOAT_TINY, DOUBLE_TINY, True, "true"),
        (5, 5, 5, 5, 0.10000000149011612, 0.1, False, "0.1"),
    ]
    ddl = "id INT, b TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, ok BOOLEAN, str STRING"
    return Table("nums", ddl, numbered(rows))


def doubles():
    special = [
        None, NAN, INF, NINF, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.1, 1 / 3, 1e-7,
        123456.789, 1e7, 9999999.0, 12345678.9, 1e15, 1e16, 1e17, 1e22, 1e23, 4.35, 2.675, 1e300,
        -1e300, DOUBLE_MAX, DOUBLE_TINY, 2.2250738585072014e-308, 9.223372036854775807e18,
        -9.223372036854775808e18, 2147483647.5, -2147483648.5, 0.001, 0.0009999, 3.14159265358979,
    ]
    rng = Random(11)
    rows = [(x, rng.pick(special)) for x in special]
    return Table("doubles", "id INT, x DOUBLE, y DOUBLE", numbered(rows))


def pairs():
    """Every pair of the values that compare strangely."""
    values = [None, NAN, INF, NINF, 0.0, -0.0, 1.0, -1.0, DOUBLE_TINY]
    return Table("pairs", "id INT, x DOUBLE, y DOUBLE", numbered([(x, y) for x in values for y in values]))


def strpairs():
    values = [None, "", " ", "a", "A", "ab", "b", "é", "e\u0301", "z", "10", "9", "\uffff", "😀"]
    return Table("strpairs", "id INT, s STRING, t STRING", numbered([(s, t) for s in values for t in values]))


def floats():
    special = [
        None, NAN, INF, NINF, 0.0, -0.0, 1.0, -1.0, 0.5, 0.1, 1 / 3, 1.5, -2.5, 1e-7, 1e7, 1.2345678e8,
        16777217, 3.4e38, 1e-45, 1.17549435e-38, 9999999, 0.001, 3.1415927, 2147483648.0, 1e10,
    ]
    rows = [(x, special[(3 * i + 5) % len(special)]) for i, x in enumerate(special)]
    return Table("floats", "id INT, x FLOAT, y FLOAT", numbered(rows))


STRINGS = [
    None, "", " ", "a", "A", "abc", "ABC", "aBc dEf", "  padded  ", "\ttab\n", "hello world", "a,b,,c", ",",
    "100%", "under_score", "back\\slash", "it's", 'say "hi"', "semi;colon", "line\nbreak", "a.b.c", "^$.*+?()[]{}|",
    "é", "e\u0301", "ÀÉÎÕÜ", "straße", "ǅ", "İstanbul", "ﬁ", "ΑΣ", "日本語", "日本語テキスト", "😀", "a😀b", "👨‍👩‍👧",
    "🇩🇪", "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627", "\u00a0nbsp\u00a0", "\u200bzero", "\u3000wide\u3000", "ABCabc123", "zzz",
    "Zebra", "ähre", "aaaaaaaaab", "abababab", "\x00nul", "\x7f", "\uffff", "\U0010ffff", "tab\there",
]


def strs():
    return Table("strs", "id INT, s STRING", numbered([(s,) for s in STRINGS]))


def numstrs():
    values = [
        None, "", " ", "0", "1", "-1", "+1", " 7 ", "\t7\n", "\u00a07", "007", "-0", "1.0", "1.5", "-1.5", "1.9999", "-1.9999", ".5",
        "5.", "-.5", ".", "1e3", "1E3", "1e", "1e-3", "1e400", "-1e400", "1e-400", "127", "128", "-128", "-129", "32767", "32768",
        "2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "99999999999999999999999999999999999999", "0.1", "123456789.123456789",
        "NaN", "nan", "Infinity", "infinity", "inf", "-inf", "+Infinity", "-Infinity", "1d", "1f", "1D", "1L", "0x1F", "0x1p3", "1_000",
        "1,000", "--5", "+-5", "5-", "1 2", "one", "true", "TRUE", "t", "T", "yes", "y", "Y", "false", "FALSE", "f", "no", "n", "on", "off",
        " true ", "tru", "\u0661\u0662", "１", "null", "1\x00",
    ]
    return Table("numstrs", "id INT, s STRING", numbered([(s,) for s in values]))


def datestrs():
    """No bare times of day: Spark completes those with today's date."""
    values = [
        None, "", " ", "2024-02-29", "2023-02-29", "2024-2-9", "2024-02", "2024", " 2024-01-31 ", "2024-01-31 ", "2024-01-31T", "2024-01-31 x",
        "2024-01-31Tx", "2024-01-31x", "2024-13-01", "2024-00-10", "2024-01-32", "2024-04-31", "24-01-31", "0001-01-01", "0000-01-01", "-0001-01-01",
        "9999-12-31", "10000-01-01", "+12345-06-07", "1582-10-10", "1900-02-29", "2000-02-29", "1969-12-31", "1970-01-01", "20240131", "2024/01/31",
        "31.01.2024", "2024-01-31 12:34:56", "2024-01-31T12:34:56", "2024-01-31T12:34:56Z", "2024-01-31T12:34:56.123456", "2024-01-31 12:34:56.1",
        "2024-01-31 12:34:56.1234567", "2024-01-31 12:34:56.123456789", "2024-01-31 12:34", "2024-01-31 12", "2024-01-31 1:2:3", "2024-01-31 24:00:00",
        "2024-01-31 23:59:60", "2024-01-31 12:60:00", "2024-01-31T12:34:56+01:00", "2024-01-31T12:34:56-0530", "2024-01-31 12:34:56 UTC",
        "2024-01-31 12:34:56 Europe/Berlin", "2024-01-31 12:34:56 GMT+3", "2024-01-31 12:34:56+19:00", "2024-01-31 12:34:56 Nowhere/City",
        "1969-12-31 23:59:59.999999", "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999", "epoch", "today", "now", "null", "2024-06-15T00:00:00+00:00",
        "2024-03-10 02:30:00", "2024-11-03 01:30:00", "1", "12", "123", "12345", "1706745600", "Wed Jan 31 2024", "\u0662\u0660\u0662\u0664-01-01",
    ]
    return Table("datestrs", "id INT, s STRING", numbered([(s,) for s in values]))


def dates():
    rows = [
        (None, None),
        ("1970-01-01", "1970-01-01 00:00:00"),
        ("1969-12-31", "1969-12-31 23:59:59.999999"),
        ("1970-01-02", "1970-01-01 00:00:00.000001"),
        ("2024-02-29", "2024-02-29 12:34:56.123456"),
        ("2023-02-28", "2023-02-28 23:59:59"),
        ("2000-02-29", "2000-02-29 00:00:00.5"),
        ("1900-03-01", "1900-02-28 23:59:59.9"),
        ("0001-01-01", "0001-01-01 00:00:00"),
        ("9999-12-31", "9999-12-31 23:59:59.999999"),
        ("1582-10-15", "1582-10-15 00:00:00"),
        ("1582-10-04", "1582-10-04 12:00:00"),
        ("2024-01-31", "2024-01-31 10:20:30"),
        ("2024-12-31", "2024-12-31 23:59:59.999"),
        ("2021-01-03", "2021-01-03 04:05:06.7"),
        ("2020-12-28", "2020-12-28 13:00:00"),
        ("2024-03-10", "2024-03-10 07:30:00"),
        ("2024-11-03", "2024-11-03 05:30:00"),
        ("2038-01-19", "2038-01-19 03:14:08"),
        ("1969-07-20", "1969-07-20 20:17:40.25"),
        (None, "2024-06-15 00:00:00"),
        ("2024-06-15", None),
    ]
    return Table("dates", "id INT, d DATE, ts TIMESTAMP", numbered(rows))


def ties():
    """For windows: ties, NULL and NaN order keys, NULL partition keys. `id` is unique."""
    rng = Random(5)
    keys = [None, 1, 1, 2, 2, 2, 3, 5, 8, MAX32]
    values = [None, NAN, INF, NINF, 0.0, -0.0, 1.0, 1.0, 2.0, 2.5, 4.0]
    groups = ["a", "a", "a", "b", "b", "c", None]
    names = ["x", "y", "", None, "é", "z"]
    rows = [(rng.pick(groups), rng.pick(keys), rng.pick(values), rng.pick(names)) for _ in range(48)]
    rows += [("single", 7, 1.5, "only"), ("nulls", None, None, None), ("nulls", None, None, None)]
    return Table("ties", "id INT, g STRING, k INT, v DOUBLE, n STRING", numbered(rows))


def groups():
    """For aggregates: an all-NULL group, a group of one, NULL keys, quarters so that sums are exact."""
    rng = Random(7)
    rows = []
    for _ in range(150):
        g = rng.pick(["a", "b", "c", "d", None])
        h = rng.pick([1, 2, 3, None])
        i = rng.pick([None, rng.below(20) - 10, rng.below(20) - 10, rng.below(100)])
        l = rng.pick([None, rng.below(10**12) - 5 * 10**11, rng.below(1000)])
        x = rng.pick([None, (rng.below(4000) - 2000) / 4, (rng.below(400)) / 4])
        s = rng.pick([None, "", "p", "q", "pq", "é", "Z"])
        day = f"20{10 + rng.below(15):02}-{1 + rng.below(12):02}-{1 + rng.below(28):02}"
        rows.append((g, h, i, l, x, s, rng.pick([True, False, None]), rng.pick([day, None])))
    rows += [("null", 9, None, None, None, None, None, None)] * 3
    rows += [("one", 9, 42, 42, 42.5, "forty", True, "2024-02-29")]
    ddl = "id INT, g STRING, h INT, i INT, l BIGINT, x DOUBLE, s STRING, ok BOOLEAN, d DATE"
    return Table("groups", ddl, numbered(rows))


def specials():
    """For aggregates: groups with NaN, infinities, signed zeros and overflow in them."""
    rows = [
        ("nan", NAN, MAX64, MAX32), ("nan", 1.0, 1, 1), ("nan", None, None, None), ("nan", NAN, 5, 5),
        ("inf", INF, MAX64, MAX32), ("inf", 1.0, MAX64, MAX32), ("inf", -5.0, 0, 0),
        ("both", INF, MIN64, MIN32), ("both", NINF, MIN64, MIN32), ("both", 0.0, -1, -1),
        ("zero", 0.0, 0, 0), ("zero", -0.0, 0, 0), ("negzero", -0.0, 1, 1), ("negzero", -0.0, 1, 1),
        ("big", DOUBLE_MAX, 2**62, MAX32), ("big", DOUBLE_MAX, 2**62, MAX32), ("big", DOUBLE_MAX, 2**62, MAX32),
        ("tiny", DOUBLE_TINY, 1, 1), ("tiny", DOUBLE_TINY, 2, 2), ("null", None, None, None),
    ]
    return Table("specials", "id INT, g STRING, v DOUBLE, l BIGINT, i INT", numbered(rows))


def bins():
    values = [None, b"", b"\x00", b"abc", b"\xff\xfe", "é😀".encode(), b"123", bytes(range(256)), b" x ", b"\x80abc"]
    rows = [(None if v is None else base64.b64encode(v).decode(),) for v in values]
    return Table("bins", "id INT, v BINARY", numbered(rows))


def decs():
    """As strings in the file: a JSON number would pass through Python's float."""
    rows = [
        (None, None, None), ("0.00", "0", "0.000000"), ("1.50", "1", "1.500000"), ("-1.50", "-1", "-1.500000"),
        ("99999999.99", "99999999999999999999999999999999999999", "999999999999.999999"),
        ("-99999999.99", "-99999999999999999999999999999999999999", "-999999999999.999999"),
        ("0.01", "3", "0.000001"), ("2.50", "7", "0.333333"), ("3.50", "12345678901234567890", "2.500000"), ("-2.50", "-7", "-2.500000"),
        ("2.45", "100", "0.125000"), ("12345.67", "10", "1234.567891"), (None, "5", None),
    ]
    return Table("decs", "id INT, a DECIMAL(10,2), b DECIMAL(38,0), c DECIMAL(18,6)", numbered(rows))


def longs():
    rows = [("x" * 10240,), ("é" * 5120,), (("0123456789" * 1024) + "end",), ("😀" * 2560,), (" " * 10000 + "a",), (None,)]
    return Table("longs", "id INT, s STRING", numbered(rows))


def items():
    """The pipeline's shape: two-decimal values, some of them whole, two fields sometimes absent."""
    rng = Random(3)
    rows = []
    for i in range(200):
        value = (1000 + rng.below(99001)) / 100
        created = f"2024-{1 + rng.below(12):02}-{1 + rng.below(28):02}T{rng.below(24):02}:{rng.below(60):02}:{rng.below(60):02}.{rng.below(10**6):06}"
        rows.append((
            i, f"Item {i}", rng.pick(["A", "B", "C", "D", "D", "E"]), int(value) if i % 7 == 0 else value,
            1 + rng.below(100), rng.pick([True, False, None]), None if i % 11 == 0 else created,
        ))
    ddl = "id BIGINT, name STRING, category STRING, value DOUBLE, quantity BIGINT, is_active BOOLEAN, created_at STRING"
    return Table("items", ddl, rows)


def ten_items():
    """The stage's small test: whole values, five fields."""
    rows = [(i, f"Item {i}", "ABCD"[i % 4], 100 + 10 * (i % 3), i) for i in range(1, 11)]
    return Table("ten_items", "id BIGINT, name STRING, category STRING, value DOUBLE, quantity BIGINT", rows)


def empty():
    return Table("empty", "id INT, g STRING, v DOUBLE, ts TIMESTAMP", [])


def one():
    return Table("one", "id INT, g STRING, v DOUBLE, ts TIMESTAMP", [(1, "a", 2.5, "2024-01-31 12:00:00.5")])


TABLES = [
    make()
    for make in (nums, doubles, pairs, strpairs, floats, strs, numstrs, datestrs, dates, ties, groups, specials, bins, decs, longs, items, ten_items, empty, one)
]


def write(directory):
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        (directory / f"{table.name}.ndjson").write_text(table.ndjson(), encoding="utf-8")
    files.write(directory)


def view_statements(directory):
    return [
        f"CREATE OR REPLACE TEMPORARY VIEW {t.name} ({t.ddl}) USING json OPTIONS (path '{directory}/{t.name}.ndjson')"
        for t in TABLES
    ]


def digest():
    """Changes when the data changes: recorded answers carry it."""
    h = hashlib.sha256()
    for table in TABLES:
        h.update(f"{table.name}\0{table.ddl}\0{table.ndjson()}".encode())
    for name, content in sorted(files.FILES.items()):
        h.update(name.encode() + b"\0" + content)
    return h.hexdigest()[:12]


if __name__ == "__main__":
    import sys

    write(sys.argv[1])
