"""Bad input is normal: a clear message that says what, where and what to do, the right exit code, and
no partial output. Everything here runs in local mode, and the part a master sees on a cluster too."""

import json
import re
import socket

import pytest
from harness import Daemon, compare, generate, lines, ok, quern, submit

GOOD = '{"id": 1, "name": "Item 1", "category": "A", "value": 10.5, "quantity": 2}\n'
CRASH = re.compile(r"Sanitizer|Assertion|assertion|core dumped|Segmentation|\*\*\*")


@pytest.fixture(params=("local", "cluster"))
def master(request):
    return "local[2]" if request.param == "local" else request.getfixturevalue("cluster").url


def assert_refused(result, code, *patterns, output=None):
    """A clean failure: this exit code, every pattern in the message, nothing left behind."""
    assert result.code == code, result
    assert not CRASH.search(result.err), result
    for pattern in patterns:
        assert re.search(pattern, result.err), f"no /{pattern}/ in: {result}"
    assert result.out == b"", result
    if output is not None:
        assert not output.exists() or list(output.rglob("part-*")) == [], result


def write_job(folder, text):
    path = folder / "job.sql"
    path.write_text(text)
    return path


def refused_job(text, items, tmp_path, master, *patterns, code=1):
    output = tmp_path / "out"
    result = submit(items, output, job=write_job(tmp_path, text), master=master)
    assert_refused(result, code, *patterns, output=output)
    return result


# --- the input's place

def test_missing_file(master, tmp_path):
    path = tmp_path / "nothing.json"
    result = submit(path, tmp_path / "out", master=master)
    assert_refused(result, 1, "PATH_NOT_FOUND", re.escape(str(path)), output=tmp_path / "out")


def test_missing_job(master, small_items, tmp_path):
    path = tmp_path / "nothing.sql"
    result = submit(small_items["json"], tmp_path / "out", job=path, master=master)
    assert_refused(result, 1, re.escape(str(path)), output=tmp_path / "out")


def test_script_too_large_to_be_sent(master, small_items, tmp_path):
    refused_job("SELECT '" + "x" * 5_000_000 + "'", small_items["json"], tmp_path, master,
                "PROTOCOL_LIMIT", "5000009", "4194304")


def test_empty_directory(master, tmp_path):
    folder = tmp_path / "items.json"
    folder.mkdir()
    result = submit(folder, tmp_path / "out", master=master)
    assert_refused(result, 1, re.escape(str(folder)), output=tmp_path / "out")
    ok(submit(folder, tmp_path / "out", declared=True, master=master))
    assert list(lines(tmp_path / "out")) == []


def test_a_directory_of_files_is_one_input(master, tmp_path):
    folder = tmp_path / "items"
    folder.mkdir()
    (folder / "a.ndjson").write_text(GOOD)
    (folder / "b.ndjson").write_text(GOOD.replace('"id": 1', '"id": 2'))
    (folder / "_SUCCESS").write_text("")
    result = ok(submit(folder, None, "--result", "ndjson", master=master))
    assert [row["id"] for row in result.rows()] == [1, 2]


def test_unreadable_input_kind(master, tmp_path):
    path = tmp_path / "items.parquet"
    path.write_bytes(b"PAR1")
    result = submit(path, tmp_path / "out", master=master)
    assert_refused(result, 1, r"items\.parquet", output=tmp_path / "out")


# --- the input's content

@pytest.mark.parametrize("name", ("items.json", "items.ndjson"))
def test_empty_json_file(master, tmp_path, name):
    """No records are an empty result, as for an empty array; the report says so."""
    path = tmp_path / name
    path.write_text("")
    result = ok(submit(path, tmp_path / "out", master=master))
    assert re.search(r"\b0 records in", result.err), result
    assert (tmp_path / "out" / "_SUCCESS").exists() and list(lines(tmp_path / "out")) == []


def test_empty_csv_file(master, tmp_path):
    """No records and no columns either (Spark reads such a file so, too)."""
    path = tmp_path / "items.csv"
    path.write_text("")
    result = ok(quern("submit", write_job(tmp_path, "SELECT * FROM input"), "--master", master,
                      "--input", path, "--output", tmp_path / "out"))
    assert re.search(r"\b0 records in", result.err), result
    assert (tmp_path / "out" / "_SUCCESS").exists()


