"""What goes in as a table, and how rows come back."""

import datetime as dt
import decimal
import enum
import uuid

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import items

from quern import AsyncClient, Client, Table, _columns, _records, _rows, errors

UTC = dt.timezone.utc


@pytest.fixture
def client(url):
    with Client(url) as c:
        yield c


def back(client, records, **how):
    return client.submit("SELECT * FROM input", {"input": records}).rows(**how)


def types(client, records):
    return [str(f.type) for f in client.submit("SELECT * FROM input", {"input": records}).schema]


def test_values_come_back_as_they_went(client):
    moment = dt.datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
    records = [
        {"b": True, "i": -(2**63), "f": -0.0, "s": "naïve – ☃", "y": b"\x00\xff", "d": dt.date(1969, 12, 31),
         "t": moment, "n": decimal.Decimal("123.4500"), "a": [1, 2, None], "e": []},
        {"b": None, "i": 2**63 - 1, "f": float("inf"), "s": "", "y": b"", "d": dt.date(9999, 12, 31),
         "t": None, "n": decimal.Decimal("-0.5"), "a": [], "e": None},
    ]  # fmt: skip
    rows = back(client, records, native=True)
    assert rows == records and str(rows[0]["f"]) == "-0.0"
    plain = back(client, records)
    assert plain[0]["t"] == "2026-01-02T03:04:05.678901Z" and plain[0]["d"] == "1969-12-31"
    assert types(client, records)[:7] == ["boolean", "bigint", "double", "string", "binary", "date", "timestamp"]


def test_types_that_fit_all_values(client):
    mixed = [{"x": 1, "y": 1, "z": 1, "k": 1}, {"x": 2.5, "y": "a", "z": True, "k": decimal.Decimal("0.25")}]
    assert back(client, mixed) == [
        {"x": 1.0, "y": "1", "z": "1", "k": decimal.Decimal("1.00")},
        {"x": 2.5, "y": "a", "z": "true", "k": decimal.Decimal("0.25")},
    ]
    assert back(client, [{"x": 2**70}]) == [{"x": decimal.Decimal(2**70)}]
    assert types(client, [{"x": None}, {"x": None}]) == ["string"]


def test_missing_keys_are_null_and_order_is_kept(client):
    records = [{"b": 1}, {"a": "x", "b": 2}, {}, {"c": False}]
    assert back(client, records) == [
        {"b": 1, "a": None, "c": None},
        {"b": 2, "a": "x", "c": None},
        {"b": None, "a": None, "c": None},
        {"b": None, "a": None, "c": False},
    ]
    many = items(30000)
    many[20000]["late"] = 1.5  # a column that begins in a later block
    many[29999]["quantity"] = 0.5  # and one that gets another type there
    rows = back(client, many)
    assert [r["id"] for r in rows] == list(range(30000))
    assert rows[20000]["late"] == 1.5 and rows[0]["late"] is None and rows[0]["quantity"] == 1.0


def test_other_python_values(client):
    class Colour(enum.Enum):
        RED = "red"

    key = uuid.uuid4()
    record = {"e": Colour.RED, "u": key, "o": {"k": [1, "x"]}, "t": dt.time(1, 2, 3), "p": pd.Timestamp("2026-01-01")}
    assert back(client, [record]) == [
        {"e": "red", "u": str(key), "o": '{"k":[1,"x"]}', "t": "01:02:03", "p": "2026-01-01T00:00:00.000Z"}
    ]
    with pytest.raises(errors.UsageError, match="column x"):
        back(client, [{"x": object()}])
    with pytest.raises(errors.UsageError):
        back(client, [{1: 2}])
    with pytest.raises(errors.UsageError):
        client.submit("SELECT 1", {"input": 5})


def test_naive_times_are_in_the_session_zone(client):
    job = client.submit(
        "SELECT t FROM input",
        {"input": [{"t": dt.datetime(2026, 7, 1, 12)}]},
        conf={"spark.sql.session.timeZone": "Europe/Berlin"},
    )
    assert job.rows() == [{"t": "2026-07-01T12:00:00.000+02:00"}]
    assert job.rows(native=True)[0]["t"].astimezone(UTC) == dt.datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_no_records(client):
    assert client.sql("SELECT id, value * 2 AS v FROM input WHERE id > 0", {"input": []}) == []
    job = client.submit("SELECT * FROM input", {"input": Table([], schema="id BIGINT, name STRING")})
    assert job.rows() == [] and job.schema.names == ["id", "name"]


FRAME = {"id": [1, 2, 3], "x": [0.5, None, 2.5], "s": ["a", None, "ü"], "b": [True, False, None]}


def check_frame(client, table):
    rows = back(client, table)
    assert rows == [dict(zip(FRAME, row)) for row in zip(*FRAME.values())]


def test_arrow(client):
    table = pa.table(FRAME)
    check_frame(client, table)
    check_frame(client, table.to_batches()[0])
    check_frame(client, table.to_reader())
    out = client.submit("SELECT * FROM input", {"input": table}).to_arrow()
    assert out.equals(table)
    big = pa.table({"i": pa.array(range(100_000)), "s": [str(i) for i in range(100_000)]})
    for start in (0, 1, 8, 70_001):  # slices: offsets that are not ours
        part = big.slice(start)
        assert client.submit("SELECT * FROM input", {"input": part}).to_arrow().equals(part.combine_chunks())
    odd = pa.table({"d": pa.array(["x", "y", "x"]).dictionary_encode(), "u": pa.array([1, 2, 3], pa.uint8()),
                    "l": pa.array([[1], None, [2, 3]]), "t": pa.array([0, 1, 2], pa.timestamp("ns"))})  # fmt: skip
    assert back(client, odd)[2] == {"d": "x", "u": 3, "l": [2, 3], "t": "1970-01-01T00:00:00.000"}
    with pytest.raises(errors.UsageError, match="column m"):
        back(client, pa.table({"m": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64()))}))


