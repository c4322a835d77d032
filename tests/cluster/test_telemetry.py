"""What monitoring sees: JSON log records with a job's trace, log files, DogStatsD datagrams."""

import json
import re
import signal
import socket

import pytest
from harness import HUNG_S, Cluster, clean_environment, free_port, ok, submit, wait_until

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "67667974448284343"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def records(text):
    """Every line is one JSON object, without a key twice."""
    def once(pairs):
        assert len({k for k, _ in pairs}) == len(pairs), pairs
        return dict(pairs)
    return [json.loads(line, object_pairs_hook=once) for line in text.splitlines()]


@pytest.fixture(scope="module")
def json_cluster(tmp_path_factory):
    folder = tmp_path_factory.mktemp("json")
    words = ("--log-format", "json", "--log-level", "debug")
    env = clean_environment(DD_SERVICE="etl", DD_ENV="test", DD_VERSION="7")
    with Cluster(folder, workers=1, master_words=words, worker_words=words, env=env) as running:
        yield running


def about(daemon, job):
    return [r for r in records(daemon.log()) if r.get("job") == job]


def run(cluster, items, tmp_path, *words, env=None):
    return ok(submit(items["ndjson"], tmp_path / "out", *words, master=cluster.url, env=env or clean_environment()))


def run_logged(cluster, *words, **more):
    """What run gives, the job's number in the logs, and the records of master and worker about it: the last
    ones come after the client has gone."""
    known = {r.get("job") for r in records(cluster.master.log())}
    done, master, worker = run(cluster, *words, **more), cluster.master, cluster.workers[0]
    job = next(r["job"] for r in records(master.log()) if r.get("job") not in known)
    wait_until(lambda: any(r["message"].startswith("completed") for r in about(master, job)), "the end", master.process)
    wait_until(lambda: any("task" in r for r in about(worker, job)), "a task", worker.process)
    return done, job, about(master, job), about(worker, job)


def test_records_have_the_names_that_datadog_reads(json_cluster, small_items, tmp_path):
    _, _, of_job, _ = run_logged(json_cluster, small_items, tmp_path)
    for daemon, logger in ((json_cluster.master, "master"), (json_cluster.workers[0], "worker")):
        for r in records(daemon.log()):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", r["timestamp"]), r
            assert r["level"] in ("DEBUG", "INFO", "WARN", "ERROR") and r["message"], r
            assert (r["logger.name"], r["dd.service"], r["dd.env"], r["dd.version"]) == (logger, "etl", "test", "7")
    for r in of_job:
        assert "dd.trace_id" not in r and "dd.span_id" not in r


@pytest.mark.parametrize("words, environment", [
    (("--conf", f"quern.traceparent={PARENT}"), {}),
    (("--conf", f"quern.dd.traceId={TRACE}", "--conf", f"quern.dd.spanId={SPAN}"), {}),
    ((), {"TRACEPARENT": PARENT}),
    ((), {"DD_TRACE_ID": TRACE, "DD_SPAN_ID": SPAN}),
])
def test_a_trace_is_on_every_record_of_its_job(json_cluster, small_items, tmp_path, words, environment):
    _, job, *both = run_logged(json_cluster, small_items, tmp_path, *words, env=clean_environment(**environment))
    for found in both:
        assert len(found) >= 2, found
        for r in found:
            assert (r.get("dd.trace_id"), r.get("dd.span_id")) == (TRACE, SPAN), r
    assert f"trace {TRACE}, span {SPAN}" in json_cluster.quern("logs", job).out.decode()


def test_a_malformed_trace_costs_a_warning(json_cluster, small_items, tmp_path):
    done, _, of_job, _ = run_logged(json_cluster, small_items, tmp_path, "--conf", "quern.traceparent=00-12-34-01")
    assert "quern.traceparent=00-12-34-01" in done.err and "warning" in done.err, done
    assert all("dd.trace_id" not in r for r in of_job)


def test_log_files(small_items, tmp_path):
    """Two workers append to one file; SIGHUP opens it anew; the console has the same records."""
    log = tmp_path / "worker.out"
    words = ("--log-file", log, "--conf", "quern.log.console=true")
    with Cluster(tmp_path / "cluster", workers=2, worker_words=words) as cluster:
        run(cluster, small_items, tmp_path)
        for worker in cluster.workers:
            worker.wait_log("registered with master")
            wait_until(lambda: set(worker.log().splitlines()) <= set(log.read_text().splitlines()), "the same records",
                       worker.process)
        assert len(re.findall(r"registered with master", log.read_text())) == 2
        log.rename(tmp_path / "worker.out.1")
        for worker in cluster.workers:
            worker.signal(signal.SIGHUP)
        wait_until(lambda: log.exists() and log.read_text().count("open anew") == 2, "the new log file",
                   cluster.master.process)


