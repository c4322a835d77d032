"""Column types and schemas, with Spark's names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

KINDS = (
    "void", "boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal", "string",
    "binary", "date", "timestamp", "timestamp_ntz", "interval day to second", "interval year to month",
    "array",
)  # fmt: skip
(
    VOID, BOOLEAN, TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE, DECIMAL, STRING,
    BINARY, DATE, TIMESTAMP, TIMESTAMP_NTZ, INTERVAL_DAY, INTERVAL_MONTH,
    ARRAY,
) = range(len(KINDS))  # fmt: skip


@dataclass(frozen=True)
class DataType:
    """A column's type. kind and element (of an array) are numbers of the protocol; str() is its SQL name."""

    kind: int
    element: int = 0
    precision: int = 0
    scale: int = 0

    def __str__(self) -> str:
        if self.kind == ARRAY:
            return f"array<{DataType(self.element, 0, self.precision, self.scale)}>"
        if self.kind == DECIMAL:
            return f"decimal({self.precision},{self.scale})"
        return KINDS[self.kind]

    @property
    def name(self) -> str:
        """The SQL name without parameters."""
        return KINDS[self.kind]

    def element_type(self) -> DataType:
        return DataType(self.element, 0, self.precision, self.scale)

    def to_wire(self) -> int:
        return self.kind | self.element << 8 | self.precision << 16 | self.scale << 24

    @staticmethod
    def from_wire(code: int) -> DataType:
        return DataType(code & 0xFF, code >> 8 & 0xFF, code >> 16 & 0xFF, code >> 24 & 0xFF)


@dataclass(frozen=True)
class Field:
    """A column: its name and type."""

    name: str
    type: DataType
    nullable: bool = True

    def __str__(self) -> str:
        quoted = self.name.replace("`", "``")
        return f"`{quoted}` {self.type}"


@dataclass(frozen=True)
class Schema:
    """The columns of a table or a result, in order."""

    fields: tuple[Field, ...]

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def __getitem__(self, name: str) -> Field:
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    @property
    def names(self) -> list[str]:
        return [f.name for f in self.fields]

    def __str__(self) -> str:
        """As DDL: what `schema=` takes, and CREATE TABLE."""
        return ", ".join(str(f) for f in self.fields)
