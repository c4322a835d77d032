"""Memory settings hold: a job that needs more fails alone, naming the setting; its neighbour on the same
master and workers completes with the right answer, and so does the next job."""

import pytest
from harness import STAGE3, Cluster, checksum, finish, generate, ok, start_quern, submit

COUNT = 200_000


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    """(path, checksum of stage 3 without limits)"""
    folder = tmp_path_factory.mktemp("memory")
    path = generate(folder, COUNT, forms=("ndjson",))["ndjson"]
    ok(submit(path, folder / "out", master="local[2]"))
    return path, checksum(folder / "out")


def start_stage3(cluster, path, output):
    return start_quern("submit", STAGE3, "--master", cluster.url, "--input", path, "--output", output)


def fails_alone(cluster, items, tmp_path, setting, *words):
    """The command fails naming the setting while stage 3 runs beside it, and after it."""
    path, wanted = items
    beside = start_stage3(cluster, path, tmp_path / "beside")
    result = cluster.quern(*words)
    assert result.code == 1, result
    assert "OUT_OF_MEMORY" in result.err and f"raise {setting}" in result.err, result
    ok(finish(beside))
    ok(submit(path, tmp_path / "after", master=cluster.url))
    assert checksum(tmp_path / "beside") == checksum(tmp_path / "after") == wanted


WIDE = "(SELECT id, category, repeat(name, 20) AS wide FROM input)"


def rows_job(path, *conf):
    words = ["sql", f"SELECT * FROM {WIDE}", "--input", path, "--result", "ndjson"]
    for setting in conf:
        words += ["--conf", setting]
    return words


def test_driver_memory(cluster, items, tmp_path):
    """Rows for the client are more than the master may hold for this job."""
    fails_alone(cluster, items, tmp_path, "spark.driver.memory",
                *rows_job(items[0], "spark.driver.memory=16m"))
    lines = ok(cluster.quern(*rows_job(items[0], "spark.driver.memory=1g"))).out.splitlines()
    assert len(lines) == COUNT


def test_executor_memory(cluster, items, tmp_path):
    """Rows kept for a window are more than the job may hold on one worker."""
    ranks = f"SELECT id, rank() OVER (PARTITION BY category ORDER BY wide) AS place FROM {WIDE}"
    words = ("sql", f"SELECT count(*) AS n FROM ({ranks}) WHERE place > 0", "--input", items[0], "--result", "ndjson")
    fails_alone(cluster, items, tmp_path, "spark.executor.memory", *words, "--executor-memory", "16m")
    assert ok(cluster.quern(*words, "--executor-memory", "900m")).rows() == [{"n": COUNT}]


def test_the_memory_of_the_master_s_own_settings(items, tmp_path):
    words = ("--conf", "spark.driver.memory=16m")
    with Cluster(tmp_path / "cluster", workers=1, cores=2, master_words=words) as cluster:
        fails_alone(cluster, items, tmp_path, "spark.driver.memory", *rows_job(items[0]))


def test_the_memory_of_a_worker(items, tmp_path):
    """What all jobs together may hold: the setting is the worker's, and a small job still runs."""
    path, _ = items
    with Cluster(tmp_path / "cluster", workers=1, worker_words=("--memory", "16m")) as cluster:
        result = submit(path, tmp_path / "out", master=cluster.url)
        assert result.code == 1 and "raise quern.worker.memory" in result.err, result
        count = ok(cluster.quern("sql", "SELECT count(*) n FROM input", "--input", path, "--result", "ndjson"))
        assert count.rows() == [{"n": COUNT}]
