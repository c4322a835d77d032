"""The messages between clients and masters. Made from proto/messages.def by tools/gen_docs.py."""

from __future__ import annotations

VERSION = 1

# field name -> (key on the wire, kind, record of a list or an object)
Fields = dict[str, tuple[str, str, str]]

RECORDS: dict[str, Fields] = {
    "attempt": {
        "job_id": ("j", "u64", ""),
        "stage_id": ("s", "u32", ""),
        "task_id": ("k", "u32", ""),
        "attempt": ("a", "u32", ""),
        "phase": ("p", "u32", ""),
    },
    "launch": {
        "task_id": ("k", "u32", ""),
        "attempt": ("a", "u32", ""),
        "phase": ("p", "u32", ""),
        "descriptor": ("d", "bin", ""),
        "n_frames": ("f", "u32", ""),
    },
    "metrics": {
        "rows_in": ("ri", "u64", ""),
        "rows_out": ("ro", "u64", ""),
        "bytes_in": ("bi", "u64", ""),
        "bytes_out": ("bo", "u64", ""),
        "run_ns": ("rn", "u64", ""),
        "cpu_ns": ("cn", "u64", ""),
        "queue_ns": ("qn", "u64", ""),
        "peak_memory_bytes": ("pm", "u64", ""),
        "spilled_bytes": ("sp", "u64", ""),
    },
    "bad_record": {
        "byte": ("b", "u64", ""),
        "record": ("r", "u64", ""),
        "reason": ("w", "str", ""),
        "excerpt": ("x", "str", ""),
    },
    "read_report": {
        "source": ("s", "str", ""),
        "n_records": ("n", "u64", ""),
        "n_bad": ("b", "u64", ""),
        "n_bad_fields": ("f", "u64", ""),
        "first": ("k", "list", "bad_record"),
    },
    "file": {
        "path": ("p", "str", ""),
        "size_bytes": ("s", "u64", ""),
        "mtime_ns": ("m", "i64", ""),
    },
    "probed_file": {
        "visible": ("v", "bool", ""),
        "size_bytes": ("s", "u64", ""),
        "mtime_ns": ("m", "i64", ""),
        "reason": ("w", "str", ""),
    },
    "input": {
        "view": ("v", "str", ""),
        "path": ("p", "str", ""),
        "format": ("f", "str", ""),
        "schema": ("s", "str", ""),
        "options": ("o", "map", ""),
        "files": ("l", "list", "file"),
        "stream": ("t", "bool", ""),
        "in_memory": ("i", "bool", ""),
    },
    "output": {
        "kind": ("k", "str", ""),
        "path": ("p", "str", ""),
        "format": ("f", "str", ""),
        "mode": ("m", "str", ""),
        "options": ("o", "map", ""),
        "marker": ("mk", "str", ""),
        "error": ("er", "err", ""),
    },
    "stage_info": {
        "stage_id": ("s", "u32", ""),
        "name": ("n", "str", ""),
        "state": ("st", "str", ""),
        "tasks_total": ("tt", "u32", ""),
        "tasks_running": ("tr", "u32", ""),
        "tasks_done": ("td", "u32", ""),
        "tasks_failed": ("tf", "u32", ""),
        "started_us": ("t0", "i64", ""),
        "finished_us": ("t1", "i64", ""),
        "metrics": ("m", "obj", "metrics"),
    },
    "job_report": {
        "rows_in": ("ri", "u64", ""),
        "rows_out": ("ro", "u64", ""),
        "bytes_in": ("bi", "u64", ""),
        "bytes_out": ("bo", "u64", ""),
        "plan_us": ("tp", "u64", ""),
        "wait_us": ("tw", "u64", ""),
        "run_us": ("tr", "u64", ""),
        "retries": ("rt", "u32", ""),
        "warnings": ("w", "strs", ""),
        "reads": ("rd", "list", "read_report"),
        "stages": ("sg", "list", "stage_info"),
    },
    "job_info": {
        "job_id": ("j", "u64", ""),
        "app_id": ("ai", "str", ""),
        "name": ("n", "str", ""),
        "state": ("st", "str", ""),
        "user": ("u", "str", ""),
        "submitted_us": ("t0", "i64", ""),
        "started_us": ("t1", "i64", ""),
        "finished_us": ("t2", "i64", ""),
        "tasks_done": ("td", "u32", ""),
        "tasks_total": ("tt", "u32", ""),
        "rows_in": ("ri", "u64", ""),
        "rows_out": ("ro", "u64", ""),
        "pipeline_id": ("pi", "i64", ""),
        "message": ("m", "str", ""),
        "error": ("e", "err", ""),
    },
    "worker_info": {
        "worker_id": ("w", "str", ""),
        "host": ("h", "str", ""),
        "state": ("st", "str", ""),
        "cores": ("c", "u32", ""),
        "cores_used": ("cu", "u32", ""),
        "memory_bytes": ("m", "u64", ""),
        "memory_used_bytes": ("mu", "u64", ""),
        "tasks_running": ("tr", "u32", ""),
        "heartbeat_age_ms": ("ha", "u64", ""),
        "registered_us": ("t0", "i64", ""),
        "version": ("vs", "str", ""),
        "webui_port": ("ui", "u32", ""),
    },
}

