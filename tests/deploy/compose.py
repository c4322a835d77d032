"""Compose projects of the tests' own: unique names, removed by those names, no network but the
project's (internal: nothing routes out of it)."""

import itertools
import json
import os
import subprocess

from harness import ROOT, clean_environment, wait_until

IMAGE = os.environ.get("QUERN_IMAGE", "quern:latest")
NUMBERS = itertools.count()
INTERNAL = "networks:\n  default:\n    internal: true\n"


def docker(*words, check=True, **options):
    options.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run(["docker", *map(str, words)], capture_output=True, text=True, **options)
    assert not check or done.returncode == 0, f"docker {words}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done


def missing():
    """What keeps these tests from running, or None."""
    try:
        if docker("version", "--format", "{{.Server.Version}}", check=False).returncode:
            return "no Docker engine answers"
        if subprocess.run(["docker-compose", "version"], capture_output=True).returncode:
            return "docker-compose does not work"
    except FileNotFoundError as error:
        return f"there is no {error.filename}: tools/deps.sh image installs it"
    if docker("image", "inspect", IMAGE, check=False).returncode:
        return f"there is no image {IMAGE}: make image builds it"
    return None


def state(container):
    return json.loads(docker("inspect", "-f", "{{json .State}}", container).stdout)


def health(container):
    return state(container).get("Health", {}).get("Status")


class Project:
    """docker-compose with a project name of its own; a context manager that leaves nothing behind."""

    def __init__(self, folder, *files, **environment):
        self.name = f"quern-test-{os.getpid()}-{next(NUMBERS)}"
        internal = folder / "internal.yml"
        internal.write_text(INTERNAL)
        self.files = [word for file in (*files, internal) for word in ("-f", str(file))]
        self.options = ["-p", self.name, "--project-directory", str(ROOT), *self.files]
        self.env = clean_environment(QUERN_UI_PORT=0, QUERN_PORT=0, QUERN_IMAGE=IMAGE,
                                     COMPOSE_HTTP_TIMEOUT=600, **environment)

    def start(self, *words):
        """A docker-compose command as a running process with its output piped."""
        return subprocess.Popen(["docker-compose", *self.options, *map(str, words)], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=self.env, cwd=ROOT)

    def run(self, *words, check=True):
        process = self.start(*words)
        out, err = (text.decode(errors="replace") for text in process.communicate())
        assert not check or process.returncode == 0, f"docker-compose {words}: {out[-3000:]}{err[-3000:]}"
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def ids(self, service):
        return self.run("ps", "-q", service).stdout.split()

    def wait_healthy(self, service, count=1):
        def all_healthy():
            ids = self.ids(service)
            assert all(state(c)["Running"] for c in ids), self.logs(service)
            return len(ids) == count and all(health(c) == "healthy" for c in ids)
        wait_until(all_healthy, f"{count} healthy {service}")

    def wait_exit(self, service):
        """Of a one-shot: its exit code once it ended."""
        container, = self.ids(service)
        return int(docker("wait", container).stdout)

    def logs(self, service):
        return self.run("logs", "--no-color", service).stdout

    def quern(self, *words, check=True):
        """A quern command beside the master."""
        master, = self.ids("spark-master")
        return docker("exec", master, "quern", *words, "--master", "spark://127.0.0.1:7077", check=check)

    def alive(self):
        return sum("ALIVE" in line for line in self.quern("workers").stdout.splitlines())

    def wait_alive(self, count):
        wait_until(lambda: self.alive() == count, f"{count} workers alive")

    def copy_out(self, service, path, to):
        docker("cp", f"{self.ids(service)[0]}:{path}", to)
        return to

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if failure is not None:
            print(self.run("logs", "--no-color", "--tail", "40", check=False).stdout)
        self.run("down", "-v", "--remove-orphans", "-t", "5", check=False)
