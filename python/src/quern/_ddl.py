"""Declared schemas: `id BIGINT, name STRING NOT NULL, tags ARRAY<STRING>`, and values made to fit them."""

from __future__ import annotations

import datetime as dt
import decimal
import re
from collections.abc import Callable, Iterator
from typing import Any

from . import types as t
from ._blocks import Column
from ._columns import make, plain
from ._time import Zone
from .errors import ParseSyntaxError, UnsupportedDatatypeError, UsageError
from .types import DataType, Field, Schema

_NAMES = {
    "boolean": t.BOOLEAN, "bool": t.BOOLEAN, "tinyint": t.TINYINT, "byte": t.TINYINT,
    "smallint": t.SMALLINT, "short": t.SMALLINT, "int": t.INT, "integer": t.INT, "bigint": t.BIGINT,
    "long": t.BIGINT, "float": t.FLOAT, "real": t.FLOAT, "double": t.DOUBLE, "string": t.STRING,
    "varchar": t.STRING, "char": t.STRING, "text": t.STRING, "binary": t.BINARY, "date": t.DATE,
    "timestamp": t.TIMESTAMP, "timestamp_ltz": t.TIMESTAMP, "timestamp_ntz": t.TIMESTAMP_NTZ,
}  # fmt: skip
_FIELD = re.compile(
    r"(?:`((?:[^`]|``)+)`|([^\W\d]\w*|\d\w*))\s*:?\s*(.+?)(\s+NOT\s+NULL)?(?:\s+COMMENT\s+'.*')?$", re.I | re.S
)
_DECIMAL = re.compile(r"(?:decimal|dec|numeric)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?$", re.I)
_ARRAY = re.compile(r"array\s*<(.+)>$", re.I | re.S)
_BOUNDS = {t.TINYINT: 7, t.SMALLINT: 15, t.INT: 31, t.BIGINT: 63}


def _type(text: str) -> DataType:
    text = text.strip()
    if m := _DECIMAL.match(text):
        precision, scale = int(m[1] or 10), int(m[2] or 0)
        if 1 <= precision <= 38 and scale <= precision:
            return DataType(t.DECIMAL, 0, precision, scale)
    elif m := _ARRAY.match(text):
        inner = _type(m[1])
        if inner.kind != t.ARRAY:
            return DataType(t.ARRAY, inner.kind, inner.precision, inner.scale)
    elif (kind := _NAMES.get(re.sub(r"\s*\(\s*\d+\s*\)$", "", text).lower())) is not None:
        return DataType(kind)
    raise UnsupportedDatatypeError(f"the type {text} is not one that records can have")


def _parts(ddl: str) -> Iterator[str]:
    """Between the commas that are in no brackets or quotes."""
    depth, at, quote = 0, 0, ""
    for i, c in enumerate(ddl):
        if quote:
            quote = "" if c == quote else quote
        elif c in "`'":
            quote = c
        elif c in "<(":
            depth += 1
        elif c in ">)":
            depth -= 1
        elif c == "," and depth == 0:
            yield ddl[at:i]
            at = i + 1
    yield ddl[at:]


def parse(ddl: str) -> Schema:
    """Raises ParseSyntaxError, UnsupportedDatatypeError."""
    fields = []
    for part in _parts(ddl):
        m = _FIELD.match(part.strip())
        if not m:
            raise ParseSyntaxError(
                f"{part.strip() or 'nothing'} is no column of a schema", hint="write `id BIGINT, name STRING`"
            )
        name = m[1].replace("``", "`") if m[1] else m[2]
        fields.append(Field(name, _type(m[3]), not m[4]))
    return Schema(tuple(fields))


# ---- values ----


def _integer(value: Any, to: DataType) -> int:
    n = int(value)
    if isinstance(value, (bool, str, bytes)) or n != value or not -(1 << _BOUNDS[to.kind]) <= n < 1 << _BOUNDS[to.kind]:
        raise ValueError
    return n


def _float(value: Any, to: DataType) -> float:
    if isinstance(value, (bool, str, bytes)):
        raise ValueError
    return float(value)


def _decimal(value: Any, to: DataType) -> decimal.Decimal:
    if isinstance(value, (bool, bytes)):
        raise ValueError
    exact = decimal.Decimal(repr(value) if isinstance(value, float) else value)
    with decimal.localcontext() as context:
        context.prec = 80
        n = exact.quantize(decimal.Decimal(1).scaleb(-to.scale), decimal.ROUND_HALF_UP)
    if abs(int(n.scaleb(to.scale, decimal.Context(prec=80)))) >= 10**to.precision:
        raise ValueError
    return n


def _iso(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text[:-1] + "+00:00" if text[-1:] in "Zz" else text)


def _moment(value: Any, to: DataType) -> dt.datetime:
    if isinstance(value, str):
        return _iso(value)
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    raise ValueError


def _date(value: Any, to: DataType) -> dt.date:
    moment = _moment(value, to)
    return dt.date(moment.year, moment.month, moment.day)


def _boolean(value: Any, to: DataType) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _binary(value: Any, to: DataType) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(memoryview(value))


def _same(value: Any, to: DataType) -> Any:
    return value


def _array(value: Any, to: DataType) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError
    return [_fitted(plain(v), to.element_type()) for v in value]


_FIT: dict[int, Callable[[Any, DataType], Any]] = {
    t.BOOLEAN: _boolean, t.TINYINT: _integer, t.SMALLINT: _integer, t.INT: _integer, t.BIGINT: _integer,
    t.FLOAT: _float, t.DOUBLE: _float, t.DECIMAL: _decimal, t.STRING: _same, t.BINARY: _binary,
    t.DATE: _date, t.TIMESTAMP: _moment, t.TIMESTAMP_NTZ: _moment, t.ARRAY: _array,
}  # fmt: skip


def _fitted(value: Any, to: DataType) -> Any:
    return None if value is None else _FIT[to.kind](value, to)


def fit(field: Field, values: list[Any], first: int, zone: Zone) -> Column:
    """A column of the declared type. first: the number of the first record. Raises UsageError naming
    the record whose value does not fit."""
    out = []
    for i, value in enumerate(values):
        try:
            out.append(_fitted(plain(value), field.type))
        except (ValueError, TypeError, ArithmeticError):
            raise UsageError(
                f"record {first + i}: {value!r:.100} is no {field.type} for the column {field.name}",
                record=first + i,
                column_name=field.name,
            ) from None
    return make(out, field.type, zone)


