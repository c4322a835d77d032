"""Blocks to and from Arrow, without copying where the layouts are the same. Needs pyarrow."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from . import types as t
from ._blocks import Block, Bytes, Column
from ._columns import bitmap
from ._time import Zone
from .errors import UsageError
from .types import DataType, Field, Schema

CHUNK = 32768  # rows of a block


# ---- types ----


def _to(dtype: DataType, zone: str) -> Any:
    simple = {
        t.VOID: pa.null(), t.BOOLEAN: pa.bool_(), t.TINYINT: pa.int8(), t.SMALLINT: pa.int16(),
        t.INT: pa.int32(), t.BIGINT: pa.int64(), t.FLOAT: pa.float32(), t.DOUBLE: pa.float64(),
        t.STRING: pa.string(), t.BINARY: pa.binary(), t.DATE: pa.date32(),
        t.TIMESTAMP: pa.timestamp("us", tz=zone), t.TIMESTAMP_NTZ: pa.timestamp("us"),
        t.INTERVAL_DAY: pa.duration("us"), t.INTERVAL_MONTH: pa.int32(),
    }  # fmt: skip
    if dtype.kind == t.DECIMAL:
        return pa.decimal128(dtype.precision, dtype.scale)
    if dtype.kind == t.ARRAY:
        return pa.list_(_to(dtype.element_type(), zone))
    return simple[dtype.kind]


def schema_to(schema: Schema, zone: Zone) -> Any:
    return pa.schema([pa.field(f.name, _to(f.type, zone.name)) for f in schema])


def _from(name: str, at: Any) -> tuple[DataType, Any]:
    """Our type, and the Arrow type to cast to first. Raises UsageError."""
    ty = pa.types
    exact = {
        pa.bool_(): t.BOOLEAN, pa.int8(): t.TINYINT, pa.int16(): t.SMALLINT, pa.int32(): t.INT,
        pa.int64(): t.BIGINT, pa.float32(): t.FLOAT, pa.float64(): t.DOUBLE, pa.string(): t.STRING,
        pa.binary(): t.BINARY, pa.date32(): t.DATE, pa.null(): t.STRING,
    }  # fmt: skip
    wider = {
        pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64(), pa.uint64(): pa.decimal128(20),
        pa.float16(): pa.float32(), pa.date64(): pa.date32(), pa.large_string(): pa.string(),
        pa.large_binary(): pa.binary(),
    }  # fmt: skip
    if at == pa.null():
        return DataType(t.STRING), pa.string()
    if at in exact:
        return DataType(exact[at]), at
    if at in wider:
        return _from(name, wider[at])
    if ty.is_dictionary(at):
        return _from(name, at.value_type)
    if str(at) in ("string_view", "large_string"):
        return DataType(t.STRING), pa.string()
    if str(at) == "binary_view" or ty.is_fixed_size_binary(at):
        return DataType(t.BINARY), pa.binary()
    if ty.is_timestamp(at):
        return DataType(t.TIMESTAMP if at.tz else t.TIMESTAMP_NTZ), pa.timestamp("us", tz=at.tz)
    if ty.is_duration(at):
        return DataType(t.INTERVAL_DAY), pa.duration("us")
    if ty.is_decimal(at) and at.precision <= 38 and 0 <= at.scale <= at.precision:
        return DataType(t.DECIMAL, 0, at.precision, at.scale), pa.decimal128(at.precision, at.scale)
    if ty.is_list(at) or ty.is_large_list(at) or ty.is_fixed_size_list(at):
        inner, cast = _from(name, at.value_type)
        if inner.kind != t.ARRAY:
            return DataType(t.ARRAY, inner.kind, inner.precision, inner.scale), pa.list_(cast)
    raise UsageError(
        f"the column {name} has the Arrow type {at}", hint="cast it to one that quern has, or to a string"
    )


# ---- out ----


def _array(c: Column, zone: str) -> Any:
    at, n = _to(c.type, zone), c.length
    if c.type.kind == t.VOID:
        return pa.nulls(n)
    validity = None if c.validity is None else pa.py_buffer(c.validity)
    if c.child is not None:
        return pa.Array.from_buffers(
            at, n, [validity, pa.py_buffer(c.offsets)], children=[_array(c.child, zone)]
        )
    if c.offsets:
        return pa.Array.from_buffers(at, n, [validity, pa.py_buffer(c.offsets), pa.py_buffer(c.values)])
    return pa.Array.from_buffers(at, n, [validity, pa.py_buffer(c.values)])


def record_batch(schema: Schema, block: Block, zone: Zone) -> Any:
    arrays = [_array(c, zone.name) for c in block.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema_to(schema, zone))


def table(schema: Schema, blocks: list[Block], zone: Zone) -> Any:
    batches = [record_batch(schema, b, zone) for b in blocks]
    return pa.Table.from_batches(batches, schema=schema_to(schema, zone))


# ---- in ----


def is_arrow(data: Any) -> bool:
    return isinstance(data, (pa.Table, pa.RecordBatch, pa.RecordBatchReader))


def of_stream(data: Any) -> Any:
    """A reader of whatever speaks Arrow's C stream interface."""
    return pa.RecordBatchReader.from_stream(data)


