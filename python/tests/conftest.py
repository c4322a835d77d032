"""A real cluster for the tests: quern's programs as processes on free loopback ports."""

import asyncio
import functools
import inspect
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import harness  # noqa: E402

for name in [n for n in os.environ if n.startswith(("SPARK_", "QUERN_")) and n != "QUERN_BIN"]:
    del os.environ[name]
os.environ["QUERN_HOME"] = str(harness.BIN)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    with harness.Cluster(tmp_path_factory.mktemp("cluster"), workers=2) as c:
        yield c


@pytest.fixture
def url(cluster):
    return cluster.url


@pytest.fixture
def private(tmp_path):
    """A cluster that the test may break."""
    with harness.Cluster(tmp_path / "cluster", workers=1) as c:
        yield c


def pytest_pycollect_makeitem(collector, name, obj):
    """async def tests run in an event loop of their own."""
    if inspect.iscoroutinefunction(obj) and name.startswith("test_"):

        @functools.wraps(obj)
        def run(*args, **kwargs):
            asyncio.run(obj(*args, **kwargs))

        setattr(collector.obj, name, run)
        return list(collector._genfunctions(name, run))
    return None


def items(n):
    """The pipeline's records."""
    return [
        {
            "id": i,
            "name": f"Item {i}",
            "category": "ABCD"[i % 4],
            "value": round(10 + (i * 7919 % 99000) / 100, 2),
            "quantity": i % 100 + 1,
            "is_active": i % 3 == 0,
            "created_at": f"2026-01-01T00:{i // 60 % 60:02d}:{i % 60:02d}.000001",
        }
        for i in range(n)
    ]
