"""A client that does not keep to the protocol gets an error, and the master lives."""

import struct

import pytest
from conftest import items

from quern import AsyncClient, errors
from quern._blocks import Block, Column, block_bytes
from quern._columns import make
from quern._time import Zone
from quern.types import BIGINT, STRING, DataType

LONG = DataType(BIGINT)
GOOD = block_bytes(Block(3, (make([1, 2, 3], LONG, Zone.utc()),)))
TEXT = make(["a", "b", "c"], DataType(STRING), Zone.utc())


def changed(at, value):
    return GOOD[:at] + value + GOOD[at + len(value) :]


def blocks():
    yield "no magic", b"x" * 64, "block header"
    yield "cut off", GOOD[:-8], "length"
    yield "header only", GOOD[:16], "length"
    yield "descriptor beyond", changed(4, struct.pack("<I", 2**32 - 1)), "malformed"
    yield "block beyond", changed(8, struct.pack("<Q", 2**63)), "length"
    yield "odd length", changed(8, struct.pack("<Q", len(GOOD) - 4)), "length"
    yield "another type", block_bytes(Block(3, (TEXT,))), "string where bigint"
    yield "too few columns", block_bytes(Block(3, ())), "columns"
    yield "values short", block_bytes(Block(300, (make([1, 2, 3], LONG, Zone.utc()),))), "does not fit"
    many = Column(LONG, 70_000, None, bytes(8 * 70_000))
    yield "too many rows", block_bytes(Block(70_000, (many,))), "at most 65536"


CASES = list(blocks())


class Bytes:
    def __init__(self, fields, data):
        self.fields, self.data = fields, data

    async def describe(self, view):
        return {"view": view, **self.fields}

    async def pieces(self, file, size):
        yield self.data


FIELDS = {"format": "blocks", "schema": "x BIGINT", "files": [{"path": "x"}], "stream": True, "in_memory": True}


async def submitted(url, monkeypatch, fields, data):
    async def source(view, given, zone):
        return Bytes(fields, data)

    monkeypatch.setattr("quern._async.source", source)
    async with AsyncClient(url) as client:
        try:
            return await client.sql("SELECT * FROM input", {"input": None})
        finally:
            monkeypatch.undo()
            assert await client.sql("SELECT count(*) AS n FROM input", {"input": items(3)}) == [{"n": 3}]


@pytest.mark.parametrize(("data", "says"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
async def test_blocks_that_are_none(url, monkeypatch, data, says):
    with pytest.raises((errors.ProtocolError, errors.ProtocolLimitError), match=says):
        await submitted(url, monkeypatch, FIELDS, data)


async def test_text_offsets(url, monkeypatch):
    fields = {**FIELDS, "schema": "x STRING"}
    for offsets in ([0, 1, 2, 9], [0, 2, 1, 3], [-1, 1, 2, 3]):
        bad = Column(TEXT.type, 3, None, TEXT.values, struct.pack("<4i", *offsets))
        with pytest.raises(errors.ProtocolError, match="offsets"):
            await submitted(url, monkeypatch, fields, block_bytes(Block(3, (bad,))))


async def test_inputs_that_lack_something(url, monkeypatch):
    assert await submitted(url, monkeypatch, FIELDS, GOOD) == [{"x": 1}, {"x": 2}, {"x": 3}]
    assert await submitted(url, monkeypatch, FIELDS, b"") == []
    assert await submitted(url, monkeypatch, {**FIELDS, "files": []}, b"") == []
    for lacking in ("schema", "stream"):
        fields = {k: v for k, v in FIELDS.items() if k != lacking}
        with pytest.raises(errors.ProtocolError, match="blocks need"):
            await submitted(url, monkeypatch, fields, GOOD)
    with pytest.raises(errors.ProtocolError, match="no path"):
        await submitted(url, monkeypatch, {"format": "json", "stream": True}, b"")
    with pytest.raises(errors.InvalidOptionError):
        await submitted(url, monkeypatch, {**FIELDS, "format": "parquet", "path": "/x"}, b"")
    with pytest.raises(errors.ParseSyntaxError):
        await submitted(url, monkeypatch, {**FIELDS, "schema": "x"}, GOOD)


def test_a_master_that_sends_nonsense():
    """The client's own reader, without a master."""
    from quern._blocks import blocks, schema_from_wire

    for _, data, _ in CASES[:6]:
        with pytest.raises(errors.ProtocolError):
            list(blocks(memoryview(data)))
    for data in (b"", b"\xc1", b"\x93\x01\x02\x03"):
        with pytest.raises(errors.ProtocolError):
            schema_from_wire(data)
    assert list(blocks(memoryview(GOOD)))[0].length == 3
