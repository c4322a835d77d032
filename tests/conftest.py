"""Fixtures of the end-to-end tests (tests/stage3 and tests/cluster)."""

import os
import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from harness import BIN, Cluster, Postgres, generate  # noqa: E402

# A shell that runs the tests in the background has them ignore Ctrl-C, and with them all they start.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionstart():
    if not (BIN / "quern").exists():
        pytest.exit(f"{BIN}/quern does not exist; run make first", returncode=4)


@pytest.fixture(scope="session")
def small_items(tmp_path_factory):
    """1,000 records, some without the optional fields, some with an integer value."""
    return generate(tmp_path_factory.mktemp("small"), 1000, "--missing", "0.1", "--int-values", "0.2")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with Cluster(tmp_path_factory.mktemp("cluster"), workers=2) as running:
        yield running


@pytest.fixture(scope="session")
def postgres():
    if Postgres.programs() is None:
        text = "there is no PostgreSQL server here: tools/deps.sh check installs it"
        if os.environ.get("CI"):
            pytest.fail(text)
        pytest.skip(text)
    server = Postgres()
    yield server
    server.destroy()