def test_a_log_file_that_cannot_be_written_costs_a_warning(tmp_path):
    words = ("--log-file", tmp_path / "missing" / "worker.out")
    with Cluster(tmp_path / "cluster", workers=1, worker_words=words) as cluster:
        cluster.workers[0].wait_log("registered with master")
        log = cluster.workers[0].log()
        assert len(re.findall(r"WARN .*cannot open the log file .*missing", log)) == 1, log


# ---- DogStatsD ----

class Agent:
    """A UDP listener that parses what it gets as DogStatsD lines."""

    LINE = re.compile(r"([a-z_.]+):(-?[0-9.]+)\|([gcd])(?:\|#([^|\n]+))?")

    def __init__(self, port=0):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.lines = []

    def environment(self, **more):
        return clean_environment(DD_AGENT_HOST="127.0.0.1", DD_DOGSTATSD_PORT=self.port, DD_ENV="test",
                                 DD_SERVICE="etl", DD_VERSION="7", DD_ENTITY_ID="pod-1", **more)

    def take(self):
        while True:
            try:
                datagram = self.socket.recv(65536)
            except BlockingIOError:
                return self.lines
            assert len(datagram) <= 1432
            for line in datagram.decode().split("\n"):
                found = self.LINE.fullmatch(line)
                assert found, line
                name, value, kind, tags = found.groups()
                tags = dict(t.split(":", 1) for t in tags.split(","))
                assert (tags.pop("env"), tags.pop("service"), tags.pop("version")) == ("test", "etl", "7")
                assert tags.pop("dd.internal.entity_id") == "pod-1"
                self.lines.append((name, float(value), kind, tags))

    def wait(self, process, **wanted):
        """The first line with this name, and these values and tags."""
        def probe():
            for name, value, kind, tags in self.take():
                have = {"name": name, "value": value, "kind": kind, **tags}
                if all(have.get(k) == v for k, v in wanted.items()):
                    return have
            return None
        return wait_until(probe, f"a metric {wanted}", process)


@pytest.fixture
def agent():
    listener = Agent()
    yield listener
    listener.socket.close()


def test_metrics_reach_an_agent(agent, small_items, tmp_path):
    with Cluster(tmp_path / "cluster", workers=2, env=agent.environment()) as cluster:
        process = cluster.master.process
        agent.wait(process, name="spark.executors", value=2, kind="g")
        agent.wait(process, name="spark.cores.total", value=2, kind="g")
        ok(submit(small_items["ndjson"], tmp_path / "out", "--pipeline-id", "17", master=cluster.url))
        done = agent.wait(process, name="spark.job.duration", kind="d", pipeline_id="17", status="completed")
        assert done["stage"] == "Spark Processing" and 0 < done["value"] < HUNG_S
        for name, value in (("spark.jobs", 1), ("spark.records.read", 1000), ("spark.records.written", 1000),
                            ("spark.records.bad", 0), ("spark.task.retries", 0)):
            agent.wait(process, name=name, value=value, kind="c", status="completed")
        assert cluster.quern("sql", "SELECT nothing", "--pipeline-id", "18", "--stage-name", "a|b,c").code == 1
        agent.wait(process, name="spark.job.duration", pipeline_id="18", status="failed", stage="a_b_c")
        cluster.workers[0].kill()
        agent.wait(process, name="spark.executors", value=1)


def test_gauges_come_at_an_interval(agent, tmp_path):
    words = ("--conf", "quern.dogstatsd.interval=100ms")
    with Cluster(tmp_path / "cluster", workers=0, master_words=words, env=agent.environment()) as cluster:
        wait_until(lambda: sum(name == "spark.executors" for name, *_ in agent.take()) >= 4, "gauges",
                   cluster.master.process)


def test_local_jobs_are_counted_too(agent, small_items, tmp_path):
    ok(submit(small_items["ndjson"], tmp_path / "out", "--pipeline-id", "5", env=agent.environment()))
    names = {name for name, *_ in agent.take()}
    assert "spark.job.duration" in names and "spark.executors" not in names


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-agent.invalid"])
def test_an_agent_that_is_away_costs_nothing(host, small_items, tmp_path):
    """Nobody listens, or the name is unknown: jobs run, and the master ends in order."""
    env = clean_environment(DD_AGENT_HOST=host, DD_DOGSTATSD_PORT=free_port())
    with Cluster(tmp_path / "cluster", workers=1, env=env) as cluster:
        for number in range(3):
            ok(submit(small_items["ndjson"], tmp_path / f"out{number}", master=cluster.url))
    ok(submit(small_items["ndjson"], tmp_path / "local", env=env))
