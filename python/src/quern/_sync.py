"""The blocking client: the asynchronous one on an event loop of its own, in a thread."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from ._async import AsyncClient
from ._batch import Batch
from ._info import JobInfo, JobReport, Progress, WorkerInfo
from ._job import ROWS_AT_ONCE, AsyncJob
from ._rows import Record
from .errors import UnreachableError
from .types import Schema

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

T = TypeVar("T")


class _Loop:
    """An event loop in a daemon thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="quern", daemon=True)
        self.thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The coroutine's result. Interrupted (Ctrl-C), it is cancelled first."""
        if not self.thread.is_alive():
            work.close()
            raise UnreachableError("the client is closed")
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result()
        except concurrent.futures.CancelledError:
            raise
        except BaseException:
            future.cancel()
            raise

    def stop(self) -> None:
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join()
            self.loop.close()


def _end(loop: _Loop, client: AsyncClient) -> None:
    if loop.thread.is_alive():
        loop.run(client.close())
        loop.stop()


class Job:
    """What `Client.submit` gives: as AsyncJob, each call blocks until there is an answer."""

    def __init__(self, job: AsyncJob, loop: _Loop, client: Client | None) -> None:
        self._job = job
        self._loop = loop
        self._client = client  # lives at least as long as its jobs

    def __repr__(self) -> str:
        return repr(self._job).replace("AsyncJob", "Job")

    def __enter__(self) -> Job:
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.run(self._job.__aexit__(*exc))

    @property
    def id(self) -> int:
        return self._job.id

    @property
    def app_id(self) -> str | None:
        return self._job.app_id

    @property
    def state(self) -> str:
        return self._job.state

    @property
    def done(self) -> bool:
        return self._job.done

    @property
    def progress(self) -> Progress:
        """The last that the master told."""
        return self._job.progress

    @property
    def warnings(self) -> list[str]:
        return self._job.warnings

    @property
    def schema(self) -> Schema:
        """The columns of the result; waits until they are known."""
        return self._loop.run(self._job.schema())

    def cancel(self) -> None:
        """Stops the job and waits for its end; nothing happens if it has ended."""
        self._loop.run(self._job.cancel())

    def wait(self) -> JobReport:
        """Waits for the end. Raises the job's error. Interrupted, the job is cancelled."""
        return self._loop.run(self._job.wait())

    def updates(self) -> Iterator[Progress]:
        """Progress as it changes, the last one when the job has ended."""
        return self._each(self._job.updates())

    def rows(self, *, native: bool = False, statement: int | None = None) -> list[Record]:
        """All rows of the script's last query (or of a statement, from 0) as dicts, in order. Times are
        ISO text; with native=True objects of datetime."""
        return self._loop.run(self._job.rows(native=native, statement=statement))

    def iter_batches(self, *, statement: int | None = None) -> Iterator[Batch]:
        """Rows in batches while they come; what is not asked for yet stays with the master."""
        return self._each(self._job.iter_batches(statement=statement))

    def iter_rows(self, *, native: bool = False) -> Iterator[Record]:
        """Rows one by one, as iter_batches."""
        for batch in self.iter_batches():
            for at in range(0, batch.num_rows, ROWS_AT_ONCE):
                yield from batch.records(native=native, start=at, stop=at + ROWS_AT_ONCE)

    def to_arrow(self, *, statement: int | None = None) -> pyarrow.Table:
        """The rows as an Arrow table (needs pyarrow)."""
        return self._loop.run(self._job.to_arrow(statement=statement))

    def to_pandas(self, *, statement: int | None = None) -> pandas.DataFrame:
        """The rows as a DataFrame (needs pandas and pyarrow)."""
        return self._loop.run(self._job.to_pandas(statement=statement))

    def to_polars(self, *, statement: int | None = None) -> polars.DataFrame:
        """The rows as a polars DataFrame (needs polars and pyarrow)."""
        return self._loop.run(self._job.to_polars(statement=statement))

    def _each(self, items: Any) -> Iterator[Any]:
        try:
            while True:
                try:
                    yield self._loop.run(_next(items))
                except StopAsyncIteration:
                    return
        finally:
            self._loop.run(items.aclose())


