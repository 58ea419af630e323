"""What a first visit loads over a slow network, compared with a minimal Streamlit app.

    python -m benchmarks.first_visit

Headless Chromium with an empty cache, 800 kbit/s and 300 ms latency (emulated by Chromium, which
does not slow down websockets). Counted are the requests and their kilobytes as transferred until
the page shows its first text, and the payload of the websocket's messages.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright

from benchmarks.logs import hidden_logs
from benchmarks.start import PLAIN
from support.lab_server import LabServer
from tools.browser import launch

BYTES_PER_SECOND = 100_000
LATENCY_MS = 300
TIMEOUT_MS = 180_000
CONTENT = "[data-testid=stMainBlockContainer] [data-testid=stElementContainer]"
VISITS = (
    ("a minimal app", PLAIN, ""),
    ("the lab's landing page", "app.py", ""),
    ("the lab's training page", "app.py", "/lab"),
)


@dataclass
class Traffic:
    """What the browser has received so far.

    Attributes:
        requests: completed HTTP requests.
        received: their bytes, compressed, with headers.
        messages: the bytes of the websocket's messages, encoded in Base64.
    """

    requests: int = 0
    received: float = 0
    messages: int = 0

    def listen(self, session: CDPSession) -> None:
        """Count from now on."""
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.webSocketFrameReceived", self._message)
        session.send("Network.enable")

    def _finished(self, event: dict[str, Any]) -> None:
        self.requests += 1
        self.received += event["encodedDataLength"]

    def _message(self, event: dict[str, Any]) -> None:
        self.messages += len(event["response"]["payloadData"])


def visit(browser: Browser, url: str) -> tuple[Traffic, float]:
    """Visit a page for the first time: its traffic, and the seconds until its first text."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    traffic = Traffic()
    traffic.listen(session)
    slow = {"downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND}
    conditions = {"offline": False, "latency": LATENCY_MS, **slow}
    session.send("Network.emulateNetworkConditions", conditions)
    begun = time.monotonic()
    page.goto(url, wait_until="commit", timeout=TIMEOUT_MS)
    page.locator(CONTENT).filter(has_text=re.compile(r"\w")).first.wait_for(timeout=TIMEOUT_MS)
    seconds = time.monotonic() - begun
    context.close()
    return traffic, seconds


@hidden_logs()
def main() -> None:
    """Visit all pages, and print a table."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    print("| First visit | Requests | kB | Messages, kB | Seconds until the first text |")
    print("|---|---|---|---|---|")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name, app, path in VISITS:
            with tempfile.TemporaryDirectory() as home, LabServer(Path(home), app=app) as server:
                traffic, seconds = visit(browser, server.url + path)
            sizes = f"{traffic.received / 1000:,.0f} | {traffic.messages / 1000:,.0f}"
            print(f"| {name} | {traffic.requests} | {sizes} | {seconds:.1f} |", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
