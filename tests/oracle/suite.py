"""The oracle suite's queries and recorded answers: reading, splitting, hashing.

A query file is a sequence of named tests:

    -- session:                      (optional, statements run once before the file's tests)
    SET spark.sql.session.timeZone=America/New_York;

    -- name: sum_of_ints
    -- float: rel 1e-12
    -- Any other comment explains what the test is about.
    SELECT sum(i) FROM nums;

Header lines the runner understands: `name`, `ordered: yes|no` (overrides what the
text shows), `float: ulp N | rel X` (tolerance for floating point columns),
`error: CLASS|any` (the class to expect where Spark has no proper one), `position: no`
(do not compare where the error is), `zeros: same` (0.0 is -0.0), `mentions: a, b` (words the error's message must hold),
`spark: SELECT …` (what to ask Spark 3.5 instead, where the syntax is newer than it).
Files named `later_*` are ahead of what quern promises; they run with --later only.
`${data}` stands for the directory with the generated files.
"""
import hashlib
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent
QUERIES = ROOT / "queries"
EXPECTED = ROOT / "expected"

FLAGS = ("ordered", "float", "error", "position", "mentions", "spark", "zeros")

TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`]|``)*`|\w+|\s+|.""", re.S
)


def tokens(sql):
    return [m.group(0) for m in TOKEN.finditer(sql)]


def is_comment(token):
    return token.startswith("--") or token.startswith("/*")


def is_unclosed(sql):
    """A quote or a comment is opened and never closed: it swallows what follows the statement."""
    parts = tokens(sql)
    return any(p in ("'", '"', "`") for p in parts) or ("/", "*") in zip(parts, parts[1:])


def split_statements(sql):
    """The statements of a script, split at semicolons outside quotes and comments."""
    statements, current = [], []
    for token in tokens(sql):
        if token == ";":
            statements.append("".join(current))
            current = []
        else:
            current.append(token)
    statements.append("".join(current))
    stripped = (strip_leading_comments(s) for s in statements)
    return [s for s in stripped if s]


def strip_leading_comments(sql):
    """Positions in errors count from the statement's first character: drop what is before it."""
    parts = tokens(sql)
    while parts and (parts[0].isspace() or parts[0].startswith("--")):
        parts.pop(0)
    return "".join(parts).rstrip()


def has_top_level_order(sql):
    depth, words = 0, []
    for token in tokens(sql):
        if token.isspace() or is_comment(token):
            continue
        if token == "(":
            depth += 1
        elif token == ")":
            depth -= 1
        elif depth == 0:
            words.append(token.upper())
    return any(pair == ("ORDER", "BY") for pair in zip(words, words[1:]))


class Test:
    def __init__(self, area, name, flags, statements, where):
        self.area, self.name, self.flags = area, name, flags
        self.statements, self.where = statements, where

    @property
    def ordered(self):
        if "ordered" in self.flags:
            return self.flags["ordered"] == "yes"
        return has_top_level_order(self.statements[-1])

    @property
    def spark_statements(self):
        return self.statements[:-1] + [self.flags.get("spark", self.statements[-1])]

    def digest(self, session):
        text = "\0".join(session + self.statements + [self.flags.get("spark", "")])
        return hashlib.sha256(text.encode()).hexdigest()[:12]


class Area:
    """One query file: its session statements and its tests."""

    def __init__(self, path):
        self.name = path.stem
        self.session, self.tests = [], []
        header = re.compile(r"^-- (name|session):[ ]*(.*)$", re.M)
        text = path.read_text(encoding="utf-8")
        marks = list(header.finditer(text))
        for mark, following in zip(marks, marks[1:] + [None]):
            body = text[mark.end() : following.start() if following else len(text)]
            where = f"{path.name}:{text.count(chr(10), 0, mark.start()) + 1}"
            self._add(mark.group(1), mark.group(2).strip(), body, where)

    def _add(self, kind, name, body, where):
        statements = split_statements(body)
        if kind == "session":
            self.session = statements
            return
        if not statements:
            raise SystemExit(f"{where}: test {name} has no statement")
        flags = dict(re.findall(r"^-- (%s): *(.*?) *$" % "|".join(FLAGS), body, re.M))
        if not re.fullmatch(r"\w+", name) or any(t.name == name for t in self.tests):
            raise SystemExit(f"{where}: test name {name!r} is not a word or not unique in its file")
        self.tests.append(Test(self.name, name, flags, statements, where))


def load_areas():
    return [Area(path) for path in sorted(QUERIES.glob("*.sql"))]


def load_expected(area_name):
    path = EXPECTED / f"{area_name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def save_expected(area_name, answers):
    """One test a line: compact, and a change of one answer is a change of one line."""
    dump = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    lines = [f"{dump(name)}:{dump(answer)}" for name, answer in answers.items()]
    path = EXPECTED / f"{area_name}.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def matches(pattern, test):
    """Whether a --filter pattern (a regular expression) selects the test `area.name`."""
    return pattern is None or re.search(pattern, f"{test.area}.{test.name}") is not None
