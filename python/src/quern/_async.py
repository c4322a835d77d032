"""The asynchronous client."""

from __future__ import annotations

import asyncio
import getpass
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from . import _protocol as p
from . import _settings
from ._connection import Connection, connect
from ._embedded import Embedded
from ._error import QuernError, from_wire
from ._info import JobInfo, Progress, WorkerInfo, job_info, report, worker_info
from ._inputs import Source, source
from ._job import CREDIT, AsyncJob, ended
from ._rows import Record
from ._time import Zone
from .errors import UnreachableError

ANSWER_S = 30.0  # a master that is alive answers a question within this


class AsyncClient:
    """A client of a cluster, for one event loop.

    master: ``spark://a:7077,b:7077``, ``local``, ``local[4]`` or ``local[*]`` (a cluster of its own that
    ends with the client); default ``$SPARK_MASTER_URL``, else ``local[*]``.
    conf: settings of all its jobs. connect_timeout: seconds to reach the master.

    It connects when first used, and again when the connection was lost; jobs that ran over a lost
    connection fail with UnreachableError (retryable).
    """

    def __init__(
        self,
        master: str | None = None,
        *,
        conf: Mapping[str, object] | None = None,
        connect_timeout: float = 10.0,
        name: str | None = None,
    ) -> None:
        self._conf = _settings.conf_text(conf)
        self.master = _settings.master_url(master or self._conf.get("spark.master"))
        self._cores = _settings.local_cores(self.master)
        self._hosts = [] if self._cores else _settings.endpoints(self.master)
        self._keys = None if self._cores else _settings.keys(self._conf)
        self._connect_timeout = connect_timeout
        self._name = name
        self._embedded: Embedded | None = None
        self._connection: Connection | None = None
        self._connecting = asyncio.Lock()
        self._closed = False

    async def __aenter__(self) -> AsyncClient:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # ---- connection ----

    async def connect(self) -> None:
        """Connects now instead of at the first use. Raises UnreachableError."""
        await self._session()

    async def _session(self) -> Connection:
        async with self._connecting:
            if self._closed:
                raise UnreachableError("the client is closed")
            if self._cores and (self._embedded is None or not self._embedded.alive()):
                await self._stop_embedded()
                self._embedded = await Embedded.start(self._cores, self._conf, self._connect_timeout)
                self._hosts = _settings.endpoints(self._embedded.url)
            if self._connection is None or self._connection.lost is not None:
                self._connection = await connect(self.master, self._hosts, self._keys, self._connect_timeout)
            return self._connection

    async def close(self) -> None:
        """Ends the session; its jobs that are not detached are cancelled. An own cluster ends, too."""
        self._closed = True
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        await self._stop_embedded()

    async def _stop_embedded(self) -> None:
        embedded, self._embedded = self._embedded, None
        if embedded is not None:
            await embedded.stop()

    # ---- jobs ----

    async def submit(
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
    ) -> AsyncJob:
        """Runs a script of Spark SQL statements; gives its handle as soon as the master has taken it.

        sql: the text, or the path of a file (a Path) with it.
        tables: views by name: a list of dicts, a DataFrame (pandas, polars), an Arrow table, a path of
        JSON or CSV, or a Table of one of these with schema, format or options.
        params: values of ``${name}`` in the script. pipeline_id, stage_name: for the status tables.
        conf: settings of this job, over the client's.
        output: a directory that workers can write, or ``postgres://…?table=T``; without it, rows come
        back. mode: error, overwrite, append or ignore.
        detach: the job goes on without this client; its rows have to go to an output.
        timeout: seconds until the job is cancelled (JobTimeoutError).
        on_progress: called on the event loop with each Progress.

        Raises what the master refuses, UnreachableError, UsageError.
        """
        text, script = await _script(sql)
        all_conf = _settings.of_job({**self._conf, **_settings.conf_text(conf)})
        zone = Zone(all_conf.get("spark.sql.session.timeZone", "UTC"))
        sources = {view: await source(view, data, zone) for view, data in (tables or {}).items()}
        inputs = [await _described(s, view) for view, s in sources.items()]
        app_name = name or all_conf.get("spark.app.name") or self._name
        fields: dict[str, Any] = {
            "token": secrets.token_hex(16),
            "sql": text,
            "name": app_name or (script.stem if script else None),
            "source": str(script) if script else None,
            "user": _user(),
            "conf": all_conf,
            "params": _settings.conf_text(params),
            "inputs": inputs,
            "output": _output(output, output_format, mode, output_options),
            "pipeline_id": pipeline_id,
            "stage_name": stage_name or all_conf.get("quern.pipeline.stageName"),
            "want_rows": not detach,
            "credit": CREDIT,
            "detach": detach,
            "trace_id": trace_id,
            "span_id": span_id,
        }
        connection = await self._session()

        def handle() -> AsyncJob:
            return AsyncJob(connection, list(sources.values()), detach, on_progress, timeout)

        job = handle()
        try:
            await _accept(connection, job, fields)
        except UnreachableError:
            if connection.lost is None or self._closed:
                raise
            connection = await self._session()  # it was lost unnoticed
            if not detach:  # a job whose client was lost is cancelled, so this is another one
                fields["token"] = secrets.token_hex(16)
            job = handle()
            await _accept(connection, job, fields)
        return job

    async def sql(
        self, sql: str | os.PathLike[str], tables: Mapping[str, Any] | None = None, **options: Any
    ) -> list[Record]:
        """submit() and its rows()."""
        job = await self.submit(sql, tables, **options)
        return await job.rows()

    async def attach(self, job: int | str) -> AsyncJob:
        """The handle of a job by number or application id, to see its progress and end (not its rows).
        It is not cancelled with its waiter. Raises NotFoundError."""
        connection = await self._session()
        handle = AsyncJob(connection, [], True)
        f = await self._ask(p.GET_JOB, job=str(job), watch=True)
        info = job_info(f["job"])
        handle._accepted({"job_id": info.id, "app_id": info.app_id, "warnings": []})
        ended(handle, info.state, info.error, report(f["report"]))
        return handle

    # ---- questions ----

    async def jobs(self, *, limit: int = 0, state: str | None = None) -> list[JobInfo]:
        """Jobs that the master knows, newest first."""
        f = await self._ask(p.LIST_JOBS, limit=limit, state=state)
        return [job_info(j) for j in f["jobs"]]

    async def job(self, job: int | str) -> JobInfo:
        """A job by number or application id. Raises NotFoundError."""
        return job_info((await self._ask(p.GET_JOB, job=str(job)))["job"])

    async def cancel(self, job: int | str) -> JobInfo:
        """Stops a job by number or application id."""
        return job_info((await self._ask(p.CANCEL, job=str(job)))["job"])

    async def logs(self, job: int | str, *, limit: int = 0) -> list[str]:
        """The lines of a job's log."""
        lines: list[str] = (await self._ask(p.GET_LOGS, job=str(job), limit=limit))["lines"]
        return lines

    async def workers(self) -> list[WorkerInfo]:
        return [worker_info(w) for w in (await self._ask(p.LIST_WORKERS))["workers"]]

    async def ping(self) -> None:
        """Raises if the master does not answer."""
        await self._ask(p.PING)

    async def _ask(self, number: int, **fields: Any) -> dict[str, Any]:
        connection = await self._session()
        try:
            return await _in_time(connection, number, fields)
        except UnreachableError:
            if connection.lost is None or self._closed:
                raise
        return await _in_time(await self._session(), number, fields)  # it was lost unnoticed


