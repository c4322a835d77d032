"""The example of examples/pipeline with real Prefect, dbt, PostgreSQL and clusters.

To catch the stage in the middle for certain, a worker is stopped (SIGSTOP): it gets tasks, but cannot
answer."""

import errno
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import urllib.request
from pathlib import Path

import pytest
from flows import EXAMPLE, assert_mart, assert_records, expected
from harness import HUNG_S, clean_environment, free_port, generate, wait_until

STAGE = "Spark Processing"
TASK = "process_with_spark"


def average(source):
    """As the log line has it."""
    totals = [row["total_value"] for row in expected(source) if "total_value" in row]
    return f"{sum(totals) / len(totals):.2f}"


def assert_results(flow, source):
    assert_records(flow.exported(), source)
    ids = [row["id"] for row in json.loads(source.read_text())]
    assert [row["id"] for row in flow.exported()] == ids
    assert_mart(flow.exported("item_metrics.json"), source)


def assert_complete(flow, database, count, source=None):
    """Everything that a flow leaves behind when all went well."""
    source = source or flow.output / "input.json"
    assert_results(flow, source)
    assert_records(database.raw_items(), source)
    assert database.pipeline() == ["completed", str(count), None]
    assert {state for state, _ in database.stages().values()} == {"completed"}
    assert database.stages()[STAGE] == ["completed", f"Successfully processed {count} records"]
    flow.wait_log(f"Processed {count} records, average total_value {average(source)}")


def wait_job(cluster, state, flow):
    """Waits for a job in this state; the flow has to live so long."""
    def probe():
        return re.search(rf"\b{state}\b", cluster.quern("status").out.decode())
    wait_until(probe, f"a {state} job", flow.process)


def tasks_of(cluster, worker):
    """How many tasks the master has given to a worker."""
    page = cluster.master.wait_log(r"UI at (http://\S+)")[1]
    known = json.load(urllib.request.urlopen(f"{page}/api/quern/cluster"))["workers"]
    return sum(w["tasks_running"] for w in known if f"-{worker.process.pid}-" in w["worker_id"])


def open_when_read(path):
    """The writing end of a named pipe, once somebody reads it; else None."""
    try:
        return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        assert error.errno == errno.ENXIO, error
        return None


def held_flow(start_cluster, start_flow, folder, count, workers):
    """(cluster, flow, its input): a flow in the middle of its stage that cannot end, since a worker that
    has tasks is stopped. A stopped worker is soon taken for lost, so it is stopped as late as can be: when
    the flow is about to read its records, which come through a pipe."""
    cluster = start_cluster(workers=workers)
    worker = cluster.workers[0]
    source, pipe = folder / "items.json", folder / "pipe"
    generate(folder, count, forms=("json",))
    os.mkfifo(pipe)
    flow = start_flow(cluster.url, "--input", pipe)
    writer = wait_until(lambda: open_when_read(pipe), "a reader", flow.process)
    worker.signal(signal.SIGSTOP)
    os.set_blocking(writer, True)
    with open(writer, "wb") as end:
        end.write(source.read_bytes())
    wait_until(lambda: tasks_of(cluster, worker), "tasks on the stopped worker", flow.process)
    return cluster, flow, source


@pytest.fixture
def open_folder():
    """PostgreSQL's user must be able to go through it."""
    with tempfile.TemporaryDirectory(prefix="pipeline-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_one_command(postgres, packages, open_folder, tmp_path):
    """run.sh with 1,000 records; nothing that it started is left."""
    output = tmp_path / "out"
    done = subprocess.run([EXAMPLE / "run.sh", "--count", "1000", "--output", output], timeout=HUNG_S,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=clean_environment(TMPDIR=open_folder))
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert_records(json.loads((output / "items.json").read_text()), output / "input.json")
    assert_mart(json.loads((output / "item_metrics.json").read_text()), output / "input.json")
    assert f"Processed 1000 records, average total_value {average(output / 'input.json')}" in said
    assert re.search(rf"{STAGE} +\| completed +\| +[\d.]+ \| Successfully processed 1000 records", said), said
    assert list(open_folder.iterdir()) == []
    master = re.search(r"Job 1 on spark://127\.0\.0\.1:(\d+)", said)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(master[1]))) != 0, "the master is still there"


def test_a_hundred_thousand_records(start_cluster, start_flow, database):
    flow = start_flow(start_cluster().url, "--count", 100_000).ok()
    assert_complete(flow, database, 100_000)
    assert database.history()[0] == ("pending", None)
    assert [state for state, _ in database.history()[1:-1]].count("running") == len(database.history()) - 2
    assert database.history()[-2:] == [("running", "Processing 100000 records"),
                                       ("completed", "Successfully processed 100000 records")]


