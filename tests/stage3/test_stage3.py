"""Stage 3 in local mode against the independent computation, on every value."""

import json
import os

import pytest
from harness import STAGE3, STAGE3_SPARK, checksum, compare, generate, lines, ok, quern, submit

COUNTS = [int(n) for n in os.environ.get("STAGE3_COUNTS", "10,1000,1000000").split(",")]
CATEGORIES = ("even", "skewed", "distinct")


def assert_equal(source, output, count, **options):
    compared, faults = compare(source, output, **options)
    assert not faults, "\n".join(faults)
    assert compared == count


@pytest.fixture(scope="module", params=COUNTS)
def items(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"items{request.param}")
    yield request.param, generate(folder, request.param)
    for path in folder.iterdir():
        path.unlink()


@pytest.mark.parametrize("form", ("json", "ndjson", "csv"))
def test_every_value(items, form, tmp_path):
    count, paths = items
    ok(submit(paths[form], tmp_path / "out"))
    assert_equal(paths[form], tmp_path / "out", count)


@pytest.mark.parametrize("kind", CATEGORIES)
def test_every_value_with_other_categories(kind, tmp_path):
    count = min(max(COUNTS), 100000)
    paths = generate(tmp_path / "in", count, "--categories", kind, "--missing", "0.3",
                     "--int-values", "0.5", forms=("json",))
    ok(submit(paths["json"], tmp_path / "out"))
    assert_equal(paths["json"], tmp_path / "out", count)


def test_ten_records_with_five_fields_and_integer_values(tmp_path):
    paths = generate(tmp_path / "in", 10, "--small", "--first-id", "1", forms=("json",))
    ok(submit(paths["json"], tmp_path / "out"))
    assert_equal(paths["json"], tmp_path / "out", 10)


def test_one_record(tmp_path):
    paths = generate(tmp_path / "in", 1, forms=("json", "ndjson", "csv"))
    for form, path in paths.items():
        ok(submit(path, tmp_path / form))
        assert_equal(path, tmp_path / form, 1)


def test_an_empty_array_gives_an_empty_result(tmp_path):
    path = tmp_path / "empty.json"
    path.write_text("[]")
    ok(submit(path, tmp_path / "out"))
    assert (tmp_path / "out" / "_SUCCESS").exists()
    assert list(lines(tmp_path / "out")) == []


def test_null_categories_and_values_are_a_group_of_their_own(tmp_path):
    path = tmp_path / "items.ndjson"
    rows = [{"id": n, "name": f"Item {n}", "category": c, "value": v, "quantity": 2}
            for n, (c, v) in enumerate([(None, 1.5), ("A", None), ("A", 2.5), (None, 3.5), ("A", 2.5)])]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    ok(submit(path, tmp_path / "out"))
    assert_equal(path, tmp_path / "out", len(rows))


def test_the_script_form_gives_the_same_bytes(tmp_path, small_items):
    ok(quern("submit", STAGE3_SPARK, "--master", "local[2]", "--param", f"input={small_items['json']}",
             "--param", f"output={tmp_path / 'script'}"))
    ok(submit(small_items["json"], tmp_path / "out", declared=True))
    assert_equal(small_items["json"], tmp_path / "out", 1000, declared=True)
    assert checksum(tmp_path / "script") == checksum(tmp_path / "out")


def test_both_jobs_hold_the_same_query():
    query = STAGE3.read_text().split("\n", 2)[2].rstrip()
    assert query.startswith("SELECT") and query in STAGE3_SPARK.read_text()


def test_the_result_on_stdout_has_the_same_rows(tmp_path, small_items):
    """Printed rows have every column; files leave out NULLs, as Spark's writer does."""
    rows = ok(submit(small_items["json"], None, "--result", "ndjson")).rows()
    assert {len(row) for row in rows} == {18}
    with open(tmp_path / "shown.ndjson", "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps({k: v for k, v in row.items() if v is not None}) + "\n")
    assert_equal(small_items["json"], tmp_path / "shown.ndjson", 1000)
