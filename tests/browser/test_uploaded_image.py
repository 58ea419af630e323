"""A picture of one's own, sent by a real browser through Streamlit's upload."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core.store import RunStore
from core.variant import Variant
from support.lab_server import LabServer
from support.pages import open_page, settle
from support.runs import make_run

pytestmark = pytest.mark.timeout(120)


def ink_on_paper() -> bytes:
    page = Image.new("RGB", (300, 400), (210, 205, 195))
    page.paste((40, 45, 90), (130, 60, 160, 340))
    target = io.BytesIO()
    page.save(target, "JPEG")
    return target.getvalue()


def send(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/jpeg", "buffer": content}
    )


def test_a_drawing_goes_through_the_weights_after_each_stroke(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/lab")
    page.get_by_role("button", name="Upload").first.click()
    canvas = page.get_by_role("application", name="Pad to draw a digit on")
    canvas.scroll_into_view_if_needed()
    yours = page.get_by_alt_text("Your image as the network gets it.")
    for strokes, across in enumerate((60, 120), 1):
        box = canvas.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + across, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + across, box["y"] + 160, steps=5)
        page.mouse.up()
        expect(canvas).to_have_attribute("data-strokes", str(strokes))
        expect(yours).to_be_visible()
        settle(page)
    assert canvas.evaluate("canvas => getComputedStyle(canvas).touchAction") == "none"
    before = yours.get_attribute("src")
    page.get_by_role("button", name="Undo").click()
    expect(yours).not_to_have_attribute("src", before or "")
    page.get_by_role("button", name="Clear").click()
    expect(yours).to_have_count(0)


def test_a_photo_goes_through_the_weights_and_what_is_none_is_refused(
    lab: LabServer, page: Page
) -> None:
    run = make_run(Variant(seed=4711))
    RunStore(lab.home).put(run)
    open_page(page, f"{lab.url}/lab?seed=4711")
    button = page.get_by_role("button", name="Upload").first
    beside = page.get_by_text("Own scale", exact=True).bounding_box()
    box = button.bounding_box()
    assert beside is not None
    assert box is not None
    assert abs(box["y"] + box["height"] / 2 - beside["y"] - beside["height"] / 2) < 8  # one row
    button.click()
    send(page, "mine.jpg", ink_on_paper())
    yours = page.get_by_alt_text("Your image as the network gets it.")
    expect(yours).to_be_visible()
    expect(page.get_by_text("it is inverted")).to_be_visible()
    expect(page.locator(".st-key-lab-own-result table")).to_contain_text("This run")
    refusal = page.get_by_text("This is not a PNG, JPEG, WebP or GIF image.")
    uploader = page.get_by_test_id("stFileUploader")
    expect(uploader).to_have_count(0)  # it closed
    button.click()
    send(page, "mine.jpg", b"no picture")
    expect(uploader.locator("xpath=ancestor::*[@data-testid='stPopoverBody']")).to_contain_text(
        "This is not a PNG, JPEG, WebP or GIF image."
    )
    expect(yours).to_have_count(0)
    send(page, "mine.jpg", ink_on_paper())
    expect(yours).to_be_visible()
    expect(refusal).to_have_count(0)
    expect(uploader).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert "mine" not in page.url


def test_page_stays_however_often_the_image_is_replaced(lab: LabServer, page: Page) -> None:
    RunStore(lab.home).put(make_run(Variant(seed=4711)))
    open_page(page, f"{lab.url}/lab?seed=4711")
    yours = page.get_by_alt_text("Your image as the network gets it.")
    for place in range(8):
        if not page.get_by_test_id("stFileUploader").is_visible():
            page.get_by_role("button", name="Upload").first.click()
        send(page, "mine.jpg", b"no picture" if place % 2 else ink_on_paper())
        expect(yours).to_have_count((place + 1) % 2)
        settle(page)
        expect(page.get_by_role("button", name="Train again")).to_be_visible()
