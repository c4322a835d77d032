#!/usr/bin/env python3
"""Writes the pipeline's records, the same ones in every form that is asked for.

The form comes from each file's name: .json is one JSON array with indent=2 (as the pipeline's app
writes it), .ndjson and .jsonl hold a record a line, .csv has a header and CRLF line ends. --lines
writes a record a line into .json too. The same options and seed give the same bytes everywhere.

    tools/gen_records.py --count 1000000 build/data/items.json build/data/items.csv
"""

import argparse
import os
import random
import sys

FIELDS = ("id", "name", "category", "value", "quantity", "is_active", "created_at")
BATCH = 10000
SKEW = 0.95


def category_of(kind, draw, number):
    if kind == "distinct":
        return f"C{number}"
    if kind == "skewed":
        return "A" if draw < SKEW else "BCD"[int((draw - SKEW) / (1 - SKEW) * 3) % 3]
    return "ABCD"[int(draw * 4)]


def records(args):
    """Yields each record as a tuple of JSON texts without string quotes; None is an absent field."""
    draw = random.Random(args.seed).random
    for number in range(args.first_id, args.first_id + args.count):
        category = category_of(args.categories, draw(), number)
        cents = 1000 + int(draw() * 99001)
        whole = args.int_values > 0 and draw() < args.int_values
        value = str(cents // 100) if whole else repr(cents / 100)
        quantity = 1 + int(draw() * 100)
        active, created = created_fields(draw)
        if args.missing > 0:
            active = None if draw() < args.missing else active
            created = None if draw() < args.missing else created
        yield str(number), f"Item {number}", category, value, str(quantity), active, created


def created_fields(draw):
    active = "true" if draw() < 0.8 else "false"
    day, second, micro = int(draw() * 336), int(draw() * 86400), int(draw() * 1000000)
    created = (
        f"2025-{1 + day // 28:02d}-{1 + day % 28:02d}"
        f"T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.{micro:06d}"
    )
    return active, created


def small_records(args):
    """What the pipeline's isolated test of the stage sends: five fields, value the integer 100."""
    for number in range(args.first_id, args.first_id + args.count):
        yield str(number), f"Item {number}", "ABCD"[number % 4], "100", str(1 + number % 100), None, None


def json_members(record):
    ident, name, category, value, quantity, active, created = record
    members = [f'"id": {ident}', f'"name": "{name}"', f'"category": "{category}"']
    members += [f'"value": {value}', f'"quantity": {quantity}']
    if active is not None:
        members.append(f'"is_active": {active}')
    if created is not None:
        members.append(f'"created_at": "{created}"')
    return members


def ndjson_text(record):
    return "{" + ", ".join(json_members(record)) + "}\n"


def array_text(record):
    return "  {\n    " + ",\n    ".join(json_members(record)) + "\n  }"


def csv_text(record):
    return ",".join(field or "" for field in record) + "\r\n"


class Sink:
    """One output file: batches of records in one of the three forms."""

    def __init__(self, path, lines):
        self.path = path
        self.file = open(path, "w", encoding="ascii", newline="")
        ending = os.path.splitext(path)[1]
        if ending == ".csv":
            self.text, self.between, self.end = csv_text, "", ""
            self.file.write(",".join(FIELDS) + "\r\n")
        elif ending in (".ndjson", ".jsonl") or (ending == ".json" and lines):
            self.text, self.between, self.end = ndjson_text, "", ""
        elif ending == ".json":
            self.text, self.between, self.end = array_text, ",\n", "\n]"
        else:
            raise SystemExit(f"{path}: the name must end in .json, .ndjson, .jsonl or .csv")
        self.started = False

    def write(self, batch):
        if self.end and not self.started:
            self.file.write("[\n")
        elif self.started:
            self.file.write(self.between)
        self.file.write(self.between.join(map(self.text, batch)))
        self.started = True

    def close(self):
        if self.end:
            self.file.write(self.end if self.started else "[]")
        self.file.close()


def write_all(source, sinks):
    batch = []
    for record in source:
        batch.append(record)
        if len(batch) == BATCH:
            for sink in sinks:
                sink.write(batch)
            batch = []
    for sink in sinks:
        if batch:
            sink.write(batch)
        sink.close()


def fraction(text):
    number = float(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError("a number from 0 to 1 is needed")
    return number


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--count", type=int, default=1000, help="records (default 1000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first-id", type=int, default=0)
    parser.add_argument("--categories", choices=("even", "skewed", "distinct"), default="even",
                        help="even: A B C D alike; skewed: 95%% in A; distinct: one a record")
    parser.add_argument("--missing", type=fraction, default=0,
                        help="share of records without is_active, and without created_at")
    parser.add_argument("--int-values", type=fraction, default=0,
                        help="share of records whose value is an integer")
    parser.add_argument("--lines", action="store_true", help="a record a line in .json files too")
    parser.add_argument("--small", action="store_true",
                        help="only id, name, category, value (the integer 100) and quantity")
    args = parser.parse_args(argv)
    source = small_records(args) if args.small else records(args)
    write_all(source, [Sink(path, args.lines) for path in args.files])
    return 0


if __name__ == "__main__":
    sys.exit(main())
