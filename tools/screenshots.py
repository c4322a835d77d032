#!/usr/bin/env python3
"""The pictures of docs/UI.md, from a real cluster in a real browser: make screenshots.

A master with four workers on loopback gets a dozen jobs (finished, failed, cancelled, running), one
worker is killed; then each page is opened and its picture written to docs/images, at most 150 KB each."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "ui"))
import browser as b  # noqa: E402
from clusters import WebCluster, many_tasks, slow_sql  # noqa: E402
from harness import STAGE3, generate, ok, wait_until  # noqa: E402

IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 150_000
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844, "ratio": 2}


def past_jobs(cluster, folder, items):
    """What a day of a pipeline leaves: mostly good, one mistyped column, one record that cannot be read."""
    stage3 = STAGE3.read_text()
    for n, name in enumerate(["nightly export", "category report", "backfill june", "nightly export", "item metrics"]):
        out = folder / f"out{n}"
        cluster.submit(f"{name}", "SELECT category, count(*) AS n, sum(value * quantity) AS total FROM input GROUP BY category",
                       items, "--output", out, *many_tasks(24 + 40 * n))
    ok(cluster.quern("submit", STAGE3, "--input", items, "--output", folder / "stage3", "--conf", "spark.app.name=stage 3",
                     "--conf", "spark.executor.memory=1g", "--conf", "spark.sql.shuffle.partitions=64", *many_tasks(360)))
    broken = folder / "broken.ndjson"
    broken.write_text('{"id": 1, "value": 10.5}\n{"id": 2, "value": 1x}\n{"id": 3, "value": 7.25}\n')
    cluster.submit("late items", "SELECT id, value FROM input", broken)
    cluster.submit("stage 3, new report", stage3.replace("max(value) OVER", "max(valeu) OVER"), items)


def running_jobs(cluster, folder, items):
    """One in its middle, one at its beginning."""
    first = cluster.submit("fingerprints", slow_sql(20_000), items, "--output", folder / "slow1", *many_tasks(400), wait=False)
    wait_until(lambda: cluster.job("fingerprints")["tasks_done"] > 60, "progress", cluster.master.process)
    cluster.submit("fingerprints, june", slow_sql(20_000), items, "--output", folder / "slow2", *many_tasks(200), wait=False)
    return first


class Camera:
    def __init__(self, chromium, base):
        self.chromium, self.base = chromium, base

    def take(self, name, path, ready, prepare=None, **size):
        visit = b.Visit(self.chromium, self.base, **size)
        page = visit.go(path)
        visit.wait(ready)
        page.evaluate("document.fonts.ready")
        if prepare:
            page.evaluate(prepare)
        page.wait_for_timeout(1200)  # bars glide to where they belong
        target = IMAGES / f"{name}.png"
        page.screenshot(path=str(target))
        visit.check()
        visit.close()
        squeeze(target)


def squeeze(path):
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--strip", "--speed", "1", "--output", path, "128", path], check=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size:,} bytes")
    assert size <= MOST_BYTES, f"{path} is larger than {MOST_BYTES} bytes"


def shoot(chromium, cluster, long_one):
    camera = Camera(chromium, cluster.web)
    running, past = "document.querySelector('#running tr')", "document.querySelector('#past tr')"
    camera.take("overview-light", "/", f"{running} && {past}", **DESK)
    camera.take("overview-dark", "/", f"{running} && {past}", scheme="dark", **DESK)
    camera.take("phone", "/", f"{running} && {past}", **PHONE)
    canvas = "document.querySelector('#tasks:not([hidden]) canvas')"
    camera.take("job-running", f"/job/{long_one}", canvas, **DESK)
    stage3 = f"/job/{cluster.job('stage 3')['id']}"
    camera.take("job", stage3, canvas, **DESK)
    camera.take("job-tasks", stage3, canvas, prepare="document.getElementById('stages').scrollIntoView()", scheme="dark", **DESK)
    failed = cluster.job("stage 3, new report")["id"]
    camera.take("job-failed", f"/job/{failed}", "document.querySelector('#sql-body .row.here')", **DESK)


def main():
    if b.missing():
        sys.exit(f"tools/screenshots.py: {b.missing()}")
    IMAGES.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="quern-pictures-"))
    items = generate(folder, 40_000, "--categories", "skewed", forms=("ndjson",))["ndjson"]
    try:
        with WebCluster(folder / "cluster", workers=4, cores=2) as cluster, b.sync_playwright() as driver:
            past_jobs(cluster, folder, items)
            cluster.workers[3].kill()
            long_one = running_jobs(cluster, folder, items)
            chromium = b.launch(driver)
            shoot(chromium, cluster, long_one)
            chromium.close()
            for name in ("fingerprints", "fingerprints, june"):
                cluster.quern("cancel", str(cluster.job(name)["id"]))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
