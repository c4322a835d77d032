"""The command line: help, usage errors, what goes to stdout and stderr, completion, man pages."""

import json
import os
import pty
import re
import subprocess

import pytest
from harness import BIN, ROOT, Cluster, clean_environment, generate, ok, quern, start_quern, submit

COMMANDS = ("submit", "sql", "explain", "status", "workers", "cancel", "logs", "keygen",
            "completion", "man")
DAEMONS = ("quern-master", "quern-worker")


def run(program, *words, **options):
    return subprocess.run([BIN / program, *words], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, env=clean_environment(), **options)


def test_help_lists_every_command():
    result = run("quern", "--help")
    assert result.returncode == 0 and result.stderr == ""
    for command in COMMANDS:
        assert re.search(rf"^\s+{command}\b", result.stdout, re.M), command


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    result = run("quern", command, "--help")
    assert result.returncode == 0 and result.stderr == "", result
    assert f"quern {command}" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_submit_help_shows_every_option():
    text = run("quern", "submit", "--help").stdout
    for option in ("--master", "--input", "--schema", "--output", "--overwrite", "--name",
                   "--pipeline-id", "--conf", "--properties-file", "--executor-memory",
                   "--total-executor-cores", "--format", "--result", "--detach", "--progress"):
        assert option in text, option


@pytest.mark.parametrize("program", DAEMONS)
def test_daemons_have_help(program):
    result = run(program, "--help")
    assert result.returncode == 0 and "--webui-port" in result.stdout, result


@pytest.mark.parametrize("program", ("quern", *DAEMONS))
def test_version(program):
    result = run(program, "--version")
    assert result.returncode == 0 and re.match(rf"{program} \d+\.\d+", result.stdout), result


@pytest.mark.parametrize("words, name", (
    ((), "submit"),
    (("frobnicate",), "frobnicate"),
    (("submti",), "submit"),
    (("submit",), "JOB"),
    (("submit", "job.sql", "--inputs", "x"), "--input"),
    (("submit", "job.sql", "--input"), "--input"),
    (("submit", "job.sql", "--format", "xml"), "xml"),
    (("submit", "job.sql", "--result", "xml"), "xml"),
    (("submit", "job.sql", "--pipeline-id", "seven"), "seven"),
    (("sql",), "sql"),
    (("cancel",), "JOB"),
))
def test_usage_errors(words, name):
    result = run("quern", *words)
    assert result.returncode == 2 and result.stdout == "", result
    assert name in result.stderr and len(result.stderr.splitlines()) < 60, result


@pytest.mark.parametrize("program, words, name", (
    ("quern-master", ("--prot", "1"), "--port"),
    ("quern-master", ("--port", "many"), "many"),
    ("quern-master", ("--port", "70000"), "70000"),
    ("quern-worker", (), "spark://"),
    ("quern-worker", ("nonsense",), "nonsense"),
    ("quern-worker", ("--cores", "0", "spark://127.0.0.1:1"), "cores"),
    ("quern-worker", ("--memory", "lots", "spark://127.0.0.1:1"), "lots"),
))
def test_daemon_usage_errors(program, words, name):
    result = run(program, *words)
    assert result.returncode == 2 and result.stdout == "", result
    assert name in result.stderr, result


def test_sql_shows_a_table():
    result = run("quern", "sql", "SELECT 1 AS one, 'a' AS letter UNION ALL SELECT 22, 'b'")
    assert result.returncode == 0, result
    text = result.stdout.splitlines()
    assert any(re.search(r"one.*letter", line) for line in text) and any("22" in line for line in text)


@pytest.mark.parametrize("form", ("json", "ndjson"))
def test_results_as_data(form):
    result = run("quern", "sql", "SELECT 1 AS one, 'a' AS letter UNION ALL SELECT 22, 'b'", "--result", form)
    assert result.returncode == 0, result
    rows = json.loads(result.stdout) if form == "json" else \
        [json.loads(line) for line in result.stdout.splitlines()]
    assert rows == [{"one": 1, "letter": "a"}, {"one": 22, "letter": "b"}]


