"""What monitoring sees: JSON log records with a job's trace, log files, DogStatsD datagrams."""

import json
import re
import signal

import pytest
from harness import Cluster, clean_environment, ok, submit, wait_until

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


def about_last_job(daemon):
    """The daemon's records about the job that ran last."""
    found = records(daemon.log())
    job = max(int(r["job"]) for r in found if "job" in r)
    return [r for r in found if r.get("job") == str(job)]


def run(cluster, items, tmp_path, *words, env=None):
    ok(submit(items["ndjson"], tmp_path / "out", *words, master=cluster.url, env=env or clean_environment()))


def test_records_have_the_names_that_datadog_reads(json_cluster, small_items, tmp_path):
    run(json_cluster, small_items, tmp_path)
    for daemon, logger in ((json_cluster.master, "master"), (json_cluster.workers[0], "worker")):
        for r in records(daemon.log()):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", r["timestamp"]), r
            assert r["level"] in ("DEBUG", "INFO", "WARN", "ERROR") and r["message"], r
            assert (r["logger.name"], r["dd.service"], r["dd.env"], r["dd.version"]) == (logger, "etl", "test", "7")
    for r in about_last_job(json_cluster.master):
        assert "dd.trace_id" not in r and "dd.span_id" not in r


@pytest.mark.parametrize("words, environment", [
    (("--conf", f"quern.traceparent={PARENT}"), {}),
    (("--conf", f"quern.dd.traceId={TRACE}", "--conf", f"quern.dd.spanId={SPAN}"), {}),
    ((), {"TRACEPARENT": PARENT}),
    ((), {"DD_TRACE_ID": TRACE, "DD_SPAN_ID": SPAN}),
])
def test_a_trace_is_on_every_record_of_its_job(json_cluster, small_items, tmp_path, words, environment):
    run(json_cluster, small_items, tmp_path, *words, env=clean_environment(**environment))
    for daemon in (json_cluster.master, json_cluster.workers[0]):
        found = about_last_job(daemon)
        assert len(found) >= 2, found
        for r in found:
            assert (r.get("dd.trace_id"), r.get("dd.span_id")) == (TRACE, SPAN), r
    messages = [r["message"] for r in about_last_job(json_cluster.master)]
    assert any(m.startswith("completed") for m in messages), messages
    assert any("task" in r for r in about_last_job(json_cluster.workers[0]))


def test_a_malformed_trace_costs_a_warning(json_cluster, small_items, tmp_path):
    done = ok(submit(small_items["ndjson"], tmp_path / "out", "--conf", "quern.traceparent=00-12-34-01",
                     master=json_cluster.url))
    assert "quern.traceparent=00-12-34-01" in done.err and "warning" in done.err, done
    assert all("dd.trace_id" not in r for r in about_last_job(json_cluster.master))


def test_log_files(small_items, tmp_path):
    """Two workers append to one file; SIGHUP opens it anew; the console has the same records."""
    log = tmp_path / "worker.out"
    words = ("--log-file", log, "--conf", "quern.log.console=true")
    with Cluster(tmp_path / "cluster", workers=2, worker_words=words) as cluster:
        run(cluster, small_items, tmp_path)
        for worker in cluster.workers:
            assert worker.log() and set(worker.log().splitlines()) <= set(log.read_text().splitlines())
        assert len(re.findall(r"registered with master", log.read_text())) == 2
        log.rename(tmp_path / "worker.out.1")
        for worker in cluster.workers:
            worker.signal(signal.SIGHUP)
        wait_until(lambda: log.exists() and log.read_text().count("open anew") == 2, "the new log file",
                   cluster.master.process)


def test_a_log_file_that_cannot_be_written_costs_a_warning(tmp_path):
    words = ("--log-file", tmp_path / "missing" / "worker.out")
    with Cluster(tmp_path / "cluster", workers=1, worker_words=words) as cluster:
        log = cluster.workers[0].log()
        assert len(re.findall(r"WARN .*cannot open the log file .*missing", log)) == 1, log
        assert "registered with master" in log
