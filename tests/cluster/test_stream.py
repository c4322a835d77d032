"""A file that only the client can open is streamed to the cluster: master and workers run as another
user who may not read it (so this needs root)."""

import os
import shutil
import tempfile
from pathlib import Path

import harness
import pytest
from harness import STAGE3, Cluster, as_user, checksum, finish, generate, lines, ok, start_quern, submit


@pytest.fixture(scope="module")
def strangers():
    """A cluster whose programs run as `nobody`, and a folder that everybody can enter."""
    if os.geteuid() != 0:
        pytest.skip("only root can start programs as another user")
    with tempfile.TemporaryDirectory(prefix="quern-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        own, harness.BIN = harness.BIN, folder / "bin"
        try:
            shutil.copytree(own, harness.BIN)
            with Cluster(open_folder(folder, "cluster"), workers=2, prefix=as_user("nobody")) as running:
                yield running, folder
        finally:
            harness.BIN = own


def open_folder(parent, name):
    folder = parent / name
    folder.mkdir()
    folder.chmod(0o777)
    return folder


def hidden_items(folder, count, form):
    private = folder / f"private-{form}-{count}"
    paths = generate(private, count, forms=(form,))
    private.chmod(0o700)
    paths[form].chmod(0o600)
    return paths[form]


@pytest.mark.parametrize("form", ("json", "ndjson", "csv"))
def test_a_file_that_only_the_client_can_read(strangers, form):
    cluster, folder = strangers
    path = hidden_items(folder, 50_000, form)
    results = open_folder(folder, f"results-{form}")
    ok(submit(path, results / "out", master=cluster.url))
    ok(submit(path, results / "local", master="local[2]"))
    assert checksum(results / "out") == checksum(results / "local")


@pytest.mark.parametrize("tasks", (1, 5))
def test_its_rows_come_back_on_stdout(strangers, tmp_path, tasks):
    """In input order, however they were cut: whole categories, pieces of large ones."""
    cluster, folder = strangers
    path = hidden_items(folder, 3000, "ndjson")
    shown = ok(submit(path, None, "--result", "ndjson", "--conf", f"spark.default.parallelism={tasks}",
                      master=cluster.url))
    (tmp_path / "shown.ndjson").write_bytes(shown.out)
    ok(submit(path, tmp_path / "local", master="local[1]"))
    assert checksum(tmp_path / "shown.ndjson") == checksum(tmp_path / "local")


def test_an_output_the_workers_cannot_write_is_said(strangers, tmp_path):
    cluster, folder = strangers
    path = hidden_items(folder, 100, "json")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    result = submit(path, closed / "out", master=cluster.url)
    if result.code == 0:
        assert len(list(lines(closed / "out"))) == 100
    else:
        assert result.code == 1 and str(closed) in result.err, result
        assert list(closed.iterdir()) == []


def test_a_killed_worker_costs_a_retry_of_streamed_data_too(strangers):
    cluster, folder = strangers
    path = hidden_items(folder, 100_000, "json")
    results = open_folder(folder, "results-retry")
    ok(submit(path, results / "local", master="local[2]"))
    client = start_quern("submit", STAGE3, "--master", cluster.url, "--input", path,
                         "--output", results / "out")
    cluster.workers[0].kill()
    cluster.add_worker()
    ok(finish(client))
    assert checksum(results / "out") == checksum(results / "local")


@pytest.mark.parametrize("form", ("json", "csv"))
def test_an_output_that_only_the_client_can_write(strangers, form):
    """The rows come back to the client, which commits them as workers would."""
    cluster, folder = strangers
    path = hidden_items(folder, 3000, "ndjson")
    closed = folder / f"closed-output-{form}"
    closed.mkdir(mode=0o700)
    words = ("--format", form)
    job = folder / "values.sql"
    job.write_text("SELECT id, name, value FROM input")
    ok(submit(path, closed / "out", *words, job=job, master=cluster.url))
    ok(submit(path, closed / "local", *words, job=job, master="local[1]"))
    assert checksum(closed / "out") == checksum(closed / "local")
    names = sorted(p.name[:5] for p in (closed / "out").iterdir())
    assert names == ["_SUCC", "part-"]
    again = submit(path, closed / "out", *words, job=job, master=cluster.url)
    assert again.code == 1 and "PATH_ALREADY_EXISTS" in again.err, again
    assert sorted(p.name[:5] for p in (closed / "out").iterdir()) == names
    (closed / "out" / "old").write_text("")
    ok(submit(path, closed / "out", "--overwrite", *words, job=job, master=cluster.url))
    assert sorted(p.name[:5] for p in (closed / "out").iterdir()) == names


def test_a_failed_job_leaves_no_output_at_the_client(strangers):
    cluster, folder = strangers
    path = hidden_items(folder, 100, "json")
    closed = folder / "closed-failed"
    closed.mkdir(mode=0o700)
    job = closed / "job.sql"
    job.write_text("SELECT nothing FROM input")
    result = submit(path, closed / "out", job=job, master=cluster.url)
    assert result.code == 1 and "UNRESOLVED_COLUMN" in result.err, result
    assert [p.name for p in closed.iterdir()] == ["job.sql"]
