"""One checksum, however the job ran: local or clusters of 1, 2 and 5 workers, every input form, 1 and
64 splits, categories even, skewed and all distinct. The columns are declared, since those of inferred
JSON come in the order of their names, as in Spark, and those of a CSV in the header's."""

import itertools
import shutil

import pytest
from harness import Cluster, checksum, compare, generate, ok, submit

COUNT = 20000
FORMS = ("json", "lines.json", "ndjson", "csv")
SPLITS = (1, 64)


def split_words(splits):
    return ("--conf", f"spark.default.parallelism={splits}")


@pytest.fixture(scope="module", params=("even", "skewed", "distinct"))
def items(request, tmp_path_factory):
    """(paths by form, the checksum of a first run that equals the independent computation)"""
    folder = tmp_path_factory.mktemp(request.param)
    options = ("--categories", request.param, "--missing", "0.1", "--seed", "7")
    paths = generate(folder, COUNT, *options)
    paths.update({"lines.json": folder / "lines.json"})
    shutil.copy(paths["ndjson"], paths["lines.json"])
    ok(submit(paths["json"], folder / "first", master="local[1]", declared=True))
    count, faults = compare(paths["json"], folder / "first", declared=True)
    assert (count, faults) == (COUNT, [])
    return paths, checksum(folder / "first")


def assert_one_checksum(items, master, folder):
    paths, wanted = items
    for form, splits in itertools.product(FORMS, SPLITS):
        output = folder / f"{form}-{splits}"
        ok(submit(paths[form], output, *split_words(splits), master=master, declared=True))
        assert checksum(output) == wanted, f"{master} {form} {splits} splits"


@pytest.mark.parametrize("threads", (1, 2))
def test_local(items, threads, tmp_path):
    assert_one_checksum(items, f"local[{threads}]", tmp_path)


@pytest.mark.parametrize("workers", (1, 2, 5))
def test_cluster(items, workers, tmp_path):
    with Cluster(tmp_path / "cluster", workers=workers) as cluster:
        assert_one_checksum(items, cluster.url, tmp_path)


def test_a_million_records_on_two_workers(cluster, tmp_path):
    paths = generate(tmp_path / "in", 1_000_000, forms=("json",))
    ok(submit(paths["json"], tmp_path / "out", master=cluster.url))
    ok(submit(paths["json"], tmp_path / "local", master="local[2]"))
    assert checksum(tmp_path / "out") == checksum(tmp_path / "local")
