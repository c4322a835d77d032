"""Workers that may read and write below some directories only."""

import pytest
from harness import Cluster, generate, ok, submit


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A cluster whose workers may read `in` and write `out`."""
    base = tmp_path_factory.mktemp("roots")
    for name in ("in", "out", "elsewhere"):
        (base / name).mkdir()
    items = generate(base / "in", 1000, forms=("ndjson",))["ndjson"]
    (base / "elsewhere" / "items.ndjson").write_bytes(items.read_bytes())
    words = ("--conf", f"quern.input.allowedRoots={base}/in", "--conf", f"quern.output.allowedRoots={base}/out")
    with Cluster(base / "cluster", workers=2, worker_words=words) as cluster:
        yield cluster, base


def query(cluster, path):
    return cluster.quern("sql", f"SELECT count(*) AS n FROM json.`{path}`", "--result", "ndjson")


def test_what_is_allowed_works(places):
    cluster, base = places
    assert ok(query(cluster, base / "in" / "items.ndjson")).rows() == [{"n": 1000}]
    ok(submit(base / "in" / "items.ndjson", base / "out" / "new", master=cluster.url))
    assert (base / "out" / "new" / "_SUCCESS").exists()


@pytest.mark.parametrize("path", ("elsewhere/items.ndjson", "in/../elsewhere/*.ndjson"))
def test_inputs_elsewhere_are_refused(places, path):
    cluster, base = places
    done = query(cluster, base / path)
    assert done.code == 1 and "PATH_NOT_ALLOWED" in done.err and "allowedRoots" in done.err, done


def test_declared_columns_do_not_help(places):
    cluster, base = places
    done = cluster.quern("sql", "CREATE TEMPORARY VIEW v (id BIGINT) USING json OPTIONS (path "
                         f"'{base}/elsewhere/items.ndjson'); SELECT count(*) FROM v")
    assert done.code == 1 and "PATH_NOT_ALLOWED" in done.err, done


@pytest.mark.parametrize("path", ("elsewhere/out", "out/new/../../elsewhere/out", "in/out"))
def test_outputs_elsewhere_are_refused(places, path):
    cluster, base = places
    done = cluster.quern("sql", f"INSERT OVERWRITE DIRECTORY '{base}/{path}' USING json SELECT 1 AS one")
    assert done.code == 1 and "PATH_NOT_ALLOWED" in done.err, done
    assert not (base / "elsewhere" / "out").exists() and not (base / "in" / "out").exists()
