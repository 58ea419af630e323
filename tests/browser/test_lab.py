"""The Lab page in a real browser, with a real worker."""

from __future__ import annotations

import re
import sys
from functools import partial
from operator import ne
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.variant import format_value
from support.lab_server import LabServer
from support.pages import open_page, settle

pytestmark = pytest.mark.timeout(240)
TRAINING_SECONDS = 120_000

# Looks at every frame that the browser draws, until the training is over.
WATCH = """() => {
    const seen = {readouts: new Set(), digits: new Set(), places: new Set(), blank: 0};
    window.seen = seen;
    const look = () => {
        const rows = [...document.querySelectorAll('.lab-grid img')];
        const chart = document.querySelector('[class*=st-key-lab-curve] canvas');
        const areThere = rows.length > 1 && rows.every(row => row.complete && row.naturalWidth);
        if (!areThere || !chart?.width)
            seen.blank += 1;
        else {
            seen.digits.add(rows[1].src);
            seen.places.add(Math.round(rows[0].getBoundingClientRect().top));
        }
        seen.readouts.add(document.querySelector('.lab-readout')?.innerText);
        if (!window.enough) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""
SEEN = """() => {
    window.enough = true;
    const {readouts, digits, blank, places} = window.seen;
    return {readouts: readouts.size, digits: digits.size, blank, places: [...places]};
}"""


def train_button(page: Page) -> Locator:
    # Streamlit draws a button with help twice, one for touch screens.
    return page.locator(".st-key-train button").first


def wait_for_the_end(page: Page) -> None:
    expect(train_button(page)).to_contain_text("Train again", timeout=TRAINING_SECONDS)
    settle(page)


def headline(page: Page) -> Locator:
    return page.locator(".lab-headline")


def digits_top(page: Page) -> float:
    box = page.locator(".lab-grid img").first.bounding_box()
    assert box
    return box["y"]


def test_training_the_question_s_network_moves_curve_and_digits_without_a_blank_frame(
    lab: LabServer, page: Page
) -> None:
    open_page(page, f"{lab.url}/lab?epochs=30")
    expect(headline(page)).to_contain_text("Not trained yet.")
    expect(page.locator(".lab-readout")).to_contain_text("floor 0.0591")
    before = digits_top(page)
    page.evaluate(WATCH)
    train_button(page).click()
    expect(train_button(page)).to_contain_text("Stop", timeout=TRAINING_SECONDS)
    wait_for_the_end(page)
    seen = page.evaluate(SEEN)
    assert seen["blank"] == 0
    assert seen["digits"] >= 4
    assert seen["readouts"] >= 4
    # The digits stay where they were, from the empty page to the verdict.
    assert {round(before), round(digits_top(page))} == set(seen["places"])
    expect(headline(page)).not_to_contain_text("Not")
    expect(page.get_by_role("rowheader", name="This run")).to_be_visible()


def test_a_reload_comes_back_to_the_same_training_and_stop_keeps_what_it_learned(
    lab: LabServer, page: Page
) -> None:
    open_page(page, f"{lab.url}/lab?epochs=1000&seed=2")
    train_button(page).click()
    progress = page.get_by_test_id("stProgress")
    expect(progress).to_contain_text("steps/s", timeout=TRAINING_SECONDS)
    page.reload()
    expect(train_button(page)).to_contain_text("Stop")
    expect(progress).to_contain_text("steps/s")
    train_button(page).click()
    expect(headline(page)).to_contain_text("Stopped in epoch", timeout=TRAINING_SECONDS)
    wait_for_the_end(page)


def test_from_the_question_s_own_settings_findings_alone_lead_to_good_digits(
    lab: LabServer, page: Page
) -> None:
    open_page(page, f"{lab.url}/lab?normalization=raw&activation=softmax&epochs=30&seed=3")
    remedy = page.locator("[class*=st-key-remedy] button").first
    fits = page.get_by_text("Output, loss and pixels fit together", exact=False).first
    for _ in range(4):
        expect(remedy.or_(fits).first).to_be_visible()
        if fits.is_visible():
            break
        before = page.url
        remedy.click()
        page.wait_for_url(partial(ne, before))
        settle(page)
    expect(fits).to_be_visible()
    train_button(page).click()
    wait_for_the_end(page)
    expect(headline(page).locator(".lab-tone-good")).to_be_visible()


def test_the_page_process_has_not_loaded_tensorflow_after_a_training(
    lab: LabServer, page: Page
) -> None:
    if sys.platform != "linux":
        pytest.skip("the libraries of a process are read from /proc")
    open_page(page, f"{lab.url}/lab?epochs=2&seed=4")
    train_button(page).click()
    wait_for_the_end(page)
    assert "tensorflow" not in Path(f"/proc/{lab.process.pid}/maps").read_text()


def opened_and_closed(page: Page) -> None:
    """ "More settings", which the browser then keeps the widgets of."""
    page.get_by_role("button", name="More settings").click()
    expect(page.get_by_label("Learning rate", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Learning rate", exact=True)).to_have_count(0)


def test_remedy_stays_at_the_next_click_after_more_settings_was_open(
    lab: LabServer, page: Page
) -> None:
    open_page(page, f"{lab.url}/lab?learning_rate=10&batch_size=50")
    opened_and_closed(page)
    page.get_by_role("button", name="Use rate 0.001").click()
    expect(page).to_have_url(re.compile("learning_rate=0.001&"))
    settle(page)
    page.get_by_role("radio", name="tanh").click()
    expect(page).to_have_url(re.compile("activation=tanh&.*learning_rate=0.001&batch_size=50"))
    page.get_by_role("button", name="More settings").click()
    expect(page.get_by_label("Learning rate", exact=True)).to_have_value("0.001")


def test_back_stays_at_the_next_click_after_more_settings_was_open(
    lab: LabServer, page: Page
) -> None:
    open_page(page, f"{lab.url}/lab?batch_size=50")
    page.get_by_role("button", name="More settings").click()
    rate = page.get_by_label("Learning rate", exact=True)
    rate.fill("0.01")
    rate.press("Enter")
    expect(page).to_have_url(re.compile("learning_rate=0.01&"))
    page.keyboard.press("Escape")
    page.go_back()
    expect(page).to_have_url(re.compile("learning_rate=0.001&"))
    settle(page)
    page.get_by_role("radio", name="tanh").click()
    expect(page).to_have_url(re.compile("activation=tanh&.*learning_rate=0.001&batch_size=50"))


def test_settings_survive_a_visit_to_another_page(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/lab?activation=tanh&difference=1")
    page.get_by_role("link", name="Story", exact=True).click()
    expect(page.get_by_text("Output activation")).to_have_count(0)
    page.get_by_role("link", name="Lab", exact=True).first.click()
    settle(page)
    assert "activation=tanh" in page.url
    expect(page.get_by_text("Difference", exact=True).first).to_be_visible()
    assert "difference=1" in page.url


@pytest.mark.parametrize(
    ("label", "value", "refused"),
    [
        ("Hidden layers", "abc", "layers cannot be 'abc'"),
        ("Learning rate", "50", "learning_rate cannot be 50.0"),
        ("Epochs", "0", "epochs cannot be 0"),
    ],
)
def test_refused_value_is_reported_at_its_field_and_on_the_page(
    lab: LabServer, page: Page, label: str, value: str, refused: str
) -> None:
    open_page(page, f"{lab.url}/lab")
    page.get_by_role("button", name="More settings").click()
    popover = page.get_by_test_id("stPopoverBody")
    field = popover.locator(f"input[aria-label='{label}']")
    field.fill(value)
    field.press("Enter")
    said = popover.get_by_role("alert").filter(has_text=refused)
    expect(said).to_be_in_viewport()
    expect(field).to_have_value(value)
    page.keyboard.press("Escape")
    expect(popover).to_have_count(0)
    on_the_page = page.get_by_test_id("stMarkdown").filter(has_text=refused)
    expect(on_the_page).to_contain_text("Used instead:")
    expect(on_the_page).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_verdict_and_digits_stay_in_view_while_settings_change(
    lab: LabServer, browser: Browser, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 664}, color_scheme=scheme)
    page = context.new_page()
    open_page(page, f"{lab.url}/lab")
    digits = page.locator(".st-key-lab-strip .lab-grid img")
    for setting, verdict in (("softmax", "Black."), ("raw 0–255", "Diverged.")):
        page.get_by_role("radio", name=setting).click()
        settle(page)
        expect(headline(page)).to_contain_text(verdict)
        expect(headline(page)).to_be_in_viewport(ratio=1)
        expect(digits).to_have_count(2)
        for row in digits.all():
            expect(row).to_be_in_viewport(ratio=1)
    finding = page.locator("[class*=st-key-remedy] button").first
    finding.scroll_into_view_if_needed()
    expect(finding).to_be_in_viewport(ratio=1)
    expect(digits.last).to_be_in_viewport(ratio=1)
    context.close()


GAPS_BETWEEN_WIDTHS = """() => {
    const shown = [...document.querySelectorAll('.lab-funnel span')]
        .filter(span => getComputedStyle(span).visibility === 'visible')
        .map(span => span.getBoundingClientRect());
    return shown.slice(1).map((box, at) => box.left - shown[at].right);
}"""


@pytest.mark.parametrize(
    "layers", ["1", "1024-1-1024", "-".join(["1024"] * 5), "-".join(["1024"] * 9)]
)
def test_widths_in_the_funnel_do_not_touch(
    lab: LabServer, page: Page, layers: tuple[int, ...]
) -> None:
    open_page(page, f"{lab.url}/lab?layers={format_value(layers)}")
    for width in (1280, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        gaps = page.evaluate(GAPS_BETWEEN_WIDTHS)
        assert len(gaps) >= 2
        assert min(gaps) > 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 768, 390])
def test_nothing_is_wider_than_the_window(
    lab: LabServer, browser: Browser, width: int, theme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
    )
    page = context.new_page()
    open_page(page, f"{lab.url}/lab?activation=softmax&difference=1")
    inner = page.evaluate(
        "document.querySelector('[data-testid=stMainBlockContainer]').scrollWidth"
    )
    assert inner <= width
    context.close()
