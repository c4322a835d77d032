"""Writes queries/generated.sql: random expressions, filters, aggregates and windows, the same each time.

    python3 tests/oracle/generate.py

Well typed by construction (Spark's coercions included), without functions whose results depend on
the library (exp, ln, pow), without the text of doubles, and with total orders where order counts.
A run with another seed is a quick search for new differences: --seed N --count M.
"""
import argparse

import suite
from tables import Random

NUMS = {
    "tinyint": ["b"], "smallint": ["s"], "int": ["i", "id"], "bigint": ["l"], "float": ["f"], "double": ["d"],
    "boolean": ["ok"], "string": ["str"], "date": [],
}
GROUPS = {
    "tinyint": [], "smallint": [], "int": ["i", "h", "id"], "bigint": ["l"], "float": [], "double": ["x"],
    "boolean": ["ok"], "string": ["g", "s"], "date": ["d"],
}
INTEGERS = ("tinyint", "smallint", "int", "bigint")
LITERALS = {
    "tinyint": ["1Y", "-3Y", "127Y"],
    "smallint": ["2S", "-300S", "32767S"],
    "int": ["0", "1", "2", "-1", "7", "10", "100", "2147483647", "-2147483648"],
    "bigint": ["0L", "3L", "-5L", "1000000007L", "9223372036854775807L"],
    "float": ["0.5F", "-1.5F", "CAST('NaN' AS FLOAT)"],
    "double": ["0D", "0.5D", "-2.25D", "1e10D", "CAST('NaN' AS DOUBLE)", "CAST('Infinity' AS DOUBLE)"],
    "boolean": ["true", "false", "CAST(NULL AS BOOLEAN)"],
    "string": ["''", "'a'", "'5'", "' 1'", "'-2.5'", "'pq'", "'é'", "'true'"],
    "date": ["date'2024-02-29'", "date'1969-12-31'", "CAST(NULL AS DATE)"],
}


