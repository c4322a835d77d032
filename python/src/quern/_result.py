"""The rows of a statement, as they come."""

from __future__ import annotations

from typing import Any

from ._blocks import schema_from_wire
from ._error import QuernError, from_wire
from ._time import Zone
from .errors import UsageError
from .types import Schema


class Result:
    """Messages of rows in the order they came, each a list of frames; None where they were taken."""

    def __init__(self, statement: int, fields: dict[str, Any]) -> None:
        self.statement = statement
        self.error: QuernError | None = None
        self.schema = Schema(())
        self.zone = Zone(fields["time_zone"] or "UTC")
        self.complete = False
        self.messages: list[list[memoryview] | None] = []
        if fields["error"]:
            self.error = from_wire(fields["error"])
            self.complete = True
        elif fields["schema"]:
            self.schema = schema_from_wire(fields["schema"])

    def add(self, frames: list[Any], last: bool) -> None:
        self.messages.append([memoryview(f.buffer) for f in frames])
        self.complete = self.complete or last

    def look(self, message: int) -> list[memoryview]:
        frames = self.messages[message]
        if frames is None:
            raise UsageError("these rows were already taken, by iter_batches() or iter_rows()")
        return frames

    def take(self, message: int) -> list[memoryview]:
        frames = self.look(message)
        self.messages[message] = None
        return frames

    def untaken(self) -> int:
        return sum(m is not None for m in self.messages)
