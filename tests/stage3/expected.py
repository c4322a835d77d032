#!/usr/bin/env python3
"""Stage 3 computed independently of quern, in plain Python, row by row in input order.

The rules are the pipeline's; averages are the correctly rounded quotient of the exact sum (integer
arithmetic over the doubles' exact ratios), everything else is one double operation a step. Columns
of JSON without a declared schema are in the order of their names, as Spark infers them.

    tests/stage3/expected.py INPUT > expected.ndjson       (processed_at is left out)
"""

import argparse
import bisect
import csv
import json
import sys

FIELDS = ("id", "name", "category", "value", "quantity", "is_active", "created_at")
DISCOUNTS = {"A": 0.9, "B": 0.85, "C": 0.8}
CSV_TYPES = {"id": int, "quantity": int, "value": float, "is_active": lambda text: text.lower() == "true"}
CHUNK = 1 << 20


def records(path):
    """Yields the records of a JSON array, newline JSON or CSV file as dicts, without loading it whole."""
    if str(path).endswith(".csv"):
        yield from csv_records(path)
        return
    with open(path, encoding="utf-8") as file:
        head = file.read(1)
        while head.isspace():
            head = file.read(1)
        file.seek(0)
        yield from (array_records(file) if head == "[" else map(json.loads, filter(str.strip, file)))


def csv_records(path):
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {k: CSV_TYPES.get(k, str)(v) for k, v in row.items() if v != ""}


def array_records(file):
    """Elements of one JSON array, decoded from a sliding window over the file."""
    decode = json.JSONDecoder().raw_decode
    window, at = file.read(CHUNK), 0
    at = window.index("[") + 1
    while True:
        while at < len(window) and window[at] in " \t\r\n,":
            at += 1
        if at < len(window) and window[at] == "]":
            return
        try:
            record, at = decode(window, at)
        except ValueError:
            more = file.read(CHUNK)
            if not more:
                raise
            window, at = window[at:] + more, 0
            continue
        yield record


def exact_average(values):
    """The double nearest to (exact sum of values) / count; values are floats or integers."""
    sums = {}
    for value in values:
        numerator, denominator = value.as_integer_ratio()
        sums[denominator] = sums.get(denominator, 0) + numerator
    scale = max(sums)
    total = sum(numerator * (scale // denominator) for denominator, numerator in sums.items())
    return total / (scale * len(values))


class Category:
    """What the windows over one category need: its values in order, and how many are null."""

    __slots__ = ("values", "nulls", "average")

    def __init__(self):
        self.values, self.nulls, self.average = [], 0, None

    def add(self, value):
        if value is None:
            self.nulls += 1
        else:
            self.values.append(value)

    def finish(self):
        self.average = exact_average(self.values) if self.values else None
        self.values.sort()

    def count(self):
        return len(self.values) + self.nulls

    def percent_rank(self, value):
        before = 0 if value is None else self.nulls + bisect.bisect_left(self.values, value)
        return before / (self.count() - 1) if self.count() > 1 else 0.0


class Stage3:
    """The first pass over the input; rows() makes the second."""

    def __init__(self, path, declared=False):
        """declared: the records' columns were declared, in their usual order and with value a double."""
        self.path, self.categories = path, {}
        self.value_is_double = declared
        names = {}
        for record in records(path):
            names.update(dict.fromkeys(record))
            value = record.get("value")
            self.value_is_double = self.value_is_double or isinstance(value, float)
            self.categories.setdefault(record.get("category"), Category()).add(value)
        in_file_order = str(path).endswith(".csv")
        self.columns = FIELDS if declared else list(names) if in_file_order else sorted(names)
        for category in self.categories.values():
            if self.value_is_double:
                category.values = [float(value) for value in category.values]
            category.finish()

    def rows(self):
        """Yields each row as a list of (column, value) pairs: absent fields left out, no processed_at."""
        for record in records(self.path):
            if self.value_is_double and record.get("value") is not None:
                record["value"] = float(record["value"])
            row = {k: record[k] for k in self.columns if record.get(k) is not None}
            row.update((k, v) for k, v in self.derived(record) if v is not None)
            yield list(row.items())

    def derived(self, record):
        name, value, quantity = record.get("category"), record.get("value"), record.get("quantity")
        category = self.categories[name]
        total = None if value is None or quantity is None else value * quantity
        discount = DISCOUNTS.get(name, 0.95)
        percentile = category.percent_rank(value)
        return (
            ("total_value", total),
            ("processed_by", "spark"),
            ("discount_factor", discount),
            ("discounted_value", None if total is None else total * discount),
            ("category_avg_value", category.average),
            ("category_max_value", category.values[-1] if category.values else None),
            ("category_min_value", category.values[0] if category.values else None),
            ("category_count", category.count()),
            ("value_percentile", percentile),
            ("tier", tier(percentile)),
        )


def tier(percentile):
    if percentile > 0.9:
        return "premium"
    if percentile > 0.7:
        return "high"
    return "medium" if percentile > 0.4 else "standard"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("input")
    parser.add_argument("--declared", action="store_true", help="the columns are declared, value as DOUBLE")
    args = parser.parse_args()
    for row in Stage3(args.input, args.declared).rows():
        print(json.dumps(dict(row), separators=(",", ":"), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
