"""Waiting for Streamlit in a browser, always with a deadline."""

from __future__ import annotations

from playwright.sync_api import Page, expect

SETTLE_SECONDS = 30

# A click takes a moment to reach the server, so the script counts as finished only after it has
# not run for a while. A live chart's ticks also cause "running", but briefly. The code of some
# elements is loaded when one is first drawn; until then a skeleton is in its place.
SCRIPT_RESTS = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const rests = app?.dataset.testConnectionState === "CONNECTED"
        && app.dataset.testScriptState === "notRunning"
        && !app.querySelector('[data-testid="stSkeleton"]');
    if (!rests) { window.restsSince = undefined; return false; }
    window.restsSince ??= performance.now();
    return performance.now() - window.restsSince > 300;
}"""


def settle(page: Page, seconds: float = SETTLE_SECONDS) -> None:
    """Wait until the page is connected, its script has finished and everything is drawn.

    Raises:
        playwright.sync_api.TimeoutError: the deadline has passed.
    """
    page.evaluate("window.restsSince = undefined")
    page.wait_for_function(SCRIPT_RESTS, polling=50, timeout=seconds * 1000)


def open_page(page: Page, url: str) -> None:
    """Open a page of the lab and wait for its script; fails if it shows an error."""
    page.goto(url)
    settle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
