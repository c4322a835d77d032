"""The Python client's tables, from the same .def files as the C programs: used by tools/gen_docs.py."""
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Where the plain form of the class's name would mean something else to a Python reader.
NAMES = {"CANCELLED": "JobCancelledError", "IO": "InputOutputError", "TASK_FAILED": "TaskFailedError"}
GROUPS = ((20, "ClusterError", "The program, the cluster, or the way there."),
          (40, "WireError", "What was said was not understood."),
          (100, "DataError", "Files and data."),
          (1000, "SqlError", "The statement is wrong; classes carry Spark's names."))


def class_name(name):
    camel = NAMES.get(name) or "".join(w.capitalize() for w in name.split("_"))
    return camel if camel.endswith("Error") else camel + "Error"


def errors_py(rows):
    """rows: (name, number, retryable, exit status, text)."""
    rows = [r for r in rows if r[0] != "OK"]
    names = [g[1] for g in GROUPS] + [class_name(r[0]) for r in rows]
    out = ['"""Every error class of quern. Made from common/base/errors.def by tools/gen_docs.py."""', "",
           "from __future__ import annotations", "", "from ._error import QuernError", "", "__all__ = ["]
    out += [f'    "{n}",' for n in ["QuernError", *sorted(names)]] + ["]"]
    for _, group, text in GROUPS:
        out += ["", "", f"class {group}(QuernError):", f'    """{text}"""']
    for name, number, retryable, status, text in rows:
        group = next(g[1] for g in GROUPS if int(number) < g[0])
        out += ["", "", f"class {class_name(name)}({group}):",
                f'    """{text[0].upper()}{text[1:]}."""', "",
                f'    error_class = "{name}"', f"    code = {number}",
                f"    retryable = {retryable == '1'}", f"    exit_status = {status}"]
    out += ["", "", "BY_CODE: dict[int, type[QuernError]] = {"]
    out += [f"    {r[1]}: {class_name(r[0])}," for r in rows] + ["}"]
    return "\n".join(out) + "\n"


def field(macro, args):
    """(name, key, kind, of): of is the record of a list or an object."""
    if macro == "F":
        return args[1], args[2], args[0].lower(), ""
    return args[1], args[2], macro.lower(), args[0]


def protocol_py(calls, version):
    """calls: the calls of messages.def in order."""
    records, messages, rows, head = [], [], [], None
    for macro, args in calls:
        if macro in ("RECORD", "MESSAGE"):
            head, rows = args, []
        elif macro == "RECORD_END":
            records.append((head, rows))
        elif macro == "MESSAGE_END":
            if "C2M" in head[3] or "M2C" in head[3]:
                messages.append((head, rows))
        else:
            rows.append(field(macro, args))
    out = ['"""The messages between clients and masters. Made from proto/messages.def by tools/gen_docs.py."""',
           "", "from __future__ import annotations", "", f"VERSION = {version}", "",
           "# field name -> (key on the wire, kind, record of a list or an object)",
           "Fields = dict[str, tuple[str, str, str]]", "", "RECORDS: dict[str, Fields] = {"]
    for (name, _), rows in records:
        out += [f'    "{name}": {{'] + [f'        "{n}": ("{k}", "{t}", "{o}"),' for n, k, t, o in rows]
        out += ["    },"]
    out += ["}", ""]
    out += [f"{h[0]} = {h[2]}" for h, _ in messages]
    out += ["", "MESSAGES: dict[int, Fields] = {"]
    for (name, *_), rows in messages:
        out += [f"    {name}: {{"] + [f'        "{n}": ("{k}", "{t}", "{o}"),' for n, k, t, o in rows]
        out += ["    },"]
    return "\n".join([*out, "}"]) + "\n"
