"""Spark's monitoring API as its clients ask for it. The walk of Datadog's Spark check in standalone mode is made
with the same calls in the same order: the master's state, each application's page, the one link on it, and below
that the REST API with the fields and types that the check adds up."""

import json
import numbers
import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest

from harness import Cluster, finish, ok, start_quern, submit, wait_until
from test_http import fetch, get, ui_of

JOB_SUMS = ("numTasks", "numActiveTasks", "numSkippedTasks", "numFailedTasks", "numCompletedTasks", "numActiveStages",
            "numCompletedStages", "numSkippedStages", "numFailedStages")
STAGE_SUMS = ("numActiveTasks", "numCompleteTasks", "numFailedTasks", "executorRunTime", "inputBytes", "inputRecords",
              "outputBytes", "outputRecords", "shuffleReadBytes", "shuffleReadRecords", "shuffleWriteBytes",
              "shuffleWriteRecords", "memoryBytesSpilled", "diskBytesSpilled")
EXECUTOR_SUMS = ("rddBlocks", "memoryUsed", "diskUsed", "activeTasks", "failedTasks", "completedTasks", "totalTasks",
                 "totalDuration", "totalInputBytes", "totalShuffleRead", "totalShuffleWrite", "maxMemory")
DATE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}GMT$")


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.found = None, []

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.open = dict(attributes).get("href")

    def handle_data(self, data):
        if self.open is not None:
            self.found.append((data, self.open))

    def handle_endtag(self, tag):
        if tag == "a":
            self.open = None


def below(url, path):
    return url.rstrip("/") + "/" + path.lstrip("/")


def sums(objects, names):
    for o in objects:
        for name in names:
            assert isinstance(o[name], numbers.Number) and not isinstance(o[name], bool), (name, o[name])
    return {name: sum(o[name] for o in objects) for name in names}


def check_of_datadog(master):
    """What the check collects: {application id: {jobs, stages, executors, rdds}}."""
    state = fetch(below(master, "/json/"))
    assert isinstance(state["aliveworkers"], int) and state["status"] == "ALIVE"
    collected = {}
    for app in state["activeapps"]:
        page = get(below(master, "/app/") + f"?appId={app['id']}")
        assert page[0] == 200 and page[1]["Content-Type"].startswith("text/html")
        links = Links()
        links.feed(page[2].decode())
        (tracking,) = [href for text, href in links.found if text == "Application Detail UI"]
        assert urljoin(tracking, tracking) == tracking, "the link has to be absolute"
        assert re.match(r"3\.5\.\d+$", fetch(below(tracking, "/api/v1/version"))["spark"])
        apps = fetch(below(tracking, "/api/v1/applications"))
        assert [(a["id"], a["name"]) for a in apps] == [(app["id"], app["name"])]
        base = below(tracking, f"/api/v1/applications/{app['id']}")
        jobs, stages = fetch(base + "/jobs"), fetch(base + "/stages")
        assert all(j["status"] in ("RUNNING", "SUCCEEDED", "FAILED", "UNKNOWN") for j in jobs)
        assert all(s["status"] in ("ACTIVE", "COMPLETE", "PENDING", "FAILED", "SKIPPED") for s in stages)
        executors = fetch(base + "/executors")
        assert fetch(base + "/storage/rdd") == [] and fetch(base + "/streaming/statistics") == {}
        assert isinstance(fetch(below(tracking, "/metrics/json"))["gauges"], dict)
        collected[app["id"]] = {
            "jobs": sums(jobs, JOB_SUMS), "stages": sums(stages, STAGE_SUMS),
            "driver": sums([e for e in executors if e["id"] == "driver"], EXECUTOR_SUMS),
            "executors": sums([e for e in executors if e["id"] != "driver"], EXECUTOR_SUMS),
            "n_executors": len(executors) - 1}
    return collected


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    with Cluster(tmp_path_factory.mktemp("own"), workers=2) as running:
        yield running


