"""Real processes in trouble while jobs run: the output has to be the calm run's, byte for byte (checksums
of sorted lines), or the job fails with the reason and leaves nothing.

Nothing waits for a fixed time: what must have happened is seen in logs, in `quern status` or on disk."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cluster"))
from harness import STAGE3, Cluster, checksum, finish, generate, ok, start_quern, submit, wait_until  # noqa: E402

COUNT = 200_000


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    """(path, checksum of a calm run)"""
    folder = tmp_path_factory.mktemp("calm")
    path = generate(folder, COUNT, forms=("ndjson",))["ndjson"]
    ok(submit(path, folder / "out", master="local[2]"))
    return path, checksum(folder / "out")


def start_stage3(cluster, path, output, *more):
    return start_quern("submit", STAGE3, "--master", cluster.url, "--input", path, "--output", output,
                       "--conf", "spark.default.parallelism=32", "--progress", "never", *more)


def lost(cluster):
    return sum("LOST" in line for line in cluster.worker_lines())


def first_part(output, client):
    """The job is in the middle: a task of it writes."""
    wait_until(lambda: any((output / "_temporary").glob("*-*-0-*")) or client.poll() is not None,
               "a first part", client)


def test_a_frozen_worker_s_late_word_is_dropped(items, tmp_path):
    """Silent past spark.worker.timeout it is lost and its tasks run elsewhere; awake again it registers
    anew and takes part in the next job."""
    path, wanted = items
    words = ("--conf", "spark.worker.timeout=2s", "--conf", "spark.executor.heartbeatInterval=200ms")
    with Cluster(tmp_path / "cluster", workers=2, master_words=words) as cluster:
        client = start_stage3(cluster, path, tmp_path / "out")
        first_part(tmp_path / "out", client)
        frozen = cluster.workers[1]
        frozen.signal(signal.SIGSTOP)
        cluster.master.wait_log(r"worker \S+ is lost")
        frozen.signal(signal.SIGCONT)  # its results come while the job may still run
        ok(finish(client))
        assert checksum(tmp_path / "out") == wanted
        frozen.wait_log("registering again|registered with master(.|\n)*registered with master")
        cluster.wait_alive(2)
        ok(submit(path, tmp_path / "again", master=cluster.url))
        assert checksum(tmp_path / "again") == wanted


def test_workers_killed_one_after_the_other_under_load(items, tmp_path):
    path, wanted = items
    with Cluster(tmp_path / "cluster", workers=3) as cluster:
        outputs = [tmp_path / f"out{n}" for n in range(4)]
        clients = [start_stage3(cluster, path, output, "--conf", "spark.task.maxFailures=20")
                   for output in outputs]
        for _ in range(5):
            wait_until(lambda: any(any((output / "_temporary").glob("*-*-0-*")) for output in outputs)
                       or all(client.poll() is not None for client in clients), "work under way",
                       cluster.master.process)
            victim = next(w for w in cluster.workers if w.process.poll() is None)
            before = lost(cluster)
            victim.kill()
            wait_until(lambda: lost(cluster) > before, "the loss", cluster.master.process)
            cluster.add_worker()
        for client in clients:
            ok(finish(client))
        assert {checksum(output) for output in outputs} == {wanted}
        assert not any((output / "_temporary").exists() for output in outputs)


def test_the_only_worker_is_replaced_in_the_middle(items, tmp_path):
    """Told to stop, it keeps rows that wait for tasks nobody else would take: it must still go, as who
    replaces it waits for its end."""
    path, wanted = items
    with Cluster(tmp_path / "cluster", workers=1) as cluster:
        client = start_stage3(cluster, path, tmp_path / "out")
        cluster.workers[0].wait_log(r"stage 0 of job")
        cluster.workers[0].stop()
        cluster.add_worker()
        ok(finish(client))
        assert checksum(tmp_path / "out") == wanted


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 8 MiB: the output is larger."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system: tests/fault as root")
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", place], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr}")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def test_a_full_disk(items, small_disk, tmp_path):
    """The job fails and says why; what was there stays, nothing of it is left; there is room again."""
    path, wanted = items
    output = small_disk / "out"
    output.mkdir()
    (output / "part-00000-before.json").write_text("{}\n")
    with Cluster(tmp_path / "cluster", workers=2) as cluster:
        result = finish(start_stage3(cluster, path, output, "--overwrite"))
        assert result.code == 1 and "No space left on device" in result.err, result
        assert [p.name for p in output.iterdir()] == ["part-00000-before.json"]
        ok(submit(path, tmp_path / "out", master=cluster.url))
        assert checksum(tmp_path / "out") == wanted


def test_a_worker_that_may_only_write_small_files(items, tmp_path):
    """As a full disk, where nothing can be mounted: the tasks go to the other worker."""
    path, wanted = items
    with Cluster(tmp_path / "cluster", workers=0) as cluster:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, before[1]))
        try:
            cluster.add_worker()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        cluster.add_worker()
        cluster.wait_alive(2)
        ok(finish(start_stage3(cluster, path, tmp_path / "out", "--conf", "spark.task.maxFailures=40")))
        assert checksum(tmp_path / "out") == wanted
        assert not (tmp_path / "out" / "_temporary").exists()


def test_a_master_that_is_told_to_stop_while_jobs_run(items, tmp_path):
    """It lets them end, or cancels them; it ends well in any case, and no output is half done."""
    path, wanted = items
    cluster = Cluster(tmp_path / "cluster", workers=2)
    outputs = [tmp_path / f"out{n}" for n in range(3)]
    clients = [start_stage3(cluster, path, output) for output in outputs]
    first_part(outputs[0], clients[0])
    cluster.master.signal(signal.SIGTERM)
    late = submit(path, tmp_path / "late", master=cluster.url)
    assert late.code != 0, late
    results = [finish(client) for client in clients]
    cluster.master.stop()
    for output, result in zip(outputs, results):
        if result.code == 0:
            assert checksum(output) == wanted
        else:
            assert result.code in (1, 3, 130), result
            assert not (output / "_SUCCESS").exists() and not list(output.glob("part-*")), result
    for worker in cluster.workers:
        worker.stop()