REFUSED = 21
HELLO = 40
SUBMIT = 41
STREAM_DATA = 42
RESULT_CREDIT = 43
CANCEL = 44
LIST_JOBS = 45
GET_JOB = 46
LIST_WORKERS = 47
GET_LOGS = 48
PING = 49
BYE = 50
WELCOME = 60
ACCEPTED = 61
STREAM_OPEN = 62
STREAM_CREDIT = 63
STREAM_CLOSE = 64
JOB_STATUS = 65
RESULT_SCHEMA = 66
RESULT_BATCH = 67
JOB_DONE = 68
JOBS = 70
JOB = 71
WORKERS = 72
LOGS = 73
PONG = 74

MESSAGES: dict[int, Fields] = {
    REFUSED: {
        "error": ("er", "err", ""),
        "token": ("tk", "str", ""),
        "req": ("q", "u64", ""),
        "warnings": ("w", "strs", ""),
    },
    HELLO: {
        "version": ("vs", "str", ""),
        "client": ("cl", "str", ""),
        "req": ("q", "u64", ""),
    },
    SUBMIT: {
        "token": ("tk", "str", ""),
        "sql": ("sql", "str", ""),
        "name": ("n", "str", ""),
        "source": ("so", "str", ""),
        "user": ("u", "str", ""),
        "conf": ("c", "map", ""),
        "params": ("pm", "map", ""),
        "inputs": ("in", "list", "input"),
        "output": ("out", "obj", "output"),
        "pipeline_id": ("pi", "i64", ""),
        "stage_name": ("sn", "str", ""),
        "want_rows": ("wr", "bool", ""),
        "credit": ("cr", "u32", ""),
        "detach": ("dt", "bool", ""),
        "trace_id": ("ti", "str", ""),
        "span_id": ("si", "str", ""),
        "req": ("q", "u64", ""),
    },
    STREAM_DATA: {
        "job_id": ("j", "u64", ""),
        "input": ("in", "u32", ""),
        "file": ("fi", "u32", ""),
        "seq": ("n", "u64", ""),
        "last": ("l", "bool", ""),
        "error": ("er", "err", ""),
    },
    RESULT_CREDIT: {
        "job_id": ("j", "u64", ""),
        "n": ("n", "u32", ""),
    },
    CANCEL: {
        "job": ("jn", "str", ""),
        "req": ("q", "u64", ""),
    },
    LIST_JOBS: {
        "req": ("q", "u64", ""),
        "limit": ("n", "u32", ""),
        "state": ("st", "str", ""),
    },
    GET_JOB: {
        "job": ("jn", "str", ""),
        "watch": ("wt", "bool", ""),
        "req": ("q", "u64", ""),
    },
    LIST_WORKERS: {
        "req": ("q", "u64", ""),
    },
    GET_LOGS: {
        "job": ("jn", "str", ""),
        "limit": ("n", "u32", ""),
        "req": ("q", "u64", ""),
    },
    PING: {
        "req": ("q", "u64", ""),
    },
    BYE: {
        "reason": ("w", "str", ""),
    },
    WELCOME: {
        "version": ("vs", "str", ""),
        "master_id": ("mi", "str", ""),
        "features": ("ft", "strs", ""),
        "req": ("q", "u64", ""),
    },
    ACCEPTED: {
        "token": ("tk", "str", ""),
        "job_id": ("j", "u64", ""),
        "app_id": ("ai", "str", ""),
        "warnings": ("w", "strs", ""),
        "req": ("q", "u64", ""),
    },
    STREAM_OPEN: {
        "job_id": ("j", "u64", ""),
        "input": ("in", "u32", ""),
        "file": ("fi", "u32", ""),
        "credit": ("cr", "u32", ""),
        "piece_bytes": ("pb", "u32", ""),
    },
    STREAM_CREDIT: {
        "job_id": ("j", "u64", ""),
        "input": ("in", "u32", ""),
        "file": ("fi", "u32", ""),
        "n": ("n", "u32", ""),
    },
    STREAM_CLOSE: {
        "job_id": ("j", "u64", ""),
        "input": ("in", "u32", ""),
        "file": ("fi", "u32", ""),
    },
    JOB_STATUS: {
        "job_id": ("j", "u64", ""),
        "state": ("st", "str", ""),
        "stages_done": ("sd", "u32", ""),
        "stages_total": ("s", "u32", ""),
        "tasks_done": ("td", "u32", ""),
        "tasks_running": ("tr", "u32", ""),
        "tasks_total": ("tt", "u32", ""),
        "rows_in": ("ri", "u64", ""),
        "message": ("m", "str", ""),
    },
    RESULT_SCHEMA: {
        "job_id": ("j", "u64", ""),
        "statement": ("sm", "u32", ""),
        "schema": ("sc", "bin", ""),
        "time_zone": ("tz", "str", ""),
        "error": ("er", "err", ""),
        "output": ("o", "bool", ""),
    },
    RESULT_BATCH: {
        "job_id": ("j", "u64", ""),
        "statement": ("sm", "u32", ""),
        "seq": ("n", "u64", ""),
        "last": ("l", "bool", ""),
    },
    JOB_DONE: {
        "job_id": ("j", "u64", ""),
        "state": ("st", "str", ""),
        "error": ("er", "err", ""),
        "report": ("rp", "obj", "job_report"),
    },
    JOBS: {
        "jobs": ("js", "list", "job_info"),
        "req": ("q", "u64", ""),
    },
    JOB: {
        "job": ("ji", "obj", "job_info"),
        "report": ("rp", "obj", "job_report"),
        "req": ("q", "u64", ""),
    },
    WORKERS: {
        "workers": ("ws", "list", "worker_info"),
        "req": ("q", "u64", ""),
    },
    LOGS: {
        "lines": ("ln", "strs", ""),
        "req": ("q", "u64", ""),
    },
    PONG: {
        "req": ("q", "u64", ""),
    },
}
