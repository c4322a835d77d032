"""Asks a built quern every query of the suite and compares with PySpark's recorded answers.

    python3 tests/oracle/run.py [--quern build/bin/quern] [--filter RE] [--master URL]

Standard library only. One quern process answers one query file: a script of all its
statements with a marker SELECT before each test. A process that dies costs the test it
was at; the next process carries on behind it. Exit status 0 if all tests passed.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys

import suite
import tables
import typed

MARKER = "@@oracle "
SHOWN_ROWS = 3
SHOWN_CHARACTERS = 300

# Where Spark has several names, quern may have one for them all; either is right.
COARSER = {
    "CANNOT_RESOLVE_STAR_EXPAND": ("UNRESOLVED_COLUMN",),
    "COLUMN_ALREADY_EXISTS": ("DUPLICATE_COLUMN",),
    "CREATE_VIEW_COLUMN_ARITY_MISMATCH": ("NUM_COLUMNS_MISMATCH",),
    "DATA_SOURCE_NOT_FOUND": ("UNSUPPORTED_FEATURE",),
    "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION": ("INVALID_LITERAL", "UNSUPPORTED_DATATYPE", "INVALID_PARAMETER_VALUE"),
    "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED": ("UNSUPPORTED_FEATURE",),
    "GROUP_BY_AGGREGATE": ("MISPLACED_AGGREGATE",),
    "GROUP_BY_POS_AGGREGATE": ("MISPLACED_AGGREGATE",),
    "INCOMPATIBLE_COLUMN_TYPE": ("DATATYPE_MISMATCH",),
    "INVALID_FORMAT": ("INVALID_PARAMETER_VALUE",),
    "INVALID_INDEX_OF_ZERO": ("INVALID_PARAMETER_VALUE",),
    "INVALID_INLINE_TABLE": ("NUM_COLUMNS_MISMATCH", "DATATYPE_MISMATCH"),
    "INVALID_LIMIT_LIKE_EXPRESSION": ("INVALID_PARAMETER_VALUE", "DATATYPE_MISMATCH"),
    "INVALID_NUMERIC_LITERAL_RANGE": ("INVALID_LITERAL",),
    "INVALID_TYPED_LITERAL": ("INVALID_LITERAL",),
    "INVALID_WHERE_CONDITION": ("MISPLACED_AGGREGATE",),
    "MALFORMED_CSV_RECORD": ("MALFORMED_RECORD",),
    "MALFORMED_RECORD_IN_PARSING": ("MALFORMED_RECORD",),
    "MISSING_GROUP_BY": ("MISSING_AGGREGATION",),
    "NESTED_AGGREGATE_FUNCTION": ("MISPLACED_AGGREGATE",),
    "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS": ("TABLE_OR_VIEW_ALREADY_EXISTS",),
    "UNCLOSED_BRACKETED_COMMENT": ("PARSE_SYNTAX_ERROR",),
    "UNSUPPORTED_EXPR_FOR_OPERATOR": ("MISPLACED_AGGREGATE",),
    "UNSUPPORTED_EXPR_FOR_WINDOW": ("MISPLACED_AGGREGATE",),
    "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE": ("MISPLACED_AGGREGATE",),
}


class Script:
    """The statements for one process, and where in the file each one starts."""

    def __init__(self):
        self.lines = []

    def add(self, statement):
        first = len(self.lines) + 1
        self.lines += statement.split("\n") + [";"]
        return first

    def mark(self, name):
        self.add(f"SELECT '{MARKER}{name}' AS marker")

    def text(self):
        return "\n".join(self.lines) + "\n"


class Output:
    """One result or one error, as the process printed it."""

    def __init__(self, header):
        self.header, self.rows = header, []

    def marker(self):
        first = self.rows[0][0] if self.rows and self.rows[0] else None
        if isinstance(first, str) and first.startswith(MARKER):
            return first[len(MARKER) :]
        return None


def parse_outputs(text):
    outputs, garbage = [], []
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            garbage.append(line)
            continue
        if isinstance(value, dict):
            outputs.append(Output(value))
        elif isinstance(value, list) and outputs:
            outputs[-1].rows.append(value)
        else:
            garbage.append(line)
    return outputs, garbage


class Answer:
    """What a process printed for one test; `start` is the script line of its last statement."""

    def __init__(self, outputs, start, died=None):
        self.outputs, self.start, self.died = outputs, start, died


class Process:
    def __init__(self, args, data, work):
        self.args, self.data, self.work = args, data, work

    def command(self, path):
        command = self.args.quern.split() + ["sql", "-f", str(path), "--result", "typed", "--keep-going"]
        if self.args.master:
            command += ["--master", self.args.master]
        for setting in self.args.conf:
            command += ["--conf", setting]
        return command

    def run(self, area, tests):
        """Answers by test name up to where the process ended, and what came before the first test."""
        script, starts = Script(), {}
        for statement in tables.view_statements(self.data) + area.session:
            script.add(statement.replace("${data}", self.data))
        for test in tests:
            script.mark(test.name)
            for statement in test.statements:
                starts[test.name] = script.add(statement.replace("${data}", self.data))
        last = "end"
        if suite.is_unclosed(tests[-1].statements[-1]):
            last = tests[-1].name  # it swallows whatever follows
        else:
            script.mark(last)
        path = self.work / f"{area.name}.sql"
        path.write_text(script.text(), encoding="utf-8")
        done = subprocess.run(
            self.command(path), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "TZ": "UTC"},
        )
        return self.sort_outputs(done, starts, last)

    def sort_outputs(self, done, starts, last):
        outputs, garbage = parse_outputs(done.stdout.decode("utf-8", "backslashreplace"))
        answers, prelude, current = {}, [], None
        for output in outputs:
            name = output.marker()
            if name is not None:
                current = name
                if name != "end":
                    answers[name] = Answer([], starts[name])
            elif current is None:
                prelude.append(output)
            elif current != "end":
                answers[current].outputs.append(output)
        if current != last:
            end = f"signal {-done.returncode}" if done.returncode < 0 else f"exit status {done.returncode}"
            why = f"the process ended here ({end}): {tail(done.stderr)}"
            if current is None:
                raise SystemExit(f"{self.args.quern}: no answer to the first query; {why}")
            answers[current].died = why
        elif done.returncode not in (0, 1):
            prelude.append(Output({"error": {"message": f"exit status {done.returncode} {tail(done.stderr)}"}}))
        prelude += [Output({"error": {"message": f"not a typed result line: {line}"}}) for line in garbage[:3]]
        return answers, prelude


def tail(stderr):
    return shorten(" | ".join(stderr.decode("utf-8", "replace").strip().split("\n")[-6:]), 1200)


def shorten(text, limit=SHOWN_CHARACTERS):
    text = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
    return text if len(text) <= limit else text[:limit] + " …"


def run_area(process, area, tests):
    """All answers of an area, over as many processes as it takes."""
    answers, complaints = {}, []
    for left in scripts(tests):
        while left:
            some, prelude = process.run(area, left)
            complaints += [shorten(o.header.get("error", o.header)) for o in prelude if "error" in o.header]
            answers.update(some)
            reached = max(i for i, test in enumerate(left) if test.name in some)
            left = left[reached + 1 :]
    return answers, complaints


def scripts(tests):
    """Tests that one script can hold: nothing can follow a string that is never closed."""
    closed = [t for t in tests if not suite.is_unclosed(t.statements[-1])]
    return [closed] + [[t] for t in tests if t not in closed]


# --- comparing -------------------------------------------------------------------------------


def differences(test, expected, answer):
    """What is wrong with an answer, as short lines; empty if nothing is."""
    if answer is None:
        return ["no answer"]
    if answer.died:
        return [answer.died]
    if not answer.outputs:
        return ["no result"]
    got = next((o for o in answer.outputs if "error" in o.header), answer.outputs[-1])
    if "error" in expected:
        return compare_errors(test, expected["error"], got, answer.start)
    if got is not answer.outputs[-1]:
        return [f"an earlier statement failed: {shorten(got.header['error'])}"]
    if "error" in got.header:
        return [f"error: {shorten(got.header['error'])}"]
    return compare_schemas(expected["schema"], got.header.get("schema")) or compare_rows(test, expected, got.rows)


def compare_errors(test, expected, got, start):
    wanted = test.flags.get("error") or expected["class"]
    if "error" not in got.header:
        return [f"expected error {wanted}, got rows {shorten(got.rows)}"]
    error = got.header["error"]
    found = []
    if wanted != "any" and not class_matches(wanted, error.get("class")):
        found.append(f"error class: expected {wanted}, got {error.get('class')}: {shorten(str(error.get('message')))}")
    if "line" in expected and test.flags.get("position") != "no":
        place = (error.get("line") or 0) - start + 1, error.get("column") or 0
        if not place_fits(test, expected, place):
            wanted = f"{expected['line']}:{expected['column']}" + ("-{}:{}".format(*expected["end"]) if "end" in expected else "")
            found.append(f"error position: expected {wanted}, got {place[0]}:{place[1]}: {shorten(str(error.get('message')))}")
    text = f"{error.get('message')} {error.get('hint', '')}"
    for word in filter(None, test.flags.get("mentions", "").split(", ")):
        if word not in text:
            found.append(f"error message does not mention {word}: {shorten(text)}")
    return found


def place_fits(test, expected, place):
    """Within the part of the statement that Spark names. Of a syntax error it names only where its
    parser gave up, which may be earlier in the line than the first word that fits no statement."""
    begin = expected["line"], expected["column"]
    if "end" in expected:
        return begin <= place < tuple(expected["end"])
    line = test.statements[-1].split("\n")[begin[0] - 1]
    return place[0] == begin[0] and begin[1] <= place[1] <= max(len(line) + 1, begin[1])


def class_matches(wanted, got):
    """`A.B` and `A` agree: the part after the dot is compared only if quern gives one."""
    if not isinstance(got, str):
        return False
    main = wanted.split(".")[0]
    return got in (wanted, main, *COARSER.get(main, ())) or ("." not in wanted and got.split(".")[0] == wanted)


def compare_schemas(expected, got):
    if got == expected:
        return []
    if not isinstance(got, list) or len(got) != len(expected):
        return [f"schema: expected {shorten(expected)}, got {shorten(got)}"]
    pairs = [(e, g) for e, g in zip(expected, got) if e != g]
    return [f"column: expected {' '.join(e)}, got {' '.join(g)}" for e, g in pairs[:SHOWN_ROWS]]


def tolerance_of(test):
    kind, amount = test.flags.get("float", "ulp 0").split()
    return kind, float(amount)


def compare_rows(test, expected, got_rows):
    readers = [typed.nullable(typed.reader(kind)) for _, kind in expected["schema"]]
    read = lambda row: tuple(settle_zero(test, r(v)) for r, v in zip(readers, row))
    wanted = [(read(row), row) for row in expected["rows"]]
    got = []
    for row in got_rows:
        if len(row) != len(readers):
            return [f"row of {len(row)} values instead of {len(readers)}: {shorten(row)}"]
        try:
            got.append((read(row), row))
        except ValueError as problem:
            return [f"value of a wrong form: {problem} in {shorten(row)}"]
    found = [f"rows: expected {len(wanted)}, got {len(got)}"] if len(wanted) != len(got) else []
    tolerance = tolerance_of(test)
    if test.ordered:
        return found + compare_in_order(wanted, got, tolerance)
    return found + compare_as_multisets(wanted, got, tolerance)


def settle_zero(test, value):
    if test.flags.get("zeros") == "same" and isinstance(value, typed.Floating):
        return value.without_sign_of_zero()
    return value


def compare_in_order(wanted, got, tolerance):
    found = [
        f"row {i}: expected {shorten(w[1])}\n{' ' * (len(str(i)) + 11)}got {shorten(g[1])}"
        for i, (w, g) in enumerate(zip(wanted, got), 1)
        if not typed.equal(w[0], g[0], tolerance)
    ]
    return clip(found)


def compare_as_multisets(wanted, got, tolerance):
    """Rows that match exactly cancel out; what is left is paired by a blurred order."""
    exact = lambda row: typed_key(row[0])
    surplus = collections.Counter(map(exact, got))
    missing = []
    for row in wanted:
        if surplus[exact(row)] > 0:
            surplus[exact(row)] -= 1
        else:
            missing.append(row)
    extra = []
    for row in reversed(got):
        if surplus[exact(row)] > 0:
            surplus[exact(row)] -= 1
            extra.append(row)
    order = lambda row: typed.sort_key(row[0], coarse=True)
    missing.sort(key=order)
    extra.sort(key=order)
    if tolerance[1] > 0 and len(missing) == len(extra):
        pairs = zip(missing, extra)
        missing, extra = map(list, zip(*[p for p in pairs if not typed.equal(p[0][0], p[1][0], tolerance)] or [((), ())]))
        missing, extra = [m for m in missing if m], [e for e in extra if e]
    found = []
    for i in range(max(len(missing), len(extra))):
        if i < len(missing):
            found.append(f"expected {shorten(missing[i][1])}")
        if i < len(extra):
            found.append(f"     got {shorten(extra[i][1])}")
    return clip(found, 2 * SHOWN_ROWS)


def typed_key(value):
    if isinstance(value, typed.Floating):
        return ("f", value.bits)
    if isinstance(value, tuple):
        return tuple(typed_key(v) for v in value)
    return (type(value).__name__, value)


def clip(lines, limit=SHOWN_ROWS):
    return lines if len(lines) <= limit else lines[:limit] + [f"… and {len(lines) - limit} more"]


# --- reporting -------------------------------------------------------------------------------


def read_known(path, names):
    """`area.test: reason` lines; every entry needs a reason and a test."""
    known = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, reason = line.partition(":")
        if name.strip() not in names or not reason.strip():
            raise SystemExit(f"{path.name}:{number}: not `area.test: reason` of an existing test: {line}")
        known[name.strip()] = reason.strip()
    return known


class Report:
    def __init__(self, known, verbose):
        self.known, self.verbose = known, verbose
        self.passed, self.failed, self.differing = 0, 0, 0
        self.by_area = collections.Counter()

    def fail(self, area, title, lines):
        self.failed += 1
        self.by_area[area] += 1
        print(f"FAIL {title}")
        for line in lines:
            print(f"  {line}")

    def test(self, test, found):
        name = f"{test.area}.{test.name}"
        if found and name in self.known:
            self.differing += 1
        elif found:
            sql = [f"| {line}" for s in test.statements for line in s.split("\n")] if self.verbose else []
            self.fail(test.area, f"{name} ({test.where})", sql + found)
        elif name in self.known:
            self.fail(test.area, name, ["passes, but is listed in known-differences.txt: take it out"])
        else:
            self.passed += 1

    def close(self, totals):
        for area, count in self.by_area.most_common():
            print(f"  {area}: {count} of {totals[area]} failed")
        if self.differing:
            print(f"{self.differing} known differences")
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


def expected_of(area, test, answers, report):
    answer = answers.get(test.name)
    if answer is None or answer["sql"] != test.digest(area.session):
        report.fail(area.name, f"{area.name}.{test.name} ({test.where})", ["no recorded answer to this text: run record.py --new"])
        return None
    return answer


def check_area(area, tests, process, report):
    recorded = suite.load_expected(area.name)
    if recorded.get("_tables") != tables.digest():
        report.fail(area.name, area.name, ["the tables have changed since the answers were recorded: run record.py"])
        return
    answers, complaints = run_area(process, area, tests)
    if complaints:
        report.fail(area.name, f"{area.name} (around the tests)", complaints[:SHOWN_ROWS])
    for test in tests:
        expected = expected_of(area, test, recorded, report)
        if expected is not None:
            report.test(test, differences(test, expected, answers.get(test.name)))


def arguments():
    top = suite.ROOT.parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quern", default=str(top / "build/bin/quern"), help="the command to ask (may hold arguments)")
    parser.add_argument("--filter", help="only tests whose area.name this regular expression finds")
    parser.add_argument("--list", action="store_true", help="print the tests' names and stop")
    parser.add_argument("--later", action="store_true", help="also the files later_*, which quern need not pass yet")
    parser.add_argument("--master", help="passed on to quern")
    parser.add_argument("--conf", action="append", default=[], help="K=V, passed on to quern")
    parser.add_argument("--work-dir", default=str(top / "build/oracle"), help="where data and scripts go")
    parser.add_argument("--verbose", "-v", action="store_true", help="print the SQL of what fails")
    return parser.parse_args()


def main():
    args = arguments()
    areas = [a for a in suite.load_areas() if args.later or not a.name.startswith("later_")]
    selected = [(area, [t for t in area.tests if suite.matches(args.filter, t)]) for area in areas]
    if args.list:
        for area, tests in selected:
            print("\n".join(f"{area.name}.{t.name}" for t in tests))
        return 0
    work = pathlib.Path(args.work_dir).resolve()
    tables.write(work / "data")
    names = {f"{a.name}.{t.name}" for a in areas for t in a.tests}
    report = Report(read_known(suite.ROOT / "known-differences.txt", names), args.verbose)
    process = Process(args, str(work / "data"), work)
    for area, tests in selected:
        if tests:
            check_area(area, tests, process, report)
    return report.close({area.name: len(tests) for area, tests in selected})


if __name__ == "__main__":
    sys.exit(main())
