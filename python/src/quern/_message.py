"""Messages as dicts to bytes and back (docs/PROTOCOL.md), by the table of _protocol.py."""

from __future__ import annotations

from typing import Any, cast

import msgpack

from . import _protocol as p
from .errors import ProtocolError, ProtocolVersionError


def _packed(fields: p.Fields, values: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in values.items():
        key, kind, of = fields[name]
        if value is None:
            continue
        if kind == "list":
            value = [_packed(p.RECORDS[of], item) for item in value]
        elif kind == "obj":
            value = _packed(p.RECORDS[of], value)
        out[key] = value
    return out


def pack(number: int, values: dict[str, Any]) -> bytes:
    """A header. Fields that are None are left out."""
    header = {"v": p.VERSION, "t": number, **_packed(p.MESSAGES[number], values)}
    return cast(bytes, msgpack.packb(header, use_bin_type=True))


_EMPTY: dict[str, Any] = {
    "u32": 0, "u64": 0, "i64": 0, "f64": 0.0, "bool": False, "str": None, "bin": b"",
    "strs": [], "map": {}, "err": None, "list": [], "obj": None,
}  # fmt: skip
_TYPES: dict[str, type] = {
    "u32": int, "u64": int, "i64": int, "f64": float, "bool": bool, "str": str, "bin": bytes,
    "strs": list, "map": dict, "err": dict, "list": list, "obj": dict,
}  # fmt: skip


def _checked(name: str, kind: str, of: str, value: Any) -> Any:
    fits: bool = isinstance(value, _TYPES[kind])  # in a variable: the type stays Any
    if not fits:
        raise ProtocolError(f"malformed message: {name} is {type(value).__name__}")
    if kind == "list":
        return [_unpacked(p.RECORDS[of], item) for item in value]
    if kind == "obj":
        return _unpacked(p.RECORDS[of], value)
    return value


def _unpacked(fields: p.Fields, header: dict[Any, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, (key, kind, of) in fields.items():
        value: Any = header.get(key)
        out[name] = _EMPTY[kind] if value is None else _checked(name, kind, of, value)
    return out


def unpack(header: bytes) -> tuple[int, dict[str, Any]]:
    """The message's number and its fields; those that are absent are zero, empty or None.

    Raises ProtocolError, ProtocolVersionError.
    """
    try:
        fields = msgpack.unpackb(header, raw=False, strict_map_key=False)
        number, version = int(fields["t"]), int(fields["v"])
    except Exception as e:
        raise ProtocolError(f"malformed message: {e}") from None
    if version != p.VERSION:
        raise ProtocolVersionError(
            f"the master speaks protocol version {version}, this client version {p.VERSION}"
        )
    table = p.MESSAGES.get(number)
    return number, _unpacked(table, fields) if table is not None else {}
