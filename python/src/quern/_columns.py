"""Values to columns, in plain Python: what the compiled _speed.columns does, and all types besides.

A column's type is what fits all its values: integers and floats together are doubles; mixtures that
have no common type become strings, as in Spark's JSON reader.
"""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import json
import struct
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import types as t
from ._blocks import WIDTHS, Column
from ._time import Zone
from .errors import UsageError
from .types import DataType

_DAY0 = dt.date(1970, 1, 1)
_US = dt.timedelta(microseconds=1)
_NULL = DataType(t.VOID)
_MAX_TEXT = 2**31 - 1


def plain(value: Any) -> Any:
    """One of None, bool, int, float, str, bytes, Decimal, datetime, date, timedelta, list for a value;
    raises TypeError."""
    if value is None or isinstance(value, (bool, int, float, str, bytes, decimal.Decimal, dt.timedelta)):
        return value
    if isinstance(value, dt.date):  # a datetime, too; pandas' NaT is one that is not equal to itself
        return value if value == value else None
    if isinstance(value, (dt.time, uuid.UUID)):
        return str(value)
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return json.dumps(value, default=_jsonable, ensure_ascii=False, separators=(",", ":"))
    if hasattr(value, "tolist"):  # numpy
        return plain(value.tolist())
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    raise TypeError(f"a {type(value).__name__} has no column type")


def _jsonable(value: Any) -> Any:
    value = plain(value)
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, (decimal.Decimal, dt.timedelta, bytes)) else value


# ---- types ----


def _int_type(value: int) -> DataType:
    if -(2**63) <= value < 2**63:
        return DataType(t.BIGINT)
    digits = len(str(abs(value)))
    return DataType(t.DECIMAL, 0, digits) if digits <= 38 else DataType(t.DOUBLE)


def _decimal_type(value: decimal.Decimal) -> DataType:
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):  # NaN, Infinity
        return DataType(t.DOUBLE)
    scale = max(-exponent, 0)
    precision = max(len(digits) + max(exponent, 0), scale, 1)
    if scale > 38 or precision > 38:
        return DataType(t.DOUBLE)
    return DataType(t.DECIMAL, 0, precision, scale)


def _type_of(value: Any) -> DataType:
    if value is None:
        return _NULL
    if isinstance(value, bool):
        return DataType(t.BOOLEAN)
    if isinstance(value, int):
        return _int_type(value)
    if isinstance(value, float):
        return DataType(t.DOUBLE)
    if isinstance(value, str):
        return DataType(t.STRING)
    if isinstance(value, decimal.Decimal):
        return _decimal_type(value)
    if isinstance(value, dt.datetime):
        return DataType(t.TIMESTAMP)
    if isinstance(value, dt.date):
        return DataType(t.DATE)
    if isinstance(value, dt.timedelta):
        return DataType(t.INTERVAL_DAY)
    if isinstance(value, bytes):
        return DataType(t.BINARY)
    items = common(_type_of(plain(v)) for v in value)
    if items.kind == t.ARRAY:  # arrays of arrays travel as their text
        items = DataType(t.STRING)
    return DataType(t.ARRAY, items.kind, items.precision, items.scale)


def _both(a: DataType, b: DataType) -> DataType:
    if a == b or b.kind == t.VOID:
        return a
    if a.kind == t.VOID:
        return b
    kinds = {a.kind, b.kind}
    if kinds <= {t.BIGINT, t.DOUBLE, t.DECIMAL}:
        if t.DOUBLE in kinds:
            return DataType(t.DOUBLE)
        x, y = (DataType(t.DECIMAL, 0, 19) if d.kind == t.BIGINT else d for d in (a, b))
        scale = max(x.scale, y.scale)
        precision = max(x.precision - x.scale, y.precision - y.scale) + scale
        return DataType(t.DECIMAL, 0, precision, scale) if precision <= 38 else DataType(t.DOUBLE)
    if kinds == {t.DATE, t.TIMESTAMP}:
        return DataType(t.TIMESTAMP)
    if kinds == {t.ARRAY}:
        items = _both(a.element_type(), b.element_type())
        return DataType(t.ARRAY, items.kind, items.precision, items.scale)
    return DataType(t.STRING)


def common(types: Iterable[DataType]) -> DataType:
    """The type that values of all these fit; void for none."""
    out = _NULL
    for one in types:
        out = _both(out, one)
    return out


def settled(dtype: DataType) -> DataType:
    """Where there was nothing but NULL, Spark's JSON reader says string."""
    if dtype.kind == t.VOID:
        return DataType(t.STRING)
    if dtype.kind == t.ARRAY and dtype.element == t.VOID:
        return DataType(t.ARRAY, t.STRING)
    return dtype


# ---- buffers ----


