"""The story in a browser: turned by key, shown to a room, past axe in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from core.views.story.story_state import STEPS
from support.lab_server import LabServer
from support.pages import open_page, settle

PRESENTER = Path(__file__).parents[2] / "pages/components/common/presenter.js"
SERIOUS = ("serious", "critical")
HEADINGS = {
    1: "The loss falls without bound. The image is black.",
    2: "The loss looks fine. The image is black.",
    3: "The same loss curve, but now the digits are there.",
    4: "The loss is not zero, and it cannot be.",
    5: "Other pairs fit too. Two of these do not.",
    6: "When softmax is right: images that sum to one.",
}


def test_arrow_keys_change_the_step(lab: LabServer, page: Page) -> None:
    open_page(page, lab.url)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="The loss looks fine.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?step=2$"))
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", name="The loss falls without bound.")).to_be_visible()


def heading(page: Page, step: int) -> Locator:
    return page.get_by_role("heading", name=HEADINGS[step], exact=True)


def press_shortcut(page: Page, button: str, key: str) -> None:
    """Press the key of a button; it listens only after it was drawn, in an effect of React's."""
    expect(page.get_by_role("button", name=button)).to_be_visible()
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestIdleCallback(drawn)))")
    page.keyboard.press(key)


@pytest.mark.parametrize("clicked", ["the toggle", "a step", "Next", "a digit", "nothing"])
def test_keys_of_a_presentation_work_whatever_was_clicked_before(
    lab: LabServer, page: Page, clicked: str
) -> None:
    open_page(page, f"{lab.url}/?step=2")
    page.get_by_text("Present", exact=True).click()
    expect(page.get_by_role("button", name="Full screen")).to_be_visible()
    step = 2
    if clicked == "a step":
        page.get_by_role("radio", name="3 Sigmoid").click()
        step = 3
    elif clicked == "Next":
        page.get_by_role("button", name="Next").click()
        step = 3
    elif clicked == "a digit":
        page.locator(".lab-grid img").first.click()
    elif clicked == "nothing":
        open_page(page, f"{lab.url}/?step=2&present=1")
    expect(heading(page, step)).to_be_visible()
    settle(page)
    for key, after in {
        "PageDown": step + 1,
        "PageUp": step,
        " ": step + 1,
        "ArrowLeft": step,
        "ArrowRight": step + 1,
        "End": 6,
        "Home": 1,
        "5": 5,
    }.items():
        page.keyboard.press(key)
        expect(heading(page, after)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Matrix")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?step=5$"))


