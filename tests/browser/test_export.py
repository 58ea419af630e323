"""What only the trainer can make is asked for on a page and downloaded there."""

from __future__ import annotations

import zipfile

import pytest
from playwright.sync_api import Page, expect

from support.lab_server import LabServer
from support.pages import open_page, settle

TRAINING_MILLISECONDS = 120_000


@pytest.mark.timeout(240)
def test_the_keras_model_of_a_run_is_made_and_downloaded(lab: LabServer, page: Page) -> None:
    open_page(page, f"{lab.url}/lab?epochs=1&layers=8&seed=51")
    page.get_by_role("button", name="Train").first.click()
    expect(page.get_by_role("button", name="Train again")).to_be_visible(
        timeout=TRAINING_MILLISECONDS
    )
    settle(page)
    page.get_by_role("button", name="Export").click()
    page.get_by_role("button", name="Prepare Keras model").click()
    ready = page.get_by_test_id("stDownloadButton").filter(has_text="Download Keras model")
    expect(ready).to_be_visible(timeout=TRAINING_MILLISECONDS)
    with page.expect_download() as download:
        ready.get_by_role("button").click()
    assert download.value.suggested_filename.endswith(".keras")
    with zipfile.ZipFile(download.value.path()) as model:
        assert {"config.json", "model.weights.h5"} <= set(model.namelist())
