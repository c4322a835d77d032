"""/metrics of master and worker, read by Prometheus' own parsers in both formats."""

import os

import pytest

from harness import Cluster, finish, ok, start_quern, submit, wait_until
from test_http import get, ui_of

try:
    from prometheus_client.openmetrics import parser as openmetrics
    from prometheus_client import parser as classic
except ImportError:
    if os.environ.get("CI"):
        raise
    pytest.skip("prometheus_client is missing: tools/deps.sh check installs it", allow_module_level=True)

OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def families(url, form):
    headers = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"} if form == "open" else {}
    status, got, body = get(url + "/metrics", headers=headers)
    assert status == 200
    text = body.decode()
    if form == "open":
        assert got["Content-Type"] == OPEN and text.endswith("# EOF\n")
        return list(openmetrics.text_string_to_metric_families(text))
    assert got["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return list(classic.text_string_to_metric_families(text))


def values(url, form="open"):
    return {(s.name, tuple(s.labels.items())): s.value for f in families(url, form) for s in f.samples}


@pytest.fixture(scope="module")
def own(tmp_path_factory, small_items):
    folder = tmp_path_factory.mktemp("own")
    with Cluster(folder, workers=2) as running:
        ok(submit(small_items["json"], folder / "out", master=running.url))
        failed = finish(start_quern("sql", "SELECT nothing", "--master", running.url))
        assert failed.code == 1
        yield running


@pytest.mark.parametrize("form", ["open", "classic"])
def test_both_parsers_accept_it(own, form):
    for url in (ui_of(own.master), ui_of(own.workers[0])):
        found = families(url, form)
        assert len(found) > 15 and all(f.documentation for f in found)
        assert all(f.samples for f in found)
        for f in found:
            assert form != "open" or not f.unit or f.name.endswith("_" + f.unit)


def test_values_of_the_master(own):
    v = values(ui_of(own.master))
    assert v["quern_jobs_ended_total", (("state", "completed"),)] == 1
    assert v["quern_jobs_ended_total", (("state", "failed"),)] == 1
    assert v["quern_jobs", (("state", "running"),)] == 0
    assert v["quern_workers", (("state", "alive"),)] == 2
    assert v["quern_cores", ()] == 2 and v["quern_memory_bytes", ()] == 2 << 30
    assert v["quern_job_read_rows_total", ()] == 1000 == v["quern_job_written_rows_total", ()]
    assert v["quern_job_duration_seconds_count", ()] == 2
    assert v["quern_job_duration_seconds_bucket", (("le", "+Inf"),)] == 2
    assert v["quern_tasks_ended_total", (("state", "done"),)] >= 1
    assert v["process_resident_memory_bytes", ()] > 1 << 20 and v["process_cpu_seconds_total", ()] > 0
    assert v["quern_http_connections", ()] >= 1
    assert values(ui_of(own.master), "classic").keys() == v.keys()


def test_values_of_workers(own):
    each = [values(ui_of(w)) for w in own.workers]
    assert sum(v["quern_worker_read_rows_total", ()] for v in each) == 1000
    assert sum(v["quern_worker_tasks_ended_total", (("state", "done"),)] for v in each) >= 1
    assert all(v["quern_worker_registered", ()] == 1 and v["quern_worker_cores", ()] == 1 for v in each)


def test_a_lost_worker_shows(tmp_path):
    with Cluster(tmp_path, workers=2) as own:
        own.workers[0].kill()
        wait_until(lambda: values(ui_of(own.master))["quern_workers", (("state", "lost"),)] == 1, "a lost worker")
        assert values(ui_of(own.master))["quern_cores", ()] == 1