def test_pandas(client):
    frame = pd.DataFrame({"id": [1, 2], "when": pd.to_datetime(["2026-01-01", None])})
    out = client.submit("SELECT id, when FROM input", {"input": frame}).to_pandas()
    assert out["id"].tolist() == [1, 2] and out["when"].isna().tolist() == [False, True]
    check_frame(client, pd.DataFrame(FRAME).astype({"id": "int64", "b": "boolean"}))


def test_polars(client):
    check_frame(client, pl.DataFrame(FRAME))
    out = client.submit("SELECT * FROM input", {"input": pl.DataFrame(FRAME)}).to_polars()
    assert out.equals(pl.DataFrame(FRAME))


async def test_batches_as_they_come(url):
    async with AsyncClient(url) as client:
        job = await client.submit("SELECT * FROM input", {"input": items(50_000)})
        seen, names = 0, (await job.schema()).names
        async for batch in job.iter_batches():
            assert batch.schema.names == names
            assert batch.records(start=0, stop=1)[0]["id"] == seen
            seen += batch.num_rows
        assert seen == 50_000
        with pytest.raises(errors.UsageError):
            await job.rows()


def test_plain_python_does_the_same_as_the_compiled_part(client):
    """Where nothing was compiled the package is slower, and no different."""
    speed = pytest.importorskip("quern._speed")
    records = [*items(100), {"id": None, "name": "ü", "value": 3}, {"x": 2**80}, {"is_active": None}]
    names: list[str] = []
    fast = speed.columns(records, 0, len(records), names)
    zone = _columns.Zone("UTC")
    for name, (kind, *parts) in zip(names, fast):
        slow = _columns.column(name, [r.get(name) for r in records], zone)
        if kind >= 0:
            assert (kind, *(p or b"" for p in parts)) == (
                slow.type.kind, slow.validity or b"", slow.values, slow.offsets
            ), name  # fmt: skip
        quick = _records._typed(kind, len(records), tuple(parts)) if kind >= 0 else slow
        block = _rows.Block(len(records), (quick,))
        assert _rows.records(block, [name], zone, False) == _rows.plain_records(
            block, [name], zone, False, 0, len(records)
        )


def test_declared_columns(client):
    ddl = "id INT NOT NULL, `odd name` STRING, n DECIMAL(10, 2), d DATE, t TIMESTAMP, a ARRAY<DOUBLE>, f FLOAT, x BIGINT"
    record = {"id": 1, "odd name": "y", "n": 1.005, "d": "2026-01-02", "t": "2026-01-02T03:04:05Z", "a": [1, 2.5],
              "f": 1, "left out": 5}  # fmt: skip
    job = client.submit("SELECT * FROM input", {"input": Table([record, {"id": 2}], schema=ddl)})
    rows = job.rows(native=True)
    assert [str(f.type) for f in job.schema] == [
        "int", "string", "decimal(10,2)", "date", "timestamp", "array<double>", "float", "bigint"
    ]  # fmt: skip
    assert rows[0] == {"id": 1, "odd name": "y", "n": decimal.Decimal("1.01"), "d": dt.date(2026, 1, 2),
                       "t": dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "a": [1.0, 2.5], "f": 1.0, "x": None}  # fmt: skip
    assert set(rows[1].values()) == {2, None}
    with pytest.raises(errors.UsageError, match="record 2: 'x' is no bigint") as caught:
        client.submit("SELECT * FROM i", {"i": Table([{"a": 1}, {"a": "x"}], schema="a BIGINT")}).wait()
    assert (caught.value.record, caught.value.column_name) == (2, "a")
    with pytest.raises(errors.ParseSyntaxError):
        client.submit("SELECT 1", {"i": Table([], schema="a BIGINT,")})
    with pytest.raises(errors.UnsupportedDatatypeError):
        client.submit("SELECT 1", {"i": Table([], schema="a MAP<STRING,INT>")})


def test_generators(client):
    asked = []

    def records():
        for i in range(20_000):
            asked.append(i)
            yield {"id": i}

    assert client.sql("SELECT sum(id) AS s FROM g", {"g": records()}) == [{"s": 199990000}]
    asked.clear()
    job = client.submit("SELECT sum(id) AS s FROM g", {"g": Table(records(), schema="id BIGINT")})
    assert job.rows() == [{"s": 199990000}] and len(asked) == 20_000

    async def later():
        for i in range(10):
            yield {"id": i}

    assert client.sql("SELECT count(*) AS n FROM g", {"g": later()}) == [{"n": 10}]
    assert client.sql("SELECT count(*) AS n FROM g", {"g": Table(later(), schema="id INT")}) == [{"n": 10}]

    def broken():
        yield {"id": 1}
        raise RuntimeError("the source broke")

    with pytest.raises(errors.QuernError, match="the source broke"):
        client.sql("SELECT * FROM g", {"g": Table(broken(), schema="id INT")})
    assert client.sql("SELECT 1 AS a") == [{"a": 1}]
