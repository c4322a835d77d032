"""The root of all errors; the classes below it are in errors.py, made from the cluster's own table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class QuernError(Exception):
    """What a cluster, or the way to it, said no to.

    error_class: its name, Spark's where Spark has one (``UNRESOLVED_COLUMN``); code: its number.
    message, hint: what is wrong and what to do about it.
    line, column: the place in the SQL text, from 1; source: the file or view that it is in.
    record, byte: the place in the data; excerpt: what stands there; column_name: the column meant.
    retryable: the same call may succeed later.
    """

    error_class: str = "UNKNOWN"
    code: int = 0
    retryable: bool = False
    exit_status: int = 1

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        source: str | None = None,
        line: int | None = None,
        column: int | None = None,
        record: int | None = None,
        byte: int | None = None,
        column_name: str | None = None,
        excerpt: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.source = source
        self.line = line
        self.column = column
        self.record = record
        self.byte = byte
        self.column_name = column_name
        self.excerpt = excerpt

    def __str__(self) -> str:
        place = self.source or ""
        if self.line:
            place += f"{', ' if place else ''}line {self.line}"
            if self.column:
                place += f", column {self.column}"
        if self.record:
            place += f"{', ' if place else ''}record {self.record}"
        text = f"[{self.error_class}] {self.message}"
        if place:
            text += f" ({place})"
        if self.hint:
            text += f"\nhint: {self.hint}"
        return text

    def __reduce__(self) -> tuple[Any, ...]:
        return (_again, (type(self), self.message, dict(self.__dict__)))


def _again(cls: type[QuernError], message: str, state: dict[str, Any]) -> QuernError:
    error = cls(message)
    error.__dict__.update(state)
    return error


def from_wire(error: Mapping[str, Any]) -> QuernError:
    """The exception for an error's map on the wire (docs/PROTOCOL.md)."""
    from .errors import BY_CODE

    code = int(error.get("c", 0))
    made = BY_CODE.get(code, QuernError)(
        str(error.get("m", "no reason given")),
        hint=error.get("h"),
        source=error.get("s"),
        line=error.get("l"),
        column=error.get("k"),
        record=error.get("r"),
        byte=error.get("b"),
        column_name=error.get("n"),
        excerpt=error.get("x"),
    )
    made.code = code
    return made


class JobTimeoutError(QuernError, TimeoutError):
    """The job took longer than the `timeout` of its submission and was cancelled."""

    error_class = "TIMEOUT"
    exit_status = 130
