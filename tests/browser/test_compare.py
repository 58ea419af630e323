"""The Compare page in a browser: linked to, replayed, enlarged, trained for, past axe."""

from __future__ import annotations

import io
import re
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from core.charts import digit_images
from core.charts.palette import LIGHT
from core.metrics import image_metrics
from core.store.shipped import Gallery
from core.variant import Variant
from core.views.compare.comparison import link_query
from core.views.lab.lab_view import frame_at
from support.lab_server import LabServer
from support.pages import open_page, settle

SIGMOID = Variant()
SOFTMAX = Variant(activation="softmax")
LINEAR = Variant(activation="linear", loss="mean_squared_error")
OTHER_LOSSES = ("mean_squared_error", "mean_absolute_error", "huber")
SERIOUS = ("serious", "critical")
TRAINING_MILLISECONDS = 120_000

# Looks at every frame that the browser draws, while a replay runs.
WATCH = """() => {
    const seen = {digits: new Set(), blank: 0};
    window.seen = seen;
    const look = () => {
        const rows = [...document.querySelectorAll('.lab-grid img')];
        const chart = document.querySelector('.st-key-compare-metric canvas');
        if (rows.length < 3 || !chart || !rows.every(row => row.complete && row.naturalWidth))
            seen.blank += 1;
        else
            seen.digits.add(rows[1].src);
        if (!window.enough) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""
SEEN = """() => {
    window.enough = true;
    return {digits: window.seen.digits.size, blank: window.seen.blank};
}"""


def link(lab: LabServer, *variants: Variant, **view: str) -> str:
    return f"{lab.url}/compare?{urlencode(link_query(variants) | view)}"


def rows(page: Page) -> list[str]:
    """The pictures of the grid, the originals first."""
    found: list[str] = page.locator(".lab-grid img").evaluate_all("all => all.map(e => e.src)")
    return found


def test_a_link_shows_a_first_visitor_the_same_digits_to_the_pixel(
    lab: LabServer, page: Page
) -> None:
    open_page(page, link(lab, SIGMOID, SOFTMAX, epoch="2"))
    expect(page.locator(".lab-grid img")).to_have_count(3)
    expected = []
    for variant in (SIGMOID, SOFTMAX):
        run = Gallery().get(variant.key)
        assert run
        pixels = image_metrics.displayed(frame_at(run.history, 2.0).pixels)
        expected.append(digit_images.digit_row(pixels, frame=LIGHT.border))
    assert rows(page)[1:] == expected
    expect(page.locator(".lab-headline")).to_contain_text("Only the output activation differs.")


def test_a_ready_comparison_opens_with_one_click_and_again_after_it_was_removed(
    lab: LabServer, page: Page
) -> None:
    open_page(page, f"{lab.url}/compare")
    expect(page.locator(".lab-headline")).to_contain_text("Nothing to compare yet.")
    for _ in range(2):
        expect(page.locator(".st-key-compare-examples img")).to_have_count(8)
        # Anywhere on the card, such as on its digits.
        card = page.locator(".st-key-compare-example-0").bounding_box()
        assert card is not None
        page.mouse.click(card["x"] + card["width"] / 2, card["y"] + card["height"] - 40)
        expect(page).to_have_url(f"{lab.url}/compare?a=default&b=activation.softmax")
        expect(page.get_by_text("Both losses are the same to every decimal")).to_be_visible()
        for letter in ("B", "A"):
            page.locator(f".st-key-compare-chip-{letter}").get_by_role("button").first.click()
            page.get_by_role("button", name=f"Remove {letter}").click()
            settle(page)


def test_play_shows_every_picture_without_a_blank_frame_and_ends_by_itself(
    lab: LabServer, page: Page
) -> None:
    open_page(page, link(lab, SIGMOID, SOFTMAX, LINEAR))
    expect(page.locator(".st-key-compare-metric canvas")).to_be_visible()
    at_the_end = rows(page)
    page.evaluate(WATCH)
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_visible(timeout=60_000)
    settle(page)
    seen = page.evaluate(SEEN)
    assert seen["blank"] == 0
    # A busy machine may draw several of the nine pictures at once.
    assert seen["digits"] >= 2
    assert rows(page) == at_the_end


def test_arrow_keys_move_the_epoch_of_all_rows_and_the_link_follows(
    lab: LabServer, page: Page
) -> None:
    open_page(page, link(lab, SIGMOID, LINEAR, epoch="1"))
    before = rows(page)
    slider = page.get_by_role("slider", name="Epoch of all rows")
    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"&epoch=2$"))
    settle(page)
    after = rows(page)
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert after[2] != before[2]


def test_a_click_on_a_digit_enlarges_it_in_every_run_and_tells_its_values(
    lab: LabServer, page: Page
) -> None:
    open_page(page, link(lab, SIGMOID, SOFTMAX))
    row = page.locator(".lab-grid img").first.bounding_box()
    assert row is not None
    # The fourth of ten.
    page.mouse.click(row["x"] + 0.35 * row["width"], row["y"] + row["height"] / 2)
    maps = page.locator(".st-key-panels-compare .js-plotly-plot")
    expect(maps).to_have_count(3)
    expect(page).to_have_url(re.compile(r"&digit=3$"))
    settle(page)
    # A corner of the chosen digit, with the pointer on it: still black, no tint lies over it.
    corner = {"x": row["x"] + 0.31 * row["width"], "y": row["y"] + 8, "width": 4, "height": 4}
    seen = Image.open(io.BytesIO(page.screenshot(clip=corner))).convert("RGB")
    assert seen.getextrema() == ((0, 0), (0, 0), (0, 0))
    maps.nth(1).scroll_into_view_if_needed()
    maps.nth(1).hover()
    told = page.locator(".hoverlayer").get_by_text(re.compile(r"row \d+, column \d+: \d\.\d{2,3}$"))
    expect(told).to_be_visible()


def test_the_keyboard_enlarges_a_digit_and_takes_it_back(lab: LabServer, page: Page) -> None:
    open_page(page, link(lab, SIGMOID, SOFTMAX))
    button = page.get_by_role("radio", name="Enlarge image 8")
    button.focus()
    button.press("Space")
    expect(page).to_have_url(re.compile(r"&digit=7$"))
    expect(page.locator(".st-key-panels-compare .js-plotly-plot")).to_have_count(3)
    settle(page)
    button.press("Space")
    expect(page.locator(".st-key-panels-compare .js-plotly-plot")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"b=activation.softmax$"))


@pytest.mark.timeout(240)
def test_missing_runs_are_trained_with_one_click_and_join(lab: LabServer, page: Page) -> None:
    short = [Variant(epochs=2, seed=41), Variant(epochs=2, seed=41, activation="linear")]
    open_page(page, link(lab, *short))
    expect(page.locator(".lab-headline")).to_contain_text("A and B are not trained yet.")
    page.get_by_role("button", name="Train all 2").first.click()
    expect(page.locator(".lab-headline")).to_contain_text(
        "Only the output activation differs.", timeout=TRAINING_MILLISECONDS
    )
    expect(page.locator(".lab-grid img")).to_have_count(3)


@pytest.mark.timeout(240)
def test_a_run_with_one_setting_changed_trains_and_joins(lab: LabServer, page: Page) -> None:
    open_page(page, link(lab, SIGMOID, SOFTMAX))
    page.get_by_role("button", name="Add a run").click()
    page.get_by_role("radio", name="Change one setting").click()
    settle(page)
    page.get_by_role("combobox", name="Setting").click()
    page.get_by_role("option", name="Epochs", exact=True).click()
    box = page.get_by_role("textbox", name="Instead of 67")
    box.fill("2")
    box.press("Enter")
    page.get_by_role("button", name="Train and add").first.click()
    expect(page).to_have_url(re.compile(r"&c=epochs.2$"))
    expect(page.locator(".lab-headline")).not_to_contain_text(
        re.compile("train"), timeout=TRAINING_MILLISECONDS
    )
    expect(page.locator(".lab-grid img")).to_have_count(4)


def test_the_lab_adds_its_settings_to_the_last_comparison(lab: LabServer, page: Page) -> None:
    open_page(page, link(lab, SIGMOID, SOFTMAX))
    page.get_by_role("button", name="B softmax + BCE").click()
    page.get_by_role("button", name="Remove B").click()
    expect(page).to_have_url(f"{lab.url}/compare?a=default")
    page.get_by_role("link", name="Lab", exact=True).click()
    expect(page.get_by_text("Pixels scaled to")).to_be_visible()
    page.get_by_role("radio", name="softmax").click()
    settle(page)
    page.get_by_role("link", name="Compare with other runs").click()
    expect(page.locator(".lab-grid img")).to_have_count(3)
    expect(page).to_have_url(f"{lab.url}/compare?a=default&b=activation.softmax")


def test_coming_back_finds_the_comparison_as_it_was(lab: LabServer, page: Page) -> None:
    open_page(page, link(lab, SIGMOID, LINEAR, epoch="8"))
    page.get_by_role("link", name="Losses", exact=True).click()
    expect(page.get_by_text("One pixel", exact=True)).to_be_visible()
    settle(page)
    page.get_by_role("link", name="Compare", exact=True).click()
    expect(page.locator(".lab-grid img")).to_have_count(3)
    expect(page).to_have_url(re.compile(r"&epoch=8$"))


def test_nothing_is_cut_off_on_a_phone(lab: LabServer, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, link(lab, SIGMOID, SOFTMAX, LINEAR, digit="5"))
    expect(page.locator(".st-key-panels-compare .js-plotly-plot")).to_have_count(4)
    settle(page)
    widest = page.evaluate(
        """() => Math.max(...[...document.querySelectorAll(
            '[data-testid=stMainBlockContainer] :is(p, img, canvas, svg.main-svg, button, table)'
        )].filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().right))"""
    )
    assert widest <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(lab: LabServer, browser: Browser, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme=scheme)
    page = context.new_page()
    for url in (f"{lab.url}/compare", link(lab, SIGMOID, SOFTMAX, LINEAR, digit="5")):
        open_page(page, url)
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == []
    draw_a_one(page)
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == []
    context.close()


def draw_a_one(page: Page) -> None:
    page.get_by_text("Draw or upload an image").click()
    pad = page.get_by_role("application", name="Pad to draw a digit on")
    expect(pad).to_have_attribute("data-strokes", re.compile(r"\d"))
    settle(page)
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    across, top = box["x"] + box["width"] / 2, box["y"]
    page.mouse.move(across, top + 0.15 * box["height"])
    page.mouse.down()
    page.mouse.move(across, top + 0.85 * box["height"], steps=5)
    page.mouse.up()
    expect(page.get_by_alt_text("Your image 28 × 28 pixels.")).to_be_visible()
    settle(page)


def test_a_drawing_goes_through_each_run(lab: LabServer, page: Page) -> None:
    open_page(page, link(lab, SIGMOID, SOFTMAX))
    draw_a_one(page)
    images = page.locator(".lab-own-images img")
    expect(images).to_have_count(3)
    said = [images.nth(at).get_attribute("alt") or "" for at in (1, 2)]
    sigmoid, softmax = (float(words.rpartition("MSE ")[2].rstrip(".")) for words in said)
    # Sigmoid draws a stroke, softmax nothing: its error is about the mean square of the drawing.
    assert sigmoid < softmax / 2
    page.get_by_role("button", name="Clear").click()
    expect(images).to_have_count(0)


@pytest.mark.parametrize("size", [(1280, 720), (3840, 2160)])
def test_a_presented_comparison_fills_the_window_and_escape_ends_it(
    lab: LabServer, page: Page, size: tuple[int, int]
) -> None:
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    six = [SIGMOID, SOFTMAX, LINEAR, *(Variant(loss=each) for each in OTHER_LOSSES)]
    for variants in (six[:2], six):
        open_page(page, link(lab, *variants, present="1"))
        expect(page.get_by_test_id("stEChartsChart").locator("svg").first).to_be_visible()
        assert page.get_by_test_id("stMain").evaluate("e => e.scrollHeight - e.clientHeight") <= 0
        box = page.locator(".st-key-compare-presented").bounding_box()
        assert box is not None
        assert 0.67 * height < box["y"] + box["height"] <= height
        assert 0.95 * width < box["x"] + box["width"] <= width
    page.keyboard.press("ArrowRight")  # belongs to the story
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Matrix")).to_be_visible()
    expect(page).not_to_have_url(re.compile("present"))
