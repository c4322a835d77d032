"""What a job reads: the client's side of SUBMIT's inputs, and the bytes that the master asks for."""

from __future__ import annotations

import asyncio
import glob
import os
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from . import _ddl
from ._blocks import Block
from ._records import BlockSource, LazySource, collect, declared, listed
from ._time import Zone
from .errors import UsageError

class Source(Protocol):
    """A view's data."""

    async def describe(self, view: str) -> dict[str, Any]:
        """The `input` record."""
        ...

    def pieces(self, file: int, size: int) -> AsyncIterator[bytes]:
        """The bytes of a file in pieces of about `size`."""
        ...


@dataclass(frozen=True)
class Table:
    """Data with more to say about it: `tables={"input": Table("items.csv", schema="id BIGINT, …")}`.

    data: records (a list, or a generator, also an asynchronous one), a DataFrame, an Arrow table or a
    path. schema (of records and paths): DDL; without it, inferred. With a schema a generator is read
    while it is sent, without it first. format (of a path): json or csv, else by its ending. options (of
    a path): the reader's, as Spark's.
    """

    data: Any
    schema: str | None = None
    format: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def _found(path: str) -> list[str]:
    """The files of a path, directory or pattern, without hidden ones and markers; in order."""
    if os.path.isdir(path):
        inside = sorted(os.listdir(path))
        return [os.path.join(path, f) for f in inside if f[0] not in "._"]
    if os.path.exists(path):
        return [path]
    return sorted(glob.glob(path))


class PathSource:
    """Files: read by the workers where they can open them, else sent from here."""

    def __init__(self, path: str, table: Table) -> None:
        path = path[5:] if path.startswith("file:/") else path
        self.path = os.path.abspath(path)
        self.table = table
        self.files = [f for f in _found(self.path) if os.path.isfile(f)]

    async def describe(self, view: str) -> dict[str, Any]:
        files = []
        for f in self.files:
            st = os.stat(f)
            files.append({"path": f, "size_bytes": st.st_size, "mtime_ns": st.st_mtime_ns})
        return {
            "view": view,
            "path": self.path,
            "format": self.table.format,
            "schema": self.table.schema,
            "options": {k: _option(v) for k, v in self.table.options.items()},
            "files": files,
            "stream": bool(files),
        }

    async def pieces(self, file: int, size: int) -> AsyncIterator[bytes]:
        with open(self.files[file], "rb") as f:
            while piece := await asyncio.to_thread(f.read, size):
                yield piece


def _option(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class EmptySource:
    """No records, nor a schema: its columns are those that the query names."""

    async def describe(self, view: str) -> dict[str, Any]:
        path = f"/memory/{view}.ndjson"
        file = {"path": path}
        return {"view": view, "path": path, "format": "json", "files": [file], "stream": True, "in_memory": True}

    async def pieces(self, file: int, size: int) -> AsyncIterator[bytes]:
        nothing: tuple[bytes, ...] = ()
        for piece in nothing:
            yield piece


def _arrow_source(data: Any) -> Source:
    try:
        from . import _arrow
    except ImportError:
        raise UsageError(
            f"a {type(data).__name__} needs pyarrow", hint="pip install 'quern[arrow]'"
        ) from None
    if type(data).__module__.startswith("pandas."):
        data = _arrow.of_pandas(data)
    elif not _arrow.is_arrow(data):
        data = _arrow.of_stream(data)
    schema, casts = _arrow.plan(data.schema)
    return LazySource(schema, _each(_arrow.blocks(data, schema, casts)))


async def _each(blocks: Iterable[Block]) -> AsyncIterator[Block]:
    for block in blocks:
        yield block


async def source(view: str, data: Any, zone: Zone) -> Source:
    """Raises UsageError for what is no data."""
    table = data if isinstance(data, Table) else Table(data)
    data = table.data
    if isinstance(data, (str, os.PathLike)):
        return PathSource(os.fspath(data), table)
    if hasattr(data, "__arrow_c_stream__"):  # Arrow tables and readers, pandas, polars, DuckDB, …
        return _arrow_source(data)
    if isinstance(data, (Iterable, AsyncIterable)) and not isinstance(data, (bytes, Mapping)):
        if table.schema is not None:
            declared_schema = _ddl.parse(table.schema)
            return LazySource(declared_schema, declared(data, declared_schema, zone))
        schema, blocks = await collect(await listed(data), zone)
        return BlockSource(schema, blocks) if blocks else EmptySource()
    raise UsageError(
        f"the table {view} is a {type(data).__name__}",
        hint="a list of dicts, a DataFrame, an Arrow table or a path is expected",
    )
