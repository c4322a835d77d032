"""Records in memory as a source: dicts to blocks of columns, in chunks, so that an event loop stays free."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from typing import Any

from . import _columns, _ddl
from . import types as t
from ._blocks import Block, Column, block_bytes
from ._time import Zone
from .errors import UsageError
from .types import DataType, Field, Schema

try:
    from ._speed import columns as _fast_columns
except ImportError:  # not compiled here
    _fast_columns = _columns.columns

CHUNK = 8192  # rows of a block; some milliseconds' work (an own fraction of it in plain Python)
FILE_BYTES = 16 << 20  # sent as one file, which the master holds once more while it takes it


def _typed(kind: int, length: int, parts: tuple[Any, Any, Any]) -> Column:
    validity, values, offsets = parts
    return Column(DataType(kind), length, validity, values or b"", offsets or b"")


def chunk(records: list[Any], start: int, stop: int, names: list[str], zone: Zone) -> list[Column]:
    """The columns of records start to stop; new names are appended. Raises UsageError."""
    try:
        made = _fast_columns(records, start, stop, names)
    except TypeError as e:
        raise UsageError(f"{e}, between records {start} and {stop}", hint="records are dicts with text keys") from None
    out = []
    for name, (kind, *parts) in zip(names, made):
        if kind >= 0:
            out.append(_typed(kind, stop - start, (parts[0], parts[1], parts[2])))
        else:
            values = [r.get(name) for r in records[start:stop]]
            out.append(_columns.column(name, values, zone))
    return out


async def listed(records: Iterable[Any] | AsyncIterable[Any]) -> list[Any]:
    """All records as dicts. Raises UsageError."""
    if isinstance(records, list):
        if all(type(r) is dict for r in records):
            return records
        return [_record(r) for r in records]
    if isinstance(records, AsyncIterable):
        return [_record(r) async for r in records]
    return [_record(r) for r in records]


async def collect(records: list[Any], zone: Zone) -> tuple[Schema, list[Block]]:
    """All records in columns, every block of the same types. Raises UsageError."""
    names: list[str] = []
    chunks: list[tuple[int, list[Column]]] = []
    for at in range(0, len(records), CHUNK):
        stop = min(at + CHUNK, len(records))
        chunks.append((stop - at, chunk(records, at, stop, names, zone)))
        await asyncio.sleep(0)
    fields = []
    for i, name in enumerate(names):
        dtype = _columns.common(c[i].type for _, c in chunks if i < len(c))
        fields.append(Field(name, _columns.settled(dtype)))
    blocks = []
    for i, (n, columns) in enumerate(chunks):
        same = [
            _columns.cast(columns[k], f.type, zone) if k < len(columns) else _columns.nulls(f.type, n)
            for k, f in enumerate(fields)
        ]
        blocks.append(Block(n, tuple(same)))
        if i % 16 == 15:
            await asyncio.sleep(0)
    return Schema(tuple(fields)), blocks


async def declared(
    records: Iterable[Any] | AsyncIterable[Any], schema: Schema, zone: Zone
) -> AsyncIterator[Block]:
    """Blocks of a declared schema, made as they are asked for: missing keys are NULL, other keys are left
    out. Raises UsageError for a value that does not fit."""
    first = 1
    async for rows in _chunks(records):
        names = schema.names
        try:
            made = _fast_columns(rows, 0, len(rows), names)
        except TypeError as e:
            raise UsageError(f"{e}, from record {first} on", hint="records are dicts with text keys") from None
        columns = []
        for field, (kind, *parts) in zip(schema, made):
            if kind == field.type.kind:
                columns.append(_typed(kind, len(rows), (parts[0], parts[1], parts[2])))
            elif kind == t.VOID:
                columns.append(_columns.nulls(field.type, len(rows)))
            else:
                values = [r.get(field.name) for r in rows]
                columns.append(_ddl.fit(field, values, first, zone))
        yield Block(len(rows), tuple(columns))
        first += len(rows)


async def _chunks(records: Iterable[Any] | AsyncIterable[Any]) -> AsyncIterator[list[Any]]:
    if isinstance(records, AsyncIterable):
        rows: list[Any] = []
        async for r in records:
            rows.append(_record(r))
            if len(rows) == CHUNK:
                yield rows
                rows = []
        if rows:
            yield rows
        return
    left = iter(records)
    while rows := [_record(r) for r in itertools.islice(left, CHUNK)]:
        yield rows


def _record(r: Any) -> Any:
    if isinstance(r, dict):
        return r
    if isinstance(r, Mapping):
        return dict(r)
    if hasattr(r, "_asdict"):  # named tuples
        return r._asdict()
    if hasattr(r, "__dataclass_fields__"):
        return {name: getattr(r, name) for name in r.__dataclass_fields__}
    raise UsageError(f"a record is a {type(r).__name__}", hint="records are dicts with text keys")


class BlockSource:
    """Blocks of columns; sent as files of some MiB, each forgotten when it was sent."""

    def __init__(self, schema: Schema, blocks: list[Block]) -> None:
        self.schema = schema
        self.files: list[list[Block]] = [[]]
        room = FILE_BYTES
        for block in blocks:
            size = sum(map(_column_bytes, block.columns))
            if self.files[-1] and room < size:
                self.files.append([])
                room = FILE_BYTES
            self.files[-1].append(block)
            room -= size

    async def describe(self, view: str) -> dict[str, Any]:
        return {
            "view": view,
            "format": "blocks",
            "schema": str(self.schema),
            "files": [{"path": f"{view}[{i}]"} for i in range(len(self.files))],
            "stream": True,
            "in_memory": True,
        }

    async def pieces(self, file: int, size: int) -> AsyncIterator[bytes]:
        blocks, self.files[file] = self.files[file], []
        for block in blocks:
            yield block_bytes(block)
            await asyncio.sleep(0)


class LazySource:
    """Blocks that are made while they are sent, at the pace of the master's credit."""

    def __init__(self, schema: Schema, blocks: AsyncIterator[Block]) -> None:
        self.schema = schema
        self.blocks = blocks

    async def describe(self, view: str) -> dict[str, Any]:
        return await BlockSource(self.schema, []).describe(view)

    async def pieces(self, file: int, size: int) -> AsyncIterator[bytes]:
        async for block in self.blocks:
            yield block_bytes(block)
            await asyncio.sleep(0)


def _column_bytes(c: Column) -> int:
    own = len(c.values) + len(c.offsets) + len(c.validity or b"")
    return own + (_column_bytes(c.child) if c.child is not None else 0)
