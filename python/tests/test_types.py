"""The package's types, strictly, and those that a user of it sees."""

import os
import subprocess
import sys

from conftest import ROOT

PYTHON = ROOT / "python"
CONFIG = ("--strict", "--config-file", PYTHON / "pyproject.toml", "--cache-dir", ROOT / "build" / "mypy")
USER = """
import asyncio
from pathlib import Path
import quern

def blocking() -> list[dict[str, object]]:
    with quern.Client("local") as client:
        job = client.submit(Path("x.sql"), {"input": [{"a": 1}]}, params={"n": 1}, pipeline_id=3)
        schema: quern.Schema = job.schema
        return job.rows()

async def waiting(on: str) -> float:
    async with quern.AsyncClient(on, connect_timeout=3) as client:
        job = await client.submit("SELECT 1", on_progress=lambda p: print(p.fraction))
        async for batch in job.iter_batches():
            print(batch.num_rows, batch.schema.names)
        return (await job.wait()).seconds
"""


def run(*words, folder):
    done = subprocess.run(
        [sys.executable, "-B", "-m", *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env={**os.environ, "MYPYPATH": str(PYTHON / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_package(tmp_path):
    run("mypy", *CONFIG, "-p", "quern", folder=tmp_path)


def test_a_user(tmp_path):
    (tmp_path / "user.py").write_text(USER)
    run("mypy", *CONFIG, "user.py", folder=tmp_path)


def test_a_second_opinion(tmp_path):
    run("pyright", "--pythonpath", sys.executable, "-p", PYTHON, folder=tmp_path)
