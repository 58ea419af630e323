"""What Back sets stays at the next click, though the browser kept a closed popover's widgets."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from support.lab_server import LabServer
from support.pages import open_page, settle


def back_to(page: Page, ending: str) -> None:
    page.keyboard.press("Escape")
    page.go_back()
    expect(page).to_have_url(re.compile(rf"{ending}$"))
    settle(page)


def test_a_setting_of_the_matrix_stays_as_back_has_set_it(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/matrix")
    page.get_by_role("button", name="Axes").click()
    batch = page.get_by_label("Batch", exact=True)
    batch.fill("7")
    batch.press("Enter")
    expect(page).to_have_url(re.compile(r"\?batch_size=7$"))
    back_to(page, "/matrix")
    page.get_by_role("radio", name="SSIM").click()
    expect(page).to_have_url(re.compile(r"/matrix\?colour=ssim$"))
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.get_by_role("button", name="Axes").click()
    expect(page.get_by_label("Batch", exact=True)).to_have_value("100")


def test_a_filter_of_the_library_stays_as_back_has_set_it(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/library")
    page.get_by_role("button", name="Filter").click()
    page.locator("[class*=st-key-library-filter-] input").first.click()
    page.get_by_role("option").first.click()
    expect(page).to_have_url(re.compile(r"/library\?\w+="))
    page.keyboard.press("Escape")
    back_to(page, "/library")
    search = page.get_by_role("textbox", name="Search")
    search.fill("relu")
    search.press("Enter")
    expect(page).to_have_url(re.compile(r"/library\?search=relu$"))
    expect(page.get_by_role("button", name="Filter", exact=True)).to_be_visible()


def test_a_level_on_the_curve_stays_as_back_has_set_it(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/lab")
    page.get_by_role("button", name="Curve").click()
    page.get_by_text("Floor", exact=True).click()
    expect(page).to_have_url(re.compile(r"floor="))
    page.keyboard.press("Escape")
    page.go_back()
    expect(page).not_to_have_url(re.compile(r"floor="))
    settle(page)
    page.get_by_role("radio", name="tanh").click()
    expect(page).to_have_url(re.compile(r"activation=tanh"))
    settle(page)
    expect(page).not_to_have_url(re.compile(r"floor="))
