"""Fixtures: the browser, watched visits, clusters with an HTTP port."""

import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
import browser as b  # noqa: E402
from clusters import WebCluster  # noqa: E402


@pytest.fixture(scope="session")
def chromium():
    b.need()
    with b.sync_playwright() as driver:
        running = b.launch(driver)
        yield running
        running.close()


@pytest.fixture
def start(tmp_path):
    """start(workers=1, …) starts a cluster that lasts as long as the test."""
    started = []

    def start_cluster(**options):
        started.append(WebCluster(tmp_path / f"cluster{len(started)}", **options))
        return started[-1]

    yield start_cluster
    for one in started:
        for worker in one.workers:
            if worker.process.poll() is None:
                worker.signal(signal.SIGCONT)
        one.stop()


@pytest.fixture
def visit(chromium, start):
    """visit(base, …) opens a watched page; what it said is judged when the test ends, before its cluster does."""
    opened = []

    def open_page(base, **options):
        opened.append(b.Visit(chromium, base, **options))
        return opened[-1]

    yield open_page
    for one in opened:
        one.close()
    for one in opened:
        one.check()
