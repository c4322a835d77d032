"""What is told about jobs and workers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from ._error import QuernError, from_wire

FINAL = ("COMPLETED", "FAILED", "CANCELLED")


@dataclass(frozen=True)
class Progress:
    """How far a job is."""

    state: str = "SUBMITTED"
    stages_done: int = 0
    stages_total: int = 0
    tasks_done: int = 0
    tasks_running: int = 0
    tasks_total: int = 0
    rows_in: int = 0
    message: str | None = None

    @property
    def fraction(self) -> float:
        """Of the tasks that are known so far, 0 to 1."""
        return self.tasks_done / self.tasks_total if self.tasks_total else 0.0


def progress(fields: dict[str, Any]) -> Progress:
    return Progress(**{name: fields[name] for name in Progress.__dataclass_fields__})


@dataclass(frozen=True)
class BadRecord:
    """Where a malformed record is and what is wrong with it."""

    record: int
    byte: int
    reason: str | None
    excerpt: str | None


@dataclass(frozen=True)
class ReadReport:
    """What reading a source met."""

    source: str | None
    records: int
    bad_records: int
    bad_fields: int
    first: tuple[BadRecord, ...] = ()


@dataclass(frozen=True)
class JobReport:
    """What a finished job did."""

    rows_in: int = 0
    rows_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    seconds: float = 0.0
    retries: int = 0
    warnings: tuple[str, ...] = ()
    reads: tuple[ReadReport, ...] = ()


def report(fields: dict[str, Any] | None) -> JobReport:
    if not fields:
        return JobReport()
    reads = []
    for r in fields["reads"]:
        first = tuple(BadRecord(b["record"], b["byte"], b["reason"], b["excerpt"]) for b in r["first"])
        reads.append(ReadReport(r["source"], r["n_records"], r["n_bad"], r["n_bad_fields"], first))
    return JobReport(
        fields["rows_in"],
        fields["rows_out"],
        fields["bytes_in"],
        fields["bytes_out"],
        fields["run_us"] / 1e6,
        fields["retries"],
        tuple(fields["warnings"]),
        tuple(reads),
    )


@dataclass(frozen=True)
class JobInfo:
    """A job in the master's list."""

    id: int
    app_id: str | None
    name: str | None
    state: str
    user: str | None
    submitted: dt.datetime | None
    started: dt.datetime | None
    finished: dt.datetime | None
    tasks_done: int
    tasks_total: int
    rows_in: int
    rows_out: int
    pipeline_id: int | None
    error: QuernError | None = None


def _moment(us: int) -> dt.datetime | None:
    return dt.datetime.fromtimestamp(us / 1e6, dt.timezone.utc) if us else None


def job_info(f: dict[str, Any]) -> JobInfo:
    return JobInfo(
        f["job_id"],
        f["app_id"],
        f["name"],
        f["state"],
        f["user"],
        _moment(f["submitted_us"]),
        _moment(f["started_us"]),
        _moment(f["finished_us"]),
        f["tasks_done"],
        f["tasks_total"],
        f["rows_in"],
        f["rows_out"],
        f["pipeline_id"] or None,
        from_wire(f["error"]) if f["error"] else None,
    )


@dataclass(frozen=True)
class WorkerInfo:
    """A worker in the master's list; `more` has every field of the record."""

    id: str
    host: str
    state: str
    cores: int
    memory_bytes: int
    more: dict[str, Any] = field(default_factory=dict, repr=False)


def worker_info(f: dict[str, Any]) -> WorkerInfo:
    return WorkerInfo(f["worker_id"], f["host"], f["state"], f["cores"], f["memory_bytes"], f)