async def _in_time(connection: Connection, number: int, fields: dict[str, Any]) -> dict[str, Any]:
    try:
        return await asyncio.wait_for(connection.ask(number, **fields), ANSWER_S)
    except asyncio.TimeoutError:
        raise UnreachableError(f"{connection.endpoint} did not answer within {ANSWER_S:g} s") from None


async def _accept(connection: Connection, job: AsyncJob, fields: dict[str, Any]) -> None:
    """SUBMIT until ACCEPTED. If we are cancelled in between, so is the job once it is known."""
    asked = asyncio.ensure_future(_in_time(connection, p.SUBMIT, fields))

    def answered(task: asyncio.Task[dict[str, Any]]) -> None:
        error = UnreachableError("not submitted") if task.cancelled() else task.exception()
        if error is not None:
            job._cancel_wanted = True  # should it be accepted after all
            failed = error if isinstance(error, QuernError) else UnreachableError(f"not submitted: {error}")
            job._end("FAILED", failed, report(None))

    connection.on_accepted[fields["token"]] = job._accepted
    asked.add_done_callback(answered)
    try:
        await asyncio.shield(asked)
    except asyncio.CancelledError:
        job._abandon()
        raise


async def _script(sql: str | os.PathLike[str]) -> tuple[str, Path | None]:
    if isinstance(sql, str):
        return sql, None
    path = Path(sql)
    try:
        return await asyncio.to_thread(path.read_text, "utf-8-sig"), path
    except FileNotFoundError:
        raise from_wire({"c": 40, "m": f"cannot read the job file {path}: it does not exist"}) from None
    except (OSError, UnicodeDecodeError) as e:
        raise from_wire({"c": 41, "m": f"cannot read the job file {path}: {e}"}) from None


async def _described(s: Source, view: str) -> dict[str, Any]:
    try:
        return await s.describe(view)
    except OSError as e:
        raise from_wire({"c": 41, "m": f"cannot read the input {view}: {e}"}) from None


def _output(
    path: str | os.PathLike[str] | None, form: str, mode: str, options: Mapping[str, object] | None
) -> dict[str, Any] | None:
    if path is None:
        return None
    text = os.fspath(path)
    table = text.startswith(("postgres://", "postgresql://"))
    return {
        "kind": "table" if table else "directory",
        "path": text if table else os.path.abspath(text),
        "format": form,
        "mode": mode,
        "options": _settings.conf_text(options),
    }


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None
