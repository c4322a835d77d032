"""A real Chromium at quern's pages. Everything a page says on its console, every request it makes to
another host and every uncaught error is a failure of the test that opened it, unless it said so."""

import os
import re
import shutil
import time
from pathlib import Path

import pytest

try:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import Error as Gone
    from playwright.sync_api import sync_playwright
except ImportError as missing:
    sync_playwright, WHY = None, f"{missing}; make check-ui installs it"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
HUNG_S, POLL_MS = float(os.environ.get("QUERN_TEST_HUNG_S", 300)), 40  # no limit on what is tested: where what never comes is called a failure
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def missing():
    """What there is not, as text, or None."""
    if sync_playwright is None:
        return WHY
    return None if CHROMIUM else "there is no chromium; tools/deps.sh ui installs it"


def need():
    why = missing()
    if why and os.environ.get("CI"):
        pytest.fail(why)
    if why:
        pytest.skip(f"NO BROWSER, THE PAGES ARE NOT TESTED: {why}")


def launch(driver):
    """Its sandbox needs an ordinary user; the pages are ours."""
    return driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])


class Visit:
    """One page, watched."""

    def __init__(self, browser, base, width=1280, height=860, scheme="light", motion="no-preference", ratio=1):
        self.base, self.said, self.foreign, self.bytes, self.allowed = base, [], [], 0, []
        self.context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme,
                                           reduced_motion=motion, device_scale_factor=ratio)
        self.page = self.context.new_page()
        self.page.set_default_timeout(1000 * HUNG_S)
        self.page.on("console", self.on_console)
        self.page.on("pageerror", lambda error: self.said.append(f"uncaught: {error}"))
        self.page.on("dialog", lambda dialog: (self.said.append("dialog: " + dialog.message), dialog.dismiss()))
        self.page.on("request", self.on_request)
        self.page.on("requestfinished", self.on_finished)

    def on_console(self, message):
        if message.type in ("error", "warning"):
            self.said.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

    def on_request(self, request):
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.foreign.append(request.url)

    def on_finished(self, request):
        try:
            sizes = request.sizes()
        except Gone:  # the page was closed meanwhile
            return
        self.bytes += sizes["responseBodySize"] + sizes["responseHeadersSize"]

    def allow(self, pattern):
        """The console may say this: a browser reports every answer of 400 and more as an error."""
        self.allowed.append(pattern)

    def go(self, path="/"):
        self.page.goto(self.base + path)
        self.wait("document.getElementById('live').dataset.state === 'live'")
        return self.page

    def wait(self, script):
        """Until the expression is true in the page. (The driver's own wait evaluates texts in the page,
        which the pages' policy forbids.)"""
        hung = time.monotonic() + HUNG_S
        while not self.page.evaluate(script):
            assert time.monotonic() < hung, f"never came: {script}\n{self.page.inner_text('body')[:3000]}"
            self.page.wait_for_timeout(POLL_MS)

    def text(self, selector):
        return " ".join(self.page.inner_text(selector).split())

    def check(self):
        bad = [line for line in self.said if not any(re.search(p, line) for p in self.allowed)]
        assert not bad, "the console says:\n" + "\n".join(bad)
        assert not self.foreign, f"requests to other hosts: {self.foreign}"

    def accessible(self):
        """No serious or critical finding of axe."""
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": WCAG}}).response
        serious = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
        assert found["passes"], "axe checked nothing"
        assert not serious, "\n".join(f"{v['id']} ({v['impact']}): {v['help']}: {[n['target'] for n in v['nodes']][:5]}" for v in serious)
        return [v["id"] for v in found["violations"]]

    def fits(self):
        """Nothing makes the page wider than the window."""
        wide, window = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= window, f"the page is {wide} pixels wide in a window of {window}"

    def picture(self, name, **options):
        folder = os.environ.get("QUERN_UI_PICTURES")
        if folder:
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"), **options)

    def close(self):
        self.context.close()
