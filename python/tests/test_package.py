"""The package as its users get it: built, installed in clean environments, used."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile

import harness
import pytest
from conftest import ROOT

USE = """
import sys
from quern import Client, _records, _rows
assert "site-packages" in _records.__file__
fast = _rows._fast_records is not None
assert fast == (sys.argv[1] == "compiled"), (fast, sys.argv)
records = [{"id": i, "name": f"Item {i}", "value": i / 2, "ok": i % 2 == 0} for i in range(20_000)]
with Client(sys.argv[2]) as client:
    assert client.submit("SELECT * FROM input", {"input": records}).rows() == records
print("used")
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """(wheel, sdist), made of a copy of the sources."""
    folder = tmp_path_factory.mktemp("package")
    skip = shutil.ignore_patterns("*.so", "build", "dist", "__pycache__", "*.egg-info", ".*_cache")
    shutil.copytree(ROOT / "python", folder / "python", ignore=skip)
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", folder / "python"],
        env={**os.environ, "QUERN_WHEEL_BIN": str(harness.BIN)})  # fmt: skip
    (wheel,), (sdist,) = (folder / "dist").glob("*.whl"), (folder / "dist").glob("*.tar.gz")
    return wheel, sdist


def run(words, **options):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


def installed(folder, package, **environment):
    """The interpreter of a new environment with nothing but the package and what it needs."""
    run([sys.executable, "-m", "venv", folder])
    run([folder / "bin" / "pip", "install", "-q", package], env={**os.environ, **environment})
    return folder / "bin" / "python"


def use(python, folder, *words):
    bare = {k: v for k, v in os.environ.items() if not k.startswith(("QUERN", "SPARK", "PYTHON"))}
    assert run([python, "-c", USE, *words], env=bare, cwd=folder).strip() == "used"


def test_the_wheel_runs_a_local_cluster_of_its_own(built, tmp_path):
    with zipfile.ZipFile(built[0]) as z:
        names = z.namelist()
    assert {"quern/py.typed", "quern/_speed.pyi", "quern/bin/quern-master"} <= set(names)
    python = installed(tmp_path / "venv", built[0])
    use(python, tmp_path, "compiled", "local[2]")


def test_the_sdist_installs_without_a_compiler(built, tmp_path, url):
    with tarfile.open(built[1]) as t:
        names = [n.split("/", 1)[-1] for n in t.getnames()]
    assert {"src/quern/__init__.py", "src/speed/speed.h", "README.md", "setup.py"} <= set(names)
    python = installed(tmp_path / "venv", built[1], CC="false")
    use(python, tmp_path, "plain", url)
