"""Find the cause in a browser: every width and theme, and past axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from core.diagnostics import verdict
from core.diagnostics.neighbours import neighbours
from core.store import RunStore
from core.variant import Variant
from support.lab_server import LabServer
from support.pages import open_page, settle
from support.runs import run_with_error

pytestmark = pytest.mark.timeout(240)
SERIOUS = ("serious", "critical")
SLOW = Variant(optimizer="sgd", learning_rate=0.001, epochs=5, seed=3)
ADAM = replace(SLOW, optimizer="adam")
LINK = "lab?optimizer=sgd&epochs=5&seed=3"


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A lab of its own that has trained a bad run and all its neighbours."""
    home = tmp_path_factory.mktemp("tried")
    store = RunStore(home, judge=verdict)
    bad = run_with_error(SLOW, 0.06)
    store.put(bad)
    for variant in neighbours(bad):
        store.put(run_with_error(variant, 0.0114 if variant == ADAM else 0.0588))
    with LabServer(home) as server:
        yield server


def find(page: Page, url: str) -> None:
    open_page(page, f"{url}/{LINK}")
    page.get_by_role("button", name="Find the cause").click()
    expect(page.get_by_text("Changing only the optimizer (sgd → adam)")).to_be_visible()
    settle(page)


def test_best_change_is_opened_and_compared(tried: LabServer, page: Page) -> None:
    find(page, tried.url)
    both = page.get_by_role("link", name="Compare both")
    expect(both).to_have_attribute("href", re.compile("a=optimizer.sgd~epochs.5~seed.3&b="))
    page.get_by_role("button", name="Open the best").click()
    expect(page.get_by_text("It works.")).to_be_visible()
    expect(page).to_have_url(re.compile("optimizer=adam"))
    expect(page.get_by_role("button", name="Find the cause")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_rows_fit_every_width_and_axe_finds_nothing_serious(
    tried: LabServer, browser: Browser, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme=scheme)
    page = context.new_page()
    find(page, tried.url)
    pictures = page.locator(".lab-cause-rows img:visible")
    expect(pictures).to_have_count(7)  # original, this run, and five of the changes
    expect(pictures.nth(2)).to_have_attribute("alt", re.compile("removes 81%"))
    for width in (390, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 720})
        boxes = [pictures.nth(place).bounding_box() for place in range(7)]
        assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
        assert all(box and box["width"] > 190 for box in boxes), width
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 720})
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == []
    context.close()
