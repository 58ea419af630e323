"""The Keras model of a run is downloaded from the export menu."""

from __future__ import annotations

import zipfile

from playwright.sync_api import Page

from core.store.shipped import EXPLORABLE
from core.variant import Variant
from support.lab_server import LabServer
from support.pages import open_page

# A shipped run with weights.
VARIANT = Variant()


def test_the_keras_model_of_a_run_is_downloaded(lab: LabServer, page: Page) -> None:
    assert VARIANT in EXPLORABLE
    open_page(page, f"{lab.url}/lab")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Keras model").click()
    assert download.value.suggested_filename == "sigmoid-bce-unit-mnist-sample-67ep.keras"
    with zipfile.ZipFile(download.value.path()) as model:
        assert {"config.json", "model.weights.h5"} <= set(model.namelist())
