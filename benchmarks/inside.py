"""How long a move of the pointer takes on the Inside page, until the decoded digit is drawn.

Measured inside the browser: from the pointer event to the end of its handler, which draws, and to
the next frame.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.logs import hidden_logs
from support.lab_server import LabServer
from tools.browser import launch

MOVES = 100
NETWORKS = {"28 units": "inside", "2 units": "inside?layers=128-64-2-64-128"}
VIEWPORTS = {"1280 × 720": (1280, 720), "390 × 844": (390, 844)}
MOVE = """async (moves) => {
    const root = [...document.querySelectorAll('*')].map((node) => node.shadowRoot)
        .find((shadow) => shadow?.querySelector('.stage'));
    const stage = (root ?? document).querySelector('.stage');
    const latent = (root ?? document).querySelector('.latent');
    const box = stage.getBoundingClientRect();
    const before = Number(latent.dataset.pictures);
    const [handled, shown] = [[], []];
    for (let at = 0; at < moves; at += 1) {
        const share = (at + 0.5) / moves;
        const options = {
            bubbles: true, clientX: box.left + share * box.width,
            clientY: box.top + (0.5 + 0.4 * Math.sin(9 * share)) * box.height,
        };
        const start = performance.now();
        stage.dispatchEvent(new PointerEvent('pointermove', options));
        handled.push(performance.now() - start);
        await new Promise(requestAnimationFrame);
        shown.push(performance.now() - start);
    }
    return {handled, shown, pictures: Number(latent.dataset.pictures) - before};
}"""


@hidden_logs()
def main() -> None:
    """Print a table."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    print("| Code | Window | Moves | Images | Handler, 95th percentile | To the next frame |")
    print("|---|---|---|---|---|---|")
    with (
        tempfile.TemporaryDirectory() as home,
        LabServer(Path(home)) as lab,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        for code, address in NETWORKS.items():
            for window, (width, height) in VIEWPORTS.items():
                page = browser.new_page(viewport={"width": width, "height": height})
                print(f"| {code} | {window} | {MOVES} | {_measured(page, lab.url, address)} |")
                page.close()
        browser.close()


def _measured(page: Page, url: str, address: str) -> str:
    page.goto(f"{url}/{address}")
    page.locator(".latent[data-pictures]").wait_for(timeout=120_000)
    page.wait_for_timeout(3_000)  # until the trainer has started
    found = page.evaluate(MOVE, MOVES)
    handled, shown = (float(np.percentile(found[name], 95)) for name in ("handled", "shown"))
    return f"{found['pictures']} | {handled:.1f} ms | {shown:.1f} ms"


if __name__ == "__main__":
    main()
