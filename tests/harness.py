"""What the end-to-end tests share: quern's programs as real processes on free loopback ports, a real
PostgreSQL, generated records. Nothing here waits for a fixed time: waits end when what they wait for
is there, or when the process that should bring it has ended. HUNG_S is no limit on what is tested,
only the point where something that will never come is called a failure instead of a hang."""

import json
import os
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(os.environ.get("QUERN_BIN", ROOT / "build" / "bin"))
STAGE3 = ROOT / "jobs" / "stage3.sql"
STAGE3_SPARK = ROOT / "jobs" / "stage3_spark.sql"
DDL = ("id BIGINT, name STRING, category STRING, value DOUBLE, quantity BIGINT, "
       "is_active BOOLEAN, created_at STRING")
POLL_S = 0.02
HUNG_S = 300

sys.path.insert(0, str(ROOT / "tests" / "stage3"))
from compare import checksum, compare, lines  # noqa: E402,F401


def clean_environment(**extra):
    """The caller's environment without what would steer quern or a database client."""
    steering = re.compile(r"^(SPARK|DATABASE|QUERN|PG|DD)_?")
    kept = {k: v for k, v in os.environ.items() if not steering.match(k) or k == "QUERN_BIN"}
    kept.update({k: str(v) for k, v in extra.items()})
    return kept


def as_user(user):
    """A command prefix: run as another user. Only root can, and only it has to."""
    entry = pwd.getpwnam(user)
    return ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]


def wait_until(probe, what, process=None):
    """Polls until probe() gives something true and returns it; fails when the process ends first."""
    hung = time.monotonic() + HUNG_S
    while True:
        found = probe()
        if found:
            return found
        assert time.monotonic() < hung, f"{what}: never came"
        if process is not None and process.poll() is not None:
            found = probe()
            assert found, f"{what}: the process ended with {process.returncode}"
            return found
        time.sleep(POLL_S)


