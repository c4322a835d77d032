#!/usr/bin/env python3
"""Stage 3 beside its peers, each tool as a separate whole process doing the same work: read the
file, derive every column, write newline JSON. Runs are interleaved, the first round (warm-up, where
every output is checked) is discarded, outputs are deleted between runs and outside the timing.
Prints medians of wall time, CPU time and peak memory, and their ratios to quern's.

    make bench BENCH_ARGS='--runs 3 --tools quern,duckdb,polars'
"""

import argparse
import ctypes
import json
import math
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "stage3"))
from expected import Stage3  # noqa: E402

TOOLS = ("quern", "duckdb", "polars", "sail", "pyspark")
FORMATS = ("ndjson", "json", "csv")
PACKAGES = ("duckdb", "polars", "pysail", "pyspark")
NAMES = {"ndjson": "newline JSON", "json": "JSON array", "csv": "CSV"}
JOB = ROOT / "jobs" / "stage3.sql"
PR_SET_CHILD_SUBREAPER = 36
SAMPLE_STEP = 997
ROW_ID = re.compile(rb'^\{"id":\s?(\d+),')


def fail(text):
    raise SystemExit(f"bench: {text}")


def venv_python(folder):
    """The interpreter of the peers' own environment, made and filled from PyPI when it is missing."""
    python = folder / "bin" / "python"
    probe = "import duckdb, polars, pyspark, pysail, pyarrow, grpc"
    if python.exists() and subprocess.run([python, "-c", probe], capture_output=True).returncode == 0:
        return python
    print(f"bench: installing the peers from PyPI into {folder}", file=sys.stderr)
    made = subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True, text=True)
    if made.returncode != 0:
        fail(f"no virtual environment (tools/deps.sh bench installs what it needs)\n{made.stdout}")
    install = [python, "-m", "pip", "install", "-q", "-r", ROOT / "bench" / "requirements.txt"]
    if subprocess.run(install).returncode != 0:
        fail("pip could not install the peers")
    return python


def make_inputs(folder, count):
    paths = {form: folder / f"items.{form}" for form in FORMATS}
    stamp = folder / f"items.{count}"
    if not stamp.exists():
        for old in folder.glob("items.*"):
            old.unlink()
        command = [sys.executable, ROOT / "tools" / "gen_records.py", "--count", str(count)]
        subprocess.run(command + list(paths.values()), check=True)
        stamp.touch()
    return paths


def command_of(tool, source, output, args):
    if tool == "quern":
        return [args.bin / "quern", "submit", JOB, "--master", "local[*]", "--progress", "never",
                "--input", source, "--schema", args.ddl, "--output", output]
    script = ROOT / "bench" / "peers" / f"run_{tool}.py"
    return [args.python, script, source, output] + ([JOB] if tool in ("sail", "pyspark") else [])


def reap_all(first):
    """Waits for the process and for what it leaves behind (Spark's JVM): (status, wall, CPU, KiB)."""
    began = time.perf_counter()
    status, wall, cpu, peak = None, 0.0, 0.0, 0
    while True:
        try:
            pid, code, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return status, wall, cpu, peak
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss)
        if pid == first:
            status, wall = os.waitstatus_to_exitcode(code), time.perf_counter() - began


def measure(command, log):
    environment = dict(os.environ, SPARK_LOCAL_IP="127.0.0.1", PYTHONDONTWRITEBYTECODE="1")
    with open(log, "wb") as file:
        actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                   (os.POSIX_SPAWN_DUP2, file.fileno(), 1), (os.POSIX_SPAWN_DUP2, file.fileno(), 2)]
        words = [str(word) for word in command]
        first = os.posix_spawn(words[0], words, environment, file_actions=actions)
        status, wall, cpu, peak = reap_all(first)
    if status != 0:
        fail(f"{' '.join(words)}\nended with {status}:\n{Path(log).read_text(errors='replace')[-3000:]}")
    return {"wall_s": wall, "cpu_s": cpu, "peak_mib": peak / 1024}


def output_files(output):
    if output.is_file():
        return [output]
    return [p for p in sorted(output.iterdir()) if p.is_file() and p.name[0] not in "._"]


def check_output(tool, output, sample, count):
    """Row count, and the sampled rows' values; averages may differ in the last digits (only quern's
    are exact), everything else has one right answer."""
    rows, found = 0, 0
    for path in output_files(output):
        with open(path, "rb") as file:
            for line in file:
                rows += 1
                ident = ROW_ID.match(line)
                if ident is None:
                    fail(f"{tool}: {path}: a row does not begin with its id: {line[:80]}")
                expected = sample.get(int(ident.group(1)))
                if expected is not None:
                    found += 1
                    check_row(tool, expected, json.loads(line))
    if rows != count or found != len(sample):
        fail(f"{tool}: {rows} rows and {found} of the sample, expected {count} and {len(sample)}")


