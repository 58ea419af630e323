"""The pad below the story: two networks reconstruct a drawing, and the server has no part in it."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from support.lab_server import LabServer
from support.pages import open_page, settle

# The greys of the three small images: the digit, sigmoid's and softmax's reconstruction.
GREYS = """(root) => [...root.querySelectorAll("figure canvas")].map((canvas) =>
    [...canvas.getContext("2d").getImageData(0, 0, 28, 28).data].filter((_, at) => at % 4 === 0))"""
# A 7, in shares of the pad's edge: 100 moves.
SEVEN = [(0.25 + 0.01 * step, 0.25) for step in range(50)]
SEVEN += [(0.75 - 0.006 * step, 0.25 + 0.011 * step) for step in range(51)]
SERIOUS = ("serious", "critical")


def open_pad(page: Page, url: str) -> Locator:
    """Opens the pad of a lab whose trainer no longer changes the page while it starts."""
    open_page(page, url)
    ready = page.get_by_text("Trainer ready").filter(visible=True).first
    expect(ready).to_be_visible(timeout=120_000)
    page.get_by_text("Draw a digit, and watch both networks").click()
    pad = page.get_by_role("application", name="Pad to draw a digit on")
    expect(pad).to_have_attribute("data-strokes", "0")
    settle(page)
    pad.scroll_into_view_if_needed()
    return pad


def places(pad: Locator) -> list[tuple[float, float]]:
    box = pad.bounding_box()
    assert box is not None
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]


def root(page: Page) -> Locator:
    return page.locator(".drawing")


def sums(page: Page) -> list[float]:
    """The sums of the three images in pixel values."""
    return [sum(greys) / 255 for greys in root(page).evaluate(GREYS)]


def pictures(page: Page) -> int:
    return int(root(page).get_attribute("data-pictures") or 0)


def sent_by(page: Page) -> list[object]:
    """Fills with what the page sends to its server from when it is next opened."""
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    return sent


def assert_a_seven(page: Page) -> None:
    drawn, sigmoid, softmax = sums(page)
    assert 40 < drawn < 130
    # Its pixels have about the sum of the digit's; those of softmax have 1, less what is rounded
    # to black.
    assert sigmoid == pytest.approx(drawn, rel=0.25)
    assert softmax <= 1
    said = page.get_by_role("status").filter(has_text="Your digit’s pixels sum to")
    expect(said).to_contain_text("softmax + BCE draws pixels that sum to 1.0")


def test_every_move_of_a_mouse_is_reconstructed_without_the_server(
    lab: LabServer, page: Page
) -> None:
    sent = sent_by(page)
    pad = open_pad(page, lab.url)
    before = len(sent)
    assert before > 0
    first, *others = places(pad)
    page.mouse.move(*first)
    page.mouse.down()
    for place in others:
        page.mouse.move(*place)
    page.mouse.up()
    assert pictures(page) == 101  # a hundred moves and the press
    assert_a_seven(page)
    page.get_by_role("button", name="Undo").click()
    assert sums(page) == [0, 0, 0]
    expect(page.get_by_role("status").filter(has_text="Draw a digit:")).to_be_visible()
    expect(page.get_by_role("button", name="Clear")).to_be_disabled()
    assert len(sent) == before


def touch_context(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)


def test_a_finger_draws_on_a_phone_without_scrolling(lab: LabServer, browser: Browser) -> None:
    context = touch_context(browser)
    page = context.new_page()
    sent = sent_by(page)
    pad = open_pad(page, f"{lab.url}/?step=3")
    before = len(sent)
    scroll = "main => main.scrollTop"
    top = page.get_by_test_id("stMain").evaluate(scroll)
    client = context.new_cdp_session(page)
    for at, (x, y) in enumerate(places(pad)):
        kind = "touchMove" if at else "touchStart"
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert pictures(page) == 101
    assert_a_seven(page)
    assert len(sent) == before
    assert page.get_by_test_id("stMain").evaluate(scroll) == top
    assert pad.evaluate("canvas => getComputedStyle(canvas).touchAction") == "none"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # The reconstructions are in sight while a finger draws.
    expect(page.locator(".results")).to_be_in_viewport()
    context.close()


def test_the_keyboard_draws_and_does_not_turn_the_story(lab: LabServer, page: Page) -> None:
    pad = open_pad(page, f"{lab.url}/?step=3")
    pad.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft", " ", "ArrowRight", *["ArrowDown"] * 5, " "):
        pad.press(key)
    expect(pad).to_have_attribute("data-strokes", "1")
    drawn, *_ = sums(page)
    assert drawn > 20
    pad.press("ArrowRight")  # the pen is lifted
    assert sums(page)[0] == drawn
    settle(page)
    expect(page).to_have_url(re.compile(r"\?step=3$"))


def test_the_networks_are_sent_only_once_the_pad_is_opened(lab: LabServer, page: Page) -> None:
    received: list[int] = []
    page.on("websocket", lambda s: s.on("framereceived", lambda frame: received.append(len(frame))))
    open_page(page, lab.url)
    before = sum(received)
    page.get_by_text("Draw a digit, and watch both networks").click()
    expect(root(page)).to_be_visible()
    # 2 x 222,384 parameters of two bytes, as base64: 1.2 MB.
    assert sum(received) - before > 1_100_000
    assert before < 1_000_000


def test_presenting_and_predicting_have_no_pad(lab: LabServer, page: Page) -> None:
    for query in ("present=1", "predict=1"):
        open_page(page, f"{lab.url}/?step=3&{query}")
        expect(page.get_by_text("Draw a digit, and watch both networks")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_open_pad(
    lab: LabServer, browser: Browser, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme=scheme)
    page = context.new_page()
    open_pad(page, lab.url)
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in SERIOUS] == []
    context.close()
