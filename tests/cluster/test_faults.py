"""Workers that die or leave in mid-job, cancelled jobs, interrupted clients, orderly ends.

To catch a job in the middle, a worker is stopped (SIGSTOP) as soon as it has begun a task: it still owes
the rest of the job and cannot answer. (Stopped before the submission it would never get a task: planning
asks a worker about the input, and takes one that does not answer for lost.)"""

import re
import signal

import pytest
from harness import Cluster, checksum, finish, generate, ok, start_quern, submit, wait_until, STAGE3

COUNT = 200_000
# A worker that does not answer is soon taken for lost, which is when a cancelled job of its ends.
SOON_LOST = ("--conf", "spark.worker.timeout=2s", "--conf", "spark.executor.heartbeatInterval=200ms")


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    """(path, checksum of a calm run)"""
    folder = tmp_path_factory.mktemp("faults")
    path = generate(folder, COUNT, forms=("ndjson",))["ndjson"]
    ok(submit(path, folder / "out", master="local[2]"))
    return path, checksum(folder / "out")


def start_stage3(cluster, path, output, *more):
    return start_quern("submit", STAGE3, "--master", cluster.url, "--input", path, "--output", output,
                       "--conf", "spark.default.parallelism=16", "--progress", "never", *more)


def job_line(cluster, state):
    """The line of `quern status` that shows a job in this state, once there is one."""
    def probe():
        text = cluster.quern("status").out.decode()
        return next((line for line in text.splitlines() if re.search(rf"\b{state}\b", line)), None)
    return wait_until(probe, f"a {state} job", cluster.master.process)


def job_id(line):
    return line.split()[0]


def held_job(cluster, path, output, *more):
    """A job that is running and cannot end, since a worker that has tasks of it is stopped."""
    client = start_stage3(cluster, path, output, *more)
    cluster.workers[0].wait_log(r"stage 0 of job")
    cluster.workers[0].signal(signal.SIGSTOP)
    job = job_id(job_line(cluster, "RUNNING|COMPLETED|FINISHED"))
    assert client.poll() is None, "the job was over before its worker was stopped"
    return client, job


def test_a_killed_worker_costs_a_retry(items, tmp_path):
    path, wanted = items
    with Cluster(tmp_path / "cluster", workers=2) as cluster:
        client, _ = held_job(cluster, path, tmp_path / "out")
        cluster.workers[0].kill()
        ok(finish(client))
        assert checksum(tmp_path / "out") == wanted
        assert any("LOST" in line for line in cluster.worker_lines()), cluster.worker_lines()
        assert cluster.alive() == 1


def test_a_lost_worker_is_forgotten(tmp_path):
    words = ("--conf", "spark.worker.timeout=2s", "--conf", "spark.dead.worker.persistence=2",
             "--conf", "spark.executor.heartbeatInterval=100ms")
    with Cluster(tmp_path / "cluster", workers=2, master_words=words) as cluster:
        cluster.workers[0].kill()
        wait_until(lambda: any("LOST" in line for line in cluster.worker_lines()), "the loss in the list")
        wait_until(lambda: not any("LOST" in line for line in cluster.worker_lines()), "one worker less in the list")
        wait_until(lambda: cluster.alive() == 1, "the other, alive")


def test_a_worker_killed_at_any_moment(items, tmp_path):
    path, wanted = items
    with Cluster(tmp_path / "cluster", workers=2) as cluster:
        for number in range(5):
            output = tmp_path / f"out{number}"
            client = start_stage3(cluster, path, output)
            job_line(cluster, "RUNNING|COMPLETED|FINISHED")
            victim = cluster.workers[-1]
            victim.kill()
            ok(finish(client))
            assert checksum(output) == wanted
            cluster.add_worker()
            cluster.wait_alive(2)


def test_all_workers_killed_and_a_new_one(items, tmp_path):
    path, wanted = items
    with Cluster(tmp_path / "cluster", workers=1) as cluster:
        client, _ = held_job(cluster, path, tmp_path / "out")
        cluster.workers[0].kill()
        cluster.add_worker()
        ok(finish(client))
        assert checksum(tmp_path / "out") == wanted


def test_a_terminated_worker_drains(items, tmp_path):
    path, wanted = items
    with Cluster(tmp_path / "cluster", workers=2) as cluster:
        client = start_stage3(cluster, path, tmp_path / "out")
        cluster.workers[1].signal(signal.SIGTERM)
        ok(finish(client))
        assert cluster.workers[1].process.wait() == 0, cluster.workers[1].log()
        assert checksum(tmp_path / "out") == wanted
        wait_until(lambda: cluster.alive() == 1, "one worker", cluster.master.process)


