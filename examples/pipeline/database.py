"""The application's side of the database: its two status tables, and a lock for what follows stage 3.

The row of the stage that runs on quern is not written here but by quern's master. Connections are
asyncpg's, so nothing here blocks the event loop.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import quote

import anyio
import asyncpg

SPARK_STAGE = "Spark Processing"
STAGES = ("Generation", "Ingestion", SPARK_STAGE, "dbt", "Export")
TABLES = """
CREATE TABLE IF NOT EXISTS pipelines (
    id serial PRIMARY KEY, name varchar(255) NOT NULL, description text,
    status varchar(20) DEFAULT 'pending', created_at timestamp DEFAULT localtimestamp,
    updated_at timestamp DEFAULT localtimestamp, input_file varchar(255), output_file varchar(255),
    prefect_flow_run_id varchar(255), records_processed integer DEFAULT 0, error_message text);
CREATE TABLE IF NOT EXISTS pipeline_stages (
    id serial PRIMARY KEY, pipeline_id integer NOT NULL REFERENCES pipelines (id),
    name varchar(255) NOT NULL, description text, status varchar(20) DEFAULT 'pending',
    started_at timestamp, completed_at timestamp, execution_time_seconds double precision,
    error_message text);
"""
# Any number, the same in every flow: who holds it may replace raw_items and run dbt on it.
TABLES_LOCK, RAW_ITEMS_LOCK = 7077, 7078


@dataclass(frozen=True)
class Settings:
    """Where the database is: DATABASE_HOST and its kin, as quern's master reads them too."""

    host: str
    port: int
    name: str
    user: str
    password: str

    @classmethod
    def from_environment(cls) -> Settings:
        get = os.environ.get
        return cls(get("DATABASE_HOST", "127.0.0.1"), int(get("DATABASE_PORT", "5432")),
                   get("DATABASE_NAME", "pipeline"), get("DATABASE_USERNAME", "postgres"),
                   get("DATABASE_PASSWORD", ""))

    def table_url(self, table: str) -> str:
        """What quern takes as an output."""
        who = quote(self.user, safe="") + (":" + quote(self.password, safe="") if self.password else "")
        return f"postgres://{who}@{self.host}:{self.port}/{quote(self.name, safe='')}?table={table}"


class Database:
    """The status rows of one pipeline. Statements of one connection do not overlap: tasks await each other."""

    def __init__(self, connection: asyncpg.Connection, settings: Settings) -> None:
        self.connection, self.settings = connection, settings
        self.pipeline_id = 0

    @classmethod
    @asynccontextmanager
    async def connect(cls) -> AsyncIterator[Database]:
        settings = Settings.from_environment()
        connection = await asyncpg.connect(
            host=settings.host, port=settings.port, database=settings.name, user=settings.user,
            password=settings.password or None)
        try:
            yield cls(connection, settings)
        finally:
            with anyio.CancelScope(shield=True):
                await connection.close()

    async def begin(self, name: str, flow_run_id: str, input_file: str) -> int:
        """A new pipeline with all of its stages pending; returns its id."""
        async with self.connection.transaction():
            await self.connection.execute("SELECT pg_advisory_xact_lock($1)", TABLES_LOCK)
            await self.connection.execute(TABLES)
            self.pipeline_id = await self.connection.fetchval(
                "INSERT INTO pipelines (name, status, prefect_flow_run_id, input_file) "
                "VALUES ($1, 'running', $2, $3) RETURNING id", name, flow_run_id, input_file)
            await self.connection.executemany(
                "INSERT INTO pipeline_stages (pipeline_id, name) VALUES ($1, $2)",
                [(self.pipeline_id, stage) for stage in STAGES])
        return self.pipeline_id

    async def end(self, status: str, error: str | None = None, output_file: str | None = None) -> None:
        await self.connection.execute(
            "UPDATE pipelines SET status = $2, error_message = $3, output_file = $4, "
            "updated_at = localtimestamp WHERE id = $1", self.pipeline_id, status, error, output_file)

    @asynccontextmanager
    async def stage(self, name: str) -> AsyncIterator[None]:
        """Keeps the stage's row while the block runs: running, then completed or failed."""
        await self._running(name)
        try:
            yield
        except BaseException as error:
            with anyio.CancelScope(shield=True):
                await self._over(name, "failed", reason(error))
            raise
        await self._over(name, "completed", None)

    @asynccontextmanager
    async def stage_of_the_cluster(self, name: str) -> AsyncIterator[None]:
        """The master keeps this row. Only when it never heard of the stage, the failure is ours to say."""
        try:
            yield
        except BaseException as error:
            with anyio.CancelScope(shield=True):
                await self.connection.execute(
                    "UPDATE pipeline_stages SET status = 'failed', error_message = $3 "
                    "WHERE pipeline_id = $1 AND name = $2 AND status = 'pending'",
                    self.pipeline_id, name, reason(error))
            raise

    async def _running(self, name: str) -> None:
        await self.connection.execute(
            "UPDATE pipeline_stages SET status = 'running', started_at = localtimestamp "
            "WHERE pipeline_id = $1 AND name = $2", self.pipeline_id, name)

    async def _over(self, name: str, status: str, message: str | None) -> None:
        await self.connection.execute(
            "UPDATE pipeline_stages SET status = $3, error_message = $4, completed_at = localtimestamp, "
            "execution_time_seconds = extract(epoch FROM localtimestamp - started_at) "
            "WHERE pipeline_id = $1 AND name = $2", self.pipeline_id, name, status, message)

    @asynccontextmanager
    async def raw_items(self) -> AsyncIterator[None]:
        """One pipeline at a time between replacing raw_items and the end of what reads it."""
        await self.connection.execute("SELECT pg_advisory_lock($1)", RAW_ITEMS_LOCK)
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                await self.connection.execute("SELECT pg_advisory_unlock($1)", RAW_ITEMS_LOCK)


def reason(error: BaseException) -> str:
    """A cancellation has no text of its own."""
    return str(error) or type(error).__name__
