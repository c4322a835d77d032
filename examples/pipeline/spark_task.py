"""The task that ran on Spark, and now runs on quern. Everything around it stays as it was."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import quern
from prefect import Task, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas import State, TaskRun
from quern.errors import NoWorkersError

HERE = Path(__file__).resolve().parent
JOB = Path(os.environ.get("PIPELINE_JOB", HERE.parent.parent / "jobs" / "stage3.sql"))
# Declared, so that a value of another type is refused by the number of its record; inferred, one text
# among the numbers would make its whole column text.
ITEMS = ("id BIGINT, name STRING, category STRING, value DOUBLE, quantity BIGINT, "
         "is_active BOOLEAN, created_at STRING")
# The first delays are short for a master that restarts, the last ones long enough for a new machine.
DELAYS_S = [float(word) for word in os.environ.get("PIPELINE_RETRY_DELAYS_S", "1 5 15 30 60").split()]


def is_transient(_task: Task, _run: TaskRun, state: State) -> bool:
    """Whether another try may help: the cluster is away or lost something. A wrong query stays wrong."""
    error = state.data
    return isinstance(error, NoWorkersError) or (
        isinstance(error, quern.QuernError) and error.retryable)


@task(retries=len(DELAYS_S), retry_delay_seconds=DELAYS_S, retry_condition_fn=is_transient,
      cache_policy=NO_CACHE)
async def process_with_spark(pipeline_id: int, data: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records with stage 3's columns, in the order of `data`. The master keeps the stage's row."""
    logger = get_run_logger()
    async with quern.AsyncClient() as client:
        job = await client.submit(JOB, tables={"input": quern.Table(data, schema=ITEMS)},
                                  pipeline_id=pipeline_id, name=f"pipeline {pipeline_id}")
        logger.info("Job %s on %s", job.id, client.master)
        records = await job.rows()
        tell(await job.wait())
    logger.info("Processed %d records, average total_value %.2f", len(records), average(records))
    return records


def tell(report: quern.JobReport) -> None:
    """What the cluster has to say about a job that went well."""
    logger = get_run_logger()
    for warning in report.warnings:
        logger.warning(warning)
    if report.retries:
        logger.info("%d tasks ran again elsewhere", report.retries)


def average(records: list[dict[str, Any]]) -> float:
    values = [r["total_value"] for r in records if r["total_value"] is not None]
    return sum(values) / len(values) if values else 0.0
