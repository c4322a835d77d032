"""A job's handle: its progress, its end, its rows. Belongs to the event loop of its client."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from . import _protocol as p
from ._batch import Batch
from ._blocks import blocks
from ._connection import Connection
from ._error import JobTimeoutError, QuernError, from_wire
from ._info import FINAL, JobReport, Progress, progress, report
from ._inputs import Source
from ._result import Result
from ._rows import Record
from .errors import JobCancelledError, ProtocolError, UsageError
from .types import Schema

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

ROWS_AT_ONCE = 4000  # converted before others on the event loop have their turn
CREDIT = 8  # RESULT_BATCHes (of some MiB) on their way at once


class AsyncJob:
    """What `AsyncClient.submit` gives. Waiting for it (wait, rows, …) sees it to its end: if the waiting
    task is cancelled, so is the job, unless it was submitted with detach=True."""

    def __init__(
        self,
        connection: Connection,
        sources: list[Source],
        detached: bool,
        on_progress: Callable[[Progress], object] | None = None,
        timeout: float | None = None,
    ) -> None:
        self._connection = connection
        self._sources = sources
        self._detached = detached
        self._on_progress = on_progress
        self._results: list[Result] = []
        self._buffering = False  # rows are kept, so the master may send on
        self._unpaid = 0  # batches that came and were not yet paid for with credit
        self._credit: dict[tuple[int, int], int] = {}  # of uploads
        self._uploads: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._cancel_wanted = False
        self._error: QuernError | None = None
        self._done = False
        self._report = JobReport()
        self._waiters: list[asyncio.Future[None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._progress = Progress()
        self.id = 0
        self.app_id: str | None = None
        self.warnings: list[str] = []
        connection.on_lost.append(self._lost)
        if timeout is not None:
            self._limit(timeout)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.app_id or self.id} {self.state}>"

    async def __aenter__(self) -> AsyncJob:
        return self

    async def __aexit__(self, *exc: object) -> None:
        if not self._done and not self._detached:
            self._cancel_now()

    # ---- what it is ----

    @property
    def state(self) -> str:
        return self._progress.state

    @property
    def progress(self) -> Progress:
        """The last that the master told."""
        return self._progress

    @property
    def done(self) -> bool:
        return self._done

    async def updates(self) -> AsyncIterator[Progress]:
        """Progress as it changes, the last one when the job has ended."""
        seen: Progress | None = None
        self._buffer()
        while True:
            if self._progress != seen:
                seen = self._progress
                yield seen
            elif self._done:
                return
            else:
                await self._change()

    async def cancel(self) -> None:
        """Stops the job and waits for its end; nothing happens if it has ended."""
        if not self._done:
            self._cancel_now()
        while not self._done:
            await self._change()

    async def wait(self) -> JobReport:
        """Waits for the end. Raises the job's error."""
        self._buffer()
        try:
            while not self._done:
                await self._change()
        except asyncio.CancelledError:
            self._abandon()
            raise
        self._check()
        return self._report

    # ---- rows ----

    async def rows(self, *, native: bool = False, statement: int | None = None) -> list[Record]:
        """All rows of the script's last query (or of a statement, from 0) as dicts, in order. Times are
        ISO text; with native=True objects of datetime."""
        out: list[Record] = []
        async for batch in self._kept(statement):
            if batch is None:
                out = []
                continue
            for at in range(0, batch.num_rows, ROWS_AT_ONCE):
                out += batch.records(native=native, start=at, stop=at + ROWS_AT_ONCE)
                await asyncio.sleep(0)
        return out

    async def schema(self, *, statement: int | None = None) -> Schema:
        """The columns of the result; known before its rows are."""
        try:
            while not self._done and not self._has_result(statement):
                await self._change()
        except asyncio.CancelledError:
            self._abandon()
            raise
        if not self._has_result(statement):
            self._check()
            raise UsageError("the job has no rows to show")
        return self._result(statement).schema

    async def iter_batches(self, *, statement: int | None = None) -> AsyncIterator[Batch]:
        """Rows in batches while they come; what is not asked for yet stays with the master. A batch is
        given once: rows() has none of them afterwards."""
        at, message = 0, 0
        try:
            while True:
                if at >= len(self._results):
                    if self._done:
                        break
                    await self._change()
                    continue
                result = self._results[at]
                if message < len(result.messages):
                    frames = result.take(message)
                    message += 1
                    self._unpaid += 1
                    self._pay()
                    if statement in (None, result.statement):
                        for frame in frames:
                            for block in blocks(frame):
                                yield Batch(result.schema, block, result.zone, result.statement)
                                await asyncio.sleep(0)
                elif result.complete:
                    at, message = at + 1, 0
                elif self._done:
                    break
                else:
                    await self._change()
        except asyncio.CancelledError:
            self._abandon()
            raise
        self._check()

    async def iter_rows(self, *, native: bool = False) -> AsyncIterator[Record]:
        """Rows one by one, as iter_batches."""
        async for batch in self.iter_batches():
            for at in range(0, batch.num_rows, ROWS_AT_ONCE):
                for record in batch.records(native=native, start=at, stop=at + ROWS_AT_ONCE):
                    yield record
                await asyncio.sleep(0)

    async def to_arrow(self, *, statement: int | None = None) -> pyarrow.Table:
        """The rows as an Arrow table (needs pyarrow)."""
        from . import _arrow

        batches: list[Batch] = []
        async for batch in self._kept(statement):
            if batch is None:
                batches = []
            else:
                batches.append(batch)
        schema = await self.schema(statement=statement)
        return await asyncio.to_thread(_arrow.table, schema, [b.block for b in batches], self._result(statement).zone)

    async def to_pandas(self, *, statement: int | None = None) -> pandas.DataFrame:
        """The rows as a DataFrame (needs pandas and pyarrow)."""
        table = await self.to_arrow(statement=statement)
        return await asyncio.to_thread(table.to_pandas)

    async def to_polars(self, *, statement: int | None = None) -> polars.DataFrame:
        """The rows as a polars DataFrame (needs polars and pyarrow)."""
        import polars

        return polars.DataFrame(await self.to_arrow(statement=statement))

    # ---- results, inside ----

    def _has_result(self, statement: int | None) -> bool:
        if statement is None:
            return bool(self._results)
        return any(r.statement == statement for r in self._results)

    def _result(self, statement: int | None) -> Result:
        """The last one, or a statement's."""
        if statement is None:
            return self._results[-1]
        return next(r for r in self._results if r.statement == statement)

    async def _kept(self, statement: int | None) -> AsyncIterator[Batch | None]:
        """The batches of a result as they come; they stay for the next call. None: forget what came, a
        later statement has rows. Raises the job's error at the end."""
        self._buffer()
        result: Result | None = None
        message = 0
        try:
            while True:
                if self._has_result(statement) and self._result(statement) is not result:
                    result, message = self._result(statement), 0
                    yield None
                if result is not None and message < len(result.messages):
                    for frame in result.look(message):
                        for block in blocks(frame):
                            yield Batch(result.schema, block, result.zone, result.statement)
                    message += 1
                elif self._done:
                    break
                else:
                    await self._change()
        except asyncio.CancelledError:
            self._abandon()
            raise
        self._check()
        if result is not None and result.error is not None:
            raise copy.copy(result.error)

    # ---- the conversation ----

    def _take(self, number: int, f: dict[str, Any], payload: list[Any]) -> None:
        """A word of the master about this job."""
        if number == p.JOB_STATUS:
            self._progressed(progress(f))
        elif number == p.STREAM_OPEN:
            self._upload(f)
        elif number == p.STREAM_CREDIT:
            self._credit[f["input"], f["file"]] = self._credit.get((f["input"], f["file"]), 0) + f["n"]
        elif number == p.STREAM_CLOSE:
            task = self._uploads.pop((f["input"], f["file"]), None)
            if task is not None:
                task.cancel()
        elif number == p.RESULT_SCHEMA:
            self._results.append(Result(f["statement"], f))
        elif number == p.RESULT_BATCH:
            self._batch(f, payload)
        elif number == p.JOB_DONE:
            self._end(f["state"], from_wire(f["error"]) if f["error"] else None, report(f["report"]))
        self._wake()

    def _accepted(self, f: dict[str, Any]) -> None:
        self.id, self.app_id = f["job_id"], f["app_id"]
        self.warnings += f["warnings"]
        self._connection.handlers[self.id] = self._take
        if self._cancel_wanted:
            self._cancel_now()

    def _batch(self, f: dict[str, Any], payload: list[Any]) -> None:
        result = next((r for r in self._results if r.statement == f["statement"]), None)
        if result is None:
            raise ProtocolError("rows of a statement without a schema")
        result.add(payload, f["last"])
        if self._buffering:
            self._unpaid += 1
            self._pay()

    def _buffer(self) -> None:
        """From now on rows are kept here, however many."""
        if not self._buffering:
            self._buffering = True
            self._unpaid += sum(r.untaken() for r in self._results)
            self._pay()

    def _pay(self) -> None:
        if self._unpaid and not self._done:
            self._connection.post(p.RESULT_CREDIT, job_id=self.id, n=self._unpaid)
        self._unpaid = 0

    def _progressed(self, now: Progress) -> None:
        if now.message and now.message not in self.warnings:
            self.warnings.append(now.message)
        if now != self._progress:
            self._progress = now
            if self._on_progress is not None:
                self._tell(self._on_progress, now)

    @staticmethod
    def _tell(callback: Callable[[Progress], object], now: Progress) -> None:
        try:
            callback(now)
        except Exception as e:  # the caller's: told as asyncio tells it, and no reason to end the job
            context = {"message": "on_progress failed", "exception": e}
            asyncio.get_running_loop().call_exception_handler(context)

    def _end(self, state: str, error: QuernError | None, done: JobReport) -> None:
        if self._done:
            return
        self._done = True
        self._report = done
        self._error = self._error or error
        self.warnings += [w for w in done.warnings if w not in self.warnings]
        self._progressed(Progress(**{**self._progress.__dict__, "state": state}))
        for task in self._uploads.values():
            task.cancel()
        if self._timer is not None:
            self._timer.cancel()
        self._connection.handlers.pop(self.id, None)
        if self._lost in self._connection.on_lost:
            self._connection.on_lost.remove(self._lost)
        self._wake()

    def _lost(self, why: QuernError) -> None:
        self._end("UNKNOWN" if self._detached else "FAILED", why, self._report)

    def _check(self) -> None:
        if self._error is not None:
            raise copy.copy(self._error)

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, []
        for w in waiters:
            if not w.done():
                w.set_result(None)

    async def _change(self) -> None:
        """Until something came."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    # ---- ending it from here ----

    def _cancel_now(self) -> None:
        self._cancel_wanted = True
        if self.id and not self._done and self._connection.lost is None:
            self._connection.post(p.CANCEL, job=str(self.id))

    def _abandon(self) -> None:
        """Whoever waited was cancelled."""
        if not self._detached and not self._done:
            self._cancel_now()

    def _limit(self, seconds: float) -> None:
        def over() -> None:
            self._error = JobTimeoutError(f"the job did not end within {seconds:g} s and was cancelled")
            self._cancel_now()

        self._timer = asyncio.get_running_loop().call_later(seconds, over)

    # ---- data for the master ----

    def _upload(self, f: dict[str, Any]) -> None:
        key = (f["input"], f["file"])
        self._credit[key] = f["credit"]
        if f["input"] < len(self._sources) and key not in self._uploads:
            self._uploads[key] = asyncio.ensure_future(self._send_file(*key, f["piece_bytes"] or 1 << 20))

    async def _send_file(self, index: int, file: int, size: int) -> None:
        key, seq = (index, file), 0
        error: dict[str, Any] | None = None
        try:
            async for piece in self._sources[index].pieces(file, size):
                await self._paid(key)
                await self._piece(key, seq, [piece])
                seq += 1
        except asyncio.CancelledError:
            raise
        except Exception as e:
            self._error = e if isinstance(e, QuernError) else UsageError(f"the input cannot be sent: {e}")
            self._error.__cause__ = e if self._error is not e else e.__cause__
            error = {"c": self._error.code or 2, "m": self._error.message[:2000]}
        await self._paid(key)
        await self._piece(key, seq, [], last=error is None, error=error)
        self._uploads.pop(key, None)

    async def _paid(self, key: tuple[int, int]) -> None:
        while self._credit[key] <= 0:
            await self._change()
        self._credit[key] -= 1

    async def _piece(self, key: tuple[int, int], seq: int, payload: list[Any], **more: Any) -> None:
        if self._connection.lost is None:
            await self._connection.post(
                p.STREAM_DATA, payload, job_id=self.id, input=key[0], file=key[1], seq=seq, **more
            )


def ended(job: AsyncJob, state: str, error: QuernError | None, done: JobReport) -> None:
    """For a job that was over before it was watched."""
    if state in FINAL:
        job._end(state, error or (JobCancelledError("cancelled") if state == "CANCELLED" else None), done)
