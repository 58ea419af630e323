"""The library in a browser: select, take home, read offline, delete, undo, carry to another lab."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.diagnostics import verdict
from core.store import RunStore
from core.variant import Variant
from support.lab_server import LabServer
from support.pages import open_page, settle
from support.runs import make_run

pytestmark = pytest.mark.timeout(240)
HEADER = 40
ROW = 62


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A lab of its own, in which two runs were trained."""
    home = tmp_path_factory.mktemp("shelf")
    store = RunStore(home, judge=verdict)
    for activation in ("softmax", "sigmoid"):
        store.put(make_run(Variant(seed=77, activation=activation)))
    with LabServer(home) as server:
        yield server


def find(page: Page, words: str) -> None:
    page.get_by_label("Search", exact=True).fill(words)
    page.keyboard.press("Enter")
    settle(page)


def select(page: Page, *rows: int) -> None:
    """Clicks the boxes of some rows; the table is drawn on a canvas."""
    canvas = page.get_by_test_id("stDataFrame").locator("canvas").first
    box = canvas.bounding_box()
    assert box is not None
    for row in rows:
        page.mouse.click(box["x"] + 18, box["y"] + HEADER + row * ROW + ROW / 2)
        settle(page)


def table(page: Page) -> Locator:
    """The table as a screen reader finds it, beneath its canvas."""
    return page.get_by_test_id("stDataFrame").locator("canvas").first


def first_error(page: Page) -> Locator:
    """The MSE in the first row; the boxes of the selection are column 0."""
    return table(page).locator('[role=row][aria-rowindex="2"] [aria-colindex="4"]')


def export(page: Page, label: str, folder: Path) -> Path:
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    target = folder / download.value.suggested_filename
    download.value.save_as(target)
    page.keyboard.press("Escape")
    return target


def test_two_runs_are_found_and_led_to_a_comparison(shelf: LabServer, page: Page) -> None:
    open_page(page, f"{shelf.url}/library")
    find(page, "seed 77")
    expect(page.get_by_role("status").filter(has_text="2 of 178 runs.")).to_be_visible()
    select(page, 0, 1)
    page.locator(".st-key-library-to-compare").get_by_role("link").click()
    expect(page.get_by_text("Only the output activation differs.")).to_be_visible()


def test_a_heading_sorts_every_page_of_the_list_and_stands_in_the_link(
    shelf: LabServer, page: Page
) -> None:
    open_page(page, f"{shelf.url}/library?origin=shipped&page=2")
    canvas = table(page).bounding_box()
    assert canvas is not None
    # The headings as a screen reader finds them; their widths are those of `table.py`.
    mse = canvas["x"] + 36 + 64 + 190 + 380 + 20
    page.mouse.click(mse, canvas["y"] + 18)
    expect(page).to_have_url(f"{shelf.url}/library?origin=shipped&sort=mse")
    settle(page)
    expect(table(page)).to_contain_text("MSE ↑")
    expect(first_error(page)).to_have_text(
        re.compile(r"0\.0142")
    )  # relu + Huber is the best of all
    page.mouse.click(mse, canvas["y"] + 18)
    expect(page).to_have_url(f"{shelf.url}/library?origin=shipped&sort=-mse")
    settle(page)
    expect(first_error(page)).to_have_text(re.compile(r"0\.6978"))  # and sigmoid + CCE the worst
    expect(page.get_by_role("combobox", name="Order")).to_have_value("Largest pixel error first")


def test_a_columns_menu_offers_no_order_of_one_page_alone(shelf: LabServer, page: Page) -> None:
    open_page(page, f"{shelf.url}/library")
    canvas = table(page).bounding_box()
    assert canvas is not None
    page.mouse.move(canvas["x"] + 36 + 64 + 100, canvas["y"] + 18)
    page.mouse.click(canvas["x"] + 36 + 64 + 190 - 14, canvas["y"] + 18)
    menu = page.get_by_test_id("stDataFrameColumnMenu")
    expect(menu.get_by_role("menuitem", name="Autosize")).to_be_visible()
    expect(menu.get_by_text("Sort ascending")).to_be_hidden()
    expect(menu.get_by_text("Sort descending")).to_be_hidden()


def test_a_list_is_found_again_by_its_link_and_on_the_way_back(
    shelf: LabServer, page: Page, browser: Browser
) -> None:
    open_page(page, f"{shelf.url}/library")
    find(page, "mnist")
    page.get_by_role("button", name="page 2", exact=False).first.click()
    expect(page).to_have_url(f"{shelf.url}/library?search=mnist&page=2")
    settle(page)
    expect(table(page)).to_contain_text(re.compile(r"(sigmoid|linear|tanh|relu|softmax) \+ "))
    listed = table(page).text_content() or ""
    other = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB")
    visitor = other.new_page()
    open_page(visitor, page.url)
    expect(visitor.get_by_label("Search", exact=True)).to_have_value("mnist")
    expect(table(visitor)).to_have_text(listed)
    other.close()
    page.get_by_role("link", name="Losses", exact=True).click()
    expect(page.get_by_text("One pixel", exact=True)).to_be_visible()
    settle(page)
    page.get_by_role("link", name="Library", exact=True).click()
    expect(page).to_have_url(f"{shelf.url}/library?search=mnist&page=2")


def test_a_report_opens_from_disk_without_a_network(
    shelf: LabServer, page: Page, browser: Browser, tmp_path: Path
) -> None:
    open_page(page, f"{shelf.url}/library")
    find(page, "sigmoid seed 77")
    select(page, 0)
    report = export(page, "Report (HTML)", tmp_path)
    asked: list[str] = []
    complaints: list[str] = []
    offline = browser.new_context(offline=True)
    reader = offline.new_page()
    reader.on("request", lambda request: asked.append(request.url))
    reader.on("console", lambda message: complaints.append(message.text))
    reader.goto(report.as_uri())
    expect(reader.get_by_role("heading", name="sigmoid + BCE").first).to_be_visible()
    pictures = reader.locator("img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert pictures == [1774, 1774]  # 10 cells of 172 pixels and 9 gaps of 6
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert complaints == []
    offline.close()


def test_a_run_is_carried_from_one_lab_to_another(
    shelf: LabServer, page: Page, tmp_path: Path
) -> None:
    open_page(page, f"{shelf.url}/library")
    find(page, "softmax seed 77")
    select(page, 0)
    archive = export(page, "Archive for another lab", tmp_path)
    page.get_by_role("button", name="Delete").click()
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("1 run deleted.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 run deleted.")).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="1 of 178 runs.")).to_be_visible()
    page.get_by_role("button", name="Import").click()
    page.locator("input[type=file]").set_input_files(archive)
    expect(page.get_by_text("0 runs added. 1 run already existed.")).to_be_visible()
