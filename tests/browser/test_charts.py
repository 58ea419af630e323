"""Charts in a browser: what is written beside them and what can be downloaded."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PIL import Image
from playwright.sync_api import Page

from support.lab_server import LabServer
from support.pages import open_page

pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize("path", ["lab", "compare?a=default&b=activation.softmax"])
def test_chart_downloads_as_png(lab: LabServer, page: Page, path: str) -> None:
    open_page(page, f"{lab.url}/{path}")
    chart = page.get_by_test_id("stEChartsChart").first
    chart.hover()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as PNG").first.click()
    box = chart.bounding_box()
    assert box is not None
    with Image.open(download.value.path()) as image:
        # Twice as many pixels as on the screen, where a width need not be whole.
        assert image.width == pytest.approx(2 * box["width"], abs=2)
        assert image.height == 2 * box["height"]


RULER_WIDTHS = (320, 390, 500, 640, 641, 768, 900, 1024, 1280, 1920)
BOXES = """() => {
    const box = e => { const {left, right} = e.getBoundingClientRect(); return [left, right]; };
    const ruler = document.querySelector('.lab-ruler');
    return {
        ruler: box(ruler.querySelector('.title')),
        baselines: [...ruler.querySelectorAll('.baseline')].map(box),
        run: [...ruler.querySelectorAll('.above')].map(box),
    };
}"""


@pytest.mark.parametrize(
    "query",
    [
        "",
        # An error of 0.65 beside baselines of 0.07 to 0.11, and one far beyond all scales.
        "?activation=linear&loss=categorical_crossentropy&normalization=standardized",
        "?activation=relu&loss=categorical_crossentropy&normalization=symmetric",
    ],
)
def test_ruler_labels_stay_inside_and_apart_at_every_width(
    lab: LabServer, page: Page, query: str
) -> None:
    open_page(page, f"{lab.url}/lab{query}")
    page.locator(".lab-ruler").wait_for()
    for width in RULER_WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        boxes = page.evaluate(BOXES)
        left, right = boxes["ruler"]
        assert len(boxes["baselines"]) == 4
        for start, end in (*boxes["baselines"], *boxes["run"]):
            assert left <= start < end <= right, width
        ordered = sorted(boxes["baselines"])
        assert all(before[1] < after[0] for before, after in pairwise(ordered)), width
