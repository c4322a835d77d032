"""Output directories on a cluster: workers that see another directory under that name, clients that were
killed, and inputs that would be overwritten through another name."""

import shutil
import signal
import subprocess

import pytest
from harness import STAGE3, Cluster, Daemon, checksum, finish, generate, ok, quern, start_quern, submit, wait_until
from test_faults import job_line

COUNT = 50_000


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    """(path, checksum of a calm run)"""
    folder = tmp_path_factory.mktemp("output")
    path = generate(folder, COUNT, forms=("ndjson",))["ndjson"]
    ok(submit(path, folder / "out", master="local[2]"))
    return path, checksum(folder / "out")


@pytest.fixture(scope="module")
def big(items, tmp_path_factory):
    """A million records: long enough to be caught in the middle."""
    path = tmp_path_factory.mktemp("big") / "big.ndjson"
    path.write_bytes(items[0].read_bytes() * 20)
    return path


def start_stage3(cluster, path, output, *more):
    return start_quern("submit", STAGE3, "--master", cluster.url, "--input", path, "--output", output,
                       "--conf", "spark.default.parallelism=8", "--progress", "never", *more)


def need_mounts(place):
    """Root may do it, but not in every container."""
    done = subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "none", str(place)], capture_output=True,
                          text=True)
    if done.returncode:
        pytest.skip(f"a worker cannot have a directory of its own mounted here: {done.stderr.strip()}")


class Blind(Daemon):
    """A worker with an empty directory of its own in place of one of ours."""

    def __init__(self, cluster, place):
        script = 'mount -t tmpfs none "$0" && exec "$@"'
        prefix = ["unshare", "--mount", "sh", "-c", script, place]
        super().__init__("blind", "quern-worker", "--cores", "2", "--memory", "1g", "--host", "127.0.0.1",
                         "--webui-port", "0", cluster.url, folder=cluster.folder, prefix=prefix)
        cluster.workers.append(self)


@pytest.mark.parametrize("way", ("option", "statement"))
def test_a_worker_that_joins_later_and_sees_another_output(items, tmp_path, way):
    """It joins while the tasks of the one that prepared the output are held; it gets tasks, cannot write
    them and is done without; the commit goes to one that sees the parts."""
    path, wanted = items
    place = tmp_path / "results"
    place.mkdir()
    need_mounts(place)
    with Cluster(tmp_path / "cluster", workers=1) as cluster:
        if way == "option":
            client = start_stage3(cluster, path, place / "out")
        else:
            body = STAGE3.read_text().strip().rstrip(";")
            job = tmp_path / "job.sql"
            job.write_text(f"INSERT OVERWRITE DIRECTORY '{place}/out' USING json\n{body}")
            client = start_quern("submit", job, "--master", cluster.url, "--input", path,
                                 "--conf", "spark.default.parallelism=8")
        wait_until(lambda: any((place / "out" / "_temporary").glob("*-0-*")), "a first part", client)
        cluster.workers[0].signal(signal.SIGSTOP)
        Blind(cluster, place)
        cluster.wait_alive(2)
        cluster.workers[0].signal(signal.SIGCONT)
        ok(finish(client))
        assert checksum(place / "out") == wanted
        assert sorted(p.name[:5] for p in (place / "out").iterdir())[0] == "_SUCC"
        assert not (place / "out" / "_temporary").exists()


def test_a_killed_client_leaves_nothing_behind(items, big, tmp_path):
    """Its job ends with it, and cleans up for it."""
    path, wanted = items
    out = tmp_path / "out"
    with Cluster(tmp_path / "cluster", workers=1) as cluster:
        client = start_stage3(cluster, big, out)
        wait_until(lambda: any((out / "_temporary").glob("*-0-*")), "a first part", client)
        client.kill()
        finish(client)
        job_line(cluster, "CANCELLED")
        assert not out.exists(), list(out.rglob("*"))
        ok(submit(path, out, master=cluster.url))
        assert checksum(out) == wanted


@pytest.mark.parametrize("overwrite", (False, True))
@pytest.mark.parametrize("where", ("cluster", "local"))
def test_what_a_killed_process_left_is_removed_by_the_next_job(items, big, tmp_path, cluster, where, overwrite):
    """A local job and its workers end with one kill -9: nobody is left to clean up."""
    path, wanted = items
    out = tmp_path / "out"
    if overwrite:
        ok(submit(path, out))
    client = start_quern("submit", STAGE3, "--master", "local[1]", "--input", big, "--output", out, "--overwrite")
    wait_until(lambda: any((out / "_temporary").glob("*-marker")), "the run to begin", client)
    client.kill()
    finish(client)
    left = list((out / "_temporary").iterdir())
    assert left, "the job was through before it was killed"
    master = cluster.url if where == "cluster" else "local[2]"
    ok(submit(path, out, *(["--overwrite"] if overwrite else []), master=master))
    assert checksum(out) == wanted
    assert not (out / "_temporary").exists(), list((out / "_temporary").iterdir())


@pytest.mark.parametrize("where", ("cluster", "local"))
def test_inputs_are_not_overwritten_under_another_name(items, tmp_path, cluster, where, monkeypatch):
    path, _ = items
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(path, data / "in.ndjson")
    (tmp_path / "alias").symlink_to(data)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "link.ndjson").symlink_to(data / "in.ndjson")
    master = cluster.url if where == "cluster" else "local[2]"
    monkeypatch.chdir(data)
    for source, output in ((data / "in.ndjson", tmp_path / "alias"),
                           (tmp_path / "alias" / "in.ndjson", data),
                           (tmp_path / "elsewhere" / "link.ndjson", data),
                           ("in.ndjson", "../data"),
                           (data / "in.ndjson", f"{tmp_path}/data/../data/.")):
        result = quern("submit", STAGE3, "--master", master, "--input", source, "--output", output, "--overwrite")
        assert result.code == 1 and "cannot overwrite" in result.err, result
    assert (data / "in.ndjson").read_bytes() == path.read_bytes()
    assert sorted(p.name for p in data.iterdir()) == ["in.ndjson"]
