#!/usr/bin/env python3
"""Runs what README.md and docs/*.md show, and compares what they say comes out (make check-docs).

Of each page the fenced blocks are taken in order, in a folder of the page's own:

    ```sh          run by one bash a page, so `&`, `cd` and variables last. `sh exit=1`: that status.
    ```sql         run by `quern sql --result table`, with the page's inputs
    ```output      what the block before it prints (both streams). A line `…` stands for any lines,
                   a `…` in a line for any text.
    ```json, yaml, text, python, …   shown, not run

    <!-- inputs: items=items.json -->      views of the page's sql blocks
    <!-- not run: WHY -->                  before a sh or sql block that cannot run here

Indented blocks are refused on pages for users, so that nothing escapes.

The built programs are in the PATH; jobs/, tools/ and build/ of the repository are there by name. The
ports 7077, 8080 and 8081 are replaced by free ones. Every error class of errors.def must have a section
in docs/TROUBLESHOOTING.md, every page a line in docs/README.md, and links between pages must lead there.

    tests/docs/run.py [--bin DIR] [--update] [PAGE]...     --update rewrites the output blocks
"""
import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FENCE = re.compile(r"^```(.*)$")
NOTE = re.compile(r"^<!-- (not run|inputs): (.*?) -->$")
DEVELOPERS = {"ARCHITECTURE.md", "HACKING.md", "PROTOCOL.md"}  # may show by indenting alone
HUNG_S = 120  # no limit on what is tested: the point where a hang is called a failure


class Block:
    def __init__(self, line, info, note):
        words = info.split()
        self.line, self.language, self.lines = line, words[0] if words else "", []
        self.status = next((int(w[5:]) for w in words if w.startswith("exit=")), 0)
        self.not_run = note
        self.expected = None  # the Block of its output

    def text(self):
        return "\n".join(self.lines) + "\n"


class Page:
    def __init__(self, path):
        self.path, self.name = path, path.relative_to(ROOT).as_posix()
        self.blocks, self.inputs, self.failures = [], [], []
        self.lines = path.read_text().split("\n")
        self.read()

    def fail(self, line, text):
        self.failures.append(f"{self.name}:{line}: {text}")

    def read(self):
        block, note, last = None, None, None
        for number, line in enumerate(self.lines, 1):
            fence, said = FENCE.match(line), NOTE.match(line)
            if block is not None:
                if fence:
                    last, block = block, None
                else:
                    block.lines.append(line)
            elif fence:
                block = Block(number, fence.group(1), note)
                note = None
                self.blocks.append(block)
                if not block.language:
                    self.fail(number, "a block that does not say what it is (```sh, ```output, ```text)")
                if block.language == "output":
                    if last is None or last.language not in ("sh", "sql"):
                        self.fail(number, "output of nothing")
                    else:
                        last.expected = block
            elif said:
                if said.group(1) == "inputs":
                    self.inputs = said.group(2).split()
                else:
                    note = said.group(2)
            elif line.strip():
                last, note = None, None
                if line.startswith("    ") and not self.lines[number - 2].strip() and \
                        self.path.name not in DEVELOPERS:
                    self.fail(number, "an indented block: fence it, and say what it is")

    def runnable(self):
        return [b for b in self.blocks if b.language in ("sh", "sql") and not b.not_run]


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class World:
    """A page's folder, ports and processes."""

    def __init__(self, page, bin_dir):
        self.page = page
        self.folder = Path(tempfile.mkdtemp(prefix="quern-docs-"))
        self.work = self.folder / "work"
        self.work.mkdir()
        for name in ("jobs", "tools"):
            (self.work / name).symlink_to(ROOT / name)
        (self.work / "build").mkdir()
        (self.work / "build" / "bin").symlink_to(bin_dir)
        self.ports = dict(zip(("7077", "8080", "8081"), map(str, free_ports(3))))
        steering = re.compile(r"^(SPARK|DATABASE|QUERN|PG|DD|TRACEPARENT)_?")
        self.env = {k: v for k, v in os.environ.items() if not steering.match(k)}
        self.env.update(
            PATH=f"{bin_dir}:{self.env['PATH']}", LC_ALL="C.UTF-8", TZ="UTC", NO_COLOR="1",
            SPARK_MASTER_HOST="127.0.0.1", SPARK_MASTER_PORT=self.ports["7077"],
            SPARK_MASTER_WEBUI_PORT=self.ports["8080"],
            SPARK_WORKER_WEBUI_PORT=self.ports["8081"] if "8081" in page.path.read_text() else "0")

    def to_ports(self, text):
        return re.sub(r"(?<=:)(7077|8080|8081)\b", lambda m: self.ports[m.group(1)], text)

    def from_here(self, text):
        for shown, used in self.ports.items():
            text = re.sub(rf"(?<=:){used}\b", shown, text)
        return text.replace(str(self.work), "/home/me")

    def script(self):
        out = ["cd " + str(self.work)]
        for i, b in enumerate(self.page.runnable()):
            body = self.to_ports(b.text())
            if b.language == "sql":
                (self.folder / f"{i}.sql").write_text(body)
                inputs = " ".join(f"--input {x}" for x in self.page.inputs)
                body = f"quern sql --result table --file {self.folder}/{i}.sql {inputs}\n"
            out.append(f"{{\n{body}}} >{self.folder}/{i}.out 2>&1 </dev/null\necho $? >{self.folder}/{i}.rc")
        return "\n".join(out) + "\n"

    def run(self):
        """One bash for the page, in a session of its own that is ended with all it started."""
        script = self.folder / "script"
        script.write_text(self.script())
        shell = subprocess.Popen(["bash", script], env=self.env, start_new_session=True,
                                 stdin=subprocess.DEVNULL)
        try:
            shell.wait(timeout=HUNG_S)
        except subprocess.TimeoutExpired:
            self.page.fail(1, f"hung for {HUNG_S} s")
        self.end(shell)

    def end(self, shell):
        def tell(number):
            try:
                os.killpg(shell.pid, number)
                return True
            except ProcessLookupError:
                return False
        until = time.monotonic() + 60
        tell(signal.SIGTERM)
        while tell(0) and time.monotonic() < until:
            shell.poll()
            time.sleep(0.02)
        if tell(signal.SIGKILL):
            self.page.fail(1, "what it started did not end at SIGTERM")

    def result(self, i):
        rc = self.folder / f"{i}.rc"
        text = (self.folder / f"{i}.out").read_text(errors="replace") if rc.exists() else ""
        return (int(rc.read_text()) if rc.exists() else None), self.from_here(text)