def test_keys_that_come_faster_than_the_page_count_each(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/?step=1&present=1")
    for _ in range(3):
        page.keyboard.press("PageDown")
    expect(heading(page, 4)).to_be_visible()


def test_keys_count_from_the_requested_step_until_the_page_draws_it(page: Page) -> None:
    requested = page.evaluate(
        """async script => {
            const address = "data:text/javascript," + encodeURIComponent(script);
            const { default: draw } = await import(address);
            const parentElement = document.createElement("div");
            parentElement.append(document.createElement("button"));
            const requested = [];
            const setTriggerValue = (_, step) => requested.push(step);
            const show = step =>
                draw({ parentElement, data: { step, last: 6, present: true }, setTriggerValue });
            const press = key =>
                document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            show(3);
            press("PageUp");
            show(3); // still the earlier step
            press(" ");
            show(2); // the answer to the first key
            press("ArrowRight");
            show(3);
            show(4); // all keys are answered
            document.body.click();
            show(1); // by a click
            press("PageDown");
            return requested;
        }""",
        PRESENTER.read_text(encoding="utf-8"),
    )
    assert requested == [2, 3, 4, 2]


def test_keys_scroll_a_page_that_is_not_presented(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/?step=1")
    page.keyboard.press("5")
    page.keyboard.press("f")
    page.keyboard.press("ArrowRight")
    expect(heading(page, 2)).to_be_visible()
    assert page.evaluate("document.fullscreenElement") is None


def test_space_on_a_button_reached_by_keyboard_presses_it(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/?step=3&present=1")
    page.get_by_role("button", name="Back").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Back")).to_be_focused()
    page.keyboard.press(" ")
    expect(heading(page, 2)).to_be_visible()


def test_full_screen_by_key_and_by_button(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/?step=1&present=1")
    expect(page.get_by_role("button", name="Full screen")).to_be_visible()
    page.keyboard.press("f")
    leave = page.get_by_role("button", name="Leave full screen")
    expect(leave).to_be_visible()
    leave.click()
    expect(page.get_by_role("button", name="Full screen", exact=True)).to_be_visible()
    assert page.evaluate("document.fullscreenElement") is None


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (3840, 2160)])
def test_a_presented_step_fills_the_window(
    lab: LabServer, page: Page, size: tuple[int, int]
) -> None:
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    for step in STEPS:
        open_page(page, f"{lab.url}/?step={step}&present=1")
        expect(page.get_by_test_id("stEChartsChart").locator("svg").first).to_be_visible()
        assert page.get_by_test_id("stMain").evaluate("e => e.scrollHeight - e.clientHeight") <= 0
        ends = page.locator(".lab-grid, .lab-story, .st-key-lab-story-try").evaluate_all(
            "all => all.map(e => e.getBoundingClientRect()).map(r => [r.right, r.bottom])"
        )
        assert 0.95 * width < max(right for right, _ in ends) <= width
        assert 0.67 * height < max(bottom for _, bottom in ends) <= height
        # 2.1 times the base size of 15 pixels at 720.
        size_of_title = "e => parseFloat(getComputedStyle(e).fontSize) * e.currentCSSZoom"
        title = page.locator(".lab-story-title").evaluate(size_of_title)
        assert title == pytest.approx(2.1 * 15 * height / 720)


def test_the_answer_to_a_prediction_does_not_reach_the_browser_before_it_is_given(
    lab: LabServer, page: Page
) -> None:
    received: list[bytes] = []
    page.on(
        "websocket",
        lambda socket: socket.on(
            "framereceived",
            lambda frame: received.append(
                bytes(frame, "utf-8", "replace") if isinstance(frame, str) else frame
            ),
        ),
    )
    open_page(page, f"{lab.url}/?step=2&predict=1&present=1")
    expect(page.get_by_role("heading", name="Which image will come out?")).to_be_visible()
    told = (HEADINGS[2], "784 outputs that sum to 1", "sum of all pixels")
    before = b"".join(received)
    assert len(before) > 1000
    assert [text for text in told if text.encode() in before or text in page.content()] == []
    press_shortcut(page, "This one: W", "w")
    expect(heading(page, 2)).to_be_visible()
    expect(page.get_by_text("784 outputs that sum to 1")).to_be_visible()
    assert page.get_by_test_id("stMain").evaluate("e => e.scrollHeight - e.clientHeight") <= 0
    page.keyboard.press("PageDown")
    expect(page.get_by_role("heading", name="Which image will come out?")).to_be_visible()
    press_shortcut(page, "Skip", "s")
    expect(heading(page, 3)).to_be_visible()


# Notes every image that a row of digits shows, and presses a key at the first one if it is to skip.
RECORD = """(skips) => {
    window.shown = [];
    new MutationObserver((changes) => {
        for (const { target } of changes) {
            if (!target.matches(".lab-grid img")) continue;
            window.shown.push(target.src);
            if (skips) dispatchEvent(new KeyboardEvent("keydown", { key: "x" }));
        }
    }).observe(document, { subtree: true, attributes: true, attributeFilter: ["src"] });
}"""
PLAYED = "() => window.shown.length && !document.documentElement.matches('.lab-playing')"
RECONSTRUCTION = ".lab-grid img >> nth=1"


def test_a_step_plays_once_and_rests_and_a_key_ends_it(lab: LabServer, page: Page) -> None:
    page.add_init_script(f"({RECORD})(false)")
    open_page(page, f"{lab.url}/?step=2")
    page.wait_for_function(PLAYED)
    page.evaluate("window.shown = []")
    page.get_by_role("button", name="Next").click()
    expect(heading(page, 3)).to_be_visible()
    page.wait_for_function(PLAYED)
    # Two rows of the nine stored frames, from before the first step to the end. The softmax run is
    # black all the time, but in shades that differ.
    assert len(page.evaluate("[...new Set(window.shown)]")) == 18
    at_rest = page.locator(RECONSTRUCTION).get_attribute("src")
    assert at_rest in page.evaluate("window.shown.slice(-2)")
    page.evaluate("window.shown = []")
    settle(page)
    assert page.evaluate("window.shown") == []
    page.evaluate(RECORD, True)
    page.get_by_role("button", name="Play again").click()
    page.wait_for_function(PLAYED)
    assert page.locator(RECONSTRUCTION).get_attribute("src") == at_rest
    assert len(page.evaluate("[...new Set(window.shown)]")) < 8
    expect(page.get_by_text(re.compile(r"^epoch [\d.]+$"))).to_have_count(0)


def test_a_step_is_at_rest_where_motion_is_to_be_reduced(lab: LabServer, browser: Browser) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.add_init_script(f"({RECORD})(false)")
    open_page(page, f"{lab.url}/?step=2")
    expect(page.get_by_role("button", name="Play again")).to_be_visible()
    assert page.evaluate("window.shown") == []
    context.close()


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
