"""Jobs as the HTTP API shows them: while they run, when they have ended, after a restart of the master."""

import json
import os
import resource
import time

import pytest

from harness import STAGE3, Cluster, ok, start_quern, finish, submit, wait_until
from test_http import fetch, get, ui_of

TOKEN = "open-sesame"


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A cluster with a store and a token."""
    folder = tmp_path_factory.mktemp("own")
    with Cluster(folder, workers=2, master_words=("--store", folder / "jobs.db", "--conf",
                                                 f"quern.ui.token={TOKEN}")) as running:
        yield running


def job_named(ui, name):
    return next(j for j in fetch(ui + "/api/quern/jobs")["jobs"] if j["name"] == name)


def detail(ui, name):
    return fetch(f"{ui}/api/quern/jobs/{job_named(ui, name)['id']}")


def names_of(plan):
    return [plan["name"]] + [n for child in plan["children"] for n in names_of(child)]


def test_finished_job(own, small_items, tmp_path):
    ui = ui_of(own.master)
    ok(submit(small_items["json"], tmp_path / "out", "--name", "whole", "--conf", "spark.default.parallelism=7",
              "--conf", "spark.some.password=hush", master=own.url))
    job = detail(ui, "whole")
    assert job["state"] == "COMPLETED" and job["error"] is None
    assert job["statement"] == job["statements"] == 1
    assert job["sql"] == STAGE3.read_text()
    assert job["conf"]["spark.default.parallelism"] == "7" and "hush" not in json.dumps(job)
    assert {"Scan", "Window", "Project"} <= set(names_of(job["plan"]))
    (stage,) = job["stages"]
    assert stage["state"] == "COMPLETED" and stage["kind"] == "files" and stage["tasks_total"] == 7
    assert stage["tasks_done"] == 7 and stage["rows_read"] == 1000 == stage["rows_out"]
    rows = {p["key"]: p["rows"] for p in job["partitions"]}
    assert set(rows) == set("ABCD") and sum(rows.values()) == 1000
    assert not any(p["skewed"] for p in job["partitions"])
    assert job["bad_records_report"] == {"count": 0, "fields": 0, "first": []}

    tasks = fetch(f"{ui}/api/quern/jobs/{job['id']}/tasks")
    assert tasks["n"] >= 7 and not tasks["truncated"]
    columns = ("stage", "task", "attempt", "worker", "start_us", "run_us", "state", "rows", "bytes")
    assert all(len(tasks[c]) == tasks["n"] for c in columns)
    assert len(tasks["workers"]) == 2
    done = [i for i in range(tasks["n"]) if tasks["state"][i] == "D"]
    assert sorted(tasks["task"][i] for i in done) == list(range(7))
    assert sum(tasks["rows"][i] for i in done) == 1000
    assert all(tasks["start_us"][i] >= 0 and tasks["run_us"][i] > 0 for i in done)
    assert fetch(f"{ui}/api/quern/jobs/{job['id']}/tasks?stage=99")["n"] == 0

    lines = fetch(f"{ui}/api/quern/jobs/{job['id']}/logs")["lines"]
    assert any("completed" in line["text"] and line["level"] == "INFO" for line in lines)
    assert all(abs(line["at_us"] / 1e6 - time.time()) < 3600 for line in lines)


def test_skew_is_marked(own, tmp_path):
    source = tmp_path / "skewed.ndjson"
    with open(source, "w") as out:
        for i in range(20000):
            row = {"id": i, "name": f"Item {i}", "category": "hot" if i % 20 else f"c{i // 20 % 10}", "value": i % 7,
                   "quantity": 1}
            out.write(json.dumps(row) + "\n")
    ok(submit(source, tmp_path / "out", "--name", "skewed", master=own.url))
    partitions = detail(ui_of(own.master), "skewed")["partitions"]
    assert [(p["key"], p["rows"]) for p in partitions if p["skewed"]] == [("hot", 19000)]
    assert partitions[0]["key"] == "hot" and len(partitions) == 11


def test_failed_job_says_where(own, tmp_path):
    ui = ui_of(own.master)
    job = tmp_path / "wrong.sql"
    job.write_text("SELECT id,\n       valeu\nFROM (VALUES (1, 2)) AS t(id, value)\n")
    result = finish(start_quern("submit", job, "--name", "wrong", "--master", own.url))
    assert result.code == 1, result
    found = detail(ui, "wrong")
    assert found["state"] == "FAILED" and found["sql"] == job.read_text()
    error = found["error"]
    assert error["class"] == "UNRESOLVED_COLUMN" and (error["line"], error["column"]) == (2, 8)
    assert error["excerpt"] == "       valeu" and error["caret"] == "       ^" and "value" in error["hint"]
    assert job_named(ui, "wrong")["error"]["class"] == "UNRESOLVED_COLUMN"


def test_bad_records(own, tmp_path):
    source = tmp_path / "bad.ndjson"
    source.write_text('{"a": 1}\n{"a": \n{"a": 3}\n')
    ui = ui_of(own.master)
    job = tmp_path / "bad.sql"
    job.write_text("SELECT count(*) AS n FROM input")
    ok(finish(start_quern("submit", job, "--input", source, "--schema", "a BIGINT", "--name", "bad",
                          "--master", own.url)))
    report = detail(ui, "bad")["bad_records_report"]
    assert report["count"] == 1 and report["first"][0]["record"] == 2 and report["first"][0]["reason"]
    assert job_named(ui, "bad")["bad_records"] == 1


def test_script_with_several_statements(own, tmp_path):
    job = tmp_path / "two.sql"
    job.write_text("CREATE TEMPORARY VIEW v AS SELECT * FROM (VALUES (1), (2)) AS t(x);\n"
                   "SELECT sum(x) AS s FROM v;\nSELECT max(x) AS m FROM v;\n")
    ok(finish(start_quern("submit", job, "--name", "two", "--master", own.url)))
    found = detail(ui_of(own.master), "two")
    assert found["statements"] == 3 and found["plan"]["name"] == "Script"
    assert [c["name"] for c in found["plan"]["children"]] == ["Statement 2", "Statement 3"]


def post(url, **headers):
    return get(url, method="POST", headers=headers)


def test_cancel(own, tmp_path):
    ui = ui_of(own.master)
    job = tmp_path / "long.sql"
    job.write_text("SELECT count(*) FROM input a")
    # 20,000 tasks over a small file: long enough to be met while it runs
    source = tmp_path / "items.ndjson"
    source.write_text("".join(json.dumps({"id": i, "name": "x" * 100}) + "\n" for i in range(60000)))
    running = start_quern("submit", job, "--input", source, "--schema", "id BIGINT, name STRING", "--name", "long",
                          "--conf", "spark.default.parallelism=20000", "--master", own.url)

    def met():
        jobs = fetch(ui + "/api/quern/jobs?state=RUNNING")["jobs"]
        return [j for j in jobs if j["name"] == "long" and j["tasks_done"]]

    (seen,) = wait_until(met, "a running job")
    live = fetch(f"{ui}/api/quern/jobs/{seen['id']}")
    assert live["state"] == "RUNNING" and live["stages"][0]["state"] == "RUNNING" and live["plan"]
    tasks = fetch(f"{ui}/api/quern/jobs/{seen['id']}/tasks")
    assert "R" in tasks["state"] or "D" in tasks["state"]

    cancel = f"{ui}/api/quern/jobs/{seen['id']}/cancel"
    status, headers, body = post(cancel)
    assert status == 401 and headers["WWW-Authenticate"] == "Bearer" and json.loads(body)["hint"]
    assert post(cancel, Authorization="Bearer wrong")[0] == 401
    assert post(cancel, Authorization=f"Basic {TOKEN}")[0] == 401
    assert get(cancel)[0] == 405
    assert post(f"{ui}/api/quern/jobs/999999/cancel", Authorization=f"Bearer {TOKEN}")[0] == 404
    status, _, body = post(cancel, Authorization=f"Bearer {TOKEN}")
    assert status == 202 and json.loads(body)["state"] in ("RUNNING", "CANCELLED")
    result = finish(running)
    assert result.code == 130, result
    ended = detail(ui, "long")
    assert ended["state"] == "CANCELLED" and ended["error"]["class"] == "CANCELLED"
    assert "R" not in fetch(f"{ui}/api/quern/jobs/{seen['id']}/tasks")["state"]
    assert post(cancel, Authorization=f"Bearer {TOKEN}")[0] == 409


def test_many_jobs_of_many_tasks_stay_usable(own, tmp_path):
    """50 jobs of 2,000 tasks: every answer of the pages is below 300 KB. How long they take is printed (-s).
    Without QUERN_TEST_LONG only the last one has so many tasks: the list shows no tasks."""
    ui = ui_of(own.master)
    job, source = tmp_path / "many.sql", tmp_path / "items.ndjson"
    job.write_text("SELECT count(*) AS n FROM input")
    source.write_text("".join(json.dumps({"id": i, "name": "x" * 20}) + "\n" for i in range(4000)))
    long = "QUERN_TEST_LONG" in os.environ
    for i in range(50):
        tasks = "2000" if long or i == 49 else "2"
        ok(finish(start_quern("submit", job, "--input", source, "--schema", "id BIGINT, name STRING", "--name",
                              f"many {i}", "--conf", f"spark.default.parallelism={tasks}", "--master", own.url)))
    last = job_named(ui, "many 49")
    assert last["tasks_done"] > 1900
    for path in ("/", "/api/quern/cluster", "/api/quern/jobs", f"/api/quern/jobs/{last['id']}",
                 f"/api/quern/jobs/{last['id']}/tasks", f"/api/quern/jobs/{last['id']}/logs"):
        seconds = []
        for _ in range(7):
            start = time.monotonic()
            status, _, body = get(ui + path)
            seconds.append(time.monotonic() - start)
            assert status == 200 and len(body) <= 300_000, (path, len(body))
        print(path, len(body), "bytes", round(1000 * min(seconds), 1), "ms")


def test_a_dead_worker_leaves_the_lists(small_items, tmp_path):
    with Cluster(tmp_path, workers=2,
                 master_words=("--conf", "spark.worker.timeout=2s", "--conf", "spark.dead.worker.persistence=1",
                               "--conf", "spark.executor.heartbeatInterval=200ms")) as own:
        ui = ui_of(own.master)
        ok(submit(small_items["json"], tmp_path / "out", "--name", "before", "--conf", "spark.default.parallelism=7",
                  master=own.url))
        tasks = f"{ui}/api/quern/jobs/{job_named(ui, 'before')['id']}/tasks"
        ran_on = fetch(tasks)["workers"]
        known = {w["worker_id"] for w in fetch(ui + "/api/quern/cluster")["workers"]}
        assert len(ran_on) == len(known) == 2
        own.workers[0].kill()

        def lists():
            yield {w["worker_id"] for w in fetch(ui + "/api/quern/cluster")["workers"]}
            yield {w["id"] for w in fetch(ui + "/json/")["workers"]}
            yield {line.split()[0] for line in own.worker_lines()}
        wait_until(lambda: len(known & set().union(*lists())) == 1, "the dead worker leaves the lists")
        assert fetch(tasks)["workers"] == ran_on


def test_wrong_tokens_are_slowed_down(tmp_path):
    with Cluster(tmp_path, workers=0, master_words=("--conf", f"quern.ui.token={TOKEN}")) as own:
        url = ui_of(own.master) + "/api/quern/jobs/1/cancel"
        codes = [post(url, Authorization="Bearer guess")[0] for _ in range(12)]
        assert codes[0] == 401 and codes[-1] == 429
        assert TOKEN not in json.dumps(fetch(ui_of(own.master) + "/api/quern/cluster"))


def test_cancel_without_a_token(cluster):
    status, _, body = post(ui_of(cluster.master) + "/api/quern/jobs/1/cancel", Authorization="Bearer x")
    assert status == 403 and "quern.ui.token" in json.loads(body)["hint"]


def test_past_jobs_survive_a_restart(small_items, tmp_path):
    words = ("--store", tmp_path / "jobs.db")
    with Cluster(tmp_path / "first", workers=1, master_words=words) as first:
        ok(submit(small_items["json"], tmp_path / "out", "--name", "kept", master=first.url))
        ui = ui_of(first.master)
        before = detail(ui, "kept")
        tasks = fetch(f"{ui}/api/quern/jobs/{before['id']}/tasks")
        logs = fetch(f"{ui}/api/quern/jobs/{before['id']}/logs")
    with Cluster(tmp_path / "second", workers=0, master_words=words) as second:
        ui = ui_of(second.master)
        assert detail(ui, "kept") == before
        assert fetch(f"{ui}/api/quern/jobs/{before['id']}/tasks") == tasks
        assert fetch(f"{ui}/api/quern/jobs/{before['id']}/logs") == logs
        assert fetch(f"{ui}/api/quern/jobs/{before['app_id']}")["id"] == before["id"]
        assert fetch(ui + "/api/quern/jobs?state=COMPLETED")["jobs"][0]["name"] == "kept"


def test_lists_of_past_jobs_have_their_numbers(small_items, tmp_path):
    words = ("--store", tmp_path / "jobs.db")
    bad, job = tmp_path / "bad.ndjson", tmp_path / "bad.sql"
    bad.write_text('{"a": 1}\n{"a": \n{"a": 3}\n')
    job.write_text("SELECT count(*) AS n FROM input")
    with Cluster(tmp_path / "first", workers=1, master_words=words) as first:
        ok(finish(start_quern("submit", job, "--input", bad, "--schema", "a BIGINT", "--name", "bad",
                              "--master", first.url)))
        _, hard = resource.prlimit(first.workers[0].process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(first.workers[0].process.pid, resource.RLIMIT_FSIZE, (4096, hard))
        assert submit(small_items["json"], tmp_path / "out", "--name", "full", master=first.url).code == 1
        before = fetch(ui_of(first.master) + "/api/quern/jobs")["jobs"]
    with Cluster(tmp_path / "second", workers=0, master_words=words) as second:
        after = fetch(ui_of(second.master) + "/api/quern/jobs")["jobs"]
    for one in before:  # what only a job in memory tells
        del one["statement"], one["statements"]
    assert after == before
    assert after[0]["tasks_failed"] > 0 and after[1]["bytes_read"] == 25 and after[1]["bad_records"] == 1


def test_status_rows(postgres, small_items, tmp_path):
    dsn = postgres.create("http")
    with Cluster(tmp_path, workers=1, master_words=("--status-dsn", dsn)) as own:
        submit(small_items["json"], tmp_path / "out", "--name", "piped", "--pipeline-id", "7", master=own.url)
        ui = ui_of(own.master)
        rows = detail(ui, "piped")["status_rows"]
        assert [r["status"] for r in rows] == ["running", "completed"]
        assert rows[1]["message"] == "Successfully processed 1000 records"
        wait_until(lambda: all(r["sent"] for r in detail(ui, "piped")["status_rows"]), "sent rows")
