"""Waiting in a browser for what Streamlit does, always with a deadline."""

from __future__ import annotations

from playwright.sync_api import Page, expect

SETTLE_SECONDS = 30

# A click takes a moment to reach the server, so the script counts as finished only after it has
# not run for a while. A live chart's ticks pass through "running" too, but briefly. The code of
# some elements is fetched when one is first drawn; until then a skeleton stands in its place.
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
    """Waits until the page is connected, its script has finished and all of it is drawn.

    Raises:
        playwright.sync_api.TimeoutError: it has not by then.
    """
    page.evaluate("window.restsSince = undefined")
    page.wait_for_function(SCRIPT_RESTS, polling=50, timeout=seconds * 1000)


def open_page(page: Page, url: str) -> None:
    """Opens a page of the lab and waits for its script; no error may be on it."""
    page.goto(url)
    settle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
