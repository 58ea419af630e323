"""Links: copied from any page, they show another visitor, on another machine too, the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from support.lab_server import LabServer
from support.pages import open_page, settle

VIEWS = {
    "story": "?step=3",
    "lab": "lab?activation=softmax&digit=5&difference=1&epoch=2",
    "compare": "compare?a=default&b=activation.softmax&epoch=4&digit=3&measure=ssim",
    "matrix": "matrix?rows=hidden_activation",
    "losses": "losses?section=gradient",
    "library": "library?search=black&activation=softmax~tanh&sort=mse&page=2",
}
# Pictures of held-out digits, wherever they are on the page.
GRID = ".lab-grid"


def shared(page: Page) -> str:
    """The link that the page offers to be copied."""
    page.get_by_role("button", name="Share").click()
    code = page.get_by_test_id("stCode")
    expect(code).to_be_visible()
    settle(page)
    link = code.inner_text().replace("\n", "").strip()
    page.keyboard.press("Escape")
    return link


@pytest.mark.timeout(240)
def test_every_page_offers_the_link_to_all_that_it_shows(lab: LabServer, page: Page) -> None:
    for view in VIEWS.values():
        open_page(page, f"{lab.url}/{view}")
        link = shared(page)
        assert link == page.url
        asked = set(view.partition("?")[2].split("&"))
        assert asked <= set(link.partition("?")[2].split("&"))


@pytest.mark.timeout(240)
def test_a_first_visitor_of_a_fresh_server_sees_the_same_digits_to_the_pixel(
    lab: LabServer, page: Page, browser: Browser, tmp_path: Path
) -> None:
    for place, view in enumerate(("compare", "lab")):
        open_page(page, f"{lab.url}/{VIEWS[view]}")
        link = shared(page)
        settle(page)
        seen = page.locator(GRID).screenshot()
        with LabServer(tmp_path / str(place)) as other:
            context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB")
            visitor = context.new_page()
            open_page(visitor, link.replace(lab.url, other.url))
            expect(visitor.locator(GRID)).to_be_visible()
            assert visitor.locator(GRID).screenshot() == seen
            enlarged = visitor.locator("[class*=st-key-panels] .js-plotly-plot")
            expect(enlarged).to_have_count(3 if view == "compare" else 2)
            context.close()
