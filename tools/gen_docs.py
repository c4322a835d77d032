#!/usr/bin/env python3
"""Writes docs/FUNCTIONS.md, ERRORS.md, SETTINGS.md and PROTOCOL.md, and the Python client's tables, from the
tables in the sources.

    tools/gen_docs.py           write them
    tools/gen_docs.py --check   exit 1 if a file is stale (make gen-check)
"""
import argparse
import re
import sys
from pathlib import Path

import gen_python

ROOT = Path(__file__).resolve().parent.parent
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


def c_rows(path, macros):
    """Calls of the macros in a .def file: (macro, bare words, strings), comments left out."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    text = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
    for call in re.finditer(r"^(%s)\((.*?)\)\s*$" % "|".join(macros), text, flags=re.S | re.M):
        body = call.group(2)
        strings = []
        # adjacent literals are one string, as in C
        joined = re.sub(r'"\s*\n\s*"', "", body)
        for s in STRING.finditer(joined):
            strings.append(s.group(1).encode().decode("unicode_escape").encode("latin-1").decode())
        words = [w.strip() for w in STRING.sub("", joined).split(",") if w.strip()]
        yield call.group(1), words, strings


def functions():
    """Rows of functions.def as dicts, aliases folded in."""
    rows, by_id = [], {}
    for macro, words, strings in c_rows(ROOT / "common/plan/functions.def", ["F", "A", "W", "ALIAS"]):
        if macro == "ALIAS":
            by_id[words[0]]["aliases"].append(strings[0])
            continue
        row = {
            "id": words[0], "kind": macro, "name": strings[0], "signature": strings[1],
            "what": strings[2], "example": strings[3], "expected": strings[4], "aliases": [],
        }
        rows.append(row)
        by_id[row["id"]] = row
    return rows


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def functions_md():
    titles = {"F": "Operators and scalar functions", "A": "Aggregates", "W": "Window functions"}
    out = ["# Functions", "",
           "Made from `common/plan/functions.def` by `tools/gen_docs.py`; every example is run as a test.",
           "Aggregates can be used `OVER (…)` too."]
    for kind, title in titles.items():
        out += ["", f"## {title}", "", "| name | what it does | example | result |", "|---|---|---|---|"]
        for r in functions():
            if r["kind"] != kind:
                continue
            names = ", ".join(f"`{cell(n)}`" for n in [r["name"]] + r["aliases"])
            example = f"`{cell(r['example'])}`" if r["example"] else ""
            expected = f"`{cell(r['expected'])}`" if r["expected"] else ""
            out.append(f"| {names} | {cell(r['what'])} | {example} | {expected} |")
    return "\n".join(out) + "\n"


def errors_md():
    out = ["# Errors", "",
           "Made from `common/base/errors.def` by `tools/gen_docs.py`. Classes of SQL and data errors carry",
           "Spark's names. The exit status is that of a command that fails with the class; a retryable one",
           "makes the scheduler run the task again.", "",
           "| class | number | exit status | retryable | meaning |", "|---|---|---|---|---|"]
    for _, words, strings in c_rows(ROOT / "common/base/errors.def", ["Q_ERR"]):
        name, number, retryable, status = words
        out.append(f"| `{name}` | {number} | {status} | {'yes' if retryable == '1' else 'no'} | {strings[0]} |")
    return "\n".join(out) + "\n"


def c_arguments(body):
    """The arguments of a macro call in order: strings decoded, the rest as written."""
    parts, depth, quoted, now = [], 0, False, ""
    for i, c in enumerate(body):
        if c == '"' and body[i - 1] != "\\":
            quoted = not quoted
        if not quoted and c in "()":
            depth += 1 if c == "(" else -1
        if c == "," and not quoted and depth == 0:
            parts.append(now)
            now = ""
        else:
            now += c
    return [decode(p.strip()) for p in parts + [now]]


def decode(argument):
    if not argument.startswith('"'):
        return None if argument == "NULL" else argument
    text = "".join(STRING.findall(argument))
    return text.encode().decode("unicode_escape").encode("latin-1").decode()


def def_calls(path, macros):
    """Like c_rows, but with each call's arguments in order."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    for call in re.finditer(r"^(%s)\((.*?)\)\s*$" % "|".join(macros), text, flags=re.S | re.M):
        yield call.group(1), c_arguments(call.group(2))


TYPES = {"BYTES": "size", "MIB": "size, bare number: MiB", "MS": "time, bare number: ms",
         "SECONDS": "time, bare number: s", "INT": "number", "BOOL": "true, false", "STRING": "text"}


def setting_type(word):
    choice = re.match(r'CHOICE\("(.*)"\)', word)
    return ", ".join(f"`{c}`" for c in choice.group(1).split("|")) if choice else TYPES[word]


