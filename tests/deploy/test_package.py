"""The Debian package in a bare container: a job, the units under a real systemd, removal."""

import json
import os
import re
from pathlib import Path

import pytest
from compose import docker
from harness import ROOT, wait_until

BASE = "quern-build-base:bookworm"
JOBS = "/usr/share/quern/jobs"
DOCKERFILE = f"""FROM {BASE}
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends systemd >/dev/null
COPY quern.deb /root/
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends /root/quern.deb
"""


def missing():
    try:
        if docker("version", "--format", "{{.Server.Version}}", check=False).returncode:
            return "no Docker engine answers"
    except FileNotFoundError:
        return "there is no docker: tools/deps.sh image installs it"
    if docker("image", "inspect", BASE, check=False).returncode:
        return f"there is no image {BASE}: deploy/base.sh makes it"
    return None if packages() else "there is no package: make package"


def packages():
    return sorted((ROOT / "build" / "package").glob("quern_*.deb"))


WHY_NOT = missing()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=f"package tests: {WHY_NOT}")


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The base with systemd and the package."""
    folder = tmp_path_factory.mktemp("package")
    name = f"quern-test-package-{os.getpid()}"
    (folder / "quern.deb").write_bytes(packages()[-1].read_bytes())
    (folder / "Dockerfile").write_text(DOCKERFILE)
    docker("build", "--network", "host", "-t", name, folder)
    yield name
    docker("rmi", "-f", name)


class Machine:
    """A container without network in which commands are run."""

    def __init__(self, image, *words, command=("sleep", "infinity")):
        self.id = docker("run", "-d", "--network", "none", *words, image, *command).stdout.strip()

    def run(self, text, check=True):
        done = docker("exec", self.id, "sh", "-c", text, check=check)
        return done.stdout + done.stderr

    def __enter__(self):
        return self

    def __exit__(self, *_):
        docker("rm", "-f", self.id)


@pytest.fixture
def machine(image):
    with Machine(image) as running:
        yield running


@pytest.fixture
def booted(image):
    """With systemd as its first process."""
    with Machine(image, "--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined", "-e", "container=docker",
                 "--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp", "-v", "/sys/fs/cgroup:/sys/fs/cgroup:ro",
                 command=["/lib/systemd/systemd"]) as running:
        def up():
            alive = json.loads(docker("inspect", "-f", "{{json .State.Running}}", running.id).stdout)
            return not alive or "running" in running.run("systemctl is-system-running", check=False).split()
        wait_until(up, "systemd")
        if not json.loads(docker("inspect", "-f", "{{json .State.Running}}", running.id).stdout):
            pytest.skip("systemd does not run in a container here")
        yield running


def test_a_job_with_nothing_else_installed(machine):
    out = machine.run(f"cd /tmp && quern submit {JOBS}/sample_records.sql --param count=1000 --output items && "
                      f"quern submit {JOBS}/stage3.sql --input items --output out && ls out && cat out/part-* | wc -l 2>&1")
    assert "_SUCCESS" in out and "\n1000\n" in out


def test_what_is_installed(machine):
    absent = machine.run("dpkg --verify quern").splitlines()  # what the slim base leaves out
    assert all(re.match("missing +/usr/share/(doc|man)", line) for line in absent), absent
    assert machine.run("id -nG quern").strip() == "quern"
    assert machine.run("stat -c '%U %G %a' /var/lib/quern /etc/quern/master.conf").split("\n")[:2] == [
        "quern quern 750", "root quern 640"]
    assert machine.run("dpkg-query -W -f '${Conffiles}' quern").count("/etc/quern/") == 2
    assert machine.run("command -v gcc make || echo none").strip() == "none"


def test_the_units(booted):
    """Started, a job, reloaded, the master restarted (it remembers the job), stopped: all in order."""
    assert booted.run("systemctl is-enabled quern-master quern-worker", check=False).split() == ["disabled"] * 2
    booted.run("systemctl start quern-master quern-worker")
    ask = "SPARK_MASTER_URL=spark://127.0.0.1:7077 quern"
    wait_until(lambda: "ALIVE" in booted.run(f"{ask} workers"), "a worker")
    booted.run(f"{ask} submit {JOBS}/sample_records.sql --param count=1000 --output /var/lib/quern/items --name kept")
    assert booted.run("cat /var/lib/quern/items/part-* | wc -l").strip() == "1000"
    booted.run("systemctl reload quern-master quern-worker")
    wait_until(lambda: "open anew" in booted.run("journalctl -u quern-worker --no-pager"), "the reload")
    booted.run("systemctl restart quern-master")
    assert re.search("COMPLETED.* kept", booted.run(f"{ask} status"))
    wait_until(lambda: "ALIVE" in booted.run(f"{ask} workers"), "the worker again")
    booted.run("systemctl stop quern-worker quern-master")
    for unit in ("quern-master", "quern-worker"):
        shown = booted.run(f"systemctl show -p Result -p ExecMainStatus -p ActiveState {unit}").split()
        assert sorted(shown) == ["ActiveState=inactive", "ExecMainStatus=0", "Result=success"], shown


def test_the_units_are_sound(booted):
    said = booted.run("systemd-analyze verify quern-master.service quern-worker.service 2>&1 | grep quern", check=False)
    assert [line for line in said.splitlines() if "man" not in line] == []
    shown = booted.run("systemd-analyze security --no-pager quern-master quern-worker 2>&1 | cat")
    assert all(float(level) <= 3 for level in re.findall(r"exposure level.*?: ([\d.]+)", shown)), shown


def test_purge(booted):
    """Ends the daemons and leaves nothing but what was the system's before."""
    booted.run("systemctl enable --now quern-master quern-worker")
    booted.run("dpkg --purge quern")
    assert "quern" not in booted.run("cat /proc/[0-9]*/comm 2>/dev/null", check=False)
    left = booted.run("ls -d /etc/quern /var/lib/quern /usr/bin/quern* /etc/systemd/system/*.wants/quern* 2>/dev/null",
                      check=False)
    assert left == ""
    assert booted.run("getent passwd quern || echo none").strip() == "none"


def test_the_version(machine):
    version = machine.run("dpkg-query -W -f '${Version}' quern").strip()
    assert machine.run("quern --version").startswith(f"quern {version} ")
    assert Path(packages()[-1]).name.startswith(f"quern_{version}_")
