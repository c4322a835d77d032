#!/usr/bin/env python3
"""Compares an output of stage 3 with the independent computation: every value, its type, the order
of columns and of rows. Exits 1 with the first differences.

    tests/stage3/compare.py INPUT OUTPUT          OUTPUT: quern's directory, or one newline JSON file
    tests/stage3/compare.py --checksum OUTPUT     SHA-256 of the lines, processed_at taken out
"""

import argparse
import gzip
import hashlib
import itertools
import json
import os
import re
import sys
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from expected import Stage3  # noqa: E402

PROCESSED_AT = re.compile(rb'"processed_at":"[^"]*",?')
ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$")
SHOWN = 5


def part_files(output):
    """The data files of an output directory in row order; a plain file stands for itself."""
    output = Path(output)
    if not output.is_dir():
        return [output]
    if not (output / "_SUCCESS").exists():
        raise SystemExit(f"{output}: no _SUCCESS, the output is not committed")
    return sorted(path for path in output.iterdir() if path.name.startswith("part-"))


def lines(output):
    for path in part_files(output):
        opened = gzip.open(path) if path.suffix == ".gz" else open(path, "rb")
        with opened as file:
            yield from file


def checksum(output):
    digest = hashlib.sha256()
    for line in lines(output):
        digest.update(PROCESSED_AT.sub(b"", line, count=1))
    return digest.hexdigest()


def split_processed_at(pairs):
    times = [v for k, v in pairs if k == "processed_at"]
    place = [k for k, _ in pairs].index("processed_at") if times else None
    return [p for p in pairs if p[0] != "processed_at"], times, place


def same(expected, got):
    return len(expected) == len(got) and all(
        k == c and v == w and type(v) is type(w) for (k, v), (c, w) in zip(expected, got))


def difference(number, expected, got):
    """One line a wrong row: the first column that differs, as expected and as found."""
    for left, right in itertools.zip_longest(expected, got):
        if left is None or right is None or not same([left], [right]):
            return f"row {number}: expected {left}, got {right}"
    return f"row {number}: expected {expected}, got {got}"


def row_fault(number, expected, line, job_time):
    pairs, times, place = split_processed_at(json.loads(line, object_pairs_hook=list))
    if not same(expected, pairs):
        return difference(number, expected, pairs)
    if len(times) != 1 or pairs[place - 1][0] != "processed_by" or not ISO_TIME.match(times[0]):
        return f"row {number}: processed_at is missing, misplaced or no ISO time: {times}"
    if job_time.setdefault("at", times[0]) != times[0]:
        return f"row {number}: processed_at {times[0]}, in the first row {job_time['at']}"
    return None


def compare(source, output, declared=False):
    """Returns (rows compared, list of the first differences)."""
    faults, count, job_time = [], 0, {}
    expected_rows = Stage3(source, declared).rows()
    for expected, line in itertools.zip_longest(expected_rows, lines(output)):
        if expected is None or line is None:
            side = "the output has more rows" if expected is None else "the output ends too early"
            faults.append(f"row {count}: {side}")
            break
        fault = row_fault(count, expected, line, job_time)
        count += 1
        if fault:
            faults.append(fault)
            if len(faults) == SHOWN:
                break
    return count, faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--checksum", action="store_true")
    parser.add_argument("--declared", action="store_true", help="the columns are declared, value as DOUBLE")
    parser.add_argument("paths", nargs="+", metavar="PATH")
    args = parser.parse_args()
    if args.checksum:
        for path in args.paths:
            print(checksum(path), path)
        return 0
    if len(args.paths) != 2:
        parser.error("INPUT and OUTPUT are needed")
    count, faults = compare(args.paths[0], args.paths[1], args.declared)
    print("\n".join(faults) if faults else f"{count} rows equal")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