def check_row(tool, expected, row):
    if not row.pop("processed_at", None):
        fail(f"{tool}: no processed_at in {row}")
    near = math.isclose(row["category_avg_value"], expected["category_avg_value"], rel_tol=1e-11)
    exact = tool != "quern" and near
    wanted = dict(expected, category_avg_value=row["category_avg_value"]) if exact else expected
    if row != wanted:
        fail(f"{tool}: expected {expected}\ngot {row}")


def remove(output):
    if output.is_dir():
        shutil.rmtree(output)
    else:
        output.unlink(missing_ok=True)


def run_rounds(args, inputs, sample):
    results = {(form, tool): [] for form in args.formats for tool in args.tools}
    output = args.work / "out"
    for round_number in range(args.runs + 1):
        for form, tool in results:
            remove(output)
            command = command_of(tool, inputs[form], output, args)
            figures = measure(command, args.work / f"{tool}.log")
            if round_number == 0:
                check_output(tool, output, sample, args.count)
            else:
                results[form, tool].append(figures)
            print(f"bench: round {round_number} {form} {tool} {figures['wall_s']:.3f} s", file=sys.stderr)
        remove(output)
    return results


def medians(results):
    return {key: {name: statistics.median(run[name] for run in runs) for name in runs[0]}
            for key, runs in results.items()}


def versions(args):
    script = "import importlib.metadata as m; print({p: m.version(p) for p in %r})" % (PACKAGES,)
    peers = subprocess.run([args.python, "-c", script], capture_output=True, text=True).stdout.strip()
    text = Path("/proc/cpuinfo").read_text() if os.path.exists("/proc/cpuinfo") else ""
    model = re.search(r"model name\s*:\s*(.*)", text)
    return f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} processors; {peers}"


def table(args, results):
    middle = medians(results)
    lines = [f"Stage 3, {args.count:,} records, medians of {args.runs} interleaved runs of whole processes.",
             versions(args), "",
             "| input | tool | wall s (min–max) | CPU s | peak MiB | wall × | CPU × | memory × |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for (form, tool), figures in middle.items():
        walls = [run["wall_s"] for run in results[form, tool]]
        base = middle.get((form, "quern"))
        ratios = [f"{figures[k] / base[k]:.1f}" if base else "–" for k in ("wall_s", "cpu_s", "peak_mib")]
        lines.append(
            f"| {NAMES[form]} | {tool} | {figures['wall_s']:.3f} ({min(walls):.3f}–{max(walls):.3f}) | "
            f"{figures['cpu_s']:.2f} | {figures['peak_mib']:.0f} | {' | '.join(ratios)} |")
    return "\n".join(lines)


def save(args, results, text):
    (args.work / "result.md").write_text(text + "\n")
    rows = [{"input": form, "tool": tool, "runs": runs} for (form, tool), runs in results.items()]
    record = {"count": args.count, "machine": versions(args), "results": rows}
    (args.work / "result.json").write_text(json.dumps(record, indent=2) + "\n")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--bin", type=Path, default=ROOT / "build" / "bin")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--tools", default=",".join(TOOLS))
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--python", type=Path, help="interpreter that has the peers (else build/bench-venv)")
    args = parser.parse_args()
    args.tools, args.formats = args.tools.split(","), args.formats.split(",")
    for given, known in ((args.tools, TOOLS), (args.formats, FORMATS)):
        if not set(given) <= set(known):
            parser.error(f"choose from {','.join(known)}")
    args.bin, args.work = args.bin.resolve(), ROOT / "build" / "bench"
    sys.path.insert(0, str(ROOT / "bench" / "peers"))
    from columns import DDL
    args.ddl = DDL
    return args


def main():
    args = parse_arguments()
    if "pyspark" in args.tools and not shutil.which("java"):
        fail("PySpark needs java (tools/deps.sh bench), or choose other --tools")
    if "quern" in args.tools and not (args.bin / "quern").exists():
        fail(f"{args.bin}/quern does not exist: run make first")
    args.work.mkdir(parents=True, exist_ok=True)
    if args.tools != ["quern"]:
        args.python = args.python or venv_python(ROOT / "build" / "bench-venv")
    else:
        args.python = sys.executable
    inputs = make_inputs(args.work, args.count)
    rows = map(dict, Stage3(inputs["ndjson"]).rows())
    sample = {row["id"]: row for number, row in enumerate(rows) if number % SAMPLE_STEP == 0}
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    results = run_rounds(args, inputs, sample)
    text = table(args, results)
    save(args, results, text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
