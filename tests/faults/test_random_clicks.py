"""Two browsers click at random on one lab: no page goes blank, shows an error or logs one.

RANDOM_CLICKS_SECONDS sets how long, RANDOM_CLICKS_SEED what they do.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from core.store import RunStore
from core.variant import Variant
from support.lab_server import LabServer
from support.random_visitor import RandomVisitor, picture_of
from support.runs import make_run
from tools.browser import launch

SECONDS = float(os.environ.get("RANDOM_CLICKS_SECONDS", "120"))
SEED = int(os.environ.get("RANDOM_CLICKS_SEED", "11"))
BROWSERS = 2


def click_around(url: str, folder: Path, seed: int, until: float) -> int:
    """Click until then; the number of clicks.

    Raises:
        AssertionError: the page broke; says what was done before.
    """
    with sync_playwright() as playwright:
        browser = launch(playwright, "--disable-gpu")
        page = browser.new_page(viewport={"width": 1280, "height": 720}, locale="en-GB")
        visitor = RandomVisitor(page, url, seed)
        try:
            while time.monotonic() < until:
                visitor.act()
        except AssertionError as failure:
            picture = picture_of(page, folder, str(seed))
            raise AssertionError(f"Seed {seed}, picture {picture}:\n{failure}") from failure
        finally:
            browser.close()
    return visitor.clicks


@pytest.mark.timeout(SECONDS + 300)
def test_random_clicks_break_no_page(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for activation in ("sigmoid", "softmax", "linear"):
        RunStore(home).put(make_run(Variant(epochs=2, activation=activation)))
    with LabServer(home) as lab, ThreadPoolExecutor(BROWSERS) as pool:
        until = time.monotonic() + SECONDS
        seeds = range(SEED, SEED + BROWSERS)
        clicking = [pool.submit(click_around, lab.url, tmp_path, seed, until) for seed in seeds]
        failures = [failure for one in clicking if (failure := one.exception())]
        assert not failures, "\n\n".join(map(str, failures))
        assert "event=fault" not in lab.log.read_text()
    assert min(one.result() for one in clicking) > 0