def typed(tmp_path, name, text, mode, columns="id BIGINT, value DOUBLE"):
    """A script that reads the text with declared columns in the mode given."""
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    form = "csv" if name.endswith("csv") else "json"
    header = ", header true" if form == "csv" else ""
    return write_job(tmp_path, f"CREATE TEMPORARY VIEW input ({columns}) USING {form} "
                               f"OPTIONS (path '{path}', mode '{mode}'{header});\n"
                               "SELECT * FROM input")


TRUNCATED = ('{"id": 1, "value": 1.5}\n{"id": 2, "value": 2.5}\n{"id": 3, "val',
             '[\n  {"id": 1, "value": 1.5},\n  {"id": 2, "value": 2.5},\n  {"id": 3, "val')


@pytest.mark.parametrize("text", TRUNCATED, ids=("lines", "array"))
def test_truncated_json(master, tmp_path, text):
    job = typed(tmp_path, "items.json", text, "FAILFAST")
    output = tmp_path / "out"
    result = quern("submit", job, "--master", master, "--output", output)
    assert_refused(result, 1, "MALFORMED_RECORD", r"items\.json", r"(record|line) \d", output=output)


def test_truncated_json_is_counted_when_permissive(master, tmp_path):
    job = typed(tmp_path, "items.json", TRUNCATED[0], "PERMISSIVE")
    result = ok(quern("submit", job, "--master", master, "--result", "ndjson"))
    assert result.rows()[:2] == [{"id": 1, "value": 1.5}, {"id": 2, "value": 2.5}]
    assert re.search(r"1 of 3 records", result.err) and "record 3" in result.err, result


def test_truncated_json_is_dropped_when_told_so(master, tmp_path):
    job = typed(tmp_path, "items.json", TRUNCATED[0], "DROPMALFORMED")
    result = ok(quern("submit", job, "--master", master, "--result", "ndjson"))
    assert [row["id"] for row in result.rows()] == [1, 2]


def test_a_string_where_a_number_was(master, tmp_path):
    text = '{"id": 1, "value": 1.5}\n{"id": 2, "value": "many"}\n'
    permissive = typed(tmp_path, "items.json", text, "PERMISSIVE")
    rows = ok(quern("submit", permissive, "--master", master, "--result", "ndjson")).rows()
    assert rows == [{"id": 1, "value": 1.5}, {"id": 2, "value": None}]
    strict = typed(tmp_path, "items.json", text, "FAILFAST")
    result = quern("submit", strict, "--master", master, "--output", tmp_path / "out")
    assert_refused(result, 1, r"items\.json", "value", "many", output=tmp_path / "out")


def test_a_ten_megabyte_string(master, tmp_path):
    path = tmp_path / "items.ndjson"
    long = "x" * 10_000_000
    path.write_text(GOOD.replace("Item 1", long) + GOOD)
    ok(submit(path, tmp_path / "out", master=master))
    count, faults = compare(path, tmp_path / "out")
    assert (count, faults) == (2, [])


@pytest.mark.parametrize("depth", (100, 100_000))
def test_deep_nesting(master, tmp_path, depth):
    """Deep values come back as their own text or are refused as malformed; neither breaks anything."""
    path = tmp_path / "items.ndjson"
    path.write_text(GOOD + GOOD.replace('"Item 1"', "[" * depth + "]" * depth))
    result = submit(path, tmp_path / "out", master=master)
    assert result.code in (0, 1) and not CRASH.search(result.err), result
    if result.code == 1:
        assert_refused(result, 1, "nest|MALFORMED|type", output=tmp_path / "out")
    else:
        assert len(list(lines(tmp_path / "out"))) == 2


@pytest.mark.parametrize("bad", (b"\xff\xfe", b"\xc3(", b"\xed\xa0\x80", b"\x00", b"\x01"),
                         ids=("byte", "sequence", "surrogate", "nul", "control"))