def test_a_worker_killed_in_the_middle(start_cluster, start_flow, database, tmp_path):
    cluster, flow, source = held_flow(start_cluster, start_flow, tmp_path, 100_000, workers=2)
    cluster.workers[0].kill()
    assert_complete(flow.ok(), database, 100_000, source)
    flow.wait_log("ran again elsewhere")
    assert any("LOST" in line for line in cluster.worker_lines()), cluster.worker_lines()
    task = flow.api.task_run(flow.run_id(), TASK)
    assert task["run_count"] == 1, "the cluster's to handle, not the flow's"


def test_a_bad_record(start_cluster, start_flow, database, tmp_path):
    """A value that is no number becomes NULL in its record, and is said; the others are as ever."""
    source, good = tmp_path / "items.json", tmp_path / "good.json"
    records = [{"id": n, "name": f"Item {n}", "category": "ABCD"[n % 4], "value": 10 + n / 4, "quantity": n % 9,
                "is_active": True, "created_at": "2025-01-01T00:00:00.000001"} for n in range(1, 1001)]
    source.write_text(json.dumps([{**r, "value": "n/a"} if r["id"] == 500 else r for r in records]))
    good.write_text(json.dumps([{**r, "value": None} if r["id"] == 500 else r for r in records]))
    flow = start_flow(start_cluster().url, "--input", source).ok()
    assert_complete(flow, database, 1000, good)
    flow.wait_log("1 bad values became NULL: record 500: value is 'n/a'")


def test_the_cluster_is_down_at_the_start(start_cluster, start_flow, database, prefect):
    port = free_port()
    flow = start_flow(f"spark://127.0.0.1:{port}", "--count", 200, PIPELINE_RETRY_DELAYS_S="1 " * 50)
    ident = flow.run_id()
    wait_until(lambda: (prefect.task_run(ident, TASK) or {"run_count": 0})["run_count"] > 1, "a second try",
               flow.process)
    assert database.stages()[STAGE] == ["pending", None]
    start_cluster("--port", str(port))
    assert_complete(flow.ok(), database, 200)


def test_a_wrong_query_is_not_tried_again(start_cluster, start_flow, database, prefect, tmp_path):
    job = tmp_path / "wrong.sql"
    job.write_text("SELECT id, valeu FROM input")
    flow = start_flow(start_cluster().url, "--count", 100, PIPELINE_JOB=job)
    assert flow.finish() == 1
    assert "UNRESOLVED_COLUMN" in flow.said and "`value`" in flow.said, flow.said
    assert prefect.task_run(flow.run_id(), TASK)["run_count"] == 1
    wait_until(lambda: database.stages()[STAGE][0] == "failed", "the stage's row")
    assert "valeu" in database.stages()[STAGE][1]
    assert database.stages()["dbt"] == ["pending", None]
    status, _, message = database.pipeline()
    assert status == "failed" and "valeu" in message


@pytest.mark.parametrize("number", (signal.SIGINT, signal.SIGTERM), ids=("interrupted", "terminated"))
def test_a_cancelled_flow_cancels_its_job(start_cluster, start_flow, database, tmp_path, number):
    cluster, flow, _ = held_flow(start_cluster, start_flow, tmp_path, 1000, workers=1)
    flow.process.send_signal(number)
    assert flow.finish() != 0
    assert TASK in flow.said and "Crash detected" in flow.said, flow.said
    wait_job(cluster, "CANCELLED", flow)
    wait_until(lambda: database.stages()[STAGE][0] == "failed", "the stage's row")
    assert database.pipeline("status") == ["failed"]


def test_two_flows_at_once(start_cluster, start_flow, database, tmp_path):
    """raw_items holds one flow's rows, whole; each flow's mart is made of its own."""
    cluster = start_cluster()
    flows = [start_flow(cluster.url, "--count", count, "--first-id", first, output=tmp_path / f"out{first}")
             for count, first in ((3000, 1), (2000, 1_000_001))]
    for flow in flows:
        assert_results(flow.ok(), flow.output / "input.json")
    found = database.raw_items()
    last = flows[0] if found[0]["id"] == 1 else flows[1]
    assert_records(found, last.output / "input.json")
    assert database.sql("SELECT status, count(*) FROM pipeline_stages GROUP BY 1") == [["completed", "10"]]
