"""The matrix in a browser: mouse, keyboard, phone, and the way to the lab."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from support.lab_server import LabServer
from support.pages import open_page, settle

FOCUSED = """() => {
    let node = document.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    return node?.getAttribute("aria-label");
}"""
# Two cells that nothing but this file trains, in a second or two each.
QUICK = "layers=8&epochs=1&row_values=sigmoid&column_values=mean_squared_error,huber"


def cell(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{name}: "))


def cells(page: Page) -> Locator:
    return page.locator("button.cell")


def test_a_fresh_lab_shows_the_whole_matrix(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/matrix")
    expect(cells(page)).to_have_count(25)
    expect(page.locator("button.cell .picture:visible")).to_have_count(25)
    expect(cell(page, "sigmoid, BCE")).to_contain_text("Works")
    expect(cell(page, "softmax, BCE")).to_contain_text("Black")
    expect(page.get_by_alt_text("The original image that all cells reconstruct")).to_be_visible()


def test_a_click_on_a_cell_leads_to_the_lab_with_that_run(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/matrix")
    cell(page, "softmax, BCE").click()
    expect(page.get_by_text("softmax + BCE, unit 0–1")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Black.")).to_be_visible()
    expect(cell(page, "softmax, BCE")).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(r"/matrix\?activation=softmax$"))
    page.get_by_role("link", name="Open in the lab").click()
    expect(page).to_have_url(re.compile(r"/lab\?.*activation=softmax&loss=binary_crossentropy"))
    expect(page.get_by_role("status").filter(has_text="Black.")).to_be_visible()
    expect(page.get_by_role("button", name="Train again")).to_be_visible()


def test_the_keyboard_moves_over_the_map_and_the_focus_stays(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/matrix")
    cell(page, "sigmoid, BCE").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowUp", "ArrowUp", "End", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert str(page.evaluate(FOCUSED)).startswith("linear, Huber: ")
    page.keyboard.press("Enter")
    expect(page.get_by_text("linear + Huber, unit 0–1")).to_be_visible()
    settle(page)
    assert str(page.evaluate(FOCUSED)).startswith("linear, Huber: ")
    assert page.locator("button.cell[tabindex='0']").count() == 1


def test_metric_changes_the_numbers_and_the_link(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/matrix?activation=softmax")
    expect(cell(page, "softmax, BCE")).to_contain_text("162%")
    page.get_by_role("radio", name="Loss gap").click()
    expect(cell(page, "softmax, MSE")).to_contain_text("0.0000")
    expect(page).to_have_url(re.compile(r"colour=gap"))
    page.reload()
    settle(page)
    expect(cell(page, "softmax, MSE")).to_contain_text("0.0000")


def test_on_a_phone_a_cell_is_a_digit_and_a_number(lab: LabServer, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, f"{lab.url}/matrix")
    works = cell(page, "sigmoid, BCE")
    expect(works.locator(".picture")).to_be_visible()
    expect(works.locator(".number")).to_be_visible()
    expect(works.locator(".word")).to_be_hidden()
    expect(works).to_have_attribute("aria-label", re.compile("Works"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_phone_a_tap_brings_the_cell_s_details_into_view(lab: LabServer, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 664})
    open_page(page, f"{lab.url}/matrix")
    details = page.locator(".st-key-matrix-cell")
    for name, verdict in (("softmax, BCE", "Black."), ("sigmoid, MSE", "It works.")):
        cell(page, name).click()
        expect(details.locator(".lab-headline")).to_contain_text(verdict)
        expect(details.locator(".lab-headline")).to_be_in_viewport(ratio=1)
        expect(details.locator(".lab-grid img").last).to_be_in_viewport(ratio=1)


def test_in_a_wide_window_a_click_on_a_cell_does_not_scroll(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/matrix")
    cell(page, "softmax, BCE").click()
    expect(page.locator(".lab-headline")).to_contain_text("Black.")
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollTop") == 0


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_sweep_trains_what_is_missing_and_the_map_fills_in(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/matrix?{QUICK}&seed=77")
    expect(cell(page, "sigmoid, MSE")).to_have_attribute("aria-label", re.compile("Not trained"))
    expect(page.get_by_text("Trainer ready").first).to_be_visible(timeout=120_000)
    page.get_by_role("button", name="Train the missing 2").click()
    expect(page.get_by_text(re.compile(r"\d of 2 cells"))).to_be_visible()
    for name in ("sigmoid, MSE", "sigmoid, Huber"):
        expect(cell(page, name).locator(".picture")).to_be_visible(timeout=120_000)
    expect(page.get_by_role("button", name="Train the missing")).to_have_count(0)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(lab: LabServer, page: Page, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    open_page(page, f"{lab.url}/matrix?activation=softmax&loss_from=outputs")
    found = Axe().run(page).response["violations"]
    serious = [
        (issue["id"], node["html"][:120], node["target"])
        for issue in found
        if issue["impact"] in ("serious", "critical")
        for node in issue["nodes"]
    ]
    assert serious == []