class Maker:
    """Expressions over one table, as text, by the type wanted."""

    def __init__(self, rng, columns):
        self.rng, self.columns = rng, columns

    def leaf(self, kind):
        names = self.columns[kind]
        if names and self.rng.below(4):
            return self.rng.pick(names)
        return "NULL" if kind == "int" and self.rng.below(12) == 0 else self.rng.pick(LITERALS[kind])

    def reading(self, kind, depth):
        """An expression that reads some column: a constant would test little."""
        names = {name for names in self.columns.values() for name in names}
        while True:
            text = self.make(kind, depth)
            if names & set(suite.tokens(text)):
                return text

    def any_kind(self):
        return self.rng.pick(["int", "bigint", "double", "string", "boolean", "date", "smallint", "float"])

    def make(self, kind, depth):
        if depth == 0:
            return self.leaf(kind)
        if self.rng.below(6) == 0:
            return self.conditional(kind, depth - 1)
        family = "integer" if kind in INTEGERS else "floating" if kind in ("float", "double") else kind
        return getattr(self, family)(kind, depth - 1)

    def conditional(self, kind, depth):
        a, b = self.make(kind, depth), self.make(kind, depth)
        form = self.rng.below(6)
        if form == 0:
            return f"CASE WHEN {self.make('boolean', depth)} THEN {a} WHEN {self.make('boolean', depth)} THEN {b} END"
        if form == 1:
            return f"CASE WHEN {self.make('boolean', depth)} THEN {a} ELSE {b} END"
        if form == 2:
            return f"if({self.make('boolean', depth)}, {a}, {b})"
        if form == 3:
            return f"coalesce({a}, {b})"
        if form == 4:
            return f"nullif({a}, {b})"
        return f"{self.rng.pick(['greatest', 'least'])}({a}, {b}, {self.leaf(kind)})"

    def integer(self, kind, depth):
        other = self.rng.pick(INTEGERS[: INTEGERS.index(kind) + 1])
        a, b = self.make(kind, depth), self.make(other, depth)
        choices = [
            f"({a} {self.rng.pick(['+', '-', '*', '%'])} {b})",
            f"({a} {self.rng.pick(['&', '|', '^'])} {b})",
            f"(- {a})", f"abs({a})", f"mod({a}, {b})",
            f"CAST({self.make(self.rng.pick(['double', 'string', 'bigint', 'boolean']), depth)} AS {kind.upper()})",
        ]
        if kind == "bigint":
            choices += [f"({a} DIV {b})", f"floor({self.make('double', depth)})", f"xxhash64({a}, {self.leaf('string')})"]
        if kind == "int":
            date, text = self.make("date", depth), self.make("string", depth)
            choices += [
                f"length({text})", f"instr({text}, {self.leaf('string')})", f"datediff({date}, {self.leaf('date')})",
                f"{self.rng.pick(['year', 'month', 'day'])}({date})", f"hash({a}, {self.make(self.any_kind(), 0)})",
            ]
        return self.rng.pick(choices)

    def floating(self, kind, depth):
        a, b = self.make(kind, depth), self.make(kind, depth)
        choices = [f"({a} {self.rng.pick(['+', '-', '*'])} {b})", f"(- {a})", f"abs({a})", f"round({a}, {self.rng.pick(['0', '1', '-1', '2'])})"]
        choices.append(f"CAST({self.make(self.rng.pick(['int', 'string', 'bigint', 'boolean']), depth)} AS {kind.upper()})")
        if kind == "double":
            integer = self.make(self.rng.pick(INTEGERS), depth)
            choices += [f"({a} / {b})", f"({a} % {b})", f"({integer} / {self.leaf('int')})", f"sqrt({a})", f"({integer} + {a})", f"({self.leaf('string')} * {integer})"]
        return self.rng.pick(choices)

    def boolean(self, _, depth):
        kind = self.any_kind()
        a, b = self.make(kind, depth), self.make(self.comparable(kind), depth)
        comparison = self.rng.pick(["=", "<", "<=", ">", ">=", "<>", "<=>", "=="])
        text = self.make("string", depth)
        return self.rng.pick([
            f"({a} {comparison} {b})", f"({a} {comparison} {b})",
            f"({self.make('boolean', depth)} {self.rng.pick(['AND', 'OR'])} {self.make('boolean', depth)})",
            f"(NOT {self.make('boolean', depth)})", f"({a} IS NULL)", f"({a} IS NOT NULL)", f"({a} IS DISTINCT FROM {b})",
            f"({a} IN ({b}, {self.leaf(kind)}))", f"({a} NOT IN ({b}, {self.leaf(kind)}))", f"({a} BETWEEN {b} AND {self.leaf(kind)})",
            f"({text} LIKE {self.rng.pick(['%', '_', 'a%', '%5%', '-%'])!r})", f"({text} RLIKE '^[0-9]+$')",
            f"isnan({self.make('double', depth)})", f"contains({text}, {self.leaf('string')})", f"startswith({text}, {self.leaf('string')})",
        ])

    def comparable(self, kind):
        if kind in ("boolean", "date"):
            return kind
        return self.rng.pick([kind, "int", "bigint", "double", "string"])

    def string(self, _, depth):
        a, b = self.make("string", depth), self.make("string", depth)
        n = self.rng.pick(["0", "1", "2", "-1", "3"])
        shown = self.make(self.rng.pick(["int", "bigint", "boolean", "date"]), depth)
        return self.rng.pick([
            f"upper({a})", f"lower({a})", f"trim({a})", f"substring({a}, {n}, 2)", f"substring({a}, {self.make('int', 0)})",
            f"concat({a}, {b})", f"({a} || {b})", f"concat_ws('-', {a}, {b})", f"replace({a}, {self.leaf('string')}, 'x')",
            f"split_part({a}, '.', 1)", f"lpad({a}, 4, '*')", f"rpad({a}, 3, 'é')", f"CAST({shown} AS STRING)", f"md5({a})",
            f"regexp_replace({a}, '[0-9]+', '#')", f"regexp_extract({a}, '([a-z]+)', 1)", f"concat({shown}, {a})",
        ])

    def date(self, _, depth):
        return self.rng.pick([
            f"date_add({self.make('date', depth)}, {self.rng.pick(['1', '-31', '400'])})", f"CAST({self.make('string', depth)} AS DATE)",
            f"to_date(concat('2024-0', {self.rng.pick(['1', '3', '9', 'x']) !r}, '-15'))", self.leaf("date"),
            f"CAST(date_trunc('MONTH', {self.make('date', depth)}) AS DATE)",
        ])


def tables_of(rng):
    return rng.pick([("nums", NUMS), ("groups", GROUPS)])


def projection(rng):
    table, columns = tables_of(rng)
    maker = Maker(rng, columns)
    items = [maker.reading(maker.any_kind(), 2 + rng.below(2)) for _ in range(3)]
    return f"SELECT id, {', '.join(items)} FROM {table}"


def filtered(rng):
    table, columns = tables_of(rng)
    maker = Maker(rng, columns)
    item = maker.reading(maker.any_kind(), 2)
    return f"SELECT id, {item} AS v FROM {table} WHERE {maker.reading('boolean', 2)}"


def exact_argument(rng):
    """Sums of these are exact in any order: integers and quarters of moderate size."""
    return rng.pick(["i", "h", "x", "l", "x * 2", "i * h", "x + i", "if(ok, i, NULL)", "CASE WHEN s = '' THEN x ELSE h END", "length(s)", "i % 7"])


