"""The story in a browser: turned by key, shown to a room, past axe in both themes."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from core.views.story.story_state import STEPS
from support.lab_server import LabServer
from support.pages import open_page, settle

SERIOUS = ("serious", "critical")


def test_arrow_keys_change_the_step(lab: LabServer, page: Page) -> None:
    open_page(page, lab.url)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="The loss looks fine.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?step=2$"))
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", name="The loss falls without bound.")).to_be_visible()


@pytest.mark.parametrize("step", STEPS)
def test_a_presented_step_fits_a_screen(lab: LabServer, page: Page, step: int) -> None:
    open_page(page, f"{lab.url}/?step={step}&present=1")
    expect(page.get_by_test_id("stEChartsChart").locator("svg, canvas").first).to_be_visible()
    overflow = "e => e.scrollHeight - e.clientHeight"
    assert page.get_by_test_id("stMain").evaluate(overflow) <= 0


def test_the_way_into_the_lab_keeps_the_settings(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/?step=2")
    page.get_by_role("link", name="Try it in the lab").click()
    expect(page.get_by_text("Output activation").first).to_be_visible()
    settle(page)
    expect(page.get_by_role("radio", name="softmax")).to_be_checked()
    expect(page.get_by_text("Shipped result.")).to_be_attached()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_step(
    lab: LabServer, browser: Browser, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme=scheme)
    page = context.new_page()
    for step in STEPS:
        open_page(page, f"{lab.url}/?step={step}")
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == []
    context.close()


def test_symptom_leads_to_its_cause_and_remedy_in_two_clicks(lab: LabServer, page: Page) -> None:
    open_page(page, lab.url)
    page.get_by_role("link", name="Grey").click()
    expect(page.get_by_text("Saturated.")).to_be_visible()
    settle(page)
    expect(page.locator(".st-key-lab-findings")).to_contain_text("Cause")
    page.get_by_role("button", name="Use tanh").click()
    expect(page.get_by_text("It works.")).to_be_visible()


@pytest.mark.parametrize("width", [390, 768, 1280, 1920])
def test_symptoms_stand_below_the_first_step(lab: LabServer, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    open_page(page, lab.url)
    expect(page.get_by_role("heading", name="The loss falls without bound.")).to_be_in_viewport()
    cards = page.locator(".lab-symptom")
    expect(cards).to_have_count(6)
    cards.first.scroll_into_view_if_needed()
    boxes = [cards.nth(place).bounding_box() for place in range(6)]
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    assert all(box and box["width"] > 100 for box in boxes)