@pytest.mark.parametrize("name", ("items.json", "items.csv"))
def test_bad_bytes_inside_a_string(master, tmp_path, name, bad):
    if name.endswith("csv"):
        text = b"id,value,name\n1,1.5,good\n2,2.5,a" + bad + b"b\n"
    else:
        text = b'{"id": 1, "value": 1.5, "name": "good"}\n{"id": 2, "value": 2.5, "name": "a' + bad + b'b"}\n'
    job = typed(tmp_path, name, text, "PERMISSIVE", "id BIGINT, value DOUBLE, name STRING")
    result = ok(quern("submit", job, "--master", master, "--result", "ndjson"))
    assert not CRASH.search(result.err), result
    rows = [json.loads(line) for line in result.out.decode("utf-8").splitlines()]
    assert rows[0] == {"id": 1, "value": 1.5, "name": "good"} and len(rows) == 2


def test_duplicate_keys_take_the_last(master, tmp_path):
    path = tmp_path / "items.ndjson"
    path.write_text(GOOD.replace('"id": 1', '"id": 1, "id": 2') + GOOD)
    rows = ok(submit(path, None, "--result", "ndjson", master=master)).rows()
    assert [row["id"] for row in rows] == [2, 1]


def test_ragged_csv(master, tmp_path):
    text = "id,value,name\n1,1.5,a\n2\n3,3.5,c,extra\n4,4.5,d\n"
    columns = "id BIGINT, value DOUBLE, name STRING"
    job = typed(tmp_path, "items.csv", text, "PERMISSIVE", columns)
    rows = ok(quern("submit", job, "--master", master, "--result", "ndjson")).rows()
    assert rows == [{"id": 1, "value": 1.5, "name": "a"}, {"id": 2, "value": None, "name": None},
                    {"id": 3, "value": 3.5, "name": "c"}, {"id": 4, "value": 4.5, "name": "d"}]
    strict = typed(tmp_path, "items.csv", text, "FAILFAST", columns)
    result = quern("submit", strict, "--master", master, "--output", tmp_path / "out")
    assert_refused(result, 1, "MALFORMED_RECORD", r"items\.csv", r"(record|line) \d",
                   output=tmp_path / "out")


# --- the SQL

def test_unknown_column(master, small_items, tmp_path):
    refused_job("SELECT id,\n       categry FROM input", small_items["json"], tmp_path, master,
                "UNRESOLVED_COLUMN", "categry", "`?category`?", r"line 2|:2:", r"\^")


def test_unknown_function(master, small_items, tmp_path):
    refused_job("SELECT uper(name) FROM input", small_items["json"], tmp_path, master,
                "UNRESOLVED_ROUTINE", "uper", "upper", r"\^")


def test_unknown_view(master, small_items, tmp_path):
    refused_job("SELECT * FROM inputs", small_items["json"], tmp_path, master,
                "TABLE_OR_VIEW_NOT_FOUND", "inputs", "input")


def test_syntax_error(master, small_items, tmp_path):
    result = refused_job("SELECT id\nFROM input\nWHERE AND id > 1", small_items["json"], tmp_path,
                         master, "PARSE_SYNTAX_ERROR", r"line 3|:3:", "WHERE AND id > 1")
    caret = [line for line in result.err.splitlines() if line.strip().strip("-~") == "^"]
    assert len(caret) == 1, result


def test_wrong_types(master, small_items, tmp_path):
    refused_job("SELECT name AND 1.5 FROM input", small_items["json"], tmp_path, master,
                "DATATYPE_MISMATCH", "name")


def test_wrong_argument_count(master, small_items, tmp_path):
    refused_job("SELECT upper(name, name) FROM input", small_items["json"], tmp_path, master,
                "WRONG_NUM_ARGS", "upper")


def test_unsupported_syntax_says_its_name(master, small_items, tmp_path):
    refused_job("SELECT * FROM input LATERAL VIEW explode(array(1)) t AS x", small_items["json"],
                tmp_path, master, "LATERAL", r"line 1|:1:")


def test_empty_job(master, small_items, tmp_path):
    refused_job("-- nothing\n", small_items["json"], tmp_path, master, r"job\.sql|statement")


@pytest.mark.parametrize("text", ("SELECT " + "(" * 20000 + "1" + ")" * 20000, "SELECT" + " NOT" * 20000 + " true",
                                  "SELECT 1" + " + 1" * 50000),
                         ids=("parentheses", "not", "plus"))
