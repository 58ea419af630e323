"""A public host: five visitors with images of their own, within the memory goal and unseen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from benchmarks.memory import Gauge
from core.data.example_shapes import example_shapes
from support.image_files import npz_of
from support.lab_server import LabServer
from support.pages import open_page, settle

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

VISITORS = 5
IMAGES = 12_000
# Page process, scheduler and worker together: benchmarks/memory.py.
MAX_BYTES = 1_000_000_000
TRAIN_MILLISECONDS = 240_000


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    environment = {"AUTOENCODER_LAB_PUBLIC": "1"}
    with LabServer(tmp_path_factory.mktemp("public"), environment=environment) as server:
        yield server


def images(visitor: int) -> bytes:
    """A set of almost the largest size that is allowed, different for each visitor."""
    shapes = example_shapes(count=300, seed=visitor)[:, 6:34, 6:34]
    grain = np.random.default_rng(visitor).integers(0, 30, (IMAGES, 28, 28), np.uint8)
    return npz_of(x_train=np.tile(shapes, (IMAGES // 300, 1, 1)) // 2 + grain)


def add(page: Page, url: str, visitor: int) -> None:
    """Add the visitor's images in the dialog, and use them."""
    open_page(page, f"{url}/lab?layers=16&seed={visitor}")
    page.get_by_role("button", name="More settings").click()
    page.get_by_role("button", name="Your images…").click()
    dialog = page.get_by_role("dialog", name="Your images")
    expect(dialog.get_by_test_id("stFileUploader")).to_be_visible()
    settle(page, 90)
    dialog.locator("input[type=file]").set_input_files(
        {"name": "<b>.npz", "mimeType": "application/octet-stream", "buffer": images(visitor)}
    )
    expect(dialog.get_by_text("10,800 to train on, 1,200 held out by seed 0.")).to_be_visible(
        timeout=90_000
    )
    dialog.get_by_role("button", name="Use these images").click()
    expect(dialog).to_have_count(0, timeout=90_000)
    settle(page, 90)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_five_visitors_train_on_their_own_images_within_the_memory_goal(
    public: LabServer, browser: Browser
) -> None:
    with ExitStack() as opened:
        gauge = Gauge(public.process.pid)
        opened.callback(gauge.close)
        contexts: list[BrowserContext] = []
        for _ in range(VISITORS):
            contexts.append(browser.new_context(viewport={"width": 1280, "height": 720}))
            opened.callback(contexts[-1].close)
        pages = [context.new_page() for context in contexts]
        for visitor, page in enumerate(pages):
            add(page, public.url, visitor)
        links = [page.url for page in pages]
        for page, link in zip(pages, links, strict=True):
            open_page(page, link.replace("&epochs=28", "&epochs=1"))
            page.get_by_role("button", name="Train", exact=True).click(timeout=TRAIN_MILLISECONDS)
        for page in pages:
            again = page.get_by_role("button", name="Train again")
            expect(again).to_be_visible(timeout=TRAIN_MILLISECONDS)
        # A sixth visitor sees none of it in the Library, and the first only their own.
        stranger = browser.new_context()
        opened.callback(stranger.close)
        library = stranger.new_page()
        open_page(library, f"{public.url}/library")
        expect(library.get_by_role("button", name="Your images")).to_have_count(0)
        expect(library.locator("body")).not_to_contain_text("Images ")
        open_page(library, f"{public.url}/status")
        expect(library.locator("body")).to_contain_text("Image sets")
        together = gauge.restart()["together"]
    assert len(list((public.home / "images").glob("*.npz"))) == VISITORS
    assert 0 < together < MAX_BYTES
