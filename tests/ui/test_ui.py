"""The pages in a real browser, against real masters and workers."""

import re
import signal

import pytest
from clusters import FAILING, TOKEN, WebCluster, many_tasks, records, slow_sql
from harness import STAGE3, ok, wait_until

HOSTILE = "<img src=x onerror=alert(1)>"
WEIGHT = 16_000
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    return records(tmp_path_factory.mktemp("items"), 1000)


@pytest.fixture(scope="module")
def many_items(tmp_path_factory):
    return records(tmp_path_factory.mktemp("many"), 20_000)


@pytest.fixture(scope="module")
def web(tmp_path_factory, items):
    """A cluster with some past: a finished, a failed, a hostile job and enough small ones for pages."""
    with WebCluster(tmp_path_factory.mktemp("web"), workers=2) as running:
        out = running.folder / "out"
        ok(running.quern("submit", STAGE3, "--input", items, "--output", out, *many_tasks(8)))
        running.submit("broken", FAILING, items)
        running.submit(HOSTILE, "SELECT '<script>alert(2)</script>' AS x, id FROM input LIMIT 3", items)
        for n in range(22):
            ok(running.quern("sql", f"SELECT {n} AS n"))
        yield running


def running(cluster, name, source, out):
    """Starts a job of many slow tasks and returns its id once the first are done."""
    number = cluster.submit(name, slow_sql(WEIGHT), source, "--output", out, *many_tasks(200), wait=False)
    wait_until(lambda: cluster.job(name)["tasks_done"] > 0, "the first tasks", cluster.master.process)
    return number


def held(cluster):
    """Stops the workers' processes, so that what runs stays as it is; returns what lets them go on."""
    for worker in cluster.workers:
        worker.signal(signal.SIGSTOP)
    return lambda: [worker.signal(signal.SIGCONT) for worker in cluster.workers]


# ---- overview ----


def test_overview_shows_the_cluster(web, visit):
    v = visit(web.web)
    page = v.go()
    assert page.title().startswith("quern")
    v.wait("document.querySelectorAll('#workers tr').length === 2")
    glance = v.text("#glance")
    assert re.search(r"Workers 2 / 2 .*all alive", glance), glance
    assert re.search(r"Cores in use \d / 2", glance), glance
    assert re.search(r"24 completed · 1 failed", glance), glance
    assert v.text("#where") == web.url
    assert page.locator("#workers .state.alive").count() == 2
    v.fits()