async def _next(items: Any) -> Any:
    return await items.__anext__()


class Client:
    """A client of a cluster; use it as a context manager, or close() it. Its jobs end with it.

    Arguments as AsyncClient's. Thread-safe: several threads may use one client.
    """

    def __init__(
        self,
        master: str | None = None,
        *,
        conf: Mapping[str, object] | None = None,
        connect_timeout: float = 10.0,
        name: str | None = None,
    ) -> None:
        self._loop = _Loop()
        try:
            self._client = self._loop.run(_made(master, conf, connect_timeout, name))
            # At the end of the program, or when nobody has it any more: like close().
            self._end = weakref.finalize(self, _end, self._loop, self._client)
        except BaseException:
            self._loop.stop()
            raise

    def __enter__(self) -> Client:
        self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def master(self) -> str:
        return self._client.master

    def connect(self) -> None:
        """Connects now instead of at the first use. Raises UnreachableError."""
        self._loop.run(self._client.connect())

    def close(self) -> None:
        """Ends the session; its jobs that are not detached are cancelled. An own cluster ends, too."""
        self._end()

    def submit(
        self,
        sql: str | os.PathLike[str],
        tables: Mapping[str, Any] | None = None,
        *,
        params: Mapping[str, object] | None = None,
        pipeline_id: int | None = None,
        stage_name: str | None = None,
        conf: Mapping[str, object] | None = None,
        output: str | os.PathLike[str] | None = None,
        output_format: str = "json",
        mode: str = "error",
        output_options: Mapping[str, object] | None = None,
        name: str | None = None,
        detach: bool = False,
        timeout: float | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        trace_id: str | None = None,
        span_id: str | None = None,
    ) -> Job:
        """As AsyncClient.submit; on_progress is called in the client's own thread."""
        job = self._loop.run(
            self._client.submit(
                sql,
                tables,
                params=params,
                pipeline_id=pipeline_id,
                stage_name=stage_name,
                conf=conf,
                output=output,
                output_format=output_format,
                mode=mode,
                output_options=output_options,
                name=name,
                detach=detach,
                timeout=timeout,
                on_progress=on_progress,
                trace_id=trace_id,
                span_id=span_id,
            )
        )
        return Job(job, self._loop, self)

    def sql(
        self, sql: str | os.PathLike[str], tables: Mapping[str, Any] | None = None, **options: Any
    ) -> list[Record]:
        """submit() and its rows()."""
        return self.submit(sql, tables, **options).rows()

    def attach(self, job: int | str) -> Job:
        """The handle of a job by number or application id, to see its progress and end."""
        return Job(self._loop.run(self._client.attach(job)), self._loop, self)

    def jobs(self, *, limit: int = 0, state: str | None = None) -> list[JobInfo]:
        """Jobs that the master knows, newest first."""
        return self._loop.run(self._client.jobs(limit=limit, state=state))

    def job(self, job: int | str) -> JobInfo:
        """A job by number or application id. Raises NotFoundError."""
        return self._loop.run(self._client.job(job))

    def cancel(self, job: int | str) -> JobInfo:
        """Stops a job by number or application id."""
        return self._loop.run(self._client.cancel(job))

    def logs(self, job: int | str, *, limit: int = 0) -> list[str]:
        """The lines of a job's log."""
        return self._loop.run(self._client.logs(job, limit=limit))

    def workers(self) -> list[WorkerInfo]:
        return self._loop.run(self._client.workers())

    def ping(self) -> None:
        """Raises if the master does not answer."""
        self._loop.run(self._client.ping())


async def _made(
    master: str | None, conf: Mapping[str, object] | None, connect_timeout: float, name: str | None
) -> AsyncClient:
    return AsyncClient(master, conf=conf, connect_timeout=connect_timeout, name=name)