def bitmap(flags: Sequence[Any]) -> bytes:
    out = bytearray((len(flags) + 7) // 8)
    for i, flag in enumerate(flags):
        if flag:
            out[i >> 3] |= 1 << (i & 7)
    return bytes(out)


def _text(value: Any) -> str:
    """In a column of mixed types: as JSON would have it."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float, list)):
        return json.dumps(value, default=_jsonable, ensure_ascii=False, separators=(",", ":"))
    return str(_jsonable(value))


def _number(value: Any, kind: int, zone: Zone) -> Any:
    if kind in (t.DOUBLE, t.FLOAT):
        return float(value)
    if kind == t.TIMESTAMP_NTZ:
        return Zone.utc().to_us(value.replace(tzinfo=None))
    if kind == t.TIMESTAMP:
        if not isinstance(value, dt.datetime):
            value = dt.datetime(value.year, value.month, value.day)
        return zone.to_us(value)
    if kind == t.DATE:
        return (value - _DAY0).days
    if kind == t.INTERVAL_DAY:
        return value // _US
    return value


def _decimal_bytes(value: Any, scale: int) -> bytes:
    with decimal.localcontext() as context:
        context.prec = 80
        n = int(decimal.Decimal(value).scaleb(scale))
    return n.to_bytes(16, "little", signed=True)


_PACKED = {
    t.TINYINT: "b", t.SMALLINT: "h", t.INT: "i", t.BIGINT: "q", t.FLOAT: "f", t.DOUBLE: "d",
    t.TIMESTAMP: "q", t.TIMESTAMP_NTZ: "q", t.DATE: "i", t.INTERVAL_DAY: "q",
}  # fmt: skip


def make(values: list[Any], dtype: DataType, zone: Zone) -> Column:
    """A column of plain values, None for NULL, that fit the type."""
    n, kind = len(values), dtype.kind
    if kind == t.VOID:
        return Column(dtype, n)
    nulls = any(v is None for v in values)
    validity = bitmap([v is not None for v in values]) if nulls else None
    if kind in (t.STRING, t.BINARY):
        return _text_column(values, dtype, validity)
    if kind == t.ARRAY:
        return _array_column(values, dtype, validity, zone)
    if kind == t.BOOLEAN:
        return Column(dtype, n, validity, bitmap(values))
    if kind == t.DECIMAL:
        data = b"".join(bytes(16) if v is None else _decimal_bytes(v, dtype.scale) for v in values)
        return Column(dtype, n, validity, data)
    numbers = [0 if v is None else _number(v, kind, zone) for v in values]
    return Column(dtype, n, validity, struct.pack(f"<{n}{_PACKED[kind]}", *numbers))


def _offsets(lengths: Iterable[int]) -> bytes:
    ends = [0]
    for n in lengths:
        ends.append(ends[-1] + n)
    if ends[-1] > _MAX_TEXT:
        raise UsageError("more than 2 GiB of text in one column of a block")
    return struct.pack(f"<{len(ends)}i", *ends)


def _text_column(values: list[Any], dtype: DataType, validity: bytes | None) -> Column:
    if dtype.kind == t.STRING:
        parts = [b"" if v is None else _text(v).encode("utf-8", "replace") for v in values]
    else:
        parts = [v or b"" for v in values]
    return Column(dtype, len(values), validity, b"".join(parts), _offsets(map(len, parts)))


def _array_column(values: list[Any], dtype: DataType, validity: bytes | None, zone: Zone) -> Column:
    items = [plain(item) for v in values if v is not None for item in v]
    child = make(items, dtype.element_type(), zone)
    return Column(dtype, len(values), validity, b"", _offsets(len(v or ()) for v in values), child)


# ---- columns ----


def column(name: str, values: list[Any], zone: Zone) -> Column:
    """A column of the type that fits its values. Raises UsageError."""
    try:
        values = [plain(v) for v in values]
        return make(values, common(map(_type_of, values)), zone)
    except (TypeError, OverflowError) as e:
        raise UsageError(f"the column {name} cannot be sent: {e}") from None


def cast(c: Column, to: DataType, zone: Zone) -> Column:
    """The same column in a wider type (common())."""
    if c.type == to:
        return c
    if c.type.kind == t.VOID:
        return nulls(to, c.length)
    from ._rows import values

    raw = values(c, zone, True)
    if to.kind == t.STRING and c.type.kind == t.BINARY:
        raw = [None if v is None else v.decode("utf-8", "replace") for v in raw]
    return make(raw, to, zone)


def nulls(dtype: DataType, n: int) -> Column:
    if dtype.kind == t.VOID:
        return Column(dtype, n)
    none = bytes((n + 7) // 8)
    offsets = bytes(4 * (n + 1))
    if dtype.kind == t.ARRAY:
        return Column(dtype, n, none, b"", offsets, nulls(dtype.element_type(), 0))
    if dtype.kind in (t.STRING, t.BINARY):
        return Column(dtype, n, none, b"", offsets)
    return Column(dtype, n, none, none if dtype.kind == t.BOOLEAN else bytes(n * WIDTHS[dtype.kind]))


def columns(records: list[dict[str, Any]], start: int, stop: int, names: list[str]) -> list[Any]:
    """_speed.columns without a compiler: it leaves all values to column()."""
    known = dict.fromkeys(names)
    for record in records[start:stop]:
        if not isinstance(record, dict):
            raise TypeError(f"a record is a {type(record).__name__}")
        for key in record:
            if key not in known:
                if type(key) is not str:
                    raise TypeError(f"a record's key is a {type(key).__name__}")
                known[key] = None
                names.append(key)
    return [(-1, None, None, None)] * len(names)