def test_a_terminated_master_ends_well(tmp_path):
    cluster = Cluster(tmp_path / "cluster", workers=1)
    cluster.master.stop()
    cluster.workers[0].stop()


def test_a_signal_that_comes_after_the_end_changes_nothing(tmp_path):
    cluster = Cluster(tmp_path / "cluster", workers=1)
    for daemon in (cluster.workers[0], cluster.master):
        daemon.signal(signal.SIGTERM)
        while daemon.process.poll() is None:
            if "stopped" in daemon.log():
                daemon.signal(signal.SIGTERM)
        assert daemon.process.returncode == 0, daemon.log()


def assert_nothing_left(output):
    assert not output.exists() or list(output.rglob("part-*")) == [], list(output.rglob("*"))


def test_cancel(items, tmp_path):
    path, _ = items
    with Cluster(tmp_path / "cluster", workers=1, master_words=SOON_LOST) as cluster:
        client, job = held_job(cluster, path, tmp_path / "out")
        ok(cluster.quern("cancel", job))
        result = finish(client)
        assert result.code == 130 and "cancel" in result.err.lower(), result
        assert job in job_line(cluster, "CANCELLED|KILLED")
        cluster.workers[0].signal(signal.SIGCONT)
        ok(submit(path, tmp_path / "after", master=cluster.url))
        assert_nothing_left(tmp_path / "out")


def test_cancel_of_an_unknown_job(cluster):
    result = cluster.quern("cancel", "no-such-job")
    assert result.code == 1 and "no-such-job" in result.err, result


def test_an_interrupted_client_cancels_its_job(items, tmp_path):
    path, _ = items
    with Cluster(tmp_path / "cluster", workers=1, master_words=SOON_LOST) as cluster:
        client, job = held_job(cluster, path, tmp_path / "out")
        client.send_signal(signal.SIGINT)
        result = finish(client)
        assert result.code == 130, result
        assert job in job_line(cluster, "CANCELLED|KILLED")
        cluster.workers[0].signal(signal.SIGCONT)
        ok(submit(path, tmp_path / "after", master=cluster.url))
        assert_nothing_left(tmp_path / "out")


def test_an_interrupted_local_run(items, tmp_path):
    path, _ = items
    big = tmp_path / "big.ndjson"
    big.write_bytes(path.read_bytes() * 10)
    client = start_quern("submit", STAGE3, "--master", "local[1]", "--input", big,
                         "--output", tmp_path / "out")
    wait_until(lambda: (tmp_path / "out").exists() or client.poll() is not None, "the run to begin")
    client.send_signal(signal.SIGINT)
    result = finish(client)
    assert result.code == 130, result
    assert not (tmp_path / "out" / "_SUCCESS").exists()
    assert_nothing_left(tmp_path / "out")


def test_a_detached_job_goes_on(items, tmp_path):
    path, wanted = items
    with Cluster(tmp_path / "cluster", workers=1) as cluster:
        result = ok(submit(path, tmp_path / "out", "--detach", master=cluster.url))
        job = result.out.decode().split()[-1]
        wait_until(lambda: (tmp_path / "out" / "_SUCCESS").exists(), "the output", cluster.master.process)
        assert checksum(tmp_path / "out") == wanted
        assert job in job_line(cluster, "COMPLETED|FINISHED")


def test_jobs_wait_for_a_first_worker(items, tmp_path):
    path, wanted = items
    with Cluster(tmp_path / "cluster", workers=0) as cluster:
        client = start_stage3(cluster, path, tmp_path / "out")
        job_line(cluster, "PLANNING|RUNNING")
        cluster.add_worker()
        assert "no workers registered" in ok(finish(client)).err
        assert checksum(tmp_path / "out") == wanted


def test_several_jobs_at_once(items, tmp_path):
    path, wanted = items
    with Cluster(tmp_path / "cluster", workers=2) as cluster:
        clients = [start_stage3(cluster, path, tmp_path / f"out{n}") for n in range(4)]
        for client in clients:
            ok(finish(client))
        assert {checksum(tmp_path / f"out{n}") for n in range(4)} == {wanted}


def test_a_job_asking_for_more_than_there_is_runs_with_one_warning(items, tmp_path, cluster):
    path, wanted = items
    result = ok(submit(path, tmp_path / "out", "--conf", "spark.executor.cores=2", "--conf",
                       "spark.executor.memory=64g", "--conf", "spark.executor.instances=9",
                       master=cluster.url))
    assert checksum(tmp_path / "out") == wanted
    assert len(re.findall(r"(?i)\bwarn", result.err)) == 1, result