def test_sql_with_an_input(small_items):
    result = ok(quern("sql", "SELECT count(*) AS n FROM input", "--input", small_items["json"],
                      "--result", "ndjson"))
    assert result.rows() == [{"n": 1000}]


def test_named_inputs(small_items):
    result = ok(quern("sql", "SELECT count(*) AS n FROM (SELECT id FROM a UNION ALL SELECT id FROM b)",
                      "--input", f"a={small_items['json']}", "--input", f"b={small_items['ndjson']}",
                      "--result", "ndjson"))
    assert result.rows() == [{"n": 2000}]


def test_explain_reads_no_rows(small_items):
    result = ok(quern("explain", ROOT / "jobs" / "stage3.sql", "--input", small_items["json"]))
    text = result.out.decode()
    assert re.search("(?i)window", text) and re.search("(?i)project", text), text


def test_csv_output(small_items, tmp_path):
    ok(submit(small_items["json"], tmp_path / "out", "--format", "csv"))
    parts = sorted(p for p in (tmp_path / "out").iterdir() if p.name.startswith("part-"))
    assert parts and all(p.name.endswith(".csv") for p in parts)
    assert sum(len(p.read_text().splitlines()) for p in parts) in (1000, 1000 + len(parts))


def test_the_master_comes_from_the_environment(cluster, small_items, tmp_path):
    environment = clean_environment(SPARK_MASTER_URL=cluster.url)
    ok(quern("submit", ROOT / "jobs" / "stage3.sql", "--input", small_items["json"],
             "--output", tmp_path / "out", env=environment))
    status = cluster.quern("status").out.decode()
    assert "stage3" in status, status
    assert len(quern("workers", env=environment).out.decode().splitlines()) >= 2


def test_a_properties_file(small_items, tmp_path):
    settings = tmp_path / "spark-defaults.conf"
    settings.write_text("# comment\nspark.sql.shuffle.partitions  3\nspark.executor.memory=lots\n")
    result = submit(small_items["json"], tmp_path / "out", "--properties-file", settings)
    assert result.code == 2 and "spark.executor.memory" in result.err, result


def test_status_and_logs_of_a_job(cluster, small_items, tmp_path):
    ok(submit(small_items["json"], tmp_path / "out", "--name", "nightly run", master=cluster.url))
    lines = cluster.quern("status").out.decode().splitlines()
    line = next(line for line in lines if "nightly run" in line)
    job = line.split()[0]
    shown = ok(cluster.quern("status", job)).out.decode()
    assert "nightly run" in shown and re.search(r"1,?000", shown), shown
    assert ok(cluster.quern("logs", job)).out


def test_the_closing_report(small_items, tmp_path):
    result = ok(submit(small_items["json"], tmp_path / "out", "--progress", "never"))
    assert result.out == b"" and re.search(r"1,?000", result.err), result


def test_keygen(tmp_path):
    result = run("quern", "keygen", tmp_path / "key")
    assert result.returncode == 0, result
    secret = [path for path in tmp_path.iterdir() if path.stat().st_mode & 0o077 == 0]
    assert secret, list(tmp_path.iterdir())


def complete(*words):
    """What bash offers for the last word."""
    script = run("quern", "completion")
    assert script.returncode == 0, script
    ask = (f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; "
           f"$(complete -p {words[0]} | sed 's/.*-F \\([^ ]*\\).*/\\1/'); "
           'printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", f"{script.stdout}\n{ask}"], capture_output=True, text=True)
    assert done.stderr == "", done
    return done.stdout.split()


@pytest.mark.parametrize("words, offered", (
    (("quern", "sub"), ["submit"]),
    (("quern", "submit", "--over"), ["--overwrite"]),
    (("quern", "submit", "--format", ""), ["json", "csv"]),
    (("quern-master", "--stat"), ["--status-dsn"]),
    (("quern-worker", "--log-format", "j"), ["json"]),
))
def test_completion(words, offered):
    assert complete(*words) == offered


def test_completion_offers_every_option():
    for program in DAEMONS:
        options = re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", run(program, "--help").stdout, re.M)
        assert len(options) > 8 and set(complete(program, "--")) == set(options)


def test_install_has_everything(tmp_path):
    subprocess.run(["make", "install", f"DESTDIR={tmp_path}", "PREFIX=/usr"], cwd=ROOT, check=True,
                   capture_output=True)
    for path in ("bin/quern", "bin/quern-master", "bin/quern-worker", "share/quern/jobs/stage3.sql",
                 "share/bash-completion/completions/quern", "share/man/man1/quern.1",
                 "share/man/man8/quern-master.8", "share/man/man8/quern-worker.8",
                 "share/bash-completion/completions/quern-master"):
        assert (tmp_path / "usr" / path).exists(), path


def test_man_pages_render(tmp_path):
    subprocess.run(["make", "install", f"DESTDIR={tmp_path}", "PREFIX=/usr"], cwd=ROOT, check=True,
                   capture_output=True)
    for page in (tmp_path / "usr" / "share" / "man").rglob("quern*"):
        done = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True,
                              env=clean_environment(LC_ALL="C.UTF-8", MANPAGER="cat"))
        assert done.returncode == 0 and done.stderr == "" and "SYNOPSIS" in done.stdout, (page, done)