def matches(expected, actual):
    """Lines against lines; … is a wildcard."""
    pattern = []
    for line in expected:
        if line.strip() == "…":
            pattern.append(r"(?:.*\n)*?")
        else:
            pattern.append(re.escape(line.rstrip()).replace("…", ".*") + r" *\n")
    return re.fullmatch("".join(pattern), "".join(line + "\n" for line in actual)) is not None


def shown_lines(text):
    return text.rstrip("\n").split("\n") if text.strip() else []


def variable(line):
    """For --update: what differs from run to run."""
    line = re.sub(r"\b\d+\.\d{3} s\b", "… s", line)
    line = re.sub(r"app-\d{14}-", "app-…-", line)
    line = re.sub(r"(part-\d{5}-)[0-9a-f-]{36}-c\d+", r"\1…", line)
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "…", line)


def check(page, world, update):
    changes = []
    for i, b in enumerate(page.runnable()):
        status, text = world.result(i)
        if status != b.status:
            page.fail(b.line, f"exit {status}, not {b.status}:\n{text[-2000:]}")
        elif b.expected is not None and not matches(b.expected.lines, shown_lines(text)):
            if update:
                changes.append((b.expected, [variable(line) for line in shown_lines(text)]))
            else:
                page.fail(b.expected.line, "prints\n" + text + "\nnot\n" + b.expected.text())
    for block, lines in reversed(changes):
        page.lines[block.line:block.line + len(block.lines)] = lines
        print(f"{page.name}:{block.line}: rewritten")
    if changes:
        page.path.write_text("\n".join(page.lines))


def anchors(path):
    heads = re.findall(r"^#+ (.*)$", path.read_text(), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in heads}


def check_links(page):
    for number, line in enumerate(page.lines, 1):
        for target in re.findall(r"\]\(([^)\s]+)\)", line):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            path = (page.path.parent / name) if name else page.path
            if not path.exists():
                page.fail(number, f"a link to {target}, which is not there")
            elif anchor and path.suffix == ".md" and anchor not in anchors(path):
                page.fail(number, f"a link to {target}: there is no such heading")


def check_index(page):
    """docs/README.md names every page."""
    for other in sorted((ROOT / "docs").glob("*.md")):
        if other != page.path and f"]({other.name}" not in page.path.read_text():
            page.fail(1, f"{other.name} is not in the index")


def check_classes(page):
    """docs/TROUBLESHOOTING.md has a section for each error class, and for nothing else."""
    text = (ROOT / "common/base/errors.def").read_text()
    classes = set(re.findall(r"^Q_ERR\((\w+),", text, flags=re.M)) - {"OK"}
    heads = re.findall(r"^### `?([A-Z_]{2,})`?$", page.path.read_text(), flags=re.M)
    for name in sorted(classes - set(heads)):
        page.fail(1, f"error class {name} has no section")
    for name in sorted(set(heads) - classes):
        page.fail(1, f"section {name} is of no error class")
    if len(heads) != len(set(heads)):
        page.fail(1, "a class has two sections")


def run_page(path, bin_dir, update):
    page = Page(path)
    check_links(page)
    if path.name == "README.md" and path.parent.name == "docs":
        check_index(page)
    if path.name == "TROUBLESHOOTING.md":
        check_classes(page)
    if page.runnable():
        world = World(page, bin_dir)
        try:
            world.run()
            check(page, world, update)
        finally:
            shutil.rmtree(world.folder)
    return page


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=Path, default=ROOT / "build" / "bin")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("pages", nargs="*", type=Path)
    arguments = parser.parse_args()
    paths = [p.resolve() for p in arguments.pages] or [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    passed = failed = skipped = 0
    for path in paths:
        page = run_page(path, arguments.bin.resolve(), arguments.update)
        left_out = [b for b in page.blocks if b.not_run]
        ran = len(page.runnable())
        print(f"{page.name}: {ran} blocks run, {len(left_out)} not, {len(page.failures)} failures")
        for text in page.failures:
            print("  " + text.replace("\n", "\n    "))
        failed += len(page.failures)
        passed += max(ran - len(page.failures), 0)
        skipped += len(left_out)
    print(f"docs: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
