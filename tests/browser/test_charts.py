"""Charts in a browser: what is written beside them and what can be downloaded."""

from __future__ import annotations

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
