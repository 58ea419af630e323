"""The Losses page in a browser: dragged by key and mouse, linked to, on a phone, in both themes."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from core.views.losses.losses_view import SECTIONS
from support.lab_server import LabServer
from support.pages import open_page, settle

SERIOUS = ("serious", "critical")


def expect_figures(page: Page, count: int) -> None:
    """So many figures are drawn, each with a curve of its own."""
    figures = page.get_by_test_id("stEChartsChart").locator("svg")
    expect(figures).to_have_count(count)
    for place in range(count):
        expect(figures.nth(place)).to_be_visible()
        assert figures.nth(place).locator("path[stroke-width='2.5']").count() >= 1


def test_arrow_keys_drag_the_target_and_everything_follows(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/losses")
    expect_figures(page, 5)
    before = page.get_by_text("0.6109", exact=True).count()
    slider = page.get_by_role("slider", name="Target y")
    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")
    expect(page.get_by_role("status").get_by_text("Minimum at p = 0.40.")).to_be_visible()
    expect(page.get_by_text("H(y) = 0.6730")).to_be_visible()
    settle(page)
    assert before > 0
    expect(page.get_by_text("0.6109", exact=True)).to_have_count(0)
    expect(page).to_have_url(f"{lab.url}/losses?y=0.4")


def test_sections_change_without_a_reload_and_keep_their_settings(
    lab: LabServer, page: Page
) -> None:
    open_page(page, f"{lab.url}/losses?y=0.8")
    page.get_by_role("radio", name="Through the activation").click()
    expect(page.get_by_text("Sigmoid outputs 0.002 for a target of 0.80.")).to_be_visible()
    settle(page)
    expect_figures(page, 8)
    expect(page).to_have_url(f"{lab.url}/losses?section=gradient&y=0.8")
    page.get_by_role("radio", name="One pixel").click()
    expect(page.get_by_text("Minimum at p = 0.80.")).to_be_visible()


def test_a_link_opens_the_same_view_for_a_first_visitor(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/losses?section=data&normalization=symmetric&activation=sigmoid")
    expect(page.get_by_text("Sigmoid cannot reach 87% of these targets.")).to_be_visible()
    expect(page.get_by_role("radio", name="symmetric ±1")).to_be_checked()


def test_coming_back_from_another_page_finds_the_view_as_it_was(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/losses?section=image&digit=8")
    page.get_by_role("link", name="Lab", exact=True).click()
    expect(page.get_by_text("Pixels scaled to")).to_be_visible()
    page.get_by_role("link", name="Losses", exact=True).click()
    expect(page.get_by_role("radio", name="8", exact=True)).to_be_checked()
    expect(page).to_have_url(f"{lab.url}/losses?section=image&digit=8")


def test_the_data_lead_to_the_same_settings_in_the_lab(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/losses?section=data&activation=tanh&normalization=symmetric")
    page.get_by_role("link", name="Try tanh + MSE in the lab").click()
    expect(page.get_by_role("radio", name="tanh")).to_be_checked()
    expect(page.get_by_role("radio", name="MSE")).to_be_checked()
    expect(page.get_by_role("radio", name="symmetric ±1")).to_be_checked()


@pytest.mark.parametrize("section", SECTIONS)
def test_nothing_is_cut_off_on_a_phone(lab: LabServer, page: Page, section: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, f"{lab.url}/losses?section={section}")
    widest = page.evaluate(
        """() => Math.max(...[...document.querySelectorAll(
            '[data-testid=stMainBlockContainer] :is(p, img, svg, button, table)'
        )].filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().right))"""
    )
    assert widest <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_section(
    lab: LabServer, browser: Browser, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 720}, color_scheme=scheme, locale="en-GB"
    )
    page = context.new_page()
    for section in SECTIONS:
        open_page(page, f"{lab.url}/losses?section={section}")
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == []
    context.close()


@pytest.mark.parametrize("section", ["pixel", "terms"])
def test_sources_open_in_a_new_tab(lab: LabServer, page: Page, section: str) -> None:
    open_page(page, f"{lab.url}/losses?section={section}")
    links = page.locator(".lab-sources a, .lab-terms a")
    expect(links.first).to_be_visible()
    targets = links.evaluate_all("links => links.map(link => [link.target, link.rel])")
    assert {*map(tuple, targets)} == {("_blank", "noopener noreferrer")}
