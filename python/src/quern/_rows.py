"""Blocks of columns to records: plain Python; the compiled _speed does the same faster."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from typing import Any

from . import types as t
from ._blocks import WIDTHS, Block, Column
from ._time import Zone, date_text, timestamp_text

try:
    from ._speed import records as _fast_records
except ImportError:  # not compiled here
    _fast_records = None  # type: ignore[assignment]

Record = dict[str, Any]
_FAST = (t.VOID, t.BOOLEAN, t.TINYINT, t.SMALLINT, t.INT, t.BIGINT, t.FLOAT, t.DOUBLE, t.STRING, t.BINARY)
_FORMATS = {
    t.TINYINT: "b", t.SMALLINT: "h", t.INT: "i", t.BIGINT: "q", t.FLOAT: "f", t.DOUBLE: "d",
    t.DATE: "i", t.TIMESTAMP: "q", t.TIMESTAMP_NTZ: "q", t.INTERVAL_DAY: "q", t.INTERVAL_MONTH: "i",
}  # fmt: skip
_EPOCH_DAY = dt.date(1970, 1, 1).toordinal()


def _bits(data: Any, n: int) -> list[bool]:
    out: list[bool] = []
    for byte in bytes(data):
        out += [byte >> k & 1 == 1 for k in range(8)]
    return out[:n]


def _strings(c: Column) -> list[Any]:
    offsets = memoryview(c.offsets).cast("i")
    first = offsets[0]
    data = bytes(memoryview(c.values)[first : offsets[-1]])
    ends = [o - first for o in offsets]
    pairs = zip(ends, ends[1:])
    if c.type.kind == t.BINARY:
        return [data[a:b] for a, b in pairs]
    if data.isascii():
        text = data.decode("ascii")
        return [text[a:b] for a, b in pairs]
    return [data[a:b].decode("utf-8", "replace") for a, b in pairs]


def _decimals(c: Column) -> list[Any]:
    scale = -c.type.scale
    context = decimal.Context(prec=60)
    data = bytes(c.values)
    numbers = (int.from_bytes(data[i : i + 16], "little", signed=True) for i in range(0, len(data), 16))
    return [decimal.Decimal(n).scaleb(scale, context) for n in numbers]


def _cached(convert: Callable[[int], Any], numbers: Any) -> list[Any]:
    """Times repeat (one a job, or days): each is converted once."""
    known = {n: convert(n) for n in set(numbers)}
    return [known[n] for n in numbers]


def _day(n: int) -> dt.date:
    return dt.date.fromordinal(n + _EPOCH_DAY)


def converter(kind: int, zone: Zone, native: bool) -> Callable[[int], Any] | None:
    """How a number of this kind becomes a value; None if it is the value. native: datetime's objects
    instead of ISO text. Numbers outside datetime's years always become text."""

    def time(us: int) -> Any:
        return zone.datetime(us) if native else timestamp_text(us, zone)

    def ntz(us: int) -> Any:
        return Zone.utc().datetime(us).replace(tzinfo=None) if native else timestamp_text(us, None)

    def date(days: int) -> Any:
        return _day(days) if native else date_text(days)

    known: dict[int, Callable[[int], Any]] = {
        t.TIMESTAMP: time,
        t.TIMESTAMP_NTZ: ntz,
        t.DATE: date,
        t.INTERVAL_DAY: lambda us: dt.timedelta(microseconds=us),
    }
    return known.get(kind)


def values(c: Column, zone: Zone, native: bool) -> list[Any]:
    """A column's values, NULL as None."""
    kind = c.type.kind
    out: list[Any]
    if kind == t.VOID:
        return [None] * c.length
    if kind in (t.STRING, t.BINARY):
        out = _strings(c)
    elif kind == t.BOOLEAN:
        out = list(_bits(c.values, c.length))
    elif kind == t.DECIMAL:
        out = _decimals(c)
    elif kind == t.ARRAY:
        assert c.child is not None
        offsets, items = memoryview(c.offsets).cast("i"), values(c.child, zone, native)
        out = [items[a:b] for a, b in zip(offsets, offsets[1:])]
    else:
        numbers = memoryview(c.values).cast("B").cast(_FORMATS[kind])  # type: ignore[call-overload]
        convert = converter(kind, zone, native)
        if convert is None:
            out = numbers.tolist()
        else:
            skip = [] if c.validity is None else _bits(c.validity, c.length)
            seen = [n if v else 0 for n, v in zip(numbers, skip)] if skip else numbers
            out = _cached(convert, seen)
    if c.validity is not None:
        out = [v if ok else None for v, ok in zip(out, _bits(c.validity, c.length))]
    return out


def records(
    block: Block, names: list[str], zone: Zone, native: bool, start: int = 0, stop: int | None = None
) -> list[Record]:
    """Rows start to stop (all) as dicts."""
    stop = block.length if stop is None else min(stop, block.length)
    if not names:
        return [{} for _ in range(start, stop)]
    if _fast_records is not None:
        ready = [_fast_column(c, start, stop, zone, native) for c in block.columns]
        return _fast_records(ready, names, start, stop)
    return plain_records(block, names, zone, native, start, stop)


def plain_records(
    block: Block, names: list[str], zone: Zone, native: bool, start: int, stop: int
) -> list[Record]:
    columns = [values(_part(c, start, stop), zone, native) for c in block.columns]
    return [dict(zip(names, row)) for row in zip(*columns)]


def _fast_column(c: Column, start: int, stop: int, zone: Zone, native: bool) -> Any:
    """What _speed.records takes: buffers of the types it knows, else a list of values."""
    if c.type.kind in _FAST:
        return (c.type.kind, c.validity, c.values, c.offsets)
    return values(_part(c, start, stop), zone, native)


def _bytes_of(data: Any, start: int, stop: int, width: int) -> memoryview:
    return memoryview(data).cast("B")[start * width : stop * width]


def _part(c: Column, start: int, stop: int) -> Column:
    """Rows start (a multiple of 8) to stop, as views of the same buffers."""
    if start == 0 and stop == c.length:
        return c
    n = stop - start
    validity = None if c.validity is None else memoryview(c.validity)[start // 8 : (stop + 7) // 8]
    if c.type.kind == t.VOID:
        return Column(c.type, n)
    if c.offsets:
        return Column(c.type, n, validity, c.values, _bytes_of(c.offsets, start, stop + 1, 4), c.child)
    if c.type.kind == t.BOOLEAN:
        return Column(c.type, n, validity, memoryview(c.values)[start // 8 : (stop + 7) // 8])
    return Column(c.type, n, validity, _bytes_of(c.values, start, stop, WIDTHS[c.type.kind]))
