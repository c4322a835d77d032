"""The HTTP ports of master and worker, asked as browsers and probes ask them."""

import json
import re
import socket
import urllib.error
import urllib.request

import pytest

from harness import Cluster, Daemon, free_port, ok, submit, wait_until


def ui_of(daemon):
    return daemon.wait_log(r"UI at (http://[0-9.]+:\d+)").group(1)


def get(url, method="GET", headers=None):
    """(status, headers, body) of any answer."""
    request = urllib.request.Request(url, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()


def fetch(url):
    status, headers, body = get(url)
    assert status == 200 and headers["Content-Type"] == "application/json", (status, body)
    return json.loads(body)


@pytest.fixture(scope="module")
def ui(cluster):
    return ui_of(cluster.master)


@pytest.fixture(scope="module")
def done(cluster, small_items, tmp_path_factory):
    """A job that has ended."""
    ok(submit(small_items["json"], tmp_path_factory.mktemp("done") / "out", "--name", "first",
              master=cluster.url))


def test_health(cluster, ui):
    assert get(ui + "/healthz")[2] == b"ok\n"
    assert get(ui + "/readyz")[::2] == (200, b"ready\n")
    worker = ui_of(cluster.workers[0])
    assert get(worker + "/healthz")[2] == b"ok\n"
    assert get(worker + "/readyz")[::2] == (200, b"ready\n")


def test_pages_and_their_files(cluster, ui):
    for page in (ui + "/", ui + "/job/1", ui_of(cluster.workers[0]) + "/"):
        status, headers, body = get(page)
        assert status == 200 and headers["Content-Type"] == "text/html; charset=utf-8"
        assert b"<title>" in body
        again = get(page, headers={"If-None-Match": headers["ETag"]})
        assert again[0] == 304 and again[2] == b""
        head = get(page, method="HEAD")
        assert head[0] == 200 and head[2] == b"" and int(head[1]["Content-Length"]) == len(body)


def test_security_headers_are_everywhere(ui):
    for path in ("/", "/healthz", "/api/quern/cluster", "/nothing"):
        headers = get(ui + path)[1]
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY"
        assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("path", [
    "/nothing", "/static/", "/static/nothing.js", "/static/../master/index.html", "/api/quern/jobs/999999",
    "/static/%2e%2e/%2e%2e/docs/openapi.json", "/api/quern/jobs/%00", "/api/quern/jobs/" + "9" * 400])
def test_what_is_not_there(ui, path):
    status, _, body = get(ui + path)
    assert status == 404 and json.loads(body)["error"] == "NOT_FOUND"


def test_other_methods(ui):
    status, headers, body = get(ui + "/api/quern/jobs", method="DELETE")
    assert status == 405 and headers["Allow"] == "GET, HEAD"
    assert json.loads(body)["error"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("query", ["limit=x", "limit=-1", "limit=501", "before=99999999999999999999", "state=GONE"])
def test_bad_questions(ui, query):
    status, _, body = get(f"{ui}/api/quern/jobs?{query}")
    assert status == 400 and json.loads(body)["message"]


def test_cluster(cluster, ui, done):
    c = fetch(ui + "/api/quern/cluster")
    assert c["master_url"] == cluster.url and c["cores"] == 2 and c["scheduler"] == "FIFO"
    assert c["cancel_enabled"] is False
    assert c["jobs"]["completed"] >= 1
    assert c["started_us"] < c["now_us"]
    assert [w["state"] for w in c["workers"]] == ["ALIVE", "ALIVE"]
    assert sum(w["tasks_done"] for w in c["workers"]) >= 1
    ports = {ui_of(w) for w in cluster.workers}
    assert {w["webui_url"] for w in c["workers"]} == ports
    assert {"name": "spark.scheduler.mode", "value": "FIFO", "source": "default"} in c["settings"]


def test_jobs(ui, done):
    jobs = fetch(ui + "/api/quern/jobs")
    job = next(j for j in jobs["jobs"] if j["name"] == "first")
    assert job["state"] == "COMPLETED" and job["rows_read"] == 1000 and job["error"] is None
    assert job["submitted_us"] <= job["started_us"] <= job["finished_us"]
    one = fetch(f"{ui}/api/quern/jobs/{job['id']}")
    assert one["name"] == "first" and "percent_rank" in one["sql"].lower()
    assert fetch(f"{ui}/api/quern/jobs/{job['app_id']}")["id"] == job["id"]
    assert fetch(f"{ui}/api/quern/jobs?state=FAILED")["jobs"] == []
    assert fetch(f"{ui}/api/quern/jobs?limit=1&before={job['id'] + 1}")["jobs"][0]["id"] == job["id"]


def test_worker(cluster):
    w = fetch(ui_of(cluster.workers[0]) + "/api/quern/worker")
    assert w["state"] == "ALIVE" and w["cores"] == 1 and w["master_url"] == cluster.url
    assert w["tasks"] == [] and w["memory_bytes"] == 1 << 30


class Events:
    """A client of server-sent events."""

    def __init__(self, url):
        host, port = url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)))
        self.socket.sendall(b"GET /api/quern/events HTTP/1.1\r\nHost: test\r\n\r\n")
        self.text = ""

    def wait(self, pattern):
        while not re.search(pattern, self.text):
            piece = self.socket.recv(65536)
            assert piece, f"ended without {pattern}: {self.text[-500:]}"
            self.text += piece.decode()
        return re.search(pattern, self.text)

    def close(self):
        self.socket.close()


def test_events(cluster, ui, small_items, tmp_path):
    events = Events(ui)
    assert "text/event-stream" in events.wait(r"(?s).*\r\n\r\n").group()
    events.wait(r"retry: 2000")
    events.wait(r'event: cluster\ndata: \{"version"')
    ok(submit(small_items["json"], tmp_path / "out", "--name", "told", master=cluster.url))
    told = events.wait(r'event: job\ndata: (\{.*"name":"told".*"state":"COMPLETED".*\})\n\n').group(1)
    assert json.loads(told)["rows_read"] == 1000
    events.wait(r"event: worker\ndata: ")
    events.close()


def test_ports_that_are_taken(tmp_path):
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        for program, words in (("quern-master", ()), ("quern-worker", ("spark://127.0.0.1:1",))):
            d = Daemon(program, program, "--host", "127.0.0.1", "--webui-port", str(port),
                       *(("--port", "0") if program == "quern-master" else ()), *words, folder=tmp_path)
            code = wait_until(lambda p=d.process: p.poll() is not None and p, program).returncode
            assert code == 1 and "ADDRESS_IN_USE" in d.log() and str(port) in d.log(), d.log()


def test_end_with_open_connections(tmp_path):
    with Cluster(tmp_path, workers=1) as own:
        clients = [Events(ui_of(own.master)), Events(ui_of(own.workers[0]))]
        for client in clients:
            client.wait("retry")
        idle = socket.create_connection(("127.0.0.1", int(ui_of(own.master).rsplit(":", 1)[1])))
    for client in clients:
        while client.socket.recv(65536):
            pass
    assert idle.recv(1) == b""
