"""Blocks of columns on the wire: Arrow's buffers behind a descriptor (docs/PROTOCOL.md, Batches)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import msgpack

from . import types as t
from .errors import ProtocolError
from .types import DataType, Field, Schema

_HEADER = struct.Struct("<4sIQ")
_MAGIC = b"qb1\n"
_SLACK = 64
WIDTHS = {
    t.TINYINT: 1, t.SMALLINT: 2, t.INT: 4, t.BIGINT: 8, t.FLOAT: 4, t.DOUBLE: 8, t.DECIMAL: 16,
    t.DATE: 4, t.TIMESTAMP: 8, t.TIMESTAMP_NTZ: 8, t.INTERVAL_DAY: 8, t.INTERVAL_MONTH: 4,
}  # fmt: skip

Bytes = bytes | bytearray | memoryview


@dataclass(frozen=True)
class Column:
    """Arrow buffers. validity: a bitmap, or None without nulls; values: fixed width, or a bitmap of
    booleans, or the bytes of strings; offsets: int32, of strings and arrays."""

    type: DataType
    length: int
    validity: Bytes | None = None
    values: Bytes = b""
    offsets: Bytes = b""
    child: Column | None = None


@dataclass(frozen=True)
class Block:
    length: int
    columns: tuple[Column, ...]


def schema_from_wire(data: bytes) -> Schema:
    try:
        fields = msgpack.unpackb(data, raw=False)
        return Schema(tuple(Field(str(n), DataType.from_wire(int(c)), bool(b)) for n, c, b in fields))
    except ProtocolError:
        raise
    except Exception as e:
        raise ProtocolError(f"malformed schema: {e}") from None


class _Reader:
    """Buffers of one block in the order of its descriptor."""

    def __init__(self, body: memoryview) -> None:
        self.body = body
        self.at = 0

    def take(self, code: int, want: int | None = None) -> memoryview:
        if code & 1:
            raise ProtocolError("malformed batch: a buffer in a frame of its own was not asked for")
        n = code >> 1
        if self.at + n > len(self.body):
            raise ProtocolError("malformed batch: a buffer is longer than its block")
        if want is not None and n != want:
            raise ProtocolError("malformed batch: a buffer's length does not fit its rows")
        got = self.body[self.at : self.at + n]
        self.at += (n + 7) & ~7
        return got

    def column(self, rows: int, parts: list[Any]) -> Column:
        dt = DataType.from_wire(parts[0])
        if dt.kind == t.VOID:
            return Column(dt, rows)
        validity = None if parts[1] is None else self.take(parts[1], (rows + 7) // 8)
        if dt.kind in (t.STRING, t.BINARY):
            offsets = self.take(parts[2], (rows + 1) * 4)
            values = self.take(parts[3])
            _check_offsets(offsets, len(values))
            return Column(dt, rows, validity, values, offsets)
        if dt.kind == t.ARRAY:
            offsets = self.take(parts[2], (rows + 1) * 4)
            _check_offsets(offsets, parts[3])
            return Column(dt, rows, validity, b"", offsets, self.column(parts[3], parts[4]))
        width = (rows + 7) // 8 if dt.kind == t.BOOLEAN else rows * WIDTHS[dt.kind]
        return Column(dt, rows, validity, self.take(parts[2], width))


def _check_offsets(offsets: memoryview, most: int) -> None:
    o = offsets.cast("i")
    if o[0] < 0 or o[-1] > most:
        raise ProtocolError("malformed batch: offsets point behind the text")


def blocks(frame: memoryview) -> Iterator[Block]:
    """The blocks of a frame; their buffers are views of it. Raises ProtocolError."""
    at = 0
    while at < len(frame):
        try:
            magic, descriptor, total = _HEADER.unpack_from(frame, at)
            if magic != _MAGIC or total > len(frame) - at or total < _HEADER.size:
                raise ProtocolError("malformed batch: no block header")
            begin = at + _HEADER.size
            rows, columns = msgpack.unpackb(frame[begin : begin + descriptor])
            body = begin + ((descriptor + 7) & ~7)
            reader = _Reader(frame[body : at + total])
            yield Block(rows, tuple(reader.column(rows, c) for c in columns))
        except (struct.error, ValueError, TypeError, KeyError, IndexError) as e:
            raise ProtocolError(f"malformed batch: {e}") from None
        at += total


class _Writer:
    def __init__(self) -> None:
        self.parts: list[Bytes] = []

    def add(self, data: Bytes) -> int:
        self.parts.append(data)
        short = -len(data) % 8
        if short:
            self.parts.append(bytes(short))
        return len(data) << 1

    def column(self, c: Column) -> list[Any]:
        out: list[Any] = [c.type.to_wire()]
        if c.type.kind == t.VOID:
            return out
        out.append(None if c.validity is None else self.add(c.validity))
        if c.offsets:
            out.append(self.add(c.offsets))
        if c.child is not None:
            return [*out, c.child.length, self.column(c.child)]
        return [*out, self.add(c.values)]


def block_bytes(block: Block) -> bytes:
    """A block as it travels."""
    w = _Writer()
    columns = [w.column(c) for c in block.columns]
    descriptor = cast(bytes, msgpack.packb([block.length, columns]))
    pad = bytes(-len(descriptor) % 8)
    total = _HEADER.size + len(descriptor) + len(pad) + sum(map(len, w.parts)) + _SLACK
    head = _HEADER.pack(_MAGIC, len(descriptor), total)
    return b"".join([head, descriptor, pad, *w.parts, bytes(_SLACK)])