def aggregate(rng):
    arg = exact_argument(rng)
    any_arg = rng.pick([arg, "s", "d", "ok", "g"])
    return rng.pick([
        f"sum({arg})", f"avg({arg})", f"count({any_arg})", f"count(DISTINCT {any_arg})", f"min({any_arg})", f"max({any_arg})",
        f"count_if({arg} > 3)", "count(*)", f"percentile({arg}, 0.{rng.below(10)})", f"median({arg})", f"min_by(id, {arg} * 1000000 + id)",
        f"max_by(s, id)", f"first({any_arg}, true)", f"last({any_arg})", f"sum({arg}) FILTER (WHERE {rng.pick(['ok', 'h = 1', 'i > 0', 'g IS NULL'])})",
        f"percentile_approx({arg}, 0.{rng.below(10)})",
    ])


def grouped(rng):
    keys = rng.pick([["g"], ["h"], ["g", "h"], ["ok"], ["g", "ok"], ["i % 4"], ["upper(s)"], ["d IS NULL", "g"], ["coalesce(g, s)"]])
    having = f" HAVING {rng.pick(['count(*) > 3', 'sum(i) IS NOT NULL', 'max(h) = 3 OR min(x) < 0'])}" if rng.below(3) == 0 else ""
    where = f" WHERE {Maker(rng, GROUPS).reading('boolean', 1)}" if rng.below(3) == 0 else ""
    items = ", ".join(keys + [aggregate(rng) for _ in range(3)])
    by = rng.pick([", ".join(keys), ", ".join(str(n + 1) for n in range(len(keys))), "ALL"])
    return f"SELECT {items} FROM groups{where} GROUP BY {by}{having}"


def frame(rng):
    low = rng.pick(["UNBOUNDED PRECEDING", "3 PRECEDING", "1 PRECEDING", "CURRENT ROW"])
    high = rng.pick(["CURRENT ROW", "1 FOLLOWING", "2 FOLLOWING", "UNBOUNDED FOLLOWING"])
    return f" ROWS BETWEEN {low} AND {high}"


def window_call(rng):
    part = rng.pick(["", "PARTITION BY g ", "PARTITION BY g, h ", "PARTITION BY ok ", "PARTITION BY i % 3 "])
    key = rng.pick(["i", "h", "x", "l", "s", "d", "x DESC", "h DESC NULLS FIRST", "i NULLS LAST", "l DESC", "s DESC"])
    arg = exact_argument(rng)
    peers = f"({part}ORDER BY {key})"
    total = f"({part}ORDER BY {key}, id{rng.pick(['', ' DESC'])}"
    return rng.pick([
        f"{rng.pick(['rank', 'dense_rank', 'percent_rank', 'cume_dist'])}() OVER {peers}",
        f"{rng.pick(['sum', 'count', 'min', 'max', 'avg'])}({arg}) OVER {peers}",
        f"{rng.pick(['sum', 'count', 'min', 'max', 'avg'])}({arg}) OVER {total}{frame(rng)})",
        f"{rng.pick(['sum', 'count', 'min', 'max', 'avg'])}({arg}) OVER ({part.strip()})",
        f"row_number() OVER {total})", f"ntile({2 + rng.below(6)}) OVER {total})",
        f"{rng.pick(['lag', 'lead'])}({rng.pick([arg, 's', 'd'])}, {rng.below(4)}) OVER {total})",
        f"{rng.pick(['first_value', 'last_value', 'nth_value'])}({arg}N) OVER {total}{frame(rng)})".replace("nth_value(" + arg + "N", f"nth_value({arg}, 2").replace("N) OVER", ") OVER"),
    ])


def windowed(rng):
    calls = ", ".join(f"{window_call(rng)} AS w{n}" for n in range(3))
    where = f" WHERE {Maker(rng, GROUPS).reading('boolean', 1)}" if rng.below(4) == 0 else ""
    return f"SELECT id, {calls} FROM groups{where}"


def ordered(rng):
    maker = Maker(rng, GROUPS)
    keys = [maker.reading(maker.any_kind(), 1) + rng.pick(["", " DESC", " ASC NULLS LAST", " DESC NULLS FIRST"]) for _ in range(2)]
    return f"SELECT id, {maker.reading('double', 1)} AS v FROM groups ORDER BY {', '.join(keys)}, id LIMIT {10 + rng.below(30)}"


KINDS = [projection, projection, projection, filtered, grouped, grouped, windowed, windowed, ordered]


def write(path, seed, count):
    rng = Random(seed)
    lines = ["-- Random queries, made by generate.py: change that, not this file.\n"]
    for n in range(count):
        kind = KINDS[n % len(KINDS)]
        lines.append(f"\n-- name: {kind.__name__}_{n:03}\n{kind(rng)}\n")
    path.write_text("".join(lines), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20240131)
    parser.add_argument("--count", type=int, default=180)
    args = parser.parse_args()
    write(suite.QUERIES / "generated.sql", args.seed, args.count)


if __name__ == "__main__":
    main()
