#!/usr/bin/env python3
"""The pipeline as a Prefect flow: generate → ingest → process_with_spark → dbt → export.

    flow.py [--count N] [--input FILE] [--output DIR]       run.sh starts what it needs and calls it

Settings come from the environment: SPARK_MASTER_URL, DATABASE_HOST, DATABASE_PORT, DATABASE_NAME,
DATABASE_USERNAME, DATABASE_PASSWORD.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import anyio
import items
import quern
from database import SPARK_STAGE, Database, Settings, reason
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.utilities.annotations import quote
from spark_task import process_with_spark

DBT = Path(__file__).resolve().parent / "dbt"
CLOCK = re.compile(r"^\d\d:\d\d:\d\d\s*")  # Prefect's lines have a time already


@task(cache_policy=NO_CACHE)
async def generate(path: Path, count: int, first_id: int) -> None:
    await asyncio.to_thread(lambda: items.write(path, items.items(count, first_id)))
    get_run_logger().info("Wrote %d records to %s", count, path)


@task(cache_policy=NO_CACHE)
async def ingest(path: Path) -> list[dict[str, Any]]:
    logger = get_run_logger()
    records = await asyncio.to_thread(items.read, path)
    logger.info("Read %d records from %s", len(records), path)
    bad = await asyncio.to_thread(items.repair, records)
    if bad:
        logger.warning("%d bad values became NULL: %s", len(bad), "; ".join(bad[:5]))
    return records


@task(cache_policy=NO_CACHE)
async def load_raw_items(records: list[dict[str, Any]]) -> None:
    """raw_items gets the processed records instead of what it held, in one transaction of the master's."""
    load = "SELECT * EXCEPT (processed_at), CAST(processed_at AS TIMESTAMP) AS processed_at FROM input"
    async with quern.AsyncClient() as client:
        job = await client.submit(load, tables={"input": records}, name="raw_items",
                                  output=Settings.from_environment().table_url("raw_items"))
        await job.wait()


@task(cache_policy=NO_CACHE)
async def dbt(folder: Path) -> None:
    """dbt build: the models and their tests, in a process of its own."""
    words = ["build", "--project-dir", DBT, "--profiles-dir", DBT, "--target-path", folder / "dbt-target",
             "--log-path", folder / "dbt-logs", "--no-use-colors", "--no-version-check"]
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("dbt"), *words, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"})
    last = ""
    try:
        async for line in process.stdout:
            text = CLOCK.sub("", line.decode(errors="replace")).strip()
            if text:
                last = text
                get_run_logger().info("dbt: %s", text)
        await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
    if process.returncode:
        raise RuntimeError(f"dbt ended with {process.returncode}; its last line: {last}")


@task(cache_policy=NO_CACHE)
async def export(db: Database, records: list[dict[str, Any]], folder: Path) -> Path:
    """items.json: every processed record; item_metrics.json: dbt's mart."""
    rows = await db.connection.fetch("SELECT to_jsonb(m)::text FROM item_metrics m ORDER BY category")
    metrics = [json.loads(row[0]) for row in rows]
    await asyncio.to_thread((folder / "item_metrics.json").write_text, json.dumps(metrics, indent=2))
    target = folder / "items.json"
    await asyncio.to_thread(lambda: target.write_text(json.dumps(records, indent=2)))
    get_run_logger().info("Exported %d records and the metrics of %d categories to %s",
                          len(records), len(metrics), folder)
    return target


async def stages(db: Database, source: Path, count: int, first_id: int, folder: Path) -> Path:
    """A task's arguments are searched for futures, value by value, except what is in quote()."""
    async with db.stage("Generation"):
        if count:
            await generate(source, count, first_id)
    async with db.stage("Ingestion"):
        data = await ingest(source)
    async with db.stage_of_the_cluster(SPARK_STAGE):
        records = await process_with_spark(db.pipeline_id, quote(data))
    async with db.raw_items():
        async with db.stage("dbt"):
            await load_raw_items(quote(records))
            await dbt(folder)
        async with db.stage("Export"):
            return await export(quote(db), quote(records), folder)


@flow(name="items")
async def pipeline(source: Path, folder: Path, count: int = 1000, first_id: int = 1) -> None:
    """count 0: the source is there already."""
    folder.mkdir(parents=True, exist_ok=True)
    async with Database.connect() as db:
        await db.begin("items", str(flow_run.id), str(source))
        try:
            output = await stages(db, source, count, first_id, folder)
        except BaseException as error:
            with anyio.CancelScope(shield=True):
                await db.end("failed", reason(error))
            raise
        await db.end("completed", output_file=str(output))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=1000, help="records to generate (1000)")
    parser.add_argument("--first-id", type=int, default=1)
    parser.add_argument("--input", type=Path, help="a JSON array of records, instead of generated ones")
    parser.add_argument("--output", type=Path, default=Path("out"), help="folder of the results (out)")
    args = parser.parse_args()
    folder = args.output.resolve()
    source = args.input.resolve() if args.input else folder / "input.json"
    asyncio.run(pipeline(source, folder, 0 if args.input else args.count, args.first_id))
    return 0


if __name__ == "__main__":
    sys.exit(main())