def test_deep_expressions(text, tmp_path):
    result = quern("submit", write_job(tmp_path, text), "--master", "local[1]", "--result", "ndjson")
    assert result.code in (0, 1) and not CRASH.search(result.err), result.err[-1000:]
    if result.code == 1:
        assert re.search("RECURSION_LIMIT|PARSE_SYNTAX_ERROR|DATATYPE", result.err), result.err[-1000:]


# --- settings, places, output

@pytest.mark.parametrize("words, name", (
    (("--conf", "spark.sql.shuffle.partitions=many"), "spark.sql.shuffle.partitions"),
    (("--conf", "spark.executor.memory=-1g"), "spark.executor.memory"),
    (("--conf", "nonsense"), "nonsense"),
    (("--executor-memory", "lots"), "lots"),
    (("--total-executor-cores", "0"), "total-executor-cores"),
))
def test_bad_setting(small_items, tmp_path, words, name):
    result = submit(small_items["json"], tmp_path / "out", *words, master="local[1]")
    assert_refused(result, 2, re.escape(name), output=tmp_path / "out")


def test_unknown_setting_is_one_warning(small_items, tmp_path):
    result = ok(submit(small_items["json"], tmp_path / "out", "--conf", "spark.ui.fancy=true"))
    assert result.err.count("spark.ui.fancy") == 1, result


def test_bad_schema(small_items, tmp_path):
    result = submit(small_items["json"], tmp_path / "out", "--schema", "id BIGNIT", master="local[1]")
    assert result.code in (1, 2) and "BIGNIT" in result.err, result


@pytest.mark.parametrize("url", ("spark://127.0.0.1:1", "spark://no-such-host.invalid:7077"))
def test_unreachable_master(small_items, tmp_path, url):
    result = submit(small_items["json"], tmp_path / "out", master=url)
    assert_refused(result, 3, re.escape(url.removeprefix("spark://").split(":")[0]),
                   output=tmp_path / "out")


@pytest.mark.parametrize("url", ("yarn", "spark://", "spark://h:port", "local[0]", "local[x]"))
def test_bad_master_url(small_items, tmp_path, url):
    result = submit(small_items["json"], tmp_path / "out", master=url)
    assert_refused(result, 2, re.escape(url), output=tmp_path / "out")


def test_occupied_port(tmp_path):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        master = Daemon("master", "quern-master", "--host", "127.0.0.1", "--port", port, folder=tmp_path)
        assert master.process.wait() == 1, master.log()
        assert port in master.log() and "in use" in master.log(), master.log()


def test_unwritable_output(master, small_items, tmp_path):
    (tmp_path / "file").write_text("a file, not a folder")
    output = tmp_path / "file" / "out"
    result = submit(small_items["json"], output, master=master)
    assert_refused(result, 1, re.escape(str(output.parent)))
    assert (tmp_path / "file").read_text() == "a file, not a folder"


def test_existing_output(master, small_items, tmp_path):
    output = tmp_path / "out"
    output.mkdir()
    (output / "precious.txt").write_text("keep")
    result = submit(small_items["json"], output, master=master)
    assert result.code == 1 and "PATH_ALREADY_EXISTS" in result.err, result
    assert "--overwrite" in result.err, result
    assert [p.name for p in output.iterdir()] == ["precious.txt"]
    ok(submit(small_items["json"], output, "--overwrite", master=master))
    assert (output / "_SUCCESS").exists() and not (output / "precious.txt").exists()


def test_a_failing_overwrite_keeps_the_old_output(master, tmp_path):
    output = tmp_path / "out"
    output.mkdir()
    (output / "part-00000.json").write_text("{}\n")
    job = typed(tmp_path, "items.json", TRUNCATED[0], "FAILFAST")
    result = quern("submit", job, "--master", master, "--output", output, "--overwrite")
    assert result.code == 1, result
    assert (output / "part-00000.json").read_text() == "{}\n"


def test_input_equal_to_output(small_items, tmp_path):
    paths = generate(tmp_path / "in", 10, forms=("ndjson",))
    before = paths["ndjson"].read_bytes()
    result = submit(tmp_path / "in", tmp_path / "in", "--overwrite", master="local[1]")
    assert result.code == 1, result
    assert paths["ndjson"].read_bytes() == before