def test_man_pages_have_every_option(tmp_path):
    for program in DAEMONS:
        options = re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", run(program, "--help").stdout, re.M)
        page = run("quern", "man", program).stdout.replace("\\-", "-")
        for option in set(options) - {"--help"}:
            assert f"\\fB{option}\\fR" in page, option
        assert "SPARK_MASTER" in page and ".SH EXIT STATUS" in page
    assert run("quern", "man", "ls").returncode == 2


def test_a_reader_that_had_enough(tmp_path):
    """As after `| head`: nothing is said, and the status is what shells give for SIGPIPE."""
    items = generate(tmp_path, 20000, forms=("ndjson",))["ndjson"]
    process = start_quern("sql", "SELECT * FROM input", "--input", items)
    process.stdout.read(10)
    process.stdout.close()
    error = process.stderr.read()
    assert process.wait() == 141 and error == b"", error


def test_a_full_disk_under_stdout():
    with open("/dev/full", "wb") as full:
        done = subprocess.run([BIN / "quern", "man"], stdout=full, stderr=subprocess.PIPE, text=True,
                              env=clean_environment())
    assert done.returncode == 1 and "No space left" in done.stderr, done


def test_explain_is_text(small_items):
    """In a pipe too; --result has the last word."""
    words = ("explain", ROOT / "jobs" / "stage3.sql", "--input", small_items["json"])
    assert ok(quern(*words)).out.startswith(b"== Analyzed Logical Plan ==\n")
    assert list(ok(quern(*words, "--result", "ndjson")).rows()[0]) == ["plan"]


def test_a_statement_is_its_jobs_name(cluster):
    ok(cluster.quern("sql", "SELECT 4711 AS\n  number"))
    assert "SELECT 4711 AS   number" in cluster.quern("status").out.decode()


def test_progress_on_a_terminal(tmp_path):
    """A submission says at once that it was accepted; Ctrl-C cancels it and says so."""
    with Cluster(tmp_path / "cluster", workers=0) as cluster:
        child, terminal = pty.fork()
        if not child:
            os.execve(BIN / "quern", ["quern", "sql", "SELECT 1", "--master", cluster.url],
                      clean_environment(TERM="xterm"))
        seen = read_until(terminal, b"accepted")
        os.write(terminal, b"\x03")
        seen += read_until(terminal, None)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 130
        assert b"cancelling" in seen and b"[CANCELLED]" in seen, seen


def read_until(terminal, wanted):
    """What comes up to `wanted`, or to the end."""
    seen = b""
    while wanted is None or wanted not in seen:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # how Linux says that the other side is closed
            piece = b""
        if not piece:
            assert wanted is None, seen
            break
        seen += piece
    return seen


def test_a_worker_whose_work_dir_cannot_be_written_does_not_start(tmp_path):
    (tmp_path / "file").write_text("")
    command = [BIN / "quern-worker", "--webui-port", "0", "--work-dir", tmp_path / "file", "spark://127.0.0.1:1"]
    done = subprocess.run(command, capture_output=True, text=True, env=clean_environment())
    assert done.returncode != 0 and str(tmp_path / "file") in done.stderr and "--work-dir" in done.stderr, done
