"""Jobs against a real cluster."""

import asyncio
import json
import pickle

import pytest
from conftest import ROOT, items

import quern
from quern import AsyncClient, Client, errors

STAGE3 = ROOT / "jobs" / "stage3.sql"


async def test_stage3_from_records_to_records(url):
    records = items(5000)
    records[0]["value"] = 100  # an integer among floats
    async with AsyncClient(url) as client:
        job = await client.submit(STAGE3, {"input": records})
        rows = await job.rows()
    assert [r["id"] for r in rows] == list(range(5000))
    by_category = [r["value"] for r in records if r["category"] == "A"]
    first = rows[0]
    assert first["value"] == 100.0 and isinstance(first["value"], float)
    assert first["discounted_value"] == 100.0 * 1 * 0.9
    assert first["category_count"] == len(by_category)
    assert first["category_max_value"] == max(by_category)
    assert {r["tier"] for r in rows} == {"premium", "high", "medium", "standard"}
    assert isinstance(first["processed_at"], str) and "T" in first["processed_at"]
    json.dumps(rows)  # nothing that an export could stumble over


def test_blocking_client(url):
    with Client(url) as client:
        assert client.sql("SELECT 1 AS a, 'x' AS b") == [{"a": 1, "b": "x"}]
        job = client.submit("SELECT id FROM input WHERE id > 1", {"input": items(4)})
        assert [f.name for f in job.schema] == ["id"]
        assert job.rows() == [{"id": 2}, {"id": 3}]
        assert job.wait().rows_in == 4 and job.done and job.state == "COMPLETED"


async def test_a_path(url, tmp_path):
    path = tmp_path / "items.json"
    path.write_text(json.dumps(items(10), indent=2))
    async with AsyncClient(url) as client:
        assert await client.sql("SELECT count(*) AS n FROM t", {"t": path}) == [{"n": 10}]
        with pytest.raises(errors.PathNotFoundError):
            await client.sql("SELECT * FROM t", {"t": tmp_path / "none.json"})


async def test_an_error_says_where(url):
    async with AsyncClient(url) as client:
        with pytest.raises(errors.UnresolvedColumnError) as caught:
            await client.sql("SELECT\n  valeu FROM input", {"input": items(3)})
        e = caught.value
        assert isinstance(e, quern.QuernError) and isinstance(e, errors.SqlError)
        assert (e.error_class, e.line, e.column, e.retryable) == ("UNRESOLVED_COLUMN", 2, 3, False)
        assert "`value`" in (e.hint or "")
        again = pickle.loads(pickle.dumps(e))
        assert str(again) == str(e) and type(again) is type(e)
        with pytest.raises(errors.ParseSyntaxError):
            await client.sql("SELEC 1")
        assert await client.sql("SELECT 1 AS a") == [{"a": 1}]


async def test_unreachable_names_the_url():
    with pytest.raises(errors.UnreachableError, match="spark://127.0.0.1:1") as caught:
        async with AsyncClient("spark://127.0.0.1:1", connect_timeout=0.5):
            pass
    assert caught.value.retryable


def test_bad_urls():
    for bad in ("spark://", "http://x", "local[0]", "local[x]", "spark://a:b"):
        with pytest.raises(errors.UsageError):
            Client(bad)


async def test_a_second_host_serves_when_the_first_is_away(url):
    async with AsyncClient(f"spark://127.0.0.1:1,{url.removeprefix('spark://')}") as client:
        assert await client.sql("SELECT 1 AS a") == [{"a": 1}]


async def test_jobs_at_the_same_time(url):
    async with AsyncClient(url) as client:
        found = await asyncio.gather(*(client.sql(f"SELECT {i} AS a") for i in range(20)))
    assert found == [[{"a": i}] for i in range(20)]
