"""What the pipeline's tests need: the example's packages, a Prefect API, PostgreSQL, clusters, flows."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from flows import VENV, Database, Flow, PrefectApi  # noqa: E402
from harness import Cluster  # noqa: E402


@pytest.fixture(scope="session")
def packages():
    """The example's virtual environment; without it these tests cannot run."""
    try:
        subprocess.run([VENV / "bin" / "python", "-c", "import asyncpg, prefect, quern"], check=True,
                       capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        text = f"no Prefect here: make pipeline-venv failed ({error}; {getattr(error, 'stderr', '')})"
        if os.environ.get("CI"):
            pytest.fail(text)
        pytest.skip(text)
    return VENV


@pytest.fixture(scope="session")
def prefect(packages, tmp_path_factory):
    """One Prefect API for all flows: where their states and logs can be asked for."""
    with PrefectApi(tmp_path_factory.mktemp("prefect")) as api:
        yield api


@pytest.fixture
def database(postgres, request):
    """An empty database of the test's own."""
    return Database(postgres, request.node.name.replace("[", "_").replace("]", ""))


@pytest.fixture
def start_cluster(database, tmp_path):
    """Starts a cluster that keeps its status in the test's database."""
    started = []

    def start(*master_words, workers=2):
        words = ("--status-dsn", database.dsn, *master_words)
        started.append(Cluster(tmp_path / "cluster", workers=workers, master_words=words))
        return started[-1]

    yield start
    for cluster in started:
        for worker in cluster.workers:
            worker.signal(signal.SIGCONT)  # a stopped one cannot end in order
        cluster.stop()


@pytest.fixture
def start_flow(prefect, database, tmp_path, request):
    """Starts the example's flow as a process of its own; ends it if the test did not."""
    started = request.node.flows = []

    def start(master, *words, output=None, **environment):
        flow = Flow(prefect, database, master, output or tmp_path / "out", words, environment)
        started.append(flow)
        return flow

    yield start
    for flow in started:
        flow.kill()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """What the flows said belongs to a failure's report."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed:
        for flow in getattr(item, "flows", []):
            flow.kill()
            report.sections.append(("flow", flow.said))