def of_pandas(data: Any) -> Any:
    """A table with the frame's columns, without its index."""
    return pa.Table.from_pandas(data, preserve_index=False)


def plan(schema: Any) -> tuple[Schema, list[Any]]:
    """Our schema, and the Arrow types to cast to."""
    names = schema.names
    if len(set(names)) < len(names):
        raise UsageError("two columns have the same name")
    pairs = [_from(f.name, f.type) for f in schema]
    return Schema(tuple(Field(n, p[0]) for n, p in zip(names, pairs))), [p[1] for p in pairs]


def _bits(buffer: Any, offset: int, n: int) -> Bytes:
    if offset % 8 == 0:
        return memoryview(buffer)[offset // 8 : (offset + n + 7) // 8]
    flags = pa.Array.from_buffers(pa.bool_(), n, [None, buffer], offset=offset)
    return bitmap(flags.to_pylist())


def _offsets(buffer: Any, offset: int, n: int) -> tuple[Bytes, int, int]:
    """From 0, with where they began and end."""
    if buffer is None or n == 0:
        return bytes(4 * (n + 1)), 0, 0
    raw = memoryview(buffer).cast("B")[4 * offset : 4 * (offset + n + 1)]
    ends = raw.cast("i")
    first, last = ends[0], ends[n]
    if first == 0:
        return raw, first, last
    return struct.pack(f"<{n + 1}i", *[e - first for e in ends]), first, last


def _column(dtype: DataType, a: Any) -> Column:
    """An array whose type is exactly ours."""
    n, offset, buffers = len(a), a.offset, a.buffers()
    validity = _bits(buffers[0], offset, n) if a.null_count else None
    if dtype.kind == t.ARRAY:
        ends, first, last = _offsets(buffers[1], offset, n)
        child = _column(dtype.element_type(), a.values.slice(first, last - first))
        return Column(dtype, n, validity, b"", ends, child)
    if dtype.kind in (t.STRING, t.BINARY):
        ends, first, last = _offsets(buffers[1], offset, n)
        text = b"" if buffers[2] is None else memoryview(buffers[2])[first:last]
        return Column(dtype, n, validity, text, ends)
    if dtype.kind == t.BOOLEAN:
        return Column(dtype, n, validity, _bits(buffers[1], offset, n))
    width = a.type.bit_width // 8
    return Column(dtype, n, validity, memoryview(buffers[1]).cast("B")[offset * width : (offset + n) * width])


def blocks(data: Any, schema: Schema, casts: list[Any]) -> Iterator[Block]:
    """The rows of a table, batch or reader in blocks."""
    batches = [data] if isinstance(data, pa.RecordBatch) else data
    if isinstance(data, pa.Table):
        batches = data.to_batches(max_chunksize=CHUNK)
    for batch in batches:
        for at in range(0, batch.num_rows, CHUNK):
            part = batch.slice(at, CHUNK)
            yield Block(part.num_rows, tuple(_columns(part, schema, casts)))


def _columns(part: Any, schema: Schema, casts: list[Any]) -> Iterator[Column]:
    for field, cast, array in zip(schema, casts, part.columns):
        if isinstance(array, pa.ExtensionArray):
            array = array.storage
        if array.type != cast:
            try:
                array = array.cast(cast, safe=not pa.types.is_timestamp(cast))
            except pa.ArrowInvalid as e:
                raise UsageError(f"the column {field.name} cannot be sent: {e}") from None
        yield _column(field.type, array)