def test_datadogs_check_while_a_job_runs(own, tmp_path):
    ui = ui_of(own.master)
    assert check_of_datadog(ui) == {}
    job, source = tmp_path / "long.sql", tmp_path / "items.ndjson"
    job.write_text("SELECT count(*) FROM input")
    source.write_text("".join(json.dumps({"id": i, "name": "x" * 100}) + "\n" for i in range(60000)))
    running = start_quern("submit", job, "--input", source, "--schema", "id BIGINT, name STRING", "--name",
                          "seen & <told>", "--conf", "spark.default.parallelism=20000", "--master", own.url)

    def met():
        found = check_of_datadog(ui)
        return [c for c in found.values() if c["jobs"]["numCompletedTasks"]]

    (seen,) = wait_until(met, "a running job")
    assert seen["n_executors"] == 2 and seen["jobs"]["numActiveStages"] == 1
    assert 0 < seen["jobs"]["numCompletedTasks"] < seen["jobs"]["numTasks"]
    assert seen["stages"]["inputRecords"] > 0 and seen["executors"]["maxMemory"] == 2 << 30
    name = fetch(ui + "/api/v1/applications")[0]["name"]
    assert name == "seen & <told>"
    assert own.quern("cancel", fetch(ui + "/api/quern/jobs")["jobs"][0]["app_id"]).code == 0
    finish(running)
    assert check_of_datadog(ui) == {}


def test_ended_application(own, small_items, tmp_path):
    ui = ui_of(own.master)
    ok(submit(small_items["json"], tmp_path / "out", "--name", "ended", "--conf", "spark.some.secret=hush",
              master=own.url))
    app = fetch(ui + "/api/v1/applications?status=completed")[0]
    (attempt,) = app["attempts"]
    assert app["name"] == "ended" and attempt["completed"] is True
    assert all(DATE.match(attempt[k]) for k in ("startTime", "endTime", "lastUpdated"))
    assert attempt["endTimeEpoch"] - attempt["startTimeEpoch"] == pytest.approx(attempt["duration"], abs=1)
    assert fetch(f"{ui}/api/v1/applications/{app['id']}") == app
    (job,) = fetch(f"{ui}/api/v1/applications/{app['id']}/jobs")
    assert job["status"] == "SUCCEEDED" and job["jobId"] == 0 and job["stageIds"] == [0]
    assert DATE.match(job["submissionTime"]) and DATE.match(job["completionTime"])
    (stage,) = fetch(f"{ui}/api/v1/applications/{app['id']}/stages?status=complete")
    assert stage["inputRecords"] == stage["outputRecords"] == 1000 and stage["stageId"] == 0
    assert fetch(f"{ui}/api/v1/applications/{app['id']}/stages?status=active") == []
    executors = fetch(f"{ui}/api/v1/applications/{app['id']}/allexecutors")
    assert [e["id"] for e in executors][0] == "driver" and len(executors) == 3
    assert sum(e["totalCores"] for e in executors) == 2
    environment = fetch(f"{ui}/api/v1/applications/{app['id']}/environment")
    assert ["spark.app.name", "ended"] in environment["sparkProperties"]
    assert "hush" not in json.dumps(environment)
    done = next(a for a in fetch(ui + "/json/")["completedapps"] if a["id"] == app["id"])
    assert done["state"] == "FINISHED" and done["duration"] >= 0 and re.match(
        r"^\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}$", done["submitdate"])
    assert get(ui + f"/proxy/{app['id']}")[0] == 200  # by way of the job's page


def test_standalone_state(own):
    state = fetch(ui_of(own.master) + "/json/")
    assert state["url"] == own.url and state["aliveworkers"] == 2 and state["cores"] == 2
    assert state["memory"] == 2048 and state["activedrivers"] == []
    for w in state["workers"]:
        assert w["state"] == "ALIVE" and w["coresfree"] == w["cores"] - w["coresused"] and w["memory"] == 1024
        assert get(w["webuiaddress"] + "/healthz")[0] == 200
    gauges = fetch(ui_of(own.master) + "/metrics/json")["gauges"]
    assert gauges["master.aliveWorkers"] == {"value": 2}


