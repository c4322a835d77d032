#!/usr/bin/env python3
"""Runs every example of common/plan/functions.def and compares with the result written beside it.

    python3 tests/functions/run.py [--quern build/bin/quern]

An example is an expression, or a whole query with one value; `expected` is its result cast to
string, NULL for NULL. One quern process answers them all.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
from gen_docs import functions  # noqa: E402


def statement(example):
    first = example.split(None, 1)[0].upper()
    if first in ("SELECT", "WITH", "VALUES"):
        return f"SELECT CAST(result AS STRING) FROM ({example}) AS t(result)"
    return f"SELECT CAST(({example}) AS STRING)"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quern", default=str(ROOT / "build/bin/quern"))
    args = parser.parse_args()
    rows = [r for r in functions() if r["example"]]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(";\n".join(statement(r["example"]) for r in rows))
        script.flush()
        run = subprocess.run([args.quern, "sql", "-f", script.name, "--result", "typed", "--keep-going"],
                             capture_output=True, text=True, env={"TZ": "UTC", "PATH": "/usr/bin:/bin"})
    answers = []
    for line in run.stdout.splitlines():
        value = json.loads(line)
        if isinstance(value, dict) and "error" in value:
            answers.append("error: " + value["error"]["message"])
        elif isinstance(value, dict):
            answers.append("no row")
        else:
            answers[-1] = "NULL" if value[0] is None else value[0]
    failed = 0
    for i, r in enumerate(rows):
        got = answers[i] if i < len(answers) else f"no answer: {run.stderr.strip()[-200:]}"
        if got != r["expected"]:
            failed += 1
            print(f"FAIL {r['name']}: {r['example']}\n  expected {r['expected']}\n  got      {got}")
    print(f"{len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