class Result:
    """What a finished quern command left: code, out (bytes), err (text)."""

    def __init__(self, command, code, out, err):
        self.command, self.code, self.out, self.err = command, code, out, err

    def rows(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def __repr__(self):
        words = " ".join(map(str, self.command))
        return f"{words}\nexit {self.code}\nstdout: {self.out[-2000:]!r}\nstderr: {self.err[-4000:]}"


def start_quern(*words, **options):
    """A quern command as a running process with its output piped."""
    options.setdefault("env", clean_environment())
    options.setdefault("stdin", subprocess.DEVNULL)
    command = [BIN / "quern", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def finish(process):
    try:
        out, err = process.communicate(timeout=HUNG_S)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        err += b"\n(hung, killed by the test)"
    return Result(process.args, process.returncode, out, err.decode(errors="replace"))


def quern(*words, **options):
    return finish(start_quern(*words, **options))


def submit(source, output, *more, job=STAGE3, master="local[*]", declared=False, **options):
    """quern submit of stage 3 (or another job); a CSV, or if declared all, gets the records' schema."""
    words = ["submit", job, "--master", master, "--input", source]
    if declared or Path(source).suffix == ".csv":
        words += ["--schema", DDL]
    if output is not None:
        words += ["--output", output]
    return quern(*words, *more, **options)


def ok(result):
    assert result.code == 0, result
    return result


def generate(folder, count, *options, forms=("json", "ndjson", "csv"), name="items"):
    """The same generated records in each form: {form: path}. `lines.json` is newline JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {form: folder / f"{name}.{form}" for form in forms}
    command = [sys.executable, ROOT / "tools" / "gen_records.py", "--count", str(count), *options]
    subprocess.run(command + list(paths.values()), check=True)
    return paths


class Daemon:
    """A master or worker with its log in a file."""

    def __init__(self, name, program, *words, folder, prefix=(), env=None):
        self.name, self.log_path, self.told = name, folder / f"{name}.log", False
        command = [*prefix, BIN / program, *words]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env=env or clean_environment(), cwd=folder)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def wait_log(self, pattern):
        found = wait_until(lambda: re.search(pattern, self.log()), f"{self.name}: {pattern}", self.process)
        return found

    def signal(self, number):
        self.process.send_signal(number)
        self.told = self.told or number == signal.SIGTERM

    def kill(self):
        """Ends it at once and keeps stop() from calling that a failure."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Asks it to end, unless a test has: twice would mean at once. Checks that it ends well."""
        if self.process.returncode == -signal.SIGKILL:
            return
        if self.process.poll() is None and not self.told:
            self.signal(signal.SIGTERM)
        code = wait_until(lambda: self.process.poll() is not None and self.process, self.name).returncode
        assert code == 0, f"{self.name} ended with {code}:\n{self.log()[-4000:]}"


class Cluster:
    """A master with workers; use as a context manager. Ports are the system's choice."""

    def __init__(self, folder, workers=1, cores=1, master_words=(), worker_words=(), prefix=(), env=None):
        self.folder, self.prefix, self.env = Path(folder), prefix, env
        self.folder.mkdir(parents=True, exist_ok=True)
        self.cores, self.worker_words = cores, worker_words
        self.master = Daemon("master", "quern-master", "--host", "127.0.0.1", "--port", "0",
                             "--webui-port", "0", *master_words, folder=self.folder,
                             prefix=prefix, env=env)
        self.workers = []
        try:
            self.url = self.master.wait_log(r"spark://127\.0\.0\.1:\d+").group(0)
            for _ in range(workers):
                self.add_worker()
            self.wait_alive(workers)
        except BaseException:
            self.kill()
            raise

    def add_worker(self, *words):
        name = f"worker{len(self.workers)}"
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        if self.prefix:
            folder.chmod(0o777)
        worker = Daemon(name, "quern-worker", "--cores", str(self.cores), "--memory", "1g",
                        "--host", "127.0.0.1", "--webui-port", "0", "--work-dir", folder,
                        *self.worker_words, *words, self.url,
                        folder=self.folder, prefix=self.prefix, env=self.env)
        self.workers.append(worker)
        return worker

    def quern(self, *words, **options):
        return quern(*words, "--master", self.url, **options)

    def worker_lines(self):
        return self.quern("workers").out.decode().splitlines()

    def alive(self):
        return sum("ALIVE" in line for line in self.worker_lines())

    def wait_alive(self, count):
        wait_until(lambda: self.alive() >= count, f"{count} workers", self.master.process)

    def kill(self):
        for daemon in [*self.workers, self.master]:
            daemon.kill()

    def stop(self):
        for daemon in [*self.workers, self.master]:
            daemon.stop()

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if failure is None:
            self.stop()
        else:
            self.kill()


def free_port():
    """A port for what cannot be given port 0. Not one of those that the system hands out: between here and
    its use it could go to a program of a test that runs at the same time."""
    while True:
        port = random.randrange(20000, 32768)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


class Postgres:
    """A PostgreSQL of the test's own: fresh data folder, free port, run by an ordinary user."""

    @staticmethod
    def programs():
        """Debian keeps the server's programs off the PATH."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        initdb = found[-1] if found else shutil.which("initdb")
        return Path(initdb).resolve().parent if initdb else None

    def __init__(self):
        self.bin = self.programs()
        self.folder = Path(tempfile.mkdtemp(prefix="quern-pg-"))
        self.port, self.prefix = free_port(), []
        if os.geteuid() == 0:
            self.prefix = as_user("postgres")
            shutil.chown(self.folder, "postgres", "postgres")
        self.data = self.folder / "data"
        self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()

    def run(self, program, *words):
        command = [*self.prefix, self.bin / program, *words]
        subprocess.run(command, check=True, cwd=self.folder, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, env=clean_environment(LC_ALL="C.UTF-8"))

    def start(self):
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self.run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-o", options, "start")

    def stop(self):
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def destroy(self):
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder)

    def dsn(self, database):
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, database):
        self.sql(f'CREATE DATABASE "{database}"')
        return self.dsn(database)

    def sql(self, text, database="postgres"):
        """Runs SQL through psql; returns rows as lists of texts (NULL is None)."""
        command = [shutil.which("psql") or self.bin / "psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-R", "\x1e",
                   "-P", "null=\x1d", "-v", "ON_ERROR_STOP=1", "-d", self.dsn(database), "-c", text]
        done = subprocess.run(command, capture_output=True, text=True, env=clean_environment())
        assert done.returncode == 0, done.stderr
        rows = done.stdout.removesuffix("\n").split("\x1e")
        return [[None if v == "\x1d" else v for v in row.split("\x1f")] for row in rows if row]
