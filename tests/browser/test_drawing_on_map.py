"""A digit drawn on Inside: its code on the map; and the place on the map in the link."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.data import uploaded_image
from core.data.loading import load_held_out
from core.data.normalization import NORMALIZATIONS
from core.metrics import inference
from core.metrics.dataset_stats import statistics
from core.store.shipped import Gallery
from core.variant import Variant
from core.views.inside.latent_map import latent_map, pca_map
from support.decoding import decoded
from support.lab_server import LabServer
from support.pages import open_page, settle

# The greys of a canvas in the component, which has a shadow root.
GREYS = """(canvas) => [...canvas.getContext("2d").getImageData(0, 0, 28, 28).data]
    .filter((_, at) => at % 4 === 0)"""
CONTENT = "canvas => canvas.toDataURL('image/png')"


def drawn(page: Page, name: str) -> list[int]:
    greys: list[int] = page.locator(f".latent canvas.{name}").evaluate(GREYS)
    return greys


def pictures(page: Page) -> int:
    return int(page.locator(".latent").get_attribute("data-pictures") or 0)


def pad_of(page: Page) -> Locator:
    pad = page.get_by_role("application", name="Pad to draw a digit on")
    expect(pad).to_have_attribute("data-strokes", re.compile(r"\d"))
    pad.scroll_into_view_if_needed()
    return pad


def draw_a_seven(page: Page, pad: Locator, moves: int = 20) -> None:
    box = pad.bounding_box()
    assert box is not None
    left, top, edge = box["x"], box["y"], box["width"]
    page.mouse.move(left + 0.25 * edge, top + 0.25 * edge)
    page.mouse.down()
    for share in np.linspace(0, 1, moves // 2):
        page.mouse.move(left + (0.25 + 0.5 * float(share)) * edge, top + 0.25 * edge)
    for share in np.linspace(0, 1, moves - moves // 2):
        across, down = 0.75 - 0.3 * float(share), 0.25 + 0.55 * float(share)
        page.mouse.move(left + across * edge, top + down * edge)
    page.mouse.up()


def point(page: Page) -> tuple[float, float]:
    found = re.search(r"[?&]x=([-\d.e]+)&y=([-\d.e]+)", page.url)
    assert found
    return float(found[1]), float(found[2])


@pytest.mark.parametrize("axes", ["code", "pca"])
def test_the_code_of_a_drawing_is_where_core_puts_it(lab: LabServer, page: Page, axes: str) -> None:
    open_page(page, f"{lab.url}/inside?draw=1&axes={axes}")
    pad = pad_of(page)
    before = pictures(page)
    draw_a_seven(page, pad)
    assert pictures(page) - before >= 21  # twenty moves and the press
    expect(page).to_have_url(re.compile(r"[?&]x="))
    content = base64.b64decode(pad.evaluate(CONTENT).partition(",")[2])
    image = uploaded_image.read(content, "mnist-sample").image
    part, known = load_held_out("mnist-sample"), statistics("mnist-sample")
    run = Gallery().get(Variant().key)
    assert run is not None
    assert run.weights is not None
    if axes == "code":
        found = latent_map(run, part.held_out, part.held_out_labels, known.moments)
        assert found is not None
        targets = NORMALIZATIONS["unit"].apply(image, known.moments).targets()
        code = inference.encode(run.weights, targets)[0]
        expected = (code - found.origin) @ found.across, (code - found.origin) @ found.up
    else:
        found = pca_map(known, part.held_out, part.held_out_labels)
        code = known.principal_components[:2] @ (image[0] / 255 - known.mean_image)
        expected = float(code[0]), float(code[1])
    # A hundredth of the map's sides.
    assert np.abs(np.subtract(point(page), expected)).max() < 0.01 * (found.high - found.low).min()
    assert np.abs(np.subtract(drawn(page, "prepared"), image[0])).max() <= 1
    pixels = np.clip(decoded(found, code[None].astype(np.float32))[0], 0, 1) * 255
    # PCA's components and mean image have the precision of float16 in the browser.
    assert np.abs(np.subtract(drawn(page, "redrawn-digit"), np.round(pixels))).max() <= 1


def test_a_drawing_is_an_end_of_the_way_between_two_images(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/inside?draw=1")
    take = page.get_by_role("button", name="Use your drawing as the first")
    expect(take).to_be_disabled()
    draw_a_seven(page, pad_of(page))
    settle(page)
    take.click()
    page.locator(".position").fill("0")
    assert drawn(page, "decoded") == drawn(page, "redrawn-digit")
    expect(page.get_by_role("img", name="From your drawing to").first).to_be_visible()
    page.get_by_text("Draw a digit", exact=True).click()
    expect(page.get_by_role("application", name="Pad to draw a digit on")).to_be_hidden()
    expect(take).to_be_hidden()


def test_the_link_has_sliders_and_the_two_images(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/inside")
    slider = page.locator(".slider").first.get_by_role("spinbutton")
    slider.fill("3.5")
    slider.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]sliders=\d+\.3\.5(&|$)"))
    changed = drawn(page, "decoded")
    page.reload()
    settle(page)
    expect(slider).to_have_value("3.5")
    assert drawn(page, "decoded") == changed
    page.get_by_role("button", name="Use it as the second").first.click()
    expect(page).to_have_url(re.compile(r"[?&]second=\d+"))
    position = page.locator(".position")
    position.fill("0.25")
    expect(page).to_have_url(re.compile(r"[?&]position=0\.25"))
    expect(page).not_to_have_url(re.compile("sliders="))
    changed = drawn(page, "decoded")
    strip = page.get_by_role("img", name=re.compile("^From ")).first
    way = strip.get_attribute("aria-label") or ""
    page.reload()
    settle(page)
    expect(position).to_have_value("0.25")
    assert drawn(page, "decoded") == changed
    expect(page.get_by_role("img", name=way).first).to_be_visible()


@pytest.mark.parametrize("width", [768, 1280, 1920])
def test_the_slider_of_the_replay_is_directly_below_the_map_beside_a_pad(
    lab: LabServer, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 1080})
    open_page(page, f"{lab.url}/inside?draw=1")
    pad_of(page)
    bottom = page.locator(".stage").evaluate("e => e.getBoundingClientRect().bottom")
    top = page.locator(".steer").evaluate("e => e.getBoundingClientRect().top")
    assert 0 <= top - bottom <= 20