def test_policy_is_strict(web, visit):
    v = visit(web.web)
    v.go()
    for path in ("/", "/job/1"):
        headers = v.context.request.get(web.web + path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy, policy


def test_past_jobs_have_pages_filter_and_search(web, visit):
    v = visit(web.web)
    page = v.go()
    v.wait("document.querySelectorAll('#past tr').length === 20")
    page.click("#older")
    v.wait("document.querySelectorAll('#past tr').length === 5")
    assert "broken" in v.text("#past")
    page.click("#newer")
    v.wait("document.querySelectorAll('#past tr').length === 20")
    page.click("#past-states [data-state=FAILED]")
    v.wait("document.querySelectorAll('#past tr').length === 1")
    assert "UNRESOLVED_COLUMN" in v.text("#past")
    page.click("#past-states [data-state='']")
    v.wait("document.querySelectorAll('#past tr').length === 20")
    page.fill("#past-search", "STAGE3")
    v.wait("document.querySelectorAll('#past tr').length === 1")
    assert "1 match" in v.text("#past-count")
    page.fill("#past-search", "no such thing")
    v.wait("!document.getElementById('past-empty').hidden")


def test_empty_cluster_says_what_to_do(start, visit):
    empty = start(workers=0)
    v = visit(empty.web)
    page = v.go()
    page.wait_for_selector("#workers-empty:not([hidden])")
    assert f"quern-worker {empty.url}" in v.text("#workers-empty")
    assert "quern submit" in v.text("#running-empty")
    assert f"quern sql 'SELECT 1 + 1 AS two' --master {empty.url}" in v.text("#past-empty")
    v.accessible()


# ---- a job ----


def test_progress_moves(start, tmp_path, many_items, visit):
    """The overview's and the job's bars are at several places, without a reload, before the job is done."""
    cluster = start(workers=2)
    overview, job = visit(cluster.web), visit(cluster.web)
    overview.go()
    number = running(cluster, "long one", many_items, tmp_path / "out")
    go_on = held(cluster)  # pages and pictures take a while
    overview.wait(f"document.querySelector('#running [data-job=\"{number}\"]')")
    page = job.go(f"/job/{number}")
    job.wait("document.querySelector('#facts .state.running')")
    for v, bar in ((overview, "#running .meter"), (job, "#progress .meter")):
        v.page.evaluate("""(bar) => {
            window.seen = new Set();
            setInterval(() => {
                const at = document.querySelector(bar);
                if (at) seen.add(at.getAttribute('aria-valuenow'));
            }, 50);
        }""", bar)
    go_on()
    job.wait("seen.size >= 3")
    overview.wait("seen.size >= 3")
    go_on = held(cluster)
    job.picture("running")
    assert page.locator("#cancel").is_visible()
    go_on()
    job.wait("document.querySelector('#facts .state.completed')")
    assert "200 of 200" in v.text("#progress")
    overview.wait(f"document.querySelector('#past [data-job=\"{number}\"]')")
    assert overview.page.locator(f"#running [data-job='{number}']").count() == 0
    assert not page.locator("#cancel").is_visible()


def test_finished_job(web, visit):
    number = web.job("stage3")["id"]
    v = visit(web.web)
    page = v.go(f"/job/{number}")
    v.wait("document.querySelector('#facts .state.completed')")
    assert v.text("h1") == "stage3"
    page.wait_for_selector("#plan-body svg .plan-node")
    names = page.locator(".plan-node .title").all_text_contents()
    assert any("Window" in n for n in names) and any("Scan" in n for n in names), names
    page.wait_for_selector("#stage-rows tr")
    page.wait_for_selector("#tasks:not([hidden]) canvas")
    assert page.locator("#by-worker tbody tr").count() == 2
    tasks = sum(int(cell) for cell in page.locator("#by-worker tbody td:nth-child(2)").all_inner_texts())
    assert tasks == web.get(f"/api/quern/jobs/{number}")["tasks_total"]
    drawn = page.evaluate("""() => {
        const c = document.querySelector('.area canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        const colours = new Set();
        for (let i = 0; i < d.length; i += 4) colours.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]);
        return colours.size;
    }""")
    assert drawn > 3, "nothing is on the canvas"
    page.wait_for_selector("#sql-body .row")
    assert "percent_rank()" in v.text("#sql-body")
    page.wait_for_selector("#logs:not([hidden]) li")
    assert not page.locator("#trouble").is_visible()
    v.fits()


def test_failed_job_shows_the_place(web, visit):
    v = visit(web.web)
    page = v.go(f"/job/{web.job('broken')['id']}")
    page.wait_for_selector("#trouble:not([hidden])")
    trouble = v.text("#trouble")
    assert "UNRESOLVED_COLUMN at line 2, column 14" in trouble and "did you mean `name`?" in trouble, trouble
    for place in ("#trouble", "#sql-body"):
        rows = page.locator(f"{place} .row.here")
        assert rows.count() == 2
        line, caret = rows.nth(0).locator(".text"), rows.nth(1).locator(".text")
        assert "upper(nam) AS shout" in line.inner_text()
        assert caret.evaluate("e => e.textContent") == " " * 13 + "^~~"
    v.accessible()


def test_bad_records_and_skew(web, visit):
    source = web.folder / "partly_bad.ndjson"
    source.write_text('{"id": 1, "category": "A"}\n{"id": 2, "category": \n{"id": 3, "category": "<b>B</b>"}\n' + '{"id": 4, "category": "A"}\n' * 5000)
    number = web.submit("partly bad", "SELECT id, category, count(*) OVER (PARTITION BY category) AS n FROM input", source, "--output", web.folder / "partly")
    v = visit(web.web)
    page = v.go(f"/job/{number}")
    page.wait_for_selector("#records:not([hidden])")
    records = v.text("#records")
    assert "partly_bad.ndjson" in records and "byte 27" in records and '{"id": 2' in records, records
    page.wait_for_selector("#partitions .skewed")
    skewed = page.locator("#partitions .skewed")
    assert skewed.count() == 1 and skewed.inner_text().startswith("A skewed"), skewed.all_inner_texts()
    assert "<b>B</b>" in v.text("#partitions")
    v.accessible()


def test_hostile_texts_stay_texts(web, visit):
    v = visit(web.web)
    page = v.go()
    page.fill("#past-search", "onerror")
    v.wait("document.querySelectorAll('#past tr').length === 1")
    assert page.locator("#past .name").inner_text() == HOSTILE
    page.click("#past .name")
    page.wait_for_selector("#sql-body .row")
    assert page.inner_text("h1") == HOSTILE
    assert "<script>alert(2)</script>" in v.text("#sql-body")
    assert page.evaluate("document.querySelectorAll('main img, main script').length") == 0


def test_unknown_job(web, visit):
    v = visit(web.web)
    v.allow("404")
    v.go("/job/123456")
    v.wait("document.querySelector('h1').textContent === 'No such job'")


# ---- faults ----


def test_lost_worker_and_lost_master(start, visit):
    cluster = start(workers=2)
    v = visit(cluster.web)
    page = v.go()
    v.wait("document.querySelectorAll('#workers .state.alive').length === 2")
    cluster.workers[0].kill()
    v.wait("document.querySelectorAll('#workers .state.lost').length === 1")
    assert page.locator("#workers .state.alive").count() == 1
    assert re.search(r"Workers 1 / 2 .*1 lost, last (just now|\d.* ago)", v.text("#glance"))
    v.picture("worker-lost")
    v.accessible()
    v.allow("ERR_|Failed to load")
    cluster.master.kill()
    page.wait_for_selector("#lost-note:not([hidden])")
    assert "No connection to the master since" in v.text("#lost-note")
    assert v.text("#live") == "Connection lost"
    assert page.locator("#workers tr").count() == 2, "the last known state stays"
    cluster.workers[1].kill()


# ---- cancelling ----


def test_cancel_with_token(start, tmp_path, many_items, visit):
    cluster = start(workers=1)
    number = running(cluster, "to be cancelled", many_items, tmp_path / "out")
    go_on = held(cluster)
    v = visit(cluster.web)
    v.allow("401")
    page = v.go(f"/job/{number}")
    page.click("#cancel")
    page.wait_for_selector("dialog[open] #token")
    v.accessible()
    page.keyboard.press("Escape")
    v.wait("!document.querySelector('dialog').open")
    page.click("#cancel")
    page.fill("#token", "guessed")
    page.keyboard.press("Enter")
    v.wait("document.querySelector('.said').textContent.includes('does not know this token')")
    assert cluster.get(f"/api/quern/jobs/{number}")["state"] not in ("CANCELLED", "FAILED", "COMPLETED")
    page.fill("#token", TOKEN)
    page.click("#cancel-now")
    go_on()
    v.wait("document.querySelector('#facts .state.cancelled')")
    assert not page.locator("dialog").is_visible()
    wait_until(lambda: cluster.job("to be cancelled")["state"] == "CANCELLED", "cancelled", cluster.master.process)


def test_cancel_without_token_explains(start, tmp_path, many_items, visit):
    cluster = start(workers=1, token=None)
    number = running(cluster, "stays", many_items, tmp_path / "out")
    go_on = held(cluster)
    v = visit(cluster.web)
    page = v.go(f"/job/{number}")
    page.click("#cancel")
    page.wait_for_selector("dialog[open]")
    words = v.text("dialog")
    assert f"quern cancel {number} --master {cluster.url}" in words and "QUERN_UI_TOKEN" in words
    assert page.locator("#token").count() == 0
    go_on()
    ok(cluster.quern("cancel", str(number)))
    v.wait("document.querySelector('#facts .state.cancelled')")


# ---- how it looks and works for everybody ----


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_accessible_and_fits(web, visit, scheme, size):
    v = visit(web.web, scheme=scheme, **(PHONE if size == "phone" else {}))
    page = v.go()
    v.wait("document.querySelectorAll('#past tr').length === 20")
    v.accessible()
    v.fits()
    page.goto(f"{web.web}/job/{web.job('stage3')['id']}")
    page.wait_for_selector("#tasks:not([hidden]) canvas")
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    v.accessible()
    v.fits()


def test_dark_and_the_button(web, visit):
    v = visit(web.web, scheme="dark")
    page = v.go()
    shade = "[...getComputedStyle(document.body).backgroundColor.matchAll(/[\\d.]+/g)].slice(0, 3).reduce((s, m) => s + +m[0], 0)"
    assert page.evaluate(shade) < 150
    page.click("#theme")
    assert page.evaluate(shade) > 600
    page.reload()
    assert page.evaluate(shade) > 600, "the choice holds"
    assert page.inner_text("#theme") == "Dark"


def test_keyboard(web, visit):
    v = visit(web.web, motion="reduce")
    page = v.go(f"/job/{web.job('stage3')['id']}")
    page.wait_for_selector("#tasks:not([hidden]) canvas")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.focus(".plan-node")
    page.keyboard.press("Enter")
    v.wait("!document.querySelector('.plan-detail').hidden")
    page.focus(".timeline .area")
    assert "shown." not in v.text(".timeline .note")
    page.keyboard.press("+")
    assert "shown." in v.text(".timeline .note")
    page.keyboard.press("0")
    assert "shown." not in v.text(".timeline .note")
    assert page.evaluate("getComputedStyle(document.querySelector('.timeline .area')).outlineStyle") == "solid", "focus shows"


def test_worker_page(web, visit):
    v = visit(web.worker_web(web.workers[0]))
    page = v.go()
    v.wait("document.querySelector('#since .state.alive')")
    assert web.url in v.text("#since")
    assert re.search(r"Cores in use \d / 1", v.text("#glance"))
    v.accessible()
    v.fits()
    assert page.title().startswith("quern: worker")


# ---- size ----


def test_many_jobs_and_tasks_stay_small(start, many_items, visit, capsys):
    """50 jobs of 2,000 tasks: each page with its first data is at most 300 KB."""
    cluster = start(workers=2)
    for n in range(50):
        cluster.submit(f"wide {n}", "SELECT category, sum(value) AS total FROM input GROUP BY category", many_items, *many_tasks(2000))
    sizes = {}
    for path, ready in (("/", "document.querySelectorAll('#past tr').length === 20"), ("/job/50", "document.querySelector('#tasks canvas')")):
        v = visit(cluster.web)
        v.go(path)
        v.wait(ready)
        v.page.wait_for_timeout(0)
        sizes[path] = v.bytes
        assert 10_000 < v.bytes <= 300_000, f"{path}: {v.bytes} bytes"
    ms = v.page.evaluate("""() => {
        const began = performance.now();
        dispatchEvent(new Event('quern-theme'));
        return performance.now() - began;
    }""")
    with capsys.disabled():
        print(f"\npage and first data: {sizes} bytes; drawing 2,000 tasks {ms:.1f} ms")