def settings_md():
    out = ["# Settings", "",
           "Made from `common/base/settings.def` by `tools/gen_docs.py`.",
           "",
           "Given as `--conf KEY=VALUE`, in a properties file like `spark-defaults.conf` (`--properties-file`), or",
           "in the environment; the first of these wins. Sizes are written `512k`, `128m`, `1g`; times `100ms`,",
           "`10s`, `2min`. An unknown `spark.*` key is kept with one warning, an unknown `quern.*` key is an error."]
    titles = {"job": "Jobs", "client, worker": "Jobs", "job, master": "Jobs"}
    section = None
    for _, (_, name, env, kind, preset, low, high, scope, doc) in def_calls(
            ROOT / "common/base/settings.def", ["S"]):
        title = titles.get(scope) or ("All programs" if scope == "all" else "Master and workers")
        title = "Keys" if name.startswith("quern.key.") or name == "spark.authenticate" else title
        if title != section:
            section = title
            out += ["", f"## {title}", "", "| setting | default | type | read by | environment | meaning |",
                    "|---|---|---|---|---|---|"]
        out.append("| `%s` | %s | %s | %s | %s | %s |" % (
            name, f"`{cell(preset)}`" if preset else "", setting_type(kind), scope,
            f"`{env}`" if env else "", cell(doc)))
    return "\n".join(out) + "\n"


def amount(word, constants):
    """A limit as people write it; '' for none."""
    value = constants.get(word, word)
    n = int(eval(value.replace("u", ""))) if isinstance(value, str) else value
    for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if word in constants and n >= size and n % size == 0 and word != "Q_MSG_MAX_FRAMES":
            return f"{n // size} {unit}"
    return f"{n:,}" if n else ""


def protocol_fields(rows, constants):
    out = ["| field | key | type | needed | limit | meaning |", "|---|---|---|---|---|---|"]
    for macro, args in rows:
        limit = ""
        if macro == "F":
            kind, name, key, need, limit, doc = args
            kind = {"ERR": "error"}.get(kind, kind.lower())
        elif macro == "LIST":
            record, name, key, need, limit, doc = args
            kind = f"[{record}]"
        else:
            kind, name, key, need, doc = args
        out.append("| %s | `%s` | %s | %s | %s | %s |" % (
            name, key, kind, "yes" if need == "REQ" else "", amount(limit, constants) if limit else "",
            cell(doc)))
    return out


PROTOCOL_MACROS = ["RECORD", "RECORD_END", "MESSAGE", "MESSAGE_END", "F", "LIST", "OBJ"]


def protocol_md():
    define = re.compile(r"^#define (Q_MSG_MAX_\w+)\s+(.+?)(?:\s*/\*.*)?$", re.M)
    constants = dict(define.findall((ROOT / "proto/message.h").read_text()))
    arrows = {"W2M": "worker → master", "M2W": "master → worker", "C2M": "client → master",
              "M2C": "master → client"}
    records, messages, rows = [], [], []
    for macro, args in def_calls(ROOT / "proto/messages.def", PROTOCOL_MACROS):
        if macro in ("RECORD", "MESSAGE"):
            head, rows = args, []
        elif macro == "RECORD_END":
            records.append((head, rows))
        elif macro == "MESSAGE_END":
            messages.append((head, rows))
        else:
            rows.append((macro, args))
    out = [(ROOT / "proto/protocol.md").read_text().rstrip(), "", "## Messages", "",
           "Made, with the tables below, from `proto/messages.def` by `tools/gen_docs.py`.", "",
           "| number | message | direction | meaning |", "|---|---|---|---|"]

    def directions(words):
        return ", ".join(arrows[w.strip()] for w in words.split("|"))
    for (name, _, number, way, _, doc), _ in messages:
        out.append(f"| {number} | [{name}](#{name.lower()}) | {directions(way)} | {cell(doc)} |")
    for (name, _, number, way, payload, doc), rows in messages:
        out += ["", f"### {name}", "",
                f"{number}, {directions(way)}{', payload' if payload == '1' else ''}. {doc}", ""]
        out += protocol_fields(rows, constants)
    out += ["", "## Records"]
    for (name, doc), rows in records:
        out += ["", f"### {name}", "", doc, ""] + protocol_fields(rows, constants)
    return "\n".join(out) + "\n"


def python_errors():
    rows = c_rows(ROOT / "common/base/errors.def", ["Q_ERR"])
    return gen_python.errors_py([(*words, strings[0]) for _, words, strings in rows])


def python_protocol():
    version = re.search(r"#define Q_PROTOCOL_VERSION (\d+)", (ROOT / "proto/message.h").read_text())
    return gen_python.protocol_py(def_calls(ROOT / "proto/messages.def", PROTOCOL_MACROS), version.group(1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for name, text in (("docs/FUNCTIONS.md", functions_md()), ("docs/ERRORS.md", errors_md()),
                       ("docs/SETTINGS.md", settings_md()), ("docs/PROTOCOL.md", protocol_md()),
                       ("python/src/quern/errors.py", python_errors()),
                       ("python/src/quern/_protocol.py", python_protocol())):
        path = ROOT / name
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text)
            print(f"wrote {name}")
    if check and stale:
        print(f"stale: {', '.join(stale)}: run tools/gen_docs.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
