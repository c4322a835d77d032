"""The example's flow as a process, the Prefect API that it reports to, and its database."""

import json
import os
import signal
import subprocess
import urllib.request
from pathlib import Path

from expected import Stage3
from harness import HUNG_S, ROOT, clean_environment, free_port, wait_until

EXAMPLE = ROOT / "examples" / "pipeline"
VENV = Path(os.environ.get("PIPELINE_VENV", ROOT / "build" / "pipeline-venv"))
# Remembers each state of each stage row in order, as somebody who watches would see it.
HISTORY = """
CREATE TABLE history (n serial, pipeline_id int, stage text, status text, message text);
CREATE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO history (pipeline_id, stage, status, message)
    VALUES (NEW.pipeline_id, NEW.name, NEW.status, NEW.error_message);
    RETURN NEW;
END $$;
CREATE TRIGGER remember AFTER INSERT OR UPDATE ON pipeline_stages
    FOR EACH ROW EXECUTE FUNCTION remember();
"""


def tables():
    """The status tables as the example's application makes them."""
    return (EXAMPLE / "database.py").read_text().split('TABLES = """')[1].split('"""')[0]


class Database:
    """A database with the status tables in it."""

    def __init__(self, server, name):
        self.server, self.name = server, name
        self.dsn = server.create(name)
        self.sql(tables() + HISTORY)

    def sql(self, text):
        return self.server.sql(text, self.name)

    def environment(self):
        return {"DATABASE_HOST": "127.0.0.1", "DATABASE_PORT": self.server.port, "DATABASE_NAME": self.name,
                "DATABASE_USERNAME": "postgres"}

    def pipeline(self, columns="status, records_processed, error_message"):
        """The newest pipeline."""
        found = self.sql(f"SELECT {columns} FROM pipelines ORDER BY id DESC LIMIT 1")
        return found[0] if found else None

    def stages(self, columns="status, error_message"):
        """{stage: columns} of the newest pipeline."""
        newest = "(SELECT max(id) FROM pipelines)"
        rows = self.sql(f"SELECT name, {columns} FROM pipeline_stages WHERE pipeline_id = {newest}")
        return {row[0]: row[1:] for row in rows}

    def history(self, stage="Spark Processing"):
        rows = self.sql(f"SELECT status, message FROM history WHERE stage = '{stage}' ORDER BY n")
        return [tuple(row) for row in rows]

    def raw_items(self):
        rows = self.sql("SELECT to_jsonb(r) FROM raw_items r ORDER BY id")
        return [json.loads(row[0]) for row in rows]


class PrefectApi:
    """Prefect's own server on a free loopback port; reports to nobody. Use as a context manager."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}/api"
        with open(folder / "server.log", "wb") as log:
            self.process = subprocess.Popen(
                [VENV / "bin" / "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port),
                 "--no-ui", "--analytics-off", "--no-scheduler", "--no-late-runs"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=folder,
                env=clean_environment(**self.settings()))

    def settings(self):
        return {"PREFECT_HOME": self.folder, "PREFECT_API_URL": self.url, "DO_NOT_TRACK": "1",
                "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_LOGGING_TO_API_BATCH_INTERVAL": "0.2"}

    def healthy(self):
        try:
            return urllib.request.urlopen(f"{self.url}/health").status == 200
        except OSError:
            return False

    def ask(self, what, body):
        request = urllib.request.Request(f"{self.url}/{what}", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request, timeout=HUNG_S))

    def flow_run(self, ident):
        return self.ask("flow_runs/filter", {"flow_runs": {"id": {"any_": [ident]}}})[0]

    def task_run(self, ident, name):
        """The flow run's run of a task; None while there is none."""
        runs = self.ask("task_runs/filter", {"flow_runs": {"id": {"any_": [ident]}}})
        return next((run for run in runs if run["name"].startswith(name)), None)

    def logs(self, ident):
        """The lines that went through Prefect's logger."""
        body = {"logs": {"flow_run_id": {"any_": [ident]}}, "sort": "TIMESTAMP_ASC", "limit": 200}
        return [line["message"] for line in self.ask("logs/filter", body)]

    def __enter__(self):
        wait_until(self.healthy, "Prefect's API", self.process)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(HUNG_S)


class Flow:
    """The example's flow.py, running."""

    def __init__(self, api, database, master, output, words, environment):
        self.api, self.database, self.output = api, database, Path(output)
        self.process = subprocess.Popen(
            [VENV / "bin" / "python", EXAMPLE / "flow.py", "--output", self.output, *map(str, words)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=clean_environment(SPARK_MASTER_URL=master, **api.settings(), **database.environment(),
                                  **environment))
        self.said = None

    def finish(self):
        """Its exit code, once it ended; what it said is kept."""
        if self.said is None:
            self.said = self.process.communicate(timeout=HUNG_S)[0].decode(errors="replace")
        return self.process.returncode

    def ok(self):
        assert self.finish() == 0, self.said
        return self

    def run_id(self):
        """The flow run's id, once its row is there."""
        return wait_until(lambda: self.database.pipeline("prefect_flow_run_id"), "the pipeline's row",
                          self.process)[0]

    def wait_log(self, text):
        """Waits until Prefect has a log line with the text; gives the line. They arrive in batches."""
        ident = self.run_id()
        return wait_until(lambda: next((x for x in self.api.logs(ident) if text in x), None), text)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.finish()

    def exported(self, name="items.json"):
        return json.loads((self.output / name).read_text())


def expected(source):
    """Stage 3's rows for a JSON array, computed apart from quern; processed_at is left out."""
    return [dict(row) for row in Stage3(source, declared=True).rows()]


def assert_records(found, source):
    """Every value of every record, in any order; processed_at has to be there, and one for all."""
    wanted = {row["id"]: row for row in expected(source)}
    assert len(found) == len(wanted)
    times = {record.pop("processed_at") for record in found}
    assert len(times) == 1 and None not in times, times
    for record in found:
        plain = {name: value for name, value in record.items() if value is not None}
        assert plain == wanted.pop(plain["id"])


def assert_mart(found, source):
    """dbt's mart against sums made here. The database adds in an order of its own: 12 digits agree."""
    categories = {}
    for row in expected(source):
        categories.setdefault(row.get("category", "none"), []).append(row)
    assert [row["category"] for row in found] == sorted(categories)
    for row in found:
        wanted = metrics(categories[row["category"]])
        assert {name: row[name] for name in wanted} == approximately(wanted)


def approximately(wanted):
    import pytest
    return {name: pytest.approx(value, rel=1e-12) if isinstance(value, float) else value
            for name, value in wanted.items()}


def metrics(rows):
    values = [row["value"] for row in rows if "value" in row]
    totals = [row["total_value"] for row in rows if "total_value" in row]
    return {
        "item_count": len(rows),
        "active_count": sum(row.get("is_active", False) for row in rows),
        "without_value_count": len(rows) - len(values),
        "total_quantity": sum(row["quantity"] for row in rows if "quantity" in row),
        "min_value": min(values), "max_value": max(values), "avg_value": sum(values) / len(values),
        "total_value": sum(totals), "avg_total_value": sum(totals) / len(totals),
        "discounted_value": sum(row["discounted_value"] for row in rows if "discounted_value" in row),
        **{f"{tier}_count": sum(row["tier"] == tier for row in rows)
           for tier in ("premium", "high", "medium", "standard")},
    }
