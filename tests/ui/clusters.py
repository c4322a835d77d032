"""Clusters and jobs for the pages' tests and for the pictures of the documents."""

import json
import re
import sys
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from harness import Cluster, clean_environment, generate, ok, wait_until  # noqa: E402

TOKEN = "open-sesame"
FAILING = "SELECT id,\n       upper(nam) AS shout\nFROM input\nWHERE id > 3"


class WebCluster(Cluster):
    """A cluster with the address of the master's pages."""

    def __init__(self, folder, workers=1, cores=1, token=TOKEN, master_words=(), worker_words=()):
        extra = {"QUERN_UI_TOKEN": token} if token else {}
        super().__init__(folder, workers=workers, cores=cores, master_words=master_words,
                         worker_words=worker_words, env=clean_environment(**extra))
        self.web = self.master.wait_log(r"UI at (http://[^\s\"]+)").group(1)

    def get(self, path):
        with urllib.request.urlopen(self.web + path) as answer:
            return json.load(answer)

    def worker_web(self, worker):
        return worker.wait_log(r"UI at (http://[^\s\"]+)").group(1)

    def job(self, name):
        """The latest job of this name, or None."""
        return next((j for j in self.get("/api/quern/jobs?limit=200")["jobs"] if j["name"] == name), None)

    def submit(self, name, sql, source, *words, wait=True):
        """Submits SQL and returns the job's id; detached, or waited for whatever becomes of it."""
        script = self.folder / (re.sub(r"\W+", "_", name) + ".sql")
        script.write_text(sql)
        detach = [] if wait else ["--detach"]
        done = self.quern("submit", script, "--input", source, "--conf", f"spark.app.name={name}", *detach, *words)
        if not wait:
            ok(done)
        return wait_until(lambda: self.job(name), f"job {name}", self.master.process)["id"]


def slow_sql(weight):
    """A digest of a text `weight` times as long as a name for every record: time without much memory."""
    return f"SELECT id, category, sha2(repeat(name, {weight}), 512) AS digest FROM input"


def many_tasks(count):
    return ["--conf", f"spark.default.parallelism={count}"]


def records(folder, count):
    return generate(folder, count, forms=("ndjson",))["ndjson"]
