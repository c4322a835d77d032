"""Some rows of a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import _rows
from ._blocks import Block
from ._rows import Record
from ._time import Zone
from .types import Schema

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True)
class Batch:
    """Rows of a statement in columns; `statement` counts from 0."""

    schema: Schema
    block: Block
    zone: Zone
    statement: int = 0

    @property
    def num_rows(self) -> int:
        return self.block.length

    def __len__(self) -> int:
        return self.block.length

    def records(self, *, native: bool = False, start: int = 0, stop: int | None = None) -> list[Record]:
        """Rows start to stop (all) as dicts; times as ISO text or, native, datetime's objects."""
        return _rows.records(self.block, self.schema.names, self.zone, native, start, stop)

    def to_arrow(self) -> pyarrow.RecordBatch:
        """The same buffers, not copied where Arrow's layout is ours (needs pyarrow)."""
        from . import _arrow

        return _arrow.record_batch(self.schema, self.block, self.zone)