def test_past_applications(small_items, tmp_path):
    """After a restart, from the store: all that is kept is as it was."""
    parts = ("", "/jobs", "/stages", "/stages?status=complete", "/environment", "/storage/rdd",
             "/streaming/statistics")

    def answers(ui, apps):
        for app in apps:
            for base in ("/api/v1/applications/", f"/proxy/{app['id']}/api/v1/applications/"):
                yield [fetch(f"{ui}{base}{app['id']}{part}") for part in parts]
            yield fetch(f"{ui}/proxy/{app['id']}/api/v1/applications")

    def as_kept(found):  # the one setting that is the master's of now
        return re.sub(r"spark://127\.0\.0\.1:\d+", "", json.dumps(list(found)))

    words = ("--store", tmp_path / "jobs.db")
    with Cluster(tmp_path / "first", workers=1, master_words=words) as first:
        ok(submit(small_items["json"], tmp_path / "out", "--name", "kept", "--conf", "spark.some.secret=hush",
                  "--conf", "spark.some.thing=9", master=first.url))
        assert finish(start_quern("sql", "SELECT nothing", "--name", "failed", "--master", first.url)).code == 1
        apps = fetch(ui_of(first.master) + "/api/v1/applications")
        before = as_kept(answers(ui_of(first.master), apps))
    assert [a["name"] for a in apps] == ["failed", "kept"]
    assert '"SUCCEEDED"' in before and "spark.some.thing" in before and "hush" not in before
    with Cluster(tmp_path / "second", workers=1, master_words=words) as second:
        ui = ui_of(second.master)
        assert fetch(ui + "/api/v1/applications") == fetch(ui + "/api/v1/applications?status=completed") == apps
        assert fetch(ui + "/api/v1/applications?status=running") == []
        assert fetch(ui + "/api/v1/applications?limit=1") == apps[:1]
        assert as_kept(answers(ui, apps)) == before
        for part in ("executors", "allexecutors"):  # they were those of another time
            status, _, body = get(f"{ui}/api/v1/applications/{apps[1]['id']}/{part}")
            assert status == 404 and "not kept" in json.loads(body)["message"]
        assert get(ui + "/api/v1/applications/app-none/jobs")[0] == 404
        ok(finish(start_quern("sql", "SELECT 1 AS one", "--name", "new", "--master", second.url)))
        listed = [a["name"] for a in fetch(ui + "/api/v1/applications")]
        assert listed == ["new", "failed", "kept"]  # memory, then store
        assert [a["name"] for a in fetch(ui + "/api/v1/applications?limit=2")] == listed[:2]


@pytest.mark.parametrize("path", [
    "/api/v1/applications/app-none", "/api/v1/applications/app-none/jobs", "/app/", "/app/?appId=none",
    "/proxy/x/api/v1/applications/none/executors"])
def test_unknown_applications(own, path):
    status, _, body = get(ui_of(own.master) + path)
    assert status == 404 and json.loads(body)["message"]


def test_the_link_goes_back_to_where_it_was_asked(own, small_items, tmp_path):
    ui = ui_of(own.master)
    ok(submit(small_items["json"], tmp_path / "out", "--name", "linked", master=own.url))
    app = fetch(ui + "/json/")["completedapps"][0]["id"]
    page = get(f"{ui}/app/?appId={app}", headers={"Host": "spark.example:8080"})[2].decode()
    assert f'href="http://spark.example:8080/proxy/{app}"' in page
    page = get(f"{ui}/app/?appId={app}", headers={"Host": 'x"><script>'})[2].decode()
    assert "<script>" not in page and f'href="{ui}/proxy/{app}"' in page
