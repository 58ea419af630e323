"""Recreates the images of the README from a lab that it starts.

python -m tools.make_pictures [NAME ...]     all, or those named, into docs/pictures/
"""

from __future__ import annotations

import argparse
import io
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from core.variant import LAYER_PRESETS, Variant
from core.views.compare.comparison import link_query
from tests.support.lab_server import LabServer
from tests.support.pages import open_page, settle
from tools.browser import launch

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
SIZE = ViewportSize(width=1280, height=720)
COLOURS = 256
MAX_BYTES = 120_000
WAIT_MILLISECONDS = 180_000

SIGMOID = Variant()
SOFTMAX = Variant(activation="softmax")
TWO_UNITS = Variant(layers=LAYER_PRESETS["bottleneck of 2"], bottleneck_activation="linear")

# A point among the zeros on its map.
A_ZERO = {"x": "-6.7", "y": "-1.5"}

# Name of the image -> the page, its query, and an element that is visible once it is drawn.
SHOTS: dict[str, tuple[str, dict[str, str], str]] = {
    "story": ("", {"step": "2"}, "[data-testid=stEChartsChart] :is(canvas, svg)"),
    "lab": ("lab", SIGMOID.to_query(), ".lab-grid img"),
    "lab-softmax": ("lab", SOFTMAX.to_query(), ".lab-grid img"),
    "inside": ("inside", {**TWO_UNITS.to_query(), **A_ZERO}, ".latent[data-pictures]"),
    "compare": ("compare", link_query([SIGMOID, SOFTMAX]), "img"),
    "matrix": ("matrix", {"activation": "softmax"}, "button.cell .picture"),
    "losses": ("losses", {}, "role=img[name=/over the prediction/]"),
    "library": ("library", {}, "[data-testid=stDataFrame] canvas"),
}
PICTURES_ARE_THERE = "[...document.images].every(image => image.complete && image.naturalWidth)"
NEXT_FRAME = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def shots() -> list[str]:
    """The names of the images of all existing pages."""
    pages = Path(__file__).parents[1] / "pages"
    return [
        name for name, (page, *_) in SHOTS.items() if not page or (pages / f"{page}.py").exists()
    ]


def photograph(page: Page, lab: LabServer, name: str) -> bytes:
    """A screenshot of a page as PNG, once everything on it is drawn."""
    path, query, landmark = SHOTS[name]
    open_page(page, f"{lab.url}/{path}?{urlencode(query)}")
    expect(page.get_by_text("Trainer ready").first).to_be_visible()
    expect(page.locator(landmark).first).to_be_visible()
    settle(page)
    page.wait_for_function(PICTURES_ARE_THERE)
    page.evaluate(NEXT_FRAME)
    return page.screenshot(animations="disabled")


def small(png: bytes) -> bytes:
    """The same image with a palette.

    Raises:
        ValueError: it is still too large for a README.
    """
    file = io.BytesIO()
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    if len(file.getvalue()) > MAX_BYTES:
        raise ValueError(f"A picture has {len(file.getvalue())} bytes; {MAX_BYTES} are allowed.")
    return file.getvalue()


def main() -> None:
    """Create the images and print their sizes."""
    parser = argparse.ArgumentParser(description="Makes the pictures of the README anew.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(shots()))
    names = parser.parse_args().names or shots()
    FOLDER.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=WAIT_MILLISECONDS)
    with (
        tempfile.TemporaryDirectory() as home,
        LabServer(Path(home)) as lab,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        page = browser.new_page(
            viewport=SIZE, color_scheme="light", locale="en-GB", reduced_motion="reduce"
        )
        page.set_default_timeout(WAIT_MILLISECONDS)
        for name in names:
            picture = small(photograph(page, lab, name))
            (FOLDER / f"{name}.png").write_bytes(picture)
            print(f"{name}.png  {len(picture) / 1000:.0f} kB", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
